"""Where a child with a protected address is, and can be met: told to the appointed readers, on no page to others."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from demo import cast
from grunnmur.cases import access
from grunnmur.cases.actions import (
    attachments,
    basis,
    children,
    handovers,
    initiatives,
    pathways,
    plans,
    questions,
    referrals,
    status_rounds,
    times,
)
from grunnmur.cases.models import Child, Initiative, Invitation, Mapping, Meeting, Referral
from grunnmur.cases.terms import (
    AddressProtection,
    CareBasis,
    HealthArea,
    InformationKind,
    InitiativeWish,
    MappingState,
    MeetingKind,
    ObservationKind,
    QuestionSort,
    ReferralAnswerKind,
)
from grunnmur.clock import today
from grunnmur.directory.models import Membership
from grunnmur.log.models import Event
from tests import health_case, together
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
PLACE = "Gjemmestedet i Fjellgata"
HOME = ("Fosterhjemmet hos Berit Vik", "Berit Vik", "37 00 00 09")
AROUND = {
    "storgata": ("Storgata legesenter", "Per Holm", "37 00 00 03"),
    "skolehelse": ("Skolehelsetjenesten i Grimstad", "Hege Moe", "37 00 00 04"),
    "abup": ("ABUP Arendal", "Siri Dahl", "37 00 00 05"),
}
SCHOOL = "Solvang ungdomsskole"
EVERY_SERVICE = {"send_referral", "follow_referral", "record_consent", "ask_for_information"}
"""Pages with a list of all services there are, whatever the child's: there a name tells nothing, and a mark would."""


@dataclass(frozen=True)
class Hidden:
    """The case, and what the addresses of its pages can name."""

    child: Child
    pathway_id: uuid.UUID
    named: dict[str, Any]
    elsewhere: dict[str, dict[str, Any]]
    """What the addresses of some pages name instead, by the page's name."""

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every page about the child or the case, by its name."""
        for pattern in get_resolver().url_patterns:
            needs = set(pattern.pattern.converters) if isinstance(pattern, URLPattern) else set()
            if needs & {"child_id", "pathway_id"}:
                named = self.named | self.elsewhere.get(pattern.name, {})
                yield pattern.name, reverse(pattern.name, kwargs={one: named[one] for one in needs})
        for name in ("work", "not_assessed"):
            yield name, reverse(name)


@pytest.fixture
def hidden(acting: Acting, anna: Child) -> Hidden:
    """Anna's case with something of everything that can tell where she is; Kari reads the address, Leif does not."""
    with acting("kari") as kari:
        children.place(
            actor=kari,
            child_id=anna.pk,
            once=None,
            basis=CareBasis.VOLUNTARY,
            service_id=together.service_id("fosterhjemmet"),
            from_on=today(),
        )
    with acting("berit") as berit:
        initiatives.send(actor=berit, child_id=anna.pk, once=None, wish=InitiativeWish.START, reason="Hun har vondt.")
    with acting("kari") as kari:
        case = pathways.open_pathway(actor=kari, child_id=anna.pk, once=None).pk
        basis.ask_for_information(
            actor=kari,
            pathway_id=case,
            once=None,
            from_service_id=None,
            from_whom=SCHOOL,
            about="Skolen",
            ground="consent",
            asked_on=today(),
        )
        basis.record_observation(
            actor=kari,
            pathway_id=case,
            once=None,
            observation=ObservationKind.WORRY_SIGN,
            code=min(basis.observation_codes(ObservationKind.WORRY_SIGN, on=today())),
            seen_on=today(),
            source=SCHOOL,
        )
        together.start(kari, case)
        for service in AROUND:
            health_case.consent(
                kari, case, service, HealthArea.SOMATIC, HealthArea.MENTAL, purposes=health_case.SEE_AND_TELL
            )
        mapping = health_case.ask(kari, case, "skolehelse", HealthArea.SOMATIC)
        together.call(kari, case, *AROUND, place=PLACE)
        task = plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Ringe hjem",
            service_id=together.service_id("abup"),
            related_person_id=None,
            due_on=None,
        )
        goal = plans.set_goal(actor=kari, pathway_id=case, once=None, text="Sove bedre.")
        handover = handovers.offer(
            actor=kari, pathway_id=case, once=None, to_person_id=cast.get("leif").person_id, note="Takk."
        )
        poll = times.propose(
            actor=kari,
            pathway_id=case,
            once=None,
            meeting=MeetingKind.STATUSMOTE,
            times=[together.at(20), together.at(21)],
            services=[together.service_id(key) for key in AROUND],
            answer_by=together.day(7),
        )
        question = questions.ask(
            actor=kari,
            pathway_id=case,
            once=None,
            sort=QuestionSort.INFORMATION,
            kind=InformationKind.COORDINATION,
            to_service_id=together.service_id("storgata"),
            text="Kommer dere?",
            answer_by=together.day(7),
        )
        started = status_rounds.begin(
            actor=kari,
            pathway_id=case,
            once=None,
            services=[together.service_id("abup"), together.service_id("skolehelse")],
            text="Hvordan går det?",
            answer_by=together.day(7),
        )
        health_case.send_link(kari, case, question.pk, name=AROUND["storgata"][1])
    with acting("hege") as hege:
        health_case.step(hege, case, mapping, MappingState.ACCEPTED)
    with acting("per") as per:
        texts = {"question": "Hva?", "situation": "Slik."}
        referral = health_case.refer(per, case, "abup", HealthArea.MENTAL, **texts)
        answered = health_case.refer(per, case, "abup", HealthArea.MENTAL, **texts)
        referrals.answer(
            actor=per,
            pathway_id=case,
            once=None,
            referral_id=answered.pk,
            answer=ReferralAnswerKind.REJECTED,
            answered_on=today(),
            reason="Kan hjelpes i kommunen.",
        )
        file = attachments.add(
            actor=per, pathway_id=case, once=None, item=referral.pk, about="Prøver", name="x.txt", data=b"Fint."
        )
    with acting("kari") as kari:
        together.protect(kari, anna.pk, AddressProtection.STRICTLY_CONFIDENTIAL)
        areas = {row.pk for row in (*Mapping.objects.all(), *Referral.objects.all())}
        assert areas == {mapping.pk, referral.pk, answered.pk}
        named: dict[str, Any] = {
            name: uuid.uuid4()
            for pattern in get_resolver().url_patterns
            if isinstance(pattern, URLPattern)
            for name in pattern.pattern.converters
        }
        named |= {
            "child_id": anna.pk,
            "pathway_id": case,
            "question_id": question.pk,
            "round_id": started.pk,
            "item": question.pk,
            "mapping_id": mapping.pk,
            "referral_id": referral.pk,
            "task_id": task.pk,
            "goal_id": goal.pk,
            "handover_id": handover.pk,
            "poll_id": poll.pk,
            "meeting_id": Meeting.objects.get().pk,
            "initiative_id": Initiative.objects.get().pk,
            "area_id": uuid.uuid5(case, HealthArea.MENTAL.value),
            "identity": anna.pk,
            "what": "tegn",
            "key": "x",
            "attachment_id": file.pk,
        }
        elsewhere: dict[str, dict[str, Any]] = {
            "referral_outcome": {"referral_id": answered.pk},
            "follow_referral": {"referral_id": answered.pk},
            "add_attachment": {"item": referral.pk},
        }
    return Hidden(anna, case, named, elsewhere)


def told(browser: Client, hidden: Hidden, words: tuple[str, ...]) -> dict[str, set[str]]:
    """The pages that a person can open, and which of the words each says."""
    found = {}
    for name, address in hidden.addresses():
        answer = browser.get(address)
        if answer.status_code == 200:
            shown = answer.content.decode(errors="replace") + str(answer.headers)
            found[name] = {word for word in words if word in shown}
    return found


EVERYTHING = (PLACE, SCHOOL, *HOME, *(word for words in AROUND.values() for word in words))


def test_a_named_reader_is_told_everything(hidden: Hidden, client_of: Callable[[str], Client]) -> None:
    found = told(client_of("kari"), hidden, EVERYTHING)
    assert set.union(*found.values()) >= {PLACE, SCHOOL, HOME[0], *(words[0] for words in AROUND.values())}
    assert PLACE in found["meetings"]
    assert SCHOOL in found["basis"]
    assert HOME[0] in found["child"]
    assert AROUND["abup"][0] in found["health"]
    assert AROUND["abup"][0] in found["change_task"]
    assert {"hand_over", "change_goal", "compare_goal", "compare_task", "propose_times"} <= set(found)
    assert {"attachment", "add_attachment"} <= set(found)
    # But not in words that are given to the family: who in it may know, is no reader's alone to know.
    assert not found["referral_outcome"] & {AROUND["abup"][0], HOME[0], PLACE}


ONLY_FOR = {
    "per": {"referral_outcome", "follow_referral", "referral_paper"},
    "hege": {"mapping_report", "referral_outcome"},
    "leif": {"referral_outcome", "referral_paper"},
}
"""Pages that the sweep must have been through, for each."""


@pytest.mark.parametrize("who", ["leif", "per", "hege"])
def test_nobody_else_is_told_where_she_is_or_can_be_met_on_any_page(
    hidden: Hidden, client_of: Callable[[str], Client], who: str
) -> None:
    own = AROUND.get(cast.get(who).service, ())
    words = tuple(word for word in EVERYTHING if word not in own)
    found = told(client_of(who), hidden, words)
    assert {name: said for name, said in found.items() if said and name not in EVERY_SERVICE} == {}
    shown = {"child", "pathway", "meetings", "health", "plan", "consents", "work", "compare_goal", "compare_task"}
    asked = {"change_goal"} | ({"answer_handover"} if who == "leif" else {"answer_times"})
    assert shown | asked | ONLY_FOR[who] <= set(found)
    assert not {"attachment", "add_attachment"} & set(found), "a file can show it"
    meetings = client_of(who).get(f"/forlop/{hidden.pathway_id}/moter/").content.decode()
    assert "Avtales direkte med barneverntjenesten" in meetings


def test_only_a_named_reader_is_led_to_who_in_the_family_sees_a_row(
    hidden: Hidden, client_of: Callable[[str], Client]
) -> None:
    led = {
        who: {name for name, said in told(client_of(who), hidden, ("/tilgang/rad/",)).items() if said}
        for who in ("kari", "leif")
    }
    assert {"health", "basis"} <= led["kari"]
    assert led["leif"] == set()


def test_a_closed_case_tells_a_colleague_no_more_than_an_open_one(
    hidden: Hidden, acting: Acting, client_of: Callable[[str], Client]
) -> None:
    with acting("kari") as actor:
        together.call_off(actor, hidden.pathway_id)
    kari, at = client_of("kari"), f"/forlop/{hidden.pathway_id}/avslutt/"
    form = page(kari.get(at))
    left = [field["name"] for field in form.select("select[name^=service_]") if "more" not in field["name"]]
    closed = form_of(
        form,
        ground="agreed_with_health",
        summary="Det er bra.",
        child_view="Fint.",
        **dict.fromkeys(left, str(together.service_id("abup"))),
    )
    assert kari.post(at, closed).status_code == 302
    found = told(client_of("leif"), hidden, EVERYTHING)
    assert {name: said for name, said in found.items() if said and name not in EVERY_SERVICE} == {}
    assert {"child", "pathway", "closing"} <= set(found)
    assert AROUND["abup"][0] in text(page(kari.get(f"/forlop/{hidden.pathway_id}/avslutning/")))


def test_a_reader_acts_among_the_services_and_a_colleague_who_is_none_is_told_why_not(
    hidden: Hidden, acting: Acting, client_of: Callable[[str], Client]
) -> None:
    answer = client_of("leif").get(f"/forlop/{hidden.pathway_id}/moter/nytt/")
    assert answer.status_code == 403
    assert "navngitt som lesere av adressen" in answer.content.decode()
    with acting("leif") as leif, pytest.raises(access.Refused, match="not_a_reader"):
        together.call(leif, hidden.pathway_id, "abup", place="Et sted")
    with acting("kari") as kari:
        together.call(kari, hidden.pathway_id, "abup", kind=MeetingKind.STATUSMOTE, days=30, place="Et sted")
        assert Event.objects.filter(name="meeting.called").count() == 2


def test_who_reads_it_is_said_by_a_reader_and_by_others_when_none_is_left(
    hidden: Hidden, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    kari, leif, at = client_of("kari"), client_of("leif"), f"/barn/{hidden.child.pk}/tilgang/"
    assert f"{at}lesere/" in str(page(kari.get(at))) and kari.get(f"{at}lesere/").status_code == 200
    shown = page(leif.get(at))
    assert "Kari Lunde" in text(shown) and f"{at}lesere/" not in str(shown)
    assert leif.get(f"{at}lesere/").status_code == 403, "before anything is chosen"
    with as_admin():
        Membership.objects.filter(person=cast.get("kari").person_id).update(ends_on=today())
    shown = page(leif.get(at))
    assert "Ingen her ser hvor barnet bor" in text(shown) and f"{at}lesere/" in str(shown)
    assert leif.get(f"{at}lesere/").status_code == 200


def test_with_a_confidential_address_the_services_are_told_and_not_the_home_and_the_place(
    hidden: Hidden, acting: Acting, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    with as_admin():
        Child.objects.update(address_protection=AddressProtection.CONFIDENTIAL)
    with acting("kari") as kari:
        health_case.consent(kari, hidden.pathway_id, "fosterhjemmet", HealthArea.SOMATIC)
        together.call(kari, hidden.pathway_id, "fosterhjemmet", kind=MeetingKind.STATUSMOTE, days=9)
        hidden.named["item"] = Invitation.objects.get(service=together.service_id("fosterhjemmet")).pk
    assert "send_link" in told(client_of("leif"), hidden, ())
    for who in ("leif", "per"):
        found = told(client_of(who), hidden, EVERYTHING)
        of_case = {name: words for name, words in found.items() if name not in EVERY_SERVICE}
        said = set.union(*of_case.values())
        assert {name: words & {PLACE, *HOME} for name, words in of_case.items() if words & {PLACE, *HOME}} == {}
        assert {words[0] for words in AROUND.values()} <= said


def test_without_protection_all_who_take_part_are_told(
    hidden: Hidden, client_of: Callable[[str], Client], as_admin: Any
) -> None:
    with as_admin():
        Child.objects.update(address_protection=AddressProtection.NONE)
    found = told(client_of("per"), hidden, EVERYTHING)
    assert PLACE in found["meetings"]
    assert AROUND["abup"][0] in found["health"]
