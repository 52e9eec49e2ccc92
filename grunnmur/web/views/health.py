"""Phase 3: the five health areas, asking for mapping, saying how far one has come, referring, and the answer."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases import deadlines, informants, readiness
from grunnmur.cases.access import NotVisible, Refused
from grunnmur.cases.actions import mappings, referrals
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import Invalid
from grunnmur.cases.queries import health as queries
from grunnmur.cases.queries import referring
from grunnmur.cases.queries.health import Area, Health, ReferralRow
from grunnmur.cases.queries.readers import list_readers
from grunnmur.cases.queries.referring import Offer
from grunnmur.cases.queries.took_part import to_offer
from grunnmur.cases.terms import (
    Informant,
    InformationKind,
    LocalFollowUp,
    MappingConclusion,
    MappingState,
    NoReason,
    ReferralAnswerKind,
    Severity,
)
from grunnmur.directory.sessions import Actor
from grunnmur.web import forms, health_words, took_part
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.pickers import ServiceField


def health(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The health areas that the viewer may see: who has each, by when, and what came of it."""
    found = queries.get_health(actor_of(request), pathway_id)
    return render(request, "health.html", {"health": found, **health_words.page(found)})


def _shared(found: Health, *more: tuple[str, str]) -> dict[str, Any]:
    """What every page under the health areas shares: where one goes afterwards, and the way back up."""
    back = reverse("health", kwargs={"pathway_id": found.case.pathway.pk})
    return {"back": back, "crumbs": case_crumbs(found.case, (_("Helse"), back), *more)}


# --- asking for mapping, and leaving an area out --------------------------------------------------------------

MAPPING = 3
"""The phase."""


class AskForm(forms.ActForm):
    service_id = ServiceField(label=gettext_lazy("Hvilken tjeneste?"))
    question = forms.long_text(
        gettext_lazy("Hva vil dere ha svar på?"),
        help_text=gettext_lazy("Skriv det dere er bekymret for, og hva barnet selv ønsker hjelp til."),
    )
    due_on = forms.DateField(label=gettext_lazy("Når trenger dere svar?"), required=False)
    participation = took_part.field(gettext_lazy("Hvordan tok barnet del i at dere spør?"))

    def __init__(self, *args: Any, mappers: tuple[queries.Mapper, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["service_id"]
        assert isinstance(field, ServiceField)
        field.error_messages["required"] = _("Velg en tjeneste.")
        self.fields["question"].error_messages["required"] = _("Skriv hva dere vil ha svar på.")
        field.widget = django_forms.RadioSelect()
        field.choices = [(str(one.id), one.name) for one in mappers]
        field.choice_hints = {  # type: ignore[attr-defined]  # read by `field_of`
            str(one.id): _("Kan fortelle dere hva den finner.")
            if one.may_tell
            else _("Kan si hvor hjelpen går videre, men ikke fortelle dere hva den finner. Det er ikke samtykket til.")
            for one in mappers
        }
        own = definitions().deadline("conclude_mapping")
        self.fields["due_on"].help_text = _("Lar dere den stå tom, gjelder %(text)s.") % {"text": own.text()}


def ask_mapping(request: HttpRequest, pathway_id: UUID, area_id: UUID) -> HttpResponse:
    """Ask one of the services that consent covers to map one health area."""
    actor = actor_of(request)
    found = queries.get_health(actor, pathway_id, page="ask_mapping")
    area = found.area(area_id)
    check_first(request, found.case, "mappings.ask")
    mappers = queries.list_mappers(found.case, area.area) if found.case.is_owner else ()
    shared = _shared(found)
    form = AskForm(request.POST or None, mappers=mappers)
    took_part.offer(form, to_offer(found.case, phase=MAPPING))
    return perform(
        request,
        form=form,
        run=lambda data: mappings.ask(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            health_area=area.area,
            **took_part.chosen(data),
        ),
        title=_("Be om kartlegging"),
        lead=str(area.area.label),
        button=_("Send forespørselen"),
        done=_("Forespørselen er sendt. Ballen ligger hos tjenesten."),
        back=shared["back"],
        template="ask_mapping.html",
        context={"crumbs": shared["crumbs"], "area": area, "case": found.case, "mappers": mappers},
    )


class LeaveOutForm(forms.ActForm):
    required_sentence = gettext_lazy("Skriv hvorfor området ikke er aktuelt nå.")
    why = forms.long_text(
        gettext_lazy("Hvorfor er området ikke aktuelt nå?"),
        help_text=gettext_lazy(
            "Skriv hva dere bygger på, og hva barnet selv sier. Dere kan ta det opp igjen når som helst."
        ),
    )
    participation = took_part.field(gettext_lazy("Hvordan tok barnet del i vurderingen?"))


def leave_out_area(request: HttpRequest, pathway_id: UUID, area_id: UUID) -> HttpResponse:
    """Note that an area has been considered, and that nothing points to a need now."""
    actor = actor_of(request)
    found = queries.get_health(actor, pathway_id, page="leave_out_area")
    area = found.area(area_id)
    check_first(request, found.case, "mappings.leave_out")
    shared = _shared(found)
    form = LeaveOutForm(request.POST or None)
    took_part.offer(form, to_offer(found.case, phase=MAPPING))
    return perform(
        request,
        form=form,
        run=lambda data: mappings.leave_out(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            health_area=area.area,
            **took_part.chosen(data),
        ),
        title=_("Ikke aktuelt nå"),
        lead=str(area.area.label),
        button=_("Lagre"),
        done=_("Vurderingen er lagret."),
        back=shared["back"],
        context={"crumbs": shared["crumbs"]},
    )


# --- the asked service says how far it has come -----------------------------------------------------------------

NOT_YOURS = gettext_lazy("Denne kartleggingen er ikke gitt til tjenesten din.")
DONE = gettext_lazy("Kartleggingen er alt avsluttet.")
NO_REPORT = gettext_lazy(
    "Dere kan ikke skrive det her nå. Enten er det ikke samtykket til at dere forteller barnevernet hva dere finner, "
    "eller så har dere sagt at dere ikke kan kartlegge."
)
STEPS: tuple[tuple[MappingState, Any], ...] = (
    (MappingState.ACCEPTED, gettext_lazy("Vi tar imot")),
    (MappingState.UNDER_WAY, gettext_lazy("Vi er i gang")),
    (MappingState.CONCLUDED, gettext_lazy("Vi er ferdige")),
    (MappingState.NOT_INDICATED, gettext_lazy("Vi kan ikke kartlegge dette")),
)


NEEDS_CONSENT = ("severity", "local_follow_up", "for_everybody")
"""Beside the texts: what is asked for only of those who may tell."""


class HasState(Protocol):
    """A mapping, as far as its form needs to know it."""

    @property
    def state(self) -> MappingState: ...


class StepForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"cannot_because", "conclusion"})
    state = forms.choice(gettext_lazy("Hvor langt er dere kommet?"), [], radio=True)
    on = forms.DateField(label=gettext_lazy("Når?"))
    cannot_because = forms.long_text(
        gettext_lazy("Hvis dere ikke kan: hvorfor?"),
        required=False,
        help_text=gettext_lazy("For eksempel at en annen tjeneste passer bedre. Ikke skriv helseopplysninger her."),
    )
    conclusion = forms.choice(
        gettext_lazy("Hva førte kartleggingen til?"), MappingConclusion.choices, required=False, radio=True
    )
    severity = forms.choice(
        gettext_lazy("Hvor alvorlig vurderer dere at det er?"), Severity.choices, required=False, radio=True
    )
    local_follow_up = forms.choice(
        gettext_lazy("Kan det følges opp i kommunen?"), LocalFollowUp.choices, required=False, radio=True
    )
    matters_to_child = forms.long_text(
        gettext_lazy("Hva er viktig for barnet?"),
        required=False,
        help_text=gettext_lazy("Skriv bare det barnet selv vil at barnevernet skal vite, helst med barnets egne ord."),
    )
    findings = forms.long_text(gettext_lazy("Hva fant dere?"), required=False)
    recommendation = forms.long_text(gettext_lazy("Hva anbefaler dere?"), required=False)
    for_everybody = django_forms.BooleanField(
        label=gettext_lazy("Alle som er med, kan lese anbefalingen"), required=False
    )

    def __init__(
        self,
        *args: Any,
        mapping: HasState,
        may_tell: bool,
        readers: tuple[tuple[str, ...], ...] = ((), ()),
        **options: Any,
    ) -> None:
        """`readers` are those who read about the area, and all who take part."""
        super().__init__(*args, **options)
        near, everybody = readers
        if near:
            self.fields["findings"].help_text = health_words.read_by(near)
            self.fields["recommendation"].help_text = " ".join(
                (health_words.read_by(near), _("Dere kan velge at alle som er med, leser den."))
            )
        if everybody:
            self.fields["for_everybody"].help_text = _(
                "Da leses den også av dem som ikke ser helseområdet. Alle er nå: %(who)s. Skriv hva de kan gjøre, ikke "
                "hva dere fant."
            ) % {"who": ", ".join(everybody)}
        # Only what comes next is offered; what was sent is the act's to judge, so that a second click is seen as one.
        further = MappingState if self.is_bound else mappings.FURTHER.get(mapping.state, frozenset())
        field = self.fields["state"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [(state.value, label) for state, label in STEPS if state in further]
        if not may_tell:
            _leave_out(self, "findings", "recommendation", *NEEDS_CONSENT)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "state" not in data:
            return data
        says_no = data["state"] == MappingState.NOT_INDICATED.value
        if data.get("cannot_because") and not says_no:
            self.add_error("cannot_because", _("Dette fylles bare ut når dere ikke kan kartlegge."))
        for name in ("findings", "recommendation"):
            if says_no and data.get(name):
                self.add_error(name, _("Dette fylles ikke ut når dere ikke kan kartlegge."))
        return data


def _leave_out(form: forms.ActForm, *names: str) -> None:
    """Do not ask for what must not be told, but keep what somebody typed before the consent was withdrawn."""
    for name in names:
        if name in form.fields and not form.data.get(name, "").strip():
            del form.fields[name]


def take_step(data: dict[str, Any], *, actor: Actor, pathway_id: UUID, once: UUID | None, mapping_id: UUID) -> object:
    """The act, with what a valid form says; what is wrong is said beside the form's own fields. Raises Invalid."""
    state = MappingState(data["state"])
    says_no = state is MappingState.NOT_INDICATED
    try:
        return mappings.step(
            actor=actor,
            pathway_id=pathway_id,
            once=once,
            mapping_id=mapping_id,
            state=state,
            on=data["on"],
            conclusion=MappingConclusion(data["conclusion"]) if data["conclusion"] else None,
            severity=Severity(data["severity"]) if data.get("severity") else None,
            local_follow_up=LocalFollowUp(data["local_follow_up"]) if data.get("local_follow_up") else None,
            findings=data["cannot_because"] if says_no else data.get("findings", ""),
            matters_to_child=data["matters_to_child"],
            recommendation=data.get("recommendation", ""),
            for_everybody=data.get("for_everybody", False),
        )
    except Invalid as invalid:
        names = {"findings": "cannot_because"} if says_no else {}
        raise Invalid({names.get(key, key): text for key, text in invalid.problems.items()}) from invalid


def mapping_step(request: HttpRequest, pathway_id: UUID, mapping_id: UUID) -> HttpResponse:
    """The asked service says that it takes it, is under way, is done, or cannot."""
    actor = actor_of(request)
    found = queries.get_health(actor, pathway_id, page="mapping_step")
    area, mapping = found.mapping(mapping_id)
    check_first(request, found.case, "mappings.step")
    if request.method != "POST" and not mapping.is_mine:
        raise Refused("mapping_of_another", NOT_YOURS if mapping.is_open else DONE)
    may_tell = queries.may_tell(found.case, area.area)
    initial = {"on": clock.today(), "state": request.GET.get("steg", "")}
    shared = _shared(found)

    form = StepForm(
        request.POST or None,
        initial=initial,
        mapping=mapping,
        may_tell=may_tell,
        readers=list_readers(found.case, area.area.kind, InformationKind.COORDINATION),
    )
    return perform(
        request,
        form=form,
        run=lambda data: take_step(
            data, actor=actor, pathway_id=pathway_id, once=once_of(request), mapping_id=mapping_id
        ),
        title=_("Kartlegging"),
        lead=str(area.area.label),
        button=_("Lagre"),
        done=_("Lagret. Barnevernet ser hvor langt dere er kommet."),
        back=shared["back"],
        template="mapping_step.html",
        context={"crumbs": shared["crumbs"], "mapping": mapping, "may_tell": may_tell, "case": found.case},
    )


class ReportForm(forms.ActForm):
    informant = forms.choice(gettext_lazy("Hvem har svart?"), Informant.choices, radio=True)
    number = forms.choice(
        gettext_lazy("Hvilken av dem?"),
        [(str(number), str(number)) for number in range(1, informants.MOST + 1)],
        required=False,
        empty=gettext_lazy("Bare én, eller vi vet ikke hvem"),
        help_text=gettext_lazy(
            "Har for eksempel begge foreldrene svart, gi dem hvert sitt nummer. Skriv i egen journal hvem som er hvem, "
            "og bruk det samme nummeret neste gang. Da ser dere hvordan hver av dem ser det over tid."
        ),
    )
    instrument = forms.choice(
        gettext_lazy("Hvordan spurte dere?"),
        [],
        required=False,
        empty=gettext_lazy("Samtale eller undersøkelse"),
        help_text=gettext_lazy("Velg skjemaet, testen eller intervjuet om dere brukte et."),
    )
    on = forms.DateField(label=gettext_lazy("Når?"))
    severity = forms.choice(
        gettext_lazy("Hvor store er vanskene, slik dere leser svaret?"), Severity.choices, required=False, radio=True
    )
    says = forms.long_text(
        gettext_lazy("Hva er det viktigste som kom fram?"),
        required=False,
        help_text=gettext_lazy("Ikke skåren, men hva den betyr."),
    )

    def __init__(self, *args: Any, found: Health, area: Area, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["instrument"]
        assert isinstance(field, django_forms.ChoiceField)
        suits, others = (
            [(one.key, f"{one.name}: {one.about}. {one.licence}") for one in group]
            for group in queries.list_instruments(found.case, area.area)
        )
        field.choices = [
            ("", _("Samtale eller undersøkelse")),
            *([(_("Laget for barnets alder"), suits)] if suits else []),
            *([(_("Laget for en annen alder"), others)] if others else []),
        ]
        self.fields["says"].help_text = " ".join(
            (str(self.fields["says"].help_text), health_words.read_by(*list_readers(found.case, area.area.kind)))
        )


def mapping_report(request: HttpRequest, pathway_id: UUID, mapping_id: UUID) -> HttpResponse:
    """The asked service writes how one who knows the child sees it."""
    actor = actor_of(request)
    found = queries.get_health(actor, pathway_id, page="mapping_report")
    area, mapping = found.mapping(mapping_id)
    check_first(request, found.case, "mappings.report")
    if request.method != "POST" and not mapping.may_report:
        raise Refused("mapping_of_another", NO_REPORT if mapping.service_id == str(actor.service_id) else NOT_YOURS)
    shared = _shared(found)
    return perform(
        request,
        form=ReportForm(request.POST or None, initial={"on": clock.today()}, found=found, area=area),
        run=lambda data: mappings.report(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            mapping_id=mapping_id,
            **{
                **data,
                "informant": Informant(data["informant"]),
                "number": int(data["number"] or 0),
                "severity": Severity(data["severity"]) if data["severity"] else None,
            },
        ),
        title=_("Hvem har fortalt hva"),
        lead=str(area.area.label),
        button=_("Lagre"),
        done=_("Lagret. Det står sammen med det de andre har fortalt."),
        back=shared["back"],
        context={"crumbs": shared["crumbs"]},
    )


# --- referring ------------------------------------------------------------------------------------------------


OWN_FIELDS = {"symptoms": "situation", "tried": "tried"}
"""Parts of a referral that have a field of their own; the others are `part_` and their key."""


def _field(part: str) -> str:
    return OWN_FIELDS.get(part, f"part_{part}")


class ReferralForm(forms.ActForm):
    to_service_id = ServiceField(label=gettext_lazy("Hvem henviser dere til?"))
    question = forms.long_text(gettext_lazy("Hva spør dere om?"))
    situation = forms.long_text(
        gettext_lazy("Hvordan er situasjonen?"),
        help_text=gettext_lazy("Symptomer, hvor alvorlige de er, og hvordan hverdagen går."),
    )
    tried = forms.long_text(gettext_lazy("Hva er prøvd, og hvordan virket det?"), required=False)
    is_urgent = django_forms.BooleanField(
        label=gettext_lazy("Det haster"),
        required=False,
        help_text=gettext_lazy("Er det fare for liv og helse, ring 113 eller legevakt 116 117 først."),
    )
    sent_on = forms.DateField(label=gettext_lazy("Når ble henvisningen sendt?"))
    is_renewed = django_forms.BooleanField(
        label=gettext_lazy("Vi ber om fornyet vurdering"),
        required=False,
        help_text=gettext_lazy("Det kan en gjøre én gang for samme tilstand (pbrl § 2-3)."),
    )
    is_renewed_again = django_forms.BooleanField(label=gettext_lazy("Be om fornyet vurdering likevel"), required=False)
    as_it_is = django_forms.BooleanField(label=gettext_lazy("Send den slik den er"), required=False)

    def __init__(
        self,
        *args: Any,
        receivers: tuple[queries.Receiver, ...],
        may_tell: bool,
        offered: Mapping[str, Offer],
        may_renew: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        for part in definitions().referral.parts:
            if part.key not in OWN_FIELDS:
                label = part.label[:1].upper() + part.label[1:]
                self.fields[_field(part.key)] = forms.long_text(label, required=False)
        self.say_plainly()
        for key, offer in offered.items():
            field = self.fields[_field(key)]
            where = _("Hentet %(where)s. Rett det som ikke stemmer.") % {"where": offer.source}
            field.help_text = f"{field.help_text} {where}".strip()
        if not may_renew:
            del self.fields["is_renewed"], self.fields["is_renewed_again"]
        field = self.fields["to_service_id"]
        assert isinstance(field, ServiceField)
        field.error_messages["required"] = _("Velg en tjeneste.")
        groups = (
            (_("Ser dette her, og kan svare her"), [one for one in receivers if one.sees]),
            (_("Ser ikke dette her. Svaret skrives inn av dere"), [one for one in receivers if not one.sees]),
        )
        field.choices = [
            ("", _("Velg …")),
            *((heading, [(str(one.id), one.name) for one in found]) for heading, found in groups if found),
        ]
        self.fields["question"].error_messages["required"] = _("Skriv hva dere spør om.")
        self.fields["situation"].error_messages["required"] = _("Beskriv situasjonen til barnet.")
        if not may_tell:
            parts = (_field(part.key) for part in definitions().referral.parts)
            _leave_out(self, "question", *parts)


RENEWED_BEFORE = gettext_lazy(
    "Det er bedt om fornyet vurdering før. Det kan en gjøre én gang for samme tilstand (pbrl § 2-3). Vi regner "
    "henvisninger som følger hverandre, som samme tilstand. Er det ikke det, kan dere be om det likevel."
)


def send_referral(request: HttpRequest, pathway_id: UUID, area_id: UUID) -> HttpResponse:
    """Note a referral for one health area, with what national guidance asks for beside it."""
    found = queries.get_health(actor_of(request), pathway_id, page="send_referral")
    return _refer(request, found, found.area(area_id))


def follow_referral(request: HttpRequest, pathway_id: UUID, referral_id: UUID) -> HttpResponse:
    """Send a new referral after one that was returned or rejected; the old text is there to build on."""
    found = queries.get_health(actor_of(request), pathway_id, page="follow_referral")
    area, before = found.referral(referral_id)
    if before.answer is None:
        raise NotVisible  # nothing to follow yet; no page leads here
    return _refer(request, found, area, before=before)


def _refer(request: HttpRequest, found: Health, area: Area, *, before: ReferralRow | None = None) -> HttpResponse:
    actor, case = found.case.actor, found.case
    check_first(request, case, "referrals.send")
    may_tell = queries.may_tell(case, area.area)
    offered = referring.offers(case, area) if may_tell and before is None else {}
    initial: dict[str, Any] = {"sent_on": clock.today(), **{_field(key): one.text for key, one in offered.items()}}
    if before is not None:
        initial |= {
            "to_service_id": before.to_service_id,
            "question": before.question,
            "situation": before.situation,
            "tried": before.tried,
            "is_urgent": before.is_urgent,
            **{_field(key): text for key, text in before.texts.items()},
        }
    form = ReferralForm(
        _with_offers(request.POST, offered) if request.method == "POST" else None,
        initial=initial,
        receivers=queries.list_receivers(case, area.area),
        may_tell=may_tell,
        offered=offered,
        may_renew=before is not None
        and before.answer is not None
        and before.answer.kind is ReferralAnswerKind.REJECTED,
    )
    receiver = _id(request.POST.get("to_service_id", "")) or (before.to_service_id if before else None)
    asks = referring.intake_of(receiver)
    typed = {part.key: request.POST.get(_field(part.key), "") for part in definitions().referral.parts}
    missing = referring.missing(case, area, written=typed, asks=asks) if may_tell and form.is_bound else ()
    takes_from = asks.takes_from(actor.role)

    def send(data: dict[str, Any]) -> object:
        warnings: dict[str, str | Promise] = {}
        if data.get("is_renewed") and not data["is_renewed_again"] and before is not None and found.has_renewed(before):
            warnings = {"is_renewed": RENEWED_BEFORE, "is_renewed_again": _("Kryss av for å be om det likevel.")}
        if readiness.holds_back(
            [one.gap for one in missing],
            takes_from=takes_from,
            is_urgent=data["is_urgent"],
            as_it_is=data["as_it_is"],
        ):
            warnings["as_it_is"] = _("Se hva som mangler over. Fyll det ut, eller kryss av for å sende likevel.")
        if warnings:
            raise Invalid(warnings)
        return _send(data, sent=request.POST, found=found, area=area, before=before, once=once_of(request))

    shared = _shared(found)
    return perform(
        request,
        form=form,
        run=send,
        title=_("Ny henvisning etter svaret") if before else _("Henvisning"),
        lead=str(area.area.label),
        button=_("Lagre henvisningen"),
        done=_("Henvisningen er skrevet inn. Fristen for svar er %(text)s.")
        % {"text": definitions().deadline("assess_referral").text()},
        back=shared["back"],
        template="send_referral.html",
        context={
            "crumbs": shared["crumbs"],
            "case": case,
            "area": area,
            "before": before,
            "may_tell": may_tell,
            "asks": asks,
            "takes_from": takes_from,
            "missing": missing,
            "of_guidance": [_field(part.key) for part in definitions().referral.parts if part.areas],
            "of_receiver": [_field(key) for key in asks.parts],
            "guidance": definitions().source("HDPB"),
            "answer_due": deadlines.referral_assessment_due(clock.today()),
            "answer_text": definitions().deadline("assess_referral").text(),
        },
    )


def _with_offers(sent: QueryDict, offered: Mapping[str, Offer]) -> QueryDict:
    """What was sent, and what is offered in fields that the page has not shown yet."""
    data = sent.copy()
    for key, offer in offered.items():
        data.setdefault(_field(key), offer.text)
    return data


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _send(
    data: dict[str, Any], *, sent: QueryDict, found: Health, area: Area, before: ReferralRow | None, once: UUID | None
) -> object:
    """The act, with what stood on the page; what is wrong with a part is said beside its field. Raises Invalid."""
    parts = [part.key for part in definitions().referral.parts if part.key not in OWN_FIELDS]
    try:
        return referrals.send(
            actor=found.case.actor,
            pathway_id=found.case.pathway.pk,
            once=once,
            health_area=area.area,
            to_service_id=data["to_service_id"],
            question=data.get("question", ""),
            situation=data.get("situation", ""),
            tried=data.get("tried", ""),
            texts={key: data.get(_field(key), "") for key in parts if _field(key) in sent},
            is_urgent=data["is_urgent"],
            sent_on=data["sent_on"],
            follows_id=before.id if before else None,
            is_renewed=data.get("is_renewed", False),
        )
    except Invalid as invalid:
        own = {"question", *OWN_FIELDS.values()}
        names = {key: _field(key) for key in parts if key not in own}
        raise Invalid({names.get(key, key): text for key, text in invalid.problems.items()}) from invalid


def referral_outcome(request: HttpRequest, pathway_id: UUID, referral_id: UUID) -> HttpResponse:
    """The answer in plain words, ready to be given to the child and the family."""
    found = queries.get_health(actor_of(request), pathway_id, page="referral_outcome")
    area, referral = found.referral(referral_id)
    if referral.answer is None:
        raise NotVisible  # no page leads here
    nb, nn = queries.in_plain_words(found.case, referral)
    shared = _shared(found, (_("Til familien"), ""))
    return render(
        request,
        "referral_outcome.html",
        {**shared, "case": found.case, "area": area, "referral": referral, "nb": nb, "nn": nn},
    )


# --- the answer -------------------------------------------------------------------------------------------------

ANSWERED = gettext_lazy("Henvisningen er alt besvart.")
NOT_YOUR_REFERRAL = gettext_lazy("Denne henvisningen er ikke til eller fra tjenesten din.")


class AnswerForm(forms.ConditionalForm):
    needed_with_some_answers = frozenset({"treatment_deadline", "reason"})
    answer = forms.choice(gettext_lazy("Hva er svaret?"), ReferralAnswerKind.choices, radio=True)
    answered_on = forms.DateField(label=gettext_lazy("Når ble det svart?"))
    treatment_deadline = forms.DateField(
        label=gettext_lazy("Frist for når helsehjelpen senest skal starte"), required=False
    )
    treatment_starts_on = forms.DateField(
        label=gettext_lazy("Når starter helsehjelpen?"),
        required=False,
        help_text=gettext_lazy("Også tidspunktet skal være satt innen ti virkedager (pbrl § 2-2 a)."),
    )
    reason = forms.long_text(
        gettext_lazy("Hvorfor?"),
        required=False,
        help_text=gettext_lazy("Ved avslag eller retur. Både henviseren og familien skal kunne forstå det."),
    )
    main_reason = forms.choice(
        gettext_lazy("Hovedgrunn"), NoReason.choices, required=False, empty=gettext_lazy("Ikke oppgitt")
    )
    missing = forms.choices(gettext_lazy("Hva mangler i henvisningen?"), [], required=False)
    advice = forms.long_text(
        gettext_lazy("Hva kan hjelpe i stedet?"),
        required=False,
        help_text=gettext_lazy("Råd til henviseren: hvem kan hjelpe nå, og hva skal til for en ny henvisning?"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["missing"]
        assert isinstance(field, django_forms.MultipleChoiceField)
        field.choices = [(part.key, part.label) for part in definitions().referral.parts]


def answer_data(data: dict[str, Any]) -> dict[str, Any]:
    """What the act is given of a valid form."""
    main = data.get("main_reason")
    return {**data, "answer": ReferralAnswerKind(data["answer"]), "main_reason": NoReason(main) if main else None}


def answer_referral(request: HttpRequest, pathway_id: UUID, referral_id: UUID) -> HttpResponse:
    """Answer a referral, or write down the answer that came by letter."""
    actor = actor_of(request)
    found = queries.get_health(actor, pathway_id, page="answer_referral")
    area, referral = found.referral(referral_id)
    check_first(request, found.case, "referrals.answer")
    if request.method != "POST" and not referral.may_answer:
        raise Refused("referral_of_another", ANSWERED if referral.answer else NOT_YOUR_REFERRAL)
    shared = _shared(found)
    today = clock.today()
    return perform(
        request,
        form=AnswerForm(request.POST or None, initial={"answered_on": today if referral.is_to_me else None}),
        run=lambda data: referrals.answer(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            referral_id=referral_id,
            **answer_data(data),
        ),
        title=_("Svar på henvisning") if referral.is_to_me else _("Skriv inn svaret på henvisningen"),
        lead=str(area.area.label),
        button=_("Send svaret") if referral.is_to_me else _("Lagre svaret"),
        done=_("Svaret er lagret. De som deltar, ser det nå."),
        back=shared["back"],
        template="answer_referral.html",
        context={
            "crumbs": shared["crumbs"],
            "case": found.case,
            "referral": referral,
            "may_tell": not referral.is_to_me or queries.may_tell(found.case, area.area),
            "latest_start": deadlines.treatment_start_latest(
                assessed_on=today, born_on=found.case.child.born_on, areas=[area.area]
            ),
            "start_text": definitions().deadline("start_of_care").text(),
        },
    )
