"""The shipped names are usable, join what is enrolled, and are looked for unless switched off."""

import collections

import pytest

from compliance.analyzers.base import References
from compliance.banks.entries import slug
from compliance.banks.people import PeopleBank
from compliance.banks.starter import BANK, FOLDER, starter_people, with_starter
from compliance.errors import BankError
from compliance.text.names.matching import NameIndex

NOBODY = References((), ())


@pytest.fixture
def write(tmp_path):
    """Write files of a starter bank and read them."""

    def write(**files: str):
        for field, text in files.items():
            (tmp_path / f"{field}.txt").write_text(text, "utf-8")
        return starter_people(tmp_path)

    return write


def test_shipped_entries_are_many_and_each_is_found_by_its_own_name() -> None:
    people = starter_people()
    assert len(people) > 4_000
    references = with_starter(NOBODY, people)
    index = NameIndex(references.texts, (False,) * len(references))
    for row in range(0, len(references), 97):
        name = references.texts[row]
        assert row in {match.row for match in index.find(name)}, name


def test_no_shipped_file_names_anybody_twice() -> None:
    twice = []
    for path in FOLDER.glob("*.txt"):
        lines = [one for one in path.read_text("utf-8").splitlines() if one and one[0] != "#"]
        names = collections.Counter(slug(one.partition("|")[0]) for one in lines)
        twice += [
            (path.name, name) for name, count in names.items() if count > 1 and name != "person"
        ]
    assert twice == []


def test_names_aliases_and_marks_are_read(write) -> None:
    [drake, cher] = write(
        music="# Singers.\n\n~Drake | Aubrey Graham; ~Drizzy\nCherilyn Sarkisian | ~Cher\n"
    )[::-1]
    assert drake.reference.id == "public-figures/drake"
    assert drake.names == (("Drake", True), ("Aubrey Graham", False), ("Drizzy", True))
    assert (cher.reference.label, cher.field) == ("Cherilyn Sarkisian", "music")


def test_whoever_stands_in_two_files_is_one_entry_marked_if_any_file_marks(write) -> None:
    [one] = write(film="Will Smith | The Fresh Prince\n", music="~Will Smith | Willard Smith\n")
    assert dict(one.names) == {
        "Will Smith": True,
        "The Fresh Prince": False,
        "Willard Smith": False,
    }


def test_two_names_of_one_slug_are_two_entries(write) -> None:
    people = write(music="Zoe\nZoé\n李娜\n李安\n")
    entries = {one.reference.label: one.reference.entry for one in people}
    assert entries == {"Zoe": "zoe", "Zoé": "zoe-2", "李娜": slug("李娜"), "李安": slug("李安")}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Ann\nBen | \n", "bad.txt:2"),
        ("| Ann\n", "bad.txt:1"),
        ("Ann | Be~n\n", "bad.txt:1"),
        ("A\u200bnn\n", "bad.txt:1"),
    ],
)
def test_a_name_that_is_not_usable_is_refused_with_its_line(write, text, where) -> None:
    with pytest.raises(BankError) as caught:
        write(bad=text)
    assert caught.value.where == where


def test_the_enrolled_join_the_shipped_of_their_bank(write, people: PeopleBank) -> None:
    shipped = write(music="~Drake | Aubrey Graham\nRihanna\n")
    people.enrol(BANK, "Rihanna", [], aliases=["Riri"])
    people.enrol("talent", "Ann Example", [])
    enrolled = people.references("name")
    joined = with_starter(enrolled, shipped)
    rows = zip(joined.refs, joined.texts, joined.ambiguous, strict=True)
    assert sorted((ref.id, text, everyday) for ref, text, everyday in rows) == [
        ("public-figures/drake", "Aubrey Graham", False),
        ("public-figures/drake", "Drake", True),
        ("public-figures/rihanna", "Rihanna", False),
        ("public-figures/rihanna", "Riri", False),
        ("talent/ann-example", "Ann Example", False),
    ]
    assert [(use.name, use.size) for use in joined.banks] == [(BANK, 2), ("talent", 1)]


def test_the_version_follows_what_is_shipped_and_what_is_enrolled(
    write, people: PeopleBank
) -> None:
    def version(shipped):
        [use] = [
            one
            for one in with_starter(people.references("name"), shipped).banks
            if one.name == BANK
        ]
        return use.version

    versions = [version(write(music="Rihanna\n")), version(write(music="# Singers.\nRihanna\n"))]
    versions += [version(write(music="~Rihanna\n"))]
    people.enrol(BANK, "Ann Example", [])
    versions.append(version(write(music="~Rihanna\n")))
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_nothing_shipped_changes_nothing(people: PeopleBank) -> None:
    enrolled = people.references("name")
    assert with_starter(enrolled, ()) is enrolled
