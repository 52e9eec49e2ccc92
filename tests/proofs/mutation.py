"""Mutation: the rules of who may see what are broken in one place at a time, and a proof or a test must notice each.

The pure rules are broken in their syntax trees, and the matrix and the rules' own tests tried on them. A mutant that
nothing tells from the original is a hole in the proofs, unless it says the same in other words (`SAME`).
"""

import ast
import importlib
import os
import random
import signal
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.proofs import Result, matrix, stage

RULES = (
    *("decision", "family", "consent", "access_rules", "consent_rules"),
    *("age", "sharing", "consent_ahead", "deadlines"),
)
"""The pure modules that say who may see what and until when, under `grunnmur/cases`."""
IN_WORDS = frozenset({"explain", "_next_birthday_that_changes", "_who", "_all_of", "_name"})
"""Functions that say the rules to people and decide nothing."""
QUICK_SHARE = 40
"""Mutants of the rules beside the decision that every change tries, drawn by the seed; a whole run tries all."""
TRIES, WORLDS_IN_A_ROUND = 40, 400
"""Rounds of the matrix at random, before a mutant of the decision is said to live."""
SECONDS = 600
"""A mutant that has not been noticed in so long lives."""
FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.LtE: ast.Lt,
    ast.Lt: ast.LtE,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
TURNED = {"any": "all", "all": "any", "min": "max", "max": "min"}
SAME: dict[str, str] = {
    "decision._carries: drop asker.service is not None": (
        "an author is never none, so nobody without a service wrote it"
    ),
    "decision.Denial.names: drop self.service is not None": (
        "the database has no no that is about nobody (whose_sight_is_taken); test_decision tells the two apart"
    ),
    "consent._openings: drop fact.valid_until": "a good period always says when it ends; only the type does not",
    "sharing._until: drop item.valid_until": "a good period always says when it ends; only the type does not",
    "consent_ahead.until: drop fact.valid_until": "a good period always says when it ends; only the type does not",
    "consent._days_of_change: flip 0 of starts < day < fact.valid_until": (
        "the empty span from the first day to itself is joined to the one that follows"
    ),
}
"""Mutants that say the same in other words, and why."""


@dataclass(frozen=True)
class Mutant:
    """One rule with one thing broken: where, and what is put there instead."""

    module: str
    function: str
    said: str
    code: types.CodeType

    @property
    def name(self) -> str:
        return f"{self.module}.{self.function}: {self.said}"


# --- breaking --------------------------------------------------------------------------------------------------------


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every version of a module with one thing broken."""
    path = Path(str(importlib.import_module(f"grunnmur.cases.{module}").__file__))
    source = path.read_text()
    for name, function in _functions(ast.parse(source)):
        if name in IN_WORDS:
            continue
        for number, place in enumerate(_places(function)):
            for said, change in _changes(place):
                tree = ast.parse(source)
                same = dict(_functions(tree))[name]
                change(_places(same)[number])
                compiled = compile(ast.fix_missing_locations(tree), str(path), "exec")
                yield Mutant(module, name, said, _code(compiled, name))


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function and method of a module, by its qualified name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def _places(function: ast.FunctionDef) -> list[Any]:
    """Where something can be broken in a function."""
    inside = [node for statement in function.body for node in ast.walk(statement)]
    return [
        node
        for node in inside
        if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TURNED)
    ]


def _changes(place: Any) -> Iterator[tuple[str, Any]]:
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
                node.values[index] = ast.Constant(isinstance(node.op, ast.And))

            yield f"drop {ast.unparse(value)}", drop
    if isinstance(place, ast.UnaryOp) and isinstance(place.op, ast.Not):

        def turn(node: Any) -> None:
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)

        yield f"turn {text}", turn
    if isinstance(place, ast.Call) and isinstance(place.func, ast.Name):

        def other(node: Any) -> None:
            node.func.id = TURNED[node.func.id]

        yield f"{TURNED[place.func.id]} for {text}", other


def _code(compiled: types.CodeType, name: str) -> types.CodeType:
    """The code of a function in a compiled module, by its qualified name."""
    code = compiled
    for part in name.split("."):
        code = next(one for one in code.co_consts if isinstance(one, types.CodeType) and one.co_name == part)
    return code


def break_it(mutant: Mutant) -> None:
    """Put the mutant in the place of the original, for everybody who has it: only ever in a process of its own."""
    found: Any = importlib.import_module(f"grunnmur.cases.{mutant.module}")
    for part in mutant.function.split("."):
        found = found.__dict__[part]
    while not isinstance(found, types.FunctionType):
        found = found.fget if isinstance(found, property) else getattr(found, "__wrapped__", None) or found.__func__
    found.__code__ = mutant.code
    for module in ("access_rules", "consent_rules"):
        for value in vars(importlib.import_module(f"grunnmur.cases.{module}")).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


# --- noticing --------------------------------------------------------------------------------------------------------

TESTS = {
    "family": ("test_family",),
    "consent": ("test_consent", "test_sharing"),
    "access_rules": ("test_access_rules", "test_decision", "test_family"),
    "consent_rules": ("test_consent_rules", "test_consent"),
    "age": ("test_deadlines", "test_consent"),
    "sharing": ("test_sharing", "test_by_code"),
    "consent_ahead": ("test_consent_ahead",),
    "deadlines": ("test_deadlines",),
}
"""The rules' own tests, which need no database; the decision is held against the reference alone."""
COMPARED = frozenset({"family", "consent", "access_rules", "consent_rules", "age"})
"""Those of them that the matrix asks too."""


class SlowestLast:
    """A plugin of pytest: what is found at random takes longest, and is seldom needed."""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items.sort(key=lambda item: hasattr(item.obj, "hypothesis"))


def lives(module: str, mutant: Mutant | None, seed: int) -> bool:
    """Whether nothing tells the mutant from the original, in a process of its own; what breaks there is told."""
    child = os.fork()
    if not child:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            os._exit(0 if _holds(module, mutant, seed) else 1)
        except BaseException:
            os._exit(1)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _holds(module: str, mutant: Mutant | None, seed: int) -> bool:
    """Whether the reference says the same of the rule, and its tests pass."""
    import pytest
    from hypothesis import settings

    if mutant:
        break_it(mutant)
    if module not in TESTS:
        rounds = range(seed, seed + TRIES)
        return not any(matrix.compare_at_random(WORLDS_IN_A_ROUND, number).differences for number in rounds)
    tally = matrix.Tally()
    if module in COMPARED:
        matrix.compare_families(tally)
        matrix.compare_consents(tally)
    if tally.differences:
        return False
    settings.register_profile("mutants", database=None)
    settings.load_profile("mutants")
    files = [f"tests/cases/{name}.py" for name in TESTS[module]]
    return not pytest.main(["-x", "--assert=plain", "-p", "no:randomly", *files], plugins=[SlowestLast()])


def share(wanted: list[str], seed: int) -> list[str]:
    """One process's part: the names of those that live."""
    stage.prepare()
    import hypothesis  # noqa: F401  # what every fork needs is read once, here
    import pytest  # noqa: F401

    mutants = [one for module in RULES for one in mutants_of(module) if one.name in wanted]
    return [one.name for one in mutants if lives(one.module, one, seed)]


def is_whole(module: str, seed: int) -> bool:
    """Whether nothing is noticed where nothing was broken: otherwise what is noticed means nothing."""
    stage.prepare()
    return lives(module, None, seed)


def prove(quick: bool, seed: int) -> Result:
    """Break each in turn. Quick breaks all of the decision, and some of the other rules."""
    stage.prepare()
    every = sorted({one.name for module in RULES for one in mutants_of(module)})
    tried = [name for name in every if name not in SAME]
    if quick:
        others = [name for name in tried if not name.startswith("decision.")]
        tried = [name for name in tried if name.startswith("decision.")]
        tried += random.Random(seed).sample(others, QUICK_SHARE)
    shares = [(tried[number :: stage.CORES], seed) for number in range(stage.CORES)]
    alive = [name for some in stage.in_processes(share, shares) for name in some]
    whole = stage.in_processes(is_whole, [(module, seed) for module in RULES])
    alive += [
        f"nothing was broken in {module}, and a test fails"
        for module, holds in zip(RULES, whole, strict=True)
        if not holds
    ]
    faults = [f"nobody noticed: {one}" for one in alive]
    faults += [f"not there any more: {name}" for name in SAME if name not in every]
    return Result(
        f"{len(tried)} of {len(every) - len(SAME)} mutants of the rules; {len(SAME)} more say the same in other words",
        len(faults),
        faults,
    )
