"""What the generation analyzer concludes from a record."""

import pytest

from compliance.analyzers.base import AssetAnalyzer, AssetInput
from compliance.analyzers.origin.generation import GenerationAnalyzer
from compliance.errors import AnalyzerError
from compliance.facts import GenerationRecord
from compliance.findings import Finding
from compliance.model_store import ModelStore
from compliance.types import Asset

MEDIA = "ab" * 32


def look(record: GenerationRecord | None, media: str | None = MEDIA) -> list[Finding]:
    analyzer = GenerationAnalyzer()
    analyzer.setup("cpu", ModelStore())
    asset = Asset("clip.mp4", media_sha256=media)
    observations = analyzer.observe_assets([AssetInput(asset, None, record)])
    return analyzer.findings(asset.id, analyzer.reduce(asset.id, observations), None)


@pytest.mark.parametrize(
    "record",
    [
        GenerationRecord(digital_source_type="trainedAlgorithmicMedia"),
        GenerationRecord(
            digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
        ),
        GenerationRecord(host="somewhere"),
        GenerationRecord(model="painter-2"),
        GenerationRecord(model_resolved="painter-2.1"),
        GenerationRecord(host="somewhere", digital_source_type="digitalCapture"),
        GenerationRecord(host="somewhere", output_sha256=MEDIA),
        GenerationRecord(host="somewhere", output_sha256=MEDIA.upper()),
    ],
)
def test_a_record_that_names_a_generator_or_says_synthetic_is_a_finding(
    record: GenerationRecord,
) -> None:
    (found,) = look(record)
    assert (found.category, found.score, found.raw) == ("generation.synthetic", 1.0, 1.0)
    assert found.evidence.note


@pytest.mark.parametrize(
    "record", [None, GenerationRecord(), GenerationRecord(digital_source_type="digitalCapture")]
)
def test_a_record_that_declares_nothing_synthetic_is_none(record: GenerationRecord | None) -> None:
    assert look(record) == []


def test_the_record_of_another_file_is_a_failure_and_not_used() -> None:
    with pytest.raises(AnalyzerError, match="not that of this file") as raised:
        look(GenerationRecord(output_sha256="cd" * 32))
    assert MEDIA in raised.value.expected


def test_a_record_that_comes_with_a_prompt_alone_is_read() -> None:
    assert len(look(GenerationRecord(host="somewhere", output_sha256=MEDIA), media=None)) == 1


def test_an_empty_batch_gives_nothing() -> None:
    analyzer = GenerationAnalyzer()
    assert analyzer.observe_assets([]) == []
    assert isinstance(analyzer, AssetAnalyzer)
    assert analyzer.models() == ()
