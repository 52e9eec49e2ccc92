"""What a referral lacks: by whose list, who can fill it, and when the writer is asked once more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import readiness
from grunnmur.cases.definition import definitions
from grunnmur.cases.readiness import Gap, Intake
from grunnmur.cases.terms import HealthArea
from grunnmur.directory.kinds import Role, ServiceKind

PARTS = definitions().referral.parts
KEYS = [part.key for part in PARTS]
NATIONAL = {part.key for part in PARTS if HealthArea.MENTAL in part.areas}
INTAKES = st.builds(
    Intake, accepts=st.frozensets(st.sampled_from(Role)), parts=st.frozensets(st.sampled_from(KEYS)), note=st.just("")
)
WRITTEN = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["", " ", "\n", "Noe."]))
AREAS = st.sampled_from(HealthArea)


def found(area: HealthArea, written: dict[str, str], intake: Intake | None = None) -> set[str]:
    return {gap.key for gap in readiness.gaps(PARTS, area=area, intake=intake or Intake(), written=written)}


@pytest.mark.parametrize(
    ("area", "asks", "written", "missing"),
    [
        (HealthArea.MENTAL, set(), {}, NATIONAL),
        (HealthArea.MENTAL, set(), dict.fromkeys(NATIONAL, "Ja."), set()),
        (HealthArea.MENTAL, {"guardians"}, dict.fromkeys(NATIONAL, "Ja."), {"guardians"}),
        (HealthArea.SOMATIC, set(), {}, set()),
        (HealthArea.SOMATIC, {"medicines"}, {"medicines": "  "}, {"medicines"}),
        (HealthArea.DENTAL, {"risk"}, {}, {"risk"}),
        (HealthArea.DENTAL, {"no_longer_there"}, {}, set()),
    ],
    ids=["all", "nothing", "the clinic's own", "no national list", "blanks", "asked by the clinic", "an old key"],
)
def test_what_is_missing(area: HealthArea, asks: set[str], written: dict[str, str], missing: set[str]) -> None:
    assert found(area, written, Intake(parts=frozenset(asks))) == missing


def test_each_gap_says_who_asks_and_who_can_fill_it() -> None:
    intake = Intake(parts=frozenset({"guardians"}))
    gaps = {gap.key: gap for gap in readiness.gaps(PARTS, area=HealthArea.MENTAL, intake=intake, written={})}
    assert gaps["somatic"].filled_by == (ServiceKind.GP,)
    assert not gaps["somatic"].by_receiver
    assert gaps["guardians"].by_receiver
    assert gaps["expected"].filled_by == (), "only the one who refers can say it"


@given(AREAS, INTAKES, WRITTEN)
def test_nothing_is_missing_that_is_written_or_that_nobody_asked_for(
    area: HealthArea, intake: Intake, written: dict[str, str]
) -> None:
    gaps = found(area, written, intake)
    asked = {part.key for part in readiness.asked_for(PARTS, area=area, intake=intake)}
    assert gaps <= asked
    assert gaps == {key for key in asked if not written.get(key, "").strip()}


@given(AREAS, INTAKES, WRITTEN, st.sampled_from(KEYS))
def test_to_write_more_never_makes_more_missing(
    area: HealthArea, intake: Intake, written: dict[str, str], key: str
) -> None:
    assert found(area, {**written, key: "Noe."}, intake) == found(area, written, intake) - {key}


@given(st.lists(st.builds(Gap, st.sampled_from(KEYS), st.just(""), st.booleans(), st.just(()))), st.booleans())
def test_what_is_urgent_or_meant_is_never_held_back(gaps: list[Gap], takes_from: bool) -> None:
    def held(*, is_urgent: bool = False, as_it_is: bool = False) -> bool:
        return readiness.holds_back(gaps, takes_from=takes_from, is_urgent=is_urgent, as_it_is=as_it_is)

    assert not held(is_urgent=True)
    assert not held(as_it_is=True)
    assert held() == (bool(gaps) or not takes_from)


@pytest.mark.parametrize(
    ("accepts", "role", "takes"),
    [((), Role.LEADER, True), ((Role.GP,), Role.GP, True), ((Role.GP,), Role.LEADER, False)],
    ids=["has not said", "one of them", "another"],
)
def test_who_refers_follows_the_receivers_own_rule(accepts: tuple[Role, ...], role: Role, takes: bool) -> None:
    assert Intake(accepts=frozenset(accepts)).takes_from(role) is takes
