"""What the child and those around it see: by what was decided, by age, and by what was released."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import family
from grunnmur.cases.age import birthday
from grunnmur.cases.consent import Period
from grunnmur.cases.family import Decided, Released
from grunnmur.cases.terms import ALL_KINDS, HEALTH_KINDS, FamilyAccess, InformationKind
from grunnmur.clock import OSLO

CHILD, MOTHER, AUNT, DECISION, RELEASE, ITEM = (UUID(int=number) for number in range(1, 7))
BORN_ON = date(2012, 3, 14)
KIND = InformationKind
BASE = KIND.CONTACT | KIND.COORDINATION
NOTHING = InformationKind(0)
ALWAYS = {MOTHER: (Period(BORN_ON),)}
OPENED = datetime(2013, 1, 1, tzinfo=UTC)


def sees(who: UUID, access: FamilyAccess, at: datetime, *, released: list[Released] | None = None) -> InformationKind:
    """The kinds that somebody sees of every row at an instant."""
    found = family.sights(
        child=CHILD,
        born_on=BORN_ON,
        parents=ALWAYS,
        decisions=[Decided(DECISION, who, access, OPENED)],
        releases=released or [],
    )
    kinds = NOTHING
    for one in found:
        assert one.sight.only_for == who
        if one.sight.holds(at) and one.sight.item is None:
            kinds |= one.sight.kinds
    return kinds


def noon(years: int, *, days: int = 0) -> datetime:
    """Noon on a birthday, or so many days from it."""
    return datetime.combine(birthday(born_on=BORN_ON, years=years) + timedelta(days=days), time(12), OSLO)


CHILDS = BASE | HEALTH_KINDS | KIND.OWN_WORDS
TABLE = [
    # who, access, age, kinds from that birthday on
    (CHILD, FamilyAccess.FULL, 7, NOTHING),
    (CHILD, FamilyAccess.FULL, 12, CHILDS),
    (CHILD, FamilyAccess.FULL, 15, CHILDS | KIND.CHILD_WELFARE),
    (CHILD, FamilyAccess.FULL, 16, CHILDS | KIND.CHILD_WELFARE),
    (CHILD, FamilyAccess.FULL, 18, CHILDS | KIND.CHILD_WELFARE),
    (CHILD, FamilyAccess.LIMITED, 16, NOTHING),
    (MOTHER, FamilyAccess.FULL, 7, BASE | HEALTH_KINDS),
    (MOTHER, FamilyAccess.FULL, 12, BASE | HEALTH_KINDS),
    (MOTHER, FamilyAccess.FULL, 15, BASE),
    (MOTHER, FamilyAccess.FULL, 16, NOTHING),
    (MOTHER, FamilyAccess.FULL, 18, NOTHING),
    (MOTHER, FamilyAccess.LIMITED, 7, NOTHING),
    (AUNT, FamilyAccess.FULL, 7, NOTHING),
    *((who, access, 12, NOTHING) for who in (CHILD, MOTHER) for access in list(FamilyAccess)[2:]),
]


@pytest.mark.parametrize(("who", "access", "years", "kinds"), TABLE)
def test_what_each_sees_from_a_birthday_on(who: UUID, access: FamilyAccess, years: int, kinds: InformationKind) -> None:
    assert sees(who, access, noon(years)) == kinds


@pytest.mark.parametrize(("who", "years"), [(CHILD, 12), (CHILD, 15), (MOTHER, 15), (MOTHER, 16)])
def test_the_day_before_a_birthday_is_as_it_was(who: UUID, years: int) -> None:
    assert sees(who, FamilyAccess.FULL, noon(years, days=-1)) != sees(who, FamilyAccess.FULL, noon(years))


def test_a_new_decision_ends_the_one_before_it() -> None:
    blocked = datetime(2024, 5, 1, tzinfo=UTC)
    found = family.sights(
        child=CHILD,
        born_on=BORN_ON,
        parents=ALWAYS,
        decisions=[
            Decided(DECISION, MOTHER, FamilyAccess.FULL, OPENED),
            Decided(RELEASE, MOTHER, FamilyAccess.BLOCKED, blocked),
        ],
    )
    assert {one.sight.ends_at for one in found} == {blocked}


def test_without_parental_responsibility_there_is_nothing_to_see() -> None:
    lost = date(2024, 5, 1)
    found = family.sights(
        child=CHILD,
        born_on=BORN_ON,
        parents={MOTHER: (Period(BORN_ON, lost),)},
        decisions=[Decided(DECISION, MOTHER, FamilyAccess.FULL, OPENED)],
    )
    assert max(one.sight.ends_at for one in found) == datetime.combine(lost, time(), OSLO)


@pytest.mark.parametrize(
    ("who", "access", "years", "is_given"),
    [
        (MOTHER, FamilyAccess.LIMITED, 7, True),
        (MOTHER, FamilyAccess.FULL, 16, True),
        (MOTHER, FamilyAccess.FULL, 18, False),
        (MOTHER, FamilyAccess.NONE, 7, False),
        (AUNT, FamilyAccess.FULL, 7, False),
        (CHILD, FamilyAccess.LIMITED, 11, False),
        (CHILD, FamilyAccess.LIMITED, 12, True),
    ],
)
@pytest.mark.parametrize("kind", [KIND.MENTAL, KIND.REPORTER, KIND.PROTECTED_ADDRESS])
def test_what_is_released(who: UUID, access: FamilyAccess, years: int, is_given: bool, kind: InformationKind) -> None:
    at = noon(years)
    released = Released(RELEASE, who, ITEM, kind, OPENED, family.ALWAYS)
    found = family.sights(
        child=CHILD,
        born_on=BORN_ON,
        parents=ALWAYS,
        decisions=[Decided(DECISION, who, access, OPENED)],
        releases=[released],
    )
    given_now = [one for one in found if one.sight.item == ITEM and one.sight.holds(at)]
    assert bool(given_now) == (is_given and kind is KIND.MENTAL)
    assert all(one.ground == RELEASE for one in given_now)


def test_what_is_released_to_one_is_not_given_to_another() -> None:
    found = family.sights(
        child=CHILD,
        born_on=BORN_ON,
        parents=ALWAYS,
        decisions=[
            Decided(DECISION, CHILD, FamilyAccess.LIMITED, OPENED),
            Decided(RELEASE, MOTHER, FamilyAccess.LIMITED, OPENED),
        ],
        releases=[Released(RELEASE, CHILD, ITEM, KIND.MENTAL, OPENED, family.ALWAYS)],
    )
    assert {one.sight.only_for for one in found} == {CHILD}


def test_a_decision_that_was_changed_in_the_same_instant_never_held() -> None:
    found = family.sights(
        child=CHILD,
        born_on=BORN_ON,
        parents=ALWAYS,
        decisions=[
            Decided(DECISION, MOTHER, FamilyAccess.FULL, OPENED),
            Decided(RELEASE, MOTHER, FamilyAccess.FULL, OPENED),
        ],
    )
    assert {one.ground for one in found} == {RELEASE}


@given(
    st.sampled_from(list(FamilyAccess)),
    st.sampled_from([CHILD, MOTHER, AUNT]),
    st.integers(0, 20 * 366 * 24).map(lambda hours: OPENED + timedelta(hours=hours)),
)
def test_nobody_in_a_family_ever_sees_where_a_protected_child_is_or_who_reported(
    access: FamilyAccess, who: UUID, at: datetime
) -> None:
    assert not sees(who, access, at) & (KIND.PROTECTED_ADDRESS | KIND.REPORTER)
    assert who == CHILD or not sees(who, access, at) & KIND.OWN_WORDS
    assert sees(who, access, at) & ALL_KINDS == sees(who, access, at)


@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (1, True)])
def test_a_child_may_keep_something_from_its_parents_from_the_day_it_is_12(days: int, may: bool) -> None:
    on = birthday(born_on=BORN_ON, years=12) + timedelta(days=days)
    assert family.may_object(born_on=BORN_ON, on=on) is may


# --- names of siblings in a text -------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["Emil", "emil", "sover", "Liv", "liv", "Anna", "Emilie"]), max_size=8)


@pytest.mark.parametrize(
    ("siblings", "text", "named"),
    [
        pytest.param(["Emil Solberg"], "Emil er urolig om natten.", ("Emil",), id="the given name"),
        pytest.param(["Emil Solberg"], "Familien Solberg flytter.", (), id="not the name they share"),
        pytest.param(["Liv Solberg"], "Det handler om liv og helse.", (), id="a name that is a word too"),
        pytest.param(["Liv Solberg"], "Liv sover dårlig.", ("Liv",), id="and the same word as a name"),
        pytest.param(["Emil Solberg"], "Emilie er læreren.", (), id="not a part of another name"),
        pytest.param(["Anna-Lise Vik"], "Anna-Lise er med.", ("Anna-Lise",), id="a name of two"),
        pytest.param(["Anna Vik"], "Anna sover.", (), id="not the child's own"),
        pytest.param(["liv"], "Det handler om liv.", (), id="written without the capital letter of a name"),
        pytest.param(["Emil Solberg", "Liv Solberg"], "Liv og Emil.", ("Emil", "Liv"), id="several, by the alphabet"),
        pytest.param(["Emil Solberg", "Liv Solberg"], "Liv sover.", ("Liv",), id="one of several"),
        pytest.param(["", "Emil"], "Broren sover.", (), id="told of without a name"),
    ],
)
def test_who_is_named(siblings: list[str], text: str, named: tuple[str, ...]) -> None:
    assert family.siblings_named(siblings, child="Anna Solberg", texts=[text]) == named


@given(WORDS)
def test_only_those_who_stand_there_are_named(words: list[str]) -> None:
    found = family.siblings_named(["Emil Solberg", "Liv Solberg"], child="Anna Solberg", texts=[" ".join(words)])
    assert set(found) == {name for name in ("Emil", "Liv") if name in words}
