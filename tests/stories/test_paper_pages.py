"""The pages of papers and of the passport in a real browser: at a desk, at 320 px, with axe, and with large text."""

import io
from collections.abc import Callable, Iterator

import pypdf
import pytest
from playwright.sync_api import BrowserContext

from tests.stories import server
from tests.stories.anna import ANNA
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.test_rights_pages import fits_at_twice_the_size, id_in, open_all


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
