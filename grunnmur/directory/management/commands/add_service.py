"""`grunnmur add_service`: a service that people can work in and be asked from."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grunnmur import clock
from grunnmur.directory import newcomers
from grunnmur.directory.kinds import ServiceKind


class Command(BaseCommand):
    help = "Add a service: a child welfare service, a GP's practice, a clinic or another kind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", required=True, choices=ServiceKind.values)
        parser.add_argument("--name", required=True)
        parser.add_argument("--owner", required=True, help="the body that runs it, such as «Grimstad kommune»")
        parser.add_argument("--municipality", help="«4202 Grimstad»; left out for a service that covers a region")
        parser.add_argument("--org-number", help="nine digits; a child welfare service must have one")
        parser.add_argument("--phone", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            service = newcomers.add_service(
                kind=ServiceKind(options["kind"]),
                name=options["name"],
                owner=options["owner"],
                org_number=options["org_number"],
                municipality=options["municipality"],
                phone=options["phone"],
                on=clock.today(),
            )
        except newcomers.CannotAdd as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{service.name} ({service.service_kind.label}) is added.")
