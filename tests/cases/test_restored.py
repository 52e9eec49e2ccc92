"""What was taken back since a copy was made is taken back again in what is made of the copy, and an event says so."""

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from demo import cast
from demo.load import load_anna
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import basis, children, consents, family_log_ins, moves, restored, sight
from grunnmur.cases.models import (
    Child,
    Consent,
    ConsentWithdrawal,
    Conversation,
    Move,
    OwnWords,
    Pathway,
    Placement,
    RelatedPerson,
    Release,
    Restriction,
)
from grunnmur.cases.queries.moves import list_offers
from grunnmur.cases.terms import (
    AddressProtection,
    CareBasis,
    ConsentAnswer,
    ConsentPurpose,
    FamilyAccess,
    HealthArea,
    InformationKind,
    RelationKind,
    RestrictionCause,
    SignatoryKind,
)
from grunnmur.directory import sessions
from grunnmur.directory.models import Person
from grunnmur.log.models import Event
from grunnmur.post import links
from grunnmur.post.terms import Confirmed, LinkState, ProofKind
from grunnmur.stewardship import codes
from grunnmur.stewardship.codes import Said
from tests import health_case, together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
THERE = cast.get("ola").service
SEEN = (Child, Pathway, Conversation, OwnWords, RelatedPerson, Placement)


@dataclass(frozen=True)
class Copy:
    """Anna's case as the copy has it, and what somebody does after it was made."""

    acting: Acting
    outside: Outside
    child: Child
    pathway_id: uuid.UUID
    mother: uuid.UUID

    def seen(self) -> dict[str, dict[str, int]]:
        """How many rows of each table each of those around sees."""
        found = {}
        for who in ("leif", "kari", "per"):
            with self.acting(who) as actor:
                found[who] = {model.__name__: access.visible_to(actor, model.objects.all()).count() for model in SEEN}
        with sessions.as_relative(self.mother) as mother:
            found["mother"] = {model.__name__: access.visible_to(mother, model.objects.all()).count() for model in SEEN}
        return found

    def consent_is_withdrawn(self) -> None:
        with self.acting("kari") as kari:
            consents.withdraw(
                actor=kari,
                pathway_id=self.pathway_id,
                once=None,
                consent_id=Consent.objects.get().pk,
                withdrawn_by=SignatoryKind.CHILD,
            )

    def offer_is_withdrawn(self, move_id: uuid.UUID) -> None:
        with self.acting("kari") as kari:
            moves.withdraw(actor=kari, pathway_id=self.pathway_id, once=None, move_id=move_id)

    def offer_is_declined(self, move_id: uuid.UUID) -> None:
        with self.acting("ola") as ola:
            moves.decline(actor=ola, move_id=move_id, once=None, reason="De flytter ikke hit.")

    def consent_to_it_is_withdrawn(self) -> None:
        with self.acting("kari") as kari:
            consents.withdraw(
                actor=kari,
                pathway_id=self.pathway_id,
                once=None,
                consent_id=Consent.objects.get(purpose=ConsentPurpose.HAND_OVER).pk,
                withdrawn_by=SignatoryKind.CHILD,
            )

    def service_is_shut_out(self) -> None:
        with self.acting("leif") as leif:
            sight.restrict(
                actor=leif,
                child_id=self.child.pk,
                once=None,
                cause=RestrictionCause.SERVICE_RESTRICTED,
                service_id=cast.service(cast.get("per").service).id,
                reason="Vurdert i teamet.",
                review_on=clock.today() + timedelta(days=30),
            )

    def service_is_shut_out_by_a_newcomer(self) -> None:
        self.service_is_shut_out()
        with self.outside():
            Restriction.objects.update(decided_by=Person.objects.create(name="Ny Leder"))

    def mother_is_denied(self) -> None:
        with self.acting("kari") as kari:
            _decide(kari, self, FamilyAccess.NONE)

    def release_is_taken_back(self) -> None:
        with self.acting("kari") as kari:
            release = Release.objects.get()
            sight.take_back(actor=kari, child_id=self.child.pk, once=None, release_id=release.pk)

    def address_is_protected(self) -> None:
        with self.acting("kari") as kari:
            together.protect(kari, Child.objects.get().pk, AddressProtection.STRICTLY_CONFIDENTIAL)


def _decide(kari: Any, copy: Copy, family_access: FamilyAccess) -> None:
    sight.decide_access(
        actor=kari,
        child_id=copy.child.pk,
        once=None,
        identity=copy.mother,
        family_access=family_access,
        reason="Vurdert i teamet.",
        review_on=clock.today() + timedelta(days=30),
    )


@pytest.fixture
def copy(acting: Acting, as_admin: Outside, travel: Any) -> Copy:
    """Two hours ago: Per is let in by a consent, the mother has access and one row that is released to her."""
    now = clock.now()
    travel(now - timedelta(hours=2))
    child = load_anna()
    with acting("kari") as kari:
        pathway_id = together.begin(kari, child)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, cast.get("per").service)
        basis.record_conversation(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            with_whom="parents",
            held_on=clock.today(),
            summary="Bekymret.",
        )
        children.place(
            actor=kari,
            child_id=child.pk,
            once=None,
            basis=CareBasis.VOLUNTARY,
            service_id=cast.service(cast.get("berit").service).id,
            from_on=clock.today(),
        )
        mother = RelatedPerson.objects.get(relation=RelationKind.MOTHER).identity
        found = Copy(acting, as_admin, child, pathway_id, mother)
        _decide(kari, found, FamilyAccess.FULL)
        item = Conversation.objects.get().pk
        sight.release(actor=kari, child_id=child.pk, once=None, identity=mother, item=item, reason="Hun var med.")
    travel(now - timedelta(hours=1))
    return found


def listed_after(copy: Copy, act: Callable[[], None]) -> tuple[list[dict[str, Any]], dict[str, dict[str, int]]]:
    """What is listed, and what is seen, after an act that is then undone: the copy is from before it."""
    with transaction.atomic():
        act()
        seen = copy.seen()
        with copy.outside(), connection.cursor() as cursor:
            cursor.execute("select what, row::text, facts::text from sec.taken_back")
            listed = [{"what": what, "row": row, "facts": json.loads(facts)} for what, row, facts in cursor.fetchall()]
        transaction.set_rollback(True)
    return listed, seen


ACTS = {
    "consent": Copy.consent_is_withdrawn,
    "restriction": Copy.service_is_shut_out,
    "restriction by somebody new": Copy.service_is_shut_out_by_a_newcomer,
    "denial": Copy.mother_is_denied,
    "release": Copy.release_is_taken_back,
    "protection": Copy.address_is_protected,
}


@pytest.mark.parametrize("what", ACTS)
def test_it_is_seen_as_little_of_afterwards_as_before(copy: Copy, what: str) -> None:
    in_the_copy = copy.seen()
    listed, after_the_act = listed_after(copy, partial(ACTS[what], copy))
    assert in_the_copy == copy.seen() != after_the_act, "the copy is from before the act"

    with copy.outside():
        done = restored.take_back(listed)
    assert copy.seen() == after_the_act
    assert done[what.split()[0]] == 1
    with copy.outside():
        event = Event.objects.get(name="child.restored")
        assert (event.child_id, event.person_id, event.author_service_id) == (
            copy.child.pk,
            restored.NOBODY,
            copy.child.author_service_id,
        )
        assert event.data == {name: times for name, times in done.items() if name != "session"}
        if what == "restriction by somebody new":
            assert Restriction.objects.get().decided_by.name == "Ny Leder"
        if what == "consent":
            assert ConsentWithdrawal.objects.get().recorded_by_id == cast.get("kari").person_id

        assert set(restored.take_back(listed)) <= {"session"}, "the same list twice is the same as once"
        assert Event.objects.filter(name="child.restored").count() == 1


def test_that_a_code_is_no_longer_enough_stays_so_and_what_it_opened_is_closed(
    copy: Copy, acting: Acting, fresh: Any
) -> None:
    with acting("leif") as leif:
        today, of = clock.today(), {"place": "4202", "at": clock.now(), "on": clock.today()}
        codes.decide(actor=fresh(leif), said=Said("Vurdert.", today + timedelta(days=30)), seen=0, **of)
    with acting("kari") as kari:
        invitation = together.call(kari, copy.pathway_id, cast.get("per").service).invitations.get()
        by_code = {"proof": ProofKind.CODE, "number": "", "phone": "+4790000001", "confirmed": Confirmed.SPOKEN}
        link = health_case.send_link(kari, copy.pathway_id, invitation.pk, **by_code)
    delivery = links.send_code(link.pk)
    assert delivery

    def it_ends() -> None:
        with acting("marit") as marit:
            codes.decide(actor=marit, said=Said("Feil nummer.", None), seen=1, **of)

    listed, _seen = listed_after(copy, it_ends)
    asks = links.get(link.pk)
    assert asks and asks.state is LinkState.OPEN, "the copy is from before"
    with copy.outside():
        assert restored.take_back(listed)["code"] == 1
        assert set(restored.take_back(listed)) <= {"session"}, "the same list twice is the same as once"
    asks = links.get(link.pk)
    assert asks and asks.state is LinkState.RECALLED
    assert links.open_by_code(link.pk, links.code_for(delivery)) is None
    with acting("kari"):
        assert codes.enough_until("4202", on=today) is None


def test_a_no_is_there_again(copy: Copy, acting: Acting) -> None:
    with acting("kari") as kari:
        (asked,) = consents.record(
            actor=kari,
            pathway_id=copy.pathway_id,
            once=None,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=together.service_id(cast.get("siri").service),
            kinds=InformationKind.MENTAL,
            valid_from=clock.today(),
            valid_until=clock.today() + timedelta(days=90),
            answers=[],
        )

    def child_says_no() -> None:
        no = consents.Answer(SignatoryKind.CHILD, ConsentAnswer.NO, clock.today(), "oral", note="Ring når du vil.")
        with acting("kari") as kari:
            consents.answer(actor=kari, pathway_id=copy.pathway_id, once=None, consent_id=asked.pk, answers=[no])

    listed, _seen = listed_after(copy, child_says_no)
    with copy.outside():
        assert restored.take_back(listed)["no"] == 1
        assert asked.signatures.get(answer=ConsentAnswer.NO).recorded_by_id == cast.get("kari").person_id
        assert set(restored.take_back(listed)) <= {"session"}, "the same list twice is the same as once"


def test_a_code_that_was_handed_over_before_the_copy_opens_nothing(copy: Copy, acting: Acting) -> None:
    with acting("kari") as kari:
        given = family_log_ins.give_with_device(
            actor=together.fresh(kari), child_id=copy.child.pk, once=None, identity=copy.mother
        )
    with copy.outside():
        restored.take_back([])
    assert family_log_ins.activate(given.code, pin="271828") is None


ENDS = {
    "withdrawn": lambda copy, move_id: copy.offer_is_withdrawn(move_id),
    "declined": lambda copy, move_id: copy.offer_is_declined(move_id),
    "without consent": lambda copy, move_id: copy.consent_to_it_is_withdrawn(),
}


@pytest.mark.parametrize("how", ENDS)
def test_an_offer_of_the_case_that_came_to_nothing_waits_for_nobody_afterwards(copy: Copy, how: str) -> None:
    with copy.acting("kari") as kari:
        health_case.consent(kari, copy.pathway_id, THERE, HealthArea.SOMATIC, purposes=(ConsentPurpose.HAND_OVER,))
        to = together.service_id(THERE)
        move = moves.offer(actor=kari, pathway_id=copy.pathway_id, once=None, to_service_id=to)
    listed, _seen = listed_after(copy, lambda: ENDS[how](copy, move.pk))
    with copy.acting("ola") as ola:
        assert [one.id for one in list_offers(ola)] == [move.pk], "the copy is from before"

    with copy.outside():
        done = restored.take_back(listed)
        again = Move.objects.get()
        assert (again.packet, again.answered_at) == (None, None)
        assert again.withdrawn_at is not None
        assert set(restored.take_back(listed)) <= {"session"}, "the same list twice is the same as once"
    assert done["offer"] == 1
    with copy.acting("ola") as ola:
        assert list_offers(ola) == ()


def test_it_holds_when_the_acts_work_out_sight_again(copy: Copy) -> None:
    with copy.outside():
        restored.take_back(listed_after(copy, copy.mother_is_denied)[0])
    before = copy.seen()["mother"]
    with copy.acting("kari") as kari:
        sight.take_back(actor=kari, child_id=copy.child.pk, once=None, release_id=Release.objects.get().pk)
    after = copy.seen()["mother"]
    assert sum(after.values()) <= sum(before.values())
    assert after["Child"] == 0


def test_what_protects_an_address_is_readable_by_those_who_were_appointed(copy: Copy) -> None:
    with copy.outside():
        restored.take_back(listed_after(copy, copy.address_is_protected)[0])
    for who, sees in (("kari", 1), ("leif", 0)):
        with copy.acting(who) as actor:
            rows = Placement.objects.filter(kind=InformationKind.PROTECTED_ADDRESS)
            assert access.visible_to(actor, rows).count() == rows.count() == sees
