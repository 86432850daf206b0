"""Fit the queries that read tokens, and the small networks that read all features, side by side by AdamW."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.sensitive_text.embed import Tokens
from compliance.runtimes.sentence_embedder import WIDTH, attended
from compliance.types import Floats

if TYPE_CHECKING:
    import torch

NETS, HIDDEN, EPOCHS, BATCH = 4, 48, 14, 256
QUERIES, KEPT = 8, 32
"""Queries, and numbers that each keeps of what it reads."""
TOKENS_AT_ONCE = 12_000
"""Tokens of a batch, padding included."""
RATE, DECAY = 2e-3, 0.05
LEFT_OUT = {"tokens": 0.1, "features": 0.2, "hidden": 0.4}
"""Shares of numbers that are left out at random."""


def batches(lengths: Floats, drawn: np.random.Generator | None = None) -> Iterator[Floats]:
    """Yield positions of texts of like length, as many as may be read at once.

    Args:
        lengths: tokens of each text.
        drawn: for an order that differs each time; None for a fixed one.
    """
    noise = drawn.random(len(lengths)) * 6 if drawn else 0
    groups: list[list[int]] = [[]]
    for at in np.argsort(lengths + noise, kind="stable").tolist():
        if len(groups[-1]) >= BATCH or (len(groups[-1]) + 1) * lengths[at] > TOKENS_AT_ONCE:
            groups.append([])
        groups[-1].append(at)
    for at in drawn.permutation(len(groups)) if drawn else range(len(groups)):
        if groups[at]:
            yield np.array(groups[at])


def read_tokens(tokens: Tokens, chosen: Floats, tensors: dict[str, Floats]) -> Floats:
    """Return what the queries read off the texts that are chosen, float32 (N, K × W)."""
    import torch

    queries, values = (torch.tensor(tensors[name]) for name in ("queries", "values"))
    made = np.zeros((len(chosen), values[:, 0].numel()), np.float32)
    with torch.no_grad():
        for at in batches(tokens.lengths[chosen]):
            made[at] = attended(*_padded(tokens, chosen[at]), queries, values).numpy()
    return made


def fit_nets(
    given: Floats, tokens: Tokens, chosen: Floats, labels: Floats, weights: Floats, seed: int
) -> dict[str, Floats]:
    """Return ``queries``, ``values``, ``first``, ``first_bias``, ``second`` and ``second_bias``.

    Args:
        given: scaled features, float32 (N, F).
        tokens: of all texts.
        chosen: which of the tokens' texts the N are.
        labels: float32 (N, C).
        weights: of the labels, float32 (N, C).
        seed: of everything that is drawn.
    """
    import torch

    torch.manual_seed(seed)
    drawn = np.random.default_rng(seed)
    net = _blank(given.shape[1], labels.shape[1])
    shown, right, weight = (torch.tensor(one) for one in (given, labels, weights))
    lengths = tokens.lengths[chosen]
    optimiser = torch.optim.AdamW(net.values(), lr=RATE, weight_decay=DECAY)
    order = [at for _ in range(EPOCHS) for at in batches(lengths, drawn)]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=len(order))
    for at in order:
        read = attended(
            *_padded(tokens, chosen[at]), net["queries"], net["values"], LEFT_OUT["tokens"]
        )
        loss = _loss(net, torch.cat([shown[at], read], dim=1), right[at], weight[at])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    fitted = {name: value.detach().numpy().copy() for name, value in net.items()}
    return {name: value[:, 0] if "bias" in name else value for name, value in fitted.items()}


def side_by_side(heads: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """Return the tensors of one head whose logits are the mean of those of several of one shape.

    Args:
        heads: fitted to the same rows, so that they scale features alike; each reads its own queries only.
    """
    features = len(heads[0]["mean"]) - QUERIES * KEPT
    firsts = []
    for at, head in enumerate(heads):
        first = np.zeros((NETS, features + len(heads) * QUERIES * KEPT, HIDDEN), np.float32)
        first[:, :features] = head["first"][:, :features]
        start = features + at * QUERIES * KEPT
        first[:, start : start + QUERIES * KEPT] = head["first"][:, features:]
        firsts.append(first)
    more = (len(heads) - 1) * QUERIES * KEPT
    joined = {
        name: np.concatenate([head[name] for head in heads])
        for name in ("values", "first_bias", "second", "second_bias")
    }
    return (
        heads[0]
        | joined
        | {
            "first": np.concatenate(firsts),
            "queries": np.concatenate([head["queries"] for head in heads], axis=1),
            "mean": np.append(heads[0]["mean"], np.zeros(more)),
            "scale": np.append(heads[0]["scale"], np.ones(more)),
        }
    )


def _loss(net: dict[str, Any], given: Any, labels: Any, weights: Any) -> torch.Tensor:
    """Return the cross-entropy of all networks, each with features left out of its own."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, dropout

    shown = dropout(given.expand(NETS, -1, -1), LEFT_OUT["features"])
    hidden = torch.relu(shown @ net["first"] + net["first_bias"])
    made = dropout(hidden, LEFT_OUT["hidden"]) @ net["second"] + net["second_bias"]
    loss = binary_cross_entropy_with_logits(
        made, labels.expand_as(made), weight=weights.expand_as(made), reduction="sum"
    )
    return loss / BATCH


def _blank(features: int, columns: int) -> dict[str, Any]:
    import torch

    read = features + QUERIES * KEPT
    net = {
        "queries": torch.randn(WIDTH, QUERIES) * 0.02,
        "values": torch.randn(QUERIES, WIDTH, KEPT) * WIDTH**-0.5,
        "first": torch.randn(NETS, read, HIDDEN) * read**-0.5,
        "first_bias": torch.zeros(NETS, 1, HIDDEN),
        "second": torch.randn(NETS, HIDDEN, columns) * HIDDEN**-0.5,
        "second_bias": torch.zeros(NETS, 1, columns),
    }
    return {name: value.requires_grad_(True) for name, value in net.items()}


def _padded(tokens: Tokens, rows: Floats) -> tuple[torch.Tensor, torch.Tensor]:
    """Return states, float32 (N, T, D), and mask, (N, T)."""
    import torch

    states, mask = tokens.padded(rows)
    return torch.tensor(states), torch.tensor(mask)
