"""Where notices go: to oneself, and to the service, which its administrator sets."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.directory import members
from grunnmur.post import addresses
from grunnmur.post.terms import Channel
from grunnmur.web.acting import actor_of, perform
from grunnmur.web.forms import ActForm, MailField, PhoneField
from grunnmur.web.views import session
from grunnmur.web.views.fresh import fresh


class NoticesForm(ActForm):
    mail = MailField(help_text=gettext_lazy("La stå tomt hvis vi ikke skal si fra på e-post."))
    phone = PhoneField(
        label=gettext_lazy("Telefon for SMS"),
        help_text=gettext_lazy("Åtte siffer, eller landkode først, for eksempel +46. La stå tomt for ingen SMS."),
    )


def _page(
    request: HttpRequest,
    *,
    before: dict[Channel, str],
    save: Callable[[dict[Channel, str]], object],
    title: str,
    lead: str,
) -> HttpResponse:
    start = {"mail": before.get(Channel.MAIL, ""), "phone": before.get(Channel.SMS, "")}

    def run(data: dict[str, Any]) -> object:
        session.log(actor_of(request), "set_notices")
        return save({Channel.MAIL: data["mail"], Channel.SMS: data["phone"]})

    return perform(
        request,
        form=NoticesForm(request.POST or None, initial=start),
        run=run,
        title=title,
        lead=lead,
        button=_("Lagre"),
        done=_("Det er lagret."),
        back=reverse("my_log_in"),
    )


def mine(request: HttpRequest) -> HttpResponse:
    """Where oneself is told that there is something, in the service one acts for."""
    actor = actor_of(request)
    return _page(
        request,
        before=addresses.of_mine(actor),
        save=lambda given: addresses.set_mine(actor, at=clock.now(), given=given),
        title=_("Hvor vi sier fra til deg"),
        lead=_(
            "Vi sier bare at det ligger noe i Grunnmur, aldri hva eller om hvem. Det gjelder tjenesten du handler for."
        ),
    )


@fresh
def of_service(request: HttpRequest) -> HttpResponse:
    """Where the service is told; for its administrator, who has just confirmed. Raises Refused for others."""
    if not members.is_administrator():
        raise Refused("not_administrator", _("Bare den som administrerer tjenesten, bestemmer hvor den får beskjed."))
    actor = actor_of(request)
    return _page(
        request,
        before=addresses.of_service(actor),
        save=lambda given: addresses.set_of_service(actor, at=clock.now(), given=given),
        title=_("Hvor vi sier fra til tjenesten"),
        lead=_("En felles adresse som flere leser. Uten den sier vi fra til dem i tjenesten som har skrevet sin egen."),
    )
