"""One person who walks through the pages over HTTP, as in a browser without JavaScript, with cookies of their own."""

import http.client
import uuid
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from tests.stories.page import Page, Reader, Unlike, Value, parse

HOPS = 5


class Walker(Reader):
    """Opens, follows, fills in and presses; `page` is where the person stands."""

    def __init__(self, server_url: str, key: str) -> None:
        self.key = key
        self.server_url = server_url
        self.cookies: dict[str, str] = {}
        self.page: Page = parse(server_url, 0, b"<html></html>")
        self.seen: set[str] = set()
        """Every address that a page has led this person to."""
        self.sent_to: set[str] = set()
        """Every address that a form on a page is sent to."""
        self._answers: dict[str, Value] = {}
        self._line = http.client.HTTPConnection(urlsplit(server_url).netloc, timeout=60)

    def close(self) -> None:
        self._line.close()

    # --- what a person does ---------------------------------------------------------------------------------

    def be(self) -> None:
        """Become this person on the demo's page of people."""
        self.open("/demo/")
        forms = [one for one in self.page.doc.iter("form") if one.xpath(".//input[@value=$key]", key=self.key)]
        if not forms:
            raise Unlike(f"{self.key} among the people to choose from", self.page.summary())
        self.press(" ".join(forms[0].find(".//button").text_content().split()))

    def log_in(self, password: str) -> None:
        """Log in with user name and password."""
        self.open("/logg-inn/")
        self.fill({"Brukernavn": self.key, "Passord": password})
        self.press("Logg inn")
        self.prove()

    def open(self, address: str) -> Page:
        """Go to an address, and expect a page there. What was filled in and not sent is left behind."""
        self._answers = {}
        self.look(address)
        return self._expect_page()

    def follow(self, text: str, *, near: str = "") -> Page:
        """Follow the link with these words."""
        return self.open(self.page.link(text, near=near))

    def fill(self, answers: Mapping[str, Value]) -> None:
        """Answer fields by their labels; they are sent when a button is pressed."""
        self._answers |= answers

    def press(self, button: str, *, near: str = "") -> Page:
        """Press a button: send its form with what stands in it and what was filled in."""
        form = self.page.form(button, near=near)
        form.fill(self._answers)
        self.send(form.address, form.data)
        return self._expect_page()

    def try_to_press(self, button: str) -> Page:
        """Press a button, and expect that the form comes back with what is wrong."""
        form = self.page.form(button)
        form.fill(self._answers)
        self.send(form.address, form.data)
        if self.page.status != http.HTTPStatus.UNPROCESSABLE_ENTITY:
            raise Unlike("the form back, with what is wrong", self.page.summary())
        return self.page

    def is_refused(self, address: str, *, because: str) -> None:
        """The address says no to this person, who sees the case, with a reason."""
        self.look(address)
        if self.page.status != http.HTTPStatus.FORBIDDEN:
            raise Unlike(f"403 on {address}", self.page.summary())
        self.sees(because)

    # --- what the browser does ------------------------------------------------------------------------------

    def look(self, address: str) -> Page:
        """Whatever the address answers, also when it is a refusal."""
        return self._arrive(*self._exchange("GET", urljoin(self.server_url, address), b""))

    def send(self, address: str, data: Mapping[str, list[str]]) -> Page:
        """Send a form, and follow where it leads."""
        self._answers = {}
        return self._arrive(*self._exchange("POST", address, urlencode(data, doseq=True).encode()))

    def status_of(self, address: str) -> tuple[int, str]:
        """The status and the text of an address, without going there."""
        _url, status, body = self._exchange("GET", urljoin(self.server_url, address), b"")
        return status, body.decode()

    def try_to_send(self, address: str) -> tuple[int, str]:
        """What a form to an address answers when this person sends it out of nowhere, without going there."""
        token = self.page.doc.xpath("string(.//input[@name='csrfmiddlewaretoken']/@value)")
        body = urlencode({"csrfmiddlewaretoken": token, "once_token": str(uuid.uuid4())}).encode()
        _url, status, answer = self._exchange("POST", urljoin(self.server_url, address), body)
        return status, answer.decode()

    def _arrive(self, url: str, status: int, body: bytes) -> Page:
        self.page = parse(url, status, body)
        if status == http.HTTPStatus.OK:
            self.seen |= self.page.addresses
            self.sent_to |= self.page.actions
        return self.page

    def _expect_page(self) -> Page:
        if self.page.status != http.HTTPStatus.OK:
            raise Unlike("a page", self.page.summary())
        return self.page

    def _exchange(self, method: str, url: str, body: bytes) -> tuple[str, int, bytes]:
        for _hop in range(HOPS):
            response = self._ask(method, url, body)
            content = response.read()
            for header in response.headers.get_all("Set-Cookie", []):
                self._keep(SimpleCookie(header))
            location = response.headers.get("Location")
            if location is None:
                return url, response.status, content
            method, url, body = "GET", urljoin(url, location), b""
        raise Unlike("a page", f"a ring of redirects at {url}")

    def _ask(self, method: str, url: str, body: bytes) -> http.client.HTTPResponse:
        """One request; on a line that the server has closed meanwhile, a new one."""
        parts = urlsplit(url)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.page.url}
        try:
            self._line.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            return self._line.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._line.close()
            self._line.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            return self._line.getresponse()

    def _keep(self, cookies: SimpleCookie) -> None:
        for name, morsel in cookies.items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
