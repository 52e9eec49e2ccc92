"""Mutation: the rule of who may see what is broken in one place at a time, and the matrix must notice each.

A mutant of the pure decision that the reference does not tell from the original is a hole in the proof, unless it says
the same in other words (`SAME`).
"""

import ast
import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.proofs import Result, matrix, stage

TRIES = 40
"""Rounds of the killing proof before a mutant is said to live."""
WORLDS_IN_A_ROUND = 400
FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.LtE: ast.Lt,
    ast.Lt: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SAME = frozenset(
    {
        # The same rows are the asker's own whether the service is asked about before or after: an author is never none.
        "_carries: drop asker.service is not None",
        # A denial about a service and about nobody is about nobody in no service either way.
        "names: drop asker.service is not None",
    }
)


def mutants_of(source: str) -> Iterator[tuple[str, str]]:
    """Every version of a module with one thing broken, and what that is."""
    for function in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]:
        places = [node for node in ast.walk(function) if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp)]
        for number, place in enumerate(places):
            for said, change in _changes(place):
                tree = ast.parse(source)
                same = next(
                    node
                    for node in ast.walk(tree)
                    if isinstance(node, ast.FunctionDef)
                    and (node.name, node.lineno) == (function.name, function.lineno)
                )
                there = [node for node in ast.walk(same) if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp)]
                change(there[number])
                yield f"{function.name}: {said}", ast.unparse(tree)


def _changes(place: ast.AST) -> Iterator[tuple[str, Any]]:
    text = ast.unparse(place)
    if isinstance(place, ast.Compare):
        for index, operator in enumerate(place.ops):
            if type(operator) in FLIPPED:

                def flip(node: Any, index: int = index, operator: ast.cmpop = operator) -> None:
                    node.ops[index] = FLIPPED[type(operator)]()

                yield f"flip {index} of {text}", flip
    if isinstance(place, ast.BoolOp):

        def swap(node: Any) -> None:
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()

        yield f"swap and/or of {text}", swap
        for index, value in enumerate(place.values):

            def drop(node: Any, index: int = index) -> None:
                del node.values[index]

            yield f"drop {ast.unparse(value)}", drop
    if isinstance(place, ast.UnaryOp) and isinstance(place.op, ast.Not):

        def turn(node: Any) -> None:
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)

        yield f"turn {text}", turn


@contextmanager
def instead_of(name: str, source: str) -> Iterator[None]:
    """A module with another source, for a block."""
    kept = sys.modules[name]
    package, _dot, attribute = name.rpartition(".")
    other = types.ModuleType(name)
    other.__file__ = kept.__file__
    sys.modules[name] = other
    try:
        exec(compile(source, str(kept.__file__), "exec"), other.__dict__)  # noqa: S102  # our own source, one thing changed
        setattr(sys.modules[package], attribute, other)
        yield
    finally:
        sys.modules[name] = kept
        setattr(sys.modules[package], attribute, kept)


def decision(seed: int) -> tuple[int, list[str]]:
    """How many mutants of the pure decision there are, and those that live."""
    stage.prepare()
    name = "grunnmur.cases.decision"
    source = Path(str(importlib.import_module(name).__file__)).read_text()
    count, alive = 0, []
    for said, mutant in mutants_of(source):
        count += 1
        if said not in SAME and not _is_noticed(name, mutant, seed):
            alive.append(f"decision.py, {said}")
    return count, alive


def _is_noticed(name: str, mutant: str, seed: int) -> bool:
    try:
        with instead_of(name, mutant):
            return any(
                matrix.compare_at_random(WORLDS_IN_A_ROUND, seed + number).differences for number in range(TRIES)
            )
    except Exception:
        return True  # it breaks where the original answers


def prove(quick: bool, seed: int) -> Result:
    """Break the decision in each place in turn; quick and whole are the same, for it takes seconds."""
    del quick
    count, alive = decision(seed)
    return Result(
        f"{count} mutants of the decision, {len(SAME)} of them the same in other words",
        len(alive),
        [f"nobody noticed: {one}" for one in alive],
    )
