"""Those who may vouch for who somebody is: HelseID, ID-porten, Ansattporten, a municipality's own (OpenID Connect).

They are named in a file that the operator writes (`GRUNNMUR_OPENID`); `docs/how-to/openid.md` says how.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grunnmur import yaml_file

if TYPE_CHECKING:  # loaded where it is used, as in `openid`
    from joserfc.jwk import ECKey, RSAKey


class WrongProviders(Exception):
    """The file cannot be used; says what is wrong with it, and nothing of any key."""


class Provider(BaseModel):
    """One provider, and what we demand of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    """Its name in our addresses."""
    name: str
    """Its name on the log-in page."""
    issuer: str = Field(pattern=r"^(https://|http://localhost[:/])")
    """Exactly as its own configuration says."""
    client_id: str
    """What it calls us."""
    key_file: Path
    """Our private key there, as a JWK with `kid` and `alg`; never in the environment, never in the database."""
    acr: tuple[str, ...] = Field(min_length=1)
    """The levels of assurance that are enough; any other is refused, whatever the provider thinks."""
    scope: str = "openid"
    hpr_claim: str = ""
    """The claim that holds the number in the register of health personnel, where the provider vouches for it."""
    national_id_claim: str = ""
    """The claim that holds the national identity number, where the provider vouches for it."""

    def private_key(self) -> "RSAKey | ECKey":
        """The key that we show who we are with."""
        from joserfc.jwk import ECKey, RSAKey, import_key

        key = import_key(json.loads(self.key_file.read_text()))
        if not isinstance(key, RSAKey | ECKey) or not key.is_private:
            raise WrongProviders(f"{self.key_file.name} is no private RSA or EC key.")
        return key


@cache
def providers() -> dict[str, Provider]:
    """The providers by key, in the order of the file; none when no file is named. Raises WrongProviders."""
    if not settings.OPENID_FILE:
        return {}
    try:
        listed = yaml_file.read(Path(settings.OPENID_FILE)) or []
        found = [Provider.model_validate(one) for one in listed]
        for one in found:
            one.private_key()
    except (OSError, yaml.YAMLError, ValidationError, ValueError) as fault:
        raise WrongProviders(f"GRUNNMUR_OPENID cannot be used: {fault}") from None
    return {one.key: one for one in found}
