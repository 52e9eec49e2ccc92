"""The day of the tables, and an instant that is ahead whichever day a test is run."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from grunnmur import clock
from tests.stewardship.country import country
from tests.stewardship.day import DAY

__all__ = ["ahead", "country", "noon"]


@pytest.fixture
def noon(travel: Callable[[datetime], None]) -> None:
    """The program and the database both stand at the day of the tables."""
    travel(datetime.combine(DAY, time(12), clock.OSLO))


@pytest.fixture
def ahead() -> datetime:
    """Tomorrow by the machine's own clock: the database takes what has been by that one too (`sec.has_been`)."""
    return datetime.now(clock.OSLO) + timedelta(days=1)
