"""What one in the family sees, for the contact person who decides it: the same page, read with the same eyes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from markupsafe import Markup

from grunnmur.cases import access
from grunnmur.cases.queries import looking, own_pages, passport
from grunnmur.cases.queries import sight as queries
from grunnmur.cases.queries.child import ChildHead, get_child
from grunnmur.cases.queries.held import Held
from grunnmur.cases.queries.own_pages import Mine, MyLetter
from grunnmur.family import shown, words
from grunnmur.web import written_words
from grunnmur.web.acting import actor_of


@require_GET
def as_seen(request: HttpRequest, child_id: UUID, identity: UUID) -> HttpResponse:
    """What one in the family sees now, on one page, drawn by the same parts. Nothing can be done on it in their name.

    Left out are their letters, which the contact person has on a page of its own, and whether they have said how it
    was, which nobody is told.
    """
    head = get_child(actor_of(request), child_id, page="as_seen", act="sight.decide_access")
    name, *_rest = queries.get_relative(head, identity)
    given = {"head": head, "whose": name, "mine": None}
    try:
        with own_pages.preview(head, identity, token=request.session["token"]) as mine:
            given |= {"mine": mine, "seen": _drawn(mine, own_pages.what_is_written(mine))}
    except access.NotVisible:
        pass
    return shown.page(request, "as_seen.html", given)


def _drawn(mine: Mine, written: Iterable[Held]) -> dict[str, Any]:
    """Everything that the page draws for one who sees something."""
    return {
        "shown": words.my_page(own_pages.my_pathway(mine)),
        "people": words.with_me(mine, own_pages.who_is_with_me(mine)),
        "consents": words.my_consents(mine),
        "looks": own_pages.who_looked(mine)[0],
        "held": written_words.written(tuple(written)),
        "passport": words.onward(mine, passport.of_mine(mine)),
    }


# --- before something is saved ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What one in the family sees, in one state of things."""

    page: str
    """As it is drawn; empty for one who sees nothing."""
    written: tuple[Held, ...]
    letters: tuple[MyLetter, ...]


NOTHING = Seen("", (), ())


def ahead(head: ChildHead, token: str, run: Callable[[], object]) -> str:
    """What each in the family would see if `run` were done, and what of it is new: all of it is done, drawn, undone.

    Nothing is kept of the act, in the logs either; that somebody looked is kept. Raises what `run` raises.
    """
    with transaction.atomic():
        run()
        after = _family_sees(head, token)
        transaction.set_rollback(True)
    before = _family_sees(head, token)
    family = []
    for identity, name, relation in queries.list_family(head):
        now, then = before[identity], after[identity]
        new = written_words.written(_beside(then.written, now.written))
        gone = written_words.written(_beside(now.written, then.written, whole=True))
        letters = [one for one in then.letters if one not in now.letters]
        n_new, n_gone = _rows(new) + len(letters), _rows(gone)
        family.append(
            {
                "name": name,
                "relation": relation,
                "had_page": bool(now.page),
                "page": Markup(then.page),  # noqa: S704  # a template of ours, which escapes
                "letters": letters,
                "new": new,
                "gone": gone,
                "n_new": n_new,
                "n_gone": n_gone,
                "changes": _changes(n_new, n_gone, is_same=then == now),
            }
        )
    return Markup(render_to_string("family/ahead.html", {"family": family}))  # noqa: S704  # a template, which escapes


def _rows(written: list[dict[str, Any]]) -> int:
    return sum(len(table["rows"]) for part in written for table in part["tables"])


def _changes(n_new: int, n_gone: int, *, is_same: bool) -> str:
    """What becomes of the page, in a few words; not every part of it is counted."""
    said = [
        ngettext("%(n)s ny ting å se", "%(n)s nye ting å se", n_new) % {"n": n_new} if n_new else "",
        _("%(n)s blir borte") % {"n": n_gone} if n_gone else "",
    ]
    other = _("ingen endring") if is_same else _("noe på siden blir annerledes")
    return ", ".join(one for one in said if one) or other


def _family_sees(head: ChildHead, token: str) -> dict[UUID, Seen]:
    """What each in the family sees now, as in the preview of what is saved."""
    found = {}
    for identity, _name, _relation in queries.list_family(head):
        found[identity] = NOTHING
        try:
            with own_pages.preview(head, identity, token=token) as mine:
                written = own_pages.what_is_written(mine)
                page = render_to_string("family/seen_ahead.html", {"seen": _drawn(mine, written)})
                found[identity] = Seen(page, written, own_pages.my_letters(mine))
        except access.NotVisible:
            continue
        looking.log(head.actor, "as_seen", children=[head.child.pk], kinds=mine.kinds, grounds=head.grounds)
    return found


def _beside(found: tuple[Held, ...], others: tuple[Held, ...], *, whole: bool = False) -> tuple[Held, ...]:
    """The rows that the others do not have, or have with other words; with `whole`, only those they do not have."""
    known = {item.id: item.columns for one in others for item in one.items}
    kept = (
        replace(
            one,
            items=tuple(
                item for item in one.items if item.id not in known or not (whole or known[item.id] == item.columns)
            ),
        )
        for one in found
    )
    return tuple(one for one in kept if one.items)
