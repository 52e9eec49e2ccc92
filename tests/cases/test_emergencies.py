"""Break-glass: who may, what it opens and never opens, how long, that it is for reading, and the owner's review."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import basis, emergencies, pathways, sight
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, Conversation, EmergencyLook, OwnWords, Pathway, RelatedPerson
from grunnmur.cases.terms import InformationKind, ParticipationBasis, RestrictionCause
from grunnmur.log.models import AccessLog, Event

Acting = Callable[[str], AbstractContextManager[Any]]
REASON = "Jenta er funnet i fare, og vi må vite om sykdom og pårørende."


@pytest.fixture
def pathway(acting: Acting, anna: Child) -> Pathway:
    """Anna's case in Grimstad, with something of each kind that matters here."""
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        basis.record_own_words(actor=kari, pathway_id=case.pk, once=None, said_on=clock.today(), words="Hemmelig.")
        basis.record_conversation(
            actor=kari, pathway_id=case.pk, once=None, with_whom="parents", held_on=clock.today(), summary="Bekymret."
        )
    return case


@pytest.fixture
def number(acting: Acting, anna: Child) -> str:
    with acting("kari"):
        found = Child.objects.get(pk=anna.pk).national_id
    assert found
    return found


def break_glass(acting: Acting, fresh: Any, who: str, number: str, reason: str = REASON) -> Any:
    with acting(who) as actor:
        return emergencies.break_glass(actor=fresh(actor), national_number=number, reason=reason)


def test_one_person_reads_the_case_for_an_hour(
    acting: Acting, fresh: Any, pathway: Pathway, number: str, travel: Any
) -> None:
    began = clock.now()
    travel(began)
    assert break_glass(acting, fresh, "ola", number) == pathway.child_id
    with acting("ola") as ola:
        for model in (Child, Pathway, RelatedPerson, Conversation):
            assert access.visible_to(ola, model._default_manager.all()).exists(), model
            assert model._default_manager.exists(), model
        assert not OwnWords.objects.exists(), "never the child's own words"
        assert not access.visible_to(ola, OwnWords.objects.all()).exists()
    for who in ("per", "siri"):
        with acting(who):
            assert not Pathway.objects.exists(), "nobody else's sight has changed"
    travel(began + timedelta(minutes=60))
    with acting("ola") as ola:
        assert not Child.objects.exists()
        assert not access.visible_to(ola, Pathway.objects.all()).exists()


def test_every_look_that_it_gives_says_so(
    acting: Acting, fresh: Any, pathway: Pathway, number: str, client_of: Any, as_admin: Any
) -> None:
    break_glass(acting, fresh, "ola", number)
    browser = client_of("ola")
    pages = (f"/forlop/{pathway.pk}/", f"/forlop/{pathway.pk}/helse/", f"/barn/{pathway.child_id}/")
    assert [browser.get(page).status_code for page in pages] == [200, 200, 200]
    with as_admin():
        looks = AccessLog.objects.filter(children__contains=[pathway.child_id], allowed=True)
        found = {row.action: (row.ground, InformationKind(row.kinds)) for row in looks}
    assert {ground for ground, _kinds in found.values()} == {"break_glass"}
    assert set(found) == {"break_glass", "pathway", "health", "child"}
    assert found["pathway"][1] == access_rules().carries[ParticipationBasis.BREAK_GLASS]


def test_one_can_read_and_not_write(acting: Acting, fresh: Any, pathway: Pathway, number: str) -> None:
    break_glass(acting, fresh, "ola", number)
    with acting("ola") as ola, pytest.raises(access.Refused):
        basis.record_own_words(actor=ola, pathway_id=pathway.pk, once=None, said_on=clock.today(), words="x")
    with acting("ola") as ola, pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        OwnWords.objects.create(
            pathway=pathway,
            kind=1,
            author_service_id=ola.service_id,
            recorded_by_id=ola.person_id,
            recorded_at=clock.now(),
            said_on=clock.today(),
            words="x",
        )


def test_the_owner_is_told_at_once_and_reviews_once(
    acting: Acting, fresh: Any, pathway: Pathway, number: str, client_of: Any
) -> None:
    break_glass(acting, fresh, "ola", number)
    assert "Nødtilgang er brukt" in client_of("kari").get("/").content.decode()
    assert "Nødtilgang er brukt" not in client_of("ola").get("/").content.decode()
    with acting("kari") as kari:
        look = EmergencyLook.objects.get()
        assert look.reason == REASON
        assert Event.objects.filter(child_id=pathway.child_id, name="glass.broken").count() == 1
        given = {
            "actor": kari,
            "child_id": pathway.child_id,
            "once": None,
            "look_id": look.pk,
            "verdict": emergencies.Verdict.JUSTIFIED,
            "text": "Det var fare.",
        }
        emergencies.review(**given)
        with pytest.raises(Invalid):
            emergencies.review(**given)
    assert "Nødtilgang er brukt" not in client_of("kari").get("/").content.decode()


def test_what_is_not_there_and_what_is_taken_away_answer_alike(
    acting: Acting, fresh: Any, pathway: Pathway, number: str
) -> None:
    assert break_glass(acting, fresh, "ola", "14851281232") is None, "a child that nobody has"
    with acting("leif") as leif:
        from demo import cast

        sight.restrict(
            actor=leif,
            child_id=pathway.child_id,
            once=None,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            person_id=cast.get("kari").person_id,
            reason="Slekt.",
            review_on=clock.today() + timedelta(days=30),
        )
    assert break_glass(acting, fresh, "kari", number) is None, "one's own service's child, and taken away besides"
    with acting("kari"):
        assert not EmergencyLook.objects.exists()
        assert AccessLog.objects.filter(action="break_glass", allowed=False).exists()


@pytest.mark.parametrize("who", ["marit", "stein", "eva", "bjorn", "berit", "tone"])
def test_other_roles_may_not(acting: Acting, fresh: Any, pathway: Pathway, number: str, who: str) -> None:
    with pytest.raises(access.Refused):
        break_glass(acting, fresh, who, number)


def test_it_takes_fresh_authentication_and_a_reason(acting: Acting, fresh: Any, pathway: Pathway, number: str) -> None:
    with acting("ola") as ola, pytest.raises(access.Refused):
        emergencies.break_glass(actor=ola, national_number=number, reason=REASON)
    for wrong in ({"reason": "fare"}, {"number": "123"}):
        with pytest.raises(Invalid):
            break_glass(acting, fresh, "ola", **{"number": number, **wrong})


def test_not_more_than_three_times_in_a_month(acting: Acting, fresh: Any, pathway: Pathway, number: str) -> None:
    for _time in range(3):
        break_glass(acting, fresh, "ola", number)
    with pytest.raises(access.Refused, match="too_often"):
        break_glass(acting, fresh, "ola", number)


def test_the_database_alone_opens_nothing(acting: Acting, pathway: Pathway) -> None:
    with (
        acting("ola"),
        pytest.raises(DatabaseError, match="not signed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("select * from sec.break_glass(array['x'::bytea], 'x', 255, 60, 3, 30, sha256('guess'))")
