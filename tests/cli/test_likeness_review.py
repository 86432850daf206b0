"""Likeness and zero-shot marks the whole way: enrolled, reviewed and shown, with small real networks."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from command_line import Result, run_here
from tiny_models import BY_COSINE, tiny_openclip, tiny_owlv2

POLICY = """\
policy: likeness
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: one.none
    title: Nothing like it
    why: House rules
    find: %s
    when: {min_score: 0.01}
    then: reject
"""
MARK = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
<path d="M2 2h9v4H6v5h4v4H6v7H2z M14 2l8 5-5 3 6 4-9 8z"/></svg>
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A picture, cards with calibrations, a mark, and a policy for each category."""
    tiny_openclip(tmp_path / "cards", **BY_COSINE)
    tiny_owlv2(tmp_path / "cards")
    (tmp_path / "similar.yaml").write_text(POLICY % "ip.similarity")
    (tmp_path / "logo.yaml").write_text(POLICY % "brand.logo")
    (tmp_path / "mark.svg").write_text(MARK)
    blocks = np.random.default_rng(1).integers(0, 255, (12, 16, 3), np.uint8)
    picture = cv2.resize(blocks, (320, 240), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "work.png"), picture)
    cv2.imwrite(str(tmp_path / "made.jpg"), picture)
    return tmp_path


def run(place: Path, *arguments: str, tier: str = "full") -> Result:
    env = {
        "COMPLIANCE_HOME": str(place / "home"),
        "COMPLIANCE_CARDS": str(place / "cards"),
        "COMPLIANCE_TIER": tier,
    }
    return run_here(*arguments, cwd=place, env=env)


def review(place: Path, policy: str, **settings: str) -> tuple[Result, dict]:
    """The result, and what the verdict says of each analyzer."""
    result = run(place, "review", "made.jpg", "--policy", policy, "--format", "json", **settings)
    assert result.code in (0, 11, 12), result.err
    newest = max((place / "home" / "runs").iterdir(), key=lambda one: one.stat().st_mtime_ns)
    verdict = json.loads((newest / "verdict.json").read_text())
    return result, {one["name"]: one for one in verdict["analyzers"]}


def findings(place: Path, category: str) -> list[dict]:
    """Those of all runs."""
    return [
        one
        for path in (place / "home" / "runs").glob("*/facts.json")
        for report in json.loads(path.read_text())["reports"]
        for one in report["findings"]
        if one["category"] == category
    ]


def test_a_picture_like_a_work_is_found_and_shown_beside_it(place: Path) -> None:
    assert run(place, "works", "add", "Blocks", "--media", "work.png").code == 0
    result, used = review(place, "similar.yaml")
    assert result.code == 11, result.out + result.err
    assert used["similarity"]["models"][0]["id"] == "openclip-vit-b-32"
    assert used["similarity"]["banks"][0]["size"] == 1
    assert "Blocks (work.png)" in result.out
    (finding,) = findings(place, "ip.similarity")
    assert finding["reference"]["label"] == "Blocks" and finding["raw"] > 0.9
    assert run(place, "explain", "one.none", "--evidence", "shown").code == 0
    (picture,) = (place / "shown").glob("*.jpg")
    height, width = cv2.imread(str(picture)).shape[:2]
    assert width > 2 * height, "the frame and the work stand side by side"


def test_a_work_without_vectors_is_not_examined_until_it_is_read_again(place: Path) -> None:
    assert run(place, "works", "add", "Blocks", "--media", "work.png", tier="bundled").code == 0
    result, used = review(place, "similar.yaml")
    assert result.code == 12
    assert "compliance works reindex --media" in used["similarity"]["reason"]
    assert run(place, "works", "reindex", "--media", "work.png").code == 0
    assert review(place, "similar.yaml")[0].code == 11


def test_marks_are_compared_by_vectors_beside_the_bundled_search(place: Path) -> None:
    assert run(place, "brands", "add", "Acme", "--mark", "mark.svg", tier="bundled").code == 0
    _, used = review(place, "logo.yaml")
    assert "compliance brands reindex" in used["logos-zero-shot"]["reason"]
    assert used["logos"]["status"] == "completed"
    assert "1 of 1 marks" in run(place, "brands", "reindex").out
    assert "0 of 0 marks" in run(place, "brands", "reindex").out
    result, used = review(place, "logo.yaml")
    assert used["logos-zero-shot"]["status"] == "completed"
    assert [one["id"] for one in used["logos-zero-shot"]["models"]] == [
        "owlv2",
        "openclip-vit-b-32",
    ]
    assert result.code == 11, "two random layers find everything alike"
    assert "nearest mark: Acme (mark.svg)" in result.out


def test_without_a_calibration_likeness_is_not_examined(place: Path) -> None:
    tiny_openclip(place / "bare", score_kind="cosine", calibration="unknown")
    (place / "bare" / "openclip-vit-b-32.yaml").replace(place / "cards" / "openclip-vit-b-32.yaml")
    assert run(place, "works", "add", "Blocks", "--media", "work.png").code == 0
    result, used = review(place, "similar.yaml")
    assert result.code == 12
    assert "calibration" in used["similarity"]["reason"]
    assert findings(place, "ip.similarity") == []


def test_what_was_never_pulled_is_said_when_something_is_enrolled(
    tmp_path: Path, place: Path
) -> None:
    (place / "cards" / "openclip-vit-b-32.yaml").unlink()
    done = run(place, "works", "add", "Blocks", "--media", "work.png")
    assert done.code == 0
    assert "compliance models pull openclip-vit-b-32" in done.err
    result, used = review(place, "similar.yaml")
    assert result.code == 12
    assert used["similarity"]["status"] == "failed"
