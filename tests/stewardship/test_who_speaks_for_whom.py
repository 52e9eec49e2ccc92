"""For whom somebody speaks and over whom they watch, as the functions of the database answer it, for each who asks.

The functions are then broken in one place at a time, and the same table must tell. They decide for the policies of what
is about no child, where rows of the demo seldom let one condition alone decide.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import connection

from grunnmur import clock
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.models import Membership, Municipality, Organisation, Person, Service
from grunnmur.stewardship.models import (
    Assessment,
    Gathering,
    GrantAward,
    GrantCall,
    GrantDecision,
    Network,
    NetworkTopic,
)
from tests import broken_functions

PLACES = {"9901": "Øst", "9902": "Øst", "9903": "Vest"}
SERVICES: dict[str, tuple[ServiceKind, str | None, list[str]]] = {
    "governor of east": (ServiceKind.COUNTY_GOVERNOR, None, ["Øst"]),
    "governor of west": (ServiceKind.COUNTY_GOVERNOR, None, ["Vest"]),
    "welfare 9901": (ServiceKind.CHILD_WELFARE, "9901", []),
    "welfare 9902": (ServiceKind.CHILD_WELFARE, "9902", []),
    "welfare 9903": (ServiceKind.CHILD_WELFARE, "9903", []),
    "physician 9901": (ServiceKind.CHIEF_PHYSICIAN, "9901", []),
    # A service of another kind, with counties that say nothing for it.
    "clinic 9901": (ServiceKind.GP, "9901", ["Øst"]),
    "foster home 9901": (ServiceKind.FOSTER_HOME, "9901", []),
    "institution 9901": (ServiceKind.INSTITUTION, "9901", []),
    "hospital": (ServiceKind.PAEDIATRIC, None, []),
}
NOBODY = "nobody"
ASKERS = {
    "governs east": ("governor of east", Role.COUNTY_GOVERNOR_STAFF),
    "governs west": ("governor of west", Role.COUNTY_GOVERNOR_STAFF),
    "works at the governor's": ("governor of east", Role.CONTACT_PERSON),
    "governs in a clinic": ("clinic 9901", Role.COUNTY_GOVERNOR_STAFF),
    "leads 9901": ("welfare 9901", Role.LEADER),
    "leads 9902": ("welfare 9902", Role.LEADER),
    "leads 9903": ("welfare 9903", Role.LEADER),
    "works in 9901": ("welfare 9901", Role.CONTACT_PERSON),
    "physician of 9901": ("physician 9901", Role.CHIEF_PHYSICIAN),
    "leads a clinic": ("clinic 9901", Role.LEADER),
    "physician in child welfare": ("welfare 9901", Role.CHIEF_PHYSICIAN),
    "foster parent": ("foster home 9901", Role.FOSTER_PARENT),
    "in the institution": ("institution 9901", Role.INSTITUTION_STAFF),
    "in the hospital": ("hospital", Role.NURSE),
}
BOTH = ("9901", "first", 1)
ASSESSED = [
    *((*BOTH, side) for side in ("child_welfare", "health")),
    # As many answers of the same, but each with something that is otherwise.
    ("9901", "first", 2, "health"),
    ("9901", "second", 1, "health"),
    ("9902", "first", 1, "health"),
    ("9902", "second", 2, "child_welfare"),
]


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


EAST, WEST = "governor of east", "governor of west"


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


@dataclass
class Country:
    """What was made: the ids of each thing, by whose it is, and the token of each who asks."""

    tokens: dict[str, str] = field(default_factory=lambda: {NOBODY: ""})
    ids: dict[str, dict[str, uuid.UUID]] = field(default_factory=dict)

    def answers(self, who: str) -> Answers:
        """What everything says to one who asks."""
        named = {key: name for one in ("service", "network") for name, key in self.ids[one].items()}
        given = {"places": list(PLACES)} | {f"{one}s": list(self.ids[one].values()) for one in ("service", "network")}
        with connection.cursor() as cursor:
            cursor.execute("select set_config('sec.token', %s, true)", [self.tokens[who]])
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

    def leads_to(self) -> dict[tuple[str, str], uuid.UUID]:
        """What each thing belongs to, whoever asks."""
        found = {}
        with connection.cursor() as cursor:
            for thing, (function, _of) in LEADS_TO.items():
                for whose, key in self.ids[thing].items():
                    cursor.execute(f"select {function}(%s)", [key])
                    found[thing, whose] = cursor.fetchone()[0]
        return found

    def should_lead_to(self) -> dict[tuple[str, str], uuid.UUID]:
        return {
            (thing, whose): self.ids[of][whose] for thing, (_function, of) in LEADS_TO.items() for whose in (EAST, WEST)
        }

    def is_as_it_should(self) -> bool:
        return all(self.answers(who) == said for who, said in EXPECTED.items()) and (
            self.leads_to() == self.should_lead_to()
        )


@pytest.fixture
def country(as_admin: Any) -> Any:
    """Two counties, each with a governor, a network and one of each thing; outside the walls until the test is over."""
    made, now = Country(), clock.now()
    with as_admin():
        with connection.cursor() as cursor:
            # What is tried is who speaks for whom, and not what refuses a row that nobody would write.
            cursor.execute("set local session_replication_role = replica")
        Municipality.objects.bulk_create(
            Municipality(number=number, name=number, county=county) for number, county in PLACES.items()
        )
        organisation, person = Organisation.objects.all()[0], Person.objects.create(name="Prøve")
        stamp = {"recorded_at": now, "recorded_by": person}
        services = {
            name: Service.objects.create(
                organisation=organisation,
                municipality_id=place,
                kind=kind,
                name=name,
                counties=counties,
                opened_on=date(2020, 1, 1),
            )
            for name, (kind, place, counties) in SERVICES.items()
        }
        for who, (service, role) in ASKERS.items():
            one = Membership.objects.create(
                person=Person.objects.create(name=who), service=services[service], role=role, starts_on=date(2020, 1, 1)
            )
            made.tokens[who] = sessions.open_session(one.pk) or ""
        made.ids["service"] = {name: one.pk for name, one in services.items()}
        for whose in (EAST, WEST):
            network = Network.objects.create(service=services[whose], name=whose, **stamp)
            held = Gathering.objects.create(
                network=network, held_on=now.date(), begins_at=now.time(), place="Rådhuset", **stamp
            )
            call = GrantCall.objects.create(
                service=services[whose],
                scheme="x",
                year=2020,
                frame=1,
                opens_on=now.date(),
                closes_on=now.date(),
                **stamp,
            )
            given = GrantDecision.objects.create(call=call, left_over=0, **stamp)
            for thing, row in (
                ("network", network),
                ("gathering", held),
                ("topic", NetworkTopic.objects.create(network=network, title="x", why="x", **stamp)),
                ("decision", held.decisions.create(what="x", due_on=now.date(), **stamp)),
                (
                    "award",
                    GrantAward.objects.create(decision=given, municipality_id="9901", purpose="x", bound=0, free=1),
                ),
            ):
                made.ids.setdefault(thing, {})[whose] = row.pk
        for place, statement, version, side in ASSESSED:
            Assessment.objects.create(
                municipality_id=place, statement=statement, version=version, side=side, judgement="unknown", **stamp
            )
        yield made


def test_for_whom_each_speaks_and_over_whom_each_watches(country: Country) -> None:
    assert {who: country.answers(who) for who in (*ASKERS, NOBODY)} == EXPECTED


def test_what_each_thing_belongs_to(country: Country) -> None:
    assert country.leads_to() == country.should_lead_to()
    with connection.cursor() as cursor:
        for function, _of in LEADS_TO.values():
            cursor.execute(f"select {function}(%s)", [uuid.uuid4()])
            assert cursor.fetchone() == (None,)


def test_none_of_them_can_be_broken_in_one_place_without_the_tables_telling(country: Country) -> None:
    assert broken_functions.unnoticed(FUNCTIONS, country.is_as_it_should) == []
