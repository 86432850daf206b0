"""Past reviews in one Parquet file, decided anew by another policy without folders or media."""

import shutil
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from clearing_desk import Desk
from command_line import Result

from compliance.cli.policy_archive import COLUMNS


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three reviews, of which two are of generated pictures; then media and folders are gone."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    text = (desk.folder / "policy.yaml").read_text()
    desk.write("hard.yaml", text.replace("then: flag", "then: reject"))
    for name, shade in (("one.png", 40), ("two.png", 120), ("three.png", 200)):
        desk.draw(name, shade)
        record = () if name == "three.png" else ("--record", "record.json")
        result = desk.run("review", name, *record, "--policy", "policy.yaml")
        assert result.code in (0, 10, 12), result.err
    runs = {path.parent.parent for path in desk.folder.rglob("facts.json")}
    (folder,) = runs
    written = desk.run("policy", "facts", str(folder), "-o", "facts.parquet")
    assert (written.code, written.out) == (0, "wrote 3 reviews to facts.parquet\n"), written.err
    shutil.rmtree(folder)
    for media in desk.folder.glob("*.png"):
        media.unlink()
    return desk


def flips(desk: Desk, *files: str) -> Result:
    places = [part for file in files for part in ("--on", file)]
    return desk.run("policy", "diff", "policy.yaml", "hard.yaml", *places)


def rows_of(desk: Desk) -> list[dict[str, str | None]]:
    """Rows in the order of their runs, of which several may be of one second."""
    return pyarrow.parquet.read_table(desk.folder / "facts.parquet").to_pylist()


def with_row(desk: Desk, name: str, asset: str, **changes: str | None) -> int:
    """Write the file again as ``name`` with other values for one asset; return its row, from 1."""
    rows = rows_of(desk)
    (row,) = (at for at, one in enumerate(rows) if one["asset_name"] == asset)
    rows[row] |= changes
    table = pyarrow.table({key: [one[key] for one in rows] for key in COLUMNS})
    pyarrow.parquet.write_table(table, desk.folder / name)
    return row + 1


def test_the_reviews_that_would_flip_are_listed_with_the_rule_responsible(reviewed: Desk) -> None:
    result = flips(reviewed, "facts.parquet")
    assert result.code == 0, result.err
    told = [line for line in result.out.splitlines() if line.startswith(("!", "    rule", "?"))]
    rows = enumerate(rows_of(reviewed), 1)
    assert [line for line in told if line[0] == "!"] == [
        f"! {one['asset_name']} in facts.parquet row {at} ({one['run']}): flag → reject"
        for at, one in rows
        if one["asset_name"] != "three.png"
    ]
    assert told.count("    rule made.by-machine decides reject instead of flag") == 2
    assert "3 reviews: 2 would end otherwise, 0 could not be decided" in result.out
    same = reviewed.run("policy", "diff", "policy.yaml", "policy.yaml", "--on", "facts.parquet")
    assert "3 reviews: 0 would end otherwise" in same.out


def test_files_are_joined_row_by_row_and_given_several_times(reviewed: Desk) -> None:
    table = pyarrow.parquet.read_table(reviewed.folder / "facts.parquet")
    joined = pyarrow.concat_tables([table, table])
    pyarrow.parquet.write_table(joined, reviewed.folder / "joined.parquet")
    assert "6 reviews: 4 would end otherwise" in flips(reviewed, "joined.parquet").out
    both = flips(reviewed, "joined.parquet", "facts.parquet")
    assert "9 reviews: 6 would end otherwise" in both.out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"facts": "{}"}, "facts with SHA-256"),
        ({"facts": None}, "nothing in facts"),
        ({"as_of": "yesterday"}, "Invalid isoformat string"),
        ({"as_of": "2026-01-01T00:00:00"}, "no time zone"),
    ],
)
def test_a_broken_row_is_told_with_its_number_and_hides_no_other(
    reviewed: Desk, changes: dict[str, str | None], said: str
) -> None:
    row = with_row(reviewed, "broken.parquet", "two.png", **changes)
    result = flips(reviewed, "broken.parquet")
    assert result.code == 2
    (line,) = (line for line in result.out.splitlines() if line.startswith("? "))
    assert line.startswith(f"? broken.parquet row {row} (")
    assert said in result.out
    assert "! one.png in broken.parquet row " in result.out
    assert "3 reviews: 1 would end otherwise, 1 could not be decided" in result.out


def test_facts_that_were_edited_are_not_decided(reviewed: Desk) -> None:
    (facts,) = (one["facts"] for one in rows_of(reviewed) if one["asset_name"] == "one.png")
    assert facts is not None
    edited = facts.replace('"gaps":[]', '"gaps":["lost"]')
    assert edited != facts
    with_row(reviewed, "edited.parquet", "one.png", facts=edited)
    assert flips(reviewed, "edited.parquet").code == 2


def test_a_file_without_facts_exits_2_and_says_how_to_write_one(
    reviewed: Desk, tmp_path: Path
) -> None:
    findings = tmp_path / "findings.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"id": ["f-1"], "score": [0.5]}), findings)
    (tmp_path / "text.parquet").write_text("not a table")
    for file in (findings, tmp_path / "text.parquet"):
        result = flips(reviewed, str(file))
        assert result.code == 2
        assert "compliance policy facts RUNS -o facts.parquet" in " ".join(result.err.split())
