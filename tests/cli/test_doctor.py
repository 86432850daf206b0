"""The doctor names what is wrong and the command that mends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run_here
from tiny_models import tiny_image_classifier

from compliance.analyzers.sensitive.image_classes import SexualImageAnalyzer
from compliance.cli.doctor import examine
from compliance.provenance.signers import development_signer
from compliance.settings import Settings

CARD = SexualImageAnalyzer.spec.models[0]
LABELS = {"normal": "", "nsfw": "sexual.explicit"}


def said(settings: Settings, *words: str) -> list[tuple[str, str]]:
    """Level and line of every diagnosis that holds all of ``words``."""
    return [
        (one.level, str(one))
        for one in examine(settings)
        if all(word in str(one) for word in words)
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", device="cpu")


def distribution(folder: Path, name: str) -> None:
    """What pip leaves behind when it installs ``name``, as far as names go."""
    info = folder / f"{name.replace('-', '_')}-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n")


def test_a_sound_installation_has_nothing_broken(settings: Settings) -> None:
    assert [str(one) for one in examine(settings) if one.level == "broken"] == []
    assert said(settings, "torch networks run on cpu")
    assert said(settings, "contained")


def test_two_builds_of_onnx_runtime_are_named(settings, tmp_path, monkeypatch) -> None:
    distribution(tmp_path, "onnxruntime-gpu")
    monkeypatch.syspath_prepend(str(tmp_path))
    ((level, line),) = said(settings, "onnxruntime-gpu 9.9")
    assert level == "broken"
    assert "pip uninstall -y onnxruntime onnxruntime-gpu && pip install onnxruntime-gpu" in line


def test_another_build_of_opencv_is_named(settings, tmp_path, monkeypatch) -> None:
    distribution(tmp_path, "opencv-contrib-python")
    monkeypatch.syspath_prepend(str(tmp_path))
    ((level, line),) = said(settings, "opencv-contrib-python")
    assert level == "broken"
    assert "pip uninstall -y opencv-contrib-python" in line


def test_a_build_of_opencv_that_wants_libgl_is_named(tmp_path: Path) -> None:
    """A module of that name fails to load as the real one does where libGL is absent."""
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory')"
    )
    code = (
        "from compliance.cli.doctor.packages import opencv\n"
        "from compliance.settings import Settings\n"
        "print(*opencv(Settings()))"
    )
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
    )
    assert done.stdout.startswith("✖ libGL is absent")
    assert "pip install --force-reinstall --no-deps opencv-python-headless==" in done.stdout


def test_weights_that_the_settings_ask_for_must_be_there(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", tier="full")
    ((level, line),) = said(settings, "falconsai-nsfw:")
    assert level == "broken"
    assert "compliance models pull falconsai-nsfw" in line
    assert run_here("doctor", cwd=tmp_path, env={"COMPLIANCE_TIER": "full"}).code == 2


def test_weights_that_nobody_asked_for_are_a_note(settings: Settings) -> None:
    ((level, line),) = said(settings, "full tier, not here", "falconsai-nsfw")
    assert level == "note"
    assert "compliance models pull" in line


def test_a_damaged_weight_file_is_named(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    tiny_image_classifier(cards, CARD, LABELS)
    (cards / CARD / "model.safetensors").write_bytes(b"damaged")
    settings = Settings(home=tmp_path / "home", cards=cards)
    ((level, _),) = said(settings, CARD, "SHA-256")
    assert level == "broken"


def test_a_model_without_a_calibration_is_told_about(tmp_path: Path) -> None:
    tiny_image_classifier(tmp_path / "cards", CARD, LABELS, calibration="unknown")
    settings = Settings(home=tmp_path / "home", cards=tmp_path / "cards")
    ((level, line),) = said(settings, CARD, "no calibration")
    assert level == "note"
    assert "docs/models.md" in line


def test_forbidden_licences_are_told_about(tmp_path: Path) -> None:
    ((level, line),) = said(Settings(home=tmp_path), "licences:", "buffalo")
    assert level == "note"
    assert "COMPLIANCE_COMMERCIAL=false" in line
    assert not said(Settings(home=tmp_path, commercial=False), "licences:")


def test_certificates_are_named_with_their_end(settings: Settings) -> None:
    assert said(settings, "no signing certificate yet")
    development_signer(settings.signing)
    lines = [line for _, line in said(settings, "certificate ends on 20")]
    assert len(lines) == 2
