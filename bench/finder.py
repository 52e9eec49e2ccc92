"""`python -m bench finder`: questions a second of «Hvor kan jeg få hjelp?», and how small its first page is.

The program as it is served, with one worker, held against a bare Django page in the same run; requests one after the
other over one connection. The questions are those of `tests/public/phrasings.yaml`. Prints the quality too.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import yaml

from bench import database, measure, pages, serving
from bench.database import ROOT

MOST_BYTES = 60_000
WANTED = 0.9
ROUNDS, EACH = 5, 60


@dataclass(frozen=True, slots=True)
class Result:
    """One whole run."""

    questions_a_second: float
    bare_a_second: float
    ratio: float
    """What one question costs in bare Django pages."""
    first_page_bytes: int
    requests_of_first_page: int
    phrasings: int
    in_first_three: float


def phrasings() -> list[tuple[int, str, str]]:
    """Age, words and the kind of help that is expected."""
    rows = yaml.safe_load((ROOT / "tests" / "public" / "phrasings.yaml").read_text(encoding="utf-8"))
    return [(age, text, wanted) for _who, age, text, wanted in rows]


def main(arguments: list[str]) -> int:
    """Measure, print, and return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench finder", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args(arguments)
    database.prepare_environment()
    import django

    django.setup()
    result = run()
    if options.json:
        print(json.dumps(asdict(result), indent=1))
    else:
        print(f"questions a second   {result.questions_a_second:8.0f}")
        print(f"bare Django pages    {result.bare_a_second:8.0f}   one question costs {result.ratio:.1f} of them")
        print(f"first page, all in   {result.first_page_bytes:8} bytes in {result.requests_of_first_page} requests")
        print(f"right in first three {result.in_first_three:8.3f} of {result.phrasings} phrasings")
    return 0 if result.first_page_bytes < MOST_BYTES and result.in_first_three >= WANTED else 1


@contextmanager
def _world() -> Iterator[dict[str, str]]:
    """A database with the directory and no child."""
    admin_url = database.start()
    wanted = database.version()
    name = database.ensure(admin_url, cases=1000, wanted=wanted, say=lambda _text: None)
    yield {**os.environ, **database.urls(admin_url, name)}


def run() -> Result:
    """Rounds of the program and the bare page, one after the other, so that a noisy minute meets both."""
    asked = phrasings()
    pages.collect_static()
    with _world() as environment, serving.program(environment) as ours, serving.bare(environment) as bare:
        program, plain = measure.Browser(ours.port), measure.Browser(bare.port)
        size, requests = _first_page(program)
        right = sum(_is_right(program, *one) for one in asked)
        mine: list[float] = []
        theirs: list[float] = []
        for number in range(ROUNDS):
            some = [asked[(number * EACH + at) % len(asked)] for at in range(EACH)]
            mine.append(EACH / _seconds(lambda some=some: [_ask(program, age, text) for age, text, _ in some]))  # type: ignore[misc]
            theirs.append(EACH / _seconds(lambda: [plain.request("GET", "/") for _turn in range(EACH)]))
    ours_a_second, bare_a_second = measure.middle(mine), measure.middle(theirs)
    return Result(
        round(ours_a_second, 1),
        round(bare_a_second, 1),
        round(bare_a_second / ours_a_second, 2),
        size,
        requests,
        len(asked),
        round(right / len(asked), 3),
    )


def _seconds(do: Any) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _ask(browser: measure.Browser, age: int, text: str) -> str:
    body = urlencode({"place": "4202", "age": age, "text": text})
    if browser.connection is None:
        browser.request("GET", "/hjelp/")
    assert browser.connection is not None
    browser.connection.request(
        "POST", "/hjelp/", body=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = browser.connection.getresponse()
    page = answer.read().decode()
    assert answer.status == 200, (answer.status, text)
    return page


def _is_right(browser: measure.Browser, age: int, text: str, wanted: str) -> bool:
    shown = re.findall(r'data-kind="(\w+)"', _ask(browser, age, text))[:3]
    return bool(set(wanted.split("_or_")) & set(shown))


def _first_page(browser: measure.Browser) -> tuple[int, int]:
    """Bytes that a browser fetches for the first page, uncompressed, and in how many requests."""
    status, page = browser.request("GET", "/hjelp/")
    assert status == 200
    found, requests = len(page), 1
    for address in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode())):
        status, body = browser.request("GET", address)
        assert status == 200, address
        found, requests = found + len(body), requests + 1
    return found, requests
