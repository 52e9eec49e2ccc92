"""Secrets from files, as a vault or systemd hands them over."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from grunnmur import installation, postgres, secret_files, settings

VARIABLES = ("GRUNNMUR_SECRET_KEY", "GRUNNMUR_SECRET_KEY_FILE", "GRUNNMUR_KEK", "GRUNNMUR_KEK_FILE")
KEY = "a key for this test only, and long enough to be taken: 60 letters"


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a key, for its owner alone, and an environment that names no other."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    monkeypatch.setenv("GRUNNMUR_SECRET_KEY_FILE", str(path))
    return path


@pytest.mark.parametrize(
    ("mode", "is_taken"),
    [
        (0o400, True),
        (0o600, True),
        (0o440, True),
        (0o640, True),
        (0o644, False),
        (0o604, False),
        (0o602, False),
        (0o601, False),
    ],
    ids=oct,
)
def test_a_file_that_everybody_can_use_holds_no_secret_in_production(secret: Path, mode: int, is_taken: bool) -> None:
    """V13.3.1."""
    secret.chmod(mode)
    assert secret_files.read("GRUNNMUR_SECRET_KEY_FILE", is_production=False) == KEY
    if is_taken:
        assert secret_files.read("GRUNNMUR_SECRET_KEY_FILE", is_production=True) == KEY
    else:
        with pytest.raises(secret_files.Unusable, match="everybody on this machine"):
            secret_files.read("GRUNNMUR_SECRET_KEY_FILE", is_production=True)


def test_the_settings_take_the_key_from_its_file_and_say_what_is_wrong_with_it(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IS_PRODUCTION", True)
    assert settings._secret_key() == KEY
    secret.write_text("short")
    with pytest.raises(ImproperlyConfigured, match="50 characters"):
        settings._secret_key()
    secret.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        settings._secret_key()
    secret.unlink()
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        settings._secret_key()


def test_production_begins_with_secrets_in_files_alone(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRUNNMUR_MODE", "production")
    with pytest.raises(postgres.NotReady, match="GRUNNMUR_KEK is missing"):
        installation.must_have_secrets()
    monkeypatch.setenv("GRUNNMUR_KEK_FILE", str(secret))
    installation.must_have_secrets()
    monkeypatch.delenv("GRUNNMUR_SECRET_KEY_FILE")
    with pytest.raises(postgres.NotReady, match="GRUNNMUR_SECRET_KEY is missing"):
        installation.must_have_secrets()


def test_an_installation_is_made_anew_when_the_key_in_the_file_changes(secret: Path) -> None:
    before = installation._state()
    secret.write_text(KEY.upper())
    assert installation._state() != before
