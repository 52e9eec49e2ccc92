"""Demo only: choose whom to be from the cast, and see every component. Neither page exists in production."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from grunnmur.directory import sessions
from grunnmur.web import styleguide as components
from grunnmur.web.views.session import public, start


@public
@require_http_methods(["GET", "POST"])
def choose_persona(request: HttpRequest) -> HttpResponse:
    """The cast, with who each is and what one can try as that person."""
    if not settings.DEMO_LOGIN:
        raise Http404
    from demo.cast import CAST, membership_id
    from demo.families import who_can_come_in

    if request.method == "POST":
        persona = next((one for one in CAST if one.key == request.POST.get("persona")), None)
        if persona is None:
            raise Http404
        token = request.session.get("token")
        if token:
            sessions.end(token)
        answer = start(request, person=persona.person_id, membership_id=UUID(str(membership_id(persona))))
        request.session["is_persona"] = True
        return answer
    return render(request, "choose_persona.html", {"cast": CAST, "families": who_can_come_in()})


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component of the pages, with an example of each."""
    if not settings.DEMO_LOGIN:
        raise Http404
    return render(request, "styleguide.html", components.context())
