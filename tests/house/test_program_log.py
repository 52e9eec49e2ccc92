"""The program's own log: one JSON object a line, with no field but those that are named, and no value of anybody's."""

import json
import logging
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from grunnmur import program_log

TYPED = "something that somebody typed"


def written(
    name: str = "grunnmur.web", message: str = "Something broke.", *args: object, **more: Any
) -> dict[str, Any]:
    """What one record becomes."""
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, more.pop("exc_info", None))
    for field, value in more.items():
        setattr(record, field, value)
    line = program_log.Formatter().format(record)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_record_is_one_object_with_the_fields_that_have_something() -> None:
    """V16.2.4."""
    found = written()
    assert list(found) == ["at", "level", "from", "says"]
    assert (found["level"], found["from"], found["says"]) == ("ERROR", "grunnmur.web", "Something broke.")


def test_a_field_that_nobody_has_named_is_not_written() -> None:
    found = written(told={"reason": "password", "username": TYPED, "body": TYPED}, username=TYPED)
    assert found["reason"] == "password"
    assert TYPED not in json.dumps(found)
    assert set(found) <= set(program_log.FIELDS)


def test_what_is_told_cannot_pass_for_what_the_program_says() -> None:
    assert written(told={"from": "else", "level": "INFO", "says": "else"})["says"] == "Something broke."


@pytest.mark.parametrize(
    ("status", "has_fault"), [(500, True), (None, True), (404, False)], ids=["a fault", "no request", "no fault"]
)
def test_a_fault_is_told_by_its_kind_and_its_place_and_never_by_what_it_says(
    status: int | None, has_fault: bool
) -> None:
    try:
        raise ValueError(TYPED)
    except ValueError:
        found = written(
            "django.request",
            "%s: %s",
            "Internal Server Error",
            f"/barn/{TYPED}/",
            exc_info=sys.exc_info(),
            status_code=status,
            request=SimpleNamespace(resolver_match=SimpleNamespace(url_name="child")),
        )
    assert found["route"] == "child"
    assert found.get("status") == status
    assert TYPED not in json.dumps(found)
    assert ("ValueError at tests/house/test_program_log.py" in found.get("fault", "")) == has_fault
    assert found["says"] == "%s: %s"


@pytest.mark.parametrize("match", [None, SimpleNamespace(url_name=None)], ids=["no route", "a route with no name"])
def test_a_request_without_a_route_is_told_without_one(match: object) -> None:
    assert "route" not in written(request=SimpleNamespace(resolver_match=match))
