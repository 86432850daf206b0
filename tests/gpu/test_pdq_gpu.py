"""PDQ on a CUDA device: the hashes that the CPU gives."""

import numpy as np
import pytest

from benchmarks.pdq import picture
from compliance.runtimes.pdq import dihedral, pdq

pytestmark = pytest.mark.gpu

SIZES = ((1080, 1920), (720, 1280), (480, 853), (64, 64), (31, 17))


@pytest.mark.parametrize("fast", [False, True])
def test_a_gpu_hashes_as_the_cpu_does(cuda: str, fast: bool) -> None:
    frames = [picture(seed, *size) for seed, size in enumerate(SIZES * 6)]
    expected, quality = pdq(frames)
    hashes, its_quality = pdq(frames, cuda, fast=fast)
    assert np.bitwise_count(hashes ^ expected).sum(axis=1).max() <= 2
    np.testing.assert_allclose(its_quality, quality, atol=1)
    assert np.bitwise_count(dihedral(frames, cuda) ^ dihedral(frames)).sum(axis=2).max() <= 2


def test_more_frames_than_go_to_the_device_at_once_keep_their_places(cuda: str) -> None:
    frames = [picture(seed % 7, 720, 1280) for seed in range(200)]
    hashes, _ = pdq(frames, cuda)
    for seed in range(7):
        assert (hashes[seed::7] == hashes[seed]).all()
    assert len({one.tobytes() for one in hashes}) == 7
