"""Decisions and the documents that carry them. No I/O."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Literal

from pydantic import AwareDatetime, Field

from compliance.facts import Release
from compliance.findings import BankUse, Coverage, ModelUse
from compliance.types import Model, digest_of


class Decision(enum.StrEnum):
    """``approve`` < ``flag`` < ``reject``."""

    APPROVE = "approve"
    FLAG = "flag"
    REJECT = "reject"

    @property
    def severity(self) -> int:
        """0, 1 or 2."""
        return list(Decision).index(self)

    @classmethod
    def worst(cls, decisions: list[Decision]) -> Decision:
        """Return the worst of ``decisions``; approve where there is none."""
        return max(decisions, key=lambda decision: decision.severity, default=cls.APPROVE)


class ExitCode(enum.IntEnum):
    """Exit codes; where several hold, the first in the order of :data:`EXIT_ORDER` wins."""

    APPROVE = 0
    CRASH = 1
    USAGE = 2
    FLAG = 10
    REJECT = 11
    INCOMPLETE = 12
    INTERRUPTED = 130


EXIT_ORDER = (
    ExitCode.INTERRUPTED,
    ExitCode.CRASH,
    ExitCode.USAGE,
    ExitCode.REJECT,
    ExitCode.INCOMPLETE,
    ExitCode.FLAG,
    ExitCode.APPROVE,
)


def worst_exit_code(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the first in :data:`EXIT_ORDER` of ``codes``; 0 where there is none."""
    found = set(codes)
    return next((code for code in EXIT_ORDER if code in found), ExitCode.APPROVE)


class Obligation(Model):
    """What finalising must add to the output and then prove on it."""

    kind: Literal["mark"] = "mark"
    """Machine-readable marks come first; labels and watermarks have kinds of their own later."""
    value: str
    """Such as ``c2pa.digital_source_type``."""
    rule: str
    """The rule that asks for it."""


class RuleHit(Model):
    """A rule that applied to at least one finding."""

    rule: str
    """The rule's id."""
    title: str = ""
    """The rule's title."""
    decision: Decision
    """What the rule asks for."""
    findings: tuple[str, ...]
    """Ids of the findings behind it, sorted."""
    category: str = ""
    """Category of the worst finding."""
    score: float = Field(default=0.0, ge=0.0, le=1.0)
    """Highest score among the findings."""
    threshold: float | None = None
    """``min_score`` of the rule, where it has one."""
    note: str = ""
    """Why it decided as it did, where that is not plain."""
    send_to: str | None = None
    """Queue of people that the rule names."""
    waiver: str | None = None
    """Id of the waiver that covers the hit; it then does not count, but is shown."""


class NotExamined(Model):
    """A category that a rule names and that was not examined in one source."""

    category: str
    """Path in the taxonomy."""
    source: str
    """Source in which it was not examined, or ``asset``."""
    rules: tuple[str, ...]
    """Rules that name it."""
    reason: str
    """One paragraph, with the command that mends it."""
    accepted_by: str | None = None
    """Owner, where the policy accepts it; then it is shown but does not count."""
    accepted_reason: str | None = None
    """Why the owner accepts it."""


class AnalyzerUse(Model):
    """An analyzer that took part, as the verdict lists it."""

    name: str
    version: str
    status: str
    reason: str = ""
    device: str = "cpu"
    device_reason: str = ""
    coverage: Coverage = Coverage()
    models: tuple[ModelUse, ...] = ()
    banks: tuple[BankUse, ...] = ()
    observations_key: str = ""


class Verdict(Model):
    """The decision of one policy on one asset for one release; immutable."""

    key: str
    """Digest over everything the decision depends on; the same key gives one verdict."""
    asset: str
    """:attr:`compliance.types.Asset.id`."""
    asset_name: str
    """File name, or ``prompt``."""
    parts: dict[str, str]
    """SHA-256 of each part by role."""
    policy: str
    """``name@version``."""
    policy_digest: str
    """Digest of the effective policy, 64 hex digits."""
    policy_status: Literal["draft", "monitor", "enforce"]
    """Only ``enforce`` can sign."""
    release: Release
    """What was asked for."""
    as_of: AwareDatetime
    """The moment that consent, licences and waivers were read at."""
    decision: Decision
    """The worst of the rule hits and of incompleteness."""
    complete: bool
    """False where something that a rule names was not examined and nobody accepted that."""
    hits: tuple[RuleHit, ...] = ()
    """Rules that applied, worst first."""
    passed: tuple[str, ...] = ()
    """Rules whose categories were examined and that did not apply."""
    not_examined: tuple[NotExamined, ...] = ()
    """What was not examined, accepted or not."""
    obligations: tuple[Obligation, ...] = ()
    """What finalising must add."""
    analyzers: tuple[AnalyzerUse, ...] = ()
    """What took part."""
    coverage: Coverage = Coverage()
    """Coverage of the media as a whole."""
    containment: tuple[str, ...] = ()
    """What the kernel at hand could not enforce while decoding; empty means all of it."""
    seconds: float = Field(default=0.0, ge=0.0)
    """Duration of the media, seconds."""

    @property
    def digest(self) -> str:
        """Digest over the whole verdict, 64 hex digits: what gets signed."""
        return digest_of(self)

    @property
    def exit_code(self) -> ExitCode:
        """Exit code of this verdict alone."""
        if self.decision is Decision.REJECT:
            return ExitCode.REJECT
        if not self.complete:
            return ExitCode.INCOMPLETE
        return ExitCode.FLAG if self.decision is Decision.FLAG else ExitCode.APPROVE


class Clearance(Model):
    """A verdict together with a decision by a person who is authorised to take it."""

    verdict_key: str
    verdict_digest: str
    decision: Literal["approve", "reject"]
    by: str = Field(min_length=1)
    role: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    at: AwareDatetime
    until: AwareDatetime | None = None


class Publication(Model):
    """The event that an output went somewhere."""

    output_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    where: str = Field(min_length=1)
    at: AwareDatetime
    verdict_key: str
