"""One's own log-in: for whom one acts, where one is logged in, and what one proves with who one is."""

from dataclasses import replace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from grunnmur.directory import factors, members, passwords, responsible, sessions
from grunnmur.directory.kinds import FactorKind
from grunnmur.web import guessing, proving
from grunnmur.web.acting import actor_of
from grunnmur.web.forms import ActForm
from grunnmur.web.views import session
from grunnmur.web.views.fresh import fresh


@require_GET
def my_log_in(request: HttpRequest) -> HttpResponse:
    """For whom one acts and can act, and every place where one is logged in."""
    actor = actor_of(request)
    others = [one for one in sessions.list_memberships(actor.person_id) if one.id != actor.membership_id]
    found = factors.list_factors(actor.person_id)
    return render(
        request,
        "my_log_in.html",
        {
            "others": others,
            "sessions": sessions.list_mine(),
            "factors": [one for one in found if one.kind is not FactorKind.RECOVERY],
            "is_administrator": members.is_administrator(),
            "may_propose": responsible.may_propose(actor),
            "has_password": sessions.get_username(actor.person_id) is not None,
            "codes_left": sum(one.kind is FactorKind.RECOVERY for one in found),
        },
    )


def id_of(request: HttpRequest, name: str) -> UUID:
    """The id that a form carries. Raises Http404."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as fault:
        raise Http404 from fault


@require_POST
def switch_service(request: HttpRequest) -> HttpResponse:
    """Act for another of one's services from here on; the session before is over."""
    token = sessions.switch(id_of(request, "membership"))
    if token is None:
        raise Http404
    request.session.cycle_key()
    request.session["token"] = token
    actor = sessions.enter(token)
    assert actor is not None
    session.log(actor, "switch_service")
    messages.success(request, _("Nå handler du for %(service)s.") % {"service": actor.service_name})
    return redirect("work")


@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Log out somewhere else, as from a machine that one forgot."""
    if not sessions.end_mine(id_of(request, "session")):
        raise Http404
    session.log(actor_of(request), "end_session")
    messages.success(request, _("Du er logget ut der."))
    return redirect("my_log_in")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere but here, as when somebody may have got hold of what one logs in with."""
    sessions.end_my_others()
    session.log(actor_of(request), "end_other_sessions")
    messages.success(request, _("Du er logget ut alle andre steder."))
    return redirect("my_log_in")


def _changed(request: HttpRequest, sentence: str) -> HttpResponse:
    """Back, when what one proves with has changed; whoever is logged in elsewhere is told how to end that."""
    if len(sessions.list_mine()) > 1:
        sentence += " " + _("Du er logget inn andre steder også. Er det noe du ikke kjenner igjen, logg ut der.")
    messages.success(request, sentence)
    return redirect("my_log_in")


class NewPasswordForm(ActForm):
    """A new password, typed twice. `owner` says what it must not be made of."""

    password = forms.CharField(
        label=gettext_lazy("Passord"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Minst 15 tegn. Noen ord etter hverandre er lettest å huske."),
    )
    again = forms.CharField(
        label=gettext_lazy("Passordet en gang til"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    owner: passwords.Names

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        names = replace(self.owner, username=self.cleaned_data.get("username", self.owner.username))
        faults = passwords.weaknesses(password, names=names)
        if faults:
            raise forms.ValidationError(faults)
        return password

    def clean(self) -> None:
        given = self.cleaned_data
        if "password" in given and given.get("again") and given["again"] != given["password"]:
            self.add_error("again", _("De to er ikke like. Skriv det samme to ganger."))


class ChangePasswordForm(NewPasswordForm):
    """The same, with the password that it takes the place of: whoever sits at a page left open does not know it."""

    current = forms.CharField(
        label=gettext_lazy("Passordet du har nå"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password", "again")


@fresh
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password; one is logged out everywhere else, in case somebody knew the one before."""
    actor = actor_of(request)
    username = sessions.get_username(actor.person_id)
    if username is None:
        raise Http404
    is_sent = request.method == "POST" and not request.POST.get("_restored")
    form = ChangePasswordForm(request.POST if is_sent else None)
    form.owner = passwords.Names(username=username, name=actor.person_name)
    if form.is_bound and form.is_valid():
        try:
            is_right = guessing.check_log_in(request, username=username, password=form.cleaned_data["current"])
            if is_right:
                sessions.change_password(actor.person_id, form.cleaned_data["password"])
        except passwords.Busy:
            form.add_error("password", _("Mange logger inn akkurat nå. Vent noen sekunder, og prøv igjen."))
        else:
            if is_right:
                session.log(actor, "change_password")
                messages.success(request, _("Passordet er byttet. Du er logget ut alle andre steder."))
                return redirect("my_log_in")
            session.log(actor, "change_password", is_allowed=False, reason="password")
            form.add_error("current", _("Det er ikke passordet du har nå."))
    return render(
        request,
        "act.html",
        {
            "title": _("Bytt passord"),
            "lead": _("Du blir logget ut alle andre steder."),
            "form": form,
            "fields": form.fields_for_page(),
            "faults": [],
            "conflict": "",
            "button": _("Bytt passord"),
            "back": reverse("my_log_in"),
            "version": None,
            "danger": False,
        },
        status=422 if form.errors else 200,
    )


@fresh
def add_factor(request: HttpRequest) -> HttpResponse:
    """Take another app or passkey in use."""
    actor = actor_of(request)
    question, fault = proving.asked(request), ""
    if request.method == "POST" and question and question.person_id == actor.person_id:
        if proving.add(request, question):
            del request.session["question"]
            session.log(actor, "add_factor")
            return _changed(request, _("Du kan bruke den fra nå av."))
        fault = _("Det stemte ikke. Se at koden i appen er for Grunnmur, og skriv den som står der nå.")
    else:
        question = proving.ask(request, person_id=actor.person_id, username=actor.person_name)
    context = {**proving.adding_context(request, question), "fault": fault}
    return render(request, "add_factor.html", context, status=422 if fault else 200)


@require_POST
@fresh
def end_factor(request: HttpRequest) -> HttpResponse:
    """No longer prove with an app or a passkey, as when it is lost; never the last that one has."""
    actor, wanted = actor_of(request), id_of(request, "factor")
    others = [one for one in factors.list_factors(actor.person_id) if one.id != wanted]
    if not factors.has_any(others):
        messages.error(request, _("Du må ha minst én. Legg til en ny før du fjerner denne."))
        return redirect("my_log_in")
    if not factors.end(actor.person_id, factor_id=wanted):
        raise Http404
    session.log(actor, "end_factor")
    return _changed(request, _("Den kan ikke brukes lenger."))


@require_POST
@fresh
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; those before are over."""
    actor = actor_of(request)
    codes = factors.new_recovery_codes(actor.person_id)
    session.log(actor, "new_codes")
    return render(request, "recovery_codes.html", {"codes": codes, "next_url": "my_log_in", "proof": ""})
