"""`grunnmur load_demo`: fill a database without children with the demo."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from demo import load
from demo.places import PLACES


class Command(BaseCommand):
    help = "Fill a database that has no children with the cast and a synthetic population."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        if load.is_loaded():
            self.stdout.write(_("Demoen er lastet fra før. Ingenting er endret."))
            return
        try:
            children = load.load(self.stdout.write)
        except load.NotEmpty as reason:
            raise CommandError(
                _("Det er barn i databasen fra før, så demoen ble ikke lastet. Ingenting er endret. Bruk en tom mappe.")
            ) from reason
        self.stdout.write(
            _("Ferdig: %(children)s barn i %(places)s kommuner, på %(seconds)s sekunder.")
            % {
                "children": children,
                "places": len(PLACES),
                "seconds": round(time.monotonic() - began),
            }
        )
