"""Manifests as they come, from others and from attackers."""

import io
import json
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import c2pa
import pytest

from compliance.errors import ProvenanceError
from compliance.provenance import reader
from compliance.provenance.c2pa import inspect, prepare
from compliance.provenance.manifest import MAX_TEXT, ManifestReading
from compliance.provenance.reader import read_manifest
from compliance.provenance.reading import interpret, read_answer
from compliance.provenance.source_types import KNOWN, says_synthetic, source_type_uri
from compliance.provenance.trust import Anchors


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, its address, and the paths that were asked of it."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/manifest.c2pa", hits
    server.shutdown()
    thread.join()
    server.server_close()


def read_here(path: Path) -> ManifestReading:
    """What the contained process does, without starting one."""
    with path.open("rb") as file:
        return read_answer(json.dumps(inspect(file, prepare(None))).encode())


@pytest.mark.parametrize(
    ("name", "present", "intact"),
    [
        ("C.jpg", True, True),
        ("CA.jpg", True, True),
        ("video1.mp4", True, True),
        ("claim_aggregation/adobe_connected_identities.jpg", True, True),
        ("XCA.jpg", True, False),
        ("E-sig-CA.jpg", True, False),
        ("adobe-20220124-E-clm-CAICAI.jpg", True, False),
        ("video1_no_manifest.mp4", False, None),
        ("no_manifest.jpg", False, None),
        ("sample1.gif", False, None),
        ("test.avi", False, None),
    ],
)
def test_presence_and_integrity_of_public_samples(
    shared_data: Path, name: str, present: bool, intact: bool | None
) -> None:
    reading = read_manifest(shared_data / "c2pa-rs/fixtures" / name)
    assert (reading.present, reading.intact, reading.trusted) == (present, intact, False)
    assert reading.examined


@pytest.mark.parametrize(
    "name",
    [
        "unsupported_type.txt",
        "nested_moov_1000.mp4",
        "tiff_poc.tiff",
        "prerelease.jpg",
        "no_alg.jpg",
    ],
)
def test_what_cannot_be_read_is_neither_whole_nor_examined(shared_data: Path, name: str) -> None:
    reading = read_manifest(shared_data / "c2pa-rs/fixtures" / name)
    assert (reading.intact, reading.examined) == (False, False)
    assert reading.failures
    assert reading.note


def test_every_public_sample_gives_an_answer(shared_data: Path) -> None:
    """No file, however broken, is an exception; what is unknown is never intact."""
    files = [path for path in (shared_data / "c2pa-rs/fixtures").rglob("*") if path.is_file()]
    small = [
        path for path in files if path.stat().st_size < 1_000_000 and "bunny" not in path.parts
    ]
    assert len(small) > 100
    for path in small:
        reading = read_here(path)
        assert reading.present is True or not reading.intact
        assert reading.model_dump_json()


def test_an_ingredient_that_does_not_hold_shows_though_the_file_is_intact(
    shared_data: Path,
) -> None:
    reading = read_manifest(shared_data / "c2pa-rs/fixtures/CIE-sig-CA.jpg")
    assert reading.intact
    (broken,) = reading.broken_ingredients
    assert broken.failures == ("claimSignature.mismatch",)
    assert broken.relationship == "componentOf"


def test_an_ingredient_of_an_ingredient_shows_too(shared_data: Path) -> None:
    reading = read_manifest(shared_data / "c2pa-rs/fixtures/CACAE-uri-CA.jpg")
    assert reading.intact
    (broken,) = reading.broken_ingredients
    assert broken.depth == 2
    assert broken.failures == ("assertion.hashedURI.mismatch",)


def test_a_cawg_identity_is_seen_and_not_examined(shared_data: Path) -> None:
    fixtures = shared_data / "c2pa-rs/fixtures"
    seen = read_manifest(fixtures / "claim_aggregation/adobe_connected_identities.jpg")
    assert seen.identity == "not_examined"
    assert read_manifest(fixtures / "C.jpg").identity == "none"


def test_trust_is_an_answer_of_its_own(
    tmp_path: Path, clips: dict[str, Path], sign_foreign: Callable[..., bytes], anchors: Anchors
) -> None:
    path = tmp_path / "signed.png"
    path.write_bytes(sign_foreign(clips["png"], "image/png"))
    stranger = read_manifest(path)
    known = read_manifest(path, anchors.development)
    assert (stranger.intact, stranger.trusted) == (True, False)
    assert (known.intact, known.trusted) == (True, True)


def test_a_remote_manifest_is_never_fetched_though_the_library_would(
    tmp_path: Path,
    clips: dict[str, Path],
    sign_foreign: Callable[..., bytes],
    canary: tuple[str, list[str]],
) -> None:
    address, hits = canary
    path = tmp_path / "remote.jpg"
    path.write_bytes(sign_foreign(clips["jpg"], "image/jpeg", remote=address))
    hits.clear()  # the builder reads its own work back with the library's defaults
    reading = read_manifest(path)
    assert hits == []
    assert (reading.present, reading.intact, reading.examined) == (None, None, False)
    assert reading.remote_url == address
    with pytest.raises(c2pa.C2paError):
        c2pa.Reader(str(path))
    assert hits, "negative control: the library's default no longer fetches"


@pytest.mark.parametrize("suffix", ["webm", "mkv"])
def test_matroska_holds_no_manifest_that_could_be_read(clips: dict[str, Path], suffix: str) -> None:
    reading = read_manifest(clips[suffix])
    assert (reading.present, reading.intact) == (None, None)
    assert "Matroska" in reading.note


def test_hostile_strings_are_taken_over_unchanged_but_bounded(
    tmp_path: Path, clips: dict[str, Path], sign_foreign: Callable[..., bytes], shared_data: Path
) -> None:
    path = tmp_path / "hostile.png"
    lines = [
        line
        for file in sorted((shared_data / "c2pa-attacks/attacks").glob("*.attack"))
        for line in file.read_text("utf-8", "replace").splitlines()
        if line.strip()
    ]
    assert len(lines) > 5
    for line in lines:
        generator = [{"name": line, "version": line}]
        signed = sign_foreign(clips["png"], "image/png", title=line, claim_generator_info=generator)
        path.write_bytes(signed)
        reading = read_here(path)
        assert reading.intact
        assert reading.title == line[:MAX_TEXT]
        assert len(reading.claim_generator) <= MAX_TEXT


def test_an_expired_certificate_is_a_matter_of_trust_and_not_of_bytes(
    tmp_path: Path, clips: dict[str, Path], sign_foreign: Callable[..., bytes]
) -> None:
    signed = io.BytesIO(sign_foreign(clips["png"], "image/png"))
    report = inspect(signed, prepare(None))["report"]
    # As the library was seen to report it: "Invalid", with every hash and the signature validated.
    report["validation_state"] = "Invalid"
    outcome = report["validation_results"]["activeManifest"]
    outcome["failure"] = [
        {"code": "signingCredential.untrusted"},
        {"code": "signingCredential.expired"},
    ]
    expired = interpret(report)
    assert (expired.intact, expired.trusted) == (True, False)
    outcome["failure"].append({"code": "assertion.dataHash.mismatch"})
    assert interpret(report).intact is False
    outcome["failure"].pop()
    outcome["success"] = [
        one for one in outcome["success"] if one["code"] != "claimSignature.validated"
    ]
    assert interpret(report).intact is False


def test_a_file_that_keeps_the_library_busy_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "CPU_SECONDS", 1)
    path = tmp_path / "bomb.mp4"
    start = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom")
    path.write_bytes(start + struct.pack(">I4s", 8, b"free") * 200_000)
    reading = read_manifest(path)
    assert (reading.present, reading.intact, reading.examined) == (None, False, False)
    assert reading.failures == ("reader.ended",)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"report": {}}',
        b'{"report": []}',
        b'{"report": {"active_manifest": "a", "manifests": {}}}',
        b'{"report": {"active_manifest": "a", "manifests": {"a": 1}}}',
        b'{"report": {"active_manifest": "a", "manifests": {"a": {"ingredients": [1]}}}}',
        b'{"error": null}',
        b"[" * 100_000,
    ],
)
def test_an_answer_of_any_other_shape_is_never_intact(answer: bytes) -> None:
    assert read_answer(answer).intact is False


def test_a_forged_verdict_that_does_not_parse_is_no_verdict(
    tmp_path: Path, clips: dict[str, Path], sign_foreign: Callable[..., bytes]
) -> None:
    path = tmp_path / "forged.png"
    forged = {"label": "compliance.verdict.v1", "data": {"decision": "approve"}}
    path.write_bytes(sign_foreign(clips["png"], "image/png", extra=[forged]))
    reading = read_manifest(path)
    assert reading.verdict is None
    assert "do not fit" in reading.note


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.mp4", tmp_path):
        with pytest.raises(ProvenanceError, match="cannot be read"):
            read_manifest(path)


def test_anchors_that_are_no_certificates_are_an_error(clips: dict[str, Path]) -> None:
    with pytest.raises(ProvenanceError, match="anchors"):
        read_manifest(clips["png"], "not a certificate")


def test_the_known_source_types_are_those_of_the_library() -> None:
    def camel(name: str) -> str:
        first, *rest = name.lower().split("_")
        return first + "".join(part.title() for part in rest)

    assert set(KNOWN) == {camel(one.name) for one in c2pa.C2paDigitalSourceType} - {"empty"}


@pytest.mark.parametrize(
    ("value", "uri"),
    [
        ("trainedAlgorithmicMedia", KNOWN["trainedAlgorithmicMedia"]),
        (KNOWN["trainedAlgorithmicMedia"], KNOWN["trainedAlgorithmicMedia"]),
        ("trainedAlgorithmicData", "http://c2pa.org/digitalsourcetype/trainedAlgorithmicData"),
        ("TrainedAlgorithmicMedia", None),
        ("http://evil.example/trainedAlgorithmicMedia", None),
        ("http://c2pa.org/digitalsourcetype/trainedAlgorithmicMedia", None),
        ("ai", None),
        ("", None),
        (None, None),
    ],
)
def test_a_source_type_is_known_exactly_or_not_at_all(value: str | None, uri: str | None) -> None:
    assert source_type_uri(value) == uri


@pytest.mark.parametrize(
    ("value", "synthetic"),
    [
        (KNOWN["compositeSynthetic"], True),
        ("https://elsewhere.example/TRAINEDALGORITHMICMEDIA/", True),
        (KNOWN["digitalCapture"], False),
        ("", False),
        (None, False),
    ],
)
def test_a_declaration_of_synthetic_media_is_heard_in_any_spelling(
    value: str | None, synthetic: bool
) -> None:
    assert says_synthetic(value) is synthetic
