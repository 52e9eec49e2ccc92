"""The editions of the pathway, and what the newest one would make different in the cases that follow an older one."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.db import connection

from grunnmur import clock
from grunnmur.cases import age, facts
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.edition_change import Change, Effect, Part, compare, effects
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.models import EditionChange
from grunnmur.cases.queries import lists, looking
from grunnmur.cases.queries.case import Case
from grunnmur.cases.queries.lists import Listing
from grunnmur.cases.terms import InformationKind, ParticipationBasis
from grunnmur.directory.sessions import Actor


@dataclass(frozen=True, slots=True)
class Compared:
    """One edition beside the one before it."""

    edition: Edition
    before: Edition | None
    changes: tuple[Change, ...]
    """What is not the same as before; nothing for the first one."""
    is_in_force: bool
    until: date | None
    """The day before the next begins, or its own last day."""

    @property
    def by_part(self) -> list[tuple[Part, list[Change]]]:
        """The changes, part by part in the order that they are told."""
        return [(part, list(some)) for part, some in groupby(self.changes, key=lambda change: change.part)]


@dataclass(frozen=True, slots=True)
class OlderCase:
    """A running case of one's own service that follows an older edition than the newest."""

    pathway_id: UUID
    child_name: str
    age: int
    journal_number: str
    edition: str
    ahead: Edition
    """The one that it would follow next (`ahead_of`)."""
    can_follow: bool
    """Whether that one is in force."""
    version: int
    """What the effects were worked out from: a case that has moved since is looked at again."""
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class InCase:
    """What a newer edition would make different in one case, and whether the last change can be taken back."""

    edition: Edition
    """The one that it would follow next (`ahead_of`); its own when none is newer."""
    can_follow: bool
    effects: tuple[Effect, ...]
    changed_from: str
    """The edition that it goes back to if the change is taken back; empty when that cannot be done."""


def newest() -> Edition:
    """The newest edition that is known, in force or not yet."""
    return definitions().editions[-1]


def ahead_of(edition: str, on: date) -> Edition:
    """What a case would follow next: the edition in force; when it follows that one, the newest that is known ahead."""
    in_force = definitions().edition_in_force(on)
    return newest() if edition == in_force.key else in_force


def list_editions(on: date) -> tuple[Compared, ...]:
    """Every edition beside the one before it, the newest first."""
    known = definitions().editions
    return tuple(
        Compared(
            edition=edition,
            before=before,
            changes=compare(before, edition, definitions()) if before else (),
            is_in_force=edition == definitions().edition_in_force(on),
            until=after.in_force_from - timedelta(days=1) if after else edition.in_force_until,
        )
        for before, edition, after in reversed(list(zip((None, *known), known, (*known[1:], None), strict=False)))
    )


def list_older(actor: Actor, *, after: str = "") -> tuple[tuple[OlderCase, ...], str]:
    """One page of the service's own running cases that follow an older edition, and the key to go on from."""
    listing = Listing(
        f"a.basis = '{ParticipationBasis.OWNER}' and a.pathway_id is not null and a.whose > 0 and exists"
        " (select 1 from cases_pathway p where p.id = a.pathway_id and p.edition_id <> %(newest)s)",
        by="moved_on",
    )
    rows, more = lists.read(actor, {"older": listing}, values={"newest": newest().key}, after={"older": after})["older"]
    # What becomes different is told in all the kinds that the actor sees.
    kinds = InformationKind(actor.kinds)
    looking.log(
        actor,
        "editions",
        children=dict.fromkeys(row.child_id for row in rows),
        kinds=kinds,
        grounds=(row.basis for row in rows),
    )
    today = clock.today()
    known = facts.load_several([row.pathway_id for row in rows if row.pathway_id])
    return tuple(
        OlderCase(
            pathway_id=row.pathway_id,
            child_name=row.child_name,
            age=age.age_on(born_on=row.born_on, on=today),
            journal_number=row.journal_number,
            edition=known[row.pathway_id].edition,
            ahead=(ahead := ahead_of(known[row.pathway_id].edition, today)),
            can_follow=ahead.in_force_from <= today,
            version=known[row.pathway_id].version,
            effects=_effects(known[row.pathway_id], kinds=kinds, actor=actor, on=today),
        )
        for row in rows
        if row.pathway_id
    ), more


def in_case(case: Case) -> InCase:
    """What the newest edition would make different in a case, as far as the actor may be told."""
    last, ahead = last_change(case.pathway.pk), ahead_of(case.edition.key, case.today)
    return InCase(
        edition=ahead,
        can_follow=ahead != case.edition and ahead.in_force_from <= case.today,
        effects=_effects(case.whole, kinds=case.kinds, actor=case.actor, on=case.today),
        changed_from=last.from_edition_id if last is not None and is_untouched(last) else "",
    )


def _effects(whole: Facts, *, kinds: InformationKind, actor: Actor, on: date) -> tuple[Effect, ...]:
    old, new = definitions().edition(whole.edition), ahead_of(whole.edition, on)
    if old == new:
        return ()
    told = facts.told(whole, kinds=kinds)
    return effects(told, old=old, new=new, on=on, kinds=kinds, service=str(actor.service_id))


def last_change(pathway_id: UUID) -> EditionChange | None:
    """The last time that the case began to follow another edition; none when that was taken back."""
    row = EditionChange.objects.filter(pathway=pathway_id).order_by("recorded_at").last()
    return None if row is None or row.undoes_id is not None else row


def is_untouched(change: EditionChange) -> bool:
    """Whether nothing has been done in the case since; asked of the database, which sees what one colleague may not."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.nothing_done_since(%s)", [change.pk])
        return bool(cursor.fetchone()[0])
