"""A counter-statement follows what it is about: same kind, same sight, shown wherever that is."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from grunnmur.cases import access, door
from grunnmur.cases.actions import basis, meetings, remarks, sight
from grunnmur.cases.models import Child, Conversation, MeetingHeld, Observation, RelatedPerson, Remark
from grunnmur.cases.queries import basis as basis_queries
from grunnmur.cases.queries import remarks as queries
from grunnmur.cases.terms import (
    ChildParticipation,
    FamilyAccess,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    ObservationKind,
    RemarkBy,
    RestrictionCause,
)
from grunnmur.clock import today
from grunnmur.directory import sessions
from grunnmur.log.models import Event
from tests.health_case import SEE_AND_TELL, ask, consent, step
from tests.together import begin, call, let_in, service_id, start

Acting = Callable[[str], AbstractContextManager[Any]]
WORDS = "Det stemmer ikke at jeg ikke ville snakke."


def remark(actor: Any, pathway_id: uuid.UUID, subject: Any, **given: Any) -> Remark:
    values: dict[str, Any] = {"said_by": RemarkBy.CHILD, "said_on": today(), "words": WORDS, "once": None}
    return remarks.record(actor=actor, pathway_id=pathway_id, subject_id=subject.pk, **{**values, **given})


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        return begin(kari, anna)


def observe(actor: Any, pathway_id: uuid.UUID) -> Observation:
    basis.record_observation(
        actor=actor,
        pathway_id=pathway_id,
        once=None,
        observation=ObservationKind.WORRY_SIGN,
        code=basis_queries.code_groups(ObservationKind.WORRY_SIGN, on=today())[0].codes[0][0],
        note="Vil ikke snakke.",
        seen_on=today(),
        source="Skolen",
    )
    return Observation.objects.get()


def hold(actor: Any, pathway_id: uuid.UUID) -> MeetingHeld:
    meeting = call(actor, pathway_id, "storgata", days=0)
    meetings.hold(
        actor=actor,
        pathway_id=pathway_id,
        once=None,
        meeting_id=meeting.pk,
        held_on=today(),
        services_present=[],
        people_present=[],
        child_present=True,
        participation=ChildParticipation.CONVERSATION,
        minutes="Anna ville ikke snakke.",
    )
    return MeetingHeld.objects.get()


def test_it_stands_with_what_it_is_about_and_leaves_one_event(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari:
        seen = observe(kari, pathway_id)
        mother = RelatedPerson.objects.get(relation="mother")
        remark(kari, pathway_id, seen)
        remark(kari, pathway_id, seen, said_by=RemarkBy.RELATED, related_person_id=mother.pk, words="Skolen tar feil.")
        remark(kari, pathway_id, seen, said_by=RemarkBy.REPRESENTATIVE, representative="Advokat for mor", words="Nei.")
        (shown,) = basis_queries.basis(kari, pathway_id).seen
        assert {(one.by, one.words) for one in shown.remarked.remarks} == {
            ("Barnet", WORDS),
            ("Mor", "Skolen tar feil."),
            ("Advokat for mor", "Nei."),
        }
        event = Event.objects.filter(name="remark.recorded").first()
        assert event is not None
        assert event.subject_id == seen.pk
        assert Remark.objects.filter(kind=seen.kind).count() == 3


def test_who_sees_the_thing_sees_the_remark_and_nobody_else(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari:
        remark(kari, pathway_id, observe(kari, pathway_id))
        start(kari, pathway_id)
        let_in(kari, pathway_id, "storgata")
        remark(kari, pathway_id, hold(kari, pathway_id), words="Jeg ville snakke.")
    with acting("per"):
        assert [row.words for row in Remark.objects.all()] == ["Jeg ville snakke."]
    with acting("ola"):
        assert Remark.objects.count() == 0


def visible(asking: Any) -> list[str]:
    """The words of the remarks that one sees, by the program and by the database's own wall, which must agree."""
    program = sorted(row.words for row in access.visible_to(asking, Remark.objects.all()))
    assert program == sorted(row.words for row in Remark.objects.all())
    return program


def test_what_is_taken_alone_takes_its_remark_with_it(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari:
        start(kari, pathway_id)
        let_in(kari, pathway_id, "storgata")
        held = hold(kari, pathway_id)
        remark(kari, pathway_id, held)
    with acting("per") as per:
        assert visible(per) == [WORDS]
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=held.pathway.child_id,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            reason="Ikke nødvendig.",
            review_on=today() + timedelta(days=90),
            kinds=InformationKind.COORDINATION,
            service_id=service_id("storgata"),
            item=held.pk,
        )
        assert visible(kari) == [WORDS]
    with acting("per") as per:
        assert visible(per) == []
        assert not Event.objects.filter(name="remark.recorded").exists()


def test_what_is_released_alone_brings_its_remark_with_it(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari:
        seen = observe(kari, pathway_id)
        remark(kari, pathway_id, seen)
        basis.record_conversation(
            actor=kari, pathway_id=pathway_id, once=None, with_whom="parents", held_on=today(), summary="Bekymret."
        )
        remark(kari, pathway_id, Conversation.objects.get(), words="Til samtalen.")
        mother = RelatedPerson.objects.get(relation="mother").identity
        given: dict[str, Any] = {"actor": kari, "child_id": seen.pathway.child_id, "once": None, "identity": mother}
        sight.decide_access(
            **given, family_access=FamilyAccess.LIMITED, reason="Vurdert.", review_on=today() + timedelta(days=90)
        )
        with pytest.raises(door.Invalid) as refused:
            sight.release(**given, item=Remark.objects.get(words=WORDS).pk, reason="Alene.")
        assert set(refused.value.problems) == {"item"}
        sight.release(**given, item=seen.pk, reason="Hun trenger å vite det.")
    with sessions.as_relative(mother) as relative:
        assert visible(relative) == [WORDS]


def test_the_service_that_wrote_a_thing_records_a_remark_to_it_and_not_to_others(
    acting: Acting, pathway_id: uuid.UUID
) -> None:
    with acting("kari") as kari:
        start(kari, pathway_id)
        consent(kari, pathway_id, "skolehelse", HealthArea.SOMATIC, purposes=SEE_AND_TELL)
        mapping = ask(kari, pathway_id, "skolehelse", HealthArea.SOMATIC)
    with acting("hege") as hege:
        step(hege, pathway_id, mapping, MappingState.ACCEPTED)
        step(
            hege,
            pathway_id,
            mapping,
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.NO_FURTHER_NEED,
            findings="Vekst som venter.",
            matters_to_child="Å sove.",
        )
        with pytest.raises(access.Refused) as refused:
            remark(hege, pathway_id, mapping)
        assert refused.value.code == "owner_or_author"
    with acting("kari") as kari:
        row = remark(kari, pathway_id, mapping)
        assert row.kind == InformationKind.SOMATIC
    with acting("hege"):
        assert Remark.objects.get().words == WORDS


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"words": "  "}, "words", id="empty"),
        pytest.param({"said_by": RemarkBy.RELATED}, "who", id="nobody"),
        pytest.param({"said_by": RemarkBy.RELATED, "related_person_id": uuid.uuid4()}, "who", id="a-stranger"),
        pytest.param({"said_by": RemarkBy.REPRESENTATIVE}, "representative", id="nameless"),
        pytest.param({"said_on": today().replace(year=2099)}, "said_on", id="tomorrow"),
    ],
)
def test_what_cannot_be_right_is_refused(
    acting: Acting, pathway_id: uuid.UUID, given: dict[str, Any], field: str
) -> None:
    with acting("kari") as kari:
        seen = observe(kari, pathway_id)
        with pytest.raises(door.Invalid) as refused:
            remark(kari, pathway_id, seen, **given)
        assert set(refused.value.problems) == {field}
        assert Remark.objects.count() == 0


def test_a_thing_that_is_not_there_or_of_another_case_has_no_remark(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari, pytest.raises(access.NotVisible):
        remarks.record(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            subject_id=uuid.uuid4(),
            said_by=RemarkBy.CHILD,
            said_on=today(),
            words=WORDS,
        )


def test_it_is_never_changed_and_the_database_keeps_it_someones(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari:
        row = remark(kari, pathway_id, observe(kari, pathway_id))
        with pytest.raises(ProgrammingError), transaction.atomic():
            Remark.objects.update(words="Noe annet")
        row.pk = uuid.uuid4()
        row.said_by = RemarkBy.RELATED
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_every_kind_of_written_thing_has_its_word_and_day() -> None:
    for model, (label, day) in queries.SUBJECTS.items():
        assert str(label)
        assert model._meta.get_field(day)
