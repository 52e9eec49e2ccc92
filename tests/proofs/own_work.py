"""Who reads the tables that are about no child: a municipality's own work, the numbers and the directory.

Each in a line, written from docs/security/access.md («What is about no child»), for the proof that breaks the walls'
sentences.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from tests.proofs import alike

if TYPE_CHECKING:
    from tests.proofs.broken_sql import Asked

Row = dict[str, Any]
SIDES = {"leader": "child_welfare", "chief_physician": "health"}
"""Who leads a municipality's child welfare or health, and which side of the collaboration that is."""
AT_HOME = ("foster_home", "institution")
"""Services that are where a child lives, and speak for no municipality."""


@dataclass(frozen=True, slots=True)
class Office:
    """What a service is, where, and which counties it governs."""

    sort: str
    municipality: str | None
    counties: frozenset[str]


@dataclass(frozen=True)
class Country:
    """The directory, and the rows of every table that a line asks about beside the row itself."""

    offices: dict[str, Office] = field(default_factory=dict)
    county: dict[str, str] = field(default_factory=dict)
    """Of each municipality."""
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)

    def leads(self, asked: "Asked") -> str | None:
        """The municipality whose child welfare or health somebody leads."""
        office = self.offices.get(asked.who.service or "")
        is_leader = office and (asked.who.role, office.sort) in (
            ("leader", "child_welfare"),
            ("chief_physician", "chief_physician"),
        )
        return office.municipality if office and is_leader else None

    def governs(self, asked: "Asked", service: str | None) -> bool:
        """Whether somebody works for the county governor that the service is."""
        office = self.offices.get(service or "")
        is_governor = office is not None and office.sort == "county_governor"
        return is_governor and asked.is_of(service) and asked.who.role == "county_governor_staff"

    def oversees(self, asked: "Asked", municipality: str) -> bool:
        """Whether a municipality is the leader's own, or one of the county governor's counties."""
        if self.leads(asked) == municipality:
            return True
        mine = asked.who.service or ""
        return self.governs(asked, mine) and self.county[municipality] in self.offices[mine].counties

    def speaks_for(self, asked: "Asked") -> str | None:
        """The municipality that somebody's service is of, unless a child lives there."""
        office = self.offices.get(asked.who.service or "")
        return office.municipality if office and office.sort not in AT_HOME and asked.is_in else None

    def has_part_in(self, asked: "Asked", network: str) -> bool:
        """Whether somebody runs a network, or leads a municipality in its counties."""
        service, municipality = self.rows["stewardship_network"][network]["service_id"], self.leads(asked)
        within = municipality is not None and self.county[municipality] in self.offices[service].counties
        return within or self.governs(asked, service)

    def one(self, table: str, key: str) -> Row:
        return self.rows[table][key]


def read_country(admin: psycopg.Connection[Any]) -> Country:
    """The services and municipalities that there are."""
    services = admin.execute("select id::text, kind, municipality_id, counties from directory_service").fetchall()
    return Country(
        {key: Office(kind, where, frozenset(counties or ())) for key, kind, where, counties in services},
        dict(admin.execute("select number, county from directory_municipality").fetchall()),
    )


def furnish(admin: psycopg.Connection[Any], leader: str, people: list[str], services: list[str]) -> None:
    """A few rows that the demo lacks, so that each condition decides for somebody; and not all of its numbers."""
    admin.execute(
        "delete from insight_figure where id not in (select id from (select id, row_number() over (partition by"
        " municipality_id, county order by id) as n from insight_figure) f where n <= 5)"
    )
    # Some proposals have been said no to, and some nobody has answered.
    admin.execute(
        "update directory_responsibilityapproval t set is_approved = n.n % 3 > 0 from (select id, row_number()"
        " over (order by id) as n from directory_responsibilityapproval) n where n.id = t.id"
    )
    admin.execute(
        "delete from directory_responsibilityapproval where id in (select id from (select id, row_number()"
        " over (order by responsibility_id) as n from directory_responsibilityapproval) n where n % 5 = 0)"
    )
    # Another county governor, with one call. Of the applications that have been assessed, one is in that, and one in a
    # call of the first that is not given out yet either.
    another, member, call = (str(uuid.uuid4()) for _new in range(3))
    for table, is_it, other in (
        ("directory_service", "kind = 'county_governor'", {"id": another, "name": "Prøve", "org_number": None}),
        ("directory_membership", "role = 'county_governor_staff'", {"id": member, "service_id": another}),
        ("stewardship_grantcall", "true", {"id": call, "service_id": another}),
    ):
        admin.execute(
            f"insert into {table} select (jsonb_populate_record(t, %s)).* from {table} t where {is_it} limit 1",
            [json.dumps(other)],
        )
    assessed = admin.execute("select distinct application_id from stewardship_grantassessment order by 1").fetchall()
    open_call = admin.execute(
        "select c.id from stewardship_grantcall c where c.id <> %s and not exists"
        " (select 1 from stewardship_grantdecision d where d.call_id = c.id)",
        [call],
    ).fetchone()
    for (application,), of in zip(assessed, (call, *(open_call or ())), strict=False):
        admin.execute("update stewardship_grantapplication set call_id = %s where id = %s", [of, application])
    admin.execute(
        "update stewardship_networkexperience set withdrawn_at = now(), recorded_by_id = %s where id ="
        " (select min(id::text)::uuid from stewardship_networkexperience)",
        [leader],
    )
    for table in ("insight_researchextract", "insight_researchstep"):
        alike.let_in_anything(admin.cursor(), table)
    admin.execute(
        "with given as (insert into insight_researchextract (id, project, recipient, purpose, ground, paragraph,"
        " reference, from_on, until_on, tables, delete_by, public_key, recorded_at, municipality_id, recorded_by_id)"
        " select gen_random_uuid(), '', '', '', '', '', '', current_date, current_date, '{}', current_date, '', now(),"
        " m.number, %s from directory_municipality m returning id, recorded_by_id)"
        " insert into insight_researchstep (id, step, why, recorded_at, extract_id, recorded_by_id)"
        " select gen_random_uuid(), '', '', now(), id, recorded_by_id from given",
        [leader],
    )
    for number, service in enumerate(services):
        who = people[number]
        admin.execute(
            "insert into directory_taskset (id, task_set, version, name, tasks, is_in_use, set_at, service_id,"
            " set_by_id) values (gen_random_uuid(), gen_random_uuid(), 1, 'Start', '[{}]', true, now(), %s, %s)",
            [service, who],
        )
        admin.execute(
            "insert into directory_intakerule (id, accepts, parts, note, set_at, set_by_id, service_id)"
            " values (gen_random_uuid(), '{}', '{}', '', now(), %s, %s)",
            [who, service],
        )
        for person in people:
            admin.execute(
                "insert into stewardship_trainingrecord (id, material, version, recorded_at, person_id, recorded_by_id,"
                " service_id) values (gen_random_uuid(), 'guide', 1, now(), %s, %s, %s)",
                [person, who, service],
            )


# --- the lines -------------------------------------------------------------------------------------------------------


def _overseen(row: Row, asked: "Asked") -> bool:
    return asked.country.oversees(asked, row["municipality_id"])


def _assessment(row: Row, asked: "Asked") -> bool:
    """One's own side's answer; the other's when both have answered as many times."""
    same = ("municipality_id", "statement", "version")
    answers = [
        one
        for one in asked.country.rows["stewardship_assessment"].values()
        if all(one[name] == row[name] for name in same)
    ]
    is_own_side = asked.country.leads(asked) is not None and row["side"] == SIDES[asked.who.role]
    return _overseen(row, asked) and (is_own_side or len(answers) == len(SIDES))


def _figure(row: Row, asked: "Asked") -> bool:
    """A municipality's as its own work is read; a county's by its governor alone."""
    mine = asked.who.service or ""
    if row["municipality_id"]:
        return _overseen(row, asked)
    return asked.country.governs(asked, mine) and row["county"] in asked.country.offices[mine].counties


def _researched(row: Row, asked: "Asked") -> bool:
    return bool(row["municipality_id"] == asked.country.leads(asked))


def _caller_of(application: Row, asked: "Asked") -> str:
    service: str = asked.country.one("stewardship_grantcall", application["call_id"])["service_id"]
    return service


def _application(row: Row, asked: "Asked") -> bool:
    is_mine = row["municipality_id"] == asked.country.leads(asked)
    return is_mine or asked.country.governs(asked, _caller_of(row, asked))


def _thought_of_it(row: Row, asked: "Asked") -> bool:
    """Who calls; and who applied, once everything is given out."""
    of = asked.country.one("stewardship_grantapplication", row["application_id"])
    decided = {one["call_id"] for one in asked.country.rows["stewardship_grantdecision"].values()}
    is_caller = asked.country.governs(asked, _caller_of(of, asked))
    return _application(of, asked) and (is_caller or of["call_id"] in decided)


def _of_an_award(row: Row, asked: "Asked") -> bool:
    """Whoever was given it, and whoever gave it."""
    award = asked.country.one("stewardship_grantaward", row["award_id"])
    decision = asked.country.one("stewardship_grantdecision", award["decision_id"])
    is_mine = award["municipality_id"] == asked.country.leads(asked)
    return is_mine or asked.country.governs(asked, _caller_of(decision, asked))


def _effect(row: Row, asked: "Asked") -> bool:
    return _of_an_award(asked.country.one("stewardship_grantreport", row["report_id"]), asked)


def _in_network(row: Row, asked: "Asked") -> bool:
    return asked.country.has_part_in(asked, row["network_id"])


def _of_gathering(row: Row, asked: "Asked") -> bool:
    return _in_network(asked.country.one("stewardship_gathering", row["gathering_id"]), asked)


def _of_topic(row: Row, asked: "Asked") -> bool:
    return _in_network(asked.country.one("stewardship_networktopic", row["topic_id"]), asked)


def _of_decision(row: Row, asked: "Asked") -> bool:
    return _of_gathering(asked.country.one("stewardship_networkdecision", row["decision_id"]), asked)


def _experience(row: Row, asked: "Asked") -> bool:
    """Everybody's in the network; one that is taken away, whoever wrote it."""
    return _in_network(row, asked) and (row["withdrawn_at"] is None or asked.is_employee(row["recorded_by_id"]))


def _responsibility(row: Row, asked: "Asked") -> bool:
    """One's own municipality's, and everything that is approved."""
    approvals = asked.country.rows["directory_responsibilityapproval"].values()
    is_mine = row["municipality_id"] == asked.country.speaks_for(asked)
    return is_mine or any(one["is_approved"] for one in approvals if one["responsibility_id"] == row["id"])


def _approval(row: Row, asked: "Asked") -> bool:
    of = asked.country.one("directory_responsibility", row["responsibility_id"])
    return bool(row["is_approved"]) or of["municipality_id"] == asked.country.speaks_for(asked)


def _logged_in(_row: Row, asked: "Asked") -> bool:
    """Everybody who has logged in for a service."""
    return asked.who.service is not None


PUBLIC = frozenset({"directory_offer", "directory_responsibility", "directory_responsibilityapproval"})
"""Tables that are read without being logged in, too."""
READS: dict[str, Callable[[Row, "Asked"], bool]] = {
    "directory_person": lambda _row, _asked: True,
    "directory_offer": lambda _row, _asked: True,
    **dict.fromkeys(
        (
            *("directory_membership", "directory_intakerule"),
            *("stewardship_grantcall", "stewardship_grantdecision", "stewardship_grantaward"),
        ),
        _logged_in,
    ),
    "directory_taskset": lambda row, asked: asked.is_of(row["service_id"]),
    "directory_responsibility": _responsibility,
    "directory_responsibilityapproval": _approval,
    **dict.fromkeys(
        (
            *("stewardship_followup", "stewardship_taskreport", "stewardship_assessmentaction"),
            *("stewardship_programmeentry", "stewardship_agreement"),
            *("stewardship_materialinuse", "stewardship_evaluation", "stewardship_owntask"),
        ),
        _overseen,
    ),
    "stewardship_assessment": _assessment,
    "stewardship_trainingrecord": lambda row, asked: (
        (asked.is_of(row["service_id"]) and asked.administers) or asked.is_employee(row["person_id"])
    ),
    "insight_figure": _figure,
    "insight_researchextract": _researched,
    "insight_researchstep": lambda row, asked: _researched(
        asked.country.one("insight_researchextract", row["extract_id"]), asked
    ),
    "stewardship_grantapplication": _application,
    "stewardship_grantassessment": _thought_of_it,
    **dict.fromkeys(("stewardship_grantpayment", "stewardship_grantreport"), _of_an_award),
    "stewardship_granteffect": _effect,
    "stewardship_network": lambda row, asked: asked.country.has_part_in(asked, row["id"]),
    **dict.fromkeys(("stewardship_gathering", "stewardship_networktopic"), _in_network),
    **dict.fromkeys(
        ("stewardship_gatheringanswer", "stewardship_takentopic", "stewardship_networkdecision"), _of_gathering
    ),
    "stewardship_topicvote": _of_topic,
    "stewardship_networktask": _of_decision,
    "stewardship_networkexperience": _experience,
}
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "leads": ("stewardship_followup", "stewardship_grantapplication", "stewardship_network"),
    "side": ("stewardship_assessment",),
    "calls_of_mine": ("stewardship_grantapplication",),
    "is_decided": ("stewardship_grantassessment",),
    "is_given_to_mine": ("stewardship_grantpayment",),
    "network_of_decision": ("stewardship_networktask",),
    "is_of_mine": ("directory_responsibilityapproval",),
}
"""What the sentences to read call, and the tables where a mutant of it shows. Those that say who speaks for whom are
broken in `tests/stewardship/test_who_speaks_for_whom.py`, where each is asked by itself."""
