"""The health areas, mapping and referral, through their pages: shown as they should be, kept when wrong, done once."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo import cast
from grunnmur import clock
from grunnmur.cases import deadlines
from grunnmur.cases.actions import closings, mappings, pathways, referrals
from grunnmur.cases.definition import definitions
from grunnmur.cases.models import Child, Mapping, MappingStep, Referral, ReferralAnswer, ReferralText
from grunnmur.cases.terms import (
    AssessmentOutcome,
    ChildParticipation,
    HealthArea,
    Informant,
    MappingConclusion,
    MappingState,
    ReferralAnswerKind,
    Severity,
)
from grunnmur.directory import intake
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.models import Membership, Service
from grunnmur.web import health_words
from tests import health_case, together
from tests.health_case import SEE_AND_TELL

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
Travel = Callable[[datetime], None]
AsAdmin = Callable[[], AbstractContextManager[None]]
MENTAL, SOMATIC, DENTAL, SEXUAL = HealthArea.MENTAL, HealthArea.SOMATIC, HealthArea.DENTAL, HealthArea.SEXUAL
NUMBER = {MENTAL: 1, SOMATIC: 2, DENTAL: 3, SEXUAL: 4}
TEXT = {"question": "Spiseforstyrrelse?", "situation": "Hun spiser lite."}


def dato(on: date) -> str:
    return f"{on:%d.%m.%Y}"


def text_of(response: Any) -> str:
    """What one reads on the page, in one line."""
    main = BeautifulSoup(response.content, "html.parser").find("main")
    assert main is not None
    return " ".join(main.get_text(" ", strip=True).split())


def error_of(response: Any, field: str) -> str:
    """The sentence next to a field."""
    found = BeautifulSoup(response.content, "html.parser").find(id=f"id_{field}_error")
    return found.get_text(" ", strip=True) if found else ""


@pytest.fixture
def case(acting: Acting, anna: Child, travel: Travel) -> uuid.UUID:
    """Under way since an hour ago. The GP sees mental and somatic health and may tell; the dental clinic and the
    school nurse only see an area each; the paediatric department sees somatic health; BUP sees nothing."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", MENTAL, SOMATIC, purposes=SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "tannklinikken", DENTAL)
        health_case.consent(kari, pathway_id, "skolehelse", SEXUAL, MENTAL)
        health_case.consent(kari, pathway_id, "barneavdelingen", SOMATIC)
    travel(clock.now() + timedelta(hours=1))
    return pathway_id


@pytest.fixture
def asked(acting: Acting, case: uuid.UUID) -> dict[HealthArea, Mapping]:
    """The GP is asked about mental health, the dental clinic about teeth."""
    with acting("kari") as kari:
        return {
            MENTAL: health_case.ask(kari, case, "storgata", MENTAL),
            DENTAL: health_case.ask(kari, case, "tannklinikken", DENTAL),
        }


@pytest.fixture
def sent(acting: Acting, case: uuid.UUID) -> dict[HealthArea, Referral]:
    """The GP has referred to BUP, which does not see the case, and to the paediatric department, which does."""
    with acting("per") as per:
        return {
            MENTAL: health_case.refer(per, case, "abup", MENTAL, sent_on=together.day(-5), **TEXT),
            SOMATIC: health_case.refer(per, case, "barneavdelingen", SOMATIC, sent_on=together.day(-5), **TEXT),
        }


def at(case: uuid.UUID, path: str = "") -> str:
    """An address under the health areas; «1/spor/» is about the first area."""
    area, slash, rest = path.partition("/")
    if area.isdecimal():
        path = f"{uuid.uuid5(case, HealthArea.values[int(area) - 1])}{slash}{rest}"
    return f"/forlop/{case}/helse/{path}"


# --- who sees what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "areas"),
    [
        ("kari", ["Psykisk helse", "Kroppslig helse", "Tann- og munnhelse", "Seksuell helse", "Rus"]),
        ("per", ["Psykisk helse", "Kroppslig helse"]),
        ("tone", ["Tann- og munnhelse"]),
        ("nina", ["Kroppslig helse"]),
    ],
)
def test_each_sees_the_areas_of_its_own_consent_and_nothing_of_the_others(
    client_of: ClientOf, case: uuid.UUID, asked: Any, who: str, areas: list[str]
) -> None:
    page = BeautifulSoup(client_of(who).get(at(case)).content, "html.parser")
    assert [heading.get_text() for heading in page.select("main section h2")] == areas
    for hidden in {"Psykisk", "Kroppslig", "Tann-", "Seksuell"} - {area.split(" ")[0] for area in areas}:
        assert hidden not in page.main.get_text()  # type: ignore[union-attr]


def test_a_service_without_consent_finds_no_page(client_of: ClientOf, case: uuid.UUID) -> None:
    assert client_of("siri").get(at(case)).status_code == 404


PAGES = [
    *("", "1/spor/", "1/utelat/", "1/henvis/", f"steg/{uuid.UUID(int=1)}/", f"svar/{uuid.UUID(int=1)}/"),
    f"fortalt/{uuid.UUID(int=1)}/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_learns_nothing(client_of: ClientOf, case: uuid.UUID, path: str) -> None:
    ola = client_of("ola")
    mine, nobodys = ola.get(at(case, path)), ola.get(at(uuid.UUID(int=2), path))
    assert mine.status_code == nobodys.status_code == 404
    assert text_of(mine) == text_of(nobodys)
    assert ola.post(at(case, path), {}).status_code in (404, 405)


@pytest.mark.parametrize("path", ["3/henvis/", "4/henvis/", f"{uuid.UUID(int=9)}/henvis/"])
def test_an_area_one_does_not_see_is_not_there(client_of: ClientOf, case: uuid.UUID, path: str) -> None:
    assert client_of("per").get(at(case, path)).status_code == 404


def test_who_may_not_is_refused_with_a_reason(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], sent: dict[HealthArea, Referral]
) -> None:
    for who, path, reason in (
        ("per", "1/spor/", "Bare barneverntjenesten som eier saken"),
        ("per", "1/utelat/", "Bare barneverntjenesten som eier saken"),
        ("kari", f"steg/{asked[MENTAL].pk}/", "annen rolle"),
        ("kari", "1/henvis/", "annen rolle"),
        ("hege", f"steg/{asked[MENTAL].pk}/", "ikke gitt til tjenesten din"),
        ("hege", f"svar/{sent[MENTAL].pk}/", "ikke til eller fra tjenesten din"),
    ):
        response = client_of(who).get(at(case, path))
        assert response.status_code == 403, (who, path)
        assert reason in response.content.decode()


@pytest.mark.parametrize("path", ["", "1/spor/", "1/utelat/"])
def test_neither_title_nor_address_tells(client_of: ClientOf, case: uuid.UUID, path: str) -> None:
    page = BeautifulSoup(client_of("kari").get(at(case, path)).content, "html.parser")
    title = page.title.get_text().lower() if page.title else ""
    assert title
    for word in ("anna", "psykisk", "rus", "tann", "seksuell"):
        assert word not in title


def test_the_number_of_queries_does_not_grow_with_what_the_case_holds(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, asked: dict[HealthArea, Mapping], travel: Travel
) -> None:
    kari = client_of("kari")

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert kari.get(at(case)).status_code == 200
        return len(queries)

    before = count()
    with acting("per") as per:
        health_case.step(
            per, case, asked[MENTAL], MappingState.CONCLUDED, conclusion=MappingConclusion.REFERRAL, findings="Noe."
        )
        for _number in range(4):
            health_case.refer(per, case, "abup", MENTAL, **TEXT)
        for _number in range(4):
            health_case.refer(per, case, "barneavdelingen", SOMATIC, **TEXT)
            for days in range(4):
                on = together.day(-days)
                health_case.report(per, case, asked[MENTAL], Informant.CHILD, severity=Severity.MILD, on=on)
    assert count() == before
    assert before <= 18


# --- asking -------------------------------------------------------------------------------------------------------


def test_kari_asks_the_gp(client_of: ClientOf, case: uuid.UUID, acting: Acting) -> None:
    kari = client_of("kari")
    form = text_of(kari.get(at(case, "1/spor/")))
    assert "Storgata legesenter Kan fortelle dere hva den finner." in form
    assert "Skolehelsetjenesten i Grimstad Kan si hvor hjelpen går videre, men ikke" in form
    assert "Tannklinikken" not in form
    given = {
        "service_id": together.service_id("storgata"),
        "question": "Hun er sliten.",
        "due_on": dato(together.day(30)),
        "once_token": uuid.uuid4(),
    }
    assert kari.post(at(case, "1/spor/"), given).status_code == 302
    assert kari.post(at(case, "1/spor/"), given).status_code == 302
    with acting("kari"):
        assert Mapping.objects.count() == 1, "a double click does it once"
    page = text_of(kari.get(at(case)))
    assert f"Storgata legesenter ble spurt {dato(clock.today())}" in page
    assert (
        f"Svar innen {dato(together.day(7))} 1 uke fra sendt forespørsel om kartlegging (kommunens egen frist)" in page
    )


def test_without_consent_for_the_area_the_page_says_what_to_do(client_of: ClientOf, case: uuid.UUID) -> None:
    page = text_of(client_of("kari").get(at(case, "5/spor/")))
    assert "Ingen helsetjeneste har samtykke for dette helseområdet ennå." in page
    assert "Send forespørselen" not in page
    assert "Spør om samtykke" in page


@pytest.mark.parametrize(
    ("path", "given", "field", "sentence"),
    [
        ("3/spor/", {"service_id": "storgata"}, "service_id", "gjelder ikke dette helseområdet"),
        ("1/spor/", {"service_id": "abup"}, "service_id", "ikke samtykket til å kontakte"),
        ("1/spor/", {"service_id": ""}, "service_id", "Velg en tjeneste."),
        ("1/spor/", {"service_id": "tull"}, "service_id", "Velg fra listen."),
        ("1/spor/", {"due_on": "31.02.2027"}, "due_on", "Skriv datoen"),
        ("1/spor/", {"due_on": dato(together.day(-1))}, "due_on", "alt gått ut"),
        ("1/spor/", {"question": ""}, "question", "Skriv hva dere vil"),
    ],
    ids=["an area the consent does not cover", "no consent", "nobody", "nonsense", "no such day", "past", "nothing"],
)
def test_what_is_wrong_is_said_by_its_field_and_nothing_is_lost(
    client_of: ClientOf, case: uuid.UUID, path: str, given: dict[str, str], field: str, sentence: str
) -> None:
    service = given.get("service_id", "storgata")
    known = {"storgata", "abup"}
    sending = {
        "question": "Hva er dette for noe?",
        "due_on": "",
        **given,
        "service_id": together.service_id(service) if service in known else service,
    }
    response = client_of("kari").post(at(case, path), sending)
    assert response.status_code == 422
    assert sentence in error_of(response, field)
    for typed in (sending["question"], given.get("due_on", "")):
        assert str(typed) in response.content.decode()


def test_a_service_that_closed_meanwhile_is_refused(client_of: ClientOf, case: uuid.UUID, as_admin: AsAdmin) -> None:
    with as_admin():
        Service.objects.filter(pk=together.service_id("storgata")).update(closed_on=clock.today())
    kari = client_of("kari")
    assert "Storgata" not in text_of(kari.get(at(case, "1/spor/")))
    response = kari.post(at(case, "1/spor/"), {"service_id": together.service_id("storgata"), "question": "Hva?"})
    assert "lagt ned" in error_of(response, "service_id")


def test_an_area_is_left_out_with_a_reason(client_of: ClientOf, case: uuid.UUID) -> None:
    kari = client_of("kari")
    assert kari.post(at(case, "5/utelat/"), {"why": ""}).status_code == 422
    assert kari.post(at(case, "5/utelat/"), {"why": "Anna drikker ikke."}).status_code == 302
    page = text_of(kari.get(at(case)))
    assert f"Vurdert som ikke aktuelt {dato(clock.today())} Hvorfor Anna drikker ikke." in page


def test_before_the_start_the_page_says_why_nobody_can_be_asked(
    client_of: ClientOf, acting: Acting, anna: Child
) -> None:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
    kari = client_of("kari")
    assert "Forløpet er ikke startet ennå." in text_of(kari.get(at(pathway_id)))
    assert kari.get(at(pathway_id, "1/spor/")).status_code == 403


# --- the asked service --------------------------------------------------------------------------------------------


def test_the_gp_tells_what_it_found(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], travel: Travel
) -> None:
    per, kari, path = client_of("per"), client_of("kari"), at(case, f"steg/{asked[MENTAL].pk}/")
    assert "Si hvor langt dere er kommet" in text_of(per.get(at(case)))
    form = text_of(per.get(path))
    assert "Det er samtykket til at dere forteller" in form
    assert "Hun er sliten og spiser lite." in form
    assert per.post(path, {"state": "accepted", "on": dato(clock.today())}).status_code == 302
    assert "Storgata legesenter tok imot" in text_of(kari.get(at(case)))
    travel(clock.now() + timedelta(minutes=10))
    done = {
        "state": "concluded",
        "on": dato(clock.today()),
        "conclusion": "municipal_follow_up",
        "findings": "Lav vekt.",
        "matters_to_child": "«Jeg vil sove.»",
        "recommendation": "Samtaler.",
        "once_token": uuid.uuid4(),
    }
    assert per.post(path, done).status_code == 302
    assert per.post(path, done).status_code == 302, "a double click does it once"
    page = text_of(kari.get(at(case)))
    assert (
        "Viktig for barnet «Jeg vil sove.» Førte til Følges opp i kommunen Funn Lav vekt. Anbefaler Samtaler." in page
    )
    assert "Skrevet av Per Holm, Storgata legesenter." in page
    copied = [
        field.get_text().splitlines()
        for who in (per, kari)
        for field in BeautifulSoup(who.get(at(case)).content, "html.parser").select("details textarea[readonly]")
    ]
    assert len(copied) == 1, "for the GP's own journal, and for nobody else's"
    assert copied[0][2] == "Barnet: Anna Solberg" and copied[0][-3:] == [
        "Funn: Lav vekt.",
        "Viktig for barnet: «Jeg vil sove.»",
        "Anbefaler: Samtaler.",
    ]
    assert per.get(path).status_code == 403, "a finished mapping has no form"


def test_the_writer_sees_who_reads_what_and_chooses(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping]
) -> None:
    per, path = client_of("per"), at(case, f"steg/{asked[MENTAL].pk}/")
    form = text_of(per.get(path))
    near = "Grimstad barneverntjeneste, Skolehelsetjenesten i Grimstad, Storgata legesenter"
    assert f"Leses nå av: {near}. Barnet og foreldrene kan få innsyn." in form
    assert "Alle er nå: Barneavdelingen" in form
    assert "Tannklinikken i Grimstad. Skriv hva de kan gjøre" in form
    done = {
        "state": "concluded",
        "on": dato(clock.today()),
        "conclusion": "municipal_follow_up",
        "severity": "clear",
        "local_follow_up": "yes",
        "findings": "Angst for skolen.",
        "recommendation": "Lekser i mindre biter.",
        "for_everybody": "on",
    }
    assert per.post(path, done).status_code == 302
    page = text_of(client_of("kari").get(at(case)))
    assert "Alvorlighet Tydelige vansker Kan følges opp i kommunen Ja, i kommunen Funn Angst for skolen." in page
    assert "Anbefaler Lekser i mindre biter. Leses av alle som er med." in page
    others = text_of(client_of("tone").get(at(case)))
    assert "Til alle som er med Anbefaling Lekser i mindre biter. Per Holm, Storgata legesenter" in others
    assert "Angst" not in others
    assert "Psykisk" not in others


def test_what_is_written_later_takes_the_place_of_what_was_written_before(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], travel: Travel
) -> None:
    per, path = client_of("per"), at(case, f"steg/{asked[MENTAL].pk}/")
    for state, more in (
        ("accepted", {"recommendation": "Ro.", "matters_to_child": "Å få sove.", "for_everybody": "on"}),
        ("under_way", {"recommendation": "Lekser i mindre biter.", "for_everybody": "on"}),
    ):
        assert per.post(path, {"state": state, "on": dato(clock.today()), **more}).status_code == 302
        travel(clock.now() + timedelta(minutes=1))
    for who in ("kari", "tone"):
        page = text_of(client_of(who).get(at(case)))
        assert "Lekser i mindre biter." in page
        assert "Ro." not in page
    assert "Å få sove." in text_of(client_of("kari").get(at(case))), "it is still what matters"


def test_several_stand_side_by_side_with_a_picture_when_they_are_asked_again(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], acting: Acting
) -> None:
    per, path = client_of("per"), at(case, f"fortalt/{asked[MENTAL].pk}/")
    assert "Skriv hva noen har fortalt" in text_of(per.get(at(case)))
    form = text_of(per.get(path))
    assert "SDQ (Sterke og svake sider): psykisk helse, venner og hensyn til andre. Robert Goodman har" in form
    assert (
        "Leses nå av: Grimstad barneverntjeneste, Skolehelsetjenesten i Grimstad, Storgata legesenter. Barnet" in form
    )
    for days, informant, severity in ((-20, "child", "severe"), (-20, "teacher", "mild"), (-1, "child", "clear")):
        given = {"informant": informant, "on": dato(together.day(days)), "severity": severity, "instrument": "sdq"}
        assert per.post(path, given).status_code == 302
    response = client_of("kari").get(at(case))
    page = BeautifulSoup(response.content, "html.parser")
    picture = page.select_one("figure svg[role=img]")
    assert picture is not None
    assert picture.title.get_text() == "Slik har det gått"  # type: ignore[union-attr]
    assert "Barnet, SDQ: alvorlige vansker, tydelige vansker." in picture.desc.get_text()  # type: ignore[union-attr]
    assert len(picture.select("polyline")) == 2
    rows = [row.get_text(" ", strip=True) for row in page.select("section table tbody tr")]
    assert len(rows) == 3
    assert "Barnet" in rows[0]
    assert "Tydelige vansker" in rows[0]
    assert "ulike syn" not in text_of(response), "they are a step apart now"
    given = {"informant": "parent", "on": dato(clock.today()), "severity": "none"}
    assert per.post(path, given).status_code == 302
    assert "ulike syn Forelder sier «ingen vansker», og barnet sier" in text_of(client_of("kari").get(at(case)))
    given |= {"severity": "severe", "number": "2"}
    assert per.post(path, given).status_code == 302
    shown = text_of(client_of("kari").get(at(case)))
    assert "ulike syn Forelder sier «ingen vansker», og barnet sier" in shown, "forelder may be forelder 2"
    assert "Forelder 2 (Storgata legesenter)" in shown
    wrong = per.post(path, given | {"informant": "child"})
    assert "bare ett av" in error_of(wrong, "number")
    assert "Hvem har fortalt" not in text_of(client_of("tone").get(at(case)))


def test_what_somebody_told_is_not_asked_of_a_service_that_may_not_tell(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping]
) -> None:
    response = client_of("tone").get(at(case, f"fortalt/{asked[DENTAL].pk}/"))
    assert response.status_code == 403
    assert "ikke samtykket til" in response.content.decode()
    wrong = {"informant": "child", "on": dato(clock.today()), "severity": "", "says": " "}
    kept = client_of("per").post(at(case, f"fortalt/{asked[MENTAL].pk}/"), wrong)
    assert kept.status_code == 422
    assert "med ord" in error_of(kept, "says")


def test_a_service_that_may_not_tell_is_told_so_before_it_types(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], acting: Acting
) -> None:
    tone, path = client_of("tone"), at(case, f"steg/{asked[DENTAL].pk}/")
    page = tone.get(path)
    assert "Det er ikke samtykket til at dere forteller barnevernet hva dere finner" in text_of(page)
    assert BeautifulSoup(page.content, "html.parser").select_one("[name='findings']") is None
    given = {"state": "concluded", "on": dato(clock.today()), "conclusion": "dental_follow_up"}
    response = tone.post(path, {**given, "findings": "Syreskader på to tenner."})
    assert response.status_code == 422
    assert "egen journal" in error_of(response, "findings")
    assert "Syreskader på to tenner." in response.content.decode(), "what was typed is not lost"
    assert tone.post(path, given).status_code == 302
    with acting("kari"):
        assert MappingStep.objects.get().findings == ""


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"state": ""}, "state", "Velg et svar."),
        ({"state": "asked"}, "state", "Velg fra listen."),
        ({"state": "concluded"}, "conclusion", "Velg hva kartleggingen førte til."),
        ({"state": "not_indicated"}, "cannot_because", "hvorfor dere ikke kan"),
        ({"state": "accepted", "cannot_because": "Full liste."}, "cannot_because", "bare ut når dere ikke kan"),
        ({"state": "not_indicated", "cannot_because": "Full.", "findings": "Noe."}, "findings", "fylles ikke ut"),
        ({"on": dato(together.day(2))}, "on", "fram i tid"),
        ({"on": "i går"}, "on", "Skriv datoen"),
    ],
)
def test_what_the_asked_service_cannot_say(
    client_of: ClientOf,
    case: uuid.UUID,
    asked: dict[HealthArea, Mapping],
    given: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    sending = {"state": "accepted", "on": dato(clock.today()), "matters_to_child": "Å sove.", **given}
    response = client_of("per").post(at(case, f"steg/{asked[MENTAL].pk}/"), sending)
    assert response.status_code == 422
    assert sentence in error_of(response, field)
    for name, typed in sending.items():
        assert name == "state" or typed in response.content.decode()


def test_a_service_that_cannot_gives_the_ball_back(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping]
) -> None:
    given = {"state": "not_indicated", "on": dato(clock.today()), "cannot_because": "Hun går hos privat tannlege."}
    assert client_of("tone").post(at(case, f"steg/{asked[DENTAL].pk}/"), given).status_code == 302
    page = text_of(client_of("kari").get(at(case)))
    assert "må til en annen Tannklinikken i Grimstad kan ikke kartlegge dette Hvorfor Hun går hos privat" in page


# --- referring ------------------------------------------------------------------------------------------------------


def test_the_gp_refers_with_the_main_rule_and_the_checklist_in_sight(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    per = client_of("per")
    form = per.get(at(case, "1/henvis/"))
    page = text_of(form)
    assert "Hovedregelen er at kommunen eller tannhelsetjenesten kartlegger før" in page
    assert "Symptomer, hvor alvorlige de er" in page
    assert "Fare for selvskading, selvmord, vold eller overgrep" in page
    assert "10 virkedager fra mottatt henvisning (pbrl § 2-2 a)" in page
    assert dato(deadlines.referral_assessment_due(clock.today())) in page
    groups = {
        group["label"]: [option.get_text() for option in group.find_all("option")]
        for group in BeautifulSoup(form.content, "html.parser").find_all("optgroup")
    }
    assert "ABUP Arendal" in groups["Ser ikke dette her. Svaret skrives inn av dere"]
    assert "Storgata legesenter" not in str(groups)
    given = {
        "to_service_id": together.service_id("abup"),
        "sent_on": dato(clock.today()),
        **TEXT,
        "as_it_is": "on",
        "once_token": uuid.uuid4(),
    }
    assert per.post(at(case, "1/henvis/"), given).status_code == 302
    assert per.post(at(case, "1/henvis/"), given).status_code == 302
    with acting("per"):
        assert Referral.objects.count() == 1, "a double click does it once"


def test_a_mapped_area_needs_no_reminder(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], acting: Acting
) -> None:
    with acting("per") as per:
        health_case.step(per, case, asked[MENTAL], MappingState.CONCLUDED, conclusion=MappingConclusion.REFERRAL)
    assert "Hovedregelen" not in text_of(client_of("per").get(at(case, "1/henvis/")))


def test_without_consent_to_tell_only_where_and_when_is_asked_for(client_of: ClientOf, case: uuid.UUID) -> None:
    hege = client_of("hege")
    page = hege.get(at(case, "1/henvis/"))
    assert "Send selve henvisningen fra eget journalsystem." in text_of(page)
    assert BeautifulSoup(page.content, "html.parser").select_one("[name='situation']") is None
    given = {"to_service_id": together.service_id("abup"), "sent_on": dato(clock.today())}
    told = hege.post(at(case, "1/henvis/"), {**given, **TEXT})
    assert told.status_code == 422
    assert "eget journalsystem" in error_of(told, "situation")
    assert "Hun spiser lite." in told.content.decode()
    assert hege.post(at(case, "1/henvis/"), given).status_code == 302


def test_the_head_of_child_welfare_reads_what_is_local_practice(client_of: ClientOf, case: uuid.UUID) -> None:
    leif = client_of("leif")
    assert "Noen sykehus tar imot henvisning fra lederen" in text_of(leif.get(at(case, "1/henvis/")))
    given = {"to_service_id": together.service_id("abup"), "sent_on": dato(clock.today()), "as_it_is": "on", **TEXT}
    refused = leif.post(at(case, "1/henvis/"), given)
    assert "ikke samtykket til at dere kontakter" in error_of(refused, "to_service_id")
    assert leif.post(at(case, "1/henvis/"), {**given, "is_urgent": "on"}).status_code == 302
    assert "haster" in text_of(leif.get(at(case)))


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"to_service_id": "storgata"}, "to_service_id", "henvise til seg selv"),
        ({"to_service_id": "skolehelse"}, "to_service_id", "spesialisthelsetjenesten"),
        ({"to_service_id": ""}, "to_service_id", "Velg en tjeneste."),
        ({"question": ""}, "question", "Skriv hva dere spør om"),
        ({"sent_on": dato(together.day(2))}, "sent_on", "fram i tid"),
        ({"sent_on": "snart"}, "sent_on", "Skriv datoen"),
    ],
    ids=["to itself", "to the municipality", "to nobody", "no question", "in two days", "no date"],
)
def test_what_cannot_be_referred(
    client_of: ClientOf, case: uuid.UUID, given: dict[str, str], field: str, sentence: str
) -> None:
    to = given.get("to_service_id", "abup")
    sending = {
        "sent_on": dato(clock.today()),
        "as_it_is": "on",
        **TEXT,
        **given,
        "to_service_id": together.service_id(to) if to else "",
    }
    response = client_of("per").post(at(case, "1/henvis/"), sending)
    assert response.status_code == 422
    assert sentence in error_of(response, field)
    assert "Hun spiser lite." in response.content.decode()


def test_a_closed_service_takes_no_referral(client_of: ClientOf, case: uuid.UUID, as_admin: AsAdmin) -> None:
    with as_admin():
        Service.objects.filter(pk=together.service_id("abup")).update(closed_on=clock.today())
    per = client_of("per")
    assert "ABUP Arendal" not in text_of(per.get(at(case, "1/henvis/")))
    given = {"to_service_id": together.service_id("abup"), "sent_on": dato(clock.today()), "as_it_is": "on", **TEXT}
    assert "lagt ned" in error_of(per.post(at(case, "1/henvis/"), given), "to_service_id")


# --- the receiver that does not see the case -----------------------------------------------------------------------


def test_who_writes_down_the_answer_is_said_to_each(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting
) -> None:
    for who in ("per", "kari"):
        page = text_of(client_of(who).get(at(case)))
        assert "ABUP Arendal ser ikke dette her. Svaret skrives inn av dere." in page
        assert "Barneavdelingen, sykehuset i Arendal ser ikke" not in page
    hege = text_of(client_of("hege").get(at(case)))
    assert "ABUP Arendal ser ikke dette her. Svaret skrives inn av Storgata legesenter." in hege
    siri = client_of("siri")
    assert siri.get(at(case)).status_code == 404
    assert siri.get(at(case, f"svar/{sent[MENTAL].pk}/")).status_code == 404
    with acting("kari") as kari:
        health_case.consent(kari, case, "abup", MENTAL)
    assert "Svar på henvisningen" in text_of(siri.get(at(case)))
    assert "ABUP Arendal ser ikke" not in text_of(client_of("per").get(at(case)))


@pytest.mark.parametrize("who", ["per", "kari"])
def test_the_answer_by_letter_is_written_down(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], who: str
) -> None:
    actor = client_of(who)
    path = at(case, f"svar/{sent[MENTAL].pk}/")
    form = actor.get(path)
    assert "Skriv inn det som står i brevet fra ABUP Arendal." in text_of(form)
    on = BeautifulSoup(form.content, "html.parser").find(id="id_answered_on")
    assert on is not None
    assert on["value"] == "", "the day of the letter is not guessed"
    given = {"answer": "rejected", "answered_on": dato(together.day(-1)), "reason": "Kan hjelpes i kommunen."}
    assert actor.post(path, given).status_code == 302
    page = text_of(actor.get(at(case)))
    name = {"per": "Storgata legesenter", "kari": "Grimstad barneverntjeneste"}[who]
    assert f"Skrevet inn av {name}." in page
    assert "Kan hjelpes i kommunen." in page


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"answer": ""}, "answer", "Velg et svar."),
        ({}, "treatment_deadline", "Skriv fristen"),
        ({"treatment_deadline": dato(together.day(200))}, "treatment_deadline", "65 virkedager"),
        ({"answered_on": dato(together.day(-9)), "treatment_deadline": dato(together.day(9))}, "answered_on", "eldre"),
        ({"answer": "rejected"}, "reason", "Skriv hvorfor"),
        ({"answer": "returned", "missing": ["somatic"]}, "reason", "Skriv hvorfor"),
        ({"answered_on": "31.06.2026"}, "answered_on", "Skriv datoen"),
    ],
    ids=["none", "no deadline", "beyond 65", "older than the referral", "no reason", "returned bare", "no such day"],
)
def test_what_cannot_be_answered(
    client_of: ClientOf,
    case: uuid.UUID,
    sent: dict[HealthArea, Referral],
    given: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    sending = {"answer": "right_granted", "answered_on": dato(clock.today()), "advice": "Ring oss gjerne.", **given}
    response = client_of("per").post(at(case, f"svar/{sent[MENTAL].pk}/"), sending)
    assert response.status_code == 422
    assert sentence in error_of(response, field)
    assert "Ring oss gjerne." in response.content.decode()


def test_it_is_answered_once(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting
) -> None:
    nina, path = client_of("nina"), at(case, f"svar/{sent[SOMATIC].pk}/")
    given = {
        "answer": "right_granted",
        "answered_on": dato(clock.today()),
        "treatment_deadline": dato(together.day(40)),
        "once_token": uuid.uuid4(),
    }
    assert nina.post(path, given).status_code == 302
    assert nina.post(path, given).status_code == 302, "a double click"
    again = nina.post(path, {**given, "once_token": uuid.uuid4(), "advice": "Ny tekst."})
    assert again.status_code == 422
    assert "alt besvart" in error_of(again, "answer")
    assert "Ny tekst." in again.content.decode()
    assert nina.get(path).status_code == 403
    with acting("nina"):
        assert ReferralAnswer.objects.count() == 1


def test_an_answer_that_comes_after_the_case_was_closed_is_written_down_by_the_owner(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting, travel: Travel
) -> None:
    with acting("per") as per:
        before = health_case.refer(per, case, "barneavdelingen", MENTAL, sent_on=together.day(-5), **TEXT)
    answer(acting, "per", case, before, ReferralAnswerKind.REJECTED, reason="Nei.")
    travel(clock.now() + timedelta(minutes=1))
    with acting("leif") as leif:
        together.close(
            leif, case, *[closings.Carrier(what="x", who="Per", subject_id=item.pk) for item in sent.values()]
        )
    kari = client_of("kari")
    page = text_of(kari.get(at(case)))
    assert "Saken er avsluttet, men det venter et svar" in page
    assert "Barnet fikk ikke hjelpen" not in page, "an old no was known when the case was closed"
    given = {"answer": "rejected", "answered_on": dato(clock.today()), "reason": "Kan hjelpes i kommunen."}
    assert kari.post(at(case, f"svar/{sent[MENTAL].pk}/"), given).status_code == 302
    page = kari.get(at(case))
    assert "Avslått" in text_of(page)
    assert "Barnet fikk ikke hjelpen det ble henvist til" in text_of(page)
    assert "De trenger å vite mer" not in text_of(page)
    again = BeautifulSoup(page.content, "html.parser").find("a", string="Ta opp igjen")
    assert again is not None and kari.get(again["href"]).status_code == 200
    assert client_of("nina").post(at(case, f"svar/{sent[SOMATIC].pk}/"), given).status_code == 404
    back = given | {"answer": "returned", "missing": "symptoms"}
    assert kari.post(at(case, f"svar/{sent[SOMATIC].pk}/"), back).status_code == 302
    assert "De trenger å vite mer" in text_of(kari.get(at(case)))


def test_a_referral_that_waits_for_its_answer_cannot_be_followed(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral]
) -> None:
    assert client_of("per").get(at(case, f"ny/{sent[SOMATIC].pk}/")).status_code == 404


def test_who_referred_and_who_answered_copy_it_to_their_own_journals(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral]
) -> None:
    def to_copy(who: str) -> str:
        found = BeautifulSoup(client_of(who).get(at(case)).content, "html.parser").find(
            id=f"journal-{sent[SOMATIC].pk}"
        )
        return found.get_text() if found else ""

    assert "Spørsmål: Spiseforstyrrelse?\nSituasjon: Hun spiser lite." in to_copy("per")
    assert not to_copy("nina"), "nothing of its own is said yet"
    given = {"answer": "returned", "answered_on": dato(clock.today()), "reason": "Vi vil ha vekt over tid."}
    client_of("nina").post(at(case, f"svar/{sent[SOMATIC].pk}/"), {**given, "missing": ["somatic"]})
    for who in ("per", "nina"):
        assert "Henvist til Barneavdelingen, sykehuset i Arendal" in to_copy(who)
        assert "\nHvorfor: Vi vil ha vekt over tid.\nMangler: " in to_copy(who)
    assert not to_copy("hege"), "who only reads it copies nothing of it"


def test_a_returned_referral_is_followed_with_the_old_text_to_build_on(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting
) -> None:
    given = {
        "answer": "returned",
        "answered_on": dato(clock.today()),
        "reason": "Vi trenger vekt over tid.",
        "missing": ["somatic"],
    }
    assert client_of("nina").post(at(case, f"svar/{sent[SOMATIC].pk}/"), given).status_code == 302
    per, path = client_of("per"), at(case, f"ny/{sent[SOMATIC].pk}/")
    assert "Fyll ut og henvis på nytt" in text_of(per.get(at(case)))
    form = per.get(path)
    page = text_of(form)
    assert "Vi trenger vekt over tid." in page
    assert "Mangler kroppslig helse og faste medisiner, vurdert av fastlegen" in page
    assert "Hun spiser lite." in page
    chosen = BeautifulSoup(form.content, "html.parser").select_one("#id_to_service_id option[selected]")
    assert chosen is not None
    assert chosen.get_text() == "Barneavdelingen, sykehuset i Arendal"
    again = {
        "to_service_id": together.service_id("barneavdelingen"),
        "sent_on": dato(clock.today()),
        **TEXT,
        "tried": "Vekt 41 kg.",
    }
    assert per.post(path, again).status_code == 302
    assert "Tidligere" in text_of(per.get(at(case)))
    twice = per.post(path, again)
    assert twice.status_code == 422
    assert "alt sendt en ny" in text_of(twice)
    with acting("per"):
        assert Referral.objects.filter(follows=sent[SOMATIC].pk).count() == 1


# --- what the law sets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", health_words.LAW)
def test_every_deadline_of_the_law_around_a_referral_stands_on_the_page(
    client_of: ClientOf, case: uuid.UUID, key: str
) -> None:
    deadline = definitions().deadline(key)
    assert deadline.official
    page = text_of(client_of("per").get(at(case)))
    assert deadline.label in page
    assert deadline.text() in page
    assert deadline.paragraph is not None
    assert deadline.paragraph in page


def answer(
    acting: Acting, who: str, case: uuid.UUID, referral: Referral, kind: ReferralAnswerKind, **more: Any
) -> None:
    with acting(who) as actor:
        referrals.answer(
            **{
                "actor": actor,
                "pathway_id": case,
                "once": None,
                "referral_id": referral.pk,
                "answer": kind,
                "answered_on": clock.today(),
                **more,
            }
        )


def test_ten_working_days_for_the_answer_and_what_it_took(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting, travel: Travel
) -> None:
    due_on = deadlines.referral_assessment_due(together.day(-5))
    kari = client_of("kari")
    assert f"Svar innen {dato(due_on)} 10 virkedager fra mottatt henvisning (pbrl § 2-2 a)" in text_of(
        kari.get(at(case))
    )
    travel(clock.now() + timedelta(days=21))
    kari = client_of("kari")
    assert f"Svar innen {dato(due_on)} over fristen" in text_of(kari.get(at(case)))
    answer(acting, "kari", case, sent[MENTAL], ReferralAnswerKind.REJECTED, reason="Nei.")
    days = deadlines.working_days_between(sent[MENTAL].received_on, clock.today())
    assert days > 10
    assert f"{days} virkedager etter henvisningen. Lovens frist: 10 virkedager" in text_of(kari.get(at(case)))


def test_sixty_five_working_days_for_the_start_and_helfo_when_it_is_broken(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting, travel: Travel
) -> None:
    latest = deadlines.add_working_days(clock.today(), 65)
    per = client_of("per")
    form = text_of(per.get(at(case, f"svar/{sent[MENTAL].pk}/")))
    assert f"senest {dato(latest)}: 65 virkedager fra dagen retten ble vurdert (prioriteringsforskriften § 4a)" in form
    nina = client_of("nina")
    somatic = text_of(nina.get(at(case, f"svar/{sent[SOMATIC].pk}/")))
    assert "65 virkedager" not in somatic
    deadline = together.day(30)
    answer(
        acting, "per", case, sent[MENTAL], ReferralAnswerKind.RIGHT_GRANTED,
        treatment_deadline=deadline, treatment_starts_on=together.day(20),
    )  # fmt: skip
    page = text_of(per.get(at(case)))
    assert f"Helsehjelpen starter {dato(together.day(20))}" in page
    assert f"Siste frist for start {dato(deadline)} Loven gir senest {dato(latest)}: 65 virkedager" in page
    assert "fristen er ute" not in page
    travel(clock.now() + timedelta(days=31))
    page = text_of(client_of("per").get(at(case)))
    assert "fristen er ute Har hjelpen ikke startet, skal tjenesten kontakte Helfo straks (pbrl § 2-2 b)." in page


def test_a_rejection_can_be_complained_of_for_four_weeks(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting
) -> None:
    answer(
        acting, "kari", case, sent[MENTAL], ReferralAnswerKind.REJECTED, reason="Nei.", advice="Skolehelsetjenesten."
    )
    page = text_of(client_of("kari").get(at(case)))
    assert "Kan påklages 4 uker fra dagen svaret ble kjent (pbrl § 7-5)" in page
    assert dato(clock.today() + timedelta(weeks=4)) in page
    assert "Råd Skolehelsetjenesten." in page


# --- when the case has moved ------------------------------------------------------------------------------------------


def test_a_mapping_whose_consent_is_gone_is_nobodys(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, asked: dict[HealthArea, Mapping], travel: Travel
) -> None:
    travel(clock.now() + timedelta(days=400))
    page = text_of(client_of("kari").get(at(case)))
    assert "Storgata legesenter ble spurt, men er ikke med lenger" in page
    assert "ingen har den nå" in page
    assert "Be om kartlegging" in page


def test_an_acute_start_says_whom_to_call_until_somebody_is_asked(
    client_of: ClientOf, acting: Acting, anna: Child
) -> None:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        pathways.assess(
            actor=kari,
            pathway_id=pathway_id,
            once=None,
            seen=None,
            outcome=AssessmentOutcome.START,
            criteria={"C1_ACUTE_SYMPTOMS": "Hun sier hun ikke orker mer."},
            reason="Det haster.",
            decided_on=clock.today(),
            participation=ChildParticipation.CONVERSATION,
        )
    page = text_of(client_of("kari").get(at(pathway_id)))
    assert "Dere har vurdert at det haster Ring 113 når liv er i fare, og legevakt 116 117" in page
    with acting("leif") as leif:
        health_case.refer(leif, pathway_id, "abup", MENTAL, is_urgent=True, **TEXT)
    assert "Dere har vurdert at det haster" not in text_of(client_of("kari").get(at(pathway_id)))


def test_a_left_out_area_can_be_taken_up_by_asking(client_of: ClientOf, acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mappings.leave_out(actor=kari, pathway_id=case, once=None, health_area=DENTAL, why="Ingen plager.")
    kari_page = client_of("kari")
    given = {"service_id": together.service_id("tannklinikken"), "question": "Nå har hun vondt."}
    assert kari_page.post(at(case, f"{NUMBER[DENTAL]}/spor/"), given).status_code == 302


# --- right the first time ---------------------------------------------------------------------------------------------


def sending(case: uuid.UUID, **more: Any) -> dict[str, Any]:
    return {"to_service_id": together.service_id("abup"), "sent_on": dato(clock.today()), **TEXT, **more}


def test_what_is_missing_is_said_once_with_whom_to_ask_and_nothing_is_lost(
    client_of: ClientOf, case: uuid.UUID, acting: Acting
) -> None:
    hege, path = client_of("per"), at(case, "1/henvis/")
    first = hege.post(path, sending(case, part_risk="Ikke fare nå."))
    assert first.status_code == 422
    page = text_of(first)
    assert "Dette mangler i henvisningen" in page
    assert "Hva som er prøvd i kommunen, og hvordan det virket (nasjonal anbefaling)" in page
    assert "Fare for selvskading, selvmord, vold eller overgrep (nasjonal" not in page, "that is written"
    assert "Ikke fare nå." in first.content.decode()
    ask = BeautifulSoup(first.content, "html.parser").select_one("#mangler a[href*='sporsmal']")
    assert ask is not None
    for word in ("risk", "tried", "mental", "psykisk", "Anna"):
        assert word not in ask["href"], "an address tells nothing"
    asking = text_of(hege.get(ask["href"]))
    assert (
        "Til en henvisning trenger vi å vite: "
        in BeautifulSoup(hege.get(ask["href"]).content, "html.parser").find(id="id_text").get_text()
    )  # type: ignore[union-attr]
    assert "Spør en tjeneste" in asking
    again = hege.post(path, sending(case, part_risk="Ikke fare nå.", as_it_is="on"))
    assert again.status_code == 302
    with acting("kari"):
        [text] = ReferralText.objects.all()
        assert (text.part, text.text) == ("risk", "Ikke fare nå.")
    assert "Fare for selvskading, selvmord, vold eller overgrep Ikke fare nå." in text_of(
        client_of("kari").get(at(case))
    )


def test_what_is_urgent_is_never_held_back(client_of: ClientOf, case: uuid.UUID) -> None:
    assert client_of("per").post(at(case, "1/henvis/"), sending(case, is_urgent="on")).status_code == 302


def test_what_is_known_is_there_already_with_where_it_is_from(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], acting: Acting
) -> None:
    with acting("per") as per:
        health_case.step(
            per,
            case,
            asked[MENTAL],
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.REFERRAL,
            findings="Lav stemning.",
            matters_to_child="Å få sove.",
        )
    form = BeautifulSoup(client_of("per").get(at(case, "1/henvis/")).content, "html.parser")
    written = {area["name"]: area.get_text().strip() for area in form.find_all("textarea")}
    assert written["situation"] == "Lav stemning."
    assert written["part_own_view"] == "Å få sove."
    assert "Kontaktperson: Kari Lunde." in written["part_services"]
    assert "Tannklinikken" not in written["part_services"], "who helps with another area is not told here"
    assert "Hentet fra kartleggingen til Storgata legesenter" in form.get_text()
    assert written["question"] == ""
    assert "part_guardians" not in written, "only a receiver asks for that"


def test_a_service_that_sees_only_its_own_area_is_offered_nothing_of_another(
    client_of: ClientOf, case: uuid.UUID, asked: dict[HealthArea, Mapping], acting: Acting
) -> None:
    with acting("per") as per:
        health_case.step(
            per,
            case,
            asked[MENTAL],
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.REFERRAL,
            findings="Lav stemning.",
        )
    assert "Lav stemning." not in client_of("per").get(at(case, "2/henvis/")).content.decode()
    assert "Lav stemning." not in client_of("hege").get(at(case, "1/henvis/")).content.decode(), "she may not tell"


def test_the_receivers_own_list_is_asked_for_with_what_is_known(
    client_of: ClientOf, case: uuid.UUID, acting: Acting, as_admin: AsAdmin
) -> None:
    with as_admin():
        Membership.objects.filter(pk=cast.membership_id(cast.get("siri"))).update(is_administrator=True)
    with acting("siri") as siri:
        intake.say(actor=siri, accepts=[Role.GP], parts=["guardians"], note="Ring oss gjerne først.", seen=1)
    response = client_of("per").post(at(case, "1/henvis/"), sending(case))
    page = text_of(response)
    assert "Hvem som har foreldreansvar og daglig omsorg (mottakeren ber om det)" in page
    assert "Ring oss gjerne først." in page
    field = BeautifulSoup(response.content, "html.parser").find(id="id_part_guardians")
    assert field is not None
    assert field.get_text().strip() == "Foreldreansvar: far, mor."
    assert "tar ikke imot henvisning fra rollen din" not in page
    leif = text_of(client_of("leif").post(at(case, "1/henvis/"), sending(case)))
    assert (
        "Mottakeren tar ikke imot henvisning fra rollen din De har skrevet at de tar imot henvisning fra: fastlege"
        in leif
    )


def test_the_answer_is_ready_to_be_given_in_both_forms_of_norwegian(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral]
) -> None:
    given = {
        "answer": "rejected",
        "answered_on": dato(clock.today()),
        "main_reason": "local_help",
        "reason": "Skolehelsetjenesten kan hjelpe.",
        "advice": "Ring helsesykepleieren.",
    }
    kari = client_of("kari")
    assert kari.get(at(case, f"ord/{sent[MENTAL].pk}/")).status_code == 404, "there is no answer yet"
    assert kari.post(at(case, f"svar/{sent[MENTAL].pk}/"), given).status_code == 302
    page = text_of(kari.get(at(case)))
    assert "Hovedgrunn Kan hjelpes i kommunen Hvorfor Skolehelsetjenesten kan hjelpe." in page
    assert "Hvem kan hjelpe i stedet?" in page
    assert "Skolehelsetjenesten i Grimstad" in page
    told = kari.get(at(case, f"ord/{sent[MENTAL].pk}/")).content.decode()
    assert "ABUP Arendal har sagt nei denne gangen." in told
    assert "ABUP Arendal har sagt nei denne gongen." in told
    assert "Anna" not in BeautifulSoup(told, "html.parser").find(id="nb").get_text()  # type: ignore[union-attr]
    assert "Hvem kan hjelpe i stedet?" not in text_of(client_of("per").get(at(case))), "the owner decides whom to ask"
    assert client_of("tone").get(at(case, f"ord/{sent[MENTAL].pk}/")).status_code == 404


def test_the_many_services_of_one_kind_leave_room_for_the_other_kinds_that_can_help(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting, as_admin: AsAdmin
) -> None:
    answer(acting, "per", case, sent[MENTAL], ReferralAnswerKind.REJECTED, reason="Nei.")
    with as_admin():
        one = Service.objects.get(pk=together.service_id("storgata"))
        given = {"organisation": one.organisation, "municipality": one.municipality, "opened_on": one.opened_on}
        for number in range(50):
            Service.objects.create(name=f"Fastlegene {number}", kind=ServiceKind.GP, **given)
        Service.objects.create(name="Psykisk helse i Grimstad", kind=ServiceKind.MUNICIPAL_MENTAL_HEALTH, **given)
    page = text_of(client_of("kari").get(at(case)))
    assert "Psykisk helse i Grimstad" in page
    assert page.count("Fastlegene ") == 3


def test_one_is_warned_once_of_a_second_renewed_assessment(
    client_of: ClientOf, case: uuid.UUID, sent: dict[HealthArea, Referral], acting: Acting
) -> None:
    """Whether it is the same condition, is not the program's to say."""
    with acting("per") as per:
        other = health_case.refer(per, case, "barneavdelingen", SOMATIC, sent_on=together.day(-5), **TEXT)
    for one in (sent[SOMATIC], other):
        answer(acting, "per", case, one, ReferralAnswerKind.REJECTED, reason="Nei.")
    per = client_of("per")
    given = sending(case, is_renewed="on", to_service_id=together.service_id("barneavdelingen"))
    assert "Vi ber om fornyet vurdering" in text_of(per.get(at(case, f"ny/{other.pk}/")))
    for one in (sent[SOMATIC], other):
        assert per.post(at(case, f"ny/{one.pk}/"), given).status_code == 302, "another referral, another condition"
    assert "fornyet vurdering" in text_of(per.get(at(case)))
    with acting("per"):
        again = Referral.objects.get(follows=sent[SOMATIC].pk)
    answer(acting, "per", case, again, ReferralAnswerKind.REJECTED, reason="Nei.")
    warned = per.post(at(case, f"ny/{again.pk}/"), given | {"as_it_is": ""})
    assert warned.status_code == 422
    assert "én gang for samme tilstand" in error_of(warned, "is_renewed")
    assert error_of(warned, "is_renewed_again")
    still = per.post(at(case, f"ny/{again.pk}/"), given | {"as_it_is": "on"})
    assert still.status_code == 422, "to send it with parts missing is another matter"
    assert error_of(still, "is_renewed_again")
    assert not error_of(still, "as_it_is")
    assert per.post(at(case, f"ny/{again.pk}/"), given | {"is_renewed_again": "on"}).status_code == 302
