"""One demo for all tests of the command line."""

import shutil
import subprocess
from pathlib import Path

import pytest
from command_line import Result, run


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Run ``compliance demo`` once, in a network namespace without devices where the kernel lets us."""
    folder = tmp_path_factory.mktemp("demo")
    can = shutil.which("unshare") is not None
    can = can and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0
    return folder / "compliance-demo", run("demo", cwd=folder, namespace=can)


@pytest.fixture
def demo(demo_run: tuple[Path, Result], tmp_path: Path) -> Path:
    """A copy of what the demo left behind, to work in."""
    return Path(shutil.copytree(demo_run[0], tmp_path / "compliance-demo"))
