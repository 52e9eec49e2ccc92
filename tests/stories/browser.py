"""One person in a real browser: clicks, types and chooses by the words on the page, and meets no page unchecked."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.environment import ROOT
from tests.stories.page import OPTIONAL, Reader, Unlike, Value, is_said, parse
from tests.stories.page import Page as ReadPage

AXE = ROOT / "tests" / "browser" / "axe.min.js"
SHAPING = ("class", "data-color", "data-state", "data-variant", "type", "role", "aria-disabled", "aria-invalid", "open")
FIELDS = "input, textarea, select"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
"""A desk, and the narrowest screen that WCAG 2.2 asks for (1.4.10: 320 CSS pixels without scrolling sideways)."""

RUN_AXE = """async tags => {
  const result = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return result.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} (${n.failureSummary})`));
}"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1)
    .map(e => e.tagName.toLowerCase() + '.' + e.className).slice(0, 5);
}"""
NEAREST = """([anchor, label, optional]) => {
  const said = (text, wanted) => wanted.endsWith('…') ? text.startsWith(wanted.slice(0, -1))
    : text === wanted || text.startsWith(wanted + ', ') || text.startsWith(wanted + ' (');
  const words = e => e.textContent.replace(/\\s+/g, ' ').trim().replace(optional, '').trim();
  for (const start of document.querySelectorAll('main :is(label, legend, h2, h3, h4, summary, p, strong)')) {
    if (!said(words(start), anchor)) continue;
    for (let place = start.parentElement; place; place = place.parentElement)
      for (const one of place.querySelectorAll('label'))
        if (said(words(one), label)) return document.getElementById(one.htmlFor);
  }
}"""


class Visitor(Reader):
    """A person with a browser of their own; `checked` remembers which pages have been looked at closely."""

    def __init__(
        self,
        context: BrowserContext,
        server_url: str,
        key: str,
        *,
        checked: set[str] | None = None,
        scripts: bool = True,
    ) -> None:
        self.key = key
        self.scripts = scripts
        self.server_url = server_url
        self.checked = set() if checked is None else checked
        self.complaints: list[str] = []
        context.add_init_script(path=AXE)
        self.tab: Page = context.new_page()
        self.tab.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dict
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page = parse(server_url, 0, b"<html></html>")

    # --- what a person does ---------------------------------------------------------------------------------

    def be(self) -> None:
        """Become this person on the demo's page of people."""
        self.open("/demo/")
        mine = self.tab.locator("form").filter(has=self.tab.locator(f"input[value={self.key}]"))
        self._go(mine.get_by_role("button"))

    def log_in(self, password: str) -> None:
        """Log in with user name and password."""
        self.open("/logg-inn/")
        self.fill({"Brukernavn": self.key, "Passord": password})
        self.press("Logg inn")
        self.prove()

    def open(self, address: str) -> None:
        """Go to an address, and expect a page there."""
        self._arrive(self.tab.goto(urljoin(self.server_url, address)))

    def follow(self, text: str, *, near: str = "") -> None:
        """Click the link with these words."""
        self._go(self._one(self.tab.get_by_role("link", name=_named(text)), f"a link «{text}»", near))

    def press(self, button: str, *, near: str = "") -> None:
        """Click the button with these words."""
        self._go(self._one(self.tab.get_by_role("button", name=_named(button)), f"a button «{button}»", near))

    def try_to_press(self, button: str, *, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> None:
        """Press a button, and expect that the form comes back with what is wrong."""
        self._go(self.tab.get_by_role("button", name=_named(button)), expect=status)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY and not self.tab.evaluate(
            "document.activeElement.matches('.g-error-summary')"
        ):
            raise Unlike("what is wrong in focus", "the focus is elsewhere")

    def is_refused(self, address: str, *, because: str) -> None:
        """The address says no to this person, who sees the case, with a reason."""
        self._arrive(self.tab.goto(urljoin(self.server_url, address)), expect=HTTPStatus.FORBIDDEN)
        self.sees(because)

    def fill(self, answers: Mapping[str, Value]) -> None:
        """Answer fields by their labels, in the order they are given."""
        for key, value in answers.items():
            anchor, _, label = key.rpartition(" > ")
            if anchor:
                self._answer(self._nearest(anchor, label), key, value)
                continue
            group = self.tab.get_by_role("group", name=_begins(label))
            if group.count() and not isinstance(value, bool):
                self._choose(group.first, [value] if isinstance(value, str) else list(value))
            else:
                self._answer(self.tab.get_by_label(_labelled(label)).and_(self.tab.locator(FIELDS)).first, key, value)

    # --- how the browser does it ----------------------------------------------------------------------------

    def _choose(self, group: Locator, values: list[str]) -> None:
        """Tick these in a group, and only these."""
        for box in group.get_by_role("checkbox").all():
            label = " ".join(str(box.evaluate("e => e.labels[0].textContent")).split())
            box.set_checked(any(is_said(label, one) for one in values))
        for value in values:
            group.get_by_label(_labelled(value)).and_(self.tab.locator(FIELDS)).first.check()

    def _answer(self, field: Any, key: str, value: Value) -> None:
        if isinstance(value, bool):
            field.set_checked(value)
        elif field.evaluate("e => e.tagName") == "SELECT":
            options = field.evaluate("e => [...e.options].map(o => [o.value, o.label])")
            found = [code for code, label in options if is_said(label.strip(), str(value))]
            if not found:
                raise Unlike(f"«{value}» among the choices of «{key}»", str(options))
            field.select_option(found[0])
        else:
            field.fill(str(value))

    def _nearest(self, anchor: str, label: str) -> Any:
        found = self.tab.evaluate_handle(NEAREST, [anchor, label, OPTIONAL]).as_element()
        if found is None:
            raise Unlike(f"a field «{label}» near «{anchor}»", self.page.summary())
        return found

    def _one(self, found: Locator, what: str, near: str) -> Locator:
        """The first, or the first whose own row, item or card says `near`."""
        for one in found.all():
            around = "e => e.closest('li, tr, form, section, article, fieldset, details, body').textContent"
            if not near or near in " ".join(str(one.evaluate(around)).split()):
                return one
        raise Unlike(what + (f" near «{near}»" if near else ""), self.page.summary())

    def _go(self, element: Locator, *, expect: int = HTTPStatus.OK) -> None:
        """Click, and wait for the page that it leads to."""
        element.scroll_into_view_if_needed()
        with self.tab.expect_navigation() as going:
            element.click()
        self._arrive(going.value, expect=expect)

    def _arrive(self, response: Response | None, *, expect: int = HTTPStatus.OK) -> None:
        status = response.status if response else 0
        self.page = parse(self.tab.url, status, self.tab.content().encode())
        if status != expect:
            raise Unlike(f"a page with status {int(expect)}", self.page.summary())
        self.check()

    def _hear(self, message: ConsoleMessage) -> None:
        """Everything that the browser complains of, but that a form came back or a page said no."""
        if message.type in ("error", "warning") and not re.search(r"status of (422|403|409|401)", message.text):
            self.complaints.append(f"{message.type}: {message.text}")

    # --- what every page is held against ------------------------------------------------------------------------

    def check(self) -> None:
        """Accessible at both widths, nothing that scrolls sideways, no complaint, a title that tells nothing."""
        if self.complaints:
            raise Unlike(f"no complaint from the browser on {self.page.path}", "; ".join(self.complaints))
        told = [word for word in ("Anna", "Solberg", "Psykisk", "Kroppslig", "Rus", "ABUP") if word in self.page.title]
        if told:
            raise Unlike("a title that tells nothing", self.page.title)
        if not self.scripts:
            return
        shape = shape_of(self.page)
        if shape in self.checked:
            return
        self.checked.add(shape)
        faults = self.tab.evaluate(RUN_AXE, TAGS)
        self.tab.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict
        faults += [f"too wide at 320: {one}" for one in self.tab.evaluate(TOO_WIDE)]
        faults += [f"at 320: {one}" for one in self.tab.evaluate(RUN_AXE, TAGS)]
        self.tab.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dict
        if faults:
            raise Unlike(f"an accessible page {self.page.path}", "\n      ".join(faults))


def shape_of(page: ReadPage) -> str:
    """What a page is made of, whatever its words and however long its lists: the same shape is looked at once."""
    kinds = set()
    for one in page.doc.find("body").iter(etree.Element):
        chain = [one, *one.iterancestors()]
        kinds.add(
            "/".join(
                " ".join(f"{name}={each.get(name)}" for name in SHAPING if each.get(name)) or each.tag for each in chain
            )
        )
    return f"{re.sub(r'[0-9a-f-]{36}', '*', page.path)} {sorted(kinds)}"


def _named(text: str) -> re.Pattern[str]:
    """A link's or button's whole name, alone or with what it is about after; or its beginning."""
    return re.compile("^" + (re.escape(text[:-1]) if text.endswith("…") else re.escape(text) + r"(\s?, |$)"))


def _labelled(text: str) -> re.Pattern[str]:
    """A label's words, alone or with an explanation or «(valgfritt)» after."""
    return re.compile(rf"^\s*{re.escape(text[:-1])}" if text.endswith("…") else rf"^\s*{re.escape(text)}(,| \(|\s*$)")


def _begins(text: str) -> re.Pattern[str]:
    """The name of a group: its legend, and whatever explains it."""
    return re.compile(rf"^\s*{re.escape(text.removesuffix('…'))}")
