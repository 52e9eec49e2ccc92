"""Reading a question in people's own words: which needs it speaks of, whether it is an emergency, who is named.

Pure: what a word's stem is, comes from outside (PostgreSQL's Norwegian stemmer, `directory/offers.py`), so that all of
this can be tried without a database. The words themselves are data, `definitions/finder.yaml`.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from grunnmur.directory.finder_file import Emergency, Finder, Need
from grunnmur.directory.kinds import OfferKind

LONGEST = 60
"""Words of a question that are read; what comes after them is left alone."""
LONGEST_WORD = 40
"""Letters of a word that is mended: trying takes the third power of them, and no longer one is meant."""
NEAR = 9
"""How many words a cue's parts may be spread over."""
WEIGHTS = {1: 1.0, 2: 1.7, 3: 2.3, 4: 2.8}
"""What a cue counts by how many of its parts there are: the more that must meet, the surer it is."""
WEAK, MENDED, MORE, MOST_MORE = 0.4, 0.8, 0.35, 1.5
CLOSE = 0.55
"""A need counts beside the strongest one when it is at least this much of it."""
FALLING = (1.0, 0.86, 0.72, 0.6, 0.5, 0.42)
"""What a kind counts by its place in a need's list."""
BESIDE = 0.5
"""What a need counts that is not the strongest."""
NAMED = 0.35
TRIES = 200
NUMBER = re.compile(r"^\d+$")
WITHIN = re.compile(r"^<\d>$")
WORD = re.compile(r"[a-zæøå0-9§]+(?:-[a-zæøå0-9§]+)*")


# --- words -------------------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of a text in small letters, without signs or accents: «Sjølmord?» is `sjølmord`."""
    plain = text.casefold().replace("’", "").replace("'", "").replace("ä", "æ").replace("ö", "ø")
    plain = plain.replace("å", "{").replace("å", "{").replace("ø", "|")
    plain = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))
    return WORD.findall(plain.replace("{", "å").replace("|", "ø"))


def distance(one: str, other: str) -> int:
    """How many letters must be added, left out, changed or swapped with their neighbour to make one into the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def allowed(length: int) -> int:
    """How many wrong letters a word of a length is still read with: none in a short one, where they mean something."""
    return 0 if length < 5 else 1 if length < 9 else 2


def _without_one(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


# --- cues --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the file: parts that must all be met, each by one of several words."""

    owner: int
    parts: tuple[tuple[str, ...], ...]
    weight: float
    within: int = 0
    """Over how many words the parts may be spread, in the order that they stand; none for near, in any order."""
    not_before: tuple[str, ...] = ()
    """Words that make it mean something else when one comes right after the last part: «live with dad»."""

    def is_met(self, at: tuple[int, ...], spoken: Sequence[str]) -> bool:
        """Whether the parts, each met by the word at its place, are one saying: no two the same word, and near."""
        if len(set(at)) < len(at) or max(at) - min(at) >= (self.within or NEAR):
            return False
        if self.within and list(at) != sorted(at):
            return False
        after = spoken[at[-1] + 1] if at[-1] + 1 < len(spoken) else ""
        return not any(after.startswith(word[:-1]) if word[-1] == "*" else after == word for word in self.not_before)


def cue(line: str, *, owner: int) -> Cue:
    """A line as it stands in the file: `vil/orker ikke skole*`, `tatt <tall> pille*`, `jeg vil forsvinne <4>`."""
    written = line.removeprefix("?").split()
    parts = tuple(tuple(part.split("/")) for part in written if part[0] != "!" and not WITHIN.match(part))
    return Cue(
        owner,
        parts,
        WEAK if line.startswith("?") else WEIGHTS[min(len(parts), max(WEIGHTS))],
        within=next((int(part[1]) for part in written if WITHIN.match(part)), 0),
        not_before=tuple(word for part in written if part[0] == "!" for word in part[1:].split("/")),
    )


def file_words(file: Finder) -> set[str]:
    """Every whole word of the file, for the stemmer."""
    lines = [line for group in _groups(file) for line in group]
    found = {word for line in lines for part in cue(line, owner=0).parts for word in part}
    found = {plain for word in found if "*" not in word for plain in words(word)}
    for written, others in file.same.items():
        found |= {written, *(plain for other in others for plain in words(other))}
    return found


def _groups(file: Finder) -> list[tuple[str, ...]]:
    return [
        *(one.cues for one in file.needs),
        *(one.cues for one in file.emergencies),
        *file.named.values(),
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question was understood to be about."""

    needs: tuple[tuple[Need, float], ...]
    """The needs with their scores, the strongest first; those that count beside it."""
    emergency: Emergency | None
    named: frozenset[OfferKind]

    @property
    def is_understood(self) -> bool:
        return bool(self.needs or self.named or self.emergency)


@dataclass(slots=True)
class Reader:
    """The file made ready for reading; made once, used for every question."""

    file: Finder
    stems: Mapping[str, str]
    """The stem of every whole word of the file."""
    same: dict[str, str] = field(default_factory=dict)
    cues: list[Cue] = field(default_factory=list)
    whole: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By stem: which part of which cue it meets."""
    starts: dict[str, list[tuple[str, int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By the first three letters: how the word must start."""
    other: list[tuple[re.Pattern[str], int, int]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    """Words that are right as they stand."""
    nearly: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By a word with at most one letter left out: the words it may have been."""

    def __post_init__(self) -> None:
        self.same = {plain: one for one, others in self.file.same.items() for other in others for plain in words(other)}
        for owner, group in enumerate(_groups(self.file)):
            for line in group:
                self._add(cue(line, owner=owner))
        self.known |= set(words(self.file.plain)) | set(self.same) | set(self.same.values())
        for word in self.known:
            if allowed(len(word)):
                for cut in _without_one(word):
                    self.nearly[cut].add(word)

    def _add(self, one: Cue) -> None:
        number = len(self.cues)
        self.cues.append(one)
        for place, part in enumerate(one.parts):
            for written in part:
                root = written.strip("*")
                if written == "<tall>":
                    self.other.append((NUMBER, number, place))
                    continue
                if written == root:
                    self.whole[self._stem(self._canon(root), self.stems)].append((number, place))
                elif written.startswith("*") or len(root) < 3:
                    before, after = ("" if written[0] == "*" else "^", "" if written[-1] == "*" else "$")
                    self.other.append((re.compile(before + re.escape(root) + after), number, place))
                else:
                    self.starts[root[:3]].append((root, number, place))
                self.known.add(root)

    def _canon(self, word: str) -> str:
        return self.same.get(word, word)

    @staticmethod
    def _stem(word: str, stems: Mapping[str, str]) -> str:
        return stems.get(word, word)

    # --- one question ---------------------------------------------------------------------------------------------

    def spoken(self, text: str) -> list[str]:
        """The words of a question as they are read; a word in two parts also as each of them."""
        found = []
        for word in words(text):
            found.append(word)
            if "-" in word and not self._meets(word, {}):
                found += word.split("-")
        return found[:LONGEST]

    def variants(self, spoken: Collection[str]) -> set[str]:
        """What the stemmer is asked for: each word, what else it is written for, and what it may have been."""
        found = set(spoken) | {self._canon(word) for word in spoken}
        return found | {self._canon(mended) for word in spoken if (mended := self.mend(word))}

    def mend(self, word: str) -> str | None:
        """The word that a misspelled one was meant to be; None when it is right, short, endless, or like nothing."""
        if not allowed(len(word)) or len(word) > LONGEST_WORD:
            return None
        if word in self.known or any(sign.isdigit() for sign in word) or self._starts_as_known(word):
            return None
        near = {one for cut in _without_one(word) for one in self.nearly.get(cut, ())}
        ranked = sorted((distance(word, one), one[0] != word[0], abs(len(one) - len(word)), one) for one in near)
        if ranked and ranked[0][0] <= allowed(min(len(word), len(ranked[0][3]))):
            return ranked[0][3]
        return self._mend_start(word)

    def _mend_start(self, word: str) -> str | None:
        """«skolevgringa» starts nearly as `skolevegr*`: the start put right, the rest as it stood."""
        for length in range(len(word), 6, -1):
            head = word[:length]
            for root in {one for cut in _without_one(head) for one in self.nearly.get(cut, ())}:
                if len(root) >= 7 and distance(head, root) <= 1:
                    return root + word[length:]
        return None

    def _starts_as_known(self, word: str) -> bool:
        return any(word.startswith(root) for root, _cue, _place in self.starts.get(word[:3], ()))

    def _meets(self, word: str, stems: Mapping[str, str]) -> set[tuple[int, int]]:
        """The parts of cues that one word meets."""
        canon = self._canon(word)
        found: set[tuple[int, int]] = set()
        for form in {self._stem(word, stems), self._stem(canon, stems)}:
            found.update(self.whole.get(form, ()))
        for form in {word, canon}:
            found.update(
                (number, place) for root, number, place in self.starts.get(form[:3], ()) if form.startswith(root)
            )
            found.update((number, place) for pattern, number, place in self.other if pattern.search(form))
        return found

    def read(self, text: str, *, stems: Mapping[str, str]) -> Reading:
        """What a question is about. `stems` has the stem of every word that `variants` names."""
        met: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        mended: set[int] = set()
        spoken = self.spoken(text)
        for position, word in enumerate(spoken):
            parts = self._meets(word, stems)
            if not parts and (right := self.mend(word)):
                parts = self._meets(right, stems)
                mended.add(position)
            for number, place in parts:
                met[number][place].append(position)
        scores: dict[int, list[float]] = defaultdict(list)
        for number, places in met.items():
            one = self.cues[number]
            if len(places) == len(one.parts) and (at := _together(one, places, spoken)) is not None:
                scores[one.owner].append(one.weight * (MENDED if mended & set(at) else 1.0))
        return self._judge(scores)

    def _judge(self, scores: Mapping[int, list[float]]) -> Reading:
        needs, emergencies = self.file.needs, self.file.emergencies
        met = [owner for owner in scores if owner < len(needs)]
        instead = {key for owner in met for key in needs[owner].instead_of}
        found = sorted(
            (-needs[owner].weight * (max(of) + min(MOST_MORE, MORE * (sum(of) - max(of)))), owner)
            for owner in met
            if needs[owner].key not in instead and (of := scores[owner])
        )
        always = {needs[owner].emergency for owner in met}
        urgent = [one for number, one in enumerate(emergencies) if number + len(needs) in scores or one.key in always]
        kinds = list(self.file.named)
        behind = len(needs) + len(emergencies)
        return Reading(
            needs=tuple((needs[owner], -score) for score, owner in found if -score >= CLOSE * -found[0][0])[:4],
            emergency=next(iter(urgent), None),
            named=frozenset(kinds[owner - behind] for owner in scores if owner >= behind),
        )


def _together(one: Cue, places: Mapping[int, list[int]], spoken: Sequence[str]) -> tuple[int, ...] | None:
    """Where the parts of a cue are met as one saying, in their order; None when they nowhere are."""
    found = product(*(places[number] for number in range(len(places))))
    return next((at for at in islice(found, TRIES) if one.is_met(at, spoken)), None)


# --- who can help --------------------------------------------------------------------------------------------------


def kinds_for(reading: Reading, file: Finder) -> dict[OfferKind, float]:
    """The kinds of offer that can help with what was read, each with how well; the usual three when nothing was."""
    found: dict[OfferKind, float] = defaultdict(float)
    for place, (need, score) in enumerate(reading.needs):
        for kind, falling in zip(need.kinds, FALLING, strict=False):
            found[kind] += score * falling * (BESIDE if place else 1)
    if not found:
        for kind, falling in zip(file.without_match.kinds, FALLING, strict=False):
            found[kind] = falling
    strongest = max(found.values())
    for kind in reading.named:
        found[kind] += NAMED * strongest if found.get(kind) or reading.needs else 2 * strongest
    return dict(found)


def choose(chosen: Iterable[str], file: Finder) -> Reading:
    """A reading of needs that were chosen by name, as by their pictures, instead of written."""
    picked = [need for key in dict.fromkeys(chosen) if (need := file.need(key))]
    return Reading(tuple((need, 1.0) for need in picked), None, frozenset())


def both(written: Reading, chosen: Reading) -> Reading:
    """What was written and what was chosen, together."""
    scores = dict.fromkeys((need.key for need, _ in chosen.needs), 2.0)
    rest = [(need, score) for need, score in written.needs if need.key not in scores]
    return Reading((*((need, scores[need.key]) for need, _ in chosen.needs), *rest), written.emergency, written.named)


def freshness(months: int | None, file: Finder) -> float:
    """How much an offer counts that was verified so many whole months ago; the least when it never was."""
    if months is None:
        return file.freshness[-1].factor
    return next((one.factor for one in file.freshness if months < one.months), file.freshness[-1].factor)
