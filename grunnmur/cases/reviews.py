"""What is decided for a while, and looked at again by a day: how it stands, day by day. Pure.

What has passed its day still holds. Nothing opens or closes by itself: what is over is somebody's task.
"""

from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How far a decision is from the day that it is to be looked at again."""

    LATER = "later"
    SOON = "soon"
    OVER = "over"
    """The day has passed, and nobody has looked."""


def standing(review_on: date, *, on: date, ahead: int) -> Standing:
    """How a decision that is to be looked at by a day stands on another; it is soon from `ahead` days before.

    The day itself is the last one, as with every deadline here.
    """
    left = days_left(review_on, on=on)
    if left < 0:
        return Standing.OVER
    return Standing.SOON if left <= ahead else Standing.LATER


def days_left(review_on: date, *, on: date) -> int:
    """Days until the last day; 0 on it, and fewer when it has passed."""
    return (review_on - on).days
