"""The stories over HTTP end well, and would not if there were a hole in the walls."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.environment import ROOT
from tests.stories import anna
from tests.stories.page import Unlike
from tests.stories.story import Walls
from tests.stories.walker import Walker


@pytest.mark.parametrize(("name", "at_least"), [("anna", 25), ("together", 18), ("region", 15)])
def test_the_whole_story_over_http(name: str, at_least: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.stories", name],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    *steps, _looks, last = done.stdout.splitlines()
    assert (done.returncode, last) == (0, f"{name}: {len(steps)} steps, 0 failed"), done.stdout + done.stderr
    assert len(steps) >= at_least


@pytest.mark.parametrize("key", ["kari", "leif"])
def test_the_walls_are_not_watched_in_vain(walker: Callable[[str], Walker], key: str) -> None:
    insider = walker(key)
    walls = Walls(insider, (), known_by=anna.KNOWN_BY[:1])
    with pytest.raises(Unlike, match=f"no hit for {key}"):
        walls.look()
    insider.follow("Ikke vurdert ennå")
    walls.known_by.clear()
    walls.shown[key] = (insider.seen, insider.sent_to)
    with pytest.raises(Unlike, match=f"404 for {key}"):
        walls.look()
