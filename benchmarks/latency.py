"""What a user waits for: cold start, a warm clip, a stored clip, a lint; with peak memory and frames.

Absolute figures of this machine, for orientation; claims are ratios and stand in the other scripts.

    python -m benchmarks.latency
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environment import record
from compliance.demo.clips import make_clips
from compliance.facts import Release
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Reviewer
from compliance.policy.load import load_policy
from compliance.resources import shipped
from compliance.settings import Settings
from compliance.types import Prompt

PROMPT = "a cup of coffee on a table"


def process(*arguments: str, cwd: Path) -> float:
    """Run our command in a process of its own; return seconds from start to exit."""
    command = [sys.executable, "-m", "compliance.cli.main", *arguments]
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    return time.perf_counter() - started


def warm(folder: Path, clip: Path) -> dict[str, Any]:
    """Review a clip three times in one process, the first time without anything loaded."""
    settings = Settings(home=folder / "warm")
    policy = load_policy(shipped("policies") / "starter.yaml")
    seconds = []
    with Reviewer(settings, policy, cache=False) as reviewer:
        for _ in range(3):
            started = time.perf_counter()
            (outcome,) = reviewer.review([Request(clip, (Prompt(text=PROMPT),))], release=Release())
            seconds.append(round(time.perf_counter() - started, 2))
    coverage = outcome.verdict.coverage
    return {
        "clip_seconds": outcome.verdict.seconds,
        "first": seconds[0],
        "warm": min(seconds[1:]),
        "frames_seen": coverage.frames_seen,
        "frames_examined": coverage.frames_examined,
    }


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = make_clips(folder, None)
        figures = {
            "policy_lint": round(process("policy", "lint", cwd=folder), 2),
            "prompt_alone_cold": round(process("review", "--prompt", PROMPT, cwd=folder), 2),
            "picture_cold": round(process("review", "portrait.png", cwd=folder), 2),
            "clip_cold": round(process("review", "clean.mp4", cwd=folder), 2),
            "clip_stored": round(process("review", "clean.mp4", cwd=folder), 2),
            "same_process": warm(folder, clips.clean),
        }
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    figures["peak_memory_mib"] = {"this_process": own // 1024, "largest_child": children // 1024}
    print(json.dumps(figures, indent=2))
    print(record("latency", figures))


if __name__ == "__main__":
    main()
