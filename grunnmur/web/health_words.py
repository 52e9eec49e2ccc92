"""Where a health area stands, in the words and colours that the page's components want. No rule is made here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grunnmur import clock
from grunnmur.cases import informants
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries.health import Area, Health
from grunnmur.cases.terms import Severity
from grunnmur.web.charts import Chart, chart

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


def read_by(who: Iterable[str]) -> str:
    """Who reads what is written: those who do now, by name, and those who may come to."""
    return gettext("Leses nå av: %(who)s. Barnet og foreldrene kan få innsyn.") % {"who": ", ".join(who)}


@dataclass(frozen=True, slots=True)
class Told:
    """What the informants of an area say together: a chart when somebody was asked again, and where they differ."""

    trend: Chart | None
    in_words: str
    """The chart for those who do not see it."""
    differ: str


def told(area: Area) -> Told:
    """How those who know the child see one area, in words and as a chart."""
    views = area.views
    lines = [(line_name(line), found) for line, found in informants.lines(views).items()]
    apart = informants.differ(views, on=clock.today(), days=definitions().comparing.days)
    return Told(
        trend=chart(
            [(name, [(view.on, view.level) for view in line]) for name, line in lines],
            levels=[str(one.label) for one in Severity],
        )
        if informants.has_trend(views)
        else None,
        in_words=" ".join(
            gettext("%(who)s: %(path)s.")
            % {"who": name, "path": ", ".join(str(view.severity.label).lower() for view in line)}
            for name, line in lines
        ),
        differ=gettext("%(a)s sier «%(less)s», og %(b)s sier «%(more)s». Snakk med begge. De kan se ulike sider.")
        % {
            "a": apart[0].who.label,
            "less": str(apart[0].severity.label).lower(),
            "b": apart[1].who.label[:1].lower() + apart[1].who.label[1:],
            "more": str(apart[1].severity.label).lower(),
        }
        if apart
        else "",
    )


def line_name(line: informants.Line) -> str:
    """Who, and with what when it was no talk: «Forelder 2 (Storgata legesenter), SDQ»."""
    used = next((one.name for one in definitions().instruments if one.key == line.instrument), line.instrument)
    return ", ".join(filter(None, (line.who.label, used.partition(" (")[0])))


def page(health: Health) -> dict[str, Any]:
    """What `health.html` needs beside the areas themselves."""
    return {
        "case": health.case,
        "stands": STANDS,
        "told": {area.id: told(area) for area in health.areas if area.reports},
        "law": [(deadline.label, deadline.text(), deadline.condition) for deadline in map(definitions().deadline, LAW)],
        "helfo": definitions().deadline("contact_helfo").paragraph,
        "family_rings": definitions().referral.helfo,
    }
