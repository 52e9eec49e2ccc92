"""The marks of a picture are told apart by a printer without colours: by dash, shape, sign, pattern, or by their grey.

What colours become there is their luminance (WCAG 2.2); a grey alone tells two marks apart when the contrast between
them is 3 to 1, as WCAG 1.4.11 asks of what is needed to understand a picture.
"""

import re
from enum import EnumType
from itertools import combinations, pairwise
from typing import Any

import pytest

from grunnmur.stewardship.terms import ProgrammeStatus, Progress, Signal, Standing
from grunnmur.web import bars, charts, region_map
from tests.environment import ROOT

WEB = ROOT / "grunnmur" / "web"
CSS = (WEB / "static" / "grunnmur.css").read_text(encoding="utf-8")
THEME = (WEB / "static" / "vendor" / "designsystemet-theme" / "grunnmur.css").read_text(encoding="utf-8")
ENOUGH = 3.0
WHITE = 1.0


def luminance(colour: str) -> float:
    """How light a token, or a colour of six digits, is: 0 is black."""
    if token := re.fullmatch(r"var\((--g-white|--ds-[a-z-]+)\)", colour):
        name = token[1]
        found = re.search(rf"{name}: *([^;]+);", CSS if name.startswith("--g-") else THEME)
        assert found, name
        return luminance(found[1])
    digits = re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", colour)
    assert digits, colour
    whole = digits[1] if len(digits[1]) == 6 else "".join(one * 2 for one in digits[1])
    parts = [int(whole[number : number + 2], 16) / 255 for number in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def said(selector: str, what: str) -> str:
    """What the style says of a selector that stands alone."""
    found = re.search(rf"^{re.escape(selector)} {{[^}}]*?\b{what}: ([^;}}]+);", CSS, re.MULTILINE)
    return found[1] if found else ""


LINES = range(len(charts.SHAPES))


def line(number: int) -> tuple[str, float]:
    """The dashes of a line, and how light it is."""
    of = f'.g-trend__line[data-line="{number}"]'
    colour = said(of, "color") or said(".g-trend__line", "color")
    return said(f"{of} :is(polyline, line)", "stroke-dasharray"), luminance(colour)


def test_it_is_known_how_light_a_colour_is() -> None:
    assert contrast(luminance("#000"), luminance("#ffffff")) == pytest.approx(21)
    assert contrast(luminance("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)
    assert luminance("var(--g-white)") == WHITE


def test_every_value_that_the_style_names_is_there() -> None:
    """Where one is not, the browser says nothing, and draws in another colour or not at all."""
    made = "".join(one.read_text(encoding="utf-8") for one in (WEB / "static").rglob("*.css"))
    named = set(re.findall(r"var\((--(?:ds|g)-[a-z0-9-]+)\)", CSS))
    assert len(named) > 30
    assert sorted(one for one in named if f"{one}:" not in made) == []


def test_every_line_has_its_own_dashes_and_shape_and_is_seen_on_white() -> None:
    dashes = [line(number)[0] for number in LINES]
    assert len(set(dashes)) == len(dashes) and dashes.count("") == 1, "one is unbroken"
    assert len(set(charts.SHAPES)) == len(LINES)
    assert min(contrast(line(number)[1], WHITE) for number in LINES) >= ENOUGH


@pytest.mark.parametrize("kind", [Standing, Progress, Signal, ProgrammeStatus], ids=lambda kind: kind.__name__)
def test_the_pieces_of_a_bar_and_the_tiles_of_a_map_have_each_their_sign(kind: EnumType) -> None:
    signs: Any = region_map.SIGNS if kind is ProgrammeStatus else bars.SIGNS
    assert all(signs[one] for one in kind)
    assert not [(one, other) for one, other in combinations(kind, 2) if signs[one] == signs[other]]


def test_the_words_on_a_piece_and_the_line_around_it_are_seen_on_every_shade() -> None:
    fills = re.findall(r"^\.g-bars__piece:is\([^{]+\) rect { fill: ([^;]+);", CSS, re.MULTILINE)
    assert len(fills) == 5
    words, edge = (
        luminance(said(f".g-bars__piece {part}", what)) for part, what in (("text", "fill"), ("rect", "stroke"))
    )
    for fill in (*map(luminance, fills), WHITE):
        assert contrast(words, fill) >= 4.5
        assert contrast(edge, fill) >= ENOUGH, "or two pieces beside each other are one"


def test_the_classes_of_the_map_have_patterns_that_differ_and_are_seen() -> None:
    page = (WEB / "templates" / "numbers_region.html").read_text(encoding="utf-8")
    widths = re.findall(r'\("(class-\d)", (\d)\)', page)
    assert [name for name, _ in widths] == ["class-1", "class-2", "class-3"]
    assert all(int(after) - int(one) >= 3 for (_, one), (_, after) in pairwise(widths))
    ink = luminance(said(".g-map__pattern", "color"))
    opacities = [float(one) for one in re.findall(r'data-class="\d"\] { fill-opacity: ([\d.]+);', CSS)]
    assert len(opacities) == 3
    assert all(contrast(ink, WHITE - (WHITE - ink) * opacity) >= ENOUGH for opacity in opacities)
    assert len(set(region_map.UNSHOWN.values())) == len(region_map.UNSHOWN)


def test_bands_beside_each_other_have_a_line_between_them_that_is_seen() -> None:
    fill, edge = luminance(said(".g-flow", "fill")), luminance(said(".g-flow", "stroke"))
    assert min(contrast(edge, fill), contrast(edge, WHITE)) >= ENOUGH
    assert said(".g-flow--unshown", "stroke-dasharray"), "and what is hidden is dashed"
