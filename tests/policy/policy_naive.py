"""A second evaluator, written from the words of the language and not from the engine's code.

Slow and plain on purpose: it loops over the JSON of policy and facts, and shares only the categories.
"""

from datetime import UTC, date, datetime

from compliance.facts import Facts
from compliance.policy.schema import Policy
from compliance.taxonomy import TAXONOMY

EU = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
ORDER = {"approve": 0, "flag": 1, "reject": 2}


def naive(policy: Policy, facts: Facts, as_of: datetime) -> dict[str, object]:
    p, f = policy.effective(), facts.model_dump(mode="json")
    today = as_of.astimezone(UTC)
    findings = {}
    for index, report in enumerate(f["reports"]):
        for position, finding in enumerate(report["findings"]):
            findings[facts.reports[index].findings[position].id] = finding
    if f["gaps"]:
        findings["gap"] = {
            "category": "integrity.undecodable", "score": 1.0, "span": None, "region": None, "reference": None,
        }  # fmt: skip
    worst, hits, passed, obligations = "approve", set(), set(), set()
    missing: dict[tuple[str, str], set[str]] = {}
    looked_at_anything = False
    rules_ok = {}
    for rule in p["rules"]:
        if not applies(rule.get("applies", {}), f["release"], today):
            continue
        kept = {key for key, one in findings.items() if counts(rule, one, f, today)}
        if kept and len(kept) >= rule.get("when", {}).get("min_count", 1):
            decision = rule["then"]
            mark = rule.get("oblige", {}).get("mark")
            if mark and mark not in f["marks"] and decision == "approve":
                decision = "flag"
            waived = any(
                w["rule"] == rule["id"]
                and w["asset_sha256"] == f["asset_sha256"]
                and today.date().isoformat() <= w["expires"]
                for w in f["waivers"]
            )
            hits.add((rule["id"], decision, frozenset(kept), waived))
            if not waived:
                worst = max(worst, decision, key=lambda d: ORDER[d])
                if mark:
                    obligations.add((rule["id"], mark))
        if rule["then"] == "approve" and "oblige" not in rule:
            continue
        seen, unseen = under(rule["find"], "integrity.undecodable") and not f["gaps"], set()
        for category, leaf in TAXONOMY.leaves.items():
            if category == "integrity.undecodable" or not under(rule["find"], category):
                continue
            for source in leaf.sources:
                if source not in f["applicable"]:
                    continue
                if examined(category, source, rule, f["reports"]):
                    seen = looked_at_anything = True
                else:
                    unseen.add((category, str(source)))
                    missing.setdefault((category, str(source)), set()).add(rule["id"])
        rules_ok[rule["id"]] = (seen, unseen)
    accepted = {pair for pair in missing if accepts(p.get("accept_unexamined", []), *pair)}
    complete = set(missing) == accepted and not f["gaps"] and looked_at_anything
    if not complete:
        worst = max(worst, p["if_not_examined"], key=lambda d: ORDER[d])
    for rule_id, (seen, unseen) in rules_ok.items():
        if seen and unseen <= accepted and rule_id not in {hit[0] for hit in hits}:
            passed.add(rule_id)
    return {
        "decision": worst,
        "complete": complete,
        "hits": hits,
        "passed": passed,
        "missing": {(*pair, frozenset(rules), pair in accepted) for pair, rules in missing.items()},
        "obligations": obligations,
    }


def under(paths: list[str], category: str) -> bool:
    """Is the category one of the paths, or does it have one of them as its first words?"""
    words = category.split(".")
    return any(words[: len(path.split("."))] == path.split(".") for path in paths)


def applies(applies: dict, release: dict, today: datetime) -> bool:
    if "territories" in applies and release["territories"]:
        ours, theirs = countries(applies["territories"]), countries(release["territories"])
        if not any(country in theirs for country in ours):
            return False
    if "channels" in applies and release["channels"]:
        theirs = [channel.lower() for channel in release["channels"]]
        if not any(channel.lower() in theirs for channel in applies["channels"]):
            return False
    for key in ("audience", "purpose"):
        if key in applies and release[key] and release[key] not in applies[key]:
            return False
    start = release["starts"] or today.date().isoformat()
    end = release["ends"] or date.max.isoformat()
    if start > end:
        return True  # nonsense proves nothing
    if "until" in applies and start > applies["until"]:
        return False
    return not ("from" in applies and end < applies["from"])


def countries(names: list[str]) -> set[str]:
    out: set[str] = set()
    for name in names:
        if name == "EU":
            out |= EU
        elif name == "Atlantis":
            out |= {*EU, "US", "GB"}
        else:
            out.add(name)
    return out


def counts(rule: dict, finding: dict, f: dict, today: datetime) -> bool:
    if not under(rule["find"], finding["category"]):
        return False
    reference = finding["reference"]
    if "in" in rule and (reference is None or reference["bank"] not in rule["in"]):
        return False
    if "except" in rule and reference is not None:
        for name in rule["except"]:
            if name in (reference["entry"], reference["label"]):
                return False
            if name == reference["bank"] + "/" + reference["entry"]:
                return False
    when = rule.get("when", {})
    if finding["score"] < when.get("min_score", 0):
        return False
    span, region = finding["span"], finding["region"]
    if span is not None and span["end"] - span["start"] + 1.0 < when.get("min_seconds", 0):
        return False
    if region is not None and square(region["points"]) < when.get("min_area_percent", 0):
        return False
    unless = rule.get("unless", {})
    if "consent" in unless and reference is not None:
        for one in f["consents"]:
            named = finding["category"] in ["likeness." + use for use in one["uses"]]
            if named and reaches(one, one["person"], reference, f, today):
                return False
    if "licence" in unless and reference is not None:
        for one in f["licences"]:
            owned = finding["category"].split(".")[0] in ("brand", "ip")
            if owned and reaches(one, one["reference"], reference, f, today):
                return False
    return True


def square(points: list[list[float]]) -> float:
    """Area of the axis-aligned squares that the tests draw, percent."""
    width = max(x for x, _ in points) - min(x for x, _ in points)
    return 100 * width * (max(y for _, y in points) - min(y for _, y in points))


def reaches(permit: dict, granted: dict, wanted: dict, f: dict, today: datetime) -> bool:
    if (granted["bank"], granted["entry"]) != (wanted["bank"], wanted["entry"]):
        return False
    if permit["revoked"] and today >= datetime.fromisoformat(permit["revoked"]):
        return False
    scope, release = permit["scope"], f["release"]
    starts, ends = datetime.fromisoformat(scope["starts"]), datetime.fromisoformat(scope["ends"])
    if today < starts or today > ends:
        return False
    opening = today
    if release["starts"]:
        opening = datetime.fromisoformat(release["starts"] + "T00:00:00+00:00")
        if opening < starts or opening > ends:
            return False
    if release["ends"]:
        closing = datetime.fromisoformat(release["ends"] + "T23:59:59+00:00")
        if closing > ends or closing < opening:
            return False
    if "*" in scope["territories"]:
        return True
    asked = release["territories"]
    return bool(asked) and all(one in scope["territories"] for one in asked)


def examined(category: str, source: str, rule: dict, reports: list[dict]) -> bool:
    sound = []
    for report in reports:
        whole = report["status"] == "completed" and report["coverage"]["complete"]
        calibrated = all(model["calibrated"] for model in report["models"])
        if whole and calibrated and [category, source] in report["examines"]:
            sound.append(report)
    filled = {bank["name"] for report in sound for bank in report["banks"] if bank["size"]}
    if not sound or ("in" in rule and not set(rule["in"]) <= filled):
        return False
    matched = category.split(".")[0] in ("likeness", "brand", "ip")
    bankless = any(not report["banks"] for report in sound)
    return "in" in rule or bool(filled) or (bankless and not matched)


def accepts(entries: list[dict], category: str, source: str) -> bool:
    return any(
        under([entry["category"]], category) and source in entry.get("sources", [source])
        for entry in entries
    )
