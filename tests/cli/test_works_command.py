"""``compliance works``: what can be registered, what cannot and why, and what is shown."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from command_line import Result, run_here

Run = Callable[..., Result]


@pytest.fixture
def works(tmp_path: Path) -> Run:
    def run(*arguments: str | Path) -> Result:
        return run_here("works", *map(str, arguments), cwd=tmp_path)

    return run


@pytest.fixture
def video(shared_data: Path) -> Path:
    folder = shared_data / "copydetect-threatexchange" / "tmk" / "sample-videos"
    return folder / "doorknob-hd-no-bar.mp4"


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result.out + result.err
    paragraph = result.err.strip()
    assert "\n" not in paragraph and "Traceback" not in paragraph
    assert not [word for word in words if word not in paragraph], paragraph


def test_a_work_is_added_shown_extended_and_removed(
    works: Run, video: Path, shared_data: Path
) -> None:
    done = works("add", "Doorknob", "--media", video, "--owner", "A Studio", "--name", "~Knob")
    assert done.code == 0, done.err
    assert "added Doorknob as works/doorknob with 1 files" in done.out
    shown = works("show", "knob").out
    assert "A Studio" in shown and "doorknob-hd-no-bar.mp4" in shown
    photo = shared_data / "copydetect-imagededup/data/base_images/ukbench00120.jpg"
    assert works("extend", "Doorknob", "--media", photo).code == 0
    assert "2 files" in works("list").out
    assert works("remove", "Doorknob").code == 0
    assert works("list").out == "0 works\n"


def test_media_of_a_work_are_looked_at_again_and_strange_ones_refused(
    works: Run, shared_data: Path
) -> None:
    photos = shared_data / "copydetect-imagededup/data/base_images"
    assert works("add", "Photo", "--media", photos / "ukbench00120.jpg").code == 0
    assert "1 files" in works("reindex", "--media", photos / "ukbench00120.jpg").out
    refused(works("reindex", "--media", photos / "ukbench01380.jpg"), "no registered work")


@pytest.mark.parametrize("what", ["half a video", "no media", "a black picture", "nothing there"])
def test_what_cannot_be_found_again_is_refused_and_changes_nothing(
    works: Run, video: Path, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "given.mp4"
    if what == "half a video":
        path.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    elif what == "no media":
        path.write_text("text")
    elif what == "a black picture":
        path = tmp_path / "black.png"
        cv2.imwrite(str(path), np.zeros((90, 160, 3), np.uint8))
    refused(works("add", "Work", "--media", path), path.name)
    assert works("list").out == "0 works\n"


def test_titles_and_files_that_are_there_are_refused(works: Run, shared_data: Path) -> None:
    photo = shared_data / "copydetect-imagededup/data/base_images/ukbench00120.jpg"
    assert works("add", "Photo", "--media", photo).code == 0
    refused(works("add", "PHOTO"), "works/photo")
    refused(works("add", "Other", "--media", photo), "works/photo")
    refused(works("add", "Other", "--media", photo, "--media", photo), "given twice")


def test_a_character_is_looked_for_as_one(works: Run) -> None:
    assert works("add", "~Grumbo", "--kind", "character").code == 0
    assert works("add", "X", "--kind", "nonsense").code == 2
