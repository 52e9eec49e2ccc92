"""Reading a question without a database: whole words alone, so that every word is its own stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grunnmur.directory import finder
from grunnmur.directory.finder import Reader, distance, words
from grunnmur.directory.finder_file import finder as finder_file
from grunnmur.directory.kinds import OfferKind

READER = Reader(finder_file(), {})


def read(text: str) -> finder.Reading:
    return READER.read(text, stems={})


def needs(text: str) -> list[str]:
    return [need.key for need, _score in read(text).needs]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kutter seg", "self_harm"),
        ("vil ikke på skolen", "school_refusal"),
        ("ikke på skolen vil", "school_refusal"),
        ("eg vil ikkje på skulen", "school_refusal"),
        ("æ vil itj på skola", "school_refusal"),
        ("SKOLEVEGRING!", "school_refusal"),
        ("skolevgring", "school_refusal"),
        ("drikker for mye", "substance_own"),
        ("mamma drikker for mye", "substance_parent"),
        ("tannlege", "teeth"),
        ("tanlege", "teeth"),
        ("my son is being bullied", "bullying"),
    ],
)
def test_what_people_say_is_understood(text: str, wanted: str) -> None:
    assert needs(text)[0] == wanted


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("vil ikke leve lenger", "113"),
        ("eg vil døy", "113"),
        ("har tatt mange paracet", "113"),
        ("han puster ikke", "113"),
        ("høy feber", "116117"),
        ("pappa slår meg", "116111"),
        ("tør ikke gå hjem", "116111"),
        ("pappa slår meg og jeg vil ikke leve", "113"),
        ("jeg har tatt 20 paracet", "113"),
        ("eg har teke 20 paracet", "113"),
        ("tok 15 parcet i kveld", "113"),
        ("svelget 20 sovepilelr", "113"),
        ("jeg har svelget 30 piller", "113"),
        ("eg har svelgt tretti pillar", "113"),
        ("tatt en hel eske ibux", "113"),
        ("teke ei heil eske ibux", "113"),
        ("vil ikke være i live", "113"),
        ("eg vil ikkje vere i live", "113"),
        ("livet ikke er verdt å leve", "113"),
        ("livet er ikkje verdt å leve", "113"),
        ("er livet verdt å leve?", "113"),
        ("jeg vil ikke finnes", "113"),
        ("eg vil ikkje eksistere", "113"),
        ("vil ikke leve lengre", "113"),
        ("vil ikke live mer", "113"),
        ("eg orkar ikkje live lenger", "113"),
        ("eg orkar ikkje leve", "113"),
        ("I don't want to live anymore", "113"),
        ("I do not want to live", "113"),
        ("i want to end it all", "113"),
        ("she took 30 pills", "113"),
        ("tanker om å dø", "113"),
        ("treneren tok på meg og jeg ville ikke", "116111"),
        ("onkel tar på meg på private steder", "116111"),
        ("treneren tafser på meg og jeg vil ikke", "116111"),
        ("han tar på meg og jeg vil ikke det", "116111"),
        ("læreren tar på meg når jeg ikke vil", "116111"),
        ("en gutt i klassen tar på meg selv om jeg ikke vil", "116111"),
        ("har ikke lyst til å våkne i morra", "113"),
        ("håper jeg ikke våkner i morgen", "113"),
        ("alle hadde hatt det bedre om jeg var borte", "113"),
        ("hun skal gjøre det slutt på livet", "113"),
        ("skulle ønske jeg aldri ble født", "113"),
        ("kompisen min har tatt for mye ghb", "113"),
        ("han drakk på fest og våkner ikke", "113"),
        ("hun har fått en perle i halsen", "113"),
        ("minstemann har svelgt et knappebatteri", "116117"),
        ("toåringen drakk klorin", "116117"),
        ("datra mi ramla fra klatrestativet og kaster opp", "116117"),
        ("stefaren min slo meg med belte", "116111"),
        ("mamma låser ham inne på rommet", "116111"),
        ("jeg vil bare forsvinne", "113"),
        ("skulle ønske jeg kunne forsvinne", "113"),
        ("i natt skal jeg forsvinne", "113"),
        ("skulle ønske jeg var død", "113"),
        ("hun sier hun håper hun ikke våkner", "113"),
        ("familien får det bedre hvis jeg blir borte", "113"),
        ("om jeg var borte hadde de det bedre", "113"),
        ("ingen kommer til å savne meg når jeg er borte", "113"),
        ("jeg vil avslutte alt", "113"),
        ("han svarer ikke og jeg får ikke kontakt", "113"),
        ("he does not want to live", "113"),
        ("prøvde å henge seg", "113"),
        ("drue satte seg i halsen", "113"),
        ("i halsen hennes sitter en mynt", "113"),
        ("ungen åt sopp", "116117"),
        ("babyen har fått i seg medisin", "116117"),
        ("falt ned trappa og kaster opp", "116117"),
    ],
)
def test_an_emergency_is_seen_and_the_most_urgent_comes_first(text: str, phone: str) -> None:
    emergency = read(text).emergency
    assert emergency is not None
    assert emergency.phone == phone


@pytest.mark.parametrize(
    "text",
    [
        "vil ikke på skolen",
        "vondt i magen",
        "redd for å snakke i klassen",
        "har ingen venner",
        "treåringen tar ikke på seg sko",
        "mamma tar ikke på meg jakke",
        "læreren tok på meg i vondt kne",
        "livet er ikke så lett på skolen",
        "Liv vil ikke på skolen",
        "Live vil ikke på skolen",
        "datteren min vil ikke at jeg tar på henne sko",
        "mamma vil ikke at jeg tar på meg jakke",
        "må ta medisin for astma",
        "sønnen min på 14 tar medisin for adhd",
        "fikk pille mot allergi",
        "vil ikke våkne så tidlig",
        "våkner ikke om morgenen til skolen",
        "slapp å våkne tidlig i ferien",
        "det er slutt med kjæresten",
        "sønnen vår låser seg inne og gamer hele døgnet",
        "datteren min kaster matpakka og er blitt tynn",
        "dør av kjedsomhet",
        "henge med venner",
        "bedre på skolen nå",
        "drikker for mye brus",
        "kvisene vil ikke forsvinne",
        "eg vil at uroa skal forsvinne i natt",
        "alle skal forsvinne fra klassen, jeg blir alene",
        "hunden døde, jeg vil ikke på skolen",
        "mamma er død, jeg vil ha noen å snakke med",
        "det er slutt med kjæresten og livet er kjipt",
        "vil avslutte alt samarbeid med skolen",
        "jeg ble bedre da feberen var vekk",
        "håper babyen ikke våkner i natt",
        "gutten vil ikke våkne opp om morgenen",
        "barna har ikke kontakt med pappa fordi han drikker",
        "bup svarer ikke, får ikke kontakt",
        "han henger seg opp i småting",
        "klærne henger på meg",
        "han har vondt i halsen og vil bare leke",
        "vi står fast, og han har vondt i halsen",
        "fått medisin mot adhd som ikke virker",
        "fått sopp på tåneglene",
        "vi spiser sopp til middag",
        "falt ut av skolen og kaster stoler",
        "blir stengt ute av klassen",
        "my son does not want to live with his dad",
    ],
)
def test_what_can_wait_is_no_emergency(text: str) -> None:
    assert read(text).emergency is None


@pytest.mark.parametrize(
    "text",
    [
        "treåringen tar ikke på seg sko",
        "mamma tar ikke på meg jakke",
        "læreren tok på meg i vondt kne",
        "datteren min vil ikke at jeg tar på henne sko",
        "mamma vil ikke at jeg tar på meg jakke",
    ],
)
def test_clothes_and_a_sore_knee_are_no_abuse(text: str) -> None:
    assert "sexual_abuse" not in needs(text)


@pytest.mark.parametrize("text", ["", "asdf qwerty", "12345", "?!", "x" * 5000])
def test_what_is_not_understood_gives_the_usual_three(text: str) -> None:
    reading = read(text)
    assert not reading.is_understood
    assert list(finder.kinds_for(reading, finder_file())) == list(finder_file().without_match.kinds)


def test_a_service_that_is_named_comes_first() -> None:
    kinds = finder.kinds_for(read("krisesenter"), finder_file())
    assert max(kinds, key=lambda one: kinds[one]) is OfferKind.CRISIS_CENTRE


def test_what_is_chosen_by_picture_counts_as_written() -> None:
    chosen = finder.choose(["teeth", "finnes_ikke", "teeth"], finder_file())
    both = finder.both(read("får ikke sove"), chosen)
    assert [need.key for need, _score in both.needs] == ["teeth", "sleep"]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [("skole", "skole", 0), ("skole", "skoel", 1), ("angst", "angts", 1), ("rus", "ros", 1), ("", "abc", 3)],
)
def test_the_distance_counts_a_swap_as_one(one: str, other: str, wanted: int) -> None:
    assert distance(one, other) == wanted


@pytest.mark.parametrize("word", ["rus", "ros", "bup", "skole", "skolen", "mobbing"])
def test_short_words_and_right_ones_are_left_alone(word: str) -> None:
    assert READER.mend(word) is None


@pytest.mark.parametrize(
    ("months", "factor"), [(0, 1.0), (5, 1.0), (6, 0.9), (11, 0.9), (12, 0.7), (99, 0.7), (None, 0.7)]
)
def test_an_offer_fades_with_the_months(months: int | None, factor: float) -> None:
    assert finder.freshness(months, finder_file()) == factor


TEXTS = st.text(st.sampled_from("abcdefghiklmnoprstuvyæøå -.,'é\u030a\U0001f600"), max_size=200)


@given(TEXTS)
def test_any_text_is_read_without_a_fault(text: str) -> None:
    reading = read(text)
    scores = [score for _need, score in reading.needs]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 4
    assert all(score > 0 for score in finder.kinds_for(reading, finder_file()).values())


@given(TEXTS)
def test_capitals_and_signs_change_nothing(text: str) -> None:
    assert words(text.upper()) == words(text)
    assert words(f"«{text}»!") == words(text)


@given(st.sampled_from(sorted(one for one in READER.known if 5 <= len(one) < 9 and one.isalpha())), st.data())
def test_one_slip_is_mended_to_something_as_near_unless_it_is_a_word_too(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    mended = READER.mend(slip)
    if mended is None:
        assert slip in READER.known or any(slip.startswith(root) for root, *_cue in READER.starts.get(slip[:3], ()))
    else:
        assert mended in READER.known and distance(slip, mended) == 1


@given(st.text("abcæøå", max_size=8), st.text("abcæøå", max_size=8))
def test_the_distance_is_the_same_both_ways_and_nothing_only_for_the_same(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
