"""A GP answers by a link in a real browser, by keyboard alone: how many pages, fields and key presses it takes."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.stories import server
from tests.stories.browser import TOO_WIDE, Visitor
from tests.stories.server import Server
from tests.stories.test_rights_pages import open_all

PAGES, FIELDS, PRESSES = 1, 6, 12
"""What it may take at the most, from the answer's page on, beside what is written; the README says what it takes."""


@pytest.fixture(scope="module")
def linked() -> Iterator[Server]:
    with server.fresh("tests.stories.load_link") as running:
        yield running
        assert "Traceback" not in running.log, running.log


def test_a_gp_answers_in_one_page_by_keyboard(linked: Server, contexts: Callable[..., BrowserContext]) -> None:
    per = Visitor(contexts(), linked.url, "per")
    per.open((linked.folder / "link").read_text())
    tab = per.tab
    assert "Anna" not in tab.content()
    tab.get_by_label("HPR-nummer").fill("7654321")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.url.endswith("/svar/")
    per.open("/svar/")  # looked at closely: axe, 320 px
    tab.evaluate("e => document.documentElement.style.fontSize = '200%'")
    assert tab.evaluate(TOO_WIDE) == []
    per.open("/svar/")
    shown = tab.locator("main form [name]:not([type=hidden])").all()
    fields = {one.get_attribute("name") for one in shown}
    presses = _write_the_answer(per)
    assert tab.url.endswith("/svar/"), "the page after is the same: what was sent, for one's own journal"
    assert "Ja, to ganger i vår." in tab.locator("#journal").input_value()
    per.open("/svar/")
    print(f"link: {PAGES} page, {len(fields)} fields, {presses} key presses beside the text")  # noqa: T201
    assert len(fields) <= FIELDS, fields
    assert presses <= PRESSES
    per.press("Ferdig, logg ut")
    tab.go_back()
    assert "Anna" not in tab.content(), "nothing is left to go back to"


def test_a_centre_answers_whether_it_comes(linked: Server, contexts: Callable[..., BrowserContext]) -> None:
    rbup = Visitor(contexts(), linked.url, "rbup")
    address = (linked.folder / "gathering").read_text()
    open_all(rbup, address)
    rbup.open(address)
    rbup.press("Vis meldingen")
    open_all(rbup, address)
    rbup.open(address)
    rbup.fill({"Kommer dere?": "Ja, vi kommer"})
    rbup.try_to_press("Send svaret")
    rbup.sees("Skriv hvem som kommer.")
    rbup.fill({"Hvem kommer?": "Rådgiveren"})
    rbup.press("Send svaret")
    rbup.sees("Svaret er sendt.")


def test_a_gp_gets_a_code_and_the_sender_and_the_leader_see_what_it_opens(
    linked: Server, contexts: Callable[..., BrowserContext]
) -> None:
    leif, kari = (Visitor(contexts(), linked.url, who) for who in ("leif", "kari"))
    leif.be()
    leif.open("/kode-pa-sms/bestem/")
    leif.press("Bekreft")
    for page in ("/kode-pa-sms/", "/kode-pa-sms/bestem/", "/kode-pa-sms/avslutt/"):
        open_all(leif, page)
    kari.be()
    open_all(kari, (linked.folder / "to_send").read_text())
    per = Visitor(contexts(scripts=False), linked.url, "per", scripts=False)
    with_scripts = Visitor(contexts(), linked.url, "per")
    for one in (per, with_scripts):
        one.open((linked.folder / "by_code").read_text())
        assert "Anna" not in one.tab.content()
        one.press("Få kode på SMS")
        code = one.tab.get_by_text("Demo: koden er").inner_text()[-10:-1]
        one.fill({"Koden": "0000 0000"})
        one.try_to_press("Vis meldingen", status=403)
        one.fill({"Koden": code})
        one.press("Vis meldingen")
        one.sees("Skriv ikke om helse her")
        one.press("Ikke nå, logg ut")


def _write_the_answer(per: Visitor) -> int:
    """From the top of the page: Tab to the answer's text, write it, Tab to the button, press it. Gives the presses."""
    tab, presses = per.tab, 0

    def on(selector: str) -> bool:
        return bool(tab.evaluate("s => document.activeElement.matches(s)", selector))

    while not on("textarea[name=text]"):
        tab.keyboard.press("Tab")
        presses += 1
        assert presses < 50
    tab.keyboard.type("Ja, to ganger i vår.")
    while not on("main form.g-form button[type=submit]"):
        tab.keyboard.press("Tab")
        presses += 1
        assert presses < 50
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    return presses + 1
