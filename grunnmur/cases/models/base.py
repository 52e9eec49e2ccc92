"""The three columns that every row about a child carries: whose child or pathway, which kind, who wrote it."""

import uuid
from datetime import UTC, datetime

from django.contrib.postgres.indexes import HashIndex
from django.db import models

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a period that no one has ended."""


def found_by(*columns: str) -> list[models.Index]:
    """A hash index on each column, for rows that are found by the row they belong to and never by a range of it.

    Looking one up reads one page of the index whatever history there is, where a tree grows a level deeper.
    """
    return [HashIndex(fields=[column], name=f"%(class)s_by_{column}") for column in columns]


class PersonRow(models.Model):
    """A row about a child, written by one service in one act, by one person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.IntegerField()
    """One bit of `InformationKind`: row-level security compares it with the participation's kinds."""
    author_service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class ChildRow(PersonRow):
    """A row that follows the child, whatever pathway."""

    child = models.ForeignKey("cases.Child", on_delete=models.CASCADE, related_name="%(class)ss", db_index=False)

    class Meta:
        abstract = True
        indexes = found_by("child")


class PathwayRow(PersonRow):
    """A row that belongs to one run of the pathway."""

    pathway = models.ForeignKey("cases.Pathway", on_delete=models.CASCADE, related_name="%(class)ss", db_index=False)

    class Meta:
        abstract = True
        indexes = found_by("pathway")
