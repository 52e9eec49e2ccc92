"""The directory of offers as open data, shaped as services of Human Services Data Specification (HSDS) 3.0."""

from math import ceil
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from grunnmur import clock
from grunnmur.directory import offers
from grunnmur.directory.finder_file import finder
from grunnmur.directory.offers import Offer
from grunnmur.public.open import open_to_all
from grunnmur.public.words import ages

PER_PAGE = 100


@open_to_all
@require_safe
def services(request: HttpRequest, *, language: str, place: str = "") -> HttpResponse:
    """Every offer, or those of one municipality, a page at a time (`?page=2`); anyone may read and reuse them."""
    places = {one.number: one.name for one in offers.list_places()}
    if place and place not in places:
        raise Http404
    today = clock.today()
    total = offers.count_offers(place=place or None, on=today)
    pages = max(1, ceil(total / PER_PAGE))
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdecimal() and 1 <= int(asked) <= pages):
        raise Http404
    number = int(asked)
    found = offers.list_offers(place=place or None, on=today, most=PER_PAGE, skip=(number - 1) * PER_PAGE)
    contents = [as_service(one, places=places, language=language) for one in found]
    answer = JsonResponse(
        {
            "total_items": total,
            "total_pages": pages,
            "page_number": number,
            "size": len(contents),
            "first_page": number == 1,
            "last_page": number == pages,
            "empty": not contents,
            "contents": contents,
        },
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def as_service(one: Offer, *, places: dict[str, str], language: str) -> dict[str, Any]:
    """One offer as an HSDS service; what is not known is left out."""
    referral = "Trenger henvisning." if one.needs_referral else "Trenger ikke henvisning."
    found: dict[str, Any] = {
        "id": str(one.id),
        "name": one.name,
        "description": one.about or finder().kinds[one.kind].text(language),
        "url": one.web,
        "status": "active",
        "application_process": " ".join(filter(None, [referral, one.how])),
        "eligibility_description": ages(one.age_from, one.age_to),
        "minimum_age": one.age_from,
        "maximum_age": one.age_to,
        "assured_date": one.verified_on.isoformat() if one.verified_on else None,
        "organization": {"name": one.owner} if one.owner else None,
        "phones": [{"number": one.phone}] if one.phone else None,
        "schedules": [{"description": one.opening_hours}] if one.opening_hours else None,
        "languages": [{"name": name.strip()} for name in one.languages.split(",")] if one.languages else None,
        "accessibility": [{"description": one.accessibility}] if one.accessibility else None,
        "service_areas": [
            {"name": places[number], "extent": number, "extent_type": "municipality"}
            for number in one.serves
            if number in places
        ],
        "attributes": [
            {"label": "kind", "value": one.kind.value},
            {"label": "level", "value": one.level.value},
            {"label": "is_example", "value": str(one.is_example).lower()},
        ],
    }
    return {name: value for name, value in found.items() if value not in (None, "")}
