"""The three keys: what observations, matches and verdicts each depend on, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from importlib.metadata import version

from compliance.analyzers.base import AnalyzerSpec
from compliance.facts import Facts
from compliance.findings import BankUse, ModelUse
from compliance.media.decode import decoder_version
from compliance.media.limits import DecodeLimits
from compliance.media.reasons import SAMPLING_VERSION
from compliance.types import PROMPT_SOURCES, Asset, Source, digest_of

LAYOUT = 1
"""Version of the form in which observations are stored."""


def observations_key(
    spec: AnalyzerSpec,
    asset: Asset,
    models: Sequence[ModelUse],
    device: str,
    required: Sequence[str],
) -> str:
    """Return the key of what an analyzer observes on an asset: no bank, no policy, no time.

    Args:
        spec: the analyzer.
        asset: the asset; only the parts that the analyzer reads count.
        models: the models that it runs.
        device: ``cpu`` or ``cuda:0``; precision differs between kinds of device.
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
            "models": [[model.id, model.sha256] for model in models],
            "decoder": [decoder_version(), SAMPLING_VERSION] if reads_media else [],
            "libraries": [[name, version(name)] for name in spec.libraries],
            "precision": device.split(":")[0],
            "required": list(required),
            "layout": LAYOUT,
        }
    )


def decode_key(asset: Asset, limits: DecodeLimits) -> str:
    """Return the key of how a file decodes under ``limits``."""
    return digest_of(
        {
            "media": asset.media_sha256,
            "decoder": [decoder_version(), SAMPLING_VERSION],
            "limits": [str(value) for value in astuple(limits)],
            "layout": LAYOUT,
        }
    )


def matches_key(observations: str, banks: Sequence[BankUse]) -> str:
    """Return the key of what an analyzer's observations match in ``banks`` as they stand."""
    return digest_of(
        {"observations": observations, "banks": sorted(bank.version for bank in banks)}
    )


def verdict_key(
    asset: Asset, policy_digest: str, facts: Facts, containment: Sequence[str], as_of: datetime
) -> str:
    """Return the key of a verdict: everything that the decision depends on, findings included."""
    return digest_of(
        {
            "parts": asset.parts,
            "policy": policy_digest,
            "facts": facts.digest,
            "containment": list(containment),
            "as_of": as_of.isoformat(),
        }
    )
