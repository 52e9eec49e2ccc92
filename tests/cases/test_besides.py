"""What goes on beside the pathway: small facts with day and source, and the report that points to a criterion."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import besides, consents
from grunnmur.cases.actions.consents import Answer
from grunnmur.cases.door import Invalid
from grunnmur.cases.models import Child, RelatedPerson
from grunnmur.cases.queries import basis, passport
from grunnmur.cases.queries import besides as queries
from grunnmur.cases.queries.besides import Fact
from grunnmur.cases.queries.case import get_case
from grunnmur.cases.terms import BesideSort, ConsentAnswer, ConsentPurpose, HealthArea, SignatoryKind
from tests import together
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        return together.begin(kari, anna)


def write(kari: Any, case: uuid.UUID, sort: BesideSort, **more: Any) -> Any:
    return besides.record(
        **{
            "actor": kari,
            "pathway_id": case,
            "once": None,
            "sort": sort,
            "says": "",
            "who": "",
            "on": clock.today(),
            "source": "Mor",
            **more,
        }
    )


@given(st.lists(st.tuples(st.sampled_from(BesideSort), DAYS, st.booleans()), max_size=12))
def test_of_each_sort_the_newest_holds_unless_it_has_ended(given_facts: list[tuple[BesideSort, date, bool]]) -> None:
    newest_first = sorted(given_facts, key=lambda item: item[1], reverse=True)
    facts = tuple(Fact(uuid.uuid4(), sort, "", "", on, "Mor", ended, "") for sort, on, ended in newest_first)
    holds = queries.standing(facts)
    assert len({fact.sort for fact in holds}) == len(holds)
    for sort in BesideSort:
        first = next((fact for fact in facts if fact.sort is sort), None)
        assert (first in holds) is (first is not None and not first.has_ended)


def test_a_fact_has_a_source_and_a_day_that_has_been(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        for wrong, field in (
            ({"source": " "}, "source"),
            ({"on": clock.today() + timedelta(days=1)}, "on"),
            ({"sort": BesideSort.BTI}, "says"),
            ({"sort": BesideSort.MAPPING_RECOMMENDS}, "says"),
        ):
            with pytest.raises(Invalid) as refused:
                write(kari, case, **{"sort": BesideSort.INDIVIDUAL_PLAN, **wrong})
            assert set(refused.value.problems) == {field}


def test_a_report_that_recommends_points_to_criterion_six_and_decides_nothing(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        head = get_case(kari, case, page="assess")
        assert queries.RECOMMENDED not in basis.suggestions(head)
        write(kari, case, BesideSort.MAPPING_ASKED, source="Bufetat")
        assert queries.RECOMMENDED not in basis.suggestions(head)
        write(kari, case, BesideSort.MAPPING_RECOMMENDS, says="Utredning av søvn.", source="Rapporten")
        assert "anbefaler" in basis.suggestions(head)[queries.RECOMMENDED]
        assert queries.RECOMMENDED in {item.key for item in head.edition.criteria}


def test_those_who_take_part_see_the_plan_and_not_the_report(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        together.let_in(kari, case, "storgata")
        write(kari, case, BesideSort.CHILD_COORDINATOR, who="Liv Berg, 37 00 00 00", source="Kommunen")
        write(kari, case, BesideSort.MAPPING_REPORT, source="Bufetat")
    with acting("per") as per:
        head = get_case(per, case, page="besides")
        assert [fact.sort for fact in queries.list_besides(head)] == [BesideSort.CHILD_COORDINATOR]
        with pytest.raises(access.Refused):
            write(per, case, BesideSort.BTI, says="2")
    with acting("ola") as ola, pytest.raises(access.NotVisible):
        get_case(ola, case, page="besides")


def test_the_team_gets_what_its_own_consent_lets_it_know(acting: Acting, case: uuid.UUID) -> None:
    with acting("kari") as kari:
        together.start(kari, case)
        parents = RelatedPerson.objects.filter(has_parental_responsibility=True)
        consents.record(
            actor=kari,
            pathway_id=case,
            once=None,
            purposes=[ConsentPurpose.INTERDISCIPLINARY_MAPPING],
            recipient_id=together.service_id("abup"),
            kinds=HealthArea.MENTAL.kind,
            valid_from=clock.today(),
            valid_until=clock.today() + timedelta(days=90),
            answers=[
                Answer(SignatoryKind.PARENT, ConsentAnswer.YES, clock.today(), "oral", related_person_id=parent.pk)
                for parent in parents
            ],
        )
        head = get_case(kari, case, page="passport")
        (reader,) = (one for one in passport.list_readers(head) if one.service == together.service_id("abup"))
        assert not reader.because
    with acting("siri") as siri, pytest.raises(access.NotVisible):
        get_case(siri, case, page="pathway")


def test_the_page_says_what_is_going_on(client_of: Callable[[str], Any], case: uuid.UUID) -> None:
    kari = client_of("kari")
    at = f"/forlop/{case}/ved-siden/"
    assert "Ingenting er skrevet inn" in text(page(kari.get(at)))
    form = page(kari.get(f"{at}nytt/"))
    wrong = kari.post(f"{at}nytt/", form_of(form, sort="bti", source="Skolen"))
    assert "Skriv nivået." in text(page(wrong, 422))
    done = kari.post(f"{at}nytt/", form_of(form, sort="bti", says="Nivå 2", who="Stafettholder Jo", source="Skolen"))
    assert done.status_code == 302
    shown = text(page(kari.get(at)))
    assert "Nivå 2" in shown
    assert "Kjent fra Skolen" in shown
