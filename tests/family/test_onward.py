"""Where the help goes on when a pathway is closed, as the child and a parent read it on a page of their own."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from grunnmur import clock
from grunnmur.cases import facts
from grunnmur.cases.actions import plans, referrals, sight
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.models import (
    CarriesOn,
    Child,
    Closure,
    Consent,
    FamilyLogIn,
    Mapping,
    MappingLine,
    MappingStep,
    OwnWords,
    Referral,
    ReferralAnswer,
)
from grunnmur.cases.queries import own_pages, passport
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.queries.passport import OwnPassport
from grunnmur.cases.terms import (
    ChildParticipation,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    ReferralAnswerKind,
)
from grunnmur.log import record
from tests import health_case, together
from tests.family import home as homes
from tests.family.home import MOTHERS, Home, decide, let_in, withhold
from tests.web.reading import page, text
from tests.web.test_papers import accessible

Acting = Callable[[str], AbstractContextManager[Any]]
MENTAL, SOMATIC = HealthArea.MENTAL, HealthArea.SOMATIC
HERE = "/min-side/videre/"


@pytest.fixture
def home(acting: Acting, anna: Child, travel: Any) -> Home:
    """Somatic health was mapped, and there is a referral about mental health; the child and the mother see all."""
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        health_case.consent(kari, key, "storgata", MENTAL, SOMATIC, purposes=health_case.SEE_AND_TELL)
        health_case.consent(kari, key, "abup", MENTAL, purposes=health_case.SEE_AND_TELL)
        mapping = health_case.ask(kari, key, "storgata", SOMATIC)
        found = homes.home(kari, anna, key)
        for who in (found.mother, found.anna):
            decide(kari, found, who)
            let_in(kari, found, who, MOTHERS if who == found.mother else str(anna.national_id))
        plans.set_goal(actor=kari, pathway_id=key, once=None, text="Anna sover godt")
    with acting("per") as per:
        health_case.step(per, key, mapping, MappingState.ACCEPTED)
    travel(clock.now() + timedelta(minutes=1))
    with acting("per") as per:
        health_case.step(
            per,
            key,
            mapping,
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.MUNICIPAL_FOLLOW_UP,
            findings="Lavt jern.",
            recommendation="Ny prøve om to måneder.",
        )
        health_case.refer(per, key, "abup", MENTAL, question="Kan dette være angst?", situation="Sover dårlig.")
    return found


def carried(case: uuid.UUID) -> list[Carrier]:
    return [Carrier("Henvisningen", "Kari", subject_id=uuid.UUID(thing)) for thing in facts.load(case).open_things()]


@pytest.fixture
def closed(home: Home, acting: Acting, travel: Any) -> Home:
    """And child welfare's own summary is released to both."""
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        together.close(
            kari,
            home.case,
            *carried(home.case),
            Carrier("Følge med på jernet", "", service_id=together.service_id("storgata"), health_area=SOMATIC),
            ground="agreed_with_health",
            summary="Barnevernets egen vurdering.",
            child_view="Det er bra nå.",
            participation=ChildParticipation.OBSERVATION,
        )
        ended = Closure.objects.get()
        for who in (home.mother, home.anna):
            sight.release(
                actor=kari,
                child_id=home.anna,
                once=None,
                identity=who,
                item=ended.pk,
                reason="De skal kunne lese den.",
            )
    return home


def inside(number: str = MOTHERS) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/min-side/inn/", {"number": number}).status_code == 302
    return client


def on_the_page(log_in: uuid.UUID) -> OwnPassport:
    """What is on the page of one of them, by the query itself."""
    with transaction.atomic(), record.linked():
        found = passport.of_mine(own_pages.get_mine(homes.inside(log_in), page="onward"))
    assert found is not None
    return found


KEPT: dict[str, Callable[[], list[Any]]] = {
    "nothing": list,
    "the mapping": lambda: [*Mapping.objects.all(), *MappingStep.objects.all(), *MappingLine.objects.all()],
    "what it found": lambda: [*MappingStep.objects.all(), *MappingLine.objects.all()],
    "the referral": lambda: [Referral.objects.get()],
    "who carries on": lambda: list(CarriesOn.objects.filter(what="Følge med på jernet")),
    "how it ended": lambda: [Closure.objects.get()],
}


@pytest.mark.parametrize("kept", KEPT)
def test_the_page_says_what_the_paper_would_and_nothing_that_is_kept_from_them(
    closed: Home, acting: Acting, kept: str
) -> None:
    with acting("kari") as kari:
        for row in KEPT[kept]():
            withhold(kari, closed, row.pk, InformationKind(row.kind))
        case = get_case(kari, closed.case, page="passport")
        papers = {
            who: passport.make(case, passport.get_reader(case, key))
            for who, key in ((closed.mother, f"person:{closed.mother}"), (closed.anna, "child"))
        }
        hers, annas = ((one.needs, one.summary, one.took_part) for one in papers.values())
        assert (hers == annas) == (kept == "nothing") and papers[closed.anna].took_part == "Gjennom observasjon"
        log_ins = {who: FamilyLogIn.objects.get(child=closed.anna, identity=who).pk for who in papers}
    for who, paper in papers.items():
        got = on_the_page(log_ins[who])
        took_part = str(got.took_part.label) if got.took_part else ""
        assert (got.needs, got.summary, got.child_view, took_part) == (
            paper.needs,
            paper.summary,
            paper.child_view,
            paper.took_part,
        )


def test_what_the_child_said_at_closing_is_the_childs_and_a_parents_only_when_it_is_given(
    home: Home, acting: Acting, client_of: Callable[[str], Client], travel: Any
) -> None:
    """Anna is 14: she does not see child welfare's own account of it, and sees her own words all the same."""
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        together.close(kari, home.case, *carried(home.case), summary="Vår vurdering.", child_view="Det er bra nå.")
        ended, own = Closure.objects.get(), OwnWords.objects.get()
        log_ins = {row.identity: row.pk for row in FamilyLogIn.objects.filter(child=home.anna)}
        of: dict[str, Any] = {"child_id": home.anna, "once": None, "reason": "Hun skal kunne lese det."}
        sight.release(**of, actor=kari, identity=home.mother, item=ended.pk)
    anna, mother = on_the_page(log_ins[home.anna]), on_the_page(log_ins[home.mother])
    assert (anna.summary, anna.child_view) == ("", "Det er bra nå.")
    assert (mother.summary, mother.child_view) == ("Vår vurdering.", "")
    assert "Det er bra nå." in text(page(inside(str(home.child.national_id)).get("/min-side/")))
    with transaction.atomic():
        homes.inside(log_ins[home.mother])
        assert not OwnWords.objects.exists(), "the database keeps them from her too"
    assert "Det er bra nå." in text(page(client_of("kari").get(f"/forlop/{home.case}/avslutning/")))
    with acting("kari") as kari:
        case = get_case(kari, home.case, page="passport")
        paper = passport.make(case, passport.get_reader(case, f"person:{home.mother}"))
        assert (paper.summary, paper.child_view) == ("Vår vurdering.", "")
        assert "Det barnet selv sa" in paper.left_out
        sight.release(**of, actor=kari, identity=home.mother, item=own.pk, child_wants=True)
    assert on_the_page(log_ins[home.mother]).child_view == "Det er bra nå."


def test_an_answer_that_came_since_and_is_kept_from_her_changes_nothing(closed: Home, acting: Acting) -> None:
    mother = inside()
    before = page(mother.get(HERE)).select_one("main").get_text()
    assert "Henvist til ABUP Arendal" in before and "Henvisningen" in before
    with acting("kari") as kari:
        referrals.answer(
            actor=kari,
            pathway_id=closed.case,
            once=None,
            referral_id=Referral.objects.get().pk,
            answer=ReferralAnswerKind.RIGHT_GRANTED,
            answered_on=clock.today(),
            treatment_starts_on=clock.today(),
            treatment_deadline=clock.today() + timedelta(days=30),
        )
        given = ReferralAnswer.objects.get()
    assert page(mother.get(HERE)).select_one("main").get_text() != before
    with acting("kari") as kari:
        withhold(kari, closed, given.pk, InformationKind(given.kind))
    assert page(mother.get(HERE)).select_one("main").get_text() == before


def test_they_are_led_to_it_read_it_and_take_it_along(
    closed: Home, client_of: Callable[[str], Client], anna: Child, tmp_path: Path
) -> None:
    for number, *said in (
        (MOTHERS, "Vi så hvordan barnet hadde det."),
        (str(anna.national_id), "Det du selv sa", "Det er bra nå.", "Vi så hvordan du hadde det."),
    ):
        one = inside(number)
        assert page(one.get("/min-side/")).find("a", href=HERE)
        soup = page(one.get(HERE))
        read = text(soup)
        for words in ("Anna sover godt", "Lavt jern.", "Følge med på jernet", "Storgata legesenter", *said):
            assert words in read
        assert soup.title.get_text() == "Min side"
        assert soup.main.select_one('li a[href^="tel:"]'), "the one who helps from now on can be rung"
        one.post("/sprak/", {"language": "nn", "back": HERE})
        paper = one.get(f"{HERE}papir/")
        assert "Hjelpa vidare" in accessible(paper.content, tmp_path, language="nn")
        assert "min-side.pdf" in paper["Content-Disposition"]
    assert Client(HTTP_HOST="localhost").get(HERE)["Location"] == "/min-side/inn/"
    shown = client_of("kari").get(f"/barn/{closed.anna}/tilgang/person/{closed.mother}/slik/")
    assert "Følge med på jernet" in text(page(shown)) and "Hjelpen videre" in text(page(shown))


def test_before_it_is_closed_there_is_nothing_to_read(home: Home) -> None:
    mother = inside()
    assert page(mother.get("/min-side/")).find("a", href=HERE) is None
    read = text(page(mother.get(HERE)))
    assert "Når vi er ferdige" in read and "Lavt jern." not in read
    assert mother.get(f"{HERE}papir/").status_code == 302


def test_when_it_is_closed_nobody_is_said_to_see_it_on_a_consent_and_the_receipt_says_what_ends(
    home: Home, acting: Acting, request: pytest.FixtureRequest
) -> None:
    """Sight on consent ends with the pathway, though the consent holds: a passport can be given on it."""
    mother = inside()
    yes = "/min-side/ja-og-nei/"
    assert "Storgata legesenter" in text(page(mother.get("/min-side/hvem/")))
    assert "Åpent til og med" in text(page(mother.get(yes)))
    request.getfixturevalue("closed")
    with_me = text(page(mother.get("/min-side/hvem/")))
    assert "Storgata legesenter" not in with_me and "Grimstad barneverntjeneste" in with_me
    asked = text(page(mother.get(yes)))
    assert "Åpent til og med" not in asked and "viser ikke saken til noen nå" in asked
    with acting("kari"):
        given = Consent.objects.get(purpose="contact_health", recipient=together.service_id("storgata"))
    read = text(page(mother.post(f"{yes}{given.pk}/tilbake/", {})))
    assert "Det vi har sendt Storgata legesenter med dette ja-et, kan de ikke lese her lenger." in read
    assert "Det hadde ikke åpnet noe" not in read


def test_where_the_address_is_protected_it_is_given_on_paper(closed: Home, acting: Acting, anna: Child) -> None:
    child = inside(str(anna.national_id))
    assert "Storgata legesenter" in text(page(child.get(HERE)))
    with acting("kari") as kari:
        together.protect(kari, anna.pk)
    read = text(page(child.get(HERE)))
    assert "Du får det på papir av" in read
    assert not [words for words in ("Storgata", "Lavt jern.", "Anna sover godt") if words in read]
    assert child.get(f"{HERE}papir/").status_code == 302


def test_when_the_pathway_is_closed_nobody_is_asked_whether_a_service_may_take_part(home: Home, request: Any) -> None:
    def consents() -> str:
        return text(page(inside().get("/min-side/ja-og-nei/")))

    assert "være med og få vite om" in consents()
    request.getfixturevalue("closed")
    after = consents()
    assert "Kan vi fortelle Storgata legesenter om" in after and "være med og få vite om" not in after
