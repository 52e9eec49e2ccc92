"""What the code must be like for what docs/security/asvs.yaml says of it: strong keys, good chance, no traps."""

import ast
import base64
import json
import logging
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from tink.proto import aes_gcm_pb2, hmac_prf_pb2

from grunnmur import keys, program_log
from grunnmur.directory import codes, openid, sessions
from grunnmur.keys import Keyset
from grunnmur.log import chain
from tests.environment import ROOT

PROGRAM = sorted((ROOT / "grunnmur").rglob("*.py"))
SCRIPTS = sorted((ROOT / "grunnmur" / "web" / "static").glob("*.js"))
SIMULATES = ROOT / "grunnmur" / "insight" / "capacity.py"
"""Plays out queues, and must give the same each time."""


# --- keys and chance -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keyset", Keyset)
def test_what_is_sealed_is_sealed_with_256_bits_by_an_authenticated_cipher(keyset: Keyset) -> None:
    """V11.2.3, V11.3.1, V11.3.2, V11.3.3; and those that only make codes, with as many (V11.4.1)."""
    keys.make_missing()
    for key in keys._keys_of(keys._handle(keyset)).key:
        kind = key.key_data.type_url.rpartition(".")[2]
        assert kind == ("AesGcmKey" if keyset.seals else "HmacPrfKey")
        read = aes_gcm_pb2.AesGcmKey if keyset.seals else hmac_prf_pb2.HmacPrfKey
        assert len(read.FromString(key.key_data.value).key_value) == 32


def test_the_codes_of_the_log_have_256_bits() -> None:
    """V11.4.3."""
    assert len(chain.key("x")) == 32
    assert chain.key("x") != chain.key("y")


def test_a_session_s_token_is_new_each_time_and_has_256_random_bits() -> None:
    """V7.2.2, V7.2.3; the database is told its hash alone."""
    tokens = [sessions.new_token() for _number in range(100)]
    assert len(set(tokens)) == len(tokens)
    for token, digest in tokens:
        assert len(base64.urlsafe_b64decode(token + "=")) == 32
        assert len(digest) == 32
        assert token.encode() not in digest


@pytest.mark.parametrize(
    ("groups", "bits"),
    [pytest.param(codes.GROUPS, 138, id="staff"), pytest.param(codes.GROUPS_FOR_A_CHILD, 79, id="a child's device")],
)
def test_codes_that_people_type_have_as_many_random_bits_as_is_said(groups: int, bits: int) -> None:
    """V6.5.4, V11.5.1."""
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET)
    assert math.floor(groups * codes.GROUP * math.log2(len(codes.ALPHABET))) == bits
    made = [codes.new_code(groups=groups) for _code in range(100)]
    assert len(set(made)) == len(made)
    for code in made:
        assert [len(group) for group in code.split("-")] == [codes.GROUP] * groups
        assert set(codes.bare(code)) <= set(codes.ALPHABET)


def test_a_code_is_typed_as_one_likes() -> None:
    assert {codes.bare(typed) for typed in ("ab23-CD45", " ab23 cd45", "AB23CD45\n", "ab-23-cd-45", "Ab23–cd45.")} == {
        "ab23cd45"
    }


def test_every_code_that_is_handed_over_is_made_in_one_place() -> None:
    """V11.5.1: no other part of the program draws letters by itself."""
    draws = [path.relative_to(ROOT) for path in PROGRAM if "secrets.choice" in path.read_text()]
    assert draws == [Path("grunnmur/directory/codes.py")]


def imported(path: Path) -> Iterator[str]:
    """The names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_nothing_secret_is_made_of_poor_chance_and_nothing_is_read_that_could_run() -> None:
    """V6.5.3, V1.5.2: no module but the one that plays out queues draws with `random`; nothing unpickles."""
    traps = {"random", "pickle", "marshal", "shelve", "dill"}
    found = {path: traps & set(imported(path)) for path in PROGRAM if path != SIMULATES}
    assert {path: some for path, some in found.items() if some} == {}
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def test_no_command_goes_through_a_shell() -> None:
    """V1.2.5."""
    for path in PROGRAM:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                assert not any(word.arg == "shell" for word in node.keywords), path
                assert ast.unparse(node.func) not in ("os.system", "os.popen", "subprocess.getoutput"), path


# --- passwords -------------------------------------------------------------------------------------------------------


def test_a_long_password_is_as_good_as_it_is_long() -> None:
    """V6.2.9: 64 characters are permitted, and more."""
    validate_password("riktig hest batteri stift " * 5)


def test_nothing_hinders_a_password_from_being_pasted() -> None:
    """V6.2.7."""
    assert SCRIPTS
    for path in SCRIPTS:
        assert "paste" not in path.read_text(), path


# --- what goes out and what is written down --------------------------------------------------------------------------


def test_our_scripts_put_text_in_as_text() -> None:
    """V3.2.2, V1.3.2, V15.3.6: no script of ours makes elements of text, runs text, or mixes objects together."""
    trap = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|__proto__|Object\.assign"
    )
    assert [path for path in SCRIPTS if trap.search(path.read_text())] == []


def test_where_a_provider_sends_us_on_we_do_not_go() -> None:
    """V15.3.2."""
    (redirects,) = [one for one in openid._OPENER.handlers if isinstance(one, openid._NoRedirects)]
    assert redirects.redirect_request("anything") is None
    assert not any(type(one).__name__ == "HTTPRedirectHandler" for one in openid._OPENER.handlers)


def test_nothing_is_kept_in_a_cache_between_requests() -> None:
    """V14.2.2: Django's own cache is not named, and no code of ours asks for it."""
    assert [path for path in PROGRAM if "django.core.cache" in path.read_text()] == []
    assert [path for path in PROGRAM if "cache_page" in path.read_text()] == []


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x1b[2J", "\x85", "\u2028"])
def test_whatever_is_logged_is_one_line_and_tells_a_terminal_nothing(end: str) -> None:
    """V16.4.1."""
    said = f"Something{end}2026-01-01T00:00:00+00:00 ERROR grunnmur forged"
    record = logging.LogRecord("grunnmur", logging.ERROR, __file__, 1, "%s", (said,), None)
    line = program_log.Formatter().format(record)
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    says = json.loads(line)["says"]
    assert end not in says
    assert says.endswith("2026-01-01T00:00:00+00:00 ERROR grunnmur forged")
