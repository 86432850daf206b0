"""Dimmed flashes: what is written back does not flash, and nothing outside the span is changed."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from redaction_clips import frames_of

from compliance.media.decode import MediaReader
from compliance.provenance.signers import DevelopmentSigner
from compliance.redaction.edits import Edit, How
from compliance.redaction.redact import redact
from compliance.types import TimeSpan

RATE = 25


def flashing(path: Path, light: tuple[int, int, int], dark: tuple[int, int, int]) -> Path:
    """Write 4 s: calm, then five flashes a second between 1 s and 3 s, then calm."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv444p"
        for index in range(4 * RATE):
            on = 1 <= index / RATE < 3 and index % 5 < 2
            picture = np.full((96, 160, 3), light if on else dark, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def most(path: Path) -> float:
    with MediaReader(path, light=True) as reader:
        for frame in reader.frames():
            frame.release()
    return float(reader.measured.light("a")[0].measures[:, 2:4].max())


@pytest.mark.parametrize(
    ("light", "dark"),
    [((255, 255, 255), (0, 0, 0)), ((200, 200, 200), (90, 90, 90)), ((255, 0, 0), (0, 0, 0))],
)
def test_what_flashed_does_not_flash_any_more(
    signer: DevelopmentSigner,
    tmp_path: Path,
    light: tuple[int, int, int],
    dark: tuple[int, int, int],
) -> None:
    clip, out = flashing(tmp_path / "a.mp4", light, dark), tmp_path / "b.mp4"
    assert most(clip) > 6
    redact(clip, [Edit(finding="f-1", how=How.DIM, span=TimeSpan(start=1, end=3))], out, signer)
    assert most(out) < 4
    before, after = frames_of(clip)[1], frames_of(out)[1]
    assert np.abs(before[3].astype(int) - after[3]).mean() < 3
    assert np.abs(before[-3].astype(int) - after[-3]).mean() < 3


def test_stripes_are_dimmed_until_they_do_not_count(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    clip, out = tmp_path / "a.mp4", tmp_path / "b.mp4"
    stripes = np.where(np.arange(640) // 8 % 2, 255, 0).astype(np.uint8)
    picture = np.broadcast_to(stripes[None, :, None], (360, 640, 3)).copy()
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(RATE):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    def striped(path: Path) -> float:
        with MediaReader(path, light=True) as reader:
            for frame in reader.frames():
                frame.release()
        return float(reader.measured.light("a")[0].measures[:, 6].max())

    assert striped(clip) > 0.5
    redact(clip, [Edit(finding="f-1", how=How.DIM, span=TimeSpan(start=0, end=1))], out, signer)
    assert striped(out) < 0.25
