"""The pages of grants, in a real browser: two widths, axe, and text at twice the size."""

from collections.abc import Callable
from datetime import timedelta

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
    leif.fill({"Hvor mye søker dere om?": "9 000 000", "Barnets medvirkning": True})
    leif.press("Send søknaden")
    leif.sees("Søknaden er sendt.")
    leif.open(f"/tilskudd/tildeling/{award}/rapport/{last}/")
    stein.be()
    open_all(stein, f"/tilskudd/ordning/{SCHEME}/", "/tilskudd/utlysning/ny/")
    open_all(stein, given_out)
    stein.open(f"/tilskudd/tildeling/{award}/utbetaling/")
    stein.fill({"Hvor mye er betalt?": "1 000", "Hvilken dag?": "01.02.2020"})
    stein.press("Lagre")
    stein.sees("Utbetalingen er skrevet ned.")

    # What was open is closed yesterday, assessed and given out.
    stein.open(f"{running}endre/")
    stein.fill({"Hva er den siste dagen de kan søke?": f"{clock.today() - timedelta(days=1):%d.%m.%Y}"})
    stein.press("Lagre")
    stein.follow("Vurder")
    stein.fill({"Hva mener du om søknaden?": "Bør få noe av det de søker om", "Hvorfor?": "Godt."})
    stein.press("Lagre vurderingen")
    stein.follow("Del ut tilskuddet")
    stein.fill({"Fritt beløp: Grimstad, FACT Ung-team": "8 000 000"})
    stein.try_to_press("Del ut")
    stein.sees("igjen av rammen")
    stein.fill({"Hvor mye blir ikke delt ut?": "4 000 000", "Hvorfor blir ikke alt delt ut?": "Ingen søkte om mer."})
    stein.press("Del ut")
    stein.sees("Tilskuddet er delt ut.")
