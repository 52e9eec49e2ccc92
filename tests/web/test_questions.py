"""The pages where services ask each other: over HTTP, without JavaScript."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from grunnmur.cases.models import Child, Question, QuestionAnswer
from grunnmur.cases.terms import HealthArea
from tests import health_case, together
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees mental health and may tell, the dental clinic sees its own and may not."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "tannklinikken", HealthArea.DENTAL)
    return pathway_id


def url(case: uuid.UUID, *more: object) -> str:
    return "/".join(["", "forlop", str(case), "sporsmal", *map(str, more), ""])


def ask(client: Any, case: uuid.UUID, service: str = "storgata", kind: str = "MENTAL", **more: Any) -> Any:
    soup = page(client.get(url(case, "nytt")))
    given = {
        "to_service_id": str(together.service_id(service)),
        "kind": kind,
        "text": "Kjenner dere til dette?",
        **more,
    }
    return client.post(url(case, "nytt"), form_of(soup, **given))


def test_asking_and_answering(client_of: Any, case: uuid.UUID, as_admin: Any) -> None:
    kari, per = client_of("kari"), client_of("per")
    assert "Ingen spørsmål her" in text(page(kari.get(url(case))))
    assert ask(kari, case).status_code == 302
    assert "Venter på svar" in text(page(kari.get(url(case))))
    assert "skal svare på et spørsmål" in text(page(per.get(f"/forlop/{case}/")))
    soup = page(per.get(url(case)))
    assert "Til dere" in text(soup) and "Kjenner dere til dette?" in text(soup)
    with as_admin():
        question = Question.objects.get()
    soup = page(per.get(url(case, question.pk)))
    given = form_of(soup, says="answered", text="Ja, hun var her i mai.", further="Vi setter opp en time.")
    assert per.post(url(case, question.pk), given).status_code == 302
    assert per.post(url(case, question.pk), given).status_code == 302, "a double click says what the first one did"
    with as_admin():
        assert QuestionAnswer.objects.count() == 1
    answered = page(kari.get(url(case)))
    assert "Ja, hun var her i mai." in text(answered) and not answered.textarea, "the answer is for the GP's journal"
    (copied,) = page(per.get(url(case))).select("details textarea[readonly]")
    lines = copied.get_text().splitlines()
    assert lines[0].startswith("Spørsmål fra Kari") and "" not in lines
    assert {"Barnet: Anna Solberg", "Svar: Ja, hun var her i mai.", "Videre: Vi setter opp en time."} <= set(lines)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(client_of: Any, case: uuid.UUID) -> None:
    answer = ask(client_of("kari"), case, "tannklinikken", text="Noe langt jeg skrev.", answer_by="1.1.2020")
    soup = page(answer, 422)
    assert "ikke samtykket" in fault(soup, "to_service_id")
    assert "alt gått ut" in fault(soup, "answer_by")
    assert "Noe langt jeg skrev." in soup.main.textarea.get_text()


def test_one_who_may_not_tell_is_told_so_before_typing(client_of: Any, case: uuid.UUID, as_admin: Any) -> None:
    assert ask(client_of("kari"), case, "tannklinikken", "DENTAL").status_code == 302
    with as_admin():
        question = Question.objects.get()
    soup = page(client_of("tone").get(url(case, question.pk)))
    assert "ikke samtykket til at dere forteller" in text(soup)
    assert [field["value"] for field in soup.select("[name=says]")] == ["nothing_known", "cannot"]


def test_a_stranger_gets_404_and_a_colleague_a_reason(client_of: Any, case: uuid.UUID, as_admin: Any) -> None:
    ask(client_of("kari"), case)
    with as_admin():
        question = Question.objects.get()
    for address in (url(case), url(case, "nytt"), url(case, question.pk)):
        assert client_of("ola").get(address).status_code == 404
    assert client_of("tone").get(url(case, question.pk)).status_code == 404, "another area's question is not there"
    assert client_of("kari").get(url(case, question.pk)).status_code == 403
