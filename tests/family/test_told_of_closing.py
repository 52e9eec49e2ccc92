"""When a family takes a yes back, or stops one with a no, the service that lost sight is told, and not by whom."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions import consents, own_answers, sight
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.door import AlreadyDone
from grunnmur.cases.models import Child, ConsentSignature, ConsentWithdrawal, RelatedPerson
from grunnmur.cases.queries import closings
from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, InformationKind, RestrictionCause, SignatoryKind
from grunnmur.directory.sessions import sign
from grunnmur.log import record
from grunnmur.post import queue
from grunnmur.post.models import Message
from tests import together
from tests.family import home as homes
from tests.family.home import MOTHERS, Home, decide, let_in, withhold
from tests.family.test_own_answers import let_the_parents_say_yes_alone, says, with_the_parents_yes
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
    keep_from_the_service(acting, home)
    take_back(mother, consent)
    assert told(as_admin) == []


def keep_from_the_service(acting: Acting, home: Home) -> None:
    """An explicit no, which the mother does not know of."""
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


def another_yes_that_she_does_not_know_of(acting: Acting, home: Home) -> None:
    """The service sees the same on another consent, which is kept from the mother."""
    with acting("kari") as kari:
        (row,) = together.let_in(kari, home.case, "storgata")
        withhold(kari, home, row, InformationKind.COORDINATION)


@pytest.mark.parametrize(
    ("hidden", "times"),
    [(None, 1), (another_yes_that_she_does_not_know_of, 0), (keep_from_the_service, 0)],
    ids=["it lost sight", "it sees by another yes", "it never saw"],
)
def test_the_receipt_is_true_whatever_is_kept_from_the_one_who_reads_it(
    mother: uuid.UUID,
    consent: uuid.UUID,
    home: Home,
    acting: Acting,
    as_admin: Outside,
    hidden: Callable[[Acting, Home], None] | None,
    times: int,
) -> None:
    """It says the same in the three worlds, and promises what holds in all of them."""
    if hidden:
        hidden(acting, home)
    receipt = inside(MOTHERS).post(f"/min-side/ja-og-nei/{consent}/tilbake/", {}).content.decode()
    assert len(told(as_admin)) == times
    name = cast.service("storgata").name
    assert f"Dette ja-et lar ikke lenger {name} se" in receipt
    assert f"Er noe stengt for {name} nå, får de beskjed om det." in receipt
    assert "Et annet ja" not in receipt


@pytest.mark.parametrize("is_online", [True, False], ids=["the child itself", "child welfare writes it down"])
def test_a_no_that_stops_what_others_said_yes_to_is_told_once(
    acting: Acting, home: Home, as_admin: Outside, *, is_online: bool
) -> None:
    """A child that the parents decide for stops it with a no (rule `contact_parents_for_child_without_views`)."""
    let_the_parents_say_yes_alone(acting, home)
    (asked,) = with_the_parents_yes(acting, home, "storgata", ConsentPurpose.CONTACT_HEALTH)
    assert told(as_admin) == []
    if is_online:
        with acting("kari") as kari:
            log_in = let_in(kari, home, home.anna)
        says(log_in, asked, own_answers.Says.NO)
    else:
        no = Answer(SignatoryKind.CHILD, ConsentAnswer.NO, clock.today(), "oral", note="Vi spør igjen senere.")
        with acting("kari") as kari:
            consents.answer(actor=kari, pathway_id=home.case, once=None, consent_id=asked, answers=[no])
    (message,) = told(as_admin)
    with as_admin():
        assert message.item == ConsentSignature.objects.get(answer=ConsentAnswer.NO).pk
    assert message.to_service_id == GP
    with acting("per"):
        assert [one.owner for one in closings.list_closed_to_us()] == [cast.service("grimstad").name]


def test_a_no_that_stops_nothing_is_told_to_nobody(acting: Acting, home: Home, as_admin: Outside) -> None:
    (asked,) = with_the_parents_yes(acting, home, "storgata", ConsentPurpose.CONTACT_HEALTH)
    with acting("kari") as kari:
        log_in = let_in(kari, home, home.anna)
    says(log_in, asked, own_answers.Says.NO)
    assert told(as_admin) == [], "Anna is 14: nothing had been opened without her"


def test_the_service_that_lost_sight_is_told_once(
    mother: uuid.UUID, consent: uuid.UUID, as_admin: Outside, home: Home
) -> None:
    once = uuid.uuid4()
    assert len({take_back(mother, consent, once) for _press in range(2)}) == 1, "the same receipt"
    (message,) = told(as_admin)
    with as_admin():
        withdrawal = ConsentWithdrawal.objects.get()
    assert (message.to_service_id, message.author_service_id) == (GP, OWNER)
    assert (message.subject, message.item, message.wants_answer) == (home.case, withdrawal.pk, False)
    assert message.silent_from is None, "nobody has anything to open, so it is no silence"


@pytest.mark.parametrize("is_no", [False, True], ids=["taken back", "stopped by a no"])
def test_the_word_leaves_though_the_service_sees_nothing_any_more(
    mother: uuid.UUID, home: Home, acting: Acting, as_admin: Outside, *, is_no: bool
) -> None:
    if is_no:
        let_the_parents_say_yes_alone(acting, home)
        (consent,) = with_the_parents_yes(acting, home, "storgata", ConsentPurpose.CONTACT_HEALTH)
    else:
        with acting("kari") as kari:
            (consent,) = together.let_in(kari, home.case, "storgata")
    with acting("per") as per:
        give_address(per, "mottak@storgata.example")
    worker = cast.fixed_id("worker")
    queue.lives(worker)
    with as_admin():
        Message.objects.exclude(once__startswith="closed:").update(expires_at=clock.now())
    if is_no:
        with acting("kari") as kari:
            log_in = let_in(kari, home, home.anna)
        says(log_in, consent, own_answers.Says.NO)
    else:
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
    assert not take_back(mother, asked.pk).kinds
    assert told(as_admin) == []


def test_the_receipt_says_so_and_the_service_reads_when_and_not_whom(
    mother: uuid.UUID, consent: uuid.UUID, home: Home, client_of: Callable[[str], Client], acting: Acting
) -> None:
    per, hege = client_of("per"), client_of("hege")
    assert "Dette er stengt for dere" not in per.get("/").content.decode()
    receipt = inside(MOTHERS).post(f"/min-side/ja-og-nei/{consent}/tilbake/", {}).content.decode()
    assert f"Er noe stengt for {cast.service('storgata').name} nå, får de beskjed om det." in receipt
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
    with acting("hege"), connection.cursor() as cursor:
        cursor.execute(
            "select sec.tell_of_closing(%s, interval '1 day', %s)", [row.pk, sign(f"tell_of_closing|{row.pk}")]
        )
    assert told(as_admin) == [], "neither one of the family nor who wrote it down"
    with pytest.raises(ProgrammingError, match="not signed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.tell_of_closing(%s, interval '1 day', sha256('guess'))", [row.pk])
