"""Lines of text are found and read, with real networks on drawn pictures."""

import cv2
import numpy as np
import pytest

from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.errors import AnalyzerError
from compliance.model_store import ModelStore
from compliance.testing import FrameContract
from compliance.types import FrameBatch


@pytest.fixture(scope="module")
def ocr() -> OcrAnalyzer:
    analyzer = OcrAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


def page(*lines: tuple[str, int, int, float], size: tuple[int, int] = (720, 1280)) -> np.ndarray:
    """Draw white lines (text, x, y, scale) on grey."""
    picture = np.full((*size, 3), 60, np.uint8)
    for text, x, y, scale in lines:
        thick = max(1, round(2 * scale))
        cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (250,) * 3, thick)
    return picture


def read(ocr: OcrAnalyzer, *frames: np.ndarray) -> list[list[str]]:
    times = np.arange(len(frames), dtype=np.float64)
    found = ocr.observe_frames(FrameBatch(("asset",) * len(frames), times, frames))
    return [
        [one.text for one in found if one.kind == "text_line" and one.span.start == time]
        for time in times
    ]


class TestContract(FrameContract):
    tolerance = 1e-4

    def analyzer(self) -> OcrAnalyzer:
        return OcrAnalyzer()

    def samples(self) -> list[FrameBatch]:
        first = page(("first line", 40, 100, 1.2), size=(360, 640))
        second = page(("second, longer line", 40, 200, 1.0), size=(360, 640))
        return [
            FrameBatch(("a",), np.array([0.0]), (first,)),
            FrameBatch(("b",), np.array([2.5]), (second,)),
        ]


CARD = page(("Call 212-555-0143", 80, 120, 1.5), ("4111 1111 1111 1111", 300, 600, 1.2))


def test_lines_are_read_with_their_place(ocr) -> None:
    found = ocr.observe_frames(FrameBatch(("asset",), np.array([2.5]), (CARD,)))
    by_text = {one.text: one for one in found}
    assert set(by_text) == {"Call 212-555-0143", "4111 1111 1111 1111"}
    left, top, right, bottom = by_text["Call 212-555-0143"].region.box
    assert left < 0.1 and top < 0.17 < bottom + 0.05 and right > 0.3
    assert by_text["Call 212-555-0143"].span.start == 2.5


def test_small_text_is_read(ocr) -> None:
    assert read(ocr, page(("small print 12 px high", 500, 400, 0.55)))[0]


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_turned_text_is_read(ocr, turn: int) -> None:
    turned = np.ascontiguousarray(np.rot90(CARD, turn))
    assert "4111 1111 1111 1111" in read(ocr, turned)[0]


def test_a_picture_without_text_gives_no_line(ocr) -> None:
    assert read(ocr, np.full((720, 1280, 3), 128, np.uint8)) == [[]]


def test_a_batch_equals_its_frames_one_by_one(ocr) -> None:
    frames = (CARD, page(("another size", 50, 200, 2.0), size=(480, 640)))
    assert read(ocr, *frames) == [read(ocr, frames[0])[0], read(ocr, frames[1])[0]]


@pytest.mark.parametrize("size", [(40, 2000), (2160, 3840), (64, 64), (1, 1)])
def test_odd_sizes_are_examined(ocr, size: tuple[int, int]) -> None:
    read(ocr, page(size=size))


NUMBER = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("size", "letters"),
    [
        ((2160, 3840), 14),
        ((2160, 3840), 20),
        pytest.param((4320, 7680), 20, marks=pytest.mark.long),
        pytest.param((4320, 7680), 28, marks=pytest.mark.long),
    ],
)
def test_each_line_of_a_large_picture_is_read_once_and_whole(
    ocr, size: tuple[int, int], letters: int
) -> None:
    scale = letters / 21  # this font's digits are 21 pixels high at 1
    wide = round(18 * len(NUMBER) * scale)
    height, width = size
    places = (
        (40, height // 3),
        (width // 3 - wide // 2, height // 2),
        (width // 6, height * 3 // 4),
    )
    frame = page(*((NUMBER, x, y, scale) for x, y in places), size=size)
    assert read(ocr, frame)[0] == [NUMBER] * len(places)


@pytest.mark.long
def test_text_larger_than_a_tile_is_read_and_its_pieces_are_not(ocr) -> None:
    texts = read(ocr, page(("4111 1111", 1920, 2160, 28.0), size=(4320, 7680)))[0]
    assert "4111 1111" in texts
    assert all(len(text) <= 1 for text in texts if text != "4111 1111")


def test_numbers_that_are_not_finite_are_an_error_not_an_empty_page(ocr, monkeypatch) -> None:
    class Nan:
        def run(self, names, inputs):
            (image,) = inputs.values()
            return [np.full((len(image), 1, *image.shape[2:]), np.nan, np.float32)]

    monkeypatch.setattr(ocr._detector, "_session", Nan())
    with pytest.raises(AnalyzerError, match="finite"):
        read(ocr, CARD)
