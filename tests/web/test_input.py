"""What nobody types and a program may send: it is answered, and is no fault of ours."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from grunnmur.cases.actions import pathways
from grunnmur.cases.models import Child


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"find": "abup\x00"}, id="a character that no text may hold, in the word to find a service by"),
        pytest.param({"find": "x" * 1_000}, id="a word too long"),
        pytest.param({"version": "9" * 5_000}, id="a version that no number can hold"),
    ],
)
def test_it_comes_back_with_what_is_wrong(
    anna: Child, acting: Callable[[str], Any], client_of: Callable[[str], Any], sent: dict[str, str]
) -> None:
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None)
    answer = client_of("kari").post(f"/forlop/{case.pk}/grunnlag/spor/", {"from_whom": "Skolen", **sent})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Skolen" in answer.content.decode()
