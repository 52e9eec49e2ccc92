"""Who has the case, times for a meeting, and why nothing is happening: in a real browser, as each who uses them."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext

from grunnmur import clock
from grunnmur.web.jinja import dato
from tests.stories import server
from tests.stories.anna import ANNA
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.test_rights_pages import fits_at_twice_the_size, id_in, open_all


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server.fresh("tests.stories.load_link") as found:
        yield found
        assert "Traceback" not in found.log, found.log


def day(days: int) -> str:
    return dato(clock.today() + timedelta(days=days))


def test_the_pages_of_meeting_and_handing_over_are_for_everybody(
    running: Server, contexts: Callable[..., BrowserContext]
) -> None:
    checked: set[str] = set()
    kari, per, leif = (Visitor(contexts(), running.url, key, checked=checked) for key in ("kari", "per", "leif"))
    kari.be()
    kari.follow(ANNA)
    case = f"/forlop/{id_in(kari)}/"
    open_all(kari, f"{case}hvorfor/", f"{case}moter/", f"{case}moter/tider/?type=statusmote", "/fravar/")

    kari.open(f"{case}moter/tider/?type=statusmote")
    kari.try_to_press("Spør hvilke tider som passer")
    for number, days in ((1, 5), (2, 6), (3, 9)):
        kari.fill({f"Tid {number} > Dato": day(days), f"Tid {number} > Klokkeslett": "14.00"})
    kari.fill({"Svar innen": day(3)})
    kari.press("Spør hvilke tider som passer")
    fits_at_twice_the_size(kari)
    per.be()
    per.open(f"{case}moter/")
    per.follow("Svar hvilke tider som passer")
    fits_at_twice_the_size(per)
    per.try_to_press("Send svaret")
    per.fill({"Ingen av tidene passer": True})
    per.press("Send svaret")
    kari.open(f"{case}moter/")
    kari.sees("Passer ikke for Storgata legesenter.")

    kari.open("/fravar/")
    kari.fill({"Første dag borte": day(0), "Første dag tilbake": day(7), "Hvem dekker?": "Leif Aas"})
    kari.press("Lagre fraværet")
    fits_at_twice_the_size(kari)
    kari.open(f"{case}overta/")
    kari.fill({"Hvem skal være kontaktperson?": "Leif Aas…", "Det den nye bør vite": "Familien vet om det."})
    kari.press("Spør")
    open_all(kari, f"{case}overta/")
    leif.be()
    leif.sees("Du dekker for")
    fits_at_twice_the_size(leif)
    leif.tab.get_by_role("region", name="Noen spør om du vil være kontaktperson").get_by_role("link").first.click()
    leif.tab.wait_for_load_state()
    fits_at_twice_the_size(leif)
    leif.fill({"Tar du over saken?": "Ja, jeg tar over"})
    leif.press("Svar")
    leif.sees("kontaktperson: deg")


def test_a_set_of_tasks_is_for_everybody_to_keep_and_to_fetch(
    running: Server, contexts: Callable[..., BrowserContext]
) -> None:
    checked: set[str] = set()
    kari, leif = (Visitor(contexts(), running.url, key, checked=checked) for key in ("kari", "leif"))
    leif.be()
    open_all(leif, "/oppgavesett/", "/oppgavesett/nytt/")
    leif.fill({"Oppgave 1 > Hva skal gjøres?": "Bestille tolk"})
    leif.try_to_press("Lagre")
    leif.fill({"Hva heter settet?": "Nytt fosterhjem", "Oppgave 1 > Dager fra settet hentes": "3"})
    leif.press("Lagre")
    leif.sees("Bestille tolk")
    leif.follow("Endre…")
    fits_at_twice_the_size(leif)

    kari.be()
    kari.follow("Vis hele tjenesten")  # the case may be a colleague's by now
    kari.follow(ANNA)
    case = f"/forlop/{id_in(kari)}/"
    open_all(kari, f"{case}plan/", f"{case}plan/sett/after_startup/")
    kari.open(f"{case}plan/")
    kari.tab.get_by_text("Hent oppgaver fra et sett").click()
    kari.follow("Nytt fosterhjem")
    kari.fill({"Oppgave 1 > Hva skal gjøres?": ""})
    kari.try_to_press("Legg oppgavene i planen")
    fits_at_twice_the_size(kari)
    kari.fill({"Oppgave 1 > Hva skal gjøres?": "Bestille tolk i tigrinja"})
    kari.press("Legg oppgavene i planen")
    kari.sees("Bestille tolk i tigrinja")
