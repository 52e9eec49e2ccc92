"""`grunnmur deletions`: the ledger of what has been deleted, out beside a backup, and in again after a restore."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from grunnmur.cases.actions import deletions


class Command(BaseCommand):
    help = "Print the ledger of deletions, one a line; with --apply, delete again what a restored backup brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", type=Path, metavar="FILE", help="a ledger that was printed after the backup")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["apply"] is None:
            for row in deletions.ledger():
                self.stdout.write(json.dumps(row))
            return
        lines = options["apply"].read_text(encoding="utf-8").splitlines()
        with transaction.atomic():
            gone = deletions.apply([json.loads(line) for line in lines if line.strip()])
        self.stdout.write(f"Deleted again: {gone} children.")
