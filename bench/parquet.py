"""The rows that numbers are counted from as Parquet files, and every indicator counted from them by DuckDB.

A second count that shares nothing with the program's: other rows in (files), another engine, SQL of its own
(`indicators.sql`), and working days of its own. No names, words or numbers of anybody are in the files.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg

INDICATORS = Path(__file__).with_name("indicators.sql")
COLUMNS: Mapping[str, str] = {
    "directory_municipality": "number varchar, county varchar",
    "directory_service": "id uuid, kind varchar, municipality_id varchar",
    "cases_child": "id uuid, address_protection varchar, born_on date",
    "cases_relatedperson": "id uuid, relation varchar",
    "cases_pathway": "id uuid, child_id uuid, author_service_id uuid, opened_on date",
    "cases_initiative": "child_id uuid, to_service_id uuid, sent_on date",
    "cases_observation": "pathway_id uuid, observation varchar, seen_on date",
    "cases_assessment": "id uuid, pathway_id uuid, outcome varchar, decided_on date, participation varchar",
    "cases_assessedcriterion": "assessment_id uuid, criterion varchar",
    "cases_conversation": "pathway_id uuid, held_on date, health_areas varchar[], participation varchar",
    "cases_consent": "id uuid, pathway_id uuid, asked_on date, offers_help boolean",
    "cases_consentsignature": "consent_id uuid, signatory_kind varchar, related_person_id uuid, service_id uuid,"
    " answer varchar, has_note boolean, recorded_at timestamptz",
    "cases_consentwithdrawal": "consent_id uuid",
    "cases_meeting": "id uuid, pathway_id uuid, meeting varchar, starts_at timestamptz, moved_from_id uuid",
    "cases_meetingheld": "meeting_id uuid, pathway_id uuid, held_on date, services_present uuid[],"
    " people_present uuid[], child_present boolean, participation varchar",
    "cases_meetingcancelled": "meeting_id uuid",
    "cases_invitation": "id uuid, meeting_id uuid, service_id uuid",
    "cases_invitationreply": "invitation_id uuid, answer varchar, recorded_at timestamptz",
    "cases_mapping": "id uuid, pathway_id uuid, health_area varchar, service_id uuid, asked_on date,"
    " participation varchar",
    "cases_mappingstep": "mapping_id uuid, pathway_id uuid, state varchar, conclusion varchar, on date,"
    " recorded_at timestamptz",
    "cases_goal": "id uuid, pathway_id uuid, health_area varchar, recorded_at timestamptz",
    "cases_task": "id uuid, goal_id uuid, recorded_at timestamptz",
    "cases_taskversion": "task_id uuid, state varchar, recorded_at timestamptz",
    "cases_referral": "id uuid, pathway_id uuid, health_area varchar, from_service_id uuid, to_service_id uuid,"
    " sent_on date, received_on date",
    "cases_referralanswer": "referral_id uuid, pathway_id uuid, answer varchar, main_reason varchar, answered_on date,"
    " treatment_starts_on date",
    "cases_question": "id uuid, pathway_id uuid, answer_by date",
    "cases_questionanswer": "question_id uuid, answered_on date",
    "cases_closure": "id uuid, pathway_id uuid, ground varchar, closed_on date, participation varchar,"
    " recorded_at timestamptz",
    "cases_carrieson": "closure_id uuid, service_id uuid",
    "cases_reactivation": "pathway_id uuid, reactivated_on date, recorded_at timestamptz",
    "cases_experience": "id uuid, service_id uuid, month date, of varchar, was_heard int, understood int, it_helps int",
}
"""What is written of each table, with DuckDB's types."""
WRITTEN = {"offers_help": "help_offered <> ''", "has_note": "note <> ''"}
"""Of what somebody has written in their own words, only whether they have."""

Cell = tuple[str, str, str, str]
"""An indicator, a county, a municipality or nothing, a category or nothing."""
Figures = dict[date, dict[Cell, tuple[int, int]]]
"""By the first day of each half-year: how many times, and of how many children."""


def write(connection: "psycopg.Connection[Any]", folder: Path) -> int:
    """Write the files anew, as the connection's transaction sees the rows. Returns how many bytes they are."""
    with _duckdb() as duck:
        for table, columns in COLUMNS.items():
            types = dict(one.strip().split(" ") for one in columns.split(","))
            rows, into = folder / f"{table}.csv", folder / f"{table}.parquet"
            query = f"copy (select {_picked(types)} from public.{table}) to stdout (format csv)"
            with rows.open("wb") as file, connection.cursor() as cursor, cursor.copy(query) as out:
                for part in out:
                    file.write(part)
            duck.execute(
                f"copy (from read_csv('{rows}', auto_detect = false, header = false, allow_quoted_nulls = false,"
                f" quote = '\"', escape = '\"', columns = {types})) to '{into}' (format parquet)"
            )
            rows.unlink()
    return sum((folder / f"{table}.parquet").stat().st_size for table in COLUMNS)


def _picked(types: Mapping[str, str]) -> str:
    """The columns, a list as DuckDB reads one."""
    return ", ".join(
        f"'[' || array_to_string(\"{name}\", ',') || ']'" if kind.endswith("[]") else WRITTEN.get(name, f'"{name}"')
        for name, kind in types.items()
    )


def count(folder: Path) -> Figures:
    """Every indicator in every half-year, nothing hidden, from the files alone."""
    figures: Figures = {}
    with _duckdb() as duck:
        for table in COLUMNS:
            duck.execute(f"create view {table} as from '{folder / table}.parquet'")
        duck.execute("create table working_days (on_day date, due_10 date, due_65 date)")
        duck.executemany("insert into working_days values (?, ?, ?)", list(_working_days(duck)))
        duck.execute(INDICATORS.read_text(encoding="utf-8"))
        duck.execute("select half, indicator, county, place, category, times, children from figures")
        for half, indicator, county, place, category, times, children in duck.fetchall():
            figures.setdefault(half, {})[indicator, county, place, category] = (times, children)
    return figures


def comparing(folder: Path, *, county: str, half: date) -> Callable[[], object]:
    """What counts one table alone, decisions in each municipality of a county in one half-year: a page's question."""
    duck = _duckdb()
    question = f"""
        select s.municipality_id, a.outcome, count(*)
        from '{folder}/cases_assessment.parquet' a
        join '{folder}/cases_pathway.parquet' p on p.id = a.pathway_id
        join '{folder}/cases_child.parquet' c on c.id = p.child_id and c.address_protection = 'none'
        join '{folder}/directory_service.parquet' s on s.id = p.author_service_id
        join '{folder}/directory_municipality.parquet' m on m.number = s.municipality_id and m.county = ?
        where a.decided_on >= ?::date and a.decided_on < ?::date + interval 6 months group by all
    """
    return lambda: duck.execute(question, [county, half, half]).fetchall()


def _duckdb() -> duckdb.DuckDBPyConnection:
    """A database in memory that fetches nothing: what it needs is in the package."""
    config = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    return duckdb.connect(":memory:", config=config)


# --- working days -------------------------------------------------------------------------------------------------


def _working_days(duck: duckdb.DuckDBPyConnection) -> Iterator[tuple[date, date, date]]:
    """For each day that something can be counted from, the tenth and the 65th working day after it."""
    first, last = duck.execute(
        "select min(d), max(d) from (select received_on as d from cases_referral union all"
        " select answered_on from cases_referralanswer)"
    ).fetchall()[0]
    if first is None:
        return
    days = [first + timedelta(days=number) for number in range((last - first).days + 200)]
    free = {day for year in range(first.year, last.year + 2) for day in _holidays(year)}
    working = [day for day in days if day.isoweekday() < 6 and day not in free]
    passed = 0
    for day in days[: (last - first).days + 1]:
        while working[passed] <= day:
            passed += 1
        yield day, working[passed + 9], working[passed + 64]


def _holidays(year: int) -> set[date]:
    """Norwegian public holidays. Easter Sunday by Gauss' rule, which holds from 1900 to 2099."""
    moon = (19 * (year % 19) + 24) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    # The rule's two exceptions: Easter is never on 26 April, and in a late moon's year not on 25 April.
    early = sunday == 6 and (moon == 29 or (moon == 28 and year % 19 > 10))
    easter = date(year, 3, 22) + timedelta(days=moon + sunday - 7 * early)
    moving = {easter + timedelta(days=number) for number in (-3, -2, 0, 1, 39, 49, 50)}
    return moving | {date(year, *fixed) for fixed in ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))}
