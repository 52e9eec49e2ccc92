"""The pages of numbers and research in a real browser: a desk, 320 px, with axe and large text; everything unfolded."""

import io
from collections.abc import Callable
from datetime import timedelta

from joserfc.jwk import RSAKey
from playwright.sync_api import BrowserContext, Locator
from pypdf import PdfReader

from grunnmur import clock
from grunnmur.web.flow_picture import WIDTH
from tests.stories import server
from tests.stories.browser import Visitor
from tests.stories.test_rights_pages import fits_at_twice_the_size, open_all


def test_the_pages_of_numbers_are_for_everybody(contexts: Callable[..., BrowserContext]) -> None:
    checked: set[str] = set()
    with server.fresh("tests.stories.load_numbers") as running:
        leif, stein = (Visitor(contexts(), running.url, key, checked=checked) for key in ("leif", "stein"))
        leif.be()
        open_all(leif, "/tall/")
        prints_pictures_and_tables(leif)
        leif.follow("Tid til oppstartsmøte")
        open_all(leif, "/tall/")
        leif.follow("Regn på ventetiden")
        leif.fill({"Flere plasser": "x"})
        leif.try_to_press("Regn ut")
        leif.fill({"Flere plasser": "1", "Hvor mange nye barn": "Dobbelt så mange", "Stengt en måned": "juli"})
        leif.press("Regn ut")
        leif.sees("Svaret", "Med endringen", "Dette bygger svaret på", "Treffer det?")
        inside(leif.tab.locator("#svar figure > svg"), "rect, circle")
        propose_an_extract(leif)
        stein.be()
        open_all(
            stein, "/tall-i-fylket/", "/tall-i-fylket/4204/", "/tall/hva-de-betyr/", "/tall-i-fylket/4204/kapasitet/"
        )
        open_all(stein, "/tall-i-fylket/kapasitet/?regn=1&places=5")
        stein.open("/tall-i-fylket/")
        inside(stein.tab.locator("#sammenlikning .g-trend > svg"), "circle")
        assert stein.tab.locator(".g-map__wide .g-map__sign").count() == 25, "a tile for each municipality"
        ends = "all => all.map(one => one.getBBox()).map(box => [box.x, box.x + box.width])"
        words = stein.tab.locator("figure:has(path.g-flow) text").evaluate_all(ends)
        assert len(words) > 20
        assert all(left >= -1 and right <= WIDTH + 1 for left, right in words), "none is cut"
        for folded in stein.tab.locator("details").all():
            folded.evaluate("one => one.open = true")
        assert stein.tab.get_by_text("Skjult").count() > 5
        stein.follow("Oppmøte")
        stein.sees("Andelen «kom» av alle invitasjoner")
        assert "Traceback" not in running.log, running.log


def prints_pictures_and_tables(leif: Visitor) -> None:
    """On paper each picture has its table, unfolded or not; what has no picture is folded away as it was."""
    leif.open("/tall/")
    leif.tab.emulate_media(media="print")
    shown = "figure:has(svg[role=img]):not(details figure)", "details.g-on-paper table:not(details details table)"
    pictures, tables = (leif.tab.locator(one).all() for one in shown)
    assert len(tables) >= len(pictures) >= 8
    assert all(one.is_visible() for one in (*pictures, *tables))
    assert not leif.tab.get_by_text("Vis som tabell").locator("visible=true").count()
    paper = PdfReader(io.BytesIO(leif.tab.pdf(format="A4")))
    said = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for word in ("Fra vurdert til avsluttet", "Hva som hendte", "Tid mellom fasene", "Hentet fra Grunnmur av Leif"):
        assert word in said, word
    assert "Vis som tabell" not in said
    assert "Alle tallene" not in said, "a title with nothing under it"
    assert len(paper.pages) <= 20
    leif.tab.emulate_media(media="null")


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


def inside(pictures: Locator, points: str) -> None:
    """Each picture has more than five points, for what is not hidden, and none is cut off."""
    assert pictures.count()
    for picture in pictures.all():
        whole, found = picture.bounding_box(), picture.locator(points).all()
        assert whole and len(found) > 5
        for point in found:
            box = point.bounding_box()
            assert box and whole["x"] <= box["x"] and box["x"] + box["width"] <= whole["x"] + whole["width"]
