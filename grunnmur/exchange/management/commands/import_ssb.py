"""`grunnmur import_ssb FILE…`: read Statistics Norway's child welfare files."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from grunnmur.exchange import national_file
from grunnmur.exchange.ssb.problems import Problem


class Command(BaseCommand):
    help = "Read Statistics Norway's child welfare files (format v4). Refused files change nothing; exit 1 if any was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print a summary that a program can read")
        parser.add_argument(
            "--create-service", action="store_true", help="make the sender's service where the directory lacks it"
        )

    def handle(self, *args: Any, files: list[str], create_service: bool, **options: Any) -> None:
        results = []
        for number, name in enumerate(files, start=1):
            result = self._receive(Path(name), create_service=create_service)
            results.append(result)
            if not options["json"]:
                self._say(result, number=number, of=len(files))
        summary = national_file.summary(results)
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(
                "Lest {read}: {created} nye, {changed} endret, {unchanged} uendret, {refused} avvist.".format(**summary)
            )
        if summary["refused"]:
            sys.exit(1)

    def _receive(self, path: Path, *, create_service: bool) -> national_file.Result:
        try:
            data = path.read_bytes()
        except OSError:
            problem = Problem(None, "Fil", "Vi får ikke åpnet filen. Sjekk at den finnes, og at du kan lese den.")
            return national_file.Result(path.name, problems=(problem,))
        with transaction.atomic():
            result = national_file.receive(data, name=path.name, create_service=create_service)
            if result.problems:
                transaction.set_rollback(True)
        return result

    def _say(self, result: national_file.Result, *, number: int, of: int) -> None:
        head = f"[{number}/{of}] {result.name}"
        if result.reading is not None:
            words = {"created": "ny", "changed": "endret", "unchanged": "uendret"}
            self.stdout.write(f"{head}: {words[result.reading.outcome.value]}. {result.reading.reason}")
            for suggestion in result.reading.suggestions:
                self.stdout.write(f"    Dataene peker på {suggestion.criterion}: {suggestion.because}")
        for problem in result.problems:
            line = f", linje {problem.line}" if problem.line else ""
            self.stderr.write(f"{head}: avvist{line}. {problem.rule}: {problem.message}")
