"""An archive package as one file, or in a folder where it has been unpacked."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grunnmur.cases import archive_package
from grunnmur.cases.archive_package import Damaged, Package


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """The files of a package as one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def read(place: Path, *, sha256: str | None = None) -> Package:
    """The package in a file or a folder, after everything has been checked. Raises Damaged."""
    if place.is_dir():
        files = {path.name: path.read_bytes() for path in sorted(place.iterdir())}
    else:
        try:
            with zipfile.ZipFile(place) as package:
                files = {name: package.read(name) for name in package.namelist()}
        except (OSError, zipfile.BadZipFile):
            raise Damaged(f"{place.name} cannot be read.") from None
    return archive_package.unpack(files, sha256=sha256)
