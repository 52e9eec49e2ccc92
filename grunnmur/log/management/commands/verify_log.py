"""`grunnmur verify_log`: is the log as it was written?"""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from grunnmur.clock import OSLO
from grunnmur.log import anchors, verify


class Command(BaseCommand):
    help = "Find any change, gap, deletion or cut end in the log of acts and looks, and say where."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors", type=Path, default=settings.LOG_ANCHORS, help="the file that anchor_log writes"
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only what came after the last anchor before"
        )
        parser.add_argument("--json", action="store_true", help="say it to a program")

    def handle(self, *args: Any, **options: Any) -> None:
        # The anchors first: those made while the log is being read would be ahead of it.
        good, bad = anchors.read(options["anchors"])
        since = options["since"] and datetime.combine(options["since"], time(), OSLO)
        with transaction.atomic():
            report = verify.check(good, bad, since=since)
        if options["json"]:
            self.stdout.write(report.as_json())
        else:
            begin = f" since {report.since:%Y-%m-%d %H:%M %Z}" if report.since else ""
            newest = f", the last from {report.anchored_at:%Y-%m-%d %H:%M %Z}" if report.anchored_at else ""
            self.stdout.write(
                f"verify_log: {report.links} rows{begin}, {report.anchors} anchors{newest}, {len(report.faults)} faults"
            )
            for one in report.faults:
                self.stdout.write(one.text)
        if report.faults:
            raise CommandError("The log is not as it was written.", returncode=2)
