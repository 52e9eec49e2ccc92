"""`grunnmur check_restored`: would the program start on this database, and could somebody work in it?"""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, transaction

from grunnmur.cases import startup
from grunnmur.cases.queries import work
from grunnmur.directory import sessions


class Command(BaseCommand):
    help = "See whether the program can start on a database that was restored, and somebody can work in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--membership", type=UUID, help="the role of somebody who should be able to work today")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = startup.faults()
        if not faults and options["membership"]:
            faults = _faults_at_work(options["membership"])
        for fault in faults:
            self.stdout.write(fault)
        raise SystemExit(1 if faults else 0)


def _faults_at_work(membership: UUID) -> list[str]:
    """Open a session and read the list of what to do, then undo it all."""
    try:
        with transaction.atomic():
            with sessions.acting(membership) as actor:
                work.my_work(actor, mine_only=False, after={})
            transaction.set_rollback(True)
    except (LookupError, Error) as fault:
        return [f"Nobody can work in it: {fault}"]
    return []
