"""Encrypted columns: nothing in plain in the database, opened when shown, and found by number within one service."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from demo import cast
from grunnmur import clock, keys
from grunnmur.cases.actions import basis, children
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, Meeting, OwnWords, Pathway, RelatedPerson, has_number
from grunnmur.cases.queries import search
from grunnmur.cases.terms import InformationKind, RelationKind
from grunnmur.encrypted import EncryptedFile, Sealed, encrypted_columns
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]

WORDS, PHONE, PLACE = "Jeg vil bo hos tante Turid.", "91 23 45 67", "Hjemme hos fosterfamilien i Skogveien"


@pytest.fixture
def secrets(anna: Child, acting: Acting) -> dict[str, str]:
    """What is known of Anna that must not stand in plain anywhere, by what it is."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        basis.record_own_words(actor=kari, pathway_id=pathway_id, once=None, said_on=clock.today(), words=WORDS)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "abup")
        together.call(kari, pathway_id, "abup", place=PLACE)
        children.add_person(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name="Turid",
            relation=RelationKind.OTHER,
            from_on=clock.today(),
            phone=PHONE,
        )
    return {"number": str(anna.national_id), "own words": WORDS, "phone": PHONE, "place of a meeting": PLACE}


def everything() -> Iterator[tuple[str, str]]:
    """Every row of every table of the database, as text and as the bytes of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p', 'm') and n.nspname in ('public', 'sec')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"select t::text from {table} t")
            for (row,) in cursor.fetchall():
                yield table, row


def stands_in_plain(value: str) -> list[str]:
    """The tables where a value stands, in letters or in the hexadecimal form of its bytes."""
    forms = (value, value.replace(" ", ""), value.encode().hex())
    return [table for table, row in everything() if any(form in row for form in forms)]


def test_nothing_of_it_stands_in_plain_anywhere_in_the_database(
    secrets: dict[str, str], as_admin: Outside, anna: Child
) -> None:
    with as_admin():
        for what, value in secrets.items():
            assert stands_in_plain(value) == [], what
        assert stands_in_plain(anna.name) != [], "what is not encrypted is found, so the search works"


def test_the_same_row_read_again_shows_it(secrets: dict[str, str], anna: Child, acting: Acting) -> None:
    with acting("kari"):
        assert Child.objects.get(pk=anna.pk).national_id == secrets["number"]
        assert RelatedPerson.objects.get(name="Turid").phone == PHONE
        assert OwnWords.objects.get().words == WORDS
        assert Meeting.objects.get().place == PLACE


def test_a_row_that_is_only_listed_is_not_opened(anna: Child, acting: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting("kari"):
        child = Child.objects.get(pk=anna.pk)
        monkeypatch.setattr(keys, "decrypt", lambda *_arguments, **_named: pytest.fail("opened, and nobody looked"))
        assert child.name == "Anna Solberg"
        assert repr(child.__dict__["national_id"]) == "<sealed>"


@pytest.mark.parametrize("column", encrypted_columns(), ids=lambda column: f"{column.model.__name__}.{column.name}")
def test_a_value_that_was_moved_to_another_row_does_not_open(column: Any) -> None:
    here, there = cast.fixed_id("here"), cast.fixed_id("there")
    secret = b"hemmelig" if isinstance(column, EncryptedFile) else "hemmelig"
    sealed = column.seal(secret, of=here)
    assert column.open(sealed, of=here) == secret
    with pytest.raises(keys.CannotOpen):
        column.open(sealed, of=there)
    for other in encrypted_columns():
        if other is not column:
            with pytest.raises(keys.CannotOpen):
                other.open(sealed, of=here)


def test_an_encrypted_column_can_neither_be_searched_nor_written_in_plain(anna: Child, acting: Acting) -> None:
    with acting("kari"):
        with pytest.raises(TypeError, match="cannot be searched"):
            Child.objects.filter(national_id="21891099918").exists()
        assert Child.objects.filter(national_id=None).count() == 0
        with pytest.raises(TypeError, match="written by saving its row"), transaction.atomic():
            OwnWords.objects.update(words="i klartekst")


def test_saving_an_untouched_row_seals_it_with_the_key_in_use(anna: Child, acting: Acting) -> None:
    with acting("kari"):
        child = Child.objects.get(pk=anna.pk)
        before = bytes(child.__dict__["national_id"])
        child.save(update_fields=["national_id", "national_key"])
        again = Child.objects.get(pk=anna.pk)
        after = again.__dict__["national_id"]
        assert isinstance(after, Sealed)
        assert bytes(after) != before
        assert again.national_id == anna.national_id


# --- found by number, within one service ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "found"), [("kari", True), ("leif", True), ("ola", False), ("per", False)], ids=lambda value: str(value)
)
def test_a_number_finds_the_child_for_those_who_see_it(anna: Child, acting: Acting, who: str, found: bool) -> None:
    number = str(anna.national_id)
    with acting(who) as actor:
        for typed in (number, f"{number[:6]} {number[6:]}"):
            assert [one.child_id for one in search.search(actor, text=typed)] == [anna.pk] * found


def test_a_service_that_is_let_in_finds_the_child_by_number(
    secrets: dict[str, str], anna: Child, acting: Acting
) -> None:
    with acting("kari") as kari:
        together.let_in(kari, Pathway.objects.get(child=anna).pk, "storgata")
    with acting("per") as per:
        assert [one.child_id for one in search.search(per, text=secrets["number"])] == [anna.pk]


def test_the_same_child_in_two_services_has_nothing_in_common(anna: Child, acting: Acting, as_admin: Outside) -> None:
    with acting("ola") as ola:
        other = children.register(
            actor=ola,
            once=None,
            name="Anna Solberg",
            born_on=anna.born_on,
            journal_number="K-1",
            national_number=str(anna.national_id),
        )
        assert [one.child_id for one in search.search(ola, text=str(anna.national_id))] == [other.pk]
    with as_admin():
        rows = {child.pk: child for child in Child.objects.all()}
        assert rows[anna.pk].national_id == rows[other.pk].national_id
        assert bytes(rows[anna.pk].national_key or b"") != bytes(rows[other.pk].national_key or b"")


def test_one_service_cannot_have_the_same_number_twice(anna: Child, acting: Acting) -> None:
    again = {"name": "Anna", "born_on": anna.born_on, "journal_number": "G-2", "once": None}
    with acting("kari") as kari:
        with pytest.raises(Invalid) as refused:
            children.register(actor=kari, national_number=str(anna.national_id), **again)
        assert "allerede registrert" in str(refused.value.problems["national_number"])
        # Past the rule, the database refuses all the same, and says nothing of the number.
        with pytest.raises(IntegrityError) as broken, transaction.atomic():
            Child.objects.create(
                name="Anna",
                born_on=anna.born_on,
                journal_number="G-2",
                national_id=anna.national_id,
                kind=int(InformationKind.CONTACT),
                author_service_id=kari.service_id,
                recorded_by_id=kari.person_id,
                recorded_at=clock.now(),
            )
        assert "child_once_per_owner" in str(broken.value)
        assert str(anna.national_id) not in str(broken.value)


def test_a_number_that_is_changed_is_found_as_the_new_and_not_as_the_old(anna: Child, acting: Acting) -> None:
    old, new = str(anna.national_id), "14851281232"
    with acting("kari") as kari:
        child = Child.objects.get(pk=anna.pk)
        children.edit(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name=child.name,
            language="",
            needs_interpreter=False,
            address_protection=child.address_protection,
            born_on=clock.today().replace(year=2012, month=5, day=14),
            national_number=new,
            why="Nummeret var skrevet feil.",
        )
        own = Child.objects.all()
        assert own.filter(has_number(new, owner_id=kari.service_id)).get().pk == anna.pk
        assert not own.filter(has_number(old, owner_id=kari.service_id)).exists()


def test_while_the_index_is_changed_the_old_code_finds_the_child_too(
    anna: Child, acting: Acting, settings: Any, tmp_path: Any
) -> None:
    settings.KEYS_FOLDER = tmp_path
    with acting("kari") as kari:
        child = Child.objects.get(pk=anna.pk)
        child.national_id = number = "21891099918"
        child.save(update_fields=["national_id", "national_key"])
        keys.add_key(keys.Keyset.NATIONAL_ID_INDEX, use=True)
        assert [one.child_id for one in search.search(kari, text=number)] == [anna.pk]
        keys.retire_old(keys.Keyset.NATIONAL_ID_INDEX)
        assert search.search(kari, text=number) == ()
