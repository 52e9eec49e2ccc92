"""For whom somebody speaks and over whom they watch, as the functions of the database answer it, for each who asks.

The functions are then broken in one place at a time, and the same table must tell. They decide for the policies of what
is about no child, where rows of the demo seldom let one condition alone decide.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tests import broken_functions
from tests.stewardship.country import ASKERS, BOTH, EAST, NOBODY, PLACES, WEST, Country


@dataclass(frozen=True)
class Answers:
    """What the functions say to one who asks."""

    supervised: frozenset[str] = frozenset()
    """The municipalities whose own work one sees."""
    governs: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    """Those whose sums one sees."""
    networks: frozenset[str] = frozenset()
    """By the service that runs it."""
    assessed: frozenset[tuple[str, str, int]] = frozenset()
    """What both sides have answered, of what one sees."""
    municipality: str | None = None
    """The one whose help one describes."""
    side: str | None = None
    runs: frozenset[str] = frozenset()
    speaks: frozenset[tuple[str, str]] = frozenset()
    """In which network, and for which municipality; for the county governor itself where it is none."""


def these(*some: Any) -> frozenset[Any]:
    return frozenset(some)


def leads(place: str, network: str, *assessed: tuple[str, str, int], side: str = "child_welfare") -> Answers:
    """What a leader of child welfare or health is told: of the own municipality."""
    return Answers(
        these(place),
        networks=these(network),
        assessed=these(*assessed),
        municipality=place,
        side=side,
        speaks=these((network, place)),
    )


def governs(whose: str, county: str, *places: str, assessed: frozenset[Any] = frozenset()) -> Answers:
    """What the county governor's staff are told: of the own counties."""
    own = these(whose)
    return Answers(these(*places), own, these(county), own, assessed, runs=own, speaks=these((whose, "")))


EXPECTED = {
    "governs east": governs(EAST, "Øst", "9901", "9902", assessed=these(BOTH)),
    "governs west": governs(WEST, "Vest", "9903"),
    "works at the governor's": Answers(),
    "governs in a clinic": Answers(municipality="9901"),
    "leads 9901": leads("9901", EAST, BOTH),
    "leads 9902": leads("9902", EAST),
    "leads 9903": leads("9903", WEST),
    "works in 9901": Answers(municipality="9901"),
    "physician of 9901": leads("9901", EAST, BOTH, side="health"),
    "leads a clinic": Answers(municipality="9901"),
    "physician in child welfare": Answers(municipality="9901"),
    "foster parent": Answers(),
    "in the institution": Answers(),
    "in the hospital": Answers(),
    NOBODY: Answers(),
}
FUNCTIONS = (
    *(
        "supervised",
        "governs",
        "watched_counties",
        "networks",
        "both_assessed",
        "municipality",
        "leads",
        "side",
        "runs",
        "speaks",
    ),
    *("given_by", "network_of_gathering", "network_of_topic", "network_of_decision"),
)
ASK = """select array(select one from unnest(%(places)s::text[]) one where one = any(sec.supervised())),
    array(select one from unnest(%(services)s::uuid[]) one where sec.governs(one)),
    sec.watched_counties(),
    array(select one from unnest(%(networks)s::uuid[]) one where one = any(sec.networks())),
    array(select array[p, s, v::text] from unnest(%(places)s::text[]) p, unnest(array['first', 'second']) s,
          generate_series(1, 2) v where sec.both_assessed(p, s, v)),
    sec.municipality(), sec.side(),
    array(select one from unnest(%(networks)s::uuid[]) one where sec.runs(one)),
    array(select array[n::text, coalesce(p, '')] from unnest(%(networks)s::uuid[]) n,
          unnest(array_append(%(places)s::text[], null)) p where sec.speaks(n, p))"""
LEADS_TO = {
    "award": ("sec.given_by", "service"),
    "gathering": ("sec.network_of_gathering", "network"),
    "topic": ("sec.network_of_topic", "network"),
    "decision": ("sec.network_of_decision", "network"),
}


def answers(country: Country, who: str) -> Answers:
    """What everything says to one who asks."""
    named = {key: name for one in ("service", "network") for name, key in country.ids[one].items()}
    given = {"places": list(PLACES)} | {f"{one}s": list(country.ids[one].values()) for one in ("service", "network")}
    country.be(who)
    with connection.cursor() as cursor:
        cursor.execute(ASK, given)
        places, services, counties, networks, assessed, municipality, side, runs, speaks = cursor.fetchone()
    return Answers(
        frozenset(places),
        frozenset(named[one] for one in services),
        frozenset(counties),
        frozenset(named[one] for one in networks),
        frozenset((place, statement, int(version)) for place, statement, version in assessed),
        municipality,
        side,
        frozenset(named[one] for one in runs),
        frozenset((named[uuid.UUID(network)], place) for network, place in speaks),
    )


def leads_to(country: Country) -> dict[tuple[str, str], uuid.UUID]:
    """What each thing belongs to, whoever asks."""
    found = {}
    with connection.cursor() as cursor:
        for thing, (function, _of) in LEADS_TO.items():
            for whose, key in country.ids[thing].items():
                cursor.execute(f"select {function}(%s)", [key])
                found[thing, whose] = cursor.fetchone()[0]
    return found


def should_lead_to(country: Country) -> dict[tuple[str, str], uuid.UUID]:
    return {
        (thing, whose): country.ids[of][whose] for thing, (_function, of) in LEADS_TO.items() for whose in (EAST, WEST)
    }


def is_as_it_should(country: Country) -> bool:
    return all(answers(country, who) == said for who, said in EXPECTED.items()) and (
        leads_to(country) == should_lead_to(country)
    )


def test_for_whom_each_speaks_and_over_whom_each_watches(country: Country) -> None:
    assert {who: answers(country, who) for who in (*ASKERS, NOBODY)} == EXPECTED


def test_what_each_thing_belongs_to(country: Country) -> None:
    assert leads_to(country) == should_lead_to(country)
    with connection.cursor() as cursor:
        for function, _of in LEADS_TO.values():
            cursor.execute(f"select {function}(%s)", [uuid.uuid4()])
            assert cursor.fetchone() == (None,)


def test_none_of_them_can_be_broken_in_one_place_without_the_tables_telling(country: Country) -> None:
    assert broken_functions.unnoticed(FUNCTIONS, lambda: is_as_it_should(country)) == []
