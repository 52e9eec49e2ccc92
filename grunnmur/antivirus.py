"""Asks an antivirus whether a file is harmful: clamd, over its own protocol (`INSTREAM`, clamd(8)).

Off unless the operator names one. When one is named and does not answer, nothing is taken in: a file that nobody has
looked through is never kept. clamd takes files unencrypted, so it must be on this machine.
"""

import socket
import struct
from contextlib import closing
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PATIENCE = 10.0
"""Seconds that it gets to take each part and to answer; our own choice, and less than the database lets anyone wait."""
CHUNK = 1 << 16
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CLEAN, HARMFUL = b"stream: OK", b" FOUND"


class Unanswered(Exception):
    """Nobody knows whether the file is harmful: there was no answer, or one of another kind."""


def read_address(url: str) -> tuple[str, int] | str | None:
    """Where clamd is: the file of its socket, or a host and a port on this machine. None when none is named.

    Raises ImproperlyConfigured.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if parts.scheme == "unix" and not host and parts.path.startswith("/"):
        return parts.path
    if parts.scheme == "tcp" and host in LOOPBACK and port:
        return host, port
    raise ImproperlyConfigured("GRUNNMUR_ANTIVIRUS must be unix:/PATH of clamd's socket, or tcp://127.0.0.1:PORT.")


def is_harmful(data: bytes, *, at: tuple[str, int] | str) -> bool:
    """Whether the antivirus knows something in a file to be harmful. Raises Unanswered."""
    try:
        answer = _ask(data, at)
    except OSError as fault:
        raise Unanswered from fault
    if answer == CLEAN:
        return False
    if answer.endswith(HARMFUL):
        return True
    raise Unanswered  # it was too large for it, or a limit of its own was reached


def _ask(data: bytes, at: tuple[str, int] | str) -> bytes:
    line = socket.socket(socket.AF_UNIX) if isinstance(at, str) else socket.create_connection(at, timeout=PATIENCE)
    with closing(line):
        line.settimeout(PATIENCE)
        if isinstance(at, str):
            line.connect(at)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            part = data[start : start + CHUNK]
            line.sendall(struct.pack(">I", len(part)) + part)
        line.sendall(struct.pack(">I", 0))
        return b"".join(iter(lambda: line.recv(4096), b"")).rstrip(b"\0")
