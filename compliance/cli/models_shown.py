"""What ``compliance models`` prints."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from itertools import groupby

from compliance.model_store import Card
from compliance.model_store.card import UNKNOWN, Calibration
from compliance.model_store.fetch import Offer
from compliance.model_store.receipt import Receipt
from compliance.model_store.store import State

_PIPE = 200


def table(rows: Sequence[tuple[Card, State]]) -> str:
    """Return a table of cards and states."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("id", "task", "tier", "licence", "commercial", "state", "analyzer"):
        shown.add_column(title, overflow="fold", no_wrap=title == "id")
    for card, state in rows:
        values = (card.id, card.task, card.tier, card.weight_licence, card.commercial_use, state)
        shown.add_row(*values, card.analyzer or "none yet")
    text = io.StringIO()
    # A terminal says how wide it is; into a pipe goes one line for each model.
    width = None if sys.stdout.isatty() else _PIPE
    Console(file=text, width=width, markup=False, highlight=False).print(shown)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def rows_json(rows: Sequence[tuple[Card, State]]) -> str:
    """Return cards and states as a JSON list."""
    fields = {"id", "task", "tier", "weight_licence", "commercial_use", "analyzer"}
    listed = [
        card.model_dump(mode="json", include=fields) | {"state": state} for card, state in rows
    ]
    return json.dumps(listed, indent=2, ensure_ascii=False)


def one(card: Card, state: State, receipt: Receipt | None) -> str:
    """Return a card and its receipt as text."""
    lines = [f"{card.id}: {card.task}", ""]
    calibration = card.calibration
    lines += _pairs(
        {
            "state": state,
            "tier": card.tier,
            "analyzer": card.analyzer or "none yet",
            "runs on": card.runtime,
            "source": str(card.source),
            "licence of the weights": card.weight_licence,
            "licence of the code": card.code_licence,
            "commercial use": card.commercial_use,
            "note": card.note,
            "takes": card.input.shape,
            "gives": card.output,
            "trained on": card.training_data,
            "calibration": f"{calibration.method}, on {calibration.data}, {calibration.date}"
            if isinstance(calibration, Calibration)
            else calibration,
            "upstream": card.upstream,
        }
    )
    lines += [f"measured: {one.figure} on {one.data}, {one.date}" for one in card.evaluation]
    lines += ["", "files on the card"]
    lines += [f"  {file.path}  {_bytes(file.size)}  sha256 {file.sha256}" for file in card.files]
    if receipt:
        lines += ["", f"accepted {receipt.accepted:%Y-%m-%d %H:%M} UTC"]
        lines += _pairs({"from": receipt.source, "commit": receipt.revision})
        lines += _pairs({"licence then": receipt.weight_licence})
        lines += [f"  {f.path}  {_bytes(f.size)}  sha256 {f.sha256}" for f in receipt.files]
    return "\n".join(lines)


def one_json(card: Card, state: State, receipt: Receipt | None) -> str:
    """Return a card, its state and its receipt as JSON."""
    shown = {
        "card": card.model_dump(mode="json"),
        "state": state,
        "receipt": receipt.model_dump(mode="json") if receipt else None,
    }
    return json.dumps(shown, indent=2, ensure_ascii=False)


def offer(offered: Offer) -> str:
    """Return what the user is asked to accept."""
    card, origin = offered.card, offered.origin
    size = sum(file.size for file in offered.files if isinstance(file.size, int))
    pairs = {
        "source": origin.source,
        "commit": origin.revision,
        "size": _bytes(size),
        "licence of the weights": card.weight_licence,
        "licence of the code": card.code_licence,
        "commercial use": card.commercial_use,
        "note": card.note,
    }
    known = {file.path: file.sha256 != UNKNOWN for file in card.files}
    lines = [f"{card.id}: {card.task}", *_pairs(pairs)]
    for file in offered.files:
        said = "as on the card" if known[file.path] else "not on the card: recorded if you accept"
        lines.append(f"  {file.path}  {_bytes(file.size)}  sha256 {file.sha256} ({said})")
    return "\n".join(lines)


def by_licence(cards: Sequence[Card], commercial: bool) -> str:
    """Return cards grouped by the licence of their weights.

    Args:
        cards: all of them.
        commercial: whether the settings ask for commercial use.
    """
    lines = []
    key = _licence_and_use
    for (licence, use), group in groupby(sorted(cards, key=key), key):
        refused = commercial and use != "yes"
        verdict = "refused by the settings" if refused else "allowed by the settings"
        lines.append(f"{licence} (commercial use: {use}) — {verdict}")
        lines += [f"  {card.id}: {card.task}, {card.tier}" for card in group]
    named = "commercial: true" if commercial else "commercial: false"
    lines += ["", f"The settings say '{named}': {_MEANING[commercial]}"]
    return "\n".join(lines)


_MEANING = {
    True: "weights are refused unless their licence is known to allow commercial use.",
    False: "nothing is refused for its licence. Results may then not be used commercially.",
}


def _licence_and_use(card: Card) -> tuple[str, str]:
    return card.weight_licence, card.commercial_use


def _pairs(pairs: dict[str, str]) -> list[str]:
    return [f"  {name:<24}{value}" for name, value in pairs.items() if value]


def _bytes(size: int | str) -> str:
    if isinstance(size, str):
        return f"size {size}"
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size} bytes"
