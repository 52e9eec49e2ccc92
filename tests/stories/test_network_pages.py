"""The pages of the network, in a real browser: two widths, axe, and text at twice the size."""

from collections.abc import Callable

from demo import cast
from tests.stories.browser import Visitor
from tests.stories.test_rights_pages import open_all


def test_the_pages_of_the_network_are_for_everybody(visitor: Callable[..., Visitor]) -> None:
    stein, leif = visitor("stein"), visitor("leif")
    held, ahead, task = (cast.fixed_id(f"network/{one}") for one in ("gathering/0", "gathering/2", "decision"))
    leif.be()
    open_all(leif, "/nettverk/", f"/nettverk/samling/{held}/", f"/nettverk/samling/{ahead}/")
    open_all(leif, f"/nettverk/vedtak/{task}/", "/nettverk/erfaringer/")
    leif.open(f"/nettverk/samling/{ahead}/svar/")
    leif.fill({"Kommer dere?": "Ja, vi kommer"})
    leif.try_to_press("Lagre svaret")
    leif.sees("Skriv hvem som kommer.")
    leif.fill({"Hvem kommer?": "Barnevernlederen"})
    leif.press("Lagre svaret")
    leif.sees("Grimstad: Barnevernlederen")
    leif.open("/nettverk/erfaringer/ny/")
    leif.fill({"Hva handler det om?": "Et møte", "Hva prøvde dere, og hvordan gikk det?": "Det gikk bra."})
    leif.press("Del erfaringen")
    leif.sees("Erfaringen er delt.")
    stein.be()
    open_all(stein, "/nettverk/", f"/nettverk/samling/{ahead}/", "/nettverk/samling/ny/", "/nettverk/hvem/")
    open_all(stein, f"/nettverk/samling/{ahead}/beskjed/")
    open_all(stein, f"/nettverk/samling/{held}/", f"/nettverk/samling/{held}/referat/")
    open_all(stein, f"/nettverk/samling/{held}/vedtak/", f"/nettverk/samling/{ahead}/program/")
