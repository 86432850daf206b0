"""What is wrong with a policy and where: one line of the file, a caret and a hint. No I/O."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from compliance.errors import PolicyError

SHOWN = 25
"""Diagnostics that one error text shows; the rest is counted. Enough to mend a file in one go."""
WINDOW = 100
"""Characters of a source line that are shown around the caret."""
_LINE_BREAK = re.compile("\r\n|\n|\r")


@dataclass(frozen=True, order=True)
class Spot:
    """A place in a text file."""

    line: int
    """1 for the first line."""
    col: int
    """1 for the first character of the line, in code points."""


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong, or doubtful, in a policy."""

    message: str
    """What is wrong, one sentence without a full stop."""
    name: str = ""
    """The file's name as the caller gave it; empty where no file is at hand."""
    spot: Spot | None = None
    """Where in the file; None where only :attr:`path` is known."""
    path: tuple[str | int, ...] = ()
    """Keys and 0-based indices from the top of the policy, such as ``("rules", 2, "in")``."""
    hint: str = ""
    """How to mend it, one sentence without a full stop."""
    severity: Literal["error", "warning", "note"] = "error"
    """Errors stop loading; warnings and notes come from lint alone, and a note asks for nothing."""
    excerpt: str = field(default="", repr=False)
    """The whole source line."""

    def render(self) -> str:
        """Return ``file:line:col: message``, the line with a caret, and the hint."""
        word = "" if self.severity == "error" else f"{self.severity}: "
        lines = [f"{self._head()}: {word}{self.message}"]
        if self.spot and self.excerpt:
            shown, caret = _window(self.excerpt, self.spot.col)
            number = str(self.spot.line)
            lines += [f"  {number} | {shown}", f"  {' ' * len(number)} | {caret}"]
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return :meth:`render`."""
        return self.render()

    def _head(self) -> str:
        if self.spot:
            return f"{self.name}:{self.spot.line}:{self.spot.col}"
        path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.path).lstrip(".")
        return ": ".join(part for part in (self.name, path) if part) or "policy"


def _window(line: str, col: int) -> tuple[str, str]:
    """Return at most :data:`WINDOW` characters of ``line`` around ``col``, and a caret below it."""
    start = max(0, col - 1 - WINDOW // 2) if len(line) > WINDOW else 0
    # what a terminal would obey and not print (escapes, text direction) must not reach it
    shown = "".join(
        c if c.isprintable() or c == "\t" else "\ufffd" for c in line[start : start + WINDOW]
    )
    before = shown[: col - 1 - start]
    lead, tail = "…" if start else "", "…" if start + WINDOW < len(line) else ""
    return lead + shown + tail, " " * len(lead) + "".join(map(_blank, before)) + "^"


def _blank(character: str) -> str:
    """Return white space as wide as ``character`` is on a terminal."""
    if character == "\t":
        return "\t"
    if unicodedata.combining(character):
        return ""
    return "  " if unicodedata.east_asian_width(character) in "WF" else " "


class SourceText:
    """A policy file's name and text, from which diagnostics take their lines."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines = _LINE_BREAK.split(text)

    def spot(self, index: int) -> Spot:
        """Return the line and column of character ``index`` (0-based) of the text."""
        before = _LINE_BREAK.split(self.text[:index])
        return Spot(len(before), len(before[-1]) + 1)

    def diagnostic(
        self,
        spot: Spot,
        message: str,
        hint: str = "",
        *,
        path: tuple[str | int, ...] = (),
        severity: Literal["error", "warning", "note"] = "error",
    ) -> Diagnostic:
        """Make a diagnostic that shows the line at ``spot``."""
        excerpt = self._lines[spot.line - 1] if spot.line <= len(self._lines) else ""
        return Diagnostic(message, self.name, spot, path, hint, severity, excerpt)


def render(diagnostics: Sequence[Diagnostic], left_out: int = 0) -> str:
    """Return the text of the first :data:`SHOWN` diagnostics and a count of the rest."""
    shown = [diagnostic.render() for diagnostic in diagnostics[:SHOWN]]
    rest = len(diagnostics[SHOWN:]) + left_out
    if rest:
        shown.append(f"and {rest} more")
    return "\n".join(shown)


def policy_error(name: str, diagnostics: Iterable[Diagnostic], left_out: int = 0) -> PolicyError:
    """Gather ``diagnostics`` of the file ``name`` into one error, in order of place.

    Args:
        name: the file's name.
        diagnostics: what is wrong with it.
        left_out: further errors that nobody put into words.
    """
    unique = sorted(set(diagnostics), key=lambda d: (d.spot or Spot(0, 0), d.message))
    total = len(unique) + left_out
    count = "1 error" if total == 1 else f"{total} errors"
    return PolicyError(
        f"{render(unique, left_out)}\n{count} in {name}, so nothing was loaded",
        fix=f"edit what is shown above, then run 'compliance policy lint {name}'",
    )


def quoted(text: str) -> str:
    """Return ``text`` in quotes, escaped and at most 60 characters long."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?``, or an empty string where nothing known is alike."""
    if len(word) > 64:  # difflib is quadratic, and nobody mistypes that much
        return ""
    close = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""
