"""The log at another system: a receiver of our own that speaks TLS, and what reaches it."""

import json
import logging
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from grunnmur import log_receiver, program_log
from tests.certificates import certificate
from tests.environment import ROOT
from tests.house.program import environment

HEADER = re.compile(r"<(\d+)>1 - \S+ grunnmur \d+ - - (.*)")
PAUSES = (0.05,)


class System:
    """A receiver of syslog over TLS, as RFC 5425 has it: each message after its length."""

    def __init__(self, cert: Path, key: Path, port: int = 0) -> None:
        self.lines: list[str] = []
        self.refused: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(cert, key)
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _from = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._read, args=(plain,), daemon=True).start()

    def _read(self, plain: socket.socket) -> None:
        try:
            line = self._context.wrap_socket(plain, server_side=True)
        except OSError as fault:
            self.refused.append(type(fault).__name__)
            plain.close()
            return
        self._open.append(line)
        with line, suppress(OSError), line.makefile("rb") as file:
            while length := b"".join(iter(lambda: file.read(1).strip(), b"")):
                self.lines.append(file.read(int(length)).decode())

    def said(self) -> list[dict[str, Any]]:
        """What came, as objects."""
        return [json.loads(found[2]) for line in self.lines if (found := HEADER.fullmatch(line))]

    def stop(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for line in self._open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("certificates")
    return {name: certificate(folder, name) for name in ("localhost", "elsewhere.example")}


@pytest.fixture
def system(certificates: dict[str, tuple[Path, Path]]) -> Iterator[System]:
    made = System(*certificates["localhost"])
    yield made
    made.stop()


@pytest.fixture
def sending(
    certificates: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., log_receiver.Receiver]]:
    """Makes handlers of the log that send to a port here, and ends them."""
    monkeypatch.setattr(log_receiver, "PAUSES", PAUSES)
    monkeypatch.setattr(log_receiver, "PATIENCE", 2.0)
    made: list[log_receiver.Receiver] = []

    def to(port: int, *, trusting: str = "localhost") -> log_receiver.Receiver:
        handler = log_receiver.Receiver(host="localhost", port=port, authority=str(certificates[trusting][0]))
        handler.setFormatter(program_log.Formatter())
        made.append(handler)
        return handler

    yield to
    for handler in made:
        handler._stopping.set()
        handler.close()


def say(handler: logging.Handler, text: str, level: int = logging.WARNING, **told: object) -> None:
    record = logging.LogRecord("grunnmur.security", level, __file__, 1, text, None, None)
    record.told = told
    handler.handle(record)


def test_each_line_reaches_a_receiver_encrypted_and_in_order(system: System, sending: Any) -> None:
    """V16.4.3."""
    handler = sending(system.port)
    for number in range(50):
        say(handler, f"Number {number}, æøå.", reason="password", username="kari.lunde")
    say(handler, "It broke.", logging.ERROR)
    until(lambda: len(system.lines) == 51)
    assert [one["says"] for one in system.said()] == [*(f"Number {number}, æøå." for number in range(50)), "It broke."]
    assert [system.lines[0][:4], system.lines[-1][:4]] == ["<84>", "<83>"]
    assert system.said()[0]["reason"] == "password"
    assert not any("kari" in line for line in system.lines)


@pytest.mark.parametrize(
    ("serves", "trusting"),
    [
        pytest.param("elsewhere.example", "elsewhere.example", id="for another name"),
        pytest.param("localhost", "elsewhere.example", id="that nobody we trust has signed"),
    ],
)
def test_nothing_is_told_to_a_receiver_with_a_certificate(
    certificates: dict[str, tuple[Path, Path]], sending: Any, serves: str, trusting: str
) -> None:
    other = System(*certificates[serves])
    say(sending(other.port, trusting=trusting), "For the right one alone.")
    until(lambda: other.refused)
    other.stop()
    assert other.lines == []


def test_what_is_said_while_the_receiver_is_away_comes_when_it_is_back(
    certificates: dict[str, tuple[Path, Path]], sending: Any
) -> None:
    first = System(*certificates["localhost"])
    handler = sending(first.port)
    say(handler, "Before.")
    until(lambda: first.lines)
    first.stop()
    for number in range(3):
        say(handler, f"Meanwhile {number}.")
    time.sleep(0.2)
    again = System(*certificates["localhost"], port=first.port)
    until(lambda: len(again.lines) == 3)
    assert [one["says"] for one in again.said()] == [f"Meanwhile {number}." for number in range(3)]
    again.stop()


def test_what_finds_no_room_is_counted_and_the_count_is_told(
    certificates: dict[str, tuple[Path, Path]], sending: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_receiver, "ROOM", 4)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = sending(port)
    for number in range(20):
        say(handler, f"Number {number}.")  # nobody waits for the receiver
    system = System(*certificates["localhost"], port=port)
    until(lambda: any(one["says"] == "Lines were lost." for one in system.said()))
    until(lambda: handler._waiting.empty())
    lost = sum(one.get("lost", 0) for one in system.said())
    until(lambda: len(system.lines) == 20 - lost + 1)
    assert 15 <= lost <= 16
    system.stop()


def test_each_process_of_the_server_sends_its_own(system: System, certificates: dict[str, tuple[Path, Path]]) -> None:
    """The server loads the program once and then makes its processes: a thread does not come along, nor a queue."""
    script = f"""
import logging, os
from grunnmur import log_receiver, program_log
handler = log_receiver.Receiver(host="localhost", port={system.port}, authority={str(certificates["localhost"][0])!r})
handler.setFormatter(program_log.Formatter())
log = logging.getLogger("grunnmur.x")
log.addHandler(handler)
log.warning("Before.")
child = os.fork()
log.warning("In the child." if child == 0 else "In the parent.")
logging.shutdown()
if child:
    os.waitpid(child, 0)
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, timeout=60, cwd=ROOT)
    until(lambda: len(system.lines) == 3)
    assert sorted(one["says"] for one in system.said()) == ["Before.", "In the child.", "In the parent."]


THE_PROGRAM = """
import logging, django
django.setup()
logging.getLogger("grunnmur.security").info("Refused.", extra={"told": {"reason": "password"}})
logging.getLogger("grunnmur.web").error("Something broke.")
logging.shutdown()
"""


@pytest.mark.parametrize("where", ["receiver", "stderr", ""], ids=["a receiver", "standard error", "nobody"])
def test_the_settings_send_what_is_told_where_it_is_asked_for(
    system: System, certificates: dict[str, tuple[Path, Path]], tmp_path: Path, where: str
) -> None:
    env = environment(
        tmp_path / "data",
        GRUNNMUR_MODE="test",
        DJANGO_SETTINGS_MODULE="grunnmur.settings",
        DATABASE_URL="host=/nowhere dbname=none",
        GRUNNMUR_LOG_RECEIVER=f"tls://localhost:{system.port}" if where == "receiver" else where,
        GRUNNMUR_LOG_RECEIVER_CA=str(certificates["localhost"][0]),
    )
    command = [sys.executable, "-W", "ignore", "-c", THE_PROGRAM]
    done = subprocess.run(command, check=True, timeout=120, cwd=ROOT, env=env, text=True, capture_output=True)
    here = [json.loads(line)["says"] for line in done.stderr.splitlines()]
    if where == "receiver":
        until(lambda: len(system.lines) == 2)
    away = [(one["says"], one.get("reason")) for one in system.said()]
    assert away == ([("Refused.", "password"), ("Something broke.", None)] if where == "receiver" else [])
    assert here == (["Something broke."] if where != "stderr" else ["Refused.", "Something broke."])


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("syslog://log.example.no:514", ""),
        ("tls://", ""),
        ("tls://log.example.no:no", ""),
        ("tls://name@log.example.no", ""),
        ("tls://log.example.no/x", ""),
        ("tls://log.example.no:6514", "/nowhere/ca.pem"),
    ],
)
def test_what_names_no_receiver_stops_the_start(url: str, authority: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        log_receiver.handlers(url, authority)


def test_without_a_name_nothing_is_sent_and_the_port_is_syslog_s_own() -> None:
    assert log_receiver.handlers("", "") == log_receiver.handlers("stderr", "") == {}
    assert log_receiver.read_address("tls://log.example.no", "") == ("log.example.no", 6514)


def test_warnings_are_bounded_in_a_minute_and_what_was_held_back_is_told() -> None:
    """V16.3.3: whoever sends rubbish again and again fills no disk, and is not forgotten."""

    def record(minute: int, level: int = logging.WARNING) -> logging.LogRecord:
        made = logging.LogRecord("grunnmur.security", level, __file__, 1, "x", None, None)
        made.created = minute * 60.0
        return made

    bound = program_log.AtMost(2)
    assert [bound.filter(record(7)) for _number in range(5)] == [True, True, False, False, False]
    assert bound.filter(record(7, logging.INFO))
    following = record(8)
    assert bound.filter(following)
    assert program_log.fields(following)["lost"] == 3
