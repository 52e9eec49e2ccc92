"""What one in the family sees, for the contact person who decides it: the same page, read with the same eyes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from grunnmur.cases import access
from grunnmur.cases.queries import own_pages
from grunnmur.cases.queries import sight as queries
from grunnmur.cases.queries.child import get_child
from grunnmur.family import words
from grunnmur.family.shown import page
from grunnmur.web.acting import actor_of


@require_GET
def as_seen(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """What one in the family sees now, on one page, drawn by the same parts. Nothing can be done on it in their name.

    Left out are their letters, which the contact person has on a page of its own, and whether they have said how it
    was, which nobody is told.
    """
    head = get_child(actor_of(request), child_id, page="as_seen", act="sight.decide_access")
    name, _access = queries.get_relative(head, identity)
    given = {"head": head, "whose": name, "mine": None}
    try:
        with own_pages.preview(head, identity, token=request.session["token"]) as mine:
            given |= {
                "mine": mine,
                "shown": words.my_page(own_pages.my_pathway(mine)),
                "people": words.with_me(mine, own_pages.who_is_with_me(mine)),
                "consents": words.my_consents(mine),
                "looks": own_pages.who_looked(mine)[0],
                "held": words.written(own_pages.what_is_written(mine)),
            }
    except access.NotVisible:
        pass
    return page(request, "as_seen.html", given)
