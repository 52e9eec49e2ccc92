"""The second factor: nobody gets in with a password alone, nothing can be used twice, and one can lose a telephone."""

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.core import signing
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client

from demo import cast
from demo.load import PASSWORD
from grunnmur import clock, keys
from grunnmur.cases import rotation
from grunnmur.directory import factors, passwords, sessions
from grunnmur.directory.kinds import FactorKind
from grunnmur.directory.models import Factor
from grunnmur.keys import Keyset
from grunnmur.log.models import AccessLog
from tests.logging_in import hidden, log_in, new_app, read
from tests.web.reading import fault, page, text

Outside = Callable[[], AbstractContextManager[None]]
KARI = cast.get("kari").person_id


@pytest.fixture
def browser(db: None) -> Client:
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def another(browser: Client) -> Client:
    """Another browser, after Kari has logged in with her first."""
    log_in(browser)
    return Client(HTTP_HOST="localhost")


def password(browser: Client, username: str = "kari") -> Any:
    return browser.post("/logg-inn/", {"username": username, "password": PASSWORD})


def is_in(browser: Client) -> bool:
    return bool(browser.get("/").status_code == 200)


# --- the first time ------------------------------------------------------------------------------------------


def test_a_password_alone_lets_nobody_in(browser: Client) -> None:
    answer = password(browser)
    assert answer.status_code == 200
    assert "Passordet er ikke nok." in text(page(answer))
    assert not is_in(browser)


def test_the_first_time_one_takes_an_app_in_use_and_gets_recovery_codes(browser: Client, as_admin: Outside) -> None:
    answer = password(browser)
    app = new_app(answer)
    codes = browser.post("/logg-inn/ny/", {"code": app.code()})
    shown = [one.get_text() for one in page(codes).select("[data-recovery]")]
    assert len(set(shown)) == 10
    assert not is_in(browser)
    inside = browser.post("/logg-inn/tjeneste/", {"proof": hidden(codes, "proof")})
    assert (inside.status_code, inside["Location"]) == (302, "/")
    assert is_in(browser)
    with as_admin():
        kept = Factor.objects.filter(person_id=KARI)
        assert kept.count() == 11
        with connection.cursor() as cursor:
            cursor.execute("select string_agg(key || secret, '|') from directory_factor")
            everything = bytes(cursor.fetchone()[0])
        assert app.secret.encode() not in everything
        assert not any(one.encode() in everything for one in shown)
        assert AccessLog.objects.filter(action="log_in", allowed=True, person_id=KARI).count() == 1


def test_the_picture_is_a_file_of_its_own_and_for_that_browser_only(browser: Client) -> None:
    password(browser)
    picture = browser.get("/logg-inn/bilde/")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["Cache-Control"] == "no-store"
    assert picture.content.startswith(b"<svg")
    assert b"style=" not in picture.content
    assert Client(HTTP_HOST="localhost").get("/logg-inn/bilde/").status_code == 404


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "１２３４５６", "\x00", "9" * 400])
def test_a_wrong_first_code_is_said_and_the_same_app_goes_on(browser: Client, code: str) -> None:
    app = new_app(password(browser))
    answer = browser.post("/logg-inn/ny/", {"code": code})
    assert answer.status_code == 422
    assert "Det stemte ikke." in text(page(answer, 422))
    assert new_app(answer).secret == app.secret


def test_someone_with_a_factor_does_not_get_another_by_the_password_alone(another: Client, as_admin: Outside) -> None:
    password(another)
    question = another.session["question"]
    app_of_a_thief = pyotp.TOTP(question["secret"]).now()
    assert another.post("/logg-inn/ny/", {"code": app_of_a_thief}).status_code == 200
    with as_admin():
        assert Factor.objects.filter(person_id=KARI, kind=FactorKind.TOTP).count() == 1
    assert not is_in(another)


# --- every time after ------------------------------------------------------------------------------------------


def test_password_and_a_code_let_one_in(browser: Client, another: Client) -> None:
    app = browser.__dict__["apps"]["kari"]
    password(another)
    answer = another.post("/logg-inn/bekreft/", {"code": app.code()})
    assert answer.status_code == 302
    assert is_in(another)


def test_a_code_is_good_once(browser: Client, another: Client, as_admin: Outside) -> None:
    app = browser.__dict__["apps"]["kari"]
    used = pyotp.TOTP(app.secret).generate_otp(app.step)
    password(another)
    answer = another.post("/logg-inn/bekreft/", {"code": used})
    assert answer.status_code == 422
    assert "kan brukes én gang" in text(page(answer, 422))
    assert not is_in(another)
    with as_admin():
        assert AccessLog.objects.filter(action="log_in", allowed=False, reason="factor").count() == 1


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_for_half_a_minute_and_the_one_before_and_after(
    browser: Client, another: Client, as_admin: Outside, steps: int, is_right: bool
) -> None:
    with as_admin():
        Factor.objects.filter(kind=FactorKind.TOTP).update(counter=0)
    app, at = browser.__dict__["apps"]["kari"], clock.now()
    code = pyotp.TOTP(app.secret).generate_otp(int(at.timestamp()) // factors.STEP + steps)
    assert (factors.use_code(KARI, code, at=at) is FactorKind.TOTP) == is_right


def test_without_the_password_a_code_is_nothing(browser: Client, another: Client) -> None:
    app = browser.__dict__["apps"]["kari"]
    assert another.post("/logg-inn/bekreft/", {"code": app.code()}).status_code == 403
    assert not is_in(another)


def test_the_password_waits_ten_minutes_for_the_code(
    browser: Client, another: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    password(another)
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    code = browser.__dict__["apps"]["kari"].code()
    answer = another.post("/logg-inn/bekreft/", {"code": code})
    assert "Det gikk for lang tid." in text(page(answer, 403))


def test_anothers_code_is_nothing(browser: Client, another: Client) -> None:
    leif = Client(HTTP_HOST="localhost")
    log_in(leif, "leif")
    password(another)
    assert another.post("/logg-inn/bekreft/", {"code": leif.__dict__["apps"]["leif"].code()}).status_code == 422


# --- losing the telephone ---------------------------------------------------------------------------------------


def test_a_recovery_code_ends_what_was_lost_and_leads_to_something_new(browser: Client) -> None:
    app = new_app(password(browser))
    first = browser.post("/logg-inn/ny/", {"code": app.code()})
    code = read(first).select_one("[data-recovery]").get_text()
    browser.post("/logg-inn/tjeneste/", {"proof": hidden(first, "proof")})
    assert is_in(browser)
    one = Client(HTTP_HOST="localhost")
    password(one)
    new = new_app(one.post("/logg-inn/bekreft/", {"code": f" {code.upper()} "}))
    assert not is_in(browser)
    assert not is_in(one)
    assert factors.use_code(KARI, app.code(), at=clock.now()) is None
    codes = one.post("/logg-inn/ny/", {"code": new.code()})
    one.post("/logg-inn/tjeneste/", {"proof": hidden(codes, "proof")})
    assert is_in(one)
    assert factors.use_code(KARI, code, at=clock.now()) is None


def test_five_wrong_codes_and_one_waits_a_quarter_of_an_hour_no_longer(
    browser: Client, another: Client, travel: Callable[[Any], None]
) -> None:
    start = clock.now()
    password(another)
    for _try in range(5):
        assert another.post("/logg-inn/bekreft/", {"code": "000000"}).status_code == 422
    travel(start + timedelta(minutes=8))
    app = browser.__dict__["apps"]["kari"]
    for code in ("000000", pyotp.TOTP(app.secret).at(clock.now())):
        answer = another.post("/logg-inn/bekreft/", {"code": code})
        assert "Vent et kvarter" in text(page(answer, 429))
    travel(start + timedelta(minutes=15, seconds=5))
    password(another)
    code = pyotp.TOTP(app.secret).at(clock.now())
    assert another.post("/logg-inn/bekreft/", {"code": code}).status_code == 302


def test_a_right_code_forgets_the_wrong_ones(browser: Client, another: Client) -> None:
    for _round in range(2):
        password(another)
        for _try in range(4):
            another.post("/logg-inn/bekreft/", {"code": "000000"})
        code = browser.__dict__["apps"]["kari"].code()
        assert another.post("/logg-inn/bekreft/", {"code": code}).status_code == 302
        another.post("/logg-ut/")


# --- what stands in the database ---------------------------------------------------------------------------------


def codes_are_taken(another: Client, app: Any) -> bool:
    """Whether the app's next code lets one in, in a browser of its own; never an error."""
    password(another)
    answer = another.post("/logg-inn/bekreft/", {"code": app.code()})
    assert answer.status_code in (302, 422)
    is_taken = is_in(another)
    another.post("/logg-ut/")
    return is_taken


def test_a_secret_key_that_was_changed_changes_no_factor(
    browser: Client, another: Client, as_admin: Outside, settings: Any
) -> None:
    settings.SECRET_KEY = secrets.token_urlsafe(48)
    with as_admin(), connection.cursor() as cursor:  # as «grunnmur migrate» tells the database
        cursor.execute("update sec.key set inner_pad = %s, outer_pad = %s", sessions.pads())
    assert codes_are_taken(another, browser.__dict__["apps"]["kari"])


def test_an_older_key_still_opens_and_a_key_that_is_gone_is_a_wrong_code(
    browser: Client, another: Client, as_admin: Outside, settings: Any, tmp_path: Path
) -> None:
    app = browser.__dict__["apps"]["kari"]
    shutil.copytree(settings.KEYS_FOLDER, tmp_path / "keys")
    settings.KEYS_FOLDER = tmp_path / "keys"
    keys.add_key(Keyset.FACTOR, use=True)
    assert codes_are_taken(another, app)
    with as_admin():
        assert rotation.rotate(Keyset.FACTOR, say=str, settle=0) == 11, "an app and ten recovery codes"
        assert rotation.retire(Keyset.FACTOR) == 1
    assert codes_are_taken(another, app)
    (tmp_path / "keys" / "factor.keyset").unlink()
    assert not codes_are_taken(another, app)


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param("update directory_factor set secret = 'eyJhbGciOiJkaXIifQ..'", id="sealed in another way"),
        pytest.param(
            "update directory_factor f set secret = o.secret from directory_factor o"
            " where o.person_id <> f.person_id and o.kind = f.kind",
            id="another's secret in one's row",
        ),
        pytest.param(
            "update directory_factor set person_id = case person_id when %(kari)s then %(ola)s else %(kari)s end",
            id="another's row given to one",
        ),
    ],
)
def test_what_an_administrator_of_the_database_puts_there_proves_nothing(
    browser: Client, another: Client, as_admin: Outside, tampering: str
) -> None:
    theirs = Client(HTTP_HOST="localhost")
    log_in(theirs, "ola")
    with as_admin(), connection.cursor() as cursor:
        cursor.execute(tampering, {"kari": KARI, "ola": cast.get("ola").person_id})
    assert not codes_are_taken(another, browser.__dict__["apps"]["kari"])
    assert not codes_are_taken(another, theirs.__dict__["apps"]["ola"])


def test_a_recovery_code_that_was_put_there_proves_nothing(another: Client, as_admin: Outside) -> None:
    with as_admin():
        Factor.objects.filter(person_id=KARI, kind=FactorKind.RECOVERY).update(
            key=hashlib.sha256(b"abcdefghjkmnpqrs").digest()
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "update directory_factor set secret = sha256('abcdefghjkmnpqrs') where kind = %s", [FactorKind.RECOVERY]
            )
    password(another)
    assert another.post("/logg-inn/bekreft/", {"code": "abcd-efgh-jkmn-pqrs"}).status_code == 422
    assert not is_in(another)


def test_new_recovery_codes_end_the_old(browser: Client) -> None:
    first = browser.post("/logg-inn/ny/", {"code": new_app(password(browser)).code()})
    code = read(first).select_one("[data-recovery]").get_text()
    factors.new_recovery_codes(KARI)
    assert factors.use_code(KARI, code, at=clock.now()) is None


def test_one_sees_what_one_has_and_cannot_remove_the_last(browser: Client) -> None:
    log_in(browser)
    shown = page(browser.get("/min-innlogging/"))
    assert "Engangskode fra app" in text(shown)
    assert "Du har 10 gjenopprettingskoder igjen." in text(shown)
    factor = shown.find("input", {"name": "factor"})
    assert factor
    browser.post("/min-innlogging/fjern/", {"factor": factor["value"]})
    assert "Du må ha minst én." in text(page(browser.get("/min-innlogging/")))


def test_one_adds_another_and_removes_the_first(browser: Client) -> None:
    log_in(browser)
    (old,) = (one for one in factors.list_factors(KARI) if one.kind is FactorKind.TOTP)
    new = new_app(browser.get("/min-innlogging/ny/"))
    assert browser.post("/min-innlogging/ny/", {"code": new.code()})["Location"] == "/min-innlogging/"
    assert browser.post("/min-innlogging/fjern/", {"factor": str(old.id)}).status_code == 302
    assert len([one for one in factors.list_factors(KARI) if one.kind is FactorKind.TOTP]) == 1
    another = Client(HTTP_HOST="localhost")
    password(another)
    assert another.post("/logg-inn/bekreft/", {"code": new.code()}).status_code == 302


def test_a_factor_that_changes_offers_to_end_what_is_open_elsewhere(browser: Client) -> None:
    log_in(browser)
    said = "Du er logget inn andre steder også."
    app = new_app(browser.get("/min-innlogging/ny/"))
    assert said not in text(page(browser.post("/min-innlogging/ny/", {"code": app.code()}, follow=True)))
    elsewhere = Client(HTTP_HOST="localhost")
    password(elsewhere)
    elsewhere.post("/logg-inn/bekreft/", {"code": app.code()})
    assert is_in(elsewhere)
    gone = next(one for one in factors.list_factors(KARI) if one.kind is FactorKind.TOTP)
    shown = text(page(browser.post("/min-innlogging/fjern/", {"factor": str(gone.id)}, follow=True)))
    assert said in shown
    assert "Logg ut alle andre steder" in shown
    browser.post("/min-innlogging/avslutt-andre/")
    assert not is_in(elsewhere)
    assert is_in(browser)


def test_nobody_removes_anothers_factor(browser: Client, client_of: Callable[[str], Client]) -> None:
    log_in(browser)
    (mine,) = (one for one in factors.list_factors(KARI) if one.kind is FactorKind.TOTP)
    leif = Client(HTTP_HOST="localhost")
    log_in(leif, "leif")
    assert leif.post("/min-innlogging/fjern/", {"factor": str(mine.id)}).status_code == 404
    assert mine in factors.list_factors(KARI)


# --- step-up ------------------------------------------------------------------------------------------------------


def test_step_up_asks_for_a_code_and_takes_no_recovery_code(browser: Client, travel: Callable[[Any], None]) -> None:
    log_in(browser)
    codes = factors.new_recovery_codes(KARI)
    assert browser.get("/min-innlogging/ny/").status_code == 200
    travel(clock.now() + timedelta(minutes=6))
    assert browser.get("/min-innlogging/ny/").status_code == 302
    browser.get("/bekreft/")
    assert browser.post("/bekreft/", {"code": codes[0]}).status_code == 422
    assert browser.post("/bekreft/", {}).status_code == 422
    code = pyotp.TOTP(browser.__dict__["apps"]["kari"].secret).at(clock.now())
    assert browser.post("/bekreft/", {"code": code}).status_code == 302
    assert browser.get("/min-innlogging/ny/").status_code == 200


# --- passkeys that are not ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    ["x", "{}", "[]", "null", json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}), "\x00"],
)
@pytest.mark.parametrize("address", ["/logg-inn/ny/", "/logg-inn/bekreft/"])
def test_an_answer_that_is_no_passkey_is_refused(browser: Client, address: str, answer: str) -> None:
    if address.endswith("bekreft/"):
        log_in(browser)
        factors._add(KARI, FactorKind.PASSKEY, key=b"x", secret="79", counter=0)
        browser = Client(HTTP_HOST="localhost")
    password(browser)
    assert browser.post(address, {"answer": answer}).status_code == 422
    assert not is_in(browser)


# --- passwords ------------------------------------------------------------------------------------------------------


def test_a_password_is_worked_on_one_at_a_time_and_one_more_waits(browser: Client) -> None:
    with passwords.one_at_a_time():
        assert passwords.ROOM.acquire(blocking=False)  # the one that waits
        answer = password(browser)
        passwords.ROOM.release()
    assert answer.status_code == 503
    assert "Mange logger inn akkurat nå." in answer.content.decode()
    assert password(browser).status_code == 200


@pytest.mark.parametrize(
    ("attempt", "is_good"),
    [
        pytest.param("rødgrøt med fløte", True, id="a sentence"),
        pytest.param("korrekt hest batteri", True, id="words"),
        pytest.param("kort passord", False, id="short"),
        pytest.param("grunnmur grunnmur 2026!", False, id="the program's name"),
        pytest.param("barnevernkommune123456", False, id="the words of the place"),
        pytest.param("kari.lunde-grunnmur-2026", False, id="one's own name"),
        pytest.param("111111111111111", False, id="one character"),
        pytest.param("x" * 7 + "8" * 60, False, id="digits"),
        pytest.param("stairwaytoheaven", False, id="one of the most used"),
        pytest.param("Sommer Sommer Sommer", False, id="one word again and again"),
        pytest.param("et langt " + "og godt " * 16, True, id="long"),
    ],
)
def test_which_passwords_are_too_weak(attempt: str, is_good: bool) -> None:
    from types import SimpleNamespace

    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(attempt, SimpleNamespace(username="kari.lunde", name="Kari Lunde"))
    except ValidationError:
        assert not is_good
    else:
        assert is_good


# --- another password ------------------------------------------------------------------------------------------

ANOTHER = "tolv grønne sykler"


def typed(password: str = ANOTHER, again: str = ANOTHER, current: str = PASSWORD) -> dict[str, str]:
    return {"current": current, "password": password, "again": again}


@pytest.fixture
def confirmed(browser: Client, travel: Callable[[Any], None]) -> Client:
    """Kari with her password, who has just confirmed with her app."""
    log_in(browser)
    asked = browser.get("/min-innlogging/passord/")
    if asked.status_code == 302:
        travel(clock.now() + timedelta(seconds=61))
        browser.get(asked["Location"])
        browser.post("/bekreft/", {"code": browser.__dict__["apps"]["kari"].code()})
    return browser


def test_one_changes_ones_password_and_is_logged_out_everywhere_else(
    confirmed: Client, client_of: Callable[[str], Client], as_admin: Outside
) -> None:
    elsewhere = client_of("kari")
    assert elsewhere.get("/").status_code == 200
    answer = confirmed.post("/min-innlogging/passord/", typed())
    assert (answer.status_code, answer["Location"]) == (302, "/min-innlogging/")
    assert confirmed.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    fresh_browser = Client(HTTP_HOST="localhost")
    assert password(fresh_browser).status_code == 422
    assert fresh_browser.post("/logg-inn/", {"username": "kari", "password": ANOTHER}).status_code == 200
    with as_admin():
        assert AccessLog.objects.filter(action="change_password", person_id=KARI).count() == 1


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        pytest.param(typed("kort"), "password", "Passordet er for kort.", id="short"),
        pytest.param(typed(again="noe helt annet"), "again", "De to er ikke like.", id="not-the-same"),
        pytest.param(typed("kari kari kari kari"), "password", "lett å gjette", id="her-own-name"),
        pytest.param(typed(current=ANOTHER), "current", "Det er ikke passordet du har nå.", id="not-hers"),
        pytest.param(typed(current=""), "current", "Fyll ut dette feltet.", id="without-the-one-before"),
    ],
)
def test_a_password_that_is_no_good_is_said_and_the_one_before_stands(
    confirmed: Client, given: dict[str, str], field: str, said: str
) -> None:
    answer = confirmed.post("/min-innlogging/passord/", given)
    assert answer.status_code == 422
    assert said in fault(page(answer, 422), field)
    assert password(Client(HTTP_HOST="localhost")).status_code == 200


def test_the_password_before_is_not_guessed_there_either(confirmed: Client, as_admin: Outside) -> None:
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("update sec.limits set burst = 2, every = interval '1 hour' where key = 'log_in'")
        cursor.execute("delete from sec.bucket")
    answers = [confirmed.post("/min-innlogging/passord/", typed(current=ANOTHER)).status_code for _try in range(3)]
    assert answers == [422, 422, 429], "as at the log-in itself"
    with as_admin():
        assert AccessLog.objects.filter(action="change_password", allowed=False, reason="password").count() == 2


def test_a_password_typed_too_late_goes_nowhere(client_of: Callable[[str], Client]) -> None:
    asked = client_of("kari").post("/min-innlogging/passord/", typed())
    assert asked.status_code == 401
    assert ANOTHER not in asked.content.decode()
    kept = signing.loads(str(page(asked, 401).find("input", {"name": "kept"})["value"]), salt="kept")  # type: ignore[index]
    assert ANOTHER not in str(kept)


def test_with_sql_alone_nobody_changes_a_password(acting: Callable[[str], Any], fresh: Any) -> None:
    change = "select sec.change_password('x', sha256('guess'))"
    with acting("kari") as kari:
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select sec.change_password('x', %s)", [sessions.sign(f"password|{kari.person_id}|x")])
        fresh(kari)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
