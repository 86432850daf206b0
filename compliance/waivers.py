"""Waivers as files: one YAML file each, read strictly by every review.

A waiver whose end cannot be read counts as ended, with a warning, and never as one without an end. All
else that is wrong with a file is an error, because an exception that is misread is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from compliance.errors import UsageError
from compliance.facts import Waiver
from compliance.policy.diagnostics import Diagnostic, SourceText, Spot, did_you_mean, quoted
from compliance.policy.document import Node, read_document
from compliance.types import digest_of

SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 20_000
"""Largest waiver file; a page of reasons fits."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEYS = tuple(Waiver.model_fields)


@dataclass(frozen=True)
class WaiverFile:
    """A waiver as its file tells it."""

    place: str
    """File and line of its end, or of the waiver where it has none."""
    waiver: Waiver
    """The waiver; one whose end cannot be read ended on the first day of the calendar."""
    problem: str = ""
    """Why it counts as ended whatever the day; empty where its end could be read."""


@dataclass(frozen=True)
class Waivers:
    """All waivers at hand."""

    files: tuple[WaiverFile, ...] = ()
    """In the order of their names."""

    def of(self, asset: str) -> tuple[Waiver, ...]:
        """Return the waivers of an asset, by :attr:`compliance.types.Asset.id`; ended ones included."""
        return tuple(
            one.waiver for one in self.files if one.waiver.asset_sha256 == asset and not one.problem
        )

    def warnings(self, asset: str, rules: Iterable[str], as_of: datetime) -> tuple[str, ...]:
        """Return what is to be told of an asset's waivers: ended ones, and those of unknown rules.

        Args:
            asset: :attr:`compliance.types.Asset.id`.
            rules: ids of the policy's rules.
            as_of: the moment of the decision, UTC.
        """
        known = set(rules)
        said = []
        for one in self.files:
            waiver = one.waiver
            if waiver.asset_sha256 != asset:
                continue
            if one.problem:
                said.append(f"{one.place}: waiver {waiver.id} counts as expired: {one.problem}")
            elif waiver.expires < as_of.date():
                said.append(f"{one.place}: waiver {waiver.id} expired on {waiver.expires}")
            if waiver.rule not in known:
                hint = did_you_mean(waiver.rule, known)
                said.append(
                    f"{one.place}: waiver {waiver.id} is for the rule {quoted(waiver.rule)}, which "
                    f"this policy does not have{'; ' + hint if hint else ''}"
                )
        return tuple(said)


def doubts(waivers: Waivers, policy: str, rules: Iterable[str], day: date) -> list[Diagnostic]:
    """Return what ``policy lint`` says of waivers: those that have ended, and those of no rule.

    Args:
        waivers: all that are at hand.
        policy: label of the policy.
        rules: its rules.
        day: the day that ends are compared with.
    """
    known = sorted(rules)
    found = []
    for one in waivers.files:
        waiver = one.waiver
        if one.problem or waiver.expires < day:
            ended = one.problem or f"it ended on {waiver.expires}"
            message = f"waiver {waiver.id} of rule {waiver.rule} counts no more: {ended}"
            found.append((one, message, "delete it, or have a new one approved"))
        if waiver.rule not in known:
            message = f"waiver {waiver.id} is for rule {quoted(waiver.rule)}, which {policy} does not have"
            found.append((one, message, did_you_mean(waiver.rule, known)))
    return [
        Diagnostic(message, name=one.place, hint=hint, severity="warning")
        for one, message, hint in found
    ]


def load_waivers(folder: Path) -> Waivers:
    """Read every ``*.yaml`` and ``*.yml`` in ``folder``; an absent folder holds none.

    Raises:
        UsageError: a file cannot be read, has a key too many, twice or too few, no SHA-256, or the
            identifier of another; names file, line and column.
    """
    if not folder.exists():
        return Waivers()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    except OSError as error:
        raise _unreadable(folder, str(error.strerror)) from error
    files = [read_waiver(path) for path in paths]
    first: dict[str, str] = {}
    for one in files:
        if one.waiver.id in first:
            raise UsageError(
                "two waivers have one identifier",
                expected=f"another identifier than that in {first[one.waiver.id]}",
                found=one.waiver.id,
                where=one.place,
                fix="give one of them an identifier of its own, or delete it",
            )
        first[one.waiver.id] = one.place
    return Waivers(tuple(files))


def read_waiver(path: Path) -> WaiverFile:
    """Read one waiver; raises as :func:`load_waivers`."""
    source = SourceText(str(path), _text(path))
    root, problems = read_document(source)
    if root is None or not isinstance(root.value, dict):
        problems = problems or [source.diagnostic(Spot(1, 1), "this is no mapping of keys")]
        raise _refused(path, problems)
    expires, unreadable = _end(root)
    if unreadable:  # an end that is empty or no date is a warning, so it is no error here
        spot = root.value["expires"].spot if "expires" in root.value else None
        problems = [problem for problem in problems if problem.spot != spot]
    problems += _wrong_keys(source, root)
    if problems:
        raise _refused(path, problems)
    fields = root.plain() | {"expires": expires.isoformat()}
    try:
        waiver = Waiver.model_validate_json(json.dumps(fields), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        _, spot = root.follow(first["loc"])
        raise _refused(
            path, [source.diagnostic(spot, f"{first['loc'][0]}: {first['msg']}")]
        ) from error
    line = root.value["expires"].spot.line if "expires" in root.value else root.spot.line
    return WaiverFile(f"{path}:{line}", waiver, unreadable)


def waiver_yaml(waiver: Waiver, asset_name: str) -> str:
    """Return the text of a waiver's file; ``asset_name`` goes into a comment, for people alone."""
    shown = "".join(char if char.isprintable() else "?" for char in asset_name)
    lines = [f"# {shown}: this exact file with its prompts and record, whatever it is called"]
    for key, value in waiver.model_dump(mode="json").items():
        # A JSON string is a YAML string in double quotes; dates stay bare, as people write them.
        text = value if key == "expires" else json.dumps(value, ensure_ascii=False)
        lines.append(f"{key}: {text}")
    return "\n".join(lines) + "\n"


def new_waiver(
    asset: str, rule: str, reason: str, owner: str, approver: str, expires: date
) -> Waiver:
    """Return a waiver with an identifier that follows from its content."""
    content = [asset, rule, reason, owner, approver, expires.isoformat()]
    return Waiver(
        id=f"W-{digest_of(content)[:10]}",
        asset_sha256=asset,
        rule=rule,
        reason=reason,
        owner=owner,
        approver=approver,
        expires=expires,
    )


def _end(root: Node) -> tuple[date, str]:
    """Return the last day, or the first of all days and why no other could be read."""
    if "expires" not in root.value:
        return date.min, "it has no 'expires'"
    value = root.value["expires"].value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value), ""
        except ValueError:
            pass  # such as 31 April, told below as every other value that is no day
    return date.min, f"its 'expires' is no date such as 2026-12-31: {quoted(str(value))}"


def _wrong_keys(source: SourceText, root: Node) -> list[Diagnostic]:
    problems = [
        source.diagnostic(spot, f"unknown key {quoted(key)}", f"the keys are {', '.join(_KEYS)}")
        for key, spot in root.keys.items()
        if key not in _KEYS
    ]
    for key, node in root.value.items():
        if key not in _KEYS or key == "expires" or node.broken:
            continue  # told elsewhere
        if not isinstance(node.value, str) or not node.value.strip():
            problems.append(source.diagnostic(node.spot, f"{key!r} must be text that is not blank"))
        elif key == "asset_sha256" and not _SHA256.fullmatch(node.value):
            hint = "a path is not enough: 'compliance waive' writes the digest of the asset"
            message = f"{key!r} must be 64 lower-case hex digits, found {quoted(node.value)}"
            problems.append(source.diagnostic(node.spot, message, hint))
    missing = [key for key in _KEYS if key not in root.value and key != "expires"]
    problems += [source.diagnostic(root.spot, f"key {key!r} is missing") for key in missing]
    return problems


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _unreadable(path, f"more than {MAX_BYTES} bytes")
        return data.decode("utf-8").removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, found: str) -> UsageError:
    return UsageError(
        "the waiver cannot be read",
        expected="a UTF-8 file that this user may read",
        found=found,
        where=str(path),
        fix="correct the file or its permissions, or move it out of the folder of waivers",
    )


def _refused(path: Path, problems: Sequence[Diagnostic]) -> UsageError:
    first, *others = problems
    spot = first.spot or Spot(1, 1)
    more = "".join(f"; line {one.spot.line if one.spot else 1}: {one.message}" for one in others)
    return UsageError(
        f"the waiver does not load: {first.message}{more}",
        expected=f"a mapping with {', '.join(_KEYS)}",
        where=f"{path}:{spot.line}:{spot.col}",
        fix=first.hint or "correct that line, or write the waiver anew with 'compliance waive'",
    )
