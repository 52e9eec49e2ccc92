"""What one in the family asks the child welfare service, and the answer. Between the two, and read by nobody else."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions import by_family
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import instant, lock, on_child
from grunnmur.cases.models import Letter
from grunnmur.cases.queries import looks
from grunnmur.cases.terms import InformationKind, LetterAbout
from grunnmur.directory.sessions import Actor, Relative

LONGEST = 4_000
"""Letters in a letter."""


def ask(*, relative: Relative, once: UUID | None, text: str, look_id: UUID | None = None) -> Letter:
    """Ask the child welfare service something, or what a look was for. A double click asks once.

    A question about a look is to be answered within the hours of `look_question_hours`. Raises NotVisible, Invalid.
    """
    with transaction.atomic():
        child = access.get_child(relative, relative.child)
        lock(child.pk)
        if before := by_family.sent_before(relative, once):
            return before
        if look_id is not None and looks.get_look_of_family(relative, look_id) is None:
            raise access.NotVisible
        refuse(
            {
                "text": _("Skriv hva du lurer på.")
                if not text.strip()
                else _("Skriv litt kortere, så mye som får plass på to sider.")
                if len(text) > LONGEST
                else None
            }
        )
        at = instant()
        hours = access_rules().numbers["look_question_hours"]
        letter = by_family.write(
            relative,
            about=LetterAbout.LOOK if look_id else LetterAbout.QUESTION,
            item=look_id,
            text=text,
            at=at,
            answer_by=at + timedelta(hours=hours) if look_id else None,
            once=once,
        )
        by_family.happened(relative, "letter.sent", at=at, subject=letter.pk)
    return letter


def answer(
    *,
    actor: Actor,
    child_id: UUID,
    once: UUID | None,
    letter_id: UUID,
    text: str,
    overruled_because: str = "",
    overruled_on: str = "",
) -> Letter:
    """Answer one letter, for the service. Raises NotVisible, Refused, Invalid, AlreadyDone.

    When the adults did otherwise than the child wanted, the answer says why and on what ground: who, it says itself.
    """
    with on_child(actor, child_id, "letters.answer", once=once) as act:
        letter = Letter.objects.filter(child=act.child, pk=letter_id, written_by=None).first()
        if letter is None:
            raise access.NotVisible
        refuse(
            {
                "text": _("Noen har alt svart på dette.")
                if letter.answered_at
                else _("Skriv et svar.")
                if not text.strip()
                else None,
                "overruled_on": _("Skriv grunnlaget for å gå imot det barnet ønsket.")
                if overruled_because.strip() and not overruled_on.strip()
                else None,
                "overruled_because": _("Skriv hvorfor dere gikk imot det barnet ønsket.")
                if overruled_on.strip() and not overruled_because.strip()
                else None,
            }
        )
        written = Letter.objects.create(
            child=act.child,
            owner_service_id=letter.owner_service_id,
            identity=letter.identity,
            about=letter.about,
            item=letter.item,
            text=text,
            written_at=act.at,
            written_by_id=actor.person_id,
            answers=letter,
            overruled_because=overruled_because.strip(),
            overruled_on=overruled_on.strip(),
        )
        act.record("letter.answered", kind=InformationKind.CHILD_WELFARE, subject=letter.pk)
    return written
