"""What one in the family writes: a question to the contact person, or about a look that they do not understand."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from grunnmur.cases import access
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import letters as acts
from grunnmur.cases.door import Invalid
from grunnmur.cases.queries import looks, own_pages
from grunnmur.family.pages import mine_of
from grunnmur.family.shown import in_own_language, page, relative_of
from grunnmur.web import forms
from grunnmur.web.acting import once_of


class LetterForm(forms.ActForm):
    text = forms.long_text(gettext_lazy("Hva lurer du på?"), rows_hint=5)


def _form(request: HttpRequest) -> LetterForm:
    form = LetterForm(request.POST or None)
    if request.POST.get("_restored"):
        form.errors.clear()
    return form


def _sent(request: HttpRequest, form: LetterForm, *, look_id: UUID | None = None) -> bool:
    """Whether the letter was sent; what is wrong with it stands in the form."""
    if request.method != "POST" or request.POST.get("_restored") or not form.is_valid():
        return False
    try:
        acts.ask(relative=relative_of(request), once=once_of(request), text=form.cleaned_data["text"], look_id=look_id)
    except Invalid as invalid:
        for problem in invalid.problems.values():
            form.add_error("text", str(problem))
        return False
    return True


@in_own_language
@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """What I have asked, the answers, and a new question."""
    mine = mine_of(request, "letters")
    form = _form(request)
    if _sent(request, form):
        request.session["notice"] = _("Vi har fått spørsmålet ditt. Svaret kommer her.")
        return redirect("letters")
    given: dict[str, Any] = {"mine": mine, "letters": own_pages.my_letters(mine), "fields": form.fields_for_page()}
    return page(request, "letters.html", given, status=422 if form.errors else 200)


@in_own_language
@require_http_methods(["GET", "POST"])
def ask_about_look(request: HttpRequest, look_id: UUID) -> HttpResponse:
    """Ask what one look was for; it is to be answered within the hours that the page says."""
    mine = mine_of(request, "ask_about_look")
    look = looks.get_look_of_family(mine.relative, look_id)
    if look is None:
        raise access.NotVisible
    form = _form(request)
    if request.method == "GET":
        form.initial = {"text": _("Hvorfor ble det sett på dette?")}
    if _sent(request, form, look_id=look_id):
        request.session["notice"] = _("Vi har fått spørsmålet ditt. Svaret kommer her.")
        return redirect("letters")
    given = {
        "mine": mine,
        "look": look if mine.tells_services else looks.without_service(look, owner=mine.service),
        "fields": form.fields_for_page(),
        "hours": access_rules().numbers["look_question_hours"],
    }
    return page(request, "ask_about_look.html", given, status=422 if form.errors else 200)
