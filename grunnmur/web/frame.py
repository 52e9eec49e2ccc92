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
class Frame:
    """The header of someone logged in; a page for strangers is rendered without one (`frame` left out).

    `idle` is how many seconds the session lasts without another page, `lasts` how many it lasts whatever happens.
    `notices` are shown once, at the top. `fetched_at` stands on paper, with who fetched the page.
    """

    person: str
    service: str
    home_url: str
    my_log_in_url: str
    logout_url: str
    stay_url: str
    idle: int
    lasts: int
    fetched_at: datetime
    navigation: tuple[NavigationItem, ...] = ()
    notices: Iterable[tuple[Tone, str]] = ()

    @property
    def minutes_left(self) -> int:
        return -(-min(self.idle, self.lasts) // 60)
