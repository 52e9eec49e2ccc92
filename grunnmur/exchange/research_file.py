"""A research extract as one file: CSV and Parquet, what every column means, and how small the numbers are; sealed.

The file is sealed for the receiver (JWE, RFC 7516), so that whoever fetches and hands it on cannot read it.
"""

import csv
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import translation

from grunnmur.cases import data_register
from grunnmur.insight.deidentify import Age, Time, band
from grunnmur.insight.hiding import FOLDER, LEAST
from grunnmur.insight.research import Proposal
from grunnmur.insight.research_columns import Part
from grunnmur.insight.research_content import Content

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

CHECKSUMS = "checksums.sha256"
BITS = 3072
"""The least that the receiver's key may have (NIST SP 800-57 part 1, table 2: 128 bits of strength)."""
ALGORITHM, ENCRYPTION = "RSA-OAEP-256", "A256GCM"
SECONDS = 120
"""How long DuckDB may take; it takes a second."""

WHY = {"protected": "skjermet adresse", "restricted": "noe om barnet er holdt tilbake fra noen"}
TIMES = {Time.HALF: "halvår", Time.YEAR: "år", Time.PERIOD: "ikke sagt nærmere enn perioden"}
AGES = {Age.YEAR: "hele år", Age.THREE: "tre år om gangen", Age.GROUP: "fire grupper", Age.NONE: "ikke sagt"}


class NotAKey(Exception):
    """It is no public key that a file can be sealed for, or it is a private one."""


def fingerprint(public_key: str) -> str:
    """What two people can compare by telephone to know that they have the same key (RFC 7638). Raises NotAKey."""
    return _read(public_key).thumbprint()


def only_the_key(public_key: str) -> str:
    """The key as it is kept, without whatever else stood around it. Raises NotAKey."""
    return str(_read(public_key).as_pem(private=False).decode())


def _read(public_key: str) -> "RSAKey":
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    if "PRIVATE" in public_key:
        raise NotAKey
    try:
        key = RSAKey.import_key(public_key)
    except (ValueError, JoseError):
        raise NotAKey from None
    if key.is_private or key.raw_value.key_size < BITS:
        raise NotAKey
    return key


def seal(data: bytes, *, public_key: str) -> bytes:
    """The bytes as only the holder of the private key opens them. Raises NotAKey."""
    from joserfc import jwe

    header = {"alg": ALGORITHM, "enc": ENCRYPTION, "cty": "application/zip"}
    return jwe.encrypt_compact(header, data, _read(public_key), algorithms=[ALGORITHM, ENCRYPTION]).encode()


def as_zip(said: Proposal, made: Content) -> bytes:
    """The whole extract as one file, in bokmål, not sealed yet."""
    with translation.override("nb"):
        files = {f"{table.part.key}.csv": _csv(_names(table.part), table.rows) for table in made.tables}
        files |= _parquet(files)
        files["README.txt"] = _readme(said, made).encode()
        files["dictionary.csv"] = _csv(DICTIONARY, _dictionary(table.part for table in made.tables))
        files["small_numbers.csv"] = _csv(SMALL, _small_numbers(made, place_period=_period(said)))
    files[CHECKSUMS] = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in sorted(files.items()):
            # Without the day and the clock of the house.
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _names(part: Part) -> list[str]:
    return [column.name for column in part.columns]


def _csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue().encode()


def _parquet(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each CSV file as Parquet. It works in a private folder that is gone afterwards (and see `hiding.remove_left`).

    Raises CalledProcessError and TimeoutExpired.
    """
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-") as folder:
        here = Path(folder)
        for name, content in files.items():
            (here / name).write_bytes(content)
        root = Path(__file__).resolve().parents[2]
        subprocess.run(
            [sys.executable, "-m", "grunnmur.exchange.parquet", folder],
            env={"PYTHONPATH": str(root), "HOME": folder},
            check=True,
            timeout=SECONDS,
            capture_output=True,
        )
        return {path.name: path.read_bytes() for path in sorted(here.glob("*.parquet"))}


# --- what is said of it -----------------------------------------------------------------------------------------------

DICTIONARY = ("table", "column", "means", "unit", "codes", "built_on")
SMALL = ("time", "age", "sex", "children")


def _dictionary(parts: Iterable[Part]) -> Iterable[tuple[str, ...]]:
    """A line for each column: what it means, and in the words of the data register what it is made of."""
    register = {f"{column.table}.{column.name}": column.what for column in data_register.columns()}
    for part in parts:
        for column in part.columns:
            codes = "; ".join(f"{key or '(tom)'} = {label}" for key, label in column.all_codes().items())
            built_on = "; ".join(f"{key} ({register[key]})" for key in column.built_on)
            yield part.key, column.name, str(column.means), column.unit, codes, built_on


def _small_numbers(made: Content, *, place_period: str) -> Iterable[tuple[str, ...]]:
    for (time, age, sex), children in sorted(made.classes.items()):
        yield time or place_period, age, sex, str(children)


def _period(said: Proposal) -> str:
    first, last = said.halves
    return first.key if first == last else f"{first.key} til {last.key}"


def in_band(children: int) -> str:
    """A number of children as it may be said: small ones, 0 among them, are not told apart."""
    first, last = band(children)
    return f"{first} eller flere" if last is None else f"færre enn {last + 1}" if first == 0 else f"{first} til {last}"


def _readme(said: Proposal, made: Content) -> str:
    detail = made.detail
    left_out = "\n".join(f"  {says}: {in_band(made.left_out.get(why, 0))} barn" for why, says in WHY.items())
    tables = "\n".join(f"  {table.part.key}: {table.part.title}. {table.part.about}" for table in made.tables)
    without = ", ".join(str(part.title).lower() for part in made.without)
    return f"""Forskningsuttrekk fra Grunnmur, uten navn.

Prosjekt: {said.project}
Mottaker: {said.recipient}
Formål: {said.purpose}
Grunnlag: {said.ground.label}, {said.paragraph}. Referanse: {said.reference}
Saker åpnet: {_period(said)}
Skal være slettet hos mottakeren innen: {said.delete_by:%d.%m.%Y}

Uttrekket kan bare brukes til dette formålet. Ingen må prøve å finne ut hvem et barn er.

Tabeller
{tables}
{f"Ikke med, fordi for få barn har noe der: {without}." if without else ""}
Koden (code) står for et barn i denne filen alene. Nøkkelen den ble laget med, er borte, så den kobler ikke to uttrekk.

Slik er det gjort trygt
  Det andre kan vite om et barn: tid ({TIMES[detail.time]}), alder ({AGES[detail.age]}) og kjønn
  ({"sagt" if detail.says_sex else "ikke sagt"}). Minst {LEAST} barn har hver kombinasjon; se small_numbers.csv.
  Verdier som færre enn {LEAST} barn har, er slått sammen til «other». Dager er hele uker, i spenn som minst {LEAST}
  barn deler. Svar om erfaringer er uten barn, og de er bare med når minst {LEAST} har svart.
Barn som ikke er med
{left_out}

dictionary.csv sier hva hver kolonne betyr. Kontroller filene med: sha256sum -c {CHECKSUMS}
"""
