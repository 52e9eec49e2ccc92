"""Research extracts with the database: proposing one, saying yes or no to it, and fetching it, once.

Who may do what is the database's to say (`insight/sql/research.sql`); what is said here is asked of it again.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from grunnmur import clock
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.directory.meanwhile import take_turns
from grunnmur.directory.sessions import Actor, sign
from grunnmur.insight.deidentify import Detail, Known, band, safest
from grunnmur.insight.halves import Half, countable
from grunnmur.insight.models import ResearchExtract, ResearchStep
from grunnmur.insight.research_content import Content, content
from grunnmur.insight.terms import ResearchGround, ResearchState, ResearchStepKind
from grunnmur.log import record

BACK = 20
"""Half-years that one can choose among; our own choice."""
FETCH_WITHIN = timedelta(days=14)
"""How long after the approval it can be fetched; our own choice, and `sec.may_take_research` says the same."""
LONGEST = timedelta(days=3653)
"""How long the receiver can have it; our own choice, and `sec.may_propose_research` says the same."""
NEWEST = 50
"""How many a page shows."""


class NotNow(Exception):
    """Somebody has said something of the extract meanwhile, or its time is out."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed; `until_on` is the first day after the period."""

    project: str
    recipient: str
    purpose: str
    ground: ResearchGround
    paragraph: str
    reference: str
    from_on: date
    until_on: date
    tables: tuple[str, ...]
    delete_by: date
    public_key: str

    @property
    def halves(self) -> tuple[Half, Half]:
        """The first and the last half-year of the period."""
        return Half.of(self.from_on), Half.of(self.until_on).before


@dataclass(frozen=True, slots=True)
class Step:
    """Something that became of it."""

    kind: ResearchStepKind
    why: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Extract:
    """One extract, and how it stands now."""

    id: UUID
    said: Proposal
    proposed_at: datetime
    proposed_by: str
    proposed_by_id: UUID
    steps: tuple[Step, ...]
    state: ResearchState
    fetch_by: datetime | None
    """When it must be fetched, once it is approved."""


def state(steps: Iterable[tuple[ResearchStepKind, datetime]], *, delete_by: date, at: datetime) -> ResearchState:
    """How an extract stands, from what became of it."""
    found = dict(steps)
    if ResearchStepKind.REFUSED in found:
        return ResearchState.REFUSED
    if ResearchStepKind.WITHDRAWN in found:
        return ResearchState.WITHDRAWN
    if ResearchStepKind.DELETED in found:
        return ResearchState.DELETED
    is_over = at.astimezone(clock.OSLO).date() >= delete_by
    if ResearchStepKind.FETCHED in found:
        return ResearchState.TO_BE_DELETED if is_over else ResearchState.FETCHED
    approved_at = found.get(ResearchStepKind.APPROVED)
    if is_over or (approved_at is not None and approved_at <= at - FETCH_WITHIN):
        return ResearchState.LAPSED
    return ResearchState.WAITS if approved_at is None else ResearchState.APPROVED


def halves(on: date) -> list[Half]:
    """The half-years that an extract can be about, the newest first."""
    return countable(on, most=BACK)[::-1]


def propose(*, actor: Actor, place: str, once: UUID | None, said: Proposal, at: datetime) -> UUID:
    """Propose an extract. The form's own token is its key, so that a double click proposes once."""
    values = {**asdict(said), "tables": list(said.tables), "ground": said.ground.value}
    by = {"municipality_id": place, "recorded_at": at, "recorded_by_id": actor.person_id}
    if once is None:
        return ResearchExtract.objects.create(**values, **by).pk
    return ResearchExtract.objects.get_or_create(pk=once, defaults={**values, **by})[0].pk


def list_extracts() -> list[Extract]:
    """Those of the municipality that one leads in, the newest first."""
    return [_extract(row) for row in _rows().order_by("-recorded_at", "-pk")[:NEWEST]]


def find(extract_id: UUID) -> Extract | None:
    """One extract of the municipality that one leads in; None for any other."""
    row = _rows().filter(pk=extract_id).first()
    return _extract(row) if row else None


def _rows() -> QuerySet[ResearchExtract]:
    return ResearchExtract.objects.select_related("recorded_by").prefetch_related("steps__recorded_by")


def _extract(row: ResearchExtract) -> Extract:
    steps = sorted(row.steps.all(), key=lambda one: one.recorded_at)
    kinds = [(ResearchStepKind(one.step), one.recorded_at) for one in steps]
    approved_at = dict(kinds).get(ResearchStepKind.APPROVED)
    return Extract(
        id=row.pk,
        said=Proposal(
            project=row.project,
            recipient=row.recipient,
            purpose=row.purpose,
            ground=ResearchGround(row.ground),
            paragraph=row.paragraph,
            reference=row.reference,
            from_on=row.from_on,
            until_on=row.until_on,
            tables=tuple(row.tables),
            delete_by=row.delete_by,
            public_key=row.public_key,
        ),
        proposed_at=row.recorded_at,
        proposed_by=row.recorded_by.name,
        proposed_by_id=row.recorded_by_id,
        steps=tuple(Step(ResearchStepKind(one.step), one.why, one.recorded_at, one.recorded_by.name) for one in steps),
        state=state(kinds, delete_by=row.delete_by, at=clock.now()),
        fetch_by=approved_at + FETCH_WITHIN if approved_at else None,
    )


def of_the_same_time(extract: Extract) -> list[str]:
    """The projects that have an extract about some of the same time: whoever has both knows more than either says."""
    said, fetched = extract.said, ResearchStep.objects.filter(step=ResearchStepKind.FETCHED)
    rows = ResearchExtract.objects.filter(
        from_on__lt=said.until_on, until_on__gt=said.from_on, pk__in=fetched.values("extract")
    )
    return list(rows.exclude(pk=extract.id).order_by("recorded_at").values_list("project", flat=True)[:NEWEST])


def may_decide(actor: Actor, extract: Extract) -> bool:
    """Whether somebody says yes or no to an extract: not the one who proposed it."""
    return extract.state is ResearchState.WAITS and extract.proposed_by_id != actor.person_id


def to_decide(actor: Actor) -> list[Extract]:
    """What waits for a yes or a no from one who leads in a municipality."""
    return [one for one in list_extracts() if may_decide(actor, one)]


def decide(*, actor: Actor, extract_id: UUID, kind: ResearchStepKind, why: str, at: datetime) -> UUID:
    """Approve, refuse or take back an extract, or say that the receiver has deleted it.

    Raises NotNow when something else became of it meanwhile.
    """
    # The same turn as `sec.take_research` waits for.
    take_turns(f"research {extract_id}")
    with connection.cursor() as cursor:
        cursor.execute("select sec.may_decide_research(%s, %s)", [extract_id, kind])
        if cursor.fetchone() != (True,):
            raise NotNow
    row = {"extract_id": extract_id, "step": kind, "why": why, "recorded_at": at, "recorded_by_id": actor.person_id}
    return ResearchStep.objects.create(**row).pk


# --- what it will hold ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """What an extract would hold, in numbers so coarse that two previews beside each other tell little (ADR 40)."""

    detail: Detail | None
    """None when it would be refused."""
    children: tuple[int, int | None]
    left_out: tuple[int, int | None]


def preview(from_on: date, until_on: date) -> Preview:
    """What an extract about a period would hold now, in the municipality that one leads in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select half, age, sex, left_out, children from sec.research_counts(%s, %s, %s)",
            [from_on, until_on, sign(f"research_counts|{from_on}|{until_on}")],
        )
        rows = cursor.fetchall()
    counts: Counter[Known] = Counter()
    left_out = 0
    for half, age, sex, why, children in rows:
        if why:
            left_out += children
        else:
            counts[Known(Half.of(half), age, sex)] += children
    return Preview(safest(counts), band(counts.total()), band(left_out))


def take(*, actor: Actor, extract: Extract, action: str) -> Content:
    """What an extract holds, given out once, with a row in the log for each child. Raises NotNow, TooFew, TooOften.

    The key that the codes are made with is forgotten here, so that nobody can make them again.
    """
    limits.take(Limit.EXPORT_PERSON, actor.person_id)
    limits.take(Limit.EXPORT_SERVICE, actor.service_id)
    # Before it is asked whether it may be, so that of two at once the later is told that it is done.
    take_turns(f"research {extract.id}")
    key = secrets.token_bytes(32)
    with connection.cursor() as cursor:
        cursor.execute("select sec.may_take_research(%s)", [extract.id])
        if cursor.fetchone() != (True,):
            raise NotNow
        cursor.execute(
            "select part, code, facts from sec.take_research(%s, %s, %s)",
            [extract.id, key, sign(f"take_research|{extract.id}|{key.hex()}")],
        )
        rows = [(part, code, json.loads(facts)) for part, code, facts in cursor.fetchall()]
    made = content([row for row in rows if row[0] != "who"], chosen=extract.said.tables)
    record.given_to_research(
        action,
        at=clock.now(),
        person_id=actor.person_id,
        service_id=actor.service_id,
        role=actor.role,
        children=sorted(UUID(facts["child"]) for part, _code, facts in rows if part == "who"),
        extract_id=extract.id,
    )
    return made
