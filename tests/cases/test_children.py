"""The child itself: registering, changing, who is around it, where it lives; and who may know of it."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo import cast
from grunnmur.cases import access, door, national_id
from grunnmur.cases.actions import children, pathways
from grunnmur.cases.models import Child, Participation, Pathway, Placement, RelatedPerson
from grunnmur.cases.queries import child as queries
from grunnmur.cases.terms import (
    SHARED_BASE,
    AddressProtection,
    CareBasis,
    ChildWelfarePosition,
    InformationKind,
    ParticipationBasis,
    RelationKind,
)
from grunnmur.clock import now, today
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.directory.models import Service
from grunnmur.log.models import AccessLog, Event

Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]
BORN = date(2013, 5, 17)
NUMBER = national_id.make_synthetic(BORN, national_id.Sex.FEMALE, 5)
OF_1855 = "31125550382"
"""Has the form of a real number and belongs to nobody alive: the day it says is in 1855."""


def register(actor: Any, **given: Any) -> Child:
    values: dict[str, Any] = {"name": "Bo Berg", "born_on": BORN, "journal_number": "G-1", "national_number": NUMBER}
    return children.register(actor=actor, **{"once": None, **values, **given})


def edit(actor: Any, child: Child, **given: Any) -> Child:
    values: dict[str, Any] = {
        "name": child.name,
        "language": "",
        "needs_interpreter": False,
        "address_protection": AddressProtection.NONE,
        "why": "Det var skrevet feil.",
    }
    return children.edit(actor=actor, child_id=child.pk, once=None, **{**values, **given})


def add(actor: Any, child: Child, **given: Any) -> RelatedPerson:
    values: dict[str, Any] = {"name": "Tante", "relation": RelationKind.OTHER, "from_on": child.born_on}
    return children.add_person(actor=actor, child_id=child.pk, once=None, **{**values, **given})


def place(actor: Any, child: Child, home: str | None, **given: Any) -> Placement:
    values: dict[str, Any] = {
        "basis": CareBasis.CARE_ORDER if home else CareBasis.HOME,
        "service_id": cast.service(home).id if home else None,
        "from_on": today() - timedelta(days=30),
    }
    return children.place(actor=actor, child_id=child.pk, once=None, **{**values, **given})


# --- registering -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        pytest.param({"born_on": today() + timedelta(days=2)}, "born_on", "fram i tid", id="born-in-two-days"),
        pytest.param(
            {"born_on": today().replace(year=today().year - 27), "national_number": ""},
            "born_on",
            "over 25 år",
            id="over-25",
        ),
        pytest.param(
            {"national_number": NUMBER[:10] + str((int(NUMBER[10]) + 1) % 10)},
            "national_number",
            "ikke gyldig",
            id="wrong-check-digit",
        ),
        pytest.param({"national_number": "123"}, "national_number", "11 sifre", id="too-short"),
        pytest.param({"national_number": "17051300100"}, "national_number", "ikke et fullt", id="not-a-full-number"),
        pytest.param({"born_on": BORN + timedelta(days=1)}, "national_number", "passer ikke", id="another-birth-date"),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(
    acting: Acting, given: dict[str, Any], field: str, said: str
) -> None:
    with acting("kari") as kari, pytest.raises(door.Invalid) as refused:
        register(kari, **given)
    assert said in str(refused.value.problems[field])


def test_a_real_number_is_refused_in_demo_and_test_and_read_in_production(acting: Acting) -> None:
    for allowed, said in ((False, "oppdiktede"), (True, "passer ikke")):
        with acting("kari") as kari, pytest.raises(door.Invalid) as refused:
            register(kari, national_number=OF_1855, allow_real_ids=allowed)
        assert said in str(refused.value.problems["national_number"])


@pytest.mark.parametrize("years", [0, 25])
def test_the_youngest_and_the_oldest_can_be_registered(acting: Acting, years: int) -> None:
    born_on = today().replace(day=1)
    with acting("kari") as kari:
        child = register(kari, born_on=born_on.replace(year=born_on.year - years), national_number="")
        assert child.pk


def test_the_same_child_or_journal_number_twice_in_one_service_is_refused(acting: Acting) -> None:
    with acting("kari") as kari:
        register(kari)
        with pytest.raises(door.Invalid) as refused:
            register(kari)
    assert set(refused.value.problems) == {"national_number", "journal_number"}


def test_another_service_registers_the_same_child_without_a_hint_of_the_first(acting: Acting) -> None:
    with acting("kari") as kari:
        first = register(kari)
    with acting("ola") as ola:
        second = register(ola)
        assert second.pk != first.pk
        assert list(Child.objects.all()) == [second]
    with acting("kari"):
        assert list(Child.objects.all()) == [first]


def test_registering_is_done_once_however_often_it_is_sent(acting: Acting) -> None:
    once = uuid.uuid4()
    with acting("kari") as kari:
        child = register(kari, once=once)
        with pytest.raises(door.AlreadyDone) as done:
            register(kari, once=once)
        assert done.value.event.child_id == child.pk
        assert Child.objects.count() == 1


@pytest.mark.parametrize("who", ["per", "bjorn", "berit"])
def test_only_child_welfare_registers_a_child(acting: Acting, who: str) -> None:
    with acting(who) as actor, pytest.raises(access.Refused):
        register(actor)


# --- changing ----------------------------------------------------------------------------------------------------


def test_an_edit_says_which_fields_changed_and_keeps_what_was_left_out(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        child = edit(kari, anna, language="polsk", needs_interpreter=True)
        assert (child.language, child.needs_interpreter) == ("polsk", True)
        assert (child.born_on, child.national_id) == (anna.born_on, anna.national_id)
        assert Event.objects.get(name="child.edited").data == {"changed": ["language", "needs_interpreter"]}


def test_two_who_edit_the_same_child_do_not_overwrite_each_other(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        seen = queries.version(anna.pk)
        edit(kari, anna, name="Anna Lie", seen=seen)
        with pytest.raises(EditConflict) as conflict:
            edit(kari, anna, name="Anna Moe", seen=seen)
        assert Child.objects.get(pk=anna.pk).name == "Anna Lie"
        assert edit(kari, anna, name="Anna Moe", seen=conflict.value.current).name == "Anna Moe"


def test_a_wrong_birth_date_can_be_put_right_together_with_the_number(acting: Acting, anna: Child) -> None:
    right = anna.born_on - timedelta(days=365)
    number = national_id.make_synthetic(right, national_id.Sex.FEMALE, 1)
    with acting("kari") as kari:
        with pytest.raises(door.Invalid) as refused:
            edit(kari, anna, born_on=right)
        assert "passer ikke" in str(refused.value.problems["national_number"])
        child = edit(kari, anna, born_on=right, national_number=number)
        assert (child.born_on, child.national_id) == (right, number)


def test_a_number_that_another_child_of_the_service_has_is_refused(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        other = register(kari, national_number="")
        with pytest.raises(door.Invalid) as refused:
            edit(kari, other, born_on=anna.born_on, national_number=anna.national_id)
    assert set(refused.value.problems) == {"national_number"}


# --- those around ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        pytest.param(
            {"from_on": date(2026, 3, 1), "until_on": date(2026, 2, 1)},
            "until_on",
            "før startdatoen",
            id="until-before",
        ),
        pytest.param({"from_on": date(1990, 1, 1)}, "from_on", "før barnet ble født", id="before-the-child-was-born"),
        pytest.param(
            {"relation": RelationKind.FOSTER_PARENT, "has_parental_responsibility": True},
            "has_parental_responsibility",
            "ikke foreldreansvar",
            id="foster-parent-with-parental-responsibility",
        ),
    ],
)
def test_what_cannot_be_right_about_a_person_is_refused(
    acting: Acting, anna: Child, given: dict[str, Any], field: str, said: str
) -> None:
    with acting("kari") as kari, pytest.raises(door.Invalid) as refused:
        add(kari, anna, **given)
    assert said in str(refused.value.problems[field])


def test_a_new_row_about_a_person_replaces_the_old_and_only_one_can(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        old = add(kari, anna, phone="1")
        new = add(kari, anna, phone="2", replaces_id=old.pk)
        assert new.identity == old.identity
        with pytest.raises(door.Invalid) as refused:
            add(kari, anna, phone="3", replaces_id=old.pk)
        assert set(refused.value.problems) == {"replaces_id"}
        head = queries.get_child(kari, anna.pk, page="child")
        assert [person.phone for person in queries.list_people(head) if person.name == "Tante"] == ["2"]


# --- where the child lives -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("home", "given", "field", "said"),
    [
        pytest.param(
            "institusjonen", {"from_on": today() + timedelta(days=2)}, "from_on", "fram i tid", id="in-two-days"
        ),
        pytest.param("institusjonen", {"from_on": date(2001, 1, 1)}, "from_on", "ble født", id="before-birth"),
        pytest.param(
            "institusjonen",
            {"until_on": today() - timedelta(days=60)},
            "until_on",
            "før startdatoen",
            id="until-before-from",
        ),
        pytest.param("storgata", {}, "service_id", "institusjon eller et fosterhjem", id="with-the-gp"),
        pytest.param(None, {"basis": CareBasis.CARE_ORDER}, "service_id", "hvor barnet bor", id="nowhere"),
        pytest.param(
            "institusjonen", {"basis": CareBasis.HOME}, "service_id", "hjemme hos foreldre", id="home-and-away"
        ),
        pytest.param(
            "fosterhjemmet",
            {"basis": CareBasis.BEHAVIOUR_ORDER},
            "service_id",
            "på institusjon",
            id="behaviour-order-in-foster-home",
        ),
    ],
)
def test_a_place_that_cannot_be_right_is_refused(
    acting: Acting, anna: Child, home: str | None, given: dict[str, Any], field: str, said: str
) -> None:
    with acting("kari") as kari, pytest.raises(door.Invalid) as refused:
        place(kari, anna, home, **given)
    assert said in str(refused.value.problems[field])


@pytest.mark.parametrize(
    ("closed_days_ago", "given", "fits"),
    [
        pytest.param(60, {}, False, id="closed-before-the-child-came"),
        pytest.param(10, {}, False, id="closed-while-the-child-would-live-there"),
        pytest.param(10, {"until_on": today() - timedelta(days=20)}, True, id="the-child-left-before-it-closed"),
    ],
)
def test_a_home_must_be_open_as_long_as_the_child_lives_there(
    acting: Acting, as_admin: AsAdmin, anna: Child, closed_days_ago: int, given: dict[str, Any], fits: bool
) -> None:
    with as_admin():
        Service.objects.filter(pk=cast.service("institusjonen").id).update(
            closed_on=today() - timedelta(days=closed_days_ago)
        )
    with acting("kari") as kari:
        if fits:
            assert place(kari, anna, "institusjonen", **given).pk
            return
        with pytest.raises(door.Invalid) as refused:
            place(kari, anna, "institusjonen", **given)
        assert "lagt ned" in str(refused.value.problems["service_id"])


def test_moving_ends_the_place_before_even_one_with_a_planned_end(acting: Acting, anna: Child) -> None:
    moved_on = today() - timedelta(days=5)
    with acting("kari") as kari:
        place(kari, anna, "institusjonen", until_on=today() + timedelta(days=90))
        place(kari, anna, "fosterhjemmet", from_on=moved_on)
        page = queries.child_page(kari, anna.pk)
        assert [(one.where, one.until_on) for one in page.places] == [
            ("Fosterhjemmet hos Berit Vik", None),
            ("Fjordheim barnevernsinstitusjon", moved_on),
        ]
        assert page.place == page.places[0]


def test_a_stay_before_the_present_one_can_be_written_afterwards(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        place(kari, anna, "fosterhjemmet")
        place(
            kari,
            anna,
            "institusjonen",
            from_on=today() - timedelta(days=100),
            until_on=today() - timedelta(days=50),
        )
        assert [one.until_on is None for one in queries.child_page(kari, anna.pk).places] == [True, False]
        with pytest.raises(door.Invalid):
            place(kari, anna, "institusjonen", from_on=today() - timedelta(days=40))


# --- who may know ------------------------------------------------------------------------------------------------


def test_the_home_sees_who_the_child_is_and_nothing_of_the_pathway(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        place(kari, anna, "institusjonen")
    with acting("bjorn") as bjorn:
        page = queries.child_page(bjorn, anna.pk)
        assert page.head.child.name == "Anna Solberg"
        assert {person.name for person in page.people} == {"Mona Solberg", "Erik Solberg"}
        assert (page.runs, page.standings, page.places, page.notes, page.pointed_to) == ((), (), (), (), ())
        assert not page.waits
        assert not Pathway.objects.exists()
        assert not Event.objects.exclude(pathway_id=None).exists(), "what happened in the pathway is the pathway's"
        assert Event.objects.filter(name="person.added").exists(), "who is around the child is told"
    with acting("bjorn"):
        assert AccessLog.objects.filter(action="child", children=[anna.pk]).count() == 1


@pytest.mark.parametrize("home", ["institusjonen", "fosterhjemmet"])
def test_a_home_that_the_child_has_left_sees_nothing(acting: Acting, anna: Child, home: str) -> None:
    who = {"institusjonen": "bjorn", "fosterhjemmet": "berit"}[home]
    with acting("kari") as kari:
        place(kari, anna, home)
    with acting(who) as actor:
        assert [row.name for row in queries.our_children(actor).rows] == ["Anna Solberg"]
    with acting("kari") as kari:
        place(kari, anna, None, from_on=today())
    with acting(who) as actor:
        assert queries.our_children(actor).rows == ()
        with pytest.raises(access.NotVisible):
            queries.child_page(actor, anna.pk)
        assert not Child.objects.exists()


def test_one_who_takes_part_by_consent_sees_its_pathway_and_nothing_of_child_welfares_own(
    acting: Acting, as_admin: AsAdmin, anna: Child
) -> None:
    with acting("kari") as kari:
        pathway = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        place(kari, anna, "institusjonen")
    with as_admin():
        Participation.objects.create(
            child=anna,
            owner_service_id=anna.author_service_id,
            pathway=pathway,
            service_id=cast.service("storgata").id,
            basis=ParticipationBasis.CONSENT,
            ground=uuid.uuid4(),
            kinds=int(SHARED_BASE | InformationKind.SOMATIC),
            starts_at=now() - timedelta(hours=1),
            next_due=door.NO_DATE,
            moved_on=today(),
        )
    with acting("per") as per:
        page = queries.child_page(per, anna.pk)
        assert [run.pathway_id for run in page.runs] == [pathway.pk]
        assert len(page.people) == 2
        assert (page.standings, page.places, page.notes, page.initiatives) == ((), (), (), ())


def test_a_stranger_learns_nothing(acting: Acting, anna: Child) -> None:
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        queries.child_page(ola, anna.pk)


def test_where_a_child_with_a_protected_address_lives_is_the_owners_own(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        edit(kari, anna, address_protection=AddressProtection.STRICTLY_CONFIDENTIAL)
        placement = place(kari, anna, "institusjonen")
        person = add(kari, anna, name="Berit Vik", relation=RelationKind.FOSTER_PARENT)
        assert placement.kind == person.kind == InformationKind.PROTECTED_ADDRESS
        page = queries.child_page(kari, anna.pk)
        assert page.place is not None
        assert "Berit Vik" in {one.name for one in page.people}
    with acting("bjorn") as bjorn:
        page = queries.child_page(bjorn, anna.pk)
        assert page.head.protection is AddressProtection.STRICTLY_CONFIDENTIAL
        assert page.places == ()
        assert "Berit Vik" not in {one.name for one in page.people}


def test_rows_written_before_the_address_was_protected_are_not_shown_either(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        add(kari, anna, name="Berit Vik", relation=RelationKind.FOSTER_PARENT)
        place(kari, anna, "institusjonen")
        edit(kari, anna, address_protection=AddressProtection.CONFIDENTIAL)
    with acting("bjorn") as bjorn:
        assert "Berit Vik" not in {one.name for one in queries.child_page(bjorn, anna.pk).people}


def test_other_municipalities_foster_homes_are_never_listed(acting: Acting, as_admin: AsAdmin, anna: Child) -> None:
    def listed() -> set[str]:
        with acting("kari") as kari:
            return {home.name for home in queries.list_homes(queries.get_child(kari, anna.pk, page="place_child"))}

    assert {"Fjordheim barnevernsinstitusjon", "Fosterhjemmet hos Berit Vik"} <= listed()
    with as_admin():
        elsewhere = set(
            Service.objects.filter(kind="foster_home").exclude(municipality="4202").values_list("name", flat=True)
        )
        Service.objects.filter(pk=cast.service("fosterhjemmet").id).update(municipality="4215")
    assert not listed() & (elsewhere | {"Fosterhjemmet hos Berit Vik"})
    with acting("kari") as kari:
        place(kari, anna, "fosterhjemmet")
    assert "Fosterhjemmet hos Berit Vik" in listed(), "where the child has lived"


# --- position ----------------------------------------------------------------------------------------------------


def test_a_child_waits_to_be_assessed_until_someone_begins(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        page = queries.child_page(kari, anna.pk)
        assert (page.position, page.waits) == (ChildWelfarePosition.INVESTIGATION, True)
        assert page.assess_by == page.standings[0].from_on + timedelta(weeks=6)
        pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
        page = queries.child_page(kari, anna.pk)
        assert not page.waits
        assert page.open_run is not None
        assert page.open_run.contact_person == "Kari Lunde"


def test_a_child_out_of_the_target_group_does_not_wait(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        children.set_status(
            actor=kari, child_id=anna.pk, once=None, position=ChildWelfarePosition.NONE, from_on=today()
        )
        page = queries.child_page(kari, anna.pk)
        assert (page.position, page.waits) == (ChildWelfarePosition.NONE, False)


def test_the_page_takes_the_same_number_of_queries_however_much_is_known(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        with CaptureQueriesContext(connection) as few:
            queries.child_page(kari, anna.pk)
        for number in range(5):
            add(kari, anna, name=f"Tante {number}")
            place(kari, anna, "institusjonen", from_on=today() - timedelta(days=20 - number))
            children.set_status(
                actor=kari,
                child_id=anna.pk,
                once=None,
                position=ChildWelfarePosition.INSTITUTION,
                from_on=today() - timedelta(days=number),
            )
        with CaptureQueriesContext(connection) as many:
            page = queries.child_page(kari, anna.pk)
    assert len(page.people) == 7
    assert len(page.standings) == 6
    assert len(many) == len(few) <= 14
    assert Participation.objects.count() == 0, "nobody is logged in any more"
