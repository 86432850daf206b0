"""A review looks for the shipped names beside the enrolled ones, unless they are switched off."""

from pathlib import Path

import pytest

from compliance.facts import Release
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.types import Prompt
from compliance.verdicts import ExitCode

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: named
    title: Nobody is named
    why: Names belong to people
    find: likeness.name
    in: [public-figures]
    when: {min_score: 0.5}
    then: reject
"""


def review(folder: Path, text: str, **changes: bool) -> Outcome:
    settings = Settings(home=folder / "home", **changes)
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        request = Request(None, (Prompt(text=text),))
        (outcome,) = reviewer.review([request], release=Release())
    return outcome


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("taylor swift on stage", ExitCode.REJECT),
        ("will smith eating spaghetti", ExitCode.REJECT),
        ("a drake on a pond, a brown bear and a page of notes", ExitCode.APPROVE),
    ],
)
def test_public_figures_are_found_without_anybody_enrolled(tmp_path, text, code) -> None:
    assert review(tmp_path, text).verdict.exit_code is code


def test_without_shipped_names_an_empty_bank_is_incomplete(tmp_path) -> None:
    outcome = review(tmp_path, "taylor swift on stage", starter_names=False)
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert outcome.verdict.hits == ()


def test_the_report_names_the_bank_with_its_size_and_version(tmp_path) -> None:
    outcome = review(tmp_path, "a lake")
    [use] = [use for report in outcome.facts.reports for use in report.banks]
    assert (use.name, use.size > 4_000, len(use.version)) == ("public-figures", True, 64)
