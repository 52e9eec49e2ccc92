"""A case given to another municipality: both say yes, the other sees nothing before, and consent is asked anew."""

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import children, consents, moves, passports, sight
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, Consent, Move, Participation, Pathway, Received
from grunnmur.cases.queries import choices
from grunnmur.cases.queries import moves as queries
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import (
    AddressProtection,
    ConsentAnswer,
    ConsentPurpose,
    HealthArea,
    MappingConclusion,
    MappingState,
    MoveAnswer,
    ParticipationBasis,
    RestrictionCause,
    SignatoryKind,
)
from grunnmur.directory.limits import Limit, TooOften
from grunnmur.directory.models import Service
from grunnmur.log.models import AccessLog, Event
from tests import health_case, together
from tests.health_case import SEE_AND_TELL
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
Outside = Callable[[], AbstractContextManager[None]]
MENTAL, SOMATIC = HealthArea.MENTAL, HealthArea.SOMATIC
HAND_OVER = (ConsentPurpose.HAND_OVER,)
THERE = cast.get("ola").service


@pytest.fixture
def case(acting: Acting, anna: Child, travel: Any) -> uuid.UUID:
    """Under way, with a finding about the body; the family has said that Ola's service may know of the body alone."""
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        health_case.consent(kari, key, "storgata", MENTAL, SOMATIC, purposes=SEE_AND_TELL)
        health_case.consent(kari, key, THERE, SOMATIC, purposes=HAND_OVER)
        mappings = [health_case.ask(kari, key, "storgata", area) for area in (SOMATIC, MENTAL)]
    travel(clock.now() + timedelta(hours=1))
    with acting("per") as per:
        for mapping in mappings:
            health_case.step(per, key, mapping, MappingState.ACCEPTED)
    travel(clock.now() + timedelta(minutes=1))
    with acting("per") as per:
        for mapping, found in zip(mappings, ("Lavt jern.", "Sover dårlig."), strict=True):
            health_case.step(
                per,
                key,
                mapping,
                MappingState.CONCLUDED,
                conclusion=MappingConclusion.MUNICIPAL_FOLLOW_UP,
                findings=found,
            )
    return key


def offer(kari: Any, case: uuid.UUID) -> Move:
    return moves.offer(actor=kari, pathway_id=case, once=None, to_service_id=together.service_id(THERE))


def rows_seen(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        count: int = cursor.fetchone()[0]
    return count


def test_a_consent_to_hand_over_opens_no_sight(acting: Acting, case: uuid.UUID) -> None:
    assert not Participation.objects.filter(service=together.service_id(THERE)).exists()
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        get_case(ola, case, page="pathway")


def test_a_case_is_given_on_to_child_welfare_alone(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari, pytest.raises(Invalid) as refused:
        health_case.consent(kari, case, "storgata", SOMATIC, purposes=(*SEE_AND_TELL, *HAND_OVER))
    assert set(refused.value.problems) == {"recipient_id"}


def test_an_offer_tells_by_whom_and_nothing_of_the_child(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        offer(kari, case)
    with acting("ola") as ola:
        (found,) = queries.list_offers(ola)
        assert (found.from_service, found.who) == ("Grimstad barneverntjeneste", cast.get("kari").name)
        for table in ("cases_move", "cases_child", "cases_pathway", "cases_consent", "cases_participation"):
            assert rows_seen(f"select count(*) from {table}") == 0, table


def test_yes_registers_the_child_with_what_the_consent_lets_go_along(
    acting: Acting, case: uuid.UUID, anna: Child, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    with acting("ola") as ola:
        child = moves.accept(actor=ola, move_id=move.pk, once=uuid.uuid4(), journal_number="A-77")
        assert (child.name, child.born_on, child.national_id) == (anna.name, anna.born_on, anna.national_id)
        assert child.author_service_id == ola.service_id
        came = json.loads(Received.objects.get().packet)
        assert not queries.list_offers(ola)
        assert not Consent.objects.exists()
        assert not Pathway.objects.exists()
    said = json.dumps(came, ensure_ascii=False)
    assert "Lavt jern." in said
    assert "Sover dårlig." not in said
    with acting("kari") as kari:
        (offered,) = queries.list_moves(get_case(kari, case, page="move"))
        assert offered.answer is MoveAnswer.ACCEPTED
        assert Child.objects.get().pk == anna.pk, "neither service sees the other's record"
        assert Event.objects.filter(name="move.accepted", pathway_id=case).count() == 1
    with as_admin():
        assert Child.objects.count() == 2


def test_a_child_that_is_known_there_gets_it_in_its_own_record(acting: Acting, case: uuid.UUID, anna: Child) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    with acting("ola") as ola:
        known = children.register(
            actor=ola,
            once=None,
            name="Anna",
            born_on=anna.born_on,
            journal_number="A-1",
            national_number=anna.national_id,
        )
        assert moves.accept(actor=ola, move_id=move.pk, once=None, journal_number="").pk == known.pk
        assert Received.objects.get().child_id == known.pk


def test_two_services_of_one_municipality_give_to_each_other_as_any_two_do(
    acting: Acting, case: uuid.UUID, anna: Child, as_admin: Outside
) -> None:
    """Districts of one city, with one organisation number between them (Oslo, Bergen, Trondheim)."""
    with as_admin():
        here = Service.objects.get(pk=anna.author_service_id)
        city = {"organisation": here.organisation, "municipality": here.municipality, "org_number": here.org_number}
        Service.objects.filter(pk=here.pk).update(district="01")
        Service.objects.filter(pk=together.service_id(THERE)).update(**city, district="02")
    with acting("kari") as kari:
        near = choices.service_choices(get_case(kari, case, page="record_consent")).here
        assert together.service_id(THERE) in {one.id for one in near}, "it is asked about without being searched for"
        move = offer(kari, case)
    with acting("ola") as ola:
        assert not Child.objects.exists()
        child = moves.accept(actor=ola, move_id=move.pk, once=None, journal_number=anna.journal_number)
        assert list(Child.objects.values_list("pk", flat=True)) == [child.pk]
        assert not Consent.objects.exists(), "asked again, as in another municipality"
    with acting("kari"):
        assert list(Child.objects.values_list("pk", flat=True)) == [anna.pk]


def test_no_leaves_nothing_there_and_a_reason_here(acting: Acting, case: uuid.UUID, as_admin: Outside) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    with acting("ola") as ola:
        with pytest.raises(Invalid):
            moves.decline(actor=ola, move_id=move.pk, once=None, reason=" ")
        moves.decline(actor=ola, move_id=move.pk, once=None, reason="De flytter ikke hit.")
        assert not Child.objects.exists()
        with pytest.raises(access.NotVisible):
            moves.accept(actor=ola, move_id=move.pk, once=None, journal_number="A-1")
    with acting("kari") as kari:
        (offered,) = queries.list_moves(get_case(kari, case, page="move"))
        assert (offered.answer, offered.reason) == (MoveAnswer.DECLINED, "De flytter ikke hit.")
    with as_admin():
        assert Move.objects.get().packet is None


def test_an_offer_that_was_taken_back_cannot_be_taken(acting: Acting, case: uuid.UUID, as_admin: Outside) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
        with pytest.raises(Invalid):
            offer(kari, case)
        moves.withdraw(actor=kari, pathway_id=case, once=None, move_id=move.pk)
        with pytest.raises(Invalid):
            moves.withdraw(actor=kari, pathway_id=case, once=None, move_id=move.pk)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        moves.accept(actor=ola, move_id=move.pk, once=None, journal_number="A-1")
    with as_admin():
        assert Move.objects.get().packet is None


def take_back_consent(kari: Any, case: uuid.UUID) -> None:
    consents.withdraw(
        actor=kari,
        pathway_id=case,
        once=None,
        consent_id=Consent.objects.get(purpose=ConsentPurpose.HAND_OVER).pk,
        withdrawn_by=SignatoryKind.CHILD,
    )


def say_no(kari: Any, child: Child) -> None:
    sight.restrict(
        actor=kari,
        child_id=child.pk,
        once=None,
        cause=RestrictionCause.SERVICE_RESTRICTED,
        reason="En tante arbeider der.",
        review_on=clock.today() + timedelta(days=30),
        service_id=together.service_id(THERE),
    )


def test_a_service_that_is_not_to_know_is_offered_nothing(acting: Acting, case: uuid.UUID, anna: Child) -> None:
    with acting("kari") as kari:
        say_no(kari, anna)
        with pytest.raises(access.Refused, match="not_for_them"):
            offer(kari, case)


@pytest.mark.parametrize("how", ["consent", "protection", "no"])
def test_an_offer_goes_with_what_it_rests_on(
    acting: Acting, case: uuid.UUID, anna: Child, as_admin: Outside, how: str
) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
        if how == "consent":
            take_back_consent(kari, case)
        elif how == "no":
            say_no(kari, anna)
        else:
            together.protect(kari, anna.pk)
    with acting("ola") as ola:
        assert not queries.list_offers(ola)
        with pytest.raises(access.NotVisible):
            moves.accept(actor=ola, move_id=move.pk, once=None, journal_number="A-1")
    with as_admin():
        kept = Move.objects.get()
        assert kept.packet is None
        assert kept.withdrawn_at is not None
    with acting("kari"):
        taken_back = Event.objects.get(name="move.withdrawn")
        assert (taken_back.subject_id, taken_back.pathway_id) == (move.pk, case)


def test_an_offer_lasts_no_longer_than_its_consent(
    acting: Acting, client_of: ClientOf, case: uuid.UUID, travel: Any, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
        assert move.expires_at.astimezone(clock.OSLO).date() == Consent.objects.get(purpose=HAND_OVER[0]).valid_until
    travel(move.expires_at - timedelta(seconds=1))
    with acting("ola") as ola:
        assert queries.list_offers(ola)
    travel(move.expires_at)
    with acting("ola") as ola:
        assert not queries.list_offers(ola)
        with pytest.raises(access.NotVisible):
            moves.accept(actor=ola, move_id=move.pk, once=None, journal_number="A-1")
    assert "gikk ut" in text(page(client_of("kari").get(f"/forlop/{case}/flytting/")))
    with acting("ola") as ola:
        own = children.register(actor=ola, once=None, name="Bo", born_on=clock.today(), journal_number="B-1")
        together.start(ola, together.begin(ola, own))
    with as_admin():
        assert Move.objects.get().packet is None, "anybody's act empties what is over"
    assert "gikk ut" in text(page(client_of("kari").get(f"/forlop/{case}/flytting/")))
    with acting("kari") as kari:
        # Anna has turned sixteen meanwhile, and consents alone.
        consents.record(
            actor=kari,
            pathway_id=case,
            once=None,
            purposes=HAND_OVER,
            recipient_id=together.service_id(THERE),
            kinds=SOMATIC.kind,
            valid_from=clock.today(),
            valid_until=clock.today() + timedelta(days=30),
            answers=[consents.Answer(SignatoryKind.CHILD, ConsentAnswer.YES, clock.today(), "oral")],
        )
        again = offer(kari, case)
        assert not Event.objects.filter(name="move.withdrawn").exists()
    with acting("ola") as ola:
        assert [one.id for one in queries.list_offers(ola)] == [again.pk]


def test_the_database_asks_for_the_protection_itself(
    acting: Acting, case: uuid.UUID, anna: Child, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    with as_admin():
        Child.objects.filter(pk=anna.pk).update(address_protection=AddressProtection.CONFIDENTIAL)
    with acting("ola"):
        assert rows_seen("select count(*) from sec.offers(9)") == 0
        assert rows_seen(f"select count(*) from sec.answer_move('{move.pk}', true, '')") == 0


def test_offers_and_passports_are_counted_with_what_else_is_given_out(
    acting: Acting, case: uuid.UUID, as_admin: Outside
) -> None:
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("update sec.limits set burst = 1, every = interval '1 hour' where key = 'export_person'")
    with acting("kari") as kari:
        offer(kari, case)
        with pytest.raises(TooOften) as refused:
            passports.give(
                actor=kari,
                pathway_id=case,
                once=None,
                reader=f"service:{together.service_id('storgata')}",
                language="nb",
            )
    assert refused.value.args == (Limit.EXPORT_PERSON,)


def test_without_consent_there_is_nobody_to_offer_it_to(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        assert queries.list_receivers(get_case(kari, key, page="move")) == ()
        with pytest.raises(access.NotVisible):
            offer(kari, key)


def test_the_page_leads_to_the_consent_that_is_lacking(acting: Acting, client_of: ClientOf, anna: Child) -> None:
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
    client = client_of("kari")
    (link,) = page(client.get(f"/forlop/{key}/flytting/")).main.select("a.ds-button")
    assert form_of(page(client.get(link["href"])))["purposes"] == [ConsentPurpose.HAND_OVER]
    other = page(client.get(f"/forlop/{key}/samtykke/nytt/?formal=noe"))
    assert form_of(other)["purposes"] == [ConsentPurpose.CONTACT_HEALTH]


@pytest.mark.parametrize("who", ["per", "leif", "siri", "marit"])
def test_an_offer_is_for_the_service_it_names(acting: Acting, case: uuid.UUID, who: str) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    with acting(who) as other:
        assert not queries.list_offers(other)
        with pytest.raises((access.NotVisible, access.Refused)):
            moves.accept(actor=other, move_id=move.pk, once=None, journal_number="A-1")


def test_the_database_gives_the_packet_to_nobody_before_the_yes(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    with acting("siri"), pytest.raises(DatabaseError, match="not for this session"), transaction.atomic():
        rows_seen(f"select count(*) from sec.answer_move('{move.pk}', true, '')")
    with acting("leif"):
        assert rows_seen(f"select count(*) from sec.answer_move('{move.pk}', true, '')") == 0


def test_a_half_answered_move_is_refused_by_the_database(acting: Acting, case: uuid.UUID, as_admin: Outside) -> None:
    with acting("kari") as kari:
        offer(kari, case)
    with as_admin(), pytest.raises(IntegrityError), transaction.atomic():
        Move.objects.update(answer=MoveAnswer.ACCEPTED)


def test_the_pages_carry_it_from_one_to_the_other(client_of: ClientOf, case: uuid.UUID, as_admin: Outside) -> None:
    kari, ola = client_of("kari"), client_of("ola")
    at = f"/forlop/{case}/flytting/"
    assert kari.get(at, {"til": together.service_id(THERE)})["Location"].startswith("/bekreft/")
    assert kari.post(at, {"til": together.service_id(THERE)}).status_code == 401
    kari.post("/bekreft/")
    shown = page(kari.get(at, {"til": together.service_id(THERE)}))
    assert "Lavt jern." in text(shown)
    assert "Sover dårlig." not in text(shown)
    assert kari.post(at, form_of(shown)).status_code == 302
    assert "ikke besvart" in text(page(kari.get(at)))
    assert "Anna" not in ola.get("/tilbudt/").content.decode()
    waiting = page(ola.get("/"))
    assert "tilbudt" in text(waiting)
    offered = page(ola.get("/tilbudt/"))
    link = offered.select_one("main .g-links a.ds-button")
    assert link is not None and offered.select_one('main .g-links a[href^="tel:"]'), "one can ring those who offer it"
    answer = page(ola.get(link["href"]))
    assert "Anna" not in answer.get_text()
    wrong = page(ola.post(link["href"], form_of(answer, answer="accepted")), 422)
    assert "Skriv deres eget journalnummer." in text(wrong)
    done = ola.post(link["href"], form_of(answer, answer="accepted", journal_number="A-9"))
    assert done.status_code == 302
    along = page(ola.get(done["Location"]))
    assert along.select_one('main a[href^="tel:"]')
    came = text(along)
    assert "Lavt jern." in came
    assert "Samtykkene fulgte ikke med" in came
    assert "tatt over" in text(page(kari.get(at)))
    assert ola.get(at).status_code == 404
    child = "/" + "/".join(done["Location"].split("/")[1:3]) + "/"
    again = ola.post(link["href"], form_of(answer, answer="accepted", journal_number="A-9"))
    assert (again.status_code, again["Location"]) == (302, child)
    assert page(ola.get(child)).find("a", href=done["Location"]) is not None
    with as_admin():
        (looked,) = AccessLog.objects.filter(action="received")
        assert looked.kinds & SOMATIC.kind


def test_a_no_that_is_sent_twice_is_one_no(client_of: ClientOf, case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    ola, at = client_of("ola"), f"/tilbudt/{move.pk}/"
    sent = form_of(page(ola.get(at)), answer="declined", reason="De flytter ikke hit.")
    for _time in range(2):
        answer = ola.post(at, sent)
        assert (answer.status_code, answer["Location"]) == (302, "/tilbudt/")
    assert "Svaret er sendt." in text(page(ola.get("/tilbudt/")))
    assert ola.get(at).status_code == 404


def test_what_goes_along_is_in_bokmal_whoever_offers_it(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari, translation.override("nn"):
        said = json.loads(offer(kari, case).packet)
    assert [need["area"] for need in said["needs"]] == ["Kroppslig helse"]
    assert said["needs"][0]["done"][0].startswith("Kartlagt av ")


def test_what_came_along_is_for_the_readers_of_a_protected_address(
    client_of: ClientOf, acting: Acting, as_admin: Outside, case: uuid.UUID
) -> None:
    with acting("kari") as kari:
        move = offer(kari, case)
    with acting("ola") as ola:
        child = moves.accept(actor=ola, move_id=move.pk, once=None, journal_number="A-77")
        together.protect(ola, child.pk)
    client, at = client_of("ola"), f"/barn/{child.pk}/tatt-over/"
    assert "Lavt jern." in text(page(client.get(at)))
    with as_admin():
        Participation.objects.filter(child=child, basis=ParticipationBasis.APPOINTED).delete()
    assert "navngitt som lesere av adressen" in text(page(client.get(at), 403))
    assert page(client.get(f"/barn/{child.pk}/")).find("a", href=at) is None
