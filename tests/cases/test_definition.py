"""The definitions load, say what the sources say, and are refused with file and line when they are wrong."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from grunnmur.cases import deadlines
from grunnmur.cases.definition import DEFINITIONS, DefinitionError, Definitions, definitions, load
from grunnmur.cases.definition_checks import walk
from grunnmur.cases.definition_file import read
from grunnmur.cases.definition_shapes import (
    Citation,
    DeadlineFile,
    Edition,
    InstrumentFile,
    KnowledgeModel,
    SourceFile,
    StartingPoint,
    TargetGroup,
    TaskSetFile,
)
from grunnmur.cases.terms import ChildWelfarePosition, HealthArea, Informant, MeetingKind
from grunnmur.working_days import is_working_day

FOUND = load(DEFINITIONS)
SHAPES: dict[str, type[BaseModel]] = {
    "sources.yaml": SourceFile,
    "deadlines.yaml": DeadlineFile,
    "knowledge_model.yaml": KnowledgeModel,
    "target_group.yaml": TargetGroup,
    "instruments.yaml": InstrumentFile,
    "task_sets.yaml": TaskSetFile,
    "pathway/2020.yaml": Edition,
    "pathway/2023.yaml": Edition,
}
SSB = Path(__file__).resolve().parents[3] / "shared" / "ssb" / "Kodelister.md"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The definitions, to be spoiled."""
    return Path(shutil.copytree(DEFINITIONS, tmp_path / "definitions"))


def _parsed(name: str) -> BaseModel:
    return read(DEFINITIONS / name, name).parse(SHAPES[name])


# --- what the editions say -----------------------------------------------------------------------------------

CRITERIA_2023 = {
    "C1_ACUTE_SYMPTOMS": (
        "Akutte symptomer på alvorlige lidelser/vansker/traumer det haster å undersøke, utrede og/eller behandle."
    ),
    "C2_CHILD_OR_PARENT_WANTS_HELP": (
        "Barnet og / eller foreldrene ønsker hjelp fra helsetjenesten for fysiske helseplager, psykiske vansker, "
        "rusmiddelproblemer, tann- og munnhelseplager og / eller seksuelle helseproblemer."
    ),
    "C3_SERVICE_SEES_NEED": (
        "Barnevernstjenesten vurderer at det er behov for at helsetjenesten kartlegger barnets behov for helsehjelp."
    ),
    "C4_CONCERN_FROM_HEALTH_SERVICE": (
        "Når bekymringsmeldingen til barnevernstjenesten kommer fra helsetjenesten og meldingen er knyttet til "
        "barnets helsesituasjon."
    ),
    "C5_CONCERN_ABOUT_HEALTH": "Når bekymringsmeldingen omhandler barnets helse.",
    "C6_RECOMMENDED_BY_INTERDISCIPLINARY_MAPPING": (
        "Rapport fra tverrfaglig helsekartlegging anbefaler henvisning eller henvendelse til helsetjenesten."
    ),
    "C7_MISSED_CONSULTATIONS": (
        "Når barnet har uteblitt fra konsultasjoner ved helsestasjons- og skolehelsetjenesten eller tannhelsetjenesten."
    ),
}


def test_the_seven_criteria_of_2023_have_their_exact_labels_in_order() -> None:
    assert {item.key: item.label for item in FOUND.edition("2023").criteria} == CRITERIA_2023
    assert [item.key for item in FOUND.edition("2023").criteria] == list(CRITERIA_2023)


@pytest.mark.parametrize("key", ["2020", "2023"])
def test_only_the_first_criterion_is_acute(key: str) -> None:
    assert [item.key for item in FOUND.edition(key).criteria if item.acute] == ["C1_ACUTE_SYMPTOMS"]


def test_2023_has_the_five_health_areas() -> None:
    assert {item.key for item in FOUND.edition("2023").health_areas} == set(HealthArea)


def test_2020_has_four_criteria_in_our_own_words_and_two_areas() -> None:
    edition = FOUND.edition("2020")
    assert [item.key for item in edition.criteria] == [
        "C2_CHILD_OR_PARENT_WANTS_HELP",
        "C1_ACUTE_SYMPTOMS",
        "C3_SERVICE_SEES_NEED",
        "C4_CONCERN_FROM_HEALTH_SERVICE",
    ]
    assert all(item.source.paraphrase and item.source.official for item in edition.criteria)
    assert {item.key for item in edition.health_areas} == {HealthArea.MENTAL, HealthArea.SUBSTANCE_USE}


def test_2023_has_the_phases_and_activities_of_the_directorates_figure() -> None:
    assert [
        (phase.number, [activity.key for activity in phase.activities]) for phase in FOUND.edition("2023").phases
    ] == [
        (0, ["initiativ"]),
        (1, ["grunnlag_for_vurdering", "involvering_og_samtykke", "vurdering", "start", "avklaringsmote"]),
        (2, ["oppstartsmote", "plan_for_samarbeidet"]),
        (3, ["kartlegging", "henvisning"]),
        (4, ["statusmote"]),
        (5, ["avslutning"]),
    ]


def test_2020_has_no_phase_for_bufetat() -> None:
    assert [phase.number for phase in FOUND.edition("2020").phases] == [1, 2, 3, 4, 5]


def test_mapping_may_start_before_the_startup_meeting_as_anna_did() -> None:
    assert "oppstartsmote" in FOUND.edition("2023").activity("kartlegging").may_start_before


def test_mapping_before_referral_is_the_main_rule_and_not_a_lock() -> None:
    referral = FOUND.edition("2023").activity("henvisning")
    assert referral.normally_after == ("kartlegging",)
    assert "kartlegging" in referral.may_start_before


@pytest.mark.parametrize("key", ["2020", "2023"])
def test_child_welfare_calls_every_meeting_and_invites_child_and_parents(key: str) -> None:
    meetings = FOUND.edition(key).meetings
    assert {meeting.key for meeting in meetings} == set(MeetingKind)
    assert {meeting.called_by for meeting in meetings} == {"barnevernstjenesten"}
    assert all({"barnet", "foreldre"} <= set(meeting.invited) for meeting in meetings)


def test_two_closing_grounds_are_official_and_the_rest_the_municipalitys_own() -> None:
    grounds = FOUND.edition("2023").closing_grounds
    assert [item.key for item in grounds if item.source.official] == ["no_further_need", "agreed_with_health"]
    assert {"family_moved", "consent_withdrawn"} <= {item.key for item in grounds if not item.source.official}


@pytest.mark.parametrize(
    ("on", "key"),
    [
        (date(2020, 8, 24), "2020"),
        (date(2023, 2, 15), "2020"),
        (date(2023, 2, 16), "2023"),
        (date(2026, 11, 22), "2023"),
    ],
)
def test_the_edition_in_force_on_a_day(on: date, key: str) -> None:
    assert FOUND.edition_in_force(on).key == key


def test_a_new_edition_is_loaded_beside_those_that_cases_follow(copy: Path) -> None:
    before = load(copy)
    text = (copy / E23).read_text(encoding="utf-8")
    later = text.replace('key: "2023"', 'key: "2027"').replace("in_force_from: 2023-02-16", "in_force_from: 2027-01-01")
    (copy / "pathway" / "2027.yaml").write_text(later, encoding="utf-8")
    after = load(copy)
    assert {key: seal for key, seal in _seals(after).items() if key != "2027"} == _seals(before)
    on = [date(2026, 12, 31), date(2027, 1, 1), date(2031, 6, 1)]
    assert [after.edition_in_force(day).key for day in on] == ["2023", "2027", "2027"]


def test_no_edition_was_in_force_before_the_first() -> None:
    with pytest.raises(LookupError, match=r"23\.08\.2020"):
        FOUND.edition_in_force(date(2020, 8, 23))


def test_the_newest_words_for_a_criterion_are_used_across_editions() -> None:
    assert {item.key: item.label for item in FOUND.criteria} == CRITERIA_2023


def test_things_are_found_by_key() -> None:
    edition = FOUND.edition("2023")
    assert edition.phase_of("henvisning").number == 3
    assert edition.meeting("statusmote").repeats
    assert edition.criterion("C7_MISSED_CONSULTATIONS").number == 7
    assert edition.closing_ground("family_moved").key == "family_moved"
    assert edition.role("foreldre").person == "parent"
    assert FOUND.source("pbrl").title == "Pasient- og brukerrettighetsloven"


def test_a_key_that_is_not_there_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="C8_NEW"):
        FOUND.edition("2023").criterion("C8_NEW")


def test_definitions_are_read_once_and_cannot_be_changed() -> None:
    assert definitions() is definitions()
    with pytest.raises(ValidationError):
        definitions().edition("2023").title = "noe annet"


def test_the_consent_ages_are_those_of_the_dated_rules() -> None:
    rules = yaml.safe_load((DEFINITIONS / "consent.yaml").read_text(encoding="utf-8"))
    ages = {age["name"]: age["years"] for age in rules["ages"]}
    consents = {str(item.purpose): item.alone_from for item in FOUND.edition("2023").consents}
    assert consents["contact_health"] == ages["pathway"] == 15
    assert consents["receive_health_care"] == consents["release_health_info"] == ages["health"] == 16


# --- sources ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_everything_has_a_source_of_its_own_or_that_of_the_group_it_stands_in(name: str) -> None:
    things = list(walk(_parsed(name)))
    sourced = [place for place, thing in things if "source" in type(thing).model_fields]
    assert sourced or name == "sources.yaml"
    for place, thing in things:
        if "label" in type(thing).model_fields and not isinstance(thing, StartingPoint):
            assert any(place[: len(group)] == group and group for group in sourced), place


def test_nothing_is_official_on_the_municipalitys_own_word() -> None:
    citations = [thing for name in SHAPES for _, thing in walk(_parsed(name)) if isinstance(thing, Citation)]
    assert {item.official for item in citations if item.key == "EGEN"} == {False}


def test_every_source_of_the_consent_rules_is_in_the_list_or_is_an_address() -> None:
    rules = yaml.safe_load((DEFINITIONS / "consent.yaml").read_text(encoding="utf-8"))
    cited = {rule["source"] for part in ("ages", "rules", "readings") for rule in rules[part]}
    assert {key for key in cited if not key.startswith("https://")} <= {source.key for source in FOUND.sources}


# --- deadlines -------------------------------------------------------------------------------------------------

STATUTORY = {
    "review_note_of_concern": (1, "weeks", "bvl § 2-1"),
    "confirm_receipt_to_reporter": (3, "weeks", "bvl § 13-3"),
    "finish_investigation": (3, "months", "bvl § 2-2"),
    "finish_extended_investigation": (6, "months", "bvl § 2-2"),
    "feedback_to_public_reporter": (3, "weeks", "bvl § 13-3"),
    "new_investigation_after_dismissal": (6, "months", "bvl § 2-5"),
    "make_institution_plan": (4, "weeks", "oppfølgingsforskriften § 6"),
    "visit_in_institution": (1, "weeks", "oppfølgingsforskriften § 7"),
    "transition_meeting": (3, "months", "oppfølgingsforskriften § 7"),
    "assess_referral": (10, "working_days", "pbrl § 2-2 a"),
    "start_of_care": (65, "working_days", "prioriteringsforskriften § 4a"),
    "contact_helfo": (0, "days", "pbrl § 2-2 b"),
    "complain": (4, "weeks", "pbrl § 7-5"),
    "send_discharge_summary": (0, "days", "hpl § 26"),
}


def test_the_official_deadlines_are_exactly_the_statutory_ones() -> None:
    official = {item.key: (item.amount, item.unit, item.paragraph) for item in FOUND.deadlines if item.official}
    assert official == STATUTORY


@pytest.mark.parametrize(
    ("key", "amount", "unit"),
    [
        ("assess_criteria", 6, "weeks"),
        ("hold_oppstartsmote", 3, "weeks"),
        ("answer_initiative", 1, "weeks"),
        ("nothing_moves", 30, "days"),
    ],
)
def test_the_municipalitys_own_deadlines_are_never_official(key: str, amount: int, unit: str) -> None:
    deadline = FOUND.deadline(key)
    assert (deadline.amount, deadline.unit, deadline.official, deadline.paragraph) == (amount, unit, False, None)


def test_the_six_weeks_for_the_assessment_name_the_draft_they_come_from() -> None:
    source = FOUND.deadline("assess_criteria").source
    assert source.key == "D2"
    assert "2019" in str(source.note)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("assess_referral", "10 virkedager fra mottatt henvisning (pbrl § 2-2 a)"),
        ("review_note_of_concern", "1 uke fra mottatt bekymringsmelding (bvl § 2-1)"),
        ("transition_meeting", "3 måneder før planlagt utflytting (oppfølgingsforskriften § 7)"),
        ("contact_helfo", "straks ved fristbrudd (pbrl § 2-2 b)"),
        ("nothing_moves", "30 dager fra siste hendelse i saken (kommunens egen frist)"),
        ("hold_oppstartsmote", "3 uker fra start av forløpet (kommunens egen frist)"),
    ],
)
def test_a_deadline_in_words(key: str, text: str) -> None:
    assert FOUND.deadline(key).text() == text


DAY = date(2026, 1, 30)


@pytest.mark.parametrize(
    ("key", "counted"),
    [
        ("review_note_of_concern", deadlines.note_of_concern_review_due(DAY)),
        ("confirm_receipt_to_reporter", deadlines.note_of_concern_answer_due(DAY)),
        ("feedback_to_public_reporter", deadlines.investigation_answer_due(DAY)),
        ("new_investigation_after_dismissal", deadlines.new_investigation_latest(DAY)),
        ("assess_referral", deadlines.referral_assessment_due(DAY)),
        ("complain", deadlines.complaint_due(DAY)),
        ("make_institution_plan", deadlines.institution_plan_due(DAY)),
        ("visit_in_institution", deadlines.institution_visit_due(DAY)),
        ("transition_meeting", deadlines.transition_meeting_latest(DAY)),
    ],
)
def test_the_statutory_deadlines_counted_in_the_program_are_those_defined(key: str, counted: date) -> None:
    deadline = FOUND.deadline(key)
    amount = -deadline.amount if deadline.direction == "before" else deadline.amount
    assert deadlines.due(amount=amount, unit=deadline.unit, counted_from=DAY) == counted


@pytest.mark.parametrize(
    ("key", "extended"), [("finish_investigation", False), ("finish_extended_investigation", True)]
)
def test_the_investigation_is_counted_as_defined(key: str, extended: bool) -> None:
    deadline = FOUND.deadline(key)
    start = deadlines.note_of_concern_review_due(DAY)
    assert deadline.counted_from.key == "note_review_due"
    expected = deadlines.investigation_due(DAY, extended=extended)
    assert deadlines.due(amount=deadline.amount, unit=deadline.unit, counted_from=start) == expected


def test_working_days_are_a_setting_and_the_programs_counting_agrees_with_it() -> None:
    days = FOUND.working_days
    assert not days.source.official
    assert is_working_day(date(2026, 11, 21)) is days.saturday
    assert is_working_day(date(2026, 11, 22)) is days.sunday
    assert is_working_day(date(2026, 5, 14)) is days.public_holiday
    assert is_working_day(date(2026, 12, 24)) is days.christmas_eve
    assert is_working_day(date(2026, 12, 31)) is days.new_years_eve


def test_foster_homes_are_visited_at_least_four_times_a_year() -> None:
    (visits,) = FOUND.frequencies
    assert (visits.at_least, visits.per, visits.paragraph) == (4, "year", "fosterhjemsforskriften § 10")


# --- target group and knowledge model -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "editions"),
    [
        ("investigation", {"2020", "2023"}),
        ("measures_at_home", {"2020", "2023"}),
        ("foster_home", {"2020", "2023"}),
        ("institution", {"2020", "2023"}),
        ("other_placement", {"2020", "2023"}),
        ("aftercare", {"2020"}),
        ("note_only", set()),
        ("none", set()),
    ],
)
def test_who_is_in_the_target_group(position: str, editions: set[str]) -> None:
    assert {key for key in ("2020", "2023") if FOUND.target_group.includes(position, key)} == editions


def test_every_position_has_a_rule() -> None:
    assert {rule.key for rule in FOUND.target_group.positions} == set(ChildWelfarePosition)


@pytest.mark.parametrize(
    ("code_list", "code", "on", "criterion"),
    [
        ("reporter", "10", date(2026, 1, 1), "C4_CONCERN_FROM_HEALTH_SERVICE"),
        ("reporter", "15", date(2024, 12, 31), "C4_CONCERN_FROM_HEALTH_SERVICE"),
        ("reporter", "15", date(2025, 1, 1), None),
        ("reporter", "24", date(2024, 12, 31), None),
        ("reporter", "24", date(2025, 1, 1), "C4_CONCERN_FROM_HEALTH_SERVICE"),
        ("reporter", "11", date(2026, 1, 1), None),
        ("topic", "14", date(2025, 12, 31), "C5_CONCERN_ABOUT_HEALTH"),
        ("topic", "14", date(2026, 1, 1), None),
        ("topic", "28", date(2021, 12, 31), None),
        ("topic", "1.1.02", date(2025, 12, 31), None),
        ("topic", "1.1.02", date(2026, 1, 1), "C5_CONCERN_ABOUT_HEALTH"),
        ("topic", "1.3.10", date(2026, 6, 1), "C5_CONCERN_ABOUT_HEALTH"),
        ("topic", "10", date(2025, 1, 1), None),
    ],
)
def test_what_a_code_of_the_national_file_points_to(code_list: str, code: str, on: date, criterion: str | None) -> None:
    assert FOUND.target_group.criterion_for(code_list, code, on) == criterion


def _official_codes(heading: str) -> dict[str, tuple[str, date, date | None]]:
    """One of Statistics Norway's code lists: code → meaning, first day, last day."""
    part = SSB.read_text(encoding="utf-8").split(f"\n#### {heading}\n")[1].split("\n#### ")[0]
    codes = {}
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if re.fullmatch(r"[\d.]+", cells[0]):
            meaning = re.sub(r"\s*<br/?>\s*", " ", cells[1])
            codes[cells[0]] = (
                meaning,
                date.fromisoformat(cells[2]),
                date.fromisoformat(cells[3]) if cells[3] else None,
            )
    return codes


SLIPS = {
    "3.2.02": "Fattigdom",
    "3.3.04": "Minoritetsspråklige familier",
    "1.3.11": "Barn som begår straffbare handlinger",
}
"""Where the official list has a slip of the pen, and what we write."""


def test_the_knowledge_model_is_statistics_norways_list() -> None:
    official = {code: row for code, row in _official_codes("Saksinnhold").items() if "." in code}
    ours = {c.code: (c.label, c.valid_from, c.valid_until) for c in FOUND.knowledge_model.factors(date(2026, 1, 1))}
    assert ours == {code: (SLIPS.get(code, row[0]), *row[1:]) for code, row in official.items()}


@pytest.mark.parametrize(("code_list", "heading"), [("reporter", "Melder"), ("topic", "Saksinnhold")])
def test_the_codes_that_point_to_a_criterion_are_official_codes(code_list: str, heading: str) -> None:
    official = _official_codes(heading)
    codes = [code for item in FOUND.target_group.pointers if item.code_list == code_list for code in item.codes]
    assert codes
    for code in codes:
        assert (code.label, code.valid_from, code.valid_until) == official[code.code]


def test_no_code_of_the_knowledge_model_was_valid_in_2025() -> None:
    assert FOUND.knowledge_model.factors(date(2025, 12, 31)) == ()


def test_there_are_signs_of_worry_to_choose_from() -> None:
    assert {"selvskading", "trekker_seg_tilbake", "hodepine_eller_magevondt"} <= {
        sign.key for sign in FOUND.knowledge_model.signs
    }


# --- what is wrong is said with file and line ----------------------------------------------------------------------

E23 = "pathway/2023.yaml"
BROKEN = {
    "unknown deadline": (
        E23,
        "deadline: hold_oppstartsmote\n",
        "deadline: hold_oppstart\n",
        "fristen «hold_oppstart» finnes ikke",
    ),
    "unknown role": (
        E23,
        "called_by: barnevernstjenesten",
        "called_by: barnevernet",
        "rollen «barnevernet» finnes ikke",
    ),
    "unknown activity": (
        E23,
        "normally_after: [kartlegging]",
        "normally_after: [utredning]",
        "aktiviteten «utredning» finnes ikke",
    ),
    "unknown source": (
        E23,
        "{key: BI, place: målet",
        "{key: BX, place: målet",
        "kilden «BX» finnes ikke i sources.yaml",
    ),
    "official on own word": (
        E23,
        "place: hva planen inneholder, official: false",
        "place: hva planen inneholder, official: true",
        "kilden «EGEN» kan ikke gjøre noe offisielt",
    ),
    "misspelt field": (E23, "number: 5\n", "nummer: 5\n", "kjenner ikke «nummer» her"),
    "gap in phases": (
        E23,
        "number: 5\n    key: avslutning",
        "number: 6\n    key: avslutning",
        "fasene skal være nummerert",
    ),
    "gap in criteria": (E23, "number: 7\n", "number: 8\n", "kriteriene skal være nummerert"),
    "activity twice": (E23, "- key: kartlegging\n", "- key: oppstartsmote\n", "«oppstartsmote» står to ganger"),
    "criterion twice": (
        E23,
        "C7_MISSED_CONSULTATIONS",
        "C5_CONCERN_ABOUT_HEALTH",
        "«C5_CONCERN_ABOUT_HEALTH» står to ganger",
    ),
    "waits for something later": (
        E23,
        "may_start_before: [oppstartsmote]",
        "may_start_before: [statusmote]",
        "«statusmote» kommer ikke før «plan_for_samarbeidet»",
    ),
    "bad criterion key": (E23, "key: C3_SERVICE_SEES_NEED", "key: sees_need", "«key» har feil form: «sees_need»"),
    "bad health area": (E23, "{key: sexual,", "{key: hearing,", "«key» er «hearing», men kan bare være"),
    "day that is not": (E23, "in_force_from: 2023-02-16", "in_force_from: 2023-02-30", "er ikke en dato som finnes"),
    "number for a day": (E23, "in_force_from: 2023-02-16", "in_force_from: 2023", "«in_force_from» skal være en dato"),
    "number for a field": (E23, "key: statusmote\n    label", "7: statusmote\n    label", "Keys should be strings"),
    "ends before it begins": (
        "pathway/2020.yaml",
        "in_force_until: 2023-02-15",
        "in_force_until: 2019-02-15",
        "utgaven slutter å gjelde før den begynner",
    ),
    "overlap": (E23, "in_force_from: 2023-02-16", "in_force_from: 2023-02-15", "utgaven «2020» gjelder også da"),
    "newer by its name, older by its day": (
        E23,
        "in_force_from: 2023-02-16",
        "in_force_from: 2019-02-16",
        "utgaven «2020» begynner å gjelde senere",
    ),
    "wrong file": (E23, 'key: "2023"', 'key: "2024"', "må stå i en fil som heter 2024.yaml"),
    "empty label": (E23, "label: Statusmøte\n    source", 'label: ""\n    source', "«label» er tom"),
    "number for text": (E23, "label: Vurdering\n", "label: 5\n", "«label» skal være tekst"),
    "no list": (E23, "invited: [barnevernstjenesten]", "invited: barnevernstjenesten", "«invited» skal være en liste"),
    "nobody responsible": (
        E23,
        "responsible: [institusjon_eller_fosterhjem]",
        "responsible: []",
        "«responsible» skal ha minst 1",
    ),
    "field twice": (
        E23,
        "on_need: true\n        produces:\n          - label: Ønske",
        "on_need: true\n        on_need: true\n        produces:\n          - label: Ønske",
        "«on_need» står to ganger",
    ),
    "not YAML": (E23, "roles:\n", "roles: [\n", "kan ikke leses"),
    "a tab's cousin": (E23, "label: Foreldre\n", "label: For\x07eldre\n", "kan ikke leses"),
    "not an address": ("sources.yaml", "https://www.bufdir.no/fag", "www.bufdir.no/fag", "«url» har feil form"),
    "source twice": ("sources.yaml", "- key: HD6", "- key: HD3", "«HD3» står to ganger"),
    "official without paragraph": (
        "deadlines.yaml",
        "    paragraph: pbrl § 7-5\n",
        "",
        "en offisiell frist må ha «paragraph»",
    ),
    "own with paragraph": (
        "deadlines.yaml",
        "    label: Skrive referat\n",
        "    label: Skrive referat\n    paragraph: bvl § 1-1\n",
        "kommunens egen frist kan ikke ha «paragraph»",
    ),
    "deadline by a web page": (
        "deadlines.yaml",
        "source: {key: pbrl, place: § 7-5",
        "source: {key: HN, place: § 7-5",
        "en offisiell frist må ha en lov eller forskrift som kilde",
    ),
    "negative": ("deadlines.yaml", "amount: 65", "amount: -65", "«amount» kan ikke være mindre enn 0"),
    "half a day": ("deadlines.yaml", "amount: 65", "amount: 6.5", "«amount» skal være et helt tall"),
    "unknown unit": (
        "deadlines.yaml",
        "amount: 30\n    unit: days\n    counted",
        "amount: 30\n    unit: years\n    counted",
        "kan bare være",
    ),
    "maybe": ("deadlines.yaml", "saturday: false", "saturday: kanskje", "«saturday» skal være true eller false"),
    "no fields": (
        "deadlines.yaml",
        "counted_from: {key: discharged, label: utskriving}",
        "counted_from: utskriving",
        "skal ha felt under seg",
    ),
    "two names for one day": (
        "deadlines.yaml",
        "{key: oppstartsmote_held, label: oppstartsmøtet}",
        "{key: meeting_held, label: oppstartsmøtet}",
        "«meeting_held» heter «oppstartsmøtet» et annet sted",
    ),
    "code in wrong place": ("knowledge_model.yaml", '"1.4.03"', '"1.5.03"', "«1.5.03» hører ikke under «1.4»"),
    "topic in wrong place": ("knowledge_model.yaml", 'key: "3.2"', 'key: "2.9"', "«2.9» hører ikke under «3»"),
    "code twice": ("knowledge_model.yaml", '"1.4.03"', '"1.4.02"', "«1.4.02» står to ganger"),
    "sign twice": ("knowledge_model.yaml", "key: mobbet", "key: trist", "«trist» står to ganger"),
    "code ends before it begins": (
        "target_group.yaml",
        "valid_from: 2013-01-01, valid_until: 2024-12-31",
        "valid_from: 2025-01-01, valid_until: 2024-12-31",
        "koden «15» slutter å gjelde før den begynner",
    ),
    "unknown edition": ("target_group.yaml", 'edition: "2023"', 'edition: "2030"', "utgaven «2030» finnes ikke"),
    "unknown criterion": (
        "target_group.yaml",
        "criterion: C5_CONCERN_ABOUT_HEALTH",
        "criterion: C9_OTHER",
        "kriteriet «C9_OTHER» finnes ikke",
    ),
    "an age that ends before it begins": (
        "instruments.yaml",
        "ages: {first: 11, last: 16, unit: years}",
        "ages: {first: 11, last: 6, unit: years}",
        "alderen slutter før den begynner",
    ),
    "instrument twice": ("instruments.yaml", "key: ysr", "key: trf", "«trf» står to ganger"),
    "unknown area": ("instruments.yaml", "areas: [substance_use]", "areas: [smoking]", "men kan bare være"),
    "task set twice": ("task_sets.yaml", "key: before_closing", "key: after_startup", "«after_startup» står to ganger"),
    "a task of nobody that is known": ("task_sets.yaml", "service: gp", "service: postman", "men kan bare være"),
    "a task with days gone": ("task_sets.yaml", "days: 3\n", "days: -3\n", "«days» kan ikke være mindre enn 0"),
    "a task that no source names": ("task_sets.yaml", "source: {key: HN", "source: {key: HX", "«HX» finnes ikke i"),
    "position left out": ("target_group.yaml", "  - key: none\n", "  - key: note_only\n", "mangler stillingen «none»"),
}
ELSEWHERE = {
    # where the line is not that of the first changed character
    "gap in phases": "phases:",
    "gap in criteria": "criteria:",
    "field twice": "on_need: true\n        produces:\n          - label: Ønske",
    "misspelt field": "nummer: 5",
    "not YAML": "- key: barnet\n",
    "official without paragraph": "- key: complain",
    "own with paragraph": "- key: write_minutes",
    "two names for one day": "counted_from: {key: meeting_held, label: møtet}",
    "code ends before it begins": "valid_from: 2025-01-01, valid_until: 2024-12-31",
    "position left out": "positions:",
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_said_with_file_and_line(case: str, copy: Path) -> None:
    name, old, new, message = BROKEN[case]
    file = copy / name
    before = file.read_text(encoding="utf-8")
    assert old in before, "the case no longer fits the file"
    at = before.index(old)
    after = before.replace(old, new, 1)
    file.write_text(after, encoding="utf-8")
    if case in ELSEWHERE:
        at = after.index(ELSEWHERE[case])
    elif new:
        at += sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    line = after[:at].count("\n") + 1
    with pytest.raises(DefinitionError) as error:
        load(copy)
    lines = str(error.value).splitlines()
    assert any(re.match(rf"definitions/{re.escape(name)}:{line}: .*{re.escape(message)}", said) for said in lines), (
        f"expected line {line} with «{message}», got:\n{error.value}"
    )


def test_every_fault_is_told_at_once_across_files(copy: Path) -> None:
    for name, old, new in ((E23, "number: 7\n", ""), ("sources.yaml", "kind: own", "kind: rumour")):
        file = copy / name
        file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        load(copy)
    assert [fault.file for fault in error.value.faults] == ["definitions/pathway/2023.yaml", "definitions/sources.yaml"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda path: (path / "sources.yaml").unlink(),
            "definitions/sources.yaml:1: kan ikke leses: filen finnes ikke",
        ),
        (
            lambda path: (path / "sources.yaml").write_bytes(b"# bare en merknad\n"),
            "definitions/sources.yaml:1: kan ikke leses: filen er tom",
        ),
        (
            lambda path: (path / "sources.yaml").write_bytes(b"a: 1\nb: \xe6\n"),
            "definitions/sources.yaml:2: kan ikke leses: et tegn som ikke er UTF-8",
        ),
        (
            lambda path: (path / "sources.yaml").write_bytes(b"? [a, b]\n: 1\n"),
            "definitions/sources.yaml:1: kan ikke leses",
        ),
        (
            lambda path: (path / "sources.yaml").write_bytes(b"- 1\n"),
            "definitions/sources.yaml:1: «filen» skal ha felt under seg",
        ),
        (lambda path: shutil.rmtree(path / "pathway"), "definitions/pathway:1: det finnes ingen utgave"),
    ],
    ids=["missing", "only a comment", "not UTF-8", "a list as key", "a list", "no edition"],
)
def test_a_file_that_cannot_be_read_is_said(spoil: Callable[[Path], object], said: str, copy: Path) -> None:
    spoil(copy)
    with pytest.raises(DefinitionError) as error:
        load(copy)
    assert said in str(error.value)


REQUIRED = [
    (name, (*place, field))
    for name in SHAPES
    for place, thing in walk(_parsed(name))
    for field, info in type(thing).model_fields.items()
    if info.is_required()
]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(REQUIRED))
def test_a_required_key_that_is_removed_is_refused_with_a_line(case: tuple[str, tuple[int | str, ...]]) -> None:
    name, place = case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copytree(DEFINITIONS, Path(folder) / "definitions"))
        root = yaml.compose((path / name).read_text(encoding="utf-8"), yaml.CSafeLoader)
        parent = list(_way(root, place[:-1]))[-1][1]
        parent.value = [pair for pair in parent.value if pair[0].value != place[-1]]
        text = yaml.serialize(root, Dumper=yaml.CSafeDumper, allow_unicode=True)
        (path / name).write_text(text, encoding="utf-8")
        with pytest.raises(DefinitionError) as error:
            load(path)
    line, _ = list(_way(yaml.compose(text, yaml.CSafeLoader), place[:-1]))[-1]
    assert (f"definitions/{name}", line + 1, f"mangler «{place[-1]}»") in error.value.faults


def _way(node: yaml.Node | None, place: tuple[int | str, ...]) -> Iterator[tuple[int, yaml.Node]]:
    """The nodes on the way to a place, each with the line (from 0) where it, or its key, begins."""
    assert node is not None
    yield node.start_mark.line, node
    for step in place:
        if isinstance(node, yaml.MappingNode):
            line, node = next((key.start_mark.line, value) for key, value in node.value if key.value == step)
        else:
            assert isinstance(step, int)
            node = node.value[step]
            line = node.start_mark.line
        yield line, node


# --- the seal ---------------------------------------------------------------------------------------------------


def _seals(found: Definitions) -> dict[str, str]:
    return {edition.key: edition.sha256 for edition in found.editions}


def test_the_seal_is_the_same_each_time() -> None:
    assert _seals(load(DEFINITIONS)) == _seals(FOUND)
    assert all(re.fullmatch(r"[0-9a-f]{64}", seal) for seal in _seals(FOUND).values())


@pytest.mark.parametrize(
    ("name", "old", "new", "broken"),
    [
        (E23, "# Nasjonalt forløp", "# nasjonalt forløp", {"2023"}),
        ("pathway/2020.yaml", "Barnet er dødt", "Barnet er død", {"2020"}),
        ("deadlines.yaml", "amount: 65", "amount: 64", {"2020", "2023"}),
        ("deadlines.yaml", "saturday: false", "saturday: true", {"2020", "2023"}),
        ("deadlines.yaml", "label: Klage etter", "label: Å klage etter", set()),
        ("sources.yaml", "title: Barnevernsloven", "title: Barnevernslova", {"2023"}),
        ("sources.yaml", "sources:\n", "sources:\n  - {key: NY, title: Ny, url: , kind: web}\n", set()),
        ("deadlines.yaml", "# Hva som er", "# hva som er", set()),
    ],
    ids=[
        "a letter in a comment",
        "a label",
        "a deadline it uses",
        "working days",
        "a deadline it does not use",
        "a source it cites",
        "a new source",
        "a comment elsewhere",
    ],
)
def test_the_seal_breaks_when_what_an_edition_says_changes(
    name: str, old: str, new: str, broken: set[str], copy: Path
) -> None:
    file = copy / name
    before = file.read_text(encoding="utf-8")
    assert old in before
    file.write_text(before.replace(old, new, 1), encoding="utf-8")
    seals = _seals(load(copy))
    assert {key for key, seal in _seals(FOUND).items() if seals[key] != seal} == broken


# --- instruments -----------------------------------------------------------------------------------------------


def test_no_instrument_is_official_for_the_service_chooses() -> None:
    assert len(FOUND.instruments) >= 10
    assert not [one.key for one in FOUND.instruments if one.source.official]


@pytest.mark.parametrize(
    ("key", "years", "suits"),
    [("sdq", 3, False), ("sdq", 4, True), ("sdq", 17, True), ("sdq", 18, False), ("crafft", 9, True)],
)
def test_an_instrument_suits_the_ages_it_is_made_for(key: str, years: int, suits: bool) -> None:
    assert FOUND.instrument(key).suits(years * 12) is suits


def test_months_are_counted_as_months() -> None:
    assert FOUND.instrument("asq_se").suits(66)
    assert not FOUND.instrument("asq_se").suits(67)


def test_no_set_of_tasks_is_official_and_each_is_said_in_both_forms_of_norwegian() -> None:
    assert FOUND.task_sets
    assert not [one.key for one in FOUND.task_sets if one.source.official]
    for task in (task for one in FOUND.task_sets for task in one.tasks):
        assert task.source.paraphrase or not task.source.official, "the words are ours"


def test_who_answers_and_from_when_is_known_for_each_version() -> None:
    sdq = FOUND.instrument("sdq")
    assert str(sdq.form_for(Informant.CHILD).ages.text()) == "11–16 år"  # type: ignore[union-attr]
    assert sdq.form_for(Informant.CLINICIAN) is None
