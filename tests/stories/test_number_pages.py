"""The pages of numbers and research in a real browser: a desk, 320 px, with axe and large text; everything unfolded."""

from collections.abc import Callable
from datetime import timedelta

from joserfc.jwk import RSAKey
from playwright.sync_api import BrowserContext

from grunnmur import clock
from tests.stories import server
from tests.stories.browser import Visitor
from tests.stories.test_rights_pages import fits_at_twice_the_size, open_all


def test_the_pages_of_numbers_are_for_everybody(contexts: Callable[..., BrowserContext]) -> None:
    checked: set[str] = set()
    with server.fresh("tests.stories.load_numbers") as running:
        leif, stein = (Visitor(contexts(), running.url, key, checked=checked) for key in ("leif", "stein"))
        leif.be()
        open_all(leif, "/tall/")
        leif.follow("Tid til oppstartsmøte")
        propose_an_extract(leif)
        stein.be()
        open_all(stein, "/tall-i-fylket/", "/tall-i-fylket/4204/", "/tall/hva-de-betyr/")
        stein.open("/tall-i-fylket/")
        picture = stein.tab.locator("#sammenlikning figure > svg")
        whole, points = picture.bounding_box(), picture.locator("circle").all()
        assert whole and len(points) > 5, "one for each municipality whose numbers are not hidden"
        for point in points:
            box = point.bounding_box()
            assert box and whole["x"] <= box["x"] and box["x"] + box["width"] <= whole["x"] + whole["width"]
        for folded in stein.tab.locator("details").all():
            folded.evaluate("one => one.open = true")
        assert stein.tab.get_by_text("Skjult").count() > 5
        stein.follow("Oppmøte")
        stein.sees("Andelen «kom» av alle invitasjoner")
        assert "Traceback" not in running.log, running.log


def propose_an_extract(leif: Visitor) -> None:
    """Propose one and take it back; there is no child here, so there would be no file."""
    open_all(leif, "/forskning/", "/forskning/nytt/")
    leif.fill(
        {
            "Hva heter prosjektet?": "Helse i barnevernet",
            "Hvem skal ha uttrekket?": "Universitetet",
            "Hva skal det brukes til?": "Finne ut hva som hjelper.",
            "Hva gjør at opplysningene kan gis ut?": "Dispensasjon fra taushetsplikten",
            "Lov og paragraf": "loven § 1",
            "Vedtakets referanse": "2026/7",
            "Hva skal være med": ["Kartlegginger", "Erfaringer"],
            "Når skal mottakeren ha slettet det?": f"{clock.today() + timedelta(days=400):%d.%m.%Y}",
            "Mottakerens offentlige nøkkel": "en nøkkel",
        }
    )
    leif.tab.get_by_label("Saker åpnet fra og med").select_option(index=3)
    leif.tab.get_by_label("Saker åpnet til og med").select_option(index=1)
    leif.try_to_press("Foreslå")
    leif.sees("Dette er ingen offentlig RSA-nøkkel")
    public = RSAKey.generate_key(3072).as_pem(private=False).decode()
    leif.fill({"Mottakerens offentlige nøkkel": public})
    leif.press("Foreslå")
    leif.sees("Venter på en annen", "Det er for få barn i perioden.", "Du har foreslått dette selv.")
    for folded in leif.tab.locator("details").all():
        folded.evaluate("one => one.open = true")
    leif.check()
    fits_at_twice_the_size(leif)
    leif.follow("Trekk uttrekket tilbake")
    leif.fill({"Hvorfor?": "For få barn."})
    leif.press("Trekk uttrekket tilbake")
    leif.sees("Trukket tilbake av Leif Aas")
    leif.open("/forskning/")
