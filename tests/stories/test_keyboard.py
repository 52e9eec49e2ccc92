"""By keyboard alone: what people do most, without a mouse, and always with the focus where one can see it."""

from collections.abc import Callable

from tests.stories.browser import Visitor
from tests.stories.page import Unlike

FOCUSED = """() => {
  const e = document.activeElement;
  if (e === document.body) return {words: ['', ''], seen: true, inside: true};  // between the page's end and its start
  const box = e.getBoundingClientRect();
  const label = e.labels && e.labels.length ? e.labels[0].textContent : '';
  const group = e.closest('fieldset')?.querySelector('legend')?.textContent || '';
  const ringed = one => { const style = one && getComputedStyle(one); return style
    && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'); };
  return {
    words: [label || e.textContent || '', group].map(t => t.replace(/\\s+/g, ' ').trim()),
    seen: Boolean(ringed(e) || ringed(e.closest('.ds-field'))),  // a box to tick and its words share one ring
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""
FAR = 80
"""Presses of the tabulator within which everything on a page is reached."""


def tab_to(one: Visitor, words: str, *, within: str = "") -> None:
    """Press the tabulator until what has the focus says this; wherever it is on the way, it can be seen."""
    for _press in range(FAR):
        one.tab.keyboard.press("Tab")
        here = one.tab.evaluate(FOCUSED)
        said, group = here["words"]
        if said and not (here["seen"] and here["inside"]):
            raise Unlike(f"a focus that can be seen on {one.tab.url}", f"«{said}» has it, unseen")
        if said.startswith(words) and within in group:
            return
    raise Unlike(f"«{words}» within {FAR} presses of the tabulator", one.tab.url)


def press(one: Visitor, words: str, key: str = "Enter") -> None:
    """Go to a link or a button with the tabulator, press it, and arrive at the next page."""
    tab_to(one, words)
    with one.tab.expect_navigation() as going:
        one.tab.keyboard.press(key)
    one._arrive(going.value)


def write(one: Visitor, label: str, text: str) -> None:
    """Go to a field and type."""
    tab_to(one, label)
    one.tab.keyboard.type(text)


def test_a_child_is_registered_and_sight_is_decided_by_keyboard_alone(visitor: Callable[..., Visitor]) -> None:
    kari = visitor("kari")
    kari.open("/demo/")
    press(kari, "Kari Lunde")
    tab_to(kari, "Hopp til innholdet")
    kari.tab.keyboard.press("Enter")
    assert kari.tab.evaluate("document.activeElement.id") == "main"
    press(kari, "Ikke vurdert ennå")
    press(kari, "Registrer et barn")
    write(kari, "Barnets navn", "Tast Rettvik")
    write(kari, "Født", "03.04.2012")
    write(kari, "Journalnummer", "T-1")
    press(kari, "Registrer barnet", "Space")
    kari.sees("Tast Rettvik")
    press(kari, "Se og bestem innsyn")
    press(kari, "Bestem innsyn for Tast Rettvik")
    tab_to(kari, "Innsyn etter barnets alder", within="Hva skal personen kunne se?")
    kari.tab.keyboard.press("ArrowDown")
    kari.tab.keyboard.press("ArrowUp")
    write(kari, "Hvorfor?", "Barnet ønsker det.")
    press(kari, "Bestem")
    kari.sees("Tast Rettvik")

    # A fault moves the focus to what is wrong; its link leads to the field, and what was typed is there.
    press(kari, "Meld en kollega inhabil")
    write(kari, "Hvorfor?", "De er søsken.")
    tab_to(kari, "Steng for kollegaen")
    with kari.tab.expect_navigation():
        kari.tab.keyboard.press("Enter")
    assert kari.tab.evaluate("document.activeElement.matches('.g-error-summary')")
    tab_to(kari, "Velg")
    kari.tab.keyboard.press("Enter")
    assert kari.tab.evaluate("document.activeElement.tagName") == "SELECT"
    kari.complaints.clear()
    press(kari, "Avbryt")
    press(kari, "Logg ut")
    assert "/logg-inn/" in kari.tab.url
