"""The contact person's side of the family's own pages: letting somebody in, ending it, and answering what they ask."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import access
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import family_log_ins, letters
from grunnmur.cases.queries import letters as queries
from grunnmur.cases.queries import sight
from grunnmur.cases.terms import LetterAbout
from grunnmur.web import ahead, child_words, forms
from grunnmur.web.acting import actor_of, once_of, perform
from grunnmur.web.views.children import head_of
from grunnmur.web.views.fresh import fresh

EID, DEVICE = "eid", "device"


class LogInForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"number"})
    way = forms.choice(
        gettext_lazy("Hvordan skal personen logge inn?"),
        [
            (EID, gettext_lazy("Med eID, for eksempel BankID")),
            (DEVICE, gettext_lazy("Med en kode du gir i hånden, og PIN på egen telefon")),
        ],
        radio=True,
        hints={DEVICE: gettext_lazy("For unge uten eID. Koden virker én gang, på én enhet.")},
    )
    number = django_forms.CharField(
        label=gettext_lazy("Fødselsnummer"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Bare for eID. Nummeret blir ikke lagret."),
    )

    def __init__(self, *args: Any, knows_number: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if knows_number:
            del self.fields["number"]


@fresh
def give_log_in(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """Let one in the family in. A code for a device is shown once, to be handed over."""
    head, shared = head_of(request, child_id, page="give_log_in", act="family_log_ins.give")
    name, *_rest = sight.get_relative(head, identity)

    def run(data: dict[str, Any]) -> object:
        whose: dict[str, Any] = {"actor": head.actor, "child_id": child_id, "once": once_of(request)}
        if data["way"] == DEVICE:
            return family_log_ins.give_with_device(**whose, identity=identity)
        return family_log_ins.give_with_eid(**whose, identity=identity, number=data.get("number", ""))

    def respond(given: object) -> HttpResponse:
        if not isinstance(given, family_log_ins.Given):
            messages.success(request, _("Personen kan logge inn nå."))
            return redirect(back)
        days = access_rules().numbers["family_code_days"]
        context = {**shared["context"], "given": given, "name": name, "days": days, "back": back}
        return render(request, "log_in_given.html", context)

    back = reverse("sight", kwargs={"child_id": child_id})
    return perform(
        request,
        form=LogInForm(request.POST or None, knows_number=identity == child_id),
        run=run,
        respond=respond,
        title=_("Gi innlogging"),
        lead=_(
            "Gjelder %(name)s. Innloggingen åpner bare det dere har bestemt. En ny innlogging avslutter den forrige."
        )
        % {"name": name or _("barnet selv")},
        button=_("Gi innlogging"),
        done="",
        **{**shared, "back": back},
    )


class ConfirmForm(forms.ActForm):
    """Nothing to fill in: one confirms."""


def end_log_in(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """End the log-in of one in the family, with whoever is inside by it."""
    head, shared = head_of(request, child_id, page="end_log_in", act="family_log_ins.end")
    name, *_rest = sight.get_relative(head, identity)
    log_in = queries.get_log_in(head, identity)
    return perform(
        request,
        form=ConfirmForm(request.POST if request.method == "POST" else None),
        run=lambda _data: family_log_ins.end(
            actor=head.actor, child_id=child_id, once=once_of(request), log_in_id=log_in.id
        ),
        title=_("Avslutt innloggingen?"),
        lead=_("Gjelder %(name)s. Er personen inne nå, stenges siden med en gang.")
        % {"name": name or _("barnet selv")},
        button=_("Avslutt"),
        done=_("Innloggingen er avsluttet."),
        danger=True,
        **{**shared, "back": reverse("sight", kwargs={"child_id": child_id})},
    )


def asked(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """What those in the family have asked, and the answers."""
    head, found = queries.list_letters(actor_of(request), child_id, page="asked")
    return render(request, "asked.html", {"head": head, "crumbs": child_words.crumbs(head), "letters": found})


class AnswerForm(forms.ActForm):
    text = forms.long_text(
        gettext_lazy("Svaret"), help_text=gettext_lazy("Bare den som spurte, og barneverntjenesten kan lese det.")
    )
    overruled_because = forms.long_text(
        gettext_lazy("Gikk dere imot det barnet ønsket? Skriv hvorfor, så barnet får vite det"),
        required=False,
        rows_hint=3,
    )
    overruled_on = django_forms.CharField(
        label=gettext_lazy("På hvilket grunnlag?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For eksempel en lovparagraf, eller hvem som bestemte det."),
    )

    def __init__(self, *args: Any, letter: queries.Asked, **options: Any) -> None:
        super().__init__(*args, **options)
        if letter.about is LetterAbout.CONSENT:
            self.fields["text"].label = _("Svaret. Var det et nei, skriv hvilken hjelp dere tilbyr likevel")
        if not letter.is_a_childs_wish:
            del self.fields["overruled_because"], self.fields["overruled_on"]


def answer_letter(request: HttpRequest, child_id: UUID, letter_id: UUID) -> HttpResponse:
    """Answer one in the family."""
    head, found = queries.list_letters(
        actor_of(request), child_id, page="answer_letter", act="" if request.method == "POST" else "letters.answer"
    )
    letter = next((one for one in found if one.id == letter_id), None)
    if letter is None:
        raise access.NotVisible
    return perform(
        request,
        form=AnswerForm(request.POST or None, letter=letter),
        run=lambda data: letters.answer(
            actor=head.actor, child_id=child_id, once=once_of(request), letter_id=letter_id, **data
        ),
        ahead=ahead.of_child(request, head),
        title=_("Svar"),
        button=_("Send svaret"),
        done=_("Svaret er sendt."),
        back=reverse("asked", kwargs={"child_id": child_id}),
        template="answer_letter.html",
        context={"crumbs": child_words.crumbs(head), "head": head, "letter": letter},
    )
