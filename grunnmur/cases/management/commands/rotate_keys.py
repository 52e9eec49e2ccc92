"""`grunnmur rotate_keys`: change a key while people work."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grunnmur import keys
from grunnmur.cases import rotation
from grunnmur.keys import Keyset


class Command(BaseCommand):
    """Adds a key, seals everything with it, and on a second run throws the old one away. As the owner of the tables."""

    help = "Change the key of a keyset while people work, or throw its old keys away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keyset", nargs="?", choices=[str(keyset) for keyset in Keyset])
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--only-add", action="store_true", help="add the key, and use it for nothing yet")
        step.add_argument("--retire", action="store_true", help="throw the old keys away, when nothing needs them")
        step.add_argument("--rewrap", action="store_true", help="wrap every keyset with the first key of GRUNNMUR_KEK")
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="rows in one transaction")
        parser.add_argument(
            "--settle", type=float, default=rotation.SETTLE, help="seconds to wait before an index is changed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rewrap"] == bool(options["keyset"]):
            raise CommandError("Name one keyset, or give --rewrap, which is for all of them.")
        try:
            if options["rewrap"]:
                keys.rewrap()
                self.stdout.write("Every keyset is wrapped with the first key of GRUNNMUR_KEK. Take the old one away.")
            else:
                self.stdout.write(self._change(Keyset(options["keyset"]), options))
        except (rotation.CannotRotate, keys.NoKeys, keys.CannotOpen) as fault:
            raise CommandError(str(fault)) from fault

    def _change(self, keyset: Keyset, options: dict[str, Any]) -> str:
        """Do one step. Returns what was done and what is next."""
        if options["retire"]:
            return f"{keyset}: {rotation.retire(keyset)} old keys thrown away."
        if options["only_add"]:
            keys.add_key(keyset, use=False)
            return f"{keyset}: a new key is there. When every machine has the file: «grunnmur rotate_keys {keyset}»."
        changed = rotation.rotate(keyset, say=self.stdout.write, batch=options["batch"], settle=options["settle"])
        if keyset is Keyset.LOG:
            return f"{keyset}: a new key is in use. The old ones are kept: they verify what was logged before."
        return f"{keyset}: done, {changed} values. When all is well: «grunnmur rotate_keys {keyset} --retire»."
