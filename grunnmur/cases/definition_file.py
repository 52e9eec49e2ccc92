"""Reads one definition file and remembers on which line everything stands. Pure: no database, no clock.

What a person has written wrong is said with file and line, in plain words. The sentences are not translated:
definitions are read before Django has its translations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Place = tuple[int | str, ...]
"""The way to something in a file: keys and list positions from the top."""
Model = TypeVar("Model", bound=BaseModel)


class Fault(NamedTuple):
    """One thing that is wrong, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class DefinitionError(Exception):
    """The definitions cannot be used; says every fault that was found, one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class _Loader(yaml.CSafeLoader):
    """YAML without its surprises: a key may stand only once, and dates stay text until their field is known."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"«{key.value}» står to ganger", key.start_mark)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Document:
    """One file: its bytes, what they say, and the lines."""

    name: str
    content: bytes
    root: yaml.Node
    data: Any

    def line(self, place: Sequence[int | str]) -> int:
        """The line of what stands at `place`, or of the nearest thing around it that exists. Counted from 1."""
        node, line = self.root, self.root.start_mark.line
        for step in place:
            if isinstance(node, yaml.MappingNode):
                found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line
            else:
                break
        return int(line) + 1

    def fault(self, place: Sequence[int | str], message: str) -> Fault:
        return Fault(self.name, self.line(place), message)

    def parse(self, shape: type[Model]) -> Model:
        """The file as `shape`. Raises DefinitionError with every field that does not fit."""
        try:
            return shape.model_validate(self.data)
        except ValidationError as error:
            raise DefinitionError(self.fault(e["loc"], _in_words(e)) for e in error.errors()) from None


def read(path: Path, name: str) -> Document:
    """The file at `path`, called `name` in messages. Raises DefinitionError when it is missing or is not YAML."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
        if stray := yaml.reader.Reader.NON_PRINTABLE.search(text):
            raise _unreadable(name, text[: stray.start()].count("\n"), "et tegn som ikke kan stå her")
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise _unreadable(name, 0, "filen er tom")
        return Document(name, content, root, loader.construct_document(root))
    except OSError:
        raise _unreadable(name, 0, "filen finnes ikke, eller kan ikke åpnes") from None
    except UnicodeDecodeError as error:
        raise _unreadable(name, content[: error.start].count(b"\n"), "et tegn som ikke er UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _unreadable(name, mark.line if mark else 0, str(error.problem)) from None


def _unreadable(name: str, line: int, problem: str) -> DefinitionError:
    """`line` is counted from 0, as YAML does."""
    return DefinitionError([Fault(name, line + 1, f"kan ikke leses: {problem}")])


_WORDS = {
    "missing": "mangler «{key}»",
    "extra_forbidden": "kjenner ikke «{key}» her",
    "string_type": "«{key}» skal være tekst; sett den i anførselstegn hvis den ligner et tall",
    "string_too_short": "«{key}» er tom",
    "string_pattern_mismatch": "«{key}» har feil form: {input}",
    "int_type": "«{key}» skal være et helt tall",
    "int_parsing": "«{key}» skal være et helt tall",
    "int_from_float": "«{key}» skal være et helt tall",
    "greater_than_equal": "«{key}» kan ikke være mindre enn {ge}",
    "bool_type": "«{key}» skal være true eller false",
    "bool_parsing": "«{key}» skal være true eller false",
    "date_type": "«{key}» skal være en dato, åååå-mm-dd",
    "date_parsing": "«{key}» skal være en dato, åååå-mm-dd",
    "date_from_datetime_inexact": "«{key}» skal være en dato, åååå-mm-dd",
    "date_from_datetime_parsing": "«{key}» er ikke en dato som finnes, åååå-mm-dd: {input}",
    "enum": "«{key}» er {input}, men kan bare være {expected}",
    "literal_error": "«{key}» er {input}, men kan bare være {expected}",
    "tuple_type": "«{key}» skal være en liste",
    "too_short": "«{key}» skal ha minst {min_length}",
    "model_type": "«{key}» skal ha felt under seg",
    "value_error": "{error}",
}


def _in_words(error: ErrorDetails) -> str:
    """What pydantic found, as a person would say it; its own English words for what is not in the table."""
    if error["type"] not in _WORDS:
        return error["msg"]
    key = next((step for step in reversed(error["loc"]) if isinstance(step, str)), "filen")
    context = {name: str(value).replace(" or ", " eller ") for name, value in error.get("ctx", {}).items()}
    return _WORDS[error["type"]].format(key=key, input=f"«{error['input']}»", **context)
