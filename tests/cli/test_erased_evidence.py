"""Evidence of copies shows people whom nobody looked for; it goes with them."""

from pathlib import Path

import pytest
from command_line import run_here

POLICY = """policy: copies
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: seen, title: No copies, find: FIND, when: {min_score: 0.9}, then: reject}
"""


@pytest.mark.parametrize(("find", "left"), [("ip.copy", 0), ("[ip.copy, likeness.face]", 1)])
def test_evidence_goes_where_nobody_looked_for_faces(
    shared_data: Path, tmp_path: Path, find: str, left: int
) -> None:
    photos = shared_data / "faces-face-recognition" / "examples"

    def run(*arguments: str | Path) -> int:
        return run_here(*map(str, arguments), cwd=tmp_path).code

    (tmp_path / "policy.yaml").write_text(POLICY.replace("FIND", find))
    assert run("people", "enrol", "Ann", "--face", photos / "obama.jpg") == 0
    assert run("people", "enrol", "Bob", "--face", photos / "biden.jpg") == 0
    assert run("works", "add", "Photo", "--media", photos / "obama.jpg") == 0
    assert run("review", photos / "obama.jpg", "--policy", "policy.yaml") == 11
    evidence = tmp_path / ".compliance" / "runs"
    before = len(list(evidence.glob("*/evidence/*")))
    assert before > 0
    assert run("people", "erase", "Bob") == 0  # was looked for, and is not there
    assert len(list(evidence.glob("*/evidence/*"))) == before * left
    assert run("people", "erase", "Ann") == 0
    assert list(evidence.glob("*/evidence/*")) == []
