"""Saying something anew: rows that never change, where the newest version says everything again."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import models

from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.sessions import Actor

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Said = TypeVar("Said", bound="DataclassInstance")


class Missing(Exception):
    """Something stops it from being said: the names of its fields. Nothing is written."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names


def say(
    table: type[models.Model],
    *,
    about: Mapping[str, Any],
    said: Said,
    read: Callable[[Any], Said],
    stops: Callable[[Said | None], frozenset[str]],
    actor: Actor,
    seen: int | None,
    at: datetime,
) -> UUID:
    """Write what is said as the next version of what the row is `about`; what the actor said last is not said twice.

    `read` gives back what a row says, and `stops` names what is wrong with it after what was said before. `seen` is the
    version that the form showed, 0 when there was none. Raises EditConflict, Missing.
    """
    take_turns(" ".join((table.__name__, *map(str, about.values()))))
    rows = table._default_manager
    last: Any = rows.filter(**about).order_by("-version").first()
    before = read(last) if last else None
    if last and last.recorded_by_id == actor.person_id and before == said:
        return UUID(str(last.pk))
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    if names := stops(before):
        raise Missing(names)
    values = {**about, **asdict(said), "version": current + 1, "recorded_at": at, "recorded_by_id": actor.person_id}
    return UUID(str(rows.create(**values).pk))
