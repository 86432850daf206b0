"""Hypothesis strategies for policies and facts over a small world, so that things meet often."""

import functools
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from policy_examples import ASSET, MEDIA

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
from compliance.policy.schema import Policy
from compliance.taxonomy import TAXONOMY
from compliance.types import Region, Source, TimeSpan

LEAVES = (
    "likeness.face",
    "likeness.name",
    "presence.face",
    "pii.phone",
    "pii.email",
    "brand.logo",
    "disclosure.label",
    "provenance.tampered",
    "generation.synthetic",
    "integrity.undecodable",
)
FINDS = (*LEAVES, "likeness", "pii", "brand", "provenance", "generation", "integrity", "presence")
SOURCES = (Source.PROMPT, Source.OCR, Source.FRAME, Source.METADATA)
PAIRS = tuple(
    (path, source)
    for path in LEAVES
    for source in SOURCES
    if source in TAXONOMY.leaves[path].sources
)
REFERENCES = tuple(
    Reference(bank=bank, entry=entry, label=entry.title())
    for bank in ("talent", "public")
    for entry in ("ann", "bob")
)
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
DAYS = (date(2026, 6, 1), date(2026, 6, 15), date(2026, 7, 1))
MARK = "c2pa.digital_source_type"
MARKS = (MARK, "label", "watermark")
DUTIES: tuple[dict[str, Any], ...] = (
    {"mark": MARK},
    {"label": {"text": "Made with AI", "place": "end"}},
    {"label": {"text": "AI", "place": "throughout", "min_seconds": 1.5}, "watermark": "w"},
    {"watermark": "w", "mark": MARK},
)
EXPRESSIONS = (
    "findings.exists(f, f.score >= 0.75)",
    "findings.exists(f, f.score > 0.25 && f.entry == 'ann')",
    'findings.exists(f, f.source in ["frame", "ocr"] || f.label.contains("ob"))',
    'findings.exists(f, findings.exists(g, f.reference == g.reference && f.source == "frame" && g.score > 0))',
    "findings.exists(f, f.seconds >= 1 && f.frames >= 3) && findings.exists(g, g.area_percent > 10)",
    'findings.exists(f, f.category.startsWith("likeness.") && (f.bank == "talent" || f.track.endsWith("2")))',
)


_index = functools.cache(lambda count: st.integers(0, count - 1))


def pick(draw: st.DrawFn, *values: Any) -> Any:
    """Draw one of ``values``; building a strategy for each choice would take most of the time."""
    return values[draw(_index(len(values)))]


def rules(draw: st.DrawFn, index: int) -> dict[str, Any]:
    said = {
        "in": pick(draw, (), (), (), ("talent",), ("public",), ("talent", "public")),
        "except": pick(draw, (), (), (), ("ann",), ("talent/bob",), ("Ann", "bob")),
        "only": pick(draw, (), (), (), (), ("ann", "public/bob")),
        "when": bounds(draw),
        "unless": pick(draw, {}, {}, *UNLESS),
        "applies": applies(draw),
        "then": pick(draw, "approve", "flag", "flag", "reject", "reject"),
        "oblige": pick(draw, None, None, None, None, *DUTIES),
        "status": pick(draw, "enforce", "enforce", "enforce", "enforce", "monitor"),
    }
    find = {pick(draw, *FINDS) for _ in range(pick(draw, 1, 1, 2))}
    return {
        "id": f"r{index}",
        "title": "T",
        "find": tuple(sorted(find)),
        **said,
        **turn(draw, said),
    }


def bounds(draw: st.DrawFn) -> dict[str, Any]:
    after, before = pick(draw, *[(None, None)] * 4, (1.25, None), (None, 1.75), (0.25, 2.25))
    return {
        "min_score": pick(draw, None, *STEPS),
        "min_seconds": pick(draw, None, None, None, 1.0, 2.0),
        "min_area_percent": pick(draw, None, None, None, 10.0, 25.0),
        "min_frames": pick(draw, None, None, None, 2, 4),
        "after_seconds": after,
        "before_seconds": before,
        "min_count": pick(draw, None, None, None, 1, 2),
    }


UNLESS = (
    {"consent": "covers"},
    {"consent": "covers", "licence": "covers"},
    {"declared": "release"},
    {"licence": "covers", "declared": "release"},
)


def applies(draw: st.DrawFn) -> dict[str, Any]:
    said: dict[str, Any] = pick(
        draw,
        *[{}] * 5,
        {"territories": ("EU",)},
        {"territories": ("US", "DE")},
        {"territories": ("US-CA",)},
        {"channels": ("TV",)},
        {"audience": ("children", "General")},
        {"purpose": ("advertising",)},
        {"provider": ("Runway",)},
    )
    if pick(draw, False, False, False, True):
        first, last = sorted((pick(draw, *DAYS), pick(draw, *DAYS)))
        said = {**said, "from": first, "until": pick(draw, None, last)}
    return said


def turn(draw: st.DrawFn, said: dict[str, Any]) -> dict[str, Any]:
    """What makes a rule another one than that which hits where anything counts, with what it rules out."""
    kind = pick(draw, *[""] * 4, "unknown", "missing", "undeclared", "label", "expr", "expr")
    if kind == "unknown":
        least = pick(draw, *STEPS)
        return {
            "find": pick(draw, ("likeness.face",), ("likeness.face",), ("likeness.voice",)),
            "unknown": True,
            "when": {**said["when"], "min_score": least},
            "except": (),
            "only": (),
        }
    declarable = pick(
        draw, ("likeness",), ("likeness.face",), ("brand.logo",), ("brand", "likeness")
    )
    if kind == "missing":
        return {"find": declarable, "declared": "missing", "unless": {}}
    if kind == "undeclared":
        return {"find": declarable, "declared": "undeclared"}
    if kind == "label":
        find = pick(draw, ("disclosure.label",), ("disclosure.label",), ("provenance",))
        return {"find": find, "label": "missing", "unless": {}}
    return {"expr": pick(draw, *EXPRESSIONS)} if kind else {}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    accepted = pick(
        draw,
        (),
        (),
        ({"category": "pii", "owner": "o", "reason": "r"},),
        ({"category": "likeness", "sources": ("prompt", "ocr"), "owner": "o", "reason": "r"},),
    )
    return Policy.model_validate(
        {
            "policy": "p",
            "version": "1",
            "owner": "o",
            "status": "enforce",
            "if_not_examined": pick(draw, "flag", "reject"),
            "accept_unexamined": accepted,
            "rules": tuple(rules(draw, index) for index in range(pick(draw, 1, 2, 3))),
        }
    )


REGIONS = {
    side: Region(points=((0, 0), (side, 0), (side, side), (0, side))) for side in (0.25, 0.5, 1.0)
}


def finding(draw: st.DrawFn) -> Finding:
    category = pick(draw, *LEAVES, "likeness.face", "presence.face")
    seconds, start = pick(draw, None, 0.0, 1.0, 3.0), pick(draw, 0.0, 2.0)
    branded = category.startswith(("likeness", "brand"))
    return Finding(
        category=category,
        asset=ASSET,
        analyzer=pick(draw, "seer", "seer", "other"),
        source=pick(draw, *_sources(category)),
        score=pick(draw, *STEPS),
        raw=float(draw(_index(1000))),
        raw_kind=RawKind.COUNT,
        span=None if seconds is None else TimeSpan(start=start, end=start + seconds),
        region=REGIONS.get(pick(draw, 0, 0.25, 0.5, 1.0)),
        frames=pick(draw, None, 1, 3, 5),
        track=pick(draw, None, "", "t1", "t1", "t2") if category.endswith(".face") else None,
        reference=pick(draw, None, *REFERENCES) if branded else None,
    )


@functools.cache
def _sources(category: str) -> tuple[Source, ...]:
    return tuple(sorted(TAXONOMY.leaves[category].sources))


def report(draw: st.DrawFn) -> AnalyzerReport:
    banks = tuple(
        BankUse(name=name, modality="face", size=pick(draw, 0, 2, 2), version="v")
        for name in pick(draw, (), ("talent",), ("talent", "public"), ("talent", "public"))
    )
    wild = pick(draw, None, True, True, False)
    model = ModelUse(
        id="m", sha256="s", licence="MIT", commercial_use="yes", calibrated=wild is True
    )
    return AnalyzerReport(
        analyzer=pick(draw, "a", "b"),
        version="1",
        asset=ASSET,
        status=pick(draw, *[Status.COMPLETED] * 6, *Status),
        examines=PAIRS
        if pick(draw, True, True, False)
        else tuple(p for p in PAIRS if p[0].startswith(pick(draw, *FINDS))),
        coverage=Coverage(complete=pick(draw, True, True, True, True, False)),
        models=() if wild is None else (model,),
        banks=banks,
        findings=tuple(finding(draw) for _ in range(pick(draw, 0, 1, 2, 3, 4))),
    )


def _scope(draw: st.DrawFn) -> Scope:
    return Scope(
        purposes=("*",),
        territories=pick(draw, ("*",), ("DE",), ()),
        channels=("*",),
        starts=datetime(2026, pick(draw, 1, 6), 10, tzinfo=UTC),
        ends=datetime(2026, pick(draw, 6, 12), 20, tzinfo=UTC),
    )


def permits(draw: st.DrawFn) -> tuple[tuple[Consent, ...], tuple[Licence, ...]]:
    revoked = (None, None, datetime(2026, 6, 15, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC))
    consents = tuple(
        Consent(
            id=f"C{index}",
            person=pick(draw, *REFERENCES),
            uses=pick(draw, (), ("face",), ("face", "name")),
            scope=_scope(draw),
            revoked=pick(draw, *revoked),
        )
        for index in range(pick(draw, 0, 1, 2))
    )
    licences = tuple(
        Licence(
            id="L",
            reference=pick(draw, *REFERENCES),
            scope=_scope(draw),
            revoked=pick(draw, *revoked),
        )
        for _ in range(pick(draw, 0, 1))
    )
    return consents, licences


TERRITORIES = (
    ("DE",),
    ("US",),
    ("EU",),
    ("GB",),
    ("Atlantis",),
    ("US-CA",),
    ("DE", "US-NY"),
    ("US", "EU", "DE"),
)


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    consents, licences = permits(draw)
    release = Release(
        territories=pick(draw, (), *TERRITORIES),
        channels=pick(draw, (), (), ("tv",), ("web",), ("web", "tv")),
        audience=pick(draw, (), (), ("children",), ("general", "adults")),
        purpose=pick(draw, None, None, "advertising", "editorial"),
        starts=pick(draw, None, *DAYS),
        ends=pick(draw, None, *DAYS),
        people=pick(draw, (), (), ("ann",), ("talent/bob", "Ann")),
        brands=pick(draw, (), (), ("ann",), ("public/bob",)),
    )
    waivers = tuple(
        Waiver(
            id=f"W{index}",
            asset_sha256=pick(draw, MEDIA, MEDIA, "e" * 64),
            rule=pick(draw, "r0", "r1"),
            reason="r",
            owner="o",
            approver="a",
            expires=pick(draw, *DAYS),
        )
        for index in range(pick(draw, 0, 0, 0, 1, 2))
    )
    return Facts(
        asset=ASSET,
        asset_sha256=MEDIA,
        reports=tuple(report(draw) for _ in range(pick(draw, 0, 1, 2, 3))),
        applicable=tuple(source for source in SOURCES if pick(draw, True, False)),
        gaps=pick(draw, (), (), (), ("torn",), ("torn", "lost")),
        release=release,
        consents=consents,
        licences=licences,
        waivers=waivers,
        marks=pick(draw, (), MARKS, tuple(pick(draw, *MARKS) for _ in range(2))),
        providers=pick(draw, (), (), ("runway", "Kling"), ("veo",)),
    )


findings = st.composite(finding)
