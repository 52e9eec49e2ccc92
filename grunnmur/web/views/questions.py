"""What services ask each other in a case: the list, asking, and answering."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import deadlines
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import questions as acts
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries import questions as queries
from grunnmur.cases.queries.questions import Asked, Questions
from grunnmur.cases.sharing import ASKED_ABOUT
from grunnmur.cases.terms import AnswerSays, HowItGoes, InformationKind, QuestionSort
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.pickers import ServiceField

NOT_YOURS = gettext_lazy("Dette spørsmålet er ikke stilt til tjenesten din.")
ANSWERED = gettext_lazy("Spørsmålet er alt besvart.")


def questions(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Those that wait for us, those that wait for others, and the answers."""
    found = queries.get_questions(actor_of(request), pathway_id)
    return render(request, "questions.html", {"questions": found, "case": found.case})


def _shared(found: Questions) -> dict[str, Any]:
    back = reverse("questions", kwargs={"pathway_id": found.case.pathway.pk})
    return {"back": back, "crumbs": case_crumbs(found.case, (_("Spørsmål"), back))}


class AskForm(forms.ActForm):
    to_service_id = ServiceField(label=gettext_lazy("Hvem spør dere?"))
    sort = forms.choice(
        gettext_lazy("Hva vil dere vite?"),
        QuestionSort.choices,
        radio=True,
        hints={
            QuestionSort.INFORMATION: gettext_lazy("Noe tjenesten kan vite om barnet."),
            QuestionSort.STATUS: gettext_lazy("Hva som er gjort, hva som skjer videre, og om dere bør møtes."),
        },
    )
    kind = forms.choice(
        gettext_lazy("Hva gjelder det?"),
        [],
        help_text=gettext_lazy("Det bestemmer hvem som kan lese spørsmålet og svaret."),
    )
    text = forms.long_text(gettext_lazy("Spørsmålet"), help_text=gettext_lazy("Én ting, så kort som mulig."))
    answer_by = forms.DateField(label=gettext_lazy("Svar innen"))

    def __init__(self, *args: Any, receivers: tuple[queries.Receiver, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = InformationKind(0)
        for one in receivers:
            kinds |= one.kinds
        to, kind = self.fields["to_service_id"], self.fields["kind"]
        assert isinstance(to, ServiceField)
        assert isinstance(kind, django_forms.ChoiceField)
        to.choices = [("", _("Velg …")), *((str(one.id), one.name) for one in receivers)]
        to.error_messages["required"] = _("Velg en tjeneste.")
        kind.choices = [("", _("Velg …")), *((one.name, one.label) for one in ASKED_ABOUT if one & kinds)]
        self.fields["text"].error_messages["required"] = _("Skriv hva dere spør om.")


def ask_question(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Ask one service that takes part one thing."""
    actor = actor_of(request)
    found = queries.get_questions(actor, pathway_id, page="ask_question")
    check_first(request, found.case, "questions.ask")
    deadline = definitions().deadline("answer_question")
    usual = deadlines.due(amount=deadline.amount, unit=deadline.unit, counted_from=found.case.today)
    shared = _shared(found)
    return perform(
        request,
        form=AskForm(
            request.POST or None,
            receivers=queries.list_receivers(found.case),
            initial={"answer_by": usual, "sort": QuestionSort.INFORMATION},
        ),
        run=lambda data: acts.ask(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            **{**data, "sort": QuestionSort(data["sort"]), "kind": InformationKind[data["kind"]]},
        ),
        title=_("Spør en tjeneste"),
        button=_("Send spørsmålet"),
        done=_("Spørsmålet er sendt. Ballen ligger hos tjenesten."),
        back=shared["back"],
        context={"crumbs": shared["crumbs"], "case": found.case},
    )


class AnswerForm(forms.ActForm):
    says = forms.choice(gettext_lazy("Svar"), AnswerSays.choices, radio=True)
    goes = forms.choice(gettext_lazy("Hvordan går det?"), HowItGoes.choices, radio=True, required=False)
    text = forms.long_text(gettext_lazy("Svaret"), required=False)
    further = forms.long_text(gettext_lazy("Hva gjør dere videre?"), required=False)
    wants_meeting = django_forms.BooleanField(label=gettext_lazy("Vi bør møtes om dette"), required=False)

    def __init__(self, *args: Any, asked: Asked, **options: Any) -> None:
        super().__init__(*args, **options)
        if asked.sort is QuestionSort.STATUS:
            self.fields["text"].label = _("Hva har dere gjort siden sist?")
        else:
            del self.fields["goes"]
        if not asked.may_tell:
            says = self.fields["says"]
            assert isinstance(says, django_forms.ChoiceField)
            says.choices = [one for one in AnswerSays.choices if one[0] != AnswerSays.ANSWERED or self.is_bound]


def answer_data(data: dict[str, Any]) -> dict[str, Any]:
    """What the act is given of a valid form."""
    return {
        "says": AnswerSays(data["says"]),
        "goes": HowItGoes(data["goes"]) if data.get("goes") else None,
        "text": data["text"],
        "further": data["further"],
        "wants_meeting": data["wants_meeting"],
    }


def answer_question(request: HttpRequest, pathway_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer one question that one's own service was asked."""
    actor = actor_of(request)
    found = queries.get_questions(actor, pathway_id, page="answer_question")
    asked = found.get(question_id)
    check_first(request, found.case, "questions.answer")
    if request.method != "POST" and (asked.answer or not asked.is_mine):
        raise Refused("question_of_another", ANSWERED if asked.is_mine else NOT_YOURS)
    shared = _shared(found)
    return perform(
        request,
        form=AnswerForm(request.POST or None, asked=asked, initial={"says": AnswerSays.ANSWERED}),
        run=lambda data: acts.answer(
            actor=actor, pathway_id=pathway_id, once=once_of(request), question_id=question_id, **answer_data(data)
        ),
        title=_("Svar på spørsmålet"),
        button=_("Send svaret"),
        done=_("Svaret er sendt."),
        back=shared["back"],
        template="answer_question.html",
        context={"crumbs": shared["crumbs"], "asked": asked, "case": found.case},
    )
