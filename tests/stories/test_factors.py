"""The second factor in a real browser: a passkey is made and used, and the app's picture is on the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.stories.anna import PASSWORD
from tests.stories.browser import Visitor
from tests.stories.page import Unlike
from tests.stories.server import Server


@pytest.fixture
def hege(contexts: Callable[..., BrowserContext], program: Server) -> Visitor:
    """Hege at a machine with a passkey in it; passkeys are bound to a host's name, so she goes to localhost."""
    context = contexts()
    one = Visitor(context, program.url.replace("127.0.0.1", "localhost"), "hege")
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


def test_a_passkey_is_made_and_then_used(hege: Visitor) -> None:
    give_password(hege)
    hege.sees("Sikre innloggingen")
    picture = hege.tab.get_by_role("img", name="Bilde som appen leser.")
    assert picture.evaluate("e => e.complete && e.naturalWidth > 100")
    hege.fill({"Hva vil du kalle den?": "jobbmaskinen"})
    hege.press("Lag passnøkkel")
    hege.sees("Ta vare på disse kodene")
    hege.press("Jeg har tatt vare på kodene")
    hege.open("/min-innlogging/")
    hege.sees("Passnøkkel: jobbmaskinen", "Du har 10 gjenopprettingskoder igjen.")
    hege.press("Logg ut")

    give_password(hege)
    hege.press("Bruk passnøkkel")
    hege.open("/min-innlogging/ny/")
    hege.sees("Legg til app eller passnøkkel")

    # Without it in the machine, the page says so, and one is still outside.
    hege.press("Logg ut")
    give_password(hege)
    hege.tab.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('not here')); }")
    hege.tab.get_by_role("button", name="Bruk passnøkkel").click()
    expect(hege.tab.get_by_role("alert")).to_contain_text("Prøv igjen, eller bruk en kode.")
    with pytest.raises(Unlike):
        hege.open("/min-innlogging/")
        hege.sees("Min innlogging", "Passnøkkel")
