"""Grants: the schemes over the years, what each municipality was given, and the way from a call to a yearly report."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import Invalid
from grunnmur.directory.sessions import Actor
from grunnmur.insight.indicators import indicators
from grunnmur.stewardship import granting
from grunnmur.stewardship.grants import FIRST_YEAR, LAST_YEAR, MOST, Share, grants, remainder
from grunnmur.stewardship.supervision import leads, may_watch
from grunnmur.stewardship.terms import Advice, CallState
from grunnmur.web import amounts
from grunnmur.web.acting import actor_of, perform, refuse_first, seen_of
from grunnmur.web.amounts import AmountField, kroner
from grunnmur.web.forms import ActForm, DateField, choice, choices, long_text, offer_choices
from grunnmur.web.movement import Movement, movements
from grunnmur.web.stewards import NO_CHILD, language
from grunnmur.web.views import session
from grunnmur.web.views.numbers import half_name

TONES = {CallState.OPEN: "waiting", CallState.DECIDED: "done"}
STRANGER = gettext_lazy(
    "Bare kommunen det gjelder, og statsforvalteren som lyste ut, ser søknader, utbetaling og rapport."
)


def names() -> dict[str, str]:
    """Every scheme, purpose and indicator by its key, in the reader's language."""
    found, spoken = grants(), language()
    return {
        **{one.key: one.words(spoken).title for one in found.schemes},
        **{one.key: one.words(spoken) for scheme in found.schemes for one in scheme.purposes},
        **{one.key: one.words(spoken).title for one in indicators().indicators},
    }


def _source() -> dict[str, str]:
    """Where what is published stands."""
    source = grants().source
    return {"source": definitions().source(source.key).title, "source_place": source.place}


def _crumbs(*more: tuple[str | Promise, str]) -> list[tuple[str | Promise, str]]:
    return [(_("Tilskudd"), reverse("grants")), *more]


def _call_of(call_id: UUID) -> granting.Call:
    call = granting.find_call(call_id)
    if call is None:
        raise Http404
    return call


def _award_of(actor: Actor, award_id: UUID) -> granting.Award:
    """An award that the actor sees all of. Raises Refused."""
    award = next(iter(granting.awards(pk=award_id)), None)
    if award is None:
        raise Http404
    if not granting.is_inside(actor, award):
        raise Refused("not_of_the_grant", str(STRANGER))
    return award


def _title_of(call: granting.Call) -> str:
    return f"{names().get(call.scheme, call.scheme)} {call.year}"


# --- for everybody who has logged in ----------------------------------------------------------------------------------


@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """The schemes, the calls that are not given out yet, and the municipalities that have been given something."""
    actor, today, spoken = actor_of(request), clock.today(), language()
    running = granting.calls(decision__isnull=True)
    given = {
        "schemes": [(one.key, one.words(spoken)) for one in grants().schemes],
        "running": [(one, state := granting.call_state(one, on=today), TONES.get(state, "neutral")) for one in running],
        "places": granting.places_with_grants(),
        "names": names(),
        "may_call": may_watch(actor),
        "own": leads(actor),
        **_source(),
    }
    return render(request, "grants.html", given)


@require_safe
def scheme(request: HttpRequest, scheme: str) -> HttpResponse:
    """One scheme over the years: a picture, its table, who was given what, and what the source does not say."""
    found = grants().find(scheme)
    if found is None:
        raise Http404
    years = granting.years_of(scheme)
    places = granting.place_names()
    given = {
        "scheme": found.words(language()),
        "purposes": [one.words(language()) for one in found.purposes],
        "years": years,
        "picture": amounts.picture(years),
        "published": [(one.published, _named(one.published.named, places)) for one in years if one.published],
        "awards": granting.awards(decision__call__scheme=scheme),
        "names": names(),
        **_source(),
    }
    return render(request, "grant_scheme.html", given)


def _named(named: Mapping[str, tuple[str, ...]], places: Mapping[str, str]) -> list[tuple[str, str]]:
    """The purposes of which a source names municipalities, and their names."""
    words = names()
    return [(words[key], ", ".join(sorted(places.get(one, one) for one in of_it))) for key, of_it in named.items()]


@require_safe
def place(request: HttpRequest, place: str) -> HttpResponse:
    """What one municipality has been given over the years; its own leaders and who gave it go on from here."""
    actor, found = actor_of(request), granting.find_place(place)
    if found is None:
        raise Http404
    years, words, spoken = granting.years_at(place), names(), language()
    given = {
        "place": found,
        "years": years,
        "picture": amounts.picture(years),
        "awards": [(one, granting.is_inside(actor, one)) for one in granting.awards(municipality=place)],
        "named": [
            (one, [words[key] for key in purposes], [said.words(spoken) for said in one.not_said])
            for one, purposes in granting.named_in(found)
        ],
        "names": words,
        **_source(),
    }
    return render(request, "grant_place.html", given)


@require_safe
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: its frame and dates, and the applications that one sees: one's own, or all for the one who calls."""
    actor, found, today = actor_of(request), _call_of(call_id), clock.today()
    state, own = granting.call_state(found, on=today), leads(actor)
    applications, of_scheme = granting.applications(call=found), grants().find(found.scheme)
    sent = {one.row.purpose for one in applications if one.row.municipality_id == own}
    given = {
        "call": found,
        "purposes": [(one.key, one.key in sent) for one in of_scheme.purposes] if of_scheme else [],
        "title": _title_of(found),
        "state": state,
        "tone": TONES.get(state, "neutral"),
        "applications": applications,
        "words": lambda keys: "; ".join(names().get(key, key) for key in keys),
        "awards": granting.awards(decision__call=found),
        "names": names(),
        "governs": granting.governs(actor, found),
        "may_apply": granting.may_apply(actor, found, on=today),
        "may_assess": granting.may_assess(actor, found, on=today),
        "is_leader": own is not None,
        "waits": sum(one.assessment is None for one in applications),
    }
    return render(request, "grant_call.html", given)


# --- calling ----------------------------------------------------------------------------------------------------------


class CallForm(ActForm):
    frame = AmountField(label=gettext_lazy("Hvor mye er det å dele ut?"), least=1)
    opens_on = DateField(label=gettext_lazy("Fra hvilken dag kan kommunene søke?"))
    closes_on = DateField(label=gettext_lazy("Hva er den siste dagen de kan søke?"))


class NewCallForm(CallForm):
    field_order = ("scheme", "year", "frame", "opens_on", "closes_on")
    scheme = forms.ChoiceField(label=gettext_lazy("Hvilken ordning?"), widget=forms.RadioSelect)
    year = forms.IntegerField(label=gettext_lazy("Hvilket år?"), widget=forms.TextInput(attrs={"inputmode": "numeric"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "scheme", [(one.key, one.words(language()).title) for one in grants().schemes])
        self.fields["year"].error_messages["invalid"] = _("Skriv året med fire tall.")

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise forms.ValidationError(_("Skriv året med fire tall."))
        return year


SENTENCES: dict[tuple[str, str], str | Promise] = {
    ("closes_on", "before"): gettext_lazy("Den siste dagen kan ikke være før den første. Rett datoen."),
    ("frame", "decided"): gettext_lazy("Pengene er delt ut. Da kan ikke utlysningen endres."),
    ("left_over", "decided"): gettext_lazy("Pengene er delt ut allerede. Åpne utlysningen for å se hvordan."),
    ("left_over", "not_assessed"): gettext_lazy("Noen søknader er ikke vurdert. Vurder alle før dere deler ut."),
    ("why_left", "reason"): gettext_lazy("Skriv hvorfor, når noe ikke blir delt ut. La feltet stå tomt ellers."),
    ("amount", "not_covered"): gettext_lazy(
        "Da blir det betalt mer enn kommunen er tildelt, eller betalt tilbake mer enn den har fått. Rett beløpet."
    ),
    ("spent", "too_much"): gettext_lazy("Da er det brukt mer enn kommunen er tildelt. Rett beløpet."),
}


def _said(wrong: granting.Wrong) -> NoReturn:
    """What stopped it, in plain words beside its field."""
    raise Invalid({name: SENTENCES[name, why] for name, why in wrong.why.items()}) from wrong


def _saying(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except granting.Wrong as wrong:
        _said(wrong)


def _governor_of(request: HttpRequest, call: granting.Call | None = None) -> Actor:
    """Somebody who works for a county governor: the one who made the call, when there is one. Raises Refused."""
    actor = actor_of(request)
    if not (granting.governs(actor, call) if call else may_watch(actor)):
        raise Refused("not_county_governor", _("Bare statsforvalteren som deler ut tilskuddet, kan gjøre dette."))
    return actor


def new_call(request: HttpRequest) -> HttpResponse:
    """The county governor calls for applications to a scheme."""
    actor = _governor_of(request)

    def run(typed: dict[str, Any]) -> granting.Call:
        made: granting.Call = _saying(lambda: granting.call(actor=actor, seen=0, at=clock.now(), **typed))
        session.log(actor, "call_for_grants", about=made.pk)
        return made

    return perform(
        request,
        form=NewCallForm(request.POST or None),
        run=run,
        title=_("Lys ut tilskudd"),
        lead=_("Kommunene i fylket ser utlysningen med en gang, og kan søke fra dagen du skriver."),
        done=_("Tilskuddet er lyst ut."),
        back=reverse("grants"),
        button=_("Lys ut"),
        context={"crumbs": _crumbs((_("Lys ut tilskudd"), ""))},
    )


def change_call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Put right the frame or the dates of a call that is not given out."""
    found = _call_of(call_id)
    actor, here = _governor_of(request, found), reverse("grant_call", kwargs={"call_id": found.pk})

    def run(typed: dict[str, Any]) -> granting.Call:
        made: granting.Call = _saying(
            lambda: granting.call(
                actor=actor, scheme=found.scheme, year=found.year, seen=seen_of(request), at=clock.now(), **typed
            )
        )
        session.log(actor, "call_for_grants", about=made.pk)
        return made

    initial = {"frame": found.frame, "opens_on": found.opens_on, "closes_on": found.closes_on}
    return perform(
        request,
        form=CallForm(request.POST or None, initial=initial),
        run=run,
        title=_("Endre utlysningen"),
        lead=_title_of(found),
        done=_("Utlysningen er endret."),
        back=here,
        button=_("Lagre"),
        version=found.version,
        context={"crumbs": _crumbs((_title_of(found), here), (_("Endre"), ""))},
    )


# --- applying and assessing -------------------------------------------------------------------------------------------


class ApplicationForm(ActForm):
    asked = AmountField(label=gettext_lazy("Hvor mye søker dere om?"), least=1)
    co_applicant = forms.CharField(
        label=gettext_lazy("Hvem søker sammen med dere?"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("For eksempel sykehuset, når dere skal ha et team sammen."),
    )
    what = long_text(gettext_lazy("Hva skal pengene brukes til?"), longest=2000)
    indicators = choices(
        gettext_lazy("Hva skal bli annerledes?"),
        (),
        help_text=gettext_lazy(
            "Velg blant tallene om forløpet. Får dere penger, skal dere fortelle hvert år hvordan det var, "
            "og hvordan det er."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # As `movable`: from each phase to the next is enough to choose among.
        chosen_among = [one for one in indicators().indicators if one.key not in indicators().between.made()]
        offer_choices(self, "indicators", [(one.key, one.words(language()).title) for one in chosen_among])
        self.fields["indicators"].error_messages["required"] = _("Velg minst én ting som skal bli annerledes.")


def apply(request: HttpRequest, call_id: UUID, purpose: str) -> HttpResponse:
    """A municipality's leader applies for one purpose of a call, or says it anew while the call is open."""
    actor, found = actor_of(request), _call_of(call_id)
    of_scheme = grants().find(found.scheme)
    if of_scheme is None or purpose not in {one.key for one in of_scheme.purposes}:
        raise Http404
    own = leads(actor)
    if own is None:
        raise Refused("not_a_leader", _("Bare barnevernlederen og kommuneoverlegen søker for kommunen."))
    is_open = granting.may_apply(actor, found, on=clock.today())
    closed = Refused("status_call", _("Kommunen din kan ikke søke på denne utlysningen nå."))
    refuse = refuse_first(request, None if is_open else closed)
    last = next(iter(granting.applications(call=found, municipality=own, purpose=purpose)), None)

    def run(typed: dict[str, Any]) -> UUID:
        refuse()
        made = granting.apply(
            actor=actor, call=found, place=own, purpose=purpose, seen=seen_of(request), at=clock.now(), **typed
        )
        session.log(actor, "apply_for_grant", about=made)
        return made

    here = reverse("grant_call", kwargs={"call_id": found.pk})
    return perform(
        request,
        form=ApplicationForm(
            request.POST or None,
            initial={name: getattr(last.row, name) for name in ApplicationForm.base_fields} if last else {},
        ),
        run=run,
        title=_("Søk om tilskudd"),
        lead=f"{names()[purpose]}. {NO_CHILD}",
        done=_("Søknaden er sendt. Dere kan endre den til fristen går ut."),
        back=here,
        button=_("Send søknaden"),
        version=last.row.version if last else 0,
        context={"crumbs": _crumbs((_title_of(found), here), (_("Søk"), ""))},
    )


class AssessmentForm(ActForm):
    advice = choice(gettext_lazy("Hva mener du om søknaden?"), Advice.choices, radio=True)
    why = long_text(
        gettext_lazy("Hvorfor?"), longest=2000, help_text=gettext_lazy("Kommunen leser dette når pengene er delt ut.")
    )


def assess(request: HttpRequest, call_id: UUID, application_id: UUID) -> HttpResponse:
    """The one who calls says what an application is worth."""
    found = _call_of(call_id)
    actor = _governor_of(request, found)
    is_closed = granting.may_assess(actor, found, on=clock.today())
    not_now = _("Søknadene blir vurdert når fristen har gått ut, og før pengene er delt ut.")
    refuse = refuse_first(request, None if is_closed else Refused("status_call", not_now))
    one = next((one for one in granting.applications(call=found) if one.row.pk == application_id), None)
    if one is None:
        raise Http404
    before, asks = one.assessment, _("Kommunen søker om %(amount)s.")
    purpose = names().get(one.row.purpose, one.row.purpose)

    def run(typed: dict[str, Any]) -> UUID:
        refuse()
        made = granting.assess(
            actor=actor,
            application=one.row,
            advice=Advice(typed["advice"]),
            why=typed["why"],
            seen=seen_of(request),
            at=clock.now(),
        )
        session.log(actor, "assess_grant", about=made)
        return made

    here = reverse("grant_call", kwargs={"call_id": found.pk})
    return perform(
        request,
        form=AssessmentForm(
            request.POST or None, initial={"advice": before.advice, "why": before.why} if before else {}
        ),
        run=run,
        title=_("Vurder søknaden fra %(place)s") % {"place": one.row.municipality.name},
        lead=f"{purpose}. {asks % {'amount': kroner(one.row.asked)}} {NO_CHILD}",
        done=_("Vurderingen er lagret."),
        back=here,
        button=_("Lagre vurderingen"),
        version=before.version if before else 0,
        context={"crumbs": _crumbs((_title_of(found), here), (_("Vurder"), ""))},
    )


# --- giving out -------------------------------------------------------------------------------------------------------


class GivingForm(ActForm):
    """For each application its bound and free amount, `bound_0`, `bound_to_0`, `free_0` and so on; and what is left."""

    left_over = AmountField(label=gettext_lazy("Hvor mye blir ikke delt ut?"), required=False)
    why_left = long_text(gettext_lazy("Hvorfor blir ikke alt delt ut?"), required=False, longest=1000)

    def __init__(self, *args: Any, applications: list[granting.Application], frame: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.applications, self.frame = applications, frame
        for number, one in enumerate(applications):
            who = f"{one.row.municipality.name}, {names().get(one.row.purpose, one.row.purpose)}"
            self.fields[f"free_{number}"] = AmountField(
                label=_("Fritt beløp: %(who)s") % {"who": who},
                required=False,
                help_text=_("Søker om %(amount)s. La feltet stå tomt for ingenting.")
                % {"amount": kroner(one.row.asked)},
            )
            self.fields[f"bound_{number}"] = AmountField(
                label=_("Bundet beløp: %(who)s") % {"who": who}, required=False, help_text=""
            )
            self.fields[f"bound_to_{number}"] = forms.CharField(
                label=_("Hva er det bundet til?"), required=False, max_length=160
            )
        left = ("left_over", "why_left")
        self.order_fields([*(name for name in self.fields if name not in left), *left])
        self.say_plainly()

    def shares(self) -> dict[tuple[str, str], Share]:
        """What each is given, without those who are given nothing."""
        typed, found = self.cleaned_data, {}
        for number, one in enumerate(self.applications):
            share = Share(typed[f"bound_{number}"], typed[f"free_{number}"], typed[f"bound_to_{number}"])
            if share.total or share.bound_to:
                found[one.row.municipality_id, one.row.purpose] = share
        return found

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        for number, one in enumerate(self.applications):
            share = self.shares().get((one.row.municipality_id, one.row.purpose))
            if share and bool(share.bound) != bool(share.bound_to):
                self.add_error(
                    f"bound_to_{number}",
                    _("Skriv hva det bundne beløpet er bundet til. La begge feltene stå tomme ellers."),
                )
        lacks = (
            0
            if self.errors
            else remainder(frame=self.frame, shares=self.shares().values(), left_over=self.cleaned_data["left_over"])
        )
        if lacks:
            amount = kroner(abs(lacks))
            sentence = _("Det er %(amount)s igjen av rammen. Del det ut, eller skriv det her.")
            if lacks < 0:
                sentence = _("Dere deler ut %(amount)s mer enn rammen. Rett beløpene.")
            self.add_error("left_over", sentence % {"amount": amount})
        return self.cleaned_data


def give_out(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The one who calls gives out the whole frame at once; the amounts and what is left over add up, or nothing is."""
    found = _call_of(call_id)
    actor, here = _governor_of(request, found), reverse("grant_call", kwargs={"call_id": found.pk})
    state = granting.call_state(found, on=clock.today())
    # A second press comes to what is given out already, and is told so.
    if state is not CallState.CLOSED and not (state is CallState.DECIDED and request.method == "POST"):
        raise Refused("call_is_not_closed", _("Pengene kan deles ut når fristen for å søke har gått ut, og én gang."))
    form = GivingForm(request.POST or None, applications=granting.applications(call=found), frame=found.frame)

    def run(typed: dict[str, Any]) -> object:
        decision = _saying(
            lambda: granting.give_out(
                actor=actor,
                call=found,
                shares=form.shares(),
                left_over=typed["left_over"],
                why_left=typed["why_left"],
                at=clock.now(),
            )
        )
        session.log(actor, "give_out_grants", about=decision.pk)
        return decision

    return perform(
        request,
        form=form,
        run=run,
        title=_("Del ut tilskuddet"),
        lead=_(
            "Rammen er %(amount)s. Det dere deler ut og det som blir igjen, må til sammen være like mye. "
            "Alle som er logget inn, ser tildelingene etterpå, og de kan ikke endres. %(no_child)s"
        )
        % {"amount": kroner(found.frame), "no_child": NO_CHILD},
        done=_("Tilskuddet er delt ut."),
        back=here,
        button=_("Del ut"),
        context={"crumbs": _crumbs((_title_of(found), here), (_("Del ut"), ""))},
    )


# --- what comes after -------------------------------------------------------------------------------------------------


def _years_of(award: granting.Award) -> range:
    """The years that one can tell of an award in: from the call's own until this one."""
    return range(award.decision.call.year, clock.today().year + 1)


@require_safe
def award(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """One award for its municipality and for who gave it: what was paid, and what was told of it each year."""
    actor = actor_of(request)
    found = _award_of(actor, award_id)
    paid, told = granting.payments(found), granting.reports(found)
    total, spent = found.bound + found.free, sum(one.row.spent for one in told.values())
    given = {
        "award": found,
        "title": f"{found.municipality.name}: {names().get(found.purpose, found.purpose)}",
        "scheme": _title_of(found.decision.call),
        "total": total,
        "payments": paid,
        "paid": sum(one.amount for one in paid),
        "spent": spent,
        "told": [(year, told.get(year)) for year in reversed(_years_of(found))],
        "promised": granting.promised(found),
        "movements": _movements(actor, found, told),
        "half_name": half_name,
        "names": names(),
        "may_pay": granting.governs(actor, found.decision.call),
        "may_report": leads(actor) == found.municipality_id,
    }
    return render(request, "grant_award.html", given)


def _movements(actor: Actor, award: granting.Award, years: Iterable[int]) -> dict[int, Movement]:
    """What an award was to move, in the numbers before it was given and in each of some years."""
    return movements(
        actor,
        award.municipality_id,
        granting.promised(award),
        given=award.decision.call.year,
        told=years,
        language=language(),
        whole=_("I alt"),
    )


class PaymentForm(ActForm):
    amount = AmountField(
        label=gettext_lazy("Hvor mye er betalt?"),
        least=-MOST,
        help_text=gettext_lazy("Hele kroner. Skriv minus foran når kommunen har betalt tilbake."),
    )
    paid_on = DateField(label=gettext_lazy("Hvilken dag?"))

    def clean_paid_on(self) -> Any:
        if self.cleaned_data["paid_on"] > clock.today():
            raise forms.ValidationError(_("Skriv dagen det ble betalt. Den kan ikke være i morgen eller senere."))
        return self.cleaned_data["paid_on"]


def pay(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """The one who gave an award writes down what was paid, or paid back."""
    found = _award_of(actor_of(request), award_id)
    actor = _governor_of(request, found.decision.call)
    paid = granting.payments(found)

    def run(typed: dict[str, Any]) -> UUID:
        made: UUID = _saying(
            lambda: granting.pay(actor=actor, award=found, seen=seen_of(request), at=clock.now(), **typed)
        )
        session.log(actor, "pay_grant", about=made)
        return made

    here = reverse("grant_award", kwargs={"award_id": found.pk})
    return perform(
        request,
        form=PaymentForm(request.POST or None),
        run=run,
        title=_("Skriv ned en utbetaling"),
        lead=_("%(place)s er tildelt %(total)s, og %(paid)s er betalt. Grunnmur betaler ikke selv.")
        % {
            "place": found.municipality.name,
            "total": kroner(found.bound + found.free),
            "paid": kroner(sum(one.amount for one in paid)),
        },
        done=_("Utbetalingen er skrevet ned."),
        back=here,
        button=_("Lagre"),
        version=len(paid),
        context={"crumbs": _crumbs((found.municipality.name, here), (_("Utbetaling"), ""))},
    )


class ReportForm(ActForm):
    """What was spent and what came of it, and `before_0`, `after_0` and so on for what the grant was to move."""

    spent = AmountField(label=gettext_lazy("Hvor mye brukte dere dette året?"), required=False)
    came_of_it = long_text(gettext_lazy("Hva ble gjort, og hva kom ut av det?"), longest=2000)

    def __init__(self, *args: Any, promised: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.promised = promised
        for number, key in enumerate(promised):
            what = names().get(key, key)
            for part, label in (
                ("before", _("Hvordan var det før? %(what)s")),
                ("after", _("Hvordan er det nå? %(what)s")),
            ):
                self.fields[f"{part}_{number}"] = forms.CharField(
                    label=label % {"what": what},
                    max_length=160,
                    help_text=_("Et tall eller en setning. Skriv «Vi vet ikke» hvis dere ikke vet."),
                )
        self.say_plainly()

    def effects(self) -> dict[str, tuple[str, str]]:
        """How it was and is, by indicator."""
        typed = self.cleaned_data
        return {key: (typed[f"before_{at}"], typed[f"after_{at}"]) for at, key in enumerate(self.promised)}


def report(request: HttpRequest, award_id: UUID, year: str) -> HttpResponse:
    """The municipality tells of an award for a year, or tells it better."""
    actor = actor_of(request)
    found = _award_of(actor, award_id)
    if leads(actor) != found.municipality_id:
        raise Refused("not_a_leader", _("Bare barnevernlederen og kommuneoverlegen i kommunen rapporterer."))
    of_year = next((one for one in _years_of(found) if str(one) == year), None)
    if of_year is None:
        raise Http404
    last, promised = granting.reports(found).get(of_year), granting.promised(found)
    initial: dict[str, Any] = {}
    if last:
        initial = {"spent": last.row.spent, "came_of_it": last.row.came_of_it}
        for at, key in enumerate(promised):
            initial[f"before_{at}"], initial[f"after_{at}"] = last.effects.get(key, ("", ""))
    form = ReportForm(request.POST or None, promised=promised, initial=initial)

    def run(typed: dict[str, Any]) -> UUID:
        made: UUID = _saying(
            lambda: granting.report(
                actor=actor,
                award=found,
                year=of_year,
                spent=typed["spent"],
                came_of_it=typed["came_of_it"],
                effects=form.effects(),
                seen=seen_of(request),
                at=clock.now(),
            )
        )
        session.log(actor, "report_on_grant", about=made)
        return made

    here = reverse("grant_award", kwargs={"award_id": found.pk})
    return perform(
        request,
        form=form,
        run=run,
        title=_("Rapport for %(year)s") % {"year": year},
        lead=f"{names().get(found.purpose, found.purpose)}. {NO_CHILD}",
        done=_("Rapporten er levert. Dere kan endre den."),
        back=here,
        button=_("Lever rapporten"),
        template="grant_report.html",
        version=last.row.version if last else 0,
        context={
            "crumbs": _crumbs((found.municipality.name, here), (_("Rapport"), "")),
            "movement": _movements(actor, found, [of_year]).get(of_year),
            "half_name": half_name,
        },
    )
