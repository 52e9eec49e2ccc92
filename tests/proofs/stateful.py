"""Stateful: people act on a few children for years in any order, and nobody ever sees what the book does not let them.

A hypothesis machine draws the acts: hire, leave, consent, answer, withdraw, object, restrict, protect, move, hand over,
close, take up again, birthdays, the clock, break-glass and more, each a real act through the door. What has been done
is written down beside the program (`book`). After each step the rows of a part of the tables that a sample of those
who ask can see are the same by the reference, by the program's list query (asked outside the database's walls) and by
raw SQL as the runtime role. Besides: taking something away never shows anybody anything more; a page that is shown
leaves exactly one look, with a ground that the book knows, and a page that is refused one refusal; and what one has
written one can read.
"""

import copy
import gc
import hashlib
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.proofs import WHOLE, Amount, Part, Result, book, stage, world
from tests.proofs.book import FAR, LONG_AGO, Case, Child, Consent, Glass, Home, Member, No, Parent, Release
from tests.reference import access as reference

AMOUNT = Amount(20_000, 1_000_000, "steps")
STEPS_IN_A_LIFE = 50
"""Steps from the same beginning, before everything is undone and another life begins."""
ASKED_AFTER_EACH = 2
ANY = st.integers(min_value=0, max_value=719)
"""Which of those there are, counted round: 720 is divided evenly by most small numbers."""
Ask = tuple[str, str]
"""A table and a row's id."""


@dataclass
class Tally:
    """What one process has done."""

    steps: int = 0
    lives: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    seen: int = 0
    taken: int = 0
    looks: int = 0


@dataclass
class Stage:
    """The database that every life begins in, and who and what is there."""

    at: datetime
    members: list[Member]
    children: list[Child]
    tally: Tally
    parts: list[frozenset[str]]
    """Names of the tables of each part."""


HERE: Stage
"""Set once in each process, before the machine runs: hypothesis makes the machine without arguments."""


# --- the beginning -------------------------------------------------------------------------------------------------

ACTORS = ("kari", "leif", "ola", "per", "siri", "hege", "bjorn", "berit")
HEALTH = ("per", "siri", "hege")


def begin(admin_url: str) -> Stage:
    """Three children in two services, one with a case under way; by real acts, and kept."""
    from demo import cast
    from grunnmur import clock
    from grunnmur.cases import national_id
    from grunnmur.cases.actions import children, pathways
    from grunnmur.cases.terms import RelationKind
    from grunnmur.directory import sessions
    from grunnmur.directory.models import Membership
    from tests import together

    today, members = clock.today(), {}
    ages = {"kari": ((12, 20), (15, 25)), "ola": ((16, 30),)}
    for key in ACTORS:
        one = cast.get(key)
        with stage.as_admin(admin_url):
            Membership.objects.filter(pk=cast.membership_id(one)).update(is_administrator=True)
        token = long_session(cast.membership_id(one))
        who = reference.Someone(str(one.person_id), str(cast.service(one.service).id), str(one.role), LONG_AGO, FAR)
        members[key] = Member(who, cast.membership_id(one), token)
    found = []
    for key, some in ages.items():
        for number, (years, days) in enumerate(some):
            with sessions.acting(members[key].membership) as actor:
                born_on = book.birthday(today, -years) + timedelta(days=days)
                number_of_child = national_id.make_synthetic(born_on, national_id.Sex.FEMALE, number)
                made = children.register(
                    actor=actor,
                    once=None,
                    name=f"Barn {key}{number}",
                    born_on=born_on,
                    journal_number=f"S-{key}-{number}",
                    national_number=number_of_child,
                )
                child = Child(made.pk, number_of_child, born_on, actor.service_id, made.recorded_at)
                for relation in (RelationKind.MOTHER, RelationKind.FATHER):
                    row = children.add_person(
                        actor=actor,
                        child_id=made.pk,
                        once=None,
                        name="Forelder",
                        relation=relation,
                        from_on=born_on,
                        has_parental_responsibility=True,
                        has_daily_care=relation is RelationKind.MOTHER,
                    )
                    child.parents.append(Parent(row.pk, row.identity, str(relation), born_on))
                if not number:
                    case = pathways.open_pathway(actor=actor, child_id=made.pk, once=None)
                    together.start(actor, case.pk)
                    child.cases.append(Case(case.pk, [[case.recorded_at, FAR]], actor.person_id))
                found.append(child)
    parts = [frozenset(model.__name__ for model in tables_of(part)) for part in range(PARTS)]
    return Stage(clock.now(), list(members.values()), found, Tally(), parts)


def long_session(membership: UUID) -> str:
    """A session that outlasts everything but its membership."""
    from grunnmur.directory import sessions

    ages = timedelta(days=40_000)
    token = sessions.open_session(membership, lasts=ages, idle=ages)
    assert token is not None, "a membership that holds does not let one in"
    return token


def familys_session(identity: UUID) -> str:
    """The same for somebody in a family; that it is not left alone too long is for whoever is outside the walls."""
    from django.db import connection

    from grunnmur.directory import sessions

    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).digest()
    with connection.cursor() as cursor:
        mac = sessions.sign(f"family|{digest.hex()}|{identity}")
        cursor.execute("select sec.open_family_session(%s, %s, 1000000, %s)", [digest, identity, mac])
    return token


def every_row() -> str:
    """What every row is, in one statement."""
    from grunnmur.cases.models import Child as Children
    from grunnmur.cases.models import InitiativeReply, Pathway
    from grunnmur.cases.models.base import PathwayRow

    parts = []
    for model in world.models():
        more = ""
        columns = "t.child_id, null::uuid, t.kind, t.author_service_id, t.id"
        if model is Children:
            columns = "t.id, null::uuid, t.kind, t.author_service_id, t.id"
        elif model is Pathway:
            columns = "t.child_id, t.id, t.kind, t.author_service_id, t.id"
        elif model is InitiativeReply:
            # An answer is meant for whoever asked, so it is a piece of the same kind and hand as the question.
            columns = "t.child_id, null::uuid, i.kind, i.author_service_id, i.id"
            more = " join cases_initiative i on i.id = t.initiative_id"
        elif issubclass(model, PathwayRow):
            columns = "p.child_id, p.id, t.kind, t.author_service_id, t.id"
            more = " join cases_pathway p on p.id = t.pathway_id"
        parts.append(f"select '{model.__name__}', t.id, {columns} from {model._meta.db_table} t{more}")
    return " union all ".join(parts)


# --- the machine ---------------------------------------------------------------------------------------------------


class Life(RuleBasedStateMachine):
    """From the beginning, so many acts; everything is undone afterwards."""

    def __init__(self) -> None:
        super().__init__()
        from django.db import connection, transaction

        self.children, self.members = copy.deepcopy((HERE.children, list(HERE.members)))
        self.tally, self.now, self.hired, self.part = HERE.tally, HERE.at, 0, 0
        self.family: dict[UUID, str] = {}
        self.rows: dict[Ask, reference.Piece] = {}
        self.are_rows_old = True
        self.taking: dict[Asker, frozenset[Ask]] | None = None
        self.known_before: set[Ask] = set()
        self.dice = random.Random(0)
        self.connection = connection
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.travel(self.now + timedelta(minutes=1))
        self.tally.lives += 1

    def teardown(self) -> None:
        from django.db import transaction

        try:
            # What the database checks at a commit: among other things that nothing in the logs lacks its link.
            self.sql("set constraints all immediate")
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    @initialize(number=st.integers(min_value=0, max_value=2**16))
    def choose_who_is_asked(self, number: int) -> None:
        """Let the machine draw who is asked after each step."""
        self.dice = random.Random(number)

    # --- who asks, and what they see ---

    def sql(self, statement: str, *values: object) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Outside the database's walls, for a block."""
        from grunnmur import postgres

        self.sql("set local role none")
        yield
        self.sql(f"set local role {postgres.APP}")

    def ask_as(self, asker: "Asker") -> Any:
        """Let the database know who asks from now on; gives None when the session is over."""
        from grunnmur.directory import sessions

        if isinstance(asker, Member):
            return sessions.enter(asker.token)
        if asker not in self.family:
            self.family[asker] = familys_session(asker)
            with self.outside():
                self.sql("update sec.session set idle = '100 years' where party = %s", asker)
        ((party, kinds, expires_at),) = self.sql("select * from sec.enter_family(%s)", self.family[asker])
        return sessions.Relative(self_id=party, kinds=kinds, expires_at=expires_at)

    @contextmanager
    def acting(self, member: Member, *, is_fresh: bool = False) -> Iterator[Any]:
        """As a request does: one transaction, whose rows in the logs are linked at its end."""
        from django.db import transaction

        from grunnmur.directory import sessions
        from grunnmur.log import record

        token = member.token
        with transaction.atomic():
            actor = sessions.enter(token)
            if actor is None:
                raise Over
            if is_fresh:
                token = sessions.confirm(token)
                sessions.enter(token)
            with record.linked():
                yield replace(actor, is_fresh=is_fresh)
        member.token = token

    def travel(self, at: datetime) -> None:
        """Set the program's and the database's clock."""
        from grunnmur import clock

        self.now = at
        clock.now = lambda: at.astimezone(clock.OSLO)
        self.sql("select set_config('test.now', %s, true)", at.isoformat())

    @property
    def today(self) -> date:
        return self.now.astimezone(book.NORWAY).date()

    def raw(self) -> frozenset[Ask]:
        """What whoever the database knows can read with raw SQL."""
        return _asks(self.sql(f"execute raw_{self.part}"))

    def both_walls(self, actor: Any) -> tuple[frozenset[Ask], frozenset[Ask]]:
        """The same, and what the program lists, asked outside the database's walls, so that it stands alone."""
        from grunnmur import postgres

        if actor is None:
            return self.raw(), frozenset()
        service = f"'{actor.service_id}'" if actor.service_id else "null"
        both = (
            f"execute raw_{self.part}; set local role none;"
            f" execute listed_{self.part} ({service}, '{actor.self_id}', {actor.kinds:d});"
            f" set local role {postgres.APP}"
        )
        with self.connection.cursor() as cursor:
            cursor.execute(both)
            raw = cursor.fetchall()
            cursor.nextset()
            cursor.nextset()
            return _asks(raw), _asks(cursor.fetchall())

    def read_rows(self) -> None:
        """Every row that there is, from outside the walls."""
        if self.are_rows_old:
            with self.outside():
                found = self.sql("execute everything")
            self.rows = {
                (table, str(key)): reference.Piece(
                    str(child), str(case) if case else None, kind_name(kind), str(author), str(piece)
                )
                for table, key, child, case, kind, author, piece in found
            }
            self.are_rows_old = False

    def should_see(self, asker: "Asker") -> frozenset[Ask]:
        """What the reference lets somebody see, from what stands in the book."""
        who = self.someone(asker)
        grounds = {str(child.id): list(child.grounds(self.now)) for child in self.children}
        noes = {str(child.id): [one.no for one in child.noes] for child in self.children}
        names = HERE.parts[self.part]
        return frozenset(
            key
            for key, piece in self.rows.items()
            if key[0] in names
            and reference.why(who=who, piece=piece, grounds=grounds[piece.child], noes=noes[piece.child], at=self.now)
        )

    def someone(self, asker: "Asker") -> reference.Someone:
        if isinstance(asker, Member):
            return asker.who
        return reference.Someone(str(asker), None, reference.RELATIVE, LONG_AGO, FAR)

    def askers(self) -> list["Asker"]:
        """Everybody who can ask, those who have left too, and the families."""
        family = [who for child in self.children for who in (child.id, *(one.identity for one in child.parents))]
        return [*self.members, *dict.fromkeys(family)]

    # --- after each step ---

    def compare(self) -> None:
        """The three sets are the same for a sample of askers; and what was taken showed nobody more."""
        sample = list(self.taking or ()) or self.dice.sample(self.askers(), ASKED_AFTER_EACH)
        for asker in sample:
            raw, listed = self.both_walls(self.ask_as(asker))
            self.read_rows()
            should = self.should_see(asker)
            self.tally.compared += 1
            self.tally.seen += len(should)
            for name, wall in (("the program", listed), ("the database", raw)):
                assert wall == should, self.tell(asker, name, wall, should)
            if self.taking is not None:
                old = self.taking[asker]
                more = {key for key in raw - old if key in self.known_before}
                assert not more, f"{self.someone(asker)} sees more when something was taken: {sorted(more)[:3]}"
                self.tally.taken += 1
        self.taking = None
        self.tally.steps += 1

    def tell(self, asker: "Asker", name: str, wall: frozenset[Ask], should: frozenset[Ask]) -> str:
        """The first row that is not as it should be."""
        key = min(wall ^ should)
        piece = self.rows.get(key)
        grounds = [
            one for child in self.children for one in child.grounds(self.now) if piece and one.child == piece.child
        ]
        who = self.someone(asker)
        mine = [one for one in grounds if one.service == who.service and one.person in (None, who.person)]
        return f"{name} {'shows' if key in wall else 'hides'} {key} at {self.now} to {who}: {piece}; grounds {mine}"

    def do(self, name: str, act: Callable[[], None], *, takes: bool = False) -> None:
        """One act through the door; what the program refuses has not been done. Then everything is compared.

        `takes`: it takes sight away, so nobody may see more for it of what there was.
        """
        from django.db import DatabaseError

        from grunnmur.cases.access import NotVisible, Refused
        from grunnmur.cases.door import Invalid

        self.part = self.dice.randrange(PARTS)
        self.travel(self.now + timedelta(seconds=1))  # no two acts on one child are done in the same instant
        if takes:
            self.taking = {}
            for asker in self.dice.sample(self.askers(), ASKED_AFTER_EACH):
                self.ask_as(asker)
                self.taking[asker] = self.raw()
            self.read_rows()
            self.known_before = set(self.rows)
        try:
            act()
        except (Refused, Invalid, NotVisible, Over) as refused:
            self.tally.refused[f"{name}: {type(refused).__name__}"] += 1
        except DatabaseError as refused:
            if "not an administrator" not in str(refused):
                raise
            self.tally.refused[f"{name}: not an administrator"] += 1
        else:
            self.tally.done[name] += 1
            self.are_rows_old = True
        self.compare()

    # --- choosing ---

    def child(self, number: int) -> Child:
        return self.children[number % len(self.children)]

    def of(self, service: UUID, number: int) -> Member:
        """Somebody in child welfare in a service, also who has left."""
        some = [one for one in self.members if one.service == service and one.who.role in CHILD_WELFARE]
        return some[number % len(some)]

    def anybody(self, number: int, roles: frozenset[str] | None = None) -> Member:
        some = [one for one in self.members if roles is None or one.who.role in roles]
        return some[number % len(some)]

    # --- the clock ---

    @rule(minutes=st.sampled_from((1, 59, 60, 61, 24 * 60, 31 * 24 * 60)))
    def wait(self, minutes: int) -> None:
        """Some time goes by."""
        self.travel(self.now + timedelta(minutes=minutes))
        self.do("the clock", lambda: None)

    @rule(a=ANY, before=st.booleans())
    def birthday(self, a: int, before: bool) -> None:
        """A birthday that changes what somebody may: its first instant, or the last before it."""
        turn = book.next_turn(self.child(a).born_on, self.today)
        if turn is not None:
            self.travel(book.midnight(turn) - (timedelta(microseconds=1) if before else timedelta()))
        self.do("birthdays", lambda: None)

    # --- who works where ---

    @rule(a=ANY, role=st.sampled_from(("contact_person", "leader", "gp", "evaluator")), late=st.booleans())
    def hire(self, a: int, role: str, late: bool) -> None:
        """An administrator invites, and somebody new joins with the code."""
        from grunnmur.directory import members
        from grunnmur.directory.kinds import Role
        from grunnmur.directory.models import Membership

        boss = self.anybody(a)
        is_welfare = boss.who.role in CHILD_WELFARE
        wanted = role if is_welfare == (role in ("contact_person", "leader", "evaluator")) else boss.who.role

        def act() -> None:
            if len(self.members) >= MOST_MEMBERS:
                raise Over
            self.hired += 1
            with self.acting(boss, is_fresh=True):
                invited = members.invite(
                    name=f"Ny {self.hired}",
                    role=Role(wanted),
                    is_administrator=False,
                    ends_on=self.today + timedelta(days=40) if late else None,
                )
            person = members.join_with_subject(invited.code, issuer="https://ny.example", subject=f"{self.hired}")
            assert person is not None
            with self.outside():
                membership = Membership.objects.get(person_id=person).pk
            until = book.midnight(self.today + timedelta(days=40)) if late else FAR
            who = reference.Someone(str(person), boss.who.service, wanted, LONG_AGO, until)
            self.members.append(Member(who, membership, long_session(membership)))

        self.do("hire", act)

    @rule(a=ANY, b=ANY)
    def leave(self, a: int, b: int) -> None:
        """An administrator ends a membership of the service; whoever had it is out at once, and cannot get in."""
        from grunnmur.directory import members, sessions

        leaver = self.members[a % len(self.members)]
        others = [one for one in self.members if one.service == leaver.service and one is not leaver]

        def act() -> None:
            if not others or leaver.who.until_at <= self.now:
                raise Over
            with self.acting(others[b % len(others)], is_fresh=True):
                ended = members.end_membership(leaver.membership)
            if ended:
                leaver.who = replace(leaver.who, until_at=min(self.now, leaver.who.until_at))
                assert sessions.open_session(leaver.membership) is None, "who has left can log in again"

        self.do("leave", act, takes=True)

    # --- consent ---

    @rule(a=ANY, b=ANY, c=ANY, days=st.sampled_from((1, 30, 300)), wait=st.sampled_from((0, 0, 0, 2)), lacks=ANY)
    def consent(self, a: int, b: int, c: int, days: int, wait: int, lacks: int) -> None:
        """Those who must say yes to one service say so; sometimes one of them says no, or is not asked."""
        from grunnmur.cases.actions import consents
        from grunnmur.cases.actions.consents import Answer
        from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, InformationKind, SignatoryKind

        child = self.child(a)
        recipient = self.anybody(b, HEALTH_ROLES).service
        kinds = KINDS_ASKED_FOR[c % len(KINDS_ASKED_FOR)]
        today = self.today

        def act() -> None:
            case = child.open_case or (child.cases[-1] if child.cases else None)
            if case is None:
                raise Over
            said: list[tuple[str, bool, date]] = []
            answers = []
            for number, who in enumerate(sorted(child.must_say_yes(today))):
                if who == "nobody":
                    continue
                answer = ConsentAnswer.YES
                if lacks % 6 == number:
                    answer = (ConsentAnswer.NO, ConsentAnswer.NOT_ASKED)[lacks % 2]
                if answer is not ConsentAnswer.NOT_ASKED:
                    said.append((who, answer is ConsentAnswer.YES, today))
                parent = next((one for one in child.parents if str(one.identity) == who), None)
                kind = (
                    SignatoryKind.CHILD
                    if who == "child"
                    else SignatoryKind.PARENT
                    if parent
                    else SignatoryKind.CHILD_WELFARE
                )
                answers.append(
                    Answer(
                        kind,
                        answer,
                        today,
                        "muntlig",
                        related_person_id=parent.row if parent else None,
                        service_id=child.owner if kind is SignatoryKind.CHILD_WELFARE else None,
                    )
                )
            from_on = today + timedelta(days=wait)
            with self.acting(self.of(child.owner, c)) as actor:
                (row,) = consents.record(
                    actor=actor,
                    pathway_id=case.id,
                    once=None,
                    purposes=[ConsentPurpose.CONTACT_HEALTH],
                    recipient_id=recipient,
                    kinds=InformationKind(sum(InformationKind[kind.upper()] for kind in kinds)),
                    valid_from=from_on,
                    valid_until=from_on + timedelta(days=days),
                    answers=answers,
                    help_offered="Vi hjelper likevel.",
                )
            until_on = from_on + timedelta(days=days)
            child.consents.append(Consent(row.pk, case, recipient, kinds, self.now, from_on, until_on, said))

        self.do("consent", act)

    @rule(a=ANY, b=ANY, c=ANY, yes=st.booleans())
    def answer(self, a: int, b: int, c: int, yes: bool) -> None:
        """Somebody who was not asked before answers now."""
        from grunnmur.cases.actions import consents
        from grunnmur.cases.actions.consents import Answer
        from grunnmur.cases.terms import ConsentAnswer, SignatoryKind

        child = self.child(a)

        def act() -> None:
            asked = [one for one in child.consents if one.withdrawn_at is None and one.until_on > self.today]
            if not asked:
                raise Over
            one = asked[b % len(asked)]
            who = sorted(child.must_say_yes(self.today))[c % len(child.must_say_yes(self.today))]
            parent = next((each for each in child.parents if str(each.identity) == who), None)
            if who != "child" and parent is None:
                raise Over
            with self.acting(self.of(child.owner, c)) as actor:
                consents.answer(
                    actor=actor,
                    pathway_id=one.case.id,
                    once=None,
                    consent_id=one.id,
                    answers=[
                        Answer(
                            SignatoryKind.PARENT if parent else SignatoryKind.CHILD,
                            ConsentAnswer.YES if yes else ConsentAnswer.NO,
                            self.today,
                            "muntlig",
                            related_person_id=parent.row if parent else None,
                            note="Vi hjelper likevel.",
                        )
                    ],
                )
            one.said.append((who, yes, self.today))

        self.do("answer", act, takes=not yes)

    @rule(a=ANY, b=ANY, c=ANY)
    def withdraw(self, a: int, b: int, c: int) -> None:
        """A consent is taken back by the child or a parent."""
        from grunnmur.cases.actions import consents
        from grunnmur.cases.terms import SignatoryKind

        child = self.child(a)

        def act() -> None:
            good = [one for one in child.consents if one.withdrawn_at is None]
            if not good:
                raise Over
            one = good[b % len(good)]
            by = [None, *child.parents][c % (1 + len(child.parents))]
            with self.acting(self.of(child.owner, c)) as actor:
                consents.withdraw(
                    actor=actor,
                    pathway_id=one.case.id,
                    once=None,
                    consent_id=one.id,
                    withdrawn_by=SignatoryKind.PARENT if by else SignatoryKind.CHILD,
                    related_person_id=by.row if by else None,
                )
            one.withdrawn_at = self.now

        self.do("withdraw", act, takes=True)

    # --- explicit noes ---

    @rule(a=ANY, b=ANY, c=ANY, cause=st.sampled_from(("conflict", "service", "parent", "child")), one_row=ANY)
    def restrict(self, a: int, b: int, c: int, cause: str, one_row: int) -> None:
        """A colleague with a conflict, a service, a parent; or the child objects to what a parent sees."""
        from grunnmur.cases.actions import sight
        from grunnmur.cases.terms import InformationKind, RestrictionCause

        child = self.child(a)
        causes = {
            "conflict": RestrictionCause.CONFLICT_OF_INTEREST,
            "service": RestrictionCause.SERVICE_RESTRICTED,
            "parent": RestrictionCause.PARENT_RESTRICTED,
            "child": RestrictionCause.CHILD_OBJECTS,
        }
        kinds = reference.KINDS if cause == "conflict" else KINDS_TAKEN[c % len(KINDS_TAKEN)]
        about: dict[str, Any] = {}
        if cause == "conflict":
            about["person_id"] = self.of(child.owner, b).person
        elif cause == "service":
            about["service_id"] = self.members[b % len(self.members)].service
        elif child.parents:
            about["identity"] = child.parents[b % len(child.parents)].identity
        mine = sorted(piece.id for piece in self.rows.values() if piece.child == str(child.id))
        item = mine[one_row % len(mine)] if mine and one_row % 5 == 0 else None

        def act() -> None:
            with self.acting(self.of(child.owner, c)) as actor:
                row = sight.restrict(
                    actor=actor,
                    child_id=child.id,
                    once=None,
                    cause=causes[cause],
                    reason="Slekt.",
                    review_on=self.today + timedelta(days=30),
                    kinds=InformationKind(sum(InformationKind[kind.upper()] for kind in kinds)),
                    item=UUID(item) if item else None,
                    **about,
                )
            person = about.get("person_id") or about.get("identity")
            no = reference.No(
                child=str(child.id),
                kinds=kinds,
                from_at=self.now,
                until_at=FAR,
                service=str(about["service_id"]) if "service_id" in about else None,
                person=str(person) if person else None,
                piece=item,
            )
            child.noes.append(No(row.pk, no))

        self.do(f"restrict ({cause})", act, takes=True)

    @rule(a=ANY, b=ANY, c=ANY)
    def lift(self, a: int, b: int, c: int) -> None:
        """A no is lifted."""
        from grunnmur.cases.actions import sight

        child = self.child(a)

        def act() -> None:
            if not child.noes:
                raise Over
            one = child.noes[b % len(child.noes)]
            with self.acting(self.of(child.owner, c)) as actor:
                sight.lift(actor=actor, child_id=child.id, once=None, restriction_id=one.id)
            one.no = replace(one.no, until_at=self.now)

        self.do("lift", act)

    @rule(a=ANY, b=ANY, c=ANY)
    def review(self, a: int, b: int, c: int) -> None:
        """A no is looked at again, and stands."""
        from grunnmur.cases.actions import sight

        child = self.child(a)

        def act() -> None:
            if not child.noes:
                raise Over
            one = child.noes[b % len(child.noes)]
            with self.acting(self.of(child.owner, c)) as actor:
                row = sight.review(
                    actor=actor,
                    child_id=child.id,
                    once=None,
                    restriction_id=one.id,
                    reason="Det står.",
                    review_on=self.today + timedelta(days=60),
                )
            child.noes.append(No(row.pk, replace(one.no, from_at=self.now)))
            one.no = replace(one.no, until_at=self.now)

        self.do("review", act, takes=True)

    # --- where the child is ---

    @rule(a=ANY, b=ANY, to=st.sampled_from(("none", "confidential", "strictly_confidential")))
    def protect(self, a: int, b: int, to: str) -> None:
        """The child's address is protected, or is so no more."""
        from grunnmur.cases.actions import children

        child, who = self.child(a), self.of(self.child(a).owner, b)

        def act() -> None:
            with self.acting(who) as actor:
                children.edit(
                    actor=actor,
                    child_id=child.id,
                    once=None,
                    name="Barn",
                    language="",
                    needs_interpreter=False,
                    address_protection=to,
                    why="Navnet var feil.",
                )
            child.is_protected = to != "none"
            if not child.is_protected:
                child.readers.clear()
            elif not child.readers:
                contact = [child.open_case.contact] if child.open_case else []
                child.readers = dict.fromkeys([who.person, *contact], self.now)

        self.do("protect" if to != "none" else "protect no more", act, takes=to != "none" and not child.is_protected)

    @rule(a=ANY, b=ANY, c=ANY)
    def appoint(self, a: int, b: int, c: int) -> None:
        """Others become the readers of a protected address."""
        from grunnmur.cases.actions import sight

        child = self.child(a)

        def act() -> None:
            people = {self.of(child.owner, number).person for number in (b, b + 1)[: 1 + c % 2]}
            if child.open_case:
                people.add(child.open_case.contact)
            with self.acting(self.of(child.owner, c)) as actor:
                sight.appoint_readers(actor=actor, child_id=child.id, once=None, people=people)
            child.readers = {one: child.readers.get(one, self.now) for one in people}

        self.do("appoint readers", act)

    @rule(a=ANY, c=ANY)
    def protect_on(self, a: int, c: int) -> None:
        """It is written until when an address is protected, also by another reader than the last time."""
        from grunnmur.cases.actions import sight

        child = self.child(a)

        def act() -> None:
            until = self.today + timedelta(days=200)
            with self.acting(self.of(child.owner, c)) as actor:
                sight.protect_on(actor=actor, child_id=child.id, once=None, decided_on=self.today, until=until)

        self.do("protect on", act)

    @rule(a=ANY, b=ANY, c=ANY, months=st.sampled_from((0, 0, 1)))
    def place(self, a: int, b: int, c: int, months: int) -> None:
        """The child moves to a home, or back to its parents."""
        from grunnmur.cases.actions import children
        from grunnmur.cases.terms import CareBasis

        child = self.child(a)
        key, kind, basis = HOMES_TO_BE[b % len(HOMES_TO_BE)]
        service = next((one.service for one in self.members if one.who.role == key), None)
        until_on = self.today + timedelta(days=30) if months else None

        def act() -> None:
            with self.acting(self.of(child.owner, c)) as actor:
                children.place(
                    actor=actor,
                    child_id=child.id,
                    once=None,
                    basis=CareBasis(basis),
                    service_id=service,
                    from_on=self.today,
                    until_on=until_on,
                )
            for home in child.homes:
                if home.until_on is None or home.until_on > self.today:
                    home.until_on = self.today
            child.homes.append(Home(service, kind, basis, self.today, until_on, self.now))

        self.do("place", act)

    @rule(a=ANY, b=ANY)
    def move(self, a: int, b: int) -> None:
        """The child moves to another municipality, which registers it and knows nothing of the first."""
        from grunnmur.cases.actions import children

        child, who = self.child(a), self.anybody(b, CHILD_WELFARE)

        def act() -> None:
            if len(self.children) >= MOST_CHILDREN:
                raise Over
            with self.acting(who) as actor:
                row = children.register(
                    actor=actor,
                    once=None,
                    name="Barn",
                    born_on=child.born_on,
                    journal_number=f"F-{len(self.children)}",
                    national_number=child.number,
                )
            self.children.append(Child(row.pk, child.number, child.born_on, actor.service_id, self.now))

        self.do("move municipality", act)

    # --- the case ---

    @rule(a=ANY, b=ANY, to_assess=st.sampled_from(("start", "do_not_start", "")))
    def open_case(self, a: int, b: int, to_assess: str) -> None:
        """A pathway begins to be assessed; or is decided on, the same day it was opened when none is open."""
        from grunnmur.cases.actions import pathways
        from grunnmur.cases.terms import AssessmentOutcome, ChildParticipation

        child = self.child(a)

        def act() -> None:
            with self.acting(self.of(child.owner, b)) as actor:
                case = child.open_case
                if not to_assess or (case is None and to_assess == "do_not_start"):
                    row = pathways.open_pathway(actor=actor, child_id=child.id, once=None)
                    case = Case(row.pk, [[self.now, FAR]], actor.person_id)
                if case is None:
                    raise Over
                if to_assess:
                    pathways.assess(
                        actor=actor,
                        pathway_id=case.id,
                        once=None,
                        seen=None,
                        outcome=AssessmentOutcome(to_assess),
                        criteria={"C3_SERVICE_SEES_NEED": "Sliten."} if to_assess == "start" else {},
                        reason="Vurdert.",
                        decided_on=self.today,
                        participation=ChildParticipation.CONVERSATION,
                    )
            if case is not child.open_case:
                child.cases.append(case)
            if to_assess == "do_not_start":
                case.spells[-1][1] = self.now

        self.do(f"assess ({to_assess or 'open'})", act, takes=to_assess == "do_not_start")

    @rule(a=ANY, b=ANY)
    def close(self, a: int, b: int) -> None:
        """The pathway is closed: only the owner sees it."""
        from grunnmur.cases.actions import closings

        child = self.child(a)

        def act() -> None:
            if child.open_case is None:
                raise Over
            with self.acting(self.of(child.owner, b)) as actor:
                closings.close(
                    actor=actor,
                    pathway_id=child.open_case.id,
                    once=None,
                    seen=None,
                    ground="no_further_need",
                    closed_on=self.today,
                    summary="Det går bra.",
                    child_view="Fint.",
                    carriers=[],
                )
            child.open_case.spells[-1][1] = self.now

        self.do("close", act, takes=True)

    @rule(a=ANY, b=ANY)
    def reactivate(self, a: int, b: int) -> None:
        """A pathway that has ended is taken up again; consents that still hold open again."""
        from grunnmur.cases.actions import closings

        child = self.child(a)

        def act() -> None:
            ended = [case for case in child.cases if not case.is_open]
            if not ended:
                raise Over
            case = ended[b % len(ended)]
            with self.acting(self.of(child.owner, b)) as actor:
                closings.reactivate(
                    actor=actor, pathway_id=case.id, once=None, reason="Nytt behov.", reactivated_on=self.today
                )
            case.spells.append([self.now, FAR])

        self.do("reactivate", act)

    @rule(a=ANY, b=ANY, c=ANY)
    def hand_over(self, a: int, b: int, c: int) -> None:
        """A colleague says yes to being contact person, and reads the address where the one who asked does."""
        from grunnmur.cases.actions import handovers
        from grunnmur.cases.terms import HandoverSays

        child, to, asker = self.child(a), self.of(self.child(a).owner, b), self.of(self.child(a).owner, c)

        def act() -> None:
            if child.open_case is None:
                raise Over
            of_case = {"pathway_id": child.open_case.id, "once": None}
            with self.acting(asker) as actor:
                asked = handovers.offer(actor=actor, to_person_id=to.person, **of_case)
            if to.person != asker.person:
                self.are_rows_old = True
                self.travel(self.now + timedelta(seconds=1))
                with self.acting(to) as actor:
                    handovers.answer(actor=actor, handover_id=asked.pk, says=HandoverSays.ACCEPTED, **of_case)
            if asker.person in child.readers:
                people = child.readers.keys() - {child.open_case.contact} | {to.person}
                if len(people) <= MOST_READERS:
                    child.readers = {one: child.readers.get(one, self.now) for one in people}
            child.open_case.contact = to.person

        self.do("hand over", act)

    # --- the family ---

    @rule(a=ANY, b=ANY, c=ANY, access=st.sampled_from(("full", "full", "limited", "none", "blocked")))
    def decide_access(self, a: int, b: int, c: int, access: str) -> None:
        """The owner decides what the child itself or a parent may see."""
        from grunnmur.cases.actions import sight
        from grunnmur.cases.terms import FamilyAccess

        child = self.child(a)
        identity = [child.id, *(one.identity for one in child.parents)][b % (1 + len(child.parents))]

        def act() -> None:
            with self.acting(self.of(child.owner, c)) as actor:
                sight.decide_access(
                    actor=actor,
                    child_id=child.id,
                    once=None,
                    identity=identity,
                    family_access=FamilyAccess(access),
                    reason="Vurdert.",
                    review_on=self.today + timedelta(days=30),
                )
            child.decisions[identity] = access

        self.do(f"decide access ({access})", act, takes=access in ("none", "blocked"))

    @rule(a=ANY, b=ANY, c=ANY)
    def release(self, a: int, b: int, c: int) -> None:
        """One row is given to one in the family."""
        from grunnmur.cases.actions import sight

        child = self.child(a)
        identity = [child.id, *(one.identity for one in child.parents)][b % (1 + len(child.parents))]
        mine = sorted(key for key, piece in self.rows.items() if piece.child == str(child.id) and key[1] == piece.id)

        def act() -> None:
            if not mine:
                raise Over
            item = mine[c % len(mine)]
            with self.acting(self.of(child.owner, c)) as actor:
                row = sight.release(
                    actor=actor, child_id=child.id, once=None, identity=identity, item=UUID(item[1]), reason="Ja."
                )
            child.releases.append(Release(row.pk, identity, UUID(item[1]), self.rows[item].kind))

        self.do("release", act)

    @rule(a=ANY, b=ANY, c=ANY)
    def take_back(self, a: int, b: int, c: int) -> None:
        """A release is taken back."""
        from grunnmur.cases.actions import sight

        child = self.child(a)

        def act() -> None:
            if not child.releases:
                raise Over
            one = child.releases[b % len(child.releases)]
            with self.acting(self.of(child.owner, c)) as actor:
                sight.take_back(actor=actor, child_id=child.id, once=None, release_id=one.id)
            one.until_at = self.now

        self.do("take back", act, takes=True)

    @rule(a=ANY, b=ANY, c=ANY, is_new=st.booleans())
    def change_parents(self, a: int, b: int, c: int, is_new: bool) -> None:
        """A guardian is added from today on, or somebody has no parental responsibility from today on."""
        from grunnmur.cases.actions import children
        from grunnmur.cases.terms import RelationKind

        child = self.child(a)

        def act() -> None:
            standing = [one for one in child.parents if one.until_on is None and one.from_on < self.today]
            if len(child.parents) > 3 if is_new else not standing:
                raise Over
            old = None if is_new else standing[b % len(standing)]
            with self.acting(self.of(child.owner, c)) as actor:
                row = children.add_person(
                    actor=actor,
                    child_id=child.id,
                    once=None,
                    name="Verge",
                    relation=RelationKind(old.relation) if old else RelationKind.GUARDIAN,
                    from_on=old.from_on if old else self.today,
                    has_parental_responsibility=is_new,
                    replaces_id=old.row if old else None,
                    changed_on=None if is_new else self.today,
                )
            if old:
                old.row, old.until_on = row.pk, self.today
            else:
                child.parents.append(Parent(row.pk, row.identity, "guardian", self.today))

        self.do("new guardian" if is_new else "responsibility ends", act)

    # --- danger, writing and looking ---

    @rule(a=ANY, b=ANY)
    def break_glass(self, a: int, b: int) -> None:
        """Somebody in another service sees the child for an hour."""
        from grunnmur.cases.actions import emergencies

        child, who = self.child(a), self.anybody(b)

        def act() -> None:
            with self.acting(who, is_fresh=True) as actor:
                found = emergencies.break_glass(
                    actor=actor, national_number=child.number, reason="Barnet er i fare, og vi må vite om sykdom."
                )
            opened = [one for one in self.children if one.number == child.number and self.may_break(who, one)]
            assert (found in [one.id for one in opened]) if opened else found is None, "a glass that should not break"
            for one in opened:
                one.glasses.append(Glass(who.person, who.service, [case.id for case in one.cases], self.now))

        self.do("break glass", act)

    def may_break(self, who: Member, child: Child) -> bool:
        """Whether the reference lets somebody who has just confirmed break the glass to a child."""
        return reference.may_break_the_glass(
            who=who.who,
            is_fresh=True,
            owner=str(child.owner),
            child=str(child.id),
            noes=[one.no for one in child.noes],
            at=self.now,
        )

    @rule(a=ANY, b=ANY, what=st.sampled_from(("words", "conversation", "goal", "initiative", "initiative")))
    def write(self, a: int, b: int, what: str) -> None:
        """Somebody who takes part writes, and can read what they wrote."""
        from grunnmur.cases.actions import basis, initiatives, plans
        from grunnmur.cases.terms import InitiativeWish

        child, who = self.child(a), self.members[b % len(self.members)]
        if what == "conversation" and b % 2:
            who = self.of(child.owner, b)  # it is the owner's to write down, and the others are refused
        at_home = [one for one in self.members if child.homes and one.service == child.homes[-1].service]
        if what == "initiative" and b % 2 and at_home:
            who = at_home[b % len(at_home)]  # it is the home's to take, and the others are refused

        def act() -> None:
            if what != "initiative" and not child.cases:
                raise Over
            case = child.open_case or child.cases[-1] if child.cases else None
            with self.acting(who) as actor:
                given = {"actor": actor, "once": None}
                if what == "words" and case:
                    row = basis.record_own_words(**given, pathway_id=case.id, said_on=self.today, words="Sliten.")
                elif what == "conversation" and case:
                    row = basis.record_conversation(  # type: ignore[assignment]
                        **given, pathway_id=case.id, with_whom="parents", held_on=self.today, summary="Bekymret."
                    )
                elif what == "goal" and case:
                    row = plans.set_goal(**given, pathway_id=case.id, text="Sove bedre.")  # type: ignore[assignment]
                else:
                    row = initiatives.send(  # type: ignore[assignment]
                        **given, child_id=child.id, wish=InitiativeWish.START, reason="Sover ikke."
                    )
                self.part = next(n for n, names in enumerate(HERE.parts) if type(row).__name__ in names)
                assert (type(row).__name__, str(row.pk)) in self.raw(), f"{who} cannot read the {what} they wrote"

        self.do(f"write ({what})", act)

    @rule(a=ANY, b=ANY, page=st.sampled_from(("barn", "forlop")))
    def look(self, a: int, b: int, page: str) -> None:
        """Somebody opens a page: one look with a ground that the book knows, or one refusal."""
        child, who = self.child(a), self.members[b % len(self.members)]
        if page == "forlop" and not child.cases:
            page = "barn"
        key = child.cases[-1].id if page == "forlop" else child.id
        before = self.log_rows()
        answer = client_with(who.token).get(f"/{page}/{key}/")
        rows = [row for row_id, row in self.log_rows().items() if row_id not in before]
        self.read_rows()
        piece = self.rows["Pathway" if page == "forlop" else "Child", str(key)]
        grounds = reference.why(
            who=who.who,
            piece=piece,
            grounds=list(child.grounds(self.now)),
            noes=[one.no for one in child.noes],
            at=self.now,
        )
        if who.who.until_at <= self.now:
            assert answer.status_code == 302 and not rows, f"who has left was answered {answer.status_code}: {rows}"
        elif grounds:
            assert answer.status_code == 200, f"{who} was answered {answer.status_code} for {piece}"
            assert len(rows) == 1 and rows[0][0], f"a page that was shown left {rows}"
            said = set(rows[0][1].split())
            assert said & grounds, f"a look on «{rows[0][1]}», where the book knows {sorted(grounds)}"
        else:
            assert answer.status_code == 404, f"{who} was answered {answer.status_code} for {piece}"
            assert len(rows) == 1 and not rows[0][0], f"a page that was refused left {rows}"
        self.tally.looks += 1
        self.do("look", lambda: None)

    def log_rows(self) -> dict[UUID, tuple[bool, str]]:
        """Every look in the log: whether it was allowed, and on what ground."""
        with self.outside():
            return {row[0]: row[1:] for row in self.sql("select id, allowed, ground from log_accesslog")}


def _asks(found: list[Any]) -> frozenset[Ask]:
    return frozenset((table, str(key)) for table, key in found)


class Over(Exception):
    """There is nothing to do it to, or nobody to do it."""


Asker = Member | UUID
"""Who asks: a member, or by identity somebody in a family."""
CHILD_WELFARE = frozenset({"contact_person", "leader"})
HEALTH_ROLES = frozenset({"gp", "psychologist", "public_health_nurse"})
MOST_MEMBERS, MOST_CHILDREN, MOST_READERS = 14, 5, 5
KINDS_ASKED_FOR = (frozenset({"somatic"}), frozenset({"mental", "own_words"}), reference.HEALTH)
KINDS_TAKEN = (
    reference.KINDS,
    frozenset({"contact"}),
    frozenset({"somatic", "own_words"}),
    frozenset({"coordination"}),
    frozenset({"child_welfare"}),
)
HOMES_TO_BE = (
    ("institution_staff", "institution", "voluntary"),
    ("foster_parent", "foster_home", "care_order"),
    ("", "", "home"),
)
SORTS = (
    *("the clock", "birthdays", "hire", "leave", "consent", "answer", "withdraw", "lift", "protect", "protect no more"),
    *("protect on", "appoint readers"),
    "review",
    *("restrict (conflict)", "restrict (service)", "restrict (parent)", "restrict (child)", "place"),
    *("move municipality", "assess (open)", "assess (start)", "assess (do_not_start)", "close", "reactivate"),
    *(
        "hand over",
        "decide access (full)",
        "decide access (limited)",
        "decide access (none)",
        "decide access (blocked)",
    ),
    *("release", "take back", "new guardian", "responsibility ends", "break glass", "look"),
    *("write (words)", "write (conversation)", "write (goal)", "write (initiative)"),
)
"""What has to be done at least once, or the machine has not tried it."""


@cache
def kind_name(bit: int) -> str:
    """The kind of a row, by name."""
    (name,) = world.kind_names(bit)
    return name


def client_with(token: str) -> Any:
    """A browserless client that carries a session."""
    from django.test.client import ClientHandler

    from tests.proofs import crawler

    return crawler.client_with(token, ClientHandler(enforce_csrf_checks=False))


# --- running it ------------------------------------------------------------------------------------------------------


PARTS = 3
"""The tables are compared in so many parts, one after each step: starting to read them all costs more than reading."""


def tables_of(part: int) -> list[Any]:
    """The tables of one part: those that this machine writes are spread over all of them."""
    return world.models()[part::PARTS]


def list_query(part: int) -> str:
    """The program's list query of a part of the tables in one statement, with who asks left open."""
    from django.db import connection

    from grunnmur.cases import access

    @dataclass
    class Anybody:
        sees_for: UUID
        self_id: UUID
        kinds: int

        @property
        def service_id(self) -> UUID:
            return self.sees_for

    anybody = Anybody(UUID(int=1), UUID(int=2), 987_654)
    left_open = {anybody.sees_for: "$1::uuid", anybody.self_id: "$2::uuid", anybody.kinds: "$3::int"}
    parts = []
    for model in tables_of(part):
        rows = access.visible_to(anybody, model._default_manager.order_by()).values_list("pk")
        sql, values = rows.query.get_compiler(connection=connection).as_sql()
        parts.append(
            f"select '{model.__name__}', q.* from ({sql % tuple(left_open.get(one, one) for one in values)}) q"
        )
    return " union all ".join(parts)


def prepare() -> None:
    """Plan the large statements once, and let what has been planned stand when an act is refused."""
    from django.db import connection

    stage.keep_plans()
    with connection.cursor() as cursor:
        cursor.execute("set plan_cache_mode = force_generic_plan")
        cursor.execute(f"prepare everything as {every_row()}")
        for part in range(PARTS):
            raw = (f"select '{model.__name__}', t.id from {model._meta.db_table} t" for model in tables_of(part))
            cursor.execute(f"prepare raw_{part} as {' union all '.join(raw)}")
            cursor.execute(f"prepare listed_{part} (uuid, uuid, int) as {list_query(part)}")


def share(number: int, wanted: int) -> tuple[Tally, list[str]]:
    """One process's part: lives, one after another, until so many steps have been made."""
    global HERE
    with stage.database(f"stateful_{number}") as admin_url:
        HERE = begin(admin_url)
        stage.use_as_both(admin_url)
        prepare()
        gc.freeze()  # what is there already never becomes garbage, and looking at it takes a tenth of the time
        while HERE.tally.steps < wanted:
            lives = max(1, min(500, (wanted - HERE.tally.steps) // STEPS_IN_A_LIFE))
            number += 1_000
            try:
                run_state_machine_as_test(
                    seed(number)(Life),
                    settings=settings(
                        max_examples=lives,
                        stateful_step_count=STEPS_IN_A_LIFE,
                        deadline=None,
                        database=None,
                        derandomize=False,
                        print_blob=False,
                        phases=[Phase.generate],
                        suppress_health_check=list(HealthCheck),
                        report_multiple_bugs=False,
                    ),
                    _min_steps=STEPS_IN_A_LIFE,
                )
            except AssertionError as fault:
                return HERE.tally, [f"{fault}; by {' '.join(getattr(fault, '__notes__', []))}"]
    return HERE.tally, []


def prove(quick: bool, seed: int, part: Part = WHOLE) -> Result:
    """Each process with lives of its own, drawn from its own seed."""
    steps = AMOUNT.wanted(quick=quick, part=part) // stage.CORES
    some = stage.in_processes(share, [(seed * 10 + number, steps) for number in range(stage.CORES)])
    tallies = [tally for tally, _faults in some]
    faults = [fault for _tally, found in some for fault in found]
    done = sum((tally.done for tally in tallies), Counter())
    faults += [f"never done: {name}" for name in SORTS if not done[name]]
    return Result(
        f"{sum(one.steps for one in tallies):,} steps in {sum(one.lives for one in tallies):,} lives, "
        f"{sum(done.values()):,} of {len(done)} sorts done and the others refused; "
        f"{sum(one.compared for one in tallies):,} times three sets compared, {sum(one.seen for one in tallies):,} "
        f"rows seen, {sum(one.taken for one in tallies):,} before and after something was taken, "
        f"{sum(one.looks for one in tallies):,} pages opened",
        len(faults),
        faults,
        sum(one.steps for one in tallies),
    )
