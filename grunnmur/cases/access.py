"""Who may see and do what. The list query *is* the rule; the database's policies say the same sentence again.

May this person see it → `visible_to`. May this person do it → `check`. A stranger learns nothing (`NotVisible`,
shown as 404); a colleague without the right gets a reason (`Refused`, shown as 403).
"""

import re
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Exists,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.lifecycle import OPEN
from grunnmur.cases.models import (
    Attachment,
    Child,
    Initiative,
    InitiativeReply,
    InvitationReply,
    MappingLine,
    MappingStep,
    MinutesReview,
    Participation,
    PassportLine,
    Pathway,
    PollAnswer,
    QuestionAnswer,
    ReferralAnswer,
    Remark,
)
from grunnmur.cases.models.base import PathwayRow
from grunnmur.cases.terms import AddressProtection, InformationKind, ParticipationBasis, PathwayStatus
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.sessions import Actor
from grunnmur.post.models import Message

Row = TypeVar("Row", bound=Model)
NOW = Func(function="sec.now", template="(select %(function)s())", output_field=DateTimeField())
"""The database's own reading of the clock, so that both walls always read the same instant."""


class NotVisible(Exception):
    """There is no such thing, or the actor may not know of it: the two cannot be told apart."""


class Refused(Exception):
    """The actor sees the case, but may not do this, or not now."""

    def __init__(self, code: str, sentence: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence

    @property
    def is_about_status(self) -> bool:
        """Whether the case itself stands otherwise than the act needs: somebody may have moved it meanwhile."""
        return self.code.startswith("status_")


# --- seeing --------------------------------------------------------------------------------------------------


class Asking(Protocol):
    """A member of a service or one who answers by a link (`Actor`), or somebody in the family (`Relative`)."""

    @property
    def service_id(self) -> UUID | None: ...
    @property
    def sees_for(self) -> UUID | None: ...
    @property
    def self_id(self) -> UUID: ...
    @property
    def kinds(self) -> int: ...


def given(asking: Asking) -> dict[str, Any]:
    """The values that the sentences below name: who asks, and the most that they can see."""
    return {
        "service": asking.sees_for,
        "self": asking.self_id,
        "ceiling": asking.kinds,
        "for": asking.service_id,
    }


READ_ONLY = ", ".join(f"'{basis}'" for basis in sorted(set(ParticipationBasis) - access_rules().writes))
"""The grounds that one may not write on, and on which one's own material is nobody's own."""
MINE = "({0}.only_for is null or {0}.only_for = %(self)s::uuid)"
VALID = "{0}.starts_at <= (select sec.now()) and {0}.ends_at > (select sec.now())"
NOT_TAKEN = "({child} <> all ((select sec.taken())::uuid[]) or not sec.is_taken({child}, {kind}, {item}))"
SEEN = f"""(({{kind}} & %(ceiling)s) <> 0 and exists (
    select 1 from cases_participation sight
    where sight.{{key}} = {{row}} and sight.service_id is not distinct from %(service)s::uuid
      and {MINE.format("sight")} and {VALID.format("sight")}
      and (sight.item is null or sight.item = {{item}}{{answers}})
      and ((sight.kinds & {{kind}}) <> 0
           or (sight.service_id = {{author}} and sight.basis not in ({READ_ONLY})
               and {{kind}} <> {InformationKind.PROTECTED_ADDRESS:d}))
      and {NOT_TAKEN.replace("{child}", "sight.child_id")}))"""
ANSWERS = f"""
           or (sight.basis = '{ParticipationBasis.ASKED}' and sight.item = {{answered}}
               and {{author}} = %(for)s::uuid)"""
ANSWERED: dict[type[Model], str] = {
    InvitationReply: "invitation",
    MappingLine: "mapping",
    MappingStep: "mapping",
    MinutesReview: "held",
    PollAnswer: "asked",
    QuestionAnswer: "question",
    ReferralAnswer: "referral",
}
"""Whoever answers by a link sees the one row that it was asked about, and what its own service has answered to it: the
answers, and what each is to."""
HANDED_ON = f"""(({{kind}} & %(ceiling)s) <> 0 and %(service)s::uuid is null and exists (
    select 1 from cases_participation sight
    where sight.pathway_id = {{row}} and sight.item = {{item}} and sight.basis = '{ParticipationBasis.HANDED_ON}'
      and sight.only_for = %(self)s::uuid and {VALID.format("sight")} and (sight.kinds & {{kind}}) <> 0
      and not exists (select 1 from unnest(array_append({{about}}, {{item}})) one (row)
                      where not {NOT_TAKEN.format(child="sight.child_id", kind="{kind}", item="one.row")})))"""
"""A line of a passport that was sent as a link: seen by that link alone, and not when anything that it tells of is
taken from the one who comes in by it."""
MAY_KNOW_WHERE = f"""exists (select 1 from cases_pathway one
    join cases_participation sight on sight.child_id = one.child_id
    where one.id = {{row}} and sight.service_id is not distinct from %(service)s::uuid
      and {MINE.format("sight")} and {VALID.format("sight")} and sight.item is null
      and (sight.kinds & %(ceiling)s & {InformationKind.PROTECTED_ADDRESS:d}) <> 0
      and {NOT_TAKEN.format(child="sight.child_id", kind=f"{InformationKind.PROTECTED_ADDRESS:d}", item="null")})"""
"""Whether the one who asks may know where the child of a case is, for what may tell it whatever kind it is of."""
SIGHT_OF_CHILD = f"""a.service_id = %(service)s and {MINE.format("a")} and {VALID.format("a")} and a.item is null
    and ((a.kinds & %(ceiling)s & {InformationKind.CONTACT:d}) <> 0)
    and {NOT_TAKEN.format(child="a.child_id", kind=f"{InformationKind.CONTACT:d}", item="null")}"""
"""Whether the participation `a` lets its service see who the child is (of the kind contact): lists start here."""
SIGHT_OF_CASE = f"""{SIGHT_OF_CHILD} and ((a.kinds & %(ceiling)s & {InformationKind.COORDINATION:d}) <> 0)
    and {NOT_TAKEN.format(child="a.child_id", kind=f"{InformationKind.COORDINATION:d}", item="a.pathway_id")}"""
"""The same, and whether it sees the case itself (of the kind coordination): what a list of cases says of each, its page
says too.
"""
GROUNDS = f"""array(select distinct sight.basis from cases_participation sight
    where sight.child_id = {{child}} and sight.service_id is not distinct from %(service)s::uuid and sight.item is null
      and {MINE.format("sight")} and {VALID.format("sight")})"""


def seen(alias: str, *, key: Literal["pathway_id", "child_id"], row: str = "") -> str:
    """The rule of `visible_to` for the rows `alias` of a statement in SQL, which gives the values of `given`.

    `row` names the column that the sight's `key` is held against, where it is called something else.
    """
    return SEEN.format(
        key=key,
        row=f"{alias}.{row or key}",
        kind=f"{alias}.kind",
        author=f"{alias}.author_service_id",
        item=f"{alias}.id",
        answers="",
    )


class Rule(Func):
    """One of the sentences above as a condition on the columns named in it, for one who asks.

    They are SQL because every page asks them of every table, and the ORM takes a millisecond each time to say them.
    """

    output_field = BooleanField()

    def __init__(self, sentence: str, asking: Asking, /, **columns: str) -> None:
        super().__init__(*map(F, columns.values()))
        self.sentence, self.values, self.names = sentence, given(asking), tuple(columns)

    def as_sql(  # type: ignore[override]  # the sentence takes the place of a function's name and template
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        columns = (compiler.compile(expression)[0] for expression in self.get_source_expressions())
        sql = self.sentence.format_map(dict(zip(self.names, columns, strict=True)))
        return VALUE.sub("%s", sql), tuple(self.values[name] for name in VALUE.findall(sql))


class Grounds(Rule):
    """The grounds on which the one who asks sees something of a child now, for the log (`queries/looking`)."""

    output_field = ArrayField(CharField())  # type: ignore[assignment]  # what a subclass gives, its own sort

    def __init__(self, asking: Asking, /, *, child: str) -> None:
        super().__init__(GROUNDS, asking, child=child)


KINDS_TO_WRITE = f"""select one.kind from unnest(%(every)s::int[]) one (kind)
    where (one.kind & %(ceiling)s) <> 0 and {NOT_TAKEN.format(child="%(child)s", kind="one.kind", item="null")}
      and exists (select 1 from cases_participation sight
                  where sight.pathway_id = %(pathway)s and sight.service_id = %(service)s and sight.item is null
                    and {MINE.format("sight")} and {VALID.format("sight")}
                    and (sight.kinds & one.kind) <> 0 and sight.basis not in ({READ_ONLY}))"""
VALUE = re.compile(r"%\((\w+)\)s")


def visible_to(asking: Asking, rows: QuerySet[Row]) -> QuerySet[Row]:
    """The rows that the one who asks may see now; `decision.decide` says the rule in words."""
    if rows.model is PassportLine:
        of_link = Rule(HANDED_ON, asking, row="pathway", kind="kind", item="passport", about="about")
        return rows.filter(of_link)
    if rows.model is InitiativeReply:
        # A reply is meant for whoever asked, so it follows its initiative and not its own kind.
        return rows.filter(Exists(visible_to(asking, Initiative.objects.filter(pk=OuterRef("initiative")))))
    if rows.model is Message:
        # Seen in the service that sent it and in the one it is for, by who sees the row that it is about.
        about = {"row": "subject", "kind": "kind", "author": "author_service", "item": "item"}
        rule = SEEN.replace("{answers}", "")
        of_pathway, of_child = (Rule(rule.replace("{key}", key), asking, **about) for key in ("pathway_id", "child_id"))
        ours = Q(author_service=asking.service_id) | Q(to_service=asking.service_id)
        # Who answers by a link sees what it has written itself, and what was sent about it.
        said = MinutesReview.objects.filter(pk=OuterRef("item"), pathway=OuterRef("subject"))
        return rows.filter(ours, Q(of_pathway) | Q(of_child) | Q(Exists(visible_to(asking, said))))
    if issubclass(rows.model, Pathway):
        key, row = "pathway_id", "pk"
    elif issubclass(rows.model, PathwayRow):
        key, row = "pathway_id", "pathway"
    else:
        key, row = "child_id", "pk" if rows.model is Child else "child"
    columns = {"row": row, "kind": "kind", "author": "author_service"}
    # A remark is shown wherever what it is about is, and goes with it when that is given or taken alone.
    columns["item"] = "subject_id" if rows.model is Remark else "pk"
    answers = ""
    if rows.model in ANSWERED:
        answers, columns["answered"] = ANSWERS, ANSWERED[rows.model]
    sentence = SEEN.replace("{key}", key).replace("{answers}", answers)
    seen = rows.filter(Rule(sentence, asking, **columns))
    if rows.model is Attachment:
        return seen.filter(Q(tells_where=False) | Q(Rule(MAY_KNOW_WHERE, asking, row="pathway")))
    return seen


def get_pathway(actor: Actor, pathway_id: UUID) -> Pathway:
    """One pathway with its child, when the actor may see it. Raises NotVisible."""
    pathway = visible_to(actor, Pathway.objects.select_related("child", "contact_person")).filter(pk=pathway_id).first()
    if pathway is None:
        raise NotVisible
    return pathway


def get_child(asking: Asking, child_id: UUID) -> Child:
    """One child, when the one who asks may see it. Raises NotVisible."""
    child = visible_to(asking, Child.objects.all()).filter(pk=child_id).first()
    if child is None:
        raise NotVisible
    return child


def get_child_with_grounds(actor: Actor, child_id: UUID) -> tuple[Child, list[str]]:
    """The same, and the grounds on which the actor sees something of the child, for the log. Raises NotVisible."""
    rows = visible_to(actor, Child.objects.all()).annotate(grounds=Grounds(actor, child="pk"))
    child = rows.filter(pk=child_id).first()
    if child is None:
        raise NotVisible
    return child, child.grounds


def kinds_to_write(actor: Actor, pathway: Pathway) -> InformationKind:
    """The kinds that the actor sees rows of now and may write such of, in a case it sees: what somebody else in the
    service sees alone is not among them, what an explicit no takes is not, and what is for reading only is not.
    """
    found = InformationKind(0)
    with connection.cursor() as cursor:
        cursor.execute(
            KINDS_TO_WRITE,
            {
                **given(actor),
                "pathway": pathway.pk,
                "child": pathway.child_id,
                "every": [int(k) for k in InformationKind],
            },
        )
        for (kind,) in cursor.fetchall():
            found |= InformationKind(kind)
    return found


def is_taken(pathway: Pathway, kind: InformationKind) -> bool:
    """Whether an explicit no takes every row of a kind from the one who asks, who then can write none either."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.is_taken(%s, %s, null)", [pathway.child_id, int(kind)])
        (taken,) = cursor.fetchone()
    return bool(taken)


def all_pathways(child: Child) -> list[Pathway]:
    """Every pathway of one of the owner's own children, to work out from what others see. Raises Refused.

    Who is kept from one of them by an explicit no, or from another row that sight follows from, cannot do that: what
    others see would stay open, or be closed, by somebody who does not know of it. That there is such a no is not told.
    """
    with connection.cursor() as cursor:
        cursor.execute("select sec.is_kept_from_grounds(%s)", [child.pk])
        if cursor.fetchone()[0]:
            raise Refused("not_from_here", NOT_FROM_HERE)
    return list(Pathway.objects.filter(child=child))


def find_open_pathway(child: Child) -> Pathway | None:
    """The one of them that is under assessment or under way, if any. Raises Refused, as `all_pathways`."""
    return next((one for one in all_pathways(child) if one.status in OPEN), None)


def check_may_write(actor: Actor, row: Child | Pathway) -> None:
    """Raises Refused when the actor sees the case only on a ground that is for reading, such as break-glass."""
    key = {"pathway": row} if isinstance(row, Pathway) else {"child": row}
    writing = Participation.objects.filter(
        **key, service=actor.sees_for, basis__in=access_rules().writes, starts_at__lte=NOW, ends_at__gt=NOW
    )
    if not writing.exists():
        raise Refused("read_only", READ_ONLY_GROUND)


ABOUT_WHERE = frozenset(
    {
        *("children.edit", "children.add_person", "children.place"),
        *("sight.decide_access", "sight.release", "sight.protect_on"),
        *("archives.make", "handovers.offer", "attachments.release"),
        *("passports.give", "passports.send", "moves.offer", "family_log_ins.give", "plans.move_to_sibling"),
    }
)
"""Acts that work with where the child is and with whom: for the appointed readers, when its address is protected. A
package for the archive is one of them: made by somebody else, it would lack rows without saying so. To release one row
is another: what stands in it can tell where the child is, and is read by whoever releases it.
"""

ABOUT_SERVICES = frozenset(
    {
        *(
            "consents.record",
            "meetings.propose_times",
            "meetings.call",
            "meetings.move",
            "meetings.hold",
            "plans.set_task",
            "plans.set_tasks",
            "plans.change_task",
        ),
        *(
            "mappings.ask",
            "questions.ask",
            "rounds.start",
            "links.send",
            "referrals.send",
            "closings.close",
            "closings.reactivate",
        ),
    }
)
"""Acts in which the owner chooses among the services around the child, or says where it can be met: the same, when its
address is strictly protected."""


def check_reader(actor: Actor, child: Child) -> None:
    """Raises Refused when the child's address is protected and the actor is not appointed to read it."""
    if child.address_protection == AddressProtection.NONE or actor.service_id != child.author_service_id:
        return
    if not is_reader(actor, child):
        raise Refused("not_a_reader", NOT_A_READER)


def is_reader(actor: Actor, child: Child) -> bool:
    """Whether the actor is appointed to read where the child is."""
    return Participation.objects.filter(
        child=child,
        basis=ParticipationBasis.APPOINTED,
        service=actor.service_id,
        only_for=actor.person_id,
        starts_at__lte=NOW,
        ends_at__gt=NOW,
    ).exists()


def owns(actor: Actor, row: Child | Pathway) -> bool:
    """Whether the actor acts for the child welfare service that owns the case."""
    return row.author_service_id == actor.service_id and actor.service_kind is ServiceKind.CHILD_WELFARE


# --- doing ---------------------------------------------------------------------------------------------------

CHILD_WELFARE = frozenset({Role.CONTACT_PERSON, Role.LEADER})
HEALTH = frozenset({Role.GP, Role.PUBLIC_HEALTH_NURSE, Role.PSYCHOLOGIST, Role.NURSE, Role.DENTAL_STAFF})
HOME = frozenset({Role.INSTITUTION_STAFF, Role.FOSTER_PARENT})
ANYONE_TAKING_PART = CHILD_WELFARE | HEALTH | HOME | {Role.SCHOOL_STAFF}
ASSESSING = frozenset({PathwayStatus.UNDER_ASSESSMENT})
UNDER_WAY = frozenset({PathwayStatus.UNDER_WAY})
ENDED = frozenset({PathwayStatus.CLOSED, PathwayStatus.NOT_STARTED})
ANY_STATUS = frozenset(PathwayStatus)


@dataclass(frozen=True, slots=True)
class Right:
    """Who may do one act, and while the case stands how."""

    roles: frozenset[Role]
    owner_only: bool
    while_status: frozenset[PathwayStatus]


# One line an act; the key is the act's name in the events, the pages and the log.
ACTS: dict[str, Right] = {
    "conversations.record": Right(CHILD_WELFARE, True, OPEN),
    "own_words.record": Right(ANYONE_TAKING_PART, False, OPEN),
    "information.ask": Right(CHILD_WELFARE, True, OPEN),
    "information.receive": Right(CHILD_WELFARE, True, OPEN),
    "questions.ask": Right(CHILD_WELFARE | HEALTH, False, OPEN),
    "rounds.start": Right(CHILD_WELFARE, True, UNDER_WAY),
    "rounds.conclude": Right(CHILD_WELFARE, True, UNDER_WAY),
    "links.send": Right(CHILD_WELFARE, True, OPEN),
    "links.recall": Right(CHILD_WELFARE, True, OPEN | {PathwayStatus.CLOSED}),
    "questions.answer": Right(ANYONE_TAKING_PART, False, OPEN),
    "observations.record": Right(CHILD_WELFARE, True, OPEN),
    "assessments.decide": Right(CHILD_WELFARE, True, ASSESSING),
    "consents.record": Right(CHILD_WELFARE, True, OPEN | {PathwayStatus.CLOSED}),
    "consents.answer": Right(CHILD_WELFARE, True, OPEN | {PathwayStatus.CLOSED}),
    "consents.withdraw": Right(CHILD_WELFARE, True, ANY_STATUS),
    "meetings.call": Right(CHILD_WELFARE, True, OPEN),
    "meetings.move": Right(CHILD_WELFARE, True, OPEN),
    "meetings.cancel": Right(CHILD_WELFARE, True, OPEN),
    "meetings.hold": Right(CHILD_WELFARE, True, OPEN),
    "meetings.propose_times": Right(CHILD_WELFARE, True, OPEN),
    "meetings.answer_times": Right(ANYONE_TAKING_PART, False, OPEN),
    "meetings.review_minutes": Right(ANYONE_TAKING_PART, False, OPEN),
    "meetings.add_text": Right(ANYONE_TAKING_PART, False, OPEN),
    "meetings.reply": Right(ANYONE_TAKING_PART, False, OPEN),
    "plans.set_goal": Right(CHILD_WELFARE | HEALTH, False, UNDER_WAY),
    "plans.change_goal": Right(CHILD_WELFARE | HEALTH, False, UNDER_WAY),
    "plans.set_task": Right(CHILD_WELFARE | HEALTH, False, UNDER_WAY),
    "plans.set_tasks": Right(CHILD_WELFARE | HEALTH, False, UNDER_WAY),
    "plans.change_task": Right(ANYONE_TAKING_PART, False, UNDER_WAY),
    "plans.move_to_sibling": Right(CHILD_WELFARE, True, UNDER_WAY),
    "mappings.ask": Right(CHILD_WELFARE, True, UNDER_WAY),
    "mappings.leave_out": Right(CHILD_WELFARE, True, UNDER_WAY),
    "mappings.step": Right(HEALTH, False, UNDER_WAY),
    "mappings.report": Right(HEALTH, False, UNDER_WAY),
    "referrals.send": Right(HEALTH | {Role.LEADER}, False, UNDER_WAY),
    "referrals.answer": Right(CHILD_WELFARE | HEALTH, False, UNDER_WAY | {PathwayStatus.CLOSED}),
    "attachments.add": Right(HEALTH | CHILD_WELFARE, False, UNDER_WAY),
    "attachments.release": Right(CHILD_WELFARE, True, ANY_STATUS),
    "editions.follow": Right(CHILD_WELFARE, True, OPEN),
    "editions.take_back": Right(CHILD_WELFARE, True, OPEN),
    "closings.close": Right(CHILD_WELFARE, True, UNDER_WAY),
    "closings.reactivate": Right(CHILD_WELFARE, True, ENDED),
    "passports.give": Right(CHILD_WELFARE, True, UNDER_WAY | frozenset({PathwayStatus.CLOSED})),
    "passports.send": Right(CHILD_WELFARE, True, frozenset({PathwayStatus.CLOSED})),
    "besides.record": Right(CHILD_WELFARE, True, OPEN),
    "moves.offer": Right(CHILD_WELFARE, True, UNDER_WAY | frozenset({PathwayStatus.CLOSED})),
    "moves.withdraw": Right(CHILD_WELFARE, True, ANY_STATUS),
    "messages.remind": Right(CHILD_WELFARE | HEALTH, False, OPEN),
    "remarks.record": Right(CHILD_WELFARE | HEALTH, False, ANY_STATUS),
    "archives.make": Right(frozenset({Role.LEADER}), True, ENDED),
    "archives.receive": Right(frozenset({Role.LEADER}), True, ENDED),
    "handovers.offer": Right(CHILD_WELFARE, True, ANY_STATUS),
    "handovers.take_over": Right(CHILD_WELFARE, True, ANY_STATUS),
    "handovers.answer": Right(CHILD_WELFARE, True, ANY_STATUS),
    "handovers.take_back": Right(CHILD_WELFARE, True, ANY_STATUS),
}
# Acts on a child, before or beside any pathway; all are the owner's, but the initiative.
CHILD_ACTS: dict[str, frozenset[Role]] = {
    "children.register": CHILD_WELFARE | {Role.IMPORTER},
    "children.register_sibling": CHILD_WELFARE,
    "children.edit": CHILD_WELFARE | {Role.IMPORTER},
    "children.add_person": CHILD_WELFARE,
    "children.place": CHILD_WELFARE,
    "children.set_status": CHILD_WELFARE | {Role.IMPORTER},
    "children.read_file": CHILD_WELFARE | {Role.IMPORTER},
    "children.write_file": frozenset({Role.IMPORTER}),
    "sight.decide_access": CHILD_WELFARE,
    "sight.release": CHILD_WELFARE,
    "sight.take_back": CHILD_WELFARE,
    "sight.restrict": CHILD_WELFARE,
    "sight.review": CHILD_WELFARE,
    "sight.lift": CHILD_WELFARE,
    "sight.appoint_readers": CHILD_WELFARE,
    "sight.protect_on": CHILD_WELFARE,
    "family_log_ins.give": CHILD_WELFARE,
    "family_log_ins.end": CHILD_WELFARE,
    "letters.answer": CHILD_WELFARE,
    "emergencies.review": CHILD_WELFARE,
    "pathways.open": CHILD_WELFARE,
    "extracts.make": CHILD_WELFARE,
    "extracts.withhold": CHILD_WELFARE,
    "extracts.hand_out": CHILD_WELFARE,
    "holds.put": frozenset({Role.LEADER}),
    "holds.lift": frozenset({Role.LEADER}),
    "deletions.ask": CHILD_WELFARE,
    "deletions.confirm": frozenset({Role.LEADER}),
    "moves.accept": CHILD_WELFARE,
    "moves.decline": CHILD_WELFARE,
    "initiatives.send": HOME,
    "initiatives.answer": CHILD_WELFARE,
}

BY_LINK = frozenset(
    {
        *("questions.answer", "mappings.step", "referrals.answer"),
        *("meetings.reply", "meetings.answer_times", "meetings.review_minutes"),
    }
)
"""What one who answers by a link can do: answer what the link was sent about."""
NOT_FRESH = _("Bekreft hvem du er først.")
ONLY_ANSWERS = _("Med lenken kan du bare svare på det du er spurt om.")
READ_ONLY_GROUND = _("Du ser saken med nødtilgang. Da kan du lese, men ikke skrive.")
NOT_A_READER = _("Adressen er skjermet. Dette gjøres av en av dem som er navngitt som lesere av adressen.")
NOT_FROM_HERE = _("Dette må en annen hos dere gjøre. Spør kontaktpersonen i saken eller lederen.")
NOT_YOUR_ROLE = _("Dette gjøres av noen i en annen rolle enn din.")
NOT_FRESH = _("Bekreft hvem du er først.")
OWNER_DECIDES = _("Bare barneverntjenesten som eier saken, kan gjøre dette.")
WRONG_STATUS: dict[PathwayStatus, str | Promise] = {
    PathwayStatus.UNDER_ASSESSMENT: _("Forløpet er ikke startet ennå. Vurder start først."),
    PathwayStatus.UNDER_WAY: _("Forløpet pågår allerede."),
    PathwayStatus.NOT_STARTED: _("Forløpet ble ikke startet. Ta det opp igjen først."),
    PathwayStatus.CLOSED: _("Forløpet er avsluttet. Ta det opp igjen først."),
}


def why_not(actor: Actor, pathway: Pathway, act: str) -> Refused | None:
    """Why the actor, who sees the case, may not do this act now; None when it may. Buttons and the door both ask."""
    right = ACTS[act]
    if actor.link_id and act not in BY_LINK:
        return Refused("by_link", ONLY_ANSWERS)
    if right.owner_only and not owns(actor, pathway):
        return Refused("owner_only", OWNER_DECIDES)
    if actor.role not in right.roles:
        return Refused("role", NOT_YOUR_ROLE)
    status = PathwayStatus(pathway.status)
    if status not in right.while_status:
        return Refused(f"status_{status}", WRONG_STATUS[status])
    return None


def check(actor: Actor, pathway: Pathway, act: str) -> None:
    """Raises Refused when the actor may not do this act on this case now."""
    refusal = why_not(actor, pathway, act)
    if refusal is not None:
        raise refusal


def check_child(actor: Actor, child: Child | None, act: str) -> None:
    """Raises Refused when the actor may not do this act on this child (None: on a child to be)."""
    if actor.link_id or actor.role not in CHILD_ACTS[act]:
        raise Refused("role", NOT_YOUR_ROLE)
    if act != "initiatives.send" and (
        actor.service_kind is not ServiceKind.CHILD_WELFARE
        or (child is not None and child.author_service_id != actor.service_id)
    ):
        raise Refused("owner_only", OWNER_DECIDES)
