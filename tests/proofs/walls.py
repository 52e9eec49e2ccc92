"""Three walls agree: what the reference, the program's list query and raw SQL as the runtime role let somebody see.

Rows of every table around a child, of every kind and from several hands, stand in a database; who takes part, and who
is shut out, is drawn anew again and again, far beyond what any act would write. One situation is one who asks and one
child, at one instant: the three sets of visible ids are the same.
"""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.proofs import WHOLE, Amount, Part, Result, stage, world
from tests.reference import access as reference

AMOUNT = Amount(20_000, 500_000, "situations")
CHILDREN = 12
ASKED_IN_EACH_DRAW = 12
TABLES_AT_A_TIME = 8
RELATIVES = 6
ONLY_IN_A_CASE = frozenset({"consent", "initiator", "asked", "handed_on"})
OF_ONE = frozenset({"appointed", "asked", "break_glass", "handed_on", "party"})
OF_NO_SERVICE = frozenset({"asked", "handed_on", "party"})
OF_ONE_THING = frozenset({"handed_on"})
KEPT = 50


@dataclass(frozen=True, slots=True)
class Asker:
    """One who asks: the session's token (none for a relative), and what the reference says of it."""

    token: str
    who: reference.Someone

    @contextmanager
    def enters(self) -> Iterator[Any]:
        """The asker as the program knows it, for a block in a transaction."""
        from grunnmur.directory import sessions

        if not self.token:
            with sessions.as_relative(uuid.UUID(self.who.person)) as relative:
                yield relative
        else:
            actor = sessions.enter(self.token)
            assert actor is not None
            yield actor


@dataclass
class Tally:
    """What has been compared."""

    situations: int = 0
    rows_seen: int = 0
    differences: int = 0
    tables: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


# --- the stage -----------------------------------------------------------------------------------------------------


def keep_a_few(dice: random.Random) -> None:
    """Keep the children that together have rows in every table, and mix the kinds and the hands of their rows."""
    from django.db import connection

    from grunnmur.cases.models import Attachment, Child, Pathway
    from grunnmur.cases.models.base import ChildRow, PathwayRow

    holding: dict[Any, set[str]] = defaultdict(set)
    for model in world.models():
        if model is Child:
            continue
        child = "pathway__child_id" if issubclass(model, PathwayRow) else "child_id"
        for key in model.objects.values_list(child, flat=True).distinct():
            holding[key].add(model.__name__)
    kept: list[Any] = []
    while len(kept) < CHILDREN:
        have = set().union(*(holding[key] for key in kept))
        kept.append(max(sorted(set(holding) - set(kept), key=str), key=lambda key: len(holding[key] - have)))
    services = [str(row) for row in Child.objects.filter(pk__in=kept).values_list("author_service_id", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        for model in world.models():
            table = model._meta.db_table
            if model is Child:
                cursor.execute(f"delete from {table} where not id = any(%s)", [kept])
                continue
            if issubclass(model, PathwayRow):
                cursor.execute(
                    f"delete from {table} t using cases_pathway p"
                    " where p.id = t.pathway_id and not p.child_id = any(%s)",
                    [kept],
                )
            elif issubclass(model, ChildRow) and model is not Pathway:
                cursor.execute(f"delete from {table} where not child_id = any(%s)", [kept])
        cursor.execute("delete from cases_pathway where not child_id = any(%s)", [kept])
        for model in world.models():
            if model in (Child, Pathway):
                continue
            # Which kinds a table may hold is not asked here: who sees a row of each kind is.
            cursor.execute(
                "select conname from pg_constraint where contype = 'c' and conrelid = %s::regclass"
                " and pg_get_constraintdef(oid) ~ '\\ykind\\y'",
                [model._meta.db_table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'alter table {model._meta.db_table} drop constraint "{name}"')
            for key in model.objects.values_list("pk", flat=True):
                cursor.execute(
                    f"update {model._meta.db_table} set kind = %s, author_service_id = %s where id = %s",
                    [1 << dice.randrange(11), dice.choice(services), key],
                )
        for key in Attachment.objects.order_by("pk").values_list("pk", flat=True):
            cursor.execute("update cases_attachment set tells_where = %s where id = %s", [dice.random() < 0.5, key])
        cursor.execute("set session_replication_role = origin")


def askers() -> list[Asker]:
    """Somebody in every role in three services, and relatives."""
    from grunnmur.cases.models import Child
    from grunnmur.directory import sessions
    from grunnmur.directory.kinds import Role
    from grunnmur.directory.models import Membership, Person

    services = sorted(set(Child.objects.values_list("author_service_id", flat=True)), key=str)[:3]
    people = [Person.objects.create(name=f"Prøve {number}") for number in range(4)]
    found = []
    for number, (service, role) in enumerate((service, role) for service in services for role in Role):
        person = people[number % len(people)]
        row = Membership.objects.create(person=person, service_id=service, role=role, starts_on=datetime(2020, 1, 1))  # noqa: DTZ001
        token = sessions.open_session(row.pk)
        if token is None:
            continue
        who = reference.Someone(str(person.pk), str(service), str(role), world.LONG_AGO, world.FAR)
        found.append(Asker(token, who))
    for _number in range(RELATIVES):
        who = reference.Someone(str(uuid.uuid4()), None, reference.RELATIVE, world.LONG_AGO, world.FAR)
        found.append(Asker("", who))
    return found


def draw(dice: random.Random, known: world.World, everyone: list[Asker], at: datetime) -> None:
    """Write who takes part and who is shut out anew, and tell the reference the same."""
    from grunnmur.cases.models import Child, Pathway

    services = sorted({asker.who.service for asker in everyone if asker.who.service})
    people = sorted({asker.who.person for asker in everyone})
    rows_of = {key: [one for table in tables.values() for one in table] for key, tables in known.of_case.items()}
    grounds, noes = [], []
    for child in Child.objects.all():
        cases = [str(key) for key in Pathway.objects.filter(child=child).values_list("pk", flat=True)]
        for _number in range(dice.randint(0, 6)):
            name = dice.choice(sorted(reference.OPENS_AT_MOST))
            from_at, until_at = period(dice, at, hour=name == "break_glass")
            in_case = bool(cases) and (name in ONLY_IN_A_CASE or dice.random() < 0.7)
            if name in ONLY_IN_A_CASE and not cases:
                continue
            case = dice.choice(cases) if in_case else None
            most = sorted(reference.OPENS_AT_MOST[name])
            of_one = name in OF_ONE
            grounds.append(
                reference.Ground(
                    name=name,
                    service=None if name in OF_NO_SERVICE else dice.choice(services),
                    child=str(child.pk),
                    case=case,
                    kinds=frozenset(dice.sample(most, dice.randint(1, len(most)))),
                    from_at=from_at,
                    until_at=until_at,
                    person=dice.choice(people) if of_one else None,
                    piece=dice.choice(rows_of[case or str(child.pk)])
                    if name in OF_ONE_THING or dice.random() < 0.2
                    else None,
                )
            )
        for _number in range(dice.choice((0, 0, 1, 2))):
            from_at, until_at = period(dice, at)
            of_person = dice.random() < 0.5
            noes.append(
                reference.No(
                    child=str(child.pk),
                    kinds=frozenset(dice.sample(sorted(reference.KINDS), dice.randint(1, 11))),
                    from_at=from_at,
                    until_at=until_at,
                    service=None if of_person else dice.choice(services),
                    person=dice.choice(people) if of_person else None,
                    piece=dice.choice(rows_of[dice.choice([str(child.pk), *cases])]) if dice.random() < 0.3 else None,
                )
            )
    put_up(known, grounds, noes, at=at, by=next(asker.who.person for asker in everyone if asker.token))


def put_up(
    known: world.World, grounds: list[reference.Ground], noes: list[reference.No], *, at: datetime, by: str
) -> None:
    """Write these sights and noes in the place of those that were, and tell the reference the same."""
    from django.db import connection

    from grunnmur.cases.models import Child, Participation, Restriction

    with connection.cursor() as cursor:
        cursor.execute("truncate cases_participation, cases_restriction")
    known.grounds.clear()
    known.noes.clear()
    for ground in grounds:
        known.grounds[ground.service or ""].append(ground)
    for no in noes:
        known.noes[no.service or ""].append(no)
    owners = {str(key): owner for key, owner in Child.objects.values_list("pk", "author_service_id")}
    Participation.objects.bulk_create(
        Participation(
            child_id=ground.child,
            owner_service_id=owners[ground.child],
            pathway_id=ground.case,
            service_id=ground.service,
            only_for=ground.person,
            item=ground.piece,
            basis=ground.name,
            ground=uuid.uuid4(),
            kinds=bits(ground.kinds),
            starts_at=ground.from_at,
            ends_at=ground.until_at,
            next_due=at.date(),
            moved_on=at.date(),
        )
        for ground in grounds
    )
    Restriction.objects.bulk_create(
        Restriction(
            child_id=no.child,
            owner_service_id=owners[no.child],
            service_id=no.service,
            only_for=no.person,
            item=no.piece,
            kinds=bits(no.kinds),
            reason="Trukket.",
            decided_by_id=by,
            starts_at=no.from_at,
            ends_at=no.until_at,
            review_on=at.date(),
        )
        for no in noes
    )


def period(dice: random.Random, at: datetime, *, hour: bool = False) -> tuple[datetime, datetime]:
    """Mostly holding now; sometimes over, to come, or beginning or ending this very instant."""
    step = timedelta(minutes=20) if hour else timedelta(days=2)
    return dice.choice(
        (
            *((at - step, at + step),) * 6,
            (at - 2 * step, at - step),
            (at + step, at + 2 * step),
            (at, at + step),
            (at - step, at),
        )
    )


def bits(names: frozenset[str]) -> int:
    """The kinds as the database has them."""
    from grunnmur.cases.terms import InformationKind

    return sum(int(InformationKind[name.upper()]) for name in names)


# --- the three walls -------------------------------------------------------------------------------------------------


def compare(
    dice: random.Random, known: world.World, asker: Asker, at: datetime, tally: Tally, models: list[Any] | None = None
) -> None:
    """One who asks, before all the children: the three sets are the same for each. In some tables, or those given."""
    from django.db import connection, transaction

    from grunnmur import postgres
    from grunnmur.cases import access

    some = models or dice.sample(world.models(), TABLES_AT_A_TIME)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('test.now', %s, true)", [at.isoformat()])
        with asker.enters() as actor:
            cursor.execute(
                " union all ".join(f"select '{model.__name__}', id::text from {model._meta.db_table}" for model in some)
            )
            raw = set(cursor.fetchall())
            # Outside the database's wall, so that the program's stands alone: behind it, it could never show too much.
            cursor.execute("set local role none")
            listed = set()
            for model in some:
                keys = access.visible_to(actor, model.objects.all()).values_list("pk", flat=True)
                listed |= {(model.__name__, str(key)) for key in keys}
            cursor.execute(f"set local role {postgres.APP}")
    knows = world.Knowing(known, asker.who, at)
    should = {
        (model.__name__, key)
        for model in some
        for key in known.rows_of[model.__name__]
        if knows.may(known.ids[key].piece)
    }
    tally.tables |= {model.__name__ for model in some}
    tally.situations += len(known.by_table["Child"])
    tally.rows_seen += len(should)
    for name, wall in (("the program", listed), ("the database", raw)):
        for table, key in sorted(wall ^ should):
            tally.differences += 1
            if len(tally.faults) < KEPT:
                piece = known.ids[key].piece
                tally.faults.append(
                    f"{asker.who.role} and {table} of kind {piece.kind}: {name} "
                    f"{'shows' if (table, key) in wall else 'hides'} it; {piece}; asked by {asker.who}"
                )


def share(admin_url: str, everyone: list[Asker], seed: int, situations: int, at: datetime) -> Tally:
    """One process's part, in a database of its own."""
    stage.use_as_both(admin_url)
    dice, tally = random.Random(seed), Tally()
    known = world.read_rows(admin_url, at)
    while tally.situations < situations:
        with stage.as_admin(admin_url):
            draw(dice, known, everyone, at)
        for asker in dice.sample(everyone, ASKED_IN_EACH_DRAW):
            compare(dice, known, asker, at, tally)
    return tally


def prove(quick: bool, seed: int, part: Part = WHOLE) -> Result:
    """Each process in its own copy of the same few children."""
    from tests import database as databases

    with world.loaded("prove_walls") as admin_url:
        from grunnmur import clock

        with stage.as_admin(admin_url):
            keep_a_few(random.Random(seed))
            everyone = askers()
        at = clock.now() + timedelta(seconds=1)
        wanted = AMOUNT.wanted(quick=quick, part=part) // stage.CORES
        stage.hang_up()
        with databases.twin(admin_url, name="prove_walls_2") as second:
            shares = [
                (url, everyone, seed * 100 + number, wanted, at) for number, url in enumerate([admin_url, second])
            ]
            some = stage.in_processes(share, shares)
        tables = {model.__name__ for model in world.models()}
    tried = set().union(*(one.tables for one in some))
    faults = [fault for one in some for fault in one.faults]
    faults += [f"never tried: {table}" for table in sorted(tables - tried)]
    seen = sum(one.rows_seen for one in some)
    differences = sum(one.differences for one in some) + len(tables - tried) + (not seen)
    situations = sum(one.situations for one in some)
    return Result(
        f"{situations:,} situations in {len(tried)} tables, {seen:,} rows seen", differences, faults, situations
    )
