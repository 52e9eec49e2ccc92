"""Who has looked at a child, and what a service's own people have looked at, the unusual first.

The rows of the log are nobody's to read: the database's own functions (`cases/sql/looks.sql`) ask who the caller is.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.access_rules import Purpose, access_rules
from grunnmur.cases.models import Child, LookReview
from grunnmur.cases.queries import looking, names
from grunnmur.cases.queries.case import HIDDEN
from grunnmur.cases.queries.child import ChildHead, get_child
from grunnmur.cases.terms import InformationKind, LookKind, ParticipationBasis
from grunnmur.cases.unusual import Limits, Looked, Number, Why, limits, why_unusual
from grunnmur.directory import members, sessions
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor, Relative
from grunnmur.log import record

PAGE = 50
PERIODS = (7, 14, 31)
"""Days that one can look back; our own choice, and as far as one answer is bounded."""
MOST = 5_000
"""Rows that one answer weighs against each other."""

IN_A_LIST = frozenset(
    {
        *("work", "not_assessed", "our_children", "search", "unanswered_initiatives", "look_control"),
        *("sent", "silences", "absences", "sibling_cases"),
    }
)
OF_HEALTH = frozenset(
    {
        *("health", "ask_mapping", "leave_out_area", "send_referral", "mapping_step", "mapping_report"),
        *("answer_referral", "follow_referral", "referral_paper", "referral_outcome"),
        *("attachment", "add_attachment", "release_attachment"),
    }
)
OF_RIGHTS = frozenset(
    {
        *("sight", "decide_access", "withhold_from", "appoint_readers", "declare_conflict", "restrict_service"),
        *(
            "lift_restriction",
            "review_restriction",
            "protect_on",
            "row_sight",
            "release_row",
            "withhold_row",
            "take_back_release",
            "emergencies",
            "review_emergency",
        ),
        *("extracts", "extract", "extract_file", "withhold", "keeping", "make_archive", "put_hold", "lift_hold"),
        *("delete_child", "who_looked", "review_look", "passport", "move", "write_national_file"),
    }
)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One look at a child. `who` is empty for those whose name the one who asks is not told."""

    id: UUID
    at: datetime
    person_id: UUID | None
    who: str
    service: str
    is_health: bool
    role: str
    action: str
    kind: LookKind
    purpose: str
    ground: str
    allowed: bool


def kind_of(action: str, *, ground: str) -> LookKind:
    """What was looked at, from the name of the page."""
    if ground == record.RESEARCH:
        return LookKind.RESEARCH
    if ParticipationBasis.BREAK_GLASS in ground.split() or action == "break_glass":
        return LookKind.GLASS
    if action in IN_A_LIST:
        return LookKind.LIST
    if action in OF_HEALTH:
        return LookKind.HEALTH
    return LookKind.RIGHTS if action in OF_RIGHTS else LookKind.CASE


def looks_at(
    child_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int | None = None,
    only: Collection[UUID] | None = None,
    named: bool = False,
) -> tuple[LookedAt, ...]:
    """Looks at one child, newest first, or those of them with the ids in `only`; nothing for those who may not know.
    The names of one's own people only.

    `named` gives everyone's name: for what the law gives the child, and for the archive.
    """
    mac = sessions.sign(f"looks|{child_id}") if named else None
    before_at, before_id = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, at, person, service, role, action, purpose, ground, allowed, about"
            " from sec.looks_at(%s, %s, %s, %s, %s, %s)",
            [child_id, before_at, before_id, most, mac, None if only is None else list(only)],
        )
        rows = cursor.fetchall()
    people = names.people(row[2] for row in rows)
    services = Service.objects.in_bulk({row[3] for row in rows if row[3]})
    roles = {role.value: str(role.label) for role in Role}
    purposes = access_rules().purpose_says
    return tuple(
        LookedAt(
            id=key,
            at=at.astimezone(clock.OSLO),
            person_id=person,
            who=people.get(str(person), ""),
            service=services[service].name if service in services else "",
            is_health=service in services and services[service].service_kind.is_health,
            role=roles.get(role, role),
            action=action,
            kind=kind_of(action, ground=ground),
            purpose=about or (purposes[Purpose(purpose)] if purpose else ""),
            ground=", ".join(str(ParticipationBasis(one).label) for one in ground.split() if one != record.RESEARCH),
            allowed=allowed,
        )
        for key, at, person, service, role, action, purpose, ground, allowed, about in rows
    )


def looks_of_family(
    relative: Relative, *, before: tuple[datetime, UUID] | None = None, one: UUID | None = None, most: int = PAGE + 1
) -> tuple[LookedAt, ...]:
    """Looks at the child as the child itself, or one around it, may know of them, newest first; or `one` alone.

    No names: the law gives those with the extract (`docs/adr/0023`).
    """
    before_at, before_id = before or (None, None)
    lists = " ".join(sorted(IN_A_LIST))
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, at, service, role, kind, purpose, about from sec.looks_for_family(%s, %s, %s, %s, %s, %s, %s)",
            [relative.child, one, before_at, before_id, most, lists, sessions.sign(f"looks_for_family|{lists}")],
        )
        rows = cursor.fetchall()
    services = Service.objects.in_bulk({row[2] for row in rows if row[2]})
    roles = {role.value: str(role.label) for role in Role}
    purposes = access_rules().purpose_says
    return tuple(
        LookedAt(
            id=key,
            at=at.astimezone(clock.OSLO),
            person_id=None,
            who="",
            service=services[service].name if service in services else "",
            is_health=service in services and services[service].service_kind.is_health,
            role=roles.get(role, role),
            action="",
            kind=LookKind(kind),
            purpose=about or (purposes[Purpose(purpose)] if purpose else ""),
            ground="",
            allowed=True,
        )
        for key, at, service, role, kind, purpose, about in rows
    )


def get_look_of_family(relative: Relative, look_id: UUID) -> LookedAt | None:
    """One look that the relative may know of; None when there is none such."""
    return next(iter(looks_of_family(relative, one=look_id, most=1)), None)


@dataclass(frozen=True, slots=True)
class WhoLooked:
    """One page of who has looked at a child; `after` leads to the next, and is empty on the last."""

    head: ChildHead
    looks: tuple[LookedAt, ...]
    after: str


def who_looked(actor: Actor, child_id: UUID, *, after: str = "") -> WhoLooked:
    """Who has looked at a child, for its owner. Raises NotVisible, Refused."""
    head = get_child(actor, child_id, page="who_looked")
    if not head.is_owner or not actor.role.is_child_welfare:
        raise access.Refused("owner_only", access.OWNER_DECIDES)
    found = looks_at(child_id, before=before(after), most=PAGE + 1)
    shown = tuple(as_told(one, head) for one in found[:PAGE])
    return WhoLooked(head, shown, f"{shown[-1].at.isoformat()}_{shown[-1].id}" if len(found) > PAGE else "")


def as_told(look: LookedAt, head: ChildHead) -> LookedAt:
    """The look as the owner is told it: which services look at a child with a protected address says where it is, and
    is for its readers only.
    """
    return look if head.tells_where else without_service(look, owner=head.actor.service_name)


def without_service(look: LookedAt, *, owner: str) -> LookedAt:
    """The look without the name of the service that looked; the owner's own keeps it."""
    return look if look.service == owner else replace(look, service=str(HIDDEN), role="")


def before(after: str) -> tuple[datetime, UUID] | None:
    """Where the page before ended; nowhere when the address has been tampered with."""
    at, _underscore, key = after.partition("_")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, UUID(key)) if instant.tzinfo else None
    except ValueError:
        return None


# --- the service's own control -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Examined:
    """What one look's examination found."""

    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What one person looked at of one child on one day, why it is shown first, and whether it has been examined."""

    looked: Looked
    who: str
    child: str
    """The child's name where the administrator sees it now; empty otherwise, and where there is none."""
    grounds: tuple[str, ...]
    """On what grounds the administrator sees that child."""
    why: tuple[Why, ...]
    sentences: tuple[str, ...]
    examined: Examined | None
    is_mine: bool

    def sorts_as(self, given: Limits) -> tuple[int, int, float, str]:
        """Unexamined before the rest, the most serious reason first, then by how many, then the newest."""
        waits = self.why and self.examined is None
        rank = given.rank(self.why[0]) if waits else len(Why)
        child = self.looked.child or ""
        return (
            rank,
            -len(self.why) if waits else 0,
            -self.looked.last_at.timestamp(),
            f"{self.looked.person}{child}",
        )


@dataclass(frozen=True, slots=True)
class Control:
    """One page of the control."""

    lines: tuple[Line, ...]
    unusual: int
    """How many in the whole period are unusual and not examined."""
    is_cut: bool
    """Whether the period has more than one answer weighs; the oldest are then left out."""
    people: tuple[tuple[UUID, str], ...]
    """Whom one can choose among."""
    after: str


NOT_ADMINISTRATOR = _("Oppslagene til dem som arbeider her, ser bare den som administrerer tjenesten.")


def check_administers() -> None:
    """Raises Refused for those who do not administer the service that they act for."""
    if not members.is_administrator():
        raise access.Refused("not_administrator", NOT_ADMINISTRATOR)


def control(actor: Actor, *, days: int, person: UUID | None = None, after: str = "") -> Control:
    """What the actor's own people have looked at in the last days, and one row in the log. Raises Refused."""
    check_administers()
    today = clock.today()
    found = _looked(since=today - timedelta(days=days - 1), until=today + timedelta(days=1), person=person)
    rules = limits()
    lines = sorted(_lines(actor, found, rules), key=lambda line: line.sorts_as(rules))
    start = next((place + 1 for place, line in enumerate(lines) if _key(line) == after), 0)
    shown = lines[start : start + PAGE]
    looking.log(
        actor,
        "look_control",
        children={line.looked.child for line in shown if line.grounds and line.looked.child},
        kinds=InformationKind.CONTACT,
        grounds=(ground for line in shown for ground in line.grounds),
    )
    return Control(
        lines=tuple(shown),
        unusual=sum(bool(line.why) and line.examined is None for line in lines),
        is_cut=len(found) == MOST,
        people=tuple({one.person_id: one.name for one in members.list_members(actor, on=today)}.items()),
        after=_key(shown[-1]) if len(lines) > start + PAGE else "",
    )


def get_line(actor: Actor, *, person: UUID, day: date, child_id: UUID | None) -> Line:
    """What one person looked at of one child on one day, to examine. Raises Refused, NotVisible."""
    check_administers()
    found = [one for one in _looked(since=day, until=day + timedelta(days=1), person=person) if one.child == child_id]
    if not found:
        raise access.NotVisible
    (line,) = _lines(actor, found, limits())
    looking.log(
        actor,
        "review_look",
        children=[child_id] if child_id and line.grounds else [],
        kinds=InformationKind.CONTACT,
        grounds=line.grounds,
    )
    return line


def _looked(*, since: date, until: date, person: UUID | None) -> list[Looked]:
    involved_for = limits().number(Number.INVOLVED_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            "select person, child, day, first_at, last_at, times, refused, by_number, broke_glass, is_protected,"
            " is_involved, children_that_day from sec.look_control(%s, %s, %s, make_interval(days => %s), %s)",
            [_midnight(since), _midnight(until), person, involved_for, MOST],
        )
        return [Looked(*row) for row in cursor.fetchall()]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.OSLO)


def _lines(actor: Actor, found: Iterable[Looked], rules: Limits) -> Iterable[Line]:
    rows = list(found)
    people = names.people(row.person for row in rows)
    ids = {row.child for row in rows if row.child}
    visible = access.visible_to(actor, Child.objects.filter(pk__in=ids)).annotate(
        grounds=access.Grounds(actor, child="pk")
    )
    children = {key: (name, tuple(grounds)) for key, name, grounds in visible.values_list("pk", "name", "grounds")}
    examined = _examined(actor, rows)
    for row in rows:
        why = why_unusual(row, rules)
        last = examined.get((row.person, row.day, row.child))
        name, grounds = children.get(row.child, ("", ())) if row.child else ("", ())
        yield Line(
            looked=row,
            who=people.get(str(row.person), ""),
            child=name,
            grounds=grounds,
            why=why,
            sentences=tuple(rules.sentence(one, row) for one in why),
            examined=last if last and last.at >= row.last_at else None,
            is_mine=row.person == actor.person_id,
        )


def _examined(actor: Actor, rows: list[Looked]) -> dict[tuple[UUID, date, UUID | None], Examined]:
    """The last examination of each."""
    if not rows:
        return {}
    days = [row.day for row in rows]
    reviews = LookReview.objects.filter(service=actor.service_id, day__range=(min(days), max(days)))
    return {
        (row.person_id, row.day, row.child_id): Examined(row.note, row.reviewed_by.name, row.reviewed_at)
        for row in reviews.select_related("reviewed_by").order_by("reviewed_at")
    }


def _key(line: Line) -> str:
    """Names one line in an address, without saying who or whom."""
    return f"{line.looked.day.isoformat()}_{line.looked.person}_{line.looked.child or ''}"
