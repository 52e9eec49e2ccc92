"""One fresh, running program and one browser for every test in here."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; `GRUNNMUR_CHROMIUM` names another one."""
    with sync_playwright() as play:
        found = play.chromium.launch(
            executable_path=os.environ.get("GRUNNMUR_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield found
        found.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """New browser profiles, closed after the test."""
    opened: list[BrowserContext] = []

    def new(*, scripts: bool = True) -> BrowserContext:
        opened.append(browser.new_context(locale="nb-NO", reduced_motion="reduce", java_script_enabled=scripts))
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
