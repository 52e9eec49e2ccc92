"""Loading the demo: the services of Agder, the cast, Anna at the beginning, and a synthetic population."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from demo import (
    assessment,
    cast,
    families,
    grants,
    implementation,
    lately,
    networks,
    numbers,
    offers,
    plays,
    programmes,
    responsibility,
    supervision,
)
from demo.copies import Copy, Pile
from demo.places import COUNTY, PLACES
from demo.places import get as get_place
from demo.plays import Played
from demo.population import Population
from demo.scene import Troupe
from demo.services import OPENED_ON, DemoService, Employee, child_welfare, importer, services
from demo.travel import on_a_stage
from grunnmur import clock
from grunnmur.cases import national_id
from grunnmur.cases.actions import absences, children, participants
from grunnmur.cases.definition import definitions
from grunnmur.cases.door import Act, instant, refresh, seal
from grunnmur.cases.lifecycle import OPEN
from grunnmur.cases.models import Child, Pathway
from grunnmur.cases.terms import ChildWelfarePosition, RelationKind
from grunnmur.directory import sessions
from grunnmur.directory.kinds import Role, ServiceKind
from grunnmur.directory.models import Account, Membership, Municipality, Organisation, Person, Service
from grunnmur.log import record
from grunnmur.log.models import Event, Link

PASSWORD = "demo-demo-demo-demo"
ANNAS_JOURNAL = "G-2026-0001"


def load_directory() -> None:
    """Agder's municipalities and services, the cast, and those who work beside them. May be run again."""
    Municipality.objects.bulk_create(
        (Municipality(number=place.number, name=place.name, county=COUNTY) for place in PLACES), ignore_conflicts=True
    )
    bodies = {one.organisation for one in services()}
    Organisation.objects.bulk_create(
        (
            Organisation(pk=cast.fixed_id(f"organisation/{key}"), name=name, kind=kind)
            for key, name, kind in sorted(bodies)
        ),
        ignore_conflicts=True,
    )
    Service.objects.bulk_create(
        (
            Service(
                pk=one.id,
                organisation_id=cast.fixed_id(f"organisation/{one.organisation[0]}"),
                municipality_id=one.municipality,
                kind=one.kind,
                name=one.name,
                org_number=one.org_number,
                phone=one.phone,
                counties=[COUNTY] if one.kind is ServiceKind.COUNTY_GOVERNOR else [],
                opened_on=OPENED_ON,
                closed_on=one.closed_on,
                is_example=one.is_example,
            )
            for one in services()
        ),
        ignore_conflicts=True,
    )
    offers.load(clock.today())
    responsibility.load(clock.today())
    employees = [(one, employee) for one in services() for employee in one.employees]
    _employ(employees)
    supervision.load(clock.today())
    implementation.load(clock.today())
    assessment.load(clock.today())
    programmes.load(clock.today())
    grants.load(clock.today())
    networks.load(clock.today())
    password = make_password(PASSWORD)
    Account.objects.bulk_create(
        (
            Account(
                pk=cast.fixed_id(f"account/{one.key}"), person_id=one.person_id, username=one.key, password=password
            )
            for one in cast.CAST
        ),
        ignore_conflicts=True,
    )


def _employ(employees: Sequence[tuple[DemoService, Employee]]) -> None:
    """Let each person work in its service."""
    Person.objects.bulk_create(
        (Person(pk=employee.person_id, name=employee.name) for _service, employee in employees), ignore_conflicts=True
    )
    Membership.objects.bulk_create(
        (
            Membership(
                pk=employee.membership_id,
                person_id=employee.person_id,
                service_id=service.id,
                role=employee.role,
                starts_on=OPENED_ON,
            )
            for service, employee in employees
        ),
        ignore_conflicts=True,
    )


def load_anna() -> Child:
    """Anna, 14, with her parents, under investigation in Grimstad, waiting for her first assessment (S3)."""
    today = clock.today()
    born_on = today - timedelta(days=14 * 365 + 195)
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        anna = children.register(
            actor=kari,
            once=None,
            name="Anna Solberg",
            born_on=born_on,
            journal_number=ANNAS_JOURNAL,
            national_number=national_id.make_synthetic(born_on, national_id.Sex.FEMALE, 0),
            sex="2",
        )
        for name, relation in (("Mona Solberg", RelationKind.MOTHER), ("Erik Solberg", RelationKind.FATHER)):
            children.add_person(
                actor=kari,
                child_id=anna.pk,
                once=None,
                name=name,
                relation=relation,
                from_on=born_on,
                has_parental_responsibility=True,
                has_daily_care=True,
                phone="900 00 000",
            )
        children.set_status(
            actor=kari,
            child_id=anna.pk,
            once=None,
            position=ChildWelfarePosition.INVESTIGATION,
            from_on=today - timedelta(days=10),
        )
    return anna


def add_brother(anna: Child) -> None:
    """Emil, of whom the service has no record yet: one can be made from Anna's page."""
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        children.add_person(
            actor=kari,
            child_id=anna.pk,
            once=None,
            name="Emil Solberg",
            relation=RelationKind.SIBLING,
            from_on=anna.born_on,
        )


def load_population(say: Callable[[str], None]) -> int:
    """The synthetic children: play the plays, copy them out, and work out each case as of today.

    Returns how many children that was. Must run in a transaction, on an administrator's connection.
    """
    today = clock.today()
    welfare = [child_welfare(place) for place in PLACES]
    _employ([(service, importer(service)) for service in welfare])
    say("Spiller sakene på en scene …")
    first_day = today - timedelta(days=OLDEST_PLAY)
    with on_a_stage() as travel:
        troupe = Troupe(travel, first_day - timedelta(days=first_day.weekday()))
        played = plays.perform(troupe)
    say("Lager barna, med hver sin familie, kommune og sak …")
    seal(definitions().edition_in_force(today), at=clock.now())
    pile, made = Pile(), list(Population(played, today=today).copies())
    for copy in made:
        pile.add(copy)
    pile.write()
    record.link(Event.objects.exclude(pk__in=Link.objects.values("row_id")).order_by("at", "pk"))
    _follow_the_edition_before(played, made)
    say("Regner ut hvem som ser hva, og hva som er neste steg …")
    for service in welfare:
        _bring_up_to_date(service, today=today)
    _cover(child_welfare(get_place(GRIMSTAD)), today=today)
    _let_families_in(played, made)
    found = (_of_karis(played, made, which) for which in (lately.WITH_A_FILE, lately.BEGUN, lately.MOVING))
    lately.happen(lately.Cases(*(_id_in(copy, "cases_pathway") for copy in found)))
    return len(made)


OF_THE_EDITION_BEFORE = (("psykisk_foster", "asked"), ("psykisk_institusjon", "avklaring_called"))
"""Plays and stages of two of Kari's own about mental health, which both editions have."""


def _follow_the_edition_before(played: Mapping[str, Played], made: Sequence[Copy]) -> None:
    """Two of Kari's cases, as if they had begun under the edition before ours: what a new one does in them can be seen.

    No real act lets a case follow an older edition.
    """
    before = definitions().editions[-2]
    seal(before, at=clock.now())
    cases = [_id_in(_of_karis(played, made, which), "cases_pathway") for which in OF_THE_EDITION_BEFORE]
    Pathway.objects.filter(pk__in=cases).update(edition=before.key)


def _of_karis(played: Mapping[str, Played], made: Sequence[Copy], which: tuple[str, str]) -> Copy:
    """The copy of a play at a stage that is one of Kari's own: hers come first."""
    play, stage = which
    return next(one for one in made if one.played is played[play] and one.stage.name == stage)


def _id_in(copy: Copy, name: str) -> UUID:
    """The id of the copy's child or case."""
    key: UUID = next(rows[0]["id"] for table, rows in copy.rows() if table.name == name)
    return key


def _let_families_in(played: Mapping[str, Played], made: Sequence[Copy]) -> None:
    """Two of Kari's children whose cases are under way, and their parents."""
    of = {which: Child.objects.get(pk=_id_in(_of_karis(played, made, which), "cases_child")) for which in FAMILIES}
    families.come_in(of[families.UNDER_WAY], families.THE_OTHERS, looker="per")
    families.go_on(of[families.BETWEEN_MEETINGS], families.A_THIRD)


FAMILIES = (families.UNDER_WAY, families.BETWEEN_MEETINGS)
GRIMSTAD = "4202"


def _cover(welfare: DemoService, *, today: date) -> None:
    """In Kari's service a colleague is away and the leader covers, and Kari has a holiday coming."""
    kari, colleague = welfare.with_role(Role.CONTACT_PERSON)[:2]
    leader = welfare.with_role(Role.LEADER)[0]
    with sessions.acting(leader.membership_id) as actor:
        for one, cover, begins, days in ((colleague, leader, -2, 12), (kari, colleague, 24, 7)):
            from_on = today + timedelta(days=begins)
            absences.mark(
                actor=actor,
                person_id=one.person_id,
                cover_id=cover.person_id,
                from_on=from_on,
                back_on=from_on + timedelta(days=days),
            )


OLDEST_PLAY = 210
"""Days before today that the plays begin; the longest lasts a little less."""


def _bring_up_to_date(welfare: DemoService, *, today: date) -> None:
    """What follows from the day: for each child its name among those who see it, for each open case its next step.

    Who sees what follows too, for a copy has a birthday of its own.
    """
    with sessions.acting(welfare.with_role(Role.LEADER)[0].membership_id) as leader:
        at = instant()
        for child in Child.objects.filter(author_service=welfare.id):
            participants.remember_name(child)
        for pathway in Pathway.objects.filter(author_service=welfare.id, status__in=OPEN).select_related("child"):
            act = Act(actor=leader, name="demo", at=at, child=pathway.child, pathway=None, once=None)
            participants.follow_consent(act, pathway)
            refresh(pathway.pk, on=today)


def is_loaded() -> bool:
    """Whether the demo is here already: Anna is, in the service that the cast says."""
    return Child.objects.filter(author_service=cast.service("grimstad").id, journal_number=ANNAS_JOURNAL).exists()


class NotEmpty(Exception):
    """There are children in the database already."""


def load(say: Callable[[str], None] = lambda _said: None) -> int:
    """Everything, in one transaction: all of it or nothing. Returns how many children there are.

    Raises NotEmpty when there is a child already.
    """
    with transaction.atomic():
        if Child.objects.exists():
            raise NotEmpty
        say("Lager kommunene og tjenestene i Agder …")
        load_directory()
        numbers.load(clock.today())
        anna = load_anna()
        add_brother(anna)
        families.come_in(anna, families.ANNAS_PARENTS, looker="leif")
        return 1 + load_population(say)
