"""Letting a colleague be contact person from today; a case is never without one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import pathways
from grunnmur.cases.queries import choices
from grunnmur.cases.queries.case import get_case
from grunnmur.web import forms, pickers
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs


class HandOverForm(forms.ActForm):
    to_person_id = pickers.IdField(
        label=gettext_lazy("Hvem skal være kontaktperson?"),
        help_text=gettext_lazy("Fra i dag. Saken flyttes til listen «Mitt arbeid» hos den nye kontaktpersonen."),
    )

    def __init__(self, *args: Any, colleagues: tuple[choices.Colleague, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to_person_id"]
        assert isinstance(field, pickers.IdField)
        field.choices = [
            ("", _("Velg …")),
            *((str(one.id), f"{one.name} ({str(one.role.label).lower()})") for one in colleagues),
        ]


def hand_over(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Choose who takes over."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="hand_over")
    check_first(request, case, "handovers.hand_over")
    colleagues = choices.list_colleagues(case)
    return perform(
        request,
        form=HandOverForm(request.POST or None, colleagues=colleagues),
        run=lambda data: pathways.hand_over(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            to_person_id=data["to_person_id"],
            from_on=case.today,
        ),
        title=_("Ny kontaktperson"),
        lead=_("Nå er %(who)s kontaktperson.") % {"who": case.pathway.contact_person.name},
        button=_("Overfør saken"),
        done=_("Saken har fått ny kontaktperson."),
        back=reverse("pathway", kwargs={"pathway_id": pathway_id}),
        context={"crumbs": case_crumbs(case)},
    )
