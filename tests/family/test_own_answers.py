"""Yes and no on one's own page, words before a meeting, and how it was: what each opens, closes and tells."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import translation

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import (
    children,
    consents,
    experiences,
    letters,
    meetings,
    moves,
    own_answers,
    own_words,
    questions,
    sight,
)
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.actions.own_answers import Says
from grunnmur.cases.actions.own_words import Words
from grunnmur.cases.consent import Period
from grunnmur.cases.door import Invalid, instant
from grunnmur.cases.models import (
    Child,
    Consent,
    ConsentSignature,
    ConsentWithdrawal,
    Experience,
    Letter,
    Meeting,
    MeetingText,
    Move,
    OwnWords,
    Participation,
    RelatedPerson,
)
from grunnmur.cases.queries import closing, own_pages
from grunnmur.cases.queries import moves as offers
from grunnmur.cases.terms import (
    ChildParticipation,
    ConsentAnswer,
    ConsentPurpose,
    InformationKind,
    LetterAbout,
    MeetingKind,
    ParticipationBasis,
    QuestionSort,
    RelationKind,
    RestrictionCause,
    SignatoryKind,
    WordsFor,
)
from grunnmur.family import words
from grunnmur.log import record
from grunnmur.log.models import Event
from grunnmur.post.models import Address, Message
from grunnmur.post.terms import Channel
from grunnmur.web.jinja import dato
from tests import health_case, together
from tests.family import home as homes
from tests.family.home import FATHERS, MOTHERS, Home, decide, let_in, withhold

Acting = Callable[[str], AbstractContextManager[Any]]
CHILD, MOTHER, FATHER = "child", "mother", "father"
THERE = cast.get("ola").service


@pytest.fixture
def home(acting: Acting, anna: Child) -> Home:
    """Anna, her mother and her father can log in; nobody has answered anything."""
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        found = homes.home(kari, anna, case)
        together.start(kari, case)
        for who in (found.anna, found.mother, found.father):
            decide(kari, found, who)
    return found


@pytest.fixture
def log_ins(acting: Acting, home: Home) -> dict[str, uuid.UUID]:
    with acting("kari") as kari:
        return {
            CHILD: let_in(kari, home, home.anna),
            MOTHER: let_in(kari, home, home.mother, MOTHERS),
            FATHER: let_in(kari, home, home.father, FATHERS),
        }


def ask(acting: Acting, home: Home, *said: Answer, kinds: InformationKind = InformationKind.SOMATIC) -> uuid.UUID:
    """Kari asks for a yes to the GP; what has been said already stands in it."""
    with acting("kari") as kari:
        (row,) = consents.record(
            actor=kari,
            pathway_id=home.case,
            once=None,
            purposes=[ConsentPurpose.CONTACT_HEALTH],
            recipient_id=together.service_id("storgata"),
            kinds=kinds,
            valid_from=clock.today(),
            valid_until=clock.today() + timedelta(days=200),
            answers=said,
        )
        return row.pk


def says(log_in: uuid.UUID, consent: uuid.UUID, what: Says, **more: Any) -> None:
    with transaction.atomic(), record.linked():
        own_answers.answer(relative=homes.inside(log_in), once=None, consent_id=consent, says=what, **more)


def gp_sees(as_admin: Any) -> InformationKind:
    """What the table lets the GP see now."""
    seen = InformationKind(0)
    with as_admin():
        rows = Participation.objects.filter(
            service=together.service_id("storgata"), starts_at__lte=access.NOW, ends_at__gt=access.NOW
        )
        for row in rows:
            seen |= InformationKind(row.kinds)
    return seen


def test_the_last_yes_that_is_needed_opens_and_taking_back_closes(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, as_admin: Any
) -> None:
    asked = ask(acting, home)
    says(log_ins[CHILD], asked, Says.YES)
    assert not gp_sees(as_admin), "Anna is 14: her parents must say yes too"
    says(log_ins[MOTHER], asked, Says.YES)
    says(log_ins[FATHER], asked, Says.YES)
    assert gp_sees(as_admin) & InformationKind.SOMATIC
    with acting("per") as per:
        assert access.get_pathway(per, home.case)
    with transaction.atomic(), record.linked():
        closed = own_answers.withdraw(relative=homes.inside(log_ins[MOTHER]), once=None, consent_id=asked)
    assert closed.kinds & InformationKind.SOMATIC
    assert not closed.still_sees
    assert not gp_sees(as_admin)
    with acting("per") as per, pytest.raises(access.NotVisible):
        access.get_pathway(per, home.case)
    with acting("kari"):
        names = list(Event.objects.filter(pathway_id=home.case).values_list("name", flat=True))
        assert names.count("consent.answered") == 3
        assert names.count("consent.withdrawn") == 1
        assert Letter.objects.filter(about=LetterAbout.CONSENT).count() == 4
        online = ConsentSignature.objects.filter(how="online")
        assert {row.recorded_by.name for row in online.select_related("recorded_by")} == {
            "Barnet selv",
            "En i familien",
        }


def test_the_program_and_the_database_open_the_same(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, as_admin: Any
) -> None:
    """What relatives' answers open is what the same answers open when the contact person writes them down."""
    asked = ask(acting, home)
    for who in (CHILD, MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    with as_admin():
        online = set(
            Participation.objects.filter(ground=asked).values_list("service", "kinds", "starts_at", "ends_at", "basis")
        )
    with acting("kari") as kari:
        from grunnmur.cases.actions import participants
        from grunnmur.cases.door import on_pathway

        with on_pathway(kari, home.case, "messages.remind") as act:
            participants.follow_consent(act, act.case)
            act.record("message.reminded", kind=InformationKind.COORDINATION)
    with as_admin():
        by_kari = set(
            Participation.objects.filter(ground=asked).values_list("service", "kinds", "starts_at", "ends_at", "basis")
        )
    assert online == by_kari != set()


def test_a_no_is_kept_and_opens_nothing(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, as_admin: Any
) -> None:
    asked = ask(acting, home)
    says(log_ins[CHILD], asked, Says.NO, text="Jeg vil ikke at legen skal vite det.")
    assert not gp_sees(as_admin)
    with acting("kari"):
        assert ConsentSignature.objects.get(consent=asked).answer == ConsentAnswer.NO
        letter = Letter.objects.get()
        assert letter.text == "Svarte nei. Jeg vil ikke at legen skal vite det."
    says(log_ins[CHILD], asked, Says.YES)
    with acting("kari"):
        assert ConsentSignature.objects.filter(consent=asked).count() == 2


def with_the_parents_yes(
    acting: Acting, home: Home, to: str, *purposes: ConsentPurpose, child: ConsentAnswer | None = None
) -> list[uuid.UUID]:
    """Both parents have said yes to Kari, and the child what is given."""
    with acting("kari") as kari:
        around = RelatedPerson.objects.filter(has_parental_responsibility=True)
        answers = [Answer(SignatoryKind.PARENT, ConsentAnswer.YES, clock.today(), "oral", one.pk) for one in around]
        answers += [Answer(SignatoryKind.CHILD, child, clock.today(), "oral")] if child else []
        return [
            row.pk
            for row in consents.record(
                actor=kari,
                pathway_id=home.case,
                once=None,
                purposes=purposes,
                recipient_id=together.service_id(to),
                kinds=InformationKind.SOMATIC,
                valid_from=clock.today(),
                valid_until=clock.today() + timedelta(days=200),
                answers=answers,
            )
        ]


def let_the_parents_say_yes_alone(acting: Acting, home: Home, *, days: int = 100) -> None:
    with acting("kari") as kari:
        children.edit(
            actor=kari,
            child_id=home.anna,
            once=None,
            name=home.child.name,
            language=home.child.language,
            needs_interpreter=False,
            address_protection=home.child.address_protection,
            cannot_form_views_until=clock.today() + timedelta(days=days),
        )


def offer_the_case(acting: Acting, home: Home) -> None:
    with acting("kari") as kari:
        moves.offer(actor=kari, pathway_id=home.case, once=None, to_service_id=together.service_id(THERE))


def waits_there(acting: Acting) -> bool:
    with acting("ola") as ola:
        return bool(offers.list_offers(ola))


def test_ones_own_no_takes_back_an_offer_and_ends_a_link_that_rest_on_the_yes_of_others(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, as_admin: Any
) -> None:
    let_the_parents_say_yes_alone(acting, home)
    (to_move,) = with_the_parents_yes(acting, home, THERE, ConsentPurpose.HAND_OVER)
    offer_the_case(acting, home)
    to_see, _tell = with_the_parents_yes(acting, home, "storgata", *health_case.SEE_AND_TELL)
    with acting("kari") as kari:
        question = questions.ask(
            actor=kari,
            pathway_id=home.case,
            once=None,
            sort=QuestionSort.INFORMATION,
            kind=InformationKind.SOMATIC,
            to_service_id=together.service_id("storgata"),
            text="Hvordan går det?",
            answer_by=together.day(7),
        )
        health_case.send_link(kari, home.case, question.pk)
    with as_admin():
        links = Participation.objects.filter(basis=ParticipationBasis.ASKED, ends_at__gt=access.NOW)
        assert links.exists()
    assert waits_there(acting)
    says(log_ins[CHILD], to_move, Says.NO)
    says(log_ins[CHILD], to_see, Says.NO)
    assert not waits_there(acting)
    with as_admin():
        assert not links.exists()
        assert Move.objects.get().packet is None
    with acting("kari"):
        assert Event.objects.get(name="move.withdrawn").subject_id == Move.objects.get().pk


def test_an_offer_stands_as_long_as_one_yes_carries_it(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    given = [
        with_the_parents_yes(acting, home, THERE, ConsentPurpose.HAND_OVER, child=ConsentAnswer.YES)[0]
        for _time in range(3)
    ]
    offer_the_case(acting, home)
    with transaction.atomic(), record.linked():
        own_answers.withdraw(relative=homes.inside(log_ins[MOTHER]), once=None, consent_id=given[0])
    assert waits_there(acting)
    with acting("kari") as kari:
        consents.withdraw(
            actor=kari,
            pathway_id=home.case,
            once=None,
            consent_id=given[1],
            withdrawn_by=SignatoryKind.CHILD,
        )
    assert waits_there(acting)
    with transaction.atomic(), record.linked():
        own_answers.withdraw(relative=homes.inside(log_ins[MOTHER]), once=None, consent_id=given[2])
    assert not waits_there(acting)
    with acting("kari"):
        assert Event.objects.filter(name="move.withdrawn").count() == 1


def test_what_is_written_beside_an_answer_is_for_the_contact_person_alone(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    secret = "Ikke si det til pappa."
    with translation.override("en"):
        says(log_ins[CHILD], asked, Says.NO, text=secret)
    with acting("kari"):
        assert ConsentSignature.objects.get(consent=asked).note == ""
        assert Letter.objects.get().text == f"Svarte nei. {secret}", "in the contact person's language"
    for who in (MOTHER, FATHER):
        with transaction.atomic(), record.linked():
            mine = own_pages.get_mine(homes.inside(log_ins[who]), page="written")
            assert secret not in str(own_pages.what_is_written(mine))


def test_some_and_later_are_told_and_sign_nothing(home: Home, log_ins: dict[str, uuid.UUID], acting: Acting) -> None:
    asked = ask(acting, home, kinds=InformationKind.SOMATIC | InformationKind.MENTAL)
    with pytest.raises(Invalid, match="only"):
        says(log_ins[CHILD], asked, Says.SOME)
    for whole in (Says.YES, Says.NO, Says.LATER):
        with pytest.raises(Invalid, match="only"):
            says(log_ins[CHILD], asked, whole, only=InformationKind.SOMATIC)
    says(log_ins[CHILD], asked, Says.SOME, only=InformationKind.SOMATIC)
    says(log_ins[MOTHER], asked, Says.LATER)
    with acting("kari"):
        assert not ConsentSignature.objects.exists()
        texts = [row.text or "" for row in Letter.objects.order_by("written_at", "text")]
        assert any("kroppslig helse" in text.lower() and "psykisk" not in text.lower() for text in texts)
        assert any("vente" in text for text in texts)


def test_a_yes_is_not_changed_to_a_no_but_taken_back(home: Home, log_ins: dict[str, uuid.UUID], acting: Acting) -> None:
    asked = ask(acting, home)
    says(log_ins[MOTHER], asked, Says.YES)
    with pytest.raises(Invalid, match="says"):
        says(log_ins[MOTHER], asked, Says.NO)


def test_what_is_taken_back_is_not_taken_back_twice(home: Home, log_ins: dict[str, uuid.UUID], acting: Acting) -> None:
    asked = ask(acting, home)
    for who in (CHILD, MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    for who, wrong in ((MOTHER, None), (FATHER, Invalid)):
        with transaction.atomic(), record.linked():
            relative = homes.inside(log_ins[who])
            if wrong is None:
                own_answers.withdraw(relative=relative, once=None, consent_id=asked)
            else:
                with pytest.raises(wrong):
                    own_answers.withdraw(relative=relative, once=None, consent_id=asked)
    with pytest.raises(Invalid):
        says(log_ins[CHILD], asked, Says.YES)


def test_the_contact_person_is_sent_word_that_tells_nothing(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, as_admin: Any
) -> None:
    asked = ask(acting, home)
    with acting("kari") as kari:
        Address.objects.create(
            service_id=kari.service_id,
            person_id=kari.person_id,
            channel=Channel.MAIL,
            address="kari@example.org",
            set_by_id=kari.person_id,
            set_at=clock.now(),
        )
    says(log_ins[MOTHER], asked, Says.NO)
    with as_admin():
        message = Message.objects.get(once__startswith="letter:")
        assert (message.to_person_id, message.sort) == (cast.get("kari").person_id, "notice")
        assert message.item == Letter.objects.get().pk
        assert {row.channel for row in message.deliveries.all()} == {"mail", "inbox"}
    with acting("per"):
        assert not Message.objects.filter(once__startswith="letter:").exists()


def test_a_double_click_takes_back_once_and_gets_the_receipt_again(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked, once = ask(acting, home), uuid.uuid4()
    for who in (CHILD, MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    receipts = []
    for _press in range(2):
        with transaction.atomic(), record.linked():
            receipts.append(own_answers.withdraw(relative=homes.inside(log_ins[MOTHER]), once=once, consent_id=asked))
    assert receipts[0] == receipts[1]
    assert receipts[0].kinds & InformationKind.SOMATIC
    with acting("kari"):
        assert Letter.objects.filter(once=once).count() == 1


def test_a_double_click_answers_once(home: Home, log_ins: dict[str, uuid.UUID], acting: Acting) -> None:
    asked, once = ask(acting, home), uuid.uuid4()
    for _press in range(2):
        with transaction.atomic(), record.linked():
            own_answers.answer(relative=homes.inside(log_ins[MOTHER]), once=once, consent_id=asked, says=Says.YES)
    with acting("kari"):
        assert ConsentSignature.objects.count() == 1


def test_the_preview_is_the_rule_itself(home: Home, log_ins: dict[str, uuid.UUID], acting: Acting) -> None:
    asked = ask(acting, home)
    with transaction.atomic():
        yes = own_answers.preview(relative=homes.inside(log_ins[CHILD]), consent_id=asked)
        assert not yes.effect.verdict.valid
        assert all(one.starts_at > clock.now() for one in yes.effect.sights), "from 15 her own yes is enough"
        assert yes.decides_alone
        assert not own_answers.preview(relative=homes.inside(log_ins[MOTHER]), consent_id=asked).decides_alone
    says(log_ins[MOTHER], asked, Says.YES)
    says(log_ins[FATHER], asked, Says.YES)
    with transaction.atomic():
        yes = own_answers.preview(relative=homes.inside(log_ins[CHILD]), consent_id=asked)
        assert yes.effect.verdict.valid
        assert yes.may_take_back
        assert [one.service for one in yes.effect.sights] == [together.service_id("storgata")]


def test_the_preview_leaves_out_what_is_past(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, travel: Any
) -> None:
    """The parents' yes was enough for as long as Anna could form no view of her own."""
    let_the_parents_say_yes_alone(acting, home, days=2)
    asked = ask(acting, home)
    for who in (MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    travel(clock.now() + timedelta(days=4))
    with transaction.atomic():
        yes = own_answers.preview(relative=homes.inside(log_ins[CHILD]), consent_id=asked)
    assert yes.effect.verdict.valid
    assert [one.from_on for one in yes.effect.periods] == [clock.today()]
    assert [one.starts_at.astimezone(clock.OSLO).date() for one in yes.effect.sights] == [clock.today()]


def test_the_preview_tells_no_day_that_somebody_else_begins_to_answer_for_the_child(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    for who in (CHILD, FATHER):
        says(log_ins[who], asked, Says.YES)

    def told() -> own_answers.IfYes:
        with transaction.atomic():
            return own_answers.preview(relative=homes.inside(log_ins[MOTHER]), consent_id=asked)

    before = told()
    assert before.effect.sights
    with acting("kari") as kari:
        children.add_person(
            actor=kari,
            child_id=home.anna,
            once=None,
            name="Vigdis Verge",
            relation=RelationKind.GUARDIAN,
            from_on=together.day(10),
            has_parental_responsibility=True,
        )
    assert told() == before


def test_a_relative_signs_for_nobody_else_in_the_database_either(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    with acting("kari"):
        fathers = Child.objects.get().relatedpersons.get(identity=home.father).pk
        mothers = Child.objects.get().relatedpersons.get(identity=home.mother).pk
    statement = (
        "insert into cases_consentsignature (id, pathway_id, kind, author_service_id, recorded_by_id, recorded_at,"
        " consent_id, signatory_kind, related_person_id, answer, answered_on, how, note)"
        " values (gen_random_uuid(), %s, %s, %s, %s, now(), %s, %s, %s, 'yes', current_date, 'online', '')"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        relative = homes.inside(log_ins[MOTHER])
        grimstad, coordination = together.service_id("grimstad"), int(InformationKind.COORDINATION)
        mine: list[Any] = [home.case, coordination, relative.owner, relative.writer, asked]
        wrong: list[list[Any]] = [
            [*mine, "parent", fathers],
            [*mine, "child", None],
            [*mine, "child_welfare", None],
            [uuid.uuid4(), *mine[1:], "parent", mothers],
            [home.case, int(InformationKind.SOMATIC), *mine[2:], "parent", mothers],
            [home.case, coordination, together.service_id("storgata"), relative.writer, asked, "parent", mothers],
            [home.case, coordination, grimstad, cast.get("kari").person_id, asked, "parent", mothers],
        ]
        for values in wrong:
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement, values)
        cursor.execute(statement, [*mine, "parent", mothers])
        with pytest.raises(DatabaseError, match="not signed"), transaction.atomic():
            cursor.execute("select sec.put_consented(%s, '[]', '[]', '[]', 'x')", [home.case])
        for table in ("post_message", "post_delivery", "post_address"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("select count(*) from cases_participation where only_for is distinct from %s", [home.mother])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("changed_in", [0, 5])
def test_a_parent_takes_back_by_what_holds_about_them_today_alone(
    changed_in: int, home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    for who in (CHILD, MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    with acting("kari") as kari:
        before = RelatedPerson.objects.get(identity=home.mother)
        children.add_person(
            actor=kari,
            child_id=home.anna,
            once=None,
            name="Marit Dal",
            relation=RelationKind.MOTHER,
            from_on=before.from_on,
            has_parental_responsibility=True,
            replaces_id=before.pk,
            changed_on=together.day(changed_in),
        )
        replaced, to_the_day, from_the_day = (
            RelatedPerson.objects.get(**wanted).pk
            for wanted in (
                {"pk": before.pk},
                {"replaces": before.pk},
                {"identity": home.mother, "from_on": together.day(changed_in)},
            )
        )
    holds = to_the_day if changed_in else from_the_day
    statement = (
        "insert into cases_consentwithdrawal (id, pathway_id, kind, author_service_id, recorded_by_id, recorded_at,"
        " consent_id, withdrawn_by, related_person_id, withdrawn_at, note)"
        " values (gen_random_uuid(), %s, %s, %s, %s, sec.now(), %s, 'parent', %s, sec.now(), '')"
    )
    with transaction.atomic(), record.linked(), connection.cursor() as cursor:
        relative = homes.inside(log_ins[MOTHER])
        mine = [home.case, int(InformationKind.COORDINATION), relative.owner, relative.writer, asked]
        for row in {replaced, to_the_day, from_the_day} - {holds}:
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                cursor.execute(statement, [*mine, row])
        own_answers.withdraw(relative=relative, once=None, consent_id=asked)
    with acting("kari"):
        assert ConsentWithdrawal.objects.get().related_person_id == holds


def test_one_who_may_not_see_who_they_are_to_the_child_takes_nothing_back_themselves(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    for who in (CHILD, MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    with acting("kari") as kari:
        withhold(kari, home, RelatedPerson.objects.get(identity=home.mother).pk, InformationKind.CONTACT)
    with transaction.atomic(), record.linked(), pytest.raises(Invalid, match="consent_id"):
        own_answers.withdraw(relative=homes.inside(log_ins[MOTHER]), once=None, consent_id=asked)
    with transaction.atomic(), record.linked():
        (one,) = own_pages.get_mine(homes.inside(log_ins[MOTHER]), page="my_page").consents
        assert not (one.may_withdraw or one.may_answer or one.waits), "and is not offered it either"


def test_the_receipt_knows_nothing_of_a_yes_that_is_kept_from_the_one_who_reads_it(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    receipts = []
    for is_kept in (False, True):
        asked, other = ask(acting, home), ask(acting, home)
        for who in (CHILD, MOTHER, FATHER):
            for one in (asked, other):
                says(log_ins[who], one, Says.YES)
        if is_kept:
            with acting("kari") as kari:
                withhold(kari, home, other, InformationKind.COORDINATION)
        with transaction.atomic(), record.linked():
            receipts.append(own_answers.withdraw(relative=homes.inside(log_ins[MOTHER]), once=None, consent_id=asked))
        with transaction.atomic(), record.linked():
            own_answers.withdraw(relative=homes.inside(log_ins[FATHER]), once=None, consent_id=other)
    assert [bool(one.still_sees & InformationKind.SOMATIC) for one in receipts] == [True, False]
    assert [bool(one.kinds & InformationKind.SOMATIC) for one in receipts] == [False, True]


# --- words before a meeting -------------------------------------------------------------------------------------------


def meeting_of(acting: Acting, home: Home, **more: Any) -> uuid.UUID:
    with acting("kari") as kari:
        together.let_in(kari, home.case, "storgata")
        together.call(kari, home.case, "storgata", **more)
        return Meeting.objects.get().pk


def test_the_child_says_who_may_read_each_sentence(home: Home, log_ins: dict[str, uuid.UUID], acting: Acting) -> None:
    meeting = meeting_of(acting, home)
    said = [
        Words("matters", "At noen hører på meg.", WordsFor.HELPERS),
        Words("say", "Jeg vil bytte skole.", WordsFor.CHILD_WELFARE),
        Words("not_said", "", WordsFor.CHILD_WELFARE),
    ]
    with transaction.atomic(), record.linked():
        own_words.write(relative=homes.inside(log_ins[CHILD]), once=uuid.uuid4(), meeting_id=meeting, words=said)
    with acting("kari"):
        texts = {row.text or "": row.readers for row in Letter.objects.all()}
        assert texts == {
            "Dette er viktig for meg: At noen hører på meg.": "helpers",
            "Dette vil jeg si: Jeg vil bytte skole.": "child_welfare",
        }
        shared = MeetingText.objects.get()
        assert (shared.kind, shared.text) == (InformationKind.OWN_WORDS, "At noen hører på meg.")
    with acting("per") as per:
        assert not access.visible_to(per, MeetingText.objects.all()).exists(), "no yes to her own words"
        assert not Letter.objects.exists()
    with transaction.atomic():
        mine = homes.inside(log_ins[MOTHER])
        assert not access.visible_to(mine, MeetingText.objects.all()).exists()
        assert not Letter.objects.exists()
    with transaction.atomic(), pytest.raises(access.NotVisible):
        own_words.write(relative=homes.inside(log_ins[MOTHER]), once=None, meeting_id=meeting, words=said)
    with transaction.atomic(), pytest.raises(Invalid, match="matters"):
        own_words.write(relative=homes.inside(log_ins[CHILD]), once=None, meeting_id=meeting, words=said[2:])


def test_the_child_speaks_before_a_meeting_that_is_ahead_and_that_it_is_asked_to(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, travel: Any
) -> None:
    said = [Words("matters", "At noen hører på meg.", WordsFor.CHILD_WELFARE)]
    anna = inside(home.child.national_id or "")
    not_asked = meeting_of(acting, home, child_invited=False)
    with transaction.atomic(), pytest.raises(Invalid, match="meeting_id"):
        own_words.write(relative=homes.inside(log_ins[CHILD]), once=None, meeting_id=not_asked, words=said)
    page = anna.get("/min-side/").content.decode()
    assert "Neste møte er" in page
    assert "Du bestemmer hva du vil si" not in page
    assert "/min-side/mote/" not in page
    assert anna.get(f"/min-side/mote/{not_asked}/")["Location"] == "/min-side/"
    form = {"matters": "Å sove.", **dict.fromkeys([f"{one}_readers" for one in own_words.QUESTIONS], "helpers")}
    refused = anna.post(f"/min-side/mote/{not_asked}/", form)
    assert (refused.status_code, "Å sove." in refused.content.decode()) == (422, True)
    with acting("kari") as kari:
        together.call(kari, home.case, "storgata", kind=MeetingKind.STATUSMOTE, days=5)
        asked = Meeting.objects.exclude(pk=not_asked).get().pk
    assert f"/min-side/mote/{asked}/" in anna.get("/min-side/").content.decode()
    travel(clock.now() + timedelta(days=6))
    with transaction.atomic(), pytest.raises(Invalid, match="meeting_id"):
        own_words.write(relative=homes.inside(log_ins[CHILD]), once=None, meeting_id=asked, words=said)


def test_before_the_closing_the_child_says_what_it_wants_and_to_whom_and_a_parent_to_child_welfare_alone(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, client_of: Callable[[str], Client]
) -> None:
    here, child, mother = "/min-side/for-vi-slutter/", inside(home.child.national_id or ""), inside(MOTHERS)
    for one in (child, mother):
        assert one.get("/min-side/steg/").content.decode().count(f'href="{here}"') == 1
    form = {f"{one}_readers": "child_welfare" for one in own_words.QUESTIONS} | {"once_token": uuid.uuid4()}
    said = form | {"matters": "Å ha en å ringe.", "matters_readers": "helpers", "say": "Jeg er klar."}
    for _press in range(2):
        assert child.post(f"{here}enkelt/", said)["Location"] == "/min-side/"
    assert mother.post(here, {"say": "Vi trenger mer tid."})["Location"] == "/min-side/"
    assert mother.get(f"{here}enkelt/").status_code == 404
    assert "Å ha en å ringe." in child.get("/min-side/").content.decode()
    assert "Jeg er klar." not in mother.get("/min-side/skriv/").content.decode()
    with acting("kari") as kari:
        own = OwnWords.objects.get()
        assert own.words == "Dette er viktig for meg: Å ha en å ringe."
        assert own.said_on == own.recorded_at.astimezone(clock.OSLO).date()
        read = [(one.who, one.text, one.readers) for one in closing.before_closing(kari, home.case).said]
        assert [who for who, *_rest in read] == ["", "", "Mona Solberg"], "the child is read first"
        assert sorted(read) == [
            ("", "Dette er viktig for meg: Å ha en å ringe.", "De som hjelper meg"),
            ("", "Dette vil jeg si: Jeg er klar.", "Bare barnevernet"),
            ("Mona Solberg", "Dette vil jeg si: Vi trenger mer tid.", ""),
        ]
    assert "Vi trenger mer tid." in client_of("kari").get(f"/forlop/{home.case}/avslutt/").content.decode()
    with transaction.atomic():
        homes.inside(log_ins[MOTHER])
        assert not OwnWords.objects.exists()
    with transaction.atomic(), pytest.raises(access.NotVisible):
        for_helpers = [Words("say", "Til legen.", WordsFor.HELPERS)]
        own_words.write_before_closing(relative=homes.inside(log_ins[MOTHER]), once=None, words=for_helpers)
    with acting("kari") as kari:
        together.close(kari, home.case)
    late = child.post(here, said | {"once_token": uuid.uuid4()})
    assert (late.status_code, "Å ha en å ringe." in late.content.decode()) == (422, True), "nothing typed is lost"
    assert child.get(here)["Location"] == "/min-side/"


@pytest.mark.parametrize(
    ("who", "is_closed", "days", "is_written"),
    [(CHILD, False, 0, True), (MOTHER, False, 0, False), (CHILD, True, 0, False), (CHILD, False, 1, False)],
    ids=["the child", "a parent", "when it is closed", "as said another day"],
)
def test_the_database_takes_the_childs_words_before_the_closing_from_the_child_alone(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, who: str, is_closed: bool, days: int, is_written: bool
) -> None:
    if is_closed:
        with acting("kari") as kari:
            together.close(kari, home.case)
    with transaction.atomic():
        mine = homes.inside(log_ins[who])
        row = OwnWords(
            pathway_id=home.case,
            kind=int(InformationKind.OWN_WORDS),
            author_service_id=mine.owner,
            recorded_by_id=mine.writer,
            recorded_at=clock.now(),
            said_on=instant().date() - timedelta(days=days),
            words="Jeg er klar.",
        )
        with nullcontext() if is_written else pytest.raises(ProgrammingError, match="row-level security"):
            row.save(force_insert=True)


def test_when_adults_do_otherwise_the_child_is_told_why(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    meeting = meeting_of(acting, home)
    with transaction.atomic(), record.linked():
        own_words.write(
            relative=homes.inside(log_ins[CHILD]),
            once=None,
            meeting_id=meeting,
            words=[Words("not_said", "At jeg sover dårlig.", WordsFor.CHILD_WELFARE)],
        )
    with acting("kari") as kari:
        letter = Letter.objects.get()
        given: dict[str, Any] = {
            "actor": kari,
            "child_id": home.anna,
            "once": None,
            "letter_id": letter.pk,
            "text": "Hei",
        }
        with pytest.raises(Invalid, match="overruled_on"):
            letters.answer(**given, overruled_because="Legen måtte vite det.")
        letters.answer(**given, overruled_because="Legen måtte vite det.", overruled_on="bvl § 13-1")
    with transaction.atomic(), record.linked():
        (mine,) = own_pages.my_letters(own_pages.get_mine(homes.inside(log_ins[CHILD]), page="letters"))
        assert (mine.overruled_because, mine.overruled_on) == ("Legen måtte vite det.", "bvl § 13-1")


def test_only_what_the_child_wants_is_gone_against(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, client_of: Callable[[str], Client]
) -> None:
    asked = ask(acting, home)
    for who in (CHILD, MOTHER):
        says(log_ins[who], asked, Says.NO)
    with acting("kari"):
        of = {row.identity: row.pk for row in Letter.objects.all()}
    kari = client_of("kari")
    forms = {who: kari.get(f"/barn/{home.anna}/spurt/{of[who]}/").content.decode() for who in of}
    assert "overruled_because" in forms[home.anna]
    assert "overruled_because" not in forms[home.mother]
    assert all("hvilken hjelp dere tilbyr likevel" in form for form in forms.values())
    answer = {"text": "Vi må.", "overruled_because": "Legen må vite det.", "overruled_on": "bvl § 13-1"}
    assert kari.post(f"/barn/{home.anna}/spurt/{of[home.anna]}/", answer).status_code == 302
    page = kari.get(f"/barn/{home.anna}/spurt/").content.decode()
    assert "Legen må vite det." in page
    assert "bvl § 13-1" in page


# --- how it was ------------------------------------------------------------------------------------------------------


def test_how_it_was_is_kept_once_and_without_who(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, as_admin: Any, travel: Any
) -> None:
    meeting = meeting_of(acting, home)
    answers = {"was_heard": 5, "understood": 4, "it_helps": 3}
    with transaction.atomic(), pytest.raises(access.NotVisible):
        relative = homes.inside(log_ins[CHILD])
        experiences.give(asking=relative, child_id=home.anna, item=meeting, answers=answers)
    travel(clock.now() + timedelta(days=8))
    with acting("kari") as kari:
        meetings.hold(
            actor=kari,
            pathway_id=home.case,
            once=None,
            meeting_id=meeting,
            held_on=clock.today(),
            services_present=[],
            people_present=[],
            child_present=True,
            participation=ChildParticipation.CONVERSATION,
            minutes="Vi snakket.",
            decisions="",
        )
    for _press, is_new in ((1, True), (2, False)):
        with transaction.atomic():
            relative = homes.inside(log_ins[CHILD])
            given = experiences.give(asking=relative, child_id=home.anna, item=meeting, answers=answers)
            assert given is is_new
    with transaction.atomic(), pytest.raises(Invalid, match="it_helps"):
        relative = homes.inside(log_ins[MOTHER])
        experiences.give(asking=relative, child_id=home.anna, item=meeting, answers=answers | {"it_helps": 6})
    with as_admin():
        row = Experience.objects.get()
        assert (row.of, row.after, row.month.day) == ("child", "meeting", 1)
        assert {field.name for field in Experience._meta.fields} == {
            *("id", "service", "month", "of", "after", "was_heard", "understood", "it_helps")
        }
    with acting("kari"):
        assert not Experience.objects.exists(), "nobody reads one answer"
    here = f"/min-side/etterpa/{meeting}/"
    assert inside(MOTHERS).get(here).status_code == 200
    travel(clock.now() + timedelta(days=32))
    assert inside(MOTHERS).get(here).status_code == 404, "one is asked for a month"
    with transaction.atomic(), pytest.raises(access.NotVisible):
        experiences.give(asking=homes.inside(log_ins[MOTHER]), child_id=home.anna, item=meeting, answers=answers)


# --- over HTTP -------------------------------------------------------------------------------------------------------


def inside(number: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/min-side/inn/", {"number": number}).status_code == 302
    return client


def test_two_presses_take_a_yes_back_and_the_receipt_says_what_was_closed(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    mother, father = inside(MOTHERS), inside(FATHERS)
    says(log_ins[CHILD], asked, Says.YES)
    address = f"/min-side/ja-og-nei/{asked}/"
    assert "Et ja fra deg er ikke nok alene" in mother.get(address).content.decode()
    assert f"{address}tilbake/" not in mother.get("/min-side/ja-og-nei/").content.decode(), "she has said no yes"
    assert mother.post(address, {"says": "yes"})["Location"] == "/min-side/ja-og-nei/"
    page = father.get(address).content.decode()
    assert cast.service("storgata").name in page
    assert "kroppslig helse" in page.lower()
    assert father.post(address, {"says": "yes"}).status_code == 302
    assert f"{address}tilbake/" in mother.get("/min-side/ja-og-nei/").content.decode()
    first = mother.get(f"{address}tilbake/")
    assert first.status_code == 200
    receipt = mother.post(f"{address}tilbake/").content.decode()
    assert "Ja-et er tatt tilbake" in receipt
    assert cast.service("storgata").name in receipt
    assert "Kari Lunde" in receipt
    assert mother.get(f"{address}tilbake/")["Location"] == "/min-side/ja-og-nei/"


def test_what_is_said_of_an_answer_is_true_of_it(home: Home, log_ins: dict[str, uuid.UUID], acting: Acting) -> None:
    asked = ask(acting, home, kinds=InformationKind.SOMATIC | InformationKind.MENTAL)
    mother = inside(MOTHERS)
    form = mother.get(f"/min-side/ja-og-nei/{asked}/").content.decode()
    which = form.partition("Hva vil du si ja til?")[2].partition("</fieldset>")[0]
    assert which
    assert "(valgfritt)" not in which
    waits, heard = "Vi vet at du vil vente", "Et nei er like greit som et ja"
    for says_so, said in (({"says": "later"}, waits), ({"says": "yes"}, heard)):
        assert "Lurer du på noe før du svarer?" in mother.get("/min-side/ja-og-nei/").content.decode()
        assert mother.post(f"/min-side/ja-og-nei/{asked}/", says_so).status_code == 302
        page = mother.get("/min-side/ja-og-nei/").content.decode()
        assert [sentence for sentence in (waits, heard) if sentence in page] == [said]
    assert "Lurer du på noe før du svarer?" not in page, "there is nothing more to answer"


def test_anna_is_told_from_when_she_decides_and_nothing_that_may_not_hold(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    anna = inside(home.child.national_id or "")
    page = anna.get(f"/min-side/ja-og-nei/{asked}/").content.decode()
    assert "er det du selv som bestemmer" in page
    assert "bestemmer andre" not in page
    assert "Bare barneverntjenesten leser det." in page
    says(log_ins[FATHER], asked, Says.NO)
    page = inside(MOTHERS).get(f"/min-side/ja-og-nei/{asked}/").content.decode()
    assert "Et ja fra deg er ikke nok alene" in page
    assert "Andre må også svare" not in page


def test_whoever_will_wait_has_answered_and_is_asked_no_more(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    mother = inside(MOTHERS)
    assert "Vi venter på svar fra deg" in mother.get("/min-side/").content.decode()
    assert "Du har ikke svart ennå" in mother.get("/min-side/ja-og-nei/").content.decode()
    says(log_ins[MOTHER], asked, Says.LATER)
    assert "Vi venter på svar fra deg" not in mother.get("/min-side/").content.decode()
    page = mother.get("/min-side/ja-og-nei/").content.decode()
    assert "Du har sagt fra. Vi snakker med deg." in page
    assert "Du har ikke svart" not in page


def test_the_last_day_is_a_birthday_or_the_one_that_was_asked_for(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting
) -> None:
    asked = ask(acting, home)
    for who in (MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    soon = clock.today() + timedelta(days=10)
    with transaction.atomic(), record.linked():
        mine = own_pages.get_mine(homes.inside(log_ins[MOTHER]), page="my_consents")
        whole = mine.whole
        assert whole is not None
        without_views = replace(whole.situation, cannot_form_views=(Period(clock.today(), soon),))
        turns_16 = replace(whole.situation, born_on=soon.replace(year=soon.year - 16))
        care = replace(whole.consents[0], purpose=ConsentPurpose.RECEIVE_HEALTH_CARE)
        for known, until in (
            (replace(whole, situation=without_views), clock.today() + timedelta(days=200)),
            (replace(whole, situation=turns_16, consents=(care,)), soon),
        ):
            shown = own_pages.get_consent(replace(mine, whole=known), asked)
            assert (shown.holds, shown.until) == (True, until)


def test_what_soon_changes_is_told_on_the_first_page_to_those_who_may_see_the_consent(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, travel: Any
) -> None:
    asked = ask(acting, home)
    for who in (CHILD, MOTHER, FATHER):
        says(log_ins[who], asked, Says.YES)
    assert "Dette endrer seg snart" not in inside(MOTHERS).get("/min-side/").content.decode()
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=home.anna,
            once=None,
            identity=home.father,
            cause=RestrictionCause.CHILD_OBJECTS,
            reason="Anna vil det ikke.",
            review_on=clock.today() + timedelta(days=30),
            kinds=InformationKind.COORDINATION,
            item=asked,
        )
    travel(clock.now() + timedelta(days=180))
    with acting("kari"):
        last = dato(Consent.objects.get().valid_until - timedelta(days=1))
    with transaction.atomic(), record.linked():
        anna = words.my_page(own_pages.my_pathway(own_pages.get_mine(homes.inside(log_ins[CHILD]), page="my_page")))
    assert [one["said"] for one in anna["ahead"]] == [f"Ja-et går ut {last}. Si fra om du vil at vi spør på nytt."]
    page = inside(MOTHERS).get("/min-side/").content.decode()
    assert f"Ja-et går ut {last}." in page
    assert cast.service("storgata").name in page.partition("Dette endrer seg snart")[2]
    assert "Dette endrer seg snart" not in inside(FATHERS).get("/min-side/").content.decode()


def test_the_child_writes_before_a_meeting_on_its_page(
    home: Home, log_ins: dict[str, uuid.UUID], acting: Acting, client_of: Callable[[str], Client]
) -> None:
    meeting = meeting_of(acting, home)
    with acting("kari") as kari:
        given = homes.give_device(kari, home, home.anna)
    child = Client(HTTP_HOST="localhost")
    child.post("/min-side/kode/", {"code": given.code, "pin": "271828", "again": "271828"})
    assert f"/min-side/mote/{meeting}/" in child.get("/min-side/").content.decode()
    form = {"matters": "Å sove.", "matters_readers": "helpers", "say_readers": "child_welfare"}
    sent = child.post(f"/min-side/mote/{meeting}/", form | {"not_said_readers": "child_welfare"})
    assert sent["Location"] == "/min-side/", sent.content.decode()
    wrong = child.post(f"/min-side/mote/{meeting}/", {"matters_readers": "helpers"})
    assert wrong.status_code == 422
    assert inside(MOTHERS).get(f"/min-side/mote/{meeting}/").status_code == 404
    kari = client_of("kari")
    told = kari.get(f"/barn/{home.anna}/spurt/").content.decode()
    assert "Å sove." in told
    assert f"kan leses av: {str(WordsFor.HELPERS.label).lower()}" in told
    minutes = kari.get(f"/forlop/{home.case}/moter/{meeting}/referat/").content.decode()
    assert "Les dette først" in minutes
    assert "Å sove." in minutes.partition("Les dette først")[2]
