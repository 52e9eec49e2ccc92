"""OpenID Connect, the client's side: code flow with PKCE (S256), pushed authorization requests (RFC 9126),
private_key_jwt (RFC 7523) and DPoP with the server's nonce (RFC 9449).

The cryptography is joserfc's. Nothing that a browser brings decides anything: what is demanded of the provider stands
in `providers.Provider`, and every claim is checked here whatever the provider has promised.
"""

import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from grunnmur.directory.providers import Provider

if TYPE_CHECKING:  # loaded where it is used: a tenth of the program's memory, for those who log in this way
    from joserfc.jwk import ECKey
    from joserfc.jwt import Token

TIMEOUT = 8
"""Seconds that a provider gets to answer."""
KNOWN_FOR = timedelta(minutes=10)
"""How long a provider's configuration and keys are kept."""
LEEWAY = 30
"""Seconds that its clock may differ from ours."""
MAX_BYTES = 200_000
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512"]
"""What a token may be signed with: never «none», never a secret that we share."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TYPES = frozenset({"logout+jwt", "application/logout+jwt"})
"""What the header of a log-out token says that it is (Back-Channel Logout 1.0, 2.4; RFC 7515, 4.1.9)."""


class NotVouchedFor(Exception):
    """The provider did not vouch for anyone, or not as we demand. `code` is for the log; it names nobody."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Attempt:
    """One log-in that is under way; it waits in the signed cookie of the browser that began it, and counts once."""

    provider: str
    state: str
    nonce: str
    verifier: str
    dpop: dict[str, Any]
    """The private key that only this attempt uses."""
    max_age: int | None
    """Seconds since the person last proved who they are that are accepted; None when it does not matter."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who the provider says it is."""

    issuer: str
    subject: str
    acr: str
    hpr: str = field(default="", repr=False)
    """The number in the register of health personnel; empty where the provider does not say."""
    national_id: str = field(default="", repr=False)
    """The national identity number; the same. Neither is kept."""


# --- what the provider is, over HTTP ---------------------------------------------------------------------------


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A provider that sends us elsewhere is not the one that the operator named."""

    def redirect_request(self, *_anything: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)
_KNOWN: dict[str, tuple[datetime, dict[str, Any]]] = {}
_LOCK = Lock()


def _fetch(
    url: str, *, data: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any], str]:
    """The status, the JSON and the new DPoP nonce of an answer. Raises NotVouchedFor."""
    request = urllib.request.Request(  # noqa: S310  # https, or our own machine: see Provider.issuer
        url, data=urlencode(data).encode() if data else None, headers={"Accept": "application/json", **(headers or {})}
    )
    try:
        try:
            answer = _OPENER.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            body = json.loads(answer.read(MAX_BYTES))
            return answer.status, body if isinstance(body, dict) else {}, answer.headers.get("DPoP-Nonce", "")
    except (OSError, ValueError) as fault:
        raise NotVouchedFor("provider_unreachable") from fault


def _cached(url: str, *, at: datetime, anew: bool = False) -> dict[str, Any]:
    """A document of the provider's, fetched at most every ten minutes unless it must be `anew`."""
    with _LOCK:
        kept = _KNOWN.get(url)
    if kept and not anew and timedelta() <= at - kept[0] < KNOWN_FOR:
        return kept[1]
    status, document, _nonce = _fetch(url)
    if status != 200:
        raise NotVouchedFor("provider_unreachable")
    with _LOCK:
        _KNOWN[url] = at, document
    return document


def configuration(provider: Provider, *, at: datetime) -> dict[str, Any]:
    """What the provider says of itself. Raises NotVouchedFor when it says that it is another."""
    found = _cached(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", at=at)
    if found.get("issuer") != provider.issuer:
        raise NotVouchedFor("issuer")
    return found


# --- what we send ------------------------------------------------------------------------------------------------


def _assertion(provider: Provider, *, at: datetime) -> dict[str, str]:
    """Who we are, signed with our own key, good for a minute and once (RFC 7523)."""
    from joserfc import jwt
    from joserfc.jwk import ECKey

    key = provider.private_key()
    now = int(at.timestamp())
    algorithm = key.alg or ("ES256" if isinstance(key, ECKey) else "PS256")
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": provider.issuer,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
    }
    return {
        "client_id": provider.client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(
            {"alg": algorithm, "kid": key.kid, "typ": "client-authentication+jwt"}, claims, key, algorithms=ALGORITHMS
        ),
    }


def _proof(key: "ECKey", url: str, *, nonce: str, at: datetime) -> str:
    """That the one who asks has the key of this attempt (RFC 9449)."""
    from joserfc import jwt

    claims = {"jti": secrets.token_urlsafe(16), "htm": "POST", "htu": url, "iat": int(at.timestamp())}
    if nonce:
        claims["nonce"] = nonce
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key, algorithms=["ES256"])


def _send(provider: Provider, url: str, data: dict[str, str], *, key: "ECKey", at: datetime) -> dict[str, Any]:
    """Ask with a proof of the key, and once more with the nonce that the provider wants in it."""
    nonce = ""
    for _try in range(2):
        signed = {**data, **_assertion(provider, at=at)}
        status, answer, new = _fetch(url, data=signed, headers={"DPoP": _proof(key, url, nonce=nonce, at=at)})
        if status in (200, 201):
            return answer
        if answer.get("error") != "use_dpop_nonce" or not new or nonce:
            break
        nonce = new
    raise NotVouchedFor("provider_refused")


def begin(provider: Provider, *, back: str, max_age: int | None = None, at: datetime) -> tuple[str, Attempt]:
    """Where to send the browser, and what to remember until it is `back`. Raises NotVouchedFor."""
    from joserfc.jwk import ECKey

    about = configuration(provider, at=at)
    key = ECKey.generate_key("P-256", private=True)
    attempt = Attempt(
        provider=provider.key,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        dpop=dict(key.as_dict(private=True)),
        max_age=max_age,
    )
    challenge = urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "redirect_uri": back,
        "scope": provider.scope,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "acr_values": " ".join(provider.acr),
        "dpop_jkt": key.thumbprint(),
    }
    if max_age is not None:
        asked |= {"max_age": str(max_age), "prompt": "login"}
    pushed = _send(provider, _endpoint(about, "pushed_authorization_request"), asked, key=key, at=at)
    where = urlencode({"client_id": provider.client_id, "request_uri": str(pushed.get("request_uri", ""))})
    return f"{_endpoint(about, 'authorization')}?{where}", attempt


def _endpoint(about: Mapping[str, Any], name: str) -> str:
    found = about.get(f"{name}_endpoint")
    if not isinstance(found, str):
        raise NotVouchedFor("provider_lacks_" + name)
    return found


def finish(provider: Provider, attempt: Attempt, came: Mapping[str, str], *, back: str, at: datetime) -> Vouched:
    """Who came back, by what the browser brought (`came`) and what the provider then says. Raises NotVouchedFor."""
    from joserfc.jwk import ECKey

    if attempt.provider != provider.key or not hmac.compare_digest(
        attempt.state.encode(), came.get("state", "").encode(errors="replace")
    ):
        raise NotVouchedFor("state")
    about = configuration(provider, at=at)
    if (came.get("iss") or about.get("authorization_response_iss_parameter_supported")) and (
        came.get("iss") != provider.issuer
    ):
        raise NotVouchedFor("issuer")
    if "error" in came or not came.get("code"):
        raise NotVouchedFor("provider_refused")
    answer = _send(
        provider,
        _endpoint(about, "token"),
        {
            "grant_type": "authorization_code",
            "code": came["code"],
            "redirect_uri": back,
            "code_verifier": attempt.verifier,
        },
        key=ECKey.import_key(attempt.dpop),
        at=at,
    )
    if str(answer.get("token_type", "")).lower() != "dpop":
        raise NotVouchedFor("token_type")
    token = _read(provider, str(answer.get("id_token", "")), about=about, at=at)
    return check_claims(provider, attempt, token.claims, at=at)


# --- what we believe ---------------------------------------------------------------------------------------------


def _read(provider: Provider, token: str, *, about: Mapping[str, Any], at: datetime) -> "Token":
    """A token that the provider signed. A key that we do not know may be new, and is fetched once."""
    url = str(about.get("jwks_uri", ""))
    try:
        return read_token(token, keys=_cached(url, at=at))
    except NotVouchedFor:
        return read_token(token, keys=_cached(url, at=at, anew=True))


def read_token(token: str, *, keys: Mapping[str, Any]) -> "Token":
    """A token that one of the keys signed: its header and claims. Raises NotVouchedFor."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        return jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise NotVouchedFor("signature") from fault


def _check_common(provider: Provider, claims: Mapping[str, Any], *, at: datetime) -> None:
    """Issuer, audience and times, which every token of the provider's has."""
    now = at.timestamp()
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != provider.issuer:
        raise NotVouchedFor("issuer")
    if provider.client_id not in audiences or (len(audiences) > 1 and claims.get("azp") != provider.client_id):
        raise NotVouchedFor("audience")
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= now - LEEWAY:
        raise NotVouchedFor("expired")
    if not isinstance(claims.get("iat"), int | float) or claims["iat"] > now + LEEWAY:
        raise NotVouchedFor("issued_later")
    if "nbf" in claims and not (isinstance(claims["nbf"], int | float) and claims["nbf"] <= now + LEEWAY):
        raise NotVouchedFor("not_yet")


def check_claims(provider: Provider, attempt: Attempt, claims: Mapping[str, Any], *, at: datetime) -> Vouched:
    """Whom the claims of an ID token vouch for, as we demand (OpenID Connect Core 3.1.3.7). Raises NotVouchedFor."""
    _check_common(provider, claims, at=at)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
        raise NotVouchedFor("nonce")
    if claims.get("acr") not in provider.acr:
        raise NotVouchedFor("acr")
    if attempt.max_age is not None:
        proved = claims.get("auth_time")
        if not isinstance(proved, int | float) or at.timestamp() - proved > attempt.max_age + LEEWAY:
            raise NotVouchedFor("auth_time")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise NotVouchedFor("subject")
    return Vouched(
        issuer=provider.issuer,
        subject=subject,
        acr=str(claims["acr"]),
        hpr=_claim(claims, provider.hpr_claim),
        national_id=_claim(claims, provider.national_id_claim),
    )


def _claim(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name) if name else None
    return found if isinstance(found, str) else ""


def read_logout(provider: Provider, token: str, *, at: datetime) -> str:
    """Whose sessions the provider says are over (Back-Channel Logout 1.0, 2.6). Raises NotVouchedFor."""
    read = _read(provider, token, about=configuration(provider, at=at), at=at)
    return check_logout(provider, read.header, read.claims, at=at)


def check_logout(provider: Provider, header: Mapping[str, Any], claims: Mapping[str, Any], *, at: datetime) -> str:
    """The subject of a log-out token. Any other kind of token is refused, whoever signed it."""
    if str(header.get("typ", "")).lower() not in LOGOUT_TYPES:
        raise NotVouchedFor("no_logout")
    _check_common(provider, claims, at=at)
    events = claims.get("events")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
        raise NotVouchedFor("no_logout")
    subject = claims.get("sub")
    if not isinstance(subject, str):
        raise NotVouchedFor("subject")
    return subject


def log_out_address(provider: Provider, *, back: str, at: datetime) -> str:
    """Where one logs out at the provider too; nothing when it has no such page or cannot be reached."""
    try:
        found = configuration(provider, at=at).get("end_session_endpoint")
    except NotVouchedFor:
        return ""
    asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    return f"{found}?{asked}" if isinstance(found, str) else ""
