"""Image embeddings: our batches against a loop of OpenCLIP and Pillow, picture by picture.

Weights are random, for dense arithmetic does not depend on them; so nothing here is about accuracy. Both sides
start from the same decoded frames and end with vectors of length 1 in memory. They must agree to a cosine
of 0.999 on every frame.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.environment import record
from compliance.files import sha256_of
from compliance.model_store import ModelStore
from compliance.runtimes.openclip import OpenClip
from compliance.types import Pixels

GFLOPS = {"ViT-B-32": 8.8, "ViT-L-14": 162.0}
"""Arithmetic of one picture, 1e9 operations; OpenCLIP's own table of profiles."""
LEAST_COSINE = 0.999
CARDS = {"ViT-B-32": "openclip-vit-b-32", "ViT-L-14": "openclip-vit-l-14"}


def main() -> None:
    """Measure every size on the device at hand and record the figures."""
    import torch

    device = "cuda:0" if torch.cuda.is_available() else "cpu"
    figures: dict[str, Any] = {"device": _device_name(device)}
    if device != "cpu":
        figures["bf16_peak_tflops"] = round(matrix_peak(), 1)
    for name in GFLOPS:
        figures[name] = measure(name, device, figures.get("bf16_peak_tflops"))
        print(name, json.dumps(figures[name]), flush=True)
    record("embeddings" if device == "cpu" else "embeddings_gpu", figures)
    worst = min(figures[name]["least_cosine"] for name in GFLOPS)
    if worst < LEAST_COSINE:
        sys.exit(f"the two sides do not agree: cosine {worst}")


def measure(name: str, device: str, peak: float | None) -> dict[str, Any]:
    """Return images/s of both sides, their ratio and their agreement."""
    with tempfile.TemporaryDirectory() as folder:
        ours = OpenClip(random_model(name, Path(folder)).load(CARDS[name]), device)
        peer = _peer(name, Path(folder) / CARDS[name], device)
        count = 256 if device != "cpu" else 16 if name == "ViT-B-32" else 4
        given = frames(count)
        few = given[: 32 if device != "cpu" else count]
        ours.embed_images(given)  # captures graphs, takes memory
        peer(few[:2])
        mine, vectors = _timed(lambda: ours.embed_images(given))
        theirs, expected = _timed(lambda: peer(few))
        cosines = (vectors[: len(few)] * expected).sum(axis=1)
        rate = count / mine
        figures = {
            "ours_images_per_s": round(rate, 2),
            "loop_images_per_s": round(len(few) / theirs, 2),
            "ratio": round(rate * theirs / len(few), 2),
            "least_cosine": round(float(cosines.min()), 5),
            "frames": f"{count} of 1280 × 720",
        }
        if peak:
            tensors = _dense_rate(ours, count)
            figures["network_alone_images_per_s"] = round(tensors, 1)
            figures["percent_of_peak"] = round(tensors * GFLOPS[name] / peak / 10, 1)
            figures["percent_of_peak_with_pictures"] = round(rate * GFLOPS[name] / peak / 10, 1)
        return figures


def random_model(name: str, folder: Path) -> ModelStore:
    """Save OpenCLIP's network ``name`` with random weights and a card; the real card but for its digests."""
    import open_clip
    import torch
    from ruamel.yaml import YAML
    from safetensors.torch import save_file

    card = CARDS[name]
    shipped = ModelStore().card(card)
    torch.manual_seed(7)
    network = open_clip.create_model(name, load_weights=False)
    (folder / card).mkdir()
    weights = {key: value.contiguous() for key, value in network.state_dict().items()}
    save_file(weights, folder / card / "open_clip_model.safetensors")
    preprocess = {"mean": shipped.input.mean, "std": shipped.input.std}
    config = {"model_cfg": open_clip.get_model_config(name), "preprocess_cfg": preprocess}
    (folder / card / "open_clip_config.json").write_text(json.dumps(config))
    content = shipped.model_dump(mode="json", exclude_none=True)
    content["source"] = {"file": card}
    content.setdefault("analyzer", None)
    for file in content["files"]:
        path = folder / card / file["path"]
        file |= {"sha256": sha256_of(path), "size": path.stat().st_size}
    YAML().dump(content, folder / f"{card}.yaml")
    return ModelStore(folder)


def frames(count: int) -> list[Pixels]:
    """Return pictures of 1280 × 720 with coarse and fine structure, each different."""
    random = np.random.default_rng(7)
    coarse = random.integers(0, 255, (count, 9, 16, 3), np.uint8)
    fine = random.integers(0, 40, (720, 1280, 3), np.uint8)
    return [np.minimum(np.kron(one, np.ones((80, 80, 1), np.uint8)), 215) + fine for one in coarse]


def matrix_peak() -> float:
    """Return the best rate of a bfloat16 matrix product on the GPU, TFLOP/s."""
    import torch

    size, best = 8192, 0.0
    left = torch.randn(size, size, device="cuda", dtype=torch.bfloat16)
    right = torch.randn(size, size, device="cuda", dtype=torch.bfloat16)
    for _ in range(5):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(20):
            left @ right
        torch.cuda.synchronize()
        best = max(best, 20 * 2 * size**3 / (time.perf_counter() - start) / 1e12)
    return best


def _dense_rate(ours: OpenClip, count: int) -> float:
    """Return images/s of the network alone, on pictures that lie on the device already."""
    import torch

    model = ours._images
    given = torch.randn(count, 3, 224, 224, device=model.device)
    model.run(count, lambda part: (given[part],))

    def run() -> None:
        model.run(count, lambda part: (given[part],))
        torch.cuda.synchronize()

    seconds, _ = _timed(run)
    return count / seconds


def _peer(name: str, folder: Path, device: str) -> Callable[[list[Pixels]], Any]:
    import open_clip
    import torch
    from PIL import Image

    network, _, prepare = open_clip.create_model_and_transforms(
        f"local-dir:{folder}", device=device
    )
    network.eval()

    def loop(given: list[Pixels]) -> Any:
        made = []
        with torch.inference_mode():
            for frame in given:
                tensor = prepare(Image.fromarray(frame))[None].to(device)
                made.append(network.encode_image(tensor, normalize=True).float().cpu().numpy()[0])
        return np.stack(made)

    return loop


def _timed(work: Callable[[], Any], runs: int = 3) -> tuple[float, Any]:
    """Return the median time of some runs, seconds, and what the last gave."""
    times, result = [], None
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def _device_name(device: str) -> str:
    import torch

    return torch.cuda.get_device_name(0) if device != "cpu" else "cpu"


if __name__ == "__main__":
    main()
