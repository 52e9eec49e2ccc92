"""What a service that takes referrals asks of those who refer to it: its own list, which its administrator keeps."""

from typing import Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases.access import ACTS, Refused
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries import referring
from grunnmur.directory import intake, members
from grunnmur.directory.kinds import Role
from grunnmur.web import forms
from grunnmur.web.acting import actor_of, perform, seen_of
from grunnmur.web.views import session

MAY_REFER = tuple(role for role in Role if role in ACTS["referrals.send"].roles)
"""Those who may note a referral at all."""


class IntakeForm(forms.ActForm):
    accepts = forms.choices(
        gettext_lazy("Hvem tar dere imot henvisning fra?"),
        [(role.value, role.label) for role in MAY_REFER],
        required=False,
        help_text=gettext_lazy("Velger dere ingen, gjelder det som er vanlig hos dere, og ingen får beskjed."),
    )
    parts = forms.choices(
        gettext_lazy("Hva trenger dere i tillegg til det den nasjonale anbefalingen ber om?"), [], required=False
    )
    note = forms.long_text(
        gettext_lazy("Noe annet de som henviser, bør vite?"),
        required=False,
        help_text=gettext_lazy("Gjelder alle henvisninger. Skriv ikke om noen enkelt."),
        longest=intake.LONGEST_NOTE,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["parts"]
        assert isinstance(field, django_forms.MultipleChoiceField)
        field.choices = [(part.key, part.label) for part in definitions().referral.parts]


def say_intake(request: HttpRequest) -> HttpResponse:
    """Show the service's own list, and say it anew."""
    actor = actor_of(request)
    if not actor.service_kind.takes_referrals:
        raise Refused("takes_no_referrals", _("Tjenesten din tar ikke imot henvisninger."))
    if not members.is_administrator():
        raise Refused("not_administrator", _("Bare den som administrerer tjenesten, kan endre dette."))
    now = referring.intake_of(actor.service_id)
    session.log(actor, "intake")

    def say(data: dict[str, Any]) -> object:
        return intake.say(
            actor=actor,
            accepts=[Role(role) for role in data["accepts"]],
            parts=data["parts"],
            note=data["note"],
            seen=seen_of(request),
        )

    return perform(
        request,
        form=IntakeForm(
            request.POST or None,
            initial={"accepts": sorted(now.accepts), "parts": sorted(now.parts), "note": now.note},
        ),
        run=say,
        version=intake.version(actor.service_id),
        title=_("Hva vi trenger i en henvisning"),
        lead=_("Den som henviser hit, får vite hva som mangler, før henvisningen sendes."),
        button=_("Lagre"),
        done=_("Lagret. Det gjelder for henvisninger som skrives fra nå."),
        back="/mottak/",
    )
