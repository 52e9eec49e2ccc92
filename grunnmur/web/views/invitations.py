"""Asking a network to a gathering by mail, the gathering as a file for a calendar, and answering by a link."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from grunnmur import clock
from grunnmur.cases.access import Refused
from grunnmur.exchange.calendar import Entry, write
from grunnmur.log import record
from grunnmur.stewardship import inviting
from grunnmur.stewardship.inviting import ByLink
from grunnmur.stewardship.networking import AnyGathering
from grunnmur.web.acting import actor_of, perform, seen_of
from grunnmur.web.files import attachment
from grunnmur.web.forms import ActForm, MailField, at_oslo
from grunnmur.web.stewards import NO_CHILD
from grunnmur.web.views import session
from grunnmur.web.views.networks import AnswerForm, address, crumbs, gathering_of, network_of, run_by
from grunnmur.web.views.session import public


class SendForm(ActForm):
    """An address for each of those beside the municipalities, `mail_0` and so on, and if the silent are reminded."""

    reminds = forms.BooleanField(required=False)

    def __init__(self, *args: Any, partners: list[str], mails: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.partners = partners
        self.fields["reminds"].label = _("Minn dem som ikke har svart. Ingen får mer enn én påminnelse om dagen.")
        for number, name in enumerate(partners):
            self.fields[f"mail_{number}"] = MailField(
                label=_("E-post til %(who)s") % {"who": name}, initial=mails.get(name, "")
            )
        self.order_fields([*(f"mail_{number}" for number in range(len(partners))), "reminds"])
        self.say_plainly()

    def to(self) -> dict[str, str]:
        """The address of each that has one."""
        typed = {name: self.cleaned_data[f"mail_{number}"] for number, name in enumerate(self.partners)}
        return {name: mail for name, mail in typed.items() if mail}


def send(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """Whoever runs the network tells everybody in it what they do not know of a gathering."""
    actor, today = actor_of(request), clock.today()
    network = run_by(actor)
    found = gathering_of(network, gathering_id)
    if not inviting.can_be_told(found, on=today):
        raise Refused("gathering_is_over", _("Samlingen er over. Da sendes det ikke noe om den."))
    mails = inviting.mails(network)
    form = SendForm(request.POST or None, partners=network.partners, mails=mails)

    def run(typed: dict[str, Any]) -> list[inviting.Errand]:
        told = inviting.send(
            actor=actor, network=network, gathering_id=found.pk, to=form.to(), reminds=typed["reminds"], at=clock.now()
        )
        session.log(actor, "send_gathering", about=found.pk)
        return told

    return perform(
        request,
        form=form,
        run=run,
        title=_("Send beskjed om samlingen"),
        lead=_("E-posten sier bare at det er en melding i Grunnmur. De som vet hvordan det står, får ingen ny."),
        done=_("Beskjeden er sendt til dem som ikke visste det. Se under hva som ble av hver."),
        back=f"{address(found)}#sendt",
        button=_("Send"),
        template="gathering_send.html",
        context={
            "crumbs": crumbs((_("Samlingen"), address(found)), (_("Send beskjed"), "")),
            "now": inviting.errands(network, found, to=mails, reminds=False, on=today),
            "nobody": inviting.without_anybody(network, on=today),
        },
    )


def _file(of: AnyGathering | ByLink, *, uid: UUID, title: str) -> HttpResponse:
    """The gathering as a file; each change is a version, so that a calendar lets the later stand for the former."""
    entry = Entry(
        uid=uid,
        number=of.version - 1,
        starts_at=at_oslo(of.held_on, of.begins_at),
        is_off=of.is_cancelled,
        changed_at=clock.now(),
        lasts=None,
    )
    file = write(entry, title=title, place=of.place, about=of.about)
    return attachment(HttpResponse(file, content_type="text/calendar; charset=utf-8"), name="samling.ics")


@require_safe
def calendar(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """A gathering as a file for one's calendar."""
    actor = actor_of(request)
    network = network_of(actor)
    found = gathering_of(network, gathering_id)
    session.log(actor, "gathering_calendar", about=found.pk)
    return _file(found, uid=found.pk, title=network.name)


# --- by a link --------------------------------------------------------------------------------------------------------


def _linked(link: str) -> tuple[UUID, ByLink]:
    """The message of a link, and what it shows. Raises Http404 for one that was never sent."""
    message_id = inviting.message_in(link)
    found = inviting.by_link(message_id) if message_id else None
    if message_id is None or found is None:
        raise Http404
    return message_id, found


def _is_open(request: HttpRequest, link: str) -> bool:
    """Whether this browser has pressed to see what the link shows."""
    return bool(request.session.get("gathering") == link)


def _look(message_id: UUID) -> None:
    record.look("by_gathering_link", at=clock.now(), person_id=None, service_id=None, role="", asked_id=message_id)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, link: str) -> HttpResponse:
    """What somebody outside was asked to. Fetching the address tells nothing: mail programs do it.

    A press shows it, and is noted as opened; then one answers on the same page.
    """
    message_id, found = _linked(link)
    if not found.is_open:
        return render(request, "gathering_closed.html", status=410)
    if request.method == "POST" and "open" in request.POST:
        inviting.open_link(message_id)
        request.session["gathering"] = link
        return redirect("gathering_by_link", link=link)
    if not _is_open(request, link):
        return render(request, "gathering_front.html", {"link": link})
    _look(message_id)
    form = AnswerForm(
        request.POST or None,
        initial={"answer": found.answer, "who": found.who, "words": found.words} if found.answer else {},
    )

    def run(_typed: dict[str, Any]) -> None:
        if not inviting.answer_by_link(message_id, said=form.reply(), seen=seen_of(request)):
            raise Refused("status_gathering", _("Samlingen er over eller avlyst. Du kan ikke svare på den nå."))

    return perform(
        request,
        form=form,
        run=run,
        title=_("Samling i nettverket"),
        lead=NO_CHILD,
        done="",
        back="",
        respond=lambda _made: redirect("gathering_by_link", link=link),
        button=_("Endre svaret") if found.answer and not found.is_old else _("Send svaret"),
        template="gathering_reply.html",
        version=found.answered,
        context={"found": found, "link": link, "may_answer": not found.is_cancelled},
    )


@public
@require_safe
def calendar_by_link(request: HttpRequest, link: str) -> HttpResponse:
    """The gathering as a file for the calendar of one who came by a link, and has pressed to see it."""
    message_id, found = _linked(link)
    if not found.is_open or not _is_open(request, link):
        raise Http404
    _look(message_id)
    return _file(found, uid=found.gathering_id, title=found.network)
