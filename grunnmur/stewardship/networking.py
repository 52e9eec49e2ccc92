"""A network with the database: gatherings, topics, what was decided and done, and experiences that others can find.

The database shows each member its own network and no other, and refuses whoever may not write (`sql/networks.sql`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from grunnmur import alphabet
from grunnmur.directory.meanwhile import refuse_older, take_turns
from grunnmur.directory.models import Municipality
from grunnmur.directory.sessions import Actor
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
from grunnmur.stewardship.networks import Held, is_old, networks, not_represented, standing
from grunnmur.stewardship.supervision import leads, may_watch
from grunnmur.stewardship.terms import Coming, DecisionAnswer, DecisionStanding

AnyNetwork = Network
AnyGathering = Gathering
"""What the pages are given; they know no tables."""
Place = tuple[str, str]
"""A municipality's number and name."""


def own(actor: Actor) -> Network | None:
    """The network that somebody is a member of or runs; None when there is none, or it is none of theirs."""
    if not (leads(actor) or may_watch(actor)):
        return None
    return Network.objects.select_related("service").first()


def runs(actor: Actor, network: Network) -> bool:
    """Whether somebody works for the county governor that gathers the network."""
    return may_watch(actor) and network.service_id == actor.service_id


def places(network: Network) -> list[Place]:
    """The municipalities of a network by name."""
    rows = Municipality.objects.filter(county__in=network.service.counties).values_list("number", "name")
    return sorted(rows, key=lambda one: alphabet.order(one[1]))


def describe(*, actor: Actor, name: str, partners: list[str], seen: int | None, at: datetime) -> UUID:
    """Begin the county governor's network, or say anew what it is called and who is in it. Raises EditConflict."""
    take_turns(f"network {actor.service_id}")
    last = Network.objects.filter(service=actor.service_id).first()
    if last and (last.name, last.partners) == (name, partners):
        return last.pk
    refuse_older(seen=seen, current=last.version if last else 0)
    by = {"recorded_at": at, "recorded_by_id": actor.person_id}
    if last is None:
        return Network.objects.create(service_id=actor.service_id, name=name, partners=partners, **by).pk
    Network.objects.filter(pk=last.pk).update(version=last.version + 1, name=name, partners=partners, **by)
    return last.pk


# --- gatherings -------------------------------------------------------------------------------------------------------


def gatherings(network: Network) -> list[Gathering]:
    """Every gathering of a network, the last first."""
    return list(Gathering.objects.filter(network=network).order_by("-held_on"))


def find_gathering(network: Network, gathering_id: UUID) -> Gathering | None:
    """One gathering of the network."""
    return Gathering.objects.filter(network=network, pk=gathering_id).first()


@dataclass(frozen=True, slots=True)
class Plan:
    """When and where a gathering is, and what it is about."""

    held_on: date
    begins_at: time
    place: str
    about: str = ""
    is_cancelled: bool = False


class DayTaken(Exception):
    """The network has another gathering that day. Nothing is written."""


def plan(
    *, actor: Actor, network: Network, gathering: Gathering | None, said: Plan, seen: int | None, at: datetime
) -> UUID:
    """Plan a gathering, or put it right; called off it has no programme any more. Raises EditConflict, DayTaken."""
    take_turns(f"gatherings {network.pk}")
    row = {name: getattr(said, name) for name in Plan.__dataclass_fields__}
    same_day = Gathering.objects.filter(network=network, held_on=said.held_on).first()
    by = {"recorded_at": at, "recorded_by_id": actor.person_id}
    if same_day and all(getattr(same_day, name) == value for name, value in row.items()):
        return same_day.pk
    if same_day and (gathering is None or same_day.pk != gathering.pk):
        raise DayTaken
    if gathering is None:
        return Gathering.objects.create(network=network, **row, **by).pk
    is_moved = any(getattr(gathering, name) != row[name] for name in ("held_on", "begins_at", "place"))
    return _update(gathering, row | by | ({"moved_at": at} if is_moved else {}), seen=seen)


def write_minutes(
    *,
    actor: Actor,
    gathering: Gathering,
    minutes: str,
    present: list[str],
    partners: list[str],
    seen: int | None,
    at: datetime,
) -> UUID:
    """Write down a gathering that has been held, and who was there. Raises EditConflict."""
    take_turns(f"gatherings {gathering.network_id}")
    row = {"minutes": minutes, "present": present, "partners_present": partners}
    now = Gathering.objects.get(pk=gathering.pk)
    if all(getattr(now, name) == value for name, value in row.items()):
        return now.pk
    return _update(now, row | {"recorded_at": at, "recorded_by_id": actor.person_id}, seen=seen)


def _update(gathering: Gathering, row: Mapping[str, object], *, seen: int | None) -> UUID:
    current = Gathering.objects.values_list("version", flat=True).get(pk=gathering.pk)
    refuse_older(seen=seen, current=current)
    Gathering.objects.filter(pk=gathering.pk).update(version=current + 1, **row)
    return gathering.pk


def is_held(gathering: Gathering) -> bool:
    """Whether a gathering is written down, so that one knows who was there."""
    return bool(gathering.minutes)


def absent(network: Network) -> list[tuple[str, date | None]]:
    """The members that were not at the last gathering by name, and the last that each was at; partners last."""
    members = {**dict(places(network)), **{one: one for one in network.partners}}
    held = [Held(one.held_on, (*one.present, *one.partners_present)) for one in gatherings(network) if is_held(one)]
    return [(members[key], since) for key, since in not_represented(held, members).items()]


def answers(gathering: Gathering) -> dict[str, GatheringAnswer]:
    """The newest answer of each municipality to a gathering."""
    rows = GatheringAnswer.objects.filter(gathering=gathering).exclude(municipality=None)
    return {
        row.municipality_id or "": row for row in rows.order_by("municipality", "-version").distinct("municipality")
    }


def partner_answers(gathering: Gathering) -> dict[str, GatheringAnswer]:
    """The newest answer of each of those beside the municipalities, who answer by a link."""
    rows = GatheringAnswer.objects.filter(gathering=gathering, municipality=None)
    return {row.partner: row for row in rows.order_by("partner", "-version").distinct("partner")}


def unanswered(ahead: Collection[Gathering], place: str) -> set[UUID]:
    """Those of the gatherings to come that a municipality has not answered since they last were moved."""
    rows = GatheringAnswer.objects.filter(gathering__in=ahead, municipality=place)
    last = dict(rows.order_by("version").values_list("gathering", "recorded_at"))
    return {one.pk for one in ahead if one.pk not in last or is_old(last[one.pk], moved_at=one.moved_at)}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member says to an invitation."""

    answer: Coming
    who: str = ""
    words: str = ""


def lacks(reply: Reply) -> str | None:
    """The field that an answer lacks, or None; the database refuses the same."""
    needed = {Coming.COMES: "who", Coming.WRITES: "words"}.get(reply.answer)
    return needed if needed and not getattr(reply, needed).strip() else None


def answer(*, actor: Actor, gathering: Gathering, place: str, said: Reply, seen: int | None, at: datetime) -> UUID:
    """Say whether one's municipality comes, as a new version. Raises EditConflict."""
    take_turns(f"gathering answer {gathering.pk} {place}")
    last = answers(gathering).get(place)
    if (
        last
        and Reply(Coming(last.answer), last.who, last.words) == said
        and last.recorded_by_id == actor.person_id
        and not is_old(last.recorded_at, moved_at=gathering.moved_at)
    ):
        return last.pk
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    return GatheringAnswer.objects.create(
        gathering=gathering,
        municipality_id=place,
        version=current + 1,
        answer=said.answer,
        who=said.who,
        words=said.words,
        recorded_at=at,
        recorded_by_id=actor.person_id,
    ).pk


# --- topics -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, how many want it, and whether one's own municipality does."""

    row: NetworkTopic
    voices: int
    is_mine: bool


def topics(network: Network, *, place: str | None) -> list[Topic]:
    """The topics that are on no programme yet, those that most want first."""
    rows = (
        NetworkTopic.objects.filter(network=network, taken__isnull=True)
        .select_related("municipality")
        .annotate(voices=Count("votes", filter=Q(votes__is_for=True)))
        .order_by("-voices", "recorded_at")
    )
    mine = set(TopicVote.objects.filter(municipality=place, is_for=True).values_list("topic", flat=True))
    return [Topic(row, row.voices, row.pk in mine) for row in rows]


def propose(*, actor: Actor, network: Network, title: str, why: str, at: datetime) -> UUID:
    """Propose a topic; one's own second press proposes nothing more. A municipality's voice comes with it."""
    place = leads(actor)
    take_turns(f"topic {network.pk} {place}")
    said = {"network": network, "municipality_id": place, "title": title, "why": why}
    before = NetworkTopic.objects.filter(**said).first()
    if before is not None:
        return before.pk
    topic = NetworkTopic.objects.create(**said, recorded_at=at, recorded_by_id=actor.person_id)
    if place is not None:
        vote(actor=actor, topic=topic, place=place, is_for=True, at=at)
    return topic.pk


def find_topic(network: Network, topic_id: UUID) -> NetworkTopic | None:
    """One topic that is on no programme yet."""
    return NetworkTopic.objects.filter(network=network, taken__isnull=True, pk=topic_id).first()


def vote(*, actor: Actor, topic: NetworkTopic, place: str, is_for: bool, at: datetime) -> None:
    """Give a municipality's voice to a topic, or take it back; pressing twice does it once."""
    by = {"recorded_at": at, "recorded_by_id": actor.person_id}
    take_turns(f"topic vote {topic.pk} {place}")
    before = TopicVote.objects.filter(topic=topic, municipality=place).first()
    if before is None:
        TopicVote.objects.create(topic=topic, municipality_id=place, is_for=is_for, **by)
    elif before.is_for != is_for:
        TopicVote.objects.filter(pk=before.pk).update(is_for=is_for, **by)


def take_up(*, gathering: Gathering, chosen: Collection[UUID]) -> None:
    """Put topics on the programme of a gathering; what is on one already stays there."""
    take_turns(f"gatherings {gathering.network_id}")
    waiting = NetworkTopic.objects.filter(network=gathering.network_id, taken__isnull=True, pk__in=chosen)
    TakenTopic.objects.bulk_create(TakenTopic(topic=one, gathering=gathering) for one in waiting)


def put_back(*, gathering: Gathering, chosen: Collection[UUID]) -> None:
    """Take topics off the programme of a gathering to come; they wait for another. What is on none stays so."""
    take_turns(f"gatherings {gathering.network_id}")
    with connection.cursor() as cursor:
        cursor.executemany("select sec.put_back_topic(%s, %s)", [(topic_id, gathering.pk) for topic_id in chosen])


def programme(gathering: Gathering) -> list[NetworkTopic]:
    """The topics of a gathering, the oldest first."""
    return list(NetworkTopic.objects.filter(taken__gathering=gathering).order_by("recorded_at"))


# --- what was decided, and what was done ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """What a gathering decided, what each municipality says of it, and how each stands."""

    row: NetworkDecision
    by_place: Mapping[str, NetworkTask]
    standings: Mapping[str, DecisionStanding]

    @property
    def counted(self) -> Mapping[DecisionStanding, int]:
        """How many municipalities stand how, with every standing there is, in order."""
        counted = Counter(self.standings.values())
        return {one: counted[one] for one in DecisionStanding}


def decisions(network: Network, *, on: date) -> list[Decided]:
    """Everything that the network has decided, what is due first before the rest."""
    rows = NetworkDecision.objects.filter(gathering__network=network).select_related("gathering")
    newest: dict[UUID, dict[str, NetworkTask]] = defaultdict(dict)
    said = NetworkTask.objects.filter(decision__gathering__network=network)
    for task in said.order_by("decision", "municipality", "-version").distinct("decision", "municipality"):
        newest[task.decision_id][task.municipality_id] = task
    members = [number for number, _name in places(network)]
    return [
        Decided(row, newest[row.pk], _standings(row, newest[row.pk], members, on=on))
        for row in rows.order_by("due_on", "recorded_at")
    ]


def _standings(
    row: NetworkDecision, said: Mapping[str, NetworkTask], members: Iterable[str], *, on: date
) -> dict[str, DecisionStanding]:
    return {
        place: standing(DecisionAnswer(said[place].answer) if place in said else None, due_on=row.due_on, on=on)
        for place in members
    }


def decide(*, actor: Actor, gathering: Gathering, what: str, due_on: date, at: datetime) -> UUID:
    """Write down what a gathering decided that each municipality does; one's own second press writes nothing more."""
    take_turns(f"gatherings {gathering.network_id}")
    before = NetworkDecision.objects.filter(gathering=gathering, what=what, due_on=due_on).first()
    if before is not None:
        return before.pk
    return NetworkDecision.objects.create(
        gathering=gathering, what=what, due_on=due_on, recorded_at=at, recorded_by_id=actor.person_id
    ).pk


def say(
    *,
    actor: Actor,
    decision: NetworkDecision,
    place: str,
    said: DecisionAnswer,
    what: str,
    seen: int | None,
    at: datetime,
) -> UUID:
    """Say what one's municipality does with a decision, as a new version. Raises EditConflict."""
    take_turns(f"network task {decision.pk} {place}")
    last = NetworkTask.objects.filter(decision=decision, municipality=place).order_by("-version").first()
    if last and (last.answer, last.what, last.recorded_by_id) == (said, what, actor.person_id):
        return last.pk
    current = last.version if last else 0
    refuse_older(seen=seen, current=current)
    return NetworkTask.objects.create(
        decision=decision,
        municipality_id=place,
        version=current + 1,
        answer=said,
        what=what,
        recorded_at=at,
        recorded_by_id=actor.person_id,
    ).pk


# --- experiences ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Experience:
    """What somebody has experienced, in a member's words or a source's."""

    title: str
    text: str
    who: str
    """The municipality, or empty for the county governor and for a source."""
    told_on: datetime | None
    source_place: str = ""
    """Where it stands in the source, for what is told there."""
    mine: UUID | None = None
    """Its id for the one who wrote it, and may take it away."""


def experiences(actor: Actor, network: Network, *, words: str, language: str) -> list[Experience]:
    """What members have told, the newest first, then what the source tells; with words, only what they find.

    The words are read as the finder reads them, by PostgreSQL's own Norwegian: «kartlegginger» finds «kartlegging».
    """
    rows = NetworkExperience.objects.filter(network=network, withdrawn_at=None).select_related("municipality")
    told = [
        Experience(
            row.title,
            row.text,
            row.municipality.name if row.municipality else "",
            row.recorded_at,
            mine=row.pk if row.recorded_by_id == actor.person_id else None,
        )
        for row in rows.order_by("-recorded_at")
    ]
    found = networks().experiences
    said = [(one.words(language), one.place) for one in found]
    every = [*told, *(Experience(one.title, one.text, "", None, source_place=place) for one, place in said)]
    return _matching(every, words) if words.strip() else every


def _matching(every: list[Experience], words: str) -> list[Experience]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.number from unnest(%s::text[]) with ordinality as t (said, number)"
            " where to_tsvector('norwegian', t.said) @@ websearch_to_tsquery('norwegian', %s)",
            [[f"{one.title} {one.text} {one.who}" for one in every], words],
        )
        found = {row[0] - 1 for row in cursor.fetchall()}
    return [one for number, one in enumerate(every) if number in found]


def tell(*, actor: Actor, network: Network, title: str, text: str, at: datetime) -> UUID:
    """Tell the others of something that one has tried; one's own second press tells nothing more."""
    place = leads(actor)
    take_turns(f"experience {network.pk} {place}")
    said = {"network": network, "municipality_id": place, "title": title, "text": text, "withdrawn_at": None}
    before = NetworkExperience.objects.filter(**said, recorded_by=actor.person_id).first()
    if before is not None:
        return before.pk
    return NetworkExperience.objects.create(**said, recorded_at=at, recorded_by_id=actor.person_id).pk


def find_experience(actor: Actor, network: Network, experience_id: UUID) -> str | None:
    """The title of what the one who asks has told, and not taken away; None when it is not theirs."""
    rows = NetworkExperience.objects.filter(network=network, withdrawn_at=None, recorded_by=actor.person_id)
    return rows.filter(pk=experience_id).values_list("title", flat=True).first()


def take_away(*, actor: Actor, network: Network, experience_id: UUID, at: datetime) -> None:
    """Take away what one has told; nobody else sees it from here on."""
    rows = NetworkExperience.objects.filter(network=network, withdrawn_at=None, recorded_by=actor.person_id)
    rows.filter(pk=experience_id).update(withdrawn_at=at)
