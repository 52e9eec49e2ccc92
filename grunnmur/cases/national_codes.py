"""The codes of the national file in words. Pure: reads `definitions/national_file_codes.yaml` and the knowledge model.

A code that no list has is shown as it is: a file that was taken in must always be possible to read.
"""

from functools import cache
from typing import Literal

from django.utils.translation import gettext as _

from grunnmur.cases.definition import DEFINITIONS, definitions
from grunnmur.cases.definition_file import read
from grunnmur.cases.definition_shapes import Code, Element

CodeListName = Literal["reporter", "topic", "note_conclusion", "investigation_conclusion", "measure"]
FILE = "national_file_codes.yaml"


class NationalCodes(Element):
    """Code → words, for each list of the national file that a page shows."""

    reporter: dict[Code, str]
    topic: dict[Code, str]
    note_conclusion: dict[Code, str]
    investigation_conclusion: dict[Code, str]
    measure: dict[Code, str]


@cache
def codes() -> NationalCodes:
    """The words of this installation, read once. Raises DefinitionError with file and line."""
    return read(DEFINITIONS / FILE, f"definitions/{FILE}").parse(NationalCodes)


@cache
def _knowledge_model() -> dict[str, str]:
    areas = definitions().knowledge_model.areas
    return {code.code: code.label for area in areas for topic in area.topics for code in topic.codes}


def words(code_list: CodeListName, code: str) -> str:
    """What a code means, such as «Skole»; «kode 99» when the list does not have it."""
    found: str | None = getattr(codes(), code_list).get(code)
    if found is None and code_list == "topic":
        found = _knowledge_model().get(code)
    return found or _("kode %(code)s") % {"code": code}
