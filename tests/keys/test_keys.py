"""Sealing, opening and indexing, and keysets that change while they are used."""

import json
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from grunnmur import keys
from grunnmur.keys import Keyset

SEALING = [keyset for keyset in Keyset if keyset.seals]
HERE = b"cases_child|1|national_id"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """An installation's own keysets, wrapped by a key of its own."""
    settings.KEYS_FOLDER = tmp_path / "keys"
    settings.KEK = secrets.token_urlsafe(32)
    keys.make_missing()
    return tmp_path / "keys"


def seal(plain: str, keyset: Keyset = Keyset.OWN_WORDS) -> bytes:
    return keys.encrypt(plain.encode(), keyset=keyset, about=HERE)


def opened(cipher: bytes, keyset: Keyset = Keyset.OWN_WORDS, about: bytes = HERE) -> str:
    return keys.decrypt(cipher, keyset=keyset, about=about).decode()


@how(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plain=st.binary(max_size=300), about=st.binary(max_size=60), keyset=st.sampled_from(SEALING))
def test_what_is_sealed_opens_where_it_belongs(plain: bytes, about: bytes, keyset: Keyset) -> None:
    cipher = keys.encrypt(plain, keyset=keyset, about=about)
    assert keys.decrypt(cipher, keyset=keyset, about=about) == plain
    assert len(cipher) == len(plain) + 33
    assert cipher.startswith(keys.prefix(keyset))
    assert keys.encrypt(plain, keyset=keyset, about=about) != cipher, "the same value is never sealed alike twice"


@pytest.mark.parametrize("other", [keyset for keyset in SEALING if keyset != Keyset.OWN_WORDS], ids=str)
def test_no_other_keyset_opens_it(other: Keyset) -> None:
    cipher = seal("Jeg vil bo hos tante.")
    with pytest.raises(keys.CannotOpen):
        opened(cipher, other)


def test_it_opens_nowhere_else_and_not_when_changed() -> None:
    cipher = seal("Jeg vil bo hos tante.")
    with pytest.raises(keys.CannotOpen) as refused:
        opened(cipher, about=b"cases_child|2|national_id")
    assert "tante" not in str(refused.value)
    for place in range(len(cipher)):
        with pytest.raises(keys.CannotOpen):
            opened(cipher[:place] + bytes([cipher[place] ^ 1]) + cipher[place + 1 :])


def test_an_index_is_the_same_within_and_another_outside() -> None:
    assert keys.index("21891099918", about="grimstad") == keys.index("21891099918", about="grimstad")
    assert keys.index("21891099918", about="grimstad") != keys.index("21891099918", about="arendal")
    assert keys.index("21891099918", about="grimstad") != keys.index("21891099919", about="grimstad")
    assert len(keys.index("21891099918", about="grimstad")) == 16


def test_each_chain_has_a_key_of_its_own_and_keeps_it() -> None:
    assert keys.mac_key("event|1") == keys.mac_key("event|1")
    assert len({keys.mac_key("event|1"), keys.mac_key("event|2"), keys.mac_key("access|1")}) == 3
    assert len(keys.mac_key("event|1")) == 32


def test_the_logs_are_told_by_every_key_they_had_the_oldest_first() -> None:
    first = keys.mac_key("link")
    assert keys.mac_keys("link") == [first] and keys.uses_newest(Keyset.LOG)
    keys.add_key(Keyset.LOG, use=False)
    assert keys.mac_key("link") == first and not keys.uses_newest(Keyset.LOG)
    keys.use_newest(Keyset.LOG)
    second = keys.mac_key("link")
    keys.add_key(Keyset.LOG, use=True)
    assert keys.mac_keys("link") == [first, second, keys.mac_key("link")]
    assert len(set(keys.mac_keys("link"))) == 3


def test_two_installations_share_nothing(settings: Any, tmp_path: Path) -> None:
    cipher, code, mac = seal("ord"), keys.index("1", about="a"), keys.mac_key("a")
    settings.KEYS_FOLDER = tmp_path / "other"
    keys.make_missing()
    assert keys.index("1", about="a") != code
    assert keys.mac_key("a") != mac
    with pytest.raises(keys.CannotOpen):
        opened(cipher)


def test_the_files_are_for_their_owner_and_hold_no_key_in_plain(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {f"{keyset}.keyset" for keyset in Keyset}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert set(json.loads(path.read_text())) == {"encryptedKeyset", "keysetInfo"}


def test_a_keyset_cannot_stand_in_for_another(folder: Path) -> None:
    (folder / "own_words.keyset").replace(folder / "address.keyset")
    with pytest.raises(keys.NoKeys, match=r"address\.keyset"):
        seal("Skogveien 1", Keyset.ADDRESS)


# --- changing keys -------------------------------------------------------------------------------------------


def test_a_new_key_seals_and_the_old_still_opens() -> None:
    before = seal("før")
    keys.add_key(Keyset.OWN_WORDS, use=True)
    after = seal("etter")
    assert after[:5] != before[:5]
    assert after.startswith(keys.prefix(Keyset.OWN_WORDS))
    assert (opened(before), opened(after)) == ("før", "etter")
    assert keys.count(Keyset.OWN_WORDS) == 2


def test_a_key_can_be_spread_before_it_is_used() -> None:
    before = keys.prefix(Keyset.OWN_WORDS)
    keys.add_key(Keyset.OWN_WORDS, use=False)
    assert keys.prefix(Keyset.OWN_WORDS) == before
    keys.use_newest(Keyset.OWN_WORDS)
    assert keys.prefix(Keyset.OWN_WORDS) != before


def test_a_retired_key_opens_nothing() -> None:
    before = seal("før")
    keys.add_key(Keyset.OWN_WORDS, use=True)
    after = seal("etter")
    assert keys.retire_old(Keyset.OWN_WORDS) == 1
    assert opened(after) == "etter"
    with pytest.raises(keys.CannotOpen):
        opened(before)


def test_while_the_index_is_changed_both_codes_are_known() -> None:
    (before,) = keys.indexes("21891099918", about="grimstad")
    keys.add_key(Keyset.NATIONAL_ID_INDEX, use=True)
    now, old = keys.indexes("21891099918", about="grimstad")
    assert old == before
    assert now == keys.index("21891099918", about="grimstad") != before


def test_the_wrapping_key_can_be_changed(settings: Any) -> None:
    cipher, old = seal("ord"), settings.KEK
    settings.KEK = f"{secrets.token_urlsafe(32)} {old}"
    keys.rewrap()
    settings.KEK = settings.KEK.split()[0]
    keys._loaded.clear()
    assert opened(cipher) == "ord"
    settings.KEK = old
    keys._loaded.clear()
    with pytest.raises(keys.NoKeys, match="GRUNNMUR_KEK is not the key"):
        opened(cipher)


def test_what_is_there_is_never_made_again() -> None:
    cipher = seal("ord")
    assert keys.make_missing() == []
    assert opened(cipher) == "ord"


def test_of_many_that_come_first_at_once_all_get_the_same(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FOLDER = tmp_path / "race"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys.index("1", about="a"), range(32)))
    assert len(set(made)) == 1
    assert not list((tmp_path / "race").glob(".*"))


# --- what the operator is told -------------------------------------------------------------------------------


@pytest.mark.parametrize("keyset", list(Keyset), ids=str)
def test_a_check_value_tells_its_own_keys_from_others(keyset: Keyset) -> None:
    check = keys.check_value(keyset)
    assert keys.knows(keyset, check)
    keys.add_key(keyset, use=True)
    assert keys.knows(keyset, check)
    keys.retire_old(keyset)
    assert not keys.knows(keyset, check)
    assert keys.knows(keyset, keys.check_value(keyset))


def test_production_makes_no_keyset_by_itself(settings: Any, folder: Path) -> None:
    settings.IS_PRODUCTION = True
    (folder / "own_words.keyset").unlink()
    (fault,) = keys.faults()
    assert fault == (
        f"The keyset {folder / 'own_words.keyset'} is missing. Restore it, or run «grunnmur make_keys» once."
    )


@pytest.mark.parametrize(
    ("kek", "sentence"),
    [
        ("", "GRUNNMUR_KEK is missing"),
        ("short", "GRUNNMUR_KEK must be 32 random bytes"),
        ("æ" * 43, "GRUNNMUR_KEK must be 32 random bytes"),
        (secrets.token_urlsafe(31), "GRUNNMUR_KEK must be 32 random bytes"),
        (secrets.token_urlsafe(32), "GRUNNMUR_KEK is not the key that"),
    ],
    ids=["none", "short", "not base64", "a byte too few", "another"],
)
def test_a_wrong_wrapping_key_is_said_plainly(settings: Any, kek: str, sentence: str) -> None:
    settings.KEK = kek
    keys._loaded.clear()
    assert len(keys.faults()) == len(Keyset)
    assert all(fault.startswith(sentence) for fault in keys.faults())
    assert kek == "" or kek not in "".join(keys.faults())
