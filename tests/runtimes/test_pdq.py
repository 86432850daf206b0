"""PDQ gives the reference's hashes, in whichever batch, orientation or mode frames come."""

import cv2
import numpy as np
import pytest

from benchmarks.pdq import picture
from compliance.runtimes.pdq import (
    crop_thumbnails,
    dihedral,
    hashes_of,
    pdq,
    quality_of,
    shrink,
    thumbnails,
)

# What pdqhash 0.2.8 gives for ``picture(seed, height, width)``: ``python -m benchmarks.pdq --table``.
REFERENCE = {
    (1, 1080, 1920): ("0a95568a0d6a533a070a58e101fd1bb621da18cd07cdfd063d430fe6f77c4aff", 100),
    (2, 720, 1280): ("0d921335046219caa7a51c32a07f1cdcaf78140ffbf91ec8c5f963de931c4b2f", 100),
    (3, 480, 853): ("0209a339031e239c120f835f5f7815378f85ddf5a07d1d8420f61ebf75c7aa67", 100),
    (4, 640, 360): ("2d45154a352954a414c25e71363a5f9ba7f90a0bf4f81e5d06f9538e4b3ea787", 100),
    (5, 257, 129): ("2d2adaa8325566799f053de9c1ff1baafbec01d40e50eb498c0d560303dc46ef", 100),
    (6, 128, 512): ("334261068347033a4f5ffb150b05533087750ebd7c5f0713f1e40c4f777d0ff2", 100),
    (7, 64, 64): ("4aa296a424a2ccc438ebe0a603a87fff8ed23b4986472bef00f9f7322dabcab2", 100),
    (8, 63, 101): ("aaaa508ac555995423da479bd50f87013e7b678dcfe587b418b70c6af6c30a63", 100),
    (9, 31, 17): ("0b668713071e07c36bd004924127023c75ff0bfdf1fb985e66813f771a3561f9", 100),
    (10, 5, 7): ("3f806925c07fc0dfc2df687d3b8497821c683f203f806925c07fc0dfe297687d", 69),
    (11, 4, 300): ("0000000000000000000000000000000000000000000000000000000000000000", 0),
    (12, 2161, 1003): ("e1a46c2761363c310d74542a06f7fe9503f6540b271b43cd157ba99d5b69a71d", 100),
}
ORIENTATIONS = (
    "0d921335046219caa7a51c32a07f1cdcaf78140ffbf91ec8c5f963de931c4b2f",
    "aaaa09d2aaa4aa8cd5b1522769b72750993dcc437ea9384113ffb4b0bf45b596",
    "38c7719f33373340f2f07698b52ab474fa2dbea5aaacb47290a8c974c649f105",
    "2bff8078fff1002680e4f88d3ce28dfacc6866e92bfc92eb46aa1e1ae2101f3c",
    "6d9224caa6622615a7a523cda07fa121af78ebf0fbf9e127c5fd9c21931ca450",
    "b8c70e60b3370cbff2f20967b52a4b8bfa2d415aaeac4b8d90a8368bc6490efa",
    "0aaa002d0aa4557295b1add848b7d8af993c33bc6ea9c7ae13ff4b47b6454a69",
    "0bff4c87fff1ffd980e407523ce27205cc6899162bfc6d1446aae1e5e210e0c3",
)
"""What it gives for the second of them in all orientations."""


def as_bytes(digits: str) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(digits), np.uint8)


def apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.bitwise_count(one ^ other).sum())


@pytest.mark.parametrize("key", REFERENCE, ids=str)
def test_hash_and_quality_are_the_references(key: tuple[int, int, int]) -> None:
    digits, expected = REFERENCE[key]
    hashes, quality = pdq([picture(*key)])
    assert hashes.dtype == np.uint8 and hashes.shape == (1, 32)
    assert apart(hashes[0], as_bytes(digits)) <= 2
    assert abs(quality[0] - expected) <= 1
    # Half of the frequencies lie above the lower of both in the middle.
    assert np.bitwise_count(hashes).sum() == np.bitwise_count(as_bytes(digits)).sum()


def test_orientations_are_the_references_in_its_order() -> None:
    (found,) = dihedral([picture(*list(REFERENCE)[1])])
    assert found.shape == (8, 32)
    for one, digits in zip(found, ORIENTATIONS, strict=True):
        assert apart(one, as_bytes(digits)) <= 2


@pytest.mark.parametrize(
    ("index", "turn"),
    [
        (1, lambda square: np.rot90(square)),
        (2, lambda square: np.rot90(square, 2)),
        (3, lambda square: np.rot90(square, 3)),
        (4, lambda square: square[::-1]),
        (5, lambda square: square[:, ::-1]),
        (6, lambda square: square.transpose(1, 0, 2)),
        (7, lambda square: np.rot90(square.transpose(1, 0, 2), 2)),
    ],
)
def test_an_orientation_is_the_hash_of_the_frame_so_turned(index: int, turn) -> None:
    # Windows and cells of 576 pixels are of odd length, so that their middles stay where they are.
    square = picture(21, 576, 576)
    turned, _ = pdq([turn(square)])
    found = [apart(turned[0], one) for one in dihedral([square])[0]]
    assert found[index] <= 2
    assert all(other > 64 for at, other in enumerate(found) if at != index)


def test_frames_of_many_sizes_keep_their_places() -> None:
    frames = [picture(*key) for key in REFERENCE] + [picture(1, 1080, 1920)]
    hashes, quality = pdq(frames)
    for index, frame in enumerate(frames):
        alone, its_quality = pdq([frame])
        assert (hashes[index] == alone[0]).all() and quality[index] == its_quality[0]


def test_one_array_of_frames_is_hashed_like_a_list() -> None:
    frames = np.stack([picture(seed, 90, 160) for seed in range(3)])
    assert (pdq(frames)[0] == pdq(list(frames))[0]).all()


def test_no_frames_give_no_hashes() -> None:
    hashes, quality = pdq([])
    assert hashes.shape == (0, 32) and quality.shape == (0,)
    assert dihedral([]).shape == (0, 8, 32)


@pytest.mark.parametrize("fast", [False, True])
def test_a_frame_that_shows_nothing_has_no_quality(fast: bool) -> None:
    frames = [np.full((720, 1280, 3), level, np.uint8) for level in (0, 128, 255)]
    hashes, quality = pdq(frames, fast=fast)
    assert (quality == 0).all()
    assert (hashes[0] == 0).all()


@pytest.mark.parametrize(
    "size", [(720, 1280), (1080, 1920), (1079, 1921), (2161, 1003), (257, 5000)]
)
def test_the_fast_mode_stays_near(size: tuple[int, int]) -> None:
    frames = [picture(seed, *size) for seed in (11, 12, 13)]
    exact, quality = pdq(frames)
    near, its_quality = pdq(frames, fast=True)
    for one, other in zip(exact, near, strict=True):
        assert apart(one, other) <= 6
    np.testing.assert_allclose(its_quality, quality, atol=2)


def test_photographs_keep_their_hash_in_the_fast_mode(shared_data) -> None:
    paths = sorted((shared_data / "faces-face-recognition").rglob("*.jpg"))
    frames = [cv2.imread(str(path))[:, :, ::-1] for path in paths[:12]]
    exact, fast = pdq(frames)[0], pdq(frames, fast=True)[0]
    assert np.bitwise_count(exact ^ fast).sum(axis=1).max() <= 4


def test_a_crop_of_a_shrunk_frame_hashes_like_the_crop() -> None:
    frame = picture(31, 1080, 1920)
    boxes = [(0, 0, 1920, 1080), (240, 0, 1680, 1080), (0, 131, 1920, 949), (961, 541, 1919, 1079)]
    found = crop_thumbnails(*shrink(frame), boxes)
    exact = thumbnails([frame[top:bottom, left:right] for left, top, right, bottom in boxes])
    for one, other in zip(hashes_of(found)[:, 0], hashes_of(exact)[:, 0], strict=True):
        assert apart(one, other) <= 12
    np.testing.assert_allclose(quality_of(found), quality_of(exact), atol=2)


def test_a_box_without_content_is_black() -> None:
    small, factor = shrink(picture(3, 480, 853))
    (thumb,) = crop_thumbnails(small, factor, [(100, 100, 104, 300)])
    assert not thumb.any()
