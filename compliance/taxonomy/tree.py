"""Looking categories up by path, by branch, by words and by other systems' labels. No I/O."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from compliance.errors import UsageError
from compliance.taxonomy.category import UNKNOWN, Category


@dataclass(frozen=True)
class Hit:
    """A category that words were found in."""

    category: Category
    """The leaf."""
    where: tuple[str, ...]
    """What matched beside path and definition, such as ``llama-guard: S10: Hate``, in order."""


class Taxonomy:
    """A set of categories that can be looked up by path and by subtree."""

    def __init__(self, leaves: tuple[Category, ...]) -> None:
        self.leaves = {leaf.path: leaf for leaf in leaves}

    def below(self, path: str) -> tuple[Category, ...]:
        """Return the leaves at or below ``path`` (``pii`` or ``pii.*``), in order of path.

        Raises:
            UsageError: where no category has this path; names the nearest ones.
        """
        found = [leaf for key, leaf in self.leaves.items() if self.covers(path, key)]
        if not found:
            near = self.near(path)
            raise UsageError(
                f"there is no category {path!r}",
                expected="a path of the taxonomy" + (f", perhaps {near!r}" if near else ""),
                fix="run 'compliance taxonomy' to see all of them",
            )
        return tuple(sorted(found, key=lambda leaf: leaf.path))

    def near(self, path: str) -> str | None:
        """Return the path or branch most like ``path``, or None."""
        branches = {
            ".".join(key.split(".")[: depth + 1])
            for key in self.leaves
            for depth in range(key.count(".") + 1)
        }
        close = difflib.get_close_matches(path, sorted(branches), n=1, cutoff=0.5)
        return close[0] if close else None

    def covers(self, path: str, category: str) -> bool:
        """Tell whether ``category`` is ``path`` or lies below it."""
        prefix = path.removesuffix(".*")
        return category == prefix or category.startswith(prefix + ".")

    def search(self, words: tuple[str, ...]) -> tuple[Hit, ...]:
        """Return the leaves in which every one of ``words`` stands, in order of path.

        A word is found at the beginning of a word, whatever its case, in path, definition, examples,
        counter-examples and the labels of other systems; one that ends in a digit is found whole, so that
        ``S1`` is not ``S10``.
        """
        patterns = [_pattern(word) for word in words]
        hits = []
        for path in sorted(self.leaves):
            leaf = self.leaves[path]
            texts = _texts(leaf)
            if all(any(one.search(text) for text in texts.values()) for one in patterns):
                where = [
                    name
                    for name, text in texts.items()
                    if name and any(one.search(text) for one in patterns)
                ]
                hits.append(Hit(leaf, tuple(where)))
        return tuple(hits)


def _pattern(word: str) -> re.Pattern[str]:
    """Return what finds ``word``, taken literally, at the beginning of a word."""
    begin = r"(?<![^\W_])" if word[:1].isalnum() else ""
    end = r"(?!\d)" if word[-1:].isdigit() else ""
    return re.compile(begin + re.escape(word) + end, re.IGNORECASE)


def _texts(leaf: Category) -> dict[str, str]:
    """Return what is searched, by what a hit there is called; path and definition need no name."""
    texts = {"": f"{leaf.path}\n{leaf.definition}"}
    texts |= {f"example: {line}": line for line in leaf.examples}
    texts |= {f"counter-example: {line}": line for line in leaf.counter_examples}
    for system, labels in leaf.crosswalk.all().items():
        if labels != UNKNOWN:
            texts |= {f"{system}: {label}": label for label in labels}
    return texts
