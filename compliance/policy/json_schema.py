"""JSON Schema of policy files and of their cases, for editors."""

from __future__ import annotations

from typing import Any

from compliance.policy.cases import Cases
from compliance.policy.extend import Extension
from compliance.policy.schema import Policy
from compliance.types import Model

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema of policy files: a whole policy, or one that extends another.

    The loader refuses empty values, so ``null`` is not offered.
    """
    whole, extending = (_schema(language) for language in (Policy, Extension))
    definitions = {**whole.pop("$defs"), **extending.pop("$defs")}
    return {
        "$schema": _DIALECT,
        "title": "Policy",
        "oneOf": [{"$ref": "#/$defs/Policy"}, {"$ref": "#/$defs/Extension"}],
        "$defs": {**definitions, "Policy": whole, "Extension": extending},
    }


def cases_schema() -> dict[str, Any]:
    """Return the JSON Schema of files of cases, which ``compliance policy test`` runs."""
    return {"$schema": _DIALECT, **_schema(Cases)}


def _schema(language: type[Model]) -> dict[str, Any]:
    schema: dict[str, Any] = _without_null(language.model_json_schema(by_alias=True))
    return schema


def _without_null(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_null(item) for item in value if item != {"type": "null"}]
    if isinstance(value, dict):
        kept = {k: _without_null(v) for k, v in value.items() if not (k == "default" and v is None)}
        options = kept.pop("anyOf", None)
        if options is not None and len(options) == 1:
            return {**options[0], **kept}
        return kept if options is None else {**kept, "anyOf": options}
    return value
