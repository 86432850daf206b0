"""What docs/taxonomy.md lists is what there is."""

import re
from pathlib import Path

from compliance.taxonomy import BRANCHES, SYSTEMS, TAXONOMY

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "taxonomy.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if "|" in line
]


def test_the_page_lists_every_branch_with_all_below_it() -> None:
    rows = [row for row in ROWS if row[0].strip("`") in BRANCHES]
    assert [(row[0].strip("`"), row[1]) for row in rows] == list(BRANCHES.items())
    listed = set()
    for branch, _, names in rows:
        leaves = [f"{branch.strip('`')}.{name}" for name in re.findall(r"`(\w+)`", names)]
        listed |= set(leaves or [branch.strip("`")])
    assert listed == set(TAXONOMY.leaves)


def test_the_page_lists_every_system() -> None:
    rows = [row for row in ROWS if row[0].strip("`") in SYSTEMS]
    told = [(one.name, one.title, str(len(one.labels))) for one in SYSTEMS.values()]
    assert [(row[0].strip("`"), row[1], row[2]) for row in rows] == told


def test_labels_that_the_page_quotes_exist() -> None:
    labels = {label for system in SYSTEMS.values() for label in system.labels}
    quoted = set(re.findall(r"`((?:SafeSearch|Gemini|Veo): \w+)`", PAGE))
    assert quoted and quoted <= labels
