"""What is decided for the whole country: what the file says and refuses, the picture of the plan, and the page."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from demo import cast
from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.stewardship import implementation
from grunnmur.stewardship.models import TaskReport
from grunnmur.stewardship.national import FILE, National, national
from grunnmur.stewardship.steps import newest, plan, steps_of
from grunnmur.stewardship.terms import StepStanding, Track
from grunnmur.web.timeline import WIDTH, timeline
from tests.web.reading import page, text


def test_every_source_is_known_and_as_official_as_it_can_be() -> None:
    found = national()
    sources = [found.plan.source, found.responsible.source, found.kinds.source, *(one.source for one in found.products)]
    for source in sources:
        assert definitions().source(source.key).kind.can_be_official is source.official is True


def test_the_plan_of_2023_is_whole_and_invents_no_month() -> None:
    plan = national().plan
    assert (plan.year, len(plan.activities)) == (2023, 7)
    assert [one.key for one in plan.activities if one.months is None] == ["informasjon", "konferanse", "evaluering"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("months: [2, 6]", "months: [6, 2]", "ends before it begins"),
        ("months: [6, 12]", "months: [6, 13]", "less than or equal to 12"),
        ("kind: veileder", "kind: bok", "no such kind"),
        ("year: 2023", "years: 2023", "Extra inputs"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, says: str) -> None:
    wrong = FILE.read_text(encoding="utf-8").replace(old, new, 1)
    with pytest.raises(ValidationError, match=says):
        National.model_validate(yaml.safe_load(wrong))


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)).map(lambda two: (min(two), max(two))), max_size=9))
def test_every_bar_is_inside_the_picture_and_as_long_as_its_months(rows: list[tuple[int, int]]) -> None:
    picture = timeline([(str(number), months) for number, months in enumerate(rows)])
    for bar, (first, last) in zip(picture.bars, rows, strict=True):
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.001
        assert bar.width == pytest.approx((last - first + 1) * WIDTH / 12)
        assert bar.y + picture.bar <= picture.height


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["kari", "per", "stein", "marit"])
def test_everybody_who_works_here_reads_it(client_of: Callable[[str], Any], who: str) -> None:
    found = page(client_of(who).get("/nasjonalt/"))
    said = text(found)
    for words in (
        "februar til juni",
        "16.02.2023",
        "vinter 2023",
        "kilden sier ikke når",
        "ikke funnet",
        "2023, fra 16.02.2023",
    ):
        assert words in said
    assert found.svg.title.get_text() == "Planen for innføring i 2023"
    assert len(found.svg.find_all("rect")) == 4


def by_the_rule() -> dict[tuple[Track, int], int]:
    """How many municipalities have reached each step, as the rule says of each one by itself."""
    counted: Counter[tuple[Track, int]] = Counter()
    for place in set(TaskReport.objects.values_list("municipality", flat=True)):
        last = newest(implementation.said(place), on=date.max)
        for track in Track:
            stands = enumerate(steps_of(last, track, plan().steps, on=clock.today()), 1)
            counted.update((track, number) for number, one in stands if one is StepStanding.REACHED)
    return counted


def test_how_far_the_country_has_come_is_told_to_all_who_work_here_and_names_no_municipality(
    client_of: Callable[[str], Any], as_admin: Any
) -> None:
    with as_admin():
        expected, said = by_the_rule(), set(TaskReport.objects.values_list("municipality__name", flat=True))
    assert len(said) == 6 and max(expected.values()) > 1
    for key in ("kari", "eva", "stein"):
        card = page(client_of(key).get("/nasjonalt/")).select("#status")[0]
        assert "6 kommuner har skrevet her" in card.get_text() and not any(name in card.get_text() for name in said)
        cells = {
            (track, number): cell.select(":scope > span")[-1].get_text(strip=True)
            for track, row in zip(Track, card.select("tbody tr"), strict=True)
            for number, cell in enumerate(row.select("td"), 1)
        }
        assert cells == {which: str(expected.get(which, 0)) for which in cells} and len(cells) == 36


@pytest.mark.parametrize("change", ["not ours alone", "not ours beside what is done", "done and taken up again"])
def test_a_step_is_counted_as_the_rule_says_of_it(acting: Any, as_admin: Any, change: str) -> None:
    step = plan().steps[0]
    first, *others = [one.key for one in step.of(Track.BUFETAT)]
    with as_admin():
        TaskReport.objects.filter(track=Track.BUFETAT).delete()
        by = {"recorded_at": clock.now(), "recorded_by_id": cast.get("leif").person_id}

        def say(task: str, version: int, answer: str) -> None:
            of = {"municipality_id": "4202", "track": Track.BUFETAT, "task": task, "version": version, "answer": answer}
            done = {"who": "x", "done_on": date(2025, 1, 1), "shown_by": "x"}
            more = {"done": done, "not_ours": {"why": "x"}, "under_way": {"who": "x", "due_on": date(2099, 1, 1)}}
            TaskReport.objects.create(**of, **more[answer], **by)

        for task in others:
            say(task, 1, "not_ours")
        say(first, 1, "not_ours" if change == "not ours alone" else "done")
        if change == "done and taken up again":
            say(first, 2, "under_way")
        expected = by_the_rule()
    assert expected[Track.BUFETAT, 1] == (1 if change == "not ours beside what is done" else 0)
    with acting("kari"):
        found = implementation.in_the_nation()
    assert found and {which: times for which, times in found.reached.items() if times} == expected


def test_nothing_is_told_of_fewer_than_five_municipalities_or_to_nobody(
    client_of: Callable[[str], Any], acting: Any, as_admin: Any
) -> None:
    assert implementation.in_the_nation() is None, "nobody has logged in"
    with as_admin():
        places = sorted(set(TaskReport.objects.values_list("municipality", flat=True)))
    for fewer, told in ((places[0], 5), (places[1], None)):
        with as_admin():
            TaskReport.objects.filter(municipality=fewer).delete()
        with acting("kari"):
            found = implementation.in_the_nation()
        assert (found.places if found else None) == told
    assert "når minst fem kommuner har skrevet" in text(page(client_of("kari").get("/nasjonalt/")))
