"""What the person at the terminal is told."""

import sys
from typing import Self


def say(sentence: str) -> None:
    """Say it on standard error, so that it never mixes with what a program reads from standard output."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


class Bar:
    """How far something has come, in a line that is written over; nothing where nobody watches."""

    WIDTH = 30

    def __init__(self, steps: int) -> None:
        self.steps, self.done = steps, 0
        self.is_watched = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def step(self, name: str) -> None:
        """Say that one more step begins. There may be more of them than was thought: the bar is full then."""
        filled = min(self.WIDTH, self.WIDTH * self.done // self.steps)
        self.done += 1
        if self.is_watched:
            self._write(f"[{'#' * filled}{'.' * (self.WIDTH - filled)}] {name[:44]}")

    def __exit__(self, *_fault: object) -> None:
        if self.is_watched:
            self._write("")

    def _write(self, line: str) -> None:
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201
