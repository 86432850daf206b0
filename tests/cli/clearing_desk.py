"""A folder to review in: a picture, its record, and a policy that flags whatever was generated."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from command_line import Result, run_here
from PIL import Image

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: made.by-machine
    title: A person looks at what was generated
    why: House rule
    find: generation.synthetic
    then: flag
  - {id: tampered, title: Nothing tampered, why: Law, find: provenance.tampered, then: reject}
"""
DECIDED = ("--by", "Ada", "--role", "legal", "--reason", "Licensed by letter")


@dataclass(frozen=True)
class Desk:
    """One working directory and the commands of a review in it."""

    folder: Path

    def __post_init__(self) -> None:
        self.write("policy.yaml", POLICY)
        self.write("record.json", json.dumps({"digital_source_type": "trainedAlgorithmicMedia"}))
        self.draw("still.png", 60)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def draw(self, name: str, shade: int) -> Path:
        pixels = np.full((48, 64, 3), shade, np.uint8)
        Image.fromarray(pixels).save(self.folder / name)
        return self.folder / name

    def run(self, *arguments: str, env: dict[str, str] | None = None) -> Result:
        return run_here(*arguments, cwd=self.folder, env=env)

    def text(self, *more: str) -> Result:
        given = ("still.png", "--record", "record.json", "--policy", "policy.yaml", *more)
        return self.run("review", *given)

    def review(self, *more: str) -> tuple[int, dict[str, Any]]:
        result = self.text("--format", "json", *more)
        assert result.out, result.err
        (one,) = json.loads(result.out)["reviews"]
        return result.code, one

    def key(self, *more: str) -> str:
        return str(self.review(*more)[1]["verdict"]["key"])

    def clear(self, verdict: str, *more: str, decision: str = "approve") -> Result:
        return self.run("clear", verdict, "--decision", decision, *DECIDED, *more)

    def waive(self, *more: str) -> Result:
        who = ("--owner", "Grace", "--approver", "Ada", "--reason", "Agreed with the artist")
        given = ("still.png", "--rule", "made.by-machine", "--record", "record.json")
        return self.run("waive", *given, *who, *more)


def signed_in(result: Result, folder: Path) -> Path:
    """Return the signed copy that a report in text names."""
    found = re.search(r"signed (\S+\.signed\.\S+)", result.out)
    assert found, result.out
    return folder / found.group(1)
