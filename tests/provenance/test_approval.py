"""What may be signed, and what may not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from compliance.errors import ProvenanceError
from compliance.provenance.approval import Approval
from compliance.verdicts import Clearance, Decision, Verdict

Make = Callable[..., Verdict]


def clearance_of(verdict: Verdict, **changes: object) -> Clearance:
    fields = {
        "verdict_key": verdict.key,
        "verdict_digest": verdict.digest,
        "decision": "approve",
        "by": "ada@acme.example",
        "role": "brand-legal",
        "reason": "the likeness is a drawing",
        "at": verdict.as_of,
        "until": verdict.as_of + timedelta(days=30),
    }
    return Clearance(**{**fields, **changes})


def test_an_approving_verdict_lets_its_file_be_signed(verdict_of: Make, clip: Path) -> None:
    verdict = verdict_of(clip)
    statement = Approval(verdict, verdict.as_of).statement
    assert statement.lets_through
    assert statement.digest == verdict.digest
    assert statement.input_sha256 == verdict.parts["media"]


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": Decision.FLAG},
        {"decision": Decision.REJECT},
        {"complete": False},
        {"policy_status": "monitor"},
        {"policy_status": "draft"},
        {"parts": {"prompt": "c" * 64}},
    ],
)
def test_nothing_else_does(verdict_of: Make, clip: Path, changes: dict[str, object]) -> None:
    verdict = verdict_of(clip, **changes)
    with pytest.raises(ProvenanceError, match="does not let the file be signed"):
        Approval(verdict, verdict.as_of)


def test_a_clearance_lets_a_flagged_file_be_signed_and_names_the_role_only(
    verdict_of: Make, clip: Path
) -> None:
    verdict = verdict_of(clip, decision=Decision.FLAG)
    statement = Approval(verdict, verdict.as_of, clearance_of(verdict)).statement
    assert statement.lets_through
    assert "ada@" not in statement.model_dump_json()
    assert statement.clearance is not None
    assert statement.clearance.role == "brand-legal"


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict_digest": "0" * 64},
        {"verdict_key": "0" * 64},
        {"decision": "reject"},
    ],
)
def test_a_clearance_of_another_verdict_or_a_refusal_does_not(
    verdict_of: Make, clip: Path, changes: dict[str, object]
) -> None:
    verdict = verdict_of(clip, decision=Decision.FLAG)
    with pytest.raises(ProvenanceError):
        Approval(verdict, verdict.as_of, clearance_of(verdict, **changes))


@pytest.mark.parametrize("days", [-1, 31])
def test_a_clearance_holds_in_its_time_alone(verdict_of: Make, clip: Path, days: int) -> None:
    verdict = verdict_of(clip, decision=Decision.FLAG)
    with pytest.raises(ProvenanceError, match="clearance that holds"):
        Approval(verdict, verdict.as_of + timedelta(days=days), clearance_of(verdict))


@pytest.mark.parametrize(
    "changes",
    [{"decision": Decision.REJECT}, {"policy_status": "monitor", "decision": Decision.FLAG}],
)
def test_no_clearance_lets_a_rejected_or_merely_monitored_file_through(
    verdict_of: Make, clip: Path, changes: dict[str, object]
) -> None:
    verdict = verdict_of(clip, **changes)
    with pytest.raises(ProvenanceError):
        Approval(verdict, verdict.as_of, clearance_of(verdict))
