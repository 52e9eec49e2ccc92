"""The pages of the meetings, as the people in them use them: over HTTP, without JavaScript."""

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from grunnmur import clock
from grunnmur.cases.actions import basis, meetings
from grunnmur.cases.models import (
    Child,
    Invitation,
    InvitationReply,
    Meeting,
    MeetingCancelled,
    MeetingHeld,
    RelatedPerson,
    TaskVersion,
)
from grunnmur.cases.terms import AttendanceAnswer, ChildParticipation, InformationKind, MeetingKind
from grunnmur.log.models import AccessLog
from grunnmur.web.views.meetings import CallForm
from grunnmur.web.views.times import ProposeForm
from tests import together
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
AVKLARING, OPPSTART, STATUS = MeetingKind.AVKLARINGSMOTE, MeetingKind.OPPSTARTSMOTE, MeetingKind.STATUSMOTE


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way since today; the GP and ABUP may take part."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def url(case: uuid.UUID, *more: object) -> str:
    return "/".join(["", "forlop", str(case), "moter", *map(str, more), ""])


def called(acting: Acting, case: uuid.UUID, *services: str, **more: Any) -> Meeting:
    with acting("kari") as kari:
        return together.call(kari, case, *services, **more)


# --- seeing ----------------------------------------------------------------------------


def test_the_childs_own_words_come_first(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        basis.record_own_words(
            actor=kari, pathway_id=case, once=None, said_on=clock.today(), words="Ikke si alt til læreren."
        )
    called(acting, case, "storgata")
    soup = page(client_of("kari").get(url(case)))
    said = text(soup)
    assert said.index("Ikke si alt til læreren.") < said.index("Oppstartsmøte")
    assert soup.title.get_text() == "Møter"


def test_what_waits_who_has_answered_and_what_came_of_it(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        held = together.call(kari, case, kind=AVKLARING, days=0)
        meetings.hold(
            actor=kari,
            pathway_id=case,
            once=None,
            meeting_id=held.pk,
            held_on=clock.today(),
            services_present=[],
            people_present=[RelatedPerson.objects.get(relation="mother").pk],
            child_present=True,
            participation=ChildParticipation.CONVERSATION,
            minutes="Anna vil til legen.",
            decisions="Vi spør legen.",
            tasks=[meetings.DecidedTask("Ringe legen", kari.service_id, None, together.day(3))],
        )
        gone = together.call(kari, case, kind=STATUS, days=2)
        meetings.add_text(
            actor=kari,
            pathway_id=case,
            once=None,
            meeting_id=gone.pk,
            kind=InformationKind.COORDINATION,
            title="Om skolen",
            text="Hun er der to dager i uken.",
        )
        meetings.cancel(actor=kari, pathway_id=case, once=None, meeting_id=gone.pk, reason="Anna er syk.")
        together.call(kari, case, "storgata", "abup")
    with acting("per") as per:
        invitation = Invitation.objects.get(service=per.service_id)
        meetings.reply(
            actor=per,
            pathway_id=case,
            once=None,
            invitation_id=invitation.pk,
            answer=AttendanceAnswer.WRITES,
            written="Blodprøvene er fine.",
        )
    read = text(page(client_of("kari").get(url(case))))
    for words in (
        "Storgata legesenter bidrar skriftlig Blodprøvene er fine.",
        "ABUP Arendal ikke svart",
        "Til stede barnet, Mona Solberg, barneverntjenesten",
        "Barnet tok del gjennom samtale",
        "Anna vil til legen.",
        "Vi spør legen.",
        f"Ringe legen: Grimstad barneverntjeneste, innen {together.day(3):%d.%m.%Y}",
        "Avlyst: Anna er syk. Å lese før møtet Om skolen alle som er med Hun er der to dager i uken.",
        "Referat av Kari Lunde",
    ):
        assert words in read, words


def test_the_gp_sees_the_meetings_and_calls_none(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    called(acting, case, "storgata")
    soup = page(client_of("per").get(url(case)))
    assert "Vi kommer" in text(soup)
    assert "Kall inn" not in text(soup)
    assert not soup.find("a", href=re.compile("referat|flytt|avlys"))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        pytest.param(OPPSTART, "Dere har alt kalt inn til dette møtet.", id="one-waits"),
        pytest.param(STATUS, "", id="status-meetings-repeat"),
    ],
)
def test_a_meeting_that_cannot_be_called_says_why(
    acting: Acting, client_of: Any, case: uuid.UUID, kind: MeetingKind, sentence: str
) -> None:
    called(acting, case, "storgata", kind=kind)
    soup = page(client_of("kari").get(url(case)))
    label = re.compile(f"Kall inn til {kind.label.lower()}")
    (button,) = [one for one in soup.select(".ds-button") if label.search(one.get_text())]
    assert (button.get("aria-disabled") == "true") == bool(sentence)
    if sentence:
        assert soup.find(id=button["aria-describedby"]).get_text() == sentence


def test_every_look_is_logged(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    client_of("kari").get(url(case))
    with acting("kari"):
        assert AccessLog.objects.filter(action="meetings", pathway_id=case, allowed=True).count() == 1


def test_the_queries_do_not_grow_with_the_meetings(
    acting: Acting, client_of: Any, case: uuid.UUID, django_assert_max_num_queries: Any
) -> None:
    kari = client_of("kari")
    called(acting, case, "storgata", kind=STATUS)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        page(kari.get(url(case)))
    for days in range(8):
        called(acting, case, "storgata", "abup", kind=STATUS, days=days + 1)
    with django_assert_max_num_queries(len(few)):
        page(kari.get(url(case)))


# --- who may ---------------------------------------------------------------------------


PAGES = ["", "nytt", "svar", "{meeting}/svar", "{meeting}/flytt", "{meeting}/avlys", "{meeting}/referat"]


@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_learns_nothing(acting: Acting, client_of: Any, case: uuid.UUID, where: str, method: str) -> None:
    meeting = called(acting, case, "storgata")
    ola = client_of("ola")
    there = getattr(ola, method)(url(case, *where.format(meeting=meeting.pk).split("/")) if where else url(case))
    nowhere = getattr(ola, method)(url(uuid.uuid4()))
    assert there.status_code == nowhere.status_code == 404
    assert BeautifulSoup(there.content, "html.parser").main == BeautifulSoup(nowhere.content, "html.parser").main


@pytest.mark.parametrize("where", ["nytt", "{meeting}/flytt", "{meeting}/avlys", "{meeting}/referat"])
def test_the_gp_is_told_whose_it_is(acting: Acting, client_of: Any, case: uuid.UUID, where: str) -> None:
    meeting = called(acting, case, "storgata")
    soup = page(client_of("per").get(url(case, *where.format(meeting=meeting.pk).split("/"))), 403)
    assert "Bare barneverntjenesten som eier saken, kan gjøre dette." in text(soup)


@pytest.mark.parametrize("who", ["siri", "kari"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_answers_for_another_service(
    acting: Acting, client_of: Any, case: uuid.UUID, who: str, method: str
) -> None:
    meeting = called(acting, case, "storgata")
    client = client_of(who)
    response = getattr(client, method)(url(case, meeting.pk, "svar"), {"answer": "accepted"})
    assert "ikke invitert" in text(page(response, 403))
    with acting("kari"):
        assert not InvitationReply.objects.exists()


@pytest.mark.parametrize("where", ["svar", "flytt", "avlys", "referat"])
def test_a_meeting_that_is_not_is_not_found(client_of: Any, case: uuid.UUID, where: str) -> None:
    assert client_of("kari").get(url(case, uuid.uuid4(), where)).status_code == 404


# --- calling ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "agenda", "services"),
    [
        pytest.param(AVKLARING, "Hvilken helsehjelp barnet kan trenge", set(), id="clarification-with-the-family"),
        pytest.param(OPPSTART, "Hvilke tjenester som tilbyr", {"storgata", "abup"}, id="start-up-with-health"),
        pytest.param(STATUS, "Om hjelpen må justeres", {"storgata", "abup"}, id="status"),
    ],
)
def test_the_edition_proposes_who_comes_and_about_what(
    client_of: Any, case: uuid.UUID, kind: MeetingKind, agenda: str, services: set[str]
) -> None:
    soup = page(client_of("kari").get(url(case, "nytt") + f"?type={kind.value}"))
    assert soup.h1.get_text() == f"Kall inn til {kind.label.lower()}"
    proposed = form_of(soup)
    assert agenda in proposed["agenda"]
    assert set(proposed.get("services", [])) == {str(together.service_id(key)) for key in services}
    assert len(proposed["related_people"]) == 2, "both parents"
    assert proposed["child_invited"] == ["on"]


def test_without_a_kind_the_next_one_is_proposed(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    for asked in ("", "?type=fest"):
        assert page(client_of("kari").get(url(case, "nytt") + asked)).h1.get_text() == "Kall inn til avklaringsmøte"
    called(acting, case, kind=AVKLARING)
    called(acting, case, "storgata")
    assert page(client_of("kari").get(url(case, "nytt"))).h1.get_text() == "Kall inn til statusmøte"


def test_calling_once_however_often_one_clicks(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    kari = client_of("kari")
    soup = page(kari.get(url(case, "nytt") + "?type=oppstartsmote"))
    typed = form_of(soup, starts_at=f"{together.day(5):%d.%m.%Y}", clock="14.30", place="Rådhuset, rom 2")
    for _click in range(2):
        assert kari.post(url(case, "nytt"), typed).status_code == 302
    with acting("kari"):
        meeting = Meeting.objects.get()
        assert (meeting.meeting, meeting.place) == ("oppstartsmote", "Rådhuset, rom 2")
        assert meeting.starts_at == together.at(5, 14).replace(minute=30)
        assert Invitation.objects.count() == 2
    read = text(page(kari.get(url(case))))
    assert f"{together.day(5):%d.%m.%Y} kl. 14.30 Rådhuset, rom 2" in read


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"clock": "25.99"}, "clock", "Skriv klokkeslettet slik: 14.00.", id="clock"),
        pytest.param({"clock": "to"}, "clock", "Skriv klokkeslettet slik: 14.00.", id="clock-in-words"),
        pytest.param({"starts_at": "32.13.2026"}, "starts_at", "dag, måned og år", id="no-such-day"),
        pytest.param({"starts_at": "01.01.1999"}, "starts_at", "før barnet ble født", id="before-birth"),
        pytest.param({"starts_at": f"{together.day(-3):%d.%m.%Y}"}, "starts_at", "før dere begynte", id="too-early"),
        pytest.param({"starts_at": f"{together.day(999):%d.%m.%Y}"}, "starts_at", "Sjekk året", id="too-late"),
        pytest.param({"place": ""}, "place", "hvor møtet er", id="nowhere"),
        pytest.param({"services": None}, "services", "minst én tjeneste", id="nobody-invited"),
        pytest.param(
            {"services": [str(together.service_id("skolen"))]}, "services", "har samtykket til", id="without-consent"
        ),
    ],
)
def test_what_is_typed_wrong_is_said_beside_it_and_nothing_is_lost(
    acting: Acting, client_of: Any, case: uuid.UUID, typed: dict[str, Any], field: str, sentence: str
) -> None:
    kari = client_of("kari")
    soup = page(kari.get(url(case, "nytt") + "?type=oppstartsmote"))
    good = {"starts_at": f"{together.day(5):%d.%m.%Y}", "clock": "14.00", "place": "Et sted", "agenda": "Søvn\nMat"}
    soup = page(kari.post(url(case, "nytt"), form_of(soup, **(good | typed))), 422)
    assert sentence in fault(soup, field)
    still = form_of(soup)
    for name, value in (good | typed).items():
        if isinstance(value, str):
            assert still[name] == value
    assert soup.find("input", {"name": "meeting"})["value"] == "oppstartsmote"
    with acting("kari"):
        assert not Meeting.objects.exists()


@pytest.mark.parametrize("clock_typed", ["14.00", "14:00", "1400", "14", "kl. 14.00"])
def test_a_clock_is_typed_as_people_write_it(acting: Acting, client_of: Any, case: uuid.UUID, clock_typed: str) -> None:
    kari = client_of("kari")
    soup = page(kari.get(url(case, "nytt")))
    typed = form_of(soup, starts_at=f"{together.day(5):%d.%m.%Y}", clock=clock_typed, place="Et sted")
    assert kari.post(url(case, "nytt"), typed).status_code == 302
    with acting("kari"):
        assert Meeting.objects.get().starts_at == together.at(5, 14)


def test_a_colleague_who_was_first_is_named_with_the_day(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    leif = client_of("leif")
    soup = page(leif.get(url(case, "nytt") + "?type=oppstartsmote"))
    called(acting, case, "storgata")
    typed = form_of(soup, starts_at=f"{together.day(5):%d.%m.%Y}", clock="14", place="Et sted")
    soup = page(leif.post(url(case, "nytt"), typed), 422)
    assert (
        f"alt kalt inn til oppstartsmøte {together.day(7):%d.%m.%Y}" in soup.find(class_="g-error-summary").get_text()
    )


# --- moving and cancelling -------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour", "is_there"),
    [
        pytest.param("28.03.2027", "01.59", True, id="before the clock is put forward"),
        pytest.param("28.03.2027", "02.30", False, id="in the hour that is passed over"),
        pytest.param("28.03.2027", "03.00", True, id="after"),
        pytest.param("31.10.2027", "02.30", True, id="in the hour that there are two of"),
    ],
)
def test_an_hour_that_the_clock_passes_over_is_said_beside_it(day: str, hour: str, is_there: bool) -> None:
    called = CallForm({"starts_at": day, "clock": hour})
    asked = ProposeForm({"answer_by": "01.03.2027", "time_0_on": day, "time_0_clock": hour})
    for form, field in ((called, "clock"), (asked, "time_0_clock")):
        assert ("Klokka stilles fram" in str(form.errors.get(field, ""))) is not is_there


def test_moving_keeps_who_was_invited_and_asks_anew(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mother = RelatedPerson.objects.get(relation="mother")
        first = together.call(kari, case, "storgata", related_people=[mother.pk], agenda="Søvn\nMat")
    client = client_of("kari")
    soup = page(client.get(url(case, first.pk, "flytt")))
    stands = form_of(soup)
    assert stands["services"] == [str(together.service_id("storgata"))]
    assert stands["related_people"] == [str(mother.pk)]
    assert (stands["agenda"].split(), stands["place"]) == (["Søvn", "Mat"], "Grimstad rådhus")
    typed = form_of(soup, starts_at=f"{together.day(9):%d.%m.%Y}", clock="10")
    assert client.post(url(case, first.pk, "flytt"), typed).status_code == 302
    with acting("kari"):
        moved = Meeting.objects.get(moved_from=first)
        assert (moved.starts_at, moved.meeting) == (together.at(9, 10), "oppstartsmote")
    read = text(page(client.get(url(case))))
    assert f"Flyttet til {together.day(9):%d.%m.%Y} kl. 10.00" in read
    assert "Storgata legesenter ikke svart" in read


def test_a_service_that_is_out_is_not_proposed_when_the_meeting_moves(
    acting: Acting, client_of: Any, case: uuid.UUID
) -> None:
    from grunnmur.cases.actions import consents
    from grunnmur.cases.models import Consent
    from grunnmur.cases.terms import SignatoryKind

    first = called(acting, case, "storgata", "abup")
    with acting("kari") as kari:
        consent = Consent.objects.get(recipient=together.service_id("abup"))
        consents.withdraw(
            actor=kari, pathway_id=case, once=None, consent_id=consent.pk, withdrawn_by=SignatoryKind.CHILD
        )
    for where in ((), ("svar",), (first.pk, "svar")):
        assert client_of("siri").get(url(case, *where)).status_code == 404
    client = client_of("kari")
    assert "ABUP Arendal ser ikke møtet" in text(page(client.get(url(case))))
    soup = page(client.get(url(case, first.pk, "flytt")))
    assert form_of(soup)["services"] == [str(together.service_id("storgata"))]
    assert "ABUP Arendal er ikke med lenger" in text(soup)


def test_cancelling_says_why(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    meeting = called(acting, case, "storgata")
    kari = client_of("kari")
    soup = page(kari.get(url(case, meeting.pk, "avlys")))
    soup = page(kari.post(url(case, meeting.pk, "avlys"), form_of(soup, reason=" ")), 422)
    assert fault(soup, "reason")
    typed = form_of(soup, reason="Anna er syk.")
    for _click in range(2):
        assert kari.post(url(case, meeting.pk, "avlys"), typed).status_code == 302
    with acting("kari"):
        assert MeetingCancelled.objects.get().reason == "Anna er syk."
    assert "Avlyst: Anna er syk." in text(page(client_of("per").get(url(case))))


# --- answering -------------------------------------------------------------------------


def test_the_gp_answers_in_one_click(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    meeting = called(acting, case, "storgata")
    per = client_of("per")
    response = per.get(url(case, "svar"))
    assert response["Location"] == url(case, meeting.pk, "svar")
    soup = page(per.get(url(case)))
    form = soup.find("form", action=url(case, meeting.pk, "svar"))
    typed = {field["name"]: field.get("value", "") for field in form.select("input")} | {"answer": "accepted"}
    for _click in range(2):
        assert per.post(form["action"], typed).status_code == 302
    with acting("per"):
        assert InvitationReply.objects.get().answer == "accepted"
    assert "Storgata legesenter kommer" in text(page(client_of("kari").get(url(case))))
    assert per.get(url(case, "svar"))["Location"] == url(case), "nothing left to answer"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"answer": None}, "answer", "Velg et svar.", id="no-answer"),
        pytest.param({"answer": "invited"}, "answer", "Velg fra listen.", id="not-an-answer"),
        pytest.param({"answer": "writes", "written": ""}, "written", "bidra med", id="nothing-written"),
    ],
)
def test_an_answer_that_is_none(
    acting: Acting, client_of: Any, case: uuid.UUID, typed: dict[str, Any], field: str, sentence: str
) -> None:
    meeting = called(acting, case, "storgata")
    per = client_of("per")
    soup = page(per.get(url(case, meeting.pk, "svar")))
    soup = page(per.post(url(case, meeting.pk, "svar"), form_of(soup, **({"written": "Se under."} | typed))), 422)
    assert sentence in fault(soup, field)
    assert form_of(soup)["written"] == typed.get("written", "Se under.")


def test_an_answer_after_the_meeting_was_cancelled(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    meeting = called(acting, case, "storgata")
    per = client_of("per")
    soup = page(per.get(url(case, meeting.pk, "svar")))
    with acting("kari") as kari:
        meetings.cancel(actor=kari, pathway_id=case, once=None, meeting_id=meeting.pk, reason="Syk")
    typed = form_of(soup, answer="writes", written="Blodprøvene er fine.")
    soup = page(per.post(url(case, meeting.pk, "svar"), typed), 422)
    assert "trengs ikke lenger" in fault(soup, "answer")
    assert form_of(soup)["written"] == "Blodprøvene er fine."


# --- minutes ---------------------------------------------------------------------------


def test_minutes_with_tasks_without_javascript(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mother = RelatedPerson.objects.get(relation="mother")
        meeting = together.call(kari, case, "storgata", "abup", days=0, related_people=[mother.pk])
    with acting("per") as per:
        meetings.reply(
            actor=per,
            pathway_id=case,
            once=None,
            invitation_id=Invitation.objects.get(service=per.service_id).pk,
            answer=AttendanceAnswer.ACCEPTED,
        )
    client = client_of("kari")
    where = url(case, meeting.pk, "referat")
    soup = page(client.get(where))
    stands = form_of(soup)
    assert stands["services_present"] == [str(together.service_id("storgata"))], "the one that said it comes"
    assert stands["people_present"] == [str(mother.pk)]
    assert stands["held_on"] == f"{clock.today():%d.%m.%Y}"
    typed = form_of(
        soup,
        child_present="on",
        participation="1.1",
        own_words="Jeg vil sove bedre.",
        minutes="Vi snakket om søvn.",
        decisions="Legen tar prøver.",
        task_0_what="Ta blodprøver",
        task_0_who=f"service:{together.service_id('storgata')}",
        task_0_due=f"{together.day(10):%d.%m.%Y}",
        task_4_what="Følge Anna",
        task_4_who=f"person:{mother.pk}",
    )
    for _click in range(2):
        assert client.post(where, typed).status_code == 302
    with acting("kari"):
        held = MeetingHeld.objects.get()
        assert (held.participation, held.child_present, held.decisions) == ("1.1", True, "Legen tar prøver.")
        assert {(task.what, task.due_on) for task in TaskVersion.objects.all()} == {
            ("Ta blodprøver", together.day(10)),
            ("Følge Anna", None),
        }
    read = text(page(client.get(url(case))))
    assert "Jeg vil sove bedre." in read and "Vi snakket om søvn." in read
    assert client.get(where)["Location"] == url(case), "the minutes are written"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"held_on": "i går"}, "held_on", "dag, måned og år", id="no-date"),
        pytest.param({"held_on": f"{together.day(2):%d.%m.%Y}"}, "held_on", "fram i tid", id="in two days"),
        pytest.param({"minutes": ""}, "minutes", "Fyll ut", id="no-minutes"),
        pytest.param({"participation": None}, "participation", "Velg et svar", id="no-participation"),
        pytest.param({"participation": "2.1"}, "participation", "Barnet var på møtet", id="child-was-there"),
        pytest.param(
            {"services_present": [str(together.service_id("skolen"))]}, "services_present", "ikke invitert", id="school"
        ),
        pytest.param({"task_2_what": "Ringe"}, "task_2_who", "Velg én", id="a-task-of-nobody"),
        pytest.param(
            {"task_1_who": f"service:{together.service_id('abup')}"},
            "task_1_what",
            "hva som skal",
            id="a-task-of-nothing",
        ),
        pytest.param({"task_0_due": "31.02.2027"}, "task_0_due", "dag, måned og år", id="no-such-day"),
        pytest.param(
            {
                "task_3_what": "Ringe",
                "task_3_who": f"service:{together.service_id('abup')}",
                "task_3_due": f"{together.day(-1):%d.%m.%Y}",
            },
            "task_3_due",
            "før møtet",
            id="due-before-the-meeting",
        ),
        pytest.param(
            {"task_0_what": "Ringe", "task_0_who": f"service:{together.service_id('skolen')}"},
            "task_0_who",
            "ikke med i forløpet",
            id="a-task-of-someone-outside",
        ),
        pytest.param({"task_0_what": "Ringe", "task_0_who": "noen"}, "task_0_who", "fra listen", id="a-forged-choice"),
    ],
)
def test_minutes_typed_wrong_lose_nothing(
    acting: Acting, client_of: Any, case: uuid.UUID, typed: dict[str, Any], field: str, sentence: str
) -> None:
    meeting = called(acting, case, "storgata", "abup", days=0)
    kari = client_of("kari")
    where = url(case, meeting.pk, "referat")
    good = {"child_present": "on", "participation": "1.1", "minutes": "Et langt referat.", "task_4_due": ""}
    soup = page(kari.post(where, form_of(page(kari.get(where)), **(good | typed))), 422)
    assert sentence in fault(soup, field)
    still = form_of(soup)
    for name in ("minutes", "held_on", "task_2_what", "task_3_due"):
        if isinstance((good | typed).get(name), str):
            assert still[name] == (good | typed)[name]
    later = soup.select_one("details:has([name=task_2_what])")
    assert later.has_attr("open") == field.startswith(("task_2", "task_3", "task_4"))
    with acting("kari"):
        assert not MeetingHeld.objects.exists()
        assert not TaskVersion.objects.exists()


def test_minutes_of_a_meeting_to_come_and_of_one_that_has_them(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    coming = called(acting, case, "storgata", days=2)
    kari = client_of("kari")
    where = url(case, coming.pk, "referat")
    typed = form_of(page(kari.get(where)), held_on=f"{clock.today():%d.%m.%Y}", participation="1.1", minutes="x")
    soup = page(kari.post(where, typed), 422)
    assert f"ikke holdt ennå; det er satt til {together.day(2):%d.%m.%Y}" in text(soup)
    assert "Ble det holdt før, så flytt det først." in text(page(kari.get(where)))
    assert not page(kari.get(url(case))).find("a", href=where)


def test_a_colleague_wrote_the_minutes_first(acting: Acting, client_of: Any, case: uuid.UUID) -> None:
    meeting = called(acting, case, "storgata", days=0)
    where = url(case, meeting.pk, "referat")
    kari, leif = client_of("kari"), client_of("leif")
    forms = {
        client: form_of(page(client.get(where)), participation="1.1", minutes=words)
        for client, words in ((kari, "Karis referat"), (leif, "Leifs referat"))
    }
    assert kari.post(where, forms[kari]).status_code == 302
    soup = page(leif.post(where, forms[leif]), 422)
    assert "alt et referat" in text(soup)
    assert form_of(soup)["minutes"] == "Leifs referat"


def test_a_meeting_that_was_and_has_no_minutes_asks_for_them(
    acting: Acting, client_of: Any, case: uuid.UUID, travel: Callable[[datetime], None]
) -> None:
    meeting = called(acting, case, "storgata", days=1)
    travel(clock.now() + timedelta(days=2))
    soup = page(client_of("kari").get(url(case)))
    assert "mangler referat" in text(soup)
    assert soup.find("a", href=url(case, meeting.pk, "referat"))["data-variant"] == "primary"
