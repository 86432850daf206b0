"""The three keys: what observations, matches and verdicts each depend on, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from compliance.analyzers.base import AnalyzerSpec
from compliance.facts import Facts
from compliance.findings import BankUse, ModelUse
from compliance.media.decode import decoder_version
from compliance.media.limits import DecodeLimits
from compliance.media.reasons import SAMPLING_VERSION
from compliance.pipeline.device import Device
from compliance.policy.evaluate import Evaluation
from compliance.types import PROMPT_SOURCES, Asset, Source, digest_of

LAYOUT = 4
"""Version of the form in which observations are stored, and of how captions are read into text."""


def observations_key(
    spec: AnalyzerSpec,
    asset: Asset,
    models: Sequence[ModelUse],
    device: Device,
    required: Sequence[str],
) -> str:
    """Return the key of what an analyzer observes on an asset: no bank, no policy, no time.

    Args:
        spec: the analyzer.
        asset: the asset; only the parts that the analyzer reads count.
        models: the models that it runs.
        device: where it ran; kinds of device and precisions give different numbers.
        required: keys of the observations that it reads.
    """
    reads_media = bool(spec.sources - PROMPT_SOURCES)
    parts = {
        role: digest
        for role, digest in asset.parts.items()
        if (role == "media" and reads_media)
        or (role == "record" and Source.METADATA in spec.sources)
        or role in spec.sources
    }
    return digest_of(
        {
            "analyzer": spec.name,
            "version": spec.version,
            "parts": parts,
            "models": [[model.id, model.sha256, model.reading] for model in models],
            "decoder": [decoder_version(), SAMPLING_VERSION] if reads_media else [],
            "libraries": [[name, _version(name)] for name in spec.libraries],
            "precision": [device.name.split(":")[0], device.precision],
            "required": list(required),
            "layout": LAYOUT,
        }
    )


def _version(name: str) -> str:
    """Return a library's version; ONNX Runtime for GPUs is a distribution of its own."""
    names = (name, f"{name}-gpu") if name == "onnxruntime" else (name,)
    for one in names:
        try:
            return f"{one} {version(one)}"
        except PackageNotFoundError:
            continue
    return f"{name} unknown"


def decode_key(asset: Asset, limits: DecodeLimits, sound: bool) -> str:
    """Return the key of how a file decodes under ``limits``, with its sound or without."""
    return digest_of(
        {
            "media": asset.media_sha256,
            "decoder": [decoder_version(), SAMPLING_VERSION],
            "limits": [str(value) for value in astuple(limits)],
            "sound": sound,
            "layout": LAYOUT,
        }
    )


def matches_key(observations: str, banks: Sequence[BankUse]) -> str:
    """Return the key of what an analyzer's observations match in ``banks`` as they stand."""
    return digest_of(
        {"observations": observations, "banks": sorted(bank.version for bank in banks)}
    )


def verdict_key(
    asset: Asset,
    policy_digest: str,
    facts: Facts,
    containment: Sequence[str],
    result: Evaluation,
    as_of: datetime,
    *,
    replay: bool,
) -> str:
    """Return the key of a verdict: everything that the decision depends on, findings included.

    The moment counts by what it changes, so that the next review comes to the same verdict for as long
    as nothing began or ended: the permissions in force, and what the policy made of them.

    Args:
        asset: what was reviewed.
        policy_digest: digest of the effective policy.
        facts: what the policy was evaluated against.
        containment: what could not be enforced while decoding.
        result: what the policy decided.
        as_of: the moment that permissions were read at.
        replay: True where that is not the present; such a verdict is never the same as one of now.
    """
    return digest_of(
        {
            "parts": asset.parts,
            "policy": policy_digest,
            "facts": facts.digest,
            "containment": list(containment),
            "in_force": _in_force(facts, as_of),
            "result": digest_of(result),
            "as_of": as_of.isoformat() if replay else None,
        }
    )


def _in_force(facts: Facts, as_of: datetime) -> list[list[str]]:
    """Return the ids of the permissions that hold at ``as_of`` for the release, sorted by kind."""
    release = facts.release
    kinds = (
        [one for one in facts.consents if one.holds(release, as_of)],
        [one for one in facts.licences if one.holds(release, as_of)],
        [one for one in facts.waivers if one.covers(one.rule, one.asset_sha256, as_of)],
    )
    return [sorted(one.id for one in kind) for kind in kinds]
