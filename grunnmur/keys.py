"""The keys that the database never holds, and what is done with them: sealing, opening, and indexing by a secret.

Each kind of secret has a keyset of its own (`Keyset`), a file in `GRUNNMUR_KEYS`. The files are wrapped by a key that
the operator keeps elsewhere (`GRUNNMUR_KEK`, or a file that `GRUNNMUR_KEK_FILE` names), so neither the folder nor the
database is worth anything alone. The cryptography is Tink's; nothing here is our own.

A keyset holds one key that new values are sealed with, and those before it, which still open what they sealed. A file
that has changed is read again at the next use: a new key needs no new start.
"""

import base64
import binascii
import os
import secrets
import threading
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import tink
from django.conf import settings
from tink import aead, prf, secret_key_access
from tink.proto import aes_gcm_pb2, tink_pb2

aead.register()
prf.register()

KEK_BYTES = 32
INDEX_BYTES = 16
PREFIX_BYTES = 5
"""What each sealed value begins with: a version, and the number of its key (Tink's output prefix)."""


class Keyset(StrEnum):
    """The keysets, and what each is for. The value is the file's name."""

    NATIONAL_ID = "national_id"
    """National identity numbers of children."""
    NATIONAL_ID_INDEX = "national_id_index"
    """What finds a child by its number, within one service."""
    OWN_WORDS = "own_words"
    """What a child said, in its own words."""
    ADDRESS = "address"
    """What can tell where a child is, or how to reach those it lives with."""
    FILE = "file"
    """Files that belong to a mapping or a referral."""
    FACTOR = "factor"
    """What second factors are checked with: the secrets behind one-time codes, and what passkeys are held against."""
    LOG = "log"
    """What the chains of the logs are made with."""

    @property
    def seals(self) -> bool:
        """Whether it seals and opens values; the others only make codes of them."""
        return self not in (Keyset.NATIONAL_ID_INDEX, Keyset.LOG)


class NoKeys(Exception):
    """A keyset is missing or cannot be unwrapped. Says which and what to do; never anything of the key."""


class CannotOpen(Exception):
    """A value was sealed with another key or for another place, or has been changed. Says nothing of the value."""


# --- sealing, opening, indexing ------------------------------------------------------------------------------


def encrypt(plain: bytes, *, keyset: Keyset, about: bytes) -> bytes:
    """Seal a value. `about` is where it belongs (`table|row|column`): it opens nowhere else. 33 bytes longer."""
    return bytes(_load(keyset).aead.encrypt(plain, about))


def decrypt(cipher: bytes, *, keyset: Keyset, about: bytes) -> bytes:
    """Open a value. Raises CannotOpen."""
    try:
        return bytes(_load(keyset).aead.decrypt(cipher, about))
    except tink.TinkError:
        raise CannotOpen(f"A value of «{keyset}» does not open here.") from None


def index(value: str, *, about: str, keyset: Keyset = Keyset.NATIONAL_ID_INDEX) -> bytes:
    """16 bytes that stand for a value in an index, and that nobody can work out without the key (a PRF).

    `about` says within what it is to be found: with the service's id in it, equal values of two services differ.
    """
    return indexes(value, about=about, keyset=keyset)[0]


def indexes(value: str, *, about: str, keyset: Keyset = Keyset.NATIONAL_ID_INDEX) -> list[bytes]:
    """The same by every key of the keyset, the one in use first: while keys are changed, rows have either."""
    loaded = _load(keyset)
    functions = loaded.prfs.all()
    others = [number for number in functions if number != loaded.primary]
    message = f"{about}|{value}".encode()
    return [functions[number].compute(message, INDEX_BYTES) for number in (loaded.primary, *others)]


def mac_key(label: str) -> bytes:
    """A key of 32 bytes for the logs' chains, one for each label: the same until the keyset is given a new key."""
    loaded = _load(Keyset.LOG)
    return _mac_key(loaded, loaded.primary, label)


def mac_keys(label: str) -> list[bytes]:
    """The same by every key of the keyset, the oldest first: what was coded by any of them can be told."""
    loaded = _load(Keyset.LOG)
    return [_mac_key(loaded, number, label) for number in loaded.numbers]


def _mac_key(loaded: "_Loaded", number: int, label: str) -> bytes:
    return bytes(loaded.prfs.all()[number].compute(f"mac|{label}".encode(), 32))


# --- what a keyset says of itself ----------------------------------------------------------------------------


def prefix(keyset: Keyset) -> bytes:
    """What every value begins with that is sealed by the key in use; others are to be sealed anew."""
    return b"\x01" + _load(keyset).primary.to_bytes(PREFIX_BYTES - 1, "big")


def count(keyset: Keyset) -> int:
    """How many keys the keyset holds; more than one while values are being sealed anew."""
    return len(_load(keyset).numbers)


def check_value(keyset: Keyset) -> bytes:
    """What the database keeps to tell whether it and the program have the same keys; worth nothing without them."""
    if keyset.seals:
        return encrypt(b"grunnmur", keyset=keyset, about=f"check|{keyset}".encode())
    return index("grunnmur", about="check", keyset=keyset)


def knows(keyset: Keyset, check: bytes) -> bool:
    """Whether a check value was made with a key of this keyset."""
    if not keyset.seals:
        return check in indexes("grunnmur", about="check", keyset=keyset)
    try:
        return decrypt(check, keyset=keyset, about=f"check|{keyset}".encode()) == b"grunnmur"
    except CannotOpen:
        return False


def faults() -> list[str]:
    """What is wrong with the keys, in words; an empty list means that every keyset can be used."""
    found = []
    for keyset in Keyset:
        try:
            _load(keyset)
        except NoKeys as fault:
            found.append(str(fault))
    return found


# --- making and changing keys --------------------------------------------------------------------------------


def make_missing() -> list[Keyset]:
    """Make the keysets that are not there, and say which. Never touches one that is. Raises NoKeys."""
    made = []
    for keyset in Keyset:
        if not _path(keyset).exists():
            template = aead.aead_key_templates.AES256_GCM if keyset.seals else prf.prf_key_templates.HMAC_SHA256
            if _write(keyset, _keys_of(tink.new_keyset_handle(template)), replace=False):
                made.append(keyset)
    return made


def add_key(keyset: Keyset, *, use: bool) -> None:
    """Add a new key. With `use` new values are sealed with it from now on; without, it only opens."""
    template = aead.aead_key_templates.AES256_GCM if keyset.seals else prf.prf_key_templates.HMAC_SHA256
    keys, made = _keys_of(_handle(keyset)), _keys_of(tink.new_keyset_handle(template))
    keys.key.append(made.key[0])
    if use:
        keys.primary_key_id = made.primary_key_id
    _write(keyset, keys)


def uses_newest(keyset: Keyset) -> bool:
    """Whether the key in use is the one that was added last."""
    loaded = _load(keyset)
    return loaded.primary == loaded.numbers[-1]


def use_newest(keyset: Keyset) -> None:
    """Seal with the key that was added last from now on."""
    keys = _keys_of(_handle(keyset))
    keys.primary_key_id = keys.key[-1].key_id
    _write(keyset, keys)


def retire_old(keyset: Keyset) -> int:
    """Throw away every key but the one in use, and say how many. What they sealed never opens again."""
    keys = _keys_of(_handle(keyset))
    kept = [key for key in keys.key if key.key_id == keys.primary_key_id]
    gone = len(keys.key) - len(kept)
    del keys.key[:]
    keys.key.extend(kept)
    _write(keyset, keys)
    return gone


def rewrap() -> None:
    """Wrap every keyset with the first key of `GRUNNMUR_KEK`, after it was given a new one before the old."""
    for keyset in Keyset:
        _write(keyset, _keys_of(_handle(keyset)))


# --- files ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A keyset as it was when its file was last read."""

    read_from: tuple[int, int, int]
    primary: int
    numbers: tuple[int, ...]
    handle: tink.KeysetHandle
    sealing: aead.Aead | None
    coding: prf.PrfSet | None

    @property
    def aead(self) -> aead.Aead:
        assert self.sealing is not None, "this keyset makes codes and seals nothing"
        return self.sealing

    @property
    def prfs(self) -> prf.PrfSet:
        assert self.coding is not None, "this keyset seals and makes no codes"
        return self.coding


_loaded: dict[Path, _Loaded] = {}
_reading = threading.Lock()


def _path(keyset: Keyset) -> Path:
    return Path(settings.KEYS_FOLDER) / f"{keyset}.keyset"


def _load(keyset: Keyset) -> _Loaded:
    """The keyset, read again when its file is another than last time. Raises NoKeys."""
    path = _path(keyset)
    try:
        found = path.stat()
    except FileNotFoundError:
        if settings.IS_PRODUCTION:
            raise NoKeys(f"The keyset {path} is missing. Restore it, or run «grunnmur make_keys» once.") from None
        make_missing()
        found = path.stat()
    read_from = (found.st_ino, found.st_mtime_ns, found.st_size)
    loaded = _loaded.get(path)
    if loaded is None or loaded.read_from != read_from:
        with _reading:
            loaded = _loaded[path] = _read(keyset, read_from)
    return loaded


def _read(keyset: Keyset, read_from: tuple[int, int, int]) -> _Loaded:
    handle = _handle(keyset)
    info = handle.keyset_info()
    return _Loaded(
        read_from=read_from,
        primary=info.primary_key_id,
        numbers=tuple(key.key_id for key in info.key_info),
        handle=handle,
        sealing=handle.primitive(aead.Aead) if keyset.seals else None,
        coding=None if keyset.seals else handle.primitive(prf.PrfSet),
    )


def _handle(keyset: Keyset) -> tink.KeysetHandle:
    """The keyset as its file says now. Raises NoKeys."""
    path = _path(keyset)
    try:
        return tink.json_proto_keyset_format.parse_encrypted(path.read_text(), _kek(settings.KEK), str(keyset).encode())
    except OSError as fault:
        raise NoKeys(f"The keyset {path} cannot be read: {fault.strerror}.") from None
    except (tink.TinkError, ValueError):
        raise NoKeys(f"GRUNNMUR_KEK is not the key that {path} was wrapped with, or the file is damaged.") from None


def _keys_of(handle: tink.KeysetHandle) -> tink_pb2.Keyset:
    return tink_pb2.Keyset.FromString(tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def _write(keyset: Keyset, keys: tink_pb2.Keyset, *, replace: bool = True) -> bool:
    """Write a keyset whole or not at all, for its owner's eyes. Returns whether it was written."""
    handle = tink.proto_keyset_format.parse(keys.SerializeToString(), secret_key_access.TOKEN)
    text = tink.json_proto_keyset_format.serialize_encrypted(handle, _kek(settings.KEK), str(keyset).encode())
    return write_secret(_path(keyset), text, replace=replace)


def write_secret(path: Path, text: str, *, replace: bool) -> bool:
    """Write a file that only its owner can read, whole or not at all. False when it stood there already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            new.replace(path)
        else:
            path.hardlink_to(new)
    except FileExistsError:
        return False
    finally:
        new.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


@lru_cache(maxsize=4)
def _kek(words: str) -> aead.Aead:
    """The wrapping key: the first of those given wraps, all unwrap. Raises NoKeys."""
    if not words:
        raise NoKeys(
            "GRUNNMUR_KEK is missing: the key that the keysets are wrapped with. Make one with\n"
            '  python3 -c "import secrets; print(secrets.token_urlsafe(32))"\n'
            "and keep it apart from the database and its backups."
        )
    keyset = tink_pb2.Keyset(primary_key_id=1)
    for number, word in enumerate(words.split(), start=1):
        try:
            value = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            value = b""
        if len(value) != KEK_BYTES:
            raise NoKeys("GRUNNMUR_KEK must be 32 random bytes in URL-safe base64 (43 characters).")
        keyset.key.add(
            key_id=number,
            status=tink_pb2.KeyStatusType.ENABLED,
            output_prefix_type=tink_pb2.OutputPrefixType.RAW,
            key_data=tink_pb2.KeyData(
                type_url="type.googleapis.com/google.crypto.tink.AesGcmKey",
                value=aes_gcm_pb2.AesGcmKey(key_value=value).SerializeToString(),
                key_material_type=tink_pb2.KeyData.KeyMaterialType.SYMMETRIC,
            ),
        )
    handle = tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(aead.Aead)
