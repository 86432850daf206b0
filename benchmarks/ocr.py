"""Measure reading of text on screen: how much distinct frames save, and how small a text is still read.

1. A clip whose text holds (three cards of text over a still picture, compressed as H.264 at CRF 28) is sampled
   as a review samples it and read twice, every sampled frame and the distinct ones alone, by turns. The lines
   found, with the times of each, have to be the same.
2. Plain sentences, 24 pixels high from the head of capitals to the foot of descenders, over photographs that
   move, 720 lines, CRF 28: the share of the lines that is read letter for letter, spaces and case aside.

The photographs are made: noise with the spectrum of photographs, in colour, since that is what compression and
detection stumble over.

Usage: python -m benchmarks.ocr [--repeats N]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.environment import record
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.findings import Observation
from compliance.media.cover import Thumbnail
from compliance.media.sampling import Planner
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Pixels

SIZE = (1280, 720)
RATE = 25
CARDS = (
    ("Offer ends on Monday", "Terms and conditions apply", "Call 212 555 0143 today"),
    ("Filmed on location in Ghent", "Directed by Ann Example"),
    ("Results may vary from person to person", "Not a substitute for medical advice"),
)
SENTENCES = (
    "The quick brown fox jumps over the lazy dog",
    "Call now and save up to forty percent",
    "Terms and conditions apply, see our site",
    "Recorded in front of a live audience",
    "Results may vary from person to person",
    "Ann Example, head of research in Ghent",
    "This film was made with generated pictures",
    "Order before noon for delivery tomorrow",
    "Based on a survey of 1,204 customers",
    "Please drink responsibly",
)
HEIGHT = 24
"""Pixels of a line of 720."""


def photograph(seed: int, width: int, height: int) -> Pixels:
    """Return noise whose spectrum falls as that of photographs, uint8 RGB."""
    random = np.random.default_rng(seed)
    y, x = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    falls = 1 / np.maximum(np.hypot(x, y), 1 / max(width, height))
    planes = []
    for _ in range(3):
        phases = np.exp(2j * np.pi * random.random(falls.shape))
        plane = np.fft.irfft2(falls * phases, (height, width))
        planes.append((plane - plane.mean()) / plane.std())
    light = planes[0]
    mixed = np.stack([light + 0.4 * planes[1], light, light + 0.4 * planes[2]], axis=2)
    return np.asarray(np.clip(115 + 45 * mixed, 0, 255), np.uint8)


def font(pixels: int) -> ImageFont.FreeTypeFont:
    """Return Pillow's own sans serif at a size whose lines, capitals to descenders, are so high."""
    at_100 = ImageFont.load_default(100)
    assert isinstance(at_100, ImageFont.FreeTypeFont), "Pillow comes without FreeType"
    top, bottom = at_100.getbbox("Hg")[1::2]
    made = ImageFont.load_default(pixels * 100 / (bottom - top))
    assert isinstance(made, ImageFont.FreeTypeFont)
    return made


def written(frame: Pixels, lines: Sequence[tuple[str, int, int]], pixels: int) -> Pixels:
    """Write white lines (text, left, top) with a thin dark edge, as supers are."""
    picture = Image.fromarray(frame)
    draw = ImageDraw.Draw(picture)
    for text, left, top in lines:
        draw.text(
            (left, top), text, "white", font(pixels), stroke_width=2, stroke_fill=(20, 20, 20)
        )
    return np.asarray(picture)


def encoded(path: Path, frames: Sequence[Pixels]) -> None:
    """Write frames as H.264 at CRF 28."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "28"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


def sampled(path: Path) -> FrameBatch:
    """Return the frames that a review examines, with those marked that repeat another."""
    planner: Planner[Pixels] = Planner(float(RATE))
    chosen = []
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            chosen += planner.push(number, number / RATE, pixels, Thumbnail.from_rgb(pixels))
        chosen += planner.finish()
    return FrameBatch(
        assets=("clip",) * len(chosen),
        times=np.array([one.time for one in chosen]),
        pixels=tuple(one.picture for one in chosen),
        duplicates=tuple(one.duplicate for one in chosen),
    )


def pages(ocr: OcrAnalyzer, batch: FrameBatch, distinct: bool) -> tuple[float, list[Observation]]:
    """Return seconds and reduced observations, in the batches of a review on a CPU."""
    size = ocr.spec.batch
    seen = []
    begin = time.perf_counter()
    for start in range(0, len(batch), size):
        part = slice(start, start + size)
        seen += ocr.observe_frames(
            FrameBatch(
                batch.assets[part],
                batch.times[part],
                batch.pixels[part],
                duplicates=batch.duplicates[part] if distinct else (),
            )
        )
    reduced = ocr.reduce("clip", seen)
    return time.perf_counter() - begin, [one for one in reduced if one.kind == "text_line"]


def told(found: Sequence[Observation]) -> dict[str, tuple[float, float]]:
    """Return first and last time of each line."""
    times: dict[str, list[float]] = {}
    for one in found:
        if one.text and one.span:
            times.setdefault(one.text, []).extend((one.span.start, one.span.end))
    return {text: (min(at), max(at)) for text, at in times.items()}


def saving(ocr: OcrAnalyzer, folder: Path, repeats: int) -> dict[str, object]:
    """Read a clip whose text holds in both ways, by turns."""
    ground = photograph(1, *SIZE)
    frames = []
    for card in CARDS:
        lines = [(text, 120, 440 + 60 * row) for row, text in enumerate(card)]
        frames += [written(ground, lines, 32)] * (RATE * 8)
    path = folder / "holds.mp4"
    encoded(path, frames)
    batch = sampled(path)
    every, fresh = [], []
    for _ in range(repeats):
        seconds, theirs = pages(ocr, batch, distinct=False)
        every.append(seconds)
        seconds, ours = pages(ocr, batch, distinct=True)
        fresh.append(seconds)
    wanted = {text for card in CARDS for text in card}
    return {
        "sampled_frames": len(batch),
        "distinct_frames": batch.duplicates.count(False),
        "ratio": round(statistics.median(every) / statistics.median(fresh), 2),
        "ratios": [round(one / other, 2) for one, other in zip(every, fresh, strict=True)],
        "same_lines_and_times": told(ours) == told(theirs),
        "planted_lines_found": f"{len(wanted & set(told(ours)))} of {len(wanted)}",
    }


def small(ocr: OcrAnalyzer, folder: Path) -> dict[str, object]:
    """Read small sentences over pictures that move, one clip for each picture."""
    read = total = 0
    missed = []
    for seed in range(6):
        ground = photograph(100 + seed, SIZE[0] + 200, SIZE[1] + 100)
        places = [(text, 60 + 37 * seed, 40 + 66 * row) for row, text in enumerate(SENTENCES)]
        frames = []
        for number in range(RATE * 2):
            left, top = 3 * number, number
            view = np.ascontiguousarray(ground[top : top + SIZE[1], left : left + SIZE[0]])
            frames.append(written(view, places, HEIGHT))
        path = folder / f"moves-{seed}.mp4"
        encoded(path, frames)
        batch = sampled(path)
        picks = np.linspace(0, len(batch) - 1, min(len(batch), 4)).astype(int)
        some = FrameBatch(
            ("clip",) * len(picks), batch.times[picks], tuple(batch.pixels[at] for at in picks)
        )
        _, found = pages(ocr, some, distinct=False)
        texts = {_plain(one.text or "") for one in found}
        total += len(SENTENCES)
        read += sum(_plain(text) in texts for text in SENTENCES)
        missed += [text for text in SENTENCES if _plain(text) not in texts]
    return {"lines": total, "read": read, "share": round(read / total, 3), "missed": missed[:10]}


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    ocr = OcrAnalyzer()
    ocr.setup("cpu", ModelStore())
    with TemporaryDirectory() as name:
        figures = {
            "text that holds": saving(ocr, Path(name), given.repeats),
            f"sentences {HEIGHT} px high": small(ocr, Path(name)),
        }
    for what, measured in figures.items():
        print(what, *(f"  {key}: {value}" for key, value in measured.items()), sep="\n")
    print(f"recorded in {record('ocr', figures)}")


if __name__ == "__main__":
    main()
