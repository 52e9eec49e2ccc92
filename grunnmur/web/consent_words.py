"""Consent in sentences: who sees what about what until when, who said yes, and what would happen. No rule is here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grunnmur.cases.actions.consents import Effect
from grunnmur.cases.queries.consents import TOLD, Closed, ConsentNow, People, Said, Sees, Signatory, State, name_of
from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, InformationKind, SignatoryKind
from grunnmur.clock import OSLO
from grunnmur.web.frame import Tone
from grunnmur.web.jinja import dato, klokke

TAGS: dict[State, tuple[str | Promise, str]] = {
    State.VALID: (gettext_lazy("gjelder"), "done"),
    State.AHEAD: (gettext_lazy("gjelder senere"), "neutral"),
    State.WAITING: (gettext_lazy("mangler svar"), "waiting"),
    State.REFUSED: (gettext_lazy("nei"), "neutral"),
    State.WITHDRAWN: (gettext_lazy("trukket tilbake"), "neutral"),
    State.ENDED: (gettext_lazy("gått ut"), "neutral"),
}


def all_of(words: Iterable[object]) -> str:
    """«psykisk helse, rus og barnets egne ord»."""
    *first, last = [str(word) for word in words] or [""]
    return _("%(first)s og %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def last_day(first_day_after: date | datetime) -> str:
    """The last day something holds, from the first that it does not: what people call «til og med»."""
    if isinstance(first_day_after, datetime):
        return dato((first_day_after - timedelta(microseconds=1)).astimezone(OSLO))
    return dato(first_day_after - timedelta(days=1))


def kinds(which: Iterable[InformationKind], *, to_child: bool = False) -> str:
    """What is seen, in words; the least that anyone who takes part sees when nothing more is named."""
    own = _("dine egne ord") if to_child else InformationKind.OWN_WORDS.label
    named = all_of(own if kind is InformationKind.OWN_WORDS else kind.label for kind in which)
    return named or _("møtene og planen, men ingenting om helsen")


def name_and_capacity(one: Signatory) -> str:
    """«Mona Solberg (foreldreansvar)»."""
    capacity = _("foreldreansvar") if one.kind is SignatoryKind.PARENT else str(one.kind.label).lower()
    return f"{one.name} ({capacity})"


# --- one consent ---------------------------------------------------------------------------------------------------


def about(item: ConsentNow) -> str:
    """What one consent is: «Storgata legesenter får se psykisk helse til og med 21.05.2027.»"""
    words = {
        "who": item.recipient,
        "what": kinds(item.kinds),
        "purpose": item.purpose.label,
        "until": last_day(item.fact.valid_until),
    }
    if item.purpose is ConsentPurpose.CONTACT_HEALTH:
        return _("%(who)s får se %(what)s, til og med %(until)s.") % words
    return _("Gjelder %(purpose)s, hos %(who)s, til og med %(until)s.") % words


def said_together(found: Iterable[ConsentNow]) -> list[list[ConsentNow]]:
    """The list with neighbours of which all the same is said put together: then it is said once."""
    return [
        list(alike)
        for _key, alike in groupby(
            found,
            key=lambda item: (
                item.recipient,
                item.said,
                because(item),
                item.state,
                item.is_ending_soon,
                item.help_offered,
            ),
        )
    ]


def answered(said: Iterable[Said]) -> str:
    """Who said what, and when."""
    sentences = {
        ConsentAnswer.YES: _("%(who)s sa ja %(on)s, %(how)s."),
        ConsentAnswer.NO: _("%(who)s sa nei %(on)s, %(how)s."),
        ConsentAnswer.NOT_ASKED: _("%(who)s er ikke spurt ennå."),
    }
    return " ".join(sentences[item.answer] % {"who": item.name, "on": dato(item.on), "how": item.how} for item in said)


def because(item: ConsentNow) -> str:
    """Why the consent holds or does not hold today."""
    names = {"missing": all_of(item.missing), "no": all_of(item.refused_by)}
    if item.state is State.WITHDRAWN and item.fact.withdrawn_at is not None:
        return _(
            "%(who)s trakk det tilbake %(on)s kl. %(at)s. Det som var åpnet på det, ble stengt i samme øyeblikk."
        ) % {
            "who": item.withdrawn_by,
            "on": dato(item.fact.withdrawn_at),
            "at": klokke(item.fact.withdrawn_at),
        }
    if item.state is State.ENDED:
        return _("Det gikk ut %(on)s.") % {"on": last_day(item.fact.valid_until)}
    if item.state in (State.REFUSED, State.WAITING):
        why = (
            _("Det gjelder ikke, for %(no)s har sagt nei.") % names
            if item.state is State.REFUSED
            else _("Det gjelder ikke ennå. Det mangler ja fra %(missing)s.") % names
        )
        return f"{why} {_later(item.holds_from)}" if item.holds_from else why
    if item.ends_early and item.holds_until is not None:
        return _("Det gjelder til og med %(on)s. Da er det andre som bestemmer, og dere må spørre på nytt.") % {
            "on": last_day(item.holds_until)
        }
    if item.state is State.AHEAD:
        return _("Det begynner å gjelde %(on)s.") % {"on": dato(item.fact.valid_from)}
    return _("Alle som må si ja i dag, har sagt ja.")


def _later(on: date) -> str:
    """What would otherwise surprise: that a consent begins to hold by itself when others come to decide."""
    return _(
        "Fra %(on)s er det andre som bestemmer. Da er de ja-ene som er gitt, nok, og samtykket begynner å gjelde."
    ) % {"on": dato(on)}


def ending(item: ConsentNow) -> str:
    """A warning that a consent ends soon."""
    assert item.holds_until is not None
    return _("%(who)s: samtykket gjelder til og med %(on)s. Spør på nytt før det.") % {
        "who": item.recipient,
        "on": last_day(item.holds_until),
    }


# --- who sees what -------------------------------------------------------------------------------------------------


def sees(item: Sees) -> str:
    """What one service sees and until when."""
    if item.is_owner:
        return _("Eier saken og ser alt som er skrevet her.")
    if item.begins is not None:
        return _("Ser ingenting før %(on)s.") % {"on": dato(item.begins)}
    if not item.sees:
        return _("Ser ingenting.")
    words = {"what": kinds(item.kinds), "until": last_day(item.until) if item.until else ""}
    return (
        _("Ser %(what)s, til og med %(until)s.") if item.until and item.until.year < 9999 else _("Ser %(what)s.")
    ) % words


def people_who_see(seen: Iterable[Sees]) -> list[dict[str, object]]:
    """The list that the page's component wants."""
    return [
        {"name": item.name, "initial": item.name[:1], "text": sees(item), "sees": item.sees or item.is_owner}
        for item in seen
    ]


# --- what would happen, and what did -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a preview or a receipt."""

    text: str
    tone: Tone = "info"


def effects(found: Iterable[Effect], *, recipients: Mapping[str, str], people: People, is_closed: bool) -> list[Line]:
    """What saving would do, one line per consent, as the rule itself says.

    `recipients` are the services' names by id; `is_closed` is the case.
    """
    return [_effect(item, recipients[item.fact.recipient], people, is_closed=is_closed) for item in found]


def _effect(item: Effect, recipient: str, people: People, *, is_closed: bool) -> Line:
    purpose = item.fact.purpose
    words = {
        "who": recipient,
        "what": kinds(kind for kind in InformationKind if kind & item.fact.kinds & TOLD),
        "purpose": purpose.label,
        "missing": all_of(name_of(who, people) for who in item.verdict.missing),
        "no": all_of(name_of(who, people) for who in item.verdict.refused_by),
    }
    opens = purpose is ConsentPurpose.CONTACT_HEALTH
    if not item.periods:
        return Line(_not_now(item, words), "warning")
    first, last = item.periods[0], item.periods[-1]
    ends = last.until_on or item.fact.valid_until
    words |= {"from": dato(first.from_on), "until": last_day(ends)}
    if opens and is_closed:
        text = _(
            "Dere kan gi %(who)s pass for videre hjelp om %(what)s, fra %(from)s til og med %(until)s. Tjenesten ser "
            "ikke noe annet, for forløpet er avsluttet. Tas det opp igjen, ser den det samtykket gjelder."
        )
        text %= words
    elif opens:
        text = _("%(who)s ser %(what)s fra %(from)s til og med %(until)s.") % words
    else:
        text = _("Det blir lov til %(purpose)s, hos %(who)s, fra %(from)s til og med %(until)s.") % words
    if ends < item.fact.valid_until:
        text += " " + _("Etter det er det andre som bestemmer, og dere må spørre på nytt.")
    if item.verdict.valid:
        return Line(text, "success")
    return Line(f"{_not_now(item, words)} {_later(first.from_on)} {text}", "warning")


def _not_now(item: Effect, words: Mapping[str, object]) -> str:
    """Why nothing opens on the first day."""
    opens = item.fact.purpose is ConsentPurpose.CONTACT_HEALTH
    if item.verdict.refused_by:
        text = (
            _("%(who)s ser ingenting, for %(no)s sier nei.")
            if opens
            else _("Det blir ikke lov til %(purpose)s, for %(no)s sier nei.")
        )
    else:
        text = (
            _("%(who)s ser ingenting ennå. Det mangler ja fra %(missing)s.")
            if opens
            else _("Det blir ikke lov ennå til %(purpose)s. Det mangler ja fra %(missing)s.")
        )
    return text % words


def _told(done: Closed) -> str:
    """Which service has been sent word: the recipient, when it lost sight of something."""
    if done.told:
        return _("%(who)s har fått beskjed om at det er stengt. Barnets navn står ikke der.") % {"who": done.told}
    return _("Ingen tjeneste har fått beskjed herfra.")


def receipt(done: Iterable[Closed]) -> list[Line]:
    """What was taken back in one breath, said once: what closed, to the minute, and what stays open."""
    (first, *rest) = done
    lines = _receipt(first)
    for one in rest:
        lines += _receipt(one)[0 if one.was_open or one.ended_passport else 1 :]
    return list(dict.fromkeys(lines))


def _receipt(done: Closed) -> list[Line]:
    """The first line says whether anybody lost sight of something."""
    words = {
        "who": done.consent.recipient,
        "on": dato(done.at),
        "at": klokke(done.at),
        "what": kinds(done.closed),
        "still": sees(done.still).lower() if done.still else "",
        "purpose": done.consent.purpose.label,
    }
    if not done.was_open:
        text = (
            _("Samtykket ble trukket %(on)s kl. %(at)s.")
            if done.ended_passport
            else _("Samtykket ble trukket %(on)s kl. %(at)s. Det ga ikke innsyn, så ingen mister innsyn nå.")
        )
        lines = [Line(text % words, "info")]
        if done.consent.purpose is not ConsentPurpose.CONTACT_HEALTH:
            lines.append(Line(_("Fra nå er det ikke lov til %(purpose)s, hos %(who)s.") % words))
    elif done.still is None:
        lines = [
            Line(_("Innsynet ble stengt %(on)s kl. %(at)s. %(who)s ser ikke lenger noe i saken.") % words, "success")
        ]
    elif done.closed:
        lines = [Line(_("Innsynet ble stengt %(on)s kl. %(at)s. %(who)s ser ikke lenger %(what)s.") % words, "success")]
    else:
        lines = [Line(_("Samtykket ble trukket %(on)s kl. %(at)s.") % words, "success")]
    if done.ended_passport:
        lines.append(
            Line(_("%(who)s kan ikke lenger lese passet for videre hjelp på dette samtykket.") % words, "success")
        )
    if done.still is not None:
        lines.append(Line(_("%(who)s har fortsatt et annet samtykke: %(still)s") % words, "warning"))
    if done.told or (done.was_open and done.case.is_owner):
        lines.append(Line(_told(done)))
    left = [
        ngettext("%(n)s oppgave i planen", "%(n)s oppgaver i planen", done.tasks) % {"n": done.tasks},
        ngettext("%(n)s kartlegging", "%(n)s kartlegginger", done.mappings) % {"n": done.mappings},
        ngettext("%(n)s henvisning uten svar", "%(n)s henvisninger uten svar", done.referrals) % {"n": done.referrals},
    ]
    open_things = [text for text, count in zip(left, (done.tasks, done.mappings, done.referrals), strict=True) if count]
    if open_things and done.still is None:
        lines.append(
            Line(
                _("%(who)s hadde %(what)s. Finn ut sammen med barnet og foreldrene hvem som gjør det nå.")
                % {"who": done.consent.recipient, "what": all_of(open_things)},
                "warning",
            )
        )
    return lines
