"""Answering one thing by a link, without an account: proving who one is, the one page, and what was sent."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.forms import CharField, Textarea, TextInput
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.access_rules import Purpose
from grunnmur.cases.actions import meetings, questions, referrals, times
from grunnmur.cases.queries.answering import Answering, get_answering
from grunnmur.cases.queries.handed_on import read as read_handed_on
from grunnmur.cases.terms import AnswerSays, AttendanceAnswer, MinutesSays
from grunnmur.directory import limits, openid, sessions
from grunnmur.directory.limits import Limit
from grunnmur.directory.providers import Provider, providers
from grunnmur.log import record
from grunnmur.post import links
from grunnmur.post.links import Asked, Asks
from grunnmur.post.rules import rules
from grunnmur.post.terms import LinkState, MessageSort, ProofKind
from grunnmur.web import forms, guessing
from grunnmur.web.acting import actor_of, once_of, perform
from grunnmur.web.views import errors, session
from grunnmur.web.views.health import NEEDS_CONSENT, StepForm, take_step
from grunnmur.web.views.health import AnswerForm as ReferralForm
from grunnmur.web.views.health import answer_data as referral_answer
from grunnmur.web.views.meetings import ReplyForm, ReviewForm
from grunnmur.web.views.questions import AnswerForm, answer_data
from grunnmur.web.views.session import public
from grunnmur.web.views.times import TimesForm

ANOTHER = gettext_lazy(
    "Lenken er sendt til en annen enn den du viste at du er. Be avsenderen om en ny, om den skulle til deg."
)
NOT_ABOUT_HEALTH = gettext_lazy("Skriv ikke om helse. Alle som er med i saken, kan lese det.")
NOT_SAID = gettext_lazy(
    "Innloggingen sa ikke hvem du er som helsepersonell. Prøv en annen innlogging, eller ring avsenderen."
)


# --- coming in -----------------------------------------------------------------------------------------------------


def _asks(address: str) -> Asks:
    """What the link of an address asks for. Raises Http404 for one that was never sent."""
    link_id = links.id_in(address)
    found = links.get(link_id) if link_id else None
    if found is None:
        raise Http404
    return found


def _vouching(proof: ProofKind) -> list[Provider]:
    """The providers that can vouch for the number that a link asks for; none for one that a code opens."""
    if proof is ProofKind.CODE:
        return []
    return [one for one in providers().values() if (one.hpr_claim if proof is ProofKind.HPR else one.national_id_claim)]


def _front(request: HttpRequest, asks: Asks, *, fault: str = "", kept: str = "", status: int = 200) -> HttpResponse:
    """What anybody who has the link sees: that something waits for somebody, and how to show that one is the one."""
    if asks.state is not LinkState.OPEN:
        return render(request, "reply_closed.html", status=410)
    return render(
        request,
        "reply_front.html",
        {
            "address": links.address_of(asks.link_id),
            "providers": _vouching(asks.proof),
            "proof": asks.proof,
            "is_by_code": asks.proof is ProofKind.CODE,
            "has_asked": request.session.get(CODE_ASKED_FOR) == str(asks.link_id),
            "fault": fault,
            "kept": kept,
        },
        status=status,
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, address: str) -> HttpResponse:
    """The page of a link. Opening it tells nothing and counts as nothing: mail programs open links too.

    A POST comes from one whose time ran out: with what was typed, when they have proved anew who they are; and in the
    demo from the one who says who they are.
    """
    asks = _asks(address)
    kept = request.POST.get("kept", "")
    if request.method == "POST" and settings.DEMO_LOGIN and "number" in request.POST:
        return arrived(request, asks.link_id, numbers=dict.fromkeys(ProofKind, request.POST["number"].replace(" ", "")))
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST" and actor is not None and actor.link_id == asks.link_id:
        return session.restore(request, kept, person=actor.person_id) or redirect("answer_by_link")
    return _front(request, asks, kept=kept)


@public
@require_GET
def reply_start(request: HttpRequest, address: str, key: str) -> HttpResponse:
    """Out to a provider, to show that one is the one that the link is for."""
    asks = _asks(address)
    provider = next((one for one in _vouching(asks.proof) if one.key == key), None)
    if provider is None:
        raise Http404
    try:
        where, attempt = openid.begin(
            provider, back=request.build_absolute_uri(reverse("openid_back")), max_age=0, at=clock.now()
        )
    except openid.NotVouchedFor as fault:
        return refuse(request, asks.link_id, fault.code, _("Vi får ikke kontakt med innloggingen. Prøv igjen om litt."))
    request.session["attempt"] = {
        **attempt.as_dict(),
        "at": clock.now().timestamp(),
        "next": "",
        "confirms": "",
        "link": str(asks.link_id),
    }
    return redirect(where)


def back_from(request: HttpRequest, link_id: UUID, vouched: openid.Vouched) -> HttpResponse:
    """Back from the provider, which has said who it is."""
    return arrived(request, link_id, numbers={ProofKind.HPR: vouched.hpr, ProofKind.NATIONAL_ID: vouched.national_id})


def arrived(request: HttpRequest, link_id: UUID, *, numbers: dict[ProofKind, str]) -> HttpResponse:
    """In, for the one whom the link was sent to, and for nobody else."""
    asks = links.get(link_id)
    if asks is None:
        raise Http404
    number = numbers[asks.proof]
    if not number:
        return refuse(request, link_id, "link_nobody", NOT_SAID)
    if not asks.is_met_by(number):
        return refuse(request, link_id, "link_another", ANOTHER)
    token = links.open_session(link_id)
    if token is None:
        return _front(request, asks)
    _enter(request, link_id, token)
    return redirect("answer_by_link")


def _enter(request: HttpRequest, link_id: UUID, token: str) -> None:
    request.session["reply"] = token
    request.session["reply_link"] = links.address_of(link_id)


CODE_ASKED_FOR = "code_asked_for"
"""Where the session says which link this browser has asked for a code to: it is typed there, and nowhere else."""


class CodeForm(forms.ActForm):
    code = CharField(
        label=gettext_lazy("Koden"),
        max_length=20,
        help_text=gettext_lazy("Åtte siffer."),
        widget=TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def reply_code(request: HttpRequest, address: str) -> HttpResponse:
    """Getting a code by SMS, and typing it, for a link that a code opens. Fetching the address sends none.

    Nobody is told whether one was sent, nor to which mobile, nor whether a wrong code was an old, late or guessed one.
    """
    asks = _asks(address)
    if asks.proof is not ProofKind.CODE:
        raise Http404
    if asks.state is not LinkState.OPEN:
        return _front(request, asks)
    kept = request.POST.get("kept", "")
    if request.method == "POST" and "code" not in request.POST:
        return _send_code(request, asks, kept)
    if request.session.get(CODE_ASKED_FOR) != str(asks.link_id):
        return redirect("reply", address=address)
    return _try_code(request, asks, kept) if request.method == "POST" else _type_code(request, asks, CodeForm())


def _send_code(request: HttpRequest, asks: Asks, kept: str) -> HttpResponse:
    limits.take(Limit.LINK_CODE, asks.link_id)
    sent = links.send_code(asks.link_id)
    request.session[CODE_ASKED_FOR] = str(asks.link_id)
    if kept or settings.DEMO_LOGIN:
        return _type_code(request, asks, CodeForm(), kept=kept, sent=sent)
    return redirect("reply_code", address=links.address_of(asks.link_id))


def _type_code(
    request: HttpRequest, asks: Asks, form: CodeForm, *, kept: str = "", sent: UUID | None = None, status: int = 200
) -> HttpResponse:
    shown = {
        "address": links.address_of(asks.link_id),
        "fields": form.fields_for_page(),
        "kept": kept,
        "minutes": rules().code_minutes.number,
        "said_in_demo": links.in_groups(links.code_for(sent)) if sent and settings.DEMO_LOGIN else "",
    }
    return render(request, "reply_code.html", shown, status=status)


def _try_code(request: HttpRequest, asks: Asks, kept: str) -> HttpResponse:
    """In, for whoever typed the code; what was typed before the time ran out is still there."""
    form, where = CodeForm(request.POST), guessing.address_of(request)
    limits.look(Limit.JOIN_ADDRESS, where)
    if not form.is_valid():
        return _type_code(request, asks, form, kept=kept, status=422)
    token = links.open_by_code(asks.link_id, form.cleaned_data["code"])
    entered = links.enter(token) if token else None
    if token is None or entered is None:
        limits.take(Limit.JOIN_ADDRESS, where)
        _log_refusal(asks.link_id, "link_code")
        form.add_error("code", _("Koden stemmer ikke, eller den gjelder ikke lenger. Prøv igjen, eller få en ny."))
        return _type_code(request, asks, form, kept=kept, status=403)
    _enter(request, asks.link_id, token)
    return session.restore(request, kept, person=entered[0].person_id) or redirect("answer_by_link")


def _log_refusal(link_id: UUID, code: str) -> None:
    record.look(
        "reply", at=clock.now(), person_id=None, service_id=None, role="", asked_id=link_id, allowed=False, reason=code
    )


def refuse(request: HttpRequest, link_id: UUID, code: str, sentence: object) -> HttpResponse:
    """Nobody gets in: the log is told why, and the person what to do."""
    _log_refusal(link_id, code)
    asks = links.get(link_id)
    if asks is None:
        raise Http404
    return _front(request, asks, fault=str(sentence), status=403)


def ask_again(request: HttpRequest) -> HttpResponse:
    """For one whose time ran out, or who came here without the link. What was typed is kept for the same person."""
    address = request.session.get("reply_link", "")
    link_id = links.id_in(address) if address else None
    asks = links.get(link_id) if link_id else None
    if asks is None:
        return render(request, "reply_closed.html", {"is_lost": True}, status=401)
    if request.method == "GET":
        return redirect("reply", address=address)
    kept = session.keep(request, whose="reply_person")
    return _front(request, asks, kept=kept, status=401)


# --- the one page --------------------------------------------------------------------------------------------------


def answer_by_link(request: HttpRequest) -> HttpResponse:
    """What is asked, and the answer to it; or what was sent, to read.

    When it has been closed meanwhile, whatever the reason, the one who was writing gets the text back, unsent.
    """
    try:
        return _answer(request)
    except access.NotVisible:
        errors.log_refusal(request, reason="not_visible")
        typed = [text for name in TYPED for text in request.POST.getlist(name) if text.strip()]
        return render(request, "reply_closed.html", {"typed": typed}, status=404)


def _answer(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    asked: Asked = request.asked  # type: ignore[attr-defined]
    if asked.sort is MessageSort.PASSPORT:
        handed_on = read_handed_on(actor, asked.pathway_id, asked.item)
        return render(request, "reply_passport.html", {"found": handed_on})
    found = get_answering(actor, asked.pathway_id, asked.item)
    request.session["reply_person"] = str(actor.person_id)
    is_done = bool(found.answer) and found.what in ("question", "referral")
    if request.method != "POST" and (is_done or found.is_closed or (found.answer and "endre" not in request.GET)):
        return render(request, "reply_done.html", {"found": found, "may_change": not is_done and not found.is_closed})
    form, run = FORMS[found.what](request, actor, asked, found)
    is_by_code = actor.purpose == Purpose.ANSWERING_BY_CODE
    if is_by_code:
        for field in form.fields.values():
            if isinstance(field.widget, Textarea):
                field.help_text = NOT_ABOUT_HEALTH
    return perform(
        request,
        form=form,
        run=run,
        title=_("Svar"),
        button=_("Send svaret"),
        done=_("Svaret er sendt."),
        back=reverse("answer_by_link"),
        template="reply.html",
        context={"found": found, "is_by_code": is_by_code},
    )


Form = tuple[forms.ActForm, Any]


def _without(form: forms.ActForm, *names: str) -> forms.ActForm:
    """Leave out what need not be asked for: at most six fields on the page."""
    for name in names:
        form.fields.pop(name, None)
    return form


def _question(request: HttpRequest, actor: sessions.Actor, asked: Asked, found: Answering) -> Form:
    form = AnswerForm(request.POST or None, asked=found, initial={"says": AnswerSays.ANSWERED})
    return form, lambda data: questions.answer(
        actor=actor, pathway_id=asked.pathway_id, once=once_of(request), question_id=asked.item, **answer_data(data)
    )


def _mapping(request: HttpRequest, actor: sessions.Actor, asked: Asked, found: Answering) -> Form:
    form = _without(StepForm(request.POST or None, mapping=found, may_tell=found.may_tell), "on", *NEEDS_CONSENT)

    def run(data: dict[str, Any]) -> object:
        return take_step(
            {**data, "on": clock.today()},
            actor=actor,
            pathway_id=asked.pathway_id,
            once=once_of(request),
            mapping_id=asked.item,
        )

    return form, run


def _referral(request: HttpRequest, actor: sessions.Actor, asked: Asked, found: Answering) -> Form:
    form = _without(ReferralForm(request.POST or None), "answered_on", "main_reason")
    return form, lambda data: referrals.answer(
        actor=actor,
        pathway_id=asked.pathway_id,
        once=once_of(request),
        referral_id=asked.item,
        answered_on=clock.today(),
        **referral_answer(data),
    )


def _invitation(request: HttpRequest, actor: sessions.Actor, asked: Asked, found: Answering) -> Form:
    return ReplyForm(request.POST or None), lambda data: meetings.reply(
        actor=actor,
        pathway_id=asked.pathway_id,
        once=once_of(request),
        invitation_id=asked.item,
        answer=AttendanceAnswer(data["answer"]),
        written=data["written"],
    )


def _times(request: HttpRequest, actor: sessions.Actor, asked: Asked, found: Answering) -> Form:
    form = TimesForm(
        request.POST or None,
        offered=found.times,
        initial={
            "suits": [str(one) for one in found.suits],
            "none_suits": bool(found.answer) and not found.suits,
        },
    )
    return form, lambda data: times.answer(
        actor=actor,
        pathway_id=asked.pathway_id,
        once=once_of(request),
        asked_id=asked.item,
        suits=data["suits"],
        note=data["note"],
    )


def _minutes(request: HttpRequest, actor: sessions.Actor, asked: Asked, found: Answering) -> Form:
    assert found.meeting_id is not None, "minutes are of a meeting"
    meeting_id = found.meeting_id
    return ReviewForm(request.POST or None), lambda data: meetings.review(
        actor=actor,
        pathway_id=asked.pathway_id,
        once=once_of(request),
        meeting_id=meeting_id,
        says=MinutesSays(data["says"]),
        text=data["text"],
    )


TYPED = dict.fromkeys(
    name
    for form in (AnswerForm, StepForm, ReferralForm, ReplyForm, ReviewForm, TimesForm)
    for name, field in form.base_fields.items()
    if type(field) is CharField
)
"""The fields of these pages that one writes in."""

FORMS = {
    "minutes": _minutes,
    "times": _times,
    "question": _question,
    "mapping": _mapping,
    "referral": _referral,
    "invitation": _invitation,
}


@public
@require_POST
def reply_end(request: HttpRequest) -> HttpResponse:
    """Done: nothing is left in the browser."""
    sessions.end(request.session.get("reply", ""))
    for name in ("reply", "reply_link", "reply_person", CODE_ASKED_FOR):
        request.session.pop(name, None)
    request.actor = None  # type: ignore[attr-defined]
    response = render(request, "reply_closed.html", {"is_done": True})
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
