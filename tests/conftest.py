"""A real PostgreSQL with real roles for every test: the embedded one, or `GRUNNMUR_TEST_ADMIN_URL`.

The database is migrated once into a template that each worker copies. The connection is an administrator's that has
taken the runtime role, so the walls stand; `as_admin` steps outside them to look at what is really there.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import database

# No test is timed: a machine that is busy is not a fault.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def admin_url() -> str:
    """An administrator's URL to the server that the tests use."""
    return database.start()


@pytest.fixture(scope="session")
def template_database(admin_url: str) -> str:
    """The name of the migrated database that others are copied from."""
    return database.template(admin_url)


@pytest.fixture(scope="session")
def django_db_setup(admin_url: str, template_database: str, worker_id: str) -> Iterator[None]:
    """This worker's own copy of the template, as Django's default database in the runtime role."""
    from django.conf import settings
    from django.db import connections

    with database.copy(admin_url, of=template_database, name=f"test_grunnmur_{worker_id}") as url:
        database.keep_in_order(url)
        wanted = database.as_app(url)
        settings.DATABASES["default"].update(wanted)
        connections["default"].settings_dict.update(wanted)
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """`gw0` and so on under xdist, `main` otherwise."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture
def as_admin(db: None) -> Callable[[], AbstractContextManager[None]]:
    """Step outside the walls for a block, to see or set what is really there."""
    from django.db import connection

    from grunnmur import postgres

    @contextmanager
    def outside() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("set role none")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"set role {postgres.APP}")

    return outside


@pytest.fixture
def acting(db: None) -> Callable[[str], AbstractContextManager[Any]]:
    """`with acting("kari") as kari:` gives the actor, inside a transaction that the database knows her in."""
    from django.db import connection

    from demo import cast
    from grunnmur.directory import sessions

    @contextmanager
    def inside(key: str) -> Iterator[Any]:
        with sessions.acting(cast.membership_id(cast.get(key))) as actor:
            yield actor
        # Whoever proved anew who they are has another token, which the end of a transaction of its own would forget.
        with connection.cursor() as cursor:
            cursor.execute("select set_config('sec.token', '', true)")

    return inside


@pytest.fixture
def client_of(db: None) -> Callable[[str], Any]:
    """A browserless client that is logged in as one of the cast."""
    from django.test import Client

    def log_in(key: str) -> Client:
        client = Client(HTTP_HOST="localhost")
        response = client.post("/demo/", {"persona": key})
        assert response.status_code == 302, response.content
        return client

    return log_in


@pytest.fixture
def fresh() -> Callable[[Any], Any]:
    """The actor of this transaction, after having proved anew who they are."""
    from tests import together

    return together.fresh


@pytest.fixture
def anna(db: None) -> Any:
    """Anna at the beginning: registered by Kari with both parents, under investigation."""
    from demo.load import load_anna

    return load_anna()


@pytest.fixture
def bokmal_afterwards() -> Iterator[None]:
    """A request leaves its language in the thread; the next request sets its own, but other tests ask without one."""
    from django.utils import translation

    yield
    translation.activate("nb")


@pytest.fixture
def travel(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock of the program and of the database, for the rest of the test's transaction."""
    from django.db import connection

    from grunnmur import clock

    def to(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant.astimezone(clock.OSLO))
        with connection.cursor() as cursor:
            cursor.execute("select set_config('test.now', %s, true)", [instant.isoformat()])

    return to
