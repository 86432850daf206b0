"""Music and other sound that is a copy of a registered recording: encoded anew, filtered, faster, talked over.

Spectral peaks are kept of each track without knowing any bank; works are compared by those of their files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.works import peaks, sound_ridges
from compliance.analyzers.works.peaks import Peaks
from compliance.analyzers.works.sound_match import SoundIndex, SoundMatch, distinct, score
from compliance.analyzers.works.sound_prints import MAKER, listen, read_print
from compliance.findings import BankUse, Evidence, Finding, Observation, RawKind
from compliance.types import AudioTrack, Source, TimeSpan

SCORE_FLOOR = 0.05
"""Least score of a match that is kept."""


class RecordingAnalyzer(WithoutModels):
    """Spectral-peak fingerprints, as Wang has them, that bear ±4 % speed."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="recordings",
        version="1",
        categories=("ip.copy",),
        sources=frozenset({Source.AUDIO}),
        raw_kinds=frozenset({RawKind.INLIERS}),
        libraries=("scipy",),
        modality="work",
        prints=MAKER,
        batch=1,
        gpu_batch=1,
    )

    def __init__(self) -> None:
        self._index: tuple[tuple[BankUse, ...], SoundIndex] | None = None

    def observe_audio(self, tracks: Sequence[AudioTrack]) -> list[Observation]:
        """Return one ``landmarks`` observation for each track in which anything stands out.

        ``data`` are the number of its peaks (uint32, little endian), those peaks
        (:func:`compliance.analyzers.works.peaks.pack`) and its ridges
        (:func:`sound_ridges.pack`), with times from the start of the span, about 100 kB a
        minute; ``raw`` is the number of peaks; ``attributes`` hold the ``stream``.

        Raises:
            AnalyzerError: a track has another rate than 16 kHz.
        """
        found = []
        for track in tracks:
            heard = listen(track)
            end = track.start + len(track.samples) / track.rate
            if len(heard):
                found.append(
                    Observation(
                        asset=track.asset,
                        analyzer=self.spec.name,
                        kind="landmarks",
                        source=Source.AUDIO,
                        span=TimeSpan(start=round(track.start, 3), end=round(end, 3)),
                        raw=float(len(heard)),
                        raw_kind=RawKind.COUNT,
                        data=_packed(heard, sound_ridges.find(track.samples)),
                        attributes={"stream": track.stream},
                    )
                )
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Put the observations in order."""
        return sorted(observations, key=_order)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Compare each stream with all recordings: one finding for each stretch of a work, whatever channel."""
        if references is None or not references.prints:
            return []
        index = self._indexed(references)
        streams: dict[int, list[Observation]] = {}
        for one in observations:
            streams.setdefault(one.attributes["stream"], []).append(one)
        found: list[SoundMatch] = []
        for heard in streams.values():
            layers = [
                peaks.joined([(*_times(one), read(one)) for one in heard])
                for read in (_peaks, _ridges)
            ]
            for both in zip(*layers, strict=True):
                found += index.matches(*both)
        return [
            self._finding(asset, one, references)
            for one in _of_works(found, references)
            if score(one.evidence) >= SCORE_FLOOR
        ]

    def close(self) -> None:
        """Forget the references."""
        self._index = None

    def _indexed(self, references: References) -> SoundIndex:
        """Return the index of ``references``, the same as long as their banks are."""
        if self._index is None or self._index[0] != references.banks:
            layers = [
                (row, layer)
                for row, data in enumerate(references.prints)
                for layer in read_print(data).layers
            ]
            self._index = references.banks, SoundIndex(layers)
        return self._index[1]

    def _finding(self, asset: str, one: SoundMatch, references: References) -> Finding:
        faster = round(100 * (one.speed - 1), 1)
        higher = abs(one.pitch - 1) > 0.005
        speed = f"{abs(faster):.1f} % {'faster' if faster > 0 else 'slower'}"
        speed += " and " + ("higher" if one.pitch > 1 else "lower") if higher else ""
        return Finding(
            category="ip.copy",
            asset=asset,
            analyzer=self.spec.name,
            source=Source.AUDIO,
            score=round(score(one.evidence), 4),
            raw=float(one.agree),
            raw_kind=RawKind.INLIERS,
            span=_span(one.clip),
            reference=references.refs[one.row],
            evidence=Evidence(
                note=f"{one.share:.0%} of the recording's peaks are heard ({one.chance[1]:.0%} by chance), "
                f"{speed if abs(faster) >= 0.5 else 'at its speed'}",
                reference_span=_span(one.reference),
            ),
        )


def _of_works(found: Sequence[SoundMatch], references: References) -> list[SoundMatch]:
    """Return one match for each stretch of a work, the surest of its files and channels, in order of time."""
    works: dict[str, list[SoundMatch]] = {}
    for one in found:
        works.setdefault(references.refs[one.row].id, []).append(one)
    kept = [one for matches in works.values() for one in distinct(matches)]
    return sorted(kept, key=lambda one: (one.clip, references.refs[one.row].id))


def _times(one: Observation) -> tuple[float, float]:
    return (one.span.start, one.span.end) if one.span else (0.0, 0.0)


def _packed(heard: Peaks, ridges: Peaks) -> bytes:
    return len(heard).to_bytes(4, "little") + peaks.pack(heard) + sound_ridges.pack(ridges)


def _peaks(one: Observation) -> Peaks:
    data = one.data or bytes(8)
    return peaks.unpack(data[4 : 4 + int.from_bytes(data[:4], "little") * peaks.SIZE])


def _ridges(one: Observation) -> Peaks:
    data = one.data or bytes(8)
    return sound_ridges.unpack(data[4 + int.from_bytes(data[:4], "little") * peaks.SIZE :])


def _span(times: tuple[float, float]) -> TimeSpan:
    start, end = (max(0.0, round(one, 2)) for one in times)
    return TimeSpan(start=start, end=max(start, end))


def _order(one: Observation) -> tuple[int, float, str]:
    return one.attributes["stream"], one.span.start if one.span else 0.0, one.id
