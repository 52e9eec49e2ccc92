"""Serve the pages, on the database in DATABASE_URL or, without it, on an embedded one.

Refuses to start with faults: a hole in the wall of row-level security, changed definitions, missing tables.
"""

import argparse
import errno
import gc
import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from grunnmur import installation, program_log
from grunnmur.postgres import NotReady
from grunnmur.terminal import say

LOG = logging.getLogger(__name__)
PATIENCE = 5
"""Seconds that a client gets to send a whole request, and as many to take each piece of the answer; our own choice.
The proxy in front takes in each request whole and hands it over at once: it is never near this. Without one, those who
send slowly hold a thread each for so long, and the others wait meanwhile."""


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


class Line(socket.socket):
    """A client's connection that can be read for so long and no longer, however little comes at a time.

    gunicorn itself waits for ever for the rest of a request that has begun, and keeps a thread waiting.
    """

    until = 0.0
    """When (monotonic seconds) the request must have come."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What has come. Raises ConnectionResetError when it is too late: what came is no whole request."""
        allowed, left = self.gettimeout(), max(self.until - time.monotonic(), 0.001)
        self.settimeout(left if allowed is None else min(allowed, left))
        try:
            return super().recv(size, flags)
        except TimeoutError:
            if time.monotonic() < self.until:
                raise  # somebody else's shorter patience
            raise ConnectionResetError(errno.ECONNRESET, "The client was too slow.") from None

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Raises TimeoutError when the client does not take it."""
        self.settimeout(PATIENCE)
        super().sendall(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """How many bytes of a file were sent. Raises TimeoutError when the client does not take them."""
        self.settimeout(PATIENCE)
        return super().sendfile(file, offset, count)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Waits for nobody for long, and answers what is no request, or broke outside Django, with the same headers as
    everything else, and no echo.
    """

    def handle(self, conn: Any) -> Any:
        """One request on a connection, in a thread."""
        if not isinstance(conn.sock, Line):
            conn.sock = Line(fileno=conn.sock.detach())
        conn.sock.until = time.monotonic() + PATIENCE
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Also logs it, where gunicorn's own would write down what was sent, and the address it was sent to."""
        status = _status_of(exc)
        if status.startswith("500"):
            LOG.error("A request broke outside Django: %s", program_log.describe(exc))
        try:
            write_nonblock(client, bare_answer(status))
        except OSError:
            LOG.debug("The client went before it was answered.")


def _status_of(fault: BaseException) -> str:
    match fault:
        case ConfigurationProblem() | InvalidResponseHeader() | InvalidResponseHeaderName():
            return "500 Internal Server Error"  # ours, though gunicorn counts them among faulty requests
        case LimitRequestLine():
            return "414 URI Too Long"
        case LimitRequestHeaders():
            return "431 Request Header Fields Too Large"
        case ParseException() | OSError():
            return "400 Bad Request"
        case _:
            return "500 Internal Server Error"


def bare_answer(status: str) -> bytes:
    """A whole answer without any text, for whoever did not manage to ask for a page."""
    from grunnmur.web import walls

    headers = {**walls.of_a_page(), "Connection": "close", "Content-Length": "0"}
    return "\r\n".join(
        [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items()), "\r\n"]
    ).encode()


class ProgramLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn itself says, written like the rest of the program's log. It keeps no log of requests."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(program_log.Formatter())


def run(*, host: str, port: int, greeting: str, workers: int = 2, threads: int = 4) -> int:
    """Load the program once, see that it may start, and serve it from processes that share what was loaded.

    Ends when told to stop, by leaving the process. Raises NotReady.
    """
    # What is loaded stays for as long as the program runs. To look through it for rubbish, again and again while it
    # loads and then in every process, would find nothing and cost an eighth of the start.
    gc.disable()
    application = load()
    gc.freeze()
    gc.enable()
    cfg = Config()
    for name, value in {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "worker_class": Worker,
        "logger_class": ProgramLog,
        "workers": workers,
        "threads": threads,
        "preload_app": True,
        "control_socket_disable": True,  # it would stand in the user's home
        "graceful_timeout": 20,  # no statement lasts longer than half of it; a process that hangs is then ended
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
