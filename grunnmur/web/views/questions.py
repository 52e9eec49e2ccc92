"""What services ask each other in a case: the list, asking, and answering."""

from typing import Any, Protocol
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import deadlines
from grunnmur.cases.access import NotVisible, Refused
from grunnmur.cases.actions import links, status_rounds
from grunnmur.cases.actions import questions as acts
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries import questions as queries
from grunnmur.cases.queries import referring
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.plans import who_takes_part
from grunnmur.cases.queries.questions import Questions
from grunnmur.cases.queries.sent_links import find_asked, list_links, may_be_by_code, where_sent
from grunnmur.cases.sharing import ASKED_ABOUT
from grunnmur.cases.terms import AnswerSays, HowItGoes, InformationKind, QuestionSort
from grunnmur.directory.kinds import Role, roles_in
from grunnmur.post import sms
from grunnmur.post.terms import Confirmed, ProofKind
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.pickers import ServiceField
from grunnmur.web.who import IdsField, offer

NOT_YOURS = gettext_lazy("Dette spørsmålet er ikke stilt til tjenesten din.")
ANSWERED = gettext_lazy("Spørsmålet er alt besvart.")


def questions(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Those that wait for us, those that wait for others, and the answers."""
    found = queries.get_questions(actor_of(request), pathway_id)
    waiting = [*found.others, *(one for each in found.rounds for one in each.asked)]
    sent = list_links(found.case, [one.id for one in waiting])
    return render(request, "questions.html", {"questions": found, "case": found.case, "links": sent})


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


def _asked_for(request: HttpRequest, case: Case) -> dict[str, str]:
    """What another page has found that one should ask, and whom; to be read before it is sent."""
    about = referring.question_about(case, request.GET.get("del", ""), request.GET.get("i", ""))
    if about is None:
        return {}
    return {"to_service_id": request.GET.get("hos", ""), "text": about[0], "kind": about[1]}


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
            initial={"answer_by": usual, "sort": QuestionSort.INFORMATION, **_asked_for(request, found.case)},
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


class Answerable(Protocol):
    """What the form of an answer needs to know of the question."""

    @property
    def sort(self) -> QuestionSort: ...
    @property
    def kind(self) -> InformationKind: ...
    @property
    def may_tell(self) -> bool: ...


class AnswerForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"goes", "text"})
    says = forms.choice(gettext_lazy("Svar"), AnswerSays.choices, radio=True)
    goes = forms.choice(gettext_lazy("Hvordan går det?"), HowItGoes.choices, radio=True, required=False)
    text = forms.long_text(gettext_lazy("Svaret"), required=False)
    further = forms.long_text(gettext_lazy("Hva gjør dere videre?"), required=False)
    wants_meeting = django_forms.BooleanField(label=gettext_lazy("Vi bør møtes om dette"), required=False)

    def __init__(self, *args: Any, asked: Answerable, **options: Any) -> None:
        super().__init__(*args, **options)
        if asked.sort is QuestionSort.STATUS:
            self.fields["text"].label = _("Hva har dere gjort siden sist?")
        else:
            del self.fields["goes"]
        self.fields["text"].help_text = (
            _("Alle som er med i forløpet, kan lese det. Skriv ikke mer om helsen enn alle skal vite.")
            if asked.kind is InformationKind.COORDINATION
            else _("Barnevernet kan lese det, og de tjenestene som har samtykke til å se %(area)s.")
            % {"area": str(asked.kind.label).lower()}
        )
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


# --- a status meeting without a meeting ----------------------------------------------------------------------


class StartForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"services"})
    services = IdsField(gettext_lazy("Hvem skal svare?"))
    text = forms.long_text(
        gettext_lazy("Spørsmålet"),
        help_text=gettext_lazy(
            "Alle får det samme, og svarer på hva de har gjort, hvordan det går, og om dere bør møtes."
        ),
    )
    answer_by = forms.DateField(label=gettext_lazy("Svar innen"))


def start_round(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Ask everybody how it goes; they answer in their own time."""
    actor = actor_of(request)
    found = queries.get_questions(actor, pathway_id, page="start_round")
    check_first(request, found.case, "rounds.start")
    deadline = definitions().deadline("answer_question")
    usual = deadlines.due(amount=deadline.amount, unit=deadline.unit, counted_from=found.case.today)
    part = [one for one in who_takes_part(found.case) if one.id != actor.service_id]
    form = StartForm(
        request.POST or None,
        initial={
            "services": [str(one.id) for one in part],
            "text": _("Hvordan går det, og er det noe dere trenger fra oss andre?"),
            "answer_by": usual,
        },
    )
    offer(form, "services", part)
    shared = _shared(found)
    return perform(
        request,
        form=form,
        run=lambda data: status_rounds.begin(actor=actor, pathway_id=pathway_id, once=once_of(request), **data),
        title=_("Statusrunde uten møte"),
        lead=_("Hver tjeneste svarer når det passer. Dere møtes bare hvis noen ber om det, eller svarene spriker."),
        button=_("Start runden"),
        done=_("Runden er startet. Hver tjeneste har fått spørsmålet."),
        back=shared["back"],
        context={"crumbs": shared["crumbs"], "case": found.case},
    )


class ConcludeForm(forms.ActForm):
    summary = forms.long_text(
        gettext_lazy("Hva ble dere stående ved?"),
        help_text=gettext_lazy(
            "Alle som er med i forløpet, kan lese det. Skriv ikke mer om helsen enn alle skal vite."
        ),
    )
    calls_meeting = django_forms.BooleanField(label=gettext_lazy("Vi skal møtes"), required=False)


def conclude_round(request: HttpRequest, pathway_id: UUID, round_id: UUID) -> HttpResponse:
    """Put the answers together."""
    actor = actor_of(request)
    found = queries.get_questions(actor, pathway_id, page="conclude_round")
    one = next((one for one in found.rounds if one.id == round_id), None)
    if one is None:
        raise NotVisible
    check_first(request, found.case, "rounds.conclude")
    shared = _shared(found)
    return perform(
        request,
        form=ConcludeForm(request.POST or None, initial={"calls_meeting": one.together.proposes_meeting}),
        run=lambda data: status_rounds.conclude(
            actor=actor, pathway_id=pathway_id, once=once_of(request), round_id=round_id, **data
        ),
        title=_("Avslutt statusrunden"),
        button=_("Avslutt runden"),
        done=_("Runden er avsluttet. De som var med, har fått beskjed."),
        back=shared["back"],
        template="conclude_round.html",
        context={"crumbs": shared["crumbs"], "round": one, "case": found.case},
    )


# --- asking one who has no account ---------------------------------------------------------------------------


class LinkForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"number", "confirmed", "mail", "phone"})
    name = django_forms.CharField(label=gettext_lazy("Hvem skal svare?"), max_length=120)
    role = forms.choice(gettext_lazy("Rolle"), [], radio=True)
    proof = forms.choice(
        gettext_lazy("Hvordan viser personen hvem hun er?"),
        ProofKind.choices,
        radio=True,
        hints={
            ProofKind.CODE: gettext_lazy("Kommunen har bestemt at det er nok. Det du sender, må ikke si noe om helse.")
        },
    )
    number = django_forms.CharField(
        label=gettext_lazy("Nummeret"),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "HPR-nummeret står i Helsepersonellregisteret. Nummeret lagres ikke; det brukes bare til å kjenne igjen "
            "den som åpner lenken."
        ),
    )
    mail = forms.MailField()
    phone = forms.PhoneField(
        label=gettext_lazy("Mobil"),
        help_text=gettext_lazy("Ett av dem er nok. Varselet sier ikke hva det gjelder."),
    )
    confirmed = forms.choice(
        gettext_lazy("Hvordan vet du at mobilen er personens egen?"),
        Confirmed.choices,
        radio=True,
        required=False,
        help_text=gettext_lazy(
            "Bare når personen får kode på SMS. Da trengs mobilen, og koden går dit. Skriver du e-posten også, går "
            "lenken bare dit."
        ),
    )

    def __init__(self, *args: Any, roles: tuple[Role, ...], by_code: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not by_code:
            del self.fields["confirmed"]
            forms.offer_choices(self, "proof", [one for one in ProofKind.choices if one[0] != ProofKind.CODE])
        role = self.fields["role"]
        assert isinstance(role, django_forms.ChoiceField)
        role.choices = [(one.value, one.label) for one in roles]


def send_link(request: HttpRequest, pathway_id: UUID, item: UUID, service_id: UUID | None = None) -> HttpResponse:
    """Send one who has no account a link to answer by; `service_id` says where, when the row asks several."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="send_link")
    check_first(request, case, "links.send")
    asked = find_asked(actor, pathway_id, case.whole, item, service_id=service_id)
    roles = roles_in(asked.service.service_kind)
    back = reverse(asked.page, kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=LinkForm(
            request.POST or None,
            roles=roles,
            by_code=sms.is_set_up() and may_be_by_code(case, asked),
            initial={"role": roles[0], "proof": ProofKind.HPR},
        ),
        run=lambda data: links.send(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            item=item,
            service_id=service_id,
            **{
                **data,
                "role": Role(data["role"]),
                "proof": ProofKind(data["proof"]),
                "confirmed": Confirmed(data["confirmed"]) if data.get("confirmed") else None,
            },
        ),
        title=_("Send lenke"),
        lead=case.services([asked.service.pk])[str(asked.service.pk)],
        button=_("Send lenken"),
        done=_("Lenken er sendt. Den som får den, svarer uten konto."),
        back=back,
        context={"crumbs": case_crumbs(case), "case": case},
    )


def recall_link(request: HttpRequest, pathway_id: UUID, message_id: UUID) -> HttpResponse:
    """Take back a link that nobody has answered by."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="recall_link")
    check_first(request, case, "links.recall")
    back = reverse(where_sent(case, message_id), kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=forms.ActForm(request.POST or None),
        run=lambda _data: links.recall(
            actor=actor, pathway_id=pathway_id, once=once_of(request), message_id=message_id
        ),
        title=_("Trekk tilbake lenken"),
        lead=_("Lenken viser ingenting fra nå av. Det tjenesten er spurt om, står."),
        button=_("Trekk tilbake"),
        done=_("Lenken er trukket tilbake."),
        back=back,
        danger=True,
        context={"crumbs": case_crumbs(case), "case": case},
    )
