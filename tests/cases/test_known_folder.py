"""What of a child's history can be told in a national file: pure rules about positions and how the child took part."""

import uuid
from datetime import date

import pytest

from grunnmur.cases.queries.national_file import KnownParticipation, Spell, left_out, participation_in, spells
from grunnmur.cases.terms import ChildParticipation as Took
from grunnmur.cases.terms import ChildWelfarePosition as Position

FIRST, SECOND, THIRD = (uuid.UUID(int=number) for number in (1, 2, 3))
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(
            [(FIRST, Position.NOTE_ONLY, MAY)], [Spell(FIRST, Position.NOTE_ONLY, MAY, None)], id="one-that-lasts"
        ),
        pytest.param(
            [(FIRST, Position.NOTE_ONLY, MAY), (SECOND, Position.INVESTIGATION, JUNE)],
            [Spell(FIRST, Position.NOTE_ONLY, MAY, JUNE), Spell(SECOND, Position.INVESTIGATION, JUNE, None)],
            id="one-ends-when-the-next-begins",
        ),
        pytest.param(
            [(FIRST, Position.NOTE_ONLY, MAY), (SECOND, Position.INVESTIGATION, MAY)],
            [Spell(SECOND, Position.INVESTIGATION, MAY, None)],
            id="the-last-written-of-a-day-holds",
        ),
        pytest.param(
            [(FIRST, Position.INVESTIGATION, MAY), (SECOND, Position.INVESTIGATION, JUNE)],
            [Spell(FIRST, Position.INVESTIGATION, MAY, None)],
            id="the-same-again-is-the-same",
        ),
        pytest.param(
            [
                (FIRST, Position.INVESTIGATION, MAY),
                (SECOND, Position.NONE, JUNE),
                (THIRD, Position.INVESTIGATION, JULY),
            ],
            [
                Spell(FIRST, Position.INVESTIGATION, MAY, JUNE),
                Spell(SECOND, Position.NONE, JUNE, JULY),
                Spell(THIRD, Position.INVESTIGATION, JULY, None),
            ],
            id="a-new-one-of-the-same-sort",
        ),
    ],
)
def test_positions_in_time(written: list[tuple[uuid.UUID, Position, date]], expected: list[Spell]) -> None:
    assert list(spells(written)) == expected


@pytest.mark.parametrize(
    ("position", "until", "is_left_out"),
    [
        (Position.NONE, None, False),
        (Position.NONE, JUNE, False),
        (Position.INVESTIGATION, None, False),
        (Position.INVESTIGATION, JUNE, True),
        (Position.NOTE_ONLY, None, False),
        (Position.NOTE_ONLY, JUNE, True),
        *((position, None, True) for position in Position if position not in {"none", "investigation", "note_only"}),
    ],
)
def test_what_cannot_be_told_is_said(position: Position, until: date | None, is_left_out: bool) -> None:
    assert bool(list(left_out([Spell(FIRST, position, MAY, until)]))) == is_left_out


TALK, SEEN, REFUSED = Took.CONVERSATION, Took.OBSERVATION, Took.DID_NOT_WANT


@pytest.mark.parametrize(
    ("took_part", "concluded_on", "expected"),
    [
        pytest.param([], None, None, id="nothing-known"),
        pytest.param([(MAY, TALK)], None, None, id="before-it-opened"),
        pytest.param([(JUNE, TALK)], None, (JUNE, TALK), id="the-day-it-opened"),
        pytest.param([(JULY, TALK)], JULY, (JULY, TALK), id="the-day-it-was-concluded"),
        pytest.param([(JULY, TALK)], JUNE, None, id="after-it-was-concluded"),
        pytest.param([(JUNE, TALK), (JULY, SEEN)], None, (JULY, SEEN), id="the-newest"),
        pytest.param([(JUNE, TALK), (JULY, REFUSED)], None, (JUNE, TALK), id="one-that-took-part-has"),
        pytest.param([(JUNE, REFUSED)], None, (JUNE, REFUSED), id="one-that-never-did"),
    ],
)
def test_how_the_child_took_part_in_an_investigation(
    took_part: list[tuple[date, Took]], concluded_on: date | None, expected: tuple[date, Took] | None
) -> None:
    given = [KnownParticipation(on, kind) for on, kind in took_part]
    found = participation_in(given, opened_on=JUNE, concluded_on=concluded_on)
    assert (found and (found.on, found.kind)) == expected
