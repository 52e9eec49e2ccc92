"""Coming in and going out: with an eID, with a device and its PIN, fast out, and what was typed when time ran out.

The device keeps a secret in a cookie of its own, which only these addresses are sent; what it opens is asked of the
database with the PIN. Nothing that is shown before one is in tells whose pages they are, or what they are about.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grunnmur import clock
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import family_log_ins
from grunnmur.cases.actions.family_log_ins import Way
from grunnmur.cases.queries.consents import first_name
from grunnmur.directory import limits, openid, passwords, sessions
from grunnmur.directory.limits import Limit
from grunnmur.directory.providers import Provider, providers
from grunnmur.family.shown import NEUTRAL, page
from grunnmur.log import record
from grunnmur.web import guessing
from grunnmur.web.fields import Text, field_of
from grunnmur.web.views import session
from grunnmur.web.views.session import public

DEVICE_LASTS = timedelta(days=180)
"""How long a device that is not used is remembered; our own choice."""
PATIENCE = timedelta(minutes=10)
"""How long somebody may take at the provider."""
NOT_OPEN = gettext_lazy("Vi finner ingen side for deg nå. Snakk med den som ga deg adressen.")
SENTENCES = {
    "state": gettext_lazy("Innloggingen ble avbrutt eller tok for lang tid. Prøv igjen."),
    "acr": gettext_lazy("Du må logge inn på et høyere sikkerhetsnivå."),
    "provider_unreachable": gettext_lazy("Vi får ikke kontakt med innloggingstjenesten. Prøv igjen om litt."),
}


def _pin(label: Text, **more: Any) -> forms.CharField:
    digits = forms.PasswordInput(attrs={"inputmode": "numeric"})
    return forms.CharField(label=label, max_length=20, widget=digits, **more)


class PinForm(forms.Form):
    pin = _pin(gettext_lazy("PIN"))


class ActivateForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Koden du har fått"), max_length=40, help_text=gettext_lazy("Fire grupper med fire tegn.")
    )
    pin = _pin(gettext_lazy("Velg en PIN"), help_text=gettext_lazy("Seks tall som bare du vet."))
    again = _pin(gettext_lazy("PIN en gang til"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("pin") and (fault := family_log_ins.weak_pin(data["pin"])):
            self.add_error("pin", str(fault))
        elif data.get("pin") != data.get("again"):
            self.add_error("again", _("De to er ikke like. Skriv PIN-en en gang til."))
        return data


def _vouching() -> list[Provider]:
    return [one for one in providers().values() if one.national_id_claim]


def _device(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def _front(
    request: HttpRequest, *, form: PinForm | None = None, fault: object = "", kept: str = "", status: int = 200
) -> HttpResponse:
    """How one comes in. A device that is known asks for its PIN first."""
    form = form or PinForm()
    given = {
        "providers": _vouching(),
        "has_device": bool(_device(request)),
        "fields": [field_of(form["pin"])],
        "fault": fault,
        "kept": kept,
    }
    return page(request, "come_in.html", given, status=status)


@public
@require_http_methods(["GET", "POST"])
def come_in(request: HttpRequest) -> HttpResponse:
    """The front page, and the PIN of a device. In the demo one can say who one is instead."""
    kept = request.POST.get("kept", "")
    relative = getattr(request, "relative", None)
    if request.method != "POST":
        return redirect("my_page") if relative else _front(request)
    if settings.DEMO_LOGIN and "number" in request.POST:
        return arrived(request, request.POST["number"].replace(" ", ""), kept=kept)
    if "pin" not in request.POST:
        if relative is None:
            return _front(request, kept=kept, status=401)
        return session.restore(request, kept, person=relative.self_id) or redirect("my_page")
    form = PinForm(request.POST)
    if not form.is_valid():
        return _front(request, form=form, kept=kept, status=422)
    try:
        log_in = family_log_ins.check_device(_device(request), pin=form.cleaned_data["pin"])
    except family_log_ins.TooManyTries:
        _refused("too_many_tries")
        return _front(request, kept=kept, fault=_("Du har skrevet feil fem ganger. Vent et kvarter."), status=429)
    except family_log_ins.NeedsNewCode:
        _refused("needs_new_code")
        return _front(
            request, kept=kept, fault=_("Det er skrevet feil PIN mange ganger. Be om en ny kode."), status=429
        )
    except passwords.Busy:
        return _front(request, kept=kept, fault=_("Mange logger inn akkurat nå. Vent litt, og prøv igjen."), status=503)
    if log_in is None:
        _refused("pin")
        form.add_error("pin", _("PIN-en er feil, eller siden er ikke åpen for deg nå."))
        return _front(request, form=form, kept=kept, status=422)
    return _in(request, log_in, kept=kept)


@public
@require_GET
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Out to a provider of eID."""
    provider = next((one for one in _vouching() if one.key == key), None)
    if provider is None:
        raise Http404
    try:
        where, attempt = openid.begin(provider, back=_back(request), max_age=0, at=clock.now())
    except openid.NotVouchedFor as fault:
        return _not_vouched(request, fault.code)
    request.session["family_attempt"] = {**attempt.as_dict(), "at": clock.now().timestamp()}
    return redirect(where)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("come_in_back"))


@public
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with what the browser was given there."""
    kept: dict[str, Any] | None = request.session.pop("family_attempt", None)
    if kept is None or not 0 <= clock.now().timestamp() - kept.pop("at") < PATIENCE.total_seconds():
        return _not_vouched(request, "state")
    provider = providers().get(kept["provider"])
    if provider is None:
        raise Http404
    try:
        vouched = openid.finish(
            provider, openid.Attempt(**kept), request.GET.dict(), back=_back(request), at=clock.now()
        )
    except openid.NotVouchedFor as fault:
        return _not_vouched(request, fault.code)
    return arrived(request, vouched.national_id)


def _not_vouched(request: HttpRequest, code: str) -> HttpResponse:
    _refused(f"openid_{code}")
    sentence = SENTENCES.get(code) or _("Innloggingen ble ikke godkjent. Prøv igjen.")
    return _front(request, fault=sentence, status=403)


def arrived(request: HttpRequest, number: str, *, kept: str = "") -> HttpResponse:
    """In, for the one whom an eID vouched for; who has several children chooses whose pages first."""
    ways = family_log_ins.list_ways(number) if number else []
    if not ways:
        _refused("not_open")
        return _front(request, kept=kept, fault=NOT_OPEN, status=403)
    if len(ways) == 1:
        return _in(request, ways[0].log_in_id, kept=kept)
    return _choose(request, ways, kept=kept)


def _choose(request: HttpRequest, ways: list[Way], *, kept: str) -> HttpResponse:
    sealed = signing.dumps([str(one.log_in_id) for one in ways], salt="ways")
    choices = [(one.log_in_id, name) for one, name in zip(ways, names_of(ways), strict=True)]
    return page(request, "choose.html", {"choices": choices, "sealed": sealed, "kept": kept})


def names_of(ways: Sequence[Way]) -> list[str]:
    """What the pages that one can open are called: by the child's first name, by its whole name where two share the
    first, and with a number where that is the same too, or no name is known or given.
    """
    first = [_called(one, first_name(one.child_name)) for one in ways]
    names = [
        _called(one, one.child_name) if first.count(name) > 1 else name for one, name in zip(ways, first, strict=True)
    ]
    return [
        f"{name} {names[: place + 1].count(name)}" if names.count(name) > 1 else name
        for place, name in enumerate(names)
    ]


def _called(way: Way, name: str) -> str:
    if way.is_child:
        return _("Min egen")
    return _("Om %(name)s") % {"name": name} if way.child_name else _("Uten navn")


@public
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Whose pages, of those that one has just proved are one's own."""
    try:
        ways = signing.loads(request.POST.get("sealed", ""), salt="ways", max_age=300)
    except signing.BadSignature:
        return redirect("come_in")
    wanted = request.POST.get("log_in", "")
    if wanted not in ways:
        raise Http404
    return _in(request, UUID(wanted), kept=request.POST.get("kept", ""))


def _in(request: HttpRequest, log_in: UUID, *, kept: str) -> HttpResponse:
    token = family_log_ins.open_session(log_in)
    relative = sessions.enter_family(token) if token else None
    if relative is None:
        _refused("not_open")
        return _front(request, kept=kept, fault=NOT_OPEN, status=403)
    sessions.end(request.session.get("family", ""))
    request.session["family"] = token
    request.session["family_person"] = str(relative.self_id)
    request.relative = relative  # type: ignore[attr-defined]
    return session.restore(request, kept, person=relative.self_id) or redirect("my_page")


def _refused(reason: str) -> None:
    """A row in the log for each that did not get in; nobody is known before they are."""
    record.look("come_in", at=clock.now(), person_id=None, service_id=None, role="", allowed=False, reason=reason)


@public
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Take this device in use with the code that was handed over."""
    form = ActivateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        holder = guessing.address_of(request)
        limits.look(Limit.JOIN_ADDRESS, holder)
        try:
            found = family_log_ins.activate(form.cleaned_data["code"], pin=form.cleaned_data["pin"])
        except passwords.Busy:
            form.add_error(None, _("Mange logger inn akkurat nå. Vent litt, og prøv igjen."))
        else:
            if found is not None:
                log_in, secret = found
                answer = _in(request, log_in, kept="")
                answer.set_cookie(
                    settings.DEVICE_COOKIE_NAME,
                    secret,
                    max_age=int(DEVICE_LASTS.total_seconds()),
                    path=reverse("my_page"),
                    secure=settings.SESSION_COOKIE_SECURE,
                    httponly=True,
                    samesite="Strict",
                )
                return answer
            _refused("code")
            limits.take(Limit.JOIN_ADDRESS, holder)
            given_for = {"n": access_rules().numbers["family_code_days"]}
            form.add_error(
                "code", _("Koden virker ikke. Den gjelder én gang og i %(n)s dager. Be om en ny.") % given_for
            )
    given = {"fields": [field_of(form[name]) for name in form.fields], "faults": form.non_field_errors()}
    return page(request, "activate.html", given, status=422 if form.errors else 200)


@public
@require_GET
def leave_fast(request: HttpRequest) -> HttpResponse:
    """Out at once, to a page that anybody may have been on. It works by a plain link, so that nothing can stop it."""
    return _left(request, redirect(NEUTRAL))


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out."""
    return _left(request, redirect("come_in"))


def _left(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    sessions.end(request.session.get("family", ""))
    for name in ("family", "family_person", "family_attempt", "notice"):
        request.session.pop(name, None)
    request.relative = None  # type: ignore[attr-defined]
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@public
def ask_again(request: HttpRequest) -> HttpResponse:
    """For one whose time ran out. What was typed is kept for the same person."""
    if request.method == "GET":
        return redirect("come_in")
    return _front(request, kept=session.keep(request, whose="family_person"), status=401)
