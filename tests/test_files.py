"""Files and folders appear whole or not at all."""

from pathlib import Path

import pytest

from compliance.files import folder_that_appears_whole, write_atomically


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [one.name for one in path.parent.iterdir()] == ["file"]


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_folder_appears_only_when_its_block_ends_well(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with pytest.raises(RuntimeError), folder_that_appears_whole(target) as folder:
        (folder / "half").write_text("x")
        assert not target.exists()
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with folder_that_appears_whole(target) as folder:
        (folder / "whole").write_text("x")
    assert [one.name for one in target.iterdir()] == ["whole"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_made_is_said_in_one_paragraph(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    with pytest.raises(Exception, match="--run-dir") as caught:
        write_atomically(blocker / "report", b"x")
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2  # type: ignore[attr-defined]
