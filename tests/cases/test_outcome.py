"""The answer in plain words: it says what happens now, in both forms of Norwegian, and nothing of anybody else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases.definition import definitions
from grunnmur.cases.outcome import Language, Outcome, in_plain_words
from grunnmur.cases.terms import ReferralAnswerKind

HELFO = definitions().referral.helfo
GRANTED, REJECTED, RETURNED = (
    ReferralAnswerKind.RIGHT_GRANTED,
    ReferralAnswerKind.REJECTED,
    ReferralAnswerKind.RETURNED,
)
DAY = date(2027, 2, 24)


def said(outcome: Outcome, language: Language) -> str:
    return in_plain_words(outcome, helfo=HELFO, language=language)


@pytest.mark.parametrize(
    ("outcome", "language", "sentences"),
    [
        (Outcome(GRANTED, "ABUP", deadline=DAY), "nb", ["Svaret er ja.", "senest 24.02.2027", "23 32 70 03"]),
        (Outcome(GRANTED, "ABUP", deadline=DAY), "nn", ["Svaret er ja.", "seinast 24.02.2027", "måndag"]),
        (Outcome(GRANTED, "ABUP", starts_on=DAY, deadline=DAY), "nb", ["Hjelpen starter 24.02.2027."]),
        (Outcome(REJECTED, "ABUP", reason="Lett."), "nb", ["nei denne gangen", "Lett.", "én gang", "fire uker"]),
        (Outcome(REJECTED, "ABUP", advice="Ring."), "nn", ["nei denne gongen", "Ring.", "éin gong", "fire veker"]),
        (Outcome(RETURNED, "ABUP", missing=("vekt", "søvn")), "nb", ["ikke svart", "vekt; søvn.", "sender det"]),
        (Outcome(RETURNED, "ABUP", reason="Mer."), "nn", ["ikkje svart", "Mer.", "sender det på nytt"]),
    ],
)
def test_what_is_said(outcome: Outcome, language: Language, sentences: list[str]) -> None:
    text = said(outcome, language)
    for sentence in sentences:
        assert sentence in text


@given(st.sampled_from(ReferralAnswerKind), st.sampled_from(["nb", "nn"]))
def test_nothing_is_left_open_when_little_is_known(kind: ReferralAnswerKind, language: Language) -> None:
    text = said(Outcome(kind, "ABUP"), language)
    assert "None" not in text
    assert ": \n" not in text
    assert "  " not in text
    assert len(text.splitlines()) >= 3


@pytest.mark.parametrize(
    ("outcome", "language", "sentence"),
    [
        (Outcome(GRANTED, "ABUP", deadline=DAY), "nb", "Vi spør dem om når hjelpen starter."),
        (Outcome(GRANTED, "ABUP", deadline=DAY), "nn", "Vi spør dei om når hjelpa startar."),
        (Outcome(REJECTED, "ABUP"), "nb", "Spørre fastlegen om å be om fornyet vurdering."),
        (Outcome(REJECTED, "ABUP"), "nn", "Spørje fastlegen om å be om fornya vurdering."),
    ],
)
def test_nothing_is_promised_for_others_and_the_gp_asks_again(
    outcome: Outcome, language: Language, sentence: str
) -> None:
    assert sentence in said(outcome, language)
    assert "brev" not in said(outcome, language)


def test_what_is_missing_is_said_in_nynorsk_too() -> None:
    guidance = definitions().referral
    assert guidance.labels(["medicines", "gone"], nynorsk=True) == ("oppdatert liste over medisinar",)
    assert all(part.nynorsk != part.label for part in guidance.parts)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_no_always_says_what_happens_now(language: Language) -> None:
    assert ("Dette skjer n" in said(Outcome(REJECTED, "ABUP"), language)) is True


@pytest.mark.parametrize("kind", ReferralAnswerKind)
@pytest.mark.parametrize(
    ("language", "unnamed"),
    [("nb", "Tjenesten dere ble henvist til, "), ("nn", "Tenesta de vart tilviste til, ")],
)
def test_a_receiver_that_cannot_be_named_is_described(
    kind: ReferralAnswerKind, language: Language, unnamed: str
) -> None:
    assert unnamed in said(Outcome(kind, ""), language)
