"""Erasing a person after a real review: nothing biometric of theirs is left, and the verdict still verifies."""

import base64
import shutil
from pathlib import Path

import numpy as np
import pytest
from command_line import Result, run_here

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.findings import Observation
from compliance.pipeline.observations import from_bytes
from compliance.pipeline.runfiles import EVIDENCE, OBSERVATIONS
from compliance.store.engine import open_database

POLICY = """\
policy: faces
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: likeness
    title: Nobody without consent
    why: Theirs to give
    find: likeness.face
    when: {min_score: 0.5}
    then: reject
"""


class Desk:
    """A home in which two photos were reviewed: one of each of two enrolled people."""

    def __init__(self, folder: Path, photos: Path) -> None:
        self.folder = folder
        self.home = folder / ".compliance"
        (folder / "policy.yaml").write_text(POLICY)
        for name, photo in (("Barack Obama", "obama.jpg"), ("Joe Biden", "biden.jpg")):
            enrolled = self.run("people", "enrol", name, "--face", str(photos / photo))
            assert enrolled.code == 0, enrolled.err
        for name in ("obama_small.jpg", "biden.jpg"):
            shutil.copyfile(photos / name, folder / name)
            assert self.review(name).code == 11

    def run(self, *arguments: str) -> Result:
        return run_here(*arguments, cwd=self.folder)

    def review(self, name: str) -> Result:
        return self.run("review", name, "--policy", "policy.yaml")

    def run_of(self, name: str) -> Path:
        (found,) = (
            path.parent
            for path in (self.home / "runs").glob("*/verdict.json")
            if name in path.read_text("utf-8")
        )
        return found

    def crops(self, name: str) -> list[Path]:
        return sorted((self.run_of(name) / EVIDENCE).iterdir())

    def faces(self, name: str) -> list[Observation]:
        sealer = MasterKey.load(self.home / "keys", {}).sealer("observations")
        content = (self.run_of(name) / OBSERVATIONS).read_bytes()
        return [one for one in from_bytes(content, sealer) if one.kind == "face"]

    def verify(self, name: str) -> Result:
        attestation = str(self.run_of(name) / "attestation.dsse.json")
        return self.run("verify", name, "--attestation", attestation)

    def cached(self) -> list[Path]:
        return sorted((self.home / "observations").glob("*/*.observations"))


@pytest.fixture
def desk(tmp_path: Path, shared_data: Path) -> Desk:
    return Desk(tmp_path, shared_data / "faces-face-recognition" / "examples")


def _written(vector: np.ndarray) -> list[bytes]:
    """How a vector could lie in a file: its bytes, hexadecimal, base64, numbers as text."""
    found = []
    for kind in ("<f4", ">f4", "<f8", ">f8"):
        raw = vector.astype(kind).tobytes()
        found += [raw[:16], raw[:16].hex().encode(), base64.b64encode(raw)[:20]]
    found += [repr(float(value))[:9].encode() for value in vector[:8] if abs(value) > 0.01]
    return found


def test_nothing_of_an_erased_person_is_left_and_verdicts_verify(desk: Desk) -> None:
    engine = open_database(f"sqlite:///{desk.home}/compliance.sqlite3")
    people = PeopleBank(engine, MasterKey.load(desk.home / "keys", {}))
    (obama,) = [one.reference for one in people.list() if "obama" in one.reference.entry]
    (template,) = people.templates_of(obama)
    (seen,) = desk.faces("obama_small.jpg")
    assert seen.vector is not None
    assert seen.image is not None
    crops, others = desk.crops("obama_small.jpg"), desk.crops("biden.jpg")
    assert crops
    before = desk.cached()
    sealed = {crop.read_bytes() for crop in crops}
    verdict = (desk.run_of("obama_small.jpg") / "verdict.json").read_bytes()

    said = desk.verify("obama_small.jpg")
    assert "✔" in said.out

    done = desk.run("people", "erase", "Barack Obama")
    assert done.code == 0, done.err
    assert "1 templates and their key" in done.out

    files = [path for path in desk.home.rglob("*") if path.is_file()]
    stored = {path: path.read_bytes() for path in files}
    for vector in (template.vector, seen.vector):
        for piece in _written(vector):
            assert not [path for path, content in stored.items() if piece in content]
    assert not [path for path, content in stored.items() if seen.image[:64] in content]
    assert not sealed & set(stored.values())
    assert desk.faces("obama_small.jpg") == []
    assert desk.crops("obama_small.jpg") == []
    assert len(desk.cached()) < len(before)
    # What is somebody else's is still there.
    assert desk.crops("biden.jpg") == others
    assert len(desk.faces("biden.jpg")) == 1
    assert [one.reference.label for one in people.list()] == ["Joe Biden"]
    assert [one.reference.label for one in people.nearest(template.vector, template.model)] == [
        "Joe Biden"
    ]

    run = desk.run_of("obama_small.jpg")
    assert (run / "verdict.json").read_bytes() == verdict
    assert desk.verify("obama_small.jpg") == said
    again = desk.review("obama_small.jpg")
    assert again.code == 0, "nobody is found in it any more"
    assert "people/" not in again.out


def test_erasing_somebody_unknown_or_with_a_wrong_folder_changes_nothing(desk: Desk) -> None:
    before = {path: path.read_bytes() for path in desk.home.rglob("*") if path.is_file()}
    for arguments in (("Nobody",), ("Joe Biden", "--runs", "absent")):
        refused = desk.run("people", "erase", *arguments)
        assert refused.code == 2
        assert refused.err.count("\n") == 1
    assert {path: path.read_bytes() for path in desk.home.rglob("*") if path.is_file()} == before


def test_observations_that_cannot_be_looked_into_go_too(desk: Desk) -> None:
    (first, *_) = desk.cached()
    first.write_bytes(b"\x01 damaged")
    assert desk.run("people", "erase", "Barack Obama").code == 0
    assert not first.exists()
