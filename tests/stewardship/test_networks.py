"""The network: the rules as tables, who sees and writes what, and the way from a topic to what each has done."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import Error, transaction
from django.test import Client

from demo import cast
from demo.networks import PARTNERS, WERE_AWAY
from demo.places import PLACES
from grunnmur import clock
from grunnmur.cases.definition import definitions
from grunnmur.directory.models import Service
from grunnmur.log.models import AccessLog
from grunnmur.stewardship import networking
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
from grunnmur.stewardship.networks import Held, networks, not_represented, standing, still_to_plan
from grunnmur.stewardship.terms import DecisionAnswer, DecisionStanding
from tests.stewardship.day import DAY

Acting = Callable[[str], AbstractContextManager[Any]]
TABLES = (
    *(Network, Gathering, GatheringAnswer, NetworkTopic, TopicVote),
    *(TakenTopic, NetworkDecision, NetworkTask, NetworkExperience),
)

# --- the rules --------------------------------------------------------------------------------------------------------

SPRING, AUTUMN = Held(date(2026, 4, 1), ("a", "b")), Held(date(2026, 10, 1), ("b", "c"))


@pytest.mark.parametrize(
    ("held", "absent"),
    [
        ([], {}),
        ([SPRING], {"c": None, "d": None}),
        ([SPRING, AUTUMN], {"a": SPRING.on, "d": None}),
        ([AUTUMN, SPRING], {"a": SPRING.on, "d": None}),
        ([Held(DAY, ("a", "b", "c", "d"))], {}),
    ],
)
def test_who_was_not_represented_and_since_when(held: list[Held], absent: dict[str, date | None]) -> None:
    assert not_represented(held, ("a", "b", "c", "d")) == absent


@pytest.mark.parametrize(("days", "lacks"), [((), 2), ((DAY,), 1), ((DAY, DAY), 0), ((DAY,) * 3, 0)])
def test_how_many_gatherings_a_year_lacks(days: tuple[date, ...], lacks: int) -> None:
    assert still_to_plan([*days, date(2025, 5, 1)], year=2026) == lacks


@pytest.mark.parametrize(
    ("answer", "due", "found"),
    [
        (None, 0, DecisionStanding.WAITS),
        (None, -1, DecisionStanding.OVERDUE),
        (DecisionAnswer.UNDER_WAY, 0, DecisionStanding.UNDER_WAY),
        (DecisionAnswer.UNDER_WAY, -1, DecisionStanding.OVERDUE),
        (DecisionAnswer.DONE, -1, DecisionStanding.DONE),
        (DecisionAnswer.NOT_OURS, -1, DecisionStanding.NOT_OURS),
    ],
)
def test_how_a_task_stands(answer: DecisionAnswer | None, due: int, found: DecisionStanding) -> None:
    assert standing(answer, due_on=DAY + timedelta(days=due), on=DAY) is found


def test_what_the_source_tells_of_the_network() -> None:
    source = definitions().source(networks().source.key)
    assert source.kind.can_be_official is networks().source.official is True
    assert networks().gatherings_a_year == 2
    assert [one.nb.title for one in networks().experiences] == [
        *("Nordstrand barneverntjeneste", "Lillestrøm kommune", "Erfaringskonferanser", "Sarpsborg")
    ]


# --- the database -----------------------------------------------------------------------------------------------------


def stamp(actor: Any) -> dict[str, Any]:
    return {"recorded_at": clock.now(), "recorded_by_id": actor.person_id}


def refused(run: Callable[[], object]) -> None:
    with pytest.raises(Error), transaction.atomic():
        run()


def gathering(network: Network, actor: Any, *, days: int = 3, **more: Any) -> Gathering:
    row = {"held_on": clock.today() + timedelta(days=days), "begins_at": time(9), "place": "Rådhuset"}
    return Gathering.objects.create(network=network, **row | stamp(actor) | more)


MINUTES = {"minutes": "Alle fortalte.", "present": ["4202"], "partners_present": ["RBUP"]}


def own(actor: Any) -> Network:
    found = networking.own(actor)
    assert found
    return found


def test_members_and_who_runs_it_see_everything_of_it_and_nobody_else_anything(acting: Acting) -> None:
    seen = {}
    for key in ("stein", "leif", "marit", "kari", "ola", "per", "hege", "bjorn", "eva"):
        with acting(key):
            seen[key] = [model.objects.count() for model in TABLES]
    assert all(seen["stein"]) and seen["stein"] == seen["leif"] == seen["marit"]
    for key in ("kari", "ola", "per", "hege", "bjorn", "eva"):
        assert not any(seen[key]), key


def test_a_municipality_in_another_county_is_in_no_network_here(acting: Acting, as_admin: Any) -> None:
    with as_admin():
        Service.objects.filter(pk=cast.service("statsforvalteren").id).update(counties=["Rogaland"])
    with acting("leif"):
        assert [model.objects.count() for model in TABLES] == [0] * len(TABLES)


def test_only_who_runs_the_network_gathers_and_decides(acting: Acting) -> None:
    with acting("stein") as stein:
        network = own(stein)
    held = cast.fixed_id("network/gathering/0")

    def decide(actor: Any) -> NetworkDecision:
        return NetworkDecision.objects.create(gathering_id=held, what="x", due_on=DAY, **stamp(actor))

    for key in ("leif", "marit", "kari", "eva"):
        with acting(key) as actor:
            refused(lambda: gathering(network, actor))
            refused(lambda: decide(actor))
    with acting("stein") as stein:
        gathering(network, stein)
        decide(stein)


def test_a_members_change_of_a_gathering_is_refused(acting: Acting) -> None:
    with acting("leif"):
        refused(lambda: Gathering.objects.update(place="Et annet sted"))
        refused(lambda: Network.objects.update(name="Noe annet"))


def test_what_is_not_held_has_no_minutes_and_only_members_were_there(acting: Acting) -> None:
    with acting("stein") as stein:
        network = own(stein)
        refused(lambda: gathering(network, stein, days=1, **MINUTES))
        refused(lambda: gathering(network, stein, days=0, **MINUTES | {"present": ["0301"]}))
        refused(lambda: gathering(network, stein, days=0, **MINUTES | {"minutes": ""}))
        refused(lambda: gathering(network, stein, days=0, **MINUTES | {"is_cancelled": True}))
        planned = gathering(network, stein, days=1)
        refused(lambda: gathering(network, stein, days=1))
        decision = {"gathering": planned, "what": "x", "due_on": DAY}
        refused(lambda: NetworkDecision.objects.create(**decision, **stamp(stein)))
        held = gathering(network, stein, days=0, **MINUTES)
        mine = Gathering.objects.filter(pk=held.pk)
        refused(lambda: mine.update(place="Kinoen"))
        refused(lambda: mine.update(held_on=held.held_on - timedelta(days=1)))
        refused(lambda: mine.update(minutes="", present=[], partners_present=[]))
        refused(lambda: mine.update(is_cancelled=True, minutes="", present=[], partners_present=[]))
        mine.update(minutes="Alle fortalte mer.", present=["4202", "4203"])
        NetworkDecision.objects.create(**decision | {"gathering": held}, **stamp(stein))


def test_a_member_answers_for_the_own_municipality_while_the_gathering_is_ahead(acting: Acting) -> None:
    with acting("stein") as stein:
        network = own(stein)
        ahead, off = gathering(network, stein), gathering(network, stein, days=4, is_cancelled=True)
        over = gathering(network, stein, days=-1)

    def say(actor: Any, at: Gathering, *, place: str = "4202", version: int = 1, who: str = "Lederen") -> None:
        row = {"gathering": at, "municipality_id": place, "version": version, "answer": "comes", "who": who}
        GatheringAnswer.objects.create(**row, **stamp(actor))

    with acting("leif") as leif:
        refused(lambda: say(leif, off))
        refused(lambda: say(leif, over))
        refused(lambda: say(leif, ahead, place="4215"))
        refused(lambda: say(leif, ahead, version=2))
        refused(lambda: say(leif, ahead, who=""))
        say(leif, ahead)
        refused(lambda: GatheringAnswer.objects.update(who="Ingen"))
    for key in ("stein", "kari", "ola"):
        with acting(key) as actor:
            refused(lambda: say(actor, ahead, version=2))


def test_a_municipality_has_one_voice_and_speaks_for_itself(acting: Acting) -> None:
    topic = cast.fixed_id("network/topic/0")

    def vote(actor: Any, place: str) -> None:
        TopicVote.objects.create(topic_id=topic, municipality_id=place, is_for=True, **stamp(actor))

    def propose(actor: Any, place: str | None) -> None:
        NetworkTopic.objects.create(network=network, municipality_id=place, title="x", why="x", **stamp(actor))

    def tell(actor: Any, place: str | None) -> None:
        NetworkExperience.objects.create(network=network, municipality_id=place, title="x", text="x", **stamp(actor))

    with acting("leif") as leif:
        network = own(leif)
        refused(lambda: vote(leif, "4215"))
        vote(leif, "4202")
        refused(lambda: vote(leif, "4202"))
        refused(lambda: TopicVote.objects.filter(municipality="4214").update(is_for=False))
        refused(lambda: propose(leif, "4215"))
        refused(lambda: propose(leif, None))
        refused(lambda: tell(leif, "4215"))
        refused(lambda: tell(leif, None))
    with acting("stein") as stein:
        refused(lambda: vote(stein, "4203"))


def test_what_is_on_a_programme_is_taken_up_once_before_the_gathering_and_voted_for_no_more(acting: Acting) -> None:
    topic = cast.fixed_id("network/topic/1")

    def take(at: Gathering) -> TakenTopic:
        return TakenTopic.objects.create(topic_id=topic, gathering=at)

    with acting("stein") as stein:
        network = own(stein)
        ahead, off = gathering(network, stein), gathering(network, stein, days=4, is_cancelled=True)
        held, later = gathering(network, stein, days=0, **MINUTES), gathering(network, stein, days=5)
        refused(lambda: take(held))
        refused(lambda: take(off))
    with acting("leif"):
        refused(lambda: take(ahead))
        assert TopicVote.objects.filter(topic=topic, municipality="4202").update(is_for=False)
    with acting("stein"):
        take(ahead)
        refused(lambda: take(later))
    with acting("leif"):
        refused(lambda: TopicVote.objects.filter(topic=topic, municipality="4202").update(is_for=True))


def test_what_a_gathering_that_is_called_off_would_take_up_waits_for_another_with_its_voices(acting: Acting) -> None:
    topic = cast.fixed_id("network/topic/1")

    def voices(network: Network) -> list[int]:
        return [one.voices for one in networking.topics(network, place=None) if one.row.pk == topic]

    with acting("stein") as stein:
        network = own(stein)
        before = voices(network)
        off, kept = gathering(network, stein), gathering(network, stein, days=5)
        networking.take_up(gathering=off, chosen=[topic])
        networking.take_up(gathering=kept, chosen=[cast.fixed_id("network/topic/0")])
        assert voices(network) == []
        Gathering.objects.filter(pk=off.pk).update(place="Kinoen", version=2)
        assert voices(network) == [], "moved, and it stays there"
        Gathering.objects.filter(pk=off.pk).update(is_cancelled=True, version=3)
        assert voices(network) == before != []
        assert [len(networking.programme(one)) for one in (off, kept)] == [0, 1]
        networking.take_up(gathering=kept, chosen=[topic])
        assert [len(networking.programme(one)) for one in (off, kept)] == [0, 2]
    with acting("leif"):
        refused(lambda: TakenTopic.objects.all().delete())


def test_a_topic_is_taken_off_a_programme_only_by_who_runs_it_and_before_the_gathering(acting: Acting) -> None:
    first, second = (cast.fixed_id(f"network/topic/{number}") for number in (0, 1))

    def on(at: Gathering) -> set[Any]:
        return {one.pk for one in networking.programme(at)}

    with acting("stein") as stein:
        ahead, today = gathering(own(stein), stein), gathering(own(stein), stein, days=0)
        networking.take_up(gathering=ahead, chosen=[first])
        networking.take_up(gathering=today, chosen=[second])
        Gathering.objects.filter(pk=today.pk).update(**MINUTES, version=2)
    with acting("leif"):
        networking.put_back(gathering=ahead, chosen=[first])
        assert on(ahead) == {first}
    with acting("stein"):
        networking.put_back(gathering=ahead, chosen=[second])
        networking.put_back(gathering=today, chosen=[first, second])
        assert (on(ahead), on(today)) == ({first}, {second}), "of another gathering, and of one that is written down"
        networking.put_back(gathering=ahead, chosen=[first, first])
        assert on(ahead) == set() and first in {one.row.pk for one in networking.topics(own(stein), place=None)}


def test_the_programme_is_changed_with_a_press_and_not_by_a_second(client_of: Callable[[str], Client]) -> None:
    stein, topic = client_of("stein"), str(cast.fixed_id("network/topic/0"))
    here = f"/nettverk/samling/{cast.fixed_id('network/gathering/2')}/"
    assert "Velg minst ett tema." in stein.post(f"{here}program/", {"anything": "x"}).content.decode()
    for field, is_on in (("chosen", True), ("off", False), ("chosen", True)):
        for _press in range(2):
            assert stein.post(f"{here}program/", {field: topic}).status_code == 302
            assert ("Hvordan får vi tak i psykologer?" in read(stein.get(here))) is is_on
    form = BeautifulSoup(stein.get(f"{here}program/").content, "html.parser")
    assert [one["value"] for one in form.select("input[name=off]")] == [topic]
    assert topic not in [one["value"] for one in form.select("input[name=chosen]")]


def test_what_somebody_takes_away_is_gone_for_the_others(acting: Acting) -> None:
    with acting("leif") as leif:
        network = own(leif)
        networking.tell(actor=leif, network=network, title="Ukjent ord", text="Fuglekasser.", at=clock.now())
        (mine,) = [one.mine for one in networking.experiences(leif, network, words="", language="nb") if one.mine]
        with pytest.raises(Error), transaction.atomic():
            NetworkExperience.objects.filter(municipality="4203").update(withdrawn_at=clock.now())
    with acting("marit") as marit:
        (seen,) = networking.experiences(marit, own(marit), words="fuglekasse", language="nb")
        assert seen.title == "Ukjent ord" and seen.mine is None
    with acting("leif") as leif:
        networking.take_away(actor=leif, network=own(leif), experience_id=mine, at=clock.now())
    with acting("marit") as marit:
        assert networking.experiences(marit, own(marit), words="fuglekasse", language="nb") == []
        assert not NetworkExperience.objects.filter(pk=mine).exists()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("kartlegginger", "Felles kontortid på helsestasjonen"),
        ("Vennesla", "Et møte som vi sluttet med"),
        ("tannlegene", "Lillestrøm kommune"),
    ],
)
def test_an_experience_is_found_by_another_form_of_its_words(acting: Acting, words: str, title: str) -> None:
    with acting("leif") as leif:
        found = networking.experiences(leif, own(leif), words=words, language="nb")
    assert title in {one.title for one in found} and len(found) < 4


# --- the pages --------------------------------------------------------------------------------------------------------


def read(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def test_from_a_topic_to_what_each_municipality_did(
    client_of: Callable[[str], Client], as_admin: Any, acting: Acting
) -> None:
    stein, leif, marit = client_of("stein"), client_of("leif"), client_of("marit")
    topic = {"title": "Et helt nytt tema", "why": "Vi lurer."}
    for _press in range(2):
        assert leif.post("/nettverk/tema/nytt/", topic).status_code == 302
    with as_admin():
        made = NetworkTopic.objects.get(title=topic["title"])
        assert [one.municipality_id for one in made.votes.all()] == ["4202"]
    for voice, voices in (("no", 0), ("no", 0), ("yes", 1), ("yes", 1)):
        assert marit.post(f"/nettverk/tema/{made.pk}/stemme/", {"is_for": voice}).status_code == 302
        with as_admin():
            assert TopicVote.objects.filter(topic=made, is_for=True).count() == voices
    assert stein.post(f"/nettverk/tema/{made.pk}/stemme/", {"is_for": "yes"}).status_code == 403
    today = clock.today()
    plan = {"held_on": today.strftime("%d.%m.%Y"), "begins_at": "10.30", "place": "Rådhuset", "about": ""}
    for _press in range(2):
        assert stein.post("/nettverk/samling/ny/", plan).status_code == 302
    assert stein.post("/nettverk/samling/ny/", plan | {"place": "Kinoen"}).status_code == 422
    with as_admin():
        here = f"/nettverk/samling/{Gathering.objects.get(held_on=today).pk}/"
    for _press in range(2):
        assert leif.post(f"{here}svar/", {"answer": "comes", "who": "Lederen", "version": "0"}).status_code == 302
    lacks = marit.post(f"{here}svar/", {"answer": "comes", "who": "", "version": "1"})
    assert lacks.status_code == 422 and "Skriv hvem som kommer." in lacks.content.decode()
    other = marit.post(f"{here}svar/", {"answer": "away", "who": "", "version": "0"})
    assert other.status_code == 409
    assert stein.post(f"{here}program/", {"chosen": [str(made.pk)]}).status_code == 302
    assert "Et helt nytt tema" in read(leif.get(here)) and "Grimstad: Lederen" in read(leif.get(here))
    assert "Et helt nytt tema" not in read(leif.get("/nettverk/"))
    assert stein.get(f"{here}vedtak/").status_code == 403, "there are no minutes yet"
    form = BeautifulSoup(stein.get(f"{here}referat/").content, "html.parser")
    assert [one["value"] for one in form.select("input[name=present][checked]")] == ["4202"], "who said that they come"
    minutes = {"minutes": "Alle fortalte.", "present": ["4202", "4203"], "partners_present": ["RBUP"]}
    version = form.select_one("input[name=version]")
    assert version
    for _press in range(2):
        assert stein.post(f"{here}referat/", minutes | {"version": version["value"]}).status_code == 302
    decision = {"what": "Alle lager en plan.", "due_on": today.strftime("%d.%m.%Y")}
    for _press in range(2):
        assert stein.post(f"{here}vedtak/", decision).status_code == 302
    with as_admin():
        task = f"/nettverk/vedtak/{NetworkDecision.objects.get(what=decision['what']).pk}/"
    assert "Alle lager en plan." in read(leif.get("/nettverk/"))
    said = {"answer": "done", "what": "Planen er vedtatt.", "version": "0"}
    for _press in range(2):
        assert leif.post(f"{task}svar/", said).status_code == 302
    assert stein.get(f"{task}svar/").status_code == 403
    shown = read(marit.get(task))
    assert "Planen er vedtatt." in shown and shown.count("Ikke begynt") == len(PLACES) - 1
    with acting("stein") as actor:
        later = gathering(own(actor), actor, days=30)
    assert "Alle lager en plan." in read(leif.get(f"/nettverk/samling/{later.pk}/")), "shown at the next gathering"
    with as_admin():
        logged = "".join(str(one) for one in AccessLog.objects.filter(action="answer_network_task").values())
        assert logged and "Planen" not in logged


def test_who_was_not_there_is_shown_to_all_with_the_day_they_last_were(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    shown = read(client_of("leif").get("/nettverk/"))
    with as_admin():
        first = Gathering.objects.get(pk=cast.fixed_id("network/gathering/0")).held_on.strftime("%d.%m.%Y")
    assert f"{len(WERE_AWAY[1]) + 1} var ikke med" in shown
    assert "KoRus: har ikke vært med" in shown and "RVTS: " not in shown, "those beside the municipalities too"
    assert f"Sirdal: sist med {first}" in shown and "Bykle: har ikke vært med" in shown
    assert all(one in shown for one in PARTNERS)
    last = read(client_of("leif").get(f"/nettverk/samling/{cast.fixed_id('network/gathering/1')}/"))
    assert "Andre som ikke var der: KoRus" in last


def test_every_form_asks_people_never_to_write_of_a_child(client_of: Callable[[str], Client]) -> None:
    held, ahead, task = (cast.fixed_id(f"network/{one}") for one in ("gathering/0", "gathering/2", "decision"))
    forms = {
        "leif": (f"samling/{ahead}/svar/", "tema/nytt/", "erfaringer/ny/", f"vedtak/{task}/svar/"),
        "stein": ("samling/ny/", f"samling/{ahead}/endre/", f"samling/{held}/referat/", f"samling/{held}/vedtak/"),
    }
    for key, addresses in forms.items():
        client = client_of(key)
        for address in addresses:
            page = BeautifulSoup(client.get(f"/nettverk/{address}").content, "html.parser")
            assert "Skriv aldri om et barn" in page.select(".g-lead")[0].get_text(), address


def test_the_search_stands_in_no_address_and_finds(client_of: Callable[[str], Client]) -> None:
    page = BeautifulSoup(client_of("leif").get("/nettverk/erfaringer/").content, "html.parser")
    assert page.select("main form")[0]["method"] == "post"
    found = read(client_of("leif").post("/nettverk/erfaringer/", {"words": "henvisning"}))
    assert "Sarpsborg" in found and "Nordstrand" not in found and "lysark 14" in found


def test_strangers_are_refused_with_a_reason_and_what_is_not_there_is_not_found(
    client_of: Callable[[str], Client],
) -> None:
    held = cast.fixed_id("network/gathering/0")
    for key in ("kari", "per", "eva"):
        for address in ("/nettverk/", f"/nettverk/samling/{held}/", "/nettverk/erfaringer/", "/nettverk/hvem/"):
            assert client_of(key).get(address).status_code == 403, (key, address)
    leif, stein = client_of("leif"), client_of("stein")
    for address in ("hvem/", "samling/ny/", f"samling/{held}/endre/", f"samling/{held}/referat/"):
        assert leif.get(f"/nettverk/{address}").status_code == 403, address
    for address in (f"samling/{uuid4()}/", f"vedtak/{uuid4()}/", f"erfaringer/{uuid4()}/ta-bort/"):
        assert leif.get(f"/nettverk/{address}").status_code == 404, address
    assert stein.get(f"/nettverk/samling/{held}/endre/").status_code == 403, "it has minutes"


def test_a_county_governor_without_a_network_begins_one(client_of: Callable[[str], Client], as_admin: Any) -> None:
    with as_admin():
        for model in reversed(TABLES):
            model.objects.all().delete()
    stein, leif = client_of("stein"), client_of("leif")
    assert leif.get("/nettverk/").status_code == 404
    assert stein.get("/nettverk/").headers["Location"] == "/nettverk/hvem/"
    form = {"name": "Nettverket", "partners": "RBUP\n RBUP \n\nKoRus", "version": "0"}
    for _press in range(2):
        assert stein.post("/nettverk/hvem/", form).status_code == 302
    shown = read(leif.get("/nettverk/"))
    assert "Nettverket" in shown and "KoRus" in shown and "Det mangler 2 i" in shown


def test_the_pages_ask_the_database_a_bounded_number_of_times(
    client_of: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    held, ahead = cast.fixed_id("network/gathering/0"), cast.fixed_id("network/gathering/2")
    for key in ("leif", "stein"):
        client = client_of(key)
        for address in ("/nettverk/", f"/nettverk/samling/{held}/", f"/nettverk/samling/{ahead}/"):
            with django_assert_max_num_queries(24):
                assert client.get(address).status_code == 200
