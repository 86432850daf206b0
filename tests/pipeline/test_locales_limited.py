"""National numbers of some countries only: what was left out is seen in the verdict, and is another verdict."""

from pathlib import Path

from compliance.facts import Release
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.types import Prompt
from compliance.verdicts import Decision

POLICY = """\
policy: numbers
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: numbers, title: None, why: Test, find: pii.national_id, when: {min_score: 0.5}, then: flag}
"""


def review(home: Path, *locales: str) -> Outcome:
    settings = Settings(home=home, pii_locales=locales, device="cpu")
    request = Request(None, (Prompt(text="He wrote AB123456C on the board."),))
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        (outcome,) = reviewer.review([request], release=Release())
    return outcome


def test_the_verdict_says_which_countries_were_looked_for(tmp_path: Path) -> None:
    everywhere, germany = review(tmp_path), review(tmp_path, "DE")
    assert everywhere.verdict.decision is Decision.FLAG
    assert germany.verdict.decision is Decision.APPROVE
    (use,) = (one for one in germany.verdict.analyzers if one.name == "pii")
    (other,) = (one for one in everywhere.verdict.analyzers if one.name == "pii")
    assert use.version == f"{other.version}, for DE only"
    assert use.observations_key != other.observations_key
