"""Small real networks with random weights, each with a card of its own, made where a test wants them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from compliance.files import sha256_of

CALIBRATED = {
    "raw_kind": "probability",
    "points": [[0.0, 0.0], [1.0, 1.0]],
    "method": "identity",
    "data": "none",
    "date": "2026-11-21",
}
BY_COSINE = {
    "score_kind": "cosine",
    "calibration": CALIBRATED | {"raw_kind": "cosine", "points": [[0.0, 0.0], [1.0, 1.0]]},
}
CLIP_INPUT = {
    "shape": "float32 (N, 3, 64, 64)",
    "size": [64, 64],
    "mean": [0.48145466, 0.4578275, 0.40821073],
    "std": [0.26862954, 0.26130258, 0.27577711],
    "colour": "RGB",
    "resize": "bicubic",
    "fit": "crop",
}
VIT_INPUT = CLIP_INPUT | {
    "mean": [0.5] * 3,
    "std": [0.5] * 3,
    "resize": "bilinear",
    "fit": "squash",
}
TEXT_INPUT = {"shape": "int64 (N, T)"}


def quietly() -> None:
    """Keep transformers from drawing a progress bar for each of these."""
    import transformers

    transformers.logging.disable_progress_bar()


def write_card(folder: Path, name: str, **fields: Any) -> Path:
    """Describe every file in ``folder/name`` by the card ``folder/name.yaml`` and return its path."""
    files = sorted(
        (path for path in (folder / name).rglob("*") if path.is_file()),
        key=lambda path: (path.suffix not in (".safetensors", ".onnx"), path.name),
    )
    content = {
        "id": name,
        "task": "image-text embedding",
        "tier": "full",
        "runtime": "torch",
        "analyzer": None,
        "source": {"file": name},
        "files": [
            {
                "path": str(path.relative_to(folder / name)),
                "sha256": sha256_of(path),
                "size": path.stat().st_size,
            }
            for path in files
        ],
        "code_licence": "MIT",
        "weight_licence": "CC0-1.0",
        "commercial_use": "yes",
        "input": CLIP_INPUT,
        "output": "what the network gives",
        "score_kind": "none",
        "training_data": "none",
        "calibration": "not_scored",
        "evaluation": [],
        "upstream": "unknown",
    }
    path = folder / f"{name}.yaml"
    YAML().dump(content | fields, path)
    return path


def tiny_openclip(folder: Path, name: str = "openclip-vit-b-32", **fields: Any) -> Path:
    """Save OpenCLIP's own architecture with two layers in each tower."""
    import torch
    from open_clip.model import CLIP
    from safetensors.torch import save_file

    config = {
        "embed_dim": 32,
        "vision_cfg": {
            "image_size": 64,
            "layers": 2,
            "width": 64,
            "head_width": 32,
            "patch_size": 16,
        },
        "text_cfg": {
            "context_length": 77,
            "vocab_size": 49408,
            "width": 64,
            "heads": 2,
            "layers": 2,
        },
    }
    torch.manual_seed(7)
    (folder / name).mkdir(parents=True)
    weights = {key: value.contiguous() for key, value in CLIP(**config).state_dict().items()}
    save_file(weights, folder / name / "open_clip_model.safetensors")
    preprocess = {"mean": CLIP_INPUT["mean"], "std": CLIP_INPUT["std"]}
    (folder / name / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config, "preprocess_cfg": preprocess})
    )
    return write_card(folder, name, **fields)


def tiny_image_classifier(folder: Path, name: str, labels: dict[str, str], **fields: Any) -> Path:
    """Save a vision transformer of two layers; ``labels`` maps its labels to categories, or to ''."""
    import torch
    from transformers import ViTConfig, ViTForImageClassification

    torch.manual_seed(7)
    config = ViTConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=64,
        patch_size=16,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    quietly()
    ViTForImageClassification(config).save_pretrained(folder / name)
    given = {
        "task": "sexual content in images",
        "input": VIT_INPUT,
        "labels": {label: category for label, category in labels.items() if category},
        "activation": "softmax",
        "score_kind": "probability",
        "calibration": CALIBRATED,
    }
    return write_card(folder, name, **(given | fields))


def tiny_text_classifier(folder: Path, name: str, labels: dict[str, str], **fields: Any) -> Path:
    """Save a BERT of two layers over letters, with a context of 32 tokens and several labels at once."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    letters = [chr(code) for code in range(33, 127)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{one}" for one in letters)]
    ids = {token: index for index, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=32,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder / name)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=32,
        problem_type="multi_label_classification",
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        initializer_range=0.5,
    )
    quietly()
    BertForSequenceClassification(config).save_pretrained(folder / name)
    given = {
        "task": "text moderation",
        "input": TEXT_INPUT,
        "labels": {label: category for label, category in labels.items() if category},
        "activation": "sigmoid",
        "score_kind": "probability",
        "calibration": CALIBRATED,
    }
    return write_card(folder, name, **(given | fields))


def tiny_owlv2(folder: Path, name: str = "owlv2", **fields: Any) -> Path:
    """Save an OWLv2 of two layers in each tower, which reads letters and sees six by six patches."""
    import torch
    from transformers import CLIPTokenizer, Owlv2Config, Owlv2ForObjectDetection

    quietly()
    letters = [chr(code) for code in range(34, 127)]
    tokens = ["!", *letters, *(f"{one}</w>" for one in letters)]
    vocabulary = {
        token: index for index, token in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])
    }
    CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=16, pad_token="!").save_pretrained(
        folder / name
    )
    torch.manual_seed(7)
    tower = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    ends = {"bos_token_id": len(vocabulary) - 2, "eos_token_id": len(vocabulary) - 1}
    text = tower | ends | {"vocab_size": len(vocabulary), "max_position_embeddings": 16}
    config = Owlv2Config(
        text_config=text,
        vision_config=tower | {"image_size": 96, "patch_size": 16},
        projection_dim=32,
    )
    Owlv2ForObjectDetection(config).save_pretrained(folder / name)
    given = {
        "task": "mark detection",
        "input": CLIP_INPUT
        | {
            "shape": "float32 (N, 3, 96, 96)",
            "size": [96, 96],
            "resize": "bilinear",
            "fit": "pad",
        },
    }
    return write_card(folder, name, **(given | fields))
