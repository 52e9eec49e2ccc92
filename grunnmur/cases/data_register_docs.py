"""`docs/security/record-of-processing.md` and `.csv`: the record of processing (GDPR art. 30), from the data register.

`python -m grunnmur.cases.data_register_docs` writes them; with `--check` it only says whether they are current, and
whether every column of every model has its line (exit 1 if not).
"""

import csv
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grunnmur.cases.data_register import Column
    from grunnmur.cases.definition_shapes import Citation

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "security"
PAGE = "record-of-processing.md"
TABLE = "record-of-processing.csv"
HEADINGS = (
    *("tabell", "kolonne", "hva", "formål", "slags opplysning", "behandling", "grunnlag", "bestemmelse"),
    *("jurist må bekrefte", "hvor lenge"),
)


def tables_of_the_models() -> dict[str, list[str]]:
    """Every table that a model of this program has, with its columns."""
    from django.apps import apps

    return {
        model._meta.db_table: [field.column for field in model._meta.local_fields if field.column]
        for model in apps.get_models(include_auto_created=True)
    }


def faults() -> str:
    """How the register and the models differ, in words; empty when they agree.

    A table that no model has (of `sec`, and the list of migrations) is held against the database by the tests.
    """
    from grunnmur.cases import data_register

    models = tables_of_the_models()
    of_models = [c for c in data_register.columns() if "." not in c.table and c.table != "django_migrations"]
    return "\n".join(filter(None, (data_register.missing(models), data_register.left_over(models, known=of_models))))


def render() -> dict[str, str]:
    """The files by name, in bokmål."""
    from django.utils import translation

    from grunnmur.cases import data_register

    with translation.override("nb"):
        columns = data_register.columns()
        return {PAGE: "\n".join(_page(columns)) + "\n", TABLE: _csv(columns)}


def _page(columns: "tuple[Column, ...]") -> Iterator[str]:
    from grunnmur.cases import data_register, retention

    said = data_register.register()
    yield "<!-- Laget av grunnmur.cases.data_register_docs fra definitions/data_register.yaml og retention.yaml. -->"
    yield "# Protokoll over behandlingen\n"
    yield "Personvernforordningen art. 30. Hver virksomhet er behandlingsansvarlig for det tjenestene dens skriver;"
    yield "saken eies av barneverntjenesten. Kommunen fyller inn navn og kontaktopplysninger på behandlingsansvarlig og"
    yield "personvernombud, og hvor driften skjer, før protokollen tas i bruk. Programmet sender ikke selv opplysninger"
    yield "til andre enn dem som står her. Sikkerhetstiltakene er beskrevet i [adr](../adr/README.md). Kolonne for"
    yield f"kolonne står det samme i [{TABLE}]({TABLE}).\n"
    yield "**◊** betyr at en jurist må bekrefte at bestemmelsen bærer denne behandlingen. **Eget valg** betyr at ingen"
    yield "kilde setter dette: kommunen bestemmer selv, i `definitions/retention.yaml`.\n"
    for activity in said.activities:
        own = [column for column in columns if column.activity.key == activity.key]
        yield f"## {activity.label}\n"
        yield "| | |"
        yield "|---|---|"
        yield f"| Formål | {activity.purpose} |"
        yield f"| Hvem det gjelder | {', '.join(activity.people) or 'ingen'} |"
        yield f"| Slags opplysninger | {'; '.join(dict.fromkeys(column.kind_label for column in own))} |"
        yield f"| Hvem som får dem | {activity.recipients} |"
        yield f"| Grunnlag | {'; '.join(dict.fromkeys(column.ground.label for column in own))} |"
        yield f"| Hvor lenge | {'; '.join(dict.fromkeys(column.retention.label for column in own))} |"
        yield ""
        yield "| Tabell | Til | Kolonner |"
        yield "|---|---|---|"
        for table in dict.fromkeys(column.table for column in own):
            mine = [column for column in own if column.table == table]
            yield f"| `{table}` | {mine[0].purpose} | {len(mine)} |"
        yield ""
    yield "## Grunnlag\n"
    yield "| Grunnlag | Bestemmelse | Art. 6 | Art. 9 |"
    yield "|---|---|---|---|"
    for ground in said.grounds:
        note = f". {ground.source.note}" if ground.source.note else ""
        confirm = " ◊" if ground.confirm else ""
        yield (
            f"| {ground.label} | {_cited(ground.source)}{confirm}{note} "
            f"| {ground.article_6 or '–'} | {ground.article_9 or '–'} |"
        )
    yield "\n## Hvor lenge opplysninger står\n"
    yield "| Gjelder | Regel | Kilde | Steg |"
    yield "|---|---|---|---|"
    for rule in retention.rules().values():
        steps = "; ".join(_step(step) for step in rule.steps)
        yield f"| {rule.label} | {rule.text} | {_cited(rule.source)} | {steps or 'ingen'} |"


def _step(step: object) -> str:
    from grunnmur.cases.retention import Outcome, Step

    assert isinstance(step, Step)
    words = {Outcome.RESTRICT: "lukkes", Outcome.ARCHIVE: "leveres til arkiv", Outcome.DELETE: "slettes"}
    when = "kvittering" if step.since == "receipt" else "start"
    return f"{words[step.do]} {step.months} mnd. etter {when} ({_cited(step.source)})"


def _cited(source: "Citation") -> str:
    from grunnmur.cases.definition import definitions

    titles = {item.key: item.title for item in definitions().sources}
    return "eget valg" if source.key == "EGEN" else f"{titles[source.key].partition(',')[0]} {source.place}"


def _csv(columns: "tuple[Column, ...]") -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    for c in columns:
        confirm = "ja" if c.ground.confirm else "nei"
        said = (c.kind_label, c.activity.label, c.ground.label, _cited(c.ground.source), confirm, c.retention.label)
        writer.writerow((c.table, c.name, c.what, c.purpose, *said))
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` compare them. Returns the exit code."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grunnmur.settings")
    os.environ.setdefault("GRUNNMUR_SECRET_KEY", "documentation needs no secret".ljust(50))
    django.setup()
    wrong = faults()
    if wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    for name, content in render().items():
        file = FOLDER / name
        if "--check" not in arguments:
            FOLDER.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != content:
            sys.stderr.write(f"{name} is stale: run ./run docs\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
