"""Asking a colleague to be contact person, and the colleague's answer; a case is never without one."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grunnmur.cases.access import Refused
from grunnmur.cases.actions import handovers as acts
from grunnmur.cases.actions.handovers import NOT_ASKED
from grunnmur.cases.queries import choices
from grunnmur.cases.queries import handovers as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.colleagues import Colleague
from grunnmur.cases.terms import HandoverSays
from grunnmur.web import forms, pickers
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs

ASKED = gettext_lazy("Kollegaen er spurt. Kontaktpersonen er den samme til svaret er ja.")
READ_BY = gettext_lazy("Kollegene i barneverntjenesten kan lese det, og barnet fra det er 15 år.")


class HandOverForm(forms.ActForm):
    to_person_id = pickers.IdField(
        label=gettext_lazy("Hvem skal være kontaktperson?"),
        help_text=gettext_lazy("Den du velger, må si ja først. Velger du deg selv, tar du over med en gang."),
    )
    note = forms.long_text(
        gettext_lazy("Det den nye bør vite"),
        required=False,
        help_text=READ_BY,
    )

    def __init__(self, *args: Any, colleagues: tuple[Colleague, ...], me: UUID | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to_person_id"]
        assert isinstance(field, pickers.IdField)
        field.choices = [
            ("", _("Velg …")),
            *(
                (str(one.id), _("Meg selv") if one.id == me else f"{one.name} ({str(one.role.label).lower()})")
                for one in colleagues
            ),
        ]


def _page(case: Case) -> dict[str, Any]:
    return {
        "lead": _("Nå er %(who)s kontaktperson.") % {"who": case.pathway.contact_person.name},
        "back": reverse("pathway", kwargs={"pathway_id": case.pathway.pk}),
        "context": {"crumbs": case_crumbs(case), "case": case},
    }


def hand_over(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Ask somebody to take over, or see who is asked."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="hand_over")
    # Of a child with a protected address who does not read it can take over alone, and only when nobody reads it.
    is_for_me = case.why_not("handovers.offer") != "" and choices.may_take_over(case)
    check_first(request, case, "handovers.take_over" if is_for_me else "handovers.offer")
    page = _page(case)
    page["context"] |= {"asked": queries.get_asked(case), "declined": queries.get_last_no(case)}
    form = HandOverForm(
        request.POST or None, colleagues=choices.list_colleagues(case, only_me=is_for_me), me=actor.person_id
    )
    if is_for_me:
        del form.fields["note"]
        page["lead"] += " " + _(
            "Ingen som leser den skjermede adressen, arbeider her nå. Tar du over, blir du leser av den skjermede "
            "adressen: Da ser du hvor barnet bor, og alt annet som er skjermet."
        )
    return perform(
        request,
        form=form,
        run=lambda data: acts.offer(actor=actor, pathway_id=pathway_id, once=once_of(request), **data),
        title=_("Ny kontaktperson"),
        button=_("Ta over") if is_for_me else _("Spør"),
        done=ASKED,
        template="hand_over.html",
        respond=lambda handover: _asked(request, case, took=handover.to_person_id == actor.person_id),
        **page,
    )


def _asked(request: HttpRequest, case: Case, *, took: bool) -> HttpResponse:
    messages.success(request, _("Du er kontaktperson fra nå.") if took else str(ASKED))
    return redirect("pathway", pathway_id=case.pathway.pk)


class AnswerForm(forms.ActForm):
    says = forms.choice(
        gettext_lazy("Tar du over saken?"),
        [(says.value, says.label) for says in (HandoverSays.ACCEPTED, HandoverSays.DECLINED)],
        radio=True,
    )
    why = django_forms.CharField(
        label=gettext_lazy("Hvorfor ikke?"),
        required=False,
        max_length=500,
        help_text=format_lazy("{} {}", gettext_lazy("Må fylles ut når svaret er nei."), READ_BY),
    )


def answer_handover(request: HttpRequest, pathway_id: UUID, handover_id: UUID) -> HttpResponse:
    """Say yes or no to being contact person."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="answer_handover")
    check_first(request, case, "handovers.answer")
    asked = queries.get_asked(case)
    if request.method != "POST":
        if asked is None or asked.handover_id != handover_id:
            return redirect("pathway", pathway_id=pathway_id)
        if not asked.is_me:
            raise Refused("not_asked", NOT_ASKED)
    page = _page(case)
    page["context"] |= {"asked": asked}
    return perform(
        request,
        form=AnswerForm(request.POST or None),
        run=lambda data: acts.answer(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            handover_id=handover_id,
            **{**data, "says": HandoverSays(data["says"])},
        ),
        title=_("Vil du være kontaktperson?"),
        button=_("Svar"),
        done=_("Svaret er lagret."),
        template="answer_handover.html",
        **page,
    )


@require_POST
def take_back_handover(request: HttpRequest, pathway_id: UUID, handover_id: UUID) -> HttpResponse:
    """Take the question back, so that somebody else can be asked."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="take_back_handover")
    check_first(request, case, "handovers.take_back")
    page = _page(case) | {"back": reverse("hand_over", kwargs={"pathway_id": pathway_id})}
    page["context"] |= {"asked": queries.get_asked(case)}
    return perform(
        request,
        form=forms.ActForm(request.POST),
        run=lambda _data: acts.take_back(
            actor=actor, pathway_id=pathway_id, once=once_of(request), handover_id=handover_id
        ),
        title=_("Ny kontaktperson"),
        button=_("Trekk spørsmålet tilbake"),
        done=_("Spørsmålet er trukket tilbake. Du kan spørre en annen."),
        **page,
    )
