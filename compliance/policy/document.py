"""YAML text → a tree of values that knows the line and column of each of them.

Only the part of YAML that has one reading is accepted: no anchors, aliases, merge keys, tags,
directives or second documents, and no plain scalar that YAML 1.1 and 1.2 read differently.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from compliance.policy.diagnostics import Diagnostic, SourceText, Spot, quoted

MAX_DEPTH = 10
"""Levels of nesting; the language itself needs five."""
MAX_EVENTS = 3_000
"""YAML events, about one per value; a policy of 100 rules fits, and one that extends it another 100. The parser
takes some 30 microseconds for each, and a hostile file shall cost a tenth of a second at most."""
MAX_LINES = 10_000
"""Lines, empty ones and comments included."""

MAX_COMPLAINTS = 100
"""Errors after which reading stops: such a file is not mended one by one."""
MAX_LINE = 10_000
"""Characters of one line; the scanner's work on a single token grows with its square."""

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
    "\ud800-\udfff]"
)
"""Control and text-direction characters: they make a file read otherwise than it loads."""
_NULL = re.compile(r"~|null|Null|NULL|")
_YAML_1_1_BOOL = re.compile(r"y|n|yes|no|on|off", re.IGNORECASE)
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_ODD_NUMBER = re.compile(r"[-+]?(0[0-9_]+|0[oO][0-7_]+|0[xX][0-9a-fA-F_]+|0[bB][01_]+)")
_GROUPED_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*_[0-9_]*(\.[0-9_]*)?")
_NON_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass
class Node:
    """One value of the document."""

    value: Any
    """``str``, ``int``, ``float``, ``bool``, a list of nodes or a dict of nodes by key."""
    spot: Spot
    """Where the value begins."""
    keys: dict[str, Spot] = field(default_factory=dict)
    """Where each key of a mapping begins."""
    broken: bool = False
    """True where a diagnostic was made already, so that no other is due here."""

    def plain(self) -> Any:
        """Return the value without places, as JSON would hold it; broken values are None."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return None if self.broken else self.value

    def follow(self, path: tuple[str | int, ...]) -> tuple[Node, Spot]:
        """Walk down ``path`` as far as it goes; return the last node and its (or its key's) place."""
        node, spot = self, self.spot
        for step in path:
            if isinstance(node.value, dict) and step in node.value:
                spot = node.keys[str(step)]
                node = node.value[step]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                spot = node.spot
            else:
                break
        return node, spot


class _Stop(Exception):
    """Reading ends here; a diagnostic says why."""


class _Reader:
    """Recursive descent over the events of one document; the depth is bounded."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []
        self.count = 0
        self.stream: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(source.text))

    def complain(self, spot: Spot, message: str, hint: str = "") -> None:
        self.problems.append(self.source.diagnostic(spot, message, hint))
        if len(self.problems) == MAX_COMPLAINTS:
            message = f"reading stops after {MAX_COMPLAINTS} errors"
            self.problems.append(self.source.diagnostic(spot, message))
            raise _Stop

    def next(self) -> Any:
        event = next(self.stream)
        self.count += 1
        if self.count > MAX_EVENTS:
            self.complain(_at(event), f"the file holds more than {MAX_EVENTS} values")
            raise _Stop
        return event

    def document(self) -> Node | None:
        root: Node | None = None
        while not isinstance(event := self.next(), events.StreamEndEvent):
            if isinstance(event, events.DocumentStartEvent):
                if event.version or event.tags:
                    self.complain(Spot(1, 1), "directives are not allowed", "delete the % lines")
                if root is not None:
                    self.complain(
                        _at(event), "a second document begins here", "one file is one policy"
                    )
                    raise _Stop
                root = self.node(self.next(), 1)
        return root

    def node(self, event: Any, depth: int, key_at: Spot | None = None) -> Node:
        spot = _at(event)
        if key_at and isinstance(event, events.ScalarEvent) and not (event.value or event.style):
            spot = key_at  # nothing stands there, and the mark may be lines further on
        if isinstance(event, events.AliasEvent):
            self.complain(
                spot, f"alias {quoted('*' + event.anchor)} is not allowed", "write the value out"
            )
            return Node(None, spot, broken=True)
        if depth > MAX_DEPTH:
            self.complain(spot, f"nested deeper than {MAX_DEPTH} levels")
            raise _Stop
        if event.anchor:
            self.complain(
                spot, f"anchor {quoted('&' + event.anchor)} is not allowed", "write the value out"
            )
        if event.tag is not None:
            self.complain(spot, f"tag {quoted(str(event.tag))} is not allowed", "delete the tag")
        if isinstance(event, events.ScalarEvent):
            node = self.scalar(event, spot)
        elif isinstance(event, events.SequenceStartEvent):
            node = self.sequence(spot, depth)
        else:
            node = self.mapping(spot, depth)
        node.broken = node.broken or event.tag is not None
        return node

    def sequence(self, spot: Spot, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := self.next(), events.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        if not items:
            self.complain(spot, "an empty list says nothing", "delete the key, or fill it in")
        return Node(items, spot, broken=not items)

    def mapping(self, spot: Spot, depth: int) -> Node:
        node = Node({}, spot)
        while not isinstance(event := self.next(), events.MappingEndEvent):
            at = _at(event)
            key = self.key(event, depth)
            value = self.node(self.next(), depth + 1, at)
            if key is None:
                continue
            if key in node.value:
                first = node.keys[key].line
                hint = f"it stands in line {first} already; keep one of the two"
                self.complain(at, f"duplicate key {quoted(key)}", hint)
                continue
            node.value[key], node.keys[key] = value, at
        if not node.value:
            node.broken = True
            self.complain(spot, "an empty mapping says nothing", "delete it, or fill it in")
        return node

    def key(self, event: Any, depth: int) -> str | None:
        spot = _at(event)
        if isinstance(event, events.ScalarEvent) and not event.anchor and event.tag is None:
            if event.value == "<<" and event.implicit[0]:
                self.complain(spot, "merge key << is not allowed", "write the keys out")
                return None
            return self.text(event.value, spot)
        self.complain(spot, "a key must be plain text", "write 'key: value'")
        self.node(event, depth + 1)  # read past it
        return None

    def scalar(self, event: Any, spot: Spot) -> Node:
        raw: str = event.value
        if not event.implicit[0]:  # quoted, or a block of text
            text = self.text(raw, spot)
            return Node(text, spot, broken=text is None)
        message, hint = _ambiguity(raw)
        if message:
            self.complain(spot, message, hint)
            return Node(None, spot, broken=True)
        return Node(_resolve(raw), spot)

    def text(self, raw: str, spot: Spot) -> str | None:
        if hidden := _HIDDEN.search(raw):
            code = f"U+{ord(hidden.group()):04X}"
            self.complain(spot, f"control character {code} in a text", "delete the escape")
            return None
        return raw


def _at(event: Any) -> Spot:
    return Spot(event.start_mark.line + 1, event.start_mark.column + 1)


def _ambiguity(raw: str) -> tuple[str, str]:
    """Return what is wrong with a plain scalar and how to mend it, or two empty strings."""
    shown, quote = quoted(raw), f"quote it where text is meant: {quoted(raw)}"
    if _NULL.fullmatch(raw):
        return "the value is empty", "give a value, or delete the key"
    if _YAML_1_1_BOOL.fullmatch(raw):
        return f"{shown} is a truth value to some readers of YAML and text to others", quote
    if _SEXAGESIMAL.fullmatch(raw):
        return f"{shown} is a base-60 number to some readers of YAML and text to others", quote
    if _ODD_NUMBER.fullmatch(raw) or _GROUPED_NUMBER.fullmatch(raw):
        return (
            f"{shown} is not the same number to all readers of YAML",
            "write a plain decimal number, or " + quote,
        )
    infinite = _FLOAT.fullmatch(raw) and (len(raw) > 30 or not math.isfinite(float(raw)))
    if _NON_FINITE.fullmatch(raw) or infinite:
        return f"{shown} is not a finite number", "write a plain decimal number"
    return "", ""


def _resolve(raw: str) -> str | int | float | bool:
    """Read a plain scalar that :func:`_ambiguity` let pass, by the core schema of YAML 1.2."""
    if raw in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return raw.lower() == "true"
    if _INTEGER.fullmatch(raw):
        return int(raw)
    return float(raw) if _FLOAT.fullmatch(raw) else raw


def reads_as_text(value: str) -> bool:
    """Tell whether the plain scalar ``value`` is text to every reader of YAML."""
    return not _ambiguity(value)[0] and isinstance(_resolve(value), str)


def read_document(source: SourceText) -> tuple[Node | None, list[Diagnostic]]:
    """Read the one document of ``source``.

    Returns:
        The tree, or None where there is none or reading had to stop, and what is wrong so far.
        Work is bounded by :data:`MAX_DEPTH`, :data:`MAX_EVENTS`, :data:`MAX_LINES` and
        :data:`MAX_LINE`; nothing is raised.
    """
    if hidden := _HIDDEN.search(source.text):
        code = f"U+{ord(hidden.group()):04X}"
        message = f"control or text-direction character {code}"
        return None, [source.diagnostic(source.spot(hidden.start()), message, "delete it")]
    # only from where a line begins: tried at every character, long lines would take seconds
    if long := re.search(rf"(?<![^\r\n])[^\r\n]{{{MAX_LINE + 1}}}", source.text):
        message = f"the line is longer than {MAX_LINE:,} characters"
        return None, [source.diagnostic(source.spot(long.start()), message, "break it up")]
    if source.text.count("\n") > MAX_LINES:
        message = f"the file has more than {MAX_LINES:,} lines"
        return None, [source.diagnostic(Spot(1, 1), message, "split it into several policies")]
    reader = _Reader(source)
    try:
        root = reader.document()
    except _Stop:
        return None, reader.problems
    except (YAMLError, OverflowError, ValueError) as error:  # ruamel lets chr() overflow
        reader.problems.append(_syntax_problem(source, error))
        return None, reader.problems
    if root is None:
        hint = "begin with 'policy: NAME', or copy policies/starter.yaml"
        reader.complain(Spot(1, 1), "the file holds no policy", hint)
    return root, reader.problems


def _syntax_problem(source: SourceText, error: Exception) -> Diagnostic:
    if not isinstance(error, MarkedYAMLError):
        return source.diagnostic(Spot(1, 1), f"not YAML: {str(error)[:200]}")
    mark = error.problem_mark or error.context_mark
    spot = Spot(mark.line + 1, mark.column + 1) if mark else Spot(1, 1)
    parts = [str(part).strip() for part in (error.context, error.problem) if part]
    return source.diagnostic(spot, f"not YAML: {', '.join(parts)[:200]}")
