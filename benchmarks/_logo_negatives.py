"""Pictures without some marks: photographs, frames of videos, drawn shapes, words, and other marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks._logo_photos import BRANDS, SIDE, composite, outline, view
from benchmarks.logo_shapes import clutter
from compliance.types import Floats, Pixels

WORDS = (
    "open sale coffee police hotel exit bakery pizza garden travel street museum music summer radio market "
    "school danger city north fresh power store house water sport team green river bank"
).split()
"""None of them is a brand that is looked for."""


def films(data: Path, of_each: int = 6) -> list[Pixels]:
    """Return distinct frames of the videos of the shared data, RGB."""
    kept: list[Pixels] = []
    small: list[Floats] = []
    kinds = (".mp4", ".mov", ".mkv", ".webm")
    for path in sorted(one for one in data.rglob("*") if one.suffix in kinds):
        video = cv2.VideoCapture(str(path))
        count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        for number in range(0, max(count, 1), max(count // of_each, 1)):
            video.set(cv2.CAP_PROP_POS_FRAMES, number)
            read, frame = video.read()
            if not read or min(frame.shape[:2]) < 200 or frame.std() < 20:
                continue
            look = cv2.cvtColor(
                cv2.resize(frame, (12, 12), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY
            ).astype(np.float32)
            look -= look.mean()
            look /= max(float(np.linalg.norm(look)), 1e-3)
            if all(float(np.sum(look * other)) <= 0.85 for other in small):
                small.append(look)
                kept.append(np.ascontiguousarray(frame[:, :, ::-1]))
    return kept


def word(rng: np.random.Generator) -> Pixels:
    """Return the coverage, uint8 (SIDE, SIDE), of one or two everyday words in a font of this machine."""
    fonts = sorted(Path("/usr/share/fonts").rglob("*.ttf"))
    text = " ".join(rng.choice(WORDS, int(rng.integers(1, 3))))
    text = (text, text.upper(), text.title())[rng.integers(3)]
    font = ImageFont.truetype(str(fonts[rng.integers(len(fonts))]), 90)
    left, top, right, bottom = font.getbbox(text)
    scale = SIDE / (right - left + 20)
    picture = Image.new("L", (round(right - left + 20), round(bottom - top + 20)))
    ImageDraw.Draw(picture).text((10 - left, 10 - top), text, 255, font=font)
    height = min(SIDE, max(1, round(picture.height * scale)))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    first = (SIDE - height) // 2
    canvas[first : first + height] = np.array(picture.resize((SIDE, height)))
    return canvas


def negatives(
    icons: Path,
    others: Sequence[str],
    scenes: Sequence[Pixels],
    frames: Sequence[Pixels],
    of_each: int,
    rng: np.random.Generator,
) -> Iterator[tuple[str, Pixels]]:
    """Yield kind and picture.

    Args:
        icons: folder of SVG marks.
        others: names of marks that are not looked for; one word is drawn for each, too.
        scenes: photographs; each gives ``of_each`` views.
        frames: of videos; each gives one view.
        of_each: views of a photograph.
        rng: everything follows from it.
    """
    yield from (("photograph", view(one, rng)) for one in scenes for _ in range(of_each))
    yield from (("video", view(one, rng)) for one in frames)
    yield from (("drawn shapes", clutter(rng)) for _ in range(len(others) // 2))
    for name in others:
        for kind, mark in (("words", word(rng)), ("other marks", outline(icons / f"{name}.svg"))):
            scene = scenes[rng.integers(len(scenes))]
            yield kind, composite("", mark, scene, rng).pixels


def other_marks(icons: Path) -> list[str]:
    """Return the names of all marks but the 27, in an order that stays."""
    names = [path.stem for path in sorted(icons.glob("*.svg")) if path.stem not in BRANDS]
    return [str(one) for one in np.random.default_rng(901).permutation(names)]
