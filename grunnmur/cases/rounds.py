"""A status round: what the answers come to together. Pure.

Our own choice, as no source has a status meeting without a meeting: those who answer are to meet when somebody asks for
it, or when one says that it goes better and another that it goes worse.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from grunnmur.cases.lifecycle import QuestionFact
from grunnmur.cases.terms import HowItGoes


@dataclass(frozen=True, slots=True)
class Together:
    """The answers of one round, counted."""

    asked: int
    answered: int
    wants_meeting: bool
    """Somebody asks to meet."""
    differs: bool
    """One says better and another worse."""

    @property
    def is_complete(self) -> bool:
        return self.answered == self.asked

    @property
    def proposes_meeting(self) -> bool:
        return self.wants_meeting or self.differs


def put_together(answers: Iterable[QuestionFact]) -> Together:
    """What the questions of one round come to."""
    questions = list(answers)
    goes = {one.goes for one in questions if one.goes}
    return Together(
        asked=len(questions),
        answered=sum(one.answered_on is not None for one in questions),
        wants_meeting=any(one.wants_meeting for one in questions),
        differs={HowItGoes.BETTER, HowItGoes.WORSE} <= goes,
    )
