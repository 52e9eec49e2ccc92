"""Loading the demo: municipalities and services, the cast, Anna at the beginning, and a synthetic population."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from demo import cast
from grunnmur import clock
from grunnmur.cases import national_id
from grunnmur.cases.actions import children
from grunnmur.cases.models import Child
from grunnmur.cases.terms import ChildWelfarePosition, RelationKind
from grunnmur.directory import sessions
from grunnmur.directory.kinds import OrganisationKind, ServiceKind
from grunnmur.directory.models import Account, Membership, Municipality, Organisation, Person, Service

LONG_AGO = date(2015, 1, 1)
PASSWORD = "demo-demo-demo-demo"


def load_directory() -> None:
    """The municipalities and the services and people of the cast."""
    for number, name in (("4202", "Grimstad"), ("4215", "Lillesand")):
        Municipality.objects.get_or_create(number=number, defaults={"name": name, "county": "Agder"})
    password = make_password(PASSWORD)
    for one in cast.SERVICES:
        organisation, _made = Organisation.objects.get_or_create(
            pk=cast.fixed_id(f"organisation/{one.key}"),
            defaults={"name": one.name, "kind": OrganisationKind.MUNICIPALITY},
        )
        Service.objects.get_or_create(
            pk=one.id,
            defaults={
                "organisation": organisation,
                "municipality_id": one.municipality,
                "kind": one.kind,
                "name": one.name,
                "org_number": one.org_number if one.kind is ServiceKind.CHILD_WELFARE else None,
                "phone": one.phone,
                "opened_on": LONG_AGO,
                "is_example": True,
            },
        )
    for persona in cast.CAST:
        Person.objects.get_or_create(pk=persona.person_id, defaults={"name": persona.name})
        Account.objects.get_or_create(
            person_id=persona.person_id, defaults={"username": persona.key, "password": password}
        )
        Membership.objects.get_or_create(
            pk=cast.membership_id(persona),
            defaults={
                "person_id": persona.person_id,
                "service_id": cast.service(persona.service).id,
                "role": persona.role,
                "starts_on": LONG_AGO,
            },
        )


def load_anna() -> Child:
    """Anna, 14, with her parents, under investigation in Grimstad, waiting for her first assessment (S3)."""
    today = clock.today()
    born_on = today - timedelta(days=14 * 365 + 195)
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        anna = children.register(
            actor=kari,
            once=None,
            name="Anna Solberg",
            born_on=born_on,
            journal_number="G-2026-0001",
            national_number=national_id.make_synthetic(born_on, national_id.Sex.FEMALE, 0),
            sex="2",
        )
        for name, relation in (("Mona Solberg", RelationKind.MOTHER), ("Erik Solberg", RelationKind.FATHER)):
            children.add_person(
                actor=kari,
                child_id=anna.pk,
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
            child_id=anna.pk,
            once=None,
            position=ChildWelfarePosition.INVESTIGATION,
            from_on=today - timedelta(days=10),
        )
    return anna


def load() -> None:
    """Everything, in one transaction."""
    with transaction.atomic():
        load_directory()
        load_anna()
