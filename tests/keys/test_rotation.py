"""Keys that are changed while people work: killed halfway everything opens, and no search misses."""

import secrets
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from demo import cast
from grunnmur import clock, keys, postgres
from grunnmur.cases import rotation
from grunnmur.cases.actions import basis
from grunnmur.cases.models import Child, OwnWords
from grunnmur.keys import Keyset
from tests import together
from tests.house import program

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]

CHILDREN = 1200
OWNER = cast.service("grimstad").id


@dataclass
class Installation:
    """A database of its own with sealed rows, and the keysets that they were sealed with."""

    url: str
    env: dict[str, str]
    numbers: dict[uuid.UUID, str]

    def rotate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return program.run("rotate_keys", *arguments, "--settle", "0.5", env=self.env)

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as admin:
            return admin.execute(f"select {columns} from {table}").fetchall()


def field(model: Any, name: str) -> Any:
    return model._meta.get_field(name)


@pytest.fixture
def installation(admin_url: str, template_database: str, settings: Any, tmp_path: Path) -> Iterator[Installation]:
    """Children with numbers and words, as the program would have written them."""
    settings.KEYS_FOLDER, settings.KEK = tmp_path / "keys", secrets.token_urlsafe(32)
    keys.make_missing()
    name = f"grunnmur_rotate_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('grunnmur test template'))")
        admin.execute(f'create database "{name}" template "{template_database}" owner {postgres.OWNER}')
    url = postgres.in_database(admin_url, name)
    numbers = {uuid.uuid4(): f"{number:011}" for number in range(CHILDREN)}
    with psycopg.connect(url) as admin:
        for keyset in Keyset:
            admin.execute("update sec.key_check set value = %s where keyset = %s", [keys.check_value(keyset), keyset])
        admin.execute("set session_replication_role = replica")
        with admin.cursor() as cursor:
            cursor.executemany(
                "insert into cases_child (id, kind, author_service_id, recorded_by_id, recorded_at, name, born_on,"
                " national_id, national_key, sex, journal_number, language, needs_interpreter, address_protection)"
                " values (%s, 1, %s, %s, now(), '', '2012-01-01', %s, %s, '', %s, '', false, 'none')",
                [
                    (
                        key,
                        OWNER,
                        OWNER,
                        field(Child, "national_id").seal(number, of=key),
                        field(Child, "national_key").codes(number, within=OWNER)[0],
                        number,
                    )
                    for key, number in numbers.items()
                ],
            )
            cursor.executemany(
                "insert into cases_ownwords (id, kind, author_service_id, recorded_by_id, recorded_at, pathway_id,"
                " said_on, words) values (%s, 256, %s, %s, now(), %s, '2026-01-01', %s)",
                [
                    (key, OWNER, OWNER, key, field(OwnWords, "words").seal(f"ord {number}", of=key))
                    for key, number in numbers.items()
                ],
            )
    yield Installation(
        url=url,
        env=program.environment(
            tmp_path / "data",
            GRUNNMUR_MODE="production",
            GRUNNMUR_SECRET_KEY=settings.SECRET_KEY,
            GRUNNMUR_KEK=settings.KEK,
            GRUNNMUR_KEYS=str(settings.KEYS_FOLDER),
            DATABASE_URL=postgres.with_role(url, user=postgres.APP),
            OWNER_DATABASE_URL=postgres.with_role(url, user=postgres.OWNER),
        ),
        numbers=numbers,
    )
    postgres.drop_database(admin_url, name=name)


def words_open(here: Installation) -> None:
    """Every row opens, and says what it said."""
    for key, sealed in here.rows("cases_ownwords", "id, words"):
        assert field(OwnWords, "words").open(sealed, of=key) == f"ord {here.numbers[key]}"


def sealed_anew(here: Installation) -> int:
    """How many rows are sealed with the key in use."""
    prefix = keys.prefix(Keyset.OWN_WORDS)
    return sum(bytes(words).startswith(prefix) for (words,) in here.rows("cases_ownwords", "words"))


def test_killed_halfway_everything_opens_and_the_next_run_goes_on(installation: Installation) -> None:
    here = installation
    process = subprocess.Popen(
        [sys.executable, "-m", "grunnmur", "rotate_keys", "own_words", "--batch", "1"],
        env=here.env,
        stdout=subprocess.DEVNULL,
    )
    last = time.monotonic() + program.PATIENCE
    while keys.count(Keyset.OWN_WORDS) == 1 or sealed_anew(here) < 20:
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < last
    process.send_signal(signal.SIGKILL)
    process.wait()
    halfway = sealed_anew(here)
    assert keys.count(Keyset.OWN_WORDS) == 2
    words_open(here)

    refused = here.rotate("own_words", "--retire")
    assert 20 <= halfway < CHILDREN
    assert refused.returncode == 1
    assert f"{CHILDREN - halfway} values of «own_words» are not yet changed." in refused.stderr
    words_open(here)

    done = here.rotate("own_words")
    assert done.returncode == 0, done.stderr
    assert f"own_words: done, {CHILDREN - halfway} values." in done.stdout
    assert sealed_anew(here) == CHILDREN
    words_open(here)

    assert "own_words: 1 old keys thrown away." in here.rotate("own_words", "--retire").stdout
    assert keys.count(Keyset.OWN_WORDS) == 1
    words_open(here)


def test_no_search_by_number_misses_while_the_index_is_changed(installation: Installation) -> None:
    here = installation
    index = field(Child, "national_key")
    stop, missed, searched = threading.Event(), [], 0

    def search() -> None:
        nonlocal searched
        with psycopg.connect(here.url, autocommit=True) as admin:
            while not stop.is_set():
                key = secrets.choice(list(here.numbers))
                codes = index.codes(here.numbers[key], within=OWNER)
                found = admin.execute("select id from cases_child where national_key = any(%s)", [codes]).fetchall()
                searched += 1
                if found != [(key,)]:
                    missed.append((key, found))

    before = {key: bytes(code) for key, code in here.rows("cases_child", "id, national_key")}
    thread = threading.Thread(target=search)
    thread.start()
    try:
        for arguments in (["national_id_index", "--batch", "50"], ["national_id_index", "--retire"]):
            done = here.rotate(*arguments)
            assert done.returncode == 0, done.stderr
            time.sleep(0.2)
    finally:
        stop.set()
        thread.join()
    assert missed == []
    assert searched > 100
    after = {key: bytes(code) for key, code in here.rows("cases_child", "id, national_key")}
    assert all(after[key] != before[key] for key in here.numbers)
    assert len(set(after.values())) == CHILDREN
    assert all(after[key] == index.codes(number, within=OWNER)[0] for key, number in here.numbers.items())


def test_what_somebody_writes_meanwhile_is_not_written_over(
    anna: Child, acting: Acting, as_admin: Outside, settings: Any, tmp_path: Path
) -> None:
    settings.KEYS_FOLDER = tmp_path
    column = field(OwnWords, "words")
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        row = basis.record_own_words(
            actor=kari, pathway_id=pathway_id, once=None, said_on=clock.today(), words="Det jeg sa først."
        )
    keys.add_key(Keyset.OWN_WORDS, use=True)
    with as_admin():
        stale = list(rotation._stale(column))
        assert [key for key, _old, _new in stale] == [row.pk]
        row.words = "Det jeg sa etterpå."
        row.save(update_fields=["words"])
        assert rotation._write(column, stale) == 0
        assert list(rotation._stale(column)) == []
        assert OwnWords.objects.get(pk=row.pk).words == "Det jeg sa etterpå."


def test_the_program_starts_before_during_and_after(installation: Installation) -> None:
    here = installation
    own_words = (["own_words", "--only-add"], ["own_words"], ["own_words", "--retire"])
    for arguments in ([], *own_words, ["log", "--only-add"], ["log"]):
        if arguments:
            done = here.rotate(*arguments)
            assert done.returncode == 0, done.stderr
        with psycopg.connect(here.url) as admin:
            checks = dict(admin.execute("select keyset, value from sec.key_checks()").fetchall())
        assert all(keys.knows(keyset, bytes(checks[keyset])) for keyset in Keyset), arguments


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["log", "--retire"], "The old keys of the logs are kept"),
        ([], "Name one keyset, or give --rewrap"),
        (["own_words", "--rewrap"], "Name one keyset, or give --rewrap"),
    ],
    ids=["the log's", "none", "one and all"],
)
def test_what_cannot_be_changed_is_said(installation: Installation, arguments: list[str], sentence: str) -> None:
    done = installation.rotate(*arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert keys.count(Keyset.OWN_WORDS) == 1


def test_a_new_wrapping_key(installation: Installation, settings: Any) -> None:
    new = secrets.token_urlsafe(32)
    installation.env["GRUNNMUR_KEK"] = f"{new} {settings.KEK}"
    assert installation.rotate("--rewrap").returncode == 0
    settings.KEK = new
    keys._loaded.clear()
    words_open(installation)
