"""Who is responsible, for those who work in the municipality: propose, say yes or no, and see what was said before."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.door import Invalid
from grunnmur.directory import responsible
from grunnmur.directory.finder_file import finder
from grunnmur.directory.kinds import CareArea, HelpLevel
from grunnmur.directory.responsibility import State, is_asked, squares
from grunnmur.directory.sessions import Actor
from grunnmur.insight import figures
from grunnmur.insight.figures import Unshown
from grunnmur.insight.indicators import indicators
from grunnmur.stewardship import supervision
from grunnmur.web.acting import actor_of, perform
from grunnmur.web.forms import ActForm, DateField, choice
from grunnmur.web.views import session
from grunnmur.web.views.my_log_in import id_of
from grunnmur.web.views.numbers import half_name, titled


def _place_of(actor: Actor) -> str:
    """The municipality that one works in. Raises Refused for those who work for the region or the nation, or in a home
    where children live.
    """
    if not actor.municipality or not responsible.may_propose(actor):
        raise Refused(
            "no_municipality",
            _("Bare de som arbeider i en av kommunens tjenester, foreslår hvem som har ansvaret der."),
        )
    return actor.municipality


@require_GET
def responsibility(request: HttpRequest) -> HttpResponse:
    """What waits for a yes or no, what is not decided, what people asked for in vain, and the history."""
    actor = actor_of(request)
    place, today = _place_of(actor), clock.today()
    found = responsible.map_of(place, on=today)
    unanswered, is_more = responsible.list_unanswered(place, since=today.replace(year=today.year - 1, day=1))
    need = {one.key: one.label.text(get_language() or "nb") for one in finder().needs}
    given = {
        "place": place,
        "has_begun": found is not None,
        "holes": [one for one in found or () if one.state is State.HOLE],
        "overlaps": [one for one in found or () if one.state is State.OVERLAP],
        "history": responsible.history(place),
        "may_approve": responsible.may_approve(actor),
        "approvers": responsible.list_approvers(actor, on=today),
        "unanswered": [(need.get(key) or _("Ord vi ikke kjente igjen"), times) for key, times in unanswered],
        "is_more_unanswered": is_more,
        "in_vain": _in_vain(actor, place),
        "bands": {band.first: band.last for band in squares().bands},
    }
    return render(request, "responsibility.html", given)


IN_VAIN = (
    (gettext_lazy("Henvisninger som ble avslått"), "henvisninger-sendt", "rejected"),
    (gettext_lazy("Henvisninger som ikke var besvart"), "henvisninger-sendt", "unanswered"),
    (gettext_lazy("Spørsmål mellom tjenestene som ikke var besvart"), "sporsmal", "unanswered"),
)
"""What the figures tell of help that was asked for and not given: the indicator, and its category."""
BY_SQUARE = "avslag-etter-alder"
"""What they tell of it by health area and age."""


def _in_vain(actor: Actor, place: str) -> dict[str, Any] | None:
    """The last half-year's, for those who see the municipality's figures; they are frozen, and small ones hidden."""
    halves = figures.periods()
    if supervision.leads(actor) is None or not halves:
        return None
    found = figures.municipality(place, halves[-1])
    said = [(label, found[key].by[category]) for label, key, category in IN_VAIN]
    labels = indicators().get(BY_SQUARE).labels(get_language() or "nb")
    by_square = [(label, found[BY_SQUARE].by[square]) for square, label in labels.items()]
    return {
        "half": half_name(halves[-1]),
        "said": [(label, times.label if isinstance(times, Unshown) else times) for label, times in said],
        "squares": [(label, times) for label, times in by_square if isinstance(times, int) and times],
        "is_hidden": any(times is Unshown.HIDDEN for _label, times in by_square),
        "means": titled(
            indicators().get(key) for key in dict.fromkeys((*(key for _label, key, _of in IN_VAIN), BY_SQUARE))
        ),
    }


class ProposeForm(ActForm):
    decided_by = forms.CharField(
        label=gettext_lazy("Hvem bestemte det?"), max_length=160, help_text=gettext_lazy("For eksempel kommunestyret.")
    )
    decided_on = DateField(label=gettext_lazy("Når ble det bestemt?"))
    review_on = DateField(label=gettext_lazy("Når skal det ses på igjen?"), required=False)

    def __init__(self, *args: Any, place: str, **options: Any) -> None:
        super().__init__(*args, **options)
        services = responsible.services_for(place, on=clock.today())
        bands = [(str(band.first), f"{band.first}–{band.last} år") for band in squares().bands]
        levels = [one for one in HelpLevel if one is not HelpLevel.OPEN]
        self.fields["area"] = choice(gettext_lazy("Helseområde"), CareArea.choices, radio=True)
        self.fields["level"] = choice(gettext_lazy("Nivå"), [(one.value, one.label) for one in levels], radio=True)
        self.fields["age_from"] = choice(gettext_lazy("Alder"), bands, radio=True)
        self.fields["service"] = choice(gettext_lazy("Tjeneste"), [(str(key), name) for key, name in services])
        self.fields["is_responsible"] = choice(
            gettext_lazy("Hva foreslår du?"),
            [
                ("yes", gettext_lazy("Tjenesten har ansvaret")),
                ("no", gettext_lazy("Den har ikke ansvaret lenger")),
            ],
            radio=True,
        )
        self.order_fields(["area", "level", "age_from", "service", "is_responsible", "decided_by"])
        self.say_plainly()


def propose(request: HttpRequest) -> HttpResponse:
    """Propose who is responsible for one square; it holds when somebody else has approved it."""
    actor = actor_of(request)
    place = _place_of(actor)

    def run(typed: dict[str, Any]) -> UUID:
        area, level = CareArea(typed["area"]), HelpLevel(typed["level"])
        if not is_asked(area, level, int(typed["age_from"])):
            raise Invalid(
                {"level": _("Det spørres ikke om dette nivået for det området og den alderen. Velg et annet.")}
            )
        if typed["decided_on"] > clock.today():
            raise Invalid({"decided_on": _("Velg dagen det ble bestemt. Den kan ikke være i framtida.")})
        if typed["review_on"] and typed["review_on"] <= typed["decided_on"]:
            raise Invalid({"review_on": _("Velg en dag etter at det ble bestemt.")})
        made = responsible.propose(
            actor=actor,
            place=place,
            area=area,
            level=level,
            age_from=int(typed["age_from"]),
            service_id=UUID(typed["service"]),
            is_responsible=typed["is_responsible"] == "yes",
            decided_by=typed["decided_by"],
            decided_on=typed["decided_on"],
            review_on=typed["review_on"],
            at=clock.now(),
        )
        session.log(actor, "propose_responsibility", about=made)
        return made

    return perform(
        request,
        form=ProposeForm(request.POST or None, place=place),
        run=run,
        title=_("Foreslå hvem som har ansvaret"),
        lead=_("Forslaget gjelder når kommuneoverlegen har godkjent det."),
        done=_("Forslaget venter på kommuneoverlegen."),
        back="/ansvar/",
        button=_("Send forslaget"),
    )


@require_POST
def answer_proposal(request: HttpRequest) -> HttpResponse:
    """Say yes or no to what somebody else has proposed."""
    actor = actor_of(request)
    place = _place_of(actor)
    if not responsible.may_approve(actor):
        raise Refused("not_chief_physician", _("Bare kommuneoverlegen godkjenner hvem som har ansvaret."))
    proposal = responsible.find(place, id_of(request, "proposal"))
    if proposal is None:
        raise Http404
    is_approved = "yes" in request.POST
    if is_approved == ("no" in request.POST):
        messages.warning(request, _("Velg om du godkjenner eller avslår forslaget."))
        return redirect("responsibility")
    if proposal.is_approved is None and proposal.recorded_by_id == actor.person_id:
        raise Refused("own_proposal", _("Noen andre må godkjenne det du selv har foreslått."))
    if proposal.is_approved is not None or not responsible.answer(
        actor=actor, proposal_id=proposal.id, is_approved=is_approved, at=clock.now()
    ):
        messages.warning(request, _("Forslaget har fått svar før. Svaret står under."))
        return redirect("responsibility")
    session.log(actor, "answer_responsibility", about=proposal.id)
    messages.success(request, _("Forslaget er godkjent og gjelder nå.") if is_approved else _("Forslaget er avslått."))
    return redirect("responsibility")
