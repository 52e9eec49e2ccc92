"""Grants in the demo, all made up: one year that is told of, one that is given out, and one call that is open.

What S0 says of 2024 is no row here: it stands in `definitions/grants.yaml`, and is shown from there.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from demo import cast
from demo.places import BY_NUMBER
from demo.services import child_welfare
from grunnmur.directory.kinds import Role
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
from grunnmur.stewardship.terms import Advice

SERVICES = "oppfolging"
SUBSTANCES = "kommunalt-arbeid"
HOSPITAL = "Sykehuset på Agder"
Given = tuple[str, str, int, int, str]
"""Municipality, purpose, bound and free amount, and what it is bound to."""
LAST_YEAR: tuple[Given, ...] = (
    ("4204", "fact-ung", 3_200_000, 0, "To stillinger i FACT Ung"),
    ("4203", "fact-ung", 2_400_000, 0, "En stilling i FACT Ung"),
    ("4202", "tjenester-etter-veilederen", 400_000, 900_000, "Psykolog i helsestasjonen"),
    ("4214", "tjenester-etter-veilederen", 0, 1_100_000, ""),
)
THIS_YEAR: tuple[Given, ...] = (
    ("4204", "parorende", 1_500_000, 2_000_000, "Samtalegrupper for barn"),
    ("4202", "tidlig-innsats", 0, 1_250_000, ""),
    ("4223", "tidlig-innsats", 0, 950_000, ""),
)


def load(today: date) -> None:
    """Let the county governor call and give out, and the leaders apply and tell. May be run again."""
    with transaction.atomic():
        if GrantCall.objects.exists():
            return
        last, this = today.year - 1, today.year
        _given_out(
            "last", SERVICES, last, LAST_YEAR, left_over=500_000, why="Ingen søkte om mer.", today=today, is_told=True
        )
        _given_out("this", SUBSTANCES, this, THIS_YEAR, left_over=0, why="", today=today, is_told=False)
        _call("this", SERVICES, this, 12_000_000, opens=today - timedelta(days=20), closes=today + timedelta(days=25))


def _at(on: date) -> datetime:
    return datetime.combine(on, time(9), UTC)


def _call(when: str, scheme: str, year: int, frame: int, *, opens: date, closes: date) -> GrantCall:
    governor = cast.get("stein")
    return GrantCall.objects.create(
        id=cast.fixed_id(f"grant/{scheme}/{when}"),
        service_id=cast.service("statsforvalteren").id,
        scheme=scheme,
        year=year,
        frame=frame,
        opens_on=opens,
        closes_on=closes,
        recorded_at=_at(opens),
        recorded_by_id=governor.person_id,
    )


def _given_out(
    when: str, scheme: str, year: int, given: tuple[Given, ...], *, left_over: int, why: str, today: date, is_told: bool
) -> None:
    began = min(date(year, 1, 20), today - timedelta(days=8))
    call = _call(
        when,
        scheme,
        year,
        left_over + sum(bound + free for _place, _purpose, bound, free, _to in given),
        opens=began,
        closes=began + timedelta(days=1),
    )
    by = {"recorded_by_id": cast.get("stein").person_id}
    for place, purpose, bound, free, _to in given:
        application = GrantApplication.objects.create(
            id=cast.fixed_id(f"grant/{when}/{place}/{purpose}"),
            call=call,
            municipality_id=place,
            purpose=purpose,
            version=1,
            co_applicant=HOSPITAL if purpose == "fact-ung" else "",
            asked=bound + free + 300_000,
            what="Flere barn skal få hjelp før det blir alvorlig, og de som hjelper, skal kjenne hverandre.",
            indicators=["barnet-ble-hort", "tid-til-oppstartsmote"],
            recorded_at=_at(began),
            recorded_by_id=child_welfare(BY_NUMBER[place]).with_role(Role.LEADER)[0].person_id,
        )
        GrantAssessment.objects.create(
            application=application,
            version=1,
            advice=Advice.PART,
            why="Godt begrunnet, og kommunen har fått til mye før.",
            recorded_at=_at(began + timedelta(days=3)),
            **by,
        )
    decided = began + timedelta(days=5)
    decision = GrantDecision.objects.create(
        call=call, left_over=left_over, why_left=why, recorded_at=_at(decided), **by
    )
    awards = list(_awards(decision, given, when))
    GrantAward.objects.bulk_create(awards)
    for award in awards:
        GrantPayment.objects.create(
            award=award,
            version=1,
            amount=(award.bound + award.free) // 2,
            paid_on=decided + timedelta(days=1),
            recorded_at=_at(decided + timedelta(days=1)),
            **by,
        )
        if is_told and award.municipality_id == "4202":
            _told(award, year, on=max(decided, date(year, 12, 30)))


def _awards(decision: GrantDecision, given: tuple[Given, ...], when: str) -> Iterator[GrantAward]:
    for place, purpose, bound, free, to in given:
        yield GrantAward(
            id=cast.fixed_id(f"grant/{when}/{place}/{purpose}/award"),
            decision=decision,
            municipality_id=place,
            purpose=purpose,
            bound=bound,
            free=free,
            bound_to=to,
        )


def _told(award: GrantAward, year: int, *, on: date) -> None:
    report: Any = GrantReport.objects.create(
        award=award,
        year=year,
        version=1,
        spent=1_150_000,
        came_of_it="Psykologen begynte i mars. Skolene og helsestasjonen møtes nå hver måned.",
        recorded_at=_at(on),
        recorded_by_id=cast.get("leif").person_id,
    )
    GrantEffect.objects.bulk_create(
        GrantEffect(report=report, indicator=key, before=before, after=after)
        for key, before, after in (
            ("barnet-ble-hort", "Vi vet ikke", "De fleste sier at de ble tatt på alvor"),
            ("tid-til-oppstartsmote", "Rundt ni uker", "Rundt fem uker"),
        )
    )
