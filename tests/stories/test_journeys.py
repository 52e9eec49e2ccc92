"""Short journeys in a real browser: by keyboard alone, without JavaScript, with a double click, past its session."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.app import App
from tests.stories.anna import PASSWORD, TALK_WITH_CHILD, day
from tests.stories.browser import NARROW, WIDE, Visitor
from tests.stories.page import APPS, Unlike
from tests.stories.server import Server
from tests.stories.walker import Walker

LONG = "Barnet forteller at det er vanskelig å sove, og at magen er urolig om morgenen. " * 40


@pytest.fixture
def new_child(walker: Callable[[str], Walker]) -> str:
    """Another child of Kari's, in the target group, with a name of its own; gives the name."""
    kari = walker("kari")
    name = f"Barn {uuid.uuid4().hex[:8].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    kari.open("/barn/nytt/")
    kari.fill({"Barnets navn": name, "Født": "04.05.2014", "Journalnummer": uuid.uuid4().hex[:12]})
    kari.press("Registrer barnet")
    kari.follow("Skriv hva barnets sak er nå")
    kari.fill({"Hva er barnets sak nå?": "Undersøkelse pågår", "Fra": day(-2)})
    kari.press("Lagre")
    return name


@pytest.fixture
def new_case(walker: Callable[[str], Walker], new_child: str) -> tuple[str, str]:
    """A child whom Kari has begun to assess: the name, and the address of the case."""
    kari = walker("kari")
    kari.follow("Ikke vurdert ennå")
    kari.follow(new_child)
    kari.press("Begynn å vurdere")
    return new_child, kari.address


# --- by keyboard alone --------------------------------------------------------------------------------------------

FOCUSED = """() => {
  const e = document.activeElement, label = e.labels && e.labels[0], group = e.closest('fieldset');
  const style = x => x ? getComputedStyle(x) : {outlineStyle: 'none'};
  const drawn = x => style(x).outlineStyle !== 'none' && parseFloat(style(x).outlineWidth) > 0;
  const seen = drawn(e) || drawn(e.parentElement);
  const words = x => x ? x.textContent.replace(/\\s+/g, ' ').trim() : '';
  return [words(label) || words(e), words(group && group.querySelector('legend')), seen];
}"""


def tab_to(tab: Page, name: str) -> None:
    """Press Tab until the link, button or field with these words has the focus, which can be seen all the way."""
    for _press in range(120):
        tab.keyboard.press("Tab")
        words, group, is_seen = tab.evaluate(FOCUSED)
        assert is_seen or not words, f"the focus cannot be seen on «{words}»"
        if name in (words, group) or words.removesuffix("(valgfritt)").strip() == name:
            return
    raise AssertionError(f"Tab never comes to «{name}» on {tab.url}")


def press_enter(tab: Page) -> None:
    with tab.expect_navigation():
        tab.keyboard.press("Enter")


def prove_by_keyboard(tab: Page, program: Server) -> None:
    """A code from Kari's app, which is taken in use the first time."""
    secret = tab.locator("[data-secret]")
    is_new = secret.count() > 0
    if is_new:
        APPS[program.url, "kari"] = App(secret.inner_text())
    tab_to(tab, "Koden som står i appen nå" if is_new else "Kode")
    tab.keyboard.type(APPS[program.url, "kari"].code())
    press_enter(tab)
    if is_new:
        tab_to(tab, "Jeg har tatt vare på kodene")
        press_enter(tab)


def test_by_keyboard_alone(contexts: Callable[..., BrowserContext], program: Server, new_case: tuple[str, str]) -> None:
    name, _address = new_case
    tab = contexts().new_page()
    tab.goto(f"{program.url}/logg-inn/")
    tab_to(tab, "Brukernavn")
    tab.keyboard.type("kari")
    tab_to(tab, "Passord")
    tab.keyboard.type(PASSWORD)
    press_enter(tab)
    prove_by_keyboard(tab, program)
    tab_to(tab, name)
    press_enter(tab)
    tab_to(tab, "Skriv inn samtalen")
    press_enter(tab)
    tab_to(tab, "Hvem snakket dere med?")
    tab.keyboard.press("Space")
    tab_to(tab, "Når?")
    tab.keyboard.type(re.sub(r"\D", "", day()))
    tab_to(tab, "Psykisk helse")
    tab.keyboard.press("Space")
    tab_to(tab, "Hva kom fram?")
    tab.keyboard.type("Barnet sover dårlig.")
    tab_to(tab, "Hvordan tok barnet del?")
    tab.keyboard.type(TALK_WITH_CHILD)
    tab_to(tab, "Lagre samtalen")
    press_enter(tab)
    expect(tab.get_by_text("Samtalen er lagret.")).to_be_visible()
    expect(tab.get_by_text("Barnet sover dårlig.")).to_be_visible()


def test_the_first_tab_leads_past_the_menu(contexts: Callable[..., BrowserContext], program: Server) -> None:
    tab = contexts().new_page()
    tab.goto(f"{program.url}/logg-inn/")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Hopp til innholdet")).to_be_focused()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


# --- without JavaScript -------------------------------------------------------------------------------------------


def test_without_javascript(contexts: Callable[..., BrowserContext], program: Server, new_child: str) -> None:
    kari = Visitor(contexts(scripts=False), program.url, "kari", scripts=False)
    kari.log_in(PASSWORD)
    kari.follow("Ikke vurdert ennå")
    kari.follow(new_child)
    kari.press("Begynn å vurdere")
    for who, how in (("Barnet", TALK_WITH_CHILD), ("Foreldre", "")):
        kari.open(
            kari.address.replace("grunnlag", "samtale") if "grunnlag" in kari.address else f"{kari.address}samtale/"
        )
        kari.fill({"Hvem snakket dere med?": who, "Når?": day(), "Hva kom fram?": "Sover lite."})
        kari.fill({"Hvordan tok barnet del?": how} if how else {})
        kari.press("Lagre samtalen")
    kari.follow("Vurder om forløpet skal starte")
    kari.fill(
        {
            "Hvilke kriterier er til stede?": ["3. Barnevernstjenesten vurderer…"],
            "3. Barnevernstjenesten vurderer… > Hva viser det?": "Ingen har undersøkt søvnen.",
            "Hva bestemmer dere?": "Start forløpet",
            "Hvorfor?": "Barnet trenger hjelp.",
            "Hvordan tok barnet del i vurderingen?": TALK_WITH_CHILD,
            "Når ble det bestemt?": day(),
        }
    )
    kari.press("Lagre vurderingen")
    kari.sees("Forløpet er startet.")
    kari.follow("Samtykke")
    kari.follow("Spør om samtykke")
    kari.fill({"Hvilken tjeneste gjelder det?": "Storgata legesenter", "Hva skal tjenesten få vite om?": ["Rus"]})
    kari.press("Se hva dette åpner")
    kari.sees("Ingenting er lagret ennå.")


# --- twice, and too late ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_double_click_does_it_once(
    contexts: Callable[..., BrowserContext], program: Server, new_case: tuple[str, str], scripts: bool
) -> None:
    _name, address = new_case
    kari = Visitor(contexts(scripts=scripts), program.url, "kari", scripts=scripts)
    kari.be()
    kari.open(f"{address}samtale/")
    kari.fill({"Hvem snakket dere med?": "Foreldre", "Når?": day(), "Hva kom fram?": "Sagt én gang."})
    kari.tab.get_by_role("button", name="Lagre samtalen").dblclick()
    kari.tab.wait_for_url(lambda url: "samtale" not in url)
    kari.open(f"{address}grunnlag/")
    assert kari.text().count("Sagt én gang.") == 1


def test_sent_twice_from_two_tabs_it_is_done_once(walker: Callable[[str], Walker], new_case: tuple[str, str]) -> None:
    _name, address = new_case
    kari = walker("kari")
    kari.open(f"{address}samtale/")
    form = kari.page.form("Lagre samtalen")
    form.fill({"Hvem snakket dere med?": "Foreldre", "Når?": day(), "Hva kom fram?": "Sagt én gang."})
    pages = [kari.send(form.address, form.data) for _time in range(2)]
    assert [page.status for page in pages] == [200, 200]
    assert kari.open(f"{address}grunnlag/").text.count("Sagt én gang.") == 1


def test_a_session_that_ends_in_the_middle_of_a_text_loses_nothing(
    contexts: Callable[..., BrowserContext], program: Server, new_case: tuple[str, str]
) -> None:
    _name, address = new_case
    here, elsewhere = contexts(), contexts()
    kari = Visitor(here, program.url, "kari")
    kari.be()
    kari.open(f"{address}samtale/")
    kari.fill({"Hvem snakket dere med?": "Barnet", "Når?": day(), "Hva kom fram?": LONG})
    kari.fill({"Hva handlet det om?": ["Psykisk helse", "Rus"], "Hvordan tok barnet del?": TALK_WITH_CHILD})
    elsewhere.add_cookies(here.cookies())  # type: ignore[arg-type]  # the same shape
    other_tab = elsewhere.new_page()
    other_tab.goto(program.url)
    other_tab.get_by_role("button", name="Logg ut").click()
    other_tab.wait_for_url("**/logg-inn/")

    kari.try_to_press("Lagre samtalen", status=401)
    kari.sees("Økten din gikk ut.")
    kari.fill({"Brukernavn": "kari", "Passord": PASSWORD})
    kari.press("Logg inn")
    kari.prove()
    kari.sees("Teksten din er tatt vare på", "Ingenting er lagret ennå.")
    kari.press("Fortsett der du var")
    assert kari.tab.get_by_label("Hva kom fram?").input_value().strip() == LONG.strip()
    expect(kari.tab.get_by_label("Rus")).to_be_checked()
    kari.press("Lagre samtalen")
    kari.sees("Samtalen er lagret.", LONG.strip())


# --- the checks of every page -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("document.querySelector('main').append(document.createElement('img'))", "image-alt"),
        ("document.querySelector('h1').style.color = '#f5f5f5'", "color-contrast"),
        ("document.querySelector('h1').style.width = '900px'", "too wide at 320"),
    ],
    ids=["an image without words", "too little contrast", "too wide"],
)
def test_the_checks_find_what_is_wrong(
    contexts: Callable[..., BrowserContext], program: Server, spoil: str, said: str
) -> None:
    kari = Visitor(contexts(), program.url, "kari")
    kari.open("/logg-inn/")
    kari.tab.evaluate(spoil)
    kari.checked.clear()
    with pytest.raises(Unlike, match=said):
        kari.check()
    assert NARROW["width"] < WIDE["width"]


def test_what_the_browser_complains_of_is_heard(contexts: Callable[..., BrowserContext], program: Server) -> None:
    kari = Visitor(contexts(), program.url, "kari")
    kari.open("/logg-inn/")
    kari.tab.evaluate(
        "() => { const i = document.createElement('img'); i.src = 'https://a.example/'; document.body.append(i); }"
    )
    with pytest.raises(Unlike, match="Content Security Policy"):
        kari.open("/logg-inn/")
