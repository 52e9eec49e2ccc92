"""How the child took part: asked for by the acts, with what is already written offered, and shown phase by phase."""

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import lifecycle
from grunnmur.cases.lifecycle import PhaseState
from grunnmur.cases.queries.case import Case
from grunnmur.cases.queries.took_part import TookPart, list_took_part
from grunnmur.cases.terms import ChildParticipation
from grunnmur.web import forms
from grunnmur.web.fields import Text
from grunnmur.web.jinja import dato

NAME = "participation"
NO_PART = gettext_lazy("Tok barnet ikke del, velger dere det svaret som sier hvorfor.")


def field(label: Text) -> django_forms.ChoiceField:
    """The field, for an act that does not wait for it: the official list says it too when the child took no part."""
    return forms.choice(label, ChildParticipation.choices, radio=True, required=False, help_text=NO_PART)


def offer(form: forms.ActForm, written: TookPart | None) -> None:
    """Fill in what a conversation already says, and say where it is from."""
    if written is None:
        return
    form.initial.setdefault(NAME, written.how.value)
    from_talk = _("Svaret er hentet fra samtalen %(on)s. Rett det om det ikke stemmer.") % {"on": dato(written.on)}
    form.fields[NAME].help_text = " ".join(str(one) for one in (from_talk, form.fields[NAME].help_text) if one)


def chosen(data: dict[str, Any]) -> dict[str, Any]:
    """A valid form's answers, with this one as a term, or none."""
    return {**data, NAME: ChildParticipation(data[NAME]) if data[NAME] else None}


def by_phase(case: Case) -> list[dict[str, Any]]:
    """Each phase with how the child took part in it, the newest first, and whether nothing is written of one that has
    begun."""
    phases = lifecycle.phases(case.facts)
    found = list_took_part(case.actor, case.pathway.pk, phases)
    labels = {phase.number: phase.label for phase in case.edition.phases}
    rows = []
    for phase in phases:
        times = [one for one in found if one.phase == phase.number]
        is_missing = not times and phase.state is not PhaseState.AHEAD
        rows.append({"label": labels[phase.number], "times": times, "is_missing": is_missing})
    return rows
