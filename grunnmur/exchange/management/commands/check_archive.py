"""`grunnmur check_archive`: whether an archive package is whole, and what is in it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grunnmur.cases.archive_package import Damaged
from grunnmur.exchange import archive


class Command(BaseCommand):
    help = "Check an archive package that a leader has made: every file, and the shape of what is in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("package", type=Path, metavar="PACKAGE", help="the file, or the folder it is unpacked in")
        parser.add_argument("--sha256", help="the fingerprint that the package was made with")

    def handle(self, *args: Any, package: Path, **options: Any) -> None:
        try:
            found = archive.read(package, sha256=options["sha256"])
        except Damaged as wrong:
            raise CommandError(f"The package is not whole: {wrong}") from None
        self.stdout.write(f"The package is whole: {found.row_count} rows, {len(found.tables)} tables.")
