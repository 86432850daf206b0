"""Sensitive content in prompts, on screen, in captions and in speech, by our own head on sentence embeddings.

Texts are read as wholes and in parts, and as whoever looks through a disguise reads them. The categories'
scores are calibrated; see the card ``sensitive-text`` and docs. What concerns persons under 18 is a rule,
never learnt.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.sensitive.classes import SCORE_FLOOR, calibrated, categories_of
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.taxonomy import TAXONOMY
from compliance.text.disguise.reading import PLAIN, Reading
from compliance.text.disguise.undisguise import LOOK_ALIKES, readings_of
from compliance.text.languages import others
from compliance.text.normalise import View, normalise
from compliance.text.repeats import merge_repeats
from compliance.text.sensitive.minors import says_minor
from compliance.text.sensitive.sensitive_documents import Joined, joined
from compliance.text.sensitive.sensitive_head import SensitiveHead
from compliance.text.sensitive.sensitive_reader import SensitiveReader
from compliance.text.sensitive.sexual_words import names_abuse, says_undressed, undenied
from compliance.types import PROMPT_SOURCES, Source, TextBatch, TimeSpan

MINORS = "sexual.minors"
"""Found by a rule: sexual content, and words that say that a person is under 18."""
SEXUAL = ("sexual.explicit", "sexual.suggestive", "sexual.violence", "consent.intimate_imagery")
"""Categories that make it where such words stand beside them."""
MINORS_ODDS = 5.0
"""What such words multiply the odds of sexual content by: 0.17 is as likely as not then. An error on the
side of care, not measured: there are no examples and there will be none."""
MINORS_LEAST = {"": 0.0, "said": 0.0, "undressed": 0.2, "abuse": 0.5}
"""Probability of sexual content that is taken at least, by what words say of a minor: rules, as above."""
LEAST_RAW = 0.02
"""Least probability that is kept of a text."""
LATIN = 0.9
"""Share of letters that must look Latin for a text to be read as if they were; of Cyrillic text, half do."""
EXCERPT = 240
"""Characters of the text that are shown at most."""


class SensitiveTextAnalyzer:
    """MiniLM's embeddings and tokens, likeness to described concepts and words, read by a small head."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="sensitive-text",
        version="5",
        categories=(
            "consent.covert", "consent.intimate_imagery", "deception.forgery", "deception.impersonation",
            "deception.staged_event", "gambling", "harassment.abuse", "harassment.threat", "hate.speech",
            "illicit.crime", "illicit.fraud", "illicit.mass_weapons", "political.content", "self_harm",
            "sexual.explicit", "sexual.minors", "sexual.suggestive", "sexual.violence",
            "substances.alcohol_tobacco", "substances.drugs",
            "violence.extremism", "violence.general", "violence.graphic", "violence.weapons",
        ),
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        models=("sensitive-text", "all-minilm-l6-v2"),
        libraries=("torch", "transformers", "tokenizers"),
        runtime="torch",
        requires=("ocr",),
        languages=("en",),
        batch=1024,
        gpu_batch=1024,
    )  # fmt: skip

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()
        self._reader: SensitiveReader | None = None

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the embedder and the head.

        Raises:
            ModelError: a file is changed, not allowed, or for other categories than the analyzer's.
        """
        from compliance.runtimes.sentence_embedder import MOST_TOKENS, SentenceEmbedder

        head, embedder = (models.load(name) for name in self.spec.models)
        learnt = tuple(name for name in self.spec.categories if name != MINORS)
        categories_of(head.card, replace(self.spec, categories=learnt))
        self._calibration = calibrated(head)
        reads = SensitiveHead.of(head)
        self._reader = SensitiveReader(
            SentenceEmbedder(embedder, device, reads.attention), reads, MOST_TOKENS
        )
        self._models = (head.use, embedder.use)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the head and the embedder."""
        return self._models

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return one ``sensitive_text`` for each text, frame or stretch of captions that says anything.

        Attributes: ``scores``, the head's probabilities by category from :data:`LEAST_RAW`; ``places``, the
        part of the text that each is strongest in, in code points; ``how`` it was read; ``minor``, what words
        say of a person under 18, one of :data:`MINORS_LEAST`; ``texts``, how many were read as one.

        Raises:
            AnalyzerError: :meth:`setup` was not called, or a text is too long; it is not examined then.
        """
        if self._reader is None:
            raise AnalyzerError(
                "the analyzer was used before it was set up",
                expected="setup(device, models) before observe_texts(batch)",
                where=self.spec.name,
                fix="call setup('cpu', ModelStore()) first",
            )
        read = list(joined(batch))
        known = self._read([one.text for one in read])
        return [
            self._observation(batch, one, known[one.text])
            for one in read
            if known[one.text]["scores"] or MINORS_LEAST[known[one.text]["minor"]]
        ]

    def _read(self, texts: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the attributes of each different text: of its readings each category's strongest."""
        assert self._reader is not None
        different = list(dict.fromkeys(texts))
        readings = [_with_folded(found) for found in readings_of(different)]
        flat = [
            (row, one)
            for row, found in enumerate(readings)
            for one in found
            if not _is_foreign(one.text, self.spec.languages)
        ]
        scores = self._reader.read([_encodable(undenied(one.text)) for _, one in flat])
        made: list[dict[str, Any]] = [
            {"scores": {}, "places": {}, "how": {}, "minor": _of_minors(found)}
            for found in readings
        ]
        for (row, reading), of in zip(flat, scores, strict=True):
            mine = made[row]
            for category, value, (start, end) in zip(
                self._reader.categories, of.values.tolist(), of.spans, strict=True
            ):
                if value >= LEAST_RAW and value > mine["scores"].get(category, 0.0):
                    mine["scores"][category] = round(value, 4)
                    mine["places"][category] = (
                        list(reading.span(start, end)) if end > start else [0, 0]
                    )
                    mine["how"][category] = reading.how
        return dict(zip(different, made, strict=True))

    def _observation(
        self, batch: TextBatch, one: Joined, attributes: dict[str, Any]
    ) -> Observation:
        return Observation(
            asset=batch.assets[one.rows[0]],
            analyzer=self.spec.name,
            kind="sensitive_text",
            source=batch.sources[one.rows[0]],
            span=one.span,
            region=one.region,
            text=one.text,
            attributes={**attributes, "texts": len(one.rows)},
        )

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge sightings of the same text that are at most a second apart."""
        return merge_repeats(
            observations,
            key=lambda one: (one.text, one.attributes["texts"] > 1),
            score=lambda one: max(one.attributes["scores"].values()),
        )

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return a finding for each text and category from the floor.

        Of texts that were read together, only what they say together and none of them alone.
        """
        alone: dict[tuple[str, Source], list[Finding]] = defaultdict(list)
        together: list[Finding] = []
        for one in observations:
            for finding in self._of(one):
                if one.attributes["texts"] == 1:
                    alone[(finding.category, finding.source)].append(finding)
                else:
                    together.append(finding)
        said = [
            one
            for one in together
            if not any(
                _meet(one.span, other.span) and other.score >= one.score
                for other in alone[(one.category, one.source)]
            )
        ]
        return [one for found in alone.values() for one in found] + said

    def close(self) -> None:
        """Let go of the networks."""
        self._reader = None

    def _of(self, one: Observation) -> list[Finding]:
        raws = one.attributes["scores"]
        scores = {category: self._calibration.score(raw) for category, raw in raws.items()}
        found = [
            self._finding(one, category, raws[category], score)
            for category, score in sorted(scores.items())
            if score >= SCORE_FLOOR
        ]
        minor = one.attributes["minor"]
        if minor and (one.source is not Source.NEGATIVE_PROMPT or _wants_minors(one.text or "")):
            raw = max(MINORS_LEAST[minor], *(raws.get(name, 0.0) for name in SEXUAL))
            likely = self._calibration.score(raw)
            score = MINORS_ODDS * likely / (1 + (MINORS_ODDS - 1) * likely)
            if score >= SCORE_FLOOR:
                found.append(self._finding(one, MINORS, raw, score))
        return found

    def _finding(self, one: Observation, category: str, raw: float, score: float) -> Finding:
        return Finding(
            category=category,
            asset=one.asset,
            analyzer=self.spec.name,
            source=one.source,
            score=round(score, 4),
            raw=round(raw, 4),
            raw_kind=RawKind.PROBABILITY,
            span=one.span,
            region=one.region,
            evidence=_evidence(one, category),
        )


def _evidence(one: Observation, category: str) -> Evidence:
    """Say what and where; of what concerns minors nothing is repeated."""
    count = one.attributes["texts"]
    over = f", over {count} texts read as one" if count > 1 else ""
    wanted = ", listed as not wanted" if one.source is Source.NEGATIVE_PROMPT else ""
    meaning = TAXONOMY.leaves[category].definition
    if category == MINORS:
        return Evidence(
            note=f"{meaning}: sexual content and words for a person under 18{over}{wanted}"
        )
    start, end = one.attributes["places"][category]
    how = one.attributes["how"][category]
    read = f", read through a disguise ({how})" if how != PLAIN else ""
    return Evidence(
        text=(one.text or "")[start:end][:EXCERPT],
        offsets=(start, end) if count == 1 else None,
        note=f"{meaning}{over}{read}{wanted}",
    )


def _of_minors(found: Sequence[Reading]) -> str:
    """Return what readings of a text say of a person under 18, the worst of it."""
    texts = [one.text for one in found]
    if any(map(names_abuse, texts)):
        return "abuse"
    minor = [text for text in texts if says_minor(text)]
    return "undressed" if any(map(says_undressed, minor)) else "said" if minor else ""


def _wants_minors(text: str) -> bool:
    """Tell whether one tag of a negative prompt says both: *nude, child* lists what is not wanted."""
    return any(
        names_abuse(tag) or (says_minor(tag) and says_undressed(tag)) for tag in text.split(",")
    )


def _is_foreign(text: str, languages: Sequence[str]) -> bool:
    """Tell whether a text without a Latin letter is said to be in another language, and so is not examined.

    The embedder knows such scripts letter by letter only: what it says of them is chance.
    """
    seen = filter(str.isascii, unicodedata.normalize("NFKC", text))
    return not any(map(str.isalpha, seen)) and bool(others((text,), languages))


def _with_folded(found: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Add the text in the letters that its own look like, where those are nearly all Latin.

    Other readings have to be known English words; names, tags and slang are not.
    """
    text = found[0].text
    if text.isascii():
        return found
    folded = normalise(text, View.FOLDED)
    letters = [one for one in folded.text if one.isalpha()]
    latin = sum(map(str.isascii, letters))
    if latin < LATIN * len(letters) or folded.text in {one.text.lower() for one in found}:
        return found
    return (*found, Reading(folded.text, LOOK_ALIKES, folded.offsets, folded.ends))


def _encodable(text: str) -> str:
    """Return ``text`` with lone surrogates, which no tokenizer takes, replaced one for one."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _meet(left: TimeSpan | None, right: TimeSpan | None) -> bool:
    if left is None or right is None:
        return left is right
    return left.start <= right.end and right.start <= left.end
