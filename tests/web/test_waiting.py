"""What a service has been sent and not answered stands on its first page, with the way to where it is answered."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from grunnmur import clock
from grunnmur.cases.actions import messages, questions, sight
from grunnmur.cases.models import Child
from grunnmur.cases.queries import sent, waiting
from grunnmur.cases.terms import HealthArea, InformationKind, MeetingKind, QuestionSort, RestrictionCause
from grunnmur.post.terms import MessageSort
from grunnmur.web.jinja import dato
from tests import health_case, together
from tests.cases.test_meetings import hold
from tests.cases.test_times import answer, propose
from tests.web.reading import form_of, page, text

ClientOf = Callable[[str], Client]
Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def waits(client: Client, at: str = "/") -> dict[str, str]:
    """What waits for an answer, by the page that one is sent to; each of them is there."""
    found = {}
    for entry in page(client.get(at)).select("#svar li"):
        link, said = entry.select_one("a"), entry.select_one("p")
        assert link is not None and said is not None
        way = client.get(str(link["href"]))
        assert (way.status_code, client.get(way["Location"]).status_code) == (302, 200)
        found[way["Location"]] = said.get_text().split(" ")[0]
    return found


def dues(client: Client) -> dict[str, tuple[str, bool]]:
    """By when what waits is to be answered, as it says, and whether it says that it is late; by the sort."""
    found = {}
    for entry in page(client.get("/")).select("#svar li"):
        said = str(entry.select_one("p").get_text())  # type: ignore[union-attr]
        found[said.split(" ")[0]] = (said.partition("Svar innen ")[2].rstrip("."), "over fristen" in entry.get_text())
    return found


def remind_of_all(acting: Acting, pathway_id: uuid.UUID) -> None:
    with acting("kari") as kari:
        for one in sent.list_silent(kari).rows:
            if one.wants_answer:
                messages.remind(actor=kari, pathway_id=pathway_id, once=None, message_id=one.id)


@pytest.mark.parametrize("days", [None, 1, 20])
def test_it_is_due_when_somebody_has_said_so_and_a_reminder_says_the_same(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting, travel: Any, days: int | None
) -> None:
    begun, due_on = clock.now(), days and together.day(days)
    with acting("kari") as kari:
        health_case.consent(kari, pathway_id, "abup", HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
        mapping = health_case.ask(kari, pathway_id, "abup", HealthArea.MENTAL, due_on=due_on)
    said = dato(due_on) if due_on else ""
    assert dues(client_of("siri")) == {"Spørsmål": (said, False)}
    travel(begun + timedelta(days=5))
    assert dues(client_of("siri")) == {"Spørsmål": (said, days == 1)}
    remind_of_all(acting, pathway_id)
    assert dues(client_of("siri")) == {"Påminnelse": (said, days == 1)}
    with acting("kari") as kari:
        assert not [one for one in sent.list_silent(kari).rows if one.wants_answer], (
            "a reminder is given days of its own"
        )
    client_of("siri").get(f"/forlop/{pathway_id}/helse/steg/{mapping.pk}/")
    assert dues(client_of("siri")) == {"Påminnelse": (said, days == 1)}, "opened, and not answered"
    travel(begun + timedelta(days=40))
    assert "Påminnelse" in dues(client_of("siri")), "it waits for an answer, however old it is"
    with acting("kari") as kari:
        assert [one.sort for one in sent.list_silent(kari).rows if one.wants_answer] == [MessageSort.REMINDER]


def test_an_invitation_is_answered_in_the_time_that_the_next_step_says(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    with acting("kari") as kari:
        together.call(kari, pathway_id, "storgata", days=20)
        together.call(kari, pathway_id, "abup", days=2, kind=MeetingKind.STATUSMOTE)
    assert dues(client_of("per")) == {"Innkalling": (dato(together.day(7)), False)}
    assert dues(client_of("siri")) == {"Innkalling": (dato(together.day(2)), False)}, "no later than the meeting"


def test_what_is_asked_of_a_time_goes_when_the_time_has_passed(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting, travel: Any
) -> None:
    begun = clock.now()
    with acting("kari") as kari:
        propose(kari, pathway_id, 5, 41, services=[together.service_id("abup")])
        together.call(kari, pathway_id, "storgata", days=41, kind=MeetingKind.STATUSMOTE)
    travel(begun + timedelta(days=4))
    remind_of_all(acting, pathway_id)
    for days, waits_still in ((40, True), (42, False)):
        travel(begun + timedelta(days=days))
        assert [bool(dues(client_of(who))) for who in ("per", "siri")] == [waits_still] * 2


def test_times_stand_there_until_they_are_answered(pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    per = client_of("per")
    assert waits(per) == {}
    with acting("kari") as kari:
        poll = propose(kari, pathway_id, 5, 6, services=[together.service_id("storgata")])
    way = f"/forlop/{pathway_id}/moter/tider/{poll.pk}/"
    assert waits(per) == {way: "Spørsmål"}
    assert waits(client_of("siri")) == waits(client_of("kari")) == {}, "it is for those who were asked"
    answer(acting, "per", "storgata", pathway_id, 5)
    assert waits(per) == {}


def test_minutes_stand_there_until_somebody_has_said_whether_they_are_right(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, pathway_id, "storgata", days=0)
        hold(kari, pathway_id, meeting, services_present=[together.service_id("storgata")])
    per = client_of("per")
    way = f"/forlop/{pathway_id}/moter/{meeting.pk}/stemmer/"
    assert waits(per)[way] == "Referat"
    per.post(way, form_of(page(per.get(way)), says="approved"))
    assert way not in waits(per)


def test_an_invitation_to_a_meeting_that_was_held_before_its_hour_is_no_longer_asked(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting, travel: Any
) -> None:
    travel(datetime.combine(together.day(1), time(12), clock.OSLO))  # so that its hour is the same day
    per = client_of("per")
    with acting("kari") as kari:
        meeting = together.call(kari, pathway_id, "storgata", starts_at=clock.now() + timedelta(minutes=30))
    assert list(waits(per).values()) == ["Innkalling"]
    with acting("kari") as kari:
        hold(kari, pathway_id, meeting, services_present=[together.service_id("storgata")])
    assert list(waits(per).values()) == ["Referat"]


def test_whatever_it_is_it_leads_to_where_it_is_answered_and_only_who_sees_the_row_is_told(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    with acting("kari") as kari:
        for service in ("storgata", "abup"):
            health_case.consent(kari, pathway_id, service, HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL)
        mapping = health_case.ask(kari, pathway_id, "abup", HealthArea.MENTAL)
        meeting = together.call(kari, pathway_id, "abup")
        question = questions.ask(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            sort=QuestionSort.INFORMATION,
            kind=InformationKind.COORDINATION,
            to_service_id=together.service_id("abup"),
            text="Hvordan går det?",
            answer_by=together.day(7),
        )
    case = f"/forlop/{pathway_id}/"
    siri = client_of("siri")
    assert waits(siri) == {
        f"{case}helse/steg/{mapping.pk}/": "Spørsmål",
        f"{case}moter/{meeting.pk}/svar/": "Innkalling",
        f"{case}sporsmal/{question.pk}/": "Spørsmål",
    }
    links = [str(one["href"]) for one in page(siri.get("/")).select("#svar a")]
    assert {client_of("per").get(one).status_code for one in links} == {404}, "a link is for those it was sent to"
    assert client_of("ola").get(links[0]).status_code == 404
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=mapping.pathway.child_id,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            service_id=together.service_id("abup"),
            item=mapping.pk,
            reason="Anna vil ikke det.",
            review_on=together.day(90),
        )
    assert f"{case}helse/steg/{mapping.pk}/" not in waits(siri)
    assert sorted(siri.get(one).status_code for one in links) == [302, 302, 404]


def test_a_home_finds_it_on_its_own_first_page(pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting) -> None:
    with acting("kari") as kari:
        together.let_in(kari, pathway_id, "fosterhjemmet")
        poll = propose(kari, pathway_id, 5, 6, services=[together.service_id("fosterhjemmet")])
    assert waits(client_of("berit"), "/barna-hos-oss/") == {f"/forlop/{pathway_id}/moter/tider/{poll.pk}/": "Spørsmål"}


def test_the_list_has_an_end(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST", 1)
    with acting("kari") as kari:
        propose(kari, pathway_id, 5, 6)
        assert not waiting.list_waiting(kari, page="work").rows
        together.call(kari, pathway_id, "storgata", kind=MeetingKind.STATUSMOTE)
    shown = client_of("per").get("/")
    assert len(page(shown).select("#svar li")) == 1
    assert "Det er flere." in text(page(shown))
