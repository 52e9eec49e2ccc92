"""What is wrong with a file, said so that the one who sent it can put it right."""

from dataclasses import dataclass

FILE_DESCRIPTION = "Filbeskrivelse"
"""The rule that the content must follow the file description (severity FATAL)."""
SAFE_FILE = "Trygg fil"
"""Our own: the file must be safe to open."""
MAX_PROBLEMS = 25
"""More than these help nobody: the first ones show what is wrong with the file."""


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a file. `line` is None when the fault is the file's as a whole.

    `message` is plain bokmål, says what to do, and never shows a national identity number.
    """

    line: int | None
    rule: str
    message: str


class FileRefused(Exception):
    """The file was not taken in, and nothing was changed. `problems` has at least one, in file order."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(name, problems)
        self.name = name
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{p.line or '-'}: {p.rule}: {p.message}" for p in self.problems)
