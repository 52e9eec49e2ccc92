"""What no form of ours could have sent is a row in the log, and what watches is told; what people do is not."""

import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client

from grunnmur import program_log
from grunnmur.cases.actions import pathways
from grunnmur.cases.models import Child
from grunnmur.log.models import AccessLog
from grunnmur.web import tampered
from grunnmur.web.forms import ActForm, DateField, choice, choices

ID = str(uuid.uuid4())


class Example(ActForm):
    text = forms.CharField(max_length=5)
    on = DateField(required=False)
    one = choice("One", [("a", "A")])
    several = choices("Several", [("a", "A"), ("b", "B")], required=False)
    row = forms.UUIDField(required=False)


@pytest.mark.parametrize(
    ("sent", "is_tampered"),
    [
        pytest.param("text=x&one=a&several=a&several=b", False, id="what the form offers"),
        pytest.param("", False, id="nothing"),
        pytest.param("text=toolong&one=&on=99.99.9999", False, id="what people get wrong"),
        pytest.param(f"text=x&one=a&once_token={ID}&version=3", False, id="with what the page hides"),
        pytest.param(f"text=x&one=a&version={ID}", False, id="with a row it showed"),
        pytest.param("text=x&one=a&version=", False, id="with nothing shown before"),
        pytest.param("text=x&one=b", True, id="a choice that is not there"),
        pytest.param("text=x&one=a&several=c", True, id="one of several that is not there"),
        pytest.param("text=x&one=a&row=1", True, id="an id that is none"),
        pytest.param("text=x%00&one=a", True, id="a character that no page can send"),
        pytest.param("text=x&one=a&once_token=1", True, id="a token that is none"),
        pytest.param("text=x&one=a&version=1%20or%201", True, id="a version that is none"),
        pytest.param(f"text=x&one=a&version={'9' * 10}", True, id="a version that is too long"),
    ],
)
def test_what_could_not_come_from_the_form(sent: str, is_tampered: bool) -> None:
    """V16.3.3."""
    query = QueryDict(sent)
    assert tampered.is_tampered(Example(query), query) == is_tampered


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """What a system that watches is told."""
    caplog.set_level(logging.INFO, "grunnmur.security")

    def read() -> list[dict[str, Any]]:
        records = [one for one in caplog.records if one.name == "grunnmur.security"]
        return [json.loads(program_log.Formatter().format(one)) for one in records]

    return read


def test_it_is_answered_beside_its_field_and_is_one_row_that_says_nothing_of_what_was_sent(
    anna: Child,
    acting: Callable[[str], Any],
    client_of: Callable[[str], Any],
    as_admin: Callable[[], Any],
    told: Callable[[], list[dict[str, Any]]],
) -> None:
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
    client = client_of("kari")
    address = f"/forlop/{case.pk}/grunnlag/spor/"
    for sent in ({"about": "x"}, {"from_whom": "Skolen", "version": "<script>"}):
        assert client.post(address, sent).status_code == 422
    with as_admin():
        rows = list(AccessLog.objects.filter(allowed=False))
    assert [(row.action, row.reason, row.pathway_id) for row in rows] == [("ask_for_information", "tampered", case.pk)]
    (line,) = [one for one in told() if one["says"] == "Refused."]
    assert (line["act"], line["reason"], line["row"]) == ("ask_for_information", "tampered", str(rows[0].pk))
    assert len(line["who"]) == 16
    assert str(rows[0].person_id) not in json.dumps(line)
    assert "script" not in json.dumps(line)
    assert not {str(anna.pk), str(case.pk)} & set(map(str, line.values()))


def test_a_form_from_elsewhere_is_told_and_names_nobody(db: None, told: Callable[[], list[dict[str, Any]]]) -> None:
    stranger = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    assert stranger.post("/logg-inn/", {"username": "kari.lunde"}).status_code == 403
    (line,) = told()
    assert (line["level"], line["reason"], line["route"]) == ("WARNING", "csrf", "log_in")
    assert "kari" not in json.dumps(line)


def test_log_ins_and_refusals_are_told_with_one_mark_for_one_person(
    client_of: Callable[[str], Any], told: Callable[[], list[dict[str, Any]]]
) -> None:
    """V16.4.3: what a system that watches needs, and no name."""
    client = client_of("kari")
    for _number in range(2):
        assert client.get(f"/barn/{uuid.uuid4()}/").status_code == 404
    refused = [one for one in told() if one["says"] == "Refused."]
    assert [(one["act"], one["reason"], one["role"]) for one in refused] == [
        ("child", "not_visible", "contact_person")
    ] * 2
    assert len({one["who"] for one in refused}) == 1
    assert len({one["row"] for one in refused}) == 2
