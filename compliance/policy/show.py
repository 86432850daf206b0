"""The effective policy as YAML that the loader takes back."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from compliance.policy.document import reads_as_text
from compliance.policy.schema import Policy


def effective_yaml(policy: Policy) -> str:
    """Return ``policy`` with its defaults filled in and its digest in a comment on top.

    Texts that some reader of YAML would take for something else are quoted, so that loading the result
    gives the same policy.
    """
    writer = YAML()
    writer.width = 100
    writer.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    writer.dump(_quoted(policy.effective()), stream)
    return f"# {policy.label}, digest {policy.digest}\n{stream.getvalue()}"


def _quoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and not reads_as_text(value):
        return DoubleQuotedScalarString(value)
    return value
