"""What has been done to a few children, kept beside the program, and whom that lets in by the reference's words.

Nothing here reads the program's own table of sights, or its rules: a sight that the program forgets to open or to end
is a difference from this book.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.reference import access as reference

NORWAY = ZoneInfo("Europe/Oslo")
LONG_AGO, FAR = datetime(1900, 1, 1, tzinfo=NORWAY), datetime(9000, 1, 1, tzinfo=NORWAY)
CARE_IS_TAKEN = frozenset({"care_order", "emergency_order"})
"""The grounds of care on which child welfare consents in the parents' place (`definitions/consent.yaml`)."""
HOMES = frozenset({"institution", "foster_home"})


@dataclass
class Case:
    """One run of the pathway, and when it has been open."""

    id: UUID
    spells: list[list[datetime]]
    contact: UUID

    @property
    def is_open(self) -> bool:
        return self.spells[-1][1] == FAR


@dataclass
class Parent:
    """Somebody with parental responsibility, and when."""

    row: UUID
    identity: UUID
    relation: str
    from_on: date
    until_on: date | None = None


@dataclass
class Home:
    """Where the child lives, from a day to a day."""

    service: UUID | None
    kind: str
    basis: str
    from_on: date
    until_on: date | None
    since: datetime


@dataclass
class Consent:
    """What one service has been asked about, and what each answered."""

    id: UUID
    case: Case
    recipient: UUID
    kinds: frozenset[str]
    recorded_at: datetime
    from_on: date
    until_on: date
    said: list[tuple[str, bool, date]]
    withdrawn_at: datetime | None = None


@dataclass
class Release:
    """One row given to one in the family."""

    id: UUID
    identity: UUID
    item: UUID
    kind: str
    until_at: datetime = FAR


@dataclass
class No:
    """One explicit no, and its row."""

    id: UUID
    no: reference.No


@dataclass
class Glass:
    """One broken glass: the cases that there were then."""

    person: UUID
    service: UUID
    cases: list[UUID]
    at: datetime


@dataclass
class Child:
    """One child as one service has it."""

    id: UUID
    number: str
    born_on: date
    owner: UUID
    since: datetime
    cases: list[Case] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    is_protected: bool = False
    readers: dict[UUID, datetime] = field(default_factory=dict)
    decisions: dict[UUID, str] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    noes: list[No] = field(default_factory=list)
    glasses: list[Glass] = field(default_factory=list)

    @property
    def open_case(self) -> Case | None:
        return next((case for case in self.cases if case.is_open), None)

    def have_responsibility(self, on: date) -> frozenset[UUID]:
        """Those with parental responsibility on a day."""
        return frozenset(one.identity for one in self.parents if _covers(one, on))

    def care(self, on: date) -> frozenset[str]:
        """The grounds on which the child lives where it lives on a day."""
        return frozenset(one.basis for one in self.homes if _covers(one, on))

    def grounds(self, at: datetime) -> Iterator[reference.Ground]:
        """Everybody's ground for sight of this child at an instant."""
        everywhere = [None, *(str(case.id) for case in self.cases)]
        for case in everywhere:
            yield self._ground("owner", self.owner, case, reference.owner(has_protected_address=self.is_protected))
        for reader in self.readers:
            yield self._ground("appointed", self.owner, None, reference.OPENS_AT_MOST["appointed"], person=reader)
        for consent in self.consents:
            if self._holds(consent, at):
                kinds = reference.consent(consent.kinds)
                yield self._ground("consent", consent.recipient, str(consent.case.id), kinds)
        for home in self.homes:
            if home.service and home.kind in HOMES:
                from_at = max(home.since, midnight(home.from_on))
                until_at = midnight(home.until_on) if home.until_on else FAR
                yield self._ground("statutory", home.service, None, reference.BASE, from_at=from_at, until_at=until_at)
        for glass in self.glasses:
            until_at = glass.at + reference.GLASS_STAYS_BROKEN
            for case in [None, *map(str, glass.cases)]:
                kinds = reference.OPENS_AT_MOST["break_glass"]
                yield self._ground("break_glass", glass.service, case, kinds, glass.person, until_at=until_at)
        yield from self._of_family(everywhere, at.astimezone(NORWAY).date(), at)

    def _of_family(self, everywhere: list[str | None], on: date, at: datetime) -> Iterator[reference.Ground]:
        responsible = self.have_responsibility(on)
        for identity, access in self.decisions.items():
            who = {
                "is_child": identity == self.id,
                "has_parental_responsibility": identity in responsible,
                "born_on": self.born_on,
                "on": on,
            }
            sees = reference.family(access=access, **who)  # type: ignore[arg-type]  # as the reference names them
            given = [
                one
                for one in self.releases
                if one.identity == identity
                and at < one.until_at
                and reference.may_be_released(kind=one.kind, access=access, **who)  # type: ignore[arg-type]
            ]
            for case in everywhere:
                if sees:
                    yield self._ground("party", None, case, sees, identity)
                for one in given:
                    yield self._ground("party", None, case, frozenset({one.kind}), identity, piece=str(one.item))

    def _ground(
        self,
        name: str,
        service: UUID | None,
        case: str | None,
        kinds: frozenset[str],
        person: UUID | None = None,
        *,
        piece: str | None = None,
        from_at: datetime = LONG_AGO,
        until_at: datetime = FAR,
    ) -> reference.Ground:
        return reference.Ground(
            name=name,
            service=str(service) if service else None,
            child=str(self.id),
            case=case,
            kinds=kinds,
            from_at=from_at,
            until_at=until_at,
            person=str(person) if person else None,
            piece=piece,
        )

    def _holds(self, consent: Consent, at: datetime) -> bool:
        return reference.consent_holds(
            purpose="contact_health",
            recorded_at=consent.recorded_at,
            starts_at=midnight(consent.from_on),
            ends_at=midnight(consent.until_on),
            withdrawn_at=consent.withdrawn_at,
            all_needed_say_yes=self.all_say_yes(consent, at.astimezone(NORWAY).date()),
            case_is_open=any(start <= at < end for start, end in consent.case.spells),
            at=at,
        )

    def must_say_yes(self, on: date) -> frozenset[str]:
        """Whose yes it takes on a day that health services are contacted (`definitions/consent.yaml`, in words there).

        Under 15 the child and all with parental responsibility, or child welfare where it has taken over the care; from
        15 the child alone. Where nobody is registered, nobody can say yes.
        """
        if reference.years(self.born_on, on) >= 15:
            return frozenset({"child"})
        if self.care(on) & CARE_IS_TAKEN:
            return frozenset({"child", str(self.owner)})
        return frozenset({"child", *([str(one) for one in self.have_responsibility(on)] or ["nobody"])})

    def all_say_yes(self, consent: Consent, on: date) -> bool:
        """Whether those whose yes the law asks for on the day have said yes, each on a day when it could count."""
        last: dict[str, tuple[bool, bool]] = {}
        for who, yes, said_on in consent.said:
            if said_on <= on:
                last[who] = yes, who in self.must_say_yes(said_on)
        return all(last.get(who) == (True, True) for who in self.must_say_yes(on))


@dataclass(eq=False)
class Member:
    """Somebody who acts for a service: as the reference knows them, and how they get in."""

    who: reference.Someone
    membership: UUID
    token: str

    @property
    def person(self) -> UUID:
        return UUID(self.who.person)

    @property
    def service(self) -> UUID:
        return UUID(self.who.service)


def midnight(day: date) -> datetime:
    """The beginning of a day in Norway."""
    return datetime.combine(day, time(), NORWAY)


def birthday(born_on: date, years: int) -> date:
    """The day somebody turns so many years; 1 March for who was born on a day that the year does not have."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def next_turn(born_on: date, today: date) -> date | None:
    """The next birthday that changes what somebody may."""
    days = (birthday(born_on, years) for years in (7, 12, 15, 16, 18))
    return next((day for day in days if day > today), None)


def _covers(period: Parent | Home, on: date) -> bool:
    return period.from_on <= on and (period.until_on is None or on < period.until_on)
