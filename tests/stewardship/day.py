"""The day that the tables of stewardship are written for; the clock of a test stands there when it asks for `noon`."""

from datetime import date

DAY = date(2026, 11, 28)
