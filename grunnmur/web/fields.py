"""A form's field as the page macros want it: plain words and values, without Django's own HTML."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText
else:
    LazyText = Promise
Text = str | LazyText
Kind = Literal["text", "textarea", "date", "select", "radio", "checkbox", "check", "file", "password"]

KINDS: tuple[tuple[type[forms.Widget], Kind], ...] = (
    (forms.Textarea, "textarea"),
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "check"),
    (forms.FileInput, "file"),
    (forms.DateInput, "date"),
    (forms.PasswordInput, "password"),
)
"""Subclasses before their base class: a radio group is also a `Select` to Django."""


WORTH_COUNTING = 5_000
"""Characters: a limit that nobody comes near is not worth a line under the field."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field: `value` is what was typed, also when it is wrong; `error` is one plain sentence or empty."""

    name: str
    label: Text
    kind: Kind = "text"
    value: str | list[str] = ""
    error: Text = ""
    hint: Text = ""
    choices: tuple[tuple[str, Text, Text], ...] = ()
    groups: tuple[tuple[Text, tuple[tuple[str, Text, Text], ...]], ...] = ()
    """Choices under headings, after those without one; for a long list only."""
    required: bool = True
    says_optional: bool = True
    """Whether it says that it may be left empty: all but those of a search or a choice of what to show."""
    max_length: int | None = None
    multiple: bool = False
    """Of a file: whether several can be chosen."""
    autocomplete: str = "off"
    inputmode: str = ""
    """Which keyboard a telephone shows, where the field is of a kind that does not say."""


def field_of(bound: BoundField, *, says_optional: bool = True) -> Field:
    """The field of a Django form, with what was typed and its first error.

    A choice may carry a hint: set `choice_hints` (value -> sentence) on the form's field. Choices may be grouped
    the way Django groups them: (heading, [(value, label)]).
    """
    form_field = bound.field
    hints: dict[str, Text] = getattr(form_field, "choice_hints", {})
    choices = list(getattr(form_field, "choices", ()))
    value = bound.value()
    return Field(
        name=bound.html_name,
        label=bound.label,
        kind=next((kind for widget, kind in KINDS if isinstance(form_field.widget, widget)), "text"),
        value=[str(one) for one in value] if isinstance(value, list | tuple) else _shown(bound, value),
        error=str(bound.errors[0]) if bound.errors else "",
        hint=bound.help_text,
        choices=tuple(
            (str(key), label, hints.get(str(key), "")) for key, label in choices if not isinstance(label, list | tuple)
        ),
        groups=tuple(
            (heading, tuple((str(key), label, hints.get(str(key), "")) for key, label in options))
            for heading, options in choices
            if isinstance(options, list | tuple)
        ),
        required=form_field.required,
        says_optional=says_optional,
        max_length=limit if (limit := getattr(form_field, "max_length", None)) and limit <= WORTH_COUNTING else None,
        multiple=getattr(form_field.widget, "allow_multiple_selected", False),
        autocomplete=form_field.widget.attrs.get("autocomplete", "off"),
        inputmode=form_field.widget.attrs.get("inputmode", ""),
    )


def _shown(bound: BoundField, value: object) -> str:
    """One value as text; a date that the program filled in is shown the Norwegian way."""
    if value is None or value is False:
        return ""
    if isinstance(bound.field.widget, forms.DateInput) and not isinstance(value, str):
        return format(value, "%d.%m.%Y")
    return str(value)
