"""What helps somebody to refer right the first time: what is known already, what the receiver asks, whom to ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from grunnmur import alphabet
from grunnmur.cases import access, readiness, sharing
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import TaskVersion
from grunnmur.cases.queries import health
from grunnmur.cases.queries.case import Case, list_people
from grunnmur.cases.queries.health import Area
from grunnmur.cases.readiness import Gap, Intake
from grunnmur.cases.terms import LineSort, MappingState, RelationKind, TaskState
from grunnmur.directory import intake
from grunnmur.directory.kinds import Role

MOST_TASKS = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that is known already, and where it is from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Askable:
    """A service in the case that can be asked what a referral lacks."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Missing:
    """One gap, and whom one can ask."""

    number: int
    """The part's place in the definition: names it in an address, which must not tell what it is about."""
    gap: Gap
    ask: tuple[Askable, ...]


def offers(case: Case, area: Area) -> Mapping[str, Offer]:
    """What the case already knows of each part, for one who may tell it; nothing that is written for other readers.

    From the area's newest concluded mapping, the plan that everybody who takes part sees, and who they are.
    """
    found: dict[str, Offer] = {}
    mapping = next((row for row in area.mappings if row.state is MappingState.CONCLUDED), None)
    if mapping is not None:
        source = _("fra kartleggingen til %(who)s %(on)s") % {"who": mapping.service, "on": f"{mapping.since:%d.%m.%Y}"}
        matters = " ".join(line.text for line in mapping.lines if line.sort is LineSort.MATTERS)
        for key, text in (("own_view", matters), ("symptoms", mapping.findings)):
            if text:
                found[key] = Offer(text, source)
    done = _done(case)
    if done:
        found["tried"] = Offer("\n".join(done), _("gjort etter planen"))
    if case.tells_services:
        # Those who see the area: that another service helps can say what with, and the text is read by all of these.
        helping = sorted((item.name for item in case.participants if item.kinds & area.area.kind), key=alphabet.order)
        found["services"] = Offer(
            _("Med i forløpet: %(who)s. Kontaktperson: %(contact)s.")
            % {"who": ", ".join(helping), "contact": case.pathway.contact_person.name},
            _("fra saken"),
        )
    found |= _around(case)
    return found


def _done(case: Case) -> list[str]:
    """What has been done in the plan, the newest first."""
    rows = access.visible_to(case.actor, TaskVersion.objects.filter(pathway=case.pathway, state=TaskState.DONE))
    newest = rows.order_by("-recorded_at")[:MOST_TASKS]
    return list(dict.fromkeys(row.what for row in newest))


def _around(case: Case) -> dict[str, Offer]:
    """Parents and language, without names."""
    found = {}
    people = [str(RelationKind(row.relation).label) for row in list_people(case) if row.has_parental_responsibility]
    if people:
        found["guardians"] = Offer(_("Foreldreansvar: %(who)s.") % {"who": ", ".join(people).lower()}, _("fra saken"))
    if case.child.needs_interpreter:
        language = case.child.language or _("språket er ikke skrevet inn")
        found["interpreter"] = Offer(_("Trenger tolk: %(language)s.") % {"language": language}, _("fra saken"))
    return found


def intake_of(service_id: UUID | None) -> Intake:
    """What a receiver has said that it asks for."""
    row = intake.newest(service_id) if service_id else None
    if row is None:
        return Intake()
    return Intake(frozenset(Role(role) for role in row.accepts if role in Role), frozenset(row.parts), row.note)


def missing(case: Case, area: Area, *, written: Mapping[str, str], asks: Intake) -> tuple[Missing, ...]:
    """What the referral lacks, and which services in the case can be asked to fill it."""
    parts = definitions().referral.parts
    number = {part.key: place for place, part in enumerate(parts, start=1)}
    found = readiness.gaps(parts, area=area.area, intake=asks, written=written)
    return tuple(Missing(number[gap.key], gap, tuple(_askable(case, area, gap))) for gap in found)


def _askable(case: Case, area: Area, gap: Gap) -> Iterable[Askable]:
    if case.why_not("questions.ask"):
        return
    for item in case.participants:
        if (
            item.kind in gap.filled_by
            and item.service_id != str(case.actor.service_id)
            and not case.hides(item.service_id)
            and sharing.may_ask(case.facts, service=item.service_id, kind=area.area.kind, on=case.today)
        ):
            yield Askable(UUID(item.service_id), item.name)


def question_about(case: Case, number: str, area_id: str) -> tuple[str, str] | None:
    """The question that asks for one part of a referral, and the name of its kind; None when there is no such."""
    parts = definitions().referral.parts
    area = next((one for one in health.area_ids(case) if str(one[0]) == area_id), None)
    if area is None or not number.isdecimal() or not 0 < int(number) <= len(parts):
        return None
    text = _("Til en henvisning trenger vi å vite: %(what)s.") % {"what": parts[int(number) - 1].label}
    return text, area[1].kind.name or ""
