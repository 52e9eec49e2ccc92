"""Closing with who carries on, and taking up again: what is refused, what is written, and who sees it afterwards."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest

from grunnmur import clock
from grunnmur.cases import access, door, facts
from grunnmur.cases.actions import closings, plans
from grunnmur.cases.actions.closings import Carrier
from grunnmur.cases.models import CarriesOn, Child, Closure, Pathway
from grunnmur.cases.terms import HealthArea, PathwayStatus
from grunnmur.directory.meanwhile import EditConflict
from tests import health_case, together
from tests.health_case import SEE_AND_TELL

Acting = Callable[[str], AbstractContextManager[Any]]
Travel = Callable[[datetime], None]
MENTAL, DENTAL = HealthArea.MENTAL, HealthArea.DENTAL


@pytest.fixture
def case(acting: Acting, anna: Child, travel: Travel) -> uuid.UUID:
    """Under way since an hour ago; the GP sees mental health, the dental clinic dental health."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", MENTAL, purposes=SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "tannklinikken", DENTAL)
    travel(clock.now() + timedelta(hours=1))
    return pathway_id


def close(actor: Any, pathway_id: uuid.UUID, *carriers: Carrier, **more: Any) -> Closure:
    return closings.close(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "seen": None,
            "ground": "agreed_with_health",
            "closed_on": clock.today(),
            "summary": "Fastlegen og ABUP følger henne.",
            "child_view": "«Det er greit.»",
            "carriers": carriers,
            **more,
        }
    )


def reactivate(actor: Any, pathway_id: uuid.UUID, **more: Any) -> Any:
    return closings.reactivate(
        **{
            "actor": actor,
            "pathway_id": pathway_id,
            "once": None,
            "reason": "Hun har det vanskelig igjen.",
            "reactivated_on": clock.today(),
            **more,
        }
    )


def problems(call: Callable[[], object]) -> dict[str, str]:
    """The sentences that an act refuses with."""
    with pytest.raises(door.Invalid) as invalid:
        call()
    return {field: str(problem) for field, problem in invalid.value.problems.items()}


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"ground": "because"}, "ground", "Velg hvorfor"),
        ({"summary": " "}, "summary", "Skriv kort"),
        ({"closed_on": together.day(2)}, "closed_on", "fram i tid"),
        ({"closed_on": together.day(-1)}, "closed_on", "ikke startet den dagen"),
        ({"closed_on": together.day(-20 * 365)}, "closed_on", "før barnet ble født"),
    ],
    ids=["an unknown ground", "no summary", "tomorrow", "before it started", "before birth"],
)
def test_what_a_closing_cannot_be(
    acting: Acting, case: uuid.UUID, more: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        found = problems(lambda: close(kari, case, **more))
        assert list(found) == [field]
        assert sentence in found[field]


def test_nothing_open_is_silently_lost(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        task = plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Ring læreren",
            service_id=kari.service_id,
            related_person_id=None,
            due_on=None,
        )
        mapping = health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("per") as per:
        referral = health_case.refer(per, case, "abup", MENTAL, question="?", situation="!")
    with acting("kari") as kari:
        things = {str(task.pk), str(mapping.pk), str(referral.pk)}
        found = problems(lambda: close(kari, case))
        assert set(found) == {f"who_{thing}" for thing in things}
        half = [Carrier(what="x", who=" ", subject_id=task.pk), Carrier(what="x", who="Tone", subject_id=mapping.pk)]
        found = problems(lambda: close(kari, case, *half))
        assert set(found) == {f"who_{task.pk}", f"who_{referral.pk}"}
        close(
            kari,
            case,
            *(Carrier(what="x", who="Tone", subject_id=uuid.UUID(thing)) for thing in things),
            Carrier(what="Skolen", who="Læreren"),
        )
        assert CarriesOn.objects.count() == 4


def test_closing_ends_the_sight_of_everyone_but_the_owner(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        close(kari, case)
        assert Pathway.objects.get().status == PathwayStatus.CLOSED
    with acting("per"):
        assert not Pathway.objects.exists()


def test_two_cannot_close_on_top_of_each_other(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        seen = facts.load(case).version
        health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("leif") as leif:
        with pytest.raises(EditConflict):
            close(leif, case, seen=seen)
        assert not Closure.objects.exists()
    with acting("kari") as kari:
        [open_thing] = facts.load(case).open_things()
        close(kari, case, Carrier(what="x", who="Tone", subject_id=uuid.UUID(open_thing)))
    with acting("leif") as leif, pytest.raises(access.Refused) as refused:
        close(leif, case, seen=seen)
    assert refused.value.is_about_status


def test_after_reactivation_each_reads_only_what_it_sees(acting: Acting, case: uuid.UUID, travel: Travel) -> None:
    with acting("per") as per:
        referral = health_case.refer(per, case, "abup", MENTAL, question="?", situation="!")
    with acting("kari") as kari:
        close(
            kari,
            case,
            Carrier(what="Henvisning om psykisk helse", who="ABUP", subject_id=referral.pk),
            Carrier(what="Tannhelse", who="Tone", health_area=DENTAL),
            Carrier(what="Skolen", who="Læreren"),
        )
    travel(clock.now() + timedelta(days=1))
    with acting("kari") as kari:
        reactivate(kari, case)
        assert facts.load(case).status is PathwayStatus.UNDER_WAY
    with acting("tone"):
        assert {row.what for row in CarriesOn.objects.all()} == {"Tannhelse", "Skolen"}
        assert not Closure.objects.exists(), "what was found is child welfare's own"
    with acting("per"):
        assert {row.what for row in CarriesOn.objects.all()} == {"Henvisning om psykisk helse", "Skolen"}


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "Skriv hvorfor"),
        ({"reactivated_on": together.day(2)}, "reactivated_on", "fram i tid"),
        ({"reactivated_on": together.day(-1)}, "reactivated_on", "ikke avsluttet den dagen"),
    ],
    ids=["no reason", "ahead", "before it was closed"],
)
def test_what_taking_up_again_cannot_be(
    acting: Acting, case: uuid.UUID, more: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("kari") as kari:
        close(kari, case)
        found = problems(lambda: reactivate(kari, case, **more))
        assert list(found) == [field]
        assert sentence in found[field]


def test_not_while_another_pathway_is_open(acting: Acting, case: uuid.UUID, anna: Child) -> None:
    with acting("kari") as kari:
        close(kari, case)
        together.begin(kari, anna)
        assert "et annet forløp" in problems(lambda: reactivate(kari, case))["pathway"]


def test_an_open_case_is_not_taken_up_again(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari, pytest.raises(access.Refused):
        reactivate(kari, case)


def test_only_the_owner_closes(acting: Acting, case: uuid.UUID) -> None:
    with acting("per") as per, pytest.raises(access.Refused):
        close(per, case)
