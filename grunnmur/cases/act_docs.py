"""`docs/reference/acts.md`, written from the tables of rights and of events, so that it cannot say anything else.

`python -m grunnmur.cases.act_docs` writes it; with `--check` it only says whether it is current (exit 1 if not).
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grunnmur.directory.kinds import Role

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "acts.md"


def render() -> str:
    """The page, in bokmål."""
    from django.utils import translation

    with translation.override("nb"):
        return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    from grunnmur.cases import access, events
    from grunnmur.cases.terms import PathwayStatus

    yield "<!-- Laget av grunnmur.cases.act_docs fra access.py og events.py. Endre tabellene der, ikke denne siden. -->"
    yield "# Hvem kan gjøre hva, og hva som skrives i loggen\n"
    yield "Hver handling går gjennom samme dør: `grunnmur/cases/door.py`. Nøkkelen er den samme i koden, på sidene og"
    yield "i loggen. At en rolle kan gjøre noe, gjelder alltid bare saker som tjenesten har innsyn i.\n"
    yield f"*Barnevernet* er {_labels(access.CHILD_WELFARE).lower()}."
    yield f"*Helsepersonell* er {_labels(access.HEALTH).lower()}."
    yield f"*Stedet barnet bor* er {_labels(access.HOME).lower()}.\n"
    yield "## Handlinger i et forløp\n"
    yield from _table(
        ("Handling", "Roller", "Bare eieren", "Mens forløpet"),
        (
            (
                f"`{act}`",
                _roles(right.roles),
                "ja" if right.owner_only else "nei",
                "alltid" if right.while_status == access.ANY_STATUS else _labels(right.while_status),
            )
            for act, right in access.ACTS.items()
        ),
    )
    yield "\n## Handlinger på et barn, før eller ved siden av et forløp\n"
    yield from _table(("Handling", "Roller"), ((f"`{act}`", _roles(roles)) for act, roles in access.CHILD_ACTS.items()))
    yield "\n## Hendelser\n"
    yield "Hver handling skriver én hendelse. Setningen har aldri navn eller fritekst; hvem og når står ved siden av.\n"
    yield from _table(
        ("Hendelse", "Setning i tidslinjen"), ((f"`{name}`", str(text)) for name, text in events.EVENTS.items())
    )
    yield f"\nForløpet har fire statuser: {', '.join(str(status.label).lower() for status in PathwayStatus)}."
    yield "Alt annet, også fasen, regnes ut av det som er skrevet."


def _roles(roles: "frozenset[Role]") -> str:
    """The roles by the names of their groups, as far as they go."""
    from grunnmur.cases import access

    if roles == access.ANYONE_TAKING_PART:
        return "alle som deltar"
    groups = {"barnevernet": access.CHILD_WELFARE, "helsepersonell": access.HEALTH, "stedet barnet bor": access.HOME}
    named = [name for name, group in groups.items() if group <= roles]
    rest = roles.difference(*(groups[name] for name in named))
    return ", ".join([*named, *([_labels(rest).lower()] if rest else [])])


def _labels(choices: Iterable[object]) -> str:
    return ", ".join(sorted(str(choice.label) for choice in choices))  # type: ignore[attr-defined]  # text choices


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it. Returns the exit code."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grunnmur.settings")
    os.environ.setdefault("GRUNNMUR_SECRET_KEY", "documentation needs no secret".ljust(50))
    django.setup()
    page = render()
    if "--check" not in arguments:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write(f"{PAGE.name} is stale: run ./run docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
