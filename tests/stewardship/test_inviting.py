"""A gathering by mail: who is told what, that a message about it opens no case, and answering it by a link."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import Error, transaction
from django.test import Client

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.models import Child, Pathway
from grunnmur.directory.models import Membership
from grunnmur.post import links, mail, outbox, texts, worker
from grunnmur.post.models import Delivery, Fact, Message
from grunnmur.post.outbox import Receiver
from grunnmur.post.terms import Channel, MessageSort, MessageState
from grunnmur.stewardship import inviting, networking
from grunnmur.stewardship.models import Gathering, GatheringAnswer, GatheringInvitation, Network
from grunnmur.stewardship.networks import Before, is_old, to_tell
from grunnmur.stewardship.terms import Told
from tests import together
from tests.post import server
from tests.post.conftest import give_address
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
AT = datetime(2026, 11, 29, 8, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
HERE = f"/nettverk/samling/{cast.fixed_id('network/gathering/2')}/"
RBUP = "kontakt@rbup.example"

# --- the rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "is_cancelled", "moved_at", "mail_now", "told"),
    [
        (None, False, None, "", Told.INVITED),
        (None, True, None, "", None),
        (Before(Told.INVITED, AT), False, None, "", None),
        (Before(Told.INVITED, AT), False, LATER, "", Told.MOVED),
        (Before(Told.MOVED, LATER), False, AT, "", None),
        (Before(Told.REMINDED, LATER), False, AT, "", None),
        (Before(Told.INVITED, AT), True, LATER, "", Told.CALLED_OFF),
        (Before(Told.CALLED_OFF, AT), True, None, "", None),
        (Before(Told.CALLED_OFF, AT), False, None, "", Told.INVITED),
        (Before(Told.INVITED, AT, "a@b.no"), False, None, "a@b.no", None),
        (Before(Told.INVITED, AT, "a@b.no"), False, None, "c@b.no", Told.INVITED),
        (Before(Told.INVITED, AT, "a@b.no"), True, None, "c@b.no", Told.CALLED_OFF),
    ],
)
def test_who_must_be_told_what(
    before: Before | None, is_cancelled: bool, moved_at: datetime | None, mail_now: str, told: Told | None
) -> None:
    assert to_tell(before, is_cancelled=is_cancelled, moved_at=moved_at, mail=mail_now) is told


@pytest.mark.parametrize(("moved_at", "old"), [(None, False), (AT, False), (LATER, True)])
def test_an_answer_is_of_the_day_that_it_was_given_for(moved_at: datetime | None, old: bool) -> None:
    assert is_old(AT, moved_at=moved_at) is old


# --- sending ----------------------------------------------------------------------------------------------------------


def send(stein: Client, **more: str) -> None:
    """Tell everybody; those beside the municipalities at the addresses that are given, or that were given before."""
    at = f"{HERE}beskjed/"
    answer = stein.post(at, form_of(page(stein.get(at)), **more))
    assert answer.status_code == 302, answer.content.decode()


def message_to(as_admin: Any, partner: str) -> UUID:
    """The last message to one of those beside the municipalities."""
    with as_admin():
        last = GatheringInvitation.objects.filter(partner=partner).order_by("recorded_at").last()
        assert last
        return last.message_id


def link(as_admin: Any, partner: str = "RBUP") -> str:
    return f"/samling/{inviting.address_of(message_to(as_admin, partner))}/"


def states(as_admin: Any) -> dict[str, set[MessageState]]:
    """Where what was sent to each stands, newest first."""
    with as_admin():
        found: dict[str, set[MessageState]] = {}
        for one in inviting.sent(Gathering.objects.get(pk=cast.fixed_id("network/gathering/2")), at=clock.now()):
            found.setdefault(one.name, set()).add(one.state)
        return found


def outsider() -> Client:
    return Client(HTTP_HOST="localhost")


def opened(address: str) -> Client:
    """One who has pressed to see what the link shows."""
    client = outsider()
    assert client.post(address, {"open": "1"}).status_code == 302
    return client


def work(travel: Callable[[datetime], None]) -> server.Box:
    """Let a worker send what waits, through a real mail server."""
    travel(clock.now() + timedelta(seconds=1))
    with server.running() as (box, port):
        out = {Channel.MAIL: mail.Mail(mail.read_server(f"smtp://127.0.0.1:{port}"), password="")}
        worker.run(threading.Event(), out=out, once=True)
    return box


def change(stein: Client, **more: str) -> None:
    at = f"{HERE}endre/"
    assert stein.post(at, form_of(page(stein.get(at)), **more)).status_code == 302


def test_everybody_is_told_by_a_mail_that_says_nothing_and_answers_by_log_in_or_by_link(
    client_of: Callable[[str], Client], acting: Acting, as_admin: Any, travel: Callable[[datetime], None]
) -> None:
    stein, leif, marit = client_of("stein"), client_of("leif"), client_of("marit")
    with acting("leif") as actor:
        give_address(actor, "leif@grimstad.example")
    for _press in range(2):
        send(stein, mail_1=RBUP)
    with as_admin():
        rows = GatheringInvitation.objects.filter(municipality="4202")
        assert rows.count() == 2, "the leader and the chief physician, once each"
        assert GatheringInvitation.objects.filter(partner="RBUP").count() == 1
        assert not GatheringInvitation.objects.filter(partner="KoRus").exists(), "no address was given"
        told = Message.objects.get(to_person=cast.get("leif").person_id, sort=MessageSort.GATHERING)
    box = work(travel)
    at = link(as_admin)
    by_receiver = dict(zip(box.to, box.mails, strict=True))
    assert {"leif@grimstad.example", RBUP} <= set(by_receiver)
    read = by_receiver[RBUP].get_content().replace("\r\n", "\n")
    assert read == texts.mail_text(f"{str(settings.PUBLIC_URL).rstrip('/')}{at}"), "the same words as every other mail"
    assert by_receiver["leif@grimstad.example"].get_content().replace("\r\n", "\n") == texts.mail_text()

    stranger = outsider()
    front = text(page(stranger.get(at)))
    assert "Du har en melding" in front and "Kristiansand" not in front and "nettverk" not in front.lower()
    assert stranger.get(f"{at}kalender/").status_code == 404
    assert stranger.post(at, {"answer": "away"}).status_code == 200, "shows the front, and writes nothing"
    assert states(as_admin)["RBUP"] == {MessageState.HANDED_OVER}, "an address that is fetched is not opened"
    rbup = opened(at)
    shown = text(page(rbup.get(at)))
    assert "Kristiansand rådhus" in shown and "Kristiansand: Barnevernleder" not in shown
    assert "RBUP" in shown and states(as_admin)["RBUP"] == {MessageState.OPENED}
    file = rbup.get(f"{at}kalender/")
    assert file["Content-Type"].startswith("text/calendar") and b"METHOD:PUBLISH" in file.content
    assert file.content.split(b"DTSTAMP")[0] == leif.get(f"{HERE}kalender/").content.split(b"DTSTAMP")[0]
    lacks = rbup.post(at, form_of(page(rbup.get(at)), answer="writes"))
    assert lacks.status_code == 422 and "Skriv det dere vil si til samlingen." in lacks.content.decode()
    given = form_of(page(rbup.get(at)), answer="writes", words="Vi har laget et kurs.")
    for _press in range(2):
        assert rbup.post(at, given).status_code == 302
    with as_admin():
        (row,) = GatheringAnswer.objects.filter(partner="RBUP")
        assert (row.recorded_by_id, row.municipality_id, row.version) == (None, None, 1)
    newer = rbup.post(at, given | {"answer": "away"})
    assert newer.status_code == 409, "another who has the link has answered"
    assert states(as_admin)["RBUP"] == {MessageState.ANSWERED}
    fronts = [text(page(one.get("/"))) for one in (leif, marit, stein)]
    assert ["Samling i nettverket" in one for one in fronts] == [True, True, False], "where the mail leads"
    shown = text(page(leif.get(HERE)))
    assert "RBUP skriver: Vi har laget et kurs." in shown
    assert "Samling i nettverket" not in text(page(leif.get("/"))), "once it has been shown"
    assert states(as_admin)["Grimstad"] == {MessageState.OPENED, MessageState.DELIVERED}
    assert marit.post(f"{HERE}svar/", {"answer": "comes", "who": "Kommuneoverlegen", "version": "0"}).status_code == 302
    assert states(as_admin)["Grimstad"] == {MessageState.ANSWERED}, "one answer is the municipality's"
    assert "Samling i nettverket" not in text(page(marit.get("/")))
    with as_admin():
        told.refresh_from_db()
        assert told.silent_from is None
    ledger = text(page(stein.get(HERE)))
    assert "Besvart" in ledger and "RBUP" in ledger
    with as_admin():
        sent = GatheringInvitation.objects.count()
    assert f"{sent} sendt:" in ledger
    with as_admin():
        rows = inviting.counted(inviting.sent(told_gathering(), at=clock.now()))
        assert sum(number for _state, number in rows) == sent, "all that was sent is accounted for"


def told_gathering() -> Gathering:
    return Gathering.objects.get(pk=cast.fixed_id("network/gathering/2"))


def test_a_gathering_that_is_moved_is_asked_to_anew_and_one_that_is_called_off_is_told_of(
    client_of: Callable[[str], Client], as_admin: Any
) -> None:
    stein, leif = client_of("stein"), client_of("leif")
    send(stein, mail_1=RBUP)
    first = link(as_admin)
    assert leif.post(f"{HERE}svar/", {"answer": "comes", "who": "Lederen", "version": "0"}).status_code == 302
    change(stein, about="Noe mer om temaet.")
    send(stein)
    assert link(as_admin) == first, "nobody is told of what does not move it"
    change(stein, place="Lillesand")
    send(stein)
    assert link(as_admin) != first and outsider().get(first).status_code == 410
    shown = text(page(leif.get(HERE)))
    assert "Samlingen er flyttet etter at kommunen din svarte." in shown and "Grimstad: Lederen" not in shown
    with as_admin():
        assert set(GatheringInvitation.objects.values_list("what", flat=True)) == {Told.INVITED, Told.MOVED}
        version = told_gathering().version
    answer = {"answer": "comes", "who": "Lederen", "version": "1"}
    for _press in range(2):
        assert leif.post(f"{HERE}svar/", answer).status_code == 302
    assert "Grimstad: Lederen" in text(page(leif.get(HERE)))
    rbup = opened(link(as_admin))
    change(stein, is_cancelled="on")
    send(stein)
    send(stein, reminds="on")
    with as_admin():
        off = GatheringInvitation.objects.filter(what=Told.CALLED_OFF)
        assert off.count() == GatheringInvitation.objects.filter(what=Told.INVITED).count()
        assert not off.filter(message__wants_answer=True).exists()
        assert not GatheringInvitation.objects.filter(what=Told.REMINDED).exists()
    at = link(as_admin)
    rbup = opened(at)
    shown = page(rbup.get(at))
    assert "Samlingen er avlyst." in text(shown) and not shown.select("[name=answer]")
    assert rbup.post(at, {"answer": "away", "version": "0"}).status_code in (403, 409)
    assert b"METHOD:CANCEL" in rbup.get(f"{at}kalender/").content
    assert f"SEQUENCE:{version}".encode() in rbup.get(f"{at}kalender/").content


def test_who_is_silent_is_shown_and_reminded_once_a_day(
    client_of: Callable[[str], Client], as_admin: Any, travel: Callable[[datetime], None]
) -> None:
    send(client_of("stein"), mail_1=RBUP)
    begun = clock.now()
    travel(begun + timedelta(days=4))
    stein = client_of("stein")
    assert "stille" in text(page(stein.get(HERE)))
    for _press in range(2):
        send(stein, reminds="on")
    with as_admin():
        reminders = GatheringInvitation.objects.filter(what=Told.REMINDED)
        assert (
            reminders.count()
            == GatheringInvitation.objects.filter(what=Told.INVITED).exclude(municipality="4203").count()
        ), "Arendal has answered already"
        first = GatheringInvitation.objects.filter(partner="RBUP", what=Told.INVITED).get().message
        assert first.silent_from is None and Fact.objects.filter(message=first, fact="reminded").exists()


def test_an_address_that_is_mended_gets_a_link_of_its_own(client_of: Callable[[str], Client], as_admin: Any) -> None:
    stein = client_of("stein")
    send(stein, mail_1="feil@rbup.example")
    wrong = link(as_admin)
    opened(wrong)
    send(stein, mail_1=RBUP)
    assert link(as_admin) != wrong and outsider().get(wrong).status_code == 410
    shown = page(stein.get(f"{HERE}beskjed/"))
    assert [one["value"] for one in shown.select("[name=mail_1]")] == [RBUP], "the last is remembered"
    bad = stein.post(f"{HERE}beskjed/", form_of(shown, mail_1="ikke en adresse"))
    assert bad.status_code == 422
    send(stein, mail_1="feil@rbup.example")
    assert outsider().get(wrong).status_code == 410, "it was the right one after all, and that is a link of its own too"
    assert outsider().get(link(as_admin)).status_code == 200


# --- the walls --------------------------------------------------------------------------------------------------------


def refused(run: Callable[[], object]) -> None:
    with pytest.raises(Error), transaction.atomic():
        run()


def test_a_message_about_a_gathering_opens_no_case_and_no_case_a_gathering(
    client_of: Callable[[str], Client], acting: Acting, as_admin: Any, anna: Child
) -> None:
    send(client_of("stein"), mail_1=RBUP)
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        assert not Message.objects.filter(sort=MessageSort.GATHERING).exists(), "Kari works where Leif leads"
        assert not GatheringInvitation.objects.exists() and not Delivery.objects.exists()
    with acting("leif") as leif:
        mine = Message.objects.filter(sort=MessageSort.GATHERING)
        assert [one.to_person_id for one in mine] == [leif.person_id]
        assert not access.visible_to(leif, mine).exists(), "no page about cases shows it"
        assert GatheringInvitation.objects.count() == 1, "not who else was asked"
    network = cast.fixed_id("network/network")
    gathering = cast.fixed_id("network/gathering/2")
    given = {"network": network, "gathering": gathering}

    def say(actor: Any, *, to: str, sort: MessageSort = MessageSort.GATHERING, kind: int = 0, **about: UUID) -> None:
        someone = cast.get(to)
        outbox.send(
            actor=actor,
            at=clock.now(),
            sort=sort,
            subject=about.get("subject", given["network"]),
            kind=kind,
            item=about.get("item", given["gathering"]),
            to=Receiver(service_id=cast.service(someone.service).id, person_id=someone.person_id),
            once=str(uuid4()),
        )

    with acting("stein") as stein:
        say(stein, to="leif")
        refused(lambda: say(stein, to="kari"))
        refused(lambda: say(stein, to="per"))
        refused(lambda: say(stein, to="leif", kind=1))
        refused(lambda: say(stein, to="leif", subject=case))
        refused(lambda: say(stein, to="leif", subject=case, item=case))
        refused(lambda: say(stein, to="leif", item=uuid4()))
        refused(lambda: say(stein, to="leif", sort=MessageSort.QUESTION, kind=1, subject=case, item=case))
    for key in ("leif", "kari"):
        with acting(key) as actor:
            refused(lambda: say(actor, to="leif"))  # run at once
    with acting("kari") as kari:
        refused(lambda: say(kari, to="leif", subject=case, item=case))
        assert Pathway.objects.filter(pk=case).exists()


def test_a_link_to_a_gathering_is_no_other_link(as_admin: Any, client_of: Callable[[str], Client]) -> None:
    send(client_of("stein"), mail_1=RBUP)
    message = message_to(as_admin, "RBUP")
    client = outsider()
    assert client.get(f"/svar/{links.address_of(message)}/").status_code == 404
    assert client.get(f"/samling/{links.address_of(message)}/").status_code == 404
    assert client.get(f"/samling/{inviting.address_of(uuid4())}/").status_code == 404
    with as_admin():
        inside = Message.objects.get(to_person=cast.get("leif").person_id, sort=MessageSort.GATHERING)
    assert client.get(f"/samling/{inviting.address_of(inside.pk)}/").status_code == 404, "Leif logs in"
    other = link(as_admin)
    opened(other)
    with as_admin():
        Network.objects.update(partners=["KoRus"])
    assert client.get(other).status_code == 410, "RBUP is no member any more"
    with as_admin():
        Network.objects.update(partners=["RBUP"])
    assert client.get(other).status_code == 200
    with as_admin():
        Gathering.objects.filter(pk=cast.fixed_id("network/gathering/2")).update(
            held_on=clock.today() - timedelta(days=1)
        )
    assert client.get(other).status_code == 410, "it was moved to an earlier day, and is over"


def test_what_waits_is_not_sent_to_who_left(
    client_of: Callable[[str], Client], acting: Acting, as_admin: Any, travel: Callable[[datetime], None]
) -> None:
    with acting("leif") as actor:
        give_address(actor, "leif@grimstad.example")
    send(client_of("stein"))
    with as_admin():
        Membership.objects.filter(person=cast.get("leif").person_id).update(ends_on=clock.today())
    box = work(travel)
    assert "leif@grimstad.example" not in box.to
    with as_admin():
        failed = Fact.objects.get(message__to_person=cast.get("leif").person_id, fact="failed")
        assert failed.code == "receiver_left"


def test_members_and_strangers_send_nothing(client_of: Callable[[str], Client]) -> None:
    for key, status in (("leif", 403), ("kari", 403), ("per", 403)):
        assert client_of(key).get(f"{HERE}beskjed/").status_code == status
    assert client_of("kari").get(f"{HERE}kalender/").status_code == 403
    held = f"/nettverk/samling/{cast.fixed_id('network/gathering/0')}/"
    assert client_of("stein").get(f"{held}beskjed/").status_code == 403, "it is over"
    assert client_of("leif").get(f"/nettverk/samling/{uuid4()}/kalender/").status_code == 404


def test_the_wording_of_an_answer_lacks_nothing(acting: Acting) -> None:
    with acting("leif") as leif:
        ahead = networking.find_gathering(networking.own(leif), cast.fixed_id("network/gathering/2"))  # type: ignore[arg-type]
        row = {"gathering": ahead, "municipality_id": "4202", "version": 1}
        by = {"recorded_at": clock.now(), "recorded_by_id": leif.person_id}
        for said in ({"answer": "comes"}, {"answer": "writes"}, {"answer": "away", "words": "x"}):
            refused(lambda: GatheringAnswer.objects.create(**row, **by, **said))  # noqa: B023  # run at once
        refused(
            lambda: GatheringAnswer.objects.create(
                **row | {"municipality_id": None}, partner="RBUP", answer="away", recorded_at=clock.now()
            )
        )
        GatheringAnswer.objects.create(**row, **by, answer="writes", words="Vi sender en rapport.")
