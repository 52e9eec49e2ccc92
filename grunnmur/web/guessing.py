"""Guessing a password, or the code of an invitation, is made slow, without letting anyone shut another out.

Wrong passwords from a browser where the right one has been given before are counted for themselves (a device cookie, as
OWASP describes it): whoever sits elsewhere and writes wrong passwords for somebody delays only strangers' browsers.
"""

import ipaddress
import secrets
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from grunnmur.directory import limits, members, sessions
from grunnmur.directory.limits import Limit
from grunnmur.directory.members import Place

KNOWN_FOR = 90 * 24 * 3600
"""Seconds for which a browser is known."""


def check_log_in(request: HttpRequest, *, username: str, password: str) -> UUID | None:
    """The person behind a user name and password, or None. Raises TooOften, for names that nobody has too.

    The account's bucket is taken from first, so that many tries at once are tries all the same; a right password fills
    it. Of an address only the wrong ones count, since many people sit behind one.
    """
    address, account = address_of(request), _account(request, username)
    limits.look(Limit.LOG_IN_ADDRESS, address)
    limits.take(Limit.LOG_IN, account)
    person = sessions.check_log_in(username=username, password=password)
    if person is None:
        limits.take(Limit.LOG_IN_ADDRESS, address)
    else:
        limits.look(Limit.LOG_IN_ADDRESS, address)  # many at once: this one may have come after the last that was left
        limits.fill(Limit.LOG_IN, account)
    return person


def find_place(request: HttpRequest, code: str) -> Place | None:
    """What a code invites to, or None; of an address only the codes that are not good count. Raises TooOften."""
    address = address_of(request)
    limits.look(Limit.JOIN_ADDRESS, address)
    place = members.find_place(code)
    if place is None:
        limits.take(Limit.JOIN_ADDRESS, address)
    return place


def remember(request: HttpRequest, response: HttpResponse, *, username: str) -> HttpResponse:
    """Let this browser be known as one where the right password for this user name has been given."""
    if _known(request, username) is None:
        response.set_cookie(
            settings.KNOWN_COOKIE_NAME,
            signing.dumps([_mark(username), secrets.token_urlsafe(16)], salt="known"),
            max_age=KNOWN_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
    return response


def _account(request: HttpRequest, username: str) -> str:
    """The account, told apart for each browser that knows it."""
    known = _known(request, username)
    return username if known is None else f"{username}|{known}"


def _known(request: HttpRequest, username: str) -> str | None:
    """This browser's own mark, when it is known for this user name."""
    try:
        mark, browser = signing.loads(
            request.COOKIES.get(settings.KNOWN_COOKIE_NAME, ""), salt="known", max_age=KNOWN_FOR
        )
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return str(browser) if mark == _mark(username) else None


def _mark(username: str) -> str:
    """The user name as the cookie holds it: nobody reads it there."""
    return sessions.sign(f"known|{username}").hex()[:32]


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: what our own proxy says, when there is one, or else the other end of the line.

    An IPv6 address counts by its first half, which is what one subscriber has.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        said = request.META.get("HTTP_X_FORWARDED_FOR", said).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
