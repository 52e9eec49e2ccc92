"""Play a whole story over HTTP against a fresh database: `python -m tests.stories [anna|together|family|region]`."""

import argparse
import signal
import sys
from types import ModuleType

from grunnmur import clock
from tests.stories import anna, family, letters, region, server, together
from tests.stories.story import Story, Walls
from tests.stories.walker import Walker

STORIES = {"anna": anna, "together": together}


def main(arguments: list[str]) -> int:
    """Play one story. Returns the exit code: 0 when every step went well."""
    parser = argparse.ArgumentParser(prog="./run story", description=__doc__)
    parser.add_argument("name", nargs="?", default="anna", choices=[*STORIES, *OTHERS])
    name = parser.parse_args(arguments).name
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    return OTHERS[name]() if name in OTHERS else _of_staff(STORIES[name])


def _of_families() -> int:
    """What each child and each parent sees, compared with the reference after every step."""
    with server.fresh(family.LOAD) as program:
        families = family.Families(program.url, clock.today())
        story = Story("family", after_each=families.look, say=_say)
        family.tell(story, families)
        families.close()
        _say(f"{families.compared} times what one sees was compared with what the reference says")
        return _ended(story, program)


def _of_a_region() -> int:
    """The own work of municipalities and of a county, with somebody outside who looks after every step."""
    with letters.running() as mail, server.fresh(region.LOAD, more=mail.environment, with_worker=True) as program:
        told = region.Region(program.url, clock.today(), mail)
        story = Story("region", after_each=told.look, say=_say)
        region.tell(story, told)
        told.close()
        _say(f"{told.looks} pages were tried by somebody who works with children, and refused")
        return _ended(story, program)


def _of_staff(told: ModuleType) -> int:
    """One of the stories of those who work, with the walls watched after every step."""
    with letters.running() as mail, server.fresh(more=mail.environment, with_worker=True) as program:
        walkers = {key: Walker(program.url, key) for key in (*told.PEOPLE, *told.WITHOUT_ACCOUNT)}
        outside = [Walker(program.url, key) for key in (told.STRANGER, *told.PEOPLE)]
        for walker in outside:
            walker.be()
        walls = Walls(outside[0], outside[1:], known_by=told.KNOWN_BY, letters=mail)
        walls.shown = {key: (walker.seen, walker.sent_to) for key, walker in walkers.items()}
        story = Story(told.__name__.rpartition(".")[2], after_each=walls.look, say=_say)
        told.tell(story, walkers, walls)
        with story.step(f"{told.STRANGER.capitalize()} finds no way to any page that anyone has been on"):
            walls.look(everywhere=True)
        for walker in (*walkers.values(), *outside):
            walker.close()
        _say(f"{walls.looks} times somebody outside looked and found nothing")
        return _ended(story, program)


OTHERS = {"family": _of_families, "region": _of_a_region}


def _ended(story: Story, program: server.Server) -> int:
    """The last line; a fault in the program's own log fails the story too."""
    if "Traceback" in program.log:
        _say(program.log)
        story.failed += 1
    return story.end()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
