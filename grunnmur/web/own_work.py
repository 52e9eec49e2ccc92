"""Where those go who lead in a municipality, or watch over several: the municipality's or the county's own work."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.directory import responsible
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import supervision


@dataclass(frozen=True, slots=True)
class Way:
    """One page, and in a sentence what is there."""

    page: str
    """The name of its address."""
    label: str | Promise
    about: str | Promise


# In the order of a year's work: what is found wrong, what is done about it, with whom, and whether it helps.
OF_A_MUNICIPALITY = (
    Way("findings_here", _("Tilsyn"), _("Svar på det tilsynet har funnet i kommunene.")),
    Way(
        "implementation_here",
        _("Innføring"),
        _("De seks trinnene for å ta forløpet i bruk, og en side til kommunestyret."),
    ),
    Way("assessment_here", _("Egenvurdering"), _("Barnevernet og helsetjenesten vurderer det samme samarbeidet.")),
    Way("programmes_here", _("Ordninger"), _("Programmer og avtaler, og når de må fornyes.")),
    Way("grants", _("Tilskudd"), _("Søk, se hva kommunen har fått, og fortell hva det ble til.")),
    Way("network", _("Nettverk"), _("Samlinger, temaer og vedtak, og erfaringer fra andre kommuner.")),
    Way("numbers_here", _("Tall"), _("Hvordan forløpet brukes, der ingen kan kjennes igjen.")),
    Way("sms_codes", _("Kode på SMS"), _("Bestem om en kode er nok når en uten konto svarer på en lenke.")),
    Way(
        "research_extracts", _("Forskning"), _("Gi ut opplysninger uten navn til et prosjekt, når to ledere er enige.")
    ),
)
MAP = Way("responsibility", _("Hvem har ansvaret"), _("Foreslå og godkjenn hvem i kommunen som har ansvaret for hva."))
OF_A_COUNTY = (
    Way("findings_in_region", _("Tilsyn"), _("Hvordan kommunene følger opp det tilsynet har funnet.")),
    Way("implementation_in_region", _("Innføring"), _("Hvor langt kommunene har kommet med å ta forløpet i bruk.")),
    Way("assessment_in_region", _("Egenvurdering"), _("Hvordan barnevern og helse vurderer samarbeidet.")),
    Way("programmes_in_region", _("Ordninger"), _("Hvilke kommuner som har hvilke programmer og avtaler.")),
    Way("grants", _("Tilskudd"), _("Lys ut, vurder, del ut, og les hva det ble til.")),
    Way("network", _("Nettverk"), _("Samlinger, temaer og vedtak, og hvem som ikke var med.")),
    Way("numbers_in_region", _("Tall"), _("Hvordan forløpet brukes, der ingen kan kjennes igjen.")),
)
TO_EVALUATE = (
    Way(
        "numbers_meaning",
        _("Hva tallene betyr"),
        _("Hva som telles om forløpet, og hvilke spørsmål i evalueringen det svarer på. Tallene selv står ikke her."),
    ),
)
"""For whoever evaluates the pathway, who has no work of a municipality's or a county's."""


def ways(actor: Actor) -> tuple[Way, ...]:
    """The pages for one who leads in a municipality or works for a county governor; none for anybody else."""
    if supervision.leads(actor):
        return (*([MAP] if responsible.may_propose(actor) else []), *OF_A_MUNICIPALITY)
    return OF_A_COUNTY if supervision.may_watch(actor) else ()
