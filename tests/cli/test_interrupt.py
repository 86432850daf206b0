"""An interrupted review ends at once, says so by its exit code, and leaves nothing partial."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from compliance.demo.clips import frames
from compliance.demo.encode import Encoder
from compliance.demo.scenes import SIZE, still_scene


def test_an_interrupt_ends_a_review(tmp_path: Path) -> None:
    with Encoder(tmp_path / "clip.mp4", SIZE) as encoder:
        for frame in frames([still_scene("coffee", 15.0, "MORNING LIGHT")]):
            encoder.add(frame)
    home = tmp_path / "home"
    command = [sys.executable, "-m", "compliance.cli.main", "review", "clip.mp4"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"COMPLIANCE_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and not decoders(process.pid):
        time.sleep(0.05)
    time.sleep(1.0)
    assert process.poll() is None, "the review ended before it could be interrupted"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "Traceback" not in err
    assert not out
    assert not children.exists()
    assert list((home / "runs").iterdir()) == []


def decoders(parent: int) -> list[str]:
    """Process ids of decoders that ``parent`` has started."""
    found = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in task.read_text().split():
            line = Path(f"/proc/{pid}/cmdline")
            if line.exists() and b"compliance.media.worker" in line.read_bytes():
                found.append(pid)
    return found
