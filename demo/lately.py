"""What happened lately in Kari's cases, by the real acts: a file laid with a mapping, a text that she began, and a
family that moves to Lillesand.

The copies of the plays cannot hold these: a draft is its writer's own, a file is large, and an offer goes to another
service.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.urls import reverse

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import attachments, consents, drafts, moves
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.models import Mapping, Pathway, RelatedPerson
from grunnmur.cases.terms import (
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    SignatoryKind,
)
from grunnmur.directory import sessions
from grunnmur.directory.models import Membership

Which = tuple[str, str]
"""A play and the stage of it, one of Kari's own (`demo/population.py`)."""
WITH_A_FILE: Which = ("psykisk_hjemme", "referred")
BEGUN: Which = ("psykisk_hjemme", "status_held")
MOVING: Which = ("tann_mor", "tasks_done_but_one")
MOVES_TO = "lillesand"
FILE = """Søvndagbok, skrevet av barnet sammen med helsesykepleier

Mandag: la meg klokka 22, sovna halv ett.
Tirsdag: la meg klokka 22, sovna klokka ett. Våknet to ganger.
Onsdag: sovna fort. Vi hadde vært ute og gått.
Torsdag: lå våken lenge. Tenkte på prøven.
"""
DRAFT = "Komme seg på skolen fire dager i uka, og ha en voksen å gå til når det blir"


@dataclass(frozen=True, slots=True)
class Cases:
    """The three cases, by id; they may be the same."""

    with_a_file: UUID
    begun: UUID
    moving: UUID


def happen(cases: Cases) -> None:
    """All three, today."""
    _lay_with_the_mapping(cases.with_a_file)
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        drafts.save(
            actor=kari,
            path=reverse("set_goal", kwargs={"pathway_id": cases.begun}),
            fields={"text": [DRAFT]},
            pathway_id=cases.begun,
        )
    _offer(cases.moving)


def _lay_with_the_mapping(pathway_id: UUID) -> None:
    """Whoever maps lays a diary with it."""
    mapping = Mapping.objects.filter(pathway=pathway_id, service__isnull=False).latest("recorded_at")
    member = Membership.objects.filter(service=mapping.service_id).order_by("pk")[0]
    with sessions.acting(member.pk) as actor:
        attachments.add(
            actor=actor,
            pathway_id=pathway_id,
            once=None,
            item=mapping.pk,
            about="Søvndagbok",
            name="dagbok.txt",
            data=FILE.encode(),
        )


def _offer(pathway_id: UUID) -> None:
    """The child and its mother say that the service where they move may get what is known of the teeth, and it is
    offered the case.
    """
    to, today = cast.service(MOVES_TO).id, clock.today()
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        child = Pathway.objects.get(pk=pathway_id).child
        mother = RelatedPerson.objects.get(child=child, relation="mother")
        consents.record(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            purposes=[ConsentPurpose.HAND_OVER],
            recipient_id=to,
            kinds=HealthArea.DENTAL.kind | InformationKind.COORDINATION,
            valid_from=today,
            valid_until=today + timedelta(days=60),
            answers=[
                Answer(SignatoryKind.CHILD, ConsentAnswer.YES, today, "oral"),
                Answer(SignatoryKind.PARENT, ConsentAnswer.YES, today, "written", related_person_id=mother.pk),
            ],
        )
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        moves.offer(actor=kari, pathway_id=pathway_id, once=None, to_service_id=to)
