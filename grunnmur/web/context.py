"""What every page of ours is given: the frame around it, once-only notices, a fresh token for its forms."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from grunnmur import clock
from grunnmur.cases import queries
from grunnmur.directory.kinds import Role
from grunnmur.stewardship import supervision
from grunnmur.web.frame import Frame, Lasting, NavigationItem, Tone
from grunnmur.web.jinja import url
from grunnmur.web.middleware import OPEN
from grunnmur.web.views.errors import FAMILY
from grunnmur.web.views.language import spoken_at

TONES: dict[str, Tone] = {"success": "success", "warning": "warning", "error": "danger", "info": "info"}


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame for someone logged in, and how long that lasts; strangers get a page without one."""
    given: dict[str, Any] = {
        "once_token": str(uuid.uuid4()),
        "is_demo": settings.DEMO_LOGIN,
        "is_family": request.path.startswith(FAMILY),
        "this_page": request.get_full_path(),
    }
    if not request.path.startswith(OPEN):  # a form has a token, and a token a cookie, which no page there sets
        given["spoken"] = spoken_at(request.path)
    if relative := getattr(request, "relative", None):
        given["lasting"] = _lasting(relative.expires_at, url("stay_inside"))
    actor = getattr(request, "actor", None)
    if actor is None or actor.link_id:
        return given
    here = request.resolver_match.url_name if request.resolver_match else ""
    given["actor"] = actor
    given["lasting"] = _lasting(actor.expires_at, url("stay_logged_in"))
    given["frame"] = Frame(
        person=actor.person_name,
        service=actor.service_name,
        home_url=url("work"),
        my_log_in_url=url("my_log_in"),
        logout_url=url("log_out"),
        fetched_at=clock.now(),
        navigation=tuple(
            NavigationItem(label=label, url=url(name), is_current=here == name) for name, label in _navigation(actor)
        ),
        notices=[(TONES.get(message.level_tag, "info"), str(message)) for message in messages.get_messages(request)],
    )
    return given


def _lasting(expires_at: datetime, stay_url: str) -> Lasting:
    # The database notes the last request to the half minute: what is promised here must hold there.
    idle = int(settings.SESSION_IDLE.total_seconds()) - 30
    return Lasting(idle=idle, lasts=max(0, int((expires_at - clock.now()).total_seconds())), stay_url=stay_url)


def _navigation(actor: queries.Actor) -> list[tuple[str, str]]:
    """Where one can go from everywhere: little, and only what the role has use for."""
    if actor.role.sees_no_child:
        map_of_own = [("responsibility", _("Hvem har ansvaret"))] if actor.municipality else []
        return [("work", _("Forsiden")), *map_of_own, *_stewardship(actor)]
    if actor.service_kind.can_initiate:
        return [("our_children", _("Barna hos oss"))]
    entries = [("work", _("Mitt arbeid"))]
    if actor.role.is_child_welfare:
        entries += [("not_assessed", _("Ikke vurdert ennå"))]
    entries += [("sent", _("Sendt")), ("search", _("Søk"))]
    # Others who administer a service find it under «Min innlogging»: who they are is a question to the database.
    own = [("look_control", _("Oppslag"))] if actor.role is Role.LEADER else []
    return [*entries, *own, *_stewardship(actor)]


def _stewardship(actor: queries.Actor) -> list[tuple[str, str]]:
    """Where those go who lead a municipality's own work, or watch over it for a county governor."""
    both = [("grants", _("Tilskudd")), ("network", _("Nettverk"))]
    if supervision.leads(actor):
        return [("findings_here", _("Tilsyn")), *both]
    return [("findings_in_region", _("Tilsyn")), *both] if supervision.may_watch(actor) else []
