"""What happens in the database of `test_taken_back`: run as a module, in a process of its own."""

import os
import sys


def main(act: str) -> None:
    """Either let Per in by a consent, or withdraw it, as Kari."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "grunnmur.settings"
    import django

    django.setup()
    from demo import cast
    from grunnmur.cases.actions import consents
    from grunnmur.cases.models import Child, Consent
    from grunnmur.cases.terms import SignatoryKind
    from grunnmur.directory import sessions
    from tests import together

    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        if act == "let_in":
            case = together.begin(kari, Child.objects.get())
            together.start(kari, case)
            together.let_in(kari, case, cast.get("per").service)
        else:
            consent = Consent.objects.get()
            consents.withdraw(
                actor=kari,
                pathway_id=consent.pathway_id,
                once=None,
                consent_id=consent.pk,
                withdrawn_by=SignatoryKind.CHILD,
            )


if __name__ == "__main__":
    main(sys.argv[1])
