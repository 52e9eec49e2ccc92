"""The same numbers once more, counted by plain Python over the rows as they stand.

Written apart from the database's own counting, from `definitions/indicators.yaml` alone, so that a slip in either is a
difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from grunnmur.cases import models as rows
from grunnmur.clock import OSLO
from grunnmur.directory.models import Service
from grunnmur.insight.halves import Half
from grunnmur.insight.hiding import ALL, Counted
from grunnmur.working_days import working_days_between

Happened = tuple[str, UUID, str, UUID]
"""An indicator, a service, a category, and the child or whoever it is about."""


def count(half: Half) -> dict[tuple[str, str], dict[tuple[str, str], Counted]]:
    """Every table with its sums. Reads every row there is, so it must be asked outside the walls."""
    where = {
        one.pk: (one.municipality.county, one.municipality.number)
        for one in Service.objects.select_related("municipality")
        if one.municipality
    }
    seen: dict[tuple[str, str], dict[tuple[str, str], list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for indicator, service, category, child in _happened(half):
        if service in where:
            county, place = where[service]
            for cell in ((place, category), (place, ALL), (ALL, category), (ALL, ALL)):
                seen[indicator, county][cell].append(child)
    return {
        table: {cell: Counted(len(found), len(set(found))) for cell, found in cells.items()}
        for table, cells in seen.items()
    }


def _happened(half: Half) -> Iterator[Happened]:
    for case in rows.Pathway.objects.select_related("child"):
        if case.child.address_protection == "none":
            for indicator, category in _in_case(case, half):
                yield indicator, case.author_service_id, category, case.child_id
    for one in rows.Experience.objects.select_related("service"):
        if one.month in _Days(half):
            of_staff = {"child_welfare": "barnevernet-ser-nytte", "other": ""}
            asked, grade = {
                "child": ("barnet-ble-hort", one.was_heard),
                "parent": ("foreldre-forsto", one.understood),
                "staff": (of_staff.get(_helper(one.service), "helsetjenestene-ser-nytte"), one.it_helps),
            }[one.of]
            if asked:
                yield asked, one.service_id, {5: "yes", 4: "yes", 3: "partly"}.get(grade, "no"), one.pk


def _helper(service: Service) -> str:
    """The group that a service is counted in; the rarer kinds are one."""
    if service.kind in ("municipal_mental_health", "substance_use", "fact_youth"):
        return "municipal"
    alone = ("gp", "school_health", "dental", "camhs", "paediatric", "child_welfare")
    return service.kind if service.kind in alone else "other"


class _Days:
    """The days of a half-year."""

    def __init__(self, half: Half) -> None:
        self.half = half

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and Half.of(day) == self.half


def _in_case(case: rows.Pathway, half: Half) -> Iterator[tuple[str, str]]:
    here = _Days(half)
    assessments = _of(rows.Assessment, case)
    decided = sorted(one.decided_on for one in assessments)
    started = sorted(one.decided_on for one in assessments if one.outcome == "start")
    for one in assessments:
        if one.decided_on in here:
            yield "vurdert", one.outcome
            yield "medvirkning", one.participation
            if one.outcome == "start":
                yield from (("startgrunner", found.criterion) for found in one.criteria.all())
            else:
                seen = {found.observation for found in _of(rows.Observation, case) if found.seen_on <= one.decided_on}
                worst = [kind for kind in ("worry_sign", "risk_factor") if kind in seen]
                yield "ikke-startet", worst[0] if worst else "neither"
    if case.opened_on in here:
        yield "tid-til-avgjorelse", _within(case.opened_on, decided[:1], 14, 42) or "not_yet"
    for talk in _of(rows.Conversation, case):
        if talk.held_on in here:
            yield "helse-i-samtaler", "health" if talk.health_areas else "other"
            if talk.participation:
                yield "medvirkning", talk.participation
    yield from _meetings(case, started, here)
    for consent in _of(rows.Consent, case):
        if consent.asked_on in here:
            said = _answered(consent)
            yield "samtykker", said
            if said in ("partly", "refused"):
                offered = consent.help_offered or any(
                    one.note for one in _last_answers(consent).values() if one.answer == "no"
                )
                yield "nei-og-hjelp", "offered" if offered else "not_written"
    for mapping in _of(rows.Mapping, case):
        if mapping.participation and mapping.asked_on in here:
            yield "medvirkning", mapping.participation
        if mapping.service_id and mapping.asked_on in here:
            yield "kartlegging-bedt-om", mapping.health_area
            yield "hvem-kartlegger", _helper(mapping.service)
        yield from _waited(mapping, here)
        for ended in _ended(mapping):
            if ended.on in here:
                yield "kartlegging-utfall", ended.conclusion if ended.state == "concluded" else "not_indicated"
                if ended.state == "concluded" and ended.conclusion != "no_further_need":
                    yield "tiltak-etter-kartlegging", _planned(mapping, ended.on + timedelta(days=42))
    for referral in _of(rows.Referral, case):
        yield from _referral(referral, here)
    for question in _of(rows.Question, case):
        if question.answer_by in here:
            answer = getattr(question, "answer", None)
            on_time = answer and answer.answered_on <= question.answer_by
            yield "sporsmal", "in_time" if on_time else "late" if answer else "unanswered"
    closures = _of(rows.Closure, case)
    for closed in closures:
        if closed.closed_on in here:
            rare = closed.ground not in ("no_further_need", "agreed_with_health")
            yield "avsluttet", "other" if rare else closed.ground
            if closed.participation:
                yield "medvirkning", closed.participation
            for carrier in closed.carriers.all():
                yield "hvem-tar-over", _helper(carrier.service) if carrier.service else "person"
            begun = [day for day in started if day <= closed.closed_on]
            if begun:
                yield "hele-forlopet", _within(begun[0], [closed.closed_on], 180, 365)
            met = [day for day in _held(case, "statusmote") if day <= closed.closed_on]
            yield "tid-til-avslutning", _within(met[0], [closed.closed_on], 90, 180) if met else "without"
    yield from _mapped(case, here)
    yield from _between(case, here, started, [one.closed_on for one in closures])
    for again in _of(rows.Reactivation, case):
        if again.reactivated_on in here:
            before = [one for one in closures if one.recorded_at < again.recorded_at]
            yield "tatt-opp-igjen", "closed" if before else "not_started"


def _ended(mapping: rows.Mapping) -> list[rows.MappingStep]:
    """The last that was said of how a mapping ended, in a list of one; an empty one while it goes on."""
    return [one for one in _newest_last(mapping.steps.all()) if one.state in ("concluded", "not_indicated")][-1:]


def _planned(mapping: rows.Mapping, until: date) -> str:
    """The most that came of a need, by what was first written from the day somebody was asked."""

    def is_new(row: Any) -> bool:
        return mapping.asked_on <= row.recorded_at.astimezone(OSLO).date() <= until

    goals = list(rows.Goal.objects.filter(pathway=mapping.pathway_id, health_area=mapping.health_area))
    tasks = [task for goal in goals for task in goal.tasks.all()]
    begun = [[one for one in _newest_last(task.versions.all()) if one.state in ("under_way", "done")] for task in tasks]
    if any(is_new(versions[0]) for versions in begun if versions):
        return "begun"
    return "agreed" if any(is_new(row) for row in (*goals, *tasks)) else "nothing"


def _waited(mapping: rows.Mapping, here: _Days) -> Iterator[tuple[str, str]]:
    """How long until a mapping began or was over, and then until it ended, if that was within 42 days."""
    on: dict[str, list[date]] = defaultdict(list)
    for step in mapping.steps.all():
        on[step.state].append(step.on)
    begun = sorted(on["accepted"] + on["under_way"] + on["concluded"])
    done = [one.on for one in _ended(mapping)]

    def told(since: date, until: list[date]) -> str:
        found = _within(since, until, 14, 42)
        return found if found.startswith("within") else "not_yet"

    if not mapping.service_id:
        return
    if mapping.asked_on in here:
        yield "kartlegging-begynt", told(mapping.asked_on, sorted(begun + done))
    if begun and begun[0] + timedelta(days=42) in here:
        yield "kartlegging-ferdig", told(begun[0], done)


def _held(case: rows.Pathway, what: str) -> list[date]:
    """The days that such meetings were held, in order."""
    found = [getattr(one, "held", None) for one in _of(rows.Meeting, case) if one.meeting == what]
    return sorted(held.held_on for held in found if held)


def _mapped(case: rows.Pathway, here: _Days) -> Iterator[tuple[str, str]]:
    """How long it took to the first mapping that still stands as concluded, and from it to a status meeting."""
    ended = (one for mapping in _of(rows.Mapping, case) for one in _ended(mapping))
    concluded = sorted(one.on for one in ended if one.state == "concluded")
    if not concluded:
        return
    began = [day for day in _held(case, "oppstartsmote")[:1] if day <= concluded[0]]
    if concluded[0] in here:
        yield "tid-til-kartlegging", _within(began[0], concluded, 42, 84) if began else "before"
    reviewed = [day for day in _held(case, "statusmote") if day >= concluded[0]]
    if reviewed and reviewed[0] in here:
        yield "tid-til-statusmote", _within(concluded[0], reviewed, 42, 84)


LIMITS = {1: (14, 42), 2: (28, 56), 3: (42, 84), 4: (42, 84), 5: (90, 180)}
"""From the phase before to each, in days."""


def _between(case: rows.Pathway, here: _Days, started: list[date], closed: list[date]) -> Iterator[tuple[str, str]]:
    """How long it took between phases that are not each other's next; the first two are told by nothing else."""
    ended = (one for mapping in _of(rows.Mapping, case) for one in _ended(mapping))
    mapped = sorted(one.on for one in ended if one.state == "concluded")[:1]
    met, reviewed = _held(case, "oppstartsmote")[:1], _held(case, "statusmote")[:1]
    asked = rows.Initiative.objects.filter(child=case.child_id, to_service=case.author_service_id)
    sent = sorted(asked.values_list("sent_on", flat=True))
    ends = {1: started, 2: met if started else [], 3: mapped, 4: reviewed, 5: closed}
    for phase, days in ends.items():
        for day in days:
            begun = day if phase == 1 else started[0] if started else date.min
            froms = {0: [one for one in sent if one <= begun][-1:], 1: started[:1], 2: met, 3: mapped}
            for since, when in froms.items():
                if day in here and since < phase and (since, phase) not in {(1, 2), (2, 3), (3, 4), (4, 5), (1, 5)}:
                    few, many = (sum(LIMITS[one][side] for one in range(since + 1, phase + 1)) for side in (0, 1))
                    reached = when if when and when[0] <= day else []
                    yield f"fase-{since}-til-{phase}", _within(reached[0], [day], few, many) if reached else "without"


def _of(kind: Any, case: rows.Pathway) -> list[Any]:
    return list(kind.objects.filter(pathway=case))


def _newest_last(found: Iterable[Any]) -> list[Any]:
    return sorted(found, key=lambda one: one.recorded_at)


def _within(since: date, until: list[date], few: int, many: int) -> str:
    """In which of three times something came, or nothing when it has not."""
    if not until:
        return ""
    days = (until[0] - since).days
    return f"within_{few}" if days <= few else f"within_{many}" if days <= many else "later"


def _meetings(case: rows.Pathway, started: list[date], here: _Days) -> Iterator[tuple[str, str]]:
    firsts = []
    for meeting in _of(rows.Meeting, case):
        held, cancelled = getattr(meeting, "held", None), getattr(meeting, "cancelled", None)
        starts_at: datetime = meeting.starts_at
        if starts_at.astimezone(OSLO).date() in here and not hasattr(meeting, "moved_to"):
            yield "moter", "held" if held else "cancelled" if cancelled else "not_written"
        if held and meeting.meeting == "oppstartsmote":
            firsts.append(held.held_on)
        if held and held.held_on in here:
            yield "medvirkning", held.participation
            yield from (("hvem-kom", one) for one in _there(held))
            for invitation in meeting.invitations.all():
                replies = _newest_last(invitation.replies.all())
                came, wrote = invitation.service_id in held.services_present, replies and replies[-1].answer == "writes"
                yield "oppmote", "came" if came else "wrote" if wrote else "absent"
    if firsts and started and min(firsts) in here:
        yield "tid-til-oppstartsmote", _within(started[0], [min(firsts)], 28, 56)


def _there(held: rows.MeetingHeld) -> set[str]:
    """The sorts of those who were at a meeting, each once."""
    there = {"child"} if held.child_present else set()
    for person in rows.RelatedPerson.objects.filter(pk__in=held.people_present):
        is_parent = person.relation in ("mother", "father", "co_mother")
        there.add("parent" if is_parent else person.relation if person.relation == "foster_parent" else "around")
    return there | {_helper(one) for one in Service.objects.filter(pk__in=held.services_present)}


def _last_answers(consent: rows.Consent) -> dict[Any, rows.ConsentSignature]:
    return {
        (one.signatory_kind, one.related_person_id, one.service_id): one
        for one in _newest_last(consent.signatures.all())
    }


def _answered(consent: rows.Consent) -> str:
    said = {one.answer for one in _last_answers(consent).values()}
    if hasattr(consent, "withdrawal"):
        return "withdrawn"
    if "no" in said:
        return "partly" if "yes" in said else "refused"
    return "given" if said == {"yes"} else "waiting"


def _referral(referral: rows.Referral, here: _Days) -> Iterator[tuple[str, str]]:
    answer = getattr(referral, "answer", None)
    if referral.sent_on in here:
        yield "henvisninger-sendt", answer.answer if answer else "unanswered"
        if answer and answer.answer == "rejected":
            yield "avslag-etter-alder", f"{referral.health_area}_{_youngest(referral)}"
        yield "hvem-henviser", _helper(referral.from_service)
        yield "hvem-far-henvisninger", _helper(referral.to_service)
    if _ends_in(referral.received_on, 10, here):
        late = answer and working_days_between(referral.received_on, answer.answered_on) > 10
        # An answer on a holiday after the tenth working day is late, though no working day has passed.
        late = late or bool(answer and answer.answered_on > _end(referral.received_on, 10))
        yield "svar-innen-10-dager", "unanswered" if not answer else "late" if late else "in_time"
    if answer is None:
        return
    granted = answer.answer == "right_granted"
    if answer.answered_on in here:
        reason = answer.main_reason or "other"
        yield "svar-pa-henvisning", answer.answer if answer.answer != "rejected" else reason
    if granted and referral.health_area in ("mental", "substance_use") and _ends_in(answer.answered_on, 65, here):
        starts, end = answer.treatment_starts_on, _end(answer.answered_on, 65)
        yield "oppstart-innen-65-dager", "not_set" if starts is None else "in_time" if starts <= end else "late"


def _youngest(referral: rows.Referral) -> int:
    """The first year of the age group that the child was in when the referral was sent."""
    born, sent = referral.pathway.child.born_on, referral.sent_on
    years = sent.year - born.year - ((sent.month, sent.day) < (born.month, born.day))
    return 18 if years >= 18 else 13 if years >= 13 else 6 if years >= 6 else 0


def _end(since: date, days: int) -> date:
    """The first day that is so many working days later."""
    day = since
    while working_days_between(since, day) < days:
        day = date.fromordinal(day.toordinal() + 1)
    return day


def _ends_in(since: date, days: int, here: _Days) -> bool:
    return _end(since, days) in here
