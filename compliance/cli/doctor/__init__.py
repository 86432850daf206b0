"""What ``compliance doctor`` looks at. Each check says what it found and, where broken, what mends it."""

from __future__ import annotations

from collections.abc import Callable

from compliance.cli.doctor import machine, models, packages
from compliance.cli.doctor.diagnosis import Diagnosis
from compliance.errors import ComplianceError
from compliance.settings import Settings

__all__ = ["Diagnosis", "examine"]

_CHECKS: tuple[Callable[[Settings], list[Diagnosis]], ...] = (
    packages.python,
    packages.opencv,
    packages.onnxruntime,
    packages.runtimes,
    packages.plugins,
    models.tiers,
    models.licences,
    machine.containment,
    machine.devices,
    machine.database,
    machine.people,
    machine.certificates,
)


def examine(settings: Settings) -> list[Diagnosis]:
    """Run every check; one that fails does not stop the others."""
    findings: list[Diagnosis] = []
    for check in _CHECKS:
        try:
            findings += check(settings)
        except (ComplianceError, ImportError, OSError) as error:
            findings.append(Diagnosis("broken", f"{check.__name__}: {error}"))
    return findings
