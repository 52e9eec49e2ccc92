"""«Det som står» in plain words: what each table is called for those whose it is, and the names of its columns; on the
family's own pages, and in an extract.

The names of columns are the data register's own; they stand here to be translated. No rule is made here.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.queries.held import Held, Item

HEADINGS: tuple[tuple[Promise, Mapping[str, Promise]], ...] = (
    (
        gettext_lazy("Hvem det gjelder"),
        {
            "cases_child": gettext_lazy("Navn, fødselsdato og språk"),
            "cases_placement": gettext_lazy("Hvor barnet bor"),
        },
    ),
    (
        gettext_lazy("Meldinger og tiltak"),
        {
            "cases_nationalfile": gettext_lazy("Filer fra barnevernets eget system"),
            "cases_noteofconcern": gettext_lazy("Meldinger til barnevernet"),
            "cases_reporter": gettext_lazy("Hvem som meldte"),
            "cases_investigation": gettext_lazy("Undersøkelser"),
            "cases_measure": gettext_lazy("Hjelp fra barnevernet"),
            "cases_childwelfarestatus": gettext_lazy("Hvor langt saken er kommet"),
        },
    ),
    (
        gettext_lazy("Samtaler"),
        {
            "cases_conversation": gettext_lazy("Det vi snakket om"),
            "cases_ownwords": gettext_lazy("Det barnet selv sa"),
        },
    ),
    (
        gettext_lazy("Hvorfor vi startet, eller ikke"),
        {
            "cases_initiative": gettext_lazy("Ønsker om å starte"),
            "cases_initiativereply": gettext_lazy("Svar på ønskene"),
            "cases_observation": gettext_lazy("Det noen har sett"),
            "cases_assessment": gettext_lazy("Det vi bestemte"),
            "cases_assessedcriterion": gettext_lazy("Det vi la vekt på"),
            "cases_reactivation": gettext_lazy("Da vi begynte på nytt"),
            "cases_editionchange": gettext_lazy("Da vi byttet utgave av forløpet"),
        },
    ),
    (
        gettext_lazy("Samtykker"),
        {
            "cases_consent": gettext_lazy("Det vi har bedt om et ja til"),
        },
    ),
    (
        gettext_lazy("Møter"),
        {
            "cases_meeting": gettext_lazy("Når og hvor vi møtes"),
            "cases_meetingguest": gettext_lazy("Hvem i familien som er bedt"),
            "cases_invitation": gettext_lazy("Tjenester som er bedt"),
            "cases_invitationreply": gettext_lazy("Hvem som kommer"),
            "cases_meetingtext": gettext_lazy("Til å lese før møtet"),
            "cases_meetingheld": gettext_lazy("Referater"),
            "cases_minutesreview": gettext_lazy("Om referatet stemmer"),
            "cases_meetingcancelled": gettext_lazy("Møter som ikke ble noe av"),
            "cases_timepoll": gettext_lazy("Spørsmål om når vi kan møtes"),
            "cases_polltime": gettext_lazy("Tider å velge mellom"),
            "cases_pollasked": gettext_lazy("Hvem vi har spurt om tid"),
            "cases_pollanswer": gettext_lazy("Når de andre kan"),
        },
    ),
    (
        gettext_lazy("Mål"),
        {
            "cases_goal": gettext_lazy("Hva målene handler om"),
            "cases_goalversion": gettext_lazy("Hva målene sier"),
        },
    ),
    (
        gettext_lazy("Oppgaver"),
        {
            "cases_task": gettext_lazy("Hvor oppgavene kommer fra"),
            "cases_taskversion": gettext_lazy("Hvem som gjør hva"),
        },
    ),
    (
        gettext_lazy("Helse"),
        {
            "cases_mapping": gettext_lazy("Det vi ba noen se på"),
            "cases_mappingstep": gettext_lazy("Det de fant"),
            "cases_mappingline": gettext_lazy("Det som er viktig, og råd"),
            "cases_informantreport": gettext_lazy("Det andre fortalte"),
            "cases_referral": gettext_lazy("Henvisninger"),
            "cases_referraltext": gettext_lazy("Mer i henvisningene"),
            "cases_attachment": gettext_lazy("Filer som følger med"),
            "cases_referralanswer": gettext_lazy("Svar på henvisningene"),
        },
    ),
    (
        gettext_lazy("Spørsmål til andre"),
        {
            "cases_informationrequest": gettext_lazy("Det vi ba om å få vite"),
            "cases_informationreceived": gettext_lazy("Det vi fikk vite"),
            "cases_question": gettext_lazy("Det vi spurte om"),
            "cases_questionanswer": gettext_lazy("Det de svarte"),
            "cases_statusround": gettext_lazy("Da vi spurte alle"),
            "cases_roundconcluded": gettext_lazy("Det vi kom fram til"),
        },
    ),
    (
        gettext_lazy("Annet som er i gang"),
        {
            "cases_beside": gettext_lazy("Hjelp og saker ved siden av"),
        },
    ),
    (
        gettext_lazy("Hvem som har saken"),
        {
            "cases_handover": gettext_lazy("Hvem vi spurte om å ta over"),
            "cases_handoveranswer": gettext_lazy("Hvem som tok over"),
            "cases_received": gettext_lazy("Det som fulgte med hit"),
        },
    ),
    (
        gettext_lazy("Da vi ble ferdige"),
        {
            "cases_closure": gettext_lazy("Hvorfor vi er ferdige"),
            "cases_carrieson": gettext_lazy("Hvem som tar resten"),
        },
    ),
)
"""What is written, under what one would look for it: every table that can hold something of it, once, with its own
title."""
FOR_A_PROGRAM = frozenset(
    {
        "Filens kontrollsum",
        "Når fagsystemet laget den",
        "Om den kan vise hvor et barn med skjermet adresse er",
        "Rekkefølgen radene ble skrevet i",
        "Versjonens nummer",
    }
)
"""Columns that say something to a program alone. They are in what one fetches for a machine, and not on the page."""
LABELS: tuple[Promise, ...] = (
    gettext_lazy("Barnets egne ord"),
    gettext_lazy("Barnets navn"),
    gettext_lazy("Barnets situasjon"),
    gettext_lazy("Begrunnelsen"),
    gettext_lazy("Den som er spurt"),
    gettext_lazy("Det som fulgte med"),
    gettext_lazy("Det som ikke stemmer"),
    gettext_lazy("Det som skal leses"),
    gettext_lazy("Eierens saksnummer"),
    gettext_lazy("En av tidene"),
    gettext_lazy("En melding"),
    gettext_lazy("Fra når"),
    gettext_lazy("Fra når helsetjenesten har funnet at beslutningskompetansen mangler"),
    gettext_lazy("Fristen"),
    gettext_lazy("Fristen for å begynne"),
    gettext_lazy("Fristen for å svare"),
    gettext_lazy("Fødselsdato"),
    gettext_lazy("Fødselsnummer"),
    gettext_lazy("Gjelder fra"),
    gettext_lazy("Grunnen"),
    gettext_lazy("Grunnen til å avslutte"),
    gettext_lazy("Helseområdet"),
    gettext_lazy("Helseområdet målet gjelder"),
    gettext_lazy("Hjelp som tilbys også når noen sier nei"),
    gettext_lazy("Hovedgrunnen"),
    gettext_lazy("Hva den førte til"),
    gettext_lazy("Hva den gjelder"),
    gettext_lazy("Hva det bes om"),
    gettext_lazy("Hva det ble snakket om"),
    gettext_lazy("Hva det er"),
    gettext_lazy("Hva det gjelder"),
    gettext_lazy("Hva det sier"),
    gettext_lazy("Hva det spørres om"),
    gettext_lazy("Hva en ble stående ved"),
    gettext_lazy("Hva filen er"),
    gettext_lazy("Hva linjen er"),
    gettext_lazy("Hva målet sier"),
    gettext_lazy("Hva samtykket gjelder"),
    gettext_lazy("Hva slags møte"),
    gettext_lazy("Hva slags spørsmål det er"),
    gettext_lazy("Hva slags svar det er"),
    gettext_lazy("Hva slags tiltak"),
    gettext_lazy("Hva som ble bestemt"),
    gettext_lazy("Hva som ble brukt"),
    gettext_lazy("Hva som er funnet"),
    gettext_lazy("Hva som er funnet og gjort"),
    gettext_lazy("Hva som er prøvd"),
    gettext_lazy("Hva som er sett"),
    gettext_lazy("Hva som er viktig for barnet eller anbefales"),
    gettext_lazy("Hva som gjenstår"),
    gettext_lazy("Hva som kom fram"),
    gettext_lazy("Hva som ligger bak"),
    gettext_lazy("Hva som mangler"),
    gettext_lazy("Hva som skal gjøres"),
    gettext_lazy("Hva som skal tas opp"),
    gettext_lazy("Hva som står om det"),
    gettext_lazy("Hva tjenesten gjør videre"),
    gettext_lazy("Hvem det er kjent fra"),
    gettext_lazy("Hvem det kom fra"),
    gettext_lazy("Hvem det spørres hos"),
    gettext_lazy("Hvem det var med"),
    gettext_lazy("Hvem som er invitert"),
    gettext_lazy("Hvem som har det"),
    gettext_lazy("Hvem som har fortalt"),
    gettext_lazy("Hvem som så eller fortalte det"),
    gettext_lazy("Hvem som tar det"),
    gettext_lazy("Hvilke helseområder"),
    gettext_lazy("Hvilke slags opplysninger"),
    gettext_lazy("Hvilken av flere"),
    gettext_lazy("Hvilket møte"),
    gettext_lazy("Hvor"),
    gettext_lazy("Hvor alvorlig tjenesten vurderer at det er"),
    gettext_lazy("Hvor langt den er kommet"),
    gettext_lazy("Hvor saken står i barnevernet"),
    gettext_lazy("Hvor stor den er"),
    gettext_lazy("Hvor store vanskene er"),
    gettext_lazy("Hvordan barnet medvirket"),
    gettext_lazy("Hvordan barnet medvirket i den"),
    gettext_lazy("Hvordan det går siden sist"),
    gettext_lazy("Hvorfor den ble endret"),
    gettext_lazy("Hvorfor det ble endret"),
    gettext_lazy("Hvorfor det ble nei"),
    gettext_lazy("Hvorfor det ble opphevet"),
    gettext_lazy("Institusjonen eller fosterhjemmet"),
    gettext_lazy("Kjønn"),
    gettext_lazy("Koden"),
    gettext_lazy("Konklusjonen"),
    gettext_lazy("Kort om det"),
    gettext_lazy("Kriteriet"),
    gettext_lazy("Leddene i paragrafen"),
    gettext_lazy("Menneskene rundt barnet som var der"),
    gettext_lazy("Mennesket rundt barnet som gjør det"),
    gettext_lazy("Noe å vite først"),
    gettext_lazy("Når"),
    gettext_lazy("Når barnet medvirket"),
    gettext_lazy("Når den ble avklart"),
    gettext_lazy("Når den ble avsluttet"),
    gettext_lazy("Når den ble sendt"),
    gettext_lazy("Når den ble åpnet"),
    gettext_lazy("Når den kom"),
    gettext_lazy("Når den kom fram"),
    gettext_lazy("Når den var ferdig"),
    gettext_lazy("Når det begynte"),
    gettext_lazy("Når det ble avsluttet"),
    gettext_lazy("Når det ble bestemt"),
    gettext_lazy("Når det ble besvart"),
    gettext_lazy("Når det ble holdt"),
    gettext_lazy("Når det ble sagt"),
    gettext_lazy("Når det ble sendt"),
    gettext_lazy("Når det ble sett"),
    gettext_lazy("Når det ble spurt"),
    gettext_lazy("Når det ble svart"),
    gettext_lazy("Når det kom"),
    gettext_lazy("Når det sluttet"),
    gettext_lazy("Når hjelpen begynner"),
    gettext_lazy("Når runden ble startet"),
    gettext_lazy("Når saken begynte"),
    gettext_lazy("Når saken sluttet"),
    gettext_lazy("Når samtalen var"),
    gettext_lazy("Nærmere om hvordan barnet medvirket"),
    gettext_lazy("Om barnet er invitert"),
    gettext_lazy("Om barnet var der"),
    gettext_lazy("Om det bes om fornyet vurdering"),
    gettext_lazy("Om det er avsluttet"),
    gettext_lazy("Om det er på video"),
    gettext_lazy("Om det fortsatt gjelder"),
    gettext_lazy("Om det haster"),
    gettext_lazy("Om det kan følges opp i kommunen"),
    gettext_lazy("Om det kom fra fil eller ble skrevet for hånd"),
    gettext_lazy("Om det stemmer"),
    gettext_lazy("Om det trengs tolk"),
    gettext_lazy("Om en skal møtes"),
    gettext_lazy("Om hele saken var trukket tilbake"),
    gettext_lazy("Om saken var avsluttet"),
    gettext_lazy("Om tjenesten ønsker et møte"),
    gettext_lazy("Omsorgsgrunnlaget"),
    gettext_lazy("Paragrafen det er gitt etter"),
    gettext_lazy("Referatet"),
    gettext_lazy("Råd til den som henviste"),
    gettext_lazy("Samtykket eller paragrafen det spørres etter"),
    gettext_lazy("Skriftlig bidrag"),
    gettext_lazy("Slags fil"),
    gettext_lazy("Slags tegn"),
    gettext_lazy("Slutter å gjelde"),
    gettext_lazy("Språket barnet snakker"),
    gettext_lazy("Start eller ikke start"),
    gettext_lazy("Svaret"),
    gettext_lazy("Tidene som passer"),
    gettext_lazy("Til når barnet er funnet for lite til å danne seg synspunkter"),
    gettext_lazy("Tjenesten det henvises til"),
    gettext_lazy("Tjenesten det kom fra"),
    gettext_lazy("Tjenesten det spørres hos"),
    gettext_lazy("Tjenesten som er invitert"),
    gettext_lazy("Tjenesten som er spurt"),
    gettext_lazy("Tjenesten som får innsyn"),
    gettext_lazy("Tjenesten som gjør det"),
    gettext_lazy("Tjenesten som henviser"),
    gettext_lazy("Tjenesten som kartlegger"),
    gettext_lazy("Tjenesten som spørres"),
    gettext_lazy("Tjenesten som tar det"),
    gettext_lazy("Tjenestene som var der"),
    gettext_lazy("Trukket tilbake av fagsystemet"),
    gettext_lazy("Utgaven den fulgte"),
    gettext_lazy("Utgaven den følger"),
)
"""What a column can be called (`definitions/data_register.yaml`), without what it goes on to explain."""
OF_YOURS = gettext_lazy("Det du mener om dette")
"""What somebody has said of a row, on a page of their own."""
IN_AN_EXTRACT: Mapping[str, Promise] = {
    "cases_consentsignature": gettext_lazy("Hva hver enkelt svarte"),
    "cases_consentwithdrawal": gettext_lazy("Ja som ble trukket tilbake"),
    "cases_formervalues": gettext_lazy("Det som sto før det ble rettet"),
    "cases_participation": gettext_lazy("Hvem som har hatt innsyn"),
    "cases_pathway": gettext_lazy("Forløpet"),
    "cases_relatedperson": gettext_lazy("De som er rundt barnet"),
    "cases_remark": gettext_lazy("Merknader til det som er skrevet"),
}
"""What an extract has, that somebody goes through first, and the family's own pages do not."""
LABELS_IN_AN_EXTRACT: tuple[Promise, ...] = (
    gettext_lazy("Barnets kontaktperson"),
    gettext_lazy("Daglig omsorg"),
    gettext_lazy("Eieren av saken"),
    gettext_lazy("Filens kontrollsum"),
    gettext_lazy("Foreldreansvar"),
    gettext_lazy("Fødselsnummeret som sto"),
    gettext_lazy("Grunnlaget for rollen"),
    gettext_lazy("Hva personen er for barnet"),
    gettext_lazy("Hva slags rad som ble endret"),
    gettext_lazy("Hva som er neste steg"),
    gettext_lazy("Hvem merknaden er fra"),
    gettext_lazy("Hvem som representerer barnet eller forelderen"),
    gettext_lazy("Hvem som skal gjøre noe nå"),
    gettext_lazy("Hvem som svarte"),
    gettext_lazy("Hvem som trakk det"),
    gettext_lazy("Hvilket menneske rundt barnet"),
    gettext_lazy("Hvor forløpet står"),
    gettext_lazy("Hvordan det ble svart"),
    gettext_lazy("Hvorfor"),
    gettext_lazy("Hvorfor raden før var feil"),
    gettext_lazy("I hvilken egenskap det ble svart"),
    gettext_lazy("I hvilken egenskap det ble trukket"),
    gettext_lazy("Kolonnene som ble endret"),
    gettext_lazy("Kontaktpersonen"),
    gettext_lazy("Merknad"),
    gettext_lazy("Merknad til svaret"),
    gettext_lazy("Merknaden"),
    gettext_lazy("Navnet"),
    gettext_lazy("Når fagsystemet laget den"),
    gettext_lazy("Når saken sist kom videre"),
    gettext_lazy("Når vurderingen begynte"),
    gettext_lazy("Om den kan vise hvor et barn med skjermet adresse er"),
    gettext_lazy("På hvilket grunnlag"),
    gettext_lazy("Raden som denne retter eller fører videre"),
    gettext_lazy("Rekkefølgen radene ble skrevet i"),
    gettext_lazy("Språket personen snakker"),
    gettext_lazy("Telefon"),
    gettext_lazy("Teller"),
    gettext_lazy("Til hva"),
    gettext_lazy("Til når"),
    gettext_lazy("Tjenesten som har innsyn"),
    gettext_lazy("Tjenesten som svarte"),
    gettext_lazy("Utgaven av forløpet"),
    gettext_lazy("Vedtatte grenser for kontakt og opplysninger"),
    gettext_lazy("Versjonens nummer"),
)
"""The names of the columns there."""
TITLES: Mapping[str, Promise] = {
    **{name: t for _heading, each in HEADINGS for name, t in each.items()},
    **IN_AN_EXTRACT,
}
"""What each table is called, by its name."""


def written(found: tuple[Held, ...]) -> list[dict[str, Any]]:
    """What is written, under the headings that there is something under, table by table."""
    tables = {one.table: one for one in found if any(map(_said, one.items))}
    headed = [
        (heading, [_table(tables[name], title) for name, title in titles.items() if name in tables])
        for heading, titles in HEADINGS
    ]
    return [{"heading": heading, "tables": under} for heading, under in headed if under]


def _table(one: Held, title: Promise) -> dict[str, Any]:
    """The rows that say something."""
    return {
        "title": title,
        "rows": [
            {
                "at": item.at,
                "service": item.service,
                "said": [
                    *((_(label), text) for label, text in said),
                    *((OF_YOURS, text) for text in item.columns.get("remarks", ())),
                ],
            }
            for item in one.items
            if (said := _said(item))
        ],
    }


def _said(item: Item) -> list[tuple[str, str]]:
    """What a row says to people."""
    short = ((label_in_short(label), text) for label, text in item.said)
    return [(label, text) for label, text in short if label not in FOR_A_PROGRAM]


def label_in_short(label: str) -> str:
    """What a column is for, without what the register goes on to explain."""
    return label.partition(",")[0].partition(":")[0]


def called(label: str) -> str:
    """The name of a column, in the language of the moment."""
    return _(label_in_short(label))
