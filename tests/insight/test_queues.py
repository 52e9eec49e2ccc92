"""What a service is taken to be by the frozen figures, what is asked for when they do not tell, what is foretold."""

from dataclasses import replace
from itertools import accumulate

import pytest

from grunnmur.insight.capacity import (
    FEWEST,
    PLAYABLE,
    Outlook,
    Service,
    Stretch,
    as_usual,
    by_stretch,
    play,
    share_within,
)
from grunnmur.insight.halves import Half
from grunnmur.insight.indicators import indicators
from grunnmur.insight.queues import (
    CHECKED,
    HALF_YEAR,
    MOST_WAITING,
    QUEUES,
    Basis,
    Own,
    Question,
    Queue,
    Seen,
    answer,
    basis,
    check,
    faults,
    fit,
    mean_held,
    seen,
    unbroken,
)

TWO = Queue("to", "to", (("short", 14), ("middle", 42)), held="hold")
ONE = Queue("en", "en", (("in_time", 14),))
QUICK = Queue("rask", "rask", (("short", 3), ("middle", 10)))
HALVES = list(
    accumulate(range(6), lambda half, _: Half(half.year + half.number - 1, 3 - half.number), initial=Half(2028, 1))
)[:6]
TRUE = Service(4, 40)
PER_DAY = 0.09
BUSY = Service(5, 6.2)
JULY = 7


def exactly(queue: Queue, service: Service = TRUE, *, asked: int = 10_000, half: Half = HALVES[0]) -> Seen:
    """The figures that a service would leave, when so many ask that nothing is chance, at the rate of `PER_DAY`."""
    return Seen(half, asked, tuple(round(asked * share_within(days, PER_DAY, service)) for _, days in queue.within))


def small(queue: Queue, service: Service = TRUE) -> Seen:
    """The same with as many who ask as the rate gives in a half-year; the shares are not rounded."""
    asked = PER_DAY * HALF_YEAR
    shares = tuple(asked * share_within(days, PER_DAY, service) for _, days in queue.within)
    return Seen(HALVES[0], asked, shares)  # type: ignore[arg-type]


def test_each_queue_is_counted_by_an_indicator_that_has_its_categories() -> None:
    assert len({one.key for one in QUEUES}) == len(QUEUES)
    for one in QUEUES:
        for key in filter(None, (one.indicator, one.held)):
            labels = list(indicators().get(key).labels("nb"))
            assert labels[: len(one.within)] == [category for category, _days in one.within], key
        assert [days for _, days in one.within] == sorted(days for _, days in one.within)


@pytest.mark.parametrize(
    ("whole", "by", "expected"),
    [
        pytest.param(30, {"short": 10, "middle": 12, "not_yet": 8}, (10, 22), id="each with those before it"),
        pytest.param(30, {"short": 0, "middle": 12, "not_yet": None}, (0, 12), id="the rest may be hidden"),
        pytest.param(30, {"short": None, "middle": 12, "not_yet": 8}, None, id="one is hidden"),
        pytest.param(30, {"short": 10, "middle": None, "not_yet": 8}, None, id="the other is hidden"),
        pytest.param(None, {"short": 10, "middle": 12, "not_yet": 8}, None, id="how many asked is hidden"),
        pytest.param(0, {"short": 0, "middle": 0, "not_yet": 0}, None, id="nobody asked, or it was not counted then"),
    ],
)
def test_a_half_year_tells_when_nothing_that_is_needed_is_hidden(
    whole: int | None, by: dict[str, int | None], expected: tuple[int, ...] | None
) -> None:
    found = seen(TWO, HALVES[0], whole, by)
    assert (found and found.within) == expected
    assert found is None or (found.asked, found.half) == (whole, HALVES[0])


def test_the_service_that_made_the_figures_is_found_again() -> None:
    found = fit(TWO, [small(TWO)])
    assert found and found.places == 4 and found.days_each == pytest.approx(40, rel=0.01)
    by_hand = fit(TWO, [small(TWO)], places=4)
    assert by_hand and by_hand.days_each == pytest.approx(40, rel=0.01)
    with_held = fit(ONE, [small(ONE)], held=40)
    assert with_held and with_held.places == 4 and with_held.days_each == pytest.approx(40, rel=0.01)
    assert found.waiting == round(as_usual(PER_DAY, TRUE).waiting) and found.holding == 4


def test_one_time_alone_does_not_tell_how_many_places_there_are() -> None:
    assert fit(ONE, [small(ONE)]) is None
    found = fit(ONE, [small(ONE)], places=2)
    assert found and share_within(14, PER_DAY, found) == pytest.approx(share_within(14, PER_DAY, TRUE), abs=0.001)


def test_when_all_or_none_have_their_turn_in_time_nothing_is_told() -> None:
    for within in ((20, 20), (0, 0)):
        assert fit(TWO, [Seen(HALVES[0], 20, within)]) is None
    assert fit(TWO, []) is None


def test_half_years_are_taken_together() -> None:
    apart = [Seen(HALVES[0], 10, (2, 6)), Seen(HALVES[1], 30, (18, 26))]
    together = [Seen(HALVES[0], 20, (10, 16))] * 2
    assert fit(TWO, apart) == fit(TWO, together)
    assert mean_held(TWO, apart) == mean_held(TWO, together)


def test_how_long_a_place_is_held_is_told_by_the_longest_time_that_not_all_are_within() -> None:
    assert mean_held(TWO, []) is None
    assert mean_held(TWO, [Seen(HALVES[0], 100, (20, 63))]) == pytest.approx(42.2, abs=0.1)
    assert mean_held(TWO, [Seen(HALVES[0], 100, (63, 100))]) == pytest.approx(14.1, abs=0.1)
    assert mean_held(TWO, [Seen(HALVES[0], 100, (100, 100))]) is None


# --- what an answer builds on -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "missing"),
    [
        pytest.param(Own(), ["asked", "places", "days_each"], id="nothing"),
        pytest.param(Own(asked=20), ["places", "days_each"], id="how many ask"),
        pytest.param(Own(asked=20, places=3), ["days_each"], id="and how many places"),
        pytest.param(Own(asked=20, places=3, days_each=40), ["waiting"], id="too full to tell how many wait"),
    ],
)
def test_without_figures_it_is_said_what_must_be_written(own: Own, missing: list[str]) -> None:
    assert basis(TWO, [], None, own) == missing


def test_where_the_figures_tell_all_but_the_places_only_they_are_asked_for() -> None:
    assert basis(ONE, [small(ONE)], None, Own()) == ["places"]
    found = basis(ONE, [small(ONE)], None, Own(places=4))
    assert isinstance(found, Basis) and found.service.days_each == pytest.approx(40, rel=0.01)


def test_what_is_written_is_taken_and_the_rest_is_told_by_the_figures() -> None:
    figures = [small(TWO)]
    told = basis(TWO, figures, None, Own())
    assert isinstance(told, Basis) and told.asked == figures[0].asked and told.service.places == 4
    own = basis(TWO, figures, None, Own(asked=50, places=6, days_each=21, waiting=9))
    assert own == Basis(50, Service(6, 21, waiting=9, holding=6))
    without = basis(TWO, [], None, Own(asked=18.25, places=3, days_each=14))
    assert without == Basis(18.25, Service(3, 14, waiting=0, holding=1))
    places = basis(TWO, figures, None, Own(places=2))
    assert isinstance(places, Basis) and places.service == fit(TWO, figures, places=2)
    again = basis(TWO, figures, None, Own(waiting=0))
    assert isinstance(again, Basis) and (again.service.waiting, again.service.holding) == (0, 4)


def test_how_it_is_now_is_told_by_the_last_year_alone() -> None:
    series = [Seen(HALVES[0], 40, (4, 9)), Seen(HALVES[1], 10, (4, 7)), Seen(HALVES[2], 20, (6, 13))]
    found = basis(TWO, series, None, Own())
    assert isinstance(found, Basis) and found.asked == 15
    assert found.service == fit(TWO, series[1:]) != fit(TWO, series)
    gap = basis(TWO, [series[0], series[2]], None, Own())
    assert isinstance(gap, Basis) and gap.asked == 20 and gap.service == fit(TWO, series[2:])


def test_nobody_is_taken_to_wait_in_thousands() -> None:
    found = fit(TWO, [Seen(HALVES[0], 5000, (40, 130))])
    assert found and found.waiting == MOST_WAITING


# --- how well it foretells --------------------------------------------------------------------------------------------


def played(*services: Service, per_half: int = 120, seed: str = "world") -> list[Seen]:
    """The figures of six half-years that were played, each service for as long, from what is usual."""
    found: list[Seen] = []
    for number, service in enumerate(services):
        halves = HALVES[number * 6 // len(services) : (number + 1) * 6 // len(services)]
        stretches = [Stretch(HALF_YEAR, per_half / HALF_YEAR)] * len(halves)
        start = as_usual(per_half / HALF_YEAR, BUSY)
        waits = by_stretch(play(stretches, start, service, seed=f"{seed} {number}"), stretches)
        for half, days in zip(halves, waits, strict=True):
            within = tuple(sum(one <= most for one in days) for _, most in QUICK.within)
            found.append(Seen(half, len(days), within))
    return found


def test_what_goes_on_as_before_is_foretold() -> None:
    service = BUSY
    inside = [
        one.is_inside
        for number in range(4)
        if (found := check(QUICK, played(service, seed=f"world {number}"), BUSY.days_each, Own(), seed="x"))
        for one in found.foretold
    ]
    assert len(inside) == 12
    assert sum(inside) >= 6, "eight of ten would be, were nothing learnt from few half-years"


def test_that_a_service_has_become_another_is_seen() -> None:
    found = check(QUICK, played(BUSY, Service(5, 9)), BUSY.days_each, Own(), seed="x")
    assert found and found.learnt == 3 and [one.half for one in found.foretold] == HALVES[3:]
    assert not any(one.is_inside for one in found.foretold[1:]), "a queue takes some time to grow"


@pytest.mark.parametrize("number", [0, 1])
def test_one_half_year_foretells_nothing(number: int) -> None:
    assert check(QUICK, played(BUSY)[:number], BUSY.days_each, Own(), seed="x") is None


def test_a_half_year_that_is_hidden_breaks_the_series() -> None:
    series = played(BUSY)
    assert unbroken(series) == series
    assert unbroken([*series[:2], *series[3:]]) == series[3:]
    found = check(QUICK, [*series[:4], series[5]], BUSY.days_each, Own(), seed="x")
    assert found is None


def test_no_more_is_tried_than_there_is_time_for() -> None:
    half = CHECKED // (3 * FEWEST)
    many = [replace(one, asked=half, within=(half // 2, half - 10)) for one in played(BUSY)]
    found = check(QUICK, many, BUSY.days_each, Own(), seed="x")
    assert found and (found.learnt, [one.half for one in found.foretold]) == (2, HALVES[-1:])
    assert check(QUICK, [replace(one, asked=3 * half) for one in many], BUSY.days_each, Own(), seed="x") is None


# --- what is asked about ----------------------------------------------------------------------------------------------


NOW = Basis(30, Service(4, 20, waiting=4, holding=4))


def high(found: Outlook | None) -> float:
    """What nine of ten wait at most."""
    assert found and found.whole
    return found.whole.high


def test_nothing_asked_about_is_the_year_as_it_is() -> None:
    found = answer(NOW, Question(season="busy_autumn"), seed="x")
    assert found.changed is None and found.as_it_is.courses > FEWEST
    assert found == answer(NOW, Question(season="busy_autumn"), seed="x") != answer(NOW, Question(), seed="x")


def test_each_question_is_answered_the_way_that_it_must_be() -> None:
    questions = (Question(more=1), Question(more=-1), Question(times=2.0), Question(more=1, times=2.0))
    more, fewer, twice, both = (answer(NOW, one, seed="x") for one in questions)
    usual = more.as_it_is
    assert [one.as_it_is for one in (fewer, both)] == [usual] * 2, "what is asked about changes no other year"
    assert high(more.changed) < high(usual) < high(fewer.changed)
    assert high(more.changed) < high(usual) < high(both.changed) < high(twice.changed)


def test_june_knows_nothing_of_july() -> None:
    found = answer(NOW, Question(closed=JULY), seed="x")
    usual, closed = found.as_it_is.waiting, found.changed.waiting if found.changed else ()
    assert closed[: JULY - 1] == usual[: JULY - 1]
    assert closed[JULY - 1].middle > usual[JULY - 1].middle
    assert high(found.changed) > high(found.as_it_is)


@pytest.mark.parametrize(
    ("found", "question", "expected"),
    [
        pytest.param(NOW, Question(more=-3), [], id="one place left"),
        pytest.param(NOW, Question(more=-4), ["places"], id="none left"),
        pytest.param(Basis(PLAYABLE / 2, Service(9, 3)), Question(), [], id="as many as there is time for"),
        pytest.param(Basis(PLAYABLE / 2, Service(9, 3, waiting=1)), Question(), ["asked"], id="and one who waits"),
        pytest.param(Basis(PLAYABLE / 4, Service(9, 3)), Question(times=2.0), [], id="twice as many"),
        pytest.param(Basis(PLAYABLE / 4 + 1, Service(9, 3)), Question(times=2.0), ["asked"], id="twice, and one more"),
        pytest.param(Basis(PLAYABLE, Service(9, 3)), Question(times=0.5), ["asked"], id="the year as it is, is too"),
        pytest.param(Basis(PLAYABLE, Service(1, 3)), Question(more=-1), ["places", "asked"], id="both"),
    ],
)
def test_what_cannot_be_answered_is_said(found: Basis, question: Question, expected: list[str]) -> None:
    assert list(faults(found, question)) == expected
