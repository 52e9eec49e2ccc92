"""Four families, from the side of those in them: what each sees on their own pages is what was decided, and the law.

After every step each child and each parent is asked again: all their pages are read, and what stands there is compared
with the reference of who may see what (`tests/reference/access.py`), which imports nothing of the program.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from tests.reference import access as reference
from tests.stories import load_family
from tests.stories.load_family import AGES, KINDS, child_name, number, parent_name, piece
from tests.stories.page import Unlike
from tests.stories.story import Story
from tests.stories.walker import Walker

LOAD = "tests.stories.load_family"
WHO = ("child", "mother", "father")
PAGES = ("", "hvem/", "ja-og-nei/", "skrevet/", "sett/", "skriv/", "steg/")
FULL, LIMITED, NONE, BLOCKED = (
    "Innsyn etter barnets alder",
    "Bare det som gis fri enkeltvis",
    "Ikke innsyn",
    "Sperret: skal ikke vite at saken finnes",
)
ON_PAPER = "Du får det på papir av"
ACCESS = {FULL: "full", LIMITED: "limited", NONE: "none", BLOCKED: "blocked"}


@dataclass
class Family:
    """One family as the story itself keeps account of it: what was decided, and nothing of what the program says."""

    age: int
    born_on: date
    child_page: str = ""
    access: dict[str, str] = field(default_factory=dict)
    withheld: dict[str, set[str]] = field(default_factory=dict)
    has_log_in: set[str] = field(default_factory=set)
    is_protected: bool = False

    def may_see(self, who: str, kind: str, on: date) -> bool:
        """By the reference: the decision, the age, the explicit no, and the address. When that is protected, the child
        alone comes in, and reads what it has said itself; the rest, which names services and places, it gets on paper.
        """
        if who not in self.has_log_in or (self.is_protected and (who != "child" or kind != "own_words")):
            return False
        opened = reference.family(
            is_child=who == "child",
            has_parental_responsibility=who != "child",
            access=self.access.get(who, "unknown"),
            born_on=self.born_on,
            on=on,
        )
        return kind in opened and kind not in self.withheld.get(who, set())


class Families:
    """Everybody in the story, and the comparison after each step."""

    def __init__(self, url: str, today: date) -> None:
        self.url, self.today = url, today
        self.kari = Walker(url, "kari")
        self.leif = Walker(url, "leif")
        self.all = {age: Family(age, load_family.born_on(age, today)) for age in AGES}
        self.walkers = {(age, who): Walker(url, f"{who}{age}") for age in AGES for who in WHO}
        self.compared = 0

    def look(self) -> None:
        """Read every page of everybody, and compare. Raises Unlike."""
        wrong = []
        for (age, who), walker in self.walkers.items():
            family = self.all[age]
            seen = self._seen(walker, who, age)
            is_given_on_paper = family.is_protected and who == "child"
            if (ON_PAPER in seen) is not is_given_on_paper:
                wrong.append(
                    f"{who} of the {age}-year-old: «{ON_PAPER}» {'is missing' if is_given_on_paper else 'stands'}"
                )
            for of in AGES:
                for kind in KINDS:
                    self.compared += 1
                    may = of == age and family.may_see(who, kind, self.today)
                    if (piece(kind, of) in seen) is not may:
                        wrong.append(f"{who} of the {age}-year-old {'misses' if may else 'sees'} {piece(kind, of)}")
        if wrong:
            raise Unlike("what the reference says that each sees", "; ".join(wrong))

    def _seen(self, walker: Walker, who: str, age: int) -> str:
        """All that stands on the pages of one person, who comes in anew when they have a way in."""
        walker.look("/min-side/inn/")
        if "Demo: her skriver du nummeret" in walker.page.text:
            walker.fill({"Fødselsnummer": number(who, age, self.today)})
            form = walker.page.form("Vis hvem du er")
            form.fill({"Fødselsnummer": number(who, age, self.today)})
            walker.send(form.address, form.data)
        return " ".join(walker.status_of(f"/min-side/{page}")[1] for page in PAGES)

    def close(self) -> None:
        for walker in (self.kari, self.leif, *self.walkers.values()):
            walker.close()


def tell(story: Story, told: Families) -> None:
    """The whole story."""
    kari = told.kari
    kari.be()
    with story.step("Kari finds the four children; nobody in any family sees anything"):
        for age, family in told.all.items():
            kari.open("/sok/")
            kari.fill({"Navn, journalnummer eller fødselsnummer": child_name(age).split()[0]})
            kari.press("Søk")
            kari.follow(child_name(age))
            found = re.search(r"/barn/[0-9a-f-]{36}/", " ".join(kari.page.addresses))
            if not found:
                raise Unlike("a way to the child", kari.page.summary())
            family.child_page = found.group(0)

    for age in AGES:
        with story.step(f"The {age}-year-old and both parents get access by age, and a way in"):
            for who in WHO:
                decide(told, age, who, FULL)
                give_log_in(told, age, who)

    with story.step("The father of the 10-year-old is limited to single rows; the mother is not"):
        decide(told, 10, "father", LIMITED)
    with story.step("The father of the 13-year-old gets none, and the mother of the 15-year-old is blocked"):
        decide(told, 13, "father", NONE)
        decide(told, 15, "mother", BLOCKED)
    with story.step("Health is withheld from the mother of the 13-year-old, who objects to it"):
        withhold(told, 13, "mother", "kroppslig helse", "somatic")
    with story.step("The parents of the 17-year-old see nothing of themselves, whatever is decided"):
        decide(told, 17, "mother", FULL)
    for age, who, others in ((13, "child", "mother"), (10, "mother", "father")):
        with story.step(f"The {who} of the {age}-year-old asks; the {others} does not see it"):
            ask_and_answer(told, age, who, others)
    with story.step("The parents of the 10-year-old disagree: one takes the yes back, and it closes"):
        take_back(told, 10, "mother")
    with story.step("The log-in of the father of the 15-year-old ends while he is inside"):
        end_log_in(told, 15, "father")
    with story.step("The address of the 15-year-old is protected: the parents are out, the child is in"):
        protect(told, 15)
    with story.step("The father of the 13-year-old gets access again, and sees what the mother may not"):
        decide(told, 13, "father", FULL)


# --- what Kari does --------------------------------------------------------------------------------------------------


def _name(who: str, age: int) -> str:
    return child_name(age) if who == "child" else parent_name(who, age)


def _on_sight(told: Families, age: int, link: Callable[[str], str], who: str) -> None:
    told.kari.open(f"{told.all[age].child_page}tilgang/")
    told.kari.follow(link(_name(who, age)))


def decide(told: Families, age: int, who: str, access: str) -> None:
    """What one in the family may see from now on."""
    _on_sight(told, age, lambda name: f"Bestem innsyn for {name}", who)
    told.kari.fill({"Hva skal personen kunne se?": access, "Hvorfor?": "Vurdert i teamet."})
    told.kari.press("Bestem")
    told.all[age].access[who] = ACCESS[access]


def give_log_in(told: Families, age: int, who: str) -> None:
    """With an eID; for whom nothing is open, there is no way to it, and that is right."""
    told.kari.open(f"{told.all[age].child_page}tilgang/")
    link = f"Gi {_name(who, age)} innlogging"
    if link not in told.kari.page.text:
        return
    told.kari.follow(link)
    if told.kari.address == "/bekreft/":
        told.kari.press("Bekreft")
    told.kari.fill({"Hvordan skal personen logge inn?": "Med eID, for eksempel BankID"})
    if who != "child":
        told.kari.fill({"Fødselsnummer": number(who, age, told.today)})
    told.kari.press("Gi innlogging")
    told.all[age].has_log_in.add(who)


def end_log_in(told: Families, age: int, who: str) -> None:
    """End it, with whoever is inside."""
    told.kari.open(f"{told.all[age].child_page}tilgang/")
    told.kari.follow(f"Avslutt innloggingen {_name(who, age)}")
    told.kari.press("Avslutt")
    told.all[age].has_log_in.discard(who)


def withhold(told: Families, age: int, who: str, label: str, kind: str) -> None:
    """Some kinds, from one in the family."""
    _on_sight(told, age, lambda name: f"Hold noe tilbake fra {name}", who)
    told.kari.fill(
        {
            "Hvorfor skal det holdes tilbake?": "Barnet vil ikke (pbrl § 3-4)",
            "Hva skal personen ikke se?": [label],
            "Begrunnelse": "Barnet vil det ikke.",
        }
    )
    told.kari.press("Hold tilbake")
    told.all[age].withheld.setdefault(who, set()).add(kind)


def protect(told: Families, age: int) -> None:
    """The address is confidential from now on."""
    told.kari.open(f"{told.all[age].child_page}")
    told.kari.follow("Endre opplysninger om barnet")
    told.kari.fill({"Er adressen skjermet i folkeregisteret?": "Fortrolig adresse (kode 7)"})
    told.kari.press("Lagre")
    told.all[age].is_protected = True


# --- what those in the families do -----------------------------------------------------------------------------------


def ask_and_answer(told: Families, age: int, who: str, other: str) -> None:
    """A question, its answer, and nothing of either on the other's pages."""
    asker, words = told.walkers[age, who], f"Spørsmål fra {who} {age}"
    asker.open("/min-side/skriv/")
    asker.fill({"Hva lurer du på?": words})
    asker.press("Send")
    told.kari.open("/")
    told.kari.sees("Noen i en familie har spurt")
    told.kari.open(f"{told.all[age].child_page}spurt/")
    told.kari.follow("Svar…")
    told.kari.fill({"Svaret": f"Svar til {who} {age}"})
    told.kari.press("Send svaret")
    asker.open("/min-side/skriv/")
    asker.sees(f"Svar til {who} {age}")
    pages = [told.walkers[age, other].status_of(f"/min-side/{page}")[1] for page in PAGES]
    if any(words in page or f"Svar til {who} {age}" in page for page in pages):
        raise Unlike("nothing of another's question", words)


def take_back(told: Families, age: int, who: str) -> None:
    """In two presses; the receipt says what was closed."""
    walker = told.walkers[age, who]
    walker.open("/min-side/ja-og-nei/")
    walker.follow("Trekk tilbake…")
    walker.press("Trekk tilbake")
    walker.sees("Ja-et er tatt tilbake", "Storgata legesenter", "kroppslig helse")
