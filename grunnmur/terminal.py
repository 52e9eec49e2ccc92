"""What the person at the terminal is told."""

import sys


def say(sentence: str) -> None:
    """Say it on standard error, so that it never mixes with what a program reads from standard output."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201
