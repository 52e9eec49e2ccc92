"""Whom what is written in a case is open to, as far as the one who asks may be told of it."""

from collections.abc import Callable
from uuid import UUID

from grunnmur import alphabet, clock
from grunnmur.cases.decision import Asker, Denial, Row
from grunnmur.cases.models import Restriction
from grunnmur.cases.queries import own_right
from grunnmur.cases.queries.case import Case
from grunnmur.cases.terms import ALL_KINDS, InformationKind


def list_readers(case: Case, *kinds: InformationKind) -> tuple[tuple[str, ...], ...]:
    """The services that what is written in the case now is open to, by name, for each of some kinds.

    An explicit no is known to the owner alone. Others are told whom the grounds open the kind to, as everywhere in the
    case: the difference would be the no.
    """
    now, noes = clock.now(), list_noes(case) if case.is_owner else ()
    here = [item for item in case.participants if item.starts_at <= now]

    def read(kind: InformationKind) -> set[str]:
        return {
            item.name
            for item in here
            if item.kinds & kind and not taken(case, UUID(item.service_id), noes)(case.child.pk, kind)
        }

    return tuple(tuple(sorted(read(kind), key=alphabet.order)) for kind in kinds)


def list_noes(case: Case) -> tuple[Denial, ...]:
    """The explicit noes about services; for the owner."""
    return own_right.denials(Restriction.objects.filter(child=case.child, service__isnull=False))


def taken(case: Case, service: UUID, noes: tuple[Denial, ...]) -> Callable[[UUID, InformationKind], bool]:
    """Whether an explicit no takes a row, by its id and kind, from a service, whatever a consent says."""
    asker, at = Asker(service, service, ALL_KINDS), clock.now()
    owner = case.child.author_service_id
    return lambda item, kind: any(no.names(asker, Row(item, kind, owner), at) for no in noes)
