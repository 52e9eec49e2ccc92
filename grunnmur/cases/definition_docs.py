"""`docs/reference/pathway.md`, written from the definitions so that it cannot say anything else than they do.

`python -m grunnmur.cases.definition_docs` writes it; with `--check` it only says whether it is current (exit 1 if not).
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.utils import translation

from grunnmur.cases.definition import Activity, Deadline, Definitions, Edition, definitions
from grunnmur.cases.definition_shapes import Citation, Frequency

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "pathway.md"


def render(found: Definitions | None = None) -> str:
    """The page, in bokmål: each edition as a diagram and tables, then what the editions share."""
    with translation.override("nb"):
        return "\n".join(_page(found or definitions())) + "\n"


def _page(found: Definitions) -> Iterator[str]:
    yield "<!-- Laget av grunnmur.cases.definition_docs fra definitions/. Endre definisjonene, ikke denne siden. -->"
    yield "# Forløpet, med frister og kilder\n"
    yield "**Offisiell** betyr at kilden selv fastsetter det. **Egen** betyr at ingen kilde fastsetter det;"
    yield "da er det kommunens eget valg eller vår utledning, og merknaden sier hvorfor.\n"
    for edition in reversed(found.editions):
        yield from _edition(edition, found)
    yield from _deadlines(found)
    yield from _target_group(found)
    yield from _knowledge_model(found)
    yield from _instruments(found)
    yield from _referral(found)
    yield from _task_sets(found)
    yield "## Kilder\n"
    rows = ((s.key, f"[{s.title}]({s.url})" if s.url else s.title, s.kind) for s in found.sources)
    yield from _table(("Nøkkel", "Kilde", "Slag"), rows)


def _edition(edition: Edition, found: Definitions) -> Iterator[str]:
    until = f" til {edition.in_force_until:%d.%m.%Y}" if edition.in_force_until else ""
    yield f"## Utgaven {edition.key}\n"
    yield f"{edition.title}. Gjelder fra {edition.in_force_from:%d.%m.%Y}{until}. {_cite(edition.source)}\n"
    yield from _diagram(edition)
    yield f"\n### Aktiviteter i {edition.key}\n"
    columns = ("Fase", "Aktivitet", "Ansvarlig", "Inviteres", "Gir", "Frist", "Kan starte før", "Kilde")
    yield from _table(columns, (_activity(a, edition, found) for a in edition.activities))
    yield f"### Møter i {edition.key}\n"
    yield from _table(
        ("Møte", "Kaller inn", "Inviteres", "Frist", "Kilde"),
        (
            (
                m.label,
                edition.role(m.called_by).label,
                _roles(m.invited, edition),
                _due(m.deadline, found),
                _cite(m.source),
            )
            for m in edition.meetings
        ),
    )
    yield from _table(
        ("Møte", "Sak", "Kilde"),
        ((m.label, point.label, _cite(point.source)) for m in edition.meetings for point in m.agenda),
    )
    yield f"### Kriterier i {edition.key}\n"
    yield "Ett eller flere er nok.\n"
    criteria = (
        (str(c.number), c.label, "ja" if c.acute else "", f"`{c.key}`", _cite(c.source)) for c in edition.criteria
    )
    yield from _table(("Nr.", "Kriterium", "Akutt", "Nøkkel", "Kilde"), criteria)
    yield f"### Helseområder i {edition.key}\n"
    yield from _table(
        ("Område", "Nøkkel", "Kilde"), ((a.label, f"`{a.key}`", _cite(a.source)) for a in edition.health_areas)
    )
    yield f"### Samtykker i {edition.key}\n"
    yield "De daterte reglene med alle unntak står i `definitions/consent.yaml`.\n"
    consents = (
        (str(c.purpose.label), str(c.alone_from or "ikke funnet"), c.otherwise, _cite(c.source))
        for c in edition.consents
    )
    yield from _table(("Samtykke til", "Barnet alene fra (år)", "Ellers", "Kilde"), consents)
    yield f"### Grunner til å avslutte i {edition.key}\n"
    yield from _table(
        ("Grunn", "Nøkkel", "Kilde"), ((g.label, f"`{g.key}`", _cite(g.source)) for g in edition.closing_grounds)
    )


def _diagram(edition: Edition) -> Iterator[str]:
    """Phases with their activities; solid arrows for the usual order, dotted for how early something may start."""
    yield "Hel pil er vanlig rekkefølge. Stiplet pil viser hvor tidlig noe kan starte. Avrundet boks er ved behov.\n"
    yield "```mermaid\nflowchart TB"
    for phase in edition.phases:
        yield f'  subgraph fase_{phase.number}["{phase.number}. {phase.label}"]'
        for activity in phase.activities:
            opening, closing = ("([", "])") if activity.on_need else ("[", "]")
            yield f'    akt_{activity.key}{opening}"{activity.label}"{closing}'
        yield "  end"
    for before, after in pairwise(edition.activities):
        yield f"  akt_{before.key} --> akt_{after.key}"
    for before, after in _shortcuts(edition.activities):
        yield f"  akt_{before.key} -.-> akt_{after.key}"
    for activity in edition.activities:
        if activity.repeats:
            yield f'  akt_{activity.key} -->|"gjentas"| akt_{activity.key}'
    yield "```"


def _shortcuts(activities: tuple[Activity, ...]) -> Iterator[tuple[Activity, Activity]]:
    """From the last activity that must be waited for to the one that may follow it directly."""
    for i, activity in enumerate(activities):
        waits_for = [earlier for earlier in activities[:i] if earlier.key not in activity.may_start_before]
        if waits_for and waits_for[-1] is not activities[i - 1]:
            yield waits_for[-1], activity


def _activity(activity: Activity, edition: Edition, found: Definitions) -> tuple[str, ...]:
    due = _due(activity.deadline, found)
    starts = [f"{found.deadline(key).label}: {found.deadline(key).text()}" for key in activity.starts_deadlines]
    return (
        str(edition.phase_of(activity.key).number),
        activity.label,
        _roles(activity.responsible, edition),
        _roles(activity.invited, edition),
        "<br>".join(f"{product.label} ({_weight(product.source)})" for product in activity.produces),
        "<br>".join([due, *(f"Ny frist – {text}" for text in starts)]),
        ", ".join(edition.activity(key).label for key in activity.may_start_before),
        _cite(activity.source),
    )


def _deadlines(found: Definitions) -> Iterator[str]:
    yield "## Frister\n"
    yield "### Frister i lov og forskrift\n"
    yield from _table(_DEADLINE_COLUMNS, (_deadline(d) for d in found.deadlines if d.official))
    yield from _table(
        ("Plikt", "Hvor ofte", "Gjelder", "Kilde"),
        ((f.label, _often(f), f.condition or "", _cite(f.source)) for f in found.frequencies),
    )
    yield "### Kommunens egne frister\n"
    yield "Ingen gjeldende kilde setter frister inne i forløpet. Dette er standardverdier.\n"
    yield from _table(_DEADLINE_COLUMNS, (_deadline(d) for d in found.deadlines if not d.official))
    days = found.working_days
    yield "### Virkedager\n"
    yield _cite(days.source) + "\n"
    asked = {
        "Lørdag": days.saturday,
        "Søndag": days.sunday,
        "Helligdag": days.public_holiday,
        "Julaften": days.christmas_eve,
        "Nyttårsaften": days.new_years_eve,
    }
    yield from _table(("Dag", "Er virkedag"), ((day, "ja" if counts else "nei") for day, counts in asked.items()))


_DEADLINE_COLUMNS = ("Hva", "Frist", "Gjelder", "Nøkkel", "Kilde")


def _deadline(deadline: Deadline) -> tuple[str, ...]:
    return (deadline.label, deadline.text(), deadline.condition or "", f"`{deadline.key}`", _cite(deadline.source))


def _often(frequency: Frequency) -> str:
    return f"minst {frequency.at_least} ganger i året ({frequency.paragraph})"


def _instruments(found: Definitions) -> Iterator[str]:
    yield "## Skjemaer, tester og intervjuer\n"
    yield "Ingen kilde krever noen av dem: helsetjenesten velger selv. Her står bare fakta, ikke spørsmål og skåring.\n"
    rows = (
        (
            one.name,
            one.about,
            "; ".join(
                f"{', '.join(str(who.label).lower() for who in form.informants)}"
                f" ({form.ages.text() if form.ages else 'alder ikke oppgitt'})"
                for form in one.forms
            ),
            one.licence,
            f"`{one.key}`",
            _cite(one.source),
        )
        for one in found.instruments
    )
    yield from _table(("Navn", "Om", "Hvem svarer", "Bruk", "Nøkkel", "Kilde"), rows)
    own = found.comparing
    yield f"\nNår flere sammenlignes, teller svar fra de siste {own.days} dagene ({_cite(own.source)}).\n"


def _task_sets(found: Definitions) -> Iterator[str]:
    yield "## Oppgavesett\n"
    yield "Forslag til oppgaver som hentes inn i planen og endres der. Ingen kilde fastsetter en slik liste, hvem som"
    yield "gjør hva, eller hvor mange dager det tar. Der en kilde nevner gjøremålet, står den ved siden av.\n"
    for one in found.task_sets:
        yield f"### {one.name} (`{one.key}`)\n"
        rows = (
            (
                task.what,
                str(task.service.label).lower() if task.service else "kontaktpersonen",
                str(task.days),
                _cite(task.source),
            )
            for task in one.tasks
        )
        yield from _table(("Oppgave", "Hvem", "Dager", "Kilde"), rows)


def _referral(found: Definitions) -> Iterator[str]:
    yield "## Hva en henvisning bør ha med\n"
    yield "Klinikken kan i tillegg be om det som står uten helseområde. Hva den ber om, skriver den inn selv.\n"
    rows = (
        (
            part.label,
            ", ".join(str(area.label).lower() for area in part.areas) or "når klinikken ber om det",
            ", ".join(str(kind.label).lower() for kind in part.filled_by) or "den som henviser",
            f"`{part.key}`",
            _cite(part.source),
        )
        for part in found.referral.parts
    )
    yield from _table(("Hva", "Gjelder", "Hvem kan vite det", "Nøkkel", "Kilde"), rows)
    yield "### Hvem som kan spørres når svaret er nei\n"
    yield from _table(
        ("Helseområde", "Tjenester", "Kilde"),
        (
            (str(one.area.label), ", ".join(str(kind.label) for kind in one.kinds), _cite(one.source))
            for one in found.referral.helps_instead
        ),
    )


def _target_group(found: Definitions) -> Iterator[str]:
    group = found.target_group
    yield "## Målgruppen\n"
    positions = ((str(p.key.label), ", ".join(p.editions) or "ingen", _cite(p.source)) for p in group.positions)
    yield from _table(("Barnets stilling", "I målgruppen i", "Kilde"), positions)
    ages = ((a.edition, str(a.under), str(a.aftercare_under or "ikke funnet"), _cite(a.source)) for a in group.ages)
    yield from _table(("Utgave", "Under (år)", "Ettervern under (år)", "Kilde"), ages)
    yield "### Koder i den nasjonale filen som peker mot et kriterium\n"
    yield "De peker bare; tjenesten vurderer.\n"
    for pointer in group.pointers:
        yield f"`{pointer.criterion}`, {_LISTS[pointer.code_list]}. {_cite(pointer.source)}\n"
        rows = ((c.code, c.label, f"{c.valid_from:%d.%m.%Y}", _day(c.valid_until)) for c in pointer.codes)
        yield from _table(("Kode", "Betydning", "Gyldig fra", "Gyldig til"), rows)


_LISTS = {"reporter": "kodelisten Melder", "topic": "kodelisten Saksinnhold"}


def _knowledge_model(found: Definitions) -> Iterator[str]:
    model = found.knowledge_model
    yield "## Kunnskapsmodellen og bekymringstegn\n"
    yield _cite(model.source) + "\n"
    rows = (
        (area.label, topic.label, code.code, code.label, f"{code.valid_from:%d.%m.%Y}", _day(code.valid_until))
        for area in model.areas
        for topic in area.topics
        for code in topic.codes
    )
    yield from _table(("Område", "Tema", "Kode", "Betydning", "Gyldig fra", "Gyldig til"), rows)
    signs = ((group.label, sign.label, _cite(group.source)) for group in model.worry_signs for sign in group.signs)
    yield from _table(("Gruppe", "Tegn", "Kilde"), signs)


def _roles(keys: Iterable[str], edition: Edition) -> str:
    return ", ".join(edition.role(key).label for key in keys)


def _due(key: str | None, found: Definitions) -> str:
    return found.deadline(key).text() if key else "ingen"


def _day(day: object) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def _weight(source: Citation) -> str:
    return "offisiell" if source.official else "egen"


def _cite(source: Citation) -> str:
    note = f" {source.note}" if source.note else ""
    return f"{source.key}, {source.place}: **{_weight(source)}**.{note}"


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table with an empty line after it."""
    for row in (columns, ("---",) * len(columns), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it. Returns the exit code."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    text = render()
    if "--check" not in arguments:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{PAGE.name} is stale: run python -m grunnmur.cases.definition_docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
