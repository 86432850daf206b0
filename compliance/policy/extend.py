"""``extends``: a policy that begins with the rules of another one, one level deep. Pure.

Rules of the base stay as they are unless ``override`` names them with a reason and an owner; rules of the
extending policy are added. ``if_not_examined`` is the harder of the two, and ``accept_unexamined`` is both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from compliance.policy.complaints import complain
from compliance.policy.diagnostics import Diagnostic, SourceText, did_you_mean, quoted
from compliance.policy.document import Node
from compliance.policy.schema import (
    AcceptUnexamined,
    Id,
    Override,
    Policy,
    Rule,
    Text,
    Version,
)
from compliance.types import Model
from compliance.verdicts import Decision

Path = tuple[str | int, ...]


class Extension(Model):
    """The file of a policy that extends another one; what it does not say comes from the base."""

    extends: Text
    """Path of the base, relative to this file; the base extends nothing."""
    override: tuple[Override, ...] = Field(default=(), max_length=1000)
    """Changes to rules of the base."""
    policy: Id
    """As in :class:`Policy`, and so are the following."""
    version: Version
    owner: Text
    status: Literal["draft", "monitor", "enforce"]
    if_not_examined: Literal["flag", "reject"] = "flag"
    accept_unexamined: tuple[AcceptUnexamined, ...] = Field(default=(), max_length=1000)
    rules: tuple[Rule, ...] = Field(default=(), max_length=1000)


def merged(base: Policy, root: Node, source: SourceText) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return what the extending document and its base say together, and what is wrong with it.

    Args:
        base: the policy that is extended.
        root: the extending document, read without mistakes.
        source: its text.
    """
    document: dict[str, Any] = root.plain()
    problems = list(_clashes(base, root, source))
    effective = base.effective()
    rules = {rule["id"]: rule for rule in effective["rules"]}
    for index, override in enumerate(document.get("override", [])):
        problems += _apply(override, rules, root, source, ("override", index))
    harder = [effective["if_not_examined"], document.get("if_not_examined", "flag")]
    accepted = [*effective.get("accept_unexamined", []), *document.get("accept_unexamined", [])]
    policy = {
        key: value for key, value in document.items() if key not in ("extends", "override")
    } | {
        "if_not_examined": Decision.worst(
            [Decision(one) for one in harder if one in ("flag", "reject")]
        ),
        "accept_unexamined": accepted,
        "rules": [*rules.values(), *document.get("rules", [])],
        "extended": base.label,
        "overrides": document.get("override", []),
    }
    return policy, problems


def _clashes(base: Policy, root: Node, source: SourceText) -> Iterator[Diagnostic]:
    """Find rules that stand in the base already."""
    rules = root.value.get("rules")
    for index, item in enumerate(rules.value if rules and isinstance(rules.value, list) else []):
        name = item.value.get("id") if isinstance(item.value, dict) else None
        if name is not None and isinstance(name.value, str) and base.rule(name.value):
            message = f"rule {quoted(name.value)} stands in {base.label} already"
            hint = "change it under 'override:', with a reason, or choose another id"
            path: Path = ("rules", index, "id")
            yield source.diagnostic(name.spot, message, hint, path=path)


def _apply(
    override: Mapping[str, Any],
    rules: dict[str, dict[str, Any]],
    root: Node,
    source: SourceText,
    at: Path,
) -> Iterator[Diagnostic]:
    """Change ``rules`` as one override says, and tell what is wrong with it."""
    if not isinstance(override, dict) or not isinstance(override.get("rule"), str):
        return  # told already: the override itself does not have the shape of one
    name = override["rule"]
    if name not in rules:
        _, spot = root.follow((*at, "rule"))
        hint = did_you_mean(name, sorted(rules)) or "the base has no such rule"
        message = f"there is no rule {quoted(name)} to override"
        yield source.diagnostic(spot, message, hint, path=(*at, "rule"))
        return
    if override.get("remove"):
        del rules[name]
        return
    changes = override.get("set")
    if not isinstance(changes, dict):
        return
    if "id" in changes:
        _, spot = root.follow((*at, "set", "id"))
        yield source.diagnostic(spot, "an override keeps the rule's id", "delete 'id'")
        return
    changed = rules[name] | changes
    try:
        Rule.model_validate_json(json.dumps(changed), strict=True)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            path = (*at, "set", *item["loc"])
            node, spot = root.follow(path)
            rule_path = ("rules", 0, *item["loc"])
            message, hint = complain(item["type"], rule_path, item.get("ctx", {}), node)
            yield source.diagnostic(spot, message or item["msg"], hint, path=path)
        return
    rules[name] = changed
