"""Where a health area stands, in the words and colours that the page's components want. No rule is made here."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.definition import definitions
from grunnmur.cases.queries.health import Health

STANDS: dict[str, tuple[str | Promise, str]] = {
    "open": (_("ikke vurdert ennå"), "neutral"),
    "asked": (_("venter på svar"), "waiting"),
    "accepted": (_("tatt imot"), "waiting"),
    "under_way": (_("kartlegges"), "waiting"),
    "declined": (_("må til en annen"), "waiting"),
    "lost": (_("ingen har den nå"), "danger"),
    "concluded": (_("kartlagt"), "done"),
    "not_indicated": (_("ikke aktuelt nå"), "neutral"),
    "referred": (_("henvist"), "waiting"),
    "right_granted": (_("rett til helsehjelp"), "done"),
    "returned": (_("kom i retur"), "waiting"),
    "rejected": (_("avslått"), "danger"),
}
"""Each stand of an area: the tag's words, and its tone."""

LAW = ("assess_referral", "start_of_care", "contact_helfo", "complain", "send_discharge_summary")
"""The deadlines that the law sets around a referral."""


def page(health: Health) -> dict[str, Any]:
    """What `health.html` needs beside the areas themselves."""
    return {
        "case": health.case,
        "stands": STANDS,
        "law": [(deadline.label, deadline.text(), deadline.condition) for deadline in map(definitions().deadline, LAW)],
        "helfo": definitions().deadline("contact_helfo").paragraph,
    }
