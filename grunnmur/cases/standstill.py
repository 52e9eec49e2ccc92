"""Why nothing is happening in a case, in words: who has the ball, since when, what blocks it, and what was sent. Pure.

One sentence after the other, the one that one can do something about last. What is not known here is not said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grunnmur.cases import next_step
from grunnmur.cases.next_step import Step
from grunnmur.post.terms import MessageState


@dataclass(frozen=True, slots=True)
class LastSent:
    """The last that was sent about a step to one who has the ball: when, and where it stands since when."""

    sent_on: date
    state: MessageState
    since: date


def why(
    step: Step, *, who: Sequence[str], is_ours: bool, sent: Sequence[tuple[str, LastSent | None]], on: date
) -> tuple[str, ...]:
    """Why a step has not been done on a day. `who` names the others who have the ball, `is_ours` says that we do too.

    `sent` gives for each of the others by name the last that they got: what is true of one is not of another, and what
    is said the same of several whose names are hidden is said once. Who has the ball oneself is not told to ask: that
    is for the one who waits.
    """
    found = [_whose(step, who=who, is_ours=is_ours, on=on)]
    if step.blocked_by:
        found.append(_("Det venter på %(what)s.") % {"what": next_step.blockers(step)})
    if step.is_late(on):
        assert step.due_on is not None
        late = (on - step.due_on).days
        found.append(
            ngettext("Fristen gikk ut for %(n)s dag siden.", "Fristen gikk ut for %(n)s dager siden.", late)
            % {"n": late}
        )
    elif step.due_on is not None:
        found.append(_("Fristen er %(on)s.") % {"on": _date(step.due_on)})
    found.extend(_sent(last, who=name) for name, last in sent if last or not is_ours)
    return tuple(dict.fromkeys(map(capfirst, found)))


def _whose(step: Step, *, who: Sequence[str], is_ours: bool, on: date) -> str:
    days = (on - step.since).days
    having = next_step.together([*([_("Dere")] if is_ours else []), *who])
    if days > 0:
        said = ngettext("%(who)s har hatt ballen i %(n)s dag.", "%(who)s har hatt ballen i %(n)s dager.", days)
        return said % {"who": having, "n": days}
    return _("%(who)s har fått ballen i dag.") % {"who": having}


def _sent(sent: LastSent | None, *, who: str) -> str:
    """What became of the last that was sent; a recall, or nothing, says that somebody has to ask anew."""
    if sent is None:
        return _("Dere har ikke sendt %(who)s noe om dette herfra. Ring, eller still et spørsmål.") % {"who": who}
    given = {"who": who, "on": _date(sent.sent_on), "since": _date(sent.since)}
    return str(SAYS[sent.state]) % given


def _date(on: date) -> str:
    return f"{on:%d.%m.%Y}"


# fmt: off
SAYS: dict[MessageState, str | Promise] = {
    MessageState.WAITING: gettext_lazy("Det dere sendte %(who)s %(on)s, venter på å bli sendt ut."),
    MessageState.HANDED_OVER: gettext_lazy("Ingen hos %(who)s har åpnet det dere sendte %(on)s."),
    MessageState.DELIVERED: gettext_lazy("Ingen hos %(who)s har åpnet det dere sendte %(on)s."),
    MessageState.OPENED: gettext_lazy("%(who)s åpnet det %(since)s, men har ikke svart."),
    MessageState.ANSWERED: gettext_lazy("%(who)s svarte %(since)s, og mer må til."),
    MessageState.FAILED: gettext_lazy("Det dere sendte %(who)s %(on)s, kom ikke fram. Sjekk adressen, eller ring."),
    MessageState.UNCERTAIN: gettext_lazy(
        "Vi vet ikke om det dere sendte %(who)s %(on)s, kom fram. Ring, eller send på nytt."
    ),
    MessageState.RECALLED: gettext_lazy("Det dere sendte %(who)s %(on)s, er trukket tilbake. Spør på nytt."),
    MessageState.OVER: gettext_lazy("Det dere sendte %(who)s %(on)s, er ikke lenger aktuelt. Spør på nytt."),
    MessageState.CLOSED: gettext_lazy(
        "Lenken dere sendte %(who)s %(on)s, kan ikke åpnes: kode på SMS er ikke nok lenger. Send en ny, med eID."
    ),
}
# fmt: on
