"""`docs/reference/national-file.md`, written from the tables of rules and of the format, so that it cannot lie.

`python -m grunnmur.exchange.ssb.rule_docs` writes it; with `--check` it only says whether it is current (exit 1
if not).
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from grunnmur.exchange.ssb.rules import ASKED_FOR, NOT_CHECKED, OWN_RULES, RULES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "national-file.md"

INTRODUCTION = """\
<!-- Laget av grunnmur.exchange.ssb.rule_docs. Endre tabellene der, ikke denne siden. -->
# Den nasjonale barnevernsfilen

Grunnmur leser filen som fagsystemet sender til Statistisk sentralbyrå (barnevern, format v4.0.1), og kan skrive det som
er kjent her, i samme format. Kilden til formatet og reglene er `statisticsnorway/barn-barnevern-xsd`; numrene her er
kildens egne. En fil som bryter formatet eller en regel under «Regler som prøves», blir avvist i sin helhet, med linje,
regel og en setning om hva som må rettes. Da er ingenting endret.

## Hva som leses

| I filen | Hva vi tar vare på |
|---|---|
| Barnevern | filens Id, Id til filen før, når den ble laget |
| Avgiver | organisasjonsnummer, kommune og bydel |
| Sak | Id, journalnummer, start, slutt, om den er avsluttet eller slettet |
| Personalia | fødselsnummer og fødselsdato. DUF-nummeret og dagen prøves, men tas ikke vare på |
| Melding | når den kom, hvem som meldte og hva den gjelder (kodene), hvordan og når den ble avsluttet |
| Undersøkelse | når den åpnet, hvordan og når den ble avsluttet, hvordan barnet medvirket |
| Tiltak | kategori, lovhjemmel, start, slutt og årsaken til opphevelse |
| Slettet og ErSlettet | hva som er trukket tilbake, av det som leses |

Resten av filen må følge formatet, men leses ikke: kjønn, presiseringer, vedtaksgrunnlag, utvidet frist, planer,
tiltaksgrunnlag, tilsyn, oppfølging, vedtak, ettervern, oversendelser, flyttinger og relasjoner.
"""

WRITTEN = """
## Hva som skrives ut

`grunnmur export_ssb --municipality 4202 --all --out MAPPE --not-the-report` skriver én fil for hvert barn.
**Ingenting sendes.** En fil er hele saksmappen og erstatter den som er levert før, og Grunnmur vet mindre enn
kommunens fagsystem. Filen skal derfor ikke leveres som kommunens rapport der et annet fagsystem melder barnet. Det
står i hver fil, og kommandoen går ikke uten at en sier at en vet det. Filene er til prøving, til flytting til et
annet system, og for barn som Grunnmur alene har saken til
([hvorfor](../adr/0042-a-national-file-out-is-not-the-report.md)).

| I filen | Hvor vi har det fra |
|---|---|
| Barnevern | ny Id hver gang, og når filen ble laget. Aldri ForrigeId: filen før kan være et annet systems |
| Fagsystem | Grunnmur, og at filen ikke skal leveres |
| Avgiver | tjenesten i katalogen |
| Sak | som i den nyeste filen som er lest. Er ingen lest: egen Id, og starten er det eldste i filen |
| Personalia | barnets kort, fra den dagen saken startet. Uten fødselsnummer brukes formatets egne former |
| Melding, Undersøkelse, Tiltak | det som er lest. Er ingen fil lest: en melding eller undersøkelse som pågår |
| BarnetsMedvirkning | den leste filens, eller tjenestens egen fra forløpet mens undersøkelsen var åpen |
| Relasjon | fra en melding til undersøkelsen som åpnet dagen den ble konkludert med kode 2, som koden sier |

Barnets medvirkning er hentet fra samtalene og vurderingene i forløpet, ikke fra møter, kartlegginger og avslutninger.
Filen har plass til én for hver undersøkelse. Har barnet medvirket, går det foran en gang det ikke gjorde det; ellers
gjelder den nyeste. Ingen kilde sier hvilken filen skal ha, så dette er vårt eget valg.

Formatet har plass til individuell plan (6.3) og medisinsk undersøkelse (7.1) bare som **tiltak**, med lovhjemmel. De
er med når de er lest som tiltak. At det finnes en individuell plan ved siden av forløpet, er ikke et vedtak om
tiltak, og blir ikke gjort til det. Planen for samarbeidet er ingen av formatets åtte plantyper. Det forløpet vet ut
over dette, står i [forslaget til utvidelse](pathway-extension.md), som `--extension` legger ved siden av.

Med `--until` er saken slik den var da dagen var over. En fil heter det tilfeldige nummeret i seg, mappen kan bare
leses av den som kjørte kommandoen, og barnets logg får en hendelse og et oppslag.

**Barn med skjermet adresse:** formatet har ingen adresse og ikke noe merke for at den er skjermet, og unntar dem
ikke. Men kommunenummeret sier omtrent hvor barnet er, og mottakeren kan ikke se at filen må vernes. Med `--all` er de
derfor ikke med, og bare talt; med `--child` skrives de ut ett og ett. Dette er vårt eget valg.

### Barn det ikke blir noen fil om

Mangler vi noe som formatet eller en regel under krever, blir det ingen fil, og grunnen står i listen ved siden av
filene. Ingenting finnes på. Det gjelder særlig en kode som må presiseres, for presiseringer er fritekst og leses
ikke; et barn uten fødselsnummer og kjønn; og et barn som er ført for hånd med tiltak, for da er kategori og hjemmel
ikke kjent.

### Regler en fil fra oss kan bryte

Registeret har også disse reglene (ERROR). De gjelder noe vi ikke leser, og ikke har. Filen skrives likevel, og listen
sier hva den mangler.

"""

READING = """
## Slik har vi lest reglene

- En regel prøves når den gjelder noe som leses, og alvorlighetsgraden er FATAL eller ERROR. Et varsel (WARNING)
  eller en opplysning (INFO) stanser ingen fil.
- Det som er slettet i filen, prøves ikke mot reglene: det leses ikke. Det må følge formatet.
- «Gjelder fra» er dagen regelen begynte å gjelde. Reglene som gjelder den dagen filen leses, er de som prøves.
- Der kilden sier at en regel er mildere for det som er migrert, stanser den ikke et element som selv har
  `MigrertId`. Kildens avsnitt om at alle regler er mildere, handler om data rapportert gjennom KOSTRA. Filer hit
  kommer fra fagsystemet, så det avsnittet brukes ikke.
- «Nå» i reglene om alder er dagen filen ble laget, i Norge. «I år» i Sak Kontroll 1 er året filen leses.
- Sak Kontroll 1 gjelder alle datoer i saken, også i det som ellers ikke leses.
- Kodenes gyldighetsdatoer er ingen av reglene, og prøves ikke: filer kan ha nye koder på eldre meldinger.
"""


def render() -> str:
    """The page, in bokmål."""
    asked_for = _table(("Regel", "Hva den krever"), ((rule.number, rule.says) for rule in ASKED_FOR))
    return INTRODUCTION + WRITTEN + "\n".join(asked_for) + "\n" + READING + "\n".join(_tables()) + "\n"


def _tables() -> Iterator[str]:
    yield "\n## Regler som prøves\n"
    rows = (
        (rule.number, rule.says, rule.severity, f"{rule.valid_from:%d.%m.%Y}", _migrated(rule.is_milder_when_migrated))
        for rule in RULES
    )
    yield from _table(("Regel", "Hva den krever", "Alvor", "Gjelder fra", "Med MigrertId"), rows)
    yield "\n## Våre egne krav\n"
    yield "Ikke fra Statistisk sentralbyrå. De verner programmet og personene.\n"
    yield from _table(("Krav", "Hva det betyr"), OWN_RULES)
    yield "\n## Regler som ikke prøves\n"
    yield from _table(
        ("Regler", "Alvor", "Hvorfor ikke"),
        ((", ".join(group.numbers), group.severity, group.reason) for group in NOT_CHECKED),
    )


def _migrated(is_milder: bool) -> str:
    return "varsel" if is_milder else ""


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` say whether it is current."""
    page = render()
    if "--check" in arguments:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
            return 0
        sys.stderr.write(f"{PAGE.name} is stale: run python -m grunnmur.exchange.ssb.rule_docs\n")
        return 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
