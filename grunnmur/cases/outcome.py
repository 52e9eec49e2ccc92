"""What became of a referral, in plain words that can be given to the child and the family, in both forms of Norwegian.

Pure. The words are ours; what the law gives is pbrl § 2-2 (the right and its deadline), § 2-2 b (Helfo when it is
broken), § 2-3 (a renewed assessment, once for the same condition) and §§ 7-2 and 7-5 (complaint, within four weeks).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.text import capfirst

from grunnmur.cases.definition_shapes import Helfo
from grunnmur.cases.terms import ReferralAnswerKind

Language = Literal["nb", "nn"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiver answered."""

    kind: ReferralAnswerKind
    receiver: str
    """Its name; empty where the name would tell where the child can be found."""
    reason: str = ""
    missing: tuple[str, ...] = ()
    """In words, in the language that the answer is told in."""
    advice: str = ""
    starts_on: date | None = None
    deadline: date | None = None


def in_plain_words(outcome: Outcome, *, helfo: Helfo, language: Language) -> str:
    """The text, ready to be read aloud or handed over. It names nobody but the receiver, where that can be named."""
    match outcome.kind:
        case ReferralAnswerKind.RIGHT_GRANTED:
            lines = _granted(outcome, helfo, language)
        case ReferralAnswerKind.REJECTED:
            lines = _rejected(outcome, language)
        case ReferralAnswerKind.RETURNED:
            lines = _returned(outcome, language)
    return "\n".join(line for line in lines if line)


def _granted(outcome: Outcome, helfo: Helfo, language: Language) -> list[str]:
    to, start, deadline = _receiver(outcome, language), _day(outcome.starts_on), _day(outcome.deadline)
    advice = outcome.advice.strip()
    if language == "nn":
        return [
            f"Svaret er ja. {capfirst(to)} skal hjelpe.",
            f"Hjelpa startar {start}." if start else "Vi spør dei om når hjelpa startar.",
            f"Ho skal ha starta seinast {deadline}." if deadline else "",
            f"Dette skriv dei: {advice}" if advice else "",
            "",
            f"Har hjelpa ikkje starta innan fristen, skal {to} seie frå til Helfo, som finn ein annan stad til dykk.",
            f"De kan også ringe Helfo sjølve på {helfo.phone} ({helfo.hours_nynorsk}).",
            "Er de usamde i svaret eller fristen, kan de klage. Klagen må vere send innan fire veker etter at de fekk "
            "vite det.",
            "Spør oss om noko er uklart.",
        ]
    return [
        f"Svaret er ja. {capfirst(to)} skal hjelpe.",
        f"Hjelpen starter {start}." if start else "Vi spør dem om når hjelpen starter.",
        f"Den skal ha startet senest {deadline}." if deadline else "",
        f"Dette skriver de: {advice}" if advice else "",
        "",
        f"Har hjelpen ikke startet innen fristen, skal {to} si fra til Helfo, som finner et annet sted til dere.",
        f"Dere kan også ringe Helfo selv på {helfo.phone} ({helfo.hours}).",
        "Er dere uenige i svaret eller fristen, kan dere klage. Klagen må være sendt innen fire uker etter at dere "
        "fikk vite det.",
        "Spør oss om noe er uklart.",
    ]


def _rejected(outcome: Outcome, language: Language) -> list[str]:
    to, reason, advice = _receiver(outcome, language), outcome.reason.strip(), outcome.advice.strip()
    if language == "nn":
        return [
            f"{capfirst(to)} har sagt nei denne gongen. Det betyr ikkje at de ikkje skal få hjelp.",
            f"Grunnen dei har gitt: {reason}" if reason else "",
            f"Dette rår dei til: {advice}" if advice else "",
            "",
            "Dette skjer no: Vi finn ut saman med dykk kven som kan hjelpe i staden.",
            "Dette kan de gjere:",
            "– Spørje fastlegen om å be om fornya vurdering. Det kan gjerast éin gong for same tilstand.",
            "– Klage. Klagen må vere send innan fire veker etter at de fekk vite det. Vi kan hjelpe dykk å skrive han.",
            "– Seie frå til oss med ein gong om det blir verre.",
        ]
    return [
        f"{capfirst(to)} har sagt nei denne gangen. Det betyr ikke at dere ikke skal få hjelp.",
        f"Grunnen de har gitt: {reason}" if reason else "",
        f"Dette råder de til: {advice}" if advice else "",
        "",
        "Dette skjer nå: Vi finner ut sammen med dere hvem som kan hjelpe i stedet.",
        "Dette kan dere gjøre:",
        "– Spørre fastlegen om å be om fornyet vurdering. Det kan gjøres én gang for samme tilstand.",
        "– Klage. Klagen må være sendt innen fire uker etter at dere fikk vite det. Vi kan hjelpe dere å skrive den.",
        "– Si fra til oss med en gang om det blir verre.",
    ]


def _returned(outcome: Outcome, language: Language) -> list[str]:
    to, reason, missing = _receiver(outcome, language), outcome.reason.strip(), "; ".join(outcome.missing)
    if language == "nn":
        return [
            f"{capfirst(to)} har ikkje svart ja eller nei enno. Dei treng å vite meir først.",
            f"Dette skriv dei: {reason}" if reason else "",
            f"Dei spør om: {missing}." if missing else "",
            "",
            "Dette skjer no: Vi fyller ut det som manglar, og sender det på nytt.",
            "Er det noko av dette de vil fortelje sjølve, sei gjerne frå.",
        ]
    return [
        f"{capfirst(to)} har ikke svart ja eller nei ennå. De trenger å vite mer først.",
        f"Dette skriver de: {reason}" if reason else "",
        f"De spør om: {missing}." if missing else "",
        "",
        "Dette skjer nå: Vi fyller ut det som mangler, og sender det på nytt.",
        "Er det noe av dette dere vil fortelle selv, si gjerne fra.",
    ]


def _receiver(outcome: Outcome, language: Language) -> str:
    """Whom it was sent to, as it stands within a sentence."""
    unnamed = {"nb": "tjenesten dere ble henvist til,", "nn": "tenesta de vart tilviste til,"}
    return outcome.receiver or unnamed[language]


def _day(on: date | None) -> str:
    return f"{on:%d.%m.%Y}" if on else ""
