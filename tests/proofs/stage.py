"""Where a proof runs: a database of its own, Django as the runtime role in it, and an administrator beside."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

import psycopg

Answer = TypeVar("Answer")
CORES = 2
"""Processes of one proof that works in several."""


@contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh database with the directory and the cast in it, for a block; gives the administrator's URL to it.

    Django is set up in this process, as the runtime role.
    """
    from tests import database as databases

    prepare()
    server = databases.start()
    with databases.copy(server, of=databases.template(server), name=f"prove_{name}") as admin_url:
        use(admin_url)
        try:
            yield admin_url
        finally:
            hang_up()


def prepare() -> None:
    """Set Django up in this process, in test mode."""
    import os

    import tests.environment  # noqa: F401  # sets the mode and the folder before Django reads its settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grunnmur.settings")
    import django

    django.setup()


def use(admin_url: str) -> None:
    """Point Django in this process at a database as the runtime role: in the proof's own process, or a worker's."""
    prepare()
    from django.conf import settings
    from django.db import connections

    from grunnmur import postgres

    hang_up()
    wanted = postgres.django_settings(postgres.with_role(admin_url, user=postgres.APP))
    settings.DATABASES["default"].update(wanted)
    connections["default"].settings_dict.update(wanted)


def keep_plans() -> None:
    """Let what has been planned on this process's connection stand when a transaction is undone.

    The driver forgets every plan at each rollback, in case a table was made anew in it; here none is.
    """
    from django.db import connection

    connection.ensure_connection()
    connection.connection._prepared.clear = lambda: False


def use_as_both(admin_url: str) -> None:
    """Point Django at a database as an administrator that has taken the runtime role, and can step out of it."""
    use(admin_url)
    from django.conf import settings
    from django.db import connections

    from tests import database as databases

    wanted = databases.as_app(admin_url)
    settings.DATABASES["default"].update(wanted)
    connections["default"].settings_dict.update(wanted)


def hang_up() -> None:
    """Leave no connection open."""
    from django.db import connections

    connections.close_all()


@contextmanager
def as_admin(admin_url: str) -> Iterator[None]:
    """Django outside the walls, for a block: to prepare a world and to see what is really in it."""
    from django.conf import settings
    from django.db import connections

    from grunnmur import postgres

    hang_up()
    kept = dict(connections["default"].settings_dict)
    wanted = postgres.django_settings(admin_url)
    settings.DATABASES["default"].update(wanted)
    connections["default"].settings_dict.update(wanted)
    try:
        yield
    finally:
        hang_up()
        settings.DATABASES["default"].update(kept)
        connections["default"].settings_dict.update(kept)


def connect(admin_url: str) -> psycopg.Connection[Any]:
    """A connection of an administrator, beside Django's."""
    return psycopg.connect(admin_url, autocommit=True)


def in_processes(work: Callable[..., Answer], shares: Sequence[tuple[Any, ...]]) -> list[Answer]:
    """Do the work once for each share, in processes of its own, and give the answers in the same order."""
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        return list(pool.map(work, *zip(*shares, strict=True)))
