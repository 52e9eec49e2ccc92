"""What consent lets pass: seeing and telling are two things, for one service, one area and one day. Pure."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import sharing
from grunnmur.cases.consent import CHILD, ConsentFact, Signature, Situation
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.terms import ConsentAnswer, ConsentPurpose, HealthArea, InformationKind, PathwayStatus
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
