"""What can be chosen in the forms of one case: services near the child, colleagues."""

from uuid import UUID

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import Placement
from grunnmur.cases.queries.case import Case
from grunnmur.cases.queries.colleagues import Colleague, colleagues_in, may_give
from grunnmur.directory import nearby
from grunnmur.directory.nearby import Nearby


def service_choices(case: Case, *, text: str = "", chosen: UUID | None = None) -> Nearby:
    """Services that can be asked: near the child, where it lives, found by `text`, and the one already chosen.

    The actor's own service is never among them.
    """
    homes = access.visible_to(case.actor, Placement.objects.filter(child=case.child, replaced_by=None, until_on=None))
    own = case.actor.service_id
    return nearby.near(
        municipality=case.actor.municipality,
        on=case.today,
        text=text,
        without=[own],
        also=[*homes.values_list("service", flat=True), None if chosen == own else chosen],
    )


def list_colleagues(case: Case, *, only_me: bool = False) -> tuple[Colleague, ...]:
    """Who in the actor's service can take over the case: those in child welfare now, but the one who has it."""
    found = colleagues_in(case.actor.service_id, on=case.today)
    return tuple(
        one
        for one in found
        if one.id != case.pathway.contact_person_id and (not only_me or one.id == case.actor.person_id)
    )


def may_take_over(case: Case) -> bool:
    """Whether the actor, who may not ask a colleague for want of reading a protected address, may still take over."""
    return not case.why_not("handovers.take_over") and may_give(case.child, case.actor.person_id, at=clock.now())
