"""The demo's directory: Agder as it is, and services of every kind, without a database."""

import pytest
from stdnum.no import orgnr

from demo import cast, services
from demo.places import PLACES
from grunnmur.directory.kinds import Role, ServiceKind

AGDER = {
    "4201": "Risør", "4202": "Grimstad", "4203": "Arendal", "4204": "Kristiansand", "4205": "Lindesnes",
    "4206": "Farsund", "4207": "Flekkefjord", "4211": "Gjerstad", "4212": "Vegårshei", "4213": "Tvedestrand",
    "4214": "Froland", "4215": "Lillesand", "4216": "Birkenes", "4217": "Åmli", "4218": "Iveland",
    "4219": "Evje og Hornnes", "4220": "Bygland", "4221": "Valle", "4222": "Bykle", "4223": "Vennesla",
    "4224": "Åseral", "4225": "Lyngdal", "4226": "Hægebostad", "4227": "Kvinesdal", "4228": "Sirdal",
}  # fmt: skip
EVERYWHERE = {
    ServiceKind.CHILD_WELFARE,
    ServiceKind.GP,
    ServiceKind.SCHOOL_HEALTH,
    ServiceKind.MUNICIPAL_MENTAL_HEALTH,
    ServiceKind.NAV,
    ServiceKind.SCHOOL,
    ServiceKind.KINDERGARTEN,
    ServiceKind.PPT,
}


def test_the_25_municipalities_have_their_official_numbers_and_names() -> None:
    assert {place.number: place.name for place in PLACES} == AGDER


def test_every_municipality_has_what_every_municipality_has() -> None:
    found = {number: {one.kind for one in services.services() if one.municipality == number} for number in AGDER}
    assert {number: EVERYWHERE - kinds for number, kinds in found.items() if EVERYWHERE - kinds} == {}


def test_every_kind_of_service_is_there() -> None:
    assert {one.kind for one in services.services()} == set(ServiceKind)


@pytest.mark.parametrize("kind", [kind for kind in ServiceKind if kind is not ServiceKind.CHIEF_PHYSICIAN])
def test_everybody_has_somewhere_to_go(kind: ServiceKind) -> None:
    for place in PLACES:
        near = services.near(kind, place)
        assert near and all(one.kind is kind and one.closed_on is None for one in near)


def test_fact_ung_is_in_the_three_municipalities_that_the_document_names() -> None:
    teams = {one.municipality for one in services.services() if one.kind is ServiceKind.FACT_YOUTH}
    assert teams == {"4203", "4204", "4205"}


def test_only_what_the_documents_name_is_not_an_example() -> None:
    real = {one.name for one in services.services() if not one.is_example}
    assert real == {
        "FACT Ung Arendal",
        "FACT Ung Kristiansand",
        "FACT Ung Lindesnes",
        "Felles institusjon for barnevern og psykisk helse, Søgne",
        "SINTEF, evalueringen av forløpet",
        "Statsforvalteren i Agder",
        "Tverrfaglig helsekartlegging, Bufetat",
    }


def test_organisation_numbers_are_valid_unique_and_made_up_but_for_the_senders_of_the_example_files() -> None:
    numbers = {
        str(one.municipality): str(one.org_number)
        for one in services.services()
        if one.kind is ServiceKind.CHILD_WELFARE
    }
    assert len(numbers) == len(set(numbers.values())) == 25
    assert all(orgnr.is_valid(number) for number in numbers.values())
    real_looking = {place: number for place, number in numbers.items() if not number.startswith("3")}
    assert real_looking == {"4202": "964964998", "4203": "940493021", "4204": "820852982"}


def test_exactly_one_service_is_closed() -> None:
    assert [one.key for one in services.services() if one.closed_on] == [services.CLOSED]


def test_nobody_has_two_ids_and_no_id_has_two_people() -> None:
    people = [employee for one in services.services() for employee in one.employees]
    assert len({one.membership_id for one in people}) == len({one.person_id for one in people}) == len(people)


def test_every_child_welfare_service_has_a_contact_person_and_a_leader() -> None:
    for place in PLACES:
        roles = {one.role for one in services.child_welfare(place).employees}
        assert roles == {Role.CONTACT_PERSON, Role.LEADER}, place.name


def test_the_whole_cast_works_somewhere() -> None:
    employed = {one.person_id for service in services.services() for one in service.employees}
    assert {persona.person_id for persona in cast.CAST} <= employed
    assert {"marit", "stein", "eva", "berit"} <= {persona.key for persona in cast.CAST}
