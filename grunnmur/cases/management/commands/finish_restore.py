"""`grunnmur finish_restore`: what `grunnmur restore` lets the program do in a database before anybody reaches it.

Reads what was taken back from standard input, and writes the result to standard output, both as JSON.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from grunnmur.cases.actions import restored
from grunnmur.log import anchors, verify


class Command(BaseCommand):
    help = "Verify the log of a restored database, and take back again what was taken back since. Run by «restore»."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reached", type=datetime.fromisoformat, required=True, help="the last change that is in it"
        )
        parser.add_argument("--anchors", type=Path, default=settings.LOG_ANCHORS, help="the file that anchor_log wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        listed = json.load(sys.stdin)
        good, bad = anchors.read(options["anchors"])
        with transaction.atomic():
            report, gone = verify.check_restored(good, bad, reached=options["reached"])
        again = restored.take_back(listed)
        self.stdout.write(json.dumps({"log": asdict(report) | {"gone": gone}, "taken_back": again}, default=str))
