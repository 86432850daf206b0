"""The taxonomy is complete, says what others call each category, and is found by words."""

import subprocess
import sys

import pytest

from compliance.errors import UsageError
from compliance.taxonomy import (
    BRANCHES,
    NONE,
    PRESENCE,
    SYSTEMS,
    TAXONOMY,
    UNKNOWN,
    Category,
    brands_and_works,
    claims,
    crime,
    deception,
    hate,
    origin,
    people,
    personal_data,
    senses,
    sexual,
    violence,
)

LEAVES = [
    *(
        leaf
        for module in (brands_and_works, claims, crime, deception, hate)
        for leaf in module.LEAVES
    ),
    *(leaf for module in (origin, people, personal_data, senses) for leaf in module.LEAVES),
    *(leaf for module in (sexual, violence) for leaf in module.LEAVES),
]
OF_THE_ISSUE = ("consent", "brand", "ip", "claims", "political", "deception", "accessibility")


def paths(*words: str) -> list[str]:
    return [hit.category.path for hit in TAXONOMY.search(words)]


def where(path: str, *words: str) -> tuple[str, ...]:
    (hit,) = [hit for hit in TAXONOMY.search(words) if hit.category.path == path]
    return hit.where


def test_no_path_stands_twice_and_every_leaf_is_in_the_tree() -> None:
    assert sorted(leaf.path for leaf in LEAVES) == sorted(TAXONOMY.leaves)


def test_no_leaf_is_a_branch_too() -> None:
    assert [path for path in TAXONOMY.leaves if len(TAXONOMY.below(path)) != 1] == []


def test_every_branch_is_introduced_and_none_is_empty() -> None:
    assert set(BRANCHES) == {path.split(".")[0] for path in TAXONOMY.leaves}
    assert all(BRANCHES.values())
    own = (
        *OF_THE_ISSUE,
        "disclosure",
        "provider",
        "sexual",
        "violence",
        "hate",
        "self_harm",
        "pii",
    )
    assert set(own) <= set(BRANCHES)
    assert {"deception.impersonation", "deception.staged_event"} <= set(TAXONOMY.leaves)


def test_presence_pairs_leaves() -> None:
    assert PRESENCE.keys() | set(PRESENCE.values()) <= TAXONOMY.leaves.keys()


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)
def test_a_leaf_says_everything_in_short_lines(leaf: Category) -> None:
    least = 1 if leaf.path == "sexual.minors" else 2  # one neutral statement, and no illustration
    assert leaf.sources
    assert least <= len(leaf.examples) <= 3
    assert least <= len(leaf.counter_examples) <= 3
    assert leaf.severity.levels()
    lines = [leaf.definition, *leaf.examples, *leaf.counter_examples]
    lines += [line for _, line in leaf.severity.levels()]
    assert len(set(lines)) == len(lines)
    for line in lines:
        assert 3 <= len(line) <= 100, line
        assert line == line.strip() and "\n" not in line


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)
def test_a_crosswalk_names_every_system_by_labels_that_it_has(leaf: Category) -> None:
    labels = leaf.crosswalk.all()
    assert list(labels) == list(SYSTEMS)
    for system, said in labels.items():
        assert said in (NONE, UNKNOWN) or set(said) <= set(SYSTEMS[system].labels), system
        assert len(set(said)) == len(said), system
        assert leaf.crosswalk.of(system) == said


def test_systems_have_the_labels_that_their_makers_publish() -> None:
    codes = [label.split(": ")[0] for label in SYSTEMS["llama-guard"].labels]
    assert codes == [f"S{number}" for number in range(1, 15)]
    assert len(SYSTEMS["openai"].labels) == 13
    harms, special = SYSTEMS["azure"].labels[:4], SYSTEMS["azure"].labels[4:]
    assert harms == ("Hate", "SelfHarm", "Sexual", "Violence")
    assert special == ("Prompt Shields", "Protected material")
    assert len(SYSTEMS["garm"].labels) == 12
    for system in SYSTEMS.values():
        assert len(set(system.labels)) == len(system.labels)
        assert "2026" in system.source or "2022" in system.source


def test_what_is_unknown_is_no_label_of_anybody() -> None:
    assert not any(set(UNKNOWN) & set(system.labels) for system in SYSTEMS.values())
    assert paths("unknown") == []


@pytest.mark.parametrize("system", ["openai", "llama-guard", "azure", "rekognition", "garm"])
def test_every_label_about_content_has_a_category_of_ours(system: str) -> None:
    """Else somebody who comes from there would lose a check without hearing of it."""
    without = {"S5: Defamation", "S14: Code Interpreter Abuse"}
    named = {label for leaf in LEAVES for label in leaf.crosswalk.of(system)}
    assert set(SYSTEMS[system].labels) - named <= without


def test_a_code_of_another_system_is_found_whole() -> None:
    assert paths("S10") == ["hate.speech", "hate.symbols"]
    assert where("hate.speech", "S10") == ("llama-guard: S10: Hate",)
    assert "hate.speech" not in paths("S1")
    assert "violence.general" in paths("s1")


def test_a_label_is_found_and_its_system_named() -> None:
    assert "azure: Hate" in where("hate.speech", "Hate")
    assert paths("HARM_CATEGORY_CIVIC_INTEGRITY") == ["political.election_misinformation"]
    assert paths("sexual/minors") == ["sexual.minors"]


def test_words_begin_where_words_begin() -> None:
    assert "presence.face" not in paths("hate")  # whoever's: w-hat-ever
    assert "claims.guarantee" not in paths("ever")  # whatever happens
    assert "pii.email" in paths("mail")


def test_all_words_have_to_be_found() -> None:
    assert paths("kitchen", "knife") == ["violence.weapons"]
    assert where("violence.weapons", "kitchen", "knife")[0].startswith("counter-example: ")
    assert paths("kitchen", "passport") == []


def test_words_are_taken_literally() -> None:
    assert paths(".*") == []
    assert paths("(") != list(TAXONOMY.leaves)


def test_a_branch_means_all_below_it_and_nothing_beside_it() -> None:
    assert {leaf.path for leaf in TAXONOMY.below("flash.*")} == {
        *("flash.general", "flash.red", "flash.extended", "flash.pattern")
    }
    assert [leaf.path for leaf in TAXONOMY.below("self_harm")] == ["self_harm"]
    assert not TAXONOMY.covers("pii", "piiz.email")
    with pytest.raises(UsageError, match="pii"):
        TAXONOMY.below("pi")


def test_the_taxonomy_opens_no_file_and_imports_nothing_heavy() -> None:
    """Policies are checked with nothing else at hand."""
    code = (
        "import sys\n"
        "import compliance.types, compliance.errors, difflib\n"
        "before = set(sys.modules)\n"
        "import compliance.taxonomy\n"
        "print(*sorted(name for name in set(sys.modules) - before if 'compliance' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
