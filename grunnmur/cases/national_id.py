"""National identity numbers: what one says, and synthetic ones for demo and tests. Pure.

Sources: Skatteetaten on the number's form (folkeregisterforskriften §§ 2-2-1 and 2-2-4: date, three individual
digits, two check digits; D-number: day + 40) and on synthetic numbers (month + 80); Statistics Norway's rules
for the child welfare file (Personalia Kontroll 12) on the forms used before a child has a number.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

D_NUMBER_DAY = 40
SYNTHETIC_MONTH = 80
INCOMPLETE = {"00100", "00200"}
UNBORN = "99999"


class NationalIdKind(StrEnum):
    """What sort of number it is."""

    BIRTH_NUMBER = "birth_number"
    D_NUMBER = "d_number"
    INCOMPLETE = "incomplete"
    """A date of birth followed by 00100 or 00200: the child has no number yet."""
    UNBORN = "unborn"
    """The date the child is due, followed by 99999."""


class Sex(StrEnum):
    """Sex as the number says it."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True)
class NationalId:
    """What a number says. `born_on` is the due date when the kind is UNBORN."""

    value: str = field(repr=False)
    kind: NationalIdKind
    born_on: date
    sex: Sex | None
    is_synthetic: bool

    @property
    def is_unique(self) -> bool:
        """Whether only one person can have it: the incomplete forms are shared by all born on the day."""
        return self.kind in (NationalIdKind.BIRTH_NUMBER, NationalIdKind.D_NUMBER)


class NotANationalId(ValueError):
    """The number is not one. Says so in plain words, without repeating the number."""

    def __init__(self) -> None:
        super().__init__(_("Fødselsnummeret er ikke gyldig. Det skal ha 11 sifre; sjekk om et av dem er feil."))


def parse(value: str) -> NationalId:
    """What the number says; spaces in it are let be. Raises NotANationalId (a ValueError).

    Takes birth numbers, D-numbers, the synthetic form of both, and the forms for a child without a number.
    Numbers with month + 40 (help numbers, and test numbers of others than the tax authority) are not taken:
    the register does not have them.
    """
    value = value.replace(" ", "")
    if len(value) != 11 or not (value.isascii() and value.isdigit()):
        raise NotANationalId
    if value[6:] in INCOMPLETE or value[6:] == UNBORN:
        return _incomplete(value)
    day, month = int(value[:2]), int(value[2:4])
    is_d_number, is_synthetic = day > D_NUMBER_DAY, month > SYNTHETIC_MONTH
    year = _century(int(value[4:6]), individual=int(value[6:9]))
    if year is None or not _has_check_digits(value):
        raise NotANationalId
    return NationalId(
        value=value,
        kind=NationalIdKind.D_NUMBER if is_d_number else NationalIdKind.BIRTH_NUMBER,
        born_on=_day(
            year,
            month - SYNTHETIC_MONTH if is_synthetic else month,
            day - D_NUMBER_DAY if is_d_number else day,
        ),
        sex=_sex(value),
        is_synthetic=is_synthetic,
    )


def make_synthetic(born_on: date, sex: Sex, serial: int) -> str:
    """The synthetic number no. `serial`, from 0, for someone of this sex born on this day.

    Two serials never give the same number. There are about 200 for each day and sex from 1940 to 2039; raises
    ValueError beyond the last, and for years without numbers.
    """
    date_digits = f"{born_on.day:02}{born_on.month + SYNTHETIC_MONTH:02}{born_on.year % 100:02}"
    found = -1
    for individual in range(1000):
        number = f"{date_digits}{individual:03}"
        if _century(born_on.year % 100, individual=individual) != born_on.year or _sex(number) != sex:
            continue
        number += calc_check_digit1(number)
        number += calc_check_digit2(number)
        found += len(number) == 11 and number[6:] not in {*INCOMPLETE, UNBORN}
        if found == serial:
            return number
    raise ValueError(f"no synthetic number {serial} for {born_on}")


def _incomplete(value: str) -> NationalId:
    """A date and a fixed ending. Child welfare has nobody born before 2000, so that is the century."""
    is_unborn = value[6:] == UNBORN
    return NationalId(
        value=value,
        kind=NationalIdKind.UNBORN if is_unborn else NationalIdKind.INCOMPLETE,
        born_on=_day(2000 + int(value[4:6]), int(value[2:4]), int(value[:2])),
        sex=None if is_unborn else _sex(value),
        is_synthetic=False,
    )


def _century(year: int, *, individual: int) -> int | None:
    """The full year, from its two digits and the individual digits; None when the two do not go together."""
    if individual < 500:
        return 1900 + year
    if year < 40:
        return 2000 + year
    if individual >= 900:
        return 1900 + year
    return 1800 + year if individual < 750 and year >= 54 else None


def _has_check_digits(value: str) -> bool:
    return calc_check_digit1(value) == value[9] and calc_check_digit2(value) == value[10]


def _sex(value: str) -> Sex:
    return Sex.MALE if int(value[8]) % 2 else Sex.FEMALE


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotANationalId from None
