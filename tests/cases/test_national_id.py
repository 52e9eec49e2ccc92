"""National identity numbers: real form, D-numbers, synthetic ones, and the forms for a child without a number.

Every number here is synthetic (month + 80) or made so that nobody can have it.
"""

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from grunnmur.cases.national_id import NationalIdKind, NotANationalId, Sex, make_synthetic, parse

DAYS = st.dates(min_value=date(1940, 1, 1), max_value=date(2039, 12, 31))


def number_with(date_digits: str, individual: int) -> str:
    """The first number with right check digits from these individual digits and on, of the same sex."""
    for digits in range(individual, 1000, 2):
        nine = f"{date_digits}{digits:03}"
        number = nine + fodselsnummer.calc_check_digit1(nine)
        number += fodselsnummer.calc_check_digit2(number)
        if len(number) == 11:
            return number
    raise AssertionError(date_digits)


@pytest.mark.parametrize(
    ("number", "kind", "born_on", "sex", "is_synthetic"),
    [
        ("14851281232", NationalIdKind.BIRTH_NUMBER, date(2012, 5, 14), Sex.FEMALE, True),
        ("148512 81232", NationalIdKind.BIRTH_NUMBER, date(2012, 5, 14), Sex.FEMALE, True),
        ("22812073552", NationalIdKind.BIRTH_NUMBER, date(2020, 1, 22), Sex.MALE, True),
        (number_with("548512", 812), NationalIdKind.D_NUMBER, date(2012, 5, 14), Sex.FEMALE, True),
        (number_with("019054", 950), NationalIdKind.BIRTH_NUMBER, date(1954, 10, 1), Sex.FEMALE, True),
        (number_with("018154", 500), NationalIdKind.BIRTH_NUMBER, date(1854, 1, 1), Sex.FEMALE, True),
        (number_with("010154", 501), NationalIdKind.BIRTH_NUMBER, date(1854, 1, 1), Sex.MALE, False),
        ("14051200100", NationalIdKind.INCOMPLETE, date(2012, 5, 14), Sex.MALE, False),
        ("14051200200", NationalIdKind.INCOMPLETE, date(2012, 5, 14), Sex.FEMALE, False),
        ("14052799999", NationalIdKind.UNBORN, date(2027, 5, 14), None, False),
    ],
)
def test_what_a_number_says(
    number: str, kind: NationalIdKind, born_on: date, sex: Sex | None, is_synthetic: bool
) -> None:
    found = parse(number)
    assert (found.kind, found.born_on, found.sex, found.is_synthetic) == (kind, born_on, sex, is_synthetic)
    assert found.value == number.replace(" ", "")
    assert found.is_unique is (kind in (NationalIdKind.BIRTH_NUMBER, NationalIdKind.D_NUMBER))


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("", id="empty"),
        pytest.param("1485128123", id="too short"),
        pytest.param("148512812320", id="too long"),
        pytest.param("1485128123a", id="a letter"),
        pytest.param("١٤٨٥١٢٨١٢٣٢", id="other digits than 0-9"),
        pytest.param("14851281242", id="first check digit"),
        pytest.param("14851281233", id="second check digit"),
        pytest.param(number_with("308212", 812), id="30 February"),
        pytest.param(number_with("149312", 812), id="month 13"),
        pytest.param(number_with("144512", 812), id="month + 40"),
        pytest.param(number_with("147012", 812), id="month + 65"),
        pytest.param(number_with("728512", 812), id="day 32"),
        pytest.param(number_with("148540", 500), id="no century has these individual digits"),
        pytest.param("14051255555", id="date + 55555"),
        pytest.param("31021200100", id="incomplete, no such day"),
    ],
)
def test_what_is_not_a_number_is_refused_without_repeating_it(number: str) -> None:
    with pytest.raises(NotANationalId) as refused:
        parse(number)
    assert isinstance(refused.value, ValueError)
    assert str(refused.value).startswith("Fødselsnummeret er ikke gyldig.")
    assert not number or number not in str(refused.value)


def test_a_number_does_not_show_in_a_traceback() -> None:
    assert "14851281232" not in repr(parse("14851281232"))


@given(DAYS, st.sampled_from(Sex), st.integers(0, 150))
def test_a_made_number_says_what_it_was_made_from(born_on: date, sex: Sex, serial: int) -> None:
    found = parse(make_synthetic(born_on, sex, serial))
    assert (found.born_on, found.sex, found.is_synthetic, found.is_unique) == (born_on, sex, True, True)


@given(DAYS)
@settings(deadline=None)
def test_no_two_made_numbers_are_the_same(born_on: date) -> None:
    made = [make_synthetic(born_on, sex, serial) for sex in Sex for serial in range(25)]
    assert len(set(made)) == len(made)


@given(DAYS, st.sampled_from(Sex), st.integers(0, 9), st.integers(0, 10))
def test_one_wrong_digit_is_found(born_on: date, sex: Sex, digit: int, place: int) -> None:
    """The two check digits find every single wrong digit (mod 11)."""
    number = make_synthetic(born_on, sex, 0)
    wrong = number[:place] + str(digit) + number[place + 1 :]
    if wrong != number and wrong[6:] not in ("00100", "00200", "99999"):
        with pytest.raises(NotANationalId):
            parse(wrong)


@pytest.mark.parametrize(("born_on", "serial"), [(date(2012, 5, 14), 400), (date(2045, 1, 1), 0)])
def test_there_is_an_end_to_the_numbers_of_a_day(born_on: date, serial: int) -> None:
    with pytest.raises(ValueError, match="no synthetic number"):
        make_synthetic(born_on, Sex.FEMALE, serial)


@given(st.text(max_size=14))
def test_any_text_is_a_number_or_refused(value: str) -> None:
    with contextlib.suppress(NotANationalId):
        assert parse(value).value == value.replace(" ", "")
