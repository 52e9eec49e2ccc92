"""What one in the family writes: questions, yes and no, words for a meeting, and how it was."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from grunnmur.cases import access
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import experiences, own_answers, own_words
from grunnmur.cases.actions import letters as acts
from grunnmur.cases.actions.language import in_bokmal
from grunnmur.cases.actions.own_answers import Says
from grunnmur.cases.actions.own_words import Words
from grunnmur.cases.door import Invalid
from grunnmur.cases.queries import looks, own_pages
from grunnmur.cases.queries.experiences import asked_after
from grunnmur.cases.terms import InformationKind, WordsFor
from grunnmur.family import words
from grunnmur.family.pages import mine_of
from grunnmur.family.shown import page, relative_of
from grunnmur.web import forms, tampered
from grunnmur.web.acting import once_of


class LetterForm(forms.ActForm):
    text = forms.long_text(gettext_lazy("Hva lurer du på?"), rows_hint=5)


def _done(request: HttpRequest, form: forms.ActForm, run: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the form was sent and the act done; what is wrong with it stands beside its field."""
    if request.method != "POST" or request.POST.get("_restored"):
        form.errors.clear()
        return False
    tampered.note(request, form)
    if not form.is_valid():
        return False
    try:
        run(form.cleaned_data)
    except Invalid as invalid:
        for field, problem in invalid.problems.items():
            form.add_error(field if field in form.fields else None, str(problem))
        return False
    return True


def _shown(request: HttpRequest, template: str, form: forms.ActForm, given: dict[str, Any]) -> HttpResponse:
    faults = [str(fault) for fault in form.non_field_errors()]
    context = {**given, "fields": form.fields_for_page(), "faults": faults}
    return page(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """What I have asked, the answers, and a new question."""
    mine = mine_of(request, "letters")
    form = LetterForm(request.POST or None)
    if not mine.may_write:
        return page(request, "letters.html", {"mine": mine})
    if _done(request, form, lambda data: acts.ask(relative=mine.relative, once=once_of(request), text=data["text"])):
        request.session["notice"] = _("Vi har fått spørsmålet ditt. Svaret kommer her.")
        return redirect("letters")
    return _shown(request, "letters.html", form, {"mine": mine, "letters": own_pages.my_letters(mine)})


@require_http_methods(["GET", "POST"])
def ask_about_look(request: HttpRequest, look_id: UUID) -> HttpResponse:
    """Ask what one look was for; it is to be answered within the hours that the page says."""
    mine = mine_of(request, "ask_about_look")
    look = looks.get_look_of_family(mine.relative, look_id)
    if look is None:
        raise access.NotVisible
    form = LetterForm(request.POST or None, initial={"text": _("Hvorfor ble det sett på dette?")})

    def ask(data: dict[str, Any]) -> object:
        return acts.ask(relative=mine.relative, once=once_of(request), text=data["text"], look_id=look_id)

    if _done(request, form, ask):
        request.session["notice"] = _("Vi har fått spørsmålet ditt. Svaret kommer her.")
        return redirect("letters")
    given = {
        "mine": mine,
        "look": look if mine.tells_services else looks.without_service(look, owner=mine.service),
        "hours": access_rules().numbers["look_question_hours"],
    }
    return _shown(request, "ask_about_look.html", form, given)


# --- yes and no ----------------------------------------------------------------------------------------------------


ANSWERS = (
    (Says.YES, gettext_lazy("Ja")),
    (Says.NO, gettext_lazy("Nei")),
    (Says.SOME, gettext_lazy("Ja, men bare til noe av det")),
    (Says.LATER, gettext_lazy("Jeg vil vente")),
)


RECEIVED = {
    Says.YES: gettext_lazy("Svaret ditt er tatt imot. Et nei er like greit som et ja."),
    Says.NO: gettext_lazy("Svaret ditt er tatt imot. Et nei er like greit som et ja."),
    Says.SOME: gettext_lazy("Vi har fått vite hva du vil si ja til. Vi spør deg på nytt om bare det."),
    Says.LATER: gettext_lazy("Vi vet at du vil vente. Du kan svare når du er klar."),
}
"""What is said when an answer has come: a yes and a no alike, so that none looks better."""


class AnswerForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"only"})

    says = forms.choice(
        gettext_lazy("Hva sier du?"),
        ANSWERS,
        radio=True,
    )
    only = forms.choices(
        gettext_lazy("Hva vil du si ja til?"),
        [],
        required=False,
        help_text=gettext_lazy("Kryss av her bare hvis du sier ja til noe av det."),
    )
    text = forms.long_text(
        gettext_lazy("Vil du si mer om det?"),
        required=False,
        rows_hint=3,
        help_text=gettext_lazy("Bare barneverntjenesten leser det."),
    )

    def __init__(self, *args: Any, kinds: tuple[InformationKind, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        says, only = self.fields["says"], self.fields["only"]
        assert isinstance(says, django_forms.ChoiceField)
        assert isinstance(only, django_forms.MultipleChoiceField)
        if len(kinds) < 2:
            del self.fields["only"]
            says.choices = [one for one in ANSWERS if one[0] is not Says.SOME]
        else:
            only.choices = [(str(kind.value), kind.label) for kind in kinds]


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Answer one question about consent, having seen what a yes would do."""
    mine = mine_of(request, "answer_question_of_mine")
    asked = own_pages.get_consent(mine, consent_id)
    if not asked.may_answer:
        return redirect("my_consents")
    form = AnswerForm(request.POST or None, kinds=asked.kinds)

    def run(data: dict[str, Any]) -> None:
        only = InformationKind(sum(int(one) for one in data.get("only", ())))
        own_answers.answer(
            relative=mine.relative,
            once=once_of(request),
            consent_id=consent_id,
            says=Says(data["says"]),
            only=only,
            text=data["text"],
        )

    if _done(request, form, run):
        request.session["notice"] = str(RECEIVED[Says(form.cleaned_data["says"])])
        return redirect("my_consents")
    yes = own_answers.preview(relative=mine.relative, consent_id=consent_id)
    return _shown(request, "answer.html", form, words.answering(mine, asked, yes))


class NothingForm(forms.ActForm):
    """Nothing to fill in: one presses."""


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Take a yes back; the answer says what was closed this minute, and what stays open and why."""
    mine = mine_of(request, "take_back_my_yes")
    asked = own_pages.get_consent(mine, consent_id)
    form = NothingForm(request.POST if request.method == "POST" else None)
    closed: list[own_answers.Closed] = []
    if _done(
        request,
        form,
        lambda _data: closed.append(
            own_answers.withdraw(relative=mine.relative, once=once_of(request), consent_id=consent_id)
        ),
    ):
        return page(request, "closed.html", words.closed(mine, asked, closed[0]))
    if request.method == "GET" and not asked.may_withdraw:
        return redirect("my_consents")
    return _shown(request, "withdraw.html", form, {"mine": mine, "asked": words.consent(mine, asked)})


# --- before and after a meeting --------------------------------------------------------------------------------------


def _readers() -> django_forms.ChoiceField:
    return forms.choice(gettext_lazy("Hvem får lese det?"), [(one.value, one.label) for one in WordsFor], radio=True)


class WordsForm(forms.ActForm):
    matters = forms.long_text(own_words.QUESTIONS["matters"], required=False, rows_hint=3)
    matters_readers = _readers()
    say = forms.long_text(own_words.QUESTIONS["say"], required=False, rows_hint=3)
    say_readers = _readers()
    not_said = forms.long_text(own_words.QUESTIONS["not_said"], required=False, rows_hint=3)
    not_said_readers = _readers()


PICTURES = {
    "home": gettext_lazy("Hjemme"),
    "school": gettext_lazy("Skolen"),
    "friends": gettext_lazy("Venner"),
    "family": gettext_lazy("Familien"),
    "sleep": gettext_lazy("Søvn"),
    "body": gettext_lazy("Kroppen"),
    "feelings": gettext_lazy("Følelser"),
    "free_time": gettext_lazy("Fritid"),
}
"""What the child can choose instead of writing, and the word that is kept of it; our own choice."""


class SimpleWordsForm(WordsForm):
    """The same, with pictures to choose (`matters_pictures` and so on); what is chosen is kept as its words."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for question in own_words.QUESTIONS:
            self.fields[f"{question}_pictures"] = forms.choices(_("Velg bilder"), PICTURES.items(), required=False)
            self.fields[question].label = _("Skriv her")
        self.say_plainly()

    def questions(self) -> list[dict[str, Any]]:
        """Each question with its fields, for the page."""
        return [
            {"key": key, "label": label, "text": text, "pictures": pictures, "readers": readers}
            for key, label in own_words.QUESTIONS.items()
            for text, pictures, readers in [self.fields_for_page([key, f"{key}_pictures", f"{key}_readers"])]
        ]


def _chosen(pictures: Iterable[str], text: str) -> str:
    """The words of the pictures that were chosen, and what was written, as one text."""
    words_of = [str(PICTURES[one]) for one in pictures if one in PICTURES]
    return f"{', '.join(words_of)}. {text}".strip() if words_of else text


class ClosingForm(forms.ActForm):
    say = forms.long_text(gettext_lazy("Hva vil du si?"), rows_hint=5)


def my_words(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """What the child wants to say before one meeting, and who may read each sentence. Raises NotVisible for others."""
    return _my_words(request, meeting_id, is_simple=False)


def my_words_simply(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The same with few words, and pictures to choose."""
    return _my_words(request, meeting_id, is_simple=True)


@require_http_methods(["GET", "POST"])
def before_closing(request: HttpRequest) -> HttpResponse:
    """What the child wants to say before the pathway is closed; or one around the child, to child welfare alone."""
    if relative_of(request).is_child:
        return _my_words(request, None, is_simple=False)
    mine = mine_of(request, "before_closing")
    if request.method == "GET" and not mine.speaks_before_closing:
        return redirect("my_page")
    form = ClosingForm(request.POST or None)

    def run(data: dict[str, Any]) -> None:
        said = Words("say", data["say"], WordsFor.CHILD_WELFARE)
        own_words.write_before_closing(relative=mine.relative, once=once_of(request), words=[said])

    if _done(request, form, run):
        request.session["notice"] = _("Vi har fått det du skrev. Barnevernet leser det før vi slutter.")
        return redirect("my_page")
    return _shown(request, "before_closing.html", form, {"mine": mine})


def before_closing_simply(request: HttpRequest) -> HttpResponse:
    """The same for the child, with pictures to choose."""
    return _my_words(request, None, is_simple=True)


@require_http_methods(["GET", "POST"])
def _my_words(request: HttpRequest, meeting_id: UUID | None, *, is_simple: bool) -> HttpResponse:
    """Before a meeting, or before the closing (None)."""
    mine = mine_of(request, "my_words" if meeting_id else "before_closing")
    if not mine.is_child:
        raise access.NotVisible
    meeting = own_pages.get_meeting(mine, meeting_id) if meeting_id else None
    if request.method == "GET" and not (meeting.hears_child if meeting else mine.speaks_before_closing):
        return redirect("my_page")
    form = _words_form(request, is_simple=is_simple)

    def run(data: dict[str, Any]) -> None:
        with in_bokmal():
            texts = {one: _chosen(data.get(f"{one}_pictures", ()), data[one]) for one in own_words.QUESTIONS}
        said = [Words(one, texts[one], WordsFor(data[f"{one}_readers"])) for one in own_words.QUESTIONS]
        if meeting_id:
            own_words.write(relative=mine.relative, once=once_of(request), meeting_id=meeting_id, words=said)
        else:
            own_words.write_before_closing(relative=mine.relative, once=once_of(request), words=said)

    if _done(request, form, run):
        request.session["notice"] = (
            _("Vi har fått det du skrev. Barnevernet leser det før møtet.")
            if meeting
            else _("Vi har fått det du skrev. Barnevernet leser det før vi slutter.")
        )
        return redirect("my_page")
    name, of = ("my_words", {"meeting_id": meeting_id}) if meeting_id else ("before_closing", {})
    shown = {
        "mine": mine,
        "meeting": words.meeting(meeting, mine) if meeting else None,
        "written": reverse(name, kwargs=of),
        "simply": reverse(f"{name}_simply", kwargs=of),
    }
    if isinstance(form, SimpleWordsForm):
        return _shown(request, "my_words_simply.html", form, {**shown, "questions": form.questions()})
    return _shown(request, "my_words.html", form, shown)


def _words_form(request: HttpRequest, *, is_simple: bool) -> WordsForm:
    given = request.POST.copy()
    if not is_simple:
        for question in own_words.QUESTIONS:
            # Chosen on the page with pictures, before going over to this one.
            given[question] = _chosen(given.getlist(f"{question}_pictures"), given.get(question, ""))
    form_of = SimpleWordsForm if is_simple else WordsForm
    return form_of(
        given if request.method == "POST" else None,
        initial=dict.fromkeys([f"{one}_readers" for one in own_words.QUESTIONS], WordsFor.CHILD_WELFARE),
    )


class HowForm(forms.ActForm):
    was_heard = forms.choice(experiences.QUESTIONS["was_heard"], experiences.ANSWERS, radio=True)
    understood = forms.choice(experiences.QUESTIONS["understood"], experiences.ANSWERS, radio=True)
    it_helps = forms.choice(experiences.QUESTIONS["it_helps"], experiences.ANSWERS, radio=True)


@require_http_methods(["GET", "POST"])
def how_was_it(request: HttpRequest, item: UUID) -> HttpResponse:
    """Three questions, for those who will; nobody is told who answered what. Raises NotVisible for anything else."""
    mine = mine_of(request, "how_was_it")
    asked_after(mine.relative, item, child_id=mine.relative.child, on=mine.today)
    form = HowForm(request.POST or None)

    def run(data: dict[str, Any]) -> None:
        answers = {one: int(data[one]) for one in experiences.QUESTIONS}
        experiences.give(asking=mine.relative, child_id=mine.relative.child, item=item, answers=answers)

    if _done(request, form, run):
        request.session["notice"] = _("Takk. Ingen får vite hvem som svarte hva.")
        return redirect("my_page")
    return _shown(request, "how_was_it.html", form, {"mine": mine, "item": item})
