"""Asking for mapping, leaving an area out, and what the asked service says: what is refused, and what is written."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from grunnmur import clock
from grunnmur.cases import access, door, facts
from grunnmur.cases.actions import consents, mappings
from grunnmur.cases.models import Child, Consent, InformantReport, Mapping, MappingLine, MappingStep, RelatedPerson
from grunnmur.cases.terms import (
    ConsentPurpose,
    HealthArea,
    Informant,
    InformationKind,
    LocalFollowUp,
    MappingConclusion,
    MappingState,
    Severity,
    SignatoryKind,
)
from grunnmur.directory.models import Service
from grunnmur.log.models import Event
from tests import health_case, together
from tests.health_case import SEE_AND_TELL

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]
AsAdmin = Callable[[], AbstractContextManager[None]]
MENTAL, SOMATIC, DENTAL = HealthArea.MENTAL, HealthArea.SOMATIC, HealthArea.DENTAL


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees mental and somatic health and may tell, the dental clinic only sees."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", MENTAL, SOMATIC, purposes=SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "tannklinikken", DENTAL)
        health_case.consent(kari, pathway_id, "skolen", MENTAL)
    return pathway_id


def problems(call: Callable[[], object]) -> dict[str, str]:
    """The sentences that an act refuses with."""
    with pytest.raises(door.Invalid) as invalid:
        call()
    return {field: str(problem) for field, problem in invalid.value.problems.items()}


# --- asking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "area", "more", "field", "sentence"),
    [
        ("storgata", DENTAL, {}, "service_id", "gjelder ikke dette helseområdet"),
        ("abup", MENTAL, {}, "service_id", "ikke samtykket til å kontakte"),
        ("skolen", MENTAL, {}, "service_id", "Velg en helsetjeneste"),
        ("storgata", MENTAL, {"due_on": together.day(-1)}, "due_on", "alt gått ut"),
        ("storgata", MENTAL, {"service_id": uuid.UUID(int=0)}, "service_id", "finner ikke tjenesten"),
    ],
    ids=["an area that consent does not cover", "no consent", "not a health service", "a day that was", "nobody"],
)
def test_who_cannot_be_asked(
    acting: Acting, case: uuid.UUID, service: str, area: HealthArea, more: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        found = problems(lambda: health_case.ask(kari, case, service, area, **more))
        assert list(found) == [field]
        assert sentence in found[field]
        assert not Mapping.objects.exists()


def test_a_closed_service_is_not_asked(acting: Acting, case: uuid.UUID, as_admin: AsAdmin) -> None:
    with as_admin():
        Service.objects.filter(pk=together.service_id("storgata")).update(closed_on=clock.today())
    with acting("kari") as kari:
        assert "lagt ned" in problems(lambda: health_case.ask(kari, case, "storgata", MENTAL))["service_id"]


def test_one_service_at_a_time_has_an_area(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        health_case.ask(kari, case, "storgata", MENTAL)
        assert "Noen kartlegger alt" in problems(lambda: health_case.ask(kari, case, "storgata", MENTAL))["health_area"]
        left_out = problems(
            lambda: mappings.leave_out(actor=kari, pathway_id=case, once=None, health_area=MENTAL, why="Nei.")
        )
        assert "Noen kartlegger alt" in left_out["health_area"]


def test_another_can_be_asked_when_the_consent_of_the_first_is_taken_back(
    acting: Acting, case: uuid.UUID, travel: Travel
) -> None:
    with acting("kari") as kari:
        health_case.ask(kari, case, "storgata", MENTAL)
        health_case.consent(kari, case, "skolehelse", MENTAL)
        given = Consent.objects.get(recipient=together.service_id("storgata"), purpose=ConsentPurpose.CONTACT_HEALTH)
        consents.withdraw(
            actor=kari,
            pathway_id=case,
            once=None,
            consent_id=given.pk,
            withdrawn_by=SignatoryKind.PARENT,
            related_person_id=RelatedPerson.objects.filter(has_parental_responsibility=True)[0].pk,
        )
    travel(clock.now() + timedelta(hours=1))
    with acting("kari") as kari:
        second = health_case.ask(kari, case, "skolehelse", MENTAL)
        assert [item.id for item in facts.load(case).open_mappings] == [str(second.pk)]


def test_only_the_owner_asks(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per, pytest.raises(access.Refused):
        health_case.ask(per, case, "tannklinikken", DENTAL)


# --- leaving out ------------------------------------------------------------------------------------------------


def test_an_area_is_left_out_with_a_reason(acting: Acting, case: uuid.UUID) -> None:
    def leave_out(why: str) -> Mapping:
        return mappings.leave_out(actor=kari, pathway_id=case, once=None, health_area=HealthArea.SUBSTANCE_USE, why=why)

    with acting("kari") as kari:
        assert "Skriv hvorfor" in problems(lambda: leave_out(" "))["why"]
        leave_out("Ingenting peker på rus.")
        [fact] = facts.load(case).mappings
        assert (fact.state, fact.service) == (MappingState.NOT_INDICATED, None)


# --- the asked service ------------------------------------------------------------------------------------------


def test_a_mapping_goes_from_asked_to_concluded(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    for hours, state in enumerate((MappingState.ACCEPTED, MappingState.UNDER_WAY), start=1):
        travel(clock.now() + timedelta(hours=hours))
        with acting("per") as per:
            health_case.step(per, case, mapping, state)
            assert facts.load(case).mappings[0].state is state
    travel(clock.now() + timedelta(hours=3))
    with acting("per") as per:
        health_case.step(
            per,
            case,
            mapping,
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.REFERRAL,
            findings="Lav vekt.",
            recommendation="Utredes.",
            matters_to_child="Å få sove.",
            severity=Severity.CLEAR,
            local_follow_up=LocalFollowUp.TOGETHER,
        )
    with acting("kari"):
        [step] = MappingStep.objects.filter(state=MappingState.CONCLUDED)
        assert (step.findings, step.severity, step.local_follow_up) == ("Lav vekt.", "clear", "together")
        assert dict(step.lines.values_list("sort", "text")) == {"matters": "Å få sove.", "recommendation": "Utredes."}
        assert Event.objects.order_by("-at").first().data == {  # type: ignore[union-attr]
            "area": "mental",
            "state": "concluded",
            "conclusion": "referral",
        }


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"state": MappingState.ASKED}, "state", "alt kommet dit"),
        ({"state": MappingState.CONCLUDED}, "conclusion", "Velg hva kartleggingen førte til"),
        ({"state": MappingState.NOT_INDICATED}, "findings", "hvorfor dere ikke kan"),
        ({"state": MappingState.ACCEPTED, "on": together.day(2)}, "on", "fram i tid"),
        ({"state": MappingState.ACCEPTED, "on": together.day(-20 * 365)}, "on", "før barnet ble født"),
    ],
    ids=["back to asked", "no conclusion", "no reason", "tomorrow", "before birth"],
)
def test_what_the_asked_service_cannot_say(
    acting: Acting, case: uuid.UUID, given: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    with acting("per") as per:
        found = problems(lambda: health_case.step(per, case, mapping, **given))
        assert list(found) == [field]
        assert sentence in found[field]


@pytest.mark.parametrize("finished", [MappingState.CONCLUDED, MappingState.NOT_INDICATED])
def test_a_finished_mapping_stays_finished(
    acting: Acting, case: uuid.UUID, travel: Travel, finished: MappingState
) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    conclusion = MappingConclusion.NO_FURTHER_NEED if finished is MappingState.CONCLUDED else None
    with acting("per") as per:
        health_case.step(per, case, mapping, finished, conclusion=conclusion, findings="Ikke hos oss.")
        found = problems(lambda: health_case.step(per, case, mapping, MappingState.UNDER_WAY))
        assert "alt avsluttet" in found["state"]


def test_what_is_found_is_told_only_with_consent(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("tone") as tone:
        end: dict[str, Any] = {"state": MappingState.CONCLUDED, "conclusion": MappingConclusion.DENTAL_FOLLOW_UP}
        found = problems(
            lambda: health_case.step(tone, case, mapping, findings="Syreskader.", recommendation="Skinne.", **end)
        )
        assert set(found) == {"findings", "recommendation"}
        assert "egen journal" in found["findings"]
        health_case.step(tone, case, mapping, matters_to_child="At det ikke gjør vondt.", **end)
        assert facts.load(case).mappings[0].conclusion == "dental_follow_up"


def test_consent_to_tell_about_one_area_is_not_consent_about_another(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        health_case.consent(kari, case, "storgata", HealthArea.SEXUAL)
        mapping = health_case.ask(kari, case, "storgata", HealthArea.SEXUAL)
    with acting("per") as per:
        end: dict[str, Any] = {"state": MappingState.CONCLUDED, "conclusion": MappingConclusion.NO_FURTHER_NEED}
        assert "findings" in problems(lambda: health_case.step(per, case, mapping, findings="Noe.", **end))


def test_a_service_that_cannot_says_why_without_consent_to_tell(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("tone") as tone:
        health_case.step(tone, case, mapping, MappingState.NOT_INDICATED, findings="Hun går hos privat tannlege.")
    with acting("kari") as kari:
        assert facts.load(case).open_mappings == ()
        health_case.ask(kari, case, "tannklinikken", DENTAL)


def test_the_mapping_of_another_service_is_left_alone(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        health_case.consent(kari, case, "skolehelse", MENTAL)
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    with acting("hege") as hege, pytest.raises(access.Refused) as refused:
        health_case.step(hege, case, mapping, MappingState.ACCEPTED)
    assert refused.value.code == "mapping_of_another"


# --- who reads what ---------------------------------------------------------------------------------------------


def test_a_line_for_everybody_is_read_by_those_who_do_not_see_the_area(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        health_case.consent(kari, case, "skolen", SOMATIC)
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    with acting("per") as per:
        health_case.step(
            per,
            case,
            mapping,
            MappingState.CONCLUDED,
            conclusion=MappingConclusion.MUNICIPAL_FOLLOW_UP,
            findings="Angst.",
            matters_to_child="Å få sove.",
            recommendation="Lekser i mindre biter.",
            for_everybody=True,
        )
    with acting("kari"):
        kinds = {line.sort: InformationKind(line.kind) for line in MappingLine.objects.all()}
        assert kinds == {"matters": InformationKind.MENTAL, "recommendation": InformationKind.COORDINATION}
    with acting("tone"):
        assert [line.text for line in MappingLine.objects.all()] == ["Lekser i mindre biter."]
        assert not MappingStep.objects.exists()
        assert not Mapping.objects.exists()


def test_what_matters_to_the_child_is_never_for_everybody(acting: Acting, case: uuid.UUID) -> None:
    """The child said it for child welfare to know."""
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    done = {
        "conclusion": MappingConclusion.MUNICIPAL_FOLLOW_UP,
        "matters_to_child": "Å få sove.",
        "for_everybody": True,
    }
    with acting("per") as per:
        found = problems(lambda: health_case.step(per, case, mapping, MappingState.CONCLUDED, **done))
        assert set(found) == {"for_everybody"}
        step = health_case.step(per, case, mapping, MappingState.CONCLUDED, **done, recommendation="Ro.")
        line = MappingLine.objects.get(step=step, sort="matters")
        assert line.kind == InformationKind.MENTAL
        line.pk, line.kind, line.sort = uuid.uuid4(), InformationKind.COORDINATION, "matters"
        with pytest.raises(IntegrityError, match="what_matters_is_not_for_everybody"), transaction.atomic():
            line.save(force_insert=True)


def test_what_is_judged_at_the_end_is_refused_before_it_and_never_dropped(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    early = {
        "conclusion": MappingConclusion.MUNICIPAL_FOLLOW_UP,
        "severity": Severity.MILD,
        "local_follow_up": LocalFollowUp.NO,
    }
    with acting("per") as per:
        found = problems(lambda: health_case.step(per, case, mapping, MappingState.UNDER_WAY, **early))
    assert set(found) == set(early)
    assert {"Dette fylles bare ut når dere er ferdige med kartleggingen."} == set(found.values())


def test_without_consent_to_tell_nothing_is_for_everybody(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("tone") as tone:
        found = problems(
            lambda: health_case.step(
                tone,
                case,
                mapping,
                MappingState.CONCLUDED,
                conclusion=MappingConclusion.DENTAL_FOLLOW_UP,
                severity=Severity.MILD,
                local_follow_up=LocalFollowUp.NO,
                matters_to_child="At det ikke gjør vondt.",
                for_everybody=True,
            )
        )
    assert set(found) == {"severity", "local_follow_up", "for_everybody"}


# --- how those who know the child see it ------------------------------------------------------------------------


def test_several_tell_and_are_asked_again_after_the_end(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    with acting("per") as per:
        health_case.report(per, case, mapping, Informant.CHILD, instrument="sdq", severity=Severity.SEVERE)
        health_case.report(per, case, mapping, Informant.TEACHER, says="Stille i timene.")
        health_case.step(per, case, mapping, MappingState.CONCLUDED, conclusion=MappingConclusion.MUNICIPAL_FOLLOW_UP)
    travel(clock.now() + timedelta(days=30))
    with acting("per") as per:
        health_case.report(per, case, mapping, Informant.CHILD, instrument="sdq", severity=Severity.MILD)
    with acting("kari"):
        rows = InformantReport.objects.order_by("recorded_at")
        assert [(row.informant, row.severity, row.instrument) for row in rows] == [
            ("child", "severe", "sdq"),
            ("teacher", "", ""),
            ("child", "mild", "sdq"),
        ]
        assert {row.kind for row in rows} == {InformationKind.MENTAL}
        assert Event.objects.order_by("-at").first().data == {"area": "mental"}  # type: ignore[union-attr]
    with acting("tone"):
        assert not InformantReport.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"severity": None}, "says", "med ord"),
        ({"says": "  ", "severity": None}, "says", "med ord"),
        ({"on": together.day(2)}, "on", "fram i tid"),
        ({"instrument": "sdq", "informant": Informant.CLINICIAN}, "instrument", "ingen utgave"),
        ({"instrument": "crafft"}, "instrument", "Velg et skjema"),
        ({"instrument": "nonsense"}, "instrument", "Velg et skjema"),
    ],
    ids=["nothing", "blanks", "tomorrow", "not for that one", "another area", "not in the register"],
)
def test_what_cannot_be_told(acting: Acting, case: uuid.UUID, given: dict[str, Any], field: str, sentence: str) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    with acting("per") as per:
        told = {"informant": Informant.CHILD, "severity": Severity.MILD, **given}
        found = problems(lambda: health_case.report(per, case, mapping, **told))
        assert list(found) == [field]
        assert sentence in found[field]
        assert not InformantReport.objects.exists()


def test_only_the_asked_service_with_consent_to_tell_writes_what_somebody_told(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mental = health_case.ask(kari, case, "storgata", MENTAL)
        dental = health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("tone") as tone:
        given: dict[str, Any] = {"informant": Informant.CHILD, "severity": Severity.MILD}
        assert "egen journal" in problems(lambda: health_case.report(tone, case, dental, **given))["informant"]
        with pytest.raises(access.Refused) as refused:
            health_case.report(tone, case, mental, **given)
        assert refused.value.code == "mapping_of_another"


def test_a_mapping_that_was_given_back_has_nothing_told(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        mapping = health_case.ask(kari, case, "storgata", MENTAL)
    with acting("per") as per:
        health_case.step(per, case, mapping, MappingState.NOT_INDICATED, findings="Full liste.")
        given: dict[str, Any] = {"informant": Informant.CHILD, "severity": Severity.MILD}
        assert "ikke kan kartlegge" in problems(lambda: health_case.report(per, case, mapping, **given))["informant"]
