"""A municipality's own tasks in the six steps: the rules, who may write them, and where they are counted."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from demo import cast
from grunnmur import clock
from grunnmur.log.models import AccessLog
from grunnmur.stewardship import implementation, models
from grunnmur.stewardship.own_tasks import OwnTask, is_own, missing_in_own_task, new_key, steps_with
from grunnmur.stewardship.steps import find_task, plan, steps_of, tasks_of
from grunnmur.stewardship.terms import StepStanding, Track
from tests.stewardship.test_implementation import read, refused, words_of

FIRST, SECOND = (one.key for one in plan().steps[:2])
RING = OwnTask(Track.DENTAL, FIRST, "Ring klinikken", "Avtal hvem som ringer.")
TASKS = [
    pytest.param(RING, None, set(), id="new"),
    pytest.param(replace(RING, title="Ring dem"), RING, set(), id="another name"),
    pytest.param(replace(RING, is_ended=True), RING, set(), id="taken away"),
    pytest.param(replace(RING, title=""), None, {"title"}, id="no name"),
    pytest.param(replace(RING, about=""), None, {"about"}, id="nothing to do"),
    pytest.param(replace(RING, step=SECOND), RING, {"step"}, id="another step"),
    pytest.param(replace(RING, track=Track.GP), RING, {"track"}, id="another kind of service"),
]


@pytest.mark.parametrize(("said", "before", "names"), TASKS)
def test_what_stops_an_own_task(said: OwnTask, before: OwnTask | None, names: set[str]) -> None:
    assert missing_in_own_task(said, before=before) == names


def test_a_step_that_is_none_stops_it() -> None:
    assert missing_in_own_task(replace(RING, step="finnes-ikke"), before=None) == {"step"}


@given(st.uuids(), st.uuids())
def test_a_key_is_its_own_and_never_one_of_the_files(one: UUID, another: UUID) -> None:
    assert (new_key(one) == new_key(another)) == (one == another)
    assert is_own(new_key(one))
    assert not any(is_own(task) for _track, task in tasks_of(plan().steps))


def test_they_stand_last_in_their_step_for_their_kind_of_service_until_they_are_taken_away() -> None:
    key, gone = new_key(uuid4()), new_key(uuid4())
    steps = steps_with({key: RING, gone: replace(RING, is_ended=True)})
    assert [one.key for one in steps[0].of(Track.DENTAL)] == [
        *(one.key for one in plan().steps[0].of(Track.DENTAL)),
        key,
    ]
    assert steps[0].of(Track.GP) == plan().steps[0].of(Track.GP)
    assert steps[1:] == plan().steps[1:]
    found = find_task(steps, Track.DENTAL, key)
    assert found and found.words("nn").title == "Ring klinikken" and find_task(steps, Track.GP, key) is None
    assert find_task(steps, Track.DENTAL, gone) is None
    assert steps_of({}, Track.DENTAL, steps, on=clock.today())[0] is StepStanding.NOT_BEGUN


# --- the database -----------------------------------------------------------------------------------------------------


def write(actor: Any, said: OwnTask, *, version: int = 1, **more: Any) -> str:
    """A row past the program's own rules, of something new, unless `more` says; gives its key."""
    row = {
        "municipality_id": "4202",
        "task": new_key(uuid4()),
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return str(models.OwnTask.objects.create(**row | asdict(said) | more).task)


def test_the_database_refuses_what_the_rule_refuses(noon: None, acting: Any) -> None:
    with acting("leif") as leif:
        for case in TASKS:
            said, before, names = case.values
            key = write(leif, before) if before else new_key(uuid4())

            def more(said: OwnTask = said, key: str = key, version: int = 2 if before else 1) -> object:
                return write(leif, said, task=key, version=version)

            if names:
                refused(more)
            else:
                more()
        for key in ("ansvarlig", "egen-kort", f"egen-{'z' * 32}"):
            refused(lambda key=key: write(leif, RING, task=key))


def test_only_a_leader_writes_for_the_own_municipality_in_the_own_name_and_in_order(
    noon: None, ahead: datetime, acting: Any
) -> None:
    for name in ("kari", "per", "ola", "stein", "eva"):
        with acting(name) as actor:
            for place in ("4202", "4215"):
                refused(lambda actor=actor, place=place: write(actor, RING, municipality_id=place))
    with acting("marit") as marit:
        key = write(marit, RING)
    another, late = {"recorded_by_id": cast.get("marit").person_id}, {"recorded_at": ahead}
    with acting("leif") as leif:
        for more in (another, late, {"municipality_id": "4215", "version": 1}, {"version": 1}, {"version": 3}):
            refused(lambda more=more: write(leif, RING, **{"task": key, "version": 2, **more}))
        write(leif, RING, task=key, version=2)
        refused(lambda: models.OwnTask.objects.update(version=9))
        refused(lambda: models.OwnTask.objects.all().delete())


def test_who_sees_them(acting: Any) -> None:
    seen = set()
    for key in ("leif", "marit", "stein", "kari", "ola", "eva", "per", "bjorn"):
        with acting(key):
            if models.OwnTask.objects.exists():
                seen.add(key)
    assert seen == {"leif", "marit", "stein"}


# --- the pages --------------------------------------------------------------------------------------------------------

FORM = {
    "version": "0",
    "once_token": "6b1f0b3e-0000-4000-8000-00000000dddd",
    "step": FIRST,
    "title": "Ring klinikken",
    "about": "Avtal hvem som ringer.",
}
DONE = {
    "answer": "done",
    "who": "Tannpleieren",
    "done_on": "01.02.2024",
    "shown_by": "Ringelista.",
    "version": "0",
}


def compared(governor: Any) -> dict[str, Any]:
    return {one.number: one.counted for one in implementation.travelling(governor, on=clock.today())}


def test_one_is_added_once_answered_changed_and_taken_away_and_what_was_done_still_stands(
    client_of: Callable[[str], Client], acting: Any, as_admin: Any
) -> None:
    leif, marit, stein = client_of("leif"), client_of("marit"), client_of("stein")
    for _press in range(2):
        assert leif.post("/innforing/dental/oppgave/ny/", FORM).status_code == 302
    with acting("leif"):
        (key,) = (key for key, one in implementation.own_tasks("4202").items() if one.task == RING)
    tasks = read(leif.get("/innforing/dental/"))
    assert "Ring klinikken Ikke begynt" in words_of(tasks) and "Deres egen oppgave." in words_of(tasks)
    assert "Ring klinikken" not in words_of(read(leif.get("/innforing/gp/")))
    with acting("stein") as actor:
        before = compared(actor)
    assert marit.post(f"/innforing/dental/{key}/", DONE).status_code == 302
    council = words_of(read(leif.get("/innforing/")))
    assert "Ring klinikken" in council and "Ringelista." in council and "Kommunens egne oppgaver er med her." in council
    with acting("stein") as actor:
        assert compared(actor) == before, "municipalities are not compared by it"
    assert "Ringelista." in words_of(read(stein.get("/innforing-i-fylket/4202/")))
    at = f"/innforing/dental/oppgave/{key}/"
    assert stein.get(at).status_code == 403 and client_of("kari").get(at).status_code == 403
    assert leif.get(f"/innforing/gp/oppgave/{key}/").status_code == 404
    assert leif.get("/innforing/dental/oppgave/ansvarlig/").status_code == 404
    assert leif.get("/innforing/finnes-ikke/oppgave/ny/").status_code == 404
    change = {"version": "1", "title": "Ring dem", "about": "Nå.", "is_ended": "on"}
    assert marit.post(at, change | {"is_ended": ""}).status_code == 302
    late = leif.post(at, change | {"title": "Noe annet"})
    assert late.status_code == 409 and "Noe annet" in late.content.decode()
    assert leif.post(at, change | {"version": "2"}).status_code == 302
    council = words_of(read(leif.get("/innforing/")))
    assert "Ring dem" in council and "Ringelista." in council, "what was done stays done"
    shown = read(leif.get("/innforing/dental/"))
    assert not shown.select(f'a[href="/innforing/dental/{key}/"]'), "it is among the tasks no more"
    steps, before = words_of(shown).split("Tidligere svar")
    assert "Ringelista." not in steps and "Ringelista." in before, "where the form says that it stays"
    assert leif.get(f"/innforing/dental/{key}/").status_code == 404
    assert shown.select_one(f'a[href="{at}"]').get_text() == "Ta inn igjen: Ring dem"
    assert "Ring dem" not in words_of(read(leif.get("/innforing/gp/")))
    assert leif.post(at, change | {"version": "3", "is_ended": ""}).status_code == 302
    assert "Oppgaver dere har tatt bort" not in words_of(read(leif.get("/innforing/dental/")))
    with as_admin():
        logged = "".join(str(one) for one in AccessLog.objects.filter(action="register_own_task").values())
    assert logged and "Ring" not in logged


@pytest.mark.parametrize("name", ["step", "title", "about"])
def test_what_is_missing_is_said_and_nothing_is_lost(client_of: Callable[[str], Client], name: str) -> None:
    answer = client_of("leif").post("/innforing/dental/oppgave/ny/", FORM | {name: ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'href="#id_{name}' in page, "the list of what is wrong leads to the field"
    assert all(FORM[key] in page for key in ("title", "about") if key != name)
