"""What a person checks a copy by: where it lies, what was done to it, and both frames side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.analyzers.works.copy_format import CopyPrint
from compliance.analyzers.works.copy_hashes import Look
from compliance.analyzers.works.copy_search import MIRRORED, Copy
from compliance.findings import Finding, RawKind
from compliance.types import Floats, Pixels, Region

HEIGHT = 270
"""Height of both pictures, pixels."""
WHOLE = 0.97
"""Share of the frame from which a copy fills it."""
QUICK = 0.06
"""Change of speed that is named."""
TURNED = 3.0
"""Degrees from which a turn is named."""


def corners(one: Copy, look: Look) -> Floats:
    """Return the corners of what the work covers, fractions of the frame, float32 (4, 2), clipped to it."""
    match = one.match
    if match is None or look.features is None:
        left, top, right, bottom = one.box
        points: Floats = np.array(
            [(left, top), (right, top), (right, bottom), (left, bottom)], np.float32
        )
        return _clipped(points)
    width, height = look.features.width, look.features.height
    points = match.shown.corners.copy()
    if match.mirrored:
        points[:, 0] = width - 1 - points[:, 0]
        points = points[::-1]
    return _clipped((points / np.array([width, height])).astype(np.float32))


def _clipped(points: Floats) -> Floats:
    """Clip a convex polygon to the unit square (Sutherland and Hodgman 1974)."""
    polygon = [(float(x), float(y)) for x, y in points]
    for axis in (0, 1):
        for sign, bound in ((1.0, 0.0), (-1.0, -1.0)):
            clipped: list[tuple[float, float]] = []
            for one, other in zip(polygon, polygon[1:] + polygon[:1], strict=True):
                a, b = sign * one[axis] - bound, sign * other[axis] - bound
                if a >= 0:
                    clipped.append(one)
                if (a < 0) != (b < 0):
                    t = a / (a - b)
                    clipped.append(
                        (one[0] + t * (other[0] - one[0]), one[1] + t * (other[1] - one[1]))
                    )
            polygon = clipped
            if not polygon:
                return np.zeros((0, 2), np.float32)
    return np.array(polygon, np.float32)


def region_of(one: Copy, look: Look) -> Region:
    """Return where the copy lies: a polygon, or the whole frame where it nearly fills it."""
    whole = Region.from_box(0, 0, 1, 1, 1, 1)
    points = corners(one, look)
    if len(points) < 3:
        return whole
    region = Region.from_pixels([(float(x), float(y)) for x, y in points], 1, 1)
    return whole if region.area_percent >= 100 * WHOLE else region


def note_of(one: Copy, moving: bool) -> str:
    """Return one sentence that names what was done to the work; ``moving``: it is a video, not a picture."""
    edits = []
    if one.orientation == MIRRORED:
        edits.append("mirrored")
    elif one.orientation:
        from compliance.runtimes.pdq import ORIENTATIONS

        edits.append(ORIENTATIONS[one.orientation])
    edits += _by_map(one) if one.match else _by_box(one)
    if moving and one.speed == 0:
        edits.append("one moment held")
    elif moving and abs(one.speed - 1) > QUICK:
        edits.append(f"at {one.speed:.2f} times the speed")
    changed = ", ".join(edits) if edits else "in place, as a whole"
    if one.raw_kind is RawKind.HAMMING:
        how = f"hashes differ in {one.raw:.0f} of 256 bits"
    else:
        how = f"{one.raw:.0f} local features agree on one place"
    return f"Copy: {changed}; {how} at best, and {len(one.looks)} frames agree."


def _by_box(one: Copy) -> list[str]:
    left, top, right, bottom = one.box
    if min(left, top) < -0.04 or max(right, bottom) > 1.04:
        return ["cropped"]
    return ["with borders"] if (right - left) * (bottom - top) < WHOLE else []


def _by_map(one: Copy) -> list[str]:
    """Name crop, turn and place by the affine map."""
    if one.match is None:
        return []
    seen, edits = one.match.shown, []
    angle = float(np.degrees(np.arctan2(seen.matrix[1, 0], seen.matrix[0, 0])))
    if abs(angle) >= TURNED:
        edits.append(f"turned by {abs(angle):.0f}°")
    width, height = one.match.frame
    x, y = seen.corners[:, 0] / width, seen.corners[:, 1] / height
    if min(x.min(), y.min()) < -0.04 or max(x.max(), y.max()) > 1.04:
        edits.append("cropped")
    elif (x.max() - x.min()) < 0.9 and (y.max() - y.min()) < 0.9:
        edits.append("in a picture")
    elif min(x.max() - x.min(), y.max() - y.min()) < 0.95:
        edits.append("with borders")
    return edits


def look_shown(one: Copy, looks: Sequence[Look], made: CopyPrint) -> int:
    """Return which frame of the clip to show: of those that agree, the one nearest to a picture of the work."""
    if (one.match is not None and one.best == one.match.look) or not made.keys:
        return one.best

    def apart(number: int) -> float:
        at = one.reference_start + one.speed * (looks[number].start - one.start)
        return min(abs(key.time - at) for key in made.keys)

    return min((one.best, *one.looks), key=apart)


def side_by_side(finding: Finding, one: Copy, look: Look, made: CopyPrint) -> bytes | None:
    """Return a JPEG of the clip's frame, the copy outlined, and the work's frame; None without a picture."""
    import cv2

    if look.image is None or not made.keys:
        return None
    image = cv2.imdecode(np.frombuffer(look.image, np.uint8), cv2.IMREAD_COLOR)
    at = one.reference_start + one.speed * (look.start - one.start)
    key = min(made.keys, key=lambda key: abs(key.time - at))
    if one.match is not None and one.best == one.match.look:
        key = made.keys[one.match.key]
    work = cv2.imdecode(np.frombuffer(key.thumb, np.uint8), cv2.IMREAD_COLOR)
    if image is None or work is None:
        return None
    frame: Pixels = np.asarray(image, np.uint8)
    if finding.region is not None:
        size = np.array([frame.shape[1] - 1, frame.shape[0] - 1])
        outline = np.round(np.array(finding.region.points) * size).astype(np.int32)
        cv2.polylines(frame, [outline], True, (40, 40, 230), max(frame.shape[0] // 180, 2))
    beside: Pixels = np.asarray(work, np.uint8)
    parts = [_captioned(frame, look.start), _captioned(beside, key.time)]
    gap = np.full((parts[0].shape[0], 6, 3), 255, np.uint8)
    _, jpeg = cv2.imencode(
        ".jpg", np.hstack([parts[0], gap, parts[1]]), [cv2.IMWRITE_JPEG_QUALITY, 82]
    )
    return jpeg.tobytes()


def _captioned(picture: Pixels, time: float) -> Pixels:
    import cv2

    width = max(round(picture.shape[1] * HEIGHT / picture.shape[0]), 1)
    scaled = cv2.resize(picture, (width, HEIGHT), interpolation=cv2.INTER_AREA)
    bar = np.full((22, width, 3), 255, np.uint8)
    text = f"{int(time) // 60:02}:{time % 60:05.2f}"
    cv2.putText(bar, text, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([np.asarray(scaled, np.uint8), bar])
