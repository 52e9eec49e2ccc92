"""`docs/reference/indicators.md`, written from the definitions so that it cannot say anything else than they do.

`python -m grunnmur.insight.indicator_docs` writes it; with `--check` it only says whether it is current (exit 1
if not).
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import translation

from grunnmur.cases.definition import definitions
from grunnmur.insight.halves import WAIT
from grunnmur.insight.hiding import LEAST
from grunnmur.insight.indicators import Indicator, Indicators, Source, indicators

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "indicators.md"


def render() -> str:
    """The page, in bokmål."""
    with translation.override("nb"):
        return "\n".join(_page(indicators())) + "\n"


def _page(found: Indicators) -> Iterator[str]:
    yield "<!-- Laget av grunnmur.insight.indicator_docs fra definitions/. Endre definisjonene, ikke denne siden. -->"
    yield "# Tallene om forløpet\n"
    yield "Ingen offisiell registrering av forløpet er funnet. Hva som telles, er vårt eget valg.\n"
    yield f"**Halvår.** Alt telles for et halvår, {WAIT.days} dager etter at det er slutt, og aldri på nytt.\n"
    yield "**Hvem er med.** Saker som barneverntjenesten i kommunen eier. Barn med skjermet adresse er ikke med."
    yield "En tjeneste for flere kommuner telles i den kommunen den hører til.\n"
    yield f"**Små tall.** Et tall om færre enn {LEAST} barn skjules, og så mange andre at ingen sum røper det."
    yield "Der summen for en kommune er skjult, skjules nullene også, så ingen ser hva de få hadde."
    yield "Der alle har det samme, skjules kommunen, men ikke i tall om hvordan tjenestene arbeider.\n"
    yield f"**Hvem ser tallene.** {found.seen_by.nb}\n"
    for group in found.groups:
        yield f"- **{group.nb}:** {_links(found.of(group))}"
    yield ""
    for group in found.groups:
        yield f"## {group.nb}\n"
        for one in found.of(group):
            yield from _indicator(one)
    yield f"## SINTEFs spørsmål\n\nKilde: {_cite(found.sintef.source)} Ordene er våre.\n"
    for question in found.sintef.questions:
        yield f"{question.number}. {question.nb} {_links(found.shows('sintef', question.number))}"
    yield f"\n## Virkningene\n\nKilde: {_cite(found.effects.source)} Ordene er våre.\n"
    for effect in found.effects.list:
        without = f"*Intet tall viser det:* {effect.without.nb}" if effect.without else ""
        yield f"- {effect.nb} {_links(found.shows('effects', effect.key)) or without}"


def _indicator(one: Indicator) -> Iterator[str]:
    yield f'<a id="{one.key}"></a>\n### {one.nb.title}\n\n{one.nb.asks}\n\n| | |\n|---|---|'
    labels = one.labels("nb")
    rows = {
        "Id": f"`{one.key}`",
        "Teller": one.nb.numerator,
        "Nevner": one.nb.denominator,
        "Halvåret bestemmes av": one.nb.day,
        "Grupper": "; ".join(f"`{key}` {label}" for key, label in labels.items()),
        "Sammenliknes som andel": labels[one.share] if one.share else "nei",
        "Der alle har det samme": "vises" if one.of_services else "skjules",
        "Bygger på": _cite(one.source),
        "Svakheter": one.nb.weak,
        "Sett over": f"{one.reviewed_on:%d.%m.%Y}",
    }
    yield from (f"| {name} | {text} |" for name, text in rows.items())
    yield ""


def _links(shown: list[Indicator]) -> str:
    return ", ".join(f"[{one.nb.title}](#{one.key})" for one in shown)


def _cite(source: Source) -> str:
    return f"{definitions().source(source.key).title}, {source.place}."


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it. Returns the exit code."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    text = render()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{PAGE.name} is stale: run python -m grunnmur.insight.indicator_docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
