"""Crawler with canaries: everybody asks every address for everything, and no answer holds a word that is not theirs.

Every route of the URL resolver × every method × every person × ids that are their own, another service's, another
child's, withdrawn, protected, deleted, mismatched and malformed. What comes back is judged by what is in it and not by
its status: every secret word, number and id in the answer, its headers and cookies, in files, mail and the program's
own log is looked up in the reference. Each request is undone, so that the world is the same for all.
"""

import itertools
import logging
import random
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

from tests.proofs import WHOLE, Amount, Part, Result, stage, world
from tests.proofs.world import FAR, WORD, Knowing, World
from tests.reference import access as reference

AMOUNT = Amount(100_000, 1_000_000, "requests")
PERSONAS = 60
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
OWN, OTHER_SERVICE, OTHER_CHILD, WITHDRAWN = "own", "other service's", "other child's", "withdrawn"
PROTECTED, DELETED, MISMATCHED, MALFORMED = "protected", "deleted", "mismatched", "malformed"
RELATIONS = (OWN, OTHER_SERVICE, OTHER_CHILD, WITHDRAWN, PROTECTED, DELETED, MISMATCHED, MALFORMED)
MALFORMED_IDS = ("0", "x' or 1=1 --", "../../etc", "%00", "{}", "00000000-0000-0000-0000-00000000000g", "æ" * 40)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBER = re.compile(r"\b(\d{6}) ?(\d{5})\b")
LINK = re.compile(r'(?:href|action)="(/[^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<input|<textarea|<select|<button|</form)", re.DOTALL)
ATTRIBUTE = re.compile(r'\b(name|value|type|checked)(?:="([^"]*)")?')
OPTION = re.compile(r'<option[^>]*\bvalue="([^"]+)"')


# --- who asks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Persona:
    """One person with a session, and what the reference says of its work."""

    name: str
    token: str
    who: reference.Someone
    kept_as: str = "token"
    """What the token is called in the browser's session: one's who works somewhere, or another's (`outsiders`)."""


def personas(admin_url: str, seed: int) -> list[Persona]:
    """The cast, others of the services that take part in something, and some who should see nothing any more."""
    from demo import cast
    from demo.services import services
    from grunnmur import clock
    from grunnmur.directory import sessions
    from grunnmur.directory.kinds import Role, ServiceKind
    from grunnmur.directory.models import Membership, Person

    everyone = [(one, employee) for one in services() for employee in one.employees if not one.closed_on]
    of_cast = {persona.person_id for persona in cast.CAST}
    others = [pair for pair in everyone if pair[1].person_id not in of_cast]
    random.Random(seed).shuffle(others)
    others.sort(key=lambda pair: pair[0].kind is not ServiceKind.CHILD_WELFARE)
    some = others[:12] + random.Random(seed).sample(others[12:], PERSONAS - 12 - len(of_cast))
    wanted = [pair for pair in everyone if pair[1].person_id in of_cast] + some
    opened = datetime(2000, 1, 1, tzinfo=UTC)
    found = []
    for service, employee in wanted:
        token = sessions.open_session(employee.membership_id)
        assert token is not None, employee.name
        who = reference.Someone(str(employee.person_id), str(service.id), str(employee.role), opened, FAR)
        found.append(Persona(f"{employee.name}, {service.key}", token, who))
    # Those who must see nothing: who left after the session began, and roles for no child inside a service with many.
    home = cast.service("grimstad").id
    for role in (Role.CONTACT_PERSON, Role.LEADER, Role.CHIEF_PHYSICIAN, Role.EVALUATOR, Role.COUNTY_GOVERNOR_STAFF):
        with stage.as_admin(admin_url):
            person = Person.objects.create(name=f"Prøve {role}")
            row = Membership.objects.create(person=person, service_id=home, role=role, starts_on=date(2020, 1, 1))
        token = sessions.open_session(row.pk)
        if token is None:
            continue  # the house does not let such a membership in at all
        left = role.is_child_welfare
        if left:
            with stage.as_admin(admin_url):
                Membership.objects.filter(pk=row.pk).update(ends_on=clock.today())
        who = reference.Someone(str(person.pk), str(home), str(role), opened, opened if left else FAR)
        found.append(Persona(f"{role} {'who left' if left else 'in Grimstad'}", token, who))
    return found


# --- where to --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the resolver."""

    name: str
    pattern: str

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Each parameter's converter and name."""
        return [(kind or "str", name) for kind, name in PARAMETER.findall(self.pattern)]


def routes() -> list[Route]:
    """Every route that the resolver knows."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: Iterable[Any], before: str) -> Iterator[Route]:
        for one in patterns:
            if isinstance(one, URLPattern):
                yield Route(str(one.name or one.callback.__name__), before + str(one.pattern))
            else:
                yield from walk(one.url_patterns, before + str(one.pattern))

    return list(walk(get_resolver().url_patterns, ""))


@dataclass
class Guide:
    """Which ids one persona asks for."""

    known: World
    persona: Persona
    dice: random.Random
    strings: dict[str, set[str]]

    def __post_init__(self) -> None:
        mine = self.known.grounds[self.persona.who.service or ""]
        self.cases = sorted({ground.case for ground in mine if ground.case})
        self.children = sorted({ground.child for ground in mine})
        self.other_cases = sorted(set(self.known.children) - set(self.cases))
        self.other_children = sorted(set(self.known.by_table["Child"]) - set(self.children))

    def path(self, route: Route, relation: str) -> str:
        """An address of the route with ids of the relation."""
        values: dict[str, str] = {}
        anchor = ""
        for number, (converter, name) in enumerate(route.parameters):
            if relation == MALFORMED and self.dice.random() < 0.7:
                value = self.dice.choice(MALFORMED_IDS)
            elif converter != "uuid":
                value = self.dice.choice(sorted(self.strings[name]) or ["ukjent"])
            elif relation == DELETED and (number or len(route.parameters) == 1 or self.dice.random() < 0.5):
                value = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
            elif number == 0:
                value = anchor = self._anchor(name, relation)
            else:
                value = self._nested(name, anchor, relation)
            values[name] = value
        return "/" + PARAMETER.sub(lambda found: quote(values[found[2]], safe=""), route.pattern)

    def _anchor(self, name: str, relation: str) -> str:
        if name == "child_id":
            own, other = self.children, self.other_children
            special = self.known.protected_children
        elif name == "pathway_id":
            own, other = self.cases, self.other_cases
            special = self.known.protected_cases
        else:
            own = other = special = self.known.every_id
        if relation == WITHDRAWN and name == "pathway_id":
            special = self.known.cases_with_a_withdrawal
        if relation in (WITHDRAWN, PROTECTED):
            return self.dice.choice(special or other)
        if relation in (OTHER_SERVICE, MISMATCHED):
            return self.dice.choice(other or own)
        return self.dice.choice(own or other)

    def _nested(self, name: str, anchor: str, relation: str) -> str:
        where = anchor
        if relation == OTHER_CHILD:
            where = self.dice.choice(self.other_cases)
        elif relation == MISMATCHED and self.cases:
            where = self.dice.choice(self.cases)
        tables = self.known.of_case.get(where) or self.known.of_case[anchor]
        word = name.removesuffix("_id").replace("_", "")
        table = next((one for one in tables if one.lower() == word), None) or TABLE_OF.get(word)
        ids = tables.get(table, []) if table else [key for some in tables.values() for key in some]
        return self.dice.choice(ids or self.known.by_table.get(table or "Child") or [anchor])


TABLE_OF = {"identity": "RelatedPerson", "area": "Mapping"}
"""Parameters that are not called what their table is."""


# --- asking ----------------------------------------------------------------------------------------------------------


class Heard(logging.Handler):
    """Everything that the program writes to its own log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass
class Found:
    """What one share of the crawl came to."""

    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    """Routes whose view was called."""
    opened: set[str] = field(default_factory=set)
    """Routes that answered with a page, a form's faults or an act done, and not only with a refusal."""
    relations: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    """Secrets that were shown to somebody who may know them: the crawler is not blind."""
    faults: list[str] = field(default_factory=list)


@dataclass
class Asker:
    """One persona at the door, with all that it may know."""

    persona: Persona
    knows: Knowing
    client: Any
    guide: Guide
    forms: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def client_with(token: str, handler: Any, *, kept_as: str = "token") -> Any:
    """A browserless client that carries a session."""
    from django.conf import settings
    from django.test import Client

    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    client.handler = handler
    session = client.session
    session[kept_as] = token
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def stop_the_clock(at: datetime) -> None:
    """Let it be this instant for as long as the process lives, however long that is: nobody's cookie grows old."""
    from django.core import signing

    from grunnmur import clock

    clock.now = lambda: at.astimezone(clock.OSLO)
    signing.time = SimpleNamespace(time=at.timestamp)  # type: ignore[attr-defined]


def crawl(admin_url: str, at: datetime, people: list[Persona], seed: int, requests: int) -> Found:
    """Ask, as these people, until so many requests have been made."""
    stage.use(admin_url)
    from django.conf import settings
    from django.core import mail
    from django.test.client import ClientHandler

    settings.DEMO_LOGIN = False  # as where there are real children: the demo's own page tells of everybody in it
    known = world.read(admin_url)
    known.at = at
    stop_the_clock(at)
    stage.keep_plans()  # as they stand where every request is kept, and not undone
    heard, found, dice = Heard(), Found(), random.Random(seed)
    logging.getLogger().addHandler(heard)
    mail.outbox = []
    strings: dict[str, set[str]] = defaultdict(set)
    handler = ClientHandler(enforce_csrf_checks=False)
    askers = []
    for one in people:
        guide = Guide(known, one, dice, strings)
        askers.append(Asker(one, Knowing(known, one.who), client_with(one.token, handler, kept_as=one.kept_as), guide))
    let_in = [ask(asker, "GET", "/", {}, at).status_code for asker in askers]
    for asker, route, relation, method in _order(askers, routes(), dice):
        if found.requests >= requests:
            break
        path = asker.guide.path(route, relation)
        further = asker.links.pop(route.name, None) if method == "GET" and relation == OWN else None
        for address in [path, *(further or [])[:2]]:
            data = _data(asker, address, route, relation, dice) if method in ("POST", "PUT", "PATCH") else {}
            response = ask(asker, method, address, data, at)
            found.requests += 1
            found.relations[relation] += 1
            found.answers[response.status_code] += 1
            reached = route_of(response)
            if reached and response.status_code != 405:
                found.reached.add(reached)
                if response.status_code in (200, 204, 422) or (response.status_code == 302 and method == "POST"):
                    found.opened.add(reached)  # what is only looked at and leads elsewhere leads to the log-in
            judge(asker, f"{method} {reached or '(no route)'}", f"{address} {data}", response, heard, found)
            if method == "GET" and response.status_code == 200:
                _look_around(asker, address, response, strings)
    for asker, status in zip(askers, let_in, strict=True):
        if (now := ask(asker, "GET", "/", {}, at).status_code) != status:
            found.faults.append(f"{asker.persona.name}: the first page answers {now} at the end, and not {status}")
    logging.getLogger().removeHandler(heard)
    return found


def _order(askers: list[Asker], everything: list[Route], dice: random.Random) -> Iterator[tuple[Any, ...]]:
    """The whole product, what is one's own first, and then again with other ids for as long as somebody asks."""
    for round_number in itertools.count():
        first = [(who, route, OWN, method) for method in ("GET", "POST") for who in askers for route in everything]
        product = list(itertools.product(askers, everything, RELATIONS, METHODS))
        dice.shuffle(first)
        dice.shuffle(product)
        yield from (product if round_number else [*first, *product])


def ask(asker: Asker, method: str, address: str, data: dict[str, Any], at: datetime) -> Any:
    """One request with the form, at the instant of the crawl, and undone."""
    with_form = method in ("POST", "PUT", "PATCH") and data
    body, content_type = (_encoded(data).encode(), "application/x-www-form-urlencoded") if with_form else (b"", "")
    return send(asker, method, address, body, content_type, at)


def send(asker: Asker, method: str, address: str, body: bytes, content_type: str, at: datetime) -> Any:
    """One request with a body of whatever sort, at the instant of the crawl, and undone."""
    from django.db import connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('test.now', %s, true)", [at.isoformat()])
        cookies = {name: morsel.value for name, morsel in asker.client.cookies.items()}
        response = asker.client.generic(method, address, body, content_type=content_type or OCTETS)
        if getattr(response, "streaming", False):
            response.content = b"".join(response.streaming_content)
        # A cookie that was set stays in the answer; the next request starts from the same session as this one did.
        for name in list(asker.client.cookies):
            if name in cookies:
                asker.client.cookies[name] = cookies[name]
            else:
                del asker.client.cookies[name]
        transaction.set_rollback(True)
    return response


def route_of(response: Any) -> str:
    """The route that a request came to; none when its address is none of ours, which a malformed id often is not."""
    match = response.wsgi_request.resolver_match
    return f"/{match.route}" if match else ""


def _encoded(data: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    return urlencode(data, doseq=True)


def _data(asker: Asker, address: str, route: Route, relation: str, dice: random.Random) -> dict[str, Any]:
    """What is sent: nothing, the form as it stood on the page, or somebody else's name to search for."""
    if route.name == "search":
        of_whom = asker.guide.children if relation == OWN else asker.guide.other_children
        told_of = asker.knows.world.told_of
        words = [word for child in of_whom[:40] for word in told_of[child][0]]
        numbers = [number for child in of_whom for number in told_of[child][1]]
        return {"text": dice.choice([*words[:60], *numbers[:60]] or ["Anna"])}
    form = dict(asker.forms.get(address.partition("?")[0]) or asker.forms.get(route.name, {}))
    if form and dice.random() < 0.3:
        form.pop(dice.choice(list(form)), None)
    return form


def _look_around(asker: Asker, address: str, response: Any, strings: dict[str, set[str]]) -> None:
    """Remember the forms and the links of a page, to be followed."""
    from django.urls import Resolver404, resolve

    page = response.content.decode(errors="replace")
    if "<form" in page:
        fields: dict[str, list[str]] = {}
        for kind, attributes, inside in FIELD.findall(page):
            named = dict(ATTRIBUTE.findall(attributes))
            name, value = named.get("name"), named.get("value", "")
            if not name or (named.get("type") in ("radio", "checkbox") and name in fields):
                continue
            if kind == "select":
                value = next(iter(OPTION.findall(inside)), "")
            elif not value:
                value = TYPED.get(named.get("type", ""), f"{datetime.now(UTC):%d.%m.%Y}" if "on" in name else "Prøve.")
            fields[name] = [value]
        asker.forms[address.partition("?")[0]] = fields
        if response.resolver_match:
            asker.forms.setdefault(response.resolver_match.url_name, fields)
    for link in LINK.findall(page):
        parts = urlsplit(link.replace("&amp;", "&"))
        try:
            match = resolve(parts.path)
        except Resolver404:
            continue
        for name, value in match.kwargs.items():
            if isinstance(value, str):
                strings[name].add(value)
        if len(asker.links[str(match.url_name)]) < 6:
            asker.links[str(match.url_name)].append(parts.path + (f"?{parts.query}" if parts.query else ""))


OCTETS = "application/octet-stream"
TYPED = {"email": "noen@example.no", "tel": "900 00 000", "number": "1"}


# --- judging ---------------------------------------------------------------------------------------------------------


def judge(asker: Asker, where: str, sent: str, response: Any, heard: Heard, found: Found) -> None:
    """Hold everything that came back against what the persona may know; what it sent itself is no news to it."""
    from django.core import mail

    body = response.content.decode(errors="replace")
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    headers += "\n".join(str(morsel) for morsel in response.cookies.values())

    def fault(text: str) -> None:
        found.faults.append(f"{asker.persona.name}: {where} {response.status_code}: {text}")

    if response.status_code >= 500:
        _sort, broke, _where = getattr(response, "exc_info", None) or (None, "an answer of its own", None)
        fault(f"the program broke: {broke!r}")
    for secret, rows in secrets_in(asker.knows.world, f"{headers}\n{body}"):
        if secret in sent or secret.replace(" ", "") in sent:
            continue
        if secret in asker.knows.world.words:
            may = asker.knows.may_know(secret)
        else:
            may = asker.knows.is_offered(secret) or any(asker.knows.may(row.piece) for row in rows)
        if may:
            found.seen += 1
        else:
            fault(f"a secret of {rows[0].about}, kind {rows[0].piece.kind}")
    # What leaves the house holds no secret at all, whoever asks.
    outside = "\n".join(
        [headers, *TITLE.findall(body), *heard.lines, *(message.as_string() for message in mail.outbox)]
    )
    # A signature of ours can look like one of the world's words; only those are secrets.
    for word in asker.knows.world.words.keys() & WORD.findall(outside):
        if word not in sent:
            fault(f"outside the page: {asker.knows.world.words[word].about}")
    heard.lines.clear()
    mail.outbox.clear()


def secrets_in(known: World, text: str) -> Iterator[tuple[str, list[world.Row]]]:
    """Every secret in a text, with the rows it is a secret of."""
    for word in set(WORD.findall(text)):
        if word in known.words:
            yield word, [known.words[word]]
    for key in set(UUID.findall(text)):
        if key in known.ids:
            yield key, [known.ids[key]]
    for first, last in set(NUMBER.findall(text)):
        if first + last in known.numbers:
            yield first + last, known.numbers[first + last]


def prove(quick: bool, seed: int, part: Part = WHOLE) -> Result:
    """Crawl with all the personas, in as many processes as there are cores."""
    from grunnmur import clock
    from tests.proofs import outsiders

    with world.loaded("prove_crawler") as admin_url:
        people = [*personas(admin_url, seed), *outsiders.everybody(admin_url)]
        at = clock.now() + timedelta(seconds=1)
        wanted = AMOUNT.wanted(quick=quick, part=part) // stage.CORES
        shares = [
            (admin_url, at, people[number :: stage.CORES], seed * 100 + number, wanted) for number in range(stage.CORES)
        ]
        some = stage.in_processes(crawl, shares)
        everything = {"/" + route.pattern for route in routes()}
    reached = set().union(*(one.reached for one in some)) & everything
    opened = set().union(*(one.opened for one in some)) & everything
    faults = sorted({fault for one in some for fault in one.faults})
    faults += [f"never reached: {route}" for route in sorted(everything - reached)]
    seen = sum(one.seen for one in some)
    if not seen:
        faults.append("nobody was shown anything: the crawler is blind")
    statuses = sum((one.answers for one in some), Counter())
    return Result(
        f"{sum(one.requests for one in some):,} requests by {len(people)} people, "
        f"{len(reached)} of {len(everything)} routes reached and {len(opened)} opened, "
        f"{seen:,} secrets shown to those who may know them, "
        f"answers {', '.join(f'{status} × {count:,}' for status, count in sorted(statuses.items()))}".replace(
            ",", " "
        ).replace("  ", ", "),
        len(faults),
        faults,
        sum(one.requests for one in some),
    )
