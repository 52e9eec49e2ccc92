"""The pages of what supervision has found, in a real browser: two widths, axe, and text at twice the size."""

from collections.abc import Callable

from tests.stories.browser import NARROW, WIDE, Visitor
from tests.stories.test_rights_pages import open_all


def test_the_pages_of_supervision_are_for_everybody(visitor: Callable[..., Visitor]) -> None:
    leif, marit, stein = visitor("leif"), visitor("marit"), visitor("stein")
    leif.be()
    open_all(leif, "/tilsyn/", "/tilsyn/samordning/")
    leif.fill({"Hvordan er det hos dere?": "Det er slik hos oss også", "Hva gjør dere med det?": "Møtes"})
    leif.fill({"Hvorfor svarer dere det?": "Tjenestene møtes for sjelden."})
    leif.try_to_press("Lagre svaret")
    leif.sees("må dere skrive hva, hvem og når")
    leif.fill({"Hvem gjør det?": "Helsestasjonen", "Når skal det være gjort?": "01.02.2099"})
    leif.press("Lagre svaret")
    leif.sees("Svaret er lagret.")
    marit.be()
    open_all(marit, "/")
    marit.open("/tilsyn/samordning/")
    marit.sees("Det er rettet")
    stein.be()
    open_all(stein, "/", "/tilsyn-i-fylket/", "/tilsyn-i-fylket/4202/")
    stein.open("/tilsyn-i-fylket/")
    zero = stein.tab.locator(".g-zero").first
    for size, is_wide in ((WIDE, True), (NARROW, False)):
        stein.tab.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict
        assert zero.is_visible() is is_wide
        for piece in stein.tab.locator("figure > svg .g-bars__piece rect").all():
            box, whole = piece.bounding_box(), stein.tab.locator("figure > svg").bounding_box()
            assert box and whole and whole["x"] < box["x"] and box["x"] + box["width"] < whole["x"] + whole["width"]
