"""Files to test with: one small and one that uses every element and attribute of the format.

The child is synthetic (month + 80).
"""

from pathlib import Path

from lxml import etree

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "ssb"
"""The source's own schema, rules and examples: shared reading beside the project, not part of it."""
NATIONAL_ID = "14851281232"


def uuid(number: int) -> str:
    """A version 4 id that is the same in every run."""
    return f"{number:08x}-0000-4000-8000-000000000000"


SMALL = f"""<?xml version="1.0" encoding="UTF-8"?>
<Barnevern Id="{uuid(1)}" DatoUttrekk="2026-11-20T06:00:00+01:00">
  <Fagsystem Leverandor="Prøveleverandør" Navn="Prøvefagsystem" Versjon="4.2"/>
  <Avgiver Organisasjonsnummer="964964998" Kommunenummer="4202" Kommunenavn="Grimstad kommune"/>
  <Sak Id="{uuid(2)}" StartDato="2026-10-20" Journalnummer="G-2026-0114">
    <Personalia Id="{uuid(3)}" StartDato="2026-10-20" Fodselsnummer="{NATIONAL_ID}" Fodseldato="2012-05-14" Kjonn="2"/>
    <Melding Id="{uuid(4)}" StartDato="2026-10-20">
      <Melder Kode="10"/>
      <Saksinnhold Kode="1.1.02"/>
      <Konklusjon SluttDato="2026-10-26" Kode="2"/>
    </Melding>
    <Undersokelse Id="{uuid(5)}" StartDato="2026-10-26">
      <Konklusjon SluttDato="2026-11-10" Kode="1"/>
    </Undersokelse>
    <Tiltak Id="{uuid(6)}" StartDato="2026-11-10">
      <Lovhjemmel>
        <Lov>BVL2021</Lov>
        <Kapittel>3</Kapittel>
        <Paragraf>1</Paragraf>
      </Lovhjemmel>
      <Kategori Kode="3.10"/>
    </Tiltak>
  </Sak>
</Barnevern>
"""
"""Follows the format and every rule; line numbers in the tests are lines of this text."""

_LAW = """
      <Lov>BVL2021</Lov><Kapittel>5</Kapittel><Paragraf>1</Paragraf>
      <Ledd>1</Ledd><Ledd>2</Ledd><Bokstav>a</Bokstav><Bokstav>b</Bokstav><Punktum>1</Punktum><Punktum>12</Punktum>
"""

FULL = f"""<?xml version="1.0" encoding="UTF-8"?>
<Barnevern Id="{uuid(1)}" DatoUttrekk="2026-11-20T06:00:00.5Z" ForrigeId="{uuid(2)}">
  <Fagsystem Leverandor="Prøveleverandør" Navn="Prøvefagsystem" Versjon="4.2"/>
  <Avgiver Organisasjonsnummer="964964998" Kommunenummer="4202" Kommunenavn="Grimstad kommune"
    Bydelsnummer="01" Bydelsnavn="Fevik"/>
  <Sak Id="{uuid(3)}" MigrertId="m" StartDato="2020-01-01" SluttDato="2026-11-01" Journalnummer="G-1" Avsluttet="true"
    ErSlettet="false">
    <Personalia Id="{uuid(10)}" StartDato="2020-01-01" Fodselsnummer="{NATIONAL_ID}" Fodseldato="2012-05-14" Kjonn="2"
      DUFnummer="201012345600" ErSlettet="0"/>
    <Personalia Id="{uuid(11)}" StartDato="2021-01-01" Fodselsnummer="{NATIONAL_ID}" Fodseldato="2012-05-14" Kjonn="0"/>
    <Melding Id="{uuid(20)}" MigrertId="m" StartDato="2020-01-01" ErSlettet="1">
      <Melder Kode="10"/>
      <Melder Kode="22" Presisering="Brannvesenet"/>
      <Saksinnhold Kode="1.1.02"/>
      <Saksinnhold Kode="19" Presisering="Annet"/>
      <Konklusjon SluttDato="2020-01-05" Kode="10" ErSlettet="false"/>
    </Melding>
    <Melding Id="{uuid(21)}" StartDato="2020-02-01"/>
    <Undersokelse Id="{uuid(30)}" MigrertId="m" StartDato="2020-01-05" ErSlettet="false">
      <Vedtaksgrunnlag Kode="18" Presisering="Annet"/>
      <Vedtaksgrunnlag Kode="2.4.09"/>
      <BarnetsMedvirkning><StartDato>2020-02-01</StartDato><MedvirkningType>1.1</MedvirkningType></BarnetsMedvirkning>
      <UtvidetFrist StartDato="2020-02-01" Innvilget="1"/>
      <Konklusjon SluttDato="2020-04-01" Kode="1" Presisering="Vi ble enige"/>
    </Undersokelse>
    <Undersokelse Id="{uuid(31)}" StartDato="2020-05-05"/>
    <Plan Id="{uuid(40)}" MigrertId="m" StartDato="2020-04-01" Plantype="1" ErSlettet="false">
      <Evaluering UtfortDato="2020-06-01"/>
      <Evaluering UtfortDato="2020-07-01"/>
      <Konklusjon SluttDato="2020-08-01"/>
    </Plan>
    <Plan Id="{uuid(41)}" StartDato="2020-04-01" Plantype="8"/>
    <Tiltak Id="{uuid(50)}" MigrertId="m" StartDato="2020-04-01" ErSlettet="false">
      <Lovhjemmel>{_LAW}</Lovhjemmel>
      <JmfrLovhjemmel>{_LAW}</JmfrLovhjemmel>
      <JmfrLovhjemmel><Lov>BL1981</Lov><Kapittel>4a</Kapittel><Paragraf>12b</Paragraf></JmfrLovhjemmel>
      <Kategori Kode="2.99" Presisering="Nabo"/>
      <Tiltaksgrunnlag Kode="1"/>
      <Tiltaksgrunnlag Kode="3.3.06" Presisering="x"/>
      <Tilsyn>
        <Ansvarlig Id="{uuid(51)}" StartDato="2020-04-01" Kommunenummer="4203"/>
        <Ansvarlig Id="{uuid(51)}" StartDato="2020-04-01" Kommunenummer="4203"/>
        <Hyppighet Id="{uuid(52)}" StartDato="2020-04-01" Kode="4"/>
        <Utfort Id="{uuid(53)}" UtfortDato="2020-05-01"/>
      </Tilsyn>
      <Oppfolging>
        <Hyppighet Id="{uuid(54)}" StartDato="2020-04-01" Kode="2"/>
        <Utfort Id="{uuid(55)}" UtfortDato="2020-05-01"/>
      </Oppfolging>
      <Opphevelse Kode="4" Presisering="Flyttet"/>
      <Konklusjon SluttDato="2021-04-01"/>
    </Tiltak>
    <Tiltak Id="{uuid(56)}" StartDato="2021-04-01">
      <Lovhjemmel><Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>12</Paragraf></Lovhjemmel>
      <Kategori Kode="1.1"/>
    </Tiltak>
    <Vedtak Id="{uuid(60)}" MigrertId="m" StartDato="2020-04-01" ErSlettet="false">
      <Lovhjemmel>{_LAW}</Lovhjemmel>
      <JmfrLovhjemmel><Lov>BVL</Lov><Kapittel>4</Kapittel><Paragraf>8</Paragraf></JmfrLovhjemmel>
      <Krav Id="{uuid(61)}" StartDato="2020-04-01"><Konklusjon SluttDato="2020-05-01" Kode="9" Presisering="x"/></Krav>
      <Krav Id="{uuid(62)}" StartDato="2020-04-01"/>
      <Status Id="{uuid(63)}" EndretDato="2020-04-01" Kode="1"/>
      <Status Id="{uuid(64)}" EndretDato="2020-05-01" Kode="4"/>
      <Konklusjon SluttDato="2020-08-01"/>
    </Vedtak>
    <Ettervern Id="{uuid(70)}" MigrertId="m" TilbudSendtDato="2021-01-01" ErSlettet="false">
      <Konklusjon SluttDato="2021-05-01" Kode="1"/>
    </Ettervern>
    <Ettervern Id="{uuid(71)}" TilbudSendtDato="2021-01-01"/>
    <OversendelseFylkesnemnd Id="{uuid(80)}" MigrertId="m" StartDato="2020-03-01" ErSlettet="false">
      <Lovhjemmel>{_LAW}</Lovhjemmel>
      <JmfrLovhjemmel>{_LAW}</JmfrLovhjemmel>
    </OversendelseFylkesnemnd>
    <Flytting Id="{uuid(90)}" MigrertId="m" SluttDato="2021-04-01" ErSlettet="false">
      <ArsakFra Kode="1.1.5" Presisering="Annet"/>
      <FlyttingTil Kode="8" Presisering="Tante"/>
    </Flytting>
    <Relasjon Id="{uuid(100)}" FraId="{uuid(20)}" FraType="Melding" TilId="{uuid(30)}" TilType="Undersokelse"
      ErSlettet="false"/>
    <Slettet Id="{uuid(110)}" Type="Melding" SluttDato="2021-01-01"/>
    <Slettet Id="{uuid(110)}" Type="Plan" SluttDato="2021-01-01"/>
  </Sak>
</Barnevern>
"""
"""Every element, attribute and choice of the format at least once, and most of them twice."""


def tree(text: str) -> etree._Element:
    """The root of a file, for a test to break."""
    return etree.fromstring(text.encode())


def data(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
