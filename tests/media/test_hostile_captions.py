"""Captions in other encodings, with broken times, drawings, bombs: refused with their place, or read whole."""

import json
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.media.captions import read_captions
from compliance.media.encodings import NotText, decoded
from compliance.media.gaps import Gaps
from compliance.media.markup import LONGEST, plain
from compliance.media.subtitles import SubtitleStream
from compliance.types import Source, TimeSpan

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n"
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,nobody sees this
Dialogue: 0,0:00:01.50,0:00:03.00,Default,,0,0,0,,{\\an8\\b1}Call{\\b0}, now\\Nor never
"""


def read(folder: Path, content: str | bytes, name: str = "c.srt", source: Source = Source.CAPTION):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_captions(path, source)


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        ("Un café très cher", "latin-1", "CP1252"),
        ("It’s “new” – really", "cp1252", "CP1252"),
        ("これは字幕です。日本語", "shift_jis", "SHIFT-JIS"),
        ("これは字幕です。日本語", "iso2022_jp", "ISO-2022-JP"),
        ("Добрый вечер, дамы", "cp1251", "CP1251"),
        ("Good evening everybody", "utf-16-le", "UTF-16LE"),
        ("Good evening everybody", "utf-16-be", "UTF-16BE"),
    ],
)
@pytest.mark.parametrize("source", [Source.CAPTION, Source.SPEECH])
def test_another_encoding_is_refused_and_named(
    tmp_path: Path, text: str, encoding: str, named: str, source: Source
) -> None:
    content = (SRT.format(text) if source is Source.CAPTION else text).encode(encoding)
    with pytest.raises(UsageError) as caught:
        read(tmp_path, content, "c.txt", source)
    assert named in str(caught.value) and ", encoding, line" in str(caught.value)


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(NotText) as caught:
        decoded("one\ntwo\nthré\n".encode("latin-1"))
    assert caught.value.line == 3


def test_text_that_was_decoded_wrongly_once_already_is_refused(tmp_path: Path) -> None:
    twice = SRT.format("It’s").encode("utf-8").decode("latin-1")
    with pytest.raises(UsageError, match="U\\+0080"):
        read(tmp_path, twice)


@pytest.mark.parametrize(
    "times",
    [
        "00:00:61,000 --> 00:01:02,000",
        "00:75:00,000 --> 01:16:00,000",
        "nan --> 00:00:02,000",
        "00:00:01,000 --> inf",
        "00:00:-1,000 --> 00:00:02,000",
        "00:00:01,0000 --> 00:00:02,000",
        "00:00:01,000 -->",
        "99999:00:00,000 --> 99999:00:01,000",
    ],
)
def test_broken_times_are_refused_with_their_line(tmp_path: Path, times: str) -> None:
    with pytest.raises(UsageError, match="line 2"):
        read(tmp_path, f"1\n{times}\nhello\n")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1", "1e999", '"x"', "null", "[]"])
def test_a_transcript_with_times_that_are_none_is_refused(tmp_path: Path, number: str) -> None:
    rows = f'[{{"start": {number}, "end": 1e9, "text": "hello"}}]'
    with pytest.raises(UsageError, match="cannot be used"):
        read(tmp_path, rows, "t.json", Source.SPEECH)


def test_half_a_character_in_a_transcript_is_refused(tmp_path: Path) -> None:
    rows = json.dumps([{"start": 0, "end": 1, "text": "\ud800"}])
    with pytest.raises(UsageError, match="cannot be used"):
        read(tmp_path, rows, "t.json", Source.SPEECH)


@pytest.mark.parametrize(
    "bomb",
    ["<b>" * 300_000, "<" * 1_000_000, "{\\" * 400_000, "<v." + "a" * 900_000, "&" * 900_000],
)
def test_a_cue_of_a_megabyte_of_markup_is_read_to_its_end(tmp_path: Path, bomb: str) -> None:
    (cue,) = read(tmp_path, SRT.format(f"{bomb} Wilhelmina")).cues
    assert cue.text.endswith("Wilhelmina")


def test_a_million_cues_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cues with text|smaller file"):
        read(tmp_path, "0:1.0 --> 0:2.0\nx\n" * 400_000)


def test_substation_dialogue_is_read_with_times_and_without_codes(tmp_path: Path) -> None:
    (cue,) = read(tmp_path, ASS, "c.ass").cues
    assert (cue.text, cue.span) == ("Call, now or never", TimeSpan(start=1.5, end=3.0))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("0:00:01.50", "0:00:61.50", 11),
        ("0:00:03.00", "0:00:01.00", 11),
        ("0:00:03.00", "soon", 11),
        ("Dialogue: 0,", "Dialog: 0,", 11),
        ("{\\an8\\b1}Call", "{\\an8\\p1}m 0 0 l 9 9", 11),
        (",Default,,0,0,0,,{\\an8", ",Default,{\\an8", 11),
        (", Effect, Text", ", Effect", 9),
    ],
)
def test_broken_substation_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    assert old in ASS
    with pytest.raises(UsageError, match=f"line {line}"):
        read(tmp_path, ASS.replace(old, new), "c.ass")


class Packet:
    """A packet of a subtitle stream."""

    def __init__(self, *dialogue: bytes) -> None:
        self.pts, self.duration, self.time_base = 1, 1, 1
        self._said = dialogue

    def decode(self):
        return [type("Subtitle", (), {"dialogue": one})() for one in self._said]


def test_drawings_and_broken_letters_in_a_stream_are_gaps_and_the_text_beside_them_is_read() -> (
    None
):
    gaps = Gaps()
    stream = SubtitleStream(2, 0.0, gaps)
    (drawn,) = stream.push(Packet(b"{\\p1}m 0 0 l 212 555 0143 9{\\p0}Call now"))
    (broken,) = stream.push(Packet(b"caf\xe9 Wilhelmina"))
    assert (drawn.text, "Wilhelmina" in broken.text) == ("Call now", True)
    assert ["draws shapes" in gaps.texts[0], "not UTF-8" in gaps.texts[1]] == [True, True]


def test_a_cue_that_is_too_long_in_a_stream_is_a_gap() -> None:
    gaps = Gaps()
    assert not list(SubtitleStream(2, 0.0, gaps).push(Packet(b"x" * (LONGEST + 1))))
    assert "letters" in gaps.texts[0]


def test_markup_within_markup_hides_nothing() -> None:
    assert "Wilhelmina" in plain("<i><b><font size=9>Wilhel</font></b>mina</i>")
