"""The basis for assessment, through its pages: shown as it should be, kept when wrong, done once."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grunnmur.cases.actions import pathways
from grunnmur.cases.models import Child, Conversation, InformationReceived, InformationRequest, Observation, OwnWords
from grunnmur.clock import today

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]


def page_of(response: Any) -> Any:
    """The answer, parsed."""
    return BeautifulSoup(response.content, "html.parser")


def dato(on: date) -> str:
    return f"{on:%d.%m.%Y}"


@pytest.fixture
def case(acting: Acting, anna: Child) -> str:
    """The address of Anna's case, under assessment."""
    with acting("kari") as kari:
        return f"/forlop/{pathways.open_pathway(actor=kari, child_id=anna.pk, once=uuid.uuid4()).pk}/"


@pytest.fixture
def count(acting: Acting) -> Callable[[Any], int]:
    """How many rows of a model there are, as Kari sees them."""

    def of(model: Any) -> int:
        with acting("kari"):
            found: int = model.objects.count()
            return found

    return of


PAGES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "conversation": (
        "samtale/",
        {"with_whom": "parents", "held_on": dato(today()), "summary": "Spiser mindre."},
        Conversation,
    ),
    "own words": ("egne-ord/", {"words": "Jeg vil sove.", "said_on": dato(today())}, OwnWords),
    "asking": (
        "grunnlag/spor/",
        {"from_whom": "Læreren", "about": "Hvordan er hun i timene?", "asked_on": dato(today()), "ground": "consent"},
        InformationRequest,
    ),
    "an answer": (
        "grunnlag/svar/",
        {"from_whom": "Læreren", "received_on": dato(today()), "summary": "Sliten, og sitter alene."},
        InformationReceived,
    ),
    "a risk": (
        "grunnlag/risiko/",
        {"code": "1.3.06", "seen_on": dato(today()), "source": "Mor"},
        Observation,
    ),
    "a strength": (
        "grunnlag/beskyttelse/",
        {"code": "1.4.02", "seen_on": dato(today()), "source": "Anna"},
        Observation,
    ),
    "a sign": (
        "grunnlag/tegn/",
        {"code": "hodepine_eller_magevondt", "seen_on": dato(today()), "source": "Læreren"},
        Observation,
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_act_is_done_and_stands_in_the_basis(
    page: str, case: str, client_of: ClientOf, count: Callable[[Any], int]
) -> None:
    address, data, model = PAGES[page]
    kari = client_of("kari")
    assert kari.get(case + address).status_code == 200
    response = kari.post(case + address, data, follow=True)
    assert response.redirect_chain == [(case + "grunnlag/", 302)]
    assert count(model) == 1
    shown = page_of(response).main.get_text(" ")
    typed = [value for name, value in data.items() if name in ("summary", "words", "about", "source")]
    assert all(text in shown for text in typed)


@pytest.mark.parametrize("page", PAGES)
def test_a_double_click_does_it_once(page: str, case: str, client_of: ClientOf, count: Callable[[Any], int]) -> None:
    address, data, model = PAGES[page]
    kari = client_of("kari")
    data = {**data, "once_token": str(uuid.uuid4())}
    assert kari.post(case + address, data).status_code == 302
    assert kari.post(case + address, data).status_code == 302
    assert count(model) == 1


@pytest.mark.parametrize("page", [*PAGES, "the basis itself"])
def test_a_stranger_finds_nothing(page: str, case: str, client_of: ClientOf, count: Callable[[Any], int]) -> None:
    address, data, model = PAGES.get(page, ("grunnlag/", {}, OwnWords))
    ola = client_of("ola")
    assert ola.get(case + address).status_code == 404
    assert ola.post(case + address, data).status_code == 404
    assert count(model) == 0


IN_TWO_DAYS = dato(today() + timedelta(days=2))
BAD: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a conversation tomorrow": ("conversation", {"held_on": IN_TWO_DAYS}, "held_on", "fram i tid"),
    "a conversation before birth": ("conversation", {"held_on": "01.01.1999"}, "held_on", "før barnet ble født"),
    "a date that is no date": ("conversation", {"held_on": "31.02.2026"}, "held_on", "dag, måned og år"),
    "no summary": ("conversation", {"summary": ""}, "summary", "Fyll ut"),
    "with the child, but how?": ("conversation", {"with_whom": "child"}, "participation", "hvordan barnet tok del"),
    "own words without the child": ("conversation", {"own_words": "Jeg vil sove."}, "own_words", "samtale med barnet"),
    "words tomorrow": ("own words", {"said_on": IN_TWO_DAYS}, "said_on", "fram i tid"),
    "asking nobody": ("asking", {"from_whom": ""}, "from_whom", "hvem dere spør"),
    "asking on an unsaid ground": ("asking", {"ground": "other"}, "other_ground", "hvilken hjemmel"),
    "asking a service that is none": (
        "asking",
        {"from_service_id": str(uuid.UUID(int=7))},
        "from_service_id",
        "finner ikke tjenesten",
    ),
    "an answer from nobody": ("an answer", {"from_whom": ""}, "from_whom", "hvem opplysningene kom fra"),
    "a code of another kind": ("a risk", {"code": "trist"}, "code", "Velg fra listen"),
    "a sign seen before birth": ("a sign", {"seen_on": "01.01.1999"}, "seen_on", "før barnet ble født"),
}


@pytest.mark.parametrize("case_of", BAD)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    case_of: str, case: str, client_of: ClientOf, count: Callable[[Any], int]
) -> None:
    page, change, field, sentence = BAD[case_of]
    address, data, model = PAGES[page]
    data = {**data, **change}
    response = client_of("kari").post(case + address, data)
    assert response.status_code == 422
    soup = page_of(response)
    assert sentence in soup.select_one(f"#id_{field}_error").get_text()
    for name, value in data.items():
        shown = [tag.get("value", tag.get_text()).strip() for tag in soup.select(f"[name={name}]:not([type=radio])")]
        shown += [tag["value"] for tag in soup.select(f"input[name={name}][checked]")]
        shown += [tag["value"] for tag in soup.select(f"select[name={name}] option[selected]")]
        assert value in shown or name in ("code", "from_service_id"), name  # a list holds only what it has
    assert count(model) == 0


def test_what_is_not_answered_says_so_and_leads_to_the_answer(case: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    address, data, _model = PAGES["asking"]
    kari.post(case + address, {**data, "asked_on": dato(today() - timedelta(days=3))})
    page = page_of(kari.get(case + "grunnlag/"))
    assert "ikke svart på 3 dager" in page.main.get_text()
    link = page.select_one("a[href*='svar/?svar=']")
    form = page_of(kari.get(link["href"]))
    chosen = form.select_one("#id_request_id option[selected]")
    assert "Læreren" in chosen.get_text()
    answer = {"request_id": chosen["value"], "from_whom": "", "summary": "Sliten.", "received_on": dato(today())}
    late = {**answer, "received_on": dato(today() - timedelta(days=4))}
    assert "før dere spurte" in kari.post(case + "grunnlag/svar/", late).content.decode()
    kari.post(case + "grunnlag/svar/", answer)
    assert "ikke svart" not in kari.get(case + "grunnlag/").content.decode()


def test_the_childs_own_words_stand_first_and_apart(case: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    for page in ("conversation", "own words"):
        address, data, _model = PAGES[page]
        kari.post(case + address, data)
    shown = page_of(kari.get(case + "grunnlag/"))
    first = shown.select_one("main section")
    assert "Jeg vil sove." in first.blockquote.get_text()
    assert "Spiser mindre" not in first.get_text()


def test_a_service_is_found_by_a_part_of_its_name_without_losing_the_text(case: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    address, data, _model = PAGES["asking"]
    response = kari.post(case + address, {**data, "find": "lillesand", "_restored": "1"})
    page = page_of(response)
    assert response.status_code == 200
    group = page.select_one("#id_from_service_id optgroup")
    assert "lillesand" in group["label"]
    assert "Lillesand barneverntjeneste" in [option.get_text() for option in group.select("option")]
    assert data["about"] in page.textarea.get_text()
    assert not page.select(".ds-validation-message")
    assert "Fosterhjemmet" not in page.get_text()
    assert "Grimstad barneverntjeneste" not in page.select_one("#id_from_service_id").get_text()


def test_a_page_asks_no_more_of_the_database_when_there_is_more(case: str, client_of: ClientOf) -> None:
    kari = client_of("kari")
    counts = []
    for _round in range(2):
        for address, data, _model in PAGES.values():
            assert kari.post(case + address, data).status_code == 302
        kari.get(case + "grunnlag/")
        with CaptureQueriesContext(connection) as asked:
            kari.get(case + "grunnlag/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 20
