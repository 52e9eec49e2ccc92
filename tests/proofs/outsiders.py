"""Those who come in without working in any service: children and parents with a log-in, and who answers by a link."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.proofs import stage
from tests.proofs.crawler import Persona
from tests.proofs.world import FAR, LONG_AGO
from tests.reference import access as reference

FAMILY, BY_LINK = "family", "reply"
"""Where their tokens stand in the browser's session (`grunnmur.web.middleware`)."""


def relatives(admin_url: str) -> list[Persona]:
    """Everybody with a log-in to a family's pages, children first."""
    from grunnmur.cases.actions import family_log_ins
    from grunnmur.cases.models import FamilyLogIn

    with stage.as_admin(admin_url):
        given = sorted(FamilyLogIn.objects.all(), key=lambda one: (one.identity != one.child_id, str(one.pk)))
    found = []
    for one in given:
        token = family_log_ins.open_session(one.pk)
        if token is not None:  # one whose access has ended has none
            who = reference.Someone(str(one.identity), None, reference.RELATIVE, LONG_AGO, FAR)
            name = "the child itself" if one.identity == one.child_id else "a relative"
            found.append(Persona(f"{name}, {one.pk}", token, who, kept_as=FAMILY))
    return found


def who_answer_by_link(admin_url: str) -> list[Persona]:
    """One for each table with something that a link can be sent about, where the world has a row that waits."""
    from grunnmur.cases.actions.checks import Invalid

    _ask_a_question(admin_url)
    found = []
    for table, waiting in asked_of_services(admin_url).items():
        for one in waiting:
            try:
                token, who = _with_a_link(one)
            except Invalid:
                continue  # answered already, or nobody has said yes to it
            found.append(Persona(f"by a link about one of {table}", token, who, kept_as=BY_LINK))
            break
    return [*found, *_by_code(admin_url)]


def _by_code(admin_url: str) -> Iterator[Persona]:
    """One who comes in by a code by SMS, about the times of a meeting, or a meeting, where there is one."""
    from grunnmur.cases.actions.checks import Invalid
    from grunnmur.post import links
    from grunnmur.post.terms import Confirmed, ProofKind

    waiting = asked_of_services(admin_url)
    for one in [*waiting["PollAsked"], *waiting["Invitation"]]:
        if not _code_is_enough(admin_url, one.row.author_service_id):
            continue
        by_code = {"proof": ProofKind.CODE, "number": "", "mail": "", "phone": "+4790000001"}
        try:
            link = _send(one, **by_code, confirmed=Confirmed.SPOKEN)
        except Invalid:
            continue
        delivery = links.send_code(link.pk)
        token = links.open_by_code(link.pk, links.code_for(delivery)) if delivery else None
        assert token is not None, "the code of a link that was sent just now is good"
        who = reference.Someone(
            str(link.pk), None, reference.ASKED_BY_CODE, LONG_AGO, FAR, answers_for=str(one.service.pk)
        )
        yield Persona("by a link with a code by SMS", token, who, kept_as=BY_LINK)
        return


def _code_is_enough(admin_url: str, service_id: UUID) -> bool:
    """Let a leader of the service decide that a code is enough there. False for a service without one."""
    from datetime import timedelta

    from grunnmur import clock
    from grunnmur.directory import sessions
    from grunnmur.directory.kinds import Role
    from grunnmur.directory.models import Membership
    from grunnmur.stewardship import codes

    with stage.as_admin(admin_url):
        leader = Membership.objects.filter(service=service_id, role=Role.LEADER, ends_on=None).order_by("pk").first()
    if leader is None:
        return False
    today = clock.today()
    with sessions.acting(leader.pk, is_strong=True) as actor:
        assert actor.municipality is not None, "a child welfare service is in a municipality"
        if codes.enough_until(actor.municipality, on=today) is None:
            said, before = codes.Said("Prøve.", today + timedelta(days=30)), codes.history(actor.municipality)
            seen = before[0].number if before else 0
            codes.decide(actor=actor, place=actor.municipality, said=said, seen=seen, at=clock.now(), on=today)
    return True


@dataclass(frozen=True, slots=True)
class Waits:
    """One row in which a service was asked something."""

    row: Any
    service: Any
    membership: UUID
    """Of the one who is responsible for the case."""


def _with_a_link(one: Waits) -> tuple[str, reference.Someone]:
    """A link that is sent by the act itself, and a session behind it. Raises Invalid."""
    from grunnmur.post import links
    from grunnmur.post.terms import ProofKind

    link = _send(one, proof=ProofKind.HPR, number="7654321", mail="prove@example.no")
    token = links.open_session(link.pk)
    assert token is not None, "a link that was sent just now is open"
    who = reference.Someone(str(link.pk), None, reference.ASKED, LONG_AGO, FAR, answers_for=str(one.service.pk))
    return token, who


def _send(one: Waits, **proof: Any) -> Any:
    from grunnmur.cases.actions import links as sending
    from grunnmur.directory import sessions
    from grunnmur.directory.kinds import roles_in

    with sessions.acting(one.membership) as actor:
        return sending.send(
            actor=actor,
            pathway_id=one.row.pathway_id,
            once=None,
            item=one.row.pk,
            name="Prøve",
            role=roles_in(one.service.service_kind)[0],
            service_id=one.service.pk,
            **proof,
        )


def _ask_a_question(admin_url: str) -> None:
    """The demo's cases have none that waits: ask the first service that may be asked what its mapping is about."""
    from grunnmur import clock
    from grunnmur.cases.actions import questions
    from grunnmur.cases.actions.checks import Invalid
    from grunnmur.cases.terms import InformationKind, QuestionSort
    from grunnmur.directory import sessions

    for one in asked_of_services(admin_url)["Mapping"]:
        with suppress(Invalid), sessions.acting(one.membership) as actor:
            questions.ask(
                actor=actor,
                pathway_id=one.row.pathway_id,
                once=None,
                sort=QuestionSort.INFORMATION,
                kind=InformationKind(one.row.kind),
                to_service_id=one.service.pk,
                text="Kjenner dere til dette?",
                answer_by=clock.today(),
            )
            return


def asked_of_services(admin_url: str) -> dict[str, list[Waits]]:
    """Everything that a service was asked in a case that is open, by table, the newest first."""
    from grunnmur.cases.lifecycle import OPEN
    from grunnmur.cases.models import Invitation, Mapping, MeetingHeld, Pathway, PollAsked, Question, Referral
    from grunnmur.directory.models import Membership, Service

    columns = {
        Question: "to_service_id",
        Referral: "to_service_id",
        Mapping: "service_id",
        Invitation: "service_id",
        PollAsked: "service_id",
        MeetingHeld: "services_present",
    }
    with stage.as_admin(admin_url):
        services = Service.objects.in_bulk()
        holds = {(one.person_id, one.service_id): one.pk for one in Membership.objects.filter(ends_on=None)}
        responsible = {
            one.pk: membership
            for one in Pathway.objects.filter(status__in=OPEN)
            if (membership := holds.get((one.contact_person_id, one.author_service_id)))
        }

        def of(model: Any, column: str) -> Iterator[Waits]:
            for row in model.objects.filter(pathway__in=responsible).order_by("-recorded_at", "pk"):
                asked = getattr(row, column)
                for service in asked if isinstance(asked, list) else [asked]:
                    if service in services:
                        yield Waits(row, services[service], responsible[row.pathway_id])

        return {model.__name__: list(of(model, column)) for model, column in columns.items()}


def everybody(admin_url: str) -> list[Persona]:
    """Those of the families, and those with links."""
    return [*relatives(admin_url), *who_answer_by_link(admin_url)]
