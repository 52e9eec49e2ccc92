"""Load what every story begins with, made-up numbers, and Anna's case as if begun under the edition before ours."""

from tests.stories import load


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load.main()
    from django.db import connection

    from demo import cast, numbers
    from grunnmur import clock
    from grunnmur.cases.actions import pathways
    from grunnmur.cases.definition import definitions
    from grunnmur.cases.models import Child
    from grunnmur.directory import sessions

    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        begun = pathways.open_pathway(actor=kari, child_id=Child.objects.get().pk, once=None)
    numbers.load(clock.today())
    before = definitions().editions[-2]
    with connection.cursor() as cursor:
        cursor.execute("insert into cases_sealededition values (%s, %s, %s)", [before.key, before.sha256, clock.now()])
        cursor.execute("update cases_pathway set edition_id = %s where id = %s", [before.key, begun.pk])


if __name__ == "__main__":
    main()
