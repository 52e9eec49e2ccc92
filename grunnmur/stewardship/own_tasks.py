"""A municipality's own tasks in the six steps, beside those that every municipality starts from.

Pure: what a municipality has said is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from grunnmur.stewardship.shapes import Source, Words
from grunnmur.stewardship.steps import Step, Task, plan
from grunnmur.stewardship.terms import Track

PREFIX = "egen-"
"""How the key of an own task begins; no key of the file does."""
DIGITS_AS_LETTERS = str.maketrans("0123456789", "ghijklmnop")
NOBODY_ASKS = Source(key="EGEN", place="kommunens egen oppgave", official=False)


@dataclass(frozen=True, slots=True)
class OwnTask:
    """What a municipality wants done in a step by one kind of service; the step and the service stay as they were."""

    track: Track
    step: str
    """A key of the file."""
    title: str
    about: str
    is_ended: bool = False


def new_key(made: UUID) -> str:
    """The key of a new own task, the same for the same press: letters alone, as every key of a task."""
    return PREFIX + made.hex.translate(DIGITS_AS_LETTERS)


def is_own(task: str) -> bool:
    """Whether a key is that of a municipality's own task."""
    return task.startswith(PREFIX)


def missing_in_own_task(said: OwnTask, *, before: OwnTask | None) -> frozenset[str]:
    """What stops an own task, as the names of its fields; the database knows no steps, and refuses the rest."""
    found = {name for name in ("title", "about") if not getattr(said, name)}
    if said.step not in {one.key for one in plan().steps}:
        found.add("step")
    if before is not None:
        found |= {name for name in ("track", "step") if getattr(said, name) != getattr(before, name)}
    return frozenset(found)


def steps_with(own: Mapping[str, OwnTask]) -> tuple[Step, ...]:
    """The six steps as a municipality works with them: its own tasks last in each, but those that are ended."""
    return tuple(
        step.model_copy(
            update={
                "tasks": step.tasks
                + tuple(
                    Task(
                        key=key,
                        tracks=(one.track,),
                        source=NOBODY_ASKS,
                        nb=(words := Words(title=one.title, about=one.about)),
                        nn=words,
                    )
                    for key, one in own.items()
                    if one.step == step.key and not one.is_ended
                )
            }
        )
        for step in plan().steps
    )
