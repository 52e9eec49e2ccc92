"""Pages of each face as people set their browser and their device: text wider apart, nothing that moves, their own
colours, and read aloud."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.stories.browser import NARROW, TOO_WIDE, Visitor
from tests.stories.server import Server

CHECKED: set[str] = set()
"""The pages that axe has looked at already: once is enough."""
FACES = {"public": "/hjelp/nb/4202/", "family": "/min-side/inn/", "web": "/"}
WIDER = """* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}
p { margin-block-end: 2em !important; }"""
"""What WCAG 1.4.12 says that a reader may set."""
CUT = """() => [...document.querySelectorAll('main *, header *, footer *, nav *')].filter(e => {
  const style = getComputedStyle(e);
  return ['hidden', 'clip'].includes(style.overflowY) && e.clientHeight > 2 && e.scrollHeight > e.clientHeight + 2;
}).map(e => e.tagName.toLowerCase() + '.' + e.className).slice(0, 5)"""
"""What holds more text than it shows, and cannot be scrolled; not what is there for a screen reader alone."""
MOVING = """() => [...document.querySelectorAll('*')].filter(e => [null, '::before', '::after'].some(part => {
  const style = getComputedStyle(e, part);
  return style.scrollBehavior === 'smooth'
    || [...style.transitionDuration.split(','), ...style.animationDuration.split(',')].some(t => parseFloat(t) > 0);
})).map(e => e.tagName.toLowerCase() + '.' + e.className).slice(0, 5)"""


@pytest.mark.parametrize("face", FACES)
def test_text_may_be_set_wider_apart(contexts: Callable[..., BrowserContext], program: Server, face: str) -> None:
    """On the narrowest screen nothing goes off its side, and nothing is cut off."""
    context = contexts(bypass_csp=True)
    tab = visit(context, program, face)
    tab.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict
    tab.add_style_tag(content=WIDER)
    assert tab.locator("main p").first.evaluate("e => getComputedStyle(e).letterSpacing") != "normal"
    assert tab.evaluate(TOO_WIDE) == []
    assert tab.evaluate(CUT) == []


@pytest.mark.parametrize("face", FACES)
def test_nothing_moves_for_those_who_have_asked_for_that(
    contexts: Callable[..., BrowserContext], program: Server, face: str
) -> None:
    """Nor what somebody adds later: the contexts of these tests ask for it."""
    tab = visit(contexts(bypass_csp=True), program, face)
    tab.add_style_tag(content="main { transition: color 1s; }")
    assert tab.evaluate(MOVING) == []
    tab.emulate_media(reduced_motion="no-preference")
    assert tab.evaluate(MOVING)


def test_where_one_is_can_be_seen_with_forced_colours(contexts: Callable[..., BrowserContext], program: Server) -> None:
    tab = visit(contexts(forced_colors="active"), program, "web")
    here = tab.locator(".g-nav a[aria-current=page]")
    edge = "e => getComputedStyle(e).borderBlockEndColor"
    assert here.evaluate(edge) != tab.locator(".g-nav a:not([aria-current])").first.evaluate(edge)
    here.focus()
    assert here.evaluate("e => e.matches(':focus-visible') && getComputedStyle(e).outlineStyle") == "solid"


def test_work_is_read_in_the_order_in_which_it_makes_sense(
    contexts: Callable[..., BrowserContext], program: Server
) -> None:
    heard = visit(contexts(), program, "web").locator("body").aria_snapshot()
    order = [
        *("Hopp til innholdet", "Hovedmeny", "Logg ut", 'heading "Mitt arbeid"'),
        *('heading "Haster det?"', 'link "113"', 'heading "Språk"'),  # the number alone stands in many an address
    ]
    places = [heard.index(words) for words in order]
    assert places == sorted(places), heard


def visit(context: BrowserContext, program: Server, face: str) -> Page:
    """A tab with a page of a face: staff's as Kari, the others as anyone."""
    one = Visitor(context, program.url, "kari", checked=CHECKED)
    if face == "web":
        one.be()
    one.open(FACES[face])
    return one.tab
