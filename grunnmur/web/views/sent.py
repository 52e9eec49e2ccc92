"""What was sent, what became of it, what is silent, and one press to remind."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grunnmur.cases.actions import messages as acts
from grunnmur.cases.queries import sent as queries
from grunnmur.cases.queries import waiting
from grunnmur.post import texts
from grunnmur.post.rules import rules
from grunnmur.post.terms import MessageState
from grunnmur.web.acting import actor_of, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.forms import ActForm

TONES = {
    MessageState.ANSWERED: "done",
    MessageState.OPENED: "done",
    MessageState.FAILED: "danger",
    MessageState.UNCERTAIN: "danger",
    MessageState.CLOSED: "danger",
    MessageState.WAITING: "waiting",
}
"""The tag of each state; the words say it, the colour only underlines."""


def _words(page: queries.Page) -> dict[str, Any]:
    return {
        "page": page,
        "tones": TONES,
        "least_readers": rules().readers.number,
        "days": rules().silence_working_days.number,
        "next_url": f"?{urlencode({'etter': page.after})}" if page.after else "",
    }


@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """What one's own service has sent, the newest first."""
    found = queries.list_sent(actor_of(request), after=request.GET.get("etter", ""))
    return render(request, "sent.html", _words(found))


@require_GET
def silences(request: HttpRequest) -> HttpResponse:
    """What it has sent that nobody has opened or answered in its time, or that did not arrive."""
    found = queries.list_silent(actor_of(request), after=request.GET.get("etter", ""))
    return render(request, "silences.html", {**_words(found), "nudge": texts.BOKMAL})


@require_GET
def case_sent(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """What was sent about one case, and what became of each."""
    found = queries.of_case(actor_of(request), pathway_id, after=request.GET.get("etter", ""))
    return render(
        request,
        "case_sent.html",
        {
            "case": found.case,
            "rows": found.rows,
            "tones": TONES,
            "crumbs": case_crumbs(found.case),
            "next_url": f"?{urlencode({'etter': found.after})}" if found.after else "",
        },
    )


@require_GET
def answer_sent(request: HttpRequest, pathway_id: UUID, message_id: UUID) -> HttpResponse:
    """Straight to the page where something that one's own service has been sent is answered."""
    page, named = waiting.where_answered(actor_of(request), pathway_id, message_id)
    return redirect(reverse(page, kwargs=named))


@require_POST
def remind(request: HttpRequest, pathway_id: UUID, message_id: UUID) -> HttpResponse:
    """Send a reminder, and go back to the list that it was asked from."""
    actor = actor_of(request)
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("case_sent", kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=ActForm(request.POST),
        run=lambda _data: acts.remind(actor=actor, pathway_id=pathway_id, once=once_of(request), message_id=message_id),
        title=_("Send en påminnelse"),
        button=_("Send påminnelsen"),
        done=_("Påminnelsen er sendt."),
        back=back,
    )
