"""What the synthetic nation is made from: `definitions/synthetic_nation.yaml`, checked, and said to PostgreSQL.

Each line becomes a function of `pg_temp` with the line's key, so that `demo/nation.sql` names every assumption and
holds none of its own: a number, or what a draw between 0 and 1 comes to.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from math import log
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from grunnmur import yaml_file
from grunnmur.places import DEFINITIONS

FILE = DEFINITIONS / "synthetic_nation.yaml"
Key = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]{0,60}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Shape):
    """A key of `sources.yaml`, and the place in it."""

    key: Text
    place: Text


class _Line(_Shape):
    key: Key
    nb: Text
    source: Source | None = None
    """None for what we assume ourselves."""


class Number(_Line):
    value: Annotated[float, Field(ge=0)]


class Shares(_Line):
    of: Annotated[Mapping[Code, Annotated[float, Field(gt=0)]], Field(min_length=2)]
    """The weight of each category."""

    @property
    def thresholds(self) -> list[float]:
        """The draw from which each category but the first begins."""
        whole = sum(self.of.values())
        return [reached / whole for reached in accumulate(self.of.values())][:-1]


class Days(_Line):
    least: Annotated[int, Field(ge=0)]
    half: int
    most: int

    @model_validator(mode="after")
    def in_order(self) -> "Days":
        """The one that half are quicker than lies strictly between the two others."""
        if not self.least < self.half < self.most:
            raise ValueError(f"{self.key}: the days do not come in order")
        return self

    @property
    def bend(self) -> float:
        """What a draw is raised to, so that half of all draws give less than `half`."""
        return log((self.half - self.least) / (self.most - self.least)) / log(0.5)


class Assumptions(_Shape):
    """The whole file."""

    numbers: tuple[Number, ...]
    shares: tuple[Shares, ...]
    days: tuple[Days, ...]

    @model_validator(mode="after")
    def each_once(self) -> "Assumptions":
        keys = [one.key for one in self.lines()]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"{', '.join(twice)} stand twice")
        return self

    def lines(self) -> Iterator[Number | Shares | Days]:
        """Every line, in the file's order."""
        yield from (*self.numbers, *self.shares, *self.days)

    def number(self, key: str) -> float:
        """One number. Raises KeyError."""
        found = {one.key: one.value for one in self.numbers}
        return found[key]


@cache
def assumptions() -> Assumptions:
    """The file, read once. Raises ValueError when it has a wrong shape."""
    return Assumptions.model_validate(yaml_file.read(FILE))


def statements(found: Assumptions, *, seed: int) -> Iterator[str]:
    """The functions of `pg_temp`. Each names its argument once, so that PostgreSQL puts it straight into the query."""
    # 52 bits of the database's own hash: what is drawn for a thing depends on the seed alone.
    yield _function(
        "draw", "n bigint, what int", "float8",
        f"(hashint8extended(n, {seed}::bigint * 100000 + what) & 4503599627370495) / 4503599627370496.0::float8",
    )  # fmt: skip
    yield _function("key", "what text, n text", "uuid", f"md5('nation/{seed}/' || what || '/' || n)::uuid")
    for one in found.numbers:
        yield _function(one.key, "", "float8", repr(float(one.value)))
    for shares in found.shares:
        codes = ",".join(f'"{code}"' for code in shares.of)
        ends = ",".join(map(repr, shares.thresholds))
        picked = f"('{{{codes}}}'::text[])[1 + width_bucket(u, '{{{ends}}}'::float8[])]"
        yield _function(shares.key, "u float8", "text", picked)
    for days in found.days:
        spread = f"{days.least} + floor({days.most - days.least + 1} * power(u, {days.bend!r}::float8))::int"
        yield _function(days.key, "u float8", "int", spread)


def _function(name: str, arguments: str, returns: str, body: str) -> str:
    return (
        f"create function pg_temp.{name}({arguments}) returns {returns} language sql immutable as $$ select {body} $$"
    )
