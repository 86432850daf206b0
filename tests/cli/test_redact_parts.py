"""``compliance redact`` on findings of which some lie beside the media, and on the only line of a track."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from command_line import Result, run_here

NUMBER = "Call 212 555 0187 now"
POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: pii, title: No telephone numbers, why: House rule, find: pii.phone, then: flag}
"""


def write_clip(path: Path, codec: str) -> None:
    """A second of grey with one line of subtitles, which says a number."""
    line = NUMBER.encode()
    with av.open(str(path), "w") as out:
        video: Any = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        words = out.add_mux_stream(codec)
        out.start_encoding()
        packet: Any = av.Packet(
            len(line).to_bytes(2, "big") + line if codec == "mov_text" else line
        )
        packet.stream, packet.time_base = words, Fraction(1, 1000)
        packet.pts = packet.dts = 100
        packet.duration = 700
        out.mux(packet)
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((96, 160, 3), 90, np.uint8), format="rgb24")
            out.mux(video.encode(frame))
        out.mux(video.encode(None))


def review(folder: Path, name: str, *more: str) -> Result:
    arguments = ("--policy", "policy.yaml", "--format", "json", *more)
    return run_here("review", name, *arguments, cwd=folder)


@pytest.mark.parametrize(("name", "codec"), [("clip.mp4", "mov_text"), ("clip.mkv", "subrip")])
def test_a_copy_without_its_only_line_is_approved_and_the_prompt_is_said_to_be_left(
    tmp_path: Path, name: str, codec: str
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    write_clip(tmp_path / name, codec)
    (one,) = json.loads(review(tmp_path, name, "--prompt", NUMBER).out)["reviews"]
    found = {each["source"]: each["id"] for each in one["findings"] if "pii" in each["category"]}
    assert found.keys() == {"prompt", "caption"}
    copy = f"copy{Path(name).suffix}"
    named = run_here("redact", name, "--finding", found["prompt"], "-o", copy, cwd=tmp_path)
    assert named.code == 2 and "prompt" in named.err and not (tmp_path / copy).exists()
    done = run_here("redact", name, "--find", "pii", "-o", copy, cwd=tmp_path)
    assert done.code == 0, done.err
    (left,) = [line for line in done.out.splitlines() if line.startswith("Left: ")]
    assert found["prompt"] in left and "edit the prompt" in left
    assert f"1 findings of {name}" in done.out
    again = review(tmp_path, copy)
    (verdict,) = [each["verdict"] for each in json.loads(again.out)["reviews"]]
    assert (verdict["decision"], again.code) == ("approve", 0), verdict["not_examined"]
