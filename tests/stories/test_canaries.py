"""Anna's story with a secret of its own in every text that is written: none of them leaves the house.

Only a page that somebody reads may hold what was written. Not an address, a title, a header, a cookie, the name of a
file, a line of any log, or anything else that lies on the disk in clear.
"""

import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import unquote_plus

import psycopg
import pytest

from grunnmur import postgres
from tests.stories import anna, family, server
from tests.stories.page import Form, Page
from tests.stories.story import Story, Walls
from tests.stories.walker import Walker

FREE_TEXT = re.compile(r"[^\W\d_]{3}")
"""What a person writes in words: no date, time of day or number."""
BIRD = re.compile(r"kanari\d{4}fugl")
NOT_MARKED = frozenset({"username", "password", "code", "mail", "phone"})
A_REFERRAL = re.compile(r"/helse/(?:[0-9a-f-]+/henvis|ny/[0-9a-f-]+)/$")
"""Where a text that is left empty is what the story is about: the referral lacks it."""
KNOWN = ("Solberg", "G-2026-0001")
"""What is secret about Anna before anybody has written a word; her national number is added when it has been read."""


class Birds(Walker):
    """Writes a secret of its own in each text, and keeps what came but the pages themselves."""

    numbers = count(1)

    def __init__(self, server_url: str, key: str) -> None:
        super().__init__(server_url, key)
        self.written: set[str] = set()
        self.came: list[str] = []
        self.read: set[str] = set()

    def press(self, button: str, *, near: str = "") -> Page:
        form = self.page.form(button, near=near)
        form.fill(self._answers)
        if not form.address.endswith("/sok/"):
            self._mark(form, {one for one in self._answers.values() if isinstance(one, str)})
        empty = {name for name, said in form.data.items() if said == [""] and self._is_long(form, name)}
        if A_REFERRAL.search(form.address):
            empty.clear()
        self.send(form.address, {**form.data, **{name: [self._secret()] for name in empty}})
        if self.page.status == HTTPStatus.UNPROCESSABLE_ENTITY and empty:
            self.send(form.address, form.data)  # one of them had to be empty
        return self._expect_page()

    def _mark(self, form: Form, typed: set[str]) -> None:
        """Add a secret to each text that this person has typed."""
        for field in form.element.iter("input", "textarea"):
            name = field.get("name")
            value = form.data.get(name, [""])[0]
            if name not in NOT_MARKED and value in typed and FREE_TEXT.search(value):
                form.data[name] = [f"{value} ({self._secret()})"]

    def _secret(self) -> str:
        secret = f"kanari{next(self.numbers):04}fugl"
        self.written.add(secret)
        return secret

    @staticmethod
    def _is_long(form: Form, name: str) -> bool:
        return any(one.get("name") == name for one in form.element.iter("textarea"))

    def _ask(self, method: str, url: str, body: bytes) -> Any:
        answer = super()._ask(method, url, body)
        self.came += [url, answer.reason, *(f"{name}: {value}" for name, value in answer.headers.items())]
        return answer

    def _arrive(self, url: str, status: int, body: bytes) -> Page:
        page = super()._arrive(url, status, body)
        self.came += [page.title, *page.doc.xpath("//@href | //@action | //@src | //meta/@content")]
        self.read |= set(BIRD.findall(page.text))
        return page


def opened(cookie: str) -> str:
    """What a signed cookie says to whoever looks into it."""
    said = [cookie]
    for part in cookie.split(":"):
        with suppress(ValueError, zlib.error):
            data = urlsafe_b64decode(part.lstrip(".") + "=" * (-len(part.lstrip(".")) % 4))
            said.append((zlib.decompress(data) if part.startswith(".") else data).decode(errors="replace"))
    return " ".join(said)


def cookies(came: list[str]) -> list[str]:
    return [opened(one.partition("=")[2].partition(";")[0]) for one in came if one.startswith("Set-Cookie: ")]


def rows(program: server.Server) -> Iterator[str]:
    """Each row of the two logs, as the database has it."""
    url = postgres.in_database(postgres.start_embedded(program.folder))
    with psycopg.connect(url) as admin:
        for table in ("log_event", "log_accesslog"):
            for (row,) in admin.execute(f"select to_jsonb(t)::text from {table} t").fetchall():
                yield row


def on_disk(program: server.Server) -> Iterator[str]:
    """The name and content of each file the program has written, but the database's own."""
    for file in program.folder.rglob("*"):
        inside = file.relative_to(program.folder).parts
        if file.is_file() and (inside[0] != "postgres" or "log" in inside[1]):
            yield f"{'/'.join(inside)} {file.read_bytes().decode(errors='replace')}"


def search_and_take_out(kari: Birds) -> None:
    """What the story leaves out: a search for a secret itself, and the file that is handed out."""
    kari.open("/sok/")
    kari.fill({"Navn, journalnummer eller fødselsnummer": sorted(kari.written)[0]})
    kari.press("Søk")
    child = next(one for one in kari.seen if re.fullmatch(r"/barn/[0-9a-f-]{36}/", one))
    kari.open(f"{child}tilgang/")
    kari.follow(f"Bestem innsyn for {anna.ANNA}")
    kari.fill({"Hva skal personen kunne se?": "Innsyn etter barnets alder", "Hvorfor?": "Anna ber om det."})
    kari.press("Bestem")
    kari.open(f"{child}innsyn/")
    kari.fill({"Hvem sitt innsyn er det?": "Barnet"})
    kari.press("Lag innsyn")
    made = kari.address
    kari.open("/bekreft/")
    kari.press("Bekreft")
    kari.open(made)
    kari.press("Last ned for å lese")


def come_in_and_write(child: Birds, kari: Birds, number: str) -> None:
    """Anna's own pages: she comes in, asks, reads the answer, and looks at each of them."""
    page = next(one for one in kari.seen if re.fullmatch(r"/barn/[0-9a-f-]{36}/", one))
    kari.open(f"{page}tilgang/")
    kari.follow(f"Gi {anna.ANNA} innlogging")
    if kari.address == "/bekreft/":
        kari.press("Bekreft")
    kari.fill({"Hvordan skal personen logge inn?": "Med eID, for eksempel BankID"})
    kari.press("Gi innlogging")
    child.open("/min-side/inn/")
    child.fill({"Fødselsnummer": number})
    child.press("Vis hvem du er")
    child.open("/min-side/skriv/")
    child.fill({"Hva lurer du på?": "Hvem leser det jeg har sagt?"})
    child.press("Send")
    kari.open(f"{page}spurt/")
    kari.follow("Svar…")
    kari.fill({"Svaret": "Det gjør vi som er med."})
    kari.press("Send svaret")
    for address in family.PAGES:
        child.open(f"/min-side/{address}")


@pytest.mark.slow
def test_nothing_that_is_written_about_anna_leaves_the_house() -> None:
    with server.fresh() as program, ExitStack() as after:
        people = {key: Birds(program.url, key) for key in anna.PEOPLE}
        for person in people.values():
            after.callback(person.close)
        walls = Walls(Walker(program.url, anna.STRANGER), (), known_by=anna.KNOWN_BY)
        story = Story("anna", after_each=lambda: None, say=print, goes_on=False)
        anna.tell(story, people, walls)
        search_and_take_out(people["kari"])
        number = next(one for one in walls.known_by if one.isdecimal())
        people["anna"] = Birds(program.url, "anna")
        after.callback(people["anna"].close)
        come_in_and_write(people["anna"], people["kari"], number)
        assert len(people["anna"].read) > 10, "Anna reads what was written about her"
        came = [one for person in people.values() for one in person.came]
        left = {
            "an address, a title or a header": (came, "Mitt arbeid"),
            "a cookie": (cookies(came), '"token"'),
            "a row of a log": (list(rows(program)), "consent.recorded"),
            "a file": (list(on_disk(program)), "server.log"),
        }
    written, read = (set.union(*(getattr(one, name) for one in people.values())) for name in ("written", "read"))
    assert len(written) > 70
    assert len(read & written) > 0.8 * len(written), "what was written is on the pages, so the secrets were kept"
    secrets = [*written, *KNOWN, number, f"{number[:6]} {number[6:]}"]
    for where, (said, surely) in left.items():
        whole = unquote_plus("\n".join(said))
        assert surely in whole, f"{where} is looked for in the wrong place"
        assert not [one for one in secrets if one in whole], where
