"""Files that leave the house through a page: always something to keep or open elsewhere, never a page of ours."""

import re

from django.http import HttpResponse

OURS = re.compile(r"[a-z0-9-]+\.[a-z0-9]+")


def attachment(response: HttpResponse, *, name: str) -> HttpResponse:
    """The answer as a file that the browser saves. The name is ours, and tells nothing of anyone: small letters, ids.

    `web/walls.py` gives it the headers that let it do nothing if it is opened in the browser all the same.
    """
    assert OURS.fullmatch(name), "the name of a file that leaves the house is made by us"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
