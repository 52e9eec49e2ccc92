"""A passport that was sent as a link, as whoever comes in by it reads it: its lines, and nothing else of the case."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import or_
from uuid import UUID

from grunnmur.cases import access
from grunnmur.cases.models import Participation, PassportLine
from grunnmur.cases.queries import looking, receiving
from grunnmur.cases.queries.passport import PARTS, Need, Onward
from grunnmur.cases.terms import HealthArea, InformationKind, ParticipationBasis, PassportPart
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.post.models import Message


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A passport as it was sent, less what has been taken from its reader since; and whom to call."""

    child: str
    """Name and day of birth; empty when that is no longer for the reader to know."""
    sent_at: datetime
    sent_by: Service
    until: datetime
    """From when nothing of it is read any more: some of it may end before."""
    needs: tuple[Need, ...]


def read(actor: Actor, pathway_id: UUID, passport_id: UUID) -> HandedOn:
    """What the link was sent with, as its sight allows; one row in the log, and what was sent is opened.

    Raises NotVisible.
    """
    found = access.visible_to(actor, PassportLine.objects.filter(pathway=pathway_id, passport=passport_id))
    lines = list(found.order_by("number"))
    message = access.visible_to(
        actor, Message.objects.filter(item=passport_id).select_related("author_service")
    ).first()
    if not lines or message is None:
        raise access.NotVisible
    mine = Participation.objects.filter(only_for=actor.self_id, item=passport_id).order_by("-ends_at")[0]
    looking.log(
        actor,
        "handed_on",
        children=[mine.child_id],
        pathway_id=pathway_id,
        kinds=reduce(or_, (InformationKind(line.kind) for line in lines)),
        grounds=[ParticipationBasis.HANDED_ON],
    )
    receiving.shown(actor, [passport_id])
    return HandedOn(
        child=next((line.says for line in lines if line.part == PassportPart.CHILD), ""),
        sent_at=message.recorded_at,
        sent_by=message.author_service,
        until=mine.ends_at,
        needs=tuple(
            _need(kind, list(of_need))
            for kind, of_need in groupby((line for line in lines if line.part in PARTS), key=lambda line: line.kind)
        ),
    )


def _need(kind: int, lines: list[PassportLine]) -> Need:
    areas = {int(area.kind): area for area in HealthArea}
    said = {part: tuple(line.says for line in lines if line.part == part) for part in PARTS}
    onward = tuple(Onward(line.says, line.who, line.phone) for line in lines if line.part == PassportPart.ONWARD)
    return Need(areas.get(kind), said[PassportPart.AIMS], said[PassportPart.FOUND], said[PassportPart.DONE], onward)
