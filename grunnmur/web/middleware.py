"""Around every request: who asks, one transaction, and refusals in plain words."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import resolve, reverse
from django.utils import translation

from grunnmur import program_log
from grunnmur.cases import access, door
from grunnmur.directory import limits, sessions
from grunnmur.log import record
from grunnmur.post import links
from grunnmur.web.views import errors, language, many_children, replies, session

LOG = logging.getLogger(__name__)
REPLIES = "/svar/"
"""Where one answers by a link; a session of one's own elsewhere is not known here, nor the link's there."""
OPEN = ("/hjelp/", "/tilgjengelighet/")
"""Where nobody is known, whoever else is logged in: nothing there is tied to anyone, and no cookie is set."""
Handler = Callable[[HttpRequest], HttpResponse]


class OwnSessionMiddleware(SessionMiddleware):
    """The cookie of the one who is logged in, renewed by every page but those that are open to anyone."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response if request.path.startswith(OPEN) else super().process_response(request, response)


class LanguageMiddleware(LocaleMiddleware):
    """The language that was chosen, where the page is in it; else as the browser asks, or bokmål."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in language.spoken_at(request.path):
            translation.activate(chosen)


class ActorMiddleware:
    """Runs each request in one transaction in which the database knows who asks; asks for log-in by default.

    The transaction is committed before any byte leaves: a look that cannot be logged is not shown. A refusal is
    an answer like any other and its log row stays; any other exception undoes everything. When the database is away,
    also at the very end, the person keeps what was typed and can send it again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.fault = None  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                self._enter(request)
                with record.linked() as pending:
                    answer = self.get_response(request)
                    assert not answer.streaming, "what is shown is made before its look is logged"
                    match = request.resolver_match
                    pending.as_one_answer(
                        action=(match.url_name if match else None) or "unknown",
                        shows=not (300 <= answer.status_code < 400 or answer.status_code in (403, 404)),
                    )
                    if request.fault is not None:  # type: ignore[attr-defined]
                        transaction.set_rollback(True)
        except (DatabaseError, InterfaceError) as fault:
            request.fault = fault  # type: ignore[attr-defined]
        if request.fault is None:  # type: ignore[attr-defined]
            return answer
        return self._explain(request, request.fault)  # type: ignore[attr-defined]

    def _enter(self, request: HttpRequest) -> None:
        """Who asks, in this transaction: on the pages of links the one who answers by a link, and nobody else; on the
        family's the one in the family."""
        request.actor = request.asked = request.relative = None  # type: ignore[attr-defined]
        if request.path.startswith(OPEN):
            return
        if request.path.startswith(REPLIES):
            token = request.session.get("reply")
            entered = links.enter(token) if token else None
            if entered is not None:
                request.actor, request.asked = entered  # type: ignore[attr-defined]
        elif request.path.startswith(errors.FAMILY):
            if token := request.session.get("family"):
                request.relative = sessions.enter_family(token)  # type: ignore[attr-defined]
        elif token := request.session.get("token"):
            request.actor = sessions.enter(token)  # type: ignore[attr-defined]

    def _explain(self, request: HttpRequest, fault: DatabaseError | InterfaceError) -> HttpResponse:
        """The answer when the database has said no, and everything is undone. Raises the fault when it is no answer."""
        reached = limits.refusal(fault) if isinstance(fault, DatabaseError) else None
        if reached is None:
            if isinstance(fault, OperationalError | InterfaceError):
                LOG.error("The database did not answer in time: %s", program_log.describe(fault))
                return errors.unavailable(request)
            raise fault
        with transaction.atomic():
            self._enter(request)
            with record.linked():
                if isinstance(reached, limits.TooOften):
                    return errors.too_often(request, reached)
                errors.log_refusal(request, reason="many_children")
                return many_children.ask(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        is_known = request.actor or request.relative  # type: ignore[attr-defined]
        if is_known or getattr(view, "is_public", False):
            return None
        if request.path.startswith(errors.FAMILY):
            again: Handler = resolve(reverse("come_in_again")).func
            return again(request)
        return replies.ask_again(request) if request.path.startswith(REPLIES) else session.ask_to_log_in(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, access.NotVisible | Http404):
            return errors.not_found(request)
        if isinstance(exception, access.Refused):
            return errors.refused(request, exception)
        if isinstance(exception, door.AlreadyDone):
            return errors.already_done(request, exception)
        if isinstance(exception, limits.TooOften):
            return errors.too_often(request, exception)
        if isinstance(exception, OperationalError | InterfaceError) or (
            isinstance(exception, DatabaseError) and limits.refusal(exception)
        ):
            request.fault = exception  # type: ignore[attr-defined]
            return HttpResponse()  # nobody sees it: `_explain` answers when everything is undone
        transaction.set_rollback(True)
        return None
