"""The warning before a session ends, in a real browser whose clock is moved: it is heard, and one can stay."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.stories.browser import RUN_AXE, TAGS, Visitor
from tests.stories.server import Server

MINUTE = 60_000


def test_two_minutes_before_the_end_one_is_warned_and_can_stay(
    contexts: Callable[..., BrowserContext], program: Server
) -> None:
    kari = Visitor(contexts(), program.url, "kari")
    kari.tab.clock.install()
    kari.be()
    warning = kari.tab.get_by_role("alertdialog", name="Du blir snart logget ut")
    expect(warning).to_be_hidden()
    kari.tab.clock.fast_forward(12 * MINUTE)
    expect(warning).to_be_hidden()
    kari.tab.clock.fast_forward(MINUTE)
    expect(warning).to_be_visible()
    expect(warning.get_by_role("button", name="Fortsett")).to_be_focused()
    assert not kari.tab.evaluate(RUN_AXE, TAGS)

    with kari.tab.expect_response("**/fortsett/") as answer:
        kari.tab.keyboard.press("Enter")
    assert answer.value.status == 204
    expect(warning).to_be_hidden()
    expect(kari.tab.get_by_text("eller automatisk om 15 min")).to_be_visible()

    kari.tab.clock.fast_forward(13 * MINUTE)
    expect(warning).to_be_visible()
    kari.tab.clock.fast_forward(3 * MINUTE)
    expect(warning).to_be_hidden()
    expect(kari.tab.get_by_text("Du er logget ut. Det du har skrevet, står her")).to_be_visible()
