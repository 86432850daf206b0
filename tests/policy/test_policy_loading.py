"""What the loader takes, what it refuses, and how it says so."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_examples import HEAD

from compliance.errors import PolicyError
from compliance.policy.diagnostics import SHOWN, SourceText
from compliance.policy.document import MAX_DEPTH, MAX_EVENTS, MAX_LINE, MAX_LINES, read_document
from compliance.policy.json_schema import policy_schema
from compliance.policy.load import MAX_BYTES, load_policy, load_policy_text
from compliance.policy.schema import Policy
from compliance.policy.show import effective_yaml
from compliance.types import canonical_json

RULE = "  - {id: r, title: T, find: pii, then: flag}\n"
GOOD = HEAD + "rules:\n" + RULE


def refusal(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policy_text(text, "p.yaml")
    return str(caught.value)


def with_rule(line: str) -> str:
    return f"{HEAD}rules:\n  - id: r\n    title: T\n    find: pii\n    then: flag\n    {line}\n"


def test_every_error_is_told_at_once_with_its_line_a_caret_and_a_hint() -> None:
    text = (
        "policy: acme\n"
        "version: 1.4\n"
        "owner: a@example.com\n"
        "status: enfroce\n"
        "rules:\n"
        "  - id: a\n"
        "    titel: x\n"
        "    find: likenes.face\n"
        "    then: flag\n"
        "    then: reject\n"
    )
    assert refusal(text) == (
        "p.yaml:2:10: 'version' must be text, found the number 1.4\n"
        "  2 | version: 1.4\n"
        "    |          ^\n"
        '    hint: quote it where text is meant: "1.4"\n'
        "p.yaml:4:9: 'status' must be 'draft', 'monitor' or 'enforce', found text 'enfroce'\n"
        "  4 | status: enfroce\n"
        "    |         ^\n"
        "    hint: did you mean 'enforce'?\n"
        "p.yaml:6:5: key 'title' is missing\n"
        "  6 |   - id: a\n"
        "    |     ^\n"
        "    hint: add 'title: …'\n"
        "p.yaml:7:5: unknown key 'titel'\n"
        "  7 |     titel: x\n"
        "    |     ^\n"
        "    hint: did you mean 'title'?\n"
        "p.yaml:8:11: there is no category 'likenes.face'\n"
        "  8 |     find: likenes.face\n"
        "    |           ^\n"
        "    hint: did you mean 'likeness.face'?\n"
        "p.yaml:10:5: duplicate key 'then'\n"
        "  10 |     then: reject\n"
        "     |     ^\n"
        "    hint: it stands in line 9 already; keep one of the two\n"
        "6 errors in p.yaml, so nothing was loaded. To mend it: edit what is shown above, then run "
        "'compliance policy lint p.yaml'."
    )


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("in: [NO]", "10:10", "'NO' is a truth value to some readers of YAML"),
        ("in: [on]", "10:10", "'on' is a truth value"),
        ("send_to: Yes", "10:14", "'Yes' is a truth value"),
        ("send_to: y", "10:14", "'y' is a truth value"),
        ("send_to: true", "10:14", "'send_to' must be text, found the truth value true"),
        ("send_to: 12:30:45", "10:14", "'12:30:45' is a base-60 number"),
        ("send_to: 010", "10:14", "'010' is not the same number to all readers"),
        ("when: {min_count: 0o10}", "10:23", "'0o10' is not the same number"),
        ("when: {min_count: 0x1F}", "10:23", "'0x1F' is not the same number"),
        ("when: {min_count: 1_000}", "10:23", "'1_000' is not the same number"),
        ("when: {min_score: .nan}", "10:23", "'.nan' is not a finite number"),
        ("when: {min_score: -.inf}", "10:23", "'-.inf' is not a finite number"),
        ("when: {min_score: 1e999}", "10:23", "'1e999' is not a finite number"),
        ("when: {min_score: NaN}", "10:23", "'min_score' must be a number, found text 'NaN'"),
        ('when: {min_score: "0.9"}', "10:23", "'min_score' must be a number, found text '0.9'"),
        ("when: {min_score: true}", "10:23", "'min_score' must be a number, found the truth value"),
        ("when: {min_score: 1.01}", "10:23", "'min_score' must be 1.0 or less, found the number"),
        ("when: {min_score: -0.1}", "10:23", "'min_score' must be 0.0 or more"),
        ("when: {min_count: 0}", "10:23", "'min_count' must be 1 or more"),
        ("when: {min_count: 1.5}", "10:23", "'min_count' must be a whole number"),
        ("when: {max_score: 1}", "10:12", "unknown key 'max_score'"),
        ("when: {}", "10:11", "an empty mapping says nothing"),
        ("when: 3", "10:11", "'when' must be a mapping of keys to values, found the number 3"),
        ("in: []", "10:9", "an empty list says nothing"),
        ("in:", "10:5", "the value is empty"),
        ("in: ~", "10:9", "the value is empty"),
        ('in: ["  "]', "10:10", "item 1 of 'in' must be text that is not blank"),
        ("in: {a: b}", "10:9", "'in' must be a list, found a mapping"),
        ("why: &w x", "10:10", "anchor '&w' is not allowed"),
        ("why: *w", "10:10", "alias '*w' is not allowed"),
        ("<<: {why: x}", "10:5", "merge key << is not allowed"),
        ("why: !!str x", "10:10", "tag 'tag:yaml.org,2002:str' is not allowed"),
        ("why: !!python/object:os.system x", "10:10", "tag 'tag:yaml.org,2002:python/object"),
        ("? [a]\n    : b", "10:7", "a key must be plain text"),
        ('why: "a\\e[31m"', "10:10", "control character U+001B in a text"),
        ('why: "\\ud800"', "10:10", "control character U+D800 in a text"),
        ('why: "\\UFFFFFFFF"', "1:1", "not YAML"),
        ("why: a: b", "10:11", "not YAML: mapping values are not allowed here"),
        ("why: [a", "11:1", "not YAML: while parsing a flow sequence"),
        ("applies: {territories: UK}", "10:28", "there is no territory 'UK'"),
        ("applies: {from: 2026-13-01}", "10:21", "'from' must be a date such as 2026-12-31"),
        ("applies: {from: 2026-02-01, until: 2026-01-01}", "10:14", "'from' is later than 'until'"),
        ("oblige: {mark: sticker}", "10:20", "'mark' must be 'c2pa.digital_source_type'"),
        ("unless: {consent: maybe}", "10:23", "'consent' must be 'covers', found text 'maybe'"),
        ("severity: hgih", "10:15", "'severity' must be 'low', 'medium', 'high' or 'critical'"),
        ("expr: 'true'", "10:11", "expected text, found 'true'"),
        ("expr: '!findings.exists(f, f.score > 0.1)'", "10:11", "an expression may not negate"),
        ("expr: findings.exists(f, f.score < 0.5)", "10:11", "an expression may not count below"),
        ("expr: findings.all(f, f.score > 0.5)", "10:11", "expected 'exists'"),
        ("unknown: true", "6:5", "'unknown' is about faces and voices"),
        ("unknown: false", "10:14", "'unknown' must be True"),
        ("declared: missing", "6:5", "'declared' is about people, brands and works"),
        ("when: {after_seconds: 3, before_seconds: 2}", "10:11", "'after_seconds' is not before"),
        ("oblige: {label: {place: end}}", "10:14", "key 'text' is missing"),
        ("then: reject", "10:5", "duplicate key 'then'"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_where_it_is_wrong(
    line: str, place: str, message: str
) -> None:
    assert f"p.yaml:{place}: {message}" in refusal(with_rule(line))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "p.yaml:1:1: the file holds no policy"),
        ("# nothing\n", "p.yaml:1:1: the file holds no policy"),
        ("- a\n", "p.yaml:1:1: the policy must be a mapping of keys to values, found a list"),
        ("x\n", "p.yaml:1:1: the policy must be a mapping of keys to values, found text 'x'"),
        (HEAD, "p.yaml:1:1: key 'rules' is missing"),
        (HEAD + "rules: []\n", "p.yaml:5:8: an empty list says nothing"),
        (GOOD + "---\n" + GOOD, "p.yaml:7:1: a second document begins here"),
        ("%YAML 1.1\n---\n" + GOOD, "p.yaml:1:1: directives are not allowed"),
        (HEAD + "if_not_examined: approve\nrules:\n" + RULE, "cannot be approved"),
        (HEAD + "rules:\n" + RULE + RULE, "p.yaml:7:10: rule id 'r' is not unique"),
        (GOOD.replace("id: r", "id: R r"), "'id' must be lower-case words"),
        (GOOD.replace("1.0.0", "'1 0'"), "'version' must be a version such as 1.4.0"),
        (HEAD + "rules: [x, 3]\n", "item 2 of 'rules' must be a mapping of keys to values"),
        (GOOD + "# \u202eevil\n", "p.yaml:7:3: control or text-direction character U+202E"),
        (GOOD + "#\x00", "p.yaml:7:2: control or text-direction character U+0000"),
        (GOOD + "extends: base\n", "p.yaml:7:1: nothing can be extended from here"),
        (GOOD + "override: []\n", "p.yaml:7:11: an empty list says nothing"),
        (
            HEAD + "accept_unexamined: [{category: pii, sources: [ear], owner: o, reason: r}]\n",
            "item 1 of 'sources' must be 'prompt', 'negative_prompt'",
        ),
    ],
)
def test_a_file_that_is_no_policy_is_refused(text: str, message: str) -> None:
    assert message in refusal(text)


@pytest.mark.parametrize(
    "bomb",
    ["[" * 9_000, "{a: " * 2_000, "- " * 4_000, "".join(f"{' ' * n}b:\n" for n in range(400))],
)
def test_nesting_bombs_end_at_a_depth_and_not_in_a_recursion_error(bomb: str) -> None:
    assert f"nested deeper than {MAX_DEPTH} levels" in refusal(bomb)


@pytest.mark.parametrize("token", ["&{}", "*{}", "!<{}> b", "!{} b", "'{}'", "9{}", "{}: b"])
def test_a_line_that_is_too_long_is_refused_before_it_is_scanned(token: str) -> None:
    text = refusal("a: 1\nb: " + token.format("b" * MAX_LINE))
    assert f"p.yaml:2:1: the line is longer than {MAX_LINE:,} characters" in text
    assert len(text) < 1000


def test_the_work_on_a_long_file_is_bounded_by_its_number_of_values() -> None:
    text = "- a\n" * (MAX_LINES - 1)
    assert f"more than {MAX_EVENTS} values" in refusal(text)


def test_a_file_of_errors_shows_the_first_and_counts_the_rest() -> None:
    items = "".join(f"  - {{id: r{n}, title: T, find: pji, then: flag}}\n" for n in range(250))
    text = refusal(HEAD + "rules:\n" + items)
    assert text.count("    hint: did you mean 'pii'?") == SHOWN
    assert f"and {250 - SHOWN} more\n250 errors in p.yaml" in text


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    assert "the policy is too large" in refusal("#" * (MAX_BYTES + 1))
    path = tmp_path / "large.yaml"
    path.write_text(
        GOOD + "# ééééééé\n" * (MAX_BYTES // 16), "utf-8"
    )  # fewer characters than bytes
    with pytest.raises(PolicyError, match="the policy is too large"):
        load_policy(path)


@pytest.mark.parametrize("evil", ["\u202e", "\x1b[2J", "\x00", "\x9b"])
def test_characters_that_a_terminal_obeys_are_not_shown_to_it(evil: str) -> None:
    assert evil[0] not in refusal(GOOD + f"# {evil}\n")


def test_a_long_line_is_cut_around_the_caret() -> None:
    text = refusal(with_rule(f"in: ['{'x' * 500}', NO]"))
    line, caret = next(
        (a, b)
        for a, b in zip(text.split("\n"), text.split("\n")[1:], strict=False)
        if b.endswith("^")
    )
    assert len(line) < 120
    assert line[caret.index("^")] == "N"


def test_a_caret_stands_under_its_character_after_wide_ones() -> None:
    text = refusal(with_rule("in: ['表情', NO]"))
    assert "  10 |     in: ['表情', NO]\n     |                  ^\n" in text


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_lines_are_counted_alike_whatever_ends_them(breaks: str) -> None:
    assert "p.yaml:10:5: unknown key 'wyh'" in refusal(with_rule("wyh: x").replace("\n", breaks))


def test_files_that_cannot_be_read_say_which_and_what_to_do(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(GOOD.encode() + "# caf\xe9\n".encode("latin-1"))
    for path, message in (
        (tmp_path / "absent.yaml", "there is no such policy"),
        (tmp_path, "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        (latin, "latin.yaml:7:6: byte 0xe9 is not UTF-8"),
    ):
        with pytest.raises(PolicyError, match=message) as caught:
            load_policy(path)
        assert caught.value.fix


def test_a_byte_order_mark_and_crlf_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_policy(path).digest == load_policy_text(GOOD, "p").digest


def test_the_digest_knows_meaning_and_nothing_else() -> None:
    policy = load_policy_text(GOOD, "p")
    same = (
        "# a comment\nstatus: enforce\nowner: 'o@example.com'\nversion: 1.0.0\npolicy: p\n"
        'if_not_examined: flag\nrules:\n- then: flag\n  find: [pii.*]\n  title: "T"\n  id: r\n'
    )
    assert load_policy_text(same, "q").digest == policy.digest
    assert load_policy_text(GOOD.replace("then: flag", "then: reject"), "p").digest != policy.digest


def test_the_effective_policy_loads_again_as_the_same_policy(tmp_path: Path) -> None:
    text = with_rule("applies: {territories: ['NO', EU], from: 2026-01-01}").replace(
        "title: T", "title: 'on'\n    in: ['010', '12:30:45']\n    when: {min_score: 1}"
    )
    policy = load_policy_text(text, "p")
    path = tmp_path / "effective.yaml"
    path.write_text(effective_yaml(policy), "utf-8")
    assert load_policy(path) == policy
    assert load_policy(path).digest == policy.digest
    assert Policy.model_validate_json(canonical_json(policy)) == policy


def test_editors_get_a_schema_with_the_keys_of_the_language() -> None:
    schema = policy_schema()
    rule = schema["$defs"]["Rule"]
    assert {"in", "except", "find", "then"} <= rule["properties"].keys()
    assert set(rule["required"]) == {"id", "title", "find", "then"}
    assert rule["additionalProperties"] is False
    assert '"null"' not in json.dumps(schema)
    assert {option.get("type") for option in rule["properties"]["find"]["anyOf"]} == {
        "string",
        "array",
    }


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    st.lists(st.sampled_from([*"ab:-[]{}#&*!|>'\"%@`,? \n\t0.~<é", "rules:", "- ", "\\U", "\\x"]))
)
def test_any_text_gives_a_policy_error_and_nothing_else(parts: list[str]) -> None:
    refusal("".join(parts))


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.integers(0, len(GOOD) - 1), st.text(max_size=3))
def test_a_damaged_policy_loads_or_is_refused(index: int, damage: str) -> None:
    text = GOOD[:index] + damage + GOOD[index + 1 :]
    try:
        load_policy_text(text, "p.yaml")
    except PolicyError as error:
        assert "p.yaml:" in str(error)


def test_diagnostics_of_a_document_have_places_inside_it() -> None:
    _, problems = read_document(SourceText("p", "a: *x\nb: &y 1\n"))
    assert [(p.spot.line, p.spot.col) for p in problems if p.spot] == [(1, 4), (2, 4)]


def test_policies_load_lint_and_decide_without_any_model_library() -> None:
    code = (
        "import sys, compliance.policy.load, compliance.policy.lint, compliance.policy.evaluate\n"
        "import compliance.policy.explain\n"
        "heavy = {'torch', 'cv2', 'av', 'dlib', 'onnxruntime', 'presidio_analyzer', 'c2pa'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
