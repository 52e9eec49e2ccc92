"""The shapes that the files of stewardship share: a key, where something stands, and words in two languages."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

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
