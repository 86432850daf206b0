"""What the provenance analyzer concludes from real files."""

from pathlib import Path

import pytest
from PIL import Image

from compliance.analyzers.base import AssetAnalyzer, AssetInput
from compliance.analyzers.origin.provenance import ProvenanceAnalyzer
from compliance.errors import AnalyzerError
from compliance.findings import Finding, Observation
from compliance.model_store import ModelStore
from compliance.provenance.manifest import ManifestReading
from compliance.types import Asset, digest_of

MANIFEST = "provenance.manifest"
TAMPERED = "provenance.tampered"
INGREDIENT = "provenance.ingredient"
UNTRUSTED = "provenance.untrusted"
SYNTHETIC = "generation.synthetic"


@pytest.fixture
def analyzer() -> ProvenanceAnalyzer:
    made = ProvenanceAnalyzer()
    made.setup("cpu", ModelStore())
    return made


def given(path: Path | None) -> AssetInput:
    return AssetInput(Asset(str(path), path, digest_of(str(path))), path, None)


def look(analyzer: ProvenanceAnalyzer, path: Path) -> list[Finding]:
    one = given(path)
    observations = analyzer.reduce(one.asset.id, analyzer.observe_assets([one]))
    return analyzer.findings(one.asset.id, observations, None)


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("C.jpg", {MANIFEST, UNTRUSTED, SYNTHETIC}),
        ("video1.mp4", {MANIFEST, UNTRUSTED}),
        ("XCA.jpg", {TAMPERED, UNTRUSTED}),
        ("E-sig-CA.jpg", {TAMPERED, UNTRUSTED}),
        ("CIE-sig-CA.jpg", {MANIFEST, INGREDIENT, UNTRUSTED, SYNTHETIC}),
        ("CACAE-uri-CA.jpg", {MANIFEST, INGREDIENT, UNTRUSTED, SYNTHETIC}),
        ("video1_no_manifest.mp4", set()),
        ("no_manifest.jpg", set()),
    ],
)
def test_conclusions_from_public_samples(
    analyzer: ProvenanceAnalyzer, shared_data: Path, name: str, categories: set[str]
) -> None:
    found = look(analyzer, shared_data / "c2pa-rs/fixtures" / name)
    assert {one.category for one in found} == categories
    assert {one.category for one in found} <= set(analyzer.spec.categories)
    assert all(one.score == 1.0 and one.raw >= 1 for one in found)


@pytest.mark.parametrize("name", ["cloud.jpg", "prerelease.jpg", "nested_moov_1000.mp4"])
def test_what_could_not_be_examined_is_a_failure_and_never_nothing_found(
    analyzer: ProvenanceAnalyzer, shared_data: Path, name: str
) -> None:
    with pytest.raises(AnalyzerError, match="could not be examined"):
        look(analyzer, shared_data / "c2pa-rs/fixtures" / name)


def test_a_file_without_a_manifest_gives_an_observation_and_no_finding(
    analyzer: ProvenanceAnalyzer, tmp_path: Path
) -> None:
    path = tmp_path / "plain.png"
    Image.new("RGB", (8, 8)).save(path)
    (seen,) = analyzer.observe_assets([given(path)])
    assert ManifestReading.model_validate(seen.attributes).present is False
    assert look(analyzer, path) == []


def test_a_batch_is_the_sum_of_its_items_and_the_same_each_time(
    analyzer: ProvenanceAnalyzer, shared_data: Path
) -> None:
    names = ("C.jpg", "XCA.jpg", "no_manifest.jpg")
    inputs = [given(shared_data / "c2pa-rs/fixtures" / name) for name in names]

    def ids(observations: list[Observation]) -> list[str]:
        return [one.id for one in observations]

    whole = ids(analyzer.observe_assets(inputs))
    assert whole == ids(analyzer.observe_assets(inputs))
    assert whole == [ids(analyzer.observe_assets([one]))[0] for one in inputs]


def test_a_prompt_alone_and_an_empty_batch_give_nothing(analyzer: ProvenanceAnalyzer) -> None:
    assert analyzer.observe_assets([]) == []
    assert analyzer.observe_assets([given(None)]) == []
    assert isinstance(analyzer, AssetAnalyzer)
    assert analyzer.models() == ()
