"""Where a message stands, as a table of what has happened to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.post import state
from grunnmur.post.state import Happened
from grunnmur.post.terms import Channel, FactKind, MessageState

F, S = FactKind, MessageState

WAYS = {
    "just written": (Channel.MAIL, [], S.WAITING),
    "put in the inbox": (Channel.INBOX, [], S.DELIVERED),
    "on its way": (Channel.MAIL, [(1, F.HANDING_OVER)], S.WAITING),
    "taken by the server": (Channel.MAIL, [(1, F.HANDING_OVER), (1, F.HANDED_OVER)], S.HANDED_OVER),
    "the server was down": (Channel.SMS, [(1, F.PUT_OFF)], S.WAITING),
    "down, and then taken": (Channel.MAIL, [(1, F.PUT_OFF), (2, F.HANDING_OVER), (2, F.HANDED_OVER)], S.HANDED_OVER),
    "wrong address": (Channel.MAIL, [(1, F.FAILED)], S.FAILED),
    "came back afterwards": (Channel.MAIL, [(1, F.HANDING_OVER), (1, F.HANDED_OVER), (1, F.FAILED)], S.FAILED),
    "there, and then back": (Channel.MAIL, [(1, F.HANDED_OVER), (1, F.DELIVERED), (1, F.FAILED)], S.FAILED),
    "there": (Channel.MAIL, [(1, F.HANDED_OVER), (1, F.DELIVERED)], S.DELIVERED),
    "the worker died": (Channel.MAIL, [(1, F.HANDING_OVER), (1, F.UNCERTAIN)], S.UNCERTAIN),
    "it was only slow": (Channel.MAIL, [(1, F.HANDING_OVER), (1, F.UNCERTAIN), (1, F.HANDED_OVER)], S.HANDED_OVER),
}


@pytest.mark.parametrize("case", WAYS)
def test_where_one_way_stands(case: str) -> None:
    channel, happened, expected = WAYS[case]
    facts = [Happened(attempt, fact) for attempt, fact in happened]
    assert state.of_way(channel, facts) is expected
    assert state.of_way(channel, reversed(facts)) is expected, "the order in which they are read does not matter"


MESSAGES = {
    "nobody can be reached but here": ([S.DELIVERED], [], S.DELIVERED),
    "the mail failed, the inbox has it": ([S.FAILED, S.DELIVERED], [], S.DELIVERED),
    "the only mail failed": ([S.FAILED], [], S.FAILED),
    "one uncertain, one failed": ([S.UNCERTAIN, S.FAILED], [], S.UNCERTAIN),
    "one waits, one is uncertain": ([S.UNCERTAIN, S.WAITING], [], S.WAITING),
    "opened although the mail failed": ([S.FAILED], [F.OPENED], S.OPENED),
    "answered": ([S.DELIVERED], [F.OPENED, F.ANSWERED], S.ANSWERED),
    "answered without being opened here": ([S.HANDED_OVER], [F.ANSWERED], S.ANSWERED),
    "taken back": ([S.WAITING], [F.RECALLED], S.RECALLED),
    "opened, and then of no use": ([S.DELIVERED], [F.OPENED, F.OVER], S.OVER),
    "answered, whatever came after": ([S.DELIVERED], [F.OPENED, F.ANSWERED, F.OVER], S.ANSWERED),
    "closed before anybody opened it": ([S.HANDED_OVER], [F.CLOSED], S.CLOSED),
    "opened, and then closed": ([S.DELIVERED], [F.OPENED, F.CLOSED], S.CLOSED),
    "closed after it was answered": ([S.DELIVERED], [F.OPENED, F.ANSWERED, F.CLOSED], S.ANSWERED),
    "closed, and put away": ([S.DELIVERED], [F.OPENED, F.CLOSED, F.OVER], S.OVER),
    "reminded of, which changes nothing": ([S.HANDED_OVER], [F.REMINDED], S.HANDED_OVER),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_where_a_message_stands(case: str) -> None:
    ways, facts, expected = MESSAGES[case]
    assert state.of_message(ways, facts) is expected


HAPPENED = st.builds(Happened, st.integers(1, 5), st.sampled_from(state.RANK))


@given(st.lists(HAPPENED, min_size=1), HAPPENED)
def test_only_a_later_attempt_or_a_stronger_word_changes_where_it_stands(facts: list[Happened], more: Happened) -> None:
    before, after = state.last(facts), state.last([*facts, more])
    assert before is not None and after is not None
    assert after in (before, more)
    if after != before:
        assert (more.attempt, state.RANK.index(more.fact)) > (before.attempt, state.RANK.index(before.fact))


@given(st.lists(st.sampled_from(sorted(state.BEST_FIRST)), min_size=1), st.lists(st.sampled_from(sorted(F))))
def test_another_way_never_makes_a_message_stand_worse(ways: list[MessageState], facts: list[FactKind]) -> None:
    before = state.of_message(ways[:-1] or ways, facts)
    after = state.of_message(ways, facts)
    if before in state.BEST_FIRST:
        assert state.BEST_FIRST.index(after) <= state.BEST_FIRST.index(before)
    else:
        assert after is before
