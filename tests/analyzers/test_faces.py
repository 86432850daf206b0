"""Faces are found, embedded, joined into tracks and matched, with real networks on real pictures."""

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from compliance.analyzers.base import References
from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.findings import BankUse, Reference
from compliance.model_store import ModelStore
from compliance.testing import FrameContract
from compliance.types import FrameBatch


@pytest.fixture(scope="module")
def faces() -> FaceAnalyzer:
    analyzer = FaceAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    """A public-domain portrait on a 720p frame, uint8 RGB."""
    from skimage import data

    frame = np.full((720, 1280, 3), 90, np.uint8)
    frame[100:612, 300:812] = data.astronaut()
    return frame


class TestContract(FrameContract):
    tolerance = 1e-4

    def analyzer(self) -> FaceAnalyzer:
        return FaceAnalyzer()

    def samples(self) -> list[FrameBatch]:
        from skimage import data

        face = np.ascontiguousarray(data.astronaut())
        return [
            FrameBatch(("a",), np.array([0.0]), (face,)),
            FrameBatch(("b",), np.array([2.5]), (np.ascontiguousarray(face[:, ::-1]),)),
        ]

    def references(self) -> References:
        analyzer = self.analyzer()
        analyzer.setup("cpu", ModelStore())
        return references(her=analyzer.observe_frames(self.samples()[0])[0].vector)


def batch(*frames: np.ndarray, times: tuple[float, ...] = ()) -> FrameBatch:
    moments = np.array(times or range(len(frames)), np.float64)
    return FrameBatch(("asset",) * len(frames), moments, frames)


def references(**people: np.ndarray) -> References:
    refs = tuple(Reference(bank="people", entry=name) for name in people)
    use = BankUse(name="people", modality="face", size=len(refs), version="0" * 64)
    return References(refs, (use,), vectors=np.stack(list(people.values())))


def match(faces: FaceAnalyzer, frames: FrameBatch, known: References):
    reduced = faces.reduce("asset", faces.observe_frames(frames))
    return [one for one in faces.findings("asset", reduced, known) if one.reference]


def test_a_face_is_there_whether_or_not_a_bank_knows_it(faces, portrait) -> None:
    frames = batch(portrait, portrait, times=(0.0, 0.5))
    reduced = faces.reduce("asset", faces.observe_frames(frames))
    found = faces.findings("asset", reduced, None)
    (presence,) = [one for one in found if one.score == 1]
    assert (presence.category, presence.reference) == ("presence.face", None)
    assert presence.frames == 2
    assert (presence.span.start, presence.span.end) == (0.0, 0.5)


def test_an_enrolled_face_is_matched_with_a_high_score(faces, portrait) -> None:
    vector = faces.observe_frames(batch(portrait))[0].vector
    moved = np.roll(portrait[:, ::-1], (30, 90), axis=(0, 1))
    found = match(faces, batch(moved), references(her=vector, nobody=-vector))
    assert found[0].reference.entry == "her"
    assert found[0].score >= 0.9
    assert all(one.reference.entry != "nobody" or one.score < 0.5 for one in found)


def test_a_face_seen_at_several_times_is_one_track_with_a_span(faces, portrait) -> None:
    frames = batch(portrait, np.roll(portrait, 20, axis=1), portrait, times=(4.0, 4.5, 5.0))
    vector = faces.observe_frames(batch(portrait))[0].vector
    best = max(match(faces, frames, references(her=vector)), key=lambda one: one.score)
    assert (best.span.start, best.span.end) == (4.0, 5.0)


def test_a_match_shows_the_track_at_its_largest(faces, portrait) -> None:
    import cv2

    near = cv2.resize(portrait[100:400, 360:893], (1280, 720), interpolation=cv2.INTER_CUBIC)
    frames = batch(portrait, near, times=(4.0, 4.5))
    small, large = (
        max(seen, key=lambda one: one.region.area_percent)
        for seen in (faces.observe_frames(batch(frame)) for frame in (portrait, near))
    )
    assert large.region.area_percent > 2 * small.region.area_percent
    best = max(match(faces, frames, references(her=small.vector)), key=lambda one: one.score)
    assert (best.span.start, best.span.end) == (4.0, 4.5)
    assert best.evidence.note == "nearest at 4.00 s"
    assert best.region == large.region


@pytest.mark.parametrize(
    ("size", "face"),
    [((720, 1280), 40), ((1080, 1920), 60), ((2160, 3840), 80), ((4320, 7680), 80)],
)
def test_the_least_face_promised_is_matched_on_every_size(
    faces, portrait, size: tuple[int, int], face: int
) -> None:
    import cv2
    from skimage import data

    vector = faces.observe_frames(batch(portrait))[0].vector
    scale = face / 90  # the portrait's face is 90 pixels high
    small = cv2.resize(data.astronaut(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame = np.full((*size, 3), 90, np.uint8)
    top, left = size[0] * 5 // 9, size[1] * 3 // 5
    top = min(top, size[0] - len(small))
    frame[top : top + len(small), left : left + small.shape[1]] = small
    best = max(match(faces, batch(frame), references(her=vector)), key=lambda one: one.score)
    assert best.score >= 0.9
    assert abs(best.region.box[0] * size[1] - left - 180 * scale) < 20 * scale


def test_a_face_that_comes_back_later_is_another_track(faces, portrait) -> None:
    frames = batch(portrait, portrait, times=(0.0, 8.0))
    vector = faces.observe_frames(batch(portrait))[0].vector
    found = [one for one in match(faces, frames, references(her=vector)) if one.score > 0.9]
    assert sorted(one.span.start for one in found) == [0.0, 8.0]


def test_a_batch_equals_its_frames_one_by_one(faces, portrait) -> None:
    half = np.ascontiguousarray(portrait[::2, ::2])
    together = faces.observe_frames(batch(portrait, half))
    apart = faces.observe_frames(batch(portrait)) + faces.observe_frames(
        FrameBatch(("asset",), np.array([1.0]), (half,))
    )
    assert [one.span for one in together] == [one.span for one in apart]
    for first, second in zip(together, apart, strict=True):
        np.testing.assert_allclose(first.vector, second.vector, atol=1e-5)


def test_faces_of_several_assets_keep_their_asset(faces, portrait) -> None:
    frames = FrameBatch(("a", "b"), np.array([0.0, 0.0]), (portrait, portrait))
    assert {one.asset for one in faces.observe_frames(frames)} == {"a", "b"}


def test_an_empty_batch_and_an_empty_bank_give_nothing(faces, portrait) -> None:
    assert faces.observe_frames(batch()) == []
    assert match(faces, batch(portrait), References((), ())) == []


def test_a_picture_without_faces_gives_no_sure_detection(faces) -> None:
    from skimage import data

    found = faces.observe_frames(batch(data.coffee(), data.rocket()))
    assert all(one.raw < 0.5 for one in found)


def test_labelled_photographs_match_their_person_and_nobody_else(faces, shared_data: Path) -> None:
    import cv2

    folder = shared_data / "faces-face-recognition"
    rows = list(csv.DictReader((folder / "LABELS.csv").read_text().splitlines()))
    single = {row["path"]: row["identities"] for row in rows if ";" not in row["identities"]}
    enrolled, tried = {}, []
    for path, person in single.items():
        if person in ("multiple", "unlabelled"):
            continue
        picture = cv2.cvtColor(cv2.imread(str(folder / path)), cv2.COLOR_BGR2RGB)
        seen = faces.observe_frames(batch(picture))
        largest = max(seen, key=lambda one: one.region.area_percent)
        if person in enrolled:
            tried.append((person, largest))
        else:
            enrolled[person] = largest.vector
    known = references(**enrolled)
    wrong, missed = 0, 0
    for person, face in tried:
        found = faces.findings("asset", faces.reduce("asset", [face]), known)
        named = {one.reference.entry for one in found if one.reference and one.score >= 0.9}
        wrong += bool(named - {person})
        missed += person not in named
    assert len(tried) >= 15
    assert wrong == 0
    assert missed <= 2


@pytest.mark.parametrize("size", [(1, 1), (24, 24), (40, 2000), (2160, 3840)])
def test_odd_sizes_are_examined(faces, size: tuple[int, int]) -> None:
    assert faces.observe_frames(batch(np.full((*size, 3), 128, np.uint8))) == []


def test_batches_in_several_threads_see_what_one_thread_sees(faces, portrait) -> None:
    """dlib's detector keeps the picture that it is at; a shared one loses faces, or finds them elsewhere."""
    import cv2

    frames = [
        cv2.warpAffine(
            portrait, np.array([[1, 0, 12.0 * n], [0, 1, 7.0 * n]], np.float32), (640, 480)
        )
        for n in range(12)
    ]

    def boxes(frame: np.ndarray) -> list:
        return [(one.region.points, one.raw) for one in faces.observe_frames(batch(frame))]

    alone = [boxes(frame) for frame in frames]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(boxes, frames * 3))
    assert together == alone * 3
