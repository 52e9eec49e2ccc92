"""Insight: an extract of everything held about a child, reviewed one thing at a time and handed out as a file."""

import json
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grunnmur import clock
from grunnmur.cases.actions import extracts as acts
from grunnmur.cases.queries import child as children
from grunnmur.cases.queries import extracts as queries
from grunnmur.cases.terms import RemarkBy, WithheldGround
from grunnmur.exchange import paper
from grunnmur.web import child_words, files, forms, papers, written_words
from grunnmur.web.acting import actor_of, once_of, perform
from grunnmur.web.papers import Paper
from grunnmur.web.views.children import head_of
from grunnmur.web.views.fresh import fresh
from grunnmur.web.views.passport import GiveForm

SHOWN = 200
"""Things of one part on the page; the file has them all."""


class ExtractForm(forms.ActForm):
    who = forms.choice(gettext_lazy("Hvem sitt innsyn er det?"), (), radio=True)
    representative = django_forms.CharField(
        label=gettext_lazy("Ber noen på vegne av dem?"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Skriv hvem, og som hva, for eksempel advokat."),
    )
    asked_on = forms.DateField(label=gettext_lazy("Når ba de om det?"))

    def __init__(self, *args: Any, related: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        forms.offer_choices(self, "who", [(RemarkBy.CHILD.value, RemarkBy.CHILD.label), *related])


def extracts(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """Those that have been made, and a form to make one."""
    head, shared = head_of(request, child_id, page="extracts", act="extracts.make")
    related = [
        (str(person.row_id), f"{person.name} ({str(person.relation.label).lower()})")
        for person in children.list_people(head)
        if person.has_parental_responsibility
    ]
    shared["context"] |= {"made": queries.list_extracts(head)}

    def respond(extract: Any) -> HttpResponse:
        return redirect("extract", child_id=child_id, extract_id=extract.pk)

    return perform(
        request,
        form=ExtractForm(request.POST or None, related=related, initial={"asked_on": clock.today()}),
        run=lambda data: acts.make(
            actor=head.actor, child_id=child_id, once=once_of(request), asked_on=data["asked_on"], **_whose(data)
        ),
        title=_("Innsyn i det vi har om barnet"),
        lead=_(
            "Alt som står om barnet, og som den det gjelder, selv kan se nå. Skal mer med, gir dere det fri først "
            "under «Hvem ser hva». Dere går gjennom alt før det gis ut."
        ),
        button=_("Lag innsyn"),
        done="",
        template="extracts.html",
        respond=respond,
        **shared,
    )


def _whose(data: dict[str, Any]) -> dict[str, Any]:
    who = data["who"]
    return {
        "related_person_id": None if who == RemarkBy.CHILD else UUID(who),
        "representative": data["representative"],
    }


def extract(request: HttpRequest, child_id: UUID, extract_id: UUID) -> HttpResponse:
    """Everything in the extract, for review: names of others are flagged, and single things can be withheld."""
    head = children.get_child(actor_of(request), child_id, page="extract", act="extracts.make")
    found = queries.get(head.actor, head.child, extract_id)
    return render(
        request,
        "extract.html",
        {
            "head": head,
            "crumbs": [*child_words.crumbs(head), (_("Innsyn"), reverse("extracts", kwargs={"child_id": child_id}))],
            "review": queries.review(head.actor, found),
            "shown": SHOWN,
            "expired": queries.EXPIRED,
            "fields": GiveForm(initial={"sprak": settings.LANGUAGE_CODE}).fields_for_page(),
        },
    )


class WithholdForm(forms.ActForm):
    ground = forms.choice(gettext_lazy("På hvilket grunnlag?"), WithheldGround.choices, radio=True)
    why = forms.long_text(
        gettext_lazy("Hvorfor gis dette ikke ut?"),
        help_text=gettext_lazy("Bare dere ser begrunnelsen. Den som har bedt om innsyn, ser ikke at noe mangler."),
    )


def withhold(request: HttpRequest, child_id: UUID, extract_id: UUID, subject_id: UUID) -> HttpResponse:
    """Leave one thing out of the extract."""
    head, shared = head_of(request, child_id, page="withhold", act="extracts.withhold")
    found = queries.get(head.actor, head.child, extract_id)
    thing = queries.get_thing(head.actor, found, subject_id)
    back = reverse("extract", kwargs={"child_id": child_id, "extract_id": extract_id})
    shared["context"] |= {"thing": thing}
    return perform(
        request,
        form=WithholdForm(request.POST or None),
        run=lambda data: acts.withhold(
            actor=head.actor,
            child_id=child_id,
            once=once_of(request),
            extract_id=extract_id,
            subject_id=subject_id,
            ground=WithheldGround(data["ground"]),
            why=data["why"],
        ),
        title=_("Gi ikke ut dette"),
        button=_("Hold tilbake"),
        done=_("Dette er ikke med i innsynet."),
        template="withhold.html",
        **{**shared, "back": back},
    )


@require_POST
@fresh
def hand_out(request: HttpRequest, child_id: UUID, extract_id: UUID) -> HttpResponse:
    """The extract as a file: a PDF or a page for people, or JSON for a program. Its name tells nothing of anyone."""
    asked = request.POST.get("form", "")
    form = asked if asked in ("json", "pdf") else "html"
    actor = actor_of(request)
    head = children.get_child(actor, child_id, page="extract_file", act="extracts.hand_out")

    chosen = request.POST.get("sprak", "")
    # For whoever asked, whatever language whoever makes it reads.
    language = chosen if chosen in papers.LANGUAGES else settings.LANGUAGE_CODE

    def give() -> queries.Content:
        return acts.hand_out(
            actor=actor, child_id=child_id, once=None, extract_id=extract_id, form=form, language=language
        )

    with translation.override(language):
        if form == "pdf":
            ready = queries.content(actor, queries.get(actor, head.child, extract_id))
            try:
                response = papers.to_give(request, _paper(ready), language=language)
                with transaction.atomic():
                    if give().parts != ready.parts:
                        raise paper.NotSet(papers.CHANGED)
            except paper.NotSet as nothing_given:
                messages.error(request, str(nothing_given.sentence))
                return redirect("extract", child_id=child_id, extract_id=extract_id)
        elif form == "json":
            body = json.dumps(queries.as_data(give(), called=written_words.called), ensure_ascii=False, indent=1)
            response = HttpResponse(body, content_type="application/json; charset=utf-8")
        else:
            response = HttpResponse(papers.document(request, _paper(give()), language=language))
    return files.attachment(response, name=f"innsyn-{extract_id}.{form}")


def _paper(content: queries.Content) -> Paper:
    title = _("Innsyn i det som står om barnet")
    shown = {"content": content, "titles": written_words.TITLES, "called": written_words.called}
    return Paper(title=title, template="paper_extract.html", shows=shown)
