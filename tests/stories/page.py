"""A page as a person without JavaScript meets it: text, links by their words, forms by their labels and buttons."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from tests.app import App

OPTIONAL = "(valgfritt)"
Value = str | bool | Sequence[str]
"""What one answers: a text or the words of a choice, whether to tick a box, or the words of several boxes."""


class Unlike(AssertionError):
    """The page is not what the story says; the message tells what was expected and what came."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}\n      came     {came}")


def words(element: Any) -> str:
    """The text of an element in one line."""
    return " ".join(element.text_content().split())


def is_said(text: str, wanted: str) -> bool:
    """Whether a text is the wanted words, alone or with an explanation after: «Mona Solberg, mor».

    Words that end with «…» need only begin it.
    """
    if wanted.endswith("…"):
        return text.startswith(wanted[:-1])
    return text == wanted or text.startswith((f"{wanted}, ", f"{wanted} ("))


def _label(element: Any) -> str:
    return words(element).removesuffix(OPTIONAL).strip()


@dataclass
class Page:
    """What came back from the server."""

    url: str
    status: int
    doc: Any

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def title(self) -> str:
        return words(self.doc.find(".//title")) if self.doc.find(".//title") is not None else ""

    @property
    def heading(self) -> str:
        return " / ".join(words(one) for one in self.doc.iterfind(".//h1"))

    @property
    def text(self) -> str:
        """What is written on the page, with what stands in the fields."""
        main = self.doc.find(".//main")
        place = self.doc.find("body") if main is None else main
        typed = [one.get("value", "") for one in place.iter("input") if one.get("type", "text") in ("text", "search")]
        return " ".join([words(place), *typed])

    @property
    def faults(self) -> list[str]:
        """What the page says is wrong."""
        summary = self.doc.find_class("g-error-summary")
        return [words(one) for found in summary for one in found.iter("li")] or [
            words(one) for one in self.doc.find_class("ds-alert") if one.get("data-color") in ("danger", "warning")
        ]

    @property
    def addresses(self) -> set[str]:
        """Every path that the page's links lead to, and its own, without what comes after a question mark."""
        links = [one.get("href") for one in self.doc.iter("a")]
        return {urlsplit(urljoin(self.url, one)).path for one in links if one} | {self.path}

    @property
    def actions(self) -> set[str]:
        """Every path that the page's forms are sent to."""
        return {
            urlsplit(urljoin(self.url, one.get("action"))).path for one in self.doc.iter("form") if one.get("action")
        }

    def link(self, text: str, *, near: str = "") -> str:
        """The address behind the words of a link; `near` are words in the same row, item or card."""
        found = [one for one in self.doc.iter("a") if one.get("href") and is_said(words(one), text)]
        if near:
            found = [one for one in found if near in words(_surroundings(one))]
        if not found:
            raise Unlike(f"a link «{text}»" + (f" near «{near}»" if near else ""), self.summary())
        return str(urljoin(self.url, found[0].get("href")))

    def forms(self, button: str) -> Iterator["Form"]:
        """The forms that have a button with these words."""
        for form in self.doc.iter("form"):
            for one in form.iter("button"):
                if one.get("type") == "submit" and is_said(words(one), button):
                    yield Form(self, form, one)

    def form(self, button: str, *, near: str = "") -> "Form":
        """The form with this button; `near` are words in it or around it."""
        found = [one for one in self.forms(button) if not near or near in words(_surroundings(one.button))]
        if not found:
            raise Unlike(f"a button «{button}»" + (f" near «{near}»" if near else ""), self.summary())
        return found[0]

    def summary(self) -> str:
        """The page in one line, for whoever reads why a step failed."""
        choices = [words(one) for one in self.doc.iter("a", "button")]
        shown = ", ".join(f"«{one}»" for one in dict.fromkeys(choices) if one)
        return f"{self.status} {self.path} «{self.heading}» {' '.join(self.faults)} with {shown}"


ANCHORS = ("label", "legend", "h2", "h3", "h4", "summary", "p", "strong")
SURROUNDINGS = frozenset({"li", "tr", "form", "section", "article", "fieldset", "details"})


def _surroundings(element: Any) -> Any:
    """The nearest row, item, form or card that an element stands in."""
    return next((one for one in element.iterancestors() if one.tag in SURROUNDINGS), element.getroottree().getroot())


@dataclass
class Form:
    """One form with what stands in it; `fill` answers by the words of the labels."""

    page: Page
    element: Any
    button: Any
    data: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data = {}
        for one in self.element.iter("input", "textarea", "select"):
            for value in _standing(one):
                self.data.setdefault(one.get("name"), []).append(value)
        if self.button.get("name"):
            self.data[self.button.get("name")] = [self.button.get("value", "")]

    @property
    def address(self) -> str:
        return str(urljoin(self.page.url, self.element.get("action") or self.page.url))

    def fill(self, answers: Mapping[str, Value]) -> None:
        """Answer the fields by their labels. «Anna > Svar» is the field «Svar» nearest to the words «Anna»."""
        for key, value in answers.items():
            target = self._find(key)
            if target.tag == "fieldset":
                self._choose(target, [value] if isinstance(value, str) else list(value))  # type: ignore[arg-type]
            elif target.tag == "select":
                options = {_label(one): one.get("value", "") for one in target.iter("option")}
                chosen = next((option for option in options if is_said(option, str(value))), None)
                if chosen is None:
                    raise Unlike(f"«{value}» among the choices of «{key}»", ", ".join(options))
                self.data[target.get("name")] = [options[chosen]]
            elif target.get("type") in ("checkbox", "radio"):
                self._tick(target, on=bool(value))
            else:
                assert isinstance(value, str), f"«{key}» takes a text"
                self.data[target.get("name")] = [value]

    def _find(self, key: str) -> Any:
        """The field or the group of choices that a key names."""
        anchor, _, label = key.rpartition(" > ")
        places = [self.element]
        if anchor:
            near = [one for one in self.element.iter(*ANCHORS) if is_said(_label(one), anchor)]
            places = [place for one in near for place in one.iterancestors()]
        for place in places:
            found = self._labelled(place, label)
            if found is not None:
                return found
        labels = [_label(one) for one in self.element.iter("label", "legend")]
        raise Unlike(f"a field «{key}»", ", ".join(f"«{one}»" for one in labels) + f" on {self.page.path}")

    def _labelled(self, place: Any, label: str) -> Any | None:
        for one in place.iter("label", "legend"):
            if not is_said(_label(one), label):
                continue
            if one.tag == "legend":
                return one.getparent()
            found = self.element.xpath(".//*[@id=$id]", id=one.get("for"))
            if found:
                return found[0]
        return None

    def _choose(self, group: Any, values: list[str]) -> None:
        """Tick these in a group, and only these."""
        inputs = [one for one in group.iter("input") if one.get("type") in ("checkbox", "radio")]
        by_label = {self._label_of(one): one for one in inputs}
        missing = [value for value in values if not any(is_said(label, value) for label in by_label)]
        if missing:
            raise Unlike(f"{missing} among the choices", ", ".join(by_label))
        for label, one in by_label.items():
            self._tick(one, on=any(is_said(label, value) for value in values))

    def _tick(self, box: Any, *, on: bool) -> None:
        name, value = box.get("name"), box.get("value", "on")
        others = [] if box.get("type") == "radio" and on else [one for one in self.data.get(name, []) if one != value]
        self.data[name] = [*others, value] if on else others

    def _label_of(self, box: Any) -> str:
        for one in self.element.iter("label"):
            if one.get("for") == box.get("id"):
                return _label(one)
        return ""


def _standing(one: Any) -> list[str]:
    """What a field sends when nobody touches it."""
    if not one.get("name") or one.get("disabled") is not None:
        return []
    if one.tag == "textarea":
        return [re.sub(r"^\r?\n", "", one.text_content())]
    if one.tag == "select":
        options = list(one.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return [option.get("value", words(option)) for option in chosen]
    kind = one.get("type", "text")
    if kind in ("checkbox", "radio"):
        return [one.get("value", "on")] if one.get("checked") is not None else []
    return [] if kind in ("submit", "button", "file", "image", "reset") else [one.get("value", "")]


def parse(url: str, status: int, body: bytes) -> Page:
    """The page in a response."""
    return Page(url, status, html.document_fromstring(body.decode() or "<html></html>"))


APPS: dict[tuple[str, str], App] = {}
"""The app for one-time codes that each person has, in each program that runs."""


class Reader:
    """Someone who stands on a page and reads it."""

    page: Page
    key: str
    server_url: str

    def fill(self, answers: Mapping[str, Value]) -> None:
        raise NotImplementedError

    def press(self, button: str, *, near: str = "") -> Any:
        raise NotImplementedError

    def prove(self) -> None:
        """After the password: a code from the app, which is taken in use the first time."""
        secrets = self.page.doc.xpath("//*[@data-secret]")
        if secrets:
            app = APPS[self.server_url, self.key] = App(secrets[0].text_content())
            self.fill({"Koden som står i appen nå": app.code()})
            self.press("Ta i bruk appen")
            self.press("Jeg har tatt vare på kodene")
        else:
            self.fill({"Kode": APPS[self.server_url, self.key].code()})
            self.press("Bekreft")

    @property
    def address(self) -> str:
        """The path of the page."""
        return self.page.path

    def text(self) -> str:
        """What is written on the page."""
        return self.page.text

    def sees(self, *texts: str) -> None:
        """The page says all of this."""
        missing = [text for text in texts if text not in self.page.text]
        if missing:
            raise Unlike(" and ".join(f"«{one}»" for one in missing), f"{self.page.path}: {self.page.text[:700]}")

    def does_not_see(self, *texts: str) -> None:
        """The page says none of this."""
        found = [text for text in texts if text in self.page.text]
        if found:
            raise Unlike("not a word of " + " or ".join(f"«{one}»" for one in found), f"{self.page.path} says it")

    def has_no_link(self, text: str) -> None:
        """There is no link with these words."""
        try:
            self.page.link(text)
        except Unlike:
            return
        raise Unlike(f"no link «{text}»", self.page.summary())
