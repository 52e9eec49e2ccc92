"""Whether a package of the program is older than SECURITY.md says that any may be.

For each locked package that has a newer version within the bounds of pyproject.toml, the registry is asked what was
there before the limit. When that is newer than what is locked, the limit has passed. A registry that does not say when
things came, or does not answer, is a fault: what was not looked at is never called fresh.

This says nothing of known holes: whoever releases asks for those (docs/how-to/release.md).
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from packaging.version import Version

LIMIT = timedelta(days=92)
"""Three months (SECURITY.md); our own choice."""
LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
NONE_SO_OLD = "No solution found"
"""What uv says when the bounds ask for something newer than the limit: then what is locked is newer too."""
Resolve = Callable[[list[str]], tuple[str, str]]
"""Makes the lock anew with more arguments of uv's; gives the lock, and what was wrong."""


def versions(lock: str) -> dict[str, list[Version]]:
    """Each package of a lock, and its versions: several where they differ between machines."""
    found: dict[str, list[Version]] = {}
    for name, version in LOCKED.findall(lock):
        found.setdefault(name.lower(), []).append(Version(version))
    return found


def newer(before: str, after: str) -> Iterator[tuple[str, Version, Version]]:
    """The packages that are newer in one lock than in another: name, version before and after."""
    was = versions(before)
    for name, found in versions(after).items():
        if name in was and max(found) > max(was[name]):
            yield name, max(was[name]), max(found)


def overdue(lock: str, resolve: Resolve, *, today: date) -> str:
    """The packages whose newer version has waited for longer than the limit, or what could not be found out; empty when
    there is nothing to say.
    """
    newest, fault = resolve(["--upgrade"])
    if fault:
        return fault
    since = today - LIMIT
    late = []
    for name, _locked, _newest in newer(lock, newest):
        then, fault = resolve(["--upgrade-package", name, "--exclude-newer-package", f"{name}={since.isoformat()}"])
        if fault and NONE_SO_OLD not in fault:
            return fault
        if not fault:
            late += [one for one in newer(lock, then) if one[0] == name]
    return "\n".join(
        f"{name} {locked} is locked, and {found} came before {since:%d.%m.%Y}. Make the locks anew with --upgrade."
        for name, locked, found in late
    )
