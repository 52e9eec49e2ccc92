"""Load the services, the people, and made-up numbers about the pathway; no child."""

import os


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
    django.setup()
    from django.db import transaction

    from demo import numbers
    from demo.load import load_directory
    from grunnmur import clock

    with transaction.atomic():
        load_directory()
        numbers.load(clock.today())


if __name__ == "__main__":
    main()
