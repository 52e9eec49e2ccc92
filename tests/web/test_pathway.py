"""One case at a glance: what each who takes part is shown, and that it leads somewhere."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases.actions import basis, mappings, plans
from grunnmur.cases.models import Child
from grunnmur.cases.terms import HealthArea, MeetingKind
from grunnmur.web.jinja import dato_kort
from tests import together
from tests.web.reading import page, text

Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Started today, with three signs of worry; the GP may take part, and nobody is asked to anything yet."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        for _time in range(3):
            basis.record_own_words(
                actor=kari, pathway_id=pathway_id, once=None, said_on=clock.today(), words="Jeg er sliten."
            )
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata")
    return pathway_id


@pytest.mark.parametrize("who", ["kari", "per"])
def test_every_link_leads_somewhere(client_of: Any, case: uuid.UUID, who: str) -> None:
    client = client_of(who)
    links = {link["href"] for link in page(client.get(f"/forlop/{case}/")).main.select("a[href^='/']")}
    assert len(links) >= 5
    refused = {link: client.get(link).status_code for link in links}
    assert {link: status for link, status in refused.items() if status not in (200, 302)} == {}


def test_the_next_step_is_everyones_to_know_and_the_owners_to_do(client_of: Any, case: uuid.UUID) -> None:
    mine, others = (page(client_of(who).get(f"/forlop/{case}/")).select_one(".g-next") for who in ("kari", "per"))
    for card in (mine, others):
        assert "Kall inn til avklaringsmøte" in card.get_text()
    assert mine.select("a.ds-button") and not others.select("a.ds-button")


def test_the_same_thing_done_several_times_is_told_once(client_of: Any, case: uuid.UUID) -> None:
    told = [
        line.get_text(" ", strip=True)
        for line in page(client_of("kari").get(f"/forlop/{case}/")).select(".g-timeline li")
    ]
    same = [line for line in told if "egne ord" in line]
    assert len(same) == 1 and "3 ganger" in same[0]


def test_one_is_oneself_and_not_some_service(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mappings.ask(
            actor=kari,
            pathway_id=case,
            once=None,
            health_area=HealthArea.SOMATIC,
            service_id=together.service_id("storgata"),
            question="Hvorfor har Anna vondt i magen?",
            due_on=None,
        )
    per = client_of("per")
    assert "Dere kartlegger kroppslig helse" in text(page(per.get("/")))
    assert "Dere kartlegger kroppslig helse" in text(page(per.get(f"/forlop/{case}/")))
    assert "Storgata legesenter kartlegger kroppslig helse" in text(page(client_of("kari").get(f"/forlop/{case}/")))


def test_a_list_says_the_deadline_of_the_step_it_names(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        together.let_in(kari, case, "abup", "skolehelse")
        together.call(kari, case, "storgata", kind=MeetingKind.AVKLARINGSMOTE, days=5)
        mappings.ask(
            actor=kari,
            pathway_id=case,
            once=None,
            health_area=HealthArea.SOMATIC,
            service_id=together.service_id("abup"),
            question="Hvorfor har Anna vondt i magen?",
            due_on=together.day(1),
        )
    row = {who: text(page(client_of(who).get("/"))) for who in ("kari", "siri", "hege")}
    invitation, mapping = (f"{together.day(days):%d.%m.%Y}" for days in (5, 1))
    assert invitation in row["kari"] and mapping not in row["kari"]
    assert mapping in row["siri"]
    assert "Anna Solberg" in row["hege"] and invitation not in row["hege"] and mapping not in row["hege"]


def test_a_task_that_waits_is_named(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Ringe skolen",
            service_id=together.service_id("storgata"),
            related_person_id=None,
            due_on=together.day(3),
        )
    shown = text(page(client_of("kari").get(f"/forlop/{case}/")))
    assert f"Storgata legesenter har en oppgave i planen «Ringe skolen». Frist {together.day(3):%d.%m.%Y}" in shown


def test_who_sees_what_says_the_last_day(client_of: Any, case: uuid.UUID) -> None:
    shown = text(page(client_of("kari").get(f"/forlop/{case}/")))
    assert f"til og med {together.day(364):%d.%m.%Y}" in shown


def test_what_happened_long_ago_is_folded_away(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        for number in range(7):
            plans.set_goal(actor=kari, pathway_id=case, once=None, text=f"Mål {number}")
            basis.record_own_words(actor=kari, pathway_id=case, once=None, said_on=clock.today(), words=f"Ord {number}")
    soup = page(client_of("kari").get(f"/forlop/{case}/"))
    assert len(soup.select(".g-timeline li")) > 12
    assert len([line for line in soup.select(".g-timeline li") if not line.find_parent("details")]) == 12


def test_a_short_date_ends_in_one_full_stop(client_of: Any, case: uuid.UUID) -> None:
    shown = text(page(client_of("kari").get(f"/forlop/{case}/")))
    assert f"Startet {dato_kort(clock.today())} med ett kriterium" in shown
    assert ".." not in shown
