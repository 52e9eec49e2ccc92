"""What the pages of a municipality's own work share: whose they are, where they are, and where what they say stands."""

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grunnmur.cases.access import Refused
from grunnmur.cases.definition import definitions
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import supervision
from grunnmur.stewardship.shapes import Source


def ways(actor: Actor) -> list[tuple[str, str, str]]:
    """The pages of those who lead in a municipality, or watch over several: the route, its name, and what it is for."""
    if supervision.leads(actor):
        return [
            ("findings_here", _("Tilsyn"), _("Svar på det tilsyn har funnet i kommuner.")),
            ("implementation_here", _("Innføring"), _("Hva er gjort for å ta forløpet i bruk, og hva viser det?")),
            ("assessment_here", _("Egenvurdering"), _("Barnevernet og helse svarer hver for seg om samarbeidet.")),
            ("programmes_here", _("Ordninger"), _("Hvilke ordninger og avtaler kommunen har.")),
        ]
    if supervision.may_watch(actor):
        return [
            ("findings_in_region", _("Tilsyn"), _("Hva kommunene svarer på det tilsyn har funnet.")),
            ("implementation_in_region", _("Innføring"), _("Hvor langt kommunene har kommet med forløpet.")),
            (
                "assessment_in_region",
                _("Egenvurdering"),
                _("Der barnevernet og helse er enige, og der de ikke er det."),
            ),
            ("programmes_in_region", _("Ordninger"), _("Hvem som har hva, og hvilke avtaler som må fornyes.")),
        ]
    return []


def language() -> str:
    """The reader's language, of those that the files are in."""
    return get_language() or "nb"


def place_of(actor: Actor) -> str:
    """The municipality that one leads child welfare or health in. Raises Refused for those who lead in none."""
    place = supervision.leads(actor)
    if place is None:
        raise Refused("not_a_leader", _("Bare barnevernlederen og kommuneoverlegen ser og skriver dette for kommunen."))
    return place


def check_watches(actor: Actor) -> None:
    """Raises Refused for anybody but those who work for a county governor."""
    if not supervision.may_watch(actor):
        raise Refused("not_county_governor", _("Bare statsforvalteren ser alle kommunene i fylket."))


def watched_place(actor: Actor, place: str) -> str:
    """The name of a municipality that one's county governor watches over. Raises Refused and Http404."""
    check_watches(actor)
    name = dict(supervision.places_watched(actor)).get(place)
    if name is None:
        raise Http404
    return name


def source_of(source: Source) -> str:
    """Who asks for something, in a line; or that nobody does."""
    if not source.official:
        return _("Vårt eget forslag. Ingen kilde krever det.")
    return _("Kilde: %(source)s, %(place)s.") % {
        "source": definitions().source(source.key).title,
        "place": source.place,
    }
