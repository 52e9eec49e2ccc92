"""What waiting becomes when something changes: for those who see the numbers that it is worked out from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur.cases.access import Refused
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.insight import capacity, figures, queues
from grunnmur.insight.capacity import HALF_MOST, WEEK, Outlook, Span
from grunnmur.insight.figures import Numbers, Times
from grunnmur.insight.halves import Half
from grunnmur.insight.hiding import LEAST
from grunnmur.insight.indicators import indicators
from grunnmur.insight.queues import MOST_WAITING, QUEUES, Answer, Basis, Own, Question, Queue, Seen
from grunnmur.stewardship import supervision
from grunnmur.web import number_pictures
from grunnmur.web.acting import actor_of
from grunnmur.web.fields import field_of
from grunnmur.web.forms import ActForm, offer_choices
from grunnmur.web.stewards import language
from grunnmur.web.views import errors
from grunnmur.web.views.numbers import half_name, titled, watcher

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Words:
    """What a queue is called, what is waited for in it, and what a place in it is."""

    title: Text
    about: Text
    place: Text


WORDS: Mapping[str, Words] = {
    "kartlegging": Words(
        gettext_lazy("Kartlegging"),
        gettext_lazy("Barnet venter på at kartleggingen begynner."),
        gettext_lazy("En plass er ett barn som kartlegges nå."),
    ),
    "vurdering": Words(
        gettext_lazy("Avgjørelse"),
        gettext_lazy("Barnet venter på avgjørelsen om forløpet."),
        gettext_lazy("En plass er én som avgjør én sak om gangen."),
    ),
    "oppstartsmote": Words(
        gettext_lazy("Oppstartsmøte"),
        gettext_lazy("Barnet venter på det første oppstartsmøtet, fra det er avgjort at forløpet starter."),
        gettext_lazy("En plass er én som gjør klart ett møte om gangen."),
    ),
    "svar": Words(
        gettext_lazy("Svar på henvisning"),
        gettext_lazy("Henvisningen venter på svar."),
        gettext_lazy("En plass er én som vurderer én henvisning om gangen."),
    ),
    "behandling": Words(
        gettext_lazy("Start av behandling"),
        gettext_lazy("Barnet venter på at behandlingen begynner."),
        gettext_lazy("En plass er ett barn i behandling."),
    ),
}
SEASON_WORDS: Mapping[str, Text] = {
    "even": gettext_lazy("Like mange hele året"),
    "quiet_summer": gettext_lazy("Halvparten så mange om sommeren (juni til august)"),
    "busy_autumn": gettext_lazy("Halvannen gang så mange om høsten (september til november)"),
}
TIMES: Mapping[str, Text] = {
    "1": gettext_lazy("Like mange som nå"),
    "0.5": gettext_lazy("Halvparten så mange"),
    "1.5": gettext_lazy("Halvannen gang så mange"),
    "2": gettext_lazy("Dobbelt så mange"),
    "3": gettext_lazy("Tre ganger så mange"),
}
ASKED = ("more", "times", "closed", "season")
OWN = ("asked", "places", "days_each", "waiting")


class WholeField(forms.CharField):
    """A whole number, as people type it, or nothing."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        # A telephone's keys for numbers have no minus.
        widget = forms.TextInput(attrs={"inputmode": "numeric"} if least >= 0 else {})
        super().__init__(required=False, widget=widget, **options)
        self.least, self.most = least, most

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value)).replace("\u2212", "-").replace(" ", "")
        if not text:
            return None
        try:
            number = int(text)
        except ValueError:
            number = self.most + 1
        if not self.least <= number <= self.most:
            said = _("Skriv et helt tall fra %(least)s til %(most)s.")
            raise forms.ValidationError(said % {"least": self.least, "most": self.most})
        return number


class CapacityForm(ActForm):
    """What is asked about, and what whoever asks knows better than the figures."""

    more = WholeField(
        label=gettext_lazy("Flere plasser"),
        help_text=gettext_lazy(
            "Hvor mange flere barn tjenesten kan ha samtidig. Hvor mange én psykolog til kan ha, vet dere best: vi har "
            "ikke funnet noe tall. Skriv minus foran for færre."
        ),
        least=-capacity.PLACES_MOST,
        most=capacity.PLACES_MOST,
    )
    times = forms.ChoiceField(
        label=gettext_lazy("Hvor mange nye barn"), choices=list(TIMES.items()), required=False, initial="1"
    )
    closed = forms.ChoiceField(label=gettext_lazy("Stengt en måned"), required=False)
    season = forms.ChoiceField(
        label=gettext_lazy("Når på året kommer de?"),
        help_text=gettext_lazy("Tallene sier det ikke: de telles for et halvt år."),
        choices=list(SEASON_WORDS.items()),
        required=False,
        initial="even",
    )
    asked = WholeField(label=gettext_lazy("Nye barn i et halvår"), least=1, most=HALF_MOST)
    places = WholeField(label=gettext_lazy("Plasser nå"), least=1, most=capacity.PLACES_MOST)
    days_each = WholeField(label=gettext_lazy("Dager et barn har plassen, i gjennomsnitt"), least=1, most=730)
    waiting = WholeField(label=gettext_lazy("Barn som venter nå"), least=0, most=MOST_WAITING)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        months = [(str(number), MONTHS[number]) for number in range(1, 13)]
        offer_choices(self, "closed", [("", _("Ingen")), *months])

    @property
    def has_own(self) -> bool:
        """Whether something is written instead of the figures, right or wrong."""
        return self.is_bound and any(self[name].value() for name in OWN)

    @property
    def own(self) -> Own:
        """What is written instead of the figures; of a form that is valid."""
        return Own(**{name: self.cleaned_data[name] for name in OWN})

    @property
    def question(self) -> Question:
        """What is asked about; of a form that is valid."""
        given = self.cleaned_data
        return Question(
            more=given["more"] or 0,
            times=float(given["times"] or 1),
            closed=int(given["closed"]) if given["closed"] else None,
            season=given["season"] or "even",
        )

    def say_what_lacks(self, based: Basis | list[str]) -> None:
        """Write beside the fields why it cannot be answered, where it cannot."""
        if isinstance(based, list):
            for name in based:
                self.add_error(name, _("Tallene sier ikke dette. Skriv det selv."))
            return
        sentences = {
            "places": ("more", _("Det må være minst én plass igjen.")),
            "asked": ("asked", _("Det er for mange til å regnes ut her.")),
        }
        for fault in queues.faults(based, self.question):
            self.add_error(*sentences[fault])


# --- whose figures ----------------------------------------------------------------------------------------------------


@require_safe
def capacity_here(request: HttpRequest) -> HttpResponse:
    """In the municipality that one leads child welfare or health in."""
    actor = actor_of(request)
    if supervision.leads(actor) is None:
        raise Refused(
            "not_a_leader", _("Bare barnevernlederen og kommuneoverlegen regner på ventetiden i egen kommune.")
        )
    place = figures.places(actor)[0]
    crumbs = [(_("Tall"), reverse("numbers_here"))]
    return _page(request, QUEUES, {"place": place.number}, {"where": place.name, "crumbs": crumbs})


@require_safe
def capacity_of_place(request: HttpRequest, place: str) -> HttpResponse:
    """In one municipality, for its county governor."""
    found = next((one for one in figures.places(watcher(request)) if one.number == place), None)
    if found is None:
        raise Http404
    crumbs = [
        (_("Tall"), reverse("numbers_in_region")),
        (found.name, reverse("numbers_of_place", kwargs={"place": found.number})),
    ]
    return _page(request, QUEUES, {"place": found.number}, {"where": found.name, "crumbs": crumbs})


@require_safe
def capacity_in_region(request: HttpRequest) -> HttpResponse:
    """In a whole county: the queues of services that have the children of several municipalities."""
    counties = figures.counties(watcher(request))
    if not counties:
        raise Http404
    asked = request.GET.get("fylke")
    county = asked if asked in counties else counties[0]
    offered = [one for one in QUEUES if one.is_shared]
    crumbs = [(_("Tall"), reverse("numbers_in_region"))]
    return _page(
        request,
        offered,
        {"county": county},
        {"where": county, "crumbs": crumbs, "counties": counties, "is_county": True},
    )


def _page(
    request: HttpRequest, offered: Sequence[Queue], where: Mapping[str, str], given: dict[str, Any]
) -> HttpResponse:
    """One queue: what the figures tell, what can be asked, and the answer when something is."""
    queue = next((one for one in offered if one.key == request.GET.get("ko")), offered[0])
    found, held = _series(queue, figures.periods(), where)
    form = CapacityForm(request.GET if "regn" in request.GET else None)
    shown: dict[str, Any] = {}
    reached = None
    if form.is_bound:
        try:
            shown = _answered(form, queue, found, held, actor_of(request).person_id)
        except limits.TooOften as limit:
            reached = limit
            errors.log_refusal(request, reason=str(limit.limit))
    else:
        shown = _before(queues.basis(queue, found, held, Own()))
    page = render(
        request,
        "capacity.html",
        {
            "is_county": False,
            "counties": (),
            "is_lacking": False,
            "told": (),
            "short": None,
            "wait": reached.sentence if reached else "",
            "queue": queue,
            "words": WORDS[queue.key],
            "queues": [(one.key, WORDS[one.key].title, one == queue) for one in offered],
            "fields": [field_of(form[name], says_optional=False) for name in ASKED],
            "own_fields": [field_of(form[name], says_optional=False) for name in OWN],
            "is_own_open": form.has_own,
            "least": LEAST,
            **_figures(queue, found),
            **given,
            **shown,
        },
        status=422 if form.errors else 200,
    )
    return errors.wait(page, reached) if reached else page


def _series(queue: Queue, halves: Sequence[Half], where: Mapping[str, str]) -> tuple[list[Seen], float | None]:
    """What the figures tell of a queue, and how long a place is held by them."""

    keys = [queue.indicator, *([queue.held] if queue.held else [])]
    numbers = figures.over_time(keys, halves, **where)

    def read(key: str) -> list[Seen]:
        pairs = zip(halves, numbers[key], strict=True)
        return [one for half, found in pairs if (one := queues.seen(queue, half, _shown(found.whole), _by(found)))]

    return read(queue.indicator), queues.mean_held(queue, read(queue.held)) if queue.held else None


def _by(found: Numbers) -> dict[str, int | None]:
    return {category: _shown(times) for category, times in found.by.items()}


def _shown(times: Times) -> int | None:
    """A number, or None where it is hidden or was not counted."""
    return times if isinstance(times, int) else None


def _before(based: Basis | list[str]) -> dict[str, Any]:
    """What is known before anything is asked."""
    if isinstance(based, list):
        return {"is_lacking": True, "is_own_open": True}
    return {"told": _told(based, Own())}


def _answered(
    form: CapacityForm, queue: Queue, found: Sequence[Seen], held: float | None, person_id: UUID
) -> dict[str, Any]:
    """The answer; nothing when the form says what is wrong. Raises TooOften."""
    if not form.is_valid():
        return {}
    based = queues.basis(queue, found, held, form.own)
    form.say_what_lacks(based)
    if form.errors or isinstance(based, list):
        return {"is_own_open": True}
    limits.take(Limit.FORETELL, person_id)
    checked = queues.check(queue, found, held, form.own, seed=queue.key)
    return {
        **_years(queues.answer(based, form.question, seed=queue.key)),
        "told": [*_told(based, form.own), (form.fields["season"].label, SEASON_WORDS[form.question.season])],
        "check": _check(checked, queue) if checked else None,
    }


# --- what the page shows ----------------------------------------------------------------------------------------------


def _figures(queue: Queue, found: Sequence[Seen]) -> dict[str, Any]:
    """The data: how many asked in each half-year, and how many had their turn within each time."""
    days = [one for _category, one in queue.within]
    return {
        "about": indicators().get(queue.indicator).words(language()).title,
        "means": titled(indicators().get(key) for key in (queue.indicator, queue.held) if key),
        "seen_columns": [_("Halvår"), _("Nye barn"), *(_("Innen %(n)s dager") % {"n": one} for one in days)],
        "seen": [[half_name(one.half), one.asked, *one.within] for one in found],
    }


def in_weeks(days: float) -> str:
    """Days as weeks."""
    return _number(days / WEEK)


def _number(number: float) -> str:
    """With a decimal below ten."""
    return number_format(round(number, 1), 1) if number < 9.95 else number_format(round(number), 0)


def _between(one: Span | None, *, is_days: bool) -> str:
    """What is usual, and between what eight of ten are."""
    if one is None:
        return "–"
    written = in_weeks if is_days else lambda number: str(round(number))
    return _("%(middle)s (%(low)s til %(high)s)") % {
        "middle": written(one.middle),
        "low": written(one.low),
        "high": written(one.high),
    }


def _years(found: Answer) -> dict[str, Any]:
    """The years beside each other: in short, as two pictures, and as the tables that say the same."""
    both = [(_("Som nå"), found.as_it_is), *([(_("Med endringen"), found.changed)] if found.changed else [])]
    return {
        "columns": [_("Et år"), *(name for name, _year in both)],
        "short": [
            [_("Uker å vente"), *(_between(one.whole, is_days=True) for _name, one in both)],
            [
                _("Barn som venter når året er slutt"),
                *(_between(one.waiting[-1], is_days=False) for _name, one in both),
            ],
        ],
        "pictures": [
            _picture("weeks", _("Uker å vente"), both, is_days=True),
            _picture("waiting", _("Barn som venter"), both, is_days=False),
        ],
        "courses": found.as_it_is.courses,
    }


def _picture(key: str, title: str, both: Sequence[tuple[str, Outlook]], *, is_days: bool) -> dict[str, Any]:
    """One picture of the months, and its table."""
    spans = [(name, one.days if is_days else one.waiting) for name, one in both]
    drawn = [(name, [_weeks_of(one) if is_days else one for one in found]) for name, found in spans]
    rows = [
        [str(MONTHS[number + 1]), *(_between(found[number], is_days=is_days) for _name, found in spans)]
        for number in range(12)
    ]
    return {
        "key": key,
        "title": title,
        "about": _("Etter måneden barnet kommer i.") if is_days else _("Den siste dagen i hver måned."),
        "picture": number_pictures.year(drawn, [str(MONTHS_3[number]) for number in range(1, 13)]),
        "columns": [_("Måned"), *(name for name, _found in spans)],
        "rows": rows,
    }


def _weeks_of(one: Span | None) -> Span | None:
    return Span(one.low / WEEK, one.middle / WEEK, one.high / WEEK) if one else None


def _told(based: Basis, own: Own) -> list[tuple[Text, str]]:
    """The numbers that the answer builds on, each with where it comes from."""
    service = based.service
    numbers = {
        "asked": str(round(based.asked)),
        "places": str(service.places),
        "days_each": _number(service.days_each),
        "waiting": str(service.waiting),
    }

    def whence(name: str) -> str:
        if getattr(own, name) is not None:
            return _("ditt eget tall")
        return _("fra det siste året") if name == "asked" else _("regnet ut")

    return [
        *((CapacityForm.base_fields[name].label or name, f"{numbers[name]} ({whence(name)})") for name in OWN),
        (
            _("Barn tjenesten kan begynne med i en måned"),
            _number(service.per_day * sum(capacity.MONTHS) / 12),
        ),
    ]


def _check(found: queues.Check, queue: Queue) -> dict[str, Any]:
    """How the half-years that were not learnt from came out, and were foretold."""

    def percent(share: float) -> str:
        return f"{round(100 * share)} %"

    return {
        "learnt": found.learnt,
        "days": queue.within[0][1],
        "missed": sum(not one.is_inside for one in found.foretold),
        "columns": [_("Halvår"), _("Slik ble det"), _("Slik regnet vi"), _("Traff")],
        "rows": [
            [
                half_name(one.half),
                percent(one.share),
                _("%(low)s til %(high)s") % {"low": percent(one.expected.low), "high": percent(one.expected.high)},
                _("ja") if one.is_inside else _("nei"),
            ]
            for one in found.foretold
        ],
    }
