"""The pictures in the README, taken of the running program: `python -m tests.stories.pictures`.

Anna's story is played as over some weeks, by a program whose clock can be set. The program itself knows nothing of
that: this module sets the clocks, in the server's process and in a database of its own.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from grunnmur import clock
from tests.environment import ROOT
from tests.stories import anna, server
from tests.stories.browser import Visitor
from tests.stories.story import Story, Walls
from tests.stories.walker import Walker

PICTURES = ROOT / "docs" / "pictures"
HEIGHTS = {"case": 1580, "work": 1180}
"""How much of each page is in its picture, in pixels."""
DIARY = {
    "Kari chooses": 36,
    "Kari talks with Anna": 33,
    "Kari asks the school": 31,
    "The school answers": 27,
    "Kari weighs Anna": 24,
    "They meet, and agree": 20,
    "Kari asks for consent to the GP": 19,
    "Per logs in": 18,
    "Per has examined Anna": 13,
    "Kari asks for consent to ABUP": 12,
    "Per refers Anna": 11,
    "Nina grants": 9,
    "Siri at ABUP": 8,
    "Per completes": 7,
    "Siri grants": 6,
    "They meet: the minutes": 4,
    "Consent for Tannklinikken": 3,
    "Tone maps": 1,
}
"""How many days ago each of these steps is taken, and those that follow it."""
LAST_STEP = "Tone maps"
REAL_NOW = clock.now


# --- clocks that can be set -----------------------------------------------------------------------------------------


def read_from(folder: Path) -> None:
    """Let this process's clock be as many days back as the file in `folder` says."""
    file = folder / "days-back"
    clock.now = lambda: REAL_NOW() - timedelta(days=int(file.read_text()) if file.exists() else 0)


def load(folder: Path) -> None:
    """In a process of its own: let the database read its clock from a setting, and load the cast and Anna back then."""
    import django

    django.setup()
    from django.db import connection, transaction

    from demo.load import load_anna, load_directory
    from demo.travel import READS_A_SETTING

    (folder / "days-back").write_text(str(max(DIARY.values()) + 1))
    read_from(folder)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READS_A_SETTING)
        cursor.execute("select set_config('demo.now', %s, true)", [clock.now().isoformat()])
        load_directory()
        load_anna()


def prepare() -> None:
    """In the server's process: every request sets the database's clock by the program's."""
    import django

    django.setup()
    from django.db import connection

    from grunnmur.directory import sessions
    from grunnmur.postgres import data_dir

    read_from(data_dir())

    def on_time(act: Callable[..., Any]) -> Callable[..., Any]:
        def acting(*args: Any, **options: Any) -> Any:
            with connection.cursor() as cursor:
                cursor.execute("select set_config('demo.now', %s, true)", [clock.now().isoformat()])
            return act(*args, **options)

        return acting

    sessions.enter = on_time(sessions.enter)
    sessions.open_session = on_time(sessions.open_session)


class EnoughError(Exception):
    """The story has come as far as the picture."""


class Diary(Story):
    """A story whose steps are taken on the days of `DIARY`."""

    def __init__(self, folder: Path, walkers: list[Walker]) -> None:
        super().__init__("pictures", after_each=lambda: None, say=print, goes_on=False)
        self.folder = folder
        self.walkers = walkers

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        days = next((ago for beginning, ago in DIARY.items() if sentence.startswith(beginning)), None)
        if days is not None:
            self.go_to(days)
        with super().step(sentence):
            yield
        if sentence.startswith(LAST_STEP):
            raise EnoughError

    def go_to(self, days_ago: int) -> None:
        """Set the clocks; whoever was logged in then logs in again, and goes back to where they were."""
        (self.folder / "days-back").write_text(str(days_ago))
        for walker in self.walkers:
            if walker.cookies:
                where = walker.page.url
                walker.be()
                walker.open(where)


# --- the pictures ---------------------------------------------------------------------------------------------------


def take(browser: Browser, program: server.Server, name: str, *, case: str = "") -> None:
    """One picture, of Kari's work or of the case of a child."""
    context = browser.new_context(locale="nb-NO", reduced_motion="reduce")
    kari = Visitor(context, program.url, "kari")
    kari.tab.set_viewport_size({"width": 1280, "height": HEIGHTS[name]})
    kari.be()
    if case:
        kari.follow(case)
        kari.tab.set_viewport_size({"width": 1280, "height": HEIGHTS[name]})
    kari.tab.evaluate("document.fonts.ready")
    kari.tab.screenshot(path=PICTURES / f"{name}.png")
    context.close()


def main() -> int:
    """Take them all. Returns the exit code."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("GRUNNMUR_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        with server.fresh("grunnmur load_demo") as program:
            take(browser, program, "work")
        with server.fresh("tests.stories.pictures load", prepare="tests.stories.pictures") as program:
            read_from(program.folder)
            walkers = {key: Walker(program.url, key) for key in anna.PEOPLE}
            diary = Diary(program.folder, list(walkers.values()))
            try:
                anna.tell(diary, walkers, Walls(Walker(program.url, anna.STRANGER), (), known_by=anna.KNOWN_BY))
            except EnoughError:
                diary.go_to(0)
            take(browser, program, "case", case=anna.ANNA)
        browser.close()
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["load"]:
        os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
        load(Path(os.environ["GRUNNMUR_DATA"]))
        sys.exit(0)
    sys.exit(main())
