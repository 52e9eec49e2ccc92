"""The functions that the walls ask, broken in one place at a time, for a test with a table of what they should say."""

import re
from collections.abc import Callable, Iterable, Iterator

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from grunnmur.cases.row_security import SQL_FILES
from tests.proofs.sql_mutants import broken


def unnoticed(names: Iterable[str], is_as_it_should: Callable[[], bool]) -> list[str]:
    """What was broken in the functions of `sec` without the table telling. To be called outside the walls."""
    assert is_as_it_should(), "nothing is broken yet"
    return [what for name in names for what, statement in _broken(name) if not _is_noticed(statement, is_as_it_should)]


def _broken(name: str) -> Iterator[tuple[str, str]]:
    """Every broken version of a function: what was broken, and the statement that puts it into the database."""
    text = "\n".join(path.read_text() for path in SQL_FILES)
    (whole,) = re.findall(rf"create or replace function sec\.{name}\(.*?\n\$\$;\n", text, re.DOTALL)
    head, _begin, body = whole.partition("$$")
    for what, sentence in broken(body.rpartition("$$")[0]):
        yield f"{name}: {what}", f"{head}$${sentence}$$"


def _is_noticed(statement: str, is_as_it_should: Callable[[], bool]) -> bool:
    """Whether the table tells that a function says something else; so does one that cannot answer any more."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                connection.cursor().execute(statement)
        except ProgrammingError as fault:
            pytest.fail(f"no SQL: {statement}: {fault}")
        try:
            with transaction.atomic():
                is_same = is_as_it_should()
        except DatabaseError:
            is_same = False
        transaction.set_rollback(True)
    return not is_same
