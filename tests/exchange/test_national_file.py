"""A national file, all the way into the database: what it makes, what it changes, and what it never does."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from demo import cast
from grunnmur.cases.models import (
    Child,
    ChildWelfareStatus,
    Investigation,
    NoteOfConcern,
    Participation,
    Pathway,
    Reporter,
)
from grunnmur.cases.terms import InformationKind
from grunnmur.directory.models import Service
from grunnmur.exchange import national_file
from grunnmur.log.models import Event
from tests.exchange.ssb.files import SHARED

EXAMPLES = SHARED / "examples"
NOTE = EXAMPLES / "a-note-from-school-health-investigation-open.xml"
AsAdmin = Callable[[], AbstractContextManager[None]]


def text(path: Path = NOTE) -> str:
    return path.read_text(encoding="utf-8")


def receive(content: str, **options: Any) -> national_file.Result:
    return national_file.receive(content.encode(), name="fil", **options)


def sent_again(content: str, *, hour: int = 12) -> str:
    """The same case folder as a later file."""
    return content.replace("688bf8ca-c418-4fcd-9db8-4aa91325af10", f"688bf8ca-c418-4fcd-9db8-4aa91325af{hour}").replace(
        "2026-11-20T06:00:00", f"2026-11-20T{hour}:00:00"
    )


@pytest.fixture
def grimstad(db: None) -> Any:
    """Kari's service, which is the one that the first example comes from."""
    return cast.service("grimstad").id


def test_a_file_makes_the_child_and_puts_it_among_those_not_assessed(grimstad: Any, as_admin: AsAdmin) -> None:
    result = receive(text())
    assert result.problems == ()
    assert result.reading is not None
    assert result.reading.outcome == "created"
    assert result.reading.is_in_target_group
    assert [item.criterion for item in result.reading.suggestions] == [
        "C4_CONCERN_FROM_HEALTH_SERVICE",
        "C5_CONCERN_ABOUT_HEALTH",
    ]
    with as_admin():
        child = Child.objects.get(journal_number="G-2026-0114")
        assert child.author_service_id == grimstad
        note, who = NoteOfConcern.objects.get(child=child), Reporter.objects.get(child=child)
        assert (who.source_id, who.reporters, who.kind) == (note.source_id, ["10"], InformationKind.REPORTER)
        assert Investigation.objects.filter(child=child, concluded_on=None).count() == 1
        assert Participation.objects.get(child=child).whose == Participation.Whose.OURS
        assert not Pathway.objects.filter(child=child).exists(), "a file never starts anything"


def test_the_same_file_twice_changes_nothing(grimstad: Any, as_admin: AsAdmin) -> None:
    receive(text())
    with as_admin():
        before = (Event.objects.count(), ChildWelfareStatus.objects.count(), NoteOfConcern.objects.count())
    again = receive(text())
    assert again.reading is not None
    assert again.reading.outcome == "unchanged"
    with as_admin():
        assert before == (Event.objects.count(), ChildWelfareStatus.objects.count(), NoteOfConcern.objects.count())


def test_a_file_sent_again_changes_what_is_new(grimstad: Any, as_admin: AsAdmin) -> None:
    receive(text())
    later = sent_again(text()).replace('Saksinnhold Kode="1.3.06"', 'Saksinnhold Kode="1.3.09"')
    result = receive(later)
    assert result.reading is not None
    assert result.reading.outcome == "changed"
    with as_admin():
        assert NoteOfConcern.objects.get().contents == ["1.1.02", "1.3.09"]
        assert Child.objects.filter(journal_number="G-2026-0114").count() == 1


def test_an_older_file_that_comes_late_changes_nothing(grimstad: Any, as_admin: AsAdmin) -> None:
    receive(sent_again(text(), hour=12))
    older = text().replace('Saksinnhold Kode="1.3.06"', 'Saksinnhold Kode="1.3.09"')
    result = receive(older)
    assert result.reading is not None
    assert result.reading.outcome == "unchanged"
    with as_admin():
        assert NoteOfConcern.objects.get().contents == ["1.1.02", "1.3.06"]


def test_what_a_later_file_no_longer_has_is_taken_back(grimstad: Any, as_admin: AsAdmin) -> None:
    receive(text())
    without = sent_again(text()).replace(
        '<Undersokelse Id="aa57d4e1-0a2c-463d-a4d0-027034293a51" StartDato="2026-10-26"/>', ""
    )
    result = receive(without)
    assert result.reading is not None
    assert not result.reading.is_in_target_group
    with as_admin():
        assert Investigation.objects.get().deleted
        assert Participation.objects.get(child__journal_number="G-2026-0114").whose == Participation.Whose.NOBODY


def test_of_two_positions_from_one_instant_the_last_written_holds(grimstad: Any, as_admin: AsAdmin) -> None:
    """Files read together share the instant of their transaction, so the instant cannot tell which came last."""
    receive(text())
    receive(
        sent_again(text()).replace(
            '<Undersokelse Id="aa57d4e1-0a2c-463d-a4d0-027034293a51" StartDato="2026-10-26"/>', ""
        )
    )
    with as_admin():
        written = list(ChildWelfareStatus.objects.order_by("number").values_list("number", "position", "from_on"))
        assert [number for number, _position, _from_on in written] == [1, 2, 3]
        assert [position for _number, position, _from_on in written] == ["note_only", "investigation", "note_only"]
        assert written[1][2] == written[2][2]
        assert len(set(ChildWelfareStatus.objects.values_list("recorded_at", flat=True))) == 1


def test_a_child_is_found_again_by_its_number_within_the_same_service_only(grimstad: Any, as_admin: AsAdmin) -> None:
    receive(text())
    elsewhere = text().replace("964964998", "911111117").replace("G-2026-0114", "X-1")
    result = receive(elsewhere, create_service=True)
    assert result.problems == ()
    assert result.reading is not None
    assert result.reading.outcome == "created", "another service's record of the child is another row"
    with as_admin():
        assert [child.national_id for child in Child.objects.all()] == ["14851281232"] * 2


def test_a_journal_number_that_belongs_to_another_child_is_refused_and_changes_nothing(
    grimstad: Any, as_admin: AsAdmin
) -> None:
    receive(text())
    other = (
        text(EXAMPLES / "b-measures-at-home.xml")
        .replace("940493021", "964964998")
        .replace("4203", "4202")
        .replace("Arendal", "Grimstad")
        .replace("A-2025-0077", "G-2026-0114")
    )
    result = receive(other)
    assert [problem.message for problem in result.problems] == [
        "Journalnummeret i filen er brukt på et annet barn hos dere."
    ]
    with as_admin():
        assert "03891764056" not in {child.national_id for child in Child.objects.all()}


def test_a_file_from_an_unknown_service_is_refused_until_one_asks_for_it(db: None, as_admin: AsAdmin) -> None:
    unknown = text().replace("964964998", "911111117")
    refused = receive(unknown)
    assert refused.problems[0].rule == "Avgiver"
    assert "--create-service" in refused.problems[0].message
    assert receive(unknown, create_service=True).reading is not None
    with as_admin():
        assert Service.objects.get(org_number="911111117").name == "Grimstad barneverntjeneste"


def test_a_service_reads_only_its_own_files(acting: Any, as_admin: AsAdmin) -> None:
    with acting("ola") as ola:
        result = receive(text(), actor=ola)
    assert result.problems[0].message == "Filen er fra en annen tjeneste enn deres."
    with as_admin():
        assert not Child.objects.filter(journal_number="G-2026-0114").exists()


def run(*arguments: str) -> tuple[dict[str, Any], int]:
    out = io.StringIO()
    try:
        call_command("import_ssb", "--json", *arguments, stdout=out)
    except SystemExit as stopped:
        return json.loads(out.getvalue()), int(stopped.code or 0)
    return json.loads(out.getvalue()), 0


def test_the_command_answers_a_program(db: None, tmp_path: Path) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text(text().replace("StartDato", "Startdato"))
    summary, code = run("--create-service", *map(str, sorted(EXAMPLES.glob("*.xml"))), str(bad))
    assert code == 1
    assert {key: summary[key] for key in ("read", "created", "changed", "unchanged", "refused")} == {
        "read": 4,
        "created": 3,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
    }
    assert [child["journal"] for child in summary["children"]] == ["G-2026-0114", "A-2025-0077", "K-2024-0301"]
    assert all(child["in_target_group"] for child in summary["children"])
    assert summary["refusals"][0]["problems"][0]["line"] > 0
    again, code = run(*map(str, sorted(EXAMPLES.glob("*.xml"))))
    assert (code, again["unchanged"]) == (0, 3)


def test_the_upload_page_takes_the_services_own_file_and_refuses_a_bad_one_in_words(client_of: Any) -> None:
    kari = client_of("kari")
    page = kari.post("/les-inn/", {"chosen": [sent("a.XML", text().encode()), sent("b.xml", b"<Barnevern/>")]})
    assert page.status_code == 422
    content = page.content.decode()
    assert "G-2026-0114" in content
    assert "Filen er avvist i sin helhet. Ingenting er endret." in content
    assert client_of("per").get("/les-inn/").status_code == 403


@pytest.mark.parametrize("name", ["Anna Solberg.txt", "Anna Solberg", "Anna Solberg.xml.exe", "xml"])
def test_a_file_that_is_not_called_xml_is_not_read_and_its_name_is_not_said(client_of: Any, name: str) -> None:
    page = client_of("kari").post("/les-inn/", {"chosen": sent(name, text().encode())})
    assert page.status_code == 422
    content = page.content.decode()
    assert "Filnavnet må ende på .xml." in content
    assert "Anna" not in content
    assert "G-2026-0114" not in content


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_name_typed_by_hand_survives_the_next_file(grimstad: Any, acting: Any, as_admin: AsAdmin) -> None:
    result = receive(text())
    assert result.reading is not None
    with as_admin():
        Child.objects.filter(pk=result.reading.child_id).update(name="Anna Solberg")
    receive(sent_again(text()))
    with as_admin():
        assert Child.objects.get(pk=result.reading.child_id).name == "Anna Solberg"
