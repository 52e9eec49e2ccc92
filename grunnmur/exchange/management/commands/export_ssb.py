"""`grunnmur export_ssb`: write what is known of children as files in Statistics Norway's format. Nothing is sent."""

import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from grunnmur import clock
from grunnmur.cases.queries import national_file as queries
from grunnmur.directory import services, sessions
from grunnmur.directory.services import ServiceKey
from grunnmur.exchange import national_file_out
from grunnmur.exchange.national_file_out import CannotBeWritten, Written
from grunnmur.exchange.ssb.write import NOT_TO_BE_DELIVERED

LIST, READ_ME = "liste.json", "LES-MEG.txt"
FIRST = f"""\
{NOT_TO_BE_DELIVERED}

Filene her er i SSBs format for barnevern (v4), men er ikke kommunens rapport. En fil er hele saksmappen, og erstatter
den som er levert før. Grunnmur vet mindre enn kommunens fagsystem. Filene er til prøving, til flytting til et annet
system, og for barn som Grunnmur alene har saken til.

{LIST} sier for hver fil hva den mangler, og hvilke barn det ikke ble noen fil om, med grunnen.
Filene har fødselsnummer. Slett mappen når du er ferdig med den.
"""
NOT_ACKNOWLEDGED = (
    "Files from Grunnmur must not be delivered as the municipality's report where another case system reports the "
    "child: a file is the whole case folder and replaces the one before. Say that you know, with --not-the-report. "
    "Nothing was written."
)
ONE_AT_A_TIME = "%(n)s barn er ikke med i --all, fordi adressen er skjermet. De skrives ut ett og ett, med --child."
"""How many, and never who: a list of whose address is protected is not to lie beside the files."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one child: a file, or the reasons why there is none."""

    child_id: UUID
    written: Written | None = None
    reasons: tuple[str, ...] = ()


class Command(BaseCommand):
    help = "Write what is known of children in Statistics Norway's format (v4), for testing and moving. Sends nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--municipality", required=True, metavar="NUMBER", help="four digits: whose child welfare")
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument(
            "--child",
            type=UUID,
            action="append",
            metavar="ID",
            help="one child, by the id in the address of its page; can be given several times",
        )
        whom.add_argument("--all", action="store_true", help="every child, but those whose address is protected")
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="DATE", help="as the case was when that day was over; today"
        )
        parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a folder that is not there yet")
        parser.add_argument("--extension", action="store_true", help="our own proposed format for the pathway, beside")
        parser.add_argument(
            "--not-the-report",
            action="store_true",
            help="I know that the files must not be delivered where another case system reports the child",
        )

    def handle(self, *args: Any, municipality: str, out: Path, **options: Any) -> None:
        if not options["not_the_report"]:
            raise CommandError(NOT_ACKNOWLEDGED)
        until = options["until"] or clock.today()
        if until > clock.today():
            raise CommandError("--until is a day to come. Nothing was written.")
        chosen, protected = _chosen(municipality, options["child"])
        try:
            out.mkdir(mode=0o700)
        except OSError as error:
            raise CommandError(f"{out} cannot be made: {error.strerror}. Nothing was written.") from None
        _put(out / READ_ME, FIRST.encode())
        outcomes = []
        for number, (service_id, sender, child_id) in enumerate(chosen, start=1):
            outcome = _write(service_id, sender, child_id, until=until)
            if outcome.written:
                _put(out / f"{outcome.written.file_id}.xml", outcome.written.data)
                if options["extension"] and outcome.written.extension:
                    _put(out / f"{outcome.written.file_id}.forlop.xml", outcome.written.extension)
            outcomes.append(outcome)
            self._say(outcome, number=number, of=len(chosen))
        told = _list(outcomes, protected=protected, until=until)
        _put(out / LIST, json.dumps(told, ensure_ascii=False, indent=2).encode())
        written = sum(outcome.written is not None for outcome in outcomes)
        self.stdout.write(f"Skrevet {written}, ikke skrevet {len(outcomes) - written}. {NOT_TO_BE_DELIVERED}")
        if protected:
            self.stderr.write(ONE_AT_A_TIME % {"n": protected})
        if protected or written < len(outcomes):
            sys.exit(1)

    def _say(self, outcome: Outcome, *, number: int, of: int) -> None:
        head = f"[{number}/{of}]"
        if outcome.written:
            self.stdout.write(f"{head} {outcome.written.file_id}.xml: skrevet. Mangler: {len(outcome.written.lacks)}.")
        for reason in outcome.reasons:
            self.stderr.write(f"{head} {outcome.child_id}: ikke skrevet. {reason}")


def _chosen(municipality: str, wanted: list[UUID] | None) -> tuple[list[tuple[UUID, ServiceKey, UUID]], int]:
    """(service, how the file names it, child) for those that are asked for, or for all but those whose address is
    protected; and how many these are.
    """
    found = services.child_welfare_in(municipality)
    if not found:
        raise CommandError("The directory has no child welfare service in that municipality. Nothing was written.")
    chosen, protected = [], 0
    for service_id, sender in found:
        with sessions.acting(services.importer_of(service_id)) as actor:
            children = queries.children_of(actor)
        for child_id, is_protected in children:
            if child_id in wanted if wanted else not is_protected:
                chosen.append((service_id, sender, child_id))
        protected += sum(is_protected for _child_id, is_protected in children)
    if set(wanted or ()) - {child_id for _service_id, _sender, child_id in chosen}:
        raise CommandError("There is no such child in that municipality's child welfare. Nothing was written.")
    return chosen, 0 if wanted else protected


def _write(service_id: UUID, sender: ServiceKey, child_id: UUID, *, until: date) -> Outcome:
    """One child in a transaction of its own, with what the log says of it."""
    with sessions.acting(services.importer_of(service_id)) as actor:
        try:
            written = national_file_out.write_child(actor=actor, sender=sender, child_id=child_id, until=until)
        except CannotBeWritten as error:
            return Outcome(child_id, reasons=error.reasons)
    return Outcome(child_id, written)


def _put(path: Path, data: bytes) -> None:
    """A new file that only the one who runs this can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _list(outcomes: list[Outcome], *, protected: int, until: date) -> dict[str, object]:
    """What a person or a program can read of what was done. A file is not tied to a name or a journal number here."""
    return {
        "says": NOT_TO_BE_DELIVERED,
        "until": until.isoformat(),
        "files": [
            {
                "file": f"{outcome.written.file_id}.xml",
                "reported_elsewhere": outcome.written.is_reported_elsewhere,
                "lacks": list(outcome.written.lacks),
            }
            for outcome in outcomes
            if outcome.written
        ],
        "refused": [
            {"child": str(outcome.child_id), "reasons": list(outcome.reasons)}
            for outcome in outcomes
            if not outcome.written
        ],
        "protected_and_left_out": protected,
    }
