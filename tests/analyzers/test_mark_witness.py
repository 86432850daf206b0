from compliance.analyzers import sift
from compliance.analyzers.brands import mark_index
from compliance.analyzers.brands.logo_prints import logo_print, unpack
from compliance.analyzers.brands.mark_index import MarkIndex
from compliance.analyzers.brands.mark_pixels import grey_of
from compliance.analyzers.brands.mark_score import together
from tests.analyzers.logo_scenes import ground, mark, shown

CORNERS = [(200, 120), (330, 120), (330, 250), (200, 250)]


def test_what_a_second_reference_sees_too_is_surer_than_what_one_of_ten_sees():
    alone, two = together([0.6], [], 10), together([0.6, 0.4], [], 10)
    assert alone < 0.2 < 0.6 < two
    assert together([], [0.9], 10) < 0.5 < together([], [0.9, 0.9], 10)


def test_a_sure_reference_stands_without_the_others():
    assert together([0.999], [], 10) > 0.9
    assert together([0.6], [], 1) == 0.6


def test_more_of_anything_never_makes_less_of_it():
    steps = (0.0, 0.05, 0.5, 0.9, 0.999)
    for references in (2, 5, 10, 30):
        for row in (
            [together([a, 0.05], [0.1], references) for a in steps],
            [together([0.9, a], [], references) for a in steps],
            [together([], [0.9, a], references) for a in steps],
        ):
            assert row == sorted(row)


def test_other_references_of_the_entry_are_asked_where_one_may_be(monkeypatch):
    monkeypatch.setattr(mark_index, "HYPOTHESES", 1)  # As in a bank that holds very many marks.
    scene = shown(mark(0), ground(), CORNERS)
    features, grey = sift.extract(scene, 800), grey_of(scene)
    known = [unpack(logo_print(mark(seed))) for seed in (0, 0, 0, 5)]
    found, apart = (
        MarkIndex(known, entries).search(features, grey)
        for entries in (["a", "a", "a", "b"], ["a", "b", "c", "d"])
    )
    assert len(apart) == 1
    assert {one.row for one in found if one.agreement > 0.5} == {0, 1, 2}
    assert not any(one.row == 3 for one in found)
