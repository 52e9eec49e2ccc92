"""A child's page in the words and shapes that the page's components want. No rule is made here."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grunnmur.cases import target_group
from grunnmur.cases.definition import definitions
from grunnmur.cases.queries import former, reviews
from grunnmur.cases.queries.child import ChildHead, ChildPage, InitiativeRow, OurChildren, PersonAround, Place, Run
from grunnmur.cases.queries.former import Former
from grunnmur.cases.terms import AddressProtection, ChildWelfarePosition, InitiativeWish, PathwayStatus, RelationKind
from grunnmur.directory.kinds import ServiceKind
from grunnmur.web import review_words
from grunnmur.web.crumbs import Crumb
from grunnmur.web.fields import Text
from grunnmur.web.jinja import dato

Pair = tuple[Text, Text]


def crumbs(head: ChildHead) -> list[Crumb]:
    """The way back up from the child's page and the forms under it."""
    top: Crumb = (_("Mitt arbeid"), reverse("work"))
    if head.actor.service_kind.can_initiate:
        top = (_("Barna hos oss"), reverse("our_children"))
    label = head.child.journal_number if head.is_owner else _("Barnet")
    return [top, (label, reverse("child", kwargs={"child_id": head.child.pk}))]


def name_of(name: str) -> str:
    """The child's name; the national file carries none."""
    return name or _("Navn mangler")


def page(found: ChildPage) -> dict[str, Any]:
    """Everything that `child.html` draws."""
    head = found.head
    registers_siblings = head.may("children.register_sibling") and head.protection is AddressProtection.NONE
    return {
        "found": found,
        "head": head,
        "crumbs": [crumbs(head)[0], (crumbs(head)[1][0], "")],
        "heading": f"{name_of(head.child.name)}, {_('%(n)s år') % {'n': head.age}}",
        "lead": _lead(found),
        "protection": _protection(head.protection),
        "next": _next(found),
        "facts": _facts(head),
        "place": _place(found.place) if found.place else "",
        "earlier_places": [(_period(one.from_on, one.until_on), _place(one)) for one in _earlier(found)],
        "mismatch": _mismatch(found),
        "standings": [
            {
                "on": one.from_on,
                "text": one.position.label,
                "by": _("fra fagsystemet") if one.is_from_file else _("skrevet inn her"),
            }
            for one in found.standings
        ],
        "people": [
            {
                "person": person,
                "about": about(person),
                "is_now": person.is_now(head.today),
                "can_be_registered": registers_siblings
                and person.relation is RelationKind.SIBLING
                and person.is_now(head.today),
            }
            for person in found.people
        ],
        "runs": [_run(run) for run in found.runs],
        "initiatives": [_initiative(row, head=head) for row in found.initiatives],
        "answer_deadline": definitions().deadline("answer_initiative").text(),
        "file": _from_file(found),
        "to_review": _to_review(head),
        "former": [_former(one) for one in former.of_child(head)],
    }


COLUMNS: dict[str, str | Promise] = {
    "name": gettext_lazy("Navn"),
    "born_on": gettext_lazy("Født"),
    "national_id": gettext_lazy("Fødselsnummer"),
    "journal_number": gettext_lazy("Journalnummer"),
    "language": gettext_lazy("Språk hjemme"),
    "needs_interpreter": gettext_lazy("Trenger tolk"),
    "address_protection": gettext_lazy("Skjermet adresse"),
    "cannot_form_views_until": gettext_lazy("Kan ikke danne seg en mening før"),
    "lacks_decision_competence_from": gettext_lazy("Mangler beslutningskompetanse fra"),
}


def _former(one: Former) -> dict[str, Any]:
    """One correction: when and by whom, and what stood until then."""
    return {
        "at": one.at,
        "by": _("Endret fra fagsystemet") if one.is_from_file else _("Endret av %(who)s") % {"who": one.by},
        "why": one.why,
        "said": [(COLUMNS[name], _value(name, value)) for name, value in one.said.items()],
    }


def _value(name: str, value: Any) -> str:
    """What a column said, in words."""
    if value in ("", None):
        return _("ikke skrevet inn")
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    if name == "address_protection":
        return str(AddressProtection(value).label)
    return dato(date.fromisoformat(value)) if name.endswith(("_on", "_until", "_from")) else str(value)


def _lead(found: ChildPage) -> str:
    head = found.head
    parts = [_("Født %(on)s") % {"on": dato(head.child.born_on)}]
    if head.is_owner:
        parts.append(_("journalnummer %(number)s") % {"number": head.child.journal_number})
    else:
        parts.append(found.owner_name)
    return " · ".join(parts)


def _to_review(head: ChildHead) -> dict[str, Any] | None:
    """What must be decided anew about who sees what, with the first day of it and how long it is until then."""
    found = reviews.of_child(head)
    if found is None:
        return None
    first, until = found.first_on, found.protected_until
    return {
        "number": found.number,
        "on": first,
        "tag": review_words.tag(first, on=head.today) if first else None,
        "until": until,
        "protection_tag": review_words.protection_tag(until, on=head.today) if until else None,
    }


def _protection(protection: AddressProtection) -> tuple[str, str] | None:
    """What protection of address means for everyone who opens the page: label and what to do."""
    if protection is AddressProtection.NONE:
        return None
    return str(protection.label), _(
        "Si aldri til noen hvor barnet bor, heller ikke til familien. Skriv det ikke i brev, kalender eller beskjeder, "
        "og avtal med barneverntjenesten før dere sender noe."
    )


# --- what now -----------------------------------------------------------------------------------------------


def _next(found: ChildPage) -> dict[str, Any] | None:
    """The one main thing to do: a headline, its reason, and which button helps."""
    head = found.head
    if head.may("initiatives.send"):
        return {
            "headline": _("Trenger barnet helsehjelp?"),
            "reason": _("Be %(owner)s starte forløpet eller ta det opp igjen. Det er de som avgjør, og de skal svare.")
            % {"owner": found.owner_name},
            "facts": (),
            "send": True,
        }
    if not head.is_owner:
        return None
    waiting = next((row for row in reversed(found.initiatives) if row.answer is None), None)
    if waiting:
        return {
            "headline": _("Nå: svar %(who)s") % {"who": waiting.from_service},
            "reason": _asked(waiting.wish),
            "facts": [(_("Frist"), f"{dato(waiting.due_on)} ({_('kommunens egen')})")],
            "is_late": waiting.is_late,
            "answer": waiting.id,
            "may_begin": found.open_run is None,
        }
    if found.open_run:
        return _running(found.open_run)
    reason = target_group.target_group_reason(found.position)
    if found.waits:
        facts = [(_("Frist"), f"{dato(found.assess_by)} ({_('kommunens egen')})")] if found.assess_by else []
        return {
            "headline": _("Nå: vurder om barnet skal ha forløpet"),
            "reason": reason,
            "facts": facts,
            "is_late": bool(found.assess_by and found.assess_by < head.today),
            "begin": True,
        }
    if found.runs:
        reason = _("Barnet er vurdert. Dere kan vurdere på nytt når noe har endret seg.")
    headline = _("Ingenting haster her nå")
    return {"headline": headline, "reason": reason, "facts": (), "calm": True, "may_begin": True}


def _asked(wish: InitiativeWish) -> str:
    if wish is InitiativeWish.START:
        return _("De ber dere starte forløpet for barnet.")
    return _("De ber dere ta forløpet opp igjen.")


def _running(run: Run) -> dict[str, Any]:
    headline = _("Forløpet vurderes") if run.status is PathwayStatus.UNDER_ASSESSMENT else _("Barnet er i et forløp nå")
    return {
        "headline": headline,
        "reason": _("Åpnet %(on)s. Kontaktperson er %(who)s.") % {"on": dato(run.opened_on), "who": run.contact_person},
        "facts": (),
        "calm": True,
        "go_to": run.pathway_id,
    }


# --- the child, where it lives, those around ----------------------------------------------------------------


def _facts(head: ChildHead) -> list[Pair]:
    child = head.child
    pairs: list[Pair] = [
        (_("Språk"), child.language or _("ikke skrevet inn")),
        (_("Tolk"), _("trenger tolk") if child.needs_interpreter else _("trenger ikke tolk")),
        (_("Adresse"), head.protection.label),
    ]
    if child.cannot_form_views_until and child.cannot_form_views_until > head.today:
        until = dato(child.cannot_form_views_until)
        pairs.append((_("Egen mening"), _("kan ikke danne seg en mening; vurderes på nytt %(on)s") % {"on": until}))
    if child.lacks_decision_competence_from and child.lacks_decision_competence_from <= head.today:
        since = dato(child.lacks_decision_competence_from)
        pairs.append(
            (_("Beslutningskompetanse"), _("mangler fra %(on)s, etter helsetjenestens vurdering") % {"on": since})
        )
    return pairs


def _period(from_on: date, until_on: date | None) -> str:
    if until_on is None:
        return _("fra %(on)s") % {"on": dato(from_on)}
    return f"{dato(from_on)}–{dato(until_on)}"


def _place(place: Place) -> str:
    basis = str(place.basis.label)
    return f"{place.where}. {basis}" if place.where else basis


def _earlier(found: ChildPage) -> Iterable[Place]:
    return (one for one in found.places if one is not found.place)


LIVES_IN = {
    ServiceKind.FOSTER_HOME: ChildWelfarePosition.FOSTER_HOME,
    ServiceKind.INSTITUTION: ChildWelfarePosition.INSTITUTION,
}


def _mismatch(found: ChildPage) -> str:
    """A question when the child's position and where it is written to live do not fit together; empty when they do.

    It matters because where, and on what ground, decides who consents.
    """
    if not found.head.is_owner:
        return ""
    away = (*LIVES_IN.values(), ChildWelfarePosition.OTHER_PLACEMENT)
    kind = found.place.kind if found.place else None
    if kind is None and found.position in away:
        return _(
            "Vi vet ikke hvor barnet bor, eller på hvilket grunnlag. Det avgjør hvem som samtykker. Skriv det inn."
        )
    if kind is not None and found.position not in (LIVES_IN[kind], ChildWelfarePosition.AFTERCARE):
        return _("Barnets sak sier «%(position)s», men her står det at barnet bor et annet sted. Hva stemmer?") % {
            "position": found.position.label
        }
    return ""


def about(person: PersonAround) -> str:
    """What matters when one thinks of calling: rights first, then how."""
    parts: list[str] = [str(person.relation.label)]
    if person.has_parental_responsibility:
        parts.append(_("foreldreansvar"))
    if person.has_daily_care:
        parts.append(_("daglig omsorg"))
    if person.needs_interpreter:
        parts.append(_("trenger tolk (%(language)s)") % {"language": person.language or _("språk ikke skrevet inn")})
    elif person.language:
        parts.append(person.language)
    if person.phone:
        parts.append(person.phone.replace(" ", "\N{NO-BREAK SPACE}"))
    return " · ".join(parts)


def person_pairs(person: PersonAround) -> tuple[Pair, ...]:
    """Everything that is known of someone around the child, as the newest version says it."""
    yes = {True: _("ja"), False: _("nei")}
    return (
        (_("Navn"), person.name),
        (_("Hvem"), person.relation.label),
        (_("Foreldreansvar"), yes[person.has_parental_responsibility]),
        (_("Daglig omsorg"), yes[person.has_daily_care]),
        (_("Bygger på"), person.basis or "–"),
        (_("Telefon"), person.phone or "–"),
        (_("Språk"), person.language or "–"),
        (_("Tolk"), yes[person.needs_interpreter]),
        (_("Grenser"), person.contact_limits or "–"),
        (_("Gjelder"), _period(person.from_on, person.until_on)),
    )


# --- pathways, initiatives, the file ------------------------------------------------------------------------

RUN_TAGS: dict[PathwayStatus, str] = {
    PathwayStatus.UNDER_ASSESSMENT: "waiting",
    PathwayStatus.UNDER_WAY: "done",
    PathwayStatus.NOT_STARTED: "neutral",
    PathwayStatus.CLOSED: "neutral",
}


def _run(run: Run) -> dict[str, Any]:
    return {
        "label": _("Forløp åpnet %(on)s") % {"on": dato(run.opened_on)},
        "url": reverse("pathway", kwargs={"pathway_id": run.pathway_id}),
        "text": _("Utgave %(edition)s · kontaktperson %(who)s") % {"edition": run.edition, "who": run.contact_person},
        "tag": run.status.label,
        "tone": RUN_TAGS[run.status],
    }


def _initiative(row: InitiativeRow, *, head: ChildHead | None) -> dict[str, Any]:
    """One initiative in words; seen from the service that was asked when `head` is the owner's."""
    is_asked = head is not None and head.is_owner
    if row.answer is None:
        state, tone = (_("over fristen"), "danger") if row.is_late else (_("venter på svar"), "waiting")
    else:
        state, tone = str(row.answer.label), "done"
    if is_asked:
        said = _asked(row.wish)
    elif row.wish is InitiativeWish.START:
        said = _("Dere ba om at forløpet starter.")
    else:
        said = _("Dere ba om at forløpet tas opp igjen.")
    return {"row": row, "said": said, "state": state, "tone": tone, "can_answer": is_asked and row.answer is None}


def our_children(found: OurChildren) -> dict[str, Any]:
    """Everything that `our_children.html` draws."""
    return {
        "children": [
            {
                "child": child,
                "name": name_of(child.name),
                "protection": _protection(child.protection),
                "initiatives": [_initiative(row, head=None) for row in child.initiatives[:3]],
            }
            for child in found.rows
        ],
        "after": found.after,
    }


def _from_file(found: ChildPage) -> list[dict[str, Any]]:
    """Notes, investigations and measures from the national file as one line of time, newest first."""
    entries: list[dict[str, Any]] = []
    for note in found.notes:
        by = _(" fra %(who)s") % {"who": ", ".join(note.reporters).lower()} if note.reporters else ""
        about = ", ".join(note.contents)
        lines = [_("Gjelder: %(about)s.") % {"about": about}] if about else []
        lines.append(_concluded(note.conclusion, note.concluded_on, ongoing=_("Ikke gått gjennom ennå.")))
        entries.append({"on": note.received_on, "head": _("Bekymringsmelding%(by)s") % {"by": by}, "lines": lines})
    for inquiry in found.inquiries:
        line = _concluded(inquiry.conclusion, inquiry.concluded_on, ongoing=_("Pågår."))
        entries.append({"on": inquiry.opened_on, "head": _("Undersøkelse åpnet"), "lines": [line]})
    for measure in found.measures:
        ended = measure.until_on is not None and measure.until_on <= found.head.today
        line = _("Avsluttet %(on)s.") % {"on": dato(measure.until_on)} if ended and measure.until_on else _("Pågår.")
        law = f" {_law(measure.law)}." if measure.law else ""
        entries.append(
            {"on": measure.from_on, "head": _("Tiltak: %(what)s") % {"what": measure.category}, "lines": [line + law]}
        )
    return sorted(entries, key=lambda entry: entry["on"], reverse=True)


LAWS: dict[str, Text] = {"BVL2021": gettext_lazy("Barnevernsloven"), "BVL1992": gettext_lazy("Barnevernloven fra 1992")}
"""What the file calls the two acts, in full."""


def _law(given: str) -> str:
    """«BVL2021 § 3-1» as one says it; anything else as it is."""
    short, space, paragraph = given.partition(" ")
    return f"{LAWS.get(short, short)}{space}{paragraph}"


def _concluded(conclusion: str, on: date | None, *, ongoing: str) -> str:
    if on is None:
        return ongoing
    return f"{dato(on)}: {conclusion}." if conclusion else _("Avsluttet %(on)s.") % {"on": dato(on)}
