"""Somebody has opened many different children today: we ask why once, write the answer in the log, and go on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from grunnmur.directory import limits
from grunnmur.web import tampered
from grunnmur.web.acting import actor_of
from grunnmur.web.forms import ActForm, choice
from grunnmur.web.views import session


class WhyForm(ActForm):
    """Why one opens so many; the answers are in `definitions/limits.yaml`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        answers = [(one.key, one.label) for one in limits.limits().children_a_day.answers]
        self.fields["why"] = choice(_("Hvorfor åpner du så mange?"), answers, radio=True)
        self.say_plainly()


def ask(request: HttpRequest) -> HttpResponse:
    """The question, instead of the page that was asked for; what was typed is kept."""
    if request.method == "POST":
        return _page(request, WhyForm(), kept=session.keep(request))
    return _page(request, WhyForm(), next_page=session.here(request))


@require_POST
def many_children(request: HttpRequest) -> HttpResponse:
    """Write the answer in the log, which is what lets one go on, and go on to where one was going."""
    form = WhyForm(request.POST)
    next_page, kept = request.POST.get("neste", ""), request.POST.get("kept", "")
    if not form.is_valid():
        tampered.note(request, form)
        return _page(request, form, next_page=next_page, kept=kept, status=422)
    actor = actor_of(request)
    session.log(actor, "many_children", reason=form.cleaned_data["why"])
    restored = session.restore(request, kept, person=actor.person_id)
    return restored or redirect(session.safe_next(next_page) or "work")


def _page(
    request: HttpRequest, form: WhyForm, *, next_page: str = "", kept: str = "", status: int = 403
) -> HttpResponse:
    context = {
        "fields": form.fields_for_page(),
        "number": limits.limits().children_a_day.number,
        "next_page": next_page,
        "kept": kept,
    }
    return render(request, "many_children.html", context, status=status)
