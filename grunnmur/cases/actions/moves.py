"""A family moves: one service offers the case, and the other takes it or not. Neither can do it alone.

Nothing is moved: the service that took over the child makes a record of its own of what came along, and asks for
consent anew; the one that had it keeps what it has written, as long as the law lets it (`definitions/retention.yaml`).
"""

import json
from datetime import date
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions import children, participants
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.actions.language import in_bokmal
from grunnmur.cases.door import Act, for_new_child, on_pathway
from grunnmur.cases.models import Child, Move, Received, has_number
from grunnmur.cases.queries import moves as queries
from grunnmur.cases.queries import passport
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import InformationKind, MoveAnswer
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.directory.sessions import Actor
from grunnmur.log import record

OVER = _("Tilbudet er alt besvart eller trukket tilbake.")


def offer(*, actor: Actor, pathway_id: UUID, once: UUID | None, to_service_id: UUID) -> Move:
    """Offer the case to the child welfare service where the child moves, when consent lets it be given there.

    The packet is made now, of what the consent lets that service know. Raises NotVisible, Refused, Invalid, TooOften.
    """
    with on_pathway(actor, pathway_id, "moves.offer", once=once) as act:
        limits.take(Limit.EXPORT_PERSON, actor.person_id)
        limits.take(Limit.EXPORT_SERVICE, actor.service_id)
        case = get_case(actor, pathway_id, page="move")
        with in_bokmal():
            made = passport.make(case, queries.get_receiver(case, to_service_id))
            packet = queries.packet(case, made)
        participants.forget_what_is_over()
        waiting = Move.objects.filter(pathway=act.case, answered_at=None, withdrawn_at=None)
        refuse(
            {
                "to": _("Saken er alt tilbudt en annen tjeneste. Trekk det tilbudet først.")
                if waiting.exists()
                else _("Barnet mangler navn. Skriv inn navnet først.")
                if not act.child.name
                else None
            }
        )
        move = Move(
            **act.row(InformationKind.CHILD_WELFARE),
            to_service_id=to_service_id,
            packet=packet,
            lines=made.lines,
            expires_at=participants.offers_last(act.before, on=act.today)[to_service_id],
        )
        move.save(force_insert=True)
        act.record("move.offered", kind=InformationKind.CHILD_WELFARE, subject=move.pk, data={"to": str(to_service_id)})
    return move


def withdraw(*, actor: Actor, pathway_id: UUID, once: UUID | None, move_id: UUID) -> None:
    """Take the offer back, as long as nobody has answered it; what would have gone along is not kept."""
    with on_pathway(actor, pathway_id, "moves.withdraw", once=once) as act:
        waiting = Move.objects.filter(pathway=act.case, pk=move_id, answered_at=None, withdrawn_at=None)
        refuse({"move_id": None if waiting.update(withdrawn_at=act.at, packet=None) else OVER})
        act.record("move.withdrawn", kind=InformationKind.CHILD_WELFARE, subject=move_id)


def accept(*, actor: Actor, move_id: UUID, once: UUID | None, journal_number: str) -> Child:
    """Take the case over: the child is registered with what came along, and whoever offered it is told.

    A child that the service has a record of already gets what came along in that record. Raises NotVisible when the
    offer is not there any more, Refused, Invalid.
    """
    with for_new_child(actor, "moves.accept", once=once) as at:
        sealed, child_id, pathway_id, from_service = _answer(move_id, accepts=True, why="")
        packet = Move._meta.get_field("packet").open(sealed, of=move_id)
        came = json.loads(packet)
        record.event(
            "move.accepted",
            at=at,
            child_id=child_id,
            pathway_id=pathway_id,
            kind=int(InformationKind.CHILD_WELFARE),
            service_id=actor.service_id,
            person_id=actor.person_id,
            subject_id=move_id,
        )
        number = came["national_id"] or None
        own = access.visible_to(actor, Child.objects.filter(author_service=actor.service_id))
        child = own.filter(has_number(number, owner_id=actor.service_id)).first() if number else None
        if child is None:
            refuse(
                {
                    "journal_number": _("Skriv deres eget journalnummer.")
                    if not journal_number.strip()
                    else _("Journalnummeret er brukt på et annet barn hos dere.")
                    if own.filter(journal_number=journal_number.strip()).exists()
                    else None
                }
            )
            with children.beside_what_is_kept_back("journal_number"):
                child = children.make(
                    actor,
                    at=at,
                    once=once,
                    name=came["name"],
                    born_on=date.fromisoformat(came["born_on"]),
                    journal_number=journal_number.strip(),
                    national_id=number,
                    sex=came["sex"],
                    language=came["language"],
                    needs_interpreter=came["needs_interpreter"],
                )
            act = Act(actor=actor, name="moves.accept", at=at, child=child, pathway=None, once=None)
        else:
            act = Act(actor=actor, name="moves.accept", at=at, child=child, pathway=None, once=once)
            act.record("move.received", kind=InformationKind.CHILD_WELFARE, subject=move_id)
        Received(
            child=child,
            **act.child_row(InformationKind.CHILD_WELFARE),
            from_service_id=from_service,
            move_id=move_id,
            packet=packet,
        ).save(force_insert=True)
    return child


def decline(*, actor: Actor, move_id: UUID, once: UUID | None, reason: str) -> None:
    """Say no to the case, with a reason for whoever offered it. Raises NotVisible, Refused, Invalid."""
    with for_new_child(actor, "moves.decline", once=once) as at:
        refuse(
            {"reason": None if reason.strip() else _("Skriv hvorfor, så de som tilbød saken, vet hva de skal gjøre.")}
        )
        _packet, child_id, pathway_id, _from = _answer(move_id, accepts=False, why=reason.strip())
        record.event(
            "move.declined",
            at=at,
            child_id=child_id,
            pathway_id=pathway_id,
            kind=int(InformationKind.CHILD_WELFARE),
            service_id=actor.service_id,
            person_id=actor.person_id,
            subject_id=move_id,
            data={"answer": str(MoveAnswer.DECLINED)},
            once=once,
        )


def _answer(move_id: UUID, *, accepts: bool, why: str) -> tuple[bytes, UUID, UUID, UUID]:
    """The packet (none for a no), the other service's child and pathway, and that service. Raises NotVisible."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select packet, child, pathway, from_service from sec.answer_move(%s, %s, %s)", [move_id, accepts, why]
        )
        answered = cursor.fetchone()
    if answered is None:
        raise access.NotVisible
    return answered[0] and bytes(answered[0]), *answered[1:]
