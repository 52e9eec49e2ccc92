"""What is decided for the whole country: the plan for the pathway, who answers for it, and what guides the services.

Pure: `definitions/national.yaml`. The editions of the pathway itself are in `definitions/pathway/`.
"""

from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from grunnmur import yaml_file
from grunnmur.places import DEFINITIONS
from grunnmur.stewardship.shapes import Key, Named, Shape, Source, Spoken

FILE = DEFINITIONS / "national.yaml"
Month = Annotated[int, Field(ge=1, le=12)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=42, strip_whitespace=True)]
"""So short that it has room above a bar."""
Said = Annotated[str, StringConstraints(strip_whitespace=True)]
"""In the source's words; empty where it says nothing."""


class Activity(Named):
    """One thing in the plan. Without months the source sets none."""

    nb: Label
    nn: Label
    months: tuple[Month, Month] | None
    """The first and the last."""
    day: date | None = None
    """The day, where the source has one."""
    said: Said = ""
    """When, in the source's words, where they are no months."""

    @model_validator(mode="after")
    def _in_order(self) -> "Activity":
        if self.months and self.months[0] > self.months[1]:
            raise ValueError("an activity ends before it begins")
        return self


class Plan(Shape):
    """The directorates' plan for a year."""

    year: int
    source: Source
    activities: tuple[Activity, ...] = Field(min_length=1)


class Responsible(Shape):
    """Who puts the pathway into use."""

    source: Source
    parties: tuple[Spoken, ...] = Field(min_length=1)


class Kinds(Shape):
    """The kinds of normative products, and when each is used."""

    source: Source
    kinds: tuple[Spoken, ...] = Field(min_length=1)


class Product(Spoken):
    """One normative product: of which kind, which edition, from when, and what it changed."""

    kind: Key
    edition: Said
    dated: Said
    source: Source


class National(Shape):
    """The whole file."""

    plan: Plan
    responsible: Responsible
    kinds: Kinds
    products: tuple[Product, ...]

    @model_validator(mode="after")
    def _of_known_kinds(self) -> "National":
        known = {kind.key for kind in self.kinds.kinds}
        if unknown := {product.kind for product in self.products} - known:
            raise ValueError(f"no such kind: {sorted(unknown)}")
        return self


@cache
def national() -> National:
    """The file, read once. Raises ValueError when it has a wrong shape."""
    return National.model_validate(yaml_file.read(FILE))
