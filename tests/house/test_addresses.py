"""What an address of a database must say before the program, or who copies, uses it."""

import pytest

from grunnmur import postgres

SAFE = "sslmode=verify-full sslrootcert=ca.pem"


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        pytest.param("", True, id="the embedded one"),
        pytest.param("host=/run/postgresql dbname=x", True, id="a socket"),
        pytest.param("postgresql:///x?host=/run/postgresql", True, id="a socket in a URL"),
        pytest.param("postgresql://app@localhost/x", True, id="by name, the same machine"),
        pytest.param("host=127.0.0.1", True, id="by number, the same machine"),
        pytest.param("postgresql://app@[::1]/x", True, id="by the newer number, the same machine"),
        pytest.param("postgresql://app@db.example.no/x", False, id="another machine"),
        pytest.param("postgresql://app@db.example.no/x?sslmode=require", False, id="encrypted, to anybody"),
        pytest.param("postgresql://app@db.example.no/x?sslmode=verify-ca", False, id="encrypted, to anybody known"),
        pytest.param(f"host=db.example.no {SAFE}", True, id="encrypted, to whom it says"),
        pytest.param("host=localhost,db.example.no", False, id="one of two is another machine"),
        pytest.param("host=localhost hostaddr=10.0.0.7", False, id="another machine under our name"),
        pytest.param("hostaddr=10.0.0.7", False, id="another machine by number"),
    ],
)
def test_a_line_to_another_machine_is_encrypted_and_ends_where_it_says(
    address: str, is_safe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)
    assert (postgres.in_the_clear(address) == "") is is_safe


def test_what_the_environment_says_of_the_server_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.example.no")
    assert "db.example.no" in postgres.in_the_clear("dbname=x")
    assert postgres.in_the_clear("") == "", "no address is the embedded server"
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert postgres.in_the_clear("dbname=x") == ""
