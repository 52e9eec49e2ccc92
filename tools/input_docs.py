"""`docs/reference/input.md`: what each form takes, and what each act refuses, read out of the code.

`python -m tools.input_docs` writes it; with `--check` it only says whether it is current (exit 1 if not). The fields
are those of the forms as they are declared; what is refused is read from the source: the sentences that an act gives
for a field (`refuse`, `Invalid`), and those that a form gives when its fields do not go together.
"""

import ast
import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "input.md"
FACES = ("grunnmur.web", "grunnmur.family", "grunnmur.public")
ACTS = ("cases/actions", "directory", "stewardship", "insight", "post")
SHARED = "grunnmur/cases/actions/checks.py"
FEW = 8
"""Choices that are named one by one; of more, the number."""
WORDS = frozenset({"_", "gettext", "gettext_lazy"})
SOURCE = re.compile(r"\(([^()]*§[^()]*)\)")


# --- what stands in the source ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an act or a form says of a field, and in which function."""

    where: str
    field: str
    says: tuple[str, ...]


@cache
def tree(path: str) -> ast.Module:
    """A file of the program, read."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    """The last name of what is called; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def name_of(node: ast.AST | None) -> str:
    """A name of a field as it is written: a part that is put in later stands as «…»."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(name_of(part) if isinstance(part, ast.Constant) else "…" for part in parts)
        case _:
            return "…"


@cache
def texts(path: str) -> dict[str, tuple[str, ...]]:
    """The sentences behind each constant and function at the top of a file."""
    found = {}
    for node in tree(path).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.FunctionDef(name=name):
                found[name] = tuple(said(node))
            case _:
                pass
    return found


def said(node: ast.AST, path: str = "") -> Iterator[str]:
    """The sentences in a piece of code; with a file, also those of its own constants and functions that are used."""
    for part in ast.walk(node):
        match part:
            case ast.Call(args=[ast.Constant(value=text), *_]) if called(part) in WORDS:
                yield " ".join(str(text).split())
            case ast.Name(id=name) if path:
                yield from texts(path).get(name) or texts(SHARED).get(name, ())


def refused_by(node: ast.AST, where: str, path: str) -> Iterator[Refusal]:
    """What a function or a class refuses, field by field, in the order of the source."""
    gives = isinstance(node, ast.FunctionDef) and node.returns is not None and "Problem]" in ast.unparse(node.returns)
    for part in ast.walk(node):
        match part:
            case ast.Call(args=[ast.Dict() as problems, *_]) if called(part) in ("refuse", "Invalid"):
                yield from _in_table(problems, where, path)
            case ast.Return(value=ast.Dict() as problems) if gives:
                yield from _in_table(problems, where, path)
            case ast.Call(args=[field, *rest]) if called(part) == "add_error":
                yield Refusal(where, name_of(field) if not _is_none(field) else "", tuple(_all_said(rest, path)))
            case ast.Call(args=said_of_all) if called(part) == "ValidationError":
                yield Refusal(where, "", tuple(_all_said(said_of_all, path)))


def _in_table(table: ast.Dict, where: str, path: str) -> Iterator[Refusal]:
    """What a table of fields and problems refuses; one that is spread into it (`**…`) names its fields itself."""
    for key, value in zip(table.keys, table.values, strict=True):
        yield Refusal(where, name_of(key) if key else "…", tuple(dict.fromkeys(said(value, path))))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _all_said(nodes: list[ast.expr], path: str) -> Iterator[str]:
    for node in nodes:
        yield from said(node, path)


def added_by(form: ast.ClassDef) -> dict[str, str]:
    """The fields that a form makes when it is shown, and what makes each."""
    return {
        name_of(target.slice): called(node.value)
        for node in ast.walk(form)
        if isinstance(node, ast.Assign) and called(node.value)
        for target in node.targets
        if isinstance(target, ast.Subscript) and getattr(target.value, "attr", "") == "fields"
    }


# --- forms ------------------------------------------------------------------------------------------------------

MADE_BY = {
    "choice": "ett av flere valg",
    "ChoiceField": "ett av flere valg",
    "WhoField": "ett av flere valg",
    "choices": "noen av flere valg",
    "DateField": "dato",
    "ClockField": "klokkeslett",
    "CharField": "tekst på én linje",
    "IntegerField": "helt tall",
    "BooleanField": "ja eller nei",
    "AmountField": "beløp",
    "long_text": "tekst",
}
"""What a field that is made when the page is shown is, by what makes it."""


def form_classes() -> list[type]:
    """Every form of the program, in the order of the files."""
    from django import forms

    for face in FACES:
        package = importlib.import_module(face)
        for module in pkgutil.walk_packages(package.__path__, f"{face}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    found: list[type] = []
    waiting: list[type] = [forms.Form]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if one.__module__.startswith(FACES) and one not in found:
                found.append(one)
    return sorted(found, key=lambda one: (one.__module__, _source_of(one).lineno))


def _source_of(form: type) -> ast.ClassDef:
    return next(
        node
        for node in ast.walk(tree(path_of(form.__module__)))
        if isinstance(node, ast.ClassDef) and node.name == form.__name__
    )


def path_of(module: str) -> str:
    """The file of a module."""
    return f"{module.replace('.', '/')}.py"


def sort_of(field: Any) -> str:
    """What a field takes, in a few words."""
    from django import forms

    from grunnmur.web import forms as ours

    sorts: tuple[tuple[type, str], ...] = (
        (ours.DateField, "dato"),
        (ours.ClockField, "klokkeslett"),
        (ours.MailField, "e-postadresse"),
        (ours.PhoneField, "telefonnummer"),
        (forms.UUIDField, "en rads nøkkel (UUID)"),
        (forms.FileField, "fil"),
        (forms.MultipleChoiceField, "noen av flere valg"),
        (forms.ChoiceField, "ett av flere valg"),
        (forms.BooleanField, "ja eller nei"),
        (forms.IntegerField, "helt tall"),
        (forms.DecimalField, "tall"),
    )
    own = type(field).__doc__ if type(field).__module__.startswith("grunnmur") else None
    named = next((word for kind, word in sorts if isinstance(field, kind)), "")
    if named:
        return named
    if own:
        return f"`{type(field).__name__}`"
    if isinstance(field.widget, forms.Textarea):
        return "tekst"
    return "det som skrives skjult" if isinstance(field.widget, forms.PasswordInput) else "tekst på én linje"


def limits_of(field: Any) -> str:
    """What bounds a field."""
    from django import forms

    found = [
        f"{word} {value:,}{unit}".replace(",", " ")
        for word, value, unit in (
            ("minst", getattr(field, "min_length", None), " tegn"),
            ("høyst", getattr(field, "max_length", None), " tegn"),
            ("fra", getattr(field, "min_value", None), ""),
            ("til", getattr(field, "max_value", None), ""),
        )
        if value is not None and not callable(value)
    ]
    if isinstance(field, forms.ChoiceField):
        offered = [str(key) for key, _label in _flat(list(field.choices)) if str(key)]
        if not offered:
            found.append("det siden viser fram")
        else:
            found.append(", ".join(f"`{key}`" for key in offered) if len(offered) <= FEW else f"{len(offered)} valg")
    return ", ".join(found)


def _flat(choices: list[Any]) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(list(label))
        else:
            yield key, label


def _form(form: Any) -> Iterator[str]:
    source, path = _source_of(form), path_of(form.__module__)
    fields = {
        name: field for name, field in form.base_fields.items() if name in _own_fields(source) or not _is_ours(form)
    }
    added = added_by(source)
    across = [one for one in refused_by(source, form.__name__, path) if one.says]
    if not (fields or added or across):
        return
    more = [one.__name__ for one in form.__bases__ if one.__module__.startswith(FACES) and one.base_fields]
    besides = f" (og det som står i {', '.join(more)})" if more else ""
    yield f"\n**{form.__name__}**{besides}\n"
    if fields or added:
        yield from table(
            ("Felt", "Ledetekst", "Hva", "Må fylles ut", "Grense"),
            [
                *(
                    (
                        f"`{name}`",
                        plain(field.label),
                        sort_of(field),
                        "ja" if field.required else "nei",
                        limits_of(field),
                    )
                    for name, field in fields.items()
                ),
                *(
                    (f"`{name}`", "", MADE_BY.get(maker, f"`{maker}`"), "", "lages når siden vises")
                    for name, maker in added.items()
                ),
            ],
        )
    if across:
        yield ""
        for one in across:
            yield f"- {field_of(one)}: {' '.join(one.says)}"


def _is_ours(form: Any) -> bool:
    return any(base.__module__.startswith(FACES) for base in form.__bases__)


def _own_fields(form: ast.ClassDef) -> set[str]:
    return {
        target.id
        for node in form.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


# --- the page ---------------------------------------------------------------------------------------------------


def render() -> str:
    """The page, in bokmål."""
    from django.utils import translation

    with translation.override("nb"):
        return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    from grunnmur import uploads
    from grunnmur.web import forms

    yield "<!-- Laget av tools/input_docs.py fra skjemaene og handlingene. Endre dem, ikke denne siden. -->"
    yield "# Hva som kan skrives hvor, og hva som avvises\n"
    yield "Skjemaene ser bare på formen: at en dato er en dato, og at et valg er blant dem siden viser. Reglene står i"
    yield "handlingene, som spørres på samme måte av sider og filer. Det som aldri må bli feil, avviser databasen selv."
    yield "Det som brytes, sies i setningen ved siden av feltet, og ingenting av det som er skrevet, går tapt.\n"
    yield "## Formene\n"
    yield from table(
        ("Hva", "Slik"),
        [
            ("dato", f"dd.mm.åååå, også uten punktum og med to siffer i året; år {forms.FIRST_YEAR}–{forms.LAST_YEAR}"),
            ("klokkeslett", "14.00, 14:00, 1400 eller 14"),
            ("e-postadresse", "høyst 200 tegn, bare ASCII (`grunnmur/post/mail.py`)"),
            ("telefonnummer", "åtte siffer, eller med landkode (`grunnmur/post/sms.py`)"),
            ("tekst på én linje, tekst", "uten tegnet null; for lang tekst avvises og kuttes aldri"),
            ("ett eller noen av flere valg", "bare nøkler som siden viser fram"),
            (
                "det som skrives skjult",
                "et nytt passord har minst 15 tegn og er ikke et som andre kjenner "
                "(`grunnmur/directory/passwords.py`); en PIN har seks tall",
            ),
            (
                "fil",
                f"{', '.join(kind.value for kind in uploads.Kind)}; høyst {uploads.MAX_BYTES // 1_000_000} MB "
                "([regelen](../security/uploads.md)). Den nasjonale filen har [sin egen side](national-file.md)",
            ),
            ("skjult i hvert skjema", "en nøkkel som gjør at et dobbeltklikk virker én gang, og versjonen siden viste"),
        ],
    )
    yield "\nAndre felt enn dem som står her, leses ikke. Hvor ofte noe kan sendes, står i `definitions/limits.yaml`."
    yield "\n## Skjemaene"
    before = ""
    for form in form_classes():
        lines = list(_form(form))
        if lines and form.__module__ != before:
            before = form.__module__
            yield f"\n### `{path_of(before)}`"
        yield from lines
    yield "\n## Det handlingene avviser\n"
    yield "Ved hvert felt står setningene som sies. En kilde som handlingen nevner, står ved den. Andre regler er våre"
    yield "egne valg, eller har kilden sin der de står i koden. `%(…)s` i en setning fylles ut når den sies, og «…» i"
    yield "et navn er en nøkkel som settes inn."
    for folder in ACTS:
        for path in sorted((ROOT / "grunnmur" / folder).glob("*.py")):
            yield from _acts(str(path.relative_to(ROOT)))


def _acts(path: str) -> Iterator[str]:
    rows = [
        (f"`{node.name}`" if not number else "", field_of(one), " ".join(one.says), "" if number else sources)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        for sources in ["; ".join(dict.fromkeys(SOURCE.findall(" ".join((ast.get_docstring(node) or "").split()))))]
        for number, one in enumerate(one for one in refused_by(node, node.name, path) if one.says)
    ]
    if rows:
        yield f"\n### `{path}`\n"
        yield from table(("Handling", "Felt", "Det som sies", "Kilde"), rows)


def field_of(one: Refusal) -> str:
    """Which field a refusal stands by."""
    return {"": "hele skjemaet", "…": "flere felt"}.get(one.field, f"`{one.field}`")


def plain(text: object) -> str:
    """A text in a cell of a table."""
    return " ".join(str(text or "").split()).replace("|", "\\|")


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a table."""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(plain(cell) for cell in row)} |"


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
