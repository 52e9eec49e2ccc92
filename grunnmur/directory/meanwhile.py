"""What several describe together is written over the version that was seen, or not at all."""

from django.db import connection


class EditConflict(Exception):
    """Somebody else changed the same thing after the one who asks saw it; nothing is written, nothing is lost."""

    def __init__(self, *, seen: int | str | None, current: int | str) -> None:
        super().__init__(f"{seen} != {current}")
        self.seen = seen
        self.current = current


def take_turns(what: str) -> None:
    """Let those who describe the same thing at once do it one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def refuse_older(*, seen: int | None, current: int) -> None:
    """Raises EditConflict when another version than the one now was seen, or none."""
    if seen != current:
        raise EditConflict(seen=seen, current=current)
