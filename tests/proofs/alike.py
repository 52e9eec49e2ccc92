"""The same rows in every table around a child: what is tried of one table is tried of them all at once.

A sight or a no about one row is about the row with the same id in every other table too, so that one draw of them asks
as closely about each table as about the first.
"""

import random
import uuid
from datetime import datetime
from typing import Any

from tests.proofs import walls, world
from tests.reference import access as reference

IN_EACH = 3
"""Rows of a child, and of a case, in each table."""


def fill(services: list[str], at: datetime, dice: random.Random) -> None:
    """Put such rows in the place of those that are there, of every kind and from each of the services.

    To be called outside the walls, in a database of one's own: what else would refuse such rows is taken away first.
    """
    from django.db import connection

    from grunnmur.cases.models import Child, Pathway
    from grunnmur.cases.models.base import PathwayRow

    of_child, of_case = (
        _rows([str(key) for key in of.objects.order_by("pk").values_list("pk", flat=True)], services, dice)
        for of in (Child, Pathway)
    )
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        for model in world.models():
            if model in (Child, Pathway):
                continue
            let_in_anything(cursor, model._meta.db_table)
            cursor.execute(f"delete from {model._meta.db_table}")
            some = of_case if issubclass(model, PathwayRow) else of_child
            model.objects.bulk_create(_made(model, row, at) for row in some)
        cursor.execute("set session_replication_role = origin")


def _rows(owners: list[str], services: list[str], dice: random.Random) -> list[dict[str, Any]]:
    """What the rows of one child or case are in every table; every fourth is what is kept closest: an address."""
    kinds = sorted(reference.KINDS)
    found = []
    for number, owner in enumerate(one for one in owners for _time in range(IN_EACH)):
        found.append(
            {
                "id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
                "owner": owner,
                "kind": reference.PROTECTED_ADDRESS if number % 4 == 0 else dice.choice(kinds),
                "author": services[number // 4 % len(services)] if number % 4 == 0 else dice.choice(services),
                "tells_where": number % 2 == 0,
            }
        )
    for number, row in enumerate(found):
        # What it answers, or is a remark about: the next of the same.
        row["about"] = found[number // IN_EACH * IN_EACH + (number + 1) % IN_EACH]["id"]
    return found


def let_in_anything(cursor: Any, table: str) -> None:
    """Take away what refuses a row for what it says, or for being like another."""
    cursor.execute(
        "select format('alter table %%s drop constraint %%I', conrelid::regclass, conname) from pg_constraint"
        " where conrelid = %s::regclass and contype in ('c', 'u', 'x')"
        " union all select format('drop index %%s', indexrelid::regclass) from pg_index"
        " where indrelid = %s::regclass and indisunique and not indisprimary"
        " and not exists (select 1 from pg_constraint where conindid = indexrelid)",
        [table, table],
    )
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)


def _made(model: Any, row: dict[str, Any], at: datetime) -> Any:
    """The row in one table; what nobody asks about is as short as it can be."""
    from grunnmur.cases.access import ANSWERED
    from grunnmur.cases.models import Remark
    from grunnmur.encrypted import EncryptedFile

    about = {"subject_id"} if model is Remark else {f"{ANSWERED[model]}_id"} if model in ANSWERED else set()
    given: dict[str, Any] = {
        "kind": walls.bits(frozenset({row["kind"]})),
        "author_service_id": row["author"],
        "child_id": row["owner"],
        "pathway_id": row["owner"],
        "tells_where": row["tells_where"],
        **dict.fromkeys(about, row["about"]),
    }
    values: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        name = column.attname
        sort = (column.target_field if column.is_relation else column).get_internal_type()
        if name in given:
            values[name] = given[name]
        elif sort == "UUIDField" and not column.null:
            values[name] = row["id"]
        elif isinstance(column, EncryptedFile):
            values[name] = b""
        elif not (column.null or column.has_default()):
            values[name] = _shortest(sort, at)
    return model(**values)


def _shortest(sort: str, at: datetime) -> Any:
    match sort:
        case "DateTimeField":
            return at
        case "DateField":
            return at.date()
        case "BooleanField":
            return False
        case "JSONField":
            return {}
        case "CharField" | "TextField" | "BinaryField":
            return ""
        case _:
            return 0
