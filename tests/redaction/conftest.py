"""A clip, and who signs."""

from pathlib import Path

import pytest
from redaction_clips import write_clip

from compliance.provenance.signers import DevelopmentSigner, development_signer


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentSigner:
    return development_signer(tmp_path_factory.mktemp("authority") / "signing")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")
