"""Make the two keys to backups: one that only seals, for the copying machine, and one that opens, to be put away.

The second is needed to restore, and is kept where neither the database nor the copies are: in a safe, on paper.
"""

import argparse
from pathlib import Path

from grunnmur.backup import seal
from grunnmur.terminal import say


def main(arguments: list[str]) -> int:
    """Write the keys. Returns the exit code. Raises NotReady."""
    parser = argparse.ArgumentParser(prog="grunnmur make_backup_keys", description=__doc__)
    parser.add_argument("--sealing", type=Path, required=True, help="the new file with the key that only seals")
    parser.add_argument("--opening", type=Path, required=True, help="the new file with the key that opens")
    options = parser.parse_args(arguments)
    seal.make_keys(sealing=options.sealing, opening=options.opening)
    say(
        f"{options.sealing} is for the copying machine.\n"
        f"{options.opening} opens every copy: put it in a safe, in two places, and take it away from here. Without it"
        " no copy can be read by anybody."
    )
    return 0
