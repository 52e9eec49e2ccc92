"""Columns that the database keeps and cannot read: each value is sealed by the program, for its own row and column.

A value is opened when it is looked at and not when its row is read, so a list that does not show it does not pay. The
columns are `bytea` to the database and to migrations.
"""

from typing import Any, cast
from uuid import UUID

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from grunnmur import keys
from grunnmur.keys import Keyset


class Sealed(bytes):
    """A sealed value. Shows nothing of itself, and is the only thing that is written to an encrypted column."""

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


class _OpenedWhenLookedAt(DeferredAttribute):
    """The attribute of a row that holds the value: sealed as it came, and opened the first time somebody asks."""

    field: "Encrypted"

    def __get__(self, row: models.Model | None, owner: Any = None) -> Any:
        value = super().__get__(row, owner)
        if row is not None and isinstance(value, Sealed):
            value = row.__dict__[self.field.attname] = self.field.open(value, of=row.pk)
        return value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class Encrypted(models.BinaryField):  # type: ignore[type-arg]  # only the stubs make it generic
    """A text that is sealed with one keyset. It cannot be searched: what finds a row by it is a `KeyedIndex`."""

    descriptor_class = _OpenedWhenLookedAt
    at_once = 500
    """Rows whose values are sealed anew in one transaction, when keys are changed: some milliseconds, so that nobody
    waits for it."""

    def __init__(self, *, keyset: Keyset | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.keyset = cast(Keyset, keyset)  # none only in a migration, which reads no values

    def deconstruct(self) -> Any:
        """Bytes to a migration, so that tables can be made without this file."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.BinaryField", arguments, options

    def seal(self, value: str, *, of: UUID) -> Sealed:
        """The value as it stands in the row with this key, and in no other."""
        return Sealed(keys.encrypt(value.encode(), keyset=self.keyset, about=self._about(of)))

    def open(self, value: bytes, *, of: UUID) -> str:
        """The value of the row with this key. Raises keys.CannotOpen for one that was sealed for another."""
        return keys.decrypt(value, keyset=self.keyset, about=self._about(of)).decode()

    def _about(self, key: UUID) -> bytes:
        return f"{self.model._meta.db_table}|{key}|{self.column}".encode()

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Sealed | None:
        """As the database has it: opening takes the row's key."""
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Always sealed anew, so that whatever is written is sealed with the key in use."""
        value: str | None = getattr(model_instance, self.attname)
        return None if value is None else self.seal(value, of=model_instance.pk)

    def get_prep_value(self, value: Any) -> Any:
        """Raises TypeError for what is not sealed: it would be written, or searched for, in plain."""
        if value is None or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.name} is encrypted: it is written by saving its row, and cannot be searched.")

    def get_default(self) -> str | None:
        """Nothing, or no words."""
        return None if self.null else ""


class EncryptedFile(Encrypted):
    """The bytes of a file, sealed in the same way. Rows that have one are read without it, until somebody wants it."""

    at_once = 4
    """Rows whose values are sealed anew together: each may be ten megabytes."""

    def seal(self, value: bytes, *, of: UUID) -> Sealed:  # type: ignore[override]  # bytes, where the others are text
        return Sealed(keys.encrypt(value, keyset=self.keyset, about=self._about(of)))

    def open(self, value: bytes, *, of: UUID) -> bytes:  # type: ignore[override]  # the same
        return keys.decrypt(value, keyset=self.keyset, about=self._about(of))


class KeyedIndex(models.BinaryField):  # type: ignore[type-arg]
    """A code of 16 bytes that finds a row by an encrypted value, within one service, and tells nothing of it."""

    def __init__(self, *, of: str = "", within: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.of, self.within = of, within

    def deconstruct(self) -> Any:
        """Bytes to a migration."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.BinaryField", arguments, options

    def codes(self, value: str, *, within: UUID) -> list[bytes]:
        """What a row with this value may have in the index: the code in use first, older ones while keys change."""
        return keys.indexes(value, about=f"{self.model._meta.db_table}|{self.column}|{within}")

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        """Worked out from the value itself, so that the two never differ."""
        value: str | None = getattr(model_instance, self.of)
        return None if value is None else self.codes(value, within=getattr(model_instance, self.within))[0]


def encrypted_columns() -> list[Encrypted]:
    """Every encrypted column there is."""
    return [field for field in _fields() if isinstance(field, Encrypted)]


def keyed_indexes() -> list[KeyedIndex]:
    """Every keyed index there is."""
    return [field for field in _fields() if isinstance(field, KeyedIndex)]


def _fields() -> list[Any]:
    from django.apps import apps

    return [field for model in apps.get_models() for field in model._meta.local_fields]
