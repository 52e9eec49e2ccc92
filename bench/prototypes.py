"""A few cases made by the program's own acts, which `load` then multiplies: what is measured is what people make."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import (
    basis,
    children,
    closings,
    consents,
    mappings,
    meetings,
    pathways,
    plans,
    referrals,
)
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import Invitation, Pathway, RelatedPerson
from grunnmur.cases.queries import case as case_queries
from grunnmur.cases.terms import (
    HEALTH_KINDS,
    AssessmentOutcome,
    AttendanceAnswer,
    ChildParticipation,
    ChildWelfarePosition,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    MappingConclusion,
    MappingState,
    MeetingKind,
    ReferralAnswerKind,
    RelationKind,
    SignatoryKind,
)
from grunnmur.directory import sessions

LOOKS = 6
"""Kari's looks at each case, which the access log holds."""


def make() -> dict[str, uuid.UUID]:
    """One child of each kind, in Grimstad, by the name of its kind. Run as the runtime role."""
    return {build.__name__: build() for build in KINDS}


def waiting() -> uuid.UUID:
    """A child in the target group whom nobody has assessed."""
    today = clock.today()
    born_on = today - timedelta(days=13 * 365 + 100)
    with sessions.acting(_membership("kari")) as kari:
        child = children.register(
            actor=kari,
            once=None,
            name="",
            born_on=born_on,
            journal_number=f"P-{uuid.uuid4().hex[:12]}",
            sex="2",
        ).pk
        for name, relation in (("Mona Prøve", RelationKind.MOTHER), ("Erik Prøve", RelationKind.FATHER)):
            children.add_person(
                actor=kari,
                child_id=child,
                once=None,
                name=name,
                relation=relation,
                from_on=born_on,
                has_parental_responsibility=True,
                has_daily_care=True,
                phone="900 00 000",
            )
        children.set_status(
            actor=kari,
            child_id=child,
            once=None,
            position=ChildWelfarePosition.INVESTIGATION,
            from_on=today - timedelta(days=10),
        )
    return child


def assessing() -> uuid.UUID:
    """A case that is being assessed: the service owes the decision."""
    child = waiting()
    with sessions.acting(_membership("kari")) as kari:
        pathway = pathways.open_pathway(actor=kari, child_id=child, once=None).pk
        for whom, summary, participation in (
            ("child", "Sover dårlig, er ofte lei seg.", ChildParticipation.CONVERSATION),
            ("parents", "Bekymret for skolefraværet.", ""),
        ):
            basis.record_conversation(
                actor=kari,
                pathway_id=pathway,
                once=None,
                with_whom=whom,
                held_on=clock.today(),
                summary=summary,
                participation=participation,
            )
        for _look in range(LOOKS):
            case_queries.get_case(kari, pathway, page="pathway")
    return child


def not_started() -> uuid.UUID:
    """A case that was assessed and not started."""
    child = assessing()
    _decide(child, AssessmentOutcome.DO_NOT_START, {})
    return child


def ours() -> uuid.UUID:
    """A case under way, in which the service has the next thing to do."""
    child = assessing()
    calm = next(item.key for item in definitions().editions[-1].criteria if not item.acute)
    _decide(child, AssessmentOutcome.START, {calm: "Barnet og foreldrene ber om hjelp."})
    for recipient in ("storgata", "abup"):
        _consent(child, recipient)
    return child


def others() -> uuid.UUID:
    """A case with everything in it, in which a health service has the next thing to do."""
    child = ours()
    _meet(child, MeetingKind.AVKLARINGSMOTE, {"storgata": "per"})
    _meet(child, MeetingKind.OPPSTARTSMOTE, {"storgata": "per", "abup": "siri"})
    _plan(child)
    _map(child, HealthArea.SOMATIC, "storgata", "per")
    _map(child, HealthArea.MENTAL, "abup", "siri")
    with sessions.acting(_membership("kari")) as kari:
        for area in (HealthArea.DENTAL, HealthArea.SEXUAL, HealthArea.SUBSTANCE_USE):
            mappings.leave_out(
                actor=kari, pathway_id=_pathway(child), once=None, health_area=area, why="Ingenting tyder på det."
            )
    with sessions.acting(_membership("per")) as per:
        referrals.send(
            actor=per,
            pathway_id=_pathway(child),
            once=None,
            health_area=HealthArea.MENTAL,
            to_service_id=cast.service("abup").id,
            question="Utredning?",
            situation="Sover dårlig.",
            sent_on=clock.today(),
        )
    return child


def closed() -> uuid.UUID:
    """A case that has run its course and is closed."""
    child = others()
    today = clock.today()
    with sessions.acting(_membership("siri")) as siri:
        pathway = _pathway(child)
        case = case_queries.get_case(siri, pathway, page="pathway")
        referrals.answer(
            actor=siri,
            pathway_id=pathway,
            once=None,
            referral_id=uuid.UUID(case.facts.referrals[0].id),
            answer=ReferralAnswerKind.RIGHT_GRANTED,
            answered_on=today,
            treatment_starts_on=today,
            treatment_deadline=today + timedelta(days=30),
        )
    with sessions.acting(_membership("kari")) as kari:
        case = case_queries.get_case(kari, pathway, page="close_pathway")
        closings.close(
            actor=kari,
            pathway_id=pathway,
            once=None,
            seen=case.pathway.version,
            ground=case.edition.closing_grounds[0].key,
            closed_on=today,
            summary="Kartlagt og fulgt opp.",
            child_view="Fornøyd.",
            carriers=[
                Carrier(what="Oppgave", who="Fastlegen", subject_id=uuid.UUID(thing))
                for thing in case.facts.open_things()
            ],
        )
    return child


KINDS: tuple[Callable[[], uuid.UUID], ...] = (waiting, assessing, ours, others, not_started, closed)


def _membership(key: str) -> uuid.UUID:
    return cast.membership_id(cast.get(key))


def _pathway(child: uuid.UUID) -> uuid.UUID:
    """The child's pathway, as whoever is acting sees it."""
    return Pathway.objects.get(child=child).pk


def _decide(child: uuid.UUID, outcome: AssessmentOutcome, criteria: dict[str, str]) -> None:
    with sessions.acting(_membership("kari")) as kari:
        pathways.assess(
            actor=kari,
            pathway_id=_pathway(child),
            once=None,
            seen=None,
            outcome=outcome,
            criteria=criteria,
            reason="Vurdert mot kriteriene.",
            decided_on=clock.today(),
            participation=ChildParticipation.CONVERSATION,
        )


def _consent(child: uuid.UUID, recipient: str) -> None:
    today = clock.today()
    with sessions.acting(_membership("kari")) as kari:
        consents.record(
            actor=kari,
            pathway_id=_pathway(child),
            once=None,
            purposes=[ConsentPurpose.CONTACT_HEALTH, ConsentPurpose.RELEASE_HEALTH_INFO],
            recipient_id=cast.service(recipient).id,
            kinds=HEALTH_KINDS,
            valid_from=today,
            valid_until=today + timedelta(days=300),
            answers=[
                Answer(SignatoryKind.CHILD, ConsentAnswer.YES, today, "oral"),
                *(
                    Answer(SignatoryKind.PARENT, ConsentAnswer.YES, today, "oral", related_person_id=parent)
                    for parent in RelatedPerson.objects.filter(child=child).values_list("pk", flat=True)
                ),
            ],
        )


def _meet(child: uuid.UUID, kind: MeetingKind, invited: dict[str, str]) -> None:
    """Call, answer and hold a meeting; `invited` is service → who answers for it."""
    now = clock.now()
    services = [cast.service(key).id for key in invited]
    with sessions.acting(_membership("kari")) as kari:
        pathway = _pathway(child)
        meeting = meetings.call(
            actor=kari,
            pathway_id=pathway,
            once=None,
            meeting=kind,
            starts_at=now,
            place="Rådhuset",
            is_video=False,
            services=services,
            related_people=[],
            child_invited=True,
        ).pk
        invitations = dict(Invitation.objects.filter(meeting=meeting).values_list("service_id", "pk"))
    for service, who in invited.items():
        with sessions.acting(_membership(who)) as actor:
            meetings.reply(
                actor=actor,
                pathway_id=pathway,
                once=None,
                invitation_id=invitations[cast.service(service).id],
                answer=AttendanceAnswer.ACCEPTED,
            )
    with sessions.acting(_membership("kari")) as kari:
        meetings.hold(
            actor=kari,
            pathway_id=pathway,
            once=None,
            meeting_id=meeting,
            held_on=now.date(),
            services_present=services,
            people_present=[],
            child_present=True,
            participation=ChildParticipation.CONVERSATION,
            minutes="Alle sa hva de kan gjøre.",
        )


def _plan(child: uuid.UUID) -> None:
    with sessions.acting(_membership("kari")) as kari:
        pathway = _pathway(child)
        goal = plans.set_goal(actor=kari, pathway_id=pathway, once=None, text="Sove bedre og komme tilbake på skolen.")
        for what, service in (("Bestille time", "storgata"), ("Snakke med skolen", "grimstad")):
            plans.set_task(
                actor=kari,
                pathway_id=pathway,
                once=None,
                what=what,
                service_id=cast.service(service).id,
                related_person_id=None,
                due_on=clock.today() + timedelta(days=60),
                goal_id=goal.pk,
            )


def _map(child: uuid.UUID, area: HealthArea, service: str, who: str) -> None:
    """Ask for a mapping, which is taken on and concluded."""
    today = clock.today()
    with sessions.acting(_membership("kari")) as kari:
        pathway = _pathway(child)
        mapping = mappings.ask(
            actor=kari,
            pathway_id=pathway,
            once=None,
            health_area=area,
            service_id=cast.service(service).id,
            question="Hva trenger barnet?",
            due_on=today + timedelta(days=40),
        ).pk
    with sessions.acting(_membership(who)) as actor:
        mappings.step(
            actor=actor, pathway_id=pathway, once=None, mapping_id=mapping, state=MappingState.ACCEPTED, on=today
        )
        mappings.step(
            actor=actor,
            pathway_id=pathway,
            once=None,
            mapping_id=mapping,
            state=MappingState.CONCLUDED,
            on=today,
            conclusion=MappingConclusion.REFERRAL,
            findings="Trenger utredning.",
            matters_to_child="At noen hører etter.",
        )
