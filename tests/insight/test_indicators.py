"""What is counted is defined in a file that agrees with itself and with the rest of the program."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from grunnmur.cases.definition import definitions
from grunnmur.insight.indicators import FILE, Indicators, faults, indicators
from grunnmur.insight.models import Figure


def changed(change: Callable[[dict[str, Any]], None]) -> list[str]:
    """What is wrong with the file after a change."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(content)
    return list(faults(Indicators.model_validate(content)))


def first(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["indicators"][0]
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file["indicators"].append(first(file)), "vurdert stands twice"),
        (lambda file: first(file).update(choices="colours"), "vurdert: there is no list colours"),
        (lambda file: first(file).update(group="luck"), "vurdert: there is no group luck"),
        (lambda file: file["groups"].append(file["groups"][0]), "the group avgjorelse stands twice"),
        (lambda file: file["groups"].append(file["groups"][0] | {"key": "luck"}), "nothing is in the group luck"),
        (lambda file: first(file).update(share="maybe"), "vurdert: maybe is none of its categories"),
        (lambda file: first(file).update(effects=["luck"]), "vurdert: there is no effect luck"),
        (
            lambda file: first(file).update(follows=[{"indicator": "moter", "category": "x"}]),
            "vurdert: there is no moter x to follow",
        ),
        (
            lambda file: first(file).update(follows=[{"indicator": "startgrunner"}]),
            "vurdert follows startgrunner follows vurdert: they go in a ring",
        ),
        (lambda file: first(file)["source"].update(key="X1"), "there is no source X1"),
        (lambda file: first(file).pop("choices"), "vurdert: fewer than two categories"),
        (
            lambda file: next(one for one in file["effects"]["list"] if "without" in one).pop("without"),
            "ledd-i-reformen: has an indicator, or says why it has none; one of them",
        ),
        (lambda file: file["indicators"].pop(), "question 6 has no indicator"),
    ],
)
def test_what_does_not_agree_is_said(change: Callable[[dict[str, Any]], None], said: str) -> None:
    assert said in changed(change)


def test_each_question_of_the_evaluation_is_asked_and_each_effect_shown_or_said_not_to_be() -> None:
    found = indicators()
    assert [one.number for one in found.sintef.questions] == [1, 2, 3, 4, 5, 6]
    unshown = [one.key for one in found.effects.list if not found.shows("effects", one.key)]
    assert unshown == ["ledd-i-reformen"]


def test_every_criterion_of_every_edition_is_counted() -> None:
    labels = indicators().get("startgrunner").labels("nb")
    assert set(labels) == {one.key for edition in definitions().editions for one in edition.criteria}
    assert next(iter(labels)).startswith("C1_"), "in the order of the edition in force"
    nynorsk = indicators().get("startgrunner").labels("nn")
    assert list(nynorsk) == list(labels) and not set(nynorsk.values()) & set(labels.values())


def test_the_keys_have_room_in_the_table() -> None:
    for one in indicators().indicators:
        for key in (one.key, *one.labels("nb")):
            assert len(key) <= Figure._meta.get_field("category").max_length  # type: ignore[operator]
