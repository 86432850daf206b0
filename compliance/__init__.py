"""Review AI-generated media before it is published: look, decide by policy, sign, verify.

Everything a program needs is here; nothing is imported until it is used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Asset": "compliance.types",
    "Clearance": "compliance.verdicts",
    "ComplianceError": "compliance.errors",
    "Consent": "compliance.facts",
    "Decision": "compliance.verdicts",
    "Facts": "compliance.facts",
    "Finding": "compliance.findings",
    "GenerationRecord": "compliance.facts",
    "Licence": "compliance.facts",
    "Observation": "compliance.findings",
    "Outcome": "compliance.pipeline.run",
    "Policy": "compliance.policy.schema",
    "Prompt": "compliance.types",
    "Publication": "compliance.verdicts",
    "Release": "compliance.facts",
    "Request": "compliance.pipeline.intake",
    "Reviewer": "compliance.pipeline.run",
    "Settings": "compliance.settings",
    "TAXONOMY": "compliance.taxonomy",
    "Verdict": "compliance.verdicts",
    "Waiver": "compliance.facts",
    "evaluate": "compliance.policy.evaluate",
    "load_policy": "compliance.policy.load",
    "load_settings": "compliance.settings",
    "verify_file": "compliance.provenance.verify",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'compliance' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
