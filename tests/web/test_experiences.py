"""How somebody at work thought a meeting or the whole of it was: reached quietly, said once, kept without who."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from grunnmur import clock
from grunnmur.cases import facts
from grunnmur.cases.actions import meetings
from grunnmur.cases.models import Child, Experience, ExperienceGiven, Meeting
from grunnmur.cases.queries.experiences import lately
from grunnmur.cases.terms import ChildParticipation, MeetingKind
from grunnmur.log.models import AccessLog, Event
from tests import together
from tests.cases.test_closings import close, reactivate

Acting = Callable[[str], AbstractContextManager[Any]]
ANSWERS = {"was_heard": "5", "understood": "2", "it_helps": "4"}


@pytest.fixture
def held(acting: Acting, anna: Child) -> Meeting:
    """A meeting today with the GP."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata")
        meeting = together.call(kari, pathway_id, "storgata", days=0)
        meetings.hold(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            meeting_id=meeting.pk,
            held_on=clock.today(),
            services_present=[together.service_id("storgata")],
            people_present=[],
            child_present=True,
            participation=ChildParticipation.CONVERSATION,
            minutes="Vi snakket.",
            decisions="",
        )
    return meeting


def at(pathway_id: uuid.UUID, item: uuid.UUID) -> str:
    return f"/forlop/{pathway_id}/hvordan/{item}/"


def test_whoever_sees_a_meeting_says_once_how_it_was_and_nothing_tells_who_said_what(
    held: Meeting, acting: Acting, client_of: Any, as_admin: Any
) -> None:
    case, here = held.pathway_id, at(held.pathway_id, held.pk)
    per, kari = client_of("per"), client_of("kari")
    assert here in per.get(f"/forlop/{case}/moter/").content.decode()
    assert "Svarene lagres med tjenesten din og måneden, uten navnet ditt." in per.get(here).content.decode()
    short = per.post(here, ANSWERS | {"it_helps": ""})
    assert (short.status_code, "Velg et svar." in short.content.decode()) == (422, True)
    with as_admin():
        before = Event.objects.count()
    assert per.post(here, ANSWERS)["Location"] == f"/forlop/{case}/moter/"
    with as_admin():
        row = Experience.objects.get()
        assert (row.of, row.after, row.service_id) == ("staff", "meeting", together.service_id("storgata"))
        assert (row.was_heard, row.understood, row.it_helps) == (5, 2, 4)
        assert row.month == clock.today().replace(day=1)
        assert Event.objects.count() == before
        logged = str(list(AccessLog.objects.filter(action="say_how_it_was").values()))
        assert str(row.pk) not in logged
        assert not any(question in logged for question in ANSWERS)
    with acting("kari"):
        assert not Experience.objects.exists()
        assert not ExperienceGiven.objects.exists(), "nor who in another service has answered"
    assert per.post(here, ANSWERS | {"was_heard": "1"})["Location"] == f"/forlop/{case}/moter/"
    assert "Hver svarer én gang." in per.get(f"/forlop/{case}/moter/").content.decode()
    assert here not in per.get(f"/forlop/{case}/moter/").content.decode()
    assert here in kari.get(f"/forlop/{case}/moter/").content.decode()
    with as_admin():
        assert Experience.objects.get().was_heard == 5
    assert client_of("ola").get(here).status_code == 404


def test_only_what_was_held_or_closed_is_asked_about_and_only_for_a_month(
    held: Meeting, acting: Acting, client_of: Any, as_admin: Any, travel: Callable[[datetime], None]
) -> None:
    case = held.pathway_id
    with acting("kari") as kari:
        ahead = together.call(kari, case, kind=MeetingKind.STATUSMOTE)
    for item in (ahead.pk, case, uuid.uuid4()):
        assert client_of("kari").post(at(case, item), ANSWERS).status_code == 404
    with acting("kari") as kari:
        meetings.cancel(actor=kari, pathway_id=case, once=None, meeting_id=ahead.pk, reason="Ikke nødvendig.")
        close(kari, case)
    assert at(case, case) in client_of("leif").get(f"/forlop/{case}/avslutning/").content.decode()
    assert client_of("leif").post(at(case, case), ANSWERS)["Location"] == f"/forlop/{case}/avslutning/"
    with as_admin():
        assert (Experience.objects.get().of, Experience.objects.get().after) == ("staff", "closing")
    assert at(case, case) not in client_of("leif").get(f"/forlop/{case}/avslutning/").content.decode()
    travel(clock.now() + timedelta(days=32))
    for page, item in (("avslutning", case), ("moter", held.pk)):
        answer = client_of("kari").get(f"/forlop/{case}/{page}/")
        assert (answer.status_code, at(case, item) in answer.content.decode()) == (200, False)
        assert client_of("kari").get(at(case, item)).status_code == 404
        assert client_of("kari").post(at(case, item), ANSWERS).status_code == 404
    with as_admin():
        assert Experience.objects.count() == 1


def test_a_pathway_that_was_taken_up_again_is_not_asked_about(held: Meeting, acting: Acting, client_of: Any) -> None:
    case = held.pathway_id
    with acting("kari") as kari:
        close(kari, case)
        assert lately(facts.load(case), pathway=case, held=(), on=clock.today()) == (case,)
    with acting("kari") as kari:
        reactivate(kari, case)
        assert lately(facts.load(case), pathway=case, held=(), on=clock.today()) == ()
    assert client_of("kari").get(at(case, case)).status_code == 404


def test_an_answer_is_kept_for_ones_own_service_and_no_other(held: Meeting, acting: Acting, as_admin: Any) -> None:
    asked = {"month": clock.today().replace(day=1), "of": "staff", "after": "meeting"}
    answers = {"was_heard": 5, "understood": 5, "it_helps": 5}
    with acting("per"), pytest.raises(Error), transaction.atomic():
        Experience.objects.create(service_id=held.author_service_id, **asked, **answers)
    with acting("per") as per, transaction.atomic():
        Experience.objects.create(service_id=per.service_id, **asked, **answers)
    with as_admin():
        assert [one.service_id for one in Experience.objects.all()] == [together.service_id("storgata")]
