"""Rows as the program leaves them, put there without its acts: what is counted is what stands."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Model

from demo import cast
from demo.places import get as get_place
from demo.services import child_welfare, near
from grunnmur.cases import models as rows
from grunnmur.cases.terms import HealthArea
from grunnmur.clock import OSLO
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.insight.halves import Half

HALF = Half(2031, 1)
COUNTED_AT = datetime(2031, 9, 1, 3, tzinfo=OSLO)
ONE, OTHER = "4202", "4203"


def day(month: int, number: int, year: int = 2031) -> date:
    return date(year, month, number)


class World:
    """Rows as the program leaves them, put there without its acts: what is counted is what stands."""

    def __init__(self) -> None:
        self.person = cast.get("kari").person_id
        welfare = {number: child_welfare(get_place(number)) for number in (ONE, OTHER)}
        self.services = {number: one.id for number, one in welfare.items()}
        self.contacts = {number: one.with_role(Role.LEADER)[0].person_id for number, one in welfare.items()}
        self.gp, self.abup = cast.service("storgata").id, cast.service("abup").id
        some = {kind: near(kind, get_place(ONE))[0].id for kind in ServiceKind}
        self.fact, self.institution = some[ServiceKind.FACT_YOUTH], some[ServiceKind.INSTITUTION]
        self.health = some[ServiceKind.SCHOOL_HEALTH]
        self.some = [*some.values()]
        """A service of each kind that those in the one municipality use."""
        self.made = 0

    def case(self, place: str, opened_on: date, **child: Any) -> rows.Pathway:
        """A new child with a case."""
        self.made += 1
        edition, _ = rows.SealedEdition.objects.get_or_create(
            key="2023", defaults={"sha256": "0" * 64, "sealed_at": COUNTED_AT}
        )
        by = {
            "kind": 1,
            "author_service_id": self.services[place],
            "recorded_by_id": self.person,
            "recorded_at": COUNTED_AT - timedelta(days=400),
        }
        known = rows.Child(**{"born_on": day(1, 1, 2020), "journal_number": f"T-{self.made}"} | by | child)
        rows.Child.objects.bulk_create([known])
        run = rows.Pathway(
            child=known,
            edition=edition,
            contact_person_id=self.contacts[place],
            opened_on=opened_on,
            status="closed",
            **by,
        )
        rows.Pathway.objects.bulk_create([run])
        return run

    def add(self, row: type[Model], case: rows.Pathway, /, **values: Any) -> Any:
        """One row of a case; the next is recorded a minute later."""
        self.made += 1
        made = row(
            **{
                "pathway": case,
                "kind": 1,
                "author_service_id": case.author_service_id,
                "recorded_by_id": self.person,
                "recorded_at": COUNTED_AT - timedelta(days=300) + timedelta(minutes=self.made),
            }
            | values
        )
        row._default_manager.bulk_create([made])
        return made

    def initiative(self, case: rows.Pathway, on: date, *, to: Any = None) -> None:
        """An institution asks the service that has the case, or another, to start."""
        by = {"author_service_id": self.institution, "recorded_by_id": self.person, "recorded_at": COUNTED_AT}
        said = {"wish": "start", "reason": "x", "sent_on": on, "to_service_id": to or case.author_service_id}
        rows.Initiative.objects.bulk_create([rows.Initiative(child=case.child, kind=4, **by, **said)])

    def assess(self, case: rows.Pathway, on: date, outcome: str = "start", *criteria: str, how: str = "1.1") -> None:
        made = self.add(rows.Assessment, case, outcome=outcome, decided_on=on, reason="x", participation=how)
        for one in criteria:
            self.add(rows.AssessedCriterion, case, assessment=made, criterion=one, facts="x")

    def see(self, case: rows.Pathway, on: date, sort: str, **more: Any) -> None:
        self.add(rows.Observation, case, observation=sort, code="x", seen_on=on, source="x", **more)

    def talk(self, case: rows.Pathway, on: date, *areas: str, how: str = "") -> None:
        more = {"health_areas": list(areas), "participation": how}
        self.add(rows.Conversation, case, with_whom="child", held_on=on, summary="x", **more)

    def around(self, case: rows.Pathway, relation: str) -> rows.RelatedPerson:
        """Somebody around the child."""
        by = {"author_service_id": case.author_service_id, "recorded_by_id": self.person, "recorded_at": COUNTED_AT}
        made = rows.RelatedPerson(
            child=case.child, kind=1, relation=relation, name="x", phone="", from_on=day(1, 1, 2020), **by
        )
        rows.RelatedPerson.objects.bulk_create([made])
        return made

    def close(
        self, case: rows.Pathway, on: date, ground: str = "no_further_need", *carriers: Any, how: str = ""
    ) -> None:
        """A closing, and the services, or None for somebody else, that carry on with something."""
        said = {"summary": "x", "participation": how}
        made = self.add(rows.Closure, case, ground=ground, closed_on=on, **said)
        for service in carriers:
            self.add(rows.CarriesOn, case, closure=made, what="x", who="x", service_id=service)

    def ask(
        self, case: rows.Pathway, on: date, *answers: str, withdrawn: bool = False, offered: str = "", note: str = ""
    ) -> None:
        """A consent that the child and then others have answered; «yes>no» is somebody who changed their mind.

        `offered` is the help that is offered all the same, and `note` stands at each no.
        """
        made = self.add(
            rows.Consent,
            case,
            purpose="contact_health",
            recipient_id=self.gp,
            kinds=1,
            valid_from=on,
            valid_until=on + timedelta(days=90),
            asked_on=on,
            help_offered=offered,
        )
        for number, answer in enumerate(answers):
            who: dict[str, Any] = {"signatory_kind": "child"}
            if number:
                who = {"signatory_kind": "child_welfare", "service_id": case.author_service_id}
            for one in answer.split(">"):
                said = {"answer": one, "answered_on": on, "how": "oral", "note": note if one == "no" else ""}
                self.add(rows.ConsentSignature, case, consent=made, **said, **who)
        if withdrawn:
            self.add(rows.ConsentWithdrawal, case, consent=made, withdrawn_by="child", withdrawn_at=COUNTED_AT)

    def meet(
        self,
        case: rows.Pathway,
        on: date,
        what: str = "statusmote",
        *,
        came: str = "",
        end: str = "held",
        there: Sequence[Any] = (),
        child: bool = True,
        **more: Any,
    ) -> rows.Meeting:
        """A meeting with the GP, who came, wrote or did not; held, cancelled or neither.

        `there` are the keys of others that were there: services or people around the child.
        """
        at = datetime(on.year, on.month, on.day, 12, tzinfo=OSLO)
        made: rows.Meeting = self.add(rows.Meeting, case, meeting=what, starts_at=at, place="x", **more)
        invited = self.add(rows.Invitation, case, meeting=made, service_id=self.gp)
        if came == "wrote":
            for answer in ("accepted", "writes"):
                self.add(rows.InvitationReply, case, invitation=invited, answer=answer)
        if end == "held":
            self.add(
                rows.MeetingHeld,
                case,
                meeting=made,
                held_on=on,
                services_present=[*([self.gp] if came == "came" else []), *there],
                people_present=list(there),
                child_present=child,
                participation="1.3",
                minutes="x",
            )
        if end == "cancelled":
            self.add(rows.MeetingCancelled, case, meeting=made, reason="x")
        return made

    def refer(
        self, case: rows.Pathway, received_on: date, answer: str = "", on: date | None = None, **more: Any
    ) -> None:
        made = self.add(
            rows.Referral,
            case,
            health_area=more.pop("area", "mental"),
            question="x",
            situation="x",
            received_on=received_on,
            **{"from_service_id": self.gp, "to_service_id": self.abup, "sent_on": received_on}
            | {name: more.pop(name) for name in ("from_service_id", "to_service_id", "sent_on") if name in more},
        )
        if answer:
            given = {"treatment_deadline": on} if answer == "right_granted" else {"reason": "x"}
            self.add(rows.ReferralAnswer, case, referral=made, answer=answer, answered_on=on, **given | more)

    def map(self, case: rows.Pathway, on: date, area: str, *steps: tuple[str, date, str], **more: Any) -> None:
        made = self.add(rows.Mapping, case, health_area=area, asked_on=on, **{"service_id": self.gp} | more)
        for state, when, conclusion in steps:
            self.add(rows.MappingStep, case, mapping=made, state=state, on=when, conclusion=conclusion)

    def plan(self, case: rows.Pathway, area: str, on: date, *tasks: Sequence[tuple[str, date]]) -> None:
        """A goal for a need, set on a day, and its tasks: each as it stood from some days on, the first day first."""

        def at(when: date) -> dict[str, Any]:
            return {"recorded_at": datetime(when.year, when.month, when.day, 0, 30, tzinfo=OSLO)}

        goal = self.add(rows.Goal, case, health_area=area, **at(on), kind=int(HealthArea(area).kind) if area else 2)
        for versions in tasks:
            task = self.add(rows.Task, case, goal=goal, **at(versions[0][1]))
            for number, (state, when) in enumerate(versions, 1):
                said = {"version": number, "what": "x", "state": state, "service_id": self.gp}
                self.add(rows.TaskVersion, case, task=task, **said, **at(when))

    def fill(self, random: Random, *, cases: int) -> None:
        """So many cases with something of everything, on days around and in the half-year."""

        def on() -> date:
            return day(12, 1, 2030) + timedelta(days=random.randrange(240))

        helpers = self.some
        for number in range(cases):
            protected = {"address_protection": "confidential"} if random.random() < 0.1 else {}
            case = self.case(random.choice((ONE, OTHER)), on(), **protected)
            for _again in range(random.randrange(3)):
                criteria = random.sample(("C1_ACUTE_SYMPTOMS", "C3_SERVICE_SEES_NEED", "C5_CONCERN_ABOUT_HEALTH"), 2)
                how = random.choice(("1.1", "1.2", "2.1", "2.2"))
                self.assess(case, on(), random.choice(("start", "do_not_start")), *criteria, how=how)
            for sort in random.choices(("worry_sign", "risk_factor", "protective_factor"), k=random.randrange(3)):
                self.see(case, on(), sort)
            for _again in range(random.randrange(3)):
                answers = random.choices(("yes", "no", "not_asked", "no>yes", "not_asked>no"), k=random.randrange(3))
                help_ = {"offered": random.choice(("", "x")), "note": random.choice(("", "x"))}
                self.ask(case, on(), *answers, withdrawn=random.random() < 0.1, **help_)
            people = [self.around(case, one).pk for one in ("mother", "father", "foster_parent", "sibling")]
            for _again in range(random.randrange(4)):
                what = random.choice(("avklaringsmote", "oppstartsmote", "statusmote", "statusmote"))
                came, end = random.choice(("came", "wrote", "")), random.choice(("held", "held", "cancelled", ""))
                there = random.sample([*people, *helpers], 3)
                meeting = self.meet(case, on(), what, came=came, end=end, there=there, child=random.random() < 0.5)
                if not end and random.random() < 0.5:
                    self.meet(case, on(), what, moved_from=meeting)
            for _again in range(random.randrange(3)):
                more = {
                    "service_id": random.choice((*helpers, None)),
                    "participation": random.choice(("", "1.1", "2.1")),
                }
                steps = [("accepted", on(), ""), ("concluded", on(), random.choice(("referral", "no_further_need")))]
                steps += [("not_indicated", on(), "")] if random.random() < 0.3 else []
                self.map(case, on(), random.choice(("mental", "dental")), *steps[: random.randrange(4)], **more)
            for _again in range(random.randrange(4)):
                received, starts = on(), random.choice((None, on()))
                answer = random.choice(("", "right_granted", "returned", "rejected"))
                more = {"treatment_starts_on": starts} if answer == "right_granted" else {}
                more |= {"main_reason": random.choice(("", "local_help"))} if answer == "rejected" else {}
                more |= {"from_service_id": random.choice(helpers), "to_service_id": random.choice(helpers)}
                more |= {"sent_on": received - timedelta(days=random.randrange(9))}
                answered = received + timedelta(days=random.randrange(40))
                self.refer(case, received, answer, answered, area=random.choice(("mental", "somatic")), **more)
            if random.random() < 0.4:
                again = {"reactivated_on": on(), "reason": "x"}
                if random.random() < 0.7:
                    ground = random.choice(("no_further_need", "agreed_with_health", "family_moved"))
                    how = random.choice(("", "1.1", "1.2"))
                    self.close(case, on(), ground, None, self.gp, random.choice(helpers), how=how)
                self.add(rows.Reactivation, case, **again)
            asked_on, answered_on = on(), random.choice((None, on()))
            asked = {"sort": "status", "to_service_id": self.gp, "text": "x", "asked_on": asked_on}
            question = self.add(rows.Question, case, **asked, answer_by=asked_on + timedelta(days=number % 20))
            if answered_on:
                said = {"answered_on": answered_on, "says": "answered", "text": "x"}
                self.add(rows.QuestionAnswer, case, question=question, **said)
            areas = random.sample(("mental", "dental"), random.randrange(3))
            self.talk(case, on(), *areas, how=random.choice(("", "1.1", "1.4")))
            apart = Random(number)  # what came to be made later leaves the rest as it was
            for _again in range(apart.randrange(3)):
                sent_on = day(10, 1, 2030) + timedelta(days=apart.randrange(240))
                self.initiative(case, sent_on, to=apart.choice((None, self.services[OTHER])))
            for _again in range(apart.randrange(3)):
                states = apart.choice(
                    (("agreed",), ("agreed", "under_way"), ("agreed", "dropped"), ("under_way", "done"))
                )
                days = sorted(day(12, 1, 2030) + timedelta(days=apart.randrange(240)) for _ in states)
                steps = list(zip(states, days, strict=True))
                tasks = apart.choice(((), (steps,), (steps, steps)))
                self.plan(case, apart.choice(("mental", "dental", "")), days[0], *tasks)
            grades = {name: random.randint(1, 5) for name in ("was_heard", "understood", "it_helps")}
            of_whom = random.choice(("child", "parent", "staff"))
            service = random.choice([*self.services.values(), *(helpers if of_whom == "staff" else [self.abup])])
            rows.Experience.objects.create(
                service_id=service, month=on().replace(day=1), of=of_whom, after="meeting", **grades
            )
