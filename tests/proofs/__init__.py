"""The proofs: what the house promises about secrecy and safety, tried by generated cases and counted.

A proof is a module here with `prove(quick, seed) -> Result`. `./run prove` runs them; `--quick` runs the first number
of each, as every change does, and without it the second, which is kept in `docs/evidence/`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """What a proof found: what was counted, in words; how many differences; a sentence about each, as far as kept."""

    figures: str
    differences: int
    faults: list[str] = field(default_factory=list)
