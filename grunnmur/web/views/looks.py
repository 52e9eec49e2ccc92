"""Who has looked: at one child, for its owner; and what a service's own people look at, for whoever administers it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from grunnmur.cases.actions import looks as acts
from grunnmur.cases.queries import looks as queries
from grunnmur.cases.queries.looks import Line, LookedAt
from grunnmur.web import child_words, forms, pickers
from grunnmur.web.acting import actor_of, perform
from grunnmur.web.fields import field_of
from grunnmur.web.jinja import dato, klokke


@require_GET
def who_looked(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Every look at one child, newest first."""
    found = queries.who_looked(actor_of(request), child_id, after=request.GET.get("etter", ""))
    return render(
        request,
        "who_looked.html",
        {"found": found, "lines": _folded(found.looks), "crumbs": child_words.crumbs(found.head)},
    )


def _folded(looks: Iterable[LookedAt]) -> list[dict[str, Any]]:
    """Looks after each other that say the same on the same day, as one line with how many and from when to when."""

    def same(look: LookedAt) -> tuple[object, ...]:
        return (look.at.date(), look.who, look.service, look.role, look.kind, look.purpose, look.ground, look.allowed)

    lines = []
    for _key, group in groupby(looks, key=same):
        newest, *others = group
        first = others[-1] if others else newest
        lines.append({"look": newest, "when": _span(newest.at, first.at, newest.at), "times": len(others) + 1})
    return lines


def _span(day: date, first_at: datetime, last_at: datetime) -> str:
    first, last = klokke(first_at), klokke(last_at)
    words = {"on": dato(day), "first": first, "last": last}
    return (_("%(on)s kl. %(first)s") if first == last else _("%(on)s kl. %(first)s–%(last)s")) % words


class ControlForm(forms.ActForm):
    """Whom and how far back. It is sent in the address: an id and a number of days, and nothing that says who."""

    person = pickers.IdField(label=gettext_lazy("Hvem"), required=False)
    dager = django_forms.TypedChoiceField(label=gettext_lazy("Hvor langt tilbake"), coerce=int, required=False)

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__({"person": given.get("person", ""), "dager": given.get("dager") or str(queries.PERIODS[0])})
        forms.offer_choices(
            self, "dager", [(str(days), _("%(days)s dager") % {"days": days}) for days in queries.PERIODS]
        )

    def name(self, people: Iterable[tuple[UUID, str]]) -> None:
        """Whom one can choose."""
        forms.offer_choices(self, "person", [("", _("Alle")), *((str(key), name) for key, name in people)])


@require_GET
def look_control(request: HttpRequest) -> HttpResponse:
    """What the service's own people have looked at, the unusual first."""
    chosen = ControlForm(request.GET.dict())
    valid = chosen.cleaned_data if chosen.is_valid() else {}
    person, days = valid.get("person"), valid.get("dager") or queries.PERIODS[0]
    found = queries.control(actor_of(request), days=days, person=person, after=request.GET.get("etter", ""))
    chosen.name(found.people)
    further = {"person": person or "", "dager": days, "etter": found.after}
    return render(
        request,
        "look_control.html",
        {
            "fields": [field_of(chosen[name], says_optional=False) for name in chosen.fields],
            "lines": [_line(line) for line in found.lines],
            "unusual": found.unusual,
            "is_cut": found.is_cut,
            "next_url": f"?{urlencode(further)}" if found.after else "",
        },
    )


def _line(line: Line) -> dict[str, Any]:
    looked = line.looked
    return {
        "line": line,
        "what": _what(line),
        "when": _when(line),
        "url": None if line.is_mine or line.examined else _address(line),
        "count": looked.times,
    }


def _what(line: Line) -> str:
    if line.looked.child is None:
        return _("Søk uten treff, og sider som ikke ble vist")
    return line.child or _("Et barn du ikke ser nå")


def _when(line: Line) -> str:
    return _span(line.looked.day, line.looked.first_at, line.looked.last_at)


def _address(line: Line) -> str:
    named: dict[str, Any] = {"person_id": line.looked.person, "day": line.looked.day.isoformat()}
    if line.looked.child is not None:
        named["child_id"] = line.looked.child
    return reverse("review_look" if line.looked.child else "review_refusals", kwargs=named)


class ExamineForm(forms.ActForm):
    note = forms.long_text(
        gettext_lazy("Hva fant du?"),
        help_text=gettext_lazy(
            "Skriv hvorfor oppslaget var riktig, eller hva dere gjør nå. Bare de som administrerer tjenesten, ser det."
        ),
    )


def examine(request: HttpRequest, person_id: UUID, day: str, child_id: UUID | None = None) -> HttpResponse:
    """Write down what was found of what one person looked at of one child on one day."""
    try:
        on = date.fromisoformat(day)
    except ValueError as fault:
        raise Http404 from fault
    actor = actor_of(request)
    line = queries.get_line(actor, person=person_id, day=on, child_id=child_id)
    return perform(
        request,
        form=ExamineForm(request.POST or None),
        run=lambda data: acts.examine(actor=actor, person=person_id, day=on, child_id=child_id, note=data["note"]),
        title=_("Se på oppslaget"),
        lead=f"{line.who}: {_what(line)}. {_when(line)}",
        button=_("Lagre"),
        done=_("Det du fant, er lagret."),
        back=reverse("look_control"),
        template="review_look.html",
        context={"crumbs": [(_("Oppslag"), reverse("look_control"))], "line": line},
    )
