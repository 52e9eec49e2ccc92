"""A sibling's own record, made from the first child's: what goes along, what never does, and who learns nothing."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from demo import cast
from grunnmur import clock
from grunnmur.cases import access, door, national_id
from grunnmur.cases.actions import children, siblings, sight
from grunnmur.cases.actions.siblings import Around, IsHere
from grunnmur.cases.models import Child, FamilyDecision, Participation, RelatedPerson, Restriction
from grunnmur.cases.queries import siblings as queries
from grunnmur.cases.terms import InformationKind, RelationKind, RestrictionCause
from grunnmur.log.models import Event
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
BORN = date(2016, 3, 4)
NUMBER = national_id.make_synthetic(BORN, national_id.Sex.MALE, 7)


@pytest.fixture
def emil(acting: Acting, anna: Child) -> RelatedPerson:
    """Anna's brother, as her record has him; her father speaks another language, and may not meet her alone."""
    with acting("kari") as kari:
        father = RelatedPerson.objects.get(name="Erik Solberg")
        children.add_person(
            actor=kari,
            child_id=anna.pk,
            once=None,
            replaces_id=father.pk,
            why="Manglet språk.",
            name=father.name,
            relation=RelationKind.FATHER,
            from_on=father.from_on,
            has_parental_responsibility=True,
            phone="900 11 222",
            language="polsk",
            needs_interpreter=True,
            contact_limits="Ikke alene med Anna, etter dom.",
            basis="Dom fra tingretten",
        )
        return children.add_person(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name="Emil Solberg",
            relation=RelationKind.SIBLING,
            from_on=BORN,
        )


def around(name: str, relation: RelationKind, *rights: bool | None) -> Around:
    row = RelatedPerson.objects.get(name=name, replaced_by=None)
    return Around(row.identity, relation, *(rights or (True, True)))


def register(actor: Any, anna: Child, emil: RelatedPerson, *people: Around, **given: Any) -> Child:
    said: dict[str, Any] = {"name": "Emil Solberg", "born_on": BORN, "journal_number": "G-9", "once": None}
    said |= {"from_on": clock.today(), "national_number": NUMBER, "identity": emil.identity}
    return siblings.register(actor=actor, child_id=anna.pk, people=people, **{**said, **given})


def test_what_is_known_of_the_family_goes_along_and_what_was_decided_for_the_first_does_not(
    acting: Acting, anna: Child, emil: RelatedPerson, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        child = register(
            kari,
            anna,
            emil,
            around("Mona Solberg", RelationKind.MOTHER),
            around("Erik Solberg", RelationKind.OTHER, False, True),
        )
        rows = {row.name: row for row in RelatedPerson.objects.filter(child=child)}
        assert set(rows) == {"Mona Solberg", "Erik Solberg", "Anna Solberg"}
        erik = rows["Erik Solberg"]
        assert (erik.phone, erik.language, erik.needs_interpreter) == ("900 11 222", "polsk", True)
        assert (erik.relation, erik.has_parental_responsibility, erik.has_daily_care) == ("other", False, True)
        assert (erik.contact_limits, erik.basis, erik.why) == ("", "", "")
        assert (rows["Anna Solberg"].relation, rows["Anna Solberg"].phone) == ("sibling", "")
        assert (child.author_service_id, child.national_id) == (anna.author_service_id, NUMBER)
        first = RelatedPerson.objects.filter(child=anna).values_list("identity", flat=True)
        assert not {row.identity for row in rows.values()} & set(first), "nobody can be followed between the two"
    with as_admin():
        names = list(Event.objects.filter(child_id=child.pk).order_by("at").values_list("name", flat=True))
        assert sorted(names) == ["child.registered", "person.added", "person.added", "person.added"]
        assert not FamilyDecision.objects.filter(child=child).exists()
        assert not Restriction.objects.filter(child=child).exists()
        assert set(Participation.objects.filter(child=child).values_list("basis", flat=True)) == {"owner"}


def test_nothing_in_the_first_childs_record_or_log_tells_of_it(
    acting: Acting, anna: Child, emil: RelatedPerson, as_admin: Outside
) -> None:
    def told() -> tuple[list[Any], list[Any]]:
        with as_admin():
            return list(Event.objects.filter(child_id=anna.pk)), list(RelatedPerson.objects.filter(child=anna))

    before = told()
    with acting("kari") as kari:
        child = register(kari, anna, emil)
    assert told() == before
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select table_name, column_name from information_schema.columns where table_name like 'cases%%'")
        for table, column in cursor.fetchall():
            cursor.execute(
                f"select count(*) from {table} t where t.{column}::text like %s and to_jsonb(t)::text like %s",
                [f"%{anna.pk}%", f"%{child.pk}%"],
            )
            assert cursor.fetchone() == (0,), f"{table}.{column} ties the two together"


def test_it_is_said_of_whom_something_is_held_back(acting: Acting, anna: Child, emil: RelatedPerson) -> None:
    def held_back(actor: Any) -> set[uuid.UUID]:
        return set(queries.get_sibling(actor, anna.pk, emil.identity, page="another_child").held_back)

    with acting("kari") as kari:
        mona, erik = (RelatedPerson.objects.get(name=f"{name} Solberg", replaced_by=None) for name in ("Mona", "Erik"))
        assert held_back(kari) == set()
        no = {"actor": kari, "child_id": anna.pk, "once": None, "cause": RestrictionCause.PARENT_RESTRICTED}
        no |= {"reason": "Etter dom.", "review_on": clock.today() + timedelta(days=30), "identity": erik.identity}
        row = sight.restrict(**no, item=mona.pk)
        assert held_back(kari) == {mona.identity, erik.identity}, "what is held back, and from whom"
        sight.lift(actor=kari, child_id=anna.pk, once=None, restriction_id=row.pk)
        assert held_back(kari) == set()


@pytest.mark.parametrize(
    ("person", "field"),
    [
        pytest.param(("Mona Solberg", RelationKind.MOTHER, None, True), "rights_", id="responsibility-not-answered"),
        pytest.param(("Mona Solberg", RelationKind.MOTHER, True, None), "rights_", id="care-not-answered"),
        pytest.param(("Mona Solberg", RelationKind.FOSTER_PARENT, True, True), "rights_", id="foster-parent"),
        pytest.param(("Emil Solberg", RelationKind.SIBLING, False, False), "relation_", id="the-sibling-itself"),
    ],
)
def test_each_is_answered_for_this_child(
    acting: Acting, anna: Child, emil: RelatedPerson, person: Any, field: str
) -> None:
    with acting("kari") as kari:
        one = around(*person)
        with pytest.raises(door.Invalid) as refused:
            register(kari, anna, emil, one, from_on=BORN - timedelta(days=1))
        assert set(refused.value.problems) == {f"{field}{one.identity}", "from_on"}
        assert Child.objects.count() == 1


def test_a_record_that_is_here_is_asked_about_and_joined_not_doubled(
    acting: Acting, anna: Child, emil: RelatedPerson
) -> None:
    with acting("kari") as kari:
        known = children.register(
            actor=kari, once=None, name="Emil S", born_on=BORN, journal_number="G-5", national_number=NUMBER
        )
        children.add_person(
            actor=kari,
            child_id=known.pk,
            once=None,
            name="mona  solberg",
            relation=RelationKind.OTHER,
            from_on=BORN,
        )
        family = [around("Mona Solberg", RelationKind.MOTHER), around("Erik Solberg", RelationKind.FATHER)]
        for same in (
            {},
            {"national_number": "", "journal_number": "G-5"},
            {"national_number": "", "name": "EMIL S"},
        ):
            with pytest.raises(IsHere) as asked:
                register(kari, anna, emil, *family, **same)
            assert (asked.value.child_id, set(asked.value.problems)) == (known.pk, {"is_same"})
        with pytest.raises(door.Invalid) as refused:
            register(kari, anna, emil, *family, not_same_as=known.pk)
        assert set(refused.value.problems) == {"national_number"}
        once = uuid.uuid4()
        joined = register(kari, anna, emil, *family, same_as=known.pk, once=once)
        assert joined.pk == known.pk
        standing = RelatedPerson.objects.filter(child=known).values_list("name", "relation")
        assert set(standing) == {
            ("mona  solberg", "other"),
            ("Erik Solberg", "father"),
            ("Anna Solberg", "sibling"),
        }
        with pytest.raises(door.AlreadyDone):
            register(kari, anna, emil, *family, same_as=known.pk, once=once)
        with pytest.raises(door.Invalid) as refused:
            register(kari, anna, emil, *family, same_as=known.pk)
        assert set(refused.value.problems) == {"is_same"}
        twin = register(kari, anna, emil, national_number="", name="Emil S", not_same_as=known.pk)
        assert twin.pk != known.pk


def test_a_double_click_makes_one_record(acting: Acting, anna: Child, emil: RelatedPerson) -> None:
    with acting("kari") as kari:
        once = uuid.uuid4()
        register(kari, anna, emil, once=once)
        with pytest.raises(door.AlreadyDone):
            register(kari, anna, emil, once=once)
        assert Child.objects.count() == 2


def test_a_record_that_is_kept_from_the_actor_is_neither_joined_nor_told_of(
    acting: Acting, anna: Child, emil: RelatedPerson
) -> None:
    with acting("leif") as leif:
        known = children.register(
            actor=leif, once=None, name="Emil Solberg", born_on=BORN, journal_number="G-5", national_number=NUMBER
        )
        sight.restrict(
            actor=leif,
            child_id=known.pk,
            once=None,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            reason="Tante.",
            review_on=clock.today() + timedelta(days=90),
            person_id=cast.get("kari").person_id,
        )
    with acting("kari") as kari:
        for same in (None, known.pk):
            with pytest.raises(door.Invalid) as refused:
                register(kari, anna, emil, same_as=same)
            assert refused.value.problems == {"journal_number": children.NOT_BY_YOU}


def test_nothing_goes_along_from_a_child_with_a_protected_address(
    acting: Acting, anna: Child, emil: RelatedPerson
) -> None:
    with acting("kari") as kari:
        together.protect(kari, anna.pk)
        with pytest.raises(access.Refused) as refused:
            register(kari, anna, emil)
        assert refused.value.code == "protected_address"


def test_into_a_record_with_a_protected_address_only_its_readers_write(
    acting: Acting, anna: Child, emil: RelatedPerson
) -> None:
    with acting("leif") as leif:
        known = children.register(
            actor=leif, once=None, name="Emil Solberg", born_on=BORN, journal_number="G-5", national_number=NUMBER
        )
        together.protect(leif, known.pk)
    with acting("kari") as kari:
        with pytest.raises(access.Refused) as refused:
            register(kari, anna, emil, same_as=known.pk)
        assert refused.value.code == "not_a_reader"
    with acting("leif") as leif:
        register(leif, anna, emil, around("Mona Solberg", RelationKind.MOTHER), same_as=known.pk)
        mona = RelatedPerson.objects.get(child=known, name="Mona Solberg")
        assert mona.kind == InformationKind.PROTECTED_ADDRESS, "whom it lives with tells where it is"


def test_only_the_owners_own_can_and_who_takes_part_for_one_sees_nothing_of_the_other(
    acting: Acting, anna: Child, emil: RelatedPerson
) -> None:
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        together.let_in(kari, key, cast.get("per").service)
        child = register(kari, anna, emil, around("Mona Solberg", RelationKind.MOTHER))
    with acting("per") as per:
        assert list(Child.objects.values_list("pk", flat=True)) == [anna.pk]
        assert not RelatedPerson.objects.filter(child=child).exists()
        assert not Event.objects.filter(child_id=child.pk).exists()
        with pytest.raises(access.Refused):
            register(per, anna, emil)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        register(ola, anna, emil)
    with acting("kari") as kari, pytest.raises(access.NotVisible):
        siblings.register(
            actor=kari,
            child_id=anna.pk,
            once=None,
            identity=RelatedPerson.objects.get(child=anna, name="Mona Solberg").identity,
            name="Mona",
            born_on=BORN,
            journal_number="G-9",
            from_on=BORN,
            people=(),
        )
