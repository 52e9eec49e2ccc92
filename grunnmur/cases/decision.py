"""One decision: may this asker see a row of this kind now, and on what ground. Pure, and the only place that says it.

A row is seen when all of these hold:

1. the asker's role and purpose can see the kind at all (`Asker.kinds`);
2. a sight that holds now is the asker's: of its service, or of itself alone; it has the kind, or the service wrote
   the row itself; and it is for every row, or for just this one, or for the one that the asker's service answered by
   a link with this;
3. nothing takes it away: an explicit no about the service, the person or the row always wins.

The program's list query (`access`) and the database's policies (`row_security`) say the same three sentences in SQL;
the tests hold all of them, and a reference written by somebody else, against this.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.terms import InformationKind, ParticipationBasis


class Reason(StrEnum):
    """Why an answer is what it is; people see a plain sentence or nothing at all."""

    SEEN = "seen"
    NOT_FOR_ROLE = "not_for_role"
    NO_SIGHT = "no_sight"
    NOT_THIS_KIND = "not_this_kind"
    TAKEN_AWAY = "taken_away"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a person in a service, somebody in the family, or one who answers by a link; and the most they can see.

    The last two act for no service. An explicit no about the person who answers by a link (`writer`), or about the
    service that the answer is for (`writes_for`), holds for the link too.
    """

    self_id: UUID
    service: UUID | None
    kinds: InformationKind
    writer: UUID | None = None
    writes_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """One period in which a service, or only one person, sees some kinds of one case, on one ground."""

    service: UUID | None
    only_for: UUID | None
    basis: ParticipationBasis
    kinds: InformationKind
    starts_at: datetime
    ends_at: datetime
    item: UUID | None = None
    """The one row that it is for; None for every row of the kinds."""

    def holds(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at

    def is_of(self, asker: Asker) -> bool:
        is_for_all = self.only_for is None and asker.service is not None
        return self.service == asker.service and (is_for_all or self.only_for == asker.self_id)


@dataclass(frozen=True, slots=True)
class Denial:
    """An explicit no: about a service, or about one person whatever service it acts for.

    Contact says that there is a case at all, so a no about contact that is not about one row alone takes everything.
    """

    service: UUID | None
    only_for: UUID | None
    kinds: InformationKind
    starts_at: datetime
    ends_at: datetime
    item: UUID | None = None

    def names(self, asker: Asker, row: "Row", at: datetime) -> bool:
        is_about_asker = (
            self.only_for in (asker.self_id, asker.writer)
            if self.only_for is not None
            else self.service is not None and self.service in (asker.service, asker.writes_for)
        )
        return (
            is_about_asker
            and self.starts_at <= at < self.ends_at
            and bool(self.kinds & (row.kind if self.item else row.kind | InformationKind.CONTACT))
            and (self.item is None or self.item == row.id)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked for: one row of one kind, written by one service."""

    id: UUID
    kind: InformationKind
    author: UUID
    answers: UUID | None = None
    """The row that this one answers."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, why, and the ground that carries it."""

    reason: Reason
    basis: ParticipationBasis | None = None
    may_write: bool = False
    """Whether the ground lets one write too; whether one may do an act is `access.why_not`."""

    @property
    def allowed(self) -> bool:
        return self.reason is Reason.SEEN


def decide(
    *, asker: Asker, row: Row, sights: Iterable[Sight], denials: Iterable[Denial] = (), at: datetime
) -> Decision:
    """Whether the asker sees the row at an instant. `sights` and `denials` are those of the row's case."""
    if not asker.kinds & row.kind:
        return Decision(Reason.NOT_FOR_ROLE)
    mine = [sight for sight in sights if sight.holds(at) and sight.is_of(asker)]
    if not mine:
        return Decision(Reason.NO_SIGHT)
    carrying = [sight for sight in mine if _carries(sight, asker, row)]
    if not carrying:
        return Decision(Reason.NOT_THIS_KIND)
    if any(denial.names(asker, row, at) for denial in denials):
        return Decision(Reason.TAKEN_AWAY)
    writing = [sight for sight in carrying if sight.basis in access_rules().writes]
    return Decision(Reason.SEEN, (writing or carrying)[0].basis, bool(writing))


def _carries(sight: Sight, asker: Asker, row: Row) -> bool:
    """Whether a sight of the asker's reaches the row.

    What a service wrote itself it sees on any ground that it may write on; but an address that has been protected is
    for the appointed readers only, also in the service that wrote it down.
    """
    has_answered = (
        sight.basis is ParticipationBasis.ASKED and sight.item == row.answers and row.author == asker.writes_for
    )
    if sight.item not in (None, row.id) and not has_answered:
        return False
    is_own = (
        asker.service is not None
        and row.author == asker.service
        and sight.basis in access_rules().writes
        and row.kind is not InformationKind.PROTECTED_ADDRESS
    )
    return is_own or bool(sight.kinds & access_rules().carries[sight.basis] & row.kind)
