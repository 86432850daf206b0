"""``compliance taxonomy``."""

from __future__ import annotations

import itertools
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import typer

from compliance.cli.formats import Format
from compliance.errors import UsageError
from compliance.taxonomy import BRANCHES, SYSTEMS, TAXONOMY, TEXT, UNKNOWN, Category, Hit, System

_LABELS, _OURS = 46, 64
"""Widths of the two columns of a crosswalk, characters."""


def taxonomy(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="A category, a branch, or words to look for; all where left out."),
    ] = None,
    crosswalk: Annotated[
        str, typer.Option(help=f"Show the labels of one system: {', '.join(SYSTEMS)}.")
    ] = "",
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.TEXT,
) -> int:
    """Print the categories that rules and findings speak of, and what other systems call them."""
    hits = _find(tuple(words or ()))
    leaves = [hit.category for hit in hits]
    if crosswalk:
        table = _crosswalk(_system(crosswalk), leaves)
        lines = _table(table)
        told: dict[str, Any] = table
    else:
        exact = len(hits) == 1 and words == [leaves[0].path]
        lines = _detail(leaves[0]) if exact else _tree(hits, bool(words))
        told = {"categories": [_told(hit) for hit in hits], "systems": _systems()}
    if format is Format.JSON:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for line in lines:
            typer.echo(line)
    return 0


def _find(words: tuple[str, ...]) -> Sequence[Hit]:
    """Return what the words name: one category, else all that they are found in, a branch's own first."""
    if not words:
        order = list(BRANCHES)
        leaves = TAXONOMY.leaves.values()
        return [Hit(leaf, ()) for leaf in sorted(leaves, key=lambda one: order.index(_branch(one)))]
    said = " ".join(words)
    if said in TAXONOMY.leaves:
        return [Hit(TAXONOMY.leaves[said], ())]
    hits = TAXONOMY.search(tuple(word.removesuffix(".*") for word in words))
    if not hits:
        near = TAXONOMY.near(said)
        raise UsageError(
            f"no category has {said!r} in its path, definition, examples or other systems' labels",
            fix=f"try {near!r}" if near else "run 'compliance taxonomy' to see all of them",
        )
    branch = said.lower()
    return sorted(hits, key=lambda hit: not TAXONOMY.covers(branch, hit.category.path))


def _system(name: str) -> System:
    """Return a system by its name."""
    if name not in SYSTEMS:
        raise UsageError(
            f"there is no system {name!r}",
            expected=f"one of {', '.join(SYSTEMS)}",
            fix="run 'compliance taxonomy --crosswalk openai', for one",
        )
    return SYSTEMS[name]


def _branch(leaf: Category) -> str:
    return leaf.path.split(".")[0]


def _sources(leaf: Category) -> str:
    """Return where a category can occur; *text* stands for all six sources of text."""
    every = TEXT <= leaf.sources
    named = sorted(str(one) for one in (leaf.sources - TEXT if every else leaf.sources))
    return ", ".join(["text"] * every + named)


def _tree(hits: Sequence[Hit], searched: bool) -> Iterator[str]:
    """Yield one line for each branch and leaf, and one for what else of a leaf was found."""
    width = max(len(hit.category.path) for hit in hits)
    for branch, group in itertools.groupby(hits, key=lambda hit: _branch(hit.category)):
        if branch not in TAXONOMY.leaves:
            yield f"{branch}: {BRANCHES[branch]}"
        for hit in group:
            leaf = hit.category
            indent = "" if branch in TAXONOMY.leaves else "  "
            yield f"{indent}{leaf.path:<{width}}  {leaf.definition} [{_sources(leaf)}]"
            if searched and hit.where:
                yield f"{indent}{'':<{width}}    {' · '.join(hit.where)}"


def _detail(leaf: Category) -> Iterator[str]:
    """Yield everything about one category."""
    yield from (leaf.path, f"  {leaf.definition}", f"  in {_sources(leaf)}")
    yield from ("", "examples", *(f"  + {line}" for line in leaf.examples))
    yield from ("", "counter-examples", *(f"  - {line}" for line in leaf.counter_examples))
    yield from ("", "severity", *(f"  {level:<9} {line}" for level, line in leaf.severity.levels()))
    yield from ("", "what other systems call it")
    for system, labels in leaf.crosswalk.all().items():
        yield f"  {system:<12} {', '.join(labels) or 'none'}"


def _told(hit: Hit) -> dict[str, Any]:
    """Return a category as it stands in JSON."""
    leaf = hit.category
    return {
        "path": leaf.path,
        "definition": leaf.definition,
        "sources": sorted(leaf.sources),
        "examples": leaf.examples,
        "counter_examples": leaf.counter_examples,
        "severity": dict(leaf.severity.levels()),
        "crosswalk": leaf.crosswalk.all(),
        "found_by": hit.where,
    }


def _systems() -> list[dict[str, Any]]:
    return [
        {"name": one.name, "title": one.title, "source": one.source, "labels": one.labels}
        for one in SYSTEMS.values()
    ]


def _crosswalk(system: System, leaves: Iterable[Category]) -> dict[str, Any]:
    """Return a system's labels with our categories beside, and which of ours it has no label for."""
    ours = {leaf.path: leaf.crosswalk.of(system.name) for leaf in leaves}
    return {
        "system": system.name,
        "title": system.title,
        "source": system.source,
        "labels": {
            label: sorted(path for path, labels in ours.items() if label in labels)
            for label in system.labels
        },
        "none": sorted(path for path, labels in ours.items() if not labels),
        "unknown": sorted(path for path, labels in ours.items() if labels == UNKNOWN),
    }


def _table(table: dict[str, Any]) -> Iterator[str]:
    """Yield a crosswalk in two columns: theirs, ours."""
    yield from (table["title"], *textwrap.wrap(table["source"], _LABELS + _OURS), "")
    apart = {"no such label": table["none"], "unknown": table["unknown"]}
    for label, paths in (*table["labels"].items(), *apart.items()):
        theirs = textwrap.wrap(label, _LABELS, subsequent_indent="  ")
        ours = textwrap.wrap(", ".join(paths), _OURS, break_on_hyphens=False) or ["–"]
        for left, right in itertools.zip_longest(theirs, ours, fillvalue=""):
            yield f"{left:<{_LABELS}}  {right}".rstrip()
