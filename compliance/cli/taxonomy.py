"""``compliance taxonomy``."""

from __future__ import annotations

from typing import Annotated

import typer

from compliance.errors import UsageError
from compliance.taxonomy import TAXONOMY


def taxonomy(
    search: Annotated[
        str, typer.Argument(help="Branch, or words to look for; all where left out.")
    ] = "",
) -> int:
    """Print the categories that rules and findings speak of."""
    wanted = search.lower()
    leaves = [
        leaf
        for _, leaf in sorted(TAXONOMY.leaves.items())
        if wanted in leaf.path or wanted in leaf.definition.lower()
    ]
    if not leaves:
        near = TAXONOMY.near(search)
        raise UsageError(
            f"no category has {search!r} in its path or definition",
            fix=f"try {near!r}" if near else "run 'compliance taxonomy' to see all of them",
        )
    width = max(len(leaf.path) for leaf in leaves)
    for leaf in leaves:
        sources = ", ".join(sorted(leaf.sources))
        typer.echo(f"{leaf.path:<{width}}  {leaf.definition} [{sources}]")
    return 0
