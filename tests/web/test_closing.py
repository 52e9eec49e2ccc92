"""Closing and taking up again, through their pages: nothing open is lost, nothing typed is lost, one closes once."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grunnmur import clock
from grunnmur.cases.actions import meetings, plans, referrals
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import CarriesOn, Child, Closure, Mapping, Reactivation, Referral, Task
from grunnmur.cases.terms import HealthArea, MeetingKind, ReferralAnswerKind
from tests import health_case, together
from tests.health_case import SEE_AND_TELL

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
Travel = Callable[[datetime], None]
MENTAL, SOMATIC, DENTAL = HealthArea.MENTAL, HealthArea.SOMATIC, HealthArea.DENTAL


def dato(on: date) -> str:
    return f"{on:%d.%m.%Y}"


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text_of(response: Any) -> str:
    """What one reads on the page, in one line."""
    main = soup(response).find("main")
    assert main is not None
    return " ".join(main.get_text(" ", strip=True).split())


def error_of(response: Any, field: str) -> str:
    """The sentence next to a field."""
    found = soup(response).find(id=f"id_{field}_error")
    return found.get_text(" ", strip=True) if found else ""


def version_of(response: Any) -> str:
    """The version of the case that the form was shown with."""
    found = soup(response).select_one("input[name=version]")
    assert found is not None
    return str(found["value"])


@pytest.fixture
def case(acting: Acting, anna: Child, travel: Travel) -> uuid.UUID:
    """Under way since an hour ago; the GP sees mental and somatic health, the dental clinic teeth."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", MENTAL, SOMATIC, purposes=SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "tannklinikken", DENTAL)
    travel(clock.now() + timedelta(hours=1))
    return pathway_id


@pytest.fixture
def open_things(acting: Acting, case: uuid.UUID) -> dict[str, Any]:
    """A task of Kari's, a mapping at the dental clinic, a referral to BUP; and care that is granted elsewhere."""
    with acting("kari") as kari:
        task: Task = plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Ringe læreren",
            service_id=kari.service_id,
            related_person_id=None,
            due_on=None,
        )
        mapping: Mapping = health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("per") as per:
        text = {"question": "Hva er det?", "situation": "Sliten."}
        referral: Referral = health_case.refer(per, case, "abup", MENTAL, **text)
        granted = health_case.refer(per, case, "barneavdelingen", SOMATIC, **text)
        referrals.answer(
            actor=per,
            pathway_id=case,
            once=None,
            referral_id=granted.pk,
            answer=ReferralAnswerKind.RIGHT_GRANTED,
            answered_on=clock.today(),
            treatment_deadline=together.day(30),
        )
    return {"task": task.pk, "mapping": mapping.pk, "referral": referral.pk}


def given(**more: Any) -> dict[str, Any]:
    return {
        "ground": "agreed_with_health",
        "closed_on": dato(clock.today()),
        "summary": "Fastlegen og sykehuset følger henne.",
        "child_view": "«Det er greit.»",
        **more,
    }


def carried(things: dict[str, Any]) -> dict[str, Any]:
    """Who carries on with each open thing."""
    return {
        f"who_{things['task']}": "Lise i barnevernet, 900 11 222",
        f"service_{things['mapping']}": together.service_id("tannklinikken"),
        f"service_{things['referral']}": together.service_id("abup"),
    }


def at(case: uuid.UUID, path: str = "avslutt/") -> str:
    return f"/forlop/{case}/{path}"


# --- closing ----------------------------------------------------------------------------------------------------


def test_the_form_asks_about_each_thing_that_is_open(
    client_of: ClientOf, case: uuid.UUID, open_things: dict[str, Any]
) -> None:
    response = client_of("kari").get(at(case))
    page = text_of(response)
    for heading, holder in (
        ("Ringe læreren", "Grimstad barneverntjeneste"),
        ("Kartlegging: tann- og munnhelse", "Tannklinikken i Grimstad"),
        ("Henvisning: psykisk helse", "ABUP Arendal"),
    ):
        assert f"{heading} Ligger nå hos {holder}. Hvem fører dette videre?" in page
    going_on = soup(response).find(id="id_what_more_0")
    assert going_on is not None
    assert going_on["value"] == "Avtalt hjelp: kroppslig helse"
    assert (
        soup(response).select_one("#id_service_more_0 option[selected]").text == "Barneavdelingen, sykehuset i Arendal"
    )
    for ground in definitions().edition("2023").closing_grounds:
        assert ground.label in page


def test_a_thing_that_nobody_carries_on_stops_the_closing(
    client_of: ClientOf, case: uuid.UUID, open_things: dict[str, Any], acting: Acting
) -> None:
    kari = client_of("kari")
    sending = given(**carried(open_things)) | {f"service_{open_things['referral']}": ""}
    response = kari.post(at(case), sending)
    assert response.status_code == 422
    assert "Skriv hvem som fører dette videre." in error_of(response, f"who_{open_things['referral']}")
    assert not error_of(response, f"who_{open_things['task']}")
    for typed in ("Lise i barnevernet, 900 11 222", "«Det er greit.»", "Fastlegen og sykehuset følger henne."):
        assert typed in response.content.decode()
    with acting("kari"):
        assert not Closure.objects.exists()


def test_closing_says_who_carries_on_and_how_to_reach_them(
    client_of: ClientOf, case: uuid.UUID, open_things: dict[str, Any], acting: Acting
) -> None:
    kari = client_of("kari")
    shown = kari.get(at(case))
    token = {"once_token": uuid.uuid4(), "version": version_of(shown)}
    more = {
        "what_more_0": "Hjelp på sykehuset",
        "service_more_0": together.service_id("barneavdelingen"),
        "what_more_1": "Samtaler på skolen",
        "who_more_1": "Rådgiver Moen",
    }
    sending = given(**carried(open_things), **more, **token)
    assert kari.post(at(case), sending).status_code == 302
    assert kari.post(at(case), sending).status_code == 302, "a double click"
    with acting("kari"):
        assert Closure.objects.count() == 1
        assert CarriesOn.objects.count() == 5
    for path in ("", "avslutning/"):
        page = text_of(kari.get(at(case, path)))
        assert f"Avsluttet {dato(clock.today())} Videre oppfølging er avtalt med helsetjenesten" in page
        for what, who, phone in (
            ("Ringe læreren", "Lise i barnevernet, 900 11 222", "ikke kjent"),
            ("Henvisning: psykisk helse", "ABUP Arendal", "37 00 00 05"),
            ("Hjelp på sykehuset", "Barneavdelingen, sykehuset i Arendal", "37 00 00 06"),
            ("Samtaler på skolen", "Rådgiver Moen", "ikke kjent"),
        ):
            assert f"Hva {what} Hvem {who} Telefon {phone}" in page
        assert "Barnet selv «Det er greit.»" in page
        assert "Avsluttet av Kari Lunde" in page
    assert client_of("per").get(at(case, "")).status_code == 404, "closing ends the sight of the others"


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"ground": ""}, "ground", "Velg hvorfor"),
        ({"ground": "tull"}, "ground", "Velg fra listen."),
        ({"closed_on": "30.02.2026"}, "closed_on", "Skriv datoen"),
        ({"closed_on": dato(together.day(2))}, "closed_on", "fram i tid"),
        ({"closed_on": dato(together.day(-3))}, "closed_on", "ikke startet den dagen"),
        ({"summary": ""}, "summary", "Skriv kort"),
        ({"child_view": ""}, "child_view", "Skriv hva barnet"),
        ({"what_more_0": "Skolen"}, "who_more_0", "Skriv hvem"),
        ({"who_more_1": "Rådgiver Moen"}, "what_more_1", "Skriv hva som fortsetter"),
        ({"what_more_0": "Skolen", "service_more_0": "tull"}, "service_more_0", "Velg fra listen."),
    ],
)
def test_what_is_wrong_is_said_by_its_field_and_nothing_is_lost(
    client_of: ClientOf, case: uuid.UUID, more: dict[str, str], field: str, sentence: str
) -> None:
    sending = given(**more)
    response = client_of("kari").post(at(case), sending)
    assert response.status_code == 422
    assert sentence in error_of(response, field)
    for name, typed in sending.items():
        assert name in ("ground", "service_more_0") or typed in response.content.decode()


def test_two_closing_at_once_the_second_is_told_what_happened(
    client_of: ClientOf, case: uuid.UUID, acting: Acting, travel: Travel
) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    version = version_of(kari.get(at(case)))
    assert version_of(leif.get(at(case))) == version
    assert kari.post(at(case), given(version=version)).status_code == 302
    response = leif.post(at(case), given(version=version, summary="Leifs egen oppsummering."))
    assert response.status_code == 409
    page = text_of(response)
    assert "Forløpet er avsluttet." in page
    assert "Dette har skjedd mens du skrev" in page
    assert "Forløpet ble avsluttet. Kari Lunde" in page
    assert "Leifs egen oppsummering." in response.content.decode()
    with acting("kari"):
        assert Closure.objects.count() == 1


def test_closing_on_top_of_something_unseen_is_told_and_can_be_sent_again(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    kari = client_of("kari")
    version = version_of(kari.get(at(case)))
    with acting("leif") as leif:
        mapping = health_case.ask(leif, case, "tannklinikken", DENTAL)
    response = kari.post(at(case), given(version=version))
    assert response.status_code == 409
    page = text_of(response)
    assert "En tjeneste ble bedt om å kartlegge. Leif Aas" in page
    assert "Kartlegging: tann- og munnhelse Ligger nå hos Tannklinikken" in page
    assert "«Det er greit.»" in response.content.decode()
    again = given(version=version_of(response))
    assert kari.post(at(case), again).status_code == 422, "the new thing needs someone too"
    service = {f"service_{mapping.pk}": together.service_id("tannklinikken")}
    assert kari.post(at(case), {**again, **service}).status_code == 302


def test_nobody_is_left_waiting_for_a_meeting_of_a_case_that_is_closed(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    with acting("kari") as actor:
        meeting = together.call(actor, case, "storgata", kind=MeetingKind.STATUSMOTE, days=9)
    kari = client_of("kari")
    shown = kari.get(at(case))
    assert f"Statusmøte {dato(together.day(9))} kl. 14.00 er kalt inn og ikke holdt." in text_of(shown)
    assert f'href="/forlop/{case}/moter/"' in shown.content.decode()
    refused = kari.post(at(case), given(version=version_of(shown)))
    assert refused.status_code == 422
    assert "Et møte er kalt inn og ikke holdt." in text_of(refused)
    assert "«Det er greit.»" in refused.content.decode()
    with acting("kari") as actor:
        meetings.cancel(actor=actor, pathway_id=case, once=None, meeting_id=meeting.pk, reason="Forløpet avsluttes.")
    assert kari.post(at(case), given(version=version_of(kari.get(at(case))))).status_code == 302


def test_who_may_not_close(client_of: ClientOf, case: uuid.UUID) -> None:
    for path in ("avslutt/", "ta-opp-igjen/"):
        response = client_of("per").get(at(case, path))
        assert response.status_code == 403
        assert "Bare barneverntjenesten som eier saken" in response.content.decode()
        for sent in (given(), {}):
            assert client_of("per").post(at(case, path), sent).status_code == 403, "nor is the form shown again"
    ola = client_of("ola")
    for path in ("avslutt/", "avslutning/", "ta-opp-igjen/"):
        assert ola.get(at(case, path)).status_code == 404
        assert ola.post(at(case, path), given()).status_code == 404


def test_a_case_that_is_only_assessed_is_not_closed(client_of: ClientOf, acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
    response = client_of("kari").get(at(pathway_id))
    assert response.status_code == 403
    assert "Forløpet er ikke startet ennå." in response.content.decode()


def test_the_way_to_a_case_that_is_closed_already_leads_to_how_it_ended(client_of: ClientOf, case: uuid.UUID) -> None:
    kari = client_of("kari")
    assert "Ikke avsluttet" in text_of(kari.get(at(case, "avslutning/")))
    kari.post(at(case), given())
    response = kari.get(at(case))
    assert (response.status_code, response["Location"]) == (302, at(case, "avslutning/"))


def test_the_number_of_queries_does_not_grow_with_what_is_open(
    client_of: ClientOf, case: uuid.UUID, open_things: dict[str, Any], acting: Acting
) -> None:
    kari = client_of("kari")

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert kari.get(at(case, path)).status_code == 200
        return len(queries)

    before = count("avslutt/")
    with acting("kari") as actor:
        for number in range(5):
            plans.set_task(
                actor=actor,
                pathway_id=case,
                once=None,
                what=f"Oppgave {number}",
                service_id=actor.service_id,
                related_person_id=None,
                due_on=None,
            )
    assert count("avslutt/") == before <= 14
    shown = kari.get(at(case))
    fields = {field["name"]: "Lise" for field in soup(shown).select("input[name^=who_]") if "more" not in field["name"]}
    assert kari.post(at(case), given(**fields)).status_code == 302
    assert count("avslutning/") <= 16
    assert count("") <= 18


# --- taking up again ------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(client_of: ClientOf, case: uuid.UUID, travel: Travel) -> uuid.UUID:
    """Closed; a day has gone."""
    assert client_of("kari").post(at(case), given()).status_code == 302
    travel(clock.now() + timedelta(days=1))
    return case


def test_a_closed_case_is_taken_up_again_and_good_consents_open_at_once(
    client_of: ClientOf, closed: uuid.UUID, acting: Acting
) -> None:
    kari = client_of("kari")
    form = text_of(kari.get(at(closed, "ta-opp-igjen/")))
    assert "ser saken igjen med en gang, fordi samtykket fortsatt gjelder: Storgata legesenter Tannklinikken" in form
    sending = {"reason": "Ny bekymring.", "reactivated_on": dato(clock.today()), "once_token": uuid.uuid4()}
    assert kari.post(at(closed, "ta-opp-igjen/"), sending).status_code == 302
    assert kari.post(at(closed, "ta-opp-igjen/"), sending).status_code == 302, "a double click"
    with acting("kari"):
        assert Reactivation.objects.count() == 1
    assert client_of("per").get(at(closed, "")).status_code == 200
    ended = text_of(kari.get(at(closed, "avslutning/")))
    assert f"Tatt opp igjen {dato(clock.today())}: Ny bekymring." in ended
    seen_by_another = text_of(client_of("per").get(at(closed, "avslutning/")))
    assert "Fastlegen og sykehuset følger henne." not in seen_by_another, "what was found is child welfare's own"


def test_when_no_consent_holds_nobody_else_sees_it(client_of: ClientOf, closed: uuid.UUID, travel: Travel) -> None:
    travel(clock.now() + timedelta(days=400))
    page = text_of(client_of("kari").get(at(closed, "ta-opp-igjen/")))
    assert "Ingen andre tjenester har samtykke nå. Bare dere ser saken." in page


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "Fyll ut"),
        ({"reactivated_on": "i dag"}, "reactivated_on", "Skriv datoen"),
        ({"reactivated_on": dato(together.day(30))}, "reactivated_on", "fram i tid"),
        ({"reactivated_on": dato(together.day(-30))}, "reactivated_on", "ikke avsluttet den dagen"),
    ],
)
def test_what_taking_up_again_cannot_be(
    client_of: ClientOf, closed: uuid.UUID, more: dict[str, str], field: str, sentence: str
) -> None:
    sending = {"reason": "Ny bekymring.", "reactivated_on": dato(clock.today()), **more}
    response = client_of("kari").post(at(closed, "ta-opp-igjen/"), sending)
    assert response.status_code == 422
    assert sentence in error_of(response, field)
    for typed in sending.values():
        assert typed in response.content.decode()


def test_not_while_another_pathway_is_open(client_of: ClientOf, closed: uuid.UUID, acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        together.begin(kari, anna)
    sending = {"reason": "Ny bekymring.", "reactivated_on": dato(clock.today())}
    response = client_of("kari").post(at(closed, "ta-opp-igjen/"), sending)
    assert response.status_code == 422
    assert "Barnet har alt et annet forløp som vurderes eller pågår." in text_of(response)
    assert "Ny bekymring." in response.content.decode()


def test_an_open_case_is_not_taken_up_again(client_of: ClientOf, case: uuid.UUID) -> None:
    response = client_of("kari").get(at(case, "ta-opp-igjen/"))
    assert response.status_code == 403
    assert "Forløpet pågår allerede." in response.content.decode()
