"""Who is contact person: asked, answered, taken over; and never nobody."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import absences, handovers, sight
from grunnmur.cases.door import AlreadyDone, Invalid
from grunnmur.cases.models import Absence, Child, Handover, HandoverAnswer, Participation, Pathway
from grunnmur.cases.queries import absences as absence_queries
from grunnmur.cases.queries import handovers as queries
from grunnmur.cases.queries import work
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import HandoverSays, InformationKind, ParticipationBasis, RestrictionCause
from grunnmur.directory.models import Membership
from grunnmur.log.models import Event
from grunnmur.post.models import Fact
from tests import together
from tests.together import begin, day

Acting = Callable[[str], AbstractContextManager[Any]]
LEIF, KARI, OLA = (cast.get(key).person_id for key in ("leif", "kari", "ola"))


@pytest.fixture
def case(anna: Child, acting: Acting) -> uuid.UUID:
    with acting("kari") as kari:
        return begin(kari, anna)


def contact(case: uuid.UUID) -> uuid.UUID:
    return Pathway.objects.get(pk=case).contact_person_id


def ask(acting: Acting, case: uuid.UUID, *, to: uuid.UUID = LEIF, **more: Any) -> uuid.UUID:
    with acting("kari") as kari:
        given = {"once": None, "note": "", **more}
        return handovers.offer(actor=kari, pathway_id=case, to_person_id=to, **given).pk


def test_until_the_answer_is_yes_the_one_who_is_contact_person_stays(case: uuid.UUID, acting: Acting) -> None:
    asked = ask(acting, case, note="Familien vet om det.")
    with acting("leif") as leif:
        assert contact(case) == KARI
        (offered,) = queries.list_offered(leif)
        assert (offered.handover_id, offered.by) == (asked, "Kari Lunde")
        handovers.answer(actor=leif, pathway_id=case, once=None, handover_id=asked, says=HandoverSays.ACCEPTED)
        assert contact(case) == LEIF
        assert queries.list_offered(leif) == ()
        assert Event.objects.filter(name="case.handed_over", pathway_id=case).count() == 1


def test_a_no_changes_nothing_and_says_why(case: uuid.UUID, acting: Acting) -> None:
    asked = ask(acting, case)
    answered = {"pathway_id": case, "once": None, "handover_id": asked, "says": HandoverSays.DECLINED}
    with acting("leif") as leif:
        with pytest.raises(Invalid, match="why"):
            handovers.answer(actor=leif, **answered)
        handovers.answer(actor=leif, **answered, why="Jeg har permisjon fra mandag.")
        assert contact(case) == KARI
        with pytest.raises(Invalid, match="says"):
            handovers.answer(actor=leif, **answered, why="En gang til.")


def test_what_is_said_between_colleagues_is_the_services_own(
    case: uuid.UUID, acting: Acting, travel: Callable[[datetime], None]
) -> None:
    with acting("kari") as kari:
        together.start(kari, case)
        together.let_in(kari, case, "storgata")
    asked = ask(acting, case, note="Familien vet om det.")
    no = {"pathway_id": case, "once": None, "handover_id": asked, "says": HandoverSays.DECLINED}
    with acting("leif") as leif:
        handovers.answer(actor=leif, **no, why="Jeg har permisjon fra mandag.")
    with acting("per"):
        assert not Handover.objects.exists()
        assert not HandoverAnswer.objects.exists()
        assert not Event.objects.filter(name__startswith="handover.").exists()
    with acting("kari") as kari:
        seen = get_case(kari, case, page="hand_over")
        said = queries.get_last_no(seen)
        assert said is not None
        assert (said.by, said.why) == (cast.get("leif").name, "Jeg har permisjon fra mandag.")
        for row in (Handover.objects.get(), HandoverAnswer.objects.get()):
            row.pk, row.kind = uuid.uuid4(), InformationKind.COORDINATION
            with pytest.raises(IntegrityError, match="the_services_own"), transaction.atomic():
                row.save(force_insert=True)
    travel(clock.now() + timedelta(minutes=1))
    ask(acting, case)
    with acting("kari") as kari:
        assert queries.get_last_no(get_case(kari, case, page="hand_over")) is None, "somebody is asked anew"


def test_the_question_is_opened_by_the_one_who_is_asked_alone(
    case: uuid.UUID,
    acting: Acting,
    client_of: Callable[[str], Any],
    as_admin: Callable[[], AbstractContextManager[None]],
) -> None:
    with as_admin():
        Membership.objects.filter(person=OLA).update(service=together.service_id("grimstad"))
    asked = ask(acting, case)

    def facts() -> set[str]:
        with acting("kari"):
            return set(Fact.objects.filter(message__item=asked).values_list("fact", flat=True))

    for other in ("kari", "ola"):
        client_of(other).get(f"/forlop/{case}/overta/")
    assert facts() == set()
    client_of("leif").get(f"/forlop/{case}/overta/{asked}/")
    assert facts() == {"opened"}
    with acting("kari") as kari:
        handovers.take_back(actor=kari, pathway_id=case, once=None, handover_id=asked)
    assert facts() == {"opened", "over"}, "nobody has answered"


def test_only_the_one_who_is_asked_can_answer(case: uuid.UUID, acting: Acting) -> None:
    asked = ask(acting, case)
    with acting("kari") as kari, pytest.raises(access.Refused):
        handovers.answer(actor=kari, pathway_id=case, once=None, handover_id=asked, says=HandoverSays.ACCEPTED)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        handovers.answer(actor=ola, pathway_id=case, once=None, handover_id=asked, says=HandoverSays.ACCEPTED)


def test_one_is_asked_at_a_time_and_the_question_can_be_taken_back(case: uuid.UUID, acting: Acting) -> None:
    asked = ask(acting, case)
    with pytest.raises(Invalid, match="to_person_id"):
        ask(acting, case)
    with acting("kari") as kari:
        handovers.take_back(actor=kari, pathway_id=case, once=None, handover_id=asked)
    with acting("leif") as leif, pytest.raises(Invalid, match="says"):
        handovers.answer(actor=leif, pathway_id=case, once=None, handover_id=asked, says=HandoverSays.ACCEPTED)
    assert ask(acting, case) != asked


@pytest.mark.parametrize("to", [KARI, OLA, uuid.uuid4()], ids=["who has it", "another service", "nobody"])
def test_only_a_colleague_can_be_asked(to: uuid.UUID, case: uuid.UUID, acting: Acting) -> None:
    if to == KARI:
        with acting("leif") as leif, pytest.raises(Invalid, match="to_person_id"):
            handovers.offer(actor=leif, pathway_id=case, once=None, to_person_id=to)
    else:
        with pytest.raises(Invalid, match="to_person_id"):
            ask(acting, case, to=to)


def test_one_who_must_not_see_the_case_is_not_asked(case: uuid.UUID, anna: Child, acting: Acting) -> None:
    with acting("kari") as kari:
        sight.restrict(
            actor=kari,
            child_id=anna.pk,
            once=None,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            person_id=LEIF,
            reason="Nabo av familien.",
            review_on=day(90),
        )
    with pytest.raises(Invalid, match="to_person_id"):
        ask(acting, case)


def test_a_double_click_asks_once(case: uuid.UUID, acting: Acting) -> None:
    once = uuid.uuid4()
    ask(acting, case, once=once)
    with pytest.raises(AlreadyDone):
        ask(acting, case, once=once)


def test_who_chooses_oneself_has_it_at_once(case: uuid.UUID, acting: Acting) -> None:
    ask(acting, case)
    with acting("leif") as leif:
        handovers.offer(actor=leif, pathway_id=case, once=None, to_person_id=LEIF)
        assert contact(case) == LEIF
        said = HandoverAnswer.objects.order_by("recorded_at").values_list("says", flat=True)
        assert sorted(said) == ["accepted", "taken_back"], "what Kari asked is of no use any more"


def test_the_database_refuses_a_contact_person_from_elsewhere(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari"):
        with pytest.raises(IntegrityError, match="does not work in the service"), transaction.atomic():
            Pathway.objects.filter(pk=case).update(contact_person=OLA)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update cases_pathway set contact_person_id = null where id = %s", [case])
        assert contact(case) == KARI


@pytest.mark.parametrize(
    ("starts", "ends", "refused"),
    [(0, None, False), (1, None, True), (-9, 0, True), (-9, 1, False)],
    ids=["begins today", "begins tomorrow", "ended today", "ends tomorrow"],
)
def test_the_database_refuses_a_contact_person_who_does_not_work_here_on_the_day(
    case: uuid.UUID,
    acting: Acting,
    as_admin: Callable[[], AbstractContextManager[None]],
    starts: int,
    ends: int | None,
    refused: bool,
) -> None:
    with as_admin():
        Membership.objects.filter(person=LEIF).update(
            starts_on=day(starts), ends_on=None if ends is None else day(ends)
        )
    with acting("kari"):
        try:
            with transaction.atomic():
                Pathway.objects.filter(pk=case).update(contact_person=LEIF)
        except IntegrityError as error:
            assert refused and "does not work in the service" in str(error)
        else:
            assert not refused


# --- a child with a protected address ------------------------------------------------------------------------


def protect(acting: Acting, child: Child) -> None:
    """Anna's address is protected by Kari, who reads it."""
    with acting("kari") as kari:
        together.protect(kari, child.pk)


def readers() -> set[uuid.UUID]:
    appointed = Participation.objects.filter(basis=ParticipationBasis.APPOINTED)
    rows = appointed.filter(starts_at__lte=access.NOW, ends_at__gt=access.NOW)
    return {row.only_for for row in rows if row.only_for}


def leave(as_admin: Callable[[], AbstractContextManager[None]], person: uuid.UUID) -> None:
    """Somebody works in the service no more."""
    with as_admin():
        Membership.objects.filter(person=person).update(ends_on=day(0), starts_on=day(-100))


def test_who_does_not_read_a_protected_address_does_not_take_the_case(
    case: uuid.UUID, anna: Child, acting: Acting
) -> None:
    protect(acting, anna)
    with acting("leif") as leif:
        with pytest.raises(access.Refused, match="not_a_reader"):
            handovers.take_over(actor=leif, pathway_id=case, once=None)
        with pytest.raises(access.Refused, match="not_a_reader"):
            handovers.offer(actor=leif, pathway_id=case, once=None, to_person_id=LEIF)
        assert (contact(case), readers()) == (KARI, {KARI})


def test_sight_of_a_protected_address_goes_with_the_case(case: uuid.UUID, anna: Child, acting: Acting) -> None:
    protect(acting, anna)
    asked = ask(acting, case)
    with acting("leif") as leif:
        handovers.answer(actor=leif, pathway_id=case, once=None, handover_id=asked, says=HandoverSays.ACCEPTED)
        assert (contact(case), readers()) == (LEIF, {LEIF})
        assert Event.objects.filter(name="readers.appointed").count() == 1


def test_a_yes_counts_only_while_the_one_who_asked_reads_the_address(
    case: uuid.UUID, anna: Child, acting: Acting, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    with as_admin():
        Membership.objects.filter(person=OLA).update(service=together.service_id("grimstad"))
    with acting("leif") as leif:
        asked = handovers.offer(actor=leif, pathway_id=case, once=None, to_person_id=OLA).pk
    protect(acting, anna)
    with acting("ola") as ola:
        with pytest.raises(Invalid, match="says"):
            handovers.answer(actor=ola, pathway_id=case, once=None, handover_id=asked, says=HandoverSays.ACCEPTED)
        assert (contact(case), readers()) == (KARI, {KARI})


def test_a_case_that_a_colleague_at_work_reads_all_of_is_left_for_that_one(
    case: uuid.UUID, anna: Child, acting: Acting, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    with as_admin():
        Membership.objects.filter(person=OLA).update(service=together.service_id("grimstad"))
    protect(acting, anna)
    with acting("kari") as kari:
        sight.appoint_readers(actor=kari, child_id=anna.pk, once=None, people=[KARI, OLA])
    leave(as_admin, KARI)
    with acting("leif") as leif:
        assert handovers.take_over_from(actor=leif, person_id=KARI) == 0
        assert [one.pathway_id for one in absence_queries.get_absences(leif).unattended] == [case]
    with acting("ola") as ola:
        handovers.take_over(actor=ola, pathway_id=case, once=None)
        assert (contact(case), readers()) == (OLA, {OLA})


def test_when_nobody_at_work_reads_the_address_whoever_takes_over_does(
    case: uuid.UUID, anna: Child, acting: Acting, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    protect(acting, anna)
    leave(as_admin, KARI)
    with acting("leif") as leif:
        assert handovers.take_over_from(actor=leif, person_id=KARI) == 1
        assert (contact(case), readers()) == (LEIF, {LEIF})
        assert Event.objects.filter(name="readers.appointed").count() == 1


# --- away ----------------------------------------------------------------------------------------------------


def mark(actor: Any, *, person: uuid.UUID = KARI, cover: uuid.UUID = LEIF, begins: int = 0, days: int = 7) -> Absence:
    return absences.mark(actor=actor, person_id=person, cover_id=cover, from_on=day(begins), back_on=day(begins + days))


def mine(actor: Any) -> set[uuid.UUID]:
    """The cases that stand in «Mitt arbeid»."""
    covered = [one.person_id for one in absence_queries.list_covered(actor)]
    lists = work.my_work(actor, mine_only=True, after={}, covers_for=covered)
    return {row.pathway_id for page in lists.values() for row in page.rows if isinstance(row, work.CaseRow)}


def test_who_covers_has_the_cases_on_the_list_and_the_contact_person_stays(case: uuid.UUID, acting: Acting) -> None:
    with acting("leif") as leif:
        assert case not in mine(leif)
    with acting("kari") as kari:
        row = mark(kari)
    with acting("leif") as leif:
        assert case in mine(leif)
        assert contact(case) == KARI
        assert absence_queries.get_stand_in(leif, KARI) == (cast.get("leif").name, row.back_on)
    with acting("kari") as kari:
        absences.end(actor=kari, absence_id=row.pk)
    with acting("leif") as leif:
        assert case not in mine(leif)


def test_a_case_that_whoever_covers_is_not_to_see_stands_in_the_list_of_those_that_nobody_has(
    case: uuid.UUID, anna: Child, acting: Acting, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    with as_admin():
        Membership.objects.filter(person=OLA).update(service=together.service_id("grimstad"))
    with acting("kari") as kari:
        mark(kari, cover=OLA)
        assert absence_queries.get_absences(kari).unattended == ()
    with acting("leif") as leif:
        shut_out = sight.restrict(
            actor=leif,
            child_id=anna.pk,
            once=None,
            cause=RestrictionCause.CONFLICT_OF_INTEREST,
            person_id=OLA,
            reason="Er i slekt.",
            review_on=day(30),
        )
    with acting("ola") as ola:
        assert mine(ola) == set()
        assert absence_queries.get_absences(ola).unattended == (), "nothing tells of what is kept"
    with acting("leif") as leif:
        assert [one.pathway_id for one in absence_queries.get_absences(leif).unattended] == [case]
        sight.lift(actor=leif, child_id=anna.pk, once=None, restriction_id=shut_out.pk)
        assert absence_queries.get_absences(leif).unattended == ()


def test_a_double_click_marks_one_absence(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari:
        assert mark(kari).pk == mark(kari).pk
        assert Absence.objects.count() == 1


def test_one_writes_ones_own_and_the_leader_anybodys(case: uuid.UUID, acting: Acting) -> None:
    with acting("kari") as kari, pytest.raises(access.Refused, match="not_yours"):
        mark(kari, person=LEIF, cover=KARI)
    with acting("leif") as leif:
        row = mark(leif)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        absences.end(actor=ola, absence_id=row.pk)
    with acting("per") as per, pytest.raises(access.Refused):
        mark(per)


def test_another_service_is_not_told_who_is_away(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        mark(kari)
    for key in ("ola", "per"):
        with acting(key):
            assert not Absence.objects.exists()


def test_the_database_keeps_an_absence_to_its_own(acting: Acting, anna: Child) -> None:
    """With SQL alone Kari can neither write down that Leif is away, nor in his name."""
    with acting("kari") as kari:
        row = mark(kari)
        copy = {
            "service_id": row.service_id,
            "from_on": day(30),
            "back_on": day(31),
            "recorded_at": row.recorded_at,
        }
        for wrong in (
            {"person_id": LEIF, "cover_id": KARI, "recorded_by_id": KARI},
            {"person_id": KARI, "cover_id": LEIF, "recorded_by_id": LEIF},
        ):
            with pytest.raises(Exception, match="row-level security"), transaction.atomic():
                Absence.objects.create(**copy, **wrong)


# --- leaving -------------------------------------------------------------------------------------------------


def test_cases_of_one_who_has_left_stand_in_a_list_until_somebody_takes_over(
    case: uuid.UUID, acting: Acting, as_admin: Callable[[], AbstractContextManager[None]]
) -> None:
    with acting("leif") as leif:
        assert absence_queries.get_absences(leif).unattended == ()
    leave(as_admin, KARI)
    with acting("leif") as leif:
        assert [one.pathway_id for one in absence_queries.get_absences(leif).unattended] == [case]
        assert handovers.take_over_from(actor=leif, person_id=KARI) == 1
        assert contact(case) == LEIF
        assert absence_queries.get_absences(leif).unattended == ()


def test_nothing_is_taken_from_one_who_still_works_here(case: uuid.UUID, acting: Acting) -> None:
    with acting("leif") as leif:
        assert handovers.take_over_from(actor=leif, person_id=KARI) == 0
        assert contact(case) == KARI
