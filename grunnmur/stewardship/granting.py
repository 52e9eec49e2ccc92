"""Grants with the database: calling, applying, assessing, giving out, paying and telling of it.

Each takes what the form showed (`seen`), so that two who write at once are told, and one's own second press is none.
The database refuses whoever may not, past this too (`sql/grants.sql`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.models import Municipality
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship.grants import (
    Published,
    Share,
    Year,
    grants,
    may_pay,
    movable,
    not_told,
    remainder,
    state,
    wrong_share,
)
from grunnmur.stewardship.models import (
    GrantApplication,
    GrantAssessment,
    GrantAward,
    GrantCall,
    GrantDecision,
    GrantEffect,
    GrantPayment,
    GrantReport,
)
from grunnmur.stewardship.supervision import leads, may_watch
from grunnmur.stewardship.terms import Advice, CallState

Call = GrantCall
Award = GrantAward
"""What the pages are given; they know no tables."""


class Wrong(Exception):
    """Something stops it: the names of the fields, and why, as a word of this module's. Nothing is written."""

    def __init__(self, **why: str) -> None:
        super().__init__(", ".join(sorted(why)))
        self.why = why


def governs(actor: Actor, call: GrantCall) -> bool:
    """Whether somebody works for the county governor whose call it is."""
    return may_watch(actor) and call.service_id == actor.service_id


def call_state(call: GrantCall, *, on: date) -> CallState:
    """Where a call stands on a day."""
    return state(opens_on=call.opens_on, closes_on=call.closes_on, is_decided=hasattr(call, "decision"), on=on)


def may_apply(actor: Actor, call: GrantCall, *, on: date) -> bool:
    """Whether somebody leads a municipality in the counties of the one who calls, while one can apply."""
    place = leads(actor)
    return (
        place is not None
        and call_state(call, on=on) is CallState.OPEN
        and Municipality.objects.filter(pk=place, county__in=call.service.counties).exists()
    )


# --- calls ------------------------------------------------------------------------------------------------------------


def calls(**which: Any) -> list[GrantCall]:
    """Calls and whether they are decided, the newest first."""
    rows = GrantCall.objects.filter(**which).select_related("service", "decision")
    return list(rows.order_by("-year", "scheme"))


def find_call(call_id: UUID) -> GrantCall | None:
    """One call, for anybody who has logged in."""
    return next(iter(calls(pk=call_id)), None)


def call(
    *,
    actor: Actor,
    scheme: str,
    year: int,
    frame: int,
    opens_on: date,
    closes_on: date,
    seen: int | None,
    at: datetime,
) -> GrantCall:
    """Call for applications, or put right what was called and is not given out. Raises EditConflict, Wrong."""
    take_turns(f"grant call {actor.service_id} {scheme} {year}")
    if closes_on < opens_on:
        raise Wrong(closes_on="before")
    said = {"frame": frame, "opens_on": opens_on, "closes_on": closes_on}
    last = next(iter(calls(service=actor.service_id, scheme=scheme, year=year)), None)
    if (
        last
        and last.recorded_by_id == actor.person_id
        and all(getattr(last, name) == is_ for name, is_ in said.items())
    ):
        return last
    refuse_older(seen=seen, current=last.version if last else 0)
    if last is None:
        return GrantCall.objects.create(
            service_id=actor.service_id,
            scheme=scheme,
            year=year,
            recorded_at=at,
            recorded_by_id=actor.person_id,
            **said,
        )
    if hasattr(last, "decision"):
        raise Wrong(frame="decided")
    GrantCall.objects.filter(pk=last.pk).update(
        version=last.version + 1, recorded_at=at, recorded_by_id=actor.person_id, **said
    )
    return last


# --- applications -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Application:
    """The newest version of an application, and what is thought of it; None when that is not for the one who asks."""

    row: GrantApplication
    assessment: GrantAssessment | None


def applications(**which: Any) -> list[Application]:
    """The applications that the one who asks sees, by municipality and purpose."""
    rows = list(
        GrantApplication.objects.filter(**which)
        .select_related("municipality", "recorded_by", "call")
        .order_by("call", "municipality", "purpose", "-version")
        .distinct("call", "municipality", "purpose")
    )
    thought = GrantAssessment.objects.filter(application__in=rows).select_related("recorded_by")
    newest = {one.application_id: one for one in thought.order_by("version")}
    return [Application(row, newest.get(row.pk)) for row in rows]


def apply(
    *,
    actor: Actor,
    call: GrantCall,
    place: str,
    purpose: str,
    co_applicant: str,
    asked: int,
    what: str,
    indicators: Iterable[str],
    seen: int | None,
    at: datetime,
) -> UUID:
    """Apply for one's municipality, or say an application anew before the call closes.

    What is said twice to be moved is moved once. Raises EditConflict, and ValueError for what nobody counts.
    """
    moves = sorted(set(indicators))
    if strange := set(moves) - movable():
        raise ValueError(f"nobody counts {', '.join(sorted(strange))}")
    take_turns(f"grant application {call.pk} {place} {purpose}")
    said = {"co_applicant": co_applicant, "asked": asked, "what": what, "indicators": moves}
    last = GrantApplication.objects.filter(call=call, municipality=place, purpose=purpose).order_by("-version").first()
    if (
        last
        and last.recorded_by_id == actor.person_id
        and all(getattr(last, name) == is_ for name, is_ in said.items())
    ):
        return last.pk
    refuse_older(seen=seen, current=last.version if last else 0)
    return GrantApplication.objects.create(
        call=call,
        municipality_id=place,
        purpose=purpose,
        version=1 + (last.version if last else 0),
        recorded_at=at,
        recorded_by_id=actor.person_id,
        **said,
    ).pk


def may_assess(actor: Actor, call: GrantCall, *, on: date) -> bool:
    """Whether somebody may assess the applications to a call: when nobody can apply any more, until it is given out."""
    return governs(actor, call) and call_state(call, on=on) is CallState.CLOSED


def assess(
    *, actor: Actor, application: GrantApplication, advice: Advice, why: str, seen: int | None, at: datetime
) -> UUID:
    """Say what one thinks of an application, as a new version. Raises EditConflict."""
    take_turns(f"grant assessment {application.pk}")
    last = GrantAssessment.objects.filter(application=application).order_by("-version").first()
    if last and last.recorded_by_id == actor.person_id and (last.advice, last.why) == (advice, why):
        return last.pk
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    return GrantAssessment.objects.create(
        application=application,
        version=current + 1,
        advice=advice,
        why=why,
        recorded_at=at,
        recorded_by_id=actor.person_id,
    ).pk


# --- giving out -------------------------------------------------------------------------------------------------------


def give_out(
    *,
    actor: Actor,
    call: GrantCall,
    shares: Mapping[tuple[str, str], Share],
    left_over: int,
    why_left: str,
    at: datetime,
) -> GrantDecision:
    """Give out a call, once and whole: what each municipality and purpose that applied is given; none gives nothing.

    What was given out before with the same shares is not given twice. Raises Wrong.
    """
    take_turns(f"grant decision {call.pk}")
    before = GrantDecision.objects.filter(call=call).first()
    if before is not None:
        if before.left_over == left_over and _shares(before) == dict(shares):
            return before
        raise Wrong(left_over="decided")
    waits = [one for one in applications(call=call) if one.assessment is None]
    if waits:
        raise Wrong(left_over="not_assessed")
    if any(wrong_share(one) for one in shares.values()):
        raise Wrong(left_over="share")
    if bool(left_over) != bool(why_left):
        raise Wrong(why_left="reason")
    if remainder(frame=call.frame, shares=shares.values(), left_over=left_over):
        raise Wrong(left_over="remainder")
    decision = GrantDecision.objects.create(
        call=call, left_over=left_over, why_left=why_left, recorded_at=at, recorded_by_id=actor.person_id
    )
    GrantAward.objects.bulk_create(
        GrantAward(
            decision=decision,
            municipality_id=place,
            purpose=purpose,
            bound=share.bound,
            bound_to=share.bound_to,
            free=share.free,
        )
        for (place, purpose), share in shares.items()
    )
    return decision


def _shares(decision: GrantDecision) -> dict[tuple[str, str], Share]:
    return {
        (one.municipality_id, one.purpose): Share(one.bound, one.free, one.bound_to) for one in decision.awards.all()
    }


# --- awards -----------------------------------------------------------------------------------------------------------


def awards(**which: Any) -> list[GrantAward]:
    """Awards, which everybody who has logged in sees: the newest year first, then by municipality."""
    rows = GrantAward.objects.filter(**which).select_related("municipality", "decision__call__service")
    return list(rows.order_by("-decision__call__year", "decision__call__scheme", "municipality__name", "purpose"))


def is_inside(actor: Actor, award: GrantAward) -> bool:
    """Whether somebody sees what was paid and told of an award: its own municipality, and the one who gave it."""
    return leads(actor) == award.municipality_id or governs(actor, award.decision.call)


def promised(award: GrantAward) -> list[str]:
    """What an award was to move, for those who see the application."""
    of_it = applications(call=award.decision.call_id, municipality=award.municipality_id, purpose=award.purpose)
    return of_it[0].row.indicators if of_it else []


def payments(award: GrantAward) -> list[GrantPayment]:
    """What was paid of an award and paid back, the first first."""
    return list(GrantPayment.objects.filter(award=award).select_related("recorded_by").order_by("version"))


def pay(*, actor: Actor, award: GrantAward, amount: int, paid_on: date, seen: int | None, at: datetime) -> UUID:
    """Write down that something of an award was paid, or paid back. `seen`: how many payments the form showed.

    Raises EditConflict, Wrong.
    """
    take_turns(f"grant payment {award.pk}")
    rows = payments(award)
    last = rows[-1] if rows else None
    if (
        last is not None
        and seen == len(rows) - 1
        and (last.amount, last.paid_on, last.recorded_by_id) == (amount, paid_on, actor.person_id)
    ):
        return last.pk
    refuse_older(seen=seen, current=len(rows))
    if not may_pay(total=award.bound + award.free, paid=sum(one.amount for one in rows), amount=amount):
        raise Wrong(amount="not_covered")
    return GrantPayment.objects.create(
        award=award,
        version=len(rows) + 1,
        amount=amount,
        paid_on=paid_on,
        recorded_at=at,
        recorded_by_id=actor.person_id,
    ).pk


@dataclass(frozen=True, slots=True)
class Told:
    """The newest that was told of an award for a year."""

    row: GrantReport
    effects: Mapping[str, tuple[str, str]]
    """How it was before and is now, by indicator."""


def reports(award: GrantAward) -> dict[int, Told]:
    """What was told of an award, by year."""
    rows = GrantReport.objects.filter(award=award).order_by("year", "-version").distinct("year")
    newest = list(rows.select_related("recorded_by").prefetch_related("effects"))
    return {
        row.year: Told(row, {one.indicator: (one.before, one.after) for one in row.effects.all()}) for row in newest
    }


def report(
    *,
    actor: Actor,
    award: GrantAward,
    year: int,
    spent: int,
    came_of_it: str,
    effects: Mapping[str, tuple[str, str]],
    seen: int | None,
    at: datetime,
) -> UUID:
    """Tell of an award for a year, whole, as a new version. Raises EditConflict, Wrong."""
    take_turns(f"grant report {award.pk} {year}")
    told = reports(award)
    last = told.get(year)
    if (
        last is not None
        and (last.row.spent, last.row.came_of_it, last.row.recorded_by_id) == (spent, came_of_it, actor.person_id)
        and last.effects == dict(effects)
    ):
        return last.row.pk
    current = last.row.version if last else 0
    refuse_older(seen=seen, current=current)
    if lacks := not_told(promised(award), effects):
        raise Wrong(**dict.fromkeys(lacks, "not_told"))
    if spent + sum(one.row.spent for at_year, one in told.items() if at_year != year) > award.bound + award.free:
        raise Wrong(spent="too_much")
    made = GrantReport.objects.create(
        award=award,
        year=year,
        version=current + 1,
        spent=spent,
        came_of_it=came_of_it,
        recorded_at=at,
        recorded_by_id=actor.person_id,
    )
    GrantEffect.objects.bulk_create(
        GrantEffect(report=made, indicator=key, before=before, after=after) for key, (before, after) in effects.items()
    )
    return made.pk


# --- over the years ---------------------------------------------------------------------------------------------------


def years_of(scheme: str) -> list[Year]:
    """Each year of a scheme that is given out, the newest first: what is made here, and what a source has told."""
    sums = {
        row["decision__call"]: row
        for row in GrantAward.objects.filter(decision__call__scheme=scheme)
        .values("decision__call")
        .annotate(bound=Sum("bound"), free=Sum("free"))
    }
    made = [
        Year(
            one.year,
            bound=sums[one.pk]["bound"] if one.pk in sums else 0,
            free=sums[one.pk]["free"] if one.pk in sums else 0,
            left_over=one.decision.left_over,
            by=", ".join(one.service.counties),
        )
        for one in calls(scheme=scheme, decision__isnull=False)
    ]
    told = [
        Year(one.year, not_said=one.frame, by=one.county, published=one)
        for one in grants().published
        if one.scheme == scheme
    ]
    return sorted([*made, *told], key=lambda one: (-one.year, one.by))


def named_in(place: Municipality) -> list[tuple[Published, list[str]]]:
    """What a source says of a municipality: the purposes that it is named for, none where nobody is or others are."""
    return [
        (one, [purpose for purpose, places in one.named.items() if place.number in places])
        for one in grants().published
        if one.county == place.county
    ]


def years_at(place: str) -> list[Year]:
    """What a municipality was given each year, all schemes together, the newest first; only what is made here."""
    rows = (
        GrantAward.objects.filter(municipality=place)
        .values("decision__call__year")
        .annotate(bound=Sum("bound"), free=Sum("free"))
    )
    return [
        Year(row["decision__call__year"], bound=row["bound"], free=row["free"])
        for row in rows.order_by("-decision__call__year")
    ]


def places_with_grants() -> list[Municipality]:
    """The municipalities that have been given something, here or by name in a source."""
    named = {number for one in grants().published for places in one.named.values() for number in places}
    given = GrantAward.objects.values("municipality")
    return list(Municipality.objects.filter(Q(pk__in=given) | Q(pk__in=named)).order_by("name"))


def find_place(number: str) -> Municipality | None:
    """A municipality by its number."""
    return Municipality.objects.filter(pk=number).first()


def place_names() -> dict[str, str]:
    """The name of each municipality by its number."""
    return dict(Municipality.objects.values_list("number", "name"))
