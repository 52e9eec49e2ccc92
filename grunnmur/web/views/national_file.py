"""Reading files from the case system: the child welfare service's own upload page."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur import uploads
from grunnmur.cases import access
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.directory.sessions import Actor
from grunnmur.web.acting import actor_of
from grunnmur.web.fields import field_of
from grunnmur.web.views import errors

if TYPE_CHECKING:
    from grunnmur.exchange import national_file

MOST_FILES = 100


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class FilesForm(forms.Form):
    chosen = FilesField(
        label=gettext_lazy("Filer fra fagsystemet"),
        help_text=gettext_lazy("XML-filer i SSBs format, én for hvert barn. En fil med feil endrer ingenting."),
        widget=FilesInput,
        error_messages={"required": gettext_lazy("Velg minst én fil."), "empty": gettext_lazy("Filen er tom.")},
    )


def read_files(request: HttpRequest) -> HttpResponse:
    """Take in the service's own files, each whole or not at all, and say what became of each."""
    actor = actor_of(request)
    access.check_child(actor, None, "children.read_file")
    form = FilesForm(request.POST or None, request.FILES or None)
    results = []
    reached = None
    if request.method == "POST" and form.is_valid():
        files = form.cleaned_data["chosen"]
        if len(files) > MOST_FILES:
            form.add_error("chosen", _("Velg høyst %(n)s filer om gangen.") % {"n": MOST_FILES})
        else:
            try:
                limits.take(Limit.READ_FILE, actor.service_id, cost=len(files))
            except limits.TooOften as limit:
                reached = limit
                errors.log_refusal(request, reason=str(limit.limit))
                form.add_error("chosen", limit.sentence)
            else:
                results = [_receive(file, number=number, actor=actor) for number, file in enumerate(files, start=1)]
    failed = (request.method == "POST" and not form.is_valid()) or any(result.problems for result in results)
    answer = render(
        request,
        "read_files.html",
        {"field": field_of(form["chosen"]), "results": [_shown(result) for result in results]},
        status=422 if failed else 200,
    )
    return errors.wait(answer, reached) if reached else answer


def _receive(file: "UploadedFile[Any]", *, number: int, actor: Actor) -> "national_file.Result":
    """A file's own name may tell whose it is, so the page calls it by its number."""
    from grunnmur.exchange import national_file  # reads XML: few need it, and everybody would wait for it at the start

    name = _("Fil %(n)s") % {"n": number}
    if uploads.ending_of(file.name or "") != "xml":
        return national_file.not_xml(name)
    with transaction.atomic():
        result = national_file.receive(file.read(), name=name, actor=actor)
        if result.problems:
            transaction.set_rollback(True)
    return result


def _shown(result: "national_file.Result") -> dict[str, Any]:
    reading = result.reading
    if reading is None:
        return {"name": result.name, "problems": result.problems, "tag": _("avvist"), "tone": "danger"}
    words = {"created": _("ny"), "changed": _("endret"), "unchanged": _("uendret")}
    return {
        "name": result.name,
        "problems": (),
        "tag": words[reading.outcome.value],
        "tone": "done",
        "url": reverse("child", kwargs={"child_id": reading.child_id}),
        "journal": reading.journal_number,
        "reason": reading.reason,
        "suggestions": [suggestion.because for suggestion in reading.suggestions],
    }
