"""What the child writes itself before a meeting or before the closing, sentence by sentence, each with who may read it.

The contact person always reads it. What the child lets its helpers read becomes a text before the meeting, or words of
its own in the pathway, of the kind «own words»: a service sees it when the child has said yes to that. What is for
those at home is shown them by the contact person, who gives it row by row (`sight.release`); nothing opens by itself.
Before the closing the others in the family write too, to child welfare alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions import by_family
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.actions.language import in_bokmal
from grunnmur.cases.door import instant, lock
from grunnmur.cases.models import Letter, Meeting, MeetingHeld, MeetingText, OwnWords, Pathway
from grunnmur.cases.terms import InformationKind, LetterAbout, PathwayStatus, WordsFor
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
        refuse(
            {
                "meeting_id": _("Møtet har vært. Skriv til oss i stedet.")
                if has_been
                else _("Du er ikke bedt til dette møtet. Skriv til oss i stedet.")
                if not meeting.child_invited
                else None,
                **_faults(words, beside="matters"),
            }
        )

        def share(title: str, text: str) -> None:
            MeetingText.objects.create(
                **_row(relative, meeting.pathway_id, at), meeting=meeting, title=title, text=text
            )

        letter = _keep(relative, once, words, about=LetterAbout.WORDS, item=meeting.pk, at=at, share=share)
        by_family.happened(relative, "words.written", at=at, subject=letter.pk)


def write_before_closing(*, relative: Relative, once: UUID | None, words: Sequence[Words]) -> None:
    """Keep what the child, or one around it, wants to say before the pathway is closed, while it is under way.

    Nobody but child welfare reads what others than the child write. A double click keeps it once. Raises NotVisible,
    Invalid.
    """
    with transaction.atomic():
        child = access.get_child(relative, relative.child)
        lock(child.pk)
        if by_family.sent_before(relative, once):
            return
        runs = access.visible_to(relative, Pathway.objects.filter(child=child)).order_by("-opened_on")
        if not runs:
            raise access.NotVisible
        pathway = next((run for run in runs if run.status == PathwayStatus.UNDER_WAY), None)
        is_for_others = any(one.readers is not WordsFor.CHILD_WELFARE for one in words)
        if is_for_others and not relative.is_child:
            raise access.NotVisible
        refuse(
            {
                "pathway": None if pathway else _("Vi er ikke i gang nå. Skriv til oss i stedet."),
                **_faults(words, beside="matters" if relative.is_child else "say"),
            }
        )
        assert pathway is not None
        of, at = pathway.pk, instant()

        def share(title: str, text: str) -> None:
            OwnWords.objects.create(**_row(relative, of, at), said_on=at.date(), words=f"{title}: {text}")

        letter = _keep(relative, once, words, about=LetterAbout.CLOSING, item=of, at=at, share=share)
        by_family.happened(relative, "letter.sent", at=at, subject=letter.pk)


def _faults(words: Sequence[Words], *, beside: str) -> dict[str, Any]:
    """What is wrong with the answers; that there are none is said beside one question."""
    written = [one for one in words if one.text.strip()]
    return {
        **{one.question: _("Skriv litt kortere her.") for one in written if len(one.text) > LONGEST},
        **({} if written else {beside: _("Skriv noe på minst ett av spørsmålene.")}),
    }


def _row(relative: Relative, pathway_id: UUID, at: datetime) -> dict[str, Any]:
    """What the row that the helpers read starts from."""
    return {
        "pathway_id": pathway_id,
        "kind": int(InformationKind.OWN_WORDS),
        "author_service_id": relative.owner,
        "recorded_by_id": relative.writer,
        "recorded_at": at,
    }


def _keep(
    relative: Relative,
    once: UUID | None,
    words: Sequence[Words],
    *,
    about: LetterAbout,
    item: UUID,
    at: datetime,
    share: Callable[[str, str], None],
) -> Letter:
    """A letter for each answer, the first of which is returned; `share` gives the helpers what they may read."""
    letters: list[Letter] = []
    for one in words:
        text = one.text.strip()
        if not text:
            continue
        with in_bokmal():
            title = str(QUESTIONS[one.question])
        letters.append(
            by_family.write(
                relative,
                about=about,
                item=item,
                text=f"{title}: {text}",
                at=at,
                once=None if letters else once,
                readers=one.readers if relative.is_child else None,
            )
        )
        if one.readers is not WordsFor.CHILD_WELFARE:
            share(title, text)
    return letters[0]
