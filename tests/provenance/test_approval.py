"""What may be signed, and what may not."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from compliance.errors import ProvenanceError
from compliance.facts import Release, Waiver
from compliance.provenance.approval import Approval
from compliance.provenance.statement import state
from compliance.verdicts import Clearance, Decision, NotExamined, Verdict

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


def test_an_incomplete_flag_is_signed_only_where_the_clearance_takes_that_on(
    verdict_of: Make, clip: Path
) -> None:
    gap = NotExamined(category="brand.logo", source="frame", rules=("r",), reason="no model")
    verdict = verdict_of(clip, decision=Decision.FLAG, complete=False, not_examined=(gap,))
    with pytest.raises(ProvenanceError, match="not examined"):
        Approval(verdict, verdict.as_of, clearance_of(verdict))
    clearance = clearance_of(verdict, accepts_incomplete=True)
    statement = Approval(verdict, verdict.as_of, clearance).statement
    assert statement.lets_through
    assert [(one.category, one.owner) for one in statement.accepted_unexamined] == [
        ("brand.logo", "brand-legal")
    ]


@pytest.mark.parametrize(
    ("scope", "asked", "holds"),
    [
        ({}, {}, True),
        ({}, {"territories": ("DE",), "channels": ("tv",)}, True),
        ({"territories": ("DE", "FR")}, {"territories": ("DE",)}, True),
        ({"territories": ("DE",)}, {"territories": ("DE", "FR")}, False),
        ({"territories": ("DE",)}, {}, False),
        ({"channels": ("tv",)}, {"territories": ("DE",)}, False),
        ({"channels": ("tv",)}, {"channels": ("tv",)}, True),
    ],
)
def test_a_clearance_reaches_the_whole_release_or_does_not_count(
    verdict_of: Make,
    clip: Path,
    scope: dict[str, tuple[str, ...]],
    asked: dict[str, tuple[str, ...]],
    holds: bool,
) -> None:
    verdict = verdict_of(clip, decision=Decision.FLAG, release=Release(**asked))
    assert (clearance_of(verdict, **scope).objection(verdict, verdict.as_of) == "") is holds


def test_a_waiver_is_signed_with_its_owner(verdict_of: Make, clip: Path) -> None:
    waiver = Waiver(
        id="W-1",
        asset_sha256="a" * 64,
        rule="r",
        reason="agreed",
        owner="grace",
        approver="ada",
        expires=date(2026, 12, 31),
    )
    (said,) = state(verdict_of(clip, waivers=(waiver,))).waivers
    assert (said.id, said.owner, said.approver) == ("W-1", "grace", "ada")
