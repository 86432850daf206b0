"""The release matrix as rows: one for each place of the release, worst first."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.verdicts import Cell, Decision, Verdict

SIGNS = {Decision.REJECT: "✖", Decision.FLAG: "⚑", Decision.APPROVE: "✔"}


@dataclass(frozen=True)
class Row:
    """One place of the release, ready to be shown."""

    cell: Cell
    """The place and what holds there."""
    sign: str
    """``✖``, ``⚑`` or ``✔``."""
    said: str
    """The decision in words, and whether it is incomplete."""
    why: str
    """Rules that hit there."""
    obliges: str
    """What must be added there."""


def rows(verdict: Verdict) -> list[Row]:
    """Return a row for each place, worst first; none where the release names no more than one."""
    if len(verdict.cells) < 2:
        return []
    order = sorted(
        verdict.cells, key=lambda cell: (-cell.decision.severity, cell.complete, str(cell))
    )
    return [
        Row(
            cell,
            SIGNS[cell.decision],
            cell.decision + ("" if cell.complete else " (incomplete)"),
            ", ".join(cell.hits),
            ", ".join(cell.obligations),
        )
        for cell in order
    ]


def lines(verdict: Verdict) -> list[str]:
    """Return the matrix as lines of text."""
    shown = rows(verdict)
    if not shown:
        return []
    width = max(len(str(row.cell)) for row in shown)
    head = f"release: {len(shown)} places (territory × channel × audience), the worst decides"
    return [head] + [
        f"  {row.sign} {row.cell!s:<{width}}  {row.said}"
        + (f"  {row.why}" if row.why else "")
        + (f"  + {row.obliges}" if row.obliges else "")
        for row in shown
    ]
