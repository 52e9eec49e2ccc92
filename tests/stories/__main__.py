"""Play a whole story over HTTP against a fresh database: `python -m tests.stories [anna|together]`."""

import argparse
import signal
import sys

from tests.stories import anna, letters, server, together
from tests.stories.story import Story, Walls
from tests.stories.walker import Walker

STORIES = {"anna": anna, "together": together}


def main(arguments: list[str]) -> int:
    """Play one story. Returns the exit code: 0 when every step went well."""
    parser = argparse.ArgumentParser(prog="./run story", description=__doc__)
    parser.add_argument("name", nargs="?", default="anna", choices=STORIES)
    told = STORIES[parser.parse_args(arguments).name]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
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
        if "Traceback" in program.log:
            _say(program.log)
            story.failed += 1
        return story.end()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
