"""Load what a service has when many look at once: the cast, and sixty children of Kari's service."""

import os
from datetime import date

CHILDREN = 60


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
    django.setup()
    from django.db import transaction

    from demo import cast
    from demo.load import load_directory
    from grunnmur.cases.actions import children
    from grunnmur.directory import sessions

    with transaction.atomic():
        load_directory()
        with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
            for number in range(CHILDREN):
                children.register(
                    actor=kari,
                    once=None,
                    name=f"Barn Nummer{number}",
                    born_on=date(2014, 1, 1),
                    journal_number=f"H-{number}",
                )


if __name__ == "__main__":
    main()
