"""The network: gatherings, what members want to talk about, what was decided and done, and what others have tried."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import Invalid
from grunnmur.directory.sessions import Actor
from grunnmur.post.terms import MessageState
from grunnmur.stewardship import inviting, networking
from grunnmur.stewardship.networks import is_old, networks, still_to_plan
from grunnmur.stewardship.supervision import leads, may_watch
from grunnmur.stewardship.terms import Coming, DecisionAnswer, DecisionStanding
from grunnmur.web.acting import actor_of, perform, refuse_first, seen_of
from grunnmur.web.fields import field_of
from grunnmur.web.forms import (
    ActForm,
    ClockField,
    ConditionalForm,
    DateField,
    choice,
    choices,
    long_text,
    offer_choices,
)
from grunnmur.web.stewards import NO_CHILD, language
from grunnmur.web.views import session

TONES = {DecisionStanding.OVERDUE: "danger", DecisionStanding.UNDER_WAY: "waiting", DecisionStanding.DONE: "done"}
SENT_TONES = {
    MessageState.ANSWERED: "done",
    MessageState.OPENED: "done",
    MessageState.FAILED: "danger",
    MessageState.UNCERTAIN: "danger",
    MessageState.WAITING: "waiting",
}
NOT_A_MEMBER = gettext_lazy(
    "Bare barnevernledere, kommuneoverleger og de som arbeider hos statsforvalteren, er med i nettverket."
)


def _with_no_child(sentence: str) -> str:
    """What stands before the first field, and that nobody writes of a child."""
    return f"{sentence} {NO_CHILD}"


def network_of(actor: Actor) -> networking.AnyNetwork:
    """The actor's own network. Raises Refused for those who can be in none, and Http404 where there is none."""
    if not (leads(actor) or may_watch(actor)):
        raise Refused("not_a_member", str(NOT_A_MEMBER))
    found = networking.own(actor)
    if found is None:
        raise Http404
    return found


def run_by(actor: Actor) -> networking.AnyNetwork:
    """The network that the actor runs. Raises Refused for members too."""
    found = network_of(actor)
    if not networking.runs(actor, found):
        raise Refused("not_county_governor", _("Bare statsforvalteren, som holder nettverket, kan gjøre dette."))
    return found


def _member_of(actor: Actor) -> tuple[networking.AnyNetwork, str]:
    """The actor's network and municipality. Raises Refused for the one who runs it."""
    found, place = network_of(actor), leads(actor)
    if place is None:
        raise Refused("not_a_leader", _("Bare barnevernlederen og kommuneoverlegen svarer for kommunen."))
    return found, place


def gathering_of(network: networking.AnyNetwork, gathering_id: UUID) -> networking.AnyGathering:
    found = networking.find_gathering(network, gathering_id)
    if found is None:
        raise Http404
    return found


def crumbs(*more: tuple[str | Promise, str]) -> list[tuple[str | Promise, str]]:
    return [(_("Nettverk"), reverse("network")), *more]


def address(gathering: networking.AnyGathering) -> str:
    return reverse("gathering", kwargs={"gathering_id": gathering.pk})


@require_safe
def network(request: HttpRequest) -> HttpResponse:
    """The network's front page: the next gathering, what one's municipality is to do, topics, and who was not there."""
    actor, today = actor_of(request), clock.today()
    if may_watch(actor) and networking.own(actor) is None:
        return redirect("describe_network")
    found, place = network_of(actor), leads(actor)
    every = [one for one in networking.gatherings(found) if not one.is_cancelled]
    decided = networking.decisions(found, on=today)
    ahead = [one for one in reversed(every) if one.held_on >= today]
    given = {
        "network": found,
        "runs": networking.runs(actor, found),
        "own": place,
        "ahead": ahead,
        "unanswered": networking.unanswered(ahead, place) if place else set(),
        "behind": [one for one in every if one.held_on < today],
        "still_to_plan": still_to_plan([one.held_on for one in every], year=today.year),
        "a_year": networks().gatherings_a_year,
        "year": today.year,
        "tasks": [(one, one.standings[place], TONES.get(one.standings[place], "neutral")) for one in decided]
        if place
        else [],
        "decided": decided,
        "standings": list(DecisionStanding),
        "topics": networking.topics(found, place=place),
        "absent": networking.absent(found),
        "about": networks().about.words(language()),
        **_source(),
    }
    return render(request, "network.html", given)


def _source() -> dict[str, str]:
    source = networks().source
    return {"source": definitions().source(source.key).title, "source_place": source.place}


class NetworkForm(ActForm):
    name = forms.CharField(label=gettext_lazy("Hva heter nettverket?"), max_length=160)
    partners = long_text(
        gettext_lazy("Hvem er med ved siden av kommunene?"),
        required=False,
        longest=2000,
        help_text=gettext_lazy("En på hver linje, for eksempel sykehuset, RBUP, RVTS og KoRus."),
    )

    def clean_partners(self) -> list[str]:
        found = [" ".join(line.split()) for line in self.cleaned_data["partners"].splitlines()]
        kept = list(dict.fromkeys(one for one in found if one))
        if any(len(one) > 160 for one in kept):
            raise forms.ValidationError(_("Skriv en på hver linje, med høyst 160 tegn."))
        return kept


def describe(request: HttpRequest) -> HttpResponse:
    """The county governor begins its network, or says anew who is in it."""
    actor = actor_of(request)
    if not may_watch(actor):
        raise Refused("not_county_governor", _("Bare statsforvalteren, som holder nettverket, kan gjøre dette."))
    found = networking.own(actor)

    def run(typed: dict[str, Any]) -> UUID:
        made = networking.describe(actor=actor, seen=seen_of(request), at=clock.now(), **typed)
        session.log(actor, "describe_network", about=made)
        return made

    return perform(
        request,
        form=NetworkForm(
            request.POST or None, initial={"name": found.name, "partners": "\n".join(found.partners)} if found else {}
        ),
        run=run,
        title=_("Hvem er med i nettverket?"),
        lead=_("Alle kommunene i fylket er med. De som står her i tillegg, logger ikke inn i Grunnmur."),
        done=_("Nettverket er lagret."),
        back=reverse("network") if found else reverse("work"),
        button=_("Lagre"),
        version=found.version if found else 0,
        respond=lambda _made: redirect("network"),
    )


# --- gatherings -------------------------------------------------------------------------------------------------------


@require_safe
def gathering(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """One gathering: when and where, who comes, its programme, and what earlier ones decided; then its minutes."""
    actor, today = actor_of(request), clock.today()
    network = network_of(actor)
    found, members, place = gathering_of(network, gathering_id), networking.places(network), leads(actor)
    if place is not None:
        inviting.opened(actor=actor, gathering=found, at=clock.now())
    answers = {**networking.answers(found), **networking.partner_answers(found)}
    fresh = {key: one for key, one in answers.items() if not is_old(one.recorded_at, moved_at=found.moved_at)}
    asked = [*members, *((one, one) for one in network.partners)]
    said = [(name, fresh[key]) for key, name in asked if key in fresh]
    lines = inviting.sent(found, at=clock.now())
    given = {
        "gathering": found,
        "runs": networking.runs(actor, network),
        "own": place,
        "answer": answers.get(place) if place else None,
        "has_answered": place in fresh,
        "coming": [(name, one.who) for name, one in said if one.answer == Coming.COMES],
        "writing": [(name, one.words) for name, one in said if one.answer == Coming.WRITES],
        "not_coming": [name for name, one in said if one.answer == Coming.AWAY],
        "silent": [name for key, name in asked if key not in fresh],
        "sent": lines,
        "sent_counted": inviting.counted(lines),
        "tones": SENT_TONES,
        "may_send": networking.runs(actor, network) and inviting.can_be_told(found, on=today),
        "may_answer": bool(place) and not found.is_cancelled and found.held_on >= today,
        "is_over": found.held_on <= today and not found.is_cancelled,
        "is_held": networking.is_held(found),
        "programme": networking.programme(found),
        "present": [name for key, name in members if key in found.present],
        "missing": [name for key, name in members if key not in found.present],
        "partners_missing": [one for one in network.partners if one not in found.partners_present],
        "decided": [one for one in networking.decisions(network, on=today) if one.row.gathering_id == found.pk],
        "earlier": [
            one for one in networking.decisions(network, on=today) if one.row.gathering.held_on < found.held_on
        ],
        "standings": list(DecisionStanding),
    }
    return render(request, "gathering.html", given)


class GatheringForm(ActForm):
    held_on = DateField(label=gettext_lazy("Hvilken dag?"))
    begins_at = ClockField(label=gettext_lazy("Når begynner den?"))
    place = forms.CharField(label=gettext_lazy("Hvor?"), max_length=160)
    about = long_text(gettext_lazy("Hva handler samlingen om?"), required=False, longest=2000)


class ChangeGatheringForm(GatheringForm):
    is_cancelled = forms.BooleanField(
        label=gettext_lazy("Samlingen er avlyst"),
        required=False,
        help_text=gettext_lazy("Temaene på programmet venter da på en annen samling."),
    )


def _planned(
    actor: Actor, network: networking.AnyNetwork, found: networking.AnyGathering | None, seen: int | None
) -> Any:
    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = networking.plan(
                actor=actor, network=network, gathering=found, said=networking.Plan(**typed), seen=seen, at=clock.now()
            )
        except networking.DayTaken as taken:
            raise Invalid({"held_on": _("Det er en annen samling den dagen. Velg en annen dag.")}) from taken
        session.log(actor, "plan_gathering", about=made)
        return made

    return run


def new_gathering(request: HttpRequest) -> HttpResponse:
    """Whoever runs the network plans a gathering; every member sees it and is asked to answer."""
    actor = actor_of(request)
    return perform(
        request,
        form=GatheringForm(request.POST or None),
        run=_planned(actor, run_by(actor), None, None),
        title=_("Ny samling"),
        lead=_with_no_child(_("Kommunene ser den under «Nettverk». Ingen får beskjed før du sender innkallingen.")),
        done=_("Samlingen er lagt inn."),
        back=reverse("network"),
        button=_("Lagre"),
        context={"crumbs": crumbs((_("Ny samling"), ""))},
    )


def change_gathering(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """Move a gathering, or call it off."""
    actor = actor_of(request)
    network = run_by(actor)
    found = gathering_of(network, gathering_id)
    if networking.is_held(found):
        raise Refused("is_held", _("Samlingen er holdt og har referat. Da kan den ikke flyttes eller avlyses."))
    return perform(
        request,
        form=ChangeGatheringForm(
            request.POST or None,
            initial={
                **{name: getattr(found, name) for name in ChangeGatheringForm.base_fields},
                "begins_at": format(found.begins_at, "%H.%M"),
            },
        ),
        run=_planned(actor, network, found, seen_of(request)),
        title=_("Endre samlingen"),
        lead=NO_CHILD,
        done=_("Samlingen er endret. Gi dem som er innkalt, beskjed om det."),
        back=address(found),
        button=_("Lagre"),
        version=found.version,
        context={"crumbs": crumbs((_("Samlingen"), address(found)), (_("Endre"), ""))},
    )


class AnswerForm(ConditionalForm):
    needed_with_some_answers = frozenset({"who", "words"})
    answer = choice(gettext_lazy("Kommer dere?"), Coming.choices, radio=True)
    who = forms.CharField(
        label=gettext_lazy("Hvem kommer?"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Skriv stillinger eller tjenester. Må fylles ut når dere kommer."),
    )
    words = long_text(
        gettext_lazy("Hva vil dere si til samlingen?"),
        required=False,
        longest=2000,
        help_text=gettext_lazy("Må fylles ut når dere skriver i stedet for å komme. Alle i nettverket leser det."),
    )

    def clean(self) -> dict[str, Any]:
        if "answer" in self.cleaned_data:
            lacks = networking.lacks(self.reply())
            if lacks == "who":
                self.add_error("who", _("Skriv hvem som kommer."))
            elif lacks == "words":
                self.add_error("words", _("Skriv det dere vil si til samlingen."))
        return self.cleaned_data

    def reply(self) -> networking.Reply:
        """What was answered, with what belongs to that answer and no more."""
        answer, typed = Coming(self.cleaned_data["answer"]), self.cleaned_data
        return networking.Reply(
            answer,
            who=typed.get("who", "") if answer is Coming.COMES else "",
            words=typed.get("words", "") if answer is Coming.WRITES else "",
        )


def answer_gathering(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """A member says whether its municipality comes, and who."""
    actor = actor_of(request)
    network, place = _member_of(actor)
    found = gathering_of(network, gathering_id)
    is_over = found.is_cancelled or found.held_on < clock.today()
    over = Refused("status_gathering", _("Samlingen er over eller avlyst. Dere kan ikke svare på den nå."))
    refuse = refuse_first(request, over if is_over else None)
    last = networking.answers(found).get(place)
    form = AnswerForm(
        request.POST or None,
        initial={"answer": last.answer, "who": last.who, "words": last.words} if last else {},
    )

    def run(_typed: dict[str, Any]) -> UUID:
        refuse()
        made = networking.answer(
            actor=actor,
            gathering=found,
            place=place,
            said=form.reply(),
            seen=seen_of(request),
            at=clock.now(),
        )
        session.log(actor, "answer_gathering", about=made)
        return made

    return perform(
        request,
        form=form,
        run=run,
        title=_("Svar på innkallingen"),
        lead=_with_no_child(_("Alle i nettverket ser hvem som kommer.")),
        done=_("Svaret er lagret."),
        back=address(found),
        button=_("Lagre svaret"),
        version=last.version if last else 0,
        context={"crumbs": crumbs((_("Samlingen"), address(found)), (_("Svar"), ""))},
    )


class MinutesForm(ActForm):
    minutes = long_text(gettext_lazy("Referat"), longest=10_000)
    present = choices(gettext_lazy("Hvilke kommuner var der?"), (), required=False)
    partners_present = choices(gettext_lazy("Hvem andre var der?"), (), required=False)

    def __init__(self, *args: Any, members: list[networking.Place], partners: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "present", members)
        offer_choices(self, "partners_present", [(one, one) for one in partners])
        if not partners:
            del self.fields["partners_present"]


def write_minutes(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """Whoever runs the network writes down a gathering, and who was there."""
    actor = actor_of(request)
    network = run_by(actor)
    found = gathering_of(network, gathering_id)
    if found.is_cancelled or found.held_on > clock.today():
        raise Refused("not_held_yet", _("Samlingen er ikke holdt ennå. Referatet kan skrives fra dagen den er."))
    came = sorted(key for key, one in networking.answers(found).items() if one.answer == Coming.COMES)

    def run(typed: dict[str, Any]) -> UUID:
        made = networking.write_minutes(
            actor=actor,
            gathering=found,
            minutes=typed["minutes"],
            present=sorted(typed["present"]),
            partners=sorted(typed.get("partners_present", [])),
            seen=seen_of(request),
            at=clock.now(),
        )
        session.log(actor, "write_network_minutes", about=made)
        return made

    initial = {"minutes": found.minutes, "present": found.present, "partners_present": found.partners_present}
    return perform(
        request,
        form=MinutesForm(
            request.POST or None,
            members=networking.places(network),
            partners=list(dict.fromkeys([*network.partners, *found.partners_present])),
            initial=initial if networking.is_held(found) else {"present": came},
        ),
        run=run,
        title=_("Referat fra samlingen"),
        lead=_with_no_child(_("Alle i nettverket ser referatet.")),
        done=_("Referatet er lagret."),
        back=address(found),
        button=_("Lagre referatet"),
        version=found.version,
        context={"crumbs": crumbs((_("Samlingen"), address(found)), (_("Referat"), ""))},
    )


class DecisionForm(ActForm):
    what = long_text(gettext_lazy("Hva skal hver kommune gjøre?"), longest=1000)
    due_on = DateField(label=gettext_lazy("Når skal det være gjort?"))


def decide(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """Whoever runs the network writes down what a gathering decided: a task for each municipality."""
    actor = actor_of(request)
    found = gathering_of(run_by(actor), gathering_id)
    if not networking.is_held(found):
        raise Refused("not_held_yet", _("Skriv referatet først. Da vet alle hva som ble sagt før det ble bestemt."))

    def run(typed: dict[str, Any]) -> UUID:
        made = networking.decide(actor=actor, gathering=found, at=clock.now(), **typed)
        session.log(actor, "decide_in_network", about=made)
        return made

    return perform(
        request,
        form=DecisionForm(request.POST or None),
        run=run,
        title=_("Nytt vedtak"),
        lead=_with_no_child(_("Hver kommune får det som en oppgave, og alle ser på neste samling hvordan det går.")),
        done=_("Vedtaket er lagret."),
        back=address(found),
        button=_("Lagre vedtaket"),
        context={"crumbs": crumbs((_("Samlingen"), address(found)), (_("Vedtak"), ""))},
    )


class TaskForm(ActForm):
    answer = choice(gettext_lazy("Hvordan går det?"), DecisionAnswer.choices, radio=True)
    what = long_text(
        gettext_lazy("Fortell kort"),
        longest=1000,
        help_text=gettext_lazy("Hva dere gjør, hva det ble til, eller hvorfor det ikke gjelder dere."),
    )


@require_safe
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """What was decided, and what every municipality says of it."""
    actor, today = actor_of(request), clock.today()
    network = network_of(actor)
    found = next((one for one in networking.decisions(network, on=today) if one.row.pk == decision_id), None)
    if found is None:
        raise Http404
    given = {
        "decided": found,
        "rows": [
            (name, found.standings[key], TONES.get(found.standings[key], "neutral"), found.by_place.get(key))
            for key, name in networking.places(network)
        ],
        "own": leads(actor),
    }
    return render(request, "network_decision.html", given)


def answer_task(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """A member says what its municipality does with what was decided."""
    actor = actor_of(request)
    network, place = _member_of(actor)
    found = next((one for one in networking.decisions(network, on=clock.today()) if one.row.pk == decision_id), None)
    if found is None:
        raise Http404
    last, here = found.by_place.get(place), reverse("network_decision", kwargs={"decision_id": decision_id})

    def run(typed: dict[str, Any]) -> UUID:
        made = networking.say(
            actor=actor,
            decision=found.row,
            place=place,
            said=DecisionAnswer(typed["answer"]),
            what=typed["what"],
            seen=seen_of(request),
            at=clock.now(),
        )
        session.log(actor, "answer_network_task", about=made)
        return made

    return perform(
        request,
        form=TaskForm(request.POST or None, initial={"answer": last.answer, "what": last.what} if last else {}),
        run=run,
        title=_("Hva gjør dere med vedtaket?"),
        lead=_with_no_child(found.row.what),
        done=_("Svaret er lagret."),
        back=here,
        button=_("Lagre svaret"),
        version=last.version if last else 0,
        context={"crumbs": crumbs((_("Vedtaket"), here), (_("Svar"), ""))},
    )


# --- topics -----------------------------------------------------------------------------------------------------------


class TopicForm(ActForm):
    title = forms.CharField(label=gettext_lazy("Hva vil dere snakke om?"), max_length=160)
    why = long_text(gettext_lazy("Hvorfor?"), longest=1000)


def propose_topic(request: HttpRequest) -> HttpResponse:
    """A member, or whoever runs the network, proposes what to talk about."""
    actor = actor_of(request)
    found = network_of(actor)

    def run(typed: dict[str, Any]) -> UUID:
        made = networking.propose(actor=actor, network=found, at=clock.now(), **typed)
        session.log(actor, "propose_topic", about=made)
        return made

    return perform(
        request,
        form=TopicForm(request.POST or None),
        run=run,
        title=_("Foreslå et tema"),
        lead=_with_no_child(_("Alle i nettverket ser forslaget, og hver kommune har én stemme.")),
        done=_("Temaet er foreslått."),
        back=reverse("network"),
        button=_("Foreslå"),
        context={"crumbs": crumbs((_("Foreslå et tema"), ""))},
    )


@require_POST
def vote(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """A member gives its municipality's voice to a topic, or takes it back."""
    actor = actor_of(request)
    found, place = _member_of(actor)
    topic = networking.find_topic(found, topic_id)
    if topic is None:
        raise Http404
    networking.vote(actor=actor, topic=topic, place=place, is_for=request.POST.get("is_for") == "yes", at=clock.now())
    session.log(actor, "vote_for_topic", about=topic.pk)
    return redirect(reverse("network") + "#tema")


def voices(number: int) -> str:
    """How many voices a topic has: 1 stemme, 4 stemmer."""
    return ngettext("%(num)s stemme", "%(num)s stemmer", number) % {"num": number}


class ProgrammeForm(ConditionalForm):
    needed_with_some_answers = frozenset({"chosen", "off"})
    chosen = choices(gettext_lazy("Hvilke temaer tar dere opp?"), (), required=False)
    off = choices(
        gettext_lazy("Hvilke temaer skal av programmet?"),
        (),
        required=False,
        help_text=gettext_lazy("De venter da på en annen samling."),
    )

    def __init__(
        self, *args: Any, waiting: list[networking.Topic], taken: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        offered = [(str(one.row.pk), f"{one.row.title} ({voices(one.voices)})") for one in waiting]
        # At a second press what was chosen is already where it was to come.
        offer_choices(self, "chosen", [*offered, *(taken if self.is_bound else ())])
        offer_choices(self, "off", [*taken, *(offered if self.is_bound else ())])
        if not self.is_bound:
            for name, found in (("off", taken), ("chosen", waiting or not taken)):
                if not found:
                    del self.fields[name]

    def clean(self) -> dict[str, Any]:
        if not any(self.cleaned_data.get(name) for name in ("chosen", "off")) and not self.errors:
            self.add_error("chosen", _("Velg minst ett tema."))
        return self.cleaned_data


def take_up(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """Whoever runs the network puts topics on the programme of a gathering, or takes them off it."""
    actor = actor_of(request)
    network = run_by(actor)
    found = gathering_of(network, gathering_id)
    if networking.is_held(found) or found.is_cancelled:
        raise Refused("gathering_is_over", _("Samlingen er holdt eller avlyst. Da kan programmet ikke endres."))

    def run(typed: dict[str, Any]) -> None:
        networking.take_up(gathering=found, chosen=[UUID(one) for one in typed["chosen"]])
        networking.put_back(gathering=found, chosen=[UUID(one) for one in typed.get("off", ())])
        session.log(actor, "take_up_topics", about=found.pk)

    return perform(
        request,
        form=ProgrammeForm(
            request.POST or None,
            waiting=networking.topics(network, place=None),
            taken=[(str(one.pk), one.title) for one in networking.programme(found)],
        ),
        run=run,
        title=_("Program for samlingen"),
        done=_("Programmet er lagret."),
        back=address(found),
        button=_("Lagre"),
        context={"crumbs": crumbs((_("Samlingen"), address(found)), (_("Program"), ""))},
    )


# --- experiences ------------------------------------------------------------------------------------------------------


class FindForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("Søk i erfaringene"), max_length=120, required=False)


def experiences(request: HttpRequest) -> HttpResponse:
    """What members and the source tell that they have tried. What one looks for stands in no address."""
    actor = actor_of(request)
    found = network_of(actor)
    form = FindForm(request.POST or None)
    words = form.cleaned_data["words"] if form.is_bound and form.is_valid() else ""
    told = networking.experiences(actor, found, words=words, language=language())
    given = {
        "told": told,
        "words": words,
        "field": field_of(form["words"], says_optional=False),
        **_source(),
    }
    return render(request, "network_experiences.html", given)


class ExperienceForm(ActForm):
    title = forms.CharField(label=gettext_lazy("Hva handler det om?"), max_length=160)
    text = long_text(
        gettext_lazy("Hva prøvde dere, og hvordan gikk det?"),
        longest=4000,
        help_text=gettext_lazy("Fortell også om det som ikke gikk. Det er andre glad for å vite."),
    )


def tell(request: HttpRequest) -> HttpResponse:
    """A member tells the others of something that it has tried."""
    actor = actor_of(request)
    found = network_of(actor)

    def run(typed: dict[str, Any]) -> UUID:
        made = networking.tell(actor=actor, network=found, at=clock.now(), **typed)
        session.log(actor, "tell_experience", about=made)
        return made

    return perform(
        request,
        form=ExperienceForm(request.POST or None),
        run=run,
        title=_("Fortell om en erfaring"),
        lead=_with_no_child(_("Alle i nettverket kan lese den.")),
        done=_("Erfaringen er delt."),
        back=reverse("experiences"),
        button=_("Del erfaringen"),
        context={"crumbs": crumbs((_("Erfaringer"), reverse("experiences")), (_("Ny"), ""))},
    )


def take_away(request: HttpRequest, experience_id: UUID) -> HttpResponse:
    """Whoever told something takes it away again."""
    actor = actor_of(request)
    found = network_of(actor)
    title = networking.find_experience(actor, found, experience_id)
    if title is None:
        raise Http404

    def run(_typed: dict[str, Any]) -> None:
        networking.take_away(actor=actor, network=found, experience_id=experience_id, at=clock.now())
        session.log(actor, "take_away_experience", about=experience_id)

    return perform(
        request,
        form=ActForm(request.POST or None),
        run=run,
        title=_("Ta bort erfaringen?"),
        lead=title,
        done=_("Erfaringen er tatt bort."),
        back=reverse("experiences"),
        button=_("Ta bort"),
        danger=True,
    )
