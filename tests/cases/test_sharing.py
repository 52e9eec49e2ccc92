"""What consent lets pass: seeing and telling are two things, for one service, one area and one day. Pure."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import sharing
from grunnmur.cases.consent import CHILD, ConsentFact, Period, Signature, Situation
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.terms import (
    SHARED_BASE,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    InformationKind,
    PathwayStatus,
)
from grunnmur.clock import OSLO

TODAY = date(2026, 11, 22)
SEE, TELL = ConsentPurpose.CONTACT_HEALTH, ConsentPurpose.RELEASE_HEALTH_INFO
MENTAL, DENTAL = InformationKind.MENTAL, InformationKind.DENTAL


def fact(purpose: ConsentPurpose = SEE, *, kinds: InformationKind = MENTAL, **more: object) -> ConsentFact:
    """A consent by a young person of sixteen, who consents alone."""
    given = {
        "id": "consent",
        "purpose": purpose,
        "recipient": "gp",
        "kinds": kinds,
        "signatures": (Signature(CHILD, ConsentAnswer.YES, date(2026, 11, 1)),),
        "valid_from": date(2026, 11, 1),
        "valid_until": date(2027, 11, 1),
    }
    return ConsentFact(**{**given, **more})  # type: ignore[arg-type]


def case(*consents: ConsentFact) -> Facts:
    return Facts(
        pathway="p",
        edition="2023",
        status=PathwayStatus.UNDER_WAY,
        owner="owner",
        contact_person="kari",
        opened_on=date(2026, 11, 1),
        version=1,
        situation=Situation(born_on=date(2010, 5, 14), carers=(), care=()),
        consents=consents,
    )


@pytest.mark.parametrize(
    ("given", "sees"),
    [
        pytest.param(fact(), True, id="consent to contact"),
        pytest.param(fact(TELL), False, id="consent to tell does not let in"),
        pytest.param(fact(recipient="camhs"), False, id="another service's consent"),
        pytest.param(fact(kinds=DENTAL), False, id="another area"),
        pytest.param(fact(valid_from=date(2026, 11, 23)), False, id="not yet"),
        pytest.param(fact(valid_until=TODAY), False, id="over from today"),
        pytest.param(fact(withdrawn_at=datetime(2026, 11, 22, 9, tzinfo=OSLO)), False, id="withdrawn today"),
        pytest.param(
            fact(signatures=(Signature(CHILD, ConsentAnswer.NO, date(2026, 11, 1)),)), False, id="the child said no"
        ),
    ],
)
def test_what_lets_a_service_see_an_area(given: ConsentFact, sees: bool) -> None:
    assert sharing.may_see(case(given), service="gp", kind=MENTAL, on=TODAY) is sees


@pytest.mark.parametrize(
    ("given", "tells"),
    [
        pytest.param(fact(TELL), True, id="consent to tell"),
        pytest.param(fact(SEE), False, id="consent to contact is not enough"),
        pytest.param(fact(TELL, kinds=DENTAL), False, id="about another area"),
        pytest.param(fact(TELL, recipient="camhs"), False, id="another service"),
    ],
)
def test_what_lets_a_service_tell_child_welfare(given: ConsentFact, tells: bool) -> None:
    assert sharing.may_tell(case(given), service="gp", kind=MENTAL, on=TODAY) is tells


def test_any_one_good_consent_is_enough() -> None:
    bad = fact(valid_until=TODAY)
    assert sharing.may_see(case(bad, fact()), service="gp", kind=MENTAL, on=TODAY)


def test_without_consent_nothing_passes() -> None:
    assert not sharing.may_see(case(), service="gp", kind=MENTAL, on=TODAY)
    assert not sharing.may_tell(case(), service="gp", kind=MENTAL, on=TODAY)


@given(
    purpose=st.sampled_from(ConsentPurpose),
    area=st.sampled_from(HealthArea),
    asked=st.sampled_from(HealthArea),
    withdrawn=st.booleans(),
)
def test_seeing_and_telling_follow_the_consent_exactly(
    purpose: ConsentPurpose, area: HealthArea, asked: HealthArea, withdrawn: bool
) -> None:
    given = fact(purpose, kinds=area.kind)
    if withdrawn:
        given = replace(given, withdrawn_at=datetime(2026, 11, 10, tzinfo=OSLO))
    good = area is asked and not withdrawn
    facts = case(given)
    assert sharing.may_see(facts, service="gp", kind=asked.kind, on=TODAY) is (good and purpose is SEE)
    assert sharing.may_tell(facts, service="gp", kind=asked.kind, on=TODAY) is (good and purpose is TELL)


# --- what child welfare may give a service ---------------------------------------------------------------------------

HAND_OVER = ConsentPurpose.HAND_OVER
ENDS, EARLIER, LATER = date(2027, 11, 1), date(2027, 6, 1), date(2027, 12, 1)


@pytest.mark.parametrize("status", PathwayStatus)
def test_while_the_case_is_open_anything_can_be_asked_for_and_later_what_lets_something_be_given(
    status: PathwayStatus,
) -> None:
    is_open = status in (PathwayStatus.UNDER_ASSESSMENT, PathwayStatus.UNDER_WAY)
    wanted = set(ConsentPurpose) if is_open else {SEE, HAND_OVER, ConsentPurpose.INTERDISCIPLINARY_MAPPING}
    assert set(sharing.may_be_asked_for(status)) == wanted


@pytest.mark.parametrize(
    ("service", "wanted"), [("gp", ["gp"]), ("camhs", ["over"]), ("dentist", []), (None, ["gp", "over"])]
)
def test_what_consents_let_be_given_to_one_service_or_to_each(service: str | None, wanted: list[str]) -> None:
    facts = case(
        fact(id="gp"),
        fact(TELL, id="to tell is the other way"),
        fact(id="withdrawn", withdrawn_at=datetime(2026, 11, 10, tzinfo=OSLO)),
        fact(HAND_OVER, id="over", recipient="camhs"),
    )
    carried = sharing.carried(facts, service=service, on=TODAY)
    assert carried == tuple(sharing.Carried(name, MENTAL | SHARED_BASE, ENDS) for name in wanted)


def test_it_is_given_no_longer_than_the_one_who_said_yes_can_consent() -> None:
    alone = case(fact(HAND_OVER))
    facts = replace(alone, situation=replace(alone.situation, lacks_decision_competence=(Period(EARLIER),)))
    assert [one.until_on for one in sharing.carried(facts, service="gp", on=TODAY)] == [EARLIER]
    assert sharing.hand_over_until(facts, service="gp", on=TODAY) == EARLIER


@pytest.mark.parametrize(("service", "until"), [("camhs", ENDS), ("gp", None), ("dentist", LATER)])
def test_a_case_can_be_handed_over_until_the_last_consent_to_that_ends(service: str, until: date | None) -> None:
    facts = case(
        fact(HAND_OVER, recipient="camhs", valid_until=EARLIER),
        fact(HAND_OVER, recipient="camhs", valid_until=ENDS),
        fact(recipient="camhs", valid_until=LATER),
        fact(HAND_OVER, recipient="dentist", valid_until=LATER),
        fact(recipient="gp"),
    )
    assert sharing.hand_over_until(facts, service=service, on=TODAY) == until


@pytest.mark.parametrize("purpose", ConsentPurpose)
def test_what_there_is_may_be_given_by_a_consent_for_any_of_three_purposes(purpose: ConsentPurpose) -> None:
    may = purpose in (SEE, HAND_OVER, ConsentPurpose.INTERDISCIPLINARY_MAPPING)
    assert sharing.may_be_given(case(fact(purpose)), service="gp", kind=MENTAL, on=TODAY) is may


# --- asking and answering --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "given", "may"),
    [
        pytest.param("owner", (), True, id="the owner"),
        pytest.param("gp", (fact(),), True, id="one that sees it"),
        pytest.param("gp", (fact(TELL),), False, id="one that does not"),
    ],
)
def test_who_can_be_asked_about_an_area(service: str, given: tuple[ConsentFact, ...], may: bool) -> None:
    assert sharing.may_ask(case(*given), service=service, kind=MENTAL, on=TODAY) is may


@pytest.mark.parametrize(
    ("service", "kind", "given", "may"),
    [
        pytest.param("owner", MENTAL, (), True, id="the owner"),
        pytest.param("gp", InformationKind.COORDINATION, (), True, id="about what is agreed"),
        pytest.param("gp", MENTAL, (fact(TELL),), True, id="about health, with consent to tell"),
        pytest.param("gp", MENTAL, (fact(SEE),), False, id="about health, with consent to see alone"),
    ],
)
def test_who_may_say_what_they_know(
    service: str, kind: InformationKind, given: tuple[ConsentFact, ...], may: bool
) -> None:
    assert sharing.may_answer(case(*given), service=service, kind=kind, on=TODAY) is may


def test_a_service_writes_for_a_meeting_what_it_sees_and_may_tell() -> None:
    facts = case(fact(TELL, kinds=MENTAL | InformationKind.SOMATIC))
    sees = MENTAL | DENTAL | InformationKind.COORDINATION | InformationKind.OWN_WORDS
    kinds = sharing.writable_kinds(facts, service="gp", sees=sees, on=TODAY)
    assert set(kinds) == {InformationKind.COORDINATION, MENTAL}
