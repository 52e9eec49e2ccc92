"""`docs/reference/pathway-extension.md`, written from the schema, so that it cannot lie.

`python -m grunnmur.exchange.pathway_file.schema_docs` writes it; with `--check` it only says whether it is current
(exit 1 if not).
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from grunnmur.exchange.pathway_file.write import NAMESPACE, SCHEMA

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "pathway-extension.md"
XS = "{http://www.w3.org/2001/XMLSchema}"

INTRODUCTION = f"""\
<!-- Laget av grunnmur.exchange.pathway_file.schema_docs. Endre skjemaet, ikke denne siden. -->
# Et forslag: forløpet som en utvidelse av barnevernsfilen

Barnevernsregisteret har ikke noe element for nasjonalt forløp. Dette er **vårt eget forslag** til hvordan det kunne se
ut. Statistisk sentralbyrå har ikke bedt om det og tar det ikke imot. Derfor ligger det i en egen fil, med eget skjema
(`grunnmur/exchange/pathway_file/forlop.xsd`) og eget navnerom:

    {NAMESPACE}

`grunnmur export_ssb --extension` legger filen ved siden av [den nasjonale filen](national-file.md), med samme navn og
endelsen `.forlop.xml`. Den knyttes til den med nøkler, og har ikke fødselsnummer eller journalnummer.

## Hva som ikke er med

- **Ingenting som helsetjenestene har skrevet**: ikke kartlegging av helseområdene, henvisning eller FACT-team. Det er
  samtykket til samarbeid om barnet, ikke til et register. Kommandoen ser det heller ikke: den har innlesingens innsyn.
- Ingen navn, tjenester, begrunnelser eller annen fritekst, og ikke barnets egne ord.
- Ikke hvor barnet bor eller hvor noe ble holdt.
- Ikke hva noen svarte på et samtykke: svarene er til tjenesten de ble gitt til. At et samtykke ble trukket tilbake, er
  med.

Kodene er de som står i [forløpet](pathway.md) og [handlingene](acts.md); «Medvirkning» er registerets egne
kategorier, 1.1 til 2.2.
"""


def render() -> str:
    """The page, in bokmål."""
    return INTRODUCTION + "\n".join(_elements()) + "\n"


def _elements() -> Iterator[str]:
    for element in etree.parse(SCHEMA).getroot().iterchildren(f"{XS}element"):
        yield f"\n## {element.get('name')}\n"
        yield f"{_said(element)}\n"
        inside = [child.get("ref", "") for child in element.iter(f"{XS}element") if child.get("ref")]
        if inside:
            yield f"Inni: {', '.join(inside)}.\n"
        yield "| Attributt | Hva det sier | Må være med | Verdier |"
        yield "|---|---|---|---|"
        for attribute in element.iter(f"{XS}attribute"):
            must = "ja" if attribute.get("use") == "required" else ""
            yield f"| {attribute.get('name')} | {_said(attribute)} | {must} | {_values(attribute)} |"


def _said(node: etree._Element) -> str:
    return node.findtext(f"{XS}annotation/{XS}documentation") or ""


def _values(attribute: etree._Element) -> str:
    listed = [value.get("value") or "" for value in attribute.iter(f"{XS}enumeration")]
    kind = {"xs:date": "dato", "xs:dateTime": "dato og klokkeslett", "xs:boolean": "true eller false"}
    named = {"Id": "nøkkel (UUID)", "Nokkel": "nøkkel", "Medvirkning": "1.1 til 2.2"}
    return ", ".join(listed) or attribute.get("fixed") or (kind | named)[attribute.get("type") or ""]


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` say whether it is current."""
    page = render()
    if "--check" in arguments:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
            return 0
        sys.stderr.write(f"{PAGE.name} is stale: run python -m grunnmur.exchange.pathway_file.schema_docs\n")
        return 1
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
