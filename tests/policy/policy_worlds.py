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
    "pii.phone",
    "pii.email",
    "brand.logo",
    "provenance.tampered",
    "generation.synthetic",
    "integrity.undecodable",
)
FINDS = (*LEAVES, "likeness", "pii", "brand", "provenance", "generation", "integrity")
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


_index = functools.cache(lambda count: st.integers(0, count - 1))


def pick(draw: st.DrawFn, *values: Any) -> Any:
    """Draw one of ``values``; building a strategy for each choice would take most of the time."""
    return values[draw(_index(len(values)))]


def rules(draw: st.DrawFn, index: int) -> dict[str, Any]:
    said = {
        "in": pick(draw, (), (), ("talent",), ("public",), ("talent", "public")),
        "except": pick(draw, (), (), ("ann",), ("talent/bob",), ("Ann", "bob")),
        "when": {
            "min_score": pick(draw, None, *STEPS),
            "min_seconds": pick(draw, None, None, 1.0, 2.0),
            "min_area_percent": pick(draw, None, None, 10.0, 25.0),
            "min_count": pick(draw, None, None, 1, 2),
        },
        "unless": pick(draw, {}, {"consent": "covers"}, {"consent": "covers", "licence": "covers"}),
        "applies": pick(
            draw,
            {},
            {},
            {"territories": ("EU",)},
            {"territories": ("US", "DE")},
            {"channels": ("TV",)},
        ),
        "then": pick(draw, "approve", "flag", "flag", "reject", "reject"),
        "oblige": pick(draw, None, None, None, {"mark": MARK}),
    }
    if pick(draw, False, False, True):
        first, last = sorted((pick(draw, *DAYS), pick(draw, *DAYS)))
        said["applies"] = {**said["applies"], "from": first, "until": pick(draw, None, last)}
    find = {pick(draw, *FINDS) for _ in range(pick(draw, 1, 2))}
    return {"id": f"r{index}", "title": "T", "find": tuple(sorted(find)), **said}


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


def finding(draw: st.DrawFn) -> Finding:
    category = pick(draw, *LEAVES)
    side = pick(draw, None, 0.25, 0.5, 1.0)
    seconds = pick(draw, None, 0.0, 1.0, 3.0)
    return Finding(
        category=category,
        asset=ASSET,
        analyzer="seer",
        source=pick(draw, *sorted(TAXONOMY.leaves[category].sources)),
        score=pick(draw, *STEPS),
        raw=float(draw(_index(1000))),
        raw_kind=RawKind.COUNT,
        span=None if seconds is None else TimeSpan(start=0, end=seconds),
        region=None
        if side is None
        else Region(points=((0, 0), (side, 0), (side, side), (0, side))),
        reference=pick(draw, None, *REFERENCES)
        if category.startswith(("likeness", "brand"))
        else None,
    )


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
        findings=tuple(finding(draw) for _ in range(pick(draw, 0, 1, 2, 3))),
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


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    consents, licences = permits(draw)
    release = Release(
        territories=pick(draw, (), ("DE",), ("US",), ("EU",), ("GB",), ("Atlantis",)),
        channels=pick(draw, (), ("tv",), ("web",)),
        starts=pick(draw, None, *DAYS),
        ends=pick(draw, None, *DAYS),
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
        marks=pick(draw, (), (MARK,)),
    )


findings = st.composite(finding)
