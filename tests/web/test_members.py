"""Joining and leaving a service: who may invite, what a code gives, and that one is out the moment it ends."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client

from demo import cast
from grunnmur import clock
from grunnmur.directory import members, sessions
from grunnmur.directory.kinds import Role, ServiceKind, roles_in
from grunnmur.directory.models import Invitation, Membership
from grunnmur.log.models import AccessLog
from tests.logging_in import hidden, new_app
from tests.web.reading import fault, form_of, page, text

ClientOf = Callable[[str], Client]
Outside = Callable[[], AbstractContextManager[None]]
NEW_PASSWORD = "fjorten blå sykler"


@pytest.fixture
def leif(client_of: ClientOf) -> Client:
    """The leader, who has just confirmed that it is he."""
    client = client_of("leif")
    client.post("/bekreft/")
    return client


def invited(leif: Client, **more: str) -> str:
    """A code from the page."""
    answer = leif.post("/medlemmer/inviter/", {"name": "Tuva Ny", "role": "contact_person", **more})
    return str(page(answer).select_one("[data-code]").get_text())  # type: ignore[union-attr]


def someone() -> Client:
    return Client(HTTP_HOST="localhost")


def take(code: str, username: str = "tuva", **more: str) -> tuple[Client, Any]:
    """What somebody new gets who types the code and chooses a user name and a password."""
    browser = someone()
    typed = {"username": username, "password": NEW_PASSWORD, "again": NEW_PASSWORD, **more}
    return browser, browser.post("/bli-med/", {"code": code, **typed})


def all_the_way_in(code: str) -> Client:
    browser, answer = take(code)
    codes = browser.post("/logg-inn/ny/", {"code": new_app(answer).code()})
    browser.post("/logg-inn/tjeneste/", {"proof": hidden(codes, "proof")})
    return browser


# --- inviting ------------------------------------------------------------------------------------------------


def test_an_invitation_is_made_handed_over_and_used_once(leif: Client, as_admin: Outside) -> None:
    code = invited(leif)
    shown = page(someone().post("/bli-med/", {"code": f" {code.upper()} "}))
    assert "Tuva Ny er invitert som kontaktperson i barnevernet." in text(shown)
    browser = all_the_way_in(code)
    assert "Tuva Ny" in page(browser.get("/")).header.get_text()
    assert "Tuva Ny" in text(page(leif.get("/medlemmer/")))
    assert "Koden gjelder ikke." in fault(page(someone().post("/bli-med/", {"code": code}), 422), "code")
    with as_admin():
        assert code.replace("-", "").encode() not in bytes(Invitation.objects.get().code_sha256)
        done = AccessLog.objects.filter(person_id=cast.get("leif").person_id).values_list("action", flat=True)
        assert {"invite", "members", "confirm"} <= set(done)
        assert AccessLog.objects.get(action="invite").asked_id == Invitation.objects.get().pk


def test_one_who_has_an_account_joins_another_service_as_who_one_is(leif: Client, client_of: ClientOf) -> None:
    code = invited(leif, name="Ola Vatne")
    ola = client_of("ola")
    shown = page(ola.post("/bli-med/", {"code": code}))
    assert "Bli med som Ola Vatne" in text(shown)
    assert ola.post("/bli-med/", {"code": code, "as_me": "1"}).status_code == 302
    assert cast.service("grimstad").name in text(page(ola.get("/min-innlogging/")))


def test_the_same_role_twice_is_said(leif: Client, client_of: ClientOf) -> None:
    code = invited(leif, name="Kari Lunde")
    kari = client_of("kari")
    answer = kari.post("/bli-med/", {"code": code, "as_me": "1"}, follow=True)
    assert "Du har denne rollen i tjenesten alt." in text(page(answer))


def test_it_asks_to_confirm_first_and_keeps_what_was_typed(client_of: ClientOf) -> None:
    leif = client_of("leif")
    assert leif.get("/medlemmer/inviter/")["Location"].startswith("/bekreft/")
    shown = page(leif.post("/medlemmer/inviter/", {"name": "Tuva Ny", "role": "leader"}), 401)
    kept = page(leif.post("/bekreft/", form_of(shown)))
    back = page(leif.post("/medlemmer/inviter/", form_of(kept)))
    assert form_of(back)["name"] == "Tuva Ny"


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"name": ""}, "name", "Fyll ut dette feltet."),
        ({"role": "gp"}, "role", "Velg fra listen."),
        ({"role": "importer"}, "role", "Velg fra listen."),
        ({"ends_on": "01.01.2020"}, "ends_on", "Velg en dag som ikke har vært."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(leif: Client, typed: dict[str, str], field: str, said: str) -> None:
    given = {"name": "Tuva Ny", "role": "contact_person", **typed}
    shown = page(leif.post("/medlemmer/inviter/", given), 422)
    assert said in fault(shown, field)
    if field != "name":
        assert form_of(shown)["name"] == "Tuva Ny"


@pytest.mark.parametrize("key", ["kari", "per", "ola"])
@pytest.mark.parametrize("address", ["", "inviter/", "avslutt/", "logg-ut/", "trekk/"])
def test_nobody_else_gets_near_it(client_of: ClientOf, key: str, address: str, as_admin: Outside) -> None:
    client = client_of(key)
    client.post("/bekreft/")
    mine = {"membership": str(cast.membership_id(cast.get("leif"))), "name": "X", "role": "leader"}
    answer = client.get("/medlemmer/") if not address else client.post(f"/medlemmer/{address}", mine)
    assert answer.status_code == 403
    assert "Bare den som administrerer tjenesten" in answer.content.decode()
    with as_admin():
        assert not Invitation.objects.exists()
        assert Membership.objects.get(pk=mine["membership"]).ends_on is None


def test_with_sql_alone_it_takes_an_administrator_who_has_just_confirmed(db: None) -> None:
    calls = (
        "select sec.invite(sha256('x'), 'X', 'leader', true, null, '1 day')",
        "select sec.end_membership(gen_random_uuid())",
        "select sec.log_out_member(gen_random_uuid())",
        "select sec.withdraw_invitation(gen_random_uuid())",
    )
    for key, is_strong in (("leif", False), ("kari", True)):
        with sessions.acting(cast.membership_id(cast.get(key)), is_strong=is_strong):
            for call in calls:
                with pytest.raises(ProgrammingError, match="not an administrator"), transaction.atomic():
                    connection.cursor().execute(call)
    for call in calls:
        with pytest.raises(ProgrammingError, match="not an administrator"), transaction.atomic():
            connection.cursor().execute(call)


def test_elsewhere_it_is_a_mark_on_the_membership(client_of: ClientOf, as_admin: Outside) -> None:
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("siri"))).update(is_administrator=True)
    siri = client_of("siri")
    assert siri.get("/medlemmer/").status_code == 200
    assert "Siri Dahl" in text(page(siri.get("/medlemmer/")))
    assert "Kari Lunde" not in text(page(siri.get("/medlemmer/")))


# --- codes that are not good ---------------------------------------------------------------------------------


def _last_invitation(leif: Client) -> dict[str, str]:
    found = page(leif.get("/medlemmer/")).find("input", {"name": "invitation"})
    return {"invitation": str(found["value"])}  # type: ignore[index]


def test_a_code_that_is_withdrawn_is_worth_nothing(leif: Client) -> None:
    code = invited(leif)
    assert leif.post("/medlemmer/trekk/", _last_invitation(leif)).status_code == 302
    assert take(code)[1].status_code == 422


def test_a_code_is_good_for_seven_days(leif: Client, travel: Callable[[Any], None]) -> None:
    code = invited(leif)
    travel(clock.now() + timedelta(days=7, minutes=1))
    assert take(code)[1].status_code == 422


def test_a_code_is_worth_nothing_when_the_one_who_invited_has_left(leif: Client, as_admin: Outside) -> None:
    code = invited(leif)
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("leif"))).update(ends_on=clock.today())
    assert take(code)[1].status_code == 422


@pytest.mark.parametrize("code", ["abcd-efgh-jkmn-pqrs", "x", "\x00", "' or 1=1", "æøå" * 10])
def test_a_code_that_never_was_gives_nothing(db: None, code: str) -> None:
    browser, answer = take(code)
    assert answer.status_code == 422
    assert browser.get("/").status_code == 302


def test_of_two_with_one_code_one_gets_in(leif: Client) -> None:
    code = invited(leif)
    assert members.join_with_password(code, username="a", password=NEW_PASSWORD)
    assert members.join_with_password(code, username="b", password=NEW_PASSWORD) is None


# --- the new account -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"username": ""}, "username", "Fyll ut dette feltet."),
        ({"username": "kari"}, "username", "Brukernavnet er i bruk."),
        ({"again": "noe annet enn det"}, "again", "De to er ikke like."),
        ({"password": "kort", "again": "kort"}, "password", "minst 15 tegn"),
        ({"password": "tuva ny barnevern 2026", "again": "tuva ny barnevern 2026"}, "password", "lett å gjette"),
    ],
)
def test_what_is_wrong_with_the_account_is_said_and_the_code_is_still_good(
    leif: Client, typed: dict[str, str], field: str, said: str
) -> None:
    code = invited(leif)
    _browser, answer = take(code, **{"username": "tuva", **typed})
    shown = page(answer, 422)
    assert said in fault(shown, field)
    assert NEW_PASSWORD not in answer.content.decode()
    assert take(code, "tuva")[1].status_code == 200


def test_the_period_and_the_mark_follow_the_invitation(leif: Client, as_admin: Outside) -> None:
    day = clock.today() + timedelta(days=30)
    code = invited(leif, ends_on=day.strftime("%d.%m.%Y"), is_administrator="on")
    all_the_way_in(code)
    with as_admin():
        got = Membership.objects.get(person__name="Tuva Ny")
        assert (got.ends_on, got.is_administrator, got.role) == (day, True, Role.CONTACT_PERSON)
        assert got.starts_on == clock.today()


# --- leaving ---------------------------------------------------------------------------------------------------


def test_whoever_is_ended_is_out_at_the_next_request(leif: Client, client_of: ClientOf) -> None:
    kari = client_of("kari")
    assert kari.get("/").status_code == 200
    ended = leif.post("/medlemmer/avslutt/", {"membership": str(cast.membership_id(cast.get("kari")))})
    assert ended.status_code == 302
    assert kari.get("/").status_code == 302
    assert "Kari Lunde" not in text(page(leif.get("/medlemmer/")))


def test_whoever_is_logged_out_is_out_everywhere_and_can_come_in_again(
    leif: Client, client_of: ClientOf, as_admin: Outside
) -> None:
    at_work, at_home, siri = client_of("kari"), client_of("kari"), client_of("siri")
    membership = cast.membership_id(cast.get("kari"))
    assert leif.post("/medlemmer/logg-ut/", {"membership": str(membership)}).status_code == 302
    assert [one.get("/").status_code for one in (at_work, at_home, siri, leif)] == [302, 302, 200, 200]
    assert client_of("kari").get("/").status_code == 200
    with as_admin():
        assert AccessLog.objects.filter(action="log_out_member", asked_id=membership).count() == 1


@pytest.mark.parametrize("key", ["ola", "leif", "siri"])
def test_one_logs_out_neither_oneself_there_nor_anothers(leif: Client, client_of: ClientOf, key: str) -> None:
    browser = leif if key == "leif" else client_of(key)
    answer = leif.post("/medlemmer/logg-ut/", {"membership": str(cast.membership_id(cast.get(key)))})
    assert answer.status_code == 404
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("key", ["ola", "leif", "siri"])
def test_one_ends_neither_ones_own_nor_anothers(leif: Client, key: str, as_admin: Outside) -> None:
    membership = cast.membership_id(cast.get(key))
    assert leif.post("/medlemmer/avslutt/", {"membership": str(membership)}).status_code == 404
    with as_admin():
        assert Membership.objects.get(pk=membership).ends_on is None


def test_one_who_joined_today_can_be_ended_today(leif: Client, as_admin: Outside) -> None:
    browser = all_the_way_in(invited(leif))
    with as_admin():
        membership = Membership.objects.get(person__name="Tuva Ny")
    leif.post("/medlemmer/avslutt/", {"membership": str(membership.pk)})
    assert browser.get("/").status_code == 302
    assert sessions.open_session(membership.pk) is None, "and cannot log in again for the rest of the day"


@pytest.mark.parametrize("kind", list(ServiceKind))
def test_each_kind_of_service_has_roles_of_its_own_side(kind: ServiceKind) -> None:
    roles = roles_in(kind)
    assert roles
    assert Role.IMPORTER not in roles
    assert all(role.is_child_welfare == (kind is ServiceKind.CHILD_WELFARE) for role in roles)
