"""States of Anna's case that mapping, referral and closing are tested in, made by the acts themselves."""

import uuid
from datetime import timedelta
from typing import Any

from grunnmur import clock
from grunnmur.cases.actions import consents, links, mappings, questions, referrals
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.models import Consent, InformantReport, Mapping, MappingStep, Referral, RelatedPerson
from grunnmur.cases.terms import (
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    Informant,
    InformationKind,
    MappingState,
    QuestionSort,
    SignatoryKind,
)
from grunnmur.directory.kinds import Role
from grunnmur.post.models import Link
from grunnmur.post.terms import ProofKind
from tests import together
from tests.together import service_id

HPR = "7654321"
"""The number in the register of health personnel that links are sent to."""
SEE = (ConsentPurpose.CONTACT_HEALTH,)
SEE_AND_TELL = (ConsentPurpose.CONTACT_HEALTH, ConsentPurpose.RELEASE_HEALTH_INFO)


def consent(
    actor: Any,
    pathway_id: uuid.UUID,
    service: str,
    *areas: HealthArea,
    purposes: tuple[ConsentPurpose, ...] = SEE,
    days: int = 365,
) -> list[Consent]:
    """Anna and both parents say yes to one service about some areas."""
    today = clock.today()
    parents = RelatedPerson.objects.filter(has_parental_responsibility=True)
    kinds = InformationKind(0)
    for area in areas:
        kinds |= area.kind
    return consents.record(
        actor=actor,
        pathway_id=pathway_id,
        once=None,
        purposes=purposes,
        recipient_id=service_id(service),
        kinds=kinds,
        valid_from=today,
        valid_until=today + timedelta(days=days),
        answers=[
            Answer(SignatoryKind.CHILD, ConsentAnswer.YES, today, "oral"),
            *(
                Answer(SignatoryKind.PARENT, ConsentAnswer.YES, today, "oral", related_person_id=parent.pk)
                for parent in parents
            ),
        ],
    )


def ask(actor: Any, pathway_id: uuid.UUID, service: str, area: HealthArea, **more: Any) -> Mapping:
    """Ask a service to map an area."""
    return mappings.ask(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "health_area": area,
            "service_id": service_id(service),
            "question": "Hun er sliten og spiser lite. Hva kan det være?",
            "due_on": None,
            **more,
        }
    )


def step(actor: Any, pathway_id: uuid.UUID, mapping: Mapping, state: MappingState, **more: Any) -> MappingStep:
    """The asked service says how far it has come."""
    return mappings.step(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "mapping_id": mapping.pk,
            "state": state,
            "on": clock.today(),
            **more,
        }
    )


def report(actor: Any, pathway_id: uuid.UUID, mapping: Mapping, informant: Informant, **more: Any) -> InformantReport:
    """The asked service writes how somebody sees it."""
    return mappings.report(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "mapping_id": mapping.pk,
            "informant": informant,
            "on": clock.today(),
            **more,
        }
    )


def refer(actor: Any, pathway_id: uuid.UUID, to: str, area: HealthArea, **more: Any) -> Referral:
    """Refer from the actor's own service."""
    return referrals.send(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "health_area": area,
            "to_service_id": service_id(to),
            "question": "",
            "situation": "",
            "sent_on": clock.today(),
            **more,
        }
    )


def send_link(actor: Any, pathway_id: uuid.UUID, item: uuid.UUID, **more: Any) -> Link:
    """A link to answer by, for a GP without an account."""
    return links.send(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "item": item,
            "name": "Per Holm",
            "role": Role.GP,
            "proof": ProofKind.HPR,
            "number": HPR,
            "mail": "per@storgata.example",
            **more,
        }
    )


def ask_by_link(actor: Any, child: Any) -> Link:
    """Anna's case under way, and a link to the GP with one question about mental health."""
    pathway_id = together.begin(actor, child)
    together.start(actor, pathway_id)
    consent(actor, pathway_id, "storgata", HealthArea.MENTAL, purposes=SEE_AND_TELL)
    question = questions.ask(
        actor=actor,
        pathway_id=pathway_id,
        once=None,
        sort=QuestionSort.INFORMATION,
        kind=InformationKind.MENTAL,
        to_service_id=service_id("storgata"),
        text="Har hun vært hos dere med hodepine?",
        answer_by=together.day(14),
    )
    return send_link(actor, pathway_id, question.pk)
