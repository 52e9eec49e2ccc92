"""Who in the family sees what, and the explicit no: conflict of interest, restricted access, the child's objection.

Each act writes the owner's decision with its reason, and lets sight follow it in the same transaction. A no always
wins, and the one it is about cannot tell that it exists.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access, deadlines
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import Problem, happened, refuse
from grunnmur.cases.door import Act, Invalid, on_child
from grunnmur.cases.family import NEVER_RELEASED, may_object
from grunnmur.cases.models import (
    FamilyDecision,
    ProtectionDecision,
    RelatedPerson,
    Release,
    Remark,
    Restriction,
)
from grunnmur.cases.models.base import FOREVER, ChildRow, PathwayRow
from grunnmur.cases.queries import held
from grunnmur.cases.queries.colleagues import colleagues_in, may_give
from grunnmur.cases.terms import ALL_KINDS, AddressProtection, FamilyAccess, InformationKind, RestrictionCause
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.sessions import Actor

LONGEST_REVIEW = timedelta(days=366)
"""The product's own choice: what is withheld is looked at again within a year."""
ABOUT_A_RELATIVE = frozenset({RestrictionCause.PARENT_RESTRICTED, RestrictionCause.CHILD_OBJECTS})


def decide_access(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    identity: UUID,
    family_access: FamilyAccess,
    reason: str,
    review_on: date,
    seen: int | None = None,
) -> FamilyDecision:
    """Decide what the child itself, or one around it, may see from now on; the same again when it still stands.

    `seen` is the number of the decision that the form showed (0: none), which must not be decided over unseen. Raises
    Refused, Invalid, AlreadyDone, EditConflict.
    """
    with on_child(actor, child_id, "sight.decide_access", once=once) as act:
        made = FamilyDecision.objects.filter(child=act.child, identity=identity).count()
        if seen is not None and seen != made:
            raise EditConflict(seen=seen, current=made)
        refuse(
            {
                "identity": _unknown(act, identity),
                "family_access": _("Velg hva personen skal kunne se.")
                if family_access is FamilyAccess.UNKNOWN
                else None,
                "review_on": _review(review_on, today=act.today),
            }
        )
        decision = FamilyDecision.objects.create(
            **_owners(act),
            identity=identity,
            number=made + 1,
            access=family_access,
            reason=reason,
            decided_at=act.at,
            review_on=review_on,
        )
        participants.follow_family(act)
        act.record("sight.decided", kind=InformationKind.CHILD_WELFARE, subject=decision.pk)
    return decision


def release(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    identity: UUID,
    item: UUID,
    reason: str,
    child_wants: bool = False,
) -> Release:
    """Let one person see one row, whatever else it sees. Raises Refused, Invalid, AlreadyDone.

    What the child itself has said is given to others only when the child wants it.
    """
    with on_child(actor, child_id, "sight.release", once=once) as act:
        kind = _kind_of(act, item)
        refuse(
            {
                "identity": _unknown(act, identity),
                "item": _("Vi finner ikke det du vil gi fri.")
                if kind is None
                else _("Dette kan aldri gis fri: det sier hvor barnet er, eller hvem som meldte.")
                if kind & NEVER_RELEASED
                else None,
                "child_wants": _("Barnets egne ord gis bare fri til andre når barnet selv vil det.")
                if kind and kind & InformationKind.OWN_WORDS and identity != act.child.pk and not child_wants
                else None,
            }
        )
        row = Release.objects.create(
            **_owners(act), identity=identity, item=item, kind=int(kind or 0), reason=reason, starts_at=act.at
        )
        participants.follow_family(act)
        act.record("sight.released", kind=InformationKind.CHILD_WELFARE, subject=row.pk)
    return row


def take_back(*, actor: Actor, child_id: UUID, once: UUID | None, release_id: UUID) -> None:
    """End a release now. Raises Refused, Invalid, AlreadyDone."""
    with on_child(actor, child_id, "sight.take_back", once=once) as act:
        row = Release.objects.filter(child=act.child, pk=release_id, ends_at__gt=act.at).first()
        if row is None:
            raise Invalid({"release": _("Dette er alt tatt tilbake.")})
        row.ends_at = act.at
        row.save(update_fields=["ends_at"])
        participants.follow_family(act)
        act.record("sight.taken_back", kind=InformationKind.CHILD_WELFARE, subject=row.pk)


def restrict(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    cause: RestrictionCause,
    reason: str,
    review_on: date,
    kinds: InformationKind = ALL_KINDS,
    service_id: UUID | None = None,
    person_id: UUID | None = None,
    identity: UUID | None = None,
    item: UUID | None = None,
) -> Restriction:
    """Take sight away from a service, a colleague (`person_id`) or one around the child (`identity`).

    A conflict of interest takes everything. `item` withholds one row only. Raises Refused, Invalid, AlreadyDone.
    """
    with on_child(actor, child_id, "sight.restrict", once=once) as act:
        who = service_id or person_id or identity
        refuse(
            {
                "identity": _unknown(act, identity) if cause in ABOUT_A_RELATIVE else None,
                "cause": _("Barnet er under 12 år. Da er det dere som vurderer og begrunner hva som holdes tilbake.")
                if cause is RestrictionCause.CHILD_OBJECTS and not may_object(born_on=act.child.born_on, on=act.today)
                else None,
                "person_id": _not_a_colleague(act, person_id)
                if cause is RestrictionCause.CONFLICT_OF_INTEREST
                else None,
                "service_id": _not_a_service(act, service_id) if cause is RestrictionCause.SERVICE_RESTRICTED else None,
                "kinds": None if kinds else _("Velg hva som skal holdes tilbake."),
                "review_on": _review(review_on, today=act.today),
                "item": _("Vi finner ikke det du vil holde tilbake.") if item and _kind_of(act, item) is None else None,
            }
        )
        row = Restriction.objects.create(
            child=act.child,
            owner_service_id=act.child.author_service_id,
            service_id=service_id,
            only_for=None if service_id else who,
            kinds=int(ALL_KINDS if cause is RestrictionCause.CONFLICT_OF_INTEREST else kinds),
            item=item,
            cause=cause,
            reason=reason,
            decided_by_id=actor.person_id,
            starts_at=act.at,
            review_on=review_on,
        )
        if service_id is not None:
            participants.take_back_moves(act, service_id)
        act.record("sight.restricted", kind=InformationKind.CHILD_WELFARE, subject=row.pk, data={"cause": str(cause)})
    return row


def review(
    *, actor: Actor, child_id: UUID, once: UUID | None, restriction_id: UUID, reason: str, review_on: date
) -> Restriction:
    """Decide that a restriction still stands: the same is written anew, and the old one ends as the new one begins.

    Both are written by one act at one instant, so nobody whose sight is taken sees anything in between. Raises
    Refused, Invalid, AlreadyDone.
    """
    with on_child(actor, child_id, "sight.review", once=once) as act:
        row = _restriction(act, restriction_id)
        refuse({"review_on": _review(review_on, today=act.today)})
        anew = Restriction.objects.create(
            child=act.child,
            owner_service_id=row.owner_service_id,
            service_id=row.service_id,
            only_for=row.only_for,
            kinds=row.kinds,
            item=row.item,
            cause=row.cause,
            reason=reason,
            decided_by_id=actor.person_id,
            starts_at=act.at,
            review_on=review_on,
        )
        row.ends_at = act.at
        row.save(update_fields=["ends_at"])
        act.record("sight.reviewed", kind=InformationKind.CHILD_WELFARE, subject=anew.pk, data={"cause": row.cause})
    return anew


def _restriction(act: Act, restriction_id: UUID) -> Restriction:
    """A restriction that stands. Raises Invalid, which says what has become of it since the form was shown."""
    row = Restriction.objects.filter(child=act.child, pk=restriction_id).first()
    problem = _("Vi finner ikke dette.") if row is None else _meanwhile(act, row)
    refuse({"restriction": problem})
    assert row is not None
    return row


def _meanwhile(act: Act, row: Restriction) -> Problem:
    if row.ends_at == FOREVER:
        return None
    whom = {"service_id": row.service_id, "only_for": row.only_for, "kinds": row.kinds, "item": row.item}
    anew = Restriction.objects.filter(
        child=act.child, cause=row.cause, starts_at__gte=row.ends_at, ends_at=FOREVER, **whom
    ).first()
    if anew is None:
        return _("Dette er alt opphevet.")
    return gettext("%(who)s vurderte dette på nytt etter at du åpnet siden. Det gjelder fortsatt.") % {
        "who": anew.decided_by.name
    }


def lift(*, actor: Actor, child_id: UUID, once: UUID | None, restriction_id: UUID) -> None:
    """End a restriction now; the row stays. Raises Refused, Invalid, AlreadyDone."""
    with on_child(actor, child_id, "sight.lift", once=once) as act:
        row = _restriction(act, restriction_id)
        row.ends_at = act.at
        row.save(update_fields=["ends_at"])
        act.record("sight.lifted", kind=InformationKind.CHILD_WELFARE, subject=row.pk)


def appoint_readers(*, actor: Actor, child_id: UUID, once: UUID | None, people: Iterable[UUID]) -> None:
    """Say who in the service may read where a child with a protected address is. Raises Refused, Invalid, AlreadyDone.

    Said by one who reads it, or by anybody when no reader is at work (`may_give`). The contact person of a case that is
    open must be among them, for whoever works with the case needs to know.
    """
    wanted = frozenset(people)
    with on_child(actor, child_id, "sight.appoint_readers", once=once) as act:
        if not may_give(act.child, actor.person_id, at=act.at):
            raise access.Refused("not_a_reader", access.NOT_A_READER)
        most = access_rules().numbers["protected_readers"]
        colleagues = {one.id for one in colleagues_in(actor.service_id, on=act.today)}
        case = access.find_open_pathway(act.child)
        contacts = {case.contact_person_id} if case else set()
        refuse(
            {
                "people": _("Adressen er ikke skjermet. Da leser alle i saken den.")
                if act.child.address_protection == AddressProtection.NONE
                else _("Velg minst én og høyst %(most)s.") % {"most": most}
                if not 1 <= len(wanted) <= most
                else _("Velg kolleger i tjenesten.")
                if wanted - colleagues
                else _("Kontaktpersonen arbeider ikke her lenger. Ta over saken først.")
                if contacts - colleagues
                else _("Kontaktpersonen må være med.")
                if not contacts <= wanted
                else None
            }
        )
        participants.appoint(act, wanted)
        act.record("readers.appointed", kind=InformationKind.CHILD_WELFARE)


def protect_on(
    *, actor: Actor, child_id: UUID, once: UUID | None, decided_on: date, until: date, seen: UUID | None = None
) -> ProtectionDecision:
    """Write when the protection of the address was decided, and the last day of it: the first time, or anew.

    Nothing opens when that day has passed. `seen` is what stood when the form was shown. Raises Refused, Invalid,
    AlreadyDone, EditConflict.
    """
    with on_child(actor, child_id, "sight.protect_on", once=once) as act:
        years = access_rules().numbers["protection_years"]
        standing = ProtectionDecision.objects.filter(child=act.child, ends_at=FOREVER).first()
        if standing is None:
            raise Invalid({"until": _("Adressen er ikke skjermet.")})
        if seen is not None and seen != standing.pk:
            raise EditConflict(seen=str(seen), current=str(standing.pk))
        refuse(
            {
                "decided_on": happened(decided_on, child=act.child, today=act.today),
                "until": _("Skriv en dag fram i tid.")
                if until <= act.today
                else _("Et vedtak om skjermet adresse gjelder høyst ett år.")
                if until > deadlines.due(amount=12 * years, unit="months", counted_from=decided_on)
                else None,
            }
        )
        standing.ends_at = act.at
        standing.save(update_fields=["ends_at"])
        row = ProtectionDecision.objects.create(
            child=act.child,
            owner_service_id=act.child.author_service_id,
            decided_on=decided_on,
            until=until,
            recorded_by_id=actor.person_id,
            starts_at=act.at,
        )
        act.record("address.protected_on", kind=InformationKind.PROTECTED_ADDRESS, subject=row.pk)
    return row


def _owners(act: Act) -> dict[str, object]:
    return {
        "child": act.child,
        "owner_service_id": act.child.author_service_id,
        "decided_by_id": act.actor.person_id,
    }


def _unknown(act: Act, identity: UUID | None) -> Problem:
    around = RelatedPerson.objects.filter(child=act.child)
    if identity and (identity == act.child.pk or around.filter(identity=identity).exists()):
        return None
    return _("Vi finner ikke personen. Velg en som er skrevet inn rundt barnet.")


def _not_a_colleague(act: Act, person_id: UUID | None) -> Problem:
    if person_id in {one.id for one in colleagues_in(act.actor.service_id, on=act.today)}:
        return None
    return _("Velg en kollega i tjenesten.")


def _not_a_service(act: Act, service_id: UUID | None) -> Problem:
    if service_id is None or service_id == act.child.author_service_id:
        return _("Velg en annen tjeneste enn deres egen.")
    return None


def _review(on: date, *, today: date) -> Problem:
    if on <= today:
        return _("Skriv en dag fram i tid, da dere ser på dette igjen.")
    if on > today + LONGEST_REVIEW:
        return _("Se på dette igjen innen ett år.")
    return None


def _kind_of(act: Act, item: UUID) -> InformationKind | None:
    """The kind of one row about the child that the actor sees; None when there is none.

    A remark is none of its own: it goes with the row that it is about.
    """
    about_a_child = (
        model
        for model in apps.get_app_config("cases").get_models()
        if issubclass(model, PathwayRow | ChildRow) and model is not Remark
    )
    for model in held.tables_with(item, among=about_a_child):
        whose = "pathway__child" if issubclass(model, PathwayRow) else "child"
        rows = access.visible_to(act.actor, model._default_manager.filter(**{"pk": item, whose: act.child}))
        kind = rows.values_list("kind", flat=True).first()
        if kind is not None:
            return InformationKind(kind)
    return None
