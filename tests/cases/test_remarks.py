"""A counter-statement follows what it is about: same kind, same sight, shown wherever that is."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from grunnmur.cases import access, door
from grunnmur.cases.actions import basis, meetings, remarks
from grunnmur.cases.models import Child, MeetingHeld, Observation, RelatedPerson, Remark
from grunnmur.cases.queries import basis as basis_queries
from grunnmur.cases.queries import remarks as queries
from grunnmur.cases.terms import (
    ChildParticipation,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    ObservationKind,
    RemarkBy,
)
from grunnmur.clock import today
from grunnmur.log.models import Event
from tests.health_case import SEE_AND_TELL, ask, consent, step
from tests.together import begin, call, let_in, start

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
        assert event.data == {"about": str(seen.pk)}
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
