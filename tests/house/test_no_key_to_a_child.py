"""A municipality's own work and the numbers hold no key to a child: no row of theirs can be followed to one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

OWN = {"stewardship": {"stewardship", "directory"}, "insight": {"insight", "directory"}, "directory": {"directory"}}
"""Whose tables the tables of each app may point at."""
OF_NO_CHILD = {
    "Agreement.agreement": "the same agreement in every version",
    "Evaluation.evaluation": "the same evaluation in every version",
    "GatheringInvitation.message": "a message about the gathering itself: the row's policy refuses any other",
    "MaterialInUse.material": "the same material in every version",
    "Offer.offer": "the same offer in every version",
    "TaskSet.task_set": "the same set in every version",
}
"""What points outside, or at no table, and why it leads to no child."""


def keys(app: str) -> Iterator[tuple[str, Any]]:
    """Every column that could name a row elsewhere: what points at another table, and ids that point at none."""
    for model in apps.get_app_config(app).get_models():
        for column in model._meta.concrete_fields:
            if column.related_model or (isinstance(column, models.UUIDField) and not column.primary_key):
                yield f"{model.__name__}.{column.name}", column


@pytest.mark.parametrize("app", OWN)
def test_no_column_names_a_row_about_a_child(app: str) -> None:
    found = dict(keys(app))
    outside = {
        name
        for name, column in found.items()
        if not column.related_model or column.related_model._meta.app_label not in OWN[app]
    }
    assert outside == {name for name in found if name in OF_NO_CHILD}


def test_what_is_excused_is_there() -> None:
    assert {name for app in OWN for name, _column in keys(app)} >= set(OF_NO_CHILD)
