"""The pages of numbers in a real browser: at a desk, at 320 px, with axe, and with large text; everything unfolded."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext

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
        stein.be()
        open_all(stein, "/tall-i-fylket/", "/tall-i-fylket/4204/", "/tall/hva-de-betyr/")
        stein.open("/tall-i-fylket/")
        picture = stein.tab.locator("#sammenlikning .g-trend > svg")
        whole, points = picture.bounding_box(), picture.locator("circle").all()
        assert whole and len(points) > 5, "one for each municipality whose numbers are not hidden"
        for point in points:
            box = point.bounding_box()
            assert box and whole["x"] <= box["x"] and box["x"] + box["width"] <= whole["x"] + whole["width"]
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
