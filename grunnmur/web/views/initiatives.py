"""Phase 0: the home's own children, asking the municipal service, and the service's answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.actions import initiatives as acts
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries import child as queries
from grunnmur.cases.queries import closings, waiting
from grunnmur.cases.terms import InitiativeAnswer, InitiativeWish
from grunnmur.web import child_words, forms
from grunnmur.web.acting import actor_of, once_of, perform
from grunnmur.web.views.children import head_of


def our_children(request: HttpRequest) -> HttpResponse:
    """The children who live with the service, and what became of what it has asked for."""
    try:
        after = str(UUID(request.GET.get("etter", "")))
    except ValueError:
        after = ""
    actor = actor_of(request)
    found = queries.our_children(actor, after=after)
    inbox = waiting.list_waiting(actor, page="our_children")
    shown = {**child_words.our_children(found), "inbox": inbox, "closed_to_us": closings.list_closed_to_us()}
    return render(request, "our_children.html", shown)


class InitiativeForm(forms.ActForm):
    wish = forms.choice(
        gettext_lazy("Hva ber dere om?"),
        InitiativeWish.choices,
        radio=True,
        hints={
            InitiativeWish.START: gettext_lazy("Barnet har ikke hatt forløpet, eller dere vet ikke."),
            InitiativeWish.REACTIVATE: gettext_lazy("Barnet har hatt forløpet før."),
        },
    )
    reason = forms.long_text(
        gettext_lazy("Hva ser dere hos barnet?"),
        help_text=gettext_lazy("Skriv det dere selv har sett og hørt, og hva barnet sier. Barnevernet leser det."),
    )


def send_initiative(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Ask the municipal service to start the pathway or take it up again."""
    head, shared = head_of(request, child_id, page="send_initiative", act="initiatives.send")
    owner = head.child.author_service.name
    deadline = definitions().deadline("answer_initiative")
    return perform(
        request,
        form=InitiativeForm(request.POST or None),
        run=lambda data: acts.send(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            wish=InitiativeWish(data["wish"]),
            reason=data["reason"],
        ),
        title=_("Ta initiativ til forløpet"),
        lead=_("%(owner)s avgjør, og skal svare dere. Frist: %(deadline)s.")
        % {"owner": owner, "deadline": deadline.text()},
        button=_("Send initiativet"),
        done=_("Initiativet er sendt til %(owner)s. Svaret kommer her.") % {"owner": owner},
        **shared,
    )


class AnswerForm(forms.ActForm):
    answer = forms.choice(
        gettext_lazy("Hva svarer dere?"),
        InitiativeAnswer.choices,
        radio=True,
        hints={
            InitiativeAnswer.START: gettext_lazy(
                "Vurderingen begynner, og du blir kontaktperson. Er et forløp alt åpent, er dette bare et svar."
            ),
            InitiativeAnswer.REACTIVATE: gettext_lazy(
                "Det siste forløpet åpnes igjen med denne begrunnelsen. Er et alt åpent, er dette bare et svar."
            ),
            InitiativeAnswer.NO: gettext_lazy("De kan be dere på nytt hvis noe endrer seg."),
        },
    )
    reason = forms.long_text(
        gettext_lazy("Begrunnelse"),
        help_text=gettext_lazy("Den som spurte, leser dette. Skriv ikke mer om barnet og familien enn de trenger."),
    )


def answer_initiative(request: HttpRequest, child_id: UUID, initiative_id: UUID) -> HttpResponse:
    """Answer an institution or a foster home, with a reason; a yes does what it says in the same act."""
    head, shared = head_of(request, child_id, page="answer_initiative", act="initiatives.answer")
    initiative = queries.get_initiative(head, initiative_id)
    if initiative.answer and request.method != "POST":
        messages.info(request, _("Noen hos dere har alt svart på initiativet. Svaret står her."))
        return redirect("child", child_id=child_id)
    shared["context"]["initiative"] = initiative
    return perform(
        request,
        form=AnswerForm(request.POST or None),
        run=lambda data: acts.answer(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            initiative_id=initiative_id,
            answer=InitiativeAnswer(data["answer"]),
            reason=data["reason"],
        ),
        title=_("Svar på initiativet"),
        button=_("Send svaret"),
        done=_("Svaret er sendt til %(who)s.") % {"who": initiative.from_service},
        template="answer_initiative.html",
        **shared,
    )
