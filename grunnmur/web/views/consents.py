"""Consent: who decides, who has said what, who sees what; asking, answering later and taking back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import access, deadlines, door, sharing
from grunnmur.cases.actions import consents as acts
from grunnmur.cases.actions.consents import Answer, Effect
from grunnmur.cases.queries import consents as queries
from grunnmur.cases.queries import names
from grunnmur.cases.queries.case import Case, get_case
from grunnmur.cases.queries.consents import ConsentNow, People, Signatory
from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, HealthArea, InformationKind, PathwayStatus
from grunnmur.web import consent_words as words
from grunnmur.web import forms, pickers
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.fields import Field
from grunnmur.web.views.session import NOT_KEPT

MONTHS = 6
"""How long a consent is proposed to last. Our own: no source sets it."""
HOW = [("oral", gettext_lazy("Muntlig")), ("written", gettext_lazy("Skriftlig"))]
STEP = frozenset({"step", "_restored"})


def consents(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Who decides today, each consent as a sentence, and who sees what."""
    page = queries.consents(actor_of(request), pathway_id)
    return render(request, "consents.html", {"page": page, "case": page.case, "words": words})


# --- asking --------------------------------------------------------------------------------------------------------


class AnswersForm(forms.ActForm):
    """What each of those who have a say answered: three fields for each of them."""

    unanswered = ConsentAnswer.NOT_ASKED.value
    unanswered_label: Any = ConsentAnswer.NOT_ASKED.label

    def __init__(self, *args: Any, who: Iterable[Signatory], today: date, among: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.who = tuple(who)
        self.today = today
        for one in self.who:
            self.fields[f"answer_{one.id}"] = forms.choice(
                words.name_and_capacity(one),
                [
                    (ConsentAnswer.YES.value, ConsentAnswer.YES.label),
                    (ConsentAnswer.NO.value, ConsentAnswer.NO.label),
                    (self.unanswered, self.unanswered_label),
                ],
                radio=True,
                help_text=_say(one, among),
            )
            self.fields[f"answer_{one.id}"].initial = self.unanswered
            self.fields[f"on_{one.id}"] = forms.DateField(
                label=_("Når svarte %(who)s?") % {"who": one.name}, required=False, initial=today
            )
            self.fields[f"how_{one.id}"] = django_forms.ChoiceField(
                label=_("Hvordan svarte %(who)s?") % {"who": one.name}, choices=HOW, required=False, initial="oral"
            )

        self.say_plainly()

    def fields_for_page(self, names: Iterable[str] | None = None) -> list[Field]:
        """What is asked only of some is not optional then: when, how, and what help is offered all the same."""
        asked = ("on_", "how_", "help_offered")
        return [
            replace(field, required=True) if field.name.startswith(asked) else field
            for field in super().fields_for_page(names)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for one in self.who:
            has_answered = data.get(f"answer_{one.id}") not in (None, self.unanswered)
            on = f"on_{one.id}"
            if has_answered and not data.get(on) and on not in self.errors:
                self.add_error(on, forms.WRITE_A_DATE)
        gone = {name for name in self.data if name.startswith("answer_")} - set(self.fields)
        if gone:
            self.add_error(
                None, _("Hvem som bestemmer for barnet, har endret seg mens du skrev. Se over svarene på nytt.")
            )
        return data

    def rows(self) -> list[tuple[Field, Field, Field]]:
        """The three fields of each, for the page."""
        by_name = {field.name: field for field in self.fields_for_page()}
        return [(by_name[f"answer_{one.id}"], by_name[f"on_{one.id}"], by_name[f"how_{one.id}"]) for one in self.who]

    def answers(self, data: Mapping[str, Any], *, note: str = "") -> list[Answer]:
        """The answers in the order of the rows; `note` goes with each no."""
        return [
            Answer(
                kind=one.kind,
                answer=(answer := ConsentAnswer(data[f"answer_{one.id}"])),
                on=data[f"on_{one.id}"] if answer is not ConsentAnswer.NOT_ASKED else self.today,
                how=data[f"how_{one.id}"] or "oral",
                related_person_id=one.related_person_id,
                service_id=one.service_id,
                note=note if answer is ConsentAnswer.NO else "",
            )
            for one in self.who
            if data[f"answer_{one.id}"]
        ]


def _say(one: Signatory, among: int) -> str:
    """What someone has a say in, in a sentence; `among` is how many purposes it could be."""
    if len(one.decides) == among:
        return _("Er med og bestemmer.") if among == 1 else _("Er med og bestemmer, uansett hva dere spør om.")
    if not one.decides:
        return _("Skal si sin mening.")
    rest = _("Skal ellers si sin mening.") if one.heard else _("Bestemmer ikke om resten.")
    return _("Er med og bestemmer: %(what)s. %(rest)s") % {
        "what": words.all_of(purpose.label for purpose in one.decides),
        "rest": rest,
    }


class ConsentForm(AnswersForm):
    recipient_id = pickers.ServiceField(label=gettext_lazy("Hvilken tjeneste gjelder det?"))
    find = pickers.find_field()
    purposes = forms.choices(gettext_lazy("Hva spør dere om lov til?"), ConsentPurpose.choices)
    kinds = forms.choices(
        gettext_lazy("Hva skal tjenesten få vite om?"),
        [],
        required=False,
        help_text=gettext_lazy(
            "Ta bare med det tjenesten trenger. Uten kryss ser den hvem barnet er, møtene og planen, og ikke mer."
        ),
    )
    valid_from = forms.DateField(label=gettext_lazy("Gjelder fra og med"))
    last_day = forms.DateField(
        label=gettext_lazy("Gjelder til og med"),
        help_text=gettext_lazy("Seks måneder er vårt forslag. Ingen regel setter et antall."),
    )
    help_offered = forms.long_text(gettext_lazy("Hvilken hjelp tilbyr dere likevel?"), required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        purposes = sharing.may_be_asked_for(case.status)
        super().__init__(*args, today=case.today, among=len(purposes), **options)
        choices = self.fields["purposes"]
        assert isinstance(choices, django_forms.MultipleChoiceField)
        choices.choices = [(one.value, one.label) for one in purposes]
        areas = [HealthArea(area.key) for area in case.edition.health_areas]
        field = self.fields["kinds"]
        assert isinstance(field, django_forms.MultipleChoiceField)
        field.choices = [
            *((area.value, area.label) for area in areas),
            ("own_words", str(InformationKind.OWN_WORDS.label).capitalize()),
        ]
        if case.status is PathwayStatus.CLOSED:
            field.help_text = _("Ta bare med det tjenesten trenger.")
        pickers.fill(self, "recipient_id", case)

    def question(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What the act asks for."""
        kinds = InformationKind(0)
        for key in data["kinds"]:
            kinds |= InformationKind[key.upper()]
        return {
            "purposes": [ConsentPurpose(purpose) for purpose in data["purposes"]],
            "recipient_id": data["recipient_id"],
            "kinds": kinds,
            "valid_from": data["valid_from"],
            "valid_until": data["last_day"] + timedelta(days=1),
            "answers": self.answers(data),
            "help_offered": data["help_offered"],
        }


def record_consent(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """Ask the child and those who decide with it: the form, then what it would open, then the act."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="record_consent")
    check_first(request, case, "consents.record")
    people, purposes = queries.people_of(case), sharing.may_be_asked_for(case.status)
    form = ConsentForm(
        request.POST or None,
        case=case,
        who=queries.signatories(case, people, purposes),
        initial=_first_shown(request, case, people),
    )

    return _in_two_steps(
        request,
        case=case,
        people=people,
        form=form,
        preview=lambda data: acts.preview(actor=actor, pathway_id=pathway_id, **form.question(data)),
        save=lambda data: acts.record(actor=actor, pathway_id=pathway_id, once=once_of(request), **form.question(data)),
        title=_("Spør om samtykke"),
        template="record_consent.html",
        context={
            "rules": queries.rules_today(case, people),
            "unregistered": queries.unregistered(case, [ConsentPurpose.CONTACT_HEALTH]),
            "unseen": queries.unseen_signatories(case, people, purposes),
            "is_closed": case.status is PathwayStatus.CLOSED,
        },
    )


def _first_shown(request: HttpRequest, case: Case, people: People) -> dict[str, Any]:
    """What the form says before anyone has written: our proposal, for the purpose of the page that led here, or the
    consent that is to be asked for again.
    """
    wanted = request.GET.get("formal", "")
    proposal: dict[str, Any] = {
        "purposes": [wanted if wanted in ConsentPurpose.values else ConsentPurpose.CONTACT_HEALTH.value],
        "valid_from": case.today,
        "last_day": deadlines.due(amount=MONTHS, unit="months", counted_from=case.today) - timedelta(days=1),
    }
    try:
        before, others = queries.get_consent_among(case, people, UUID(request.GET["igjen"]))
    except (KeyError, ValueError, access.NotVisible):
        return proposal
    return proposal | {
        "recipient_id": before.fact.recipient,
        "purposes": [before.purpose.value, *(one.purpose.value for one in others if one.is_said_alike(before))],
        "kinds": [str(kind.name).lower() for kind in before.kinds],
    }


def _in_two_steps(
    request: HttpRequest,
    *,
    case: Case,
    people: People,
    form: AnswersForm,
    preview: Callable[[dict[str, Any]], tuple[Effect, ...]],
    save: Callable[[dict[str, Any]], object],
    title: str,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Show the form, say what it would open, and only then save; between the steps the page carries what was typed."""
    back = reverse("consents", kwargs={"pathway_id": case.pathway.pk})
    crumbs = case_crumbs(case, (_("Samtykke"), back))
    is_closed = case.status is PathwayStatus.CLOSED

    def answered(run: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
        """Run, and put what is wrong with an answer at the fields of the one who gave it."""

        def running(data: dict[str, Any]) -> Any:
            try:
                return run(data)
            except door.Invalid as invalid:
                given = [one.id for one in form.who if data[f"answer_{one.id}"]]
                fields = {f"answer_{index}": f"answer_{who}" for index, who in enumerate(given)}
                fields |= {"valid_until": "last_day"}
                raise door.Invalid({fields.get(name, name): text for name, text in invalid.problems.items()}) from None

        return running

    def show(found: tuple[Effect, ...]) -> HttpResponse:
        kept = [(name, values) for name, values in request.POST.lists() if name not in NOT_KEPT | STEP]
        recipients = names.services({UUID(item.fact.recipient) for item in found})
        lines = words.effects(found, recipients=recipients, people=people, is_closed=is_closed)
        said = [(row[0].label, _answer_in_words(form, one)) for row, one in zip(form.rows(), form.who, strict=True)]
        return render(
            request,
            "consent_preview.html",
            {
                "title": _("Hvis dere lagrer dette"),
                "crumbs": crumbs,
                "lines": lines,
                "said": [(who, what) for who, what in said if what],
                "kept_fields": kept,
                "is_closed": is_closed,
            },
        )

    saving = request.POST.get("step") == "save"
    return perform(
        request,
        form=form,
        run=answered(save if saving else preview),
        respond=None if saving else show,
        is_done=saving,
        title=title,
        button=_("Se hva dette åpner"),
        done=_("Svarene er lagret."),
        back=back,
        template=template,
        context={"crumbs": crumbs, "form": form, "case": case, **context},
    )


def _answer_in_words(form: AnswersForm, one: Signatory) -> str:
    data = form.cleaned_data
    answer = data[f"answer_{one.id}"]
    if not answer:
        return ""
    label = str(ConsentAnswer(answer).label)
    if answer == ConsentAnswer.NOT_ASKED:
        return label
    return f"{label}, {data[f'on_{one.id}']:%d.%m.%Y}, {str(dict(HOW)[data[f'how_{one.id}'] or 'oral']).lower()}"


# --- a later answer ------------------------------------------------------------------------------------------------


class LaterForm(AnswersForm):
    unanswered = ""
    unanswered_label = gettext_lazy("Ikke noe nytt svar")

    also = forms.choices(gettext_lazy("Gjelder svarene også dette?"), [], required=False)
    help_offered = forms.long_text(gettext_lazy("Hvilken hjelp tilbyr dere likevel?"), required=False)

    def __init__(self, *args: Any, others: Sequence[ConsentNow], among: int, **options: Any) -> None:
        super().__init__(*args, among=among, **options)
        for one in self.who:
            self.fields[f"answer_{one.id}"].required = False
        offer_others(self, others)


def offer_others(form: forms.ActForm, others: Sequence[ConsentNow]) -> None:
    """Let what is said of one consent be said of others in the same breath; without others, nothing is asked."""
    if not others:
        del form.fields["also"]
        return
    forms.offer_choices(form, "also", [(str(one.id), words.about(one)) for one in others])


def others_of(data: Mapping[str, Any]) -> list[UUID]:
    """The other consents that were ticked."""
    return [UUID(one) for one in data.get("also", ())]


def answer_consent(request: HttpRequest, pathway_id: UUID, consent_id: UUID) -> HttpResponse:
    """Write what someone answered later to consents that were asked for before."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="answer_consent")
    check_first(request, case, "consents.answer")
    people = queries.people_of(case)
    found, others = queries.get_consent_among(case, people, consent_id)
    waiting = [one for one in others if one.waits_for_answers]
    purposes = sorted({found.purpose, *(one.purpose for one in waiting)})
    form = LaterForm(
        request.POST or None,
        who=queries.signatories(case, people, purposes),
        today=case.today,
        among=len(purposes),
        others=waiting,
        initial={"also": [str(one.id) for one in waiting if one.is_said_alike(found)]},
    )

    def answered(data: dict[str, Any]) -> dict[str, Any]:
        return {
            "actor": actor,
            "pathway_id": pathway_id,
            "consent_id": consent_id,
            "answers": form.answers(data, note=data["help_offered"]),
            "also": others_of(data),
        }

    return _in_two_steps(
        request,
        case=case,
        people=people,
        form=form,
        preview=lambda data: acts.preview_answer(**answered(data)),
        save=lambda data: acts.answer(**answered(data), once=once_of(request)),
        title=_("Nytt svar om samtykke"),
        template="answer_consent.html",
        context={
            "consent": found,
            "words": words,
            "unseen": queries.unseen_signatories(case, people, purposes),
        },
    )


# --- taking back -----------------------------------------------------------------------------------------------------


class WithdrawForm(forms.ActForm):
    withdrawn_by = forms.choice(gettext_lazy("Hvem trekker samtykket?"), [], radio=True)
    also = forms.choices(gettext_lazy("Trekkes også dette?"), [], required=False)
    note = forms.long_text(
        gettext_lazy("Noe dere vil skrive ned om det?"),
        required=False,
        help_text=gettext_lazy("Ingen trenger å si hvorfor."),
    )

    def __init__(self, *args: Any, who: Iterable[Signatory], others: Sequence[ConsentNow], **options: Any) -> None:
        super().__init__(*args, **options)
        forms.offer_choices(self, "withdrawn_by", [(one.id, words.name_and_capacity(one)) for one in who])
        offer_others(self, others)


def withdraw_consent(request: HttpRequest, pathway_id: UUID, consent_id: UUID) -> HttpResponse:
    """Take a consent back, with what it will close said first; then the receipt."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="withdraw_consent")
    check_first(request, case, "consents.withdraw")
    people = queries.people_of(case)
    found, others = queries.get_consent_among(case, people, consent_id)
    receipt = redirect("consent_closed", pathway_id=pathway_id, consent_id=consent_id)
    if found.fact.withdrawn_at is not None:
        return receipt
    who = {one.id: one for one in queries.who_may_withdraw(case, people, found.fact)}
    others = [
        one for one in others if {some.id for some in queries.who_may_withdraw(case, people, one.fact)} & set(who)
    ]
    back = reverse("consents", kwargs={"pathway_id": pathway_id})

    def run(data: dict[str, Any]) -> object:
        one = who[data["withdrawn_by"]]
        return acts.withdraw(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            consent_id=consent_id,
            withdrawn_by=one.kind,
            related_person_id=one.related_person_id,
            service_id=one.service_id,
            note=data["note"],
            also=others_of(data),
        )

    return perform(
        request,
        form=WithdrawForm(request.POST or None, who=who.values(), others=others),
        run=run,
        respond=lambda _withdrawal: receipt,
        title=_("Trekk samtykket tilbake"),
        button=_("Trekk tilbake nå"),
        done="",
        back=back,
        danger=True,
        template="withdraw_consent.html",
        context={"crumbs": case_crumbs(case, (_("Samtykke"), back)), "consent": found, "words": words, "who": who},
    )


def consent_closed(request: HttpRequest, pathway_id: UUID, consent_id: UUID) -> HttpResponse:
    """The receipt: what closed, who no longer sees, what stays open."""
    case = get_case(actor_of(request), pathway_id, page="consent_closed")
    done = queries.closed(case, consent_id)
    back = reverse("consents", kwargs={"pathway_id": pathway_id})
    return render(
        request,
        "consent_closed.html",
        {
            "lines": words.receipt(done),
            "others": words.people_who_see(done[0].others),
            "crumbs": case_crumbs(case, (_("Samtykke"), back)),
            "back": back,
        },
    )
