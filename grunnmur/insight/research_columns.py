"""What a research extract holds: its tables and columns, what each means, and which columns here it is made of. Pure.

A column is of one sort, which says how it is made safe (`research_file.deidentified`). The data dictionary in the file
and the preview on the page are written from this.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.definition import definitions
from grunnmur.cases.terms import (
    AssessmentOutcome,
    ChildParticipation,
    ExperienceOf,
    HealthArea,
    MappingConclusion,
    NoReason,
    ReferralAnswerKind,
)
from grunnmur.insight.deidentify import NOT_YET, OTHER
from grunnmur.insight.indicators import CHOICES, Grade

Codes = Callable[[], Mapping[str, str]]


class Sort(StrEnum):
    """How a column is made safe."""

    CODE = "code"
    """Stands for the child, in this file alone."""
    KNOWN = "known"
    """Others can know it: as exact as is safe for all (`deidentify.safest`)."""
    VALUE = "value"
    """A value that few have is said together with others (`deidentify.merge_rare`)."""
    WEEKS = "weeks"
    """Weeks in spans that enough children share (`deidentify.merge_weeks`)."""
    ANSWER = "answer"
    """Said by somebody who was promised that nobody learns who (`deidentify.say_answers`)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table in the file."""

    name: str
    sort: Sort
    means: str | Promise
    built_on: tuple[str, ...]
    """Tables and columns of the data register."""
    codes: Codes | None = None

    @property
    def unit(self) -> str:
        """What its numbers count, if they do."""
        return {"age": str(_("år")), "meetings": str(_("møter"))}.get(
            self.name, str(_("uker")) if self.sort is Sort.WEEKS else ""
        )

    def all_codes(self) -> dict[str, str]:
        """Every code that can stand in it, with its words in the reader's language; none for what is no code."""
        found = dict(self.codes()) if self.codes else {}
        if self.sort is Sort.VALUE:
            found |= {OTHER: str(_("noe annet, eller noe som for få har"))}
        if self.sort is Sort.WEEKS:
            found |= {NOT_YET: str(_("ikke ennå; 12-not_yet er tolv uker eller mer, eller ikke ennå"))}
        if self.sort in (Sort.KNOWN, Sort.VALUE, Sort.ANSWER):
            found |= {"": str(_("ikke sagt"))}
        return found


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the file."""

    key: str
    title: str | Promise
    about: str | Promise
    columns: tuple[Column, ...]


def _of(*choices: type[TextChoices], **more: str | Promise) -> Codes:
    return lambda: {
        **{one.value: str(one.label) for some in choices for one in some},
        **{key: str(label) for key, label in more.items()},
    }


def _closings() -> Mapping[str, str]:
    """The grounds of every edition for closing, each in the words of the newest that has it."""
    found: dict[str, str] = {}
    for edition in reversed(definitions().editions):
        for one in edition.closing_grounds:
            found.setdefault(one.key, one.label)
    return found


CODE = Column(
    "code",
    Sort.CODE,
    _("Står for barnet, bare i denne filen. Ingen kan regne den om til et barn."),
    ("cases_child.id",),
)
CASE = Part(
    "case",
    _("Saker"),
    _("Én rad for hvert barn: den første saken som ble åpnet i perioden."),
    (
        CODE,
        Column(
            "time",
            Sort.KNOWN,
            _("Halvåret saken ble åpnet, eller året når halvåret er for nøyaktig"),
            ("cases_pathway.opened_on",),
        ),
        Column(
            "age",
            Sort.KNOWN,
            _("Alder da saken ble åpnet, i hele år eller i en gruppe"),
            ("cases_child.born_on", "cases_pathway.opened_on"),
        ),
        Column("sex", Sort.KNOWN, _("Kjønn"), ("cases_child.sex",), _of(**{"1": _("gutt"), "2": _("jente")})),
        Column(
            "outcome",
            Sort.VALUE,
            _("Den første avgjørelsen om forløpet"),
            ("cases_assessment.outcome",),
            _of(AssessmentOutcome),
        ),
        Column(
            "participation",
            Sort.VALUE,
            _("Hvordan barnet medvirket i den"),
            ("cases_assessment.participation",),
            _of(ChildParticipation),
        ),
        Column(
            "weeks_to_decision",
            Sort.WEEKS,
            _("Fra saken ble åpnet til den første avgjørelsen"),
            ("cases_pathway.opened_on", "cases_assessment.decided_on"),
        ),
        Column(
            "weeks_to_first_meeting",
            Sort.WEEKS,
            _("Fra saken ble åpnet til det første oppstartsmøtet"),
            ("cases_pathway.opened_on", "cases_meetingheld.held_on"),
        ),
        Column("meetings", Sort.VALUE, _("Hvor mange møter som er holdt"), ("cases_meetingheld.held_on",)),
        Column("closing", Sort.VALUE, _("Hvorfor forløpet ble avsluttet"), ("cases_closure.ground",), _closings),
        Column(
            "weeks_to_closing",
            Sort.WEEKS,
            _("Fra saken ble åpnet til forløpet ble avsluttet"),
            ("cases_pathway.opened_on", "cases_closure.closed_on"),
        ),
    ),
)
PARTS = (
    Part(
        "criterion",
        _("Startkriterier"),
        _("Én rad for hvert kriterium i den første avgjørelsen."),
        (
            CODE,
            Column(
                "criterion",
                Sort.VALUE,
                _("Kriteriet"),
                ("cases_assessedcriterion.criterion",),
                lambda: CHOICES["criteria"](),
            ),
        ),
    ),
    Part(
        "mapping",
        _("Kartlegginger"),
        _("Én rad for hvert helseområde som er kartlagt, skal kartlegges eller er utelatt."),
        (
            CODE,
            Column("health_area", Sort.VALUE, _("Helseområdet"), ("cases_mapping.health_area",), _of(HealthArea)),
            Column(
                "outcome",
                Sort.VALUE,
                _("Hva kartleggingen førte til"),
                ("cases_mappingstep.conclusion", "cases_mappingstep.state"),
                _of(MappingConclusion, not_indicated=_("Ikke aktuelt")),
            ),
            Column(
                "weeks_to_asking",
                Sort.WEEKS,
                _("Fra saken ble åpnet til kartleggingen ble bedt om"),
                ("cases_pathway.opened_on", "cases_mapping.asked_on"),
            ),
            Column(
                "weeks_to_outcome",
                Sort.WEEKS,
                _("Fra saken ble åpnet til kartleggingen var ferdig"),
                ("cases_pathway.opened_on", "cases_mappingstep.on"),
            ),
        ),
    ),
    Part(
        "referral",
        _("Henvisninger"),
        _("Én rad for hver henvisning."),
        (
            CODE,
            Column("health_area", Sort.VALUE, _("Helseområdet"), ("cases_referral.health_area",), _of(HealthArea)),
            Column("answer", Sort.VALUE, _("Svaret"), ("cases_referralanswer.answer",), _of(ReferralAnswerKind)),
            Column(
                "reason",
                Sort.VALUE,
                _("Hovedgrunnen når svaret var nei"),
                ("cases_referralanswer.main_reason",),
                _of(NoReason),
            ),
            Column(
                "weeks_to_receipt",
                Sort.WEEKS,
                _("Fra saken ble åpnet til henvisningen kom fram"),
                ("cases_pathway.opened_on", "cases_referral.received_on"),
            ),
            Column(
                "weeks_to_answer",
                Sort.WEEKS,
                _("Fra henvisningen kom fram til svaret"),
                ("cases_referral.received_on", "cases_referralanswer.answered_on"),
            ),
        ),
    ),
    Part(
        "experience",
        _("Erfaringer"),
        _("Ett svar i hver rad. Svarene er uten navn, og henger ikke sammen med noe barn."),
        (
            Column("time", Sort.ANSWER, _("Halvåret det ble svart"), ("cases_experience.month",)),
            Column("of", Sort.ANSWER, _("Hvem som svarte"), ("cases_experience.of",), _of(ExperienceOf)),
            Column("was_heard", Sort.ANSWER, _("Om de ble hørt"), ("cases_experience.was_heard",), _of(Grade)),
            Column(
                "understood",
                Sort.ANSWER,
                _("Om det var klart hvem som gjør hva"),
                ("cases_experience.understood",),
                _of(Grade),
            ),
            Column("it_helps", Sort.ANSWER, _("Om det hjelper"), ("cases_experience.it_helps",), _of(Grade)),
        ),
    ),
)
"""What can be chosen beside the cases."""


def parts(chosen: tuple[str, ...]) -> tuple[Part, ...]:
    """The tables of an extract, the cases first."""
    return (CASE, *(one for one in PARTS if one.key in chosen))
