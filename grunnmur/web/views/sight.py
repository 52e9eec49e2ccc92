"""Who in the family sees what, and who is not to see: the owner's page, and the acts on it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import sight as acts
from grunnmur.cases.queries import letters
from grunnmur.cases.queries import sight as queries
from grunnmur.cases.queries.child import ChildHead, list_people
from grunnmur.cases.queries.colleagues import may_give
from grunnmur.cases.queries.sight import No, Relative, RowSight
from grunnmur.cases.terms import HEALTH_KINDS, AddressProtection, FamilyAccess, InformationKind, RestrictionCause
from grunnmur.web import ahead, child_words, forms, pickers, review_words
from grunnmur.web.acting import actor_of, once_of, perform, seen_of
from grunnmur.web.fields import Text
from grunnmur.web.jinja import dato
from grunnmur.web.views.children import head_of

IN_A_YEAR = timedelta(days=365)
HINTS = {
    FamilyAccess.FULL: gettext_lazy("Reglene for alder gjelder: de ser mindre når barnet blir 15 og 16 år."),
    FamilyAccess.LIMITED: gettext_lazy("Ingenting vises av seg selv. Dere gir fri én og én ting."),
    FamilyAccess.NONE: gettext_lazy("Personen kan vite at barnet har en sak, men ser ikke noe."),
    FamilyAccess.BLOCKED: gettext_lazy("Personen skal ikke kunne merke at saken finnes."),
}
WITHHELD = InformationKind.CONTACT | InformationKind.COORDINATION | HEALTH_KINDS | InformationKind.CHILD_WELFARE


def _to_choose(kinds: InformationKind) -> list[tuple[str, Text]]:
    return [(str(kind.name).lower(), cast(Text, kind.label)) for kind in InformationKind if kind & kinds]


def sight(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Each in the family with what they may see, and every explicit no that holds."""
    found = queries.sight_page(actor_of(request), child_id)
    log_ins = letters.log_ins(found.head)
    return render(
        request,
        "sight.html",
        {
            "head": found.head,
            "crumbs": [*child_words.crumbs(found.head)],
            "relatives": [_relative(found.head, one, log_ins.get(one.identity)) for one in found.relatives],
            "protection": found.head.protection is not AddressProtection.NONE,
            "readers": found.readers,
            "may_appoint": found.may_appoint,
            "until": found.protection,
            "may_protect_on": found.head.tells_where,
            "until_tag": review_words.protection_tag(found.protection.until, on=found.head.today)
            if found.protection
            else None,
            "refusals": [_refusal(found.head, one) for one in found.refusals],
        },
    )


def _relative(head: ChildHead, one: Relative, log_in: letters.HasLogIn | None) -> dict[str, Any]:
    return {
        "identity": one.identity,
        "name": one.name or _("Barnet"),
        "relation": one.relation or _("Barnet selv"),
        "access": one.access.label,
        "sees": _kinds(one.kinds) or _("ingenting"),
        "released": [
            {"url": reverse("row_sight", kwargs={"child_id": head.child.pk, "item": given.item}), "given": given}
            for given in one.released
        ],
        "log_in": log_in,
        "can_log_in": bool(one.kinds or one.released),
        "reason": one.reason,
        "decided_on": one.decided_at,
        "review_on": one.review_on,
        "due": review_words.tag(one.review_on, on=head.today) if one.review_on else None,
    }


def _refusal(head: ChildHead, one: No) -> dict[str, Any]:
    return {
        "id": one.id,
        "who": one.who,
        "cause": one.cause.label,
        "what": _("Én opplysning") if one.item else _kinds(one.kinds),
        "item": one.item,
        "reason": one.reason,
        "decided_by": one.decided_by,
        "since": one.since,
        "review_on": one.review_on,
        "due": review_words.tag(one.review_on, on=head.today),
    }


def _kinds(kinds: InformationKind) -> str:
    return ", ".join(str(kind.label) for kind in InformationKind if kinds & kind)


def _decide(
    request: HttpRequest,
    head: ChildHead,
    shared: Mapping[str, Any],
    *,
    form: forms.ActForm,
    act: Callable[..., object],
    given: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    back: str = "",
    is_about_family: bool = True,
    **words: Any,
) -> HttpResponse:
    """One decision on one page, and back to who sees what. `given` makes of the form what the act asks for.

    What `is_about_family` can be looked at with the family's eyes before it is saved.
    """
    return perform(
        request,
        form=form,
        ahead=ahead.of_child(request, head) if is_about_family else None,
        run=lambda data: act(actor=head.actor, child_id=head.child.pk, once=once_of(request), **given(data)),
        **{**shared, **words, "back": back or reverse("sight", kwargs={"child_id": head.child.pk})},
    )


def _initial(head: ChildHead, **more: Any) -> dict[str, Any]:
    return {"review_on": head.today + IN_A_YEAR, **more}


def _review_on() -> forms.DateField:
    return forms.DateField(label=gettext_lazy("Når ser dere på dette igjen?"), help_text=gettext_lazy("Innen ett år."))


def _chosen(names: list[str]) -> InformationKind:
    kinds = InformationKind(0)
    for name in names:
        kinds |= InformationKind[name.upper()]
    return kinds


# --- one in the family ---------------------------------------------------------------------------------------------


class DecideForm(forms.ActForm):
    family_access = forms.choice(
        gettext_lazy("Hva skal personen kunne se?"),
        [(one.value, one.label) for one in FamilyAccess if one is not FamilyAccess.UNKNOWN],
        radio=True,
        hints={key.value: hint for key, hint in HINTS.items()},
    )
    reason = forms.long_text(
        gettext_lazy("Hvorfor?"), help_text=gettext_lazy("Bare dere ser begrunnelsen."), rows_hint=3
    )
    review_on = _review_on()


def decide_access(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """Decide what one in the family may see from now on."""
    head, shared = head_of(request, child_id, page="decide_access", act="sight.decide_access")
    name, now, number = queries.get_relative(head, identity)
    chosen = "" if now is FamilyAccess.UNKNOWN else now
    return _decide(
        request,
        head,
        shared,
        form=DecideForm(request.POST or None, initial=_initial(head, family_access=chosen)),
        act=acts.decide_access,
        given=lambda data: {
            **data,
            "identity": identity,
            "family_access": FamilyAccess(data["family_access"]),
            "seen": seen_of(request),
        },
        version=number,
        title=_("Bestem innsyn"),
        lead=_("Gjelder %(name)s. Uten et valg her ser personen ingenting.") % {"name": name or _("barnet selv")},
        button=_("Bestem"),
        done=_("Innsynet er bestemt. Det gjelder fra nå."),
    )


def _why_withheld() -> django_forms.ChoiceField:
    return forms.choice(
        gettext_lazy("Hvorfor skal det holdes tilbake?"),
        [(one.value, one.label) for one in (RestrictionCause.PARENT_RESTRICTED, RestrictionCause.CHILD_OBJECTS)],
        radio=True,
    )


def _reason_withheld() -> django_forms.CharField:
    return forms.long_text(
        gettext_lazy("Begrunnelse"), help_text=gettext_lazy("Personen kan ikke se at noe er holdt tilbake.")
    )


class WithholdForm(forms.ActForm):
    cause = _why_withheld()
    kinds = forms.choices(gettext_lazy("Hva skal personen ikke se?"), _to_choose(WITHHELD))
    reason = _reason_withheld()
    review_on = _review_on()


def withhold(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """Withhold some kinds of information from one in the family, whatever else opens them."""
    head, shared = head_of(request, child_id, page="withhold_from", act="sight.restrict")
    name, *_rest = queries.get_relative(head, identity)
    return _decide(
        request,
        head,
        shared,
        form=WithholdForm(request.POST or None, initial=_initial(head)),
        act=acts.restrict,
        given=lambda data: {
            **data,
            "identity": identity,
            "cause": RestrictionCause(data["cause"]),
            "kinds": _chosen(data["kinds"]),
        },
        title=_("Hold noe tilbake"),
        lead=_("Gjelder %(name)s, og går foran alt annet.") % {"name": name or _("barnet selv")},
        button=_("Hold tilbake"),
        done=_("Det holdes tilbake fra nå."),
    )


# --- one row ---------------------------------------------------------------------------------------------------------


def row_sight(request: HttpRequest, child_id: UUID, item: UUID) -> HttpResponse:
    """One row, who in the family sees it, and the ways to give it and hold it back."""
    head, shared = head_of(request, child_id, page="row_sight", act="sight.release")
    return render(request, "row_sight.html", {**shared["context"], "row": queries.row_sight(head, item)})


class ReleaseForm(forms.ActForm):
    reason = forms.long_text(gettext_lazy("Hvorfor?"), help_text=gettext_lazy("Bare dere ser begrunnelsen."))
    child_wants = django_forms.BooleanField(
        label=gettext_lazy("Barnet vil selv at personen skal få vite dette"), required=False
    )

    def __init__(self, *args: Any, asks_the_child: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_the_child:
            del self.fields["child_wants"]


def release_row(request: HttpRequest, child_id: UUID, item: UUID, identity: UUID) -> HttpResponse:
    """Let one in the family see one row; the page says who sees it afterwards, before it is saved."""
    head, shared = head_of(request, child_id, page="release_row", act="sight.release")
    row = queries.row_sight(head, item)
    who = row.who(identity)
    return _decide(
        request,
        head,
        _with_row(shared, row, after={one.identity for one in row.family if one.sees} | ({identity} & _would(row))),
        form=ReleaseForm(request.POST or None, asks_the_child=row.is_own_words and identity != head.child.pk),
        act=acts.release,
        given=lambda data: {**data, "identity": identity, "item": item},
        template="change_row_sight.html",
        title=_("Gi fri én opplysning"),
        lead=_("Gjelder %(name)s.") % {"name": who.name or _("barnet selv")},
        button=_("Gi fri"),
        done=_("Opplysningen er gitt fri."),
        back=reverse("row_sight", kwargs={"child_id": child_id, "item": item}),
    )


def _would(row: RowSight) -> set[UUID]:
    return {one.identity for one in row.family if one.would_see}


class WithholdRowForm(forms.ActForm):
    cause = _why_withheld()
    reason = _reason_withheld()
    review_on = _review_on()


def withhold_row(request: HttpRequest, child_id: UUID, item: UUID, identity: UUID) -> HttpResponse:
    """Hold one row back from one in the family; the page says who sees it afterwards, before it is saved."""
    head, shared = head_of(request, child_id, page="withhold_row", act="sight.restrict")
    row = queries.row_sight(head, item)
    who = row.who(identity)
    return _decide(
        request,
        head,
        _with_row(shared, row, after={one.identity for one in row.family if one.sees} - {identity}),
        form=WithholdRowForm(request.POST or None, initial=_initial(head)),
        act=acts.restrict,
        given=lambda data: {
            **data,
            "identity": identity,
            "item": item,
            "cause": RestrictionCause(data["cause"]),
            "kinds": row.kind,
        },
        template="change_row_sight.html",
        title=_("Hold én opplysning tilbake"),
        lead=_("Gjelder %(name)s, og går foran alt annet.") % {"name": who.name or _("barnet selv")},
        button=_("Hold tilbake"),
        done=_("Det holdes tilbake fra nå."),
        back=reverse("row_sight", kwargs={"child_id": child_id, "item": item}),
    )


def _with_row(shared: Mapping[str, Any], row: RowSight, *, after: set[UUID]) -> dict[str, Any]:
    """What the page is given beside the form: the row, and who sees it when the decision is saved."""
    names = [(one.identity in after, one.name or _("Barnet")) for one in row.family]
    seeing = ", ".join(name for sees, name in names if sees)
    others = ", ".join(name for sees, name in names if not sees)
    context = {"row": row, "seeing": seeing or _("ingen"), "others": others or _("ingen")}
    return {**shared, "context": {**shared["context"], **context}}


class ConfirmForm(forms.ActForm):
    """Nothing to fill in: one confirms."""


def take_back(request: HttpRequest, child_id: UUID, release_id: UUID) -> HttpResponse:
    """End one release."""
    head, shared = head_of(request, child_id, page="take_back_release", act="sight.take_back")
    given = queries.get_given(head, release_id)
    name, *_rest = queries.get_relative(head, given.to)
    return _decide(
        request,
        head,
        shared,
        form=ConfirmForm(request.POST if request.method == "POST" else None),
        act=acts.take_back,
        given=lambda _data: {"release_id": release_id},
        title=_("Ta tilbake det som er gitt fri?"),
        lead=_("%(name)s ser opplysningen bare hvis noe annet åpner for den. Gitt fri %(on)s: %(reason)s")
        % {"name": name or _("Barnet"), "on": dato(given.since), "reason": given.reason},
        button=_("Ta tilbake"),
        done=_("Det er tatt tilbake."),
        danger=True,
        back=reverse("row_sight", kwargs={"child_id": child_id, "item": given.item}),
    )


# --- colleagues and services -----------------------------------------------------------------------------------------


class ConflictForm(forms.ActForm):
    person_id = pickers.IdField(label=gettext_lazy("Hvem er inhabil?"))
    reason = forms.long_text(
        gettext_lazy("Hvorfor?"),
        help_text=gettext_lazy(
            "Forvaltningsloven § 6: nær slekt, vennskap, uvennskap eller annet som kan svekke tilliten."
        ),
    )
    review_on = _review_on()


def declare_conflict(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Shut a colleague out of everything about the child; the colleague cannot tell that the case is there."""
    head, shared = head_of(request, child_id, page="declare_conflict", act="sight.restrict")
    form = ConflictForm(request.POST or None, initial=_initial(head))
    _fill(form, "person_id", ((one.id, one.name) for one in queries.list_colleagues(head)))
    return _decide(
        request,
        head,
        shared,
        form=form,
        act=acts.restrict,
        given=lambda data: {**data, "cause": RestrictionCause.CONFLICT_OF_INTEREST},
        is_about_family=False,
        title=_("Meld en kollega inhabil"),
        lead=_("Kollegaen ser ikke noe om barnet fra nå, og kan ikke merke at saken finnes."),
        button=_("Steng for kollegaen"),
        done=_("Kollegaen ser ikke saken lenger."),
        danger=True,
    )


class ServiceForm(forms.ActForm):
    service_id = pickers.IdField(label=gettext_lazy("Hvilken tjeneste?"))
    kinds = forms.choices(
        gettext_lazy("Hva skal tjenesten ikke se?"),
        _to_choose(HEALTH_KINDS | InformationKind.OWN_WORDS),
    )
    reason = forms.long_text(gettext_lazy("Begrunnelse"))
    review_on = _review_on()


def restrict_service(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Take some kinds of information from a service, whatever the consents open."""
    head, shared = head_of(request, child_id, page="restrict_service", act="sight.restrict")
    form = ServiceForm(request.POST or None, initial=_initial(head))
    _fill(form, "service_id", queries.list_services(head))
    return _decide(
        request,
        head,
        shared,
        form=form,
        act=acts.restrict,
        given=lambda data: {
            **data,
            "cause": RestrictionCause.SERVICE_RESTRICTED,
            "kinds": _chosen(data["kinds"]),
        },
        is_about_family=False,
        title=_("Hold noe tilbake fra en tjeneste"),
        lead=_("Går foran samtykket. Tjenesten kan ikke se at noe er holdt tilbake."),
        button=_("Hold tilbake"),
        done=_("Det holdes tilbake fra nå."),
    )


def _fill(form: forms.ActForm, name: str, options: Iterable[tuple[UUID, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, pickers.IdField)
    field.choices = [("", _("Velg …")), *((str(key), label) for key, label in options)]


class ReadersForm(forms.ActForm):
    people = django_forms.TypedMultipleChoiceField(
        label=gettext_lazy("Hvem skal lese adressen?"),
        coerce=UUID,
        widget=django_forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Høyst fem, og nok til at noen alltid er på jobb. Kontaktpersonen må være med."),
    )


def appoint_readers(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Say who in the service may read where a child with a protected address is."""
    head, shared = head_of(request, child_id, page="appoint_readers", act="sight.appoint_readers")
    if request.method != "POST" and not may_give(head.child, head.actor.person_id, at=clock.now()):
        raise access.Refused("not_a_reader", access.NOT_A_READER)
    form = ReadersForm(request.POST or None, initial={"people": [str(one) for one in queries.list_readers(head)]})
    field = form.fields["people"]
    assert isinstance(field, django_forms.TypedMultipleChoiceField)
    field.choices = [(str(one.id), one.name) for one in queries.list_colleagues(head)]
    return _decide(
        request,
        head,
        shared,
        form=form,
        act=acts.appoint_readers,
        is_about_family=False,
        title=_("Hvem leser den skjermede adressen?"),
        button=_("Lagre"),
        done=_("Det er bestemt hvem som leser adressen."),
    )


class ProtectionForm(forms.ActForm):
    decided_on = forms.DateField(
        label=gettext_lazy("Når ble vedtaket om skjermet adresse gjort?"),
    )
    until = forms.DateField(
        label=gettext_lazy("Hva er den siste dagen det gjelder?"),
        help_text=gettext_lazy("Høyst ett år etter at det ble gjort."),
    )


def protect_on(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Write until when the address is decided to be protected; it is so whatever day it is."""
    head, shared = head_of(request, child_id, page="protect_on", act="sight.protect_on")
    stands = queries.get_protection(head)
    if request.method != "POST":
        access.check_reader(head.actor, head.child)
        if stands is None:
            raise access.NotVisible
    return _decide(
        request,
        head,
        shared,
        form=ProtectionForm(request.POST or None),
        act=acts.protect_on,
        given=lambda data: {**data, "seen": _shown(request)},
        version=str(stands.id) if stands else None,
        is_about_family=False,
        title=_("Hvor lenge gjelder vedtaket om skjermet adresse?"),
        lead=_("Adressen er skjermet her til noen senker skjermingen, også når vedtaket er gått ut."),
        button=_("Lagre"),
        done=_("Det er skrevet hvor lenge vedtaket gjelder."),
    )


def _shown(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("version", ""))
    except ValueError:
        return None


class ReviewForm(forms.ActForm):
    reason = forms.long_text(
        gettext_lazy("Hvorfor skal det fortsatt gjelde?"), help_text=gettext_lazy("Bare dere ser begrunnelsen.")
    )
    review_on = _review_on()


def review(request: HttpRequest, child_id: UUID, restriction_id: UUID) -> HttpResponse:
    """Decide that one explicit no still holds, with a new reason and a new day; it holds all the time."""
    head, shared = head_of(request, child_id, page="review_restriction", act="sight.review")
    # What has ended since the form was shown is there when it is sent, so that what was typed is not lost.
    one = queries.get_refusal(head, restriction_id, or_ended=request.method == "POST")
    shared["context"]["one"] = _refusal(head, one)
    return _decide(
        request,
        head,
        shared,
        form=ReviewForm(request.POST or None, initial=_initial(head)),
        act=acts.review,
        given=lambda data: {**data, "restriction_id": restriction_id},
        template="review_restriction.html",
        is_about_family=False,
        title=_("Skal det fortsatt gjelde?"),
        lead=_("Gjelder %(who)s. Det gjelder hele tiden, også mens dere vurderer.") % {"who": one.who},
        button=_("Det gjelder fortsatt"),
        done=_("Det gjelder fortsatt. Begrunnelsen og dagen dere ser på det igjen, er skrevet på nytt."),
    )


def lift(request: HttpRequest, child_id: UUID, restriction_id: UUID) -> HttpResponse:
    """End one explicit no."""
    head, shared = head_of(request, child_id, page="lift_restriction", act="sight.lift")
    one = queries.get_refusal(head, restriction_id)
    return _decide(
        request,
        head,
        shared,
        form=ConfirmForm(request.POST if request.method == "POST" else None),
        act=acts.lift,
        given=lambda _data: {"restriction_id": restriction_id},
        is_about_family=one.about in {person.identity for person in list_people(head)} | {head.child.pk},
        title=_("Gi innsyn tilbake?"),
        lead=_("%(who)s ser igjen det som samtykke og tilgang åpner. Bestemt av %(by)s %(on)s.")
        % {"who": one.who, "by": one.decided_by, "on": dato(one.since)},
        button=_("Gi innsyn tilbake"),
        done=_("Innsynet er gitt tilbake."),
        danger=True,
    )
