"""Sensitive categories in frames by OpenCLIP: which of two sets of texts a frame's embedding lies nearer to.

Compares only: what it reads are the embeddings of frames. The texts and their calibrations stand in YAML; a
category without a calibration is not examined. No evidence picture is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final, Literal

import numpy as np
from pydantic import Field, ValidationError

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.sensitive.class_spans import Sighting, span_findings
from compliance.errors import AnalyzerError, ModelError
from compliance.findings import Finding, ModelUse, Observation, RawKind
from compliance.model_store import Calibration, LoadedModel, ModelStore
from compliance.types import Floats, Model, Source, digest_of

PROMPTS: Final = Path(__file__).with_name("sensitive_prompts.yml")
OWN: Final = "sensitive-zero-shot.yml"
"""Name of a file with texts and calibrations of one's own, in the folder of one's own cards."""
SHARPNESS: Final = 100.0
"""What cosines are multiplied by before the softmax: the scale that CLIP networks are trained to."""


class Texts(Model):
    """What one category is told by."""

    shows: tuple[str, ...] = Field(min_length=1)
    """Texts that describe it."""
    harmless: tuple[str, ...] = ()
    """Texts of what is easily mistaken for it."""
    calibration: Calibration | Literal["unknown"]
    """From the probability to a score, for these texts and this network."""


class Prompts(Model):
    """The file of texts."""

    model: str
    """Card of the network that the calibrations were measured with."""
    neutral: tuple[str, ...] = Field(min_length=1)
    """Harmless texts of every category."""
    categories: dict[str, Texts]
    """Texts by category."""


class SensitiveZeroShotAnalyzer:
    """Ten categories that nothing in the bundled tier sees."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="sensitive-zero-shot",
        version="1",
        categories=(
            "violence.weapons",
            "violence.general",
            "violence.graphic",
            "violence.extremism",
            "hate.symbols",
            "substances.drugs",
            "substances.alcohol_tobacco",
            "gambling",
            "self_harm",
            "sexual.explicit",
        ),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        models=("openclip-vit-b-32",),
        runtime="torch",
        libraries=("torch", "open-clip-torch"),
        tier="named",
        requires=("image-embeddings",),
        reads=("image-embeddings",),
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()
        self._missing: dict[str, str] = {}

    def setup(self, device: str, models: ModelStore) -> None:
        """Embed the texts; the network that does so is not kept.

        Raises:
            ModelError: the network is absent, changed or not allowed, no category has a calibration, or the
                file of texts is malformed.
        """
        from compliance.runtimes.openclip import OpenClip

        loaded = models.load(self.spec.models[0])
        path = next((one for one in _own(models) if one.is_file()), PROMPTS)
        prompts = read_prompts(path, loaded, self.spec.categories)
        self._calibrations = {
            category: texts.calibration
            for category, texts in prompts.categories.items()
            if isinstance(texts.calibration, Calibration)
        }
        self._missing = _missing(self.spec.categories, self._calibrations, path)
        if not self._calibrations:
            raise ModelError(
                "no category has a calibration, so what the network says has no score",
                expected="points from probability to score for each category",
                found="unknown",
                where=str(path.name),
                fix=f"measure them and write {OWN} into the folder that the setting 'cards' names",
            )
        network = OpenClip(loaded, device)
        self._neutral = network.embed_texts(prompts.neutral)
        self._shows, self._harmless = (
            {
                category: network.embed_texts(getattr(prompts.categories[category], side))
                for category in self._calibrations
            }
            for side in ("shows", "harmless")
        )
        reading = digest_of([loaded.use.reading, prompts.model_dump(mode="json")])
        self._models = (loaded.use.model_copy(update={"reading": reading, "calibrated": True}),)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the network, with a digest over its texts."""
        return self._models

    def unexamined(self) -> Mapping[str, str]:
        """Return the categories without a calibration."""
        return self._missing

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return nothing: it makes no observations of its own."""
        return []

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each category and each span of frames that show it.

        Raises:
            AnalyzerError: embeddings have another length than those of the texts.
        """
        seen = [one for one in observations if one.kind == "image_embedding"]
        if not seen:
            return []
        vectors = self._vectors(seen)
        found = []
        for category, calibration in sorted(self._calibrations.items()):
            raws = self._probabilities(vectors, category)
            sightings = [
                Sighting(one.but(analyzer=self.spec.name), float(raw))
                for one, raw in zip(seen, raws, strict=True)
            ]
            found += span_findings(category, sightings, calibration)
        return found

    def close(self) -> None:
        """Nothing outlives the object."""

    def _vectors(self, seen: Sequence[Observation]) -> Floats:
        wide = self._neutral.shape[1]
        vectors = [one.vector for one in seen if one.vector is not None and len(one.vector) == wide]
        if len(vectors) != len(seen):
            raise AnalyzerError(
                "the embeddings of frames are not of the network that embedded the texts",
                expected=f"{wide} numbers for each of {len(seen)} frames",
                found=f"{len(vectors)} such",
                where=self.spec.name,
                fix="name no other analyzer of embeddings in the setting 'analyzers'",
            )
        return np.stack(vectors)

    def _probabilities(self, vectors: Floats, category: str) -> Floats:
        """Return how probable the describing texts are among all; float32 (N,)."""
        shows = self._shows[category]
        against = [one for one in (self._harmless[category], self._neutral) if len(one)]
        cosines = vectors.astype(np.float64) @ np.concatenate([shows, *against]).T
        powers = np.exp(SHARPNESS * (cosines - cosines.max(axis=1, keepdims=True)))
        share = powers[:, : len(shows)].sum(axis=1) / powers.sum(axis=1)
        return np.asarray(share, np.float32)


def read_prompts(path: Path, model: LoadedModel, categories: Sequence[str]) -> Prompts:
    """Read a file of texts.

    Raises:
        ModelError: it is malformed, lacks a category or has another, or is for another network.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        prompts = Prompts.model_validate(YAML(typ="safe").load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError) as error:
        raise _malformed(path, "texts and calibration of each category", str(error)) from error
    if set(prompts.categories) != set(categories):
        odd = sorted(set(prompts.categories) ^ set(categories))
        raise _malformed(path, "exactly the analyzer's categories", ", ".join(odd))
    if prompts.model != model.card.id:
        raise _malformed(path, f"texts for {model.card.id}", prompts.model)
    for category, texts in prompts.categories.items():
        kind = getattr(texts.calibration, "raw_kind", RawKind.PROBABILITY)
        if kind is not RawKind.PROBABILITY:
            raise _malformed(path, "a calibration of probabilities", category)
    return prompts


def _own(models: ModelStore) -> list[Path]:
    return [folder / OWN for folder in models.folders]


def _missing(
    categories: Sequence[str], known: Mapping[str, Calibration], path: Path
) -> dict[str, str]:
    return {
        category: f"Analyzer sensitive-zero-shot has no calibration for {category} in {path.name}: measure it "
        f"and write {OWN} into the folder that the setting 'cards' names."
        for category in categories
        if category not in known
    }


def _malformed(path: Path, expected: str, found: str) -> ModelError:
    return ModelError(
        "the file of texts cannot be used",
        expected=expected,
        found=" ".join(found.split())[:300],
        where=str(path),
        fix="correct the file, or take it away so that the shipped one counts",
    )
