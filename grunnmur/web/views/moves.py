"""A family moves: offering the case, taking the offer back, and the other service's answer."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from grunnmur.cases import door
from grunnmur.cases.actions import moves as acts
from grunnmur.cases.queries import child as children
from grunnmur.cases.queries import moves as queries
from grunnmur.cases.queries import passport
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.terms import MoveAnswer
from grunnmur.web import child_words, forms, papers
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.papers import Paper
from grunnmur.web.views.fresh import fresh
from grunnmur.web.views.passport import TITLE


def move(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """To whom the case can be given; then just what that service would get; then it is offered."""
    case = get_case(actor_of(request), pathway_id, page="move")
    check_first(request, case, "moves.offer")
    try:
        asked = UUID(request.POST.get("til") or request.GET.get("til", ""))
    except ValueError:
        shown = {"moves": queries.list_moves(case), "receivers": queries.list_receivers(case)}
        return render(request, "moves.html", {"case": case, "crumbs": case_crumbs(case), **shown})
    return _offer(request, case, asked)


@fresh
def _offer(request: HttpRequest, case: Case, asked: UUID) -> HttpResponse:
    here = reverse("move", kwargs={"pathway_id": case.pathway.pk})
    made = passport.make(case, queries.get_receiver(case, asked))
    preview = papers.body(
        request, Paper(title=TITLE, template="paper_passport.html", shows={"case": case, "passport": made})
    )
    return perform(
        request,
        form=forms.ActForm(request.POST or None),
        run=lambda _data: acts.offer(
            actor=case.actor, pathway_id=case.pathway.pk, once=once_of(request), to_service_id=asked
        ),
        title=_("Tilby saken til %(who)s") % {"who": made.reader.name},
        button=_("Tilby saken"),
        done=_(
            "Saken er tilbudt. Tjenesten ser ingenting før den har takket ja. Ring dem, så de vet at den ligger der."
        ),
        back=here,
        template="offer_move.html",
        context={
            "case": case,
            "crumbs": case_crumbs(case, (_("Flytting"), here)),
            "passport": made,
            "preview": preview,
            "asked": asked,
        },
    )


@require_POST
def withdraw_move(request: HttpRequest, pathway_id: UUID, move_id: UUID) -> HttpResponse:
    """Take an offer back."""
    actor = actor_of(request)
    back = reverse("move", kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=forms.ActForm(request.POST),
        run=lambda _data: acts.withdraw(actor=actor, pathway_id=pathway_id, once=once_of(request), move_id=move_id),
        title=_("Trekk tilbudet"),
        button=_("Trekk tilbudet"),
        done=_("Tilbudet er trukket tilbake."),
        back=back,
    )


@require_GET
def offers(request: HttpRequest) -> HttpResponse:
    """The cases that other services offer one's own."""
    return render(request, "offers.html", {"offers": queries.list_offers(actor_of(request))})


class AnswerForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"journal_number", "reason"})

    answer = forms.choice(
        gettext_lazy("Tar dere over saken?"),
        MoveAnswer.choices,
        radio=True,
        hints={
            MoveAnswer.ACCEPTED: gettext_lazy("Barnet blir registrert hos dere, med det som følger med."),
            MoveAnswer.DECLINED: gettext_lazy("Dere får ikke vite hvem barnet er."),
        },
    )
    journal_number = django_forms.CharField(
        label=gettext_lazy("Deres journalnummer"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Når dere tar over. Er barnet registrert hos dere fra før, gjelder det nummeret."),
    )
    reason = forms.long_text(
        gettext_lazy("Hvorfor ikke?"),
        required=False,
        help_text=gettext_lazy("Når dere ikke tar over. De som tilbød saken, leser det."),
    )


def answer_offer(request: HttpRequest, move_id: UUID) -> HttpResponse:
    """Take the case over, or say no with a reason."""
    actor = actor_of(request)
    door.refuse_twice(actor, once_of(request))  # an offer that is answered is not there any more
    offer = queries.get_offer(actor, move_id)

    def run(data: dict[str, Any]) -> UUID | None:
        once = once_of(request)
        if data["answer"] == MoveAnswer.DECLINED:
            acts.decline(actor=actor, move_id=move_id, once=once, reason=data["reason"])
            return None
        return acts.accept(actor=actor, move_id=move_id, once=once, journal_number=data["journal_number"]).pk

    def respond(child_id: UUID | None) -> HttpResponse:
        if child_id is not None:
            return redirect("received", child_id=child_id)
        messages.success(request, _("Svaret er sendt."))
        return redirect("offers")

    return perform(
        request,
        form=AnswerForm(request.POST or None),
        run=run,
        title=_("Svar på en sak som er tilbudt dere"),
        lead=_("Fra %(service)s ved %(who)s. Ring %(phone)s hvis dere lurer på noe.")
        % {"service": offer.from_service, "who": offer.who, "phone": offer.phone or _("dem")},
        button=_("Send svaret"),
        done="",
        back=reverse("offers"),
        context={"crumbs": [(_("Mitt arbeid"), reverse("work")), (_("Tilbudt oss"), reverse("offers"))]},
        respond=respond,
    )


@require_GET
def received(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """What came along with a child that was taken over."""
    head = children.get_child(actor_of(request), child_id, page="received", tells=queries.CAN_HOLD)
    return render(
        request,
        "received.html",
        {"head": head, "crumbs": child_words.crumbs(head), "came": queries.list_received(head)},
    )
