"""Adding services and the people who log in, by whoever runs the installation; the tables' owner does it, not the
runtime role, so that nobody can let themselves in through a page."""

import re
import uuid
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from grunnmur.directory.kinds import OrganisationKind, Role, ServiceKind
from grunnmur.directory.models import ORIGIN, Account, Membership, Municipality, Organisation, Person, Service
from grunnmur.directory.passwords import Names, weaknesses


class CannotAdd(Exception):
    """What was asked for cannot be added; the message says why, in plain words."""


def find_service(text: str) -> Service:
    """The one service with this organisation number or name. Raises CannotAdd when there is none, or several."""
    found = list(Service.objects.filter(Q(org_number=text) | Q(name__iexact=text)).order_by("name"))
    if len(found) == 1:
        return found[0]
    if found:
        raise CannotAdd(f"Several services answer to «{text}». Use an organisation number.")
    known = ", ".join(f"{name} ({number or 'no number'})" for name, number in _known_services())
    raise CannotAdd(f"No service answers to «{text}». Known here: {known or 'none'}.")


def _known_services() -> list[tuple[str, str | None]]:
    return list(Service.objects.order_by("name").values_list("name", "org_number")[:30])


def add_service(
    *, kind: ServiceKind, name: str, owner: str, org_number: str | None, municipality: str | None, phone: str, on: date
) -> Service:
    """A service that opens `on` a day, and the body that runs it. `municipality` is «4202 Grimstad», or none.

    Raises CannotAdd.
    """
    if Service.objects.filter(name__iexact=name).exists():
        raise CannotAdd(f"There is a service called «{name}» already.")
    if kind is ServiceKind.CHILD_WELFARE and not (org_number and municipality):
        raise CannotAdd("A child welfare service has an organisation number and a municipality.")
    with transaction.atomic():
        place = None
        if municipality:
            number, _space, called = municipality.partition(" ")
            if not (len(number) == 4 and number.isdecimal()):
                raise CannotAdd("Write the municipality as its number and name: «4202 Grimstad».")
            place = Municipality.objects.filter(number=number).first()
            if place is None and not called:
                raise CannotAdd(f"Municipality {number} is not known here yet; write its name too: «{number} Name».")
            place = place or Municipality.objects.create(number=number, name=called, county="")
        body, _made = Organisation.objects.get_or_create(
            name=owner, defaults={"kind": OrganisationKind.MUNICIPALITY if place else OrganisationKind.STATE}
        )
        return Service.objects.create(
            organisation=body,
            municipality=place,
            kind=kind,
            name=name,
            org_number=org_number,
            phone=phone,
            opened_on=on,
        )


def set_site(*, municipality: str, origin: str) -> Municipality:
    """Let a municipality's own site show «Hvor kan jeg få hjelp?» inside a page of its own; an empty origin ends it.

    Raises CannotAdd.
    """
    place = Municipality.objects.filter(number=municipality).first()
    if place is None:
        raise CannotAdd(f"Municipality {municipality} is not known here. Give its four-digit number, such as 4202.")
    if not re.fullmatch(ORIGIN, origin):
        raise CannotAdd("Write the site as https:// and its name, with nothing after it: «https://www.example.no».")
    place.framed_by = origin
    place.save(update_fields=["framed_by"])
    return place


def add_person(*, name: str, username: str, password: str, service: Service, role: Role, on: date) -> uuid.UUID:
    """A person with an account and one role in one service, from a day on. Returns the membership's id.

    Raises CannotAdd.
    """
    if role is Role.IMPORTER or role.is_child_welfare != (service.service_kind is ServiceKind.CHILD_WELFARE):
        raise CannotAdd(f"«{role.label}» is no role in {service.name} ({service.service_kind.label}).")
    if Account.objects.filter(username=username).exists():
        raise CannotAdd(f"The user name «{username}» is taken.")
    faults = weaknesses(password, names=Names(username=username, name=name))
    if faults:
        raise CannotAdd(" ".join(faults))
    with transaction.atomic():
        person = Person.objects.create(name=name)
        Account.objects.create(person=person, username=username, password=make_password(password))
        membership = Membership.objects.create(person=person, service=service, role=role, starts_on=on)
    return membership.pk
