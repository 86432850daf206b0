"""The escape hatch of the language: one CEL expression over the findings that count. Pure.

What it may say is a part of CEL in which more findings, and stronger ones, never make a true expression
false::

    either   := both ("||" both)*
    both     := term ("&&" term)*
    term     := "(" either ")" | exists | test
    exists   := "findings.exists(" name "," either ")"
    test     := text "==" text | text "in" "[" string, … "]" | text "." method "(" string ")"
              | name "." number (">=" | ">") literal
    text     := string | name "." text-field
    method   := "startsWith" | "endsWith" | "contains"

So no ``!``, ``!=``, ``<``, ``?:``, ``all``, ``size`` or arithmetic, and no release: ``applies`` knows what
silence means. The cost is bounded by the length of the
text, by two nested ``exists`` and by :data:`MOST_STEPS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from compliance.findings import UNSEEN, Finding

TEXT_FIELDS = ("category", "source", "analyzer", "reference", "bank", "entry", "label", "track")
"""Fields of a finding that hold text; empty where the finding has none, so that two findings without a
reference have equal ones: a rule then hits rather than not."""
NUMBER_FIELDS = ("score", "seconds", "area_percent", "frames")
"""Fields of a finding that hold a number; one that cannot be measured is larger than any bound. ``seconds`` is
as long as it may have been, as for ``min_seconds``."""
METHODS = ("startsWith", "endsWith", "contains")
DEEPEST = 2
"""Expressions within one another over all findings; each multiplies the cost by their number."""
MOST_STEPS = 4_000_000
"""Tests that an evaluation may take: about four seconds."""
_UNMEASURED = 1e308

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<string>"[^"\\\n]*"|'[^'\\\n]*')|(?P<name>[A-Za-z_]\w*)
    |(?P<sign>&&|\|\||==|!=|>=|<=|[()\[\],.<>!?:+*/%-]))""",
    re.VERBOSE,
)


class ExpressionError(Exception):
    """An expression says what it may not, or fails; ``column`` is where, from 0."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Shape:
    """What is known of an expression that may be used."""

    depth: int
    """How deep ``exists`` is nested; 0 where there is none."""
    tests: int
    """How many tests it holds."""
    strings: tuple[str, ...]
    """The strings that it compares with, for lint."""


def check(text: str) -> Shape:
    """Return the shape of an expression.

    Raises:
        ExpressionError: it says something that is not in the grammar above.
    """
    return _Parser(text).whole()


def holds(text: str, findings: Sequence[Finding]) -> bool:
    """Tell whether an expression is true of the findings that count.

    Raises:
        ExpressionError: it may not be used, costs too much, or does not give a truth value.
    """
    shape = check(text)
    steps = shape.tests * max(len(findings), 1) ** shape.depth
    if steps > MOST_STEPS:
        raise ExpressionError(
            f"the expression would take {steps:,} tests over {len(findings):,} findings, "
            f"{MOST_STEPS:,} at most: narrow 'find' or 'when'"
        )
    try:
        result = _compiled(text).execute({"findings": [_fields(finding) for finding in findings]})
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ExpressionError(f"the expression failed: {error}") from error
    if not isinstance(result, bool):
        raise ExpressionError(f"the expression gives {result!r}, not true or false")
    return result


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Any:
    import cel

    return cel.compile(text)


def _fields(finding: Finding) -> dict[str, Any]:
    reference, span, region = finding.reference, finding.span, finding.region
    return {
        "category": finding.category,
        "source": str(finding.source),
        "analyzer": finding.analyzer,
        "reference": reference.id if reference else "",
        "bank": reference.bank if reference else "",
        "entry": reference.entry if reference else "",
        "label": reference.label if reference else "",
        "track": finding.track or "",
        "score": finding.score,
        "seconds": span.seconds + UNSEEN if span else _UNMEASURED,
        "area_percent": region.area_percent if region else _UNMEASURED,
        "frames": float(finding.frames) if finding.frames is not None else _UNMEASURED,
    }


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError(f"{text[at]!r} has no place in an expression", at)
        yield _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))
        at = match.end()
    yield _Token("end", "", len(text))


class _Parser:
    """Recursive descent over the grammar in the module's docstring."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._names: list[str] = []
        self._deepest = 0
        self._tests = 0
        self._strings: list[str] = []
        self._open = 0

    def whole(self) -> Shape:
        self._either()
        if self._next.kind != "end":
            raise self._wrong("the end, '&&' or '||'")
        return Shape(self._deepest, self._tests, tuple(self._strings))

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> bool:
        if self._next.kind in ("sign", "name") and self._next.text in texts:
            self._at += 1
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise self._wrong(repr(text))

    def _wrong(self, expected: str) -> ExpressionError:
        found = self._next
        hints = {
            "!": "an expression may not negate: more findings would make it false",
            "!=": "an expression may not negate: use 'except' for what does not count",
            "<": "an expression may not count below a bound: stronger findings would make it false",
            "<=": "an expression may not count below a bound: stronger findings would make it false",
            "?": "an expression may not choose: write a rule for each case",
        }
        said = hints.get(found.text) or f"expected {expected}, found {found.text or 'the end'!r}"
        return ExpressionError(said, found.column)

    def _either(self) -> None:
        self._both()
        while self._take("||"):
            self._both()

    def _both(self) -> None:
        self._term()
        while self._take("&&"):
            self._term()

    def _term(self) -> None:
        if self._take("("):
            self._open += 1
            if self._open > 50:
                raise ExpressionError("the expression is nested too deep", self._next.column)
            self._either()
            self._need(")")
            self._open -= 1
        elif self._next.text == "findings" and "findings" not in self._names:
            self._exists()
        else:
            self._test()

    def _exists(self) -> None:
        self._need("findings")
        self._need(".")
        if not self._take("exists"):
            raise self._wrong("'exists', the only question that more findings never undo")
        self._need("(")
        name = self._next
        if name.kind != "name" or name.text in ("findings", *self._names):
            raise self._wrong("a new name for one finding")
        self._at += 1
        self._need(",")
        self._names.append(name.text)
        self._deepest = max(self._deepest, len(self._names))
        if len(self._names) > DEEPEST:
            raise ExpressionError(f"more than {DEEPEST} 'exists' within one another", name.column)
        self._either()
        self._names.pop()
        self._need(")")

    def _test(self) -> None:
        self._tests += 1
        field = self._number()
        if field:
            if not self._take(">=", ">"):
                raise self._wrong(f"'>=' and a number after {field}")
            if self._next.kind != "number":
                raise self._wrong("a number")
            self._at += 1
            return
        self._text()
        if self._take("=="):
            self._text()
        elif self._take("in"):
            self._need("[")
            self._string()
            while self._take(","):
                self._string()
            self._need("]")
        elif self._take("."):
            if not self._take(*METHODS):
                raise self._wrong(" or ".join(METHODS))
            self._need("(")
            self._string()
            self._need(")")
        else:
            raise self._wrong("'==', 'in' or a method")

    def _number(self) -> str:
        """Take ``name.number-field`` if it stands here and return it, else nothing."""
        one, dot, field = (*self._tokens[self._at : self._at + 3], *[_Token("end", "", 0)] * 3)[:3]
        if one.text in self._names and dot.text == "." and field.text in NUMBER_FIELDS:
            self._at += 3
            return f"{one.text}.{field.text}"
        return ""

    def _text(self) -> None:
        if self._next.kind == "string":
            self._string()
            return
        if self._next.kind != "name" or self._next.text not in self._names:
            raise self._wrong(" or ".join(["text", *self._names]))
        self._at += 1
        self._need(".")
        if self._next.text not in TEXT_FIELDS:
            raise self._wrong(" or ".join((*TEXT_FIELDS, *NUMBER_FIELDS)))
        self._at += 1

    def _string(self) -> None:
        if self._next.kind != "string":
            raise self._wrong("text in quotes")
        self._strings.append(self._next.text[1:-1])
        self._at += 1
