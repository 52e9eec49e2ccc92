"""The walls' own SQL, broken in one place at a time: what the mutation proof tries beside the rules in Python.

The sentence of the list query, the policies to read and to write, and the functions that they call are broken one at a
time, and what a few people then see and can write is held against what they should: the reference where it speaks of
the table, and otherwise a line here in words (`OTHERWISE`). A function is broken in the database itself, in a
transaction. A policy's sentence is asked as it is and broken, by the one who would be let in, of rows that the policy
does not reach: it is the sentence that stands in the database, and many of them can be asked at once.
"""

import json
import random
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import psycopg
import psycopg.sql

from tests.proofs import Result, alike, own_work, sent, stage, walls, world
from tests.proofs.own_work import Country
from tests.proofs.sql_mutants import broken
from tests.reference import access as reference

DRAWS = 2_000
"""Times at the most that who takes part and who is shut out is drawn anew, before a mutant is said to live."""
ADDED = 8
"""Rows that each who asks tries to add."""
NOTHING = "nothing is broken"
IN_ONE, AT_ONCE = 8, 40
"""Sentences in one question to the database, which takes longer for each when they are many more; and questions that
are put to it together."""
QUICK_TABLES = frozenset(
    {"cases_child", "cases_pathway", "cases_conversation", "cases_relatedperson", "cases_initiativereply"}
)
"""Of the tables that the reference speaks of, which all have the same sentence, those that every change breaks."""
TAKEN = ("cases_child", "cases_pathway", "cases_conversation", "cases_participation")
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "taken": TAKEN,
    "is_taken_from": TAKEN,
    "is_taken": TAKEN,
    "is_administrator": ("directory_invitation", "cases_lookreview"),
    **own_work.FUNCTIONS,
}
"""What the sentences to read call, and the tables where a mutant of it shows."""
FUNCTIONS_TO_ADD = {
    **dict.fromkeys(("relative", "owner_of_pages", "child_of_pages"), ("log_event",)),
    "has_open_address": ("cases_participation",),
}
"""What the sentences to add call, and the tables where a mutant of it lets somebody add otherwise."""
SAME: tuple[tuple[str, str, str], ...] = (
    (
        r".*",
        r"«(a\.|sight\.|)child_id <> all \(\(select sec\.taken\(\)\)::uuid\[\]\)» to «false»(, time 2)?",
        "the list of children spares the question of the others, of whom sec.is_taken says no",
    ),
    (
        r"sec\.taken",
        r"«r\.ends_at > sec\.now\(\)» to «r\.ends_at >= sec\.now\(\)»|«.*» to «true»|«.* and .*» to «.* or .*»",
        "names a child too many, and sec.is_taken says no of it",
    ),
    (
        r"cases_child, to read",
        r"«cases_child\.kind <> 512» to «true»",
        "a child is never of the kind protected_address",
    ),
    (
        r"cases_pathway, to read",
        r"«cases_pathway\.kind <> 512» to «true»",
        "a case is never of the kind protected_address",
    ),
    (
        r"log_event, to read",
        r"«log_event\.kind <> 512» to «(true|log_event\.kind = 512)»(, time 2)?"
        r"|«a\.basis not in (\([^)]*\))» to «(true|a\.basis in \3)»(, time 2)?"
        r"|«\(log_event\.author_service_id = a\.service_id and [^()]*\([^()]*\) and [^()]*\)» to «false»(, time 2)?",
        "whose own service did it is let through before",
    ),
    (r"cases_restriction, to change", r"into all", "only the owner can read it, and nobody can change whose it is"),
    (
        r"directory_responsibility, to read",
        r"«a\.is_approved» to «true»",
        "what was said no to is read by the own municipality alone, which sees the proposal before",
    ),
    (r"sec\.is_taken", r"«sec\.writer\(\) <> sec\.self\(\)» to «true»", "asks the same of the same person again"),
    (
        r".*, to add",
        r"«a\.basis not in \([^)]*\)» to «true», time 2",
        "the sentence to add asks the same of every sight before",
    ),
    (
        r".*, to add",
        r"«\w+\.author_service_id = \(select sec\.writes_for\(\)\)» to «true», time 2",
        "the sentence to add asks the same of every row before, of an answer by a link or not",
    ),
    (
        r"cases_letter, to read",
        r"«(a\.only_for = identity|identity = \(select sec\.self\(\)\))» to «true»",
        "one who has no service reads nobody's sight but their own, so that the two ask the same",
    ),
    (
        r"cases_letter, to read",
        r"«a\.service_id is null» to «true»",
        "what is open to a party is never a service's (whose_sight_it_is)",
    ),
    (
        r"cases_letter, to read",
        r"«\(child_id <> all .*\)» to «true», time 2"
        r"|«child_id <> all (\(\(select sec\.taken\(\)\)::uuid\[\]\))» to «child_id = all \1», time 2",
        "whoever may not know of the child does not read that it was open to them either",
    ),
    (
        r"cases_passportline, to read",
        r"«a\.only_for = \(select sec\.self\(\)\)» to «true»",
        "one who has no service reads nobody's sight but their own",
    ),
    (
        r"cases_passportline, to read",
        r"«\(cases_passportline\.kind & \(select sec\.kinds\(\)\)\) <> 0» to «true»",
        "nothing is handed on that whoever comes in by a link cannot see (what_handed_on_can_carry)",
    ),
)
"""Mutants that say the same in other words: patterns of the whole of what was broken and where, and why it is so."""


Way = Literal["sees", "lists", "adds", "changes"]
WAYS: tuple[Way, ...] = get_args(Way)


def says_the_same(one: "Mutant", where: str, what: str) -> bool:
    """Whether a pair of patterns is about this mutant: about all of what was broken, and nothing that stands around."""
    return bool(re.fullmatch(where, one.where) and re.fullmatch(what, one.what))


# --- breaking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """One broken sentence: what it is put into the database or the program with, and what it can change."""

    where: str
    what: str
    tables: tuple[str, ...]
    asks: Way = "sees"
    statement: str = ""
    """What puts it into the database."""
    sentence: str = ""
    """What a policy, or the list query, asks of a row instead."""

    @property
    def name(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Question:
    """Rows that somebody asks to see or to add: which, where they are taken from, and which of them should be let."""

    key: str
    source: str
    should: frozenset[str]


FUNCTION = re.compile(r"(.*?\$\$(?:\nbegin\n    return )?)(.*?)((?:;\nend)?\n\$\$;\n)", re.DOTALL)
"""What a function answers, and what stands around it: in PL/pgSQL also that it is what is returned."""


class NotSqlError(Exception):
    """The mutant is no sentence that PostgreSQL knows: it says nothing of whether anybody would notice."""


def mutants(*, quick: bool) -> Iterator[Mutant]:
    """Every broken sentence there is."""
    from grunnmur.cases import access, row_security

    spoken_of = {model._meta.db_table for model in world.models()}
    for policy in row_security.policies():
        table = policy.table
        if table not in spoken_of | set(OTHERWISE) or (quick and table in spoken_of - QUICK_TABLES):
            continue
        for said, sentence in _all(policy.read):
            yield Mutant(f"{table}, to read", said, (table,), sentence=sentence)
        if table in adds():
            for said, sentence in _all(policy.addition):
                yield Mutant(f"{table}, to add", said, (table,), "adds", sentence=sentence)
        if table in CHANGES:
            for what, statement in (
                ("all", f"alter policy may_change on {table} using (true)"),
                ("into all", f"alter policy may_change on {table} with check (true)"),
                ("nothing", f"drop policy may_change on {table}"),
            ):
                yield Mutant(f"{table}, to change", what, (table,), "changes", statement)
    text = "\n".join(path.read_text() for path in row_security.SQL_FILES)
    for name, tables in {**FUNCTIONS, **FUNCTIONS_TO_ADD}.items():
        (whole,) = re.findall(rf"create or replace function sec\.{name}\(.*?\n\$\$;\n", text, re.DOTALL)
        ((before, body, after),) = FUNCTION.findall(whole)
        for said, sentence in broken(body):
            asks: Way = "adds" if name in FUNCTIONS_TO_ADD else "sees"
            yield Mutant(f"sec.{name}", said, tables, asks, f"{before}{sentence}{after}")
    (whole,) = re.findall(r"create or replace view sec\.live as\n.*?;\n", text, re.DOTALL)
    head, where, condition = whole.rstrip().rstrip(";").partition("where ")
    for said, sentence in broken(condition):
        yield Mutant("sec.live", said, ("cases_child", "directory_account"), statement=f"{head}{where}{sentence}")
    for said, sentence in broken(access.SEEN):
        yield Mutant("access.SEEN", said, tuple(sorted(QUICK_TABLES)), "lists", sentence=sentence)


def unbroken() -> Iterator[Mutant]:
    """The sentences of the policies as they are."""
    from grunnmur.cases import row_security

    for policy in row_security.policies():
        yield Mutant(f"{policy.table}, to read", NOTHING, (policy.table,), sentence=policy.read)
        yield Mutant(f"{policy.table}, to add", NOTHING, (policy.table,), "adds", sentence=policy.addition)


def _all(rule: str) -> Iterator[tuple[str, str]]:
    """A rule broken in one place, and put aside whole."""
    yield from broken(rule)
    yield from ((f"everything to «{other}»", other) for other in ("true", "false") if rule != other)


# --- who asks, and what they should see ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pages:
    """Whose pages somebody in a family has logged in to, and in whose name they write there."""

    child: str
    owner: str
    writer: str


@dataclass
class Asked:
    """One who asks, and what they may know just now."""

    token: str
    who: reference.Someone
    enters: str = "sec.enter"
    administers: bool = False
    pages: "Pages | None" = None
    """What a log-in of the family's leads to; none for a session without one."""
    knows: world.Knowing = field(init=False)
    country: Country = field(init=False)

    def learn(self, known: world.World, country: Country, at: datetime) -> None:
        """What the one who asks may know, as things stand now."""
        self.knows, self.country = world.Knowing(known, self.who, at), country

    @property
    def is_in(self) -> bool:
        return reference.works_now(self.who, self.knows.at)

    def has_kind(self, kind: str) -> bool:
        return kind in reference.SEEN_IN_ROLE[self.who.role]

    def may_not_know_of(self, child: str) -> bool:
        """Whether an explicit no keeps it from whoever asks that the child is there."""
        contact = reference.Piece(child, None, reference.CONTACT, "")
        return any(reference.takes_away(no, self.who, contact, self.knows.at) for no in self.knows.noes.get(child, ()))

    def is_employee(self, person: str) -> bool:
        """Whether whoever asks is this person, and not somebody in a family, who is no person in the directory."""
        return self.who.service is not None and person == self.who.person

    def is_of(self, service: str | None) -> bool:
        return service is not None and service == self.who.service

    @property
    def writer(self) -> str | None:
        """The person in whose name one writes; none for somebody in a family."""
        return self.who.person if self.who.service else self.who.behind_the_link

    def writes_as(self, service: str | None) -> bool:
        return service is not None and service == (self.who.service or self.who.answers_for)


Row = dict[str, Any]

DONE_BY_FAMILY = ("consent.answered", "consent.withdrawn", "letter.sent", "move.withdrawn", "words.written")
"""What one in the family does on their own pages: answers, takes back, writes."""


def _adds_event(row: Row, asked: Asked) -> bool:
    """What one's own service did; or one in the family, about the child whose pages they are and what they see."""
    if asked.writes_as(row["author_service_id"]):
        return True
    (kind,) = world.kind_names(row["kind"])
    known, pages, case = asked.knows.world, asked.pages, row["pathway_id"]
    return (
        pages is not None
        and (row["author_service_id"], row["person_id"], row["child_id"]) == (pages.owner, pages.writer, pages.child)
        and kind in (reference.CHILD_WELFARE, reference.COORDINATION)
        and row["name"] in DONE_BY_FAMILY
        and datetime.fromisoformat(row["at"]) <= asked.knows.at
        and (case is None or (known.children[case] == pages.child and asked.knows.may(known.ids[case].piece)))
    )


def _adds_sight(row: Row, asked: Asked) -> bool:
    """The owner; but a passport is sent to nobody while where the child lives is secret. What is over opens nothing."""
    is_open = datetime.fromisoformat(row["ends_at"]) > asked.knows.at
    is_kept = row["basis"] == "handed_on" and is_open and row["child_id"] in asked.knows.world.protected
    return asked.is_of(row["owner_service_id"]) and not is_kept


def _owners(row: Row, asked: Asked) -> bool:
    """The owner's, if nothing is taken from whoever asks."""
    return asked.is_of(row["owner_service_id"]) and not asked.may_not_know_of(row["child_id"])


def _welfares(row: Row, asked: Asked) -> bool:
    return _owners(row, asked) and asked.has_kind("child_welfare")


def _takes_part(row: Row, asked: Asked) -> bool:
    """Who takes part: the service itself, the owner, and the one whom it is for."""
    is_about = asked.is_of(row["service_id"]) or asked.is_of(row["owner_service_id"])
    return (is_about or row["only_for"] == asked.who.person) and not asked.may_not_know_of(row["child_id"])


def _event(row: Row, asked: Asked) -> bool:
    """What one's own service did, and what was done about what one sees."""
    (kind,) = world.kind_names(row["kind"])
    piece = reference.Piece(row["child_id"], row["pathway_id"], kind, row["author_service_id"], row["subject_id"] or "")
    sees = asked.is_of(row["author_service_id"]) or asked.knows.may(piece)
    return sees and not asked.may_not_know_of(row["child_id"])


def _draft(row: Row, asked: Asked) -> bool:
    """What one has begun to write for one's service, for as long as one sees what it is about."""
    ids, seen = asked.knows.world.ids, [one for one in (row["pathway_id"], row["child_id"]) if one]
    is_own = asked.is_employee(row["person_id"]) and asked.is_of(row["service_id"])
    return is_own and all(asked.knows.may(ids[one].piece) for one in seen)


OTHERWISE: dict[str, Callable[[Row, Asked], bool]] = {
    **own_work.READS,
    **sent.READS,
    "cases_participation": _takes_part,
    # Why somebody is shut out, and what was decided about the family: the owner alone, and never whom a no is about.
    "cases_restriction": lambda row, asked: _owners(row, asked) and row["only_for"] != asked.who.person,
    "cases_familydecision": _welfares,
    "cases_release": _welfares,
    # Who in the family has a log-in: the same. With what, and what they say of how it was, nobody reads there.
    "cases_familylogin": _welfares,
    "cases_familydevice": lambda _row, _asked: False,
    "cases_experience": lambda _row, _asked: False,
    # That one has said it: oneself.
    "cases_experiencegiven": lambda row, asked: (
        row["identity"] == asked.who.person and not asked.may_not_know_of(row["child_id"])
    ),
    "cases_draft": _draft,
    # A broken glass: whoever broke it, and the owner.
    "cases_emergencylook": lambda row, asked: asked.is_employee(row["person_id"]) or _welfares(row, asked),
    # By which words a child is found: each service its own.
    "cases_namekey": lambda row, asked: asked.is_of(row["service_id"]) and not asked.may_not_know_of(row["child_id"]),
    "cases_deletion": lambda row, asked: asked.is_of(row["service_id"]),
    "cases_absence": lambda row, asked: asked.is_of(row["service_id"]),
    "log_event": _event,
    # Who looked: one's own looks, acting for the service one looked for.
    "log_accesslog": lambda row, asked: asked.is_employee(row["person_id"]) and asked.is_of(row["service_id"]),
    "cases_lookreview": lambda row, asked: asked.is_of(row["service_id"]) and asked.administers,
    # Accounts are one's own; how one proves who one is, and the links of the log, are nobody's to read.
    "directory_account": lambda row, asked: asked.is_employee(row["person_id"]),
    "directory_invitation": lambda row, asked: asked.is_of(row["service_id"]) and asked.administers,
    "directory_factor": lambda _row, _asked: False,
    "directory_subject": lambda _row, _asked: False,
    "log_link": lambda _row, _asked: False,
}
"""Who reads the tables about sight itself, about the log and log-in, and about no child, each in one line.

The policy of a table that neither this nor the reference speaks of is left to its own tests, and counted; so is what is
added where `ADDS` says nothing.
"""
OFFICIALS = ("county_governor_staff", "chief_physician", "leader")
"""Roles in which one reads what is about no child."""
ADDS: dict[str, Callable[[Row, Asked], bool]] = {
    "cases_child": lambda row, asked: asked.writes_as(row["author_service_id"]),
    "cases_participation": _adds_sight,
    # Whom the owner shuts out, what it decides, and what it writes to be reviewed.
    **dict.fromkeys(
        ("cases_restriction", "cases_release", "cases_emergencylook"),
        lambda row, asked: asked.is_of(row["owner_service_id"]),
    ),
    # That a decision holds no more, the database alone writes.
    "cases_familydecision": lambda row, asked: asked.is_of(row["owner_service_id"]) and row["replaced_at"] is None,
    "cases_lookreview": lambda row, asked: (
        asked.is_of(row["service_id"])
        and asked.administers
        and asked.is_employee(row["reviewed_by_id"])
        and row["person_id"] != row["reviewed_by_id"]
    ),
    # One's own absence, or in a service that one administers; and it is oneself who writes it down.
    "cases_absence": lambda row, asked: (
        asked.is_of(row["service_id"])
        and (asked.is_employee(row["person_id"]) or asked.administers)
        and asked.is_employee(row["ended_by_id"] or row["recorded_by_id"])
    ),
    "log_event": _adds_event,
    # A look is one's own, for a service or as one in a family, or that of nobody who is known.
    "log_accesslog": lambda row, asked: (
        (row["service_id"] is None and row["person_id"] in (None, None if asked.writer else asked.who.person))
        or (row["person_id"] == asked.writer and asked.writes_as(row["service_id"]))
    ),
}
"""Who may add to a table, where it is not the sentence of sight: in one line each."""


def adds() -> dict[str, Callable[[Row, Asked], bool] | None]:
    """Tables whose sentence to add is broken: those above, and by the reference those that services alone write."""
    from grunnmur.cases.row_security import BY_FAMILY

    sighted = {model._meta.db_table for model in world.models()} - set(BY_FAMILY)
    return {**dict.fromkeys(sorted(sighted)), **ADDS}


MINE = ("author_service_id", "owner_service_id", "service_id", "person_id", "reviewed_by_id", "recorded_by_id")
"""Columns of a row to add in which one's own name is tried, and another's."""
CHANGES = {
    "cases_pathway": "version = 7",
    "cases_child": "language = 'nb'",
    "cases_participation": "moved_on = '2020-01-01'",
    "cases_restriction": "ends_at = '2999-01-01'",
    "cases_emergencylook": "review = ''",
}
"""A change of every row that one can reach, which reads none of them."""


def askers(admin_url: str, members: list[walls.Asker], at: datetime) -> list[Asked]:
    """Members in every role, people in the family, and sessions that are over: ended, run out, left alone too long."""
    from grunnmur.directory import sessions

    found = [Asked(one.token, one.who, administers=one.who.role == "leader") for one in members if one.token]
    with stage.connect(admin_url) as admin:
        # One who is no leader administers too.
        head_nurse = next(one for one in found if one.who.role == "nurse")
        head_nurse.administers = True
        admin.execute(
            "update directory_membership set is_administrator = true where person_id = %s and service_id = %s"
            " and role = 'nurse'",
            [head_nurse.who.person, head_nurse.who.service],
        )
        for person in sorted({one.who.person for one in members}):
            token = str(uuid.uuid4())
            digest = admin.execute("select sha256(convert_to(%s, 'UTF8'))", [token]).fetchone()[0]  # type: ignore[index]
            mac = sessions.sign(f"family|{digest.hex()}|{person}")
            admin.execute("select sec.open_family_session(%s, %s, 100, %s)", [digest, person, mac])
            who = reference.Someone(person, None, reference.RELATIVE, world.LONG_AGO, world.FAR)
            found.append(Asked(token, who, enters="sec.enter_family"))
        # Those who answer by a link: each for a person, and for the service that was asked.
        services = sorted({one.who.service for one in members if one.who.service})
        people = sorted({one.who.person for one in members})
        for number, link in enumerate(people):
            behind, asked_of = people[number - 1], services[number % len(services)]
            token = str(uuid.uuid4())
            admin.execute(
                "insert into sec.session (token_sha256, party, for_person, for_service, as_role, purpose, kinds,"
                " opened_at, expires_at) select sha256(convert_to(%s, 'UTF8')), %s, %s, %s, 'gp', purpose, kinds,"
                " now(), now() + interval '1 day' from sec.ceiling where role = 'link'",
                [token, link, behind, asked_of],
            )
            who = reference.Someone(link, None, reference.ASKED, world.LONG_AGO, world.FAR, behind, asked_of)
            found.append(Asked(token, who, enters="sec.enter_family"))
        found += _officials(admin)
        found += _logged_in(admin, [one.who.person for one in members if not one.who.service], people)
        owner = next(one for one in members if one.who.role == "contact_person")
        for way in ("ended_at = %s", "expires_at = %s", "seen_at = %s - idle"):
            token = str(uuid.uuid4())
            admin.execute(
                "insert into sec.session (token_sha256, person, membership, service, role, purpose, kinds, opened_at,"
                " expires_at) select sha256(convert_to(%s, 'UTF8')), person, membership, service, role, purpose, kinds,"
                " opened_at, expires_at from sec.session where token_sha256 = sha256(convert_to(%s, 'UTF8'))",
                [token, owner.token],
            )
            admin.execute(
                f"update sec.session set {way} where token_sha256 = sha256(convert_to(%s, 'UTF8'))", [at, token]
            )
            found.append(Asked(token, replace(owner.who, until_at=at)))
    return found


def _officials(admin: psycopg.Connection[Any]) -> list[Asked]:
    """The county governor's staff and the chief physicians, where they work."""
    from grunnmur.directory import sessions

    found = []
    for membership, person, service, role, administers in admin.execute(
        "select m.id, m.person_id::text, m.service_id::text, m.role, m.is_administrator from directory_membership m"
        " join directory_service s on s.id = m.service_id and (m.role, s.kind) in"
        " (('county_governor_staff', 'county_governor'), ('chief_physician', 'chief_physician')) order by m.id"
    ).fetchall():
        token = sessions.open_session(membership)
        assert token is not None
        who = reference.Someone(person, service, role, world.LONG_AGO, world.FAR)
        found.append(Asked(token, who, administers=administers))
    return found


def _logged_in(admin: psycopg.Connection[Any], relatives: list[str], people: list[str]) -> list[Asked]:
    """Somebody in the family with a log-in to the pages of each child; what they write is in somebody's name there."""
    found = []
    children = admin.execute("select id::text, author_service_id::text from cases_child order by id").fetchall()
    admin.execute("set session_replication_role = replica")
    for number, (child, owner) in enumerate(children):
        log_in, token, party = (str(uuid.uuid4()), str(uuid.uuid4()), relatives[number % len(relatives)])
        writer = people[number % len(people)]
        admin.execute(
            "insert into cases_familylogin (id, child_id, owner_service_id, identity, given_by_id, given_at, ends_at,"
            " person_id) values (%s, %s, %s, %s, %s, now(), '9999-01-01', %s)",
            [log_in, child, owner, party, people[0], writer],
        )
        admin.execute(
            "insert into sec.session (token_sha256, party, log_in, purpose, kinds, opened_at, expires_at)"
            " select sha256(convert_to(%s, 'UTF8')), %s, %s, purpose, kinds, now(), now() + interval '1 day'"
            " from sec.ceiling where role = 'family'",
            [token, party, log_in],
        )
        who = reference.Someone(party, None, reference.RELATIVE, world.LONG_AGO, world.FAR)
        found.append(Asked(token, who, enters="sec.enter_family", pages=Pages(child, owner, writer)))
    admin.execute("set session_replication_role = origin")
    return found


def furnish(admin: psycopg.Connection[Any], members: list[walls.Asker]) -> None:
    """A few rows in the tables about sight itself, which the demo leaves empty; and the logs of a few children only."""
    admin.execute("set session_replication_role = replica")
    owned = "select c.id, c.author_service_id from cases_child c"
    people = sorted({one.who.person for one in members})
    services = sorted({one.who.service for one in members if one.who.service})
    for table, more in (
        ("cases_familydecision", "number, access, decided_at, review_on) select 7, 'full', now(), current_date"),
        (
            "cases_familydecision",  # one that holds no more
            "number, access, decided_at, review_on, replaced_at) select 8, 'full', now(), current_date, now()",
        ),
        ("cases_release", "item, kind, starts_at, ends_at) select gen_random_uuid(), 1, now(), '9999-01-01'"),
    ):
        columns, values = more.split(") select ")
        admin.execute(
            f"insert into {table} (id, child_id, owner_service_id, identity, reason, decided_by_id, {columns})"
            f" select gen_random_uuid(), o.id, o.author_service_id, o.id, '', %s, {values} from ({owned}) o",
            [people[0]],
        )
    for number, person in enumerate(people):
        given = [person, services[number % len(services)]]
        admin.execute(
            "insert into cases_emergencylook (id, child_id, owner_service_id, person_id, service_id, reason, starts_at,"
            f" ends_at, verdict, review) select gen_random_uuid(), o.id, o.author_service_id, %s, %s, '', now(),"
            f" now() + interval '1 hour', '', '' from ({owned}) o",
            given,
        )
        admin.execute(
            "insert into cases_deletion (id, keyed, cause, service_id, asked_by_id, confirmed_by_id, deleted_at, rows)"
            " values (gen_random_uuid(), %s, 'duplicate', %s, %s, %s, now(), 1)",
            [uuid.uuid4().bytes, services[number % len(services)], person, people[number - 1]],
        )
        admin.execute(
            "insert into directory_account (id, person_id, username, password, is_active)"
            " values (gen_random_uuid(), %s, %s, '', true)",
            [person, f"prove{number}"],
        )
        admin.execute(
            "insert into directory_subject (id, issuer, subject, person_id, bound_at)"
            " values (gen_random_uuid(), 'https://ny.example', %s, %s, now())",
            [str(number), person],
        )
        admin.execute(
            "insert into directory_factor (id, person_id, kind, name, key, secret, counter, missed, added_at)"
            " values (gen_random_uuid(), %s, 'app', '', '', '', 0, 0, now())",
            [person],
        )
        admin.execute(
            "insert into directory_invitation (id, code_sha256, service_id, name, role, is_administrator,"
            " invited_by_id, invited_at, expires_at) select gen_random_uuid(), %s, m.service_id, '', 'leader', false,"
            " m.id, now(), now() + interval '1 day' from directory_membership m where m.person_id = %s limit 1",
            [uuid.uuid4().bytes, person],
        )
        admin.execute(
            "insert into log_accesslog (id, at, person_id, service_id, role, action, children, kinds, purpose, ground,"
            " allowed, reason) select gen_random_uuid(), now(), %s, s.id, 'leader', 'child', array[c.id], 1, '',"
            " 'owner', true, '' from cases_child c, unnest(%s::uuid[]) s (id) limit 20",
            [person, services],
        )
        admin.execute(
            "insert into cases_absence (id, service_id, person_id, cover_id, from_on, back_on, recorded_by_id,"
            " recorded_at) select gen_random_uuid(), s.id, %s, %s, current_date, current_date + 7, %s, now()"
            " from unnest(%s::uuid[]) s (id)",
            [person, people[number - 1], person, services],
        )
        admin.execute(
            "insert into cases_lookreview (id, service_id, person_id, day, note, reviewed_by_id, reviewed_at)"
            " select gen_random_uuid(), s.id, %s, current_date, 'Sett.', %s, now() from unnest(%s::uuid[]) s (id)",
            [person, people[number - 1], services],
        )
        admin.execute(
            "insert into cases_draft (id, path, saved_at, expires_at, person_id, service_id, child_id, pathway_id)"
            " select gen_random_uuid(), '/' || coalesce(c.id, p.id), now(), '9999-01-01', %s, s.id, c.id, p.id"
            " from cases_child c full join cases_pathway p on false, unnest(%s::uuid[]) s (id)",
            [person, services],
        )
        admin.execute(
            "insert into cases_experiencegiven (id, identity, item, child_id, owner_service_id)"
            f" select gen_random_uuid(), %s, o.id, o.id, o.author_service_id from ({owned}) o",
            [person],
        )
    admin.execute(
        "insert into cases_familydevice (id, activation, activation_until, pin, missed, missed_in_all, child_id,"
        f" log_in_id) select gen_random_uuid(), uuid_send(o.id), now(), '', 0, 0, o.id, o.id from ({owned}) o"
    )
    admin.execute(
        "insert into cases_experience (id, month, of, after, was_heard, understood, it_helps, service_id)"
        " select gen_random_uuid(), current_date, 'child', '', 1, 1, 1, s.id from unnest(%s::uuid[]) s (id)",
        [services],
    )
    own_work.furnish(admin, next(one.who.person for one in members if one.who.role == "leader"), people, services)
    sent.furnish(admin, people, services)
    for table in ("cases_namekey", "log_event"):
        admin.execute(f"delete from {table} t where not exists (select 1 from cases_child c where c.id = t.child_id)")
    # Where some of the children live is secret.
    admin.execute(
        "update cases_child t set address_protection = case n.n % 3 when 0 then 'confidential' else 'none' end"
        " from (select id, row_number() over (order by id) as n from cases_child) n where n.id = t.id"
    )
    # What happened, of every kind, from several hands, and about rows that may be kept from somebody.
    admin.execute(
        "update log_event e set kind = 1 << (n.n %% 11), author_service_id = (%s::uuid[])[1 + n.n %% %s], subject_id ="
        " coalesce((select t.id from cases_conversation t where t.pathway_id = e.pathway_id limit 1), e.child_id)"
        " from (select id, row_number() over (order by at, id)::int as n from log_event) n where n.id = e.id",
        [services, len(services)],
    )
    admin.execute("set session_replication_role = origin")


# --- trying ----------------------------------------------------------------------------------------------------------


class Theatre:
    """The walls' own few children, and a connection on which a sentence can be broken and mended again."""

    def __init__(self, admin_url: str, everyone: list[Asked], at: datetime, seed: int) -> None:
        self.everyone, self.at, self.seed, self.number = everyone, at, seed, 0
        self.known = world.read_rows(admin_url, at)
        self.models = {model._meta.db_table: model for model in world.models()}
        self.adds = adds()
        self.connection = psycopg.connect(admin_url)
        # Without triggers and foreign keys, so that what refuses a row is the policy and nothing before it.
        self.connection.execute("set session_replication_role = replica")
        # What a question costs is guessed at by rows that are not there: to compile it takes far longer than to answer.
        self.connection.execute("set jit = off")
        self.set_free()
        self.connection.commit()
        self.admin_url = admin_url
        self.rows: dict[str, dict[str, Row]] = {}
        self.read({*OTHERWISE, *self.adds, *CHANGES} - {"log_link"})
        self.connection.rollback()
        self.asked: list[Asked] = []
        self.should: dict[tuple[int, str], frozenset[str]] = {}

    def set_free(self) -> None:
        """A view of each table that its policy does not reach, so that a sentence can be asked in its place."""
        from grunnmur import postgres
        from grunnmur.cases import row_security

        self.connection.execute("create schema free")
        for policy in row_security.policies():
            self.connection.execute(f"create view free.{policy.table} as select * from {policy.table}")
        self.connection.execute(f"grant usage on schema free to {postgres.APP}")
        self.connection.execute(f"grant select on all tables in schema free to {postgres.APP}")

    def other_policies(self) -> list[str]:
        """Policies that stand in the database otherwise than they are written, so that others would be broken."""
        from grunnmur.cases import row_security

        def as_they_stand() -> dict[str, str]:
            return dict(
                self.connection.execute(
                    "select format('%s, %s', polrelid::regclass, polname), coalesce(pg_get_expr(polqual, polrelid),"
                    " pg_get_expr(polwithcheck, polrelid)) from pg_policy where polname in ('may_read', 'may_add')"
                ).fetchall()
            )

        before = as_they_stand()
        for policy in row_security.policies():
            self.connection.execute(f"alter policy may_read on {policy.table} using ({policy.read})")
            self.connection.execute(f"alter policy may_add on {policy.table} with check ({policy.addition})")
        after = as_they_stand()
        self.connection.rollback()
        return [f"stands otherwise than it is written: {name}" for name in sorted(after) if before[name] != after[name]]

    def read(self, tables: Iterable[str]) -> None:
        """Learn what stands in some tables."""
        for table in tables:
            some = self.connection.execute(f"select to_jsonb(t) from {table} t").fetchall()
            self.rows[table] = {str(row["id"]): row for (row,) in some}

    def set_up(self) -> None:
        """Draw who asks, who takes part and who is shut out; learn what stands in the tables."""
        self.number += 1
        self.dice = random.Random(f"{self.seed} {self.number}")
        self.asked = [
            self.dice.choice(some)
            for some in (
                [one for one in self.everyone if one.who.role in ("contact_person", "leader")],
                [one for one in self.everyone if one.administers],
                [one for one in self.everyone if one.who.service],
                [one for one in self.everyone if one.who.role in OFFICIALS],
                [one for one in self.everyone if one.who.role == reference.RELATIVE and not one.pages],
                [one for one in self.everyone if one.pages],
                *[[one for one in self.everyone if one.who.role == reference.ASKED]] * 2,
                [one for one in self.everyone if one.who.until_at == self.at],
            )
        ]
        self.draw()
        self.read(("cases_participation", "cases_restriction"))
        country = replace(own_work.read_country(self.connection), rows=self.rows)
        self.connection.rollback()
        for asked in self.asked:
            asked.learn(self.known, country, self.at)
        self.should.clear()

    def draw(self) -> None:
        """Every other time at random, as the proof of the walls does, but about these few and whoever is behind a link.

        Otherwise one sight of each child, and of some, or of one alone, a no: close about one row and one who asks.
        Each is just enough, or otherwise in one thing, so that every condition of a sentence is, for somebody, the only
        one that decides.
        """
        if self.number % 2:
            few = [walls.Asker(one.token, one.who) for one in self.asked]
            few += [
                walls.Asker("", replace(one.who, person=one.who.behind_the_link, service=one.who.answers_for))
                for one in self.asked
                if one.who.behind_the_link
            ]
            with stage.as_admin(self.admin_url):
                walls.draw(self.dice, self.known, few, self.at)
            return
        grounds, noes = [], []
        # Whoever may see no child on any ground needs none.
        able = [one for one in self.asked if reference.SEEN_IN_ROLE[one.who.role]]
        # Whoever comes in by a link sees the least, so that chance alone seldom shows what decides for them.
        links = [one for one in able if one.who.role == reference.ASKED]
        children = sorted(self.known.by_table["Child"])
        alone = (
            self.dice.choice([*children, *sorted(self.known.children.values())]) if self.dice.random() < 0.7 else None
        )
        for child in children:
            if alone not in (None, child) and self.dice.random() < 0.7:
                continue
            owners = [one for one in self.asked if one.is_of(self.known.ids[child].piece.author)]
            chance = self.dice.random()
            asked = self.dice.choice(links if chance < 0.25 else owners if owners and chance < 0.7 else able)
            piece = self.some_piece(child, asked)
            grounds.append(self.sight(piece, asked, exactly=child == alone))
            # A sight that opens meets a no that takes it away, or one that all but does: alone, so that it decides.
            if child == alone:
                noes.append(self.no(piece, asked, exactly=self.dice.random() < 0.5))
            elif not alone and self.dice.random() < 0.4:
                noes.append(self.no(piece, asked))
        for one in self.asked:
            if one.pages and not alone:
                # What one in the family does is about a case of the child's that they see: this, another, or another's.
                cases = [case for case, of in self.known.children.items() if of == one.pages.child]
                case = self.dice.choice(cases if cases and self.dice.random() < 0.6 else sorted(self.known.children))
                grounds.append(self.sight(self.known.ids[case].piece, one, exactly=True))
        with stage.as_admin(self.admin_url):
            by = next(one.who.person for one in self.asked if one.who.service)
            walls.put_up(self.known, grounds, noes, at=self.at, by=by)

    def some_piece(self, child: str, asked: Asked) -> reference.Piece:
        """A row about the child, rather one that whoever asks has written, or of what is kept closest."""
        cases = [case for case, of in self.known.children.items() if of == child]
        if self.dice.random() < 0.3:
            # The child and its cases themselves are few among the rows that are about them.
            pieces = [self.known.ids[row].piece for row in (child, *cases)]
        else:
            # Of tables that are otherwise alike, some have more that decides.
            tables = self.dice.choice((("RelatedPerson",), ("Conversation", "QuestionAnswer", "Attachment", "Remark")))
            every = self.known.rows_of[self.dice.choice(tables if cases else ("RelatedPerson",))]
            pieces = [one for one in every.values() if one.child == child]
        own = [one for one in pieces if asked.writes_as(one.author)]
        secret = [one for one in own or pieces if one.kind == reference.PROTECTED_ADDRESS]
        return self.dice.choice(self.dice.choice((secret or own or pieces, own or pieces, own or pieces, pieces)))

    def sight(self, piece: reference.Piece, asked: Asked, *, exactly: bool) -> reference.Ground:
        """A sight of the piece for the one who asks, with one thing other than it should be unless exactly so."""
        names = [name for name in reference.OPENS_AT_MOST if (name in walls.OF_NO_SERVICE) != bool(asked.who.service)]
        if not piece.case:
            names = [name for name in names if name not in walls.ONLY_IN_A_CASE] or ["party"]
        reading = [name for name in names if name not in reference.LETS_ONE_WRITE]
        if not asked.who.service:
            names += [name for name in names if name not in reading]
        elif exactly:
            names = [name for name in names if name not in reading]
        else:
            names += reading * 2
        name, other = self.dice.choice(names), self.dice.choice(self.asked).who
        most = reference.OPENS_AT_MOST[name]
        given: dict[str, Any] = {
            "name": name,
            "service": None if name in walls.OF_NO_SERVICE else asked.who.service or piece.author,
            "child": piece.child,
            "case": piece.case,
            "kinds": most & {piece.kind} or most,
            "from_at": self.at - timedelta(minutes=5),
            "until_at": self.at + timedelta(minutes=5),
            "person": asked.who.person if name in walls.OF_ONE else None,
            "piece": piece.id if name in walls.OF_ONE_THING else None,
        }
        others = ("", "most", "person", *["kinds"] * 3, *["period"] * 2, *["row"] * 3, "another row")
        if piece.answers:
            others += ("what it answers",) * 6
        if asked.writes_as(piece.author):  # who sees it as its author, unless what opens is only to be read
            others += ("kinds",) * 8
        match "" if exactly else self.dice.choice(others):
            case "kinds":
                given["kinds"] = most - {piece.kind} or most
            case "most":
                given["kinds"] = most
            case "period":
                given["from_at"], given["until_at"] = self.period()
            case "person" if name in walls.OF_ONE:
                given["person"] = other.person
            case "what it answers":
                given["piece"] = piece.answers
            case "row":
                given["piece"] = piece.id
            case "another row":
                given["piece"] = other.person
        return reference.Ground(**given)

    def period(self) -> tuple[datetime, datetime]:
        """Over, to come, or beginning or ending this very instant."""
        step = timedelta(minutes=5)
        return self.dice.choice(
            (
                (self.at, self.at + step),
                (self.at - step, self.at),
                (self.at - 2 * step, self.at - step),
                (self.at + step, self.at + 2 * step),
            )
        )

    def no(self, piece: reference.Piece, asked: Asked, *, exactly: bool = False) -> reference.No:
        """A no about the piece and the one who asks, with one thing other than that unless exactly so."""
        service = asked.who.service or asked.who.answers_for
        given: dict[str, Any] = {
            "child": piece.child,
            "kinds": frozenset({self.dice.choice((piece.kind, reference.CONTACT))}),
            "from_at": self.at - timedelta(minutes=5),
            "until_at": self.at + timedelta(minutes=5),
        }
        if service and self.dice.random() < 0.5:
            given["service"] = service
        else:
            given["person"] = self.dice.choice((asked.who.behind_the_link, asked.who.person)) or asked.who.person
        others = ("", "kinds", "kinds of the row", *["period"] * 3, "row", "another row")
        match "" if exactly else self.dice.choice(others):
            case "kinds":
                given["kinds"] = reference.KINDS - {piece.kind, reference.CONTACT}
            case "kinds of the row":
                given["kinds"], given["piece"] = reference.KINDS - {piece.kind}, piece.id
            case "period":
                given["from_at"], given["until_at"] = self.period()
            case "row":
                given["piece"] = piece.id
            case "another row":
                given["piece"] = self.dice.choice(self.asked).who.person
        return reference.No(**given)

    def should_see(self, asked: Asked, table: str) -> frozenset[str]:
        """What one who asks should see of a table: by the reference, or by the line about it."""
        key = (id(asked), table)
        if key not in self.should:
            if table in self.models:
                some = self.known.rows_of[self.models[table].__name__]
                self.should[key] = frozenset(one for one, piece in some.items() if asked.knows.may(piece))
            else:
                told, rows = OTHERWISE[table], self.rows.get(table, {})
                is_let_in = asked.is_in or table in own_work.PUBLIC
                self.should[key] = frozenset(one for one, row in rows.items() if is_let_in and told(row, asked))
        return self.should[key]

    def should_write(self, asked: Asked, table: str, row: Row, *, of: str) -> bool:
        """Whether one who asks should be let write a row, made of the one whose id is `of`."""
        told = self.adds[table]
        if told:
            return asked.is_in and told(row, asked)
        piece, (kind,) = self.known.rows_of[self.models[table].__name__][of], world.kind_names(row["kind"])
        # A new case follows the child: nobody has a sight of it yet.
        case = None if table == "cases_pathway" else piece.case
        itself = row["subject_id"] if table == "cases_remark" else row["id"]
        wanted = reference.Piece(piece.child, case, kind, row["author_service_id"], itself, piece.answers)
        knows_where = piece.child not in self.known.protected or asked.knows.may(
            reference.Piece(piece.child, None, reference.PROTECTED_ADDRESS, author="")
        )
        return (table != "cases_attachment" or knows_where) and bool(
            reference.on_which_one_may_write(
                who=asked.who,
                piece=wanted,
                grounds=asked.knows.grounds.get(piece.child, ()),
                noes=asked.knows.noes.get(piece.child, ()),
                at=self.at,
            )
        )

    def unnoticed(self, sentences: list[Mutant]) -> list[Mutant]:
        """Of broken sentences of policies, those by which everybody sees and adds just what they should.

        They are asked of rows that the policies do not reach. Raises NotSqlError; and psycopg.Error for what has
        nothing to do with what was broken.
        """
        cursor, alive = self.connection.cursor(), sentences
        try:
            self.begin(cursor)
            for asked in self.asked:
                cursor.execute(f"select * from {asked.enters}(%s)", [asked.token])
                asks = list(self.in_question(alive, asked))
                alive = []
                for start in range(0, len(asks), AT_ONCE):
                    some = asks[start : start + AT_ONCE]
                    for (question, mutants), told in zip(some, self.told(cursor, some), strict=True):
                        alive += [one for one, let in zip(mutants, told, strict=True) if let == question.should]
            return alive
        finally:
            self.connection.rollback()

    def in_question(self, sentences: list[Mutant], asked: Asked) -> Iterator[tuple[Question, list[Mutant]]]:
        """A few sentences at a time, with what one who asks wants of their table."""
        groups: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
        for one in sentences:
            groups[one.tables[0], one.asks].append(one)
        for (table, asks), some in groups.items():
            question = self.to_add(asked, table) if asks == "adds" else self.to_see(asked, table)
            for start in range(0, len(some), IN_ONE):
                yield question, some[start : start + IN_ONE]

    def to_see(self, asked: Asked, table: str) -> Question:
        key = "row_id" if table == "log_link" else "id"
        return Question(f"{key}::text", f"free.{table} as {table}", self.should_see(asked, table))

    def to_add(self, asked: Asked, table: str) -> Question:
        tries = self.tries_to_add(asked, table)
        rows = psycopg.sql.Literal(json.dumps([row for _key, row in tries])).as_string(self.connection)
        return Question(
            "(row_number() over ())::text",
            f"jsonb_populate_recordset(null::{table}, {rows}) as {table}",
            frozenset(
                str(number)
                for number, (key, row) in enumerate(tries, start=1)
                if self.should_write(asked, table, row, of=key)
            ),
        )

    def told(self, cursor: Any, asks: list[tuple[Question, list[Mutant]]]) -> list[list[frozenset[str] | None]]:
        """Which of the rows of each question its sentences let through; none for a sentence that cannot answer."""
        statements = [
            f"select {question.key}, array[{', '.join(f'coalesce(({one.sentence}), false)' for one in some)}]"
            f" from {question.source}"
            for question, some in asks
        ]
        cursor.execute("savepoint asked")
        try:
            cursor.execute(";".join(statements), prepare=False)
            rows = [cursor.fetchall()]
            while cursor.nextset():
                rows.append(cursor.fetchall())
        except (psycopg.DataError, psycopg.ProgrammingError) as fault:
            cursor.execute("rollback to savepoint asked")
            if len(asks) > 1:
                return [self.told(cursor, [one])[0] for one in asks]
            ((question, some),) = asks
            if len(some) > 1:
                return [[self.told(cursor, [(question, [one])])[0][0] for one in some]]
            if is_no_sql(fault):
                raise NotSqlError(some[0].name) from fault
            return [[None]]
        return [
            [frozenset(key for key, lets in of if lets[number]) for number in range(len(some))]
            for of, (_question, some) in zip(rows, asks, strict=True)
        ]

    def begin(self, cursor: Any) -> None:
        """Be the program, at the proof's instant."""
        from grunnmur import postgres

        cursor.execute("select set_config('test.now', %s, true)", [self.at.isoformat()])
        cursor.execute(f"set local role {postgres.APP}")

    def is_noticed(self, mutant: Mutant) -> bool:
        """Whether somebody sees or writes otherwise than they should, or is met by a fault that the break itself makes.

        Raises NotSqlError; and psycopg.Error for what has nothing to do with the break, such as no time left.
        """
        cursor = self.connection.cursor()
        is_placed = False
        try:
            if mutant.statement:
                cursor.execute(mutant.statement)
            is_placed = mutant.asks != "lists"
            self.begin(cursor)
            if mutant.asks == "lists":
                cursor.execute("set local role none")
            for asked in self.asked:
                cursor.execute(f"select * from {asked.enters}(%s)", [asked.token])
                entered = cursor.fetchone()
                if any(self.is_otherwise(cursor, mutant, asked, entered, table) for table in mutant.tables):
                    return True
            return False
        except (psycopg.DataError, psycopg.ProgrammingError) as fault:
            if not is_placed and is_no_sql(fault):
                raise NotSqlError(mutant.name) from fault
            return True
        finally:
            self.connection.rollback()

    def is_otherwise(self, cursor: Any, mutant: Mutant, asked: Asked, entered: Any, table: str) -> bool:
        """Whether it is otherwise than it should be in one table, for one who asks."""
        match mutant.asks:
            case "adds":
                return self.adds_otherwise(cursor, asked, table)
            case "changes":
                return self.changes_otherwise(cursor, asked, table)
            case "lists":
                seen = self.listed(cursor, mutant.sentence, asked, entered, table)
            case "sees":
                key = "row_id" if table == "log_link" else "id"
                seen = frozenset(str(one) for (one,) in cursor.execute(f"select {key} from {table}"))
        return seen != self.should_see(asked, table)

    def listed(self, cursor: Any, sentence: str, asked: Asked, entered: Any, table: str) -> frozenset[str]:
        """What the program lists with another sentence, outside the database's walls, so that it stands alone."""
        from django.db import connection

        from grunnmur.cases import access

        if entered is None:
            return frozenset()
        service = asked.who.service
        kinds = entered[11] if service else entered[1]
        whose = service or asked.who.answers_for
        actor: Any = _Somebody(
            uuid.UUID(service) if service else None,
            uuid.UUID(asked.who.person),
            kinds,
            uuid.UUID(whose) if whose else None,
        )
        kept = access.SEEN
        access.SEEN = sentence
        try:
            rows = access.visible_to(actor, self.models[table]._default_manager.order_by()).values_list("pk")
            sql, values = rows.query.get_compiler(connection=connection).as_sql()
        finally:
            access.SEEN = kept
        return frozenset(str(key) for (key,) in cursor.execute(sql, values))

    def adds_otherwise(self, cursor: Any, asked: Asked, table: str) -> bool:
        """Whether a copy of some row can be added when it should not, or cannot."""
        sql = f"insert into {table} select * from jsonb_populate_record(null::{table}, %s)"
        return any(
            (self.lets(cursor, sql, json.dumps(row)) is not None) != self.should_write(asked, table, row, of=key)
            for key, row in self.tries_to_add(asked, table)
        )

    def tries_to_add(self, asked: Asked, table: str) -> list[tuple[str, Row]]:
        """Copies of a few rows, in one's own or another's name, each with the id of the row that it is a copy of."""
        rows, tries = sorted(self.rows[table].items()), []
        if not self.adds[table]:
            # Those that one sees something of first, for there most can go wrong.
            pieces = self.known.rows_of[self.models[table].__name__]
            rows = [(key, row) for key, row in rows if pieces[key].child in asked.knows.grounds] or rows
        # The same tries for every mutant of one draw, and in all tables that are alike.
        of = table if self.adds[table] else ""
        dice = random.Random(f"{self.seed} {self.number} {of} {self.asked.index(asked)}")
        mine = {"service": asked.who.service or asked.who.answers_for, "person": asked.writer}
        for key, row in dice.sample(rows, min(len(rows), ADDED)):
            own = {
                column: mine["person" if column.endswith(("person_id", "_by_id")) else "service"]
                for column in MINE
                if dice.random() < 0.6 and column in row
            }
            if table != "log_accesslog":  # where a row can be nobody's
                own = {column: value for column, value in own.items() if value}
            # A sight may be of one row alone, so the new one sometimes has the id of the old.
            new = {**row, "id": dice.choice((key, str(uuid.uuid4()))), "replaces_id": None, **own}
            if table == "log_event" and asked.pages:
                new |= self.done_on(asked.pages, row, dice)
            if table == "cases_participation" and dice.random() < 0.5:
                ends_at = self.at + timedelta(minutes=dice.choice((-5, 0, 5)))
                new |= {"basis": "handed_on", "ends_at": ends_at.isoformat()}
            if not self.adds[table] and dice.random() < 0.5:
                new["kind"] = 1 << dice.randrange(11)
            tries.append((key, new))
        return tries

    def done_on(self, pages: Pages, row: Row, dice: random.Random) -> Row:
        """What one in the family does on these pages, mostly with one thing as it stands in some other row."""
        own = [None, *(case for case, child in self.known.children.items() if child == pages.child)]
        new: Row = {
            "author_service_id": pages.owner,
            "person_id": pages.writer,
            "child_id": pages.child,
            "pathway_id": dice.choice(own),
            "kind": 1 << dice.choice((1, 2)),
            "name": dice.choice(DONE_BY_FAMILY),
            "at": self.at.isoformat(),
        }
        other = {**row, "pathway_id": dice.choice(sorted(self.known.children)), "kind": 1 << dice.randrange(11)}
        other["at"] = (self.at + timedelta(days=1)).isoformat()
        wrong = dice.choice((None, *new))
        return {**new, wrong: other[wrong]} if wrong else new

    def changes_otherwise(self, cursor: Any, asked: Asked, table: str) -> bool:
        """Whether a change of everything reaches other rows than one sees, or some that are not one's own to change."""
        seen = self.should_see(asked, table)
        may = all(self.should_write(asked, table, self.rows[table][key], of=key) for key in seen)
        changed = self.lets(cursor, f"update {table} set {CHANGES[table]}")
        return changed != (len(seen) if may else None)

    def lets(self, cursor: Any, sql: str, *values: Any) -> int | None:
        """How many rows are written, and written back; none when the policy refuses. What else refuses comes later."""
        cursor.execute("savepoint written")
        try:
            cursor.execute(sql, values)
            return int(cursor.rowcount)
        except psycopg.errors.InsufficientPrivilege:
            return None
        except psycopg.errors.IntegrityError:
            return 1
        finally:
            cursor.execute("rollback to savepoint written")


def is_no_sql(fault: psycopg.Error) -> bool:
    """Whether it is what PostgreSQL does not understand: class 42, but for what it does not let the one who asks do."""
    return (fault.sqlstate or "").startswith("42") and not isinstance(fault, psycopg.errors.InsufficientPrivilege)


@dataclass(frozen=True)
class _Somebody:
    """As much of an actor as the list query asks for."""

    sees_for: uuid.UUID | None
    self_id: uuid.UUID
    kinds: int
    service_id: uuid.UUID | None
    """Whose answers those by a link are."""


def gone() -> list[str]:
    """What is excused and cannot be broken any more, in any of the tables."""
    every = list(mutants(quick=False))
    return [
        f"{where}: {what}" for where, what, _why in SAME if not any(says_the_same(one, where, what) for one in every)
    ]


def after_a_draw(theatre: Theatre, tried: list[Mutant]) -> tuple[list[Mutant], list[str]]:
    """Those that nobody notices as things are now; and what somebody sees or does otherwise where nothing is broken."""
    from grunnmur.cases import access

    sentences = [one for one in tried if not one.statement and one.asks != "lists"]
    others = [one for one in tried if one.statement or one.asks == "lists"]
    wheres = {one.where for one in sentences}
    whole = [one for one in unbroken() if one.where in wheres]
    alive = theatre.unnoticed([*whole, *sentences])
    faults = [f"{one.name}, and somebody sees or adds otherwise" for one in whole if one not in alive]
    for asks in WAYS:
        tables = tuple({table: None for one in others if one.asks == asks for table in one.tables})
        sentence = access.SEEN if asks == "lists" else ""
        if theatre.is_noticed(Mutant(asks, NOTHING, tables, asks, sentence=sentence)):
            faults.append(f"{asks}: {NOTHING}, and somebody does otherwise")
    return [one for one in alive if one not in whole] + [one for one in others if not theatre.is_noticed(one)], faults


def try_all(*, quick: bool, seed: int) -> tuple[str, list[str]]:
    """Break each in turn: what was tried, in words, and those that live."""
    from grunnmur import clock
    from grunnmur.cases import row_security

    dice = random.Random(seed)
    with world.loaded("prove_mutation") as admin_url:
        at = clock.now() + timedelta(seconds=1)
        with stage.as_admin(admin_url):
            walls.keep_a_few(dice)
            members = walls.askers()
            alike.fill(sorted({one.who.service for one in members if one.who.service}), at, dice)
        with stage.connect(admin_url) as admin:
            furnish(admin, members)
        theatre = Theatre(admin_url, askers(admin_url, members, at), at, seed)
        every = list(mutants(quick=quick))
        tried = [one for one in every if not any(says_the_same(one, where, what) for where, what, _why in SAME)]
        alive, faults = tried, theatre.other_policies()
        for _number in range(DRAWS):
            if faults or not alive:
                break
            theatre.set_up()
            alive, faults = after_a_draw(theatre, alive)
        theatre.connection.close()
    faults += [f"nobody noticed: {one.name}" for one in alive]
    faults += [f"not there any more: {name}" for name in gone()]
    left = {policy.table for policy in row_security.policies()} - set(OTHERWISE) - set(theatre.models)
    added = {policy.table for policy in row_security.policies() if policy.add != "false"} - set(theatre.adds)
    said = (
        f"{len(tried)} mutants of the walls' sentences, {len(every) - len(tried)} more say the same in other"
        f" words; what is read of {len(left)} tables and added to {len(added)} is left to other tests"
    )
    return said, faults


def prove(quick: bool, seed: int) -> Result:
    """Break each, and see whether anybody is shown or let do otherwise. Quick breaks a few of the tables alike."""
    stage.prepare()
    said, faults = try_all(quick=quick, seed=seed)
    return Result(said, len(faults), faults)
