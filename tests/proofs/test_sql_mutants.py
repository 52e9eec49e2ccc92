"""What is broken in a sentence of SQL, and what is said of it."""

import pytest

from tests.proofs import broken_sql
from tests.proofs.sql_mutants import broken


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("true", {}),
        ("a = 1", {"«a = 1» to «a <> 1»": "a <> 1"}),
        ("a <= b", {"«a <= b» to «a < b»": "a < b"}),
        ("a is null", {"«a is null» to «a is not null»": "a is not null"}),
        (
            "a and b is not distinct from (select c())",
            {
                "«b is not distinct from (select c())» to «b is distinct from (select c())»": (
                    "a and b is distinct from (select c())"
                ),
                "«a» to «true»": " true and b is not distinct from (select c())",
                "«b is not distinct from (select c())» to «true»": "a and true ",
                "«a and b is not distinct from (select c())» to «a or b is not distinct from (select c())»": (
                    "a or b is not distinct from (select c())"
                ),
            },
        ),
        ("a not in ('x and y')", {"«a not in ('x and y')» to «a in ('x and y')»": "a in ('x and y')"}),
        (
            "a = 1 and (b > 2 or c)",
            {
                "«a = 1» to «a <> 1»": "a <> 1 and (b > 2 or c)",
                "«b > 2» to «b >= 2»": "a = 1 and (b >= 2 or c)",
                "«a = 1» to «true»": " true and (b > 2 or c)",
                "«(b > 2 or c)» to «true»": "a = 1 and true ",
                "«b > 2» to «false»": "a = 1 and ( false or c)",
                "«c» to «false»": "a = 1 and (b > 2 or false )",
                "«a = 1 and (b > 2 or c)» to «a = 1 or (b > 2 or c)»": "a = 1 or (b > 2 or c)",
                "«b > 2 or c» to «b > 2 and c»": "a = 1 and (b > 2 and c)",
            },
        ),
        (
            "exists (select 1 from t where t.a = x) or t.a = x",
            {
                "«t.a = x» to «t.a <> x»": "exists (select 1 from t where t.a <> x) or t.a = x",
                "«t.a = x» to «t.a <> x», time 2": "exists (select 1 from t where t.a = x) or t.a <> x",
                "«exists (select 1 from t where t.a = x)» to «false»": " false or t.a = x",
                "«t.a = x» to «false»": "exists (select 1 from t where t.a = x) or false ",
                "«exists (select 1 from t where t.a = x) or t.a = x» to «exists (select 1 from t where t.a = x) and"
                " t.a = x»": "exists (select 1 from t where t.a = x) and t.a = x",
            },
        ),
        (
            "a and (b or (a and c))",
            {
                "«a» to «true»": " true and (b or (a and c))",
                "«a» to «true», time 2": "a and (b or ( true and c))",
                "«(b or (a and c))» to «true»": "a and true ",
                "«b» to «false»": "a and ( false or (a and c))",
                "«(a and c)» to «false»": "a and (b or false )",
                "«c» to «true»": "a and (b or (a and true ))",
                "«a and (b or (a and c))» to «a or (b or (a and c))»": "a or (b or (a and c))",
                "«b or (a and c)» to «b and (a and c)»": "a and (b and (a and c))",
                "«a and c» to «a or c»": "a and (b or (a or c))",
            },
        ),
        (
            "a and case when b then c end",
            {
                "«a» to «true»": " true and case when b then c end",
                "«a and» to «a or»": "a or case when b then c end",
            },
        ),
        (
            "a is not distinct from case when b is null then c end and d",
            {
                "«a is not distinct from case when b is null then c end» to «a is distinct from case when b is null"
                " then c end»": "a is distinct from case when b is null then c end and d",
                "«b is null» to «b is not null»": "a is not distinct from case when b is not null then c end and d",
                "«a is not distinct from case when b is null then c end» to «true»": "true and d",
                "«d» to «true»": "a is not distinct from case when b is null then c end and true",
                "«a is not distinct from case when b is null then c end and d» to «a is not distinct from case when b"
                " is null then c end or d»": "a is not distinct from case when b is null then c end or d",
            },
        ),
        (
            "case when a is null then b = 1 else c = 2 end",
            {
                "«a is null» to «a is not null»": "case when a is not null then b = 1 else c = 2 end",
                "«b = 1» to «b <> 1»": "case when a is null then b <> 1 else c = 2 end",
                "«c = 2» to «c <> 2»": "case when a is null then b = 1 else c <> 2 end",
            },
        ),
    ],
)
def test_one_thing_is_broken_and_that_alone_is_said(sentence: str, wanted: dict[str, str]) -> None:
    found = list(broken(sentence))
    assert {what: " ".join(other.split()) for what, other in found} == {
        what: " ".join(other.split()) for what, other in wanted.items()
    }
    assert len(found) == len(wanted)


def test_nothing_is_excused_that_cannot_be_broken_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken_sql.gone() == []
    monkeypatch.setattr(broken_sql, "SAME", ((r"cases_child, to read", r"«a house» to «true»", "there is none"),))
    assert broken_sql.gone() == ["cases_child, to read: «a house» to «true»"]
