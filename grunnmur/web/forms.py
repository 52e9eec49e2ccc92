"""Fields that several forms share. Forms check shape only; the rules are the acts'."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grunnmur.clock import OSLO
from grunnmur.post.mail import ADDRESS
from grunnmur.post.sms import NUMBER
from grunnmur.web.fields import Field, Text, field_of

SKIPPED = _("Klokka stilles fram den natten, så klokkeslettet finnes ikke. Velg et annet.")
WRITE_A_DATE = _("Skriv datoen som dag, måned og år, slik: 26.11.2026.")


FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Outside these a year is a slip of the hand."""


class DateField(forms.DateField):
    """A date typed as dd.mm.åååå."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%d.%m.%Y", "%d.%m.%y", "%d%m%Y"],
            widget=forms.DateInput,
            error_messages={"invalid": WRITE_A_DATE, "required": WRITE_A_DATE},
            **options,
        )

    def to_python(self, value: Any) -> date | None:
        on = super().to_python(value.replace(" ", "") if isinstance(value, str) else value)
        if on is not None and not FIRST_YEAR <= on.year <= LAST_YEAR:
            raise forms.ValidationError(WRITE_A_DATE)
        return on


class ClockField(forms.CharField):
    """A time of day typed as 14.00, 14:00, 1400 or 14."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("for eksempel 14.00"))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        typed = re.fullmatch(r"(?:kl\.?\s*)?(\d{1,2})(?:[.:]?(\d{2}))?", text, re.IGNORECASE)
        if typed is None or int(typed[1]) > 23 or int(typed[2] or 0) > 59:
            raise forms.ValidationError(_("Skriv klokkeslettet slik: 14.00."))
        return time(int(typed[1]), int(typed[2] or 0))


class MailField(forms.CharField):
    """An e-mail address that the house can send to, or nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("E-post"), "required": False, "max_length": 200, **options})

    def to_python(self, value: Any) -> str:
        address = str(super().to_python(value)).strip()
        if address and not ADDRESS.fullmatch(address):
            raise forms.ValidationError(_("Skriv en e-postadresse, slik: navn@kommune.no."))
        return address


class PhoneField(forms.CharField):
    """A telephone for SMS as people write it, or nothing; gives it with its country."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 20, **options})

    def to_python(self, value: Any) -> str:
        digits = re.sub(r"[\s()-]", "", str(super().to_python(value)))
        digits = re.sub(r"^00", "+", digits)
        if re.fullmatch(r"[2-9][0-9]{7}", digits):
            return f"+47{digits}"
        if digits and not NUMBER.fullmatch(digits):
            raise forms.ValidationError(_("Skriv et telefonnummer med åtte siffer, eller med landkode først."))
        return digits


class ActForm(forms.Form):
    """A form for one act. `fields_for_page` gives what the page macros draw."""

    required_sentence = _("Fyll ut dette feltet.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.say_plainly()

    def say_plainly(self) -> None:
        """Give every field our own words for what is wrong; again for a form that adds fields of its own."""
        for field in self.fields.values():
            if not isinstance(field, DateField | forms.UUIDField):
                field.error_messages["required"] = self.required_sentence
            field.error_messages.setdefault("invalid_choice", _("Velg fra listen."))
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Velg fra listen.")
                field.error_messages["required"] = _("Velg et svar.")

    @property
    def is_written(self) -> bool:
        """Whether somebody writes at length in it, so that it is worth keeping."""
        return any(isinstance(field.widget, forms.Textarea) for field in self.fields.values())

    def fields_for_page(self, names: Iterable[str] | None = None) -> list[Field]:
        """The fields in order, or those named."""
        return [field_of(self[name]) for name in (names or self.fields)]


class ConditionalForm(ActForm):
    """A form where one answer makes other fields needed: those are not called optional, for then they are not."""

    needed_with_some_answers: frozenset[str] = frozenset()

    def fields_for_page(self, names: Iterable[str] | None = None) -> list[Field]:
        return [
            replace(field, required=True) if field.name in self.needed_with_some_answers else field
            for field in super().fields_for_page(names)
        ]


class NamingForm(ActForm):
    """A form whose texts name no sibling. The box that says that the name is another's comes when one was found."""

    is_another = forms.BooleanField(label=_("Det er en annen, ikke søskenet"), required=False)

    def fields_for_page(self, names: Iterable[str] | None = None) -> list[Field]:
        box = self["is_another"]
        is_asked = bool(box.errors or (self.is_bound and box.value()))
        found = super().fields_for_page(names)
        others = [field for field in found if field.name != box.name]
        return [*others, *(field for field in found if field.name == box.name and is_asked)]


def offer_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, Text]]) -> None:
    """Give a field of choices what can be chosen, where that is known first when the page is shown."""
    field: Any = form.fields[name]
    assert hasattr(field, "choices"), f"{name} is no field of choices"
    field.choices = list(choices)


def long_text(
    label: Text, *, required: bool = True, help_text: Text = "", rows_hint: int = 5, longest: int = 20_000
) -> forms.CharField:
    """A text of several lines; one that is longer is refused beside its field, and never cut."""
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea, max_length=longest
    )


def choice(
    label: Text,
    choices: Iterable[tuple[str, Text]],
    *,
    required: bool = True,
    help_text: Text = "",
    radio: bool = False,
    empty: Text | None = None,
    hints: Mapping[str, Text] | None = None,
) -> forms.ChoiceField:
    """One of several: a list, or buttons when they are few. `empty` is the first line of a list, `hints` a
    sentence under some of the choices."""
    options = list(choices)
    if not radio:
        options = [("", empty if empty is not None else _("Velg …")), *options]
    field = forms.ChoiceField(
        label=label,
        choices=options,
        required=required,
        help_text=help_text,
        widget=forms.RadioSelect if radio else forms.Select,
    )
    field.choice_hints = hints or {}  # type: ignore[attr-defined]  # read by `fields.field_of`
    return field


def choices(
    label: Text, options: Iterable[tuple[str, Text]], *, required: bool = True, help_text: Text = ""
) -> forms.MultipleChoiceField:
    """Any number of several, as boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=list(options), required=required, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


def at_oslo(on: date, clock: time) -> datetime:
    """A day and a time of day in Norway as an instant."""
    return datetime.combine(on, clock, OSLO)


def is_skipped(on: date, clock: time) -> bool:
    """Whether there is no such time of day: it is passed over in the night that the clock is put forward."""
    return at_oslo(on, clock).astimezone(UTC).astimezone(OSLO).time() != clock
