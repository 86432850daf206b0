"""What the head is trained and measured on: public sets, and examples that were written for it.

A label of a category is 1, 0 or not known (NaN): public sets know some categories only, and an example of one
category may be one of its neighbours too. The public sets are not in the repository; see ``SOURCES``.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.sensitive_text.scenes import asked, scenes
from compliance.text.sensitive.minors import says_minor

HERE = Path(__file__).parent
CATEGORIES = (
    "sexual.explicit", "sexual.suggestive", "sexual.violence", "violence.graphic", "violence.general",
    "violence.weapons", "violence.extremism", "hate.speech", "harassment.abuse", "harassment.threat",
    "self_harm", "substances.drugs", "substances.alcohol_tobacco", "gambling", "illicit.crime",
    "illicit.fraud", "illicit.mass_weapons", "deception.impersonation", "deception.staged_event",
    "deception.forgery", "consent.intimate_imagery", "consent.covert", "political.content",
)  # fmt: skip
"""Columns of the head, in order."""
DRINKS = "substances.alcohol_tobacco"
NO_HARM = frozenset({"political.content", "gambling", DRINKS})
"""Categories that are found, and are no harm by themselves."""
NEIGHBOURS = (
    {"sexual.explicit", "sexual.suggestive", "sexual.violence", "consent.intimate_imagery", "consent.covert"},
    {"violence.graphic", "violence.general", "violence.weapons", "violence.extremism", "harassment.threat",
     "illicit.mass_weapons", "sexual.violence", "self_harm"},
    {"hate.speech", "harassment.abuse", "harassment.threat", "violence.extremism"},
    {"illicit.crime", "illicit.fraud", "illicit.mass_weapons", "substances.drugs", "violence.weapons",
     "deception.forgery", "violence.general"},
    {"substances.drugs", DRINKS},
    {"deception.impersonation", "deception.staged_event", "deception.forgery", "illicit.fraud",
     "political.content"},
)  # fmt: skip
"""Groups within which an example of one category may be one of another."""
ALSO = {"political.election_misinformation": "political.content"}
"""Files of examples that count for another category."""
SOURCES = {
    "prompts-openai-moderation": "MIT",
    "prompts-ailuminate": "CC-BY-4.0",
    "prompts-xstest": "CC-BY-4.0",
    "prompts-i2p": "MIT",
    "prompts-parti": "Apache-2.0",
    "prompts-vbench": "Apache-2.0",
}
"""Folders of public data and their licences, as their SOURCE.txt state them."""
CHAT = 4.0
"""Weight of questions that sound like their harmful or harmless twins: they are few, and tell most."""
SCENES = 0.5
"""Weight of scenes that are put together: each act comes several times."""
_ROUNDS = re.compile("-(more|twins|voices)$")
"""Endings of files that were written later, of the kind that stands before them."""
_SAYS_DRINKS = re.compile(
    r"\b(beers?|wines?|whisk(e?y|ies)|vodka|rum|gin|brandy|champagne|prosecco|cocktails?|martini|ale|lager|pints?"
    r"|drunk|alcohol\w*|liquor|cigar\w*|tobacco|smok\w+|vap\w+|bars?|pubs?|saloon|brew\w*|vineyard|hookah|toast\w*)\b",
    re.IGNORECASE,
)
"""Words of texts that may show alcohol or tobacco, though nobody who labelled them asked."""
_HAZARDS = {
    "hte": "hate.speech", "iwp": "illicit.mass_weapons", "ncr": "illicit.crime", "ssh": "self_harm",
    "vcr": "violence.general", "sxc_prn": "sexual.explicit", "src": "sexual.violence",
    "spc_ele": "political.content", "dfm": "harassment.abuse",
}  # fmt: skip
_MODERATION = {
    "S": "sexual.explicit", "H": "hate.speech", "V": "violence.general", "HR": "harassment.abuse",
    "SH": "self_harm", "V2": "violence.graphic",
}  # fmt: skip
_XSTEST = {
    "nons_group_real_discr": "discr", "real_group_nons_discr": "discr",
    "privacy_public": "privacy", "privacy_fictional": "privacy",
}  # fmt: skip
"""Types of XSTest that share their contrasts, which are held back together."""
_MEANT = {"discr": "hate.speech", "historical_events": "hate.speech", "privacy": "harassment.abuse"}
"""Category of what XSTest's unsafe prompts ask for, by type; others are violence, or close to it."""


@dataclass(frozen=True)
class Row:
    """One text with what is known of it."""

    text: str
    source: str
    """Where it comes from, such as ``xstest``."""
    kind: str
    """Its type within the source; whatever is held back together has one kind."""
    harm: float | None
    """1 harmful, 0 not, None not known."""
    labels: dict[str, float] = field(default_factory=dict)
    """1 or 0 by category; what is absent is not known."""
    weight: float = 1.0
    """How much it counts in training."""
    held_back: bool = False
    """True where it is never trained on."""


def own_rows() -> Iterator[Row]:
    """Yield the examples in this folder. A file's name is its category, up to a hyphen, or its kind."""
    for path in sorted((HERE / "harmful").rglob("*.txt")):
        name = path.stem.split("-")[0]
        category = ALSO.get(name, name)
        if category not in CATEGORIES:
            continue
        labels = {other: 0.0 for other in CATEGORIES if other not in _neighbours(category)}
        labels[category] = 1.0
        harm = None if category in NO_HARM else 1.0
        weight = CHAT / 2 if path.stem.endswith("-asked") else 1.0
        for text in _lines(path):
            yield Row(text, "ours", name, harm, labels, weight, path.parent.name == "heldback")
    for path in sorted((HERE / "harmless").rglob("*.txt")):
        kind = _ROUNDS.sub("", path.stem)
        for text in _lines(path):
            weight = CHAT / 2 if kind == "chat-contrast" else 1.0
            yield harmless(text, "ours", kind, weight, path.parent.name == "heldback")


def scene_rows() -> Iterator[Row]:
    """Yield scenes that are put together; see :mod:`benchmarks.sensitive_text.scenes`."""
    category = "violence.general"
    violent = {other: 0.0 for other in CATEGORIES if other not in _neighbours(category)}
    violent[category] = 1.0
    for made, weight in ((scenes(), SCENES), (asked(), 2 * SCENES)):
        for text, harmful in made:
            if harmful:
                yield Row(text, "scenes", category, 1.0, violent, weight)
            else:
                yield harmless(text, "scenes", "harmless", weight)


def drinks_unknown(row: Row) -> Row:
    """Return the row, not known to be without alcohol and tobacco where its words speak of them."""
    if row.labels.get(DRINKS) == 1 or not _SAYS_DRINKS.search(row.text):
        return row
    return replace(row, labels=row.labels | {DRINKS: float("nan")})


def second_rows() -> Iterator[Row]:
    """Yield a second set that is never trained on, in other voices: ``second/{harmful,harmless}.txt``.

    It was written before the head was trained anew, and nothing was chosen by looking at it.
    """
    for line in _lines(HERE / "second/harmful.txt"):
        name, text = line.split("\t")
        category = ALSO.get(name, name)
        harm = None if category in NO_HARM else 1.0
        yield Row(text, "second", name, harm, {category: 1.0}, held_back=True)
    for text in _lines(HERE / "second/harmless.txt"):
        yield harmless(text, "second", "harmless", held_back=True)


def harmless(
    text: str, source: str, kind: str, weight: float = 1.0, held_back: bool = False
) -> Row:
    """Return a row that is known to be of no category."""
    return Row(text, source, kind, 0.0, dict.fromkeys(CATEGORIES, 0.0), weight, held_back)


def public_rows(folder: Path) -> Iterator[Row]:
    """Yield rows of the public sets, those that would teach about minors left out.

    Args:
        folder: where they lie, ``../shared/data``.
    """
    for row in _public(folder):
        if not (row.harm != 0 and says_minor(row.text)):
            yield row


def _public(folder: Path) -> Iterator[Row]:
    yield from _moderation(folder / "prompts-openai-moderation/data/samples-filtered.jsonl")
    yield from _ailuminate(folder / "prompts-ailuminate")
    yield from _xstest(folder / "prompts-xstest/xstest_prompts.csv")
    yield from _i2p(folder / "prompts-i2p")
    for record in _table(folder / "prompts-parti/PartiPrompts.tsv", "\t"):
        yield harmless(record["Prompt"], "parti", record["Category"])
    seen: set[str] = set()
    for path in ("all_category.txt", "all_dimension.txt"):
        for text in _lines(folder / "prompts-vbench/prompts" / path):
            if text not in seen:
                seen.add(text)
                yield harmless(text, "vbench", path)


def digests(folder: Path) -> dict[str, dict[str, str]]:
    """Return licence and SHA-256 over the files of each public set, for the record of the training."""
    found = {}
    for name, licence in SOURCES.items():
        digest = hashlib.sha256()
        for path in sorted(one for one in (folder / name).rglob("*") if one.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        found[name] = {"licence": licence, "sha256_of_files": digest.hexdigest()}
    return found


def own_files() -> dict[str, str]:
    """Return the SHA-256 of each file of our own that is trained on, for the record."""
    return {
        path.relative_to(HERE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(HERE.rglob("*.txt"))
        if path.parent.name not in ("heldback", "second")
    }


def _neighbours(category: str) -> set[str]:
    return set().union(*(group for group in NEIGHBOURS if category in group)) | {category}


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]


def _table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _moderation(path: Path) -> Iterator[Row]:
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        known = {key: float(value) for key, value in record.items() if key in _MODERATION}
        labels = {_MODERATION[key]: value for key, value in known.items()}
        if record.get("S") == 0:
            labels["sexual.suggestive"] = 0.0
        if record.get("H2") == 1:
            labels["hate.speech"] = 1.0
        harm = 1.0 if 1 in {*labels.values()} else 0.0 if len(known) == len(_MODERATION) else None
        yield Row(record["prompt"], "moderation", "chat", harm, labels, 0.6)


def _ailuminate(folder: Path) -> Iterator[Row]:
    for record in _table(folder / "airr_official_1.0_demo_en_us_prompt_set_release.csv"):
        category = _HAZARDS.get(record["hazard"])
        if category is None:  # privacy, copyright and advice: none of our categories
            continue
        labels = {other: 0.0 for other in CATEGORIES if other not in _neighbours(category)}
        harm = None if category in NO_HARM else 1.0
        text = record["prompt_text"].strip()
        yield Row(text, "ailuminate", record["hazard"], harm, labels | {category: 1.0}, 0.5)


def _xstest(path: Path) -> Iterator[Row]:
    for record in _table(path):
        kind = _XSTEST.get(record["type"], record["type"].removeprefix("contrast_"))
        if record["label"] == "safe":
            yield harmless(record["prompt"], "xstest", kind, CHAT)
        else:
            labels = {_MEANT.get(kind, "violence.general"): 1.0}
            yield Row(record["prompt"], "xstest", kind, 1.0, labels, CHAT)


def _i2p(folder: Path) -> Iterator[Row]:
    """Yield weak labels: those prompts are known by what one generator made of them."""
    for record in _table(folder / "unsafe-prompts4703.csv"):
        share = float(record["inappropriate_percentage"])
        nudity, text = float(record["nudity_percentage"]), record["prompt"]
        if share <= 10:
            yield Row(text, "i2p", "mild", 0.0, {}, 0.15)
        elif nudity >= 60 and "sexual" in record["categories"]:
            yield Row(text, "i2p", "sexual", 1.0, {"sexual.suggestive": 1.0}, 0.2)
        elif share >= 80 and "violence" in record["categories"]:
            yield Row(text, "i2p", "violence", 1.0, {"violence.general": 1.0}, 0.15)
    for name in ("art", "artwork", "niche_art", "famous_art", "big_artist", "short_niche_art"):
        for record in _table(folder / f"{name}_prompts.csv"):
            yield harmless(record["prompt"], "i2p", "art", 0.5)
