"""What the child writes itself before a meeting, sentence by sentence, each with who may read it.

The contact person always reads it. What the child lets its helpers read becomes a text before the meeting, of the kind
«own words»: a service sees it when the child has said yes to that. What is for those at home is shown to them by the
contact person, who gives it row by row (`sight.release`); nothing of it opens by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions import by_family
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import instant, lock
from grunnmur.cases.models import Meeting, MeetingHeld, MeetingText, Pathway
from grunnmur.cases.terms import InformationKind, LetterAbout, WordsFor
from grunnmur.directory.sessions import Relative

LONGEST = 2_000
"""Letters of one answer."""
QUESTIONS = {
    "matters": _("Dette er viktig for meg"),
    "say": _("Dette vil jeg si"),
    "not_said": _("Dette vil jeg ikke at noen skal si"),
}
"""What the child is asked, and what stands over the answer; our own words."""


@dataclass(frozen=True, slots=True)
class Words:
    """One answer, and who may read it."""

    question: str
    text: str
    readers: WordsFor


def write(*, relative: Relative, once: UUID | None, meeting_id: UUID, words: Sequence[Words]) -> None:
    """Keep what the child writes before one meeting that is ahead and that it is asked to.

    A double click keeps it once. Raises NotVisible, Invalid.
    """
    with transaction.atomic():
        child = access.get_child(relative, relative.child)
        if not relative.is_child:
            raise access.NotVisible
        lock(child.pk)
        if by_family.sent_before(relative, once):
            return
        runs = access.visible_to(relative, Pathway.objects.filter(child=child)).values("pk")
        called = Meeting.objects.filter(pk=meeting_id, pathway__in=runs, moved_to__isnull=True, cancelled__isnull=True)
        meeting = access.visible_to(relative, called).first()
        if meeting is None:
            raise access.NotVisible
        at = instant()
        has_been = meeting.starts_at < at or MeetingHeld.objects.filter(meeting=meeting).exists()
        written = [one for one in words if one.text.strip()]
        refuse(
            {
                "meeting_id": _("Møtet har vært. Skriv til oss i stedet.")
                if has_been
                else _("Du er ikke bedt til dette møtet. Skriv til oss i stedet.")
                if not meeting.child_invited
                else None,
                "matters": _("Skriv noe på minst ett av spørsmålene.") if not written else None,
                **{one.question: _("Skriv litt kortere her.") for one in written if len(one.text) > LONGEST},
            }
        )
        for number, one in enumerate(written):
            with by_family.to_the_contact_person():
                title = str(QUESTIONS[one.question])
            letter = by_family.write(
                relative,
                about=LetterAbout.WORDS,
                item=meeting.pk,
                text=f"{title}: {one.text.strip()}",
                at=at,
                once=once if number == 0 else None,
                readers=one.readers,
            )
            if one.readers is not WordsFor.CHILD_WELFARE:
                MeetingText.objects.create(
                    pathway_id=meeting.pathway_id,
                    kind=int(InformationKind.OWN_WORDS),
                    author_service_id=relative.owner,
                    recorded_by_id=relative.writer,
                    recorded_at=at,
                    meeting=meeting,
                    title=title,
                    text=one.text.strip(),
                )
            if number == 0:
                by_family.happened(relative, "words.written", at=at, subject=letter.pk)
