"""What a clinic asks for in a referral: its administrator writes it, everybody who refers is told, nobody else may."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import ProgrammingError, transaction

from demo import cast
from grunnmur.cases.queries.referring import intake_of
from grunnmur.directory import intake
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import IntakeRule, Membership
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
AsAdmin = Callable[[], AbstractContextManager[None]]
GIVEN = {"accepts": ["gp", "leader"], "parts": ["guardians", "medicines"], "note": "Ring oss.", "version": "1"}


@pytest.fixture
def administered(db: None, as_admin: AsAdmin) -> None:
    """Siri administers ABUP."""
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("siri"))).update(is_administrator=True)


def test_the_administrator_says_it_and_says_it_anew(client_of: ClientOf, administered: None, acting: Acting) -> None:
    siri = client_of("siri")
    assert siri.post("/mottak/", GIVEN).status_code == 302
    page = BeautifulSoup(siri.get("/mottak/").content, "html.parser")
    ticked = {box["value"] for box in page.select("input[type=checkbox][checked]")}
    assert ticked == {"gp", "leader", "guardians", "medicines"}
    assert siri.post("/mottak/", {"note": "", "version": "2"}).status_code == 302
    with acting("per"):
        said = intake_of(together.service_id("abup"))
        assert (said.accepts, said.parts, said.note) == (frozenset(), frozenset(), "")
        assert IntakeRule.objects.count() == 2, "what was said before is still there"


def test_everybody_who_refers_is_told(client_of: ClientOf, administered: None, acting: Acting) -> None:
    client_of("siri").post("/mottak/", GIVEN)
    with acting("per"):
        said = intake_of(together.service_id("abup"))
        assert said.accepts == {Role.GP, Role.LEADER}
        assert said.parts == {"guardians", "medicines"}


@pytest.mark.parametrize(
    ("who", "reason"),
    [("nina", "som administrerer tjenesten"), ("leif", "tar ikke imot henvisninger"), ("ola", "tar ikke imot")],
)
def test_nobody_else_may(client_of: ClientOf, administered: None, who: str, reason: str) -> None:
    for response in (client_of(who).get("/mottak/"), client_of(who).post("/mottak/", GIVEN)):
        assert response.status_code == 403
        assert reason in response.content.decode()


@pytest.mark.parametrize("who", ["nina", "per", "ola"])
def test_the_database_refuses_what_the_page_forgot(administered: None, acting: Acting, who: str) -> None:
    with acting(who) as actor, pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        intake.say(actor=actor, accepts=[], parts=[], note="", seen=1)


def test_what_is_not_on_the_list_is_refused_beside_its_field(client_of: ClientOf, administered: None) -> None:
    wrong = client_of("siri").post("/mottak/", {"parts": ["shoe_size"], "note": "Ring oss."})
    assert wrong.status_code == 422
    assert "Ring oss." in wrong.content.decode()


def test_a_note_that_is_too_long_is_refused_and_kept_whole(client_of: ClientOf, administered: None) -> None:
    note = "Ring oss. " * 201
    wrong = client_of("siri").post("/mottak/", {**GIVEN, "note": note})
    assert wrong.status_code == 422
    assert note.strip() in wrong.content.decode()


def test_a_form_that_is_sent_twice_says_it_once(client_of: ClientOf, administered: None, acting: Acting) -> None:
    siri = client_of("siri")
    given = GIVEN | {"version": version_of(siri.get("/mottak/"))}
    for _time in range(2):
        assert siri.post("/mottak/", given).status_code == 302
    with acting("siri"):
        assert IntakeRule.objects.count() == 1


def test_what_somebody_else_said_meanwhile_is_not_written_over(
    client_of: ClientOf, administered: None, acting: Acting
) -> None:
    siri = client_of("siri")
    seen = version_of(siri.get("/mottak/"))
    with acting("siri") as actor:
        intake.say(actor=actor, accepts=[Role.GP], parts=[], note="Skriv kort.", seen=1)
    late = siri.post("/mottak/", GIVEN | {"version": seen})
    assert late.status_code == 409
    assert "Ring oss." in late.content.decode()
    with acting("per"):
        assert intake_of(together.service_id("abup")).note == "Skriv kort."
    assert siri.post("/mottak/", GIVEN | {"version": version_of(late)}).status_code == 302


def version_of(response: Any) -> str:
    """The version that a form shows."""
    field = BeautifulSoup(response.content, "html.parser").select_one("input[name=version]")
    assert field is not None
    return str(field["value"])
