"""Phase 5: closing with who carries on, how a pathway ended, and taking it up again."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases import events
from grunnmur.cases.actions import closings
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.queries import closing as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.closing import BeforeClosing, OpenThing
from grunnmur.cases.queries.experiences import to_ask_about
from grunnmur.cases.queries.passport import list_given
from grunnmur.cases.queries.took_part import to_offer
from grunnmur.cases.terms import PathwayStatus
from grunnmur.web import forms, took_part
from grunnmur.web.acting import actor_of, check_first, once_of, perform, seen_of
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.fields import Field
from grunnmur.web.pickers import ServiceField
from grunnmur.web.views.sent import TONES
from grunnmur.web.views.siblings import elsewhere

MORE_ROWS = 2
"""Empty rows for what goes on and is not known here, such as school."""


class CloseForm(forms.NamingForm):
    """Why, when and what; then one pair of fields for each thing that somebody must carry on with."""

    ground = forms.choice(gettext_lazy("Hvorfor avsluttes forløpet?"), [], radio=True)
    closed_on = forms.DateField(label=gettext_lazy("Når?"))
    summary = forms.long_text(
        gettext_lazy("Hva ble funnet, og hva er gjort?"),
        help_text=gettext_lazy("En kort oppsummering for barnevernets egen sak. Andre tjenester leser den ikke."),
    )
    child_view = forms.long_text(
        gettext_lazy("Hva sier barnet selv?"),
        help_text=gettext_lazy("Om hjelpen, og om at forløpet avsluttes. Skriv også hvis barnet ikke ville si noe."),
    )
    participation = took_part.field(gettext_lazy("Hvordan tok barnet del i at forløpet avsluttes?"))

    def __init__(self, *args: Any, before: BeforeClosing, **options: Any) -> None:
        super().__init__(*args, **options)
        self.open_things = before.open_things
        self.more = (*before.goes_on, *[None] * MORE_ROWS)
        grounds = before.case.edition.closing_grounds
        field = self.fields["ground"]
        assert isinstance(field, django_forms.ChoiceField)
        in_order = sorted(grounds, key=lambda ground: not ground.source.official)
        field.choices = [(ground.key, ground.label) for ground in in_order]
        field.help_text = _("Grunnene fra det nasjonale forløpet står først. Resten er kommunens egne.")
        field.error_messages["required"] = _("Velg hvorfor forløpet avsluttes.")
        self.fields["summary"].error_messages["required"] = _("Skriv kort hva dere fant, og hva som er gjort.")
        self.fields["child_view"].error_messages["required"] = _("Skriv hva barnet selv sier.")
        services = [("", _("Velg tjeneste …")), *before.services]
        for thing in self.open_things:
            self._carrier(thing.id, services, service=_("Hvem fører dette videre?"), who=_("Eller hvem?"))
        for index, known in enumerate(self.more):
            self.fields[f"what_more_{index}"] = django_forms.CharField(
                label=_("Hva fortsetter?"), required=False, max_length=300, initial=known.what if known else ""
            )
            self._carrier(f"more_{index}", services, service=_("Hos hvem?"), who=_("Eller hvem?"))
            self.fields[f"service_more_{index}"].initial = known.service_id if known else ""

    def _carrier(self, key: str, services: list[tuple[str, str]], *, service: str, who: str) -> None:
        chosen = ServiceField(label=service, required=False, help_text=_("En tjeneste i saken"))
        chosen.choices = services
        self.fields[f"service_{key}"] = chosen
        self.fields[f"who_{key}"] = django_forms.CharField(
            label=who,
            required=False,
            max_length=160,
            help_text=_("Navn og telefonnummer"),
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for index in range(len(self.more)):
            named = data.get(f"service_more_{index}") or data.get(f"who_more_{index}")
            if data.get(f"what_more_{index}") and not named:
                self.add_error(f"who_more_{index}", str(closings.WHO_CARRIES_ON))
            if data.get(f"who_more_{index}") and not data.get(f"what_more_{index}"):
                self.add_error(f"what_more_{index}", _("Skriv hva som fortsetter."))
        return data

    def carriers(self, services: dict[str, str]) -> list[Carrier]:
        """Who carries on with what, as it was answered."""
        found = [self._carried(thing.id, thing.what, services, thing=thing) for thing in self.open_things]
        found += [
            self._carried(f"more_{index}", self.cleaned_data[f"what_more_{index}"], services, thing=known)
            for index, known in enumerate(self.more)
            if self.cleaned_data[f"what_more_{index}"]
        ]
        return found

    def _carried(
        self,
        key: str,
        what: str,
        services: dict[str, str],
        *,
        thing: OpenThing | None = None,
    ) -> Carrier:
        service: UUID | None = self.cleaned_data[f"service_{key}"]
        return Carrier(
            what=what,
            who=self.cleaned_data[f"who_{key}"] or services.get(str(service), ""),
            service_id=service if str(service) in services else None,
            subject_id=UUID(thing.comes_from) if thing else None,
            health_area=thing.area if thing else None,
        )

    def layout(self) -> dict[str, list[Any]]:
        """The fields as the page lays them out."""
        return {
            "first": self.fields_for_page(["ground", "closed_on"]),
            "last": self.fields_for_page(["child_view", "participation", "summary", "is_another"]),
            "open": [
                # One of the two must be filled in, so the first is not called optional.
                (thing, [replace(service, required=True), who])
                for thing in self.open_things
                for service, who in [self.fields_for_page([f"service_{thing.id}", f"who_{thing.id}"])]
            ],
            "known": [self._more(index) for index, known in enumerate(self.more) if known],
            "more": [self._more(index) for index, known in enumerate(self.more) if not known],
        }

    def _more(self, index: int) -> list[Field]:
        return self.fields_for_page([f"what_more_{index}", f"service_more_{index}", f"who_more_{index}"])


def close_pathway(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Close the pathway: why, what the child says, and who carries on with each thing that is still open."""
    actor = actor_of(request)
    before = queries.before_closing(actor, pathway_id)
    case = before.case
    if request.method != "POST" and case.is_owner and case.status is PathwayStatus.CLOSED:
        return redirect("closing", pathway_id=pathway_id)
    check_first(request, case, "closings.close")
    form = CloseForm(request.POST or None, before=before, initial={"closed_on": clock.today()})
    took_part.offer(form, to_offer(case, phase=5))
    seen = seen_of(request)
    return perform(
        request,
        form=form,
        run=lambda data: closings.close(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            seen=seen,
            ground=data["ground"],
            closed_on=data["closed_on"],
            summary=data["summary"],
            child_view=data["child_view"],
            participation=took_part.chosen(data)["participation"],
            is_another=data["is_another"],
            carriers=form.carriers(dict(before.services)),
        ),
        title=_("Avslutt forløpet"),
        lead=_("Barnevernssaken og hjelpen fra helsetjenestene kan fortsette selv om forløpet avsluttes."),
        button=_("Avslutt forløpet"),
        done=_("Forløpet er avsluttet. De andre tjenestene ser ikke saken lenger."),
        back=reverse("pathway", kwargs={"pathway_id": pathway_id}),
        template="close_pathway.html",
        context={
            "crumbs": case_crumbs(case),
            "case": case,
            "before": before,
            "layout": form.layout,
            "happened": _happened(case, seen) if request.method == "POST" else [],
            "elsewhere": lambda: elsewhere(case, "close_pathway"),
        },
        version=case.pathway.version,
    )


def _happened(case: Case, seen: int | None) -> list[dict[str, Any]]:
    """What others did since the form was shown, as lines of a timeline."""
    if seen is None:
        return []
    return [
        {"on": entry.at, "text": events.sentence(entry.name, entry.data), "by": entry.who}
        for entry in queries.since(case, seen=seen)
    ]


def closing(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """How the pathway ended, who carries on with what and how to reach them."""
    ended = queries.get_ended(actor_of(request), pathway_id)
    case = ended.case
    given = () if case.why_not("passports.give") else list_given(case)
    shown = {"ended": ended, "case": case, "to_ask_about": to_ask_about(case), "given": given, "tones": TONES}
    return render(request, "closing.html", shown)


class ReactivateForm(forms.ActForm):
    reason = forms.long_text(
        gettext_lazy("Hvorfor tas forløpet opp igjen?"),
        help_text=gettext_lazy("Alle som deltar, kan lese dette. Ikke skriv helseopplysninger her."),
    )
    reactivated_on = forms.DateField(label=gettext_lazy("Fra når?"))


def reactivate(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Take a closed pathway, or one that was not started, up again."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="reactivate")
    check_first(request, case, "closings.reactivate")
    was_closed = case.status is PathwayStatus.CLOSED
    return perform(
        request,
        form=ReactivateForm(request.POST or None, initial={"reactivated_on": clock.today()}),
        run=lambda data: closings.reactivate(actor=actor, pathway_id=pathway_id, once=once_of(request), **data),
        title=_("Ta opp igjen forløpet"),
        lead=_("Alt som er skrevet før, står der fortsatt.")
        if was_closed
        else _("Dere vurderer på nytt om forløpet skal starte."),
        button=_("Ta opp igjen"),
        done=_("Forløpet er tatt opp igjen."),
        back=reverse("pathway", kwargs={"pathway_id": pathway_id}),
        template="reactivate.html",
        context={"crumbs": case_crumbs(case), "sees_again": queries.sees_again(case) if case.is_owner else ()},
    )
