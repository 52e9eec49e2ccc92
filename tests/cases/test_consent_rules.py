"""The file of rules: a fault in it is named with its line, and another law is only other data."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from grunnmur.cases import consent
from grunnmur.cases.consent import Carer, ConsentFact, Period, Signature, Situation, good_periods
from grunnmur.cases.consent_rules import FILE, INFORMATION, ChildState, Rules, load
from grunnmur.cases.definition_file import DefinitionError
from grunnmur.cases.terms import CareBasis, ConsentAnswer, ConsentPurpose, InformationKind, SignatoryKind

TEXT = FILE.read_text("utf-8")


def line_of(text: str, words: str) -> int:
    """The line on which `words` stands for the first time, from 1."""
    assert words in text
    return text[: text.index(words)].count("\n") + 1


def changed(old: str, new: str, text: str = TEXT) -> str:
    """The file with one thing in it changed, the first time it stands."""
    assert old in text
    return text.replace(old, new, 1)


def without(key: str) -> str:
    """The file without the entry that has this key."""
    start = TEXT.index(f"  - key: {key}\n")
    end = TEXT.index("\n  - key: ", start + 1) + 1
    return TEXT[:start] + TEXT[end:]


@pytest.fixture
def faults_in(tmp_path):
    def faults(text: str) -> list[str]:
        path = tmp_path / "consent.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(DefinitionError) as caught:
            load(path)
        return str(caught.value).splitlines()

    return faults


def test_the_file_as_it_is_has_no_fault_and_four_rule_sets():
    days = [rule_set.change.from_on for rule_set in load().sets]
    assert days == [date(2023, 1, 1), date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 1)]


def test_a_case_that_no_rule_decides_is_named(faults_in):
    faults = faults_in(without("contact_adult"))
    assert len(faults) == 4 * len(CareBasis) * 3, "each law, each ground of care, each state of the child"
    assert all("contact_health fra 18 år" in fault and "ingen regel avgjør" in fault for fault in faults)


def test_a_case_that_two_rules_decide_is_named_with_both_and_the_line_of_the_second(faults_in):
    overlapping = changed("care: [moving_ban]", "care: [moving_ban, home]")
    (fault, *more) = faults_in(overlapping)
    line = line_of(overlapping, "  - key: contact_child_and_parents_moving_ban")
    assert fault.startswith(f"definitions/consent.yaml:{line}: contact_health fra 0 år, home, able, fra 01.01.2023")
    assert "«contact_child_and_parents» og «contact_child_and_parents_moving_ban» avgjør" in fault
    assert len(more) == 4 * 3 - 1, "each law, and each span of ages under 15"


def test_a_key_stands_only_once(faults_in):
    text = changed("key: contact_adult", "key: contact_child_alone")
    (fault,) = faults_in(text)
    second = text.index("key: contact_child_alone") + 1
    line = text[:second].count("\n") + line_of(text[second:], "key: contact_child_alone")
    assert fault == f"definitions/consent.yaml:{line}: «contact_child_alone» står to ganger"


def test_what_is_not_official_must_say_why(faults_in):
    text = changed("    note: Regelen er vedtatt, men ikke satt i kraft. Ingen regel i kraft er funnet.\n", "")
    (fault,) = faults_in(text)
    line = line_of(text, "  - key: mapping_parents")
    assert fault == f"definitions/consent.yaml:{line}: «mapping_parents» er ikke offisiell og trenger en merknad (note)"


def test_a_reading_the_program_rests_on_cannot_be_removed(faults_in):
    (fault,) = faults_in(without("disagreement"))
    assert fault.endswith("mangler «disagreement»")


@pytest.mark.parametrize("day", ["2025-06-01", "2026-01-01"])
def test_rule_sets_stand_in_order(faults_in, day):
    text = changed("from_on: 2026-06-01", f"from_on: {day}")
    (fault,) = faults_in(text)
    line = line_of(text.replace("from_on: 2026-01-01", "…", 1), f"from_on: {day}")
    assert fault == f"definitions/consent.yaml:{line}: regelsettene skal stå i rekkefølge etter dato"


def test_who_decides_for_a_16_year_old_without_competence_is_asked_of_every_file():
    for rule_set in load().sets:
        asked = {age for _question, age, _care, state in rule_set.cases() if state is ChildState.LACKS_COMPETENCE}
        assert min(asked) == rule_set.years("health") == 16


@pytest.mark.parametrize("field", ["from_on", "until_on"])
def test_a_rule_changes_only_when_the_law_does(faults_in, field):
    entry = TEXT[TEXT.index("  - key: told_child_welfare\n") :]
    old = next(line for line in entry.splitlines() if line.startswith(f"    {field}:"))
    (fault,) = faults_in(TEXT.replace(entry, changed(old, f"    {field}: 2024-02-29", entry)))
    assert fault.endswith("29.02.2024 er ikke en dato i «rule_sets»")


def test_an_age_is_set_once_at_any_time(faults_in):
    faults = faults_in(changed("name: party", "name: pathway"))
    days = ("01.01.2023", "01.01.2026", "01.06.2026", "01.07.2026")
    expected = {f"«{name}» skal ha nøyaktig én aldersgrense {on}" for name in ("pathway", "party") for on in days}
    assert {fault.split(": ", 1)[1] for fault in faults} == expected, "the one is set twice, the other not at all"


def test_what_the_file_cannot_hold_is_refused_with_its_line(faults_in):
    text = changed("who: [[child, parents]]", "who: [[child, neighbours]]")
    (fault,) = faults_in(text)
    assert fault.startswith(f"definitions/consent.yaml:{line_of(text, 'neighbours')}: ")


def with_an_age_of_12(path: Path, name: str) -> Rules:
    """The rules if a law lowered an age to 12 from 2027: one end date and one new entry in the file."""
    new_set = (
        "  - {from_on: 2027-01-01, law: En ny lov, changed: Fra 12 år., url: https://lovdata.no, "
        "competence_word: beslutningskompetanse}\n\nages:\n"
        f"  - {{name: {name}, key: age_{name}_12, years: 12, says: Fra 12 år., paragraph: § 1, source: bvl, "
        "official: true, from_on: 2027-01-01}\n"
    )
    text = changed("\nages:\n", new_set)
    entry = text[text.index(f"    key: age_{name}\n") :]
    start = "    from_on: 2023-01-01\n"
    path.write_text(text.replace(entry, changed(start, f"{start}    until_on: 2027-01-01\n", entry)), "utf-8")
    return load(path)


def test_a_lower_party_age_is_only_data(tmp_path):
    """The majority for 12 that was reported."""
    rules = with_an_age_of_12(tmp_path / "consent.yaml", "party")
    before, after = rules.on(date(2026, 12, 31)), rules.on(date(2027, 1, 1))
    assert (before.years("party"), after.years("party")) == (15, 12)
    assert (before.years("pathway"), after.years("pathway")) == (15, 15), "the pathway's own age does not follow"


def test_a_change_of_law_in_the_middle_of_a_consent_is_seen(tmp_path, monkeypatch):
    """A child of 13 said yes and its mother no: with an age of 12 the consent begins to hold the day the law does."""
    monkeypatch.setattr(consent, "rules", lambda: with_an_age_of_12(tmp_path / "consent.yaml", "pathway"))
    life = Situation(
        born_on=date(2013, 6, 1), carers=(Carer("mother", SignatoryKind.PARENT, (Period(date(2013, 6, 1)),)),), care=()
    )
    fact = ConsentFact(
        id="1",
        purpose=ConsentPurpose.CONTACT_HEALTH,
        recipient="gp",
        kinds=InformationKind.SOMATIC,
        signatures=(
            Signature("child", ConsentAnswer.YES, date(2026, 11, 22)),
            Signature("mother", ConsentAnswer.NO, date(2026, 11, 22)),
        ),
        valid_from=date(2026, 11, 22),
        valid_until=date(2027, 5, 1),
    )
    assert good_periods(fact=fact, situation=life) == (Period(date(2027, 1, 1), date(2027, 5, 1)),)


def test_every_source_is_known():
    sources = yaml.safe_load((Path(FILE).parent / "sources.yaml").read_text("utf-8"))["sources"]
    known = {source["key"]: source["kind"] for source in sources}
    for entry in load().by_key.values():
        if not entry.source.startswith("https://lovdata.no/"):
            assert entry.source in known, entry.key
            assert not (entry.official and known[entry.source] == "own"), entry.key


def test_every_purpose_and_the_question_of_information_is_decided():
    asked = {question for rule_set in load().sets for rule in rule_set.rules if rule.who for question in rule.about}
    assert asked == {*ConsentPurpose, INFORMATION}
