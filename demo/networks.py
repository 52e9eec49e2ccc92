"""The network on Agder in the demo: S0 tells that there is one; what is said and done in it here is made up."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from demo import cast
from demo.places import BY_NUMBER, PLACES
from demo.services import child_welfare
from grunnmur.directory.kinds import Role
from grunnmur.stewardship.models import (
    Gathering,
    GatheringAnswer,
    Network,
    NetworkDecision,
    NetworkExperience,
    NetworkTask,
    NetworkTopic,
    TakenTopic,
    TopicVote,
)
from grunnmur.stewardship.terms import Coming, DecisionAnswer

PARTNERS = ["Sykehuset på Agder", "RBUP", "RVTS", "KoRus"]
DAYS = (-200, -20, 60)
"""When the gatherings are, from today: two that were held, and one to come."""
WERE_AWAY = ({"4222", "4224"}, {"4221", "4222", "4228", "4206"})
TASKS = {
    "4202": (DecisionAnswer.DONE, "Alle tjenestene har fått lista, og den ligger på nettsidene."),
    "4203": (DecisionAnswer.UNDER_WAY, "Helsestasjonen samler inn. Vi mangler rustjenesten."),
    "4204": (DecisionAnswer.UNDER_WAY, "Vi er ferdige med to av fem bydeler."),
    "4222": (DecisionAnswer.NOT_OURS, "Vi har ett tilbud, og alle kjenner det."),
}
TOPICS = (
    (
        "4214",
        "Hvordan får vi tak i psykologer?",
        "Stillingen har stått tom i ett år.",
        ("4214", "4217", "4212", "4211"),
    ),
    ("4202", "Hvem skal ikke ha forløpet?", "Vi er usikre når barnet allerede får hjelp.", ("4202", "4203")),
)
TOLD = (
    (
        "4203",
        "Felles kontortid på helsestasjonen",
        "Barnevernet sitter på helsestasjonen hver onsdag. Vi spør hverandre før vi skriver, og flere foreldre sier ja"
        " til kartlegging.",
    ),
    (
        "4223",
        "Et møte som vi sluttet med",
        "Vi hadde faste møter med alle tjenestene hver måned. De fleste hadde ikke noe å si. Nå møtes bare de som"
        " trenger det.",
    ),
)


def load(today: date) -> None:
    """Let the county governor gather the municipalities, and let them answer. May be run again."""
    with transaction.atomic():
        if Network.objects.exists():
            return
        by: dict[str, Any] = {
            "recorded_by_id": cast.get("stein").person_id,
            "recorded_at": _at(today - timedelta(days=260)),
        }
        network = Network.objects.create(
            id=_id("network"),
            service_id=cast.service("statsforvalteren").id,
            name="Nettverk for psykisk helse- og rusarbeid for barn og unge på Agder",
            partners=PARTNERS,
            **by,
        )
        first, _second, ahead = [_gathering(network, number, today, by) for number in range(len(DAYS))]
        decision = NetworkDecision.objects.create(
            id=_id("decision"),
            gathering=first,
            what="Hver kommune lager en liste over alle tilbud til barn og unge, og deler den.",
            due_on=today + timedelta(days=30),
            **by,
        )
        NetworkTask.objects.bulk_create(
            NetworkTask(
                decision=decision, municipality_id=place, version=1, answer=answer, what=what, **_by(place, today, 40)
            )
            for place, (answer, what) in TASKS.items()
        )
        GatheringAnswer.objects.create(
            gathering=ahead,
            municipality_id="4203",
            version=1,
            answer=Coming.COMES,
            who="Barnevernleder og ledende helsesykepleier",
            **_by("4203", today, 3),
        )
        _topics(network, first, today)
        NetworkExperience.objects.bulk_create(
            NetworkExperience(network=network, municipality_id=place, title=title, text=text, **_by(place, today, 50))
            for place, title, text in TOLD
        )


def _id(name: str) -> UUID:
    return cast.fixed_id(f"network/{name}")


def _at(on: date) -> datetime:
    return datetime.combine(on, time(9), UTC)


def _by(place: str, today: date, days: int) -> dict[str, Any]:
    """The leader of child welfare in a municipality, some days ago."""
    leader = child_welfare(BY_NUMBER[place]).with_role(Role.LEADER)[0]
    return {"recorded_by_id": leader.person_id, "recorded_at": _at(today - timedelta(days=days))}


def _gathering(network: Network, number: int, today: date, by: dict[str, Any]) -> Gathering:
    held: dict[str, Any] = {}
    if DAYS[number] < 0:
        held = {
            "minutes": "Kommunene fortalte hvordan det går med forløpet. Mange mangler oversikt over hva som finnes.",
            "present": sorted(one.number for one in PLACES if one.number not in WERE_AWAY[number]),
            "partners_present": PARTNERS[:3],
        }
    return Gathering.objects.create(
        id=_id(f"gathering/{number}"),
        network=network,
        held_on=today + timedelta(days=DAYS[number]),
        begins_at=time(9, 30),
        place="Arendal kulturhus" if number % 2 else "Kristiansand rådhus",
        about="Hvordan tjenestene kan finne hverandre, og hva vi kan lære av dem som har prøvd.",
        **held,
        **by,
    )


def _topics(network: Network, first: Gathering, today: date) -> None:
    done = NetworkTopic.objects.create(
        network=network,
        municipality_id="4201",
        title="Hvem har oversikt over tilbudene?",
        why="Fastlegene spør oss, og vi vet ikke alltid.",
        **_by("4201", today, 240),
    )
    TakenTopic.objects.create(topic=done, gathering=first)
    TopicVote.objects.bulk_create(_votes(network, today))


def _votes(network: Network, today: date) -> Iterator[TopicVote]:
    for number, (place, title, why, voices) in enumerate(TOPICS):
        topic = NetworkTopic.objects.create(
            id=_id(f"topic/{number}"),
            network=network,
            municipality_id=place,
            title=title,
            why=why,
            **_by(place, today, 15 - number),
        )
        for voice in voices:
            yield TopicVote(topic=topic, municipality_id=voice, is_for=True, **_by(voice, today, 10))
