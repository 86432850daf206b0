"""Policy files → :class:`Policy`. Strict: everything that is wrong is told at once, with its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from compliance.errors import PolicyError
from compliance.policy.complaints import complain
from compliance.policy.diagnostics import Diagnostic, SourceText, policy_error, quoted
from compliance.policy.document import Node, read_document
from compliance.policy.extend import Extension, merged
from compliance.policy.schema import Policy

MAX_BYTES = 128 * 1024
"""Largest policy file: some three hundred rules with their reasons, read in a tenth of a second."""
MAX_PROBLEMS = 100
"""Schema errors that are put into words; a file with more is not being mended one by one."""


@dataclass(frozen=True)
class LoadedPolicy:
    """A policy together with the text that it came from, for diagnostics that lint makes later."""

    policy: Policy
    """The effective policy."""
    source: SourceText
    """Name and text of the file."""
    root: Node
    """The document with its places."""
    base: Policy | None = None
    """The policy that it extends, where it extends one."""


def load_policy(path: Path) -> Policy:
    """Load the policy in ``path``.

    Raises:
        PolicyError: the file cannot be read, or something in it is wrong; lists all of it with
            ``file:line:col``, the line, a caret and a hint.
    """
    return read_policy(path).policy


def load_policy_text(text: str, name: str) -> Policy:
    """Load a policy from ``text``; ``name`` stands for the file in diagnostics.

    Raises:
        PolicyError: as :func:`load_policy`.
    """
    return read_policy_text(text, name).policy


def read_policy(path: Path) -> LoadedPolicy:
    """Load the policy in ``path`` and keep its text; raises as :func:`load_policy`."""
    return read_policy_text(text_of(path), str(path), path.parent)


def read_policy_text(text: str, name: str, folder: Path | None = None) -> LoadedPolicy:
    """Load a policy from ``text`` and keep the text; raises as :func:`load_policy`.

    Args:
        text: the policy.
        name: stands for its file in diagnostics.
        folder: where the policy that it extends is looked for; None lets it extend nothing, as a base.
    """
    if len(text) > MAX_BYTES:
        raise _too_large(name)
    source = SourceText(name, text.removeprefix("\ufeff"))
    root, problems = read_document(source)
    if root is None:
        raise policy_error(name, problems)
    problems += _duplicate_ids(source, root)
    base: Policy | None = None
    extends = isinstance(root.value, dict) and "extends" in root.value
    language: type[Policy | Extension] = Extension if extends else Policy
    try:
        document = language.model_validate_json(json.dumps(root.plain()), strict=True)
        if isinstance(document, Extension) and not problems:
            base = _base(document.extends, folder, source, root)
            content, more = merged(base, root, source)
            problems += more
            document = Policy.model_validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        told, left_out = schema_problems(source, root, error, language)
        raise policy_error(name, [*problems, *told], left_out) from None
    if problems or not isinstance(document, Policy):
        raise policy_error(name, problems)
    return LoadedPolicy(document, source, root, base)


def _base(extends: str, folder: Path | None, source: SourceText, root: Node) -> Policy:
    """Load the policy that the document in ``root`` extends."""
    _, spot = root.follow(("extends",))

    def refuse(message: str, hint: str) -> PolicyError:
        problem = source.diagnostic(spot, message, hint, path=("extends",))
        return policy_error(source.name, [problem])

    if folder is None:
        hint = "a base extends nothing itself, and only a file can extend: it needs a folder"
        raise refuse("nothing can be extended from here", hint)
    path = folder / extends
    if not path.is_file():
        hint = "the path is relative to this file"
        raise refuse(f"there is no policy {quoted(extends)} to extend", hint)
    return read_policy_text(text_of(path), str(path)).policy


def text_of(path: Path) -> str:
    """Return the text of a policy or of its cases; refuses what is absent, too large or not UTF-8."""
    where = str(path)
    if not path.exists():
        raise PolicyError(
            "there is no such policy",
            where=where,
            expected="a YAML file",
            fix="give the path of a policy, such as policies/starter.yaml",
        )
    if not path.is_file():
        raise PolicyError(
            "not a regular file",
            where=where,
            expected="a YAML file",
            found="a folder or a device",
            fix="give the path of one policy file",
        )
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError(
            "the policy cannot be read",
            where=where,
            found=str(error.strerror),
            fix="check the file's permissions",
        ) from error
    if len(data) > MAX_BYTES:
        raise _too_large(where)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        source = SourceText(where, good)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        problem = source.diagnostic(source.spot(len(good)), message, "save the file as UTF-8")
        raise policy_error(where, [problem]) from None


def _too_large(name: str) -> PolicyError:
    return PolicyError(
        "the policy is too large",
        where=name,
        expected=f"at most {MAX_BYTES:,} bytes",
        fix="split it into several policies",
    )


def _duplicate_ids(source: SourceText, root: Node) -> list[Diagnostic]:
    """Find rule ids that occur twice, also where something else keeps the policy from loading."""
    rules = root.value.get("rules") if isinstance(root.value, dict) else None
    items = rules.value if rules is not None and isinstance(rules.value, list) else []
    seen: dict[str, int] = {}
    problems = []
    for index, item in enumerate(items):
        name = item.value.get("id") if isinstance(item.value, dict) else None
        if name is None or not isinstance(name.value, str):
            continue
        if name.value in seen:
            message = f"rule id {quoted(name.value)} is not unique"
            hint = f"it stands in line {seen[name.value]} already; rename one of the two"
            problems.append(
                source.diagnostic(name.spot, message, hint, path=("rules", index, "id"))
            )
        seen.setdefault(name.value, name.spot.line)
    return problems


def schema_problems(
    source: SourceText, root: Node, error: ValidationError, language: type[BaseModel]
) -> tuple[list[Diagnostic], int]:
    """Put the first of pydantic's errors into words; return them and the number of the others."""
    told: list[Diagnostic] = []
    left_out = 0
    for item in error.errors(include_url=False, include_input=False):
        kind, path = item["type"], item["loc"]
        node, spot = root.follow(path)
        if node.broken or kind == "duplicate_rule" or (kind == "too_short" and node.value):
            continue  # told already; pydantic counts items with errors as absent
        if len(told) == MAX_PROBLEMS:
            left_out += 1
            continue
        if kind not in ("extra_forbidden", "missing"):
            spot = node.spot  # the value is wrong, not its key
        message, hint = complain(kind, path, item.get("ctx", {}), node, language)
        told.append(source.diagnostic(spot, message or item["msg"], hint, path=path))
    return told, left_out
