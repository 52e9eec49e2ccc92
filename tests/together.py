"""States of Anna's case that meetings and plan are tested in, made by the acts themselves."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from demo import cast
from grunnmur import clock
from grunnmur.cases import facts
from grunnmur.cases.actions import children, closings, consents, meetings, pathways, siblings
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.models import Child, Closure, Meeting, NoteOfConcern, RelatedPerson, Reporter
from grunnmur.cases.terms import (
    AddressProtection,
    AssessmentOutcome,
    ChildParticipation,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    MeetingKind,
    RelationKind,
    SignatoryKind,
)
from grunnmur.directory import sessions
from grunnmur.working_days import is_working_day


def note(actor: Any, child: Any, *reporters: str, **about: Any) -> NoteOfConcern:
    """A note of concern as reading the national file leaves it: the note, and beside it who reported."""
    row = {
        "child": child,
        "author_service_id": actor.service_id,
        "recorded_by_id": actor.person_id,
        "recorded_at": clock.now(),
        "source_id": uuid.uuid4(),
    }
    Reporter.objects.create(**row, kind=int(InformationKind.REPORTER), reporters=list(reporters))
    return NoteOfConcern.objects.create(**row, kind=int(InformationKind.CHILD_WELFARE), **about)


def service_id(key: str) -> uuid.UUID:
    """The id of one of the cast's services."""
    return cast.service(key).id


def begin(actor: Any, child: Any) -> uuid.UUID:
    """A pathway under assessment."""
    return pathways.open_pathway(actor=actor, child_id=child.pk, once=None).pk


def start(actor: Any, pathway_id: uuid.UUID) -> None:
    """Decide to start."""
    pathways.assess(
        actor=actor,
        pathway_id=pathway_id,
        once=None,
        seen=None,
        outcome=AssessmentOutcome.START,
        criteria={"C3_SERVICE_SEES_NEED": "Hodepine og vondt i magen siden sommeren."},
        reason="Anna trenger at noen ser på helsen hennes.",
        decided_on=clock.today(),
        participation=ChildParticipation.CONVERSATION,
    )


def close(actor: Any, pathway_id: uuid.UUID, *carriers: Carrier, **said: Any) -> Closure:
    """Close it: what was called in is called off, and Kari carries on with what is open and not named."""
    call_off(actor, pathway_id)
    named, is_open = {str(one.subject_id) for one in carriers}, facts.load(pathway_id).open_things()
    left = [Carrier("Åpent", "Kari", subject_id=uuid.UUID(one)) for one in is_open if one not in named]
    most = {"ground": "no_further_need", "closed_on": clock.today(), "summary": "Kort.", "child_view": "Greit."}
    of = {"actor": actor, "pathway_id": pathway_id, "once": None, "seen": None, "carriers": [*left, *carriers]}
    return closings.close(**of, **(most | said))


def call_off(actor: Any, pathway_id: uuid.UUID) -> None:
    """Call off every meeting that was called in."""
    for one in facts.load(pathway_id).meetings:
        if one.is_pending:
            of = {"actor": actor, "pathway_id": pathway_id, "once": None, "meeting_id": uuid.UUID(one.id)}
            meetings.cancel(**of, reason="Vi avslutter.")


def fresh(actor: Any) -> Any:
    """The actor of this transaction, after having proved anew who they are."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('sec.token')")
        return sessions.enter(sessions.confirm(cursor.fetchone()[0]))


def protect(actor: Any, child_id: uuid.UUID, level: AddressProtection = AddressProtection.CONFIDENTIAL) -> None:
    """The child's address is protected from now on; nothing else of the child is changed."""
    child = Child.objects.get(pk=child_id)
    children.edit(
        actor=actor,
        child_id=child.pk,
        once=None,
        name=child.name,
        language=child.language,
        needs_interpreter=child.needs_interpreter,
        address_protection=level,
    )


def add_brother(actor: Any, anna: Any, name: str = "Emil Solberg") -> RelatedPerson:
    """A sibling in Anna's record."""
    return children.add_person(
        actor=actor,
        child_id=anna.pk,
        once=None,
        name=name,
        relation=RelationKind.SIBLING,
        from_on=clock.today(),
        language="norsk",
    )


def start_brother(actor: Any, anna: Any, name: str = "Emil Solberg", journal: str = "G-9") -> tuple[Child, uuid.UUID]:
    """A sibling with a record and a pathway of its own under way, beside Anna, with the mother of both."""
    row = add_brother(actor, anna, name)
    mother = RelatedPerson.objects.get(child=anna, name="Mona Solberg")
    emil = siblings.register(
        actor=actor,
        child_id=anna.pk,
        once=None,
        identity=row.identity,
        name=row.name,
        born_on=date(2016, 3, 4),
        journal_number=journal,
        from_on=clock.today(),
        people=[siblings.Around(mother.identity, RelationKind.MOTHER, True, True)],
    )
    pathway_id = begin(actor, emil)
    start(actor, pathway_id)
    return emil, pathway_id


def let_in(actor: Any, pathway_id: uuid.UUID, *services: str, days: int = 365) -> list[uuid.UUID]:
    """Anna and both parents say yes to each service; gives the ids of the consents."""
    today = clock.today()
    parents = RelatedPerson.objects.filter(has_parental_responsibility=True)
    answers = [Answer(SignatoryKind.CHILD, ConsentAnswer.YES, today, "muntlig")]
    answers += [
        Answer(SignatoryKind.PARENT, ConsentAnswer.YES, today, "muntlig", related_person_id=parent.pk)
        for parent in parents
    ]
    return [
        consents.record(
            actor=actor,
            pathway_id=pathway_id,
            once=None,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=service_id(key),
            kinds=InformationKind.SOMATIC,
            valid_from=today,
            valid_until=today + timedelta(days=days),
            answers=answers,
        )[0].pk
        for key in services
    ]


def at(days: int, hour: int = 14) -> datetime:
    """An hour on a day counted from today, in Norway."""
    return datetime.combine(clock.today() + timedelta(days=days), time(hour), clock.OSLO)


def at_work(days: int) -> datetime:
    """Ten o'clock in Norway on the first working day from so many days ahead."""
    found = at(days, 10)
    while not is_working_day(found.date()):
        found += timedelta(days=1)
    return found


def day(days: int) -> date:
    """A day counted from today."""
    return clock.today() + timedelta(days=days)


def call(
    actor: Any,
    pathway_id: uuid.UUID,
    *services: str,
    kind: MeetingKind = MeetingKind.OPPSTARTSMOTE,
    days: int = 7,
    **more: Any,
) -> Meeting:
    """Call a meeting so many days from today."""
    return meetings.call(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "meeting": kind,
            "starts_at": at(days),
            "place": "Grimstad rådhus",
            "is_video": False,
            "services": [service_id(key) for key in services],
            "related_people": [],
            "child_invited": True,
            "agenda": "Hvem kartlegger",
            **more,
        }
    )
