"""Papers: what is on them is what the asker may see, they are accessible, and nothing of a child is around them."""

import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pdfua
import pypdf
import pytest
from django.utils.translation import trans_real

from grunnmur import clock, postgres
from grunnmur.cases import access, door
from grunnmur.cases.actions import (
    basis,
    children,
    closings,
    extracts,
    meetings,
    moves,
    passports,
    plans,
    referrals,
    sight,
)
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.models import Child, Closure, Mapping, MappingStep, Passport, ReferralAnswer, RelatedPerson
from grunnmur.cases.queries import passport
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import (
    AddressProtection,
    ChildParticipation,
    FamilyAccess,
    HealthArea,
    InformationKind,
    MappingConclusion,
    MappingState,
    MeetingKind,
    ReferralAnswerKind,
    RestrictionCause,
)
from grunnmur.exchange import paper
from grunnmur.log.models import AccessLog, Event
from grunnmur.web import papers
from tests import health_case, together
from tests.health_case import SEE_AND_TELL
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
Outside = Callable[[], AbstractContextManager[None]]
MENTAL, SOMATIC = HealthArea.MENTAL, HealthArea.SOMATIC


@pytest.fixture
def case(acting: Acting, anna: Child, travel: Any) -> dict[str, uuid.UUID]:
    """A case with a plan, a meeting that comes, one that was held, a mapping with findings and a referral."""
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        health_case.consent(kari, key, "storgata", MENTAL, SOMATIC, purposes=SEE_AND_TELL)
        health_case.consent(kari, key, "abup", MENTAL, purposes=SEE_AND_TELL)
    travel(clock.now() + timedelta(hours=1))
    with acting("kari") as kari:
        of = {"actor": kari, "pathway_id": key, "once": None}
        goal = plans.set_goal(**of, text="Anna sover hele natten.")
        plans.set_task(
            **of, what="Ringe læreren", service_id=kari.service_id, related_person_id=None, due_on=None, goal_id=goal.pk
        )
        coming = together.call(kari, key, "storgata", kind=MeetingKind.STATUSMOTE, days=20)
        held = together.call(kari, key, kind=MeetingKind.AVKLARINGSMOTE)
        mapping = health_case.ask(kari, key, "storgata", SOMATIC)
    travel(clock.now() + timedelta(days=8))
    with acting("kari") as kari:
        meetings.hold(
            actor=kari,
            pathway_id=key,
            once=None,
            meeting_id=held.pk,
            held_on=clock.today(),
            child_present=True,
            people_present=[],
            services_present=[],
            participation=ChildParticipation.CONVERSATION,
            own_words="Jeg vil sove som før.",
            minutes="Vi snakket om søvnen.",
            decisions="Legen undersøker.",
            tasks=[],
        )
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
        referral = health_case.refer(
            per, key, "abup", MENTAL, question="Kan dette være angst?", situation="Sover dårlig.", tried="Samtaler."
        )
    return {"pathway_id": key, "coming": coming.pk, "held": held.pk, "referral": referral.pk}


def address(case: dict[str, uuid.UUID], what: str) -> str:
    where = {
        "plan": "papir/plan/",
        "invitation": f"papir/mote/{case['coming']}/",
        "minutes": f"papir/mote/{case['held']}/",
        "referral": f"papir/brev/{case['referral']}/",
    }
    return f"/forlop/{case['pathway_id']}/{where[what]}"


SAYS = {
    "plan": ("Plan for samarbeidet", "Anna sover hele natten.", "Ringe læreren"),
    "invitation": ("Statusmøte", "Hvem er invitert"),
    "minutes": ("Avklaringsmøte", "Vi snakket om søvnen.", "Legen undersøker."),
    "referral": ("Henvisning", "Kan dette være angst?", "ABUP"),
}


IN_NYNORSK = {
    "plan": "Henta frå",
    "invitation": "Kven er invitert",
    "minutes": "Henta frå",
    "referral": "Henta frå",
}


def accessible(content: bytes, tmp_path: Path, *, language: str) -> str:
    """The text of a PDF that is tagged, has its language and its title, and breaks no rule that a machine can check."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    report = pdfua.validate(str(file))
    assert report.exit_code == 0, [(found.rule_id, found.message) for found in report.findings]
    read = pypdf.PdfReader(io.BytesIO(content))
    root: Any = read.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert read.metadata is not None
    assert "Anna" not in str(read.metadata)
    assert not any(str(key).endswith("Date") for key in read.metadata), "the day is on the paper, not in the file"
    return "\n".join(sheet.extract_text() for sheet in read.pages)


@pytest.mark.parametrize("what", SAYS)
def test_a_paper_is_the_same_on_the_screen_and_as_an_accessible_pdf(
    client_of: ClientOf, case: dict[str, uuid.UUID], tmp_path: Path, what: str
) -> None:
    client = client_of("kari")
    shown = text(page(client.get(address(case, what))))
    answer = client.get(address(case, what), {"form": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="papir.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    printed = " ".join(accessible(answer.content, tmp_path, language="nb").split())
    for said in (*SAYS[what], "Anna Solberg", "Kari"):
        assert said in shown
        assert said in printed


class Heard(NullTranslations):
    """Hears what the catalogue has no answer to."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def gettext(self, message: str) -> str:
        self.said.append(message)
        return message


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    listens = Heard()
    monkeypatch.setattr(trans_real.translation("nn"), "_fallback", listens)
    return listens


def test_the_papers_say_everything_in_nynorsk(
    client_of: ClientOf, case: dict[str, uuid.UUID], heard: Heard, tmp_path: Path
) -> None:
    client = client_of("kari")
    for what in SAYS:
        found = page(client.get(address(case, what), {"sprak": "nn"}))
        assert found.article["lang"] == "nn"
        assert "Grunnmur av Kari" in found.article.get_text(), what
        assert not [said for said in heard.said if said in found.article.get_text()], what
        answer = client.get(address(case, what), {"sprak": "nn", "form": "pdf"})
        assert IN_NYNORSK[what] in " ".join(accessible(answer.content, tmp_path, language="nn").split())


def test_a_paper_has_no_more_than_its_asker_may_see(client_of: ClientOf, case: dict[str, uuid.UUID]) -> None:
    for what in SAYS:
        assert client_of("ola").get(address(case, what)).status_code == 404
        assert client_of("tone").get(address(case, what)).status_code == 404
    siri, per = client_of("siri"), client_of("per")
    assert per.get(address(case, "referral")).status_code == 200
    assert siri.get(address(case, "referral")).status_code == 200
    assert "Anna sover hele natten." in text(page(siri.get(address(case, "plan"))))
    assert siri.get(f"/forlop/{case['pathway_id']}/pass/").status_code == 403


def test_the_childs_words_stand_on_the_minutes_for_those_who_may_hear_them(
    acting: Acting, client_of: ClientOf, case: dict[str, uuid.UUID], travel: Any
) -> None:
    travel(clock.now() + timedelta(minutes=1))
    with acting("kari") as kari:
        for which in range(5):
            basis.record_own_words(
                actor=kari,
                pathway_id=case["pathway_id"],
                once=None,
                said_on=clock.today(),
                words=f"Sagt etter møtet, {which}.",
            )
    for key, hears in (("kari", True), ("siri", False)):
        for where in (address(case, "minutes"), f"/forlop/{case['pathway_id']}/moter/"):
            shown = page(client_of(key).get(where)).main
            minutes = [said.get_text(strip=True) for said in shown.select("blockquote.g-text")]
            assert minutes == (["Jeg vil sove som før."] if hears else [])


def test_that_a_paper_was_taken_out_stands_in_the_log(
    client_of: ClientOf, as_admin: Outside, case: dict[str, uuid.UUID]
) -> None:
    client_of("per").get(address(case, "referral"), {"form": "pdf"})
    with as_admin():
        row = AccessLog.objects.get(action="referral_paper")
    assert (row.allowed, row.role, row.pathway_id) == (True, "gp", case["pathway_id"])


# --- setting it ----------------------------------------------------------------------------------------------------

SHORT = '<!doctype html><html lang="nb"><head><title>Plan</title></head><body><h1>Plan</h1>%s</body></html>'


def test_the_same_paper_is_the_same_file() -> None:
    assert paper.pdf(SHORT % "<p>Å sove.</p>") == paper.pdf(SHORT % "<p>Å sove.</p>")


@pytest.mark.parametrize(
    "named",
    [
        '<img alt="" src="http://127.0.0.1:9/a.png">',
        '<img alt="" src="file:///etc/hostname">',
        '<img alt="" src="data:image/png;base64,AAAA">',
        '<link rel="stylesheet" href="font:../grunnmur.css">',
        '<p style="background: url(https://example.org/a)">a</p>',
    ],
)
def test_a_paper_that_asks_for_something_is_not_set(named: str) -> None:
    with pytest.raises(paper.NotSet):
        paper.pdf(SHORT % named)


def test_what_is_too_long_or_takes_too_long_is_said_and_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(paper.NotSet) as too_long:
        paper.pdf("a" * (paper.MOST + 1))
    assert too_long.value.sentence == paper.TOO_LONG
    monkeypatch.setattr(paper, "TIMEOUT", 0.2)
    with pytest.raises(paper.NotSet) as slow:
        paper.pdf(SHORT % "<p>a</p>")
    assert slow.value.sentence == paper.NOT_HERE
    monkeypatch.setattr(paper, "WAIT", 0.1)
    with paper.ONE_AT_A_TIME, pytest.raises(paper.NotSet) as busy:
        paper.pdf(SHORT % "<p>a</p>")
    assert busy.value.sentence == paper.BUSY


def test_the_database_waits_for_a_paper_as_long_as_it_may_take() -> None:
    assert int(postgres.BOUNDED["idle_in_transaction_session_timeout"].removesuffix("s")) > paper.WAIT + paper.TIMEOUT


def test_a_page_says_so_when_the_pdf_could_not_be_made(
    client_of: ClientOf, case: dict[str, uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "MOST", 10)
    shown = text(page(client_of("kari").get(address(case, "plan"), {"form": "pdf"}), 503))
    assert str(paper.TOO_LONG) in shown
    assert "Anna sover hele natten." in shown


# --- the passport --------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(acting: Acting, case: dict[str, uuid.UUID], anna: Child) -> Iterator[str]:
    """Closed, with the GP and BUP to carry on; gives the passport's address."""
    key = case["pathway_id"]
    with acting("kari") as kari:
        referrals.answer(
            actor=kari,
            pathway_id=key,
            once=None,
            referral_id=case["referral"],
            answer=ReferralAnswerKind.RIGHT_GRANTED,
            answered_on=clock.today(),
            treatment_starts_on=clock.today(),
            treatment_deadline=clock.today() + timedelta(days=30),
        )
        together.close(
            kari,
            key,
            Carrier("Følge med på jernet", "", service_id=together.service_id("storgata"), health_area=SOMATIC),
            Carrier("Samtaler", "", service_id=together.service_id("abup"), health_area=MENTAL),
            ground="agreed_with_health",
            summary="Barnevernets egen vurdering.",
            child_view="Det er bra nå.",
        )
    yield f"/forlop/{key}/pass/"


def confirmed(client_of: ClientOf, who: str = "kari") -> Any:
    """Somebody who has just proved who they are, as one does before anything is given out."""
    client = client_of(who)
    client.post("/bekreft/")
    return client


def preview(client: Any, at: str, reader: str) -> str:
    return text(page(client.get(at, {"til": reader})))


def test_a_service_gets_the_areas_that_it_has_consent_for_and_no_more(client_of: ClientOf, closed: str) -> None:
    kari = confirmed(client_of)
    gp = preview(kari, closed, f"service:{together.service_id('storgata')}")
    for said in ("Lavt jern.", "Ny prøve om to måneder.", "Følge med på jernet", "Kartlagt av Storgata legesenter"):
        assert said in gp
    assert "Samtaler" in gp
    abup = preview(kari, closed, f"service:{together.service_id('abup')}")
    assert "Samtaler" in abup
    assert "Henvist til ABUP" in abup
    for secret in ("jern", "Ny prøve", "Barnevernets egen vurdering", "Det er bra nå"):
        assert secret not in abup
    assert "Ikke med i passet" in abup
    assert "Barnevernets egen oppsummering" in abup


def test_the_family_gets_what_it_may_see_in_its_own_right(
    acting: Acting, client_of: ClientOf, anna: Child, closed: str
) -> None:
    kari = confirmed(client_of)
    mother = RelatedPerson.objects.filter(name__startswith="Mona").get()
    readers = page(kari.get(closed))
    assert "Personen har ikke innsyn nå" in text(readers)
    assert kari.get(closed, {"til": f"person:{mother.identity}"}).status_code == 403
    with acting("kari") as actor:
        sight.decide_access(
            actor=actor,
            child_id=anna.pk,
            once=None,
            identity=mother.identity,
            family_access=FamilyAccess.FULL,
            reason="Mor følger opp.",
            review_on=clock.today() + timedelta(days=30),
        )
    shown = preview(kari, closed, f"person:{mother.identity}")
    assert "Lavt jern." in shown
    assert "Barnevernets egen vurdering." not in shown
    assert "Barnevernets egen oppsummering" in shown


def let_mother_see(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        mother = RelatedPerson.objects.filter(name__startswith="Mona").get()
        sight.decide_access(
            actor=kari,
            child_id=anna.pk,
            once=None,
            identity=mother.identity,
            family_access=FamilyAccess.FULL,
            reason="Mor følger opp.",
            review_on=clock.today() + timedelta(days=30),
        )
    return mother.identity


def withhold(acting: Acting, anna: Child, **whom: Any) -> None:
    with acting("kari") as kari:
        sight.restrict(
            **{
                "actor": kari,
                "child_id": anna.pk,
                "once": None,
                "cause": RestrictionCause.SERVICE_RESTRICTED
                if "service_id" in whom
                else RestrictionCause.PARENT_RESTRICTED,
                "reason": "Anna ønsker det ikke.",
                "review_on": clock.today() + timedelta(days=30),
                **whom,
            }
        )


def grant(acting: Acting, case: dict[str, uuid.UUID]) -> None:
    with acting("kari") as kari:
        referrals.answer(
            actor=kari,
            pathway_id=case["pathway_id"],
            once=None,
            referral_id=case["referral"],
            answer=ReferralAnswerKind.RIGHT_GRANTED,
            answered_on=clock.today(),
            treatment_starts_on=clock.today(),
            treatment_deadline=clock.today() + timedelta(days=30),
        )


@pytest.fixture
def goes_on(acting: Acting, case: dict[str, uuid.UUID]) -> dict[str, uuid.UUID]:
    """What two things that go on rest on: a referral with its answer, and a mapping with what it concluded."""
    grant(acting, case)
    with acting("kari"):
        return {
            "referral": case["referral"],
            "answer": ReferralAnswer.objects.get().pk,
            "mapping": Mapping.objects.get().pk,
            "conclusion": MappingStep.objects.get(state=MappingState.CONCLUDED).pk,
        }


@pytest.mark.parametrize(
    ("withheld", "told", "count"),
    [
        ("referral", ("Oppfølging: kroppslig helse",), "Psykisk helse: 2 opplysninger"),
        ("answer", ("Oppfølging: kroppslig helse", "Henvist til ABUP"), "Psykisk helse: 1 opplysninger"),
        ("mapping", ("Avtalt hjelp: psykisk helse", "Lavt jern."), "Kroppslig helse: 1 opplysninger"),
        ("conclusion", ("Avtalt hjelp: psykisk helse",), "Kroppslig helse: 4 opplysninger"),
    ],
)
def test_what_goes_on_is_withheld_with_each_thing_that_it_rests_on(
    acting: Acting,
    client_of: ClientOf,
    anna: Child,
    case: dict[str, uuid.UUID],
    goes_on: dict[str, uuid.UUID],
    withheld: str,
    told: tuple[str, ...],
    count: str,
) -> None:
    key, mother = case["pathway_id"], let_mother_see(acting, anna)
    client, at = confirmed(client_of), f"/forlop/{key}/pass/"
    for goes in ("Avtalt hjelp: psykisk helse", "Oppfølging: kroppslig helse"):
        assert goes in preview(client, at, f"person:{mother}")
    withhold(acting, anna, identity=mother, item=goes_on[withheld])
    for_mother = page(client.get(at, {"til": f"person:{mother}"}))
    said = for_mother.article.get_text()
    gone = "Avtalt hjelp: psykisk helse" if withheld in ("referral", "answer") else "Oppfølging: kroppslig helse"
    assert gone not in said
    for one in told:
        assert one in said
    assert "besvart" not in said
    assert count in text(for_mother)
    assert "Avtalt hjelp: psykisk helse" in preview(client, at, f"service:{together.service_id('abup')}")
    with acting("kari") as kari:
        together.close(
            kari,
            key,
            Carrier("Samtaler", "ABUP", subject_id=goes_on["referral"]),
            Carrier("Jernet", "Storgata", subject_id=goes_on["mapping"]),
            ground="agreed_with_health",
            summary="Slutt.",
            child_view="Fint.",
        )
    closed = page(client.get(at, {"til": f"person:{mother}"})).article.get_text()
    assert "Åpent" in closed
    assert ("Samtaler" in closed, "Jernet" in closed) == (
        withheld in ("mapping", "conclusion"),
        withheld in ("referral", "answer"),
    )


def test_an_explicit_no_wins_over_a_consent(
    acting: Acting, client_of: ClientOf, anna: Child, case: dict[str, uuid.UUID]
) -> None:
    client, at = confirmed(client_of), f"/forlop/{case['pathway_id']}/pass/"
    gp = together.service_id("storgata")
    assert "Henvist til ABUP" in preview(client, at, f"service:{gp}")
    withhold(acting, anna, service_id=gp, item=case["referral"])
    shown = page(client.get(at, {"til": f"service:{gp}"}))
    assert "ABUP" not in shown.article.get_text()
    assert "Psykisk helse: 1 opplysninger" in text(shown)
    withhold(acting, anna, service_id=gp, kinds=InformationKind.SOMATIC)
    assert "Lavt jern." not in page(client.get(at, {"til": f"service:{gp}"})).article.get_text()
    withhold(acting, anna, service_id=gp, kinds=InformationKind.CONTACT)
    assert client.get(at, {"til": f"service:{gp}"}).status_code == 403
    assert str(passport.TAKEN) in text(page(client.get(at)))


def test_a_service_without_consent_gets_none(client_of: ClientOf, closed: str) -> None:
    kari = confirmed(client_of)
    assert kari.get(closed, {"til": f"service:{together.service_id('tannklinikken')}"}).status_code == 404


def test_giving_is_one_event_and_the_paper_is_what_was_shown(
    acting: Acting, client_of: ClientOf, as_admin: Outside, closed: str, tmp_path: Path
) -> None:
    kari = confirmed(client_of)
    at = f"{closed}?til=service:{together.service_id('abup')}"
    sent = form_of(page(kari.get(at)), sprak="nn")
    answer = kari.post(closed, sent)
    read = accessible(answer.content, tmp_path, language="nn")
    assert "Pass for vidare hjelp" in read
    assert "Tilvist til ABUP" in read
    assert "jern" not in read
    with as_admin():
        row = Passport.objects.get()
        event = Event.objects.get(name="passport.given")
    assert (row.language, row.left_out > 0) == ("nn", True)
    assert event.data == {"language": "nn"}
    assert "ABUP" in text(page(kari.get(closed)))


def test_one_proves_anew_who_one_is_before_a_passport_is_given(
    client_of: ClientOf, as_admin: Outside, closed: str
) -> None:
    kari, at = client_of("kari"), f"{closed}?til=service:{together.service_id('abup')}"
    assert kari.get(closed).status_code == 200
    asked = kari.get(at)
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, "/bekreft/")
    assert kari.post(closed, {"til": f"service:{together.service_id('abup')}", "sprak": "nb"}).status_code == 401
    with as_admin():
        assert not Passport.objects.exists()
    assert kari.post(asked["Location"]).status_code == 302
    assert kari.get(at).status_code == 200


def test_a_passport_that_could_not_be_set_was_not_given(
    client_of: ClientOf, as_admin: Outside, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kari = confirmed(client_of)
    sent = form_of(page(kari.get(f"{closed}?til=service:{together.service_id('abup')}")))
    monkeypatch.setattr(paper, "MOST", 10)
    assert str(paper.TOO_LONG) in text(page(kari.post(closed, sent), 422))
    with as_admin():
        assert not Passport.objects.exists()
        assert not Event.objects.filter(name="passport.given").exists()


def test_a_case_that_is_taken_up_again_tells_nothing_of_how_it_ended(
    acting: Acting, client_of: ClientOf, anna: Child, closed: str
) -> None:
    kari, child = confirmed(client_of), let_child_see(acting, anna)
    with acting("kari") as actor:
        released = {"identity": anna.pk, "item": Closure.objects.get().pk, "reason": "Anna ber om det."}
        sight.release(actor=actor, child_id=anna.pk, once=None, **released)
    assert "Det er bra nå." in preview(kari, closed, child)
    with acting("kari") as actor:
        key = uuid.UUID(closed.split("/")[2])
        closings.reactivate(
            actor=actor, pathway_id=key, once=None, reason="Det ble verre.", reactivated_on=clock.today()
        )
    assert "Det er bra nå." not in preview(kari, closed, child)


def let_child_see(acting: Acting, anna: Child) -> str:
    with acting("kari") as actor:
        sight.decide_access(
            actor=actor,
            child_id=anna.pk,
            once=None,
            identity=anna.pk,
            family_access=FamilyAccess.FULL,
            reason="Anna vil ha passet.",
            review_on=clock.today() + timedelta(days=30),
        )
    return "child"


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen while a paper is set."""
    real = paper.pdf

    def setting(found: str) -> bytes:
        happens()
        return real(found)

    monkeypatch.setattr(paper, "pdf", setting)


def in_order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """When a paper is set, and when the child is held."""
    order: list[str] = []
    meanwhile(monkeypatch, lambda: order.append("set"))
    real = door.lock

    def hold(key: uuid.UUID) -> None:
        order.append("held")
        real(key)

    monkeypatch.setattr(door, "lock", hold)
    return order


def test_nobody_waits_for_the_child_while_its_paper_is_set_and_what_changed_meanwhile_is_not_given(
    client_of: ClientOf, anna: Child, as_admin: Outside, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kari = confirmed(client_of)
    sent = form_of(page(kari.get(f"{closed}?til=service:{together.service_id('storgata')}")))
    order = in_order(monkeypatch)
    assert kari.post(closed, sent)["Content-Type"] == "application/pdf"
    assert order == ["set", "held"], "the act, which holds the child, begins when the paper is set"

    def change() -> None:
        with as_admin():
            MappingStep.objects.filter(state=MappingState.CONCLUDED).update(findings="Jernet er bra nå.")

    meanwhile(monkeypatch, change)
    again = form_of(page(kari.get(f"{closed}?til=service:{together.service_id('storgata')}")))
    assert str(papers.CHANGED) in text(page(kari.post(closed, again), 422))
    with as_admin():
        assert Passport.objects.count() == 1


def test_an_extract_that_changed_while_it_was_set_is_not_given(
    acting: Acting,
    client_of: ClientOf,
    anna: Child,
    as_admin: Outside,
    closed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_child_see(acting, anna)
    with acting("kari") as actor:
        made = extracts.make(actor=actor, child_id=anna.pk, once=None, asked_on=clock.today())
    kari, at = confirmed(client_of), f"/barn/{anna.pk}/innsyn/{made.pk}/"

    def change() -> None:
        with as_admin():
            MappingStep.objects.filter(state=MappingState.CONCLUDED).update(findings="Jernet er bra nå.")

    order = in_order(monkeypatch)
    meanwhile(monkeypatch, change)
    answer = kari.post(f"{at}fil/", {"form": "pdf"})
    assert order == ["set", "held"]
    assert answer["Location"] == at
    assert str(papers.CHANGED) in text(page(kari.get(at)))
    given = Event.objects.filter(name="extract.handed_out")
    with as_admin():
        assert not given.exists()
    for form in ("json", "html", "pdf"):
        assert "attachment" in kari.post(f"{at}fil/", {"form": form})["Content-Disposition"]
    with as_admin():
        assert given.count() == 3


@pytest.mark.parametrize("protection", [AddressProtection.CONFIDENTIAL, AddressProtection.STRICTLY_CONFIDENTIAL])
def test_with_a_protected_address_a_reader_of_it_gives_the_child_its_own_and_nobody_else(
    acting: Acting, client_of: ClientOf, anna: Child, closed: str, protection: AddressProtection
) -> None:
    let_child_see(acting, anna)
    with acting("kari") as actor:
        children.edit(
            actor=actor,
            child_id=anna.pk,
            once=None,
            name=anna.name,
            language="nb",
            needs_interpreter=False,
            address_protection=protection,
            why="Rettet.",
        )
    kari, leif = confirmed(client_of), confirmed(client_of, "leif")
    answer = kari.get(closed, {"til": f"service:{together.service_id('abup')}"})
    assert answer.status_code == 403
    assert "jern" not in answer.content.decode()
    assert "Henvist til ABUP" in preview(kari, closed, "child")
    for asked in ({}, {"til": "child"}):
        refused = leif.get(closed, asked)
        assert refused.status_code == 403
        assert "navngitt som lesere av adressen" in refused.content.decode()
    with acting("leif") as actor:
        key = uuid.UUID(closed.split("/")[2])
        with pytest.raises(access.Refused, match="not_a_reader"):
            passports.give(actor=actor, pathway_id=key, once=None, reader="child", language="nb")
        with pytest.raises(access.Refused, match="not_a_reader"):
            moves.offer(actor=actor, pathway_id=key, once=None, to_service_id=together.service_id("abup"))
        # Were the door not there, the names would not be told all the same.
        case = get_case(actor, key, page="passport")
        made = passport.make(case, passport.get_reader(case, "child"))
    said = str(made.needs)
    assert ("ABUP" in said) is (protection is AddressProtection.CONFIDENTIAL)
    assert ("Storgata" in said) is (protection is AddressProtection.CONFIDENTIAL)


@pytest.mark.parametrize(
    ("language", "titled"),
    [("nb", "Innsyn i det som står om barnet"), ("nn", "Innsyn i det som står om barnet")],
)
def test_an_extract_is_an_accessible_paper_in_the_language_that_was_asked_for(
    acting: Acting,
    client_of: ClientOf,
    anna: Child,
    closed: str,
    heard: Heard,
    tmp_path: Path,
    language: str,
    titled: str,
) -> None:
    let_child_see(acting, anna)
    with acting("kari") as actor:
        made = extracts.make(actor=actor, child_id=anna.pk, once=None, asked_on=clock.today())
    kari, at = confirmed(client_of), f"/barn/{anna.pk}/innsyn/{made.pk}/"
    sent = form_of(page(kari.get(at)), sprak=language)
    answer = kari.post(f"{at}fil/", sent | {"form": "pdf"})
    read = " ".join(accessible(answer.content, tmp_path, language=language).split())
    assert titled in read
    for nb, nn in (("Det de fant", "Det dei fann"), ("Hvem som har sett", "Kven som har sett"), ("Fra når", "Frå når")):
        assert (nb in read, nn in read) == (language == "nb", language == "nn"), nb
    assert not [said for said in heard.said if said in read and language == "nn"]
