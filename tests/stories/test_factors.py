"""The second factor in a real browser: a passkey is made and used, and the app's picture is on the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.stories.anna import PASSWORD
from tests.stories.browser import Visitor
from tests.stories.page import Unlike
from tests.stories.server import Server


@pytest.fixture
def stein(contexts: Callable[..., BrowserContext], program: Server) -> Visitor:
    """Stein at a machine with a passkey in it; passkeys are bound to a host's name, so he goes to localhost.

    No story gives Stein a second factor: the tests come in any order.
    """
    context = contexts()
    one = Visitor(context, program.url.replace("127.0.0.1", "localhost"), "stein")
    machine = context.new_cdp_session(one.tab)
    machine.send("WebAuthn.enable")
    machine.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    return one


def give_password(one: Visitor) -> None:
    one.open("/logg-inn/")
    one.fill({"Brukernavn": one.key, "Passord": PASSWORD})
    one.press("Logg inn")


def test_a_passkey_is_made_and_then_used(stein: Visitor) -> None:
    give_password(stein)
    stein.sees("Sikre innloggingen")
    picture = stein.tab.get_by_role("img", name="Bilde som appen leser.")
    assert picture.evaluate("e => e.complete && e.naturalWidth > 100")
    stein.fill({"Hva vil du kalle den?": "jobbmaskinen"})
    stein.press("Lag passnøkkel")
    stein.sees("Ta vare på disse kodene")
    stein.press("Jeg har tatt vare på kodene")
    stein.open("/min-innlogging/")
    stein.sees("Passnøkkel: jobbmaskinen", "Du har 10 gjenopprettingskoder igjen.")
    stein.press("Logg ut")

    give_password(stein)
    stein.press("Bruk passnøkkel")
    stein.open("/min-innlogging/ny/")
    stein.sees("Legg til app eller passnøkkel")

    # Without it in the machine, the page says so, and one is still outside.
    stein.press("Logg ut")
    give_password(stein)
    stein.tab.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('not here')); }")
    stein.tab.get_by_role("button", name="Bruk passnøkkel").click()
    expect(stein.tab.get_by_role("alert")).to_contain_text("Prøv igjen, eller bruk en kode.")
    with pytest.raises(Unlike):
        stein.open("/min-innlogging/")
        stein.sees("Min innlogging", "Passnøkkel")
