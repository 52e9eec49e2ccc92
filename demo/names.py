"""Names for synthetic people, mixed at random from the short lists in `names.yaml`, so that nobody is anybody."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random

from grunnmur import yaml_file

LISTS = Path(__file__).with_name("names.yaml")
LANGUAGES = ("arabisk", "dari", "polsk", "somali", "tamil", "tigrinja", "tyrkisk", "ukrainsk", "vietnamesisk")
"""Languages that a family may need an interpreter for."""


class Group(StrEnum):
    """Where a family's names come from."""

    NORWEGIAN = "norwegian"
    SAMI = "sami"
    NEWCOMER = "newcomer"


@dataclass(frozen=True, slots=True)
class Family:
    """The names of one child and its parents."""

    child: str
    mother: str
    father: str
    group: Group

    @property
    def first_name(self) -> str:
        return self.child.split()[0]


@cache
def lists() -> dict[Group, dict[str, tuple[str, ...]]]:
    """The lists of one group: `girls`, `boys`, `women`, `men` and `last`."""
    found = yaml_file.read(LISTS)
    return {group: {key: tuple(words.split()) for key, words in found[group].items()} for group in Group}


def family(random: Random, *, is_girl: bool, group: Group | None = None) -> Family:
    """A child and two parents. The child carries the last name of one of them, or of both."""
    group = group or random.choices(tuple(Group), weights=(80, 5, 15))[0]
    words = lists()[group]
    mothers, fathers = random.sample(words["last"], 2)
    both = f"{mothers} {fathers}" if len(mothers) + len(fathers) < 16 else mothers
    last = random.choice((fathers, fathers, mothers, both))
    return Family(
        child=f"{random.choice(words['girls' if is_girl else 'boys'])} {last}",
        mother=f"{random.choice(words['women'])} {mothers}",
        father=f"{random.choice(words['men'])} {fathers}",
        group=group,
    )


def colleague(random: Random) -> str:
    """The name of someone who works in a service; two of three are women, as in these services."""
    words = lists()[random.choices(tuple(Group), weights=(88, 3, 9))[0]]
    return f"{random.choice(words['women'] * 2 + words['men'])} {random.choice(words['last'])}"
