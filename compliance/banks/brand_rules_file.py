"""The YAML file with the rules for a mark of one's own → :class:`BrandRules`. As strict as policies are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from compliance.analyzers.brands.brand_rules import BrandRules
from compliance.errors import UsageError
from compliance.policy.diagnostics import Diagnostic, SourceText, Spot
from compliance.policy.document import read_document
from compliance.policy.load import schema_problems

MAX_BYTES = 16 * 1024
"""Largest file: all keys with long lists need a tenth of it."""


def read_rules(path: Path) -> BrandRules:
    """Return the rules in ``path``.

    Raises:
        UsageError: it cannot be read, or something in it is wrong; names all of that with ``file:line:col``.
    """
    source = SourceText(str(path), _text(path))
    if not source.text.strip():
        raise _refused(path, [source.diagnostic(Spot(1, 1), "the file is empty")])
    root, problems = read_document(source)
    if root is None or problems:
        raise _refused(path, problems)
    if not isinstance(root.value, dict):
        raise _refused(path, [source.diagnostic(root.spot, "this is no mapping of keys")])
    try:
        return BrandRules.model_validate_json(json.dumps(root.plain()), strict=True)
    except ValidationError as error:
        told, _ = schema_problems(source, root, error, BrandRules)
        raise _refused(path, told) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _unreadable(path, f"more than {MAX_BYTES} bytes")
        return data.decode("utf-8").removeprefix("\ufeff")
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"byte {error.start} is not UTF-8") from error


def _unreadable(path: Path, found: str) -> UsageError:
    return UsageError(
        "the rules cannot be read",
        expected=f"a YAML file in UTF-8 of at most {MAX_BYTES:,} bytes",
        found=found,
        where=str(path),
        fix="give the path of a file with rules, such as 'greatest_rotation: 5'",
    )


def _refused(path: Path, problems: Sequence[Diagnostic]) -> UsageError:
    first, *others = sorted(problems, key=lambda one: one.spot or Spot(1, 1))
    spot = first.spot or Spot(1, 1)
    more = "".join(f"; line {one.spot.line if one.spot else 1}: {one.message}" for one in others)
    return UsageError(
        f"the rules do not load: {first.message}{more}",
        expected=f"a mapping with some of {', '.join(BrandRules.model_fields)}",
        where=f"{path}:{spot.line}:{spot.col}",
        fix=first.hint or "correct that line; nothing was changed",
    )
