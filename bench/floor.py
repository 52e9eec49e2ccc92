"""What a page cannot be faster than: its own SQL by bare psycopg, and its own template on fixed data.

Both are taken from the page itself, run once in this process with everything on.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import jinja2
import psycopg
from django.db import connection
from django.test import Client

TAKES_HEADS, WRITES_LINKS = "sec.take_heads", "insert into log_link"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that a page sent."""

    sql: str
    params: tuple[Any, ...] | dict[str, Any]

    def after(self, heads: Mapping[int, int]) -> "Statement":
        """The same, with new rows at the end of the chains where it writes in the log."""
        if WRITES_LINKS not in self.sql:
            return self
        *looks, shards, _numbers, keys, are_events, codes = self.params
        new = {str(key): uuid.uuid4() for key in keys}
        for old, key in new.items():
            looks = [look.replace(old, str(key)) for look in looks]
        ends = dict(heads)
        numbers = []
        for shard in shards:
            ends[shard] = ends.get(shard, 0) + 1
            numbers.append(ends[shard])
        return Statement(self.sql, (*looks, shards, numbers, list(new.values()), are_events, codes))


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What one page is made of."""

    statements: tuple[Statement, ...]
    template: jinja2.Template
    context: dict[str, Any]
    size: int
    """Bytes of the answer."""


@contextmanager
def _recording(statements: list[Statement], rendered: list[tuple[jinja2.Template, dict[str, Any]]]) -> Iterator[None]:
    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statements.append(Statement(sql, params if isinstance(params, dict) else tuple(params or ())))
        return execute(sql, params, many, context)

    original = jinja2.Template.render

    def render(template: jinja2.Template, *args: Any, **kwargs: Any) -> str:
        rendered.append((template, dict(*args, **kwargs)))
        return original(template, *args, **kwargs)

    jinja2.Template.render = render  # type: ignore[method-assign,assignment]
    try:
        with connection.execute_wrapper(note):
            yield
    finally:
        jinja2.Template.render = original  # type: ignore[method-assign]


def dissect(client: Client, method: str, path: str, data: dict[str, str] | None) -> Anatomy:
    """Run the page twice and keep what the second, warm one did."""
    for _turn in range(2):
        statements: list[Statement] = []
        rendered: list[tuple[jinja2.Template, dict[str, Any]]] = []
        with _recording(statements, rendered):
            response = client.generic(method, path) if data is None else client.post(path, data)
    assert response.status_code == 200, (path, response.status_code)
    [(template, context)] = rendered
    return Anatomy(tuple(statements), template, context, len(response.content))


def sql_times(url: str, anatomy: Anatomy, count: int) -> list[float]:
    """Milliseconds of the page's statements in one transaction by bare psycopg, all rows fetched.

    Their plans are kept from the sixth time on, as they are for the program.
    """
    found = []
    with psycopg.connect(url, autocommit=True) as raw:
        for number in range(count + 1):
            heads: dict[int, int] = {}
            started = time.perf_counter()
            with raw.transaction(), raw.cursor() as cursor:
                for statement in anatomy.statements:
                    fresh = statement.after(heads)
                    cursor.execute(fresh.sql, fresh.params)
                    rows = cursor.fetchall() if cursor.description else []
                    if TAKES_HEADS in statement.sql:
                        heads = _heads(rows)
            if number:
                found.append((time.perf_counter() - started) * 1000)
    return found


def _heads(rows: Iterable[tuple[int, int, bytes]]) -> dict[int, int]:
    """The last number of each chain."""
    return {shard: number for shard, number, _code in rows}


def template_times(anatomy: Anatomy, count: int) -> list[float]:
    """Milliseconds of rendering the page's own template on the data of one request."""
    found = []
    for _number in range(count):
        started = time.perf_counter()
        anatomy.template.render(anatomy.context)
        found.append((time.perf_counter() - started) * 1000)
    return found


@dataclass(frozen=True, slots=True)
class Touched:
    """Shared buffers of one statement."""

    sql: str
    executing: int
    planning: int
    plan: dict[str, Any]

    @property
    def sequential(self) -> list[str]:
        """Tables that the plan reads from end to end."""
        return sorted(set(_sequential(self.plan)))


def _sequential(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", []):
        yield from _sequential(part)


def buffers(url: str, anatomy: Anatomy) -> list[Touched]:
    """Shared buffers that each statement of the page touches, as PostgreSQL counts them, on a warm connection.

    The server must be quiet. Nothing is kept.
    """
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as raw:
        for _turn in range(2):
            found = []
            with raw.transaction(force_rollback=True), raw.cursor() as cursor:
                heads: dict[int, int] = {}
                for statement in anatomy.statements:
                    fresh = statement.after(heads)
                    if TAKES_HEADS in statement.sql:
                        heads = _heads(cursor.execute(fresh.sql, fresh.params).fetchall())
                    cursor.execute(f"explain (analyze, buffers, format json) {fresh.sql}", fresh.params)
                    [(answer,)] = cursor.fetchall()
                    [top] = json.loads(answer) if isinstance(answer, str) else answer
                    found.append(
                        Touched(
                            sql=statement.sql,
                            executing=_shared(top["Plan"]),
                            planning=_shared(top.get("Planning", {})),
                            plan=top["Plan"],
                        )
                    )
    return found


def _shared(counts: dict[str, Any]) -> int:
    return int(counts.get("Shared Hit Blocks", 0)) + int(counts.get("Shared Read Blocks", 0))
