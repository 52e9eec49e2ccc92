"""Reading one case's facts: with the case's own eyes for its rules, and with the reader's for what a page tells."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from grunnmur.cases import lifecycle
from grunnmur.cases.lifecycle import Facts
from grunnmur.cases.terms import HEALTH_KINDS, InformationKind
from grunnmur.directory import sessions

EVERYTHING = (
    HEALTH_KINDS
    | InformationKind.CONTACT
    | InformationKind.COORDINATION
    | InformationKind.CHILD_WELFARE
    | InformationKind.OWN_WORDS
)
"""The kinds of the rows that facts are read from."""


def load(pathway_id: UUID) -> Facts:
    """The facts of one case as they stand in this transaction: a signed call that only the program can make."""
    return _read("select sec.facts_of(%s, %s)", pathway_id, sessions.sign(f"facts|{pathway_id}"))


def load_several(pathway_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """The same for several cases, in one question."""
    signed = [sessions.sign(f"facts|{pathway_id}") for pathway_id in pathway_ids]
    with connection.cursor() as cursor:
        cursor.execute(
            "select w.id, sec.facts_of(w.id, w.mac) from unnest(%s::uuid[], %s::bytea[]) as w(id, mac)",
            [list(pathway_ids), signed],
        )
        return {row[0]: _facts(row[1]) for row in cursor.fetchall()}


def told(whole: Facts, *, kinds: InformationKind) -> Facts:
    """The same facts, with those rows alone that the reader may see.

    `kinds` is what the reader sees of the case now. What stands in the case as a whole (its status, who decides, what
    was decided) is told to everyone who takes part in it.
    """
    if kinds & EVERYTHING == EVERYTHING and not whole.is_partly_taken:
        return whole
    seen = _read("select sec.facts_seen(%s)", whole.pathway)
    consents = {one.id for one in seen.consents}
    return replace(
        whole,
        conversations=seen.conversations,
        # Whole where they are seen: one who signed may be hidden, and the consent holds all the same.
        consents=tuple(one for one in whole.consents if one.id in consents),
        requests=seen.requests,
        questions=seen.questions,
        rounds=seen.rounds,
        meetings=seen.meetings,
        tasks=seen.tasks,
        mappings=seen.mappings,
        referrals=seen.referrals,
        moved_on=seen.moved_on,
    )


def _read(call: str, *given: str | UUID | bytes) -> Facts:
    with connection.cursor() as cursor:
        cursor.execute(call, given)
        return _facts(cursor.fetchone()[0])


def _facts(data: Any) -> Facts:
    """Facts as the database gives them."""
    return lifecycle.facts_from(json.loads(data) if isinstance(data, str) else data)


def functions() -> list[str]:
    """The two functions of `sql/facts.sql`. Planning it costs ten times what running it does, so it is done once."""
    query = (Path(__file__).parent / "sql" / "facts.sql").read_text()
    head = "language plpgsql stable set search_path = public set plan_cache_mode = force_generic_plan as $$"
    body = f"return ({query});"
    return [
        "create or replace function sec.facts_of(wanted uuid, mac bytea) returns jsonb security definer"
        f" {head} begin if not coalesce(sec.is_signed('facts|' || wanted, mac), false) then"
        " raise exception 'not signed' using errcode = 'insufficient_privilege'; end if;"
        f" {body} end $$",
        f"create or replace function sec.facts_seen(wanted uuid) returns jsonb {head} begin {body} end $$",
    ]
