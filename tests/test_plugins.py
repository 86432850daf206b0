"""Plug-ins are found by their entry points, and what is wrong with one is said with its name."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from compliance.errors import PluginError
from compliance.plugins import ANALYZERS, REPORTERS, analyzer_specs, installed, load

MODULE = """
from compliance.analyzers.base import AnalyzerSpec
from compliance.types import Source

class Dummy:
    spec = AnalyzerSpec("dummy", "1", ("x-dummy.thing",), frozenset({Source.FRAME}))
"""


def wheel(folder: Path, name: str, points: str, module: str = MODULE) -> Path:
    """Write a wheel by hand: a plug-in needs nothing but a module and an entry point."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", module)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{info}/WHEEL", tag)
        archive.writestr(f"{info}/entry_points.txt", points)
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip installs into and Python imports from."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def pip_install(site: Path, path: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    command += ["--disable-pip-version-check", "--target", str(site), str(path)]
    subprocess.run(command, check=True)


def test_a_plug_in_that_pip_installed_is_found(site: Path, tmp_path: Path) -> None:
    assert "dummy" not in analyzer_specs()
    points = f"[{ANALYZERS}]\ndummy = dummy_plugin:Dummy\n"
    pip_install(site, wheel(tmp_path, "dummy_plugin", points))
    assert analyzer_specs()["dummy"].categories == ("x-dummy.thing",)


def test_two_plug_ins_of_one_name_are_refused(site: Path, tmp_path: Path) -> None:
    points = f"[{ANALYZERS}]\nfaces = rival:Dummy\n"
    pip_install(site, wheel(tmp_path, "rival", points))
    with pytest.raises(PluginError, match="rival"):
        installed(ANALYZERS)


def test_a_plug_in_that_does_not_load_names_its_distribution(site: Path, tmp_path: Path) -> None:
    points = f"[{ANALYZERS}]\nbroken = broken_plugin:Dummy\n"
    pip_install(site, wheel(tmp_path, "broken_plugin", points, "raise RuntimeError('no')"))
    with pytest.raises(PluginError, match="broken_plugin"):
        load(ANALYZERS, "broken")


def test_a_misspelt_name_gets_a_hint() -> None:
    with pytest.raises(PluginError, match="'text'"):
        load(REPORTERS, "txet")


def test_the_built_in_analyzers_use_the_same_entry_points() -> None:
    assert {"faces", "ocr", "names", "pii", "provenance", "generation"} <= set(installed(ANALYZERS))
