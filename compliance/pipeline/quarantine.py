"""Suspected sexual content with minors: nothing of it is kept but its digest, and no policy lets it out.

A rule of the pipeline, not of a policy: what is suspected is decided by text, since no model of age is bundled.
A finding of ``sexual.minors`` in any text is enough, and so is sexual content in frames together with a text of
the asset that says that somebody is under 18. What is shown without any word about it is not recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from compliance.analyzers.base import Analyzer
from compliance.facts import Facts
from compliance.files import write_atomically
from compliance.findings import Evidence, Finding
from compliance.media.limits import DecodeLimits
from compliance.pipeline.device import Device
from compliance.pipeline.keys import decode_key, observations_key
from compliance.pipeline.observations import ObservationCache
from compliance.pipeline.observed import Observed
from compliance.provenance.statement import input_digest
from compliance.settings import private_folder
from compliance.text.minors import says_minor
from compliance.types import Source, canonical_json, digest_of
from compliance.verdicts import Decision, RuleHit, Verdict

MINORS: Final = "sexual.minors"
RULE: Final = "integrity.quarantine"
"""What reports call the rule that no policy holds."""
ESCALATE: Final = "restricted: escalate"
LIKELY: Final = 0.5
"""Score that means *more likely than not*, by the definition of a score. It decides here, since this rule is no
policy's, and guards against every harmless prompt that a model gives some small score."""


def suspected(facts: Facts, one: Observed) -> tuple[Finding, ...]:
    """Return the findings for which an asset is quarantined; none where it is not.

    Args:
        facts: what was found.
        one: what was seen, with all texts of the asset.
    """
    likely = [finding for finding in facts.findings if finding.score >= LIKELY]
    said = [finding for finding in likely if finding.category == MINORS]
    shown = [
        finding
        for finding in likely
        if finding.source is Source.FRAME and finding.category.startswith("sexual.")
    ]
    if shown and any(says_minor(text) for text in _texts(one)):
        said += shown
    return tuple(said)


def restricted(
    verdict: Verdict, facts: Facts, findings: Iterable[Finding]
) -> tuple[Verdict, Facts]:
    """Return verdict and facts as they are kept of a quarantined asset: rejected, and silent about all else.

    Args:
        verdict: what the policy decided.
        facts: what it rests on.
        findings: why the asset is quarantined.
    """
    bare = {one.id: one for one in map(_bare, findings)}
    asset = input_digest(verdict)
    hit = RuleHit(
        rule=RULE,
        title="Suspected sexual content with minors",
        decision=Decision.REJECT,
        findings=tuple(sorted(bare)),
        category=MINORS,
        score=max(one.score for one in bare.values()),
        note=f"{ESCALATE}; SHA-256 {asset}",
    )
    cells = tuple(
        cell.model_copy(update={"decision": Decision.REJECT, "hits": (RULE,), "obligations": ()})
        for cell in verdict.cells
    )
    nothing = dict.fromkeys(
        ("passed", "waivers", "consents", "licences", "obligations", "not_examined"), ()
    )
    kept = verdict.model_copy(
        update={
            "key": digest_of([RULE, verdict.key]),
            "asset_name": f"restricted-{asset[:12]}",
            "decision": Decision.REJECT,
            "hits": (hit,),
            "cells": cells,
            **nothing,
        }
    )
    reports = tuple(
        report.model_copy(
            update={
                "findings": tuple(one for one in bare.values() if one.analyzer == report.analyzer)
            }
        )
        for report in facts.reports
    )
    silent = {"reports": reports, "consents": (), "licences": (), "waivers": ()}
    return kept, facts.model_copy(update=silent)


def enlist(home: Path, verdict: Verdict, findings: Iterable[Finding], at: datetime) -> Path:
    """List an asset in ``home/quarantine``, readable by its owner alone, and return the file.

    Raises:
        SettingsError, UsageError: the folder or file cannot be written.
    """
    asset = input_digest(verdict)
    path = private_folder(home / "quarantine") / f"{asset}.json"
    categories = sorted({one.category for one in findings} | {MINORS})
    content = {"digest": asset, "time": at.isoformat(), "categories": categories}
    write_atomically(path, canonical_json(content) + b"\n")
    return path


def forget(
    cache: ObservationCache,
    one: Observed,
    analyzers: Mapping[str, Analyzer],
    device_of: Callable[[str], Device],
    limits: DecodeLimits,
) -> None:
    """Delete from the cache what was just observed of an asset: crops, texts, vectors, and how it decoded.

    Args:
        cache: where observations are kept.
        one: the asset.
        analyzers: who looked, by name.
        device_of: tells where an analyzer ran.
        limits: caps that it was decoded under.

    Raises:
        UsageError: a file cannot be deleted.
    """
    asset = one.intake.asset
    for name, analyzer in analyzers.items():
        cache.forget(observations_key(analyzer.spec, asset, analyzer.models(), device_of(name), ()))
    for sound in (True, False):
        cache.forget(decode_key(asset, limits, sound))


def _bare(finding: Finding) -> Finding:
    """Return a finding without time, place and words."""
    return Finding(
        category=finding.category,
        asset=finding.asset,
        analyzer=finding.analyzer,
        source=finding.source,
        score=finding.score,
        raw=finding.raw,
        raw_kind=finding.raw_kind,
        evidence=Evidence(note=ESCALATE),
    )


def _texts(one: Observed) -> Iterator[str]:
    """Yield every text of an asset: prompts, those of its record, captions, and lines on screen."""
    yield from (prompt.text for prompt in one.intake.asset.prompts)
    if record := one.intake.record:
        yield from filter(None, (record.prompt, record.revised_prompt))
    yield from (cue.text for file in one.captions for cue in file.cues)
    for found in one.observations.values():
        yield from (item.text for item in found if item.kind == "text_line" and item.text)
