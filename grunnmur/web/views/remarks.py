"""A counter-statement to something written, recorded for the one whose it is."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import remarks as acts
from grunnmur.cases.queries import remarks as queries
from grunnmur.cases.queries.case import get_case, list_people
from grunnmur.cases.terms import RelationKind, RemarkBy
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.jinja import dato


class RemarkForm(forms.ActForm):
    who = forms.choice(gettext_lazy("Hvem er merknaden fra?"), (), radio=True)
    representative = django_forms.CharField(
        label=gettext_lazy("Hvem representerer barnet eller forelderen?"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Fyll ut når en annen snakker for dem. Skriv også som hva, for eksempel advokat."),
    )
    said_on = forms.DateField(label=gettext_lazy("Når kom merknaden?"))
    words = forms.long_text(
        gettext_lazy("Merknaden"),
        help_text=gettext_lazy("Skriv det slik det ble sagt. Alle som kan lese det merknaden gjelder, kan lese den."),
    )

    def __init__(self, *args: Any, related: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        forms.offer_choices(
            self,
            "who",
            [
                (RemarkBy.CHILD.value, RemarkBy.CHILD.label),
                *related,
                (RemarkBy.REPRESENTATIVE.value, RemarkBy.REPRESENTATIVE.label),
            ],
        )


def record_remark(request: HttpRequest, pathway_id: UUID, subject_id: UUID) -> HttpResponse:
    """Write down what the child, someone around it or a representative says of one written thing."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="record_remark")
    subject = queries.get_subject(actor, case.pathway, subject_id)
    check_first(request, case, "remarks.record")
    called, on = queries.called(subject)
    related = [
        (str(person.pk), f"{person.name} ({str(RelationKind(person.relation).label).lower()})")
        for person in list_people(case)
    ]
    return perform(
        request,
        form=RemarkForm(request.POST or None, related=related),
        run=lambda data: acts.record(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            subject_id=subject_id,
            **_whose(data),
            said_on=data["said_on"],
            words=data["words"],
        ),
        title=_("Legg ved en merknad"),
        lead=_("Merknaden gjelder %(what)s %(on)s. Det som er skrevet, blir stående, og merknaden følger med.")
        % {"what": called, "on": dato(on)},
        button=_("Legg ved merknaden"),
        done=_("Merknaden er lagt ved."),
        back=reverse("pathway", kwargs={"pathway_id": pathway_id}),
        context={"crumbs": case_crumbs(case)},
    )


def _whose(data: dict[str, Any]) -> dict[str, Any]:
    """The one choice of the page as what the act asks for."""
    who = data["who"]
    if who in (RemarkBy.CHILD, RemarkBy.REPRESENTATIVE):
        return {"said_by": RemarkBy(who), "representative": data["representative"]}
    return {"said_by": RemarkBy.RELATED, "related_person_id": UUID(who)}
