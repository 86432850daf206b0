"""Measure the policy engine: rules over an archive, a policy edit, hostile files.

* **Rules.** 50 rules over 10^5 findings of 10^4 assets, with ids and values behind every hit, against the
  same rules as compiled CEL programs (Rust), run on each finding: with its context built and warm, CEL's
  best, and with building it. Both sides must find the same hits. Neither loads anything within the time.
* **Edit.** One bound of a policy changes over 10^5 stored reviews. Judging them again is measured; analysing
  them again is *not*: it is 10^5 times the seconds per clip in ``results/latency.json``.
* **Hostile files.** Policies that are made to exhaust a loader: the time until each loads or is refused.

Usage: python -m benchmarks.policy
"""

from __future__ import annotations

import importlib.util
import json
import random
import time
from datetime import UTC, datetime
from typing import Any

import cel
import numpy as np

from benchmarks.environment import RESULTS, record
from compliance.errors import PolicyError
from compliance.facts import Consent, Facts, Scope
from compliance.findings import (
    UNSEEN,
    AnalyzerReport,
    BankUse,
    Coverage,
    Finding,
    RawKind,
    Reference,
    Status,
)
from compliance.policy.evaluate import evaluate
from compliance.policy.findings_table import FindingsTable
from compliance.policy.load import MAX_BYTES, load_policy_text
from compliance.policy.schema import Policy, Rule
from compliance.policy.table import TableEvaluation, evaluate_table
from compliance.taxonomy import TAXONOMY
from compliance.types import Region, Source, TimeSpan

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
RULES, FINDINGS, ASSETS, REVIEWS, SAMPLE = 50, 100_000, 10_000, 100_000, 500
CEL_PYTHON_SAMPLE = 100
BANKS = ("talent", "public", "brands", "works")
LEAVES = tuple(leaf for leaf in TAXONOMY.leaves.values() if leaf.path != "integrity.undecodable")
PAIRS = tuple((leaf.path, source) for leaf in LEAVES for source in sorted(leaf.sources))
MATCHED = ("likeness", "brand", "ip")
UNMEASURED = 1e308
EVER = Scope(
    purposes=("*",), territories=("*",), channels=("*",),
    starts=datetime(2026, 1, 1, tzinfo=UTC), ends=datetime(2026, 12, 31, tzinfo=UTC),
)  # fmt: skip
USED = BankUse(name="talent", modality="face", size=9, version="v")
FILLED = tuple(USED.model_copy(update={"name": name}) for name in BANKS)
CONSENTS = tuple(
    Consent(
        id=f"C{entry}",
        person=Reference(bank="talent", entry=f"e{entry}"),
        uses=("face", "name", "voice"),
        scope=EVER,
    )
    for entry in range(0, 200, 7)
)


def policy(chance: random.Random) -> Policy:
    """Return a policy of :data:`RULES` rules, each about one or two categories."""
    rules = []
    for index in range(RULES):
        find = sorted({chance.choice(LEAVES).path for _ in range(chance.choice((1, 1, 2)))})
        matched = all(path.split(".")[0] in MATCHED for path in find)
        when = {"min_score": chance.choice((0.5, 0.7, 0.9))}
        when |= chance.choice(
            ({}, {"min_seconds": 2.0}, {"min_area_percent": 4.0}, {"min_frames": 3})
        )
        rule: dict[str, Any] = {"id": f"r{index}", "title": "T", "find": find, "when": when}
        if matched:
            rule |= chance.choice(
                ({}, {"in": ["talent", "public"]}, {"except": ["e1", "brands/e2"]})
            )
        if all(path.startswith("likeness") for path in find):
            rule["unless"] = {"consent": "covers"}
        rules.append(rule | {"then": chance.choice(("flag", "reject"))})
    head = {"policy": "bench", "version": "1", "owner": "o", "status": "enforce", "rules": rules}
    return load_policy_text(json.dumps(head), "bench.yaml")


def finding(chance: random.Random, asset: str, number: int) -> Finding:
    """Return a finding of any category."""
    leaf, start = chance.choice(LEAVES), chance.random() * 60
    side = chance.choice((None, 0.1, 0.25, 0.5))
    matched = leaf.path.split(".")[0] in MATCHED
    return Finding(
        category=leaf.path,
        asset=asset,
        analyzer="bench",
        source=chance.choice(sorted(leaf.sources)),
        score=round(chance.random(), 3),
        raw=float(number),
        raw_kind=RawKind.COUNT,
        span=chance.choice((None, TimeSpan(start=start, end=start + chance.random() * 4))),
        region=side and Region(points=((0, 0), (side, 0), (side, side), (0, side))),
        frames=chance.choice((None, 1, 3, 9)),
        reference=Reference(bank=chance.choice(BANKS), entry=f"e{chance.randrange(200)}")
        if matched
        else None,
    )


def archive(chance: random.Random, assets: int, findings: int) -> list[Facts]:
    """Return facts of ``assets`` with ``findings`` over all; one report in twenty looked at less."""
    found: list[list[Finding]] = [[] for _ in range(assets)]
    for number in range(findings):
        index = chance.randrange(assets)
        found[index].append(finding(chance, f"{index:064x}", number))
    return [
        Facts(
            asset=f"{index:064x}",
            asset_sha256=f"{index:064x}",
            reports=(
                AnalyzerReport(
                    analyzer="bench",
                    version="1",
                    asset=f"{index:064x}",
                    status=Status.COMPLETED,
                    examines=PAIRS,
                    coverage=Coverage(frames_seen=chance.randrange(999), complete=index % 20 > 0),
                    banks=FILLED,
                    findings=tuple(of),
                ),
            ),
            applicable=tuple(Source),
            consents=CONSENTS,
        )
        for index, of in enumerate(found)
    ]


def as_cel(rule: Rule) -> str:
    """Return ``rule`` as a CEL expression over one finding ``f``."""
    quoted = [json.dumps(path) for path in rule.find]
    said = [f"({' || '.join(f'f.category == {path}' for path in quoted)})"]
    bounds = {
        "score": rule.when.min_score, "seconds": rule.when.min_seconds,
        "area_percent": rule.when.min_area_percent, "frames": rule.when.min_frames,
    }  # fmt: skip
    said += [f"f.{name} >= {float(bound)}" for name, bound in bounds.items() if bound is not None]
    if rule.in_:
        said.append(f"f.bank in {json.dumps(rule.in_)}")
    if rule.except_:
        names = json.dumps(rule.except_)
        said.append(f"!(f.entry in {names} || f.reference in {names})")
    if rule.unless.consent:
        said.append("!(f.reference in covered)")
    return " && ".join(said)


def row(one: Finding) -> dict[str, Any]:
    """Return a finding as CEL sees it."""
    reference = one.reference
    return {
        "category": one.category,
        "score": one.score,
        "seconds": one.span.seconds + UNSEEN if one.span else UNMEASURED,
        "area_percent": one.region.area_percent if one.region else UNMEASURED,
        "frames": float(one.frames) if one.frames is not None else UNMEASURED,
        "bank": reference.bank if reference else "",
        "entry": reference.entry if reference else "",
        "reference": reference.id if reference else "",
    }


def with_cel(rules: list[Rule], table: FindingsTable) -> tuple[dict[str, set[str]], float, float]:
    """Return hits by rule, seconds of execution alone, and seconds with building the contexts."""
    programs = [(rule.id, cel.compile(as_cel(rule))) for rule in rules]
    covered = [one.person.id for one in CONSENTS]
    warm = cel.compile("f.score >= 0.0 || f.reference in covered")
    hits: dict[str, set[str]] = {rule.id: set() for rule in rules}
    executing = building = 0.0
    for key, one in zip(table.ids.tolist(), table.findings, strict=True):
        seen = row(one)
        began = time.perf_counter()
        context = cel.Context({"f": seen, "covered": covered})
        warm.execute(context)
        built = time.perf_counter()
        found = [name for name, program in programs if program.execute(context)]
        executing += time.perf_counter() - built
        building += built - began
        for name in found:
            hits[name].add(key)
    return hits, executing, executing + building


def with_cel_python(
    rules: list[Rule], table: FindingsTable, hits: dict[str, set[str]]
) -> float | None:
    """Return seconds that cel-python would take for all findings, from a sample; None where it is absent.

    Its decisions on the sample must be those of ``hits``.
    """
    if importlib.util.find_spec("celpy") is None:
        return None
    import celpy

    environment = celpy.Environment()
    programs = [(rule.id, environment.program(environment.compile(as_cel(rule)))) for rule in rules]
    covered = celpy.json_to_cel([one.person.id for one in CONSENTS])
    sample = list(zip(table.ids.tolist(), table.findings, strict=True))[:CEL_PYTHON_SAMPLE]
    seconds = 0.0
    for key, one in sample:
        given = {"f": celpy.json_to_cel(row(one)), "covered": covered}
        began = time.perf_counter()
        found = {name for name, program in programs if program.evaluate(given)}
        seconds += time.perf_counter() - began
        if found != {name for name, keys in hits.items() if key in keys}:
            raise SystemExit("the hits of cel-python differ")
    return seconds * len(table.ids) / len(sample)


def with_table(
    one: Policy, table: FindingsTable
) -> tuple[TableEvaluation, dict[str, set[str]], float]:
    """Return the evaluation, hits by rule, and the best seconds of five, with ids and values."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        result = evaluate_table(one, table, NOW)
        seen = {hits.rule: hits.seen(table) for hits in result.hits}
        times.append(time.perf_counter() - began)
    hits = {
        rule.id: set(seen[rule.id]["id"].tolist() if rule.id in seen else []) for rule in one.rules
    }
    return result, hits, min(times)


def differing(
    one: Policy, table: FindingsTable, result: TableEvaluation, chance: random.Random
) -> int:
    """Count assets of a sample for which the scalar engine says something else."""
    wrong = 0
    for index in chance.sample(range(len(table.facts)), SAMPLE):
        expected = evaluate(one, table.facts[index], NOW)
        same = result.decision(index) is expected.decision
        wrong += not (same and bool(result.complete[index]) == expected.complete)
    return wrong


def rules_over_findings(chance: random.Random) -> dict[str, Any]:
    """Measure the table against CEL."""
    one = policy(chance)
    table = FindingsTable.of(archive(chance, ASSETS, FINDINGS))
    result, ours, seconds = with_table(one, table)
    theirs, executing, whole = with_cel(list(one.rules), table)
    if ours != theirs:
        raise SystemExit("the hits of the two sides differ")
    python = with_cel_python(list(one.rules), table, ours)
    return {
        "rules": RULES,
        "findings": len(table.ids),
        "assets": ASSETS,
        "findings behind hits": sum(len(found) for found in ours.values()),
        "same hits on both sides": ours == theirs,
        "differing from the scalar engine": differing(one, table, result, chance),
        "table seconds": round(seconds, 4),
        "cel rust seconds, contexts built": round(executing, 2),
        "cel rust seconds, with building contexts": round(whole, 2),
        "times faster than cel rust, contexts built": round(executing / seconds),
        "times faster than cel rust, with building contexts": round(whole / seconds),
        "cel-python": "not installed"
        if python is None
        else {
            "seconds, from a sample of findings": [round(python), CEL_PYTHON_SAMPLE],
            "times faster than cel-python": round(python / seconds),
        },
    }


def edit_over_reviews(chance: random.Random) -> dict[str, Any]:
    """Measure judging an archive again after one bound has changed."""
    before = policy(chance)
    first = before.rules[0]
    when = first.when.model_copy(update={"min_score": 0.99})
    edited = first.model_copy(update={"when": when})
    after = before.model_copy(update={"rules": (edited, *before.rules[1:])})
    facts = archive(chance, REVIEWS, REVIEWS)
    began = time.perf_counter()
    table = FindingsTable.of(facts)
    arranged = time.perf_counter() - began
    old, _, _ = with_table(before, table)
    new, _, seconds = with_table(after, table)
    touched = {
        int(table.asset[place]) for place in range(len(table.ids))
        if table.findings[place].category in first.find
    }  # fmt: skip
    apart = np.array([index not in touched for index in range(REVIEWS)])
    same = (old.severities == new.severities) & (old.complete == new.complete)
    latency = json.loads((RESULTS / "latency.json").read_text("utf-8"))["figures"]
    stored, warm = latency["clip_stored"], latency["same_process"]["warm"]
    return {
        "reviews": REVIEWS,
        "rules": RULES,
        "verdicts that changed": int((~same).sum()),
        "changed without a finding of the edited rule": int((~same & apart).sum()),
        "differing from the scalar engine": differing(after, table, new, chance),
        "judging again, seconds": round(seconds, 4),
        "arranging the reviews in columns, seconds": round(arranged, 2),
        "analysing again, seconds per review (latency.json)": {"stored": stored, "warm": warm},
        "times faster than analysing again (stored)": round(stored * REVIEWS / seconds),
        "times faster, with arranging (stored)": round(stored * REVIEWS / (seconds + arranged)),
        "times faster than analysing again (warm)": round(warm * REVIEWS / seconds),
    }


HEAD = "policy: p\nversion: 1.0.0\nowner: o\nstatus: enforce\n"
RULE = "rules:\n  - {id: r, title: T, find: pii, then: flag"
MEGABYTE = 999_000
HOSTILE = {
    "flow nesting": HEAD + "rules: " + "[" * 100_000,
    "flow maps in maps": HEAD + "rules: " + "{a: " * 100_000,
    "block nesting": "\n".join("  " * depth + "a:" for depth in range(900)),
    "sequences in sequences": "- " * 400_000,
    "aliases of aliases": "a: &a [x]\n" + "".join(
        f"b{n}: &b{n} [{'*a, ' * 9}*a]\n" for n in range(2000)
    ),
    "merge keys": "a: &a {x: 1}\n" + "b: {<<: *a}\n" * 50_000,
    "tags": HEAD + "rules: !!python/object/apply:os.system [id]\n",
    "duplicate keys": "policy: p\n" * 90_000,
    "duplicate rules": HEAD + "rules:\n" + "  - {id: r, title: T, find: pii, then: flag}\n" * 20_000,
    "errors only": HEAD + "rules:\n" + "  - {id: R!, find: nope, when: {min_score: 9}, x: y}\n" * 17_000,
    "a thousand good rules": HEAD + "rules:\n" + "".join(
        f"  - {{id: r{n}, title: T, find: pii, then: flag}}\n" for n in range(1000)
    ),
    "one long line": HEAD + "owner: " + "a" * MEGABYTE,
    "one long quoted text": HEAD + 'title: "' + "\\\\" * (MEGABYTE // 2),
    "one long id": HEAD + "rules:\n  - {id: " + "a." * (MEGABYTE // 2) + "!}",
    "one long block text": HEAD + "why: |\n" + "  aaaaaaaa\n" * 90_000,
    "only breaks": "\n" * MEGABYTE,
    "only comments": "# a\n" * (MEGABYTE // 4),
    "only spaces": " " * MEGABYTE,
    "only tabs": "\t" * MEGABYTE,
    "control characters": "\x1b[2J" * (MEGABYTE // 4),
    "not a number": HEAD + RULE + ", when: {min_score: .nan}}\n",
    "too large": "a" * 2_000_000,
    "(a+)+$ in an expression": HEAD + RULE + ", expr: 'findings.exists(f, f.label.matches(\"(a+)+$\"))'}\n",
    "(a+)+$ as 1 MB of text": HEAD + "owner: " + "(a+)+$" * (MEGABYTE // 6),
    "1 MB of a for every pattern of the loader": HEAD + "rules:\n  - {id: " + "a" * MEGABYTE + "!}",
    "1 MB of a by lines of 10,000": HEAD + "rules:\n" + "".join(
        f"  - {{id: {'a' * 9_900}!, title: T, find: pii, then: flag}}\n" for _ in range(100)
    ),
    "an expression of 1 MB": HEAD + RULE + ", expr: '" + "(" * MEGABYTE + "'}\n",
}  # fmt: skip


def hostile() -> dict[str, Any]:
    """Measure how long each hostile file takes to load or to be refused: the better of two.

    Each is tried whole, and cut to the size from which files are refused unread.
    """
    took, loaded = {}, []
    whole = {name: text for name, text in HOSTILE.items()}
    cut = {
        f"{name}, cut": text[:MAX_BYTES] for name, text in whole.items() if len(text) > MAX_BYTES
    }
    for name, text in (whole | cut).items():
        times = []
        for _ in range(2):
            began = time.perf_counter()
            try:
                load_policy_text(text, "hostile.yaml")
                loaded.append(name)
            except PolicyError:
                pass
            times.append(time.perf_counter() - began)
        took[name] = round(1000 * min(times), 1)
    slow = {name: each for name, each in took.items() if each > 100}
    return {
        "milliseconds": took,
        "longest": max(took.values()),
        "over 100 ms": slow,
        "loads": sorted(set(loaded)),
        "regexes of users": "none: the language has no regular expressions",
    }


def main() -> None:
    """Measure, print and record."""
    chance = random.Random(1)
    figures: dict[str, Any] = {"hostile files": hostile()}
    print(json.dumps(figures, indent=2), flush=True)
    figures["rules over findings"] = rules_over_findings(chance)
    print(json.dumps(figures["rules over findings"], indent=2), flush=True)
    figures["a policy edit"] = edit_over_reviews(chance)
    print(json.dumps(figures["a policy edit"], indent=2))
    print(record("policy", figures))


if __name__ == "__main__":
    main()
