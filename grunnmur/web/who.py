"""Choosing who comes and who does what in a form. Shape only: whether someone can be chosen is the act's to say."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.queries.plans import Someone
from grunnmur.web.fields import Text

WRONG = _("Velg fra listen.")


class IdsField(forms.MultipleChoiceField):
    """Any number of services or people, as boxes to tick; gives their ids.

    One that was in the list when the form was shown and is not any more comes through, so that the act can say why.
    """

    def __init__(self, label: Text, *, help_text: Text = "") -> None:
        super().__init__(label=label, required=False, help_text=help_text, widget=forms.CheckboxSelectMultiple)
        self.choice_hints: dict[str, Text] = {}

    def offer(self, some: Iterable[Someone]) -> None:
        """Who can be ticked, each with what one should know first."""
        some = list(some)
        self.choices = [(str(one.id), one.label) for one in some]
        self.choice_hints = {str(one.id): one.limits for one in some if one.limits}

    def valid_value(self, value: Any) -> bool:
        return _id(value) is not None

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(one) for one in super().clean(value)]


class WhoField(forms.CharField):
    """One service or one person, from a list; gives the pair (service id, person id), of which one is None."""

    def __init__(self, label: Text, *, required: bool = True, help_text: Text = "") -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            widget=forms.Select,
            error_messages={"required": _("Velg én som har ansvaret for oppgaven.")},
        )
        self.choices: list[Any] = []

    def offer(self, some: Iterable[Someone]) -> None:
        """Who can be chosen, services and people apart."""
        some = list(some)
        groups = [
            (_("Tjenester som er med"), [(one.key, one.label) for one in some if one.is_service]),
            (_("Rundt barnet"), [(one.key, one.label) for one in some if not one.is_service]),
        ]
        self.choices = [("", _("Velg …")), *((heading, found) for heading, found in groups if found)]

    def clean(self, value: Any) -> tuple[UUID | None, UUID | None]:
        text = super().clean(value)
        if not text:
            return None, None
        kind, _colon, key = text.partition(":")
        found = _id(key)
        if found is None or kind not in ("service", "person"):
            raise forms.ValidationError(WRONG)
        return (found, None) if kind == "service" else (None, found)


def offer(form: forms.Form, name: str, some: Iterable[Someone]) -> None:
    """Give one of a form's fields those who can be chosen."""
    field = form.fields[name]
    assert isinstance(field, IdsField | WhoField), name
    field.offer(some)


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
