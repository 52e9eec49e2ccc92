"""What we believe of a token: each lie alone is enough to be refused, whoever signed it."""

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from grunnmur import clock
from grunnmur.directory import openid
from grunnmur.directory.providers import Provider

NOW = clock.now()
KEY = ECKey.generate_key("P-256", {"kid": "theirs", "alg": "ES256"}, private=True)
KEYS = {"keys": [KEY.as_dict(private=False)]}
PROVIDER = Provider(
    key="prove",
    name="Prøveleverandør",
    issuer="https://vouches.example",
    client_id="grunnmur",
    key_file=Path("key.json"),
    acr=("high",),
)
ATTEMPT = openid.Attempt(provider="prove", state="state", nonce="nonce", verifier="verifier", dpop={}, max_age=None)
TRUE = {
    "iss": PROVIDER.issuer,
    "aud": "grunnmur",
    "sub": "tuva",
    "acr": "high",
    "nonce": "nonce",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 60,
}


def check(claims: dict[str, Any], *, max_age: int | None = None) -> openid.Vouched:
    attempt = openid.Attempt(**{**ATTEMPT.as_dict(), "max_age": max_age})
    return openid.check_claims(PROVIDER, attempt, claims, at=NOW)


def test_what_is_true_is_believed() -> None:
    assert check(TRUE) == openid.Vouched(issuer=PROVIDER.issuer, subject="tuva", acr="high")
    assert check({**TRUE, "aud": ["grunnmur", "another"], "azp": "grunnmur"}).subject == "tuva"


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"iss": "https://another.example"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": ["another"]}, "audience"),
        ({"aud": ["grunnmur", "another"]}, "audience"),
        ({"aud": ["grunnmur", "another"], "azp": "another"}, "audience"),
        ({"aud": None}, "audience"),
        ({"exp": int(NOW.timestamp()) - 31}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "later"}, "expired"),
        ({"iat": int(NOW.timestamp()) + 60}, "issued_later"),
        ({"iat": None}, "issued_later"),
        ({"nbf": int(NOW.timestamp()) + 60}, "not_yet"),
        ({"nbf": "soon"}, "not_yet"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"acr": "substantial"}, "acr"),
        ({"acr": None}, "acr"),
        ({"acr": ["high"]}, "acr"),
        ({"sub": None}, "subject"),
        ({"sub": ""}, "subject"),
        ({"sub": "x" * 256}, "subject"),
        ({"sub": 7}, "subject"),
    ],
)
def test_each_lie_is_refused(lie: dict[str, Any], code: str) -> None:
    with pytest.raises(openid.NotVouchedFor, match=f"^{code}$"):
        check({**TRUE, **lie})


@pytest.mark.parametrize(("proved", "is_fresh"), [(0, True), (-20, True), (-120, False), (None, False), ("now", False)])
def test_who_must_be_fresh_has_just_proved_it(proved: Any, is_fresh: bool) -> None:
    when = int(NOW.timestamp()) + proved if isinstance(proved, int) else proved
    if is_fresh:
        assert check({**TRUE, "auth_time": when}, max_age=0)
    else:
        with pytest.raises(openid.NotVouchedFor, match="auth_time"):
            check({**TRUE, "auth_time": when}, max_age=0)


# --- signatures ----------------------------------------------------------------------------------------------


def signed(key: Any, algorithm: str, **header: Any) -> str:
    return str(jwt.encode({"alg": algorithm, "kid": "theirs", **header}, TRUE, key, algorithms=[algorithm]))


def _bytes(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _part(value: object) -> str:
    return _bytes(json.dumps(value).encode())


def test_a_token_of_theirs_is_read() -> None:
    assert openid.read_token(signed(KEY, "ES256"), keys=KEYS).claims["sub"] == "tuva"


def forgeries() -> dict[str, str]:
    true = signed(KEY, "ES256")
    head, body, mark = true.split(".")
    public = KEY.as_pem(private=False)
    hs256 = f"{_part({'alg': 'HS256', 'kid': 'theirs'})}.{body}"
    return {
        "another's key": signed(ECKey.generate_key("P-256", private=True), "ES256"),
        "another kind of key": signed(RSAKey.generate_key(2048, private=True), "PS256"),
        "no signature, alg none": f"{_part({'alg': 'none', 'kid': 'theirs'})}.{body}.",
        "alg none with the true signature": f"{_part({'alg': 'none', 'kid': 'theirs'})}.{body}.{mark}",
        "their public key as a shared secret": f"{hs256}.{_bytes(hmac.digest(public, hs256.encode(), 'sha256'))}",
        "changed body": f"{head}.{_part({**TRUE, 'sub': 'kari'})}.{mark}",
        "signature cut off": f"{head}.{body}.",
        "no token": "",
        "words": "not.a.token",
        "a number": "7",
    }


@pytest.mark.parametrize("name", list(forgeries()))
def test_no_forgery_is_read(name: str) -> None:
    with pytest.raises(openid.NotVouchedFor, match="signature"):
        openid.read_token(forgeries()[name], keys=KEYS)


# --- the provider's own log-out --------------------------------------------------------------------------------

OUT = {name: TRUE[name] for name in ("iss", "aud", "sub", "iat", "exp")} | {"events": {openid.LOGOUT_EVENT: {}}}
TYPED = {"alg": "ES256", "typ": "logout+jwt"}


@pytest.mark.parametrize("typ", ["logout+jwt", "Logout+JWT", "application/logout+jwt"])
def test_a_log_out_names_whose_sessions_are_over(typ: str) -> None:
    assert openid.check_logout(PROVIDER, {**TYPED, "typ": typ}, OUT, at=NOW) == "tuva"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "dpop+jwt", "", None, ["logout+jwt"]])
def test_a_token_of_another_kind_logs_nobody_out(typ: Any) -> None:
    for header in ({**TYPED, "typ": typ}, {"alg": "ES256"}):
        with pytest.raises(openid.NotVouchedFor, match="no_logout"):
            openid.check_logout(PROVIDER, header, OUT, at=NOW)


@pytest.mark.parametrize(
    "lie",
    [
        {"events": {}},
        {"events": None},
        {"nonce": "nonce"},
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"exp": 0},
        {"sub": None},
    ],
)
def test_what_is_no_log_out_ends_nothing(lie: dict[str, Any]) -> None:
    with pytest.raises(openid.NotVouchedFor):
        openid.check_logout(PROVIDER, TYPED, {**OUT, **lie}, at=NOW)
