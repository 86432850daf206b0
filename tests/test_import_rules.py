"""Who may import whom, read from the syntax trees of the whole package."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "compliance"
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
CORE = {"types", "findings", "facts", "verdicts", "taxonomy", "territories", "errors"}
HEAVY = {"torch", "cv2", "av", "dlib", "onnxruntime", "presidio_analyzer", "c2pa", "transformers"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def part(module: str) -> str:
    """The folder or file of the package that a module belongs to."""
    return module.split(".")[1] if "." in module else ""


def offenders(importers: str, forbidden: set[str]) -> list[str]:
    return [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        if part(module) == importers
        for name in imports(path)
        if name.split(".")[0] == "compliance" and part(name) in forbidden
    ]


def test_the_policy_engine_imports_only_the_core_types() -> None:
    allowed = CORE | {"policy"}
    everything = {part(module) for module in MODULES}
    assert offenders("policy", everything - allowed) == []


def test_analyzers_know_no_policy_store_or_interface() -> None:
    assert offenders("analyzers", {"policy", "store", "cli", "dashboard", "pipeline"}) == []


@pytest.mark.parametrize("module", sorted(CORE))
def test_core_types_import_only_core_types(module: str) -> None:
    others = {part(name) for name in MODULES} - CORE
    assert offenders(module, others) == []


def test_only_interfaces_import_interfaces() -> None:
    for importer in {part(module) for module in MODULES} - {"cli", "dashboard"}:
        assert offenders(importer, {"cli", "dashboard"}) == []


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("c2pa", ("compliance.provenance.c2pa",)),
        ("onnxruntime", ("compliance.runtimes.", "compliance.pipeline.device")),
        ("dlib", ("compliance.runtimes.",)),
        ("sqlalchemy", ("compliance.store.", "compliance.banks.", "compliance.pipeline.run")),
    ],
)
def test_a_library_has_one_home(library: str, allowed: tuple[str, ...]) -> None:
    found = [
        module
        for module, path in MODULES.items()
        if any(name.split(".")[0] == library for name in imports(path))
    ]
    assert found, f"nobody imports {library}: the rule checks nothing"
    assert [module for module in found if not module.startswith(allowed)] == []


def test_heavy_libraries_are_imported_on_use() -> None:
    """Whatever the command line can import at its start, down to every analyzer, is light."""
    light = [name for name in MODULES if part(name) in ("analyzers", "cli", "pipeline", "plugins")]
    code = f"import importlib, sys\nfor name in {light}: importlib.import_module(name)\n"
    code += f"print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_and_functions_stay_small() -> None:
    for module, path in MODULES.items():
        text = path.read_text("utf-8")
        assert text.count("\n") <= 500, module
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno < 60, f"{module}.{node.name}"
