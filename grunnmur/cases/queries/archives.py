"""What goes into the archive package of one closed pathway, as the owner sees it."""

from grunnmur import __version__, clock
from grunnmur.cases import data_register, events
from grunnmur.cases.archive_package import Act, ColumnMeaning, Look, Package, TablePart
from grunnmur.cases.queries import held, looks
from grunnmur.cases.queries.case import Case


def package(case: Case) -> Package:
    """Everything about the pathway and what follows the child: rows, versions, disclosures, acts and looks."""
    parts = held.everything(case.actor, case.child, pathway_id=case.pathway.pk, with_files=True)
    meanings: dict[str, list[ColumnMeaning]] = {}
    for column in data_register.columns():
        meanings.setdefault(column.table, []).append(
            ColumnMeaning(name=column.name, what=column.what, kind=column.kind, ground=column.ground.key)
        )
    closed = [row.columns["closed_on"] for part in parts if part.table == "cases_closure" for row in part.items]
    return Package(
        program=f"grunnmur {__version__}",
        made_at=clock.now().isoformat(),
        pathway=str(case.pathway.pk),
        owner=case.pathway.author_service.name,
        edition=case.pathway.edition_id,
        status=case.pathway.status,
        closed_on=max(closed, default=None),
        tables=tuple(
            TablePart(
                table=part.table,
                purpose=part.purpose,
                columns=tuple(meanings[part.table]),
                rows=tuple(dict(item.columns) for item in part.items),
            )
            for part in parts
        ),
        acts=tuple(
            Act(
                at=act.at.astimezone(clock.OSLO).isoformat(),
                name=act.name,
                says=events.sentence(act.name, act.data),
                who=act.who,
                service=act.service,
                subject=str(act.subject_id) if act.subject_id else None,
                data=dict(act.data),
            )
            for act in held.acts(case.child, pathway_id=case.pathway.pk)
        ),
        looks=tuple(
            Look(
                at=look.at.astimezone(clock.OSLO).isoformat(),
                who=look.who,
                service=look.service,
                role=look.role,
                page=look.action,
                allowed=look.allowed,
            )
            for look in reversed(looks.looks_at(case.child.pk, named=True))
        ),
    )
