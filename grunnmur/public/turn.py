"""Three questions, and whom to call. What was asked comes in the form, goes out with the page, and is kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grunnmur import clock
from grunnmur.directory import offers
from grunnmur.directory.finder_file import finder
from grunnmur.directory.offers import Place
from grunnmur.public import words
from grunnmur.public.open import NAMES, in_each_language, may_be_framed, open_to_all

LONGEST = 300
"""Letters of a question."""
OLDEST = 25


@dataclass(frozen=True, slots=True)
class Question:
    """The three answers as they were given, and what is wrong with them."""

    place: str = ""
    age: str = ""
    text: str = ""
    chosen: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    """By field: what is wrong, and what to do."""

    @property
    def years(self) -> int | None:
        return int(self.age) if self.age else None

    def fault(self, field: str) -> str:
        """What is wrong with one field; empty when nothing is."""
        return dict(self.faults).get(field, "")


def asked(request: HttpRequest, places: Sequence[Place]) -> Question:
    """The question in a form, with a plain sentence for each thing that is wrong."""
    given = request.POST
    place, age = given.get("place", ""), given.get("age", "").strip()
    text, chosen = given.get("text", "").strip(), tuple(given.getlist("need"))
    faults = []
    if place not in {one.number for one in places}:
        faults.append(("place", _("Velg kommunen der du bor.")))
    if age and not (age.isascii() and age.isdecimal() and len(age) <= 2 and int(age) <= OLDEST):
        faults.append(("age", _("Skriv alderen i hele år, fra 0 til 25. Du kan også la feltet stå tomt.")))
    if len(text) > LONGEST:
        faults.append(("text", _("Skriv litt kortere. Noen få ord er nok.")))
    elif not text and not chosen:
        faults.append(("text", _("Skriv noen ord om det som er vanskelig, eller velg et bilde.")))
    return Question(place, age, text, chosen, tuple(faults))


@require_http_methods(["GET", "HEAD", "POST"])
def _turn(request: HttpRequest, *, language: str, place: str = "", is_framed: bool = False) -> HttpResponse:
    places = offers.list_places()
    here = next((one for one in places if one.number == place), None)
    if place and here is None:
        raise Http404
    question = asked(request, places) if request.method == "POST" else Question(place=place)
    given: dict[str, Any] = {
        "places": places,
        "place": here,
        "question": question,
        "pictures_of": [one for one in finder().needs if one.picture],
        "language_code": language,
        "languages": NAMES,
        "here_in": in_each_language("turn_here", place=place) if here else in_each_language("turn_in"),
        "is_framed": is_framed,
        "answer": None,
    }
    if request.method == "POST" and not question.faults:
        given |= _answer(question, places=places, language=language)
    page = render(request, "public/turn.html", given, status=422 if question.faults else 200)
    return may_be_framed(page, here.framed_by) if is_framed and here else page


def _answer(question: Question, *, places: Sequence[Place], language: str) -> dict[str, Any]:
    """What the page shows of an answer; what there was no answer to is counted, without who."""
    place = next(one for one in places if one.number == question.place)
    answer = offers.find(question.text, place=place, age=question.years, on=clock.today(), chosen=question.chosen)
    offers.count_unanswered(answer)
    up, down = words.next_steps(answer)
    return {
        "answer": answer,
        "calls": words.calls(answer, language=language),
        "ladder": words.ladder(answer, language=language),
        "up": up,
        "down": down,
        "needs": [need.label.text(language) for need, _score in answer.reading.needs],
    }


@open_to_all
def turn(request: HttpRequest, *, language: str, place: str = "") -> HttpResponse:
    """The three questions (GET), and their answer on the same page (POST)."""
    return _turn(request, language=language, place=place)


@open_to_all
def framed(request: HttpRequest, *, language: str, place: str) -> HttpResponse:
    """The same without our own frame, to be shown inside the municipality's site."""
    return _turn(request, language=language, place=place, is_framed=True)
