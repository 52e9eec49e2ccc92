"""An extract holds all about the child that the one who asked may have, and nothing says what is left out."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from demo import cast
from grunnmur.cases import access, door
from grunnmur.cases.actions import basis, extracts, sight, times
from grunnmur.cases.models import Child, FormerValues, MeetingHeld, NoteOfConcern, Observation, RelatedPerson
from grunnmur.cases.queries import child as child_queries
from grunnmur.cases.queries import extracts as queries
from grunnmur.cases.queries import held
from grunnmur.cases.terms import (
    AddressProtection,
    FamilyAccess,
    InformationKind,
    MeetingKind,
    RestrictionCause,
    WithheldGround,
)
from grunnmur.clock import now, today
from grunnmur.log.models import Event
from tests import together
from tests.cases.test_children import edit
from tests.cases.test_meetings import hold as hold_meeting
from tests.cases.test_remarks import hold, observe, remark
from tests.together import begin, let_in, note, start
from tests.web.reading import page, text

Acting = Callable[[str], AbstractContextManager[Any]]
AsAdmin = Callable[[], AbstractContextManager[None]]
REPORTER = "kanarimelder"
OWN = "Jeg vil ikke hjem."
SEEN = "Vil ikke snakke."
MINUTES = "Anna ville ikke snakke."
TO_WHAT_WAS_SEEN = "Merknad til det som ble sett."
TO_THE_MINUTES = "Merknad til referatet."


@pytest.fixture
def rich(acting: Acting, anna: Child) -> Child:
    """Anna's case with a bit of everything that an extract must, and must not, have in it."""
    with acting("kari") as kari:
        note(kari, anna, REPORTER, received_on=today())
        pathway_id = begin(kari, anna)
        remark(kari, pathway_id, observe(kari, pathway_id), words=TO_WHAT_WAS_SEEN)
        basis.record_own_words(actor=kari, pathway_id=pathway_id, once=None, said_on=today(), words=OWN)
        start(kari, pathway_id)
        let_in(kari, pathway_id, "storgata")
        remark(kari, pathway_id, hold(kari, pathway_id), words=TO_THE_MINUTES)
        for identity in (anna.pk, mother().identity):
            decide(kari, anna, identity, FamilyAccess.FULL)
    return anna


def decide(actor: Any, child: Child, identity: UUID, family_access: FamilyAccess) -> None:
    sight.decide_access(
        actor=actor,
        child_id=child.pk,
        once=None,
        identity=identity,
        family_access=family_access,
        reason="Vurdert i teamet.",
        review_on=today() + timedelta(days=90),
    )


def release(actor: Any, child: Child, identity: UUID, row: Any) -> None:
    sight.release(
        actor=actor, child_id=child.pk, once=None, identity=identity, item=row.pk, reason="Trenger å vite det."
    )


def take(actor: Any, child: Child, identity: UUID, kinds: InformationKind, row: Any = None) -> None:
    sight.restrict(
        actor=actor,
        child_id=child.pk,
        once=None,
        cause=RestrictionCause.PARENT_RESTRICTED,
        reason="Kan skade barnet.",
        review_on=today() + timedelta(days=90),
        kinds=kinds,
        identity=identity,
        item=row.pk if row else None,
    )


def make(actor: Any, child: Child, **given: Any) -> Any:
    return extracts.make(**{"actor": actor, "child_id": child.pk, "once": None, "asked_on": today(), **given})


def mother() -> RelatedPerson:
    return RelatedPerson.objects.get(relation="mother")


def dump(actor: Any, extract: Any) -> str:
    return json.dumps(queries.as_data(queries.content(actor, extract), called=str), ensure_ascii=False)


def test_everything_that_is_held_is_there(acting: Acting, rich: Child, as_admin: AsAdmin) -> None:
    with acting("kari") as kari:
        parts = {part.table: len(part.items) for part in held.everything(kari, rich)}
    with as_admin():
        there = {model._meta.db_table: model._default_manager.count() for model in held.models()}
    assert parts == {table: count for table, count in there.items() if count}
    assert len(parts) > 12


def test_the_child_gets_its_own_words_and_remarks_and_who_has_looked(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        extract = make(kari, rich)
        said = dump(kari, extract)
        assert OWN in said
        assert TO_THE_MINUTES in said
        child_queries.get_child(kari, rich.pk, page="child")
    with acting("kari") as kari:
        found = queries.content(kari, extract)
        assert found.looks
        assert {look.allowed for look in found.looks} == {True}


@pytest.mark.parametrize("who", ["child", "parent"])
def test_who_reported_is_in_no_extract(acting: Acting, rich: Child, who: str) -> None:
    with acting("kari") as kari:
        given = {} if who == "child" else {"related_person_id": mother().pk}
        identity = rich.pk if who == "child" else mother().identity
        release(kari, rich, identity, NoteOfConcern.objects.get())
        said = dump(kari, make(kari, rich, **given))
        assert REPORTER not in said
        assert "cases_noteofconcern" in said


def test_a_parent_does_not_get_the_childs_own_words(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        assert OWN not in dump(kari, make(kari, rich, related_person_id=mother().pk))


def test_what_is_withheld_is_gone_and_nothing_says_that_it_is(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        extract = make(kari, rich, related_person_id=mother().pk)
        review = queries.review(kari, extract)
        (thing,) = next(part for part in review.parts if part.table == "cases_meetingheld").things
        before = queries.as_data(queries.content(kari, extract), called=str)
        extracts.withhold(
            actor=kari,
            child_id=rich.pk,
            once=None,
            extract_id=extract.pk,
            subject_id=thing.item.id,
            ground=WithheldGround.THIRD_PARTY,
            why="Nevner en annen elev.",
        )
        after = queries.as_data(queries.content(kari, extract), called=str)
        tables = [{part["table"] for part in found["held"]} for found in (before, after)]
        assert tables[0] - tables[1] == {"cases_meetingheld", "cases_remark"}
        said = json.dumps(after, ensure_ascii=False)
        for secret in (
            str(thing.item.id),
            "Nevner en annen elev.",
            "withheld",
            "third_party",
            "Anna ville ikke snakke.",
        ):
            assert secret not in said
        shown = queries.review(kari, extract)
        kept = next(part for part in shown.parts if part.table == "cases_meetingheld").things[0]
        assert (kept.withheld, kept.why) == (WithheldGround.THIRD_PARTY, "Nevner en annen elev.")


def test_a_remark_to_what_is_withheld_is_withheld_with_it(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        extract = make(kari, rich)
        (thing,) = next(p for p in queries.review(kari, extract).parts if p.table == "cases_meetingheld").things
        extracts.withhold(
            actor=kari,
            child_id=rich.pk,
            once=None,
            extract_id=extract.pk,
            subject_id=thing.item.id,
            ground=WithheldGround.PARTY_LIMITED,
            why="Begrenset.",
        )
        assert TO_THE_MINUTES not in dump(kari, extract)


def test_what_is_decided_about_others_is_in_no_extract(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        extract = make(kari, rich)
        tables = {part.table for part in queries.content(kari, extract).parts}
        assert {"cases_extract", "cases_withheld", "cases_restriction", "cases_hold"} & tables == set()
        assert {"cases_child", "cases_participation", "cases_remark"} <= tables
        sights = next(part for part in queries.content(kari, extract).parts if part.table == "cases_participation")
        assert all(thing.item.columns["service_id"] for thing in sights.things)


# --- the requester's own right -----------------------------------------------------------------------------------


@pytest.mark.parametrize("family_access", [FamilyAccess.NONE, FamilyAccess.BLOCKED, FamilyAccess.LIMITED])
def test_one_who_sees_nothing_itself_is_given_nothing_by_staff(
    acting: Acting, rich: Child, family_access: FamilyAccess
) -> None:
    with acting("kari") as kari:
        made = make(kari, rich, related_person_id=mother().pk)
        decide(kari, rich, mother().identity, family_access)
        for given in ({}, {"representative": "Advokat"}):
            with pytest.raises(door.Invalid) as refused:
                make(kari, rich, related_person_id=mother().pk, **given)
            assert set(refused.value.problems) == {"who"}
        with pytest.raises(access.Refused) as late:
            extracts.hand_out(actor=kari, child_id=rich.pk, once=None, extract_id=made.pk, form="json")
        assert late.value.code == "not_for_them"


def test_nobody_is_given_anything_before_it_is_decided(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        father = RelatedPerson.objects.get(relation="father")
        with pytest.raises(door.Invalid) as refused:
            make(kari, rich, related_person_id=father.pk)
        assert "Hvem ser hva" in str(refused.value.problems["who"])


def test_limited_access_gives_the_rows_that_are_released_with_their_remarks_and_no_more(
    acting: Acting, rich: Child
) -> None:
    with acting("kari") as kari:
        decide(kari, rich, mother().identity, FamilyAccess.LIMITED)
        release(kari, rich, mother().identity, Observation.objects.get())
        extract = make(kari, rich, related_person_id=mother().pk)
        said = dump(kari, extract)
        assert SEEN in said
        assert TO_WHAT_WAS_SEEN in said
        tables = {part.table for part in queries.content(kari, extract).parts}
        assert tables == {"cases_observation", "cases_remark"}


@pytest.mark.parametrize(
    ("kinds", "only", "gone"),
    [
        pytest.param(InformationKind.COORDINATION, False, (MINUTES, TO_THE_MINUTES), id="a-kind"),
        pytest.param(InformationKind.COORDINATION, True, (MINUTES, TO_THE_MINUTES), id="one-row-and-its-remark"),
    ],
)
def test_what_is_withheld_from_the_requester_is_not_in_it(
    acting: Acting, rich: Child, kinds: InformationKind, only: bool, gone: tuple[str, ...]
) -> None:
    with acting("kari") as kari:
        before = dump(kari, make(kari, rich, related_person_id=mother().pk))
        take(kari, rich, mother().identity, kinds, MeetingHeld.objects.get() if only else None)
        after = dump(kari, make(kari, rich, related_person_id=mother().pk))
        for words in gone:
            assert words in before
            assert words not in after
        assert "cases_child" in after
        assert MINUTES in dump(kari, make(kari, rich)), "the child's own right is another"


def test_a_no_about_contact_leaves_no_extract_at_all(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        take(kari, rich, mother().identity, InformationKind.CONTACT)
        with pytest.raises(door.Invalid):
            make(kari, rich, related_person_id=mother().pk)


def test_a_representative_has_the_right_of_whom_they_speak_for(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        for_mother = make(kari, rich, related_person_id=mother().pk, representative=" Advokat ")
        assert OWN not in dump(kari, for_mother)
        assert queries.whom(for_mother) == "Advokat (for mor)"
        assert OWN in dump(kari, make(kari, rich, representative="Advokat"))


def test_it_does_not_tell_that_anything_is_withheld_by_what_was_looked_at(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        child_queries.get_child(kari, rich.pk, page="withhold_from", act="sight.restrict")
    with acting("kari") as kari:
        said = dump(kari, make(kari, rich, related_person_id=mother().pk))
        assert "withhold" not in said


def test_what_a_corrected_row_said_of_the_reporter_is_not_given_out(
    acting: Acting, rich: Child, travel: Callable[[Any], None]
) -> None:
    with acting("kari") as kari:
        FormerValues.objects.create(
            child=rich,
            kind=int(InformationKind.CHILD_WELFARE),
            author_service_id=kari.service_id,
            recorded_by_id=kari.person_id,
            recorded_at=now(),
            table="file",
            subject_id=NoteOfConcern.objects.get().pk,
            said={"reporters": [REPORTER]},
        )
        edit(kari, rich, name="Anne Solberg")
    travel(now() + timedelta(days=366))
    with acting("kari") as kari:
        said = dump(kari, make(kari, rich))
        assert "Anna Solberg" in said, "what was corrected is the child's to see from 15"
        assert REPORTER not in said


def test_it_expires(acting: Acting, rich: Child, travel: Callable[[Any], None]) -> None:
    with acting("kari") as kari:
        extract = make(kari, rich)
        extracts.hand_out(actor=kari, child_id=rich.pk, once=None, extract_id=extract.pk, form="html")
        assert Event.objects.filter(name="extract.handed_out").count() == 1
    travel(now() + extracts.LASTS + timedelta(minutes=1))
    with acting("kari") as kari, pytest.raises(access.Refused) as refused:
        extracts.hand_out(actor=kari, child_id=rich.pk, once=None, extract_id=extract.pk, form="html")
    assert refused.value.code == "expired"


def test_nobody_but_the_child_gets_one_when_the_address_is_protected(acting: Acting, rich: Child) -> None:
    with acting("kari") as kari:
        extract = make(kari, rich, related_person_id=mother().pk)
        edit(kari, rich, address_protection=AddressProtection.CONFIDENTIAL)
        for given in (
            {"related_person_id": mother().pk},
            {"representative": "Advokat"},
        ):
            with pytest.raises(door.Invalid) as invalid:
                make(kari, rich, **given)
            assert set(invalid.value.problems) == {"who"}
        with pytest.raises(access.Refused) as refused:
            extracts.hand_out(actor=kari, child_id=rich.pk, once=None, extract_id=extract.pk, form="json")
        assert refused.value.code == "not_for_them"
        assert make(kari, rich)


def test_only_one_with_parental_responsibility_now_gets_one(acting: Acting, rich: Child) -> None:
    from tests.cases.test_corrections import again

    with acting("kari") as kari:
        new = again(kari, mother(), has_parental_responsibility=False, changed_on=today())
        with pytest.raises(door.Invalid) as refused:
            make(kari, rich, related_person_id=new.pk)
        assert "foreldreansvar nå" in str(refused.value.problems["who"])


def test_a_service_that_takes_part_cannot_make_one_and_a_stranger_finds_nothing(acting: Acting, rich: Child) -> None:
    with acting("per") as per, pytest.raises(access.Refused):
        make(per, rich)
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        make(ola, rich)


@pytest.mark.parametrize(
    ("others", "texts", "found"),
    [
        pytest.param(["Mona Solberg"], ["Mona sa det."], ("Mona Solberg",), id="first-name"),
        pytest.param(["Mona Solberg"], ["SOLBERG ringte."], ("Mona Solberg",), id="last-name-in-capitals"),
        pytest.param(["Mona Solberg"], ["Monalisa"], (), id="part-of-another-word"),
        pytest.param(["Bo Li"], ["Bo li her."], (), id="too-short-to-tell"),
        pytest.param(["", "Erik Å"], ["Erik"], ("Erik Å",), id="nameless"),
    ],
)
def test_names_of_others_are_flagged(others: list[str], texts: list[str], found: tuple[str, ...]) -> None:
    assert queries.named(others, in_texts=texts) == found


# --- the pages -------------------------------------------------------------------------------------------------


def test_from_asking_to_file_on_the_pages(client_of: Callable[[str], Any], rich: Child) -> None:
    kari = client_of("kari")
    made = kari.post(f"/barn/{rich.pk}/innsyn/", {"who": "child", "asked_on": f"{today():%d.%m.%Y}"})
    assert made.status_code == 302
    soup = page(kari.get(made["Location"]))
    assert "opplysninger i alt" in text(soup)
    assert soup.title is not None
    assert "Anna" not in soup.title.get_text()
    link = soup.find("a", string="Gi ikke ut dette")
    assert link is not None
    assert kari.get(link["href"]).status_code == 200
    assert kari.post(f"{made['Location']}fil/", {"form": "html"}).status_code == 401  # first says anew who she is
    assert kari.post("/bekreft/").status_code == 302
    for form, kind in (("html", "text/html"), ("json", "application/json")):
        answer = kari.post(f"{made['Location']}fil/", {"form": form})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(kind)
        assert answer["Content-Disposition"].startswith('attachment; filename="innsyn-')
        assert OWN in answer.content.decode()
        assert REPORTER not in answer.content.decode()
        if form == "html":
            for word in ("9999", "Nobody", "Ours", "Others"):
                assert word not in answer.content.decode(), "words for people, and no day that never comes"
    before = json.loads(answer.content)
    kari.post("/sprak/", {"language": "nn", "back": "/"})
    after = json.loads(kari.post(f"{made['Location']}fil/", {"form": "json"}).content)
    translation.activate("nb")  # a request leaves its language in the thread
    told = [[part for part in one["held"] if part["table"] != "cases_pathway"] for one in (before, after)]
    assert told[0] == told[1], "all but the pathway's version, which counts what is handed out"
    assert after["looks"][: len(before["looks"])] == before["looks"], "in bokmål, whatever its maker reads"
    asked_for = json.loads(kari.post(f"{made['Location']}fil/", {"form": "json", "sprak": "nn"}).content)
    translation.activate("nb")
    labels = [
        {said["what"] for one in found["held"] for row in one["rows"] for said in row["in_words"]}
        for found in (after, asked_for)
    ]
    assert "Navnet" in labels[0] and "Namnet" in labels[1] - labels[0]
    assert client_of("ola").get(made["Location"]).status_code == 404
    assert client_of("per").get(made["Location"]).status_code == 403


def test_what_is_listed_by_id_is_said_in_words(acting: Acting, anna: Child) -> None:
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        together.start(kari, case)
        together.let_in(kari, case, "storgata")
        gp = together.service_id("storgata")
        poll = times.propose(
            actor=kari,
            pathway_id=case,
            once=None,
            meeting=MeetingKind.STATUSMOTE,
            times=[together.at(5), together.at(6)],
            services=[gp],
            answer_by=together.day(1),
        )
        chosen = poll.times.get(starts_at=together.at(6))
        asked = poll.asked.get()
        meeting = together.call(kari, case, "storgata", kind=MeetingKind.AVKLARINGSMOTE, days=0)
        hold_meeting(kari, case, meeting, services_present=[gp])
    with acting("per") as per:
        times.answer(actor=per, pathway_id=case, once=None, asked_id=asked.pk, suits=[chosen.pk])
    with acting("kari") as kari:
        tables = held.everything(kari, anna)
        said = {label: words for table in tables for item in table.items for label, words in item.said}
    assert said["Tidene som passer"] == f"{together.at(6):%d.%m.%Y %H.%M}"
    assert said["Tjenestene som var der"] == cast.service("storgata").name
    assert not re.search("[0-9a-f]{8}-[0-9a-f]{4}-", " ".join(said.values()))
