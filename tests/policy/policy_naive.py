"""A second evaluator, written from the words of the language and not from the engine's code.

Slow and plain on purpose: it loops over the JSON of policy and facts, and shares only the categories.
"""

import itertools
import re
from collections import defaultdict
from datetime import UTC, date, datetime
from types import SimpleNamespace

from compliance.facts import Facts
from compliance.policy.schema import Policy
from compliance.taxonomy import PRESENCE, TAXONOMY

EU = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
TORN = "integrity.undecodable"
DECLARES = {"likeness": "people", "brand": "brands", "ip": "works"}


def naive(policy: Policy, facts: Facts, as_of: datetime) -> dict[str, object]:
    p, f = policy.effective(), facts.model_dump(mode="json")
    f["now"], f["found"] = as_of.astimezone(UTC), {}
    for report, dumped in zip(facts.reports, f["reports"], strict=True):
        for one, finding in zip(report.findings, dumped["findings"], strict=True):
            f["found"][one.id] = finding
    if f["gaps"]:
        absent = dict.fromkeys(["span", "region", "reference", "frames", "track"])
        f["found"]["gap"] = {
            "category": TORN, "score": 1.0, "analyzer": "media", "source": "metadata", **absent,
        }  # fmt: skip
    names = ("territories", "channels", "audience")
    axes = [[[one] for one in dict.fromkeys(f["release"][name])] or [[]] for name in names]
    places = []
    for place in itertools.product(*axes):
        release = f["release"] | dict(zip(names, place, strict=True))
        places.append(one_place(p, f | {"release": release}))
    hits: dict[str, tuple] = {}
    for rule, decision, ids, waived, monitored in (hit for one in places for hit in one["hits"]):
        before = hits.get(rule, (rule, decision, frozenset(), waived, monitored))
        ids = before[2] | ids
        hits[rule] = (rule, worse(before[1], decision), ids, waived, monitored)
    missing: dict[tuple, frozenset] = defaultdict(frozenset)
    for one in places:
        for pair, rules in one["missing"].items():
            missing[pair] |= rules
    bad = {rule for (*_, fine), rules in missing.items() if not fine for rule in rules}
    passed = {rule for one in places for rule in one["passed"]} - bad - hits.keys()
    return {
        "decision": worse(*(one["decision"] for one in places)),
        "complete": all(one["complete"] for one in places),
        "hits": set(hits.values()),
        "passed": passed,
        "missing": dict(missing),
        "obligations": {duty for one in places for duty in one["obligations"]},
        "cells": [(one["decision"], one["complete"], one["counted"]) for one in places],
    }


def one_place(p: dict, f: dict) -> dict:
    hits, obligations, worst = set(), set(), "approve"
    missing, done = defaultdict(set), {}
    for rule in p["rules"]:
        if not applies(rule.get("applies", {}), f):
            continue
        hit, ids, failed = concludes(rule, f)
        monitored = rule["status"] == "monitor"
        needs = not monitored and (rule["then"] != "approve" or "oblige" in rule)
        if hit:
            duties = duties_of(rule.get("oblige", {}))
            able = all((value if kind == "mark" else kind) in f["marks"] for kind, value in duties)
            decision = rule["then"] if able else worse(rule["then"], "flag")
            today = f["now"].date().isoformat()
            waived = any(
                (w["rule"], w["asset_sha256"]) == (rule["id"], f["asset_sha256"]) and today <= w["expires"]
                for w in f["waivers"]
            )  # fmt: skip
            hits.add((rule["id"], decision, ids, waived, monitored))
            if not waived and not monitored:
                worst = worse(worst, decision)
                obligations |= {(rule["id"], *duty) for duty in duties}
        if not needs:
            continue
        if failed:
            missing["*", "rule " + rule["id"], False] |= {rule["id"]}
            worst = worse(worst, rule["then"])  # what cannot be told is taken to be the worst
        seen, unseen = under(rule["find"], TORN) and not f["gaps"], set()
        if seen:
            done[rule["id"]] = "torn"
        for category, source in wanted_of(rule, f):
            if examined(category, source, rule, f["reports"]):
                done[rule["id"]] = "seen"
            else:
                unseen.add((category, source, accepts(p, category, source)))
        for pair in unseen:
            missing[pair] |= {rule["id"]}
        if failed or not all(pair[2] for pair in unseen):
            done[rule["id"]] = done.get(rule["id"], "") + " but"
    complete = all(pair[2] for pair in missing) and not f["gaps"]
    complete = complete and any("seen" in how for how in done.values())
    return {
        "decision": worst if complete else worse(worst, p["if_not_examined"]),
        "complete": complete,
        "hits": hits,
        "counted": {hit[0] for hit in hits if not hit[3] and not hit[4]},
        "passed": {rule for rule, how in done.items() if how in ("seen", "torn")} - {h[0] for h in hits},
        "missing": {pair: frozenset(rules) for pair, rules in missing.items()},
        "obligations": obligations,
    }  # fmt: skip


def concludes(rule: dict, f: dict) -> tuple[bool, frozenset, bool]:
    """Does it hit, by which findings, and could it not be told?"""
    kept = {key: one for key, one in f["found"].items() if counts(rule, one, f)}
    if len(kept) < rule.get("when", {}).get("min_count", 1):
        kept = {}
    if "label" in rule:
        return not kept, frozenset(), False
    if rule.get("declared") == "missing":
        kinds = {leaf.split(".")[0] for leaf in TAXONOMY.leaves if under(rule["find"], leaf)}
        absent = [
            name
            for kind in kinds
            for name in f["release"][DECLARES[kind]]
            if not any(
                named(one, [name]) for one in kept.values() if under([kind], one["category"])
            )
        ]
        return bool(absent), frozenset(), False
    if "expr" in rule and kept:
        if len(kept) ** (2 if rule["expr"].count("exists") > 1 else 1) > 4_000_000:
            return False, frozenset(), True
        kept = kept if true_of(rule["expr"], list(kept.values())) else {}
    return bool(kept), frozenset(kept), False


def true_of(expr: str, findings: list[dict]) -> bool:
    """Say the expression in Python; a field that cannot be measured is larger than any number."""
    rows = [SimpleNamespace(**fields(one)) for one in findings]
    for theirs, ours in (
        ("&&", " and "), ("||", " or "), ("startsWith", "startswith"), ("endsWith", "endswith"),
        ("contains", "__contains__"),
    ):  # fmt: skip
        expr = expr.replace(theirs, ours)
    expr = re.sub(r"findings\.exists\((\w+),", r"exists(lambda \1:", expr)
    return bool(eval(expr, {"exists": lambda test: any(test(row) for row in rows)}))


def fields(one: dict) -> dict:
    reference = one["reference"] or {"bank": "", "entry": "", "label": ""}
    name = f"{reference['bank']}/{reference['entry']}" if one["reference"] else ""
    texts = {key: one[key] or "" for key in ("category", "source", "analyzer", "track")}
    inf, span, region = float("inf"), one["span"], one["region"]
    numbers = {
        "score": one["score"], "frames": one["frames"] or inf,
        "seconds": span["end"] - span["start"] + 1.0 if span else inf,
        "area_percent": square(region["points"]) if region else inf,
    }  # fmt: skip
    return {**reference, **texts, **numbers, "reference": name}


def worse(*decisions: str) -> str:
    return max(decisions, key=["approve", "flag", "reject"].index)


def under(paths: list[str], category: str) -> bool:
    """Is the category one of the paths, or does it have one of them as its first words?"""
    words = category.split(".")
    return any(words[: len(path.split("."))] == path.split(".") for path in paths)


def duties_of(oblige: dict) -> set[tuple[str, str]]:
    duties = {(kind, oblige[kind]) for kind in ("mark", "watermark") if kind in oblige}
    if label := oblige.get("label"):
        least = f", {label['min_seconds']:g} s or longer" if "min_seconds" in label else ""
        duties.add(("label", f"“{label['text']}” {label['place']}{least}"))
    return duties


def applies(applies: dict, f: dict) -> bool:
    release, today = f["release"], f["now"].date().isoformat()
    if "territories" in applies and release["territories"]:
        pairs = itertools.product(applies["territories"], release["territories"])
        if not any(inside(a, b) or inside(b, a) or b == "Atlantis" for a, b in pairs):
            return False
    purpose = [release["purpose"]] if release["purpose"] else []
    asked = {"channels": release["channels"], "audience": release["audience"], "purpose": purpose}
    for key, theirs in (asked | {"provider": f["providers"]}).items():
        ours = {one.lower() for one in applies.get(key, [])}
        if ours and theirs and not ours & {one.lower() for one in theirs}:
            return False
    start, end = release["starts"] or today, release["ends"] or date.max.isoformat()
    if start > end:
        return True  # nonsense proves nothing
    return start <= applies.get("until", start) and end >= applies.get("from", end)


def inside(one: str, other: str) -> bool:
    return one == other or (other == "EU" and one in EU) or (other == "US" and one[:3] == "US-")


def counts(rule: dict, one: dict, f: dict) -> bool:
    unless = rule.get("unless", {})
    if "unknown" in rule:
        presences = [PRESENCE[leaf] for leaf in PRESENCE if under(rule["find"], leaf)]
        if one["category"] not in presences or not reaches_bounds(rule, one):
            return False
        known = [
            match
            for match in f["found"].values()
            if match["analyzer"] == one["analyzer"]
            and one["track"] is not None
            and match["track"] == one["track"]
            and match["reference"]
            and under(rule["find"], match["category"])
            and match["reference"]["bank"] in rule.get("in", [match["reference"]["bank"]])
            and match["score"] >= rule["when"]["min_score"]
        ]
        return not any(not unless or covered(unless, match, f) for match in known)
    if not under(rule["find"], one["category"]) or not reaches_bounds(rule, one):
        return False
    if "in" in rule and (one["reference"] is None or one["reference"]["bank"] not in rule["in"]):
        return False
    if named(one, rule.get("except", [])) or ("only" in rule and not named(one, rule["only"])):
        return False
    if rule.get("declared") == "undeclared" and covered({"declared": "release"}, one, f):
        return False
    return not covered(unless, one, f)


def named(one: dict, names: list[str]) -> bool:
    reference = one["reference"]
    if reference is None:
        return False
    slashed = reference["bank"] + "/" + reference["entry"]
    return any(name in (reference["entry"], reference["label"], slashed) for name in names)


def reaches_bounds(rule: dict, one: dict) -> bool:
    when, span, region = rule.get("when", {}), one["span"], one["region"]
    if one["score"] < when.get("min_score", 0):
        return False
    if one["frames"] is not None and one["frames"] < when.get("min_frames", 0):
        return False
    if region and square(region["points"]) < when.get("min_area_percent", 0):
        return False
    if span is None:
        return True
    start, end = max(0, span["start"] - 0.5), span["end"] + 0.5  # between two examined frames
    if span["end"] - span["start"] + 1.0 < when.get("min_seconds", 0):
        return False
    return end >= when.get("after_seconds", 0) and start < when.get("before_seconds", 1e9)


def square(points: list[list[float]]) -> float:
    """Area of the axis-aligned squares that the tests draw, percent."""
    width = max(x for x, _ in points) - min(x for x, _ in points)
    return 100 * width * (max(y for _, y in points) - min(y for _, y in points))


def covered(unless: dict, one: dict, f: dict) -> bool:
    branch, reference = one["category"].split(".")[0], one["reference"]
    if reference is None:
        return False
    if "declared" in unless and named(one, f["release"].get(DECLARES.get(branch, ""), [])):
        return True
    for consent in f["consents"] if "consent" in unless else []:
        use = one["category"] in ["likeness." + use for use in consent["uses"]]
        if use and reaches(consent, consent["person"], reference, f):
            return True
    for licence in f["licences"] if "licence" in unless and branch in ("brand", "ip") else []:
        if reaches(licence, licence["reference"], reference, f):
            return True
    return False


def reaches(permit: dict, granted: dict, wanted: dict, f: dict) -> bool:
    scope, release, at = permit["scope"], f["release"], datetime.fromisoformat
    if (granted["bank"], granted["entry"]) != (wanted["bank"], wanted["entry"]):
        return False
    if permit["revoked"] and f["now"] >= at(permit["revoked"]):
        return False
    opening = at(release["starts"] + "T00:00:00+00:00") if release["starts"] else f["now"]
    closing = at(release["ends"] + "T23:59:59+00:00") if release["ends"] else opening
    moments = [f["now"], opening, closing]
    if closing < opening or min(moments) < at(scope["starts"]) or max(moments) > at(scope["ends"]):
        return False
    asked = release["territories"]
    return "*" in scope["territories"] or bool(asked and set(asked) <= set(scope["territories"]))


def wanted_of(rule: dict, f: dict) -> list[tuple[str, str]]:
    leaves = [leaf for leaf in TAXONOMY.leaves if under(rule["find"], leaf) and leaf != TORN]
    if "unknown" in rule:
        leaves = [PRESENCE[leaf] for leaf in leaves]
    sources = {leaf: TAXONOMY.leaves[leaf].sources for leaf in leaves}
    return [
        (leaf, source) for leaf in leaves for source in f["applicable"] if source in sources[leaf]
    ]


def examined(category: str, source: str, rule: dict, reports: list[dict]) -> bool:
    sound = []
    for report in reports:
        whole = report["status"] == "completed" and report["coverage"]["complete"]
        calibrated = all(model["calibrated"] for model in report["models"])
        if whole and calibrated and [category, source] in report["examines"]:
            sound.append(report)
    filled = {bank["name"] for report in sound for bank in report["banks"] if bank["size"]}
    if not sound or "unknown" in rule:
        return bool(sound)
    if "in" in rule:
        return set(rule["in"]) <= filled
    matched = category.split(".")[0] in ("likeness", "brand", "ip")
    seen = category.startswith("presence.")
    return seen or bool(filled) or (not matched and any(not one["banks"] for one in sound))


def accepts(p: dict, category: str, source: str) -> bool:
    return any(
        under([entry["category"]], category) and source in entry.get("sources", [source])
        for entry in p.get("accept_unexamined", [])
    )
