"""The torch runtime gives what the libraries give picture by picture, in batches of any size."""

import subprocess
import sys

import numpy as np
import pytest
from tiny_models import (
    CLIP_INPUT,
    VIT_INPUT,
    tiny_image_classifier,
    tiny_openclip,
    tiny_text_classifier,
)

from compliance.errors import AnalyzerError, ModelError
from compliance.model_store import CardInput, ModelStore
from compliance.runtimes.openclip import OpenClip
from compliance.runtimes.pictures import pictures
from compliance.runtimes.torch import TorchModel
from compliance.runtimes.transformers import ImageClassifier, TextClassifier

CARD = "openclip-vit-b-32"


def frames(*sizes: tuple[int, int]) -> list[np.ndarray]:
    """Smooth pictures, which is what resizing is about, with something different in each."""
    made = []
    for number, (height, width) in enumerate(sizes):
        y, x = np.mgrid[:height, :width]
        waves = [127 + 120 * np.sin(x / (7 + c) + y / (11 + number) + c) for c in range(3)]
        made.append(np.stack(waves, axis=2).astype(np.uint8))
    return made


MIXED = frames((90, 160), (120, 100), (90, 160), (64, 64), (720, 1280))


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> ModelStore:
    folder = tmp_path_factory.mktemp("cards")
    tiny_openclip(folder)
    tiny_image_classifier(folder, "pictures", {"normal": "", "nsfw": "sexual.explicit"})
    tiny_text_classifier(folder, "texts", {"toxic": "", "hate": "hate.speech"})
    return ModelStore(folder)


def test_embeddings_are_those_of_open_clip_and_pillow_one_by_one(store) -> None:
    import open_clip
    import torch
    from PIL import Image

    loaded = store.load(CARD)
    peer, _, prepare = open_clip.create_model_and_transforms(f"local-dir:{loaded.folder}")
    peer.eval()
    ours = OpenClip(loaded, "cpu").embed_images(MIXED)
    with torch.inference_mode():
        for frame, vector in zip(MIXED, ours, strict=True):
            given = peer.encode_image(prepare(Image.fromarray(frame))[None], normalize=True)
            assert float(given[0] @ torch.from_numpy(vector)) > 0.999
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_texts_share_the_space_of_pictures(store) -> None:
    import open_clip
    import torch

    loaded = store.load(CARD)
    name = f"local-dir:{loaded.folder}"
    peer, tokenize = open_clip.create_model(name), open_clip.get_tokenizer(name)
    peer.eval()
    ours = OpenClip(loaded, "cpu").embed_texts(["a brown bear", "pages"])
    with torch.inference_mode():
        given = peer.encode_text(tokenize(["a brown bear", "pages"]), normalize=True)
    assert ((given * torch.from_numpy(ours)).sum(1) > 0.999).all()


@pytest.mark.parametrize("fit", ["crop", "squash", "pad"])
@pytest.mark.parametrize("resize", ["bilinear", "bicubic"])
def test_pictures_are_pillows_to_one_level(fit: str, resize: str) -> None:
    import torch
    from PIL import Image

    given = CardInput.model_validate(
        CLIP_INPUT | {"mean": None, "std": None, "fit": fit, "resize": resize}
    )
    made = (pictures(MIXED, given, torch.device("cpu")) * 255).round().numpy()
    kind = Image.Resampling.BICUBIC if resize == "bicubic" else Image.Resampling.BILINEAR
    for frame, ours in zip(MIXED, made, strict=True):
        height, width = frame.shape[:2]
        scale = {"crop": max, "pad": min}.get(fit, max)(64 / height, 64 / width)
        size = (64, 64) if fit == "squash" else (int(width * scale), int(height * scale))
        resized = np.asarray(Image.fromarray(frame).resize(size, kind), np.float32)
        left, top = (round((side - 64) / 2) if fit == "crop" else 0 for side in size)
        peer = resized[top : top + 64, left : left + 64]
        high, wide = peer.shape[:2]
        assert np.abs(ours.transpose(1, 2, 0)[:high, :wide] - peer).max() <= 1
        assert not ours[:, high:].any() and not ours[:, :, wide:].any()


def test_colours_are_in_the_order_of_the_card() -> None:
    import torch

    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 255
    given = CardInput.model_validate(VIT_INPUT | {"colour": "BGR"})
    made = pictures([red], given, torch.device("cpu"))
    assert made[0, :, 0, 0].tolist() == [-1, -1, 1]


def test_a_classifier_gives_the_librarys_probabilities(store) -> None:
    import torch
    from transformers import AutoModelForImageClassification

    loaded = store.load("pictures")
    ours = ImageClassifier(loaded, "cpu")
    peer = AutoModelForImageClassification.from_pretrained(loaded.folder).eval()
    with torch.inference_mode():
        logits = peer(pictures(MIXED, loaded.card.input, torch.device("cpu"))).logits
    assert ours.labels == ("normal", "nsfw")
    assert np.allclose(ours.probabilities(MIXED), logits.softmax(1).numpy(), atol=0.01)


def test_a_text_beyond_the_context_is_read_to_its_end(store) -> None:
    classifier = TextClassifier(store.load("texts"), "cpu")
    short, padded = "zq", "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 3 + "zq"
    alone, within, without = classifier.probabilities([short, padded, padded[:-3]])
    assert not np.allclose(within, without, atol=1e-3), "the end of a long text was cut off"
    assert alone.shape == (2,)


def test_texts_of_all_lengths_keep_their_places(store) -> None:
    classifier = TextClassifier(store.load("texts"), "cpu")
    texts = ["x" * length for length in (40, 1, 200, 7, 90)]
    together = classifier.probabilities(texts)
    apart = np.concatenate([classifier.probabilities([text]) for text in texts])
    assert np.allclose(together, apart, atol=0.02)


def test_weights_that_lack_a_part_are_refused(tmp_path, store) -> None:
    """transformers itself would fill the part with random numbers."""
    from safetensors.torch import load_file, save_file
    from tiny_models import write_card

    tiny_image_classifier(tmp_path, "pictures", {"normal": "", "nsfw": "sexual.explicit"})
    path = tmp_path / "pictures" / "model.safetensors"
    weights = load_file(path)
    del weights["classifier.weight"]
    save_file(weights, path, metadata={"format": "pt"})
    write_card(tmp_path, "pictures", task="sexual content in images", input=VIT_INPUT)
    with pytest.raises(ModelError, match=r"classifier\.weight"):
        ImageClassifier(ModelStore(tmp_path).load("pictures"), "cpu")


def test_a_card_that_contradicts_the_configuration_is_refused(tmp_path) -> None:
    tiny_text_classifier(tmp_path, "texts", {"hate": "hate.speech"}, activation="softmax")
    with pytest.raises(ModelError, match="sigmoid"):
        TextClassifier(ModelStore(tmp_path).load("texts"), "cpu")


def test_files_that_nobody_checked_are_not_read(tmp_path) -> None:
    """What lies beside the checked files in a folder, such as another configuration, changes nothing."""
    tiny_openclip(tmp_path)
    (tmp_path / CARD / "pytorch_model.bin").write_bytes(b"\x80\x04not for us")
    (tmp_path / CARD / "adapter_config.json").write_text("{}")
    assert OpenClip(ModelStore(tmp_path).load(CARD), "cpu").embed_images(MIXED[:1]).shape == (1, 32)


class Greedy:
    """Makes a network that asks for more memory than any machine has, from some number of items on."""

    def __new__(cls, limit: int = 3):
        import torch

        class Network(torch.nn.Module):
            def forward(self, given: torch.Tensor) -> torch.Tensor:
                torch.empty(2**50 if len(given) > limit else 1, dtype=torch.uint8)
                return given * 2

        return Network()


def run(model: TorchModel, given) -> np.ndarray:
    return model.run(len(given), lambda part: (given[part],))


def test_too_little_memory_halves_the_batch_and_says_so(caplog) -> None:
    import torch

    model = TorchModel(Greedy(), "greedy", "cpu", most=16)
    given = torch.arange(16.0)[:, None]
    assert run(model, given)[:, 0].tolist() == (torch.arange(16.0) * 2).tolist()
    assert model.most == 2
    assert len(model.notes) == 3 and "batches are now 2 at most" in model.notes[-1]
    assert "batches are now 2" in caplog.text


def test_too_little_memory_for_one_item_is_an_error() -> None:
    import torch

    with pytest.raises(AnalyzerError, match="COMPLIANCE_DEVICE=cpu"):
        run(TorchModel(Greedy(0), "greedy", "cpu"), torch.ones(2, 1))


def test_numbers_that_are_not_finite_are_refused() -> None:
    import torch

    with pytest.raises(AnalyzerError, match="not finite"):
        run(TorchModel(torch.nn.Identity(), "wild", "cpu"), torch.tensor([[float("nan")]]))


def test_networks_that_are_loaded_at_once_in_a_new_process_are_all_there(tmp_path) -> None:
    """transformers imports its parts on first use, which two threads must not do at one time."""
    tiny_openclip(tmp_path)
    tiny_image_classifier(tmp_path, "pictures", {"normal": "", "nsfw": "sexual.explicit"})
    tiny_text_classifier(tmp_path, "texts", {"hate": "hate.speech"})
    code = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from compliance.model_store import ModelStore
from compliance.runtimes.openclip import OpenClip
from compliance.runtimes.transformers import ImageClassifier, TextClassifier
store = ModelStore(Path({str(tmp_path)!r}))
jobs = [(OpenClip, {CARD!r}), (ImageClassifier, "pictures"), (TextClassifier, "texts")] * 2
with ThreadPoolExecutor(6) as pool:
    made = list(pool.map(lambda job: job[0](store.load(job[1]), "cpu"), jobs))
print(len(made))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["6"], done.stderr
