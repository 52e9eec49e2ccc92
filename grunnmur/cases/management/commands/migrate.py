"""`grunnmur migrate`: the tables, and in the same breath the wall of row-level security around them."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from grunnmur.cases import row_security


class Command(MigrateCommand):
    """Django's own command, followed by the policies, as the owner of the tables."""

    help = "Make or update the tables, and the walls of row-level security around them."

    def handle(self, *args: Any, **options: Any) -> None:
        if ("cases", "0001_initial") in MigrationRecorder(connections[options["database"]]).applied_migrations():
            raise CommandError("This database is from before 0.1.0. Begin with an empty one (the demo: --fresh).")
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"]:
            with transaction.atomic(using=options["database"]):
                row_security.apply(connections[options["database"]])
