"""What goes into the archive package of one closed pathway, as the owner sees it."""

from uuid import UUID

from django.db.models import QuerySet

from grunnmur import __version__, clock
from grunnmur.cases import access, data_register, events
from grunnmur.cases.archive_package import Act, ColumnMeaning, Look, Package, TablePart, apart, has_room_for
from grunnmur.cases.models import Attachment
from grunnmur.cases.queries import held, looks
from grunnmur.cases.queries.case import Case


def package(case: Case) -> Package:
    """Everything about the pathway and what follows the child: rows, versions, disclosures, acts and looks."""
    fits = has_room_for(_files(case).values_list("size", flat=True))
    parts = held.everything(case.actor, case.child, pathway_id=case.pathway.pk, with_files=fits)
    checksums = {} if fits else _checksums(case)
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
                rows=tuple({**item.columns, **checksums.get(item.id, {})} for item in part.items),
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


def sizes_apart(case: Case) -> tuple[int, ...]:
    """The sizes of the files that a package would have no room for, in bytes; none when there is room for all."""
    sizes = tuple(_files(case).values_list("size", flat=True))
    return () if has_room_for(sizes) else sizes


def _files(case: Case) -> QuerySet[Attachment]:
    return access.visible_to(case.actor, Attachment.objects.filter(pathway=case.pathway))


def _checksums(case: Case) -> dict[UUID, dict[str, str]]:
    """The checksum of each file, one in memory at a time."""
    keys = list(_files(case).values_list("pk", flat=True))
    return {key: {"content": apart(Attachment.objects.only("content").get(pk=key).content)} for key in keys}
