"""Every format that the README names is reviewed; sharing batches changes nothing about a verdict."""

import io
import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from command_line import run_here
from PIL import Image

from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.cli.check import Schema
from compliance.pipeline import batching

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: pii.card, title: No cards, why: Personal, find: pii.payment_card, then: reject}
"""
VIDEO = {
    "clip.mp4": ("mp4", "libx264"),
    "clip.mov": ("mov", "libx264"),
    "clip.mkv": ("matroska", "libx264"),
    "clip.webm": ("webm", "libvpx-vp9"),
    "clip.avi": ("avi", "mpeg4"),
}
STILL = ("still.png", "still.jpg", "still.webp", "still.gif", "moving.gif", "moving.webp")
MANIFEST_FREE = {"clip.mkv", "clip.webm"}
"""Containers that cannot hold a manifest: a verdict and an attestation, but no signed copy."""


def picture(number: int, text: str = "") -> np.ndarray:
    from PIL import ImageDraw, ImageFont

    image = Image.new("RGB", (640, 360), (40, 60 + 4 * number, 90))
    if text:
        pen = ImageDraw.Draw(image)
        pen.text((40, 150), text, fill=(255, 255, 255), font=ImageFont.load_default(36))
    return np.asarray(image)


def write(folder: Path, name: str, text: str = "") -> Path:
    path = folder / name
    if name in VIDEO:
        container_format, codec = VIDEO[name]
        buffer = io.BytesIO()
        with av.open(buffer, "w", format=container_format) as container:
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
            for number in range(12):
                frame = av.VideoFrame.from_ndarray(picture(number, text), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        path.write_bytes(buffer.getvalue())
    else:
        frames = [Image.fromarray(picture(number, text)) for number in (0, 20)]
        more = frames[1:] if name.startswith("moving") else []
        options = {"save_all": True, "append_images": more, "duration": 400} if more else {}
        frames[0].save(path, **options)
    return path


def review(folder: Path, *names: str) -> tuple[int, list[dict]]:
    (folder / "policy.yaml").write_text(POLICY)
    command = ("review", *names, "--policy", "policy.yaml", "--format", "json", "--fresh")
    result = run_here(*command, cwd=folder)
    assert result.out, result.err
    return result.code, json.loads(result.out)["reviews"]


@pytest.mark.parametrize("name", [*VIDEO, *STILL])
def test_a_clean_file_of_each_format_is_approved(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    code, (one,) = review(tmp_path, name)
    assert code == 0, one["verdict"]["not_examined"]
    assert bool(one["files"]["signed"]) == (name not in MANIFEST_FREE)


@pytest.mark.parametrize("name", [*VIDEO, *STILL])
def test_a_card_number_is_seen_in_each_format(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "4111 1111 1111 1111")
    code, (one,) = review(tmp_path, name)
    assert code == 11, one["verdict"]
    assert one["files"]["signed"] is None


def test_several_assets_share_batches_and_keep_their_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "clip.mp4")
    write(tmp_path, "clip.mov", "4111 1111 1111 1111")
    seen: list[set[str]] = []
    real = OcrAnalyzer.observe_frames

    def recording(self, batch):
        seen.append(set(batch.assets))
        return real(self, batch)

    monkeypatch.setattr(OcrAnalyzer, "observe_frames", recording)
    # However slowly this machine decodes, nothing leaves before all of it is there.
    monkeypatch.setattr(batching, "DEADLINE", 60.0)
    monkeypatch.setattr(OcrAnalyzer, "spec", replace(OcrAnalyzer.spec, batch=64))
    code, reviews = review(tmp_path, "clip.mp4", "clip.mov", "clip.mp4")
    assert code == 11
    assert [one["verdict"]["decision"] for one in reviews] == ["approve", "reject", "approve"]
    assert any(len(assets) == 2 for assets in seen), "no batch held frames of both"


@pytest.mark.parametrize("name", list(Schema))
def test_every_schema_is_printed(tmp_path: Path, name: Schema) -> None:
    result = run_here("schema", name.value, cwd=tmp_path)
    assert result.code == 0
    schema = json.loads(result.out)
    assert schema.get("properties") or schema["oneOf"]
