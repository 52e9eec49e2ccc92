"""The way back up from a page of one case."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from grunnmur.cases.queries.case import Case

Crumb = tuple[str | Promise, str]


def case_crumbs(case: Case, *more: Crumb) -> list[Crumb]:
    """My work, the case, and what lies between it and this page: (label, url), the last without one."""
    here: Crumb = (
        case.child.journal_number if case.is_owner else _("Saken"),
        reverse("pathway", kwargs={"pathway_id": case.pathway.pk}),
    )
    return [(_("Mitt arbeid"), reverse("work")), here, *more]
