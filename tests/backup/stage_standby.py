"""What happens in the database of `test_standby` before it is read: run as a module, in a process of its own."""

import json
import os
import sys


def main() -> None:
    """Let Per in by a consent and Anna's mother by a log-in, and print the tokens of everybody's sessions as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
    import django

    django.setup()
    from demo import cast
    from demo.load import load_anna
    from grunnmur.cases.actions import family_log_ins
    from grunnmur.cases.models import Child
    from grunnmur.directory import sessions
    from tests import together
    from tests.family import home

    load_anna()
    with sessions.acting(cast.membership_id(cast.get("kari")), is_strong=True) as kari:
        child = Child.objects.get()
        case = together.begin(kari, child)
        together.start(kari, case)
        together.let_in(kari, case, cast.get("per").service)
        of_anna = home.home(kari, child, case)
        home.decide(kari, of_anna, of_anna.mother)
        log_in = home.let_in(kari, of_anna, of_anna.mother)
    tokens = {one.key: sessions.open_session(cast.membership_id(one)) for one in cast.CAST}
    sys.stdout.write(json.dumps(tokens | {"mother": family_log_ins.open_session(log_in)}))


if __name__ == "__main__":
    main()
