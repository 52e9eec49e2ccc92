"""The pages of mapping and referral in a real browser: at a desk, at 320 px, with axe, and text at twice the size."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.stories import server
from tests.stories.anna import ANNA
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.test_rights_pages import fits_at_twice_the_size, id_in, open_all


@pytest.fixture(scope="module")
def mapped() -> Iterator[Server]:
    with server.fresh("tests.stories.load_health") as running:
        yield running
        assert "Traceback" not in running.log, running.log


def test_the_pages_of_health_are_for_everybody(mapped: Server, contexts: Callable[..., BrowserContext]) -> None:
    checked: set[str] = set()
    kari, per, siri = (Visitor(contexts(), mapped.url, key, checked=checked) for key in ("kari", "per", "siri"))
    per.be()
    per.follow(ANNA)
    health = f"/forlop/{id_in(per)}/helse/"
    open_all(per, health)
    per.follow("Skriv hva noen har fortalt")
    fits_at_twice_the_size(per)
    per.try_to_press("Lagre")
    per.fill({"Hvem har svart?": "Lærer eller barnehagelærer"})
    per.fill({"Hva er det viktigste som kom fram?": "Mer med i timene."})
    per.fill({"Hvor store er vanskene, slik dere leser svaret?": "Ingen vansker"})
    per.press("Lagre")
    per.sees("Ingen vansker", "ulike syn")
    per.follow("Si hvor langt dere er kommet")
    fits_at_twice_the_size(per)
    per.try_to_press("Lagre")
    per.fill(
        {
            "Hvor langt er dere kommet?": "Vi er ferdige",
            "Hva førte kartleggingen til?": "Henvises til spesialisthelsetjenesten",
            "Hvor alvorlig vurderer dere at det er?": "Tydelige vansker",
            "Kan det følges opp i kommunen?": "Ja, sammen med spesialisthelsetjenesten",
            "Hva fant dere?": "Lav stemning, sover lite.",
            "Hva anbefaler dere?": "Lekser i mindre biter.",
            "Alle som er med, kan lese anbefalingen": True,
        }
    )
    per.press("Lagre")
    per.sees("Leses av alle som er med.")

    kari.be()
    open_all(kari, health)
    kari.sees("Lav stemning, sover lite.", "Slik har det gått")

    per.follow("Henvis")
    per.sees("Hentet fra kartleggingen til Storgata legesenter")
    fits_at_twice_the_size(per)
    per.try_to_press("Lagre henvisningen")
    per.fill({"Hvem henviser dere til?": "ABUP Arendal", "Hva spør dere om?": "Hva ligger bak?"})
    per.try_to_press("Lagre henvisningen")
    per.sees("Dette mangler i henvisningen", "Fare for selvskading")
    fits_at_twice_the_size(per)
    per.fill({"Send den slik den er": True})
    per.press("Lagre henvisningen")
    per.sees("Henvisningen er skrevet inn.")

    siri.be()
    siri.open(health)
    siri.follow("Svar på henvisningen")
    fits_at_twice_the_size(siri)
    siri.fill({"Hva er svaret?": "Avslått", "Hovedgrunn": "Kan hjelpes i kommunen"})
    siri.fill({"Hvorfor?": "Skolehelsetjenesten kan hjelpe."})
    siri.press("Send svaret")

    open_all(kari, health)
    kari.sees("Hvem kan hjelpe i stedet?", "Kan hjelpes i kommunen")
    kari.follow("Si det til barnet og familien")
    kari.sees("har sagt nei denne gangen", "har sagt nei denne gongen")
    fits_at_twice_the_size(kari)
