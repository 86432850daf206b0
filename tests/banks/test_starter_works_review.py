"""A review looks for the shipped names of brands and works, unless they are switched off."""

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
  - id: works
    title: No work is named
    why: They belong to others
    find: ip.name
    in: [works]
    when: {min_score: 0.5}
    then: reject
  - id: brands
    title: No brand is named
    why: They belong to others
    find: brand.name
    in: [brands]
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
        ("pikachu surfing on a wave", ExitCode.REJECT),
        ("a hotel lobby in the style of Wes Anderson", ExitCode.REJECT),
        ("a pair of nike sneakers", ExitCode.REJECT),
        ("an apple and a shell beside a frozen lake, cars on the road", ExitCode.APPROVE),
    ],
)
def test_shipped_names_are_found_without_anything_added(tmp_path, text, code) -> None:
    assert review(tmp_path, text).verdict.exit_code is code


def test_without_shipped_names_empty_banks_are_incomplete(tmp_path) -> None:
    outcome = review(tmp_path, "pikachu in nike sneakers", starter_names=False)
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert outcome.verdict.hits == ()


def test_reports_name_both_banks_with_their_versions(tmp_path) -> None:
    outcome = review(tmp_path, "a lake")
    uses = {use.name: use for report in outcome.facts.reports for use in report.banks}
    assert {name: use.modality for name, use in uses.items()} == {"brands": "word", "works": "term"}
    assert all(use.size > 1_500 and len(use.version) == 64 for use in uses.values())
