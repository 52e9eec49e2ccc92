"""The offers of «Hvor kan jeg få hjelp?» in the demo: what every municipality must have, and what the documents name.

The services are those of `demo/services.py`, with the example mark they have there. What is added here is made up and
marked, except kinds of help that the law gives everybody: a crisis centre (krisesenterlova § 2), a child coordinator
(hol § 7-2 a), and doctors out of hours (hol § 3-2 first paragraph no. 3), whose number is the same everywhere.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from demo import cast
from demo.places import PLACES, Place
from demo.services import DemoService, near, services
from grunnmur.directory.finder_file import finder
from grunnmur.directory.kinds import OfferKind, ServiceKind
from grunnmur.directory.models import Offer

WORKDAYS = "Hverdager 8–15.30"
YOUTH_CLINIC_NEEDS = ["sexual_health", "identity", "sexual_abuse", "sad", "anxiety", "someone_to_talk_to"]
AGES = {
    OfferKind.CAMHS: (0, 17),
    OfferKind.PAEDIATRIC: (0, 17),
    OfferKind.FACT_YOUTH: (13, 25),
    OfferKind.SUBSTANCE_USE: (12, 25),
    OfferKind.SCHOOL: (6, 19),
    OfferKind.KINDERGARTEN: (0, 5),
    OfferKind.YOUTH_MEETING_PLACE: (10, 18),
}
"""The ages of the demo; real offers say their own."""
LOCAL = (
    ServiceKind.SCHOOL_HEALTH,
    ServiceKind.MUNICIPAL_MENTAL_HEALTH,
    ServiceKind.CHILD_WELFARE,
    ServiceKind.GP,
    ServiceKind.PPT,
    ServiceKind.NAV,
    ServiceKind.SCHOOL,
    ServiceKind.KINDERGARTEN,
)
SHARED = (
    ServiceKind.SUBSTANCE_USE,
    ServiceKind.DENTAL,
    ServiceKind.CAMHS,
    ServiceKind.PAEDIATRIC,
    ServiceKind.FACT_YOUTH,
)
"""Kinds that a neighbour or the hospital has for several municipalities."""
VERIFIED_DAYS_AGO = (12, 40, 95, 150, 240, 500)
"""When the owners looked them over, in turn: most are fresh, some have faded."""


def load(today: date) -> None:
    """Describe every offer once, as its owner would. May be run again."""
    Offer.objects.bulk_create(
        # The day before: what somebody describes early today is newer.
        (Offer(**one, recorded_at=datetime.combine(today, time(8), UTC) - timedelta(days=1)) for one in _offers(today)),
        ignore_conflicts=True,
    )


def _offers(today: date) -> Iterator[dict[str, Any]]:
    for number, one in enumerate((*_of_services(), *_of_the_law(), *_for_young_people())):
        days = VERIFIED_DAYS_AGO[number % len(VERIFIED_DAYS_AGO)]
        key = one.pop("key")
        yield {
            "id": cast.fixed_id(f"offer-version/{key}"),
            "offer": cast.fixed_id(f"offer/{key}"),
            "verified_on": today - timedelta(days=days),
            **one,
        }


def _usual(kind: OfferKind, *, key: str, name: str, serves: list[str], **more: Any) -> dict[str, Any]:
    said = finder().kinds[kind]
    first, last = AGES.get(kind, (0, 25))
    return {
        "key": key,
        "kind": kind,
        "level": said.level,
        "name": name,
        "serves": serves,
        "needs_referral": said.needs_referral,
        "age_from": first,
        "age_to": last,
        "is_example": True,
        **more,
    }


def _of_services() -> Iterator[dict[str, Any]]:
    """Each service that people can turn to, for the municipalities that use it."""
    serving: dict[str, list[str]] = {}
    for place in PLACES:
        for kind in SHARED:
            for one in near(kind, place)[:1]:
                serving.setdefault(one.key, []).append(place.number)
    for service in services():
        if service.closed_on is not None:
            continue
        if service.kind in LOCAL and service.municipality:
            yield _of_service(service, [service.municipality])
        elif service.key in serving:
            yield _of_service(service, serving[service.key])


def _of_service(service: DemoService, serves: list[str]) -> dict[str, Any]:
    return _usual(
        OfferKind(service.kind.value),
        key=service.key,
        name=service.name,
        serves=serves,
        service_id=service.id,
        phone=service.phone,
        opening_hours=WORKDAYS,
        languages="Norsk, engelsk, tolk ved behov",
        is_example=service.is_example,
    )


def _of_the_law() -> Iterator[dict[str, Any]]:
    """What every municipality must have and no service of the demo is, one for each municipality."""
    for number, place in enumerate(PLACES):
        yield _usual(
            OfferKind.EMERGENCY_CARE,
            key=f"legevakt_{place.number}",
            name=f"Legevakten for {place.name}",
            serves=[place.number],
            phone="116 117",
            opening_hours="Når fastlegen har stengt",
        )
        yield _usual(
            OfferKind.CHILD_COORDINATOR,
            key=f"barnekoordinator_{place.number}",
            name=f"Barnekoordinator i {place.name}",
            serves=[place.number],
            phone=f"37 02 {number:02} 01",
            opening_hours=WORKDAYS,
        )
        yield _usual(
            OfferKind.CRISIS_CENTRE,
            key=f"krisesenter_{place.number}",
            name=f"Krisesenteret for {place.name}",
            serves=[place.number],
            phone=f"37 02 {number:02} 02",
            opening_hours="Hele døgnet, hele året",
            accessibility="Eget sted for barn. Kvinner og menn bor hver for seg.",
        )


def _for_young_people() -> Iterator[dict[str, Any]]:
    """Lower rungs of the ladder, made up; the family counselling office is the whole region's."""
    for number, place in enumerate(PLACES):
        yield _youth_clinic(place, number)
        if place.children >= 9:
            yield _usual(
                OfferKind.YOUTH_MEETING_PLACE,
                key=f"moteplass_{place.number}",
                name=f"Ungdomshuset i {place.name}",
                serves=[place.number],
                phone=f"37 02 {number:02} 04",
                opening_hours="Tirsdag og torsdag 15–20",
                how="Bare kom.",
            )
    yield _usual(
        OfferKind.FAMILY_COUNSELLING,
        key="familievern",
        name="Familievernkontoret",
        serves=[place.number for place in PLACES],
        phone="37 02 99 01",
        opening_hours=WORKDAYS,
    )


def _youth_clinic(place: Place, number: int) -> dict[str, Any]:
    return _usual(
        OfferKind.SCHOOL_HEALTH,
        key=f"ungdom_{place.number}",
        name=f"Helsestasjon for ungdom i {place.name}",
        serves=[place.number],
        needs=YOUTH_CLINIC_NEEDS,
        age_from=13,
        age_to=25,
        about="Prevensjon, sex, kropp, følelser og noen å snakke med. Gratis. Du trenger ikke time.",
        phone=f"37 02 {number:02} 03",
        opening_hours="Onsdag 14–17",
        how="Kom innom når det er åpent, eller send SMS.",
        accessibility="Heis og trinnfri inngang.",
    )
