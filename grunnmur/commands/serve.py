"""Serve the pages, on the database in DATABASE_URL or, without it, on an embedded one.

Refuses to start with faults: a hole in the wall of row-level security, changed definitions, missing tables.
"""

import argparse
import errno
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config

from grunnmur import installation
from grunnmur.postgres import NotReady
from grunnmur.terminal import say


def main(arguments: list[str]) -> int:
    """Serve until stopped. Returns the exit code. Raises NotReady."""
    parser = argparse.ArgumentParser(prog="grunnmur serve", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve on; a proxy with TLS stands before")
    parser.add_argument("--port", type=int, default=8000, help="the port to serve on (0: any free one)")
    parser.add_argument("--workers", type=int, default=2, help="processes; about one per core")
    parser.add_argument("--threads", type=int, default=4, help="requests at once in each process")
    options = parser.parse_args(arguments)
    os.environ.setdefault("GRUNNMUR_MODE", "production")
    port = free_port(options.host, options.port)
    installation.prepare("serve")
    return run(
        host=options.host,
        port=port,
        workers=options.workers,
        threads=options.threads,
        greeting=f"Grunnmur serves http://{options.host}:{port}/",
    )


def free_port(host: str, wanted: int) -> int:
    """The port, or a free one for 0. Raises NotReady when somebody else has it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise NotReady(
                    f"Port {wanted} is taken, perhaps by Grunnmur itself. Stop that, or choose another with --port."
                ) from None
            raise NotReady(f"Cannot serve on {host}:{wanted}: {fault.strerror}.") from None
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Application:
    """What gunicorn asks of an application: its settings, and the WSGI callable."""

    cfg: Config
    callable: Callable[..., Any]

    def wsgi(self) -> Callable[..., Any]:
        return self.callable

    def reload(self) -> None:
        """New code needs a new start; there is nothing to read again."""


def run(*, host: str, port: int, greeting: str, workers: int = 2, threads: int = 4) -> int:
    """Load the program once, see that it may start, and serve it from processes that share what was loaded.

    Ends when told to stop, by leaving the process. Raises NotReady.
    """
    application = load()
    cfg = Config()
    for name, value in {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "worker_class": "gthread",
        "workers": workers,
        "threads": threads,
        "preload_app": True,
        "control_socket_disable": True,  # it would stand in the user's home
        "loglevel": "warning",
        "proc_name": "grunnmur",
        "when_ready": lambda arbiter: say(greeting),
    }.items():
        cfg.set(name, value)
    Arbiter(Application(cfg, application)).run()
    return 0


def load() -> Callable[..., Any]:
    """The WSGI application, with no connection that the processes to come would share. Raises NotReady."""
    import django
    import psycopg
    from django.core.exceptions import ImproperlyConfigured

    try:
        psycopg.connect(os.environ["DATABASE_URL"]).close()
    except psycopg.OperationalError as fault:
        raise NotReady(f"The database cannot be reached: {fault}") from fault
    try:
        django.setup()
        from grunnmur.cases.startup import NotSafe
    except ImproperlyConfigured as fault:
        raise NotReady(str(fault)) from fault
    try:
        from grunnmur.wsgi import application
    except NotSafe as faults:
        raise NotReady(str(faults)) from faults
    from django.db import connections
    from django.urls import get_resolver

    if _lacks_static_files():
        raise NotReady("The files that browsers fetch are not collected. Run «grunnmur collectstatic --noinput» first.")
    assert get_resolver().url_patterns  # loads every page now, once, instead of in each process at its first request
    for connection in connections.all():
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has a pool
    return application


def _lacks_static_files() -> bool:
    """Whether a file that pages may name is not among those collected, as after a new version of the program."""
    from django.contrib.staticfiles.finders import get_finders
    from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage

    return isinstance(staticfiles_storage, ManifestFilesMixin) and any(
        name not in staticfiles_storage.hashed_files for finder in get_finders() for name, _storage in finder.list([])
    )
