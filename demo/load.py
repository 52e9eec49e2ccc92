"""Loading the demo: the services of Agder, the cast, Anna at the beginning, and a synthetic population."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from demo import cast
from demo.places import COUNTY, PLACES
from demo.services import OPENED_ON, services
from grunnmur import clock
from grunnmur.cases import national_id
from grunnmur.cases.actions import children
from grunnmur.cases.models import Child
from grunnmur.cases.terms import ChildWelfarePosition, RelationKind
from grunnmur.directory import sessions
from grunnmur.directory.models import Account, Membership, Municipality, Organisation, Person, Service

PASSWORD = "demo-demo-demo-demo"


def load_directory() -> None:
    """Agder's municipalities and services, the cast, and those who work beside them. May be run again."""
    Municipality.objects.bulk_create(
        (Municipality(number=place.number, name=place.name, county=COUNTY) for place in PLACES), ignore_conflicts=True
    )
    bodies = {one.organisation for one in services()}
    Organisation.objects.bulk_create(
        (
            Organisation(pk=cast.fixed_id(f"organisation/{key}"), name=name, kind=kind)
            for key, name, kind in sorted(bodies)
        ),
        ignore_conflicts=True,
    )
    Service.objects.bulk_create(
        (
            Service(
                pk=one.id,
                organisation_id=cast.fixed_id(f"organisation/{one.organisation[0]}"),
                municipality_id=one.municipality,
                kind=one.kind,
                name=one.name,
                org_number=one.org_number,
                phone=one.phone,
                opened_on=OPENED_ON,
                closed_on=one.closed_on,
                is_example=one.is_example,
            )
            for one in services()
        ),
        ignore_conflicts=True,
    )
    employees = [(one, employee) for one in services() for employee in one.employees]
    Person.objects.bulk_create(
        (Person(pk=employee.person_id, name=employee.name) for _service, employee in employees), ignore_conflicts=True
    )
    Membership.objects.bulk_create(
        (
            Membership(
                pk=employee.membership_id,
                person_id=employee.person_id,
                service_id=service.id,
                role=employee.role,
                starts_on=OPENED_ON,
            )
            for service, employee in employees
        ),
        ignore_conflicts=True,
    )
    password = make_password(PASSWORD)
    Account.objects.bulk_create(
        (
            Account(
                pk=cast.fixed_id(f"account/{one.key}"), person_id=one.person_id, username=one.key, password=password
            )
            for one in cast.CAST
        ),
        ignore_conflicts=True,
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
