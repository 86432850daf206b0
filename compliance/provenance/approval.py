"""The right to sign. Nothing in this package signs a file without an :class:`Approval`. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from compliance.errors import ProvenanceError
from compliance.provenance.statement import VerdictStatement, state
from compliance.verdicts import Clearance, Decision, Verdict


@dataclass(frozen=True)
class Approval:
    """A verdict that lets its one file be signed; making one that does not is an error.

    The caller has committed the verdict to the store before; a signer that runs as a service looks it up
    there before it signs.
    """

    verdict: Verdict
    """An enforcing verdict that approves, or one that ``clearance`` covers."""
    at: datetime
    """The moment of signing, UTC."""
    clearance: Clearance | None = None
    """A person's decision on exactly this verdict."""

    def __post_init__(self) -> None:
        """Refuse what may not be signed.

        Raises:
            ProvenanceError: the verdict does not approve, no valid clearance covers it, its policy does
                not enforce, or there is no media file.
        """
        verdict = self.verdict
        if verdict.policy_status != "enforce":
            raise _refusal(
                verdict, "a policy whose status is enforce", f"status {verdict.policy_status}"
            )
        if "media" not in verdict.parts:
            raise _refusal(verdict, "a reviewed media file", "a prompt alone")
        if self.clearance is not None:
            check_clearance(verdict, self.clearance, self.at)
        elif verdict.decision is not Decision.APPROVE or not verdict.complete:
            found = f"{verdict.decision}, {'complete' if verdict.complete else 'incomplete'}"
            raise _refusal(verdict, "a complete verdict that approves, or a clearance of it", found)

    @property
    def statement(self) -> VerdictStatement:
        """What is signed."""
        return state(self.verdict, self.clearance)


def check_clearance(verdict: Verdict, clearance: Clearance, at: datetime) -> None:
    """Refuse a clearance that does not let ``verdict`` through at ``at``.

    Raises:
        ProvenanceError: it is of another verdict, rejects, has ended, or does not reach far enough, or
            the policy does not enforce.
    """
    if verdict.policy_status != "enforce":
        found = f"status {verdict.policy_status}"
        raise _refusal(verdict, "a policy whose status is enforce", found)
    if clearance.decision != "approve":
        raise _refusal(verdict, "a clearance that approves", f"one that {clearance.decision}s")
    if found := clearance.objection(verdict, at):
        wanted = f"a clearance that holds for this verdict at {at.isoformat()}"
        raise _refusal(verdict, wanted, found)


def _refusal(verdict: Verdict, expected: str, found: str) -> ProvenanceError:
    return ProvenanceError(
        "this verdict does not let the file be signed",
        expected=expected,
        found=found,
        where=verdict.asset_name,
        fix="see the rules behind it with 'compliance explain RULE', and review a revised file",
    )
