"""Which findings can be covered in the media, and what is to be said of the others. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from compliance.errors import UsageError
from compliance.findings import Finding
from compliance.redaction.edits import How
from compliance.types import PROMPT_SOURCES, Source

FLASHES = "flash"
"""Branch of the taxonomy whose findings are dimmed."""
HEARD = (Source.AUDIO, Source.SPEECH)
"""Sources whose findings are muted."""
_ANEW = "make the media anew"


def is_below(category: str, branch: str) -> bool:
    """Tell whether a category is a branch or lies below it."""
    return category == branch or category.startswith(branch + ".")


def divide(
    findings: Sequence[Finding], named: Collection[str], how: How | None, *, still: bool
) -> tuple[list[Finding], tuple[str, ...]]:
    """Divide what is asked for into what can be covered and what is left.

    Args:
        findings: those that are asked for.
        named: ids of those that were asked for one by one, not as part of a category; they are never left.
        how: in which way what is seen is covered; None takes what suits the source.
        still: the asset is one picture.

    Returns:
        Those that can be covered, and a sentence on each of the others.

    Raises:
        UsageError: one that is named cannot be covered, or none of them can.
    """
    covered, left = [], []
    for one in findings:
        hindrance = hindered(one, how, still=still)
        if hindrance is None:
            covered.append(one)
        elif one.id in named:
            raise cannot(one, hindrance)
        else:
            why, fix = hindrance
            left.append(f"Left: {one.id} ({one.category}), for {why}: {fix}.")
    if not covered:
        raise UsageError(
            "nothing of what is asked for can be redacted",
            expected="a finding with a time span, and for what is seen a region",
            found=" ".join(left),
            fix="mend what each of them says, or name another category with --find",
        )
    return covered, tuple(left)


def hindered(one: Finding, how: How | None, *, still: bool) -> tuple[str, str] | None:
    """Return why a finding has no place that could be covered, and what to do; None where it has one."""
    at = str(one.source).replace("_", " ")
    if one.source in PROMPT_SOURCES:
        why = f"it lies in the {at} of the asset, at no time"
        return why, f"edit the prompt and {_ANEW}"
    if one.source is Source.METADATA:
        return f"it lies in the {at} of the asset, at no time", "export the file without it"
    flashes = is_below(one.category, FLASHES)
    if still and (flashes or one.source in (*HEARD, Source.CAPTION)):
        return "it would have to be dimmed, muted or taken out, which needs time", _ANEW
    if one.span is None and not still:
        return f"it lies in the {at} of the asset, at no time", _ANEW
    if one.source in (*HEARD, Source.CAPTION) or flashes or how is How.DIM or one.region:
        return None
    return "it has no region, so that only the whole frame could be covered", _ANEW


def cannot(one: Finding, hindrance: tuple[str, str]) -> UsageError:
    """Return the refusal of a finding, with :func:`hindered`'s reason."""
    why, fix = hindrance
    return UsageError(
        f"the finding {one.id} ({one.category}) cannot be redacted",
        expected="a finding with a time span, and for what is seen a region",
        found=why,
        fix=f"leave it out by naming the others with --finding, or {fix}",
    )
