"""Finding a time for a meeting: proposing some, and saying which suit."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import times as rules
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import times as acts
from grunnmur.cases.actions.times import NOT_ASKED
from grunnmur.cases.queries import times as queries
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.plans import Someone, who_takes_part
from grunnmur.cases.terms import MeetingKind
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.jinja import dato, klokke, ukedag
from grunnmur.web.who import IdsField, offer


def _page(case: Case) -> dict[str, Any]:
    back = reverse("meetings", kwargs={"pathway_id": case.pathway.pk})
    return {
        "lead": _("%(name)s, %(n)s år") % {"name": case.child.name or _("Barn uten navn"), "n": case.age},
        "back": back,
        "context": {"crumbs": case_crumbs(case, (_("Møter"), back)), "case": case},
    }


# --- proposing --------------------------------------------------------------------------------------------------


class ProposeForm(forms.ActForm):
    """Room for some times, `time_0_on` and `time_0_clock` and so on; rows that stand empty are left out."""

    services = IdsField(
        gettext_lazy("Hvem skal svare?"), help_text=gettext_lazy("Bare tjenester som noen har samtykket til, står her.")
    )
    answer_by = forms.DateField(label=gettext_lazy("Svar innen"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in range(rules.MOST):
            self.fields[f"time_{row}_on"] = forms.DateField(label=_("Dato"), required=False)
            self.fields[f"time_{row}_clock"] = forms.ClockField(label=_("Klokkeslett"), required=False)
        self.say_plainly()

    def rows(self) -> list[list[Any]]:
        """The fields of each time, for the page."""
        return [self.fields_for_page([f"time_{row}_on", f"time_{row}_clock"]) for row in range(rules.MOST)]

    def clean(self) -> dict[str, Any]:
        """A time has both its day and its hour, and there is such an hour that day."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for row in range(rules.MOST):
            on, clock = f"time_{row}_on", f"time_{row}_clock"
            if on in data and clock in data and (data[on] is None) != (data[clock] is None):
                self.add_error(clock if data[clock] is None else on, _("Skriv både dato og klokkeslett."))
            elif data.get(on) and data.get(clock) and forms.is_skipped(data[on], data[clock]):
                self.add_error(clock, forms.SKIPPED)
        return data

    @staticmethod
    def times(data: dict[str, Any]) -> list[datetime]:
        """Takes the rows out of the cleaned data, as instants."""
        pairs = [(data.pop(f"time_{row}_on"), data.pop(f"time_{row}_clock")) for row in range(rules.MOST)]
        return [forms.at_oslo(on, clock) for on, clock in pairs if on is not None]


def propose_times(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Ask those who are to come which of some times suit."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="propose_times")
    check_first(request, case, "meetings.propose_times")
    asked = request.POST.get("meeting") or request.GET.get("type", "")
    kind = MeetingKind(asked) if asked in MeetingKind.values else MeetingKind.STATUSMOTE
    others = [one for one in who_takes_part(case) if str(one.id) != case.facts.owner]
    form = ProposeForm(request.POST or None, initial={"services": _of_those(others)})
    offer(form, "services", others)
    form.fields["services"].required = True
    form.fields["services"].error_messages["required"] = _("Velg minst én tjeneste som skal svare.")
    page = _page(case)
    waits = next((one for one in queries.list_polls(case) if one.kind is kind), None)
    page["context"] |= {"kind": kind, "rows": form.rows, "waits": waits}
    return perform(
        request,
        form=form,
        run=lambda data: acts.propose(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            meeting=kind,
            times=form.times(data),
            replaces_id=_seen_poll(request),
            **data,
        ),
        version=str(waits.poll_id) if waits else "",
        title=_("Foreslå tider til %(meeting)s") % {"meeting": str(kind.label).lower()},
        button=_("Spør hvilke tider som passer"),
        done=_("Tjenestene er spurt. Her ser dere hva de svarer."),
        template="propose_times.html",
        **page,
    )


def _seen_poll(request: HttpRequest) -> UUID | None:
    """The times that waited for an answer when the form was shown."""
    try:
        return UUID(request.POST.get("version", ""))
    except ValueError:
        return None


def _of_those(some: Iterable[Someone]) -> list[str]:
    return [str(one.id) for one in some]


# --- answering --------------------------------------------------------------------------------------------------


class TimesForm(forms.ConditionalForm):
    """Which of the times suit, or that none does; also for one who answers by a link."""

    needed_with_some_answers = frozenset({"suits", "none_suits"})

    suits = IdsField(
        gettext_lazy("Hvilke tider passer?"),
        help_text=gettext_lazy("Kryss av alle som passer."),
    )
    none_suits = django_forms.BooleanField(label=gettext_lazy("Ingen av tidene passer"), required=False)
    note = django_forms.CharField(
        label=gettext_lazy("Melding"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Alle som er med i forløpet, kan lese det."),
    )

    def __init__(self, *args: Any, offered: Iterable[tuple[UUID, datetime]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["suits"]
        assert isinstance(field, IdsField)
        field.choices = [(str(key), in_words(starts_at)) for key, starts_at in offered]

    def clean(self) -> dict[str, Any]:
        """An empty press is no answer: that none of them suits is said with a box of its own."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        none_suits = data.pop("none_suits")
        if none_suits and data.get("suits"):
            self.add_error("none_suits", _("Du har også krysset av for tider som passer. Behold bare det ene."))
        elif not none_suits and data.get("suits") == []:
            self.add_error("suits", _("Kryss av for tidene som passer, eller for at ingen av dem passer."))
        return data


def in_words(starts_at: datetime) -> str:
    """torsdag 3. desember 2026 kl. 14.00"""
    return _("%(day)s %(on)s kl. %(at)s") % {
        "day": ukedag(starts_at),
        "on": dato(starts_at),
        "at": klokke(starts_at),
    }


def answer_times(request: HttpRequest, pathway_id: UUID, poll_id: UUID) -> HttpResponse:
    """Say which of the times suit one's own service."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="answer_times")
    check_first(request, case, "meetings.answer_times")
    poll = next((one for one in queries.list_polls(case) if one.poll_id == poll_id), None)
    if poll is None:
        return redirect("meetings", pathway_id=pathway_id)
    mine = poll.mine
    if mine is None:
        raise Refused("not_asked", NOT_ASKED)
    page = _page(case)
    return perform(
        request,
        form=TimesForm(
            request.POST or None,
            offered=sorted(((one.time_id, one.starts_at) for one in poll.times), key=lambda one: one[1]),
            initial={
                "suits": [str(one) for one in mine.suits],
                "none_suits": mine.has_answered and not mine.suits,
                "note": mine.note,
            },
        ),
        run=lambda data: acts.answer(
            actor=actor, pathway_id=pathway_id, once=once_of(request), asked_id=mine.asked_id, **data
        ),
        title=_("Tider til %(meeting)s") % {"meeting": str(poll.kind.label).lower()},
        button=_("Send svaret"),
        done=_("Svaret er sendt. Dere kan endre det til tiden er bestemt."),
        **page,
    )
