"""Adding services and people, by whoever runs the installation."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from grunnmur import postgres
from grunnmur.directory import newcomers
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.models import Account, Membership, Person, Service
from tests.logging_in import log_in

ON = date(2026, 1, 1)
PASSWORD = "lang nok setning til å være trygg"


@pytest.fixture
def owner(db: None) -> Iterator[None]:
    """Connected as the owner of the tables, whom the walls bind too."""
    with connection.cursor() as cursor:
        cursor.execute(f"set role {postgres.OWNER}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"set role {postgres.APP}")


def service(**more: Any) -> Service:
    given = {
        "kind": ServiceKind.CHILD_WELFARE,
        "name": "Sagene barneverntjeneste",
        "owner": "Oslo kommune",
        "org_number": "800000009",
        "municipality": "0301 Oslo",
        "phone": "37 00 00 00",
        "on": ON,
    }
    return newcomers.add_service(**(given | more))


def person(at: Service, **more: Any) -> Any:
    given = {
        "name": "Tor Vik",
        "username": "tor",
        "password": PASSWORD,
        "service": at,
        "role": Role.CONTACT_PERSON,
        "on": ON,
    }
    return newcomers.add_person(**(given | more))


def test_who_is_added_can_log_in(owner: None) -> None:
    person(service())
    with connection.cursor() as cursor:
        cursor.execute(f"set role {postgres.APP}")
    browser = Client(HTTP_HOST="localhost")
    assert log_in(browser, "tor", PASSWORD).status_code == 302
    page = browser.get("/").content.decode()
    assert "Tor Vik" in page
    assert "Sagene barneverntjeneste" in page


def test_a_service_is_found_by_number_and_by_name(owner: None) -> None:
    made = service()
    assert newcomers.find_service("800000009") == made
    assert newcomers.find_service("sagene barneverntjeneste") == made
    assert made.municipality is not None
    assert (made.municipality.number, made.municipality.name) == ("0301", "Oslo")


def test_an_unknown_service_is_answered_with_the_known_ones(owner: None) -> None:
    with pytest.raises(newcomers.CannotAdd, match=r"No service answers to «Bergen»\. Known here: .+ \(.+\)"):
        newcomers.find_service("Bergen")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        pytest.param({"name": "grimstad barneverntjeneste"}, "There is a service called", id="a name that is taken"),
        pytest.param({"org_number": None}, "has an organisation number", id="no organisation number"),
        pytest.param({"municipality": None}, "has an organisation number and a municip", id="no municipality"),
        pytest.param({"municipality": "Oslo"}, "as its number and name", id="a municipality without its number"),
        pytest.param({"municipality": "9999"}, "9999 is not known here yet", id="an unknown municipality"),
    ],
)
def test_a_service_that_cannot_be(owner: None, more: dict[str, Any], reason: str) -> None:
    before = Service.objects.count()
    with pytest.raises(newcomers.CannotAdd, match=reason):
        service(**more)
    assert Service.objects.count() == before


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        pytest.param({"username": "kari"}, "«kari» is taken", id="a user name that is taken"),
        pytest.param({"role": Role.GP}, "is no role in", id="a role of another kind of service"),
        pytest.param({"role": Role.IMPORTER}, "is no role in", id="a role that no person has"),
        pytest.param({"password": "kort"}, "15", id="a short password"),
        pytest.param({"password": "yfdbufnjh10305070"}, "vanlig", id="a password that everybody has"),
    ],
)
def test_a_person_that_cannot_be(owner: None, more: dict[str, Any], reason: str) -> None:
    at = service()
    before = Person.objects.count(), Membership.objects.count()
    with pytest.raises(newcomers.CannotAdd, match=reason):
        person(at, **more)
    assert (Person.objects.count(), Membership.objects.count()) == before


@pytest.mark.parametrize("model", [Person, Membership, Account])
def test_the_runtime_role_can_add_nobody(db: None, model: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.create(**{} if model is not Person else {"name": "Tor Vik"})
