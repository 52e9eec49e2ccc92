"""Why nothing is happening, in words: a table of cases, and what always holds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases import standstill
from grunnmur.cases.next_step import BLOCKERS, Step
from grunnmur.cases.standstill import LastSent
from grunnmur.post.terms import MessageState

TODAY = date(2026, 11, 27)
BALL = frozenset({"gp"})
SENT = LastSent(date(2026, 11, 3), MessageState.OPENED, date(2026, 11, 5))


def step(*, since: int = 12, due: int | None = None, blocked_by: tuple[str, ...] = ()) -> Step:
    due_on = None if due is None else TODAY + timedelta(days=due)
    return Step("answer_question", BALL, TODAY - timedelta(days=since), due_on, blocked_by=blocked_by)


@pytest.mark.parametrize(
    ("waits", "is_ours", "sent", "said"),
    [
        pytest.param(
            step(due=-3),
            False,
            SENT,
            "Storgata har hatt ballen i 12 dager. Fristen gikk ut for 3 dager siden. "
            "Storgata åpnet det 05.11.2026, men har ikke svart.",
            id="opened and not answered",
        ),
        pytest.param(
            step(since=1, due=2),
            False,
            LastSent(date(2026, 11, 26), MessageState.DELIVERED, date(2026, 11, 26)),
            "Storgata har hatt ballen i 1 dag. Fristen er 29.11.2026. "
            "Ingen hos Storgata har åpnet det dere sendte 26.11.2026.",
            id="not opened",
        ),
        pytest.param(
            step(since=0),
            False,
            None,
            "Storgata har fått ballen i dag. "
            "Dere har ikke sendt Storgata noe om dette herfra. Ring, eller still et spørsmål.",
            id="nothing was sent",
        ),
        pytest.param(
            step(since=2, due=-1, blocked_by=("consent",)),
            True,
            None,
            "Dere har hatt ballen i 2 dager. Det venter på at det er samtykke til å kontakte en "
            "helsetjeneste. Fristen gikk ut for 1 dag siden.",
            id="our own, and blocked",
        ),
    ],
)
def test_what_is_said(waits: Step, is_ours: bool, sent: LastSent | None, said: str) -> None:
    who, others = ([], []) if is_ours else (["Storgata"], [("Storgata", sent)])
    assert " ".join(standstill.why(waits, who=who, is_ours=is_ours, sent=others, on=TODAY)) == said


def test_of_several_each_is_told_of_alone() -> None:
    waits = step(due=-3)
    sent = [("ABUP", None), ("Storgata", SENT)]
    said = standstill.why(waits, who=["ABUP", "Storgata"], is_ours=False, sent=sent, on=TODAY)
    assert said == (
        "ABUP og Storgata har hatt ballen i 12 dager.",
        "Fristen gikk ut for 3 dager siden.",
        "Dere har ikke sendt ABUP noe om dette herfra. Ring, eller still et spørsmål.",
        "Storgata åpnet det 05.11.2026, men har ikke svart.",
    )
    ours = standstill.why(waits, who=["ABUP", "Storgata"], is_ours=True, sent=sent, on=TODAY)
    assert ours == (
        "Dere, ABUP og Storgata har hatt ballen i 12 dager.",
        "Fristen gikk ut for 3 dager siden.",
        "Storgata åpnet det 05.11.2026, men har ikke svart.",
    )


def test_of_those_whose_names_are_hidden_the_same_is_said_once() -> None:
    hidden = "en tjeneste som er med"
    sent = [(hidden, None), (hidden, SENT), (hidden, SENT), ("Storgata", None)]
    said = standstill.why(step(), who=[name for name, _last in sent], is_ours=False, sent=sent, on=TODAY)
    assert said == (
        "En tjeneste som er med og Storgata har hatt ballen i 12 dager.",
        "Dere har ikke sendt en tjeneste som er med noe om dette herfra. Ring, eller still et spørsmål.",
        "En tjeneste som er med åpnet det 05.11.2026, men har ikke svart.",
        "Dere har ikke sendt Storgata noe om dette herfra. Ring, eller still et spørsmål.",
    )


@given(
    since=st.integers(0, 400),
    due=st.none() | st.integers(-400, 400),
    blocked=st.sets(st.sampled_from(sorted(BLOCKERS))),
    state=st.none() | st.sampled_from(list(MessageState)),
    is_ours=st.booleans(),
)
def test_each_sentence_is_whole_and_what_was_sent_is_told_only_of_others(
    since: int, due: int | None, blocked: set[str], state: MessageState | None, is_ours: bool
) -> None:
    waits = step(since=since, due=due, blocked_by=tuple(sorted(blocked)))
    sent = LastSent(TODAY, state, TODAY) if state else None
    others = [] if is_ours else [("Storgata", sent)]
    said = standstill.why(waits, who=[] if is_ours else ["Storgata"], is_ours=is_ours, sent=others, on=TODAY)
    assert all(one[0].isupper() and one.endswith(".") and "%(" not in one for one in said)
    assert any("Fristen" in one for one in said) == (due is not None)
    assert is_ours == (not any("Storgata" in one or "dere sendte" in one for one in said))
