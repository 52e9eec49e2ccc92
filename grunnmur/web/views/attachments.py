"""Files to a mapping or a referral: adding one, and giving it to somebody who sees what it belongs to."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from grunnmur import uploads
from grunnmur.cases.access import NotVisible, Refused
from grunnmur.cases.actions import attachments
from grunnmur.cases.queries import attachments as queries
from grunnmur.cases.queries import health
from grunnmur.cases.queries.readers import list_readers
from grunnmur.web import files, forms, health_words
from grunnmur.web.acting import actor_of, check_first, once_of, perform
from grunnmur.web.crumbs import case_crumbs


class AttachmentForm(forms.ActForm):
    about = django_forms.CharField(
        label=gettext_lazy("Hva er det?"),
        max_length=120,
        help_text=gettext_lazy("For eksempel «Blodprøver i november». Ikke skriv navn."),
    )
    file = django_forms.FileField(
        label=gettext_lazy("Filen"),
        help_text=gettext_lazy(
            "PDF, bilde (PNG og JPEG) eller ren tekst, høyst %(n)s MB. Navnet på filen lagres ikke. "
            "Må noe rettes, må filen velges på nytt."
        ),
        error_messages={"empty": gettext_lazy("Filen er tom.")},
    )

    tells_where = forms.choice(
        gettext_lazy("Viser filen hvor barnet er?"),
        [("no", gettext_lazy("Nei")), ("yes", gettext_lazy("Ja, eller det kan den gjøre"))],
        radio=True,
        help_text=gettext_lazy("Les gjennom filen. Se også etter adresse, skole og sted i brevhodet."),
        hints={
            "no": gettext_lazy("De som ser det filen hører til, kan åpne den."),
            "yes": gettext_lazy("Bare de som kan lese hvor barnet er, ser filen."),
        },
    )

    def __init__(self, *args: Any, is_protected: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_protected:
            self.fields["tells_where"].error_messages["required"] = _("Velg om filen viser hvor barnet er.")
        else:
            del self.fields["tells_where"]
        self.fields["about"].error_messages["required"] = _("Skriv hva filen er.")
        self.fields["file"].error_messages["required"] = _("Velg en fil.")
        hint = str(self.fields["file"].help_text)
        self.fields["file"].help_text = hint % {"n": uploads.MAX_BYTES // 1_000_000}


def add_attachment(request: HttpRequest, pathway_id: UUID, item: UUID) -> HttpResponse:
    """Add a file to one's own mapping or referral."""
    actor = actor_of(request)
    found = health.get_health(actor, pathway_id, page="add_attachment")
    check_first(request, found.case, "attachments.add")
    area, to = found.thing(item)
    if request.method != "POST" and not to.may_attach:
        if not found.case.tells_where:
            raise Refused("file_while_protected", attachments.WHILE_PROTECTED)
        raise Refused("file_of_another", attachments.NOT_TOLD if to.is_ours else attachments.OF_ANOTHER)
    back = reverse("health", kwargs={"pathway_id": pathway_id})
    return perform(
        request,
        form=AttachmentForm(request.POST or None, request.FILES or None, is_protected=found.case.is_protected),
        run=lambda data: attachments.add(
            actor=actor,
            pathway_id=pathway_id,
            once=once_of(request),
            item=item,
            about=data["about"],
            name=data["file"].name,
            data=data["file"].read(),
            tells_where={"yes": True, "no": False}.get(data.get("tells_where", "")),
        ),
        title=_("Legg ved en fil"),
        lead=f"{area.area.label}. {health_words.read_by(*list_readers(found.case, area.area.kind))}",
        button=_("Legg ved"),
        done=_("Filen er lagt ved."),
        back=back,
        context={"crumbs": case_crumbs(found.case, (_("Helse"), back)), "upload": True},
    )


class ReleaseFileForm(forms.ActForm):
    is_read_through = django_forms.BooleanField(
        label=gettext_lazy("Jeg har lest gjennom filen, og den viser ikke hvor barnet er"),
        help_text=gettext_lazy("Se også etter adresse, skole og sted i brevhodet."),
        required=False,
    )
    reason = forms.long_text(
        gettext_lazy("Hvorfor kan flere se den?"), help_text=gettext_lazy("Bare dere ser begrunnelsen."), rows_hint=3
    )

    def __init__(self, *args: Any, is_protected: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_protected:
            del self.fields["is_read_through"]


def release_attachment(request: HttpRequest, pathway_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Let a file that is held for those who may know where the child is be seen by all who see what it belongs to."""
    actor = actor_of(request)
    found = queries.get_held(actor, pathway_id, attachment_id)
    if request.method != "POST" and not found.is_held:
        raise NotVisible
    back = reverse("health", kwargs={"pathway_id": pathway_id})
    why = (
        _("Adressen er skjermet. Derfor ser bare de som er navngitt som lesere av adressen, filen.")
        if found.case.is_protected
        else _("Filen ble holdt tilbake mens adressen var skjermet. Derfor ser bare dere den.")
    )
    return perform(
        request,
        form=ReleaseFileForm(request.POST or None, is_protected=found.case.is_protected),
        run=lambda data: attachments.release(
            actor=actor, pathway_id=pathway_id, once=once_of(request), attachment_id=attachment_id, **data
        ),
        title=_("La flere se filen"),
        lead=f"{found.about}. {why}",
        button=_("La flere se den"),
        done=_("Filen kan åpnes av alle som ser det den hører til."),
        back=back,
        template="release_attachment.html",
        context={
            "crumbs": case_crumbs(found.case, (_("Helse"), back)),
            "file": reverse("attachment", kwargs={"pathway_id": pathway_id, "attachment_id": attachment_id}),
            "readers": health_words.read_by(*list_readers(found.case, found.kind)),
        },
    )


@require_GET
def attachment(request: HttpRequest, pathway_id: UUID, attachment_id: UUID) -> HttpResponse:
    """The file, to be kept or opened elsewhere. Its name tells nothing of anyone."""
    file = queries.get(actor_of(request), pathway_id, attachment_id)
    answer = HttpResponse(file.data, content_type=file.kind.media_type)
    return files.attachment(answer, name=f"vedlegg-{attachment_id}.{file.kind}")
