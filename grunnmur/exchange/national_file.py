"""National files on their way in: read, find whose they are, and hand each to the one act that writes it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from grunnmur import clock
from grunnmur.cases import door
from grunnmur.cases.actions import national_file
from grunnmur.cases.actions.national_file import Reading
from grunnmur.directory import services, sessions
from grunnmur.directory.sessions import Actor
from grunnmur.exchange.ssb.file import NationalFile, read
from grunnmur.exchange.ssb.problems import SAFE_FILE, FileRefused, Problem

WHOSE = "Avgiver"
CONTENT = "Innhold"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file: a reading, or the problems for which it was refused whole."""

    name: str
    reading: Reading | None = None
    problems: tuple[Problem, ...] = ()


def not_xml(name: str) -> Result:
    """What becomes of a file whose own name does not say that it is XML: nobody reads it."""
    return Result(name, problems=(Problem(None, SAFE_FILE, _("Filnavnet må ende på .xml.")),))


def receive(data: bytes, *, name: str, actor: Actor | None = None, create_service: bool = False) -> Result:
    """Take one file in, whole or not at all.

    With an actor the file must come from the actor's own service; without, the sender's service is found in the
    directory, or made from the file with `create_service`, and the reading is done in that service's name.
    """
    try:
        file = read(data, name=name, on=clock.today(), allow_real_ids=settings.ALLOW_REAL_NATIONAL_IDS)
        key = _key(file)
        service = services.find_child_welfare(key)
        if actor is not None:
            if service != actor.service_id:
                raise FileRefused(name, (Problem(None, WHOSE, _("Filen er fra en annen tjeneste enn deres.")),))
            return Result(name, national_file.read_file(actor=actor, file=file))
        if service is None:
            if not create_service:
                raise FileRefused(name, (Problem(None, WHOSE, _unknown_sender(key)),))
            service = services.make_child_welfare(key, opened_on=file.case.from_on)
        with sessions.acting(services.importer_of(service)) as importer:
            return Result(name, national_file.read_file(actor=importer, file=file))
    except FileRefused as refused:
        return Result(name, problems=refused.problems)
    except door.Invalid as invalid:
        return Result(name, problems=tuple(Problem(None, CONTENT, str(text)) for text in invalid.problems.values()))


def _key(file: NationalFile) -> services.ServiceKey:
    sender = file.sender
    return services.ServiceKey(
        org_number=sender.organization_number,
        district=sender.district_number,
        municipality=sender.municipality_number,
        municipality_name=sender.municipality_name,
        district_name=sender.district_name,
    )


def _unknown_sender(key: services.ServiceKey) -> str:
    return _(
        "Tjenesten med organisasjonsnummer %(number)s finnes ikke i katalogen. Sjekk nummeret, eller bruk "
        "--create-service for å opprette den fra filen."
    ) % {"number": key.org_number}


def summary(results: Iterable[Result]) -> dict[str, object]:
    """What a program can read of what was done."""
    results = list(results)
    readings = [result.reading for result in results if result.reading]
    return {
        "read": len(results),
        **{outcome.value: sum(reading.outcome is outcome for reading in readings) for outcome in national_file.Outcome},
        "refused": sum(bool(result.problems) for result in results),
        "children": [
            {
                "journal": reading.journal_number,
                "in_target_group": reading.is_in_target_group,
                "target_group_reason": reading.reason,
                "suggested_criteria": [suggestion.criterion for suggestion in reading.suggestions],
            }
            for reading in readings
        ],
        "refusals": [
            {
                "file": result.name,
                "problems": [
                    {"line": problem.line, "rule": problem.rule, "message": problem.message}
                    for problem in result.problems
                ],
            }
            for result in results
            if result.problems
        ],
    }
