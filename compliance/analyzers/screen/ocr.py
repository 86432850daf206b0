"""Text lines in frames: PP-OCR detection, orientation and recognition on the ONNX runtime.

Lines are observations only; what they mean is for the analyzers that read text. A frame that shows what an
earlier one of its stream showed is not read again, but for a refresh now and then: the lines before last on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.screen.ocr_ink import measured, slant
from compliance.analyzers.screen.ocr_pages import frames, pages
from compliance.analyzers.screen.ocr_tracks import tracks
from compliance.findings import Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import Floats, FrameBatch, Pixels, Region, Source, TimeSpan

SHORT_SIDE = 700
"""Pixels, least length of the shorter side for detection; PP-OCR's own setting, 736, would enlarge
frames of 720 lines for nothing."""
LONG_SIDE = 2000
"""Pixels, greatest length of the longer side for detection; RapidOCR's own setting."""
TILE_SIDE = 1600
"""Pixels, greatest side of the tiles that frames above ``LONG_SIDE`` are also cut into."""
TILE_OVERLAP = 384
"""Pixels that neighbouring tiles share: a card number 20 pixels high is whole in one tile wherever it
stands, and the detector may miss what a border leaves of it."""
TILES_AT_ONCE = 8
"""Tiles in one run of detection, which bounds memory; frames in one piece go in one run, as ever."""
LIKE_HEIGHT = 1.6
"""Greatest ratio of the heights of two boxes that are parts of one line."""
MAP_THRESHOLD, BOX_THRESHOLD, UNCLIP = 0.3, 0.5, 1.6
"""PP-OCR's settings for turning the probability map into boxes."""
LINE_HEIGHT = 48
"""Pixels, height of a line for recognition."""
LEAST_WIDTH = 320
"""Pixels, least width that a line is padded to for recognition; PP-OCR's own setting."""
WIDTH_STEP = 64
"""Pixels; widths are rounded up to it, so that lines of like length share a batch."""
TURN_WIDTH, TURN_SCORE = 192, 0.9
"""Width for the orientation network, and the probability from which a line is turned round."""
CONFIDENCE_FLOOR = 0.3
"""Least mean character probability of a line that is kept."""
REFRESH, REFRESHED = 10.0, 0.5
"""Seconds: a frame that repeats another is read all the same where it is shown in the first half second of each
ten, half a second being the longest time between two examined frames. Letters so faint that a frame shrunk to
a thumbnail does not show them come in unseen by the cheap pass; those that stay are read within ten seconds."""


class OcrAnalyzer:
    """PP-OCRv6 small, three networks that the rapidocr package carries.

    Letters are found from about 12 pixels high on frames up to 2000 pixels long, and from 20 on
    larger ones, which are read in one piece at reduced size and in tiles at their own.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="ocr",
        version="6",
        categories=(),
        sources=frozenset({Source.OCR}),
        models=("pp-ocrv6-det-small", "pp-ocrv4-cls-mobile", "pp-ocrv6-rec-small"),
        libraries=("rapidocr", "onnxruntime", "opencv-python-headless"),
        runtime="onnx",
        batch=4,
        gpu_batch=16,
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the three networks onto ``device``."""
        from rapidocr.ch_ppocr_det.utils import DBPostProcess
        from rapidocr.ch_ppocr_rec.utils import CTCLabelDecode

        from compliance.runtimes.onnx import OnnxModel

        loaded = [models.load(name) for name in self.spec.models]
        self._detector, self._turner, self._reader = (OnnxModel(one, device) for one in loaded)
        self._boxes: Any = DBPostProcess(
            thresh=MAP_THRESHOLD, box_thresh=BOX_THRESHOLD, unclip_ratio=UNCLIP, use_dilation=True
        )
        characters = self._reader.metadata["character"].splitlines()
        self._decode: Any = CTCLabelDecode(character=characters)
        self._models = tuple(one.use for one in loaded)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the three networks."""
        return self._models

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``text_line`` observation for each line, read in batches over all frames.

        Its attributes are those of :mod:`compliance.analyzers.screen.ocr_ink`. A frame without lines has one
        ``text_frame``, whose attribute ``same`` tells that it was not read because it repeats another.
        """
        fresh = [index for index in range(len(batch)) if _is_read(batch, index)]
        found = self._detect([batch.pixels[index] for index in fresh])
        lines = [
            (index, corners) for index, boxes in zip(fresh, found, strict=True) for corners in boxes
        ]
        crops = [_crop(batch.pixels[index], corners) for index, corners in lines]
        texts = self._read(self._upright(crops))
        seen = [
            _observation(batch, index, corners, crop, text, confidence)
            for (index, corners), crop, (text, confidence) in zip(lines, crops, texts, strict=True)
            if text.strip() and confidence >= CONFIDENCE_FLOOR
        ]
        written = {(one.asset, one.attributes["stream"], one.span) for one in seen}
        blank = [_blank(batch, index, same=index not in fresh) for index in range(len(batch))]
        return seen + [
            one for one in blank if (one.asset, one.attributes["stream"], one.span) not in written
        ]

    def _detect(self, frames: Sequence[Pixels]) -> list[list[Floats]]:
        """Return the corners of each line in each frame, float32 (4, 2), pixels of the frame."""
        found: list[list[Floats]] = [[] for _ in frames]
        by_shape: dict[tuple[int, int], list[int]] = {}
        for index, frame in enumerate(frames):
            by_shape.setdefault(frame.shape[:2], []).append(index)
        for (height, width), indices in by_shape.items():
            pictures = [frames[index] for index in indices]
            for index, boxes in zip(indices, self._detect_alike(pictures), strict=True):
                found[index] = boxes
            if max(height, width) <= LONG_SIDE:
                continue
            pieces = [
                (index, top, left, bottom, right)
                for index in indices
                for top, bottom in _cuts(height)
                for left, right in _cuts(width)
            ]
            halves: dict[int, list[Floats]] = {index: [] for index in indices}
            for start in range(0, len(pieces), TILES_AT_ONCE):
                some = pieces[start : start + TILES_AT_ONCE]
                tiles = [frames[index][y0:y1, x0:x1] for index, y0, x0, y1, x1 in some]
                for piece, boxes in zip(some, self._detect_alike(tiles), strict=True):
                    index, top, left, bottom, right = piece
                    for box in boxes:
                        moved = box + np.array((left, top), np.float32)
                        cut = _is_cut(moved, (left, top, right, bottom), (width, height))
                        (halves if cut else found)[index].append(moved)
            for index in indices:
                found[index] = _merged(found[index], halves[index])
        return found

    def _detect_alike(self, pictures: Sequence[Pixels]) -> list[list[Floats]]:
        """Return the corners of each line in pictures of one size, in one run; plain ones have none."""
        import cv2

        height, width = pictures[0].shape[:2]
        found: list[list[Floats]] = [[] for _ in pictures]
        shown = [index for index, picture in enumerate(pictures) if not _is_plain(picture)]
        if not shown:
            return found
        batch = cv2.dnn.blobFromImages(
            [np.ascontiguousarray(pictures[index]) for index in shown],
            1 / 127.5,
            _working_size(width, height),
            (127.5, 127.5, 127.5),
            swapRB=True,
        )
        charts = self._detector.run(np.asarray(batch, np.float32))
        for index, chart in zip(shown, charts, strict=True):
            boxes = self._boxes(chart[None], (height, width))[0]
            found[index] = [np.asarray(one, np.float32) for one in boxes]
        return found

    def _upright(self, crops: list[Pixels]) -> list[Pixels]:
        """Turn lines round that stand upside down."""
        if not crops:
            return []
        batch = np.stack([_line(crop, TURN_WIDTH) for crop in crops])
        turned = self._turner.run(batch)[:, 1] > TURN_SCORE
        return [
            np.ascontiguousarray(crop[::-1, ::-1]) if turn else crop
            for crop, turn in zip(crops, turned, strict=True)
        ]

    def _read(self, crops: list[Pixels]) -> list[tuple[str, float]]:
        """Return text and mean character probability of each line."""
        read: list[tuple[str, float]] = [("", 0.0)] * len(crops)
        by_width: dict[int, list[int]] = {}
        for index, crop in enumerate(crops):
            width = int(np.ceil(crop.shape[1] * LINE_HEIGHT / crop.shape[0] / WIDTH_STEP))
            by_width.setdefault(max(width * WIDTH_STEP, LEAST_WIDTH), []).append(index)
        for width, indices in by_width.items():
            batch = np.stack([_line(crops[index], width) for index in indices])
            lines, _ = self._decode(self._reader.run(batch))
            for index, (text, confidence) in zip(indices, lines, strict=True):
                read[index] = (text, float(confidence))
        return read

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return ``text_line`` for each page that stands, and ``screen_line`` for each line over time.

        Analyzers of text read the pages; what is measured of lines as wholes is for the lines over time.
        """
        read = frames(observations)
        return pages(read) + tracks(read)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return nothing: a line of text means nothing by itself."""
        return []

    def close(self) -> None:
        """Nothing outlives the object."""


def _is_plain(picture: Pixels) -> bool:
    """Tell whether every pixel is the same, so that nothing can be written there."""
    return bool((picture == picture[0, 0]).all())


def _working_size(width: int, height: int) -> tuple[int, int]:
    """Return (width, height) for detection: sides within bounds, multiples of 32."""
    scale = max(1.0, SHORT_SIDE / min(width, height))
    scale = min(scale, LONG_SIDE / max(width, height))
    return max(round(width * scale / 32) * 32, 32), max(round(height * scale / 32) * 32, 32)


def _cuts(length: int) -> list[tuple[int, int]]:
    """Return start and end, pixels, of the equal, overlapping tiles along one side."""
    count = max(int(np.ceil((length - TILE_OVERLAP) / (TILE_SIDE - TILE_OVERLAP))), 1)
    side = int(np.ceil((length + (count - 1) * TILE_OVERLAP) / count))
    side = min(-(-side // 32) * 32, length)
    starts = np.linspace(0, length - side, count).round().astype(int).tolist()
    return [(start, start + side) for start in starts]


def _is_cut(corners: Floats, tile: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    """Tell whether a line touches a border of its tile (x0, y0, x1, y1) inside the frame, pixels."""
    (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
    left, top, right, bottom = tile
    near = 4
    return bool(
        (left > 0 and x0 < left + near)
        or (top > 0 and y0 < top + near)
        or (right < size[0] and x1 > right - near)
        or (bottom < size[1] and y1 > bottom - near)
    )


def _merged(whole: list[Floats], halves: list[Floats]) -> list[Floats]:
    """Join the parts of each line, corners in pixels, and drop what is left of the halves.

    A half higher than the tiles' overlap is a piece of a line that the whole-frame pass sees.
    """
    lines = [*whole, *halves]
    if not lines:
        return []
    bounds = np.array([(*line.min(0), *line.max(0)) for line in lines])
    alive = np.ones(len(lines), bool)
    half = [index >= len(whole) for index in range(len(lines))]
    pending = list(range(len(lines)))
    while pending:
        index = pending.pop()
        if not alive[index]:
            continue
        x0, y0, x1, y1 = bounds[index]
        meets = (
            (bounds[:, 0] < x1) & (bounds[:, 2] > x0) & (bounds[:, 1] < y1) & (bounds[:, 3] > y0)
        )
        for other in np.flatnonzero(alive & meets).tolist():
            joined = _joined(lines[index], lines[other]) if other != index else None
            if joined is not None:
                lines[index], alive[other], half[index] = joined, False, False
                bounds[index] = (*joined.min(0), *joined.max(0))
                pending.append(index)
                break
    left = [index for index in range(len(lines)) if alive[index]]
    large = [lines[one] for one in left if not half[one] and _height(lines[one]) > TILE_OVERLAP]
    return [
        lines[one]
        for one in left
        if not (
            half[one] and any(_shared(lines[one], big) > 0.8 * _area(lines[one]) for big in large)
        )
    ]


def _height(corners: Floats) -> float:
    """Return the shorter side of a line, pixels."""
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    return float(min(sides[0] + sides[2], sides[1] + sides[3]) / 2)


def _area(corners: Floats) -> float:
    import cv2

    return float(cv2.contourArea(corners))


def _shared(first: Floats, second: Floats) -> float:
    """Return the area that two lines share, square pixels."""
    import cv2

    return float(cv2.intersectConvexConvex(first, second)[0])


def _joined(first: Floats, second: Floats) -> Floats | None:
    """Return the line that two boxes are parts of, or None where they are two lines."""
    import cv2

    low, high = sorted((_height(first), _height(second)))
    if high > LIKE_HEIGHT * max(low, 1.0) or _shared(first, second) < 0.5 * low * low:
        return None
    rectangle = cv2.minAreaRect(np.concatenate((first, second)))
    if min(rectangle[1]) > 1.4 * high:
        return None
    larger = max(first, second, key=_area)
    length = max(np.linalg.norm(larger - np.roll(larger, 1, axis=0), axis=1))
    if max(rectangle[1]) < length + 0.2 * high:  # less than a letter more
        return larger
    corners = np.asarray(cv2.boxPoints(rectangle), np.float32)
    corners = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = corners[:2], corners[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.stack((left[0], right[0], right[1], left[1]))


def _crop(pixels: Pixels, corners: Floats) -> Pixels:
    """Cut a line out as a rectangle, upright, in BGR."""
    from rapidocr.utils.process_img import get_rotate_crop_image

    return np.ascontiguousarray(get_rotate_crop_image(pixels, corners)[:, :, ::-1])


def _line(crop: Pixels, width: int) -> Floats:
    """Scale a BGR line to the height and at most the width given, pad it, normalise to -1…1.

    Returns:
        float32, shape (3, 48, ``width``).
    """
    import cv2

    scaled = min(int(np.ceil(LINE_HEIGHT * crop.shape[1] / crop.shape[0])), width)
    resized = cv2.resize(crop, (max(scaled, 1), LINE_HEIGHT)).astype(np.float32)
    line = np.zeros((3, LINE_HEIGHT, width), np.float32)
    line[:, :, : resized.shape[1]] = resized.transpose(2, 0, 1) / 127.5 - 1
    return line


def _is_read(batch: FrameBatch, index: int) -> bool:
    """Tell whether a frame is read: it shows something else than the one before, or a refresh is due."""
    time = float(batch.times[index])
    refresh = time >= REFRESH and time % REFRESH < REFRESHED
    return refresh or not batch.duplicate(index)


def _blank(batch: FrameBatch, index: int, *, same: bool) -> Observation:
    time = float(batch.times[index])
    return Observation(
        asset=batch.assets[index],
        analyzer=OcrAnalyzer.spec.name,
        kind="text_frame",
        source=Source.OCR,
        span=TimeSpan(start=time, end=time),
        attributes={"stream": batch.stream(index), "same": same},
    )


def _observation(
    batch: FrameBatch, index: int, corners: Floats, crop: Pixels, text: str, confidence: float
) -> Observation:
    height, width = batch.pixels[index].shape[:2]
    time = float(batch.times[index])
    look = measured(crop)
    return Observation(
        asset=batch.assets[index],
        analyzer=OcrAnalyzer.spec.name,
        kind="text_line",
        source=Source.OCR,
        span=TimeSpan(start=time, end=time),
        region=Region.from_pixels([(x, y) for x, y in corners], width, height),
        raw=round(confidence, 4),
        raw_kind=RawKind.PROBABILITY,
        text=text,
        attributes={
            "stream": batch.stream(index),
            "letters": look.letters,
            "contrast": round(look.contrast, 2),
            "slant": round(slant(corners), 1),
            "size": [width, height],
        },
    )
