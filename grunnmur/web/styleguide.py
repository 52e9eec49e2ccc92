"""The content of the style guide page: Anna's case on 22.11.2026 and one example of every component.

Shown in the demo only. It reads nothing; the people are the cast of the documentation.
"""

from datetime import date, datetime
from typing import Any

from grunnmur.clock import OSLO
from grunnmur.web.fields import Field
from grunnmur.web.frame import Frame, Lasting, NavigationItem


def context() -> dict[str, Any]:
    """Everything `styleguide.html` needs."""
    return {
        "frame": FRAME,
        "lasting": Lasting(idle=14 * 60, lasts=8 * 60 * 60, stay_url="#"),
        "csrf_token": "eksempel",
        "phases": PHASES,
        "areas": AREAS,
        "people": PEOPLE,
        "plan": PLAN,
        "happened": HAPPENED,
        "fields": FIELDS,
        "wrong_fields": WRONG_FIELDS,
        "owed": OWED,
    }


FRAME = Frame(
    person="Kari Lunde",
    service="Grimstad barneverntjeneste",
    home_url="#",
    logout_url="#",
    fetched_at=datetime(2026, 11, 28, 9, 30, tzinfo=OSLO),
    my_log_in_url="#",
    navigation=(
        NavigationItem(label="Mitt arbeid", url="#", is_current=True),
        NavigationItem(label="Ikke vurdert ennå", url="#", count=7, count_label="barn"),
        NavigationItem(label="Møter", url="#"),
    ),
    notices=[("success", "Påminnelsen er sendt til barneavdelingen.")],
)

PHASES = [
    {
        "number": 1,
        "name": "Oppstart og vurdering",
        "state": "done",
        "text": "Startet 04.11. To kriterier. Anna og foreldrene har samtykket.",
        "url": "#",
    },
    {
        "number": 2,
        "name": "Samhandling",
        "state": "now",
        "text": "Oppstartsmøte torsdag 26.11. To av tre har svart.",
        "url": "#",
    },
    {
        "number": 3,
        "name": "Kartlegging og utredning",
        "state": "begun",
        "text": "Før møtet: fastlegen har henvist.",
        "url": "#",
    },
    {"number": 4, "name": "Statusmøte", "state": "ahead", "text": "Ikke avtalt."},
    {"number": 5, "name": "Avslutning", "state": "ahead"},
]

AREAS = [
    {
        "name": "Psykisk helse",
        "text": "Henvist til ABUP 12.11.",
        "tag": "svar innen 26.11.",
        "tone": "waiting",
        "url": "#",
    },
    {
        "name": "Kroppslig helse",
        "text": "Henvist til barneavdelingen 12.11.",
        "tag": "svar innen 26.11.",
        "tone": "waiting",
        "url": "#",
    },
    {"name": "Tann- og munnhelse", "text": "Kartlagt 18.11.", "tag": "ingen funn", "tone": "done", "url": "#"},
    {"name": "Seksuell helse", "text": "Helsesykepleier tar det opp.", "tag": "avtalt", "url": "#"},
    {"name": "Rus", "text": "Ikke aktuelt nå.", "tag": "vurdert 04.11.", "url": "#"},
]

PEOPLE = [
    {
        "name": "Fastlege, Storgata legesenter",
        "initial": "F",
        "text": "Psykisk og kroppslig helse til 04.05.2027. Samtykke 04.11.",
    },
    {
        "name": "Helsesykepleier, skolehelsetjenesten",
        "initial": "H",
        "text": "Psykisk helse, seksuell helse og rus. Samtykke 04.11.",
    },
    {"name": "Tannhelsetjenesten i Agder", "initial": "T", "text": "Tann- og munnhelse. Samtykke 04.11."},
    {"name": "Skolen", "initial": "S", "text": "Ser ingenting. Anna har sagt nei foreløpig.", "sees": False},
]

PLAN = [
    {
        "what": "Time hos fastlege, blodprøver",
        "who": "Fastlege",
        "by": date(2026, 11, 10),
        "status": "gjort 09.11.",
        "tone": "done",
    },
    {
        "what": "Samtale om skolehverdagen",
        "who": "Helsesykepleier",
        "by": date(2026, 11, 24),
        "status": "avtalt 23.11.",
        "tone": "neutral",
    },
    {
        "what": "Vurdere henvisningen",
        "who": "ABUP",
        "by": date(2026, 11, 26),
        "limit": "10 virkedager",
        "status": "4 dager igjen",
        "tone": "waiting",
    },
    {
        "what": "Forberede Anna på møtet",
        "who": "Du",
        "by": date(2026, 11, 25),
        "status": "ikke startet",
        "tone": "neutral",
    },
]

HAPPENED = [
    {
        "on": date(2026, 11, 19),
        "text": "Innkalling til oppstartsmøte sendt til fastlege, ABUP og barneavdelingen.",
        "by": "Kari Lunde",
    },
    {"on": date(2026, 11, 18), "text": "Tannhelsetjenesten: kartlagt, ikke behov for oppfølging.", "by": "Tone Vik"},
    {
        "on": date(2026, 11, 12),
        "text": "Fastlegen henviste til ABUP og barneavdelingen. Begge kvitteringer er mottatt.",
        "by": "Per Holm",
    },
    {
        "on": date(2026, 11, 4),
        "text": "Avklaringsmøte. Anna: «Jeg vil at læreren skal slippe å vite alt.» Deling med skolen er ikke åpnet.",
        "by": "Kari Lunde",
    },
]

OWED = [
    {
        "label": "Anna, 14 år",
        "url": "#",
        "text": "Barneavdelingen har ikke svart på innkallingen. Varselet er levert, men ikke åpnet.",
        "tag": "3 dager hos dem",
        "tone": "waiting",
    },
    {
        "label": "Gutt, 9 år (G-2026-0098)",
        "url": "#",
        "text": "Avgjør om forløpet skal starte. Tre kriterier er krysset av.",
        "tag": "hos deg i dag",
    },
    {
        "label": "Jente, 16 år (G-2026-0071)",
        "url": "#",
        "text": "Samtykket til fastlegen går ut 30.11. Spør henne om det skal fornyes.",
        "tag": "8 dager igjen",
        "tone": "danger",
    },
]

_HOW = (
    ("video", "På video", "Lenken sendes i innkallingen."),
    ("sted", "På et sted", "Skriv hvor, så alle finner fram."),
    ("telefon", "På telefon", ""),
)
_WHO = (
    ("fastlege", "Fastlege", "Storgata legesenter"),
    ("abup", "ABUP", "Psykisk helsevern for barn og unge"),
    ("barneavdeling", "Barneavdelingen", ""),
)

FIELDS = (
    Field(name="on", label="Når er møtet?", kind="date", value="26.11.2026"),
    Field(name="how", label="Hvordan møtes dere?", kind="radio", choices=_HOW, value="video"),
    Field(
        name="invited",
        label="Hvem inviteres?",
        kind="checkbox",
        choices=_WHO,
        value=["fastlege", "abup"],
        hint="Bare tjenester som Anna og foreldrene har samtykket til, står her.",
    ),
    Field(name="place", label="Sted", hint="Adresse og rom.", required=False),
    Field(
        name="length",
        label="Hvor lenge varer det?",
        kind="select",
        choices=(("30", "30 minutter", ""), ("60", "1 time", ""), ("90", "1 time og 30 minutter", "")),
        value="60",
    ),
    Field(
        name="wish",
        label="Hva er viktig for Anna?",
        kind="textarea",
        hint="Skriv det slik hun selv sa det.",
        max_length=2000,
        required=False,
    ),
    Field(name="told", label="Anna vet hvem som inviteres", kind="check", value="on"),
)

WRONG_FIELDS = (
    Field(
        name="closed_on",
        label="Når ble forløpet avsluttet?",
        kind="date",
        value="31.11.2026",
        error="31.11.2026 finnes ikke. November har 30 dager.",
    ),
    Field(
        name="ground",
        label="Hvorfor avsluttes det?",
        kind="radio",
        choices=(
            ("done", "Barnet får den hjelpen det trenger", ""),
            ("withdrawn", "Samtykket er trukket", ""),
            ("moved", "Barnet har flyttet til en annen kommune", "Den nye kommunen vurderer forløpet på nytt."),
        ),
        error="Velg hvorfor forløpet avsluttes.",
    ),
    Field(
        name="summary",
        label="Oppsummering",
        kind="textarea",
        value="Anna har fått plass hos ABUP, og fastlegen",
        error="Skriv hvem som følger opp hver åpne sak videre.",
    ),
)
