"""A small file in Statistics Norway's format (version 4), as a case system would send it: for plays where the child
comes to us that way, without a name.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

MODEL_IN_FORCE = date(2026, 1, 1)
"""The day from which the codes of Bufdir's knowledge model are used in the file."""


class Sent(StrEnum):
    """What the file tells."""

    INVESTIGATION = "investigation"
    """The school health service was worried; an investigation is open."""
    MEASURES = "measures"
    """The investigation ended in help at home."""


def make(what: Sent, *, sent_at: datetime, org_number: str, journal: str, national_id: str, born_on: date) -> bytes:
    """The bytes of one file about one child in Grimstad."""
    day = sent_at.date()
    received, opened, ended = day - timedelta(days=70), day - timedelta(days=64), day - timedelta(days=8)
    if what is Sent.INVESTIGATION:
        received, opened = day - timedelta(days=12), day - timedelta(days=6)
    concern = "1.1.02" if received >= MODEL_IN_FORCE else "14"
    conclusion, measure = "", ""
    if what is Sent.MEASURES:
        conclusion = f'<Konklusjon SluttDato="{ended}" Kode="1"/>'
        measure = (
            f'<Tiltak Id="{uuid4()}" StartDato="{ended}"><Lovhjemmel><Lov>BVL2021</Lov><Kapittel>3</Kapittel>'
            '<Paragraf>1</Paragraf></Lovhjemmel><Kategori Kode="3.10"/></Tiltak>'
        )
    sex = int(national_id[8]) % 2 or 2
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Barnevern Id="{uuid4()}" DatoUttrekk="{sent_at.isoformat(timespec="seconds")}">
  <Fagsystem Leverandor="Demo" Navn="Demo" Versjon="1"/>
  <Avgiver Organisasjonsnummer="{org_number}" Kommunenummer="4202" Kommunenavn="Grimstad kommune"/>
  <Sak Id="{uuid4()}" StartDato="{received}" Journalnummer="{journal}">
    <Personalia Id="{uuid4()}" StartDato="{received}" Fodselsnummer="{national_id}" Fodseldato="{born_on}"
      Kjonn="{sex}"/>
    <Melding Id="{uuid4()}" StartDato="{received}"><Melder Kode="10"/><Saksinnhold Kode="{concern}"/>
      <Konklusjon SluttDato="{opened}" Kode="2"/></Melding>
    <Undersokelse Id="{uuid4()}" StartDato="{opened}">{conclusion}</Undersokelse>{measure}
  </Sak>
</Barnevern>
""".encode()
