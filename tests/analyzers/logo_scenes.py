"""A drawn mark, and scenes with it: no third party's mark and no file is needed."""

import cv2
import numpy as np

from compliance.analyzers.base import References
from compliance.analyzers.brands.logo_prints import logo_print
from compliance.findings import Reference


def mark(seed: int = 0) -> np.ndarray:
    """A flat mark, RGBA (256, 256, 4): strokes and letters, the first within a ring."""
    rng = np.random.default_rng(seed)
    cover = np.zeros((256, 256), np.uint8)
    if seed == 0:
        cv2.circle(cover, (128, 128), 110, 255, 10)
    for _ in range(4):
        points = rng.integers(60, 196, (4, 2)).astype(np.int32)
        cv2.fillPoly(cover, [points], 255)
    word = "".join(rng.choice(list("AEHKMNRSWXZ"), 3))
    cv2.putText(cover, word, (62, 214), cv2.FONT_HERSHEY_DUPLEX, 1.4, 255, 3, cv2.LINE_AA)
    return np.dstack([np.zeros((256, 256, 3), np.uint8), cover])


def ground(seed: int = 1, width: int = 640, height: int = 480) -> np.ndarray:
    """Something like a photograph: blurred noise at several sizes."""
    rng = np.random.default_rng(seed)
    scene = np.zeros((height, width, 3), np.float32)
    for size in (4, 16, 64):
        layer = rng.uniform(0, 255, (height // size + 1, width // size + 1, 3)).astype(np.float32)
        scene += cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC) * size / 84
    return np.clip(scene, 0, 255).astype(np.uint8)


def shown(
    drawn: np.ndarray, scene: np.ndarray, corners: list, ink=(250, 240, 235), paper=(30, 40, 90)
) -> np.ndarray:
    """The scene with the mark, on a plate of ``paper``, seen with its corners at ``corners``."""
    cover = drawn[..., 3:].astype(np.float32) / 255
    plate = np.float32(ink) * cover + np.float32(paper) * (1 - cover)
    size = drawn.shape[1], drawn.shape[0]
    square = np.float32([(0, 0), (size[0], 0), size, (0, size[1])])
    matrix = cv2.getPerspectiveTransform(square, np.float32(corners))
    frame = scene.shape[1::-1]
    plate = cv2.GaussianBlur(plate, (0, 0), 1.0)
    painted = cv2.warpPerspective(plate, matrix, frame)
    solid = cv2.warpPerspective(np.ones(drawn.shape[:2], np.float32), matrix, frame)[..., None]
    return np.clip(scene * (1 - solid) + painted * solid, 0, 255).astype(np.uint8)


def references(**entries: list) -> References:
    """References with the prints of the pictures of each entry."""
    rows = [(name, picture) for name, pictures in entries.items() for picture in pictures]
    return References(
        refs=tuple(Reference(bank="brands", entry=name, label=name) for name, _ in rows),
        banks=(),
        prints=tuple(logo_print(picture) for _, picture in rows),
        details=tuple('{"file": "mark.svg", "owner": "third-party"}' for _ in rows),
    )
