"""What the family would see, before it is saved: all of it is drawn, nothing of it is kept."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client

from grunnmur import clock
from grunnmur.cases.actions import own_words, plans
from grunnmur.cases.actions.own_words import Words
from grunnmur.cases.models import Child, GoalVersion, Letter, MeetingHeld
from grunnmur.cases.terms import ChildParticipation, FamilyAccess, InformationKind, WordsFor
from grunnmur.log import record
from grunnmur.log.models import AccessLog, Event
from tests import together
from tests.family import home as homes
from tests.family.home import FATHERS, Home, decide, let_in
from tests.family.test_pages import inside, text_of

Acting = Callable[[str], AbstractContextManager[Any]]
KEPT_OF_A_LOOK = {"log_accesslog", "log_link", "log_head", "django_session"}
"""That somebody looked is kept, and that they are there."""
LOOK = {"_ahead": "1"}
CHILD, MOTHER, FATHER = "Anna", "Mona", "Erik"
"""Their given names in the cast."""


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    """Anna, her mother and her father; the father sees only what he is given."""
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        found = homes.home(kari, anna, case)
        together.start(kari, case)
        together.let_in(kari, case, "storgata")
        decide(kari, found, found.mother)
        decide(kari, found, found.anna)
        decide(kari, found, found.father, FamilyAccess.LIMITED)
    return found


def everything(as_admin: Any) -> dict[str, str]:
    """A sum of every table that holds more than looks."""
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        names = sorted({name for (name,) in cursor.fetchall()} - KEPT_OF_A_LOOK)
        assert {"cases_release", "log_event", "post_message"} <= set(names)
        sums = {}
        for name in names:
            cursor.execute(f"select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {name} t")
            sums[name] = cursor.fetchone()[0]
    return sums


def look(client: Client, address: str, given: dict[str, Any]) -> dict[str, str]:
    """What the page says of each in the family, by the first word of their part."""
    answer = client.post(address, given | LOOK)
    assert answer.status_code == 200, (
        answer.status_code,
        [one.get_text() for one in BeautifulSoup(answer.content, "html.parser").select(".ds-error-summary, .ds-alert")],
    )
    page = BeautifulSoup(answer.content, "html.parser")
    part = page.select_one("section.f-preview")
    assert part, "what the family would see is not on the page"
    found = {}
    for one in part.select(":scope > details"):
        summary = one.select_one("summary")
        assert summary
        found[summary.get_text().split()[0]] = " ".join(one.get_text(" ").split())
    found["blind"] = " ".join(" ".join(one.get_text(" ").split()) for one in part.select(":scope > p")[1:])
    for name, value in given.items():
        field = page.select_one(f'form [name="{name}"]')
        assert field is not None, name
        kept = [
            one
            for one in page.select(f'form [name="{name}"]')
            if (one.get_text().strip() if one.name == "textarea" else str(one.get("value", ""))) == str(value)
        ]
        assert kept, f"what was typed in {name} is gone"
    return found


def goal_row(acting: Acting, home: Home) -> uuid.UUID:
    """Something that the mother sees by herself, and the father only when it is given to him."""
    with acting("kari") as kari:
        goal = plans.set_goal(actor=kari, pathway_id=home.case, once=None, text="Rolige kvelder hjemme.")
        return GoalVersion.objects.get(goal=goal).pk


def test_a_row_about_to_be_given_is_shown_to_whom_it_would_reach_and_stays_ungiven(
    home: Home, acting: Acting, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    item, kari = goal_row(acting, home), client_of("kari")
    address = f"/barn/{home.anna}/tilgang/rad/{item}/gi/{home.father}/"
    assert "Vis hva familien ser" in text_of(kari, address)
    before = everything(as_admin)
    seen = look(kari, address, {"reason": "Far har spurt."})
    assert everything(as_admin) == before, "nothing of what was only looked at is kept"
    father, mother = seen[FATHER], seen[MOTHER]
    assert "1 ny ting å se" in father
    assert "Rolige kvelder hjemme." in father
    assert "ingen endring" in mother
    assert kari.post(address, {"reason": "Far har spurt."}).status_code == 302
    with acting("kari") as actor:
        let_in(actor, home, home.father, FATHERS)
    assert "Rolige kvelder hjemme." in text_of(inside(FATHERS), "/min-side/skrevet/")


def test_what_is_about_to_be_withheld_is_shown_as_going_away(
    home: Home, acting: Acting, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    item, kari = goal_row(acting, home), client_of("kari")
    given = {"cause": "parent_restricted", "reason": "Barnet ba om det.", "review_on": f"{together.day(30):%d.%m.%Y}"}
    address = f"/barn/{home.anna}/tilgang/rad/{item}/hold/{home.mother}/"
    before = everything(as_admin)
    mother = look(kari, address, given)[MOTHER]
    assert everything(as_admin) == before
    assert "1 blir borte" in mother
    assert "Blir borte" in mother
    assert "Rolige kvelder hjemme." in mother
    decided = {"family_access": "none", "reason": "Vurdert på nytt.", "review_on": f"{together.day(30):%d.%m.%Y}"}
    seen = look(kari, f"/barn/{home.anna}/tilgang/person/{home.mother}/", decided)
    assert "blir borte" in seen[MOTHER], "and so is everything that one who sees nothing has lost"
    assert everything(as_admin) == before


def test_minutes_are_read_with_the_familys_eyes_before_they_are_saved(
    home: Home, acting: Acting, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, home.case, "storgata", days=0)
    given = {
        "held_on": f"{clock.today():%d.%m.%Y}",
        "participation": ChildParticipation.CONVERSATION.value,
        "own_words": "Jeg vil sove hjemme.",
        "minutes": "Alle var enige om kveldene.",
        "decisions": "Leggetid klokka ti.",
    }
    client, address = client_of("kari"), f"/forlop/{home.case}/moter/{meeting.pk}/referat/"
    before = everything(as_admin)
    seen = look(client, address, given)
    assert everything(as_admin) == before
    for who in (CHILD, MOTHER):
        assert "Leggetid klokka ti." in seen[who]
    assert "Jeg vil sove hjemme." in seen[CHILD]
    assert "Jeg vil sove hjemme." not in seen[MOTHER], "a child's own words are the child's to give"
    assert FATHER not in seen
    assert FATHER in seen["blind"]
    with acting("kari"):
        assert not MeetingHeld.objects.exists()


def test_a_decision_against_the_childs_wish_is_shown_to_the_child_alone(
    home: Home, acting: Acting, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, home.case, "storgata").pk
        log_in = let_in(kari, home, home.anna)
    with transaction.atomic(), record.linked():
        own_words.write(
            relative=homes.inside(log_in),
            once=None,
            meeting_id=meeting,
            words=[Words("not_said", "At jeg sover dårlig.", WordsFor.CHILD_WELFARE)],
        )
    with acting("kari"):
        letter = Letter.objects.get()
    given = {"text": "Vi måtte.", "overruled_because": "Legen må vite det.", "overruled_on": "bvl § 13-1"}
    client, address = client_of("kari"), f"/barn/{home.anna}/spurt/{letter.pk}/"
    before = everything(as_admin)
    seen = look(client, address, given)
    assert everything(as_admin) == before
    assert "Vi gjorde noe annet enn du ønsket, fordi: Legen må vite det. (bvl § 13-1)" in seen[CHILD]
    assert "Legen må vite det." not in seen[MOTHER]
    wrong = client.post(address, given | LOOK | {"overruled_on": ""})
    assert wrong.status_code == 422
    assert "f-preview" not in wrong.content.decode()
    assert everything(as_admin) == before


def test_that_somebody_looked_ahead_is_one_look_and_no_act(
    home: Home, acting: Acting, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    item, kari = goal_row(acting, home), client_of("kari")
    with as_admin():
        before, acts = set(AccessLog.objects.values_list("pk", flat=True)), Event.objects.count()
    look(kari, f"/barn/{home.anna}/tilgang/rad/{item}/gi/{home.father}/", {"reason": "Far har spurt."})
    with as_admin():
        (row,) = AccessLog.objects.exclude(pk__in=before)
        assert (row.action, row.children, row.allowed) == ("release_row", [home.anna], True)
        assert InformationKind(row.kinds) & InformationKind.COORDINATION, "also of what the family sees"
        assert Event.objects.count() == acts


def test_whoever_may_not_see_what_the_family_sees_is_not_asked_and_saves_nothing(
    home: Home, acting: Acting, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, home.case, "storgata").pk
        given: dict[str, Any] = {"title": "Til møtet", "text": "Les dette.", "kind": str(int(InformationKind.SOMATIC))}
    per, address = client_of("per"), f"/forlop/{home.case}/moter/{meeting}/les/"
    assert "Vis hva familien ser" not in text_of(per, address)
    before = everything(as_admin)
    answer = per.post(address, given | LOOK)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Ingenting er lagret" in page
    assert "Les dette." in page
    assert everything(as_admin) == before
