"""Sealing of files with Tink: anyone with the public key can seal, only the private key opens.

Each file has a key of its own (streaming AES-256-GCM), which is sealed to the public key (HPKE, RFC 9180) and stands
first in the file. So whoever takes the copying machine can read none of what it has copied.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tink
from tink import hybrid, json_proto_keyset_format, proto_keyset_format, secret_key_access, streaming_aead

from grunnmur.postgres import NotReady

hybrid.register()
streaming_aead.register()

MAGIC = b"grunnmur sealed 1\n"
PIECE = 1 << 20
"""Bytes in each piece that is encrypted by itself, and read at a time."""
_WRAPPED_KEY = hybrid.hybrid_key_templates.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM
_FILE_KEY = streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB


class Damaged(NotReady):
    """A sealed file is cut short, changed, exchanged for another, or sealed to another key."""


@dataclass(frozen=True, slots=True)
class Key:
    """One of the two keys to the copies: the copying side's seals; the other also opens."""

    keyset: tink.KeysetHandle
    opens: bool


def make_keys(*, sealing: Path, opening: Path) -> None:
    """Write the two keys, each in a new file that only its owner can read. Raises NotReady."""
    private = tink.new_keyset_handle(_WRAPPED_KEY)
    texts = {
        sealing: json_proto_keyset_format.serialize_without_secret(private.public_keyset_handle()),
        opening: json_proto_keyset_format.serialize(private, secret_key_access.TOKEN),
    }
    for path in texts:
        if path.exists():
            raise NotReady(f"{path} exists. A key is never written over; name another file.")
    for path, keyset in texts.items():
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as fault:
            raise NotReady(f"The key cannot be written to {path}: {fault.strerror}.") from fault
        with os.fdopen(handle, "w") as file:
            json.dump({"opens": path == opening, "keyset": json.loads(keyset)}, file, indent=1)


def read_key(path: Path) -> Key:
    """The key in a file that `make_keys` wrote. Raises NotReady."""
    try:
        found = json.loads(path.read_text())
        keyset, opens = json.dumps(found["keyset"]), bool(found["opens"])
        handle = (
            json_proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
            if opens
            else json_proto_keyset_format.parse_without_secret(keyset)
        )
        return Key(handle, opens)
    except OSError as fault:
        raise NotReady(f"The key cannot be read from {path}: {fault.strerror}.") from fault
    except (ValueError, KeyError, TypeError, tink.TinkError) as fault:
        raise NotReady(f"{path} is not a key that «grunnmur make_backup_keys» made.") from fault


def write(pieces: Iterable[bytes], path: Path, *, key: Key, about: str) -> str:
    """Seal what comes into a file that is whole on the disk before it has its name. Returns the file's SHA-256.

    `about` says what the file is; it opens as nothing else.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    file_key = tink.new_keyset_handle(_FILE_KEY)
    public = key.keyset.public_keyset_handle() if key.opens else key.keyset
    wrapped = public.primitive(hybrid.HybridEncrypt).encrypt(
        proto_keyset_format.serialize(file_key, secret_key_access.TOKEN), about.encode()
    )
    with unfinished.open("wb") as file:
        file.write(MAGIC + len(wrapped).to_bytes(2, "big") + wrapped)
        stream = file_key.primitive(streaming_aead.StreamingAead).new_encrypting_stream(file, about.encode())
        with stream as sealed:
            for piece in pieces:
                sealed.write(piece)
    digest = sha256(unfinished)
    keep_on_disk(unfinished)
    unfinished.replace(path)
    keep_on_disk(path.parent)
    return digest


def read(path: Path, *, key: Key, about: str) -> Iterator[bytes]:
    """What was sealed, piece by piece. Raises Damaged, also at the end of a file that was cut short."""
    if not key.opens:
        raise Damaged(
            "This key only seals. To read the copies takes the other one, which was put away when they were made."
        )
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise Damaged(f"{path} is damaged: it does not begin as a sealed file does.")
            wrapped = file.read(int.from_bytes(file.read(2), "big"))
            if wrapped[1:5] not in {item.key_id.to_bytes(4, "big") for item in key.keyset.keyset_info().key_info}:
                raise Damaged(f"{path} is sealed to another key than this one, or is damaged.")
            plain = key.keyset.primitive(hybrid.HybridDecrypt).decrypt(wrapped, about.encode())
            file_key = proto_keyset_format.parse(plain, secret_key_access.TOKEN)
            stream = file_key.primitive(streaming_aead.StreamingAead).new_decrypting_stream(file, about.encode())
            with stream as opened:
                while piece := opened.read(PIECE):
                    yield piece
    except FileNotFoundError as fault:
        raise Damaged(f"{path} is missing.") from fault
    except tink.TinkError as fault:
        raise Damaged(f"{path} is damaged: it was cut short, changed, or exchanged for another.") from fault


def sha256(path: Path) -> str:
    """A file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_on_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
