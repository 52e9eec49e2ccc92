"""Time between every two phases of the pathway: each pair is an indicator, in the words that all of them share. Pure.

The words, the days and what each must be hidden with stand under `between` in `definitions/indicators.yaml`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["nb", "nn"]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MomentWords(_Shape):
    """A phase in one language: its name, when it is reached, and who is counted on which day when it is."""

    name: str
    when: str
    all: str = ""
    day: str = ""
    weak: str = ""
    """What one should know of times that are counted from it."""


class Moment(_Shape):
    """A phase, and the two limits, in days, from the one before to it."""

    phase: int
    few: int = 0
    many: int = 0
    nb: MomentWords
    nn: MomentWords

    def words(self, language: Language) -> MomentWords:
        return self.nn if language == "nn" else self.nb


class Pair(_Shape):
    """Two phases, the earlier first."""

    since: int
    until: int
    told_by: str = ""
    """An indicator that is defined by itself; empty where one is made here."""
    follows: tuple[Mapping[str, Any], ...] = ()
    of_services: bool = False

    @property
    def key(self) -> str:
        """Of the indicator that tells the time between them."""
        return self.told_by or f"fase-{self.since}-til-{self.until}"


class Between(_Shape):
    """Every pair of phases."""

    group: str
    words: Mapping[Language, Mapping[str, str]]
    categories: tuple[Mapping[str, str], ...]
    moments: tuple[Moment, ...]
    pairs: tuple[Pair, ...]
    source: Mapping[str, str]
    sintef: tuple[int, ...]
    reviewed_on: date

    def limits(self, pair: Pair) -> tuple[int, int]:
        """The days within which it goes fast, and well enough: those of each step on the way, added up."""
        steps = [one for one in self.moments if pair.since < one.phase <= pair.until]
        return sum(one.few for one in steps), sum(one.many for one in steps)

    def title(self, pair: Pair, language: Language) -> str:
        """From which phase to which."""
        return self.words[language]["title"].format(**self._filled(pair, language))

    def made(self) -> frozenset[str]:
        """The keys of the indicators that are made here."""
        return frozenset(pair.key for pair in self.pairs if not pair.told_by)

    def indicators(self) -> list[dict[str, Any]]:
        """An indicator for each pair that has none, as the file would have it."""
        return [self._indicator(pair) for pair in self.pairs if not pair.told_by]

    def _filled(self, pair: Pair, language: Language) -> dict[str, Any]:
        """What stands for each name in the words that are shared."""
        since, until = (self.moments[phase].words(language) for phase in (pair.since, pair.until))
        few, many = self.limits(pair)
        return {
            **{f"since_{name}": text for name, text in since.model_dump().items()},
            **{f"until_{name}": text for name, text in until.model_dump().items()},
            "few": few,
            "more": few + 1,
            "many": many,
        }

    def _indicator(self, pair: Pair) -> dict[str, Any]:
        filled = {language: self._filled(pair, language) for language in self.words}
        return {
            "key": pair.key,
            **{
                language: {name: text.format(**filled[language]) for name, text in words.items()}
                for language, words in self.words.items()
            },
            "categories": [
                {name: text.format(**filled["nn" if name == "nn" else "nb"]) for name, text in one.items()}
                for one in self.categories
            ],
            "share": f"within_{self.limits(pair)[0]}",
            **{name: getattr(self, name) for name in ("group", "source", "sintef", "reviewed_on")},
            **{name: getattr(pair, name) for name in ("follows", "of_services")},
        }
