"""`grunnmur turn`: whom to call, for a program or at the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from grunnmur import clock
from grunnmur.directory import offers
from grunnmur.directory.finder_file import LANGUAGES
from grunnmur.public import words
from grunnmur.public.turn import OLDEST


class Command(BaseCommand):
    """The same answer as on the page. What was asked is not counted: a program that tries things out is nobody."""

    help = "Say whom to call about something difficult, in people's own words: the answer of «Hvor kan jeg få hjelp?»."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", help="what is difficult, such as «vil ikke på skolen»")
        parser.add_argument("--municipality", required=True, help="the municipality's number, such as 4202")
        parser.add_argument("--age", type=int, help="the age in whole years, 0 to 25")
        parser.add_argument("--language", choices=LANGUAGES, default="nb", help="the language of the answer")
        parser.add_argument("--json", action="store_true", help="print one JSON list and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        place = next((one for one in offers.list_places() if one.number == options["municipality"]), None)
        if place is None:
            raise CommandError("There are no offers for that municipality. Give its four-digit number, such as 4202.")
        if options["age"] is not None and not 0 <= options["age"] <= OLDEST:
            raise CommandError(f"Give the age in whole years, from 0 to {OLDEST}.")
        language = options["language"]
        answer = offers.find(options["text"], place=place, age=options["age"], on=clock.today())
        with translation.override(language):
            calls = words.calls(answer, language=language)
        if options["json"]:
            found = [
                {"service": one.service, "kind": one.kind, "level": one.level, "why": one.why, "phone": one.phone}
                for one in calls
            ]
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in calls:
            self.stdout.write(f"{one.phone:>12}  {one.service}: {one.why}")
