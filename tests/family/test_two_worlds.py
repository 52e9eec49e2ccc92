"""Two worlds that differ only in what is kept from a mother: every page of hers is the same, byte for byte."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur import clock
from grunnmur.cases.actions import basis, children, consents, plans
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.models import Child, Consent, Meeting, TaskVersion
from grunnmur.cases.terms import (
    CareBasis,
    ChildParticipation,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    MeetingKind,
    RelationKind,
    SignatoryKind,
)
from grunnmur.directory import sessions
from tests import health_case, together
from tests.family import home as homes
from tests.family.home import MOTHERS, Home, decide, let_in, withhold
from tests.family.test_pages import ADDRESSES

Acting = Callable[[str], AbstractContextManager[Any]]
RANDOM = re.compile(rb'name="(?:csrfmiddlewaretoken|once_token)" value="[^"]*"|data-lasts="\d+"')
PAGES = (*ADDRESSES, "/min-side/skrevet/data/")


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        found = homes.home(kari, anna, case)
        together.start(kari, case)
        together.let_in(kari, case, "storgata")
        together.call(kari, case, "storgata")
        decide(kari, found, found.mother)
        decide(kari, found, found.anna)
        let_in(kari, found, found.mother)
    return found


def pages() -> dict[str, bytes]:
    """Every page of the mother's, without what is random in it."""
    client = Client(HTTP_HOST="localhost")
    assert client.post("/min-side/inn/", {"number": MOTHERS}).status_code == 302
    found = {}
    for address in PAGES:
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = re.sub(rb'"made_at": "[^"]*"', b"", RANDOM.sub(b"", answer.content))
    return found


def own_words(kari: Any, home: Home) -> None:
    basis.record_own_words(
        actor=kari, pathway_id=home.case, once=None, said_on=clock.today(), words="Jeg vil bo hos bestemor."
    )


def conversation(kari: Any, home: Home) -> None:
    basis.record_conversation(
        actor=kari,
        pathway_id=home.case,
        once=None,
        with_whom="child",
        held_on=clock.today(),
        summary="Redd hjemme.",
        participation=ChildParticipation.CONVERSATION,
    )


def withheld_task(kari: Any, home: Home) -> None:
    plans.set_task(
        actor=kari,
        pathway_id=home.case,
        once=None,
        what="Anna snakker med helsesykepleier alene",
        service_id=together.service_id("storgata"),
        related_person_id=None,
        due_on=together.day(3),
    )
    withhold(kari, home, TaskVersion.objects.get().task_id, InformationKind.COORDINATION)
    withhold(kari, home, TaskVersion.objects.get().pk, InformationKind.COORDINATION)


def withheld_consent(kari: Any, home: Home) -> None:
    """A service that the mother is not to know of: not that it was asked, nor that it looks."""
    before = set(Consent.objects.values_list("pk", flat=True))
    health_case.consent(kari, home.case, "abup", HealthArea.MENTAL)
    for row in Consent.objects.exclude(pk__in=before):
        withhold(kari, home, row.pk, InformationKind.COORDINATION)
        for signature in row.signatures.all():
            withhold(kari, home, signature.pk, InformationKind.COORDINATION)


def withheld_meeting(kari: Any, home: Home) -> None:
    before = set(Meeting.objects.values_list("pk", flat=True))
    together.call(kari, home.case, "storgata", kind=MeetingKind.AVKLARINGSMOTE, days=4)
    row = Meeting.objects.exclude(pk__in=before).get()
    for one in (row, *row.invitations.all()):
        withhold(kari, home, one.pk, InformationKind.COORDINATION)


def withheld_responsibility(kari: Any, home: Home) -> None:
    """Somebody who is to answer for Anna too: what her parents have said yes to ends that day."""
    row = children.add_person(
        actor=kari,
        child_id=home.anna,
        once=None,
        name="Vigdis Verge",
        relation=RelationKind.GUARDIAN,
        from_on=together.day(10),
        has_parental_responsibility=True,
    )
    withhold(kari, home, row.pk, InformationKind.CONTACT)


def another_log_in(kari: Any, home: Home) -> None:
    homes.give_device(kari, home, home.anna)


@pytest.mark.parametrize(
    "hidden",
    [
        own_words,
        conversation,
        withheld_task,
        withheld_consent,
        withheld_meeting,
        withheld_responsibility,
        another_log_in,
    ],
    ids=lambda one: one.__name__,
)
def test_a_mother_cannot_tell_the_two_worlds_apart(
    home: Home, acting: Acting, hidden: Callable[[Any, Home], None]
) -> None:
    before = pages()
    with acting("kari") as kari:
        hidden(kari, home)
    after = pages()
    assert [address for address in PAGES if before[address] != after[address]] == []


def take_over_care(kari: Any, home: Home, *, days: int | None = None) -> None:
    """A care order, a row of child welfare's own, which no parent sees."""
    children.place(
        actor=kari,
        child_id=home.anna,
        once=None,
        basis=CareBasis.CARE_ORDER,
        service_id=together.service_id("fosterhjemmet"),
        from_on=clock.today(),
        until_on=together.day(days) if days else None,
    )


def test_that_a_care_order_soon_ends_and_a_consent_with_it_is_not_told(home: Home, acting: Acting) -> None:
    with acting("kari") as kari:
        take_over_care(kari, home)
        consents.record(
            actor=kari,
            pathway_id=home.case,
            once=None,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=together.service_id("abup"),
            kinds=InformationKind.MENTAL,
            valid_from=clock.today(),
            valid_until=together.day(20),
            answers=[
                Answer(SignatoryKind.CHILD, ConsentAnswer.YES, clock.today(), "muntlig"),
                Answer(
                    SignatoryKind.CHILD_WELFARE, ConsentAnswer.YES, clock.today(), "vedtak", service_id=kari.service_id
                ),
            ],
        )
    before = pages()
    assert "Ja-et går ut" in before["/min-side/"].decode(), "the comparison is of something"
    with acting("kari") as kari:
        take_over_care(kari, home, days=10)
    after = pages()
    assert [address for address in PAGES if before[address] != after[address]] == []


def test_a_look_by_a_service_that_is_kept_from_her_is_not_told(
    home: Home, acting: Acting, client_of: Callable[[str], Client]
) -> None:
    with acting("kari") as kari:
        withheld_consent(kari, home)
    before = pages()
    assert client_of("siri").get(f"/forlop/{home.case}/").status_code == 200
    assert pages() == before


def test_what_the_child_has_looked_at_and_asked_is_not_told(home: Home, acting: Acting) -> None:
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    before = pages()
    child = Client(HTTP_HOST="localhost")
    child.post("/min-side/kode/", {"code": given.code, "pin": "271828", "again": "271828"})
    assert child.post("/min-side/skriv/", {"text": "Kan du hjelpe meg?"}).status_code == 302
    assert child.get("/min-side/skrevet/").status_code == 200
    assert pages() == before
    assert sessions.list_memberships(home.anna) == []


def test_a_change_that_is_hers_to_see_is_seen(home: Home, acting: Acting) -> None:
    """The comparison can fail."""
    before = pages()
    with acting("kari") as kari:
        together.call(kari, home.case, "storgata", kind=MeetingKind.AVKLARINGSMOTE, days=4)
    assert pages() != before
