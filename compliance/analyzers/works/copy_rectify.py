"""Frames of a clip as the work would look if nothing lay around it: what one map takes out of all of them.

A picture in a picture, a turned or a cropped copy mostly keeps its place in the frame. Where the work pans,
each of its frames fits other moments too, at other places: only the right place gives hashes that agree all
along. So the places that frames give by themselves are tried on all of them, and the best one tells the times.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compliance.analyzers.works.copy_features import Match, Searcher
from compliance.analyzers.works.copy_format import INNER
from compliance.analyzers.works.copy_hashes import QUALITY, Look
from compliance.analyzers.works.copy_verify import Matrix, warp

TRIED = 6
"""Places that are tried."""
BESIDE = (-3, -2, -1, 1, 2, 3)
"""Keys beside that of the best place, with which its frame gives further places: a pan fits them too."""
TRIED_ON = 8
"""Frames that each is tried on."""
VISIBLE = 0.97
"""Share of pixels that have to lie in the frame for them to be hashed."""
FITS = 48.0
"""Bits that frames differ in, on average, where a place is the right one."""


def rectified(
    searcher: Searcher, number: int, matches: list[Match]
) -> tuple[list[Look], Match] | None:
    """Return all looks as they show a print's work, and the match whose map that is; None where no place fits.

    Args:
        searcher: of the clip.
        number: of the print.
        matches: of looks with keys of the print, all mirrored or none.
    """
    looks = sorted({one.look for one in matches})
    tried_on = [looks[i] for i in np.unique(np.linspace(0, len(looks) - 1, TRIED_ON).astype(int))]
    surest = sorted(matches, key=lambda one: (-one.strength, -one.shown.inliers, one.look))
    tried = [
        (_mean(searcher, number, tried_on, one), one) for one in surest[:: _step(surest)][:TRIED]
    ]
    first = min(tried, key=lambda pair: pair[0])[1]
    beside = [first.key + step for step in BESIDE]
    others = searcher.compared(first.look, number, first.mirrored, beside)
    tried += [(_mean(searcher, number, tried_on, one), one) for one in others]
    apart, best = min(tried, key=lambda pair: pair[0])
    if apart > FITS:
        return None
    return [_taken_out(searcher, at, number, best) for at in range(len(searcher.looks))], best


def _step(matches: list[Match]) -> int:
    return max(len(matches) // TRIED, 1)


def _mean(searcher: Searcher, number: int, looks: list[int], match: Match) -> float:
    """Return the mean bits that ``looks`` differ in from the work's moments at the place of ``match``."""
    return float(np.mean([_apart(searcher, number, at, match) for at in looks]))


def _apart(searcher: Searcher, number: int, at: int, match: Match) -> int:
    """Return the least bits between what one look shows at the place of ``match`` and the work's moments."""
    look = _taken_out(searcher, at, number, match)
    if not len(look.hashes):
        return 128
    moments = searcher.index.prints[number].moments.hashes
    differ = np.bitwise_count(moments[None] ^ look.hashes[:, None]).sum(axis=2)
    return int(differ.min(initial=128))


def _taken_out(searcher: Searcher, at: int, number: int, match: Match) -> Look:
    """Return a look with the hashes of what lies at the place of ``match``, as far as the frame shows it."""
    from compliance.runtimes import pdq

    look = searcher.looks[at]
    nothing = replace(
        look,
        hashes=look.hashes[:0],
        quality=look.quality[:0],
        box=look.box[:0],
        orientation=look.orientation[:0],
    )
    grey = searcher.pixels(at)
    if grey is None:
        return nothing
    if match.mirrored:
        grey = np.ascontiguousarray(grey[:, ::-1])
    key = searcher.index.prints[number].keys[match.key]
    matrix: Matrix = match.shown.matrix
    size = key.features.width, key.features.height
    picture, visible = warp(grey, matrix, key, size)
    x, y = round(size[0] * (1 - INNER) / 2), round(size[1] * (1 - INNER) / 2)
    boxes = [(0, 0, *size), (x, y, size[0] - x, size[1] - y)]
    usable = [box for box in boxes if visible[box[1] : box[3], box[0] : box[2]].mean() >= VISIBLE]
    if not usable:
        return nothing
    thumbs = pdq.crop_thumbnails(picture, 1, usable)
    quality = pdq.quality_of(thumbs)
    kept = quality >= QUALITY
    count = int(kept.sum())
    return replace(
        look,
        hashes=pdq.hashes_of(thumbs)[kept, 0],
        quality=quality[kept],
        box=np.tile(np.array([0, 0, 1, 1], np.float32), (count, 1)),
        orientation=np.zeros(count, np.int64),
    )
