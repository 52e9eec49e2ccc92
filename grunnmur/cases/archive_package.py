"""The archive package of one closed pathway: what is in it, its files, and reading it again. Pure.

The package needs no program of ours: `content.json` with every row, version, disclosure, act and look, `schema.json`
that says its shape, `case.html` for people, `README.txt`, and `checksums.sha256` that `sha256sum -c` reads. No file
has a name or a number of a person in its name. It is neutral of technology, as arkivlova is; it is not a Noark 5
extraction, which a depot may ask for beside it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

CHECKSUMS = "checksums.sha256"
FILES = ("README.txt", "case.html", "content.json", "schema.json")
README = """Arkivpakke for ett avsluttet forløp, fra Grunnmur.

content.json      alle rader og versjoner, hvem som har hatt innsyn, hva som er gjort, og hvem som har sett; filer
                  (cases_attachment, «content») står i base64. Står det «sha256:» i stedet, var filene til sammen for
                  store for pakken. Da er hver fil levert for seg, og dette er kontrollsummen av den
schema.json       formen på content.json (JSON Schema)
case.html         det samme for mennesker
checksums.sha256  kontrollsum for hver fil; kontroller med: sha256sum -c checksums.sha256

Innholdet er taushetsbelagt (barnevernsloven § 13-1). Hver rad sier hvilken slags opplysning den er («kind»), og hver
tabell sier hva den er til. Tilgangen i depotet skal ikke være videre enn den var her.
"""


class Damaged(Exception):
    """The package is not what was made: says which file, and what is wrong with it."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnMeaning(_Shape):
    """What a column is for, which kind of information it is, and on what ground it is held."""

    name: str
    what: str
    kind: str
    ground: str


class TablePart(_Shape):
    table: str
    purpose: str
    columns: tuple[ColumnMeaning, ...]
    rows: tuple[dict[str, Any], ...]


class Act(_Shape):
    at: str
    name: str
    says: str
    who: str
    service: str
    subject: str | None
    data: dict[str, Any]


class Look(_Shape):
    at: str
    who: str
    service: str
    role: str
    page: str
    allowed: bool


class Package(_Shape):
    """Everything about one run of the pathway, and what follows the child."""

    format: Literal["grunnmur-archive"] = "grunnmur-archive"
    version: Literal[1] = 1
    program: str
    made_at: str
    pathway: str
    owner: str
    edition: str
    status: str
    closed_on: str | None
    tables: tuple[TablePart, ...]
    acts: tuple[Act, ...]
    looks: tuple[Look, ...]

    @property
    def row_count(self) -> int:
        return sum(len(table.rows) for table in self.tables)


def pack(package: Package) -> dict[str, bytes]:
    """The files of a package by name. The same package always gives the same bytes."""
    files = {
        "README.txt": README.encode(),
        "case.html": _page(package).encode(),
        "content.json": _json(package.model_dump(mode="json")),
        "schema.json": _json(Package.model_json_schema()),
    }
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return {**files, CHECKSUMS: "".join(lines).encode()}


def fingerprint(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of the list of checksums, in hexadecimal: it stands for every byte of the package."""
    return hashlib.sha256(files[CHECKSUMS]).hexdigest()


def unpack(files: Mapping[str, bytes], *, sha256: str | None = None) -> Package:
    """The package again, after everything has been checked. `sha256`: the fingerprint it was made with.

    Raises Damaged.
    """
    if CHECKSUMS not in files:
        raise Damaged(f"{CHECKSUMS} is missing.")
    if sha256 is not None and fingerprint(files) != sha256:
        raise Damaged(f"{CHECKSUMS} is not the one that the package was made with.")
    listed = {}
    for line in files[CHECKSUMS].decode("utf-8", "replace").splitlines():
        digest, _space, name = line.partition("  ")
        listed[name] = digest
    if set(listed) != set(FILES) or set(files) != {*FILES, CHECKSUMS}:
        raise Damaged("The package has other files than its list of checksums.")
    for name, digest in listed.items():
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise Damaged(f"{name} has been changed.")
    try:
        return Package.model_validate_json(files["content.json"])
    except ValidationError as wrong:
        raise Damaged(f"content.json does not have the shape of schema.json: {wrong.error_count()} faults.") from None


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _page(package: Package) -> str:
    """The package for people: one file that needs nothing from anywhere."""
    parts = [
        "<!doctype html>\n<html lang='nb'>\n<head><meta charset='utf-8'><title>Arkivpakke</title></head>\n<body>",
        f"<h1>Arkivpakke for ett forløp</h1>\n<p>Eier: {escape(package.owner)}. Laget {escape(package.made_at)}.</p>",
    ]
    for table in package.tables:
        what = {column.name: column.what for column in table.columns}
        parts.append(f"<h2>{escape(table.purpose.capitalize())}</h2>")
        for row in table.rows:
            said = (
                f"<dt>{escape(what.get(name, name))}</dt><dd>{escape(_text(table.table, name, value))}</dd>"
                for name, value in sorted(row.items())
                if value not in (None, "", [])
            )
            parts.append(f"<dl>{''.join(said)}</dl>")
    parts.append("<h2>Hva som er gjort</h2>\n<ol>")
    parts += [f"<li>{escape(f'{act.at}: {act.says} {act.who}, {act.service}')}</li>" for act in package.acts]
    parts.append("</ol>\n<h2>Hvem som har sett</h2>\n<ol>")
    parts += [
        f"<li>{escape(f'{look.at}: {look.who}, {look.role}, {look.service}')}{'' if look.allowed else ' (avvist)'}</li>"
        for look in package.looks
    ]
    return "\n".join([*parts, "</ol>\n</body>\n</html>\n"])


FILE_COLUMNS = frozenset({("cases_attachment", "content")})
"""Tables and their columns with a file: in base64, or its checksum where it is delivered apart."""
MOST_FILE_BYTES = 100_000_000
"""Of all the files in one package; our own choice. It is made in memory, where each byte is held several times."""
APART = "sha256:"


def has_room_for(sizes: Iterable[int]) -> bool:
    """Whether files of these sizes, in bytes, are in the package; otherwise each is delivered by itself."""
    return sum(sizes) <= MOST_FILE_BYTES


def apart(content: bytes) -> str:
    """What stands in the package for a file that is delivered by itself."""
    return APART + hashlib.sha256(content).hexdigest()


def _text(table: str, name: str, value: Any) -> str:
    if (table, name) in FILE_COLUMNS:
        if str(value).startswith(APART):
            return f"(en fil, levert for seg: {value})"
        return "(en fil: innholdet står i content.json, i base64)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
