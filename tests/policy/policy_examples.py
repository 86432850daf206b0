"""Small facts and policies that the tests of the policy engine share."""

from datetime import UTC, datetime

from compliance.facts import Consent, Facts, Licence, Release, Scope, Waiver
from compliance.findings import (
    AnalyzerReport,
    BankUse,
    Coverage,
    Finding,
    ModelUse,
    RawKind,
    Reference,
    Status,
)
from compliance.policy.load import load_policy_text
from compliance.policy.schema import Policy
from compliance.types import Region, Source, TimeSpan

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
ASSET = "a" * 64
MEDIA = "b" * 64
HEAD = "policy: p\nversion: 1.0.0\nowner: o@example.com\nstatus: enforce\n"
ANN = Reference(bank="talent", entry="ann", label="Ann Example")
WHOLE = Coverage()
EVERYWHERE = Release()
BOB = Reference(bank="talent", entry="bob", label="Bob Example")


def policy(rules: str, head: str = "") -> Policy:
    """A policy of the rules in ``rules`` (YAML list items in flow style, one a line)."""
    return load_policy_text(f"{HEAD}{head}\nrules:\n{rules}", "test.yaml")


def rule(text: str, name: str = "r") -> str:
    return f"  - {{id: {name}, title: T, {text}}}\n"


def finding(
    category: str = "pii.phone",
    score: float = 0.9,
    *,
    source: Source = Source.OCR,
    reference: Reference | None = None,
    seconds: float | None = 2.0,
    side: float | None = 0.5,
    raw: float = 1.0,
) -> Finding:
    return Finding(
        category=category,
        asset=ASSET,
        analyzer="seer",
        source=source,
        score=score,
        raw=raw,
        raw_kind=RawKind.PROBABILITY,
        span=None if seconds is None else TimeSpan(start=1.0, end=1.0 + seconds),
        region=None
        if side is None
        else Region(points=((0, 0), (side, 0), (side, side), (0, side))),
        reference=reference,
    )


def face(reference: Reference = ANN, score: float = 0.95) -> Finding:
    return finding("likeness.face", score, source=Source.FRAME, reference=reference)


def bank(name: str = "talent", modality: str = "face", size: int = 2) -> BankUse:
    return BankUse(name=name, modality=modality, size=size, version="c" * 64)


def model(calibrated: bool = True) -> ModelUse:
    return ModelUse(
        id="m", sha256="d" * 64, licence="MIT", commercial_use="yes", calibrated=calibrated
    )


def report(
    *findings: Finding,
    examines: tuple[tuple[str, Source], ...] = (("pii.phone", Source.OCR),),
    status: Status = Status.COMPLETED,
    reason: str = "",
    coverage: Coverage = WHOLE,
    banks: tuple[BankUse, ...] = (),
    models: tuple[ModelUse, ...] = (),
    analyzer: str = "seer",
) -> AnalyzerReport:
    return AnalyzerReport(
        analyzer=analyzer,
        version="1",
        asset=ASSET,
        status=status,
        reason=reason,
        examines=examines,
        coverage=coverage,
        models=models,
        banks=banks,
        findings=findings,
    )


def face_report(*findings: Finding, banks: tuple[BankUse, ...] = (bank(),)) -> AnalyzerReport:
    return report(*findings, examines=(("likeness.face", Source.FRAME),), banks=banks)


def facts(
    *reports: AnalyzerReport,
    applicable: tuple[Source, ...] = (Source.OCR,),
    gaps: tuple[str, ...] = (),
    release: Release = EVERYWHERE,
    consents: tuple[Consent, ...] = (),
    licences: tuple[Licence, ...] = (),
    waivers: tuple[Waiver, ...] = (),
    marks: tuple[str, ...] = (),
) -> Facts:
    return Facts(
        asset=ASSET,
        asset_sha256=MEDIA,
        reports=reports,
        applicable=applicable,
        gaps=gaps,
        release=release,
        consents=consents,
        licences=licences,
        waivers=waivers,
        marks=marks,
    )


def scope() -> Scope:
    return Scope(
        purposes=("*",),
        territories=("*",),
        channels=("*",),
        starts=datetime(2026, 1, 1, tzinfo=UTC),
        ends=datetime(2026, 12, 31, tzinfo=UTC),
    )


def consent(person: Reference = ANN) -> Consent:
    return Consent(id=f"C-{person.entry}", person=person, uses=("face", "name"), scope=scope())


def waiver(rule_id: str = "r", expires: str = "2026-06-15") -> Waiver:
    return Waiver.model_validate(
        {
            "id": "W-1",
            "asset_sha256": MEDIA,
            "rule": rule_id,
            "reason": "agreed",
            "owner": "o@example.com",
            "approver": "p@example.com",
            "expires": expires,
        }
    )
