"""``compliance taxonomy`` prints the tree, one category, what words are found in, and crosswalks."""

import json
from pathlib import Path

import pytest
from command_line import run, run_here

from compliance.taxonomy import BRANCHES, SYSTEMS, TAXONOMY


def shown(cwd: Path, *arguments: str) -> str:
    result = run_here("taxonomy", *arguments, cwd=cwd)
    assert result.code == 0, result.err
    return result.out


def told(cwd: Path, *arguments: str) -> dict:
    return json.loads(shown(cwd, *arguments, "--format", "json"))


def test_the_tree_has_one_line_for_each_branch_and_category(tmp_path: Path) -> None:
    lines = shown(tmp_path).splitlines()
    wholes = [branch for branch in BRANCHES if branch in TAXONOMY.leaves]
    assert len(lines) == len(TAXONOMY.leaves) + len(BRANCHES) - len(wholes)
    for path, leaf in TAXONOMY.leaves.items():
        (line,) = [line for line in lines if line.split()[0] == path]
        assert leaf.definition in line
        assert line.startswith(" ") is (path not in wholes)
        before = lines[: lines.index(line)]
        heads = [one.split(":")[0] for one in before if not one.startswith(" ")]
        assert path in wholes or heads[-1] == path.split(".")[0]


def test_sources_of_text_are_said_in_one_word(tmp_path: Path) -> None:
    lines = shown(tmp_path).splitlines()
    assert any("pii.phone " in line and line.endswith("[text]") for line in lines)
    assert any("hate.speech " in line and line.endswith("[text, audio, frame]") for line in lines)
    assert any("disclosure.label " in line and line.endswith("[ocr]") for line in lines)


def test_a_category_is_shown_with_everything(tmp_path: Path) -> None:
    text = shown(tmp_path, "violence.weapons")
    leaf = TAXONOMY.leaves["violence.weapons"]
    for line in (leaf.definition, *leaf.examples, *leaf.counter_examples):
        assert line in text
    for level, line in leaf.severity.levels():
        assert any(level in one and line in one for one in text.splitlines())
    for system in SYSTEMS:
        assert any(one.split()[:1] == [system] for one in text.splitlines())
    assert "Weapon Violence" in text


def test_a_system_without_such_a_class_and_one_nobody_knows_of_differ(tmp_path: Path) -> None:
    lines = [line.split() for line in shown(tmp_path, "pii.email").splitlines()]
    assert ["rekognition", "none"] in lines
    assert ["azure", "unknown"] in lines


@pytest.mark.parametrize("branch", ["pii", "pii.*"])
def test_a_branch_is_shown_with_all_below_it(tmp_path: Path, branch: str) -> None:
    lines = shown(tmp_path, branch).splitlines()
    assert lines[0].startswith("pii: ")
    assert [line.split()[0] for line in lines[1:]] == [leaf.path for leaf in TAXONOMY.below("pii")]


def test_a_label_leads_to_our_category_and_says_whose_it_is(tmp_path: Path) -> None:
    assert "llama-guard: S10: Hate" in shown(tmp_path, "S10")
    lines = shown(tmp_path, "Hate").splitlines()
    assert "hate.speech" in lines[1]
    assert "azure: Hate" in lines[2]


def test_words_narrow_the_search_down(tmp_path: Path) -> None:
    found = told(tmp_path, "identity", "card")["categories"]
    assert [one["path"] for one in found] == ["pii.document"]
    assert found[0]["found_by"] == ["example: An identity card on a table"]


def test_json_tells_all(tmp_path: Path) -> None:
    everything = told(tmp_path)
    by_path = {one["path"]: one for one in everything["categories"]}
    assert by_path.keys() == TAXONOMY.leaves.keys()
    assert [one["name"] for one in everything["systems"]] == list(SYSTEMS)
    one = by_path["sexual.explicit"]
    leaf = TAXONOMY.leaves["sexual.explicit"]
    assert one["severity"] == dict(leaf.severity.levels())
    assert one["crosswalk"]["openai"] == ["sexual"]
    assert one["sources"] == sorted(leaf.sources)
    assert by_path["flash.red"]["crosswalk"]["garm"] == []
    assert by_path["pii.email"]["crosswalk"]["azure"] == ["unknown"]


@pytest.mark.parametrize("system", list(SYSTEMS))
def test_a_crosswalk_sorts_every_category(tmp_path: Path, system: str) -> None:
    table = told(tmp_path, "--crosswalk", system)
    assert list(table["labels"]) == list(SYSTEMS[system].labels)
    listed = {path for ours in table["labels"].values() for path in ours}
    assert listed | set(table["none"]) | set(table["unknown"]) == set(TAXONOMY.leaves)
    assert not listed & {*table["none"], *table["unknown"]}


def test_a_crosswalk_shows_ours_beside_theirs_and_where_it_is_from(tmp_path: Path) -> None:
    lines = shown(tmp_path, "--crosswalk", "openai").splitlines()
    assert lines[0] == SYSTEMS["openai"].title
    assert "not checked against the live service" in " ".join(lines[:3])
    (row,) = [line for line in lines if line.startswith("sexual/minors ")]
    assert row.split()[1:] == ["sexual.minors"]
    assert max(map(len, lines)) <= 120


def test_a_crosswalk_of_some_categories(tmp_path: Path) -> None:
    table = told(tmp_path, "self_harm", "--crosswalk", "azure")
    assert table["labels"]["SelfHarm"] == ["self_harm"]
    assert table["labels"]["Hate"] == []


def test_unknown_words_get_one_paragraph_and_the_nearest_path(tmp_path: Path) -> None:
    result = run_here("taxonomy", "violense", cwd=tmp_path)
    assert result.code == 2
    assert result.out == ""
    assert "'violense'" in result.err and "'violence'" in result.err
    assert result.err.strip().count("\n") == 0


def test_an_unknown_system_is_refused_with_those_there_are(tmp_path: Path) -> None:
    result = run_here("taxonomy", "--crosswalk", "acme", cwd=tmp_path)
    assert result.code == 2
    assert all(system in result.err for system in SYSTEMS)


def test_the_command_works_in_a_process_of_its_own(tmp_path: Path) -> None:
    result = run("taxonomy", "hate.symbols", cwd=tmp_path)
    assert result.code == 0
    assert "Nazi Party" in result.out
