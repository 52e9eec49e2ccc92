"""The program's role without a password: the operating system, or a client certificate, says who asks
(docs/how-to/install.md).
"""

import getpass
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from grunnmur import postgres
from grunnmur.backup import programs
from tests.backup import cluster
from tests.backup.cluster import Cluster
from tests.certificates import certificate

HBA = """
local  all       postgres      trust
local  grunnmur  grunnmur_app  peer map=grunnmur
local  all       all           reject
"""


def map_to(server: Cluster, user: str) -> None:
    """Let the program's role in for one user of the operating system; returns when the server has read it."""
    (server.data / "pg_ident.conf").write_text(f"grunnmur  {user}  grunnmur_app\n")
    with psycopg.connect(server.url(), autocommit=True) as admin:
        before = admin.execute("select pg_conf_load_time()").fetchone()
        admin.execute("select pg_reload_conf()")
    while True:  # a new line has what the server has read; bounded by the server itself, which reads at once
        with psycopg.connect(server.url(), autocommit=True) as admin:
            if admin.execute("select pg_conf_load_time()").fetchone() != before:
                return


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server that lets the program's role in for the user that the tests run as, and nobody else for any password."""
    with cluster.place() as folder, cluster.running(folder) as made:
        (made.data / "pg_hba.conf").write_text(HBA)
        map_to(made, getpass.getuser())
        with psycopg.connect(made.url(), autocommit=True) as admin:
            assert admin.execute("select count(*) from pg_hba_file_rules where error is not null").fetchone() == (0,)
            assert admin.execute(
                "select rolpassword is null from pg_authid where rolname = %s", [postgres.APP]
            ).fetchone() == (True,)
        yield made


def test_the_role_is_let_in_without_a_password_for_the_user_it_is_mapped_to_and_no_other(server: Cluster) -> None:
    """V13.2.1, with what Django is given."""
    assert postgres.django_settings(server.url(postgres.APP))["PASSWORD"] == ""
    map_to(server, getpass.getuser())
    with psycopg.connect(server.url(postgres.APP)) as line:
        assert line.execute("select current_user").fetchone() == (postgres.APP,)
    map_to(server, "somebody-else")
    with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication failed"):
        psycopg.connect(server.url(postgres.APP))


@pytest.mark.parametrize("role", [postgres.OWNER, postgres.BACKUP])
def test_no_other_role_is_with_or_without_one(server: Cluster, role: str) -> None:
    for address in (server.url(role), psycopg.conninfo.make_conninfo(server.url(role), password="anything")):
        with pytest.raises(psycopg.OperationalError, match="pg_hba"):
            psycopg.connect(address)


# --- a client certificate -------------------------------------------------------------------------------------------


@pytest.fixture
def debian() -> programs.Programs:
    """Debian's PostgreSQL: the wheel's was built without TLS."""
    found = sorted(int(path.name) for path in programs.DEBIAN.glob("[0-9]*") if (path / "bin" / "initdb").exists())
    assert found or os.environ.get("GRUNNMUR_PG_BIN"), "This needs Debian's PostgreSQL: apt-get install postgresql."
    return cluster.tools() if os.environ.get("GRUNNMUR_PG_BIN") else programs.find(found[-1], needs="initdb")


def test_a_certificate_in_the_role_s_name_lets_the_program_in_from_another_machine(
    debian: programs.Programs, tmp_path: Path
) -> None:
    """V13.2.1: with the line of pg_hba.conf in docs/how-to/install.md, and no password."""
    ours, ours_key = certificate(tmp_path, postgres.APP)
    other, other_key = certificate(tmp_path, postgres.OWNER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with cluster.place() as folder:
        server, server_key = certificate(folder, "localhost")
        trusted = folder / "clients.pem"
        trusted.write_bytes(ours.read_bytes() + other.read_bytes())
        debian.own(folder)
        with cluster.running(folder, of=debian) as made:
            (made.data / "pg_hba.conf").write_text(
                f"local all postgres trust\nhostssl grunnmur {postgres.APP} 127.0.0.1/32 cert\n"
            )
            made.stop()
            made.start(
                listen_addresses="127.0.0.1",
                port=port,
                ssl="on",
                ssl_cert_file=str(server),
                ssl_key_file=str(server_key),
                ssl_ca_file=str(trusted),
            )
            address = psycopg.conninfo.make_conninfo(
                f"host=localhost hostaddr=127.0.0.1 port={port} user={postgres.APP} dbname=grunnmur",
                sslmode="verify-full",
                sslrootcert=str(server),
            )
            assert postgres.in_the_clear(address) == ""
            with psycopg.connect(address, sslcert=str(ours), sslkey=str(ours_key)) as line:
                assert line.execute("select current_user").fetchone() == (postgres.APP,)
                assert line.pgconn.ssl_in_use
            with pytest.raises(psycopg.OperationalError, match="certificate"):
                psycopg.connect(address, sslcert=str(other), sslkey=str(other_key))
            with pytest.raises(psycopg.OperationalError, match="certificate"):
                psycopg.connect(address, sslcert="", password="anything")
