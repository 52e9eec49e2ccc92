"""What the child itself, or one around it, may see now in its own right, worked out by the owner on its behalf.

Whoever makes an extract for somebody sees more than the one who asked. What goes into it follows from the sights and
the noes of the one who asked, by the same decision as everywhere (`decision.decide`), and from nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from grunnmur import clock
from grunnmur.cases import family
from grunnmur.cases.access_rules import Purpose, access_rules
from grunnmur.cases.consent import Period
from grunnmur.cases.decision import Asker, Denial, Row, Sight, decide
from grunnmur.cases.family import FamilySight, Released
from grunnmur.cases.models import Child, FamilyDecision, Participation, Release, Restriction
from grunnmur.cases.terms import FamilyAccess, InformationKind, ParticipationBasis


@dataclass(frozen=True, slots=True)
class OwnRight:
    """One person's sights of a child and what takes them away, at an instant."""

    asker: Asker
    owner: UUID
    sights: tuple[Sight, ...]
    denials: tuple[Denial, ...]
    at: datetime

    def sees(self, item: UUID, kind: InformationKind) -> bool:
        """Whether the person may see one row of a kind. A remark is asked for by the row that it is about."""
        return decide(
            asker=self.asker,
            row=Row(item, kind, self.owner),
            sights=self.sights,
            denials=self.denials,
            at=self.at,
        ).allowed

    @property
    def kinds(self) -> InformationKind:
        """The kinds of which the person sees every row."""
        found = InformationKind(0)
        for kind in InformationKind:
            found |= kind if self.sees(self.asker.self_id, kind) else InformationKind(0)
        return found

    @property
    def opens_anything(self) -> bool:
        """Whether the person sees anything at all: rows of some kind, or one that has been released."""
        return bool(self.kinds) or any(self.sees(one.item, one.kinds) for one in self.sights if one.item)


def sights_of_family(child: Child, *, more: Iterable[Released] = ()) -> tuple[FamilySight, ...]:
    """Every sight that follows from what is decided and released for the child and those around it, and from `more`."""
    parents: dict[UUID, list[Period]] = {}
    with connection.cursor() as cursor:
        cursor.execute("select identity, from_on, until_on from sec.responsible_for(%s)", [child.pk])
        for identity, from_on, until_on in cursor.fetchall():
            parents.setdefault(identity, []).append(Period(from_on, until_on))
    return family.sights(
        child=child.pk,
        born_on=child.born_on,
        parents=parents,
        decisions=[
            family.Decided(row.pk, row.identity, FamilyAccess(row.access), row.decided_at)
            for row in FamilyDecision.objects.filter(child=child).order_by("number")
        ],
        releases=[
            *(
                Released(row.pk, row.identity, row.item, InformationKind(row.kind), row.starts_at, row.ends_at)
                for row in Release.objects.filter(child=child)
            ),
            *more,
        ],
    )


def of(child: Child, identity: UUID) -> OwnRight:
    """The right of the child itself (its own id) or of one around it (`RelatedPerson.identity`); for the owner."""
    sights = Participation.objects.filter(
        child=child, pathway=None, only_for=identity, service=None, basis=ParticipationBasis.PARTY
    )
    return OwnRight(
        asker=Asker(identity, None, access_rules().purposes[Purpose.OWN_INSIGHT]),
        owner=child.author_service_id,
        sights=tuple(
            Sight(
                service=None,
                only_for=identity,
                basis=ParticipationBasis.PARTY,
                kinds=InformationKind(row.kinds),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                item=row.item,
            )
            for row in sights
        ),
        denials=denials(Restriction.objects.filter(child=child, only_for=identity)),
        at=clock.now(),
    )


def denials(noes: QuerySet[Restriction]) -> tuple[Denial, ...]:
    """Explicit noes about a child, as the decision asks them; for the owner."""
    return tuple(
        Denial(
            service=row.service_id,
            only_for=row.only_for,
            kinds=InformationKind(row.kinds),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            item=row.item,
        )
        for row in noes
    )
