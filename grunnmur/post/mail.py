"""Mail out: over SMTP with TLS, or into files where nothing may leave the machine."""

import os
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from grunnmur.post import texts
from grunnmur.post.terms import FailureCode
from grunnmur.post.ways import TAKEN, NotSetUp, Outcome, Way, failed, put_off, uncertain

PATIENCE = 20
"""Seconds that each answer of the mail server may take."""
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
"""What is sent to: an address in plain ASCII. Nothing in it can end a line or begin another command."""
NO_SUCH_ADDRESS = frozenset({550, 551, 553})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, from an address such as `smtps://name@mail.example.no:465` or `smtp://mail.example.no:587`."""

    host: str
    port: int
    username: str
    is_tls: bool
    """Encrypted from the first byte; otherwise with STARTTLS before anything is said."""

    @property
    def needs_starttls(self) -> bool:
        """Always, but on this machine itself, where nobody listens on the way."""
        return not self.is_tls and self.host not in LOOPBACK


def read_server(url: str) -> Server:
    """The server that an address names. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.password:
        raise ImproperlyConfigured(
            "GRUNNMUR_SMTP_URL must be smtp://HOST:PORT or smtps://HOST:PORT, with NAME@ before the host if the server"
            " asks for one. The password stands in the file that GRUNNMUR_SMTP_PASSWORD_FILE names."
        )
    is_tls = parts.scheme == "smtps"
    return Server(parts.hostname, parts.port or (465 if is_tls else 587), unquote(parts.username or ""), is_tls)


class Mail:
    """One line to a mail server, opened when it is needed and kept while there is more to send."""

    def __init__(self, server: Server, *, password: str) -> None:
        self.server, self.password = server, password
        self._line: smtplib.SMTP | None = None

    def send(self, address: str, *, name: str, page: str = "", may_leave: Callable[[], bool]) -> Outcome | None:
        if not ADDRESS.fullmatch(address):
            return failed(FailureCode.WRONG_ADDRESS)
        try:
            refusal = self._say_who(address, name)
        except (OSError, smtplib.SMTPException):
            self.close()
            return put_off(FailureCode.SERVER_DOWN)
        if refusal is not None:
            return refusal
        if not may_leave():
            self.close()  # the server has been told who, and is told no more
            return None
        return self._say_what(texts.mail(to=address, name=name, page=page))

    def _say_who(self, address: str, name: str) -> Outcome | None:
        """From whom and to whom; nothing of the text. A refusal, or None when the server takes it."""
        line = self._open()
        has_dsn = line.has_extn("dsn")
        code, _words = line.mail(settings.MAIL_FROM, [f"ENVID={name}"] if has_dsn else [])
        if code != 250:
            self.close()
            return put_off(FailureCode.SERVER_DOWN)
        code, _words = line.rcpt(address, ["NOTIFY=FAILURE"] if has_dsn else [])
        if code in (250, 251):
            return None
        line.rset()
        return _refused(code)

    def _say_what(self, text: bytes) -> Outcome:
        """The text itself. Once it is on its way, only the server's answer says whether it arrived."""
        line = self._line
        assert line is not None, "whom it is to has just been said on it"
        try:
            code, _words = line.docmd("DATA")
        except (OSError, smtplib.SMTPException):
            self.close()
            return put_off(FailureCode.SERVER_DOWN)
        if code != 354:
            return _refused(code)
        assert not any(part.startswith(b".") for part in text.split(b"\r\n")), "no line of the text begins with a dot"
        try:
            line.send(text + b".\r\n")
            code, _words = line.getreply()
        except (OSError, smtplib.SMTPException):
            self.close()
            return uncertain(FailureCode.LINE_BROKE)
        return TAKEN if code == 250 else _refused(code)

    def _open(self) -> smtplib.SMTP:
        if self._line is None:
            self._line = self._connect()
        return self._line

    def _connect(self) -> smtplib.SMTP:
        tls = ssl.create_default_context()
        server = self.server
        line: smtplib.SMTP
        if server.is_tls:
            line = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=tls)
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        try:
            if server.needs_starttls:
                line.starttls(context=tls)
            line.ehlo_or_helo_if_needed()
            if server.username:
                line.login(server.username, self.password)
        except BaseException:
            line.close()
            raise
        return line

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _refused(code: int) -> Outcome:
    """What a server's no means: 4xx is for now, 5xx for good (RFC 5321, 4.2.1)."""
    if 500 <= code < 600:
        return failed(FailureCode.WRONG_ADDRESS if code in NO_SUCH_ADDRESS else FailureCode.REFUSED)
    return put_off(FailureCode.TRY_LATER)


class Files:
    """Each mail as a file in a folder: for the demo, where nothing may leave the machine, and for tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, address: str, *, name: str, page: str = "", may_leave: Callable[[], bool]) -> Outcome | None:
        if not may_leave():
            return None
        write_whole(self.folder / f"{name}.eml", texts.mail(to=address, name=name, page=page))
        return TAKEN

    def close(self) -> None:
        """There is no line."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def way() -> Way:
    """The way that the settings name. Raises ImproperlyConfigured."""
    if settings.SMTP_URL:
        return Mail(read_server(settings.SMTP_URL), password=settings.SMTP_PASSWORD)
    return Files(settings.OUT_FOLDER / "mail") if settings.OUT_FOLDER else NotSetUp()
