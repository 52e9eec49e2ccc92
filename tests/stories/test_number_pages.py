"""The pages of numbers in a real browser: at a desk, at 320 px, with axe, and with large text; everything unfolded."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator

from grunnmur.web.flow_picture import WIDTH
from tests.stories import server
from tests.stories.browser import Visitor
from tests.stories.test_rights_pages import open_all


def test_the_pages_of_numbers_are_for_everybody(contexts: Callable[..., BrowserContext]) -> None:
    checked: set[str] = set()
    with server.fresh("tests.stories.load_numbers") as running:
        leif, stein = (Visitor(contexts(), running.url, key, checked=checked) for key in ("leif", "stein"))
        leif.be()
        open_all(leif, "/tall/")
        leif.follow("Tid til oppstartsmøte")
        open_all(leif, "/tall/")
        leif.follow("Regn på ventetiden")
        leif.fill({"Flere plasser": "x"})
        leif.try_to_press("Regn ut")
        leif.fill({"Flere plasser": "1", "Hvor mange nye barn": "Dobbelt så mange", "Stengt en måned": "juli"})
        leif.press("Regn ut")
        leif.sees("Svaret", "Med endringen", "Dette bygger svaret på", "Treffer det?")
        inside(leif.tab.locator("#svar figure > svg"), "rect, circle")
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


def inside(pictures: Locator, points: str) -> None:
    """Each picture has more than five points, for what is not hidden, and none is cut off."""
    assert pictures.count()
    for picture in pictures.all():
        whole, found = picture.bounding_box(), picture.locator(points).all()
        assert whole and len(found) > 5
        for point in found:
            box = point.bounding_box()
            assert box and whole["x"] <= box["x"] and box["x"] + box["width"] <= whole["x"] + whole["width"]
