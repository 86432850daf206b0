"""What captions and transcripts say is looked at like any other text."""

import io
import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.errors import UsageError
from compliance.facts import Release
from compliance.media.captions import read_captions
from compliance.pipeline.intake import Request, take_in
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.types import Captions, Cue, Source, TimeSpan
from compliance.verdicts import Decision, ExitCode

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: named, title: No names, why: Personal, find: likeness.name, when: {min_score: 0.5}, then: reject}
"""


def make_clip(path: Path, *, sound: bool = False, words: Path | None = None) -> Path:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=16000, layout="mono") if sound else None
        given = av.open(str(words)) if words else None
        text = container.add_stream_from_template(given.streams[0]) if given else None
        for number in range(10):
            picture = np.full((96, 160, 3), 20 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
        if audio is not None:
            silence = av.AudioFrame.from_ndarray(
                np.zeros((1, 16000), np.int16), format="s16", layout="mono"
            )
            silence.sample_rate = 16000
            container.mux(audio.encode(silence))
            container.mux(audio.encode(None))
        for packet in given.demux() if given else ():
            if packet.dts is not None:
                packet.stream = text
                container.mux(packet)
    path.write_bytes(buffer.getvalue())
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mkv")


def cues(*said: tuple[float, float, str], source: Source = Source.CAPTION) -> Captions:
    return Captions(
        source=source,
        sha256=f"{abs(hash(said)):064x}"[:64],
        cues=tuple(Cue(text=text, span=TimeSpan(start=a, end=b)) for a, b, text in said),
    )


def review(path: Path, folder: Path, *captions: Captions) -> Outcome:
    settings = Settings(home=folder / "home", starter_names=False)
    people = PeopleBank(open_database(settings.database_url), MasterKey.load(settings.keys))
    if not people.list():
        people.enrol("people", "Wilhelmina Quistgaard", [])
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(path, captions=captions)], release=Release())
    return outcome


def test_a_name_in_a_caption_is_found_with_its_time(clip: Path, tmp_path: Path) -> None:
    said = cues((0.1, 0.4, "Good evening."), (0.5, 0.9, "Here is Wilhelmina Quistgaard!"))
    outcome = review(clip, tmp_path, said)
    assert outcome.verdict.decision is Decision.REJECT
    (finding,) = outcome.facts.findings
    assert (finding.source, finding.span) == (Source.CAPTION, TimeSpan(start=0.5, end=0.9))


def test_a_name_that_runs_on_into_the_next_caption_is_found_once(
    clip: Path, tmp_path: Path
) -> None:
    said = cues((0.1, 0.4, "Here is Wilhelmina"), (0.5, 0.9, "Quistgaard, the singer"))
    (finding,) = review(clip, tmp_path, said).facts.findings
    assert finding.span == TimeSpan(start=0.1, end=0.9)


def test_a_name_runs_on_although_another_language_stands_between(
    clip: Path, tmp_path: Path
) -> None:
    english = cues((0.1, 0.4, "Here is Wilhelmina"), (0.5, 0.9, "Quistgaard, the singer"))
    german = cues((0.1, 0.4, "Guten Abend"), (0.5, 0.9, "alle zusammen"))
    assert review(clip, tmp_path, german, english).verdict.decision is Decision.REJECT


def test_names_far_apart_in_time_are_not_joined(clip: Path, tmp_path: Path) -> None:
    said = cues((0.1, 0.4, "Here is Wilhelmina"), (5.0, 5.9, "Quistgaard is a village"))
    assert review(clip, tmp_path, said).verdict.decision is Decision.APPROVE


def test_captions_are_part_of_the_asset_and_of_the_verdict(clip: Path, tmp_path: Path) -> None:
    bare = review(clip, tmp_path)
    one = review(clip, tmp_path, cues((0.1, 0.4, "Good evening.")))
    other = review(clip, tmp_path, cues((0.1, 0.4, "Good morning.")))
    assert len({each.verdict.key for each in (bare, one, other)}) == 3
    assert len({each.verdict.asset for each in (bare, one, other)}) == 3
    assert "caption" in one.verdict.parts


def test_sound_without_a_transcript_is_not_examined_for_names(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "sound.mkv", sound=True)
    verdict = review(path, tmp_path).verdict
    assert verdict.exit_code is ExitCode.INCOMPLETE
    (missing,) = verdict.not_examined
    assert (missing.source, "--transcript" in missing.reason) == ("speech", True)


def test_a_transcript_answers_for_what_is_spoken(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "sound.mkv", sound=True)
    harmless = cues((0.1, 0.4, "Good evening."), source=Source.SPEECH)
    assert review(path, tmp_path, harmless).verdict.decision is Decision.APPROVE
    naming = cues((0.1, 0.4, "wilhelmina quistgaard says hello"), source=Source.SPEECH)
    assert review(path, tmp_path, naming).verdict.decision is Decision.REJECT


def test_captions_without_media_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "c.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:02,000\nhi\n")
    with pytest.raises(UsageError, match="come with a media file"):
        take_in(Request(None, captions=(read_captions(file, Source.CAPTION),)))


def with_subtitles(target: Path, text: str, suffix: str = ".srt") -> Path:
    """Make a clip with a subtitle track."""
    words = target.with_suffix(suffix)
    words.write_text(text)
    return make_clip(target, words=words)


SRT = """1
00:00:00,100 --> 00:00:00,400
<i>Here is</i> Wilhelmina

2
00:00:00,500 --> 00:00:00,900
Quistgaard
"""
ASS = """[Script Info]
ScriptType: v4.00+

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.10,0:00:00.90,Default,,0,0,0,,{\\an8\\b1}Wilhelmina{\\b0}\\NQuistgaard
"""


@pytest.mark.parametrize(("text", "suffix"), [(SRT, ".srt"), (ASS, ".ass")])
def test_subtitles_in_the_file_are_read(clip: Path, tmp_path: Path, text: str, suffix: str) -> None:
    path = with_subtitles(tmp_path / "subtitled.mkv", text, suffix)
    outcome = review(path, tmp_path)
    assert outcome.verdict.decision is Decision.REJECT
    (finding,) = outcome.facts.findings
    assert finding.source is Source.CAPTION
    # Times count from the start of the asset, which is where its first packet is shown.
    assert (finding.span.start, finding.span.end) == pytest.approx((0.1, 0.9), abs=0.25)
    assert review(path, tmp_path).verdict.key == outcome.verdict.key, "the cache forgets captions"


def test_harmless_subtitles_in_the_file_are_examined(tmp_path: Path) -> None:
    path = with_subtitles(tmp_path / "subtitled.mkv", SRT.replace("Quistgaard", "smiles"))
    assert review(path, tmp_path).verdict.decision is Decision.APPROVE


def test_subtitles_that_are_pictures_are_not_examined_whatever_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyAV writes no picture subtitles, so that the codec is named as if nobody read it."""
    path = with_subtitles(tmp_path / "subtitled.mkv", SRT)
    monkeypatch.setattr("compliance.pipeline.observed.TEXT_CODECS", frozenset())
    verdict = review(path, tmp_path, cues((0.1, 0.4, "Good evening."))).verdict
    assert [one.source for one in verdict.not_examined] == ["caption"]
    assert verdict.exit_code is not ExitCode.APPROVE


def with_closed_captions(target: Path, triplet: bytes) -> Path:
    """Make a clip whose frames carry one triplet of ATSC A/53 captions in an SEI message each."""
    raw = io.BytesIO()
    with av.open(raw, "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=10, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(10):
            picture = np.full((96, 160, 3), 20 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    said = b"\xb5\x00\x31GA94\x03\xc1\xff" + triplet + b"\xff"
    message = b"\x00\x00\x00\x01\x06\x04" + bytes([len(said)]) + said + b"\x80"
    slices = re.compile(rb"\x00\x00\x00?\x01(?=[\x01\x05\x21\x25\x41\x45\x61\x65])")
    marked = slices.sub(lambda start: message + start[0], raw.getvalue())
    with (
        av.open(io.BytesIO(marked), format="h264") as given,
        av.open(str(target), "w") as container,
    ):
        stream = container.add_stream_from_template(given.streams[0])
        for number, packet in enumerate(given.demux()):
            if packet.size:
                packet.pts, packet.dts, packet.duration = number, number, 1
                packet.time_base, packet.stream = Fraction(1, 10), stream
                container.mux(packet)
    return target


def test_closed_captions_hidden_in_the_video_are_not_examined(tmp_path: Path) -> None:
    speaking = review(with_closed_captions(tmp_path / "a.mkv", b"\xfc\xc8\xe9"), tmp_path).verdict
    assert [one.source for one in speaking.not_examined] == ["caption"]
    assert speaking.exit_code is ExitCode.INCOMPLETE


def test_closed_captions_that_only_fill_say_nothing(tmp_path: Path) -> None:
    filling = review(with_closed_captions(tmp_path / "b.mkv", b"\xfc\x80\x80"), tmp_path).verdict
    assert filling.decision is Decision.APPROVE
