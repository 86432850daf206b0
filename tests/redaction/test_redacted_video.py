"""Redacted video: what was found is covered in every frame, and everything else is as it was."""

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from redaction_clips import (
    FRAMES,
    box_at,
    frame_at,
    frames_of,
    packets_of,
    seen,
    sharpness,
    ticks,
    write_clip,
)

from compliance.errors import ComplianceError, MediaError, UsageError
from compliance.provenance.reader import read_manifest
from compliance.provenance.signers import DevelopmentSigner
from compliance.redaction.edits import Edit, How
from compliance.redaction.redact import redact
from compliance.types import TimeSpan

EVERY_HALF_SECOND = (0, 14, 29, 44)


@pytest.fixture(scope="module")
def copy(clip: Path, signer: DevelopmentSigner) -> Path:
    out = clip.with_name("copy.mp4")
    redact(clip, [seen(*EVERY_HALF_SECOND)], out, signer)
    return out


def test_a_moving_thing_is_covered_in_every_frame_between_its_sightings(copy: Path) -> None:
    _, pictures = frames_of(copy)
    assert len(pictures) == FRAMES
    assert sharpness(frame_at(3), box_at(3)) > 40
    assert max(sharpness(picture, box_at(i)) for i, picture in enumerate(pictures)) < 12


def test_what_lies_elsewhere_is_hardly_changed(clip: Path, copy: Path) -> None:
    for before, after in zip(frames_of(clip)[1], frames_of(copy)[1], strict=True):
        assert np.abs(before[150:].astype(int) - after[150:]).mean() < 2


def test_times_frames_and_sound_packets_are_those_of_the_original(clip: Path, copy: Path) -> None:
    times, _ = frames_of(copy)
    assert times == pytest.approx([tick / 90_000 for tick in ticks()], abs=1e-6)
    assert packets_of(copy, "audio") == packets_of(clip, "audio")
    with av.open(str(copy)) as container:
        assert container.metadata["title"] == "a title"


def test_the_original_is_the_parent_and_no_verdict_is_claimed(copy: Path) -> None:
    reading = read_manifest(copy)
    assert reading.intact
    assert reading.verdict is None
    assert [(one.title, one.relationship) for one in reading.ingredients] == [
        ("clip.mp4", "parentOf")
    ]


def test_a_signed_original_keeps_its_manifest_in_the_copy(
    clip: Path, copy: Path, signer: DevelopmentSigner, tmp_path: Path
) -> None:
    again = tmp_path / "again.mp4"
    redact(copy, [seen(*EVERY_HALF_SECOND)], again, signer)
    reading = read_manifest(again)
    assert [one.depth for one in reading.ingredients] == [1, 2]
    assert reading.intact
    assert reading.ingredients[0].intact


@pytest.mark.parametrize("how", [How.PIXELATE, How.FILL])
def test_other_ways_cover_as_well(
    clip: Path, signer: DevelopmentSigner, tmp_path: Path, how: How
) -> None:
    out = tmp_path / "out.mp4"
    redact(clip, [seen(*EVERY_HALF_SECOND, how=how)], out, signer)
    _, pictures = frames_of(out)
    assert max(sharpness(picture, box_at(i)) for i, picture in enumerate(pictures)) < 12


def test_turned_and_oblong_pixels_and_colour_tags_stay(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    quarter = [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]
    tags = {"color_range": 1, "colorspace": 1, "color_primaries": 1, "color_trc": 1}
    aspect = Fraction(4, 3)
    clip = write_clip(tmp_path / "clip.mp4", matrix=quarter, sample_aspect_ratio=aspect, **tags)
    out = tmp_path / "out.mp4"
    whole = Edit(finding="f-1", how=How.FILL, span=TimeSpan(start=0, end=0.2))
    redact(clip, [whole], out, signer)

    def described(path: Path) -> list[object]:
        with av.open(str(path)) as container:
            frame = next(container.decode(video=0))
            stream = container.streams.video[0]
            tags = [frame.color_range, frame.colorspace, frame.color_primaries, frame.color_trc]
            return [frame.rotation, stream.sample_aspect_ratio, *map(int, tags)]

    assert described(out) == described(clip)
    assert described(clip)[0] != 0


def test_a_turned_thing_is_covered_where_it_is_seen(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    half = [-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30]
    clip = write_clip(tmp_path / "clip.mp4", matrix=half)
    edit = seen(*EVERY_HALF_SECOND)
    turned = tuple(
        one.model_copy(
            update={
                "region": one.region.model_copy(
                    update={"points": tuple((1 - x, 1 - y) for x, y in one.region.points)}
                )
            }
        )
        for one in edit.sightings
    )
    redact(clip, [edit.model_copy(update={"sightings": turned})], tmp_path / "out.mp4", signer)
    for index, picture in enumerate(frames_of(tmp_path / "out.mp4")[1]):
        assert sharpness(picture[::-1, ::-1], box_at(index)) < 12


@pytest.mark.parametrize(
    ("suffix", "codec", "sound"), [("mkv", "libx264", "flac"), ("webm", "libvpx-vp9", "libopus")]
)
def test_matroska_and_webm_are_redacted_without_a_manifest(
    signer: DevelopmentSigner, tmp_path: Path, suffix: str, codec: str, sound: str
) -> None:
    clip = write_clip(tmp_path / f"clip.{suffix}", codec, sound)
    out = tmp_path / f"out.{suffix}"
    done = redact(clip, [seen(*EVERY_HALF_SECOND)], out, signer)
    _, pictures = frames_of(out)
    assert max(sharpness(picture, box_at(i)) for i, picture in enumerate(pictures)) < 12
    assert not done.signed
    assert "does not name its original" in " ".join(done.notes)
    assert [data for _, data in packets_of(out, "audio")] == [
        data for _, data in packets_of(clip, "audio")
    ]


def test_lines_of_subtitles_in_the_span_are_taken_out(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", text="mov_text")
    out = tmp_path / "out.mp4"
    redact(
        clip, [Edit(finding="f-1", how=How.HUSH, span=TimeSpan(start=0.8, end=1.0))], out, signer
    )
    assert b"second line" not in out.read_bytes()
    assert any(b"first line" in data for _, data in packets_of(out, "subtitle"))


@pytest.mark.parametrize("muted", [False, True])
def test_sound_and_subtitles_keep_their_languages_and_what_they_are_for(
    signer: DevelopmentSigner, tmp_path: Path, muted: bool
) -> None:
    clip, out = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    plain = write_clip(tmp_path / "plain.mp4", text="mov_text")
    with av.open(str(plain)) as given, av.open(str(clip), "w") as tagged:
        streams = {one.index: tagged.add_stream_from_template(one) for one in given.streams}
        for one, language in zip(streams.values(), ("und", "fra", "deu"), strict=True):
            one.metadata["language"] = language
        streams[2].disposition = av.stream.Disposition.forced
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                tagged.mux(packet)
    edit = seen(*EVERY_HALF_SECOND)
    mute = Edit(finding="f-2", how=How.MUTE, span=TimeSpan(start=0.2, end=0.6))
    redact(clip, [edit, mute] if muted else [edit], out, signer)
    with av.open(str(clip)) as given, av.open(str(out)) as made:
        expected = [(one.type, one.language, one.disposition) for one in given.streams]
        assert [language for _, language, _ in expected[1:]] == ["fra", "deu"]
        assert [(one.type, one.language, one.disposition) for one in made.streams] == expected


def test_subtitles_that_are_not_in_the_file_cannot_be_taken_out(
    clip: Path, signer: DevelopmentSigner, tmp_path: Path
) -> None:
    line = Edit(finding="f-1", how=How.HUSH, span=TimeSpan(start=0.8, end=1.0))
    with pytest.raises(UsageError, match="came as a file"):
        redact(clip, [line], tmp_path / "out.mp4", signer)


def test_of_a_category_lines_and_speech_that_are_not_in_the_file_are_left_and_said(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    silent, span = write_clip(tmp_path / "clip.mp4", sound=None), TimeSpan(start=0.8, end=1.0)
    line = Edit(finding="f-line", how=How.HUSH, span=span, named=False)
    speech = Edit(finding="f-speech", how=How.MUTE, span=span, named=False)
    done = redact(silent, [line, speech, seen(*EVERY_HALF_SECOND)], tmp_path / "out.mp4", signer)
    assert done.findings == (seen(0).finding,)
    for name in ("f-line", "f-speech"):
        assert any(note.startswith(f"Left: {name}") for note in done.notes), done.notes
        assert name.encode() not in done.output.read_bytes(), "the manifest says it was covered"
    with pytest.raises(UsageError, match="came as a file"):
        redact(silent, [line, speech], tmp_path / "none.mp4", signer)


def test_an_existing_file_is_never_replaced(
    clip: Path, signer: DevelopmentSigner, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="already"):
        redact(clip, [seen(0, 14)], out, signer)
    assert out.read_bytes() == b"mine"


@pytest.mark.parametrize("cut", [0.5, 0.9])
def test_a_damaged_file_is_refused_and_nothing_is_left(
    clip: Path, signer: DevelopmentSigner, tmp_path: Path, cut: float
) -> None:
    broken = tmp_path / "broken.mp4"
    content = bytearray(clip.read_bytes())
    middle = int(len(content) * cut)
    broken.write_bytes(bytes(content[:middle]))
    with pytest.raises(ComplianceError):
        redact(broken, [seen(0, 14)], tmp_path / "out.mp4", signer)
    assert os.listdir(tmp_path) == ["broken.mp4"]


def test_a_failing_signer_leaves_nothing(
    clip: Path, signer: DevelopmentSigner, tmp_path: Path
) -> None:
    class Locked(DevelopmentSigner):
        def sign(self, data: bytes) -> bytes:
            raise PermissionError("the key is locked")

    with pytest.raises(ComplianceError):
        redact(clip, [seen(0, 14)], tmp_path / "out.mp4", Locked(signer.certificates, signer.key))
    assert os.listdir(tmp_path) == []


def test_a_span_outside_the_asset_is_refused(
    clip: Path, signer: DevelopmentSigner, tmp_path: Path
) -> None:
    late = Edit(finding="f-1", how=How.FILL, span=TimeSpan(start=90, end=91))
    with pytest.raises(UsageError, match="outside"):
        redact(clip, [late], tmp_path / "out.mp4", signer)


def test_a_text_file_is_refused(signer: DevelopmentSigner, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("this is no video")
    with pytest.raises(MediaError):
        redact(tmp_path / "a.mp4", [seen(0, 14)], tmp_path / "out.mp4", signer)


def test_what_cannot_be_followed_is_covered_as_a_whole(
    clip: Path, signer: DevelopmentSigner, tmp_path: Path
) -> None:
    """Seen at the start and said to last to the end: at the cut to black nothing can be followed any more."""
    unknown = Edit(finding="f-9", how=How.BLUR, span=TimeSpan(start=0, end=1.4))
    done = redact(clip, [unknown], tmp_path / "out.mp4", signer)
    assert done.whole["f-9"] > 30
    _, pictures = frames_of(tmp_path / "out.mp4")
    assert sharpness(pictures[20], (0.0, 0.0, 1.0, 1.0)) < 6
