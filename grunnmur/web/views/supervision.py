"""What supervision has found: a municipality's leaders say how it stands there, the county governor sees the region."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import Invalid
from grunnmur.stewardship import supervision
from grunnmur.stewardship.findings import Said, count, findings, may_be_mended, standing
from grunnmur.stewardship.shapes import Words
from grunnmur.stewardship.terms import FindingAnswer, Standing
from grunnmur.stewardship.versions import Missing
from grunnmur.web import bars
from grunnmur.web.acting import actor_of, perform, seen_of
from grunnmur.web.fields import Field
from grunnmur.web.forms import ConditionalForm, DateField, choice, long_text
from grunnmur.web.stewards import NO_CHILD, check_watches, language, place_of
from grunnmur.web.views import session

TONES = {Standing.OPEN: "waiting", Standing.OVERDUE: "danger", Standing.MENDED: "done"}


def _words() -> dict[str, Words]:
    """Each finding in the reader's language, in the order of the file."""
    return {one.key: one.words(language()) for one in findings().findings}


def _of(place: str) -> dict[str, Any]:
    """What the page of one municipality shows."""
    last, today, words = supervision.last_said(place), clock.today(), _words()
    followed = []
    for key, said in words.items():
        version = last.get(key)
        stands = standing(version.said if version else None, on=today)
        followed.append((key, said, version, stands, TONES.get(stands, "neutral")))
    return {
        "followed": followed,
        "history": [(words[one.finding].title, one) for one in supervision.history(place) if one.finding in words],
        "newest": supervision.NEWEST,
        **_source(),
    }


def _source() -> dict[str, str]:
    """Where the findings stand."""
    source = findings().source
    return {"source": definitions().source(source.key).title, "source_place": source.place}


@require_safe
def findings_here(request: HttpRequest) -> HttpResponse:
    """How each finding stands in the municipality that one answers for, and what was said before."""
    place = place_of(actor_of(request))
    return render(request, "findings.html", {**_of(place), "may_answer": True, "place_name": ""})


class FollowUpForm(ConditionalForm):
    needed_with_some_answers = frozenset({"who", "due_on", "shown_by"})
    answer = choice(gettext_lazy("Hvordan er det hos dere?"), FindingAnswer.choices, radio=True)
    why = long_text(
        gettext_lazy("Hvorfor svarer dere det?"), longest=1000, help_text=gettext_lazy("Hva bygger dere svaret på?")
    )
    action = long_text(
        gettext_lazy("Hva gjør dere med det?"),
        required=False,
        longest=1000,
        help_text=gettext_lazy("La feltet stå tomt til dere har bestemt noe."),
    )
    who = forms.CharField(
        label=gettext_lazy("Hvem gjør det?"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Må fylles ut når dere har skrevet hva dere gjør. Skriv en tjeneste eller en stilling."),
    )
    due_on = DateField(
        label=gettext_lazy("Når skal det være gjort?"),
        required=False,
        help_text=gettext_lazy("Må fylles ut når dere har skrevet hva dere gjør."),
    )
    shown_by = long_text(
        gettext_lazy("Hva viser at det er rettet?"),
        required=False,
        longest=1000,
        help_text=gettext_lazy(
            "Bare når det er rettet. For eksempel et vedtak, en rutine eller tall fra før og etter."
        ),
    )

    def __init__(self, *args: Any, may_be_mended: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.may_be_mended = may_be_mended

    def fields_for_page(self, names: Iterable[str] | None = None) -> list[Field]:
        """Without the answer that would be refused, and what goes with it; unless somebody has typed that already."""
        found = super().fields_for_page(names)
        if self.may_be_mended or self["answer"].value() == FindingAnswer.MENDED or self["shown_by"].value():
            return found
        return [
            replace(field, choices=tuple(one for one in field.choices if one[0] != FindingAnswer.MENDED))
            for field in found
            if field.name != "shown_by"
        ]


def _problem(name: str, said: Said) -> str | Promise:
    """What to do about a field that stops the answer."""
    if name == "answer":
        return _("Dere har ikke svart at det er slik hos dere. Da kan det ikke være rettet. Velg et annet svar.")
    if name == "shown_by" and said.answer is FindingAnswer.MENDED:
        return _("Skriv hva som viser at det er rettet.")
    if name == "shown_by":
        return _("Velg «Det er rettet» over, eller tøm feltet.")
    if said.answer is FindingAnswer.NOT_OURS:
        return _("Når det ikke er slik hos dere, er det ikke noe å gjøre. Tøm feltet.")
    return _("Når dere gjør noe med det, må dere skrive hva, hvem og når. Fyll ut feltet.")


def answer_finding(request: HttpRequest, finding: str) -> HttpResponse:
    """Say how a finding stands here, what is done about it, and at last what shows that it is mended."""
    actor = actor_of(request)
    place, words = place_of(actor), _words().get(finding)
    if words is None:
        raise Http404
    last = supervision.last_said(place).get(finding)

    def run(typed: dict[str, Any]) -> UUID:
        said = Said(**{**typed, "answer": FindingAnswer(typed["answer"])})
        try:
            made = supervision.say(
                actor=actor, place=place, finding=finding, said=said, seen=seen_of(request), at=clock.now()
            )
        except Missing as fault:
            raise Invalid({name: _problem(name, said) for name in fault.names}) from fault
        session.log(actor, "answer_finding", about=made)
        return made

    initial = {name: getattr(last.said, name) for name in FollowUpForm.base_fields} if last else {}
    return perform(
        request,
        form=FollowUpForm(
            request.POST or None, initial=initial, may_be_mended=may_be_mended(last.said if last else None)
        ),
        run=run,
        title=words.title,
        lead=f"{words.about} {NO_CHILD}",
        done=_("Svaret er lagret."),
        back="/tilsyn/",
        button=_("Lagre svaret"),
        version=last.number if last else 0,
    )


# --- the county governor ----------------------------------------------------------------------------------------------


def _watched(request: HttpRequest) -> list[supervision.Watched]:
    """The municipalities of the county governor that one works for. Raises Refused for anybody else."""
    actor = actor_of(request)
    check_watches(actor)
    return supervision.watched(actor, on=clock.today())


@require_safe
def findings_in_region(request: HttpRequest) -> HttpResponse:
    """How many municipalities stand where with each finding, as a picture and a table; and each municipality."""
    places, words = _watched(request), _words()
    by_finding = [(words[key].title, count(one.standings[key] for one in places)) for key in words]
    given = {
        "places": [(one.number, one.name, count(one.standings.values())) for one in places],
        "by_finding": by_finding,
        "chart": bars.bars(by_finding) if places else None,
        "answered": sum(any(one is not Standing.NOT_ASSESSED for one in place.standings.values()) for place in places),
        "standings": list(Standing),
        **_source(),
    }
    return render(request, "findings_region.html", given)


@require_safe
def findings_of_place(request: HttpRequest, place: str) -> HttpResponse:
    """What one municipality has answered, for its county governor."""
    found = next((one for one in _watched(request) if one.number == place), None)
    if found is None:
        raise Http404
    return render(request, "findings.html", {**_of(place), "may_answer": False, "place_name": found.name})
