"""Load Anna's case under way, and a link that Per is sent with one question; the link's address is left in a file."""

import os
from pathlib import Path

from tests.stories import load


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load.main()
    from demo import cast
    from grunnmur.cases.models import Child
    from grunnmur.directory import sessions
    from grunnmur.post import links
    from tests import health_case

    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        link = health_case.ask_by_link(kari, Child.objects.get())
    Path(os.environ["GRUNNMUR_DATA"], "link").write_text(f"/svar/{links.address_of(link.pk)}/")


if __name__ == "__main__":
    main()
