"""Who sees a row: every way to yes and no as a table, and what can never happen as properties."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.cases.access_rules import access_rules
from grunnmur.cases.decision import Asker, Denial, Reason, Row, Sight, decide
from grunnmur.cases.terms import ALL_KINDS, InformationKind, ParticipationBasis
from grunnmur.directory.kinds import Role

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWNER, CLINIC, KARI, SIRI, MOTHER, ITEM, OTHER_ITEM = (UUID(int=number) for number in range(1, 8))
KIND = InformationKind
BASIS = ParticipationBasis


def member(role: Role, *, who: UUID, service: UUID) -> Asker:
    return Asker(who, service, access_rules().ceiling(role))


SIRI_AT_WORK = member(Role.PSYCHOLOGIST, who=SIRI, service=CLINIC)
KARI_AT_WORK = member(Role.CONTACT_PERSON, who=KARI, service=OWNER)
MOTHER_AT_HOME = Asker(MOTHER, None, ALL_KINDS)
LINK = UUID(int=9)
BY_LINK = Asker(LINK, None, ALL_KINDS, writer=SIRI, writes_for=CLINIC)
MENTAL = Row(ITEM, KIND.MENTAL, OWNER)
ADDRESS = Row(ITEM, KIND.PROTECTED_ADDRESS, OWNER)


def sight(basis: ParticipationBasis, kinds: InformationKind, **more: object) -> Sight:
    service = (
        None if basis in (BASIS.PARTY, BASIS.ASKED) else OWNER if basis in (BASIS.OWNER, BASIS.APPOINTED) else CLINIC
    )
    values = {"service": service, "only_for": None, "starts_at": NOW - HOUR, "ends_at": NOW + HOUR, **more}
    return Sight(basis=basis, kinds=kinds, **values)  # type: ignore[arg-type]


def denial(kinds: InformationKind, **more: object) -> Denial:
    values = {"service": None, "only_for": None, "starts_at": NOW - HOUR, "ends_at": NOW + HOUR, **more}
    return Denial(kinds=kinds, **values)  # type: ignore[arg-type]


CONSENT = sight(BASIS.CONSENT, KIND.MENTAL | KIND.CONTACT)
OWN = sight(BASIS.OWNER, ALL_KINDS)
HERS = sight(BASIS.PARTY, KIND.MENTAL, only_for=MOTHER)
ASKED = sight(BASIS.ASKED, KIND.MENTAL, only_for=LINK)
ABOUT_ONE = sight(BASIS.ASKED, KIND.MENTAL, only_for=LINK, item=ITEM)
ANSWER = Row(OTHER_ITEM, KIND.MENTAL, CLINIC, answers=ITEM)
CASES = [
    pytest.param(BY_LINK, MENTAL, [ASKED], [], Reason.SEEN, id="by a link"),
    pytest.param(BY_LINK, MENTAL, [ABOUT_ONE], [], Reason.SEEN, id="by a link, the one thing that was asked"),
    pytest.param(
        BY_LINK, replace(ANSWER, answers=None), [ABOUT_ONE], [], Reason.NOT_THIS_KIND, id="by a link, another row"
    ),
    pytest.param(BY_LINK, ANSWER, [ABOUT_ONE], [], Reason.SEEN, id="by a link, what its service answered"),
    pytest.param(
        BY_LINK,
        replace(ANSWER, author=OWNER),
        [ABOUT_ONE],
        [],
        Reason.NOT_THIS_KIND,
        id="by a link, what another answered",
    ),
    pytest.param(
        BY_LINK,
        replace(ANSWER, kind=KIND.DENTAL),
        [ABOUT_ONE],
        [],
        Reason.NOT_THIS_KIND,
        id="by a link, its answer of another kind",
    ),
    pytest.param(
        MOTHER_AT_HOME,
        ANSWER,
        [sight(BASIS.PARTY, KIND.MENTAL, only_for=MOTHER, item=ITEM)],
        [],
        Reason.NOT_THIS_KIND,
        id="what was released to one in the family does not take its answer along",
    ),
    pytest.param(BY_LINK, MENTAL, [CONSENT], [], Reason.NO_SIGHT, id="by a link, what only the service sees"),
    pytest.param(
        BY_LINK,
        replace(MENTAL, kind=KIND.DENTAL, author=CLINIC),
        [ASKED],
        [],
        Reason.NOT_THIS_KIND,
        id="not asked about",
    ),
    pytest.param(SIRI_AT_WORK, MENTAL, [ASKED], [], Reason.NO_SIGHT, id="another's link"),
    pytest.param(
        BY_LINK, MENTAL, [ASKED], [denial(KIND.MENTAL, service=CLINIC)], Reason.TAKEN_AWAY, id="by a link, service's no"
    ),
    pytest.param(
        BY_LINK, MENTAL, [ASKED], [denial(ALL_KINDS, only_for=SIRI)], Reason.TAKEN_AWAY, id="by a link, writer's no"
    ),
    pytest.param(
        BY_LINK, MENTAL, [ASKED], [denial(ALL_KINDS, only_for=KARI)], Reason.SEEN, id="by a link, another's no"
    ),
    pytest.param(SIRI_AT_WORK, MENTAL, [CONSENT], [], Reason.SEEN, id="consent has the kind"),
    pytest.param(SIRI_AT_WORK, replace(MENTAL, kind=KIND.DENTAL), [CONSENT], [], Reason.NOT_THIS_KIND, id="another"),
    pytest.param(SIRI_AT_WORK, MENTAL, [], [], Reason.NO_SIGHT, id="no sight"),
    pytest.param(SIRI_AT_WORK, MENTAL, [OWN], [], Reason.NO_SIGHT, id="somebody else's sight"),
    pytest.param(SIRI_AT_WORK, MENTAL, [replace(CONSENT, ends_at=NOW)], [], Reason.NO_SIGHT, id="ends this instant"),
    pytest.param(SIRI_AT_WORK, MENTAL, [replace(CONSENT, starts_at=NOW)], [], Reason.SEEN, id="starts this instant"),
    pytest.param(
        SIRI_AT_WORK,
        replace(MENTAL, kind=KIND.DENTAL, author=CLINIC),
        [CONSENT],
        [],
        Reason.SEEN,
        id="what the service wrote itself",
    ),
    pytest.param(
        SIRI_AT_WORK,
        replace(MENTAL, kind=KIND.CHILD_WELFARE, author=CLINIC),
        [CONSENT],
        [],
        Reason.NOT_FOR_ROLE,
        id="own material of a kind that is never the role's",
    ),
    pytest.param(
        member(Role.EVALUATOR, who=SIRI, service=CLINIC), MENTAL, [CONSENT], [], Reason.NOT_FOR_ROLE, id="evaluator"
    ),
    pytest.param(
        SIRI_AT_WORK, MENTAL, [CONSENT], [denial(KIND.MENTAL, service=CLINIC)], Reason.TAKEN_AWAY, id="service's no"
    ),
    pytest.param(SIRI_AT_WORK, MENTAL, [CONSENT], [denial(KIND.DENTAL, service=CLINIC)], Reason.SEEN, id="other no"),
    pytest.param(
        SIRI_AT_WORK,
        MENTAL,
        [CONSENT],
        [denial(KIND.CONTACT, service=CLINIC)],
        Reason.TAKEN_AWAY,
        id="who may not know that there is a case sees nothing of it",
    ),
    pytest.param(
        SIRI_AT_WORK,
        MENTAL,
        [CONSENT],
        [denial(KIND.CONTACT, service=CLINIC, item=OTHER_ITEM)],
        Reason.SEEN,
        id="one row of contact is one row",
    ),
    pytest.param(
        KARI_AT_WORK, MENTAL, [OWN], [denial(ALL_KINDS, only_for=KARI)], Reason.TAKEN_AWAY, id="conflict of interest"
    ),
    pytest.param(KARI_AT_WORK, MENTAL, [OWN], [denial(ALL_KINDS, only_for=SIRI)], Reason.SEEN, id="a colleague's no"),
    pytest.param(
        KARI_AT_WORK,
        ADDRESS,
        [replace(OWN, kinds=ALL_KINDS & ~KIND.PROTECTED_ADDRESS)],
        [],
        Reason.NOT_THIS_KIND,
        id="address, owner but no reader",
    ),
    pytest.param(
        KARI_AT_WORK,
        ADDRESS,
        [sight(BASIS.APPOINTED, KIND.PROTECTED_ADDRESS, only_for=KARI)],
        [],
        Reason.SEEN,
        id="address, reader",
    ),
    pytest.param(
        KARI_AT_WORK,
        ADDRESS,
        [sight(BASIS.APPOINTED, KIND.PROTECTED_ADDRESS, only_for=SIRI)],
        [],
        Reason.NO_SIGHT,
        id="address, another's reading",
    ),
    pytest.param(
        SIRI_AT_WORK,
        replace(MENTAL, author=CLINIC, kind=KIND.OWN_WORDS),
        [sight(BASIS.BREAK_GLASS, KIND.MENTAL, only_for=SIRI)],
        [],
        Reason.NOT_THIS_KIND,
        id="own words never through break-glass, though one's own service wrote them",
    ),
    pytest.param(MOTHER_AT_HOME, MENTAL, [HERS], [], Reason.SEEN, id="mother"),
    pytest.param(MOTHER_AT_HOME, MENTAL, [HERS], [denial(ALL_KINDS)], Reason.SEEN, id="a no about nobody at all"),
    pytest.param(MOTHER_AT_HOME, MENTAL, [OWN, CONSENT], [], Reason.NO_SIGHT, id="mother has no service"),
    pytest.param(
        MOTHER_AT_HOME, MENTAL, [HERS], [denial(KIND.MENTAL, only_for=MOTHER, item=ITEM)], Reason.TAKEN_AWAY, id="item"
    ),
    pytest.param(
        MOTHER_AT_HOME, MENTAL, [HERS], [denial(KIND.MENTAL, only_for=MOTHER, item=OTHER_ITEM)], Reason.SEEN, id="other"
    ),
    pytest.param(MOTHER_AT_HOME, MENTAL, [replace(HERS, item=ITEM)], [], Reason.SEEN, id="released"),
    pytest.param(
        MOTHER_AT_HOME, MENTAL, [replace(HERS, item=OTHER_ITEM)], [], Reason.NOT_THIS_KIND, id="another was released"
    ),
]


@pytest.mark.parametrize(("asker", "row", "sights", "denials", "reason"), CASES)
def test_who_sees_a_row(asker: Asker, row: Row, sights: list[Sight], denials: list[Denial], reason: Reason) -> None:
    answer = decide(asker=asker, row=row, sights=sights, denials=denials, at=NOW)
    assert answer.reason is reason
    assert (answer.basis is not None) == answer.allowed


def test_only_reading_on_a_ground_that_is_for_reading() -> None:
    broken = sight(BASIS.BREAK_GLASS, KIND.MENTAL, only_for=SIRI)
    assert not decide(asker=SIRI_AT_WORK, row=MENTAL, sights=[broken], at=NOW).may_write
    assert decide(asker=SIRI_AT_WORK, row=MENTAL, sights=[broken, CONSENT], at=NOW).may_write


INSTANTS = st.integers(-3, 3).map(lambda hours: NOW + hours * HOUR)
KINDS = st.integers(0, int(ALL_KINDS)).map(InformationKind)
WHO, SERVICES = st.sampled_from([KARI, SIRI, MOTHER]), st.sampled_from([OWNER, CLINIC, None])
NOBODY_OR = st.one_of(st.none(), WHO)
ITEMS = st.sampled_from([None, ITEM, OTHER_ITEM])
SIGHTS = st.lists(
    st.builds(Sight, SERVICES, NOBODY_OR, st.sampled_from(list(BASIS)), KINDS, INSTANTS, INSTANTS, ITEMS), max_size=5
)
DENIALS = st.lists(st.builds(Denial, SERVICES, NOBODY_OR, KINDS, INSTANTS, INSTANTS, ITEMS), max_size=3)
ASKERS = st.builds(Asker, WHO, SERVICES, KINDS)
ROWS = st.builds(
    Row, st.sampled_from([ITEM, OTHER_ITEM]), st.sampled_from(list(KIND)), st.sampled_from([OWNER, CLINIC])
)


@given(ASKERS, ROWS, SIGHTS, DENIALS, st.data())
def test_taking_a_right_away_or_adding_a_no_never_adds_sight(
    asker: Asker, row: Row, sights: list[Sight], denials: list[Denial], data: st.DataObject
) -> None:
    if decide(asker=asker, row=row, sights=sights, denials=denials, at=NOW).allowed:
        return
    fewer = [one for one in sights if data.draw(st.booleans())]
    more = [*denials, *data.draw(DENIALS)]
    assert not decide(asker=asker, row=row, sights=fewer, denials=more, at=NOW).allowed
    less = replace(asker, kinds=asker.kinds & data.draw(KINDS))
    assert not decide(asker=less, row=row, sights=fewer, denials=more, at=NOW).allowed


@given(ASKERS, ROWS, SIGHTS, DENIALS)
def test_every_yes_has_a_ground_that_can_carry_the_kind_or_the_askers_own_hand(
    asker: Asker, row: Row, sights: list[Sight], denials: list[Denial]
) -> None:
    answer = decide(asker=asker, row=row, sights=sights, denials=denials, at=NOW)
    if answer.allowed:
        assert answer.basis is not None
        assert access_rules().carries[answer.basis] & row.kind or row.author == asker.service
        assert asker.kinds & row.kind
    if row.kind is KIND.PROTECTED_ADDRESS and answer.allowed:
        assert answer.basis in (BASIS.OWNER, BASIS.APPOINTED)
