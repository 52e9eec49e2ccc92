"""What every act of one in a family on their own pages shares: sent once, told to the contact person, and logged."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from grunnmur.cases.models import Letter
from grunnmur.cases.terms import InformationKind, LetterAbout, WordsFor
from grunnmur.directory.sessions import Relative, sign
from grunnmur.log import record
from grunnmur.post.rules import rules


def sent_before(relative: Relative, once: UUID | None) -> Letter | None:
    """What the same form has sent before: a double click does a thing once."""
    return Letter.objects.filter(identity=relative.self_id, once=once).first() if once else None


def write(
    relative: Relative,
    *,
    about: LetterAbout,
    item: UUID | None,
    text: str,
    at: datetime,
    once: UUID | None,
    answer_by: datetime | None = None,
    readers: WordsFor | None = None,
) -> Letter:
    """A letter to the contact person, who is sent word of it; it stands in their list until it is answered."""
    letter = Letter.objects.create(
        child_id=relative.child,
        owner_service_id=relative.owner,
        identity=relative.self_id,
        about=about,
        item=item,
        text=text,
        written_at=at,
        answer_by=answer_by,
        once=once,
        readers=readers or "",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.tell_of_letter(%s, make_interval(days => %s), %s)",
            [letter.pk, rules().expires_days.number, sign(f"tell_of_letter|{letter.pk}")],
        )
    return letter


def happened(
    relative: Relative,
    name: str,
    *,
    at: datetime,
    subject: UUID,
    pathway_id: UUID | None = None,
    kind: InformationKind = InformationKind.CHILD_WELFARE,
    data: dict[str, str] | None = None,
) -> None:
    """The act's one event."""
    record.event(
        name,
        at=at,
        child_id=relative.child,
        pathway_id=pathway_id,
        kind=int(kind),
        service_id=relative.owner,
        person_id=relative.writer,
        subject_id=subject,
        data=data,
    )
