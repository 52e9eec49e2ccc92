"""The pages that are open to anyone in a real browser: three languages, two widths, axe, text at twice the size, by
keyboard alone, with colours forced, and read in the order in which they make sense."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.stories.browser import NARROW, WIDE, Visitor
from tests.stories.server import Server
from tests.stories.test_keyboard import press, tab_to, write
from tests.stories.test_rights_pages import fits_at_twice_the_size, open_all

ASK = {"nb": "Finn hvem som kan hjelpe", "nn": "Finn kven som kan hjelpe", "en": "Find who can help"}
FIELDS = {
    "nb": ("Hvor bor du?", "Hvor gammel er den det gjelder?", "Hva er vanskelig?"),
    "nn": ("Kvar bur du?", "Kor gammal er den det gjeld?", "Kva er vanskeleg?"),
    "en": ("Where do you live?", "How old is the person?", "What is hard?"),
}


@pytest.mark.parametrize("language", ASK)
def test_the_open_pages_are_for_everybody(
    contexts: Callable[..., BrowserContext], program: Server, language: str
) -> None:
    context = contexts()
    one = Visitor(context, program.url, "anyone")
    open_all(one, f"/hjelp/{language}/", f"/hjelp/{language}/4202/", f"/hjelp/{language}/4202/ramme/")
    one.open(f"/hjelp/{language}/")
    place, age, text = FIELDS[language]
    one.fill({place: "Grimstad", f"{age}…": "15", text: "vil ikke leve"})
    one.press(ASK[language])
    one.sees("113")
    fits_at_twice_the_size(one)
    open_all(one, f"/hjelp/kart/{language}/", f"/hjelp/kart/{language}/4202/", f"/tilgjengelighet/{language}/")
    assert context.cookies() == []


def test_what_is_tried_is_read_row_by_row_on_a_narrow_screen(
    contexts: Callable[..., BrowserContext], program: Server
) -> None:
    one = Visitor(contexts(), program.url, "anyone")
    one.open("/tilgjengelighet/nb/")
    row = one.tab.locator("tbody tr").last
    for size, is_narrow in ((NARROW, True), (WIDE, False)):
        one.tab.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict
        assert row.locator(".stacks__label").first.is_visible() is is_narrow
        for cell in row.locator("th, td").all():
            box = cell.bounding_box()
            assert box and box["x"] + box["width"] <= size["width"]


def test_whom_to_call_is_found_by_keyboard_alone(contexts: Callable[..., BrowserContext], program: Server) -> None:
    one = Visitor(contexts(), program.url, "anyone")
    one.open("/hjelp/")
    tab_to(one, "Hopp til innholdet")
    one.tab.keyboard.press("Enter")
    assert one.tab.evaluate("document.activeElement.id") == "main"
    tab_to(one, "Hvor bor du?")
    one.tab.keyboard.type("Grimstad")
    write(one, "Hvor gammel", "15")
    write(one, "Hva er vanskelig?", "vil ikke på skolen")
    press(one, "Finn hvem som kan hjelpe")
    one.sees("De kan hjelpe")
    tab_to(one, "37 0")


def test_the_page_is_read_in_the_order_in_which_it_makes_sense(
    contexts: Callable[..., BrowserContext], program: Server
) -> None:
    one = Visitor(contexts(), program.url, "anyone")
    one.open("/hjelp/nb/4202/")
    one.fill({"Hva er vanskelig?": "vil ikke leve"})
    one.press("Finn hvem som kan hjelpe")
    heard = one.tab.locator("body").aria_snapshot()
    order = ["De kan hjelpe", "Medisinsk nødtelefon", "113", "Fra åpne tilbud til sykehus", "Spør om noe annet"]
    places = [heard.index(words) for words in [*order, "Hvor bor du?", "Hva er vanskelig?", "Haster det?"]]
    assert places == sorted(places), heard


def test_it_works_without_scripts_with_forced_colours_and_on_paper(
    contexts: Callable[..., BrowserContext], program: Server
) -> None:
    tab = contexts(scripts=False, forced_colors="active").new_page()
    tab.goto(f"{program.url}/hjelp/nb/4202/")
    tab.get_by_label("Hva er vanskelig?").fill("tannlege")
    tab.get_by_role("button", name="Finn hvem som kan hjelpe").click()
    found = tab.get_by_role("heading", name="Tannklinikken i Grimstad")
    found.wait_for()
    tab.emulate_media(media="print")
    assert found.is_visible()
    assert not tab.get_by_role("button", name="Finn hvem som kan hjelpe").is_visible()


def test_staff_propose_approve_and_confirm(visitor: Callable[..., Visitor]) -> None:
    hege, marit = visitor("hege"), visitor("marit")
    hege.be()
    open_all(hege, "/ansvar/", "/tilbudet-vart/")
    hege.follow("Endre tilbudet")
    fits_at_twice_the_size(hege)
    hege.fill({"Åpent": "Hver dag 8–15"})
    hege.press("Lagre")
    hege.sees("Hver dag 8–15")
    hege.open("/ansvar/foresla/")
    hege.try_to_press("Send forslaget")
    fits_at_twice_the_size(hege)
    hege.open("/ansvar/foresla/")
    hege.fill({"Helseområde": "Psykisk helse", "Nivå": "Kommunens psykiske helsehjelp og rushjelp", "Alder": "6–12 år"})
    hege.fill({"Tjeneste": "Skolehelsetjenesten i Grimstad", "Hva foreslår du?": "Tjenesten har ansvaret"})
    hege.fill({"Hvem bestemte det?": "Kommunestyret", "Når ble det bestemt?": "01.11.2026"})
    hege.press("Send forslaget")
    hege.sees("Venter på svar")
    marit.be()
    marit.follow("Hvem har ansvaret")
    fits_at_twice_the_size(marit)
    marit.press("Godkjenn")
    marit.sees("Forslaget er godkjent")
