"""nsfwjs in our own form: it raises nothing on ordinary pictures, and stands in for NudeNet where named."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.sensitive.nsfw_frames import NsfwFrameAnalyzer
from compliance.analyzers.sensitive.nudity import NudityAnalyzer
from compliance.errors import ModelRefused
from compliance.model_store import ModelStore
from compliance.model_store.tfjs_layers import convert
from compliance.pipeline.plan import filling
from compliance.testing import FrameContract
from compliance.types import FrameBatch

CARD = "nsfwjs-mobilenet-v2"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """A folder of pulled models with this one, as an import leaves it."""
    folder = tmp_path_factory.mktemp("models")
    convert(shared_data / "models-nsfwjs" / "models" / "mobilenet_v2", folder / CARD)
    return folder


class TestContract(FrameContract):
    """With a calibration by which harmless pictures score, since no others may be held."""

    tolerance = 0.05

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _lowered(cls, models: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        cards = tmp_path_factory.mktemp("cards")
        card = ModelStore().card(CARD).model_dump(mode="json", exclude_none=True)
        card["calibration"]["points"] = [[0.0, 0.1], [1.0, 0.9]]
        YAML().dump(card, cards / f"{CARD}.yaml")
        cls.lowered = ModelStore(more=cards, pulled=models)

    def store(self) -> ModelStore:
        return self.lowered

    def analyzer(self) -> NsfwFrameAnalyzer:
        return NsfwFrameAnalyzer()

    def samples(self) -> list[FrameBatch]:
        from skimage import data

        person = np.ascontiguousarray(data.astronaut())
        return [
            FrameBatch(("a",), np.array([0.0]), (person,)),
            FrameBatch(("b",), np.array([2.5]), (np.ascontiguousarray(data.coffee()),)),
        ]


def test_ordinary_photographs_raise_nothing(models: Path, shared_data: Path) -> None:
    import cv2

    names = sorted((shared_data / "faces-face-recognition").rglob("*.jpg"))
    frames = [np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1]) for path in names]
    analyzer = NsfwFrameAnalyzer()
    analyzer.setup("cpu", ModelStore(pulled=models))
    assets = tuple(path.name + str(number) for number, path in enumerate(names))
    seen = analyzer.observe_frames(FrameBatch(assets, np.zeros(len(names)), tuple(frames)))
    scores = [
        one.score
        for asset in assets
        for one in analyzer.findings(asset, [s for s in seen if s.asset == asset], None)
    ]
    assert len(names) >= 20
    assert max(scores, default=0) < 0.5


@pytest.mark.parametrize(
    ("raws", "likely"), [((0.55, 0.5, 0.5), True), ((0.55,), False), ((0.7,), True)]
)
def test_frames_that_agree_count_more_than_one(models: Path, raws, likely: bool) -> None:
    analyzer = NsfwFrameAnalyzer()
    analyzer.setup("cpu", ModelStore(pulled=models))
    batch = FrameBatch(
        ("a",) * len(raws), np.arange(len(raws)) / 2, (np.zeros((9, 9, 3), np.uint8),) * len(raws)
    )
    seen = [
        one.but(
            attributes={
                "stream": 0,
                "scores": {"Drawing": 0, "Hentai": 0, "Neutral": 1 - raw, "Porn": raw, "Sexy": 0},
            }
        )
        for one, raw in zip(analyzer.observe_frames(batch), raws, strict=True)
    ]
    explicit, suggestive = analyzer.findings("a", seen, None)
    assert (explicit.score >= 0.5) == likely
    assert suggestive.score >= explicit.score
    assert explicit.frames == len(raws)


def test_a_graph_that_does_not_fit_its_weights_is_refused(models: Path, tmp_path: Path) -> None:
    from tiny_models import CALIBRATED, write_card

    folder = tmp_path / CARD
    shutil.copytree(models / CARD, folder)
    graph = json.loads((folder / "layers.json").read_text())
    graph["shape"] = [96, 96, 3]
    (folder / "layers.json").write_text(json.dumps(graph))
    card = ModelStore().card(CARD)
    given = card.input.model_dump(mode="json") | {"size": [96, 96]}
    write_card(
        tmp_path, CARD, input=given, labels=card.labels, task=card.task, activation="softmax",
        score_kind="probability", calibration=CALIBRATED,
    )  # fmt: skip
    with pytest.raises(ModelRefused, match="no network of layers"):
        NsfwFrameAnalyzer().setup("cpu", ModelStore(tmp_path))


def test_it_takes_the_place_of_nudenet_only_where_it_is_named() -> None:
    specs: dict[str, AnalyzerSpec] = {
        one.spec.name: one.spec for one in (NudityAnalyzer, NsfwFrameAnalyzer)
    }
    assert filling(specs, (), "bundled") == filling(specs, (), "full") == ["nudity"]
    assert filling(specs, ("nsfw-frames",), "bundled") == ["nsfw-frames"]
