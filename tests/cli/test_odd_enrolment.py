"""Odd names, files and streams at the commands of brands, works and licences: told, never left out silently."""

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition
from command_line import Result, run_here

MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{}'
    '<path d="M2 2h9v4h8v14h-7l-3-9-4 6z"/></svg>'
)
NO_TEXT = os.fsdecode(b"a\xff")
EVERYWHERE = ("--territories", "*", "--from", "2026-01-01", "--until", "2027-01-01")


@pytest.fixture
def run(tmp_path: Path):
    return lambda *arguments: run_here(*map(str, arguments), cwd=tmp_path)


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result.out + result.err
    assert "\n" not in result.err.strip() and "Traceback" not in result.err
    assert not [word for word in words if word not in result.err], result.err


def test_a_folder_is_imported_without_the_files_that_have_no_usable_name(
    run, tmp_path: Path
) -> None:
    folder = tmp_path / "marks"
    (folder / "folder.svg").mkdir(parents=True)
    (folder / "good.svg").write_text(MARK.format("<title>Good</title>"))
    (folder / "word.svg").write_text(MARK.format("<title>~Nonsuch</title>"))
    for name in ("---.svg", f"{NO_TEXT}.svg", f"{'a' * 240}.svg"):
        (folder / name).write_text(MARK.format(""))
    (folder / "empty.svg").touch()
    done = run("brands", "import", folder)
    assert done.code == 0 and "imported 2 brands" in done.out, done.err
    assert done.err.count("left out:") == 5 and "empty.svg" in done.err
    assert "everyday words  none" in run("brands", "show", "Nonsuch").out


def test_files_whose_names_are_no_text_are_added(run, tmp_path: Path) -> None:
    mark = tmp_path / f"{NO_TEXT}.svg"
    mark.write_text(MARK.format(""))
    done = run("brands", "add", "Odd", "--mark", mark)
    assert done.code == 0, done.err
    assert "a?.svg" in run("brands", "show", "Odd").out


@pytest.mark.parametrize("odd", [NO_TEXT, "x" * 201])
def test_a_scope_that_nobody_can_read_is_refused(run, tmp_path: Path, odd: str) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"paper")
    grant = ("licence", "grant", "brands/nike", *EVERYWHERE, "--evidence", paper)
    refused(run(*grant, "--channels", odd, "--purpose", "*"), "--channels")
    refused(run(*grant, "--channels", "*", "--purpose", odd), "--purpose")
    assert run("licence", "list").out.startswith("licences: 0")


def test_an_owner_that_is_no_text_is_refused(run) -> None:
    refused(run("works", "add", "Work", "--owner", NO_TEXT), "--owner")
    assert run("works", "list").out == "0 works\n"


def test_a_licence_of_a_work_does_not_reach_a_shipped_one_in_another_script(
    run, tmp_path: Path
) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"paper")
    (tmp_path / "names.yaml").write_text(
        "policy: names\nversion: 1.0.0\nowner: a@example.com\nstatus: enforce\nrules:\n"
        "  - {id: named, title: No names, find: ip.name, unless: {licence: covers}, then: reject}\n"
    )
    licence = ("--licence", "paper.pdf", "--purpose", "*", "--channels", "*", *EVERYWHERE)
    assert run("works", "add", "Чародейка Весна", *licence).code == 0
    review = ("review", "--policy", "names.yaml", "--prompt")
    assert run(*review, "Чародейка Весна на пляже").code == 0
    assert run(*review, "Губка Боб Квадратные Штаны на пляже").code == 11


def picture(shift: int, seed: int) -> av.VideoFrame:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (15, 20, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(np.roll(small, shift, 1)))


def write(path: Path, *seeds: int, cover: bool = False) -> Path:
    """Write a video of a second for each seed, as streams; with ``cover``, behind a picture."""
    with av.open(str(path), "w") as container:
        art = container.add_stream("mjpeg", rate=1) if cover else None
        if art:
            art.disposition = Disposition.attached_pic
            art.width, art.height, art.pix_fmt = 320, 240, "yuvj420p"
        videos = [container.add_stream("libx264", rate=10) for _ in seeds]
        for video in videos:
            video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        if art:
            container.mux(art.encode(picture(0, 9).reformat(format="yuvj420p")))
            container.mux(art.encode(None))
        for number in range(10):
            for video, seed in zip(videos, seeds, strict=True):
                frame = picture(4 * number, seed)
                frame.pts, frame.time_base = number, Fraction(1, 10)
                container.mux(video.encode(frame))
        for video in videos:
            container.mux(video.encode(None))
    return path


def test_a_work_whose_file_holds_several_videos_is_refused(run, tmp_path: Path) -> None:
    both = write(tmp_path / "both.mkv", 1, 2)
    refused(run("works", "add", "Both", "--media", both), "several videos", "both.mkv")
    assert run("works", "list").out == "0 works\n"


def test_a_film_is_found_that_was_registered_with_its_cover(run, tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", 1, cover=True)
    assert run("works", "add", "Film", "--media", film).code == 0
    (tmp_path / "copies.yaml").write_text(
        "policy: copies\nversion: 1.0.0\nowner: a@example.com\nstatus: enforce\nrules:\n"
        "  - {id: copy, title: No copies, find: ip.copy, when: {min_score: 0.9}, then: reject}\n"
    )
    copy = write(tmp_path / "copy.mp4", 1)
    assert run("review", "--policy", "copies.yaml", copy).code == 11


@pytest.mark.parametrize("endless", ["/dev/zero", "pipe"])
def test_media_that_never_end_are_refused(run, tmp_path: Path, endless: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused(run("works", "add", "Work", "--media", endless), "pipe or device")
    refused(run("people", "enrol", "Ann", "--face", endless), "pipe or device")
