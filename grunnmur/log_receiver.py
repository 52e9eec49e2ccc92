"""Sends the program's log to another system as it is written: syslog over TLS (RFC 5424, 5425), one JSON object each.

A request never waits for the receiver: lines stand in a queue, and a thread of each process sends them. While the
receiver is away they wait, up to a number; what found no room is counted, and the count is sent. As in all syslog, a
line that was handed to the network just before the receiver went is not known to have come.
"""

import contextlib
import logging
import os
import queue
import socket
import ssl
import threading
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOM = 2_000
"""Lines that wait in each process while the receiver is away; our own choice."""
PATIENCE = 5.0
"""Seconds that the receiver gets to answer a call, and to take a line."""
PAUSES = (0.2, 1.0, 5.0, 15.0)
"""Seconds between the tries to reach it; the last one again and again."""
SEVERITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6}
FACILITY = 10
"""Security and authorisation (RFC 5424, table 1)."""


def read_address(url: str, authority: str) -> tuple[str, int]:
    """The host and port of `tls://HOST:PORT`, when the file of who vouches for it can be read. Raises
    ImproperlyConfigured.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme != "tls" or parts.username or parts.path.strip("/"):
        raise ImproperlyConfigured("GRUNNMUR_LOG_RECEIVER must be tls://HOST:PORT, or stderr.")
    try:
        context(authority)
    except (OSError, ssl.SSLError) as fault:
        raise ImproperlyConfigured(
            f"GRUNNMUR_LOG_RECEIVER_CA names {authority}, which holds no certificate."
        ) from fault
    return host, port or 6514


def context(authority: str) -> ssl.SSLContext:
    """TLS 1.2 or newer, to a receiver whose certificate somebody we trust has signed, for the name we call it by."""
    made = ssl.create_default_context(cafile=authority or None)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


class Receiver(logging.Handler):
    """A handler of the log that sends what it is given to `host`."""

    def __init__(self, *, host: str, port: int, authority: str) -> None:
        super().__init__()
        self.host, self.port, self.authority = host, port, authority
        self._process = 0
        self._lost, self._counting = 0, threading.Lock()
        self._waiting: queue.Queue[bytes | None] = queue.Queue(ROOM)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Let a line wait to be sent; called with the handler's own lock."""
        if self._process != os.getpid():
            self._begin()
        try:
            self._waiting.put_nowait(self.framed(record))
        except queue.Full:
            with self._counting:
                self._lost += 1

    def framed(self, record: logging.LogRecord) -> bytes:
        """A message as it goes on the line, its length first."""
        level = max((one for one in SEVERITIES if one <= record.levelno), default=logging.INFO)
        header = f"<{FACILITY * 8 + SEVERITIES[level]}>1 - {socket.gethostname()} grunnmur {os.getpid()} - - "
        message = (header + self.format(record)).encode()
        return f"{len(message)} ".encode() + message

    def close(self) -> None:
        """Send what waits, for as long as a call may take, and end."""
        if self._thread is not None and self._process == os.getpid():
            with contextlib.suppress(queue.Full):
                self._waiting.put_nowait(None)
            self._thread.join(PATIENCE)
            self._stopping.set()
        super().close()

    def _begin(self) -> None:
        """A queue and a thread of this process's own: neither comes along when the server makes its processes."""
        self._process = os.getpid()
        self._waiting, self._stopping = queue.Queue(ROOM), threading.Event()
        self._lost, self._counting = 0, threading.Lock()
        self._thread = threading.Thread(target=self._send_all, name="log-receiver", daemon=True)
        self._thread.start()

    def _send_all(self) -> None:
        line: ssl.SSLSocket | None = None
        tries = 0
        while (message := self._waiting.get()) is not None:
            while not self._stopping.is_set():
                try:
                    if line is None:
                        line = self._call()
                    if _is_open(line):
                        line.sendall(message)
                        self._tell_of_lost(line)
                        tries = 0
                        break
                except OSError:
                    self._stopping.wait(PAUSES[min(tries, len(PAUSES) - 1)])
                    tries += 1
                _hang_up(line)
                line = None
        _hang_up(line)

    def _tell_of_lost(self, line: ssl.SSLSocket) -> None:
        """Say how many lines found no room, where there are any."""
        if lost := self._lost:
            record = logging.LogRecord(__name__, logging.WARNING, __file__, 0, "Lines were lost.", None, None)
            record.told = {"lost": lost}
            line.sendall(self.framed(record))
            with self._counting:
                self._lost -= lost

    def _call(self) -> ssl.SSLSocket:
        plain = socket.create_connection((self.host, self.port), timeout=PATIENCE)
        try:
            return context(self.authority).wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def _hang_up(line: ssl.SSLSocket | None) -> None:
    if line is not None:
        line.close()


def _is_open(line: ssl.SSLSocket) -> bool:
    """Whether the receiver is still there: it never says anything, so what can be read is that it has hung up."""
    try:
        line.settimeout(0)
        return line.recv(1) != b""
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            line.settimeout(PATIENCE)


def handlers(named: str, authority: str) -> dict[str, dict[str, object]]:
    """The handler for what GRUNNMUR_LOG_RECEIVER names, by its own name; none when it names none. Raises
    ImproperlyConfigured.
    """
    if not named or named == "stderr":
        return {}
    host, port = read_address(named, authority)
    return {
        "receiver": {
            "()": "grunnmur.log_receiver.Receiver",
            "host": host,
            "port": port,
            "authority": authority,
            "formatter": "json",
        }
    }
