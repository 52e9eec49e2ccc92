"""Logging in with a password and a second factor; whoever has none yet takes one in use first."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grunnmur import clock
from grunnmur.directory import factors, limits, passwords, sessions
from grunnmur.directory.kinds import FactorKind
from grunnmur.log import record
from grunnmur.web import guessing, proving
from grunnmur.web.views import errors, session
from grunnmur.web.views.session import public


@public
def log_in(request: HttpRequest) -> HttpResponse:
    """User name and password; then the second factor."""
    next_page = request.POST.get("neste") or request.GET.get("neste", "")
    kept = request.POST.get("kept", "")
    actor = getattr(request, "actor", None)
    if actor is not None:
        # Logged in again in another tab, as with a provider, and back for what was typed in this one.
        return session.restore(request, kept, person=actor.person_id) or redirect("work")
    if request.method != "POST":
        return session.log_in_page(request, session.LogInForm(), next_page=next_page)
    form = session.LogInForm(request.POST)
    fault, status = "", 422
    if form.is_valid():
        try:
            person = guessing.check_log_in(request, **form.cleaned_data)
        except limits.TooOften as reached:
            _refuse(str(reached.limit))
            answer = session.log_in_page(request, form, kept=kept, next_page=next_page, fault=reached.sentence)
            return errors.wait(answer, reached)
        except passwords.Busy:
            fault, status = _("Mange logger inn akkurat nå. Vent noen sekunder, og prøv igjen."), 503
        else:
            if person is not None:
                question = proving.ask(request, person_id=person, username=form.cleaned_data["username"])
                answer = ask(request, question, next_page=next_page, kept=kept)
                return guessing.remember(request, answer, username=form.cleaned_data["username"])
            _refuse("password")
            fault = _("Brukernavnet eller passordet er feil. Prøv igjen.")
    return session.log_in_page(request, form, kept=kept, next_page=next_page, fault=fault, status=status)


def _refuse(reason: str) -> None:
    """A row in the log for each that did not get in; nobody is known before they are."""
    record.look("log_in", at=clock.now(), person_id=None, service_id=None, role="", allowed=False, reason=reason)


def ask(
    request: HttpRequest,
    question: proving.Question,
    *,
    next_page: str,
    kept: str,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    """Ask for one of the factors that the person has, or help them to their first."""
    carried = {"next_page": next_page, "kept": kept, "fault": fault}
    if factors.has_any(factors.list_factors(question.person_id)):
        context, template = proving.proving_context(request, question), "prove.html"
    else:
        context, template = proving.adding_context(request, question), "first_factor.html"
    return render(request, template, {**context, **carried}, status=status)


@public
@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """The second factor, and in."""
    question = proving.asked(request)
    if question is None:
        return _too_late(request)
    next_page, kept = request.POST.get("neste", ""), request.POST.get("kept", "")
    try:
        used = proving.prove(request, question)
    except factors.TooManyTries:
        _refuse("too_many_tries")
        return ask(request, question, next_page=next_page, kept=kept, fault=str(proving.WAIT), status=429)
    if used is None:
        _refuse("factor")
        fault = _("Det stemte ikke. En kode gjelder i et halvt minutt og kan brukes én gang. Prøv med en ny kode.")
        return ask(request, question, next_page=next_page, kept=kept, fault=fault, status=422)
    if used is FactorKind.RECOVERY:
        return _recover(request, question, next_page=next_page, kept=kept)
    is_strong = factors.is_strongest(used, factors.list_factors(question.person_id))
    return session.enter(request, question.person_id, is_strong=is_strong, next_page=next_page, kept=kept)


def _recover(request: HttpRequest, question: proving.Question, *, next_page: str, kept: str) -> HttpResponse:
    """Whoever uses a recovery code has lost what they had: it is over, with every session, and they take a new one."""
    for kind in FactorKind:
        factors.end(question.person_id, kind=kind)
    sessions.end_all(question.person_id)
    _refuse("recovery")
    question = proving.ask(request, person_id=question.person_id, username=question.username)
    return ask(request, question, next_page=next_page, kept=kept)


@public
@require_POST
def first_factor(request: HttpRequest) -> HttpResponse:
    """Take the first app or passkey in use, and get the recovery codes; the next page is the way in."""
    question = proving.asked(request)
    if question is None:
        return _too_late(request)
    next_page, kept = request.POST.get("neste", ""), request.POST.get("kept", "")
    if factors.has_any(factors.list_factors(question.person_id)):
        return ask(request, question, next_page=next_page, kept=kept)
    if not proving.add(request, question):
        fault = _("Det stemte ikke. Se at koden i appen er for Grunnmur, og skriv den som står der nå.")
        return ask(request, question, next_page=next_page, kept=kept, fault=fault, status=422)
    del request.session["question"]
    return render(
        request,
        "recovery_codes.html",
        {
            "codes": factors.new_recovery_codes(question.person_id),
            "next_url": "choose_membership",
            "proof": session.proof(question.person_id, is_strong=True),
            "next_page": next_page,
            "kept": kept,
        },
    )


def _too_late(request: HttpRequest) -> HttpResponse:
    """The password was too long ago, or was never given."""
    return session.log_in_page(
        request,
        session.LogInForm(),
        kept=request.POST.get("kept", ""),
        next_page=request.POST.get("neste", ""),
        fault=_("Det gikk for lang tid. Logg inn på nytt."),
        status=403,
    )


@public
@require_GET
def factor_picture(request: HttpRequest) -> HttpResponse:
    """What a new app reads with its camera."""
    question = proving.asked(request)
    if question is None:
        raise Http404
    return HttpResponse(factors.picture(question.secret, username=question.username), content_type="image/svg+xml")
