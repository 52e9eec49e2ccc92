"""Choosing a service in a form: those near first, any other found by a word, without leaving the form."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.queries import choices
from grunnmur.cases.queries.case import Case
from grunnmur.directory.nearby import ServiceChoice
from grunnmur.web.forms import ActForm

CHOOSE = gettext_lazy("Velg fra listen.")


class IdField(forms.UUIDField):
    """One from a list, by its id. Shape only: whether it can be chosen is the act's to say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Select, error_messages={"invalid": CHOOSE, "required": CHOOSE}, **options)
        self.choices: list[Any] = []

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, UUID) else value


class ServiceField(IdField):
    """A service."""


def find_field() -> forms.CharField:
    """The word to find other services by."""
    return forms.CharField(
        label=gettext_lazy("En del av navnet"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Trykk «Finn», og velg i listen over. Det dere har skrevet, blir stående."),
    )


def fill(form: ActForm, name: str, case: Case, *, find: str = "find") -> None:
    """Give the field its choices in groups, with what was searched for and what was chosen among them."""
    text = _searched_for(form, find) if form.is_bound else ""
    near = choices.service_choices(case, text=text, chosen=_chosen(form, name))
    field = form.fields[name]
    assert isinstance(field, IdField)
    groups = [(_("I kommunen"), near.here), (_("For hele regionen"), near.region)]
    if text:
        groups.insert(0, (_("Treff på «%(text)s»") % {"text": text}, near.found))
    else:
        groups.append((_("Andre"), near.found))
    first = _("Ingen treff på «%(text)s». Velg …") % {"text": text} if text and not near.found else _("Velg …")
    field.choices = [("", first), *((heading, _options(found)) for heading, found in groups if found)]


def _searched_for(form: ActForm, find: str) -> str:
    """The word to find by; nothing when its field would not take it, and then says so itself."""
    try:
        return str(form.fields[find].clean(form.data.get(find, ""))).strip()
    except forms.ValidationError:
        return ""


def _chosen(form: ActForm, name: str) -> UUID | None:
    value = form.data.get(name, "") if form.is_bound else form.get_initial_for_field(form.fields[name], name)
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _options(found: tuple[ServiceChoice, ...]) -> list[tuple[str, str]]:
    return [(str(one.id), one.label) for one in found]
