"""Two short clips for the demo: one clean, one with everything a review should find.

Pictures come from scikit-image's own test images: the portrait is NASA's public-domain photograph of
Eileen Collins, the others show no people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compliance.demo.encode import RATE, Encoder
from compliance.demo.scenes import SIZE, Scene, card_scene, picture_of, still_scene
from compliance.facts import GenerationRecord
from compliance.types import Pixels

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
"""These clips are made by an algorithm alone; no model was trained for them."""
CLEAN_PROMPT = "A quiet morning: a cup of coffee on a wooden table, then a cat, then the night sky."
PROBLEM_PROMPT = (
    "Portrait of \u0415il\u0435\u0435n C\u200b\u043ellins in an orange suit, "
    "then a business card on a desk."
)
"""Names the person with Cyrillic look-alikes and a zero-width space."""
PHONE = "Call 212-555-0143"
"""A number from the range that is kept for fiction, 555-0100 to 555-0199."""
CARD = "Card 4111 1111 1111 1111"
"""A card number that payment networks reserve for tests."""


@dataclass(frozen=True)
class DemoClips:
    """What :func:`make_clips` made; beside each clip lie its prompt and its generation record."""

    clean: Path
    """Clip without any finding."""
    problem: Path
    """Clip with an enrolled face, a telephone and a card number."""
    portrait: Path
    """Picture of the person, for enrolment."""


def make_clips(folder: Path, progress: Callable[[float], None] | None = None) -> DemoClips:
    """Draw and encode both clips, 12 s each; the same pixels every time.

    Args:
        folder: where to write; it exists, and files of the same names are replaced.
        progress: called with the share that is done, 0…1, rising.
    """
    clean = [
        still_scene("coffee", 4.0, "MORNING LIGHT"),
        # No fade into the cat: half mixed with the cup, a detector takes it for a person.
        still_scene("chelsea", 4.0, ""),
        still_scene("hubble_deep_field", 4.0, "GOOD NIGHT", fade=0.6),
    ]
    problem = [portrait_scene(5.0), card_scene((PHONE, CARD), 4.0), still_scene("coffee", 3.0, "")]
    done = 0.0

    def advance(share: float) -> None:
        if progress is not None:
            progress(done + share / 2)

    first = _write(folder / "clean.mp4", clean, CLEAN_PROMPT, advance)
    done = 0.5
    second = _write(folder / "problem.mp4", problem, PROBLEM_PROMPT, advance)
    return DemoClips(first, second, make_portrait(folder / "portrait.png"))


def portrait_scene(seconds: float) -> Scene:
    """Return the portrait drifting across a grey wall and growing, never out of the picture."""
    import cv2

    picture = picture_of("astronaut")
    height, width = SIZE[1], SIZE[0]

    def draw(share: float) -> Pixels:
        # At these scales the face is 125 to 180 pixels high.
        scale = 1.4 + 0.4 * share
        x, y = 60 + 420 * share, max(height - picture.shape[0] * scale, -10 - 90 * share)
        place = np.array([[scale, 0, x], [0, scale, y]], np.float32)
        wall = np.full((height, width, 3), (120, 124, 130), np.uint8)
        cv2.warpAffine(
            picture, place, (width, height), wall, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
        )
        return wall

    return Scene(seconds, draw)


def frames(scenes: list[Scene]) -> Iterator[Pixels]:
    """Yield every frame of the scenes, one after the other, with their fades."""
    import cv2

    before: Pixels | None = None
    for scene in scenes:
        count = round(scene.seconds * RATE)
        for number in range(count):
            frame = scene.draw(number / count)
            if before is not None and number < scene.fade * RATE:
                share = (number + 1) / (scene.fade * RATE + 1)
                mixed = cv2.addWeighted(before, 1 - share, frame, share, 0)
                frame = np.asarray(mixed, np.uint8)
            yield frame
        before = scene.draw(1.0)


def _write(path: Path, scenes: list[Scene], prompt: str, progress: Callable[[float], None]) -> Path:
    total = sum(round(scene.seconds * RATE) for scene in scenes)
    with Encoder(path, SIZE) as encoder:
        for number, frame in enumerate(frames(scenes), start=1):
            encoder.add(frame)
            progress(number / total)
        encoder.add_tone(total / RATE)
    path.with_suffix(".txt").write_text(prompt, "utf-8")
    record = GenerationRecord(
        host="compliance demo",
        vendor="compliance",
        model="drawn by code",
        prompt=prompt,
        digital_source_type=SOURCE_TYPE,
        output_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    text = record.model_dump_json(indent=2, exclude_none=True)
    path.with_suffix(".record.json").write_text(text + "\n", "utf-8")
    return path


def make_portrait(path: Path) -> Path:
    """Write a picture for enrolment: another crop of the portrait than the clip's, brighter."""
    import cv2

    cut = picture_of("astronaut")[10:330, 90:390]
    bright = np.clip(cut.astype(np.float32) * 1.08 + 6, 0, 255).astype(np.uint8)
    scaled = cv2.resize(bright, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(path), cv2.cvtColor(scaled, cv2.COLOR_RGB2BGR))
    return path
