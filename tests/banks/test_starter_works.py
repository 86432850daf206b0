"""The shipped names of brands and works are usable and join those of a database."""

import collections

import pytest

from compliance.analyzers.base import References
from compliance.banks.starter import (
    BRANDS,
    STARTERS,
    WORKS,
    Starter,
    join_starter,
    starter_entries,
    with_starter,
)
from compliance.findings import BankUse, Reference
from compliance.text.names.kinds import BRAND, WORK
from compliance.text.names.matching import NameIndex

NONE = References((), ())
KINDS = {"word": BRAND, "term": WORK}


@pytest.fixture
def write(tmp_path):
    """Write files of a starter bank and return the bank."""

    def write(**files: str) -> Starter:
        for field, text in files.items():
            (tmp_path / f"{field.replace('_', '-')}.txt").write_text(text, "utf-8")
        return Starter("works", "term", tmp_path)

    return write


@pytest.mark.parametrize(("starter", "least"), [(BRANDS, 1_500), (WORKS, 5_000)])
def test_shipped_entries_are_many_and_each_is_found_by_its_own_name(starter, least) -> None:
    joined = join_starter(starter.modality, NONE)
    assert len({ref.entry for ref in joined.refs}) > least
    index = NameIndex(joined.texts, (False,) * len(joined), KINDS[starter.modality])
    for row in range(0, len(joined), 97):
        name = joined.texts[row]
        assert row in {match.row for match in index.find(name)}, name


@pytest.mark.parametrize("starter", [BRANDS, WORKS])
def test_no_entry_stands_in_two_places(starter) -> None:
    names = collections.Counter(
        line.partition("|")[0].strip().removeprefix("~").strip()
        for path in starter.folder.glob("*.txt")
        for line in path.read_text("utf-8").splitlines()
        if line.strip() and line[0] != "#"
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_other_modalities_have_no_starter_bank() -> None:
    assert set(STARTERS) == {"name", "word", "term"}
    assert join_starter("mark", NONE) is NONE


def test_files_say_what_their_names_name(write) -> None:
    starter = write(characters_film="Elsa\n", styles_art="Wes Anderson\n", titles_film="~Up\n")
    joined = with_starter(NONE, starter_entries(starter), starter)
    known = dict(zip(joined.texts, joined.details, strict=True))
    assert known == {
        "Elsa": '{"kind": "character"}',
        "Up": "{}",
        "Wes Anderson": '{"kind": "style"}',
    }


def test_those_of_the_database_join_the_shipped_of_their_bank(write) -> None:
    starter = write(titles_film="~Up\nFrozen | Frozen 2\n")
    shipped = starter_entries(starter)
    own = Reference(bank="works", entry="up", label="Up")
    other = Reference(bank="studio", entry="mine", label="Mine")
    uses = tuple(
        BankUse(name=bank, modality="term", size=1, version="0" * 64)
        for bank in ("studio", "works")
    )
    enrolled = References(
        (other, own),
        uses,
        texts=("Mine", "Up"),
        ambiguous=(False, False),
        details=('{"owner": "us"}', "{}"),
    )
    joined = with_starter(enrolled, shipped, starter)
    rows = zip(joined.refs, joined.texts, joined.ambiguous, joined.details, strict=True)
    assert sorted((ref.id, text, everyday, details) for ref, text, everyday, details in rows) == [
        ("studio/mine", "Mine", False, '{"owner": "us"}'),
        ("works/frozen", "Frozen", False, "{}"),
        ("works/frozen", "Frozen 2", False, "{}"),
        ("works/up", "Up", False, "{}"),
    ]
    assert [(use.name, use.modality, use.size) for use in joined.banks] == [
        ("studio", "term", 1),
        ("works", "term", 2),
    ]


def test_the_version_follows_names_marks_and_what_they_name(write) -> None:
    def version(**files: str) -> str:
        starter = write(**files)
        [use] = with_starter(NONE, starter_entries(starter), starter).banks
        for path in starter.folder.glob("*.txt"):
            path.unlink()
        return use.version

    versions = [
        version(titles_film="Up\n"),
        version(titles_television="Up\n"),
        version(titles_film="~Up\n"),
        version(characters_film="Up\n"),
        version(titles_film="Up | Up 2\n"),
    ]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 4
