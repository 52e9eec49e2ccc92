"""Print (or, given an administrator's URL, run) the SQL that makes the roles and the database on a server.

Afterwards: put the first two addresses it gives in the environment, and run `grunnmur migrate`. The third is for the
machine that takes the copies, and for no other.
"""

import argparse
import secrets

import psycopg

from grunnmur import postgres
from grunnmur.terminal import say

ADDRESSES = {
    "DATABASE_URL": postgres.APP,
    "OWNER_DATABASE_URL": postgres.OWNER,
    "GRUNNMUR_BACKUP_URL": postgres.BACKUP,
}
"""The environment variables that the addresses go into, and the role in each."""
TRUSTED = "?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"
"""A line to another machine is encrypted, and the machine is who it says; without it the program does not start."""


def main(arguments: list[str]) -> int:
    """Print the SQL, or run it. Returns the exit code. Raises NotReady."""
    parser = argparse.ArgumentParser(prog="grunnmur setup_database", description=__doc__)
    parser.add_argument(
        "admin_url", nargs="?", help="a superuser's address, such as postgresql://postgres@db.example.no/postgres"
    )
    parser.add_argument("--name", default=postgres.DATABASE, help="the name of the database")
    options = parser.parse_args(arguments)
    passwords = {role: secrets.token_urlsafe(24) for role in ADDRESSES.values()}
    if options.admin_url:
        _run(options.admin_url, name=options.name, passwords=passwords)
        addresses = {
            variable: postgres.with_role(options.admin_url, user=role, database=options.name, password=passwords[role])
            for variable, role in ADDRESSES.items()
        }
    else:
        _print("\n".join(sql(name=options.name, passwords=passwords)))
        say("\nRun this in psql as an administrator. Then, with your server's name for HOST:")
        addresses = {
            variable: f"postgresql://{role}:{passwords[role]}@HOST/{options.name}{TRUSTED}"
            for variable, role in ADDRESSES.items()
        }
    for variable, address in addresses.items():
        _print(f'-- {variable}="{address}"')
    return 0


def sql(*, name: str, passwords: dict[str, str]) -> list[str]:
    """The statements, for psql."""
    on_server = [
        *postgres.role_statements(passwords).values(),
        *postgres.membership_statements(),
        *postgres.setting_statements(),
        *postgres.database_statements(name),
    ]
    inside = postgres.schema_statements()
    return [
        *(f"{statement.as_string(None)};" for statement in on_server),
        f'\\connect "{name}"',
        *(f"{statement.as_string(None)};" for statement in inside),
    ]


def _run(admin_url: str, *, name: str, passwords: dict[str, str]) -> None:
    try:
        with psycopg.connect(admin_url, autocommit=True) as admin:
            postgres.create_roles(admin, passwords)
        made = postgres.create_database(admin_url, name=name)
    except psycopg.Error as fault:
        raise postgres.NotReady(f"The server refused: {fault}") from fault
    say(f"The roles are ready; the database «{name}» {'was made' if made else 'was there already'}.")


def _print(text: str) -> None:
    print(text)  # noqa: T201
