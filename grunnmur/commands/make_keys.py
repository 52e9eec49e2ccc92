"""Make the keysets that encrypted columns and the log need, where they lack, in the folder GRUNNMUR_KEYS.

Run once for an installation, before `grunnmur migrate`. Keysets that are there are never touched.
"""

import argparse

from grunnmur import installation
from grunnmur.postgres import NotReady
from grunnmur.terminal import say


def main(arguments: list[str]) -> int:
    """Make them, and say which. Returns the exit code. Raises NotReady."""
    parser = argparse.ArgumentParser(prog="grunnmur make_keys", description=(__doc__ or "").partition("\n")[0])
    parser.parse_args(arguments)
    installation.set_mode()
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from grunnmur import keys

    try:
        made = keys.make_missing()
        found = keys.faults()
    except (keys.NoKeys, ImproperlyConfigured) as fault:
        raise NotReady(str(fault)) from fault
    if found:
        raise NotReady("\n".join(found))
    what = f"{', '.join(made)} made" if made else "every keyset is there"
    say(f"{settings.KEYS_FOLDER}: {what}.")
    return 0
