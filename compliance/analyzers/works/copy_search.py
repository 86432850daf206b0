"""The copies in a clip: segments by hashes and by local features, put together, with how sure each is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from compliance.analyzers.works.alignment import Segment, segments
from compliance.analyzers.works.copy_features import Match, Searcher, extended, feature_votes
from compliance.analyzers.works.copy_format import INNER
from compliance.analyzers.works.copy_hashes import (
    GUIDED,
    MOST,
    SURE,
    HashVotes,
    Look,
    along,
    examined,
    hash_votes,
)
from compliance.analyzers.works.copy_index import CopyIndex
from compliance.analyzers.works.copy_rectify import rectified
from compliance.findings import RawKind
from compliance.types import Floats

FLOOR = 0.3
"""Score below which a copy is dropped."""
SETTLED = 0.95
"""Score of a copy by hashes from which its frames are not compared with its work by features as well; with
all other works they are."""
LEAST = 0.3
"""Weight of votes below which a segment is not looked at."""
MOVED = 16
"""Bits from which two frames that agree are two witnesses."""
MIRRORED = 5
"""Orientation with left and right swapped, in :data:`compliance.runtimes.pdq.ORIENTATIONS`."""


@dataclass(frozen=True)
class Copy:
    """A segment of the clip that shows a segment of a print's work."""

    number: int
    """Of the print."""
    start: float
    """Seconds of the clip."""
    end: float
    reference_start: float
    """Seconds of the work."""
    reference_end: float
    speed: float
    """0: one moment is held."""
    orientation: int
    """Index in :data:`compliance.runtimes.pdq.ORIENTATIONS`."""
    score: float
    """0…1."""
    raw: float
    """Bits of the best frame, or its agreeing features."""
    raw_kind: RawKind
    looks: tuple[int, ...]
    """Looks that agree, in order."""
    best: int
    """The one that agrees most."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of the work by its hash, fractions of the frame; beyond it where cropped."""
    match: Match | None
    """Its match by features; None where only hashes agree."""


def copies(looks: list[Look], index: CopyIndex) -> list[Copy]:
    """Return the copies in one stream of a clip, ``looks`` in order of time, surest first."""
    by_hash = [one for one in _by_hashes(looks, index) if one.score >= FLOOR / 2]
    known = {
        (at, one.number)
        for one in by_hash
        if one.score >= SETTLED
        for at, look in enumerate(looks)
        if one.start <= look.start <= one.end
    }
    searcher = Searcher(looks, index, frozenset(known))
    found = _joined(by_hash, _by_features(searcher))
    return sorted(
        (one for one in found if one.score >= FLOOR), key=lambda one: (-one.score, one.start)
    )


def chance(distance: int) -> float:
    """Return how likely it is that a frame agrees by chance, where it differs in ``distance`` bits."""
    if distance <= SURE:
        return 0.02 + 0.08 * max(distance - 16, 0) / (SURE - 16)
    return min(0.1 + 0.75 * (distance - SURE) / (MOST - SURE), 0.85 + 0.1 * (distance > MOST))


def _by_hashes(looks: list[Look], index: CopyIndex) -> list[Copy]:
    times = examined([look for look in looks if not look.plain])
    found = []
    for number, votes in hash_votes(looks, index).items():
        for segment in segments(votes.votes, times, LEAST):
            found.append(_hashed(looks, index, number, votes, segment))
    return found


def _hashed(
    looks: list[Look], index: CopyIndex, number: int, votes: HashVotes, segment: Segment
) -> Copy:
    turned: dict[int, float] = {}
    for vote in segment.votes.tolist():
        look = looks[int(votes.look[vote])]
        orientation = int(look.orientation[votes.variant[vote]])
        turned[orientation] = turned.get(orientation, 0.0) + float(votes.votes.weight[vote])
    orientation = max(turned, key=lambda one: (turned[one], -one))
    agreed = along(looks, index, number, segment, orientation)
    apart = dict(zip(agreed.looks, agreed.distances, strict=True))
    own = [
        v
        for v in segment.votes.tolist()
        if int(looks[int(votes.look[v])].orientation[votes.variant[v]]) == orientation
    ]
    for vote in own:
        at = int(votes.look[vote])
        apart[at] = min(apart.get(at, 256), int(votes.distance[vote]))
    top = min(own, key=lambda v: (int(votes.distance[v]), bool(votes.inner[v]), v))
    best = int(votes.look[top])
    box = _whole(looks[best].box[int(votes.variant[top])], bool(votes.inner[top]))
    start, end = agreed.start, agreed.end
    last = index.prints[number].seconds
    return Copy(
        number=number,
        start=start,
        end=end,
        reference_start=min(max(segment.at(start), 0.0), last),
        reference_end=min(_end_of(segment, end), last),
        speed=segment.speed,
        orientation=orientation,
        score=_score(looks, {at: chance(bits) for at, bits in apart.items() if bits <= GUIDED}),
        raw=float(votes.distance[top]),
        raw_kind=RawKind.HAMMING,
        looks=tuple(sorted(apart)),
        best=best,
        box=box,
        match=None,
    )


def _whole(box: Floats, inner: bool) -> tuple[float, float, float, float]:
    """Return where the whole work lies whose inner part, or whole, is in ``box``."""
    left, top, right, bottom = (float(edge) for edge in box)
    grow = (1 / INNER - 1) / 2 if inner else 0.0
    x, y = grow * (right - left), grow * (bottom - top)
    return left - x, top - y, right + x, bottom + y


def _score(looks: list[Look], chances: dict[int, float]) -> float:
    """Return 1 less the chance that all witnesses are there by chance; frames alike are one witness."""
    log, last = 0.0, None
    for at in sorted(chances, key=lambda at: (chances[at], at)):
        hashes = looks[at].hashes
        if last is not None and len(hashes):
            if min(int(np.bitwise_count(hashes[0] ^ one).sum()) for one in last) < MOVED:
                continue
        last = [*(last or []), *hashes[:1]]
        log += math.log(min(max(chances[at], 0.01), 1.0))
    return round(min(1 - math.exp(log), 0.99), 4) if chances else 0.0


def _by_features(searcher: Searcher) -> list[Copy]:
    by_print: dict[tuple[int, bool], list[Match]] = {}
    searched = searcher.searched()
    for at in searched:
        for key, match in searcher.matches(at).items():
            by_print.setdefault(key, []).append(match)
    times = examined([searcher.looks[at] for at in searched])
    found = []
    for (number, swapped), matches in by_print.items():
        votes, match_of = feature_votes(matches, searcher.looks)
        for segment in segments(votes, times, LEAST / 2):
            chosen = list({int(i): matches[int(i)] for i in match_of[segment.votes]}.values())
            found.append(_featured(searcher, number, swapped, segment, chosen))
    return found


def _featured(
    searcher: Searcher, number: int, swapped: bool, segment: Segment, chosen: list[Match]
) -> Copy:
    """Return the copy along a segment by features, timed by hashes where all frames show it at one place."""
    straight = rectified(searcher, number, chosen)
    timed = None if straight is None else _timed(searcher.index, number, straight[0], segment)
    start, end, matches = segment.start, segment.end, chosen
    if timed is None:
        start, end, matches = extended(searcher, number, segment, swapped, chosen)
    best = straight[1] if straight and timed else max(matches, key=lambda one: one.strength)
    last = searcher.index.prints[number].seconds
    chances = {one.look: 1 - 0.95 * one.strength for one in matches}
    copy = Copy(
        number=number,
        start=start,
        end=end,
        reference_start=min(max(segment.at(start), 0.0), last),
        reference_end=min(_end_of(segment, end), last),
        speed=segment.speed,
        orientation=MIRRORED if swapped else 0,
        score=_score(searcher.looks, chances),
        raw=float(best.shown.inliers),
        raw_kind=RawKind.INLIERS,
        looks=tuple(sorted(chances)),
        best=best.look,
        box=(0.0, 0.0, 1.0, 1.0),
        match=best,
    )
    if timed is None:
        return copy
    return replace(
        copy,
        start=timed.start,
        end=timed.end,
        reference_start=timed.reference_start,
        reference_end=timed.reference_end,
        speed=timed.speed,
        score=round(min(1 - (1 - copy.score) * (1 - timed.score), 0.99), 4),
        looks=tuple(sorted({*copy.looks, *timed.looks})),
    )


def _timed(index: CopyIndex, number: int, looks: list[Look], segment: Segment) -> Copy | None:
    """Return the copy that the hashes of rectified looks make of ``segment``; None where they make none."""
    votes = hash_votes(looks, index, number).get(number)
    if votes is None:
        return None
    times = examined([look for look in looks if not look.plain])
    for one in segments(votes.votes, times, LEAST):
        shared = min(one.end, segment.end) - max(one.start, segment.start)
        if shared >= 0.5 * (segment.end - segment.start):
            return _hashed(looks, index, number, votes, one)
    return None


def _end_of(segment: Segment, end: float) -> float:
    return segment.reference_end if segment.speed == 0 else max(segment.at(end), 0.0)


def _joined(by_hash: list[Copy], by_features: list[Copy]) -> list[Copy]:
    """Put together what both ways found of one print at one time; of two that overlap keep the surer one."""
    found: list[Copy] = []
    for one in sorted([*by_hash, *by_features], key=lambda one: -one.score):
        same = next((i for i, other in enumerate(found) if _same(one, other)), None)
        if same is None:
            found.append(one)
            continue
        found[same] = _both(found[same], one)
    return found


def _same(one: Copy, other: Copy) -> bool:
    if one.number != other.number:
        return False
    shared = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return shared >= 0 and shared >= 0.5 * shorter


def _both(sure: Copy, other: Copy) -> Copy:
    if sure.orientation != other.orientation:
        return sure
    score = 1 - (1 - sure.score) * (1 - other.score)
    match = sure.match or other.match
    sure = replace(sure, score=round(min(score, 0.99), 4), match=match)
    if other.score < 0.5 or sure.speed == 0:
        return sure
    start, end = min(sure.start, other.start), max(sure.end, other.end)
    first = sure.reference_start - sure.speed * (sure.start - start)
    last = sure.reference_end + sure.speed * (end - sure.end)
    looks = tuple(sorted({*sure.looks, *other.looks}))
    return replace(
        sure, start=start, end=end, reference_start=max(first, 0.0), reference_end=last, looks=looks
    )


def near_by(found: Iterable[Copy], number: int) -> list[Copy]:
    """Return the copies of one print, in order of time."""
    return sorted((one for one in found if one.number == number), key=lambda one: one.start)
