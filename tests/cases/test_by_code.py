"""Where a code by SMS is enough to open a link: the rule as tables, and that nothing of health can pass it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import sharing
from grunnmur.cases.access_rules import Purpose, access_rules
from grunnmur.cases.terms import ALL_KINDS, HEALTH_KINDS, SHARED_BASE, AddressProtection, InformationKind
from grunnmur.post import links
from grunnmur.post.terms import MessageSort
from grunnmur.stewardship.codes import LONGEST, Said, holds, missing

DAY = date(2026, 3, 2)
TOMORROW, YEAR = DAY + timedelta(days=1), DAY + LONGEST
QUESTION, INVITATION = MessageSort.QUESTION, MessageSort.INVITATION
COORDINATION, NONE = InformationKind.COORDINATION, AddressProtection.NONE
ENOUGH = [
    pytest.param(TOMORROW, QUESTION, COORDINATION, NONE, True, id="a question about the plan"),
    pytest.param(TOMORROW, INVITATION, COORDINATION, NONE, True, id="an invitation"),
    pytest.param(TOMORROW, QUESTION, InformationKind.CONTACT, NONE, True, id="how one gets hold of whom"),
    pytest.param(None, QUESTION, COORDINATION, NONE, False, id="nobody has decided"),
    pytest.param(DAY, QUESTION, COORDINATION, NONE, False, id="the decision has run out"),
    pytest.param(TOMORROW, QUESTION, InformationKind(0), NONE, False, id="of no kind"),
    *(
        pytest.param(TOMORROW, QUESTION, kind, NONE, False, id=f"about {kind.name}")
        for kind in InformationKind
        if kind not in SHARED_BASE
    ),
    pytest.param(TOMORROW, QUESTION, COORDINATION | InformationKind.DENTAL, NONE, False, id="with something of health"),
    *(
        pytest.param(TOMORROW, sort, COORDINATION, NONE, False, id=f"a {sort}")
        for sort in MessageSort
        if sort not in (QUESTION, INVITATION)
    ),
    *(
        pytest.param(TOMORROW, QUESTION, COORDINATION, level, False, id=f"an address that is {level}")
        for level in AddressProtection
        if level is not NONE
    ),
]


@pytest.mark.parametrize(("until", "sort", "kind", "protection", "is_enough"), ENOUGH)
def test_where_a_code_is_enough(
    until: date | None, sort: MessageSort, kind: InformationKind, protection: AddressProtection, is_enough: bool
) -> None:
    said = sharing.may_be_by_code(enough_until=until, sort=sort, kind=kind, protection=protection, on=DAY)
    assert said is is_enough


@given(
    until=st.none() | st.dates(),
    sort=st.sampled_from(MessageSort),
    kind=st.integers(0, int(ALL_KINDS)).map(InformationKind),
    protection=st.sampled_from(AddressProtection),
    on=st.dates(),
)
def test_nothing_but_who_and_when_is_ever_opened_by_a_code(
    until: date | None, sort: MessageSort, kind: InformationKind, protection: AddressProtection, on: date
) -> None:
    if sharing.may_be_by_code(enough_until=until, sort=sort, kind=kind, protection=protection, on=on):
        assert kind & SHARED_BASE and not kind & ~SHARED_BASE and not kind & HEALTH_KINDS
        assert until is not None and until > on and protection is NONE


def test_whoever_comes_in_by_a_code_sees_no_more_on_any_ground() -> None:
    assert access_rules().purposes[Purpose.ANSWERING_BY_CODE] == SHARED_BASE


HELD, ENDED, OVER = Said("x", YEAR), Said("x", None), Said("x", DAY)
DECIDED = [
    pytest.param(Said("x", TOMORROW), None, set(), id="until tomorrow"),
    pytest.param(Said("x", YEAR), None, set(), id="for a year"),
    pytest.param(Said("x", YEAR + timedelta(days=1)), None, {"ends_on"}, id="for longer"),
    pytest.param(Said("x", DAY), None, {"ends_on"}, id="until today"),
    pytest.param(Said(" ", TOMORROW), None, {"why"}, id="without a ground"),
    pytest.param(Said("y", YEAR), HELD, set(), id="as long as what holds"),
    pytest.param(Said("y", TOMORROW), HELD, {"ends_on"}, id="shorter than what holds"),
    pytest.param(Said("y", TOMORROW), OVER, set(), id="after one that ran out"),
    pytest.param(Said("y", TOMORROW), ENDED, set(), id="after one that was ended"),
    pytest.param(ENDED, HELD, set(), id="ended"),
    pytest.param(Said("", None), HELD, {"why"}, id="ended without saying why"),
    pytest.param(ENDED, ENDED, {"ends_on"}, id="ended twice"),
    pytest.param(ENDED, OVER, {"ends_on"}, id="ended after it ran out"),
    pytest.param(ENDED, None, {"ends_on"}, id="ended, and never decided"),
]


@pytest.mark.parametrize(("said", "before", "names"), DECIDED)
def test_what_stops_a_decision(said: Said, before: Said | None, names: set[str]) -> None:
    assert missing(said, before=before, on=DAY) == names


@pytest.mark.parametrize(("said", "is_so"), [(None, False), (HELD, True), (ENDED, False), (OVER, False)])
def test_whether_it_holds(said: Said | None, is_so: bool) -> None:
    assert holds(said, on=DAY) is is_so


@given(st.uuids())
def test_a_code_is_eight_digits_in_two_groups(delivery: UUID) -> None:
    digits = links.code_for(delivery)
    assert len(digits) == 8 and digits.isdecimal()
    assert links.in_groups(digits).replace(" ", "") == digits
