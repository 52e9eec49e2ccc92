"""My work, children not yet assessed, search."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases.actions.emergencies import MAY_BREAK
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries import absences, closings, handovers, letters, moves, waiting
from grunnmur.cases.queries import child as children
from grunnmur.cases.queries import search as searching
from grunnmur.cases.queries import work as queries
from grunnmur.directory import limits
from grunnmur.directory.kinds import Role
from grunnmur.directory.sessions import Actor
from grunnmur.insight import research
from grunnmur.stewardship import implementation, inviting, programmes, supervision
from grunnmur.stewardship.steps import plan
from grunnmur.web import review_words
from grunnmur.web.acting import actor_of
from grunnmur.web.fields import field_of
from grunnmur.web.jinja import dato, klokke, url
from grunnmur.web.own_work import TO_EVALUATE, ways
from grunnmur.web.stewards import language
from grunnmur.web.views import errors


def work(request: HttpRequest) -> HttpResponse:
    """Three lists: what we owe, what others owe, where nothing moves."""
    actor = actor_of(request)
    if actor.role.sees_no_child:
        return render(
            request,
            "no_child.html",
            {"ways": ways(actor) or (TO_EVALUATE if actor.role is Role.EVALUATOR else ()), **_for_leaders(actor)},
        )
    if actor.service_kind.can_initiate:
        return redirect("our_children")
    can_choose = actor.role is Role.CONTACT_PERSON
    mine_only = can_choose and request.GET.get("vis") != "alle"
    covered = absences.list_covered(actor)
    lists = queries.my_work(
        actor, mine_only=mine_only, after=request.GET.dict(), covers_for=[one.person_id for one in covered]
    )
    initiatives = children.list_unanswered_initiatives(actor)
    mine = [actor.person_id, *(one.person_id for one in covered)] if mine_only else None
    to_see_to = letters.to_see_to(actor, page="work", contacts=mine)
    still_days = definitions().deadline("nothing_moves").amount
    return render(
        request,
        "work.html",
        {
            "lists": lists,
            "covered": covered,
            "inbox": waiting.list_waiting(actor, page="work"),
            "offered": [_offered(one) for one in handovers.list_offered(actor)],
            "emergencies": [_emergency(child_id) for child_id in to_see_to.to_review],
            "offers": moves.list_offers(actor),
            # A child welfare service sees nothing on a consent: a hand-over opens no case before it is taken.
            "closed_to_us": () if actor.role.is_child_welfare else closings.list_closed_to_us(),
            "asked": [_asked(one, number) for number, one in enumerate(to_see_to.letters, start=1)],
            "anew": [_anew(one) for one in to_see_to.reviews],
            "initiatives": [_initiative(one) for one in initiatives],
            **_for_leaders(actor),
            "mine_only": mine_only,
            "can_choose": can_choose,
            "still_days": still_days,
        },
    )


def _for_leaders(actor: Actor) -> dict[str, Any]:
    """What waits for one who leads in a municipality; nothing for anybody else."""
    if supervision.leads(actor) is None:
        return {"to_renew": (), "told": (), "to_approve": (), "to_train": ()}
    return {
        "to_renew": programmes.to_renew(actor, on=clock.today()),
        "told": inviting.unopened(actor, at=clock.now()),
        "to_approve": research.to_decide(actor),
        "to_train": _to_train(actor),
    }


def _to_train(actor: Actor) -> list[tuple[str, str, date | None]]:
    """The training that must be gone through anew: who, what, and from when."""
    names = {one.key: one.name(language()) for one in plan().materials}
    found = implementation.to_train(actor, on=clock.today())
    return [(who, names.get(material, material), said.expires_on) for who, material, said in found]


def _offered(one: handovers.Offered) -> dict[str, str]:
    """A colleague who asks one to take a case over."""
    return {
        "label": one.child_name or one.journal_number,
        "about": str(_("Ta over saken?")),
        "url": url("answer_handover", pathway_id=one.pathway_id, handover_id=one.handover_id),
        "text": _("%(who)s spurte %(on)s.") % {"who": one.by, "on": dato(one.asked_at)},
        "tag": _("venter på deg"),
        "tone": "waiting",
    }


def _asked(one: letters.Waiting, number: int) -> dict[str, str]:
    """Somebody in a family who waits for an answer; what was written at once about the same is told apart by number."""
    due = {"on": dato(one.answer_by), "at": klokke(one.answer_by)} if one.answer_by else {}
    return {
        "label": one.child_name or one.journal_number,
        "about": f"{one.about.label} ({number})",
        "url": url("answer_letter", child_id=one.child_id, letter_id=one.id),
        "text": _("Om et oppslag. Svar innen %(on)s kl. %(at)s.") % due
        if due
        else _("Skrev %(on)s.") % {"on": dato(one.written_at)},
        "tag": _("over fristen") if one.is_late else _("venter på dere"),
        "tone": "danger" if one.is_late else "waiting",
    }


def _anew(one: letters.DecideAnew) -> dict[str, str]:
    """A child of whom it must be decided anew who sees what."""
    words = review_words.protection_tag if one.is_protection else review_words.tag
    label, tone = words(one.first_on, on=clock.today()) or ("", "neutral")
    text = (
        _("Se på vedtaket om skjermet adresse innen %(on)s.")
        if one.is_protection
        else _("Vurder på nytt innen %(on)s.")
    )
    return {
        "label": one.child_name or one.journal_number,
        "about": str(_("Skjermet adresse") if one.is_protection else _("Hvem ser hva")),
        "url": url("sight", child_id=one.child_id),
        "text": text % {"on": dato(one.first_on)},
        "tag": label,
        "tone": tone,
    }


def _emergency(child_id: UUID) -> dict[str, str]:
    """A break-glass that waits to be reviewed."""
    return {
        "label": _("Se på nødtilgangen"),
        "url": url("emergencies", child_id=child_id),
        "text": "",
        "tag": _("venter på dere"),
        "tone": "danger",
    }


def _initiative(one: children.WaitingInitiative) -> dict[str, str]:
    """A home that asks for the pathway and waits for an answer."""
    words = {"on": dato(one.sent_on), "due": dato(one.due_on), "who": one.from_service}
    return {
        "label": one.child_name or one.journal_number,
        "url": url("child", child_id=one.child_id),
        "text": _("%(who)s spurte %(on)s. Svar innen %(due)s.") % words,
        "tag": _("over fristen") if one.is_late else str(one.wish.label).lower(),
        "tone": "danger" if one.is_late else "waiting",
    }


def not_assessed(request: HttpRequest) -> HttpResponse:
    """Children in the target group whom nobody has assessed yet."""
    page = queries.not_assessed(actor_of(request), after=request.GET.get("etter", ""))
    deadline_text = definitions().deadline("assess_criteria").text()
    return render(request, "not_assessed.html", {"page": page, "deadline_text": deadline_text})


class SearchForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Navn, journalnummer eller fødselsnummer"),
        help_text=gettext_lazy("Begynnelsen av fornavn eller etternavn er nok. Fødselsnummer må være helt."),
        required=False,
        max_length=160,
    )


def search(request: HttpRequest) -> HttpResponse:
    """Search among one's own; sent by POST, so that no name or number stands in an address."""
    form = SearchForm(request.POST or None)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    reached = None
    try:
        found = searching.search(actor_of(request), text=text) if text else ()
    except limits.TooOften as limit:
        reached, found = limit, ()
        errors.log_refusal(request, reason=str(limit.limit))
        form.add_error("text", limit.sentence)
    answer = render(
        request,
        "search.html",
        {
            "field": field_of(form["text"], says_optional=False),
            "searched": bool(text) and reached is None,
            "may_break_glass": actor_of(request).role in MAY_BREAK,
            "found": [
                {
                    "label": one.child_name or one.journal_number,
                    "url": url("pathway", pathway_id=one.pathway_id)
                    if one.pathway_id
                    else url("child", child_id=one.child_id),
                    "text": _("%(n)s år · %(journal)s") % {"n": one.age, "journal": one.journal_number},
                }
                for one in found
            ],
        },
    )
    return errors.wait(answer, reached) if reached else answer
