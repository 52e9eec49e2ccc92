"""What the pages of a municipality's own work share: whose they are, where they are, and where what they say stands."""

from django.http import Http404
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from grunnmur.cases.access import Refused
from grunnmur.cases.definition import definitions
from grunnmur.directory.sessions import Actor
from grunnmur.stewardship import supervision
from grunnmur.stewardship.shapes import Source

NO_CHILD = gettext_lazy("Skriv aldri om et barn eller en familie.")
"""Stands before the first field wherever somebody writes of a municipality's own work."""


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
