"""Services are asked to look over what they offer, once in so long, by a mail that tells nothing."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions.reminders import ask_owners_of_offers, remind
from grunnmur.directory.finder_file import finder
from grunnmur.directory.kinds import HelpLevel, OfferKind
from grunnmur.directory.models import Membership, Offer
from grunnmur.post import queue, texts
from grunnmur.post.models import Message
from grunnmur.post.terms import Channel
from tests import together
from tests.post.conftest import give_address

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
GP, SCHOOL = (together.service_id(key) for key in ("storgata", "skolehelse"))
MONTHS = finder().freshness[0].months


@pytest.fixture(autouse=True)
def at_work(travel: Any, as_admin: Outside) -> None:
    """It is ten on a working day, and no service but those of a test has said what it offers."""
    travel(together.at_work(1))
    with as_admin():
        Offer.objects.all().delete()


def offer(as_admin: Outside, service: Any, *, months: int | None, **more: Any) -> Offer:
    """What a service offers, confirmed so many months and a day ago; never, without a number."""
    with as_admin():
        return Offer.objects.create(
            **{
                "service_id": service,
                "kind": OfferKind.GP,
                "level": HelpLevel.MUNICIPAL,
                "name": "Timer hos fastlege",
                "serves": ["4202"],
                "verified_on": clock.today() - timedelta(days=31 * months + 1) if months is not None else None,
                "recorded_at": clock.now() - timedelta(days=1),
                **more,
            }
        )


def asked(as_admin: Outside) -> list[Any]:
    with as_admin():
        rows = Message.objects.filter(sort="reminder").order_by("recorded_at")
        assert all(row.subject == row.to_service_id == row.author_service_id and row.kind == 0 for row in rows)
        return [row.to_service_id for row in rows]


def test_the_owner_is_asked_once_however_many_offers_and_however_often_it_is_looked_for(as_admin: Outside) -> None:
    offer(as_admin, GP, months=MONTHS)
    offer(as_admin, GP, months=None)
    offer(as_admin, SCHOOL, months=1)
    offer(as_admin, None, months=None)
    assert (ask_owners_of_offers(), ask_owners_of_offers()) == (1, 0)
    remind()
    assert asked(as_admin) == [GP]


def test_it_is_asked_again_when_as_long_has_gone_and_nobody_has_confirmed(as_admin: Outside, travel: Any) -> None:
    offer(as_admin, GP, months=None)
    assert ask_owners_of_offers() == 1
    soon, later = together.at_work(20 * MONTHS), together.at_work(31 * MONTHS)
    travel(soon)
    assert ask_owners_of_offers() == 0
    travel(later)
    assert (ask_owners_of_offers(), ask_owners_of_offers()) == (1, 0)
    assert asked(as_admin) == [GP, GP]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"months": 2}, id="confirmed lately"),
        pytest.param({"months": None, "ends_on": "today"}, id="no longer offered"),
    ],
)
def test_what_needs_no_look_is_not_asked_about(as_admin: Outside, more: dict[str, Any]) -> None:
    if more.get("ends_on"):
        more = more | {"ends_on": clock.today()}
    offer(as_admin, GP, **more)
    assert ask_owners_of_offers() == 0


def test_only_the_newest_version_counts(as_admin: Outside) -> None:
    first = offer(as_admin, GP, months=None, recorded_at=clock.now() - timedelta(days=9))
    offer(as_admin, GP, months=0, offer=first.offer)
    assert ask_owners_of_offers() == 0


def test_where_nobody_works_nobody_is_asked(as_admin: Outside) -> None:
    offer(as_admin, GP, months=None)
    with as_admin():
        Membership.objects.filter(service=GP).update(ends_on=clock.today())
    assert ask_owners_of_offers() == 0


def test_it_takes_a_worker(db: None) -> None:
    with pytest.raises(ProgrammingError, match="not a worker"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.ask_owners(current_date, 1, interval '1 day', 1)")


def test_outside_working_hours_nobody_is_asked(as_admin: Outside, travel: Any) -> None:
    offer(as_admin, GP, months=None)
    travel(together.at_work(1).replace(hour=7))
    assert ask_owners_of_offers() == 0


def test_the_mail_leads_to_the_page_where_one_confirms_and_tells_nothing(as_admin: Outside, acting: Acting) -> None:
    offer(as_admin, GP, months=None)
    with acting("per") as per:
        give_address(per, "mottak@storgata.example")
    assert ask_owners_of_offers() == 1
    worker = cast.fixed_id("worker")
    queue.lives(worker)
    (errand,) = queue.claim(worker, most=10)
    assert (errand.channel, errand.of_itself) == (Channel.MAIL, True)
    assert queue.hand_over(errand, worker=worker), "the receiver may have it, for it is about itself"
    page = texts.page_of(errand.link_id, of_itself=errand.of_itself)
    assert page == f"{str(settings.PUBLIC_URL).rstrip('/')}/tilbudet-vart/"
    assert texts.mail_text(page).replace(page, "") == texts.mail_text().replace(texts.page_of(None), "")


def test_the_service_sees_on_the_page_that_it_was_asked_and_no_other_does(
    as_admin: Outside, acting: Acting, client_of: Callable[[str], Client]
) -> None:
    offer(as_admin, GP, months=None)
    said = "Se over det som ikke er bekreftet på et halvt år"
    per = client_of("per")
    assert said not in per.get("/tilbudet-vart/").content.decode()
    assert ask_owners_of_offers() == 1
    page = per.get("/tilbudet-vart/").content.decode()
    assert said in page
    assert "har ikke gått ut på e-post eller SMS" in page
    assert said not in client_of("hege").get("/tilbudet-vart/").content.decode()
    with acting("per"):
        assert not Message.objects.exists(), "and the ledger of cases says nothing of it"
    (current,) = _own(per)
    assert per.post("/tilbudet-vart/bekreft/", {"offer": current, "version": "1"}).status_code == 302
    assert said not in per.get("/tilbudet-vart/").content.decode(), "until it is confirmed"


def _own(client: Client) -> list[str]:
    return re.findall(r'name="offer" value="([^"]+)"', client.get("/tilbudet-vart/").content.decode())
