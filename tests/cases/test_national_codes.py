"""The codes of the national file in words: every code that the product knows of has them."""

import pytest

from grunnmur.cases import target_group
from grunnmur.cases.definition import definitions
from grunnmur.cases.definition_shapes import CodeList
from grunnmur.cases.national_codes import CodeListName, codes, words


@pytest.mark.parametrize(
    ("code_list", "code", "said"),
    [
        pytest.param("reporter", "10", "Helsestasjon eller skolehelsetjenesten", id="reporter"),
        pytest.param("topic", "14", "Barnets psykiske problem eller lidelse", id="old-topic"),
        pytest.param("topic", "1.1.02", "Psykisk helse og utvikling", id="topic-of-the-knowledge-model"),
        pytest.param("note_conclusion", "2", "Ikke henlagt, undersøkelse åpnes", id="note-conclusion"),
        pytest.param(
            "investigation_conclusion", "3", "Henlagt etter barneverntjenestens vurdering", id="investigation"
        ),
        pytest.param("measure", "2.5", "Beredskapshjem utenom familie og nære nettverk", id="measure"),
        pytest.param("measure", "99.1", "kode 99.1", id="unknown-code-is-shown-as-it-is"),
        pytest.param("reporter", "1.1.02", "kode 1.1.02", id="a-topic-is-not-a-reporter"),
    ],
)
def test_a_code_is_said_in_words(code_list: CodeListName, code: str, said: str) -> None:
    assert words(code_list, code) == said


def test_what_points_to_a_criterion_has_words_here_too() -> None:
    pointed = [
        (pointer.code_list, code.code) for pointer in definitions().target_group.pointers for code in pointer.codes
    ]
    assert pointed
    assert not [
        code
        for code_list, code in pointed
        if words("reporter" if code_list is CodeList.REPORTER else "topic", code).startswith("kode ")
    ]


def test_every_measure_that_decides_where_a_child_lives_has_words() -> None:
    placements = target_group.INSTITUTION | target_group.FOSTER_HOME | target_group.OTHER_PLACEMENT
    assert placements <= set(codes().measure)


def test_a_note_that_leads_to_an_investigation_says_so() -> None:
    assert "undersøkelse" in words("note_conclusion", target_group.NOTE_LEADS_TO_INVESTIGATION)
