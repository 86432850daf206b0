"""How many deliberate errors in the code that decides are noticed by the tests of the policy engine.

Each mutant changes one place of one file: a comparison, ``and``/``or``, ``not``, a constant, ``all``/``any``,
``max``/``min``, union and difference. The tests run on a copy of the package with that one change; one that
no test notices has survived. Not part of ``make bench``, for it takes minutes: run it by name.

    python -m benchmarks.mutation [--every N]
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.environment import record

ROOT = Path(__file__).resolve().parent.parent
FILES = ("evaluate", "conditions", "conclusions", "completeness", "matrix")
TESTS = (
    "decisions",
    "conclusions",
    "matrix",
    "completeness",
    "expressions",
    "lattice",
    "differential",
)
COMPARISONS = {
    ast.Lt: ast.GtE, ast.LtE: ast.Lt, ast.Gt: ast.LtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
NAMES = {"all": "any", "any": "all", "max": "min", "min": "max"}
OPERATORS = {ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Sub: ast.Add, ast.Add: ast.Sub}


def main() -> None:
    """Try every mutant, or every Nth, and record the share that the tests notice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try one of so many mutants")
    every = parser.parse_args().every
    figures: dict[str, Any] = {"tests": [f"test_policy_{name}.py" for name in TESTS]}
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for name in FILES:
            mutants = list(mutants_of(ROOT / "compliance" / "policy" / f"{name}.py"))[::every]
            survived = [
                what
                for (what, _), noticed in zip(
                    mutants,
                    pool.map(lambda one, name=name: _noticed(name, one[1]), mutants),
                    strict=True,
                )
                if not noticed
            ]
            figures[f"policy/{name}.py"] = {
                "mutants": len(mutants),
                "score_percent": round(100 * (1 - len(survived) / max(len(mutants), 1)), 1),
                "survived": survived,
            }
            print(name, figures[f"policy/{name}.py"], flush=True)
    record("mutation", figures)


def mutants_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each mutant of a file: what was changed, and the whole changed text."""
    tree = ast.parse(path.read_text("utf-8"))
    for index, node in enumerate(ast.walk(tree)):
        if _described(node):
            changed = copy.deepcopy(tree)
            target = next(one for at, one in enumerate(ast.walk(changed)) if at == index)
            _change(target)
            yield f"line {getattr(node, 'lineno', 0)}: {_described(node)}", ast.unparse(changed)


def _described(node: ast.AST) -> str:
    """Return what would be changed about a node; empty where nothing would."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        return f"{type(node.ops[0]).__name__} turned"
    if isinstance(node, ast.BoolOp):
        return f"{type(node.op).__name__} swapped"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return "not dropped"
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return f"{type(node.op).__name__} swapped"
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        return f"{node.value!r} changed"
    if isinstance(node, ast.Name) and node.id in NAMES:
        return f"{node.id} swapped"
    return "condition turned" if isinstance(node, ast.IfExp) else ""


def _change(node: ast.AST) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = COMPARISONS[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp):
        node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
    elif isinstance(node, ast.BinOp):
        node.op = OPERATORS[type(node.op)]()
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1
    elif isinstance(node, ast.Name):
        node.id = NAMES[node.id]
    elif isinstance(node, ast.IfExp):
        node.body, node.orelse = node.orelse, node.body


def _noticed(name: str, text: str) -> bool:
    """Tell whether a test fails on a copy of the package in which one file holds ``text``."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for part in ("compliance", "policies", "models", "tests/policy"):
            shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("pyproject.toml", "tests/conftest.py"):
            shutil.copy(ROOT / part, place / part)
        (place / "compliance" / "policy" / f"{name}.py").write_text(text, "utf-8")
        tests = [f"tests/policy/test_policy_{one}.py" for one in TESTS]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-m",
            "not long",
            "-p",
            "no:cacheprovider",
        ]
        done = subprocess.run(
            [*command, *tests],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(place)},
            capture_output=True,
            timeout=600,
            check=False,
        )
    return done.returncode != 0


if __name__ == "__main__":
    main()
