"""Made-up tables for what hides and for what attacks."""

from collections import defaultdict
from collections.abc import Mapping
from random import Random

from grunnmur.insight.hiding import ALL, Cell, Counted
from tests.insight.attacker import Ties

KINDS = tuple(f"k{number}" for number in range(8))
"""The categories of `a_table`, though nobody has some of them."""


def with_sums(cells: Mapping[Cell, Counted]) -> dict[Cell, Counted]:
    """A table of cells without sums, and every sum; no child is in two cells."""
    table = dict(cells)
    for (place, category), one in cells.items():
        for cell in ((place, ALL), (ALL, category), (ALL, ALL)):
            sofar = table.get(cell, Counted(0, 0))
            table[cell] = Counted(sofar.times + one.times, sofar.children + one.children)
    return table


def a_table(random: Random) -> dict[Cell, Counted]:
    """A county of one to 25 municipalities, large and small, and two to eight categories, common and rare."""
    places, kinds = random.choice((1, 2, 5, 15, 25)), random.choice((2, 3, 4, 6, 8))
    common = [random.choice((0.05, 0.2, 0.5)) for _ in range(kinds)]
    sizes = random.choice(((2, 8, 20), (5, 40), (30, 60, 100)))
    cells = {}
    for place in range(places):
        size = random.choice(sizes)
        for kind, often in zip(KINDS, common, strict=False):
            if times := sum(random.random() < often for _ in range(size)):
                cells[f"{4201 + place}", kind] = Counted(times, random.randint((times + 1) // 2, times))
    return with_sums(cells or {("4201", "k0"): Counted(1, 1), ("4201", "k1"): Counted(7, 7)})


TIED: Ties = {
    "ikke-startet": [("vurdert", "do_not_start")],
    "nei-og-hjelp": [("samtykker", "partly"), ("samtykker", "refused")],
    "hvem-kartlegger": [("kartlegging-bedt-om", ALL)],
    "kartlegging-begynt": [("kartlegging-bedt-om", ALL)],
    "tiltak-etter-kartlegging": [
        ("kartlegging-utfall", one) for one in ("municipal_follow_up", "dental_follow_up", "other_service", "referral")
    ],
    "hvem-henviser": [("henvisninger-sendt", ALL)],
    "hvem-far-henvisninger": [("henvisninger-sendt", ALL)],
    "avslag-etter-alder": [("henvisninger-sendt", "rejected")],
    "tid-til-avslutning": [("avsluttet", ALL)],
    "fase-0-til-1": [("vurdert", "start")],
    "fase-0-til-2": [("tid-til-oppstartsmote", ALL)],
    "fase-0-til-3": [("tid-til-kartlegging", ALL)],
    "fase-1-til-3": [("tid-til-kartlegging", ALL)],
    "fase-0-til-4": [("fase-1-til-4", ALL)],
    "fase-2-til-4": [("fase-1-til-4", ALL)],
    "fase-0-til-5": [("avsluttet", ALL)],
    "fase-2-til-5": [("avsluttet", ALL)],
    "fase-3-til-5": [("avsluttet", ALL)],
}
"""The tables of the program whose sum is told by numbers of another, from what each of them counts."""
OFTEN: Mapping[str, Mapping[str, float]] = {
    "vurdert": {"start": 60, "do_not_start": 40},
    "ikke-startet": {"worry_sign": 30, "risk_factor": 20, "neither": 50},
    "samtykker": {"given": 70, "partly": 8, "refused": 12, "withdrawn": 3, "waiting": 7},
    "nei-og-hjelp": {"offered": 80, "not_written": 20},
    "kartlegging-bedt-om": {"mental": 60, "somatic": 20, "dental": 15, "substance_use": 5},
    "hvem-kartlegger": {"gp": 40, "school_health": 35, "dental": 15, "municipal": 8, "other": 2},
    "kartlegging-begynt": {"within_14": 60, "within_42": 30, "not_yet": 10},
    "kartlegging-utfall": {
        "no_further_need": 30,
        "municipal_follow_up": 30,
        "dental_follow_up": 10,
        "other_service": 7,
        "referral": 25,
        "not_indicated": 8,
    },
    "tiltak-etter-kartlegging": {"begun": 45, "agreed": 25, "nothing": 30},
    "henvisninger-sendt": {"right_granted": 65, "rejected": 22, "returned": 5, "unanswered": 8},
    "hvem-henviser": {"gp": 60, "child_welfare": 25, "school_health": 15},
    "hvem-far-henvisninger": {"camhs": 75, "municipal": 15, "paediatric": 10},
    "avsluttet": {"no_further_need": 60, "agreed_with_health": 25, "other": 15},
    "tid-til-avslutning": {"within_90": 20, "within_180": 40, "later": 30, "without": 10},
    "fase-2-til-5": {"within_174": 40, "within_348": 40, "later": 10, "without": 10},
}
"""How often each thing happens in `a_county`: made up, and not of every pair of phases, which are alike."""


def a_county(random: Random) -> dict[str, dict[Cell, Counted]]:
    """Tables of the same events in two to eight municipalities, by indicator; each time is a child of its own."""
    cells: dict[str, dict[Cell, Counted]] = {name: {} for name in OFTEN}

    def happens(name: str, place: str) -> str:
        category = random.choices([*OFTEN[name]], [*OFTEN[name].values()])[0]
        sofar = cells[name].get((place, category), Counted(0, 0))
        cells[name][place, category] = Counted(sofar.times + 1, sofar.children + 1)
        return category

    tied: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, parts in TIED.items():
        for part in parts:
            tied[part] += [name] * (name in OFTEN)
    for number in range(random.choice((2, 3, 5, 8))):
        size = random.choice((3, 8, 20, 40))
        for name in sorted({other for other, _ in tied} & OFTEN.keys()):
            for _ in range(random.randint(0, size)):
                category = happens(name, f"{4201 + number}")
                for other in (*tied[name, category], *tied[name, ALL]):
                    happens(other, f"{4201 + number}")
    return {name: with_sums(one) for name, one in cells.items() if one}


def ties_of(tables: Mapping[str, object]) -> Ties:
    """The ties between the tables that there are; a part of which nothing is counted is nothing."""
    return {name: [one for one in parts if one[0] in tables] for name, parts in TIED.items() if name in tables}
