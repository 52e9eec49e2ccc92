"""Make a database of the copies that «grunnmur backup» took, as it was at any instant, and check it.

Restores into an empty folder, and touches no database that runs.
"""

import argparse
import json
from datetime import datetime
from pathlib import Path

from grunnmur import clock
from grunnmur.backup import recover, seal
from grunnmur.postgres import NotReady


def main(arguments: list[str]) -> int:
    """Restore, check and tell. Returns the exit code. Raises NotReady."""
    parser = argparse.ArgumentParser(prog="grunnmur restore", description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, required=True, help="the folder with the copies")
    parser.add_argument("--key", type=Path, required=True, help="the key that opens, which was put away")
    parser.add_argument("--into", type=Path, required=True, help="an empty folder, PostgreSQL's own from now on")
    parser.add_argument(
        "--at", type=_instant, help="the instant to go back to, such as 2026-11-28T13:05; without it, the last there is"
    )
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    options = parser.parse_args(arguments)
    if options.at and options.at > clock.now():
        raise NotReady("That instant has not been yet. Name an earlier one, or leave out --at.")
    key = seal.read_key(options.key)
    copy = recover.choose(options.folder, at=options.at)
    with recover.recovered(copy, folder=options.folder, into=options.into.resolve(), at=options.at, key=key) as found:
        result = {
            "copy": copy.label,
            "wanted": options.at and options.at.isoformat(),
            "into": str(options.into),
            "last_change": found.reached and found.reached.isoformat(),
        }
    if options.json:
        print(json.dumps(result, indent=1))  # noqa: T201
    return 0


def _instant(text: str) -> datetime:
    """An instant that a person wrote, in Norway's time when nothing else is said."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» is no instant. Write it as 2026-11-28T13:05.") from None
    return found if found.tzinfo else found.replace(tzinfo=clock.OSLO)
