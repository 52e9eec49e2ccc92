"""Files to a mapping or a referral: taken in, kept sealed, given to those who see what they are to, and to no other."""

import base64
import hashlib
import io
import shutil
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from grunnmur import antivirus, clock, uploads
from grunnmur.cases import access, archive_package, door, rotation
from grunnmur.cases.actions import attachments, closings, sight
from grunnmur.cases.models import Attachment, Child, FileRelease, Mapping, MappingLine, Referral
from grunnmur.cases.queries import archives, held
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import (
    AddressProtection,
    HealthArea,
    Informant,
    InformationKind,
    MappingState,
    RestrictionCause,
)
from grunnmur.directory.kinds import Role
from grunnmur.encrypted import EncryptedFile
from grunnmur.keys import Keyset
from grunnmur.log.models import AccessLog, Event
from grunnmur.post import links
from tests import health_case, together
from tests.health_case import SEE_AND_TELL
from tests.web.reading import page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
AsAdmin = Callable[[], AbstractContextManager[None]]
MENTAL, DENTAL = HealthArea.MENTAL, HealthArea.DENTAL
WORDS = "Kanarifuglen sover i tre timer."
WHERE = "Viser filen hvor barnet er?"


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP sees mental health and may tell, the dental clinic sees teeth and may not."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        health_case.consent(kari, pathway_id, "storgata", MENTAL, purposes=SEE_AND_TELL)
        health_case.consent(kari, pathway_id, "tannklinikken", DENTAL)
    return pathway_id


@pytest.fixture
def mapping(acting: Acting, case: uuid.UUID) -> Mapping:
    with acting("kari") as kari:
        return health_case.ask(kari, case, "storgata", MENTAL)


def add(actor: Any, case: uuid.UUID, item: uuid.UUID, **more: Any) -> Attachment:
    given = {"about": "Søvndagbok", "name": "anna solberg.txt", "data": WORDS.encode(), **more}
    return attachments.add(actor=actor, pathway_id=case, once=None, item=item, **given)


def png() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(kept, format="PNG")
    return kept.getvalue()


def test_the_gp_adds_a_file_and_those_who_see_the_mapping_get_it(
    client_of: ClientOf, case: uuid.UUID, mapping: Mapping
) -> None:
    per, kari = client_of("per"), client_of("kari")
    page = f"/forlop/{case}/helse/"
    assert "Legg ved en fil" in per.get(page).content.decode()
    form = per.get(f"{page}legg-ved/{mapping.pk}/")
    assert (
        "Leses nå av: Grimstad barneverntjeneste, Storgata legesenter. Barnet og foreldrene kan"
        in form.content.decode()
    )
    assert WHERE not in form.content.decode(), "her address is not protected"
    assert BeautifulSoup(form.content, "html.parser").select_one("input[type=file][multiple]") is None
    sent = {"about": "Søvndagbok", "file": SimpleUploadedFile("anna solberg.png", png())}
    assert per.post(f"{page}legg-ved/{mapping.pk}/", sent).status_code == 302
    link = BeautifulSoup(kari.get(page).content, "html.parser").find("a", string="Søvndagbok")
    assert link is not None
    answer = kari.get(link["href"])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith('attachment; filename="vedlegg-')
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (4, 4)
    assert "solberg" not in str(answer.headers).lower()
    assert client_of("tone").get(link["href"]).status_code == 404, "of another area"
    assert client_of("ola").get(link["href"]).status_code == 404
    assert client_of("tone").get(f"{page}legg-ved/{mapping.pk}/").status_code == 404


def test_a_file_is_not_given_to_those_who_do_not_see_what_it_belongs_to(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, mapping: Mapping, anna: Child
) -> None:
    with acting("per") as per:
        file = add(per, case, mapping.pk)
    with acting("kari") as kari:
        health_case.consent(kari, case, "skolehelse", MENTAL)
    path = f"/forlop/{case}/helse/fil/{file.pk}/"
    assert client_of("hege").get(path).status_code == 200
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=anna.pk,
            once=None,
            cause=RestrictionCause.SERVICE_RESTRICTED,
            reason="Barnet vil det.",
            review_on=together.day(30),
            service_id=together.service_id("skolehelse"),
            item=mapping.pk,
        )
    assert client_of("hege").get(path).status_code == 404


def test_the_owner_finds_who_in_the_family_sees_each_row(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, mapping: Mapping, anna: Child
) -> None:
    with acting("per") as per:
        file = add(per, case, mapping.pk)
        report = health_case.report(per, case, mapping, Informant.CHILD, says="Trøtt.")
        health_case.step(per, case, mapping, MappingState.ACCEPTED, recommendation="Ro.")
        health_case.step(per, case, mapping, MappingState.UNDER_WAY, recommendation="Lekser i mindre biter.")
        lines = [line.pk for line in MappingLine.objects.all()]
        assert len(lines) == 2, "the older is not on the page, but somebody can have been given it"
    page = f"/forlop/{case}/helse/"
    for row in (file.pk, report.pk, *lines):
        link = f"/barn/{anna.pk}/tilgang/rad/{row}/"
        assert link in client_of("kari").get(page).content.decode()
        assert link not in client_of("per").get(page).content.decode()
        assert client_of("kari").get(link).status_code == 200


def test_the_receiver_of_a_referral_is_shown_its_files(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, as_admin: AsAdmin
) -> None:
    with acting("kari") as kari:
        health_case.consent(kari, case, "abup", MENTAL, purposes=SEE_AND_TELL)
    with acting("per") as per:
        sent = health_case.refer(
            per, case, "abup", MENTAL, question="Hva?", situation="Slik.", texts={"guardians": "Mor."}
        )
        file = add(per, case, sent.pk)
    siri = client_of("siri")
    page = siri.get(f"/forlop/{case}/helse/svar/{sent.pk}/").content.decode()
    assert f"/forlop/{case}/helse/fil/{file.pk}/" in page
    assert "Mor." in page
    paper = siri.get(reverse("referral_paper", kwargs={"pathway_id": case, "referral_id": sent.pk})).content.decode()
    assert "Søvndagbok (Tekst, " in paper
    assert "Legg ved en fil" not in page
    with acting("kari") as kari:
        link = health_case.send_link(kari, case, sent.pk, role=Role.PSYCHOLOGIST)
    answering = Client()
    answering.post(f"/svar/{links.address_of(link.pk)}/", {"number": health_case.HPR})
    told = answering.get("/svar/").content.decode()
    assert "Det er 1 vedlegg. Be avsenderen om det." in told
    assert "Søvndagbok" not in told


def protect(actor: Any, level: AddressProtection) -> None:
    together.protect(actor, Child.objects.get().pk, level)


def given_to(client_of: ClientOf, path: str) -> set[str]:
    """Who is given a file; nobody else can tell it from one that is not there."""
    answers = {who: client_of(who).get(path).status_code for who in ("kari", "leif", "per", "tone", "ola")}
    assert set(answers.values()) <= {200, 404}
    return {who for who, status in answers.items() if status == 200}


@pytest.mark.parametrize("level", [AddressProtection.CONFIDENTIAL, AddressProtection.STRICTLY_CONFIDENTIAL])
def test_what_was_added_before_the_address_was_protected_is_for_its_readers_alone(
    level: AddressProtection, client_of: ClientOf, acting: Acting, case: uuid.UUID, mapping: Mapping
) -> None:
    with acting("per") as per:
        path = f"/forlop/{case}/helse/fil/{add(per, case, mapping.pk).pk}/"
    assert given_to(client_of, path) == {"kari", "leif", "per"}
    with acting("kari") as kari:
        protect(kari, level)
    assert given_to(client_of, path) == {"kari"}
    shown = text(page(client_of("kari").get(f"/forlop/{case}/helse/")))
    assert "Bare de som kan lese hvor barnet er, ser filen." in shown
    for who in ("leif", "per"):
        assert "Søvndagbok" not in client_of(who).get(f"/forlop/{case}/helse/").content.decode()
        with acting(who):
            assert not Attachment.objects.exists(), "the database itself"
    with acting("kari") as kari:
        protect(kari, AddressProtection.NONE)
    assert given_to(client_of, path) == {"kari", "leif"}, "as with the places she has lived"


def test_while_the_address_is_protected_its_readers_alone_add_and_say_whether_a_file_shows_it(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, mapping: Mapping
) -> None:
    with acting("kari") as kari:
        protect(kari, AddressProtection.CONFIDENTIAL)
    path = f"/forlop/{case}/helse/legg-ved/{mapping.pk}/"
    for who in ("per", "leif"):
        browser = client_of(who)
        assert "Legg ved en fil" not in browser.get(f"/forlop/{case}/helse/").content.decode()
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "en fil kan vise hvor det er" in answer.content.decode()
        with acting(who) as actor:
            with pytest.raises(access.Refused) as refused:
                add(actor, case, mapping.pk, tells_where=False)
            assert refused.value.code == "file_while_protected"
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Attachment.objects.create(
                    pathway_id=case,
                    mapping=mapping,
                    kind=mapping.kind,
                    author_service_id=actor.service_id,
                    recorded_by_id=actor.person_id,
                    recorded_at=clock.now(),
                    about="x",
                    sort="txt",
                    size=1,
                    content=b"x",
                )
    kari = client_of("kari")
    assert WHERE in kari.get(path).content.decode()

    def send(**said: str) -> Any:
        return kari.post(path, {"about": "Prøver", "file": SimpleUploadedFile("x.txt", b"Fint."), **said})

    silent = send()
    assert silent.status_code == 422
    assert "Velg om filen viser hvor barnet er." in silent.content.decode()
    for said, readers in (("no", {"kari", "leif", "per"}), ("yes", {"kari"})):
        assert send(tells_where=said).status_code == 302
        with acting("kari"):
            file = Attachment.objects.get(tells_where=said == "yes")
        assert given_to(client_of, f"/forlop/{case}/helse/fil/{file.pk}/") == readers, said


def test_a_file_that_is_held_is_let_go_by_one_who_has_read_it_through(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, mapping: Mapping
) -> None:
    with acting("per") as per:
        file = add(per, case, mapping.pk)
        path = f"/forlop/{case}/helse/fil/{file.pk}/"
    kari = client_of("kari")
    assert kari.get(f"{path}flere/").status_code == 404, "it is not held"
    with acting("kari") as actor:
        protect(actor, AddressProtection.CONFIDENTIAL)
    for who, status in (("leif", 403), ("per", 403), ("ola", 404)):
        assert client_of(who).get(f"{path}flere/").status_code == status
        assert client_of(who).post(f"{path}flere/", {"reason": "x"}).status_code == status
    link = page(kari.get(f"/forlop/{case}/helse/")).select_one(f'a[href="{path}flere/"]')
    assert link is not None
    shown = text(page(kari.get(f"{path}flere/")))
    assert "ser bare de som er navngitt som lesere av adressen, filen" in shown
    assert "Leses nå av:" in shown
    unread = kari.post(f"{path}flere/", {"reason": "Det er bare en dagbok."})
    assert "Les gjennom filen først." in text(page(unread, 422))
    assert "Det er bare en dagbok." in unread.content.decode()
    assert given_to(client_of, path) == {"kari"}
    said = {"reason": "Det er bare en dagbok.", "is_read_through": "on"}
    once = {**said, "once_token": str(uuid.uuid4())}
    assert [kari.post(f"{path}flere/", once).status_code for _twice in range(2)] == [302, 302]
    assert given_to(client_of, path) == {"kari", "leif", "per"}
    with acting("kari"):
        assert FileRelease.objects.get().reason == "Det er bare en dagbok."
    for who in ("per", "ola"):
        with acting(who):
            assert not FileRelease.objects.exists(), "why is the owner's own"
    late = kari.post(f"{path}flere/", said)
    assert "Filen kan alt åpnes av flere." in text(page(late, 422))


def test_what_is_still_held_when_the_address_is_open_again_is_let_go_by_any_of_the_owners(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, mapping: Mapping
) -> None:
    with acting("per") as per:
        path = f"/forlop/{case}/helse/fil/{add(per, case, mapping.pk).pk}/"
    for level in (AddressProtection.CONFIDENTIAL, AddressProtection.NONE):
        with acting("kari") as actor:
            protect(actor, level)
    leif = client_of("leif")
    assert "mens adressen var skjermet" in text(page(leif.get(f"{path}flere/")))
    assert leif.post(f"{path}flere/", {"reason": "Vedtaket er opphevet."}).status_code == 302
    assert given_to(client_of, path) == {"kari", "leif", "per"}


def test_the_database_lets_a_file_go_for_those_alone_who_may_know_where_the_child_is(
    acting: Acting, case: uuid.UUID, mapping: Mapping
) -> None:
    with acting("per") as per:
        file = add(per, case, mapping.pk)
    with acting("kari") as kari:
        row = {"pathway_id": case, "attachment_id": file.pk, "reason": "x", "kind": int(InformationKind.CHILD_WELFARE)}
        row |= {"author_service_id": kari.service_id, "recorded_by_id": kari.person_id, "recorded_at": clock.now()}
        with pytest.raises(DatabaseError, match="is not held"), transaction.atomic():
            FileRelease.objects.create(**row)
        protect(kari, AddressProtection.CONFIDENTIAL)
    with acting("leif") as leif, pytest.raises(DatabaseError, match="not for the one who asks"), transaction.atomic():
        FileRelease.objects.create(**{**row, "recorded_by_id": leif.person_id})
    with acting("per") as per, pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        FileRelease.objects.create(**{**row, "author_service_id": per.service_id})
    with acting("kari"):
        FileRelease.objects.create(**row)
        assert not Attachment.objects.get().tells_where


def test_every_look_at_a_file_is_in_the_log(
    client_of: ClientOf, case: uuid.UUID, mapping: Mapping, acting: Acting
) -> None:
    with acting("per") as per:
        row = add(per, case, mapping.pk)
    client_of("kari").get(f"/forlop/{case}/helse/fil/{row.pk}/")
    with acting("kari"):
        assert AccessLog.objects.filter(action="attachment", allowed=True).count() == 1


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"data": b""}, "file", "Filen er tom"),
        ({"data": uploads.EICAR}, "file", "kjennetegnet til et virus"),
        ({"name": "x.pdf"}, "file", "innholdet er noe annet"),
        ({"name": "x.docx"}, "file", "Vi tar imot PDF"),
        ({"about": " "}, "about", "Skriv hva filen er"),
    ],
    ids=["empty", "a virus", "another thing", "another sort", "says nothing"],
)
def test_what_is_not_taken_in(
    acting: Acting, case: uuid.UUID, mapping: Mapping, given: dict[str, Any], field: str, sentence: str
) -> None:
    with acting("per") as per, pytest.raises(door.Invalid) as invalid:
        add(per, case, mapping.pk, **given)
    assert sentence in str(invalid.value.problems[field])
    with acting("per"):
        assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(True, "kjennetegnet til et virus", id="harmful"),
        pytest.param(antivirus.Unanswered(), "kunne ikke sjekkes for virus", id="no answer"),
        pytest.param(False, "", id="harmless"),
    ],
)
def test_where_there_is_an_antivirus_it_decides_and_without_its_answer_nothing_is_kept(
    acting: Acting,
    case: uuid.UUID,
    mapping: Mapping,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    answer: Any,
    sentence: str,
) -> None:
    asked: list[tuple[bytes, object]] = []

    def is_harmful(data: bytes, *, at: object) -> bool:
        asked.append((data, at))
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    monkeypatch.setattr(antivirus, "is_harmful", is_harmful)  # another machine's word; the real one: tests/house
    settings.ANTIVIRUS = "/run/clamav/clamd.ctl"
    with acting("per") as per:
        if sentence:
            with pytest.raises(door.Invalid) as invalid:
                add(per, case, mapping.pk)
            assert sentence in str(invalid.value.problems["file"])
        else:
            add(per, case, mapping.pk)
    assert asked == [(WORDS.encode(), "/run/clamav/clamd.ctl")]
    with acting("per"):
        assert Attachment.objects.exists() == (not sentence)


def test_what_is_wrong_is_said_on_the_page_and_what_was_typed_is_kept(
    client_of: ClientOf, case: uuid.UUID, mapping: Mapping
) -> None:
    path = f"/forlop/{case}/helse/legg-ved/{mapping.pk}/"
    bare = client_of("per").post(path, {"about": "Blodprøver i november"})
    assert bare.status_code == 422
    assert "Velg en fil." in bare.content.decode()
    assert "Blodprøver i november" in bare.content.decode()


def test_only_the_one_who_maps_or_refers_and_may_tell_adds(acting: Acting, case: uuid.UUID, mapping: Mapping) -> None:
    with acting("kari") as kari:
        teeth = health_case.ask(kari, case, "tannklinikken", DENTAL)
    with acting("leif") as leif, pytest.raises(access.Refused) as refused:
        add(leif, case, mapping.pk)
    assert refused.value.code == "file_of_another"
    with acting("tone") as tone:
        with pytest.raises(access.NotVisible):
            add(tone, case, mapping.pk)
        with pytest.raises(door.Invalid) as invalid:
            add(tone, case, teeth.pk)
        assert "egen journal" in str(invalid.value.problems["file"])


def test_the_form_is_not_shown_to_those_who_cannot_add(
    client_of: ClientOf, acting: Acting, case: uuid.UUID, mapping: Mapping
) -> None:
    with acting("kari") as kari:
        teeth = health_case.ask(kari, case, "tannklinikken", DENTAL)
    for who, item, why in (("leif", mapping, "kartlegger eller henviser"), ("tone", teeth, "ikke samtykket til")):
        answer = client_of(who).get(f"/forlop/{case}/helse/legg-ved/{item.pk}/")
        assert answer.status_code == 403
        assert why in answer.content.decode()


def test_a_file_is_read_before_the_door_and_for_those_alone_who_may_add(
    acting: Acting, case: uuid.UUID, mapping: Mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction keeps its locks, so it is the order that shows: both still do what they do."""
    done: list[str] = []
    read, lock = uploads.accept, door.lock

    def accept(data: bytes, *, name: str) -> uploads.Accepted:
        done.append("read")
        return read(data, name=name)

    def locked(key: uuid.UUID) -> None:
        done.append("lock")
        lock(key)

    monkeypatch.setattr(uploads, "accept", accept)
    monkeypatch.setattr(door, "lock", locked)
    with acting("per") as per:
        add(per, case, mapping.pk)
    assert done == ["read", "lock"]
    with acting("kari") as kari, pytest.raises(access.Refused):
        add(kari, case, mapping.pk)
    assert done == ["read", "lock"], "a contact person maps and refers nobody, and nothing of the file is read"


def test_ten_files_are_enough(acting: Acting, case: uuid.UUID, mapping: Mapping) -> None:
    with acting("per") as per:
        sent: Referral = health_case.refer(per, case, "abup", MENTAL, question="Hva?", situation="Slik.")
        for _number in range(attachments.MOST):
            add(per, case, sent.pk)
        with pytest.raises(door.Invalid) as invalid:
            add(per, case, sent.pk)
        assert "alt lagt ved 10 filer" in str(invalid.value.problems["file"])
        add(per, case, mapping.pk)
        assert Event.objects.filter(name="attachment.added").count() == attachments.MOST + 1


def test_twenty_files_from_one_service_in_a_case_are_enough(
    acting: Acting, case: uuid.UUID, mapping: Mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_IN_CASE", 2)
    with acting("per") as per:
        sent = health_case.refer(per, case, "abup", MENTAL, question="Hva?", situation="Slik.")
        add(per, case, sent.pk)
        add(per, case, mapping.pk)
        with pytest.raises(door.Invalid) as invalid:
            add(per, case, mapping.pk)
        assert "alt lagt ved 2 filer i saken" in str(invalid.value.problems["file"])


def test_the_database_has_nothing_of_it_in_plain_and_keys_can_be_changed(
    acting: Acting, case: uuid.UUID, mapping: Mapping, as_admin: AsAdmin, settings: Any, tmp_path: Path
) -> None:
    # Keys that are changed must be this test's own: every other test's database knows those that are shared.
    settings.KEYS_FOLDER = shutil.copytree(settings.KEYS_FOLDER, tmp_path / "keys")
    with acting("per") as per:
        row = add(per, case, mapping.pk)
        assert Attachment.objects.get().content == WORDS.encode()
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select content from cases_attachment")
        [(before,)] = cursor.fetchall()
        assert WORDS.encode() not in bytes(before)
        assert rotation.rotate(Keyset.FILE, say=print, settle=0) == 1
        assert rotation.retire(Keyset.FILE) == 1
        cursor.execute("select content from cases_attachment")
        assert bytes(cursor.fetchone()[0]) != bytes(before)
    with acting("kari"):
        assert Attachment.objects.get(pk=row.pk).content == WORDS.encode()


def test_the_archive_has_the_file_and_an_extract_names_it(
    acting: Acting, case: uuid.UUID, mapping: Mapping, anna: Child
) -> None:
    with acting("per") as per:
        add(per, case, mapping.pk)
    with acting("leif") as leif:
        together.close(leif, case, closings.Carrier(what="x", who="Per", subject_id=mapping.pk))
        package = archives.package(get_case(leif, case, page="archive"))
        [row] = next(table.rows for table in package.tables if table.table == "cases_attachment")
        assert base64.b64decode(row["content"]) == WORDS.encode()
        told = archive_package.pack(package)["case.html"].decode()
        assert row["content"] not in told
        assert "en fil: innholdet står i content.json" in told
        [part] = [part for part in held.everything(leif, anna) if part.table == "cases_attachment"]
        assert "content" not in part.items[0].columns
        assert ("Hva filen er", "Søvndagbok") in part.items[0].said


@pytest.mark.parametrize(
    ("sizes", "has_room"),
    [
        ([], True),
        ([archive_package.MOST_FILE_BYTES], True),
        ([archive_package.MOST_FILE_BYTES - 1, 1], True),
        ([archive_package.MOST_FILE_BYTES, 1], False),
        ([1] * 3 + [archive_package.MOST_FILE_BYTES - 2], False),
    ],
    ids=["none", "one as large as it may be", "two that fill it", "one byte more", "many and one byte more"],
)
def test_the_files_of_a_package_are_bounded(sizes: list[int], has_room: bool) -> None:
    assert archive_package.has_room_for(sizes) is has_room


@pytest.mark.parametrize("room", [len(WORDS.encode()), len(WORDS.encode()) - 1], ids=["just room", "a byte short"])
def test_files_that_a_package_has_no_room_for_stand_there_with_their_checksum_and_the_page_says_so(
    acting: Acting,
    client_of: Any,
    case: uuid.UUID,
    mapping: Mapping,
    monkeypatch: pytest.MonkeyPatch,
    room: int,
) -> None:
    monkeypatch.setattr(archive_package, "MOST_FILE_BYTES", room)
    fits = room == len(WORDS.encode())
    with acting("per") as per:
        add(per, case, mapping.pk)
    with acting("leif") as leif:
        together.close(leif, case, closings.Carrier(what="x", who="Per", subject_id=mapping.pk))
        package = archives.package(get_case(leif, case, page="archive"))
    [row] = next(table.rows for table in package.tables if table.table == "cases_attachment")
    apart = f"sha256:{hashlib.sha256(WORDS.encode()).hexdigest()}"
    assert row["content"] == (base64.b64encode(WORDS.encode()).decode() if fits else apart)
    files = archive_package.pack(package)
    assert archive_package.unpack(files) == package
    assert (apart in files["case.html"].decode()) is not fits
    shown = text(page(client_of("leif").get(f"/forlop/{case}/oppbevaring/")))
    assert ("Filene må leveres hver for seg" in shown) is not fits


def test_every_column_with_a_file_is_known_to_the_archive() -> None:
    columns = {
        (model._meta.db_table, field.name)
        for model in apps.get_app_config("cases").get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedFile)
    }
    assert columns == archive_package.FILE_COLUMNS
