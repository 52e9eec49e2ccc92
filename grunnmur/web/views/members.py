"""Who works in the service: its administrator invites and ends, and whoever is invited joins."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import handovers
from grunnmur.directory import limits, passwords
from grunnmur.directory import members as directory
from grunnmur.directory.kinds import Role, roles_in
from grunnmur.directory.providers import providers
from grunnmur.directory.sessions import Actor
from grunnmur.web import guessing, proving, tampered
from grunnmur.web.acting import actor_of
from grunnmur.web.forms import ActForm, DateField, choice
from grunnmur.web.views import errors, log_in, session
from grunnmur.web.views.fresh import fresh
from grunnmur.web.views.my_log_in import NewPasswordForm, id_of
from grunnmur.web.views.session import public


def _check() -> None:
    """Raises Refused for those who do not administer the service."""
    if not directory.is_administrator():
        raise Refused("not_administrator", _("Bare den som administrerer tjenesten, kan se og endre hvem som er med."))


def _has_cases(actor: Actor) -> bool:
    """Whether those in the actor's service are contact persons: somebody must have the cases of one who goes."""
    return actor.role.is_child_welfare


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """Who works here, and which invitations nobody has used."""
    _check()
    actor = actor_of(request)
    session.log(actor, "members")
    given = {
        "members": directory.list_members(actor, on=clock.today()),
        "waiting": directory.list_waiting(actor, at=clock.now()),
        "has_cases": _has_cases(actor),
    }
    return render(request, "members.html", given)


class InviteForm(ActForm):
    name = forms.CharField(label=gettext_lazy("Navn"), max_length=120)
    ends_on = DateField(
        label=gettext_lazy("Første dag uten tilgang"),
        required=False,
        help_text=gettext_lazy("For vikarer og andre som er her en periode."),
    )
    is_administrator = forms.BooleanField(
        label=gettext_lazy("Skal kunne invitere andre og avslutte tilganger"), required=False
    )

    def __init__(self, *args: Any, roles: tuple[Role, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = choice(gettext_lazy("Rolle"), [(role.value, role.label) for role in roles], radio=True)
        self.order_fields(["name", "role", "ends_on", "is_administrator"])
        self.say_plainly()

    def clean_ends_on(self) -> date | None:
        day: date | None = self.cleaned_data["ends_on"]
        if day is not None and day <= clock.today():
            raise forms.ValidationError(_("Velg en dag som ikke har vært."))
        return day


@fresh
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the code is shown once, to be handed over."""
    _check()
    actor = actor_of(request)
    form = InviteForm(request.POST or None, roles=roles_in(actor.service_kind))
    if request.method == "POST" and not request.POST.get("_restored") and form.is_valid():
        typed = form.cleaned_data
        made = directory.invite(**{**typed, "role": Role(typed["role"])})
        session.log(actor, "invite", about=made.id)
        return render(
            request, "invited.html", {"code": made.code, "name": typed["name"], "days": directory.CODE_LASTS.days}
        )
    if form.is_bound and not request.POST.get("_restored"):
        tampered.note(request, form)
    return render(
        request,
        "act.html",
        {
            "title": _("Inviter til tjenesten"),
            "lead": _("Du får en kode som du gir til den du inviterer. Den virker én gang."),
            "form": form,
            "fields": form.fields_for_page(),
            "faults": [],
            "conflict": "",
            "button": _("Lag invitasjon"),
            "back": "/medlemmer/",
            "version": None,
            "danger": False,
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@require_POST
@fresh
def end_membership(request: HttpRequest) -> HttpResponse:
    """End somebody's membership now, and everything it is logged in to."""
    _check()
    actor, membership = actor_of(request), id_of(request, "membership")
    leaver = next((one for one in directory.list_members(actor, on=clock.today()) if one.id == membership), None)
    if not directory.end_membership(membership):
        raise Http404
    session.log(actor, "end_membership", about=membership)
    messages.success(request, _("Tilgangen er avsluttet, og personen er logget ut."))
    taken = handovers.take_over_from(actor=actor, person_id=leaver.person_id) if leaver and _has_cases(actor) else 0
    if taken:
        said = ngettext(
            "Du er nå kontaktperson for %(n)s sak. Finn en ny kontaktperson når du vet hvem det skal være.",
            "Du er nå kontaktperson for %(n)s saker. Finn nye kontaktpersoner når du vet hvem det skal være.",
            taken,
        )
        messages.info(request, said % {"n": taken})
    return redirect("members")


@require_POST
@fresh
def log_out(request: HttpRequest) -> HttpResponse:
    """Log somebody in the service out everywhere, as when a telephone or a machine is lost."""
    _check()
    membership = id_of(request, "membership")
    if not directory.log_out(membership):
        raise Http404
    session.log(actor_of(request), "log_out_member", about=membership)
    messages.success(request, _("Personen er logget ut overalt, og kan logge inn igjen."))
    return redirect("members")


@require_POST
@fresh
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take an invitation back that nobody has used."""
    _check()
    invitation = id_of(request, "invitation")
    if not directory.withdraw(invitation):
        raise Http404
    session.log(actor_of(request), "withdraw_invitation", about=invitation)
    messages.success(request, _("Invitasjonen virker ikke lenger."))
    return redirect("members")


# --- joining ---------------------------------------------------------------------------------------------------


class CodeForm(ActForm):
    code = forms.CharField(
        label=gettext_lazy("Koden du har fått"),
        max_length=80,
        help_text=gettext_lazy("Sju grupper med fire tegn."),
    )


class AccountForm(NewPasswordForm):
    username = forms.CharField(
        label=gettext_lazy("Brukernavn"), max_length=120, help_text=gettext_lazy("For eksempel e-postadressen på jobb.")
    )
    field_order = ("username", "password", "again")


@public
def join(request: HttpRequest) -> HttpResponse:
    """Type the code; see what it invites to; join as who one is, or with a new user name and password."""
    code = request.POST.get("code", "")
    form = CodeForm(request.POST if request.method == "POST" else None)
    try:
        place = guessing.find_place(request, code) if code else None
    except limits.TooOften as reached:
        form.add_error("code", reached.sentence)
        return errors.wait(_join_page(request, form, code=""), reached)
    if place is None:
        if form.is_bound and form.is_valid():
            form.add_error(
                "code", _("Koden gjelder ikke. Den kan være brukt, trukket tilbake eller for gammel. Be om ny.")
            )
        return _join_page(request, form, code="", status=422 if form.is_bound else 200)
    request.session["join_code"] = code  # for the one who goes on with a provider
    account = AccountForm(request.POST if "again" in request.POST else None)
    account.owner = passwords.Names(username="", name=place.name)
    try:
        if "as_me" in request.POST and request.actor is not None:  # type: ignore[attr-defined]
            if directory.join(code) is not None:
                session.log(actor_of(request), "join")
                messages.success(request, _("Du er med i %(service)s.") % {"service": place.service_name})
                return redirect("my_log_in")
        elif account.is_bound and account.is_valid():
            typed = account.cleaned_data
            person = directory.join_with_password(code, username=typed["username"], password=typed["password"])
            if person is not None:
                question = proving.ask(request, person_id=person, username=typed["username"])
                return log_in.ask(request, question, next_page="", kept="")
    except directory.Taken as taken:
        if taken.field == "username":
            account.add_error("username", _("Brukernavnet er i bruk. Velg et annet."))
        else:
            messages.error(request, _("Du har denne rollen i tjenesten alt."))
            return redirect("my_log_in")
    except passwords.Busy:
        account.add_error("password", _("Mange logger inn akkurat nå. Vent noen sekunder, og prøv igjen."))
    status = 422 if account.is_bound and account.errors else 200
    return _join_page(request, account, code=code, place=place, status=status)


def _join_page(
    request: HttpRequest, form: ActForm, *, code: str, place: directory.Place | None = None, status: int = 200
) -> HttpResponse:
    given = {"fields": form.fields_for_page(), "code": code, "place": place, "providers": providers().values()}
    return render(request, "join.html", given, status=status)
