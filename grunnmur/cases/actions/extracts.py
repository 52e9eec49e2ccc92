"""An extract of everything held about a child, for the child, a parent or their representative (GDPR art. 15).

Staff of the owner make it on their behalf. It has what the requester may see in its own right (`queries/own_right`);
what must be withheld of that is withheld one thing at a time, with its ground.
"""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import get_related, happened, refuse
from grunnmur.cases.door import Act, on_child
from grunnmur.cases.models import Extract, Withheld
from grunnmur.cases.queries import extracts as queries
from grunnmur.cases.terms import InformationKind, RemarkBy, WithheldGround
from grunnmur.directory import limits
from grunnmur.directory.limits import Limit
from grunnmur.directory.sessions import Actor

LASTS = timedelta(days=7)
"""How long an extract can be handed out. Our own choice; no source sets it."""


def make(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    asked_on: date,
    related_person_id: UUID | None = None,
    representative: str = "",
) -> Extract:
    """Begin an extract in the right of the child, or of one around it (`related_person_id`), for whoever has asked.

    `representative` is who asks on their behalf, and as what. Raises NotVisible, Refused, Invalid.
    """
    representative = representative.strip()
    with on_child(actor, child_id, "extracts.make", once=once) as act:
        related = get_related(act.child, related_person_id)
        refuse(
            {
                "asked_on": happened(asked_on, child=act.child, today=act.today),
                "who": _("Velg hvem innsynet gjelder.")
                if related_person_id and related is None
                else queries.why_not_for(act.child, related, is_represented=bool(representative), on=act.today),
            }
        )
        extract = Extract.objects.create(
            child=act.child,
            **act.child_row(InformationKind.CHILD_WELFARE),
            for_whom=RemarkBy.REPRESENTATIVE
            if representative
            else RemarkBy.RELATED
            if related is not None
            else RemarkBy.CHILD,
            related_person=related,
            representative=representative,
            asked_on=asked_on,
            expires_at=act.at + LASTS,
        )
        act.record("extract.made", kind=InformationKind.CHILD_WELFARE, subject=extract.pk)
    return extract


def withhold(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    extract_id: UUID,
    subject_id: UUID,
    ground: WithheldGround,
    why: str,
) -> Withheld:
    """Leave one thing out of an extract, on a ground. Raises NotVisible, Refused, Invalid."""
    with on_child(actor, child_id, "extracts.withhold", once=once) as act:
        extract = _open(act, extract_id)
        if subject_id not in queries.item_ids(actor, extract):
            raise access.NotVisible
        refuse({"why": None if why.strip() else _("Skriv hvorfor dette ikke gis ut.")})
        row = Withheld.objects.create(
            child=act.child,
            **act.child_row(InformationKind.CHILD_WELFARE),
            extract=extract,
            subject_id=subject_id,
            ground=ground,
            why=why,
        )
        act.record(
            "extract.withheld", kind=InformationKind.CHILD_WELFARE, subject=extract.pk, data={"ground": str(ground)}
        )
    return row


def hand_out(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    extract_id: UUID,
    form: str,
    language: str = settings.LANGUAGE_CODE,
) -> queries.Content:
    """The content of an extract in a language, to be handed out now: one event says so.

    Raises NotVisible, Refused, TooOften.
    """
    with on_child(actor, child_id, "extracts.hand_out", once=once) as act:
        limits.take(Limit.EXPORT_PERSON, actor.person_id)
        limits.take(Limit.EXPORT_SERVICE, actor.service_id)
        extract = _open(act, extract_id)
        reason = queries.why_not_for(
            act.child, extract.related_person, is_represented=bool(extract.representative), on=act.today
        )
        if reason is not None:
            raise access.Refused("not_for_them", reason)
        with translation.override(language):
            content = queries.content(actor, extract)
        said = {"form": form, "language": language}
        act.record("extract.handed_out", kind=InformationKind.CHILD_WELFARE, subject=extract.pk, data=said)
    return content


def _open(act: Act, extract_id: UUID) -> Extract:
    extract = queries.get(act.actor, act.child, extract_id)
    if extract.expires_at <= act.at:
        raise access.Refused("expired", queries.EXPIRED)
    return extract
