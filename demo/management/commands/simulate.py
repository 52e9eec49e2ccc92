"""`grunnmur simulate`: fill a database without children with a synthetic nation, to count and to measure on."""

import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import nation
from grunnmur import clock
from grunnmur.terminal import Bar


class Command(BaseCommand):
    help = "Fill a database that has no children with a synthetic nation, to count and to measure on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipalities", type=int, default=1, help="from 1 to 357, the whole country (1)")
        parser.add_argument("--years", type=int, default=1, help="from 1 to 10 (1)")
        parser.add_argument("--seed", type=int, default=1, help="another gives another nation of the same kind (1)")
        parser.add_argument("--until", type=date.fromisoformat, help="the last day, such as 2026-06-30 (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        size = nation.Size(
            options["municipalities"], options["years"], options["seed"], options["until"] or clock.today()
        )
        began = time.monotonic()
        with Bar(nation.steps()) as bar:
            try:
                written = nation.simulate(size, step=bar.step)
            except nation.CannotSimulate as reason:
                raise CommandError(str(reason)) from reason
        self.stdout.write(
            f"{written['cases_pathway']} cases of {written['cases_child']} children, {sum(written.values())} rows of"
            f" what happened from {size.first_on} to {size.until}, in {time.monotonic() - began:.0f} seconds."
        )
