"""An antivirus is asked about a file: a real clamd (Debian's `clamav-daemon`), with one signature of our own."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.exceptions import ImproperlyConfigured

from grunnmur import antivirus
from grunnmur.antivirus import Unanswered, is_harmful
from tests.environment import need

CLAMD = "/usr/sbin/clamd"
HARMFUL = b"GRUNNMUR-TEST-SIGNATURE-AND-NO-VIRUS"
ROOM = 1_000_000


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """The socket of a clamd of our own, which is gone afterwards."""
    need(CLAMD, package="clamav-daemon")
    with TemporaryDirectory(prefix="clamd") as name:  # short: the path of a socket has room for a hundred letters
        folder = Path(name)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "own.ndb").write_text(f"Grunnmur.Test:0:*:{HARMFUL.hex()}\n")
        path = folder / "clamd.sock"
        (folder / "clamd.conf").write_text(
            f"Foreground yes\nLocalSocket {path}\nDatabaseDirectory {folder / 'signatures'}\n"
            f"TemporaryDirectory {folder}\nStreamMaxLength {ROOM}\n"
        )
        with (folder / "log").open("w") as log:
            running = subprocess.Popen([CLAMD, "--config-file", str(folder / "clamd.conf")], stdout=log, stderr=log)
        end = time.monotonic() + 30
        while not path.exists():
            assert running.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, "clamd did not begin"
            time.sleep(0.02)
        yield str(path)
        running.terminate()
        running.wait(20)


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        pytest.param(b"Kanarifuglen sover.", False, id="a text"),
        pytest.param(b"x" * 300_000, False, id="in several parts"),
        pytest.param(b"before " + HARMFUL + b" after", True, id="a signature"),
        pytest.param(b"x" * (antivirus.CHUNK - 5) + HARMFUL, True, id="a signature across two parts"),
    ],
)
def test_clamd_says_what_is_harmful(clamd: str, data: bytes, is_one: bool) -> None:
    """V5.4.3."""
    assert is_harmful(data, at=clamd) == is_one


def test_a_file_that_clamd_will_not_take_is_not_called_harmless(clamd: str) -> None:
    with pytest.raises(Unanswered):
        is_harmful(b"x" * (ROOM + antivirus.CHUNK * 2), at=clamd)


@pytest.mark.parametrize(
    "answer", [b"", b"stream: OK but", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b"hello"]
)
def test_another_answer_is_none(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def say() -> None:
            line, _from = server.accept()
            with line, suppress(OSError):
                while not line.recv(4096).endswith(b"\0\0\0\0"):
                    pass
                line.sendall(answer)

        thread = threading.Thread(target=say)
        thread.start()
        with pytest.raises(Unanswered):
            is_harmful(b"x", at=server.getsockname())
        thread.join(10)


@pytest.mark.parametrize("is_slow", [True, False], ids=["is silent", "is not there"])
def test_one_that_does_not_answer_is_not_waited_for_for_ever(is_slow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(antivirus, "PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        at = server.getsockname()
        if not is_slow:
            server.close()
        with pytest.raises(Unanswered):
            is_harmful(b"x", at=at)


@pytest.mark.parametrize(
    ("url", "at"),
    [
        ("", None),
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("tcp://127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("tcp://[::1]:3310", ("::1", 3310)),
    ],
)
def test_where_it_is(url: str, at: object) -> None:
    assert antivirus.read_address(url) == at


@pytest.mark.parametrize(
    "url",
    ["clamd", "unix:clamd.ctl", "tcp://127.0.0.1", "tcp://scan.example.no:3310", "tcp://127.0.0.1:x", "http://::1:1"],
)
def test_an_address_that_is_none_or_leaves_the_machine_stops_the_start(url: str) -> None:
    """clamd's protocol is not encrypted."""
    with pytest.raises(ImproperlyConfigured):
        antivirus.read_address(url)
