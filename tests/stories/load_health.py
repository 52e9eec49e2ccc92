"""Load Anna's case under way: Per is asked to map her mental health, and has been told by three how she is."""

from datetime import timedelta

from tests.stories import load


def main() -> None:
    """Fill the database in DATABASE_URL. It must be empty."""
    load.main()
    from demo import cast
    from grunnmur import clock
    from grunnmur.cases.models import Child
    from grunnmur.cases.terms import HealthArea, Informant, Severity
    from grunnmur.directory import sessions
    from tests import health_case, together

    today = clock.today()
    with sessions.acting(cast.membership_id(cast.get("kari"))) as kari:
        case = together.begin(kari, Child.objects.get())
        together.start(kari, case)
        for service, area in (("storgata", HealthArea.MENTAL), ("abup", HealthArea.MENTAL)):
            health_case.consent(kari, case, service, area, purposes=health_case.SEE_AND_TELL)
        mapping = health_case.ask(kari, case, "storgata", HealthArea.MENTAL)
    with sessions.acting(cast.membership_id(cast.get("per"))) as per:
        for days, informant, severity in (
            (40, Informant.CHILD, Severity.SEVERE),
            (40, Informant.PARENT, Severity.CLEAR),
            (38, Informant.TEACHER, Severity.MILD),
            (12, Informant.PARENT, Severity.MILD),
            (10, Informant.CHILD, Severity.CLEAR),
        ):
            health_case.report(
                per,
                case,
                mapping,
                informant,
                instrument="sdq",
                severity=severity,
                on=today - timedelta(days=days),
                says="Mest om kvelden." if informant is Informant.CHILD else "",
            )


if __name__ == "__main__":
    main()
