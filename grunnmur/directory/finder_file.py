"""What «Hvor kan jeg få hjelp?» knows of people's words: `definitions/finder.yaml`, read once. Pure: no database."""

from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grunnmur import yaml_file
from grunnmur.directory.kinds import HelpLevel, OfferKind
from grunnmur.places import DEFINITIONS

FILE = DEFINITIONS / "finder.yaml"
LANGUAGES = ("nb", "nn", "en")
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InEach(_Shape):
    """One text in each language of the public pages."""

    nb: Text
    nn: Text
    en: Text

    def text(self, language: str) -> str:
        """The text in a language; bokmål in any other."""
        found: str = getattr(self, language if language in LANGUAGES else "nb")
        return found


class Kind(_Shape):
    """What is usual for one kind of offer."""

    level: HelpLevel
    needs_referral: bool
    nb: Text
    nn: Text
    en: Text

    def text(self, language: str) -> str:
        """What it helps with, when the offer does not say it itself."""
        return InEach(nb=self.nb, nn=self.nn, en=self.en).text(language)


class EmergencyText(_Shape):
    name: Text
    why: Text


class Emergency(_Shape):
    """One number to call now, and the words that point at it."""

    key: Text
    phone: Annotated[str, StringConstraints(pattern=r"^\d{3,6}$")]
    nb: EmergencyText
    nn: EmergencyText
    en: EmergencyText
    cues: tuple[Text, ...] = Field(min_length=1)

    def text(self, language: str) -> EmergencyText:
        """Its name and reason in a language."""
        found: EmergencyText = getattr(self, language if language in LANGUAGES else "nb")
        return found


class Need(_Shape):
    """Something that is difficult, the words people use of it, and who can help, the nearest first."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    areas: tuple[str, ...]
    label: InEach
    picture: bool = False
    weight: float = 1.0
    instead_of: tuple[str, ...] = ()
    """Needs that this one stands for, when both are met."""
    emergency: str = ""
    """The key of the emergency that this always is; empty for what can wait."""
    kinds: tuple[OfferKind, ...] = Field(min_length=1)
    cues: tuple[Text, ...] = Field(min_length=1)


class WithoutMatch(_Shape):
    kinds: tuple[OfferKind, ...] = Field(min_length=1)
    reason: Text


class Freshness(_Shape):
    """How much an offer counts that was verified within so many months."""

    months: int
    factor: float


class Finder(_Shape):
    """The whole file."""

    levels: dict[HelpLevel, InEach]
    kinds: dict[OfferKind, Kind]
    without_match: WithoutMatch
    freshness: tuple[Freshness, ...] = Field(min_length=1)
    emergencies: tuple[Emergency, ...]
    named: dict[OfferKind, tuple[Text, ...]]
    same: dict[Text, tuple[Text, ...]]
    plain: str
    needs: tuple[Need, ...]

    def need(self, key: str) -> Need | None:
        """The need with a key, if there is one."""
        return next((one for one in self.needs if one.key == key), None)


@cache
def finder() -> Finder:
    """The file, checked. Raises ValueError when something is missing, stands twice or has a wrong shape."""
    found = Finder.model_validate(yaml_file.read(FILE))
    keys = [one.key for one in found.needs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"{FILE.name}: a need stands twice")
    if set(found.kinds) != set(OfferKind) or set(found.levels) != set(HelpLevel):
        raise ValueError(f"{FILE.name}: every kind of offer and every level stands once")
    if {one.emergency for one in found.needs} - {"", *(one.key for one in found.emergencies)}:
        raise ValueError(f"{FILE.name}: a need names an emergency that is not there")
    return found
