"""The self-assessment: child welfare and health judge the same collaboration, and then see each other's answers."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.cases.door import Invalid
from grunnmur.stewardship import assessment, supervision
from grunnmur.stewardship.assessment import NOTHING, Both, Done
from grunnmur.stewardship.collaboration import (
    Action,
    Answer,
    Area,
    Statement,
    count,
    count_changes,
    progress,
    statements,
)
from grunnmur.stewardship.terms import Judgement, Progress, Side, Signal
from grunnmur.stewardship.versions import Missing
from grunnmur.web import bars
from grunnmur.web.acting import actor_of, perform, seen_of
from grunnmur.web.fields import Field
from grunnmur.web.forms import ActForm, DateField, choice, long_text
from grunnmur.web.stewards import NO_CHILD, check_watches, language, place_of, source_of, watched_place
from grunnmur.web.views import session
from grunnmur.web.views.implementation import TONES, ShownForm, shown_problem

SIGNAL_TONES = {Signal.OPPOSITE: "danger", Signal.UNLIKE: "waiting", Signal.SAME: "done"}


def _area(key: str) -> Area:
    """Raises Http404."""
    found = statements().area(key)
    if found is None:
        raise Http404
    return found


def _overview(place: str) -> dict[str, Any]:
    """How many statements of each area give which signal, as a picture and a table."""
    judged = assessment.judged(place)
    counted = [
        (one, count(judged.get(statement.key, NOTHING).signal for statement in one.statements))
        for one in statements().areas
    ]
    by_area = [(one.words(language()).title, numbers) for one, numbers in counted]
    changed = [(side.label, count_changes(both.change(side) for both in judged.values())) for side in Side]
    asked = {one.key: one.words(language()).title for area in statements().areas for one in area.statements}
    done = [(asked[key], one, *_stands(one)) for key, one in assessment.actions(place).items() if key in asked]
    return {
        "by_area": [(one.key, *named) for (one, _numbers), named in zip(counted, by_area, strict=True)],
        "chart": bars.bars(by_area),
        "signals": list(Signal),
        "changed": changed if any(any(numbers.values()) for _side, numbers in changed) else [],
        "actions": sorted(done, key=lambda one: (one[2] is Progress.DONE, one[1].action.due_on)),
        "source": source_of(statements().source),
    }


@require_safe
def assessment_here(request: HttpRequest) -> HttpResponse:
    """How the two sides see the collaboration in the municipality that one leads in."""
    place = place_of(actor_of(request))
    given = {**_overview(place), "place": supervision.place_name(place), "number": "", "may_answer": True}
    return render(request, "assessment.html", given)


@require_safe
def assessment_in_region(request: HttpRequest) -> HttpResponse:
    """How many statements give which signal in each municipality of a county governor."""
    actor = actor_of(request)
    check_watches(actor)
    given = {
        "title": _("Egenvurdering"),
        "heading": _("Egenvurdering i kommunene"),
        "lead": _("Barnevernet og helse svarer hver for seg om det samme samarbeidet. Du ser svar som begge har gitt."),
        "caption": _("Antall påstander i hver kommune"),
        "standings": list(Signal),
        "rows": [(one.number, one.name, one.counted) for one in assessment.assessed(actor)],
        "page": "assessment_of_place",
    }
    return render(request, "municipalities.html", given)


@require_safe
def assessment_of_place(request: HttpRequest, place: str) -> HttpResponse:
    """How the two sides see the collaboration in one municipality, for its county governor."""
    name = watched_place(actor_of(request), place)
    return render(request, "assessment.html", {**_overview(place), "place": name, "number": place, "may_answer": False})


# --- one area ---------------------------------------------------------------------------------------------------------


def _lines(place: str, area: Area) -> list[dict[str, Any]]:
    """Each statement of an area with both answers, as far as one may see them, and what is done about it."""
    judged, done = assessment.judged(place), assessment.actions(place)
    return [_line(one, judged.get(one.key, NOTHING), done.get(one.key)) for one in area.statements]


def _stands(done: Done | None) -> tuple[Progress, str]:
    """How far an action has come, and the tone of that."""
    stands = progress(done.action if done else None, on=clock.today())
    return stands, TONES.get(stands, "neutral")


def _line(one: Statement, both: Both, done: Done | None) -> dict[str, Any]:
    stands, tone = _stands(done)
    return {
        "key": one.key,
        "words": one.words(language()),
        "source": source_of(one.source),
        "signal": both.signal,
        "tone": SIGNAL_TONES.get(both.signal, "neutral"),
        "sides": [(side, judged, both.change(side)) for side in Side if (judged := both.now(side))],
        "waits": [judged[-1] for side, judged in both.by_side.items() if both.waits(side)],
        "done": done,
        "progress": stands,
        "progress_tone": tone,
    }


@require_safe
def assessment_area(request: HttpRequest, area: str) -> HttpResponse:
    """One area in the municipality that one leads in: the answers side by side, and what is done."""
    actor = actor_of(request)
    place, found = place_of(actor), _area(area)
    lines = _lines(place, found)
    given = {
        "area": found.key,
        "words": found.words(language()),
        "lines": lines,
        "left": sum(not one["waits"] for one in lines),
        "may_answer": True,
        "crumb": (_("Egenvurdering"), reverse("assessment_here")),
    }
    return render(request, "assessment_area.html", given)


@require_safe
def assessment_area_of_place(request: HttpRequest, place: str, area: str) -> HttpResponse:
    """One area in a municipality, for its county governor."""
    name, found = watched_place(actor_of(request), place), _area(area)
    given = {
        "area": found.key,
        "words": found.words(language()),
        "lines": _lines(place, found),
        "left": 0,
        "may_answer": False,
        "crumb": (name, reverse("assessment_of_place", kwargs={"place": place})),
    }
    return render(request, "assessment_area.html", given)


class JudgeForm(ActForm):
    """Two fields for each statement of an area; what waits for the other side is not asked for again."""

    def __init__(self, *args: Any, area: Area, waits: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.waits = frozenset(waits)
        for one in area.statements:
            words = one.words(language())
            self.fields[f"judge-{one.key}"] = choice(
                words.title, Judgement.choices, radio=True, required=False, help_text=words.about
            )
            self.fields[f"ground-{one.key}"] = long_text(
                _("Hva bygger du det på?"), required=False, longest=1000, help_text=words.title
            )
        self.say_plainly()

    def fields_for_page(self, names: Iterable[str] | None = None) -> list[Field]:
        """Without what waits, unless somebody has typed there; nothing is called optional, for an answer needs both."""
        found = super().fields_for_page(names)
        shown = [field for field in found if field.name.split("-", 1)[1] not in self.waits or field.value]
        return [replace(field, says_optional=False) for field in shown]

    def clean(self) -> dict[str, Any]:
        """Beside its field: grounds without an answer. About the whole: no answer at all."""
        typed: dict[str, Any] = super().clean() or {}
        judges = {
            name.replace("ground-", "judge-", 1) for name, text in typed.items() if name.startswith("ground-") and text
        }
        answered = {name for name, answer in typed.items() if name.startswith("judge-") and answer}
        for name in judges - answered:
            self.add_error(name, _("Velg et svar."))
        if not answered and not self.errors:
            self.add_error(None, _("Svar på minst én påstand."))
        return typed


def judge_area(request: HttpRequest, area: str) -> HttpResponse:
    """Judge the statements of an area for one's own side, without seeing the other's."""
    actor = actor_of(request)
    place, found = place_of(actor), _area(area)
    side = assessment.side_of(actor)
    assert side is not None, "who leads in a municipality answers for a side"
    judged = assessment.judged(place)
    both = {one.key: judged.get(one.key, NOTHING) for one in found.statements}

    def run(typed: dict[str, Any]) -> list[UUID]:
        answers = {
            key: Answer(Judgement(typed[f"judge-{key}"]), typed[f"ground-{key}"])
            for key in both
            if typed[f"judge-{key}"]
        }
        try:
            made = assessment.assess(
                actor=actor, place=place, area=area, answers=answers, seen=seen_of(request), at=clock.now()
            )
        except Missing as fault:
            raise Invalid(
                {
                    f"judge-{key}" if both[key].waits(side) else f"ground-{key}": (
                        _("Du kan svare på nytt når den andre siden har svart. Tøm feltet under.")
                        if both[key].waits(side)
                        else _("Skriv hva du bygger svaret på.")
                    )
                    for key in fault.names
                }
            ) from fault
        for one in made:
            session.log(actor, "judge_statement", about=one)
        return made

    return perform(
        request,
        form=JudgeForm(request.POST or None, area=found, waits={key for key, one in both.items() if one.waits(side)}),
        run=run,
        title=found.words(language()).title,
        lead=" ".join(
            (
                _("Svar slik du ser det. Den andre siden ser svaret først når den har svart selv."),
                _("Et svar kan ikke endres. Dere kan svare på nytt når begge har svart."),
                str(NO_CHILD),
            )
        ),
        done=_("Svarene er lagret."),
        back=reverse("assessment_area", kwargs={"area": area}),
        button=_("Lagre svarene"),
        version=sum(len(one.by_side[side]) for one in both.values()),
    )


class ActionForm(ShownForm):
    field_order = ("action",)
    action = long_text(gettext_lazy("Hva gjør dere med det?"), longest=1000)
    # Also when it is done: an action has a day that it was to be done by.
    due_on = DateField(label=gettext_lazy("Når skal det være gjort?"), required=False)


def act_on_statement(request: HttpRequest, area: str, statement: str) -> HttpResponse:
    """Say what the municipality does about a statement that both sides have judged."""
    actor = actor_of(request)
    place, found = place_of(actor), _area(area)
    one = next((one for one in found.statements if one.key == statement), None)
    if one is None or assessment.judged(place).get(statement, NOTHING).times == 0:
        raise Http404
    last = assessment.actions(place).get(statement)

    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = assessment.act(
                actor=actor,
                place=place,
                statement=statement,
                action=Action(**typed),
                seen=seen_of(request),
                on=clock.today(),
                at=clock.now(),
            )
        except Missing as fault:
            raise Invalid({name: shown_problem(name) for name in fault.names}) from fault
        session.log(actor, "act_on_statement", about=made)
        return made

    return perform(
        request,
        form=ActionForm(
            request.POST or None,
            initial={name: getattr(last.action, name) for name in ActionForm.base_fields} if last else {},
        ),
        run=run,
        title=one.words(language()).title,
        lead=NO_CHILD,
        done=_("Tiltaket er lagret."),
        back=reverse("assessment_area", kwargs={"area": area}),
        button=_("Lagre tiltaket"),
        version=last.number if last else 0,
    )
