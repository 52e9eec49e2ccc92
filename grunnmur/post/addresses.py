"""Where notices go: to the service, which its administrator sets, and to oneself, which one sets oneself."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from grunnmur.directory.sessions import Actor
from grunnmur.post.models import Address
from grunnmur.post.terms import Channel


def of_service(actor: Actor) -> dict[Channel, str]:
    """The addresses of the actor's service itself."""
    return _addresses(actor, person_id=None)


def of_mine(actor: Actor) -> dict[Channel, str]:
    """The actor's own, in the service they act for."""
    return _addresses(actor, person_id=actor.person_id)


def _addresses(actor: Actor, *, person_id: UUID | None) -> dict[Channel, str]:
    rows = _now(actor, person_id).order_by("channel")
    return {Channel(row.channel): row.address for row in rows}


def set_of_service(actor: Actor, *, at: datetime, given: dict[Channel, str]) -> None:
    """Other addresses of the service from now on; the database lets only its administrator."""
    _set(actor, person_id=None, at=at, given=given)


def set_mine(actor: Actor, *, at: datetime, given: dict[Channel, str]) -> None:
    """Other addresses of the actor's own from now on."""
    _set(actor, person_id=actor.person_id, at=at, given=given)


def _now(actor: Actor, person_id: UUID | None) -> QuerySet[Address]:
    """Those in use: a person's, or without one the service's own."""
    rows = Address.objects.filter(service_id=actor.service_id, message=None, ended_at=None)
    return rows.filter(person_id=person_id) if person_id else rows.filter(person=None)


def _set(actor: Actor, *, person_id: UUID | None, at: datetime, given: dict[Channel, str]) -> None:
    """Each way gets the address that is given, and none where it is empty; one that stays is not touched."""
    before = _addresses(actor, person_id=person_id)
    with transaction.atomic():
        for channel, address in given.items():
            if before.get(channel, "") == address:
                continue
            _now(actor, person_id).filter(channel=channel).update(ended_at=at)
            if address:
                Address.objects.create(
                    service_id=actor.service_id,
                    person_id=person_id,
                    channel=channel,
                    address=address,
                    set_by_id=actor.person_id,
                    set_at=at,
                )


def count_readers() -> int:
    """How many people can log in and read what is sent to the service that the one who asks acts for."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.count_readers()")
        count: int = cursor.fetchone()[0]
    return count
