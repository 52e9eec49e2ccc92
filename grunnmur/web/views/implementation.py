"""Putting the pathway into use: what is done, by whom and what shows it, for the municipality and its council."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.door import Invalid
from grunnmur.directory import members
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import implementation, supervision
from grunnmur.stewardship.own_tasks import OwnTask, is_own, steps_with
from grunnmur.stewardship.steps import (
    Report,
    Task,
    Training,
    Version,
    count,
    find_task,
    newest,
    plan,
    progress,
    reached,
    steps_of,
    tasks_of,
    trained,
    travelled,
    whole,
)
from grunnmur.stewardship.terms import Progress, StepStanding, TaskAnswer, Track, Trained
from grunnmur.stewardship.versions import Missing
from grunnmur.web import bars, region_map
from grunnmur.web.acting import actor_of, perform, seen_of
from grunnmur.web.forms import ActForm, ConditionalForm, DateField, choice, long_text
from grunnmur.web.region_map import Spot
from grunnmur.web.stewards import NO_CHILD, check_watches, language, place_of, source_of, watched_place
from grunnmur.web.views import in_use, session

TONES = {Progress.OVERDUE: "danger", Progress.UNDER_WAY: "waiting", Progress.DONE: "done"}
TRAINED_TONES = {
    Trained.NOT_YET: "neutral",
    Trained.EXPIRED: "danger",
    Trained.SOON: "waiting",
    Trained.VALID: "done",
}
EARLIER = 50
"""How many of the replaced reports a page shows."""
STEP_SIGNS = {
    StepStanding.NOT_BEGUN: "–",
    StepStanding.BEGUN: "→",
    StepStanding.REACHED: "✓",
    StepStanding.NOTHING: "■",
}
AT_ONCE = 10
"""How many of the tasks that are done stand open on the page; the others are folded."""


# --- the way travelled ------------------------------------------------------------------------------------------------


def _overview(place: str) -> dict[str, Any]:
    """What the page for the council shows: each step, each year, each kind of service, and what shows what is done."""
    today, said = clock.today(), implementation.said(place)
    last = newest(said, on=today)
    own = _own_tasks(place)
    steps = steps_with(own)
    by_step = [
        (f"{number}. {step.name(language())}", count(last, tasks_of([step]), on=today))
        for number, step in enumerate(steps, 1)
    ]
    by_year = [(_day(day, today), counted) for day, counted in travelled(said, steps, on=today)]
    every = count(last, tasks_of(steps), on=today)
    done = [(_title(one, own), one) for one in last.values() if one.report.answer is TaskAnswer.DONE]
    return {
        "by_step": by_step,
        "step_bars": bars.bars(by_step),
        "by_year": by_year,
        "year_bars": bars.bars(by_year),
        "by_track": [(track, count(last, tasks_of(steps, [track]), on=today)) for track in Track],
        "done": sorted(done, key=lambda one: one[1].report.done_on or today, reverse=True),
        "at_once": AT_ONCE,
        "is_done": every[Progress.DONE],
        "all": sum(every.values()) - every[Progress.NOT_OURS],
        "reached": [(track, steps_of(last, track, steps, on=today)) for track in Track],
        "step_signs": STEP_SIGNS,
        "progresses": list(Progress),
        "has_own": any(not one.is_ended for one in own.values()),
        "source": source_of(plan().source),
        **in_use.shown(place, on=today),
    }


def _day(day: Any, today: Any) -> str:
    return _("I dag") if day == today else _("Ved slutten av %(year)s") % {"year": day.year}


def _own_tasks(place: str) -> dict[str, OwnTask]:
    """A municipality's own tasks by key, also those that are ended."""
    return {key: one.task for key, one in implementation.own_tasks(place).items()}


def _title(version: Version, own: Mapping[str, OwnTask]) -> str:
    """What a task is called; its key, should the file no longer have it."""
    if version.task in own:
        return own[version.task].title
    task = find_task(plan().steps, version.track, version.task)
    return task.words(language()).title if task else version.task


@require_safe
def implementation_here(request: HttpRequest) -> HttpResponse:
    """How far the municipality that one leads in has come, to show and to print."""
    actor = actor_of(request)
    place = place_of(actor)
    given = {
        **_overview(place),
        "place": supervision.place_name(place),
        "may_report": True,
        "training": _counted(actor),
    }
    return render(request, "implementation.html", given)


@require_safe
def implementation_in_region(request: HttpRequest) -> HttpResponse:
    """How many tasks each municipality of a county governor has done."""
    actor = actor_of(request)
    check_watches(actor)
    places = implementation.travelling(actor, on=clock.today())
    given = {
        "title": _("Innføring"),
        "heading": _("Forløpet i bruk i kommunene"),
        "lead": _(
            "Kommunene skriver selv hva som er gjort, og hva som viser det. Det de selv har lagt til, er ikke med her."
        ),
        "caption": _("Antall oppgaver i hver kommune"),
        "standings": list(Progress),
        "rows": [(one.number, one.name, one.counted) for one in places],
        "page": "implementation_of_place",
        "more": ("steps_in_region", _("Se hvilke trinn kommunene har nådd, på kart")),
    }
    return render(request, "municipalities.html", given)


@require_safe
def steps_in_region(request: HttpRequest) -> HttpResponse:
    """Which of the six steps each municipality has reached for one kind of service, as a map and in words."""
    actor = actor_of(request)
    check_watches(actor)
    asked = request.GET.get("tjeneste", "")
    track = Track(asked) if asked in Track.values else Track.CHILD_WELFARE
    places = implementation.travelling(actor, on=clock.today())
    spots = [_spot(one, one.steps[track]) for one in places]
    given = {
        "track": track,
        "tracks": [(one.value, one.label, one is track) for one in Track],
        "steps": [(number, step.name(language())) for number, step in enumerate(plan().steps, 1)],
        "rows": [(one.number, one.name, one.steps[track]) for one in places],
        "by_track": [(one.number, one.name, [reached(one.steps[each]) for each in Track]) for one in places],
        "map": region_map.draw(spots),
        "signs": [(one.value, STEP_SIGNS[one], one.label) for one in StepStanding],
        "step_signs": STEP_SIGNS,
        "source": source_of(plan().source),
    }
    return render(request, "steps_region.html", given)


def _spot(place: implementation.Travelling, steps: tuple[StepStanding, ...]) -> Spot:
    """A municipality in the picture: how many steps are reached, of those where there is something to do."""
    stands, (done, theirs) = whole(steps), reached(steps)
    return Spot(place.name, place.tile, stands.value, f"{STEP_SIGNS[stands]} {done}/{theirs}")


@require_safe
def implementation_of_place(request: HttpRequest, place: str) -> HttpResponse:
    """How far one municipality has come, for its county governor."""
    name = watched_place(actor_of(request), place)
    given = {**_overview(place), "place": name, "may_report": False, "training": []}
    return render(request, "implementation.html", given)


# --- the tasks of one kind of service ---------------------------------------------------------------------------------


def _track(track: str) -> Track:
    """Raises Http404."""
    if track not in Track.values:
        raise Http404
    return Track(track)


@require_safe
def implementation_tasks(request: HttpRequest, track: str) -> HttpResponse:
    """What one kind of service has to do in each step, how far it has come, and what was said before."""
    place, of, today = place_of(actor_of(request)), _track(track), clock.today()
    said = [one for one in implementation.said(place) if one.track is of]
    last, own = newest(said, on=today), _own_tasks(place)
    steps = [
        (f"{number}. {step.name(language())}", [_line(task, last.get((of, task.key))) for task in step.of(of)])
        for number, step in enumerate(steps_with(own), 1)
    ]
    stand = {task["key"] for _title_of_step, tasks in steps for task in tasks}
    before = [
        (_title(one, own), one)
        for one in said
        if last[one.track, one.task].number != one.number or one.task not in stand
    ]
    taken_away = [(key, one) for key, one in own.items() if one.track is of and one.is_ended]
    given = {"track": of, "steps": steps, "history": before[:EARLIER], "newest": EARLIER, "taken_away": taken_away}
    return render(request, "implementation_tasks.html", given)


def _line(task: Task, version: Version | None) -> dict[str, Any]:
    stands, ours = progress(version.report if version else None, on=clock.today()), is_own(task.key)
    return {
        "key": task.key,
        "words": task.words(language()),
        "is_own": ours,
        "source": _("Deres egen oppgave.") if ours else source_of(task.source),
        "version": version,
        "progress": stands,
        "tone": TONES.get(stands, "neutral"),
    }


class ShownForm(ConditionalForm):
    """Who does something and when, and what shows that it is done."""

    needed_with_some_answers = frozenset({"who", "due_on", "done_on", "shown_by"})
    who = forms.CharField(
        label=gettext_lazy("Hvem gjør det?"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Skriv en tjeneste eller en stilling."),
    )
    due_on = DateField(
        label=gettext_lazy("Når skal det være gjort?"),
        required=False,
        help_text=gettext_lazy("Må fylles ut til det er gjort."),
    )
    done_on = DateField(
        label=gettext_lazy("Når ble det gjort?"), required=False, help_text=gettext_lazy("Bare når det er gjort.")
    )
    shown_by = long_text(
        gettext_lazy("Hva viser at det er gjort?"),
        required=False,
        longest=1000,
        help_text=gettext_lazy("Bare når det er gjort. For eksempel en avtale, en rutine, et referat eller et vedtak."),
    )


def shown_problem(name: str) -> str | Promise:
    """What to do about a field of a `ShownForm` that stops it."""
    return {
        "who": _("Skriv hvem som gjør det."),
        "due_on": _("Skriv når det skal være gjort."),
        "shown_by": _("Skriv hva som viser at det er gjort."),
        "done_on": _("Skriv dagen det ble gjort. Den kan ikke være fram i tid."),
    }[name]


class ReportForm(ShownForm):
    needed_with_some_answers = ShownForm.needed_with_some_answers | {"why"}
    field_order = ("answer",)
    answer = choice(gettext_lazy("Hvor langt har dere kommet?"), TaskAnswer.choices, radio=True)
    why = long_text(
        gettext_lazy("Er det noe mer å vite?"),
        required=False,
        longest=1000,
        help_text=gettext_lazy("Må fylles ut når det ikke gjelder hos dere: Skriv hvorfor."),
    )


def _problem(name: str, said: Report) -> str | Promise:
    """What to do about a field that stops the report."""
    if name == "why":
        return _("Skriv hvorfor det ikke gjelder hos dere.")
    if said.answer is TaskAnswer.NOT_OURS:
        return _("Når det ikke gjelder hos dere, er det ikke noe å gjøre. Tøm feltet.")
    if said.answer is TaskAnswer.UNDER_WAY and name in ("done_on", "shown_by"):
        return _("Velg «Det er gjort» over, eller tøm feltet.")
    return shown_problem(name)


def report_task(request: HttpRequest, track: str, task: str) -> HttpResponse:
    """Say how far a task has come for one kind of service here."""
    actor = actor_of(request)
    place, of = place_of(actor), _track(track)
    wanted = find_task(steps_with(_own_tasks(place)), of, task)
    if wanted is None:
        raise Http404
    words = wanted.words(language())
    last = newest(implementation.said(place), on=clock.today()).get((of, task))

    def run(typed: dict[str, Any]) -> UUID:
        said = Report(**{**typed, "answer": TaskAnswer(typed["answer"])})
        try:
            made = implementation.report(
                actor=actor,
                place=place,
                track=of,
                task=task,
                said=said,
                seen=seen_of(request),
                on=clock.today(),
                at=clock.now(),
            )
        except Missing as fault:
            raise Invalid({name: _problem(name, said) for name in fault.names}) from fault
        session.log(actor, "report_task", about=made)
        return made

    return perform(
        request,
        form=ReportForm(
            request.POST or None,
            initial={name: getattr(last.report, name) for name in ReportForm.base_fields} if last else {},
        ),
        run=run,
        title=words.title,
        lead=f"{of.label}: {words.about} {NO_CHILD}",
        done=_("Svaret er lagret."),
        back=reverse("implementation_tasks", kwargs={"track": of.value}),
        button=_("Lagre svaret"),
        version=last.number if last else 0,
    )


# --- who has gone through what ----------------------------------------------------------------------------------------


def _counted(actor: Actor) -> list[tuple[str, dict[Trained, int]]]:
    """How many employees of one's own service have gone through each material; nothing unless one administers it."""
    if not members.is_administrator():
        return []
    today, done = clock.today(), implementation.trainings(actor)
    people = implementation.employees(actor, on=today)
    counted = []
    for material in plan().materials:
        found = [_stands(done.get((person, material.key))) for person, _name in people]
        counted.append((material.name(language()), {one: found.count(one) for one in Trained}))
    return counted


def _stands(found: tuple[int, Training] | None) -> Trained:
    return trained(found[1] if found else None, on=clock.today())


@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """Who in the service has gone through which material; those who do not administer it see their own."""
    actor = actor_of(request)
    may_write, done = members.is_administrator(), implementation.trainings(actor)
    people = implementation.employees(actor, on=clock.today()) if may_write else [(actor.person_id, actor.person_name)]
    lines = []
    for person, name in people:
        cells = [(one.key, one.name(language()), done.get((person, one.key))) for one in plan().materials]
        lines.append((person, name, [(key, what, found, _stands(found)) for key, what, found in cells]))
    given = {
        "lines": lines,
        "materials": [(one.name(language()), source_of(one.source)) for one in plan().materials],
        "tones": TRAINED_TONES,
        "may_write": may_write,
    }
    session.log(actor, "training")
    return render(request, "training.html", given)


class TrainingForm(ActForm):
    done_on = DateField(
        label=gettext_lazy("Hvilken dag?"),
        required=False,
        help_text=gettext_lazy("Tøm feltet for å ta tilbake det som står."),
    )
    expires_on = DateField(
        label=gettext_lazy("Må gjøres på nytt fra"),
        required=False,
        help_text=gettext_lazy("Bare når dere har bestemt at det ikke varer. Ingen kilde setter en frist."),
    )


def record_training(request: HttpRequest, person_id: UUID, material: str) -> HttpResponse:
    """Write that an employee went through a material, or take it back."""
    actor = actor_of(request)
    if not members.is_administrator():
        raise Refused("not_administrator", _("Bare den som administrerer tjenesten, skriver inn opplæring."))
    name = dict(implementation.employees(actor, on=clock.today())).get(person_id)
    what = next((one for one in plan().materials if one.key == material), None)
    if name is None or what is None:
        raise Http404
    version, last = implementation.trainings(actor).get((person_id, material), (0, None))

    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = implementation.record_training(
                actor=actor,
                person=person_id,
                material=material,
                training=Training(**typed),
                seen=seen_of(request),
                on=clock.today(),
                at=clock.now(),
            )
        except Missing as fault:
            problems = {
                "done_on": shown_problem("done_on"),
                "expires_on": _("Skriv en dag etter den dagen det ble gjort, eller tøm feltet."),
            }
            raise Invalid({one: problems[one] for one in fault.names}) from fault
        session.log(actor, "record_training", about=made)
        return made

    return perform(
        request,
        form=TrainingForm(
            request.POST or None,
            initial={"done_on": last.done_on, "expires_on": last.expires_on} if last else {},
        ),
        run=run,
        title=_("Opplæring"),
        lead=f"{name}: {what.name(language())}",
        done=_("Lagret."),
        back=reverse("training"),
        button=_("Lagre"),
        version=version,
    )
