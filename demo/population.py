"""Who the synthetic children are: which case each has, how far it has come, and where. The same seed and the same day
give the same children.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from random import Random
from uuid import UUID

from demo import cast, names, services
from demo.copies import Copy
from demo.households import ANY_AGE, Household
from demo.names import Family
from demo.places import PLACES, Place
from demo.places import get as get_place
from demo.plays import Played
from demo.recording import Stage
from demo.scene import COLLEAGUE, CONTACT, IMPORTER, LEADER, employee, service_of
from demo.services import DemoService, Employee
from demo.texts import Theme, lines, themes
from grunnmur.cases import national_id
from grunnmur.cases.age import age_on, birthday
from grunnmur.cases.terms import PathwayStatus
from grunnmur.directory.kinds import Role, ServiceKind

SEED = 20230216
"""The day the pathway was launched (S3)."""
OLDEST_CASE = 320
"""Days: no copy begins earlier than this before today, but those that are `EARLIER`."""
EARLIER = 10
"""Closed cases in Grimstad that began in the last two half-years that are counted: a research extract is about such
half-years alone, and needs five children who are alike."""
BEGAN = range(240, 400, 16)
"""Days ago that they began: what is counted last ended 45 to 229 days ago, so it or the half before has them all."""
ENDED = ("closed_no_further_need", "closed_agreed_with_health")
"""How they ended: as most do."""
IN_THE_EXAMPLE_FILES = frozenset({"14851281232", "03891764056", "22812073552"})
"""National numbers of the example files, which must be free for the files to be read."""
WITHOUT_A_NUMBER = 0.02
COMES_IN_AT = 13
"""Years: old enough to see the most, and young enough that the parents sign too."""
GRIMSTAD = "4202"
MOVED = frozenset({"closed_family_moved", "closed_no_further_need"})
"""Stages at which a child may be known to another service as well."""
KNOWN_TWICE = 4
"""How many children two services know, each for itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """One case to make: a stage of a play that its last act reached so many days ago."""

    play: str
    stage: str
    days: int
    theme: str = ""
    is_earlier: bool = False
    """Whether it may have begun before `OLDEST_CASE`."""
    comes_in: bool = False
    """Whether the child is to come in by itself (`demo/families.py`): old enough, and with a number, on any day."""


KARIS = (
    Part("akutt", "acute", 1, "selvskading"),
    Part("nei_far", "refused", 6, "konsentrasjon"),
    Part("seksuell_ungdom", "talked_once", 12, "grenser"),
    Part("psykisk_foster", "asked", 16, "vold_i_hjemmet"),
    Part("kropp_delt", "talked_with_both", 9, "astma"),
    Part("tann_mor", "started", 4, "karies"),
    Part("kropp_tiltak", "avklaring_called", 17, "hodepine"),
    Part("psykisk_institusjon", "avklaring_called", 3, "tristhet"),
    Part("psykisk_hjemme", "signature_missing", 18, "skolevegring"),
    Part("trukket", "withdrawn", 2, "tristhet"),
    Part("psykisk_hjemme", "oppstart_called", 4, "konsentrasjon"),
    Part("tann_mor", "planned", 3, "tannlegeskrekk"),
    Part("psykisk_tolk", "planned", 46, "sorg"),
    Part("psykisk_hjemme", "referral_returned", 3, "vold_i_hjemmet"),
    Part("rus_ungdom", "referral_rejected", 6, "cannabis"),
    Part("psykisk_hjemme", "referred", 4, "tristhet"),
    Part("kropp_delt", "referred", 13, "diabetes"),
    Part("kropp_tiltak", "referred", 19, "hodepine"),
    Part("moter", "nobody_comes", 2, "sorg"),
    Part("tann_mor", "tasks_done_but_one", 11, "uteblitt"),
    Part("psykisk_hjemme", "status_held", 4, "sovn", comes_in=True),
)
"""Kari's own cases: one of almost everything that she can owe or wait for, and something to do for each of the health
staff in the cast. The health services in them are the cast's own."""
OFFERED = (Part("tann_mor", "handover_offered", 2, "tannlegeskrekk"),)
"""A colleague's case that Kari is asked to take over."""
AT_HOME_WITH_THE_CAST = (
    Part("registrert_foster", "waits", 20, "sorg"),
    Part("registrert_institusjon", "waits", 30, "tristhet"),
)
"""Children who live with Berit and with Bjørn, and for whom nobody has asked for anything yet."""


# --- which cases ---------------------------------------------------------------------------------------------


SHARES: dict[str, float] = {
    "": 0.27,
    PathwayStatus.UNDER_ASSESSMENT: 0.16,
    PathwayStatus.NOT_STARTED: 0.07,
    PathwayStatus.UNDER_WAY: 0.40,
    PathwayStatus.CLOSED: 0.10,
}
"""How large a part of the children has a case of each status; empty for those without a case."""
OF_ANY_AGE = 4
"""How many times as often a play for children of any age is chosen as another."""
AHEAD = ("called", "answered", "moved", "nobody_comes")
"""What the names of those stages end with at which a meeting is some days ahead."""


def _status(stage: Stage) -> str:
    """The status of the case at a stage; empty when there is no case yet."""
    statuses = [row["status"] for table, rows in stage.rows.items() if table.name == "cases_pathway" for row in rows]
    return statuses[0] if statuses else ""


def _days(part_of: str, stage: str, random: Random) -> int:
    """How long ago the last act was: recently in most cases, long ago in some of each kind."""
    if part_of in (PathwayStatus.CLOSED, PathwayStatus.NOT_STARTED):
        return random.randint(8, 120)
    if not part_of:
        return random.randint(2, 75)
    if stage.endswith(AHEAD) and random.random() < 0.7:
        return random.randint(1, 6)
    shortest, longest = random.choices(((1, 12), (13, 30), (31, 75)), weights=(60, 25, 15))[0]
    return random.randint(shortest, longest)


def deck(played: Mapping[str, Played], *, size: int, random: Random) -> list[Part]:
    """Parts for everyone but Kari: of each status its share, with every play and every stage at least once."""
    surely: list[Part] = []
    more: list[Part] = []
    for status, share in SHARES.items():
        every = [
            (key, stage.name)
            for key, play in played.items()
            for stage in play.recording.stages.values()
            if _status(stage) == status
        ]
        plays = {key: (key, stage) for key, stage in reversed(every)}
        stages = {stage: (key, stage) for key, stage in every}
        once = list(dict.fromkeys([*plays.values(), *stages.values()]))
        surely += [Part(key, stage, _days(status, stage, random)) for key, stage in once]
        weights = [OF_ANY_AGE if played[key].household is ANY_AGE else 1 for key in plays]
        for _one_more in range(len(once), ceil(size * share)):
            chosen = random.choices(list(plays), weights)[0]
            stage = random.choice([stage for key, stage in every if key == chosen])
            more.append(Part(chosen, stage, _days(status, stage, random)))
    random.shuffle(more)
    dealt = [*surely, *more][:size]
    random.shuffle(dealt)
    return dealt


# --- one child -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a child is, whichever service knows it."""

    family: Family
    born_on: date
    is_girl: bool
    national_id: str | None


def births(*, today: date, begins_on: date, ages: tuple[int, int]) -> tuple[date, date]:
    """The first and the last day of birth of a child that was old enough when its case began and is not too old today;
    the last is before the first where no child is both.
    """
    youngest, oldest = ages
    earliest = birthday(born_on=today, years=-oldest - 1) + timedelta(days=1)
    return earliest, birthday(born_on=begins_on - timedelta(days=25), years=-youngest)


class Population:
    """Gives each part a child, a place and people."""

    def __init__(self, played: Mapping[str, Played], *, today: date, seed: int = SEED) -> None:
        self.played = played
        self.today = today
        self.random = Random(seed)
        self._numbers: Counter[tuple[date, bool]] = Counter()
        self._journals: Counter[tuple[str, int]] = Counter({(GRIMSTAD, today.year): 1})
        self._themes: dict[str, Counter[str]] = defaultdict(Counter)
        self._turns: Counter[str] = Counter()
        self._copies = 0

    def copies(self) -> Iterator[Copy]:
        """Every child but Anna, those of the cast first."""
        grimstad = get_place(GRIMSTAD)
        kari = employee(CONTACT)
        slots = [place for place in PLACES for _slot in range(place.children)]
        slots.remove(grimstad)
        for part in (*KARIS, *OFFERED, *AT_HOME_WITH_THE_CAST):
            yield self._copy(part, grimstad, self._identity(part), contact=kari)
            slots.remove(grimstad)
        for part in self._earlier():
            yield self._copy(part, grimstad, self._identity(part), contact=self._contact(grimstad))
            slots.remove(grimstad)
        self.random.shuffle(slots)
        cases = list(zip(deck(self.played, size=len(slots), random=self.random), slots, strict=True))
        identities = self._known_in_two_places(cases)
        for number, (part, place) in enumerate(cases):
            identity = identities.get(number) or self._identity(part)
            yield self._copy(part, place, identity, contact=self._contact(place))

    def _earlier(self) -> list[Part]:
        """Each play that can end so, in turn."""
        ends = [(key, stage) for stage in ENDED for key in self.played if stage in self.played[key].recording.stages]
        parts = (Part(*ends[number % len(ends)], 0, is_earlier=True) for number in range(EARLIER))
        return [replace(part, days=ago - self._length(part)) for part, ago in zip(parts, BEGAN, strict=True)]

    def _known_in_two_places(self, cases: Sequence[tuple[Part, Place]]) -> dict[int, Identity]:
        """Some children moved: the service there has a record of its own, and neither knows of the other."""
        found: dict[int, Identity] = {}
        moved = [number for number, (part, _place) in enumerate(cases) if part.stage in MOVED]
        arrived = [
            number
            for number, (part, _place) in enumerate(cases)
            if self.played[part.play].household is ANY_AGE and part.stage != "waits_without_name"
        ]
        for before in moved[:KNOWN_TWICE]:
            after = next((one for one in arrived if one not in found and cases[one][1] is not cases[before][1]), None)
            if after is not None:
                found[before] = found[after] = self._identity(cases[before][0])
        return found

    # --- who -----------------------------------------------------------------------------------------------

    def _identity(self, part: Part) -> Identity:
        """A child that the play's consents and words suit."""
        household = self.played[part.play].household
        born_on = self._born_on(part, household)
        is_girl = self.random.random() < 0.5
        has_number = self.random.random() >= WITHOUT_A_NUMBER or part.comes_in
        return Identity(
            names.family(self.random, is_girl=is_girl, group=household.group),
            born_on,
            is_girl,
            self._number(born_on, is_girl) if has_number else None,
        )

    def _born_on(self, part: Part, household: Household) -> date:
        """Old enough when it began, and not too old today."""
        stops_on, begins_on = self._stops_on(part), self._begins_on(part)
        if household.comes_of_age:
            turns = stops_on - timedelta(days=9) if part.stage.startswith("closed") else self.today
            turns += timedelta(days=self.random.randint(-40, 60) if turns == self.today else 0)
            return birthday(born_on=turns, years=-18)
        theme = self._theme_named(part.theme)
        youngest, oldest = household.ages
        if household is ANY_AGE:
            youngest = oldest = self._turn("age") % (oldest + 1)
        elif part.comes_in:
            youngest = oldest = COMES_IN_AT
        elif theme is not None:
            youngest, oldest = max(youngest, theme.ages[0]), min(oldest, theme.ages[1])
        earliest, latest = births(today=self.today, begins_on=begins_on, ages=(youngest, oldest))
        return earliest + timedelta(days=self.random.randint(0, max(0, (latest - earliest).days)))

    def _number(self, born_on: date, is_girl: bool) -> str:
        """A synthetic national number that nobody else has."""
        sex = national_id.Sex.FEMALE if is_girl else national_id.Sex.MALE
        while True:
            self._numbers[born_on, is_girl] += 1
            number = national_id.make_synthetic(born_on, sex, self._numbers[born_on, is_girl])
            if number not in IN_THE_EXAMPLE_FILES:
                return number

    def _contact(self, place: Place) -> Employee:
        """The contact persons of a service in turn; Kari has hers already."""
        everyone = [
            one for one in services.child_welfare(place).with_role(Role.CONTACT_PERSON) if one != employee(CONTACT)
        ]
        return everyone[self._turn(f"contact/{place.number}") % len(everyone)]

    def _turn(self, key: str) -> int:
        self._turns[key] += 1
        return self._turns[key] - 1

    # --- when ----------------------------------------------------------------------------------------------

    def _stage(self, part: Part) -> Stage:
        return self.played[part.play].recording.stages[part.stage]

    def _length(self, part: Part) -> int:
        """Days from the play's first act to the stage."""
        first = next(iter(self.played[part.play].recording.stages.values()))
        return (self._stage(part).at.date() - first.at.date()).days

    def _stops_on(self, part: Part) -> date:
        most = part.days if part.is_earlier else OLDEST_CASE - self._length(part)
        return self.today - timedelta(days=max(1, min(part.days, most)))

    def _begins_on(self, part: Part) -> date:
        """A day that is surely before the case begins: what is only registered began some weeks before."""
        return self._stops_on(part) - timedelta(days=self._length(part) + 100)

    # --- the copy ------------------------------------------------------------------------------------------

    def _copy(self, part: Part, place: Place, identity: Identity, *, contact: Employee) -> Copy:
        self._copies += 1
        played, stops_on = self.played[part.play], self._stops_on(part)
        homes = self._services(place, first=contact == employee(CONTACT))
        return Copy(
            id=cast.fixed_id(f"copy/{self._copies}"),
            played=played,
            stage=self._stage(part),
            stops_on=stops_on,
            born_on=identity.born_on,
            cast=self._cast(homes, contact=contact),
            said=self._lines(part, place, identity, home=homes[ServiceKind.FOSTER_HOME]),
            child={
                "national_id": identity.national_id,
                "sex": "2" if identity.is_girl else "1",
                "journal_number": self._journal_number(place, stops_on.year),
            },
        )

    def _services(self, place: Place, *, first: bool) -> dict[ServiceKind, DemoService]:
        """One service of each kind for a case here: in turn where there are several, or the cast's own (`first`)."""
        found: dict[ServiceKind, DemoService] = {}
        for kind in ServiceKind:
            if kind is not ServiceKind.CHIEF_PHYSICIAN:
                near = services.near(kind, place)
                found[kind] = near[0 if first else self._turn(f"{kind}/{place.number}") % len(near)]
        return found

    def _cast(self, homes: Mapping[ServiceKind, DemoService], *, contact: Employee) -> dict[UUID, UUID]:
        """Each service and person of the play, and who that is here."""
        found = {}
        for kind, there in homes.items():
            here = service_of(kind)
            found[here.id] = there.id
            if here.employees and kind is not ServiceKind.CHILD_WELFARE:
                found[here.employees[0].person_id] = self.random.choice(there.employees).person_id
        welfare = homes[ServiceKind.CHILD_WELFARE]
        leader = welfare.with_role(Role.LEADER)[0]
        others = [one for one in welfare.with_role(Role.CONTACT_PERSON) if one != contact]
        found[employee(CONTACT).person_id] = contact.person_id
        found[employee(LEADER).person_id] = leader.person_id
        found[employee(COLLEAGUE).person_id] = (others or [leader])[0].person_id
        found[employee(IMPORTER).person_id] = services.importer(welfare).person_id
        return found

    def _journal_number(self, place: Place, year: int) -> str:
        self._journals[place.number, year] += 1
        return f"{place.name[0]}-{year}-{self._journals[place.number, year]:04}"

    def _lines(self, part: Part, place: Place, identity: Identity, *, home: DemoService) -> dict[str, str]:
        """What this case says, and what those in it are called."""
        family = identity.family
        own = {
            "child": family.child,
            "first_name": family.first_name,
            "mother": family.mother,
            "father": family.father,
            "foster_parent": home.employees[0].name,
            "language": self.random.choice(names.LANGUAGES),
        }
        for number, who in enumerate(("mother", "father", "foster")):
            serial = self._copies * 3 + number
            own[f"{who}_phone"] = f"900 {serial // 1000:02} {serial % 1000:03}"
        return lines(self._theme(part, place, identity), random=self.random, own=own)

    def _theme(self, part: Part, place: Place, identity: Identity) -> Theme:
        """What it is about: what suits the child, and what is least told here already."""
        named = self._theme_named(part.theme)
        if named is not None:
            return named
        area = self.played[part.play].area
        age = age_on(born_on=identity.born_on, on=self.today)
        told = self._themes[place.number]
        fit = [one for one in themes() if one.suits(area=area, age=age, is_acute=part.play == "akutt")]
        fit = fit or [one for one in themes() if one.area is area and not one.is_acute]
        chosen = min(fit, key=lambda one: (told[one.key], self.random.random()))
        told[chosen.key] += 1
        return chosen

    @staticmethod
    def _theme_named(key: str) -> Theme | None:
        return next((one for one in themes() if one.key == key), None)
