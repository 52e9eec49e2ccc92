"""Taking one whole copy: PostgreSQL's `pg_basebackup`, sealed as it comes, then a mark and a fingerprint."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from grunnmur import __version__
from grunnmur.backup import archive, fingerprint, programs, seal
from grunnmur.backup.archive import SEALED, Copy
from grunnmur.backup.changes import Receiver
from grunnmur.backup.programs import Programs
from grunnmur.backup.seal import PIECE, Key
from grunnmur.postgres import NotReady
from grunnmur.terminal import say


@dataclass(frozen=True, slots=True)
class Source:
    """The database to copy, as it says itself."""

    url: str
    system: str
    postgres: int
    database: str
    bytes: int
    """What it takes on the disk."""


def source(url: str) -> Source:
    """Ask the database what it is. Raises NotReady, also when the role may not copy it."""
    try:
        with psycopg.connect(url, autocommit=True, application_name="grunnmur backup") as connection:
            row = connection.execute(
                "select (select system_identifier from pg_control_system())::text,"
                " current_setting('server_version_num')::int / 10000, current_database(),"
                " (select sum(pg_database_size(oid)) from pg_database where datallowconn)::bigint,"
                " (select rolsuper or (rolreplication and rolbypassrls) from pg_roles where rolname = current_user)"
            ).fetchone()
    except psycopg.Error as fault:
        raise NotReady(f"The database cannot be copied: {fault}") from fault
    assert row is not None
    if not row[4]:
        raise NotReady(
            "This role may not copy the database. «grunnmur setup_database» makes grunnmur_backup, which may: put its"
            " address in GRUNNMUR_BACKUP_URL on the copying machine."
        )
    return Source(url=url, system=row[0], postgres=row[1], database=row[2], bytes=row[3])


def take(source: Source, *, folder: Path, key: Key, tools: Programs, receiver: Receiver) -> Copy:
    """Take a copy while the database is in use. It is there when all that belongs to it is sealed. Raises NotReady."""
    receiver.wait_for()  # the copy needs every change from its own beginning on
    label = f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    (folder / "copies").mkdir(exist_ok=True, mode=0o700)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder / "copies"))
    try:
        base = making / f"base{SEALED}"
        received = _received(source, tools)
        digest = seal.write(received, base, key=key, about=archive.about_base(source.system, label))
        with fingerprint.quiet_instant(source.url, name=f"grunnmur {label}") as (connection, mark):
            tables = fingerprint.take(connection)
        receiver.wait_for(mark.lsn)
        copy = Copy(
            label=label,
            system=source.system,
            postgres=source.postgres,
            program=__version__,
            database=source.database,
            mark=mark,
            bytes=source.bytes,
            base_sha256=digest,
        )
        archive.write_copy(folder, copy, tables, making=making, key=key)
    except OSError as fault:
        raise NotReady(f"The copy cannot be kept in {folder}: {fault.strerror}.") from fault
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return copy


def _received(source: Source, tools: Programs) -> Iterator[bytes]:
    """The database's files as one compressed stream. Raises NotReady when PostgreSQL's program fails."""
    address, environment = programs.without_password(source.url)
    command = [
        *(tools.path("pg_basebackup"), "--dbname", address, "--pgdata", "-", "--format", "tar", "--gzip"),
        *("--wal-method", "none", "--checkpoint", "fast", "--no-password", "--label", "grunnmur"),
    ]
    done = told = 0
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said) as program:
            assert program.stdout is not None
            while piece := program.stdout.read(PIECE):
                done += len(piece)
                if done - told >= 256 * PIECE:
                    told = done
                    say(f"{done // PIECE} MB sealed; the database is {source.bytes // PIECE} MB before compression.")
                yield piece
        if program.returncode:
            said.seek(0)
            raise NotReady(f"The copy could not be taken: {said.read().strip()}")
