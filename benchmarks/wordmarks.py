"""Measure wordmarks on screen: what of them is found as reading from pixels gives them back, and false alarms.

Three measurements against the starter bank of brands: names with letters changed as drawn letters are misread;
words drawn with the fonts of this machine on photographs, seen at an angle, blurred and compressed, read by the
OCR analyzer and matched by the brand-names analyzer; and benign lines, cut from benign prompts in three cases,
a third of them single words.

Usage: python -m benchmarks.wordmarks [--data FOLDER] [--pictures N]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.environment import record
from benchmarks.names import letters_of, lines, safe_prompts
from benchmarks.pii import prompts
from benchmarks.works import Bank
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.analyzers.texts.brand_names import BrandNameAnalyzer
from compliance.banks.starter import BRANDS
from compliance.model_store import ModelStore
from compliance.text.names.kinds import BRAND
from compliance.types import FrameBatch, Pixels, TextBatch

WORDMARKS = (
    "adidas|BMW|CITROËN|Coca-Cola|DHL|FedEx|Ferrari|Ford|Google|Heineken|McDonald's|NBC|NIKE|PEPSI|PORSCHE|PUMA|"
    "Red Bull|Sprite|STARBUCKS|intel|TEXACO|unicef|vodafone|YAHOO!|SAMSUNG|TOYOTA|Budweiser|Nutella|IKEA|KFC|"
    "Carlsberg|Corona|Guinness|PayPal|VISA|mastercard|NIVEA|Oreo|Fanta|GUCCI|PRADA|CHANEL|LEGO|SONY|Canon|Nikon|"
    "Michelin|GOODYEAR|Shell|BOSCH|SIEMENS|PHILIPS|Microsoft|amazon|NETFLIX|Spotify|TESLA|HONDA|Gillette|Colgate"
).split("|")
"""As they are drawn on products."""
_SLIPS = {
    "o": "0",
    "l": "1",
    "i": "l",
    "e": "c",
    "s": "5",
    "b": "8",
    "a": "o",
    "n": "h",
    "u": "v",
    "g": "q",
    "t": "f",
}
BREAKS: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda name, rng: name,
    "capitals": lambda name, rng: name.upper(),
    "one look-alike letter": lambda name, rng: _slip(name, rng, _SLIPS),
    "one wrong letter, 7 letters and more": lambda name, rng: _slip(name, rng, {}),
    "run together": lambda name, rng: "".join(filter(str.isalnum, name)),
    "broken by a space, 6 letters and more": lambda name, rng: _broken(name, rng),
}
LINES = 20_000
"""Benign lines."""


def _slip(name: str, rng: random.Random, alike: dict[str, str]) -> str:
    places = [i for i, c in enumerate(name) if c.isalpha() and (not alike or c.lower() in alike)]
    if not places:
        return name
    place = rng.choice(places)
    return name[:place] + alike.get(name[place].lower(), "x") + name[place + 1 :]


def _broken(name: str, rng: random.Random) -> str:
    place = rng.randrange(2, len(name) - 1)
    return f"{name[:place]} {name[place:]}"


def misreadings(bank: Bank) -> dict[str, float]:
    """Return the share of the starter bank's names found as a line, by what happened to their letters."""
    rng = random.Random(5)
    texts = bank.references.texts
    rows = [
        row
        for row, text in enumerate(texts)
        if text.isascii() and not bank.references.ambiguous[row]
    ]
    rows = rng.sample(rows, min(800, len(rows)))
    shares = {}
    for label, change in BREAKS.items():
        least = 7 if "7" in label else 6 if "6" in label else 5
        chosen = [row for row in rows if len(letters_of(texts[row])) >= least]
        found = [
            row in {match.row for match in bank.index.find(change(texts[row], rng), misread=True)}
            for row in chosen
        ]
        shares[label] = round(sum(found) / max(len(found), 1), 4)
    return shares


def benign_lines(data: Path) -> Iterator[str]:
    """Yield runs of one to five words of benign prompts, in lower case, title case and capitals."""
    rng = random.Random(3)
    texts = [
        one
        for one in prompts(data) + safe_prompts(data) + lines("works_benign.txt")
        if one.isascii()
    ]
    for _ in range(LINES):
        words = rng.choice(texts).split()
        size = min(rng.choice((1, 1, 2, 2, 3, 4, 5)), len(words))
        start = rng.randrange(len(words) - size + 1)
        line = " ".join(words[start : start + size])
        yield rng.choice((str, str.lower, str.title, str.upper))(line)


def drawn(count: int, data: Path) -> Iterator[tuple[str, Pixels]]:
    """Yield words and pictures of them, uint8 RGB (480, 640, 3)."""
    rng = random.Random(11)
    fonts = sorted(Path("/usr/share/fonts").rglob("*.ttf"))
    photos = sorted((data / "faces-face-recognition").rglob("*.jpg"))
    for index in range(count):
        word = WORDMARKS[index % len(WORDMARKS)]
        photo = cv2.imread(str(rng.choice(photos)))
        if photo is None:
            continue
        ground = np.asarray(cv2.resize(photo, (640, 480))[:, :, ::-1], np.uint8)
        yield word, _seen(_label(word, rng.choice(fonts), rng), ground, rng)


def _label(word: str, font: Path, rng: random.Random) -> Pixels:
    """Draw a word on a plate, uint8 RGB."""
    letters = ImageFont.truetype(str(font), 90)
    left, top, right, bottom = letters.getbbox(word)
    plate, ink = (
        rng.choice(((230, 230, 235), (20, 30, 90), (190, 20, 30), (240, 200, 30), (15, 15, 15))),
        (250, 250, 250),
    )
    if sum(plate) > 400:
        ink = rng.choice(((10, 10, 10), (170, 10, 20), (0, 60, 140)))
    picture = Image.new("RGB", (int(right - left) + 60, int(bottom - top) + 50), plate)
    ImageDraw.Draw(picture).text((30 - left, 25 - top), word, fill=ink, font=letters)
    return np.asarray(picture, np.uint8)


def _seen(label: Pixels, ground: Pixels, rng: random.Random) -> Pixels:
    """Put a label on a photograph in perspective, blurred and compressed."""
    height, width = label.shape[:2]
    wide = rng.uniform(130, 420)
    tall = wide * height / width
    x, y = rng.uniform(20, 620 - wide), rng.uniform(20, max(460 - tall, 21))
    corners = np.array([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)], np.float32)
    turn = cv2.getRotationMatrix2D((x + wide / 2, y + tall / 2), rng.uniform(-12, 12), 1)
    corners = corners @ turn[:, :2].T.astype(np.float32) + turn[:, 2].astype(np.float32)
    jitter = (
        0.12 * min(tall, wide) * np.array([[rng.uniform(-1, 1) for _ in "xy"] for _ in range(4)])
    )
    corners += jitter.astype(np.float32)
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    layer = cv2.warpPerspective(label, matrix, (640, 480), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, (640, 480))[..., None]
    whole = layer * mask + ground * (1 - mask)
    whole = cv2.GaussianBlur(whole, (0, 0), rng.uniform(0.3, 1.6))
    whole = np.clip(whole * rng.uniform(0.7, 1.15), 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(
        ".jpg", whole[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, rng.randrange(45, 92)]
    )
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1]


def pictures(bank: Bank, count: int, data: Path) -> dict[str, object]:
    """Return how many drawn wordmarks are found through OCR; print what is read of those that are not."""
    reader, analyzer = OcrAnalyzer(), BrandNameAnalyzer()
    reader.setup("cpu", ModelStore())
    found = read = others = total = 0
    for word, pixels in drawn(count, data):
        total += 1
        seen = reader.observe_frames(
            FrameBatch(("a",), np.zeros(1), (np.ascontiguousarray(pixels),))
        )
        texts = [one.text or "" for one in seen]
        n = len(seen)
        batch = TextBatch(
            ("a",) * n,
            tuple(texts),
            tuple(one.source for one in seen),
            tuple(one.span for one in seen),
            tuple(one.region for one in seen),
        )
        reduced = analyzer.reduce("a", analyzer.observe_texts(batch))
        hits = {
            one.reference.entry
            for one in analyzer.findings("a", reduced, bank.references)
            if one.reference
        }
        right = hits & bank.known.get(letters_of(word), set())
        found += bool(right)
        read += any(letters_of(word) in letters_of(text) for text in texts)
        others += bool(hits - right) and not right
        if not right:
            print("not found", word, texts, hits)
    return {
        "pictures": total,
        "read letter by letter": round(read / total, 4),
        "found": round(found / total, 4),
        "found as another brand only": others,
    }


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pictures", type=int, default=180)
    given = parser.parse_args()
    bank = Bank(BRANDS, BRAND)
    truly = set(lines("works_truly.txt"))
    flagged: dict[str, dict[str, float]] = {}
    for line in benign_lines(given.data):
        hits = {
            one: score for one, score in bank.found(line, misread=True).items() if one not in truly
        }
        if hits:
            flagged[line] = hits
    for line, hits in flagged.items():
        print("false alarm", hits, "::", line)
    figures = {
        "names found as a line": misreadings(bank),
        "drawn on photographs": pictures(bank, given.pictures, given.data),
        "benign lines": LINES,
        "benign lines with a false alarm": len(flagged),
        "of them with 0.5 or more": sum(max(hits.values()) >= 0.5 for hits in flagged.values()),
        "of them with 0.7 or more": sum(max(hits.values()) >= 0.7 for hits in flagged.values()),
        "share with a false alarm": round(len(flagged) / LINES, 5),
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    print(record("wordmarks", figures))


if __name__ == "__main__":
    main()
