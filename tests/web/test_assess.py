"""The assessment, through its page: exact labels, hints that decide nothing, and one decision by one person."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from grunnmur.cases.actions import basis, pathways
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import Assessment, Child, Pathway
from grunnmur.cases.terms import ChildParticipation
from grunnmur.clock import today
from tests.together import note

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
WISH, ACUTE = "C2_CHILD_OR_PARENT_WANTS_HELP", "C1_ACUTE_SYMPTOMS"


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        return pathways.open_pathway(actor=kari, child_id=anna.pk, once=uuid.uuid4()).pk


@pytest.fixture
def address(pathway_id: uuid.UUID) -> str:
    return f"/forlop/{pathway_id}/vurdering/"


def start(version: int, **change: Any) -> dict[str, Any]:
    """What Kari fills in to start."""
    return {
        "version": version,
        "once_token": str(uuid.uuid4()),
        "criteria": [WISH],
        f"facts_{WISH}": "Anna vil ha hjelp med hodepinen.",
        "outcome": "start",
        "reason": "Anna spiser lite og sover dårlig.",
        "participation": "1.1",
        "participation_note": "",
        "decided_on": f"{today():%d.%m.%Y}",
    } | change


def decided(acting: Acting, pathway_id: uuid.UUID) -> tuple[str, int, int]:
    """The case's status, how many decisions it has, and its version."""
    with acting("kari"):
        case = Pathway.objects.get(pk=pathway_id)
        return case.status, Assessment.objects.count(), case.version


def page_of(response: Any) -> Any:
    """The answer, parsed."""
    return BeautifulSoup(response.content, "html.parser")


def version_of(page: Any) -> int:
    return int(page.select_one("input[name=version]")["value"])


def test_the_seven_criteria_stand_with_their_exact_labels_and_none_is_ticked(address: str, client_of: ClientOf) -> None:
    page = page_of(client_of("kari").get(address))
    edition = definitions().edition("2023")
    labels = [page.select_one(f"label[for={box['id']}]").get_text() for box in page.select("[name=criteria]")]
    assert labels == [f"{criterion.number}. {criterion.label}" for criterion in edition.criteria]
    assert not page.select("[name=criteria][checked]")
    assert len(page.select("textarea[name^=facts_]")) == 7


def test_starting_keeps_the_facts_behind_each_criterion(
    address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    version = version_of(page_of(kari.get(address)))
    response = kari.post(address, start(version), follow=True)
    assert response.redirect_chain == [(f"/forlop/{pathway_id}/", 302)]
    assert "Forløpet er startet." in response.content.decode()
    assert decided(acting, pathway_id)[:2] == ("under_way", 1)
    shown = page_of(kari.get(f"/forlop/{pathway_id}/grunnlag/")).main.get_text(" ")
    assert "Anna vil ha hjelp med hodepinen." in shown
    assert "Anna spiser lite og sover dårlig." in shown
    assert "Gjennom samtale".lower() in shown


def test_not_starting_is_a_reasoned_decision_too(
    address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    data = start(version_of(page_of(kari.get(address))), outcome="do_not_start", criteria=[], **{f"facts_{WISH}": ""})
    assert kari.post(address, data).status_code == 302
    assert decided(acting, pathway_id)[:2] == ("not_started", 1)


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no criterion": ({"criteria": [], f"facts_{WISH}": ""}, "criteria", "minst ett kriterium"),
    "a criterion without facts": ({f"facts_{WISH}": " "}, f"facts_{WISH}", "hva som viser"),
    "facts without the tick": ({f"facts_{ACUTE}": "Besvimte."}, f"facts_{ACUTE}", "ikke krysset av"),
    "a criterion, and still no start": ({"outcome": "do_not_start"}, "outcome", "Da skal forløpet starte"),
    "no reason": ({"reason": ""}, "reason", "Fyll ut"),
    "no word of the child's part": ({"participation": ""}, "participation", "Velg et svar"),
    "decided in two days": ({"decided_on": f"{today() + timedelta(days=2):%d.%m.%Y}"}, "decided_on", "fram i tid"),
    "decided before birth": ({"decided_on": "01.01.1999"}, "decided_on", "før barnet ble født"),
    "a criterion that is none": ({"criteria": ["C9_NONSENSE"], f"facts_{WISH}": ""}, "criteria", "Velg fra listen"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    case: str, address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    change, field, sentence = BAD[case]
    kari = client_of("kari")
    data = start(version_of(page_of(kari.get(address))), **change)
    response = kari.post(address, data)
    assert response.status_code == 422
    page = page_of(response)
    assert sentence in page.select_one(f"#id_{field}_error").get_text()
    assert page.select_one("textarea[name=reason]").get_text().strip() == data["reason"].strip()
    for key in (WISH, ACUTE):
        typed = data.get(f"facts_{key}", "").strip()
        assert page.select_one(f"textarea[name=facts_{key}]").get_text().strip() == typed
    known = [key for key in data["criteria"] if key.startswith(("C1", "C2"))]
    assert [box["value"] for box in page.select("[name=criteria][checked]")] == known
    assert decided(acting, pathway_id)[1] == 0


def test_a_double_click_decides_once(address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    kari = client_of("kari")
    data = start(version_of(page_of(kari.get(address))))
    assert [kari.post(address, data).status_code for _press in range(2)] == [302, 302]
    assert decided(acting, pathway_id)[:2] == ("under_way", 1)


def test_what_a_colleague_wrote_meanwhile_is_shown_and_never_overruled(
    address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    kari = client_of("kari")
    data = start(version_of(page_of(kari.get(address))))
    with acting("leif") as leif:
        basis.record_own_words(
            actor=leif, pathway_id=pathway_id, once=None, said_on=today(), words="Jeg vil ikke til legen."
        )
    wrong_first = kari.post(address, {**data, "reason": ""})
    assert version_of(page_of(wrong_first)) == data["version"]
    response = kari.post(address, data)
    page = page_of(response)
    assert response.status_code == 409
    assert "Noen andre har endret dette" in page.select_one("[role=status]").get_text()
    assert "Jeg vil ikke til legen." in page.get_text()
    assert data["reason"] in page.select_one("textarea[name=reason]").get_text()
    assert decided(acting, pathway_id)[1] == 0
    assert kari.post(address, {**data, "version": version_of(page)}).status_code == 302


def test_two_who_decide_at_once_become_one_decision_and_the_second_keeps_the_text(
    address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    version = version_of(page_of(kari.get(address)))
    assert leif.post(address, start(version)).status_code == 302
    response = kari.post(address, start(version, reason="Jeg ville også starte."))
    page = page_of(response)
    assert response.status_code == 409
    assert "Forløpet pågår allerede." in page.select_one("[role=status]").get_text()
    assert "Jeg ville også starte." in page.get_text()
    assert decided(acting, pathway_id)[1] == 1
    refused = kari.get(address)
    assert refused.status_code == 403
    assert "Forløpet pågår allerede." in refused.content.decode()


def test_a_stranger_finds_nothing(address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    ola = client_of("ola")
    assert ola.get(address).status_code == 404
    assert ola.post(address, start(1)).status_code == 404
    assert decided(acting, pathway_id)[1] == 0


def test_a_note_of_concern_from_school_health_is_a_hint_and_no_tick(
    address: str, anna: Child, client_of: ClientOf, acting: Acting
) -> None:
    with acting("kari") as kari:
        note(kari, anna, "10", received_on=today() - timedelta(days=20), contents=["1.1.02"])
    page = page_of(client_of("kari").get(address))
    hints = {box.find_previous("input")["value"]: box.get_text(" ") for box in page.select(".g-criterion__hint")}
    assert set(hints) == {"C4_CONCERN_FROM_HEALTH_SERVICE", "C5_CONCERN_ABOUT_HEALTH"}
    assert "dataene peker på dette" in hints["C4_CONCERN_FROM_HEALTH_SERVICE"]
    assert "Psykisk helse og utvikling" in hints["C5_CONCERN_ABOUT_HEALTH"]
    assert not page.select("[name=criteria][checked]")


def test_the_acute_criterion_has_the_numbers_to_call_right_there(address: str, client_of: ClientOf) -> None:
    page = page_of(client_of("kari").get(address))
    acute = page.select_one(f"input[value={ACUTE}]").find_parent(class_="g-criterion")
    numbers = [link["href"] for link in acute.select("a[href^='tel:']")]
    assert numbers[:2] == ["tel:113", "tel:116117"]
    assert len(numbers) > 2
    assert "Ingen venter på et skjema" in acute.get_text()


def test_the_basis_stands_beside_the_form(
    address: str, pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    with acting("kari") as kari:
        basis.record_conversation(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            with_whom="child",
            held_on=today(),
            summary="Hodepine hver dag.",
            participation=ChildParticipation.CONVERSATION,
            own_words="Jeg vil sove.",
        )
    text = page_of(client_of("kari").get(address)).main.get_text(" ")
    assert "Jeg vil sove." in text
    assert "Hodepine hver dag." in text
