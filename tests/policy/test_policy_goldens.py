"""What the tools print, word for word. UPDATE_GOLDENS=1 writes the files anew; read the difference then."""

import os
from pathlib import Path

import pytest
from policy_examples import (
    ANN,
    BOB,
    HEAD,
    NOW,
    consent,
    face,
    face_report,
    facts,
    finding,
    policy,
    report,
    rule,
    waiver,
)

from compliance.analyzers.base import AnalyzerSpec
from compliance.facts import Facts, Release
from compliance.policy.explain import describe_all, explain, explain_all
from compliance.policy.lint import lint
from compliance.policy.load import read_policy
from compliance.types import Source

GOLDENS = Path(__file__).parent / "goldens"
TEXTS = frozenset({Source.PROMPT, Source.OCR})
CATALOGUE = [
    AnalyzerSpec("pii", "1", ("pii.phone", "pii.email"), TEXTS),
    AnalyzerSpec("faces", "1", ("likeness.face", "presence.face"), frozenset({Source.FRAME})),
]
FRAMES = (Source.FRAME,)


def same(name: str, text: str) -> None:
    """Compare with the golden file of this name."""
    path = GOLDENS / name
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


DOUBTFUL = HEAD.replace("o@example.com", "unset@example.com") + """\
override:
  - {rule: base.phone, owner: o, reason: Agreed, set: {when: {min_score: 0.9}, in: talent}}
  - {rule: base.gone, owner: o, reason: Agreed, remove: true}
accept_unexamined:
  - {category: violence, owner: TBD, reason: r}
  - {category: pii, sources: [frame, ocr], owner: o, reason: r}
rules:
  - {id: no-why, title: T, find: pii.phone, when: {min_score: 0.2}, then: flag}
  - {id: blind, title: T, why: W, find: violence.graphic, then: flag}
  - {id: half-blind, title: T, why: W, find: [pii.phone, pii.crypto_wallet], then: flag}
  - {id: watching, title: T, why: W, find: self_harm, status: monitor, then: flag}
  - {id: idle, title: T, why: W, find: pii.email, then: approve}
  - {id: bank, title: T, why: W, find: likeness.face, in: [talnet], then: flag}
  - {id: no-reference, title: T, why: W, find: pii.email, in: talent, then: flag}
  - {id: consent, title: T, why: W, find: pii.email, unless: {consent: covers}, then: flag}
  - {id: hard, title: T, why: W, find: pii.email, when: {min_score: 0.5}, then: reject}
  - {id: soft, title: T, why: W, find: pii.email, when: {min_score: 0.9}, then: flag}
  - {id: twin, title: T, why: W, find: pii.email, when: {min_score: 0.5}, then: reject}
  - {id: inner, title: T, why: W, find: pii.email, when: {min_score: 0.6, min_seconds: 1}, then: flag}
  - {id: ended, title: T, why: W, find: pii.phone, applies: {until: 2026-01-31}, then: reject}
  - id: astray
    title: T
    why: W
    find: pii.phone
    expr: findings.exists(f, f.category == "likeness.face" || f.source == "audio" || f.category == "pii.fone")
    then: reject
"""  # fmt: skip
BASE = "rules:\n" + "".join(
    rule("find: pii.phone, why: W, when: {min_score: 0.5}, then: reject", name)
    for name in ("base.phone", "base.gone")
)


def test_every_doubt_reads_as_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(HEAD + BASE, "utf-8")
    Path("doubtful.yaml").write_text("extends: base.yaml\n" + DOUBTFUL, "utf-8")
    loaded = read_policy(Path("doubtful.yaml"))
    found = lint(loaded.policy, CATALOGUE, ["talent"], loaded, NOW)
    same("lint.txt", "\n".join(map(str, found)) + "\n")


FACE = "find: likeness.face, when: {min_score: 0.9}, unless: {consent: covers}, "
TREES: dict[str, tuple[str, Facts]] = {
    "hit": (FACE + "then: reject", facts(face_report(face(ANN), face(BOB, 0.5)), applicable=FRAMES)),
    "covered": (
        FACE + "then: reject",
        facts(face_report(face(ANN)), applicable=FRAMES, consents=(consent(ANN),)),
    ),
    "waived": (
        FACE + "then: reject",
        facts(face_report(face(ANN)), applicable=FRAMES, waivers=(waiver(),)),
    ),
    "monitored": (
        FACE + "status: monitor, then: reject",
        facts(face_report(face(ANN)), applicable=FRAMES),
    ),
    "not-examined": (FACE + "then: reject", facts(applicable=FRAMES)),
    "not-applying": (
        FACE + "applies: {territories: EU, channels: [tv, social], until: 2026-01-31}, then: reject",
        facts(face_report(face(ANN)), release=Release(territories=("US",), channels=("TV",))),
    ),
    "matrix": (
        FACE + "applies: {territories: EU}, then: reject",
        facts(
            face_report(face(ANN)),
            applicable=FRAMES,
            release=Release(territories=("US", "DE"), channels=("tv", "web")),
        ),
    ),
    "unknown": (
        "find: likeness.face, unknown: true, when: {min_score: 0.8}, then: flag",
        facts(
            report(
                finding("presence.face", 0.99, source=Source.FRAME).model_copy(update={"track": "1"}),
                face(ANN, 0.6).model_copy(update={"track": "1"}),
                examines=(("presence.face", Source.FRAME),),
            ),
            applicable=FRAMES,
        ),
    ),
    "declared-missing": (
        "find: likeness.face, declared: missing, then: flag",
        facts(
            face_report(face(ANN)),
            applicable=FRAMES,
            release=Release(people=("talent/ann", "talent/bob")),
        ),
    ),
    "undeclared": (
        "find: likeness.face, declared: undeclared, then: flag",
        facts(
            face_report(face(ANN), face(BOB)),
            applicable=FRAMES,
            release=Release(people=("talent/ann",)),
        ),
    ),
    "label-missing": (
        "find: disclosure.label, label: missing, then: flag",
        facts(report(examines=(("disclosure.label", Source.OCR),)), applicable=(Source.OCR,)),
    ),
    "expression": (
        'find: pii, expr: "findings.exists(f, f.score > 0.5)", when: {min_count: 2}, then: flag',
        facts(report(finding("pii.phone", 0.6), finding("pii.email", 0.4))),
    ),
    "obligation": (
        "find: pii.phone, oblige: {mark: c2pa.digital_source_type}, then: approve",
        facts(report(finding()), marks=("c2pa.digital_source_type",)),
    ),
    "obligation-beyond": (
        "find: pii.phone, oblige: {mark: c2pa.digital_source_type}, then: approve",
        facts(report(finding())),
    ),
    "gaps": ("find: integrity, then: flag", facts(gaps=("The stream ends after 3 s of 8 s.",))),
    "passed": ("find: pii.phone, then: flag", facts(report())),
}  # fmt: skip


@pytest.mark.parametrize("name", TREES)
def test_every_shape_of_an_explanation_reads_as_it_did(name: str) -> None:
    text, given = TREES[name]
    same(f"explain-{name}.txt", "\n".join(explain(policy(rule(text)), "r", given, NOW)) + "\n")


def test_all_rules_together_read_as_they_did() -> None:
    text = "".join(rule(each, name) for name, (each, _) in TREES.items())
    _, given = TREES["hit"]
    same("explain-all.txt", "\n".join(explain_all(policy(text), given, NOW)) + "\n")
    same("describe-all.txt", "\n".join(describe_all(policy(text))) + "\n")
