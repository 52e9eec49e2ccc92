"""The pages of grants, in a real browser: two widths, axe, and text at twice the size."""

from collections.abc import Callable

from demo import cast
from grunnmur import clock
from tests.stories.browser import Visitor
from tests.stories.test_rights_pages import open_all

SCHEME = "oppfolging"


def test_the_pages_of_grants_are_for_everybody(visitor: Callable[..., Visitor]) -> None:
    stein, leif = visitor("stein"), visitor("leif")
    last = clock.today().year - 1
    award = cast.fixed_id("grant/last/4202/tjenester-etter-veilederen/award")
    given_out, running = (f"/tilskudd/utlysning/{cast.fixed_id(f'grant/{SCHEME}/{one}')}/" for one in ("last", "this"))
    leif.be()
    open_all(leif, "/tilskudd/", "/tilskudd/kommune/4202/", f"/tilskudd/tildeling/{award}/")
    open_all(leif, running)
    leif.open(f"{running}sok/fact-ung/")
    leif.fill({"Hvor mye søker dere om?": "mye", "Hva skal pengene brukes til?": "Et team."})
    leif.try_to_press("Send søknaden")
    leif.sees("Skriv beløpet i hele kroner")
    leif.open(f"/tilskudd/tildeling/{award}/rapport/{last}/")
    stein.be()
    open_all(stein, f"/tilskudd/ordning/{SCHEME}/", "/tilskudd/utlysning/ny/")
    open_all(stein, given_out)
    stein.open(f"/tilskudd/tildeling/{award}/utbetaling/")
    stein.fill({"Hvor mye er betalt?": "1 000", "Hvilken dag?": "01.02.2020"})
    stein.press("Lagre")
    stein.sees("Utbetalingen er skrevet ned.")
