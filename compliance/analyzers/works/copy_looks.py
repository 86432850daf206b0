"""From what was observed of an asset's frames to looks, stream by stream."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.analyzers import sift
from compliance.analyzers.works.copy_hashes import Look
from compliance.analyzers.works.frame_hashes import unpack_variants
from compliance.findings import Observation

MOST_FEATURES = 1000
"""Features of a frame that are used: they come spread over the frame, strong ones first."""


def looks_of(observations: Sequence[Observation]) -> list[list[Look]]:
    """Return the looks of each stream, in order of time.

    Args:
        observations: of kinds ``frame_hash`` and ``local_features``, reduced, so that each lasts as long as
            what it shows; others are left out. Both of one frame start at one time.
    """
    features = {
        _place(one): one for one in observations if one.kind == "local_features" and one.data
    }
    streams: dict[int, list[Look]] = {}
    hashed = [one for one in observations if one.kind == "frame_hash" and one.data and one.span]
    for one in sorted(hashed, key=_place):
        if one.data is None or one.span is None:
            continue
        variants = unpack_variants(one.data)
        local = features.get(_place(one))
        look = Look(
            start=one.span.start,
            end=one.span.end,
            hashes=variants.hashes,
            quality=variants.quality,
            box=variants.boxes,
            orientation=variants.orientation.astype(np.int64),
            features=_features(local.data) if local and local.data else None,
            image=local.image if local else None,
        )
        streams.setdefault(_place(one)[0], []).append(look)
    return [streams[number] for number in sorted(streams)]


def _features(data: bytes) -> sift.Features:
    whole = sift.unpack(data)
    points, descriptors = whole.points[:MOST_FEATURES], whole.descriptors[:MOST_FEATURES]
    return sift.Features(points, descriptors, whole.width, whole.height)


def _place(one: Observation) -> tuple[int, float]:
    return int(one.attributes.get("stream", 0)), one.span.start if one.span else 0.0
