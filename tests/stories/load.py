"""Load what every story begins with: the services, the people, and Anna waiting for her first assessment."""

import os


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
    django.setup()
    from django.db import transaction

    from demo.load import load_anna, load_directory

    with transaction.atomic():
        load_directory()
        load_anna()


if __name__ == "__main__":
    main()
