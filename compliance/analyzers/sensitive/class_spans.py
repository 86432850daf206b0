"""What analyzers of sensitive pictures share: from what frames show to spans with a score and a severity.

Severity is what was measured, for a policy to judge: how long, in how many frames, over how much of the
picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from compliance.analyzers.sensitive.classes import SCORE_FLOOR
from compliance.findings import Evidence, Finding, Observation
from compliance.model_store import Calibration
from compliance.types import Region, Source, TimeSpan

ADJACENT = 1.0
"""Seconds between two frames that show something, up to which they are one span: frames are examined each
0.5 s at least, so that one miss does not cut a span in two."""
ALONE: tuple[float, ...] = (0.0,)
"""No frame supports another: a span is worth its strongest frame."""


@dataclass(frozen=True)
class Sighting:
    """What one examined frame shows of one category."""

    frame: Observation
    """The frame, with its ``stream`` among the attributes."""
    raw: float
    """The model's own number; 0 or what is lowest where nothing is seen."""
    region: Region | None = None
    """Where; None where the model does not say."""

    @property
    def time(self) -> float:
        """Presentation time, seconds."""
        return self.frame.span.start if self.frame.span else 0.0

    @property
    def until(self) -> float:
        """Time until which it is seen, seconds: later than :attr:`time` where frames that repeat it follow."""
        return self.frame.span.end if self.frame.span else 0.0

    @property
    def stream(self) -> int:
        """Index of its video stream."""
        return int(self.frame.attributes["stream"])


def span_findings(
    category: str,
    sightings: Sequence[Sighting],
    calibration: Calibration,
    support: Sequence[float] = ALONE,
) -> list[Finding]:
    """Return one finding for each span of one asset that shows ``category``, in order of time.

    Args:
        category: what is found.
        sightings: one for each examined frame, in any order.
        calibration: from raw numbers to scores, for a frame that stands alone; higher is surer.
        support: what the n-th strongest frame of a span may count more than its own number says, because n
            frames agree: ``support[n - 1]``, rising from 0. More frames than there are entries add nothing.
    """
    ordered = sorted(sightings, key=lambda one: (one.stream, one.time, one.frame.id))
    return [
        _finding(category, run, calibration, support)
        for _, frames in groupby(ordered, key=lambda one: one.stream)
        for run in _runs(list(frames), calibration, support[-1])
    ]


def score_of(raws: Sequence[float], calibration: Calibration, support: Sequence[float]) -> float:
    """Return the score of a span from the raw numbers of its frames: the best of what n of them agree on."""
    strongest = sorted(raws, reverse=True)
    return max(calibration.score(raw + more) for raw, more in zip(strongest, support, strict=False))


def _runs(
    frames: Sequence[Sighting], calibration: Calibration, most: float
) -> Iterator[list[Sighting]]:
    """Yield the frames of each span, those between that show nothing left out.

    A frame belongs to a span where it would reach the floor if others supported it.
    """
    run: list[Sighting] = []
    quiet = False
    for one in frames:
        if calibration.score(one.raw + most if one.raw > 0 else one.raw) < SCORE_FLOOR:
            quiet = True
            continue
        if run and quiet and one.time - run[-1].until > ADJACENT:
            yield run
            run = []
        run.append(one)
        quiet = False
    if run:
        yield run


def _finding(
    category: str, run: Sequence[Sighting], calibration: Calibration, support: Sequence[float]
) -> Finding:
    surest = max(run, key=lambda one: (one.raw, -one.time))
    regions = [one.region for one in run if one.region is not None]
    largest = max(regions, key=lambda one: one.area_percent, default=None)
    first, last = run[0].time, max(one.until for one in run)
    where = "" if largest is None else f", at most {largest.area_percent:.1f} % of the picture"
    return Finding(
        category=category,
        asset=surest.frame.asset,
        analyzer=surest.frame.analyzer,
        source=Source.FRAME,
        score=round(score_of([one.raw for one in run], calibration, support), 4),
        raw=round(surest.raw, 4),
        raw_kind=calibration.raw_kind,
        span=TimeSpan(start=first, end=last),
        region=largest,
        frames=len(run),
        track=f"stream-{surest.stream}",
        evidence=Evidence(
            note=f"{len(run)} {'frame' if len(run) == 1 else 'frames'} over {last - first:.1f} s{where}; "
            f"surest at {surest.time:.2f} s"
        ),
    )
