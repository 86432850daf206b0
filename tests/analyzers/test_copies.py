"""Copies of works in clips: what is found, where, and what is not."""

import cv2
import numpy as np
import pytest
from skimage import data

from compliance.analyzers import sift
from compliance.analyzers.base import Illustrator, References
from compliance.analyzers.local_features import LocalFeatureAnalyzer, working_frame
from compliance.analyzers.works import copy_features, copy_format, copy_prints
from compliance.analyzers.works.copies import CopyAnalyzer
from compliance.analyzers.works.frame_hashes import FrameHashAnalyzer
from compliance.errors import BankError
from compliance.findings import BankUse, Observation, RawKind, Reference
from compliance.types import FrameBatch, Source, TimeSpan

SIZE = (426, 240)


def pan(photo, seconds=8.0, rate=10, shift=0.0):
    """Frames of a pan over a photograph with a disc that passes, and their times."""
    scale = max(SIZE[0] / photo.shape[1], SIZE[1] / photo.shape[0]) * 1.25
    wide = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    room = wide.shape[1] - SIZE[0], wide.shape[0] - SIZE[1]
    frames = []
    for i in range(round(seconds * rate)):
        share = (i / rate + shift) / (seconds + shift)
        x, y = round(room[0] * share), round(room[1] * (1 - share))
        frame = np.ascontiguousarray(wide[y : y + SIZE[1], x : x + SIZE[0]])
        cv2.circle(frame, (40 + round(340 * share), 90), 26, (230, 60, 40), -1, cv2.LINE_AA)
        frames.append((i / rate, frame))
    return frames


def references_of(**works):
    made = {name: copy_prints.copy_print(frames) for name, frames in works.items()}
    return References(
        refs=tuple(Reference(bank="works", entry=name) for name in made),
        banks=(BankUse(name="works", modality="work", size=len(made), version="0" * 64),),
        prints=tuple(made.values()),
        details=("{}",) * len(made),
    )


@pytest.fixture(scope="module")
def works():
    picture = [(0.0, cv2.resize(data.rocket(), SIZE))]
    return references_of(
        cat=pan(data.chelsea()), woman=pan(data.astronaut()), cup=pan(data.coffee()), rocket=picture
    )


@pytest.fixture(scope="module")
def other():
    return [frame for _, frame in pan(data.immunohistochemistry(), 12, 2)]


def coded(frame):
    """The frame after JPEG."""
    ok, jpeg = cv2.imencode(".jpg", frame[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])
    assert ok
    return np.ascontiguousarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[:, :, ::-1])


def observed(frames, times=None):
    """What a review's analyzers see in frames, but for the regions of marks, which take long."""
    times = np.arange(len(frames)) * 0.5 if times is None else np.asarray(times, float)
    batch = FrameBatch(("clip",) * len(frames), times, tuple(coded(frame) for frame in frames))
    hashes = FrameHashAnalyzer()
    seen = hashes.reduce("clip", hashes.observe_frames(batch))
    for time, pixels in zip(times, batch.pixels, strict=True):
        frame = working_frame(pixels)
        _, jpeg = cv2.imencode(".jpg", frame[:, :, ::-1])
        seen.append(
            Observation(
                asset="clip",
                analyzer="local-features",
                kind="local_features",
                source=Source.FRAME,
                span=TimeSpan(start=float(time), end=float(time)),
                data=sift.pack(sift.extract(frame, 800)),
                image=jpeg.tobytes(),
                attributes={"stream": 0},
            )
        )
    return seen


def found(frames, works, times=None):
    return CopyAnalyzer().findings("clip", observed(frames, times), works)


def segment(photo, start=1.3, count=8):
    """A copy that starts between the moments of the work, two frames a second."""
    frames = dict(pan(photo, rate=20, seconds=8.0))
    return [frames[round((start + 0.5 * i) * 20) / 20] for i in range(count)]


def test_a_copied_segment_is_found_with_its_times_in_clip_and_work(works, other):
    frames = [*other[:3], *segment(data.astronaut()), *other[5:8]]
    (finding,) = found(frames, works)
    assert finding.reference.entry == "woman"
    assert finding.score > 0.9
    assert (finding.category, finding.raw_kind) == ("ip.copy", RawKind.HAMMING)
    assert (finding.span.start, finding.span.end) == pytest.approx((1.5, 5.0), abs=0.01)
    work = finding.evidence.reference_span
    assert (work.start, work.end) == pytest.approx((1.3, 4.8), abs=0.3)
    assert finding.frames == 8


def test_a_mirrored_letterboxed_copy_is_found_and_named(works):
    frames = []
    for frame in segment(data.chelsea()):
        boxed = np.zeros_like(frame)
        boxed[30:210] = cv2.resize(frame[:, ::-1], (SIZE[0], 180))
        frames.append(boxed)
    (finding,) = found(frames, works)
    assert finding.reference.entry == "cat"
    assert finding.score > 0.9
    assert "mirrored" in finding.evidence.note
    assert finding.region.area_percent == pytest.approx(75, abs=8)


def test_a_picture_in_a_picture_is_found_where_it_lies(works, other):
    frames = []
    for i, frame in enumerate(segment(data.coffee())):
        behind = other[i].copy()
        behind[100:220, 200:413] = cv2.resize(frame, (213, 120), interpolation=cv2.INTER_AREA)
        frames.append(behind)
    (finding,) = found(frames, works)
    assert finding.reference.entry == "cup"
    assert finding.score > 0.8
    box = finding.region.box
    assert box == pytest.approx((200 / 426, 100 / 240, 413 / 426, 220 / 240), abs=0.06)
    work = finding.evidence.reference_span
    assert (work.start, work.end) == pytest.approx((1.3, 4.8), abs=0.5)


def test_a_cropped_and_turned_copy_is_found(works):
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2 + 30, SIZE[1] / 2), 6, 1.3)
    frames = [cv2.warpAffine(frame, matrix, SIZE) for frame in segment(data.astronaut())]
    (finding,) = found(frames, works)
    assert finding.reference.entry == "woman"
    assert "turned" in finding.evidence.note or "cropped" in finding.evidence.note


def test_one_frame_of_a_known_picture_is_found(works, other):
    frames = [*other[:6], cv2.resize(data.rocket(), SIZE), *other[6:10]]
    (finding,) = found(frames, works)
    assert finding.reference.entry == "rocket"
    assert finding.span.start == finding.span.end == 3.0
    assert finding.evidence.reference_span is None
    assert finding.score > 0.9


def test_an_image_is_compared_as_a_clip_of_one_frame(works):
    (finding,) = found([cv2.resize(data.rocket(), (640, 360))], works)
    assert (finding.reference.entry, finding.frames) == ("rocket", 1)


def test_a_clip_of_two_works_has_a_finding_for_each(works):
    frames = [*segment(data.chelsea(), count=6), *segment(data.coffee(), count=6)]
    entries = {one.reference.entry: one.span for one in found(frames, works)}
    assert set(entries) == {"cat", "cup"}
    assert entries["cat"].end < entries["cup"].start


def faded(frames, start, end):
    """The frames, all but grey between two times."""
    return [
        (time, np.full_like(frame, 90) + frame // 64 if start < time < end else frame)
        for time, frame in frames
    ]


def test_a_copy_that_fades_to_a_plain_surface_and_back_is_one_segment(works):
    shown = faded(pan(data.chelsea()), 2.0, 6.0)[::5]
    (copy,) = found(
        [frame for _, frame in shown], references_of(cat=faded(pan(data.chelsea()), 2.0, 6.0))
    )
    assert copy.span.start <= 0.5
    assert copy.span.end >= 7.0
    assert copy.evidence.reference_span.end - copy.evidence.reference_span.start >= 6.5


def test_other_footage_between_two_copies_keeps_them_apart(works, other):
    cat = [frame for _, frame in pan(data.chelsea())[::5]]
    copies = found([*cat[:4], *other[:8], *cat[12:]], works)
    assert [one.reference.entry for one in copies] == ["cat", "cat"]


def test_unrelated_footage_and_plain_frames_are_no_copies(works, other):
    _, x = np.mgrid[0:240, 0:426].astype(np.float32)
    ramp = np.repeat((x / 426 * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    black = np.zeros_like(ramp)
    card = black.copy()
    cv2.putText(card, "THE END", (90, 130), 0, 1.5, (240, 240, 240), 3, 16)
    bars = np.ascontiguousarray(np.repeat((x // 61 % 2 * 200).astype(np.uint8)[:, :, None], 3, 2))
    assert found([*other[:8], ramp, black, card, bars, black, ramp], works) == []


def test_title_cards_with_other_words_are_no_copies(other):
    def card(words):
        frame = np.full((240, 426, 3), 12, np.uint8)
        cv2.putText(frame, words, (40, 130), 0, 1.4, (240, 240, 240), 3, 16)
        return frame

    works = references_of(card=[(0.0, card("Part Seven"))])
    assert [one for one in found([card("Directed by")], works) if one.score >= 0.5] == []
    assert found([card("Part Seven")], works)[0].score > 0.9


def test_evidence_shows_the_frame_beside_the_work(works):
    analyzer = CopyAnalyzer()
    seen = observed(segment(data.chelsea(), count=4))
    findings = analyzer.findings("clip", seen, works)
    assert isinstance(analyzer, Illustrator)
    for fresh in (analyzer, CopyAnalyzer()):
        pictures = fresh.crops(findings, seen, works)
        image = cv2.imdecode(np.frombuffer(pictures[findings[0].id], np.uint8), cv2.IMREAD_COLOR)
        assert image.shape[1] > 2 * 400


def test_what_the_frame_analyzers_observe_is_what_is_read(works):
    (_, frame), *_ = pan(data.coffee(), 1)
    batch = FrameBatch(("clip",), np.array([0.0]), (coded(frame),))
    seen = [
        one
        for analyzer in (FrameHashAnalyzer(), LocalFeatureAnalyzer())
        for one in analyzer.reduce("clip", analyzer.observe_frames(batch))
    ]
    assert {one.reference.entry for one in CopyAnalyzer().findings("clip", seen, works)} == {"cup"}
    names = {one.analyzer for one in seen}
    assert names == set(CopyAnalyzer.spec.reads)


def test_the_same_observations_give_the_same_findings(works):
    seen = observed(segment(data.coffee(), count=5))
    one, other = (CopyAnalyzer().findings("clip", seen, works) for _ in range(2))
    assert one == other


def test_an_empty_bank_and_no_frames_give_nothing(works):
    assert CopyAnalyzer().findings("clip", [], works) == []
    empty = References(refs=(), banks=())
    assert found(segment(data.coffee(), count=2), empty) == []


def test_a_print_keeps_what_it_holds():
    made = copy_prints.make(pan(data.chelsea(), 3))
    again = copy_format.unpack(copy_format.pack(made))
    assert np.array_equal(again.moments.hashes, made.moments.hashes)
    assert np.allclose(again.moments.start, made.moments.start)
    assert [key.thumb for key in again.keys] == [key.thumb for key in made.keys]
    assert np.array_equal(again.keys[0].features.descriptors, made.keys[0].features.descriptors)
    assert again.seconds == pytest.approx(2.9)


def test_prints_of_one_file_are_the_same_bytes():
    frames = pan(data.coffee(), 2)
    assert copy_prints.copy_print(frames) == copy_prints.copy_print(iter(frames))


def test_frames_that_stand_still_are_one_moment():
    frame = pan(data.coffee(), 1)[0][1]
    made = copy_prints.make((i / 10, frame) for i in range(50))
    whole = ~made.moments.inner
    assert (made.moments.start[whole].tolist(), made.moments.end[whole].tolist()) == ([0.0], [4.9])
    assert len(made.keys) == 2  # one each four seconds


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_work_of_plain_frames_is_refused(level):
    plain = np.full((240, 426, 3), level, np.uint8)
    with pytest.raises(BankError, match="told from other footage"):
        copy_prints.copy_print([(0.0, plain), (0.5, plain)])


def test_plain_stretches_are_counted():
    plain = np.zeros((240, 426, 3), np.uint8)
    frames = [(i / 10, plain) for i in range(20)]
    frames += [(2 + time, frame) for time, frame in pan(data.chelsea(), 2)]
    assert copy_prints.make(frames).flat_seconds == pytest.approx(1.9)


@pytest.mark.parametrize("damage", [b"", b"not a print", None])
def test_damaged_prints_are_refused(damage):
    whole = copy_prints.copy_print(pan(data.coffee(), 1))
    broken = whole[: len(whole) // 2] if damage is None else damage
    with pytest.raises(BankError, match="cannot be read"):
        copy_format.unpack(broken)


def test_a_long_clip_is_searched_without_holding_all_its_pictures(works, other, monkeypatch):
    frames = [
        cv2.warpAffine(frame, cv2.getRotationMatrix2D((213, 120), 5, 1), SIZE)
        for frame in [*other[:2], *segment(data.astronaut(), count=6)]
    ]
    held = found(frames, works)
    monkeypatch.setattr(copy_features, "PICTURES", 2)
    assert found(frames, works) == held != []
