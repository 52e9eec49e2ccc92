"""`grunnmur set_site`: the site where a municipality shows «Hvor kan jeg få hjelp?» inside a page of its own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grunnmur.directory import newcomers


class Command(BaseCommand):
    help = "Name the municipality's own site, which may show «Hvor kan jeg få hjelp?» inside a page of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, help="its four-digit number, such as 4202")
        parser.add_argument("--site", required=True, help="«https://www.example.no»; empty when none may any more")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            place = newcomers.set_site(municipality=options["municipality"], origin=options["site"])
        except newcomers.CannotAdd as reason:
            raise CommandError(str(reason)) from reason
        if place.framed_by:
            self.stdout.write(f"{place.framed_by} can show /hjelp/nb/{place.number}/ramme/ inside a page of its own.")
        else:
            self.stdout.write(f"No site can show the pages of {place.name} inside a page of its own.")
