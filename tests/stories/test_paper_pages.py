"""The pages of papers and of the passport in a real browser: at a desk, at 320 px, with axe, and with large text."""

import io
from collections.abc import Callable, Iterator

import pypdf
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.stories import server
from tests.stories.anna import ANNA
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.test_rights_pages import fits_at_twice_the_size, id_in, open_all

MINUTE = 60_000


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server.fresh("tests.stories.load_papers") as running:
        yield running
        assert "Traceback" not in running.log, running.log


def test_papers_are_for_everybody(linked: Server, contexts: Callable[..., BrowserContext]) -> None:
    checked: set[str] = set()
    kari, ola = (Visitor(contexts(accept_downloads=True), linked.url, key, checked=checked) for key in ("kari", "ola"))
    kari.be()
    kari.follow(ANNA)
    case = f"/forlop/{id_in(kari)}/"
    open_all(kari, f"{case}papir/plan/", f"{case}pass/")
    fits_at_twice_the_size(kari)
    kari.open(f"{case}plan/")
    kari.follow("Planen på papir")
    kari.follow("Vis på nynorsk")
    kari.sees("Henta frå Grunnmur")
    fits_at_twice_the_size(kari)
    with kari.tab.expect_download() as waits:
        kari.tab.get_by_role("button", name="Last ned som PDF").click()
    assert waits.value.suggested_filename == "papir.pdf"
    assert "Plan" in pypdf.PdfReader(io.BytesIO(waits.value.path().read_bytes())).pages[0].extract_text()
    kari.open(f"{case}pass/")
    kari.follow("Se passet", near="Storgata legesenter")
    kari.press("Bekreft")
    fits_at_twice_the_size(kari)

    with kari.tab.expect_download() as waits:
        kari.tab.get_by_role("button", name="Gi ut som PDF").click()
    assert (
        "Pass for videre hjelp" in pypdf.PdfReader(io.BytesIO(waits.value.path().read_bytes())).pages[0].extract_text()
    )
    kari.open(f"{case}pass/")
    kari.sees("Gitt ut før")

    ola.be()
    answer = ola.tab.goto(f"{linked.url}{case}papir/plan/")
    assert answer is not None
    assert answer.status == 404


def test_a_case_is_given_from_one_to_the_other(linked: Server, contexts: Callable[..., BrowserContext]) -> None:
    checked: set[str] = set()
    kari, ola = (Visitor(contexts(), linked.url, key, checked=checked) for key in ("kari", "ola"))
    kari.be()
    kari.follow(ANNA)
    kari.follow("Flytting")
    fits_at_twice_the_size(kari)
    kari.follow("Se hva de får")
    kari.press("Bekreft")
    fits_at_twice_the_size(kari)
    kari.press("Tilby saken")
    kari.sees("ikke besvart")

    ola.be()
    ola.follow("Se og svar")
    fits_at_twice_the_size(ola)
    ola.follow("Svar")
    fits_at_twice_the_size(ola)
    ola.fill({"Tar dere over saken?": "Vi tar over saken", "Deres journalnummer": "A-12"})
    ola.press("Send svaret")
    ola.sees("Samtykkene fulgte ikke med")
    fits_at_twice_the_size(ola)


def test_what_one_writes_is_kept_without_being_asked(linked: Server, contexts: Callable[..., BrowserContext]) -> None:
    kari = Visitor(contexts(), linked.url, "kari")
    kari.be()
    kari.follow(ANNA)
    at = f"/forlop/{id_in(kari)}/egne-ord/"
    kari.open(at)
    kari.tab.get_by_label("Barnets egne ord").press_sequentially("Jeg vil sove.")
    kari.tab.get_by_text("Utkastet er lagret av seg selv").wait_for(timeout=20_000)
    kari.open(at)
    fits_at_twice_the_size(kari)
    kari.follow("Hent utkastet")
    fits_at_twice_the_size(kari)
    kari.press("Fortsett der du var")
    assert kari.tab.get_by_label("Barnets egne ord").input_value() == "Jeg vil sove."


def test_what_is_kept_while_one_types_puts_off_the_end_of_the_session(
    linked: Server, contexts: Callable[..., BrowserContext]
) -> None:
    kari = Visitor(contexts(), linked.url, "kari")
    kari.tab.clock.install()
    kari.be()
    kari.follow(ANNA)
    kari.open(f"/forlop/{id_in(kari)}/samtale/")
    warning = kari.tab.get_by_role("alertdialog", name="Du blir snart logget ut")
    kari.tab.clock.fast_forward(12 * MINUTE)
    kari.tab.get_by_label("Hva kom fram?").press_sequentially("Vi snakket om søvnen.")
    with kari.tab.expect_response("**/utkast/") as answer:
        kari.tab.clock.fast_forward(6_000)
    assert answer.value.status == 204
    expect(kari.tab.get_by_text("eller automatisk om 15 min")).to_be_visible()
    kari.tab.clock.fast_forward(12 * MINUTE)
    expect(warning).to_be_hidden()
    kari.tab.clock.fast_forward(2 * MINUTE)
    expect(warning).to_be_visible()
