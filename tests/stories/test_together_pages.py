"""Every page of working together in a real browser: at a desk, at 320 px, with axe, and with text at twice the size."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.stories import server
from tests.stories.anna import ANNA
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.test_rights_pages import fits_at_twice_the_size, id_in, open_all

TOKEN = "et-passord-for-drift-som-er-langt-nok"
GP, ABUP = "Storgata legesenter", "ABUP Arendal"


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    token = tmp_path_factory.mktemp("drift") / "token"
    token.write_text(TOKEN)
    with server.fresh("tests.stories.load_link", more={"GRUNNMUR_OPERATOR_TOKEN_FILE": str(token)}) as running:
        yield running
        assert "Traceback" not in running.log, running.log


def test_the_pages_of_working_together_are_for_everybody(
    linked: Server, contexts: Callable[..., BrowserContext]
) -> None:
    checked: set[str] = set()
    kari, per, leif = (Visitor(contexts(), linked.url, key, checked=checked) for key in ("kari", "per", "leif"))
    kari.be()
    kari.follow(ANNA)
    case = f"/forlop/{id_in(kari)}/"
    open_all(
        kari, f"{case}sporsmal/", f"{case}sporsmal/nytt/", f"{case}statusrunde/", f"{case}sendt/", "/sendt/", "/stille/"
    )
    kari.open(f"{case}sporsmal/nytt/")
    kari.try_to_press("Send spørsmålet")
    kari.open(f"{case}sporsmal/")
    kari.follow("Send lenke til en uten konto")
    kari.try_to_press("Send lenken")
    fits_at_twice_the_size(kari)
    kari.open(f"{case}sporsmal/")
    kari.follow("Trekk tilbake")
    fits_at_twice_the_size(kari)
    kari.press("Trekk tilbake")
    kari.sees("trukket tilbake")

    per.be()
    per.open(f"{case}sporsmal/")
    per.follow("Svar")
    fits_at_twice_the_size(per)
    per.try_to_press("Send svaret")
    per.fill({"Svaret": "Ja, to ganger i vår.", "Hva gjør dere videre?": "Vi ringer henne."})
    per.press("Send svaret")
    open_all(per, f"{case}sporsmal/", "/beskjeder/")

    leif.be()
    leif.open("/beskjeder/tjenesten/")
    if leif.tab.get_by_role("button", name=re.compile("Bekreft")).count():
        leif.press("Bekreft")
    fits_at_twice_the_size(leif)

    operator = Visitor(
        contexts(http_credentials={"username": "drift", "password": TOKEN}), linked.url, "drift", checked=checked
    )
    open_all(operator, "/drift/")
