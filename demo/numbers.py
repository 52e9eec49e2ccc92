"""Made-up numbers about the pathway in the demo, hidden by the real rules: four half-years in every municipality."""

from collections import defaultdict
from datetime import UTC, date, datetime
from random import Random

from demo.places import COUNTY, PLACES
from grunnmur.insight.freezing import BACK, shown
from grunnmur.insight.halves import WAIT, Half, countable
from grunnmur.insight.hiding import ALL, Cell, Counted
from grunnmur.insight.indicators import indicators
from grunnmur.insight.models import Figure, Period

SEED = 20230216
"""The day the pathway was launched (S3)."""
EACH = {
    "vurdert": 0.8,
    "startgrunner": 1.0,
    "ikke-startet": 0.3,
    "tid-til-avgjorelse": 0.8,
    "tid-til-oppstartsmote": 0.4,
    "tid-til-kartlegging": 0.35,
    "tid-til-statusmote": 0.3,
    "tid-til-avslutning": 0.3,
    "hele-forlopet": 0.3,
    "fase-0-til-1": 0.48,
    "fase-0-til-2": 0.4,
    "fase-0-til-3": 0.35,
    "fase-0-til-4": 0.3,
    "fase-0-til-5": 0.3,
    "fase-1-til-3": 0.35,
    "fase-1-til-4": 0.3,
    "fase-2-til-4": 0.3,
    "fase-2-til-5": 0.3,
    "fase-3-til-5": 0.3,
    "medvirkning": 1.6,
    "helse-i-samtaler": 0.8,
    "samtykker": 1.4,
    "nei-og-hjelp": 0.2,
    "kartlegging-bedt-om": 0.7,
    "hvem-kartlegger": 0.7,
    "kartlegging-utfall": 0.6,
    "tiltak-etter-kartlegging": 0.4,
    "kartlegging-begynt": 0.7,
    "kartlegging-ferdig": 0.6,
    "henvisninger-sendt": 0.4,
    "avslag-etter-alder": 0.15,
    "hvem-henviser": 0.4,
    "hvem-far-henvisninger": 0.4,
    "svar-pa-henvisning": 0.4,
    "svar-innen-10-dager": 0.4,
    "oppstart-innen-65-dager": 0.3,
    "moter": 1.2,
    "oppmote": 2.2,
    "hvem-kom": 3.0,
    "sporsmal": 0.9,
    "avsluttet": 0.3,
    "hvem-tar-over": 0.4,
    "tatt-opp-igjen": 0.1,
    "barnet-ble-hort": 0.4,
    "foreldre-forsto": 0.4,
    "barnevernet-ser-nytte": 0.3,
    "helsetjenestene-ser-nytte": 0.4,
}
"""How many of each a municipality has in a half-year, for each child that the demo makes there: made up."""
MANY = 3
"""How much more than that: then they are about as many as the investigations in Agder were in half of 2017 (SSB)."""
FALLS = 0.45
"""How much rarer each category is than the one before it: made up."""
LIKELY = {
    **{
        f"fase-0-til-{phase}": ("without", f"within_{few}")
        for phase, few in ((1, 14), (2, 42), (3, 84), (4, 126), (5, 216))
    },
    "hvem-kartlegger": ("gp", "school_health", "dental", "municipal", "camhs"),
    "hvem-henviser": ("gp", "child_welfare", "school_health"),
    "avslag-etter-alder": ("mental_13", "mental_6", "somatic_6", "substance_use_13", "mental_18"),
    "hvem-far-henvisninger": ("camhs", "municipal", "paediatric", "dental"),
    "hvem-kom": ("parent", "child", "gp", "school_health", "camhs", "foster_parent", "municipal"),
    "hvem-tar-over": ("school_health", "child_welfare", "gp", "camhs", "person"),
}
"""The services that have any there, the likeliest first: made up. In other tables it is the order of the categories."""
Rows = dict[tuple[str, str], dict[Cell, Counted]]


def load(today: date) -> None:
    """Put the figures of the last half-years there. May be run again."""
    for number, half in enumerate(countable(today, most=BACK)):
        if Period.objects.filter(from_on=half.from_on).exists():
            continue
        Period.objects.create(
            from_on=half.from_on,
            until_on=half.until_on,
            frozen_at=datetime.combine(half.until_on + WAIT, datetime.min.time(), UTC),
            indicators=list(EACH),
            places=[place.number for place in PLACES],
        )
        Figure.objects.bulk_create(
            Figure(
                period_id=half.from_on,
                indicator=indicator,
                county=county,
                municipality_id=place,
                category=category,
                times=times,
            )
            for indicator, county, place, category, times in shown(_counted(half, growth=0.6 + 0.2 * number))
        )


def _counted(half: Half, *, growth: float) -> Rows:
    """Numbers with all their sums; each time is taken to be a child of its own."""
    random = Random(f"{SEED} {half.key}")
    tables: Rows = {}
    for key, each in EACH.items():
        times: dict[Cell, int] = defaultdict(int)
        categories = list(LIKELY.get(key) or indicators().get(key).labels("nb"))
        weights = [FALLS**rank for rank in range(len(categories))]
        for place in PLACES:
            tilt = random.uniform(0.6, 1.6)
            for category in random.choices(
                categories, [weights[0] * tilt, *weights[1:]], k=round(place.children * each * MANY * growth)
            ):
                for cell in ((place.number, category), (place.number, ALL), (ALL, category), (ALL, ALL)):
                    times[cell] += 1
        tables[key, COUNTY] = {cell: Counted(number, number) for cell, number in times.items()}
    return tables
