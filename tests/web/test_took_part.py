"""How the child took part, phase by phase: offered where it is asked for, never waited for, and read by the family."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur import clock
from grunnmur.cases.actions import basis, closings
from grunnmur.cases.lifecycle import phases
from grunnmur.cases.models import Child, Closure, Mapping
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.queries.health import get_health
from grunnmur.cases.queries.took_part import list_took_part
from grunnmur.cases.terms import ChildParticipation, HealthArea
from tests import health_case, together
from tests.family import home as homes
from tests.family.home import MOTHERS
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
OFFERED = "Svaret er hentet fra samtalen"
FIELD = "participation"


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way, and the dental clinic can be asked; Anna and her mother can log in."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "tannklinikken", HealthArea.DENTAL)
        health_case.consent(kari, pathway_id, "storgata", HealthArea.SOMATIC)
        home = homes.home(kari, anna, pathway_id)
        homes.decide(kari, home, home.mother)
        homes.decide(kari, home, home.anna)
        homes.let_in(kari, home, home.mother)
    return pathway_id


def talk(actor: Any, case: uuid.UUID, how: ChildParticipation) -> None:
    basis.record_conversation(
        actor=actor,
        pathway_id=case,
        once=None,
        with_whom="child",
        held_on=clock.today(),
        summary="Hun viste oss tegningene sine.",
        participation=how,
    )


def area_of(acting: Acting, case: uuid.UUID, area: HealthArea) -> uuid.UUID:
    with acting("kari") as kari:
        return next(one.id for one in get_health(kari, case).areas if one.area is area)


def test_what_a_conversation_says_is_offered_and_kept_with_the_mapping(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    kari, where = client_of("kari"), f"/forlop/{case}/helse/{area_of(acting, case, HealthArea.DENTAL)}/spor/"
    before = page(kari.get(where))
    assert FIELD not in form_of(before)
    assert OFFERED not in text(before)
    with acting("kari") as actor:
        talk(actor, case, ChildParticipation.OBSERVATION)
    form = page(kari.get(where))
    assert OFFERED in text(form)
    sent = form_of(form, service_id=str(together.service_id("tannklinikken")), question="Hun har vondt i en tann.")
    assert sent[FIELD] == ["1.3"]
    assert kari.post(where, sent).status_code == 302
    with acting("kari"):
        assert Mapping.objects.get().participation == ChildParticipation.OBSERVATION
    assert "Barnet tok del Gjennom observasjon" in text(page(kari.get(f"/forlop/{case}/helse/")))


@pytest.mark.parametrize("how", ["", "2.1"])
def test_nothing_waits_for_it(client_of: ClientOf, case: uuid.UUID, acting: Acting, how: str) -> None:
    kari, where = client_of("kari"), f"/forlop/{case}/helse/{area_of(acting, case, HealthArea.SEXUAL)}/utelat/"
    sent = form_of(page(kari.get(where)), why="Ingenting tyder på det.", participation=how)
    assert kari.post(where, sent).status_code == 302
    closing = f"/forlop/{case}/avslutt/"
    words = {"ground": "no_further_need", "summary": "Alt er bra.", "child_view": "«Fint.»", FIELD: how}
    assert kari.post(closing, form_of(page(kari.get(closing)), **words)).status_code == 302
    with acting("kari"):
        assert (Mapping.objects.get().participation, Closure.objects.get().participation) == (how, how)
    ended = text(page(kari.get(f"/forlop/{case}/avslutning/")))
    assert f"Barnet tok del {'Fikk ikke mulighet' if how else 'ikke skrevet'}" in ended


def test_the_service_and_the_family_read_it_phase_by_phase(
    client_of: ClientOf, case: uuid.UUID, acting: Acting, anna: Child
) -> None:
    with acting("kari") as kari:
        missing = text(page(client_of("kari").get(f"/forlop/{case}/grunnlag/")))
        health_case.ask(kari, case, "tannklinikken", HealthArea.DENTAL, participation=ChildParticipation.REPRESENTATIVE)
        talk(kari, case, ChildParticipation.OBSERVATION)
    with acting("per") as per:
        seen = get_case(per, case, page="pathway")
        assert list_took_part(per, case, phases(seen.facts)) == (), "neither teeth nor child welfare's own are the GP's"
    with acting("kari") as kari:
        mapping = Mapping.objects.get()
        together.close(
            kari,
            case,
            closings.Carrier("Tennene", "Tannklinikken", subject_id=mapping.pk),
            summary="Alt er bra.",
            child_view="«Fint.»",
            participation=ChildParticipation.DID_NOT_WANT,
        )
    assert "Gjennom samtale" in missing
    assert "ikke skrevet" in missing, "the second phase has begun"
    day = f"{clock.today():%d.%m.%Y}"
    shown = text(page(client_of("kari").get(f"/forlop/{case}/grunnlag/")))
    for how in ("Gjennom samtale", "Gjennom representant", "Gjennom observasjon", "Ønsket ikke"):
        assert f"{how} {day}" in shown
    with acting("kari") as kari:
        given = homes.give_device(kari, homes.home(kari, anna, case), anna.pk)
    child, mother = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
    assert child.post("/min-side/kode/", {"code": given.code, "pin": "271828", "again": "271828"}).status_code == 302
    assert mother.post("/min-side/inn/", {"number": MOTHERS}).status_code == 302
    for who, said in ((child, "Slik var du med En annen snakket for deg"), (mother, "En annen snakket for barnet")):
        steps = page(who.get("/min-side/steg/"))
        phase = {number: steps.select_one(f"#steg-{number}").get_text(" ", strip=True) for number in range(1, 6)}
        assert f"{said} {day}." in phase[3]
        assert all("Slik var" not in phase[number] for number in (1, 2, 4, 5)), "child welfare's own is not theirs yet"
        assert "Hvordan barnet medvirket Gjennom representant" in text(page(who.get("/min-side/skrevet/")))
