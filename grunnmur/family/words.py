"""The family's pages in the words that a ten-year-old reads, and in those that a parent does. No rule is made here.

The child is spoken to as «du». A parent's first page is headed by the child's name; its sentences say «barnet».
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grunnmur import clock
from grunnmur.cases import lifecycle
from grunnmur.cases.actions.own_answers import Closed, IfYes
from grunnmur.cases.consent_ahead import Ahead, ChildsSay, Turn
from grunnmur.cases.lifecycle import Phase, PhaseState
from grunnmur.cases.queries.own_pages import TOLD, Agreed, Mine, MyConsent, MyMeeting, MyPathway, With
from grunnmur.cases.queries.passport import OwnPassport
from grunnmur.cases.queries.took_part import TookPart
from grunnmur.cases.sharing import TO_BE_GIVEN
from grunnmur.cases.terms import (
    ChildParticipation,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    MeetingKind,
    PathwayStatus,
    TaskState,
)
from grunnmur.web.consent_words import all_of, kinds, last_day
from grunnmur.web.jinja import dato, dato_kort, klokke, ukedag

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Told:
    """One phase as it is told to one reader."""

    title: Words
    what: Words
    decides: Words
    """What the child decides."""
    right: Words


@dataclass(frozen=True, slots=True)
class Step:
    """One phase in words, for the child and for a parent."""

    to_child: Told
    to_parent: Told


# The phases are the pathway's (`definitions/pathway`). That the child is heard, may speak to child welfare alone, may
# ask for somebody it trusts to be there, and is told what came of it, is bvl § 1-4 and the regulation on children's
# participation in child welfare. The words, and that one may ask for a meeting and begin anew, are our own choice.
STEPS: dict[int, Step] = {
    1: Step(
        Told(
            gettext_lazy("Vi blir kjent"),
            gettext_lazy("Vi snakker om hvordan du har det. Vi hører på deg."),
            gettext_lazy("Du velger hva du vil si."),
            gettext_lazy("Du kan snakke med oss alene. Du kan be om å ha med en du stoler på."),
        ),
        Told(
            gettext_lazy("Vi blir kjent"),
            gettext_lazy("Vi snakker med barnet og med dere. Så ser vi om barnet trenger hjelp med helsen."),
            gettext_lazy("Barnet velger selv hva det vil si."),
            gettext_lazy("Barnet kan snakke med oss alene. Det kan be om å ha med en det stoler på."),
        ),
    ),
    2: Step(
        Told(
            gettext_lazy("Vi møtes og lager en plan"),
            gettext_lazy("De som kan hjelpe, møtes. Vi blir enige om hvem som gjør hva."),
            gettext_lazy("Du sier hva som er viktig for deg."),
            gettext_lazy("Du kan komme, skrive det du vil si, eller be en annen si det."),
        ),
        Told(
            gettext_lazy("Vi møtes og lager en plan"),
            gettext_lazy("De som kan hjelpe, møter dere og barnet. Planen sier hvem som gjør hva."),
            gettext_lazy("Barnet sier hva som er viktig for det."),
            gettext_lazy("Barnet kan komme, skrive det det vil si, eller be en annen si det."),
        ),
    ),
    3: Step(
        Told(
            gettext_lazy("Noen ser på helsen din"),
            gettext_lazy("En som kan mye om helse, snakker med deg. Sammen ser dere hva som kan hjelpe."),
            gettext_lazy("Du kan si hva du synes er vanskelig, og hva du ikke vil snakke om."),
            gettext_lazy("Du får vite hva de fant. Du kan spørre om det du lurer på."),
        ),
        Told(
            gettext_lazy("Noen ser på helsen"),
            gettext_lazy("Fagfolk ser på helsen slik planen sier. Trengs det mer, kan de sende barnet videre."),
            gettext_lazy("Barnet sier hva som er vanskelig, og hva det ikke vil snakke om."),
            gettext_lazy("Barnet får vite hva de fant, og kan spørre om det det lurer på."),
        ),
    ),
    4: Step(
        Told(
            gettext_lazy("Vi ser om det hjelper"),
            gettext_lazy("Vi møtes igjen. Vi spør deg om det har blitt bedre."),
            gettext_lazy("Du sier om hjelpen er bra, og hva som bør bli bedre."),
            gettext_lazy("Du kan be om et møte. Du kan si at noe ikke er bra."),
        ),
        Told(
            gettext_lazy("Vi ser om det hjelper"),
            gettext_lazy("Vi møtes igjen og ser om hjelpen virker. Gjør den ikke det, endrer vi planen."),
            gettext_lazy("Barnet sier om hjelpen er bra, og hva som bør bli bedre."),
            gettext_lazy("Barnet og dere kan be om et møte. Dere kan si at noe ikke er bra."),
        ),
    ),
    5: Step(
        Told(
            gettext_lazy("Vi er ferdige"),
            gettext_lazy("Vi sier hvem som hjelper deg videre. Du vet hvem du kan spørre."),
            gettext_lazy("Du sier om du er klar for å slutte."),
            gettext_lazy("Vi kan begynne på nytt hvis du trenger det."),
        ),
        Told(
            gettext_lazy("Vi er ferdige"),
            gettext_lazy("Vi sier hvem som hjelper videre, og hvem dere kan ringe."),
            gettext_lazy("Barnet sier om det er klart for å slutte."),
            gettext_lazy("Vi kan begynne på nytt hvis barnet trenger det."),
        ),
    ),
}
NEXT_TO_LAST = max(STEPS) - 1
"""From when the first page asks what one will say before the closing; the steps' own page asks all the way. Ours."""
STATES: dict[PhaseState, Words] = {
    PhaseState.DONE: gettext_lazy("Ferdig"),
    PhaseState.NOW: gettext_lazy("Også i gang"),
    PhaseState.AHEAD: gettext_lazy("Kommer senere"),
}
HERE = gettext_lazy("Her er vi nå")
"""Said of one phase alone, however many are under way."""
MEETINGS: dict[MeetingKind, Words] = {
    MeetingKind.AVKLARINGSMOTE: gettext_lazy("Møte om hva som er viktig"),
    MeetingKind.OPPSTARTSMOTE: gettext_lazy("Møte om planen"),
    MeetingKind.STATUSMOTE: gettext_lazy("Møte om hvordan det går"),
}
PURPOSES: dict[ConsentPurpose, Words] = {
    ConsentPurpose.CONTACT_HEALTH: gettext_lazy("Kan %(who)s være med og få vite om %(what)s?"),
    ConsentPurpose.RELEASE_HEALTH_INFO: gettext_lazy("Kan %(who)s si til barnevernet hva de finner om %(what)s?"),
}
ANSWERS: dict[ConsentAnswer | None, Words] = {
    ConsentAnswer.YES: gettext_lazy("Du sa ja"),
    ConsentAnswer.NO: gettext_lazy("Du sa nei"),
    ConsentAnswer.NOT_ASKED: gettext_lazy("Du har ikke svart ennå"),
    None: gettext_lazy("Du har ikke svart ennå"),
}
TASKS: dict[TaskState, Words] = {
    TaskState.AGREED: gettext_lazy("avtalt"),
    TaskState.UNDER_WAY: gettext_lazy("i gang"),
    TaskState.DONE: gettext_lazy("gjort"),
}


MOST_WAYS = 5
"""Of one phase, the newest; all of them stand under what is written."""
TOOK_PART: dict[ChildParticipation, tuple[Words, Words]] = {
    ChildParticipation.CONVERSATION: (gettext_lazy("Du snakket med oss"), gettext_lazy("Barnet snakket med oss")),
    ChildParticipation.REPRESENTATIVE: (
        gettext_lazy("En annen snakket for deg"),
        gettext_lazy("En annen snakket for barnet"),
    ),
    ChildParticipation.OBSERVATION: (
        gettext_lazy("Vi så hvordan du hadde det"),
        gettext_lazy("Vi så hvordan barnet hadde det"),
    ),
    ChildParticipation.OTHER_EXPRESSION: (
        gettext_lazy("Du var med på en annen måte"),
        gettext_lazy("Barnet var med på en annen måte"),
    ),
    ChildParticipation.NOT_GIVEN_OPPORTUNITY: (
        gettext_lazy("Du fikk ikke sjansen til å være med"),
        gettext_lazy("Barnet fikk ikke sjansen til å være med"),
    ),
    ChildParticipation.DID_NOT_WANT: (
        gettext_lazy("Du ville ikke være med"),
        gettext_lazy("Barnet ville ikke være med"),
    ),
}
"""The official categories as the child and a parent read them."""


def onward(mine: Mine, found: OwnPassport | None) -> dict[str, Any] | None:
    """What `passport` of `parts.html` draws; None before there is one."""
    if found is None:
        return None
    return {
        "closed_on": found.closed_on,
        "needs": found.needs,
        "said": found.child_view,
        "said_heading": _("Det du selv sa") if mine.is_child else _("Det barnet selv sa"),
        "took_part": TOOK_PART[found.took_part][not mine.is_child] if found.took_part else "",
        "summary": found.summary,
    }


def my_page(found: MyPathway) -> dict[str, Any]:
    """Everything that the first page draws."""
    mine = found.mine
    ahead = found.next_meeting
    held = [one for one in found.meetings if not one.is_ahead]
    lately = [one for one in found.meetings if one.is_ahead or one in held[:1]]
    return {
        "is_child": mine.is_child,
        "heading": _heading(mine),
        "lead": _lead(mine, ahead),
        "way": _way(mine, ahead),
        "meetings": [meeting(one, mine) for one in lately],
        "earlier": [meeting(one, mine) for one in held[1:]],
        "goals": found.goals,
        "agreed": [_agreed(one) for one in found.agreed if one.state is not TaskState.DONE],
        "done": [_agreed(one) for one in found.agreed if one.state is TaskState.DONE],
        "own_words": found.words,
        "waits": found.waits,
        "ahead": changes_ahead(found.ahead, is_child=mine.is_child),
        "speaks_before": ahead.id if ahead and mine.is_child and ahead.hears_child else None,
        "speaks_at_end": mine.speaks_before_closing and lifecycle.current(mine.phases) == NEXT_TO_LAST,
        "how_was_it": found.how_was_it,
        "is_over": mine.status is PathwayStatus.CLOSED,
        "contact": mine.contact or mine.service,
    }


def _heading(mine: Mine) -> str:
    if mine.is_child:
        return _("Hei, %(name)s") % {"name": mine.name} if mine.name else _("Hei")
    return _("Om %(name)s") % {"name": mine.name} if mine.name else _("Din side")


def _lead(mine: Mine, ahead: MyMeeting | None) -> str:
    if mine.pathway is None:
        return _("Her ser du det som er åpnet for deg.")
    if mine.status is PathwayStatus.CLOSED:
        return _("Vi er ferdige nå. Trenger du oss igjen, kan vi begynne på nytt.")
    if mine.status is PathwayStatus.NOT_STARTED:
        return _("Vi bestemte å ikke starte. Vi kan snakke om det igjen når som helst.")
    if ahead is not None:
        if mine.is_child and ahead.child_invited:
            return _("Vi møtes %(day)s %(on)s kl. %(at)s. Du bestemmer hva du vil si.") % _when(ahead)
        return _("Neste møte er %(day)s %(on)s kl. %(at)s.") % _when(ahead)
    if mine.is_child:
        return _("Her ser du hva vi gjør sammen, og hvem som vet hva om deg.")
    return _("Her ser du hva som skjer, hvem som gjør det, og hva som er avtalt.")


def _way(mine: Mine, ahead: MyMeeting | None) -> list[dict[str, Any]]:
    """The picture of the way: one station for each phase."""
    here = lifecycle.current(mine.phases)
    return [
        {
            "number": phase.number,
            "state": _state(phase, here),
            "said": _how_far(phase, here),
            "title": _told(phase.number, mine).title,
            "text": _told(phase.number, mine).what,
            "since": phase.since if phase.state is not PhaseState.AHEAD else None,
            "next": _next(ahead) if ahead and phase.number == here else "",
        }
        for phase in mine.phases
    ]


def _state(phase: Phase, here: int | None) -> str:
    return "begun" if phase.state is PhaseState.NOW and phase.number != here else str(phase.state)


def _how_far(phase: Phase, here: int | None) -> Words:
    return HERE if phase.number == here else STATES[phase.state]


def _next(ahead: MyMeeting) -> str:
    return _("Neste møte: %(day)s %(on)s kl. %(at)s.") % _when(ahead)


def _when(one: MyMeeting) -> dict[str, str]:
    return {"day": ukedag(one.starts_at), "on": dato_kort(one.starts_at), "at": klokke(one.starts_at)}


def _told(number: int, mine: Mine) -> Told:
    return STEPS[number].to_child if mine.is_child else STEPS[number].to_parent


def meeting(one: MyMeeting, mine: Mine) -> dict[str, Any]:
    """One meeting in words."""
    where = one.place or (_("Vi sier fra om hvor") if not mine.tells_services else "")
    return {
        "id": one.id,
        "title": MEETINGS[one.meeting],
        "at": one.starts_at,
        "where": _("på video") if one.is_video else where,
        "who": all_of([*one.services, *one.people]) if one.services or one.people else "",
        "decisions": one.decisions,
    }


def _agreed(one: Agreed) -> dict[str, Any]:
    return {
        "what": one.what,
        "who": one.who or _("ikke bestemt"),
        "due_on": one.due_on,
        "state": TASKS[one.state],
    }


def with_me(mine: Mine, found: tuple[With, ...]) -> dict[str, Any]:
    """Everything that `with_me.html` draws."""
    return {"mine": mine, "people": [_with(one, mine) for one in found], "contact": mine.contact}


def _with(one: With, mine: Mine) -> dict[str, Any]:
    """One who takes part. The contact person has a row of its own, and the rest of the owner's service another."""
    is_the_rest = one.is_owner and not one.name and mine.contact
    roles = [str(role.label) for role in one.roles]
    who = _("Andre i %(service)s") % {"service": one.service} if is_the_rest else one.name or one.service
    return {
        # Where the address is protected, no service is named, and it is «en tjeneste som er med».
        "who": who[:1].upper() + who[1:],
        "role": ", ".join([*roles, one.service] if one.name else roles) or _("sier vi ikke her"),
        "sees": _("Alt vi skriver. Det er vi som har saken.") if one.is_owner else _sees(one, to_child=mine.is_child),
        "until": _("til og med %(on)s") % {"on": last_day(one.until)} if one.until else _("så lenge vi har saken"),
    }


def changes_ahead(found: Iterable[tuple[MyConsent, Ahead]], *, is_child: bool) -> list[dict[str, Any]]:
    """What soon changes, the first first, with the questions that it is so for: one entry for all that change alike."""
    alike: dict[tuple[date | None, bool, Turn | None], list[str]] = {}
    for one, what in sorted(found, key=lambda pair: _first_day(pair[1])):
        alike.setdefault((what.until, what.may_answer, what.turn), []).append(_question(one, to_child=is_child))
    return [
        {
            "said": _changes(*how, is_child=is_child, questions=len(questions)),
            "questions": list(dict.fromkeys(questions)),
        }
        for how, questions in alike.items()
    ]


def _first_day(what: Ahead) -> date:
    return min(day for day in (what.until, what.turn and what.turn.on) if day)


def _changes(until: date | None, may_answer: bool, turn: Turn | None, *, is_child: bool, questions: int) -> str:
    """What changes for so many questions, in a sentence or three."""
    ends = ngettext("Ja-et går ut %(on)s.", "Disse går ut %(on)s.", questions) if until else ""
    said = (
        ends % {"on": last_day(until)} if until else "",
        _turns(turn, is_child=is_child) if turn else "",
        _("Si fra om du vil at vi spør på nytt.") if may_answer else "",
    )
    return " ".join(one for one in said if one)


def _turns(turn: Turn, *, is_child: bool) -> str:
    on = {"on": dato(turn.on)}
    if turn.say is ChildsSay.ALONE:
        return (_("Fra %(on)s bestemmer du selv.") if is_child else _("Fra %(on)s bestemmer barnet selv.")) % on
    return (_("Fra %(on)s må også du si ja.") if is_child else _("Fra %(on)s må også barnet si ja.")) % on


def _sees(one: With, *, to_child: bool) -> str:
    if not one.sees:
        return _("Møtene og planen.")
    return _("Møtene, planen og %(what)s.") % {"what": kinds(one.sees, to_child=to_child)}


def my_consents(mine: Mine) -> dict[str, Any]:
    """Everything that `my_consents.html` draws."""
    return {
        "mine": mine,
        "consents": [consent(mine, one) for one in mine.consents],
        "can_answer": any(one.may_answer for one in mine.consents),
        "contact": mine.contact or mine.service,
    }


def consent(mine: Mine, one: MyConsent) -> dict[str, Any]:
    """One question, and how it stands."""
    holds = (
        _("Åpent til og med %(on)s.")
        if mine.is_open
        else _("Ja-et gjelder til og med %(on)s. Vi er ferdige, så det viser ikke saken til noen nå.")
    )
    return {
        "question": _question(one, to_child=mine.is_child, is_over=mine.status is PathwayStatus.CLOSED),
        "answer": _answer(one),
        "answered_on": one.answered_on,
        "state": _("Tatt tilbake. Det åpner ikke noe lenger.")
        if one.is_withdrawn
        else holds % {"on": last_day(one.until)}
        if one.holds
        else _("Er ikke åpent nå."),
        "holds": one.holds,
        "waits": one.waits,
        "is_heard": one.is_heard and one.may_answer,
        "id": one.id,
        "may_answer": one.may_answer,
        "may_withdraw": one.may_withdraw,
    }


def _question(one: MyConsent, *, to_child: bool, is_over: bool = False) -> str:
    given = {"who": one.recipient, "what": kinds(one.kinds, to_child=to_child), "purpose": one.purpose.label}
    if is_over and one.opens:
        return _("Kan vi fortelle %(who)s om %(what)s?") % given
    return str(PURPOSES.get(one.purpose) or _("%(who)s: kan de få det de trenger til %(purpose)s?")) % given


def _answer(one: MyConsent) -> Words:
    """What the person has said; nothing of one who is not asked."""
    if one.answer in (None, ConsentAnswer.NOT_ASKED):
        if one.has_told:
            return _("Du har sagt fra. Vi snakker med deg.")
        return ANSWERS[one.answer] if one.may_answer else ""
    return ANSWERS[one.answer]


def answering(mine: Mine, one: MyConsent, yes: IfYes) -> dict[str, Any]:
    """Everything that `answer.html` draws: the question, and what a yes would do."""
    opens = [
        {
            "who": one.recipient,
            "what": kinds(one.kinds, to_child=mine.is_child),
            "since": sight.starts_at if sight.starts_at > clock.now() else None,
            "until": last_day(sight.ends_at),
        }
        for sight in yes.effect.sights
    ]
    periods = yes.effect.periods
    return {
        "mine": mine,
        "asked": consent(mine, one),
        "opens": opens,
        "is_enough": yes.effect.verdict.valid,
        "decides_alone": yes.decides_alone,
        "may_take_back": yes.may_take_back,
        "hears": one.recipient,
        "gives": one.opens and yes.effect.verdict.valid and mine.status is PathwayStatus.CLOSED,
        "what": kinds(one.kinds, to_child=mine.is_child),
        "until": last_day((periods[0].until_on if periods else None) or one.until),
    }


def closed(mine: Mine, one: MyConsent, receipt: Closed) -> dict[str, Any]:
    """Everything that `closed.html` draws: the receipt."""

    def named(seen: InformationKind) -> str:
        told = (kind for kind in InformationKind if kind in TOLD & seen)
        return kinds(told, to_child=mine.is_child) if seen else ""

    return {
        "mine": mine,
        "who": one.recipient,
        "at": receipt.at,
        "closed": named(receipt.kinds),
        "still": named(receipt.still_sees),
        "may_have_been_given": one.purpose in TO_BE_GIVEN,
        "contact": mine.contact or mine.service,
    }


def steps(mine: Mine, took_part: Iterable[TookPart]) -> dict[str, Any]:
    """Everything that `steps.html` draws."""
    ways: dict[int, list[tuple[Words, date]]] = {}
    for one in took_part:
        ways.setdefault(one.phase, []).append((TOOK_PART[one.how][not mine.is_child], one.on))
    phases = {phase.number: phase for phase in mine.phases}
    here = lifecycle.current(mine.phases)
    return {
        "mine": mine,
        "steps": [
            {
                "number": number,
                "told": _told(number, mine),
                "said": _how_far(phases[number], here) if number in phases else "",
                "state": _state(phases[number], here) if number in phases else str(PhaseState.AHEAD),
                "took_part": ways.get(number, ())[:MOST_WAYS],
            }
            for number in STEPS
        ],
    }
