"""«Hvorfor skjer det ingenting?»: what waits, why, and a reminder in one press."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from demo import cast
from grunnmur.cases.models import Child
from grunnmur.post.models import Message
from tests import together
from tests.web.reading import page, text

ClientOf = Callable[[str], Client]
Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
        together.call(kari, pathway_id, "storgata", "abup", days=30)
    return pathway_id


def reminders(shown: Any) -> list[Any]:
    """The forms that remind."""
    return [form for form in shown.main.select("form") if "/minn/" in str(form["action"])]


def test_it_says_who_has_the_ball_and_reminds_in_one_press(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting, travel: Travel
) -> None:
    case = f"/forlop/{pathway_id}/"
    assert client_of("siri").get(case + "moter/").status_code == 200, "ABUP opens it"
    travel(together.at(9, 10))
    leif = client_of("leif")
    assert page(leif.get(case)).find("a", href=case + "hvorfor/") is not None
    shown = page(leif.get(case + "hvorfor/"))
    assert "har hatt ballen i 9 dager. Fristen gikk ut for 2 dager siden." in text(shown)
    names = {key: cast.service(key).name for key in ("storgata", "abup")}
    assert f"Ingen hos {names['storgata']} har åpnet det dere sendte" in text(shown)
    assert f"{names['abup']} åpnet det" in text(shown), "what one has done is not said of the other"
    assert f"{names['storgata']} åpnet" not in text(shown)
    of_per = page(client_of("per").get(case + "hvorfor/"))
    assert of_per.main.find("a", href=case + "moter/svar/"), "what is one's own to do is one press away"
    assert not of_per.main.find("a", href=case + "samtykke/nytt/"), "and what is the owner's is not"
    invited = text(of_per)
    assert f"Dere og {names['abup']} har hatt ballen i 9 dager." in invited
    assert "deres tur" in invited and f"Dere har ikke sendt {names['abup']}" not in invited
    ways = reminders(shown)
    assert len(ways) == 2
    for left in (2, 1):
        way = reminders(page(leif.get(case + "hvorfor/")))[0]
        assert len(reminders(page(leif.get(case + "hvorfor/")))) == left
        given = {field["name"]: field.get("value", "") for field in way.select("input")}
        for _click in range(2):
            assert leif.post(str(way["action"]), given).status_code == 302
    with acting("leif"):
        assert Message.objects.filter(sort="reminder").count() == 2
    assert reminders(page(leif.get(case + "hvorfor/"))) == [], "it was just done"


def test_a_reader_of_some_is_told_so_and_a_stranger_nothing(pathway_id: uuid.UUID, client_of: ClientOf) -> None:
    case = f"/forlop/{pathway_id}/hvorfor/"
    assert "Mer kan være i gang." in text(page(client_of("per").get(case)))
    assert client_of("ola").get(case).status_code == 404
    assert client_of("kari").post(case).status_code == 405
