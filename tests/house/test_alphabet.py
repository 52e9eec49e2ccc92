"""Names stand in the order that Norwegian readers expect."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grunnmur import alphabet


def test_the_three_last_letters_come_last_in_their_order() -> None:
    right = ["Anne", "anne B", "Arendal", "Élise", "Emil", "Zoe", "Ærlend", "Ødegård", "Østre", "Åmli", "Åseral"]
    assert sorted(sorted(right), key=alphabet.order) == right


def test_an_accent_and_a_capital_count_only_when_nothing_else_differs() -> None:
    assert alphabet.order("andre")[0] == alphabet.order("André")[0] == alphabet.order("ANDRE")[0]


@given(st.text())
def test_a_letter_written_as_two_signs_stands_where_the_one_sign_does(text: str) -> None:
    apart, joined = unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)
    assert alphabet.order(apart)[0] == alphabet.order(joined)[0]
