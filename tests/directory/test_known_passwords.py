"""Passwords that others know of already, without a database."""

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import startup
from grunnmur.directory import known_passwords, passwords
from grunnmur.directory.known_passwords import NoLeakedPasswords
from tools import common_passwords

KARI = passwords.Names(username="kari.lunde", name="Kari Lunde")


def test_the_list_has_the_most_used_that_are_long_enough_each_once() -> None:
    """V6.2.4 asks for three thousand that are as long as a password must be here."""
    kept = known_passwords.MOST_USED.read_bytes()
    marks = [kept[at : at + known_passwords.MARK] for at in range(0, len(kept), known_passwords.MARK)]
    assert all(before < after for before, after in pairwise(marks))
    assert {len(one) for one in marks} == {known_passwords.MARK}
    assert len(marks) >= 3000


def test_the_list_is_made_of_what_is_long_enough_alone() -> None:
    made = common_passwords.kept(["123456", "Stairway To Heaven", "stairwaytoheaven", "q1w2e3r4t5y6u7i8"])
    assert made == b"".join(sorted(map(known_passwords.mark, ["stairwaytoheaven", "q1w2e3r4t5y6u7i8"])))


@pytest.mark.parametrize(
    "attempt",
    [
        *("passwordpassword", "PasswordPassword", "manchesterunited", "Manchester United", " stairwaytoheaven "),
        *("1qaz2wsx3edc4rfv", "q1w2e3r4t5y6u7i8", "mychemicalromance", "cristianoronaldo", "neversaymypassword"),
    ],
)
def test_the_most_used_are_refused(attempt: str) -> None:
    assert known_passwords.is_most_used(attempt)
    assert passwords.weaknesses(attempt, names=KARI) != []


@pytest.mark.parametrize(
    ("attempt", "is_one"),
    [
        pytest.param("qwertyuiopåasdfghjkl", True, id="rows of the keyboard"),
        pytest.param("ålkjhgfdsapoiuytr", True, id="rows, the other way"),
        pytest.param("qazwsxedcrfvtgb12345", True, id="columns"),
        pytest.param("abcdefghijklmnopq", True, id="the alphabet"),
        pytest.param("09876543210987654321", True, id="digits"),
        pytest.param("aaaaaaaaaaaaaaaaaaaaa", True, id="one letter"),
        pytest.param("abcabcabcabcabcabc", True, id="three letters"),
        pytest.param("sunshinesunshinesun", True, id="a common word, and not to the end"),
        pytest.param("sunshine sunshine", True, id="a common word with a space"),
        pytest.param("sunshine2024!!2024", True, id="a common word and digits"),
        pytest.param("2024winter2024", True, id="a common word between digits"),
        pytest.param("winter2026winter2026", True, id="a common word with its digits"),
        pytest.param("rødgrøt med fløte", False, id="a dish"),
        pytest.param("korrekt hest batteri", False, id="three words"),
        pytest.param("mandag tirsdag onsdag", False, id="words that end alike"),
        pytest.param("bjørn sover aldri borte", False, id="a sentence"),
        pytest.param("tolv sure sitroner i 1987", False, id="a sentence with a year"),
    ],
)
def test_what_is_a_pattern(attempt: str, is_one: bool) -> None:
    assert known_passwords.is_pattern(attempt) == is_one


@given(st.text(max_size=40))
def test_a_text_is_told_by_no_more_pieces_than_it_has_characters(text: str) -> None:
    assert known_passwords.pieces(text) <= len(text)
    assert (known_passwords.unit(text) * (len(text) + 1)).startswith(text)


# --- leaked ---------------------------------------------------------------------------------------------------------

LEAKED = [f"leaked password number {number}" for number in range(200)]


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture(params=["\n", "\r\n"], ids=["lines", "lines from Windows"])
def leaked(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """As Have I Been Pwned gives it: hash, colon, how many times; lines of unlike length, in order."""
    path = tmp_path / "pwned.txt"
    lines = sorted(f"{sha1(one)}:{10 ** (at % 7)}" for at, one in enumerate(LEAKED))
    path.write_bytes("".join(f"{line}{request.param}" for line in lines).encode())
    return path


def test_each_that_has_leaked_is_found_and_no_other(leaked: Path) -> None:
    assert all(known_passwords.is_leaked(one, leaked) for one in LEAKED)
    assert not any(known_passwords.is_leaked(f"{one}!", leaked) for one in LEAKED)


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_file_with_few_lines_and_no_end_of_the_last_is_read_too(lines: int, tmp_path: Path) -> None:
    path = tmp_path / "few.txt"
    path.write_text("\n".join(sorted(map(sha1, LEAKED[:lines]))))
    assert [known_passwords.is_leaked(one, path) for one in LEAKED[:4]] == [at < lines for at in range(4)]


def test_a_password_that_has_leaked_is_refused_with_a_sentence_where_there_is_a_list(
    leaked: Path, settings: Any
) -> None:
    fine = LEAKED[7]
    assert passwords.weaknesses(fine, names=KARI) == []
    settings.LEAKED_PASSWORDS = leaked
    assert passwords.weaknesses(fine, names=KARI) == [
        "Passordet er med i en liste over passord som er på avveie. Velg et annet."
    ]


@pytest.mark.parametrize("content", ["", "not a hash\n", f"{'A' * 32}:4\n", "<html>\n"])
def test_a_file_of_another_kind_is_refused_before_anybody_is_served(
    content: str, tmp_path: Path, settings: Any
) -> None:
    path = tmp_path / "other.txt"
    path.write_text(content)
    settings.LEAKED_PASSWORDS = path
    assert [fault.startswith("GRUNNMUR_LEAKED_PASSWORDS: ") for fault in startup._leaked_password_faults()] == [True]
    path.unlink()
    assert startup._leaked_password_faults() != []


def test_a_file_that_is_gone_or_broken_lets_no_password_through(leaked: Path) -> None:
    """Fails closed: nobody is told that a password is good when it could not be looked up."""
    broken = leaked.with_name("broken.txt")
    broken.write_bytes(b"x" * 4000)
    with pytest.raises(NoLeakedPasswords):
        known_passwords.is_leaked("whatever it is", broken)
    with pytest.raises(NoLeakedPasswords):
        known_passwords.is_leaked("whatever it is", leaked.with_name("gone.txt"))
