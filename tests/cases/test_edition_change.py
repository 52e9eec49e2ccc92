"""What another edition of the pathway changes, in what it says and in one case. Pure; acts and walls come last."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases.definition import definitions
from grunnmur.cases.definition_shapes import AgendaPoint, Citation, ClosingGround, Criterion, Edition, EditionArea
from grunnmur.cases.edition_change import Change, EffectSort, Part, Sort, compare, effects
from grunnmur.cases.lifecycle import Facts, MappingFact, MeetingFact
from grunnmur.cases.terms import ALL_KINDS, HealthArea, InformationKind, MappingState, MeetingKind
from tests.cases.test_next_step import CASE, GOOD, OPENED, STARTED, TODAY

FOUND = definitions()
OLD, NEW = FOUND.edition("2020"), FOUND.edition("2023")
OWN = Citation(key="EGEN", place="test", official=False)


def edition(of: Edition = NEW, **changed: Any) -> Edition:
    """An edition like another, but for some of it."""
    return of.model_copy(update=changed)


# --- two editions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", FOUND.editions, ids=lambda one: one.key)
def test_an_edition_is_the_same_as_itself(one: Edition) -> None:
    assert compare(one, one, FOUND) == ()


def test_what_2023_brought() -> None:
    changes = compare(OLD, NEW, FOUND)
    assert [(one.sort, one.what) for one in changes if one.part is Part.AREAS] == [
        (Sort.NEW, "Somatiske helseproblemer"),
        (Sort.NEW, "Tannhelseproblemer"),
        (Sort.NEW, "Seksuelle helseproblemer"),
        (Sort.CHANGED, "Psykiske vansker og lidelser"),
        (Sort.CHANGED, "Rusproblemer"),
    ]
    (mapping,) = (one for one in changes if one.what.startswith("Kartlegging i den kommunale"))
    responsible = mapping.differences[0]
    assert (responsible.label, responsible.before, responsible.after, responsible.is_list) == (
        *("Ansvarlig", "", "Den offentlige tannhelsetjenesten"),
        True,
    )
    others = next(one for one in changes if one.what == "Andre tjenester")
    assert (others.part, others.sort, others.is_official) == (Part.ROLES, Sort.NEW, False)


AREA = EditionArea(key=HealthArea.DENTAL, label="Tenner", source=OWN)
GROUND = ClosingGround(key="annet", label="Noe annet", source=OWN)
ALONE = NEW.roles[-1].model_copy(update={"services": NEW.roles[-1].services[:1]})
CRITERION = NEW.criteria[0].model_copy(update={"acute": False})
MEETING = NEW.meetings[0].model_copy(
    update={"agenda": (AgendaPoint(key="nytt", label="Noe nytt", source=OWN), *NEW.meetings[0].agenda[1:])}
)


@pytest.mark.parametrize(
    ("other", "part", "sort", "what", "told"),
    [
        (edition(title="Et annet navn"), Part.NAME, Sort.CHANGED, "Navnet på forløpet", ["Ordlyd"]),
        (edition(health_areas=NEW.health_areas[1:]), Part.AREAS, Sort.GONE, NEW.health_areas[0].label, []),
        (edition(criteria=(CRITERION, *NEW.criteria[1:])), Part.CRITERIA, Sort.CHANGED, CRITERION.label, ["Haster"]),
        (edition(phases=NEW.phases[1:]), Part.PHASES, Sort.GONE, NEW.phases[0].label, []),
        (edition(meetings=(MEETING, *NEW.meetings[1:])), Part.MEETINGS, Sort.CHANGED, MEETING.label, ["Saker"]),
        (edition(roles=(*NEW.roles[:-1], ALONE)), Part.ROLES, Sort.CHANGED, ALONE.label, ["Hvem"]),
        (edition(consents=NEW.consents[1:]), Part.CONSENTS, Sort.GONE, str(NEW.consents[0].purpose.label), []),
        (edition(closing_grounds=(*NEW.closing_grounds, GROUND)), Part.GROUNDS, Sort.NEW, GROUND.label, []),
    ],
)
def test_each_thing_that_differs_is_told_by_itself(
    other: Edition, part: Part, sort: Sort, what: str, told: list[str]
) -> None:
    found = [one for one in compare(NEW, other, FOUND) if one.part is part]
    assert [(one.sort, one.what, [item.label for item in one.differences]) for one in found] == [(sort, what, told)]


def test_a_list_tells_only_what_came_and_went() -> None:
    (change,) = compare(NEW, edition(meetings=(MEETING, *NEW.meetings[1:])), FOUND)
    (agenda,) = change.differences
    assert (agenda.before, agenda.after) == (NEW.meetings[0].agenda[0].label, "Noe nytt")


def _back(changes: tuple[Change, ...]) -> list[tuple[Part, Sort]]:
    other = {Sort.NEW: Sort.GONE, Sort.GONE: Sort.NEW, Sort.CHANGED: Sort.CHANGED}
    return sorted((one.part, other[one.sort]) for one in changes)


@given(
    st.lists(st.sampled_from(NEW.criteria), min_size=1, unique=True),
    st.lists(st.sampled_from(NEW.closing_grounds), min_size=1, unique=True),
)
def test_the_way_back_changes_as_much(criteria: list[Criterion], grounds: list[ClosingGround]) -> None:
    other = edition(criteria=tuple(criteria), closing_grounds=tuple(grounds))
    there, back = compare(NEW, other, FOUND), compare(other, NEW, FOUND)
    assert sorted((one.part, one.sort) for one in back) == _back(there)


# --- one case ----------------------------------------------------------------------------------------------------


def told(facts: Facts, *, old: Edition = OLD, new: Edition = NEW, kinds: InformationKind = ALL_KINDS) -> dict[str, str]:
    found = effects(facts, old=old, new=new, on=TODAY, kinds=kinds, service="owner")
    return {one.sort: one.sentence for one in found}


MAPPED = MappingFact("m", HealthArea.MENTAL, "gp", OPENED, None, MappingState.UNDER_WAY, OPENED, "")
CALLED = MeetingFact(
    id="t",
    meeting=MeetingKind.OPPSTARTSMOTE,
    starts_at=datetime(2026, 12, 1, 13, tzinfo=UTC),
    called_on=OPENED,
    held_on=None,
    is_off=False,
    invitations=(),
)
BOTH = tuple(
    replace(MAPPED, id=area, area=area, state=MappingState.CONCLUDED)
    for area in (HealthArea.MENTAL, HealthArea.SUBSTANCE_USE)
)
"""All that could be looked into in 2020, looked into."""
NO_MENTAL = edition(health_areas=tuple(area for area in NEW.health_areas if area.key != HealthArea.MENTAL))
OTHER_CRITERIA = edition(criteria=tuple(one for one in NEW.criteria if one.number != 2))


@pytest.mark.parametrize(
    ("facts", "old", "new", "sorts"),
    [
        (CASE, NEW, NEW, []),
        (STARTED, NEW, edition(title="Et annet navn"), []),
        (CASE, OLD, NEW, [EffectSort.AREAS_NEW, EffectSort.CRITERIA]),
        (STARTED, OLD, NEW, [EffectSort.AREAS_NEW]),
        (replace(STARTED, consents=(GOOD,)), NEW, OLD, []),
        (replace(STARTED, mappings=(MAPPED,)), NEW, NO_MENTAL, [EffectSort.AREAS_GONE]),
        (replace(STARTED, mappings=(replace(MAPPED, state=MappingState.CONCLUDED),)), NEW, NO_MENTAL, []),
        (STARTED, NEW, OTHER_CRITERIA, [EffectSort.STARTED_ON]),
        (CASE, NEW, OTHER_CRITERIA, [EffectSort.CRITERIA]),
        (replace(STARTED, meetings=(CALLED,)), OLD, NEW, [EffectSort.AREAS_NEW, EffectSort.AGENDA]),
        (replace(STARTED, meetings=(replace(CALLED, held_on=TODAY),)), OLD, NEW, [EffectSort.AREAS_NEW]),
    ],
)
def test_what_becomes_different_in_a_case(facts: Facts, old: Edition, new: Edition, sorts: list[EffectSort]) -> None:
    assert list(told(facts, old=old, new=new)) == sorts


def test_a_consent_that_was_never_asked_for_the_new_areas_is_told_of() -> None:
    new = InformationKind.SOMATIC | InformationKind.DENTAL | InformationKind.SEXUAL
    every = replace(GOOD, kinds=new)
    assert EffectSort.CONSENT_LACKS not in told(replace(STARTED, consents=(every,)))
    assert EffectSort.CONSENT_LACKS not in told(STARTED), "none has been given"
    some = told(replace(STARTED, consents=(replace(GOOD, kinds=InformationKind.SOMATIC),)))
    assert "gjelder ikke disse: tannhelseproblemer og seksuelle helseproblemer." in some[EffectSort.CONSENT_LACKS]
    taken_back = replace(every, id="earlier", withdrawn_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert EffectSort.CONSENT_LACKS in told(replace(STARTED, consents=(GOOD, taken_back))), "that one holds no more"


def test_what_comes_is_told_in_the_order_of_the_work() -> None:
    """In the order that the rules give, and not in one that is another each time the program starts."""
    from grunnmur.cases import next_step

    facts = replace(STARTED, consents=(GOOD,), mappings=BOTH)
    waits = [
        next_step.sentence_of(next_step.label(step), who="Dere" if "owner" in step.ball else "En annen tjeneste")
        for step in next_step.open_steps(facts, edition=NEW, on=TODAY)
    ]
    found = effects(facts, old=OLD, new=NEW, on=TODAY, kinds=ALL_KINDS, service="owner")
    new = [one.what for one in found if one.sort is EffectSort.STEP_NEW]
    assert new == [said for said in waits if said in new]


def test_a_step_that_comes_with_the_new_areas_is_told_in_words() -> None:
    facts = replace(STARTED, consents=(GOOD,), mappings=BOTH)
    said = told(facts)
    assert said[EffectSort.STEP_NEW].startswith("Nytt å gjøre: Ta stilling til ")
    assert told(facts, old=NEW, new=OLD)[EffectSort.STEP_GONE].startswith("Ikke lenger noe å gjøre: Ta stilling til ")
    assert EffectSort.STEP_NEW not in told(facts, kinds=InformationKind.COORDINATION), "weighed from what is not seen"


@given(st.dates(date(2026, 11, 3), date(2027, 11, 3)), st.booleans())
def test_what_is_told_is_what_the_rules_say_afterwards(on: date, is_started: bool) -> None:
    """Of each effect that is a step: after the change it waits, and before it did not."""
    from grunnmur.cases import next_step

    facts = replace(STARTED if is_started else CASE, consents=(GOOD,), moved_on=on - timedelta(days=1))
    new = {next_step.label(step) for step in next_step.open_steps(facts, edition=NEW, on=on)}
    old = {next_step.label(step) for step in next_step.open_steps(facts, edition=OLD, on=on)}
    found = effects(facts, old=OLD, new=NEW, on=on, kinds=ALL_KINDS, service="owner")
    assert sum(one.sort is EffectSort.STEP_NEW for one in found) == len(new - old)
    assert sum(one.sort is EffectSort.STEP_GONE for one in found) == len(old - new)
