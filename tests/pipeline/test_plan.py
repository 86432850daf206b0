"""What runs follows from what the rules name."""

import pytest

from compliance.analyzers.base import AnalyzerSpec
from compliance.errors import PluginError
from compliance.facts import StreamKind
from compliance.media.info import MediaInfo, StreamInfo
from compliance.pipeline.plan import analyzers_for, applicable_sources
from compliance.types import Asset, Prompt, Source

SPECS = {
    spec.name: spec
    for spec in (
        AnalyzerSpec("faces", "1", ("likeness.face",), frozenset({Source.FRAME})),
        AnalyzerSpec("ocr", "1", (), frozenset({Source.OCR})),
        AnalyzerSpec("pii", "1", ("pii.phone",), frozenset({Source.OCR}), requires=("ocr",)),
    )
}


def test_only_what_a_rule_names_is_loaded() -> None:
    assert analyzers_for(["likeness.face"], SPECS) == ["faces"]
    assert analyzers_for(["brand.logo"], SPECS) == []


def test_required_analyzers_run_first() -> None:
    assert analyzers_for(["pii"], SPECS) == ["ocr", "pii"]
    assert analyzers_for(["pii.*"], SPECS) == ["ocr", "pii"]


def test_an_unknown_extra_analyzer_is_refused() -> None:
    with pytest.raises(PluginError):
        analyzers_for([], SPECS, extra=["facess"])


def test_a_circle_of_requirements_is_refused() -> None:
    specs = {
        "a": AnalyzerSpec("a", "1", ("x.a",), frozenset(), requires=("b",)),
        "b": AnalyzerSpec("b", "1", (), frozenset(), requires=("a",)),
    }
    with pytest.raises(PluginError, match="a → b → a"):
        analyzers_for(["x"], specs)


def test_what_cannot_be_opened_is_proved_to_lack_nothing(tmp_path) -> None:
    asset = Asset("clip.mp4", path=tmp_path / "clip.mp4", media_sha256="0" * 64)
    assert {Source.FRAME, Source.AUDIO, Source.CAPTION} <= applicable_sources(asset, None)


def test_only_declared_streams_are_applicable(tmp_path) -> None:
    asset = Asset("clip.mp4", path=tmp_path / "clip.mp4", media_sha256="0" * 64)
    info = MediaInfo(format="mov", streams=(StreamInfo(index=0, kind=StreamKind.VIDEO),))
    assert applicable_sources(asset, info) == {Source.FRAME, Source.OCR, Source.METADATA}


def test_a_prompt_alone_has_no_media_sources() -> None:
    asset = Asset("prompt", prompts=(Prompt(text="a cat"),))
    assert applicable_sources(asset, None) == {Source.PROMPT, Source.METADATA}
