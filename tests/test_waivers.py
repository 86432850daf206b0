"""Waiver files: read strictly, with file and line, and never as holding longer than they say."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.waivers import load_waivers, new_waiver, read_waiver, waiver_yaml

ASSET = "a" * 64
GOOD = f"""\
id: W-1
asset_sha256: {ASSET}
rule: brand.logo
reason: Agreed by letter
owner: grace
approver: ada
expires: 2026-12-31
"""
RULES = ["brand.logo", "pii.card"]
DURING = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
AFTER = datetime(2027, 1, 1, tzinfo=UTC)


def write(folder: Path, text: str, name: str = "one.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_waiver_is_read_as_it_stands(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    waivers = load_waivers(tmp_path)
    (waiver,) = waivers.of(ASSET)
    assert (waiver.id, waiver.rule, waiver.expires) == ("W-1", "brand.logo", date(2026, 12, 31))
    assert waivers.of("b" * 64) == ()
    assert waivers.warnings(ASSET, RULES, DURING) == ()


def test_the_last_day_is_inclusive(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    waivers = load_waivers(tmp_path)
    (waiver,) = waivers.of(ASSET)
    assert waiver.covers("brand.logo", ASSET, DURING)
    assert not waiver.covers("brand.logo", ASSET, AFTER)
    (warning,) = waivers.warnings(ASSET, RULES, AFTER)
    assert "one.yaml:7" in warning
    assert "expired on 2026-12-31" in warning


@pytest.mark.parametrize(
    "end",
    [
        "expires: 2026-02-30",
        "expires: 31.12.2026",
        "expires: 20261231",
        "expires: 2026-12-31T00:00:00Z",
        "expires: 2026",
        "expires: true",
        "expires:",
        "expires: ~",
        'expires: ""',
        "expires: [2026-12-31]",
        "expires: {on: 2026-12-31}",
        "",
    ],
)
def test_an_end_that_cannot_be_read_means_expired_with_a_warning(tmp_path: Path, end: str) -> None:
    write(tmp_path, GOOD.replace("expires: 2026-12-31", end))
    waivers = load_waivers(tmp_path)
    assert waivers.of(ASSET) == ()
    (warning,) = waivers.warnings(ASSET, RULES, DURING)
    assert "W-1 counts as expired" in warning


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (GOOD + "path: clip.mp4\n", "8:1", "unknown key 'path'"),
        (GOOD + "owner: eve\n", "8:1", "duplicate key 'owner'"),
        (GOOD + "expires: 2030-01-01\n", "8:1", "duplicate key 'expires'"),
        (GOOD.replace(ASSET, "clip.mp4"), "2:15", "64 lower-case hex digits"),
        (GOOD.replace(ASSET, "A" * 64), "2:15", "64 lower-case hex digits"),
        (GOOD.replace(ASSET, "a" * 63), "2:15", "64 lower-case hex digits"),
        (GOOD.replace("owner: grace\n", ""), "1:1", "'owner' is missing"),
        (GOOD.replace("owner: grace", "owner:"), "5:1", "empty"),
        (GOOD.replace("owner: grace", 'owner: " "'), "5:8", "not blank"),
        (GOOD.replace("owner: grace", "owner: [grace]"), "5:8", "not blank"),
        (GOOD.replace("owner: grace", "owner: &a grace"), "5:8", "anchor"),
        (GOOD.replace("owner: grace", "owner: 7"), "5:8", "not blank"),
        ("- W-1\n", "1:1", "mapping"),
        ("", "1:1", ""),
        ("id: [\n", "2:1", "not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    tmp_path: Path, text: str, place: str, said: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as raised:
        load_waivers(tmp_path)
    assert raised.value.where == f"{path}:{place}"
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_two_waivers_of_one_identifier_are_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("brand.logo", "pii.card"), "two.yml")
    with pytest.raises(UsageError, match="one identifier"):
        load_waivers(tmp_path)


def test_a_rule_that_the_policy_does_not_have_is_told_about(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("brand.logo", "brand.logos"))
    (warning,) = load_waivers(tmp_path).warnings(ASSET, RULES, DURING)
    assert "did you mean 'brand.logo'?" in warning


def test_an_absent_folder_holds_none_and_other_files_are_left_alone(tmp_path: Path) -> None:
    assert load_waivers(tmp_path / "absent").files == ()
    write(tmp_path, "notes", "README.md")
    assert load_waivers(tmp_path).files == ()


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        load_waivers(tmp_path)


@pytest.mark.parametrize(
    "text", ["plain", 'a "quoted" word: # no comment', "no", "ünïcödé ✔", "- x"]
)
def test_what_is_written_is_what_is_read(tmp_path: Path, text: str) -> None:
    waiver = new_waiver(ASSET, "brand.logo", text, text, text, date(2026, 12, 31))
    path = write(tmp_path, waiver_yaml(waiver, "odd\nname.mp4"))
    assert read_waiver(path).waiver == waiver
    assert "odd?name.mp4" in path.read_text()
