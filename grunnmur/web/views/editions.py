"""The editions of the pathway: what a new one changes, in every running case too, and letting cases follow it."""

from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from grunnmur import clock
from grunnmur.cases import access, door
from grunnmur.cases.actions import editions as acts
from grunnmur.cases.definition import Edition, definitions
from grunnmur.cases.queries import editions as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.queries.lists import PAGE
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform, seen_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.jinja import dato
from grunnmur.web.views import session


@require_GET
def editions(request: HttpRequest) -> HttpResponse:
    """Each edition beside the one before it; for child welfare also its own cases that follow an older one."""
    actor = actor_of(request)
    if actor.role.is_child_welfare:
        older, after = queries.list_older(actor, after=request.GET.get("etter", ""))
    else:
        session.log(actor, "editions")
        older, after = (), ""
    return render(
        request,
        "editions.html",
        {
            "editions": queries.list_editions(clock.today()),
            "in_force": definitions().edition_in_force(clock.today()),
            "older": older,
            "after": after,
            "why_not": "" if any(one.can_follow for one in older) else why_not_yet(queries.newest()),
        },
    )


def why_not_yet(edition: Edition) -> str:
    """Why no case can follow an edition today; empty when it is in force."""
    if edition.in_force_from <= clock.today():
        return ""
    return _("Utgaven gjelder fra %(on)s. Den kan tas i bruk fra da.") % {"on": dato(edition.in_force_from)}


@require_POST
def follow_edition(request: HttpRequest) -> HttpResponse:
    """Let the chosen cases, or all that were shown, follow the edition in force.

    Each does it by an act of its own: what stopped one stops no other.
    """
    actor = actor_of(request)
    token = once_of(request)
    followed, moved, refused = 0, 0, 0
    for chosen in dict.fromkeys(request.POST.getlist("listed" if "all" in request.POST else "case")[:PAGE]):
        key, _between, version = chosen.partition("_")
        try:
            pathway_id, seen = UUID(key), int(version)
        except ValueError:
            refused += 1
            continue
        try:
            acts.follow(
                actor=actor,
                pathway_id=pathway_id,
                once=uuid5(token, key) if token else None,
                seen=seen,
                edition=definitions().edition_in_force(clock.today()).key,
            )
        except EditConflict:
            moved += 1
        except (door.Invalid, access.Refused, access.NotVisible):
            refused += 1
        except door.AlreadyDone:
            followed += 1
        else:
            followed += 1
    _tell(request, followed=followed, moved=moved, refused=refused)
    return redirect("editions")


def _tell(request: HttpRequest, *, followed: int, moved: int, refused: int) -> None:
    """What became of those that were chosen, in one sentence for each sort."""
    if not (followed or moved or refused):
        messages.warning(request, _("Velg minst én sak."))
    if followed:
        said = ngettext(
            "%(n)s sak følger nå utgaven %(edition)s.", "%(n)s saker følger nå utgaven %(edition)s.", followed
        )
        messages.success(request, said % {"n": followed, "edition": definitions().edition_in_force(clock.today()).key})
    if moved:
        said = ngettext(
            "I %(n)s sak har det skjedd noe siden du åpnet siden. Se på den igjen.",
            "I %(n)s saker har det skjedd noe siden du åpnet siden. Se på dem igjen.",
            moved,
        )
        messages.warning(request, said % {"n": moved})
    if refused:
        said = ngettext("%(n)s sak ble ikke endret.", "%(n)s saker ble ikke endret.", refused)
        messages.warning(request, said % {"n": refused})


def edition_of_case(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """What a newer edition makes different in one case, and letting the case follow it."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="edition_of_case")
    check_first(request, case, "editions.follow")
    found = queries.in_case(case)
    return perform(
        request,
        form=forms.ActForm(request.POST or None),
        run=lambda _data: acts.follow(
            actor=actor, pathway_id=pathway_id, once=once_of(request), seen=seen_of(request), edition=found.edition.key
        ),
        title=_("Utgave av forløpet"),
        button=_("La saken følge utgaven %(edition)s") % {"edition": found.edition.key},
        done=_("Saken følger nå utgaven %(edition)s. Det kan tas tilbake til noe er gjort i saken.")
        % {"edition": found.edition.key},
        back=reverse("pathway", kwargs={"pathway_id": pathway_id}),
        template="edition_of_case.html",
        context={"crumbs": case_crumbs(case), "case": case, "found": found, "why_not": why_not_yet(found.edition)},
        version=case.pathway.version,
    )


@require_POST
def take_back_edition(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The case follows again the edition that it followed before."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="take_back_edition")
    check_first(request, case, "editions.take_back")
    try:
        row = acts.take_back(actor=actor, pathway_id=pathway_id, once=once_of(request))
    except door.Invalid as fault:
        messages.warning(request, str(fault.problems["edition"]))
        return redirect("edition_of_case", pathway_id=pathway_id)
    messages.success(request, _("Saken følger igjen utgaven %(edition)s.") % {"edition": row.to_edition_id})
    return redirect("pathway", pathway_id=pathway_id)
