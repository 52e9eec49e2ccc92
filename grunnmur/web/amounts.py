"""Amounts of money: how they are written and typed, and a picture of them over years, made on the server.

A piece of a bar is told apart by its letter as well as by its shade; the amounts stand in a table beside the picture.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.stewardship.grants import MOST, Year
from grunnmur.web.bars import APART, HEIGHT, LEAST, WIDTH

HARD_SPACE = "\u00a0"
PARTS: Mapping[str, tuple[str, str | Promise, str]] = {
    "bound": ("B", gettext_lazy("Bundet til noe bestemt"), "under_way"),
    "free": ("F", gettext_lazy("Fritt"), "mended"),
    "left_over": ("R", gettext_lazy("Ikke delt ut"), "not_ours"),
    "not_said": ("?", gettext_lazy("Kilden sier ikke hvordan det er delt"), "not_assessed"),
}
"""The letter, the words and the shade of each part of an amount."""


def kroner(amount: int) -> str:
    """An amount as Norwegians write it, with spaces that no line breaks at: 13 000 000 kr."""
    sign = "\u2212" if amount < 0 else ""
    return f"{sign}{abs(amount):,} kr".replace(",", HARD_SPACE).replace(" ", HARD_SPACE)


class AmountField(forms.CharField):
    """Whole kroner as people type them: 13 000 000, 13000000, 13.000.000 or with kr. Nothing is 0 where it may be."""

    def __init__(self, *, least: int = 0, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("Hele kroner, for eksempel 250 000."))
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **options)
        self.least = least

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"[\s\u00a0\u202f]|kr\.?$", "", str(super().to_python(value)).lower()).replace("\u2212", "-")
        if not text:
            return "" if self.required else 0
        if not re.fullmatch(r"-?(\d+|\d{1,3}(\.\d{3})+)(,-)?", text):
            raise forms.ValidationError(_("Skriv beløpet i hele kroner, med tall."))
        digits = text.removesuffix(",-").replace(".", "")
        amount = int(digits) if len(digits) <= len(str(MOST)) + 1 else MOST + 1
        if not self.least <= amount <= MOST:
            raise forms.ValidationError(_("Beløpet er for lite eller for stort."))
        return amount


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a year's amount."""

    letter: str
    shade: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A year: its words, and its parts side by side."""

    label: str
    y: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole picture."""

    bars: tuple[Bar, ...]
    keys: tuple[tuple[str, str | Promise, str], ...]
    """Letter, words and shade of the parts that are in it."""
    width: int
    height: int
    bar: int
    """The height of a bar."""


def picture(years: Sequence[Year]) -> Picture | None:
    """A bar for each year on one scale, the largest as wide as the picture; None when nothing was given."""
    largest = max((one.total for one in years), default=0)
    if not largest:
        return None
    drawn = tuple(
        Bar(f"{one.year}: {kroner(one.total)}", number * (HEIGHT + APART) + APART, _pieces(one, largest))
        for number, one in enumerate(years)
    )
    used = tuple(words for part, words in PARTS.items() if any(getattr(one, part) for one in years))
    return Picture(drawn, used, WIDTH, len(drawn) * (HEIGHT + APART), HEIGHT)


def _pieces(year: Year, largest: int) -> tuple[Piece, ...]:
    """The parts of a year; each has room for its letter, and what is left of the bar's width by its share."""
    parts = [(part, getattr(year, part)) for part in PARTS if getattr(year, part)]
    whole = max(WIDTH * year.total / largest, LEAST * len(parts))
    left, x, found = whole - LEAST * len(parts), 0.0, []
    for part, amount in parts:
        letter, _words, shade = PARTS[part]
        width = LEAST + left * amount / year.total
        found.append(Piece(letter, shade, x, width))
        x += width
    return tuple(found)
