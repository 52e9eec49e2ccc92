"""Who is around a child in a play, where it lives, and so who must say yes (`definitions/consent.yaml`)."""

from dataclasses import dataclass

from demo.names import Group
from grunnmur.cases.terms import AddressProtection, CareBasis, ChildWelfarePosition
from grunnmur.directory.kinds import ServiceKind


@dataclass(frozen=True, slots=True)
class Household:
    """One kind of family. `signs`: whose yes the play collects, each `child`, `mother`, `father` or `child_welfare`."""

    key: str
    ages: tuple[int, int]
    """Youngest and oldest, in whole years, that the play's consents and its words suit."""
    signs: tuple[str, ...]
    position: ChildWelfarePosition = ChildWelfarePosition.INVESTIGATION
    responsible: tuple[str, ...] = ("mother", "father")
    daily_care: tuple[str, ...] = ("mother", "father")
    basis: CareBasis | None = None
    home: ServiceKind | None = None
    """The kind of home that the child lives in, when not with parents."""
    contact_only: bool = False
    """The consents are only for contact with the health service, not for care nor for being told what is found."""
    cannot_form_views: bool = False
    needs_interpreter: bool = False
    protection: AddressProtection = AddressProtection.NONE
    limits_contact: bool = False
    comes_of_age: bool = False
    """The child turns 18 while the case lasts."""
    group: Group | None = None
    """Names from one group only."""


HOME = Household("hjemme", (7, 14), ("child", "mother", "father"))
MEASURES = Household(
    "hjelpetiltak", (7, 14), ("child", "mother", "father"), position=ChildWelfarePosition.MEASURES_AT_HOME
)
APART = Household("bor_hver_for_seg", (7, 14), ("child", "mother", "father"), daily_care=("mother",))
MOTHER_ALONE = Household(
    "mor_alene", (7, 14), ("child", "mother"), responsible=("mother",), daily_care=("mother",), limits_contact=True
)
FATHER_ALONE = Household(
    "far_alene", (7, 14), ("child", "father"), responsible=("father",), daily_care=("father",), limits_contact=True
)
TODDLER = Household("smaabarn", (0, 5), ("mother", "father"), cannot_form_views=True)
YOUTH = Household("ungdom", (16, 17), ("child",))
FIFTEEN = Household("femten", (15, 17), ("child",), contact_only=True)
TURNS_18 = Household("fyller_18", (17, 18), ("child",), comes_of_age=True)
FOSTER = Household(
    "fosterhjem",
    (7, 14),
    ("child", "child_welfare"),
    position=ChildWelfarePosition.FOSTER_HOME,
    daily_care=(),
    basis=CareBasis.CARE_ORDER,
    home=ServiceKind.FOSTER_HOME,
    limits_contact=True,
)
FOSTER_BY_AGREEMENT = Household(
    "fosterhjem_frivillig",
    (7, 14),
    ("child", "mother", "father"),
    position=ChildWelfarePosition.FOSTER_HOME,
    daily_care=(),
    basis=CareBasis.VOLUNTARY,
    home=ServiceKind.FOSTER_HOME,
)
INSTITUTION = Household(
    "institusjon",
    (12, 14),
    ("child", "mother", "father"),
    position=ChildWelfarePosition.INSTITUTION,
    daily_care=(),
    basis=CareBasis.VOLUNTARY,
    home=ServiceKind.INSTITUTION,
)
INSTITUTION_BY_ORDER = Household(
    "institusjon_vedtak",
    (16, 17),
    ("child",),
    position=ChildWelfarePosition.INSTITUTION,
    daily_care=(),
    basis=CareBasis.BEHAVIOUR_ORDER,
    home=ServiceKind.INSTITUTION,
)
INTERPRETER = Household("tolk", (7, 14), ("child", "mother", "father"), needs_interpreter=True, group=Group.NEWCOMER)
CODE_6 = Household(
    "kode_6",
    (7, 14),
    ("child", "mother"),
    responsible=("mother",),
    daily_care=("mother",),
    protection=AddressProtection.STRICTLY_CONFIDENTIAL,
)
CODE_7 = Household(
    "kode_7",
    (7, 14),
    ("child", "child_welfare"),
    position=ChildWelfarePosition.FOSTER_HOME,
    daily_care=(),
    basis=CareBasis.CARE_ORDER,
    home=ServiceKind.FOSTER_HOME,
    protection=AddressProtection.CONFIDENTIAL,
)
ANY_AGE = Household("alle_aldre", (0, 17), (), position=ChildWelfarePosition.NOTE_ONLY)
"""For children that nobody has begun to assess: no consent is asked."""
AFTERCARE = Household("ettervern", (18, 22), (), position=ChildWelfarePosition.AFTERCARE)
