"""What a browser is asked about passkeys (WebAuthn), and whether its answer proves anything. No database here.

`webauthn` and what it brings weigh as much as all of Django, so nothing loads this module before somebody uses a
passkey.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import webauthn
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is known of one: the name that browsers know it by, and its public key."""

    key: bytes
    public_key: bytes


def ask_for_new(person_id: UUID, *, username: str, host: str, challenge: bytes, known: Iterable[bytes]) -> str:
    """What the browser is asked when a passkey is made, as JSON; one that is `known` is not made again."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=host,
            rp_name="Grunnmur",
            user_name=username,
            user_id=person_id.bytes,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(known),
        )
    )


def ask_for(known: Iterable[bytes], *, host: str, challenge: bytes) -> str:
    """What the browser is asked when one of the known passkeys is used, as JSON."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=host,
            challenge=challenge,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def _descriptors(keys: Iterable[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key) for key in keys]


def read_new(answer: str, *, host: str, origin: str, challenge: bytes) -> Passkey | None:
    """The passkey that the browser made, when its answer is one to this question, from this place."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    return Passkey(made.credential_id, made.credential_public_key)


def is_proof(passkey: Passkey, answer: str, *, host: str, origin: str, challenge: bytes) -> bool:
    """Whether the browser's answer to this question, from this place, was made with the passkey."""
    try:
        proof = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return False
    return bool(proof.credential_id == passkey.key)
