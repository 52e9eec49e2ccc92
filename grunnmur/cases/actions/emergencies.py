"""Break-glass for danger to a child: one person reads one child's case for an hour, and the owner must review it.

Never the child's own words, where a protected child is, or who reported: the ground cannot carry them. It opens a
sight of its own, for reading; it changes nobody else's, and an explicit no wins over it too.
"""

import hashlib
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import access, national_id
from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.actions.checks import refuse
from grunnmur.cases.door import Invalid, on_child
from grunnmur.cases.models import Child, EmergencyLook
from grunnmur.cases.terms import InformationKind, ParticipationBasis
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.models import Service
from grunnmur.directory.sessions import Actor
from grunnmur.log import record

MAY_BREAK = frozenset(
    {Role.CONTACT_PERSON, Role.LEADER, Role.GP, Role.PUBLIC_HEALTH_NURSE, Role.PSYCHOLOGIST, Role.NURSE}
)
Verdict = EmergencyLook.Verdict
VERDICTS = Verdict.choices
"""What the owner's review can end with; faces, which have no tables, choose among them."""
SHORTEST_REASON = 20
"""Characters; the product's own choice: a word is no reason."""
TOO_OFTEN = _("Du har brukt nødtilgang flere ganger den siste tiden. Ring barnevernvakten eller barneverntjenesten.")
NO_CASE = _("Vi finner ingen sak du kan åpne. Er barnet i fare nå, ring 113 eller barnevernvakten.")


def break_glass(*, actor: Actor, national_number: str, reason: str) -> UUID | None:
    """See the child with this number for an hour. Returns the child's id. Raises Refused, Invalid.

    What is not there, and what one may not open, are answered alike, with None; both are logged.
    """
    if actor.role not in MAY_BREAK:
        raise access.Refused("role", access.NOT_YOUR_ROLE)
    if not actor.is_fresh:
        raise access.Refused("not_fresh", access.NOT_FRESH)
    number = _number(national_number)
    refuse(
        {
            "national_number": None if number else _("Skriv hele fødselsnummeret, 11 sifre."),
            "reason": _("Skriv hva som er farlig for barnet nå, og hva du trenger å vite.")
            if len(reason.strip()) < SHORTEST_REASON
            else None,
        }
    )
    looks = _open(number or "", reason.strip())
    for look, child_id in looks:
        record.event(
            "glass.broken",
            at=clock.now(),
            child_id=child_id,
            pathway_id=None,
            kind=int(InformationKind.CHILD_WELFARE),
            service_id=actor.service_id,
            person_id=actor.person_id,
            subject_id=look,
        )
    record.look(
        "break_glass",
        at=clock.now(),
        person_id=actor.person_id,
        service_id=actor.service_id,
        role=actor.role,
        children=[child_id for _look, child_id in looks],
        ground=ParticipationBasis.BREAK_GLASS if looks else "",
        allowed=bool(looks),
        reason="break_glass" if looks else "no_case",
    )
    return looks[0][1] if looks else None


def _number(text: str) -> str | None:
    try:
        number = national_id.parse(text)
    except ValueError:
        return None
    return number.value if number.is_unique else None


def _open(number: str, reason: str) -> list[tuple[UUID, UUID]]:
    """Every record of the child that the actor can open: (the look, the child). Raises Refused when it is too often."""
    owners = Service.objects.filter(kind=ServiceKind.CHILD_WELFARE).values_list("pk", flat=True)
    field = Child._meta.get_field("national_key")
    codes = [code for owner in owners for code in field.codes(number, within=owner)]
    kinds = int(access_rules().carries[ParticipationBasis.BREAK_GLASS])
    numbers = access_rules().numbers
    limits = (numbers["break_glass_minutes"], numbers["break_glass_most"], numbers["break_glass_days"])
    digest = hashlib.sha256(b"".join(codes)).hexdigest()
    mac = sessions.sign("|".join(map(str, ("glass", digest, kinds, *limits))))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "select * from sec.break_glass(%s, %s, %s, %s, %s, %s, %s)", [codes, reason, kinds, *limits, mac]
            )
            return [(row[0], row[1]) for row in cursor.fetchall()]
    except DatabaseError as refused:
        if "too often" in str(refused):
            raise access.Refused("too_often", TOO_OFTEN) from refused
        raise


def review(*, actor: Actor, child_id: UUID, once: UUID | None, look_id: UUID, verdict: Verdict, text: str) -> None:
    """The owner's review of one break-glass; done once. Raises NotVisible, Refused, Invalid, AlreadyDone."""
    with on_child(actor, child_id, "emergencies.review", once=once) as act:
        row = EmergencyLook.objects.filter(child=act.child, pk=look_id).first()
        if row is None:
            raise access.NotVisible
        if row.reviewed_at is not None:
            raise Invalid({"verdict": _("Noen har alt vurdert dette.")})
        row.reviewed_at = act.at
        row.reviewed_by_id = actor.person_id
        row.verdict = verdict
        row.review = text
        row.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "review"])
        act.record("glass.reviewed", kind=InformationKind.CHILD_WELFARE, subject=row.pk, data={"verdict": str(verdict)})
