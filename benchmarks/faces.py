"""Faces: our batches against the library insightface, image by image, on the same two graphs.

The graphs have the shapes and the cost of SCRFD-10g and of the ArcFace ResNet-50, with random weights, for
dense arithmetic does not depend on them; so nothing here is about accuracy. What the detector finds is planted.
Both sides start from decoded frames in memory, each in the order of colours that it wants. insightface loads
detection and recognition alone and runs with its own defaults; ours makes whole observations, with the JPEG
of each face. Both must see the same boxes, to 0.01 pixels, and vectors whose cosine is 0.999 at least.

    python -m benchmarks.faces [--device cpu|cuda:0] [--frames N] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from benchmarks._face_networks import detector, planted, recogniser
from benchmarks.environment import record
from compliance.analyzers.likeness.faces_insightface import InsightFaceAnalyzer
from compliance.files import sha256_of
from compliance.findings import Observation
from compliance.model_store import ModelStore
from compliance.pipeline.device import choose_device
from compliance.types import FrameBatch, Pixels

TARGETS = {"cpu": 1.3, "cuda": 10.0}


def write_models(folder: Path) -> tuple[int, int]:
    """Write both graphs with their cards; return multiplications per frame and per face, in millions."""
    costs = []
    for name, write in zip(InsightFaceAnalyzer.spec.models, (detector, recogniser), strict=True):
        path = folder / "models" / f"{name}.onnx"
        path.parent.mkdir(exist_ok=True)
        write(path)
        scored = write is recogniser
        calibration = {"raw_kind": "cosine", "points": [[-1, 0], [1, 1]], "data": "none"}
        card = {
            "id": name,
            "task": "face embedding" if scored else "face detection",
            "tier": "full",
            "runtime": "onnx",
            "analyzer": "faces-insightface",
            "source": {"file": "models"},
            "files": [{"path": path.name, "sha256": sha256_of(path)}],
            "code_licence": "Apache-2.0",
            "weight_licence": "CC0-1.0",
            "commercial_use": "yes",
            "input": {"shape": "float32 (N, 3, H, W)"},
            "output": "as the network that it stands for",
            "score_kind": "cosine" if scored else "none",
            "training_data": "none",
            "calibration": calibration | {"method": "none", "date": "2026-11-21"}
            if scored
            else "not_scored",
            "evaluation": [],
            "upstream": "unknown",
        }
        YAML().dump(card, folder / f"{name}.yaml")
        costs.append(_multiplications(path, 112 if scored else 640))
    return costs[0], costs[1]


def _multiplications(path: Path, side: int) -> int:
    """Return those of the convolutions and products for one item, in millions."""
    import onnx

    model = onnx.load(path)
    shape = model.graph.input[0].type.tensor_type.shape
    for dim, length in zip(shape.dim, (1, 3, side, side), strict=True):
        dim.dim_value = length
    del model.graph.output[:]
    inferred = onnx.shape_inference.infer_shapes(model).graph
    sizes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in inferred.value_info
    }
    weights = {one.name: one.dims for one in inferred.initializer}
    total = 0
    for node in inferred.node:
        if node.op_type == "Conv":
            total += int(np.prod(weights[node.input[1]]) * np.prod(sizes[node.output[0]][2:]))
        elif node.op_type == "Gemm":
            total += int(np.prod(weights[node.input[1]]))
    return round(total / 1e6)


def theirs(folder: Path, device: str) -> Any:
    """Return insightface's FaceAnalysis on the same files."""
    from insightface.app import FaceAnalysis

    cuda = device.startswith("cuda")
    providers = ["CUDAExecutionProvider"] if cuda else ["CPUExecutionProvider"]
    app = FaceAnalysis(
        str(folder / "models"), allowed_modules=["detection", "recognition"], providers=providers
    )
    app.prepare(ctx_id=0 if cuda else -1, det_thresh=0.5, det_size=(640, 640))
    return app


def agreement(
    ours: list[Observation], other: list[list[Any]], frames: list[Pixels], boxes: list[Any]
) -> dict[str, Any]:
    """Return how far the two sides are apart; exit where they are too far."""
    apart, least, number = 0.0, 1.0, 0
    for index in range(len(frames)):
        mine = [one for one in ours if one.span and one.span.start == index]
        if len(mine) != len(other[index]):
            raise SystemExit(f"frame {index}: {len(mine)} faces against {len(other[index])}")
        for one, box, face in zip(mine, boxes[index], other[index], strict=True):
            apart = max(apart, float(np.abs(face.bbox - box).max()))
            assert one.vector is not None
            cosine = one.vector @ face.embedding / np.linalg.norm(face.embedding)
            least, number = min(least, float(cosine)), number + 1
    if apart > 0.01 or least < 0.999 or not number:
        raise SystemExit(f"the sides differ: {apart} pixels, cosine {least}, {number} faces")
    return {
        "faces": number,
        "greatest_pixels_apart": round(apart, 5),
        "least_cosine": round(least, 6),
    }


def timed(rounds: int, sides: dict[str, Any]) -> dict[str, list[float]]:
    """Run the sides in turn, so that what else the machine does falls on both."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def measure(folder: Path, device: str, count: int, rounds: int) -> dict[str, Any]:
    """Return both sides' times on ``count`` frames."""
    costs = write_models(folder)
    frames = [planted(1, seed) for seed in range(count)]
    pictures = [np.ascontiguousarray(frame[:, :, ::-1]) for frame in frames]
    analyzer = InsightFaceAnalyzer()
    start = time.perf_counter()
    analyzer.setup(device, ModelStore(folder))
    setup = time.perf_counter() - start
    step = analyzer.spec.batch_on(device)
    parts = [
        FrameBatch(
            ("asset",) * len(frames[at : at + step]),
            np.arange(at, at + len(frames[at : at + step]), dtype=np.float64),
            tuple(frames[at : at + step]),
        )
        for at in range(0, count, step)
    ]
    app = theirs(folder, device)

    def ours() -> list[Observation]:
        return [one for part in parts for one in analyzer.observe_frames(part)]

    def one_by_one() -> list[list[Any]]:
        return [app.get(picture) for picture in pictures]

    boxes = [faces.boxes for part in parts for faces in analyzer._detector.detect(part.pixels, 0.5)]
    agreed = agreement(ours(), one_by_one(), frames, boxes)
    before = os.getloadavg()[0]
    seconds = timed(rounds, {"ours": ours, "insightface": one_by_one})
    ratios = [
        other / mine for mine, other in zip(seconds["ours"], seconds["insightface"], strict=True)
    ]
    return {
        "device": device,
        "frames": f"{count} of 1280 × 720",
        "batch": step,
        "fallback": analyzer.fallback or "none",
        "million_multiplications": {"frame": costs[0], "face": costs[1]},
        "setup_seconds": round(setup, 2),
        "agreement": agreed,
        "load_before": round(before, 2),
        "frames_per_second": {
            name: round(count / statistics.median(each), 2) for name, each in seconds.items()
        },
        "times_faster": [round(ratio, 2) for ratio in ratios],
        "median": round(statistics.median(ratios), 2),
        "target": TARGETS[device.partition(":")[0]],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="auto")
    parser.add_argument("--frames", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    # insightface 2.1 calls a method of skimage that is deprecated
    warnings.filterwarnings("ignore", category=FutureWarning)
    device = choose_device(options.device, "onnx").name
    count = options.frames or (256 if device.startswith("cuda") else 8)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), device, count, options.rounds)
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    name = "faces" if device == "cpu" else "faces-gpu"
    print(record(name, figures))
    if figures["median"] < figures["target"]:
        print(f"below the target: {figures['median']} < {figures['target']}")


if __name__ == "__main__":
    main()
