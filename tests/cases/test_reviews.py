"""What must be decided anew: how it stands by day, that it is renewed with no gap, and whom it is shown to."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import sight
from grunnmur.cases.door import AlreadyDone, Invalid
from grunnmur.cases.models import Child, FamilyDecision, RelatedPerson, Restriction
from grunnmur.cases.models.base import FOREVER
from grunnmur.cases.queries import letters, reviews
from grunnmur.cases.queries.child import get_child
from grunnmur.cases.reminders import windows
from grunnmur.cases.reviews import Standing, days_left, standing
from grunnmur.cases.terms import FamilyAccess, RelationKind, RestrictionCause
from grunnmur.directory.meanwhile import EditConflict
from grunnmur.working_days import is_working_day
from tests import together

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]
DAY = date(2026, 11, 30)
SOME_DAYS = st.dates(date(2026, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param(366, Standing.LATER, id="a year"),
        pytest.param(15, Standing.LATER, id="the day before it is said"),
        pytest.param(14, Standing.SOON, id="the first day that it is said"),
        pytest.param(1, Standing.SOON, id="the day before the last"),
        pytest.param(0, Standing.SOON, id="the last day"),
        pytest.param(-1, Standing.OVER, id="the day after"),
        pytest.param(-4000, Standing.OVER, id="ten years after, for it never goes away"),
    ],
)
def test_how_a_decision_stands(left: int, expected: Standing) -> None:
    review_on = DAY + timedelta(days=left)
    assert standing(review_on, on=DAY, ahead=14) is expected
    assert days_left(review_on, on=DAY) == left


@given(review_on=SOME_DAYS, on=SOME_DAYS, ahead=st.integers(0, 90), later=st.integers(0, 1000))
def test_as_days_go_by_it_only_comes_closer(review_on: date, on: date, ahead: int, later: int) -> None:
    order = list(Standing)
    now, then = (standing(review_on, on=day, ahead=ahead) for day in (on, on + timedelta(days=later)))
    assert order.index(now) <= order.index(then)


@given(review_on=SOME_DAYS, on=SOME_DAYS.filter(is_working_day), ahead=st.integers(10, 90))
def test_what_is_reminded_of_stands_in_the_lists_that_day(review_on: date, on: date, ahead: int) -> None:
    reminded = {one.what for one in windows(on, before=ahead, after=1, leader=7) if one.holds(review_on)}
    stands = standing(review_on, on=on, ahead=ahead)
    assert ("before" in reminded) == (stands is Standing.SOON)
    assert not reminded or stands is not Standing.LATER


# --- in the database -----------------------------------------------------------------------------------------------


@pytest.fixture
def mother(anna: Child, acting: Acting) -> uuid.UUID:
    with acting("kari"):
        return RelatedPerson.objects.get(child=anna, relation=RelationKind.MOTHER).identity


def restrict(actor: Any, anna: Child, *, days: int = 7, **about: Any) -> Restriction:
    given = {"cause": RestrictionCause.PARENT_RESTRICTED, "reason": "Slik er det bestemt.", **about}
    review_on = clock.today() + timedelta(days=days)
    return sight.restrict(actor=actor, child_id=anna.pk, once=None, review_on=review_on, **given)


def review(actor: Any, row: Restriction, *, once: uuid.UUID | None = None, days: int = 90) -> Restriction:
    return sight.review(
        actor=actor,
        child_id=row.child_id,
        once=once,
        restriction_id=row.pk,
        reason="Vi har snakket med Anna. Det er slik hun vil ha det.",
        review_on=clock.today() + timedelta(days=days),
    )


def test_it_is_written_anew_and_holds_after_every_single_statement(
    anna: Child, mother: uuid.UUID, acting: Acting
) -> None:
    with acting("kari") as kari:
        row = restrict(kari, anna, identity=mother)
    holds: list[bool] = []

    def look(execute: Any, *args: Any) -> Any:
        done = execute(*args)
        with connection.connection.cursor() as beside:
            beside.execute(
                "select exists (select 1 from cases_restriction where only_for = %s and starts_at <= sec.now()"
                " and ends_at > sec.now())",
                [mother],
            )
            holds.extend(found for (found,) in beside)
        return done

    with acting("leif") as leif:
        with connection.execute_wrapper(look):
            anew = review(leif, row)
        row.refresh_from_db()
        assert Restriction.objects.count() == 2
    assert len(holds) > 5, "it was looked at after each"
    assert all(holds)
    assert (row.ends_at, anew.ends_at) == (anew.starts_at, FOREVER), "no instant lies between them"
    same = ("child_id", "owner_service_id", "service_id", "only_for", "kinds", "item", "cause")
    assert [getattr(row, name) for name in same] == [getattr(anew, name) for name in same]
    assert (anew.decided_by_id, row.reason) == (cast.get("leif").person_id, "Slik er det bestemt.")


def test_a_double_click_writes_it_anew_once(anna: Child, mother: uuid.UUID, acting: Acting) -> None:
    once = uuid.uuid4()
    with acting("kari") as kari:
        row = restrict(kari, anna, identity=mother)
        review(kari, row, once=once)
        with pytest.raises(AlreadyDone):
            review(kari, row, once=once)
        assert Restriction.objects.filter(ends_at=FOREVER).count() == 1


def test_whoever_comes_after_is_told_what_a_colleague_did(anna: Child, mother: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        row = restrict(kari, anna, identity=mother)
        anew = review(kari, row)
    with acting("leif") as leif:
        for act in (
            review,
            lambda actor, one: sight.lift(actor=actor, child_id=anna.pk, once=None, restriction_id=one.pk),
        ):
            with pytest.raises(Invalid) as refused:
                act(leif, row)
            assert "Kari Lunde vurderte dette på nytt" in str(refused.value.problems["restriction"])
        sight.lift(actor=leif, child_id=anna.pk, once=None, restriction_id=anew.pk)
        with pytest.raises(Invalid) as refused:
            review(leif, anew)
        assert str(refused.value.problems["restriction"]) == "Dette er alt opphevet."
        assert Restriction.objects.count() == 2


@pytest.mark.parametrize("days", [0, 400])
def test_the_new_day_is_ahead_and_within_a_year(anna: Child, mother: uuid.UUID, acting: Acting, days: int) -> None:
    with acting("kari") as kari:
        row = restrict(kari, anna, identity=mother)
        with pytest.raises(Invalid) as refused:
            review(kari, row, days=days)
        assert set(refused.value.problems) == {"review_on"}
        assert Restriction.objects.get().ends_at == FOREVER, "it still stands"


@pytest.mark.parametrize("who", ["kari", "ola", "per"])
def test_neither_the_one_it_is_about_nor_others_can_renew_it(anna: Child, acting: Acting, who: str) -> None:
    with acting("leif") as leif:
        kari_id = cast.get("kari").person_id
        row = restrict(leif, anna, cause=RestrictionCause.CONFLICT_OF_INTEREST, person_id=kari_id)
    with acting(who) as actor, pytest.raises(access.NotVisible):
        review(actor, row)


# --- what is decided for one in the family --------------------------------------------------------------------------


def decide(actor: Any, anna: Child, identity: uuid.UUID, *, days: int = 90, seen: int | None = None) -> FamilyDecision:
    return sight.decide_access(
        actor=actor,
        child_id=anna.pk,
        once=None,
        identity=identity,
        family_access=FamilyAccess.LIMITED,
        reason="Vurdert i teamet.",
        review_on=clock.today() + timedelta(days=days),
        seen=seen,
    )


def test_a_decision_that_is_made_anew_takes_the_place_of_the_one_before(
    anna: Child, mother: uuid.UUID, acting: Acting
) -> None:
    with acting("kari") as kari:
        decide(kari, anna, anna.pk)
        decide(kari, anna, mother, seen=0)
        decide(kari, anna, mother, seen=1)
        with pytest.raises(EditConflict):
            decide(kari, anna, mother, seen=1)
        first, second = FamilyDecision.objects.filter(identity=mother).order_by("number")
        assert (first.replaced_at, second.replaced_at) == (second.decided_at, None)
        assert FamilyDecision.objects.get(identity=anna.pk).replaced_at is None, "it is about somebody else"
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            FamilyDecision.objects.filter(pk=second.pk).update(replaced_at=clock.now())


# --- where it is shown -----------------------------------------------------------------------------------------------


def shown(actor: Any, **only: Any) -> list[tuple[str, date]]:
    return [(one.child_name, one.first_on) for one in letters.to_see_to(actor, page="work", **only).reviews]


def test_it_is_shown_to_the_owners_people_from_two_weeks_before(
    anna: Child, mother: uuid.UUID, acting: Acting, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        together.begin(kari, anna)
        restrict(kari, anna, identity=mother, days=reviews.ahead() + 2)
        decide(kari, anna, mother, days=reviews.ahead() + 2)
        assert shown(kari) == []
        assert reviews.of_child(get_child(kari, anna.pk, page="child")) is None
        first_on = clock.today() - timedelta(days=400)
    with as_admin():
        Restriction.objects.update(review_on=first_on)
        FamilyDecision.objects.update(review_on=first_on + timedelta(days=1))
    for who in ("kari", "leif"):
        with acting(who) as actor:
            assert shown(actor) == [("Anna Solberg", first_on)], "one line for the child, by what is most late"
            assert reviews.of_child(get_child(actor, anna.pk, page="child")) == reviews.ToReview(2, first_on)
            assert shown(actor, contacts=[cast.get("kari").person_id]) == shown(actor)
            assert shown(actor, contacts=[cast.get("leif").person_id]) == [], "the case is Kari's"
    for who in ("per", "ola"):
        with acting(who) as actor:
            assert shown(actor) == []


@pytest.mark.parametrize("one_row", [True, False])
def test_the_one_it_is_about_sees_nothing_of_it(anna: Child, mother: uuid.UUID, acting: Acting, one_row: bool) -> None:
    with acting("kari") as kari:
        item = together.begin(kari, anna)
    with acting("leif") as leif:
        restrict(
            leif,
            anna,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            person_id=cast.get("kari").person_id,
            item=RelatedPerson.objects.get(identity=mother).pk if one_row else None,
        )
        assert len(shown(leif)) == 1
        assert item
    with acting("kari") as kari:
        assert shown(kari) == []
        if one_row:
            assert reviews.of_child(get_child(kari, anna.pk, page="child")) is None


def test_the_lists_find_it_by_an_index(anna: Child, acting: Acting) -> None:
    with acting("kari") as kari, connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_bitmapscan = off")
        for rows, index in zip(
            reviews.to_review(kari, contacts=None),
            ("restrictions_to_review", "family_decisions_to_review", "protections_to_review"),
            strict=True,
        ):
            assert index in rows.explain()
