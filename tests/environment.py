"""A pytest plugin that is loaded before Django's settings are: tests run in test mode, with their own data."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("GRUNNMUR_DATA", str(ROOT / ".cache" / "tests"))
os.environ["GRUNNMUR_MODE"] = "test"
os.environ.setdefault("GRUNNMUR_LIMITS_TIMES", "10000")
# The browser tests leave an event loop running in the process; no test of ours is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ.setdefault("XDG_RUNTIME_DIR", os.environ["GRUNNMUR_DATA"])
(Path(os.environ["GRUNNMUR_DATA"]) / "static").mkdir(parents=True, exist_ok=True)


def need(program: str, *, package: str) -> None:
    """Leave a test out where the server that it is held against lacks; fail where nothing may be (`.ci/run`)."""
    if Path(program).exists():
        return
    sentence = f"This needs {program}. On Debian or Ubuntu: apt-get install {package}."
    if os.environ.get("GRUNNMUR_SKIP_NOTHING"):
        pytest.fail(sentence)
    pytest.skip(sentence)
