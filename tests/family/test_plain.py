"""The family's pages are plain in every language: LIX under 30 for the child and 40 for a parent, printed for each."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from demo import cast
from demo.families import ANNAS_PARENTS
from grunnmur import clock
from grunnmur.cases.actions import consents, family_log_ins, meetings
from grunnmur.cases.models import Child, Meeting, RelatedPerson
from grunnmur.cases.terms import ChildParticipation, ConsentPurpose, InformationKind, MeetingKind, RelationKind
from grunnmur.directory import sessions
from tests import together
from tests.plain import read
from tests.stories import load_annas_family
from tools.plain import lix

ADDRESSES = ("", "hvem/", "ja-og-nei/", "skrevet/", "sett/", "skriv/", "steg/")
BEFORE_ONE_IS_IN = ("inn/", "kode/")
KEPT = re.compile(rb'name="kept" value="([^"]+)"')
LINK = re.compile(r'href="/min-side/((?:[a-z-]+/)*[0-9a-f-]{36}/(?:[a-z-]+/)*)"')
"""To a page about one thing; the first of each sort is measured."""
pytestmark = pytest.mark.usefixtures("bokmal_afterwards")
MOST = {"child": 30, "parent": 40}


@pytest.fixture
def family(anna: Child, travel: Callable[[datetime], None]) -> Child:
    """Anna's family, with a meeting that was held and one that is ahead, and a question that nobody has answered."""
    load_annas_family.begin(anna)
    travel(clock.now() + timedelta(days=6))
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        meeting = Meeting.objects.get()
        of: dict[str, Any] = {"actor": kari, "pathway_id": meeting.pathway_id, "once": None}
        meetings.hold(
            **of,
            meeting_id=meeting.pk,
            held_on=clock.today(),
            services_present=[],
            people_present=[],
            child_present=True,
            participation=ChildParticipation.CONVERSATION,
            minutes="Vi snakket.",
            decisions="",
        )
        together.call(kari, meeting.pathway_id, "storgata", kind=MeetingKind.STATUSMOTE, days=5)
        consents.record(
            **of,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=together.service_id("abup"),
            kinds=InformationKind.MENTAL | InformationKind.SOMATIC,
            valid_from=clock.today(),
            valid_until=together.day(200),
            answers=(),
        )
    return anna


def pages(family: Child, *, who: str, language: str) -> dict[str, bytes]:
    """Every page and every answer that somebody can come to, by address."""
    client = Client(HTTP_HOST="localhost")
    client.post("/sprak/", {"language": language, "back": "/min-side/"})
    number = str(family.national_id) if who == "child" else ANNAS_PARENTS[RelationKind.MOTHER]
    found: dict[str, bytes] = {}

    def look(name: str, answer: Any, status: int = 200) -> bytes:
        assert answer.status_code == status, (name, answer.status_code)
        found[name] = answer.content
        return found[name]

    for address in BEFORE_ONE_IS_IN:
        look(address, client.get(f"/min-side/{address}"))
    assert client.post("/min-side/inn/", {"number": number}).status_code == 302
    for address in ADDRESSES:
        look(address, client.get(f"/min-side/{address}"))
    for page in list(found.values()):
        for address in LINK.findall(page.decode().partition("<main")[2].partition("</main>")[0]):
            name = re.sub(r"[0-9a-f-]{36}", "*", address)
            if name not in found:
                found[name] = b""
                look(name, client.get(f"/min-side/{address}"))
                if name == "ja-og-nei/*/tilbake/":
                    look("taken back", client.post(f"/min-side/{address}"))
    assert {"sett/*/", "ja-og-nei/*/", "taken back", "etterpa/*/"} <= set(found)
    assert ("mote/*/" in found) == (who == "child")
    look("not there", client.get("/min-side/ikke/"), 404)
    sessions.end(client.session["family"])
    kept = KEPT.search(look("too late", client.post("/min-side/skriv/", {"text": "Hei"}), 401))
    assert kept
    look("restored", client.post("/min-side/inn/", {"number": number, "kept": kept[1].decode()}))
    if who == "parent":
        give_another(family, number)
        look("choose", client.post("/min-side/inn/", {"number": number}))
    return found


def give_another(family: Child, number: str) -> None:
    """Whoever has this number has other pages to choose between."""
    with sessions.acting(cast.membership_id(cast.get("kari")), is_strong=True) as kari:
        father = RelatedPerson.objects.get(child=family, relation=RelationKind.FATHER)
        whose: dict[str, Any] = {"actor": kari, "child_id": family.pk, "once": None}
        family_log_ins.give_with_eid(**whose, identity=father.identity, number=number)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("who", MOST)
def test_every_page_is_plain(family: Child, who: str, language: str) -> None:
    found = pages(family, who=who, language=language)
    measured = {address: lix(read(page)) for address, page in found.items()}
    print(*(f"LIX {language} {who} /min-side/{address}: {value:.0f}" for address, value in measured.items()), sep="\n")  # noqa: T201
    assert all(value < MOST[who] for value in measured.values()), measured
