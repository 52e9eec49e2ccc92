"""`grunnmur add_person`: someone who can log in, in one role in one service."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grunnmur import clock
from grunnmur.directory import newcomers
from grunnmur.directory.kinds import Role


class Command(BaseCommand):
    help = "Add a person who logs in with a password, in one role in one service."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True, help="the service's organisation number or name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", required=True)
        parser.add_argument("--username", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            service = newcomers.find_service(options["service"])
            newcomers.add_person(
                name=options["name"],
                username=options["username"],
                password=_password(),
                service=service,
                role=Role(options["role"]),
                on=clock.today(),
            )
        except newcomers.CannotAdd as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{options['name']} can log in as «{options['username']}» in {service.name}.")


def _password() -> str:
    """Asked for twice at a terminal; otherwise the first line of standard input. Never in the list of processes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("The same once more: "):
        raise newcomers.CannotAdd("The two were not the same. Nothing is added.")
    return password
