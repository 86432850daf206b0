"""Small real media, verdicts about them, and a development authority."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import c2pa
import numpy as np
import pytest
from PIL import Image

from compliance.facts import GenerationRecord, Release
from compliance.provenance.signers import DevelopmentSigner, development_root, development_signer
from compliance.provenance.trust import Anchors
from compliance.types import digest_of
from compliance.verdicts import Decision, Obligation, Verdict

AS_OF = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority") / "signing"


@pytest.fixture(scope="session")
def signer(authority: Path) -> DevelopmentSigner:
    return development_signer(authority)


@pytest.fixture(scope="session")
def anchors(authority: Path, signer: DevelopmentSigner) -> Anchors:
    return Anchors(development=development_root(authority))


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One small file of each kind, by suffix."""
    folder = tmp_path_factory.mktemp("clips")
    frames = np.random.default_rng(7).integers(0, 255, (10, 48, 64, 3), np.uint8)
    videos = {"mp4": "mpeg4", "mov": "mpeg4", "avi": "mpeg4", "mkv": "mpeg4", "webm": "libvpx"}
    for suffix, codec in videos.items():
        with av.open(str(folder / f"clip.{suffix}"), "w") as container:
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for pixels in frames:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
            container.mux(stream.encode(None))
    for suffix in ("png", "jpg", "gif", "webp"):
        Image.fromarray(frames[0]).save(folder / f"clip.{suffix}")
    return {path.suffix[1:]: path for path in folder.iterdir()}


@pytest.fixture
def clip(clips: dict[str, Path]) -> Path:
    return clips["mp4"]


@pytest.fixture(scope="session")
def record() -> GenerationRecord:
    return GenerationRecord(
        host="somewhere", model="painter-2", digital_source_type="trainedAlgorithmicMedia"
    )


@pytest.fixture(scope="session")
def verdict_of() -> Callable[..., Verdict]:
    """Make an approving verdict of a file; keywords change its fields."""

    def make(path: Path, record: GenerationRecord | None = None, **changes: Any) -> Verdict:
        parts = {"media": hashlib.sha256(path.read_bytes()).hexdigest(), "prompt": "c" * 64}
        if record is not None:
            parts["record"] = digest_of(record)
        fields: dict[str, Any] = {
            "key": digest_of(parts),
            "asset": digest_of(parts),
            "asset_name": path.name,
            "parts": parts,
            "policy": "acme@1.0.0",
            "policy_digest": "a" * 64,
            "policy_status": "enforce",
            "release": Release(),
            "as_of": AS_OF,
            "decision": Decision.APPROVE,
            "complete": True,
            "passed": ("likeness.no-consent",),
        }
        return Verdict(**{**fields, **changes})

    return make


@pytest.fixture(scope="session")
def marking() -> tuple[Obligation, ...]:
    return (Obligation(value="c2pa.digital_source_type", rule="disclosure.eu"),)


@pytest.fixture(scope="session")
def sign_foreign(signer: DevelopmentSigner) -> Callable[..., bytes]:
    """Sign a file as somebody else's software would; return the file, manifest embedded or remote."""

    def sign(
        path: Path,
        kind: str,
        remote: str | None = None,
        extra: Any = (),
        **definition: Any,
    ) -> bytes:
        action = {
            "action": "c2pa.created",
            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
        }
        manifest = {
            "claim_generator_info": [{"name": "other"}],
            "title": "other",
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}, *extra],
            **definition,
        }
        settings = {"trust": {"trust_config": "1.3.6.1.4.1.62558.2.1\n"}}
        builder = c2pa.Builder(manifest, c2pa.Context(c2pa.Settings.from_dict(settings)))
        if remote is not None:
            builder.set_no_embed()
            builder.set_remote_url(remote)
        native = c2pa.Signer.from_callback(
            signer.sign, c2pa.C2paSigningAlg.ES256, signer.certificates
        )
        output = io.BytesIO()
        with path.open("rb") as file:
            builder.sign(native, kind, file, output)
        return output.getvalue()

    return sign
