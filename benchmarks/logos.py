"""Measure the finding of logos in photographs: 27 marks, from ten crops of each, and from clean vector marks.

Its own set is drawn (``_logo_photos.py``): marks on photographs, bent, seen from aside, lit, blurred, covered,
compressed; crops come from other drawings on other photographs. Without any of the 27 are views of photographs,
frames of videos, drawn shapes, and photographs with words or other marks on them (``_logo_negatives.py``). Any
other set is scored with

    python -m benchmarks.logos --references DIR --photos DIR --none DIR

where DIR/<brand>/ holds crops or SVG files as references, DIR/<brand>/ the photographs of each brand, and DIR
pictures without any. A picture counts for each brand that is found in it with a score of 0.5 or more.
The peer is RootSIFT with cross-check, ratio test and a homography by RANSAC, on the same keypoints. With words,
the folder's name is looked for in what OCR reads too.

Usage: python -m benchmarks.logos [--data DIR] [--photos-of-each N] [--no-words] [--peer]
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks._logo_negatives import films, negatives, other_marks
from benchmarks._logo_peer import Peer
from benchmarks._logo_photos import BRANDS, brand_colours, composite, outline, photographs
from benchmarks.environment import record
from compliance.analyzers.base import References
from compliance.analyzers.brands.logo_prints import logo_print, unpack
from compliance.analyzers.brands.logos import LogoAnalyzer
from compliance.analyzers.local_features import LocalFeatureAnalyzer
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.analyzers.texts.brand_names import BrandNameAnalyzer
from compliance.errors import BankError
from compliance.findings import Observation, Reference
from compliance.media.vector import VectorReader
from compliance.model_store import ModelStore
from compliance.types import Floats, FrameBatch, Pixels

CROPS = 10
OTHERS = 24
"""Other marks, and as many words; ``benchmarks.logo_scores`` fits to others."""
SCORE = 0.5
Scores = dict[str, float]


@dataclass(frozen=True)
class Picture:
    """One picture to look at; ``brand`` is empty where none is on it."""

    brand: str
    pixels: Pixels
    kind: str = "photograph"
    """Of a picture without any."""


@dataclass(frozen=True)
class Set:
    """References of each brand, and pictures."""

    references: dict[str, list[Pixels]]
    """RGBA."""
    pictures: list[Picture]


def drawn_sets(data: Path, of_each: int, none_of_each: int) -> dict[str, Set]:
    """Return the drawn sets: with crops, and with vector marks, as references, of the same pictures; and crops
    and pictures in the colours of the brands, beside the same pictures without a mark."""
    icons = data / "logos-simple-icons" / "icons"
    marks = {brand: outline(icons / f"{brand}.svg") for brand in BRANDS}
    photos = photographs(data)
    # Near-duplicates stand beside each other, so the halves are cut in one place. Crops show some of the first
    # half's photographs, which would be found on them again, rightly.
    first, second = photos[: len(photos) // 2], photos[len(photos) // 2 :]
    crops = _crops(marks, first, np.random.default_rng(1), {})
    vectors = {
        brand: [np.dstack([np.zeros((*mark.shape, 3), np.uint8), mark])]
        for brand, mark in marks.items()
    }
    rng = np.random.default_rng(2)
    pictures = _marked(marks, second, of_each, rng, {})
    frames = films(data)
    frames = frames[len(frames) // 2 :]
    others = other_marks(icons)[-OTHERS:]
    clean = [
        Picture("", pixels, kind)
        for kind, pixels in negatives(icons, others, second, frames, none_of_each, rng)
    ]
    own = brand_colours(data)
    own_crops = _crops(marks, first, np.random.default_rng(11), own)
    own_pictures = _marked(marks, second, of_each, np.random.default_rng(12), own)
    return {
        "ten crops": Set(crops, pictures + clean),
        "vector marks": Set(vectors, pictures + clean),
        "ten crops, colours of the brands": Set(own_crops, own_pictures + clean),
    }


def _crops(
    marks: dict[str, Pixels],
    photos: Sequence[Pixels],
    rng: np.random.Generator,
    own: dict[str, Floats],
) -> dict[str, list[Pixels]]:
    """Return :data:`CROPS` of each mark, RGBA, from drawings on different photographs."""
    return {
        brand: [
            opaque(composite(brand, mark, photos[number], rng, own.get(brand)).crop(0.05))
            for number in rng.choice(len(photos), CROPS, replace=False)
        ]
        for brand, mark in marks.items()
    }


def _marked(
    marks: dict[str, Pixels],
    photos: Sequence[Pixels],
    of_each: int,
    rng: np.random.Generator,
    own: dict[str, Floats],
) -> list[Picture]:
    """Return ``of_each`` pictures of each mark."""
    return [
        Picture(
            brand,
            composite(brand, mark, photos[rng.integers(len(photos))], rng, own.get(brand)).pixels,
        )
        for _ in range(of_each)
        for brand, mark in marks.items()
    ]


def given_set(references: Path, photos: Path, none: Path | None) -> Set:
    """Return a set from folders."""
    with VectorReader() as vectors:
        known = {
            folder.name: [_reference(path, vectors) for path in _files(folder)]
            for folder in sorted(references.iterdir())
            if folder.is_dir()
        }
    pictures = [
        Picture(folder.name, opened(path))
        for folder in sorted(photos.iterdir())
        if folder.is_dir()
        for path in _files(folder)
    ]
    pictures += [Picture("", opened(path)) for path in (_files(none) if none else [])]
    return Set(known, pictures)


def _files(folder: Path) -> list[Path]:
    kinds = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".bmp")
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in kinds)


def _reference(path: Path, vectors: VectorReader) -> Pixels:
    if path.suffix.lower() == ".svg":
        return vectors.draw(path.read_bytes(), 512, str(path))
    read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if read is not None and read.ndim == 3 and read.shape[2] == 4:
        return np.ascontiguousarray(cv2.cvtColor(read, cv2.COLOR_BGRA2RGBA))
    return opaque(opened(path))


def opened(path: Path) -> Pixels:
    """Return a picture, RGB."""
    read = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if read is None:
        raise SystemExit(f"{path}: not a picture that OpenCV opens")
    return np.ascontiguousarray(read[:, :, ::-1])


def opaque(pixels: Pixels) -> Pixels:
    """Return RGB as RGBA."""
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


class Methods:
    """All ways of finding the marks of one set of references, on the same observations."""

    def __init__(self, references: dict[str, list[Pixels]], reader: Reader, peer: bool) -> None:
        rows, prints = [], []
        self.refused = 0
        for brand, pictures in references.items():
            for pixels in pictures:
                try:
                    prints.append(logo_print(pixels))
                    rows.append(brand)
                except BankError:
                    self.refused += 1
        refs = tuple(Reference(bank="brands", entry=one, label=one) for one in rows)
        self._references = References(refs, (), prints=tuple(prints))
        self._logos = LogoAnalyzer()
        self._peer = Peer([unpack(one).features for one in prints], rows) if peer else None
        self._reader = reader
        self._brands = list(references)

    def scores(self, picture: Picture) -> dict[str, Scores]:
        """Return the score of each brand by each method."""
        seen = self._reader.features(picture.pixels)
        marks: Scores = {}
        methods: dict[str, Scores] = {"shape": {}, "keypoints": {}}
        for one in self._logos.findings("picture", seen, self._references):
            assert one.reference is not None
            name = one.reference.entry
            marks[name] = max(marks.get(name, 0.0), one.score)
            by = "shape" if "outline" in one.evidence.note else "keypoints"
            methods[by][name] = max(methods[by].get(name, 0.0), one.score)
        found = {"logos": marks, **methods}
        if self._peer:
            found["peer"] = self._peer.scores(seen[0])
        if self._reader.words:
            words = self._reader.names(picture.pixels, self._brands)
            both = {
                name: max(marks.get(name, 0.0), words.get(name, 0.0)) for name in {*marks, *words}
            }
            found |= {"words": words, "logos and words": both}
        return found


class Reader:
    """Observations of each picture, made once for all sets of references."""

    def __init__(self, words: bool) -> None:
        self.words = words
        self._local, self._names = LocalFeatureAnalyzer(), BrandNameAnalyzer()
        # By id of the pixels, which the sets keep.
        self._seen: dict[int, list[Observation]] = {}
        self._read: dict[int, Scores] = {}
        if words:
            self._ocr = OcrAnalyzer()
            self._ocr.setup("cpu", ModelStore())

    def features(self, pixels: Pixels) -> list[Observation]:
        """Return what ``local-features`` observes."""
        if id(pixels) not in self._seen:
            self._seen[id(pixels)] = self._local.observe_frames(_batch(pixels))
        return self._seen[id(pixels)]

    def names(self, pixels: Pixels, brands: Sequence[str]) -> Scores:
        """Return which folders' names are read, with their scores."""
        if id(pixels) not in self._read:
            lines = self._ocr.reduce("picture", self._ocr.observe_frames(_batch(pixels)))
            self._read[id(pixels)] = _named(self._names, lines, brands)
        return self._read[id(pixels)]


def _named(
    analyzer: BrandNameAnalyzer, lines: Sequence[Observation], brands: Sequence[str]
) -> Scores:
    refs = tuple(Reference(bank="brands", entry=one, label=one) for one in brands)
    texts = tuple(one.replace("_", " ").replace("-", " ") for one in brands)
    references = References(refs, (), texts=texts, ambiguous=(False,) * len(refs))
    found: Scores = {}
    for one in analyzer.findings("picture", analyzer.reduce("picture", lines), references):
        if one.reference is not None:
            name = one.reference.entry
            found[name] = max(found.get(name, 0.0), one.score)
    return found


def _batch(pixels: Pixels) -> FrameBatch:
    return FrameBatch(("picture",), np.zeros(1), (pixels,))


def figures(
    pictures: Sequence[Picture], found: Sequence[Scores], score: float
) -> dict[str, float | int | str]:
    """Return precision, recall and F1 over pictures and brands, and false positives where nothing is."""
    shown = [
        (one.brand, {name for name, value in scores.items() if value >= score})
        for one, scores in zip(pictures, found, strict=True)
    ]
    marked = [(brand, names) for brand, names in shown if brand]
    none = [names for brand, names in shown if not brand]
    kinds: dict[str, list[bool]] = {}
    for one, (brand, names) in zip(pictures, shown, strict=True):
        if not brand:
            kinds.setdefault(one.kind, []).append(bool(names))
    hits = sum(brand in names for brand, names in marked)
    wrong = sum(len(names - {brand}) for brand, names in marked) + sum(map(len, none))
    precision, recall = hits / max(hits + wrong, 1), hits / max(len(marked), 1)
    return {
        "score": round(score, 3),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "F1": round(2 * precision * recall / max(precision + recall, 1e-9), 3),
        "false positives, pictures without logos": round(
            sum(map(bool, none)) / max(len(none), 1), 4
        ),
        **{f"called, {kind}": f"{sum(one)} of {len(one)}" for kind, one in kinds.items()},
        "other brands, pictures with logos": sum(len(names - {brand}) for brand, names in marked),
    }


def at_one_percent(pictures: Sequence[Picture], found: Sequence[Scores]) -> float:
    """Return the least score at which at most one in a hundred pictures without logos is called."""
    best = sorted(
        (
            max(scores.values(), default=0.0)
            for one, scores in zip(pictures, found, strict=True)
            if not one.brand
        ),
        reverse=True,
    )
    return best[len(best) // 100] + 1e-6 if best else 0.0


def measured(one: Set, reader: Reader, peer: bool) -> dict[str, object]:
    """Return the figures of every method."""
    methods = Methods(one.references, reader, peer)
    found: dict[str, list[Scores]] = {}
    for picture in one.pictures:
        for name, scores in methods.scores(picture).items():
            found.setdefault(name, []).append(scores)
    result: dict[str, object] = {"references refused as too plain": methods.refused}
    for name, scores in found.items():
        at = at_one_percent(one.pictures, scores)
        result[name] = {
            "at 1 % false positives": figures(one.pictures, scores, at),
            **({} if name == "peer" else {f"at {SCORE}": figures(one.pictures, scores, SCORE)}),
        }
    for name in ("logos", "logos and words"):
        if name in found:
            result[f"recall of each brand, {name}"] = dict(_recalls(one.pictures, found[name]))
    return result


def _recalls(pictures: Iterable[Picture], found: Sequence[Scores]) -> Iterator[tuple[str, float]]:
    hits: dict[str, list[bool]] = {}
    for one, scores in zip(pictures, found, strict=True):
        if one.brand:
            hits.setdefault(one.brand, []).append(scores.get(one.brand, 0.0) >= SCORE)
    for brand, seen in sorted(hits.items()):
        yield brand, round(float(np.mean(seen)), 2)


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--photos-of-each", type=int, default=2)
    parser.add_argument("--none-of-each", type=int, default=1)
    parser.add_argument("--peer", action="store_true", help="four seconds a picture")
    parser.add_argument("--no-words", action="store_true")
    parser.add_argument("--references", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--none", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    own = given.references is None
    if own:
        sets = drawn_sets(given.data, given.photos_of_each, given.none_of_each)
    else:
        sets = {"given": given_set(given.references, given.photos, given.none)}
    reader = Reader(words=not given.no_words)
    result: dict[str, object] = {}
    for name, one in sets.items():
        pictures = [picture for picture in one.pictures if picture.brand]
        result[name] = {
            "pictures": len(pictures),
            "pictures without logos": len(one.pictures) - len(pictures),
            **measured(one, reader, given.peer),
        }
        print(json.dumps({name: result[name]}, indent=2), flush=True)
    if own:
        print(record("logos", result))


if __name__ == "__main__":
    main()
