"""Bad input gets one clear paragraph, the right exit code, and leaves nothing partial behind."""

import io
import os
import struct
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from command_line import Result, run_here

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: pii.card
    title: No card numbers
    why: They are personal
    find: pii.payment_card
    then: reject
accept_unexamined:
  - {category: pii, sources: [speech, caption], owner: somebody@example.com, reason: No speech here}
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of a moving gradient, H.264 in MP4."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        ramp = np.tile(np.arange(320, dtype=np.uint8), (180, 1))
        for number in range(50):
            picture = np.repeat(np.roll(ramp, number, axis=1)[:, :, None], 3, axis=2)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return path


def review(folder: Path, *arguments: str) -> Result:
    return run_here("review", *arguments, cwd=folder)


def sound_only() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def huge_png() -> bytes:
    """12,000 × 12,000 pixels in a few hundred kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 12000, 12000, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + 12000 * 3)
    rows = b"".join(packer.compress(row) for _ in range(12000)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def paragraph(result: Result) -> str:
    """The one message of a usage error: one line, no traceback."""
    lines = result.err.strip().splitlines()
    assert len(lines) == 1, result.err
    assert "Traceback" not in result.err
    return lines[0]


def test_a_missing_file(tmp_path: Path, policy: Path) -> None:
    result = review(tmp_path, "absent.mp4", "--policy", str(policy))
    assert result.code == 2
    assert "absent.mp4" in paragraph(result)
    assert not (tmp_path / ".compliance" / "runs").exists()


def test_a_directory(tmp_path: Path, policy: Path) -> None:
    (tmp_path / "folder").mkdir()
    result = review(tmp_path, "folder", "--policy", str(policy))
    assert result.code == 2
    assert "folder" in paragraph(result)


def test_nothing_to_review(tmp_path: Path, policy: Path) -> None:
    result = review(tmp_path, "--policy", str(policy))
    assert result.code == 2
    assert "--prompt" in paragraph(result)


CONTENTS = {
    "text.mp4": lambda clip: b"this is only text\n" * 100,
    "zero.mp4": lambda clip: b"",
    "truncated.mp4": lambda clip: clip[: len(clip) * 2 // 3],
    "playlist.mp4": lambda clip: b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/segment.ts\n",
    "concat.mp4": lambda clip: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "sound.mp4": lambda clip: sound_only(),
    "huge.png": lambda clip: huge_png(),
}


@pytest.mark.parametrize("name", sorted(CONTENTS))
def test_what_cannot_be_fully_decoded_is_incomplete(
    tmp_path: Path, policy: Path, clip: bytes, name: str
) -> None:
    (tmp_path / name).write_bytes(CONTENTS[name](clip))
    result = review(tmp_path, name, "--policy", str(policy), "--format", "json")
    assert result.code == 12, (result.out, result.err)
    assert '"complete": false' in result.out
    text = review(tmp_path, name, "--policy", str(policy))
    assert text.code == 12
    assert "(incomplete)" in text.out
    assert "NOT EXAMINED" in text.out
    assert not list(tmp_path.rglob("*.signed.*"))


def test_the_same_clip_whole_is_approved(tmp_path: Path, policy: Path, clip: bytes) -> None:
    (tmp_path / "whole.mp4").write_bytes(clip)
    result = review(tmp_path, "whole.mp4", "--policy", str(policy))
    assert result.code == 0, (result.out, result.err)
    assert list(tmp_path.rglob("whole.signed.mp4"))


BAD_POLICIES = {
    "typo": (POLICY.replace("then: reject", "than: reject"), "did you mean"),
    "duplicate": (POLICY.replace("    then: reject", "    then: reject\n    then: flag"), "then"),
    "nan": (POLICY.replace("then: reject", "when: {min_score: .nan}\n    then: reject"), "nan"),
    "category": (POLICY.replace("pii.payment_card", "pii.paymentcard"), "pii.payment_card"),
}


@pytest.mark.parametrize("name", sorted(BAD_POLICIES))
def test_a_bad_policy_is_shown_with_line_and_caret(tmp_path: Path, clip: bytes, name: str) -> None:
    text, expected = BAD_POLICIES[name]
    (tmp_path / "bad.yaml").write_text(text)
    (tmp_path / "clip.mp4").write_bytes(clip)
    for command in (["review", "clip.mp4", "--policy", "bad.yaml"], ["policy", "lint", "bad.yaml"]):
        result = run_here(*command, cwd=tmp_path)
        assert result.code == 2, (result.out, result.err)
        assert "bad.yaml:" in result.err
        assert "^" in result.err
        assert expected in result.err
        assert "Traceback" not in result.err


def test_an_unknown_analyzer(tmp_path: Path, policy: Path, clip: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip)
    command = ("review", "clip.mp4", "--policy", str(policy))
    result = run_here(*command, cwd=tmp_path, env={"COMPLIANCE_ANALYZERS": "facse"})
    assert result.code == 2
    assert "facse" in paragraph(result)


@pytest.mark.parametrize("option", ["--run-dir", "--output"])
def test_an_output_folder_that_cannot_be_written(
    tmp_path: Path, policy: Path, clip: bytes, option: str
) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip)
    # Even root cannot make a file here, so that the test means the same for everybody.
    target = "/proc/self/fd/report" if option == "--output" else "/proc/self/fd"
    result = review(tmp_path, "clip.mp4", "--policy", str(policy), option, target)
    assert result.code == 2, (result.out, result.err)
    assert "cannot be written" in paragraph(result)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders")
def test_a_read_only_folder(tmp_path: Path, policy: Path, clip: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    command = ("clip.mp4", "--policy", str(policy), "--run-dir", str(locked))
    assert review(tmp_path, *command).code == 2


def test_a_wrong_option_is_usage(tmp_path: Path) -> None:
    assert review(tmp_path, "--no-such-option").code == 2
    assert run_here("no-such-command", cwd=tmp_path).code == 2


def test_a_policy_of_another_digest_is_refused(tmp_path: Path, policy: Path) -> None:
    command = ("--prompt", "a cat", "--policy", str(policy), "--policy-digest", "0" * 64)
    result = review(tmp_path, *command)
    assert result.code == 2
    assert "digest" in paragraph(result)


def test_several_assets_end_with_the_worst(tmp_path: Path, policy: Path, clip: bytes) -> None:
    (tmp_path / "good.mp4").write_bytes(clip)
    (tmp_path / "bad.mp4").write_bytes(clip[: len(clip) // 2])
    command = ("good.mp4", "bad.mp4", "--policy", str(policy), "--prompt", "4111 1111 1111 1111")
    assert review(tmp_path, *command).code == 11
    assert review(tmp_path, "good.mp4", "bad.mp4", "--policy", str(policy)).code == 12


def test_a_pipe_is_refused_at_once(tmp_path: Path, policy: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for command in (["pipe.mp4"], ["--prompt", "@pipe.mp4"]):
        result = review(tmp_path, *command, "--policy", str(policy))
        assert result.code == 2
        assert "pipe" in paragraph(result)


def test_the_record_of_another_file_is_refused_at_once(
    tmp_path: Path, policy: Path, clip: bytes
) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip)
    (tmp_path / "record.json").write_text(
        '{"host": "somewhere", "output_sha256": "' + "0" * 64 + '"}'
    )
    command = ("clip.mp4", "--record", "record.json", "--policy", str(policy))
    result = review(tmp_path, *command)
    assert result.code == 2
    assert "another file" in paragraph(result)


def test_nothing_is_signed_as_of_another_moment(tmp_path: Path, policy: Path, clip: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip)
    command = ("clip.mp4", "--policy", str(policy), "--as-of", "1990-01-01")
    result = review(tmp_path, *command)
    assert result.code == 0
    assert "nothing was signed" in result.out
    assert not list(tmp_path.rglob("*.signed.*"))


def test_what_cannot_be_read_is_said_once_and_nobody_is_asked_to_clear_it(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("hello")
    result = run_here("review", "text.mp4", cwd=tmp_path)
    assert result.code == 12
    assert result.out.count("The content is no MP4") == 1
    assert "follows from it" in result.out
    assert "compliance clear" not in result.out
