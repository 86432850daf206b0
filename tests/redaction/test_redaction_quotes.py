"""Titles, chapters and notes that repeat what was covered are left out of the copy; others stay."""

from pathlib import Path

import av
import pytest
from PIL import Image, PngImagePlugin
from redaction_clips import frame_at, region_at, write_clip

from compliance.findings import Finding, Observation, RawKind
from compliance.provenance.signers import DevelopmentSigner
from compliance.redaction.edits import Edit, How, Sighting
from compliance.redaction.metadata import keep_plain
from compliance.redaction.quotes import ANYTHING, words_of
from compliance.redaction.redact import redact
from compliance.types import Region, Source, TimeSpan

SPAN = TimeSpan(start=0.2, end=1)
LINE = "CALL ANN 212-555-0147"


def finding(source: Source = Source.OCR) -> Finding:
    return Finding(
        category="pii.phone",
        asset="a" * 64,
        analyzer="pii",
        source=source,
        score=0.9,
        raw=0.9,
        raw_kind=RawKind.PROBABILITY,
        span=SPAN,
        region=region_at(3) if source in (Source.OCR, Source.FRAME) else None,
    )


def read(text: str, source: Source = Source.OCR, start: float = 0.2) -> Observation:
    span = TimeSpan(start=start, end=start + 0.5)
    return Observation("a" * 64, "ocr", "text_line", source, span=span, text=text)


def test_the_words_are_those_of_lines_at_the_time_of_the_finding() -> None:
    lines = [read(LINE), read("elsewhere", start=5), read("subtitle", Source.CAPTION)]
    found = words_of([finding()], lines)
    assert {"call", " ann ", "212", "555", "0147", "125550"} <= found
    assert not any("else" in word or "sub" in word for word in found)
    assert words_of([finding(Source.FRAME)], lines) == frozenset()


def test_where_the_text_is_not_known_every_entry_may_repeat_it() -> None:
    assert words_of([finding()], [read("subtitle", Source.CAPTION)]) == ANYTHING
    metadata = {"title": "anything", "language": "eng"}
    assert keep_plain(metadata, words=ANYTHING) == ["title"]
    assert metadata == {"language": "eng"}


@pytest.mark.parametrize("value", ["ring (212) 555 0147", "2125550147", "２１２-555", "recalled"])
def test_an_entry_that_repeats_a_word_in_another_form_is_left_out(value: str) -> None:
    metadata = {"comment": value, "title": "Harbour"}
    keep_plain(metadata, words=words_of([finding()], [read(LINE)]))
    assert metadata == {"title": "Harbour"}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Tel 06 12 34 56 78 Paris", "0612345678"),
        ("Tel 06 12 34 56 78 Paris", "ring +33 6-12-34-56-78"),
        ("contact Noël Zoë", "with Noël"),
        ("contact Noël", "With NOEL in it"),
        ("contact Jürg", "Ju\u0308rg at work"),
        ("contact Bjørn", "Bjørn"),
        ("contact Kim Ott", "an evening with Ott"),
        ("我是张伟电话", "张伟"),
        ("contact 김철수는", "김철수"),
    ],
)
def test_short_accented_and_parted_words_are_recognised(line: str, value: str) -> None:
    metadata = {"title": value, "artist": "Harbour"}
    keep_plain(metadata, words=words_of([finding()], [read(line)]))
    assert metadata == {"artist": "Harbour"}


def test_a_word_of_three_letters_is_not_looked_for_within_others() -> None:
    metadata = {"title": "Channel planning"}
    assert keep_plain(metadata, words=words_of([finding()], [read("CALL ANN")])) == []


def edit() -> Edit:
    seen = (Sighting(time=SPAN.start, region=Region.from_box(0, 0, 100, 100, 320, 180)),)
    return Edit(finding="f-1", how=How.FILL, span=SPAN, sightings=seen, fixed=True)


def test_titles_and_chapters_of_a_video_that_quote_are_left_out(
    tmp_path: Path, signer: DevelopmentSigner
) -> None:
    written, clip = write_clip(tmp_path / "written.mp4"), tmp_path / "clip.mp4"
    with av.open(str(written)) as source, av.open(str(clip), "w") as out:
        out.metadata.update({"title": "Ring 212-555-0147", "comment": "plain words"})
        chapter = {"id": 1, "start": 0, "end": 500, "time_base": source.streams[0].time_base}
        out.set_chapters([chapter | {"metadata": {"title": "Ann at 2125550147"}}])
        copies = {one.index: out.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                out.mux(packet)
    words = words_of([finding()], [read(LINE)])
    done = redact(clip, [edit()], tmp_path / "out.mp4", signer, words=words)
    content = done.output.read_bytes()
    for hidden in (b"212-555", b"2125550147"):
        assert hidden in clip.read_bytes()
        assert hidden not in content
    with av.open(str(done.output)) as copy:
        assert copy.metadata["comment"] == "plain words"
    assert any("metadata title" in note for note in done.notes), done.notes
    assert any("title of chapter 1" in note for note in done.notes), done.notes


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_what_every_container_is_given_anew_is_not_said_to_be_left_out(
    tmp_path: Path, signer: DevelopmentSigner, name: str
) -> None:
    clip = write_clip(tmp_path / name)
    done = redact(clip, [edit()], tmp_path / f"out{clip.suffix}", signer, words=ANYTHING)
    assert "Left out: metadata title." in done.notes
    assert not [n for n in done.notes if "brand" in n or "encoder" in n.casefold()], done.notes
    with av.open(str(done.output)) as copy:
        assert copy.metadata["encoder" if name == "clip.mp4" else "ENCODER"].startswith("Lavf")


def test_notes_of_a_picture_that_quote_are_left_out(
    tmp_path: Path, signer: DevelopmentSigner
) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Description", "a sign that says CALL 212-555-0147")
    notes.add_text("Author", "Kim")
    Image.fromarray(frame_at(3)).save(tmp_path / "a.png", pnginfo=notes)
    still = edit().model_copy(update={"fixed": False, "span": TimeSpan(start=0, end=0)})
    words = words_of([finding()], [read(LINE)])
    done = redact(tmp_path / "a.png", [still], tmp_path / "out.png", signer, words=words)
    assert b"555-0147" not in done.output.read_bytes()
    with Image.open(done.output) as copy:
        assert copy.text == {"Author": "Kim"}
