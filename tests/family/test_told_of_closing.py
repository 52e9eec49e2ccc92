"""When a family takes a yes back, the service that saw something on it is told that it is closed, and not whose."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import consents, notices, own_answers, sight
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.door import AlreadyDone
from grunnmur.cases.models import Child, ConsentWithdrawal, RelatedPerson
from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, InformationKind, RestrictionCause, SignatoryKind
from grunnmur.log import record
from grunnmur.post import queue
from grunnmur.post.models import Message
from tests import together
from tests.family import home as homes
from tests.family.home import MOTHERS, Home, decide, let_in
from tests.family.test_pages import inside
from tests.post.conftest import give_address

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
GP, OWNER = together.service_id("storgata"), together.service_id("grimstad")


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    """Anna and her mother can log in."""
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        found = homes.home(kari, anna, case)
        together.start(kari, case)
        for who in (found.anna, found.mother):
            decide(kari, found, who)
    return found


@pytest.fixture
def mother(acting: Acting, home: Home) -> uuid.UUID:
    with acting("kari") as kari:
        return let_in(kari, home, home.mother)


@pytest.fixture
def consent(acting: Acting, home: Home) -> uuid.UUID:
    """The GP sees something: all who must have said yes."""
    with acting("kari") as kari:
        return together.let_in(kari, home.case, "storgata")[0]


def take_back(log_in: uuid.UUID, consent: uuid.UUID, once: uuid.UUID | None = None) -> own_answers.Closed:
    with transaction.atomic(), record.linked():
        return own_answers.withdraw(relative=homes.inside(log_in), once=once, consent_id=consent)


def told(as_admin: Outside) -> list[Message]:
    with as_admin():
        return list(Message.objects.filter(once__startswith="closed:"))


def test_it_is_told_also_when_child_welfare_writes_down_that_the_family_took_it_back(
    acting: Acting, home: Home, consent: uuid.UUID, as_admin: Outside
) -> None:
    once = uuid.uuid4()
    for _press in range(2):
        with acting("kari") as kari, suppress(AlreadyDone):
            consents.withdraw(
                actor=kari,
                pathway_id=home.case,
                once=once,
                consent_id=consent,
                withdrawn_by=SignatoryKind.PARENT,
                related_person_id=RelatedPerson.objects.get(identity=home.mother).pk,
            )
    assert [message.to_service_id for message in told(as_admin)] == [GP]


def test_what_was_kept_from_the_service_it_has_not_lost(
    acting: Acting, home: Home, mother: uuid.UUID, consent: uuid.UUID, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=home.anna,
            once=None,
            service_id=GP,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            reason="Nær slekt arbeider der.",
            review_on=together.day(30),
        )
    assert take_back(mother, consent).is_told, "the family is told what holds as far as it may know"
    assert told(as_admin) == []


def test_the_service_that_lost_sight_is_told_once(
    mother: uuid.UUID, consent: uuid.UUID, as_admin: Outside, home: Home
) -> None:
    once = uuid.uuid4()
    assert [take_back(mother, consent, once).is_told for _press in range(2)] == [True, True]
    (message,) = told(as_admin)
    with as_admin():
        withdrawal = ConsentWithdrawal.objects.get()
    assert (message.to_service_id, message.author_service_id) == (GP, OWNER)
    assert (message.subject, message.item, message.wants_answer) == (home.case, withdrawal.pk, False)
    assert message.silent_from is None, "nobody has anything to open, so it is no silence"


def test_the_word_leaves_though_the_service_sees_nothing_any_more(
    mother: uuid.UUID, consent: uuid.UUID, acting: Acting, as_admin: Outside
) -> None:
    with acting("per") as per:
        give_address(per, "mottak@storgata.example")
    worker = cast.fixed_id("worker")
    queue.lives(worker)
    with as_admin():
        Message.objects.exclude(once__startswith="closed:").update(expires_at=clock.now())
    take_back(mother, consent)
    mine = {one.id: one for one in queue.claim(worker, most=50)}
    (message,) = told(as_admin)
    with as_admin():
        (delivery,) = message.deliveries.filter(channel="mail")
    errand = mine[delivery.pk]
    assert not errand.of_itself, "it leads to the page where everybody logs in"
    assert queue.hand_over(errand, worker=worker)


def test_what_opened_nothing_is_told_to_nobody(
    mother: uuid.UUID, home: Home, acting: Acting, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        row = RelatedPerson.objects.get(identity=home.mother)
        (asked,) = consents.record(
            actor=kari,
            pathway_id=home.case,
            once=None,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=GP,
            kinds=InformationKind.SOMATIC,
            valid_from=clock.today(),
            valid_until=together.day(100),
            answers=[
                Answer(SignatoryKind.PARENT, ConsentAnswer.YES, clock.today(), "muntlig", related_person_id=row.pk)
            ],
        )
    assert not take_back(mother, asked.pk).is_told
    assert told(as_admin) == []


def test_the_receipt_says_so_and_the_service_reads_when_and_not_whom(
    mother: uuid.UUID, consent: uuid.UUID, home: Home, client_of: Callable[[str], Client], acting: Acting
) -> None:
    per, hege = client_of("per"), client_of("hege")
    assert "Dette er stengt for dere" not in per.get("/").content.decode()
    receipt = inside(MOTHERS).post(f"/min-side/ja-og-nei/{consent}/tilbake/", {}).content.decode()
    assert f"{cast.service('storgata').name} får beskjed om at det er stengt." in receipt
    page = per.get("/").content.decode()
    assert "Dette er stengt for dere" in page
    assert cast.service("grimstad").name in page
    assert "Solberg" not in page
    assert str(home.case) not in page
    assert "Dette er stengt for dere" not in hege.get("/").content.decode()
    with acting("per"):
        assert not Message.objects.filter(once__startswith="closed:").exists(), "the ledger is of what one sees"
    sent = client_of("kari").get(f"/forlop/{home.case}/sendt/").content.decode()
    assert sent.count(cast.service("storgata").name) >= 2, "the owner sees what was sent"


def test_only_the_family_whose_it_was_sends_it_and_the_program_signs(
    mother: uuid.UUID, consent: uuid.UUID, acting: Acting, as_admin: Outside
) -> None:
    take_back(mother, consent)
    with as_admin():
        row = ConsentWithdrawal.objects.get()
        Message.objects.filter(once__startswith="closed:").delete()
    with acting("kari"):
        notices.tell_of_closing(row.pk)
    assert told(as_admin) == [], "not one of the family"
    with pytest.raises(ProgrammingError, match="not signed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.tell_of_closing(%s, interval '1 day', sha256('guess'))", [row.pk])
