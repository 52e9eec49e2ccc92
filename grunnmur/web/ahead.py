"""From a form to what the family would see of it, before anything is saved. The family's own pages draw that."""

from collections.abc import Callable

from django.http import HttpRequest

from grunnmur.cases.queries.case import Case
from grunnmur.cases.queries.child import ChildHead

LOOKS_AHEAD = "_ahead"
"""The name of the button that only looks ahead."""
Run = Callable[[], object]
Ahead = Callable[[Run], str]
"""Does the act, draws what each in the family then sees, and undoes it. Raises what the act raises."""
Draws = Callable[[ChildHead, str, Run], str]
_draws: list[Draws] = []


def drawn_by(draws: Draws) -> None:
    """Who draws it: said by the addresses of the house, for staff's pages do not know the family's."""
    _draws[:] = [draws]


def of_child(request: HttpRequest, head: ChildHead) -> Ahead | None:
    """None for one who may not see what the family sees: those who decide it may, as on the page that shows it now."""
    if not (head.may("sight.decide_access") and head.tells_where):
        return None
    return lambda run: _draws[0](head, request.session["token"], run)


def of_case(request: HttpRequest, case: Case) -> Ahead | None:
    """The same on a page of the pathway."""
    return of_child(
        request, ChildHead(child=case.child, actor=case.actor, today=case.today, grounds=frozenset(case.grounds))
    )
