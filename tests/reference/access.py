"""Who may see what about a child, in words that a lawyer can check. Imports nothing of the program.

Written from `docs/security/access.md`, and behind it barnevernsloven § 13-1 (everything about a child, the link to
child welfare itself included, is secret), forvaltningsloven § 13 a and helsepersonelloven §§ 21–22 (secrecy, and
consent as the ground for sharing), pasient- og brukerrettighetsloven § 3-4 and barnevernsloven §§ 12-3 and 12-6 (what
the child and its parents may know), and folkeregisterloven § 10-4 (protected addresses).

Someone is shown a piece of information at an instant when all of this is so:

1. one works in a service now, or is the child itself or in its family;
2. one's role can see that kind of information at all;
3. there is a ground that holds now, is one's own, and reaches the piece;
4. nothing takes it away: an explicit no always wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# --- kinds of information ------------------------------------------------------------------------------------------

CONTACT, COORDINATION, CHILD_WELFARE = "contact", "coordination", "child_welfare"
HEALTH = frozenset({"mental", "somatic", "dental", "sexual", "substance_use"})
OWN_WORDS, PROTECTED_ADDRESS, REPORTER = "own_words", "protected_address", "reporter"
BASE = frozenset({CONTACT, COORDINATION})
"""Who the child is and who is around it, and what is agreed: without these nobody can work together."""
KINDS = BASE | HEALTH | {CHILD_WELFARE, OWN_WORDS, PROTECTED_ADDRESS, REPORTER}

# --- 2. what a role can see at all, on any ground --------------------------------------------------------------------

RELATIVE = "relative"
ASKED = "asked"
"""One who answers one question by a link, without working in any service here."""
ASKED_BY_CODE = "asked by code"
"""The same, let in by a code by SMS and not by an eID: never to anything of health."""
SEEN_IN_ROLE: dict[str, frozenset[str]] = {
    **dict.fromkeys(("contact_person", "leader"), KINDS),
    **dict.fromkeys(
        ("gp", "public_health_nurse", "psychologist", "nurse", "dental_staff", "school_staff"),
        BASE | HEALTH | {OWN_WORDS},
    ),
    **dict.fromkeys(("institution_staff", "foster_parent"), BASE | HEALTH | {OWN_WORDS, CHILD_WELFARE}),
    "importer": BASE | {CHILD_WELFARE, REPORTER},
    # A municipality's, a region's and the nation's roles never see a single child.
    **dict.fromkeys(("chief_physician", "county_governor_staff", "evaluator"), frozenset()),
    RELATIVE: BASE | HEALTH | {OWN_WORDS, CHILD_WELFARE},
    ASKED: BASE | HEALTH,
    ASKED_BY_CODE: BASE,
}

# --- 3. the grounds, and the most that each can open ------------------------------------------------------------------

OPENS_AT_MOST: dict[str, frozenset[str]] = {
    "owner": KINDS,
    "consent": BASE | HEALTH | {OWN_WORDS},
    "statutory": BASE,
    "initiator": BASE,
    "asked": BASE | HEALTH,
    "handed_on": BASE | HEALTH,
    "appointed": frozenset({PROTECTED_ADDRESS}),
    "break_glass": BASE | HEALTH | {CHILD_WELFARE},
    "party": KINDS - {PROTECTED_ADDRESS, REPORTER},
}
LETS_ONE_WRITE = frozenset({"owner", "consent", "statutory", "initiator", "asked", "appointed"})
GLASS_STAYS_BROKEN = timedelta(minutes=60)
BREAK_THE_GLASS = frozenset({"contact_person", "leader", "gp", "public_health_nurse", "psychologist", "nurse"})
"""Roles that can, for danger to a child."""


@dataclass(frozen=True, slots=True)
class Someone:
    """One who asks: a person acting for a service in a role, for as long as that lasts; or for none, a relative, or one
    who answers by a link (`person` is the link)."""

    person: str
    service: str | None
    role: str
    from_at: datetime
    until_at: datetime
    behind_the_link: str | None = None
    """The person who answers by the link."""
    answers_for: str | None = None
    """The service that the answer is for, in whose name it is written."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why someone takes part: a service, or one person only, in one case or (case None) in what follows the child."""

    name: str
    service: str | None
    child: str
    case: str | None
    kinds: frozenset[str]
    from_at: datetime
    until_at: datetime
    person: str | None = None
    piece: str | None = None
    """The one piece that it is for; None for all of the kinds."""


@dataclass(frozen=True, slots=True)
class No:
    """An explicit no about a service, or about one person whatever service it acts for."""

    child: str
    kinds: frozenset[str]
    from_at: datetime
    until_at: datetime
    service: str | None = None
    person: str | None = None
    piece: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of information: about which child, in which case (None when it follows the child), of which kind."""

    child: str
    case: str | None
    kind: str
    author: str
    id: str = ""
    answers: str = ""
    """The piece that this one answers."""
    tells_where: bool = False
    """Whether it may tell where a child with a protected address is, whatever kind it is of."""


def why(
    *, who: Someone, piece: Piece, grounds: Iterable[Ground], noes: Iterable[No] = (), at: datetime
) -> frozenset[str]:
    """The names of the grounds on which the piece may be shown; none when it may not."""
    if not works_now(who, at) or piece.kind not in SEEN_IN_ROLE[who.role]:
        return frozenset()
    if piece.tells_where:
        grounds, noes = tuple(grounds), tuple(noes)
        place = Piece(piece.child, None, PROTECTED_ADDRESS, author="")
        if not why(who=who, piece=place, grounds=grounds, noes=noes, at=at):
            return frozenset()
    if any(takes_away(no, who, piece, at) for no in noes):
        return frozenset()
    return frozenset(ground.name for ground in grounds if opens(ground, who, piece, at))


def on_which_one_may_write(
    *, who: Someone, piece: Piece, grounds: Iterable[Ground], noes: Iterable[No] = (), at: datetime
) -> frozenset[str]:
    """The names of the grounds on which one may write such a piece: what one could see, in one's own service's name."""
    if piece.author != (who.service or who.answers_for):
        return frozenset()
    return why(who=who, piece=piece, grounds=grounds, noes=noes, at=at) & LETS_ONE_WRITE


def works_now(who: Someone, at: datetime) -> bool:
    """Rule 1."""
    return who.from_at <= at < who.until_at


def opens(ground: Ground, who: Someone, piece: Piece, at: datetime) -> bool:
    """Rule 3: the ground holds, is one's own, is about this child or case, and reaches the piece."""
    holds = ground.from_at <= at < ground.until_at
    # What a service has is for all who act for it, where it is not for one of them; what is for no service is for one.
    is_for_me = ground.person == who.person or (ground.person is None and who.service is not None)
    is_mine = ground.service == who.service and is_for_me
    # What follows the child is known to all who take part in any of its cases; a case only to those who are in it.
    is_about = ground.child == piece.child and (piece.case is None or ground.case == piece.case)
    # By a link one sees the one thing that was asked, and what was answered to it for one's own service.
    answered_it = ground.name == ASKED and ground.piece == piece.answers and piece.author == who.answers_for
    is_for_it = ground.piece in (None, piece.id) or answered_it
    has_kind = piece.kind in ground.kinds & OPENS_AT_MOST[ground.name]
    # One knows what one wrote; but not an address that has been protected since, and nobody writes by looking.
    wrote_it = (
        who.service is not None
        and piece.author == who.service
        and ground.name in LETS_ONE_WRITE
        and piece.kind != PROTECTED_ADDRESS
    )
    return holds and is_mine and is_about and is_for_it and (has_kind or wrote_it)


def takes_away(no: No, who: Someone, piece: Piece, at: datetime) -> bool:
    """Rule 4: the no holds, is about the one who asks, and names this."""
    # A no about the person behind a link, or about the service that was asked, holds for the link.
    if no.person is not None:
        is_about_me = no.person in (who.person, who.behind_the_link)
    else:
        is_about_me = no.service is not None and no.service in (who.service, who.answers_for)
    return (
        is_about_me
        and no.child == piece.child
        # Contact says that there is a case at all: who may not know that is shown nothing of it.
        and (piece.kind in no.kinds if no.piece else not no.kinds.isdisjoint({piece.kind, CONTACT}))
        and no.piece in (None, piece.id)
        and no.from_at <= at < no.until_at
    )


def may_break_the_glass(
    *, who: Someone, is_fresh: bool, owner: str, child: str, noes: Iterable[No], at: datetime
) -> bool:
    """Whether someone may see this child for an hour: nobody their own service's, and nobody who is to see nothing."""
    that_there_is_a_case = Piece(child, None, CONTACT, owner)
    return (
        works_now(who, at)
        and is_fresh
        and who.role in BREAK_THE_GLASS
        and who.service != owner
        and not any(takes_away(no, who, that_there_is_a_case, at) for no in noes)
    )


# --- what each ground opens ----------------------------------------------------------------------------------------


def owner(*, has_protected_address: bool) -> frozenset[str]:
    """The child's own child welfare service sees all of its case; a protected address only its appointed readers."""
    return KINDS - {PROTECTED_ADDRESS} if has_protected_address else KINDS


def consent(named: Iterable[str]) -> frozenset[str]:
    """A consent opens what it names, and always who the child is and what is agreed."""
    return (BASE | frozenset(named)) & OPENS_AT_MOST["consent"]


def consent_holds(
    *,
    purpose: str,
    recorded_at: datetime,
    starts_at: datetime,
    ends_at: datetime,
    withdrawn_at: datetime | None,
    all_needed_say_yes: bool,
    case_is_open: bool,
    at: datetime,
) -> bool:
    """Whether a consent gives sight at an instant (forvaltningsloven § 13 a; the days are those of the form)."""
    return (
        purpose == "contact_health"
        and recorded_at <= at
        and starts_at <= at < ends_at
        and (withdrawn_at is None or at < withdrawn_at)
        and all_needed_say_yes
        and case_is_open
    )


def family(
    *, is_child: bool, has_parental_responsibility: bool, access: str, born_on: date, on: date
) -> frozenset[str]:
    """What the child itself, or one in its family, sees of every piece, by what was decided and the child's age."""
    age = years(born_on, on)
    if access != "full" or on < born_on:
        return frozenset()
    if is_child:
        if age < 12:
            return frozenset()
        return BASE | HEALTH | {OWN_WORDS} | ({CHILD_WELFARE} if age >= 15 else frozenset())
    if not has_parental_responsibility:
        return frozenset()
    if age < 15:
        return BASE | HEALTH
    return BASE if age < 16 else frozenset()


def may_be_released(
    *, kind: str, is_child: bool, has_parental_responsibility: bool, access: str, born_on: date, on: date
) -> bool:
    """Whether one piece that was released to one in the family is shown to it."""
    if kind in (PROTECTED_ADDRESS, REPORTER) or access not in ("full", "limited") or on < born_on:
        return False
    if is_child:
        return years(born_on, on) >= 12
    return has_parental_responsibility and years(born_on, on) < 18


def years(born_on: date, on: date) -> int:
    """Whole years, by days in Norway; who was born on 29 February turns on 1 March in other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
