"""Names of services and people by id, for showing facts in words."""

from collections.abc import Iterable
from uuid import UUID

from grunnmur.directory.models import Person, Service


def services(ids: Iterable[UUID | str | None]) -> dict[str, str]:
    """Service id (as text) → name."""
    wanted = {str(item) for item in ids if item}
    return {str(key): name for key, name in Service.objects.filter(pk__in=wanted).values_list("pk", "name")}


def people(ids: Iterable[UUID | str | None]) -> dict[str, str]:
    """Person id (as text) → name."""
    wanted = {str(item) for item in ids if item}
    return {str(key): name for key, name in Person.objects.filter(pk__in=wanted).values_list("pk", "name")}
