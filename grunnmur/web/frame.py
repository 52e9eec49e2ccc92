"""What the frame around every page shows: where one can go, who one is, and when one is logged out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise

Tone = Literal["info", "success", "warning", "danger"]


@dataclass(frozen=True, kw_only=True)
class NavigationItem:
    """One page in the header; `count` is how many wait there, said in words by `count_label`."""

    label: str | Promise
    url: str
    is_current: bool = False
    count: int = 0
    count_label: str | Promise = ""


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """How long the session of someone logged in lasts, of whatever face: `idle` seconds without another page, `lasts`
    whatever happens. A POST to `stay_url` is such another page."""

    idle: int
    lasts: int
    stay_url: str

    @property
    def minutes_left(self) -> int:
        return -(-min(self.idle, self.lasts) // 60)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The header of someone logged in; a page for strangers is rendered without one (`frame` left out).

    `notices` are shown once, at the top. `fetched_at` stands on paper, with who fetched the page.
    """

    person: str
    service: str
    home_url: str
    my_log_in_url: str
    logout_url: str
    fetched_at: datetime
    navigation: tuple[NavigationItem, ...] = ()
    notices: Iterable[tuple[Tone, str]] = ()
