"""Tests in this folder need a CUDA device: they skip without one, and fail where FAIL_WITHOUT_CUDA=1."""

import os

import pytest


@pytest.fixture(scope="session")
def cuda() -> str:
    """The first CUDA device."""
    import torch

    if torch.cuda.is_available():
        return "cuda:0"
    message = "no CUDA device: torch finds none"
    if os.environ.get("FAIL_WITHOUT_CUDA") == "1":
        pytest.fail(message)
    pytest.skip(message)
