"""Measure what eight disguises cost the analyzers of text, and what honest text in other scripts costs.

Recall is the share of texts with a finding of 0.5 or more: harmful video prompts held back from training for
sensitive-text, prompts that name public figures, works and brands for names, prompts with made-up personal
data, sentences with anybody's name, claims and political lines, lures and jailbreaks written after their data.
Harmless prompts in six scripts are made of parts written here, 64 a language. Short lines in 16 languages tell
how many pass for English.

Usage: python -m benchmarks.evasion [--most N]
"""

from __future__ import annotations

import argparse
import base64
import codecs
import itertools
import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.environment import record
from benchmarks.pii_sentences import marked
from compliance.analyzers.base import References
from compliance.analyzers.texts.brand_names import BrandNameAnalyzer
from compliance.analyzers.texts.claims import ClaimsAnalyzer
from compliance.analyzers.texts.disguises import DisguiseAnalyzer
from compliance.analyzers.texts.lures import LureAnalyzer
from compliance.analyzers.texts.names import NameAnalyzer
from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.analyzers.texts.pii_names import PiiNameAnalyzer
from compliance.analyzers.texts.politics import PoliticsAnalyzer
from compliance.analyzers.texts.work_names import WorkNameAnalyzer
from compliance.banks.starter import BRANDS, PEOPLE, WORKS, starter_entries, with_starter
from compliance.errors import ComplianceError
from compliance.model_store import ModelStore
from compliance.text.languages import detect, others
from compliance.types import Source, TextBatch

HERE = Path(__file__).parent
LEAST = 0.5
_HEAD = re.compile(r"\[[a-z_.]+\]")
"""A line that names the category of those below it."""
_ALIKE = str.maketrans("aceopxyiBCEHKMOPTX", "асеорхуіВСЕНКМОРТХ")
_LEET = str.maketrans("aeiost", "431057")
Disguise = Callable[[str, random.Random], str]
DISGUISES: dict[str, Disguise] = {
    "none": lambda text, rng: text,
    "zero-width": lambda text, rng: "\u200b".join(text),
    "look-alikes": lambda text, rng: text.translate(_ALIKE),
    "leetspeak": lambda text, rng: "".join(
        c.translate(_LEET) if rng.random() < 0.7 else c for c in text
    ),
    "spaced": lambda text, rng: "  ".join(" ".join(word) for word in text.split()),
    "dotted": lambda text, rng: " ".join(".".join(word) for word in text.split()),
    "reversed": lambda text, rng: text[::-1],
    "words reversed": lambda text, rng: " ".join(word[::-1] for word in text.split()),
    "base64": lambda text, rng: base64.b64encode(text.encode()).decode(),
    "marks and case": lambda text, rng: "".join(
        (c.upper() if rng.random() < 0.5 else c) + ("\u0335" if c.isalpha() else "") for c in text
    ),
    "rot13": lambda text, rng: codecs.encode(text, "rot13"),
    "split": lambda text, rng: " ".join(
        f"{w[: len(w) // 2]} {w[len(w) // 2 :]}" if len(w) > 4 else w for w in text.split()
    ),
}
FOREIGN = ("ru", "ar", "zh", "hi", "el", "ja")


def lines(path: Path) -> list[str]:
    found = path.read_text("utf-8").splitlines()
    return [one for one in found if one and one[0] != "#" and not _HEAD.fullmatch(one)]


def sentences_with_names() -> list[str]:
    """Return sentences that name people, places or organisations, without the marks of these."""
    return [text for text, spans in marked(lines(HERE / "pii_data/sentences.txt")) if spans]


def short_lines() -> dict[str, str]:
    """Return how many short lines are said to be in another language than English, by part of the list."""
    parts: dict[str, list[bool]] = {}
    for line in (HERE / "evasion_data/short_lines.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            part = parts.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            part.append(bool(others([line.split("\t")[1]], ("en",))))
    return {name: f"{sum(said)} of {len(said)}" for name, said in parts.items()}


def foreign(language: str) -> list[str]:
    """Return harmless prompts: each subject with each place."""
    rows = dict(line.split("\t") for line in lines(HERE / "evasion_data/foreign.txt"))
    subjects, places = (part.split("|") for part in rows[language].split(" # "))
    return [" ".join(pair) for pair in itertools.product(subjects, places)]


class Watched:
    """An analyzer, and what of it counts as found."""

    def __init__(self, analyzer: object, references: References | None, branch: str) -> None:
        self.analyzer, self.references, self.branch = analyzer, references, branch

    def share(self, texts: Sequence[str]) -> float:
        """Return the share of texts with a finding of :data:`LEAST` or more in the branch."""
        assets = tuple(f"{row:064}" for row in range(len(texts)))
        none = (None,) * len(texts)
        batch = TextBatch(assets, tuple(texts), (Source.PROMPT,) * len(texts), none, none)
        seen = self.analyzer.observe_texts(batch)
        found = 0
        for asset in assets:
            mine = self.analyzer.reduce(asset, [one for one in seen if one.asset == asset])
            findings = self.analyzer.findings(asset, mine, self.references)
            found += any(
                one.score >= LEAST and one.category.startswith(self.branch) for one in findings
            )
        return round(found / len(texts), 4)


def watched() -> dict[str, tuple[Watched, list[str]]]:
    """Return what is measured: an analyzer and the texts that it should find, as far as it can be set up."""
    lures, pii, people = LureAnalyzer(), PiiAnalyzer(), PiiNameAnalyzer()
    claims, politics = ClaimsAnalyzer(), PoliticsAnalyzer()
    for one in (pii, people, claims, politics):
        one.setup("cpu", ModelStore())
    data = HERE / "evasion_data"
    found = {
        "lures": (Watched(lures, None, "evasion.lure"), lines(data / "lures.txt")),
        "jailbreaks": (Watched(lures, None, "evasion.jailbreak"), lines(data / "jailbreaks.txt")),
        "pii": (Watched(pii, None, "pii"), lines(data / "pii.txt")),
        "pii-names": (Watched(people, None, "pii"), sentences_with_names()),
        "claims": (Watched(claims, None, "claims"), lines(HERE / "wording_claims_fourth.txt")),
        "politics": (
            Watched(politics, None, "political"),
            lines(HERE / "sensitive_text/harmful/heldback/political.content.txt"),
        ),
    }
    for name, starter, analyzer, file in (
        ("names", PEOPLE, NameAnalyzer(), "names_prompts.txt"),
        ("works", WORKS, WorkNameAnalyzer(), "works_prompts.txt"),
        ("brands", BRANDS, BrandNameAnalyzer(), "works_brands.txt"),
    ):
        bank = with_starter(References((), ()), starter_entries(starter), starter)
        named = [one.split(" :: ", 1)[1] for one in lines(HERE / file)]
        found[name] = (Watched(analyzer, bank, ""), named)
    try:
        from compliance.analyzers.texts.sensitive_text import SensitiveTextAnalyzer

        sensitive = SensitiveTextAnalyzer()
        sensitive.setup("cpu", ModelStore())
        harmful = [
            one.split("\t")[-1]
            for path in sorted((HERE / "sensitive_text/harmful/heldback").glob("*.txt"))
            for one in lines(path)
        ]
        found["sensitive-text"] = (Watched(sensitive, None, ""), harmful)
    except (ImportError, ComplianceError) as problem:
        print("sensitive-text is not measured:", problem)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=200, help="texts of each kind")
    most = parser.parse_args().most
    measured = watched()
    recall: dict[str, dict[str, float]] = {}
    disguised: dict[str, float] = {}
    for how, disguise in DISGUISES.items():
        rng = random.Random(7)
        for name, (one, texts) in measured.items():
            chosen = random.Random(3).sample(texts, min(most, len(texts)))
            recall.setdefault(name, {})[how] = one.share([disguise(text, rng) for text in chosen])
        _, texts = measured["lures"]
        disguised[how] = Watched(DisguiseAnalyzer(), None, "").share(
            [disguise(text, rng) for text in texts]
        )
    alarms = {
        language: {name: one.share(foreign(language)) for name, (one, _) in measured.items()}
        | {"disguises": Watched(DisguiseAnalyzer(), None, "").share(foreign(language))}
        | {"not said to be foreign": sum(not others([t], ("en",)) for t in foreign(language)) / 64}
        for language in FOREIGN
    }
    held = [one.split("\t") for one in lines(HERE / "evasion_data/languages.txt")]
    languages = {
        "sentences": len(held),
        "named": sum(detect(text).language == code for code, text in held),
        "taken for English or nothing": sum(not others([text], ("en",)) for _, text in held),
    }
    figures = {
        "recall": recall,
        "disguises found": disguised,
        "alarms in harmless foreign prompts": alarms,
        "languages": languages,
        "short lines said to be foreign": short_lines(),
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    print(record("evasion", figures))


if __name__ == "__main__":
    main()
