"""What ``compliance doctor`` looks at. Each check says what it found and, where broken, what mends it."""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from compliance.errors import ComplianceError
from compliance.settings import Settings

_SIGNS = {"works": "✔", "note": "·", "broken": "✖"}


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at."""

    level: Literal["works", "note", "broken"]
    what: str
    fix: str = ""

    def __str__(self) -> str:
        """Return one line."""
        return f"{_SIGNS[self.level]} {self.what}" + (f" — {self.fix}" if self.fix else "")


def examine(settings: Settings) -> list[Diagnosis]:
    """Run every check; one that fails does not stop the others."""
    checks: list[Callable[[Settings], list[Diagnosis]]] = [
        _python,
        _opencv,
        _onnxruntime,
        _plugins,
        _models,
        _containment,
        _device,
        _database,
        _people,
    ]
    findings: list[Diagnosis] = []
    for check in checks:
        try:
            findings += check(settings)
        except (ComplianceError, ImportError, OSError) as error:
            findings.append(Diagnosis("broken", f"{check.__name__.strip('_')}: {error}"))
    return findings


def _python(settings: Settings) -> list[Diagnosis]:
    return [Diagnosis("works", f"Python {platform.python_version()} on {sys.platform}")]


def _opencv(settings: Settings) -> list[Diagnosis]:
    """The two wheels share their files: one version, and the headless files written last."""
    import cv2

    full, headless = version("opencv-python"), version("opencv-python-headless")
    mend = f"pip install --force-reinstall --no-deps opencv-python-headless=={full}"
    if full != headless:
        return [Diagnosis("broken", f"OpenCV wheels differ: {full} and {headless}", mend)]
    info = cv2.getBuildInformation()
    gui = next((line for line in info.splitlines() if "GUI:" in line), "")
    if "NONE" not in gui:
        return [Diagnosis("note", f"OpenCV {full} is the build that needs libGL", mend)]
    return [Diagnosis("works", f"OpenCV {full}, headless")]


def _onnxruntime(settings: Settings) -> list[Diagnosis]:
    found = []
    for name in ("onnxruntime", "onnxruntime-gpu"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    if len(found) == 2:
        mend = "pip uninstall -y onnxruntime onnxruntime-gpu && pip install onnxruntime-gpu"
        return [Diagnosis("broken", f"{' and '.join(found)} overwrite one another", mend)]
    if not found:
        return [Diagnosis("broken", "ONNX Runtime is absent", "pip install onnxruntime")]
    return [Diagnosis("works", found[0])]


def _plugins(settings: Settings) -> list[Diagnosis]:
    from compliance.plugins import analyzer_specs

    return [Diagnosis("works", f"analyzers: {', '.join(analyzer_specs())}")]


def _models(settings: Settings) -> list[Diagnosis]:
    from compliance.model_store import ModelStore

    store = ModelStore.of(settings)
    found = []
    for card in store.cards():
        try:
            store.load(card.id)
            found.append(Diagnosis("works", f"model {card.id}, {card.weight_licence}"))
        except ComplianceError as error:
            found.append(Diagnosis("broken", f"model {error}"))
    return found


def _containment(settings: Settings) -> list[Diagnosis]:
    from compliance.media.decode import self_test

    gaps = self_test()
    if not gaps:
        return [Diagnosis("works", "media is decoded fully contained")]
    mend = "verdicts will name it; set COMPLIANCE_STRICT_SANDBOX=1 to refuse instead"
    return [Diagnosis("note", f"containment: {gap}", mend) for gap in gaps]


def _device(settings: Settings) -> list[Diagnosis]:
    from compliance.pipeline.device import ACCELERATED, choose_device

    found = []
    for runtime in ACCELERATED:
        device = choose_device(settings.device, runtime)
        why = f": {device.reason}" if device.reason else ""
        found.append(Diagnosis("works", f"{runtime} networks run on {device.name}{why}"))
    return [*found, Diagnosis("works", f"{settings.threads} threads")]


def _database(settings: Settings) -> list[Diagnosis]:
    from compliance.store.engine import open_database

    open_database(settings.database_url).dispose()
    return [Diagnosis("works", f"database opens (SQLite {sqlite3.sqlite_version})")]


def _people(settings: Settings) -> list[Diagnosis]:
    from compliance.banks.keys import MasterKey
    from compliance.banks.people import PeopleBank
    from compliance.store.engine import open_database

    engine = open_database(settings.database_url)
    people = PeopleBank(engine, MasterKey.load(settings.keys)).list(None)
    engine.dispose()
    if people:
        return [Diagnosis("works", f"{len(people)} people enrolled")]
    mend = "compliance people enrol NAME --face PHOTO"
    return [Diagnosis("note", "nobody is enrolled: likeness rules stay incomplete", mend)]
