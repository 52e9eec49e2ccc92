"""One fresh, running program and one browser for every test in here."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.stories import server
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.walker import Walker


@pytest.fixture(scope="session")
def program() -> Iterator[Server]:
    """The program on a fresh database, with the cast and Anna; tests share it, and tell each its own tale."""
    with server.fresh() as running:
        yield running
        assert " ERROR " not in running.log, running.log
        assert "Traceback" not in running.log, running.log


CHROMIUM: dict[str, Any] = {
    "executable_path": os.environ.get("GRUNNMUR_CHROMIUM", "/usr/bin/chromium"),
    "args": [
        *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        "--host-resolver-rules=MAP www.yr.no ~NOTFOUND",  # where «Lukk siden fort» leads; no test goes out there
    ],
}
"""How Chromium is started; `GRUNNMUR_CHROMIUM` names another one."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all."""
    found = playwright.chromium.launch(**CHROMIUM)
    yield found
    found.close()


@pytest.fixture
def kept(playwright: Playwright, tmp_path: Path) -> Iterator[tuple[BrowserContext, Path]]:
    """A Chromium as people have it, with its cache of pages to go back to, and the folder of its profile."""
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(
        profile, **CHROMIUM, ignore_default_args=["--disable-back-forward-cache"], locale="nb-NO"
    )
    yield context, profile
    context.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """New browser profiles, closed after the test."""
    opened: list[BrowserContext] = []

    def new(*, scripts: bool = True, **more: Any) -> BrowserContext:
        opened.append(browser.new_context(locale="nb-NO", reduced_motion="reduce", java_script_enabled=scripts, **more))
        return opened[-1]

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def visitor(contexts: Callable[..., BrowserContext], program: Server) -> Callable[..., Visitor]:
    """`visitor("kari")` is Kari at a computer of her own."""
    checked: set[str] = set()
    return lambda key, **options: Visitor(contexts(**options), program.url, key, checked=checked)


@pytest.fixture
def walker(program: Server) -> Iterator[Callable[[str], Walker]]:
    """`walker("kari")` is Kari logged in over HTTP, without a browser."""
    opened: list[Walker] = []

    def new(key: str) -> Walker:
        opened.append(Walker(program.url, key))
        opened[-1].be()
        return opened[-1]

    yield new
    for one in opened:
        one.close()
