"""Input: whatever is sent to a form breaks nothing, and whatever is written in a text is never run by a browser.

First every form that those who work somewhere, families, and those with a link find is sent what nobody should send:
texts of every alphabet, dates that are none, choices that were never offered, fields that are missing, doubled or too
many, files that are not what they say, and bodies that are no form at all. No answer may be a fault of the program
(5xx).

Then every text of every row says something that a browser would run if a page forgot to escape it. The pages, and the
answers of forms that were filled with the same, are opened in Chromium with the content policy switched off, so that
nothing but the escaping holds: no script may run, and no element may stand there that came out of a text.
"""

import itertools
import logging
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.proofs import WHOLE, Amount, Part, Result, crawler, outsiders, stage, world
from tests.proofs.crawler import Asker, Guide
from tests.proofs.world import Knowing

AMOUNT = Amount(3_000, 200_000, "bodies")
OPENED = Amount(200, 5_000, "pages")
OF_A_ROUTE, QUICK_OF_A_ROUTE = 20, 1
"""Pages of one route that are opened for each way of coming in, in each process."""
QUICK_PEOPLE = 24
ORIGIN = "http://localhost"

RUN = (
    '"><img src=x data-gx onerror=gx(1)>',
    "' onfocus=gx(2) autofocus data-gx='",
    '" onfocus=gx(3) autofocus data-gx="',
    "</textarea></title></script><script data-gx>gx(4)</script>",
    "<svg data-gx onload=gx(5)>",
    "javascript:gx(6)",
)
"""What a browser runs where a text is not escaped: in the page, in an attribute with either quote, in a field, a title
or a script, and where a text becomes an address."""
COMPUTED, SUM = "{{ 7 * 10191 }}", "71337"
"""What a template works out when a text is taken for one."""

LISTEN = "window.gx = which => { (window.gxRan ??= []).push(which) }"
LOOK = """() => ({
  ran: window.gxRan ?? [],
  made: [...document.querySelectorAll('*')].filter(one => [...one.attributes].some(
    each => each.name === 'data-gx' || each.name.startsWith('on')
      || (['href', 'action', 'formaction', 'src'].includes(each.name) && /^\\s*javascript:/i.test(each.value)),
  )).map(one => one.outerHTML.slice(0, 200)),
  text: document.documentElement.innerText
    + [...document.querySelectorAll('input, textarea')].map(one => one.value).join(' '),
})"""


# --- forms ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form as the page has it."""

    name: str
    sort: str
    """`textarea`, `select`, or the type of the input."""
    value: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One form: where it is sent, and its fields."""

    address: str
    fields: tuple[Field, ...]

    @property
    def takes_files(self) -> bool:
        return any(one.sort == "file" for one in self.fields)

    @property
    def shape(self) -> tuple[str, ...]:
        """Forms of one route with the same fields are one form."""
        return tuple(sorted({one.name.rstrip("0123456789") for one in self.fields}))


def forms_of(page: str, address: str) -> Iterator[Form]:
    """The forms of a page that are posted."""
    for form in BeautifulSoup(page, "lxml").select("form[method=post]"):
        to = str(form.get("action") or address).partition("#")[0]
        grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
        found = []
        for one in form.select("input[name], textarea[name], select[name]"):
            name, sort = str(one["name"]), one.name if one.name != "input" else str(one.get("type", "text"))
            if sort in ("radio", "checkbox"):
                grouped[name, sort].append(str(one.get("value", "on")))
            elif sort == "select":
                choices = tuple(str(choice.get("value", "")) for choice in one.select("option"))
                found.append(Field(name, sort, choices[-1] if choices else "", choices))
            else:
                found.append(Field(name, sort, str(one.get("value") or one.text or "")))
        found += [Field(name, sort, values[0], tuple(values)) for (name, sort), values in grouped.items()]
        yield Form(to, tuple(found))


ODD = (
    *(
        "",
        " ",
        "\x00",
        "\ufeff",
        "\u202eetrevnev",
        "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ),
    *("0", "-1", "1e999", "NaN", "9" * 400, "١٢", "½", "true", "null", "[]", "{}", "%s%n", "../../etc/passwd", "\\"),
    *("31.02.2026", "2026-02-31", "00.00.0000", "32.13.99999", "1.1.1", "29.02.2027", "01.01.0001", "31.12.9999"),
    *("24:61", "02:30", "25.10.2026", "x" * 70_000, "æ" * 20_000, "a\r\nSet-Cookie: a=b", "'; drop table x; --"),
    *("00000000-0000-0000-0000-000000000000", "g0000000-0000-0000-0000-000000000000", "41125012345", "١١١١١١١١١١١"),
    *(*RUN, COMPUTED),
)
"""What a program that trusts its pages stumbles over."""
FILES = (
    *(b"", b"\x00" * 64, b"%PDF-1.7\n%%EOF", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, b"GIF89a<script>gx(7)</script>"),
    *(
        b"PK\x03\x04" + b"\x00" * 40,
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"\xff\xd8\xff\xe0",
    ),
)
NAMES = ("a.pdf", "a.png", "../a.pdf", "a\x00.pdf", "æøå.jpg", "a.html", "x" * 300 + ".pdf", '"; a.svg', "")
NO_FORMS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"%%%=%zz&&&==;", "application/x-www-form-urlencoded"),
    (b"&".join(b"a%d=1" % number for number in range(3_000)), "application/x-www-form-urlencoded"),
    (b"a=" + b"b" * 3_000_000, "application/x-www-form-urlencoded"),
    (b'{"a": [', "application/json"),
    (b'--x\r\nContent-Disposition: form-data; name="a"', "multipart/form-data; boundary=x"),
    (b"", "multipart/form-data"),
    (b"--x--", "multipart/form-data; boundary=" + "x" * 400),
    (b"a=1", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"a=1", "text/\xe6"),
)
"""Bodies that are no form."""


def values(one: Field) -> SearchStrategy[list[Any]]:
    """What is sent for a field: what it asks for, what it does not, nothing, or several."""
    odd = st.sampled_from(ODD) | st.text(max_size=200)
    if one.sort == "file":
        return st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(FILES) | st.binary(max_size=400)), max_size=2)
    asked = st.sampled_from(one.choices) if one.choices else st.just(one.value or "Prøve.")
    if one.sort == "hidden":  # most often left as it stands, or nothing behind it is ever reached
        return st.just([one.value]) | st.just([one.value]) | st.just([one.value]) | st.lists(odd, max_size=2)
    if one.name.endswith("on") or one.sort == "date":
        asked = st.dates().map(lambda day: f"{day:%d.%m.%Y}")
    return asked.map(lambda value: [value]) | odd.map(lambda value: [value]) | st.lists(asked | odd, max_size=3)


def whole(form: Form) -> SearchStrategy[dict[str, list[Any]]]:
    """A form as somebody might send it, with one field that it does not have."""
    return st.fixed_dictionaries(
        {one.name: values(one) for one in form.fields}, optional={"finnes_ikke": st.just(["1"])}
    )


def body_of(form: Form, data: dict[str, list[Any]]) -> tuple[bytes, str]:
    """The body and its type, as a browser would make them of these values."""
    if not form.takes_files:
        plain = {name: [one for one in each if isinstance(one, str)] for name, each in data.items()}
        return urlencode(plain, doseq=True, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"
    parts = []
    for name, each in data.items():
        for one in each:
            head = f'Content-Disposition: form-data; name="{name}"'
            if isinstance(one, tuple):
                head += f'; filename="{one[0]}"\r\nContent-Type: application/octet-stream'
            content = one[1] if isinstance(one, tuple) else str(one).encode(errors="surrogatepass")
            parts.append(b"--grense\r\n" + head.encode(errors="surrogatepass") + b"\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + b"--grense--\r\n", "multipart/form-data; boundary=grense"


# --- sending -------------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """What one share of the proof came to."""

    forms: int = 0
    sent: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    opened: int = 0
    seen: int = 0
    """Pages on which something stood that would have run: the browser is not blind."""
    reached: set[tuple[str, str]] = field(default_factory=set)
    """Ways of coming in, with the routes that something was sent to or opened at."""
    faults: list[str] = field(default_factory=list)


def send(admin_url: str, at: datetime, people: list[crawler.Persona], seed: int, requests: int) -> Found:
    """Send every form that these people find what nobody should send, until so many bodies or more have been sent."""
    found = Found()
    with standing(admin_url, at, people, seed) as askers:
        forms: dict[tuple[str, tuple[str, ...]], tuple[Asker, Form]] = {}
        for asker in askers:
            for response in pages_of(asker, at, of_a_route=2):
                for form in forms_of(response.content.decode(errors="replace"), response.request["PATH_INFO"]):
                    forms.setdefault((route_to(form.address), form.shape), (asker, form))
        found.forms = len(forms)

        def post(asker: Asker, form: Form, body: bytes, content_type: str) -> None:
            response = crawler.send(asker, "POST", form.address, body, content_type, at)
            found.sent += 1
            found.reached.add((asker.persona.kept_as, crawler.route_of(response)))
            found.answers[response.status_code] += 1
            if response.status_code >= 500:
                fault = getattr(response, "exc_info", None) or ("", "?")
                found.faults.append(f"POST {crawler.route_of(response)}: {fault[1]!r} for {body[:300]!r}")

        for asker, form in forms.values():
            for body, content_type in NO_FORMS:
                post(asker, form, body, content_type)
        for round_seed in itertools.count(seed * 1_000):  # one of its own, or a round would draw what the last one drew
            for_each = max(1, (requests - found.sent) // len(forms))
            for asker, form in forms.values():
                for data in generated(whole(form), number=for_each, seed=round_seed):
                    post(asker, form, *body_of(form, data))
            if found.sent >= requests:
                break
    return found


def generated(strategy: SearchStrategy[Any], *, number: int, seed: int) -> list[Any]:
    """So many values of a strategy, the same for the same seed."""
    made: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def make(value: Any) -> None:
        made.append(value)

    make()
    return made


def pages_of(asker: Asker, at: datetime, *, of_a_route: int) -> Iterator[Any]:
    """The pages that one reaches by following links from the first, so many of each route."""
    waiting, known, of_route = ["/", "/min-side/", "/svar/", "/hjelp/"], set(), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        route = route_to(urlsplit(address).path)
        if of_route[route] >= of_a_route:
            continue  # others of its route were read while it waited
        response = crawler.send(asker, "GET", address, b"", "", at)
        if response.status_code in (301, 302):
            links: Iterable[str] = [response["Location"]]
        elif response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            of_route[route] += 1
            yield response
            links = crawler.LINK.findall(response.content.decode(errors="replace"))
        else:
            continue
        for link in links:
            parts = urlsplit(link.replace("&amp;", "&"))
            to = parts.path + (f"?{parts.query}" if parts.query else "")
            leads_to = route_to(parts.path) if parts.netloc in ("", "localhost") else ""
            if leads_to and to not in known and of_route[leads_to] < of_a_route:
                known.add(to)
                waiting.append(to)


def route_to(path: str) -> str:
    """The route that an address leads to; none when it is none of ours."""
    from django.urls import Resolver404, resolve

    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return ""


@contextmanager
def standing(admin_url: str, at: datetime, people: list[crawler.Persona], seed: int) -> Iterator[list[Asker]]:
    """People at the door of the world, for a block, at the instant of the proof."""
    stage.use(admin_url)
    from django.core import mail
    from django.test.client import ClientHandler

    logging.disable()  # every body that is too large is told of, as it should be
    known = world.read(admin_url)
    crawler.stop_the_clock(at)
    stage.keep_plans()  # every request is undone
    mail.outbox = []
    handler, dice = ClientHandler(enforce_csrf_checks=False), random.Random(seed)
    strings: dict[str, set[str]] = defaultdict(set)
    yield [
        Asker(
            one,
            Knowing(known, one.who),
            crawler.client_with(one.token, handler, kept_as=one.kept_as),
            Guide(known, one, dice, strings),
        )
        for one in people
    ]


# --- opening -------------------------------------------------------------------------------------------------------


def plant() -> int:
    """Let every text of every row say something that would run. Returns how many texts there are."""
    from django.apps import apps
    from django.db import connection

    from grunnmur.encrypted import Encrypted

    texts, count = itertools.cycle([*RUN, COMPUTED]), 0
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # past what refuses changes
    for model in (model for name in WRITTEN_IN for model in apps.get_app_config(name).get_models()):
        sealed = [one.name for one in model._meta.concrete_fields if isinstance(one, Encrypted) and one.name in SEALED]
        columns = [name for name in world.free_texts(model) if name not in world.ALSO_FREE]
        if not (columns or sealed):
            continue
        changed = list(model.objects.all())
        for row in changed:
            for column in columns:
                if before := getattr(row, column):  # what is empty often must be
                    setattr(row, column, f"{next(texts)} {before}"[: model._meta.get_field(column).max_length])
                    count += 1
            for one in sealed:
                setattr(row, one, next(texts))
                count += 1
            if sealed:
                row.save(update_fields=sealed)  # which seals them
        if columns:
            model.objects.bulk_update(changed, columns, batch_size=200)
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = origin")
    return count


WRITTEN_IN = ("cases", "directory", "stewardship", "post")
"""The apps in whose tables people write."""
SEALED = ("text", "words", "place")
"""What people write that is encrypted; the other encrypted columns are numbers and packets."""


def open_in_chromium(
    admin_url: str, at: datetime, people: list[crawler.Persona], seed: int, most: int, each: int
) -> Found:
    """Open the pages of these people, and the answers of their forms, until so many have been opened."""
    from playwright.sync_api import sync_playwright

    from tests.stories.conftest import CHROMIUM

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # the browser's driver has a loop; we ask the database between its turns
    )
    found, of_route = Found(), Counter[tuple[str, str]]()
    with standing(admin_url, at, people, seed) as askers, sync_playwright() as play:
        browser = play.chromium.launch(**CHROMIUM)
        context = browser.new_context(bypass_csp=True)
        context.add_init_script(LISTEN)
        tab = context.new_page()
        answer: list[Any] = []
        context.route("**/*", lambda route: _serve(route, answer[-1]))
        for asker in askers:
            for page in pages_of(asker, at, of_a_route=each):
                # Every link leads to one address, and to a form of its own.
                who = asker.persona.name if asker.persona.kept_as == outsiders.BY_LINK else asker.persona.kept_as
                of_route[place := (who, crawler.route_of(page))] += 1
                if of_route[place] > each:
                    continue
                for response in [page, *_answers(asker, page, at)]:
                    if response.status_code >= 500:
                        found.faults.append(f"{response.status_code} {crawler.route_of(response)}")
                    if found.opened == most:
                        return found
                    answer.append(response)
                    tab.goto(ORIGIN + response.request["PATH_INFO"])
                    seen = tab.evaluate(LOOK)
                    found.opened += 1
                    found.reached.add((asker.persona.kept_as, crawler.route_of(response)))
                    found.seen += any(text in seen["text"] for text in RUN)
                    where = f"{response.request['REQUEST_METHOD']} {crawler.route_of(response)}"
                    found.faults += [f"{where}: script {which} ran" for which in seen["ran"]]
                    found.faults += [f"{where}: a text became {element}" for element in seen["made"]]
                    if SUM in seen["text"]:
                        found.faults.append(f"{where}: a text was taken for a template")
    return found


def _answers(asker: Asker, page: Any, at: datetime) -> Iterator[Any]:
    """What each form of a page answers when all that can be written in it would run."""
    for form in forms_of(page.content.decode(errors="replace"), page.request["PATH_INFO"]):
        for text in RUN[:3]:
            data = {
                one.name: [text if one.sort in WRITABLE else one.value] for one in form.fields if one.sort != "file"
            }
            response = crawler.send(asker, "POST", form.address, *body_of(form, data), at)
            if response.status_code == 422 or response.status_code >= 500:
                yield response


WRITABLE = ("textarea", "text", "search", "email", "tel", "url")


def _serve(route: Any, answer: Any) -> None:
    """The page that was answered, and the files that it asks for; nothing else."""
    from django.contrib.staticfiles import finders

    path = urlsplit(route.request.url).path
    if route.request.is_navigation_request():
        route.fulfill(status=200, headers=dict(answer.headers), body=answer.content)
    elif path.startswith("/static/") and (file := finders.find(path.removeprefix("/static/"))):
        route.fulfill(path=file)
    else:
        route.abort()


def routes_of(some: list[Found], way: str) -> set[str]:
    """The routes that were reached by those who come in one way; the addresses of their own pages only."""
    own = {outsiders.FAMILY: "/min-side/", outsiders.BY_LINK: "/svar/"}[way]
    return {route for one in some for came, route in one.reached if came == way and route.startswith(own)}


def prove(quick: bool, seed: int, part: Part = WHOLE) -> Result:
    """Send and open: as everybody who works nowhere, and as some of those who work in every sort of service."""
    from grunnmur import clock

    with world.loaded("prove_input") as admin_url:
        people = crawler.personas(admin_url, seed)
        people = people[:QUICK_PEOPLE] if quick else people  # the cast first, which has every role
        people = [*outsiders.everybody(admin_url), *people]
        at = clock.now() + timedelta(seconds=1)
        wanted = AMOUNT.wanted(quick=quick, part=part) // stage.CORES
        shares = [
            (admin_url, at, people[number :: stage.CORES], seed * 100 + number, wanted) for number in range(stage.CORES)
        ]
        sent = stage.in_processes(send, shares)
        from django.db import transaction

        with stage.as_admin(admin_url), transaction.atomic():
            planted = plant()
        most = OPENED.wanted(quick=quick, part=part)
        each = QUICK_OF_A_ROUTE if quick else max(1, part.share_of(OF_A_ROUTE))
        opened = stage.in_processes(open_in_chromium, [(*share[:4], most // stage.CORES, each) for share in shares])
    faults = sorted({fault for one in (*sent, *opened) for fault in one.faults})
    seen = sum(one.seen for one in opened)
    if not seen:
        faults.append("nothing that would run was seen on any page: the browser is blind")
    faults += [
        f"nothing was {done} as one who comes in by «{way}»"
        for done, some in (("sent", sent), ("opened", opened))
        for way in (outsiders.FAMILY, outsiders.BY_LINK)
        if not routes_of(some, way)
    ]
    answers = sum((one.answers for one in sent), Counter())
    return Result(
        f"{sum(one.sent for one in sent):,} bodies to {sum(one.forms for one in sent)} forms "
        f"({len(routes_of(sent, outsiders.FAMILY))} routes as a family, {len(routes_of(sent, outsiders.BY_LINK))} by a "
        f"link), answers "
        f"{', '.join(f'{status} × {count:,}' for status, count in sorted(answers.items()))}; "
        f"{planted:,} texts that would run, {sum(one.opened for one in opened):,} pages opened in Chromium "
        f"({len(routes_of(opened, outsiders.FAMILY))} routes as a family, "
        f"{len(routes_of(opened, outsiders.BY_LINK))} by a link), "
        f"{seen:,} with such a text on them".replace(",", " ").replace("  ", ", "),
        len(faults),
        faults,
        sum(one.sent for one in sent),
    )
