"""From the worklist to a pathway that has started, with criteria and consent: how many pages and clicks it takes."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext

from tests.stories import server
from tests.stories.anna import CONTACT, EXAMINE, FATHER, GP, MOTHER, TELL
from tests.stories.browser import Visitor
from tests.stories.page import Value
from tests.stories.together import begin, decide

PAGES, CLICKS, TEXTS = 12, 26, 7
"""What it may take at the most; the README says what it takes."""


class Counting(Visitor):
    """Counts the pages that are met, every click (a link, a button, a box, a choice in a list), and what is typed."""

    pages = clicks = texts = 0

    def _go(self, element: Any, **options: Any) -> None:
        self.clicks += 1
        self.pages += 1
        super()._go(element, **options)

    def _choose(self, group: Any, values: list[str]) -> None:
        self.clicks += len(values)
        super()._choose(group, values)

    def _answer(self, field: Any, key: str, value: Value) -> None:
        is_typed = field.evaluate("e => e.tagName === 'TEXTAREA' || ['text', 'search', 'date'].includes(e.type)")
        self.texts += is_typed
        self.clicks += not is_typed
        super()._answer(field, key, value)


def test_from_the_worklist_to_a_pathway_with_consent(contexts: Callable[..., BrowserContext]) -> None:
    with server.fresh() as program:
        kari = Counting(contexts(), program.url, "kari")
        kari.be()
        kari.pages = kari.clicks = kari.texts = 0
        begin(kari)
        decide(kari)
        kari.follow("Samtykke")
        kari.follow("Spør om samtykke")
        kari.fill(
            {
                "Hvilken tjeneste gjelder det?": GP,
                "Hva spør dere om lov til?": [CONTACT, EXAMINE, TELL],
                "Hva skal tjenesten få vite om?": ["Kroppslig helse"],
            }
        )
        for who in ("Anna", MOTHER, FATHER):
            kari.fill({who: "Ja"})
        kari.press("Se hva dette åpner")
        kari.press("Lagre")
        kari.sees("Svarene er lagret.")
        print(f"journey: {kari.pages} pages, {kari.clicks} clicks, {kari.texts} texts")  # noqa: T201
        assert kari.pages <= PAGES
        assert kari.clicks <= CLICKS
        assert kari.texts <= TEXTS
