"""Flashing light, flashing red, flashing that goes on, and stripes: what can provoke a photosensitive seizure.

Measured on every frame while media is decoded (:mod:`compliance.media.flash`); here the numbers become spans.

Scores have no model and are defined as follows. ``flash.general`` and ``flash.red``: 1.0 from the seventh
transition in a second on, where WCAG 2.3.1 and BT.1702 fail; 0.7, 0.6 and 0.5 for six, five and four; 0.3 for
three. A clip that passes with a warning has 0.5 to 0.7. ``flash.extended``: 1.0 where four seconds of five
flash two or three times a second, below that 0.7 for 4 s falling in proportion to 0. ``flash.pattern``: 1.0
where stripes that fail stand for half a second, 0.6 where they are shorter.

Animated pictures are measured on for six seconds after their end, as viewers repeat them, so that spans may
reach beyond it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.senses import flash_results as rules
from compliance.analyzers.senses.flash_results import Result, Times
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import LIGHT_COLUMNS, Floats, LightTrack, Source, TimeSpan

SCORES = {3: 0.3, 4: 0.5, 5: 0.6, 6: 0.7}
"""Score by transitions in a second; 1.0 above, nothing is said below."""
EXTENDED_FLOOR = 2.0
"""Seconds of flashing from which something is said about its length."""
_WARNED = 0.7
"""Score of extended flashing just below its limit."""
_SHORT_PATTERN = 0.6
_COLUMN = {name: i for i, name in enumerate(LIGHT_COLUMNS)}
_MEASURES = (("general", "flashes", "area"), ("red", "red_flashes", "red_area"))
_HEAD = struct.Struct("<II")


class FlashAnalyzer(WithoutModels):
    """Photosensitivity by WCAG 2.3.1 and ITU-R BT.1702, on every frame."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="flashes",
        version="2",
        categories=("flash.general", "flash.red", "flash.extended", "flash.pattern"),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.COUNT, RawKind.LEVEL}),
        libraries=("numpy", "opencv-python-headless"),
    )

    def observe_light(self, tracks: Sequence[LightTrack]) -> list[Observation]:
        """Return one ``light`` observation for each video stream.

        ``data`` holds the time, the measures and the results of every frame (:func:`unpack`); ``raw`` is the
        highest number of transitions in a second; ``attributes`` hold the ``stream``, ``frames``, and the
        worst results of ``general`` and ``red`` in words.

        Raises:
            AnalyzerError: a stream could not be measured, so that nothing is known of it.
        """
        found = []
        for track in tracks:
            if track.unmeasured:
                raise AnalyzerError(
                    "flashes were not looked for",
                    expected="a video in SDR",
                    found=f"video stream {track.stream}: {track.unmeasured}",
                    where=FlashAnalyzer.spec.name,
                    fix="convert the clip to BT.709 SDR and review that file",
                )
            if len(track.times):
                found.append(_observation(track))
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Put the streams in order."""
        return sorted(observations, key=lambda one: (one.attributes["stream"], one.id))

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each stretch that flashes, and for each that is striped."""
        found: list[Finding] = []
        for one in observations:
            times, measures, _ = unpack(one)
            stream = f"stream-{one.attributes['stream']}"
            for name, column, area in _MEASURES:
                transitions = measures[:, _COLUMN[column]]
                found += _flashes(
                    asset, name, stream, times, transitions, measures[:, _COLUMN[area]]
                )
                found += _extended(asset, name, stream, times, transitions)
            found += _patterns(asset, stream, times, measures)
        return sorted(found, key=lambda one: (one.span.start if one.span else 0.0, one.id))

    def close(self) -> None:
        """Do nothing: nothing was taken."""


def unpack(one: Observation) -> tuple[Times, Floats, npt.NDArray[np.uint8]]:
    """Return what a ``light`` observation holds of every frame.

    Returns:
        presentation times in seconds, float64 (N,); measures, float32 (N, 8), the columns of
        :data:`compliance.types.LIGHT_COLUMNS`; and results, uint8 (N, 2), of luminance and of red, as
        :class:`compliance.analyzers.senses.flash_results.Result` counts them.
    """
    data = one.data or _HEAD.pack(0, len(LIGHT_COLUMNS))
    frames, columns = _HEAD.unpack_from(data)
    at = _HEAD.size
    times = np.frombuffer(data, "<f8", frames, at)
    measures = np.frombuffer(data, "<f4", frames * columns, at + 8 * frames)
    results = np.frombuffer(data, np.uint8, 2 * frames, at + 8 * frames + 4 * frames * columns)
    return times, measures.reshape(frames, columns), results.reshape(frames, 2)


def _observation(track: LightTrack) -> Observation:
    judged = [
        rules.flashing(track.times, track.measures[:, _COLUMN[column]])
        for _, column, _ in _MEASURES
    ]
    frames, columns = track.measures.shape
    parts = (
        _HEAD.pack(frames, columns),
        np.asarray(track.times, "<f8").tobytes(),
        np.asarray(track.measures, "<f4").tobytes(),
        np.stack([one.results for one in judged], axis=1).tobytes(),
    )
    worst = {name: one.worst.word for (name, _, _), one in zip(_MEASURES, judged, strict=True)}
    return Observation(
        asset=track.asset,
        analyzer=FlashAnalyzer.spec.name,
        kind="light",
        source=Source.FRAME,
        span=_span(float(track.times[0]), float(track.times[-1])),
        raw=float(track.measures[:, [_COLUMN[column] for _, column, _ in _MEASURES]].max()),
        raw_kind=RawKind.COUNT,
        data=b"".join(parts),
        attributes={"stream": track.stream, "frames": frames, **worst},
    )


def _flashes(
    asset: str, name: str, stream: str, times: Times, transitions: Floats, area: Floats
) -> list[Finding]:
    found = []
    for first, last in rules.runs(transitions >= min(SCORES)):
        most = int(transitions[first : last + 1].max())
        share = float(area[first : last + 1].max())
        colour = "saturated red" if name == "red" else "light"
        failing = "more than three flashes" if most >= rules.FAILURE else f"{most / 2:g} flashes"
        where = f", over {share:.0%} of the screen" if share else ""
        found.append(
            Finding(
                category=f"flash.{name}",
                asset=asset,
                analyzer=FlashAnalyzer.spec.name,
                source=Source.FRAME,
                score=SCORES.get(most, 1.0),
                raw=float(most),
                raw_kind=RawKind.COUNT,
                span=_span(max(float(times[first]) - 1.0, float(times[0])), float(times[last])),
                frames=last - first + 1,
                track=stream,
                evidence=Evidence(
                    note=f"{failing} of {colour} within a second ({most} transitions){where}"
                ),
            )
        )
    return found


def _extended(
    asset: str, name: str, stream: str, times: Times, transitions: Floats
) -> list[Finding]:
    judged = rules.flashing(times, transitions)
    warns = judged.results > Result.PASS
    found = []
    for first, last in rules.runs((judged.warned >= EXTENDED_FLOOR) & warns):
        seconds = float(judged.warned[first : last + 1].max())
        fails = bool((judged.results[first : last + 1] == Result.EXTENDED_FAIL).any())
        share = min(seconds / rules.EXTENDED_SECONDS, 1.0)
        found.append(
            Finding(
                category="flash.extended",
                asset=asset,
                analyzer=FlashAnalyzer.spec.name,
                source=Source.FRAME,
                score=1.0 if fails else round(_WARNED * share, 4),
                raw=round(seconds, 3),
                raw_kind=RawKind.LEVEL,
                span=_span(max(float(times[first]) - seconds, float(times[0])), float(times[last])),
                frames=last - first + 1,
                track=f"{stream}-{name}",
                evidence=Evidence(
                    note=f"two or three flashes a second for {seconds:.1f} s of five "
                    f"({'saturated red' if name == 'red' else 'light'})"
                ),
            )
        )
    return found


def _patterns(asset: str, stream: str, times: Times, measures: Floats) -> list[Finding]:
    area, pairs = (measures[:, _COLUMN[name]] for name in ("pattern_area", "pattern_pairs"))
    found = []
    for first, last in rules.runs(rules.striped(area, pairs)):
        seconds = _stands(times, first, last)
        share, most = (float(column[first : last + 1].max()) for column in (area, pairs))
        found.append(
            Finding(
                category="flash.pattern",
                asset=asset,
                analyzer=FlashAnalyzer.spec.name,
                source=Source.FRAME,
                score=1.0 if seconds >= rules.PATTERN_SECONDS - 1e-3 else _SHORT_PATTERN,
                raw=most,
                raw_kind=RawKind.COUNT,
                span=_span(float(times[first]), float(times[last])),
                frames=last - first + 1,
                track=stream,
                evidence=Evidence(
                    note=f"{most:.0f} pairs of light and dark stripes over {share:.0%} of the screen for "
                    f"{seconds:.1f} s"
                ),
            )
        )
    return found


def _stands(times: Times, first: int, last: int) -> float:
    """Return for how long the frames from ``first`` to ``last`` stand, seconds.

    Nothing says when the last frame of a clip ends: it is taken to stand as long as the one before, and a
    single picture for as long as somebody looks.
    """
    if len(times) == 1:
        return rules.PATTERN_SECONDS
    beyond = 0.0 if last + 1 < len(times) else float(times[-1] - times[-2])
    return float(times[min(last + 1, len(times) - 1)] - times[first]) + beyond


def _span(start: float, end: float) -> TimeSpan:
    return TimeSpan(start=round(start, 3), end=max(round(end, 3), round(start, 3)))
