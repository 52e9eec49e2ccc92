"""What help there is where somebody lives, found by people's own words. Open to anyone; nobody is known here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from grunnmur import alphabet
from grunnmur.clock import OSLO
from grunnmur.directory import finder
from grunnmur.directory.finder import Reader, Reading
from grunnmur.directory.finder_file import Emergency, Need
from grunnmur.directory.finder_file import finder as finder_file
from grunnmur.directory.kinds import HelpLevel, OfferKind
from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.models import Municipality
from grunnmur.directory.models import Offer as Row
from grunnmur.directory.sessions import Actor

MOST = 5
"""Offers in an answer: few enough to choose from."""
BY_WORDS, BY_NEED, NOT_BY_NEED = 1.0, 1.2, 0.85
FADED = 1.0
"""An offer whose freshness counts less than this is shown as one that nobody has looked over for a while."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as it is described now."""

    id: UUID
    """The same for all versions."""
    kind: OfferKind
    level: HelpLevel
    name: str
    about: str
    needs: frozenset[str]
    serves: tuple[str, ...]
    age_from: int
    age_to: int
    phone: str
    web: str
    how: str
    needs_referral: bool
    opening_hours: str
    languages: str
    accessibility: str
    verified_on: date | None
    is_example: bool
    owner: str
    """The legal body that answers for it; empty when none here does."""
    rank: float = 0.0
    """How well PostgreSQL finds the words of the question in the description."""
    version: int = 0
    """How many versions there are, for its owner; the next one is written over this alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality that has offers."""

    number: str
    name: str
    framed_by: str


@dataclass(frozen=True, slots=True)
class Found:
    """One offer in an answer, and why it is there."""

    offer: Offer
    score: float
    needs: tuple[Need, ...]
    """What was asked about that its kind can help with; empty when no word was known."""
    is_faded: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Whom to call: an emergency first, then offers, the best first, and the rungs of the ladder of help."""

    place: Place
    reading: Reading
    emergency: Emergency | None
    found: tuple[Found, ...]
    ladder: dict[HelpLevel, tuple[Offer, ...]]
    is_answered: bool
    """Whether the municipality has an answer to what was asked; if not, that is counted."""


COLUMNS = """o.offer, o.kind, o.level, o.name, o.about, o.needs, o.serves, o.age_from, o.age_to, o.phone, o.web,
    o.how, o.needs_referral, o.opening_hours, o.languages, o.accessibility, o.verified_on, o.is_example,
    coalesce(b.name, '')"""
OLDEST_FIRST = f"""
    select {COLUMNS}, 0.0, o.version from (
        select distinct on (offer) *, count(*) over (partition by offer) as version from directory_offer
        where offer in (select offer from directory_offer where service_id = %(service)s)
        order by offer, recorded_at desc
    ) o left join directory_service v on v.id = o.service_id
    left join directory_organisation b on b.id = v.organisation_id
    where o.service_id = %(service)s and (o.ends_on is null or o.ends_on > %(on)s)
    order by o.verified_on nulls first, o.name, o.offer limit 100"""
CURRENT = """
    from (select distinct on (offer) * from directory_offer order by offer, recorded_at desc) o
    left join directory_service v on v.id = o.service_id
    left join directory_organisation b on b.id = v.organisation_id
    where (o.ends_on is null or o.ends_on > %(on)s) and (v.closed_on is null or v.closed_on > %(on)s)
      and (%(place)s::text is null or o.serves @> array[%(place)s]::varchar[])
      and (%(age)s::int is null or %(age)s between o.age_from and o.age_to)
"""
RANKED = f"""
    select {COLUMNS}, ts_rank(to_tsvector('norwegian', o.name || ' ' || o.about),
                              websearch_to_tsquery('norwegian', %(words)s))
    {CURRENT} order by o.level, o.name, o.offer limit %(most)s offset %(skip)s"""
MOST_IN_A_PLACE = 1000
"""Offers that an answer is chosen among."""


def list_offers(
    *,
    place: str | None,
    on: date,
    age: int | None = None,
    words: Collection[str] = (),
    most: int = MOST_IN_A_PLACE,
    skip: int = 0,
) -> list[Offer]:
    """The offers for somebody of an age in a municipality (or everywhere), with how well each has the words.

    At most so many, after those that are skipped.
    """
    values: dict[str, str | date | int | None] = {
        "words": " or ".join(f'"{word}"' for word in words),
        "on": on,
        "place": place,
        "age": age,
        "most": most,
        "skip": skip,
    }
    with connection.cursor() as cursor:
        cursor.execute(RANKED, values)
        return [_offer(row) for row in cursor.fetchall()]


def count_offers(*, place: str | None, on: date) -> int:
    """How many offers there are in a municipality, or everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) {CURRENT}", {"place": place, "on": on, "age": None})
        found: int = cursor.fetchone()[0]
    return found


def _offer(row: tuple[Any, ...]) -> Offer:
    kinds = OfferKind(row[1]), HelpLevel(row[2])
    return Offer(row[0], *kinds, row[3], row[4], frozenset(row[5]), tuple(row[6]), *row[7:])


def list_places() -> list[Place]:
    """The municipalities that any offer is for, in alphabetical order."""
    rows = Municipality.objects.extra(
        where=["exists (select 1 from directory_offer o where o.serves @> array[number])"]
    ).values_list("number", "name", "framed_by")
    return sorted((Place(*row) for row in rows), key=lambda one: alphabet.order(one.name))


# --- finding -------------------------------------------------------------------------------------------------------


def stems_of(words: Collection[str]) -> dict[str, str]:
    """The Norwegian stem of each word; PostgreSQL has none for its stop words, which then stand for themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select w, coalesce((ts_lexize('norwegian_stem', w))[1], w) from unnest(%s::text[]) w", [list(words)]
        )
        return dict(cursor.fetchall())


@cache
def reader() -> Reader:
    """What reads questions, made ready at the first of them."""
    file = finder_file()
    return Reader(file, stems_of(finder.file_words(file)))


def read(text: str, *, chosen: Collection[str] = ()) -> Reading:
    """What a question, and the pictures that were chosen beside it, are about."""
    reads = reader()
    spoken = reads.spoken(text)
    stems = {**reads.stems, **stems_of(reads.variants(spoken))} if spoken else {}
    return finder.both(reads.read(text, stems=stems), finder.choose(chosen, reads.file))


def find(text: str, *, place: Place, age: int | None, on: date, chosen: Collection[str] = ()) -> Answer:
    """Who can help somebody of an age (or any) in a municipality with what they wrote or chose."""
    file = finder_file()
    reading = read(text, chosen=chosen)
    kinds = finder.kinds_for(reading, file)
    asked = {need.key for need, _score in reading.needs}
    offers = list_offers(place=place.number, on=on, age=age, words=finder.words(text)[: finder.LONGEST])
    ranked = sorted(
        (_weigh(one, kinds=kinds, reading=reading, asked=asked, on=on) for one in offers),
        key=lambda one: (-one.score, one.offer.age_to - one.offer.age_from, one.offer.name),
    )
    found: dict[OfferKind, Found] = {}
    for one in ranked:
        if one.score > 0:
            found.setdefault(one.offer.kind, one)
    at_hand = {one.offer.kind for one in ranked}
    is_answered = bool(reading.needs) and all(at_hand & set(need.kinds[:2]) for need, _score in reading.needs[:1])
    return Answer(
        place=place,
        reading=reading,
        emergency=reading.emergency,
        found=tuple(found.values())[:MOST],
        ladder=_ladder([one.offer for one in found.values()]),
        is_answered=is_answered or bool(reading.named and not reading.needs),
    )


def _weigh(one: Offer, *, kinds: dict[OfferKind, float], reading: Reading, asked: set[str], on: date) -> Found:
    """How well an offer fits: its kind, what it is made for, the words in its description, and when it was verified."""
    file = finder_file()
    fresh = finder.freshness(months_since(one.verified_on, on=on), file)
    score = kinds.get(one.kind, 0.0)
    if one.needs and asked:
        score *= BY_NEED if one.needs & asked else NOT_BY_NEED
    score = (score + BY_WORDS * one.rank) * fresh
    needs = tuple(need for need, _score in reading.needs if one.kind in need.kinds)
    return Found(one, score, needs, fresh < FADED)


def months_since(day: date | None, *, on: date) -> int | None:
    """Whole months from a day; None when there is none."""
    if day is None:
        return None
    return (on.year - day.year) * 12 + on.month - day.month - (on.day < day.day)


def _ladder(offers: Collection[Offer]) -> dict[HelpLevel, tuple[Offer, ...]]:
    return {level: tuple(one for one in offers if one.level is level)[:3] for level in HelpLevel}


def count_unanswered(answer: Answer) -> None:
    """Count that a municipality had no answer: which need it was, if it was understood, and nothing else."""
    if answer.is_answered or (answer.emergency and not answer.reading.needs):
        return
    need = answer.reading.needs[0][0].key if answer.reading.needs else ""
    with connection.cursor() as cursor:
        cursor.execute("select sec.count_unanswered(%s, %s)", [answer.place.number, need])


# --- for the service that owns them ----------------------------------------------------------------------------------


def list_own(actor: Actor, *, on: date) -> list[Offer]:
    """What the service of the one who asks offers, the longest unconfirmed first."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_FIRST, {"service": actor.service_id, "on": on})
        return [_offer(row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class AskedAt:
    """When the service was asked to look over what it offers, and whether the word has left by mail or SMS."""

    at: datetime
    has_left: bool


def last_asked() -> AskedAt | None:
    """The last time that the service of the one who asks was asked; None when it never was."""
    with connection.cursor() as cursor:
        cursor.execute("select at, has_left from sec.asked_to_look_over()")
        row = cursor.fetchone()
    return AskedAt(row[0].astimezone(OSLO), row[1]) if row else None


def is_due(offer: Offer, *, on: date) -> bool:
    """Whether its owner is asked to look it over: nobody has confirmed it for so long that it sinks."""
    months = months_since(offer.verified_on, on=on)
    return months is None or months >= finder_file().freshness[0].months


class NotOurs(Exception):
    """There is no such offer, or it is another service's now."""


def describe(actor: Actor, offer_id: UUID, *, seen: int | None, at: datetime, **changed: Any) -> None:
    """Write a new version of an offer of one's own service, confirmed on the day; without changes it only confirms.

    What the actor has just written over the same version is not written twice. `seen` is the version that was shown.
    The database refuses a version of another's offer (`sec.may_describe`). Raises NotOurs, EditConflict.
    """
    take_turns(f"offer {offer_id}")
    versions = Row.objects.filter(offer=offer_id).order_by("-recorded_at")
    current, last = versions.count(), list(versions[:2])
    if not last or last[0].service_id != actor.service_id:
        raise NotOurs
    newest, before = last[0], last[-1]
    new = {"recorded_by_id": actor.person_id, "verified_on": at.astimezone(OSLO).date()}
    if seen == current - 1 and _said(newest) == _said(before) | changed | new:
        return
    refuse_older(seen=seen, current=current)
    Row.objects.create(**_said(newest) | changed | new | {"recorded_at": at})


def _said(row: Row) -> dict[str, Any]:
    """What a version says, whenever it was written."""
    fields = (one.attname for one in Row._meta.concrete_fields)
    return {name: getattr(row, name) for name in fields if name not in ("id", "recorded_at")}
