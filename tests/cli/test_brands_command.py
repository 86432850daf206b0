"""``compliance brands``: what gets in, what does not and why, and what is shown."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from command_line import Result, run_here

Run = Callable[..., Result]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><title>{}</title><path d="{}"/></svg>'
MARK = "M2 2h8v4H6v4h8v4H2zM14 16l8-12v18zM4 17l6 1-2 4z"


@pytest.fixture
def brands(tmp_path: Path) -> Run:
    def run(*arguments: str | Path) -> Result:
        return run_here("brands", *map(str, arguments), cwd=tmp_path)

    return run


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    path = tmp_path / "acme.svg"
    path.write_text(SVG.format("Acme &amp; Sons", MARK))
    return path


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result.out + result.err
    paragraph = result.err.strip()
    assert "\n" not in paragraph and "Traceback" not in paragraph
    assert not [word for word in words if word not in paragraph], paragraph


def test_a_brand_is_added_shown_extended_and_removed(
    brands: Run, mark: Path, tmp_path: Path
) -> None:
    done = brands("add", "Acme", "--mark", mark, "--word", "Acme Rocket", "--word", "~Peak")
    assert done.code == 0, done.err
    assert done.out == "added Acme as brands/acme with 1 marks\n"
    shown = brands("show", "acme rocket").out
    assert "third-party" in shown and "Acme Rocket, Peak" in shown and "acme.svg" in shown
    picture = np.full((90, 120, 4), 255, np.uint8)
    cv2.putText(picture, "ACME", (8, 60), cv2.FONT_HERSHEY_DUPLEX, 1, (20, 20, 200, 255), 3)
    cv2.imwrite(str(tmp_path / "acme.png"), picture)
    assert brands("extend", "Acme", "--mark", tmp_path / "acme.png").code == 0
    assert "2 marks" in brands("list").out
    assert brands("remove", "Acme").code == 0
    assert brands("list").out == "0 brands\n"


def test_ones_own_and_licensed_brands_have_banks_of_their_own(brands: Run) -> None:
    for owner, bank in (("own", "own-brands"), ("licensed", "licensed-brands")):
        assert f"as {bank}/acme" in brands("add", "Acme", "--owner", owner).out
    refused(brands("show", "Acme"), "several brands have this name", "own-brands/acme")


def test_a_folder_of_marks_becomes_searchable_and_again_adds_nothing(
    brands: Run, mark: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "marks"
    folder.mkdir()
    (folder / "acme.svg").write_bytes(mark.read_bytes())
    (folder / "target.svg").write_text(SVG.format("Target", MARK.replace("2h8", "3h8")))
    (folder / "bad-one.svg").write_text("<svg")
    (folder / "notes.txt").write_text("no mark")
    done = brands("import", folder)
    assert done.code == 0, done.err
    assert "imported 3 brands with 2 marks into brands" in done.out
    assert "bad-one.svg" in done.err
    listed = brands("list").out
    assert "brands/acme-sons" in listed and "bad one" in listed
    assert "everyday words  Target" in brands("show", "Target").out
    assert "imported 0 brands" in brands("import", folder).out
    assert brands("list").out == listed


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1/a.png"/></svg>',
         ("outside itself",)),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><svg xmlns="http://www.w3.org/2000/svg"/>', ("entities",)),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>',
         ("too plain",)),
        (b"", ("empty",)),
    ],
    ids=["a link", "entities", "a plain square", "nothing"],
)  # fmt: skip
def test_a_mark_that_cannot_be_used_changes_nothing(
    brands: Run, tmp_path: Path, content: bytes, words: tuple[str, ...]
) -> None:
    path = tmp_path / "bad.svg"
    path.write_bytes(content)
    refused(brands("add", "Acme", "--mark", path), "bad.svg", *words)
    assert brands("list").out == "0 brands\n"


def test_what_is_there_already_is_refused_and_said(brands: Run, mark: Path) -> None:
    assert brands("add", "Acme", "--mark", mark).code == 0
    refused(brands("add", "ACME"), "brands/acme")
    refused(brands("add", "Other", "--mark", mark), "brands/acme", "acme.svg")
    refused(brands("add", "Other", "--mark", mark, "--mark", mark), "given twice")
    assert brands("add", "Other", "--mark", mark, "--anyway").code == 0


def test_a_video_or_a_folder_is_no_mark(brands: Run, tmp_path: Path, shared_data: Path) -> None:
    videos = shared_data / "copydetect-threatexchange" / "tmk" / "sample-videos"
    refused(brands("add", "A", "--mark", videos / "pattern-hd-no-bar.mp4"), "one still picture")
    refused(brands("add", "A", "--mark", tmp_path), "no file")
    refused(brands("import", tmp_path / "absent"), "cannot be read")


def test_rules_for_somebody_elses_mark_are_refused(brands: Run, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("clear_space: 0.5\n")
    refused(brands("add", "A", "--rules", tmp_path / "rules.yaml"), "one's own")


def test_marks_are_looked_at_again_after_an_update(brands: Run, mark: Path, tmp_path: Path) -> None:
    from sqlalchemy import text

    from compliance.store.engine import open_database, writing

    assert brands("add", "Acme", "--mark", mark).code == 0
    database = next((tmp_path / ".compliance").rglob("*.sqlite3"))
    engine = open_database(f"sqlite:///{database}")
    with writing(engine) as connection:
        connection.execute(text("UPDATE prints SET maker = 'logos-0'"))
    engine.dispose()
    assert "1 of 1 marks" in brands("reindex").out
    assert "0 of 0 marks" in brands("reindex").out
