"""A running case that follows another edition: by whom, once, taken back only while nothing has been done since."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from demo.load import load_anna
from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.cases.actions import editions as acts
from grunnmur.cases.actions import sight
from grunnmur.cases.door import AlreadyDone, Invalid
from grunnmur.cases.models import Child, EditionChange, Pathway, SealedEdition
from grunnmur.cases.queries import editions as queries
from grunnmur.cases.queries import held
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import InformationKind, RestrictionCause
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.log.models import Event
from grunnmur.web.written_words import written
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]


@pytest.fixture
def case(travel: Travel, acting: Acting) -> uuid.UUID:
    """A case that began some days before the edition of 2023 came into force, and is under way after it."""
    travel(datetime(2023, 2, 1, 12, tzinfo=clock.OSLO))
    anna = load_anna()
    with acting("kari") as kari:
        begun = together.begin(kari, anna)
    travel(datetime(2023, 6, 1, 12, tzinfo=clock.OSLO))
    with acting("kari") as kari:
        together.start(kari, begun)
        assert edition_of(begun) == "2020"
    return begun


def edition_of(case: uuid.UUID) -> str:
    return str(Pathway.objects.get(pk=case).edition_id)


def follow(actor: Any, case: uuid.UUID, **more: Any) -> EditionChange:
    return acts.follow(**{"actor": actor, "pathway_id": case, "once": None, "seen": None, "edition": "2023", **more})


def test_it_follows_the_new_edition_and_what_stood_stands(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        before = get_case(kari, case, page="pathway")
        (listed,), more = queries.list_older(kari)
        assert (listed.pathway_id, listed.edition, listed.version, more) == (case, "2020", before.pathway.version, "")
        assert listed.effects == queries.in_case(before).effects != ()
        row = follow(kari, case, seen=listed.version)
        after = get_case(kari, case, page="pathway")
        assert (row.from_edition_id, row.to_edition_id) == ("2020", "2023") == (before.edition.key, after.edition.key)
        assert after.whole.assessments == before.whole.assessments
        assert after.pathway.version > before.pathway.version
        assert queries.list_older(kari) == ((), "")
        event = Event.objects.get(pathway_id=case, name="edition.followed")
        assert (event.data, event.subject_id) == ({"edition": "2023"}, row.pk)
        assert SealedEdition.objects.filter(key="2023").exists()


def test_the_family_reads_which_editions_it_was(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        row = follow(kari, case)
        found = held.get_item(kari, Child.objects.get(), row.pk)
        assert found is not None
    purpose, item = found
    (part,) = written((held.Held("cases_editionchange", purpose, (item,)),))
    (shown,) = part["tables"]
    assert str(shown["title"]) == "Da vi byttet utgave av forløpet"
    assert shown["rows"][0]["said"] == [("Utgaven den fulgte", "2020"), ("Utgaven den følger", "2023")]


def test_twice_is_once_and_what_moved_is_looked_at_again(case: uuid.UUID, acting: Acting) -> None:
    token = uuid.uuid4()
    with acting("kari") as kari:
        with pytest.raises(EditConflict):
            follow(kari, case, seen=1)
        follow(kari, case, once=token)
        with pytest.raises(AlreadyDone):
            follow(kari, case, once=token)
        with pytest.raises(Invalid, match="edition"):
            follow(kari, case)
        assert EditionChange.objects.count() == 1


@pytest.mark.parametrize("wanted", ["2020", "2031", ""])
def test_only_the_edition_in_force_is_followed(case: uuid.UUID, acting: Acting, wanted: str) -> None:
    with acting("kari") as kari, pytest.raises(Invalid, match="edition"):
        follow(kari, case, edition=wanted)


def test_it_goes_back_until_something_is_done(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        follow(kari, case)
        assert queries.in_case(get_case(kari, case, page="pathway")).changed_from == "2020"
        back = acts.take_back(actor=kari, pathway_id=case, once=None)
        assert (edition_of(case), back.undoes.to_edition_id) == ("2020", "2023")
        with pytest.raises(Invalid, match="edition"):
            acts.take_back(actor=kari, pathway_id=case, once=None)
        follow(kari, case)
        together.let_in(kari, case, "storgata")
        assert queries.in_case(get_case(kari, case, page="pathway")).changed_from == ""
        with pytest.raises(Invalid, match="edition"):
            acts.take_back(actor=kari, pathway_id=case, once=None)
        assert edition_of(case) == "2023"


def test_only_the_owners_child_welfare_changes_it(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        together.let_in(kari, case, "storgata")
    with acting("per") as per:
        assert queries.list_older(per) == ((), "")
        with pytest.raises(Refused):
            follow(per, case)
    with acting("ola") as ola:
        assert queries.list_older(ola) == ((), "")


def keep_away(who: str, acting: Acting) -> None:
    """Kari keeps a colleague from the one child that there is."""
    with acting(who) as colleague:
        person_id = colleague.person_id
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=Child.objects.get().pk,
            once=None,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            person_id=person_id,
            reason="Leif er i familie med Anna.",
            review_on=together.day(30),
        )


def test_a_colleague_who_is_kept_away_does_not_find_it(case: uuid.UUID, acting: Acting) -> None:
    with acting("leif") as leif:
        assert len(queries.list_older(leif)[0]) == 1
    keep_away("leif", acting)
    with acting("leif") as leif:
        assert queries.list_older(leif) == ((), "")


# --- what the database itself refuses ------------------------------------------------------------------------------


def row(case: uuid.UUID, actor: Any, **more: Any) -> EditionChange:
    return EditionChange.objects.create(
        **{
            "pathway_id": case,
            "kind": int(InformationKind.COORDINATION),
            "author_service_id": actor.service_id,
            "recorded_by_id": actor.person_id,
            "recorded_at": clock.now(),
            "from_edition_id": "2020",
            "to_edition_id": "2023",
            "version": Pathway.objects.get(pk=case).version,
            **more,
        }
    )


def test_the_database_refuses_what_must_never_be(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        first = follow(kari, case)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Pathway.objects.filter(pk=case).update(edition="2020")
        with pytest.raises(DatabaseError, match="does not follow that edition"), transaction.atomic():
            row(case, kari)
        with pytest.raises(DatabaseError, match="an_edition_change_is_to_another"), transaction.atomic():
            row(case, kari, from_edition_id="2023")
        together.let_in(kari, case, "storgata")
        back = {"from_edition_id": "2023", "to_edition_id": "2020", "undoes": first}
        with pytest.raises(DatabaseError, match="cannot be taken back"), transaction.atomic():
            row(case, kari, **back)
        with pytest.raises(DatabaseError, match="the edition is older"), transaction.atomic():
            row(case, kari, **back | {"undoes": None})
    with acting("per") as per, pytest.raises(DatabaseError, match="does not follow that edition"), transaction.atomic():
        row(case, per, from_edition_id="2023", to_edition_id="2020")
    with acting("per"), connection.cursor() as cursor:
        cursor.execute("select sec.nothing_done_since(%s)", [first.pk])
        assert cursor.fetchone() == (None,), "whether something was done is the owner's to know"
