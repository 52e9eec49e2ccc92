"""A child's case folder on its way out: from the rows to a file that is read back to the same, or a reason why not."""

import io
import json
import stat
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import basis, besides, children
from grunnmur.cases.models import Child, ChildWelfareStatus, Measure, NationalFile, NoteOfConcern, Pathway
from grunnmur.cases.queries import national_file as queries
from grunnmur.cases.terms import (
    AddressProtection,
    BesideSort,
    ChildParticipation,
    ChildWelfarePosition,
    HealthArea,
)
from grunnmur.directory import services, sessions
from grunnmur.exchange import national_file
from grunnmur.exchange.management.commands.export_ssb import LIST, READ_ME
from grunnmur.exchange.national_file_out import CannotBeWritten, Written, write_child
from grunnmur.exchange.pathway_file.write import NAMESPACE, schema
from grunnmur.exchange.ssb.file import Participation, read
from grunnmur.exchange.ssb.write import NOT_TO_BE_DELIVERED
from grunnmur.log.models import AccessLog, Event
from tests.exchange.ssb.files import SHARED
from tests.together import begin, start

EXAMPLES = sorted(SHARED.glob("examples/*.xml"))
OFFICIAL = SHARED / "Barnevern_v4.xsd"
NOON = datetime(2026, 11, 22, 12, tzinfo=clock.OSLO)
"""When the examples of the format are read: they are of children, who grow up."""
GRIMSTAD = "4202"
Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def at_noon(travel: Callable[[datetime], None]) -> None:
    travel(NOON)


def took_in(content: str) -> uuid.UUID:
    """The child of a file that was read."""
    result = national_file.receive(content.encode(), name="fil", create_service=True)
    assert result.reading is not None, result.problems
    return result.reading.child_id


def example(letter: str, *changes: tuple[str, str]) -> str:
    content = next(path for path in EXAMPLES if path.name.startswith(letter)).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in content, before
        content = content.replace(before, after, 1)
    return content


def write(child_id: uuid.UUID, *, until: date | None = None, municipality: str = GRIMSTAD) -> Written:
    """The file of one child, by the right of its service's importer."""
    ((service_id, sender),) = services.child_welfare_in(municipality)
    with sessions.acting(services.importer_of(service_id)) as actor:
        return write_child(actor=actor, sender=sender, child_id=child_id, until=until or clock.today())


def case_of(written: Written) -> Any:
    return read(written.data, name="x", on=clock.today()).case


# --- what was read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name[0])
def test_the_examples_of_the_format_come_out_as_they_came_in(db: None, as_admin: AsAdmin, path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    before = read(content.encode(), name="x", on=NOON.date())
    child_id = took_in(content)
    written = write(child_id, municipality=before.sender.municipality_number)
    after = read(written.data, name="x", on=NOON.date())
    kept = replace(before.case, personal_data=(replace(before.case.person, source_id=after.case.person.source_id),))
    assert after.case == kept
    assert after.sender.organization_number == before.sender.organization_number
    assert after.previous_id is None, "it names no file of the other system's"
    assert written.is_reported_elsewhere
    etree.XMLSchema(etree.parse(OFFICIAL)).assertValid(etree.fromstring(written.data))


def test_what_is_read_back_changes_nothing(db: None, as_admin: AsAdmin) -> None:
    written = write(took_in(example("b")), municipality="4203")
    again = national_file.receive(written.data, name="fil")
    assert again.reading is not None
    assert again.reading.outcome == "unchanged"


CLOSED = ('StartDato="2025-08-11" Journal', 'StartDato="2025-08-11" SluttDato="2026-10-01" Journal')
ENDED = ('<Kategori Kode="3.10"/>', '<Kategori Kode="3.10"/><Konklusjon SluttDato="2026-09-30"/>')


def test_a_closed_case_is_closed_and_a_measure_keeps_its_law_and_its_end(db: None) -> None:
    basis = ("<Paragraf>1</Paragraf>", "<Paragraf>1</Paragraf><Ledd>2</Ledd>")
    end = (ENDED[0], ENDED[1].replace("<Konklusjon", '<Opphevelse Kode="1"/><Konklusjon'))
    case = case_of(write(took_in(example("b", CLOSED, basis, end)), municipality="4203"))
    assert (case.is_closed, case.until_on) == (True, date(2026, 10, 1))
    (measure,) = case.measures
    assert (measure.law, measure.subsections) == ("BVL2021 § 3-1", ("2",))
    assert (measure.until_on, measure.ended_because) == (date(2026, 9, 30), "1")


@pytest.mark.parametrize(
    ("until", "notes", "open_inquiries", "measures", "is_closed"),
    [
        ("2025-08-14", 1, 0, 0, False),
        ("2025-11-09", 1, 1, 0, False),
        ("2025-11-10", 1, 0, 1, False),
        ("2026-09-30", 1, 0, 1, False),
        ("2026-10-01", 1, 0, 1, True),
    ],
)
def test_the_case_is_as_it_was_when_the_day_was_over(
    db: None, until: str, notes: int, open_inquiries: int, measures: int, is_closed: bool
) -> None:
    child_id = took_in(example("b", CLOSED, ENDED))
    case = case_of(write(child_id, until=date.fromisoformat(until), municipality="4203"))
    open_now = [item for item in case.investigations if item.concluded_on is None]
    found = (len(case.notes), len(open_now), len(case.measures), case.is_closed)
    assert found == (notes, open_inquiries, measures, is_closed)


def test_what_a_later_file_says_goes_before_what_the_first_did(db: None) -> None:
    """Also of what is kept for the way out alone."""
    took_in(example("b"))
    took_part = ("<MedvirkningType>1.1<", "<MedvirkningType>2.2<")
    law = ("<Paragraf>1</Paragraf>", "<Paragraf>1</Paragraf><Ledd>2</Ledd>")
    end = (ENDED[0], ENDED[1].replace("<Konklusjon", '<Opphevelse Kode="1"/><Konklusjon'))
    later = example("b", took_part, law, end)
    case = case_of(write(took_in(later), municipality="4203"))
    said = read(later.encode(), name="x", on=NOON.date()).case
    assert (case.investigations, case.measures) == (said.investigations, said.measures)


def test_before_the_case_began_there_is_no_file(db: None) -> None:
    child_id = took_in(example("b"))
    with pytest.raises(CannotBeWritten):
        write(child_id, until=date(2025, 8, 10), municipality="4203")


def test_what_the_sender_took_back_is_not_in_it(db: None, as_admin: AsAdmin) -> None:
    child_id = took_in(example("a"))
    with as_admin():
        NoteOfConcern.objects.update(deleted=True)
    case = case_of(write(child_id))
    assert (len(case.notes), len(case.investigations)) == (0, 1)


# --- why there is no file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letter", "changes", "reason"),
    [
        pytest.param(
            "a",
            [('Melder Kode="10"', 'Melder Kode="22" Presisering="Tolketjenesten"')],
            "Melder Kontroll 2",
            id="a-reporter-that-must-be-clarified",
        ),
        pytest.param(
            "b",
            [('Kategori Kode="3.10"', 'Kategori Kode="3.99" Presisering="Noe annet"')],
            "Tiltak Kontroll 7",
            id="a-measure-that-must-be-clarified",
        ),
        pytest.param(
            "a",
            [('Journalnummer="G', 'ErSlettet="true" Journalnummer="G')],
            "trukket hele saken tilbake",
            id="the-case-was-taken-back",
        ),
    ],
)
def test_what_the_file_must_say_and_is_not_known_is_the_reason(
    db: None, as_admin: AsAdmin, letter: str, changes: list[tuple[str, str]], reason: str
) -> None:
    child_id = took_in(example(letter, *changes))
    with pytest.raises(CannotBeWritten) as refused:
        write(child_id, municipality={"a": GRIMSTAD, "b": "4203"}[letter])
    assert any(reason in said for said in refused.value.reasons)
    assert not any("Rett det i fagsystemet" in said for said in refused.value.reasons), "it is here that it is lacking"
    with as_admin():
        assert not Event.objects.filter(name="file.written").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"national_id": None, "sex": ""}, "kjønnet er ikke kjent", id="neither-number-nor-sex"),
        pytest.param({"national_id": None, "sex": "1"}, None, id="a-boy-without-a-number"),
        pytest.param({"born_on": NOON.date() + timedelta(days=60), "national_id": None}, None, id="not-born"),
        pytest.param({"journal_number": "G\x07"}, "tegn som ikke kan stå", id="what-xml-cannot-hold"),
    ],
)
def test_the_number_is_the_formats_own_when_there_is_none(
    db: None, as_admin: AsAdmin, change: dict[str, Any], says: str | None
) -> None:
    child_id = took_in(example("a"))
    with as_admin():
        child = Child.objects.get(pk=child_id)
        for field, value in change.items():
            setattr(child, field, value)
        child.save()
    if says is None:
        person = case_of(write(child_id)).person
        assert person.born_on == child.born_on
        assert not person.national_id.is_unique
    else:
        with pytest.raises(CannotBeWritten, match=says):
            write(child_id)


# --- what the service has written itself -----------------------------------------------------------------------------


def test_an_investigation_that_is_written_by_hand_is_told_with_how_the_child_took_part(
    acting: Acting, anna: Child
) -> None:
    today = clock.today()
    with acting("kari") as kari:
        case = begin(kari, anna)
        basis.record_conversation(
            actor=kari,
            pathway_id=case,
            once=None,
            with_whom="child",
            held_on=today - timedelta(days=2),
            summary="Hemmelig sammendrag.",
            health_areas=[HealthArea.SOMATIC],
            participation=ChildParticipation.OBSERVATION,
        )
    written = write(anna.pk)
    found = case_of(written)
    (inquiry,) = found.investigations
    assert (inquiry.opened_on, found.from_on) == (today - timedelta(days=10),) * 2
    assert inquiry.participation == Participation(today - timedelta(days=2), ChildParticipation.OBSERVATION)
    assert not written.is_reported_elsewhere
    assert case_of(write(anna.pk)).investigations == found.investigations, "with the same keys each time"
    for secret in ("Anna", "Hemmelig"):
        assert secret.encode() not in written.data + written.extension


def test_measures_that_are_written_by_hand_are_not_made_up(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        children.set_status(
            actor=kari,
            child_id=anna.pk,
            once=None,
            position=ChildWelfarePosition.MEASURES_AT_HOME,
            from_on=clock.today(),
        )
    with pytest.raises(CannotBeWritten) as refused:
        write(anna.pk)
    assert len(refused.value.reasons) == 3, "nothing to tell, and why: the investigation's conclusion, the measure"


def test_what_the_case_system_says_goes_before_what_is_written_by_hand(db: None, as_admin: AsAdmin) -> None:
    child_id = took_in(example("a"))
    with as_admin():
        newest = ChildWelfareStatus.objects.filter(child=child_id).latest("number")
        ChildWelfareStatus.objects.filter(pk=newest.pk).update(position="institution", source="by_hand")
    assert len(case_of(write(child_id)).investigations) == 1


# --- who, and the log ------------------------------------------------------------------------------------------------


def test_one_event_and_one_look_for_each_file_and_the_case_is_as_it_was(
    acting: Acting, anna: Child, as_admin: AsAdmin
) -> None:
    with acting("kari") as kari:
        case = begin(kari, anna)
    with as_admin():
        version = Pathway.objects.get(pk=case).version
    written = write(anna.pk)
    with as_admin():
        (event,) = Event.objects.filter(child_id=anna.pk, name="file.written")
        assert event.subject_id == written.file_id
        assert AccessLog.objects.filter(children__contains=[anna.pk], action=queries.PAGE).count() == 1
        assert Pathway.objects.get(pk=case).version == version


@pytest.mark.parametrize("who", ["kari", "leif", "per"])
def test_nobody_writes_one_from_a_page_or_for_another_service(acting: Acting, anna: Child, who: str) -> None:
    (_service, sender), *_more = services.child_welfare_in(GRIMSTAD)
    with acting(who) as actor, pytest.raises((access.Refused, access.NotVisible)):
        write_child(actor=actor, sender=sender, child_id=anna.pk, until=clock.today())


def test_the_importer_of_another_service_sees_no_such_child(anna: Child) -> None:
    took_in(example("b"))
    with pytest.raises(access.NotVisible):
        write(anna.pk, municipality="4203")


# --- the extension ---------------------------------------------------------------------------------------------------


def test_the_pathway_is_told_by_days_and_codes_valid_by_its_own_schema(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        case = begin(kari, anna)
        start(kari, case)
        for sort, says in ((BesideSort.INDIVIDUAL_PLAN, "Hemmelig"), (BesideSort.FACT_TEAM, "Hemmelig")):
            besides.record(
                actor=kari,
                pathway_id=case,
                once=None,
                sort=sort,
                says=says,
                who="Hemmelig",
                on=clock.today(),
                source="Hemmelig",
            )
    written = write(anna.pk)
    root = etree.fromstring(written.extension)
    schema().assertValid(root)
    assert (root.get("BarnevernId"), root.get("SakId")) == (str(written.file_id), str(case_of(written).source_id))
    (run,) = root
    assert [(etree.QName(node).localname, dict(node.attrib)) for node in run] == [
        ("Vurdering", {"Dato": f"{clock.today()}", "Utfall": "start", "Medvirkning": "1.1"}),
        ("VedSiden", {"Dato": f"{clock.today()}", "Type": "individual_plan", "ErSlutt": "false"}),
    ], "a FACT team tells of mental health, and is not read"
    assert [node.get("Kode") for node in run.iter(f"{{{NAMESPACE}}}Kriterium")] == ["C3_SERVICE_SEES_NEED"]
    assert b"Hemmelig" not in written.extension
    assert anna.national_id.encode() not in written.extension


def test_a_child_without_a_pathway_has_no_extension(db: None) -> None:
    assert write(took_in(example("a"))).extension == b""


# --- the command -----------------------------------------------------------------------------------------------------


def run(out: Path, *arguments: str) -> tuple[dict[str, Any], str, int]:
    """The list that lies beside the files, what was said, and the exit code."""
    said, code = io.StringIO(), 0
    try:
        call_command("export_ssb", f"--out={out}", *arguments, stdout=said, stderr=said)
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    return json.loads((out / LIST).read_text()), said.getvalue(), code


def test_the_command_writes_each_child_to_a_file_whose_name_says_nothing(db: None, tmp_path: Path) -> None:
    child_id = took_in(example("a"))
    told, said, code = run(tmp_path / "ut", "--municipality=4202", "--all", "--not-the-report", "--extension")
    assert code == 0
    (entry,) = told["files"]
    assert uuid.UUID(entry["file"].removesuffix(".xml")).version == 4
    assert {path.name for path in (tmp_path / "ut").iterdir()} == {entry["file"], LIST, READ_ME}
    assert entry["reported_elsewhere"] is True
    for text in (said, told["says"], (tmp_path / "ut" / READ_ME).read_text()):
        assert NOT_TO_BE_DELIVERED in text
    for secret in ("14851281232", "G-2026-0114", str(child_id)):
        assert secret not in said + json.dumps(told), "who it is about stands in the file alone"
    assert stat.S_IMODE((tmp_path / "ut").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "ut").iterdir()} == {0o600}


def test_a_child_that_there_is_no_file_of_is_a_line_with_its_reason(db: None, tmp_path: Path) -> None:
    took_in(example("a"))
    refused = took_in(
        example(
            "b",
            ("940493021", "964964998"),
            ("4203", "4202"),
            ('Kategori Kode="3.10"', 'Kategori Kode="3.7" Presisering="Hemmelig metode"'),
        )
    )
    told, said, code = run(tmp_path / "ut", "--municipality=4202", "--all", "--not-the-report")
    assert (len(told["files"]), code) == (1, 1)
    ((line,), told_of) = told["refused"], told["refused"][0]
    assert told_of["child"] == str(refused)
    assert line["reasons"] == ["Tiltak Kontroll 7: Tiltak med kode 3.7 må presiseres."]
    assert "Hemmelig" not in said + json.dumps(told)


@pytest.mark.parametrize("protection", [one for one in AddressProtection if one != AddressProtection.NONE])
def test_a_child_whose_address_is_protected_is_written_alone_and_only_counted(
    db: None, as_admin: AsAdmin, tmp_path: Path, protection: AddressProtection
) -> None:
    child_id = took_in(example("a"))
    with as_admin():
        Child.objects.filter(pk=child_id).update(address_protection=protection)
    told, said, code = run(tmp_path / "alle", "--municipality=4202", "--all", "--not-the-report")
    assert (told["files"], told["refused"], told["protected_and_left_out"]) == ([], [], 1)
    assert code == 1
    assert "1 barn er ikke med i --all" in said
    assert str(child_id) not in said + json.dumps(told)
    told, _said, code = run(tmp_path / "ett", "--municipality=4202", f"--child={child_id}", "--not-the-report")
    assert (len(told["files"]), told["protected_and_left_out"], code) == (1, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["--all"], "must not be delivered", id="without-saying-that-one-knows"),
        pytest.param(["--all", "--not-the-report", "--until=9998-01-01"], "a day to come", id="a-day-to-come"),
        pytest.param(["--all", "--not-the-report", "--municipality=9999"], "no child welfare", id="nobody-there"),
        pytest.param(["--child", str(uuid.UUID(int=7)), "--not-the-report"], "no such child", id="no-such-child"),
    ],
)
def test_what_the_command_refuses_leaves_nothing(db: None, tmp_path: Path, arguments: list[str], says: str) -> None:
    took_in(example("a"))
    with pytest.raises(CommandError, match=says):
        call_command("export_ssb", "--municipality=4202", f"--out={tmp_path / 'ut'}", *arguments)
    assert not (tmp_path / "ut").exists()


def test_a_folder_that_is_there_is_let_be(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be made"):
        call_command("export_ssb", "--municipality=4202", "--all", "--not-the-report", f"--out={tmp_path}")


def test_what_is_stored_of_a_file_is_what_is_told_of_it(db: None, as_admin: AsAdmin) -> None:
    """What this file's case was is kept with the file, and why a measure was lifted with the measure."""
    took_in(example("b", CLOSED, (ENDED[0], ENDED[1].replace("<Konklusjon", '<Opphevelse Kode="1"/><Konklusjon'))))
    with as_admin():
        file, measure = NationalFile.objects.get(), Measure.objects.get()
    assert (file.case_from_on, file.case_until_on) == (date(2025, 8, 11), date(2026, 10, 1))
    assert (file.case_is_closed, file.case_is_deleted, measure.ended_because) == (True, False, "1")
