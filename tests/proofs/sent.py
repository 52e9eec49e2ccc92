"""Who reads what is sent: messages and what became of them, letters from the family, and the lines of a passport.

Each in a line, written from docs/security/access.md and from what the tables say of themselves, for the proof that
breaks the walls' sentences.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg

from tests.proofs import alike, world
from tests.reference import access as reference

if TYPE_CHECKING:
    from tests.proofs.broken_sql import Asked

Row = dict[str, Any]


def furnish(admin: psycopg.Connection[Any], people: list[str], services: list[str]) -> None:
    """Such rows about the rows that are alike, of which the demo has few."""
    for table in READS:
        alike.let_in_anything(admin.cursor(), table)
        admin.execute(f"delete from {table}")
    admin.execute(
        "insert into cases_letter (id, identity, about, text, readers, overruled_because, overruled_on, written_at,"
        " child_id, owner_service_id) select gen_random_uuid(), p.id, '', '', '', '', '', now(), c.id,"
        " c.author_service_id from cases_child c, unnest(%s::uuid[]) p (id)",
        [people],
    )
    # A line is of the passport with the id of some row, and tells of the next too; or it stands in another case.
    for case in ("r.pathway_id", "(select p.id from cases_pathway p where p.id <> r.pathway_id order by p.id limit 1)"):
        admin.execute(
            "insert into cases_passportline (id, passport_id, pathway_id, kind, number, part, says, who, phone, about)"
            f" select gen_random_uuid(), r.id, {case}, r.kind, 1, '', '', '', '', array[r.subject_id]"
            " from cases_remark r"
        )
    said = (
        "insert into post_message (id, sort, subject, kind, item, author_service_id, to_service_id, recorded_by_id,"
        " recorded_at, once, wants_answer, expires_at) select gen_random_uuid(), "
    )
    rest = "now(), gen_random_uuid()::text, false, 'infinity'"
    of_some = "(%s::uuid[])[1 + n.n %% %s]"
    another = "(select p.id from cases_pathway p where p.id <> t.pathway_id order by p.id limit 1)"
    for table, owner in (
        ("cases_conversation", "t.pathway_id"),
        ("cases_conversation", another),
        ("cases_relatedperson", "t.child_id"),
    ):
        # Of the kind of the row that it is about, or of another; by whoever wrote it, or another.
        for kind, author in (("t.kind", "t.author_service_id"), ("1 << (n.n %% 11)", of_some)):
            admin.execute(
                f"{said} 'paper', {owner}, {kind}, t.id, {author}, (%s::uuid[])[1 + n.n / 2 %% %s], t.recorded_by_id,"
                f" {rest} from {table} t join (select id, row_number() over (order by id)::int as n from {table}) n"
                " using (id)",
                [services, len(services)] * (2 if author == of_some else 1),
            )
    # Of a network, to everybody who could be in it; and what is of no network, or of a kind.
    for table in ("stewardship_network", "cases_pathway"):
        admin.execute(
            f"{said} sort, t.id, of.kind, gen_random_uuid(), s.id, s.id, %s, {rest}"
            f" from {table} t, unnest(array['gathering', 'paper']) sort, unnest(array[0, 2]) of (kind),"
            " directory_service s where s.id = any(%s) or s.kind in ('county_governor', 'chief_physician')",
            [people[0], services],
        )
    admin.execute(
        "insert into post_delivery (id, message_id, channel, made_at, attempts)"
        " select gen_random_uuid(), id, 'inbox', now(), 0 from post_message"
    )
    admin.execute(
        "insert into post_fact (id, message_id, attempt, fact, code, at)"
        " select gen_random_uuid(), id, 0, 'sent', '', now() from post_message"
    )
    admin.execute(
        "insert into post_link (id, message_id, name, role, proof, proof_code, confirmed)"
        " select gen_random_uuid(), id, '', 'gp', '', '', '' from post_message"
    )
    admin.execute(
        "insert into stewardship_gatheringinvitation (id, gathering_id, message_id, partner, what, recorded_at,"
        " recorded_by_id) select gen_random_uuid(), item, id, '', '', now(), recorded_by_id from post_message"
        " where sort = 'gathering'"
    )
    # Where the notices of a service go, and of a message that it sent or was sent.
    for message, of in (("null::uuid", ""), ("m.id", ", post_message m where m.kind <> 0")):
        admin.execute(
            "insert into post_address (id, service_id, message_id, channel, address, set_by_id, set_at)"
            f" select gen_random_uuid(), s.id, {message}, 'mail', '', %s, now() from unnest(%s::uuid[]) s (id){of}",
            [people[0], services],
        )
    admin.execute("insert into post_worker (id, started_at, seen_at, sent) values (gen_random_uuid(), now(), now(), 0)")


# --- the lines -------------------------------------------------------------------------------------------------------


def _message(row: Row, asked: "Asked") -> bool:
    """Whose service sent it or was sent it, and who sees what it is about; or what they said of the minutes by a link.

    One about a gathering, whoever has a part in the network.
    """
    known, subject = asked.knows.world, row["subject"]
    if not (asked.writes_as(row["author_service_id"]) or asked.writes_as(row["to_service_id"])):
        return False
    if row["sort"] == "gathering":
        is_network = subject in asked.country.rows["stewardship_network"]
        return row["kind"] == 0 and is_network and asked.country.has_part_in(asked, subject)
    review = known.rows_of["MinutesReview"].get(row["item"])
    said_it = review is not None and review.case == subject and asked.knows.may(review)
    case = subject if subject in known.children else None
    is_of_a_child = case or subject in known.rows_of["Child"]
    return said_it or any(
        is_of_a_child
        and asked.knows.may(
            reference.Piece(
                known.children[case] if case else subject, case, kind, row["author_service_id"], row["item"]
            )
        )
        for kind in world.kind_names(row["kind"])
    )


def _about_message(row: Row, asked: "Asked") -> bool:
    return _message(asked.country.one("post_message", row["message_id"]), asked)


def _address(row: Row, asked: "Asked") -> bool:
    """The service's own; of somebody outside, with the message."""
    return asked.is_of(row["service_id"]) and (not row["message_id"] or _about_message(row, asked))


def _letter(row: Row, asked: "Asked") -> bool:
    """The owner's child welfare; and who wrote it, while something is open for them."""
    known, at = asked.knows, asked.knows.at
    is_welfares = asked.is_of(row["owner_service_id"]) and asked.has_kind("child_welfare")
    wrote_it = (
        row["identity"] == asked.who.person
        and asked.writer is None
        and any(
            one.name == "party" and one.person == row["identity"] and not one.piece and one.from_at <= at < one.until_at
            for one in known.grounds.get(row["child_id"], ())
        )
    )
    return (is_welfares or wrote_it) and not asked.may_not_know_of(row["child_id"])


def _line(row: Row, asked: "Asked") -> bool:
    """By the link that the passport was sent as, of what it was sent of, and nothing of what is taken from it."""
    known, case, at = asked.knows, row["pathway_id"], asked.knows.at
    (kind,), child = world.kind_names(row["kind"]), known.world.children[case]
    was_sent = any(
        one.name == "handed_on"
        and one.case == case
        and one.piece == row["passport_id"]
        and one.person == asked.who.person
        and kind in one.kinds
        and one.from_at <= at < one.until_at
        for one in known.grounds.get(child, ())
    )
    pieces = [reference.Piece(child, case, kind, "", one) for one in (row["passport_id"], *row["about"])]
    return (
        asked.who.service is None
        and asked.has_kind(kind)
        and was_sent
        and not any(
            reference.takes_away(no, asked.who, piece, at) for no in known.noes.get(child, ()) for piece in pieces
        )
    )


READS: dict[str, Callable[[Row, "Asked"], bool]] = {
    "cases_letter": _letter,
    "cases_passportline": _line,
    "post_message": _message,
    **dict.fromkeys(("post_delivery", "post_fact", "post_link", "stewardship_gatheringinvitation"), _about_message),
    "post_address": _address,
    "post_worker": lambda _row, _asked: False,
}
