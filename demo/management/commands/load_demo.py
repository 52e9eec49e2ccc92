"""`grunnmur load_demo`: fill an empty demo database."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.load import load
from grunnmur.cases.models import Child


class Command(BaseCommand):
    help = "Fill an empty demo database with the cast and a synthetic population."

    def handle(self, *args: Any, **options: Any) -> None:
        if Child.objects.exists():
            self.stdout.write("The demo is loaded already.")
            return
        load()
        self.stdout.write("The demo is loaded.")
