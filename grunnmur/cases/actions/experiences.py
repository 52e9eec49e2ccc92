"""How it was, in three questions: voluntary, once for each meeting or closing, and kept without who."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import instant
from grunnmur.cases.models import Experience, ExperienceGiven, Meeting, Pathway
from grunnmur.cases.models.experience import MOST
from grunnmur.cases.terms import ExperienceAfter, ExperienceOf
from grunnmur.directory.sessions import Actor, Relative

QUESTIONS = {
    "was_heard": _("Ble du hørt?"),
    "understood": _("Forsto du det som ble sagt?"),
    "it_helps": _("Tror du det hjelper?"),
}
"""As the family is asked. Our own; no source sets the questions. The evaluation's own survey is another (SINTEF)."""
ANSWERS = (
    ("1", _("Nei")),
    ("2", _("Litt")),
    ("3", _("Sånn passe")),
    ("4", _("Ganske")),
    ("5", _("Ja, veldig")),
)


def give(*, asking: Actor | Relative, child_id: UUID, item: UUID, answers: dict[str, int]) -> bool:
    """Keep one answer about a meeting that was held, or a pathway that was closed; False when one has answered before.

    Raises NotVisible for what the one who asks does not see, Invalid for an answer that is not one to five.
    """
    with transaction.atomic():
        child = access.get_child(asking, child_id)
        refuse({question: _("Velg et svar.") for question in QUESTIONS if not 1 <= answers.get(question, 0) <= MOST})
        after = _after(asking, child_id, item)
        _given, is_new = ExperienceGiven.objects.get_or_create(
            identity=asking.self_id, item=item, defaults={"child": child, "owner_service_id": child.author_service_id}
        )
        if not is_new:
            return False
        is_relative = isinstance(asking, Relative)
        Experience.objects.create(
            service_id=asking.owner if isinstance(asking, Relative) else asking.service_id,
            month=_month(instant().date()),
            of=(ExperienceOf.CHILD if asking.self_id == child_id else ExperienceOf.PARENT)
            if is_relative
            else ExperienceOf.STAFF,
            after=after,
            **answers,
        )
    return True


def _after(asking: Actor | Relative, child_id: UUID, item: UUID) -> ExperienceAfter:
    runs = access.visible_to(asking, Pathway.objects.filter(child=child_id))
    if runs.filter(pk=item, status="closed").exists():
        return ExperienceAfter.CLOSING
    meetings = access.visible_to(asking, Meeting.objects.filter(pk=item, pathway__in=runs.values("pk")))
    if not meetings.filter(held__isnull=False).exists():
        raise access.NotVisible
    return ExperienceAfter.MEETING


def _month(on: date) -> date:
    return on.replace(day=1)
