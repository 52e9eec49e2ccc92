"""Registering a child, who is around it, where it lives, and its position in child welfare."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access, age, national_id
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import Problem, get_related, get_service, happened, in_service, refuse
from grunnmur.cases.door import Act, instant, on_child
from grunnmur.cases.models import Child, ChildWelfareStatus, Pathway, Placement, RelatedPerson
from grunnmur.cases.terms import CareBasis, ChildWelfarePosition, InformationKind, RelationKind
from grunnmur.directory.sessions import Actor

OLDEST = 26
"""Years: child welfare ends at 25 (bvl § 3-6), so an older «child» is a typing error."""


def register(
    *,
    actor: Actor,
    once: UUID | None,
    name: str,
    born_on: date,
    journal_number: str,
    national_number: str = "",
    sex: str = "",
    allow_real_ids: bool = False,
) -> Child:
    """Make the actor's service the owner of a new record of a child. Raises Refused, Invalid, AlreadyDone."""
    access.check_child(actor, None, "children.register")
    with transaction.atomic():
        now = instant()
        number, problem = _national_number(national_number, born_on=born_on, allow_real=allow_real_ids)
        own = Child.objects.filter(author_service=actor.service_id)
        refuse(
            {
                "born_on": _born(born_on, today=now.date()),
                "national_number": problem
                or (
                    _("Barnet er allerede registrert hos dere. Søk det opp.")
                    if number and own.filter(national_id=number).exists()
                    else None
                ),
                "journal_number": _("Journalnummeret er brukt på et annet barn hos dere.")
                if own.filter(journal_number=journal_number).exists()
                else None,
            }
        )
        child = Child(
            name=name,
            born_on=born_on,
            national_id=number,
            sex=sex,
            journal_number=journal_number,
            kind=int(InformationKind.CONTACT),
            author_service_id=actor.service_id,
            recorded_by_id=actor.person_id,
            recorded_at=now,
        )
        child.save(force_insert=True)
        act = Act(actor=actor, name="children.register", at=now, child=child, pathway=None, once=once)
        participants.open_for_owner(act, child, None)
        participants.remember_name(child)
        act.record("child.registered", kind=InformationKind.CHILD_WELFARE, subject=child.pk)
    return child


def _born(born_on: date, *, today: date) -> Problem:
    if born_on > today:
        return _("Fødselsdatoen er fram i tid. Sjekk datoen.")
    if age.age_on(born_on=born_on, on=today) >= OLDEST:
        return _("Barnevernet følger ikke opp noen over 25 år. Sjekk fødselsdatoen.")
    return None


def _national_number(value: str, *, born_on: date, allow_real: bool) -> tuple[str | None, Problem]:
    if not value:
        return None, None
    try:
        number = national_id.parse(value)
    except ValueError:
        return None, _("Fødselsnummeret er ikke gyldig. Det skal ha 11 sifre; sjekk om et av dem er feil.")
    if not number.is_synthetic and not allow_real:
        return None, _("Her brukes bare oppdiktede fødselsnummer (måned + 80). Ekte nummer er ikke lov.")
    if number.born_on != born_on:
        return None, _("Fødselsnummeret og fødselsdatoen passer ikke sammen.")
    return value.replace(" ", ""), None


def edit(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    name: str,
    language: str,
    needs_interpreter: bool,
    address_protection: str,
    cannot_form_views_until: date | None = None,
    lacks_decision_competence_from: date | None = None,
) -> Child:
    """Change what is known of the child itself. Who must consent may change with it."""
    with on_child(actor, child_id, "children.edit", once=once) as act:
        child = act.child
        child.name = name
        child.language = language
        child.needs_interpreter = needs_interpreter
        child.address_protection = address_protection
        child.cannot_form_views_until = cannot_form_views_until
        child.lacks_decision_competence_from = lacks_decision_competence_from
        child.save(
            update_fields=[
                "name",
                "language",
                "needs_interpreter",
                "address_protection",
                "cannot_form_views_until",
                "lacks_decision_competence_from",
            ]
        )
        participants.remember_name(child)
        _follow_situation(act)
        act.record("child.edited", kind=InformationKind.CONTACT, subject=child.pk)
    return child


def add_person(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    name: str,
    relation: RelationKind,
    from_on: date,
    until_on: date | None = None,
    has_parental_responsibility: bool = False,
    has_daily_care: bool = False,
    phone: str = "",
    language: str = "",
    needs_interpreter: bool = False,
    contact_limits: str = "",
    basis: str = "",
    replaces_id: UUID | None = None,
) -> RelatedPerson:
    """Add someone around the child, or a new row about someone who is there already (`replaces_id`).

    A change of parental responsibility may change whose consent counts, so sight is worked out again.
    """
    with on_child(actor, child_id, "children.add_person", once=once) as act:
        old = get_related(act.child, replaces_id)
        refuse(
            {
                "until_on": _("Sluttdatoen er før startdatoen.") if until_on and until_on < from_on else None,
                "has_parental_responsibility": _("En fosterforelder har ikke foreldreansvar i kraft av oppdraget.")
                if relation is RelationKind.FOSTER_PARENT and has_parental_responsibility
                else None,
                "replaces_id": _("Noen har alt endret opplysningene om denne personen. Se på den nye versjonen først.")
                if old is not None and hasattr(old, "replaced_by")
                else None,
            }
        )
        person = RelatedPerson.objects.create(
            child=act.child,
            **act.child_row(InformationKind.CONTACT),
            **({"identity": old.identity} if old else {}),
            name=name,
            relation=relation,
            phone=phone,
            language=language,
            needs_interpreter=needs_interpreter,
            has_parental_responsibility=has_parental_responsibility,
            has_daily_care=has_daily_care,
            contact_limits=contact_limits,
            basis=basis,
            from_on=from_on,
            until_on=until_on,
            replaces=old,
        )
        _follow_situation(act)
        act.record("person.added", kind=InformationKind.CONTACT, subject=person.pk, data={"relation": str(relation)})
    return person


def place(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    basis: CareBasis,
    service_id: UUID | None,
    from_on: date,
    until_on: date | None = None,
) -> Placement:
    """Say where the child lives from a day on, and on what ground; the place before ends that day."""
    with on_child(actor, child_id, "children.place", once=once) as act:
        service = get_service(service_id)
        present = Placement.objects.filter(child=act.child, replaced_by=None, until_on=None).first()
        refuse(
            {
                "service_id": in_service(service, on=from_on)
                if basis is not CareBasis.HOME and service_id is not None
                else _("Velg hvor barnet bor.")
                if basis is not CareBasis.HOME
                else None,
                "from_on": happened(from_on, child=act.child, today=act.today)
                or (
                    _("Barnet bodde alt et annet sted fra en senere dato.")
                    if present and present.from_on > from_on
                    else None
                ),
                "until_on": _("Sluttdatoen er før startdatoen.") if until_on and until_on < from_on else None,
            }
        )
        row = act.child_row(InformationKind.CHILD_WELFARE)
        if present:
            Placement.objects.create(
                child=act.child,
                **row,
                basis=present.basis,
                service=present.service,
                from_on=present.from_on,
                until_on=from_on,
                replaces=present,
            )
        placement = Placement.objects.create(
            child=act.child, **row, basis=basis, service=service, from_on=from_on, until_on=until_on
        )
        participants.follow_placements(
            act, Placement.objects.filter(child=act.child, replaced_by=None).select_related("service")
        )
        _follow_situation(act)
        act.record("child.placed", kind=InformationKind.CHILD_WELFARE, subject=placement.pk, data={"basis": str(basis)})
    return placement


def _follow_situation(act: Act) -> None:
    """The child's legal situation changed: what its consents open is worked out again, for every pathway."""
    for pathway in Pathway.objects.filter(child=act.child):
        participants.follow_consent(act, pathway)


def set_status(
    *, actor: Actor, child_id: UUID, once: UUID | None, position: ChildWelfarePosition, from_on: date
) -> ChildWelfareStatus:
    """Say by hand what position the child has in child welfare from a day on (A1)."""
    with on_child(actor, child_id, "children.set_status", once=once) as act:
        refuse({"from_on": happened(from_on, child=act.child, today=act.today)})
        status = write_status(act, position=position, from_on=from_on, source="by_hand")
        act.record("status.set", kind=InformationKind.CHILD_WELFARE, subject=status.pk, data={"position": position})
    return status


def write_status(act: Act, *, position: ChildWelfarePosition, from_on: date, source: str) -> ChildWelfareStatus:
    """Add a row of status inside an act, and put the child in or out of the list of those not yet assessed."""
    status = ChildWelfareStatus.objects.create(
        child=act.child,
        **act.child_row(InformationKind.CHILD_WELFARE),
        position=position,
        from_on=from_on,
        source=source,
    )
    participants.follow_assessment(act.child, on=act.today)
    return status
