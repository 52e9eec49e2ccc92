"""`./run demo` goes on where it was left, begins again when asked, and stops whole."""

import sys
from pathlib import Path

import psycopg
import pytest

from grunnmur import postgres
from tests.house import program

pytestmark = pytest.mark.slow
DEMO = [sys.executable, "-m", "grunnmur", "demo"]


def ask(data: Path, sql: str) -> list[tuple[object, ...]]:
    """Run SQL as the administrator of the running demo."""
    address = f"host={data / 'postgres'} user=postgres dbname={postgres.DATABASE}"
    with psycopg.connect(address, autocommit=True) as admin:
        answer = admin.execute(sql)
        return answer.fetchall() if answer.description else []


def test_the_demo_goes_on_where_it_was_left_and_begins_again_when_asked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = program.environment(data)
    log = data.with_suffix(".log")
    once = program.run("demo", "--once", "--port", "0", env=env)
    assert once.returncode == 0, once.stderr
    assert "Laster demoen …" in once.stderr
    assert once.stderr.endswith("The front page answers.\n")
    assert not (data / "postgres" / "postmaster.pid").exists(), "PostgreSQL stops with the demo"

    with program.serving(DEMO, env=env) as url:
        assert log.read_text().startswith("Grunnmur er klar"), "nothing is made or loaded again"
        assert f"Velg hvem du vil være: {url}/demo/" in log.read_text()
        assert "Hvem vil du være?" in program.read(f"{url}/demo/")
        assert ask(data, "select count(*) from cases_child where name = 'Anna Solberg'") == [(1,)]
        ask(data, "update directory_person set name = 'Kari Nordmann' where name = 'Kari Lunde'")
    assert not (data / "postgres" / "postmaster.pid").exists()

    with program.serving(DEMO, env=env):
        assert log.read_text().startswith("Grunnmur er klar")
        assert "Kari Nordmann" in {name for (name,) in ask(data, "select name from directory_person")}

    with program.serving([*DEMO, "--fresh"], env=env):
        names = {name for (name,) in ask(data, "select name from directory_person")}
        assert "Kari Lunde" in names
        assert "Kari Nordmann" not in names
        assert ask(data, "select count(*) from cases_child where name = 'Anna Solberg'") == [(1,)]


def test_once_fails_when_the_demo_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = program.run("demo", "--once", "--port", "0", env=program.environment(tmp_path / "file" / "data"))
    assert done.returncode == 1
    assert "Cannot keep the database in" in done.stderr
    assert done.stderr.endswith("The front page does not answer as it should.\n")
