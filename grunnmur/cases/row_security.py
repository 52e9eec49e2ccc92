"""The second wall: PostgreSQL row-level security, the same rule as `access.visible_to`, read from the same rows.

*A row is seen when my role can see its kind, a participation of mine, valid now, for this child or pathway (and for me,
and this row, where it is for one only) has the row's kind or the row is my own service's, and nothing takes it away;
it is written when it is also my own service's, and the participation's ground lets one write.*

`apply` is run by `grunnmur migrate` as the owner, after the tables exist; `check` at every start.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from grunnmur import directory, keys, log, post, postgres, stewardship
from grunnmur.cases import facts
from grunnmur.cases.access import ANSWERED, READ_ONLY
from grunnmur.cases.access_rules import Purpose, access_rules, purpose_of
from grunnmur.cases.models.base import ChildRow, PathwayRow
from grunnmur.cases.terms import AddressProtection, InformationKind, ParticipationBasis, PathwayStatus
from grunnmur.directory import limits, sessions
from grunnmur.directory.kinds import Role
from grunnmur.encrypted import encrypted_columns
from grunnmur.stewardship.grants import grants, movable

SIGHT = f"""(({{table}}.kind & (select sec.kinds())) <> 0 and exists (
    select 1 from cases_participation a
    where a.{{key}} = {{table}}.{{column}}
      and a.service_id is not distinct from (select sec.service())
      and (a.only_for is null or a.only_for = (select sec.self()))
      and a.starts_at <= (select sec.now()) and a.ends_at > (select sec.now())
      and (a.item is null or a.item = {{table}}.{{item}}{{answers}})
      and ((a.kinds & {{table}}.kind) <> 0
           or ({{table}}.author_service_id = a.service_id and a.basis not in ({READ_ONLY})
               and {{table}}.kind <> {InformationKind.PROTECTED_ADDRESS:d}))
      and (a.child_id <> all ((select sec.taken())::uuid[])
           or not sec.is_taken(a.child_id, {{table}}.kind, {{table}}.{{item}}))))"""
WRITING = SIGHT.replace("a.starts_at", f"a.basis not in ({READ_ONLY}) and a.starts_at", 1)
"""The same on a ground that one may write on."""
ANSWERS = """
           or (a.basis = 'asked' and a.item = {table}.{column}
               and {table}.author_service_id = (select sec.writes_for()))"""
"""What one who answers by a link has answered, for its service (`access.ANSWERED`)."""
OWN = "{table}.author_service_id = (select sec.writes_for())"
LOGGED_IN = "(select sec.person()) is not null"


ANSWER_OF = {model._meta.db_table: f"{column}_id" for model, column in ANSWERED.items()}


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may read and add rows of one table, and which columns may be changed."""

    table: str
    read: str
    add: str
    change: tuple[str, ...] = ()
    """Columns that an act may update; every other column never changes."""
    owner: Literal["nothing", "reads", "writes"] = "nothing"
    """What the definer functions of `sec`, which run as the owner, may do past the policies.

    They read what is about a child: `sec.erase_child` deletes nothing that it does not see.
    """
    by: str = ""
    """In whose name a row is added, where another may change it: not asked of a row that is changed."""

    @property
    def addition(self) -> str:
        """What is asked of a row that is added."""
        return f"{self.add} and {self.by}" if self.by else self.add


WRITTEN_BY_A_RELATIVE = """author_service_id = (select sec.owner_of_pages())
    and recorded_by_id = (select sec.relative())"""
SIGNED_BY_A_RELATIVE = f"""{WRITTEN_BY_A_RELATIVE} and kind = {InformationKind.COORDINATION:d}
    and pathway_id = (select c.pathway_id from cases_consent c where c.id = consent_id)"""
"""What one in the family answers on their own pages, about a consent that they see."""
BY_FAMILY: dict[str, str] = {
    "cases_consentsignature": f"""{SIGNED_BY_A_RELATIVE} and how = 'online' and service_id is null
        and sec.is_me(pathway_id, signatory_kind, related_person_id)""",
    # Of parents those who answer for the child; who can at all, the program's rule says (`consent.can_withdraw`).
    "cases_consentwithdrawal": f"""{SIGNED_BY_A_RELATIVE} and withdrawn_at <= (select sec.now())
        and sec.is_me(pathway_id, withdrawn_by, related_person_id)
        and (related_person_id is null or exists (
            select 1 from cases_relatedperson r where r.id = related_person_id and r.has_parental_responsibility))""",
    # Words for a meeting that the child lets its helpers read.
    "cases_meetingtext": f"""{WRITTEN_BY_A_RELATIVE} and kind = {InformationKind.OWN_WORDS:d}
        and sec.is_me(pathway_id, 'child', null)
        and pathway_id = (select m.pathway_id from cases_meeting m where m.id = meeting_id)""",
    # Words before the closing that it lets them read, while there is still something to close.
    "cases_ownwords": f"""{WRITTEN_BY_A_RELATIVE} and kind = {InformationKind.OWN_WORDS:d}
        and sec.is_me(pathway_id, 'child', null) and said_on = (sec.now() at time zone 'Europe/Oslo')::date
        and closure_id is null
        and exists (select 1 from cases_pathway p
                    where p.id = cases_ownwords.pathway_id and p.status = '{PathwayStatus.UNDER_WAY}')""",
}
"""What those in a family may add themselves, beside what a service adds."""
HAPPENS_BY_FAMILY = ("consent.answered", "consent.withdrawn", "letter.sent", "move.withdrawn", "words.written")
"""The events of what those in a family do."""


def _by(table: str, *, key: str, column: str, change: tuple[str, ...] = ()) -> Policy:
    # A remark is seen with the row that it is about, as in `access.visible_to`.
    item = "subject_id" if table == "cases_remark" else "id"
    answers = ANSWERS.format(table=table, column=ANSWER_OF[table]) if table in ANSWER_OF else ""
    given = {"table": table, "key": key, "column": column, "item": item, "answers": answers}
    add = f"{OWN.format(table=table)} and {WRITING.format(**given)}"
    if table in BY_FAMILY:
        add = f"({add}) or ({BY_FAMILY[table]})"
    read = SIGHT.format(**given)
    if table == "cases_attachment":
        read = f"{read} and (not tells_where or sec.may_know_where(pathway_id))"
        add = f"{add} and sec.may_add_file(pathway_id)"
    return Policy(
        table,
        read=read,
        add=add,
        change=change,
        owner="writes" if table in SHIELDED else "reads",
    )


SHIELDED = frozenset({"cases_attachment", "cases_placement", "cases_relatedperson"})
"""Tables whose rows are for other people when the child's address is protected (`sec.shield`)."""
CHANGEABLE: dict[str, tuple[str, ...]] = {
    "cases_reporter": ("reporters", "deleted"),
    "cases_noteofconcern": ("contents", "conclusion", "concluded_on", "deleted"),
    "cases_investigation": ("conclusion", "concluded_on", "participation", "participation_on", "deleted"),
    "cases_measure": ("category", "law", "subsections", "from_on", "until_on", "ended_because", "deleted"),
    "cases_pathway": ("contact_person_id", "status", "version"),
}
MY_DRAFT = (
    "person_id = (select sec.person()) and service_id = (select sec.service())"
    " and (pathway_id is null or exists (select 1 from cases_pathway p where p.id = pathway_id))"
    " and (child_id is null or exists (select 1 from cases_child c where c.id = child_id))"
)
PARTICIPATION_OWN = "owner_service_id = (select sec.service())"
BY_PASSPORT = """(cases_passportline.kind & (select sec.kinds())) <> 0 and exists (
    select 1 from cases_participation a
    where a.pathway_id = cases_passportline.pathway_id and a.item = cases_passportline.passport_id
      and a.basis = 'handed_on' and a.only_for = (select sec.self()) and (select sec.service()) is null
      and a.starts_at <= (select sec.now()) and a.ends_at > (select sec.now())
      and (a.kinds & cases_passportline.kind) <> 0
      and (a.child_id <> all ((select sec.taken())::uuid[]) or not exists (
          select 1 from unnest(array_append(cases_passportline.about, cases_passportline.passport_id)) one (row)
          where sec.is_taken(a.child_id, cases_passportline.kind, one.row))))"""
"""A line of a passport that was sent: by that link alone, and not when anything that it tells of is taken from it."""
KNOWN = f"""(child_id <> all ((select sec.taken())::uuid[])
             or not sec.is_taken(child_id, {InformationKind.CONTACT:d}, null))"""
"""That the child exists is not taken from the one who asks."""


OWNERS = f"""{PARTICIPATION_OWN} and {KNOWN}
    and ((select sec.kinds()) & {InformationKind.CHILD_WELFARE:d}) <> 0"""
"""What the owner's child welfare workers alone read about those in the family."""
READS_THE_ADDRESS = f"""exists (
    select 1 from cases_participation a
    where a.child_id = cases_protectiondecision.child_id and a.basis = '{ParticipationBasis.APPOINTED}'
      and a.service_id = (select sec.service()) and a.only_for = (select sec.person())
      and a.starts_at <= (select sec.now()) and a.ends_at > (select sec.now()))"""
"""As `access.is_reader`."""
BY_A_RELATIVE = """{who} = (select sec.self()) and (select sec.writer()) is null and exists (
    select 1 from cases_participation a
    where a.child_id = {table}.child_id and a.only_for = {who} and a.service_id is null and a.basis = 'party'
      and a.item is null and a.starts_at <= (select sec.now()) and a.ends_at > (select sec.now()))"""
"""The one who asks is that somebody in a family, for whom rows of some kind are open now."""
AUTHOR = "author_service_id = (select sec.writes_for())"
MY_MESSAGE = (
    "exists (select 1 from post_message m where m.id = message_id and m.author_service_id = (select sec.writes_for()))"
)
"""The message itself is read by its own policy, also in here."""


def _post() -> list[Policy]:
    """What was sent: seen in the service that sent it and in the one it is for, by who sees the row it is about."""

    def about(rule: str) -> str:
        given = {"table": "post_message", "column": "subject", "item": "item", "answers": ""}
        # Who answers by a link sees what it has written itself, and may send word of it.
        remark = (
            "exists (select 1 from cases_minutesreview r where r.id = post_message.item and r.pathway_id = subject)"
        )
        return f"({rule.format(key='pathway_id', **given)} or {rule.format(key='child_id', **given)} or {remark})"

    # A gathering has no kind of information, so that no message about one reaches anything of a case, nor the reverse.
    gathering = "kind = 0 and subject = any((select sec.networks())::uuid[])"
    may_gather = "kind = 0 and sec.may_gather(subject, item, to_service_id, to_person_id)"
    seen = "exists (select 1 from post_message m where m.id = message_id)"
    return [
        Policy(
            "post_message",
            read=f"({AUTHOR} or to_service_id = (select sec.writes_for()))"
            f" and case when sort = 'gathering' then {gathering} else {about(SIGHT)} end",
            add=f"{AUTHOR} and recorded_by_id = (select sec.writer())"
            f" and case when sort = 'gathering' then {may_gather} else {about(WRITING)} end",
            owner="writes",
        ),
        # Only its own service sees an address of the service, and the administrator or the one whose it is changes it.
        Policy(
            "post_address",
            read=f"service_id = (select sec.service()) and (message_id is null or {seen})",
            add="service_id = (select sec.service()) and case"
            f" when message_id is not null then {MY_MESSAGE}"
            " else person_id = (select sec.person()) or (person_id is null and (select sec.is_administrator())) end",
            by="set_by_id = (select sec.person())",
            change=("ended_at",),
            owner="writes",
        ),
        Policy("post_delivery", read=seen, add=MY_MESSAGE, owner="writes"),
        # What became of an attempt is written by workers alone (`post/sql/post.sql`).
        Policy(
            "post_fact",
            read=seen,
            add="delivery_id is null and recorded_by_id = (select sec.writer()) and exists ("
            "select 1 from post_message m where m.id = message_id and ("
            "(m.to_service_id = (select sec.writes_for()) and fact in ('opened', 'answered'))"
            " or (m.author_service_id = (select sec.service())"
            " and fact in ('answered', 'reminded', 'recalled', 'over'))))",
            owner="writes",
        ),
        # A link is read by those who see what was sent; who answers by it comes in through `sec.open_link_session`, or
        # with a code through `sec.try_link_code`. Where a code is enough, and for what, `sec.guard_code_link` says.
        Policy("post_link", read=seen, add=MY_MESSAGE, owner="writes"),
        Policy("post_linkcode", read="false", add="false", owner="writes"),
        Policy("post_worker", read="false", add="false", owner="writes"),
    ]


def _grants() -> list[Policy]:
    """Calls and awards are for everybody who has logged in; the rest for who applied and for who calls."""
    by_me = "recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)"
    called = "call_id = any((select sec.calls_of_mine())::uuid[])"
    of_award = "(sec.is_given_to_mine(award_id) or sec.governs(sec.given_by(award_id)))"
    counted = ", ".join(f"'{key}'" for key in sorted(movable()))
    schemes = ", ".join(f"'{one.key}'" for one in grants().schemes)
    purposes = ", ".join(f"'{one.key}/{purpose.key}'" for one in grants().schemes for purpose in one.purposes)
    return [
        Policy(
            "stewardship_grantcall",
            read=LOGGED_IN,
            add=f"sec.governs(service_id) and not sec.is_decided(id) and scheme = any(array[{schemes}]) and {by_me}",
            change=("version", "frame", "opens_on", "closes_on", "recorded_at", "recorded_by_id"),
            owner="reads",
        ),
        Policy(
            "stewardship_grantapplication",
            read=f"municipality_id = (select sec.leads()) or {called}",
            add=f"sec.may_apply(call_id, municipality_id, purpose, version) and {by_me}"
            " and exists (select 1 from stewardship_grantcall c where c.id = call_id"
            f" and c.scheme || '/' || purpose = any(array[{purposes}]))"
            # What nobody counts cannot be told of, nor can one thing twice (`sec.must_be_told`).
            f" and indicators::text[] <@ array[{counted}]"
            " and cardinality(indicators) = (select count(distinct one) from unnest(indicators) one)",
            owner="reads",
        ),
        # Whoever applied reads what was thought of it once the call is given out.
        Policy(
            "stewardship_grantassessment",
            read="exists (select 1 from stewardship_grantapplication a where a.id = application_id and"
            f" (a.{called} or sec.is_decided(a.call_id)))",
            add=f"sec.may_assess_grant(application_id, version) and {by_me}",
            owner="reads",
        ),
        Policy(
            "stewardship_grantdecision",
            read=LOGGED_IN,
            add=f"sec.may_decide(call_id) and {by_me}",
            owner="reads",
        ),
        Policy(
            "stewardship_grantaward",
            read=LOGGED_IN,
            add="sec.may_award(decision_id, municipality_id, purpose)",
            owner="reads",
        ),
        Policy(
            "stewardship_grantpayment",
            read=of_award,
            add=f"sec.may_pay(award_id, version, paid_on) and {by_me}",
            owner="reads",
        ),
        Policy(
            "stewardship_grantreport",
            read=of_award,
            add=f"sec.may_report(award_id, year, version) and {by_me}",
            owner="reads",
        ),
        Policy(
            "stewardship_granteffect",
            read="exists (select 1 from stewardship_grantreport r where r.id = report_id)",
            add="exists (select 1 from stewardship_grantreport r where r.id = report_id"
            " and r.recorded_by_id = (select sec.person()) and indicator = any(sec.promised(r.award_id)))",
            owner="reads",
        ),
    ]


def _networks() -> list[Policy]:
    """A network is for its members and for who runs it: members write for their own municipality."""
    by_me = "recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)"
    mine = "network_id = any((select sec.networks())::uuid[])"
    of_gathering = "sec.network_of_gathering(gathering_id) = any((select sec.networks())::uuid[])"
    return [
        Policy(
            "stewardship_network",
            read="id = any((select sec.networks())::uuid[])",
            add=f"sec.governs(service_id) and {by_me}",
            change=("version", "name", "partners", "recorded_at", "recorded_by_id"),
            owner="reads",
        ),
        Policy(
            "stewardship_gathering",
            read=mine,
            add="sec.runs(network_id) and (minutes = '' or held_on <= sec.today())"
            f" and sec.are_members(network_id, present::text[]) and {by_me}",
            change=(
                *("version", "held_on", "begins_at", "place", "about", "moved_at", "is_cancelled"),
                *("minutes", "present", "partners_present", "recorded_at", "recorded_by_id"),
            ),
            owner="reads",
        ),
        # Who was told, by those who see the message that told them.
        Policy(
            "stewardship_gatheringinvitation",
            read="exists (select 1 from post_message m where m.id = message_id)",
            add="sec.runs(sec.network_of_gathering(gathering_id))"
            " and sec.is_member(gathering_id, municipality_id, partner) and exists (select 1 from post_message m"
            f" where m.id = message_id and m.item = gathering_id and m.sort = 'gathering') and {by_me}",
            owner="reads",
        ),
        # Those who answer by a link do so through `sec.answer_gathering`.
        Policy(
            "stewardship_gatheringanswer",
            read=of_gathering,
            add=f"sec.may_answer_gathering(gathering_id, municipality_id, version) and {by_me}",
            owner="writes",
        ),
        Policy(
            "stewardship_networktopic",
            read=mine,
            add=f"sec.speaks(network_id, municipality_id) and {by_me}",
            owner="reads",
        ),
        Policy(
            "stewardship_topicvote",
            read="sec.network_of_topic(topic_id) = any((select sec.networks())::uuid[])",
            add=f"sec.speaks(sec.network_of_topic(topic_id), municipality_id) and {by_me} and not exists"
            " (select 1 from stewardship_takentopic k where k.topic_id = stewardship_topicvote.topic_id)",
            change=("is_for", "recorded_at", "recorded_by_id"),
            owner="reads",
        ),
        Policy(
            "stewardship_takentopic",
            read=of_gathering,
            add="sec.may_take_up(topic_id, gathering_id)",
            owner="writes",  # `sec.free_topics`, `sec.put_back_topic`
        ),
        Policy(
            "stewardship_networkdecision",
            read=of_gathering,
            add=f"sec.may_decide_at(gathering_id) and {by_me}",
            owner="reads",
        ),
        Policy(
            "stewardship_networktask",
            read="sec.network_of_decision(decision_id) = any((select sec.networks())::uuid[])",
            add=f"sec.may_answer_task(decision_id, municipality_id, version) and {by_me}",
            owner="reads",
        ),
        # What somebody has taken away is for nobody but whoever wrote it.
        Policy(
            "stewardship_networkexperience",
            read=f"{mine} and (withdrawn_at is null or recorded_by_id = (select sec.person()))",
            add=f"sec.speaks(network_id, municipality_id) and {by_me}",
            change=("withdrawn_at",),
            owner="reads",
        ),
    ]


def _research() -> list[Policy]:
    """What a municipality gives to research: for those who lead in it; `sec.take_research` says that it is fetched."""
    by_me = "recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)"
    return [
        Policy(
            "insight_researchextract",
            read="municipality_id = (select sec.leads())",
            add=f"sec.may_propose_research(municipality_id, from_on, until_on, delete_by) and {by_me}",
            owner="reads",
        ),
        Policy(
            "insight_researchstep",
            read="exists (select 1 from insight_researchextract e where e.id = extract_id)",
            add=f"sec.may_decide_research(extract_id, step) and {by_me}",
            owner="writes",
        ),
    ]


def policies() -> list[Policy]:
    """The policy of every table with a person in it."""
    rows = [
        Policy(
            "cases_child",
            read=SIGHT.format(table="cases_child", key="child_id", column="id", item="id", answers=""),
            add=OWN.format(table="cases_child"),
            owner="reads",
            change=(
                "name",
                "born_on",
                "national_id",
                "national_key",
                "sex",
                "journal_number",
                "language",
                "needs_interpreter",
                "cannot_form_views_until",
                "lacks_decision_competence_from",
                "address_protection",
            ),
        ),
        Policy(
            "cases_pathway",
            read=SIGHT.format(table="cases_pathway", key="pathway_id", column="id", item="id", answers=""),
            add=f"{OWN.format(table='cases_pathway')} and "
            + WRITING.format(table="cases_pathway", key="child_id", column="child_id", item="id", answers=""),
            change=CHANGEABLE["cases_pathway"],
            owner="writes",
        ),
        Policy(
            "cases_participation",
            read=f"(service_id = (select sec.service()) or {PARTICIPATION_OWN} or only_for = (select sec.self()))"
            f" and {KNOWN}",
            add=f"{PARTICIPATION_OWN} and (basis <> 'handed_on' or ends_at <= (select sec.now())"
            " or sec.has_open_address(child_id))",
            change=("ends_at", "kinds", "whose", "contact_person_id", "next_step", "next_due", "moved_on"),
            owner="writes",
        ),
        Policy(
            "cases_restriction",
            # Only the owner's, and not for the one whom it is about, who cannot tell that the row exists (`sec.taken`
            # reads it for them).
            read=f"{PARTICIPATION_OWN} and only_for is distinct from (select sec.self()) and {KNOWN}",
            add=PARTICIPATION_OWN,
            change=("ends_at",),
            owner="reads",
        ),
        Policy(
            "cases_initiativereply",
            # As in `access.visible_to`: whoever sees the initiative sees what became of it.
            read="exists (select 1 from cases_initiative i where i.id = cases_initiativereply.initiative_id)",
            add=f"{OWN.format(table='cases_initiativereply')} and "
            + WRITING.format(table="cases_initiativereply", key="child_id", column="child_id", item="id", answers=""),
            owner="reads",
        ),
        # The day that a protection was decided: for those who read the address, and the leader; it is written by those
        # who read it. When it is lowered, for all of the owner's.
        Policy(
            "cases_protectiondecision",
            read=f"{OWNERS} and ({READS_THE_ADDRESS} or (select sec.is_leader()) or exists (select 1 from cases_child c"
            f" where c.id = child_id and c.address_protection = '{AddressProtection.NONE}'))",
            add=f"{OWNERS} and {READS_THE_ADDRESS}",
            by="recorded_by_id = (select sec.person())",
            change=("ends_at",),
            owner="writes",
        ),
        # Only the owner's, for those whose role sees child welfare's own: nobody else can tell that they exist. Of a
        # decision the database itself writes that the next has come (`sec.replace_decision`).
        Policy("cases_familydecision", read=OWNERS, add=f"{PARTICIPATION_OWN} and replaced_at is null", owner="writes"),
        Policy("cases_release", read=OWNERS, add=PARTICIPATION_OWN, change=("ends_at",), owner="reads"),
        # The same; and asked by those who come in by it, who are not known yet (`sec.works`). Given by somebody who has
        # just proved who they are: a screen that was left must not be enough to let a stranger in. Any of the owner's
        # can end it at once, whoever gave it.
        Policy(
            "cases_familylogin",
            read=OWNERS,
            add=f"({OWNERS}) and sec.has_been(given_at) and (ends_at <= (select sec.now())"
            " or (given_by_id = (select sec.person()) and person_id is null and (select sec.is_fresh())))",
            change=("ends_at",),
            owner="writes",
        ),
        # Asked by `sec.activate_device` and `sec.try_device` alone; the owner makes the one of a log-in it has given.
        Policy(
            "cases_familydevice",
            read="false",
            add="(select sec.is_fresh()) and exists (select 1 from cases_familylogin l where l.id = log_in_id"
            " and l.child_id = cases_familydevice.child_id) and secret is null and pin = ''"
            " and missed = 0 and missed_in_all = 0",
            owner="writes",
        ),
        # What somebody thought of it, without who: read by nobody but what counts. That one has answered is one's own.
        Policy(
            "cases_experience",
            read="false",
            add="service_id = coalesce((select sec.owner_of_pages()), (select sec.service())) and of = case"
            " when (select sec.self()) = (select sec.child_of_pages()) then 'child'"
            " when (select sec.relative()) is not null then 'parent' else 'staff' end",
            owner="reads",
        ),
        Policy(
            "cases_experiencegiven",
            read=f"identity = (select sec.self()) and {KNOWN}",
            add="identity = (select sec.self()) and (child_id = (select sec.child_of_pages())"
            " or exists (select 1 from cases_child c where c.id = child_id))",
            owner="reads",
        ),
        # Between one in the family and the owner. Whoever wrote it sees it while something is open for them.
        Policy(
            "cases_letter",
            read=f"({OWNERS}) or ({BY_A_RELATIVE.format(table='cases_letter', who='identity')} and {KNOWN})",
            add="answered_at is null and case when written_by_id is null"
            f" then {BY_A_RELATIVE.format(table='cases_letter', who='identity')} and {KNOWN} and answers_id is null"
            f" else ({OWNERS}) and written_by_id = (select sec.person()) end",
            owner="writes",
        ),
        Policy(
            "cases_emergencylook",
            # Written by `sec.break_glass`; the owner reads and reviews it, and whoever looked sees their own.
            read=f"person_id = (select sec.person()) or ({PARTICIPATION_OWN} and {KNOWN}"
            f" and ((select sec.kinds()) & {InformationKind.CHILD_WELFARE:d}) <> 0)",
            add=PARTICIPATION_OWN,
            change=("reviewed_at", "reviewed_by_id", "verdict", "review"),
            owner="writes",
        ),
        Policy(
            "cases_lookreview",
            # For the one who administers the service, about its own people, and never about oneself.
            read="service_id = (select sec.service()) and (select sec.is_administrator())",
            add="service_id = (select sec.service()) and (select sec.is_administrator())"
            " and reviewed_by_id = (select sec.person()) and person_id <> (select sec.person())",
        ),
        Policy(
            "cases_absence",
            # For the service whose people they are: one writes one's own, and who administers the service writes all.
            read="service_id = (select sec.service())",
            add="service_id = (select sec.service()) and (person_id = (select sec.person())"
            " or (select sec.is_administrator()))"
            " and coalesce(ended_by_id, recorded_by_id) = (select sec.person())",
            change=("ended_at", "ended_by_id"),
        ),
        # Answered by `sec.answer_move`, for the service that it is offered to; only its own service reads it.
        replace(
            _by("cases_move", key="pathway_id", column="pathway_id", change=("withdrawn_at", "packet", "expires_at")),
            owner="writes",
        ),
        # Read by the one who comes in by the link that it was sent as; written by whoever gives the passport.
        Policy(
            "cases_passportline",
            read=BY_PASSPORT,
            add="exists (select 1 from cases_passport p where p.id = passport_id and p.author_service_id"
            " = (select sec.service()) and p.pathway_id = cases_passportline.pathway_id) and (select sec.is_fresh())",
            owner="writes",
        ),
        # The writer's alone, in the service that it is written in, about what the writer sees.
        Policy(
            "cases_draft",
            read=MY_DRAFT,
            add=MY_DRAFT,
            change=("fields", "saved_at", "expires_at"),
            owner="writes",
        ),
        Policy("cases_namekey", read=f"service_id = (select sec.service()) and {KNOWN}", add="false", owner="writes"),
        Policy(
            "log_event",
            # What happened in a pathway is seen by those who see the pathway, not by all who see the child.
            read=f"{KNOWN} and (author_service_id = (select sec.service()) or (pathway_id is null and "
            + SIGHT.format(table="log_event", key="child_id", column="child_id", item="subject_id", answers="")
            + ") or "
            + SIGHT.format(table="log_event", key="pathway_id", column="pathway_id", item="subject_id", answers="")
            + ")",
            add=f"{OWN.format(table='log_event')} or (author_service_id = (select sec.owner_of_pages())"
            " and person_id = (select sec.relative()) and child_id = (select sec.child_of_pages())"
            f" and kind in ({InformationKind.CHILD_WELFARE:d}, {InformationKind.COORDINATION:d})"
            f" and name in {HAPPENS_BY_FAMILY} and sec.has_been(at)"
            " and (pathway_id is null or exists (select 1 from cases_pathway p"
            " where p.id = pathway_id and p.child_id = (select sec.child_of_pages()))))",
            owner="reads",
        ),
        Policy(
            "log_accesslog",
            # One's own looks; what else somebody may know of who has looked, `cases/sql/looks.sql` gives.
            read="person_id = (select sec.person()) and service_id = (select sec.service())",
            add="(service_id is null and person_id is not distinct from case when (select sec.writer()) is null"
            " then (select sec.self()) end) or (person_id is null and service_id is null)"
            " or (person_id = (select sec.writer()) and service_id is not distinct from (select sec.writes_for()))",
            owner="reads",
        ),
        # Links say nothing of anyone; only `sec.take_heads` and `grunnmur verify_log`, as the owner, read them.
        Policy("log_link", read="false", add="true", owner="reads"),
        # Written by `sec.delete_child` alone; a service sees its own receipts.
        Policy("cases_deletion", read="service_id = (select sec.service())", add="false", owner="writes"),
        Policy("directory_person", read="(select sec.self()) is not null", add="false", owner="writes"),
        Policy("directory_membership", read=LOGGED_IN, add="false", owner="writes"),
        # How one proves who one is, is read before anyone is known: only by functions that the program signs for.
        Policy("directory_factor", read="false", add="false", owner="writes"),
        Policy("directory_subject", read="false", add="false", owner="writes"),
        Policy(
            "directory_invitation",
            read="service_id = (select sec.service()) and (select sec.is_administrator())",
            add="false",
            owner="writes",
        ),
        # Offers are for anyone to read; only the service that owns one describes it, and it stays its own.
        Policy(
            "directory_offer",
            read="true",
            add="service_id = (select sec.service()) and recorded_by_id = (select sec.person())"
            " and sec.has_been(recorded_at) and sec.may_describe(offer)",
            owner="writes",
        ),
        # Who is responsible is for anyone to read; what only was proposed or was refused, for the municipality's own.
        # They propose, somebody else approves.
        Policy(
            "directory_responsibility",
            read="municipality_id = (select sec.municipality()) or exists (select 1 from"
            " directory_responsibilityapproval a where a.responsibility_id = directory_responsibility.id"
            " and a.is_approved)",
            add="municipality_id = (select sec.municipality()) and recorded_by_id = (select sec.person())"
            " and sec.has_been(recorded_at)",
            owner="writes",
        ),
        Policy(
            "directory_responsibilityapproval",
            read="is_approved or sec.is_of_mine(responsibility_id)",
            add="sec.may_approve(responsibility_id) and approved_by_id = (select sec.person())"
            " and sec.has_been(approved_at)",
            owner="writes",
        ),
        Policy(
            "directory_intakerule",
            # Everybody who may refer reads it; the service's own administrator writes it.
            read=LOGGED_IN,
            add="service_id = (select sec.service()) and (select sec.is_administrator())"
            " and set_by_id = (select sec.person())",
        ),
        Policy(
            "directory_taskset",
            # Everybody in the service fetches its sets; who administers it writes them.
            read="service_id = (select sec.service())",
            add="service_id = (select sec.service()) and (select sec.is_administrator())"
            " and set_by_id = (select sec.person()) and sec.has_been(set_at)",
        ),
        # What is said of a finding: for the leaders of the municipality, and for the county governor to read.
        Policy(
            "stewardship_followup",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_follow_up(municipality_id, finding, version, answer)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # How a municipality puts the pathway into use: for the same.
        Policy(
            "stewardship_taskreport",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_report_task(municipality_id, track, task, version, done_on)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # The tasks of its own that it adds to the steps: for the same.
        Policy(
            "stewardship_owntask",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_register_own_task(municipality_id, task, version, track, step)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # What it informs with, and what it has evaluated: for the same.
        Policy(
            "stewardship_materialinuse",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_register_material(municipality_id, material, version, reviewed_on)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        Policy(
            "stewardship_evaluation",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_register_evaluation(municipality_id, evaluation, version, done_on)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # Whether a code by SMS is enough to answer a link by: for all who work in the municipality. Whoever decides it
        # has just proved who they are; to end it, one needs not.
        Policy(
            "stewardship_codedecision",
            read="municipality_id = (select sec.municipality())",
            add="sec.may_decide_code(municipality_id, version, ends_on)"
            " and (ends_on is null or (select sec.is_fresh()))"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # How a municipality judges its own collaboration: for the same, and of the other side when both have answered.
        Policy(
            "stewardship_assessment",
            read="municipality_id = any((select sec.supervised())::text[])"
            " and (side = (select sec.side()) or sec.both_assessed(municipality_id, statement, version))",
            add="sec.may_assess(municipality_id, statement, side, version)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        Policy(
            "stewardship_assessmentaction",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_act_on_assessment(municipality_id, statement, version, done_on)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # Which programmes and agreements a municipality has: for the same. What is said there is no example.
        Policy(
            "stewardship_programmeentry",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_register_programme(municipality_id, programme, version, since) and not is_example"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        Policy(
            "stewardship_agreement",
            read="municipality_id = any((select sec.supervised())::text[])",
            add="sec.may_register_agreement(municipality_id, agreement, version, signed_on) and not is_example"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # What an employee has gone through: for who administers the service, and for the employee.
        Policy(
            "stewardship_trainingrecord",
            read="(service_id = (select sec.service()) and (select sec.is_administrator()))"
            " or person_id = (select sec.person())",
            add="sec.may_record_training(service_id, person_id, material, version, done_on)"
            " and recorded_by_id = (select sec.person()) and sec.has_been(recorded_at)",
            owner="reads",
        ),
        # Frozen figures, small ones hidden: for those who see what supervision has found; a county's for its governor.
        Policy(
            "insight_figure",
            read="case when municipality_id is null then county = any((select sec.watched_counties())::text[])"
            " else municipality_id = any((select sec.supervised())::text[]) end",
            add="false",
            owner="writes",
        ),
        Policy("directory_account", read="person_id = (select sec.person())", add="false", owner="writes"),
        *_research(),
        *_grants(),
        *_networks(),
        *_post(),
    ]
    done = {policy.table for policy in rows}
    for model in apps.get_app_config("cases").get_models():
        table = model._meta.db_table
        if table in done:
            continue
        if issubclass(model, PathwayRow):
            rows.append(_by(table, key="pathway_id", column="pathway_id", change=CHANGEABLE.get(table, ())))
        elif issubclass(model, ChildRow):
            rows.append(_by(table, key="child_id", column="child_id", change=CHANGEABLE.get(table, ())))
    return rows


WITHOUT_A_CHILD = {
    "cases_sealededition": ("insert",),
    "directory_municipality": ("insert",),
    "directory_organisation": ("insert",),
    "directory_service": ("insert",),
    "directory_unanswered": (),
    "insight_period": (),
    "django_migrations": (),
}
"""Tables with no person in them, and what the runtime role may do beside reading."""


SQL_FILES = (
    Path(directory.__file__).parent / "sql" / "sec.sql",
    Path(directory.__file__).parent / "sql" / "keys.sql",
    Path(directory.__file__).parent / "sql" / "factors.sql",
    Path(directory.__file__).parent / "sql" / "joining.sql",
    Path(directory.__file__).parent / "sql" / "limits.sql",
    Path(directory.__file__).parent / "sql" / "offers.sql",
    Path(stewardship.__file__).parent / "sql" / "supervision.sql",
    Path(stewardship.__file__).parent / "sql" / "implementation.sql",
    Path(stewardship.__file__).parent / "sql" / "assessment.sql",
    Path(stewardship.__file__).parent / "sql" / "programmes.sql",
    Path(stewardship.__file__).parent / "sql" / "grants.sql",
    Path(stewardship.__file__).parent / "sql" / "networks.sql",
    Path(stewardship.__file__).parent / "sql" / "codes.sql",
    Path(__file__).parent / "sql" / "case.sql",
    Path(__file__).parent / "sql" / "emergency.sql",
    Path(__file__).parent / "sql" / "looks.sql",
    Path(__file__).parent / "sql" / "delete.sql",
    Path(__file__).parent / "sql" / "moves.sql",
    Path(__file__).parent / "sql" / "passports.sql",
    Path(__file__).parent / "sql" / "drafts.sql",
    Path(__file__).parent / "sql" / "receive.sql",
    Path(post.__file__).parent / "sql" / "post.sql",
    Path(post.__file__).parent / "sql" / "links.sql",
    Path(__file__).parent / "sql" / "reminders.sql",
    Path(log.__file__).parent / "sql" / "log.sql",
    # Of what stands above and is not imported here: it counts in these tables.
    Path(__file__).parents[1] / "insight" / "sql" / "figures.sql",
    Path(__file__).parents[1] / "insight" / "sql" / "research.sql",
    Path(__file__).parent / "sql" / "family.sql",
    Path(__file__).parent / "sql" / "taken_back.sql",
)


def statements() -> list[str]:
    """The SQL that puts the wall up from nothing; may be run any number of times."""
    app = postgres.APP
    sql = [
        *(path.read_text() for path in SQL_FILES),
        *facts.functions(),
        f"grant usage on schema public, sec to {app}",
        f"revoke all on all tables in schema public, sec from {app}",
        "revoke all on all functions in schema sec from public",
        f"grant execute on all functions in schema sec to {app}",
    ]
    for table, verbs in WITHOUT_A_CHILD.items():
        sql.append(f"grant {', '.join(('select', *verbs))} on {table} to {app}")
    for policy in policies():
        table = policy.table
        sql += [
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"drop policy if exists may_read on {table}",
            f"drop policy if exists may_add on {table}",
            f"drop policy if exists may_change on {table}",
            f"drop policy if exists owner_may on {table}",
            f"drop policy if exists owner_reseals on {table}",
            f"create policy may_read on {table} for select using ({policy.read})",
            f"create policy may_add on {table} for insert with check ({policy.addition})",
            f"grant select, insert on {table} to {app}",
        ]
        if policy.change:
            # An update is checked as an addition too, so that no row can be moved out of its owner's reach; but for who
            # wrote it.
            sql += [
                f"create policy may_change on {table} for update using ({policy.read}) with check ({policy.add})",
                f"grant update ({', '.join(policy.change)}) on {table} to {app}",
            ]
        if table.startswith("cases_") and policy.owner != "writes":
            # For `sec.erase_child`, which the owner alone can run to any effect.
            sql += [
                f"drop policy if exists owner_deletes on {table}",
                f"create policy owner_deletes on {table} for delete to {postgres.OWNER} using (true)",
            ]
        if policy.owner != "nothing":
            command = "select" if policy.owner == "reads" else "all"
            sql.append(f"create policy owner_may on {table} for {command} to {postgres.OWNER} using (true)")
    for table in sorted({column.model._meta.db_table for column in encrypted_columns()}):
        # `rotate_keys` writes sealed values over sealed values; the running program has no such right.
        sql.append(f"create policy owner_reseals on {table} for update to {postgres.OWNER} using (true)")
    return sql


def apply(connection: BaseDatabaseWrapper) -> None:
    """Put the wall up, as the owner."""
    inner, outer = sessions.pads()
    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)
        cursor.executemany(
            "insert into sec.ceiling (role, purpose, kinds) values (%s, %s, %s)"
            " on conflict (role) do update set purpose = excluded.purpose, kinds = excluded.kinds",
            ceilings(),
        )
        cursor.execute(
            "insert into sec.key (inner_pad, outer_pad) values (%s, %s)"
            " on conflict (only_one) do update set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
            [inner, outer],
        )
        cursor.execute("delete from sec.limits")
        cursor.executemany("insert into sec.limits values (%s, %s, make_interval(secs => %s))", limits.rows())
        for keyset in keys.Keyset:
            # Never over what is there: rows sealed with other keys would be lost without anyone being told.
            cursor.execute(
                "insert into sec.key_check (keyset, value) values (%s, %s) on conflict do nothing",
                [keyset, keys.check_value(keyset)],
            )


def ceilings() -> list[tuple[str, str, int]]:
    """What each role's sessions are for and can see at the most, and those of a family and of a link."""
    rules = access_rules()
    insight = Purpose.OWN_INSIGHT
    return [
        *((str(role), str(purpose_of(role)), int(rules.ceiling(role))) for role in Role),
        ("family", str(insight), int(rules.purposes[insight])),
        *(
            (role, str(purpose), int(rules.purposes[purpose]))
            for role, purpose in (("link", Purpose.ANSWERING), ("link_by_code", Purpose.ANSWERING_BY_CODE))
        ),
    ]


PERSONLESS = (
    frozenset(WITHOUT_A_CHILD)
    | {"django_content_type", "django_session"}
    | {"auth_permission", "auth_group", "auth_group_permissions"}
)


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What is wrong with the wall, in words; an empty list is a whole wall."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'may_read')"
            " from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1"
        )
        tables = cursor.fetchall()
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        bypasses: bool = cursor.fetchone()[0]
        cursor.execute(
            "select bool_or(pg_has_role(current_user, relowner, 'member')) from pg_class"
            " where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        )
        owns: bool = cursor.fetchone()[0]
    found = [
        f"Table {name} can hold people but has no enforced row-level security."
        for name, enabled, forced, has_policy in tables
        if name not in PERSONLESS and not (enabled and forced and has_policy)
    ]
    if bypasses:
        found.append("The program is connected as a role that bypasses row-level security.")
    elif owns:
        found.append("The program is connected as the role that owns the tables, or as a member of it.")
    return found
