"""Acting in the past leaves nothing behind, neither rows nor clocks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from django.db import connection

from demo.travel import on_a_stage
from grunnmur import clock
from grunnmur.cases.door import instant
from grunnmur.directory.models import Municipality

THEN = datetime(2026, 2, 3, 9, 30, tzinfo=clock.OSLO)


def _clock_of_the_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('sec.now()'::regprocedure)")
        return str(cursor.fetchone()[0])


def test_both_clocks_travel_and_come_back(as_admin: Callable[[], AbstractContextManager[None]]) -> None:
    with as_admin():
        before, now = _clock_of_the_database(), clock.now
        with on_a_stage() as travel:
            travel(THEN)
            assert clock.now() == instant() == THEN
            Municipality.objects.create(number="0000", name="Scene", county="Ingen")
        assert _clock_of_the_database() == before
        assert clock.now is now
        assert instant() > THEN
        assert not Municipality.objects.filter(number="0000").exists()


def test_the_programs_clock_comes_back_when_a_play_fails(as_admin: Callable[[], AbstractContextManager[None]]) -> None:
    with as_admin():
        before, now = _clock_of_the_database(), clock.now
        with pytest.raises(LookupError), on_a_stage() as travel:
            travel(THEN)
            raise LookupError
        assert clock.now is now
        assert _clock_of_the_database() == before
