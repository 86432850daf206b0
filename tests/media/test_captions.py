"""Captions and transcripts: what is read, and what is refused rather than skipped."""

from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.media.captions import MOST_BYTES, read_captions
from compliance.media.markup import MOST_CUES, plain
from compliance.types import Source, TimeSpan

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Taylor</i>

2
00:00:02,500 --> 00:00:04,000
{\\an8}Swift &amp; friends
"""
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE nobody sees this

first
00:01.000 --> 00:02.500 align:start
<v.loud Ann Example>Hello <00:01.500><c.green>there</c>

01:00:02.500 --> 01:00:04.000
second line
and third
"""


def read(folder: Path, text: str | bytes, name: str = "c.srt", source: Source = Source.CAPTION):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_captions(path, source)


def test_subrip_gives_cues_with_times_and_without_markup(tmp_path: Path) -> None:
    captions = read(tmp_path, SRT)
    assert [cue.text for cue in captions.cues] == ["Taylor", "Swift & friends"]
    assert captions.cues[0].span == TimeSpan(start=1.0, end=2.5)


def test_webvtt_gives_cues_without_styles_notes_and_identifiers(tmp_path: Path) -> None:
    captions = read(tmp_path, VTT, "c.vtt")
    assert [cue.text for cue in captions.cues] == [
        "Ann Example: Hello there",
        "second line and third",
    ]
    assert captions.cues[1].span == TimeSpan(start=3602.5, end=3604.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(
    tmp_path: Path, encoding: str, ends: str
) -> None:
    captions = read(tmp_path, SRT.replace("\n", ends).encode(encoding))
    assert [cue.text for cue in captions.cues] == ["Taylor", "Swift & friends"]


def test_text_outside_any_cue_is_read_with_the_one_before(tmp_path: Path) -> None:
    captions = read(tmp_path, SRT.replace("friends\n", "friends\n\nDonald Duck\n"))
    assert captions.cues[1].text == "Swift & friends Donald Duck"


@pytest.mark.parametrize("name", ["c.srt", "c.vtt"])
def test_what_players_of_subrip_show_is_read_although_webvtt_would_hide_it(
    tmp_path: Path, name: str
) -> None:
    hidden = "NOTE Ann Example\nsings\n\nBob Example\n00:00:05,000 --> 00:00:06,000\nbye\n"
    captions = read(tmp_path, f"{SRT}\n{hidden}", name)
    assert captions.cues[1].text == "Swift & friends NOTE Ann Example sings Bob Example"
    as_webvtt = read(tmp_path, f"WEBVTT\n\n{SRT}\n{hidden}", name)
    told = " NOTE Ann Example sings Bob Example" if name == "c.srt" else ""
    assert as_webvtt.cues[1].text == f"Swift & friends{told}"


@pytest.mark.parametrize(
    ("marked", "seen"),
    [
        ("Tay<b></b>lor", "Taylor"),
        ("I <3 you > all", "I <3 you > all"),
        ("one\\Ntwo", "one two"),
        ("<font color='red'>a</font>", "a"),
        ("&lt;b&gt;", "<b>"),
        ("<00:01.000>ka<00:01.500>ra", "kara"),
        ("<Ann Example>", "<Ann Example>"),
        ("<ann@example.com>", "<ann@example.com>"),
        ("Ann<br>Example<BR/>sings", "Ann Example sings"),
        ("<V Ann>hi", "Ann: hi"),
    ],
)
def test_markup_is_taken_away_as_players_do(marked: str, seen: str) -> None:
    assert plain(marked) == seen


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("1\n00:00:xx,000 --> 00:00:02,000\nhi\n", "line 2"),
        ("1\n00:00:05,000 --> 00:00:02,000\nhi\n", "line 2"),
        ("1\n-00:00:05,000 --> 00:00:02,000\nhi\n", "line 2"),
        ("hello\n\n1\n00:00:01,000 --> 00:00:02,000\nhi\n", "line 1"),
        (SRT + "\n3\n00:00:09 --> 00:00:10\nlost\n", "line 10"),
        ("", "text"),
        ("WEBVTT\n\n", "text"),
        (b"\xff\xfe\x00", "encoding"),
        ("caf\u00e9".encode("latin-1"), "encoding"),
        (b" " * (MOST_BYTES + 1), "size"),
        ("00:01.000 --> 00:02.000\nx\n\n" * (MOST_CUES + 1), "text"),
    ],
)
def test_what_does_not_parse_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, where: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert f", {where}." in str(caught.value) or f", {where}" in str(caught.value.where)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_captions(tmp_path / "none.srt", Source.CAPTION)


def test_a_transcript_may_be_plain_text_or_json(tmp_path: Path) -> None:
    spoken = read(tmp_path, "Ann says\n\nhello.", "t.txt", Source.SPEECH)
    assert [(cue.text, cue.span) for cue in spoken.cues] == [("Ann says hello.", None)]
    rows = '[{"start": 0.5, "end": 1, "text": "hello"}]'
    timed = read(tmp_path, rows, "t.json", Source.SPEECH)
    assert timed.cues[0].span == TimeSpan(start=0.5, end=1.0)


@pytest.mark.parametrize(
    "rows",
    ["{}", "[1]", '[{"start": 0, "end": 1}]', '[{"start": 2, "end": 1, "text": "x"}]', "[" * 99999,
     '[{"start": NaN, "end": 1, "text": "x"}]'],
)  # fmt: skip
def test_a_transcript_in_another_form_of_json_is_refused(tmp_path: Path, rows: str) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        read(tmp_path, rows, "t.json", Source.SPEECH)


LONG = "Helvetica Neue Condensed, Arial Narrow, Liberation Sans"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (r"{\an8}{\pos(10,20)}up", "up"),
        (r"wo{\i1}r{\c&H00FF00&}d", "word"),
        (r"wo{\fnArial}rd", r"word {\fnArial}"),
        (r"{\buy this now}", r"{\buy this now}"),
        ("<c buy this now>", "<c buy this now>"),
        ('wo<font color="#fff" size=3>rd</font>', "word"),
        ("wo<b.loud>rd</b> <lang en-GB>so", "word so"),
        (f'wo<font face="{LONG}">rd</font>', f'word <font face="{LONG}">'),
        (f"wo<font size=3 face='{LONG}'>rd", f"word <font size=3 face='{LONG}'>"),
        ("wo<font color=rgb(255,0,0)>rd", "word <font color=rgb(255,0,0)>"),
        ("wo<b buy=this now=please>rd", "word <b buy=this now=please>"),
        ("wo<font face='a>rd", "wo<font face='a>rd"),
        ("wo<note face='a'>rd", "wo<note face='a'>rd"),
    ],
)
def test_what_some_players_show_of_markup_is_read(tmp_path: Path, said: str, read: str) -> None:
    file = tmp_path / "a.vtt"
    file.write_text(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n", "utf-8")
    assert read_captions(file, Source.CAPTION).cues[0].text == read


EVENTS = "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,"


def test_in_substation_only_what_stands_in_braces_is_hidden(tmp_path: Path) -> None:
    file = tmp_path / "a.ass"
    file.write_text(f"[Script Info]\n{EVENTS}wo{{a note}}rd<b buy this> \\{{shown}}\n", "utf-8")
    assert read_captions(file, Source.CAPTION).cues[0].text == r"word<b buy this> \{shown}"


@pytest.mark.parametrize("section", ["[Events] x", "[V4+ Styles]", "[Other]"])
def test_dialogue_in_another_section_is_refused(tmp_path: Path, section: str) -> None:
    file = tmp_path / "a.ass"
    hidden = "Dialogue: 0:00:01.00,0:00:02.00,hidden"
    file.write_text(f"[Script Info]\n{section}\n{hidden}\n{EVENTS}seen\n", "utf-8")
    with pytest.raises(UsageError, match="below"):
        read_captions(file, Source.CAPTION)
