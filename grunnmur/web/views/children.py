"""The child itself: its page, and the acts that register it and keep what is known of it right."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grunnmur.cases import access, door
from grunnmur.cases.actions import children as acts
from grunnmur.cases.actions import pathways
from grunnmur.cases.queries import child as queries
from grunnmur.cases.queries.child import ChildHead
from grunnmur.cases.terms import AddressProtection, CareBasis, ChildWelfarePosition, RelationKind
from grunnmur.directory.kinds import ServiceKind
from grunnmur.web import child_words, forms
from grunnmur.web.acting import actor_of, once_of, perform, seen_of
from grunnmur.web.jinja import dato


def child(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Who the child is, what child welfare knows, who is around it, and the one thing to do now."""
    return render(request, "child.html", child_words.page(queries.child_page(actor_of(request), child_id)))


def head_of(request: HttpRequest, child_id: UUID, *, page: str, act: str) -> tuple[ChildHead, dict[str, Any]]:
    """The child, and what every form about it shares. Refuses before anything is typed what could not be sent.

    On the way back the door itself says no, and `perform` keeps what was typed.
    """
    head = queries.get_child(actor_of(request), child_id, page=page, act="" if request.method == "POST" else act)
    back = reverse("child", kwargs={"child_id": child_id})
    return head, {"back": back, "context": {"crumbs": child_words.crumbs(head), "head": head}}


# --- registering and changing -------------------------------------------------------------------------------


class RegisterForm(forms.ActForm):
    name = django_forms.CharField(label=gettext_lazy("Barnets navn"), max_length=160)
    born_on = forms.DateField(label=gettext_lazy("Født"))
    journal_number = django_forms.CharField(
        label=gettext_lazy("Journalnummer"),
        max_length=40,
        help_text=gettext_lazy("Nummeret saken har i fagsystemet deres."),
    )
    national_number = django_forms.CharField(
        label=gettext_lazy("Fødselsnummer"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("11 sifre. La feltet stå tomt hvis barnet ikke har fått nummer."),
    )


def register_child(request: HttpRequest) -> HttpResponse:
    """Make the service the owner of a new record of a child."""
    actor = actor_of(request)
    if request.method != "POST":
        access.check_child(actor, None, "children.register")
    back = reverse("not_assessed")

    def respond(made: Any) -> HttpResponse:
        messages.success(request, _("Barnet er registrert. Skriv inn hvem som er rundt barnet, og sak i barnevernet."))
        return redirect("child", child_id=made.pk)

    return perform(
        request,
        form=RegisterForm(request.POST or None),
        run=lambda data: acts.register(
            actor=actor, once=once_of(request), allow_real_ids=settings.ALLOW_REAL_NATIONAL_IDS, **data
        ),
        title=_("Registrer et barn"),
        lead=_("For barn som ikke er lest inn fra fagsystemet. Bare deres tjeneste ser barnet."),
        button=_("Registrer barnet"),
        done="",
        back=back,
        respond=respond,
        context={"crumbs": [(_("Ikke vurdert ennå"), back)]},
    )


class ChildForm(forms.ActForm):
    name = django_forms.CharField(label=gettext_lazy("Barnets navn"), max_length=160)
    born_on = forms.DateField(label=gettext_lazy("Født"))
    national_number = django_forms.CharField(
        label=gettext_lazy("Fødselsnummer"), max_length=20, required=False, help_text=gettext_lazy("11 sifre.")
    )
    language = django_forms.CharField(label=gettext_lazy("Språk hjemme"), max_length=40, required=False)
    needs_interpreter = django_forms.BooleanField(label=gettext_lazy("Barnet trenger tolk"), required=False)
    address_protection = forms.choice(
        gettext_lazy("Er adressen skjermet i folkeregisteret?"), AddressProtection.choices, radio=True
    )
    cannot_form_views_until = forms.DateField(
        label=gettext_lazy("Barnet kan ikke danne seg en mening før"),
        required=False,
        help_text=gettext_lazy(
            "Fyll bare ut når dere har vurdert at barnet er for lite, eller av andre grunner ikke kan si hva det "
            "mener (barnevernsloven § 1-4). Skriv dagen dere vurderer det på nytt."
        ),
    )
    lacks_decision_competence_from = forms.DateField(
        label=gettext_lazy("Mangler beslutningskompetanse fra"),
        required=False,
        help_text=gettext_lazy(
            "Fyll bare ut når helsetjenesten har funnet dette og begrunnet det skriftlig (pasient- og "
            "brukerrettighetsloven § 4-3). Teller fra barnet er 16 år."
        ),
    )
    why = forms.long_text(
        gettext_lazy("Hvorfor endres det?"),
        required=False,
        help_text=gettext_lazy(
            "Skriv dette når navn, fødselsdato eller fødselsnummer var feil. Det som sto, blir tatt vare på."
        ),
    )


def edit_child(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Change what is known of the child itself; two who do it at once do not overwrite each other."""
    head, shared = head_of(request, child_id, page="edit_child", act="children.edit")
    known = head.child
    return perform(
        request,
        form=ChildForm(
            request.POST or None,
            initial={
                "name": known.name,
                "born_on": known.born_on,
                "national_number": known.national_id or "",
                "language": known.language,
                "needs_interpreter": known.needs_interpreter,
                "address_protection": known.address_protection,
                "cannot_form_views_until": known.cannot_form_views_until,
                "lacks_decision_competence_from": known.lacks_decision_competence_from,
            },
        ),
        run=lambda data: acts.edit(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            seen=seen_of(request),
            allow_real_ids=settings.ALLOW_REAL_NATIONAL_IDS,
            **data,
        ),
        title=_("Opplysninger om barnet"),
        button=_("Lagre"),
        done=_("Opplysningene er lagret."),
        version=queries.version(child_id),
        **shared,
    )


# --- those around -------------------------------------------------------------------------------------------


class PersonForm(forms.ActForm):
    name = django_forms.CharField(label=gettext_lazy("Navn"), max_length=160)
    relation = forms.choice(gettext_lazy("Hvem er dette for barnet?"), RelationKind.choices)
    has_parental_responsibility = django_forms.BooleanField(
        label=gettext_lazy("Har foreldreansvar"),
        required=False,
        help_text=gettext_lazy("Avgjør hvem som samtykker. Det er ikke det samme som hvor barnet bor."),
    )
    has_daily_care = django_forms.BooleanField(label=gettext_lazy("Har daglig omsorg"), required=False)
    basis = django_forms.CharField(
        label=gettext_lazy("Hva bygger dette på?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For eksempel folkeregisteret, en avtale eller en dom."),
    )
    phone = django_forms.CharField(label=gettext_lazy("Telefon"), max_length=20, required=False)
    language = django_forms.CharField(label=gettext_lazy("Språk"), max_length=40, required=False)
    needs_interpreter = django_forms.BooleanField(label=gettext_lazy("Trenger tolk"), required=False)
    contact_limits = forms.long_text(
        gettext_lazy("Grenser for kontakt eller opplysninger"),
        required=False,
        help_text=gettext_lazy(
            "Skriv hva som er bestemt, og hvem som bestemte det. Alle som er med, må kjenne til det."
        ),
    )
    from_on = forms.DateField(label=gettext_lazy("Gjelder fra"))
    until_on = forms.DateField(
        label=gettext_lazy("Gjelder ikke lenger fra"),
        required=False,
        help_text=gettext_lazy("La feltet stå tomt så lenge det gjelder."),
    )


class ChangePersonForm(PersonForm):
    """A change from a day on, or a correction of what was wrong all along."""

    changed_on = forms.DateField(
        label=gettext_lazy("Når ble det slik?"),
        required=False,
        help_text=gettext_lazy("Fyll ut når noe har endret seg. Det som gjaldt før den dagen, blir stående."),
    )
    why = forms.long_text(
        gettext_lazy("Hvorfor var det som sto, feil?"),
        required=False,
        help_text=gettext_lazy("Fyll ut når noe ble skrevet feil. Da regnes det nye som om det alltid har vært slik."),
    )


def _with_relation(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "relation": RelationKind(data["relation"])}


def add_person(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Write in someone around the child."""
    head, shared = head_of(request, child_id, page="add_person", act="children.add_person")
    return perform(
        request,
        form=PersonForm(request.POST or None),
        run=lambda data: acts.add_person(
            actor=head.actor, child_id=child_id, once=once_of(request), **_with_relation(data)
        ),
        title=_("En person rundt barnet"),
        button=_("Lagre personen"),
        done=_("Personen er lagret."),
        **shared,
    )


def edit_person(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """Write a new version of what is known of someone around the child; the one before is kept.

    The form says which version it was made from. When somebody has written a newer one, that is shown, and only
    sending again puts this on top of it.
    """
    head, shared = head_of(request, child_id, page="edit_person", act="children.add_person")
    person = queries.get_person(head, identity)
    seen = _seen_row(request) or person.row_id
    shared["context"] |= {
        "replaces": person.row_id,
        "newer": child_words.person_pairs(person) if seen != person.row_id else (),
    }
    return perform(
        request,
        form=ChangePersonForm(
            request.POST or None,
            initial={name: getattr(person, name) for name in PersonForm.base_fields},
        ),
        run=lambda data: acts.add_person(
            actor=head.actor, child_id=child_id, once=once_of(request), replaces_id=seen, **_with_relation(data)
        ),
        title=_("Endre opplysninger om en person"),
        lead=_("Det som sto før, blir tatt vare på."),
        button=_("Lagre endringen"),
        done=_("Endringen er lagret."),
        template="person.html",
        **shared,
    )


def _seen_row(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("replaces", ""))
    except ValueError:
        return None


# --- where the child lives, and its position ----------------------------------------------------------------


AT_HOME = "home"
"""The choice of no other place than with parents."""


class PlaceForm(forms.ActForm):
    service_id = forms.choice(
        gettext_lazy("Hvor bor barnet?"), (), help_text=gettext_lazy("Bare fosterhjem i kommunen er med i listen.")
    )
    basis = forms.choice(gettext_lazy("På hvilket grunnlag bor barnet der?"), CareBasis.choices, radio=True)
    from_on = forms.DateField(label=gettext_lazy("Fra"), help_text=gettext_lazy("Stedet før slutter denne dagen."))
    until_on = forms.DateField(
        label=gettext_lazy("Bor der ikke lenger fra"),
        required=False,
        help_text=gettext_lazy("La feltet stå tomt så lenge barnet bor der."),
    )

    def set_homes(self, homes: tuple[queries.Home, ...]) -> None:
        """The homes to choose among, in two groups; a closed one says so."""
        groups = []
        for kind, heading in (
            (ServiceKind.INSTITUTION, _("Institusjoner")),
            (ServiceKind.FOSTER_HOME, _("Fosterhjem")),
        ):
            found = [(str(home.id), _home_label(home)) for home in homes if home.kind is kind]
            if found:
                groups.append((heading, found))
        field = self.fields["service_id"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [("", _("Velg …")), (AT_HOME, _("Hjemme hos foreldre")), *groups]


def _home_label(home: queries.Home) -> str:
    if home.closed_on is None:
        return home.name
    return _("%(name)s (lagt ned %(on)s)") % {"name": home.name, "on": dato(home.closed_on)}


def place_child(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Say where the child lives from a day on, and on what ground."""
    head, shared = head_of(request, child_id, page="place_child", act="children.place")
    form = PlaceForm(request.POST or None)
    form.set_homes(queries.list_homes(head))
    return perform(
        request,
        form=form,
        run=lambda data: acts.place(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            basis=CareBasis(data["basis"]),
            service_id=None if data["service_id"] == AT_HOME else UUID(data["service_id"]),
            from_on=data["from_on"],
            until_on=data["until_on"],
        ),
        title=_("Hvor barnet bor"),
        lead=_("Grunnlaget avgjør hvem som samtykker. Stedet barnet bor, får se hvem barnet er, men ikke forløpet."),
        button=_("Lagre"),
        done=_("Det er lagret hvor barnet bor."),
        **shared,
    )


class StatusForm(forms.ActForm):
    position = forms.choice(gettext_lazy("Hva er barnets sak nå?"), ChildWelfarePosition.choices, radio=True)
    from_on = forms.DateField(label=gettext_lazy("Fra"))


def set_status(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Say by hand what position the child has in child welfare."""
    head, shared = head_of(request, child_id, page="set_status", act="children.set_status")
    return perform(
        request,
        form=StatusForm(request.POST or None, initial={"from_on": head.today}),
        run=lambda data: acts.set_status(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            position=ChildWelfarePosition(data["position"]),
            from_on=data["from_on"],
        ),
        title=_("Barnets sak i barnevernet"),
        lead=_(
            "Avgjør om barnet er i målgruppen for forløpet. Leser dere inn filer fra fagsystemet, kommer dette derfra."
        ),
        button=_("Lagre"),
        done=_("Barnets sak er oppdatert."),
        **shared,
    )


# --- the one main act ---------------------------------------------------------------------------------------


@require_POST
def open_pathway(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Begin to assess whether the child shall have the pathway, and go to it."""
    if request.POST.get("_restored"):
        # Comes from the page after a new log-in: nothing is done before the button is pressed again.
        return redirect("child", child_id=child_id)
    try:
        with transaction.atomic():
            made = pathways.open_pathway(actor=actor_of(request), child_id=child_id, once=once_of(request))
    except door.Invalid as invalid:
        for problem in invalid.problems.values():
            messages.warning(request, str(problem))
        return redirect("child", child_id=child_id)
    messages.success(request, _("Vurderingen er begynt, og du er kontaktperson."))
    return redirect("pathway", pathway_id=made.pk)
