"""`docs/reference/synthetic-nation.md`, written from the assumptions so that it cannot say anything else than they do.

`python -m tools.nation_docs` writes it; with `--check` it only says whether it is current (exit 1 if not).
"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from demo.assumptions import Assumptions, Number, Shares, Source, assumptions
from grunnmur.cases.definition import definitions

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "synthetic-nation.md"


def render() -> str:
    """The page, in bokmål."""
    return "\n".join(_page(assumptions())) + "\n"


def _page(found: Assumptions) -> Iterator[str]:
    sourced = sum(one.source is not None for one in found.lines())
    yield "<!-- Laget av tools.nation_docs fra definitions/synthetic_nation.yaml. Endre den, ikke denne siden. -->"
    yield "# Den syntetiske nasjonen\n"
    yield "```sh\n./run do simulate --municipalities 357 --years 10 --seed 1 --until 2026-06-30\n```\n"
    yield "Kommandoen fyller en database uten barn med oppdiktede saker, til å telle og måle på: fra én kommune til"
    yield "hele landet, og fra ett til ti år. Samme størrelse, siste dag og frø gir de samme radene. Ingen av barna"
    yield "finnes, og kommandoen finnes ikke i produksjon.\n"
    yield "**Lages ikke:** logg, utsendinger, brukere som logger inn, navn, fødselsnummer, mål, tiltak, plasseringer"
    yield "og familiens egne innlogginger. Journalteksten er ett ord.\n"
    yield f"Av {len(list(found.lines()))} linjer har {sourced} en kilde. Resten er **vår antakelse**, satt for å gi"
    yield "rader av hvert slag i en størrelse det går an å måle på. De sier ingenting om hvordan det er i"
    yield "virkeligheten.\n"
    yield "## Tall\n\n| Hva | Tall | Kilde |\n|---|--:|---|"
    yield from (f"| {one.nb} | {_number(one)} | {_cite(one.source)} |" for one in found.numbers)
    yield "\n## Fordelinger\n\n| Hva | Del av alle | Kilde |\n|---|---|---|"
    yield from (f"| {one.nb} | {_shares(one)} | {_cite(one.source)} |" for one in found.shares)
    yield "\n## Dager\n\nHalvparten er raskere enn den midterste.\n\n| Hva | Minst | Halvparten | Mest | Kilde |"
    yield "|---|--:|--:|--:|---|"
    yield from (f"| {one.nb} | {one.least} | {one.half} | {one.most} | {_cite(one.source)} |" for one in found.days)


def _number(one: Number) -> str:
    return f"{one.value:,g}".replace(",", " ").replace(".", ",")


def _shares(one: Shares) -> str:
    ends = [0.0, *one.thresholds, 1.0]
    return ", ".join(
        f"{f'`{code}`' if code else '(tomt)'} {100 * (end - begin):.1f} %".replace(".0 %", " %")
        for code, (begin, end) in zip(one.of, pairwise(ends), strict=True)
    )


def _cite(source: Source | None) -> str:
    return f"{definitions().source(source.key).title}, {source.place}" if source else "vår antakelse"


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it. Returns the exit code."""
    text = render()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{PAGE.name} is stale: run python -m tools.nation_docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
