"""The access rules are whole, or refused with file and line."""

from pathlib import Path

import pytest

from grunnmur.cases import access_rules
from grunnmur.cases.access_rules import FILE, Purpose, purpose_of
from grunnmur.cases.definition_file import DefinitionError
from grunnmur.cases.terms import ALL_KINDS, InformationKind, ParticipationBasis
from grunnmur.directory.kinds import Role

RULES = access_rules.access_rules()
FAULTS = [
    # what is changed, into what, and what is said
    ("key: break_glass\n", "key: broken_glass\n", "hver skal ha nøyaktig én regel: break_glass, broken_glass"),
    ("[protected_address]", "[protected_adress]", "det finnes ikke noe slag som heter «protected_adress»"),
    ("  - roles: [contact_person, leader]", "  - roles: [leader]", "hver skal ha nøyaktig én regel: contact_person"),
    ("  - roles: [contact_person, leader]", "  - roles: [leader, leader, contact_person]", "noe står to ganger"),
    ("    number: 60\n", "", "mangler tallet «break_glass_minutes»"),
    ("    note: Den som skrev, har det også i sin egen journal.\n", "", "«own_material» er ikke offisiell"),
    ("access: limited", "access: some", "«access» er «some», men kan bare være"),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    copy = tmp_path / "access.yaml"
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        access_rules.load(copy)
    assert any(said in str(fault) and fault.line > 1 for fault in refused.value.faults), refused.value


def test_only_what_has_a_number_is_a_number() -> None:
    assert RULES.numbers["break_glass_minutes"] == 60
    assert set(access_rules.NUMBERS) <= set(RULES.numbers)
    assert all(isinstance(number, int) for number in RULES.numbers.values())


def test_a_session_is_opened_for_what_the_role_does() -> None:
    assert {role for role in Role if purpose_of(role) is Purpose.READING_FILES} == {Role.IMPORTER}
    assert RULES.ceiling(Role.CONTACT_PERSON) == ALL_KINDS


@pytest.mark.parametrize("role", Role)
def test_a_role_that_sees_no_child_can_see_no_kind(role: Role) -> None:
    assert (RULES.ceiling(role) == InformationKind(0)) == role.sees_no_child
    assert RULES.ceiling(role) & RULES.purposes[purpose_of(role)] == RULES.ceiling(role)


def test_what_is_most_secret_is_carried_by_few_grounds() -> None:
    carriers = {kind: {basis for basis, kinds in RULES.carries.items() if kinds & kind} for kind in ALL_KINDS}
    assert carriers[InformationKind.PROTECTED_ADDRESS] == {ParticipationBasis.OWNER, ParticipationBasis.APPOINTED}
    assert carriers[InformationKind.REPORTER] == {ParticipationBasis.OWNER}
    assert ParticipationBasis.BREAK_GLASS not in carriers[InformationKind.OWN_WORDS]
    assert frozenset({ParticipationBasis.BREAK_GLASS, ParticipationBasis.PARTY}) & RULES.writes == frozenset()
