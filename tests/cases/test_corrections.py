"""A correction is a new version: what stood is kept, with who, when and why; and history is not rewritten unsaid."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from grunnmur.cases import door, facts
from grunnmur.cases.actions import children
from grunnmur.cases.models import Child, FormerValues, NoteOfConcern, RelatedPerson, Reporter
from grunnmur.cases.queries import child as queries
from grunnmur.cases.queries import former
from grunnmur.cases.queries.case import get_case, list_people
from grunnmur.cases.terms import AddressProtection, InformationKind, RelationKind
from grunnmur.clock import today
from tests.cases.test_children import edit
from tests.together import begin

Acting = Callable[[str], AbstractContextManager[Any]]
WHY = "Navnet var stavet feil i meldingen."


def test_what_stood_is_kept_with_who_when_and_why(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        edit(kari, anna, name="Anna Lie", language="polsk", why=WHY)
        row = FormerValues.objects.get()
        assert row.said == {"name": "Anna Solberg", "language": ""}
        assert (row.subject_id, row.recorded_by_id, row.why) == (anna.pk, kari.person_id, WHY)
        (shown,) = former.of_child(queries.get_child(kari, anna.pk, page="child"))
        assert (shown.said["name"], shown.by, shown.why) == ("Anna Solberg", "Kari Lunde", WHY)


def test_every_value_that_ever_stood_can_be_read_again(acting: Acting, anna: Child) -> None:
    names = ["Anna Lie", "Anna Moe", "Anna Dahl"]
    with acting("kari") as kari:
        for name in names:
            edit(kari, anna, name=name)
        rows = FormerValues.objects.order_by("recorded_at")
        assert [row.said["name"] for row in rows] == ["Anna Solberg", "Anna Lie", "Anna Moe"]


@pytest.mark.parametrize(
    ("given", "needs_why"),
    [
        pytest.param({"name": "Anna Lie"}, True, id="another-name"),
        pytest.param({"language": "polsk"}, False, id="what-was-unknown"),
        pytest.param({"address_protection": AddressProtection.CONFIDENTIAL}, False, id="what-has-changed"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_why_is_asked_when_who_the_child_is_was_wrong(
    acting: Acting, anna: Child, given: dict[str, Any], needs_why: bool
) -> None:
    with acting("kari") as kari:
        if not needs_why:
            edit(kari, anna, why="", **given)
            assert FormerValues.objects.count() == bool(given)
            return
        with pytest.raises(door.Invalid) as refused:
            edit(kari, anna, why=" ", **given)
        assert set(refused.value.problems) == {"why"}
        assert FormerValues.objects.count() == 0


def test_nobody_but_the_owner_sees_what_stood(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        edit(kari, anna, name="Anna Lie", why=WHY)
    for other in ("per", "ola", "bjorn"):
        with acting(other):
            assert FormerValues.objects.count() == 0


def test_what_stood_cannot_be_changed_or_removed(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        edit(kari, anna, name="Anna Lie", why=WHY)
        for change in (lambda rows: rows.update(why="noe annet"), lambda rows: rows._raw_delete("default")):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change(FormerValues.objects.all())


def test_a_file_that_says_otherwise_leaves_what_the_former_said(
    acting: Acting, anna: Child, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    from grunnmur.cases.actions import national_file
    from grunnmur.cases.door import Act, instant

    with acting("kari") as kari:
        act = Act(actor=kari, name="children.read_file", at=instant(), child=anna, pathway=None, once=None)
        source = anna.pk
        first = {"received_on": today(), "contents": [], "conclusion": "", "concluded_on": None}
        national_file._follow(act, NoteOfConcern, {source: first})
        national_file._follow(act, NoteOfConcern, {source: {**first, "conclusion": "2", "concluded_on": today()}})
        for codes in (["1"], ["2"]):
            national_file._follow(act, Reporter, {source: {"reporters": codes}}, kind=InformationKind.REPORTER)
        national_file._follow(act, NoteOfConcern, {})
        said = [row.said for row in FormerValues.objects.order_by("recorded_at", "said")]
        assert {"conclusion": "", "concluded_on": None} in said
        assert {"deleted": False} in said
        assert FormerValues.objects.get(kind=InformationKind.REPORTER).said == {"reporters": ["1"]}


# --- those around ----------------------------------------------------------------------------------------------


def again(actor: Any, row: RelatedPerson, **given: Any) -> RelatedPerson:
    values: dict[str, Any] = {
        "name": row.name,
        "relation": RelationKind(row.relation),
        "from_on": row.from_on,
        "has_parental_responsibility": row.has_parental_responsibility,
        "has_daily_care": row.has_daily_care,
        "replaces_id": row.pk,
    }
    return children.add_person(actor=actor, child_id=row.child_id, once=None, **{**values, **given})


def periods(pathway_id: Any, person: RelatedPerson) -> list[tuple[date, date | None]]:
    """When the rules take a person to have parental responsibility."""
    carers = facts.load(pathway_id).situation.carers
    return [(p.from_on, p.until_on) for carer in carers if carer.id == str(person.identity) for p in carer.periods]


def test_responsibility_that_ends_one_day_still_held_before_that_day(acting: Acting, anna: Child) -> None:
    day = today() - timedelta(days=10)
    with acting("kari") as kari:
        pathway_id = begin(kari, anna)
        father = RelatedPerson.objects.get(relation="father")
        new = again(kari, father, has_parental_responsibility=False, changed_on=day)
        assert (new.identity, new.from_on, new.replaces_id) == (father.identity, day, None)
        assert periods(pathway_id, father) == [(father.from_on, day)]
        head = queries.get_child(kari, anna.pk, page="child")
        assert queries.get_person(head, father.identity).row_id == new.pk
        case = get_case(kari, pathway_id, page="pathway")
        assert [row.pk for row in list_people(case) if row.identity == father.identity] == [new.pk]


def test_a_correction_says_why_and_holds_from_the_beginning(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        pathway_id = begin(kari, anna)
        father = RelatedPerson.objects.get(relation="father")
        with pytest.raises(door.Invalid) as refused:
            again(kari, father, has_parental_responsibility=False)
        assert "fra hvilken dag" in str(refused.value.problems["why"])
        new = again(kari, father, has_parental_responsibility=False, why="Mor har hatt det alene hele tiden.")
        assert new.replaces_id == father.pk
        assert periods(pathway_id, father) == []
        assert RelatedPerson.objects.get(pk=father.pk).has_parental_responsibility


@pytest.mark.parametrize("days", [0, -1], ids=["the-same-day", "before"])
def test_nothing_changes_before_it_began(acting: Acting, anna: Child, days: int) -> None:
    with acting("kari") as kari:
        father = RelatedPerson.objects.get(relation="father")
        with pytest.raises(door.Invalid) as refused:
            again(kari, father, phone="1", changed_on=father.from_on + timedelta(days=days))
        assert set(refused.value.problems) == {"changed_on"}


def test_a_phone_number_is_changed_without_a_reason(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        father = RelatedPerson.objects.get(relation="father")
        assert again(kari, father, phone="911 00 000").replaces_id == father.pk
