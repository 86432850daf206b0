"""A folder with a photo of a person who is enrolled, a paper that they signed, and a release."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command_line import Result, run_here

PERSON = "talent/barack-obama"
POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: no-consent
    title: Nobody without consent
    why: Personality rights
    find: likeness.face
    when: {min_score: 0.9}
    unless: {consent: covers}
    then: reject
"""
FLAGGING = """\
  - {id: made, title: A person looks, why: House rule, find: generation.synthetic, then: flag}
"""
RELEASE = "territories: [DE]\nchannels: [tv]\npurpose: advertising\n"
SCOPE = ("--purpose", "advertising", "--territories", "EU", "--channels", "tv")
DAYS = ("--from", "2026-01-01", "--until", "2099-12-31")


@dataclass(frozen=True)
class ConsentDesk:
    """One working directory and the commands of consent in it."""

    folder: Path

    def __post_init__(self) -> None:
        self.write("policy.yaml", POLICY)
        self.write("release.yaml", RELEASE)
        self.write("record.json", json.dumps({"digital_source_type": "trainedAlgorithmicMedia"}))
        self.write("paper.pdf", "I, the undersigned")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def copy(self, photo: Path) -> None:
        shutil.copy(photo, self.folder / "photo.jpg")

    def run(self, *arguments: str) -> Result:
        return run_here(*arguments, cwd=self.folder)

    def consent(self, *arguments: str) -> Result:
        return self.run("consent", *arguments)

    def grant(
        self, *more: str, person: str = PERSON, scope: tuple[str, ...] = (*SCOPE, *DAYS)
    ) -> str:
        uses = () if "--uses" in more else ("--uses", "face")
        result = self.consent("grant", person, *scope, "--evidence", "paper.pdf", *uses, *more)
        assert result.code == 0, result.err
        return re.findall(r"G-[0-9a-f]{16}", result.out)[0]

    def text(self, *more: str) -> Result:
        given = ("photo.jpg", "--record", "record.json", "--policy", "policy.yaml")
        return self.run("review", *given, "--release", "release.yaml", *more)

    def review(self, *more: str) -> tuple[int, dict[str, Any]]:
        result = self.text("--format", "json", *more)
        assert result.out, result.err
        (one,) = json.loads(result.out)["reviews"]
        return result.code, one

    def publish(self, asset: str, when: str) -> Result:
        where = ("--where", "https://example.org/spot")
        return self.run("publish", "record", asset, *where, "--when", when, "--territories", "DE")

    def recall(self, *more: str, person: str = PERSON) -> dict[str, Any]:
        result = self.consent("recall", person, "--format", "json", *more)
        assert result.code == 0, result.err
        return dict(json.loads(result.out))
