"""Hypothesis strategies for policies and facts over a small world, so that things meet often.

``make test`` runs over 13,000 generated cases: 5,000 against the naive evaluator, 1,500 archives,
and 200 of each of 37 properties of the lattice. ``make test-long`` runs 220,000. The sizes are here.
"""

import functools
from datetime import UTC, date, datetime
from random import Random
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

DIFFERENTIAL_CASES = 5000
"""Cases in which the engine is held against the naive evaluator; the nightly size is 100,000."""
TABLE_CASES = 1500
"""Archives of two to five assets over which columns are held against it; the nightly size is 20,000."""
LATTICE_CASES = 200
"""Cases of each way to make an asset worse, and of each other property; the nightly size is 100,000 in all."""
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
    {"label": {"text": "Made with AI", "place": "start", "min_seconds": 1.0}},
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


_seed = st.binary(min_size=8, max_size=8)


class Dice:
    """Many choices from one draw: Hypothesis takes most of the time for each that it draws itself.

    The price is that it cannot make a failing case smaller; the cases are small.
    """

    def __init__(self, draw: st.DrawFn) -> None:
        self._random = Random(draw(_seed))

    def below(self, count: int) -> int:
        """0…count-1, each as likely."""
        return self._random.randrange(count)


def pick(dice: Dice, *values: Any) -> Any:
    """One of ``values``."""
    return values[dice.below(len(values))]


def rules(dice: Dice, index: int) -> dict[str, Any]:
    said = {
        "in": pick(dice, (), (), (), ("talent",), ("public",), ("talent", "public")),
        "not_in": pick(dice, (), (), (), ("talent",), ("public", "nobodys")),
        "except": pick(dice, (), (), (), ("ann",), ("talent/bob",), ("Ann", "bob")),
        "only": pick(dice, (), (), (), (), ("ann", "public/bob")),
        "when": bounds(dice),
        "unless": pick(dice, {}, {}, *UNLESS),
        "applies": applies(dice),
        "then": pick(dice, "approve", "flag", "flag", "reject", "reject"),
        "oblige": pick(dice, None, None, None, None, *DUTIES),
        "status": pick(dice, "enforce", "enforce", "enforce", "enforce", "monitor"),
    }
    find = {pick(dice, *FINDS) for _ in range(pick(dice, 1, 1, 2))}
    return {
        "id": f"r{index}",
        "title": "T",
        "find": tuple(sorted(find)),
        **said,
        **turn(dice, said),
    }


def bounds(dice: Dice) -> dict[str, Any]:
    after, before = pick(dice, *[(None, None)] * 4, (1.25, None), (None, 1.75), (0.25, 2.25))
    return {
        "min_score": pick(dice, None, *STEPS),
        "min_seconds": pick(dice, None, None, None, 1.0, 2.0),
        "min_area_percent": pick(dice, None, None, None, 10.0, 25.0),
        "min_frames": pick(dice, None, None, None, 2, 4),
        "after_seconds": after,
        "before_seconds": before,
        "min_count": pick(dice, None, None, None, 1, 2),
    }


UNLESS = (
    {"consent": "covers"},
    {"consent": "covers", "licence": "covers"},
    {"declared": "release"},
    {"licence": "covers", "declared": "release"},
)


def applies(dice: Dice) -> dict[str, Any]:
    said: dict[str, Any] = pick(
        dice,
        *[{}] * 5,
        {"territories": ("EU",)},
        {"territories": ("US", "DE")},
        {"territories": ("US-CA",)},
        {"channels": ("TV",)},
        {"audience": ("children", "General")},
        {"purpose": ("advertising",)},
        {"provider": ("Runway",)},
        {"except_provider": ("Runway", "kling")},
        {"provider": ("veo", "kling"), "except_provider": ("VEO",)},
    )
    if pick(dice, False, False, False, True):
        first, last = sorted((pick(dice, *DAYS), pick(dice, *DAYS)))
        said = {**said, "from": first, "until": pick(dice, None, last)}
    return said


def turn(dice: Dice, said: dict[str, Any]) -> dict[str, Any]:
    """What makes a rule another one than that which hits where anything counts, with what it rules out."""
    kind = pick(dice, *[""] * 4, "unknown", "missing", "undeclared", "label", "expr", "expr")
    if kind == "unknown":
        least = pick(dice, *STEPS)
        return {
            "find": pick(dice, ("likeness.face",), ("likeness.face",), ("likeness.voice",)),
            "unknown": True,
            "when": {**said["when"], "min_score": least},
            "not_in": (),
            "except": (),
            "only": (),
        }
    declarable = pick(
        dice, ("likeness",), ("likeness.face",), ("brand.logo",), ("brand", "likeness")
    )
    if kind == "missing":
        return {"find": declarable, "declared": "missing", "unless": {}}
    if kind == "undeclared":
        return {"find": declarable, "declared": "undeclared"}
    if kind == "label":
        find = pick(dice, ("disclosure.label",), ("disclosure.label",), ("provenance",))
        return {"find": find, "label": "missing", "unless": {}}
    return {"expr": pick(dice, *EXPRESSIONS)} if kind else {}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    dice = Dice(draw)
    accepted = pick(
        dice,
        (),
        (),
        ({"category": "pii", "owner": "o", "reason": "r"},),
        ({"category": "likeness", "sources": ("prompt", "ocr"), "owner": "o", "reason": "r"},),
        ({"category": "likeness", "while": "no_references", "owner": "o", "reason": "r"},),
        ({"category": ("brand", "pii.phone"), "owner": "o", "reason": "r"},),
        ({"category": ("brand", "pii"), "while": "not_installed", "owner": "o", "reason": "r"},),
    )
    return Policy.model_validate(
        {
            "policy": "p",
            "version": "1",
            "owner": "o",
            "status": "enforce",
            "if_not_examined": pick(dice, "flag", "reject"),
            "accept_unexamined": accepted,
            "rules": tuple(rules(dice, index) for index in range(pick(dice, 1, 2, 3))),
        }
    )


TRACKS: dict[str, tuple[str | None, ...]] = {
    "face": (None, "", "t1", "t1", "t2"),
    "label": (None, "", "made with ai", "this video was made with ai", "ai info", "paid aid"),
}
REGIONS = {
    side: Region(points=((0, 0), (side, 0), (side, side), (0, side))) for side in (0.25, 0.5, 1.0)
}


def finding(dice: Dice) -> Finding:
    category = pick(dice, *LEAVES, "likeness.face", "presence.face")
    seconds, start = pick(dice, None, 0.0, 1.0, 3.0), pick(dice, 0.0, 2.0)
    branded = category.startswith(("likeness", "brand"))
    return Finding(
        category=category,
        asset=ASSET,
        analyzer=pick(dice, "seer", "seer", "other"),
        source=pick(dice, *_sources(category)),
        score=pick(dice, *STEPS),
        raw=float(dice.below(1000)),
        raw_kind=RawKind.COUNT,
        span=None if seconds is None else TimeSpan(start=start, end=start + seconds),
        region=REGIONS.get(pick(dice, 0, 0.25, 0.5, 1.0)),
        frames=pick(dice, None, 1, 3, 5),
        track=pick(dice, *TRACKS.get(category.split(".")[1], (None,))),
        reference=pick(dice, None, *REFERENCES) if branded else None,
    )


@functools.cache
def _sources(category: str) -> tuple[Source, ...]:
    return tuple(sorted(TAXONOMY.leaves[category].sources))


def report(dice: Dice) -> AnalyzerReport:
    banks = tuple(
        BankUse(name=name, modality="face", size=pick(dice, 0, 2, 2), version="v")
        for name in pick(dice, (), ("talent",), ("talent", "public"), ("talent", "public"))
    )
    wild = pick(dice, None, True, True, False)
    model = ModelUse(
        id="m", sha256="s", licence="MIT", commercial_use="yes", calibrated=wild is True
    )
    apart = tuple(pair for pair in PAIRS if pick(dice, *[False] * 9, True))
    return AnalyzerReport(
        hindered=tuple((*pair, "why") for pair in apart),
        lacks=pick(dice, (), apart, PAIRS),
        analyzer=pick(dice, "a", "b"),
        version="1",
        asset=ASSET,
        status=pick(dice, *[Status.COMPLETED] * 6, *Status),
        examines=PAIRS
        if pick(dice, True, True, False)
        else tuple(p for p in PAIRS if p[0].startswith(pick(dice, *FINDS))),
        coverage=Coverage(
            complete=pick(dice, True, True, True, True, False), seconds=pick(dice, 0.0, 3.0, 5.0)
        ),
        models=() if wild is None else (model,),
        banks=banks,
        findings=tuple(finding(dice) for _ in range(pick(dice, 0, 1, 2, 3, 4))),
    )


def _scope(dice: Dice) -> Scope:
    return Scope(
        purposes=("*",),
        territories=pick(dice, ("*",), ("DE",), ()),
        channels=("*",),
        starts=datetime(2026, pick(dice, 1, 6), 10, tzinfo=UTC),
        ends=datetime(2026, pick(dice, 6, 12), 20, tzinfo=UTC),
    )


def permits(dice: Dice) -> tuple[tuple[Consent, ...], tuple[Licence, ...]]:
    revoked = (None, None, datetime(2026, 6, 15, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC))
    consents = tuple(
        Consent(
            id=f"C{index}",
            person=pick(dice, *REFERENCES),
            uses=pick(dice, (), ("face",), ("face", "name")),
            scope=_scope(dice),
            revoked=pick(dice, *revoked),
        )
        for index in range(pick(dice, 0, 1, 2))
    )
    licences = tuple(
        Licence(
            id="L",
            reference=pick(dice, *REFERENCES),
            scope=_scope(dice),
            revoked=pick(dice, *revoked),
        )
        for _ in range(pick(dice, 0, 1))
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
    dice = Dice(draw)
    consents, licences = permits(dice)
    release = Release(
        territories=pick(dice, (), *TERRITORIES),
        channels=pick(dice, (), (), ("tv",), ("web",), ("web", "tv")),
        audience=pick(dice, (), (), ("children",), ("general", "adults")),
        purpose=pick(dice, None, None, "advertising", "editorial"),
        starts=pick(dice, None, *DAYS),
        ends=pick(dice, None, *DAYS),
        people=pick(dice, (), (), ("ann",), ("talent/bob", "Ann")),
        brands=pick(dice, (), (), ("ann",), ("public/bob",)),
    )
    waivers = tuple(
        Waiver(
            id=f"W{index}",
            asset_sha256=pick(dice, MEDIA, MEDIA, "e" * 64),
            rule=pick(dice, "r0", "r1"),
            reason="r",
            owner="o",
            approver="a",
            expires=pick(dice, *DAYS),
        )
        for index in range(pick(dice, 0, 0, 0, 1, 2))
    )
    return Facts(
        asset=ASSET,
        asset_sha256=MEDIA,
        reports=tuple(report(dice) for _ in range(pick(dice, 0, 1, 2, 3))),
        applicable=tuple(source for source in SOURCES if pick(dice, True, False)),
        gaps=pick(dice, (), (), (), ("torn",), ("torn", "lost")),
        release=release,
        consents=consents,
        licences=licences,
        waivers=waivers,
        marks=pick(dice, (), MARKS, tuple(pick(dice, *MARKS) for _ in range(2))),
        providers=pick(dice, (), (), ("runway", "Kling"), ("veo",), ("runway",)),
    )


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    return finding(Dice(draw))
