"""What is said of a verdict in public: the body of C2PA assertion and attestation. No I/O.

It names the reviewed file by its digest and leaves prompts out, digests of them too, because short
prompts can be guessed from those. Where a prompt alone was reviewed its digest has to be the subject.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import AwareDatetime, Field

from compliance.facts import Use, Waiver
from compliance.findings import ModelUse
from compliance.types import Model
from compliance.verdicts import Clearance, Decision, Verdict

STATEMENT_TYPE: Final = "compliance.verdict.v1"
"""Label of the C2PA assertion, and key of the statement in the attestation's predicate. C2PA readers
drop the version from a label, so the statement carries it as well."""

Sha256 = Field(pattern="^[0-9a-f]{64}$")


class HitStatement(Model):
    """A rule that applied."""

    rule: str
    """The rule's id."""
    decision: Decision
    """What it asks for."""
    waiver: str | None = None
    """Id of the waiver that covers it."""
    monitored: bool = False
    """True where the rule only monitors, so that the hit does not count."""


class WaiverStatement(Model):
    """A recorded exception that covers a hit."""

    id: str
    """Identifier of the waiver."""
    rule: str
    """The rule that it waives."""
    owner: str
    """Who answers for it."""
    approver: str
    """Who allowed it."""
    reason: str
    """Why."""
    expires: date
    """Last day on which it holds, UTC; inclusive."""


class ConsentStatement(Model):
    """A person's consent that the decision relies on; the grant leads to the person for whoever keeps it.

    The person is not named, because a signed file cannot be changed when somebody is to be forgotten.
    """

    grant: str
    """Identifier of the grant."""
    uses: tuple[Use, ...]
    """What may be used."""
    ends: AwareDatetime
    """Last moment of the grant; it may be revoked before."""
    evidence_sha256: str | None = None
    """Digest of the signed paper or file; None where none was recorded."""


class LicenceStatement(Model):
    """A licence of a mark or work that the decision relies on."""

    grant: str
    """Identifier of the licence."""
    reference: str
    """The mark or work, ``bank/entry``."""
    ends: AwareDatetime
    """Last moment of the licence; it may be revoked before."""
    evidence_sha256: str | None = None
    """Digest of the signed paper or file; None where none was recorded."""


class AcceptedGap(Model):
    """Something that was not examined and that the policy, or a clearance, accepts all the same."""

    category: str
    """Path in the taxonomy."""
    source: str
    """Source in which it was not examined."""
    owner: str
    """Who accepts it; the role, where a clearance does."""
    reason: str
    """Why."""


class AnalyzerStatement(Model):
    """An analyzer that took part."""

    name: str
    """Its name."""
    version: str
    """Its version."""
    status: str
    """How it ended."""
    models: tuple[ModelUse, ...] = ()
    """Models with digests and licences."""


class ClearanceStatement(Model):
    """The human decision that cleared a flagged verdict; the person is named by role alone."""

    digest: str = Sha256
    """Digest of the clearance, 64 hex digits."""
    role: str
    """Role in which the person decided."""
    at: AwareDatetime
    """When."""
    until: AwareDatetime | None
    """Last moment that it holds; None means without end."""
    territories: tuple[str, ...] = ()
    """Territories that it is for; empty means all that were asked for."""
    channels: tuple[str, ...] = ()
    """Channels that it is for; empty means all that were asked for."""
    accepts_incomplete: bool = False
    """True where the person took it on that something was not examined."""


class PlaceStatement(Model):
    """One place of the release; a dimension that the release is silent about is absent, and means all."""

    territory: str | None = None
    channel: str | None = None
    audience: str | None = None
    decision: Decision


class VerdictStatement(Model):
    """A verdict as it is signed."""

    type: Literal["compliance.verdict.v1"] = STATEMENT_TYPE
    """Kind and version of this statement."""
    key: str
    """:attr:`compliance.verdicts.Verdict.key`."""
    digest: str = Sha256
    """:attr:`compliance.verdicts.Verdict.digest`, 64 hex digits."""
    input_sha256: str = Sha256
    """Digest of the reviewed file, or of the prompt of a prompt alone, 64 hex digits."""
    decision: Decision
    """What was decided."""
    complete: bool
    """False where something was not examined and nobody accepted that."""
    policy: str
    """``name@version``."""
    policy_digest: str
    """Digest of the effective policy."""
    policy_status: Literal["draft", "monitor", "enforce"]
    """Only ``enforce`` can sign."""
    as_of: AwareDatetime
    """The first moment at which this verdict was reached."""
    hits: tuple[HitStatement, ...] = ()
    """Rules that applied."""
    passed: tuple[str, ...] = ()
    """Rules that were examined and did not apply."""
    waivers: tuple[WaiverStatement, ...] = ()
    """Exceptions that cover hits, with their owners."""
    consents: tuple[ConsentStatement, ...] = ()
    """Consents that the decision relies on."""
    licences: tuple[LicenceStatement, ...] = ()
    """Licences that the decision relies on."""
    accepted_unexamined: tuple[AcceptedGap, ...] = ()
    """What the policy, or the clearance, accepts unexamined."""
    places: tuple[PlaceStatement, ...] = ()
    """Every place of the release with what was decided for it."""
    obligations: tuple[str, ...] = ()
    """What finalising had to add."""
    analyzers: tuple[AnalyzerStatement, ...] = ()
    """What took part."""
    containment: tuple[str, ...] = ()
    """What the kernel at hand could not enforce while decoding."""
    clearance: ClearanceStatement | None = None
    """The human decision, where one cleared it."""

    @property
    def lets_through(self) -> bool:
        """Tell whether the file may be published: a complete approval, or a clearance."""
        if self.policy_status != "enforce":
            return False
        if self.clearance is None:
            return self.decision is Decision.APPROVE and self.complete
        answered_for = self.complete or self.clearance.accepts_incomplete
        return self.decision is not Decision.REJECT and answered_for


def input_digest(verdict: Verdict) -> str:
    """Return the digest of what was reviewed: the media, or the prompt of a prompt alone."""
    return verdict.parts.get("media") or verdict.parts.get("prompt") or verdict.asset


def state(verdict: Verdict, clearance: Clearance | None = None) -> VerdictStatement:
    """Put a verdict, and the clearance of it if there is one, into the form that is signed."""
    return VerdictStatement(
        key=verdict.key,
        digest=verdict.digest,
        input_sha256=input_digest(verdict),
        decision=verdict.decision,
        complete=verdict.complete,
        policy=verdict.policy,
        policy_digest=verdict.policy_digest,
        policy_status=verdict.policy_status,
        as_of=verdict.as_of,
        hits=tuple(
            HitStatement(
                rule=hit.rule, decision=hit.decision, waiver=hit.waiver, monitored=hit.monitored
            )
            for hit in verdict.hits
        ),
        passed=verdict.passed,
        waivers=tuple(_state_waiver(waiver) for waiver in verdict.waivers),
        consents=tuple(
            ConsentStatement(
                grant=use.grant, uses=use.uses, ends=use.ends, evidence_sha256=use.evidence_sha256
            )
            for use in verdict.consents
        ),
        licences=tuple(
            LicenceStatement(
                grant=use.grant,
                reference=use.reference,
                ends=use.ends,
                evidence_sha256=use.evidence_sha256,
            )
            for use in verdict.licences
        ),
        accepted_unexamined=_accepted(verdict, clearance),
        places=tuple(
            PlaceStatement(
                territory=cell.territory,
                channel=cell.channel,
                audience=cell.audience,
                decision=cell.decision,
            )
            for cell in verdict.cells
        ),
        obligations=tuple(sorted({obligation.value for obligation in verdict.obligations})),
        analyzers=tuple(
            AnalyzerStatement(
                name=use.name, version=use.version, status=use.status, models=use.models
            )
            for use in verdict.analyzers
        ),
        containment=verdict.containment,
        clearance=clearance and _state_clearance(clearance),
    )


def _accepted(verdict: Verdict, clearance: Clearance | None) -> tuple[AcceptedGap, ...]:
    """Return what the policy accepts unexamined, and what the person who cleared took on besides."""
    found = []
    for gap in verdict.not_examined:
        owner, reason = gap.accepted_by, gap.accepted_reason or ""
        if owner is None and clearance is not None and clearance.accepts_incomplete:
            owner, reason = clearance.role, clearance.reason
        if owner is not None:
            found.append(
                AcceptedGap(category=gap.category, source=gap.source, owner=owner, reason=reason)
            )
    return tuple(found)


def _state_waiver(waiver: Waiver) -> WaiverStatement:
    return WaiverStatement(
        id=waiver.id,
        rule=waiver.rule,
        owner=waiver.owner,
        approver=waiver.approver,
        reason=waiver.reason,
        expires=waiver.expires,
    )


def _state_clearance(clearance: Clearance) -> ClearanceStatement:
    return ClearanceStatement(
        digest=clearance.digest,
        role=clearance.role,
        at=clearance.at,
        until=clearance.until,
        territories=clearance.territories,
        channels=clearance.channels,
        accepts_incomplete=clearance.accepts_incomplete,
    )
