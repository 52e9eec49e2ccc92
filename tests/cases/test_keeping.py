"""How long a case stands: closed to all but the owner, archived with a receipt, deleted by two people or not."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from demo import cast
from grunnmur.cases import access, archive_package, door
from grunnmur.cases.actions import (
    archives,
    children,
    closings,
    deletions,
    drafts,
    experiences,
    holds,
    letters,
    restored,
    sight,
)
from grunnmur.cases.models import (
    Child,
    Deletion,
    DeletionRequest,
    Draft,
    ExperienceGiven,
    FamilyDecision,
    FamilyDevice,
    FamilyLogIn,
    HoldLifted,
    Letter,
)
from grunnmur.cases.queries import held, keeping
from grunnmur.cases.retention import Outcome
from grunnmur.cases.terms import AddressProtection, DeletionCause, HoldCause
from grunnmur.clock import now, today
from grunnmur.exchange import archive
from grunnmur.log import record
from grunnmur.log.models import Event
from tests.cases.test_children import edit
from tests.cases.test_remarks import hold as hold_meeting
from tests.family import home as homes
from tests.together import begin, let_in, start
from tests.web.reading import page, text

Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]
Travel = Callable[[datetime], None]
Fresh = Callable[[Any], Any]


@pytest.fixture
def running(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        pathway_id = begin(kari, anna)
        start(kari, pathway_id)
        let_in(kari, pathway_id, "storgata")
        hold_meeting(kari, pathway_id)
    return pathway_id


@pytest.fixture
def closed(acting: Acting, running: uuid.UUID, travel: Travel) -> uuid.UUID:
    travel(now() + timedelta(hours=1))
    with acting("kari") as kari:
        close(kari, running)
    return running


def close(actor: Any, pathway_id: uuid.UUID) -> None:
    from grunnmur.cases.queries.closing import before_closing

    before = before_closing(actor, pathway_id)
    closings.close(
        actor=actor,
        pathway_id=pathway_id,
        once=None,
        seen=None,
        ground=before.case.edition.closing_grounds[0].key,
        closed_on=today(),
        summary="Anna har fått hjelp.",
        child_view="Jeg sover nå.",
        carriers=[],
    )


def counts() -> dict[str, int]:
    """How many rows of each table the one who asks sees, through the database's own wall alone."""
    return {model._meta.db_table: model._default_manager.count() for model in held.models()}


def test_closing_closes_every_table_for_everyone_but_the_owner(
    acting: Acting, running: uuid.UUID, travel: Travel
) -> None:
    with acting("per"):
        assert sum(counts().values()) > 5
    travel(now() + timedelta(hours=1))
    with acting("kari") as kari:
        close(kari, running)
        assert sum(counts().values()) > 10
    with acting("per"):
        seen = {table: count for table, count in counts().items() if count}
    # What is left is that it once took part, which is its own, and what it wrote is asked of the owner.
    assert set(seen) <= {"cases_participation"}


@pytest.mark.parametrize(
    ("months", "outcome"),
    [
        pytest.param(0, Outcome.RESTRICT, id="closed-today"),
        pytest.param(13, Outcome.ARCHIVE, id="after-a-year"),
        pytest.param(60, Outcome.ARCHIVE, id="never-deleted-without-a-receipt"),
    ],
)
def test_the_page_says_what_the_rule_says(
    acting: Acting, closed: uuid.UUID, travel: Travel, months: int, outcome: Outcome
) -> None:
    travel(now() + timedelta(days=31 * months, hours=1))
    with acting("kari") as kari:
        assert keeping.get_keeping(kari, closed).decision.outcome is outcome


# --- the archive -----------------------------------------------------------------------------------------------


def test_a_package_of_a_real_case_has_every_row_and_reads_back_equal(
    acting: Acting, closed: uuid.UUID, as_admin: AsAdmin
) -> None:
    with acting("leif") as leif:
        packed = archives.make(actor=leif, pathway_id=closed, once=None)
    package = archive_package.unpack(packed.files, sha256=packed.row.sha256)
    assert archive_package.pack(package) == dict(packed.files)
    rows = {table.table: len(table.rows) for table in package.tables}
    with as_admin():
        there = {table: count for table, count in counts().items() if count}
    there.pop("cases_archivepackage")  # this package itself, written when its content was read
    assert rows == there
    assert {"pathway.closed", "consent.recorded"} <= {act.name for act in package.acts}
    assert package.looks
    assert "Anna" not in "".join(packed.files)


def test_an_open_case_is_not_packed_and_a_contact_person_does_not_pack(acting: Acting, running: uuid.UUID) -> None:
    with acting("leif") as leif, pytest.raises(access.Refused) as refused:
        archives.make(actor=leif, pathway_id=running, once=None)
    assert refused.value.is_about_status
    with acting("kari") as kari:
        close(kari, running)
        with pytest.raises(access.Refused) as refused:
            archives.make(actor=kari, pathway_id=running, once=None)
        assert refused.value.code == "role"


def test_a_package_of_a_case_with_a_protected_address_is_made_by_a_leader_who_reads_it(
    acting: Acting, anna: Child, closed: uuid.UUID
) -> None:
    with acting("kari") as kari:
        edit(kari, anna, address_protection=AddressProtection.CONFIDENTIAL)
    with acting("leif") as leif:
        assert "navngitt som lesere" in str(keeping.get_keeping(leif, closed).why_not_pack)
        with pytest.raises(access.Refused) as refused:
            archives.make(actor=leif, pathway_id=closed, once=None)
        assert refused.value.code == "not_a_reader"
    with acting("kari") as kari:
        sight.appoint_readers(
            actor=kari, child_id=anna.pk, once=None, people=[kari.person_id, cast.get("leif").person_id]
        )
    with acting("leif") as leif:
        assert keeping.get_keeping(leif, closed).why_not_pack is None
        packed = archives.make(actor=leif, pathway_id=closed, once=None)
    package = archive_package.unpack(packed.files, sha256=packed.row.sha256)
    shielded = [row for table in package.tables for row in table.rows if row.get("kind") == 512]
    assert shielded, "nothing is left out"


def test_the_depots_receipt_is_held_against_what_was_made(acting: Acting, closed: uuid.UUID, travel: Travel) -> None:
    with acting("leif") as leif:
        packed = archives.make(actor=leif, pathway_id=closed, once=None)
        given: dict[str, Any] = {"actor": leif, "pathway_id": closed, "once": None, "received_on": today()}
        with pytest.raises(door.Invalid) as refused:
            archives.receive(**given, sha256="0" * 64, reference="D-1")
        assert set(refused.value.problems) == {"sha256"}
        archives.receive(**given, sha256=packed.row.sha256.upper(), reference="D-1")
        with pytest.raises(door.Invalid):
            archives.receive(**given, sha256=packed.row.sha256, reference="D-2")
    travel(now() + timedelta(days=100))
    with acting("leif") as leif:
        assert keeping.get_keeping(leif, closed).decision.outcome is Outcome.DELETE


def test_the_command_checks_a_package(acting: Acting, closed: uuid.UUID, tmp_path: Path) -> None:
    with acting("leif") as leif:
        packed = archives.make(actor=leif, pathway_id=closed, once=None)
    file, folder, out = tmp_path / "package.zip", tmp_path / "package", io.StringIO()
    file.write_bytes(archive.as_zip(packed.files))
    with zipfile.ZipFile(file) as package:
        package.extractall(folder)
    for place in (file, folder):
        call_command("check_archive", str(place), sha256=packed.row.sha256, stdout=out)
    assert out.getvalue().count("The package is whole") == 2
    content = folder / "content.json"
    content.write_bytes(content.read_bytes().replace(b"Anna", b"Anne", 1))
    with pytest.raises(CommandError, match=r"content\.json has been changed"):
        call_command("check_archive", str(folder), sha256=packed.row.sha256)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_archive", str(content))


# --- deletion --------------------------------------------------------------------------------------------------


@pytest.fixture
def mistake(acting: Acting) -> Child:
    with acting("kari") as kari:
        return children.register(
            actor=kari, once=None, name="Feil Barn", born_on=today() - timedelta(days=4000), journal_number="F-1"
        )


def ask(actor: Any, child: Child, cause: DeletionCause = DeletionCause.WRONG_CHILD) -> DeletionRequest:
    return deletions.ask(actor=actor, child_id=child.pk, once=None, cause=cause, why="Forvekslet to.")


def test_two_people_delete_a_mistake_and_leave_only_a_receipt(
    acting: Acting, mistake: Child, as_admin: AsAdmin, fresh: Fresh
) -> None:
    with acting("kari") as kari:
        request = ask(kari, mistake)
    with acting("leif") as leif:
        receipt = deletions.confirm(actor=fresh(leif), child_id=mistake.pk, once=None, request_id=request.pk)
        row = Deletion.objects.get()
        assert (row.pk, bytes(row.keyed)) == (receipt, deletions.keyed(mistake.pk))
        assert (row.asked_by_id, row.confirmed_by_id) == (kari.person_id, leif.person_id)
    with as_admin():
        assert Child.objects.filter(pk=mistake.pk).count() == 0
        assert sum(counts().values()) == 0
        names = set(Event.objects.filter(child_id=mistake.pk).values_list("name", flat=True))
        assert {"child.registered", "deletion.asked", "child.deleted"} <= names
        stored = json.dumps([str(value) for value in Deletion.objects.values_list().get()])
        assert str(mistake.pk) not in stored
        assert "Feil" not in stored
    with acting("ola"):
        assert Deletion.objects.count() == 0


def test_the_one_who_asked_does_not_confirm_whatever_way_is_tried(acting: Acting, mistake: Child, fresh: Fresh) -> None:
    with acting("leif") as leif:
        request = ask(leif, mistake)
        leif = fresh(leif)
        with pytest.raises(access.Refused) as refused:
            deletions.confirm(actor=leif, child_id=mistake.pk, once=None, request_id=request.pk)
        assert refused.value.code == "two_people"
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select sec.delete_child(%s, %s, %s, %s)", [mistake.pk, request.pk, uuid.uuid4(), b"0" * 32])
        for statement in ("select sec.erase_child(%s)", "delete from cases_child where id = %s"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [mistake.pk])
        assert Child.objects.filter(pk=mistake.pk).exists()


def test_a_session_that_is_not_fresh_deletes_nothing_whatever_way_is_tried(acting: Acting, mistake: Child) -> None:
    with acting("kari") as kari:
        request = ask(kari, mistake)
    with acting("leif") as leif:
        with pytest.raises(access.Refused) as refused:
            deletions.confirm(actor=leif, child_id=mistake.pk, once=None, request_id=request.pk)
        assert refused.value.code == "not_fresh"
        with (
            pytest.raises(ProgrammingError, match="not fresh"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("select sec.delete_child(%s, %s, %s, %s)", [mistake.pk, request.pk, uuid.uuid4(), b"0" * 32])
        assert Child.objects.filter(pk=mistake.pk).exists()


def test_a_contact_person_does_not_confirm_and_a_stranger_finds_nothing(acting: Acting, mistake: Child) -> None:
    with acting("leif") as leif:
        request = ask(leif, mistake)
    with acting("kari") as kari, pytest.raises(access.Refused) as refused:
        deletions.confirm(actor=kari, child_id=mistake.pk, once=None, request_id=request.pk)
    assert refused.value.code == "role"
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        deletions.confirm(actor=ola, child_id=mistake.pk, once=None, request_id=request.pk)


def test_a_case_is_not_deleted_as_a_mistake(acting: Acting, anna: Child, running: uuid.UUID) -> None:
    with acting("kari") as kari:
        for cause in DeletionCause:
            with pytest.raises(door.Invalid) as refused:
                ask(kari, anna, cause)
            assert set(refused.value.problems) == {"cause"}


def test_a_hold_wins_over_everyone_and_is_lifted_with_a_reason(acting: Acting, mistake: Child, fresh: Fresh) -> None:
    with acting("kari") as kari:
        request = ask(kari, mistake)
    with acting("leif") as leif:
        hold = holds.put(
            actor=leif, child_id=mistake.pk, once=None, cause=HoldCause.COURT, why="Sak i nemnda.", from_on=today()
        )
        with pytest.raises(access.Refused) as refused:
            deletions.confirm(actor=fresh(leif), child_id=mistake.pk, once=None, request_id=request.pk)
        assert refused.value.code == "must_be_kept"
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select sec.delete_child(%s, %s, %s, %s)", [mistake.pk, request.pk, uuid.uuid4(), b"0" * 32])
        lifted = {"actor": leif, "child_id": mistake.pk, "once": None, "hold_id": hold.pk}
        holds.lift(**lifted, from_on=today(), why="Saken er avgjort.")
        assert HoldLifted.objects.count() == 1
        with pytest.raises(access.NotVisible):
            holds.lift(**lifted, from_on=today(), why="Igjen.")
        deletions.confirm(actor=fresh(leif), child_id=mistake.pk, once=None, request_id=request.pk)
        assert Deletion.objects.count() == 1


def test_an_archived_case_is_deleted_whole_when_its_time_is_over(
    acting: Acting, anna: Child, closed: uuid.UUID, travel: Travel, as_admin: AsAdmin, fresh: Fresh
) -> None:
    with acting("leif") as leif:
        packed = archives.make(actor=leif, pathway_id=closed, once=None)
        archives.receive(
            actor=leif, pathway_id=closed, once=None, sha256=packed.row.sha256, received_on=today(), reference="D-1"
        )
    with acting("kari") as kari:
        log_in = give_the_child_a_device(kari, anna, closed)
    answer_as_the_child(log_in, anna, closed)
    travel(now() + timedelta(days=100))
    with acting("kari") as kari:
        keep_drafts(kari, anna, closed)
        request = ask(kari, anna, DeletionCause.ARCHIVED)
    with acting("leif") as leif:
        deletions.confirm(actor=fresh(leif), child_id=anna.pk, once=None, request_id=request.pk)
    with as_admin():
        assert sum(counts().values()) == 0
        assert [model for model in BESIDE_THE_RECORD if model._default_manager.exists()] == []
        assert Event.objects.filter(child_id=anna.pk).count() > 5
        assert Deletion.objects.get().rows > 10


BESIDE_THE_RECORD = (Draft, FamilyLogIn, FamilyDevice, FamilyDecision, Letter, ExperienceGiven)
"""What is about a child and not handed out with its record."""


def give_the_child_a_device(actor: Any, child: Child, pathway_id: uuid.UUID) -> uuid.UUID:
    home = homes.home(actor, child, pathway_id)
    homes.decide(actor, home, home.anna)
    return homes.give_device(actor, home, home.anna).log_in.pk


def answer_as_the_child(log_in: uuid.UUID, child: Child, pathway_id: uuid.UUID) -> None:
    with transaction.atomic(), record.linked():
        relative = homes.inside(log_in)
        answers = dict.fromkeys(experiences.QUESTIONS, 4)
        assert experiences.give(asking=relative, child_id=child.pk, item=pathway_id, answers=answers)
        letters.ask(relative=relative, once=None, text="Hvem har skrevet dette?")


def keep_drafts(actor: Any, child: Child, pathway_id: uuid.UUID) -> None:
    """One about the child and one about its pathway."""
    drafts.save(actor=actor, path=f"/barn/{child.pk}/", fields={"a": ["b"]}, child_id=child.pk)
    drafts.save(actor=actor, path=f"/forlop/{pathway_id}/", fields={"a": ["b"]}, pathway_id=pathway_id)


def test_a_restored_backup_does_not_bring_back_a_case_with_a_draft(
    acting: Acting, anna: Child, closed: uuid.UUID, as_admin: AsAdmin
) -> None:
    with acting("kari") as kari:
        keep_drafts(kari, anna, closed)
    with acting("leif") as leif:
        pass
    facts = {
        "id": str(uuid.uuid4()),
        "keyed": "\\x" + deletions.keyed(anna.pk).hex(),
        "cause": "archived",
        "service_id": str(kari.service_id),
        "asked_by_id": str(kari.person_id),
        "confirmed_by_id": str(leif.person_id),
        "deleted_at": now().isoformat(),
        "rows": 1,
        "people": [],
    }
    with as_admin():
        assert restored.take_back([{"what": "deletion", "row": facts["id"], "facts": facts}])["deletion"] == 1
        assert sum(counts().values()) == 0
        assert Draft.objects.count() == 0


def test_a_restored_backup_does_not_bring_back_what_was_deleted(
    acting: Acting, mistake: Child, anna: Child, as_admin: AsAdmin, fresh: Fresh
) -> None:
    with acting("kari") as kari:
        request = ask(kari, mistake)
    with acting("leif") as leif:
        deletions.confirm(actor=fresh(leif), child_id=mistake.pk, once=None, request_id=request.pk)
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select what, row::text, facts::text from sec.taken_back where what = 'deletion'")
        listed = [{"what": what, "row": row, "facts": json.loads(facts)} for what, row, facts in cursor.fetchall()]
        assert str(mistake.pk) not in json.dumps(listed)
        # As a backup from before the deletion has it: the child is there, and the receipt is not.
        Deletion.objects.all().delete()
        Child.objects.bulk_create([mistake])
        assert restored.take_back(listed)["deletion"] == 1
        assert not Child.objects.filter(pk=mistake.pk).exists()
        assert Child.objects.filter(pk=anna.pk).exists()
        assert bytes(Deletion.objects.get().keyed) == deletions.keyed(mistake.pk)


# --- the pages -------------------------------------------------------------------------------------------------


def test_the_leader_packs_and_takes_the_receipt_on_the_page(client_of: Callable[[str], Any], closed: uuid.UUID) -> None:
    leif = client_of("leif")
    url = f"/forlop/{closed}/oppbevaring/"
    assert "Saken er lukket for alle andre enn dere." in text(page(leif.get(url)))
    assert leif.post(f"{url}arkiv/").status_code == 401  # first says anew who he is
    assert leif.post("/bekreft/").status_code == 302
    answer = leif.post(f"{url}arkiv/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="arkivpakke-')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        archive_package.unpack({name: found.read(name) for name in found.namelist()})
    soup = page(leif.get(url))
    sha256 = soup.select_one("code")
    assert sha256 is not None
    sent = {"sha256": sha256.get_text(), "received_on": f"{today():%d.%m.%Y}", "reference": "D-1"}
    assert leif.post(f"{url}kvittering/", sent).status_code == 302
    assert "kvittert" in text(page(leif.get(url)))
    assert client_of("per").get(url).status_code == 404
    ola = client_of("ola")
    ola.post("/bekreft/")
    assert ola.post(f"{url}arkiv/").status_code == 404


def test_two_people_delete_on_the_page(client_of: Callable[[str], Any], mistake: Child) -> None:
    url = f"/barn/{mistake.pk}/slett/"
    kari, leif = client_of("kari"), client_of("leif")
    assert (
        page(kari.get(url)).find("a", string=lambda text: bool(text) and "Avbryt" in text)["href"]
        == f"/barn/{mistake.pk}/"
    )  # type: ignore[index]
    assert kari.post(url, {"cause": "wrong_child", "why": "Forvekslet."}).url == url
    assert "en annen må bekrefte" in text(page(kari.get(url)))
    form = page(leif.get(url)).find("form", action=lambda action: bool(action and action.startswith(url + "bekreft/")))
    assert form is not None
    assert leif.post(str(form["action"])).status_code == 401  # first says anew who he is
    assert leif.post("/bekreft/").status_code == 302
    done = leif.post(str(form["action"]), follow=True)
    assert "Registreringen er slettet. Kvittering:" in text(page(done))
    assert leif.get(f"/barn/{mistake.pk}/").status_code == 404
