"""The archive package: complete, readable without us, equal when read again, and not a bit can be changed unseen."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grunnmur.cases import archive_package
from grunnmur.cases.archive_package import CHECKSUMS, Act, ColumnMeaning, Damaged, Look, Package, TablePart

PACKAGE = Package(
    program="grunnmur 0",
    made_at="2026-11-28T03:00:00+01:00",
    pathway="7d0c4a3e-0000-4000-8000-000000000001",
    owner="Grimstad barneverntjeneste",
    edition="2023",
    status="closed",
    closed_on="2026-11-01",
    tables=(
        TablePart(
            table="cases_closure",
            purpose="å vise hvorfor forløpet ble avsluttet",
            columns=(ColumnMeaning(name="summary", what="hva som er funnet", kind="row", ground="journal"),),
            rows=({"id": "1", "kind": 4, "summary": "Anna <sover> & spiser.", "closed_on": "2026-11-01"},),
        ),
    ),
    acts=(Act(at="t", name="pathway.closed", says="Avsluttet.", who="Kari", service="G", subject=None, data={}),),
    looks=(Look(at="t", who="Kari", service="G", role="Kontaktperson", page="pathway", allowed=True),),
)
FILES = archive_package.pack(PACKAGE)
SHA256 = archive_package.fingerprint(FILES)


def test_it_reads_back_equal_and_packs_to_the_same_bytes() -> None:
    assert archive_package.unpack(FILES, sha256=SHA256) == PACKAGE
    assert archive_package.pack(archive_package.unpack(FILES)) == FILES


def test_no_file_has_a_name_or_a_number_in_its_name() -> None:
    assert set(FILES) == {"README.txt", "case.html", "content.json", "schema.json", CHECKSUMS}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.integers(min_value=0), st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_found(name: str, at: int, bit: int) -> None:
    content = bytearray(FILES[name])
    content[at % len(content)] ^= 1 << bit
    with pytest.raises(Damaged):
        archive_package.unpack({**FILES, name: bytes(content)}, sha256=SHA256)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({k: v for k, v in FILES.items() if k != "case.html"}, "other files", id="a-file-is-missing"),
        pytest.param({**FILES, "extra.txt": b""}, "other files", id="a-file-too-many"),
        pytest.param({k: v for k, v in FILES.items() if k != CHECKSUMS}, "is missing", id="no-checksums"),
        pytest.param({}, "is missing", id="an-empty-folder"),
    ],
)
def test_what_is_not_whole_is_said(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(Damaged, match=said):
        archive_package.unpack(files)


def test_another_package_with_its_own_checksums_is_not_this_one() -> None:
    other = archive_package.pack(PACKAGE.model_copy(update={"owner": "En annen"}))
    with pytest.raises(Damaged, match="not the one"):
        archive_package.unpack(other, sha256=SHA256)


def test_content_of_another_shape_is_refused_even_with_right_checksums() -> None:
    wrong = json.loads(FILES["content.json"]) | {"version": 2}
    files = {**FILES, "content.json": json.dumps(wrong).encode()}
    lines = []
    import hashlib

    for name in sorted(archive_package.FILES):
        lines.append(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n")
    files[CHECKSUMS] = "".join(lines).encode()
    with pytest.raises(Damaged, match="shape"):
        archive_package.unpack(files)


def test_the_page_for_people_escapes_what_people_wrote() -> None:
    shown = FILES["case.html"].decode()
    assert "Anna &lt;sover&gt; &amp; spiser." in shown
    assert "<sover>" not in shown


def test_the_schema_says_every_field(tmp_path: Path) -> None:
    schema: dict[str, Any] = json.loads(FILES["schema.json"])
    assert set(schema["properties"]) == set(Package.model_fields)
    assert schema["additionalProperties"] is False
