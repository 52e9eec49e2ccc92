"""Goals by need: set for what was mapped, grouped alike in plan, paper and passport, told to those who see the area."""

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from grunnmur.cases.access import NotVisible
from grunnmur.cases.actions import plans
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, Goal, GoalVersion, Participation
from grunnmur.cases.queries import moves, passport
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import HealthArea, InformationKind
from grunnmur.log.models import Event
from tests import health_case, together
from tests.health_case import SEE_AND_TELL
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
MENTAL, SOMATIC, DENTAL = HealthArea.MENTAL, HealthArea.SOMATIC, HealthArea.DENTAL


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """The GP maps the body and sees both areas, ABUP has a referral and sees one; nobody works with the teeth."""
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        health_case.consent(kari, key, "storgata", MENTAL, SOMATIC, purposes=SEE_AND_TELL)
        health_case.consent(kari, key, "abup", MENTAL, purposes=SEE_AND_TELL)
        health_case.ask(kari, key, "storgata", SOMATIC)
    with acting("per") as per:
        health_case.refer(per, key, "abup", MENTAL, question="Er det angst?", situation="Sover dårlig.")
    return key


def url(case: uuid.UUID, what: str) -> str:
    return f"/forlop/{case}/{what}"


def set_goal(acting: Acting, case: uuid.UUID, text: str, area: HealthArea | None, who: str = "kari") -> Goal:
    with acting(who) as actor:
        return plans.set_goal(actor=actor, pathway_id=case, once=None, text=text, health_area=area)


@pytest.fixture
def goals(acting: Acting, case: uuid.UUID) -> dict[HealthArea | None, Goal]:
    """One for no need and one for each, in another order than theirs."""
    texts = {None: "Alle vet hvem de ringer", SOMATIC: "Jernet er bra", MENTAL: "Anna sover godt"}
    found = {area: set_goal(acting, case, text, area) for area, text in texts.items()}
    with acting("kari") as kari:
        plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Ringe læreren",
            service_id=kari.service_id,
            related_person_id=None,
            due_on=None,
            goal_id=found[SOMATIC].pk,
        )
    return found


# --- choosing the need -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "offered"),
    [("kari", ["", "mental", "somatic"]), ("per", ["", "mental", "somatic"]), ("siri", ["", "mental"])],
)
def test_the_needs_are_those_of_what_was_mapped_and_referred(
    client_of: ClientOf, case: uuid.UUID, who: str, offered: list[str]
) -> None:
    choices = page(client_of(who).get(url(case, "plan/mal/"))).select("select[name=health_area] option")
    assert [one["value"] for one in choices] == offered


def test_with_nothing_mapped_there_is_no_need_to_choose(client_of: ClientOf, acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
    kari = client_of("kari")
    read = page(kari.get(url(key, "plan/mal/")))
    assert not read.select("[name=health_area]")
    assert kari.post(url(key, "plan/mal/"), form_of(read, text="Anna sover godt")).status_code == 302
    with acting("kari"):
        assert Goal.objects.get().health_area == ""


def test_a_need_that_is_gone_meanwhile_is_refused_and_the_goal_is_not_told_to_everybody(
    client_of: ClientOf, acting: Acting, anna: Child
) -> None:
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
    kari, at = client_of("kari"), url(key, "plan/mal/")
    wrong = page(kari.post(at, form_of(page(kari.get(at)), text="Anna sover godt", health_area="mental")), status=422)
    assert fault(wrong, "health_area") == "Feil: Velg fra listen."
    with acting("kari"):
        assert not Goal.objects.exists()


def test_one_who_no_longer_sees_the_area_neither_reads_an_old_version_as_what_holds_nor_changes_it(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, as_admin: Any
) -> None:
    goal = set_goal(acting, case, "Jernet er bra", SOMATIC, who="per")
    with acting("kari") as kari:
        plans.change_goal(
            actor=kari,
            pathway_id=case,
            once=None,
            goal_id=goal.pk,
            seen=1,
            text="Jernet er nådd",
            is_current=True,
            why="",
        )
    per, at = client_of("per"), url(case, f"plan/mal/{goal.pk}/")
    form = form_of(page(per.get(at)), text="Jernet er bedre")
    with as_admin():
        Participation.objects.filter(pathway=case, service=together.service_id("storgata")).update(
            kinds=F("kinds").bitand(int(InformationKind.COORDINATION | InformationKind.CONTACT | MENTAL.kind))
        )
    assert "Jernet" not in text(page(per.get(url(case, "plan/"))))
    assert "Jernet" not in text(page(per.get(url(case, ""))))
    assert (per.get(at).status_code, per.post(at, form).status_code) == (404, 404)
    with acting("per") as actor, pytest.raises(Invalid, match="goal_id"):
        plans.change_goal(
            actor=actor, pathway_id=case, once=None, goal_id=goal.pk, seen=1, text="x", is_current=True, why=""
        )


def test_a_goal_is_set_for_a_need(client_of: ClientOf, acting: Acting, case: uuid.UUID) -> None:
    kari = client_of("kari")
    at = url(case, "plan/mal/")
    assert kari.post(at, form_of(page(kari.get(at)), text="Jernet er bra", health_area="somatic")).status_code == 302
    with acting("kari"):
        goal, version = Goal.objects.get(), GoalVersion.objects.get()
        assert (goal.health_area, goal.kind, version.kind) == ("somatic", SOMATIC.kind, SOMATIC.kind)
        assert Event.objects.get(name="goal.set").kind == SOMATIC.kind


def test_what_is_not_on_the_list_is_refused_beside_its_field(client_of: ClientOf, case: uuid.UUID) -> None:
    siri, at = client_of("siri"), url(case, "plan/mal/")
    wrong = page(siri.post(at, form_of(page(siri.get(at)), text="Jernet er bra", health_area="somatic")), status=422)
    assert fault(wrong, "health_area") == "Feil: Velg fra listen."
    assert form_of(wrong)["text"].strip() == "Jernet er bra"


def test_nobody_sets_a_goal_for_an_area_that_they_do_not_see(acting: Acting, case: uuid.UUID) -> None:
    with acting("siri") as siri, pytest.raises(Invalid) as invalid:
        plans.set_goal(actor=siri, pathway_id=case, once=None, text="Jernet er bra", health_area=SOMATIC)
    assert set(invalid.value.problems) == {"health_area"}


@pytest.mark.parametrize(("area", "kind"), [("somatic", InformationKind.COORDINATION), ("", InformationKind.SOMATIC)])
def test_the_database_keeps_no_goal_of_another_kind_than_its_need(
    acting: Acting, case: uuid.UUID, area: str, kind: InformationKind
) -> None:
    goal = set_goal(acting, case, "Jernet er bra", SOMATIC)
    with acting("kari") as kari, pytest.raises(IntegrityError, match="goal_is_of_its_areas_kind"), transaction.atomic():
        Goal.objects.create(
            pathway_id=goal.pathway_id,
            kind=int(kind),
            author_service_id=kari.service_id,
            recorded_by_id=kari.person_id,
            recorded_at=goal.recorded_at,
            health_area=area,
        )


# --- reading ---------------------------------------------------------------------------


def headings(response: Any, level: str) -> list[str]:
    return [found.get_text(" ", strip=True) for found in page(response).main.select(level)]


def test_plan_and_paper_have_the_goals_by_need_in_the_same_order(
    client_of: ClientOf, case: uuid.UUID, goals: dict[HealthArea | None, Goal]
) -> None:
    kari = client_of("kari")
    needs = [str(MENTAL.label), str(SOMATIC.label), "Samarbeidet"]
    plan = kari.get(url(case, "plan/"))
    assert [one for one in headings(plan, "h2") if one in needs] == needs
    assert headings(plan, "h3") == ["Anna sover godt", "Jernet er bra", "Alle vet hvem de ringer"]
    paper = kari.get(url(case, "papir/plan/"))
    assert [one for one in headings(paper, "h2") if one in needs] == needs
    told = [one for one in headings(paper, "h3") if one.startswith("Mål:")]
    assert told == ["Mål: Anna sover godt", "Mål: Jernet er bra", "Mål: Alle vet hvem de ringer"]


def test_without_any_need_there_is_no_heading_for_it(client_of: ClientOf, acting: Acting, case: uuid.UUID) -> None:
    set_goal(acting, case, "Alle vet hvem de ringer", None)
    read = client_of("kari").get(url(case, "plan/"))
    assert "Samarbeidet" not in headings(read, "h2")
    assert "Alle vet hvem de ringer" in headings(read, "h2")


@pytest.mark.parametrize("where", ["", "plan/", "papir/plan/", "plan/oppgave/", "plan/mal/"])
def test_who_does_not_see_the_area_is_not_told_that_there_is_such_a_goal(
    client_of: ClientOf, case: uuid.UUID, goals: dict[HealthArea | None, Goal], where: str
) -> None:
    read = text(page(client_of("siri").get(url(case, where))))
    assert "Jernet er bra" not in read
    assert str(SOMATIC.label) not in read
    if where in ("plan/", "papir/plan/"):
        assert "Anna sover godt" in read
        assert "Ringe læreren" in read, "what is agreed is for everybody"


def test_who_does_not_see_it_does_not_change_it_or_work_for_it(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, goals: dict[HealthArea | None, Goal]
) -> None:
    hidden = goals[SOMATIC].pk
    siri = client_of("siri")
    assert siri.get(url(case, f"plan/mal/{hidden}/")).status_code == 404
    assert siri.get(url(case, f"plan/mal/{hidden}/versjoner/")).status_code == 404
    with acting("siri") as actor:
        with pytest.raises(Invalid) as invalid:
            plans.set_task(
                actor=actor,
                pathway_id=case,
                once=None,
                what="Måle jern",
                service_id=actor.service_id,
                related_person_id=None,
                due_on=None,
                goal_id=hidden,
            )
        assert set(invalid.value.problems) == {"goal_id"}
        with pytest.raises((Invalid, NotVisible)):
            plans.change_goal(
                actor=actor, pathway_id=case, once=None, goal_id=hidden, seen=1, text="x", is_current=True, why=""
            )


def test_a_changed_goal_stays_of_its_need(
    acting: Acting, case: uuid.UUID, goals: dict[HealthArea | None, Goal]
) -> None:
    with acting("per") as per:
        made = plans.change_goal(
            actor=per,
            pathway_id=case,
            once=None,
            goal_id=goals[SOMATIC].pk,
            seen=1,
            text="Jernet er bra til jul",
            is_current=True,
            why="",
        )
        assert made.kind == SOMATIC.kind
        assert Event.objects.get(name="goal.changed").kind == SOMATIC.kind


# --- the passport ----------------------------------------------------------------------


def test_the_passport_has_the_goals_by_need_for_those_who_see_the_need(
    acting: Acting, case: uuid.UUID, goals: dict[HealthArea | None, Goal]
) -> None:
    def aims(reader: str) -> dict[HealthArea | None, tuple[str, ...]]:
        made = passport.make(found, passport.get_reader(found, f"service:{together.service_id(reader)}"))
        return {need.area: need.aims for need in made.needs if need.aims}

    with acting("kari") as kari:
        found = get_case(kari, case, page="passport")
        all_of_them = {MENTAL: ("Anna sover godt",), SOMATIC: ("Jernet er bra",), None: ("Alle vet hvem de ringer",)}
        assert aims("storgata") == all_of_them
        assert aims("abup") == {area: said for area, said in all_of_them.items() if area is not SOMATIC}
        made = passport.make(found, passport.get_reader(found, f"service:{together.service_id('storgata')}"))
        packet = json.loads(moves.packet(found, made))
        assert [need["aims"] for need in packet["needs"]] == [
            ["Anna sover godt"],
            ["Jernet er bra"],
            ["Alle vet hvem de ringer"],
        ]


def test_a_goal_that_holds_no_longer_is_not_in_the_passport(
    acting: Acting, case: uuid.UUID, goals: dict[HealthArea | None, Goal]
) -> None:
    with acting("kari") as kari:
        plans.change_goal(
            actor=kari,
            pathway_id=case,
            once=None,
            goal_id=goals[SOMATIC].pk,
            seen=1,
            text="Jernet er bra",
            is_current=False,
            why="Det er nådd.",
        )
        found = get_case(kari, case, page="passport")
        made = passport.make(found, passport.get_reader(found, f"service:{together.service_id('storgata')}"))
        assert "Jernet er bra" not in str(made.needs)
