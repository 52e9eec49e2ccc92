"""Phase 0 over HTTP: the home asks, the municipal service answers, the home sees what became of it."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from demo import cast
from grunnmur.cases.actions import children, initiatives
from grunnmur.cases.models import Child, Initiative, InitiativeReply, Pathway
from grunnmur.cases.terms import CareBasis, InitiativeAnswer, InitiativeWish
from grunnmur.clock import today

Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]
ClientOf = Callable[[str], Client]
REASON = "Sover ikke, spiser lite, vil ikke på skolen."


def text(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def move(acting: Acting, child: Child, home: str | None) -> None:
    with acting("kari") as kari:
        children.place(
            actor=kari,
            child_id=child.pk,
            once=None,
            basis=CareBasis.VOLUNTARY if home else CareBasis.HOME,
            service_id=cast.service(home).id if home else None,
            from_on=today(),
        )


@pytest.fixture
def placed(acting: Acting, anna: Child) -> Child:
    """Anna, living at Bjørn's institution."""
    move(acting, anna, "institusjonen")
    return anna


@pytest.fixture
def asked(acting: Acting, placed: Child) -> Initiative:
    """Bjørn has asked Grimstad to start the pathway."""
    with acting("bjorn") as bjorn:
        return initiatives.send(actor=bjorn, child_id=placed.pk, once=None, wish=InitiativeWish.START, reason=REASON)


def answer_url(row: Initiative) -> str:
    return f"/barn/{row.child_id}/initiativ/{row.pk}/svar/"


@pytest.mark.parametrize(("who", "home"), [("bjorn", "institusjonen"), ("berit", "fosterhjemmet")])
def test_the_home_comes_to_its_own_children_and_sends_an_initiative(
    acting: Acting, client_of: ClientOf, as_admin: AsAdmin, anna: Child, who: str, home: str
) -> None:
    move(acting, anna, home)
    client = client_of(who)
    front = client.get("/", follow=True)
    assert front.redirect_chain == [("/barna-hos-oss/", 302)]
    assert "Anna Solberg, 14 år" in text(front)
    once = str(uuid.uuid4())
    sent = {"wish": "start", "reason": REASON, "once_token": once}
    answers = [client.post(f"/barn/{anna.pk}/initiativ/", sent, follow=True) for _click in range(2)]
    for answer in answers:
        assert "Dere ba om at forløpet starter." in text(answer)
        assert "venter på svar" in text(answer)
    assert "Fristen er kommunens egen." in text(client.get("/barna-hos-oss/"))
    with as_admin():
        assert Initiative.objects.count() == 1


def test_the_home_sees_who_the_child_is_and_nothing_of_the_pathway(
    acting: Acting, client_of: ClientOf, asked: Initiative
) -> None:
    with acting("kari") as kari:
        initiatives.answer(
            actor=kari,
            child_id=asked.child_id,
            once=None,
            initiative_id=asked.pk,
            answer=InitiativeAnswer.START,
            reason="Vi ser det samme.",
        )
        pathway = Pathway.objects.get()
    bjorn = client_of("bjorn")
    for url in (f"/barn/{asked.child_id}/", "/barna-hos-oss/"):
        shown = text(bjorn.get(url))
        assert "Anna Solberg" in shown
        assert "Vi vurderer å starte" in shown
        assert "Vi ser det samme." in shown
        assert str(pathway.pk) not in bjorn.get(url).content.decode()
        assert "Forløp åpnet" not in shown
    assert bjorn.get(f"/forlop/{pathway.pk}/").status_code == 404


def test_when_the_child_has_moved_the_home_sees_nothing(acting: Acting, client_of: ClientOf, asked: Initiative) -> None:
    move(acting, Child(pk=asked.child_id), None)
    bjorn = client_of("bjorn")
    for rest in ("", "initiativ/"):
        assert bjorn.get(f"/barn/{asked.child_id}/{rest}").status_code == 404
    shown = text(bjorn.get("/barna-hos-oss/"))
    assert "Anna" not in shown
    assert "Ingen barn er skrevet inn hos dere" in shown


def test_the_next_home_does_not_see_what_the_last_one_asked(
    acting: Acting, client_of: ClientOf, asked: Initiative
) -> None:
    move(acting, Child(pk=asked.child_id), "fosterhjemmet")
    berit = client_of("berit")
    for url in (f"/barn/{asked.child_id}/", "/barna-hos-oss/"):
        shown = text(berit.get(url))
        assert "Anna Solberg" in shown
        assert REASON not in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param({"wish": "start", "reason": "  "}, "Fyll ut dette feltet.", id="no-reason"),
        pytest.param({"wish": "", "reason": REASON}, "Velg et svar.", id="no-wish"),
        pytest.param({"wish": "stop", "reason": REASON}, "Velg fra listen.", id="unknown-wish"),
    ],
)
def test_an_initiative_without_what_it_needs_is_refused_and_kept(
    client_of: ClientOf, as_admin: AsAdmin, placed: Child, sent: dict[str, str], said: str
) -> None:
    response = client_of("bjorn").post(f"/barn/{placed.pk}/initiativ/", sent)
    assert response.status_code == 422
    assert said in text(response)
    assert sent["reason"].strip() in text(response)
    with as_admin():
        assert not Initiative.objects.exists()


def test_the_service_that_was_asked_sees_it_first_and_answers(
    client_of: ClientOf, as_admin: AsAdmin, asked: Initiative
) -> None:
    kari = client_of("kari")
    shown = text(kari.get(f"/barn/{asked.child_id}/"))
    assert "Nå: svar Fjordheim barnevernsinstitusjon" in shown
    assert REASON in shown
    form = text(kari.get(answer_url(asked)))
    assert REASON in form
    assert "kommunens egen frist" in form
    once = str(uuid.uuid4())
    sent = {"answer": "start", "reason": "Vi ser det samme.", "once_token": once}
    assert [kari.post(answer_url(asked), sent).status_code for _click in range(2)] == [302, 302]
    with as_admin():
        assert InitiativeReply.objects.count() == 1
        assert Pathway.objects.count() == 1
    shown = text(kari.get(f"/barn/{asked.child_id}/"))
    assert "Forløpet vurderes" in shown
    assert "Svar på initiativet" not in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param({"answer": "no", "reason": ""}, "Fyll ut dette feltet.", id="no-reason"),
        pytest.param({"answer": "", "reason": "Fordi."}, "Velg et svar.", id="no-answer"),
        pytest.param(
            {"answer": "reactivate", "reason": "Fordi."}, "ikke hatt noe forløp å ta opp igjen", id="nothing-to-take-up"
        ),
    ],
)
def test_an_answer_without_what_it_needs_is_refused_and_kept(
    client_of: ClientOf, as_admin: AsAdmin, asked: Initiative, sent: dict[str, str], said: str
) -> None:
    response = client_of("kari").post(answer_url(asked), sent)
    assert response.status_code == 422
    assert said in text(response)
    assert sent["reason"] in text(response)
    with as_admin():
        assert not InitiativeReply.objects.exists()


def test_two_who_answer_at_once_are_told_and_the_second_text_is_kept(client_of: ClientOf, asked: Initiative) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    assert kari.post(answer_url(asked), {"answer": "no", "reason": "Vi følger med."}).status_code == 302
    late = leif.post(answer_url(asked), {"answer": "start", "reason": "En lang tekst."})
    assert late.status_code == 422
    assert "Noen hos dere har alt svart på henvendelsen." in text(late)
    assert "En lang tekst." in text(late)
    assert "alt svart på initiativet" in text(leif.get(answer_url(asked), follow=True))


def test_strangers_get_404_and_wrong_roles_a_reason(client_of: ClientOf, asked: Initiative) -> None:
    for who in ("ola", "per", "berit"):
        assert client_of(who).get(answer_url(asked)).status_code == 404
        assert client_of(who).get(f"/barn/{asked.child_id}/initiativ/").status_code == 404
    for who, url in (("bjorn", answer_url(asked)), ("kari", f"/barn/{asked.child_id}/initiativ/")):
        response = client_of(who).get(url)
        assert response.status_code == 403
        assert "annen rolle" in text(response)
    assert client_of("kari").get("/barna-hos-oss/").status_code == 403
    assert client_of("kari").get(f"/barn/{asked.child_id}/initiativ/{uuid.uuid4()}/svar/").status_code == 404


def test_a_strange_key_in_the_address_is_harmless(client_of: ClientOf, placed: Child) -> None:
    assert "Anna Solberg" in text(client_of("bjorn").get("/barna-hos-oss/?etter=tull"))
