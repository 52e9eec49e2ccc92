"""Around every request: who asks, one transaction, and refusals in plain words."""

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from grunnmur.cases import access, door
from grunnmur.directory import sessions
from grunnmur.log import record
from grunnmur.web.views import errors, session

Handler = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Runs each request in one transaction in which the database knows who asks; asks for log-in by default.

    The transaction is committed before any byte leaves: a look that cannot be logged is not shown. A refusal is
    an answer like any other and its log row stays; any other exception undoes everything.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            token = request.session.get("token")
            request.actor = sessions.enter(token) if token else None  # type: ignore[attr-defined]
            with record.linked() as pending:
                response = self.get_response(request)
                match = request.resolver_match
                pending.as_one_answer(
                    action=(match.url_name if match else None) or "unknown",
                    shows=not (300 <= response.status_code < 400 or response.status_code in (403, 404)),
                )
            return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if request.actor is None and not getattr(view, "is_public", False):  # type: ignore[attr-defined]
            return session.ask_to_log_in(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, access.NotVisible | Http404):
            return errors.not_found(request)
        if isinstance(exception, access.Refused):
            return errors.refused(request, exception)
        if isinstance(exception, door.AlreadyDone):
            return errors.already_done(request, exception)
        transaction.set_rollback(True)
        return None
