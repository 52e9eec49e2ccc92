"""What the frame around every page shows: where one can go, who one is, and when one is logged out."""

from collections.abc import Iterable
from dataclasses import dataclass
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

    `minutes_left` is how long the session lasts without another page. `notices` are shown once, at the top.
    """

    person: str
    service: str
    home_url: str
    logout_url: str
    minutes_left: int
    navigation: tuple[NavigationItem, ...] = ()
    notices: Iterable[tuple[Tone, str]] = ()
