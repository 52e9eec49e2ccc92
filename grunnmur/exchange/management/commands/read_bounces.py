"""`grunnmur read_bounces FILE …`: what became of mail, from what mail servers say of it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from grunnmur.post import bounces, queue


class Command(BaseCommand):
    """Reads each file, and says how many told something new. A file that is no such mail changes nothing."""

    help = "Read mail that came back (RFC 3464), and show it to whoever sent it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="one mail, as the server has it")

    def handle(self, *args: Any, **options: Any) -> None:
        told = 0
        for path in options["files"]:
            found = bounces.read(path.read_bytes())
            told += found is not None and queue.returned(found.delivery_id, fact=found.fact, code=found.code)
        self.stdout.write(f"{len(options['files'])} read, {told} told something new.")
