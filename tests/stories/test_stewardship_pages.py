"""The pages of a municipality's own work, in a real browser: two widths, axe, and text at twice the size."""

from collections.abc import Callable

from tests.stories.browser import Visitor
from tests.stories.test_rights_pages import open_all

AREA = "/egenvurdering/kommune-og-phbu/"


def test_the_pages_of_a_municipalitys_own_work_are_for_everybody(visitor: Callable[..., Visitor]) -> None:
    leif, marit, stein = visitor("leif"), visitor("marit"), visitor("stein")
    leif.be()
    open_all(leif, "/kommunen/")
    open_all(leif, "/innforing/", "/innforing/bufetat/", "/innforing/bufetat/ta-initiativ/", "/opplaering/")
    leif.open("/innforing/bufetat/ta-initiativ/")
    leif.fill({"Hvor langt har dere kommet?": "Det er gjort", "Hvem gjør det?": "Fagteamet"})
    leif.try_to_press("Lagre svaret")
    leif.sees("Skriv hva som viser at det er gjort.", "Fagteamet")
    leif.fill({"Når ble det gjort?": "01.02.2024", "Hva viser at det er gjort?": "Brevet til fosterhjemmene."})
    leif.press("Lagre svaret")
    leif.sees("Svaret er lagret.", "Brevet til fosterhjemmene.")
    open_all(leif, "/innforing/materiell/ny/", "/innforing/evaluering/ny/")
    open_all(leif, "/egenvurdering/", AREA, "/egenvurdering/pliktene/svar/", "/ordninger/", "/ordninger/bti/")
    leif.open(AREA)
    leif.sees("Vi venter på svar fra den andre siden.")
    open_all(leif, "/avtaler/ny/")

    marit.be()
    marit.open(f"{AREA}svar/")
    marit.fill({"Vi kan drøfte med BUP før vi henviser": "Vet ikke"})
    marit.press("Lagre svarene")
    marit.sees("Svarene er lagret.", "Ulike svar")
    marit.open("/")
    marit.sees("Avtaler som må fornyes")

    stein.be()
    open_all(
        stein, "/innforing-i-fylket/trinn/", "/innforing-i-fylket/", "/egenvurdering-i-fylket/", "/ordninger-i-fylket/"
    )
    open_all(stein, "/ordninger-i-fylket/fact-ung/", "/ordninger-i-fylket/kommune/4203/", "/innforing-i-fylket/4202/")
