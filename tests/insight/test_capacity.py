"""A service as a queue: held against what is known exactly, and against what must hold in every course there is."""

from itertools import accumulate, pairwise
from math import sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grunnmur.insight import capacity
from grunnmur.insight.capacity import (
    BUDGET,
    FEWEST,
    MONTHS,
    MOST,
    PLAYABLE,
    SEASONS,
    Child,
    Run,
    Service,
    Span,
    Stretch,
    as_usual,
    by_stretch,
    calibrate,
    courses,
    courses_for,
    mean_of,
    mean_waiting,
    outlook,
    play,
    share_within,
    span,
    usual_waiting,
    waits_at_all,
    year,
)

NEAR = 1e-6
JULY = 7
STRETCHES = st.lists(
    st.builds(Stretch, st.sampled_from((7.0, 30.0, 31.0)), st.sampled_from((0.0, 0.1, 0.5, 2.0)), st.booleans()),
    min_size=1,
    max_size=6,
)
SERVICES = st.builds(
    Service, st.integers(1, 6), st.sampled_from((0.5, 5.0, 40.0)), waiting=st.integers(0, 5), holding=st.integers(0, 6)
)
SEEDS = st.integers(0, 1000).map(str)


# --- what is known exactly --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "load", "known"),
    [
        pytest.param(1, 0.5, 0.5, id="one place: the share of time that it is held"),
        pytest.param(2, 1.0, 1 / 3, id="two places, half held"),
        pytest.param(3, 2.0, 4 / 9, id="three places, two thirds held"),
        pytest.param(5, 4.0, 0.5541, id="five places"),
        pytest.param(10, 8.0, 0.4092, id="ten places, as full as the five"),
        pytest.param(2, 2.0, 1.0, id="as many as it can: everybody"),
        pytest.param(2, 3.0, 1.0, id="more than it can: everybody"),
    ],
)
def test_the_share_who_wait_is_as_in_tables_of_erlangs_c(places: int, load: float, known: float) -> None:
    assert waits_at_all(load / 7, Service(places, 7)) == pytest.approx(known, abs=5e-5)


def test_one_place_by_hand() -> None:
    """M/M/1 with one who asks every ten days and five days each: half wait, (ρ²/(1-ρ)) = 0.5 of them at a time."""
    service = Service(1, 5)
    assert mean_waiting(0.1, service) == pytest.approx(0.5)
    assert share_within(0, 0.1, service) == pytest.approx(0.5)
    assert share_within(10, 0.1, service) == pytest.approx(1 - 0.5 * 2.718281828**-1)
    assert (share_within(10, 0.3, service), mean_waiting(0.3, service)) == (0.0, float("inf"))


@pytest.mark.parametrize(
    ("full", "known"),
    [
        pytest.param(0.0, 0, id="nobody asks"),
        pytest.param(0.7, 0, id="half of the time nobody waits: 0.7² is less than a half"),
        pytest.param(0.75, 1, id="0.75³ is, and 0.75² is not"),
        pytest.param(0.9, 5, id="0.9⁷ is, and 0.9⁶ is not; the mean is 8"),
        pytest.param(1.0, float("inf"), id="as many as it can"),
    ],
)
def test_how_many_wait_half_of_the_time_by_hand(full: float, known: float) -> None:
    """M/M/1: more than k wait with the probability that the place is held, to the power of k + 2."""
    assert usual_waiting(full / 7, Service(1, 7)) == known


FULL = [
    pytest.param(0.11, Service(1, 7), id="one place, three quarters held"),
    pytest.param(0.36, Service(3, 7), id="three places, more than four fifths held"),
    pytest.param(1.0, Service(8, 7), id="eight places, nearly nine tenths held"),
]


@pytest.mark.parametrize(("per_day", "service"), FULL)
def test_played_for_long_it_comes_to_what_is_known_exactly(per_day: float, service: Service) -> None:
    """The means of forty courses lie around the true one as their own spread says, and a wrong model outside it."""
    stretches = [Stretch(700, per_day), Stretch(2500 / per_day**0.5, per_day), Stretch(1, 0)]
    start = as_usual(per_day, service)
    runs = [by_stretch(run, stretches)[1] for run in courses(stretches, start, start, number=40, seed="long")]
    waited = [mean(waits) for waits in runs]
    soon = [sum(wait <= 7 for wait in waits) / len(waits) for waits in runs]

    def exactly(one: Service) -> tuple[float, float]:
        return mean_waiting(per_day, one) / per_day, share_within(7, per_day, one)

    for number, found in enumerate((waited, soon)):
        error = 4 * stdev(found) / sqrt(len(found))
        assert abs(mean(found) - exactly(service)[number]) < error
        wrong = (Service(service.places + 1, 7), Service(service.places, 7 * 0.9), Service(service.places, 7 * 1.1))
        for other in wrong:
            assert abs(mean(found) - exactly(other)[number]) > error, "it would be seen"


@given(st.floats(0.01, 3), st.sampled_from((7, 14, 42)), st.floats(0.05, 0.99), st.integers(1, 20))
def test_what_is_calibrated_has_the_share_that_it_was_calibrated_by(
    per_day: float, days: int, share: float, places: int
) -> None:
    found = calibrate(per_day, days, share, places)
    assert found and found.places == places
    assert share_within(days, per_day, found) == pytest.approx(share, abs=1e-4)
    assert found.holding <= places and (not found.waiting or found.holding == places)


@pytest.mark.parametrize(("per_day", "share"), [(0.0, 0.5), (1.0, 0.0), (1.0, 1.0)])
def test_nothing_is_calibrated_by_all_or_none(per_day: float, share: float) -> None:
    assert calibrate(per_day, 14, share, 3) is None
    assert mean_of(14, round(share)) is None


def test_the_mean_of_a_time_is_told_by_the_share_that_is_over() -> None:
    assert mean_of(14, 1 - 2.718281828**-0.5) == pytest.approx(28)


# --- one course -------------------------------------------------------------------------------------------------------


@given(STRETCHES, SERVICES, SERVICES, SEEDS)
@settings(max_examples=60)
def test_nobody_is_lost_and_nobody_passes_another(
    stretches: list[Stretch], now: Service, then: Service, seed: str
) -> None:
    run = play(stretches, now, then, seed=seed)
    assert sum(not child.asked for child in run.children) == now.waiting + now.holding
    for end, waiting in zip(accumulate(one.days for one in stretches), run.waiting, strict=True):
        # Whoever begins as it opens may be seen before or after.
        assert waiting >= sum(child.asked <= end < child.begun - NEAR for child in run.children)
        assert waiting <= sum(child.asked <= end < child.begun + NEAR for child in run.children)
    for one, other in pairwise(run.children):
        assert one.asked <= other.asked and one.begun <= other.begun
    assert all(child.begun >= child.asked for child in run.children)
    assert sum(map(len, by_stretch(run, stretches))) == sum(child.asked > 0 for child in run.children)


@given(STRETCHES, SERVICES, SEEDS, st.integers(1, 4))
@settings(max_examples=60)
def test_with_more_places_nobody_has_their_turn_later(
    stretches: list[Stretch], now: Service, seed: str, more: int
) -> None:
    few = play(stretches, now, now, seed=seed)
    many = play(stretches, now, Service(now.places + more, now.days_each), seed=seed)
    for one, other in zip(few.children, many.children, strict=True):
        assert one.asked == other.asked and other.begun <= one.begun + NEAR
    assert all(more_places <= fewer for more_places, fewer in zip(many.waiting, few.waiting, strict=True))


@given(st.sampled_from((0.1, 0.5, 2.0)), SERVICES, SEEDS, st.sampled_from((1.5, 2.0, 3.0)))
@settings(max_examples=60)
def test_when_more_ask_nobody_waits_shorter(per_day: float, service: Service, seed: str, times: float) -> None:
    few, many = (play([Stretch(120, one)], service, service, seed=seed).children for one in (per_day, per_day * times))
    assert len(many) >= len(few)
    for one, other in zip(few, many, strict=False):
        assert other.wait >= one.wait - NEAR


@given(SERVICES, SEEDS, st.sampled_from((0.05, 0.3, 1.0)))
@settings(max_examples=40)
def test_while_it_is_closed_nobody_begins_and_nobody_gains(service: Service, seed: str, per_half_day: float) -> None:
    open_all, shut = (year(per_half_day * 182.5, "even", closed) for closed in ((), [JULY]))
    one, other = (play(stretches, service, service, seed=seed).children for stretches in (open_all, shut))
    first, last = sum(MONTHS[: JULY - 1]), sum(MONTHS[:JULY])
    assert not [child for child in other if first <= child.begun < last - NEAR]
    for child, same in zip(one, other, strict=True):
        assert same.asked == child.asked and same.begun >= child.begun - NEAR
        assert child.begun >= first or same.begun == pytest.approx(child.begun), "what is not known yet changes nothing"


def test_who_has_begun_stands_still_while_it_is_closed() -> None:
    """One place and nobody new: the same order and the same times, with the closed days put in between."""
    service = Service(1, 20, waiting=6, holding=1)
    run, shut = (
        play(
            [Stretch(40, 0), Stretch(50, 0, closed), Stretch(10, 0, closed), Stretch(99, 0)], service, service, seed="x"
        )
        for closed in (False, True)
    )
    begun = [child.begun for child in run.children]
    assert any(day < 40 for day in begun) and any(day > 40 for day in begun)
    assert [child.begun for child in shut.children] == pytest.approx([day + 60 * (day > 40) for day in begun])


@pytest.mark.parametrize(("per_day", "service"), FULL)
def test_those_who_wait_are_as_many_as_ask_times_how_long_they_wait(per_day: float, service: Service) -> None:
    """Little's law, over a time that begins and ends with nobody waiting; the queue is looked at once a day.

    A child who waits w days is in it at w of those looks, one more or less: by chance alone, for the looks are at whole
    days and children come at any time.
    """
    stretches = [*[Stretch(1, per_day)] * 1500, *[Stretch(1, 0)] * 800]
    run = play(stretches, service, service, seed="little")
    assert not run.waiting[-1] and max(run.waiting) > 5
    waits = [child.wait for child in run.children]
    assert abs(sum(run.waiting) - sum(waits)) < 4 * sqrt(len(waits)) / 2
    assert 4 * sqrt(len(waits)) / 2 < sum(waits) / 20, "a twentieth too many or too few would be seen"


@pytest.mark.parametrize(("per_day", "service"), FULL)
def test_a_service_that_is_as_usual_goes_on_so(per_day: float, service: Service) -> None:
    """In half of the courses no more wait at the end than at the beginning; and in half no fewer."""
    stretches, start = [Stretch(365, per_day)], as_usual(per_day, service)
    ends = [run.waiting[0] for run in courses(stretches, start, start, number=MOST, seed="usual")]
    chance = 4 * sqrt(MOST / 4)
    assert sum(end <= start.waiting for end in ends) > MOST / 2 - chance
    assert sum(end >= start.waiting for end in ends) > MOST / 2 - chance
    mean_of_all = round(mean_waiting(per_day, service))
    assert sum(end >= mean_of_all for end in ends) < MOST / 2, "fewer than the mean are usual"


def test_the_same_seed_gives_the_same_answer_and_another_gives_another() -> None:
    stretches, service = year(20, "even"), Service(3, 30, waiting=2, holding=3)
    one, same, other = (
        outlook(courses(stretches, service, service, number=30, seed=seed), stretches) for seed in ("a", "a", "b")
    )
    assert one == same != other


# --- many courses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("season", SEASONS)
def test_a_year_has_as_many_in_every_season(season: str) -> None:
    made = year(45, season, [JULY])
    assert [one.days for one in made] == list(MONTHS) and sum(MONTHS) == 365
    assert sum(one.days * one.per_day for one in made) == pytest.approx(90)
    assert [one.is_closed for one in made] == [month == JULY for month in range(1, 13)]
    asked = [len([1 for child in play(made, S, S, seed=str(n)).children if child.asked]) for n in range(200)]
    assert abs(mean(asked) - 90) < 4 * sqrt(90 / 200)
    assert 0.6 < stdev(asked) ** 2 / 90 < 1.5, "as a Poisson process varies"


S = Service(1, 1)


def test_a_season_has_its_months() -> None:
    quiet = year(45, "quiet_summer")
    assert quiet[6].per_day == pytest.approx(quiet[0].per_day / 2)
    asked = [child.asked for n in range(100) for child in play(quiet, S, S, seed=str(n)).children]
    july = sum(181 <= day < 212 for day in asked)
    assert abs(july - 100 * 31 * quiet[6].per_day) < 4 * sqrt(july)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        pytest.param([], None, id="none"),
        pytest.param([3], Span(3, 3, 3), id="one"),
        pytest.param(range(1, 11), Span(1, 5, 9), id="ten"),
        pytest.param([*range(1, 101)][::-1], Span(10, 50, 90), id="a hundred, in any order"),
    ],
)
def test_eight_of_ten_are_between(numbers: list[float], expected: Span | None) -> None:
    assert span(numbers) == expected


def test_what_many_courses_tell_by_hand() -> None:
    stretches = [Stretch(10, 1), Stretch(10, 1), Stretch(10, 0)]
    runs = [
        Run((Child(0, 5), Child(1, 5), Child(10, 13)), (0, 1, 0)),
        Run((Child(2, 3), Child(9.5, 11.5)), (4, 3, 0)),
    ]
    assert by_stretch(runs[0], stretches) == [[4], [3], []]
    assert outlook(runs, stretches) == capacity.Outlook(
        waiting=(Span(0, 0, 4), Span(1, 1, 3), Span(0, 0, 0)),
        days=(Span(1, 2, 4), Span(3, 3, 3), None),
        whole=Span(1, 2, 4),
        courses=2,
    )


def test_an_answer_is_never_more_work_than_there_is_time_for() -> None:
    small, large = ([Stretch(365, number / 365)] for number in (10, PLAYABLE))
    assert courses_for(small, S, budget=BUDGET // 2) == MOST
    assert courses_for(large, S, budget=BUDGET // 2) == FEWEST
    assert courses_for([Stretch(365, 1)], S, budget=36500) == 100


def test_where_it_is_known_how_many_asked_just_as_many_do() -> None:
    stretches = [Stretch(20, 0.6), Stretch(30, 0), Stretch(10, 2)]
    runs = courses(stretches, S, S, number=2, seed="x", is_counted=True)
    assert [[len(waits) for waits in by_stretch(run, stretches)] for run in runs] == [[12, 0, 20]] * 2
    assert runs[0] != runs[1]
