"""The pages of what was sent: the service's, the case's, the silences, the addresses and the operator's numbers."""

import base64
import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from demo import cast
from grunnmur import clock
from grunnmur.cases.models import Child
from grunnmur.directory.models import Membership
from grunnmur.post import addresses, numbers, queue
from grunnmur.post.models import Address, Delivery, Message
from grunnmur.post.terms import Channel, FactKind
from tests import together
from tests.post.conftest import give_address, send
from tests.web.test_query_counts import count

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Client]


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    """Under way; the GP is invited to a meeting in three weeks."""
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
        together.call(kari, pathway_id, "storgata", days=20)
    return pathway_id


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_sender_sees_what_became_of_it_in_words(case: uuid.UUID, client_of: ClientOf) -> None:
    for path in ("/sendt/", f"/forlop/{case}/sendt/"):
        text = page(client_of("kari"), path)
        assert "Innkalling" in text
        assert cast.service("storgata").name in text
        assert "kommet fram" in text
    assert "Anna" not in re.search(r"<title>(.*?)</title>", page(client_of("kari"), "/sendt/"))[1]  # type: ignore[index]


def test_the_receiver_sees_on_the_case_that_it_is_to_them(case: uuid.UUID, client_of: ClientOf) -> None:
    text = page(client_of("per"), f"/forlop/{case}/sendt/")
    assert "til dere" in text
    assert "Send en påminnelse" not in text
    assert "Innkalling" not in page(client_of("per"), "/sendt/"), "they have sent nothing"


def test_another_municipality_finds_nothing(case: uuid.UUID, client_of: ClientOf) -> None:
    assert client_of("ola").get(f"/forlop/{case}/sendt/").status_code == 404
    assert "Anna" not in page(client_of("ola"), "/sendt/")
    assert "Anna" not in page(client_of("ola"), "/stille/")


def test_a_silence_is_listed_and_reminded_of_with_one_press(case: uuid.UUID, client_of: ClientOf, travel: Any) -> None:
    assert "Innkalling" not in page(client_of("kari"), "/stille/")
    travel(clock.now() + timedelta(days=9))
    kari = client_of("kari")
    text = page(kari, "/stille/")
    assert "Innkalling" in text
    address = re.search(rf'action="(/forlop/{case}/sendt/[^"]+/minn/)"', text)
    assert address is not None
    answer = kari.post(address[1], {"back": "/stille/", "once_token": str(uuid.uuid4())}, follow=True)
    assert answer.redirect_chain == [("/stille/", 302)]
    assert "Påminnelsen er sendt." in answer.content.decode()
    assert "påminnet" in page(kari, f"/forlop/{case}/sendt/")
    again = kari.post(address[1], {"back": "//evil.example/", "once_token": str(uuid.uuid4())})
    assert again.status_code == 422
    assert "minnet om" in again.content.decode()
    assert "evil" not in again.content.decode()


def test_a_lost_mail_is_said_with_its_reason(case: uuid.UUID, acting: Acting, client_of: ClientOf) -> None:
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        send(kari, case)
    me = uuid.uuid4()
    (errand,) = queue.claim(me, most=1)
    assert queue.hand_over(errand, worker=me)
    queue.note(errand, worker=me, fact=FactKind.UNCERTAIN)
    text = page(client_of("kari"), "/sendt/")
    assert "E-post: usikkert om den kom fram" in text
    assert "Vi sender den ikke på nytt av oss selv" in text
    assert "per@legekontor" not in text


def test_a_list_asks_equally_often_whatever_it_holds_and_is_paged_by_key(
    case: uuid.UUID, acting: Acting, client_of: ClientOf
) -> None:
    kari_client = client_of("kari")
    found = []
    for size in (20, 40):
        with acting("kari") as kari:
            for _one in range(size):
                send(kari, case, item=uuid.uuid4())
        found.append((count(kari_client, "/sendt/"), count(kari_client, f"/forlop/{case}/sendt/")))
    assert found[0] == found[1]
    seen: list[str] = []
    path = "/sendt/"
    while path:
        assert len(seen) < 200, "the same page again and again"
        text = page(kari_client, path)
        seen += re.findall(r"Sendt (\d\d\.\d\d\.\d{4}) kl", text)
        more = re.search(r'href="(\?etter=[^"]+)" rel="next"', text)
        path = f"/sendt/{more[1]}" if more else ""
    with acting("kari"):
        assert len(seen) == Message.objects.count() > 60
    assert "Sendt" in page(kari_client, "/sendt/?etter=tull"), "an address that has been tampered with starts anew"


def test_an_inbox_that_too_few_read_is_said_where_they_see_it(case: uuid.UUID, client_of: ClientOf) -> None:
    assert "For få leser" in page(client_of("per"), "/sendt/"), "Per is alone"
    assert "For få leser" not in page(client_of("kari"), "/sendt/")


# --- where notices go -------------------------------------------------------------------------------------------


def test_one_sets_where_one_is_told(client_of: ClientOf, acting: Acting) -> None:
    per = client_of("per")
    assert per.post("/beskjeder/", {"mail": "per@legekontor.example", "phone": "400 00 000"}).status_code == 302
    text = page(per, "/beskjeder/")
    assert "per@legekontor.example" in text
    assert "+4740000000" in text
    per.post("/beskjeder/", {"mail": "ny@legekontor.example", "phone": ""})
    with acting("per") as actor:
        now = Address.objects.filter(ended_at=None, person_id=actor.person_id)
        assert [(row.channel, row.address) for row in now] == [("mail", "ny@legekontor.example")]
        assert Address.objects.filter(person_id=actor.person_id).count() == 3
    assert "ny@legekontor.example" not in page(client_of("ola"), "/beskjeder/")


@pytest.mark.parametrize(
    ("mail", "phone"),
    [("per@legekontor.example\r\nBcc: alle@x.example", ""), ("per", ""), ("", "12"), ("", "+0123456789")],
)
def test_what_is_no_address_is_said_beside_its_field_and_kept(
    mail: str, phone: str, client_of: ClientOf, acting: Acting
) -> None:
    answer = client_of("per").post("/beskjeder/", {"mail": mail, "phone": phone})
    assert answer.status_code == 422
    with acting("per"):
        assert not Address.objects.exists()


def test_only_the_administrator_sets_the_services(client_of: ClientOf, acting: Acting, fresh: Any) -> None:
    with acting("kari") as kari, pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        addresses.set_of_service(kari, at=clock.now(), given={Channel.MAIL: "post@kommune.example"})
    with acting("leif") as leif:
        addresses.set_of_service(leif, at=clock.now(), given={Channel.MAIL: "post@kommune.example"})
        assert addresses.of_service(leif) == {Channel.MAIL: "post@kommune.example"}
    assert client_of("leif").get("/beskjeder/tjenesten/").url.startswith("/bekreft/"), "who has just confirmed"


def test_one_administrator_changes_and_ends_the_address_that_another_set(acting: Acting, as_admin: Any) -> None:
    with acting("leif") as leif:
        addresses.set_of_service(leif, at=clock.now(), given={Channel.MAIL: "post@kommune.example"})
    with as_admin():
        Membership.objects.filter(person=cast.get("kari").person_id).update(is_administrator=True)
    with acting("kari") as kari:
        addresses.set_of_service(kari, at=clock.now(), given={Channel.MAIL: "ny@kommune.example"})
        assert addresses.of_service(kari) == {Channel.MAIL: "ny@kommune.example"}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Address.objects.create(
                service_id=kari.service_id,
                channel=Channel.SMS,
                address="+4790000000",
                set_by_id=cast.get("leif").person_id,
                set_at=clock.now(),
            )
    with acting("leif") as leif:
        addresses.set_of_service(leif, at=clock.now(), given={Channel.MAIL: ""})
        assert addresses.of_service(leif) == {}


# --- the operator ---------------------------------------------------------------------------------------------------


TOKEN = "et-passord-for-drift-som-er-langt-nok"


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.OPERATOR_TOKEN = TOKEN


def shown(**headers: str) -> Any:
    return Client(HTTP_HOST="localhost").get("/drift/", headers=headers)


def test_the_numbers_are_shown_to_whoever_has_the_token_and_nobody_else(case: uuid.UUID, client_of: ClientOf) -> None:
    token = TOKEN
    basic = base64.b64encode(f"drift:{token}".encode()).decode()
    for given in (
        {},
        {"authorization": "Bearer guess"},
        {"authorization": "Basic !!"},
        {"authorization": "Basic Z2pldHQ="},
    ):
        answer = shown(**given)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
        assert "Overlevert" not in answer.content.decode()
    assert client_of("leif").get("/drift/").status_code == 401
    for given in ({"authorization": f"Bearer {token}"}, {"authorization": f"Basic {basic}"}):
        answer = shown(**given)
        assert answer.status_code == 200
        assert "Overlevert" in answer.content.decode()
        assert "Anna" not in answer.content.decode()


def test_without_a_token_there_is_no_such_page(settings: Any, db: None) -> None:
    settings.OPERATOR_TOKEN = ""
    assert shown(authorization="Bearer ").status_code == 404


def test_everything_that_was_sent_has_arrived_has_not_or_waits(case: uuid.UUID, acting: Acting, as_admin: Any) -> None:
    with acting("per") as per:
        give_address(per, "per@legekontor.example")
    with acting("kari") as kari:
        for _one in range(4):
            send(kari, case, item=uuid.uuid4())
    me = uuid.uuid4()
    queue.lives(me)
    taken, put_off, failed = queue.claim(me, most=3)
    assert queue.hand_over(taken, worker=me)
    queue.note(taken, worker=me, fact=FactKind.HANDED_OVER)
    queue.note(put_off, worker=me, fact=FactKind.PUT_OFF, again_at=clock.now() + timedelta(hours=1))
    queue.note(failed, worker=me, fact=FactKind.FAILED)
    found = numbers.read()
    with acting("kari"):
        inboxes = Delivery.objects.filter(channel=Channel.INBOX).count()
        assert Delivery.objects.count() == found.sent
    assert found.delivered == inboxes + 1
    assert (found.failed, found.waiting_of_these, found.waiting, found.lost) == (1, 2, 2, 0)
    assert found.sent == found.delivered + found.failed + found.uncertain + found.recalled + found.waiting_of_these
    assert found.adds_up
    assert found.somebody_sends
    with as_admin():
        Delivery.objects.filter(pk=put_off.id).update(due_at=None)
    assert numbers.read().lost == 1, "what is nowhere is seen"


def test_a_monitoring_system_reads_the_same(case: uuid.UUID) -> None:
    answer = Client(HTTP_HOST="localhost").get("/drift/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer["Content-Type"].startswith("text/plain")
    said = dict(re.findall(r"^(grunnmur_\S+) (\d+)$", answer.content.decode(), re.MULTILINE))
    assert int(said["grunnmur_sent"]) == sum(
        int(n) for name, n in said.items() if name.startswith("grunnmur_deliveries")
    )
    assert said["grunnmur_workers"] == "0"
