"""One analysis, a decision for each place of the release, in all three formats."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_line import run_here

POLICY = """\
policy: matrix
version: 1.0.0
owner: o@example.com
status: enforce
rules:
  - id: eu.cards
    title: No cards on television in the EU
    why: A test
    find: pii.payment_card
    applies: {territories: EU, channels: tv}
    then: reject
  - id: all.cards
    title: Ask about <cards>
    why: A test
    find: pii.payment_card
    then: flag
  - {id: phones, title: Phones, why: A test, find: pii.phone, status: monitor, then: reject}
"""
RELEASE = "territories: [DE, US-CA]\nchannels: [tv, social]\naudience: [general, children]\n"
PROMPT = "Card 4111 1111 1111 1111 <script>alert(1)</script> call 212-555-0143"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "release.yaml").write_text(RELEASE)
    return tmp_path


def review(place: Path, *more: str, release: str = "release.yaml"):
    options = ["--policy", "policy.yaml", *(["--release", release] if release else []), *more]
    return run_here("review", "--prompt", PROMPT, *options, cwd=place)


def test_each_place_has_its_decision_and_the_worst_is_the_exit_code(place: Path) -> None:
    result = review(place, "--format", "json")
    (one,) = json.loads(result.out)["reviews"]
    decisions = {
        (cell["territory"], cell["channel"], cell["audience"]): (cell["decision"], cell["hits"])
        for cell in one["verdict"]["cells"]
    }
    assert len(decisions) == 8
    assert decisions["DE", "tv", "children"] == ("reject", ["all.cards", "eu.cards"])
    assert decisions["DE", "social", "general"] == ("flag", ["all.cards"])
    assert decisions["US-CA", "tv", "general"] == ("flag", ["all.cards"])
    assert result.code == 11


def test_a_release_without_such_places_ends_milder(place: Path) -> None:
    (place / "mild.yaml").write_text("territories: [US-CA]\nchannels: [tv, social]\n")
    assert review(place, release="mild.yaml").code == 10


def test_a_silent_release_is_in_every_place(place: Path) -> None:
    result = review(place, "--format", "json", release="")
    (one,) = json.loads(result.out)["reviews"]
    (cell,) = one["verdict"]["cells"]
    assert (cell["territory"], cell["decision"]) == (None, "reject")
    assert result.code == 11


def test_the_text_shows_every_place_worst_first(place: Path) -> None:
    lines = review(place).out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("release: 8 places"))
    assert lines[start + 1].split() == "✖ DE × tv × children reject all.cards, eu.cards".split()
    assert sum("flag" in line for line in lines[start + 1 : start + 9]) == 6


def test_a_monitored_rule_is_shown_and_does_not_count(place: Path) -> None:
    result = review(place)
    assert "· MONITOR" in result.out
    (one,) = json.loads(review(place, "--format", "json").out)["reviews"]
    monitored = {hit["rule"] for hit in one["verdict"]["hits"] if hit["monitored"]}
    assert monitored == {"phones"}
    assert all("phones" not in cell["hits"] for cell in one["verdict"]["cells"])


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)


def test_the_page_shows_the_table_and_nothing_that_acts(place: Path) -> None:
    page = review(place, "--format", "html").out
    parser = Tags()
    parser.feed(page)
    assert parser.tags.count("tr") == 1 + 8 + 1 + 3
    assert not {"script", "cards", "img", "link"} & set(parser.tags)
    assert "Ask about &lt;cards&gt;" in page
    assert page.index("✖ reject") < page.index("⚑ flag")
    assert "http" not in page


def test_too_many_places_are_refused(place: Path) -> None:
    names = ", ".join(f"c{number}" for number in range(2001))
    (place / "many.yaml").write_text(f"channels: [{names}]\n")
    result = review(place, release="many.yaml")
    assert result.code == 2
    assert "too many places" in result.err
