"""Starting and stopping what is measured: the program as it is served, and the bare Django it is held against."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from bench import measure
from bench.database import ROOT

PATIENCE = 60
"""Seconds that a server may take before it answers."""


@dataclass(frozen=True, slots=True)
class Served:
    """One server with one worker."""

    port: int
    process: subprocess.Popen[bytes]
    started_in: float
    """Milliseconds from the start of the process to its first whole answer."""

    @property
    def pids(self) -> list[int]:
        return measure.children(self.process.pid)

    @property
    def worker(self) -> int:
        """The process that answers requests: the youngest."""
        return max(self.pids)


def free_port() -> int:
    """A port that nobody listens to just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def program(environment: dict[str, str]) -> Iterator[Served]:
    """The program as `grunnmur serve` serves it, with one worker."""
    port = free_port()
    command = ["-m", "grunnmur", "serve", "--port", str(port), "--workers", "1", "--threads", "4"]
    with _running(command, port=port, path="/logg-inn/", environment=environment) as served:
        yield served


@contextmanager
def bare(environment: dict[str, str]) -> Iterator[Served]:
    """A bare Django with one fixed page, served in the same way."""
    port = free_port()
    command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--preload"]
    command += ["--worker-class", "gthread", "--log-level", "warning", "--no-control-socket", "bench.bare:application"]
    with _running(command, port=port, path="/database/", environment=environment) as served:
        yield served


@contextmanager
def _running(command: list[str], *, port: int, path: str, environment: dict[str, str]) -> Iterator[Served]:
    with tempfile.TemporaryFile() as said:
        # An installed program has its bytecode ready; an environment that forbids Python to keep any would have each
        # start translate every file anew.
        own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *command],
            cwd=ROOT,
            env=own | environment,
            stdout=said,
            stderr=said,
        )
        try:
            if not _answers(process, port=port, path=path):
                said.seek(0)
                raise RuntimeError(f"The server did not answer {path}. It said:\n{said.read().decode()[-2000:]}")
            yield Served(port, process, (time.perf_counter() - started) * 1000)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _answers(process: subprocess.Popen[bytes], *, port: int, path: str) -> bool:
    """Waits until the path is answered whole; false when the server ends first, answers otherwise or takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status == 200 and bool(answer.read())
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    return False
