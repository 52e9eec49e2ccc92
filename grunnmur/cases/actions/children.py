"""Registering a child, who is around it, where it lives, and its position in child welfare."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access, age, national_id
from grunnmur.cases.actions import participants
from grunnmur.cases.actions.checks import Problem, get_related, get_service, happened, in_service, refuse
from grunnmur.cases.door import Act, Invalid, for_new_child, on_child
from grunnmur.cases.models import (
    Child,
    ChildWelfareStatus,
    FormerValues,
    Placement,
    RelatedPerson,
    has_number,
)
from grunnmur.cases.queries import child as queries
from grunnmur.cases.terms import AddressProtection, CareBasis, ChildWelfarePosition, InformationKind, RelationKind
from grunnmur.directory.kinds import ServiceKind
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.models import Service
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
    """Make the actor's service the owner of a new record of a child. Raises Refused, Invalid, AlreadyDone.

    What another service knows is neither asked nor hinted at: only the actor's own children are compared with.
    """
    with for_new_child(actor, "children.register", once=once) as now:
        number, problems = who_it_is(
            actor,
            born_on=born_on,
            journal_number=journal_number,
            national_number=national_number,
            today=now.date(),
            allow_real=allow_real_ids,
        )
        refuse(problems)
        with beside_what_is_kept_back("journal_number"):
            return make(
                actor,
                at=now,
                once=once,
                name=name,
                born_on=born_on,
                journal_number=journal_number,
                national_id=number,
                sex=sex,
            )


def who_it_is(
    actor: Actor, *, born_on: date, journal_number: str, national_number: str, today: date, allow_real: bool
) -> tuple[str | None, dict[str, Problem]]:
    """The national number of a child to be, and what is wrong with who it is said to be, by field."""
    number, problem = _national_number(national_number, born_on=born_on, allow_real=allow_real)
    own = Child.objects.filter(author_service=actor.service_id)
    return number, {
        "born_on": _born(born_on, today=today),
        "national_number": problem or _known(number, among=own, owner_id=actor.service_id),
        "journal_number": _("Journalnummeret er brukt på et annet barn hos dere.")
        if own.filter(journal_number=journal_number).exists()
        else None,
    }


NOT_BY_YOU = _("Dette kan ikke lagres av deg. Be en kollega om å gjøre det.")


@contextmanager
def beside_what_is_kept_back(field: str) -> Iterator[None]:
    """Write a child, whose number another child of the service may have that is kept from the actor.

    Two are never written; the actor is told that somebody else must do it, and not why.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if "once_per_owner" not in str(fault):
            raise
        raise Invalid({field: NOT_BY_YOU}) from fault


def make(
    actor: Actor,
    *,
    at: datetime,
    once: UUID | None,
    name: str,
    born_on: date,
    journal_number: str,
    national_id: str | None,
    sex: str,
    language: str = "",
    needs_interpreter: bool = False,
) -> Child:
    """Write a new record of a child inside an act that has checked what it was given. Sex is the file's code."""
    child = Child(
        name=name,
        born_on=born_on,
        national_id=national_id,
        sex=sex,
        language=language,
        needs_interpreter=needs_interpreter,
        journal_number=journal_number,
        kind=int(InformationKind.CONTACT),
        author_service_id=actor.service_id,
        recorded_by_id=actor.person_id,
        recorded_at=at,
    )
    child.save(force_insert=True)
    act = Act(actor=actor, name="children.register", at=at, child=child, pathway=None, once=once)
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
    if not number.is_unique:
        return None, _("Dette er ikke et fullt fødselsnummer. La feltet stå tomt til barnet har fått et.")
    if not number.is_synthetic and not allow_real:
        return None, _("Her brukes bare oppdiktede fødselsnummer (måned + 80). Ekte nummer er ikke lov.")
    if number.born_on != born_on:
        return None, _("Fødselsnummeret og fødselsdatoen passer ikke sammen.")
    return number.value, None


def _known(number: str | None, *, among: QuerySet[Child], owner_id: UUID) -> Problem:
    if number and among.filter(has_number(number, owner_id=owner_id)).exists():
        return _("Barnet er allerede registrert hos dere. Søk det opp.")
    return None


EDITABLE = (
    "name",
    "born_on",
    "national_id",
    "language",
    "needs_interpreter",
    "address_protection",
    "cannot_form_views_until",
    "lacks_decision_competence_from",
)


WHO_IT_IS = ("name", "born_on", "national_id")
"""What is corrected, and not only filled in, when it is changed."""
WHY_WAS_IT_WRONG = _("Skriv hvorfor det som sto, var feil. Det som sto, blir tatt vare på.")


def edit(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    name: str,
    language: str,
    needs_interpreter: bool,
    address_protection: str,
    born_on: date | None = None,
    national_number: str | None = None,
    cannot_form_views_until: date | None = None,
    lacks_decision_competence_from: date | None = None,
    seen: int | None = None,
    allow_real_ids: bool = False,
    why: str = "",
) -> Child:
    """Change what is known of the child itself, and keep what stood. Who must consent may change with it.

    `why` is said when who the child is was wrong, and not only unknown.

    `born_on` and `national_number` stay as they are when left out. `seen` is `queries.child.version` of what the
    actor saw. Raises EditConflict when somebody changed the child after that.
    """
    with on_child(actor, child_id, "children.edit", once=once) as act:
        child = act.child
        current = queries.version(child.pk)
        if seen is not None and seen != current:
            raise EditConflict(seen=seen, current=current)
        before = {field: getattr(child, field) for field in EDITABLE}
        child.name = name
        child.born_on = born_on or child.born_on
        child.language = language
        child.needs_interpreter = needs_interpreter
        child.address_protection = address_protection
        child.cannot_form_views_until = cannot_form_views_until
        child.lacks_decision_competence_from = lacks_decision_competence_from
        wanted = (child.national_id or "") if national_number is None else national_number
        is_same_number = wanted == (child.national_id or "")
        number, problem = child.national_id, None
        if not is_same_number or child.born_on != before["born_on"]:
            # A number that stands may have been taken in another mode, so only its date is held against the new one.
            allow_real = allow_real_ids or is_same_number
            number, problem = _national_number(wanted, born_on=child.born_on, allow_real=allow_real)
        own = Child.objects.filter(author_service=actor.service_id).exclude(pk=child.pk)
        refuse(
            {
                "born_on": _born(child.born_on, today=act.today),
                "national_number": problem or _known(number, among=own, owner_id=actor.service_id),
            }
        )
        child.national_id = number
        changed = [field for field in EDITABLE if getattr(child, field) != before[field]]
        corrected = [field for field in WHO_IT_IS if field in changed and before[field]]
        refuse({"why": WHY_WAS_IT_WRONG if corrected and not why.strip() else None})
        if changed:
            keep_former(act, "child", child.pk, {field: before[field] for field in changed}, why=why)
            with beside_what_is_kept_back("national_number"):
                child.save(update_fields=[*changed, "national_key"])
            participants.remember_name(child)
            if "address_protection" in changed:
                participants.follow_protection(act)
            follow_situation(act)
        act.record("child.edited", kind=InformationKind.CONTACT, subject=child.pk, data={"changed": changed})
    return child


def keep_former(act: Act, table: str, subject: UUID, said: Mapping[str, Any], *, why: str = "") -> None:
    """Keep what a row said before it is changed in place, for the owner alone to see."""
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
    number = values.get("national_id")
    if "national_id" in values:
        values["national_id"] = None
    reporter = {name: values.pop(name) for name in WHO_REPORTED & set(values)}
    for kind, kept in ((InformationKind.CHILD_WELFARE, values), (InformationKind.REPORTER, reporter)):
        if kept:
            FormerValues.objects.create(
                child=act.child,
                **act.child_row(kind),
                table=table,
                subject_id=subject,
                said=kept,
                national_id=number if "national_id" in kept else None,
                why=why,
            )


WHO_REPORTED = frozenset({"reporters"})
"""Columns of the kind reporter, which are kept in a row of that kind."""


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
    changed_on: date | None = None,
    why: str = "",
) -> RelatedPerson:
    """Add someone around the child, or a new row about someone who is there already (`replaces_id`).

    What is new from a day on (`changed_on`) ends the old row that day, so that what held before it still holds.
    Without a day the old row was wrong all along, and when it decided who consents, `why` is said. A change of
    parental responsibility may change whose consent counts, so sight is worked out again.
    """
    with on_child(actor, child_id, "children.add_person", once=once) as act:
        old = get_related(act.child, replaces_id)
        begins = changed_on if old is not None and changed_on is not None else from_on
        decides = {
            "relation": relation,
            "has_parental_responsibility": has_parental_responsibility,
            "has_daily_care": has_daily_care,
            "from_on": from_on,
        }
        is_rewritten = old is not None and any(getattr(old, field) != value for field, value in decides.items())
        refuse(
            {
                "from_on": _("Datoen er før barnet ble født. Sjekk året.") if from_on < act.child.born_on else None,
                "until_on": _("Sluttdatoen er før startdatoen.") if until_on and until_on < begins else None,
                "changed_on": _during(changed_on, old),
                "why": WHEN_OR_WHY if is_rewritten and changed_on is None and not why.strip() else None,
                "has_parental_responsibility": NO_RESPONSIBILITY
                if relation is RelationKind.FOSTER_PARENT and has_parental_responsibility
                else None,
                "replaces_id": _("Noen har alt endret opplysningene om denne personen. Se på den nye versjonen først.")
                if old is not None and hasattr(old, "replaced_by")
                else None,
            }
        )
        if old is not None and changed_on is not None:
            _end(old, act, on=changed_on)
        person = write_person(
            act,
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
            from_on=begins,
            until_on=until_on,
            replaces=None if changed_on is not None else old,
            why=why,
        )
        follow_situation(act)
        act.record("person.added", kind=InformationKind.CONTACT, subject=person.pk, data={"relation": str(relation)})
    return person


def write_person(act: Act, *, relation: RelationKind, has_daily_care: bool = False, **said: Any) -> RelatedPerson:
    """Write a row about someone around the child inside an act, of the kind that what it tells has."""
    return RelatedPerson.objects.create(
        child=act.child,
        **act.child_row(_kind_of(relation, lives_with=has_daily_care, child=act.child)),
        relation=relation,
        has_daily_care=has_daily_care,
        **said,
    )


NO_RESPONSIBILITY = _("En fosterforelder har ikke foreldreansvar i kraft av oppdraget.")
WHEN_OR_WHY = _(
    "Dette avgjør hvem som samtykker. Skriv fra hvilken dag det er slik, eller hvorfor det som sto, alltid var feil."
)


def _during(changed_on: date | None, old: RelatedPerson | None) -> Problem:
    """Whether something can have changed on the day: after the old row began, and before it ended."""
    if changed_on is None or old is None:
        return None
    if changed_on <= old.from_on:
        return _("Dagen er ikke etter den dagen det gjaldt fra. Var det feil hele tiden, skriv heller hvorfor.")
    if old.until_on is not None and changed_on > old.until_on:
        return _("Det som sto, gjaldt bare til dagen før. Sjekk datoen.")
    return None


def _end(old: RelatedPerson, act: Act, *, on: date) -> None:
    """A new row that says the same as the old one, to a day."""
    same = {field.attname: getattr(old, field.attname) for field in old._meta.fields}
    new = {"id": uuid4(), "recorded_by_id": act.actor.person_id, "recorded_at": act.at}
    RelatedPerson(**{**same, **new, "until_on": on, "replaces_id": old.pk, "why": ""}).save(force_insert=True)


def _kind_of(relation: RelationKind, *, lives_with: bool, child: Child) -> InformationKind:
    """The name and phone of whoever a child with a protected address lives with say where it is (as `sec.shield`)."""
    tells = lives_with or relation is RelationKind.FOSTER_PARENT
    if tells and child.address_protection != AddressProtection.NONE:
        return InformationKind.PROTECTED_ADDRESS
    return InformationKind.CONTACT


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
    """Say where the child lives from a day on, and on what ground; the place before ends that day.

    Where a child with a protected address lives is a row of that kind: nobody but the owner sees it.
    """
    with on_child(actor, child_id, "children.place", once=once) as act:
        service = get_service(service_id)
        at_the_same_time = Q(until_on=None) | Q(until_on__gt=from_on)
        if until_on:
            at_the_same_time &= Q(from_on__lt=until_on)
        standing = list(Placement.objects.filter(at_the_same_time, child=act.child, replaced_by=None))
        refuse(
            {
                "service_id": _home(
                    service, basis=basis, from_on=from_on, last_on=min(until_on or act.today, act.today)
                ),
                "from_on": happened(from_on, child=act.child, today=act.today)
                or (
                    _("Barnet bodde alt et annet sted fra en senere dato.")
                    if any(placement.from_on > from_on for placement in standing)
                    else None
                ),
                "until_on": _("Sluttdatoen er før startdatoen.") if until_on and until_on < from_on else None,
            }
        )
        is_protected = act.child.address_protection != AddressProtection.NONE
        row = act.child_row(InformationKind.PROTECTED_ADDRESS if is_protected else InformationKind.CHILD_WELFARE)
        for present in standing:
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
        participants.remember_name(act.child)
        follow_situation(act)
        act.record("child.placed", kind=InformationKind.CHILD_WELFARE, subject=placement.pk, data={"basis": str(basis)})
    return placement


HOMES = frozenset({ServiceKind.INSTITUTION, ServiceKind.FOSTER_HOME})


def _home(service: Service | None, *, basis: CareBasis, from_on: date, last_on: date) -> Problem:
    """Whether a child can live there on that ground: with parents nowhere else, otherwise in a home that is open."""
    if basis is CareBasis.HOME:
        return _("Barnet bor hjemme hos foreldre. Da skal det ikke stå et annet sted her.") if service else None
    if service is None:
        return _("På dette grunnlaget bor barnet ikke hjemme. Velg hvor barnet bor.")
    if service.service_kind not in HOMES:
        return _("Velg en institusjon eller et fosterhjem.")
    if basis is CareBasis.BEHAVIOUR_ORDER and service.service_kind is not ServiceKind.INSTITUTION:
        return _("Etter barnevernsloven §§ 6-1 og 6-2 bor barnet på institusjon. Velg en institusjon.")
    return in_service(service, on=from_on) or in_service(service, on=max(from_on, last_on))


def follow_situation(act: Act) -> None:
    """The child's legal situation changed: what its consents open is worked out again, for every pathway."""
    for pathway in access.all_pathways(act.child):
        participants.follow_consent(act, pathway)
    participants.follow_family(act)


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
        number=ChildWelfareStatus.objects.filter(child=act.child).count() + 1,
        position=position,
        from_on=from_on,
        source=source,
    )
    participants.follow_assessment(act.child, on=act.today)
    return status
