"""The basis for assessment: conversations, the child's own words, information, factors and signs (S3, A3)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import get_service, happened, in_service, refuse
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import on_pathway
from grunnmur.cases.models import Conversation, InformationReceived, InformationRequest, Observation, OwnWords
from grunnmur.cases.terms import HealthArea, InformationKind, ObservationKind
from grunnmur.directory.sessions import Actor

NOT_WRITTEN_HERE = _("Dette skriver dere ikke her. Ring kontaktpersonen, og fortell det.")


def record_conversation(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    with_whom: str,
    held_on: date,
    summary: str,
    health_areas: Sequence[HealthArea] = (),
    participation: str = "",
    own_words: str = "",
) -> Conversation:
    """Write down a conversation about health; what the child said in its own words is kept as a row of its own."""
    with on_pathway(actor, pathway_id, "conversations.record", once=once) as act:
        refuse(
            {
                "held_on": happened(held_on, child=act.child, today=act.today),
                "participation": _("Velg hvordan barnet tok del.")
                if with_whom in ("child", "both") and not participation
                else None,
                "own_words": _("Barnets egne ord hører til en samtale med barnet.")
                if own_words and with_whom == "parents"
                else None,
            }
        )
        conversation = Conversation.objects.create(
            **act.row(InformationKind.CHILD_WELFARE),
            with_whom=with_whom,
            held_on=held_on,
            summary=summary,
            health_areas=[str(area) for area in health_areas],
            participation=participation,
        )
        if own_words:
            OwnWords.objects.create(**act.row(InformationKind.OWN_WORDS), said_on=held_on, words=own_words)
        act.record(
            "conversation.recorded",
            kind=InformationKind.CHILD_WELFARE,
            subject=conversation.pk,
            data={"with": with_whom, "participation": participation},
        )
    return conversation


def record_own_words(*, actor: Actor, pathway_id: UUID, once: UUID | None, said_on: date, words: str) -> OwnWords:
    """Write down what the child said matters, in the child's own words.

    Whom they are kept from writes none, and is not told that anything is kept. Raises Refused, Invalid, AlreadyDone.
    """
    with on_pathway(actor, pathway_id, "own_words.record", once=once) as act:
        refuse(
            {
                "words": NOT_WRITTEN_HERE if access.is_taken(act.case, InformationKind.OWN_WORDS) else None,
                "said_on": happened(said_on, child=act.child, today=act.today),
            }
        )
        own_words = OwnWords.objects.create(**act.row(InformationKind.OWN_WORDS), said_on=said_on, words=words)
        act.record("own_words.recorded", kind=InformationKind.OWN_WORDS, subject=own_words.pk)
    return own_words


def ask_for_information(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    from_service_id: UUID | None,
    from_whom: str,
    about: str,
    asked_on: date,
    ground: str,
) -> InformationRequest:
    """Note that information is asked for, from whom, about what and on what ground."""
    with on_pathway(actor, pathway_id, "information.ask", once=once) as act:
        service = get_service(from_service_id)
        refuse(
            {
                "asked_on": happened(asked_on, child=act.child, today=act.today),
                "from_service_id": in_service(service, on=act.today) if from_service_id else None,
                "from_whom": _("Skriv eller velg hvem dere spør.") if not from_whom and service is None else None,
            }
        )
        request = InformationRequest.objects.create(
            **act.row(InformationKind.CHILD_WELFARE),
            from_service=service,
            from_whom=from_whom or (service.name if service else ""),
            about=about,
            asked_on=asked_on,
            ground=ground,
        )
        act.record("information.asked", kind=InformationKind.CHILD_WELFARE, subject=request.pk)
    return request


def receive_information(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    request_id: UUID | None,
    from_whom: str,
    received_on: date,
    summary: str,
) -> InformationReceived:
    """Note information that came in, as an answer or unasked."""
    with on_pathway(actor, pathway_id, "information.receive", once=once) as act:
        request = InformationRequest.objects.filter(pathway=act.case, pk=request_id).first() if request_id else None
        refuse(
            {
                "received_on": happened(received_on, child=act.child, today=act.today)
                or (
                    _("Svaret kan ikke ha kommet før dere spurte.")
                    if request and received_on < request.asked_on
                    else None
                ),
                "from_whom": _("Skriv hvem opplysningene kom fra.") if not from_whom and request is None else None,
            }
        )
        received = InformationReceived.objects.create(
            **act.row(InformationKind.CHILD_WELFARE),
            request=request,
            from_whom=from_whom or (request.from_whom if request else ""),
            received_on=received_on,
            summary=summary,
        )
        act.record("information.received", kind=InformationKind.CHILD_WELFARE, subject=received.pk)
    return received


def observation_codes(observation: ObservationKind, *, on: date) -> set[str]:
    """The codes that can be chosen on a day: Bufdir's knowledge model for factors, the list of signs for worry."""
    model = definitions().knowledge_model
    if observation is ObservationKind.WORRY_SIGN:
        return {sign.key for sign in model.signs}
    return {code.code for code in model.factors(on)}


def record_observation(
    *,
    actor: Actor,
    pathway_id: UUID,
    once: UUID | None,
    observation: ObservationKind,
    code: str,
    seen_on: date,
    source: str,
    note: str = "",
) -> Observation:
    """Note a risk factor, a protective factor or a worry sign by its code, with the day and who saw it."""
    with on_pathway(actor, pathway_id, "observations.record", once=once) as act:
        known = observation_codes(observation, on=act.today)
        refuse(
            {
                "code": _("Velg fra listen.") if code not in known else None,
                "seen_on": happened(seen_on, child=act.child, today=act.today),
            }
        )
        row = Observation.objects.create(
            **act.row(InformationKind.CHILD_WELFARE),
            observation=observation,
            code=code,
            note=note,
            seen_on=seen_on,
            source=source,
        )
        act.record("observation.recorded", kind=InformationKind.CHILD_WELFARE, subject=row.pk, data={"code": code})
    return row
