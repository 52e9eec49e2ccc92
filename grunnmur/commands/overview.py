"""`grunnmur --help`: every command of ours, with one line each. Starts no database."""

import importlib

from grunnmur import __version__, installation


def main(arguments: list[str]) -> int:
    """Print the list. Returns the exit code."""
    installation.pretend_for_help()
    lines = [
        f"grunnmur {__version__}: the national pathway for barnevern, for one child.",
        "",
        "grunnmur COMMAND [ARGUMENTS …]",
        "",
        *(f"  {name:<16} {what}" for name, what in sorted(our_commands().items())),
        "",
        "«grunnmur COMMAND --help» tells more. Django's own commands work too.",
    ]
    print("\n".join(lines))  # noqa: T201
    return 0


def our_commands() -> dict[str, str]:
    """Every command that is ours and not Django's, and what it is for. Needs Django's settings, and no database."""
    from grunnmur.__main__ import BEFORE_DJANGO

    modules = {name: importlib.import_module(f"grunnmur.commands.{name}") for name in BEFORE_DJANGO}
    found = {name: (module.__doc__ or "").partition("\n")[0] for name, module in modules.items()}
    if not installation.is_source_tree():
        del found["demo"]
    import django
    from django.core.management import get_commands, load_command_class

    django.setup()
    for name, app in get_commands().items():
        if isinstance(app, str) and app.partition(".")[0] in ("grunnmur", "demo"):
            found[name] = " ".join(load_command_class(app, name).help.split())
    return found
