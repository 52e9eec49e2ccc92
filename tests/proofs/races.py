"""Revocation races: once it has been committed that somebody may see no more, no look that begins later shows anything.

Several readers look without a pause, each on a connection of its own, while a writer takes the sight away and gives it
back: a consent is withdrawn by the real act, a membership ends, a session ends, a service is restricted. A look that
began after the commit, and ended before the sight came back, is judged; the others may show what was true then.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.proofs import WHOLE, Amount, Part, Result, stage

AMOUNT = Amount(10_000, 500_000, "looks")
READERS = 4
LOOKS_IN_EACH_GAP, QUICK_LOOKS_IN_EACH_GAP = 1_000, 125


@dataclass(frozen=True, slots=True)
class State:
    """What has been committed: a number for each change, and the session to look with."""

    number: int
    is_shut: bool
    token: str


@dataclass
class Race:
    """What the readers and the writer share."""

    pathway: UUID
    state: State
    judged: int = 0
    stale: int = 0
    seen: int = 0
    over: bool = False
    faults: list[str] = field(default_factory=list)
    ending: str = ""
    news: threading.Condition = field(default_factory=threading.Condition)

    def report(self, before: State, shown: list[str]) -> None:
        """One look that is done: judge it, if it can be."""
        with self.news:
            if before.is_shut and self.state.number == before.number:
                self.judged += 1
                if shown:
                    self.stale += 1
                    self.faults.append(f"{self.ending}: {', '.join(shown)} still shown")
            elif shown and not before.is_shut:
                self.seen += 1
            self.news.notify_all()

    def wait_for(self, enough: Callable[[], bool]) -> None:
        with self.news:
            assert self.news.wait_for(lambda: enough() or self.over, timeout=600)


def look(race: Race, token: str) -> list[str]:
    """What one look shows, by the program's list query and by raw SQL, in one transaction."""
    from django.db import connection, transaction

    from grunnmur.cases import access
    from grunnmur.cases.models import Pathway
    from grunnmur.directory import sessions

    shown = []
    with transaction.atomic(), connection.cursor() as cursor:
        actor = sessions.enter(token)
        if actor is not None and access.visible_to(actor, Pathway.objects.filter(pk=race.pathway)).exists():
            shown.append("the program's list")
        cursor.execute(
            "select (select count(*) from cases_pathway), (select count(*) from cases_child),"
            " (select count(*) from cases_consent), (select count(*) from cases_relatedperson)"
        )
        shown += [f"{number} rows" for number in cursor.fetchone() if number]
    return shown


def read(race: Race, broke: list[BaseException]) -> None:
    """Look until the race is over."""
    from django.db import connections

    try:
        while not race.over:
            before = race.state
            race.report(before, look(race, before.token))
    except BaseException as fault:
        broke.append(fault)
        race.over = True
        with race.news:
            race.news.notify_all()
    finally:
        connections.close_all()


@dataclass
class Writer:
    """Takes Per's sight away and gives it back, in four ways in turn."""

    admin_url: str
    pathway: UUID
    consent: UUID
    membership: UUID

    def ways(self) -> list[tuple[str, Callable[[], None], Callable[[], None]]]:
        return [
            ("a consent withdrawn", self.withdraw, self.consent_again),
            ("a membership ended", self.leave, self.come_back),
            ("a service restricted", self.restrict, self.lift),
            ("a session ended", self.log_out, lambda: None),
        ]

    def withdraw(self) -> None:
        from grunnmur.cases.actions import consents
        from grunnmur.cases.terms import SignatoryKind

        with self._kari() as kari:
            consents.withdraw(
                actor=kari,
                pathway_id=self.pathway,
                once=None,
                consent_id=self.consent,
                withdrawn_by=SignatoryKind.CHILD,
            )

    def consent_again(self) -> None:
        from tests import together

        with self._kari() as kari:
            (self.consent,) = together.let_in(kari, self.pathway, "storgata")

    def leave(self) -> None:
        self._as_admin("update directory_membership set ends_on = current_date where id = %s", self.membership)

    def come_back(self) -> None:
        self._as_admin("update directory_membership set ends_on = null where id = %s", self.membership)

    def restrict(self) -> None:
        from demo import cast
        from grunnmur.cases.models import Pathway, Restriction
        from grunnmur.cases.terms import ALL_KINDS

        with self._kari() as kari:
            case = Pathway.objects.get(pk=self.pathway)
            from grunnmur.cases.door import instant

            at = instant()
            Restriction.objects.create(
                child_id=case.child_id,
                owner_service_id=kari.service_id,
                service_id=cast.service("storgata").id,
                kinds=int(ALL_KINDS),
                reason="Nær slekt.",
                decided_by_id=kari.person_id,
                starts_at=at,
                review_on=at.date() + timedelta(days=90),
            )

    def lift(self) -> None:
        self._as_admin("update cases_restriction set ends_at = now() where ends_at > now()")

    def log_out(self) -> None:
        from django.db import transaction

        from grunnmur.directory import sessions

        with transaction.atomic():
            sessions.end(self.token)

    token: str = ""

    def log_in(self) -> str:
        from grunnmur.directory import sessions

        token = sessions.open_session(self.membership)
        assert token is not None
        self.token = token
        return token

    def _kari(self) -> Any:
        from demo import cast
        from grunnmur.directory import sessions

        return sessions.acting(cast.membership_id(cast.get("kari")))

    def _as_admin(self, sql: str, *values: object) -> None:
        with stage.connect(self.admin_url) as administrator:
            administrator.execute(sql, values)


def prove(quick: bool, seed: int, part: Part = WHOLE) -> Result:
    """Race until so many looks have been judged; the order of the ways is the same each time, the timing is not."""
    del seed
    wanted, in_each = AMOUNT.wanted(quick=quick, part=part), QUICK_LOOKS_IN_EACH_GAP if quick else LOOKS_IN_EACH_GAP
    with stage.database("races") as admin_url:
        from demo import cast
        from demo.load import load_anna
        from tests import together

        child = load_anna()
        per = cast.membership_id(cast.get("per"))
        writer = Writer(admin_url, UUID(int=0), UUID(int=0), per)
        with writer._kari() as kari:
            writer.pathway = together.begin(kari, child)
            (writer.consent,) = together.let_in(kari, writer.pathway, "storgata")
        race = Race(writer.pathway, State(0, False, writer.log_in()))
        broke: list[BaseException] = []
        readers = [threading.Thread(target=read, args=(race, broke), daemon=True) for _number in range(READERS)]
        for reader in readers:
            reader.start()
        rounds = 0
        while race.judged < wanted and not broke:
            race.ending, take, give_back = writer.ways()[rounds % 4]
            take()
            race.state = State(race.state.number + 1, True, race.state.token)
            goal = race.judged + in_each
            race.wait_for(lambda goal=goal: race.judged >= goal)
            race.state = State(race.state.number + 1, False, race.state.token)
            give_back()
            race.state = State(race.state.number + 1, False, writer.log_in())
            seen = race.seen
            race.wait_for(lambda seen=seen: race.seen > seen + READERS)
            rounds += 1
        race.over = True
        for reader in readers:
            reader.join(timeout=60)
    faults = sorted(set(race.faults)) + [repr(fault) for fault in broke]
    return Result(
        f"{race.judged:,} looks after {rounds} endings of sight by {READERS} readers, "
        f"{race.seen:,} looks between them that showed what was theirs",
        race.stale + len(broke),
        faults,
        race.judged,
    )
