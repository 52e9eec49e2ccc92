"""An installation on the embedded server: its database, tables and static files, made and kept up to date.

Nothing here needs Django in this process: each step is a command of its own, run as the role that it needs.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from grunnmur import postgres, secret_files
from grunnmur.terminal import say

PACKAGE = Path(__file__).resolve().parent
DEMO = PACKAGE.parent / "demo"
"""Beside the package in the source tree, and nowhere else."""

DATABASE_URLS = {
    "DATABASE_URL": postgres.APP,
    "OWNER_DATABASE_URL": postgres.OWNER,
    "GRUNNMUR_ADMIN_URL": None,
}
"""The environment variables that name the database, and the role in each; none is the server's administrator."""

AS_OWNER = frozenset(
    {
        *("migrate", "makemigrations", "showmigrations", "sqlmigrate"),
        *("add_service", "add_person", "set_site", "anchor_log", "verify_log", "rotate_keys"),
    }
)
"""Commands that run as the role that owns the tables, not as the runtime role."""
AS_ADMIN = frozenset({"load_demo", "load_directory", "simulate"})
"""Commands of the demo, which fill the embedded database in bulk, and are not there in production."""
WITHOUT_DATABASE = frozenset({"collectstatic", "makemessages", "compilemessages"})


def prepare(command: str) -> None:
    """Point Django at its database: the one in DATABASE_URL, or else the embedded one, made ready first.

    Raises NotReady.
    """
    set_mode()
    if command in AS_ADMIN and os.environ["GRUNNMUR_MODE"] == "production":
        raise postgres.NotReady(
            f"«grunnmur {command}» makes children up, and is not there in production, where they would stand among the"
            " real ones. Nothing was changed."
        )
    must_have_secrets()
    if command in AS_OWNER:
        os.environ["GRUNNMUR_AS_OWNER"] = "1"
        if os.environ.get("DATABASE_URL") and not os.environ.get("OWNER_DATABASE_URL"):
            raise postgres.NotReady(
                f"«grunnmur {command}» runs as the role that owns the tables. Set OWNER_DATABASE_URL to its address."
            )
    if os.environ["GRUNNMUR_MODE"] == "production":
        for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
            if fault := postgres.in_the_clear(os.environ.get(name, "")):
                raise postgres.NotReady(f"{name}: {fault}")
    if os.environ.get("DATABASE_URL") or command in WITHOUT_DATABASE:
        return
    open_embedded()
    if command in AS_ADMIN:
        os.environ["DATABASE_URL"] = os.environ["GRUNNMUR_ADMIN_URL"]


def must_have_secrets() -> None:
    """Raises NotReady when a secret that the program cannot do without in production is missing."""
    set_mode()
    keys = {"GRUNNMUR_SECRET_KEY", "GRUNNMUR_SECRET_KEY_FILE"}
    if os.environ["GRUNNMUR_MODE"] == "production" and not any(map(os.environ.get, keys)):
        raise postgres.NotReady(
            "GRUNNMUR_SECRET_KEY is missing. Make one with\n"
            '  python3 -c "import secrets; print(secrets.token_urlsafe(48))"\n'
            "and keep it: log-in, and the database's own check of who asks, depend on it."
        )
    if os.environ["GRUNNMUR_MODE"] == "production" and not {"GRUNNMUR_KEK", "GRUNNMUR_KEK_FILE"} & set(os.environ):
        raise postgres.NotReady(
            "GRUNNMUR_KEK is missing, the key that wraps the keys of what is encrypted. Make one with\n"
            '  python3 -c "import secrets; print(secrets.token_urlsafe(32))"\n'
            "keep it apart from the database and its backups, and run «grunnmur make_keys» once."
        )


def pretend_for_help() -> None:
    """Enough settings to list the commands; nothing is started and nothing is written."""
    set_mode()
    os.environ["GRUNNMUR_SECRET_KEY"] = os.environ["GRUNNMUR_KEK"] = "showing help needs no secret".ljust(50)


def set_mode() -> None:
    """The source tree without a server of its own is the demo; everything else is production unless it says so."""
    is_demo = is_source_tree() and not os.environ.get("DATABASE_URL")
    os.environ.setdefault("GRUNNMUR_MODE", "demo" if is_demo else "production")


def is_source_tree() -> bool:
    """Whether we run from the project's own folder, where the demo is."""
    return (DEMO / "cast.py").is_file()


def database_urls(admin_url: str) -> dict[str, str]:
    """The environment that points the program at the embedded server's database."""
    return {
        name: postgres.with_role(admin_url, user=role, database=postgres.DATABASE)
        if role
        else postgres.in_database(admin_url)
        for name, role in DATABASE_URLS.items()
    }


def open_embedded(*, with_demo: bool = False, fresh: bool = False) -> None:
    """Start the embedded server and point this process's environment at an installation that is up to date.

    `with_demo` loads the demo where it lacks; `fresh` throws away what was there. Raises NotReady.
    """
    admin_url = postgres.start_embedded()
    with postgres.one_at_a_time(admin_url):
        if fresh:
            postgres.drop_database(admin_url)
        made = postgres.create_database(admin_url)
        os.environ.update(database_urls(admin_url))
        _bring_up_to_date(made=made, with_demo=with_demo)


def _run(command: str, *arguments: str, **environment: str) -> None:
    """Run one `grunnmur` command in a process of its own. Raises NotReady when it fails; it has said why itself."""
    done = subprocess.run(
        [sys.executable, "-m", "grunnmur", command, *arguments],
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)} | environment,
        check=False,
        stdout=sys.stderr,
    )
    if done.returncode:
        raise postgres.NotReady(f"«grunnmur {command}» failed (exit {done.returncode}); see above.")


def _bring_up_to_date(*, made: bool, with_demo: bool) -> None:
    """Tables, walls, static files and possibly the demo; nothing when nothing has changed since the last time."""
    if made:
        _mark("schema").unlink(missing_ok=True)
        _mark("demo").unlink(missing_ok=True)
    state = _state()
    if _is_new("schema", state):
        say("Gjør databasen klar …")
        _run("migrate", "--verbosity=0")
        _run("collectstatic", "--noinput", "--verbosity=0")
        _keep("schema", state)
    if with_demo and _is_new("demo", "loaded"):
        say("Laster demoen …")
        _run("load_demo", DATABASE_URL=os.environ["GRUNNMUR_ADMIN_URL"])
        _keep("demo", "loaded")


def state_of_the_code() -> str:
    """Changes whenever a file of ours does, not what Python keeps beside them: cheap to read, and careful."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if "__pycache__" not in path.parts and path.is_file():
            found = path.stat()
            digest.update(f"{path}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _state() -> str:
    """What an installation is made from: our files, and the settings that are put into the database."""
    settings = (os.environ.get(name, "") for name in ("GRUNNMUR_SECRET_KEY", "GRUNNMUR_MODE", "GRUNNMUR_LIMITS_TIMES"))
    try:
        in_file = secret_files.read("GRUNNMUR_SECRET_KEY_FILE", is_production=False)
    except secret_files.Unusable:
        in_file = ""  # said when the settings are read
    return hashlib.sha256("|".join((state_of_the_code(), *settings, in_file)).encode()).hexdigest()


def _mark(name: str) -> Path:
    return postgres.data_dir() / f"ready-{name}"


def _is_new(name: str, state: str) -> bool:
    mark = _mark(name)
    return not mark.exists() or mark.read_text() != state


def _keep(name: str, state: str) -> None:
    _mark(name).write_text(state)
