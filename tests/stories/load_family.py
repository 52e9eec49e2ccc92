"""Load four families: a child of 10, 13, 15 and 17, each with two parents and one piece of each kind of information.

A piece says where it is from and of which kind it is, so that a page that shows it can be told by looking for that.
"""

from datetime import date, timedelta

from tests.stories import load

AGES = (10, 13, 15, 17)
KINDS = ("coordination", "child_welfare", "somatic", "own_words")


def born_on(age: int, today: date) -> date:
    """A hundred days after a birthday, so that no story meets one."""
    return today.replace(day=min(today.day, 28), year=today.year - age) - timedelta(days=100)


def child_name(age: int) -> str:
    return f"Barn{age} Prøve"


def parent_name(who: str, age: int) -> str:
    return f"{who.capitalize()}{age} Prøve"


def piece(kind: str, age: int) -> str:
    """What the piece of one kind about one child says."""
    return f"stykke-{kind}-{age}"


def number(who: str, age: int, today: date) -> str:
    """The synthetic number that one in the family logs in with."""
    from grunnmur.cases.national_id import Sex, make_synthetic

    if who == "child":
        return make_synthetic(born_on(age, today), Sex.FEMALE, 5)
    day = date(1980, 1, age)
    return make_synthetic(day, Sex.FEMALE if who == "mother" else Sex.MALE, 3)


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load.main()
    from demo import cast
    from grunnmur import clock
    from grunnmur.directory import sessions

    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        for age in AGES:
            family(kari, age, clock.today())


def family(kari: object, age: int, today: date) -> None:
    """One child, its parents, a pathway under way, and the pieces."""
    from typing import Any

    from grunnmur.cases.actions import basis, children, consents, plans, questions
    from grunnmur.cases.actions.consents import Answer
    from grunnmur.cases.models import RelatedPerson
    from grunnmur.cases.terms import (
        ConsentAnswer,
        ConsentPurpose,
        InformationKind,
        QuestionSort,
        RelationKind,
        SignatoryKind,
    )
    from tests import together

    actor: Any = kari
    child = children.register(
        actor=actor,
        once=None,
        name=child_name(age),
        born_on=born_on(age, today),
        journal_number=f"P-{age}",
        national_number=number("child", age, today),
        sex="2",
    )
    for who, relation in (("mother", RelationKind.MOTHER), ("father", RelationKind.FATHER)):
        children.add_person(
            actor=actor,
            child_id=child.pk,
            once=None,
            name=parent_name(who, age),
            relation=relation,
            from_on=child.born_on,
            has_parental_responsibility=True,
            has_daily_care=True,
            phone="900 00 000",
        )
    case = together.begin(actor, child)
    together.start(actor, case)
    said = [
        Answer(SignatoryKind.CHILD, ConsentAnswer.YES, today, "muntlig"),
        *(
            Answer(SignatoryKind.PARENT, ConsentAnswer.YES, today, "muntlig", related_person_id=one.pk)
            for one in RelatedPerson.objects.filter(child=child)
        ),
    ]
    consents.record(
        actor=actor,
        pathway_id=case,
        once=None,
        purposes=[ConsentPurpose.CONTACT_HEALTH],
        recipient_id=together.service_id("storgata"),
        kinds=InformationKind.SOMATIC,
        valid_from=today,
        valid_until=today + timedelta(days=200),
        answers=said if age < 15 else said[:1],
    )
    plans.set_task(
        actor=actor,
        pathway_id=case,
        once=None,
        what=piece("coordination", age),
        service_id=together.service_id("grimstad"),
        related_person_id=None,
        due_on=today + timedelta(days=20),
    )
    basis.record_conversation(
        actor=actor, pathway_id=case, once=None, with_whom="parents", held_on=today, summary=piece("child_welfare", age)
    )
    basis.record_own_words(actor=actor, pathway_id=case, once=None, said_on=today, words=piece("own_words", age))
    questions.ask(
        actor=actor,
        pathway_id=case,
        once=None,
        sort=QuestionSort.INFORMATION,
        kind=InformationKind.SOMATIC,
        to_service_id=together.service_id("storgata"),
        text=piece("somatic", age),
        answer_by=today + timedelta(days=14),
    )


if __name__ == "__main__":
    main()
