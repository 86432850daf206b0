"""Loudness, true peak and silence of each audio stream, as EBU R128 measures them.

FFmpeg's filter measures the sound as it is in the file while it is decoded
(:mod:`compliance.media.loudness`); here the numbers become findings. A programme's own target is a policy's.
Scores have no model and say how far a number lies outside a wide range that nearly every target is in:

* ``accessibility.loudness``, integrated: nothing between -27 and -13 LUFS (EBU R128's -23 and streaming's -14
  with their tolerances); outside 0.5, and 0.05 more for each LU, to 1.0 at 10 LU.
* ``accessibility.loudness``, true peak: nothing up to -1 dBTP; above 0.5, and 0.1 more for each 0.2 dB, to
  1.0 at full scale.
* ``accessibility.silence``: stretches below -60 dBFS in all channels: 0.3 at 1 s, 0.9 at 5 s, 1.0 from 10 s
  on or where all is silent; a channel whose every sample is zero beside others that sound: 0.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import LoudnessTrack, Source, TimeSpan

QUIET, LOUD, PEAK = -27.0, -13.0, -1.0
"""Integrated loudness of a stream, LUFS, below and above which it is outside; true peak, dBTP."""
_DEAD_CHANNEL = 0.6
_SECONDS, _SILENCE_SCORES = (1.0, 5.0, 10.0), (0.3, 0.9, 1.0)


class LoudnessAnalyzer(WithoutModels):
    """EBU R128 on every audio stream."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="loudness",
        version="1",
        categories=("accessibility.loudness", "accessibility.silence"),
        sources=frozenset({Source.AUDIO}),
        raw_kinds=frozenset({RawKind.LEVEL, RawKind.COUNT}),
    )

    def observe_loudness(self, tracks: Sequence[LoudnessTrack]) -> list[Observation]:
        """Return one ``loudness`` observation for each stream, and one ``silence`` for each silent stretch.

        ``raw`` of the first is the integrated loudness in LUFS, None where there is none; its ``attributes``
        hold ``stream``, ``channels``, ``true_peak`` (dBTP), ``range`` (LU), ``momentary`` and ``short_term``
        (LUFS), and ``dead_channels``. ``raw`` of the others is their length in seconds.

        Raises:
            AnalyzerError: a stream could not be measured, so that nothing is known of it.
        """
        found = []
        for track in tracks:
            if track.unmeasured:
                raise AnalyzerError(
                    "loudness was not measured",
                    expected="sound of one format that EBU R128 can measure",
                    found=f"audio stream {track.stream}: {track.unmeasured}",
                    where=LoudnessAnalyzer.spec.name,
                    fix="export the sound as stereo or 5.1 of one sample rate",
                )
            found.append(_levels(track))
            found += [_silence(track, span) for span in track.silences]
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Put the streams in order."""
        return sorted(observations, key=_order)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return what lies outside the ranges, and what is silent."""
        found: list[Finding] = []
        for one in observations:
            if one.kind == "silence":
                found.append(_silent(one))
                continue
            found += [*_outside(one), *_peak(one), *_dead(one)]
        return found

    def close(self) -> None:
        """Do nothing: nothing was taken."""


def _levels(track: LoudnessTrack) -> Observation:
    return Observation(
        asset=track.asset,
        analyzer=LoudnessAnalyzer.spec.name,
        kind="loudness",
        source=Source.AUDIO,
        span=TimeSpan(start=0.0, end=round(track.seconds, 3)),
        raw=track.integrated,
        raw_kind=RawKind.LEVEL,
        attributes={
            "stream": track.stream,
            "channels": track.channels,
            "true_peak": track.true_peak,
            "range": track.loudness_range,
            "momentary": track.momentary,
            "short_term": track.short_term,
            "dead_channels": list(track.dead_channels),
        },
    )


def _silence(track: LoudnessTrack, span: TimeSpan) -> Observation:
    whole = track.integrated is None and span.seconds >= track.seconds - 0.2
    return Observation(
        asset=track.asset,
        analyzer=LoudnessAnalyzer.spec.name,
        kind="silence",
        source=Source.AUDIO,
        span=span,
        raw=round(span.seconds, 3),
        raw_kind=RawKind.LEVEL,
        attributes={"stream": track.stream, "whole": whole},
    )


def _outside(one: Observation) -> list[Finding]:
    if one.raw is None:
        note = "no integrated loudness: nothing in the stream is louder than -70 LUFS"
        return [_finding(one, "loudness", 1.0, -70.0, note)]
    beyond = max(QUIET - one.raw, one.raw - LOUD, 0.0)
    if not beyond:
        return []
    told = one.attributes
    note = f"integrated loudness {one.raw:.1f} LUFS, {beyond:.1f} LU outside {QUIET:g}…{LOUD:g} LUFS; range "
    note += f"{told['range']:.1f} LU"
    note += "" if told["momentary"] is None else f", loudest 0.4 s {told['momentary']:.1f} LUFS"
    return [_finding(one, "loudness", min(0.5 + 0.05 * beyond, 1.0), one.raw, note)]


def _peak(one: Observation) -> list[Finding]:
    peak = one.attributes["true_peak"]
    if peak is None or peak <= PEAK:
        return []
    score = min(0.5 + 0.5 * (peak - PEAK), 1.0)
    note = f"true peak {peak:.2f} dBTP, above {PEAK:g} dBTP"
    return [_finding(one, "loudness", score, round(peak, 3), note)]


def _dead(one: Observation) -> list[Finding]:
    dead = one.attributes["dead_channels"]
    if not dead or len(dead) == one.attributes["channels"]:
        return []
    named = ", ".join(str(channel + 1) for channel in dead)
    note = f"of {one.attributes['channels']} channels, every sample of channel {named} is zero"
    found = _finding(one, "silence", _DEAD_CHANNEL, float(len(dead)), note)
    return [found.model_copy(update={"raw_kind": RawKind.COUNT})]


def _silent(one: Observation) -> Finding:
    seconds = one.raw or 0.0
    whole = one.attributes["whole"]
    score = 1.0 if whole else float(np.interp(seconds, _SECONDS, _SILENCE_SCORES))
    note = f"{seconds:.1f} s below -60 dBFS in all channels{', the whole stream' if whole else ''}"
    return _finding(one, "silence", round(score, 4), seconds, note)


def _finding(one: Observation, leaf: str, score: float, raw: float, note: str) -> Finding:
    return Finding(
        category=f"accessibility.{leaf}",
        asset=one.asset,
        analyzer=LoudnessAnalyzer.spec.name,
        source=Source.AUDIO,
        score=round(score, 4),
        raw=raw,
        raw_kind=RawKind.LEVEL,
        span=one.span,
        track=f"stream-{one.attributes['stream']}",
        evidence=Evidence(note=note),
    )


def _order(one: Observation) -> tuple[int, str, float]:
    return one.attributes["stream"], one.kind, one.span.start if one.span else 0.0
