"""Faces become tracks with one crop each, and tracks are matched by size against many references."""

import numpy as np
import pytest

from compliance.analyzers.base import References
from compliance.analyzers.likeness.face_tracks import TOP
from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.findings import BankUse, Finding, Observation, Reference
from compliance.model_store import Calibration, ModelStore
from compliance.types import Region, Source, TimeSpan

RNG = np.random.default_rng(5)


@pytest.fixture(scope="module")
def faces() -> FaceAnalyzer:
    """The analyzer with its card's calibration; what it would detect is given by the tests."""
    analyzer = FaceAnalyzer()
    calibration = ModelStore().card("dlib-face-resnet").calibration
    assert isinstance(calibration, Calibration)
    analyzer._calibration = calibration
    return analyzer


def somebody() -> np.ndarray:
    """A vector 0.95 from others', as dlib's of different people are."""
    vector = RNG.normal(0, 1, 128)
    return (vector * 0.67 / np.linalg.norm(vector)).astype(np.float32)


def near(vector: np.ndarray, distance: float) -> np.ndarray:
    step = RNG.normal(0, 1, 128)
    return (vector + step * distance / np.linalg.norm(step)).astype(np.float32)


def face(
    vector: np.ndarray,
    time: float = 0.0,
    *,
    pixels: int = 120,
    left: float = 0.2,
    quality: float | None = None,
) -> Observation:
    size = pixels / 720
    extra = {} if quality is None else {"quality": quality}
    return Observation(
        asset="asset",
        analyzer="faces",
        kind="face",
        source=Source.FRAME,
        span=TimeSpan(start=time, end=time),
        region=Region(points=((left, 0.1), (left + size, 0.1), (left + size, 0.1 + size))),
        raw=1.0,
        vector=vector,
        image=f"crop at {time}".encode(),
        attributes={"stream": 0, "pixels": pixels, **extra},
    )


def people(*rows: tuple[str, np.ndarray]) -> References:
    refs = tuple(Reference(bank="people", entry=name) for name, _ in rows)
    use = BankUse(name="people", modality="face", size=len(refs), version="0" * 64)
    return References(refs, (use,), vectors=np.stack([vector for _, vector in rows]))


def matches(
    faces: FaceAnalyzer, seen: list[Observation], references: References | None
) -> list[Finding]:
    found = faces.findings("asset", faces.reduce("asset", seen), references)
    return [one for one in found if one.reference]


def tracks(faces: FaceAnalyzer, *seen: Observation) -> int:
    return len({one.attributes["track"] for one in faces.reduce("asset", list(seen))})


def test_the_crop_of_a_track_is_its_best_face_not_its_largest(faces) -> None:
    her = somebody()
    blurred = face(near(her, 0.2), 1.0, pixels=200, quality=0.3)
    sharp = face(near(her, 0.2), 1.5, pixels=150, quality=0.9)
    reduced = faces.reduce("asset", [blurred, sharp, face(her, 2.0, pixels=90, quality=0.5)])
    (shown,) = [one for one in reduced if one.image]
    assert shown.image == b"crop at 1.5"
    presence = faces.findings("asset", reduced, None)[0]
    assert presence.region == shown.region == blurred.region
    assert "quality 0.90" in presence.evidence.note


def test_the_boxes_of_a_track_over_time_stay_in_its_observations(faces) -> None:
    her = somebody()
    path = [face(near(her, 0.1), t / 2, left=0.1 + 0.05 * t) for t in range(6)]
    reduced = faces.reduce("asset", path[::-1])
    assert {one.attributes["track"] for one in reduced} == {"face-1"}
    assert [(one.span.start, one.region) for one in reduced] == [
        (one.span.start, one.region) for one in path
    ]


def test_a_face_that_nobody_knows_is_there_all_the_same(faces) -> None:
    reduced = faces.reduce("asset", [face(somebody())])
    known = people(("other", somebody()))
    for references in (None, known):
        assert "presence.face" in {
            one.category for one in faces.findings("asset", reduced, references)
        }


def test_the_same_distance_means_more_for_a_face_that_is_small(faces) -> None:
    her = somebody()
    probe, known = near(her, 0.59), people(("her", her))
    (large,) = matches(faces, [face(probe, pixels=200)], known)
    (small,) = matches(faces, [face(probe, pixels=24)], known)
    assert large.raw == small.raw == pytest.approx(0.59, abs=1e-3)
    assert large.score < 0.9 <= small.score + 1e-3


def test_matches_are_those_of_a_loop_over_every_face_and_template(faces) -> None:
    names = [f"person-{number % 400}" for number in range(1200)]
    rows = [(name, somebody()) for name in names]
    seen = [face(near(rows[number][1], 0.5), number * 2.0) for number in range(12)]
    found = matches(faces, seen, people(*rows))
    calibration = faces._calibration
    expected = []
    for number, one in enumerate(seen, 1):
        nearest: dict[str, float] = {}
        for name, vector in rows:
            raw = float(np.linalg.norm(one.vector - vector))
            nearest[name] = min(raw, nearest.get(name, raw))
        best = sorted(nearest.items(), key=lambda item: item[1])[:TOP]
        expected += [
            (f"face-{number}", name, round(raw, 3))
            for name, raw in best
            if calibration.score(raw, 120) >= 0.05
        ]
    assert [(one.track, one.reference.entry, round(one.raw, 3)) for one in found] == expected
    assert len({one.track for one in found}) == 12


def test_a_person_with_many_templates_does_not_hide_the_others(faces) -> None:
    her = somebody()
    rows = [("many", near(her, 0.1)) for _ in range(100)]
    rows += [(f"alike-{number}", near(her, 0.5 + number / 100)) for number in range(8)]
    found = matches(faces, [face(her)], people(*rows))
    assert [one.reference.entry for one in found] == ["many", *(f"alike-{n}" for n in range(4))]
    assert [one.rank for one in found] == [1, 2, 3, 4, 5]


def test_the_look_that_is_most_like_a_person_counts_for_the_track(faces) -> None:
    her, other = somebody(), somebody()
    seen = [face(near(her, 0.4), 0.0), face(near(her, 0.1), 0.5), face(near(her, 0.4), 1.0)]
    (best,) = matches(faces, seen, people(("her", her), ("other", other)))
    assert best.evidence.note == "nearest at 0.50 s"
    assert (best.span.start, best.span.end, best.frames) == (0.0, 1.0, 3)


def test_small_faces_that_look_alike_are_one_track_only_in_one_place(faces) -> None:
    her = somebody()
    alike = near(her, 0.45)
    assert tracks(faces, face(her, 0.0), face(alike, 0.5, left=0.6)) == 1
    assert tracks(faces, face(her, 0.0, pixels=24), face(alike, 0.5, pixels=24, left=0.6)) == 2
    assert tracks(faces, face(her, 0.0, pixels=24), face(alike, 0.5, pixels=24, left=0.205)) == 1


def test_two_people_at_one_time_are_two_tracks_through_a_cut(faces) -> None:
    her, him = somebody(), somebody()
    shots = [(her, 0.0, 0.1), (him, 0.0, 0.6), (her, 0.5, 0.6), (him, 0.5, 0.1)]
    reduced = faces.reduce("asset", [face(near(v, 0.2), t, left=x) for v, t, x in shots])
    assert [one.attributes["seen"] for one in reduced] == [[0.0, 0.5]] * 4
    assert len({one.attributes["track"] for one in reduced}) == 2


def test_copies_of_a_person_in_other_banks_do_not_crowd_a_bank_out(faces) -> None:
    vector = somebody()
    refs = tuple(Reference(bank=f"bank-{number}", entry="ann") for number in range(2 * TOP))
    uses = tuple(BankUse(name=one.bank, modality="face", size=1, version="0" * 64) for one in refs)
    # the last bank's template is a little worse than the others
    vectors = np.stack([vector] * (2 * TOP - 1) + [near(vector, 0.1)])
    found = matches(faces, [face(vector)], References(refs, uses, vectors=vectors))
    assert {one.reference.bank for one in found if one.reference} == {one.bank for one in refs}
