"""What the owner decides about sight holds in both walls: the family, a colleague with a conflict, a service."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import basis, children, pathways, sight
from grunnmur.cases.age import birthday
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import (
    Child,
    ChildWelfareStatus,
    Conversation,
    FamilyDecision,
    OwnWords,
    Participation,
    Pathway,
    Placement,
    RelatedPerson,
    Restriction,
)
from grunnmur.cases.terms import (
    ALL_KINDS,
    AddressProtection,
    CareBasis,
    ChildWelfarePosition,
    FamilyAccess,
    InformationKind,
    ParticipationBasis,
    RelationKind,
    RestrictionCause,
)
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role
from grunnmur.directory.models import Membership
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
NEXT_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Home:
    """Anna's case and her mother."""

    child: Child
    pathway: Pathway
    mother: uuid.UUID


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        basis.record_own_words(actor=kari, pathway_id=case.pk, once=None, said_on=clock.today(), words="Sliten.")
        basis.record_conversation(
            actor=kari, pathway_id=case.pk, once=None, with_whom="parents", held_on=clock.today(), summary="Bekymret."
        )
        mother = RelatedPerson.objects.get(child=anna, relation=RelationKind.MOTHER)
    return Home(anna, case, mother.identity)


def decide(acting: Acting, home: Home, identity: uuid.UUID, family_access: FamilyAccess) -> None:
    with acting("kari") as kari:
        sight.decide_access(
            actor=kari,
            child_id=home.child.pk,
            once=None,
            identity=identity,
            family_access=family_access,
            reason="Vurdert i teamet.",
            review_on=clock.today() + NEXT_MONTH,
        )


def seen_by(identity: uuid.UUID, home: Home) -> set[str]:
    """What a relative sees, by the program and by raw SQL as the runtime role, which must agree."""
    models = (Child, Pathway, RelatedPerson, OwnWords, Conversation)
    with sessions.as_relative(identity) as relative, connection.cursor() as cursor:
        found = set()
        for model in models:
            program = {row.pk for row in access.visible_to(relative, model._default_manager.all())}
            cursor.execute(f"select id from {model._meta.db_table}")
            assert program == {row[0] for row in cursor.fetchall()}, model
            if program:
                found.add(model.__name__)
        return found


def test_nobody_in_the_family_sees_anything_before_it_is_decided(acting: Acting, home: Home) -> None:
    for identity in (home.mother, home.child.pk, uuid.uuid4()):
        assert seen_by(identity, home) == set()


def test_a_parent_with_full_access_sees_the_case_and_never_the_childs_own_words(acting: Acting, home: Home) -> None:
    decide(acting, home, home.mother, FamilyAccess.FULL)
    assert seen_by(home.mother, home) == {"Child", "Pathway", "RelatedPerson"}
    with acting("kari"):
        father = RelatedPerson.objects.get(child=home.child, relation=RelationKind.FATHER).identity
    assert seen_by(father, home) == set(), "two parents see different things"


def test_the_child_sees_its_own_words(acting: Acting, home: Home) -> None:
    decide(acting, home, home.child.pk, FamilyAccess.FULL)
    assert seen_by(home.child.pk, home) == {"Child", "Pathway", "RelatedPerson", "OwnWords"}


def test_a_pathway_that_is_opened_later_is_seen_by_those_whom_it_was_decided_for(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        mother = RelatedPerson.objects.get(child=anna, relation=RelationKind.MOTHER).identity
        sight.decide_access(
            actor=kari,
            child_id=anna.pk,
            once=None,
            identity=mother,
            family_access=FamilyAccess.FULL,
            reason="Vurdert i teamet.",
            review_on=clock.today() + NEXT_MONTH,
        )
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
    assert "Pathway" in seen_by(mother, Home(anna, case, mother))


def test_it_is_also_when_whoever_opens_it_may_not_know_whom_the_child_lives_with(acting: Acting, anna: Child) -> None:
    with acting("leif") as leif:
        mother = RelatedPerson.objects.get(child=anna, relation=RelationKind.MOTHER)
        assert mother.has_daily_care, "who she is tells where the child is"
        sight.decide_access(
            actor=leif,
            child_id=anna.pk,
            once=None,
            identity=mother.identity,
            family_access=FamilyAccess.FULL,
            reason="Vurdert i teamet.",
            review_on=clock.today() + NEXT_MONTH,
        )
        together.protect(leif, anna.pk)
    with acting("kari") as kari:
        assert not RelatedPerson.objects.filter(pk=mother.pk).exists()
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
    assert seen_by(mother.identity, Home(anna, case, mother.identity)) >= {"Child", "Pathway"}


def test_who_is_responsible_is_told_to_nobody_who_does_not_see_the_child(acting: Acting, home: Home) -> None:
    """Asked with SQL alone, past the program."""

    def told(who: str) -> set[uuid.UUID]:
        with acting(who), connection.cursor() as cursor:
            cursor.execute("select identity from sec.responsible_for(%s)", [home.child.pk])
            return {row[0] for row in cursor.fetchall()}

    assert home.mother in told("kari")
    assert told("marit") == told("per") == set(), "of the same municipality, and of another service"
    restrict(acting, home, RestrictionCause.CONFLICT_OF_INTEREST, person_id=cast.get("kari").person_id)
    assert told("kari") == set() and home.mother in told("leif")


def test_nor_to_one_in_the_owners_service_whose_role_sees_no_child(acting: Acting, home: Home, as_admin: Any) -> None:
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("kari"))).update(role=Role.EVALUATOR)
    with acting("kari"), connection.cursor() as cursor:
        assert not Child.objects.exists()
        cursor.execute("select identity from sec.responsible_for(%s)", [home.child.pk])
        assert cursor.fetchall() == []


def test_a_new_decision_closes_in_the_same_transaction(acting: Acting, home: Home, travel: Any) -> None:
    decide(acting, home, home.mother, FamilyAccess.FULL)
    travel(clock.now() + timedelta(minutes=1))
    decide(acting, home, home.mother, FamilyAccess.BLOCKED)
    assert seen_by(home.mother, home) == set()


def test_lost_parental_responsibility_closes_too(acting: Acting, home: Home, travel: Any) -> None:
    decide(acting, home, home.mother, FamilyAccess.FULL)
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        row = RelatedPerson.objects.get(child=home.child, relation=RelationKind.MOTHER)
        children.add_person(
            actor=kari,
            child_id=home.child.pk,
            once=None,
            name=row.name,
            relation=RelationKind.MOTHER,
            from_on=row.from_on,
            has_parental_responsibility=False,
            why="Det sto feil.",
            replaces_id=row.pk,
        )
    assert seen_by(home.mother, home) == set()


def test_one_row_can_be_given_and_taken_back(acting: Acting, home: Home, travel: Any) -> None:
    decide(acting, home, home.mother, FamilyAccess.LIMITED)
    with acting("kari") as kari:
        item = Conversation.objects.get().pk
        given = sight.release(
            actor=kari, child_id=home.child.pk, once=None, identity=home.mother, item=item, reason="Avtalt."
        )
    assert seen_by(home.mother, home) == {"Conversation"}
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        sight.take_back(actor=kari, child_id=home.child.pk, once=None, release_id=given.pk)
        with pytest.raises(Invalid):
            sight.take_back(actor=kari, child_id=home.child.pk, once=None, release_id=given.pk)
    assert seen_by(home.mother, home) == set()


def restrict(acting: Acting, home: Home, cause: RestrictionCause, **who: Any) -> Restriction:
    with acting("leif") as leif:
        return sight.restrict(
            actor=leif,
            child_id=home.child.pk,
            once=None,
            cause=cause,
            reason="Slik er det bestemt.",
            review_on=clock.today() + NEXT_MONTH,
            **who,
        )


def test_before_12_it_is_the_service_and_not_the_child_that_withholds(
    acting: Acting, home: Home, as_admin: Any
) -> None:
    with as_admin():
        Child.objects.filter(pk=home.child.pk).update(born_on=birthday(born_on=clock.today(), years=-11))
    with pytest.raises(Invalid) as refused:
        restrict(acting, home, RestrictionCause.CHILD_OBJECTS, identity=home.mother, kinds=InformationKind.MENTAL)
    assert set(refused.value.problems) == {"cause"}
    assert restrict(acting, home, RestrictionCause.PARENT_RESTRICTED, identity=home.mother).pk


def test_what_is_withheld_from_a_parent_is_gone_and_leaves_no_trace(acting: Acting, home: Home, travel: Any) -> None:
    decide(acting, home, home.mother, FamilyAccess.FULL)
    made = restrict(
        acting, home, RestrictionCause.CHILD_OBJECTS, identity=home.mother, kinds=InformationKind.COORDINATION
    )
    assert seen_by(home.mother, home) == {"Child", "RelatedPerson"}
    with sessions.as_relative(home.mother), connection.cursor() as cursor:
        for table in ("cases_restriction", "cases_familydecision", "cases_release"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("select name from log_event where name like 'sight.%%'")
        assert cursor.fetchall() == []
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        sight.lift(actor=kari, child_id=home.child.pk, once=None, restriction_id=made.pk)
    assert "Pathway" in seen_by(home.mother, home)


def test_a_colleague_from_whom_one_row_is_withheld_cannot_read_that_it_is(acting: Acting, home: Home) -> None:
    with acting("kari"):
        item = Conversation.objects.get().pk
    kari_id = cast.get("kari").person_id
    restrict(acting, home, RestrictionCause.CONFLICT_OF_INTEREST, person_id=kari_id, item=item)
    with acting("kari"):
        assert Child.objects.filter(pk=home.child.pk).exists()
        assert not Conversation.objects.exists()
        assert not Restriction.objects.exists()
    with acting("leif"):
        assert Restriction.objects.exists()


def test_a_colleague_who_is_kept_from_the_case_changes_nothing_that_others_see_of_it(
    acting: Acting, home: Home, travel: Any
) -> None:
    decide(acting, home, home.mother, FamilyAccess.FULL)
    restrict(
        acting,
        home,
        RestrictionCause.CONFLICT_OF_INTEREST,
        person_id=cast.get("kari").person_id,
        item=home.pathway.pk,
    )
    travel(clock.now() + timedelta(minutes=1))
    with pytest.raises(access.Refused, match="not_from_here"):
        decide(acting, home, home.child.pk, FamilyAccess.FULL)
    with acting("kari") as kari:
        for act in (
            lambda: together.protect(kari, home.child.pk),
            lambda: pathways.open_pathway(actor=kari, child_id=home.child.pk, once=None),
        ):
            with pytest.raises(access.Refused, match="not_from_here"):
                act()
    assert seen_by(home.mother, home) == {"Child", "Pathway", "RelatedPerson"}


@pytest.mark.parametrize("hidden", ["the old home's end", "the new home", "the mother", "the position"])
def test_a_colleague_who_is_kept_from_what_sight_follows_from_changes_nothing_that_others_see(
    acting: Acting, home: Home, travel: Any, hidden: str
) -> None:
    def place(who: str, where: str) -> Placement:
        with acting(who) as actor:
            return children.place(
                actor=actor,
                child_id=home.child.pk,
                once=None,
                basis=CareBasis.VOLUNTARY,
                service_id=cast.service(where).id,
                from_on=clock.today(),
            )

    decide(acting, home, home.mother, FamilyAccess.FULL)
    with acting("leif") as leif:
        children.set_status(
            actor=leif,
            child_id=home.child.pk,
            once=None,
            position=ChildWelfarePosition.INVESTIGATION,
            from_on=clock.today(),
        )
    first, second = place("leif", "institusjonen"), place("leif", "fosterhjemmet")
    item = {
        "the old home's end": lambda: Placement.objects.get(replaces=first).pk,
        "the new home": lambda: second.pk,
        "the mother": lambda: RelatedPerson.objects.get(identity=home.mother).pk,
        "the position": lambda: ChildWelfareStatus.objects.latest("number").pk,
    }[hidden]
    with acting("leif"):
        which = item()
    kari_id = cast.get("kari").person_id
    restrict(acting, home, RestrictionCause.CONFLICT_OF_INTEREST, person_id=kari_id, item=which)
    travel(clock.now() + timedelta(minutes=1))
    with pytest.raises(access.Refused, match="not_from_here"):
        place("kari", "institusjonen")
    with acting("kari") as kari, pytest.raises(access.Refused, match="not_from_here"):
        children.set_status(
            actor=kari,
            child_id=home.child.pk,
            once=None,
            position=ChildWelfarePosition.INVESTIGATION,
            from_on=clock.today(),
        )
    with pytest.raises(access.Refused, match="not_from_here"):
        decide(acting, home, home.child.pk, FamilyAccess.FULL)
    assert seen_by(home.mother, home) == {"Child", "Pathway", "RelatedPerson"}
    place("leif", "institusjonen")


def test_a_child_that_is_kept_from_one_cannot_be_registered_again_and_nothing_breaks(
    acting: Acting, home: Home
) -> None:
    restrict(acting, home, RestrictionCause.CONFLICT_OF_INTEREST, person_id=cast.get("kari").person_id)
    with acting("leif"):
        number = Child.objects.get(pk=home.child.pk).national_id
    with acting("kari") as kari, pytest.raises(Invalid) as refused:
        children.register(
            actor=kari,
            once=None,
            name="Anna",
            born_on=home.child.born_on,
            journal_number="G-ny",
            national_number=number or "",
        )
    assert set(refused.value.problems) == {"journal_number"}
    with acting("leif"):
        assert Child.objects.filter(journal_number="G-ny").count() == 0


def test_one_can_say_that_one_has_a_conflict_oneself(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=home.child.pk,
            once=None,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            person_id=kari.person_id,
            reason="Barnet er søsterens.",
            review_on=clock.today() + NEXT_MONTH,
        )
        assert not Child.objects.filter(pk=home.child.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # as at the commit: nothing in the log lacks its link


def test_a_colleague_with_a_conflict_of_interest_cannot_tell_that_the_case_exists(
    acting: Acting, home: Home, client_of: Any
) -> None:
    kari_id = cast.get("kari").person_id
    restrict(acting, home, RestrictionCause.CONFLICT_OF_INTEREST, person_id=kari_id)
    with acting("kari") as kari, connection.cursor() as cursor:
        assert not access.visible_to(kari, Child.objects.filter(pk=home.child.pk)).exists()
        for table, column in (
            ("cases_child", "id"),
            ("cases_participation", "child_id"),
            ("cases_restriction", "child_id"),
            ("cases_namekey", "child_id"),
            ("log_event", "child_id"),
        ):
            cursor.execute(f"select count(*) from {table} where {column} = %s", [home.child.pk])
            assert cursor.fetchone() == (0,), table
    kari = client_of("kari")
    assert kari.get(f"/barn/{home.child.pk}/").status_code == 404
    assert "Anna" not in kari.get("/").content.decode()
    assert "Anna" in client_of("leif").get("/").content.decode()


def test_a_service_that_is_not_to_see_a_kind_does_not(acting: Acting, home: Home, as_admin: Any) -> None:
    from grunnmur.cases.models.base import FOREVER

    per = cast.service("storgata").id
    kinds = InformationKind.CONTACT | InformationKind.COORDINATION | InformationKind.OWN_WORDS
    with as_admin():
        Participation.objects.create(
            child=home.child,
            owner_service_id=home.child.author_service_id,
            pathway=home.pathway,
            service_id=per,
            basis=ParticipationBasis.CONSENT,
            ground=uuid.uuid4(),
            kinds=int(kinds),
            starts_at=clock.now() - NEXT_MONTH,
            ends_at=FOREVER,
            next_due=clock.today(),
            moved_on=clock.today(),
        )
    with acting("per") as actor:
        assert access.visible_to(actor, OwnWords.objects.all()).exists()
        assert OwnWords.objects.exists()
    restrict(acting, home, RestrictionCause.SERVICE_RESTRICTED, service_id=per, kinds=InformationKind.OWN_WORDS)
    with acting("per") as actor:
        assert not access.visible_to(actor, OwnWords.objects.all()).exists()
        assert not OwnWords.objects.exists()
        assert access.visible_to(actor, Pathway.objects.all()).exists()


def protect(acting: Acting, home: Home, level: AddressProtection, *, by: str = "kari") -> None:
    with acting(by) as actor:
        together.protect(actor, home.child.pk, level)


def where(acting: Acting, who: str) -> tuple[int, int]:
    """How many rows of where the child lives, and with whom, somebody sees; by both walls."""
    with acting(who) as actor:
        found = []
        for model in (Placement, RelatedPerson):
            rows = model._default_manager.filter(kind=InformationKind.PROTECTED_ADDRESS)
            assert access.visible_to(actor, rows).count() == rows.count()
            found.append(rows.count())
    return found[0], found[1]


def test_where_a_protected_child_is_becomes_a_secret_of_the_appointed(acting: Acting, home: Home, travel: Any) -> None:
    with acting("kari") as kari:
        children.place(
            actor=kari,
            child_id=home.child.pk,
            once=None,
            basis=CareBasis.VOLUNTARY,
            service_id=cast.service("institusjonen").id,
            from_on=clock.today(),
        )
    assert where(acting, "leif") == (0, 0)
    travel(clock.now() + timedelta(minutes=1))
    protect(acting, home, AddressProtection.CONFIDENTIAL)
    assert where(acting, "kari")[0] > 0, "Kari, the contact person, reads it: what was written before too"
    assert where(acting, "leif") == (0, 0), "her leader does not"
    with acting("leif") as leif, pytest.raises(access.Refused, match="not_a_reader"):
        sight.appoint_readers(
            actor=leif, child_id=home.child.pk, once=None, people=[leif.person_id, cast.get("kari").person_id]
        )
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        with pytest.raises(Invalid):
            sight.appoint_readers(actor=kari, child_id=home.child.pk, once=None, people=[cast.get("leif").person_id])
        people = [kari.person_id, cast.get("leif").person_id]
        sight.appoint_readers(actor=kari, child_id=home.child.pk, once=None, people=people)
    assert where(acting, "leif")[0] > 0
    travel(clock.now() + timedelta(minutes=1))
    protect(acting, home, AddressProtection.NONE)
    assert where(acting, "leif")[0] > 0, "when it is lowered, the owner sees all again"
    with acting("kari"):
        assert not Participation.objects.filter(basis=ParticipationBasis.APPOINTED, ends_at__gt=clock.now()).exists()


def test_break_glass_parents_and_others_never_see_where_a_protected_child_is(acting: Acting, home: Home) -> None:
    protect(acting, home, AddressProtection.STRICTLY_CONFIDENTIAL)
    decide(acting, home, home.mother, FamilyAccess.FULL)
    with sessions.as_relative(home.mother):
        assert not RelatedPerson.objects.filter(kind=InformationKind.PROTECTED_ADDRESS).exists()


REFUSED = [
    pytest.param({"identity": uuid.uuid4()}, "identity", id="a stranger"),
    pytest.param({"family_access": FamilyAccess.UNKNOWN}, "family_access", id="not decided is no decision"),
    pytest.param({"review_on": clock.today()}, "review_on", id="review today"),
    pytest.param({"review_on": clock.today() + timedelta(days=400)}, "review_on", id="review too far off"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED)
def test_a_decision_that_cannot_be(acting: Acting, home: Home, change: dict[str, Any], field: str) -> None:
    given = {
        "identity": home.mother,
        "family_access": FamilyAccess.FULL,
        "reason": "Vurdert.",
        "review_on": clock.today() + NEXT_MONTH,
    }
    with acting("kari") as kari, pytest.raises(Invalid) as refused:
        sight.decide_access(actor=kari, child_id=home.child.pk, once=None, **{**given, **change})
    assert list(refused.value.problems) == [field]


def test_another_service_decides_nothing_and_learns_nothing(acting: Acting, home: Home) -> None:
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        sight.restrict(
            actor=ola,
            child_id=home.child.pk,
            once=None,
            cause=RestrictionCause.PARENT_RESTRICTED,
            identity=home.mother,
            kinds=ALL_KINDS,
            reason="x",
            review_on=clock.today() + NEXT_MONTH,
        )
    with acting("ola"):
        assert not FamilyDecision.objects.exists()
