"""What only analyzers of other tiers examine is not examined, and the verdict says which command mends it."""

from pathlib import Path

from PIL import Image

from compliance.facts import Release
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.verdicts import ExitCode

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {{id: r, title: No harm, why: Rules, find: {find}, when: {{min_score: 0.5}}, then: reject}}
"""


def review(folder: Path, find: str) -> Outcome:
    picture = folder / "still.png"
    Image.new("RGB", (160, 96), (90, 120, 200)).save(picture)
    policy = load_policy_text(POLICY.format(find=find), "test")
    with Reviewer(Settings(home=folder / "home"), policy) as reviewer:
        (outcome,) = reviewer.review([Request(picture)], release=Release())
    return outcome


def reasons(outcome: Outcome) -> dict[str, str]:
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    return {entry.category: entry.reason for entry in outcome.verdict.not_examined}


def test_a_category_of_the_full_tier_names_the_analyzer_and_the_commands(tmp_path: Path) -> None:
    said = reasons(review(tmp_path, "[violence.graphic, flash]"))
    assert said.keys() == {"violence.graphic"}
    assert "violent-images" in said["violence.graphic"]
    assert "compliance models pull ateeqq-gore" in said["violence.graphic"]
    assert "COMPLIANCE_TIER=full" in said["violence.graphic"]
    assert "measure a calibration of ateeqq-gore first" in said["violence.graphic"]


def test_a_category_that_nothing_installed_examines_is_said_to_need_another_analyzer(
    tmp_path: Path,
) -> None:
    said = reasons(review(tmp_path, "[hate.speech, flash]"))
    assert "No analyzer examines hate.speech in frame" in said["hate.speech"]


def test_what_ran_is_not_said_to_be_skipped(tmp_path: Path) -> None:
    outcome = review(tmp_path, "flash")
    assert outcome.verdict.exit_code is ExitCode.APPROVE
    assert {report.analyzer for report in outcome.facts.reports} == {"flashes"}
