"""Every page of who may see what, of rights and of one's own log-in, in a real browser: at a desk, at 320 px, with axe.

The visitor holds each page that it meets against the same demands (`Visitor.check`), and text at twice the size must
fit too.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from grunnmur.cases import national_id
from grunnmur.clock import today
from tests.stories.anna import PASSWORD
from tests.stories.browser import TOO_WIDE, Visitor
from tests.stories.page import Unlike

CHILD = "Sol Rettvik"
DANGER = "Hun ligger bevisstløs her, og jeg må vite hvem som har omsorgen."
TWICE = "e => document.documentElement.style.fontSize = '200%'"


def id_in(one: Visitor) -> str:
    """The first id in the address of the page."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", one.page.path)
    assert found, one.page.path
    return found[0]


def fits_at_twice_the_size(one: Visitor) -> None:
    """WCAG 1.4.4: text can be made twice as large, and nothing goes off the side of the screen."""
    one.tab.evaluate(TWICE)
    wide = one.tab.evaluate(TOO_WIDE)
    if wide:
        raise Unlike(f"{one.page.path} with text at twice the size", ", ".join(wide))


def open_all(one: Visitor, *addresses: str) -> None:
    for address in addresses:
        one.open(address)
        fits_at_twice_the_size(one)


def test_the_pages_of_rights_sight_and_log_in_are_for_everybody(visitor: Callable[..., Visitor]) -> None:
    kari, leif = visitor("kari"), visitor("leif")
    kari.be()
    kari.open("/barn/nytt/")
    kari.fill({"Barnets navn": CHILD, "Født": "03.04.2012", "Journalnummer": "R-1"})
    kari.press("Registrer barnet")
    child = f"/barn/{id_in(kari)}/"
    kari.open(f"{child}person/")
    kari.fill({"Navn": "Maja Rettvik", "Hvem er dette for barnet?": "Mor", "Har foreldreansvar": True})
    kari.fill({"Gjelder fra": "03.04.2012"})
    kari.press("Lagre personen")

    # Who sees what.
    kari.open(f"{child}tilgang/")
    kari.follow("Bestem innsyn for Maja Rettvik")
    kari.try_to_press("Bestem")
    kari.fill({"Hva skal personen kunne se?": "Bare det som gis fri enkeltvis", "Hvorfor?": "Vurdert."})
    kari.press("Bestem")
    kari.follow(f"Bestem innsyn for {CHILD}")
    kari.fill({"Hva skal personen kunne se?": "Innsyn etter barnets alder", "Hvorfor?": "Barnet ønsker det."})
    kari.press("Bestem")
    kari.follow("Hold noe tilbake fra Maja Rettvik")
    kari.fill({"Hvorfor skal det holdes tilbake?": "Barnet vil ikke (pbrl § 3-4)", "Begrunnelse": "Sol vil ikke."})
    kari.fill({"Hva skal personen ikke se?": ["psykisk helse"]})
    kari.press("Hold tilbake")
    kari.follow("Gi innsyn tilbake til Maja Rettvik")
    open_all(kari, f"{child}tilgang/", f"{child}tilgang/inhabil/", f"{child}tilgang/tjeneste/", f"{child}nodtilgang/")

    # One row.
    kari.open(child)
    kari.press("Begynn å vurdere")
    case = f"/forlop/{id_in(kari)}/"
    kari.open(f"{case}egne-ord/")
    kari.fill({"Barnets egne ord": "Jeg vil at mamma skal få vite det.", "Når sa barnet det?": f"{today():%d.%m.%Y}"})
    kari.press("Lagre ordene")
    kari.open(f"{case}grunnlag/")
    kari.follow("Hvem i familien ser dette")
    row = kari.page.path
    kari.follow("Gi fri til Maja Rettvik")
    fits_at_twice_the_size(kari)
    kari.fill({"Hvorfor?": "Sol ba om det.", "Barnet vil selv at personen skal få vite dette": True})
    kari.press("Gi fri")
    kari.follow("Ta tilbake fra Maja Rettvik")
    kari.open(row)
    kari.follow("Hold tilbake fra Maja Rettvik")
    open_all(kari, row, f"{child}tilgang/", f"{child}oppslag/")

    # What is given out, kept and deleted.
    kari.open(f"{child}innsyn/")
    kari.fill({"Hvem sitt innsyn er det?": "Barnet"})
    kari.press("Lag innsyn")
    fits_at_twice_the_size(kari)
    kari.follow("Gi ikke ut dette")
    open_all(kari, f"{child}innsyn/", f"{child}slett/", f"{case}oppbevaring/", f"{child}endre/")

    # The leader's.
    leif.be()
    open_all(leif, f"{child}sperre/", f"{case}oppbevaring/", "/oppslag/?dager=31")
    leif.follow("Skriv hva du fant…", near=CHILD)
    fits_at_twice_the_size(leif)
    leif.fill({"Hva fant du?": "Hun er kontaktperson."})
    leif.press("Lagre")
    open_all(leif, "/oppslag/", "/min-innlogging/", "/medlemmer/", "/bekreft/")
    leif.press("Bekreft")
    leif.open("/medlemmer/inviter/")
    leif.fill({"Navn": "Tuva Ny", "Rolle": "Kontaktperson i barnevernet"})
    leif.press("Lag invitasjon")
    fits_at_twice_the_size(leif)
    code: Any = leif.tab.locator("[data-code]").text_content()
    open_all(leif, "/nodtilgang/", "/min-innlogging/ny/", "/min-innlogging/passord/")

    # Those who are not logged in.
    tuva = visitor("tuva")
    open_all(tuva, "/logg-inn/", "/bli-med/")
    tuva.fill({"Koden du har fått": str(code)})
    tuva.press("Fortsett")
    chosen = "sju-hester-spiser-havre"
    tuva.fill({"Brukernavn": "tuva", "Passord": chosen, "Passordet en gang til": chosen})
    tuva.press("Bli med")
    fits_at_twice_the_size(tuva)


def test_the_pages_of_danger_protected_address_and_remarks_are_for_everybody(visitor: Callable[..., Visitor]) -> None:
    kari, per, hege = visitor("kari"), visitor("per"), visitor("hege")
    number = national_id.make_synthetic(date(2012, 4, 3), national_id.Sex.FEMALE, 77)
    kari.be()
    kari.open("/barn/nytt/")
    kari.fill({"Barnets navn": "Siv Rettvik", "Født": "03.04.2012", "Journalnummer": "R-2", "Fødselsnummer": number})
    kari.press("Registrer barnet")
    child = f"/barn/{id_in(kari)}/"
    kari.press("Begynn å vurdere")
    case = f"/forlop/{id_in(kari)}/"

    # What the child has said, and what is said to it afterwards.
    kari.open(f"{case}samtale/")
    kari.fill(
        {"Hvem snakket dere med?": "Barnet", "Når?": f"{today():%d.%m.%Y}", "Hva kom fram?": "Hun vil bo hjemme."}
    )
    kari.fill({"Hvordan tok barnet del?": "Gjennom samtale"})
    kari.press("Lagre samtalen")
    kari.open(f"{case}grunnlag/")
    kari.follow("Legg ved en merknad")
    fits_at_twice_the_size(kari)
    kari.fill({"Hvem er merknaden fra?": "Barnet", "Når kom merknaden?": f"{today():%d.%m.%Y}"})
    kari.fill({"Merknaden": "Ikke ennå."})
    kari.press("Legg ved merknaden")
    kari.sees("Merknaden er lagt ved.")

    # A GP breaks the glass, and the owner reviews it.
    per.be()
    per.open("/nodtilgang/")
    per.press("Bekreft")
    fits_at_twice_the_size(per)
    per.fill({"Barnets fødselsnummer": number, "Hva er farlig for barnet nå, og hva trenger du å vite?": DANGER})
    per.press("Åpne saken i en time")
    fits_at_twice_the_size(per)
    open_all(kari, f"{child}nodtilgang/")
    kari.follow("Vurder", near="Per Holm")
    fits_at_twice_the_size(kari)
    kari.fill({"Var det riktig å bruke nødtilgang?": "Det var riktig", "Hva fant dere?": "Han sto med barnet på vakt."})
    kari.press("Lagre vurderingen")

    # A protected address, and who may read it.
    kari.open(f"{child}endre/")
    kari.fill({"Er adressen skjermet i folkeregisteret?": "Fortrolig adresse (kode 7)"})
    kari.press("Lagre")
    open_all(kari, child, f"{child}tilgang/")
    kari.follow("Bestem hvem som leser adressen")
    fits_at_twice_the_size(kari)
    kari.press("Lagre")

    # The second factor, the second time.
    hege.log_in(PASSWORD)
    hege.press("Logg ut")
    hege.open("/logg-inn/")
    hege.fill({"Brukernavn": "hege", "Passord": PASSWORD})
    hege.press("Logg inn")
    hege.sees("Bekreft at det er deg")
    fits_at_twice_the_size(hege)
