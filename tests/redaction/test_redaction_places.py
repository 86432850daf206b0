"""Following and covering: what is unsure is covered more, and little is left of what is covered."""

import numpy as np
import pytest
from redaction_clips import FRAMES, box_at, frame_at, patch, region_at, seen, ticks

from compliance.redaction.anchors import Anchor
from compliance.redaction.edits import How
from compliance.redaction.picture import BLOCKS, LEVELS, Dimmer, cover
from compliance.redaction.tracking import WHOLE, Follower, follow, grown, hull, working_copy
from compliance.types import Pixels

TIMES = [tick / 90_000 for tick in ticks()]


def inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    near = 1e-6
    return (
        outer[0] <= inner[0] + near
        and outer[1] <= inner[1] + near
        and outer[2] >= inner[2] - near
        and outer[3] >= inner[3] - near
    )


def followed(follower: Follower, pictures: list[Pixels]) -> Follower:
    for index, picture in enumerate(pictures):
        follower.push(index, TIMES[index], working_copy(picture))
    follower.finish()
    return follower


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    return [frame_at(index) for index in range(FRAMES)]


def test_every_frame_between_sightings_is_covered_where_the_thing_is(
    pictures: list[Pixels],
) -> None:
    done = followed(Follower(seen(0, 14, 29, 44)), pictures)
    assert sorted(done.covers) == list(range(FRAMES))
    assert all(inside(box_at(index), box) for index, box in done.covers.items())
    assert done.whole == 0
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in done.covers.values()]
    assert np.median(areas) < 4 * (40 / 320) * (40 / 180)


def test_it_is_covered_half_a_second_before_and_after_it_was_seen(pictures: list[Pixels]) -> None:
    done = followed(Follower(seen(20, 25)), pictures)
    for index in range(FRAMES):
        if TIMES[20] - 0.49 < TIMES[index] < TIMES[25] + 0.49:
            assert inside(box_at(index), done.covers[index]), index


def test_what_is_hidden_for_a_while_is_covered_along_its_whole_path(pictures: list[Pixels]) -> None:
    hidden = [p if not 18 <= i < 26 else np.full_like(p, 128) for i, p in enumerate(pictures)]
    done = followed(Follower(seen(14, 29)), hidden)
    for index in range(18, 26):
        assert inside(hull([box_at(14), box_at(29)]), done.covers[index]), index


def test_what_is_lost_for_long_covers_whole_frames(pictures: list[Pixels]) -> None:
    gone = [p if i < 4 or i > 41 else np.full_like(p, 128) for i, p in enumerate(pictures)]
    done = followed(Follower(seen(0, 44)), gone)
    assert done.covers[22] == WHOLE
    assert done.whole > 0


def test_nothing_is_followed_over_a_cut(pictures: list[Pixels]) -> None:
    greys = [
        working_copy(p) for p in (pictures[0], pictures[1], 255 - pictures[2] // 8, pictures[3])
    ]
    places = follow(greys, box_at(0))
    assert places[1] is not None
    assert places[2:] == [None, None]


@pytest.mark.parametrize("how", [How.BLUR, How.PIXELATE, How.FILL])
@pytest.mark.parametrize("kind", [(np.uint8, 256), (np.uint16, 1024)])
def test_a_covered_place_holds_no_more_than_a_few_levels(how: How, kind: tuple[type, int]) -> None:
    dtype, full = kind
    plane = np.random.default_rng(0).integers(0, full, (90, 160, 1)).astype(dtype)
    kept = plane.copy()
    cover(plane, (0.25, 0.25, 0.75, 0.75), how, full)
    place = plane[23:67, 41:119, 0]
    means = {How.FILL: 1}.get(how, BLOCKS * BLOCKS)
    if how is not How.BLUR:
        assert len(np.unique(place)) <= min(means, LEVELS)
    assert np.array_equal(plane[:20], kept[:20])
    assert np.abs(np.diff(place.astype(int), axis=1)).max() <= full // 2
    again = np.random.default_rng(1).permutation(place.ravel()).reshape(place.shape)
    assert again.shape == place.shape


def test_two_pictures_with_equal_block_means_cannot_be_told_apart() -> None:
    """What is left depends on the block means alone, so that nothing finer can be made out of it."""
    rng = np.random.default_rng(2)
    first = rng.integers(0, 256, (64, 64, 1), np.uint8)
    second = first.reshape(4, 16, 4, 16).transpose(0, 2, 1, 3).reshape(16, 256)
    second = (
        rng.permuted(second, axis=1).reshape(4, 4, 16, 16).transpose(0, 2, 1, 3).reshape(64, 64, 1)
    )
    second = np.ascontiguousarray(second)
    assert not np.array_equal(first, second)
    for plane in (first, second):
        cover(plane, (0.0, 0.0, 1.0, 1.0), How.BLUR, 256)
    assert np.array_equal(first, second)


def test_dimming_at_its_strongest_leaves_no_step_that_counts() -> None:
    dimmer = Dimmer(0.03, 0.27)
    seen_levels = []
    for index in range(50):
        plane = np.full((4, 4, 1), 255 * (index % 2), np.uint8)
        dimmer.dim(index, [plane], [0])
        seen_levels.append(int(plane[0, 0, 0]))
    assert max(np.abs(np.diff(seen_levels))) < 5


def test_a_crop_with_an_outline_tells_in_which_frames_its_region_holds(
    pictures: list[Pixels],
) -> None:
    import cv2

    left, top, right, bottom = (
        round(e * s) for e, s in zip(box_at(20), (320, 180) * 2, strict=True)
    )
    drawn = cv2.rectangle(pictures[20].copy(), (left, top), (right, bottom), (255, 0, 255), 2)
    margin = round(0.4 * 40)
    part = drawn[top - margin : bottom + margin, left - margin : right + margin]
    crop = cv2.cvtColor(np.hstack([part, patch()[:1].repeat(part.shape[0], 0)]), cv2.COLOR_RGB2GRAY)
    anchor = Anchor(seen(0, 44), region_at(20), crop)
    for index, picture in enumerate(pictures):
        anchor.look(TIMES[index], cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    assert [one.time for one in anchor.found] == [TIMES[20]]


def test_boxes_grow_and_stay_inside_the_frame() -> None:
    assert grown((0.0, 0.4, 0.2, 0.6), 0.5) == pytest.approx((0.0, 0.3, 0.3, 0.7))
