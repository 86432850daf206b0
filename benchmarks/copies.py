"""Measure how many edited copies are found, how well their segments are known, and what is found that is none.

Makes references and clips (:mod:`benchmarks._copy_corpus`), or takes folders of them; reviews each clip through
the contained decoder and the analyzers as a review does. The peer hashes a frame a second of both and calls
frames alike that differ in at most 31 bits (PDQ's own advice), without variants.

Usage: python -m benchmarks.copies [--each N] [--folder DIR]
       python -m benchmarks.copies --references DIR --clips DIR --labels CSV

The CSV file has the columns clip, reference (file names without and with or without suffix; empty: unrelated),
edit, start, end, reference_start, reference_end (seconds; empty where unknown).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks._copy_corpus import Label, build, read_labels
from benchmarks._copy_edits import EDITS
from benchmarks.environment import record
from compliance.analyzers import sift
from compliance.analyzers.base import FrameAnalyzer, References
from compliance.analyzers.local_features import FEATURES, LocalFeatureAnalyzer, working_frame
from compliance.analyzers.works import copy_format, copy_prints
from compliance.analyzers.works.copies import CopyAnalyzer
from compliance.analyzers.works.copy_features import SPACING
from compliance.analyzers.works.frame_hashes import FrameHashAnalyzer, unpack_variants
from compliance.errors import BankError
from compliance.findings import BankUse, Finding, Observation, Reference
from compliance.media.decode import MediaReader
from compliance.types import FrameBatch, Pixels, Source, TimeSpan

SCORE = 0.5
"""Score from which a finding counts here."""
PEER = 31
"""Bits of the peer."""


def observe(clip: Path, analyzers: Sequence[FrameAnalyzer]) -> list[Observation]:
    """Return the reduced observations of a clip, as a review makes them."""
    seen: dict[int, list[Observation]] = {i: [] for i in range(len(analyzers))}
    with MediaReader(clip) as reader:
        for frame in reader.frames():
            batch = FrameBatch(
                (clip.name,),
                np.array([frame.time]),
                (frame.pixels,),
                (frame.stream,),
                (frame.duplicate,),
            )
            for i, analyzer in enumerate(analyzers):
                seen[i] += analyzer.observe_frames(batch)
            frame.release()
    return [one for i, a in enumerate(analyzers) for one in a.reduce(clip.name, seen[i])]


def enrol(folder: Path) -> References:
    """Return the prints of all files of a folder, a work each."""
    prints: dict[str, bytes] = {}
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        with MediaReader(path, every_frame=True) as reader:
            frames = _released(reader)
            try:
                prints[path.stem] = copy_prints.copy_print(frames)
            except BankError as error:
                print(f"{path.name}: {error}")
    return References(
        refs=tuple(Reference(bank="works", entry=name) for name in prints),
        banks=(BankUse(name="works", modality="work", size=len(prints), version="0" * 64),),
        prints=tuple(prints.values()),
        details=("{}",) * len(prints),
    )


def _released(reader: MediaReader) -> Iterator[tuple[float, Pixels]]:
    for frame in reader.frames():
        yield frame.time, frame.pixels
        frame.release()


@dataclass
class Peer:
    """Plain PDQ at a frame a second."""

    hashes: np.ndarray
    names: np.ndarray

    @classmethod
    def of(cls, references: References) -> Peer:
        rows, names = [], []
        for ref, data in zip(references.refs, references.prints, strict=True):
            moments = copy_format.unpack(data).moments
            last = -1.0
            for at, row, inner in zip(moments.start, moments.hashes, moments.inner, strict=True):
                if not inner and at - last >= 1.0:
                    rows.append(row)
                    names.append(ref.entry)
                    last = at
        return cls(np.array(rows), np.array(names))

    def found(self, observations: Sequence[Observation]) -> set[str]:
        """Return the works that a frame a second of the clip is like."""
        names: set[str] = set()
        last = -1.0
        for one in observations:
            if one.kind != "frame_hash" or one.data is None or one.span.start - last < 1.0:
                continue
            last = one.span.start
            variants = unpack_variants(one.data)
            if variants.quality[0] < copy_prints.QUALITY:
                continue
            apart = np.bitwise_count(self.hashes ^ variants.hashes[0]).sum(axis=1)
            names |= set(self.names[apart <= PEER].tolist())
        return names


def judge(labels: list[Label], found: dict[str, list[Finding]], peer: dict[str, set[str]]) -> dict:
    """Return figures: recall for each edit, false positives, errors of ends."""
    edits: dict[str, dict] = {}
    truth: dict[str, set[str]] = {}
    for label in labels:
        truth.setdefault(label.clip, set())
        if label.reference:
            truth[label.clip].add(Path(label.reference).stem)
    ends: list[float] = []
    missed = []
    for label in (label for label in labels if label.reference):
        row = edits.setdefault(label.edit, {"clips": 0, "found": 0, "peer": 0, "ends": []})
        row["clips"] += 1
        name = Path(label.reference).stem
        row["peer"] += name in peer[label.clip]
        hits = [
            f
            for f in found[label.clip]
            if f.reference.entry == name and f.score >= SCORE and _overlap(f, label) > 0.3
        ]
        row["found"] += bool(hits)
        if not hits:
            missed.append(f"{label.clip} {label.edit} {name}")
        elif label.end > label.start:
            errors = _errors(hits, label)
            row["ends"] += errors
            ends += errors
    false = [
        (clip, f.reference.entry, f.score, f.raw, f.raw_kind)
        for clip, names in truth.items()
        for f in found[clip]
        if f.score >= SCORE and f.reference.entry not in names
    ]
    false_peer = sum(len(peer[clip] - names) for clip, names in truth.items())
    for row in edits.values():
        errors = np.array(row.pop("ends") or [0.0])
        row["recall"] = round(row["found"] / row["clips"], 3)
        row["recall_peer"] = round(row["peer"] / row["clips"], 3)
        row["ends_within_half_a_second"] = round(float((errors <= 0.5).mean()), 3)
    for name, edit in EDITS.items():
        if name in edits and edit.target:
            edits[name]["target"] = edit.target
    errors = np.array(ends or [0.0])
    return {
        "edits": edits,
        "missed": missed,
        "false_positives": [list(map(str, row)) for row in false],
        "false_positives_peer": false_peer,
        "ends": {
            "measured": len(ends),
            "within_half_a_second": round(float((errors <= 0.5).mean()), 3),
            "median": round(float(np.median(errors)), 3),
            "95th_percentile": round(float(np.percentile(errors, 95)), 3),
        },
    }


def _overlap(finding: Finding, label: Label) -> float:
    """Return the share of the labelled segment that a finding covers; 1 where times are unknown."""
    if label.end <= label.start:
        return 1.0
    shared = min(finding.span.end, label.end) - max(finding.span.start, label.start)
    return shared / (label.end - label.start)


def _errors(hits: list[Finding], label: Label) -> list[float]:
    """Return how far both ends are off, in the clip and in the work, of the union of findings."""
    first = min(hits, key=lambda f: f.span.start)
    last = max(hits, key=lambda f: f.span.end)
    errors = [abs(first.span.start - label.start), abs(last.span.end - label.end)]
    if label.reference_end > label.reference_start and first.evidence.reference_span:
        errors += [
            abs(first.evidence.reference_span.start - label.reference_start),
            abs(last.evidence.reference_span.end - label.reference_end),
        ]
    return errors


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--each", type=int, default=6, help="copies for each edit")
    parser.add_argument("--folder", type=Path, help="where made files are kept and looked for")
    data = Path(__file__).parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--references", type=Path)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--name", default="copies", help="of the file of results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if options.references is None and not (folder / "labels.csv").exists():
            build(folder, options.data, options.each)
        figures = measure(
            options.references or folder / "references",
            options.clips or folder / "clips",
            options.labels or folder / "labels.csv",
        )
    print(record(options.name, figures))


def measure(references: Path, clips: Path, labels: Path) -> dict:
    """Return the figures of one set of files."""
    analyzers = [FrameHashAnalyzer(), _Features()]
    rows = read_labels(labels)
    works = enrol(references)
    peer, matcher = Peer.of(works), CopyAnalyzer()
    found: dict[str, list[Finding]] = {}
    plain: dict[str, set[str]] = {}
    spent = 0.0
    for clip in dict.fromkeys(row.clip for row in rows):
        observations = observe(clips / clip, analyzers)
        start = time.process_time()
        found[clip] = matcher.findings(clip, observations, works)
        spent += time.process_time() - start
        plain[clip] = peer.found(observations)
    figures = judge(rows, found, plain)
    figures["pairs"] = len(found) * len(works)
    figures["matching_cpu_seconds_a_clip"] = round(spent / max(len(found), 1), 3)
    show(figures)
    return figures


def show(figures: dict) -> None:
    """Print the figures as a table."""
    for name, row in figures["edits"].items():
        print(
            f"{name:26} {row['found']:3}/{row['clips']:<3} recall {row['recall']:.3f}"
            f" (plain PDQ {row['recall_peer']:.3f}), ends {row['ends_within_half_a_second']:.2f}"
            + (f", target {row['target']}" if "target" in row else "")
        )
    for name in ("missed", "false_positives"):
        for line in figures[name]:
            print(name, line)
    print({k: v for k, v in figures.items() if k not in ("edits", "missed", "false_positives")})


class _Features(LocalFeatureAnalyzer):
    """Local features as a review has them, of the frames that copies are searched by only, to save time.

    A review has those of the frames between, too, which can only bring the ends of segments closer, and the
    regions of marks, which no copy is found by.
    """

    def __init__(self) -> None:
        self._last: tuple[str, int, float] = ("", 0, 0.0)

    def _is_searched(self, clip: str, stream: int, at: float) -> bool:
        if (clip, stream) == self._last[:2] and at - self._last[2] < SPACING:
            return False
        self._last = clip, stream, at
        return True

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        found = []
        for index, pixels in enumerate(batch.pixels):
            at = float(batch.times[index])
            one = Observation(
                asset=batch.assets[index],
                analyzer=self.spec.name,
                kind="local_features",
                source=Source.FRAME,
                span=TimeSpan(start=at, end=at),
                attributes={"stream": batch.stream(index)},
            )
            searched = self._is_searched(batch.assets[index], batch.stream(index), at)
            if searched and not batch.duplicate(index):
                frame = working_frame(pixels)
                _, jpeg = cv2.imencode(".jpg", frame[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
                data = sift.pack(sift.extract(frame, FEATURES))
                one = one.but(data=data, image=jpeg.tobytes())
            found.append(one)
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        return [one for one in observations if one.data is not None]


if __name__ == "__main__":
    main()
