"""Who may add what, and when, to a municipality's own work, a network and grants: each function by a table.

The policies to add ask these functions. They are then broken in one place at a time, and the table must tell.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from grunnmur import clock
from grunnmur.directory.models import Person
from grunnmur.stewardship.models import (
    AssessmentAction,
    CodeDecision,
    Evaluation,
    Gathering,
    GatheringAnswer,
    GrantApplication,
    GrantAssessment,
    GrantAward,
    GrantCall,
    GrantDecision,
    GrantPayment,
    GrantReport,
    MaterialInUse,
    NetworkDecision,
    NetworkTask,
    OwnTask,
    TaskReport,
)
from tests import broken_functions
from tests.stewardship.country import EAST, WEST, Country
from tests.stewardship.day import DAY

LEADS, NEXT_DOOR, WORKS, PHYSICIAN = "leads 9901", "leads 9902", "works in 9901", "physician of 9901"
GOVERNS, GOVERNS_WEST, FAR_AWAY = "governs east", "governs west", "leads 9903"
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
MONTH = DAY + timedelta(days=30)
THIS, THAT = uuid.uuid4(), uuid.uuid4()
SERVED_BEFORE = (("9901", THIS, 1), ("9901", THAT, 5), ("9902", THIS, 5))
"""What is registered: for a municipality, of which, and the newest version."""

Case = tuple[str, tuple[Any, ...], bool]
"""Who asks, with what, and whether they may. A name in the arguments is the id of what was made."""


def dated(*key: Any) -> list[Case]:
    """Of what was done on a day, as version 2 of this key of one's own municipality's."""
    return [
        (LEADS, (*key, 2, None), True),
        (PHYSICIAN, (*key, 2, None), True),
        (LEADS, (*key, 2, YESTERDAY), True),
        (LEADS, (*key, 2, DAY), True),
        (LEADS, (*key, 2, TOMORROW), False),
        (LEADS, (*key, 1, None), False),
        (LEADS, (*key, 3, None), False),
        (NEXT_DOOR, (*key, 2, None), False),
        (WORKS, (*key, 2, None), False),
        (GOVERNS, (*key, 2, None), False),
    ]


FUNCTIONS: dict[str, list[Case]] = {
    "may_report_task": [*dated("9901", "gp", "this"), (LEADS, ("9901", "dental", "that", 1, None), True)],
    "may_register_evaluation": [*dated("9901", THIS), (LEADS, ("9901", uuid.uuid4(), 1, None), True)],
    "may_register_own_task": [
        (LEADS, ("9901", "mine", 2, "dental", "first"), True),
        (PHYSICIAN, ("9901", "mine", 2, "dental", "first"), True),
        (LEADS, ("9901", "mine", 1, "dental", "first"), False),
        (LEADS, ("9901", "mine", 3, "dental", "first"), False),
        (LEADS, ("9901", "another", 1, "dental", "first"), True),
        (LEADS, ("9901", "another", 1, "gp", "second"), True),
        (NEXT_DOOR, ("9901", "mine", 2, "dental", "first"), False),
        (NEXT_DOOR, ("9902", "mine", 6, "gp", "second"), True),
        (WORKS, ("9901", "mine", 2, "dental", "first"), False),
        (GOVERNS, ("9901", "mine", 2, "dental", "first"), False),
        # It stays in its step, and with its kind of service.
        (LEADS, ("9901", "mine", 2, "gp", "first"), False),
        (LEADS, ("9901", "mine", 2, "dental", "second"), False),
    ],
    "may_register_material": [
        (who, given, may)
        for who, given, may in (*dated("9901", THIS), (LEADS, ("9901", uuid.uuid4(), 1, DAY), True))
        if given[-1]
    ]
    + [(LEADS, ("9901", THIS, 1, DAY), False), (NEXT_DOOR, ("9901", THIS, 2, DAY), False)],
    "may_act_on_assessment": [
        *dated("9901", "first"),
        (LEADS, ("9901", "second", 6, None), False),  # one side has answered alone
    ],
    "may_assess": [
        (LEADS, ("9901", "first", "child_welfare", 2), True),
        (LEADS, ("9901", "first", "child_welfare", 1), False),
        (LEADS, ("9901", "first", "child_welfare", 3), False),
        (LEADS, ("9901", "first", "health", 3), False),
        (LEADS, ("9901", "second", "child_welfare", 1), True),
        (LEADS, ("9901", "third", "child_welfare", 1), True),
        (PHYSICIAN, ("9901", "third", "health", 1), True),
        # Not again before the other side has answered as many times.
        (PHYSICIAN, ("9901", "first", "health", 3), False),
        (PHYSICIAN, ("9901", "second", "health", 2), False),
        (NEXT_DOOR, ("9902", "first", "child_welfare", 1), True),
        (NEXT_DOOR, ("9901", "third", "child_welfare", 1), False),
        (WORKS, ("9901", "third", "child_welfare", 1), False),
    ],
    "may_decide_code": [
        (LEADS, ("9901", 3, MONTH), True),
        (PHYSICIAN, ("9901", 3, MONTH), True),
        (LEADS, ("9901", 3, DAY + timedelta(days=366)), True),
        (LEADS, ("9901", 3, DAY + timedelta(days=367)), False),
        (LEADS, ("9901", 3, MONTH - timedelta(days=1)), False),  # one until later holds
        (LEADS, ("9901", 2, MONTH), False),
        (LEADS, ("9901", 4, MONTH), False),
        (LEADS, ("9901", 3, None), True),
        (NEXT_DOOR, ("9901", 3, None), False),
        (WORKS, ("9901", 3, MONTH), False),
        (GOVERNS, ("9901", 3, MONTH), False),
        # What was decided next door has ended, and far away it has run out.
        (NEXT_DOOR, ("9902", 6, TOMORROW), True),
        (NEXT_DOOR, ("9902", 6, DAY), False),
        (NEXT_DOOR, ("9902", 6, None), False),
        (FAR_AWAY, ("9903", 2, TOMORROW), True),
        (FAR_AWAY, ("9903", 2, None), False),
    ],
    "may_take_up": [
        (GOVERNS, ("topic", "gathering"), True),
        (GOVERNS, ("topic of west", "gathering"), False),
        (GOVERNS, ("topic", "held"), False),
        (GOVERNS, ("topic", "called off"), False),
        (GOVERNS, ("topic of west", "gathering of west"), False),
        ("governs west", ("topic of west", "gathering of west"), True),
        (LEADS, ("topic", "gathering"), False),
    ],
    "may_answer_gathering": [
        (LEADS, ("gathering", "9901", 2), True),
        (LEADS, ("gathering", "9901", 1), False),
        (LEADS, ("gathering", "9901", 3), False),
        (NEXT_DOOR, ("gathering", "9902", 1), True),
        (LEADS, ("to come", "9901", 1), True),
        (LEADS, ("called off", "9901", 1), False),
        (LEADS, ("over", "9901", 1), False),
        (LEADS, ("gathering", "9902", 1), False),
        (WORKS, ("gathering", "9901", 2), False),
        (FAR_AWAY, ("gathering", "9903", 1), False),
        (GOVERNS, ("gathering", None, 1), True),
    ],
    "may_answer_task": [
        (LEADS, ("decision", "9901", 2), True),
        (LEADS, ("decision", "9901", 1), False),
        (LEADS, ("another decision", "9901", 1), True),
        (NEXT_DOOR, ("decision", "9902", 1), True),
        (NEXT_DOOR, ("decision", "9901", 2), False),
        (WORKS, ("decision", "9901", 2), False),
        (LEADS, ("decision of west", "9901", 1), False),
    ],
    "is_decided": [(GOVERNS, ("decided",), True), (GOVERNS, ("closed",), False)],
    "may_apply": [
        (LEADS, ("open", "9901", "p", 2), True),
        (LEADS, ("open", "9901", "p", 1), False),
        (LEADS, ("another open", "9901", "p", 1), True),
        (LEADS, ("open", "9901", "r", 1), True),
        (NEXT_DOOR, ("open", "9902", "p", 6), True),
        (LEADS, ("early", "9901", "p", 1), False),
        (LEADS, ("closed", "9901", "p", 3), False),
        (LEADS, ("open and decided", "9901", "p", 1), False),
        (LEADS, ("open", "9902", "p", 6), False),
        (WORKS, ("open", "9901", "p", 2), False),
        (GOVERNS, ("open", "9901", "p", 2), False),
        (FAR_AWAY, ("open", "9903", "p", 1), False),
    ],
    "may_assess_grant": [
        (GOVERNS, ("closed 9901 p 2", 1), True),
        (GOVERNS, ("closed 9901 p 1", 1), False),  # there is a newer
        (GOVERNS, ("closed 9902 p 5", 2), True),
        (GOVERNS, ("closed 9902 p 5", 1), False),
        (GOVERNS, ("open 9901 p 1", 1), False),
        (GOVERNS, ("decided 9901 p 1", 1), False),
        (GOVERNS, ("closed of west 9903 p 1", 1), False),
        (GOVERNS_WEST, ("closed of west 9903 p 1", 1), True),
        (LEADS, ("closed 9901 p 2", 1), False),
    ],
    "may_decide": [
        (GOVERNS, ("judged",), True),
        (GOVERNS, ("nobody applied",), True),
        (GOVERNS, ("closed",), False),
        (GOVERNS, ("another open",), False),
        (GOVERNS_WEST, ("judged",), False),
        (LEADS, ("judged",), False),
    ],
    "may_award": [
        (GOVERNS, ("decision of decided", "9901", "p"), True),
        (GOVERNS, ("decision of decided", "9902", "p"), False),
        (GOVERNS, ("decision of decided", "9901", "q"), False),
        (GOVERNS, ("decision of open and decided", "9901", "p"), False),
        (GOVERNS_WEST, ("decision of decided", "9901", "p"), False),
        (LEADS, ("decision of decided", "9901", "p"), False),
    ],
    "is_given_to_mine": [
        (LEADS, ("award",), True),
        (PHYSICIAN, ("award",), True),
        (LEADS, ("award to 9902",), False),
        (NEXT_DOOR, ("award",), False),
        (GOVERNS, ("award",), False),
    ],
    "may_pay": [
        (GOVERNS, ("award", 2, DAY), True),
        (GOVERNS, ("award", 2, YESTERDAY), True),
        (GOVERNS, ("award", 2, TOMORROW), False),
        (GOVERNS, ("award", 1, DAY), False),
        (GOVERNS, ("award to 9902", 1, DAY), True),
        (GOVERNS_WEST, ("award", 2, DAY), False),
        (LEADS, ("award", 2, DAY), False),
    ],
    "may_report": [
        (LEADS, ("award", 2021, 2), True),
        (LEADS, ("award", 2021, 1), False),
        (LEADS, ("award", 2020, 1), True),
        (LEADS, ("award", 2019, 1), False),
        (LEADS, ("award", DAY.year, 1), True),
        (LEADS, ("award", DAY.year + 1, 1), False),
        (LEADS, ("another award", 2021, 1), True),
        (NEXT_DOOR, ("award", 2021, 2), False),
        (GOVERNS, ("award", 2021, 2), False),
    ],
    "may_decide_at": [
        (GOVERNS, ("held",), True),
        (GOVERNS, ("gathering",), False),
        ("governs west", ("held",), False),
        (LEADS, ("held",), False),
    ],
}


@pytest.fixture
def things(country: Country) -> dict[str, Any]:
    """What the names in the table are, and what was said before of each."""
    stamp = {"recorded_at": clock.now(), "recorded_by": Person.objects.filter(name="Prøve")[0]}
    named: dict[str, Any] = {}
    for thing in ("gathering", "topic", "decision"):
        named |= {thing: country.ids[thing][EAST], f"{thing} of west": country.ids[thing][WEST]}
    for name, day, more in (
        ("held", YESTERDAY - timedelta(days=1), {"minutes": "Alle fortalte."}),
        ("over", YESTERDAY, {}),
        ("to come", TOMORROW, {}),
        ("called off", TOMORROW + timedelta(days=1), {"is_cancelled": True}),
    ):
        row = {"network_id": country.ids["network"][EAST], "held_on": day, "begins_at": clock.now().time()}
        named[name] = Gathering.objects.create(**row, **more, **stamp).pk
    another = NetworkDecision.objects.create(gathering_id=named["held"], what="x", due_on=DAY, **stamp)
    named["another decision"] = another.pk
    GatheringAnswer.objects.create(gathering_id=named["gathering"], municipality_id="9901", version=1, **stamp)
    NetworkTask.objects.create(decision_id=named["decision"], municipality_id="9901", version=1, **stamp)
    for place, version, ends_on in (
        ("9901", 1, None),
        ("9901", 2, MONTH),
        ("9902", 4, MONTH),
        ("9902", 5, None),
        ("9903", 1, DAY),
    ):
        CodeDecision.objects.create(municipality_id=place, version=version, why="x", ends_on=ends_on, **stamp)
    for place, key, version in SERVED_BEFORE:
        of = {"municipality_id": place, "version": version, **stamp}
        Evaluation.objects.create(evaluation=key, **of)
        MaterialInUse.objects.create(material=key, reviewed_on=DAY, **of)
    for place, version, track, step in (("9901", 1, "dental", "first"), ("9902", 5, "gp", "second")):
        OwnTask.objects.create(municipality_id=place, task="mine", version=version, track=track, step=step, **stamp)
    for place, statement, version in (("9901", "first", 1), ("9901", "second", 5), ("9902", "first", 5)):
        AssessmentAction.objects.create(
            municipality_id=place, statement=statement, version=version, due_on=DAY, **stamp
        )
    for place, track, task, version in (
        ("9901", "gp", "this", 1),
        ("9901", "gp", "that", 5),
        ("9901", "dental", "this", 5),
        ("9902", "gp", "this", 5),
    ):
        TaskReport.objects.create(municipality_id=place, track=track, task=task, version=version, **stamp)
    return named | grants(country, stamp)


def grants(country: Country, stamp: dict[str, Any]) -> dict[str, Any]:
    """Calls in every state, with who has applied, been assessed, given, paid and told."""
    named: dict[str, Any] = {}
    for name, whose, opens_on, closes_on in (
        ("open", EAST, DAY, DAY),
        ("another open", EAST, DAY, DAY),
        ("early", EAST, TOMORROW, TOMORROW),
        ("closed", EAST, YESTERDAY, YESTERDAY),
        ("closed of west", WEST, YESTERDAY, YESTERDAY),
        ("judged", EAST, YESTERDAY, YESTERDAY),
        ("nobody applied", EAST, YESTERDAY, YESTERDAY),
        ("decided", EAST, YESTERDAY, YESTERDAY),
        ("open and decided", EAST, DAY, DAY),
    ):
        of = {"service_id": country.ids["service"][whose], "scheme": name, "year": 2021, "frame": 1}
        named[name] = GrantCall.objects.create(opens_on=opens_on, closes_on=closes_on, **of, **stamp).pk
    for call in ("decided", "open and decided"):
        named[f"decision of {call}"] = GrantDecision.objects.create(call_id=named[call], left_over=0, **stamp).pk
    for call, place, purpose, version, is_assessed in (
        ("open", "9901", "p", 1, False),
        ("open", "9901", "q", 5, False),
        ("open", "9902", "p", 5, False),
        ("closed", "9901", "p", 1, False),
        ("closed", "9901", "p", 2, False),
        ("closed", "9901", "q", 5, False),
        ("closed", "9902", "p", 5, True),
        ("closed of west", "9903", "p", 1, False),
        ("judged", "9901", "p", 4, False),
        ("judged", "9901", "p", 5, True),
        ("decided", "9901", "p", 1, False),
    ):
        of = {"call_id": named[call], "municipality_id": place, "purpose": purpose, "version": version, "asked": 1}
        row = GrantApplication.objects.create(indicators=[], **of, **stamp)
        named[f"{call} {place} {purpose} {version}"] = row.pk
        if is_assessed:
            GrantAssessment.objects.create(application=row, version=1, **stamp)
    award = GrantAward.objects.get(pk=country.ids["award"][EAST])
    named["award"] = award.pk
    for name, place, purpose in (("award to 9902", "9902", "x"), ("another award", "9901", "y")):
        of = {"decision_id": award.decision_id, "municipality_id": place, "purpose": purpose, "bound": 0, "free": 1}
        named[name] = GrantAward.objects.create(**of).pk
    GrantPayment.objects.create(award=award, version=1, amount=1, paid_on=DAY, **stamp)
    GrantReport.objects.create(award=award, year=2021, version=1, spent=1, **stamp)
    return named


def may(country: Country, things: dict[str, Any], function: str, who: str, given: tuple[Any, ...]) -> Any:
    """What the function says to one who asks."""
    country.be(who)
    values = [things.get(one, one) if isinstance(one, str) else one for one in given]
    with connection.cursor() as cursor:
        cursor.execute(f"select sec.{function}({', '.join(['%s'] * len(values))})", values)
        return cursor.fetchone()[0]


def test_who_may_add_what(country: Country, things: dict[str, Any]) -> None:
    said = {
        (name, who, given): may(country, things, name, who, given)
        for name, cases in FUNCTIONS.items()
        for who, given, _may in cases
    }
    assert said == {(name, who, given): expected for name, cases in FUNCTIONS.items() for who, given, expected in cases}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_cannot_be_broken_in_one_place_without_the_table_telling(
    country: Country, things: dict[str, Any], name: str
) -> None:
    def is_as_it_should() -> bool:
        return all(may(country, things, name, who, given) is expected for who, given, expected in FUNCTIONS[name])

    assert broken_functions.unnoticed([name], is_as_it_should) == []
