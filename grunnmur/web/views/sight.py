"""Who in the family sees what, and who is not to see: the owner's page, and the acts on it."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import sight as acts
from grunnmur.cases.queries import sight as queries
from grunnmur.cases.queries.sight import No, Relative
from grunnmur.cases.terms import HEALTH_KINDS, AddressProtection, FamilyAccess, InformationKind, RestrictionCause
from grunnmur.web import child_words, forms, pickers
from grunnmur.web.acting import actor_of, once_of, perform
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
    return render(
        request,
        "sight.html",
        {
            "head": found.head,
            "crumbs": [*child_words.crumbs(found.head)],
            "relatives": [_relative(one) for one in found.relatives],
            "protection": found.head.protection is not AddressProtection.NONE,
            "readers": found.readers,
            "refusals": [_refusal(one) for one in found.refusals],
        },
    )


def _relative(one: Relative) -> dict[str, Any]:
    return {
        "identity": one.identity,
        "name": one.name or _("Barnet"),
        "relation": one.relation or _("Barnet selv"),
        "access": one.access.label,
        "sees": _kinds(one.kinds) or _("ingenting"),
        "released": one.released,
        "reason": one.reason,
        "decided_on": one.decided_at,
        "review_on": one.review_on,
    }


def _refusal(one: No) -> dict[str, Any]:
    return {
        "id": one.id,
        "who": one.who,
        "cause": one.cause.label,
        "what": _("Én opplysning") if one.is_one_row else _kinds(one.kinds),
        "reason": one.reason,
        "decided_by": one.decided_by,
        "since": one.since,
        "review_on": one.review_on,
    }


def _kinds(kinds: InformationKind) -> str:
    return ", ".join(str(kind.label) for kind in InformationKind if kinds & kind)


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
    review_on = forms.DateField(
        label=gettext_lazy("Når ser dere på dette igjen?"), help_text=gettext_lazy("Innen ett år.")
    )


def decide_access(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """Decide what one in the family may see from now on."""
    head, shared = head_of(request, child_id, page="decide_access", act="sight.decide_access")
    name, now = queries.get_relative(head, identity)
    return perform(
        request,
        form=DecideForm(
            request.POST or None,
            initial={
                "family_access": "" if now is FamilyAccess.UNKNOWN else now,
                "review_on": head.today + IN_A_YEAR,
            },
        ),
        run=lambda data: acts.decide_access(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            identity=identity,
            family_access=FamilyAccess(data["family_access"]),
            reason=data["reason"],
            review_on=data["review_on"],
        ),
        title=_("Bestem innsyn"),
        lead=_("Gjelder %(name)s. Uten et valg her ser personen ingenting.") % {"name": name or _("barnet selv")},
        button=_("Bestem"),
        done=_("Innsynet er bestemt. Det gjelder fra nå."),
        **shared | {"back": reverse("sight", kwargs={"child_id": child_id})},
    )


class WithholdForm(forms.ActForm):
    cause = forms.choice(
        gettext_lazy("Hvorfor skal det holdes tilbake?"),
        [(one.value, one.label) for one in (RestrictionCause.PARENT_RESTRICTED, RestrictionCause.CHILD_OBJECTS)],
        radio=True,
    )
    kinds = forms.choices(
        gettext_lazy("Hva skal personen ikke se?"),
        _to_choose(WITHHELD),
    )
    reason = forms.long_text(
        gettext_lazy("Begrunnelse"), help_text=gettext_lazy("Personen kan ikke se at noe er holdt tilbake.")
    )
    review_on = forms.DateField(
        label=gettext_lazy("Når ser dere på dette igjen?"), help_text=gettext_lazy("Innen ett år.")
    )


def _chosen(names: list[str]) -> InformationKind:
    kinds = InformationKind(0)
    for name in names:
        kinds |= InformationKind[name.upper()]
    return kinds


def withhold(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """Withhold some kinds of information from one in the family, whatever else opens them."""
    head, shared = head_of(request, child_id, page="withhold_from", act="sight.restrict")
    name, _now = queries.get_relative(head, identity)
    return perform(
        request,
        form=WithholdForm(request.POST or None, initial={"review_on": head.today + IN_A_YEAR}),
        run=lambda data: acts.restrict(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            cause=RestrictionCause(data["cause"]),
            kinds=_chosen(data["kinds"]),
            identity=identity,
            reason=data["reason"],
            review_on=data["review_on"],
        ),
        title=_("Hold noe tilbake"),
        lead=_("Gjelder %(name)s, og går foran alt annet.") % {"name": name or _("barnet selv")},
        button=_("Hold tilbake"),
        done=_("Det holdes tilbake fra nå."),
        **shared | {"back": reverse("sight", kwargs={"child_id": child_id})},
    )


class ConflictForm(forms.ActForm):
    person_id = pickers.IdField(label=gettext_lazy("Hvem er inhabil?"))
    reason = forms.long_text(
        gettext_lazy("Hvorfor?"),
        help_text=gettext_lazy(
            "Forvaltningsloven § 6: nær slekt, vennskap, uvennskap eller annet som kan svekke tilliten."
        ),
    )
    review_on = forms.DateField(
        label=gettext_lazy("Når ser dere på dette igjen?"), help_text=gettext_lazy("Innen ett år.")
    )


def declare_conflict(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Shut a colleague out of everything about the child; the colleague cannot tell that the case is there."""
    head, shared = head_of(request, child_id, page="declare_conflict", act="sight.restrict")
    form = ConflictForm(request.POST or None, initial={"review_on": head.today + IN_A_YEAR})
    field = form.fields["person_id"]
    assert isinstance(field, pickers.IdField)
    field.choices = [("", _("Velg …")), *((str(one.id), one.name) for one in queries.list_colleagues(head))]
    return perform(
        request,
        form=form,
        run=lambda data: acts.restrict(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            person_id=data["person_id"],
            reason=data["reason"],
            review_on=data["review_on"],
        ),
        title=_("Meld en kollega inhabil"),
        lead=_("Kollegaen ser ikke noe om barnet fra nå, og kan ikke merke at saken finnes."),
        button=_("Steng for kollegaen"),
        done=_("Kollegaen ser ikke saken lenger."),
        danger=True,
        **shared | {"back": reverse("sight", kwargs={"child_id": child_id})},
    )


class ServiceForm(forms.ActForm):
    service_id = pickers.IdField(label=gettext_lazy("Hvilken tjeneste?"))
    kinds = forms.choices(
        gettext_lazy("Hva skal tjenesten ikke se?"),
        _to_choose(HEALTH_KINDS | InformationKind.OWN_WORDS),
    )
    reason = forms.long_text(gettext_lazy("Begrunnelse"))
    review_on = forms.DateField(
        label=gettext_lazy("Når ser dere på dette igjen?"), help_text=gettext_lazy("Innen ett år.")
    )


def restrict_service(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Take some kinds of information from a service, whatever the consents open."""
    head, shared = head_of(request, child_id, page="restrict_service", act="sight.restrict")
    form = ServiceForm(request.POST or None, initial={"review_on": head.today + IN_A_YEAR})
    field = form.fields["service_id"]
    assert isinstance(field, pickers.IdField)
    field.choices = [("", _("Velg …")), *((str(key), name) for key, name in queries.list_services(head))]
    return perform(
        request,
        form=form,
        run=lambda data: acts.restrict(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            cause=RestrictionCause.SERVICE_RESTRICTED,
            service_id=data["service_id"],
            kinds=_chosen(data["kinds"]),
            reason=data["reason"],
            review_on=data["review_on"],
        ),
        title=_("Hold noe tilbake fra en tjeneste"),
        lead=_("Går foran samtykket. Tjenesten kan ikke se at noe er holdt tilbake."),
        button=_("Hold tilbake"),
        done=_("Det holdes tilbake fra nå."),
        **shared | {"back": reverse("sight", kwargs={"child_id": child_id})},
    )


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
    form = ReadersForm(request.POST or None, initial={"people": [str(one) for one in queries.list_readers(head)]})
    field = form.fields["people"]
    assert isinstance(field, django_forms.TypedMultipleChoiceField)
    field.choices = [(str(one.id), one.name) for one in queries.list_colleagues(head)]
    return perform(
        request,
        form=form,
        run=lambda data: acts.appoint_readers(
            actor=head.actor, child_id=child_id, once=once_of(request), people=data["people"]
        ),
        title=_("Hvem leser den skjermede adressen?"),
        button=_("Lagre"),
        done=_("Det er bestemt hvem som leser adressen."),
        **shared | {"back": reverse("sight", kwargs={"child_id": child_id})},
    )


class LiftForm(forms.ActForm):
    """Nothing to fill in: one confirms."""


def lift(request: HttpRequest, child_id: UUID, restriction_id: UUID) -> HttpResponse:
    """End one explicit no."""
    head, shared = head_of(request, child_id, page="lift_restriction", act="sight.lift")
    one = queries.get_refusal(head, restriction_id)
    return perform(
        request,
        form=LiftForm(request.POST if request.method == "POST" else None),
        run=lambda _data: acts.lift(
            actor=head.actor, child_id=child_id, once=once_of(request), restriction_id=restriction_id
        ),
        title=_("Gi innsyn tilbake?"),
        lead=_("%(who)s ser igjen det som samtykke og tilgang åpner. Bestemt av %(by)s %(on)s.")
        % {"who": one.who, "by": one.decided_by, "on": dato(one.since)},
        button=_("Gi innsyn tilbake"),
        done=_("Innsynet er gitt tilbake."),
        danger=True,
        **shared | {"back": reverse("sight", kwargs={"child_id": child_id})},
    )
