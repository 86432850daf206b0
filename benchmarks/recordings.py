"""Recordings: how many 5 s excerpts are found after what was done to them, and how many are taken for others.

    python -m benchmarks.recordings [--pieces N] [--data FOLDER]
    python -m benchmarks.recordings --references FOLDER --clips FOLDER --labels CSV

Without folders, the references are made music (``_sound_music``: pieces of drawn style, pieces that are kin,
which share all but their notes, and plain notes on a grid), utterances of LibriSpeech and the sound of public
files. From each one excerpt is drawn, and everything in ``edits`` is done to it; it is compared with all
references, so that all but its own are unrelated pairs. With folders, clips are compared as they are; the CSV
has the columns ``clip`` and ``reference``, file names, one line for each that is in a clip; a clip that is in
no line holds none.

The peer is the plain scheme of Wang: the same peaks and landmarks, the most votes for one offset, no other
speed; it gets the benefit of the lowest threshold at which it makes no mistake here.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import _sound_edits as edit
from benchmarks._sound_music import piece, toy
from benchmarks.environment import record
from compliance.analyzers.works import sound_ridges
from compliance.analyzers.works.peaks import Peaks, find, pack
from compliance.analyzers.works.recordings import SCORE_FLOOR
from compliance.analyzers.works.sound_marks import Landmarks
from compliance.analyzers.works.sound_match import SoundIndex, SoundMatch, score
from compliance.analyzers.works.sound_prints import DENSITY

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
SECONDS = 5.0
VIDEOS = (
    "c2pa-rs/fixtures/sample1.mp3",
    "c2pa-rs/fixtures/sample1.wav",
    "c2pa-rs/fixtures/sample1.flac",
    "faces-face-recognition/examples/short_hamilton_clip.mp4",
    "robust-torchcodec/resources/nasa_13013.mp4",
    "copydetect-threatexchange/tmk/sample-videos/pattern-longer-no-bar.mp4",
)
KIN = 6
Edit = Callable[[edit.Sound], edit.Sound]


@dataclass(frozen=True)
class Clip:
    """What is compared with all references."""

    edit: str
    """What was done to it."""
    holds: dict[str, tuple[float, float]]
    """References that it holds, with where in them it begins and ends, seconds; empty where nobody said."""
    speed: float
    """How much faster it is."""
    peaks: Peaks
    ridges: Peaks
    seconds: float


def edits(voice: edit.Sound, seed: int) -> dict[str, tuple[float, Edit]]:
    """Return what is done to an excerpt, with how much faster it makes it; ``voice`` speaks over it."""
    aac, speech = edit.coded("aac", 64_000, "adts"), edit.mixed(voice)
    found: dict[str, tuple[float, Edit]] = {
        "aac 64k": (1.0, aac),
        "speech": (1.0, speech),
        "speech, aac 64k": (1.0, edit.chain(speech, aac)),
        "noise 10 dB": (1.0, edit.noisy(seed, 10)),
        "equaliser": (1.0, edit.equalised),
    }
    for speed in (0.96, 0.98, 1.02, 1.04):
        found[f"speed {speed}, aac 64k"] = speed, edit.chain(edit.resampled(speed), aac)
    found["tempo 1.04, aac 64k"] = 1.04, edit.chain(edit.hurried(1.04), aac)
    found["speed 1.04, speech, aac 64k"] = 1.04, edit.chain(edit.resampled(1.04), speech, aac)
    return found


def references(data: Path, pieces: int) -> list[str]:
    """Return the references: made music, a third as many of speech as of pieces, and the sound of files."""
    found = [f"piece {seed}" for seed in range(pieces)]
    found += [f"kin {family} {seed}" for family in range(-(-pieces // 17)) for seed in range(KIN)]
    found += [f"plain {seed}" for seed in range(pieces // 6)]
    return found + [str(file) for file in (*utterances(data)[: pieces // 3], *_files(data))]


def utterances(data: Path) -> list[Path]:
    """Return the recordings of speech, several of one speaker first."""
    return sorted((data / "voices-librispeech").glob("*/**/*.flac"), reverse=True)


def _files(data: Path) -> list[Path]:
    return [data / name for name in VIDEOS if (data / name).is_file()]


def _sound(name: str) -> edit.Sound:
    kind, *numbers = name.split(" ")
    if kind == "piece":
        return piece(int(numbers[0]), 20)
    if kind == "kin":
        return piece(1000 + int(numbers[0]) * KIN + int(numbers[1]), 25, kin=int(numbers[0]))
    return toy(int(numbers[0]), 25) if kind == "plain" else edit.read(Path(name))


def _made(job: tuple[int, str, Path]) -> tuple[str, Peaks, list[Clip]]:
    """Return the print of one reference, and what is made of an excerpt of it if it is long enough."""
    number, name, voice = job
    rng = np.random.default_rng(number)
    sound = _sound(name)
    kept = find(edit.heard(sound)).strongest(DENSITY)
    short = name if " " in name else Path(name).name
    length, clips = round(SECONDS * edit.RATE), []
    if sound.shape[1] > length:
        at = int(rng.integers(0, sound.shape[1] - length))
        for what, (speed, change) in edits(edit.read(voice), number).items():
            changed = edit.heard(change(sound[:, at : at + length]))
            span = at / edit.RATE, at / edit.RATE + SECONDS
            clips.append(_clip(what, {short: span}, speed, changed))
    return short, kept, clips


def made(data: Path, pieces: int) -> tuple[dict[str, Peaks], list[Clip]]:
    """Return the prints of all references, and what is made of an excerpt of each that is long enough."""
    voices = utterances(data)[pieces // 3 :]
    jobs = [
        (number, name, voices[number % len(voices)])
        for number, name in enumerate(references(data, pieces))
    ]
    prints: dict[str, Peaks] = {}
    clips: list[Clip] = []
    with ProcessPoolExecutor() as pool:
        for name, kept, some in pool.map(_made, jobs):
            prints[name] = kept
            clips += some
            print(f"\r{len(prints)} of {len(jobs)} made", end="", flush=True)
    return prints, clips


def given(originals: Path, folder: Path, labels: Path) -> tuple[dict[str, Peaks], list[Clip]]:
    """Return the prints of a folder, and the clips of another as they are."""
    prints = {
        file.name: find(edit.heard(edit.read(file))).strongest(DENSITY)
        for file in sorted(originals.iterdir())
    }
    truth: dict[str, set[str]] = {}
    with labels.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            truth.setdefault(line["clip"], set()).add(line["reference"])
    clips = []
    for file in sorted(folder.iterdir()):
        holds = {name: (0.0, 0.0) for name in truth.get(file.name, set()) - {""}}
        clips.append(_clip("given", holds, 1.0, edit.heard(edit.read(file))))
    return prints, clips


def _clip(what: str, holds: dict[str, tuple[float, float]], speed: float, sound: Any) -> Clip:
    seconds = len(sound) / edit.HEARD
    return Clip(what, holds, speed, find(sound), sound_ridges.find(sound), seconds)


def measured(prints: dict[str, Peaks], clips: Sequence[Clip]) -> dict[str, Any]:
    """Return recall, mistakes and ends of segments by edit, and the peer's recall."""
    size = max(1, -(-len(clips) // 40))
    parts = [clips[at : at + size] for at in range(0, len(clips), size)]
    found: list[dict[str, SoundMatch]] = []
    votes: list[dict[str, int]] = []
    spent = np.zeros(2)
    with ProcessPoolExecutor() as pool:
        for some, counts, seconds in pool.map(partial(_compared, prints), parts):
            found += some
            votes += counts
            spent += seconds
            print(f"\r{len(found)} of {len(clips)} compared", end="", flush=True)
    wrong = [
        (score(one.evidence), clip, name)
        for clip, matches in zip(clips, found, strict=True)
        for name, one in matches.items()
        if name not in clip.holds
    ]
    least = 1 + max(
        (
            count
            for clip, best in zip(clips, votes, strict=True)
            for name, count in best.items()
            if name not in clip.holds
        ),
        default=0,
    )
    return {
        "references": len(prints),
        "minutes": round(sum(float(one.times[-1]) for one in prints.values() if len(one)) / 60, 1),
        "print_kilobytes_a_minute": round(
            sum(len(pack(one)) for one in prints.values())
            / sum(float(one.times[-1]) for one in prints.values() if len(one))
            * 60
            / 1000,
            1,
        ),
        "unrelated_pairs": sum(len(prints) - len(clip.holds) for clip in clips),
        "unrelated_pairs_of_different_excerpts": (len(prints) - 1) * len(prints),
        "unrelated_at_0.5": sum(one[0] >= 0.5 for one in wrong),
        "unrelated_at_the_floor": sum(one[0] >= SCORE_FLOOR for one in wrong),
        "unrelated_highest": [
            f"{value:.3f} {list(clip.holds)[:1]} {clip.edit} as {name}"
            for value, clip, name in sorted(wrong, key=lambda one: -one[0])[:5]
        ],
        "peer_least_votes": least,
        "time_of_plain_scheme": round(spent[0] / spent[1], 1),
        "edits": {
            what: _by_edit(
                [at for at, clip in enumerate(clips) if clip.edit == what],
                clips,
                found,
                votes,
                least,
            )
            for what in dict.fromkeys(clip.edit for clip in clips)
        },
    }


def _compared(
    prints: dict[str, Peaks], clips: Sequence[Clip]
) -> tuple[list[dict[str, SoundMatch]], list[dict[str, int]], list[float]]:
    """Return for each clip what we find and the peer's votes, by reference, and seconds that both took."""
    known = list(prints)
    layers = list(prints.values())
    ours, peer = SoundIndex(list(enumerate(layers))), Landmarks(layers, [(1.0, 1.0)])
    found, votes, spent = [], [], [0.0, 0.0]
    for clip in clips:
        begun = time.perf_counter()
        matches = sorted(ours.matches(clip.peaks, clip.ridges), key=lambda one: one.evidence)
        found.append({known[one.row]: one for one in matches})
        middle = time.perf_counter()
        best: dict[str, int] = {}
        for one in peer.alignments(clip.peaks, 1, len(known)):
            best[known[one.layer]] = max(best.get(known[one.layer], 0), one.votes)
        votes.append(best)
        spent = [spent[0] + middle - begun, spent[1] + time.perf_counter() - middle]
    return found, votes, spent


def _by_edit(
    numbers: list[int],
    clips: Sequence[Clip],
    found: Sequence[dict[str, SoundMatch]],
    votes: Sequence[dict[str, int]],
    least: int,
) -> dict[str, Any]:
    """Return the figures of one edit."""
    held = [(at, name) for at in numbers for name in clips[at].holds]
    hits = [(at, found[at][name]) for at, name in held if name in found[at]]
    hits = [(at, one) for at, one in hits if score(one.evidence) >= 0.5]
    late = []
    for at, one in hits:
        clip = clips[at]
        start, end = next(iter(clip.holds.values()))
        if end > start:
            late.append(
                max(
                    abs(one.clip[0]),
                    abs(clip.seconds - one.clip[1]),
                    abs(one.reference[0] - start),
                    abs(one.reference[1] - end),
                )
            )
    return {
        "clips": len(held),
        "recall": round(len(hits) / max(1, len(held)), 4),
        "peer_recall": round(
            sum(votes[at].get(name, 0) >= least for at, name in held) / max(1, len(held)), 4
        ),
        "ends_within_half_a_second": round(float(np.mean(np.array(late) <= 0.5)), 4)
        if late
        else None,
        "worst_end_seconds": round(max(late), 2) if late else None,
        "speed_off_by_percent": round(
            100 * float(np.median([abs(one.speed / clips[at].speed - 1) for at, one in hits])), 2
        )
        if hits
        else None,
    }


def large(prints: dict[str, Peaks], clips: Sequence[Clip], landmarks: int) -> dict[str, Any]:
    """Return what a search costs beside ``landmarks`` landmarks of other recordings."""
    rng = np.random.default_rng(1)
    layers = list(prints.values())
    own = len(Landmarks(layers))
    for _ in range(landmarks // own):
        for one in prints.values():
            if len(one):
                hertz = one.hertz * rng.uniform(0.6, 1.6)
                kept = hertz < 7600
                order = rng.permutation(int(kept.sum()))
                layers.append(Peaks(one.times[kept], hertz[kept][order], one.ranks[kept][order]))
    begun = time.perf_counter()
    big = SoundIndex(list(enumerate(layers)))
    built = time.perf_counter() - begun
    small = SoundIndex(list(enumerate(prints.values())))
    spent, same = [0.0, 0.0], 0
    for clip in clips:
        begun = time.perf_counter()
        first = small.matches(clip.peaks, clip.ridges)
        middle = time.perf_counter()
        second = big.matches(clip.peaks, clip.ridges)
        spent = [spent[0] + middle - begun, spent[1] + time.perf_counter() - middle]
        sure = [{one.row for one in both if score(one.evidence) >= 0.5} for both in (first, second)]
        same += sure[0] == sure[1]
    seconds = sum(clip.seconds for clip in clips)
    return {
        "landmarks": len(big),
        "seconds_to_build": round(built, 1),
        "seconds_a_minute_of_clip": round(60 * spent[1] / seconds, 2),
        "times_a_small_index": round(spent[1] / spent[0], 1),
        "times_fewer_landmarks": round(len(big) / own, 1),
        "clips": len(clips),
        "clips_with_the_same_findings": same,
    }


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("COMPLIANCE_TEST_DATA", DATA))
    )
    parser.add_argument("--pieces", type=int, default=68)
    parser.add_argument("--references", type=Path)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--labels", type=Path)
    arguments = parser.parse_args()
    folders = arguments.references, arguments.clips, arguments.labels
    if any(folders):
        if not all(folders):
            parser.error("--references, --clips and --labels belong together")
        print(json.dumps(measured(*given(*folders)), indent=2))
        return
    prints, clips = made(arguments.data, arguments.pieces)
    found = measured(prints, clips)
    record("recordings", found)  # the next takes a while and gigabytes
    found["large_index"] = large(prints, clips[4::131], 10_000_000)
    print("\n" + json.dumps(found, indent=2))
    record("recordings", found)


if __name__ == "__main__":
    main()
