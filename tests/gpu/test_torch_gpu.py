"""The torch runtime on a GPU gives what it gives on a CPU, in every size of batch."""

import numpy as np
import pytest
from tiny_models import CLIP_INPUT, tiny_image_classifier, tiny_openclip, tiny_text_classifier

from compliance.errors import SettingsError
from compliance.model_store import CardInput, ModelStore
from compliance.pipeline.device import choose_device
from compliance.runtimes.openclip import OpenClip
from compliance.runtimes.pictures import pictures
from compliance.runtimes.torch import BUCKETS, TorchModel
from compliance.runtimes.transformers import ImageClassifier, TextClassifier

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> ModelStore:
    folder = tmp_path_factory.mktemp("cards")
    tiny_openclip(folder)
    tiny_image_classifier(folder, "pictures", {"normal": "", "nsfw": "sexual.explicit"})
    tiny_text_classifier(folder, "texts", {"toxic": "", "hate": "hate.speech"})
    return ModelStore(folder)


def frames(count: int) -> list[np.ndarray]:
    y, x = np.mgrid[:90, :160]
    return [
        np.stack([127 + 120 * np.sin(x / (7 + c + n) + y / 11) for c in range(3)], 2).astype(
            np.uint8
        )
        for n in range(count)
    ]


def run(model: TorchModel, given) -> np.ndarray:
    return model.run(len(given), lambda part: (given[part],))


@pytest.mark.parametrize("count", [1, 3, 8, 33, 70])
def test_embeddings_do_not_depend_on_the_device_or_the_bucket(cuda, store, count: int) -> None:
    loaded = store.load("openclip-vit-b-32")
    given = frames(count)
    ours, peer = (OpenClip(loaded, device).embed_images(given) for device in (cuda, "cpu"))
    assert ((ours * peer).sum(axis=1) > 0.999).all()


def test_pictures_are_the_same_to_two_levels(cuda) -> None:
    import torch

    given = CardInput.model_validate(CLIP_INPUT | {"mean": None, "std": None})
    there, here = (pictures(frames(5), given, torch.device(name)).cpu() for name in (cuda, "cpu"))
    assert float((there - here).abs().max()) * 255 <= 2


def test_classifiers_do_not_depend_on_the_device(cuda, store) -> None:
    pictures_model, texts = store.load("pictures"), store.load("texts")
    given, lines = frames(9), ["a b c", "z" * 90, "q"]
    on_gpu, on_cpu = (
        ImageClassifier(pictures_model, one).probabilities(given) for one in (cuda, "cpu")
    )
    assert np.allclose(on_gpu, on_cpu, atol=0.02)
    on_gpu, on_cpu = (TextClassifier(texts, one).probabilities(lines) for one in (cuda, "cpu"))
    assert np.allclose(on_gpu, on_cpu, atol=0.02)


def test_a_captured_graph_gives_each_batch_its_own_result(cuda) -> None:
    import torch

    model = TorchModel(torch.nn.Linear(4, 4), "linear", cuda, graphs=True)
    first, second = torch.randn(3, 4), torch.randn(3, 4)
    given = run(model, first)
    run(model, second)
    assert np.allclose(run(model, first), given)
    assert not np.allclose(run(model, second), given)


def test_a_full_device_halves_the_batch(cuda) -> None:
    """The network really asks for more memory than the device has, until the batch is small enough."""
    import torch

    total = torch.cuda.get_device_properties(0).total_memory
    per_item = total // 20

    class Hungry(torch.nn.Module):
        def forward(self, given: torch.Tensor) -> torch.Tensor:
            torch.empty(len(given) * per_item, dtype=torch.uint8, device=given.device)
            return given

    model = TorchModel(Hungry(), "hungry", cuda, most=BUCKETS[-1])
    assert run(model, torch.ones(64, 1)).shape == (64, 1)
    assert model.most < 32
    assert model.notes


def test_auto_takes_the_gpu_for_torch_and_says_why_where_it_does_not(cuda) -> None:
    assert choose_device("auto", "torch").name == cuda
    assert choose_device("auto", "dlib").reason
    with pytest.raises(SettingsError):
        choose_device("cuda:99", "torch")
