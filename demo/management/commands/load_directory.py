"""`grunnmur load_directory`: the municipalities, services and people of the demo, and no child."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.load import load_directory


class Command(BaseCommand):
    help = "Load the municipalities, services and people of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        load_directory()
