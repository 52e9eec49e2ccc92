"""What soon changes is said once for all the questions that change alike, the first first."""

import uuid
from datetime import date
from typing import Any

import pytest

from grunnmur.cases.consent_ahead import Ahead, ChildsSay, Turn
from grunnmur.cases.queries.own_pages import MyConsent
from grunnmur.cases.terms import ConsentPurpose, InformationKind
from grunnmur.directory.kinds import ServiceKind
from grunnmur.family.words import changes_ahead

JUNE, JULY = date(2026, 6, 11), date(2026, 7, 11)
BIRTHDAY = Turn(date(2026, 6, 20), ChildsSay.ALONE)
ENDS_JUNE, ENDS_JULY = "10.06.2026", "10.07.2026"


def asked(recipient: str, purpose: ConsentPurpose = ConsentPurpose.CONTACT_HEALTH) -> MyConsent:
    return MyConsent(
        id=uuid.uuid4(),
        purpose=purpose,
        recipient_id=uuid.uuid4(),
        recipient=recipient,
        recipient_kind=ServiceKind.GP,
        kinds=(InformationKind.SOMATIC,),
        until=JUNE,
        holds=True,
        is_withdrawn=False,
        answer=None,
        answered_on=None,
        has_told=False,
        is_heard=False,
        waits=False,
        may_answer=True,
        may_withdraw=True,
    )


def change(until: date | None = None, turn: Turn | None = None, *, may_answer: bool = False) -> Ahead:
    return Ahead("", until, may_answer, turn)


SEE_AND_TELL = (asked("Legen"), asked("Legen", ConsentPurpose.RELEASE_HEALTH_INFO))
DENTIST = asked("Tannlegen")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(DENTIST, change(JUNE))], [(f"Ja-et går ut {ENDS_JUNE}.", 1)], id="one"),
        pytest.param(
            [(one, change(JUNE)) for one in SEE_AND_TELL],
            [(f"Disse går ut {ENDS_JUNE}.", 2)],
            id="two that end on the same day",
        ),
        pytest.param(
            [(DENTIST, change(JULY)), (SEE_AND_TELL[0], change(JUNE))],
            [(f"Ja-et går ut {ENDS_JUNE}.", 1), (f"Ja-et går ut {ENDS_JULY}.", 1)],
            id="the first first",
        ),
        pytest.param(
            [(DENTIST, change(JULY, BIRTHDAY)), (SEE_AND_TELL[0], change(turn=BIRTHDAY))],
            [
                (f"Ja-et går ut {ENDS_JULY}. Fra 20.06.2026 bestemmer du selv.", 1),
                ("Fra 20.06.2026 bestemmer du selv.", 1),
            ],
            id="one ends and one does not",
        ),
        pytest.param(
            [(DENTIST, change(JUNE, may_answer=True)), (SEE_AND_TELL[0], change(JUNE))],
            [
                (f"Ja-et går ut {ENDS_JUNE}. Si fra om du vil at vi spør på nytt.", 1),
                (f"Ja-et går ut {ENDS_JUNE}.", 1),
            ],
            id="only one can be answered anew",
        ),
        pytest.param(
            [(DENTIST, change(JUNE)), (DENTIST, change(JUNE))],
            [(f"Disse går ut {ENDS_JUNE}.", 1)],
            id="the same question stands once",
        ),
    ],
)
def test_what_changes_alike_is_said_once(found: Any, expected: list[tuple[str, int]]) -> None:
    said = changes_ahead(found, is_child=True)
    assert [(one["said"], len(one["questions"])) for one in said] == expected


def test_a_parent_is_told_of_the_child() -> None:
    (one,) = changes_ahead([(DENTIST, change(turn=BIRTHDAY))], is_child=False)
    assert one["said"] == "Fra 20.06.2026 bestemmer barnet selv."
