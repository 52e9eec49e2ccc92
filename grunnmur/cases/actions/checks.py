"""Small rules that many acts share; each answers a plain sentence, or None."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import national_id
from grunnmur.cases.door import Invalid
from grunnmur.cases.family import siblings_named
from grunnmur.cases.models import Child, RelatedPerson
from grunnmur.cases.terms import RelationKind
from grunnmur.directory.models import Service

Problem = str | Promise | None


def happened(on: date, *, child: Child, today: date) -> Problem:
    """A thing that has happened lies between the child's birth and today."""
    if on > today:
        return _("Datoen er fram i tid. Skriv en dato som har vært.")
    if on < child.born_on:
        return _("Datoen er før barnet ble født. Sjekk året.")
    return None


LONGEST_AHEAD = timedelta(days=2 * 365)


def not_too_far(on: date, *, today: date) -> Problem:
    """What is planned lies within two years; farther off is nearly always a slip in the year."""
    return _("Datoen er mer enn to år fram. Sjekk året.") if on > today + LONGEST_AHEAD else None


def in_service(service: Service | None, *, on: date) -> Problem:
    """A service that can be asked is open on the day."""
    if service is None:
        return _("Vi finner ikke tjenesten. Velg en fra listen.")
    if service.opened_on > on:
        return _("Tjenesten har ikke åpnet ennå. Velg en annen.")
    if service.closed_on and service.closed_on <= on:
        return _("Tjenesten er lagt ned. Velg en annen.")
    return None


def wrong_national_id(number: str) -> Problem:
    """A number that one person has; in the demo and the tests only one that nobody has."""
    try:
        found = national_id.parse(number)
    except national_id.NotANationalId as fault:
        return str(fault)
    if not found.is_unique:
        return _("Skriv et fullstendig fødselsnummer eller D-nummer.")
    if not found.is_synthetic and not settings.ALLOW_REAL_NATIONAL_IDS:
        return _("Her brukes bare oppdiktede fødselsnummer (måned + 80). Ekte nummer er ikke lov.")
    return None


def about_siblings(child: Child, *, is_another: bool, **texts: str) -> dict[str, Problem]:
    """A text of one child's case names no sibling: what concerns the other stands in the other's own case, or is said
    without the name. Our own choice; no source says how texts about several children are split.

    Gives what is wrong with each of the texts by its name. A sibling can have the name of a doctor: whoever writes says
    so (`is_another`), and is asked to when a name is found.
    """
    siblings = RelatedPerson.objects.filter(child=child, relation=RelationKind.SIBLING, replaced_by=None)
    names = [] if is_another else list(siblings.values_list("name", flat=True))
    found = {field: siblings_named(names, child=child.name, texts=[text]) for field, text in texts.items()}
    return {
        **{field: NAMES_A_SIBLING % {"names": ", ".join(named)} for field, named in found.items() if named},
        "is_another": _("Er det en annen med samme navn, så kryss av her.") if any(found.values()) else None,
    }


NAMES_A_SIBLING = _(
    "Teksten nevner %(names)s. Det som gjelder søsken, skrives i søskenets egen sak. Skal det med her, så skriv "
    "«søsken», «bror» eller «søster» uten navn."
)


def get_service(service_id: UUID | None) -> Service | None:
    """The service, or None."""
    return Service.objects.filter(pk=service_id).first() if service_id else None


def get_related(child: Child, related_person_id: UUID | None) -> RelatedPerson | None:
    """A person around this child, or None."""
    return RelatedPerson.objects.filter(child=child, pk=related_person_id).first() if related_person_id else None


def refuse(problems: dict[str, Problem]) -> None:
    """Raises Invalid with the problems that are there."""
    found = {field: problem for field, problem in problems.items() if problem is not None}
    if found:
        raise Invalid(found)
