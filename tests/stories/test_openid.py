"""A real provider that requires PAR, PKCE, private_key_jwt and DPoP with its nonce, and a real browser: invited, out to
the provider and back, from another browser too, and out again here and there.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.openid import provider
from tests.stories import server
from tests.stories.browser import Visitor

pytestmark = pytest.mark.slow


def at_the_provider(one: Visitor, link: str) -> None:
    """Follow the link to the provider, say who one is there, and come back."""
    one.tab.get_by_role("link", name=link).click()
    one.tab.get_by_label("Person").fill("tuva")
    one.tab.get_by_role("button", name="Logg inn").click()
    one.tab.wait_for_url(f"{one.server_url}/")
    one.complaints.clear()  # the provider's own page lacks an icon


def test_joining_logging_in_and_being_logged_out(contexts: Callable[..., BrowserContext], tmp_path: Path) -> None:
    port = server.free_port()
    url = f"http://127.0.0.1:{port}"  # where the provider can reach us too: it takes «localhost» for another address
    with (
        provider.running(url, tmp_path) as vouches,
        server.fresh(port=port, more={"GRUNNMUR_OPENID": str(vouches.file)}),
    ):
        leif = Visitor(contexts(), url, "leif")
        leif.be()
        leif.open("/medlemmer/inviter/")
        leif.press("Bekreft")
        leif.fill({"Navn": "Tuva Ny", "Rolle": "Kontaktperson i barnevernet"})
        leif.press("Lag invitasjon")
        code = leif.tab.locator("[data-code]").inner_text()

        tuva = Visitor(contexts(), url, "tuva")
        tuva.open("/bli-med/")
        tuva.fill({"Koden du har fått": code})
        tuva.press("Fortsett")
        at_the_provider(tuva, "Bli med ved å logge inn med Prøveleverandør")
        tuva.open("/min-innlogging/")
        tuva.sees("Grimstad barneverntjeneste", "kontaktperson i barnevernet")
        leif.open("/medlemmer/")
        leif.sees("Tuva Ny")

        elsewhere = Visitor(contexts(), url, "tuva")
        elsewhere.open("/logg-inn/")
        at_the_provider(elsewhere, "Logg inn med Prøveleverandør")

        tuva.press("Logg ut")
        tuva.sees("Du er logget ut av Grunnmur")
        tuva.tab.get_by_role("link", name="Logg ut hos Prøveleverandør").click()
        tuva.tab.get_by_role("button", name="Yes").click()
        tuva.tab.wait_for_url(f"{url}/logg-inn/**")

        # The provider has told us, and we believe it: she is out of the other browser at its next request.
        elsewhere.open("/")
        elsewhere.sees("Logg inn med Prøveleverandør")
