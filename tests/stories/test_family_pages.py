"""The child's and the parents' own pages in a real browser: three languages, two widths, axe, text at twice the size,
by keyboard alone, with colours forced, in an order that makes sense, and gone without a trace when one must leave."""

import re
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.stories import server
from tests.stories.browser import RUN_AXE, TAGS, Visitor
from tests.stories.page import Unlike
from tests.stories.server import Server
from tests.stories.test_ending import MINUTE
from tests.stories.test_keyboard import press, tab_to, write
from tests.stories.test_rights_pages import fits_at_twice_the_size, open_all

ALL = ("", "hvem/", "ja-og-nei/", "skrevet/", "sett/", "skriv/", "steg/")
LINK = re.compile(r'href="(/min-side/(?:[a-z-]+/)*[0-9a-f-]{36}/(?:[a-z-]+/)*)"')
"""To a page about one thing; the first of each sort is looked at."""
TYPED = "Kanarifuglen som ingen sendte"
SECRETS = ("Solberg", "Anna", TYPED)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server.fresh("tests.stories.load_annas_family") as running:
        yield running
        assert "Traceback" not in running.log, running.log


def number_of(home: Server, who: str) -> str:
    """The number that the demo's page of people says to type."""
    with urllib.request.urlopen(f"{home.url}/demo/") as answer:  # our own address
        page = answer.read().decode()
    found = re.search(rf"{who}: <strong>(\d{{11}})</strong>", page)
    assert found, who
    return found[1]


def come_in(one: Visitor, number: str) -> None:
    one.open("/min-side/inn/")
    one.fill({"Fødselsnummer": number})
    one.press("Vis hvem du er")


def in_every_language(one: Visitor) -> None:
    """Every page, in each language, as if none had been looked at before."""
    for language in ("Nynorsk", "English", "Bokmål"):
        one.press(language)
        one.checked.clear()
        found = {f"/min-side/{address}": "" for address in ALL}
        open_all(one, *found)
        for page in list(found):
            one.open(page)
            for address in LINK.findall(one.tab.content()):
                found.setdefault(re.sub(r"[0-9a-f-]{36}", "*", address), address)
        open_all(one, *filter(None, found.values()))


def test_a_mothers_pages_are_for_everybody(contexts: Callable[..., BrowserContext], home: Server) -> None:
    mother = Visitor(contexts(), home.url, "mother")
    come_in(mother, number_of(home, "mor"))
    mother.sees("Om Anna", "Her er vi nå", "Time hos fastlegen")
    in_every_language(mother)
    mother.open("/min-side/skriv/")
    mother.try_to_press("Send")
    fits_at_twice_the_size(mother)
    mother.open("/min-side/sett/")
    mother.follow("Jeg forstår ikke dette…")
    fits_at_twice_the_size(mother)
    mother.press("Send spørsmålet")
    mother.sees("Vi har fått spørsmålet ditt.")
    mother.press("Logg ut")
    mother.sees("Vis hvem du er")


def test_a_child_with_a_code_of_its_own_comes_in(contexts: Callable[..., BrowserContext], home: Server) -> None:
    kari, anna = (Visitor(contexts(), home.url, key) for key in ("kari", "anna"))
    kari.be()
    child = re.search(r"/barn/[0-9a-f-]{36}/", kari.tab.content())
    assert child
    open_all(kari, f"{child[0]}tilgang/", f"{child[0]}spurt/")
    kari.open(f"{child[0]}tilgang/")
    kari.follow("Gi Anna Solberg innlogging")
    kari.press("Bekreft")
    kari.fill({"Hvordan skal personen logge inn?": "Med en kode…"})
    kari.press("Gi innlogging")
    code = re.search(r'g-code"><strong>([^<]+)<', kari.tab.content())
    assert code
    fits_at_twice_the_size(kari)
    kari.open(f"{child[0]}tilgang/")
    kari.follow("Se det Anna Solberg ser")
    kari.sees("Her er vi nå")
    fits_at_twice_the_size(kari)

    anna.open("/min-side/inn/")
    anna.follow("Jeg har fått en kode")
    anna.try_to_press("Åpne siden min")
    fits_at_twice_the_size(anna)
    anna.open("/min-side/kode/")
    anna.fill({"Koden du har fått": code[1], "Velg en PIN": "271828", "PIN en gang til": "271828"})
    anna.press("Åpne siden min")
    anna.sees("Hei, Anna", "Her er vi nå", "Jeg vil at noen skal hjelpe meg")
    in_every_language(anna)
    anna.press("Logg ut")
    anna.sees("Med PIN på denne enheten")
    anna.fill({"PIN": "271828"})
    anna.press("Åpne")
    anna.sees("Hei, Anna")
    anna.follow("Med bilder")
    anna.sees("Velg bilder. Skriv hvis du vil.", "Hjemme", "Dette vil jeg ikke at noen skal si")
    fits_at_twice_the_size(anna)
    anna.press("Bare skrive")
    anna.sees("Hva vil du si før møtet?")


def test_what_the_family_would_see_is_looked_at_before_it_is_saved(
    contexts: Callable[..., BrowserContext], home: Server
) -> None:
    kari = Visitor(contexts(), home.url, "kari")
    kari.be()
    child = re.search(r"/barn/[0-9a-f-]{36}/", kari.tab.content())
    assert child
    kari.open(f"{child[0]}tilgang/")
    kari.follow("Bestem innsyn for Anna Solberg")
    kari.fill({"Hva skal personen kunne se?": "Ikke innsyn", "Hvorfor?": "Vurdert i teamet."})
    kari.press("Vis hva familien ser")
    kari.sees("Slik ser familien det hvis du lagrer", "Personen ser ingenting etterpå.")
    assert kari.tab.evaluate("document.activeElement.getAttribute('aria-labelledby')") == "seen-ahead"
    assert kari.tab.get_by_label("Hvorfor?").input_value() == "Vurdert i teamet."
    fits_at_twice_the_size(kari)
    kari.open(f"{child[0]}tilgang/")
    kari.follow("Se det Anna Solberg ser")
    kari.sees("Her er vi nå")


def test_from_log_in_to_a_question_by_keyboard_alone(contexts: Callable[..., BrowserContext], home: Server) -> None:
    mother = Visitor(contexts(), home.url, "mother")
    mother.open("/min-side/inn/")
    write(mother, "Fødselsnummer", number_of(home, "mor"))
    press(mother, "Vis hvem du er")
    tab_to(mother, "Hopp til innholdet")
    mother.tab.keyboard.press("Enter")
    assert mother.tab.evaluate("document.activeElement.id") == "main"
    press(mother, "Skriv til oss")
    write(mother, "Hva lurer du på?", "Kan vi møtes etter skolen?")
    press(mother, "Send")
    mother.sees("Vi har fått spørsmålet ditt.", "Kan vi møtes etter skolen?")


def test_the_page_is_read_in_the_order_in_which_it_makes_sense(
    contexts: Callable[..., BrowserContext], home: Server
) -> None:
    mother = Visitor(contexts(), home.url, "mother")
    come_in(mother, number_of(home, "mor"))
    heard = mother.tab.locator("body").aria_snapshot()
    order = ["Hopp til innholdet", "Min side", "Lukk siden fort", "Om Anna", "Veien vår", "Her er vi nå", "Hovedmeny"]
    places = [heard.index(words) for words in [*order, "Logg ut", "Haster det?", "113", "Språk"]]
    assert places == sorted(places), heard


def test_it_works_without_scripts_and_with_forced_colours(
    contexts: Callable[..., BrowserContext], home: Server
) -> None:
    tab = contexts(scripts=False, forced_colors="active").new_page()
    tab.goto(f"{home.url}/min-side/inn/")
    tab.get_by_label("Fødselsnummer").fill(number_of(home, "mor"))
    tab.get_by_role("button", name="Vis hvem du er").click()
    now = tab.locator("[aria-current=step]")
    assert "Her er vi nå" in now.inner_text()
    assert now.locator(".f-way__mark").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    leave(tab, home, lambda: tab.get_by_role("link", name="Lukk siden fort").click(no_wait_after=True))
    tab.goto(f"{home.url}/min-side/")
    assert tab.url.endswith("/min-side/inn/")


def test_a_page_that_is_left_open_warns_leaves_itself_and_takes_along_what_was_typed(
    contexts: Callable[..., BrowserContext], home: Server
) -> None:
    mother = Visitor(contexts(), home.url, "mother")
    mother.tab.clock.install()
    come_in(mother, number_of(home, "mor"))
    mother.open("/min-side/skriv/")
    mother.tab.get_by_label("Hva lurer du på?").fill(TYPED)
    warning = mother.tab.get_by_role("alertdialog", name="Du blir snart logget ut")
    mother.tab.clock.fast_forward(13 * MINUTE)
    expect(warning).to_be_visible()
    assert not mother.tab.evaluate(RUN_AXE, TAGS)
    with mother.tab.expect_navigation():
        mother.tab.clock.fast_forward(2 * MINUTE)
    # Only the browser's clock was moved: still inside, she has her text before her, and it has not been sent.
    expect(mother.tab.get_by_label("Hva lurer du på?")).to_have_value(TYPED)
    expect(mother.tab.locator(".g-entries").filter(has_text=TYPED)).to_have_count(0)

    mother.open("/min-side/hvem/")
    with mother.tab.expect_navigation():
        mother.tab.clock.fast_forward(15 * MINUTE)
    expect(mother.tab.get_by_role("heading", name="Om Anna")).to_be_visible()


def leave(tab: Page, home: Server, act: Callable[[], None]) -> None:
    """Leave by an act, and arrive elsewhere: at nothing, for the tests let no name lead out of the machine."""
    act()
    for _moment in range(100):
        if not tab.url.startswith(home.url):
            return
        tab.wait_for_timeout(100)
    raise Unlike("another page than ours", tab.url)


def press_escape_twice(tab: Page) -> None:
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")


WAYS_OUT: dict[str, Callable[[Page], None]] = {
    "the button": lambda tab: tab.get_by_role("link", name="Lukk siden fort").click(no_wait_after=True),
    "Escape twice": press_escape_twice,
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_whoever_leaves_fast_leaves_nothing(kept: tuple[BrowserContext, Path], home: Server, way: str) -> None:
    context, profile = kept
    tab = context.new_page()
    tab.goto(f"{home.url}/min-side/inn/")
    tab.get_by_label("Fødselsnummer").fill(number_of(home, "mor"))
    tab.get_by_role("button", name="Vis hvem du er").click()
    tab.get_by_role("heading", name="Om Anna").wait_for()
    for address in ("hvem/", "sett/", "skriv/"):
        tab.goto(f"{home.url}/min-side/{address}")
    tab.get_by_label("Hva lurer du på?").fill(TYPED)
    leave(tab, home, lambda: WAYS_OUT[way](tab))
    for _time in range(6):
        tab.go_back()
        if tab.url.startswith(home.url):
            assert tab.url.endswith("/min-side/inn/"), tab.url
        assert not [word for word in SECRETS if word in tab.content()], tab.url
    context.close()

    with closing(sqlite3.connect(profile / "Default" / "History")) as history:
        titles = {title for url, title in history.execute("select url, title from urls") if url.startswith(home.url)}
    assert titles == {"Min side"}
    files = [one.read_bytes() for one in profile.rglob("*") if one.is_file()]
    for word in SECRETS:
        assert not [one for one in files if word.encode() in one or word.encode("utf-16-le") in one], word
