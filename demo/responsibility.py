"""Who is responsible in the demo: all made up, with holes and overlaps such as supervision has found (S0)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from demo import cast
from demo.places import PLACES, Place
from demo.services import near
from grunnmur.directory.kinds import CareArea, HelpLevel, ServiceKind
from grunnmur.directory.models import Responsibility, ResponsibilityApproval
from grunnmur.directory.responsibility import squares

BY = "Kommunestyret (eksempel)"
HOLDERS: dict[tuple[CareArea, HelpLevel], ServiceKind] = {
    (CareArea.MENTAL, HelpLevel.MUNICIPAL): ServiceKind.SCHOOL_HEALTH,
    (CareArea.MENTAL, HelpLevel.BETWEEN): ServiceKind.MUNICIPAL_MENTAL_HEALTH,
    (CareArea.MENTAL, HelpLevel.SPECIALIST): ServiceKind.CAMHS,
    (CareArea.SOMATIC, HelpLevel.MUNICIPAL): ServiceKind.GP,
    (CareArea.SOMATIC, HelpLevel.SPECIALIST): ServiceKind.PAEDIATRIC,
    (CareArea.DENTAL, HelpLevel.MUNICIPAL): ServiceKind.DENTAL,
    (CareArea.SEXUAL, HelpLevel.MUNICIPAL): ServiceKind.SCHOOL_HEALTH,
    (CareArea.SUBSTANCE_USE, HelpLevel.MUNICIPAL): ServiceKind.SCHOOL_HEALTH,
    (CareArea.SUBSTANCE_USE, HelpLevel.BETWEEN): ServiceKind.SUBSTANCE_USE,
}
LEFT_OPEN = (
    (CareArea.MENTAL, HelpLevel.BETWEEN, 6),
    (CareArea.SUBSTANCE_USE, HelpLevel.BETWEEN, 18),
    (CareArea.MENTAL, HelpLevel.SPECIALIST, 18),
    (CareArea.SEXUAL, HelpLevel.MUNICIPAL, 6),
    (CareArea.MENTAL, HelpLevel.BETWEEN, 0),
)
"""Squares that nobody stands in, the first in most municipalities and each next in fewer."""


def load(today: date) -> None:
    """Decide what each municipality has decided, and approve it. May be run again."""
    at = datetime.combine(today - timedelta(days=200), time(9), UTC)
    rows = [Responsibility(**one, recorded_at=at) for place in PLACES for one in _of(place, today)]
    Responsibility.objects.bulk_create(rows, ignore_conflicts=True)
    ResponsibilityApproval.objects.bulk_create(
        (ResponsibilityApproval(pk=one.pk, responsibility_id=one.pk, is_approved=True, approved_at=at) for one in rows),
        ignore_conflicts=True,
    )


def _of(place: Place, today: date) -> Iterator[dict[str, Any]]:
    number = PLACES.index(place)
    left_open = set(LEFT_OPEN[: 1 + number % len(LEFT_OPEN)]) if number % 6 else set()
    for asked in squares().asked:
        for band in squares().bands:
            square = (asked.area, asked.level, band.first)
            if band.first < asked.first or square in left_open:
                continue
            kind = HOLDERS[asked.area, asked.level]
            if kind in (ServiceKind.CAMHS, ServiceKind.PAEDIATRIC) and band.first >= 18:
                continue
            yield _row(place, square, kind, today=today, days=90 + 40 * (number % 9))
            if square == (CareArea.MENTAL, HelpLevel.MUNICIPAL, 13) and number % 3 == 0:
                yield _row(place, square, ServiceKind.MUNICIPAL_MENTAL_HEALTH, today=today, days=60)


def _row(
    place: Place, square: tuple[CareArea, HelpLevel, int], kind: ServiceKind, *, today: date, days: int
) -> dict[str, Any]:
    area, level, first = square
    decided = today - timedelta(days=days + 200)
    return {
        "id": cast.fixed_id(f"responsibility/{place.number}/{area}/{level}/{first}/{kind}"),
        "municipality_id": place.number,
        "area": area,
        "level": level,
        "age_from": first,
        "service_id": near(kind, place)[0].id,
        "decided_by": BY,
        "decided_on": decided,
        "review_on": decided + timedelta(days=365),
    }
