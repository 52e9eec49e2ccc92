"""The `grunnmur` command: our own commands and Django's, with the database ready before Django is."""

import importlib
import os
import sys

from grunnmur import __version__, installation
from grunnmur.postgres import NotReady
from grunnmur.terminal import say

BEFORE_DJANGO = ("backup", "demo", "make_backup_keys", "make_keys", "restore", "serve", "setup_database")
"""Commands that decide what database Django gets, each a module of `grunnmur.commands` with a `main(arguments)`."""
HELP = {"help", "--help", "-h"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command, such as `grunnmur import_ssb FILE`. Returns the exit code."""
    command, *rest = (sys.argv[1:] if arguments is None else arguments) or ["help"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grunnmur.settings")
    if command in HELP and rest:
        command, rest = rest[0], ["--help"]
    if command in HELP:
        command = "overview"
    try:
        if command in ("version", "--version"):
            print(__version__)  # noqa: T201
            return 0
        if command in (*BEFORE_DJANGO, "overview"):
            code: int = importlib.import_module(f"grunnmur.commands.{command}").main(rest)
            return code
        if HELP & set(rest):
            installation.pretend_for_help()
        else:
            installation.prepare(command)
    except NotReady as reason:
        say(str(reason))
        return 1
    from django.core.management import execute_from_command_line

    execute_from_command_line(["grunnmur", command, *rest])
    return 0


if __name__ == "__main__":
    sys.exit(main())
