"""The `grunnmur` command: Django's commands and our own, with the database ready before Django is."""

import os
import subprocess
import sys

AS_OWNER_COMMANDS = frozenset({"migrate", "makemigrations"})
"""Commands that run as the role that owns the tables, not as the runtime role."""
AS_ADMIN_COMMANDS = frozenset({"load_demo", "load_directory"})
"""Commands of the demo that fill the embedded database in bulk."""


def prepare(command: str) -> None:
    """Start the embedded PostgreSQL when no server is named, and point the settings at it."""
    from grunnmur import postgres

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grunnmur.settings")
    if command in AS_OWNER_COMMANDS:
        os.environ["GRUNNMUR_AS_OWNER"] = "1"
    if os.environ.get("DATABASE_URL"):
        return
    os.environ.setdefault("GRUNNMUR_MODE", "demo")
    admin = postgres.start_embedded()
    postgres.create_database(admin)
    os.environ["GRUNNMUR_ADMIN_URL"] = postgres.with_role(
        admin, user=postgres.admin_user(admin), database=postgres.DATABASE
    )
    app = postgres.with_role(admin, user=postgres.APP, database=postgres.DATABASE)
    os.environ["DATABASE_URL"] = os.environ["GRUNNMUR_ADMIN_URL"] if command in AS_ADMIN_COMMANDS else app
    os.environ["OWNER_DATABASE_URL"] = postgres.with_role(admin, user=postgres.OWNER, database=postgres.DATABASE)
    if command not in AS_OWNER_COMMANDS and not postgres.is_migrated():
        # An empty folder is a fresh installation, and a newer program brings its own tables up to date.
        subprocess.run([sys.executable, "-m", "grunnmur", "migrate", "--verbosity=0"], check=True)  # noqa: S603
        postgres.remember_migrated()


def main() -> None:
    """Run one command, such as `grunnmur import_ssb FILE`."""
    arguments = sys.argv[1:]
    command = arguments[0] if arguments else "help"
    if command in ("help", "--help", "-h", "--version", "version"):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grunnmur.settings")
        os.environ.setdefault("GRUNNMUR_MODE", "demo")
    else:
        prepare(command)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["grunnmur", *arguments])


if __name__ == "__main__":
    main()
