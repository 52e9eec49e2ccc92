"""Whether a code by SMS is enough to answer a link by: what the municipality has decided, deciding it and ending it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.door import Invalid
from grunnmur.directory import responsible
from grunnmur.directory.sessions import Actor
from grunnmur.post import sms
from grunnmur.stewardship import codes, supervision
from grunnmur.stewardship.codes import Said, Version
from grunnmur.stewardship.versions import Missing
from grunnmur.web.acting import actor_of, perform, refuse_first, seen_of
from grunnmur.web.forms import ActForm, DateField, long_text
from grunnmur.web.stewards import NO_CHILD, place_of
from grunnmur.web.views import session
from grunnmur.web.views.fresh import fresh


def _read_by(actor: Actor) -> str:
    """The municipality that one works in. Raises Refused for those who work for none, or where children live."""
    if not actor.municipality or not responsible.may_propose(actor):
        raise Refused("no_municipality", _("Bare de som arbeider i kommunens tjenester, ser hva kommunen har bestemt."))
    return actor.municipality


@require_safe
def sms_codes(request: HttpRequest) -> HttpResponse:
    """What holds now, who decided it and why, and what was decided before; for all who work in the municipality."""
    actor = actor_of(request)
    found = codes.history(_read_by(actor))
    given = {
        "found": found,
        "newest": codes.NEWEST,
        "holds": _held(found) is not None,
        "may_decide": supervision.leads(actor) is not None,
        "can_send": sms.is_set_up(),
    }
    return render(request, "sms_codes.html", given)


def _held(found: list[Version]) -> Version | None:
    """The decision by which a code is enough today, or None."""
    return found[0] if found and codes.holds(found[0].said, on=clock.today()) else None


class DecideForm(ActForm):
    why = long_text(
        gettext_lazy("Hvorfor er det nok?"),
        longest=2000,
        help_text=gettext_lazy("Hva har dere vurdert, og hvor står vedtaket? Alle i kommunens tjenester kan lese det."),
    )
    last_day = DateField(
        label=gettext_lazy("Til og med hvilken dag?"),
        help_text=gettext_lazy("Høyst ett år fram. Da bestemmer dere på nytt."),
    )


class EndForm(ActForm):
    why = long_text(gettext_lazy("Hvorfor er det ikke nok lenger?"), longest=2000)


@fresh
def decide_codes(request: HttpRequest) -> HttpResponse:
    """Decide that a code is enough until a day, or until a later one; after having proved anew who one is."""
    found = codes.history(place_of(actor_of(request)))
    return _say(
        request,
        found,
        DecideForm(request.POST or None),
        title=_("Bestem at kode på SMS er nok"),
        lead=_("Det gjelder aldri helse, og aldri et barn med skjermet adresse. Den som svarer, må ha telefonen."),
        button=_("Bestem"),
        done=_("Kode på SMS er nok fra nå av."),
    )


def end_codes(request: HttpRequest) -> HttpResponse:
    """End it, at once: links that were sent so are closed, and their senders are told."""
    found = codes.history(place_of(actor_of(request)))
    is_over = Refused("status_codes", _("Kode på SMS er alt ikke nok i kommunen."))
    refuse = refuse_first(request, None if _held(found) else is_over)
    return _say(
        request,
        found,
        EndForm(request.POST or None),
        title=_("Avslutt kode på SMS"),
        lead=_("Lenker som åpnes med kode, stenges med en gang. De som sendte dem, får vite det."),
        button=_("Avslutt"),
        done=_("Kode på SMS er ikke nok lenger."),
        refuse=refuse,
        danger=True,
    )


def _say(
    request: HttpRequest, found: list[Version], form: ActForm, *, lead: str, refuse: Any = None, **words: Any
) -> HttpResponse:
    actor = actor_of(request)

    def run(typed: dict[str, Any]) -> UUID:
        if refuse is not None:
            refuse()
        last_day = typed.get("last_day")
        said = Said(typed["why"], last_day + timedelta(days=1) if last_day else None)
        try:
            made = codes.decide(
                actor=actor,
                place=place_of(actor),
                said=said,
                seen=seen_of(request),
                at=clock.now(),
                on=clock.today(),
            )
        except Missing as fault:
            raise Invalid({FIELDS[name]: _problem(name, found) for name in fault.names}) from fault
        session.log(actor, "decide_codes" if said.ends_on else "end_codes", about=made)
        return made

    return perform(
        request,
        form=form,
        run=run,
        lead=f"{lead} {NO_CHILD}",
        back=reverse("sms_codes"),
        version=found[0].number if found else 0,
        **words,
    )


FIELDS = {"why": "why", "ends_on": "last_day"}
"""Where what stops a decision is said."""


def _problem(name: str, found: list[Version]) -> str:
    """What to do about a field that stops the decision."""
    if name == "why":
        return _("Skriv hvorfor.")
    held = _held(found)
    if held is None:
        return _("Velg en dag fra i dag, og høyst ett år fram.")
    return _("Velg en dag fra %(on)s, og høyst ett år fram. Skal det slutte før, så avslutt det.") % {
        "on": f"{held.said.last_day:%d.%m.%Y}"
    }
