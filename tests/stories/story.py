"""Telling a story step by step: one line a step, the walls watched after each, the faults counted."""

import re
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Protocol

from tests.stories.letters import Letters
from tests.stories.page import Unlike, Value
from tests.stories.walker import Walker

ABOUT_A_CHILD = re.compile(r"/(barn|forlop)/[0-9a-f-]{36}/")
"""Addresses of one child or one pathway."""
A_HEAD = re.compile(ABOUT_A_CHILD.pattern + "$")
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")


class Hands(Protocol):
    """What a person in a story can do, over HTTP or in a browser."""

    @property
    def address(self) -> str: ...
    def be(self) -> None: ...
    def log_in(self, password: str) -> None: ...
    def open(self, address: str) -> Any: ...
    def follow(self, text: str, *, near: str = "") -> Any: ...
    def fill(self, answers: dict[str, Value]) -> None: ...
    def press(self, button: str, *, near: str = "") -> Any: ...
    def try_to_press(self, button: str) -> Any: ...
    def text(self) -> str: ...
    def sees(self, *texts: str) -> None: ...
    def does_not_see(self, *texts: str) -> None: ...
    def has_no_link(self, text: str) -> None: ...
    def is_refused(self, address: str, *, because: str) -> None: ...


class Story:
    """The steps of one story and how they went."""

    def __init__(
        self, name: str, *, after_each: Callable[[], None], say: Callable[[str], None], goes_on: bool = True
    ) -> None:
        self.name = name
        self.goes_on = goes_on
        """Whether the story goes on after a step that failed."""
        self.after_each = after_each
        self.say = say
        self.steps = 0
        self.failed = 0

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """One step. A step that fails says what was expected and what came, and the story goes on."""
        self.steps += 1
        begun = time.monotonic()
        faults = []
        try:
            yield
        except Exception as fault:
            if not self.goes_on:
                fault.add_note(f"in step {self.steps}: {sentence}")
                raise
            faults.append(_words(fault))
        try:
            self.after_each()
        except Exception as hole:
            faults.append(_words(hole))
        self.failed += bool(faults)
        self.say(f"{self.steps:3} {'FAILED' if faults else 'ok':6} {sentence} ({time.monotonic() - begun:.1f} s)")
        for words in faults:
            self.say(f"      {words}")

    def end(self) -> int:
        """The last line, and the exit code."""
        self.say(f"{self.name}: {self.steps} steps, {self.failed} failed")
        return 1 if self.failed else 0


def _words(fault: Exception) -> str:
    if isinstance(fault, Unlike):
        return str(fault)
    frames = traceback.extract_tb(fault.__traceback__)
    place = next((frame for frame in reversed(frames) if "stories" in frame.filename), frames[-1])
    return f"{type(fault).__name__}: {fault} ({place.name}, line {place.lineno}: {place.line})"


class Walls:
    """Holds the walls after every step.

    Ola, of another municipality, gets 404 on every page that anybody has been shown a way to, and on every form that
    anybody could send, and finds nothing by any search. The same holds for each service of the cast as long as no
    consent lets it in, and again from the instant one is withdrawn: then for all that the service was shown.
    """

    def __init__(
        self, stranger: Walker, others: Iterable[Walker], *, known_by: Iterable[str], letters: Letters | None = None
    ) -> None:
        self.stranger = stranger
        self.others = {walker.key: walker for walker in others}
        """The same people as in the story, each at another computer."""
        self.known_by = list(known_by)
        """What somebody who wants to find the child could search for."""
        self.shut_out: set[str] = set()
        """Who of the others must see nothing now."""
        self.shown: dict[str, tuple[set[str], set[str]]] = {}
        """The pages and forms that each in the story has been shown."""
        self.letters = letters
        """The mail that leaves the house: it tells nothing either."""
        self.looks = 0
        self._looked_at: set[str] = set()

    def look(self, *, everywhere: bool = False) -> None:
        """Try all that is new since the last look and one page of each kind, or else everything. Raises Unlike."""
        pages = {one for seen, _forms in self.shown.values() for one in seen if ABOUT_A_CHILD.match(one)}
        forms = {one for _seen, sent in self.shown.values() for one in sent if ABOUT_A_CHILD.match(one)}
        found = pages | forms
        chosen = found if everywhere else one_of_each_kind(found) | (found - self._looked_at)
        self._is_outside(self.stranger, pages & chosen, forms & chosen, search_for=self.known_by)
        heads = {one for one in pages if A_HEAD.match(one)}
        for key in sorted(self.shut_out):
            own_pages, own_forms = self.shown.get(key, (set(), set()))
            self._is_outside(
                self.others[key],
                (own_pages & pages & chosen) | heads,
                own_forms & forms & chosen,
                search_for=[self.known_by[0], self.known_by[-1]],
            )
        if self.letters:
            self.letters.tell_nothing(self.known_by)
        self._looked_at = found

    def _is_outside(self, walker: Walker, pages: set[str], forms: set[str], *, search_for: Iterable[str]) -> None:
        walker.open("/sok/")
        for text in search_for:
            self.looks += 1
            walker.fill({"Navn, journalnummer eller fødselsnummer": text})
            answer = walker.press("Søk").text
            if "Ingen treff" not in answer:
                raise Unlike(f"no hit for {walker.key} who searches for «{text}»", answer)
            self._tells_nothing(walker, "/sok/", answer.replace(text, ""))
        for address in sorted(pages):
            self._is_not_there(walker, address, *walker.status_of(address))
        for address in sorted(forms):
            self._is_not_there(walker, address, *walker.try_to_send(address))
        self._tells_nothing(walker, "/", walker.open("/").text)

    def _is_not_there(self, walker: Walker, address: str, status: int, text: str) -> None:
        self.looks += 1
        if status != HTTPStatus.NOT_FOUND:
            raise Unlike(f"404 for {walker.key} on {address}", str(status))
        self._tells_nothing(walker, address, text)

    def _tells_nothing(self, walker: Walker, address: str, text: str) -> None:
        # A form's token is sixty-four random letters, and now and then four of them are a name.
        said = TOKEN.sub("", text)
        told = [word for word in self.known_by if word in said]
        if told:
            raise Unlike(f"nothing about the child for {walker.key} on {address}", f"{told} stands there")


def one_of_each_kind(addresses: Iterable[str]) -> set[str]:
    """One address for each that differs in more than ids."""
    return set({re.sub(r"[0-9a-f-]{36}", "*", one): one for one in sorted(addresses)}.values())
