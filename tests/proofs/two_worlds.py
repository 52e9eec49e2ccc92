"""Two worlds: a person gets the same bytes whether or not there is something that the person may not see.

For each pair one person and one thing that is kept from that person are drawn, by what it is, so that every sort is
tried: a row of each kind, a row of what the person otherwise sees that is withheld alone, another child, a reporter, a
protected address, a no about somebody else, a decision about somebody in the family, a broken glass. In the second
world it is there, in the first not. The same crawl in both, of every list, every page of the person's own cases and the
hidden thing's own addresses, gives the same answers byte for byte: what is random in an answer is drawn from the same
seed in both, so nothing is taken out of it.
"""

import json
import os
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from tests.proofs import WHOLE, Amount, Part, Result, crawler, stage, world
from tests.proofs.crawler import Asker, Persona, Route

AMOUNT = Amount(20, 500, "pairs")
PAGES = 40
"""Addresses of one crawl, at the most, beside the hidden thing's own."""
SLOW = frozenset({"choose_persona", "styleguide"})
"""Pages that show nothing of anybody, and take long."""


@dataclass
class Tally:
    """What has been compared."""

    pairs: int = 0
    answers: int = 0
    sorts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass
class Hidden:
    """What is there in one of two worlds, and can be taken away again."""

    about: str
    case: str | None
    child: str
    ids: list[str]
    """The ids it is known by, which the person asks for in both worlds."""
    put: list[tuple[str, list[Any]]]
    """What puts it there, and its values."""


# --- asking --------------------------------------------------------------------------------------------------------


@contextmanager
def same_dice(number: int) -> Iterator[None]:
    """Whatever the program draws at random in a block is drawn from this seed: its tokens, codes and new ids."""
    dice, kept = random.Random(number), (os.urandom, random._urandom)  # type: ignore[attr-defined]
    os.urandom = random._urandom = lambda size: dice.randbytes(size)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        os.urandom, random._urandom = kept  # type: ignore[attr-defined]


def crawl(asker: Asker, addresses: list[tuple[str, str, str]], at: datetime) -> list[str]:
    """The whole answer to each address."""
    found = []
    for number, (method, address, text) in enumerate(addresses):
        with same_dice(number):
            response = crawler.ask(asker, method, address, {"text": text} if text else {}, at)
        headers = [f"{name}: {value}" for name, value in sorted(response.headers.items())]
        cookies = [f"{name}={morsel.value}" for name, morsel in sorted(response.cookies.items())]
        body = response.content.decode(errors="replace")
        found.append("\n".join([str(response.status_code), *headers, *cookies, body]))
    return found


def addresses_of(
    asker: Asker, everything: list[Route], hidden: Hidden, dice: random.Random
) -> list[tuple[str, str, str]]:
    """Every list, every page of cases that are one's own, the hidden thing's own addresses, and a search for it."""
    general, own = [], []
    cases = [hidden.case] if hidden.case in asker.guide.cases else []
    cases += dice.sample(asker.guide.cases, min(1, len(asker.guide.cases)))
    for route in everything:
        names = [name for _kind, name in route.parameters]
        if not names and route.name not in SLOW:
            general.append(("GET", f"/{route.pattern}", ""))
        elif names == ["pathway_id"]:
            general += [("GET", _fill(route, [case]), "") for case in cases if case]
        elif names == ["child_id"]:
            general.append(("GET", _fill(route, [hidden.child]), ""))
        if names and all(kind == "uuid" for kind, _name in route.parameters):
            first = hidden.case if names[0] == "pathway_id" else hidden.child
            for key in hidden.ids[:2]:
                values = [key] if len(names) == 1 else [first or key, *[key] * (len(names) - 1)]
                own.append((dice.choice(("GET", "POST")), _fill(route, values), ""))
    dice.shuffle(general)
    dice.shuffle(own)
    known = asker.knows.world
    words = [number for number, rows in known.numbers.items() if any(row.piece.child == hidden.child for row in rows)]
    words += [
        word for word, row in known.words.items() if row.about == "Child.name" and row.piece.child == hidden.child
    ]
    return [*general[:PAGES], *own[:PAGES], *(("POST", "/sok/", word) for word in [*words[:3], "Tvilling"])]


def _fill(route: Route, values: list[str | None]) -> str:
    waiting = iter(values)
    return "/" + crawler.PARAMETER.sub(lambda _found: str(next(waiting)), route.pattern)


# --- what is hidden --------------------------------------------------------------------------------------------------


def copy_of(table: str, key: str, changes: dict[str, Any]) -> tuple[str, list[Any]]:
    """A row once more, with some columns otherwise."""
    return (
        f"insert into {table} select (jsonb_populate_record(null::{table}, to_jsonb(t) || %s::jsonb)).*"
        f" from {table} t where id = %s",
        [json.dumps(changes), key],
    )


class World:
    """What one process knows of the world, and how something is hidden in it."""

    def __init__(self, known: world.World, dice: random.Random) -> None:
        from django.apps import apps

        self.known, self.dice = known, dice
        self.tables = {model.__name__: model for model in apps.get_app_config("cases").get_models()}

    def table(self, name: str) -> str:
        return str(self.tables[name]._meta.db_table)

    def rows(self, wanted: Callable[[world.Row], bool]) -> list[tuple[str, world.Row]]:
        """The ids of rows, as the rows themselves have them."""
        found = {row.about.split()[1]: row for row in self.known.ids.values() if wanted(row)}
        return sorted(found.items())

    def a_row_of_kind(self, asker: Asker, kind: str) -> Hidden | None:
        """One more row of a kind that is kept from the person, in a case of the person's own where there is one."""
        hidden = self.rows(
            lambda row: row.piece.kind == kind and row.table not in ANOTHERS and not asker.knows.may(row.piece)
        )
        own = [pair for pair in hidden if pair[1].piece.case in asker.guide.cases]
        own = own or [pair for pair in hidden if pair[1].piece.child in asker.guide.children]
        return self._twice(*self.dice.choice(own or hidden)) if hidden else None

    def _twice(self, key: str, row: world.Row) -> Hidden:
        new = self._uuid()
        changes: dict[str, Any] = {"id": new}
        columns = {column.attname for column in self.tables[row.table]._meta.concrete_fields}
        changes |= {name: self._uuid() for name in ("source_id", "identity", "once") if name in columns}
        changes |= {name: None for name in ("replaces_id", "moved_from_id", "follows_id") if name in columns}
        return Hidden(
            f"{row.table} of kind {row.piece.kind}",
            row.piece.case,
            row.piece.child,
            [new, changes.get("identity", new)],
            [copy_of(self.table(row.table), key, changes)],
        )

    def a_row_withheld_alone(self, asker: Asker, _more: str) -> Hidden | None:
        """One more row of what the person sees, which is withheld from the person's service or from the person."""
        cases = set(asker.guide.cases)
        seen = self.rows(
            lambda row: (
                row.piece.case in cases
                and row.table not in ANOTHERS | {"InitiativeReply"}
                and asker.knows.may(row.piece)
            )
        )
        if not seen:
            return None
        hidden = self._twice(*self.dice.choice(seen))
        whom = {"only_for": asker.persona.who.person}
        if not self._owns(asker, hidden.child) and self.dice.random() < 0.5:
            whom = {"service_id": str(asker.persona.who.service)}
        hidden.put.append(self._no(hidden.child, {"item": hidden.ids[0], **whom}))
        hidden.about = f"{hidden.about}, withheld from the {'service' if 'service_id' in whom else 'person'}"
        return hidden

    def another_child(self, asker: Asker, _more: str) -> Hidden | None:
        """One more child, with a case, who takes part in it and its names, in a service where the person sees none."""
        hidden = [
            (case, child)
            for case, child in sorted(self.known.children.items())
            if case not in asker.guide.cases and child not in asker.guide.children
        ]
        if not hidden:
            return None
        case, child = self.dice.choice(hidden)
        new, new_case = self._uuid(), self._uuid()
        put = [
            copy_of(
                "cases_child",
                child,
                {"id": new, "national_id": None, "national_key": None, "journal_number": f"T-{new[:8]}"},
            ),
            copy_of("cases_pathway", case, {"id": new_case, "child_id": new}),
            (
                "insert into cases_participation select (jsonb_populate_record(null::cases_participation,"
                " to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'child_id', %s::uuid, 'pathway_id',"
                " case when t.pathway_id is null then null else %s::uuid end))).*"
                " from cases_participation t where t.child_id = %s and (t.pathway_id is null or t.pathway_id = %s)",
                [new, new_case, child, case],
            ),
            (
                "insert into cases_namekey (service_id, key, child_id)"
                " select service_id, key, %s::uuid from cases_namekey where child_id = %s union"
                " select service_id, 'TVILLING', %s::uuid from cases_namekey where child_id = %s",
                [new, child, new, child],
            ),
        ]
        return Hidden("another child", new_case, new, [new, new_case], put)

    def a_no(self, asker: Asker, _more: str) -> Hidden | None:
        """A no about somebody else, in a case of the person's own."""
        if not asker.guide.cases:
            return None
        case = self.dice.choice(asker.guide.cases)
        child = self.known.children[case]
        if self._owns(asker, child):
            return None
        return Hidden("a no about somebody else", case, child, [], [self._no(child, {"only_for": self._uuid()})])

    def _no(self, child: str, changes: dict[str, Any]) -> tuple[str, list[Any]]:
        given = {"id": self._uuid(), "service_id": None, "only_for": None, "item": None, **changes}
        return (
            "insert into cases_restriction select (jsonb_populate_record(null::cases_restriction, jsonb_build_object("
            "'child_id', c.id, 'owner_service_id', c.author_service_id, 'kinds', 2047, 'reason', 'Slekt.', 'cause',"
            " 'child_objects', 'decided_by_id', c.recorded_by_id, 'starts_at', now() - interval '1 day',"
            # It is soon to be looked at again: what is said of that is said to others.
            " 'ends_at', '9999-01-01 00:00:00+00', 'review_on', current_date + 3) || %s::jsonb)).*"
            " from cases_child c where c.id = %s",
            [json.dumps(given), child],
        )

    def a_decision(self, asker: Asker, _more: str) -> Hidden | None:
        """A decision about somebody in the family, a row given to them, and what they see for it."""
        if not asker.guide.cases:
            return None
        case = self.dice.choice(asker.guide.cases)
        child, whom, item = self.known.children[case], self._uuid(), self._uuid()
        if self._owns(asker, child):
            return None
        about = "from cases_child c where c.id = %s"
        common = "%s, c.id, c.author_service_id, %s, 'Vurdert.', c.recorded_by_id"
        put: list[tuple[str, list[Any]]] = [
            (
                "insert into cases_familydecision (id, child_id, owner_service_id, identity, reason, decided_by_id,"
                f" number, access, decided_at, review_on) select {common}, 1, 'full', now(), current_date + 3 {about}",
                [self._uuid(), whom, child],
            ),
            (
                "insert into cases_release (id, child_id, owner_service_id, identity, reason, decided_by_id, item,"
                f" kind, starts_at, ends_at) select {common}, %s, 2, now(), '9999-01-01' {about}",
                [self._uuid(), whom, item, child],
            ),
            self._sight(child, case, {"only_for": whom, "basis": "party", "kinds": 3}),
        ]
        return Hidden("a decision about a relative", case, child, [whom], put)

    def a_protection(self, asker: Asker, _more: str) -> Hidden | None:
        """How long an address was decided to be protected, soon over; the owner's own."""
        if not asker.guide.cases:
            return None
        case = self.dice.choice(asker.guide.cases)
        child, row = self.known.children[case], self._uuid()
        if self._owns(asker, child):
            return None
        put: list[tuple[str, list[Any]]] = [
            (
                "insert into cases_protectiondecision (id, child_id, owner_service_id, decided_on, until,"
                " recorded_by_id, starts_at, ends_at) select %s, c.id, c.author_service_id, current_date - 300,"
                " current_date + 3, c.recorded_by_id, now(), '9999-01-01 00:00:00+00'"
                " from cases_child c where c.id = %s and not exists (select 1 from cases_protectiondecision d"
                " where d.child_id = c.id and d.ends_at = '9999-01-01 00:00:00+00')",
                [row, child],
            )
        ]
        return Hidden("until when an address is protected", case, child, [row], put)

    def a_broken_glass(self, asker: Asker, _more: str) -> Hidden | None:
        """Somebody in another service has broken the glass; the owner is told, and others are not."""
        if not asker.guide.cases:
            return None
        case = self.dice.choice(asker.guide.cases)
        child = self.known.children[case]
        other = self.dice.choice(sorted(set(self.known.grounds) - {"", str(asker.persona.who.service)}))
        if self._owns(asker, child):
            return None
        look, whom = self._uuid(), self._uuid()
        put: list[tuple[str, list[Any]]] = [
            (
                "insert into cases_emergencylook (id, child_id, owner_service_id, service_id, person_id, reason,"
                " starts_at, ends_at, verdict, review) select %s, c.id, c.author_service_id, %s, c.recorded_by_id,"
                " 'Fare.', now(), now() + interval '1 hour', '', '' from cases_child c where c.id = %s",
                [look, other, child],
            ),
            self._sight(child, case, {"service_id": other, "only_for": whom, "basis": "break_glass", "kinds": 7}),
        ]
        return Hidden("a broken glass", case, child, [look], put)

    def _sight(self, child: str, case: str, changes: dict[str, Any]) -> tuple[str, list[Any]]:
        return (
            "insert into cases_participation select (jsonb_populate_record(null::cases_participation,"
            ' to_jsonb(t) || \'{"service_id": null, "ground": null}\' || %s::jsonb)).* from cases_participation t'
            " where t.child_id = %s and t.pathway_id = %s and t.basis = 'owner' limit 1",
            [json.dumps({"id": self._uuid(), **changes}), child, case],
        )

    def _owns(self, asker: Asker, child: str) -> bool:
        """Whether the child is the person's own service's: then nothing of this is kept from it."""
        grounds = self.known.grounds[asker.persona.who.service or ""]
        return any(ground.name == "owner" and ground.child == child for ground in grounds)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))


ANOTHERS = frozenset({"Child", "Pathway", "NationalFile", "RelatedPerson"})
"""A second one of these would be another case or another human being, which are ways of their own."""
Way = Callable[[World, Asker, str], Hidden | None]
WAYS: list[tuple[Way, str]] = [
    *((World.a_row_of_kind, kind) for kind in sorted(world.reference.KINDS - {"contact"})),
    (World.a_row_withheld_alone, ""),
    (World.a_row_withheld_alone, ""),
    (World.another_child, ""),
    (World.a_no, ""),
    (World.a_decision, ""),
    (World.a_protection, ""),
    (World.a_broken_glass, ""),
]


# --- the pairs -------------------------------------------------------------------------------------------------------


def share(admin_url: str, people: list[Persona], at: datetime, seed: int, pairs: int) -> Tally:
    """So many pairs, each sort of hidden thing in its turn."""
    stage.use(admin_url)
    from django.test.client import ClientHandler

    known = world.read(admin_url)
    known.at = at
    crawler.stop_the_clock(at)
    dice, handler = random.Random(seed), ClientHandler(enforce_csrf_checks=False)
    everything, tally, here = crawler.routes(), Tally(), World(known, dice)
    strings: dict[str, set[str]] = defaultdict(set)
    askers = []
    for one in people:
        guide = crawler.Guide(known, one, dice, strings)
        askers.append(Asker(one, world.Knowing(known, one.who), crawler.client_with(one.token, handler), guide))
    taking_part = [asker for asker in askers if asker.guide.cases or asker.guide.children]
    ways = dice.sample(WAYS, len(WAYS))
    with stage.connect(admin_url) as admin:
        admin.execute("set session_replication_role = replica")
        tries = 0
        while tally.pairs < pairs and tries < 40 * pairs:
            tries += 1
            way, more = ways[tally.pairs % len(ways)]
            asker = dice.choice(taking_part if dice.random() < 0.85 else askers)
            hidden = way(here, asker, more)
            if hidden is None:
                if not tries % 25:
                    ways = dice.sample(WAYS, len(WAYS))  # nobody has such a thing kept from them
                continue
            addresses = addresses_of(asker, everything, hidden, dice)
            try:
                pair = compare(admin, asker, addresses, hidden, at)
            except psycopg.Error as refused:
                if refused.sqlstate and refused.sqlstate.startswith("23"):
                    continue  # there can only be one of it
                raise
            tally.pairs += 1
            tally.answers += len(addresses)
            tally.sorts[hidden.about] += 1
            tally.faults += [f"{asker.persona.name}, who must not know of {hidden.about}: {one}" for one in pair]
    return tally


def compare(
    admin: psycopg.Connection[Any],
    asker: Asker,
    addresses: list[tuple[str, str, str]],
    hidden: Hidden,
    at: datetime,
) -> list[str]:
    """The answers that are not the same in both worlds."""
    import django.db

    with admin.transaction(force_rollback=True):
        for statement, values in hidden.put:
            admin.execute(statement, values)  # that the database takes it, before anything is crawled
    first = crawl(asker, addresses, at)
    django.db.connection.close()
    undo = snapshot(admin, hidden)
    try:
        second = crawl(asker, addresses, at)
        django.db.connection.close()
    finally:
        undo()
    return [
        f"{method} {crawler.UUID.sub('…', address)} {difference(one, other)}"
        for (method, address, _text), one, other in zip(addresses, first, second, strict=True)
        if one != other
    ]


def snapshot(admin: psycopg.Connection[Any], hidden: Hidden) -> Callable[[], None]:
    """Put it there; gives what takes it away again."""
    put = []
    for statement, values in hidden.put:
        table = statement.split()[2]
        rows = admin.execute(f"{statement} returning {table}.id::text", values).fetchall()
        put.append((table, [key for (key,) in rows]))

    def undo() -> None:
        for table, keys in reversed(put):
            admin.execute(f"delete from {table} where id::text = any(%s)", [keys])

    return undo


def difference(one: str, other: str) -> str:
    """The first line that is not the same; how long the answer is comes last, for it says only that another is not."""
    pairs = [pair for pair in zip(one.splitlines(), other.splitlines(), strict=False) if pair[0] != pair[1]]
    pairs.sort(key=lambda pair: pair[0].startswith("Content-Length: "))
    for left, right in pairs:
        return f"«{left.strip()[:160]}» became «{right.strip()[:160]}»"
    return "is longer in one of them"


def prove(quick: bool, seed: int, part: Part = WHOLE) -> Result:
    """Pairs of worlds, in as many processes as there are cores, each with a database of its own."""
    from tests import database as databases

    with world.loaded("prove_two_worlds") as admin_url:
        from grunnmur import clock

        people = [one for one in crawler.personas(admin_url, seed) if one.who.until_at == world.FAR]
        at = clock.now() + timedelta(seconds=1)
        pairs = AMOUNT.wanted(quick=quick, part=part) // stage.CORES
        stage.hang_up()
        with databases.twin(admin_url, name="prove_two_worlds_2") as second:
            shares = [(url, people, at, seed * 100 + number, pairs) for number, url in enumerate([admin_url, second])]
            some = stage.in_processes(share, shares)
    faults = [fault for one in some for fault in one.faults]
    sorts = sum((one.sorts for one in some), Counter())
    done = sum(one.pairs for one in some)
    if done < pairs * stage.CORES:
        faults.append(f"only {done} pairs could be made")
    return Result(
        f"{done:,} pairs of worlds that differ in {len(sorts)} sorts of hidden things, "
        f"{sum(one.answers for one in some):,} answers in each",
        len(faults),
        faults,
        done,
    )
