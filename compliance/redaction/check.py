"""Verify a redacted copy: frames at their times, silence where it was muted, calm where it was dimmed."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compliance.errors import MediaError
from compliance.facts import StreamKind
from compliance.media.audio_parts import RATE, SoundPart
from compliance.media.decode import MediaReader
from compliance.media.limits import DecodeLimits
from compliance.redaction.render import Paint
from compliance.types import LIGHT_COLUMNS, Cue

LATE = 0.0015
"""Seconds by which a container may round a time: Matroska keeps milliseconds."""
CALM = 4
"""Transitions within a second from which light flashes twice; fewer are no failure, extended or not."""
STRIPED = 0.25
"""Share of the screen that may stay striped; the strongest step leaves no stripe light enough to count."""
_EDGE = 0.03
"""Seconds at each end of a muted stretch that resampling smears."""
_SILENT = 1e-3
"""Largest sample, of 1, that is silence."""
_COLUMNS = {name: number for number, name in enumerate(LIGHT_COLUMNS)}


class Calm(enum.Enum):
    """Whether what was dimmed still flashes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def check_copy(path: Path, times: Sequence[float], paint: Paint, limits: DecodeLimits) -> Calm:
    """Read the copy back.

    Args:
        path: the copy.
        times: presentation times of the frames of the original, seconds.
        paint: what was done.
        limits: what reading may cost.

    Returns:
        Whether nothing flashes where it was dimmed.

    Raises:
        MediaError: frames, times or silence are not what they should be; the copy must not be kept.
    """
    loud = [0.0]

    def listen(part: SoundPart) -> None:
        moments = part.start + np.arange(len(part.samples)) / RATE
        for since, until in paint.mutes:
            inside = (moments > since + _EDGE) & (moments < until - _EDGE)
            loud[0] = max(loud[0], float(np.abs(part.samples[inside]).max(initial=0.0)))

    found: list[float] = []
    with MediaReader(
        path,
        limits,
        listen=listen if paint.mutes else None,
        every_frame=True,
        light=bool(paint.dims),
    ) as reader:
        for frame in reader.frames():
            index = frame.index
            frame.release()
            if index == len(found):
                found.append(frame.time)
    if not reader.summary.complete:
        raise _wrong(path, "a file without gaps", " ".join(reader.summary.gaps[:2]))
    late = max((abs(a - b) for a, b in zip(found, times, strict=False)), default=0.0)
    if len(found) != len(times) or late > LATE:
        raise _wrong(
            path,
            f"{len(times)} frames at their times",
            f"{len(found)} frames, as much as {late:.4f} s away",
        )
    if paint.mutes and not (reader.info and reader.info.has(StreamKind.AUDIO)):
        raise _wrong(path, "sound that could be muted", "no audio stream")
    if loud[0] > _SILENT:
        raise _wrong(path, "silence where it was muted", f"a level of {loud[0]:.4f}")
    left = [
        one
        for since, until in paint.hushes
        for one in lines_in(reader.summary.captions, since, until)
    ]
    if left:
        raise _wrong(path, "no subtitles where they were taken out", f"{len(left)} lines")
    return _calm(reader, paint) if paint.dims else Calm.YES


def lines_in(said: Sequence[Cue], since: float, until: float) -> list[Cue]:
    """Return the lines that are shown within a stretch, seconds."""
    return [one for one in said if one.span and one.span.start < until and one.span.end > since]


def _calm(reader: MediaReader, paint: Paint) -> Calm:
    tracks = reader.measured.light("copy")
    if not tracks or any(track.unmeasured for track in tracks):
        return Calm.UNKNOWN
    rows = tracks[0].measures[sorted(paint.dims)]
    most = max(float(rows[:, _COLUMNS[name]].max()) for name in ("flashes", "red_flashes"))
    striped = float(rows[:, _COLUMNS["pattern_area"]].max())
    return Calm.YES if most < CALM and striped < STRIPED else Calm.NO


def _wrong(path: Path, expected: str, found: str) -> MediaError:
    return MediaError(
        "the redacted copy is not as it should be, and was not kept",
        expected=expected,
        found=found,
        where=path.name,
        fix="export the original again, for instance with constant frame rate, and review that",
    )
