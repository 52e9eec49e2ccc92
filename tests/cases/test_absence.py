"""Who has a contact person's cases while they are away: the rule as tables, and what always holds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases.absence import Away, covered_by, problems, stands_in

TODAY = date(2026, 11, 2)
AT_WORK = frozenset({"kari", "leif", "tuva", "anne"})


def away(person: str, cover: str, begins: int = 0, days: int = 7) -> Away:
    from_on = TODAY + timedelta(days=begins)
    return Away(person, cover, from_on, from_on + timedelta(days=days))


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        pytest.param([], "kari", id="nobody is away"),
        pytest.param([away("kari", "leif")], "leif", id="a colleague covers"),
        pytest.param([away("kari", "leif", begins=1)], "kari", id="not yet"),
        pytest.param([away("kari", "leif", begins=-7)], "kari", id="the first day back"),
        pytest.param([away("kari", "leif", begins=-6)], "leif", id="the last day away"),
        pytest.param([away("kari", "leif"), away("leif", "tuva")], "tuva", id="who covers is away too"),
        pytest.param([away("kari", "leif"), away("leif", "kari")], None, id="they cover for each other"),
        pytest.param([away("kari", "gone")], None, id="who covers has left"),
    ],
)
def test_who_stands_in(absences: list[Away], expected: str | None) -> None:
    assert stands_in("kari", absences=absences, at_work=AT_WORK, on=TODAY) == expected


def test_one_who_has_left_has_no_cases() -> None:
    assert stands_in("gone", absences=[], at_work=AT_WORK, on=TODAY) is None


@pytest.mark.parametrize(
    ("new", "field", "said"),
    [
        (away("kari", "kari"), "cover_id", "Velg en annen enn den som er borte."),
        (away("kari", "gone"), "cover_id", "Velg en som arbeider i barneverntjenesten nå."),
        (away("kari", "leif", begins=5), "cover_id", "Den du har valgt, er selv borte i perioden. Velg en annen."),
        (away("kari", "tuva", days=0), "back_on", "Første dag tilbake må være etter første dag borte."),
        (away("kari", "tuva", begins=-7), "back_on", "Perioden er alt over. Sjekk datoen."),
        (away("kari", "anne", days=367), "back_on", "Det er mer enn et år. Overfør sakene i stedet."),
        (away("kari", "tuva", begins=367), "from_on", "Datoen er mer enn et år fram. Sjekk året."),
        (away("tuva", "kari", begins=20), "from_on", "Fravær er alt skrevet inn i denne perioden."),
    ],
)
def test_what_is_refused_says_why(new: Away, field: str, said: str) -> None:
    before = [away("leif", "tuva", begins=10), away("tuva", "leif", begins=25)]
    found = problems(new, absences=before, at_work=AT_WORK, today=TODAY)
    assert str(found[field]) == said
    assert [name for name, problem in found.items() if problem] == [field]


def test_who_covers_for_another_may_go_away_and_the_cases_follow() -> None:
    before = [away("kari", "leif")]
    new = away("leif", "tuva", begins=2, days=2)
    assert not any(problems(new, absences=before, at_work=AT_WORK, today=TODAY).values())
    on = TODAY + timedelta(days=3)
    assert covered_by("tuva", absences=[*before, new], at_work=AT_WORK, on=on) == {"kari", "leif"}


PEOPLE = st.sampled_from(("kari", "leif", "tuva", "gone"))
SOME = st.lists(st.builds(away, PEOPLE, PEOPLE, st.integers(-9, 9), st.integers(1, 9)), max_size=6)


@given(absences=SOME, person=PEOPLE)
def test_whoever_stands_in_is_at_work_and_there(absences: list[Away], person: str) -> None:
    found = stands_in(person, absences=absences, at_work=AT_WORK, on=TODAY)
    assert found is None or found in AT_WORK
    assert not any(one.person == found and one.holds(TODAY) for one in absences)


@given(absences=SOME)
def test_nobodys_cases_are_with_two(absences: list[Away]) -> None:
    """Everybody's cases are with the one who stands in for them, and with nobody else."""
    for person in AT_WORK:
        has = [one for one in AT_WORK if person in covered_by(one, absences=absences, at_work=AT_WORK, on=TODAY)]
        expected = stands_in(person, absences=absences, at_work=AT_WORK, on=TODAY)
        assert has == ([] if expected in (None, person) else [expected])
