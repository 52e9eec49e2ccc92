"""The shapes that the files of stewardship share, and how one is read."""

from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from grunnmur import yaml_file
from grunnmur.places import DEFINITIONS

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z-]{3,40}$")]


class Shape(BaseModel):
    """A part of a file; a field that it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Shape):
    """Where something stands: a key of `sources.yaml`, and the place in it."""

    key: Text
    place: Text
    official: bool


class Words(Shape):
    """Something in one language."""

    title: Text
    about: Text


class Spoken(Shape):
    """Something with a key, in bokmål and nynorsk."""

    key: Key
    nb: Words
    nn: Words

    def words(self, language: str) -> Words:
        """It in a language; bokmål in any other than nynorsk."""
        return self.nn if language == "nn" else self.nb


class Named(Shape):
    """Something with a key that needs no more than a name, in bokmål and nynorsk."""

    key: Key
    nb: Text
    nn: Text

    def name(self, language: str) -> str:
        """Its name in a language; bokmål in any other than nynorsk."""
        return self.nn if language == "nn" else self.nb


File = TypeVar("File", bound=Shape)


def read(shape: type[File], name: str) -> File:
    """A file of `definitions/`. Raises ValueError when it has a wrong shape."""
    return shape.model_validate(yaml_file.read(DEFINITIONS / name))


def check_once(name: str, keys: Iterable[str]) -> None:
    """Raises ValueError when a key stands twice in a file."""
    found = list(keys)
    if len(set(found)) != len(found):
        raise ValueError(f"{name}: a key stands twice")
