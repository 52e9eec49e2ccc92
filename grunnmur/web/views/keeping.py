"""How long a case stands: what the rules say, holds, the archive's package and receipt, and deletion by two people."""

from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grunnmur import clock
from grunnmur.cases.actions import archives, deletions, holds
from grunnmur.cases.queries import keeping as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.retention import Outcome
from grunnmur.cases.terms import DeletionCause, HoldCause
from grunnmur.exchange import archive
from grunnmur.web import files, forms
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs
from grunnmur.web.views.children import head_of
from grunnmur.web.views.fresh import fresh

SAYS = {
    Outcome.KEEP: gettext_lazy("Saken står. Ingenting skal gjøres nå."),
    Outcome.RESTRICT: gettext_lazy("Saken er lukket for alle andre enn dere."),
    Outcome.ARCHIVE: gettext_lazy("Saken skal leveres til arkivdepotet."),
    Outcome.DELETE: gettext_lazy("Saken kan slettes her. Arkivdepotet har den."),
}


def keeping(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """What the rules say of the case and why, and what can be done about it."""
    found = queries.get_keeping(actor_of(request), pathway_id)
    return render(
        request,
        "keeping.html",
        {
            "keeping": found,
            "case": found.case,
            "says": SAYS[found.decision.outcome],
            "source": queries.source_of(found.decision),
        },
    )


@require_POST
@fresh
def make_archive(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The package of a pathway that has ended, as one file whose name tells nothing of anyone."""
    actor = actor_of(request)
    check_first(request, get_case(actor, pathway_id, page="make_archive"), "archives.make")
    packed = archives.make(actor=actor, pathway_id=pathway_id, once=None)
    response = HttpResponse(archive.as_zip(packed.files), content_type="application/zip")
    return files.attachment(response, name=f"arkivpakke-{packed.row.pk}.zip")


class ReceiptForm(forms.ActForm):
    sha256 = django_forms.CharField(
        label=gettext_lazy("Kontrollsummen depotet kvitterer for"),
        max_length=64,
        help_text=gettext_lazy("64 tegn. Den står på siden om oppbevaring."),
    )
    received_on = forms.DateField(label=gettext_lazy("Når kvitterte de?"))
    reference = django_forms.CharField(label=gettext_lazy("Depotets referanse"), max_length=80)


def receive_receipt(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """The depot has acknowledged a package."""
    actor = actor_of(request)
    case = get_case(actor, pathway_id, page="receive_receipt")
    check_first(request, case, "archives.receive")
    back = reverse("keeping", kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=ReceiptForm(request.POST or None, initial={"received_on": clock.today()}),
        run=lambda data: archives.receive(actor=actor, pathway_id=pathway_id, once=once_of(request), **data),
        title=_("Arkivdepotet har kvittert"),
        button=_("Lagre kvitteringen"),
        done=_("Kvitteringen er lagret."),
        back=back,
        context={"crumbs": case_crumbs(case, (_("Oppbevaring"), back))},
    )


# --- holds and deletion, which are about the child -------------------------------------------------------------


class HoldForm(forms.ActForm):
    cause = forms.choice(gettext_lazy("Hva trenger saken?"), HoldCause.choices, radio=True)
    why = forms.long_text(gettext_lazy("Hvilken sak gjelder det?"))
    from_on = forms.DateField(label=gettext_lazy("Fra når?"))


def put_hold(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Nothing about the child is archived away or deleted while something needs it."""
    head, shared = head_of(request, child_id, page="put_hold", act="holds.put")
    return perform(
        request,
        form=HoldForm(request.POST or None, initial={"from_on": clock.today()}),
        run=lambda data: holds.put(
            actor=head.actor, child_id=child_id, once=once_of(request), **{**data, "cause": HoldCause(data["cause"])}
        ),
        title=_("Sperr for sletting"),
        lead=_("Mens sperren gjelder, blir ingenting om barnet slettet, uansett hva reglene sier."),
        button=_("Sperr"),
        done=_("Saken er sperret for sletting."),
        **shared,
    )


class LiftForm(forms.ActForm):
    why = forms.long_text(gettext_lazy("Hvorfor trengs ikke sperren lenger?"))
    from_on = forms.DateField(label=gettext_lazy("Fra når?"))


def lift_hold(request: HttpRequest, child_id: UUID, hold_id: UUID) -> HttpResponse:
    """A hold no longer holds."""
    head, shared = head_of(request, child_id, page="lift_hold", act="holds.lift")
    return perform(
        request,
        form=LiftForm(request.POST or None, initial={"from_on": clock.today()}),
        run=lambda data: holds.lift(
            actor=head.actor, child_id=child_id, once=once_of(request), hold_id=hold_id, **data
        ),
        title=_("Opphev sperren"),
        button=_("Opphev sperren"),
        done=_("Sperren er opphevet."),
        **shared,
    )


class DeletionForm(forms.ActForm):
    cause = forms.choice(gettext_lazy("Hvorfor kan barnet slettes?"), DeletionCause.choices, radio=True)
    why = forms.long_text(gettext_lazy("Forklar"))


def delete_child(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Ask that the record be deleted; what has been asked waits here for another to confirm."""
    head, shared = head_of(request, child_id, page="delete_child", act="deletions.ask")
    shared["context"] |= {
        "asked": queries.list_asked(head.actor, head.child),
        "may_confirm": head.may("deletions.confirm"),
        "holds": queries.list_holds(head.actor, head.child),
    }

    def respond(_made: object) -> HttpResponse:
        messages.success(request, _("Dere har bedt om sletting. En annen må bekrefte."))
        return redirect("delete_child", child_id=child_id)

    return perform(
        request,
        form=DeletionForm(request.POST or None),
        run=lambda data: deletions.ask(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            **{**data, "cause": DeletionCause(data["cause"])},
        ),
        title=_("Slett registreringen av barnet"),
        lead=_("Én ber om det, og en leder bekrefter. Da blir alt om barnet borte her. Loggen og en kvittering står."),
        button=_("Be om sletting"),
        done="",
        template="delete_child.html",
        respond=respond,
        **shared,
    )


@require_POST
@fresh
def confirm_deletion(request: HttpRequest, child_id: UUID, request_id: UUID) -> HttpResponse:
    """Delete the record, as another asked."""
    receipt = deletions.confirm(
        actor=actor_of(request), child_id=child_id, once=once_of(request), request_id=request_id
    )
    messages.success(request, _("Registreringen er slettet. Kvittering: %(receipt)s.") % {"receipt": receipt})
    return redirect("work")
