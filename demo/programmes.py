"""Which municipalities have which programmes and agreements in the demo.

That Kristiansand, Lindesnes and Arendal have FACT Ung is said by S0 (slide 9), which does not say since when or whom to
ask; everything else is made up, and marked as an example.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from demo import cast
from demo.places import BY_NUMBER
from demo.services import child_welfare
from grunnmur.directory.kinds import Role
from grunnmur.stewardship.models import Agreement, ProgrammeEntry
from grunnmur.stewardship.terms import ProgrammeStatus

IN_USE, CONSIDERED, ENDED, NOT_HERE = (
    ProgrammeStatus.IN_USE,
    ProgrammeStatus.CONSIDERED,
    ProgrammeStatus.ENDED,
    ProgrammeStatus.NOT_HERE,
)
SAID_BY_S0 = ("4203", "4204", "4205")
S0 = datetime(2024, 9, 1, 9, tzinfo=UTC)
"""S0 is from September 2024, and says no day."""
EXAMPLES = {
    "bti": {"4202": IN_USE, "4203": IN_USE, "4201": CONSIDERED, "4215": CONSIDERED, "4223": ENDED},
    "nye-monstre": {"4202": CONSIDERED, "4204": IN_USE, "4205": IN_USE},
    "islandsmodellen": {"4202": NOT_HERE, "4206": IN_USE, "4207": CONSIDERED},
    "foreldreveiledning": {"4202": IN_USE, "4203": IN_USE, "4214": IN_USE, "4211": IN_USE},
    "lavterskeltilbud": {"4202": IN_USE, "4204": IN_USE, "4215": IN_USE, "4217": CONSIDERED},
}
AGREEMENTS = (
    ("4202", "Samarbeidsavtale med sykehuset", "Kommunen og sykehuset", 700, 40),
    ("4202", "Avtale om møteplass", "Barneverntjenesten og helsestasjonen", 400, 300),
    ("4202", "Avtale med tannhelsetjenesten", "Barneverntjenesten og tannklinikken", 800, -20),
    ("4203", "Samarbeidsavtale med sykehuset", "Kommunen og sykehuset", 300, 500),
    ("4204", "Samarbeidsavtale med sykehuset", "Kommunen og sykehuset", 900, -5),
)
"""Whose, its name, its parties, how many days ago it was signed, and in how many it must be renewed."""


def load(today: date) -> None:
    """Load what S0 says, and the examples. May be run again."""
    ProgrammeEntry.objects.bulk_create(_entries(today), ignore_conflicts=True)
    Agreement.objects.bulk_create(_agreements(today), ignore_conflicts=True)


def _entries(today: date) -> Iterator[ProgrammeEntry]:
    for place in SAID_BY_S0:
        yield ProgrammeEntry(
            id=cast.fixed_id(f"programme/fact-ung/{place}/1"),
            municipality_id=place,
            programme="fact-ung",
            version=1,
            status=IN_USE,
            recorded_at=S0,
        )
    for programme, places in EXAMPLES.items():
        for place, status in places.items():
            begun = status in (IN_USE, ENDED)
            yield ProgrammeEntry(
                id=cast.fixed_id(f"programme/{programme}/{place}/1"),
                municipality_id=place,
                programme=programme,
                version=1,
                status=status,
                since=today - timedelta(days=500) if begun else None,
                contact="Familieteamet" if begun else "",
                is_example=True,
                recorded_at=_at(today),
                recorded_by_id=child_welfare(BY_NUMBER[place]).with_role(Role.LEADER)[0].person_id,
            )


def _agreements(today: date) -> Iterator[Agreement]:
    for place, name, parties, signed, renew in AGREEMENTS:
        key = cast.fixed_id(f"agreement/{place}/{name}")
        yield Agreement(
            id=cast.fixed_id(f"agreement/{place}/{name}/1"),
            municipality_id=place,
            agreement=key,
            version=1,
            name=name,
            parties=parties,
            scope="Hvem som tar imot, hvem som kaller inn, og hva en gjør når en er uenig.",
            signed_on=today - timedelta(days=signed),
            renew_on=today + timedelta(days=renew),
            contact="Kommunalsjef for oppvekst",
            is_example=True,
            recorded_at=_at(today),
            recorded_by_id=child_welfare(BY_NUMBER[place]).with_role(Role.LEADER)[0].person_id,
        )


def _at(today: date) -> datetime:
    return datetime.combine(today - timedelta(days=30), time(9), UTC)
