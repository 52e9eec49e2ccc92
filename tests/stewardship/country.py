"""Two counties, with somebody of every sort who asks, for tables of what the functions of the database answer each."""

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
EAST, WEST = "governor of east", "governor of west"


UNCHECKED = """do $$ declare one record; begin
    for one in select conname, conrelid::regclass as of from pg_constraint
               where contype = 'c' and conrelid::regclass::text like 'stewardship_%'
    loop execute format('alter table %s drop constraint %I', one.of, one.conname); end loop;
end $$"""


@dataclass
class Country:
    """What was made: the ids of each thing, by whose it is, and the token of each who asks."""

    tokens: dict[str, str] = field(default_factory=lambda: {NOBODY: ""})
    ids: dict[str, dict[str, uuid.UUID]] = field(default_factory=dict)

    def be(self, who: str) -> None:
        """Let the transaction be this one's."""
        with connection.cursor() as cursor:
            cursor.execute("select set_config('sec.token', %s, true)", [self.tokens[who]])


@pytest.fixture
def country(as_admin: Any, noon: None) -> Any:
    """Two counties, each with a governor, a network and one of each thing; outside the walls until the test is over."""
    made, now = Country(), clock.now()
    with as_admin():
        with connection.cursor() as cursor:
            # What is tried is who speaks for whom, and not what refuses a row that nobody would write.
            cursor.execute("set local session_replication_role = replica")
            cursor.execute(UNCHECKED)
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
