"""What a municipality informs with and has evaluated: the rules as tables, who may write and see, and the pages."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from demo import cast
from grunnmur import clock
from grunnmur.directory import sessions
from grunnmur.log.models import AccessLog
from grunnmur.stewardship import implementation, models
from grunnmur.stewardship.in_use import (
    REVIEW_AFTER,
    Evaluation,
    Material,
    evaluation_standing,
    material_standing,
    missing_in_evaluation,
    missing_in_material,
)
from grunnmur.stewardship.terms import EvaluationStanding, MaterialStanding, Origin
from tests.stewardship.day import DAY
from tests.stewardship.test_implementation import read, refused, words_of

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
LEAFLET = Material("Brosjyre", Origin.OWN, "2023", "Bokmål", "Helsestasjonen", DAY, "Rådgiver")
MATERIALS = [
    pytest.param(LEAFLET, set(), id="looked over today"),
    pytest.param(replace(LEAFLET, is_ended=True), set(), id="not in use any more"),
    pytest.param(replace(LEAFLET, reviewed_on=AFTER), {"reviewed_on"}, id="looked over tomorrow"),
    pytest.param(
        Material("", Origin.OWN, "", "", "", DAY, ""),
        {"title", "edition", "languages", "used_in", "reviewed_by"},
        id="bare",
    ),
]
PLANNED = Evaluation("Møtene", "Rådgiver", DAY)
DONE = Evaluation("Møtene", "Rådgiver", None, DAY, "De virker.", "Ingenting")
EVALUATIONS = [
    pytest.param(PLANNED, set(), id="planned"),
    pytest.param(DONE, set(), id="done"),
    pytest.param(replace(DONE, due_on=BEFORE), set(), id="done too late"),
    pytest.param(replace(PLANNED, is_dropped=True), set(), id="dropped"),
    pytest.param(Evaluation("Møtene", "Rådgiver", is_dropped=True), set(), id="dropped, never with a day"),
    pytest.param(Evaluation("", ""), {"what", "who", "due_on"}, id="bare"),
    pytest.param(replace(PLANNED, result="x", changed="x"), {"result", "changed"}, id="a result before it is done"),
    pytest.param(replace(DONE, result=""), {"result"}, id="done without a result"),
    pytest.param(replace(DONE, changed=""), {"changed"}, id="done, and nobody knows what was changed"),
    pytest.param(replace(DONE, done_on=AFTER), {"done_on"}, id="done tomorrow"),
    pytest.param(replace(DONE, is_dropped=True), {"done_on"}, id="done and dropped"),
]


@pytest.mark.parametrize(("material", "names"), MATERIALS)
def test_what_stops_a_material(material: Material, names: set[str]) -> None:
    assert missing_in_material(material, on=DAY) == names


@pytest.mark.parametrize(("evaluation", "names"), EVALUATIONS)
def test_what_stops_an_evaluation(evaluation: Evaluation, names: set[str]) -> None:
    assert missing_in_evaluation(evaluation, on=DAY) == names


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (0, MaterialStanding.IN_USE),
        (REVIEW_AFTER.days - 1, MaterialStanding.IN_USE),
        (REVIEW_AFTER.days, MaterialStanding.REVIEW),
    ],
)
def test_when_a_material_should_be_looked_over(days: int, found: MaterialStanding) -> None:
    on = DAY + timedelta(days=days)
    assert material_standing(LEAFLET, on=on) is found
    assert material_standing(replace(LEAFLET, is_ended=True), on=on) is MaterialStanding.ENDED


@pytest.mark.parametrize(
    ("evaluation", "on", "found"),
    [
        (PLANNED, DAY, EvaluationStanding.PLANNED),
        (PLANNED, AFTER, EvaluationStanding.OVERDUE),
        (DONE, AFTER, EvaluationStanding.DONE),
        (replace(DONE, due_on=BEFORE), AFTER, EvaluationStanding.DONE),
        (replace(PLANNED, is_dropped=True), AFTER, EvaluationStanding.DROPPED),
    ],
)
def test_how_an_evaluation_stands(evaluation: Evaluation, on: date, found: EvaluationStanding) -> None:
    assert evaluation_standing(evaluation, on=on) is found


# --- the database -----------------------------------------------------------------------------------------------------


def write(actor: Any, said: Material | Evaluation, *, version: int = 1, **more: Any) -> UUID:
    """A row past the program's own rules, of something new, unless `more` says; gives what it is about."""
    table, name = (
        (models.MaterialInUse, "material") if isinstance(said, Material) else (models.Evaluation, "evaluation")
    )
    row = {
        "municipality_id": "4202",
        name: uuid4(),
        "version": version,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
    }
    return getattr(table.objects.create(**row | asdict(said) | more), name)  # type: ignore[no-any-return]


def test_the_database_refuses_what_the_rules_refuse(noon: None, acting: Any) -> None:
    with acting("leif") as leif:
        for case in (*MATERIALS, *EVALUATIONS):
            said, names = case.values
            if names:
                refused(lambda said=said: write(leif, said))
            else:
                write(leif, said)


def test_only_a_leader_writes_for_the_own_municipality_in_the_own_name_and_in_order(
    noon: None, ahead: datetime, acting: Any
) -> None:
    for key, place, said in product(("kari", "per", "ola", "stein", "eva"), ("4202", "4215"), (LEAFLET, PLANNED)):
        with acting(key) as actor:
            refused(lambda actor=actor, place=place, said=said: write(actor, said, municipality_id=place))
    with acting("marit") as marit:
        keys = {"material": write(marit, LEAFLET), "evaluation": write(marit, PLANNED)}
    another, late = {"recorded_by_id": cast.get("marit").person_id}, {"recorded_at": ahead}
    with acting("leif") as leif:
        for (name, key), said in zip(keys.items(), (LEAFLET, PLANNED), strict=True):
            for more in (another, late, {"municipality_id": "4215", "version": 1}, {"version": 1}, {"version": 3}):
                row = {"version": 2, name: key, **more}
                refused(lambda row=row, said=said: write(leif, said, **row))
            write(leif, said, version=2, **{name: key})
        for table in (models.MaterialInUse, models.Evaluation):
            refused(lambda table=table: table.objects.update(version=9))
            refused(lambda table=table: table.objects.all().delete())


def test_what_is_to_be_seen_to_comes_first_and_then_the_last_that_was_done(noon: None, acting: Any) -> None:
    in_order = [
        replace(PLANNED, due_on=BEFORE - timedelta(days=1)),
        replace(PLANNED, due_on=BEFORE),
        PLANNED,
        replace(PLANNED, due_on=AFTER),
        DONE,
        replace(DONE, done_on=BEFORE),
        replace(PLANNED, is_dropped=True),
    ]
    with acting("leif") as leif:
        keys = [write(leif, said) for said in reversed(in_order)]
        found = [one.key for one in implementation.evaluations("4202", on=DAY) if one.key in keys]
        names = ["Å", "Æ", "A"]
        leaflets = {write(leif, replace(LEAFLET, title=name)): name for name in names}
        review = write(leif, replace(LEAFLET, title="Ø", reviewed_on=DAY - REVIEW_AFTER))
        shown = [one.key for one in implementation.materials("4202", on=DAY)]
    assert found == keys[::-1]
    assert [leaflets[key] for key in shown if key in leaflets] == ["A", "Æ", "Å"]
    assert shown.index(review) < min(shown.index(key) for key in leaflets)


def test_who_sees_them(acting: Any) -> None:
    seen = {}
    for key in ("leif", "marit", "stein", "kari", "ola", "eva", "per", "bjorn"):
        with acting(key):
            seen[key] = models.MaterialInUse.objects.count(), models.Evaluation.objects.count()
    assert {key for key, found in seen.items() if all(found)} == {"leif", "marit", "stein"}
    assert not any(any(found) for key, found in seen.items() if key not in ("leif", "marit", "stein"))


# --- the pages --------------------------------------------------------------------------------------------------------

MATERIAL = {
    "version": "0",
    "once_token": "6b1f0b3e-0000-4000-8000-00000000bbbb",
    "title": "Plakat om forløpet",
    "origin": "directorate",
    "edition": "2023",
    "languages": "Bokmål og nordsamisk",
    "used_in": "Alle venterom",
    "reviewed_on": "01.02.2024",
    "reviewed_by": "Ledende helsesykepleier",
}
EVALUATION = {
    "version": "0",
    "once_token": "6b1f0b3e-0000-4000-8000-00000000cccc",
    "what": "Om skolene vet hvem de ringer",
    "who": "Rådgiver",
    "due_on": "01.02.2099",
}


def test_both_stand_on_the_page_for_the_council_and_nothing_is_written_twice(
    client_of: Callable[[str], Client], as_admin: Any, django_assert_max_num_queries: Any
) -> None:
    leif, marit, stein = client_of("leif"), client_of("marit"), client_of("stein")
    for _press in range(2):
        assert leif.post("/innforing/materiell/ny/", MATERIAL).status_code == 302
        assert leif.post("/innforing/evaluering/ny/", EVALUATION).status_code == 302
    with sessions.acting(cast.membership_id(cast.get("leif"))):
        (material,) = models.MaterialInUse.objects.filter(title=MATERIAL["title"]).values_list("material", flat=True)
        (evaluation,) = models.Evaluation.objects.filter(what=EVALUATION["what"]).values_list("evaluation", flat=True)
    with django_assert_max_num_queries(22):
        council = words_of(read(leif.get("/innforing/")))
    assert "Bokmål og nordsamisk" in council and "01.02.2024 av Ledende helsesykepleier" in council
    assert "Bør ses over" in council and "Om skolene vet hvem de ringer Planlagt" in council
    done = EVALUATION | {"version": "1", "done_on": "01.02.2024", "result": "De fleste vet det.", "changed": "Lista."}
    assert marit.post(f"/innforing/evaluering/{evaluation}/", done).status_code == 302
    late = leif.post(f"/innforing/evaluering/{evaluation}/", done | {"result": "Noe annet."})
    assert late.status_code == 409 and "Noe annet." in late.content.decode()
    ended = MATERIAL | {"version": "1", "is_ended": "on"}
    assert leif.post(f"/innforing/materiell/{material}/", ended).status_code == 302
    page = stein.get("/innforing-i-fylket/4202/")
    shown = words_of(read(page))
    assert (
        "De fleste vet det." in shown
        and "Ikke i bruk lenger" in shown
        and "Om skolene vet hvem de ringer Gjort" in shown
    )
    assert "/innforing/evaluering/" not in page.content.decode()
    with as_admin():
        rows = AccessLog.objects.filter(action__in=("register_material", "register_evaluation"))
        logged = "".join(str(one) for one in rows.values())
    assert logged and "De fleste" not in logged and "Plakat" not in logged


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"due_on": ""}, "Skriv når det skal være gjort"),
        ({"result": "x"}, "Skriv også dagen det ble gjort"),
        ({"done_on": "01.02.2024"}, "Fyll ut dette feltet"),
        ({"done_on": "01.02.2099", "result": "x", "changed": "x"}, "Den kan ikke være fram i tid"),
        ({"done_on": "01.02.2024", "result": "x", "changed": "x", "is_dropped": "on"}, "ta bort merket"),
    ],
)
def test_what_is_wrong_with_an_evaluation_is_said(
    client_of: Callable[[str], Client], change: dict[str, str], sentence: str
) -> None:
    answer = client_of("leif").post("/innforing/evaluering/ny/", EVALUATION | change)
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_everybody_else_is_refused(client_of: Callable[[str], Client]) -> None:
    new = ("/innforing/materiell/ny/", "/innforing/evaluering/ny/")
    for key, address in product(("kari", "per", "eva", "stein"), new):
        assert client_of(key).get(address).status_code == 403, (key, address)
    leif = client_of("leif")
    assert leif.post(new[0], MATERIAL | {"reviewed_on": "01.02.2099"}).status_code == 422
    for address in (f"/innforing/materiell/{uuid4()}/", f"/innforing/evaluering/{uuid4()}/"):
        assert leif.get(address).status_code == 404
