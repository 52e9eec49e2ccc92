"""How it was, in three questions: voluntary, once for each meeting or closing, and kept without who."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grunnmur.cases import access
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import instant
from grunnmur.cases.models import Experience, ExperienceGiven
from grunnmur.cases.models.experience import MOST
from grunnmur.cases.queries.experiences import asked_after
from grunnmur.cases.terms import ExperienceOf
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

    Raises NotVisible for what one is not asked about (`asked_after`), Invalid for an answer that is not one to five.
    """
    with transaction.atomic():
        child = access.get_child(asking, child_id)
        refuse({question: _("Velg et svar.") for question in QUESTIONS if not 1 <= answers.get(question, 0) <= MOST})
        today = instant().date()
        after = asked_after(asking, item, child_id=child_id, on=today)
        _given, is_new = ExperienceGiven.objects.get_or_create(
            identity=asking.self_id, item=item, defaults={"child": child, "owner_service_id": child.author_service_id}
        )
        if not is_new:
            return False
        is_relative = isinstance(asking, Relative)
        Experience.objects.create(
            service_id=asking.owner if isinstance(asking, Relative) else asking.service_id,
            month=today.replace(day=1),
            of=(ExperienceOf.CHILD if asking.self_id == child_id else ExperienceOf.PARENT)
            if is_relative
            else ExperienceOf.STAFF,
            after=after,
            **answers,
        )
    return True
