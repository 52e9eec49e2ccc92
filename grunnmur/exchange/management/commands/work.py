"""`grunnmur work`: remind of what is due, count the half-year that can be, forget full buckets of limits, and send what
waits to be sent."""

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from grunnmur.cases import startup
from grunnmur.cases.actions import reminders
from grunnmur.directory import limits
from grunnmur.insight import freezing
from grunnmur.post import worker


def _chores() -> None:
    limits.forget_full()
    reminders.remind()
    freezing.freeze()


class Command(BaseCommand):
    """Runs until it is told to stop. Several may run at once, and any of them may be killed."""

    help = "Send what waits to be sent, by mail and SMS, and count half-years; keep it running beside the program."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing is due")
        parser.add_argument("--with-parent", action="store_true", help="end when the process that started it ends")

    def handle(self, *args: Any, **options: Any) -> None:
        parent = os.getppid() if options["with_parent"] else None
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stopping.set())
        try:
            startup.refuse_to_start_with_faults()
            out = worker.ways()
        except (startup.NotSafe, ImproperlyConfigured) as fault:
            raise CommandError(str(fault)) from fault
        tried = worker.run(stopping, out=out, once=options["once"], parent=parent, chores=_chores)
        if options["verbosity"] and options["once"]:
            self.stdout.write(f"{tried} tried.")
