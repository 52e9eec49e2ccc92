"""Acting in the past: the program's clock and the database's, set together for a block and then undone.

The demo's cases are played by the real acts at the times they would have happened. Nothing of a play is kept where
it was played: the block is a savepoint that is always rolled back, the clock of the database with it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from grunnmur import clock
from grunnmur.log import record

READS_A_SETTING = """
create or replace function sec.now() returns timestamptz language sql stable set search_path = ''
as $$ select coalesce(nullif(current_setting('demo.now', true), '')::timestamptz, now()) $$
"""


@contextmanager
def on_a_stage() -> Iterator[Callable[[datetime], None]]:
    """A block in which the given function sets the time; everything in it is undone at the end.

    Needs an administrator's connection, for it replaces `sec.now()`, inside its savepoint only.
    """
    real_now = clock.now

    def travel(to: datetime) -> None:
        clock.now = lambda: to.astimezone(clock.OSLO)
        with connection.cursor() as cursor:
            cursor.execute("select set_config('demo.now', %s, true)", [to.isoformat()])

    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(READS_A_SETTING)
            with record.linked():
                yield travel
                transaction.set_rollback(True)
    finally:
        clock.now = real_now
