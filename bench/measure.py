"""Measuring on a machine that is not quiet: CPU from /proc, a calibration loop, times of requests."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

TICKS = os.sysconf("SC_CLK_TCK")


def calibration() -> float:
    """CPU milliseconds of a fixed loop of plain Python: how fast the machine is just now.

    Its length is such that it takes 25 on the machine that the goals were set on, when that is quiet.
    """
    started = time.process_time()
    total = 0
    for number in range(490_000):
        total += number * number % 7
    assert total > 0
    return (time.process_time() - started) * 1000


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time that the processes have spent so far; a process that has ended counts nothing."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def machine_seconds() -> float:
    """CPU seconds that all cores together have been busy since the machine started."""
    fields = [int(part) for part in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / TICKS


def children(pid: int) -> list[int]:
    """The process and all its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def peak_memory(pid: int) -> float:
    """The most memory the process has ever had resident, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no VmHWM for {pid}")


@dataclass
class Browser:
    """One logged-in user with one connection that is kept open."""

    port: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    connection: HTTPConnection | None = None

    def request(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body. A connection that the server has closed meanwhile is opened again."""
        headers = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())}
        body = None
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            token = self.cookies.get("csrftoken")
            body = urlencode(data | ({"csrfmiddlewaretoken": token.value} if token else {}))
        if self.connection is None:
            self.connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        content = response.read()
        for value in response.headers.get_all("Set-Cookie") or []:
            self.cookies.load(value)
        return response.status, content

    def close(self) -> None:
        """Hang up; the next request connects anew."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def log_in(self, persona: str) -> None:
        """Become one of the cast."""
        assert self.request("GET", "/demo/")[0] == 200
        status, _body = self.request("POST", "/demo/", {"persona": persona})
        assert status == 302, status
        self.close()

    def times(self, count: int, method: str, path: str, data: dict[str, str] | None = None) -> list[float]:
        """Milliseconds of each of so many requests, after one that is not counted. Raises when one fails."""
        self.close()
        found = []
        for number in range(count + 1):
            started = time.perf_counter()
            status, _body = self.request(method, path, data)
            if number:
                found.append((time.perf_counter() - started) * 1000)
            if status != 200:
                raise RuntimeError(f"{method} {path} answered {status}")
        self.close()
        return found


def middle(values: Iterable[float]) -> float:
    """The median, 0 of nothing."""
    found = list(values)
    return median(found) if found else 0.0
