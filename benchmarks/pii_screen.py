"""Measure which planted lines of personal data are read on screen, by OCR and ``pii``.

Clips of 1280 × 720 show lines in letters 24 pixels high over a moving background of stripes and noise,
encoded by H.264 at CRF 28. Each line stands for a second, four on a screen. A line is *read* where its
letters and digits are among what OCR read of the frame in its middle; it is *flagged* where ``pii`` finds
its category there at 0.5 or above. The clip is decoded by PyAV here, not in the contained process, and that
frame alone is looked at.

Usage: python -m benchmarks.pii_screen [--screens N]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.environment import record
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Source, TextBatch, TimeSpan

HEIGHT, RATE, LINES = 24, 10, 4
KINDS = (
    ("pii.email", "mail j.miller{0}@example.com"),
    ("pii.phone", "call 415-555-01{0:02d}"),
    ("pii.payment_card", "4111 1111 1111 1111"),
    ("pii.bank_account", "GB29 NWBK 6016 1331 9268 19"),
    ("pii.national_id", "SSN 531-21-73{0:02d}"),
    ("pii.url", "www.example{0}.com"),
    ("pii.date", "born 12/{0:02d}/1986"),
    ("pii.passport", "Passport No: X12345{0:02d}"),
)


def planted(screens: int) -> list[tuple[int, str, str]]:
    """Return (screen, category, line) of each planted line."""
    return [(number // LINES, *_line(number)) for number in range(screens * LINES)]


def _line(number: int) -> tuple[str, str]:
    category, form = KINDS[number % len(KINDS)]
    return category, form.format(number % 28 + 1)


def clip(path: Path, screens: int) -> None:
    """Write the clip, one second for each screen."""
    lines = planted(screens)
    rng = np.random.default_rng(7)
    noise = rng.integers(0, 24, (720, 1280, 3), np.uint8)
    y, x = np.mgrid[:720, :1280].astype(np.float32)
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, HEIGHT, 2)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "28"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for frame in range(screens * RATE):
            waves = 90 + 50 * np.sin((x + 9 * frame) / 60 + y / 90)
            picture = np.repeat(waves[..., None], 3, axis=2).astype(np.uint8)
            picture += np.roll(noise, 7 * frame, axis=1)
            here = [line for screen, _, line in lines if screen == frame // RATE]
            for row, line in enumerate(here):
                at = (90 + 40 * row, 140 + 130 * row)
                cv2.putText(
                    picture,
                    line,
                    at,
                    cv2.FONT_HERSHEY_SIMPLEX,
                    scale,
                    (250, 250, 250),
                    2,
                    cv2.LINE_AA,
                )
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def looked_at(path: Path, screens: int) -> dict[str, object]:
    """Decode, read and find; return what of each screen was read and flagged."""
    ocr, pii = OcrAnalyzer(), PiiAnalyzer()
    for analyzer in (ocr, pii):
        analyzer.setup("cpu", ModelStore())
    read: set[tuple[int, str]] = set()
    flagged: set[tuple[int, str]] = set()
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    for screen in range(screens):
        time = screen + 0.5
        batch = FrameBatch(("a",), np.array([time]), (frames[screen * RATE + RATE // 2],))
        lines = [line for line in ocr.observe_frames(batch) if line.text]
        n, span = len(lines), TimeSpan(start=time, end=time)
        texts = TextBatch(
            ("a",) * n,
            tuple(line.text or "" for line in lines),
            (Source.OCR,) * n,
            (span,) * n,
            tuple(line.region for line in lines),
        )
        found = pii.findings("a", pii.reduce("a", pii.observe_texts(texts)), None)
        together = _plain(" ".join(texts.texts))
        for place, category, line in planted(screens):
            if place == screen and _plain(line) in together:
                read.add((screen, line))
            if place == screen and any(
                one.category == category and one.score >= 0.5 for one in found
            ):
                flagged.add((screen, line))
    count = len(planted(screens))
    return {"planted": count, "read": len(read) / count, "flagged": len(flagged) / count}


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=16)
    screens: int = parser.parse_args().screens
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "screens.mp4"
        clip(path, screens)
        figures = looked_at(path, screens)
    print(json.dumps(figures, indent=2))
    print(record("pii_screen", figures))


if __name__ == "__main__":
    main()
