"""What several describe together is written over the version that was seen, or not at all."""

from django.db import connection


class ChangedMeanwhile(Exception):
    """Somebody else has written a newer version since the one that was shown; nothing is written."""

    def __init__(self, *, seen: int | None, current: int) -> None:
        super().__init__(f"{seen} != {current}")
        self.seen = seen
        self.current = current


def take_turns(what: str) -> None:
    """Let those who describe the same thing at once do it one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def refuse_older(*, seen: int | None, current: int) -> None:
    """Raises ChangedMeanwhile when another version than the one now was seen, or none."""
    if seen != current:
        raise ChangedMeanwhile(seen=seen, current=current)
