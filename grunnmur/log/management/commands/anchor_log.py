"""`grunnmur anchor_log`: keep where the chains of the log stand, outside the database."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from grunnmur import clock
from grunnmur.log import anchors, verify


class Command(BaseCommand):
    help = "Write where the chains of the log stand to a file outside the database, once or regularly."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchors", type=Path, default=settings.LOG_ANCHORS, help="the file to add to")
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, and write whenever there is news")
        parser.add_argument(
            "--after-restore", action="store_true", help="say that what was logged after the backup is known to be gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, every = options["anchors"], options["every"]
        written = None
        while True:
            heads = verify.heads()
            if heads != written or not every:
                try:
                    anchor = anchors.add(path, heads=heads, at=clock.now(), is_restore=options["after_restore"])
                except (OSError, anchors.BadAnchor) as fault:
                    raise CommandError(f"No anchor was written to {path}: {fault}.") from fault
                written = heads
                self.stdout.write(f"Anchor {anchor.number} is written to {path}.")
            if not every:
                return
            connection.close()
            time.sleep(every)
