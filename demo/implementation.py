"""How far a few municipalities have come in putting the pathway into use in the demo: examples, all made up."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

from demo import cast
from demo.places import BY_NUMBER
from demo.services import child_welfare
from grunnmur.directory.kinds import Role
from grunnmur.stewardship.models import Evaluation, MaterialInUse, OwnTask, TaskReport, TrainingRecord
from grunnmur.stewardship.own_tasks import new_key
from grunnmur.stewardship.steps import Report, plan, tasks_of
from grunnmur.stewardship.terms import Origin, TaskAnswer, Track

WHO = {
    Track.CHILD_WELFARE: "Barneverntjenesten",
    Track.MUNICIPAL_HEALTH: "Helsestasjonen",
    Track.GP: "Legeforeningen i kommunen",
    Track.DENTAL: "Tannklinikken",
    Track.SPECIALIST: "ABUP",
    Track.BUFETAT: "Fagteamet i Bufetat",
}
SHOWN_BY = ("Eksempel: referatet fra møtet.", "Eksempel: rutinen i kvalitetssystemet.", "Eksempel: avtalen, punkt 3.")
COME = {"4202": (22, 9), "4203": (15, 10), "4204": (30, 5), "4211": (3, 4), "4215": (6, 6), "4223": (11, 3)}
"""How many tasks each municipality has done, and how many are under way; one more is late."""
MONTH = timedelta(days=30)
MATERIALS = (
    ("Eksempel: Brosjyre om forløpet til foreldre", Origin.OWN, 400),
    ("Eksempel: Film om forløpet", Origin.DIRECTORATE, 60),
)
"""What it is called, who made it, and how many days ago it was looked over."""
EVALUATIONS = (
    ("Eksempel: Hvordan vi møtes", -100, True),
    ("Eksempel: Om familiene forstår hva de sier ja til", 60, False),
)
"""What, in how many days it is to be done, and whether it is."""


def load(today: date) -> None:
    """Let the leaders of child welfare say how far they have come, and one write down training. May be run again."""
    TaskReport.objects.bulk_create(_reports(today), ignore_conflicts=True)
    TrainingRecord.objects.bulk_create(_trainings(today), ignore_conflicts=True)
    OwnTask.objects.bulk_create(_own_tasks(today), ignore_conflicts=True)
    MaterialInUse.objects.bulk_create(_materials(today), ignore_conflicts=True)
    Evaluation.objects.bulk_create(_evaluations(today), ignore_conflicts=True)


def _reports(today: date) -> Iterator[TaskReport]:
    tasks = tasks_of(plan().steps)
    for place, (done, under_way) in COME.items():
        leader = child_welfare(BY_NUMBER[place]).with_role(Role.LEADER)[0]
        for number, (track, task) in enumerate(tasks[: done + under_way + 1]):
            begun = today - MONTH * (36 - number)
            due = (
                begun + MONTH * 6
                if number < done
                else today + MONTH
                if number < done + under_way
                else today - MONTH / 2
            )
            versions = [Report(TaskAnswer.UNDER_WAY, who=WHO[track], due_on=due)]
            if number < done:
                shown_by = SHOWN_BY[number % len(SHOWN_BY)]
                versions.append(Report(TaskAnswer.DONE, "", WHO[track], due, begun + MONTH * 4 - MONTH, shown_by))
            for version, said in enumerate(versions, 1):
                on = begun if version == 1 else begun + MONTH * 4
                yield TaskReport(
                    id=cast.fixed_id(f"task/{place}/{track}/{task}/{version}"),
                    municipality_id=place,
                    track=track,
                    task=task,
                    version=version,
                    recorded_at=_at(min(on, today - timedelta(days=1))),
                    recorded_by_id=leader.person_id,
                    **asdict(said),
                )


def _trainings(today: date) -> Iterator[TrainingRecord]:
    """Each in Grimstad's child welfare has gone through the pathway; one must do it again, and another soon."""
    service = child_welfare(BY_NUMBER["4202"])
    for number, one in enumerate(service.employees):
        done = today - MONTH * (14 + number)
        yield TrainingRecord(
            id=cast.fixed_id(f"training/{one.person_id}/forlopet/1"),
            service_id=service.id,
            person_id=one.person_id,
            material="forlopet",
            version=1,
            done_on=done,
            expires_on=today + MONTH * (-1 if number == 0 else 1 if number == 1 else 10),
            recorded_at=_at(done + timedelta(days=1)),
            recorded_by_id=service.with_role(Role.LEADER)[0].person_id,
        )


def _own_tasks(today: date) -> Iterator[OwnTask]:
    """What Grimstad has added to the first step, for those who meet the children every day."""
    yield OwnTask(
        id=cast.fixed_id("own-task/1"),
        municipality_id="4202",
        task=new_key(cast.fixed_id("own-task")),
        version=1,
        track=Track.MUNICIPAL_HEALTH,
        step=plan().steps[0].key,
        title="Eksempel: Ta med helsesykepleierne på skolene",
        about="De møter barna hver dag, og skal vite hvem i barnevernet de ringer.",
        recorded_at=_at(today - MONTH * 4),
        recorded_by_id=child_welfare(BY_NUMBER["4202"]).with_role(Role.LEADER)[0].person_id,
    )


def _materials(today: date) -> Iterator[MaterialInUse]:
    for number, (title, origin, days) in enumerate(MATERIALS):
        yield MaterialInUse(
            id=cast.fixed_id(f"material/{number}/1"),
            municipality_id="4202",
            material=cast.fixed_id(f"material/{number}"),
            version=1,
            title=title,
            origin=origin,
            edition="2023",
            languages="Bokmål og nynorsk",
            used_in="Helsestasjonen og barneverntjenesten",
            reviewed_on=today - timedelta(days=days),
            reviewed_by="Ledende helsesykepleier",
            recorded_at=_at(today - timedelta(days=20)),
            recorded_by_id=cast.get("leif").person_id,
        )


def _evaluations(today: date) -> Iterator[Evaluation]:
    for number, (what, due, done) in enumerate(EVALUATIONS):
        yield Evaluation(
            id=cast.fixed_id(f"evaluation/{number}/1"),
            municipality_id="4202",
            evaluation=cast.fixed_id(f"evaluation/{number}"),
            version=1,
            what=what,
            who="Kommunalsjef for oppvekst",
            due_on=today + timedelta(days=due),
            done_on=today + timedelta(days=due - 10) if done else None,
            result="Eksempel: Vi møtes ofte nok, men vet ikke hvem som kaller inn." if done else "",
            changed="Eksempel: Kontaktpersonen kaller alltid inn." if done else "",
            recorded_at=_at(today - timedelta(days=20)),
            recorded_by_id=cast.get("marit").person_id,
        )


def _at(on: date) -> datetime:
    return datetime.combine(on, time(9), UTC)
