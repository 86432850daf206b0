"""What pydantic found wrong with a document, in the words of somebody who writes policies. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel

from compliance import territories
from compliance.policy.diagnostics import did_you_mean, quoted
from compliance.policy.document import Node
from compliance.policy.schema import Policy
from compliance.taxonomy import TAXONOMY

_EXPECTED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "tuple_type": "a list",
    "model_type": "a mapping of keys to values",
    "date_type": "a date such as 2026-12-31",
    "date_parsing": "a date such as 2026-12-31",
    "date_from_datetime_parsing": "a date such as 2026-12-31",
    "date_from_datetime_inexact": "a date such as 2026-12-31",
}
_PATTERNS = {
    "id": "lower-case words joined by '.', '-' or '_'",
    "policy": "lower-case words joined by '.', '-' or '_'",
    "version": "a version such as 1.4.0",
}
_NO_APPROVAL = "what was not examined cannot be approved; list it under accept_unexamined"


def complain(
    kind: str,
    path: tuple[str | int, ...],
    context: Mapping[str, Any],
    node: Node,
    language: type[BaseModel] = Policy,
) -> tuple[str, str]:
    """Return message and hint for one error.

    Args:
        kind: pydantic's type of the error, such as ``missing``.
        path: keys and indices from the top of the document.
        context: pydantic's bounds and values of the error, and ``hint`` of our own validators.
        node: the value that the error is about; for ``missing``, the mapping around it.
        language: what the whole document is.
    """
    key = str(path[-1]) if path else "policy"
    if kind == "missing":
        return f"key {key!r} is missing", _hint_for_missing(key)
    if kind == "extra_forbidden":
        known = keys_at(path[:-1], language)
        return (
            f"unknown key {quoted(key)}",
            did_you_mean(key, known) or f"the keys here are {', '.join(known)}",
        )
    if kind in _EXPECTED:
        return f"{_name(path)} must be {_EXPECTED[kind]}, found {_shown(node)}", _quote_hint(
            kind, node
        )
    if kind in ("literal_error", "enum"):
        return _choice(path, str(context.get("expected", "")), node)
    if kind == "string_pattern_mismatch":
        wanted = _PATTERNS.get(key, "text that is not blank")
        return f"{_name(path)} must be {wanted}, found {_shown(node)}", ""
    bounds = _bound(kind, context)
    if bounds:
        return f"{_name(path)} must {bounds}, found {_shown(node)}", ""
    return "", _hint_for_ours(kind, node, context)


def _hint_for_ours(kind: str, node: Node, context: Mapping[str, Any]) -> str:
    """Return the hint for an error of our own validators.

    Looking for near names takes time, so it is done here, for the errors that get shown.
    """
    word = node.value if isinstance(node.value, str) else ""
    if kind == "category":
        near = TAXONOMY.near(word) if len(word) <= 64 else None
        return f"did you mean {near!r}?" if near else "run 'compliance taxonomy' to see all of them"
    if kind == "territory":
        likely = territories.likely(word)
        return (
            f"did you mean {likely!r}?" if likely else "ISO 3166-1 alpha-2 codes, EU, EEA or EFTA"
        )
    return str(context.get("hint", ""))


def keys_at(path: tuple[str | int, ...], language: type[BaseModel] = Policy) -> list[str]:
    """Return the keys that the language knows in the mapping at ``path``, in their order."""
    model = language
    for step in path:
        if isinstance(step, str):
            field = next(f for n, f in model.model_fields.items() if (f.alias or n) == step)
            model = _model_in(field.annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _name(path: tuple[str | int, ...]) -> str:
    """Return the last key of ``path``, with ``item N`` where a list's item is meant."""
    keys = [step for step in path if isinstance(step, str)]
    name = repr(keys[-1]) if keys else "the policy"
    return f"item {path[-1] + 1} of {name}" if path and isinstance(path[-1], int) else name


def _shown(node: Node) -> str:
    value = node.value
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    return f"text {quoted(value)}" if isinstance(value, str) else f"the number {value}"


def _quote_hint(kind: str, node: Node) -> str:
    value = node.value
    if kind == "string_type" and isinstance(value, int | float):
        return f'quote it where text is meant: "{str(value).lower()}"'
    if kind in ("float_type", "int_type") and isinstance(value, str):
        return "write a plain decimal number without quotes"
    return ""


def _choice(path: tuple[str | int, ...], expected: str, node: Node) -> tuple[str, str]:
    message = f"{_name(path)} must be {expected}, found {_shown(node)}"
    if path == ("if_not_examined",) and node.value == "approve":
        return message, _NO_APPROVAL
    word = node.value if isinstance(node.value, str) else ""
    return message, did_you_mean(word, re.findall(r"'([^']*)'", expected))


def _bound(kind: str, context: Mapping[str, Any]) -> str:
    texts = {
        "greater_than_equal": "be {ge} or more",
        "less_than_equal": "be {le} or less",
        "too_short": "have at least {min_length} item",
        "too_long": "have at most {max_length} items",
        "string_too_short": "not be empty",
        "string_too_long": "be at most {max_length} characters long",
    }
    return texts[kind].format(**context) if kind in texts else ""


def _hint_for_missing(key: str) -> str:
    return {
        "then": "add 'then: approve', 'then: flag' or 'then: reject'",
        "find": "add 'find:' with one or more categories; see 'compliance taxonomy'",
        "rules": "add 'rules:' with at least one rule",
        "status": "add 'status: draft', 'status: monitor' or 'status: enforce'",
    }.get(key, f"add '{key}: …'")
