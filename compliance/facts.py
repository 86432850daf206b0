"""What a policy is evaluated against, besides findings: release, permissions, waivers, record. No I/O.

Facts are *risks* (findings, gaps) or *mitigations* (consent, licence, waiver). A mitigation covers the one
finding it names, never a whole rule.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable
from datetime import MAXYEAR, UTC, date, datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from compliance.findings import AnalyzerReport, Finding, Reference
from compliance.territories import within
from compliance.types import Model, Source, digest_of

Use = Literal["face", "voice", "name"]
MINOR_YEARS = 5
"""Years that a minor's consent may last at most, as licences of minors in NO FAKES (S. 4591, not enacted)."""


def _one_or_many(value: object) -> object:
    if isinstance(value, list):  # strict reading takes no list for a tuple
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def folded(name: str) -> str:
    """Return a channel, audience, purpose or provider as it is compared: without case, width or spare space."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _named_places(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the places that are named: blanks name none, and among ``*`` nothing is left out."""
    said = tuple(value for value in values if value.strip())
    return () if any(value.strip() == "*" for value in said) else said


def _named_purpose(value: str | None) -> str | None:
    return next(iter(_named_places((value or "",))), None)


_Places = Annotated[tuple[str, ...], AfterValidator(_named_places)]


class Release(Model):
    """Where, when, to whom and for what an asset will be published. Silence, or ``*``, means everywhere."""

    territories: _Places = ()
    """ISO 3166-1 alpha-2 codes or a group such as ``EU``; empty means every territory."""
    channels: _Places = ()
    """Such as ``tv``, ``social``, ``web``; empty means every channel."""
    audience: Annotated[_Places, BeforeValidator(_one_or_many)] = ()
    """Such as ``general`` or ``children``, one or several; empty means every audience."""
    purpose: Annotated[str | None, AfterValidator(_named_purpose)] = None
    """Such as ``advertising`` or ``editorial``; None means every purpose."""
    starts: date | None = None
    """First day of publication, UTC; None means from now."""
    ends: date | None = None
    """Last day of publication, UTC; None means without end. Every grant ends, so that a release without
    end is judged at its first moment only: consent is read again at every decision, and a recall finds
    publications whose grant has ended."""
    people: tuple[str, ...] = ()
    """People declared to appear, as ``bank/entry``."""
    brands: tuple[str, ...] = ()
    """Brands declared to appear."""
    works: tuple[str, ...] = ()
    """Works declared to appear."""


class Scope(Model):
    """What a permission reaches. An empty list means *none*, ``["*"]`` means all."""

    purposes: tuple[str, ...] = ()
    """Purposes as in :attr:`Release.purpose`, compared without regard to case."""
    territories: tuple[str, ...] = ()
    """Territories as in :attr:`Release.territories`; a group such as ``EU`` reaches its members."""
    channels: tuple[str, ...] = ()
    """Channels as in :attr:`Release.channels`, compared without regard to case."""
    starts: AwareDatetime
    """First moment that is covered."""
    ends: AwareDatetime
    """Last moment that is covered; inclusive."""

    def covers(self, release: Release, as_of: datetime) -> bool:
        """Tell whether every place, purpose and day of ``release`` lies inside, and ``as_of`` too.

        A release that is silent about a dimension reaches all of it, and so only ``*`` covers it. Days
        are whole days in UTC: the first from 00:00 (without one, from ``as_of``), the last to 24:00. A
        release without a last day is judged at ``as_of`` and at its first moment only, see
        :attr:`Release.ends`; one that ends before it starts is never covered.
        """
        first = _midnight(release.starts) if release.starts else as_of
        last = _end_of(release.ends) if release.ends else first
        if not (self.starts <= as_of <= self.ends and self.starts <= first <= last <= self.ends):
            return False
        purposes = (release.purpose,) if release.purpose else ()
        return (
            _reaches(self.purposes, purposes, _named)
            and _reaches(self.territories, release.territories, within)
            and _reaches(self.channels, release.channels, _named)
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _end_of(day: date) -> datetime:
    """Return the last whole second of ``day``: an inclusive end is written as 23:59:59."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def _reaches(
    granted: tuple[str, ...],
    wanted: tuple[str, ...],
    inside: Callable[[tuple[str, ...], tuple[str, ...]], bool],
) -> bool:
    if "*" in granted:
        return True
    return bool(wanted) and inside(wanted, granted)


def _named(wanted: tuple[str, ...], granted: tuple[str, ...]) -> bool:
    return {folded(name) for name in wanted} <= {folded(name) for name in granted}


class Permit(Model):
    """What consents and licences have in common; revocable."""

    id: str
    """Identifier of the grant."""
    scope: Scope
    """Where, for what and when."""
    evidence_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """Digest of the signed paper or file that proves it; the file itself is not kept."""
    revoked: AwareDatetime | None = None
    """From this moment on it is void."""

    @property
    def subject(self) -> Reference:
        """Whom, or what, it is about."""
        raise NotImplementedError

    def objection(self) -> str:
        """Return why this can permit nothing; empty where it can."""
        return ""

    def ended(self, at: datetime) -> datetime | None:
        """Return since when the grant is over at ``at``; None while it is not."""
        if self.revoked is not None and self.revoked <= at:
            return min(self.revoked, self.scope.ends)
        return self.scope.ends if at > self.scope.ends else None

    def holds(self, release: Release, as_of: datetime) -> bool:
        """Tell whether this grant is in force at ``as_of`` and reaches all of ``release``."""
        in_force = self.revoked is None or as_of < self.revoked
        return in_force and not self.objection() and self.scope.covers(release, as_of)

    def covers(self, finding: Finding, release: Release, as_of: datetime) -> bool:
        """Tell whether this grant covers ``finding`` in ``release`` at ``as_of``."""
        raise NotImplementedError


class Consent(Permit):
    """A grant by a person; revocable."""

    person: Reference
    """Who grants."""
    uses: tuple[Use, ...]
    """What may be used."""
    minor: bool = False
    """True where the person is a minor, so that :meth:`objection` is stricter."""
    guardian: str | None = None
    """Who grants in a minor's place."""

    @property
    def subject(self) -> Reference:
        """Who grants."""
        return self.person

    def objection(self) -> str:
        """Return why this can be no consent of a minor; empty where it can, or where the person is none."""
        if not self.minor:
            return ""
        if not (self.guardian or "").strip():
            return "the person is a minor, and no guardian grants"
        scope = self.scope
        named = (
            ("purposes", scope.purposes),
            ("territories", scope.territories),
            ("channels", scope.channels),
        )
        if unlimited := [name for name, values in named if "*" in values]:
            return f"the person is a minor, and the {' and '.join(unlimited)} are not named"
        if scope.ends.date() > years_after(scope.starts.date(), MINOR_YEARS):
            return f"the person is a minor, and the grant lasts more than {MINOR_YEARS} years"
        return ""

    def covers(self, finding: Finding, release: Release, as_of: datetime) -> bool:
        """Tell whether this grant covers ``finding`` in ``release`` at ``as_of``."""
        use = finding.category.removeprefix("likeness.").split(".")[0]
        return (
            finding.category.startswith("likeness.")
            and use in self.uses
            and finding.reference is not None
            and finding.reference.id == self.person.id
            and self.holds(release, as_of)
        )


def years_after(day: date, years: int) -> date:
    """Return the same day ``years`` later; that of 29 February is the 28th where there is no 29th.

    What lies behind the calendar is its last day.
    """
    if day.year + years > MAXYEAR:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class Revocation(Model):
    """The end of a grant before its time."""

    grant: str
    """:attr:`Permit.id` of what ends."""
    reason: str = Field(min_length=1)
    """Why."""
    at: AwareDatetime
    """From when on the grant is void."""


class Licence(Permit):
    """A permission to show a mark or a work; revocable."""

    reference: Reference
    """The mark or work."""

    @property
    def subject(self) -> Reference:
        """The mark or work."""
        return self.reference

    def covers(self, finding: Finding, release: Release, as_of: datetime) -> bool:
        """Tell whether this licence covers ``finding`` in ``release`` at ``as_of``.

        How a mark of one's own is to be shown is no question of permission.
        """
        return (
            finding.category.startswith(("brand.", "ip."))
            and finding.category != "brand.own_misuse"
            and finding.reference is not None
            and finding.reference.id == self.reference.id
            and self.holds(release, as_of)
        )


class Waiver(Model):
    """A recorded exception for one asset and one rule. It never covers incompleteness."""

    id: str
    """Identifier, such as ``W-017``."""
    asset_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """:attr:`compliance.types.Asset.id`: one media file with its prompts and record."""
    rule: str
    """The rule's id."""
    reason: str = Field(min_length=1)
    """Why."""
    owner: str = Field(min_length=1)
    """Who answers for it."""
    approver: str = Field(min_length=1)
    """Who allowed it."""
    expires: date
    """Last day on which it holds; inclusive."""

    def covers(self, rule: str, asset_sha256: str, as_of: datetime) -> bool:
        """Tell whether this waiver covers ``rule`` on the asset with this digest at ``as_of``."""
        return (
            self.rule == rule and self.asset_sha256 == asset_sha256 and as_of.date() <= self.expires
        )


class GenerationRecord(Model):
    """Provider-neutral account of how a media file was generated."""

    host: str = "unknown"
    """Service that ran the job, such as ``runway``; not always the model's vendor."""
    vendor: str = "unknown"
    """Who made the model."""
    model: str = "unknown"
    """Model as requested."""
    model_resolved: str | None = None
    """Model that ran, where the host says so."""
    job_id: str | None = None
    """The host's identifier; None where a refusal came before one was given."""
    prompt: str | None = None
    """Prompt as submitted."""
    revised_prompt: str | None = None
    """Prompt as the provider rewrote it."""
    negative_prompt: str | None = None
    """Negative prompt, effective defaults included."""
    seed: int | None = None
    """Seed; None and 0 differ."""
    created: AwareDatetime | None = None
    """When the job was created, UTC."""
    output_sha256: str | None = None
    """Digest of the file that the host delivered, 64 hex digits."""
    digital_source_type: str | None = None
    """IPTC digital source type, as a URI or its last part, such as ``trainedAlgorithmicMedia``.
    None means that nobody said; it is never assumed."""
    raw_sha256: str | None = None
    """Digest of the host's own payload, 64 hex digits."""


class StreamKind(enum.StrEnum):
    """Kinds of streams in a container."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"
    OTHER = "other"


class Facts(Model):
    """Everything that one evaluation looks at, for one asset."""

    asset: str
    """:attr:`compliance.types.Asset.id`."""
    asset_sha256: str
    """:attr:`asset` as waivers name it: media, prompts and record together."""
    reports: tuple[AnalyzerReport, ...]
    """One of each analyzer that was planned, whatever its status."""
    applicable: tuple[Source, ...]
    """Sources that this asset has. What is not listed is proved absent."""
    gaps: tuple[str, ...] = ()
    """What of the asset itself could not be read (a truncated stream), one paragraph each."""
    release: Release = Release()
    """Where it will be published."""
    providers: tuple[str, ...] = ()
    """Host, vendor and model of the generation record, as far as it names them; empty where nobody said."""
    consents: tuple[Consent, ...] = ()
    """Grants that might apply."""
    licences: tuple[Licence, ...] = ()
    """Licences that might apply."""
    waivers: tuple[Waiver, ...] = ()
    """Waivers that might apply."""
    marks: tuple[str, ...] = ()
    """Obligations that finalising is able to fulfil for this asset, such as
    ``c2pa.digital_source_type``; an obligation that is not listed turns an approval into a flag."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of all reports, each once, in a fixed order."""
        unique = {finding.id: finding for report in self.reports for finding in report.findings}
        return tuple(unique[key] for key in sorted(unique))

    @property
    def digest(self) -> str:
        """Digest over everything here, 64 hex digits."""
        return digest_of(self)
