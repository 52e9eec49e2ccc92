"""The proofs: what the house promises about secrecy and safety, tried by generated cases and counted.

A proof is a module here with `prove(quick, seed) -> Result`. `./run prove` runs them; `--quick` runs the first number
of each, as every change does, and without it the second, which is kept in `docs/evidence/`. One whose second number
takes long has an `AMOUNT` too, and `prove(quick, seed, part)`: it can be run in parts, at different times.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """What a proof found: what was counted, in words; how many differences; a sentence about each, as far as kept."""

    figures: str
    differences: int
    faults: list[str] = field(default_factory=list)
    count: int = 0
    """How many of what its `AMOUNT` counts, where it has one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of so many equal parts of a proof's second number."""

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def is_whole(self) -> bool:
        return self.of == 1

    def share_of(self, whole: int) -> int:
        """What falls to this part; all the parts together are the whole, also when it cannot be divided evenly."""
        return whole * self.number // self.of - whole * (self.number - 1) // self.of


WHOLE = Part()


@dataclass(frozen=True, slots=True)
class Amount:
    """How many a proof tries, at its first number and at its second, and of what."""

    first: int
    second: int
    of: str

    def wanted(self, *, quick: bool, part: Part = WHOLE) -> int:
        return self.first if quick else part.share_of(self.second)
