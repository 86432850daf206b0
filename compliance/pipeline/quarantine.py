"""Suspected sexual content with minors: nothing of it is kept but its digest, and no policy lets it out.

A rule of the pipeline, not of a policy: what is suspected is decided by text, since no model of age is bundled.
A finding of ``sexual.minors`` in any text is enough, and so is sexual content in frames, or what is explicit in
one text, together with a text of the asset that says that somebody is under 18, disguised or parted over lines.
What is shown without any word about it is not recognised. What is listed stays quarantined under every policy,
until somebody who may decide takes it off the list.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from compliance.analyzers.base import Analyzer
from compliance.errors import UsageError
from compliance.facts import Facts
from compliance.files import write_atomically
from compliance.findings import Evidence, Finding
from compliance.media.limits import DecodeLimits
from compliance.pipeline.device import Device
from compliance.pipeline.keys import decode_key, observations_key
from compliance.pipeline.observations import ObservationCache
from compliance.pipeline.observe import texts_of
from compliance.pipeline.observed import Observed
from compliance.pipeline.runfiles import (
    EVIDENCE,
    FACTS,
    FINDINGS,
    OBSERVATIONS,
    QUARANTINED,
    REQUEST,
    VERDICT,
)
from compliance.provenance.statement import input_digest
from compliance.settings import private_folder
from compliance.store.verdicts import VerdictStore
from compliance.taxonomy import TEXT
from compliance.text.disguise.undisguise import readings_of
from compliance.text.documents import documents
from compliance.text.sensitive.minors import says_minor
from compliance.types import Source, canonical_json, digest_of
from compliance.verdicts import Decision, RuleHit, Verdict

MINORS: Final = "sexual.minors"
RULE: Final = "integrity.quarantine"
"""What reports call the rule that no policy holds."""
ESCALATE: Final = "restricted: escalate"
LIKELY: Final = 0.5
"""Score that means *more likely than not*, by the definition of a score. It decides here, since this rule is no
policy's, and guards against every harmless prompt that a model gives some small score."""


EXPLICIT: Final = frozenset({"sexual.explicit", "sexual.violence"})
"""What in one text is enough together with another text that says that somebody is under 18."""


def suspected(facts: Facts, one: Observed) -> tuple[Finding, ...]:
    """Return the findings for which an asset is quarantined; none where it is not.

    Args:
        facts: what was found.
        one: what was seen, with all texts of the asset.
    """
    likely = [finding for finding in facts.findings if finding.score >= LIKELY]
    said = [
        finding
        for finding in likely
        if finding.category == MINORS and finding.source is not Source.NEGATIVE_PROMPT
    ]
    shown = [
        finding
        for finding in likely
        if finding.source is Source.FRAME and finding.category.startswith("sexual.")
    ]
    written = [
        finding
        for finding in likely
        if finding.category in EXPLICIT
        and finding.source in TEXT
        and finding.source is not Source.NEGATIVE_PROMPT
    ]
    if (shown or written) and _says_minor(_texts(one)):
        said += [*shown, *written]
    return tuple(said)


def listed(home: Path, asset: str) -> bool:
    """Tell whether the asset with this digest was quarantined, and nobody took it off the list since."""
    return _entry(home, asset).is_file()


def is_restricted(verdict: Verdict) -> bool:
    """Tell whether a verdict is that on a quarantined asset, as :func:`restricted` makes it."""
    return any(hit.rule == RULE for hit in verdict.hits)


def restricted(
    verdict: Verdict, facts: Facts, findings: Iterable[Finding]
) -> tuple[Verdict, Facts]:
    """Return verdict and facts as they are kept of a quarantined asset: rejected, and silent about all else.

    Args:
        verdict: what the policy decided.
        facts: what it rests on.
        findings: why the asset is quarantined; none where it was listed before.
    """
    bare = {one.id: one for one in map(_bare, findings)}
    asset = input_digest(verdict)
    hit = RuleHit(
        rule=RULE,
        title="Suspected sexual content with minors",
        decision=Decision.REJECT,
        findings=tuple(sorted(bare)),
        category=MINORS,
        score=max((one.score for one in bare.values()), default=0.0),
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


def copies_of(store: VerdictStore, media: str) -> tuple[str, ...]:
    """Return the digests of all files that were signed here from media, or from which it was signed."""
    digests = [media]
    for one in digests:  # grows: a signed copy may have been reviewed and signed again
        made = [
            output.output_sha256
            for verdict in store.find_media(one)
            for output in store.outputs_of(verdict.key)
        ]
        made += [input_digest(store.get(output.verdict_key)) for output in store.outputs(one)]
        digests += [digest for digest in dict.fromkeys(made) if digest not in digests]
    return tuple(digests[1:])


def enlist(
    home: Path,
    verdict: Verdict,
    findings: Iterable[Finding],
    at: datetime,
    copies: Iterable[str] = (),
) -> None:
    """List an asset and the copies made of it in ``home/quarantine``, readable by its owner alone.

    What was listed before stays as it is.

    Args:
        home: folder of the installation.
        verdict: that on the asset.
        findings: why it is listed.
        at: the present moment.
        copies: SHA-256 of files that show the same in other bytes, as :func:`copies_of` finds them.

    Raises:
        SettingsError, UsageError: the folder or file cannot be written.
    """
    private_folder(home / "quarantine")
    categories = sorted({one.category for one in findings} | {MINORS})
    for digest in (input_digest(verdict), *copies):
        path = _entry(home, digest)
        if not path.is_file():
            content = {"digest": digest, "time": at.isoformat(), "categories": categories}
            write_atomically(path, canonical_json(content) + b"\n")


def _entry(home: Path, asset: str) -> Path:
    return home / "quarantine" / f"{asset}.json"


def forget(
    cache: ObservationCache,
    one: Observed,
    analyzers: Mapping[str, Analyzer],
    device_of: Callable[[str], Device],
    limits: DecodeLimits,
    assets: Container[str],
) -> None:
    """Delete from the cache what was observed of an asset: crops, texts, vectors, and how it decoded just now.

    Args:
        cache: where observations are kept.
        one: the asset.
        analyzers: who looked, by name.
        device_of: tells where an analyzer ran.
        limits: caps that it was decoded under.
        assets: ids under which the same media was reviewed before, by whatever analyzers.

    Raises:
        UsageError: a file cannot be deleted.
    """
    asset = one.intake.asset
    for name, analyzer in analyzers.items():
        cache.forget(observations_key(analyzer.spec, asset, analyzer.models(), device_of(name), ()))
    for sound in (True, False):
        cache.forget(decode_key(asset, limits, sound))
    cache.forget_all(assets)


def strip(roots: Iterable[Path], verdicts: Sequence[Verdict]) -> None:
    """Delete from earlier runs on the same asset what shows or tells of it, and mark them.

    Verdicts and attestations stay as they were signed; whoever reads the run is told that it does not count.

    Args:
        roots: folders of runs.
        verdicts: those on the asset.

    Raises:
        UsageError: a file cannot be deleted or written.
    """
    for folder in (
        found.parent
        for root in roots
        for verdict in verdicts
        for found in root.glob(f"*-{verdict.key[:10]}/{VERDICT}")
    ):
        write_atomically(folder / QUARANTINED, canonical_json({"note": ESCALATE}) + b"\n")
        told = [folder / name for name in (REQUEST, OBSERVATIONS, FACTS, FINDINGS)]
        for path in (*told, *folder.glob("*.signed*"), *folder.glob(f"{EVIDENCE}/*")):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise UsageError(
                    "what earlier runs kept of a quarantined asset cannot be deleted",
                    found=str(error.strerror),
                    where=str(path),
                    fix="mend the folder's permissions, and delete the file",
                ) from error


def _bare(finding: Finding) -> Finding:
    """Return a finding without time, place and words, of the category that all of them are suspected of.

    Whoever makes copies goes by that category.
    """
    return Finding(
        category=MINORS,
        asset=finding.asset,
        analyzer=finding.analyzer,
        source=finding.source,
        score=finding.score,
        raw=finding.raw,
        raw_kind=finding.raw_kind,
        evidence=Evidence(note=ESCALATE),
    )


def _says_minor(texts: Iterable[str]) -> bool:
    """Tell whether any text says in any of its readings that somebody is under 18."""
    return any(
        says_minor(reading.text) for found in readings_of(dict.fromkeys(texts)) for reading in found
    )


def _texts(one: Observed) -> Iterator[str]:
    """Yield texts of an asset: prompts, those of its record, captions, speech, and what is on screen.

    A negative prompt is left out: it says what is not wanted.
    """
    batch = texts_of([one])
    for document in documents(batch):  # the lines of a frame together
        if batch.sources[document.rows[0]] is not Source.NEGATIVE_PROMPT:
            yield document.text.replace("\n", " ")
    if record := one.intake.record:
        yield from filter(None, (record.prompt, record.revised_prompt))
    yield from (" ".join(cue.text for cue in file.cues) for file in one.captions)
