"""A 60 s clip: the whole of ``compliance review`` against what a user would script in an afternoon.

Both run as processes of their own, from start to exit, on the same clip, with the same networks. The ratio
counts only where both find the same. Our side is also run on as many frames as the peer examines, so that the
part that comes from planning and the part that comes from batching are told apart.

    python -m benchmarks.review [--seconds 60]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environment import record
from compliance.demo.clips import CARD, PHONE, PROBLEM_PROMPT, frames, make_portrait, portrait_scene
from compliance.demo.encode import RATE, Encoder
from compliance.demo.scenes import SIZE, card_scene, still_scene

PERSON = "Eileen Collins"
PEER_RATE = 4
"""Frames a second that the peer examines, as the claim says."""
CATEGORIES = {"likeness.face": "face", "likeness.name": "name"}


def make_clip(path: Path, seconds: float) -> None:
    """Encode moving pictures, two stretches with the face and one with the card."""
    part = seconds / 12
    scenes = [
        still_scene("coffee", 2 * part, "MORNING LIGHT"),
        portrait_scene(2 * part),
        still_scene("chelsea", 2 * part, ""),
        card_scene((PHONE, CARD), part),
        still_scene("hubble_deep_field", 2 * part, "GOOD NIGHT"),
        portrait_scene(part),
        still_scene("rocket", 2 * part, ""),
    ]
    with Encoder(path, SIZE) as encoder:
        for frame in frames(scenes):
            encoder.add(frame)
        encoder.add_tone(sum(round(scene.seconds * RATE) for scene in scenes) / RATE)


def run(command: list[str], folder: Path) -> tuple[float, str]:
    """Run a command in ``folder``; return seconds by the wall clock and its standard output."""
    path = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=os.environ | path, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 10, 11, 12):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - started, done.stdout


def peer(folder: Path, rate: float) -> tuple[float, dict[str, Any]]:
    """Run the afternoon script."""
    script = [sys.executable, "-m", "benchmarks.peers.afternoon", "clip.mp4", "portrait.png"]
    seconds, out = run([*script, PERSON, "prompt.txt", str(rate)], folder)
    return seconds, json.loads(out.splitlines()[-1])


def ours(folder: Path, *options: str) -> tuple[float, dict[str, Any]]:
    """Run ``compliance review`` from a cold start."""
    command = [sys.executable, "-m", "compliance.cli.main", "review", "clip.mp4"]
    command += ["--prompt", "@prompt.txt", "--format", "json", *options]
    seconds, out = run(command, folder)
    return seconds, json.loads(out)["reviews"][0]


def hits(review: dict[str, Any]) -> set[str]:
    """Return what our rules hit, in the peer's words."""
    findings = {one["id"]: one["category"] for one in review["findings"]}
    behind = {findings[one] for hit in review["verdict"]["hits"] for one in hit["findings"]}
    return {CATEGORIES.get(category, category) for category in behind}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_clip(folder / "clip.mp4", seconds)
        (folder / "prompt.txt").write_text(PROBLEM_PROMPT, "utf-8")
        make_portrait(folder / "portrait.png")
        enrol = ["people", "enrol", PERSON, "--face", "portrait.png", "--bank", "talent"]
        run([sys.executable, "-m", "compliance.cli.main", *enrol], folder)
        our_seconds, review = ours(folder)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        stored_seconds, _ = ours(folder)
        coverage = review["verdict"]["coverage"]
        same_rate = coverage["frames_examined"] / seconds
        peer_seconds, found = peer(folder, PEER_RATE)
        same_seconds, same = peer(folder, same_rate)
    figures = {
        "clip_seconds": seconds,
        "peer": {"seconds": round(peer_seconds, 1), **found},
        "ours": {
            "seconds": round(our_seconds, 1),
            "seconds_with_stored_observations": round(stored_seconds, 1),
            "hits": sorted(hits(review)),
            "frames": coverage["frames_seen"],
            "examined": coverage["frames_examined"],
            "peak_memory_mib_of_largest_process": round(memory),
        },
        "agreement": hits(review) == set(found["hits"]),
        "ratio": round(peer_seconds / our_seconds, 2),
        "ratio_at_our_sampling": round(same_seconds / our_seconds, 2),
        "peer_at_our_sampling": {"seconds": round(same_seconds, 1), **same},
    }
    print(json.dumps(figures, indent=2))
    print(record("review", figures))
    if not figures["agreement"]:
        sys.exit("the two sides do not find the same: the ratio means nothing")


if __name__ == "__main__":
    main()
