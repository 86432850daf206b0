"""Whether speech has captions, and whether captions can be read in time and fit what is heard.

Each measure of a caption is compared with the usual limit as a ratio, 1 being the limit; the score is 1 at half
of what it should be, 0.5 at the limit, 0 from a quarter more on. The limits are our convention, near to those
that guides to subtitling have in common; a policy sets its own by the score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, CaptionInput, References, WithoutModels
from compliance.analyzers.senses.caption_sync import offset, stretches, uncovered
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import Source, TimeSpan

SHORTEST, LONGEST = 0.7, 7.0
"""Seconds for which a caption stands at least, and at most."""
LETTERS_A_SECOND = 20.0
"""Letters that can be read in a second, spaces counted."""
GAP_FRAMES = 2
"""Frames between two captions, fewer than which flicker; none at all is no gap."""
USUAL_RATE = 25.0
"""Frames a second where the media does not say."""
BEHIND = 0.5
"""Seconds by which a caption may outlast the media, as encoders round."""
RATIOS, SCORES = (0.5, 1.0, 1.25), (1.0, 0.5, 0.0)
"""From ratio to score, joined by straight lines."""
OVERLAPS, OVERLAP_SCORES = (0.04, 0.25, 1.0), (0.05, 0.5, 1.0)
"""From seconds that two captions of one track stand together to score."""
OUTSIDE, OUTSIDE_SCORES = (0.5, 2.0), (0.5, 1.0)
"""From seconds that a caption stands after the end of the media to score."""
OFFSETS, OFFSET_SCORES = (0.3, 1.0, 3.0), (0.05, 0.5, 0.95)
"""From seconds that captions run ahead of or behind speech to score: a second is noticed by everybody."""
WITHOUT, WITHOUT_SCORES = (0.3, 1.0, 3.0), (0.1, 0.5, 0.95)
"""From seconds of speech without captions to score: a second is a word or two."""
SCORE_FLOOR = 0.05
"""Least score that is kept."""
MOST = 200
"""Captions named for one asset, the worst first; the last says how many there are."""
UNSURE = 0.6
"""Factor where the detector is not sure that there is speech."""
CERTAIN = 0.8
"""Mean probability of speech from which it is."""


class CaptionTimingAnalyzer(WithoutModels):
    """Compares captions with their media and, where ``voices`` heard it, with speech; rules only, no weights.

    Captions that are burnt into the picture do not count: nobody can switch them on, enlarge or hear them.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="caption-timing",
        version="2",
        categories=("accessibility.captions_missing", "accessibility.captions_timing"),
        sources=frozenset({Source.CAPTION, Source.AUDIO}),
        raw_kinds=frozenset({RawKind.LEVEL}),
        requires=("voices",),
        reads=("voices",),
    )

    def observe_captions(self, inputs: Sequence[CaptionInput]) -> list[Observation]:
        """Return one ``captions`` for each asset, and one ``cue`` for each caption with a time."""
        return [one for given in inputs for one in self._observed(given)]

    def _observed(self, given: CaptionInput) -> Iterator[Observation]:
        whole = {
            "seconds": round(given.seconds, 3),
            "rate": given.rate,
            "tracks": len(given.tracks),
            "unread": given.unread,
        }
        yield self._observation(given.asset, "captions", whole)
        for number, track in enumerate(given.tracks):
            for place, cue in enumerate(track.cues):
                look = {"track": number, "place": place, "one": track.one}
                one = self._observation(given.asset, "cue", look)
                yield one.but(text=cue.text, span=cue.span)

    def _observation(self, asset: str, kind: str, attributes: dict[str, Any]) -> Observation:
        return Observation(asset, self.spec.name, kind, Source.CAPTION, attributes=attributes)

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return them in the order of the files."""
        return sorted(
            observations,
            key=lambda one: (one.attributes.get("track", -1), one.attributes.get("place", -1)),
        )

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return what is wrong with each caption, with each track, and where captions are missing."""
        whole = next((one for one in observations if one.kind == "captions"), None)
        if whole is None:
            return []
        speech = [one for one in observations if one.kind == "voice" and one.span is not None]
        tracks: dict[int, list[Observation]] = {}
        for one in observations:
            if one.kind == "cue" and one.span is not None:
                tracks.setdefault(one.attributes["track"], []).append(one)
        cues = [found for track in tracks.values() for found in self._cues(track, whole)]
        cues.sort(key=lambda found: -found.score)
        if len(cues) > MOST:
            last = cues[MOST - 1]
            note = f"{last.evidence.note}; {len(cues)} captions are like this or better"
            cues[MOST - 1] = last.model_copy(update={"evidence": Evidence(note=note)})
        found = cues[:MOST]
        for track in tracks.values():
            found += self._sync(track, speech)
        if not whole.attributes["unread"]:
            said = [one for row in tracks.values() for one in row if _says_something(one)]
            found += self._missing(asset, speech, said)
        return found

    def close(self) -> None:
        """Nothing outlives the object."""

    def _cues(self, track: list[Observation], whole: Observation) -> Iterator[Finding]:
        """Yield one finding for each caption that something is wrong with: the worst of it."""
        frame = 1 / (whole.attributes["rate"] or USUAL_RATE)
        ordered = sorted(track, key=lambda one: (_span(one).start, _span(one).end))
        for place, one in enumerate(ordered):
            after = ordered[place + 1] if place + 1 < len(ordered) else None
            follows = _span(after) if after is not None and one.attributes["one"] else None
            lacks = list(_lacks(one, follows, whole.attributes["seconds"], frame))
            said = "; ".join(note for score, note, _ in lacks if score >= SCORE_FLOOR)
            if said:
                score, _, raw = max(lacks, key=lambda lack: lack[0])
                yield self._finding(one, score, said, raw, _span(one))

    def _sync(self, track: list[Observation], speech: Sequence[Observation]) -> list[Finding]:
        """Return how far a track runs ahead of or behind speech, where that can be told."""
        found = offset([_span(one) for one in track], [_span(one) for one in speech])
        if found is None:
            return []
        seconds, surety = found
        score = float(np.interp(abs(seconds), OFFSETS, OFFSET_SCORES)) * surety
        if abs(seconds) < OFFSETS[0] or score < SCORE_FLOOR:
            return []
        how = "late" if seconds > 0 else "early"
        note = f"Captions come {abs(seconds):.1f} s {how} throughout, compared with speech"
        spans = [_span(one) for one in track]
        span = TimeSpan(start=min(one.start for one in spans), end=max(one.end for one in spans))
        return [self._finding(track[0], score, note, seconds, span)]

    def _missing(
        self, asset: str, speech: Sequence[Observation], cues: Sequence[Observation]
    ) -> Iterator[Finding]:
        """Yield each stretch of speech that no caption covers."""
        bare = uncovered([_span(one) for one in speech], [_span(one) for one in cues])
        for span, seconds in stretches(bare):
            within = [one for one in speech if _meet(_span(one), span)]
            sure = max((one.raw or 0.0 for one in within), default=0.0) >= CERTAIN
            score = float(np.interp(seconds, WITHOUT, WITHOUT_SCORES)) * (1.0 if sure else UNSURE)
            why = "no captions cover it" if cues else "there are no captions"
            yield Finding(
                category=self.spec.categories[0],
                asset=asset,
                analyzer=self.spec.name,
                source=Source.AUDIO,
                score=round(score, 4),
                raw=round(seconds, 3),
                raw_kind=RawKind.LEVEL,
                span=span,
                evidence=Evidence(note=f"{seconds:.1f} s of speech, and {why}"),
            )

    def _finding(
        self, one: Observation, score: float, note: str, raw: float, span: TimeSpan
    ) -> Finding:
        return Finding(
            category=self.spec.categories[1],
            asset=one.asset,
            analyzer=self.spec.name,
            source=Source.CAPTION,
            score=round(score, 4),
            raw=round(raw, 3),
            raw_kind=RawKind.LEVEL,
            span=span,
            track=f"captions-{one.attributes['track'] + 1}",
            evidence=Evidence(note=note),
        )


def _lacks(
    one: Observation, follows: TimeSpan | None, seconds: float, frame: float
) -> Iterator[tuple[float, str, float]]:
    """Yield score, a sentence and the measured number for each thing that is wrong with a caption."""
    span = _span(one)
    stands = span.seconds
    name = f"Caption {one.attributes['place'] + 1}"
    letters = len(one.text or "")
    pace = letters / max(stands, 1e-3)
    yield _ratio(stands / SHORTEST), f"{name} stands {stands:.2f} s", stands
    yield _ratio(LONGEST / max(stands, 1e-3)), f"{name} stands {stands:.1f} s", stands
    fast = f"{name} takes {pace:.0f} letters a second"
    yield _ratio(LETTERS_A_SECOND / max(pace, 1e-3)), fast, min(pace, 1e6)
    beyond = span.end - seconds
    if beyond > BEHIND:
        score = 1.0 if span.start > seconds else float(np.interp(beyond, OUTSIDE, OUTSIDE_SCORES))
        yield score, f"{name} ends {beyond:.1f} s after the media", beyond
    if follows is not None:
        between = follows.start - span.end
        if between < 0:
            together = min(-between, follows.seconds, stands)
            score = float(np.interp(together, OVERLAPS, OVERLAP_SCORES, left=0.0))
            yield score, f"{name} and the next stand together for {together:.2f} s", together
        elif 0.001 < between < GAP_FRAMES * frame - 0.001:
            frames = between / frame
            yield 0.5, f"{name} is followed after {frames:.1f} frames, which flickers", frames


def _says_something(one: Observation) -> bool:
    """Tell whether a caption holds a letter and stands: dots and invisible signs caption no speech."""
    return _span(one).seconds > 0 and any(map(str.isalnum, one.text or ""))


def _ratio(value: float) -> float:
    return float(np.interp(value, RATIOS, SCORES))


def _span(one: Observation) -> TimeSpan:
    assert one.span is not None, "asked for what has a time alone"
    return one.span


def _meet(one: TimeSpan, other: TimeSpan) -> bool:
    return one.start <= other.end and other.start <= one.end
