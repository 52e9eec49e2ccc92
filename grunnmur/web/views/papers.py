"""The papers of one case: the plan, an invitation or minutes, a referral. Each is what its own page shows."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from grunnmur.cases.queries import health, meetings, plans
from grunnmur.cases.queries.case import get_case
from grunnmur.web import papers
from grunnmur.web.acting import actor_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.papers import Paper


@require_GET
def plan_paper(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The collaboration plan as it stands."""
    with papers.in_its_language(request):
        plan = plans.get_plan(actor_of(request), pathway_id, page="plan_paper")
    back = reverse("plan", kwargs={"pathway_id": pathway_id})
    return papers.show(
        request,
        Paper(
            title=gettext_lazy("Plan for samarbeidet"),
            template="paper_plan.html",
            shows={"case": plan.case, "plan": plan},
        ),
        crumbs=case_crumbs(plan.case, (_("Plan"), back)),
    )


@require_GET
def meeting_paper(request: HttpRequest, pathway_id: UUID, meeting_id: UUID) -> HttpResponse:
    """The invitation to a meeting; its minutes when it has been held."""
    case = get_case(actor_of(request), pathway_id, page="meeting_paper")
    with papers.in_its_language(request):
        meeting = meetings.get_meeting(case, meeting_id)
    title = gettext_lazy("Referat") if meeting.minutes else gettext_lazy("Innkalling til møte")
    return papers.show(
        request,
        Paper(title=title, template="paper_meeting.html", shows={"case": case, "meeting": meeting}),
        crumbs=case_crumbs(case, (_("Møter"), reverse("meetings", kwargs={"pathway_id": pathway_id}))),
    )


@require_GET
def referral_paper(request: HttpRequest, pathway_id: UUID, referral_id: UUID) -> HttpResponse:
    """A referral, and what has become of it."""
    with papers.in_its_language(request):
        found = health.get_health(actor_of(request), pathway_id, page="referral_paper")
    area, referral = found.referral(referral_id)
    return papers.show(
        request,
        Paper(
            title=gettext_lazy("Henvisning"),
            template="paper_referral.html",
            shows={"case": found.case, "area": area, "referral": referral},
        ),
        crumbs=case_crumbs(found.case, (_("Helse"), reverse("health", kwargs={"pathway_id": pathway_id}))),
    )
