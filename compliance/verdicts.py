"""Decisions and the documents that carry them. No I/O."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from compliance.facts import Release, Use, Waiver
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

    kind: Literal["mark", "label", "watermark"] = "mark"
    """Machine-readable mark, disclosure that people see or hear, or watermark."""
    value: str
    """Such as ``c2pa.digital_source_type``, or a label's words and place."""
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
    monitored: bool = False
    """True where the rule only monitors: this is what it would have done, and it does not count."""

    @property
    def counts(self) -> bool:
        """True where the hit takes part in the decision."""
        return self.waiver is None and not self.monitored


class Cell(Model):
    """One place of a release: a territory, a channel and an audience, and what holds there."""

    territory: str | None = None
    """As the release names it; None where it names none, which means all."""
    channel: str | None = None
    """The same for channels."""
    audience: str | None = None
    """The same for audiences."""
    decision: Decision
    """What the policy decides for this place."""
    complete: bool
    """False where something that rules for this place need was not examined."""
    hits: tuple[str, ...] = ()
    """Rules that hit here and count, sorted."""
    obligations: tuple[str, ...] = ()
    """What must be added for this place: ``kind value``."""

    def __str__(self) -> str:
        """Return ``territory × channel × audience``; what the release is silent about is ``all``."""
        return " × ".join(part or "all" for part in (self.territory, self.channel, self.audience))


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


class PermitUse(Model):
    """A permission that took at least one finding out of a rule, so that the decision relies on it."""

    grant: str
    """:attr:`compliance.facts.Permit.id`."""
    ends: AwareDatetime
    """Last moment of the grant; it may be revoked before."""
    evidence_sha256: str | None = None
    """Digest of the signed paper or file; None where none was recorded."""
    findings: tuple[str, ...]
    """Ids of the findings that it excused, sorted."""

    @property
    def subject(self) -> str:
        """Whom, or what, it is about: ``bank/entry``."""
        raise NotImplementedError


class ConsentUse(PermitUse):
    """A person's consent that a decision relies on."""

    person: str
    """Who granted, ``bank/entry``."""
    uses: tuple[Use, ...]
    """What may be used."""

    @property
    def subject(self) -> str:
        """Who granted."""
        return self.person


class LicenceUse(PermitUse):
    """A licence that a decision relies on."""

    reference: str
    """The mark or work, ``bank/entry``."""

    @property
    def subject(self) -> str:
        """The mark or work."""
        return self.reference


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
    """The first moment at which it was reached; what was in force then is part of :attr:`key`."""
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
    cells: tuple[Cell, ...] = ()
    """The release matrix; the decision is the worst of it."""
    waivers: tuple[Waiver, ...] = ()
    """Waivers that cover a hit, with their owners."""
    consents: tuple[ConsentUse, ...] = ()
    """Consents that excused at least one finding, sorted by grant: what the decision relies on."""
    licences: tuple[LicenceUse, ...] = ()
    """Licences that excused at least one finding, sorted by grant."""
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
    replay: bool = False
    """True where it was asked for as of another moment than its own; it lets nothing out."""

    @property
    def relies_on(self) -> tuple[PermitUse, ...]:
        """The consents and licences that the decision relies on."""
        return (*self.consents, *self.licences)

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
    """A decision on one flagged verdict by a person who is authorised to take it; immutable."""

    verdict_key: str
    """:attr:`Verdict.key` of what the person saw."""
    verdict_digest: str
    """:attr:`Verdict.digest` of it."""
    decision: Literal["approve", "reject"]
    """``approve`` lets the asset out, ``reject`` stops it."""
    by: str = Field(min_length=1)
    """Who decided."""
    role: str = Field(min_length=1)
    """In which role; nothing else of the person is signed into files."""
    reason: str = Field(min_length=1)
    """Why."""
    at: AwareDatetime
    """When; the first moment that it holds."""
    until: AwareDatetime | None = None
    """Last moment that it holds, inclusive; None means without end."""
    territories: tuple[str, ...] = ()
    """Territories that it is for; empty means all that the release asks for."""
    channels: tuple[str, ...] = ()
    """Channels that it is for; empty means all that the release asks for."""
    accepts_incomplete: bool = False
    """True where the person takes it on that something was not examined."""

    @property
    def digest(self) -> str:
        """Digest over all of it, 64 hex digits."""
        return digest_of(self)

    def objection(self, verdict: Verdict, at: datetime) -> str:
        """Return why this does not count for ``verdict`` at ``at``; empty where it does."""
        if (self.verdict_key, self.verdict_digest) != (verdict.key, verdict.digest):
            return f"clearance of verdict {self.verdict_key[:12]}"
        if verdict.decision is Decision.REJECT:
            return "reject, which none clears"
        if not verdict.complete and self.decision == "approve" and not self.accepts_incomplete:
            return "a clearance that does not accept what was not examined"
        if at < self.at or (self.until is not None and at > self.until):
            ends = self.until.isoformat() if self.until else "open end"
            return f"a clearance from {self.at.isoformat()} to {ends}"
        release = verdict.release
        for name, granted, asked in (
            ("territories", self.territories, release.territories),
            ("channels", self.channels, release.channels),
        ):
            if granted and not (asked and set(asked) <= set(granted)):
                wanted = ", ".join(asked) or "all"
                return f"{name} {', '.join(granted)}, while the release asks for {wanted}"
        return ""


class SignedOutput(Model):
    """A signed copy that was made, so that its digest leads back to what let it out."""

    output_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Digest of the signed file."""
    verdict_key: str
    """The verdict that is signed into it."""
    clearance: str | None = None
    """Digest of the clearance that is signed into it, where one was needed."""
    at: AwareDatetime
    """When it was signed."""


class Publication(Model):
    """The event that an output went somewhere."""

    output_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Digest of the file that went out."""
    where: str = Field(min_length=1)
    """Where it went, such as an address or a broadcaster."""
    at: AwareDatetime
    """When."""
    verdict_key: str
    """Under which verdict."""
    clearance: str | None = None
    """Digest of the clearance that it went out under, where one was needed."""
    territories: tuple[str, ...] = ()
    """Territories that it reaches; empty means every one."""
