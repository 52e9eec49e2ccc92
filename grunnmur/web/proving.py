"""Proving on a page who one is: with a code from an app, a recovery code or a passkey. Nothing here logs anyone in."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.directory import factors
from grunnmur.directory.kinds import FactorKind

WAIT = gettext_lazy("Det er prøvd for mange ganger. Vent et kvarter, og prøv igjen.")
PATIENCE = timedelta(minutes=10)
"""How long a question waits for its answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What one is asked: it waits in the signed cookie, and its answer counts once."""

    person_id: UUID
    username: str
    secret: str
    """The secret of a new app, should one be added."""
    challenge: bytes
    """What a passkey signs."""
    asked_at: int
    """When it was asked, in milliseconds."""


def ask(request: HttpRequest, *, person_id: UUID, username: str) -> Question:
    """A new question to the one who has come so far."""
    question = Question(
        person_id=person_id,
        username=username,
        secret=factors.new_secret(),
        challenge=secrets.token_bytes(32),
        asked_at=int(clock.now().timestamp() * 1000),
    )
    request.session["question"] = {
        "person": str(person_id),
        "username": username,
        "secret": question.secret,
        "challenge": urlsafe_b64encode(question.challenge).decode(),
        "asked_at": question.asked_at,
    }
    return question


def asked(request: HttpRequest) -> Question | None:
    """The question that waits for an answer; None when there is none, or it has waited too long."""
    kept: dict[str, Any] | None = request.session.get("question")
    if kept is None:
        return None
    question = Question(
        person_id=UUID(kept["person"]),
        username=kept["username"],
        secret=kept["secret"],
        challenge=urlsafe_b64decode(kept["challenge"]),
        asked_at=kept["asked_at"],
    )
    age = clock.now().timestamp() * 1000 - question.asked_at
    return question if 0 <= age < PATIENCE.total_seconds() * 1000 else None


def site(request: HttpRequest) -> factors.Site:
    """Where we are seen: `ALLOWED_HOSTS` has said that it is one of ours."""
    return factors.Site(host=request.get_host().partition(":")[0], origin=f"{request.scheme}://{request.get_host()}")


def prove(request: HttpRequest, question: Question) -> FactorKind | None:
    """What the answer proves with; None when it proves nothing. Raises TooManyTries."""
    answer = request.POST.get("answer", "")
    if not answer:
        return factors.use_code(question.person_id, request.POST.get("code", ""), at=clock.now())
    is_right = factors.use_passkey(
        question.person_id,
        answer,
        site=site(request),
        challenge=question.challenge,
        asked_at=question.asked_at,
    )
    return FactorKind.PASSKEY if is_right else None


def add(request: HttpRequest, question: Question) -> bool:
    """Take an app or a passkey in use, when the answer shows that the person has it."""
    answer = request.POST.get("answer", "")
    if not answer:
        return factors.add_app(
            question.person_id, secret=question.secret, code=request.POST.get("code", ""), at=clock.now()
        )
    return factors.add_passkey(
        question.person_id,
        answer,
        name=request.POST.get("name", "")[:60].strip(),
        site=site(request),
        challenge=question.challenge,
        asked_at=question.asked_at,
    )


def proving_context(request: HttpRequest, question: Question) -> dict[str, Any]:
    """What the page needs to ask for one of the factors that the person has."""
    found = factors.list_factors(question.person_id)
    return {
        "has_app": any(one.kind is FactorKind.TOTP for one in found),
        "passkey": factors.ask_for_passkey(found, site=site(request), challenge=question.challenge),
    }


def adding_context(request: HttpRequest, question: Question) -> dict[str, Any]:
    """What the page needs to take a new factor in use."""
    return {
        "secret": " ".join(question.secret[start : start + 4] for start in range(0, len(question.secret), 4)),
        "picture": f"{reverse('factor_picture')}?{question.asked_at}",
        "passkey": factors.ask_for_new_passkey(
            question.person_id, username=question.username, site=site(request), challenge=question.challenge
        ),
    }
