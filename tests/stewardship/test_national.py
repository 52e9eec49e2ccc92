"""What is decided for the whole country: what the file says and refuses, the picture of the plan, and the page."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grunnmur.cases.definition import definitions
from grunnmur.stewardship.national import FILE, National, national
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
