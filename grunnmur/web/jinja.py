"""The Jinja2 environment of our own pages: the few functions and filters that every template may use.

An unknown name in a template is an error and never an empty space: on these pages a missing word could be a
missing consent.
"""

from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.formats import date_format
from django.utils.text import capfirst, slugify
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from grunnmur.clock import OSLO
from grunnmur.web.amounts import kroner


def url(name: str, /, **arguments: Any) -> str:
    """The address of a named page: `url("case", case=case.id)`."""
    if all(isinstance(value, UUID) for value in arguments.values()):
        return _address(get_script_prefix(), name, tuple(arguments)).format(*arguments.values())
    return reverse(name, kwargs=arguments)


@cache
def _address(prefix: str, name: str, names: tuple[str, ...]) -> str:
    """The address with {0}, {1} and so on for its ids: looking each up anew costs a list more than drawing its row."""
    address = reverse(name, kwargs={key: UUID(int=index) for index, key in enumerate(names)})
    for index in range(len(names)):
        address = address.replace(str(UUID(int=index)), f"{{{index}}}")
    return address


@cache
def asset(name: str) -> str:
    """The address of a file that browsers fetch: `asset("logo.svg")`. It never changes while the program runs."""
    return static(name)


def say(text: str, /, **values: Any) -> Markup:
    """A text in the page's language, with values in it: `_("%(n)s år", n=9)`. What is put in is escaped."""
    found = _said(get_language(), text)
    return found % values if values else _without_values(found)


@cache
def _said(language: str | None, text: str) -> Markup:
    """Our own texts only, so that there are no more of them than the templates hold."""
    return Markup(gettext(text))  # noqa: S704  # the program's own text


@cache
def _without_values(text: Markup) -> Markup:
    return text % {}


def in_oslo(value: date) -> date:
    """An instant as the wall clock in Norway shows it; a plain date is left as it is."""
    return value.astimezone(OSLO) if isinstance(value, datetime) else value


def dato(value: date) -> str:
    """A full Norwegian date: 26.11.2026."""
    return format(in_oslo(value), "%d.%m.%Y")


def dato_kort(value: date) -> str:
    """A date where the year goes without saying: 26.11."""
    return format(in_oslo(value), "%d.%m.")


def ukedag(value: date) -> str:
    """The day of the week, in the language of the page: torsdag, Thursday."""
    name = date_format(in_oslo(value), "l")
    return name if get_language() == "en" else name.lower()


def klokke(value: datetime) -> str:
    """The time of day in Norway: 09.12."""
    return format(in_oslo(value), "%H.%M")


def anchor(text: object) -> str:
    """A text as an element's id: «Send påminnelse» becomes `send-paminnelse`."""
    return slugify(str(text).translate(str.maketrans("æøåÆØÅ", "aoaAOA")))


def environment(**options: Any) -> Environment:
    """Django's Jinja2 backend calls this with its options (loader, autoescape and so on)."""
    env = Environment(**{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701  # the backend escapes
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension on the line above
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    # The extension's own `_` looks every text up again, through three calls, for each cell of a table.
    env.globals.update(static=asset, url=url, language=get_language, _=say)
    env.filters.update(dato=dato, dato_kort=dato_kort, ukedag=ukedag, klokke=klokke)
    env.filters.update(anchor=anchor, kroner=kroner, capfirst=capfirst)
    return env
